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
	faults  schedule
	sender  sender
	started bool
	up      bool
	since   time.Duration // of being down
	next    time.Duration // report of a dock
}

func newRelay(e *Engine, g *Gateway, seed uint64) *relay {
	return &relay{engine: e, gateway: g, faults: e.scenario.scheduleOf(nil, g), sender: newSender(seed, string(g.ID))}
}

// downAt reports whether it is down at t, which may be any time.
func (w *relay) downAt(t time.Duration) bool {
	_, down := w.faults.covers(t)
	return down
}

func (w *relay) act(at time.Duration) time.Duration {
	up := !w.downAt(at)
	if up != w.up || !w.started {
		back := up && w.started
		w.up, w.started = up, true
		if !up {
			w.since = at
		}
		w.announce(at)
		if back { // and hands on at once where everything behind it is
			for _, f := range w.behind {
				f.tell(at)
			}
		}
	}
	again := w.faults.changes(at)
	if w.gateway.Wire == WireDJI {
		if at >= w.next {
			w.next = at + stationInterval
			if up {
				w.station(at)
			}
		}
		again = min(again, w.next)
	}
	return again
}

func (w *relay) post(at time.Duration, topic string, payload []byte) {
	w.engine.post(&w.sender, parcel{Event: Event{At: at, Topic: topic, Payload: payload, QoS: 1}}, 0, 1)
}

// announce says that the gateway is there, or, for a native one, that it is gone: its will. A dock just falls silent.
func (w *relay) announce(at time.Duration) {
	if w.gateway.Wire == WireNative {
		status := native.Offline
		if w.up {
			status = native.Online
		}
		w.post(at, native.StatusTopic(w.gateway.ID), []byte(status))
		return
	}
	if !w.up {
		return
	}
	ids := make([]lowsky.AircraftID, len(w.behind))
	for i, f := range w.behind {
		ids[i] = f.aircraft.ID
	}
	w.post(at, dji.StatusTopic(string(w.gateway.ID)), dji.AppendTopology(nil, w.gateway.ID, w.engine.start.Add(at), ids...))
}

func (w *relay) station(at time.Duration) {
	g := w.gateway
	inDock := true
	for _, f := range w.behind {
		f.flyTo(at)
		if m := f.craft.at(at); m.airborne {
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
	if wind := w.engine.scenario.Weather.WindSpeed; wind > 0 {
		r.WindSpeed = lowsky.Some(lowsky.MetresPerSecond(round(wind, 10)))
	}
	w.post(at, dji.OSDTopic(string(g.ID)), dji.AppendStation(nil, r))
}
