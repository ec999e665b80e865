package simulator

import (
	"math"
	"time"

	"lowsky"
	"lowsky/ingest/native"
)

// crewed is one crewed aircraft in the run, as a surveillance source sees it: straight lines at a constant speed.
type crewed struct {
	engine   *Engine
	traffic  *Traffic
	frame    frame
	path     []vec
	passes   []time.Duration // when it is at each point of the path, since its start
	receiver receiver
	sender   sender
}

func newCrewed(e *Engine, t *Traffic, seed uint64) *crewed {
	c := &crewed{
		engine: e, traffic: t, frame: newFrame(t.Path[0].At),
		receiver: newReceiver(e.scenario.Noise, chances(seed, "traffic", t.ID)), sender: newSender(seed, t.ID),
	}
	long := 0.0
	for i, w := range t.Path {
		v := c.frame.vec(w.At)
		if i > 0 {
			long += v.sub(c.path[i-1]).length()
		}
		c.path = append(c.path, v)
		c.passes = append(c.passes, time.Duration(long/t.Speed*float64(time.Second)))
	}
	return c
}

// truth answers where it is at t: before its start and after its last point it is not there.
func (c *crewed) truth(t time.Duration) TrafficTruth {
	out := TrafficTruth{Traffic: c.traffic}
	since := t - c.traffic.Start
	if since < 0 {
		return out
	}
	for i := 1; i < len(c.path); i++ {
		if since > c.passes[i] || c.passes[i] == c.passes[i-1] {
			continue
		}
		took := (c.passes[i] - c.passes[i-1]).Seconds()
		k := (since - c.passes[i-1]).Seconds() / took
		line, rise := c.path[i].sub(c.path[i-1]), c.traffic.Path[i].AGL-c.traffic.Path[i-1].AGL
		out.Position = c.frame.point(c.path[i-1].add(line.times(k)))
		out.AMSL, out.VerticalSpeed = c.traffic.Path[i-1].AGL+rise*k, rise/took
		out.GroundSpeed, out.Course, out.Present = c.traffic.Speed, line.course(), true
		return out
	}
	return out
}

func (c *crewed) act(at time.Duration) time.Duration {
	now := c.truth(at)
	if !now.Present {
		return forever
	}
	t := c.traffic
	east, north, up := c.receiver.err(at, 0)
	speed, climb := c.receiver.speeds(now.GroundSpeed, now.VerticalSpeed)
	p := c.frame.point(c.frame.vec(now.Position).add(vec{east, north}))
	r := lowsky.TrafficReport{
		Traffic: t.ID, MeasuredAt: c.engine.start.Add(at).Truncate(time.Millisecond), Category: t.Callsign,
		Position:    lowsky.Position{Longitude: lowsky.Degrees(round(p.Longitude, 1e7)), Latitude: lowsky.Degrees(round(p.Latitude, 1e7))},
		GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(round(speed, 100))),
		Course:      lowsky.Some(lowsky.Degrees(wrap360(round(now.Course, 10)))), VerticalSpeed: lowsky.Some(lowsky.MetresPerSecond(round(climb, 100))),
	}
	if height := now.AMSL + up; t.Pressure {
		qnh := c.engine.scenario.Weather.QNH
		if qnh == 0 {
			qnh = standardPressure
		}
		r.PressureAltitude = metres(pressureAltitude(height, qnh))
	} else {
		r.Position.AMSL, r.Position.HAE = metres(height), metres(height+c.engine.scenario.Geoid)
	}
	payload := native.AppendTraffic(nil, &r)
	c.engine.post(&c.sender, parcel{Event: Event{At: at, Topic: native.TrafficTopic(t.Source), Payload: payload, QoS: 1}}, 0, 1)
	return at + t.Interval
}

// The standard atmosphere below 11 km (ICAO Doc 7488): p = p0 (1 - h/scaleHeight)^pressureExponent.
const (
	standardPressure = 1013.25 // hPa
	scaleHeight      = 44330.77
	pressureExponent = 5.25588
)

// pressureAltitude answers what an altimeter set to 1013.25 hPa reads at a height above mean sea level, metres.
func pressureAltitude(amsl, qnh float64) float64 {
	p := qnh * math.Pow(1-amsl/scaleHeight, pressureExponent)
	return scaleHeight * (1 - math.Pow(p/standardPressure, 1/pressureExponent))
}

// mast is the weather station that reports the pressure, at the first aircraft's home.
type mast struct {
	engine *Engine
	sender sender
}

const (
	mastID       = "weather-1"
	mastInterval = time.Minute
)

func (w *mast) act(at time.Duration) time.Duration {
	s := w.engine.scenario
	here := s.Aircraft[0]
	r := lowsky.StationReport{
		Station: mastID, Kind: lowsky.StationWeather, Source: mastID, MeasuredAt: w.engine.start.Add(at).Truncate(time.Millisecond),
		Position: lowsky.Some(lowsky.Position{
			Longitude: lowsky.Degrees(round(here.Home.Longitude, 1e7)), Latitude: lowsky.Degrees(round(here.Home.Latitude, 1e7)),
			HAE: metres(here.Ground),
		}),
		WindSpeed: lowsky.Some(lowsky.MetresPerSecond(round(s.Weather.WindSpeed, 10))), QNH: lowsky.Some(round(s.Weather.QNH, 100)),
	}
	w.engine.post(&w.sender, parcel{Event: Event{At: at, Topic: native.WeatherTopic(mastID), Payload: native.AppendWeather(nil, &r), QoS: 1}}, 0, 1)
	return at + mastInterval
}
