package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lowsky"
)

// Credentials are what somebody typed, and where from.
type Credentials struct {
	Username string
	Password string
	From     string // network address without port
	Agent    string // the browser as it names itself
	Request  string // id of the request, for the audit
}

// userName is what was typed as it is compared: in lower case, bounded, and fit for the audit, which tells it as it is.
func userName(typed string) string {
	name := strings.ToLower(strings.TrimSpace(typed))
	if len(name) > 64 {
		name = name[:64]
	}
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?' // not left out: that would make another name of it
		}
		return c
	}, strings.ToValidUTF8(name, "?"))
}

// SignIn answers who it is and the cookie of a new session. A wrong password, an unknown and a disabled user, one of a
// disabled organisation and one who signs in elsewhere all answer the same ErrUnauthenticated; too many attempts answer
// a *TooManyError, which is ErrUnavailable.
func (g *Gate) SignIn(ctx context.Context, now time.Time, c Credentials) (Principal, *http.Cookie, error) {
	name := userName(c.Username)
	by := lowsky.Actor{Name: name, From: c.From, Request: c.Request, At: now}
	known, wait := g.admit(ctx, now, name, c.From)
	if wait > 0 {
		g.refused(ctx, by, "too many attempts", true)
		return Principal{}, nil, &TooManyError{RetryAfter: wait}
	}
	var user lowsky.User
	err := fmt.Errorf("user %q: %w", name, lowsky.ErrNotFound)
	if usernames.MatchString(name) {
		user, err = g.people.newest(ctx, now, name, g.cfg.Users.User)
	}
	if err != nil && !errors.Is(err, lowsky.ErrNotFound) {
		return Principal{}, nil, fmt.Errorf("sign in %q: %w", name, err)
	}
	encoded := ""
	if err == nil {
		by.Organisation, by.Jurisdictions = user.Organisation, user.Jurisdictions
		if !user.Disabled && user.External == "" {
			encoded = user.PasswordHash
		}
	}
	ok, err := g.hasher.verify(ctx, encoded, c.Password, known, g.stillFree(now, name, c.From, known))
	var late *TooManyError
	if errors.As(err, &late) {
		g.refused(ctx, by, "too many attempts", true)
	}
	if err != nil {
		return Principal{}, nil, fmt.Errorf("sign in %q: %w", name, err)
	}
	var p Principal
	if ok {
		p, err = g.principal(ctx, now, user)
		if err != nil && !errors.Is(err, lowsky.ErrUnauthenticated) {
			return Principal{}, nil, fmt.Errorf("sign in %q: %w", name, err)
		}
		ok = err == nil
	}
	if !ok {
		g.limits.failed(now, name, c.From)
		g.refused(ctx, by, "wrong name or password", false)
		return Principal{}, nil, fmt.Errorf("wrong name or password: %w", lowsky.ErrUnauthenticated)
	}
	g.limits.succeeded(name, c.From)
	g.known.add(now, name, c.From)
	return g.begin(ctx, by, p, c.Agent)
}

// begin makes a session for somebody who has proved who they are. It never takes over a token that the browser held
// before: it starts empty and gets a random one.
func (g *Gate) begin(ctx context.Context, by lowsky.Actor, p Principal, agent string) (Principal, *http.Cookie, error) {
	sctx, err := g.sessions.Load(ctx, "")
	if err != nil {
		return Principal{}, nil, fmt.Errorf("begin session: %w", err)
	}
	g.sessions.Put(sctx, keyUser, p.Username)
	g.sessions.Put(sctx, keyBegan, by.At.UnixMilli())
	g.sessions.Put(sctx, keyUsed, by.At.Truncate(time.Minute).UnixMilli())
	g.sessions.Put(sctx, keyFrom, clean(by.From, 64))
	g.sessions.Put(sctx, keyAgent, clean(agent, 200))
	token, _, err := g.sessions.Commit(sctx)
	if err != nil {
		return Principal{}, nil, fmt.Errorf("begin session: %w", err)
	}
	g.audit(ctx, by, "session.begin", "user/"+p.Username, "")
	g.note(ctx, "when "+p.Username+" signed in", func(ctx context.Context) error { return g.cfg.Users.SignedIn(ctx, p.Username, by.At) })
	p.session, p.Began = token, by.At
	return p, g.cookie(token, g.cfg.Absolute), nil
}

// clean cuts what a peer sent to n bytes of printable text.
func clean(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s[:min(len(s), 4*n)], ""))
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// SignOut ends the session of the cookie's value and answers a cookie that clears it. An unknown session is no error.
func (g *Gate) SignOut(ctx context.Context, now time.Time, session, from string) (*http.Cookie, error) {
	clear := g.cookie("", -1)
	if session == "" || len(session) > longestCookie {
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
	by := lowsky.Actor{Name: name, From: from, At: now}
	if u, err := g.user(ctx, now, name); err == nil {
		by.Organisation, by.Jurisdictions = u.Organisation, u.Jurisdictions
	}
	g.audit(ctx, by, "session.end", "user/"+name, "")
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

// Still answers the principal as it is now, for what stays open long: a stream asks every few seconds, and when
// something has changed, and closes on ErrUnauthenticated, on no other error. It counts as use of the session.
func (g *Gate) Still(ctx context.Context, now time.Time, p Principal) (Principal, error) {
	if p.Token != "" {
		return g.byToken(ctx, now, p.hash)
	}
	return g.bySession(ctx, now, p.session)
}
