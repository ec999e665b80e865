// Package terrain knows the height of the ground, from SRTM tiles (.hgt) and GeoTIFF files of a directory, and between
// and beyond them from terrain envelopes: areas of which only the lowest and the highest ground are known.
//
// [Open] reads everything that touches the region into memory, up to a bound, and refuses what it cannot read: a query
// never waits for a disk. docs/altitude.md says what the bounds mean and where they come from.
package terrain

import (
	"fmt"
	"math"

	"lowsky"
	"lowsky/airspace"
)

// Heights outside of this are no ground on Earth, in metres: such posts count as void.
const (
	lowest  = -500
	highest = 9000
)

// Terrain answers the ground below a position. It is never changed after it was opened and is safe for concurrent use.
// It implements [airspace.Terrain].
type Terrain struct {
	grids    []*grid
	cells    []Cell
	buckets  map[bucket]held
	accuracy float64
	bytes    int64
	skipped  int
	digest   string
}

// bucket is a square of an eighth of a degree, by its lower left corner in eighths.
type bucket struct{ x, y int16 }

const perDegree = 8

func bucketOf(lon, lat float64) bucket {
	return bucket{int16(math.Floor(lon * perDegree)), int16(math.Floor(lat * perDegree))}
}

// held is what touches a bucket, in the order in which it is asked: the finest grid, the narrowest cell first.
type held struct {
	grids []*grid
	cells []*Cell
}

// Cell is one cell of a terrain envelope: all ground in it, rims included, lies between Min and Max above the 1985
// 国家高程基准.
type Cell struct {
	West, South, East, North lowsky.Degrees
	Min, Max                 lowsky.Metres
}

func (c *Cell) contains(lon, lat float64) bool {
	return lon >= float64(c.West) && lon <= float64(c.East) && lat >= float64(c.South) && lat <= float64(c.North)
}

func (c *Cell) check() error {
	for _, v := range []lowsky.Degrees{c.West, c.South, c.East, c.North} {
		if !lowsky.Finite(v) {
			return &lowsky.InvalidError{Field: "west", Problem: "is not a number"}
		}
	}
	switch {
	case c.West < -180 || c.East > 180 || c.South < -90 || c.North > 90:
		return &lowsky.InvalidError{Field: "west", Problem: "is off the Earth"}
	case c.West >= c.East || c.South >= c.North:
		return &lowsky.InvalidError{Field: "west", Problem: "must be west of east, and south below north"}
	case c.East-c.West > 20 || c.North-c.South > 20:
		return &lowsky.InvalidError{Field: "east", Problem: "is more than 20° from west, or north from south"}
	case !(c.Min >= lowest && c.Max <= highest):
		return &lowsky.InvalidError{Field: "min_amsl_m", Problem: fmt.Sprintf("and max_amsl_m must be from %d to %d m", lowest, highest)}
	case c.Min > c.Max:
		return &lowsky.InvalidError{Field: "min_amsl_m", Problem: "is above max_amsl_m"}
	}
	return nil
}

// Empty reports whether t holds nothing: no tile and no envelope.
func (t *Terrain) Empty() bool { return len(t.grids) == 0 && len(t.cells) == 0 }

// Tiles is how many files it rests on.
func (t *Terrain) Tiles() int { return len(t.grids) }

// Digest changes with anything that could change an answer; hexadecimal.
func (t *Terrain) Digest() string { return t.digest }

// GroundHAE implements [airspace.Terrain]: the ground from the finest file that has no void there, else from the
// narrowest envelope cell. It does not allocate.
//
// Within a file it is bilinear between the four posts around p; the bound reaches to the lowest and to the highest of
// them, and the vertical accuracy of the files and the reading of the geoid come on top. What stands or was dug between
// two posts is not in it.
func (t *Terrain) GroundHAE(p lowsky.Position) (airspace.Ground, bool) {
	lon, lat := float64(p.Longitude), float64(p.Latitude)
	if !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return airspace.Ground{}, false
	}
	h, ok := t.buckets[bucketOf(lon, lat)]
	if !ok {
		return airspace.Ground{}, false
	}
	for _, g := range h.grids {
		v, low, high, ok := g.ground(lon, lat)
		if !ok {
			continue
		}
		ground := airspace.Ground{HAE: lowsky.Metres(v), Bound: lowsky.Metres(max(high-v, v-low) + t.accuracy)}
		if g.datum == lowsky.AMSL {
			n, _ := airspace.GeoidHeight(p)
			ground.HAE, ground.Bound = ground.HAE+n, ground.Bound+airspace.GeoidBound(g.geoid)
		}
		return ground, true
	}
	for _, cell := range h.cells {
		if !cell.contains(lon, lat) {
			continue
		}
		n, _ := airspace.GeoidHeight(p)
		return airspace.Ground{
			HAE: (cell.Min+cell.Max)/2 + n, Bound: (cell.Max-cell.Min)/2 + airspace.GeoidBound(lowsky.CN1985), Envelope: true,
		}, true
	}
	return airspace.Ground{}, false
}

// String says what the terrain rests on, for people.
func (t *Terrain) String() string {
	files := "no terrain files"
	if len(t.grids) > 0 {
		finest, coarsest := math.Inf(1), 0.0
		for _, g := range t.grids {
			finest, coarsest = min(finest, g.stepY*3600), max(coarsest, g.stepY*3600)
		}
		files = fmt.Sprintf("%d terrain files (%.3g″", len(t.grids), finest)
		if len(t.grids) == 1 {
			files = fmt.Sprintf("one terrain file (%.3g″", finest)
		}
		if coarsest > finest*1.01 {
			files += fmt.Sprintf(" to %.3g″", coarsest)
		}
		files += fmt.Sprintf(", ±%g m, %d MB)", t.accuracy, (t.bytes+1<<20-1)>>20)
		if t.skipped > 0 {
			files += fmt.Sprintf(", %d away from the region not read", t.skipped)
		}
	}
	switch len(t.cells) {
	case 0:
		return files + ", no terrain envelope"
	case 1:
		c := &t.cells[0]
		return files + fmt.Sprintf(", a terrain envelope of one cell (%.0f to %.0f m)", float64(c.Min), float64(c.Max))
	}
	return files + fmt.Sprintf(", a terrain envelope of %d cells", len(t.cells))
}
