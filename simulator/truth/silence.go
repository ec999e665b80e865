package truth

import (
	"math"
	"time"

	"lowsky/simulator"
)

// silenceOracle knows when an aircraft that was last heard of in the air has not been heard for long.
type silenceOracle struct {
	limits  []float64 // seconds, by aircraft
	long    float64
	slack   []float64 // by which a platform may have learned another interval
	lines   [2]*lineSet
	excused []time.Duration // silence counts from then: the gateway or the broker came back
	gateway []int           // by aircraft, -1 none
	late    float64
}

func newSilenceOracle(w *Watch, r *Rule, levels []*Level) *silenceOracle {
	o := &silenceOracle{long: r.number("warning_after_s"), late: w.late.Seconds() + 0.2}
	o.lines = [2]*lineSet{newLineSet(w, levels[0], "s", 0), newLineSet(w, levels[1], "s", 0)}
	least, most, factor := r.number("minimum_s"), r.number("maximum_s"), r.number("factor")
	for _, c := range w.crafts {
		limit, slack := math.Inf(1), 0.0
		if r.binds(c.aircraft.Scenario) {
			learned := factor * c.aircraft.Interval.Seconds()
			limit = min(max(learned, least), most)
			if learned > 0.6*least {
				slack = learned / 2
			}
		}
		g := -1
		for i := range w.scenario.Gateways {
			if w.scenario.Gateways[i] == c.aircraft.Gateway {
				g = i
			}
		}
		o.limits, o.slack, o.gateway = append(o.limits, limit), append(o.slack, slack), append(o.gateway, g)
		o.excused = append(o.excused, -1)
	}
	return o
}

func (o *silenceOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		down := s.Broker || o.gateway[i] >= 0 && s.Gateways[o.gateway[i]].Down
		if down {
			o.excused[i] = w.at
		}
		var silent, long reading
		if gap := (w.at - c.came).Seconds(); c.flew && gap >= o.limits[i]/2-o.late {
			counted := (w.at - max(c.came, o.excused[i])).Seconds()
			silent = o.read(gap, counted, o.limits[i], o.slack[i], o.late)
			long = o.read(gap, counted, max(o.long, o.limits[i]), o.slack[i], o.late)
			if w.at < c.cloned { // the other one is heard
				silent.class, long.class = min(silent.class, maybe), min(long.class, maybe)
			}
			silent.speed, long.speed = t.GroundSpeed, t.GroundSpeed
		}
		heard := news{w.at, w.at} // nothing has to come for that to be known
		o.lines[1].see(w, c, &long, heard)
		o.lines[0].see(w, c, &silent, heard)
	}
}

// read classes a silence: gap is since it was heard, counted since it could have been.
func (o *silenceOracle) read(gap, counted, limit, slack, late float64) reading {
	r := reading{past: gap - limit}
	switch {
	case gap < limit-late-slack:
		r.near = gap >= limit/2
	case counted > limit+late+slack:
		r.class = yes
	default:
		r.class, r.forced = maybe, counted < gap
	}
	return r
}
