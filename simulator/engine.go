package simulator

import (
	"container/heap"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"lowsky"
	"lowsky/simulator/faults"
)

// Event is one message of the simulated world, or a change of the broker. Payload belongs to the receiver.
type Event struct {
	At      time.Duration // since the start of the run: when it reaches the broker
	Topic   string
	Payload []byte
	QoS     byte
	// Link is the device that sent it over a connection of its own, where that is not the one its topic names.
	Link    string
	Control Control
}

// Control is what happens to the broker instead of a message.
type Control uint8

const (
	Deliver    Control = iota // a message
	BrokerDown                // from here on nothing gets through
	BrokerUp
)

// Truth is where an aircraft really is, without noise and whatever it reports.
type Truth struct {
	Aircraft      *Aircraft
	At            time.Duration
	Position      Point
	AGL           float64 // metres
	GroundSpeed   float64 // m/s
	Course        float64 // degrees
	VerticalSpeed float64 // m/s, up positive
	Battery       float64 // percent
	Airborne      bool
	TurnRate      float64 // of the course, degrees/s, right positive

	// Of what it tells.
	Sent            time.Duration // when its newest report that got through was measured; below 0: none yet
	SentAt          Point         // where it truly was then
	SentAGL         float64
	Offset          float64       // how far a fault puts the reported position off, metres, besides the receiver's noise
	LiesAboutHeight bool          // a fault puts the reported height off
	ClockOff        time.Duration // by which its clock is wrong
	Frozen          bool          // it repeats an old position
	Emergency       bool
	C2Lost          bool
	Cloned          bool   // another one transmits under its id
	Plan            string // that it reports to fly; ""
}

// GatewayTruth is what a gateway really does.
type GatewayTruth struct {
	Gateway *Gateway
	Down    bool
	Since   time.Duration // of Down
}

// TrafficTruth is where a crewed aircraft really is.
type TrafficTruth struct {
	Traffic       *Traffic
	Position      Point
	AMSL          float64
	GroundSpeed   float64
	Course        float64
	VerticalSpeed float64
	Present       bool // it is on its way and seen
}

// State is the truth of the whole world at one step.
type State struct {
	At       time.Duration
	Fleet    []Truth // in file order
	Gateways []GatewayTruth
	Traffic  []TrafficTruth
	Broker   bool // it is down
}

// Step is how far apart the states are that [Engine.Observe] shows.
const Step = 200 * time.Millisecond

// Engine flies a scenario. It is not safe for concurrent use.
type Engine struct {
	scenario *Scenario
	start    time.Time
	queue    queue
	flights  []*flight
	ready    []Event // made at one instant; the first taken of them are gone
	taken    int
}

// NewEngine begins a run whose zero is start: report times are start plus the time of the event. The same scenario,
// seed and start give the same events.
func NewEngine(s *Scenario, seed uint64, start time.Time) *Engine {
	e := &Engine{scenario: s, start: start.UTC()}
	relays := map[*Gateway]*relay{}
	for _, g := range s.Gateways {
		w := &relay{engine: e, gateway: g, faults: s.faultsOf(nil, g)}
		relays[g] = w
		e.queue = append(e.queue, &turnOf{actor: w})
	}
	for i, a := range s.Aircraft {
		f := newFlight(e, a, seed)
		e.flights = append(e.flights, f)
		if w := relays[a.Gateway]; w != nil {
			w.behind = append(w.behind, f)
		}
		// Spread over the first interval, or the first second, in file order: even, and the map fills at once.
		first := min(a.Interval, time.Second) * time.Duration(i) / time.Duration(len(s.Aircraft))
		e.queue = append(e.queue, &turnOf{actor: f, at: first.Truncate(time.Millisecond)})
	}
	for i, t := range e.queue {
		t.order = i
	}
	heap.Init(&e.queue)
	return e
}

// Next answers the next message. It never ends: a fleet flies until nobody asks any more.
func (e *Engine) Next() Event {
	for e.taken == len(e.ready) {
		t := e.queue[0]
		e.taken = 0
		e.ready, t.at = t.actor.act(e.ready[:0], t.at)
		heap.Fix(&e.queue, 0)
	}
	e.taken++
	return e.ready[e.taken-1]
}

