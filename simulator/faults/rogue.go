package faults

import "time"

// rogue: an aircraft nobody has registered. It is so from the start whatever at says.
var rogue = Kind{
	Name:  "rogue",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Unregistered = true },
}
