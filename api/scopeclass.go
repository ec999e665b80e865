package api

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"lowsky"
)

// maxIdleClasses is how many scope classes without a reader are kept; beyond it the one idle longest goes before its
// slots are old. Scopes come from organisations, so there are about as many classes as those.
const maxIdleClasses = 256

// scopeClass is all consoles that may see the same: they share one sequence of events, one book of slots and every
// encoded frame. It is guarded by Board.mu. It outlives its last reader by as long as a slot is parked: whoever comes
// back within that time does not find a number given to another aircraft.
type scopeClass struct {
	key     string
	scope   lowsky.Scope
	all     bool // sees every flight; its slots are the board's
	index   int  // of its standings; -1 with all
	hide    *redactor
	now     func() time.Time
	seq     uint64
	clients map[*client]struct{}
	idle    time.Time    // when its last client left
	used    atomic.Int64 // when it was last asked for over REST, nanoseconds since 1970; 0 never

	// What the class has been told of and not told to forget. Kept for a restricted scope only: with Everything they
	// stay nil and everything counts as told.
	own     map[*entry]struct{}
	near    map[*entry]struct{} // anonymous traffic
	crewed  map[string]uint32   // anonymous crewed traffic by its id
	alerts  map[lowsky.AlertID]struct{}
	zones   map[lowsky.ZoneID]struct{}
	slots   classSlots
	changes atomic.Uint64 // of standings: a frame encoded before is not for who comes after
	looked  atomic.Int64  // when near was last brought up to date, nanoseconds since 1970

	snapshot    *event // as of snapshotSeq; good while seq is still that
	snapshotSeq uint64
}

// everything reports whether the scope sees every flight.
func everything(s lowsky.Scope) bool { return s.All && len(s.Scenarios) == 0 }

// classKey is equal for scopes that see the same.
func classKey(s lowsky.Scope) string {
	if everything(s) {
		return "*"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%t %t %t", s.All, s.AllZones, s.Anonymous)
	writeSorted(&b, 'o', s.Organisations)
	writeSorted(&b, 'j', s.Jurisdictions)
	writeSorted(&b, 's', s.Scenarios)
	return b.String()
}

func writeSorted[T ~string](b *strings.Builder, kind byte, list []T) {
	for _, v := range slices.Compact(slices.Sorted(slices.Values(list))) {
		fmt.Fprintf(b, " %c%q", kind, string(v))
	}
}

// class answers the class of a scope, making it if nobody came with it lately. The caller holds b.mu.
func (b *Board) class(s lowsky.Scope) *scopeClass {
	key := classKey(s)
	if c := b.classes[key]; c != nil {
		return c
	}
	now := b.cfg.Now()
	b.dropIdle(now)
	c := &scopeClass{
		key: key, scope: s, all: everything(s), index: -1, now: b.cfg.Now, idle: now,
		clients: map[*client]struct{}{}, hide: b.redactor(s),
	}
	b.classes[key] = c
	if c.all {
		return c
	}
	c.index = slices.Index(b.indexes, nil)
	if c.index < 0 {
		c.index = len(b.indexes)
		b.indexes = append(b.indexes, nil)
	}
	b.indexes[c.index] = c
	c.slots.park = b.cfg.SlotPark
	c.own, c.near, c.crewed = map[*entry]struct{}{}, map[*entry]struct{}{}, map[string]uint32{}
	c.alerts, c.zones = map[lowsky.AlertID]struct{}{}, map[lowsky.ZoneID]struct{}{}
	for _, e := range b.list {
		if v := e.view.Load(); v != nil && s.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
			c.enter(e, standingOwn)
		}
	}
	for id, a := range b.alerts {
		if a.Open() && a.Visible(s) {
			c.alerts[id] = struct{}{}
		}
	}
	for id, z := range b.zones {
		if s.SeesZone(z.Organisation, z.Jurisdictions) {
			c.zones[id] = struct{}{}
		}
	}
	return c
}

// lastRead answers when somebody last read of the class.
func (c *scopeClass) lastRead() time.Time {
	if used := time.Unix(0, c.used.Load()); used.After(c.idle) {
		return used
	}
	return c.idle
}

// dropIdle forgets classes that nobody has read for as long as slots are parked, and those idle longest beyond the
// bound. The caller holds b.mu.
func (b *Board) dropIdle(now time.Time) {
	var idle []*scopeClass
	for _, c := range b.classes {
		if len(c.clients) == 0 {
			idle = append(idle, c)
		}
	}
	slices.SortFunc(idle, func(x, y *scopeClass) int { return x.lastRead().Compare(y.lastRead()) })
	for i, c := range idle {
		if now.Sub(c.lastRead()) < b.cfg.SlotPark && len(idle)-i <= maxIdleClasses {
			break
		}
		delete(b.classes, c.key)
		if c.all {
			continue
		}
		b.indexes[c.index] = nil
		for e := range c.own {
			e.stand(c, 0)
		}
		for e := range c.near {
			e.stand(c, 0)
		}
	}
}

