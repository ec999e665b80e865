package faults

import "time"

// planOverrun: the aircraft stays in the air after the end of its plan and names it on.
var planOverrun = Kind{
	Name:  "plan_overrun",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.StayUp = true },
}
