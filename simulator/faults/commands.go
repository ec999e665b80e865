package faults

import (
	"time"

	"lowsky"
)

// Commands is the written list of what somebody can order of an aircraft. An order holds for its time, or until another of
// its sort: the first four send it somewhere, and the newest of them counts.
var Commands = []Kind{
	{
		Name: "fly_to", Goes: true, Needs: []string{"to"}, May: []string{"agl", "speed"},
		Apply: func(k *Knobs, p Params, _ time.Duration) {
			k.Order, k.To = FlyTo, p.To
			heightAndSpeed(k, p)
		},
	},
	{Name: "return_home", Goes: true, May: []string{"agl", "speed"}, Apply: func(k *Knobs, p Params, _ time.Duration) {
		k.Order = Home
		heightAndSpeed(k, p)
	}},
	{Name: "land", Goes: true, Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Order = Land }},
	{Name: "hold", Goes: true, Apply: func(k *Knobs, _ Params, _ time.Duration) { k.Order = Hold }},
	{Name: "speed", Needs: []string{"speed"}, Apply: func(k *Knobs, p Params, _ time.Duration) { k.Speed = lowsky.Some(p.Speed) }},
	{Name: "climb_to", Needs: []string{"agl"}, Apply: func(k *Knobs, p Params, _ time.Duration) { k.AGL = lowsky.Some(p.AGL) }},
}
