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
// Movers lie in a hashed grid whose cells are as wide as two ordinary movers come within the look-ahead, so a pair of
// them lies in one cell or in two that touch. Those that come much further (crewed traffic) search all cells in their
// reach.
type Separation struct {
	movers  []Mover
	reach   lowsky.PairReach
	terrain Terrain

	phase phase
	next  int // of the phase
	spots []spot
	cells []spot // spots by cell
	first []int32
	wides []int32 // places in cells of movers that come further than wide

	way     float64 // sum of what ordinary movers come
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

// spot is what the search needs of a mover, at the instant of the pass.
type spot struct {
	lon, lat   float64 // degrees
	east       float64 // metres per degree of longitude
	w          motion
	reach      float64 // metres that it may come, bounds and half the minima of its class included
	bound      float64
	at         int32 // in movers
	x, y       int32 // cell
	formation  int32
	crewed     bool
	blind      bool // no velocity
	wide       bool
	northScale float64 // metres per degree of latitude
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
	phaseSearch
	phaseWide
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
	s.phase, s.next = phasePlace, 0
	s.spots, s.wides, s.found = s.spots[:0], s.wides[:0], s.found[:0]
	s.way, s.ways, s.north, s.far, s.tests = 0, 0, 0, 0, 0
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
			s.cells[s.first[b]] = *p
		}
		return s.done(n, len(s.spots), phaseSearch) * costFill
	case phaseSearch:
		p := &s.cells
		if s.next >= len(*p) {
			s.phase, s.next = phaseWide, 0
			return 1
		}
		cost := s.search(s.next)
		s.next++
		return cost
	case phaseWide:
		if s.next >= len(s.wides) {
			s.phase = phaseDone
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

// place works out where a mover is at the instant of the pass.
func (s *Separation) place(i int) {
	m := &s.movers[i]
	lon, lat := float64(m.Position.Longitude), float64(m.Position.Latitude)
	if !(math.Abs(lat) <= polarLimit) || math.IsNaN(lon) {
		return
	}
	meridian, parallel := radii(lat * radian)
	p := spot{
		lon: lon, lat: lat, east: parallel * radian, northScale: meridian * radian, w: motionOf(m), bound: horizontalBound(m, &s.reach),
		at: int32(i), formation: m.Formation, crewed: m.Crewed, blind: m.NoVelocity,
	}
	if m.Age != 0 {
		e, n := p.w.way(m.Age.Seconds())
		p.w.advance(m.Age.Seconds())
		p.lon, p.lat = wrapDegrees(lon+e/p.east), lat+n/p.northScale
	}
	horizon := s.reach.LookAhead.Seconds()
	come := p.w.speed() * horizon
	if p.w.turn != 0 {
		come = min(come, 2*p.w.speed()/math.Abs(p.w.turn)) // never further than across the circle
	}
	if p.blind {
		come = assumedSpeed(m) * horizon
	}
	p.reach = come + max(p.bound, float64(s.reach.Margin.Horizontal)/2)
	if !p.crewed {
		s.way += p.reach
		s.ways++
		s.far = max(s.far, p.reach)
	}
	s.north = max(s.north, math.Abs(p.lat))
	s.spots = append(s.spots, p)
}

// measure fixes the grid: cells twice as wide as what ordinary movers come.
func (s *Separation) measure() {
	ordinary := 100.0
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
		s.cells = make([]spot, len(s.spots), len(s.spots)+len(s.spots)/4)
	}
	s.cells = s.cells[:len(s.spots)]
}

func (s *Separation) bucket(x, y int32) uint32 { return uint32(x+y*s.stride) & s.bits }

func (s *Separation) assign(p *spot) {
	p.x = min(int32((p.lon+180)/s.column), s.columns-1)
	p.y = int32(math.Floor(p.lat / s.row))
	p.wide = p.reach > s.wide || p.crewed
	s.first[s.bucket(p.x, p.y)]++
}

// run answers the places of a bucket in cells.
func (s *Separation) run(x, y int32) (from, to int32) {
	b := s.bucket(x, y)
	from = s.first[b]
	if b == s.bits {
		return from, int32(len(s.cells))
	}
	return from, s.first[b+1]
}

// search tests a mover against the ordinary ones behind it in its own cell, in the next one, and in the three below.
func (s *Separation) search(i int) int {
	p := &s.cells[i]
	if p.wide {
		s.wides = append(s.wides, int32(i))
		return 1
	}
	s.tests = 0
	_, to := s.run(p.x, p.y)
	s.against(p, int32(i)+1, to, p.x, p.y)
	east, west := p.x+1, p.x-1
	if east == s.columns {
		east = 0
	}
	if west < 0 {
		west = s.columns - 1
	}
	for _, c := range [...][2]int32{{east, p.y}, {west, p.y + 1}, {p.x, p.y + 1}, {east, p.y + 1}} {
		from, to := s.run(c[0], c[1])
		s.against(p, from, to, c[0], c[1])
	}
	return s.tests + costVisit
}

// against tests p with the ordinary movers of a cell.
func (s *Separation) against(p *spot, from, to, x, y int32) {
	minima := float64(s.reach.Uncrewed.Horizontal)
	s.tests += int(to - from)
	for j := from; j < to; j++ {
		q := &s.cells[j]
		if q.x != x || q.y != y || q.wide {
			continue
		}
		north := (q.lat - p.lat) * p.northScale
		most := p.reach + q.reach + minima
		if north > most || north < -most {
			continue
		}
		east := q.lon - p.lon
		if east > 180 || east < -180 {
			east = wrapDegrees(east)
		}
		east *= (p.east + q.east) / 2
		if east*east+north*north > most*most || p.formation == q.formation && p.formation > 0 {
			continue
		}
		s.consider(p, q, east, north, minima)
	}
}

// searchWide tests a wide mover against all that it could meet: every ordinary one, and the wide ones that do not search
// for it themselves.
func (s *Separation) searchWide(i int32) int {
	p := &s.cells[i]
	s.tests = costVisit
	most := p.reach + s.far + float64(s.reach.Minima(p.crewed).Horizontal)
	rows := int32(most/s.size) + 1
	columns := min(int32(most/(s.column*p.east*0.98))+1, s.columns/2-1)
	for y := p.y - rows; y <= p.y+rows; y++ {
		for dx := -columns; dx <= columns; dx++ {
			x := p.x + dx
			if x < 0 {
				x += s.columns
			} else if x >= s.columns {
				x -= s.columns
			}
			from, to := s.run(x, y)
			s.tests += costVisit/2 + int(to-from)
			for j := from; j < to; j++ {
				q := &s.cells[j]
				if q.x != x || q.y != y || q.crewed || q.wide && !p.crewed && j <= i {
					continue
				}
				s.testWide(p, q)
			}
		}
	}
	return s.tests
}

func (s *Separation) testWide(p, q *spot) {
	minima := float64(s.reach.Minima(p.crewed).Horizontal)
	most := p.reach + q.reach + minima
	north := (q.lat - p.lat) * (p.northScale + q.northScale) / 2
	if north > most || north < -most {
		return
	}
	east := wrapDegrees(q.lon-p.lon) * (p.east + q.east) / 2
	if east*east+north*north > most*most || p.formation == q.formation && p.formation > 0 {
		return
	}
	s.consider(p, q, east, north, minima)
}

// consider looks whether two movers come so near horizontally that heights matter, and if so works the pair out.
func (s *Separation) consider(p, q *spot, east, north, minima float64) {
	limit := minima + max(p.bound+q.bound, float64(s.reach.Margin.Horizontal)) + 1 // the local frame here is rougher
	horizon := s.reach.LookAhead.Seconds()
	switch {
	case p.blind || q.blind: // wherever it goes: it could come here
	case p.w.turn == 0 && q.w.turn == 0:
		we, wn := q.w.east-p.w.east, q.w.north-p.w.north
		t := 0.0
		if ww := we*we + wn*wn; ww > 1e-9 {
			t = min(max(-(east*we+north*wn)/ww, 0), horizon)
		}
		east, north = east+we*t, north+wn*t
		if east*east+north*north > limit*limit {
			return
		}
	default:
		s.tests += costTurning
		if !nears(&p.w, &q.w, east, north, limit, horizon) {
			return
		}
	}
	s.tests += costFound
	i, j := int(p.at), int(q.at)
	if i > j {
		i, j = j, i
	}
	a, b := &s.movers[i], &s.movers[j]
	e := Closest(a, b, &s.reach, s.terrain)
	if m := s.reach.Minima(p.crewed || q.crewed); e.Reason == "" && !e.Now.MayBreak(m) && !e.Closest.MayBreak(m) {
		return
	}
	s.found = append(s.found, Near{i, j, e})
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
