package airspace

import (
	"math"
	"time"

	"lowsky"
)

// DefaultLookAhead is how far ahead entries are predicted unless the query says otherwise.
const DefaultLookAhead = 30 * time.Second

// maxReach bounds, in metres, how far Near and the prediction look.
const maxReach = 50_000

// maxPages is how many pages a query looks through; one that spans more (a jump across the country) goes through all
// zones instead.
const maxPages = 256

// Query asks how one aircraft stands to the zones around it.
type Query struct {
	Position lowsky.Position
	Now      time.Time // for the applicability of zones
	// Previous is the position of the live report before this one: the segment between the two is tested.
	Previous       lowsky.Opt[lowsky.Position]
	PreviousTooOld bool // the two are too far apart in time to call what lies between them a crossing: Possible
	// PreviousUnjudged: nobody judged that report when it came (it was taken for a wild fix), so it saw no stay.
	PreviousUnjudged bool
	GroundSpeed      lowsky.Opt[lowsky.MetresPerSecond]
	Course           lowsky.Opt[lowsky.Degrees]
	VerticalSpeed    lowsky.Opt[lowsky.MetresPerSecond] // up positive; absent counts as level
	LookAhead        time.Duration                      // 0 is DefaultLookAhead; negative predicts nothing
	Near             lowsky.Metres                      // zones whose rim is at most this far are answered too; at most 50 km
	Terrain          Terrain                            // nil: none
}

// Relations appends to dst how q's aircraft stands to every zone that it is inside of, that the segment from its
// previous position touched, whose rim is within q.Near or the zone's own WarningBand, or that it is predicted to enter;
// in ascending order of zone ids. What is not named is clear. EnteredAt is left zero: it belongs to the track.
//
// A zone of several volumes is answered once, with the volume that binds most: inside and within its band, then crossed
// within the band, inside with a height that cannot be judged, possibly crossed or left after a stay, entered soonest, outside the band by the assumption of
// flat ground only, within the zone's WarningBand and not above or below the band, inside but above or below the band,
// and last the nearest. All that is said of the zone is then said of that volume.
//
// A zone not in force at q.Now is answered, with Active false and without Entry, only where the aircraft is inside of
// it or crossed it: a rule must not alert on it. Entry also needs the zone to be in force at the instant of entry.
//
// Crossed is set where the closed segment touched the closed area and the position is outside now, so also on the
// first report after leaving. Vertical is then that of the crossing: the heights where the segment first and last
// touches are interpolated, and a segment that passes from above the band to below it, or the other way, is Within.
//
// Entry is judged in four dimensions: the straight way ahead at constant course, speed and climb (all heights change
// alike; the ground is taken as flat) must be in the area and between those limits that can be compared, at one
// instant. Limits that cannot be compared (VerticalUnknown) do not keep Entry from being answered. An aircraft inside
// the area but above or below the band gets an Entry where it climbs or descends into it before it leaves.
//
// It does not allocate while dst has room. A position that does not pass its Check gives nothing, which is not clear;
// a previous one that does not is ignored.
func (ix *Index) Relations(dst []lowsky.ZoneRelation, q *Query) []lowsky.ZoneRelation {
	if !onEarth(q.Position) {
		return dst
	}
	s := newSight(q)
	var buf [insideBuffer]slot
	inside, _ := ix.slotsAt(buf[:0], s.here)
	at := len(dst)
	turns := frames(s.reach)
	for _, move := range turns.by[:turns.n] {
		b := s.reach.shifted(move)
		c0, r0, c1, r1 := spanOf(b, pageBits)
		if (c1-c0+1)*(r1-r0+1) > maxPages {
			return ix.stacked(ix.relateAll(dst, at, q, &s, inside), at, q, inside)
		}
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				bl := ix.root.block(col/pagesAcross, row/pagesAcross)
				if bl == nil {
					continue
				}
				if len(bl.near) > 0 && firstPage(col, row, c0, r0) {
					dst = ix.relateNear(dst, at, q, &s, inside, bl.near, b, nodeID{col / pagesAcross, row / pagesAcross}, blockBits)
				}
				if pg := bl.page(col, row); pg != nil {
					dst = ix.relateNear(dst, at, q, &s, inside, pg.near, b, nodeID{col, row}, pageBits)
				}
			}
		}
	}
	return ix.stacked(dst, at, q, inside)
}

// stackReach is how far beyond a height, its bound on top, other volumes have to go on for a limit not to count: as much as
// a device may be off.
const stackReach lowsky.Metres = 20

