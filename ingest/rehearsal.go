package ingest

import (
	"context"
	"log/slog"

	"lowsky"
)

// Rehearsal is the embedded broker without a network: what a device that has signed in may publish, and what becomes of
// the rest, is decided by the same code, on the clock of its Intake. Trials feed the picture through it. It is not safe
// for concurrent use.
type Rehearsal struct {
	broker *Embedded
	peers  map[lowsky.DeviceID]*peer
}

// NewRehearsal lets the devices sign in.
func NewRehearsal(intake *Intake, devices []lowsky.Device) *Rehearsal {
	e := &Embedded{intake: intake, logger: slog.New(slog.DiscardHandler), announced: map[string]string{}, listOf: map[string][]string{}, shadowed: map[string]bool{}}
	known := e.snapshot(devices, nil)
	e.devices.Store(&known)
	ctx := context.Background()
	e.ctx.Store(&ctx)
	r := &Rehearsal{broker: e, peers: make(map[lowsky.DeviceID]*peer, len(known))}
	for id, d := range known {
		p := &peer{id: id, holder: id, link: "embedded/" + id, device: d}
		e.arrived(p)
		r.peers[lowsky.DeviceID(id)] = p
	}
	return r
}

// Publish is a message over the device's own connection. False: it may not publish that, or there is no such device.
func (r *Rehearsal) Publish(device lowsky.DeviceID, topic string, payload []byte, qos byte) bool {
	p := r.peers[device]
	return p != nil && r.broker.take(p, topic, payload, qos) == taken
}

// Tick is for every second of the clock: it tells what was counted and is due.
func (r *Rehearsal) Tick() { r.broker.tellMismatches(false) }
