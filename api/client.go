package api

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

// Close codes of docs/stream.md.
const (
	CloseResync     = 4001 // too slow for the alert queue, or what it may see has changed: come back for a snapshot
	CloseSessionEnd = 4003 // the session has ended
)

// client is one console. Its reader is the request's own goroutine; its writer is the only one that writes.
type client struct {
	hub     *Hub
	conn    *websocket.Conn
	name    string
	session string // names the session it came with, so that its end ends the client
	valid   func(context.Context) (lowsky.Scope, error)
	asJSON  bool
	wake    chan struct{} // capacity 1: there is something to send

	// Set once, under Board.mu and Hub.tilesMu, before the writer begins.
	class *scopeClass

	// Under Hub.tilesMu.
	box       tileBox
	watchedID lowsky.AircraftID // "" watches nothing
	watching  *entry            // of watchedID; nil while it is not known
	sent      *lowsky.TrackView // the newest view of watching that was offered
	sentAt    time.Time

	mu     sync.Mutex
	events []*event            // ordered, bounded: never dropped, a full queue ends the client
	frames []*frame            // of one flush, and of views since
	missed map[*entry]struct{} // with newer positions than were sent
	health *event
	track  *event
	code   int // close with it, once above 0
	reason string
	gaveUp chan struct{} // closed when the writer has ended
}

func (c *client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// push queues an event. A full queue ends the client with CloseResync: a gap is never silent.
func (c *client) push(ev *event) {
	c.mu.Lock()
	switch {
	case c.code != 0:
	case len(c.events) >= c.hub.cfg.Queue:
		c.code, c.reason = CloseResync, "re-sync"
		c.events, c.frames, c.missed = nil, nil, nil
	default:
		c.events = append(c.events, ev)
	}
	c.mu.Unlock()
	c.signal()
}

// restart replaces what is queued by a snapshot.
func (c *client) restart(snapshot *event) {
	c.mu.Lock()
	if c.code == 0 {
		c.events = append(c.events[:0:0], snapshot)
	}
	c.mu.Unlock()
	c.signal()
}

// offer hands over the frames of a flush. What the writer has not sent of an earlier one is not queued: its aircraft
// are remembered and sent with their newest positions in a frame of the client's own.
func (c *client) offer(frames []*frame) {
	if len(frames) == 0 {
		return
	}
	c.mu.Lock()
	switch {
	case c.code != 0:
	case len(c.frames) == 0 && len(c.missed) == 0:
		c.frames = frames
	default:
		c.miss(c.frames)
		c.miss(frames)
		c.frames = nil
	}
	c.mu.Unlock()
	c.signal()
}

// offerMore adds frames that the client asked for to those of the flush; the next flush finds them sent or missed.
func (c *client) offerMore(frames []*frame) {
	if len(frames) == 0 {
		return
	}
	c.mu.Lock()
	switch {
	case c.code != 0:
	case len(c.missed) == 0:
		c.frames = append(c.frames[:len(c.frames):len(c.frames)], frames...)
	default:
		c.miss(frames)
	}
	c.mu.Unlock()
	c.signal()
}

func (c *client) miss(frames []*frame) {
	if c.missed == nil {
		c.missed = map[*entry]struct{}{}
	}
	for _, f := range frames {
		for _, e := range f.entries {
			// That a stranger is in the alerting set is not told by its coming from outside of the box either.
			if f.flags&FlagAlerting == 0 || f.class.all || e.standing(f.class).is(standingOwn) {
				c.missed[e] = struct{}{}
			}
		}
	}
}

func (c *client) offerHealth(ev *event) {
	c.mu.Lock()
	c.health = ev
	c.mu.Unlock()
	c.signal()
}

func (c *client) offerTrack(ev *event) {
	c.mu.Lock()
	c.track = ev
	c.mu.Unlock()
	c.signal()
}

// end closes the client with a code once its writer comes to it. The first code counts.
func (c *client) end(code int, reason string) {
	c.mu.Lock()
	if c.code == 0 {
		c.code, c.reason = code, reason
		c.events, c.frames, c.missed = nil, nil, nil
	}
	c.mu.Unlock()
	c.signal()
}

// batch is what the writer takes at once. Events come before frames, so an identity precedes the first use of its slot.
type batch struct {
	events []*event
	frames []*frame
	missed map[*entry]struct{}
	health *event
	track  *event
	code   int
	reason string
}

func (c *client) take() batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := batch{c.events, c.frames, c.missed, c.health, c.track, c.code, c.reason}
	c.events, c.frames, c.missed, c.health, c.track = nil, nil, nil, nil, nil
	return b
}

func (c *client) takeEvents() ([]*event, int, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	evs := c.events
	c.events = nil
	return evs, c.code, c.reason
}

var errClosed = errors.New("closed")

