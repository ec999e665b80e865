package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/websocket"

	"lowsky"
	"lowsky/airspace/geojson"
)

// scopeClass is all consoles that may see the same: they share one sequence of events and every encoded frame. It is
// guarded by Board.mu; it exists while it has clients.
type scopeClass struct {
	key     string
	scope   lowsky.Scope
	seq     uint64
	clients map[*client]struct{}

	// What the class has been told of and not told to forget. Kept for a restricted scope only: with Everything they
	// stay nil and everything counts as told.
	aircraft map[*entry]struct{}
	alerts   map[lowsky.AlertID]struct{}
	zones    map[lowsky.ZoneID]struct{}

	snapshot    *event // as of snapshotSeq; good while seq is still that
	snapshotSeq uint64
}

// classKey is equal for scopes that see the same.
func classKey(s lowsky.Scope) string {
	if s.All {
		return "*"
	}
	var b strings.Builder
	for _, o := range slices.Sorted(slices.Values(s.Organisations)) {
		fmt.Fprintf(&b, "o%q", string(o))
	}
	for _, j := range slices.Sorted(slices.Values(s.Jurisdictions)) {
		fmt.Fprintf(&b, "j%q", string(j))
	}
	return b.String()
}

// class answers the class of a scope, making it if this is its first client. The caller holds b.mu.
func (b *Board) class(s lowsky.Scope) *scopeClass {
	key := classKey(s)
	if c := b.classes[key]; c != nil {
		return c
	}
	c := &scopeClass{key: key, scope: s, clients: map[*client]struct{}{}}
	b.classes[key] = c
	if s.All {
		return c
	}
	c.aircraft, c.alerts, c.zones = map[*entry]struct{}{}, map[lowsky.AlertID]struct{}{}, map[lowsky.ZoneID]struct{}{}
	for _, e := range b.entries {
		if v := e.view.Load(); v != nil && s.Sees(v.Organisation, v.Jurisdictions) {
			c.aircraft[e] = struct{}{}
		}
	}
	for id, a := range b.alerts {
		if a.Open() && a.Visible(s) {
			c.alerts[id] = struct{}{}
		}
	}
	for id, z := range b.zones {
		if s.Sees(z.Organisation, z.Jurisdictions) {
			c.zones[id] = struct{}{}
		}
	}
	return c
}

// push gives the class its next event. Nothing here waits: an event goes into each client's bounded queue, and a full
// queue ends that client.
func (c *scopeClass) push(body func(seq uint64) any) {
	c.seq++
	ev := &event{body: body(c.seq)}
	for cl := range c.clients {
		cl.push(ev)
	}
}

func (c *scopeClass) track(e *entry, old, v *lowsky.TrackView, changed bool) {
	if !c.scope.All {
		_, told := c.aircraft[e]
		if old == nil || !sameOwners(old, v) {
			sees := c.scope.Sees(v.Organisation, v.Jurisdictions)
			if told && !sees {
				c.gone(e)
				return
			}
			if sees && !told {
				c.aircraft[e] = struct{}{}
				told, changed = true, true
			}
		}
		if !told {
			return
		}
	}
	if changed {
		id := e.identity
		c.push(func(seq uint64) any { return identityEvent{Type: "identity", Seq: seq, Identity: id} })
	}
}

func sameOwners(a, b *lowsky.TrackView) bool {
	return a.Organisation == b.Organisation && slices.Equal(a.Jurisdictions, b.Jurisdictions)
}

func (c *scopeClass) gone(e *entry) {
	if !c.scope.All {
		if _, told := c.aircraft[e]; !told {
			return
		}
		delete(c.aircraft, e)
	}
	c.push(func(seq uint64) any { return goneEvent{Type: "gone", Seq: seq, Slot: e.slot, Aircraft: e.id} })
}

func (c *scopeClass) alert(a *lowsky.Alert, view func() AlertView) {
	if !c.scope.All {
		_, told := c.alerts[a.ID]
		if !a.Visible(c.scope) {
			if told {
				delete(c.alerts, a.ID)
				c.push(func(seq uint64) any { return alertGoneEvent{Type: "alert_gone", Seq: seq, Alert: a.ID} })
			}
			return
		}
		c.alerts[a.ID] = struct{}{}
	}
	c.push(func(seq uint64) any { return alertEvent{Type: "alert", Seq: seq, Alert: view()} })
}

// reloadZones is how many changed zones are still told one by one; beyond it consoles are asked to fetch the list.
const reloadZones = 2000

func (c *scopeClass) zonesChanged(p *lowsky.ZonePublication, zonesSeq uint64) {
	upsert, remove := []zoneFeature{}, []lowsky.ZoneID{}
	for _, z := range p.Upsert {
		sees := c.scope.Sees(z.Organisation, z.Jurisdictions)
		switch {
		case sees:
			upsert = append(upsert, zoneFeature{z})
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
	if len(upsert)+len(remove) == 0 && !c.scope.All {
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
	if c.scope.All {
		return true
	}
	for e := range c.aircraft {
		if v := e.view.Load(); v != nil && v.Source == id {
			return true
		}
	}
	return false
}

func (c *scopeClass) stored(revs []AlertRev) {
	if !c.scope.All {
		seen := make([]AlertRev, 0, len(revs))
		for _, r := range revs {
			if _, told := c.alerts[r.ID]; told {
				seen = append(seen, r)
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
		Type: "snapshot", Seq: c.seq, ZonesSeq: b.zonesSeq, Health: b.health, Storage: b.storage,
		Identities: make([]*Identity, 0, len(b.entries)), Alerts: []AlertView{}, Sources: []*lowsky.SourceView{},
	}
	for _, e := range b.entries {
		if _, told := c.aircraft[e]; told || c.scope.All {
			f.Identities = append(f.Identities, e.identity)
		}
	}
	for id, a := range b.alerts {
		if _, told := c.alerts[id]; a.Open() && (told || c.scope.All) {
			f.Alerts = append(f.Alerts, b.alertView(a))
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
