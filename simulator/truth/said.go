package truth

import (
	"lowsky/simulator"
)

// saidOracle knows when an aircraft in the air says something of itself: an emergency, or that its control link is lost.
type saidOracle struct {
	link  bool // about the control link
	bound []bool
	lines []*lineSet // by aircraft
}

func newSaidOracle(w *Watch, r *Rule, levels []*Level) *saidOracle {
	o := &saidOracle{link: r.Kind == "c2_loss"}
	var sets []*lineSet
	for _, l := range levels {
		sets = append(sets, newLineSet(w, l, "", 0))
	}
	for _, c := range w.crafts {
		set := sets[0]
		if !o.link && c.aircraft.Wire == simulator.WireDJI { // it has no other word for it
			set = sets[1]
		}
		o.bound, o.lines = append(o.bound, r.binds(c.aircraft.Scenario)), append(o.lines, set)
	}
	return o
}

func (o *saidOracle) see(w *Watch, s *simulator.State) {
	for i, l := range o.lines {
		t, c := &s.Fleet[i], w.crafts[i]
		r := reading{speed: t.GroundSpeed}
		said := t.Emergency
		if o.link {
			said = t.C2Lost
		}
		if said && t.Airborne && o.bound[i] {
			r.class = yes
			c.temper(w, &r, c.cloned) // the other one says that all is well
		}
		l.see(w, c, &r, c.news)
	}
}
