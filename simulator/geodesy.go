package simulator

import "math"

// Point is a place in WGS-84 degrees, written [longitude, latitude] in scenario files.
type Point struct {
	Longitude, Latitude float64
}

// frame is a flat map around one place: east and north in metres, from the two WGS-84 radii of curvature there. Within
// 30 km of its origin at Xianning's latitude a distance is off by less than 0.3 %; positions go both ways exactly.
type frame struct {
	origin         Point
	perLon, perLat float64 // metres per degree
}

const (
	wgs84A  = 6378137.0         // semi-major axis, m
	wgs84E2 = 0.006694379990141 // first eccentricity squared
)

func newFrame(o Point) frame {
	rad := math.Pi / 180
	s := math.Sin(o.Latitude * rad)
	w := 1 - wgs84E2*s*s
	return frame{
		origin: o,
		perLon: wgs84A / math.Sqrt(w) * math.Cos(o.Latitude*rad) * rad,
		perLat: wgs84A * (1 - wgs84E2) / (w * math.Sqrt(w)) * rad,
	}
}

func (f frame) vec(p Point) vec {
	return vec{(p.Longitude - f.origin.Longitude) * f.perLon, (p.Latitude - f.origin.Latitude) * f.perLat}
}

func (f frame) point(v vec) Point {
	return Point{f.origin.Longitude + v.e/f.perLon, f.origin.Latitude + v.n/f.perLat}
}

// vec is a flat vector: east, north, metres.
type vec struct{ e, n float64 }

func (a vec) add(b vec) vec       { return vec{a.e + b.e, a.n + b.n} }
func (a vec) sub(b vec) vec       { return vec{a.e - b.e, a.n - b.n} }
func (a vec) times(k float64) vec { return vec{a.e * k, a.n * k} }
func (a vec) dot(b vec) float64   { return a.e*b.e + a.n*b.n }
func (a vec) length() float64     { return math.Sqrt(a.e*a.e + a.n*a.n) }
func (a vec) course() float64     { return wrap360(math.Atan2(a.e, a.n) * 180 / math.Pi) }
func heading(deg float64) vec     { e, n := math.Sincos(deg * math.Pi / 180); return vec{e, n} }

// wrap360 brings an angle into [0, 360).
func wrap360(d float64) float64 {
	if d >= 0 && d < 360 {
		return d
	}
	d = math.Mod(d, 360)
	if d < 0 {
		d += 360
	}
	if d >= 360 { // -1e-15 + 360 rounds to 360
		d = 0
	}
	return d
}

// turn answers how far course a must turn to be b, in (-180, 180], clockwise positive.
func turn(a, b float64) float64 {
	d := wrap360(b - a)
	if d > 180 {
		d -= 360
	}
	return d
}
