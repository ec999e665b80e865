package simulator

import (
	"time"

	"lowsky"
)

// clone is a second transmitter under the id of an aircraft. It reports as often, in between.
type clone struct {
	of       *flight
	orders   schedule
	receiver receiver
	sender   sender
}

// cloned answers when the first clone of an aircraft begins, if there is any.
func cloned(s *Scenario, a *Aircraft) (at time.Duration, ok bool) {
	for _, f := range s.Faults {
		if f.Aircraft == a && f.Kind.Name == "id_clone" && (!ok || f.At < at) {
			at, ok = f.At, true
		}
	}
	return at, ok
}

func newClone(f *flight, seed uint64) *clone {
	id := string(f.aircraft.ID)
	return &clone{
		of: f, orders: f.engine.scenario.scheduleOf(f.aircraft, nil),
		receiver: newReceiver(f.engine.scenario.Noise, chances(seed, "clone", id)), sender: newSender(seed, CloneDevice(f.aircraft.ID)),
	}
}

// CloneDevice is the device whose connection a clone with a credential of its own uses: [Event.Link].
func CloneDevice(id lowsky.AircraftID) string { return string(id) + "-clone" }

func (c *clone) act(at time.Duration) time.Duration {
	if k := &c.orders.at(at).Clone; k.On {
		f := c.of
		m := motion{speed: k.Speed, course: k.Course, nose: k.Course, battery: 80, airborne: true, agl: k.AGL}
		m.pos = f.craft.frame.vec(Point(k.From)).add(heading(k.Course).times(k.Speed * k.Since.Seconds()))
		// It measures like the aircraft, with a receiver of its own and none of its faults.
		own := f.receiver
		f.receiver = c.receiver
		r := f.measure(at, &m, &calm)
		c.receiver, f.receiver = f.receiver, own
		r.Plan = ""
		e := Event{At: at, QoS: 1}
		if k.Other {
			e.Link = CloneDevice(f.aircraft.ID)
		}
		e.Topic, e.Payload = f.encoder.position(r)
		f.engine.post(&c.sender, parcel{Event: e}, 0, 1)
	}
	return at + c.of.aircraft.Interval
}
