package truth

import (
	"math"

	"lowsky/simulator"
)

const (
	// whole is how far off a battery level is that is reported in whole percents.
	whole = 0.5
	// spare is how near to its limit a battery must come to be a near miss, percent.
	spare = 5.0
)

// batteryOracle knows when the battery of an aircraft in the air is low.
type batteryOracle struct {
	limits [3]float64 // advisory, caution, warning
	bound  []bool     // by aircraft: the rule is about it
	lines  [4]*lineSet
}

func newBatteryOracle(w *Watch, r *Rule, levels []*Level) *batteryOracle {
	o := &batteryOracle{limits: [3]float64{r.number("advisory_pct"), r.number("caution_pct"), r.number("warning_pct")}}
	for i := range o.lines {
		o.lines[i] = newLineSet(w, levels[i], "%", held)
	}
	for _, c := range w.crafts {
		o.bound = append(o.bound, r.binds(c.aircraft.Scenario))
	}
	return o
}

func (o *batteryOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		var read [4]reading
		if t.Airborne && o.bound[i] {
			need := maybeNeeds(c, t)
			for k, limit := range o.limits {
				r := &read[k]
				r.past, r.speed = limit-t.Battery, t.GroundSpeed
				switch {
				case r.past >= whole:
					r.class = yes
				case r.past > -2*whole:
					r.class = maybe
				default:
					r.near = r.past > -spare
				}
				r.class = max(r.class, need)
				c.temper(w, r, c.cloned)
			}
			read[3].class = need // never more: nobody knows what the way home takes
		}
		for k := range read {
			o.lines[k].see(w, c, &read[k], c.news)
		}
	}
}

// maybeNeeds classes needing more to return than there is: only DJI aircraft say what they need, by their distance from
// home, and it is their estimate.
func maybeNeeds(c *craft, t *simulator.Truth) class {
	if c.aircraft.Wire != simulator.WireDJI {
		return no
	}
	home := c.home.at(t.Position).length()
	need := 5 + 110*home/math.Max(1, c.aircraft.Profile.Speed*c.aircraft.Profile.Endurance.Seconds())
	if t.Battery < need+3 {
		return maybe
	}
	return no
}
