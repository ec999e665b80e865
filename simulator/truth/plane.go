package truth

import (
	"math"

	"lowsky/simulator"
)

// The WGS-84 ellipsoid.
const (
	semiMajor     = 6378137.0         // m
	eccentricity2 = 0.006694379990141 // squared, first
	radian        = math.Pi / 180
)

// plane is flat ground around a place. Lengths are good to 0.02 % some kilometres from it, and where a shape and a point
// near its rim both lie in it their distance is.
type plane struct {
	origin         simulator.Point
	perLon, perLat float64 // metres per degree
	// shrink is by how much perLon falls per degree of latitude. Only large discs need it; polygons leave it 0, so that
	// their edges stay straight.
	shrink float64
}

// newPlane takes the two radii of curvature at o: along the parallel and along the meridian.
func newPlane(o simulator.Point) plane {
	sin, cos := math.Sincos(o.Latitude * radian)
	w := math.Sqrt(1 - eccentricity2*sin*sin)
	return plane{
		origin: o, perLon: semiMajor / w * cos * radian, perLat: semiMajor * (1 - eccentricity2) / (w * w * w) * radian,
	}
}

func (p *plane) at(pt simulator.Point) vec {
	lat := pt.Latitude - p.origin.Latitude
	lon := pt.Longitude - p.origin.Longitude
	if lon > 180 {
		lon -= 360
	} else if lon < -180 {
		lon += 360
	}
	// A degree of longitude is as long as half way between the two: the radius of a large circle needs it.
	return vec{lon * p.perLon * (1 - p.shrink*lat/2), lat * p.perLat}
}

// vec is metres east and north.
type vec struct{ e, n float64 }

func (a vec) plus(b vec) vec      { return vec{a.e + b.e, a.n + b.n} }
func (a vec) minus(b vec) vec     { return vec{a.e - b.e, a.n - b.n} }
func (a vec) times(k float64) vec { return vec{a.e * k, a.n * k} }
func (a vec) dot(b vec) float64   { return a.e*b.e + a.n*b.n }
func (a vec) cross(b vec) float64 { return a.e*b.n - a.n*b.e }
func (a vec) length() float64     { return math.Sqrt(a.e*a.e + a.n*a.n) }
func along(course, speed float64) vec {
	s, c := math.Sincos(course * radian)
	return vec{s * speed, c * speed}
}

// fromSegment answers the distance of p from the segment a–b.
func fromSegment(p, a, b vec) float64 {
	d := b.minus(a)
	t := 0.
	if l := d.dot(d); l > 0 {
		t = max(0, min(1, p.minus(a).dot(d)/l))
	}
	return p.minus(a.plus(d.times(t))).length()
}

// betweenSegments answers the distance of two segments, 0 where they meet.
func betweenSegments(a, b, c, d vec) float64 {
	ab, cd := b.minus(a), d.minus(c)
	if s1, s2 := ab.cross(c.minus(a)), ab.cross(d.minus(a)); s1*s2 <= 0 && (s1 != 0 || s2 != 0) {
		if t1, t2 := cd.cross(a.minus(c)), cd.cross(b.minus(c)); t1*t2 <= 0 {
			return 0
		}
	}
	return min(fromSegment(a, c, d), fromSegment(b, c, d), fromSegment(c, a, b), fromSegment(d, a, b))
}
