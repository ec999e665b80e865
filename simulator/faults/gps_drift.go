package faults

import (
	"math"
	"time"
)

// gpsDrift: the reported position slides away at rate m/s in direction course, up to limit metres (without it, without
// end); the aircraft itself flies on as it should. When the fault ends the position is right again at once.
var gpsDrift = Kind{
	Name:  "gps_drift",
	Needs: []string{"rate", "course"},
	May:   []string{"limit"},
	Apply: func(k *Knobs, p Params, since time.Duration) {
		by := p.Rate * since.Seconds()
		if p.Limit > 0 {
			by = min(by, p.Limit)
		}
		sin, cos := math.Sincos(p.Course * math.Pi / 180)
		k.East += by * sin
		k.North += by * cos
	},
}
