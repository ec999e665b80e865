package airspace

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
)

// arcSteps is into how many chords a full circle of an outline is cut: a chord stays within 1 − cos(π/96) = 0.054 % of
// the radius inside the arc.
const arcSteps = 96

// Outline answers polygons that stand for a valid geometry where only polygons can be drawn or written down. Polygons are
// answered as they are. Circles and the ends and bends of corridors become chords whose corners lie on the rim, at most
// 0.1 % of the radius (of half the width) inside of it. A corridor is one polygon where that does not cross itself, else
// several that overlap: their union is the corridor. Longitudes are within ±180°; a ring across the antimeridian has two
// neighbours more than 180° apart. The orientation is that of RFC 7946. Nothing is judged by an outline.
func Outline(g lowsky.Geometry) orb.MultiPolygon {
	switch {
	case g.IsCircle():
		c := exact(g.Centre)
		var ring []point
		for i := range arcSteps {
			ring = append(ring, offsetMetres(c, 2*math.Pi*float64(i)/arcSteps, float64(g.Radius)))
		}
		return orb.MultiPolygon{{closedRing(ring)}}
	case g.IsCorridor():
		line := appendPieces(nil, unroll(orb.Ring(g.Line)))
		return corridorOutline(nil, line, float64(g.Width)/2)
	}
	return g.Polygons
}

// offsetMetres answers the place so many metres from c in the direction of an angle counted from east to north.
func offsetMetres(c point, angle, metres float64) point {
	s, cos := math.Sincos(angle)
	lat := float64(c.y) / unit
	k := metricAt(lat)
	for range 2 { // the metres of the mean latitude, as local takes them
		k = metricAt(lat + metres*s/k.ky/unit/2)
	}
	return point{c.x + int64(math.Floor(metres*cos/k.kx+0.5)), c.y + int64(math.Floor(metres*s/k.ky+0.5))}
}

// closedRing answers places as a ring within ±180°, without repeated places.
func closedRing(ps []point) orb.Ring {
	var ring orb.Ring
	for i, p := range ps {
		if i > 0 && p == ps[i-1] || i == len(ps)-1 && p == ps[0] {
			continue
		}
		lon, lat := p.degrees()
		ring = append(ring, orb.Point{wrapDegrees(lon), lat})
	}
	return append(ring, ring[0])
}

// corridorOutline appends the outline of a line that has grown by half metres: whole, or that of its two halves.
func corridorOutline(dst orb.MultiPolygon, line []point, half float64) orb.MultiPolygon {
	ps, simple := bandAround(line, half)
	ring := closedRing(ps)
	if len(line) == 2 || simple && checkRing("", ring) == nil && checkPolygon("", orb.Polygon{ring}) == nil {
		return append(dst, orb.Polygon{ring})
	}
	middle := len(line) / 2
	dst = corridorOutline(dst, line[:middle+1], half)
	return corridorOutline(dst, line[middle:], half)
}

// bandAround answers the rim of a line that has grown: up its right side, around its end, down its left side, around its
// beginning. simple is false where the inner side of a bend needs more of the line than there is.
func bandAround(line []point, half float64) (rim []point, simple bool) {
	last := len(line) - 1
	length := make([]float64, last)     // metres
	angle := make([]float64, last)      // counted from east to north
	spent := make([]float64, len(line)) // of the lines on both sides of a bend, on its inner side
	for i := range last {
		a, b := line[i], line[i+1]
		k := metricAt(float64(a.y+b.y) / 2 / unit)
		e, n := float64(b.x-a.x)*k.kx, float64(b.y-a.y)*k.ky
		length[i], angle[i] = math.Hypot(e, n), math.Atan2(n, e)
	}
	simple = true
	bend := func(i int) float64 { return math.Remainder(angle[i]-angle[i-1], 2*math.Pi) } // above 0 to the left
	for i := 1; i < last; i++ {
		spent[i] = half * math.Abs(math.Tan(bend(i)/2))
	}
	for i := range last {
		simple = simple && spent[i]+spent[i+1] < length[i]
	}
	arc := func(c point, from, sweep float64) {
		steps := max(1, int(math.Ceil(math.Abs(sweep)/(2*math.Pi/arcSteps))))
		for k := 0; k <= steps; k++ {
			rim = append(rim, offsetMetres(c, from+sweep*float64(k)/float64(steps), half))
		}
	}
	// side is -1 for the right side, on the way out, and +1 for the left side, on the way back.
	corner := func(i int, side float64) {
		b := bend(i)
		switch {
		case math.Abs(b) < 1e-9:
			rim = append(rim, offsetMetres(line[i], angle[i]+side*math.Pi/2, half))
		case b*side > 0: // the inner side
			rim = append(rim, offsetMetres(line[i], angle[i-1]+b/2+side*math.Pi/2, half/max(0.05, math.Cos(b/2))))
		case side < 0:
			arc(line[i], angle[i-1]-math.Pi/2, b)
		default:
			arc(line[i], angle[i]+math.Pi/2, -b)
		}
	}
	rim = append(rim, offsetMetres(line[0], angle[0]-math.Pi/2, half))
	for i := 1; i < last; i++ {
		corner(i, -1)
	}
	arc(line[last], angle[last-1]-math.Pi/2, math.Pi)
	for i := last - 1; i > 0; i-- {
		corner(i, +1)
	}
	arc(line[0], angle[0]+math.Pi/2, math.Pi)
	return rim, simple
}
