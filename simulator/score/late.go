package score

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// lateClears looks for alerts that fire on although what they were for has been over long enough, and nothing kept the
// platform from seeing it.
func (m *match) lateClears(x *thing) {
	silent := m.gone(x.key.Object)
	rest := time.Duration(0) // what slow reports take longer
	for _, a := range m.aircraft(x.key.Object) {
		// Reports at their usual distance are no silence.
		for _, s := range m.record.Silences[a.ID] {
			if s[1]-s[0] > max(5*time.Second, 3*a.Interval) {
				silent = append(silent, stretch{s[0], s[1]})
			}
		}
		rest = max(rest, 2*a.Interval-2*time.Second)
	}
	for _, l := range x.lives {
		for _, c := range l.claims(lowsky.Info, m.end) {
			m.lateClear(x, l, c, silent, rest)
		}
	}
}

// gone answers when no crewed aircraft of a pair is seen any more: it has come to the end of its path.
func (m *match) gone(o lowsky.Object) []stretch {
	var out []stretch
	for _, t := range m.scenario.Traffic {
		if o.Kind != lowsky.ObjectPair || !slices.Contains(strings.Split(o.ID, "+"), strings.ToLower(crewedPrefix+t.ID)) || t.Speed <= 0 {
			continue
		}
		way := 0.0
		for i := range len(t.Path) - 1 {
			a, b := t.Path[i].At, t.Path[i+1].At
			way += math.Hypot((b.Longitude-a.Longitude)*math.Cos(a.Latitude*math.Pi/180), b.Latitude-a.Latitude) * metresPerDegree
		}
		// Its last report came an interval before, and a plain sphere is off by less than one in a hundred.
		end := t.Start + time.Duration(0.99*way/t.Speed*float64(time.Second)) - t.Interval
		out = append(out, stretch{end, max(end, m.end)})
	}
	return out
}

// lateClear looks at one unbroken time of an alert's firing.
func (m *match) lateClear(x *thing, l *life, c stretch, silent []stretch, rest time.Duration) {
	held := slices.Clone(silent)
	for i, s := range l.steps {
		if s.held {
			until := m.end
			if i+1 < len(l.steps) {
				until = l.steps[i+1].at
			}
			held = append(held, stretch{s.at, until})
		}
	}
	for _, s := range x.spans {
		if s.wish { // only its alert was said, not how long it is right
			held = append(held, stretch{s.From, s.Until})
			continue
		}
		held = append(held, stretch{min(s.Onset, s.From), s.Until})
		if s.Kind != lowsky.SpanEvent {
			held[len(held)-1].from = s.From
		}
	}
	slices.SortFunc(held, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var done *span
	clear := c.from
	look := func(until time.Duration) {
		s := x.before(clear, c.from)
		if s == nil || s == done {
			return
		}
		if until-clear > x.keepFiring(l, s)+grace+rest {
			done, s.late = s, true
			m.row(levelOf(s.Level)).late++
			m.stayed(x, l, s, clear, until)
		}
	}
	for _, h := range held {
		if h.until <= clear {
			continue
		}
		if h.from >= c.until {
			break
		}
		if h.from > clear {
			look(h.from)
		}
		clear = max(clear, h.until)
	}
	if clear < c.until {
		look(c.until)
	}
}

// before answers the span that an alert which began to fire at from was for last when it was over at t: of events and
// uncertainty the one that ended last, and of these the most severe. None: it was false.
func (x *thing) before(t, from time.Duration) *span {
	var best *span
	for _, s := range x.spans {
		if s.Kind != lowsky.SpanEvent && s.Kind != lowsky.SpanUncertain || s.Until > t || s.latest < from || s.wish {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(s.Until, best.Until), cmp.Compare(s.Level.Severity, best.Level.Severity)) > 0 {
			best = s
		}
	}
	return best
}

// keepFiring answers the longest time for which a rule that can have had a part in the alert makes it go on.
func (x *thing) keepFiring(l *life, last *span) time.Duration {
	keep := last.Level.KeepFiring
	for _, s := range x.spans {
		named := slices.ContainsFunc(l.steps, func(p step) bool { return p.alert.Rule == s.Level.Rule })
		if named || s.about(last.Until) {
			keep = max(keep, s.Level.KeepFiring)
		}
	}
	return keep
}

// aircraft answers the aircraft of the file that an object is about: one, two of a pair, none of anything else.
func (m *match) aircraft(o lowsky.Object) []*simulator.Aircraft {
	var ids []string
	switch o.Kind {
	case lowsky.ObjectAircraft:
		ids = []string{o.ID}
	case lowsky.ObjectPair:
		ids = strings.Split(o.ID, "+")
	}
	var out []*simulator.Aircraft
	for _, a := range m.scenario.Aircraft {
		if slices.Contains(ids, string(a.ID)) {
			out = append(out, a)
		}
	}
	return out
}
