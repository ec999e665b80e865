package simulator

import (
	"math"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/simulator/faults"
)

// flight is one aircraft in the run: its true state, its receiver and its radio, and what happens to them.
type flight struct {
	engine   *Engine
	aircraft *Aircraft
	relay    *relay // nil: it reports by itself
	craft    craft
	plans    []*Plan
	// The same faults, read at the times of steps, of reports and of the truth.
	steps, tells, looks schedule

	receiver receiver
	sender   sender
	encoder  encoder
	told     time.Duration // of the newest report
	report   lowsky.TelemetryReport
	frozen   *lowsky.TelemetryReport
	kept     []*lowsky.TelemetryReport // by burst_after_loss
	keptAt   []mark
	sent     mark // of what got through
}

// mark is how an aircraft was when it measured a report.
type mark struct {
	at     time.Duration
	point  Point
	agl    float64
	offset float64
	height bool // a fault put the reported height off
	frozen bool
	skew   time.Duration
}

func newFlight(e *Engine, a *Aircraft, w *relay, seed uint64) *flight {
	s := e.scenario
	f := &flight{
		engine: e, aircraft: a, relay: w, craft: newCraft(a), steps: s.scheduleOf(a, nil),
		receiver: newReceiver(s.Noise, chances(seed, "receiver", string(a.ID))), sender: newSender(seed, string(a.ID)),
		encoder: encoderFor(a), told: -1, sent: mark{at: -1}, report: template(a),
	}
	f.tells, f.looks = f.steps, f.steps
	f.craft.air = newAir(s.Weather, chances(seed, "air", string(a.ID)))
	if w != nil {
		w.behind = append(w.behind, f)
	}
	for _, p := range s.Plans {
		if p.Aircraft == a {
			f.plans = append(f.plans, p)
		}
	}
	return f
}

// flyTo brings the craft to the first step at or after t.
func (f *flight) flyTo(t time.Duration) {
	for f.craft.now < t {
		f.craft.step(f.steps.at(f.craft.now))
	}
}

func (f *flight) act(at time.Duration) time.Duration {
	f.tell(at)
	return at + f.aircraft.Interval
}

// tell reports at t, unless a fault keeps it from getting through.
func (f *flight) tell(at time.Duration) {
	if at == f.told {
		return
	}
	f.told = at
	f.flyTo(at)
	k := f.tells.at(at)
	m := f.craft.at(at)
	r := f.measure(at, &m, k)
	here := mark{
		at: at, point: f.craft.frame.point(m.pos), agl: m.agl, offset: offset(k), height: k.Error > 0,
		frozen: k.Freeze, skew: k.Skew,
	}
	if k.Freeze {
		if f.frozen == nil {
			f.frozen = kept(r)
		}
		again := *f.frozen
		again.MeasuredAt, again.Battery, again.Status = r.MeasuredAt, r.Battery, r.Status
		r = &again
	} else {
		f.frozen = nil
	}
	switch n := &f.engine.scenario.Noise; {
	case k.Mute || f.relay != nil && f.relay.downAt(at):
	case k.Keep:
		f.kept, f.keptAt = append(f.kept, kept(r)), append(f.keptAt, here)
	case len(f.kept) > 0:
		f.handOn(at, kept(r), here)
	case n.Loss > 0 && f.sender.random.Float64() < n.Loss:
		f.engine.lost++
	default:
		f.encoder.report(f, at, r, here, k)
	}
}

// kept answers a copy of r that nothing changes.
func kept(r *lowsky.TelemetryReport) *lowsky.TelemetryReport {
	c := *r
	return &c
}

// fill bounds one array of what was kept: it must stay below what the platform takes, 256 kB.
const fill = 400

// handOn sends what was kept and, as the last, the report r.
func (f *flight) handOn(at time.Duration, r *lowsky.TelemetryReport, here mark) {
	reports, marks := append(f.kept, r), append(f.keptAt, here)
	f.kept, f.keptAt = nil, nil
	if f.aircraft.Wire != WireNative {
		for i, r := range reports {
			f.encoder.report(f, at, r, marks[i], &calm)
		}
		return
	}
	topic := native.TelemetryTopic(f.aircraft.ID)
	for len(reports) > 0 {
		n := min(fill, len(reports))
		payload := native.AppendBackFill(nil, reports[:n])
		f.engine.post(&f.sender, parcel{Event: Event{At: at, Topic: topic, Payload: payload, QoS: 1}, of: f, mark: marks[n-1]}, 0, 1)
		reports, marks = reports[n:], marks[n:]
	}
}

// offset answers how far the knobs put a reported position off, metres.
func offset(k *faults.Knobs) float64 {
	if k.East == 0 && k.North == 0 {
		return k.Error
	}
	return max(math.Hypot(k.East, k.North), k.Error)
}

// template is what every report of an aircraft says.
func template(a *Aircraft) lowsky.TelemetryReport {
	home := lowsky.Some(lowsky.Position{Longitude: lowsky.Degrees(round(a.Home.Longitude, 1e7)), Latitude: lowsky.Degrees(round(a.Home.Latitude, 1e7))})
	r := lowsky.TelemetryReport{
		Aircraft: a.ID, Format: a.Wire, Pilot: home, Home: home, TakeoffHAE: metres(a.Ground), Model: a.Profile.Model,
		Scenario: a.Scenario, Simulated: true,
	}
	if a.Gateway != nil {
		r.Source = a.Gateway.ID
	}
	return r
}

