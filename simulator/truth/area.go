package truth

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/simulator"
)

// area is a horizontal shape on a plane of its own: a disc, a corridor, or polygons with holes; each widened by a
// buffer.
type area struct {
	plane
	centre    vec
	radius    float64 // of a disc; 0: none
	line      []vec   // of a corridor
	polygons  [][][]vec
	grow      float64 // buffer, and half the width of a corridor
	low, high vec     // box around all of it
}

// newArea brings a geometry of a zone to a plane around its middle.
func newArea(g lowsky.Geometry, buffer float64) *area {
	s := &area{grow: buffer}
	switch {
	case g.IsCircle():
		s.plane = newPlane(place(g.Centre))
		s.shrink = math.Tan(g.Centre[1]*radian) * radian
		s.radius = float64(g.Radius)
		r := s.radius + s.grow
		s.low, s.high = vec{-r, -r}, vec{r, r}
		return s
	case g.IsCorridor():
		s.plane = newPlane(place(g.Line.Bound().Center()))
		s.grow += float64(g.Width) / 2
		s.line = s.points(g.Line)
	default:
		s.plane = newPlane(place(g.Polygons.Bound().Center()))
		for _, p := range g.Polygons {
			rings := make([][]vec, 0, len(p))
			for _, r := range p {
				rings = append(rings, s.points(orb.LineString(r)))
			}
			s.polygons = append(s.polygons, rings)
		}
	}
	s.low, s.high = vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	s.include(s.line)
	for _, p := range s.polygons {
		for _, r := range p {
			s.include(r)
		}
	}
	s.low, s.high = s.low.minus(vec{s.grow, s.grow}), s.high.plus(vec{s.grow, s.grow})
	return s
}

func place(p orb.Point) simulator.Point { return simulator.Point{Longitude: p[0], Latitude: p[1]} }

func (s *area) points(l orb.LineString) []vec {
	out := make([]vec, len(l))
	for i, p := range l {
		out[i] = s.at(place(p))
	}
	return out
}

func (s *area) include(pts []vec) {
	for _, p := range pts {
		s.low = vec{min(s.low.e, p.e), min(s.low.n, p.n)}
		s.high = vec{max(s.high.e, p.e), max(s.high.n, p.n)}
	}
}

// toBox answers the distance of p from the box around the shape, 0 in it: never more than from the shape.
func (s *area) toBox(p vec) float64 {
	e, n := max(s.low.e-p.e, 0, p.e-s.high.e), max(s.low.n-p.n, 0, p.n-s.high.n)
	if e == 0 || n == 0 {
		return e + n
	}
	return math.Sqrt(e*e + n*n)
}

// distance answers how far p is from the rim, negative inside.
func (s *area) distance(p vec) float64 {
	if s.radius > 0 {
		return p.minus(s.centre).length() - s.radius - s.grow
	}
	best := math.Inf(1)
	for i := 0; i+1 < len(s.line); i++ {
		best = min(best, fromSegment(p, s.line[i], s.line[i+1]))
	}
	if len(s.line) == 1 {
		best = p.minus(s.line[0]).length()
	}
	for _, rings := range s.polygons {
		best = min(best, fromPolygon(p, rings))
	}
	return best - s.grow
}

// fromPolygon answers how far p is from the rings of one polygon, negative where it is inside: an odd number of rings
// around it.
func fromPolygon(p vec, rings [][]vec) float64 {
	inside, least := false, math.Inf(1)
	for _, r := range rings {
		for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
			a, b := r[j], r[i]
			if (a.n > p.n) != (b.n > p.n) && p.e < a.e+(p.n-a.n)/(b.n-a.n)*(b.e-a.e) {
				inside = !inside
			}
			least = min(least, fromSegment(p, a, b))
		}
	}
	if inside {
		return -least
	}
	return least
}

// touches reports whether the segment a–b has a point of the shape.
func (s *area) touches(a, b vec) bool { return s.clearance(a, b) <= 0 }

// clearance answers how far the segment a–b stays from the shape, 0 or below where it touches it.
func (s *area) clearance(a, b vec) float64 {
	if s.radius > 0 {
		return fromSegment(s.centre, a, b) - s.radius - s.grow
	}
	best := math.Inf(1)
	for i := 0; i+1 < len(s.line); i++ {
		best = min(best, betweenSegments(a, b, s.line[i], s.line[i+1]))
	}
	for _, rings := range s.polygons {
		if fromPolygon(a, rings) <= 0 {
			return -s.grow
		}
		for _, r := range rings {
			for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
				best = min(best, betweenSegments(a, b, r[j], r[i]))
			}
		}
	}
	return best - s.grow
}

// firm reports whether the segment a–b touches the shape, and does so however it is moved by up to off: a corner that
// is cut by less is not firm, a thin strip flown through is.
func (s *area) firm(a, b vec, off float64) bool {
	if !s.touches(a, b) {
		return false
	}
	for _, part := range [...]float64{1, 0.5} {
		for i := range 16 {
			sin, cos := math.Sincos(float64(i) * math.Pi / 8)
			move := vec{cos, sin}.times(off * part)
			if !s.touches(a.plus(move), b.plus(move)) {
				return false
			}
		}
	}
	return true
}
