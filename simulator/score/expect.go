package score

import (
	"slices"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// expect joins what the file expects with the events of the geometry: one that lies in the window of an expectation is the
// event that is meant. What no geometry knows is an event by the word of the file.
func (m *match) expect() {
	for i := range m.scenario.Expect {
		e := m.reaching(&m.scenario.Expect[i])
		keys := m.keys(e)
		var meant *span
		on, met := keys[0], false
		for _, k := range keys {
			x := m.things.of(k)
			for _, s := range x.spans {
				if meant == nil && s.Kind == lowsky.SpanEvent && !s.wish && sameLevel(e, s.Level) && s.overlaps(e.From, e.Until) {
					meant = s
				}
			}
			if _, r := x.claim(e.Severity, e.Level, e.From, e.Until, m.end); r != nil && !met {
				on, met = k, true
			}
		}
		if !met && e.Until > m.end { // the run was broken off: it may have come yet
			continue
		}
		m.run.Expected++
		switch {
		case met:
			m.run.Met++
		case meant != nil:
			m.late(e, meant)
		}
		if meant != nil {
			meant.Line, meant.File = e.Line, e.File
			continue
		}
		x := m.things.of(on)
		for _, s := range x.spans { // the file knows better
			if s.Kind == lowsky.SpanNearMiss && s.Level.Severity <= e.Severity && s.overlaps(e.From, e.Until) {
				s.Kind, s.scored = lowsky.SpanUncertain, false
			}
		}
		x.spans = append(x.spans, wanted(e, on, m.levelWanted(e), lowsky.SpanEvent))
	}
	for i := range m.scenario.Forbid {
		m.things.of(m.keys(&m.scenario.Forbid[i])[0])
	}
}

// reaching answers the expectation with its window open until an alert that fires in it reaches the severity and level: the window is
// when it must be raised, and it may take its time to get worse.
func (m *match) reaching(e *simulator.Expectation) *simulator.Expectation {
	out := *e
	for _, k := range m.keys(e) {
		for _, l := range m.things.of(k).lives {
			raised, was := false, step{}
			for _, p := range l.steps {
				if was.severity == 0 && p.severity > 0 {
					raised = p.at >= e.From && p.at <= e.Until
				}
				if raised && meets(e, p) && !meets(e, was) {
					out.Until = max(out.Until, p.at)
				}
				was = p
			}
		}
	}
	return &out
}

// meets reports whether an alert that is so far is what the file expects.
func meets(e *simulator.Expectation, p step) bool {
	return p.severity >= e.Severity && p.severity > 0 && (e.Level == "" || p.alert.Variant == e.Level)
}

// keys answers the keys that an expectation may mean: without a subject every one of its object and hazard. At least one.
func (m *match) keys(e *simulator.Expectation) []truth.Key {
	k := truth.Key{Object: m.names.object(e.Object), Hazard: e.Hazard, Subject: lowsky.Subject(m.names.object(lowsky.Object(e.Subject)))}
	out := []truth.Key{k}
	if e.Subject == (lowsky.Subject{}) {
		for o := range m.things {
			if o.Object == k.Object && o.Hazard == k.Hazard && o != k {
				out = append(out, o)
			}
		}
		slices.SortFunc(out, compareKeys)
	}
	return out
}

func sameLevel(e *simulator.Expectation, l *truth.Level) bool {
	return l.Hazard == e.Hazard && l.Severity == e.Severity && (e.Level == "" || l.Name == e.Level)
}

// levelWanted answers the level that an expectation is about.
func (m *match) levelWanted(e *simulator.Expectation) *truth.Level {
	for _, l := range m.record.Levels {
		if sameLevel(e, l) {
			return l
		}
	}
	return &truth.Level{Rule: lowsky.RuleID(e.Hazard), Hazard: e.Hazard, Name: e.Level, Severity: e.Severity, Safety: true}
}

// levelForbidden answers the lowest level that counts.
func (m *match) levelForbidden(f *simulator.Expectation) *truth.Level {
	var best *truth.Level
	for _, l := range m.record.Levels {
		if l.Hazard == f.Hazard && l.Severity >= f.Severity && (f.Level == "" || l.Name == f.Level) && (best == nil || l.Severity < best.Severity) {
			best = l
		}
	}
	if best == nil {
		return m.levelWanted(f)
	}
	return best
}

// forbid looks whether what the file forbids came. A forbidden alert that no event asks for is false, whatever uncertain
// spans say. The window is a near miss, unless the geometry has one there that tells the same.
func (m *match) forbid(sorted []*thing) {
	for i := range m.scenario.Forbid {
		f := &m.scenario.Forbid[i]
		if f.From > m.end {
			continue
		}
		m.run.Forbidden++
		keys := m.keys(f)
		var came []*rise
		known := false
		for _, x := range sorted {
			if !slices.Contains(keys, x.key) {
				continue
			}
			for _, r := range x.rises() {
				if r.at >= f.From && r.at <= f.Until && r.to >= f.Severity && (f.Level == "" || r.alert.Variant == f.Level) {
					came = append(came, r)
				}
			}
			for _, s := range x.spans {
				known = known || s.Kind == lowsky.SpanNearMiss && s.scored && s.Level.Severity >= f.Severity && s.overlaps(f.From, f.Until)
			}
		}
		if len(came) == 0 {
			m.run.Kept++
			if known {
				continue
			}
		}
		s := wanted(f, keys[0], m.levelForbidden(f), lowsky.SpanNearMiss)
		told := false // by a false alert that the geometry has counted in its near miss
		for _, r := range came {
			if r.result == lowsky.ScoreUnscored || r.result == lowsky.ScoreFalse && r.span == nil {
				r.result, r.span = lowsky.ScoreFalse, s
			}
			told = told || r.span != nil && r.span != s && r.span.lost
			s.lost = true
			s.rises = append(s.rises, r.at)
			if r.result != lowsky.ScoreFalse {
				m.against(f, r)
			}
		}
		if told {
			continue
		}
		x := m.things.of(keys[0])
		x.spans = append(x.spans, s)
	}
}
