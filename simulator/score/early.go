package score

import (
	"slices"
	"time"

	"lowsky"
)

// early is how much sooner than KeepFiring after an event an alert may end: what reaches the platform late, or was judged
// clear by the last of its readings.
const early = 2 * time.Second

// earlyClears looks for alerts that were judged clear while their event went on, or before their rule had kept them for
// its KeepFiring after it. What ended for another reason, a landing, a zone that is over, a person, ended rightly.
func (m *match) earlyClears(x *thing) {
	for _, l := range x.lives {
		for i, p := range l.steps {
			if i == 0 || l.steps[i-1].severity == 0 || p.alert.State != lowsky.AlertResolved || p.alert.ResolveReason != lowsky.ResolvedClear {
				continue
			}
			began := l.began(i)
			if s := x.droppedFor(began, p.at); s != nil {
				s.early = true
				m.row(levelOf(s.Level)).early++
				m.dropped(l, s, began, p.at)
			}
		}
	}
}

// began answers when the alert began to fire that ends at step i.
func (l *life) began(i int) time.Duration {
	for i--; i > 0 && l.steps[i-1].severity > 0; i-- {
	}
	return l.steps[i].at
}

// droppedFor answers the event, the most severe, for which an alert that fired since began ended too soon at an instant.
func (x *thing) droppedFor(began, at time.Duration) *span {
	var worst *span
	for _, s := range x.spans {
		if s.Kind != lowsky.SpanEvent || s.wish || !s.scored || !s.found || s.Until < began || at < s.From || at >= s.Until+s.Level.KeepFiring-early {
			continue
		}
		if x.again(at, s) {
			continue
		}
		if worst == nil || s.Level.Severity > worst.Level.Severity {
			worst = s
		}
	}
	return worst
}

// again reports whether another alert claims the event's level while it goes on after an instant at which one ended, or
// whether one came that was a double of it.
func (x *thing) again(at time.Duration, s *span) bool {
	if _, r := x.claim(s.Level.Severity, "", at, s.Until, s.Until); at < s.Until && r != nil {
		return true
	}
	return slices.ContainsFunc(x.rises(), func(r *rise) bool { return r.result == lowsky.ScoreDouble && r.span == s && r.at >= at })
}
