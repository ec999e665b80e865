package faults

import "time"

// graze: the aircraft leaves its mission, flies along the rim of a zone, outside by margin, for length, comes back the same
// way 25 m further out, and takes the mission up again. It comes up to the rim on a tangent where there is one near, so
// that its course does not lead into a convex zone.
var graze = Kind{
	Name:  "graze",
	Needs: []string{"zone", "margin"},
	May:   []string{"speed", "length", "agl"},
	Apply: func(k *Knobs, p Params, _ time.Duration) {
		k.Order, k.Zone, k.Margin, k.Length = Graze, p.Zone, p.Margin, p.Length
		heightAndSpeed(k, p)
	},
}
