package truth

import (
	"time"

	"lowsky/simulator"
)

// apart is how far from each other two under one id must be to be in different places for certain, metres.
const apart = 1000.0

// identityOracle knows when an aircraft in the air is in nobody's register, when it is in a zone besides, and when
// another one flies under its id elsewhere.
type identityOracle struct {
	bound             []bool
	zones             *zoneOracle
	alone, zone, twin *lineSet
	linger            time.Duration   // that the other one counts for after it was last heard
	until             []time.Duration // by aircraft: the other one counts until then
}

func newIdentityOracle(w *Watch, r *Rule, levels []*Level, zones *zoneOracle) *identityOracle {
	o := &identityOracle{
		zones: zones, linger: r.seconds("elsewhere_s") + r.KeepFiring,
		alone: newLineSet(w, levels[0], "", 0), zone: newLineSet(w, levels[1], "", 0), twin: newLineSet(w, levels[2], "", 0),
	}
	for _, c := range w.crafts {
		o.bound, o.until = append(o.bound, r.binds(c.aircraft.Scenario)), append(o.until, -1)
	}
	return o
}

func (o *identityOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		var alone, zone, twin reading
		if t.Airborne && o.bound[i] {
			alone.speed, zone.speed, twin.speed = t.GroundSpeed, t.GroundSpeed, t.GroundSpeed
			if len(c.clones) > 0 {
				twin.class = o.elsewhere(w, c, t)
				c.temper(w, &twin, -1)
			}
			if c.entry != nil {
				// By another id than the register's own, and still known.
				alone.near = len(c.aircraft.OtherIDs) > 0
			} else {
				alone.class, zone.class = yes, o.inside(c)
				zone.near = zone.class == no
				c.temper(w, &alone, -1)
				c.temper(w, &zone, max(c.place, c.height))
			}
			alone.class = max(alone.class, twin.class)
			alone.near = alone.near && alone.class == no
			if twin.class != no {
				zone.class, zone.near = max(zone.class, maybe), false
			}
		}
		o.twin.see(w, c, &twin, c.news)
		o.zone.see(w, c, &zone, c.news)
		o.alone.see(w, c, &alone, c.news)
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

// elsewhere classes that another one is heard under the id of an aircraft in another place. Three reports of each
// are the least that shows it: fewer could be a receiver that errs.
func (o *identityOracle) elsewhere(w *Watch, c *craft, t *simulator.Truth) class {
	best := no
	for i := range c.clones {
		f := &c.clones[i]
		since, ok := f.since(w)
		if !ok || f.line != nil { // one with a credential of its own is refused before anybody looks where it is
			continue
		}
		o.until[c.index] = w.at + o.linger
		p := newPlane(simulator.Point(f.Params.From))
		there := along(f.Params.Course, f.Params.Speed*since.Seconds())
		k := maybe
		if since >= 3*c.aircraft.Interval && p.at(t.Position).minus(there).length() > apart {
			k = yes
		}
		best = max(best, k)
	}
	if best == no && w.at < o.until[c.index] {
		return maybe
	}
	return best
}
