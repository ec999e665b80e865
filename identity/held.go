package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"lowsky"
)

const (
	// Writes of one session that only move its end are at least this far apart.
	touchEvery = time.Minute
	// A store that failed is not asked to write again before this time, and never waited for longer than that.
	storePause = 10 * time.Second
	storeWait  = 2 * time.Second
	// mostHeld bounds the sessions in memory; the ones nearest their end make room.
	mostHeld = 10000
)

// heldSessions keeps the sessions in use in memory before the store, so that a database that is away signs nobody out
// and a request does not cost a write. One process serves one platform, so what is held is never older than what is
// stored. A session that was ended stays known as ended, or a request that began before would bring it back.
type heldSessions struct {
	next     scs.CtxStore
	log      *slog.Logger
	lifetime time.Duration
	now      func() time.Time // the wall clock: sessions end on it, as in scs itself

	mu         sync.Mutex
	held       map[string]*heldSession
	pausedTill time.Time
	toDelete   []string // ended, and the store has not heard of it yet
}

type heldSession struct {
	data    []byte
	expiry  time.Time
	written time.Time // the expiry that the store knows; zero where it has none
	ended   bool
	doubted bool // somebody else may have ended it: the store is asked before it is next used
}

func newHeldSessions(next scs.CtxStore, lifetime time.Duration, now func() time.Time, log *slog.Logger) *heldSessions {
	return &heldSessions{next: next, log: log, lifetime: lifetime, now: now, held: map[string]*heldSession{}}
}

// FindCtx implements scs.CtxStore.
func (h *heldSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := h.now()
	h.mu.Lock()
	s, ok := h.held[token]
	if ok {
		ask := s.doubted && !s.written.IsZero() && now.After(h.pausedTill)
		if ask {
			s.doubted = false // before the question: what is said meanwhile asks again
		}
		data, over := s.data, s.ended || now.After(s.expiry)
		h.mu.Unlock()
		if over {
			return nil, false, nil
		}
		if ask && h.endedElsewhere(ctx, token, s) {
			return nil, false, nil
		}
		return data, true, nil
	}
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	return h.next.FindCtx(ctx, token)
}

// endedElsewhere asks the store whether it still has a session that it had. What it cannot tell is not ended.
func (h *heldSessions) endedElsewhere(ctx context.Context, token string, s *heldSession) bool {
	var found bool
	ok := h.try(ctx, "look for session", func(ctx context.Context) (err error) {
		_, found, err = h.next.FindCtx(ctx, token)
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	if !ok {
		s.doubted = true
		return false
	}
	if !found {
		s.ended, s.data = true, nil
	}
	return !found
}

// doubt has the store asked about every session before it is next used.
func (h *heldSessions) doubt() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.held {
		s.doubted = true
	}
}

// info answers what a held session tells of itself. The caller holds mu.
func (s *heldSession) info(token string) lowsky.SessionInfo {
	var r sessionRow
	if json.Unmarshal(s.data, &r) != nil {
		return lowsky.SessionInfo{}
	}
	return lowsky.SessionInfo{
		ID: sessionID(token), Username: r.Username, BeganAt: time.UnixMilli(r.BeganMS).UTC(), UsedAt: time.UnixMilli(r.UsedMS).UTC(),
		EndsAt: s.expiry.UTC(), From: r.From, Agent: r.Agent,
	}
}

// of answers the sessions of a person that are held and have not ended.
func (h *heldSessions) of(username string) []lowsky.SessionInfo {
	now := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []lowsky.SessionInfo
	for token, s := range h.held {
		if s.ended || now.After(s.expiry) {
			continue
		}
		if i := s.info(token); i.Username == username {
			out = append(out, i)
		}
	}
	return out
}

// hasEnded reports whether the session with this id is known to have ended.
func (h *heldSessions) hasEnded(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for token, s := range h.held {
		if s.ended && sessionID(token) == id {
			return true
		}
	}
	return false
}

// end ends those that match, here at once and in the store with a later request, and answers how many there were.
func (h *heldSessions) end(match func(lowsky.SessionInfo) bool) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for token, s := range h.held {
		if !s.ended && match(s.info(token)) {
			s.ended, s.data = true, nil
			h.toDelete = append(h.toDelete, token)
			n++
		}
	}
	return n
}

