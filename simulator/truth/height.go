package truth

import (
	"math"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// held is how long it must be near a limit that is no place for that to be a near miss: otherwise it was on its way.
const held = 10 * time.Second

// classLimit answers the limit of an aircraft, +Inf for none: of its class in the register, of an unknown class if it is
// not in it; an agricultural one is held to the stricter of the two.
func classLimit(r *Rule, c *craft, unit string) float64 {
	if c.entry == nil {
		return r.number("unknown" + unit)
	}
	words := map[lowsky.Class]string{
		lowsky.Micro: "micro", lowsky.Light: "light", lowsky.Small: "small", lowsky.Medium: "medium", lowsky.Large: "large",
	}
	word := words[c.entry.Class]
	if word == "" {
		word = "unknown"
	}
	l := r.number(word + unit)
	if c.entry.Agricultural {
		l = min(l, r.number("agricultural"+unit))
	}
	return l
}

// heightOracle knows when an aircraft flew higher above ground than its class may.
type heightOracle struct {
	limits      []float64 // by aircraft
	gates       []float64 // … what over must be passed by for certain
	far         float64
	over, above *lineSet
	sure        float64
}

func newHeightOracle(w *Watch, r *Rule, levels []*Level) *heightOracle {
	o := &heightOracle{
		far: r.number("warning_over_m"), sure: 3 * w.vertical,
		over: newLineSet(w, levels[0], "m", held), above: newLineSet(w, levels[1], "m", held),
	}
	margin := r.number("margin_m")
	for _, c := range w.crafts {
		l := math.Inf(1)
		if r.binds(c.aircraft.Scenario) {
			l = classLimit(r, c, "_m")
		}
		o.limits = append(o.limits, l)
		o.gates = append(o.gates, max(margin+o.sure, c.accuracy.vertical(r.number("default_accuracy_m"), r.number("accuracy_cap_m"))))
	}
	return o
}

func (o *heightOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		var over, above reading
		if limit := o.limits[i]; t.Airborne && !math.IsInf(limit, 1) && (t.AGL > limit-nearby || w.at < c.height) {
			ref := &c.heights[aboveGround]
			over = o.read(ref, t.AGL-limit, o.gates[i], t)
			above = o.read(ref, t.AGL-limit-o.far, o.sure, t)
			if ref.assumed { // never above Caution
				above.class = min(above.class, maybe)
			}
			c.temper(w, &over, c.height)
			c.temper(w, &above, c.height)
		}
		o.above.see(w, c, &above, c.news)
		o.over.see(w, c, &over, c.news)
	}
}

// read classes being past a limit; needs is what must be passed for certain.
func (o *heightOracle) read(ref *reference, past, needs float64, t *simulator.Truth) reading {
	r := reading{past: past, speed: t.GroundSpeed}
	switch {
	case past < -o.sure:
		r.near = past > -nearby
	case past-2*ref.bound > needs && ref.known:
		r.class = yes
	default:
		r.class = maybe
	}
	return r
}
