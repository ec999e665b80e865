package simulator

import (
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/simulator/faults"
)

// The wire formats an aircraft or gateway can speak.
const (
	WireNative = native.Format
	WireDJI    = dji.Format
)

// encoder writes what one aircraft sends in its wire format; it may remember what it sent last.
type encoder interface {
	// report posts the messages for r of f, made at the time at of the run; here goes with the last.
	report(f *flight, at time.Duration, r *lowsky.TelemetryReport, here mark, k *faults.Knobs)
	// position answers the one message that says where it is.
	position(r *lowsky.TelemetryReport) (topic string, payload []byte)
}

func encoderFor(a *Aircraft) encoder {
	if a.Wire == WireDJI {
		return &djiWire{osd: dji.OSDTopic(string(a.ID)), state: dji.StateTopic(string(a.ID))}
	}
	return &nativeWire{topic: native.TelemetryTopic(a.ID)}
}

type nativeWire struct {
	topic string
	size  int // of the last report
}

func (w *nativeWire) report(f *flight, at time.Duration, r *lowsky.TelemetryReport, here mark, k *faults.Knobs) {
	topic, payload := w.position(r)
	f.engine.post(&f.sender, parcel{Event: Event{At: at, Topic: topic, Payload: payload, QoS: 1}, of: f, mark: here}, k.Late, k.Copies)
}

func (w *nativeWire) position(r *lowsky.TelemetryReport) (string, []byte) {
	payload := native.AppendTelemetry(make([]byte, 0, w.size+32), r)
	w.size = len(payload)
	return w.topic, payload
}

// mode_code_reason as the vendor numbers it.
const (
	reasonNone   = 0
	reasonC2Lost = 6
)

// djiWire sends an OSD each time, and a state when that changes: its home, and why it is in its mode.
type djiWire struct {
	osd, state string // topics
	told       bool
	reason     int
}

func (w *djiWire) report(f *flight, at time.Duration, r *lowsky.TelemetryReport, here mark, k *faults.Knobs) {
	reason := reasonNone
	if r.C2Lost.Or(false) {
		reason = reasonC2Lost
	}
	if !w.told || reason != w.reason {
		w.told, w.reason = true, reason
		state := *r
		state.MeasuredAt = r.MeasuredAt.Add(-time.Millisecond) // a message of its own, made just before the OSD
		f.engine.post(&f.sender, parcel{Event: Event{At: at, Topic: w.state, Payload: dji.AppendState(nil, &state, reason), QoS: 1}}, k.Late, k.Copies)
	}
	topic, payload := w.position(r)
	f.engine.post(&f.sender, parcel{Event: Event{At: at, Topic: topic, Payload: payload, QoS: 1}, of: f, mark: here}, k.Late, k.Copies)
}

func (w *djiWire) position(r *lowsky.TelemetryReport) (string, []byte) {
	return w.osd, dji.AppendOSD(nil, r, -1)
}
