package ed

import (
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// arc is how many edges half a circle has: 32 keep within 0.13 % of the radius.
const arc = 32

// capsules draws a corridor as one polygon for each leg: everything at most half the width from it.
func capsules(g lowsky.Geometry) orb.MultiPolygon {
	var out orb.MultiPolygon
	half := g.Width / 2
	for i := 1; i < len(g.Line); i++ {
		a, b := g.Line[i-1], g.Line[i]
		course := airspace.Course(at(a), at(b))
		var r orb.Ring
		for _, end := range [...]struct {
			p    orb.Point
			from lowsky.Degrees
		}{{a, course + 270}, {b, course + 90}} {
			for k := range arc + 1 {
				bearing := end.from - lowsky.Degrees(180*k)/arc
				p := airspace.Offset(at(end.p), bearing, half)
				r = append(r, p.Point())
			}
		}
		out = append(out, orb.Polygon{append(r, r[0])})
	}
	return out
}

func at(p orb.Point) lowsky.Position {
	return lowsky.Position{Longitude: lowsky.Degrees(p[0]), Latitude: lowsky.Degrees(p[1])}
}