// Truth answers the true state of every aircraft as of its last report time, in file order.
func (e *Engine) Truth(dst []Truth) []Truth {
	for _, f := range e.flights {
		c := &f.craft
		dst = append(dst, Truth{
			Aircraft: f.aircraft, At: c.now, Position: c.frame.point(c.pos), AGL: c.agl, GroundSpeed: c.speed,
			Course: c.track, VerticalSpeed: c.climb, Battery: c.battery, Airborne: c.airborne(),
		})
	}
	return dst
}

// actor is an aircraft or a gateway: at its time it appends what it sends, and says when it wants to be asked again.
type actor interface {
	act(dst []Event, at time.Duration) (events []Event, again time.Duration)
}

type turnOf struct {
	actor actor
	at    time.Duration
	order int // breaks ties, so that the order is total
}

type queue []*turnOf

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*turnOf)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// faultsOf answers the faults of one aircraft or one gateway.
func (s *Scenario) faultsOf(a *Aircraft, g *Gateway) []*Fault {
	var out []*Fault
	for _, f := range s.Faults {
		if a != nil && f.Aircraft == a || g != nil && f.Gateway == g {
			out = append(out, f)
		}
	}
	return out
}

// knobs answers what the faults make of the instant t.
func (s *Scenario) knobs(list []*Fault, t time.Duration) faults.Knobs {
	var k faults.Knobs
	if t < 0 {
		return k
	}
	if s.Repeat > 0 {
		t %= s.Repeat
	}
	for _, f := range list {
		if t >= f.At && t < f.At+f.For {
			f.Kind.Apply(&k, f.Params, t-f.At)
		}
	}
	return k
}

// flight is one aircraft in the run: its true state, the error of its receiver, and its faults.
type flight struct {
	engine   *Engine
	aircraft *Aircraft
	craft    craft
	faults   []*Fault
	relay    []*Fault // of its gateway
	random   *rand.Rand
	errorAt  time.Duration
	error    [3]float64 // slow part: east, north, up
	frozen   *lowsky.TelemetryReport
	encoder  encoder
}

func newFlight(e *Engine, a *Aircraft, seed uint64) *flight {
	// A stream of its own for every aircraft: adding one to the file leaves the others as they were.
	h := fnv.New64a()
	h.Write([]byte(a.ID))
	f := &flight{
		engine: e, aircraft: a, craft: newCraft(a), faults: e.scenario.faultsOf(a, nil),
		random: rand.New(rand.NewPCG(seed, h.Sum64())), encoder: encoderFor(a),
	}
	if a.Gateway != nil {
		f.relay = e.scenario.faultsOf(nil, a.Gateway)
	}
	n := e.scenario.Noise
	for i, sigma := range [3]float64{n.Horizontal, n.Horizontal, n.Vertical} {
		f.error[i] = sigma * f.random.NormFloat64()
	}
	return f
}

// flyTo brings the craft to t.
func (f *flight) flyTo(t time.Duration) {
	for f.craft.now < t {
		dt := min(maxStep, t-f.craft.now)
		k := f.engine.scenario.knobs(f.faults, f.craft.now)
		f.craft.step(dt, &k)
	}
}

func (f *flight) act(dst []Event, at time.Duration) ([]Event, time.Duration) {
	return f.tell(dst, at), at + f.aircraft.Interval
}

// tell reports at t, unless a fault keeps it from getting through.
func (f *flight) tell(dst []Event, at time.Duration) []Event {
	f.flyTo(at)
	r := f.report(at)
	k := f.engine.scenario.knobs(f.faults, at)
	if k.Freeze {
		if f.frozen == nil {
			f.frozen = r
		}
		kept := *f.frozen
		kept.MeasuredAt, kept.Battery, kept.Status = r.MeasuredAt, r.Battery, r.Status
		r = &kept
	} else {
		f.frozen = nil
	}
	if k.Mute || f.engine.scenario.knobs(f.relay, at).Down {
		return dst
	}
	return f.encoder.report(dst, at, r)
}

