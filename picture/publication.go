package picture

import (
	"fmt"
	"slices"

	"lowsky"
	"lowsky/airspace"
)

// publishZones puts zones in force or ends them, all or nothing, and re-judges at once what rests on an older version.
func (e *Engine) publishZones(p *lowsky.ZonePublication) error {
	if slices.Contains(p.Upsert, nil) {
		return &lowsky.InvalidError{Field: "upsert", Problem: "holds nothing where a zone should be"}
	}
	next, err := e.zones.Apply(p.Upsert, p.Remove)
	if err != nil {
		return fmt.Errorf("publish zones: %w", err)
	}
	e.zones = next
	for _, t := range e.tracks { // what was worked out under the old zones is void
		if t != nil && t.relationsOK {
			t.relations = slices.DeleteFunc(t.relations, func(r lowsky.ZoneRelation) bool { return next.Zone(r.Zone.ID) != r.Zone })
		}
	}
	for _, id := range p.Remove {
		e.zoneChanged(id, lowsky.ResolvedZoneEnded)
	}
	for _, z := range p.Upsert {
		e.zoneChanged(z.ID, lowsky.ResolvedZoneChanged)
	}
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Zones: p})
	return nil
}

// zoneChanged goes through the open alerts that rest on the zone.
func (e *Engine) zoneChanged(id lowsky.ZoneID, why lowsky.ResolveReason) {
	for i := 0; i < len(e.open); i++ {
		a := e.open[i]
		if a.State == lowsky.AlertResolved || a.Zone == nil || a.Zone.ID != id {
			continue
		}
		if why == lowsky.ResolvedZoneEnded && a.Subject.ID == string(id) {
			e.resolve(a, why)
		} else {
			e.rejudge(a.obj, id, why)
		}
	}
}

// rejudge asks the rules again about the newest report of an aircraft, under the zones as they are now, and applies the
// answers to its alerts on that zone only: found goes on under the new version, unjudged freezes, and clear ends the
// alert at once, for the reason given. An aircraft that was never heard since the start is left as it is: its alert is
// judged with its first report.
func (e *Engine) rejudge(o *object, id lowsky.ZoneID, why lowsky.ResolveReason) {
	t := o.track
	if t == nil || t.last == nil || !t.Airborne || t.Unconfirmed || t.Position.At.IsZero() {
		return
	}
	at := t.ObservedAt
	ctx := judgement{patience: patience(&t.Track)}
	fresh := t.Position.Fresh(at, ctx.patience).OK
	if fresh {
		e.relate(t, at, false)
	}
	s := &e.situation
	*s = lowsky.Situation{
		Now: at, On: lowsky.EachReport, Track: &t.Track, Report: t.last, History: t.past(at), Aircraft: t.entry,
		Source: &t.source.SourceState,
	}
	if fresh {
		s.Position, s.Zones, s.ZonesOK = lowsky.Some(t.Position.Value), t.relations, t.relationsOK
		s.AGL = airspace.HeightAboveGround(t.Position.Value, e.cfg.Terrain)
	}
	still := map[*alert]bool{}
	judged := map[*alert]bool{}
	for _, r := range e.onReport {
		if !r.binds(t) {
			continue
		}
		e.ask(r)
		v := &e.verdicts
		for _, a := range o.alerts {
			if a.Hazard != r.Hazard || a.State == lowsky.AlertResolved || a.Zone == nil || a.Zone.ID != id {
				continue
			}
			if v.spokeOf(a.Subject, len(v.findings)) {
				still[a] = true
			} else if u := v.about(a.Subject); u != "" {
				still[a] = true
				if c := a.contribution(r); c != nil {
					e.freeze(a, c, u)
				}
			} else if a.contribution(r) != nil {
				judged[a] = true
			}
		}
		v.findings = slices.DeleteFunc(v.findings, func(f lowsky.Finding) bool {
			return f.Zone == nil || f.Zone.ID != id || o.find(r.Hazard, f.Subject) == nil
		})
		only := ctx
		only.findingsOnly = true
		only.ref = lowsky.ReportRef{Seq: t.Seq, MeasuredAt: t.MeasuredAt}
		e.apply(o, r, &only)
	}
	for _, a := range o.alerts {
		if judged[a] && !still[a] {
			e.resolve(a, why)
		}
	}
}

// publishAircraft changes the register. A demo entry that is removed takes a silent track and its alerts with
// it; any other aircraft that reports or is missed stays, as an unregistered one. What flies under a name that is an
// aircraft's own now becomes that aircraft's; a name that no longer is makes a track of its own with its next report.
func (e *Engine) publishAircraft(p *lowsky.AircraftPublication) error {
	for _, a := range p.Upsert {
		if a == nil || a.ID == "" {
			return &lowsky.InvalidError{Field: "upsert", Problem: "an aircraft without id"}
		}
	}
	var moved []lowsky.AircraftID
	for _, a := range p.Upsert {
		moved = append(moved, e.enrol(a.ID, a)...)
		if t := e.byID[a.ID]; t != nil {
			t.entry = a
			e.released(t)
			e.markTrack(t)
		}
	}
	for _, id := range p.Remove {
		old := e.register[id]
		moved = append(moved, e.enrol(id, nil)...)
		e.unregister(id, old != nil && !old.Demo)
	}
	for _, id := range moved {
		e.merge(id)
	}
	for _, id := range p.RetireSources {
		if o := e.objects[lowsky.Object{Kind: lowsky.ObjectSource, ID: string(id)}]; o != nil {
			for _, a := range o.alerts {
				e.resolve(a, lowsky.ResolvedUnregister)
			}
		}
	}
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Aircraft: p})
	return nil
}

// unregister follows the end of a register entry. A real aircraft that is missed or has open alerts stays so, whoever
// strikes it off the register; a demo one is gone with the demo.
func (e *Engine) unregister(id lowsky.AircraftID, real bool) {
	t := e.byID[id]
	if t != nil {
		t.entry = nil
		if t.last != nil && e.now.Sub(t.ReceivedAt) <= silentAfter(t) || real && t.Airborne {
			e.markTrack(t)
			return
		}
	}
	o := e.objects[lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(id)}]
	if o == nil {
		return
	}
	if t == nil && real {
		return // loaded, not heard since the start
	}
	for _, a := range o.alerts {
		e.resolve(a, lowsky.ResolvedUnregister)
	}
	for _, pair := range slices.Clone(e.pairs.of[string(id)]) {
		for _, a := range pair.alerts {
			e.resolve(a, lowsky.ResolvedUnregister)
		}
	}
	if t != nil {
		e.drop(t)
	}
}
