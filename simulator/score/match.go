package score

import (
	"cmp"
	"slices"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// match is the scoring of one run.
type match struct {
	scenario *simulator.Scenario
	record   *truth.Record
	run      *Run
	names    names
	things   things
	end      time.Duration
}

// Match scores the alerts of one run against its truth. Revisions are in the order of the run, with the times at which the
// platform made them. What the file expects and forbids counts for its first time through. Nothing given is changed.
func Match(s *simulator.Scenario, rec *truth.Record, revisions []Revision, info RunInfo) *Run {
	m := &match{
		scenario: s, record: rec, names: namesOf(s), things: things{}, end: max(info.Duration, rec.Duration),
		run: &Run{Problems: slices.Clone(info.Faults)},
	}
	m.describe(info)
	for i, l := range rec.Levels {
		m.row(levelOf(l)).level.order = i + 1
	}
	for i := range rec.Spans {
		k := rec.Spans[i].Key
		k.Object, k.Subject = m.names.object(k.Object), lowsky.Subject(m.names.object(lowsky.Object(k.Subject)))
		x := m.things.of(k)
		x.spans = append(x.spans, newSpan(rec.Spans[i]))
	}
	m.things.take(m.names, revisions)
	m.expect()
	sorted := m.things.sorted()
	for _, x := range sorted {
		slices.SortStableFunc(x.spans, func(a, b *span) int { return cmp.Compare(a.From, b.From) })
		m.events(x)
		m.rises(x)
		m.nearMisses(x)
	}
	m.forbid(sorted)
	for _, x := range sorted {
		m.count(x)
		m.lateClears(x)
		m.earlyClears(x)
	}
	m.finish(sorted)
	return m.run
}

func (m *match) describe(info RunInfo) {
	s := m.scenario
	start := info.Start
	if start.IsZero() {
		start = s.Start
	}
	m.run.ScoredRun = lowsky.ScoredRun{
		Scenario: s.ID, File: s.File, Name: s.Name, Seed: s.Seed, Hash: info.Hash, Start: start, Duration: m.end,
		Aircraft: len(s.Aircraft), Messages: info.Messages, Lost: info.Lost, Rejected: info.Rejected,
	}
	for _, f := range s.Faults {
		x := lowsky.ScoredFault{Fault: f.Kind.Name, From: f.At, Until: f.At + f.For}
		switch {
		case f.Aircraft != nil:
			x.Object = lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(f.Aircraft.ID)}
		case f.Gateway != nil:
			x.Object = lowsky.Object{Kind: lowsky.ObjectSource, ID: string(f.Gateway.ID)}
		}
		m.run.ScoredRun.Faults = append(m.run.ScoredRun.Faults, x)
	}
}

// events looks for the alert that found each event. One whose deadline lies beyond the end of the run is not scored,
// found or not: to count only those that were found in time would flatter. The file knows until when its own must come.
func (m *match) events(x *thing) {
	for _, s := range x.spans {
		if s.Kind != lowsky.SpanEvent {
			continue
		}
		s.find(x, m.end)
		if s.deadline > m.end && s.Line == 0 {
			s.scored = false
		}
	}
}

// rises says of each rise what it is.
func (m *match) rises(x *thing) {
	for _, r := range x.rises() {
		event, doubled, maybe, near := x.speaking(r)
		switch {
		case doubled != nil && !r.found && (event != nil || maybe != nil):
			r.result, r.span = lowsky.ScoreDouble, doubled
		case event != nil || r.found && maybe != nil:
			r.result, r.span = lowsky.ScoreHit, event
		case maybe != nil:
			r.result, r.span = lowsky.ScoreUnscored, maybe
		default:
			r.result, r.span = lowsky.ScoreFalse, near
		}
	}
}

// speaking answers what the truth says about a rise: an event and an uncertain span of its severity or above, the event
// of the highest severity for which it is one more, and the near miss of the highest severity that it came through.
func (x *thing) speaking(r *rise) (event, doubled, maybe, near *span) {
	for _, s := range x.spans {
		if !s.about(r.at) && !(r.found && slices.Contains(s.rises, r.at)) {
			continue
		}
		level := s.Level.Severity
		switch {
		case s.Kind == lowsky.SpanEvent:
			if level >= r.to && (event == nil || level < event.Level.Severity) {
				event = s
			}
			if r.crosses(level) && s.found && (s.at < r.at || s.at == r.at && !r.found) && (doubled == nil || level > doubled.Level.Severity) {
				doubled = s
			}
		case s.Kind == lowsky.SpanUncertain:
			if level >= r.to && maybe == nil {
				maybe = s
			}
		case s.Kind == lowsky.SpanNearMiss:
			if r.crosses(level) && (near == nil || level > near.Level.Severity) {
				near = s
			}
		}
	}
	if maybe != nil && !r.found { // what just ended speaks less than what may be now
		if event != nil && r.at > event.Until {
			event = nil
		}
		if doubled != nil && r.at > doubled.Until {
			doubled = nil
		}
	}
	return event, doubled, maybe, near
}

