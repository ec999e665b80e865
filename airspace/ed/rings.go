package ed

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// maxTurns bounds the work of deciding which rings are holes: vertices of rings times vertices of what they may lie in,
// well under a second.
const maxTurns = 20_000_000

// Shapes reads the places of one zone; it counts positions over all of its volumes.
type Shapes struct {
	Notes *Notes
	count int
	extra bool
	text  bool
}

// Point reads [longitude, latitude].
func (s *Shapes) Point(v Value) (p orb.Point, err error) {
	k := 0
	for e := range v.raws() {
		if k < 2 {
			f, text, ok := e.Number()
			if !ok {
				return p, Refuse(v.Place, "position_unreadable", "must be [longitude, latitude] in numbers")
			}
			p[k], s.text = f, s.text || text
		}
		k++
	}
	if k < 2 {
		return p, Refuse(v.Place, "position_unreadable", "must be [longitude, latitude]")
	}
	s.extra = s.extra || k > 2
	if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return p, Refuse(v.Place, "position_off_earth", "is %g, %g: beyond ±180 of longitude or ±90 of latitude", p[0], p[1])
	}
	return p, nil
}

func (s *Shapes) ring(v Value, place string) (orb.Ring, error) {
	if !v.IsArray() {
		return nil, Refuse(place, "ring_unreadable", "must be a ring, a list of positions")
	}
	var r orb.Ring
	for e := range v.raws() {
		if s.count++; s.count > airspace.MaxVertices {
			return nil, Refuse(place, "too_many_positions", "the zone has more than %d positions", airspace.MaxVertices)
		}
		e.Place = place
		p, err := s.Point(e)
		if err != nil {
			return nil, err
		}
		r = append(r, p)
	}
	if len(r) == 0 {
		return nil, Refuse(place, "ring_empty", "is empty")
	}
	return r, nil
}

// Polygon reads the rings of a polygon. Rings after the first are holes where they lie in it; the others are polygons of
// their own, so the answer may be several.
func (s *Shapes) Polygon(v Value) (orb.MultiPolygon, error) {
	if !v.IsArray() {
		return nil, Refuse(v.Place, "coordinates_missing", "must be a list of rings")
	}
	// [[lon, lat], …] instead of [[[lon, lat], …]]: one ring, its brackets forgotten.
	for ring := range v.raws() {
		for e := range ring.raws() {
			if !e.IsArray() {
				r, err := s.ring(v, v.Place)
				if err != nil {
					return nil, err
				}
				s.Notes.Repair(v.Place, "ring_brackets", "is one ring where a list of rings belongs: read as the only one")
				return orb.MultiPolygon{{r}}, nil
			}
			break
		}
		break
	}
	var rings orb.Polygon
	for i, e := range v.Elements() {
		if i >= airspace.MaxParts {
			return nil, Refuse(v.Place, "too_many_rings", "has more than %d rings", airspace.MaxParts)
		}
		r, err := s.ring(e, e.Place)
		if err != nil {
			return nil, err
		}
		rings = append(rings, r)
	}
	if len(rings) == 0 {
		return nil, Refuse(v.Place, "ring_empty", "has no ring")
	}
	out, ok := Nest(rings)
	if !ok {
		return nil, Refuse(v.Place, "too_intricate", "has rings that are too intricate to be told from holes")
	}
	if len(out) > 1 {
		s.Notes.Repair(v.Place, "ring_outside", "has %d rings that do not lie in the first one: read as polygons of their own, not as holes", len(out)-1)
	}
	return out, nil
}

// Polygons reads a GeoJSON MultiPolygon.
func (s *Shapes) Polygons(v Value) (orb.MultiPolygon, error) {
	if !v.IsArray() {
		return nil, Refuse(v.Place, "coordinates_missing", "must be a list of polygons")
	}
	var out orb.MultiPolygon
	for i, e := range v.Elements() {
		if i >= airspace.MaxParts {
			return nil, Refuse(v.Place, "too_many_rings", "has more than %d polygons", airspace.MaxParts)
		}
		p, err := s.Polygon(e)
		if err != nil {
			return nil, err
		}
		out = append(out, p...)
	}
	if len(out) == 0 {
		return nil, Refuse(v.Place, "ring_empty", "has no polygon")
	}
	return out, nil
}

// Circle makes a circle of a centre and a radius in metres, or in feet.
func (s *Shapes) Circle(centre, radius Value, feet bool) (lowsky.Geometry, error) {
	p, err := s.Point(centre)
	if err != nil {
		return lowsky.Geometry{}, err
	}
	f, text, ok := radius.Number()
	if !ok || f <= 0 {
		return lowsky.Geometry{}, Refuse(radius.Place, "radius_unreadable", "must be a number above 0")
	}
	s.text = s.text || text
	if feet {
		f *= Foot
	}
	return lowsky.Geometry{Centre: p, Radius: lowsky.Metres(f)}, nil
}

