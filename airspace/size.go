package airspace

import (
	"math"

	"lowsky"
)

// SquareMetres answers the area of a valid geometry, within about 1 %; 0 for one that is not valid. The overlap of a
// corridor's bends is counted twice.
func SquareMetres(g lowsky.Geometry) float64 {
	if checkGeometry("geometry", g) != nil {
		return 0
	}
	if !g.IsCorridor() {
		return squareMetres(compile(g))
	}
	length := 0.0
	at := func(i int) lowsky.Position {
		return lowsky.Position{Longitude: lowsky.Degrees(g.Line[i][0]), Latitude: lowsky.Degrees(g.Line[i][1])}
	}
	for i := 1; i < len(g.Line); i++ {
		length += float64(Distance(at(i-1), at(i)))
	}
	w := float64(g.Width)
	return length*w + math.Pi*w*w/4
}
