package faults

import "time"

// burstAfterLoss: the radio is silent, and what the aircraft would have sent it keeps. When the fault ends all of it is
// handed on at once: a native aircraft sends arrays, a DJI one message after message.
var burstAfterLoss = Kind{
	Name:  "burst_after_loss",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Keep = true },
}