// stacked drops the margin where the limit that it is of is none of the zone: further volumes go on above and below, so
// however far the height is off the aircraft is in the zone.
func (ix *Index) stacked(dst []lowsky.ZoneRelation, at int, q *Query, inside []slot) []lowsky.ZoneRelation {
	for i := at; i < len(dst); i++ {
		r := &dst[i]
		v := &r.Vertical
		if len(r.Zone.Further) == 0 || !r.Inside || v.State != lowsky.VerticalWithin || !v.Margin.OK || v.Margin.Value-v.Bound > stackReach {
			continue
		}
		in := true
		for step := lowsky.Metres(-4); step <= 4 && in; step++ {
			p := lifted(q.Position, step/4*(stackReach+v.Bound))
			in = false
			for _, sl := range inside {
				if e := ix.entry(sl); !in && e.zone == r.Zone {
					w := VerticalRelation(e.zone.Volume(int(e.volume)), p, q.Terrain)
					in = w.State == lowsky.VerticalWithin && (!w.Margin.OK || w.Margin.Value >= 0)
				}
			}
		}
		if in {
			v.Margin = lowsky.Opt[lowsky.Metres]{}
		}
	}
	return dst
}

// lifted answers a position so much higher.
func lifted(p lowsky.Position, by lowsky.Metres) lowsky.Position {
	for _, h := range [...]*lowsky.Opt[lowsky.Metres]{&p.HAE, &p.AMSL, &p.AGL, &p.AboveTakeoff} {
		h.Value += by
	}
	return p
}

// firstPage reports whether a page is the first one of its block that the query comes to.
func firstPage(col, row, c0, r0 int64) bool {
	return (col == c0 || col%pagesAcross == 0) && (row == r0 || row%pagesAcross == 0)
}

// relateNear relates the zones of one node's list. A zone is listed in every node that its box touches; it is taken
// only in the one that holds the lower left corner of what its box and the query's have in common.
func (ix *Index) relateNear(dst []lowsky.ZoneRelation, at int, q *Query, s *sight, inside []slot, near []nearRef, b box, id nodeID, bits uint) []lowsky.ZoneRelation {
	for i := range near {
		r := near[i].box.box()
		if !r.meets(b) {
			continue
		}
		corner := onGrid(point{max(r.x0, b.x0), max(r.y0, b.y0)})
		if max(0, corner.x)>>bits != id.col || max(0, corner.y)>>bits != id.row {
			continue
		}
		dst = ix.relate(dst, at, q, s, inside, near[i].zone)
	}
	return dst
}

// relateAll goes through every zone.
func (ix *Index) relateAll(dst []lowsky.ZoneRelation, at int, q *Query, s *sight, inside []slot) []lowsky.ZoneRelation {
	dst = dst[:at]
	for sl := range ix.slots {
		e := ix.entry(sl)
		if e.zone == nil {
			continue
		}
		move := ix.shape(sl).near(s.here).x - s.here.x
		if ix.shape(sl).notice.meets(s.reach.shifted(move)) {
			dst = ix.relate(dst, at, q, s, inside, sl)
		}
	}
	return dst
}

