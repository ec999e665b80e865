package faults

import "time"

// noPlan: the aircraft names no plan although it has one.
var noPlan = Kind{
	Name:  "no_plan",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.NoPlan = true },
}