// report is what the aircraft would tell at t, faults of the position included.
func (f *flight) report(t time.Duration) *lowsky.TelemetryReport {
	a, c, s := f.aircraft, &f.craft, f.engine.scenario
	k := s.knobs(f.faults, t)
	east, north, up := f.gnss(t)
	p := c.frame.point(c.pos.add(vec{east + k.East, north + k.North}))
	ground := a.Ground
	pilot := lowsky.Position{Longitude: lowsky.Degrees(round(a.Home.Longitude, 1e7)), Latitude: lowsky.Degrees(round(a.Home.Latitude, 1e7))}
	r := &lowsky.TelemetryReport{
		Aircraft: a.ID, Format: a.Wire, MeasuredAt: f.engine.start.Add(t).Truncate(time.Millisecond),
		Position: lowsky.Some(lowsky.Position{
			Longitude: lowsky.Degrees(round(p.Longitude, 1e7)), Latitude: lowsky.Degrees(round(p.Latitude, 1e7)),
			HAE: metres(ground + c.agl + up), AMSL: metres(ground + c.agl + up - s.Geoid),
			AGL: metres(c.agl + up), AboveTakeoff: metres(c.agl + up),
		}),
		GroundSpeed:        lowsky.Some(lowsky.MetresPerSecond(round(c.speed, 100))),
		Heading:            lowsky.Some(lowsky.Degrees(wrap360(round(c.track, 10)))),
		VerticalSpeed:      lowsky.Some(lowsky.MetresPerSecond(round(c.climb, 100))),
		HorizontalAccuracy: lowsky.Some(lowsky.Metres(round(1+s.Noise.Horizontal, 10))),
		VerticalAccuracy:   lowsky.Some(lowsky.Metres(round(1+s.Noise.Vertical, 10))),
		Battery:            lowsky.Some(lowsky.Percent(math.Round(c.battery))),
		Link:               lowsky.Some(lowsky.Percent(math.Round(100 - math.Min(60, c.pos.length()/250)))),
		Status:             lowsky.Some(lowsky.StatusGround),
		Pilot:              lowsky.Some(pilot),
		TakeoffHAE:         metres(ground),
		Home:               lowsky.Some(pilot),
		Model:              a.Profile.Model, Scenario: a.Scenario, Simulated: true,
	}
	if c.speed >= 0.5 { // below that a receiver has no course
		r.Course = r.Heading
	}
	if a.Gateway != nil {
		r.Source = a.Gateway.ID
	}
	if a.Wire == WireDJI { // the only one that tells it
		r.ReturnNeed = lowsky.Some(lowsky.Percent(math.Ceil(5 + 110*c.pos.length()/(a.Profile.Speed*a.Profile.Endurance.Seconds()))))
	}
	if c.airborne() {
		r.Status = lowsky.Some(lowsky.StatusAirborne)
		if k.Emergency {
			r.Status = lowsky.Some(lowsky.StatusEmergency)
		}
	}
	if k.C2Lost {
		r.C2Lost = lowsky.Some(true)
	}
	return r
}

// gnss answers the receiver's error at t, metres.
func (f *flight) gnss(t time.Duration) (east, north, up float64) {
	n := f.engine.scenario.Noise
	if n == (Noise{}) {
		return 0, 0, 0
	}
	keep := math.Exp(-(t - f.errorAt).Seconds() / n.Tau.Seconds())
	fresh := math.Sqrt(1 - keep*keep)
	f.errorAt = t
	var out [3]float64
	for i, sigma := range [3]float64{n.Horizontal, n.Horizontal, n.Vertical} {
		f.error[i] = f.error[i]*keep + sigma*fresh*f.random.NormFloat64()
		out[i] = f.error[i] + n.White*f.random.NormFloat64()
	}
	return out[0], out[1], out[2]
}

func metres(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(round(v, 100))) }

// round keeps as many parts of one as per says: 100 keeps hundredths.
func round(v, per float64) float64 { return math.Round(v*per) / per }
