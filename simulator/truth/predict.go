package truth

import (
	"math"

	"lowsky/simulator"
)

// leads classes whether the flight leads into the zone within the rule's look-ahead: yes straight on, deeper than margin
// and gate, with 3 s to spare, of an aircraft that has flown straight for long; no if nothing like its present flight
// comes within 3 sigma of the zone in that time and 3 s more. before is what it was; unless busy it is looked at once a
// second only.
func (o *zoneOracle) leads(p *zonePair, c *craft, t *simulator.Truth, r *zoneRule, before class, busy bool) class {
	w := o.watch
	if !busy && before == no && (w.count+c.index)%5 != 0 {
		return before
	}
	noise := 3 * w.scenario.Noise.Speed
	wide := cone(t.GroundSpeed, o.sure, noise)
	turns := c.turns(w, t)
	near := false
	for i := range p.zone.volumes {
		v := &p.zone.volumes[i]
		near = near || o.reaches(v, c, t, 0, r.lookAhead+3, wide, noise)
		for _, turn := range turns {
			near = near || turn != 0 && o.reaches(v, c, t, turn, r.lookAhead+3, wide, noise)
		}
		if c.winding { // wherever it goes from here
			near = near || v.area.distance(v.area.at(t.Position))-o.sure <= (t.GroundSpeed+noise)*(r.lookAhead+3)
		}
	}
	if !near {
		return no
	}
	if !c.steadily(w) {
		return maybe
	}
	for i := range p.zone.volumes {
		if o.enters(&p.zone.volumes[i], c, t, r, noise) {
			return yes
		}
	}
	return maybe
}

// cone answers how fast the places spread that an aircraft may fly to, m/s: by 3 degrees of its course to either side,
// by what 3 sigma of its place make of a course over 5 s, and by the noise of its speed.
func cone(speed, sure, noise float64) float64 {
	angle := 3*radian + math.Atan2(sure, speed*5)
	return 2*speed*math.Sin(angle/2) + noise
}

// turns answers the rates of turn, degrees per second, at which it may be taken to go on: that of now and that of the last
// three seconds; 0 where there is none to speak of.
func (c *craft) turns(w *Watch, t *simulator.Truth) [2]float64 {
	out := [2]float64{c.now(w, t), c.rate}
	for i, v := range out {
		if math.Abs(v) < 0.5 {
			out[i] = 0
		}
	}
	if math.Abs(out[0]-out[1]) < 0.3 { // the same turn
		out[1] = 0
	}
	return out
}

// onward answers where a flight at p goes in s seconds with a constant rate of turn.
func onward(p vec, t *simulator.Truth, turn, s float64) vec {
	if math.Abs(turn) < 0.1 {
		return p.plus(along(t.Course, t.GroundSpeed*s))
	}
	radius := t.GroundSpeed / (turn * radian)
	s0, c0 := math.Sincos(t.Course * radian)
	s1, c1 := math.Sincos((t.Course + turn*s) * radian)
	return p.plus(vec{c0 - c1, s1 - s0}.times(radius))
}

const (
	leastStep = 0.1 // s, of a look ahead near a limit
	mostSteps = 600
)

// reaches reports whether the flight comes within 3 sigma of the volume within so many seconds, where the places spread by
// wide and the heights by noise, m/s. It goes ahead by as much as the distance allows, so it steps over nothing.
func (o *zoneOracle) reaches(v *volume, c *craft, t *simulator.Truth, turn, seconds, wide, noise float64) bool {
	p := v.area.at(t.Position)
	var st stand
	s := 0.0
	for range mostSteps {
		if s > seconds {
			return false
		}
		off := v.area.distance(onward(p, t, turn, s)) - o.sure - wide*s
		st.vertical(c, v.limits, t.AGL+t.VerticalSpeed*s)
		up := st.out - o.sureV - noise*s
		if off <= 0 && up <= 0 {
			return true
		}
		s += max(ahead(off, t.GroundSpeed+wide), ahead(up, math.Abs(t.VerticalSpeed)+noise), leastStep)
	}
	return true // it runs along it
}

// ahead answers how long a distance lasts at a speed.
func ahead(distance, speed float64) float64 {
	if distance <= 0 {
		return 0
	}
	return distance / max(speed, 1e-9)
}

// enters reports whether straight on leads deep into the volume, in time and whatever the speed's noise.
func (o *zoneOracle) enters(v *volume, c *craft, t *simulator.Truth, r *zoneRule, noise float64) bool {
	p := v.area.at(t.Position)
	needs, needsV := r.margin+o.gate(r, c), r.margin+o.gateV(r, c)
	var st stand
	s := 0.0
	for range mostSteps {
		if s > r.lookAhead-3 {
			return false
		}
		off := v.area.distance(onward(p, t, 0, s)) + needs + noise*s
		st.vertical(c, v.limits, t.AGL+t.VerticalSpeed*s)
		up := needsV + noise*s - st.deep
		if off <= 0 && up <= 0 {
			return true
		}
		if math.IsInf(up, 1) {
			return false
		}
		s += max(ahead(off, t.GroundSpeed), ahead(up, math.Abs(t.VerticalSpeed)), leastStep)
	}
	return false
}
