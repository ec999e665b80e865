package faults

import "time"

// linkLoss: the radio is silent, the aircraft flies on. What it would have sent is lost.
var linkLoss = Kind{
	Name:  "link_loss",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Mute = true },
}
