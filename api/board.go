package api

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
)

// BoardConfig is what a [Board] needs. The zero value is ready for use.
type BoardConfig struct {
	// Now is the clock that slots are parked by; nil is time.Now.
	Now func() time.Time
	// SlotPark is how long a slot stays unused after its aircraft went; 0 is 10 minutes.
	SlotPark time.Duration
	// Resolved is how many alerts that are no longer open stay in memory; 0 is 500.
	Resolved int
}

// Board is the read model of the live picture in memory: what the REST operations read and what the [Hub] tells.
// The picture is its only writer ([Board.Publish]); readers take a [lowsky.Scope]. All methods are safe for concurrent
// use. Nothing that it hands out is changed afterwards.
type Board struct {
	cfg    BoardConfig
	secret [32]byte // what words for the aircraft of others are made from

	mu       sync.RWMutex
	entries  map[lowsky.AircraftID]*entry
	list     []*entry // the same in no order, so that a reader copies them fast
	slots    slotBook // of whoever sees everything
	dirty    []*entry // changed since the hub's last flush
	alerts   map[lowsky.AlertID]*lowsky.Alert
	past     []lowsky.AlertID // alerts no longer open, oldest first
	saved    map[lowsky.AlertID]uint64
	byObject map[lowsky.Object]map[lowsky.AlertID]struct{}     // open alerts of an object
	pairs    map[lowsky.AircraftID]map[lowsky.AlertID]struct{} // open alerts of pairs that it is one of
	sources  map[lowsky.SourceID]*lowsky.SourceView
	stations map[string]*StationView
	traffic  map[string]*TrafficView
	zones    map[lowsky.ZoneID]*lowsky.Zone
	zonesSeq uint64
	register map[lowsky.AircraftID]*lowsky.Aircraft
	health   *lowsky.PictureHealth
	storage  Storage
	classes  map[string]*scopeClass
	indexes  []*scopeClass // restricted classes by index; nil: free
	density  density       // where aircraft were, for an hour

	published atomic.Uint64
	flushing  atomic.Bool // a hub flushes; without one nothing is collected for it

	anonymising sync.Mutex // one look at who is near whom at a time; taken before mu
}

// entry is one aircraft on the board. view, seq and standings are read without the board's lock.
type entry struct {
	id        lowsky.AircraftID
	slot      uint32                           // for whoever sees everything
	view      atomic.Pointer[lowsky.TrackView] // nil once gone
	seq       atomic.Uint64                    // of the record behind view
	dirty     atomic.Bool
	standings atomic.Pointer[[]atomic.Uint64] // by scopeClass.index; written under Board.mu

	identity *Identity // under Board.mu; replaced, never changed
	place    int       // under Board.mu: in Board.list
	minute   int64     // under Board.mu: the newest one in which it was seen, since 1970

	// Of the hub, under Hub.tilesMu.
	tile     tile
	placed   bool
	alerting bool
}

// NewBoard makes an empty board.
func NewBoard(cfg BoardConfig) *Board {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.SlotPark == 0 {
		cfg.SlotPark = 10 * time.Minute
	}
	if cfg.Resolved == 0 {
		cfg.Resolved = 500
	}
	b := &Board{
		cfg:      cfg,
		entries:  map[lowsky.AircraftID]*entry{},
		alerts:   map[lowsky.AlertID]*lowsky.Alert{},
		saved:    map[lowsky.AlertID]uint64{},
		byObject: map[lowsky.Object]map[lowsky.AlertID]struct{}{},
		pairs:    map[lowsky.AircraftID]map[lowsky.AlertID]struct{}{},
		sources:  map[lowsky.SourceID]*lowsky.SourceView{},
		stations: map[string]*StationView{},
		traffic:  map[string]*TrafficView{},
		zones:    map[lowsky.ZoneID]*lowsky.Zone{},
		register: map[lowsky.AircraftID]*lowsky.Aircraft{},
		classes:  map[string]*scopeClass{},
		storage:  Storage{Database: "ok", Journal: "ok"},
	}
	b.slots.park = cfg.SlotPark
	_, _ = rand.Read(b.secret[:]) // never fails
	return b
}

