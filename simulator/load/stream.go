package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

// serve reads until ctx ends, and opens the stream again when it is lost.
func (w *watcher) serve(ctx context.Context, conn *websocket.Conn) {
	for attempt := 0; ; {
		err := w.read(ctx, conn)
		conn.Close()
		for {
			if ctx.Err() != nil {
				return
			}
			w.failed(err)
			timer := time.NewTimer(min(5*time.Second, 100*time.Millisecond<<min(attempt, 6)))
			attempt++
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
			if conn, err = w.open(ctx); err == nil {
				w.reopened.Add(1)
				attempt = 0
				break
			}
		}
	}
}

func (w *watcher) read(ctx context.Context, conn *websocket.Conn) error {
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	var message bytes.Buffer
	for {
		kind, r, err := conn.NextReader()
		if err != nil {
			return err
		}
		message.Reset()
		if _, err := message.ReadFrom(r); err != nil {
			return err
		}
		if kind == websocket.BinaryMessage {
			if err := w.positions(message.Bytes(), w.run.Now()); err != nil {
				return err
			}
		} else if err := w.event(conn, message.Bytes()); err != nil {
			return err
		}
	}
}

// positions looks at a frame that was read at the instant now.
func (w *watcher) positions(b []byte, now time.Time) error {
	f, err := readFrame(b)
	if err != nil {
		return err
	}
	w.frames.Add(1)
	read := now.UnixMicro()
	for i := range f.n {
		slot, longitude, latitude, observed := f.row(i)
		index, ours := w.slots[slot]
		if !ours {
			continue
		}
		c := w.run.crafts[index]
		number, stamp, ok := c.shown(longitude, latitude, observed)
		if !ok {
			w.unmatched.Add(1)
			continue
		}
		next := w.next[index]
		if number < next {
			continue // shown before: a whole tile, another state, or the alerting set
		}
		w.seen.Add(1)
		w.direct.add(time.Duration(read-stamp) * time.Microsecond)
		w.shown.add(time.Duration(read-stamp) * time.Microsecond)
		for n := next; n < number; n++ {
			if earlier, ok := c.stampOf(n); ok {
				w.shown.add(time.Duration(read-earlier) * time.Microsecond)
			}
		}
		w.overtaken.Add(number - next)
		w.next[index] = number + 1
		w.caughtUp.Store(now.UnixNano())
	}
	return nil
}

// event looks at a text frame.
func (w *watcher) event(conn *websocket.Conn, b []byte) error {
	type identity struct {
		Slot     uint32            `json:"slot"`
		Aircraft lowsky.AircraftID `json:"aircraft_id"`
	}
	var e struct {
		Type       string     `json:"type"`
		Seq        uint64     `json:"seq"`
		Slot       uint32     `json:"slot"`
		FlushMS    int64      `json:"flush_ms"`
		Identity   identity   `json:"identity"`
		Identities []identity `json:"identities"`
	}
	if err := json.Unmarshal(b, &e); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if e.Type == "snapshot" {
		w.seq, w.inSync = e.Seq, true
		clear(w.slots)
		for _, id := range e.Identities {
			w.know(id.Slot, id.Aircraft)
		}
		return nil
	}
	if e.Type == "hello" {
		w.flushMS.Store(e.FlushMS)
	}
	if e.Seq == 0 {
		return nil // health too
	}
	if e.Seq != w.seq+1 && w.inSync {
		w.gaps.Add(1)
		w.inSync = false
		if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"resync"}`)); err != nil {
			return err
		}
	}
	w.seq = e.Seq
	switch e.Type {
	case "identity":
		w.know(e.Identity.Slot, e.Identity.Aircraft)
	case "gone":
		delete(w.slots, e.Slot)
	}
	return nil
}

// know notes the slot of an aircraft, if it is one of ours.
func (w *watcher) know(slot uint32, id lowsky.AircraftID) {
	if index, ours := w.byID[id]; ours {
		w.slots[slot] = index
	} else {
		delete(w.slots, slot)
	}
}
