package faults

import (
	"time"

	"lowsky"
)

// zoneBreach: the aircraft leaves its mission for a place it should not be at, stays there, and takes the mission up
// again when the fault ends. With zone it goes in over the nearest rim, perpendicularly, stays depth metres past it, and
// leaves the way it came. Without agl it keeps its height.
var zoneBreach = Kind{
	Name:  "zone_breach",
	Needs: []string{"to"},
	Or:    []string{"zone", "depth"},
	May:   []string{"agl", "speed"},
	Apply: func(k *Knobs, p Params, _ time.Duration) {
		k.Order, k.To = FlyTo, p.To
		if p.Zone != nil {
			k.Order, k.Zone, k.Depth = Breach, p.Zone, p.Depth
		}
		heightAndSpeed(k, p)
	},
}

// heightAndSpeed sets what was given of both.
func heightAndSpeed(k *Knobs, p Params) {
	if p.HasAGL {
		k.AGL = lowsky.Some(p.AGL)
	}
	if p.Speed > 0 {
		k.Speed = lowsky.Some(p.Speed)
	}
}
