package faults

import "time"

// c2Loss: the aircraft reports that its command-and-control link is lost, and flies on.
var c2Loss = Kind{
	Name:  "c2_loss",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.C2Lost = true },
}