// Load puts on the board what the picture starts with. Every alert in start is in PostgreSQL: it counts as saved.
func (b *Board) Load(start *lowsky.PictureStart) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range start.Alerts {
		b.saved[a.ID] = a.Rev
		b.applyAlert(finite(a))
	}
	b.applyAircraft(&lowsky.AircraftPublication{Upsert: start.Aircraft})
	b.applyZones(&lowsky.ZonePublication{Upsert: start.Zones})
}

// Publish takes what changed in the picture, in order. It is the picture's sink: it never blocks on a reader of the
// network, and when it returns every change is in the queue of every console that may see it.
func (b *Board) Publish(changes []lowsky.Change) {
	b.published.Add(uint64(len(changes)))
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		switch {
		case c.Track != nil:
			b.applyTrack(c.Track, c.Seq)
		case c.Gone != "":
			b.applyGone(c.Gone)
		case c.Alert != nil:
			b.applyAlert(finite(c.Alert))
		case c.Zones != nil:
			b.applyZones(c.Zones)
		case c.Aircraft != nil:
			b.applyAircraft(c.Aircraft)
		case c.Source != nil:
			b.applySource(c.Source)
		case c.Station != nil:
			b.applyStation(c.Station)
		case c.Traffic != nil:
			b.applyTraffic(c.Traffic, c.Jurisdictions)
		case c.Health != nil:
			b.applyHealth(c.Health)
		}
	}
}

// applyTrack is what every report costs: unless an aircraft is new, its owners changed, or something that consoles are
// told of it by name, no class of scopes is looked at.
func (b *Board) applyTrack(v *lowsky.TrackView, seq uint64) {
	e := b.entries[v.ID]
	if e == nil {
		e = &entry{id: v.ID, slot: b.slots.take(v.ID, b.cfg.Now()), place: len(b.list)}
		b.entries[v.ID] = e
		b.list = append(b.list, e)
	}
	old := e.view.Swap(v)
	e.seq.Store(seq)
	b.density.saw(e, v)
	told := e.identity != nil && sameIdentity(e.identity, v)
	if !told {
		e.identity = identityOf(e.slot, v)
	}
	if !told || old == nil || !sameOwners(old, v) {
		for _, c := range b.classes {
			c.track(e, v, !told)
		}
	}
	b.mark(e)
}

// mark has the next flush look at the aircraft. It comes after whatever a class must know to draw it.
func (b *Board) mark(e *entry) {
	if b.flushing.Load() && !e.dirty.Swap(true) {
		b.dirty = append(b.dirty, e)
	}
}

func (b *Board) applyGone(id lowsky.AircraftID) {
	e := b.entries[id]
	if e == nil {
		return
	}
	delete(b.entries, id)
	last := len(b.list) - 1
	b.list[e.place] = b.list[last]
	b.list[e.place].place = e.place
	b.list[last] = nil
	b.list = b.list[:last]
	b.slots.release(e.slot, id, b.cfg.Now())
	e.view.Store(nil)
	for _, c := range b.classes {
		c.gone(e)
	}
	b.mark(e)
}

// everybody answers the aircraft on the board.
func (b *Board) everybody() []*entry {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.list)
}

func (b *Board) applyAlert(a *lowsky.Alert) {
	old := b.alerts[a.ID]
	if old != nil && old.Rev > a.Rev {
		return // a replayed older revision never hides a newer one
	}
	b.alerts[a.ID] = a
	if a.Open() {
		of := b.byObject[a.Object]
		if of == nil {
			of = map[lowsky.AlertID]struct{}{}
			b.byObject[a.Object] = of
		}
		of[a.ID] = struct{}{}
		for _, id := range members(a) {
			if b.pairs[id] == nil {
				b.pairs[id] = map[lowsky.AlertID]struct{}{}
			}
			b.pairs[id][a.ID] = struct{}{}
		}
	} else {
		b.dropOpen(a)
		if old == nil || old.Open() {
			b.past = append(b.past, a.ID)
			b.forgetPast()
		}
	}
	for _, c := range b.classes {
		c.alert(b, a)
	}
}

