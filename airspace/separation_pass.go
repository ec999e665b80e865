package airspace

import (
	"math"
	"slices"

	"lowsky"
)

// Separation finds the pairs of one snapshot whose minima are broken or may be within the look-ahead. It works in slices:
// Begin takes the snapshot, Step does some of the work, so that nothing else has to wait for all of it. How much a Step
// does is counted, not timed: the same snapshot and steps give the same pairs in the same order. Its memory is kept for
// the next pass. Not safe for concurrent use.
//
// Movers lie in a hashed grid, each where it will be in half the look-ahead: from there it is never further away than its
// reach, half of what it flies. Cells are as wide as two ordinary movers reach, so a pair of them lies in one cell or in
// two that touch. Those that fly much further (crewed traffic) search all cells in their reach. The grid only leaves out
// who cannot meet; what becomes of a pair is worked out from the pair alone.
type Separation struct {
	movers  []Mover
	reach   lowsky.PairReach
	horizon float64 // its look-ahead, s
	terrain Terrain

	phase  phase
	next   int     // of the phase
	points []cell  // in the snapshot's order, before the grid is known …
	spots  []spot  // … with the rest of them
	cells  []cell  // by bucket: what every test looks at …
	rest   []spot  // … and what few do, in the same order
	first  []int32 // of a bucket, in cells
	wides  []int32 // places in cells of movers that come further than wide
	close  []int32 // places in cells of those that the mover at hand may meet

	scales [][2]float64 // metres per degree of latitude and of longitude, by tenths of a degree of latitude
	way    float64      // sum of what ordinary movers come
	ways   int
	north  float64 // largest |latitude|
	far    float64 // the most that a mover without crew comes
	size   float64 // metres
	wide   float64 // reach beyond which a mover is wide
	column float64 // degrees
	row    float64 // degrees

	perColumn, perRow float64
	meridian          float64 // metres per degree of latitude where it is shortest
	columns           int32
	bits              uint32 // mask of the table
	stride            int32  // from a row to the next in it
	found             []Near
	tests             int
}

// Near is a pair that the rules must look at: places in the snapshot, I before J.
type Near struct {
	I, J int
	Encounter
}

// cell is a mover in the grid, small: two fit in a line of the processor's cache.
type cell struct {
	lon, lat float64 // degrees, in half the look-ahead
	east     float32 // metres per degree of longitude
	reach    float32 // metres from there that it may be at any time of it, what is not known included; below zero: wide
	x, y     int32
}

// spot is the rest of what the search needs of a mover, in as much as such a line.
type spot struct {
	lon, lat            float64 // at the instant of the pass
	vx, vy, turn        float32 // velocity to the east and north, rad/s clockwise
	east, north         float32 // metres per degree of longitude and of latitude
	bound               float32 // of its place
	z, up, zBound       float32 // height above the ellipsoid and how it changes, where reported
	at                  int32   // in movers
	formation           int32
	crewed, blind, high bool // blind has no velocity, high has z
}

func (p *spot) motion() motion { return motion{float64(p.vx), float64(p.vy), float64(p.turn)} }

type phase uint8

const (
	phaseDone phase = iota
	phasePlace
	phaseSize
	phaseClear
	phaseCell
	phaseSum
	phaseFill
	phaseWide // first: no swarm must keep the pairs with crewed traffic from being found
	phaseSearch
)

// What the parts cost, in units of a test of two movers (some nanoseconds).
const (
	costPlace   = 12
	costCell    = 6
	costFill    = 6
	costVisit   = 8
	costFound   = 100
	costTurning = 40
)

// polarLimit is the latitude beyond which movers are left out: the grid's columns run together there.
const polarLimit = 85.0

// Begin starts a pass over the movers, which must not change until it is done.
func (s *Separation) Begin(movers []Mover, reach lowsky.PairReach, t Terrain) {
	s.movers, s.reach, s.terrain = movers, reach, t
	s.horizon = inSeconds(reach.LookAhead)
	s.phase, s.next = phasePlace, 0
	s.points, s.spots, s.wides, s.found = s.points[:0], s.spots[:0], s.wides[:0], s.found[:0]
	s.points, s.spots = slices.Grow(s.points, len(movers)), slices.Grow(s.spots, len(movers))
	s.way, s.ways, s.north, s.far, s.tests = 0, 0, 0, 0, 0
	if s.scales == nil {
		s.scales = make([][2]float64, 10*91+2)
		for i := range s.scales {
			m, p := radii(float64(i) / 10 * radian)
			s.scales[i] = [2]float64{m * radian, p * radian}
		}
	}
}

