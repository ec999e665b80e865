package simulator

import "time"

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
	relays   []*relay
	crewed   []*crewed
	outages  schedule // of the broker
	pending  pending  // on the way to the broker
	ready    []parcel // arriving at now; the first taken of them are gone
	taken    int
	seq      uint64
	now      time.Duration
	lost     int

	observe func(*State)
	shown   time.Duration // the step to show next
	state   State
}

// NewEngine begins a run whose zero is start: report times are start plus the time of the event. The same scenario,
// seed and start give the same events.
func NewEngine(s *Scenario, seed uint64, start time.Time) *Engine {
	e := &Engine{scenario: s, start: start.UTC(), outages: s.scheduleOf(nil, nil)}
	turns := func(a actor, at time.Duration) {
		e.queue = append(e.queue, turnOf{actor: a, at: at, order: len(e.queue)})
	}
	if len(e.outages.list) > 0 {
		turns(&outage{engine: e}, 0)
	}
	relays := map[*Gateway]*relay{}
	for _, g := range s.Gateways {
		w := newRelay(e, g, seed)
		relays[g] = w
		e.relays = append(e.relays, w)
		turns(w, 0)
	}
	if s.Weather.QNH > 0 {
		turns(&mast{engine: e, sender: newSender(seed, mastID)}, 0)
	}
	for i, a := range s.Aircraft {
		f := newFlight(e, a, relays[a.Gateway], seed)
		e.flights = append(e.flights, f)
		// Spread over the first interval, or the first second, in file order: even, and the map fills at once.
		first := min(a.Interval, time.Second) * time.Duration(i) / time.Duration(len(s.Aircraft))
		turns(f, first.Truncate(time.Millisecond))
		if at, ok := cloned(s, a); ok {
			turns(newClone(f, seed), at+a.Interval/2)
		}
	}
	for _, t := range s.Traffic {
		c := newCrewed(e, t, seed)
		e.crewed = append(e.crewed, c)
		turns(c, t.Start)
	}
	for i := len(e.queue)/2 - 1; i >= 0; i-- {
		e.queue.sink(i)
	}
	return e
}

// Observe has fn called with the truth at every [Step] from 0 on, in order: after every message of that instant and
// before any of a later one. The slices of the state are used again for the next. Call it before the first Next.
func (e *Engine) Observe(fn func(*State)) { e.observe = fn }

// Lost answers how many reports the radio has lost so far.
func (e *Engine) Lost() int { return e.lost }

// Next answers the next message, or the next change of the broker. It never ends: a fleet flies until nobody asks any
// more.
func (e *Engine) Next() Event {
	for {
		if e.taken < len(e.ready) {
			e.taken++
			return e.arrive(&e.ready[e.taken-1])
		}
		e.ready, e.taken = e.ready[:0], 0
		next := e.queue[0].at
		if len(e.pending) > 0 {
			next = min(next, e.pending[0].At)
		}
		for e.observe != nil && e.shown < next {
			e.show(e.shown)
			e.shown += Step
		}
		e.now = next
		if len(e.pending) > 0 && e.pending[0].At == next {
			p := e.pending.pop()
			return e.arrive(&p)
		}
		e.queue[0].at = e.queue[0].actor.act(next)
		e.queue.sink(0)
	}
}

// arrive hands a message over to the broker.
func (e *Engine) arrive(p *parcel) Event {
	if f := p.of; f != nil && p.mark.at > f.sent.at {
		f.sent = p.mark
	}
	return p.Event
}

// Truth answers the true state of every aircraft at the last step before the newest message, in file order.
func (e *Engine) Truth(dst []Truth) []Truth {
	return e.fleet(dst, e.now/Step*Step)
}

func (e *Engine) fleet(dst []Truth, at time.Duration) []Truth {
	for _, f := range e.flights {
		dst = append(dst, f.truth(at))
	}
	return dst
}

// show calls the observer with the truth of one step.
func (e *Engine) show(at time.Duration) {
	st := &e.state
	st.At, st.Fleet, st.Gateways, st.Traffic = at, e.fleet(st.Fleet[:0], at), st.Gateways[:0], st.Traffic[:0]
	for _, w := range e.relays {
		st.Gateways = append(st.Gateways, GatewayTruth{Gateway: w.gateway, Down: w.started && !w.up, Since: w.since})
	}
	for _, c := range e.crewed {
		st.Traffic = append(st.Traffic, c.truth(at))
	}
	_, st.Broker = e.outages.covers(at)
	e.observe(st)
}

// outage is the broker that goes and comes.
type outage struct {
	engine *Engine
	down   bool
}

func (o *outage) act(at time.Duration) time.Duration {
	e := o.engine
	if _, down := e.outages.covers(at); down != o.down {
		o.down = down
		control := BrokerUp
		if down {
			control = BrokerDown
		}
		e.ready = append(e.ready, parcel{Event: Event{At: at, Control: control}})
	}
	return e.outages.changes(at)
}

// actor is an aircraft or whatever else sends: at its time it sends, and says when it wants to be asked again.
type actor interface {
	act(at time.Duration) (again time.Duration)
}

type turnOf struct {
	actor actor
	at    time.Duration
	order int // breaks ties, so that the order is total
}

// queue is a binary heap: the first is who acts next. By hand, because container/heap makes an interface call of every
// comparison, and there are two for each report and level.
type queue []turnOf

func (q queue) less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].order < q[j].order
}

// sink puts the i-th, which acts later than before, where it belongs.
func (q queue) sink(i int) {
	for {
		down := 2*i + 1
		if down >= len(q) {
			return
		}
		if down+1 < len(q) && q.less(down+1, down) {
			down++
		}
		if !q.less(down, i) {
			return
		}
		q[i], q[down] = q[down], q[i]
		i = down
	}
}
