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
type Visitor struct {
	index *Index
	in    []visited // in no order
	cell  gridPoint // of the last look: its cell, and where that hangs
	block *block
	page  *page
	known bool // block and page are those of cell
	found []slot
}

// visited is a zone that the aircraft is in, as of index where it is there.
type visited struct {
	zone *lowsky.Zone
	seen bool // at this look
}

// Visit looks where v's aircraft is now and appends to dst every zone whose area holds it, in force or not, in ascending
// order of ids, each once; and after those the zones that it was in and whose areas it left, in no order. It answers the
// same as Inside, with VerticalRelation and Applicability of each zone, and remembers for the next look which it is in.
// Zones are told apart by id: a new version that still holds the aircraft is neither entered nor left, and a zone that
// is no longer in the index is left.
//
// A place in the cell of the last look is found without a search, so a track of one aircraft costs less than places at
// random. It does not allocate while dst has room and once v has seen as many zones at a time. A position that does not
// pass its Check cannot be judged: it changes nothing, and dst comes back as it was, which does not mean clear.
func (ix *Index) Visit(dst []Stay, v *Visitor, p *lowsky.Position, now time.Time, t Terrain) []Stay {
	if !onEarth(*p) {
		return dst
	}
	if v.index != ix {
		v.moveTo(ix)
	}
	at := exact(p.Point())
	g := onGrid(at)
	if cell := (gridPoint{g.x >> cellBits, g.y >> cellBits}); !v.known || cell != v.cell {
		v.cell, v.known, v.page = cell, true, nil
		if v.block = ix.root.block(g.x>>blockBits, g.y>>blockBits); v.block != nil {
			v.page = v.block.page(g.x>>pageBits, g.y>>pageBits)
		}
	}
	from := len(dst)
	if v.block != nil {
		var sorted bool
		v.found, sorted = ix.slotsIn(v.found[:0], v.block, v.page, at, g)
		for _, s := range v.found {
			e := ix.entry(s)
			active := e.always || e.zone.Applicability.ActiveAt(now)
			dst = addStay(dst, from, sorted, e, active, e.vertical(p, t))
		}
	}
	for i := from; i < len(dst); i++ {
		if s := &dst[i]; s.In {
			s.Entered = !v.holds(s.Zone)
		}
	}
	return v.leave(dst, from)
}

// addStay puts how the aircraft stands to one volume in its place by zone id. Of several volumes of a zone the one whose
// band holds it stays, else one that cannot be compared, else the first.
func addStay(dst []Stay, from int, sorted bool, e *entry, active bool, v lowsky.VerticalState) []Stay {
	s := Stay{Zone: e.zone, Volume: int(e.volume), Vertical: v, Active: active}
	s.In = active && (v == lowsky.VerticalWithin || v == lowsky.VerticalUnknown)
	i := len(dst)
	for !sorted && i > from && dst[i-1].Zone.ID > s.Zone.ID {
		i--
	}
	if i > from && dst[i-1].Zone == s.Zone {
		if a, b := urgency(v), urgency(dst[i-1].Vertical); a < b || a == b && s.Volume < dst[i-1].Volume {
			dst[i-1] = s
		}
		return dst
	}
	dst = append(dst, s)
	if n := len(dst) - 1; i < n {
		copy(dst[i+1:], dst[i:n])
		dst[i] = s
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

// holds notes that the aircraft is in z, and reports whether it was before.
func (v *Visitor) holds(z *lowsky.Zone) bool {
	for i := range v.in {
		if v.in[i].zone == z {
			v.in[i].seen = true
			return true
		}
	}
	v.in = append(v.in, visited{z, true})
	return false
}

// leave forgets the zones that the aircraft is no longer in, and says so.
func (v *Visitor) leave(dst []Stay, from int) []Stay {
	now, kept := len(dst), 0
	for _, w := range v.in {
		if w.seen {
			v.in[kept] = visited{zone: w.zone}
			kept++
			continue
		}
		over := false
		for i := from; i < now && !over; i++ {
			if over = dst[i].Zone == w.zone; over {
				dst[i].Left = true
			}
		}
		if !over {
			dst = append(dst, Stay{Zone: w.zone, Left: true})
		}
	}
	clear(v.in[kept:])
	v.in = v.in[:kept]
	return dst
}

// moveTo goes on with another index. A zone keeps its id but may have a new version, or be gone.
func (v *Visitor) moveTo(ix *Index) {
	v.index, v.known = ix, false
	for i := range v.in {
		if z := ix.Zone(v.in[i].zone.ID); z != nil {
			v.in[i].zone = z
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
