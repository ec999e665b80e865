// Package identity knows who is asking: people by password and session cookie, programs by token. It holds no SQL and
// serves no HTTP: store keeps the rows, api asks on each request.
//
// What it promises: passwords are argon2id, hashed a few at a time; an unknown user takes as long as a wrong password;
// guessing is slowed per account and address, never for ever; a session gets a fresh random token at sign-in, ends after
// an idle and an absolute time, and when its user's password changes; tokens are kept as SHA-256 only. While PostgreSQL is away,
// whoever was signed in stays so, and somebody known to this process can still sign in: the live picture goes on, and
// so must the people who watch it.
package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"lowsky"
)

// users is where people are kept.
type users interface {
	// User answers lowsky.ErrNotFound for an unknown name.
	User(ctx context.Context, username string) (lowsky.User, error)
	// CreateUser answers lowsky.ErrConflict for a name that is taken.
	CreateUser(ctx context.Context, u lowsky.User) error
	// SetPassword replaces the hash and when it was changed.
	SetPassword(ctx context.Context, username, hash string, at time.Time) error
}

// tokens is where API tokens are kept.
type tokens interface {
	// TokenByHash answers lowsky.ErrNotFound for an unknown hash; revoked and expired ones are answered.
	TokenByHash(ctx context.Context, hash [32]byte) (lowsky.APIToken, error)
	CreateToken(ctx context.Context, t lowsky.APIToken) error
}

// audit takes what was done; rows are only ever added.
type audit interface {
	Audit(ctx context.Context, e lowsky.AuditEntry) error
}

// Config is what a Gate is made of. Users, Tokens, Audit, Sessions and Now are needed.
type Config struct {
	Users    users
	Tokens   tokens
	Audit    audit
	Sessions scs.CtxStore
	// Secure marks the cookie for TLS only; set it whenever the platform is reached over HTTPS.
	Secure bool
	// Idle ends a session that nobody used for so long (default 12 h), Absolute any session (default 7 days).
	Idle, Absolute time.Duration
	// Organisation and Jurisdictions that the first administrator's row and audit rows belong to.
	Organisation  lowsky.OrganisationID
	Jurisdictions []lowsky.JurisdictionID
	// Now is the wall clock that sessions end on; calls that take an instant go by that instead. Needed.
	Now    func() time.Time
	Logger *slog.Logger // default slog.Default()
}

// Principal is who is asking.
type Principal struct {
	Username    string
	DisplayName string
	Roles       []lowsky.Role
	Scope       lowsky.Scope
	Token       string    // id of the API token; "" for a session
	Began       time.Time // of the session, or when the token was made

	session string // the cookie's value
	hash    [32]byte
}

// Is reports whether the principal holds the role.
func (p Principal) Is(r lowsky.Role) bool { return slices.Contains(p.Roles, r) }

// Gate signs people in and tells who is asking. It is safe for concurrent use.
type Gate struct {
	cfg      Config
	log      *slog.Logger
	hasher   *hasher
	limits   *limits
	sessions *scs.SessionManager
	people   *recent[string, lowsky.User]
	keys     *recent[[32]byte, lowsky.APIToken]
}

