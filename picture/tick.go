package picture

import (
	"encoding/json"
	"slices"
	"time"

	"lowsky"
)

// Slice is the payload of a RecordTick that covers only part of the picture: the aircraft and sources whose slot is
// Slice modulo Of. A tick without payload covers all of it. Slices keep a tick over many aircraft from holding up the
// reports between them, and because they are records a replay slices alike.
//
// The slices of the separation pass come after those, with Pairs set: as many as Engine.Pairing asks for.
type Slice struct {
	Slice int  `json:"slice"`
	Of    int  `json:"of"`
	Pairs bool `json:"pairs,omitempty"`
}

// FirstSlice answers the first slice of a tick whose slices cover at most size slots each.
func (e *Engine) FirstSlice(size int) Slice { return Slice{Of: max(1, (e.Slots()+size-1)/size)} }

// NextSlice answers what follows s once the engine has consumed it: the next part, then the slices of the separation
// pass, for as many as it takes. Of is 0 when the tick is done.
func (e *Engine) NextSlice(s Slice) Slice {
	if s.Slice++; s.Slice >= s.Of {
		if !e.Pairing() {
			return Slice{}
		}
		s.Pairs = true
	}
	return s
}

// Record is the slice as it stands in the journal.
func (s Slice) Record(at time.Time) lowsky.Record {
	rec := lowsky.Record{Kind: lowsky.RecordTick, At: at}
	if s.Of > 1 || s.Pairs {
		rec.Payload, _ = json.Marshal(s)
	}
	return rec
}

// sweep collects what the slices of one tick count.
type sweep struct {
	aircraft, reporting, airborne, unjudged int
}

const (
	// reconnect is what devices take to connect again after a start: brokers' clients wait ever longer between attempts.
	reconnect = 60 * time.Second
	// groundStands is how long an aircraft whose last word was "on the ground" is waited for before it has landed.
	groundStands = 60 * time.Second
)

// silentAfter is the silence after which an aircraft's alerts are shown as not judged any more.
func silentAfter(t *track) time.Duration { return max(10*time.Second, 3*t.Interval) }

// tick judges what time alone brings: silence, sources, periods of zones, expiry.
func (e *Engine) tick(payload []byte) {
	part := Slice{Slice: 0, Of: 1}
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &part); err != nil || part.Of < 1 || part.Slice < 0 || part.Slice >= part.Of && !part.Pairs {
			e.counts.BadRecords++
			e.faults = append(e.faults, Fault{Seq: e.seq, Cause: "a tick with a bad slice"})
			return
		}
	}
	if part.Pairs {
		e.stepPairs()
		return
	}
	if part.Slice == 0 {
		e.sweep = sweep{}
		e.tidy()
		e.beginPairs()
	}
	for i := part.Slice; i < len(e.sources); i += part.Of {
		if s := e.sources[i]; s != nil {
			e.tickSource(s)
		}
	}
	for i := part.Slice; i < len(e.tracks); i += part.Of {
		if t := e.tracks[i]; t != nil {
			e.tickTrack(t)
		}
	}
	for i := part.Slice; i < len(e.trafficBy); i += part.Of {
		if x := e.trafficBy[i]; x != nil {
			e.tickTraffic(x)
		}
	}
	if part.Slice == part.Of-1 {
		e.findPairs()
		e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Health: e.health()})
	}
}

func (e *Engine) tickTrack(t *track) {
	silence := e.now.Sub(t.ReceivedAt)
	if len(t.object.alerts) > 0 {
		if silence > silentAfter(t) && !t.silentMarked {
			e.freezeSilent(t.object, e.silentReason(t))
			t.silentMarked = true
		}
		e.periods(t)
	}
	if t.Airborne && len(e.onTick) > 0 && !t.ReceivedAt.IsZero() {
		e.judgeTick(t)
	}
	if t.Airborne && len(e.pairs.rules) > 0 {
		e.collect(t)
	}
	if t.Airborne && t.SaidGround && silence > max(groundStands, silentAfter(t)) {
		e.land(t) // switched off after its only report from the ground
	}
	e.sweep.aircraft++
	if t.last != nil && silence <= 2*t.Interval {
		e.sweep.reporting++
	}
	if t.Airborne {
		e.sweep.airborne++
	}
	if len(t.unjudged) > 0 {
		e.sweep.unjudged++
	}
	if t.last == nil && t.ReceivedAt.IsZero() {
		if t.bornAt.IsZero() {
			t.bornAt = e.now
		}
		silence = e.now.Sub(t.bornAt)
	}
	if silence > e.cfg.KeepSilent {
		e.expire(t)
	}
}

func (e *Engine) silentReason(t *track) lowsky.Reason {
	if s := e.sourceState(t); s != nil && s.Down {
		return lowsky.ReasonSourceDown
	}
	return lowsky.ReasonSilent
}

// freezeSilent shows that alerts fed by reports are not judged while none come.
func (e *Engine) freezeSilent(o *object, why lowsky.Reason) {
	for _, a := range o.alerts {
		if a.State == lowsky.AlertResolved {
			continue
		}
		for i := range a.from {
			if c := &a.from[i]; c.rule.On == lowsky.EachReport {
				e.freeze(a, c, why)
			}
		}
	}
}

