package simulator

import (
	"math"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// stationInterval is how often a dock reports itself; fixed by the vendor.
const stationInterval = 2 * time.Second

// relay is one gateway in the run: it announces itself, and a dock reports its weather.
type relay struct {
	engine  *Engine
	gateway *Gateway
	behind  []*flight
	faults  []*Fault
	started bool
	up      bool
	next    time.Duration // report of a dock
}

func (w *relay) act(dst []Event, at time.Duration) ([]Event, time.Duration) {
	s := w.engine.scenario
	up := !s.knobs(w.faults, at).Down
	if up != w.up || !w.started {
		back := up && w.started
		w.up, w.started = up, true
		dst = w.announce(dst, at)
		if back { // and hands on at once where everything behind it is
			for _, f := range w.behind {
				dst = f.tell(dst, at)
			}
		}
	}
	again := w.change(at)
	if w.gateway.Wire == WireDJI {
		if at >= w.next {
			w.next = at + stationInterval
			if up {
				dst = w.station(dst, at)
			}
		}
		again = min(again, w.next)
	}
	return dst, again
}

// change answers when the gateway next goes down or comes up.
func (w *relay) change(at time.Duration) time.Duration {
	again := at + time.Hour
	repeat := w.engine.scenario.Repeat
	for _, f := range w.faults {
		for _, t := range [2]time.Duration{f.At, f.At + f.For} {
			if repeat > 0 && t <= at {
				t += ((at-t)/repeat + 1) * repeat
			}
			if t > at {
				again = min(again, t)
			}
		}
	}
	return again
}

// announce says that the gateway is there, or, for a native one, that it is gone: its will. A dock just falls silent.
func (w *relay) announce(dst []Event, at time.Duration) []Event {
	if w.gateway.Wire == WireNative {
		status := native.Offline
		if w.up {
			status = native.Online
		}
		return append(dst, Event{At: at, Topic: native.StatusTopic(w.gateway.ID), Payload: []byte(status), QoS: 1})
	}
	if !w.up {
		return dst
	}
	ids := make([]lowsky.AircraftID, len(w.behind))
	for i, f := range w.behind {
		ids[i] = f.aircraft.ID
	}
	payload := dji.AppendTopology(nil, w.gateway.ID, w.engine.start.Add(at), ids...)
	return append(dst, Event{At: at, Topic: dji.StatusTopic(string(w.gateway.ID)), Payload: payload, QoS: 1})
}

func (w *relay) station(dst []Event, at time.Duration) []Event {
	g := w.gateway
	inDock := true
	for _, f := range w.behind {
		if f.craft.airborne() {
			inDock = false
		}
	}
	minute := at.Minutes()
	r := &lowsky.StationReport{
		Station: string(g.ID), Kind: lowsky.StationDock, Source: g.ID, MeasuredAt: w.engine.start.Add(at).Truncate(time.Millisecond),
		Position: lowsky.Some(lowsky.Position{
			Longitude: lowsky.Degrees(round(g.At.Longitude, 1e7)), Latitude: lowsky.Degrees(round(g.At.Latitude, 1e7)),
			HAE: metres(g.Ground),
		}),
		DroneInDock: lowsky.Some(inDock),
		// A light breeze that breathes slowly; every dock a little apart.
		WindSpeed:   lowsky.Some(lowsky.MetresPerSecond(round(2.2+0.8*math.Sin(minute/3+g.At.Longitude*50), 10))),
		Rain:        lowsky.Some(0),
		Temperature: lowsky.Some(round(17+math.Sin(minute/60+g.At.Latitude*20), 10)),
		Humidity:    lowsky.Some(lowsky.Percent(62)),
	}
	if len(w.behind) > 0 {
		r.Aircraft = w.behind[0].aircraft.ID
	}
	return append(dst, Event{At: at, Topic: dji.OSDTopic(string(g.ID)), Payload: dji.AppendStation(nil, r), QoS: 1})
}
