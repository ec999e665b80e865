package faults

import "time"

// freeze: reports keep coming, with new times and the old position and motion.
var freeze = Kind{
	Name:  "freeze",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Freeze = true },
}
