package score

import (
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// span is a stretch of truth and how it was scored.
type span struct {
	truth.Span
	scored  bool // false: what happens in it counts neither for nor against anything
	inTime  bool // its delay tells something: it was geometry that said when it began
	found   bool
	at      time.Duration // of the rise that found it
	delay   time.Duration
	lost    bool
	rises   []time.Duration // the alerts about it
	doubles int
	late    bool   // its alert stayed on after it
	early   bool   // its alert ended before its time
	wish    bool   // the file alone asks for it
	level   string // that the file wants named; "" any of the severity
	// latest is when a rise may last be about it.
	latest time.Duration
	// deadline is when it must have been found.
	deadline time.Duration
}

func newSpan(s truth.Span) *span {
	heard := max(s.From, s.Heard)
	return &span{
		Span: s, scored: s.Kind != lowsky.SpanUncertain, inTime: true,
		latest: max(s.Until, s.Heard) + s.Level.For + grace, deadline: heard + s.Level.For + foundWithin,
	}
}

// wanted makes an event, or a near miss, of what the file says.
func wanted(e *simulator.Expectation, k truth.Key, l *truth.Level, kind lowsky.SpanKind) *span {
	return &span{
		Span: truth.Span{
			Key: k, Level: l, Kind: kind, From: e.From, Until: e.Until, Onset: e.From, Heard: e.From, Line: e.Line, File: e.File,
		},
		scored: true, wish: true, level: e.Level, latest: e.Until + grace, deadline: e.Until,
	}
}

// about reports whether a rise at t may be about the span. The truth is looked at every Step: what begins between two
// looks shows at the second.
func (s *span) about(t time.Duration) bool { return t > s.onset()-simulator.Step && t <= s.latest }

// onset is when an alert about the span may begin.
func (s *span) onset() time.Duration {
	if s.Kind == lowsky.SpanEvent {
		return min(s.Onset, s.From)
	}
	return s.From
}

// overlaps reports whether the span has an instant in common with [from, until].
func (s *span) overlaps(from, until time.Duration) bool { return s.From <= until && s.Until >= from }

// find looks for the alert that found the event.
func (s *span) find(x *thing, end time.Duration) {
	c, r := x.claim(s.Level.Severity, s.level, s.From, s.deadline, end)
	if r == nil {
		return
	}
	s.found, s.at = true, c.from
	s.delay = max(0, c.from-max(s.From, s.Heard)-s.Level.For)
	if r.at > s.onset()-simulator.Step {
		r.found = true
		s.rises = append(s.rises, r.at)
	}
}

// claim answers the earliest claim of a severity that stands at some time in [from, until], and the rise that began it; nil
// where there is none. One that ended before from tells nobody that something goes on. Where a level is named the alert
// must have said that one until then.
func (x *thing) claim(least lowsky.Severity, level string, from, until, end time.Duration) (c stretch, first *rise) {
	for _, l := range x.lives {
		if level != "" && !l.names(least, level, from, until) {
			continue
		}
		for _, o := range l.claims(least, end) {
			if o.until <= from && o.until != end || o.from > until || first != nil && o.from >= c.from {
				continue
			}
			for _, r := range l.rises {
				if r.at == o.from && r.crosses(least) {
					c, first = o, r
				}
			}
		}
	}
	return c, first
}

// names reports whether the alert said a level at a severity, or a higher one, at some time in [from, until].
func (l *life) names(least lowsky.Severity, level string, from, until time.Duration) bool {
	for i, p := range l.steps {
		over := i+1 < len(l.steps) && l.steps[i+1].at < from
		if p.severity >= least && p.alert.Variant == level && p.at <= until && !over {
			return true
		}
	}
	return false
}
