package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"lowsky"
)

const (
	keyUser  = "username"
	keyBegan = "began_ms"
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

// bySession answers who a session belongs to, and moves its idle end.
func (g *Gate) bySession(ctx context.Context, now time.Time, token string) (Principal, error) {
	if len(token) > 128 {
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
	u, err := g.user(ctx, now, name)
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return Principal{}, fmt.Errorf("user is gone: %w", lowsky.ErrUnauthenticated)
	case err != nil:
		return Principal{}, fmt.Errorf("session: %w", err)
	}
	began := time.UnixMilli(g.sessions.GetInt64(sctx, keyBegan)).UTC()
	// The database keeps microseconds and the session milliseconds: compare in the coarser.
	if u.Disabled || began.Before(u.PasswordChangedAt.Truncate(time.Millisecond)) {
		return Principal{}, fmt.Errorf("session has ended: %w", lowsky.ErrUnauthenticated)
	}
	if _, _, err := g.sessions.Commit(sctx); err != nil {
		return Principal{}, fmt.Errorf("session: %w", unavailable(err))
	}
	p := principalOf(u)
	p.session, p.Began = token, began
	return p, nil
}

// unavailable marks whatever a store says as "cannot be told now".
func unavailable(err error) error {
	if errors.Is(err, lowsky.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", lowsky.ErrUnavailable, err)
}

// The writes of one session that only move its end are at least this far apart.
const touchEvery = time.Minute

// mostHeld bounds the sessions in memory; beyond it the ones used longest ago are read from the store again.
const mostHeld = 10000

// heldSessions keeps the sessions in use in memory before the store, so that a database that is away signs nobody out
// and every request does not cost a write. One process serves one platform, so what is held is never older than what
// is stored.
type heldSessions struct {
	next scs.CtxStore

	mu   sync.Mutex
	held map[string]*heldSession
}

type heldSession struct {
	data    []byte
	expiry  time.Time
	written time.Time // the expiry the store knows; zero where it has none
	ended   bool      // signed out, but the store could not be told: it must not come back from there
}

func newHeldSessions(next scs.CtxStore) *heldSessions {
	return &heldSessions{next: next, held: map[string]*heldSession{}}
}

// FindCtx implements scs.CtxStore.
func (h *heldSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := time.Now() // sessions end on the wall clock, as in scs itself
	h.mu.Lock()
	s, ok := h.held[token]
	if ok && (s.ended || now.After(s.expiry)) {
		h.mu.Unlock()
		return nil, false, nil
	}
	if ok {
		data := s.data
		h.mu.Unlock()
		return data, true, nil
	}
	h.mu.Unlock()
	return h.next.FindCtx(ctx, token)
}

// CommitCtx implements scs.CtxStore. It fails only for a session that is not held and cannot be stored... which a
// sign-in makes: it is held from then on, so that people can sign in while the database is away.
func (h *heldSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	h.mu.Lock()
	s, ok := h.held[token]
	if ok && s.ended {
		h.mu.Unlock()
		return nil
	}
	if !ok {
		h.makeRoom()
		s = &heldSession{}
		h.held[token] = s
	}
	same := bytes.Equal(s.data, data)
	s.data, s.expiry = data, expiry
	if same && expiry.Sub(s.written) < touchEvery {
		h.mu.Unlock()
		return nil
	}
	h.mu.Unlock()
	if err := h.next.CommitCtx(ctx, token, data, expiry); err != nil {
		return nil // held in memory; written with the next touch
	}
	h.mu.Lock()
	s.written = expiry
	ended := s.ended
	h.mu.Unlock()
	if ended { // signed out while it was being written
		return h.next.DeleteCtx(ctx, token)
	}
	return nil
}

// DeleteCtx implements scs.CtxStore. Ended is ended, whether or not the store could be told.
func (h *heldSessions) DeleteCtx(ctx context.Context, token string) error {
	err := h.next.DeleteCtx(ctx, token)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		delete(h.held, token)
		return nil
	}
	s, ok := h.held[token]
	if !ok {
		return err
	}
	s.ended = true
	return nil
}

// makeRoom drops what has expired and, if that is not enough, the session nearest its end. The caller holds mu.
func (h *heldSessions) makeRoom() {
	if len(h.held) < mostHeld {
		return
	}
	now := time.Now()
	oldest := ""
	for token, s := range h.held {
		if now.After(s.expiry) {
			delete(h.held, token)
		} else if !s.ended && (oldest == "" || s.expiry.Before(h.held[oldest].expiry)) {
			oldest = token
		}
	}
	if len(h.held) >= mostHeld && oldest != "" {
		delete(h.held, oldest)
	}
}

// Find, Commit and Delete make it a scs.Store as well; scs calls the Ctx forms.
func (h *heldSessions) Find(token string) ([]byte, bool, error) {
	return h.FindCtx(context.Background(), token)
}
func (h *heldSessions) Commit(token string, b []byte, expiry time.Time) error {
	return h.CommitCtx(context.Background(), token, b, expiry)
}
func (h *heldSessions) Delete(token string) error { return h.DeleteCtx(context.Background(), token) }
