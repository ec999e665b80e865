package faults

import (
	"math"
	"time"
)

// gpsJump: the reported position lies by metres off in direction course while the fault lasts; the aircraft itself
// flies on as it should.
var gpsJump = Kind{
	Name:  "gps_jump",
	Needs: []string{"by"},
	May:   []string{"course"},
	Apply: func(k *Knobs, p Params, _ time.Duration) {
		sin, cos := math.Sincos(p.Course * math.Pi / 180)
		k.East += p.By * sin
		k.North += p.By * cos
	},
}
