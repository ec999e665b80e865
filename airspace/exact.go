package airspace

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	unit      = 1e9 // coordinates are whole nanodegrees, 0.11 mm of latitude
	halfTurn  = 180 * int64(unit)
	fullTurn  = 360 * int64(unit)
	rimUnits  = 2       // this near to a rim is on it; between 2 and 2√2 units, see onRim
	rimSlack  = 4       // what could touch a rim for certain lies within this
	pieceSize = 1 << 29 // longer edges are cut, 0.54°, so that products fit into 64 bits
)

// point is a place in nanodegrees. Areas are unrolled over the antimeridian, so x may leave ±180°.
type point struct{ x, y int64 }

// ringBreak separates rings in a list of points.
var ringBreak = point{math.MinInt64, math.MinInt64}

// nano rounds degrees to nanodegrees. Only for |deg| ≤ 360.
func nano(deg float64) int64 { return int64(math.Floor(deg*unit + 0.5)) }

func exact(p orb.Point) point { return point{nano(p[0]), nano(p[1])} }

func (p point) degrees() (lon, lat float64) { return float64(p.x) / unit, float64(p.y) / unit }

// wide says that a difference is too large for products in 64 bits.
func wide(d int64) bool { return d > 1<<30 || d < -1<<30 }

// turn answers the sign of the turn a→b→c: above 0 left, below 0 right, 0 straight. Exact while the differences stay
// below 1.07°; beyond that, which only jumps of more than 100 km reach, it is rounded.
func turn(a, b, c point) int {
	dx, dy, ex, ey := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	if wide(dx) || wide(dy) || wide(ex) || wide(ey) {
		f := float64(dx)*float64(ey) - float64(dy)*float64(ex)
		switch {
		case f > 0:
			return 1
		case f < 0:
			return -1
		}
		return 0
	}
	switch v := dx*ey - dy*ex; {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// between reports whether c, known to be in line with a and b, lies on the edge a–b.
func between(a, b, c point) bool {
	return min(a.x, b.x) <= c.x && c.x <= max(a.x, b.x) && min(a.y, b.y) <= c.y && c.y <= max(a.y, b.y)
}

// meet reports whether the closed edges a–b and c–d share a point.
func meet(a, b, c, d point) bool {
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if t1 != t2 && t3 != t4 && t1*t2 <= 0 && t3*t4 <= 0 {
		return true
	}
	return t1 == 0 && between(a, b, c) || t2 == 0 && between(a, b, d) || t3 == 0 && between(c, d, a) || t4 == 0 && between(c, d, b)
}

// onRim reports whether p lies on the edge a–b, or within rimUnits of it. Only for differences below 1.07°.
func onRim(a, b, p point) bool {
	return p.x >= min(a.x, b.x)-rimUnits && p.x <= max(a.x, b.x)+rimUnits &&
		p.y >= min(a.y, b.y)-rimUnits && p.y <= max(a.y, b.y)+rimUnits &&
		nearLine(b.x-a.x, b.y-a.y, (b.x-a.x)*(p.y-a.y)-(b.y-a.y)*(p.x-a.x))
}

// nearLine: |turn| / length is the distance to the line; the sum of the sides stands for the length, which it exceeds
// by at most √2.
func nearLine(dx, dy, turn int64) bool {
	return abs(turn) <= rimUnits*(abs(dx)+abs(dy))
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// crossesRight reports whether the edge a–b crosses the half-line that starts at c and runs east. c is taken to lie an
// infinitesimal step north of its place, and an infinitesimally smaller one east: so it is never on an edge, and
// counting is exact even at vertices. Every other place that needs a side of such a point uses the same tie rule.
func crossesRight(a, b, c point) bool {
	if (a.y <= c.y) == (b.y <= c.y) {
		return false
	}
	switch {
	case a.x < c.x && b.x < c.x:
		return false
	case a.x > c.x && b.x > c.x:
		return true
	}
	up := b.y > a.y
	t := turn(a, b, c)
	if t == 0 {
		t = tieSide(b.x-a.x, b.y-a.y)
	}
	return up == (t > 0)
}

// tieSide is the side of an edge with direction (dx, dy) on which a point of that edge lies after its infinitesimal
// step: 1 left, -1 right.
func tieSide(dx, dy int64) int {
	switch {
	case dx > 0:
		return 1
	case dx < 0:
		return -1
	case dy > 0:
		return -1
	}
	return 1
}

// box is a closed rectangle in nanodegrees.
type box struct{ x0, y0, x1, y1 int64 }

var noBox = box{math.MaxInt64, math.MaxInt64, math.MinInt64, math.MinInt64}

func boxOf(a, b point) box {
	return box{min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)}
}

func (b box) with(c box) box {
	return box{min(b.x0, c.x0), min(b.y0, c.y0), max(b.x1, c.x1), max(b.y1, c.y1)}
}

func (b box) meets(c box) bool { return b.x0 <= c.x1 && c.x0 <= b.x1 && b.y0 <= c.y1 && c.y0 <= b.y1 }

func (b box) grown(x, y int64) box { return box{b.x0 - x, b.y0 - y, b.x1 + x, b.y1 + y} }

func (b box) shifted(x int64) box { return box{b.x0 + x, b.y0, b.x1 + x, b.y1} }

func (b box) empty() bool { return b.x0 > b.x1 }