// relate appends the relation to one zone, if there is something to say, in its place by id.
func (ix *Index) relate(dst []lowsky.ZoneRelation, at int, q *Query, s *sight, inside []slot, sl slot) []lowsky.ZoneRelation {
	e := ix.entry(sl)
	r := lowsky.ZoneRelation{Zone: e.zone, Volume: int(e.volume), Active: e.always || e.zone.Applicability.ActiveAt(q.Now)}
	for _, in := range inside {
		r.Inside = r.Inside || in == sl
	}
	volume := e.zone.Volume(r.Volume)
	sh := ix.shape(sl)
	v := s.from(sh)
	var first, last float64
	if !r.Inside && s.hasPrev {
		first, last, r.Crossed = v.crossed(sh)
		r.Possible = r.Crossed && q.PreviousTooOld
	}
	if !r.Active && !r.Inside && !r.Crossed {
		return dst
	}
	floor, ceiling := compareBand(volume, q.Position, q.Terrain)
	r.Vertical = judgeBand(floor, ceiling)
	if r.Inside && s.hasPrev && (r.Vertical.State == lowsky.VerticalAbove || r.Vertical.State == lowsky.VerticalBelow) {
		if first, _, rim := v.crossed(sh); rim {
			r.Through = passes(volume, along(q.Previous.Value, q.Position, first), r.Vertical.State, q.Terrain, first > 0 || q.PreviousUnjudged)
		} else {
			r.Through = passes(volume, q.Previous.Value, r.Vertical.State, q.Terrain, q.PreviousUnjudged)
		}
		r.Possible = r.Through && q.PreviousTooOld
	}
	if r.Active && s.seconds > 0 && !(r.Inside && (r.Vertical.State == lowsky.VerticalWithin || r.Vertical.State == lowsky.VerticalUnknown)) {
		if t, ok := v.entry(sh, r.Inside, climb(floor, ceiling, q.VerticalSpeed)); ok {
			d := max(time.Millisecond, time.Duration(t*float64(time.Second)))
			if e.always || e.zone.Applicability.ActiveAt(q.Now.Add(d)) {
				r.Entry = lowsky.Some(d)
			}
		}
	}
	limit := math.Inf(1)
	if !r.Inside && !r.Crossed && !r.Entry.OK {
		limit = max(s.near, float64(e.zone.WarningBand.Or(0)))
	}
	d, ok := v.rimDistance(sh, r.Inside, limit)
	if !ok && !r.Inside && !r.Crossed && !r.Entry.OK {
		return dst
	}
	r.Distance = lowsky.Metres(d)
	if r.Crossed {
		r.Vertical = verticalBetween(volume, q.Previous.Value, q.Position, first, last, q.Terrain)
		r.WasIn = !q.PreviousUnjudged && sh.contains(s.prev) && VerticalRelation(volume, q.Previous.Value, q.Terrain).State == lowsky.VerticalWithin
	}
	return insert(dst, at, &r)
}

// insert puts a relation in its place by id; of two to volumes of one zone, the one that binds more stays.
func insert(dst []lowsky.ZoneRelation, at int, r *lowsky.ZoneRelation) []lowsky.ZoneRelation {
	i := len(dst)
	for i > at && dst[i-1].Zone.ID > r.Zone.ID {
		i--
	}
	if i > at && dst[i-1].Zone == r.Zone {
		was := dst[i-1].WasIn || r.WasIn
		if binds(r, &dst[i-1]) {
			dst[i-1] = *r
		}
		dst[i-1].WasIn = was
		return dst
	}
	dst = append(dst, *r)
	if n := len(dst) - 1; i < n {
		copy(dst[i+1:], dst[i:n])
		dst[i] = *r
	}
	return dst
}

// binds reports whether a, to another volume of the same zone than b, binds the aircraft more.
func binds(a, b *lowsky.ZoneRelation) bool {
	x, y := rank(a), rank(b)
	switch {
	case x != y:
		return x < y
	case x == rankEntry && a.Entry.Value != b.Entry.Value:
		return a.Entry.Value < b.Entry.Value
	case a.Possible != b.Possible:
		return b.Possible
	case a.Distance != b.Distance: // deeper, or nearer
		return a.Distance < b.Distance
	}
	return a.Volume < b.Volume
}

const rankEntry = 6

// rank orders relations by how much they bind: 0 most. What is over when it is found comes before what cannot be judged:
// that can still be said with the next report.
func rank(r *lowsky.ZoneRelation) int {
	v := r.Vertical.State
	crossed := r.Crossed && v == lowsky.VerticalWithin
	switch {
	case r.Inside && v == lowsky.VerticalWithin:
		return 0
	case !r.Possible && (crossed && !r.WasIn || r.Through):
		return 1
	case r.Inside && v == lowsky.VerticalUnknown:
		return 2
	case crossed:
		return 3
	case r.Through: // crossed in height
		return 4
	case r.Crossed && v == lowsky.VerticalUnknown:
		return 5
	case r.Entry.OK:
		return rankEntry
	case (r.Inside || r.Crossed) && r.Vertical.Assumed: // outside by assumption only
		return 7
	case !r.Inside && !r.Crossed && (v == lowsky.VerticalWithin || v == lowsky.VerticalUnknown) &&
		r.Zone.WarningBand.OK && r.Distance <= r.Zone.WarningBand.Value:
		return 8
	case r.Inside:
		return 9
	case r.Crossed:
		return 10
	}
	return 11
}

// rimMargin is how deep in the band, beyond the bound, an aircraft comes in over the rim before it counts as having been
// in it: as much as a height is off that says nothing of its accuracy.
const rimMargin lowsky.Metres = 5

