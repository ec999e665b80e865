package airspace

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
)

// CRS is the coordinate reference system that a file's longitudes and latitudes are declared to be in. Inside the
// platform there is only WGS-84; everything else is converted once, when it comes in.
type CRS string

const (
	WGS84 CRS = "wgs84"
	// CGCS2000 (EPSG:4490) is that of official Chinese maps. It differs from WGS-84 by centimetres to a few decimetres
	// (plate motion since 2000.0), far below what zones are drawn to, so its numbers are taken as they are.
	CGCS2000 CRS = "cgcs2000"
	// GCJ02 is the shifted system of Chinese web maps, up to 720 m away from WGS-84 within China.
	GCJ02 CRS = "gcj02"
	// BD09 is GCJ-02 shifted once more, by Baidu: up to 1.6 km away from WGS-84.
	BD09 CRS = "bd09"
)

// The places for which GCJ-02 and BD-09 mean anything: the box within which the published transform shifts at all.
// It is wider than China; what lies in it but abroad is converted as well, since a file that declares such a system
// has all of its places from one map.
const (
	shiftedWest, shiftedEast   = 72.004, 137.8347
	shiftedSouth, shiftedNorth = 0.8293, 55.8271
)

// ParseCRS reads one of wgs84, cgcs2000, gcj02, bd09, in any case and with or without a hyphen. Anything else, also
// nothing, is an *lowsky.InvalidError of the field crs: a file without a declared system cannot be placed.
func ParseCRS(s string) (CRS, error) {
	switch c := CRS(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "-", "")); c {
	case WGS84, CGCS2000, GCJ02, BD09:
		return c, nil
	case "":
		return "", invalid("crs", "is not declared: wgs84, cgcs2000, gcj02 or bd09")
	}
	return "", invalid("crs", "is %.40q, which is not known: wgs84, cgcs2000, gcj02 or bd09", s)
}

// ToWGS84 converts [longitude, latitude] in degrees from c. From GCJ-02 and BD-09 the published transform is inverted
// iteratively: what it makes of the answer is p again to 1e-9 degrees (0.1 mm). A place outside of
// 72.004…137.8347° E, 0.8293…55.8271° N is an *lowsky.InvalidError in those two: there they are not defined, the file
// was declared wrongly, or longitude and latitude are swapped. So no shape is ever half shifted.
func (c CRS) ToWGS84(p orb.Point) (orb.Point, error) {
	if err := c.check(p); err != nil {
		return orb.Point{}, err
	}
	switch c {
	case BD09:
		p = invert(gcjToBD, p)
		fallthrough
	case GCJ02:
		p = invert(wgsToGCJ, p)
	}
	return p, nil
}

// FromWGS84 is the published transform to c. Errors as ToWGS84.
func (c CRS) FromWGS84(p orb.Point) (orb.Point, error) {
	if err := c.check(p); err != nil {
		return orb.Point{}, err
	}
	switch c {
	case GCJ02:
		p = wgsToGCJ(p)
	case BD09:
		p = gcjToBD(wgsToGCJ(p))
	}
	return p, nil
}

func (c CRS) check(p orb.Point) error {
	if _, err := ParseCRS(string(c)); err != nil {
		return err
	}
	switch {
	case !lowsky.Finite(p[0]) || !lowsky.Finite(p[1]):
		return invalid("position", "is not a number")
	case c == WGS84 || c == CGCS2000:
		return nil
	case p[0] < shiftedWest || p[0] > shiftedEast || p[1] < shiftedSouth || p[1] > shiftedNorth:
		return invalid("position", "%.6f, %.6f lies where %s is not defined: is the coordinate system declared right, and is the order longitude, latitude?", p[0], p[1], c)
	}
	return nil
}

