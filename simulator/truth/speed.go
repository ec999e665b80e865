package truth

import (
	"math"

	"lowsky/simulator"
)

// finest is how finely speeds are reported at worst, m/s.
const finest = 0.1

// speedOracle knows when an aircraft flew faster over ground than its class is defined by.
type speedOracle struct {
	limits      []float64 // m/s, by aircraft
	margin, far float64   // parts of the limit
	sure        float64   // m/s
	over, above *lineSet
}

func newSpeedOracle(w *Watch, r *Rule, levels []*Level) *speedOracle {
	o := &speedOracle{
		margin: r.number("margin_pct") / 100, far: r.number("caution_over_pct") / 100,
		sure: 3*w.scenario.Noise.Speed + finest,
		over: newLineSet(w, levels[0], "m/s", held), above: newLineSet(w, levels[1], "m/s", held),
	}
	for _, c := range w.crafts {
		l := math.Inf(1)
		if r.binds(c.aircraft.Scenario) {
			l = classLimit(r, c, "_kmh") / 3.6
		}
		o.limits = append(o.limits, l)
	}
	return o
}

func (o *speedOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		var over, above reading
		if limit := o.limits[i]; t.Airborne && !math.IsInf(limit, 1) {
			over = o.read(t.GroundSpeed, limit, limit*o.margin)
			above = o.read(t.GroundSpeed, limit*(1+o.far), 0)
			c.temper(w, &over, c.motion)
			c.temper(w, &above, c.motion)
		}
		o.above.see(w, c, &above, c.news)
		o.over.see(w, c, &over, c.news)
	}
}

// read classes a speed against a limit and a margin on top of it.
func (o *speedOracle) read(speed, limit, margin float64) reading {
	r := reading{past: speed - limit, speed: speed}
	switch {
	case r.past < -o.sure:
		r.near = speed > 0.75*limit
	case r.past > margin+o.sure:
		r.class = yes
	default:
		r.class = maybe
	}
	return r
}