// nearMisses says which were lost, and which cannot be scored for an alert of their level that had another reason came in
// them.
func (m *match) nearMisses(x *thing) {
	rises := x.rises()
	for _, s := range x.spans {
		if s.Kind != lowsky.SpanNearMiss {
			continue
		}
		for _, r := range rises {
			if !s.about(r.at) || !r.crosses(s.Level.Severity) {
				continue
			}
			if r.result == lowsky.ScoreFalse {
				s.lost, s.scored = true, true
				s.rises = append(s.rises, r.at)
			} else if !s.lost && r.at <= s.Until {
				s.scored = false
			}
		}
	}
}

// count adds what was found out about one key to the rows.
func (m *match) count(x *thing) {
	for _, s := range x.spans {
		if !s.scored {
			continue
		}
		w := m.row(levelOf(s.Level))
		switch {
		case s.Kind == lowsky.SpanEvent && s.found:
			w.events++
			w.tp++
			if s.inTime && m.timed(s) {
				w.delays = append(w.delays, s.delay)
			}
		case s.Kind == lowsky.SpanEvent:
			w.events++
			w.fn++
			m.missed(s)
		case s.lost:
			w.near++
			w.lost++
		default:
			w.near++
			w.tn++
		}
	}
	for _, r := range x.rises() {
		switch r.result {
		case lowsky.ScoreFalse:
			m.row(m.levelOfRise(r)).fp++
			m.falseAlert(x, r)
		case lowsky.ScoreDouble:
			m.row(levelOf(r.span.Level)).doubles++
			r.span.doubles++
			m.double(x, r)
		case lowsky.ScoreUnscored:
			m.row(m.levelOfRise(r)).nuisance++
		}
		if s := r.span; s != nil && !slices.Contains(s.rises, r.at) {
			s.rises = append(s.rises, r.at)
		}
	}
}

// timed reports whether the delay of an event can be held against a limit that is meant for reports once a second: all its
// aircraft report at least as often.
func (m *match) timed(s *span) bool {
	for _, a := range m.aircraft(s.Object) {
		if a.Interval > time.Second {
			return false
		}
	}
	return true
}

// levelOfRise answers the row of a rise that no event asked for: that of the near miss that it spoilt, if it says the
// same severity, else that of its rule, variant and severity.
func (m *match) levelOfRise(r *rise) Level {
	if s := r.span; s != nil && s.Kind == lowsky.SpanNearMiss && s.Level.Severity == r.to {
		return levelOf(s.Level)
	}
	var best *truth.Level
	points := 0
	for _, l := range m.record.Levels {
		if l.Hazard != r.alert.Hazard || l.Severity != r.to {
			continue
		}
		p := 1
		if l.Rule == r.alert.Rule {
			p += 2
		}
		if l.Name == r.alert.Variant {
			p++
		}
		if p > points {
			best, points = l, p
		}
	}
	if best != nil {
		return levelOf(best)
	}
	// Nobody said that such an alert can be right: it stands under its own name, and the gates hold for it.
	a := r.alert
	return Level{Rule: cmp.Or(a.Rule, lowsky.RuleID(a.Hazard)), Name: a.Variant, Severity: r.to, text: a.RuleName, safety: true}
}

func levelOf(l *truth.Level) Level {
	return Level{Rule: l.Rule, Name: l.Name, Severity: l.Severity, text: l.RuleName, safety: l.Safety}
}

// row answers the row of a level, made where there is none yet.
func (m *match) row(l Level) *row {
	for _, w := range m.run.rows {
		if w.level.same(l) {
			return w
		}
	}
	w := &row{level: l}
	m.run.rows = append(m.run.rows, w)
	return w
}

// finish adds up the run and puts its time line and findings in order.
func (m *match) finish(sorted []*thing) {
	for _, w := range m.run.rows {
		m.run.Events += w.events
		m.run.Missed += w.fn
		m.run.False += w.fp
	}
	m.run.Lines = lines(sorted, m.end)
	slices.SortStableFunc(m.run.Findings, compareFindings)
	m.run.Findings = m.run.Findings[:min(len(m.run.Findings), findingsPerRun)]
}
