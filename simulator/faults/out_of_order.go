package faults

import "time"

// outOfOrder: every report takes up to over longer, each by itself, so that they overtake one another.
var outOfOrder = Kind{
	Name:  "out_of_order",
	Needs: []string{"over"},
	Apply: func(k *Knobs, p Params, _ time.Duration) { k.Late = p.Over },
}
