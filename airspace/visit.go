package airspace

import (
	"math"
	"time"

	"lowsky"
)

// Stay is how an aircraft stands to one zone whose area holds it, or held it when it was last looked at.
type Stay struct {
	Zone *lowsky.Zone
	// Volume is which of the zone's volumes this is about: one whose height band holds the aircraft, else one whose band
	// cannot be compared, else the first one.
	Volume   int
	Vertical lowsky.VerticalState
	Active   bool // the zone applies now
	// In: the zone applies and the aircraft is in it, or its height cannot be judged, which is never clear.
	In bool
	// Entered: In now and not before. Left: In before and not now. When not even its area holds the aircraft, Vertical is
	// unknown; when the zone is gone, Zone is the version that the aircraft was in.
	Entered, Left bool
}

// Visitor remembers which zones one aircraft is in, from one look to the next. The zero value has seen nothing: it enters
// what holds it at the first look. Not for concurrent use.
//
// It is one cache line or two and what it holds another one or two, which is all that a look needs while the aircraft
// stays in a part of a cell that no rim touches; where one does, the items of the cell come to that.
type Visitor struct {
	index *Index
	cell  packed // of the last look; empty where no zone tells it apart
	held  []held // volumes whose area holds the aircraft, by zone id and volume
	patch patch  // the sub-cell of the last look
	// settled: every place of that sub-cell lies in the areas of held and no other.
	settled bool
	large   bool // zones say something of the whole page or block of the last look
}

// patch names a sub-cell of a cell by its column and row.
type patch struct{ x, y int32 }

// held is a volume whose area holds the aircraft.
type held struct {
	entry
	at slot // noSlot: of another index
	in bool // the aircraft is in the zone; told by the zone's first volume here
}

const noSlot = math.MaxUint32

// Visit looks where v's aircraft is now and appends to dst every zone whose area holds it, in force or not, in ascending
// order of ids, each once; and after those the zones that it was in and whose areas it left, in no order. It answers the
// same as Inside, with VerticalRelation and Applicability of each zone, and remembers for the next look which it is in.
// Zones are told apart by id: a new version that still holds the aircraft is neither entered nor left, and a zone that
// is no longer in the index is left.
//
// A place in the sub-cell of the last look is found without a search, so a track of one aircraft costs less than places at
// random. It does not allocate while dst has room and once v has seen as many zones at a time, at most 64 volumes. A
// position that does not pass its Check cannot be judged: it changes nothing, and dst comes back as it was, which does not
// mean clear.
func (ix *Index) Visit(dst []Stay, v *Visitor, p *lowsky.Position, now time.Time, t Terrain) []Stay {
	if !onEarth(*p) {
		return dst
	}
	if v.index != ix {
		v.moveTo(ix)
	}
	at := exact(p.Point())
	g := onGrid(at)
	before := 0
	if here := (patch{int32(g.x >> patchBits), int32(g.y >> patchBits)}); here != v.patch || !v.settled {
		before = v.look(here, at, g)
	}
	for i := before; i < len(v.held); {
		h := &v.held[i]
		s := Stay{Zone: h.zone, Volume: int(h.volume), Vertical: h.vertical(p, t), Active: h.always || h.zone.Applicability.ActiveAt(now)}
		for i++; i < len(v.held) && v.held[i].zone == h.zone; i++ {
			// Of several volumes the one whose band holds it stays, else one that cannot be compared, else the first.
			other := &v.held[i]
			if state := other.vertical(p, t); urgency(state) < urgency(s.Vertical) {
				s.Volume, s.Vertical = int(other.volume), state
			}
		}
		s.In = s.Active && (s.Vertical == lowsky.VerticalWithin || s.Vertical == lowsky.VerticalUnknown)
		s.Entered, s.Left = s.In && !h.in, h.in && !s.In
		h.in = s.In
		dst = append(dst, s)
	}
	if before > 0 {
		dst = v.leave(dst, before)
	}
	return dst
}

func urgency(v lowsky.VerticalState) int {
	switch v {
	case lowsky.VerticalWithin:
		return 0
	case lowsky.VerticalUnknown:
		return 1
	}
	return 2
}

