package simulator

import (
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// The wire formats an aircraft or gateway can speak.
const (
	WireNative = native.Format
	WireDJI    = dji.Format
)

// encoder writes what one aircraft sends in its wire format; it may remember what it sent last.
type encoder interface {
	// report appends the messages for r, made at the time at of the run.
	report(dst []Event, at time.Duration, r *lowsky.TelemetryReport) []Event
}

func encoderFor(a *Aircraft) encoder {
	if a.Wire == WireDJI {
		return &djiWire{id: string(a.ID)}
	}
	return &nativeWire{topic: native.TelemetryTopic(a.ID)}
}

type nativeWire struct {
	topic string
	size  int // of the last report
}

func (w *nativeWire) report(dst []Event, at time.Duration, r *lowsky.TelemetryReport) []Event {
	payload := native.AppendTelemetry(make([]byte, 0, w.size+32), r)
	w.size = len(payload)
	return append(dst, Event{At: at, Topic: w.topic, Payload: payload, QoS: 1})
}

// mode_code_reason as the vendor numbers it.
const (
	reasonNone   = 0
	reasonC2Lost = 6
)

// djiWire sends an OSD each time, and a state when that changes: its home, and why it is in its mode.
type djiWire struct {
	id     string
	told   bool
	reason int
}

func (w *djiWire) report(dst []Event, at time.Duration, r *lowsky.TelemetryReport) []Event {
	reason := reasonNone
	if r.C2Lost.Or(false) {
		reason = reasonC2Lost
	}
	if !w.told || reason != w.reason {
		w.told, w.reason = true, reason
		state := *r
		state.MeasuredAt = r.MeasuredAt.Add(-time.Millisecond) // a message of its own, made just before the OSD
		dst = append(dst, Event{At: at, Topic: dji.StateTopic(w.id), Payload: dji.AppendState(nil, &state, reason), QoS: 1})
	}
	return append(dst, Event{At: at, Topic: dji.OSDTopic(w.id), Payload: dji.AppendOSD(nil, r, -1), QoS: 1})
}
