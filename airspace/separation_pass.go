package airspace

import (
	"math"

	"lowsky"
)

// Separation finds the pairs of one snapshot whose minima are broken or may be within the look-ahead. It works in slices:
// Begin takes the snapshot, Step does some of the work, so that nothing else has to wait for all of it. How much a Step
// does is counted, not timed: the same snapshot and steps give the same pairs in the same order. Its memory is kept for
// the next pass. Not safe for concurrent use.
//
// Movers lie in a hashed grid, each where it will be in half the look-ahead: from there it is never further away than its
// reach, half of what it flies. Cells are as wide as two ordinary movers reach, so a pair of them lies in one cell or in
// two that touch. Those that fly much further (crewed traffic) search all cells in their reach.
type Separation struct {
	movers  []Mover
	reach   lowsky.PairReach
	horizon float64 // its look-ahead, s
	terrain Terrain

	phase phase
	next  int      // of the phase
	spots []placed // in the snapshot's order
	cells []cell   // by bucket: what every test looks at …
	rest  []spot   // … and what few do, in the same order
	first []int32  // of a bucket, in cells
	wides []int32  // places in cells of movers that come further than wide

	scales  [][2]float64 // metres per degree of latitude and of longitude, by tenths of a degree of latitude
	way     float64      // sum of what ordinary movers come
	ways    int
	north   float64 // largest |latitude|
	far     float64 // the most that a mover without crew comes
	size    float64 // metres
	wide    float64 // reach beyond which a mover is wide
	column  float64 // degrees
	row     float64 // degrees
	columns int32
	bits    uint32 // mask of the table
	stride  int32
	found   []Near
	tests   int
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

// placed is both, before the grid is known.
type placed struct {
	cell
	spot
}

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
	s.spots, s.wides, s.found = s.spots[:0], s.wides[:0], s.found[:0]
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
			s.assign(&s.spots[i])
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
			p := &s.spots[len(s.spots)-1-i]
			b := s.bucket(p.x, p.y)
			s.first[b]--
			s.cells[s.first[b]], s.rest[s.first[b]] = p.cell, p.spot
			if p.reach < 0 {
				s.wides = append(s.wides, s.first[b])
			}
		}
		return s.done(n, len(s.spots), phaseWide) * costFill
	case phaseSearch:
		p := &s.cells
		if s.next >= len(*p) {
			s.phase = phaseDone
			return 1
		}
		cost := s.search(s.next)
		s.next++
		return cost
	case phaseWide:
		if s.next >= len(s.wides) {
			s.phase, s.next = phaseSearch, 0
			return 1
		}
		cost := s.searchWide(s.wides[s.next])
		s.next++
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
	north, east := s.scale(lat)
	age := inSeconds(m.Age)
	s.spots = append(s.spots, placed{})
	p := &s.spots[len(s.spots)-1]
	c := &p.cell
	w := motionOf(m)
	speed := w.speed()
	bound := boundAt(m, &s.reach, speed)
	x, y := w.way(age)
	w.advance(age)
	p.spot = spot{
		lon: wrapDegrees(lon + x/east), lat: lat + y/north, vx: float32(w.east), vy: float32(w.north), turn: float32(w.turn),
		east: float32(east), north: float32(north), bound: float32(bound), at: int32(i), formation: m.Formation,
		crewed: m.Crewed, blind: m.NoVelocity,
	}
	x, y = w.way(s.horizon / 2)
	c.lon, c.lat, c.east = wrapDegrees(p.spot.lon+x/east), p.spot.lat+y/north, float32(east)
	if finite(m.Position.HAE) {
		p.high, p.z, p.up = true, float32(float64(m.Position.HAE.Value)+float64(m.Up)*age), float32(m.Up)
		p.zBound = float32(verticalBound(m, &s.reach))
	}
	come := speed * s.horizon / 2
	switch {
	case p.blind:
		come = assumedSpeed(m) * s.horizon
	case w.turn != 0:
		come = min(come, 2*speed/math.Abs(w.turn)) // never further than across the circle
	}
	come += max(bound, float64(s.reach.Margin.Horizontal)/2) + 1
	c.reach = float32(come)
	if !p.crewed {
		s.way += come
		s.ways++
		s.far = max(s.far, come)
	}
	s.north = max(s.north, math.Abs(c.lat))
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
	meridian, _ := radii(0) // the shortest degree of latitude
	s.columns = int32(max(4, math.Floor(360*radian*parallel/s.size)))
	s.column = 360 / float64(s.columns)
	s.row = s.size / (meridian * radian)
	n := uint32(1024)
	for int(n) < 2*len(s.spots) {
		n *= 2
	}
	s.bits = n - 1
	s.stride = int32(n/32*5) | 1
	if int(n) != len(s.first) {
		s.first = make([]int32, n)
	}
	if cap(s.cells) < len(s.spots) {
		n := len(s.spots) + len(s.spots)/4
		s.cells, s.rest = make([]cell, 0, n), make([]spot, 0, n)
	}
	s.cells, s.rest = s.cells[:len(s.spots)], s.rest[:len(s.spots)]
}

