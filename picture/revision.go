package picture

import (
	"math"
	"slices"
	"time"

	"lowsky"
)

// publish makes a revision of the alert if something that people see or that must survive a restart has changed:
// state, severity, handling, frozen and folded at once; numbers at most once a second and only when they moved enough
// to be read differently; clocks and "last judged" of an otherwise unchanged alert every ten seconds.
func (e *Engine) publish(a *alert) {
	if len(a.from) > 0 {
		a.fill()
	}
	if a.told != nil && !a.changed(e.now) {
		if a.FoundLate && !a.waits {
			a.waits = true
			e.waiting = append(e.waiting, a)
		}
		return
	}
	a.Rev++
	a.ChangedAt = e.now
	if a.handled {
		a.handled, a.handledRev = false, a.Rev
	}
	if c := a.shown(); c != nil && c.rule == &mismatchRule {
		a.sayMismatch(c)
	} else if c != nil {
		a.Text = render(c.rule.Texts, a.Variant, c.rule.Name, &c.finding)
		a.Advice = render(c.rule.Advice, a.Variant, lowsky.Text{}, &c.finding)
	}
	r := a.revision()
	a.told = r
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Alert: r})
}

// revision copies the alert as it is: nothing changes the copy.
func (a *alert) revision() *lowsky.Alert {
	r := a.Alert
	r.Reports = slices.Clone(a.Reports)
	r.Handling.Comments = slices.Clone(a.Handling.Comments)
	r.Handling.Transfers = slices.Clone(a.Handling.Transfers)
	if r.Jurisdictions == nil {
		r.Jurisdictions = []lowsky.JurisdictionID{}
	}
	return &r
}

// fill copies what is shown into the alert.
func (a *alert) fill() {
	c := a.shown()
	if c == nil {
		return
	}
	f := &c.finding
	a.Rule, a.RuleName, a.Pack, a.Clause, a.Variant = c.rule.ID, c.rule.Name, c.rule.pack, c.rule.Clause, f.Variant
	a.Measured, a.Limit, a.Margin, a.Accuracy, a.Unit = f.Measured, f.Limit, f.Margin, f.Accuracy, f.Unit
	a.Within, a.Height, a.Note = f.Within, f.Height, f.Note
	a.Pair, a.Vertical = f.Pair, f.Vertical
	switch {
	case f.Zone == nil:
		a.Zone = nil
	case a.Zone == nil || a.Zone.ID != f.Zone.ID || a.Zone.Version != f.Zone.Version:
		z := f.Zone
		a.Zone = &lowsky.AlertZone{ID: z.ID, Version: z.Version, Name: z.Name, Restriction: z.Restriction, Demo: z.Demo}
	}
	if f.Zone != nil && f.Zone.Demo {
		a.Demo = true
	}
	a.Position = f.Position
	if t := a.obj.track; !a.Position.OK && t != nil && !a.FoundLate {
		a.Position = t.Position.Known()
	}
}

// changed reports whether the alert differs from its last revision in a way that is worth one.
func (a *alert) changed(now time.Time) bool {
	b := a.told
	if a.handled || a.State != b.State || a.Severity != b.Severity || a.PeakSeverity != b.PeakSeverity ||
		a.ResolveReason != b.ResolveReason || a.Frozen != b.Frozen || a.Count != b.Count && a.Hazard != lowsky.HazardMismatch || a.Parent != b.Parent ||
		a.Folded != b.Folded || a.Rule != b.Rule || a.Variant != b.Variant || a.Note != b.Note ||
		a.Height != b.Height || a.Pack != b.Pack || a.Zone != b.Zone || a.Owner != b.Owner || a.Previous != b.Previous ||
		len(a.Jurisdictions) != len(b.Jurisdictions) {
		return true
	}
	since := now.Sub(b.ChangedAt)
	if since < numbersEach {
		return false
	}
	if a.Count != b.Count { // of an identity mismatch a number like others: a device may try a thousand times a second
		return true
	}
	least := 1.
	if a.Unit == "s" { // a clock that runs: consoles count on by themselves
		least = 5
	}
	if moved(a.Measured, b.Measured, least) || moved(a.Limit, b.Limit, least) || moved(a.Margin, b.Margin, least) || moved(a.Vertical, b.Vertical, least) ||
		a.Within.OK != b.Within.OK || (a.Within.Value-b.Within.Value).Abs() >= 3*time.Second {
		return true
	}
	each := heartbeatEach
	if a.FoundLate {
		each = numbersEach
	}
	return since >= each && (!a.LastJudgedAt.Equal(b.LastJudgedAt) || !a.LastFoundAt.Equal(b.LastFoundAt) ||
		!a.RaisedAt.Equal(b.RaisedAt))
}

// moved reports whether a number reads differently now: by a tenth of itself and at least by least of its unit.
func moved(a, b lowsky.Opt[float64], least float64) bool {
	if a.OK != b.OK {
		return true
	}
	return math.Abs(a.Value-b.Value) >= max(least, math.Abs(b.Value)/10)
}
