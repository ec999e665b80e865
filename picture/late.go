package picture

import (
	"encoding/json"
	"slices"

	"lowsky"
	"lowsky/airspace"
)

// late takes a late report: it extends the history, is judged, and what it finds is recorded as found late. The marker
// stays, no firing alert is touched, silence goes on being silence.
func (e *Engine) late(t *track, s *source, a *arrival) {
	if t.source == nil { // never heard live: it hangs on its source, so that it is in the picture at all
		e.join(t, s)
		t.Format = a.Format
		set(&t.Model, a.Model)
		set(&t.Scenario, a.Scenario)
		t.Simulated = a.Simulated
	}
	fix := a.Position.OK && a.Position.Value.Check() == nil
	place := e.corrected(s, a.Format, a.Position.Value)
	place.TakeoffHAE = t.takeoffOf(a, &place)
	if fix {
		t.insert(lowsky.TrackPoint{
			At: a.observed, Seq: a.seq, MeasuredAt: a.measured, Position: place,
			GroundSpeed: a.GroundSpeed, Course: a.Course, HorizontalAccuracy: a.HorizontalAccuracy,
		})
	}
	if !t.flew(a.TelemetryReport) {
		return
	}
	e.lateTrack = t.Track
	e.lateTrack.Airborne, e.lateTrack.Unconfirmed = true, false
	sit := &e.situation
	*sit = lowsky.Situation{
		Now: a.observed, On: lowsky.EachReport, Track: &e.lateTrack, Report: a.TelemetryReport, Late: true,
		History: t.past(a.observed), Aircraft: t.entry, Source: &s.SourceState,
	}
	if fix {
		e.query = airspace.Query{
			Position: place, Now: a.observed, GroundSpeed: a.GroundSpeed, Course: a.Course,
			VerticalSpeed: a.VerticalSpeed, LookAhead: e.cfg.LookAhead, Near: e.cfg.Near, Terrain: e.cfg.Terrain,
		}
		e.lateRelation, sit.ZonesOK = e.relations(e.lateRelation[:0])
		exempt(e.lateRelation, t.entry, a.Plan)
		sit.Zones, sit.Position = e.lateRelation, lowsky.Some(place)
		sit.AGL = airspace.HeightAboveGround(place, e.cfg.Terrain)
	} else {
		sit.AGL.Reason = lowsky.ReasonNoPosition
	}
	for _, r := range e.onReport {
		if !r.binds(t) {
			continue
		}
		e.ask(r)
		for i := range e.verdicts.findings {
			if f := &e.verdicts.findings[i]; !f.Suspected { // it can never be confirmed any more
				e.foundLate(t, r, f, a)
			}
		}
	}
}

// insert puts a late position into the history at its time, unless it is older than what is kept or wild.
func (t *track) insert(pt lowsky.TrackPoint) {
	if pt.At.Before(t.newest.Add(-historyKept)) || len(t.history) >= historyMost {
		return
	}
	i := len(t.history)
	for i > 0 && t.history[i-1].At.After(pt.At) {
		i--
	}
	if i > 0 && !t.possible(&t.history[i-1], &pt, true) {
		return
	}
	t.history = slices.Insert(t.history, i, pt)
}

// foundLate records what a late report found: as an alert of its own that has already ended. Late reports that find the
// same within a minute of each other belong to one.
func (e *Engine) foundLate(t *track, r *rule, f *lowsky.Finding, arr *arrival) {
	o := t.object
	var a *alert
	for _, b := range o.late {
		if b.Hazard == r.Hazard && b.Subject == f.Subject &&
			arr.observed.Sub(b.LastFoundAt) <= lateEpisode && b.RaisedAt.Sub(arr.observed) <= lateEpisode {
			a = b
		}
	}
	if a == nil {
		key := lowsky.AlertKey{Object: o.ref, Hazard: r.Hazard, Subject: f.Subject}
		before := e.previous[key]
		a = e.newAlert(o, r.Hazard, f.Subject)
		a.Previous = "" // the past has no place in the chain of live alerts
		if before == "" {
			delete(e.previous, key)
		} else {
			e.previous[key] = before
		}
		a.State, a.ResolveReason, a.FoundLate = lowsky.AlertResolved, lowsky.ResolvedLate, true
		a.RaisedAt, a.LastFoundAt, a.ResolvedAt, a.LastJudgedAt = arr.observed, arr.observed, e.now, arr.observed
		if len(o.late) == lateKept {
			o.late = slices.Delete(o.late, 0, 1)
		}
		o.late = append(o.late, a)
		e.keep(a)
	}
	if arr.observed.Before(a.RaisedAt) {
		a.RaisedAt = arr.observed
	}
	if arr.observed.After(a.LastFoundAt) {
		a.LastFoundAt, a.LastJudgedAt = arr.observed, arr.observed
	}
	if f.Severity >= a.Severity {
		c := contribution{rule: r, finding: *f, solid: f.Severity, judged: e.now}
		if !c.finding.Position.OK && arr.Position.OK && arr.Position.Value.Check() == nil {
			c.finding.Position = arr.Position
		}
		a.from = append(a.from[:0], c)
		a.Severity = f.Severity
		a.PeakSeverity = f.Severity
	}
	a.rests(lowsky.ReportRef{Seq: arr.seq, MeasuredAt: arr.measured})
	e.mark(a)
}

// judgeSkipped judges a report that was skipped under load. The record names it; msgs are its messages.
func (e *Engine) judgeSkipped(rec *lowsky.Record, msgs []lowsky.Message) {
	var seqs []uint64
	if err := json.Unmarshal(rec.Payload, &seqs); err != nil || len(seqs) != 1 {
		e.counts.BadRecords++
		e.faults = append(e.faults, Fault{Seq: rec.Seq, Cause: "a late record that does not name one report"})
		return
	}
	for _, m := range msgs {
		r, ok := m.(*lowsky.TelemetryReport)
		if !ok {
			continue
		}
		e.counts.Reports++
		s := e.hear(r.Source, r.Format)
		if s == nil || r.Aircraft == "" {
			e.counts.Refused++
			continue
		}
		t := e.track(e.canonical(r.Aircraft))
		if t == nil || t.repeats(writable(r.MeasuredAt), s, r.Digest) {
			e.counts.Refused++
			continue
		}
		a := arrival{TelemetryReport: r, seq: seqs[0], measured: writable(r.MeasuredAt), received: e.now, observed: e.now}
		if plausible(a.measured, e.now) {
			a.trusted = true
			a.observed = earlier(a.measured.Add(t.feedOf(s, r.Aircraft).off(s, e.now)), e.now)
		}
		e.counts.Late++
		s.late++
		e.late(t, s, &a)
	}
}
