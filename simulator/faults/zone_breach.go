package faults

import "time"

// zoneBreach: the aircraft leaves its mission for a place it should not be at, stays there, and takes the mission up
// again when the fault ends. Without agl it keeps its height.
var zoneBreach = Kind{
	Name:  "zone_breach",
	Needs: []string{"to"},
	May:   []string{"agl"},
	Apply: func(k *Knobs, p Params, _ time.Duration) {
		to := p.To
		k.FlyTo = &to
		if p.HasAGL {
			agl := p.AGL
			k.AGL = &agl
		}
	},
}