// look finds what holds the aircraft and puts it behind what was held before, of which it answers the number; what was is
// in then only where it is no longer held. 0: nothing has changed.
func (v *Visitor) look(here patch, p point, g gridPoint) (before int) {
	ix := v.index
	if here.x>>marksBits != v.patch.x>>marksBits || here.y>>marksBits != v.patch.y>>marksBits {
		v.cell, v.large = ix.cellAt(g)
	}
	v.patch, v.settled = here, true
	var buf [insideBuffer]slot
	found := buf[:0]
	switch {
	case v.large:
		var sorted bool
		if found, sorted, v.settled = ix.slotsIn(found, p, g); sorted {
			break
		}
		for i := range found {
			for k := i; k > 0 && ix.compareSlots(found[k-1], found[k]) > 0; k-- {
				found[k-1], found[k] = found[k], found[k-1]
			}
		}
	case len(v.cell) > 0:
		found, v.settled = ix.sift(found, v.cell, p, g, cellBits)
	}
	before = len(v.held)
	if len(found) == before {
		i := 0
		for i < before && v.held[i].at == found[i] {
			i++
		}
		if i == before {
			return 0
		}
	}
	for _, s := range found {
		v.held = append(v.held, held{entry: *ix.entry(s), at: s})
	}
	for i := range v.held[:before] {
		was := &v.held[i]
		if !was.in {
			continue
		}
		for k := before; k < len(v.held); k++ {
			if h := &v.held[k]; h.zone == was.zone {
				h.in, was.in = true, false
				break
			}
		}
	}
	return before
}

// leave forgets what was held before, and says which zones of it the aircraft is no longer in.
func (v *Visitor) leave(dst []Stay, before int) []Stay {
	for i := range v.held[:before] {
		if was := &v.held[i]; was.in {
			dst = append(dst, Stay{Zone: was.zone, Left: true})
		}
	}
	n := copy(v.held, v.held[before:])
	clear(v.held[n:]) // zones that are gone need not be kept
	v.held = v.held[:n]
	return dst
}

// moveTo goes on with another index. A zone keeps its id but may have a new version, or be gone.
func (v *Visitor) moveTo(ix *Index) {
	v.index, v.settled = ix, false
	v.patch = patch{-1, -1} // nowhere, so that it looks for the cell
	for i := range v.held {
		h := &v.held[i]
		h.at = noSlot
		if z := ix.Zone(h.zone.ID); z != nil {
			h.zone = z
		}
	}
}

// bandKind says in which datum both limits of a volume are, so that a height in that datum is compared at once. An absent
// limit is infinitely far.
type bandKind uint8

const (
	bandOther bandKind = iota // ask VerticalRelation
	bandFree                  // no limit
	bandAGL
	bandEllipsoid
)

// set puts one volume of a zone into its entry. The shape and what comes next stay.
func (e *entry) set(z *lowsky.Zone, volume int) {
	e.zone, e.volume, e.always = z, uint8(volume), len(z.Applicability) == 0
	v := z.Volume(volume)
	if v.Floor.OK && v.Floor.Value.Datum == lowsky.AGL && v.Floor.Value.Metres <= 0 {
		v.Floor.OK = false // the ground limits nothing
	}
	e.floor, e.ceiling = math.Inf(-1), math.Inf(1)
	kind := func(d lowsky.Datum) bandKind {
		switch d {
		case lowsky.AGL:
			return bandAGL
		case lowsky.Ellipsoid:
			return bandEllipsoid
		}
		return bandOther
	}
	switch f, c := v.Floor, v.Ceiling; {
	case !f.OK && !c.OK:
		e.band = bandFree
	case !f.OK:
		e.band = kind(c.Value.Datum)
	case !c.OK || f.Value.Datum == c.Value.Datum:
		e.band = kind(f.Value.Datum)
	default:
		e.band = bandOther
	}
	if v.Floor.OK {
		e.floor = float64(v.Floor.Value.Metres)
	}
	if v.Ceiling.OK {
		e.ceiling = float64(v.Ceiling.Value.Metres)
	}
}

// vertical is VerticalRelation's state.
func (e *entry) vertical(p *lowsky.Position, t Terrain) lowsky.VerticalState {
	h := p.AGL
	switch e.band {
	case bandFree:
		return lowsky.VerticalWithin
	case bandEllipsoid:
		h = p.HAE
	}
	if e.band == bandOther || !h.OK || !lowsky.Finite(h.Value) {
		return VerticalRelation(e.zone.Volume(int(e.volume)), *p, t).State
	}
	switch m := float64(h.Value); {
	case m > e.ceiling:
		return lowsky.VerticalAbove
	case m < e.floor:
		return lowsky.VerticalBelow
	}
	return lowsky.VerticalWithin
}
