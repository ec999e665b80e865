package airspace

import (
	"math"
	"slices"

	"lowsky"
)

// sight is a query in exact coordinates: where the aircraft is, was and is going.
type sight struct {
	here, prev, ahead point // prev and ahead are unrolled: near here
	hasPrev           bool
	seconds           float64 // from here to ahead; 0 predicts nothing
	moves             bool    // ahead is another place than here
	near              float64 // metres
	reach             box     // all of it, with near around here
	kx, ky            float64 // metres per nanodegree at here
}

func newSight(q *Query) sight {
	s := sight{here: exact(q.Position.Point()), near: max(0, min(maxReach, float64(q.Near)))}
	if math.IsNaN(s.near) {
		s.near = 0
	}
	m, p := radii(float64(q.Position.Latitude) * radian)
	s.kx, s.ky = max(p, 1)*radian/unit, m*radian/unit
	s.prev, s.ahead = s.here, s.here
	if q.Previous.OK && onEarth(q.Previous.Value) {
		s.prev, s.hasPrev = s.unrolled(exact(q.Previous.Value.Point())), true
	}
	look := q.LookAhead
	if look == 0 {
		look = DefaultLookAhead
	}
	if look > 0 {
		s.seconds = look.Seconds()
		v, c := q.GroundSpeed, q.Course
		if v.OK && c.OK && lowsky.Finite(v.Value) && lowsky.Finite(c.Value) && v.Value > 0 {
			way := float64(v.Value) * s.seconds
			if way > maxReach { // look less far ahead in time, not slower
				s.seconds *= maxReach / way
				way = maxReach
			}
			a := Offset(q.Position, c.Value, lowsky.Metres(way))
			if onEarth(a) {
				s.ahead = s.unrolled(exact(a.Point()))
				s.moves = s.ahead != s.here
			}
		}
	}
	s.reach = boxOf(s.here, s.here).grown(int64(s.near/s.kx*1.01)+rimSlack, int64(s.near/s.ky*1.01)+rimSlack)
	s.reach = s.reach.with(boxOf(s.here, s.prev)).with(boxOf(s.here, s.ahead))
	return s
}

// unrolled moves p by a whole turn to where it is nearest to here.
func (s *sight) unrolled(p point) point {
	switch d := p.x - s.here.x; {
	case d > halfTurn:
		p.x -= fullTurn
	case d < -halfTurn:
		p.x += fullTurn
	}
	return p
}

// from answers the sight moved to where a shape is unrolled.
func (s *sight) from(sh *shape) sight {
	v := *s
	if d := sh.near(s.here).x - s.here.x; d != 0 {
		v.here.x += d
		v.prev.x += d
		v.ahead.x += d
		v.reach = v.reach.shifted(d)
	}
	return v
}

// crossed reports whether the closed segment from prev to here touches the area, here being outside of it, and the
// shares of the segment where it first and last does.
func (s *sight) crossed(sh *shape) (first, last float64, ok bool) {
	if len(sh.polygons) == 0 {
		a, b, ok := s.throughCircle(sh.circle, s.prev, s.here)
		return a, b, ok
	}
	first, last = 1, 0
	seg := boxOf(s.prev, s.here)
	for i := range sh.polygons {
		p := &sh.polygons[i]
		if !p.reach.meets(seg) {
			continue
		}
		if sh.grow > 0 {
			throughGrown(p, sh.grow, s.prev, s.here, p.contains(s.prev), func(from, to float64) {
				first, last, ok = min(first, from), max(last, to), true
			})
			continue
		}
		touched := false
		p.edges(seg, func(a, b point) {
			if !meet(s.prev, s.here, a, b) {
				return
			}
			touched = true
			t0, t1 := shares(s.prev, s.here, a, b)
			first, last = min(first, t0), max(last, t1)
		})
		// With here outside, a way that began inside has met the rim.
		if touched && p.contains(s.prev) {
			first = 0
		}
		ok = ok || touched
	}
	return first, last, ok
}

// throughGrown calls visit with the shares of the way a→b that lie in a grown polygon or line, piece by piece, in no
// order; in says that a lies in the polygon itself.
func throughGrown(p *polygon, grow float64, a, b point, in bool, visit func(from, to float64)) {
	limit := grow + rimMetres
	p.edges(boxAround(boxOf(a, b), limit), func(c, d point) {
		if from, to, ok := capsule(a, b, c, d, limit); ok {
			visit(from, to)
		}
	})
	if !p.line {
		throughPolygon(p, a, b, in, visit)
	}
}

