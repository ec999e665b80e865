package picture

import (
	"time"

	"lowsky"
)

// settle moves the alert's state by what its rules have said. It is the whole automaton: pending, firing, resolved, and
// the severity within.
func (a *alert) settle(e *Engine) {
	if a.State == lowsky.AlertResolved {
		a.clocks()
		return
	}
	before, severity := a.State, a.Severity
	a.Frozen = a.frozenBy()
	if a.judged {
		switch {
		case a.allClear():
			e.resolve(a, lowsky.ResolvedClear)
		case a.State == lowsky.AlertPending:
			a.pend(e)
		default:
			a.weigh(e)
		}
		a.judged = false
	}
	a.clocks()
	if a.State != before || a.Severity != severity {
		e.markObject(a.obj)
	}
}

// frozenBy answers why the alert cannot be judged now: the reason of the first rule that cannot, unless another one
// finds it.
func (a *alert) frozenBy() lowsky.Reason {
	var why lowsky.Reason
	for i := range a.from {
		switch c := &a.from[i]; {
		case c.frozen != "":
			if why == "" {
				why = c.frozen
			}
		case c.found:
			return ""
		}
	}
	return why
}

// allClear reports whether every rule that feeds the alert has judged it clear: twice for a suspected one, for its
// KeepFiring and at least twice for one that fires.
func (a *alert) allClear() bool {
	all := len(a.from) > 0
	for i := range a.from {
		c := &a.from[i]
		if c.frozen != "" || c.found || c.clears < clearsLeast {
			all = false
			continue
		}
		if a.State == lowsky.AlertFiring && c.judged.Sub(c.clearSince) < c.rule.KeepFiring {
			all = false
			continue
		}
		c.done = true
	}
	return all
}

// pend settles a suspected alert: it fires when one rule's solid findings have held for that rule's For.
func (a *alert) pend(e *Engine) {
	var solid, suspected lowsky.Severity
	fire := false
	for i := range a.from {
		c := &a.from[i]
		if c.done {
			continue
		}
		solid, suspected = max(solid, c.solid), max(suspected, c.suspected)
		if c.found && c.frozen == "" && c.solid > 0 && c.judged.Sub(c.solidSince) >= c.rule.For {
			fire = true
		}
	}
	if solid == 0 {
		solid = suspected
	}
	a.Severity = solid
	if !fire {
		if a.FiredAt.IsZero() {
			a.PeakSeverity = a.Severity
		}
		return
	}
	a.State = lowsky.AlertFiring
	a.Count++
	if a.FiredAt.IsZero() {
		a.FiredAt = e.now
		a.PeakSeverity = 0
	}
	a.PeakSeverity = max(a.PeakSeverity, a.Severity)
	a.lowCount = 0
	a.Clocks.HighSince = e.now
	if a.Handling.State == lowsky.HandlingClosed && (a.Handling.CloseReason == lowsky.CloseTrue || a.Severity > a.closedAt) {
		a.reopen(e.now)
	}
}

// weigh settles the severity of an alert that fires: up at once for a solid finding, down only after KeepFiring of
// judgements below, at least two.
func (a *alert) weigh(e *Engine) {
	var level lowsky.Severity // what is found or frozen now; a suspected finding holds the severity but never raises it
	var keep time.Duration
	for i := range a.from {
		c := &a.from[i]
		keep = max(keep, c.rule.KeepFiring)
		if c.done || !c.found && c.frozen == "" {
			continue
		}
		level = max(level, c.solid, min(c.suspected, a.Severity))
	}
	switch {
	case level > a.Severity:
		a.Severity = level
		a.PeakSeverity = max(a.PeakSeverity, level)
		a.lowCount = 0
		a.Clocks.HighSince = e.now
		if a.Handling.State == lowsky.HandlingClosed && level > a.closedAt {
			a.reopen(e.now)
		}
	case level == a.Severity:
		a.lowCount = 0
		a.Clocks.HighSince = e.now
	case level > 0:
		if a.lowCount == 0 || e.now.Sub(a.lowLast) > a.patient {
			a.lowCount, a.lowSince = 1, e.now
		} else {
			a.lowCount++
		}
		a.lowLast = e.now
		if a.lowCount >= clearsLeast && e.now.Sub(a.lowSince) >= keep {
			a.Severity, a.lowCount = level, 0
			a.closedAt = min(a.closedAt, level)
		}
	}
}

// reopen puts a closed alert back into the working list.
func (a *alert) reopen(now time.Time) {
	a.Handling.State, a.Handling.ReopenedAt = lowsky.HandlingNew, now
	a.handled = true
}

// clocks writes the hysteresis into the revision, so that a restart goes on from it. Of several rules it keeps the
// most cautious: the newest start of a solid run, the newest start and fewest of clear judgements.
func (a *alert) clocks() {
	k := &a.Clocks
	k.SolidSince, k.ClearSince, k.ClearCount = time.Time{}, time.Time{}, 0
	first := true
	for i := range a.from {
		c := &a.from[i]
		if c.done && a.State != lowsky.AlertResolved {
			continue
		}
		if c.solidSince.After(k.SolidSince) {
			k.SolidSince = c.solidSince
		}
		if first || c.clears < k.ClearCount {
			k.ClearCount = c.clears
		}
		if c.clearSince.After(k.ClearSince) {
			k.ClearSince = c.clearSince
		}
		first = false
	}
	if k.ClearCount == 0 {
		k.ClearSince = time.Time{}
	} else {
		k.FoundSince = time.Time{}
	}
}

// shown answers the contribution whose finding the alert shows: the most severe that counts, a solid one before a
// suspected one, then one found now, then the newest; nil when nothing has been found since it was loaded. One that is
// over shows the worst: the last finding before it was clear lies just beyond the limit and tells nothing.
func (a *alert) shown() *contribution {
	if a.State == lowsky.AlertResolved && a.worst.rule != nil && !a.FiredAt.IsZero() {
		return &a.worst
	}
	var best *contribution
	for i := range a.from {
		c := &a.from[i]
		if c.severity() == 0 || c.done && a.State != lowsky.AlertResolved {
			continue
		}
		if best == nil || c.outranks(best) {
			best = c
		}
	}
	return best
}

func (c *contribution) outranks(b *contribution) bool {
	if c.solid != b.solid {
		return c.solid > b.solid
	}
	if c.suspected != b.suspected {
		return c.suspected > b.suspected
	}
	if c.found != b.found {
		return c.found
	}
	return c.judged.After(b.judged)
}
