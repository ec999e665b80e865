package faults

import "time"

// emergency: the aircraft declares an emergency and flies on.
var emergency = Kind{
	Name:  "emergency",
	Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Emergency = true },
}
