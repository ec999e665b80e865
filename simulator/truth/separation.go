package truth

import (
	"math"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// mover is an aircraft, or crewed traffic, in the air.
type mover struct {
	id       string   // as it stands in the id of a pair
	craft    *craft   // nil: crewed traffic
	names    []string // of the aircraft, by which traffic may be itself
	bound    bool     // the rule is about it
	about    [3]reference
	blind    bool // its height cannot be known: a pressure altitude without a pressure
	straight time.Duration
	course   float64

	present bool
	gone    time.Duration // when crewed traffic was last seen
	p, v    vec
	z, up   float64 // height above the ellipsoid, and its rate
	speed   float64
	widen   float64    // m/s by which the places spread that it may fly to
	turns   [2]float64 // degrees per second that it may go on to turn by, 0 none
	winding bool       // … or by anything
	steady  bool
	lied    bool
	deaf    bool
	news
	org  lowsky.OrganisationID
	plan string
}

// duo is a pair that came near.
type duo struct {
	i, j       int32
	ahead, too *line // predicted, broken
	on         bool  // one of them is not idle
	close      bool  // it has to be looked at each step
	crewed     bool
}

// separationOracle knows when two aircraft were too near each other, or were about to be.
type separationOracle struct {
	levels         []*Level
	plane          plane
	movers         []mover
	crafts         int
	pairs          map[[2]int32]*duo
	active         []*duo
	sure, sureV    float64
	noise          float64 // of a relative speed, 3 sigma
	caution, alarm float64 // look-ahead, seconds
	uncrewed       minima
	crewed         minima
	grid           map[[2]int32][]int32
	keys           [][2]int32
}

func newSeparationOracle(w *Watch, r *Rule, levels []*Level) *separationOracle {
	n := &w.scenario.Noise
	o := &separationOracle{
		levels: levels, pairs: map[[2]int32]*duo{}, grid: map[[2]int32][]int32{},
		sure: 3 * math.Sqrt2 * w.horizontal, sureV: 3 * math.Sqrt2 * w.vertical, noise: 3 * math.Sqrt2 * n.Speed,
		caution: r.number("caution_within_s"), alarm: r.number("warning_within_s"), crafts: len(w.crafts),
		uncrewed: minima{r.number("horizontal_m"), r.number("vertical_m")},
		crewed:   minima{r.number("crewed_horizontal_m"), r.number("crewed_vertical_m")},
	}
	for _, c := range w.crafts {
		m := mover{id: string(c.id), craft: c, bound: r.binds(c.aircraft.Scenario), about: c.heights, names: []string{string(c.id)}}
		for _, id := range c.aircraft.OtherIDs {
			m.names = append(m.names, string(id))
		}
		if c.entry != nil {
			m.org = c.entry.Organisation
		}
		o.movers = append(o.movers, m)
	}
	for _, t := range w.scenario.Traffic {
		m := mover{id: string(lowsky.ObjectTraffic) + ":" + t.ID, names: []string{t.ID}}
		m.about[aboveEllipsoid].known, m.about[aboveSea].known = true, true
		if t.Pressure {
			m.blind = w.scenario.Weather.QNH == 0
		}
		o.movers = append(o.movers, m)
	}
	switch {
	case len(w.scenario.Aircraft) > 0:
		o.plane = newPlane(w.scenario.Aircraft[0].Home)
	case len(w.scenario.Traffic) > 0:
		o.plane = newPlane(w.scenario.Traffic[0].Path[0].At)
	}
	return o
}

func (o *separationOracle) see(w *Watch, s *simulator.State) {
	o.place(w, s)
	kept := o.active[:0]
	for _, d := range o.active {
		// What is only thinkable in half a minute is looked at once a second.
		if d.close || (w.count+int(d.i))%5 == 0 || !o.movers[d.i].present || !o.movers[d.j].present {
			o.judge(w, d)
		}
		if d.on {
			kept = append(kept, d)
		}
	}
	o.active = kept
	if w.count%5 == 0 {
		o.find(w)
	}
}

// place brings everybody to the present state.
func (o *separationOracle) place(w *Watch, s *simulator.State) {
	noise := 3 * w.scenario.Noise.Speed
	for i := range s.Fleet {
		t, m := &s.Fleet[i], &o.movers[i]
		if m.present = t.Airborne; !m.present {
			continue
		}
		c := m.craft
		m.p, m.v = o.plane.at(t.Position), along(t.Course, t.GroundSpeed)
		m.z, m.up, m.speed = t.AGL+c.aircraft.Ground, t.VerticalSpeed, t.GroundSpeed
		m.lied, m.deaf, m.news = w.at < max(c.place, c.height), c.unheard, c.news
		m.steady, m.plan = c.steadily(w), t.Plan
		m.course, m.winding = t.Course, c.winding && !m.steady
		if m.turns = [2]float64{}; !m.steady {
			m.turns = c.turns(w, t)
		}
		m.widen = 2*t.GroundSpeed*math.Sin(1.5*radian) + noise
		if c.aircraft.Wire == simulator.WireDJI { // its course is that of its places
			m.widen = cone(t.GroundSpeed, 3*w.horizontal, noise)
		}
	}
	for i := range s.Traffic {
		t, m := &s.Traffic[i], &o.movers[o.crafts+i]
		if m.present = t.Present; !m.present {
			m.straight = w.at
			continue
		}
		m.gone = w.at
		m.p, m.v = o.plane.at(t.Position), along(t.Course, t.GroundSpeed)
		if differ(t.Course, m.course, 0.2) || differ(t.VerticalSpeed, m.up, 0.2) || differ(t.GroundSpeed, m.speed, 0.2) {
			m.straight = w.at
		}
		m.z, m.up, m.speed, m.course = t.AMSL+w.scenario.Geoid, t.VerticalSpeed, t.GroundSpeed, t.Course
		m.steady = w.at-m.straight >= steady
		m.widen = 2*t.GroundSpeed*math.Sin(1.5*radian) + noise
		since := w.at - t.Traffic.Start
		m.sent = w.at - since%max(t.Traffic.Interval, simulator.Step)
		m.came = m.sent
		if t.Traffic.Pressure {
			b := pressureBound + pressurePart*math.Abs(t.AMSL)
			m.about[aboveEllipsoid].bound, m.about[aboveSea].bound = b+geoidBound, b
		}
	}
}

// unseen is how long crewed traffic that is not seen any more may still be there.
const unseen = time.Minute

// What a height by a pressure altitude may be off: the transponder and the pressure, and the temperature by a part of it.
const (
	pressureBound = 46.0
	pressurePart  = 0.09
)

// find looks once a second for pairs that are near or may come near.
func (o *separationOracle) find(w *Watch) {
	fastest := 0.0
	for i := range o.movers[:o.crafts] {
		if m := &o.movers[i]; m.present {
			fastest = max(fastest, m.speed+m.widen)
		}
	}
	size := 3*o.uncrewed.across + o.sure + (o.caution+4)*2*fastest
	for _, k := range o.keys {
		o.grid[k] = o.grid[k][:0]
	}
	if len(o.keys) > 4*o.crafts {
		clear(o.grid)
	}
	o.keys = o.keys[:0]
	for i := range o.movers[:o.crafts] {
		if m := &o.movers[i]; m.present {
			k := [2]int32{int32(math.Floor(m.p.e / size)), int32(math.Floor(m.p.n / size))}
			if len(o.grid[k]) == 0 {
				o.keys = append(o.keys, k)
			}
			o.grid[k] = append(o.grid[k], int32(i))
		}
	}
	for _, k := range o.keys {
		here := o.grid[k]
		for x, i := range here {
			for _, j := range here[x+1:] {
				o.consider(w, i, j)
			}
		}
		for _, d := range [...][2]int32{{1, 0}, {-1, 1}, {0, 1}, {1, 1}} {
			for _, j := range o.grid[[2]int32{k[0] + d[0], k[1] + d[1]}] {
				for _, i := range here {
					o.consider(w, min(i, j), max(i, j))
				}
			}
		}
	}
	for j := o.crafts; j < len(o.movers); j++ {
		if o.movers[j].present {
			for i := range o.crafts {
				o.consider(w, int32(i), int32(j))
			}
		}
	}
	for i := range o.movers[:o.crafts] {
		if m := &o.movers[i]; m.present && m.lied {
			for j := range o.movers {
				if j != i && o.movers[j].present {
					o.consider(w, int32(min(i, j)), int32(max(i, j)))
				}
			}
		}
	}
}

// consider looks at a pair that is not under watch yet.
func (o *separationOracle) consider(w *Watch, i, j int32) {
	a, b := &o.movers[i], &o.movers[j]
	if !a.present || !b.present || !a.bound && !b.bound {
		return
	}
	if !a.lied && !b.lied {
		h := o.uncrewed.across
		if b.craft == nil {
			h = o.crewed.across
		}
		p := b.p.minus(a.p)
		if d := p.length(); d > 3*h && !o.mayMeet(a, b, p, d, h+o.sure+(a.widen+b.widen)*(o.caution+3)) {
			return
		}
	}
	key := [2]int32{i, j}
	d := o.pairs[key]
	if d == nil {
		if o.same(a, b) {
			return
		}
		d = o.newDuo(w, i, j)
		o.pairs[key] = d
	}
	if !d.on {
		if o.judge(w, d); d.on {
			o.active = append(o.active, d)
		}
	}
}

// same reports whether traffic b is aircraft a itself, seen by its own transponder.
func (o *separationOracle) same(a, b *mover) bool {
	if b.craft != nil {
		return false
	}
	for _, n := range a.names {
		if n == b.names[0] {
			return true
		}
	}
	return false
}

func (o *separationOracle) newDuo(w *Watch, i, j int32) *duo {
	a, b := o.movers[i].id, o.movers[j].id
	if a > b {
		a, b = b, a
	}
	d := &duo{i: i, j: j, crewed: o.movers[j].craft == nil}
	key := Key{Object: lowsky.Object{Kind: lowsky.ObjectPair, ID: a + "+" + b}, Hazard: o.levels[0].Hazard}
	d.ahead = w.newLine(line{key: key, level: o.levels[0], unit: "m", lasting: true})
	d.too = w.newLine(line{key: key, level: o.levels[1], unit: "m", lasting: true})
	return d
}

// minima are what two keep apart.
type minima struct{ across, up float64 }

// judge reads both levels of a pair.
func (o *separationOracle) judge(w *Watch, d *duo) {
	a, b := &o.movers[d.i], &o.movers[d.j]
	var ahead, too reading
	heard := news{min(a.sent, b.sent), max(a.came, b.came)}
	if !b.present && b.craft == nil && a.present && d.ahead.phase == amid && w.at-b.gone < unseen {
		// Nobody knows where it went: what was so may be so still.
		ahead, too = reading{class: maybe, forced: true}, reading{class: maybe, forced: true}
	}
	if a.present && b.present {
		e := o.meeting(a, b, d.crewed)
		together := b.craft != nil && a.org != "" && a.org == b.org && a.plan != "" && a.plan == b.plan
		e.past = e.miss()
		near := e.apart < 3*e.h && e.high < 3*e.v
		if d.on {
			near = e.apart < 3.5*e.h && e.high < 3.5*e.v
		}
		switch {
		case a.lied || b.lied:
			ahead, too = reading{class: maybe, forced: true}, reading{class: maybe, forced: true}
		case together:
			ahead.near, too.near = near, near
			e.past = min(e.past, 0)
		default:
			ahead.class, too.class = o.classes(&e)
			too.near, ahead.near = near && too.class == no, near && ahead.class == no
			if a.deaf || b.deaf {
				too.class, ahead.class = min(too.class, maybe), min(ahead.class, maybe)
			}
		}
		ahead.past, too.past = e.past, e.past
		ahead.speed = max(a.speed, b.speed)
		too.speed = ahead.speed
	}
	d.ahead.see(w, &ahead, heard)
	d.too.see(w, &too, heard)
	d.close = too.class != no || ahead.class != no && (ahead.class == yes || !b.present) || too.near
	d.on = d.ahead.phase != idle || d.too.phase != idle
}
