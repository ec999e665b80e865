package faults

import "time"

// gatewayDown: the gateway is off the network, as its will tells, and so is everything behind it.
var gatewayDown = Kind{
	Name:    "gateway_down",
	Gateway: true,
	Apply:   func(k *Knobs, _ Params, _ time.Duration) { k.Down = true },
}
