package picture

import (
	"slices"
	"strings"

	"lowsky"
)

// load takes over an alert from before the start, with its handling and clocks. Nothing about it is judged yet: it
// shows "last judged" until its aircraft reports, and a condition that still holds continues it.
func (e *Engine) load(old *lowsky.Alert) error {
	switch {
	case old.ID == "":
		return &lowsky.InvalidError{Field: "id", Problem: "is missing"}
	case e.alerts[old.ID] != nil:
		return &lowsky.InvalidError{Field: "id", Problem: "is there twice"}
	case old.State != lowsky.AlertPending && old.State != lowsky.AlertFiring && old.State != lowsky.AlertResolved:
		return &lowsky.InvalidError{Field: "state", Problem: "must be pending, firing or resolved"}
	}
	a := &alert{Alert: *old, obj: e.object(old.Object)}
	a.Reports = slices.Clone(old.Reports)
	a.Handling.Comments = slices.Clone(old.Handling.Comments)
	a.Handling.Transfers = slices.Clone(old.Handling.Transfers)
	a.told = old
	a.closedAt = old.Severity
	if old.Handling.State != lowsky.HandlingNew || len(old.Handling.Comments) > 0 || !old.Handling.ReopenedAt.IsZero() ||
		len(old.Handling.Transfers) > 0 {
		a.handledRev = old.Rev
	}
	e.alerts[a.ID] = a
	if !a.FoundLate {
		e.previous[a.AlertKey] = a.ID
	}
	if a.State == lowsky.AlertResolved {
		e.keep(a)
		if !a.FoundLate && a.obj.find(a.Hazard, a.Subject) == nil {
			a.obj.alerts = append(a.obj.alerts, a) // firing again within a minute continues it
			a.inLingering = true
			e.lingering = append(e.lingering, a)
		}
		return nil
	}
	if b := a.obj.find(a.Hazard, a.Subject); b != nil {
		if b.State != lowsky.AlertResolved {
			return &lowsky.InvalidError{Field: "key", Problem: "a second open alert on the same object, hazard and subject"}
		}
		a.obj.remove(b)
	}
	a.obj.alerts = append(a.obj.alerts, a)
	e.addOpen(a)
	a.zoneActive = a.Zone != nil
	e.resume(a)
	e.noteRenamed(a)
	switch a.Object.Kind {
	case lowsky.ObjectPair:
		e.loadPair(a.Object)
	case lowsky.ObjectSource:
		s := e.source(lowsky.SourceID(a.Object.ID))
		s.Down, s.reported, s.DownSince, s.LastSeen = true, true, a.RaisedAt, a.LastJudgedAt
	case lowsky.ObjectDevice: // nothing will be heard of it that could be judged
	default:
		e.orphans = append(e.orphans, a)
	}
	return nil
}

// noteRenamed notes which aircraft of a loaded alert have another id now: that is merged with the first record.
func (e *Engine) noteRenamed(a *alert) {
	var ids []string
	switch a.Object.Kind {
	case lowsky.ObjectAircraft:
		ids = []string{a.Object.ID}
	case lowsky.ObjectPair:
		one, other, _ := strings.Cut(a.Object.ID, "+")
		ids = []string{one, other}
	}
	for _, id := range ids {
		if id := lowsky.AircraftID(id); e.canonical(id) != id && !slices.Contains(e.renamed, id) {
			e.renamed = append(e.renamed, id)
		}
	}
}

// endOrphanedFolds lets go alerts that were folded under one that is no longer open: nobody would ever see them.
func (e *Engine) endOrphanedFolds() {
	for _, a := range e.open {
		if a.Parent == "" {
			continue
		}
		if p := e.alerts[a.Parent]; p == nil || p.State != lowsky.AlertFiring {
			a.Parent = ""
			e.mark(a)
		}
	}
}

// lastSeenAll begins the tracks of all of them; of one aircraft that was heard under several names, where it was heard last.
func (e *Engine) lastSeenAll(all []lowsky.LastSeen) {
	e.disputeSeen(all)
	newest := make(map[lowsky.AircraftID]int, len(all))
	for i := range all {
		id := e.canonical(all[i].Aircraft)
		if j, ok := newest[id]; !ok || all[i].ReceivedAt.After(all[j].ReceivedAt) {
			newest[id] = i
		}
	}
	for i := range all {
		if newest[e.canonical(all[i].Aircraft)] == i {
			e.lastSeen(&all[i])
		}
	}
}

