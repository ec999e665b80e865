package openair

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

const (
	arcError   = 1.0       // metres that a chord may be off its arc
	arcShare   = 0.001     // and the share of the radius
	maxArc     = 100_000.0 // metres of radius: local radii hold up to there
	endsDiffer = 0.05      // share of the radius by which the ends of an arc may lie at other distances from its centre
	arcSlack   = 50.0      // metres that a position in whole seconds may be off, twice over
)

func position(p orb.Point) lowsky.Position {
	return lowsky.Position{Longitude: lowsky.Degrees(p[0]), Latitude: lowsky.Degrees(p[1])}
}

// arc appends the places of an arc around centre, from course a at radius ra to course b at radius rb, both ends
// included, clockwise or not. Chords are at most 1 m and 0.1 % of the radius off the arc; between the ends the radius
// goes evenly from ra to rb. A whole turn where the courses are the same.
func arc(out []orb.Point, centre orb.Point, a, b, ra, rb float64, clockwise bool) []orb.Point {
	sweep := math.Mod(b-a, 360)
	if clockwise && sweep <= 0 {
		sweep += 360
	} else if !clockwise && sweep >= 0 {
		sweep -= 360
	}
	r := max(ra, rb)
	step := 2 * math.Acos(1-min(arcShare, arcError/r)) * 180 / math.Pi
	n := int(math.Ceil(math.Abs(sweep) / step))
	for i := range n + 1 {
		f := float64(i) / float64(n)
		q := airspace.Offset(position(centre), lowsky.Degrees(a+sweep*f), lowsky.Metres(ra+(rb-ra)*f))
		out = append(out, q.Point())
	}
	return out
}
