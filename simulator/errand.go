package simulator

import (
	"math"

	"lowsky"
	"lowsky/simulator/faults"
)

// errand is where a craft is sent instead of its mission: a line of goals, made once when the order comes.
type errand struct {
	order   faults.Order
	to      faults.Place
	zone    *lowsky.Zone
	depth   float64
	margin  float64
	length  float64
	line    []goal // empty: the mission
	at      int
	landing bool // down from where it is, and on the ground then
}

// same reports whether k orders what the craft is already about.
func (e *errand) same(k *faults.Knobs) bool {
	if e.order != k.Order {
		return false
	}
	return k.Order == faults.None || e.to == k.To && e.zone == k.Zone && e.depth == k.Depth &&
		e.margin == k.Margin && e.length == k.Length
}

// begin takes a new order, or the mission up again.
func (c *craft) begin(k *faults.Knobs) {
	c.errand = errand{order: k.Order, to: k.To, zone: k.Zone, depth: k.Depth, margin: k.Margin, length: k.Length, line: c.errand.line[:0]}
	e := &c.errand
	c.phase, c.from = flying, c.pos
	speed := c.profile.Speed
	stop := func(at vec) { e.line = append(e.line, goal{at: at, speed: speed, exact: true}) }
	// Where it comes to a stop if it brakes now.
	ahead := c.pos.add(heading(c.track).times(c.speed * c.speed / (1.4 * c.profile.Acceleration)))
	switch k.Order {
	case faults.Home:
		c.homing = true
	case faults.Land:
		c.phase, e.landing, c.spot = sinking, true, ahead
	case faults.Hold:
		stop(ahead)
	case faults.FlyTo:
		stop(c.frame.vec(Point(k.To)))
	case faults.Breach:
		r := newRim(k.Zone)
		here := r.frame.vec(c.frame.point(c.pos))
		at, in := r.inward(here, k.Depth)
		// First to a place straight out from there, so that it goes in square.
		out := at.sub(in)
		if l := out.length(); l > 0 {
			lead := math.Max(40, 4*speed)
			out = out.times(1 / l)
			if _, _, d := r.nearest(here); d > lead {
				e.line = append(e.line, goal{at: c.frame.vec(r.frame.point(at.add(out.times(lead)))), speed: speed})
			}
		}
		stop(c.frame.vec(r.frame.point(in)))
	case faults.Graze:
		r := newRim(k.Zone)
		for _, v := range r.grazing(r.frame.vec(c.frame.point(c.pos)), c.track, k.Margin, k.Length) {
			e.line = append(e.line, goal{at: c.frame.vec(r.frame.point(v)), speed: speed})
		}
	}
}

// ordered answers the goal that the craft is ordered to, at the height of its mission.
func (c *craft) ordered() (goal, bool) {
	e := &c.errand
	if e.at >= len(e.line) {
		return goal{}, false
	}
	g := e.line[e.at]
	g.agl = c.goalNow().agl
	return g, true
}

// orderly flies on the errand. At its end the craft stays where it is, or, off a rim, takes its mission up again.
func (c *craft) orderly(s float64, g goal) {
	e := &c.errand
	following := g.at // straight on
	if e.at+1 < len(e.line) {
		following = e.line[e.at+1].at
	}
	if !c.horizontal(s, g, following, g.exact) || g.exact {
		return
	}
	c.from = g.at
	e.at++
	if e.at == len(e.line) {
		c.from = c.pos
	}
}
