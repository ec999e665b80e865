package api

import (
	"encoding/json"
	"time"

	"lowsky"
)

// listener is a console without a connection: what would be sent to it is encoded when the test asks for it.
type listener struct {
	*console
	hub  *Hub
	cl   *client
	text [][]byte // every text frame
}

// listen joins a hub that does not run: the test flushes and looks around by hand.
func listen(h *Hub, who Viewer) *listener {
	l := &listener{hub: h, console: &console{
		identities: map[uint32]Identity{}, alerts: map[lowsky.AlertID]AlertView{}, zones: map[lowsky.ZoneID]int{},
		places: map[uint32]Row{}, sources: map[lowsky.SourceID]lowsky.SourceView{},
	}}
	l.cl = &client{hub: h, name: who.Name, valid: who.Valid, wake: make(chan struct{}, 1), gaveUp: make(chan struct{})}
	h.tilesMu.Lock()
	h.clients[l.cl] = struct{}{}
	h.tilesMu.Unlock()
	h.begin(l.cl, who)
	return l
}

// see looks at everything.
func (l *listener) see() {
	l.box = boxOf(view{-180, -90, 180, 90})
	l.hub.look(l.cl, l.box)
}

// drain takes what is queued, in the order in which the writer would send it, and answers the frames.
func (l *listener) drain() ([]*Frame, error) {
	b := l.cl.take()
	events := b.events
	if b.track != nil {
		events = append(events, b.track)
	}
	for _, ev := range events {
		body := ev.body
		if late, ok := body.(func() any); ok {
			body = late()
		}
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		l.text = append(l.text, raw)
		if err := l.hear(raw); err != nil {
			return nil, err
		}
	}
	if len(b.missed) > 0 {
		b.frames = append(b.frames, &frame{entries: entriesOf(b.missed), class: l.cl.class, at: l.hub.board.cfg.Now()})
	}
	var frames []*Frame
	for _, f := range b.frames {
		raw, err := f.encode()
		if err != nil {
			return nil, err
		}
		if raw == nil {
			continue
		}
		d, err := DecodeFrame(raw)
		if err != nil {
			return nil, err
		}
		l.take(d)
		frames = append(frames, d)
	}
	return frames, nil
}

// anonymous answers the slots of those without a name.
func (l *listener) anonymous() (slots []uint32) {
	for slot, i := range l.identities {
		if i.Anonymous {
			slots = append(slots, slot)
		}
	}
	return slots
}

// quiet is a board with a hub that does nothing by itself, and its clock.
func quiet() (*Board, *Hub, *time.Time) {
	now := epoch
	b := NewBoard(BoardConfig{Now: func() time.Time { return now }})
	return b, NewHub(b, HubConfig{}), &now
}

// company is the scope of an operating company, as identity makes it.
func company(id lowsky.OrganisationID) lowsky.Scope {
	return lowsky.Scope{Organisations: []lowsky.OrganisationID{id}, AllZones: true, Anonymous: true}
}

// of gives a track to an organisation.
func of(v *lowsky.TrackView, org lowsky.OrganisationID) *lowsky.TrackView {
	w := *v
	w.Organisation = org
	return &w
}
