package airspace

import (
	"math"

	"lowsky"
)

// WGS-84, NIMA TR8350.2 third edition, table 3.1: semi-major axis in metres and flattening.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
	ecc2       = flattening * (2 - flattening) // first eccentricity squared
	radian     = math.Pi / 180
)

// localLimit is how far apart two points may be, in metres, for the local radii to be used.
const localLimit = 100_000

// radii answers the radii of curvature at a latitude in radians: along the meridian (M) and, already multiplied by the
// cosine of the latitude, along the parallel (N cos φ). Metres per radian of latitude and of longitude.
func radii(lat float64) (meridian, parallel float64) {
	s, c := math.Sincos(lat)
	w2 := 1 - ecc2*s*s
	n := semiMajor / math.Sqrt(w2)
	return n * (1 - ecc2) / w2, n * c
}

// local answers b as metres east and north of a, with the radii at their mean latitude. Longitudes go the shorter way.
func local(aLon, aLat, bLon, bLat float64) (east, north float64) {
	m, p := radii((aLat + bLat) / 2 * radian)
	return wrapDegrees(bLon-aLon) * radian * p, (bLat - aLat) * radian * m
}

// wrapDegrees brings a difference of longitudes into [-180, 180].
func wrapDegrees(d float64) float64 {
	if d > 180 || d < -180 {
		d = math.Remainder(d, 360)
	}
	return d
}

// Distance between two positions along the ellipsoid in metres; heights do not count. Up to 100 km it uses the local
// WGS-84 radii at the mean latitude: between 70° S and 70° N the error is below 1e-6 of the distance up to 10 km (1 cm)
// and below 1e-4 up to 100 km. Beyond that it uses Lambert's formula for long lines: within 50 m up to 10,000 km, and
// within 0.5 % for nearly antipodal points. Not finite positions give NaN.
func Distance(a, b lowsky.Position) lowsky.Metres {
	return lowsky.Metres(distance(float64(a.Longitude), float64(a.Latitude), float64(b.Longitude), float64(b.Latitude)))
}

func distance(aLon, aLat, bLon, bLat float64) float64 {
	if east, north := local(aLon, aLat, bLon, bLat); math.Abs(east) < localLimit && math.Abs(north) < localLimit && math.Abs(aLat+bLat) < 170 {
		return math.Sqrt(east*east + north*north)
	}
	return lambert(aLon, aLat, bLon, bLat)
}

// lambert is the formula of W. D. Lambert (1942) for long lines on an ellipsoid: the great circle on the sphere of
// reduced latitudes, corrected to first order in the flattening.
func lambert(aLon, aLat, bLon, bLat float64) float64 {
	b1 := math.Atan((1 - flattening) * math.Tan(aLat*radian))
	b2 := math.Atan((1 - flattening) * math.Tan(bLat*radian))
	hs := math.Sin((b2 - b1) / 2)
	hl := math.Sin(wrapDegrees(bLon-aLon) * radian / 2)
	h := hs*hs + math.Cos(b1)*math.Cos(b2)*hl*hl
	sigma := 2 * math.Asin(math.Sqrt(min(1, h)))
	if sigma == 0 || sigma > 3.1 {
		return semiMajor * (1 - flattening/3) * sigma
	}
	sp, cp := math.Sincos((b1 + b2) / 2)
	sq, cq := math.Sincos((b2 - b1) / 2)
	ss, cs := math.Sincos(sigma / 2)
	x := (sigma - math.Sin(sigma)) * sp * sp * cq * cq / (cs * cs)
	y := (sigma + math.Sin(sigma)) * cp * cp * sq * sq / (ss * ss)
	return semiMajor * (sigma - flattening/2*(x+y))
}

// Course from a to b in degrees clockwise from true north, [0, 360): up to 100 km the constant course on the local
// radii, beyond it the first course of the great circle. 0 when both are the same place.
func Course(a, b lowsky.Position) lowsky.Degrees {
	aLon, aLat, bLon, bLat := float64(a.Longitude), float64(a.Latitude), float64(b.Longitude), float64(b.Latitude)
	east, north := local(aLon, aLat, bLon, bLat)
	if math.Abs(east) > localLimit || math.Abs(north) > localLimit {
		l := wrapDegrees(bLon-aLon) * radian
		s1, c1 := math.Sincos(aLat * radian)
		s2, c2 := math.Sincos(bLat * radian)
		east, north = math.Sin(l)*c2, c1*s2-s1*c2*math.Cos(l)
	}
	deg := math.Atan2(east, north) / radian
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 { // a tiny negative angle rounds up to it
		deg = 0
	}
	return lowsky.Degrees(deg)
}

// Offset answers the position that lies metres away from p on a course (degrees clockwise from true north), with the
// heights of p. It is the inverse of Distance and Course to 1 cm up to 10 km between 70° S and 70° N; it is not meant
// for more than 100 km or for the poles, where the latitude is held at ±90°.
func Offset(p lowsky.Position, course lowsky.Degrees, metres lowsky.Metres) lowsky.Position {
	s, c := math.Sincos(float64(course) * radian)
	lat := float64(p.Latitude)
	m, par := radii(lat * radian)
	for range 2 { // the radii belong to the mean latitude, which the first step finds well enough
		m, par = radii((lat + float64(metres)*c/m/radian/2) * radian)
	}
	p.Latitude = lowsky.Degrees(max(-90, min(90, lat+float64(metres)*c/m/radian)))
	p.Longitude = lowsky.Degrees(wrapDegrees(float64(p.Longitude) + float64(metres)*s/par/radian))
	return p
}
