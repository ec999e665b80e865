package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// heard is what one console was told.
type heard struct {
	named     map[string]uint32 // aircraft → slot
	anonymous map[uint32]bool
	alerts    map[string]bool
	rows      map[uint32]int // position rows by slot
	sequences map[uint64]bool
	raw       strings.Builder
}

// listen opens the stream with the actor's session, asks for the whole region and listens for a while.
func (a *actor) listen(t *testing.T, for_ time.Duration) (*heard, int) {
	t.Helper()
	at, err := url.Parse(a.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	if b, ok := a.Client.Transport.(bearer); ok {
		header.Set("Authorization", "Bearer "+string(b))
	}
	d := websocket.Dialer{Jar: a.Client.Jar, HandshakeTimeout: 5 * time.Second}
	conn, resp, err := d.Dial("ws://"+at.Host+"/api/v1/stream?positions=json", header)
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"view","west":113,"south":29,"east":115,"north":31}`)); err != nil {
		t.Fatal(err)
	}
	h := &heard{named: map[string]uint32{}, anonymous: map[uint32]bool{}, alerts: map[string]bool{}, rows: map[uint32]int{}, sequences: map[uint64]bool{}}
	_ = conn.SetReadDeadline(time.Now().Add(for_))
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			var timeout interface{ Timeout() bool }
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("%s: the stream ended: %v", a.name, err)
			}
			return h, http.StatusOK
		}
		h.raw.Write(raw)
		h.take(t, raw)
	}
}

func (h *heard) take(t *testing.T, raw []byte) {
	t.Helper()
	type identity struct {
		Slot      uint32 `json:"slot"`
		Aircraft  string `json:"aircraft_id"`
		Anonymous bool   `json:"anonymous"`
	}
	type alert struct {
		ID string `json:"id"`
	}
	var m struct {
		Type       string     `json:"type"`
		Identity   identity   `json:"identity"`
		Identities []identity `json:"identities"`
		Alert      alert      `json:"alert"`
		Alerts     []alert    `json:"alerts"`
		Slot       json.RawMessage
		Sequence   uint64 `json:"sequence"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%v in %.200s", err, raw)
	}
	know := func(i identity) {
		if i.Anonymous {
			h.anonymous[i.Slot] = true
		} else {
			h.named[i.Aircraft] = i.Slot
		}
	}
	switch m.Type {
	case "snapshot":
		for _, i := range m.Identities {
			know(i)
		}
		for _, a := range m.Alerts {
			h.alerts[a.ID] = true
		}
	case "identity":
		know(m.Identity)
	case "alert":
		h.alerts[m.Alert.ID] = true
	case "positions":
		var slots []uint32
		if err := json.Unmarshal(m.Slot, &slots); err != nil {
			t.Fatal(err)
		}
		for _, s := range slots {
			h.rows[s]++
		}
		h.sequences[m.Sequence] = true
	}
}

// walkStream: by name exactly the flights in scope, near one's own flights others without a name, and not one word of
// anybody else.
func (w *world) walkStream(t *testing.T) {
	type result struct {
		a      *actor
		h      *heard
		status int
	}
	results := make(chan result)
	for _, a := range w.actors {
		go func() {
			h, status := a.listen(t, 5*time.Second)
			results <- result{a, h, status}
		}()
	}
	for range w.actors {
		r := <-results
		if r.status != http.StatusOK {
			t.Errorf("%s: the stream answers %d", r.a.name, r.status)
			continue
		}
		w.judgeStream(t, r.a, r.h)
	}
	for _, name := range []string{"nobody", "a device"} {
		token := map[string]string{"nobody": "", "a device": w.secret["fa-1"]}[name]
		if _, status := (&actor{name: name, Platform: w.WithToken(token)}).listen(t, time.Second); status != http.StatusUnauthorized {
			t.Errorf("%s: the stream answers %d, want 401", name, status)
		}
	}
}

func (w *world) judgeStream(t *testing.T, a *actor, h *heard) {
	t.Helper()
	known := map[uint32]bool{}
	for _, o := range w.things {
		slot, named := h.named[o.id]
		switch {
		case o.kind == "track" && named != a.sees(o):
			t.Errorf("%s: told of aircraft %s: %v, want %v", a.name, o.id, named, a.sees(o))
		case o.kind == "track" && named:
			if known[slot] = true; h.rows[slot] == 0 {
				t.Errorf("%s: no position of %s", a.name, o.id)
			}
		case o.kind == "alert" && h.alerts[string(w.alerts[o.id])] != a.sees(o):
			t.Errorf("%s: told of the alert on %s: %v, want %v", a.name, o.id, !a.sees(o), a.sees(o))
		}
		if (o.kind == "track" || o.kind == "aircraft") && !a.sees(thing{"track", o.id, o.org, w.track(o.id).lies, o.scenario}) && strings.Contains(h.raw.String(), fmt.Sprintf("%q", o.id)) {
			t.Errorf("%s: the stream names %s", a.name, o.id)
		}
	}
	wantAnonymous := 0
	if a.kind == "company" {
		wantAnonymous = 2 // both of the other company's, 1 km from its own
		for s := range h.sequences {
			if s != 0 {
				t.Errorf("%s: a frame has the sequence %d, which other consoles could compare", a.name, s)
			}
		}
	}
	if len(h.anonymous) != wantAnonymous {
		t.Errorf("%s: %d tracks without a name, want %d", a.name, len(h.anonymous), wantAnonymous)
	}
	for slot := range h.anonymous {
		if known[slot] = true; h.rows[slot] == 0 {
			t.Errorf("%s: no position of the nameless slot %d", a.name, slot)
		}
	}
	for slot := range h.rows {
		if !known[slot] && slot != 0 {
			t.Logf("%s: rows of slot %d, which is none of the walk's", a.name, slot)
		}
	}
	if strings.Contains(h.raw.String(), "0715-") || strings.Contains(h.raw.String(), "contact_phone") {
		t.Errorf("%s: the stream carries a phone number", a.name)
	}
}

// track answers the flight of an aircraft.
func (w *world) track(id string) thing {
	for _, o := range w.things {
		if o.kind == "track" && o.id == id {
			return o
		}
	}
	return thing{}
}