// measure is what the aircraft would tell at t, faults of the position included. It is good until the next call: one report
// is filled again and again, and only with what changes.
func (f *flight) measure(t time.Duration, m *motion, k *faults.Knobs) *lowsky.TelemetryReport {
	a, c, s, r := f.aircraft, &f.craft, f.engine.scenario, &f.report
	east, north, up := f.receiver.err(t, k.Error)
	p := c.frame.point(m.pos.add(vec{east + k.East, north + k.North}))
	at := lowsky.Position{Longitude: lowsky.Degrees(round(p.Longitude, 1e7)), Latitude: lowsky.Degrees(round(p.Latitude, 1e7))}
	dji := a.Wire == WireDJI
	h := a.Heights
	if dji {
		h = Heights{HAE: true, AMSL: true, AGL: true, AboveTakeoff: true}
	}
	if h.HAE {
		at.HAE = metres(a.Ground + m.agl + up)
	}
	if h.AMSL {
		at.AMSL = metres(a.Ground + m.agl + up - s.Geoid)
	}
	if h.AGL {
		at.AGL = metres(m.agl + up)
	}
	if h.AboveTakeoff {
		at.AboveTakeoff = metres(m.agl + up)
	}
	speed, climb := f.receiver.speeds(m.speed, m.climb)
	r.MeasuredAt = f.engine.start.Add(t + k.Skew).Truncate(time.Millisecond)
	r.Position.OK, r.Position.Value = true, at
	r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(round(speed, 100)))
	r.Heading = lowsky.Some(lowsky.Degrees(wrap360(round(m.nose, 10))))
	r.VerticalSpeed = lowsky.Some(lowsky.MetresPerSecond(round(climb, 100)))
	r.Battery = lowsky.Some(lowsky.Percent(math.Round(m.battery)))
	r.Link = lowsky.Some(lowsky.Percent(math.Round(100 - min(60, m.pos.length()/250))))
	if a.Accuracies {
		r.HorizontalAccuracy, r.VerticalAccuracy = metres(round(1+s.Noise.Horizontal, 10)), metres(round(1+s.Noise.Vertical, 10))
		if k.Accuracy.OK {
			r.HorizontalAccuracy, r.VerticalAccuracy = metres(k.Accuracy.Value), metres(k.Accuracy.Value)
		}
	}
	r.Course.OK = false
	if m.speed >= 0.5 { // below that a receiver has no course
		r.Course = lowsky.Some(lowsky.Degrees(wrap360(round(m.course, 10))))
	}
	if dji { // the only one that tells it
		r.ReturnNeed = lowsky.Some(lowsky.Percent(math.Ceil(5 + 110*m.pos.length()/(a.Profile.Speed*a.Profile.Endurance.Seconds()))))
	}
	status := lowsky.StatusGround
	if m.airborne {
		status = lowsky.StatusAirborne
		if k.Emergency {
			status = lowsky.StatusEmergency
		}
	}
	if !r.Status.OK || r.Status.Value != status {
		r.Status = lowsky.Some(status)
	}
	r.C2Lost = lowsky.Opt[bool]{Value: k.C2Lost, OK: k.C2Lost}
	if plan := f.plan(t, k); plan != r.Plan {
		r.Plan = plan
	}
	return r
}

// plan answers what plan the aircraft names at t; "" none.
func (f *flight) plan(t time.Duration, k *faults.Knobs) string {
	if len(f.plans) == 0 || k.NoPlan || t < 0 {
		return ""
	}
	if repeat := f.engine.scenario.Repeat; repeat > 0 {
		t %= repeat
	}
	over, last := "", time.Duration(-1)
	for _, p := range f.plans {
		if t >= p.From && t < p.Until {
			return p.ID
		}
		if k.StayUp && p.Until <= t && p.Until > last {
			over, last = p.ID, p.Until
		}
	}
	return over
}

// truth answers how the aircraft is at a step that it has come to or is about to.
func (f *flight) truth(at time.Duration) Truth {
	f.flyTo(at)
	k := f.looks.at(at)
	m := f.craft.at(at)
	s := &f.sent
	t := Truth{
		Aircraft: f.aircraft, At: at, Position: f.craft.frame.point(m.pos), AGL: m.agl, GroundSpeed: m.speed,
		Course: m.course, VerticalSpeed: m.climb, Battery: m.battery, Airborne: m.airborne, TurnRate: m.turn,
		Sent: s.at, SentAt: s.point, SentAGL: s.agl,
		Offset: max(offset(k), s.offset), LiesAboutHeight: k.Error > 0 || s.height,
		ClockOff: k.Skew, Frozen: k.Freeze || s.frozen, Emergency: k.Emergency && m.airborne, C2Lost: k.C2Lost,
		Cloned: k.Clone.On, Plan: f.plan(at, k),
	}
	if k.Skew == 0 {
		t.ClockOff = s.skew
	}
	return t
}
