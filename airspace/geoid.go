package airspace

import (
	"math"
	"sync"

	"github.com/westphae/geomag/pkg/egm96"

	"lowsky"
)

// How far, in metres, the EGM96 grid may be from the surface that a height above mean sea level was really measured from.
const (
	// egm96Bound: reading the 15′ grid between its points instead of summing the model is off by 0.04 m as a rule and by
	// at most 1.2 m anywhere (GeographicLib's table of geoid data sets).
	egm96Bound lowsky.Metres = 1.2
	// cn1985Bound: the reading (1.2 m), the level of the 1985 国家高程基准, which lies 0.2 to 0.5 m above the global geoid
	// by the published determinations, and twice the 1 m by which EGM96 itself is uncertain on surveyed land. Not for the
	// high plateau, where EGM96 is worse.
	cn1985Bound lowsky.Metres = 4
	// egm2008Bound: the reading and the differences between the two models on surveyed land.
	egm2008Bound lowsky.Metres = 4
	// otherBound is for a surface of a name that is not known: a national datum may be off by a metre or two, a receiver
	// with a coarse table by more.
	otherBound lowsky.Metres = 10
)

// GeoidBound answers how far (±) [GeoidHeight] may be from the height of g above the ellipsoid.
func GeoidBound(g lowsky.Geoid) lowsky.Metres {
	switch g {
	case "", lowsky.CN1985:
		return cn1985Bound
	case lowsky.EGM96:
		return egm96Bound
	case lowsky.EGM2008:
		return egm2008Bound
	}
	return otherBound
}

// The EGM96 grid: heights of the geoid above the ellipsoid every quarter of a degree, rows from the north pole south,
// columns from 0° east, the last one being the first again.
const (
	geoidPerDegree = 4
	geoidRows      = 180*geoidPerDegree + 1
	geoidColumns   = 360*geoidPerDegree + 1
)

// geoid holds the grid as float32 (4 MB, exact to 0.01 mm). The library's own lookup is not used: its first call loads the
// grid without a lock, and it refuses western longitudes and panics at the south pole.
var geoid = sync.OnceValue(func() *[geoidRows * geoidColumns]float32 {
	grid := new([geoidRows * geoidColumns]float32)
	for row := range geoidRows {
		for col := range geoidColumns {
			lat, lon := 90-float64(row)/geoidPerDegree, float64(col%(geoidColumns-1))/geoidPerDegree
			point, err := egm96.NewLocationGeodetic(lat, lon, 0).NearestEGM96GridPoint()
			if err != nil {
				panic("geoid: " + err.Error()) // the grid is part of the binary: a test reads all of it
			}
			_, _, h := point.Geodetic()
			grid[row*geoidColumns+col] = float32(h)
		}
	}
	return grid
})

// LoadGeoid reads the geoid into memory, about a quarter of a second. Whoever must not wait later calls it first;
// otherwise the first conversion does it.
func LoadGeoid() { geoid() }

// GeoidHeight answers how far the EGM96 geoid lies above the WGS-84 ellipsoid at p (negative: below it), bilinear
// within a quarter of a degree; ok is false where p is not on Earth. It does not allocate.
func GeoidHeight(p lowsky.Position) (lowsky.Metres, bool) {
	lon, lat := float64(p.Longitude), float64(p.Latitude)
	if !(lon >= -180 && lon <= 360 && lat >= -90 && lat <= 90) {
		return 0, false
	}
	if lon < 0 {
		lon += 360
	}
	x, y := lon*geoidPerDegree, (90-lat)*geoidPerDegree
	col, row := min(int(x), geoidColumns-2), min(int(y), geoidRows-2)
	fx, fy := x-float64(col), y-float64(row)
	g := geoid()
	at := row*geoidColumns + col
	north := float64(g[at])*(1-fx) + float64(g[at+1])*fx
	south := float64(g[at+geoidColumns])*(1-fx) + float64(g[at+geoidColumns+1])*fx
	h := north*(1-fy) + south*fy
	return lowsky.Metres(h), !math.IsNaN(h)
}
