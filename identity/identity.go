// Package identity knows who is asking: people by password, or at the city's identity provider, and session cookie;
// programs by token. What somebody may do follows from their roles (lowsky.Granted) and where from their organisation
// (ScopeOf); it also makes the secrets of devices and seals phone numbers. It holds no SQL and serves no HTTP: store keeps
// the rows, api asks on each request.
//
// What it promises: passwords are argon2id, hashed one at a time in a process of their own, so that they never delay the
// picture; an unknown user takes as long as a wrong password; guessing is slowed per account, per network and both, never
// for ever, and never for whoever signs in from where they have before; a session gets a fresh random token at sign-in,
// ends after an idle and an absolute time, and when its user's password changes or the user or their organisation is
// disabled; tokens and the secrets of devices are kept as SHA-256 only; nobody grants what they do not hold. While
// PostgreSQL is away, whoever was signed in stays so, and somebody known to this process can still sign in: the live
// picture goes on, and so must the people who watch it.
package identity

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"lowsky"
)

// users is where people are kept.
type users interface {
	// User answers lowsky.ErrNotFound for an unknown name.
	User(ctx context.Context, username string) (lowsky.User, error)
	// UserByExternal answers who signs in as "issuer#subject"; lowsky.ErrNotFound for nobody.
	UserByExternal(ctx context.Context, external string) (lowsky.User, error)
	Users(ctx context.Context, scope lowsky.Scope) ([]lowsky.User, error)
	// CreateUser answers lowsky.ErrConflict for a name that is taken.
	CreateUser(ctx context.Context, by lowsky.Actor, u lowsky.User) error
	// UpdateUser replaces what is kept of a user but for the password and when it was made.
	UpdateUser(ctx context.Context, by lowsky.Actor, u lowsky.User) error
	// SetPassword replaces the hash, whether it must be changed, and when it was.
	SetPassword(ctx context.Context, by lowsky.Actor, username, hash string, mustChange bool, at time.Time) error
	SignedIn(ctx context.Context, username string, at time.Time) error
}

// tokens is where API tokens are kept.
type tokens interface {
	// TokenByHash answers lowsky.ErrNotFound for an unknown hash; revoked and expired ones are answered.
	TokenByHash(ctx context.Context, hash [32]byte) (lowsky.APIToken, error)
	Tokens(ctx context.Context, scope lowsky.Scope) ([]lowsky.APIToken, error)
	TokensOf(ctx context.Context, username string) ([]lowsky.APIToken, error)
	CreateToken(ctx context.Context, by lowsky.Actor, t lowsky.APIToken) error
	RevokeToken(ctx context.Context, by lowsky.Actor, id string, at time.Time) error
	TokenUsed(ctx context.Context, id string, at time.Time) error
}

// sessions is where web sessions are kept.
type sessions interface {
	scs.CtxStore
	SessionsOf(ctx context.Context, username string) ([]lowsky.SessionInfo, error)
	// EndSession answers lowsky.ErrNotFound where the person has no such session.
	EndSession(ctx context.Context, by lowsky.Actor, username, id string) error
	// EndSessionsOf ends all but one, or all with except "".
	EndSessionsOf(ctx context.Context, by lowsky.Actor, username, except string) (int, error)
}

// devices is where the credentials of devices are kept.
type devices interface {
	DeviceByID(ctx context.Context, scope lowsky.Scope, id lowsky.DeviceID) (lowsky.Device, error)
	// CreateDevice answers lowsky.ErrConflict for an id that is taken.
	CreateDevice(ctx context.Context, by lowsky.Actor, d lowsky.Device) error
	RenewDevice(ctx context.Context, by lowsky.Actor, id lowsky.DeviceID, hash [32]byte, at time.Time) error
	RevokeDevice(ctx context.Context, by lowsky.Actor, id lowsky.DeviceID, at time.Time) error
}

type organisations interface {
	Organisations(ctx context.Context, scope lowsky.Scope) ([]lowsky.Organisation, error)
}

// audit takes what was done; rows are only ever added.
type audit interface {
	Audit(ctx context.Context, e lowsky.AuditEntry) error
}

// trail reads it.
type trail interface {
	AuditTrail(ctx context.Context, scope lowsky.Scope, q lowsky.AuditQuery) ([]lowsky.AuditEntry, error)
}