// throughPolygon calls visit with the shares of the way a→b that lie in a polygon, in order; in says that a does.
func throughPolygon(p *polygon, a, b point, in bool, visit func(from, to float64)) {
	// Crossings of the way turn inside into outside and back. An edge counts if its ends lie on different sides, the
	// line itself counting as right: a rim that is merely grazed counts twice or not at all.
	var buf [32]float64
	hits := buf[:0]
	p.edges(boxOf(a, b), func(c, d point) {
		if (turn(a, b, c) > 0) == (turn(a, b, d) > 0) {
			return
		}
		if tc, td := turn(c, d, a), turn(c, d, b); tc*td > 0 {
			return
		}
		t, _ := shares(a, b, c, d)
		hits = append(hits, t)
	})
	slices.Sort(hits)
	since := 0.0
	for _, t := range hits {
		if in {
			visit(since, t)
		}
		in, since = !in, t
	}
	if in {
		visit(since, 1)
	}
}

// shares answers between which shares of the way p→q the edge a–b, which meets it, touches it.
func shares(p, q, a, b point) (from, to float64) {
	dx, dy := float64(q.x-p.x), float64(q.y-p.y)
	ex, ey := float64(b.x-a.x), float64(b.y-a.y)
	if den := dx*ey - dy*ex; den != 0 {
		t := (float64(a.x-p.x)*ey - float64(a.y-p.y)*ex) / den
		t = max(0, min(1, t))
		return t, t
	}
	l2 := dx*dx + dy*dy
	if l2 == 0 {
		return 0, 0
	}
	t := max(0, min(1, (float64(a.x-p.x)*dx+float64(a.y-p.y)*dy)/l2))
	u := max(0, min(1, (float64(b.x-p.x)*dx+float64(b.y-p.y)*dy)/l2))
	return min(t, u), max(t, u)
}

// throughCircle answers between which shares of the way a→b it is in the circle.
func (s *sight) throughCircle(c *circle, a, b point) (from, to float64, ok bool) {
	if !c.box.meets(boxOf(a, b)) {
		return 0, 0, false
	}
	ax, ay := c.offset(a)
	bx, by := c.offset(b)
	dx, dy, r := bx-ax, by-ay, c.radius+rimMetres
	qa, qb, qc := dx*dx+dy*dy, ax*dx+ay*dy, ax*ax+ay*ay-r*r
	if qa == 0 {
		return 0, 1, qc <= 0
	}
	disc := qb*qb - qa*qc
	if disc < 0 {
		return 0, 0, false
	}
	root := math.Sqrt(disc)
	from, to = (-qb-root)/qa, (-qb+root)/qa
	if to < 0 || from > 1 {
		return 0, 0, false
	}
	return max(0, from), min(1, to), true
}

// entry answers after how many seconds the way ahead is first in the area while it is in the height band.
func (s *sight) entry(sh *shape, inside bool, band span) (seconds float64, ok bool) {
	if band.from > band.to || band.from > s.seconds || !inside && !s.moves {
		return 0, false
	}
	if !s.moves {
		return band.from, true
	}
	if len(sh.polygons) == 0 {
		from, to, ok := s.throughCircle(sh.circle, s.here, s.ahead)
		if !ok {
			return 0, false
		}
		if to == 1 {
			to = math.Inf(1)
		}
		return band.meets(from*s.seconds, to*s.seconds, s.seconds)
	}
	best := math.Inf(1)
	way := boxOf(s.here, s.ahead)
	visit := func(from, to float64) {
		if to >= 1 { // and beyond the look-ahead
			to = math.Inf(1)
		}
		if at, ok := band.meets(from*s.seconds, to*s.seconds, s.seconds); ok {
			best = min(best, at)
		}
	}
	for i := range sh.polygons {
		p := &sh.polygons[i]
		switch {
		case !p.reach.meets(way):
		case sh.grow > 0:
			throughGrown(p, sh.grow, s.here, s.ahead, p.contains(s.here), visit)
		default:
			throughPolygon(p, s.here, s.ahead, inside && (len(sh.polygons) == 1 || p.contains(s.here)), visit)
		}
	}
	return best, !math.IsInf(best, 1)
}

// meets answers the first instant that lies in s, between from and to, and not after limit.
func (s span) meets(from, to, limit float64) (float64, bool) {
	t := max(s.from, from)
	return t, t <= min(s.to, to) && t <= limit
}

