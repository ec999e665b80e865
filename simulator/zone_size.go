package simulator

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"

	"lowsky"
)

// depthOf answers how deep the deepest place of a zone lies inside its rim, buffer included, metres: what a breach can
// reach at most. For a polygon it is found to half a metre.
func depthOf(z *lowsky.Zone) float64 {
	buffer := float64(z.Buffer.Or(0))
	g := z.Geometry
	switch {
	case g.IsCircle():
		return float64(g.Radius) + buffer
	case g.IsCorridor():
		return float64(g.Width)/2 + buffer
	}
	deepest := 0.0
	for _, p := range g.Polygons {
		deepest = math.Max(deepest, inscribed(p))
	}
	return deepest + buffer
}

// distance answers how far the nearest of the places that a zone is made of lies from the origin, metres.
func (f frame) distance(z *lowsky.Zone) float64 {
	g := z.Geometry
	if g.IsCircle() {
		return math.Max(0, f.vec(Point{g.Centre[0], g.Centre[1]}).length()-float64(g.Radius))
	}
	near := math.Inf(1)
	look := func(list []orb.Point) {
		for _, p := range list {
			near = math.Min(near, f.vec(Point{p[0], p[1]}).length())
		}
	}
	look(g.Line)
	for _, p := range g.Polygons {
		look(p[0])
	}
	return near
}

// inscribed answers the radius of the largest circle in a polygon with holes: squares are halved, those first that may
// hold the deepest place, until none can hold one half a metre deeper.
func inscribed(p orb.Polygon) float64 {
	f := newFrame(Point{p[0][0][0], p[0][0][1]})
	rings := make([][]vec, len(p))
	for i, r := range p {
		rings[i] = f.flat(r)
	}
	lo, hi := rings[0][0], rings[0][0]
	for _, v := range rings[0] {
		lo = vec{math.Min(lo.e, v.e), math.Min(lo.n, v.n)}
		hi = vec{math.Max(hi.e, v.e), math.Max(hi.n, v.n)}
	}
	side := math.Min(hi.e-lo.e, hi.n-lo.n)
	if side <= 0 {
		return 0
	}
	const most = 16 // squares along the longer side
	side = math.Max(side, math.Max(hi.e-lo.e, hi.n-lo.n)/most)
	var squares squares
	best := 0.0
	look := func(centre vec, half float64) {
		depth := signedDepth(rings, centre)
		best = math.Max(best, depth)
		if reach := depth + half*math.Sqrt2; reach > best+0.5 {
			heap.Push(&squares, square{centre, half, reach})
		}
	}
	for e := lo.e + side/2; e < hi.e+side/2; e += side {
		for n := lo.n + side/2; n < hi.n+side/2; n += side {
			look(vec{e, n}, side/2)
		}
	}
	for range 400 { // enough for half a metre in every outline that is not made to be awkward
		if len(squares) == 0 {
			break
		}
		s := heap.Pop(&squares).(square)
		if s.reach <= best+0.5 {
			break
		}
		h := s.half / 2
		for _, off := range [4]vec{{-h, -h}, {-h, h}, {h, -h}, {h, h}} {
			look(s.centre.add(off), h)
		}
	}
	return best
}

type square struct {
	centre vec
	half   float64
	reach  float64 // no place in it is deeper
}

type squares []square

func (q squares) Len() int           { return len(q) }
func (q squares) Less(i, j int) bool { return q[i].reach > q[j].reach }
func (q squares) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *squares) Push(x any)        { *q = append(*q, x.(square)) }
func (q *squares) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// signedDepth answers how far the place is from the nearest rim, negative outside the polygon.
func signedDepth(rings [][]vec, at vec) float64 {
	inside := within(rings[0], at)
	near := math.Inf(1)
	for i, r := range rings {
		if i > 0 && within(r, at) {
			inside = false
		}
		for k := 1; k < len(r); k++ {
			near = math.Min(near, toSegment(at, r[k-1], r[k]))
		}
	}
	if inside {
		return near
	}
	return -near
}

// flat brings a ring onto the map; repeated places are one.
func (f frame) flat(r orb.Ring) []vec {
	out := make([]vec, 0, len(r))
	for _, p := range r {
		v := f.vec(Point{p[0], p[1]})
		if len(out) == 0 || v.sub(out[len(out)-1]).length() > 1e-3 {
			out = append(out, v)
		}
	}
	return out
}

// area of a closed ring, square metres, positive when it runs anticlockwise.
func area(r []vec) float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += r[i-1].e*r[i].n - r[i].e*r[i-1].n
	}
	return sum / 2
}

// within reports whether the place lies in a closed ring; on the rim either answer may come.
func within(r []vec, at vec) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.n > at.n) != (b.n > at.n) && at.e < a.e+(at.n-a.n)/(b.n-a.n)*(b.e-a.e) {
			in = !in
		}
	}
	return in
}

// toSegment answers the distance from a place to the line from a to b.
func toSegment(at, a, b vec) float64 {
	line := b.sub(a)
	t := 0.0
	if l := line.dot(line); l > 0 {
		t = math.Min(1, math.Max(0, at.sub(a).dot(line)/l))
	}
	return at.sub(a.add(line.times(t))).length()
}

// crossesItself reports whether two sides of a closed ring that are not neighbours meet.
func crossesItself(r []vec) bool {
	side := func(a, b, c vec) float64 { return (b.e-a.e)*(c.n-a.n) - (b.n-a.n)*(c.e-a.e) }
	n := len(r) - 1
	for i := range n {
		for k := i + 2; k < n; k++ {
			if i == 0 && k == n-1 {
				continue // the last side ends where the first begins
			}
			a, b, c, e := r[i], r[i+1], r[k], r[k+1]
			if side(a, b, c)*side(a, b, e) < 0 && side(c, e, a)*side(c, e, b) < 0 {
				return true
			}
		}
	}
	return false
}