// Done reports whether no pass is under way.
func (s *Separation) Done() bool { return s.phase == phaseDone }

// Step does about work units (tests of two movers) and answers the pairs that it found; the slice is reused by the next
// Step. Pairs of one mover always come in one Step, so a dense swarm may take some more.
func (s *Separation) Step(work int) []Near {
	s.found = s.found[:0]
	for s.phase != phaseDone && work > 0 {
		work -= s.part(work)
	}
	return s.found
}

// part does some of the present phase and answers what it cost.
func (s *Separation) part(work int) int {
	switch s.phase {
	case phasePlace:
		n := min(len(s.movers)-s.next, work/costPlace+1)
		for i := s.next; i < s.next+n; i++ {
			s.place(i)
		}
		return s.done(n, len(s.movers), phaseSize) * costPlace
	case phaseSize:
		s.measure()
		s.phase, s.next = phaseClear, 0
		return 1
	case phaseClear:
		n := min(len(s.first)-s.next, work*8+1)
		clear(s.first[s.next : s.next+n])
		return s.done(n, len(s.first), phaseCell)/8 + 1
	case phaseCell:
		n := min(len(s.spots)-s.next, work/costCell+1)
		for i := s.next; i < s.next+n; i++ {
			s.assign(&s.points[i])
		}
		return s.done(n, len(s.spots), phaseSum) * costCell
	case phaseSum:
		n := min(len(s.first)-s.next, work*4+1)
		sum := int32(0)
		if s.next > 0 {
			sum = s.first[s.next-1]
		}
		for i := s.next; i < s.next+n; i++ {
			sum += s.first[i]
			s.first[i] = sum
		}
		return s.done(n, len(s.first), phaseFill)/4 + 1
	case phaseFill:
		n := min(len(s.spots)-s.next, work/costFill+1)
		for i := s.next; i < s.next+n; i++ { // from the last to the first: equal cells keep the snapshot's order
			k := len(s.points) - 1 - i
			p := &s.points[k]
			b := s.bucket(p.x, p.y)
			to := s.first[b] - 1
			s.first[b], s.cells[to], s.rest[to] = to, *p, s.spots[k]
			if p.reach < 0 {
				s.wides = append(s.wides, to)
			}
		}
		return s.done(n, len(s.spots), phaseWide) * costFill
	case phaseWide:
		if s.next >= len(s.wides) {
			s.phase, s.next = phaseSearch, 0
			return 1
		}
		cost := s.searchWide(s.wides[s.next])
		s.next++
		return cost
	case phaseSearch:
		cost := 1
		for ; s.next < len(s.cells) && cost <= work; s.next++ {
			cost += s.search(s.next)
		}
		s.done(0, len(s.cells), phaseDone)
		return cost
	}
	return 1
}

// done notes n more of all, and goes on to the next phase after the last.
func (s *Separation) done(n, all int, then phase) int {
	if s.next += n; s.next >= all {
		s.phase, s.next = then, 0
	}
	return max(n, 1)
}

// scale answers metres per degree of latitude and of longitude, within 1e-6 of them.
func (s *Separation) scale(lat float64) (north, east float64) {
	f := math.Abs(lat) * 10
	i := int(f)
	f -= float64(i)
	a, b := &s.scales[i], &s.scales[i+1]
	return a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f
}