// New makes a gate.
func New(cfg Config) (*Gate, error) {
	if cfg.Users == nil || cfg.Tokens == nil || cfg.Audit == nil || cfg.Sessions == nil || cfg.Now == nil {
		return nil, &lowsky.InvalidError{Field: "identity", Problem: "needs users, tokens, audit, sessions and a clock"}
	}
	if cfg.Idle == 0 {
		cfg.Idle = 12 * time.Hour
	}
	if cfg.Absolute == 0 {
		cfg.Absolute = 7 * 24 * time.Hour
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	h, err := newHasher(2)
	if err != nil {
		return nil, fmt.Errorf("password hashing: %w", err)
	}
	// Not scs.New, which starts a goroutine for a store in memory that we would replace at once.
	sm := &scs.SessionManager{
		IdleTimeout: cfg.Idle, Lifetime: cfg.Absolute, Codec: codec{},
		Store:            newHeldSessions(cfg.Sessions, cfg.Absolute, cfg.Now, cfg.Logger),
		HashTokenInStore: true, // a copy of the table signs nobody in
	}
	return &Gate{
		cfg: cfg, log: cfg.Logger, hasher: h, limits: newLimits(), sessions: sm,
		people: newRecent[string, lowsky.User](), keys: newRecent[[32]byte, lowsky.APIToken](),
	}, nil
}

// Credentials are what somebody typed, and where from.
type Credentials struct {
	Username string
	Password string
	From     string // network address without port
}

var usernames = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// SignIn answers who it is and the cookie of a new session. A wrong password, an unknown and a disabled user all answer
// the same ErrUnauthenticated; too many attempts answer a *TooManyError, which is ErrUnavailable.
func (g *Gate) SignIn(ctx context.Context, now time.Time, c Credentials) (Principal, *http.Cookie, error) {
	name := strings.ToLower(strings.TrimSpace(c.Username))
	if len(name) > 64 {
		name = name[:64]
	}
	name = strings.ToValidUTF8(name, "?")
	if wait := g.limits.refuse(now, name, c.From); wait > 0 {
		// One row a minute for each address: whoever floods the door must not fill the disk with rows that nobody may
		// remove.
		if n, tell := g.limits.tellRefused(now, c.From); tell {
			g.audit(ctx, now, name, c.From, "session.refused", fmt.Sprintf("too many attempts; %d more since the last row", n))
		}
		return Principal{}, nil, &TooManyError{RetryAfter: wait}
	}
	user, err := g.people.newest(ctx, now, name, g.cfg.Users.User)
	if err != nil && !errors.Is(err, lowsky.ErrNotFound) {
		return Principal{}, nil, fmt.Errorf("sign in %q: %w", name, err)
	}
	encoded := ""
	if err == nil && !user.Disabled {
		encoded = user.PasswordHash
	}
	ok, err := g.hasher.verify(ctx, encoded, c.Password)
	if err != nil {
		return Principal{}, nil, fmt.Errorf("sign in %q: %w", name, err)
	}
	if !ok {
		g.limits.failed(now, name, c.From)
		g.audit(ctx, now, name, c.From, "session.refused", "wrong name or password")
		return Principal{}, nil, fmt.Errorf("wrong name or password: %w", lowsky.ErrUnauthenticated)
	}
	g.limits.succeeded(name, c.From)

	// A session never takes over a token that the browser held before: it starts empty and gets a random one.
	sctx, err := g.sessions.Load(ctx, "")
	if err != nil {
		return Principal{}, nil, fmt.Errorf("begin session: %w", err)
	}
	g.sessions.Put(sctx, keyUser, user.Username)
	g.sessions.Put(sctx, keyBegan, now.UnixMilli())
	token, _, err := g.sessions.Commit(sctx)
	if err != nil {
		return Principal{}, nil, fmt.Errorf("begin session: %w", err)
	}
	g.audit(ctx, now, user.Username, c.From, "session.begin", "")
	p := principalOf(user)
	p.session, p.Began = token, now
	return p, g.cookie(token, g.cfg.Absolute), nil
}

// SignOut ends the session of the cookie's value and answers a cookie that clears it. An unknown session is no error.
func (g *Gate) SignOut(ctx context.Context, now time.Time, session, from string) (*http.Cookie, error) {
	clear := g.cookie("", -1)
	if session == "" {
		return clear, nil
	}
	sctx, err := g.sessions.Load(ctx, session)
	if err != nil {
		return clear, fmt.Errorf("end session: %w", err)
	}
	name := g.sessions.GetString(sctx, keyUser)
	if name == "" {
		return clear, nil
	}
	if err := g.sessions.Destroy(sctx); err != nil {
		return clear, fmt.Errorf("end session: %w", err)
	}
	g.audit(ctx, now, name, from, "session.end", "")
	return clear, nil
}

// Authenticate answers who sent the request: by "Authorization: Bearer", else by the session cookie. Nobody, or
// somebody who may not, is ErrUnauthenticated; ErrUnavailable says that it cannot be told now, which must not sign
// anybody out.
func (g *Gate) Authenticate(ctx context.Context, now time.Time, r *http.Request) (Principal, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, secret, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Principal{}, fmt.Errorf("authorization scheme: %w", lowsky.ErrUnauthenticated)
		}
		hash, err := hashToken(strings.TrimSpace(secret))
		if err != nil {
			return Principal{}, err
		}
		return g.byToken(ctx, now, hash)
	}
	c, err := r.Cookie(g.CookieName())
	if err != nil || c.Value == "" {
		return Principal{}, lowsky.ErrUnauthenticated
	}
	return g.bySession(ctx, now, c.Value)
}