// rimDistance answers the distance to the nearest rim in metres, negative inside; ok is false where it exceeds limit.
// In a union of polygons that overlap, the depth is that in the deepest one. 0 where nothing was found. In a corridor, and
// in a polygon with a buffer, the depth is a lower bound: that to the rim of the part that is nearest, which at the inner
// side of a bend, or where the buffer closes a hole or a bay, may not be a rim any more.
func (s *sight) rimDistance(sh *shape, inside bool, limit float64) (metres float64, ok bool) {
	if len(sh.polygons) == 0 {
		e, n := sh.circle.offset(s.here)
		d := math.Sqrt(e*e+n*n) - sh.circle.radius
		return d, d <= limit
	}
	if sh.grow > 0 {
		return s.grownDistance(sh, inside, limit)
	}
	best := math.Inf(1)
	if !inside {
		best = limit
	}
	lon, lat := s.here.degrees()
	for i := range sh.polygons {
		p := &sh.polygons[i]
		within := inside && (len(sh.polygons) == 1 || p.contains(s.here))
		if inside && !within {
			continue
		}
		n := nearest{sight: s, best2: math.Inf(1)}
		if !inside {
			n.best2 = best * best * 1.01 // the planar search is a little off; the distance below decides
		}
		n.leap(p)
		n.search(p, len(p.tree)-1, 0, len(p.tree[len(p.tree)-1]))
		if !n.found {
			continue
		}
		d := distance(lon, lat, lon+n.dx/unit, lat+n.dy/unit)
		if within {
			d = -d
		}
		if d <= best {
			best, ok = d, true
		}
	}
	if !ok {
		return 0, false
	}
	return best, true
}

// grownDistance is rimDistance for polygons or a line that have grown.
func (s *sight) grownDistance(sh *shape, inside bool, limit float64) (metres float64, ok bool) {
	best := math.Inf(1)
	if !inside {
		best = limit
	}
	for i := range sh.polygons {
		d, near := sh.polygons[i].signed(s.here, best+sh.grow)
		if !near {
			continue
		}
		if d -= sh.grow; inside {
			d = min(0, d)
		}
		if d <= best {
			best, ok = d, true
		}
	}
	if !ok {
		return 0, false
	}
	return best, true
}

// nearest searches the nearest place of a rim.
type nearest struct {
	sight  *sight
	best2  float64 // square of the planar distance, metres
	dx, dy float64 // from here, nanodegrees
	found  bool
}

// leap looks first where it is likely, so that the search has little left to look at.
func (n *nearest) leap(p *polygon) {
	from, to := 0, len(p.tree[len(p.tree)-1])
	for level := len(p.tree) - 1; ; level-- {
		at, best2 := -1, n.best2
		for i := from; i < to; i++ {
			if d2 := n.toBox(p.tree[level][i].box()); d2 < best2 {
				at, best2 = i, d2
			}
		}
		switch {
		case at < 0:
			return
		case level == 0:
			for k := at * fan; k < min((at+1)*fan, len(p.points)-1); k++ {
				n.edge(p, p.points[k], p.points[k+1])
			}
			return
		}
		from, to = at*fan, min((at+1)*fan, len(p.tree[level-1]))
	}
}

// toBox is the square of the planar distance to a box.
func (n *nearest) toBox(b box) float64 {
	if b.empty() {
		return math.Inf(1)
	}
	s := n.sight
	x := float64(max(b.x0-s.here.x, 0, s.here.x-b.x1)) * s.kx
	y := float64(max(b.y0-s.here.y, 0, s.here.y-b.y1)) * s.ky
	return x*x + y*y
}

func (n *nearest) search(p *polygon, level, from, to int) {
	for i := from; i < to; i++ {
		if n.toBox(p.tree[level][i].box()) > n.best2 {
			continue
		}
		if level > 0 {
			n.search(p, level-1, i*fan, min((i+1)*fan, len(p.tree[level-1])))
			continue
		}
		for k := i * fan; k < min((i+1)*fan, len(p.points)-1); k++ {
			n.edge(p, p.points[k], p.points[k+1])
		}
	}
}

func (n *nearest) edge(p *polygon, a, b point) {
	if a == ringBreak || b == ringBreak || p.seam && a.x == b.x && abs(a.x) == halfTurn {
		return
	}
	s := n.sight
	ax, ay := float64(a.x-s.here.x)*s.kx, float64(a.y-s.here.y)*s.ky
	dx, dy := float64(b.x-a.x)*s.kx, float64(b.y-a.y)*s.ky
	t := 0.0
	if l2 := dx*dx + dy*dy; l2 > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/l2))
	}
	x, y := ax+t*dx, ay+t*dy
	if d2 := x*x + y*y; d2 <= n.best2 {
		n.best2, n.dx, n.dy, n.found = d2, x/s.kx, y/s.ky, true
	}
}