// judgeTick asks the rules of the tick about one aircraft. What they find clear counts only when a report came since:
// time passing over one report is not two judgements.
func (e *Engine) judgeTick(t *track) {
	s := &e.situation
	*s = lowsky.Situation{
		Now: e.now, On: lowsky.EachTick, Track: &t.Track, History: t.past(e.now), Aircraft: t.entry,
		Position: t.Position.Known(), Zones: t.relations, ZonesOK: t.relationsOK,
	}
	ctx := judgement{patience: patience(&t.Track), tick: true, report: t.Seq}
	if s.Source = e.sourceState(t); s.Source != nil && s.Source.Down {
		ctx.noClear = lowsky.ReasonSourceDown
	}
	if t.Unconfirmed {
		s.Position, s.Zones, s.ZonesOK = lowsky.Opt[lowsky.Position]{}, nil, false
		ctx.noClearPosition = lowsky.ReasonJumpUnconfirmed
	}
	e.askAll(t, e.onTick, &ctx)
	if !slices.Equal(t.toldUnjudged, t.unjudged) {
		e.markTrack(t)
	}
}

// judgeSource asks the rules about a source.
func (e *Engine) judgeSource(s *source, dependants int) {
	e.situation = lowsky.Situation{
		Now: e.now, On: lowsky.EachTickGroup, Source: &s.SourceState, Dependants: dependants,
	}
	ctx := judgement{patience: fastestGap}
	for _, r := range e.onGroup {
		e.ask(r)
		e.apply(s.object, r, &ctx)
	}
}

// periods re-judges alerts whose zone stops applying now.
func (e *Engine) periods(t *track) {
	for _, a := range t.object.alerts {
		if a.State == lowsky.AlertResolved || a.Zone == nil || !a.zoneActive {
			continue
		}
		z := e.zones.Zone(a.Zone.ID)
		if z != nil && z.Applicability.ActiveAt(e.now) {
			continue
		}
		a.zoneActive = false
		e.rejudge(t.object, a.Zone.ID, lowsky.ResolvedZoneEnded)
	}
}

// expire drops a track that has been silent for long. An open alert keeps it, and so does having been airborne when it
// was last heard, until a person has closed everything about it.
func (e *Engine) expire(t *track) {
	closed := false
	for _, a := range e.alertsOf(t) {
		if a.State == lowsky.AlertResolved {
			continue
		}
		if a.Handling.State != lowsky.HandlingClosed {
			return
		}
		closed = true
	}
	if t.Airborne && !closed {
		return
	}
	for _, a := range e.alertsOf(t) {
		e.resolve(a, lowsky.ResolvedPerson)
	}
	e.drop(t)
}

// tidy lets go of what nobody needs any more. Once per tick.
func (e *Engine) tidy() {
	if e.startedAt.IsZero() {
		e.startedAt = e.now
		e.countSilence()
	}
	if len(e.orphans) > 0 && e.now.Sub(e.startedAt) > 10*time.Second {
		for _, a := range e.orphans {
			if a.obj.track == nil && a.State != lowsky.AlertResolved {
				e.freezeSilent(a.obj, lowsky.ReasonSilent)
				e.mark(a)
			}
		}
		e.orphans = nil
	}
	for _, a := range e.waiting {
		a.waits = false
		e.mark(a)
	}
	e.waiting = e.waiting[:0]
	e.quietMismatches()
	e.lingering = slices.DeleteFunc(e.lingering, func(a *alert) bool { // one that goes on ending must not hold up the others
		if a.State == lowsky.AlertResolved && e.now.Sub(a.ResolvedAt) <= continues {
			return false
		}
		a.inLingering = false
		if a.State == lowsky.AlertResolved {
			a.obj.remove(a)
			e.forget(a.obj)
		}
		return true
	})
	e.open = slices.DeleteFunc(e.open, func(a *alert) bool {
		a.inOpen = a.State != lowsky.AlertResolved
		return !a.inOpen
	})
	n := 0
	for n < len(e.resolved) {
		a := e.resolved[n]
		old := e.now.Sub(a.ResolvedAt) > resolvedKeep && !a.Open()
		if a.State == lowsky.AlertResolved && !old && len(e.resolved)-n <= resolvedMost {
			break
		}
		a.inResolved = false
		if a.State == lowsky.AlertResolved {
			delete(e.alerts, a.ID)
			if e.previous[a.AlertKey] == a.ID {
				delete(e.previous, a.AlertKey)
			}
		}
		n++
	}
	e.resolved = slices.Delete(e.resolved, 0, n)
}

// health proves that the picture is alive. Backlog and Unsaved are filled in by the Picture.
func (e *Engine) health() *lowsky.PictureHealth {
	return &lowsky.PictureHealth{
		At: e.now, Aircraft: e.sweep.aircraft, Reporting: e.sweep.reporting, Airborne: e.sweep.airborne,
		Rules: len(e.rules), Zones: e.zones.Len(), LastJudgedAt: e.counts.LastJudgedAt, Skipped: e.counts.Skipped,
		Unjudged: e.sweep.unjudged, ClockSuspect: e.counts.ClockSuspect, RuleFaults: e.counts.RuleFaults,
	}
}
