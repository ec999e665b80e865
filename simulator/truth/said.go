package truth

import (
	"lowsky"
	"lowsky/simulator"
)

// saidOracle knows when an aircraft in the air says something of itself: an emergency, or that its control link is lost.
type saidOracle struct {
	link  bool // about the control link
	lines []*line
}

func newSaidOracle(w *Watch, r *Rule, levels []*Level) *saidOracle {
	o := &saidOracle{link: r.Hazard == lowsky.HazardC2Loss}
	for _, c := range w.crafts {
		level := levels[0]
		if !o.link && c.aircraft.Wire == simulator.WireDJI { // it has no other word for it
			level = levels[1]
		}
		l := w.craftLine(c, level, "", 0)
		if !r.binds(c.aircraft.Scenario) {
			l = nil
		}
		o.lines = append(o.lines, l)
	}
	return o
}

func (o *saidOracle) see(w *Watch, s *simulator.State) {
	for i, l := range o.lines {
		if l == nil {
			continue
		}
		t, c := &s.Fleet[i], w.crafts[i]
		r := reading{speed: t.GroundSpeed}
		said := t.Emergency
		if o.link {
			said = t.C2Lost
		}
		if said && t.Airborne {
			r.class = yes
			lied := c.cloned // the other one says that all is well
			c.temper(w, &r, lied)
		}
		l.see(w, &r, c.news)
	}
}
