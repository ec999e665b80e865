package faults

import "time"

// clockSkew: the clock of the aircraft is wrong by skew; what it measured says so.
var clockSkew = Kind{
	Name:  "clock_skew",
	Needs: []string{"skew"},
	Apply: func(k *Knobs, p Params, _ time.Duration) { k.Skew = p.Skew },
}