// write sends until the client ends. It alone writes data frames to the connection.
func (c *client) write() {
	defer func() {
		close(c.gaveUp)
		// The reader goes on for a moment, so that the peer can read why before the connection is torn down.
		_ = c.conn.SetReadDeadline(time.Now().Add(c.hub.cfg.Linger))
	}()
	ping := time.NewTicker(c.hub.cfg.Ping)
	defer ping.Stop()
	for {
		select {
		case <-c.wake:
			if err := c.send(c.take()); err != nil {
				c.drop(err)
				return
			}
		case <-ping.C:
			if err := c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.hub.cfg.WriteTimeout)); err != nil {
				c.drop(err)
				return
			}
		}
	}
}

// drop tears the connection down at once where nothing can be said any more.
func (c *client) drop(err error) {
	if !errors.Is(err, errClosed) {
		_ = c.conn.Close()
	}
}

func (c *client) send(b batch) error {
	if b.code != 0 {
		return c.close(b.code, b.reason)
	}
	if err := c.sendEvents(b.events); err != nil {
		return err
	}
	for _, ev := range [...]*event{b.health, b.track} {
		if ev != nil {
			if err := c.sendEvent(ev); err != nil && !errors.Is(err, errUnsendable) {
				return err
			}
		}
	}
	if len(b.missed) > 0 {
		entries := make([]*entry, 0, len(b.missed))
		for e := range b.missed {
			entries = append(entries, e)
		}
		f := &frame{entries: entries, class: c.class, at: c.hub.board.cfg.Now()}
		b.frames = append(b.frames, f)
		c.hub.metrics.coalesced.Inc()
	}
	for _, f := range b.frames {
		msg, size, err := f.prepared(c.asJSON)
		if err != nil {
			c.hub.log.Error("position frame", "error", err)
			return c.close(websocket.CloseInternalServerErr, "")
		}
		if msg != nil {
			if err := c.writeMessage(msg); err != nil {
				return err
			}
			c.hub.metrics.frames.Inc()
			c.hub.metrics.bytes.Add(float64(size))
		}
		// An alert does not wait behind the rest of the positions.
		evs, code, reason := c.takeEvents()
		if code != 0 {
			return c.close(code, reason)
		}
		if err := c.sendEvents(evs); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) sendEvents(evs []*event) error {
	for _, ev := range evs {
		if err := c.sendEvent(ev); err != nil {
			if errors.Is(err, errUnsendable) {
				// A sequenced event that cannot be encoded would be a gap: end the client instead of being silent.
				return c.close(websocket.CloseInternalServerErr, "")
			}
			return err
		}
	}
	return nil
}

var errUnsendable = errors.New("event cannot be encoded")

func (c *client) sendEvent(ev *event) error {
	msg, err := ev.prepared()
	if err != nil {
		c.hub.log.Error("stream event", "error", err)
		return errUnsendable
	}
	if err := c.writeMessage(msg); err != nil {
		return err
	}
	c.hub.metrics.events.Inc()
	c.hub.metrics.bytes.Add(float64(ev.size))
	return nil
}

func (c *client) writeMessage(m *websocket.PreparedMessage) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.hub.cfg.WriteTimeout)); err != nil {
		return err
	}
	return c.conn.WritePreparedMessage(m)
}

func (c *client) close(code int, reason string) error {
	c.hub.metrics.closed(code)
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	return errClosed
}

// readLimit is the most a console may send in one message.
const readLimit = 4096

// read takes what the console sends until the connection ends. Views and resyncs are taken no faster than they can be
// served: the reader waits, and the console's own socket pushes back.
func (c *client) read(ctx context.Context) {
	c.conn.SetReadLimit(readLimit)
	alive := func(string) error { return c.conn.SetReadDeadline(time.Now().Add(3 * c.hub.cfg.Ping)) }
	c.conn.SetPongHandler(alive)
	_ = alive("")
	for {
		kind, raw, err := c.conn.ReadMessage()
		if err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				c.end(websocket.CloseGoingAway, "no pong")
			}
			return
		}
		_ = alive("")
		select {
		case <-c.gaveUp: // nothing more to serve; and the line above may have undone the writer's deadline
			return
		default:
		}
		var m any
		if kind != websocket.TextMessage {
			err = &lowsky.InvalidError{Field: "message", Problem: "must be text"}
		} else {
			m, err = parseMessage(raw)
		}
		if err != nil {
			c.end(websocket.ClosePolicyViolation, trimReason(err.Error()))
			continue // until the writer has closed
		}
		pause := 50 * time.Millisecond
		switch m := m.(type) {
		case view:
			c.hub.look(c, boxOf(m))
		case watch:
			c.hub.watch(c, m.Aircraft)
		case resync:
			c.hub.resync(c)
			pause = time.Second
		}
		if !wait(ctx, c.gaveUp, pause) {
			return
		}
	}
}

// wait answers false when ctx or done ended first.
func wait(ctx context.Context, done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-done:
	}
	return false
}

// trimReason keeps a close reason within the 123 bytes that a close frame has room for.
func trimReason(s string) string {
	const room = 120
	if len(s) <= room {
		return s
	}
	return s[:room]
}
