package truth

import (
	"math"
	"time"

	"lowsky"
	"lowsky/simulator"
)

const (
	// deaf is how long an aircraft is not heard before what is true of it is uncertain; at least two of its intervals.
	deaf = 3 * time.Second
	// doubted is how long what it tells is not believed after it has stopped to lie.
	doubted = 10 * time.Second
	// planless is how many of its reports, and planlessFor how long, it takes for a plan that it names no longer to be
	// forgotten: the platform's documented patience (docs/telemetry.md).
	planless    = 4
	planlessFor = 15 * time.Second
	// steady is how long an aircraft flies straight on before it is sure to be seen as doing so.
	steady = 6 * time.Second
)

// craft is one aircraft as truth follows it.
type craft struct {
	index    int
	id       lowsky.AircraftID
	object   lowsky.Object
	aircraft *simulator.Aircraft
	entry    *lowsky.Aircraft // nil: not registered
	heights  [3]reference     // by heightFrame
	home     plane
	accuracy accuracy
	lies     []*simulator.Fault
	clones   []clone

	news
	flew     bool          // by its newest report
	flewAt   time.Duration // when it last said so; below 0 never
	deafFor  time.Duration
	unheard  bool
	place    time.Duration // until when its place is not believed, and so on
	height   time.Duration
	motion   time.Duration
	cloned   time.Duration
	straight time.Duration // since when it flies straight on
	speed    float64       // then
	climb    float64
	plan     string // that it names, and the one before
	former   string
	// replanned is until when either may be taken for its plan.
	replanned time.Duration
	bearing   float64    // course at the last whole second
	rates     [6]float64 // of turn over each of the last seconds, degrees/s
	rate      float64    // over the last three
	winding   bool       // it changes how it turns: any guess at where it goes is as good as another
}

func (w *Watch) newCraft(i int, a *simulator.Aircraft, entry *lowsky.Aircraft) *craft {
	c := &craft{
		index: i, id: a.ID, object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(a.ID)}, aircraft: a, entry: entry,
		news: news{-1, -1}, flewAt: -1, deafFor: max(deaf, 2*a.Interval+time.Second/2),
		home: newPlane(a.Home), bearing: -1, place: -1, height: -1, motion: -1, cloned: -1,
	}
	c.heights = references(w.scenario, a)
	if (a.Accuracies || a.Heights == (simulator.Heights{})) && a.Wire == simulator.WireNative {
		// What the simulated receivers say of themselves.
		c.accuracy = accuracy{true, 1 + w.scenario.Noise.Horizontal, 1 + w.scenario.Noise.Vertical}
	}
	for _, f := range w.scenario.Faults {
		if f.Aircraft == a && f.Kind.Name == accuracyLie {
			c.lies = append(c.lies, f)
		}
		if f.Aircraft == a && f.Kind.Name == cloneFault {
			c.clones = append(c.clones, clone{Fault: f, craft: c})
		}
	}
	return c
}

// accuracy is what an aircraft reports of how well it knows where it is.
type accuracy struct {
	told           bool
	across, upward float64
}

func (a accuracy) horizontal(otherwise, most float64) float64 { return a.or(a.across, otherwise, most) }
func (a accuracy) vertical(otherwise, most float64) float64   { return a.or(a.upward, otherwise, most) }

func (a accuracy) or(v, otherwise, most float64) float64 {
	if !a.told {
		return otherwise
	}
	return min(v, most)
}

// accuracyLie is the fault that makes an aircraft claim an accuracy that is not its own: what it may do to the judgement
// of its place is uncertain by nature.
const accuracyLie = "accuracy_lie"

// see brings what is known of the aircraft to the present state.
func (c *craft) see(w *Watch, t *simulator.Truth) {
	if t.Sent > c.sent || c.sent < 0 && t.Sent >= 0 {
		came := max(t.Sent+w.scenario.Noise.Latency, w.at-simulator.Step) // it arrived since the last step
		if c.sent >= 0 && came-c.came > deaf {
			w.silences[c.id] = append(w.silences[c.id], [2]time.Duration{c.came, came})
		}
		c.news = news{t.Sent, came}
		c.flew = t.Airborne
		if c.flew {
			c.flewAt = w.at
		}
	}
	c.unheard = c.sent < 0 || w.at-c.came > c.deafFor
	until := w.at + doubted
	lied := t.ClockOff != 0 || t.Frozen || t.Cloned
	for _, f := range c.lies {
		at := w.at
		if r := w.scenario.Repeat; r > 0 {
			at %= r
		}
		lied = lied || at >= f.At && at < f.At+f.For
	}
	if lied {
		c.place, c.height, c.motion = until, until, until
	}
	if t.Offset > 0.5 {
		c.place, c.height = until, until
	}
	if t.LiesAboutHeight {
		c.height = until
	}
	if t.Cloned {
		c.cloned = until
	}
	if t.Plan != c.plan {
		c.plan, c.former, c.replanned = t.Plan, c.plan, w.at+max(planless*c.aircraft.Interval, planlessFor+2*c.aircraft.Interval)
	}
	c.turn(w, t)
}

// turn follows how straight it flies.
func (c *craft) turn(w *Watch, t *simulator.Truth) {
	if !t.Airborne || t.TurnRate >= 0.5 || t.TurnRate <= -0.5 || differ(t.GroundSpeed, c.speed, 0.5) || differ(t.VerticalSpeed, c.climb, 0.3) {
		c.straight, c.speed, c.climb = w.at, t.GroundSpeed, t.VerticalSpeed
	}
	if w.at%time.Second == 0 {
		c.bend(int(w.at/time.Second), t)
	}
	least, most := c.now(w, t), c.now(w, t)
	for _, r := range c.rates {
		least, most = min(least, r), max(most, r)
	}
	c.winding = most-least > changing
}

// now answers the rate of turn since the last whole second, by its course: the momentary rate jitters.
func (c *craft) now(w *Watch, t *simulator.Truth) float64 {
	since := w.at % time.Second
	if since < 2*simulator.Step || c.bearing < 0 || t.GroundSpeed < slow {
		return c.rates[int(w.at/time.Second)%len(c.rates)]
	}
	return math.Remainder(t.Course-c.bearing, 360) / since.Seconds()
}

const (
	// slow is the speed below which a course says little, m/s.
	slow = 1.0
	// changing is by how much the rate of turn of the last seconds may differ for it to be one turn, degrees/s.
	changing = 3.0
)

// bend takes the turn over the last second.
func (c *craft) bend(second int, t *simulator.Truth) {
	i := second % len(c.rates)
	c.rates[i] = 0
	if t.Airborne && t.GroundSpeed >= slow && c.bearing >= 0 {
		c.rates[i] = math.Remainder(t.Course-c.bearing, 360)
	}
	if c.bearing = t.Course; t.GroundSpeed < slow {
		c.bearing = -1
	}
	n := len(c.rates)
	c.rate = (c.rates[i] + c.rates[(i+n-1)%n] + c.rates[(i+n-2)%n]) / 3
}

func differ(a, b, by float64) bool { return a-b > by || b-a > by }

// steadily reports whether it has flown straight on for long.
func (c *craft) steadily(w *Watch) bool { return w.at-c.straight >= steady }

// temper makes a reading uncertain where what the aircraft tells cannot bear it: lied where it does not tell the truth
// about this.
func (c *craft) temper(w *Watch, r *reading, lied time.Duration) {
	switch {
	case w.at < lied:
		r.class, r.near, r.forced = maybe, false, true
	case c.unheard && r.class == yes:
		r.class, r.forced = maybe, true
	}
}
