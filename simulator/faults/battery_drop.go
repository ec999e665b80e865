package faults

import "time"

// batteryDrop: the battery falls to percent within over (at once without it) and the aircraft goes home when that is
// below its return level. It stays low until the battery is changed on the ground.
var batteryDrop = Kind{
	Name:  "battery_drop",
	Needs: []string{"percent"},
	May:   []string{"over"},
	Apply: func(k *Knobs, p Params, since time.Duration) {
		k.Drain, k.DrainTo, k.DrainOver, k.DrainSince = true, p.Percent, p.Over, since
	},
}