// CommitCtx implements scs.CtxStore. It never fails: what the store does not take now is held here and written with a
// later request, so that people can sign in while the database is away.
func (h *heldSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	now := h.now()
	h.mu.Lock()
	s, ok := h.held[token]
	if ok && s.ended {
		h.mu.Unlock()
		return nil
	}
	if !ok {
		h.makeRoom(now)
		s = &heldSession{}
		h.held[token] = s
	}
	same := bytes.Equal(s.data, data)
	if ok && !same {
		data = later(s.data, data)
	}
	s.data, s.expiry = data, expiry
	write := (!same || expiry.Sub(s.written) >= touchEvery) && now.After(h.pausedTill)
	h.mu.Unlock()
	if !write {
		return nil
	}
	if !h.try(ctx, "keep session", func(ctx context.Context) error { return h.next.CommitCtx(ctx, token, data, expiry) }) {
		return nil
	}
	h.mu.Lock()
	s.written = expiry
	if s.ended { // signed out while it was being written
		h.toDelete = append(h.toDelete, token)
	}
	h.mu.Unlock()
	h.deletePending(ctx)
	return nil
}

// later keeps the later of two beginnings: a request that began before a change of password writes back what it read.
func later(old, data []byte) []byte {
	var o, n sessionRow
	if json.Unmarshal(old, &o) != nil || json.Unmarshal(data, &n) != nil || o.BeganMS <= n.BeganMS {
		return data
	}
	n.BeganMS = o.BeganMS
	if b, err := json.Marshal(n); err == nil {
		return b
	}
	return data
}

// DeleteCtx implements scs.CtxStore. Ended is ended, whether or not the store can be told now.
func (h *heldSessions) DeleteCtx(ctx context.Context, token string) error {
	now := h.now()
	h.mu.Lock()
	s, ok := h.held[token]
	if !ok {
		h.makeRoom(now)
		s = &heldSession{expiry: now.Add(h.lifetime)}
		h.held[token] = s
	}
	s.ended, s.data = true, nil
	h.toDelete = append(h.toDelete, token)
	h.mu.Unlock()
	h.deletePending(ctx)
	return nil
}

// deletePending tells the store what has ended, until it fails.
func (h *heldSessions) deletePending(ctx context.Context) {
	for {
		h.mu.Lock()
		if len(h.toDelete) == 0 || !h.now().After(h.pausedTill) {
			h.mu.Unlock()
			return
		}
		token := h.toDelete[0]
		h.toDelete = h.toDelete[1:]
		h.mu.Unlock()
		if !h.try(ctx, "end session", func(ctx context.Context) error { return h.next.DeleteCtx(ctx, token) }) {
			h.mu.Lock()
			h.toDelete = append(h.toDelete, token)
			h.mu.Unlock()
			return
		}
	}
}

// try runs one write; a failure pauses all of them for a while and is logged here, as nobody above learns of it. The
// request may end meanwhile; the write goes on.
func (h *heldSessions) try(ctx context.Context, what string, write func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	err := write(ctx)
	if err == nil {
		return true
	}
	h.mu.Lock()
	h.pausedTill = h.now().Add(storePause)
	h.mu.Unlock()
	h.log.Warn("session store does not answer; sessions are held in memory", "doing", what, "error", err)
	return false
}

// makeRoom drops what has expired and, if that is not enough, the session nearest its end. The caller holds mu.
func (h *heldSessions) makeRoom(now time.Time) {
	if len(h.held) < mostHeld {
		return
	}
	nearest := ""
	for token, s := range h.held {
		if now.After(s.expiry) {
			delete(h.held, token)
		} else if nearest == "" || s.expiry.Before(h.held[nearest].expiry) {
			nearest = token
		}
	}
	if len(h.held) >= mostHeld {
		delete(h.held, nearest)
	}
}

// Find, Commit and Delete make it a scs.Store; scs calls the Ctx forms.

func (h *heldSessions) Find(token string) ([]byte, bool, error) {
	return h.FindCtx(context.Background(), token)
}

func (h *heldSessions) Commit(token string, b []byte, expiry time.Time) error {
	return h.CommitCtx(context.Background(), token, b, expiry)
}

func (h *heldSessions) Delete(token string) error { return h.DeleteCtx(context.Background(), token) }