// ConvertGeometry answers g in WGS-84. Positions of polygons, centre and centre line are converted one by one; radius
// and width stay, as they are metres on the ground. Edges are straight between the converted positions: against a line
// that is straight in GCJ-02 they are off by at most 0.1 m at a length of 1 km, 2.5 m at 5 km and 70 m at 100 km.
// g is not changed; from WGS-84 and CGCS2000 its rings are shared. Errors are *lowsky.InvalidError naming the place
// within the geometry ("polygons[0][1][7]") or the field crs.
func ConvertGeometry(g lowsky.Geometry, from CRS) (lowsky.Geometry, error) {
	from, err := ParseCRS(string(from))
	if err != nil {
		return lowsky.Geometry{}, err
	}
	out := g
	if g.Polygons != nil {
		out.Polygons = make(orb.MultiPolygon, len(g.Polygons))
	}
	for i, p := range g.Polygons {
		out.Polygons[i] = make(orb.Polygon, len(p))
		for k, r := range p {
			converted, err := from.convertAll(r, func() string { return fmt.Sprintf("polygons[%d][%d]", i, k) })
			if err != nil {
				return lowsky.Geometry{}, err
			}
			out.Polygons[i][k] = converted
		}
	}
	line, err := from.convertAll(g.Line, func() string { return "line" })
	if err != nil {
		return lowsky.Geometry{}, err
	}
	out.Line = line
	if g.IsCircle() {
		if out.Centre, err = from.ToWGS84(g.Centre); err != nil {
			return lowsky.Geometry{}, at("centre", err)
		}
	}
	return out, nil
}

func (c CRS) convertAll(ps []orb.Point, field func() string) ([]orb.Point, error) {
	if ps == nil {
		return nil, nil
	}
	out := make([]orb.Point, len(ps))
	for i, p := range ps {
		w, err := c.ToWGS84(p)
		if err != nil {
			return nil, at(fmt.Sprintf("%s[%d]", field(), i), err)
		}
		out[i] = w
	}
	if c == WGS84 || c == CGCS2000 {
		return ps, nil
	}
	return out, nil
}

// at puts the place within a geometry instead of the general field of an error of check.
func at(field string, err error) error {
	if e, ok := err.(*lowsky.InvalidError); ok {
		return &lowsky.InvalidError{Field: field, Problem: e.Problem}
	}
	return err
}

// invert finds what forward maps to p. forward moves places a little and nearly alike, so that correcting by what is
// left over converges: each step leaves less than 3 % of the error before.
func invert(forward func(orb.Point) orb.Point, p orb.Point) orb.Point {
	w := p
	for range 20 {
		f := forward(w)
		dx, dy := p[0]-f[0], p[1]-f[1]
		w[0] += dx
		w[1] += dy
		if math.Abs(dx) < 1e-11 && math.Abs(dy) < 1e-11 {
			break
		}
	}
	return w
}

// Krasovsky 1940, the ellipsoid that the published GCJ-02 transform is made on.
const (
	krasovskyAxis = 6378245.0
	krasovskyEcc2 = 0.00669342162296594323
)

// wgsToGCJ is the transform as it has been published many times over since 2010; there is no official text.
func wgsToGCJ(p orb.Point) orb.Point {
	x, y := p[0]-105, p[1]-35
	root := math.Sqrt(math.Abs(x))
	short := 20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		(short+20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi/3*y)+160*math.Sin(math.Pi/12*y)+320*math.Sin(math.Pi/30*y))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		(short+20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi/3*x)+150*math.Sin(math.Pi/12*x)+300*math.Sin(math.Pi/30*x))*2/3
	s, c := math.Sincos(p[1] * radian)
	w2 := 1 - krasovskyEcc2*s*s
	n := krasovskyAxis / math.Sqrt(w2)
	return orb.Point{
		p[0] + east/(n*c*radian),
		p[1] + north/(n*(1-krasovskyEcc2)/w2*radian),
	}
}

// gcjToBD is Baidu's shift as published.
func gcjToBD(p orb.Point) orb.Point {
	const k = math.Pi * 3000 / 180
	r := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*k)
	a := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*k)
	s, c := math.Sincos(a)
	return orb.Point{r*c + 0.0065, r*s + 0.006}
}
