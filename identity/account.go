package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"lowsky"
)

// What somebody does about their own account.

// ChangePassword replaces the password of who asks, who must know the old one: an *lowsky.InvalidError for "old" if it
// is wrong, which counts as a failed sign-in. Every other session ends.
func (g *Gate) ChangePassword(ctx context.Context, now time.Time, p Principal, old, password, from string) error {
	if p.Token != "" {
		return fmt.Errorf("a token changes no password: %w", lowsky.ErrForbidden)
	}
	if p.External {
		return &lowsky.InvalidError{Field: "old", Problem: "this account signs in at the identity provider and has no password here"}
	}
	by := p.Actor(from, "", now)
	known, wait := g.admit(ctx, now, p.Username, from)
	if wait > 0 {
		g.refused(ctx, by, "too many attempts", true)
		return &TooManyError{RetryAfter: wait}
	}
	u, err := g.cfg.Users.User(ctx, p.Username)
	if err != nil {
		return fmt.Errorf("person %s: %w", p.Username, err)
	}
	same, err := g.hasher.verify(ctx, u.PasswordHash, old, known, g.stillFree(now, p.Username, from, known))
	switch {
	case err != nil:
		return fmt.Errorf("password of %s: %w", p.Username, err)
	case !same:
		g.limits.failed(now, p.Username, from)
		g.refused(ctx, by, "wrong old password", false)
		return &lowsky.InvalidError{Field: "old", Problem: "is not the present password"}
	case old == password:
		return &lowsky.InvalidError{Field: "password", Problem: "is the present one"}
	}
	if err := CheckPassword(u.Username, password); err != nil {
		return err
	}
	// This session began with the old password and goes on with the new one: first, for as soon as the password is
	// another, a request or a stream of this session may be looking.
	if sctx, err := g.sessions.Load(ctx, p.session); err == nil && g.sessions.GetString(sctx, keyUser) == u.Username {
		g.sessions.Put(sctx, keyBegan, now.UnixMilli())
		if _, _, err := g.sessions.Commit(sctx); err != nil {
			return fmt.Errorf("session: %w", unavailable(err))
		}
	}
	if err := g.setPassword(ctx, by, u, password, false); err != nil {
		return err
	}
	g.limits.succeeded(p.Username, from)
	g.known.add(now, p.Username, from)
	_, err = g.endSessionsOf(ctx, by, u.Username, p.Session())
	return err
}

// Session is the id of the principal's session, as in the list of Sessions; "" with a token.
func (p Principal) Session() string {
	if p.session == "" {
		return ""
	}
	return sessionID(storedToken(p.session))
}

// Sessions answers the sessions of who asks, the newest first. While the store is away they are those of this process.
func (g *Gate) Sessions(ctx context.Context, p Principal) ([]lowsky.SessionInfo, error) {
	out, err := g.cfg.Sessions.SessionsOf(ctx, p.Username)
	held := g.held.of(p.Username)
	if err != nil && len(held) == 0 {
		return nil, fmt.Errorf("sessions of %s: %w", p.Username, err)
	}
	for _, s := range held { // in use, which the store learns a minute later
		if i := slices.IndexFunc(out, func(o lowsky.SessionInfo) bool { return o.ID == s.ID }); i >= 0 {
			out[i] = s
		} else {
			out = append(out, s)
		}
	}
	out = slices.DeleteFunc(out, func(s lowsky.SessionInfo) bool { return g.held.hasEnded(s.ID) })
	slices.SortFunc(out, func(a, b lowsky.SessionInfo) int {
		if c := b.BeganAt.Compare(a.BeganAt); c != 0 {
			return c
		}
		return slices.Compare([]byte(a.ID), []byte(b.ID))
	})
	return out, nil
}

// EndSession ends one session of the person; ErrNotFound if there is none with this id.
func (g *Gate) EndSession(ctx context.Context, by lowsky.Actor, username, id string) error {
	held := g.held.end(func(s lowsky.SessionInfo) bool { return s.Username == username && s.ID == id })
	err := g.cfg.Sessions.EndSession(ctx, by, username, id)
	if held > 0 && err != nil { // it has ended, and the store will be told; but who ended it must be on record
		g.audit(ctx, by, "session.end", "user/"+username, "session "+id)
		return nil
	}
	if err != nil {
		return fmt.Errorf("session %s of %s: %w", clean(id, 64), username, err)
	}
	return nil
}

// EndSessionsOf ends all sessions of the person and answers how many there were.
func (g *Gate) EndSessionsOf(ctx context.Context, by lowsky.Actor, username string) (int, error) {
	return g.endSessionsOf(ctx, by, username, "")
}

func (g *Gate) endSessionsOf(ctx context.Context, by lowsky.Actor, username, except string) (int, error) {
	held := g.held.end(func(s lowsky.SessionInfo) bool { return s.Username == username && s.ID != except })
	n, err := g.cfg.Sessions.EndSessionsOf(ctx, by, username, except)
	if err != nil && !errors.Is(err, lowsky.ErrNotFound) {
		return held, fmt.Errorf("sessions of %s: %w", username, err)
	}
	return max(n, held), nil
}

// storedToken is what scs calls a session towards its store, given the cookie's value.
func storedToken(cookie string) string {
	h := sha256.Sum256([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// sessionID names a session by the start of the hash under which the store keeps it; store makes the same.
func sessionID(stored string) string {
	h := sha256.Sum256([]byte(stored))
	return hex.EncodeToString(h[:10])
}
