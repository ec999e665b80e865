package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/gorilla/websocket"

	"lowsky"
	"lowsky/airspace/geojson"
)

// push gives the class its next event. Nothing here waits: an event goes into each client's bounded queue, and a full
// queue ends that client.
func (c *scopeClass) push(body func(seq uint64) any) {
	c.seq++
	if len(c.clients) == 0 {
		return // its next client begins with a snapshot
	}
	ev := &event{body: body(c.seq)}
	for cl := range c.clients {
		cl.push(ev)
	}
}

// alert tells of a revision, or that the alert is none of the class's business any more.
func (c *scopeClass) alert(b *Board, a *lowsky.Alert) {
	if !c.all {
		_, told := c.alerts[a.ID]
		if !a.Visible(c.scope) {
			if told {
				delete(c.alerts, a.ID)
				c.push(func(seq uint64) any { return alertGoneEvent{Type: "alert_gone", Seq: seq, Alert: c.hide.id(a)} })
			}
			return
		}
		c.alerts[a.ID] = struct{}{}
	}
	c.push(func(seq uint64) any { return alertEvent{Type: "alert", Seq: seq, Alert: b.seenBy(c.hide, a)} })
}

// reloadZones is how many changed zones are still told one by one; beyond it consoles are asked to fetch the list.
const reloadZones = 2000

func (c *scopeClass) zonesChanged(p *lowsky.ZonePublication, zonesSeq uint64) {
	upsert, remove := []zoneFeature{}, []lowsky.ZoneID{}
	for _, z := range p.Upsert {
		sees := c.scope.SeesZone(z.Organisation, z.Jurisdictions)
		switch {
		case sees:
			upsert = append(upsert, zoneFeature{shownTo(c.scope, z)})
			if c.zones != nil {
				c.zones[z.ID] = struct{}{}
			}
		case c.toldZone(z.ID):
			remove = append(remove, z.ID)
			delete(c.zones, z.ID)
		}
	}
	for _, id := range p.Remove {
		if c.toldZone(id) {
			remove = append(remove, id)
			delete(c.zones, id)
		}
	}
	if len(upsert)+len(remove) == 0 && !c.all {
		return
	}
	ev := zonesEvent{Type: "zones", ZonesSeq: zonesSeq, Upsert: upsert, Remove: remove}
	if len(upsert)+len(remove) > reloadZones {
		ev.Reload, ev.Upsert, ev.Remove = true, []zoneFeature{}, []lowsky.ZoneID{}
	}
	c.push(func(seq uint64) any { ev.Seq = seq; return ev })
}

func (c *scopeClass) toldZone(id lowsky.ZoneID) bool {
	if c.zones == nil {
		return true
	}
	_, told := c.zones[id]
	return told
}

// source tells of a source; to a restricted scope only one through which an aircraft reports that it may see.
func (c *scopeClass) source(s *lowsky.SourceView) {
	if !c.seesSource(s.ID) {
		return
	}
	c.push(func(seq uint64) any { return sourceEvent{Type: "source", Seq: seq, Source: s} })
}

func (c *scopeClass) seesSource(id lowsky.SourceID) bool {
	if c.all {
		return true
	}
	for e := range c.own {
		if v := e.view.Load(); v != nil && v.Source == id {
			return true
		}
	}
	return false
}

func (c *scopeClass) stored(b *Board, revs []AlertRev) {
	if !c.all {
		seen := make([]AlertRev, 0, len(revs))
		for _, r := range revs {
			if _, told := c.alerts[r.ID]; told {
				seen = append(seen, AlertRev{c.hide.id(b.alerts[r.ID]), r.Rev})
			}
		}
		revs = seen
	}
	if len(revs) > 0 {
		c.push(func(seq uint64) any { return storedEvent{Type: "stored", Seq: seq, Alerts: revs} })
	}
}

// snapshotOf is everything the class may see as of its present sequence. The caller holds b.mu. Sorting and encoding
// are left to the first writer that sends it.
func (b *Board) snapshotOf(c *scopeClass) *event {
	if c.snapshot != nil && c.snapshotSeq == c.seq {
		return c.snapshot
	}
	f := snapshotFrame{
		Type: "snapshot", Seq: c.seq, ZonesSeq: b.zonesSeq, Health: healthTo(c.scope, b.health), Storage: b.storage,
		Identities: []*Identity{}, Alerts: []AlertView{}, Sources: []*lowsky.SourceView{},
	}
	if c.all {
		for _, e := range b.list {
			f.Identities = append(f.Identities, e.identity)
		}
	}
	for e := range c.own {
		f.Identities = append(f.Identities, e.standing(c).identity(e))
	}
	for e := range c.near {
		f.Identities = append(f.Identities, e.standing(c).identity(e))
	}
	for id, a := range b.alerts {
		if _, told := c.alerts[id]; a.Open() && (told || c.all) {
			f.Alerts = append(f.Alerts, b.seenBy(c.hide, a))
		}
	}
	for _, s := range b.sources {
		if shown(s) && c.seesSource(s.ID) {
			f.Sources = append(f.Sources, s)
		}
	}
	c.snapshot = &event{body: func() any {
		slices.SortFunc(f.Identities, func(a, b *Identity) int { return cmp.Compare(a.Slot, b.Slot) })
		slices.SortFunc(f.Alerts, func(a, b AlertView) int { return cmp.Compare(a.ID, b.ID) })
		slices.SortFunc(f.Sources, func(a, b *lowsky.SourceView) int { return cmp.Compare(a.ID, b.ID) })
		return f
	}}
	c.snapshotSeq = c.seq
	return c.snapshot
}

// zoneFeature writes a zone as the GeoJSON feature that GET /api/v1/zones shows.
type zoneFeature struct{ zone *lowsky.Zone }

func (f zoneFeature) MarshalJSON() ([]byte, error) { return geojson.Feature(f.zone) }

// event is one text frame, encoded once by whichever client's writer comes to it first. Its body is a value for
// encoding/json, or a function that answers one.
type event struct {
	body any

	once sync.Once
	msg  *websocket.PreparedMessage
	size int
	err  error
}

func (e *event) prepared() (*websocket.PreparedMessage, error) {
	e.once.Do(func() {
		body := e.body
		if late, ok := body.(func() any); ok {
			body = late()
		}
		raw, err := json.Marshal(body)
		if err != nil {
			e.err = fmt.Errorf("encode %T: %w", body, err)
			return
		}
		e.size = len(raw)
		e.msg, e.err = websocket.NewPreparedMessage(websocket.TextMessage, raw)
		e.body = nil
	})
	return e.msg, e.err
}
