package faults

import (
	"time"

	"lowsky"
)

// altitudeBust: the aircraft flies its mission at another height above ground.
var altitudeBust = Kind{
	Name:  "altitude_bust",
	Needs: []string{"agl"},
	Apply: func(k *Knobs, p Params, _ time.Duration) { k.AGL = lowsky.Some(p.AGL) },
}