// place works out where a mover is at the instant of the pass.
func (s *Separation) place(i int) {
	m := &s.movers[i]
	lon, lat := float64(m.Position.Longitude), float64(m.Position.Latitude)
	if !(math.Abs(lat) <= polarLimit) || math.IsNaN(lon) {
		return
	}
	n := len(s.spots)
	s.points, s.spots = s.points[:n+1], s.spots[:n+1] // every field of them is set
	c, q := &s.points[n], &s.spots[n]

	north, east := s.scale(lat)
	perNorth, perEast := 1/north, 1/east
	age := inSeconds(m.Age)
	w := motionOf(m)
	speed := w.speed()
	bound := boundAt(m, &s.reach, speed)
	come := s.come(&w, speed, m.Crewed, m.NoVelocity) + max(bound, float64(s.reach.Margin.Horizontal)/2) + 1
	if w.turn == 0 {
		lon, lat = wrapDegrees(lon+w.east*age*perEast), lat+w.north*age*perNorth
		c.lon, c.lat = wrapDegrees(lon+w.east*s.horizon/2*perEast), lat+w.north*s.horizon/2*perNorth
	} else {
		x, y := w.way(age)
		w.advance(age)
		lon, lat = wrapDegrees(lon+x*perEast), lat+y*perNorth
		x, y = w.way(s.horizon / 2)
		c.lon, c.lat = wrapDegrees(lon+x*perEast), lat+y*perNorth
	}
	c.east, c.reach = float32(east), float32(come)
	if m.Crewed {
		c.reach = -c.reach
	}

	q.lon, q.lat = lon, lat
	q.vx, q.vy, q.turn = float32(w.east), float32(w.north), float32(w.turn)
	q.east, q.north, q.bound = float32(east), float32(north), float32(bound)
	q.at, q.formation, q.crewed, q.blind = int32(i), m.Formation, m.Crewed, m.NoVelocity
	q.high, q.z, q.up, q.zBound = false, 0, 0, 0
	if finite(m.Position.HAE) {
		q.high, q.z, q.up = true, float32(float64(m.Position.HAE.Value)+float64(m.Up)*age), float32(m.Up)
		q.zBound = float32(verticalBound(m, &s.reach))
	}
	if !m.Crewed {
		s.way += come
		s.ways++
		s.far = max(s.far, come)
	}
	s.north = max(s.north, math.Abs(c.lat))
}

// come answers how far a mover may be at any time from where it will be in half the look-ahead.
func (s *Separation) come(w *motion, speed float64, crewed, blind bool) float64 {
	switch {
	case blind:
		return assumedSpeed(crewed) * s.horizon
	case w.turn != 0:
		return min(speed*s.horizon/2, 2*speed/math.Abs(w.turn)) // never further than across the circle
	}
	return speed * s.horizon / 2
}

// measure fixes the grid: cells twice as wide as what ordinary movers come.
func (s *Separation) measure() {
	ordinary := 60.0
	if s.ways > 0 {
		ordinary = min(max(ordinary, 1.6*s.way/float64(s.ways)), 3000)
	}
	s.wide = ordinary
	s.size = 2*ordinary + float64(s.reach.Uncrewed.Horizontal)
	_, parallel := radii(min(s.north+0.1, polarLimit+1) * radian)
	meridian, _ := radii(0)
	s.meridian = meridian * radian
	s.columns = int32(max(4, math.Floor(360*radian*parallel/s.size)))
	s.column = 360 / float64(s.columns)
	s.row = s.size / s.meridian
	s.perColumn, s.perRow = 1/s.column, 1/s.row
	s.hash(len(s.spots))
	if cap(s.cells) < len(s.spots) {
		n := len(s.spots) + len(s.spots)/4
		s.cells, s.rest = make([]cell, 0, n), make([]spot, 0, n)
	}
	s.cells, s.rest = s.cells[:len(s.spots)], s.rest[:len(s.spots)]
}

// hash fixes the table for n movers. Rows of cells lie in it by the golden section, which keeps them apart however many
// there are: where they lie on each other, every mover is tested with those far away.
func (s *Separation) hash(n int) {
	size := 1024
	for size < 2*n {
		size *= 2
	}
	s.bits, s.stride = uint32(size-1), int32(float64(size)*(math.Phi-1))|1
	if size != len(s.first) {
		s.first = make([]int32, size)
	}
}

func (s *Separation) bucket(x, y int32) uint32 { return uint32(x+y*s.stride) & s.bits }

func (s *Separation) assign(p *cell) {
	p.x = min(int32((p.lon+180)*s.perColumn), s.columns-1)
	p.y = int32((p.lat + 90) * s.perRow)
	if float64(p.reach) > s.wide {
		p.reach = -p.reach
	}
	s.first[s.bucket(p.x, p.y)]++
}

// run answers the places in cells of the columns x to x+more of a row, which must not run over the antimeridian; the
// second run is there where the table begins anew in between.
func (s *Separation) run(x, y, more int32) (from, to, again int32) {
	b := s.bucket(x, y)
	from = s.first[b]
	end := b + uint32(more) + 1
	if end <= s.bits {
		return from, s.first[end], 0
	}
	if end &= s.bits; end == 0 {
		return from, int32(len(s.cells)), 0
	}
	return from, int32(len(s.cells)), s.first[end]
}
