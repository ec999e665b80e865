package faults

import "time"

// duplicate: every report comes count times, twice without it; the copies within a third of a second.
var duplicate = Kind{
	Name:  "duplicate",
	May:   []string{"count"},
	Apply: func(k *Knobs, p Params, _ time.Duration) { k.Copies = max(p.Count, 2) },
}