// Config is what a Gate is made of. Users, Tokens, Audit, Sessions and Now are needed.
type Config struct {
	Users    users
	Tokens   tokens
	Audit    audit
	Sessions sessions
	// Organisations are whose people sign in; nil: only the one named below.
	Organisations organisations
	// Devices; nil answers ErrUnavailable about them.
	Devices devices
	// Trail tells, after a restart, from which networks an account has signed in within the last 30 days; nil: what the
	// sessions tell.
	Trail trail
	// OIDC is the identity provider; the zero value is none.
	OIDC OIDC
	// HashCommand starts a process that runs ServeHashes; nil hashes passwords in this one.
	HashCommand []string
	// Secure marks the cookie for TLS only; set it whenever the platform is reached over HTTPS.
	Secure bool
	// Idle ends a session that nobody used for so long (default 12 h), Absolute any session (default 7 days).
	Idle, Absolute time.Duration
	// Organisation is the city's, and Jurisdictions what it is seated in: whose the first administrator is.
	Organisation  lowsky.OrganisationID
	Jurisdictions []lowsky.JurisdictionID
	// Now is the wall clock that sessions end on; calls that take an instant go by that instead. Needed.
	Now    func() time.Time
	Logger *slog.Logger // default slog.Default()
}

// Gate signs people in and tells who is asking. It is safe for concurrent use.
type Gate struct {
	cfg      Config
	log      *slog.Logger
	hasher   *hasher
	limits   *limits
	known    *knownNetworks
	sessions *scs.SessionManager
	held     *heldSessions
	people   *recent[string, lowsky.User]
	keys     *recent[[32]byte, lowsky.APIToken]
	tree     *recent[struct{}, []lowsky.Organisation]
	used     *usedTokens
	oidc     *relyingParty // nil: there is none
	changing sync.Mutex    // one change of people at a time: the last administrator is counted and then changed
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
	h, err := newHasher(cfg.HashCommand, cfg.Logger)
	if err != nil {
		return nil, fmt.Errorf("password hashing: %w", err)
	}
	rp, err := newRelyingParty(cfg.OIDC)
	if err != nil {
		return nil, err
	}
	// Not scs.New, which starts a goroutine for a store in memory that we would replace at once.
	held := newHeldSessions(cfg.Sessions, cfg.Absolute, cfg.Now, cfg.Logger)
	sm := &scs.SessionManager{
		IdleTimeout: cfg.Idle, Lifetime: cfg.Absolute, Codec: codec{},
		Store:            held,
		HashTokenInStore: true, // a copy of the table signs nobody in
	}
	return &Gate{
		cfg: cfg, log: cfg.Logger, hasher: h, limits: newLimits(), known: newKnownNetworks(), sessions: sm, held: held,
		people: newRecent[string, lowsky.User](), keys: newRecent[[32]byte, lowsky.APIToken](),
		tree: newRecent[struct{}, []lowsky.Organisation](), used: newUsedTokens(), oidc: rp,
	}, nil
}

// Close ends the process that hashes passwords, if there is one.
func (g *Gate) Close() error {
	g.hasher.close()
	return nil
}

// Changed says that people, tokens, sessions or organisations may have changed in the store, by this process or another:
// what is remembered of them is read again before it is used. What the store cannot tell then still stands.
func (g *Gate) Changed() {
	g.people.doubt()
	g.keys.doubt()
	g.tree.doubt()
	g.held.doubt()
}

// audit keeps a row about something that changes nothing in the store. Signing in must work while PostgreSQL is away or
// hangs, so a row that cannot be kept goes to the log instead.
func (g *Gate) audit(ctx context.Context, by lowsky.Actor, action, object, detail string) {
	e := lowsky.AuditEntry{
		At: by.At, By: by.Name, From: by.From, Request: by.Request, Action: action, Object: object, Detail: by.Tell(detail),
		Organisation: by.Organisation, Jurisdictions: by.Jurisdictions,
	}
	if e.Organisation == "" {
		e.Organisation, e.Jurisdictions = g.cfg.Organisation, g.cfg.Jurisdictions
	}
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := g.cfg.Audit.Audit(ctx, e); err != nil {
		g.log.Warn("audit row not stored", "at", e.At, "by", e.By, "from", e.From, "action", action, "object", object, "detail", detail, "error", err)
	}
}

// note writes what may be lost: the request goes on without.
func (g *Gate) note(ctx context.Context, what string, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := write(ctx); err != nil {
		g.log.Debug("not noted", "what", what, "error", err)
	}
}
