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
	back    []goal // the way out when the order ends before the line does
	at      int
	there   bool // at the last goal, and stays
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
	was := c.errand
	c.errand = errand{order: k.Order, to: k.To, zone: k.Zone, depth: k.Depth, margin: k.Margin, length: k.Length}
	e := &c.errand
	c.phase, c.from = flying, c.pos
	speed := k.Speed.Or(c.profile.Speed)
	stop := func(at vec) { e.line = append(e.line, goal{at: at, speed: speed, exact: true}) }
	// Where it comes to a stop if it brakes now.
	ahead := c.pos.add(heading(c.track).times(c.speed * c.speed / (1.4 * c.profile.Acceleration)))
	switch k.Order {
	case faults.None:
		if was.at < len(was.line) && len(was.back) > 0 {
			e.line = was.back[nearestOf(was.back, c.pos):]
		}
	case faults.Home:
		c.homing = true
	case faults.Land:
		c.phase, e.landing, c.spot = sinking, true, ahead
	case faults.Hold:
		stop(ahead)
	case faults.FlyTo:
		stop(c.frame.vec(Point(k.To)))
	case faults.Breach:
		c.breach(newRim(k.Zone), k.Depth, speed)
	case faults.Graze:
		c.graze(newRim(k.Zone), k.Margin, k.Length, speed)
	}
}

// breach goes in from a place straight out from the rim, where it is not that near already, and back to that.
func (c *craft) breach(r *rim, depth, speed float64) {
	e := &c.errand
	here := r.frame.vec(c.frame.point(c.pos))
	at, in := r.inward(here, depth)
	lead := goal{at: c.pos, speed: speed}
	if out := at.sub(in); out != (vec{}) {
		before := max(40, 4*speed)
		if _, _, d := r.nearest(here); d > before {
			lead.at = c.frame.vec(r.frame.point(at.add(out.times(before / out.length()))))
			e.line = append(e.line, lead)
		}
	}
	e.line = append(e.line, goal{at: c.frame.vec(r.frame.point(in)), speed: speed, exact: true})
	e.back = []goal{lead}
}

// wider is how much further outside a craft comes back along a rim: so it turns away from the zone, metres.
const wider = 25

// graze goes along the rim and comes back the same way: the straight way to its mission may lead through the zone.
func (c *craft) graze(r *rim, margin, length, speed float64) {
	e := &c.errand
	out := r.grazing(r.frame.vec(c.frame.point(c.pos)), c.track, margin, length)
	back := make([]vec, 0, len(out))
	for i := len(out) - 1; i >= 0; i-- {
		back = append(back, r.off(out[i], margin+wider))
	}
	goals := func(line []vec) (out []goal) {
		for _, v := range straightened(line) {
			out = append(out, goal{at: c.frame.vec(r.frame.point(v)), speed: speed})
		}
		return out
	}
	e.back = goals(back)
	e.line = append(goals(out), e.back...)
}

// nearestOf answers which goal is nearest to v.
func nearestOf(goals []goal, v vec) int {
	best, near := 0, math.Inf(1)
	for i, g := range goals {
		if d := g.at.sub(v).length(); d < near {
			best, near = i, d
		}
	}
	return best
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

// orderly flies on the errand. At its end the craft stays where it is, or, back from a rim, takes its mission up again.
func (c *craft) orderly(s float64, g goal) {
	e := &c.errand
	if e.there {
		c.brake(s)
		return
	}
	following := g.at // straight on
	if e.at+1 < len(e.line) {
		following = e.line[e.at+1].at
	}
	if !c.horizontal(s, g, following, g.exact) {
		return
	}
	if g.exact {
		e.there, c.spot = true, g.at
		return
	}
	c.from = g.at
	e.at++
	if e.at == len(e.line) {
		c.from = c.pos
	}
}
