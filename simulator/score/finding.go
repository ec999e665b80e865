package score

import (
	"cmp"
	"slices"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// find keeps something that a person should look at.
func (m *match) find(f lowsky.ScoreFinding) {
	m.run.FindingCount++
	if len(m.run.Findings) < 4*findingsPerRun { // put in order later, then cut
		f.Scenario, f.File, f.Seed = m.scenario.ID, cmp.Or(f.File, m.scenario.File), m.scenario.Seed
		m.run.Findings = append(m.run.Findings, f)
	}
}

// ofSpan is a finding about a span of truth.
func ofSpan(result lowsky.ScoreResult, s *span) lowsky.ScoreFinding {
	return lowsky.ScoreFinding{
		Result: result, Rule: s.Level.Rule, Level: s.Level.Name, Severity: s.Level.Severity, Object: s.Object, Subject: s.Subject,
		File: s.File, Line: s.Line, From: s.From, Until: s.Until, What: figures(s),
	}
}

func (m *match) missed(s *span) { m.find(ofSpan(lowsky.ScoreMissed, s)) }

// late is an event that was found, but not when the file expects it.
func (m *match) late(e *simulator.Expectation, s *span) {
	f := ofSpan(lowsky.ScoreMissed, s)
	f.File, f.Line, f.From, f.Until = e.File, e.Line, e.From, e.Until
	f.What = both(f.What, lowsky.Text{ZH: "文件要求的时间窗内没有告警", EN: "no alert within the window of the file"})
	m.find(f)
}

func (m *match) falseAlert(x *thing, r *rise) {
	l := m.levelOfRise(r)
	f := lowsky.ScoreFinding{
		Result: lowsky.ScoreFalse, Rule: l.Rule, Level: l.Name, Severity: r.to, Object: x.key.Object, Subject: x.key.Subject,
		From: r.at, Until: r.at, Alert: r.alert.ID, AlertAt: r.at,
		What: lowsky.Text{ZH: "真值中没有原因", EN: "nothing in the truth asks for it"},
	}
	if s := r.span; s != nil {
		f.From, f.Until, f.File, f.Line, f.What = s.From, s.Until, s.File, s.Line, figures(s)
	}
	f.What = both(f.What, said(r.alert))
	m.find(f)
}

// against is an alert that the file forbids and the geometry asks for: they contradict each other.
func (m *match) against(e *simulator.Expectation, r *rise) {
	l := m.levelOfRise(r)
	m.find(lowsky.ScoreFinding{
		Result: lowsky.ScoreFalse, Rule: l.Rule, Level: l.Name, Severity: r.to, Object: e.Object, Subject: e.Subject,
		File: e.File, Line: e.Line, From: e.From, Until: e.Until, Alert: r.alert.ID, AlertAt: r.at,
		What: both(lowsky.Text{ZH: "文件禁止此告警，而真值中有原因", EN: "the file forbids it, but the truth asks for it"}, said(r.alert)),
	})
}

func (m *match) double(x *thing, r *rise) {
	f := ofSpan(lowsky.ScoreDouble, r.span)
	f.Alert, f.AlertAt = r.alert.ID, r.at
	first := seconds(r.span.at)
	f.What = both(f.What, lowsky.Text{ZH: "此前已于 " + first + " 告警", EN: "an alert had come at " + first})
	m.find(f)
}

// stayed is an alert that went on from clear until until although its span was over.
func (m *match) stayed(x *thing, l *life, s *span, clear, until time.Duration) {
	f := ofSpan(lowsky.ScoreLateClear, s)
	f.Alert, f.AlertAt, f.From, f.Until = l.id, l.rises[0].at, clear, until
	d := seconds(until - clear)
	f.What = both(f.What, lowsky.Text{ZH: "恢复正常后告警仍持续 " + d, EN: "it fired on for " + d + " after that was over"})
	m.find(f)
}

// dropped is an alert that ended at the instant at although its span was not over, or just over.
func (m *match) dropped(l *life, s *span, began, at time.Duration) {
	f := ofSpan(lowsky.ScoreEarlyClear, s)
	f.Alert, f.AlertAt = l.id, began
	d := seconds(at)
	f.What = both(f.What, lowsky.Text{ZH: "告警于 " + d + " 过早恢复", EN: "its alert was over too soon, at " + d})
	m.find(f)
}

// resultOrder is the order in which people look at findings.
var resultOrder = []lowsky.ScoreResult{lowsky.ScoreMissed, lowsky.ScoreFalse, lowsky.ScoreDouble, lowsky.ScoreEarlyClear, lowsky.ScoreLateClear}

// compareFindings orders by what went wrong, then by run and time.
func compareFindings(a, b lowsky.ScoreFinding) int {
	return cmp.Or(
		cmp.Compare(slices.Index(resultOrder, a.Result), slices.Index(resultOrder, b.Result)), -cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.File, b.File), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.From, b.From),
		cmp.Compare(a.AlertAt, b.AlertAt), cmp.Compare(a.Object.ID, b.Object.ID), cmp.Compare(a.Subject.ID, b.Subject.ID),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Line, b.Line))
}

// lines is the time line of the run: every span of truth with the worst that happened in it, and the false alerts that lie in
// none.
func lines(sorted []*thing, end time.Duration) []lowsky.ScoreLine {
	out := []lowsky.ScoreLine{}
	for _, x := range sorted {
		for _, s := range x.spans {
			l := lowsky.ScoreLine{
				Rule: s.Level.Rule, Level: s.Level.Name, Object: s.Object, Subject: s.Subject, Kind: s.Kind,
				From: s.From, Until: min(s.Until, end), Alerts: slices.Clone(s.rises), Result: lowsky.ScoreUnscored,
			}
			slices.Sort(l.Alerts)
			switch {
			case !s.scored && s.late:
				l.Result = lowsky.ScoreLateClear
			case !s.scored:
			case s.Kind == lowsky.SpanNearMiss && s.lost:
				l.Result = lowsky.ScoreFalse
			case s.Kind == lowsky.SpanNearMiss:
				l.Result = lowsky.ScoreQuiet
			case !s.found:
				l.Result = lowsky.ScoreMissed
			case s.doubles > 0:
				l.Result = lowsky.ScoreDouble
			case s.early:
				l.Result = lowsky.ScoreEarlyClear
			case s.late:
				l.Result = lowsky.ScoreLateClear
			default:
				l.Result = lowsky.ScoreHit
			}
			out = append(out, l)
		}
		for _, r := range x.rises() {
			if r.result == lowsky.ScoreFalse && r.span == nil {
				out = append(out, lowsky.ScoreLine{
					Rule: r.alert.Rule, Level: r.alert.Variant, Object: x.key.Object, Subject: x.key.Subject, Kind: lowsky.SpanNothing,
					From: r.at, Until: r.at, Alerts: []time.Duration{r.at}, Result: lowsky.ScoreFalse,
				})
			}
		}
	}
	return out
}