func (b *Board) dropOpen(a *lowsky.Alert) {
	if of := b.byObject[a.Object]; of != nil {
		delete(of, a.ID)
		if len(of) == 0 {
			delete(b.byObject, a.Object)
		}
	}
	for _, id := range members(a) {
		if delete(b.pairs[id], a.ID); len(b.pairs[id]) == 0 {
			delete(b.pairs, id)
		}
	}
}

// members answers the aircraft of a pair; none for any other object.
func members(a *lowsky.Alert) (ids []lowsky.AircraftID) {
	if a.Object.Kind != lowsky.ObjectPair {
		return nil
	}
	for id := range strings.SplitSeq(a.Object.ID, "+") {
		if !strings.HasPrefix(id, string(lowsky.ObjectTraffic)+":") {
			ids = append(ids, lowsky.AircraftID(id))
		}
	}
	return ids
}

// openAlertsOf answers the open alerts on an aircraft and on pairs that it is one of. The caller holds b.mu.
func (b *Board) openAlertsOf(id lowsky.AircraftID) []lowsky.AlertID {
	return slices.AppendSeq(slices.Collect(maps.Keys(b.byObject[lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(id)}])), maps.Keys(b.pairs[id]))
}

// forgetPast drops the oldest alerts that are no longer open beyond the bound. One that opened again stays.
func (b *Board) forgetPast() {
	for len(b.past) > b.cfg.Resolved {
		id := b.past[0]
		b.past = b.past[1:]
		if a := b.alerts[id]; a != nil && !a.Open() && !slices.Contains(b.past, id) {
			delete(b.alerts, id)
			delete(b.saved, id)
			for _, c := range b.classes {
				delete(c.alerts, id)
			}
		}
	}
}

func (b *Board) applyZones(p *lowsky.ZonePublication) {
	b.zonesSeq++
	for _, z := range p.Upsert {
		b.zones[z.ID] = z
	}
	for _, id := range p.Remove {
		delete(b.zones, id)
	}
	for _, c := range b.classes {
		c.zonesChanged(p, b.zonesSeq)
	}
}

func (b *Board) applyAircraft(p *lowsky.AircraftPublication) {
	for _, a := range p.Upsert {
		b.register[a.ID] = a
	}
	for _, id := range p.Remove {
		delete(b.register, id)
	}
	if len(b.classes) == 0 {
		return
	}
	// Whom to call has changed: say it again, same revision.
	again := func(id lowsky.AircraftID) {
		for _, alert := range b.openAlertsOf(id) {
			a := b.alerts[alert]
			for _, c := range b.classes {
				c.alert(b, a)
			}
		}
	}
	for _, a := range p.Upsert {
		again(a.ID)
	}
	for _, id := range p.Remove {
		again(id)
	}
}

func (b *Board) applySource(s *lowsky.SourceView) {
	old := b.sources[s.ID]
	b.sources[s.ID] = s
	if !worthTelling(old, s) {
		return
	}
	for _, c := range b.classes {
		c.source(s)
	}
}

// worthTelling reports whether consoles must hear of the source again: its counters and last-seen change with every
// report and are read from GET /api/v1/ingest/sources instead.
func worthTelling(old, now *lowsky.SourceView) bool {
	if old == nil {
		return shown(now)
	}
	if !shown(old) && !shown(now) {
		return false
	}
	return old.Down != now.Down || old.Format != now.Format || old.Model != now.Model || old.Aircraft != now.Aircraft ||
		old.Skew.Round(time.Second) != now.Skew.Round(time.Second)
}

// shown reports whether a source stands in the console's list: every gateway; an aircraft that reports by itself only
// while it is down or its clock is off by 5 s.
func shown(s *lowsky.SourceView) bool {
	return !strings.HasPrefix(string(s.ID), "direct:") || s.Down || s.Skew.Abs() > 5*time.Second
}

