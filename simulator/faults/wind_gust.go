package faults

import (
	"math"
	"time"
)

// windGust: wind on top of the weather's, which blows at speed in direction course: where it goes to, unlike the weather's
// from. It takes about 3 s to come to its strength, and to die down when the fault ends.
var windGust = Kind{
	Name:  "wind_gust",
	Needs: []string{"speed", "course"},
	Apply: func(k *Knobs, p Params, _ time.Duration) {
		sin, cos := math.Sincos(p.Course * math.Pi / 180)
		k.Gust.East += p.Speed * sin
		k.Gust.North += p.Speed * cos
	},
}
