package truth

import (
	"math"
	"time"

	"lowsky/simulator"
)

const (
	// linked is how far apart two reports may be and still tell of the way between them.
	linked = 5 * time.Second
	// aftermath is how long after a report what it found about the way to it may be told.
	aftermath = 2 * time.Second
)

// fix is where an aircraft truly was when a report that got through was measured.
type fix struct {
	at    time.Duration
	place simulator.Point
	agl   float64
	seen  class // that it may be seen inside; yes: that it must
}

// path is the way of one aircraft past one zone, by its reports.
type path struct {
	known  bool
	last   fix
	before fix // the last one surely outside before the stay
	first  time.Duration
	in     bool // a stay: no report since before was surely outside
	sure   bool // … and one of it was surely inside
	from   time.Duration
	until  time.Duration // surely inside by its reports
}

func (p *path) forget() { *p = path{} }

// chord is what the ways between reports tell one rule: until when a crossing is uncertain, and until when one over a
// long silence is.
type chord struct {
	uncertain time.Duration
	possible  time.Duration
	crossed   time.Duration // an event was told; the levels beside it are uncertain as long
}

func (c *chord) mayBe(at, until time.Duration) class {
	if at < until {
		return maybe
	}
	return no
}

// crossing answers whether the other levels have to expect an alert for a crossing now.
func (o *zoneOracle) crossing(p *zonePair, at time.Duration) class {
	for i := range p.chords {
		if c := &p.chords[i]; at < c.uncertain || at < c.possible || at < c.crossed {
			return maybe
		}
	}
	return no
}

// follow takes a report that got through since the last step, and judges the way to it.
func (o *zoneOracle) follow(p *zonePair, c *craft, t *simulator.Truth, judge bool) {
	if !judge || c.sent < 0 {
		p.path.forget()
		return
	}
	w := &p.path
	if w.known && w.last.at == c.sent {
		return
	}
	f := fix{at: c.sent, place: t.SentAt, agl: t.SentAGL}
	f.seen = o.seen(p.zone, c, &f)
	prev, known := w.last, w.known
	w.last, w.known = f, true
	gap := f.at - prev.at
	if !known || gap > linked {
		for i := range p.chords {
			if known && o.way(p.zone, c, &prev, &f, &o.rules[i]) != no {
				p.chords[i].possible = o.watch.at + aftermath
				p.chords[i].uncertain = o.watch.at + aftermath
			}
		}
		w.in, w.sure, w.first, w.before = f.seen != no, false, f.at, f
		if f.seen == yes {
			w.sure, w.from, w.until = true, f.at, f.at
		}
		return
	}
	if f.seen != no {
		if !w.in {
			w.in, w.sure, w.first, w.before = true, false, f.at, prev
		}
		if f.seen == yes {
			if !w.sure {
				w.sure, w.from = true, f.at
			}
			w.until = f.at
		}
	}
	for i := range p.chords {
		if l, ok := o.rules[i].levels[phaseCrossed]; ok {
			o.cross(p, c, t, &o.rules[i], &p.chords[i], p.lines[l], &prev, &f)
		}
	}
	if f.seen == no {
		w.in = false
	}
}

// cross judges the way from prev to f for one rule. It ends a stay if f is surely outside.
func (o *zoneOracle) cross(p *zonePair, c *craft, t *simulator.Truth, r *zoneRule, ch *chord, l *line, prev, f *fix) {
	at, w := o.watch.at, &p.path
	k := o.way(p.zone, c, prev, f, r)
	onset := prev.at
	seen := r.seconds("seen_s")
	switch {
	case k == no:
		return
	case f.seen == yes:
		return // it came in, and a stay is no crossing
	case w.in && w.sure && w.until-w.from >= seen:
		return // the stay was found as one
	case f.seen == maybe:
		k = maybe // it may be seen outside
	case w.in:
		onset = w.before.at
		if prev.at-w.first >= seen {
			k = maybe
		}
	}
	if k != yes {
		ch.uncertain = at + aftermath
		return
	}
	ch.crossed = at + aftermath
	depth := o.deepest(p.zone, prev, f)
	l.point(at, onset, depth, t.GroundSpeed, c.news, simulator.Step, &o.watch.spans)
}

// seen classes where a report was made: no if no error could show it inside.
func (o *zoneOracle) seen(z *zone, c *craft, f *fix) class {
	best := no
	for i := range z.volumes {
		v := &z.volumes[i]
		var s stand
		s.rim = v.area.distance(v.area.at(f.place))
		s.vertical(c, v.limits, f.agl)
		switch {
		case s.rim > o.sure || s.out > o.sureV:
		case -s.rim > o.sure && s.deep > o.sureV:
			return yes
		default:
			best = maybe
		}
	}
	return best
}

// way classes the straight way between two reports: yes if it leads through the area by more than margin and gate however
// it is moved, and both ends are well within the band.
func (o *zoneOracle) way(z *zone, c *craft, from, to *fix, r *zoneRule) class {
	best := no
	for i := range z.volumes {
		v := &z.volumes[i]
		a, b := v.area.at(from.place), v.area.at(to.place)
		if v.area.clearance(a, b) > o.sure {
			continue
		}
		var s, e stand
		s.vertical(c, v.limits, from.agl)
		e.vertical(c, v.limits, to.agl)
		if s.out > o.sureV && e.out > o.sureV && !between(v.limits, c, from.agl, to.agl) {
			continue
		}
		need := r.margin + o.gateV(r, c)
		if s.deep > need && e.deep > need && !s.assumed && v.area.firm(a, b, r.margin+o.gate(r, c)) {
			return yes
		}
		best = maybe
	}
	return best
}

// between reports whether a limit of the band lies between two heights: then it may have been in the band meanwhile.
func between(limits []limit, c *craft, a, b float64) bool {
	for i := range limits {
		l := &limits[i]
		v := l.value - c.heights[l.frame].offset
		if (a < v) != (b < v) {
			return true
		}
	}
	return false
}

// deepest answers how deep the way leads into the zone, metres.
func (o *zoneOracle) deepest(z *zone, from, to *fix) float64 {
	const parts = 32
	deep := math.Inf(-1)
	for i := range z.volumes {
		s := z.volumes[i].area
		a, b := s.at(from.place), s.at(to.place)
		for k := range parts + 1 {
			deep = max(deep, -s.distance(a.plus(b.minus(a).times(float64(k)/parts))))
		}
	}
	return deep
}