// Done remarks on what all positions had in common.
func (s *Shapes) Done(place string) {
	if s.extra {
		s.Notes.Note(place, "third_ordinate", "has positions with more than longitude and latitude: the rest is left out")
	}
	if s.text {
		s.Notes.Repair(place, "number_as_text", "has numbers given as text: read as numbers")
	}
}

// Nest sorts rings into polygons: a ring that lies in the first one and in no hole of it is a hole; every other one is a
// polygon by itself. When in doubt a ring is no hole, so that the area becomes larger, never smaller. ok is false where
// that would take too long to tell.
func Nest(rings orb.Polygon) (_ orb.MultiPolygon, ok bool) {
	first := orb.Polygon{rings[0]}
	boxes := []orb.Bound{rings[0].Bound()}
	var others orb.MultiPolygon
	turns := 0
	for _, r := range rings[1:] {
		turns += len(r) * len(rings[0])
		hole := turns <= maxTurns && encloses(rings[0], r)
		box := r.Bound()
		for k, h := range first[1:] {
			if !hole {
				break
			}
			// Boxes over ±180° span the world, so they meet whatever there is.
			if !boxes[k+1].Intersects(box) {
				continue
			}
			if turns += len(r) * len(h); turns > maxTurns || overlaps(h, r) {
				hole = false
			}
		}
		if turns > maxTurns {
			return nil, false
		}
		if hole {
			first, boxes = append(first, r), append(boxes, box)
		} else {
			others = append(others, orb.Polygon{r})
		}
	}
	return append(orb.MultiPolygon{first}, others...), true
}

// rimSlack is how far outside of a ring a vertex may lie and still count as on its rim, in degrees (0.1 mm).
const rimSlack = 1e-9

// encloses reports whether every vertex of inner lies in outer or on its rim.
func encloses(outer, inner orb.Ring) bool {
	for _, p := range inner {
		if side(outer, p) < 0 {
			return false
		}
	}
	return true
}

// overlaps reports whether some vertex of one of the rings, or the middle of some edge of r, lies inside the other.
func overlaps(h, r orb.Ring) bool {
	for i, p := range r {
		if side(h, p) > 0 {
			return true
		}
		if i > 0 {
			a, b := r[i-1], near(p, r[i-1])
			if side(h, orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}) > 0 {
				return true
			}
		}
	}
	for _, p := range h {
		if side(r, p) > 0 {
			return true
		}
	}
	return false
}

// near answers p with its longitude on the side of 180° that is nearer to q.
func near(p, q orb.Point) orb.Point {
	if d := p[0] - q[0]; d > 180 {
		p[0] -= 360
	} else if d < -180 {
		p[0] += 360
	}
	return p
}

// side is 1 inside of a ring, 0 on its rim, -1 outside. The ring need not be closed.
func side(r orb.Ring, p orb.Point) int {
	inside := false
	a := near(r[len(r)-1], p)
	for _, v := range r {
		b := near(v, a)
		dx, dy := b[0]-a[0], b[1]-a[1]
		// The place on the edge that is nearest to p.
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
		}
		if math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1]) <= rimSlack {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+dx*(p[1]-a[1])/dy {
			inside = !inside
		}
		a = b
	}
	if inside {
		return 1
	}
	return -1
}

// Wound answers the rings by the right-hand rule (RFC 7946 §3.1.6): outer ones counter-clockwise, holes clockwise.
func Wound(p orb.Polygon) orb.Polygon {
	out := make(orb.Polygon, len(p))
	for i, r := range p {
		out[i] = r
		if len(r) > 0 && (turning(r) > 0) != (i == 0) {
			out[i] = r.Clone()
			out[i].Reverse()
		}
	}
	return out
}

func turning(r orb.Ring) float64 {
	sum, a := 0.0, r[0]
	for _, v := range r[1:] {
		b := near(v, a)
		sum += (a[0]-r[0][0])*(b[1]-r[0][1]) - (b[0]-r[0][0])*(a[1]-r[0][1])
		a = b
	}
	return sum
}

// same reports whether two geometries are the same to the last bit.
func same(a, b lowsky.Geometry) bool {
	if a.Centre != b.Centre || a.Radius != b.Radius || a.Width != b.Width || len(a.Line) != len(b.Line) || len(a.Polygons) != len(b.Polygons) {
		return false
	}
	for i := range a.Line {
		if a.Line[i] != b.Line[i] {
			return false
		}
	}
	for i := range a.Polygons {
		if !a.Polygons[i].Equal(b.Polygons[i]) {
			return false
		}
	}
	return true
}