// passes reports whether from stands on the other side of the band than now; or in the band, where from is a place on the
// rim that no report was made at, or of a report that nobody judged.
func passes(volume lowsky.Volume3D, from lowsky.Position, now lowsky.VerticalState, t Terrain, unseen bool) bool {
	before := VerticalRelation(volume, from, t)
	switch before.State {
	case lowsky.VerticalAbove, lowsky.VerticalBelow:
		return before.State != now
	case lowsky.VerticalWithin:
		return unseen && before.Margin.Value-before.Bound > rimMargin
	}
	return false
}

// verticalBetween is where the way from a to b stands to the band between the shares first and last of it.
func verticalBetween(volume lowsky.Volume3D, a, b lowsky.Position, first, last float64, t Terrain) lowsky.Vertical {
	v, w := VerticalRelation(volume, along(a, b, first), t), VerticalRelation(volume, along(a, b, last), t)
	switch {
	case v.State == lowsky.VerticalWithin || w.State == lowsky.VerticalWithin:
		// The deepest place counts: both ends may lie at a limit with all of the band in between.
		best := v
		if v.State != lowsky.VerticalWithin || deeper(&w, &v) {
			best = w
		}
		for _, share := range [...]float64{0.25, 0.5, 0.75} {
			m := VerticalRelation(volume, along(a, b, first+(last-first)*share), t)
			if m.State == lowsky.VerticalWithin && deeper(&m, &best) {
				best = m
			}
		}
		return best
	case v.State == lowsky.VerticalUnknown:
		return v
	case w.State == lowsky.VerticalUnknown:
		return w
	case v.State != w.State: // through the band in between
		w.State, w.Margin = lowsky.VerticalWithin, lowsky.Opt[lowsky.Metres]{}
		w.Assumed = v.Assumed || w.Assumed
		return w
	case v.Margin.Value > w.Margin.Value: // the nearer miss
		return v
	}
	return w
}

// deeper reports whether a, within a band, is for certain further from its limits than b, within it too.
func deeper(a, b *lowsky.Vertical) bool {
	return b.Margin.OK && (!a.Margin.OK || a.Margin.Value-a.Bound > b.Margin.Value-b.Bound)
}

// along answers the position at a share of the way from a to b. A height that only one of them has is taken from it.
func along(a, b lowsky.Position, share float64) lowsky.Position {
	height := func(a, b lowsky.Opt[lowsky.Metres]) lowsky.Opt[lowsky.Metres] {
		switch {
		case !a.OK:
			return b
		case !b.OK:
			return a
		}
		return lowsky.Some(a.Value + (b.Value-a.Value)*lowsky.Metres(share))
	}
	geoid := b.AMSLGeoid
	if !b.AMSL.OK {
		geoid = a.AMSLGeoid
	}
	return lowsky.Position{
		Longitude:    lowsky.Degrees(wrapDegrees(float64(a.Longitude) + wrapDegrees(float64(b.Longitude-a.Longitude))*share)),
		Latitude:     a.Latitude + (b.Latitude-a.Latitude)*lowsky.Degrees(share),
		HAE:          height(a.HAE, b.HAE),
		AMSL:         height(a.AMSL, b.AMSL),
		AGL:          height(a.AGL, b.AGL),
		AboveTakeoff: height(a.AboveTakeoff, b.AboveTakeoff),
		AMSLGeoid:    geoid,
		TakeoffHAE:   height(a.TakeoffHAE, b.TakeoffHAE),
	}
}

// span is when, in seconds from now, the climb keeps to the limits that can be compared; empty when from > to.
type span struct{ from, to float64 }

// climb answers when a constant climb is between two limits.
func climb(floor, ceiling comparison, speed lowsky.Opt[lowsky.MetresPerSecond]) span {
	s := span{0, math.Inf(1)}
	v := 0.0
	if speed.OK && lowsky.Finite(speed.Value) {
		v = float64(speed.Value)
	}
	s = s.limited(floor, v)
	return s.limited(ceiling, -v)
}

// limited narrows s to when the margin of a limit, changing by rate a second, is not below zero.
func (s span) limited(c comparison, rate float64) span {
	if !c.limits || c.reason != "" {
		return s
	}
	m := float64(c.margin + c.height.Bound)
	switch {
	case m >= 0 && rate < 0:
		s.to = min(s.to, m/-rate)
	case m < 0 && rate > 0:
		s.from = max(s.from, -m/rate)
	case m < 0:
		s.to = -1
	}
	return s
}
