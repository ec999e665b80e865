package terrain

import (
	"math"

	"lowsky"
)

// grid is the ground at posts of a regular lattice in WGS-84, rows from north to south.
type grid struct {
	name         string
	west, north  float64 // the post of row 0, column 0
	stepX, stepY float64 // degrees between posts
	cols, rows   int
	// edge is how far, in steps, the grid says something beyond its outer posts: half a step where a post stands for the
	// area around it.
	edge  float64
	datum lowsky.Datum // Ellipsoid or AMSL
	geoid lowsky.Geoid // of AMSL
	// The posts are one of these two.
	whole []int16 // void is voidPost
	real  []float32
}

// voidPost is no height, as in SRTM.
const voidPost = -32768

// rimSlack lets a position on the rim, in steps, be on it after rounding.
const rimSlack = 1e-6

// post answers the height at a post.
func (g *grid) post(i int) (v float64, ok bool) {
	if g.whole != nil {
		w := g.whole[i]
		return float64(w), w != voidPost
	}
	f := float64(g.real[i])
	return f, f == f
}

// clean makes void what is no ground on Earth.
func (g *grid) clean() {
	for i, w := range g.whole {
		if w < lowest || w > highest {
			g.whole[i] = voidPost
		}
	}
	for i, f := range g.real {
		if !(f >= lowest && f <= highest) {
			g.real[i] = float32(math.NaN())
		}
	}
}

// bytes is what the posts take.
func (g *grid) bytes() int64 { return int64(len(g.whole))*2 + int64(len(g.real))*4 }

// box answers what the grid covers.
func (g *grid) box() (west, south, east, north float64) {
	return g.west - g.edge*g.stepX, g.north - (float64(g.rows-1)+g.edge)*g.stepY,
		g.west + (float64(g.cols-1)+g.edge)*g.stepX, g.north + g.edge*g.stepY
}

// snapped puts a place that rounding moved off a post back on it, so that a void beyond the post does not count.
func snapped(share float64) float64 {
	switch {
	case share < rimSlack:
		return 0
	case share > 1-rimSlack:
		return 1
	}
	return share
}

// ground answers the height at a place and the lowest and highest of the posts that it is read from; ok is false outside
// and where one of them is void.
func (g *grid) ground(lon, lat float64) (v, low, high float64, ok bool) {
	x, y := (lon-g.west)/g.stepX, (g.north-lat)/g.stepY
	reach := g.edge + rimSlack
	if !(x >= -reach && x <= float64(g.cols-1)+reach && y >= -reach && y <= float64(g.rows-1)+reach) {
		return 0, 0, 0, false
	}
	x, y = max(0, min(x, float64(g.cols-1))), max(0, min(y, float64(g.rows-1)))
	col, row := min(int(x), g.cols-2), min(int(y), g.rows-2)
	fx, fy := snapped(x-float64(col)), snapped(y-float64(row))
	at := row*g.cols + col
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range [...]struct {
		at     int
		weight float64
	}{{at, (1 - fx) * (1 - fy)}, {at + 1, fx * (1 - fy)}, {at + g.cols, (1 - fx) * fy}, {at + g.cols + 1, fx * fy}} {
		if p.weight == 0 {
			continue
		}
		h, ok := g.post(p.at)
		if !ok {
			return 0, 0, 0, false
		}
		v += h * p.weight
		low, high = min(low, h), max(high, h)
	}
	return max(low, min(v, high)), low, high, true
}