// standing is what an aircraft is to a restricted class, and the slot it has there; 0 is nothing.
type standing uint64

const (
	standingOwn       standing = 1 << 32
	standingAnonymous standing = 2 << 32
)

func (s standing) slot() uint32 { return uint32(s) }

// is reports whether s is of the kind, standingOwn or standingAnonymous.
func (s standing) is(kind standing) bool { return s>>32 == kind>>32 }

// identity is what the class is told of the aircraft. The caller holds Board.mu.
func (s standing) identity(e *entry) *Identity {
	if s.is(standingAnonymous) {
		return &Identity{Slot: s.slot(), Anonymous: true}
	}
	id := *e.identity
	id.Slot = s.slot()
	return &id
}

// standing may be read without a lock.
func (e *entry) standing(c *scopeClass) standing {
	if all := e.standings.Load(); all != nil && c.index < len(*all) {
		return standing((*all)[c.index].Load())
	}
	return 0
}

// stand changes what the aircraft is to the class. The caller holds Board.mu.
func (e *entry) stand(c *scopeClass, s standing) {
	all := e.standings.Load()
	if all == nil || c.index >= len(*all) {
		if s == 0 {
			return
		}
		more := make([]atomic.Uint64, c.index+1)
		if all != nil {
			for i := range *all {
				more[i].Store((*all)[i].Load())
			}
		}
		all = &more
		e.standings.Store(all)
	}
	(*all)[c.index].Store(uint64(s))
	c.changes.Add(1)
}

// shows answers the slot under which the class may draw the view of an aircraft now, and whether it may be named; false
// when it may not be drawn. It needs no lock.
func (c *scopeClass) shows(e *entry, v *lowsky.TrackView) (slot uint32, named, ok bool) {
	if c.all {
		return e.slot, true, true
	}
	s := e.standing(c)
	if s == 0 {
		return 0, false, false
	}
	if c.scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
		return s.slot(), true, s.is(standingOwn)
	}
	return s.slot(), false, s.is(standingAnonymous) && aloft(v)
}

// track tells of a new aircraft, new owners, or, where it changed, a new identity.
func (c *scopeClass) track(e *entry, v *lowsky.TrackView, changed bool) {
	if c.all {
		if changed {
			id := e.identity
			c.push(func(seq uint64) any { return identityEvent{Type: "identity", Seq: seq, Identity: id} })
		}
		return
	}
	own := e.standing(c).is(standingOwn)
	switch sees := c.scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario); {
	case own && !sees:
		c.gone(e)
	case sees && !own:
		c.gone(e) // it was anonymous, perhaps: whoever it is now, it is not told to be the same
		c.enter(e, standingOwn)
		c.introduce(e)
	case sees && changed:
		c.introduce(e)
	}
}

// enter gives the aircraft a slot that says nothing of it.
func (c *scopeClass) enter(e *entry, kind standing) {
	e.stand(c, kind|standing(c.slots.take(c.now())))
	if kind == standingOwn {
		c.own[e] = struct{}{}
	} else {
		c.near[e] = struct{}{}
	}
}

func (c *scopeClass) introduce(e *entry) {
	s := e.standing(c)
	c.push(func(seq uint64) any { return identityEvent{Type: "identity", Seq: seq, Identity: s.identity(e)} })
}

// gone tells that the aircraft went, or is not to be seen any more.
func (c *scopeClass) gone(e *entry) {
	if c.all {
		c.push(func(seq uint64) any { return goneEvent{Type: "gone", Seq: seq, Slot: e.slot, Aircraft: e.id} })
		return
	}
	s := e.standing(c)
	if s == 0 {
		return
	}
	e.stand(c, 0)
	delete(c.own, e)
	delete(c.near, e)
	c.slots.release(s.slot(), c.now())
	c.push(func(seq uint64) any {
		ev := goneEvent{Type: "gone", Seq: seq, Slot: s.slot()}
		if s.is(standingOwn) {
			ev.Aircraft = e.id
		}
		return ev
	})
}

func sameOwners(a, b *lowsky.TrackView) bool {
	return a.Organisation == b.Organisation && a.Scenario == b.Scenario && slices.Equal(a.Jurisdictions, b.Jurisdictions)
}