func (s *Separation) bucket(x, y int32) uint32 { return uint32(x+y*s.stride) & s.bits }

func (s *Separation) assign(p *placed) {
	p.x = min(int32((p.cell.lon+180)/s.column), s.columns-1)
	p.y = int32(math.Floor(p.cell.lat / s.row))
	if p.crewed || float64(p.reach) > s.wide {
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

// search tests a mover against the ordinary ones behind it in its own cell, in the next one, and in the three of the
// next row.
func (s *Separation) search(i int) int {
	p := &s.cells[i]
	if p.reach < 0 { // wide
		return 1
	}
	s.tests = costVisit
	if p.x > 0 && p.x < s.columns-1 {
		from, to, again := s.run(p.x, p.y, 1)
		s.against(i, int32(i)+1, max(to, from), p.x, p.y, 1)
		s.against(i, 0, again, p.x, p.y, 1)
		from, to, again = s.run(p.x-1, p.y+1, 2)
		s.against(i, from, to, p.x-1, p.y+1, 2)
		s.against(i, 0, again, p.x-1, p.y+1, 2)
		return s.tests
	}
	_, to, _ := s.run(p.x, p.y, 0)
	s.against(i, int32(i)+1, to, p.x, p.y, 0)
	east, west := s.wrap(p.x+1), s.wrap(p.x-1)
	for _, c := range [...][2]int32{{east, p.y}, {west, p.y + 1}, {p.x, p.y + 1}, {east, p.y + 1}} {
		from, to, _ := s.run(c[0], c[1], 0)
		s.against(i, from, to, c[0], c[1], 0)
	}
	return s.tests
}

// wrap brings a column next to the antimeridian to the other side of it.
func (s *Separation) wrap(x int32) int32 {
	if x < 0 {
		return x + s.columns
	}
	if x >= s.columns {
		return x - s.columns
	}
	return x
}

// against tests mover i with the ordinary ones among cells from to to that lie in columns x to x+more of row y.
func (s *Separation) against(i int, from, to, x, y, more int32) {
	if from >= to {
		return
	}
	p := s.cells[i]
	s.tests += int(to - from)
	scale, reach := float64(s.rest[i].north), p.reach+float32(s.reach.Uncrewed.Horizontal)
	for j := from; j < to; j++ {
		q := &s.cells[j]
		if q.y != y || uint32(q.x-x) > uint32(more) || q.reach < 0 {
			continue
		}
		most := float64(reach + q.reach)
		north := (q.lat - p.lat) * scale
		east := q.lon - p.lon
		if east > 180 || east < -180 {
			east = wrapDegrees(east)
		}
		east *= float64(p.east+q.east) / 2
		if east*east+north*north <= most*most {
			s.consider(&s.rest[i], &s.rest[j])
		}
	}
}

// searchWide tests a wide mover against all that it could meet: every ordinary one, and the wide ones that do not search
// for it themselves.
func (s *Separation) searchWide(i int32) int {
	p, crewed := &s.cells[i], s.rest[i].crewed
	s.tests = costVisit
	reach := math.Abs(float64(p.reach)) + float64(s.reach.Minima(crewed).Horizontal)
	most := reach + s.far
	rows := int32(most/s.size) + 1
	columns := min(int32(most/(s.column*float64(p.east)*0.98))+1, s.columns/2-1)
	for y := p.y - rows; y <= p.y+rows; y++ {
		west, east := p.x-columns, p.x+columns
		if west >= 0 && east < s.columns {
			from, to, again := s.run(west, y, east-west)
			s.wideAgainst(i, from, to, west, y, east-west, reach)
			s.wideAgainst(i, 0, again, west, y, east-west, reach)
			continue
		}
		for x := west; x <= east; x++ {
			from, to, _ := s.run(s.wrap(x), y, 0)
			s.wideAgainst(i, from, to, s.wrap(x), y, 0, reach)
		}
	}
	return s.tests
}

func (s *Separation) wideAgainst(i, from, to, x, y, more int32, reach float64) {
	s.tests += costVisit/2 + int(to-from)
	p, me := s.cells[i], &s.rest[i]
	scale := float64(me.north)
	for j := from; j < to; j++ {
		q := &s.cells[j]
		if q.y != y || uint32(q.x-x) > uint32(more) {
			continue
		}
		most := reach + math.Abs(float64(q.reach))
		north := (q.lat - p.lat) * scale
		east := wrapDegrees(q.lon-p.lon) * float64(p.east+q.east) / 2
		if east*east+north*north > most*most {
			continue
		}
		if r := &s.rest[j]; !r.crewed && (q.reach >= 0 || me.crewed || j > i) {
			s.consider(me, r)
		}
	}
}

// consider looks whether two movers come so near that the pair has to be worked out, and then does.
func (s *Separation) consider(p, q *spot) {
	if p.formation == q.formation && p.formation > 0 {
		return
	}
	s.tests += 2
	if p.at > q.at {
		p, q = q, p
	}
	minima := s.reach.Minima(p.crewed || q.crewed)
	m := meeting{
		x: wrapDegrees(q.lon-p.lon) * float64(p.east+q.east) / 2, y: (q.lat - p.lat) * float64(p.north+q.north) / 2,
		a: p.motion(), b: q.motion(), hBound: max(float64(p.bound+q.bound), float64(s.reach.Margin.Horizontal)),
		hMinima: float64(minima.Horizontal), vMinima: float64(minima.Vertical),
	}
	limit := m.hMinima + m.hBound + 1 // the local frame here is rougher
	enter, leave := 0.0, s.horizon    // while they are within the limit
	switch {
	case p.blind || q.blind: // wherever it goes: it could come here
	case p.turn == 0 && q.turn == 0:
		var near bool
		if enter, leave, near = within(m.x, m.y, m.b.east-m.a.east, m.b.north-m.a.north, limit, s.horizon); !near {
			return
		}
	default:
		s.tests += costTurning
		if !nears(&m.a, &m.b, m.x, m.y, limit, s.horizon) {
			return
		}
	}
	high := p.high && q.high
	if high {
		m.z, m.vz = float64(q.z-p.z), float64(q.up-p.up)
		m.vBound = max(float64(p.zBound+q.zBound), float64(s.reach.Margin.Vertical))
		most := m.vMinima + m.vBound + 0.1
		if a, b := m.z+m.vz*enter, m.z+m.vz*leave; min(a, b) > most || max(a, b) < -most {
			return
		}
	}
	s.tests += costFound
	var e Encounter
	if high && !p.blind && !q.blind {
		e = Encounter{Now: m.approach(0), Closest: m.approach(m.worst(s.horizon))}
	} else {
		e = Closest(&s.movers[p.at], &s.movers[q.at], &s.reach, s.terrain)
	}
	if e.Reason != "" || e.Now.MayBreak(minima) || e.Closest.MayBreak(minima) {
		s.found = append(s.found, Near{int(p.at), int(q.at), e})
	}
}

// within answers from when to when, in [0, horizon], something at (x, y) that moves by (vx, vy) is within limit of the
// origin.
func within(x, y, vx, vy, limit, horizon float64) (enter, leave float64, ok bool) {
	c := x*x + y*y - limit*limit
	b := x*vx + y*vy
	if c > 0 && b >= 0 {
		return 0, 0, false // outside, and not coming nearer
	}
	a := vx*vx + vy*vy
	if a < 1e-9 {
		return 0, horizon, c <= 0
	}
	d := b*b - a*c
	if d < 0 {
		return 0, 0, false
	}
	d = math.Sqrt(d)
	enter, leave = max(0, (-b-d)/a), min(horizon, (-b+d)/a)
	return enter, leave, enter <= horizon
}

// nears reports whether two turning movers come within limit of each other. It strides: as long as they are further
// apart than limit, they cannot meet before they have covered the rest between them.
func nears(p, q *motion, east, north, limit, horizon float64) bool {
	closing := p.speed() + q.speed()
	limit += closing * turnStep / 4 // so that the shortest stride leaps over no graze
	for t := 0.0; ; {
		pe, pn := p.way(t)
		qe, qn := q.way(t)
		apart := math.Hypot(east+qe-pe, north+qn-pn)
		if apart <= limit {
			return true
		}
		if t >= horizon {
			return false
		}
		t = min(t+max((apart-limit)/closing, turnStep/2), horizon)
	}
}