func (b *Board) applyHealth(h *lowsky.PictureHealth) {
	b.health = h
	events := map[*lowsky.PictureHealth]*event{}
	less := withoutCounts(h)
	for _, c := range b.classes {
		shown := h
		if c.scope.Anonymous {
			shown = less
		}
		for cl := range c.clients {
			if events[shown] == nil {
				events[shown] = &event{body: healthFrame{Type: "health", Health: shown}}
			}
			cl.offerHealth(events[shown])
		}
	}
}

// SetStorage says what is not saved yet; consoles hear of it when something in it changed.
func (b *Board) SetStorage(s Storage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s == b.storage {
		return
	}
	b.storage = s
	for _, c := range b.classes {
		c.push(func(seq uint64) any { return storageEvent{Type: "storage", Seq: seq, Storage: s} })
	}
}

// Stored says that these revisions are in PostgreSQL now.
func (b *Board) Stored(revs []AlertRev) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := make([]AlertRev, 0, len(revs))
	for _, r := range revs {
		if b.alerts[r.ID] != nil && b.saved[r.ID] < r.Rev {
			b.saved[r.ID] = r.Rev
			known = append(known, r)
		}
	}
	for _, c := range b.classes {
		c.stored(b, known)
	}
}

// alertView joins an alert with whom to call. The caller holds b.mu.
func (b *Board) alertView(a *lowsky.Alert) AlertView {
	v := AlertView{Alert: *a, SavedRev: b.saved[a.ID]}
	if a.Object.Kind == lowsky.ObjectAircraft {
		v.Contact = b.contact(lowsky.AircraftID(a.Object.ID))
	}
	if ids := members(a); len(ids) > 0 {
		v.Contact = b.contact(ids[0])
		if len(ids) > 1 {
			v.OtherContact = b.contact(ids[1])
		}
	}
	return v
}

// contact answers nil when neither a register entry nor a pilot position is known. The caller holds b.mu.
func (b *Board) contact(id lowsky.AircraftID) *Contact {
	var c Contact
	if r := b.register[id]; r != nil {
		c.Name, c.HasPhone = r.ContactName, r.ContactPhone != ""
	}
	if e := b.entries[id]; e != nil {
		if v := e.view.Load(); v != nil && v.Pilot.OK && finitePosition(&v.Pilot.Value) {
			c.PilotLongitude = lowsky.Some(v.Pilot.Value.Longitude)
			c.PilotLatitude = lowsky.Some(v.Pilot.Value.Latitude)
		}
	}
	if c == (Contact{}) {
		return nil
	}
	return &c
}

func identityOf(slot uint32, v *lowsky.TrackView) *Identity {
	js := v.Jurisdictions
	if js == nil {
		js = []lowsky.JurisdictionID{}
	}
	return &Identity{
		Slot: slot, Aircraft: v.ID, Name: v.Name, Class: v.Class, Agricultural: v.Agricultural, Model: v.Model,
		Scenario: v.Scenario, Registered: v.Registered, Demo: v.Demo, Simulated: v.Simulated, Source: v.Source,
		IntervalMS: v.Interval.Milliseconds(), Jurisdictions: js,
	}
}

// sameIdentity reports whether what consoles were told still holds. The learned interval wanders with every report:
// only a change by a fifth is worth telling.
func sameIdentity(i *Identity, v *lowsky.TrackView) bool {
	ms := v.Interval.Milliseconds()
	return max(ms-i.IntervalMS, i.IntervalMS-ms)*5 <= i.IntervalMS &&
		i.Name == v.Name && i.Class == v.Class && i.Agricultural == v.Agricultural && i.Model == v.Model &&
		i.Scenario == v.Scenario && i.Registered == v.Registered && i.Demo == v.Demo && i.Simulated == v.Simulated &&
		i.Source == v.Source && slices.Equal(i.Jurisdictions, v.Jurisdictions)
}
