package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"lowsky"
)

const (
	// checkTimeout bounds one question about a client; the database may hang.
	checkTimeout = 2 * time.Second
	// checkers ask at a time.
	checkers = 8
)

// Recheck has the hub look at once at whether every client may go on and with what scope, as it does every
// HubConfig.Recheck anyway. It does not wait for the outcome. The server calls it when people, tokens, sessions or
// organisations changed.
func (h *Hub) Recheck() {
	select {
	case h.kick <- struct{}{}:
	default: // one look is due already
	}
}

// recheck looks after the sessions until ctx ends.
func (h *Hub) recheck(ctx context.Context) {
	tick := time.NewTicker(h.cfg.Recheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.kick:
		}
		h.checkAll(ctx)
	}
}

// checkAll asks about the clients of one person one after the other, so that what is remembered of the first answer
// serves the rest.
func (h *Hub) checkAll(ctx context.Context) {
	byName := map[string][]*client{}
	for _, c := range h.those(func(c *client) bool { return c.class != nil }) { // the others are checked when they begin
		byName[c.name] = append(byName[c.name], c)
	}
	var checking sync.WaitGroup
	room := make(chan struct{}, checkers)
	for _, cs := range byName {
		room <- struct{}{}
		checking.Go(func() {
			defer func() { <-room }()
			for _, c := range cs {
				h.check(ctx, c)
			}
		})
	}
	checking.Wait()
}

// check ends a client that may not go on: with CloseSessionEnd for good, with CloseResync where it may see something
// else now and comes back for that.
func (h *Hub) check(ctx context.Context, c *client) {
	if c.valid == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	scope, err := c.valid(ctx)
	switch {
	case errors.Is(err, lowsky.ErrUnauthenticated) || errors.Is(err, lowsky.ErrForbidden):
		c.end(CloseSessionEnd, "session ended")
	case err == nil && classKey(scope) != c.class.key:
		c.end(CloseResync, "scope changed")
	}
}

// all answers every client.
func (h *Hub) all() []*client { return h.those(func(*client) bool { return true }) }

// those answers the clients that fit.
func (h *Hub) those(fit func(*client) bool) []*client {
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	cs := make([]*client, 0, len(h.clients))
	for c := range h.clients {
		if fit(c) {
			cs = append(cs, c)
		}
	}
	return cs
}
