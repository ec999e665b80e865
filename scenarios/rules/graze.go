package rules

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// grazes reports whether a crossing could be an artefact of position errors: whether the segment, moved by up to off to
// one of eight sides, would not touch the zone at all. A corner cut by less than that grazes; a thin strip flown through
// does not, however thin it is.
//
//	  ┌────┐          ┌────┐
//	  │    │        ──┼────┼─→  crossed: moved up or down it still touches
//	╲ └────┘          └────┘
//	 ╲                grazed: moved to the lower left it does not
//
// It allocates; crossings are rare.
func grazes(z *lowsky.Zone, from, to lowsky.Position, off lowsky.Metres) bool {
	touches, always := swept(z, from, to, off)
	return touches && !always // where it does not touch it is not what the relation is about, which is left to that
}

// through reports whether the segment goes through the zone for certain: wherever it is moved it touches.
func through(z *lowsky.Zone, from, to lowsky.Position, off lowsky.Metres) bool {
	touches, always := swept(z, from, to, off)
	return touches && always
}

// swept answers whether the segment touches the zone, and whether it does wherever it is moved.
func swept(z *lowsky.Zone, from, to lowsky.Position, off lowsky.Metres) (touches, always bool) {
	p := newPlane(to)
	a, b := p.at(from.Point()), p.at(to.Point())
	if !p.touches(z, a, b) {
		return false, false
	}
	for i := range 8 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 4)
		move := vector{cos * float64(off), sin * float64(off)}
		if !p.touches(z, a.plus(move), b.plus(move)) {
			return true, false
		}
	}
	return true, true
}

// vector is a place in a plane, metres east and north of its origin.
type vector struct{ x, y float64 }

func (v vector) plus(w vector) vector { return vector{v.x + w.x, v.y + w.y} }

// plane is flat ground around an origin: good to a few decimetres over the kilometre that a segment may be long.
type plane struct {
	origin         orb.Point
	perLon, perLat float64 // metres in a degree
}

func newPlane(origin lowsky.Position) plane {
	const step = 0.001 // degrees
	east, north := origin, origin
	east.Longitude += step
	north.Latitude += step
	if north.Latitude > 90 {
		north.Latitude -= 2 * step
	}
	return plane{origin.Point(), float64(airspace.Distance(origin, east)) / step, float64(airspace.Distance(origin, north)) / step}
}

// at answers a point in the plane; the antimeridian is crossed the short way.
func (p plane) at(pt orb.Point) vector {
	east := pt[0] - p.origin[0]
	if east > 180 || east < -180 {
		east = math.Remainder(east, 360)
	}
	return vector{east * p.perLon, (pt[1] - p.origin[1]) * p.perLat}
}

// touches reports whether the segment a–b has a point in common with the zone's area, any of its volumes, buffer included.
func (p plane) touches(z *lowsky.Zone, a, b vector) bool {
	for i := range z.VolumeCount() {
		if p.touchesArea(z.Volume(i).Geometry, float64(z.Buffer.Or(0)), a, b) {
			return true
		}
	}
	return false
}

func (p plane) touchesArea(g lowsky.Geometry, buffer float64, a, b vector) bool {
	switch {
	case g.IsCircle():
		return distanceToSegment(p.at(g.Centre), a, b) <= float64(g.Radius)+buffer
	case g.IsCorridor():
		return p.nearLine(g.Line, float64(g.Width)/2+buffer, a, b)
	}
	for _, poly := range g.Polygons {
		if p.touchesPolygon(poly, a, b) {
			return true
		}
		if buffer <= 0 {
			continue
		}
		for _, ring := range poly {
			if p.nearLine(orb.LineString(ring), buffer, a, b) {
				return true
			}
		}
	}
	return false
}

// nearLine reports whether the segment a–b comes within reach of the line.
func (p plane) nearLine(line orb.LineString, reach float64, a, b vector) bool {
	for i := 0; i+1 < len(line); i++ {
		c, d := p.at(line[i]), p.at(line[i+1])
		if segmentsNear(a, b, c, d, reach) {
			return true
		}
	}
	return false
}

func (p plane) touchesPolygon(poly orb.Polygon, a, b vector) bool {
	inside := false
	for _, ring := range poly {
		for i := 0; i+1 < len(ring); i++ {
			c, d := p.at(ring[i]), p.at(ring[i+1])
			if meet(a, b, c, d) {
				return true
			}
			if (c.y > a.y) != (d.y > a.y) && a.x < c.x+(a.y-c.y)/(d.y-c.y)*(d.x-c.x) {
				inside = !inside
			}
		}
	}
	return inside
}

// segmentsNear reports whether two segments come within reach of each other.
func segmentsNear(a, b, c, d vector, reach float64) bool {
	return meet(a, b, c, d) || min(distanceToSegment(a, c, d), distanceToSegment(b, c, d),
		distanceToSegment(c, a, b), distanceToSegment(d, a, b)) <= reach
}

// meet reports whether two segments have a point in common; parallel ones that overlap count as not meeting, which the
// ends of the rings beside them make up for.
func meet(a, b, c, d vector) bool {
	s1, s2 := side(c, d, a), side(c, d, b)
	s3, s4 := side(a, b, c), side(a, b, d)
	return (s1 <= 0) != (s2 <= 0) && (s3 <= 0) != (s4 <= 0)
}

// side is positive where p lies left of the line from a to b.
func side(a, b, p vector) float64 { return (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x) }

func distanceToSegment(p, a, b vector) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}
