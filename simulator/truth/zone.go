package truth

import (
	"math"

	"lowsky"
	"lowsky/simulator"
)

const (
	// nearby is how near to a zone's rim or band a flight past it is a near miss, metres; it goes on until beyond.
	nearby = 60.0
	beyond = 80.0
	// passing is the least speed of an approach that could have been a crossing, m/s.
	passing = 3.0
)

// zoneRule is one rule about zones.
type zoneRule struct {
	*Rule
	levels    map[string]int // place of a level in a pair's lines
	margin    float64
	lookAhead float64 // seconds
}

// zoneOracle knows when an aircraft was in a zone, near it, or on its way into it. It judges all rules about zones at
// once: they share a hazard, and whoever is inside needs no warning that he will be.
type zoneOracle struct {
	watch  *Watch
	zones  []*zone
	rules  []zoneRule
	levels []*Level
	names  []string
	rule   []int // that a level is of
	pairs  [][]*zonePair
	wake   []int     // by aircraft: the step at which a zone may be near again
	sure   float64   // 3 sigma
	sureV  float64   // … of a height
	stands []stand   // of the volumes of the zone that is looked at
	read   []reading // by level
	ahead  float64   // the longest look-ahead, seconds
}

// zonePair is one aircraft and one zone that it came near to.
type zonePair struct {
	zone  *zone
	lines []*line
	on    bool // a line is not idle
	path  path
	inner class // of being in the area and the band while the zone applies, whoever it is: for [identityOracle]
	// By rule.
	ahead  []class
	chords []chord
}

func newZoneOracle(w *Watch) (*zoneOracle, error) {
	o := &zoneOracle{watch: w, sure: 3 * w.horizontal, sureV: 3 * w.vertical}
	most := 0
	for _, z := range w.scenario.Zones {
		made, err := newZone(z)
		if err != nil {
			return nil, err
		}
		o.zones = append(o.zones, made)
		most = max(most, len(made.volumes))
	}
	o.stands = make([]stand, most)
	o.pairs = make([][]*zonePair, len(w.crafts))
	o.wake = make([]int, len(w.crafts))
	for i := range o.pairs {
		o.pairs[i] = make([]*zonePair, len(o.zones))
	}
	return o, nil
}

func (o *zoneOracle) add(r *Rule, levels []*Level) {
	zr := zoneRule{Rule: r, levels: map[string]int{}, margin: r.number("margin_m"), lookAhead: r.number("look_ahead_s")}
	o.ahead = max(o.ahead, zr.lookAhead)
	for i, l := range levelsOf(r) {
		zr.levels[l.name] = len(o.levels)
		o.levels = append(o.levels, levels[i])
		o.names = append(o.names, l.name)
		o.rule = append(o.rule, len(o.rules))
	}
	o.rules = append(o.rules, zr)
	o.read = make([]reading, len(o.levels))
}

func (o *zoneOracle) see(w *Watch, s *simulator.State) {
	for i := range s.Fleet {
		t, c := &s.Fleet[i], w.crafts[i]
		if w.count >= o.wake[i] || w.at < max(c.place, c.height) {
			o.judge(c, t)
		}
	}
}

// judge looks at one aircraft and every zone.
func (o *zoneOracle) judge(c *craft, t *simulator.Truth) {
	w := o.watch
	// By what the nearest zone may come closer in a second, with what it looks ahead growing by an acceleration of 3 m/s².
	closing := max(c.aircraft.Profile.Speed, t.GroundSpeed) + 5 + 3*(o.ahead+3)
	free := math.Inf(1) // metres until a zone matters
	lied := w.at < max(c.place, c.height)
	for k, z := range o.zones {
		p := o.pairs[c.index][k]
		far := math.Inf(1)
		for v := range z.volumes {
			a := z.volumes[v].area
			far = min(far, a.toBox(a.at(t.Position)))
		}
		reach := max(beyond, z.band+nearby, (o.ahead+3)*(t.GroundSpeed+2)) + o.sure + 1
		if far > reach && !lied {
			free = min(free, far-reach)
			if p != nil {
				p.inner = no
				if p.on {
					clear(o.read)
					o.tell(p, c)
				}
				p.path.forget()
			}
			continue
		}
		free = 0
		if p == nil {
			p = o.newPair(c, z)
			o.pairs[c.index][k] = p
		}
		o.pair(p, c, t, lied)
	}
	o.wake[c.index] = w.count
	if free > 0 {
		o.wake[c.index] += 1 + int(min(free/closing, 10)/simulator.Step.Seconds())
	}
}

func (o *zoneOracle) newPair(c *craft, z *zone) *zonePair {
	p := &zonePair{zone: z, ahead: make([]class, len(o.rules)), chords: make([]chord, len(o.rules))}
	for i, l := range o.levels {
		p.lines = append(p.lines, o.watch.newLine(line{
			key:   Key{Object: c.object, Hazard: l.Hazard, Subject: z.subject},
			level: l, unit: "m", lasting: o.names[i] != phaseNear,
		}))
	}
	return p
}

