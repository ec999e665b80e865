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
	rule        *Rule
	limits      []float64 // by aircraft
	far         float64
	margin      float64
	over, above []*line
	sure        float64
}

func newHeightOracle(w *Watch, r *Rule, levels []*Level) *heightOracle {
	o := &heightOracle{rule: r, far: r.number("warning_over_m"), margin: r.number("margin_m"), sure: 3 * w.vertical}
	for _, c := range w.crafts {
		l := math.Inf(1)
		if r.binds(c.aircraft.Scenario) {
			l = classLimit(r, c, "_m")
		}
		o.limits = append(o.limits, l)
		o.over = append(o.over, w.craftLine(c, levels[0], "m", held))
		o.above = append(o.above, w.craftLine(c, levels[1], "m", held))
	}
	return o
}

// craftLine makes a line about one aircraft alone.
func (w *Watch) craftLine(c *craft, l *Level, unit string, least time.Duration) *line {
	return w.newLine(line{key: Key{Object: c.object, Hazard: l.Hazard}, level: l, unit: unit, least: least})
}

func (o *heightOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		if math.IsInf(o.limits[i], 1) {
			continue
		}
		t, c := &s.Fleet[i], w.crafts[i]
		var over, above reading
		if t.Airborne {
			ref := &c.heights[aboveGround]
			gate := max(o.margin, c.accuracy.vertical(o.rule.number("default_accuracy_m"), o.rule.number("accuracy_cap_m")))
			past := t.AGL - o.limits[i]
			over = o.read(ref, past, max(o.margin+o.sure, gate), t)
			above = o.read(ref, past-o.far, o.sure, t)
			if ref.assumed { // never above Caution
				above.class = min(above.class, maybe)
			}
			c.temper(w, &over, c.height)
			c.temper(w, &above, c.height)
		}
		o.above[i].see(w, &above, c.news)
		o.over[i].see(w, &over, c.news)
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