// Still asks whether the principal may go on, for what stays open long: a stream asks every few seconds and closes on
// ErrUnauthenticated, on no other error. It counts as use of the session.
func (g *Gate) Still(ctx context.Context, now time.Time, p Principal) error {
	var err error
	if p.Token != "" {
		_, err = g.byToken(ctx, now, p.hash)
	} else {
		_, err = g.bySession(ctx, now, p.session)
	}
	return err
}

// EnsureAdministrator makes the user "admin" if there is none, with the password given, else a random one, which it
// answers: it is shown once. Where "admin" exists nothing changes and "" is answered.
func (g *Gate) EnsureAdministrator(ctx context.Context, now time.Time, password string) (generated string, err error) {
	_, err = g.cfg.Users.User(ctx, "admin")
	if err == nil || !errors.Is(err, lowsky.ErrNotFound) {
		return "", err
	}
	if password == "" {
		if password, err = NewPassword(); err != nil {
			return "", fmt.Errorf("administrator's password: %w", err)
		}
		generated = password
	}
	hash, err := g.hasher.hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("administrator's password: %w", err)
	}
	u := lowsky.User{
		Username: "admin", DisplayName: "admin", PasswordHash: hash, Roles: []lowsky.Role{lowsky.CityAdministrator},
		Organisation: g.cfg.Organisation, Jurisdictions: g.cfg.Jurisdictions, CreatedAt: now, PasswordChangedAt: now,
	}
	if err := g.cfg.Users.CreateUser(ctx, u); err != nil {
		return "", fmt.Errorf("make administrator: %w", err)
	}
	g.audit(ctx, now, "", "", "user.create", "admin")
	return generated, nil
}

// SetPassword gives the user a new password and ends every session that began before now. ErrNotFound for an unknown
// user.
func (g *Gate) SetPassword(ctx context.Context, now time.Time, username, password, by string) error {
	name := strings.ToLower(strings.TrimSpace(username))
	if !usernames.MatchString(name) {
		return &lowsky.InvalidError{Field: "username", Problem: "must be 1 to 64 of a-z 0-9 . _ -"}
	}
	hash, err := g.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	if err := g.cfg.Users.SetPassword(ctx, name, hash, now); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	g.people.drop(name)
	g.audit(ctx, now, by, "", "user.password", name)
	return nil
}

func (g *Gate) audit(ctx context.Context, now time.Time, by, from, action, detail string) {
	e := lowsky.AuditEntry{
		At: now, By: by, From: from, Action: action, Detail: detail,
		Organisation: g.cfg.Organisation, Jurisdictions: g.cfg.Jurisdictions,
	}
	// Signing in must work while PostgreSQL is away or hangs, so a row that cannot be kept goes to the log instead.
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := g.cfg.Audit.Audit(ctx, e); err != nil {
		g.log.Warn("audit row not stored", "at", now, "by", by, "from", from, "action", action, "detail", detail, "error", err)
	}
}

func principalOf(u lowsky.User) Principal {
	p := Principal{Username: u.Username, DisplayName: u.DisplayName, Roles: u.Roles}
	if p.Is(lowsky.CityAdministrator) {
		p.Scope = lowsky.Everything
	}
	return p
}
