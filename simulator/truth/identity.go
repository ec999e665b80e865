package truth

import (
	"lowsky/simulator"
)

// identityOracle knows when an aircraft in the air is in nobody's register, and when it is in a zone besides.
type identityOracle struct {
	bound       []bool
	zones       *zoneOracle
	alone, zone []*line
}

func newIdentityOracle(w *Watch, r *Rule, levels []*Level, zones *zoneOracle) *identityOracle {
	o := &identityOracle{zones: zones}
	for _, c := range w.crafts {
		o.bound = append(o.bound, r.binds(c.aircraft.Scenario))
		o.alone = append(o.alone, w.craftLine(c, levels[0], "", 0))
		o.zone = append(o.zone, w.craftLine(c, levels[1], "", 0))
	}
	return o
}

func (o *identityOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		var alone, zone reading
		switch {
		case !t.Airborne || !o.bound[i]:
		case c.entry != nil:
			// Under another id than that of the register's own, and still known.
			alone = reading{near: len(c.aircraft.OtherIDs) > 0, speed: t.GroundSpeed}
		default:
			alone = reading{class: yes, speed: t.GroundSpeed}
			zone = reading{class: o.inside(c), near: true, speed: t.GroundSpeed}
			c.temper(w, &alone, -1)
			c.temper(w, &zone, max(c.place, c.height))
			if zone.class != no {
				zone.near = false
			}
		}
		o.zone[i].see(w, &zone, c.news)
		o.alone[i].see(w, &alone, c.news)
	}
}

func (o *identityOracle) inside(c *craft) class {
	best := no
	for _, p := range o.zones.pairs[c.index] {
		if p != nil {
			best = max(best, p.inner)
		}
	}
	return best
}