// disputeSeen finds the names under which something was last seen where the aircraft cannot have been: two are missed then,
// not one.
func (e *Engine) disputeSeen(all []lowsky.LastSeen) {
	if len(e.names.of) == 0 {
		return
	}
	seen := make(map[lowsky.AircraftID]*lowsky.LastSeen, len(all))
	for i := range all {
		seen[all[i].Aircraft] = &all[i]
	}
	for i := range all {
		l := &all[i]
		own := e.canonical(l.Aircraft)
		o := seen[own]
		if own == l.Aircraft || o == nil || !l.Position.OK || !o.Position.OK || l.Position.Value.Check() != nil || o.Position.Value.Check() != nil {
			continue
		}
		a := lowsky.TrackPoint{At: o.ReceivedAt, Position: o.Position.Value}
		b := lowsky.TrackPoint{At: l.ReceivedAt, Position: l.Position.Value}
		if !together(&a, &b, max(classSpeed(e.register[own]), anySpeed)) {
			e.names.disputed[l.Aircraft] = true
		}
	}
}

// lastSeen begins the track of an aircraft that flew when it was last heard before the start: drawn as last known, not
// judged on reports until it makes one, and missed when it makes none. What it did meanwhile is not known, so the way to
// its next position is no segment.
func (e *Engine) lastSeen(l *lowsky.LastSeen) {
	id := e.canonical(l.Aircraft)
	if id == "" || l.Source == "" || l.ReceivedAt.IsZero() || e.byID[id] != nil {
		return
	}
	t := e.track(id)
	if t == nil {
		return
	}
	at := l.ReceivedAt
	s := e.source(l.Source)
	if at.After(s.LastSeen) {
		s.LastSeen = at
	}
	e.join(t, s)
	t.Format, t.Seq, t.MeasuredAt, t.ReceivedAt, t.ObservedAt = l.Format, l.Seq, l.MeasuredAt, at, at
	t.Model, t.Scenario = l.Model, l.Scenario
	join(&t.Status, l.Status, at)
	join(&t.GroundSpeed, l.GroundSpeed, at)
	join(&t.Course, l.Course, at)
	join(&t.Pilot, l.Pilot, at)
	join(&t.TakeoffHAE, l.TakeoffHAE, at)
	if l.Ground.OK && !t.TakeoffHAE.Known().OK {
		p := e.corrected(s, l.Format, l.Ground.Value)
		join(&t.TakeoffHAE, aboveEllipsoid(&p), at)
	}
	if l.Position.OK && l.Position.Value.Check() == nil {
		p := e.corrected(s, l.Format, l.Position.Value)
		p.TakeoffHAE = t.TakeoffHAE.Known()
		join(&t.Position, lowsky.Some(p), at)
		e.place(t, p)
	}
	e.takeOff(t, at)
	e.markTrack(t)
	e.restored = append(e.restored, t)
}

// countSilence lets the silence of the aircraft seen before the start count from now on, once they had the time to
// connect again.
func (e *Engine) countSilence() {
	for _, t := range e.restored {
		if t.last == nil && !t.gone {
			t.SilenceFrom = e.now.Add(reconnect)
		}
	}
	e.restored = nil
}

// resume gives the alert back the rules that feed it. Which others besides the one shown did is not kept, so every rule
// of the hazard must judge it clear before it ends.
func (e *Engine) resume(a *alert) {
	for _, r := range e.byHazard[a.Hazard] {
		if group := r.On == lowsky.EachTickGroup; group == (a.Object.Kind == lowsky.ObjectAircraft) {
			continue
		}
		c := contribution{rule: r, judged: a.LastJudgedAt, clears: a.Clocks.ClearCount, clearSince: a.Clocks.ClearSince}
		if r.ID == a.Rule {
			if a.State == lowsky.AlertFiring || !a.Clocks.SolidSince.IsZero() {
				c.solid, c.solidSince = a.Severity, a.Clocks.SolidSince
			} else {
				c.suspected = a.Severity
			}
			c.finding = lowsky.Finding{
				Severity: a.Severity, Variant: a.Variant, Subject: a.Subject, Measured: a.Measured, Limit: a.Limit,
				Margin: a.Margin, Accuracy: a.Accuracy, Unit: a.Unit, Within: a.Within, Height: a.Height, Note: a.Note,
				Position: a.Position, Pair: a.Pair, Vertical: a.Vertical,
			}
			if az := a.Zone; az != nil { // the version it was found under, whatever is in force now
				c.finding.Zone = &lowsky.Zone{ID: az.ID, Version: az.Version, Name: az.Name, Restriction: az.Restriction, Demo: az.Demo}
			}
		}
		if c.solid > 0 {
			a.worst = c
		}
		a.from = append(a.from, c)
	}
	if len(a.from) == 0 && a.Hazard == lowsky.HazardRuleFault {
		if r := a.obj.rule; r != nil {
			a.from = append(a.from, contribution{rule: e.self(r), judged: a.LastJudgedAt, solid: a.Severity, finding: lowsky.Finding{
				Severity: a.Severity, Variant: a.Variant, Measured: a.Measured,
			}})
			r.panics = 1
			return
		}
	}
	if a.Hazard == lowsky.HazardMismatch && len(a.from) == 0 {
		a.resumeMismatch()
		return
	}
	if len(a.from) == 0 || a.Zone != nil && e.zones.Zone(a.Zone.ID) == nil {
		e.lost = append(e.lost, a)
	}
}
