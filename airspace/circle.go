package airspace

import (
	"math"

	"lowsky"
)

// circle holds every place whose [lowsky.Position] is at most radius from the centre as Distance measures it.
type circle struct {
	centre   point
	lon, lat float64 // of the centre, degrees
	radius   float64 // metres
	box      box
}

const (
	// rimMetres is what rimUnits are in metres: this near to a rim is on it.
	rimMetres = 0.0003
	// circleSlack makes up, in metres and as a share of the radius, for what planar bounds of a circle neglect. It only
	// decides which cells look closely.
	circleSlack, circleShare = 0.01, 0.002
)

func newCircle(g lowsky.Geometry) circle {
	c := circle{centre: exact(g.Centre), lon: g.Centre[0], lat: g.Centre[1], radius: float64(g.Radius)}
	c.box = boxAround(boxOf(c.centre, c.centre), c.radius)
	return c
}

// offset answers a place as metres east and north of the centre.
func (c *circle) offset(p point) (east, north float64) {
	lon, lat := p.degrees()
	return local(c.lon, c.lat, lon, lat)
}

func (c *circle) contains(p point) bool {
	if !c.box.meets(boxOf(p, p)) {
		return false
	}
	e, n := c.offset(p)
	return math.Sqrt(e*e+n*n) <= c.radius+rimMetres
}

// cover says how much of a rectangle the circle covers.
func (c *circle) cover(r box) coverage {
	if !c.box.meets(r) {
		return coversNone
	}
	nearest := point{max(r.x0, min(r.x1, c.centre.x)), max(r.y0, min(r.y1, c.centre.y))}
	e, n := c.offset(nearest)
	if math.Sqrt(e*e+n*n) > c.radius*(1+circleShare)+circleSlack {
		return coversNone
	}
	// The distance is convex over so small a rectangle: the farthest place is a corner.
	for _, k := range [...]point{{r.x0, r.y0}, {r.x0, r.y1}, {r.x1, r.y0}, {r.x1, r.y1}} {
		e, n := c.offset(k)
		if math.Sqrt(e*e+n*n) > c.radius-circleSlack-(math.Abs(e)+math.Abs(n))*1e-6 {
			return coversPart
		}
	}
	return coversAll
}

// coverage is how much of a node an area covers.
type coverage uint8

const (
	coversNone  coverage = iota
	coversPart           // or may: look at its parts
	coversEdges          // or may: its edges decide
	coversAll
)
