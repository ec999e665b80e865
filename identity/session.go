package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lowsky"
)

const (
	keyUser  = "username"
	keyBegan = "began_ms"
	keyUsed  = "used_ms"
	keyFrom  = "from"
	keyAgent = "agent"
)

// CookieName is the name of the session cookie. Over TLS the __Host- prefix has the browser refuse it from anywhere but
// this host.
func (g *Gate) CookieName() string {
	if g.cfg.Secure {
		return "__Host-lowsky"
	}
	return "lowsky"
}

func (g *Gate) cookie(value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: g.CookieName(), Value: value, Path: "/",
		HttpOnly: true, Secure: g.cfg.Secure, SameSite: http.SameSiteStrictMode,
		MaxAge: int(life / time.Second),
	}
	if life < 0 {
		c.MaxAge = -1
	}
	return c
}

// longestCookie bounds what is looked at: ours has 43 characters.
const longestCookie = 128

// bySession answers who a session belongs to, and moves its idle end.
func (g *Gate) bySession(ctx context.Context, now time.Time, token string) (Principal, error) {
	if token == "" || len(token) > longestCookie {
		return Principal{}, fmt.Errorf("session: %w", lowsky.ErrUnauthenticated)
	}
	sctx, err := g.sessions.Load(ctx, token)
	if err != nil {
		return Principal{}, fmt.Errorf("session: %w", unavailable(err))
	}
	name := g.sessions.GetString(sctx, keyUser)
	if name == "" {
		return Principal{}, fmt.Errorf("session has ended: %w", lowsky.ErrUnauthenticated)
	}
	began := time.UnixMilli(g.sessions.GetInt64(sctx, keyBegan)).UTC()
	p, err := g.holder(ctx, now, name, began)
	if err != nil {
		if errors.Is(err, lowsky.ErrUnauthenticated) { // for good: it must not come back with the account
			err = errors.Join(err, g.sessions.Destroy(sctx))
		}
		return Principal{}, fmt.Errorf("session: %w", err)
	}
	g.sessions.Put(sctx, keyUsed, now.Truncate(time.Minute).UnixMilli())
	if _, _, err := g.sessions.Commit(sctx); err != nil {
		return Principal{}, fmt.Errorf("session: %w", unavailable(err))
	}
	p.session, p.Began = token, began
	return p, nil
}

// holder answers whose a session is that began then; ErrUnauthenticated if it has ended.
func (g *Gate) holder(ctx context.Context, now time.Time, name string, began time.Time) (Principal, error) {
	u, err := g.user(ctx, now, name)
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return Principal{}, fmt.Errorf("user is gone: %w", lowsky.ErrUnauthenticated)
	case err != nil:
		return Principal{}, err
	}
	// The database keeps microseconds and the session milliseconds: compare in the coarser.
	if began.Before(u.PasswordChangedAt.Truncate(time.Millisecond)) {
		return Principal{}, fmt.Errorf("password has changed: %w", lowsky.ErrUnauthenticated)
	}
	return g.principal(ctx, now, u)
}

// unavailable marks whatever a store says as "cannot be told now".
func unavailable(err error) error {
	if errors.Is(err, lowsky.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", lowsky.ErrUnavailable, err)
}

// codec writes what a session holds: always the same bytes for the same content, which gob's maps do not give. The
// store reads it too, to list sessions.
type codec struct{}

type sessionRow struct {
	Deadline time.Time `json:"deadline"`
	Username string    `json:"username"`
	BeganMS  int64     `json:"began_ms"`
	UsedMS   int64     `json:"used_ms"` // to the minute
	From     string    `json:"from"`
	Agent    string    `json:"agent,omitempty"`
}

func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	text := func(key string) string { s, _ := values[key].(string); return s }
	number := func(key string) int64 { n, _ := values[key].(int64); return n }
	return json.Marshal(sessionRow{
		deadline.UTC(), text(keyUser), number(keyBegan), number(keyUsed), text(keyFrom), text(keyAgent),
	})
}

func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var r sessionRow
	if err := json.Unmarshal(b, &r); err != nil {
		return time.Time{}, nil, fmt.Errorf("session row: %w", err)
	}
	return r.Deadline, map[string]any{
		keyUser: r.Username, keyBegan: r.BeganMS, keyUsed: r.UsedMS, keyFrom: r.From, keyAgent: r.Agent,
	}, nil
}