// pair judges one aircraft and one zone that is not far.
func (o *zoneOracle) pair(p *zonePair, c *craft, t *simulator.Truth, lied bool) {
	w, z := o.watch, p.zone
	clear(o.read)
	p.inner = no
	if !t.Airborne {
		p.path.forget()
		o.tell(p, c)
		return
	}
	stands := o.stands[:len(z.volumes)]
	past := math.Inf(-1)
	for v := range stands {
		vol, s := &z.volumes[v], &stands[v]
		s.rim = vol.area.distance(vol.area.at(t.Position))
		s.vertical(c, vol.limits, t.AGL)
		past = max(past, min(-s.rim, -s.gap))
	}
	active := z.activeAt(w.scenario.Start.Add(w.at))
	exempt, either := z.exempts(c, t.Plan), false
	if w.at < c.replanned && c.former != "" && z.exempts(c, c.former) != exempt {
		exempt, either = false, true // the other reports of its plan are still believed
	}
	switch {
	case !active || !z.strict:
	case lied:
		p.inner = maybe
	default:
		p.inner = o.inside(stands, 0, o.sure, o.sureV)
	}
	applies := z.strict && active && !exempt
	limit := nearby
	if p.on {
		limit = beyond
	}
	near := past > -limit
	o.follow(p, c, t, applies && !lied)
	for i := range o.rules {
		o.judgeRule(i, p, c, t, stands, near, past, applies)
	}
	if z.Restriction == lowsky.Conditional && active && !exempt {
		for i := range o.rules {
			if l, ok := o.rules[i].levels[phaseConditional]; ok {
				o.read[l] = reading{class: o.inside(stands, o.rules[i].margin, o.gate(&o.rules[i], c), o.gateV(&o.rules[i], c)), near: near, past: past}
			}
		}
	}
	for i := range o.read {
		r := &o.read[i]
		if either && r.class == yes {
			r.class, r.forced = maybe, true
		}
		r.speed = t.GroundSpeed
		if applies || r.class != no {
			c.temper(w, r, max(c.place, c.height))
		}
	}
	o.tell(p, c)
}

// judgeRule reads the levels of one rule.
func (o *zoneOracle) judgeRule(i int, p *zonePair, c *craft, t *simulator.Truth, stands []stand, near bool, past float64, applies bool) {
	r, at := &o.rules[i], o.watch.at
	gate, gateV := o.gate(r, c), o.gateV(r, c)
	in := o.inside(stands, r.margin, gate, gateV)
	if !applies {
		// Inside, and rightly so: an alert is tempting.
		for phase, l := range r.levels {
			o.read[l] = reading{near: in == yes && phase != phasePossible && phase != phaseConditional}
		}
		return
	}
	set := func(phase string, k class, near bool, past float64) {
		if l, ok := r.levels[phase]; ok {
			o.read[l] = reading{class: k, near: near && k == no, past: past}
		}
	}
	crossed := o.crossing(p, at)
	set(phaseInside, max(capped(in, stands), crossed), near, past)
	ahead := max(in, crossed)
	if l, ok := r.levels[phasePredicted]; ok && in != yes {
		p.ahead[i] = o.leads(p, c, t, r, p.ahead[i], p.lines[l].phase != idle)
		ahead = max(ahead, p.ahead[i])
	}
	set(phasePredicted, ahead, near, past)
	if p.zone.band >= 0 {
		set(phaseNear, max(o.within(stands, p.zone.band, gate), ahead), past > -p.zone.band-nearby, p.zone.band+past)
	}
	set(phasePossible, p.chords[i].mayBe(at, p.chords[i].possible), false, past)
	set(phaseCrossed, p.chords[i].mayBe(at, p.chords[i].uncertain), near, past)
	if l, ok := r.levels[phaseCrossed]; ok { // only who could have crossed it, and did not enter, missed it
		o.read[l].spoilt = in != no || t.GroundSpeed < passing
	}
}

// gate is how far beyond margin a place must be to be beyond doubt: 3 sigma, or the accuracy that the platform grants if
// that is more.
func (o *zoneOracle) gate(r *zoneRule, c *craft) float64 {
	return max(o.sure, c.accuracy.horizontal(r.number("default_accuracy_m"), r.number("accuracy_cap_m")))
}

func (o *zoneOracle) gateV(r *zoneRule, c *craft) float64 {
	return max(o.sureV, c.accuracy.vertical(r.number("default_vertical_accuracy_m"), r.number("vertical_accuracy_cap_m")))
}

// inside classes being in the area and in the band, by a margin and a gate.
func (o *zoneOracle) inside(stands []stand, margin, gate, gateV float64) class {
	best := no
	for i := range stands {
		s := &stands[i]
		switch {
		case s.rim > o.sure || s.out > o.sureV:
		case -s.rim > margin+gate && s.deep > margin+gateV:
			return yes
		default:
			best = maybe
		}
	}
	return best
}

// capped takes certainty from what rests on flat ground: it is never above Caution.
func capped(k class, stands []stand) class {
	for i := range stands {
		if stands[i].assumed {
			return min(k, maybe)
		}
	}
	return k
}

// within classes being beside the area by at most the band.
func (o *zoneOracle) within(stands []stand, band, gate float64) class {
	best := no
	for i := range stands {
		s := &stands[i]
		switch {
		case s.rim-band > o.sure || s.out > o.sureV:
		case s.rim-band < -gate && s.deep > o.sureV && s.rim > o.sure:
			return yes
		default:
			best = maybe
		}
	}
	return best
}

func (o *zoneOracle) tell(p *zonePair, c *craft) {
	p.on = false
	for i, l := range p.lines {
		l.see(o.watch, &o.read[i], c.news)
		p.on = p.on || l.phase != idle
	}
}
