package faults

import "time"

// brokerRestart: the broker is away while the fault lasts. The devices keep what they would have sent with QoS 1, find the
// broker again one after the other, and send it then in a burst; of some messages the acknowledgement was lost, so they
// come twice.
var brokerRestart = Kind{
	Name:   "broker_restart",
	Broker: true,
	Apply:  func(k *Knobs, _ Params, _ time.Duration) { k.Down = true },
}
