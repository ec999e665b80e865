package airspace

import (
	"math"
	"slices"
)

// search tests a mover against the ordinary ones behind it in its own cell, in the next one, and in the three of the
// next row.
func (s *Separation) search(i int) int {
	p := &s.cells[i]
	if p.reach < 0 { // wide
		return 1
	}
	s.tests = costVisit
	s.close = s.close[:0]
	if p.x > 0 && p.x < s.columns-1 {
		// Others in these buckets need no telling apart: no cells that touch share one, and who is further is too far.
		from, to, again := s.run(p.x, p.y, 1)
		s.sift(p, int32(i)+1, to)
		if again > 0 {
			s.sift(p, 0, again)
		}
		from, to, again = s.run(p.x-1, p.y+1, 2)
		s.sift(p, from, to)
		if again > 0 {
			s.sift(p, 0, again)
		}
		me := &s.rest[i]
		for _, j := range s.close {
			if s.cells[j].reach >= 0 {
				s.consider(me, &s.rest[j])
			}
		}
		return s.tests
	}
	_, to, _ := s.run(p.x, p.y, 0)
	s.against(i, int32(i)+1, to, p.x, p.y)
	east, west := s.wrap(p.x+1), s.wrap(p.x-1)
	for _, c := range [...][2]int32{{east, p.y}, {west, p.y + 1}, {p.x, p.y + 1}, {east, p.y + 1}} {
		from, to, _ := s.run(c[0], c[1], 0)
		s.against(i, from, to, c[0], c[1])
	}
	return s.tests
}

// sift adds to close which of cells from to to p may meet, and perhaps some that are wide. It does not branch on what it
// finds, which no processor could foresee.
func (s *Separation) sift(p *cell, from, to int32) {
	if from >= to {
		return
	}
	s.tests += int(to - from)
	n := len(s.close)
	if n+int(to-from) > cap(s.close) {
		s.close = slices.Grow(s.close, int(to-from))
	}
	found := s.close[:n+int(to-from)]
	lon, lat, scale, parallel, reach := p.lon, p.lat, s.meridian, p.east, p.reach+float32(s.reach.Uncrewed.Horizontal)
	for j, q := range s.cells[from:to] {
		most := float64(reach + q.reach)
		north := (q.lat - lat) * scale
		east := (q.lon - lon) * float64(parallel+q.east) * 0.5
		found[n] = from + int32(j)
		in := 0
		if east*east+north*north <= most*most {
			in = 1
		}
		n += in
	}
	s.close = found[:n]
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

// against tests mover i with the ordinary ones among cells from to to that lie in column x of row y: the way that also
// holds at the antimeridian.
func (s *Separation) against(i int, from, to, x, y int32) {
	p, reach := &s.cells[i], s.cells[i].reach+float32(s.reach.Uncrewed.Horizontal)
	s.tests += int(max(0, to-from))
	for j := from; j < to; j++ {
		q := &s.cells[j]
		if q.y == y && q.x == x && q.reach >= 0 && s.within(p, q, float64(reach+q.reach)) {
			s.consider(&s.rest[i], &s.rest[j])
		}
	}
}

// within reports whether the places of two movers in the grid are within most of each other, or little more.
func (s *Separation) within(p, q *cell, most float64) bool {
	north := (q.lat - p.lat) * s.meridian
	east := q.lon - p.lon
	if east > 180 || east < -180 {
		east = wrapDegrees(east)
	}
	east *= float64(p.east+q.east) / 2
	return east*east+north*north <= most*most
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
	s.tests += costVisit/2 + int(max(0, to-from))
	p, me := &s.cells[i], &s.rest[i]
	for j := from; j < to; j++ {
		q := &s.cells[j]
		if q.y != y || uint32(q.x-x) > uint32(more) || !s.within(p, q, reach+math.Abs(float64(q.reach))) {
			continue
		}
		if r := &s.rest[j]; !r.crewed && (q.reach >= 0 || me.crewed || j > i) {
			s.consider(me, r)
		}
	}
}
