package picture

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"time"

	"lowsky"
)

// Bounds of alert life; house rule "Alert life at the edges".
const (
	continues     = 60 * time.Second // firing again within this of resolving is the same alert
	clearsLeast   = 2                // judged-clear reports before anything ends
	reportsKept   = 8
	resolvedMost  = 20_000 // resolved alerts that people may still handle in memory; PostgreSQL has them all
	resolvedKeep  = 24 * time.Hour
	lateKept      = 16 // found-late alerts per object that a further late report may still belong to
	lateEpisode   = 60 * time.Second
	numbersEach   = time.Second      // shown numbers change at most this often
	heartbeatEach = 10 * time.Second // clocks and "last judged" of an unchanged alert
)

// object is something alerts are about, with those that are open or resolved less than a minute ago.
type object struct {
	ref    lowsky.Object
	alerts []*alert
	late   []*alert // newest last
	track  *track
	source *source
	rule   *rule
	pair   *[2]member // of a pair
	round  uint64     // … the separation pass that last judged it
	place  int        // … in pairing.objects
}

// object answers the object, made when it is new.
func (e *Engine) object(ref lowsky.Object) *object {
	o := e.objects[ref]
	if o == nil {
		o = &object{ref: ref}
		e.objects[ref] = o
	}
	return o
}

// forget drops an object that nothing refers to any more.
func (e *Engine) forget(o *object) {
	if len(o.alerts) == 0 && o.track == nil && o.source == nil && o.rule == nil {
		if o.pair != nil {
			e.unpair(o)
		}
		if e.objects[o.ref] == o { // not one made anew since
			delete(e.objects, o.ref)
		}
	}
}

// find answers the alert on this hazard and subject that is open or may still continue; nil when there is none.
func (o *object) find(h lowsky.Hazard, s lowsky.Subject) *alert {
	for _, a := range o.alerts {
		if a.Hazard == h && a.Subject == s {
			return a
		}
	}
	return nil
}

// alert is a lowsky.Alert in the making: the embedded one is the next revision.
type alert struct {
	lowsky.Alert
	obj     *object
	from    []contribution // the rules that feed it, in the order in which they first did
	queued  bool           // in dirtyAlerts
	judged  bool           // found or clear since it was last settled
	patient time.Duration  // longest gap between two judgements that still counts as unbroken

	worst contribution // the worst that counted so far: what it shows once it is over

	lowSince, lowLast time.Time // run of judgements below Severity
	lowCount          int
	closedAt          lowsky.Severity // severity while closed: a higher one reopens
	handledRev        uint64          // revision in which handling last changed
	handled           bool            // handling changed since it was last published
	zoneActive        bool
	inOpen            bool
	inLingering       bool
	inResolved        bool
	waits             bool          // found late, with more to tell at the next tick
	outside           time.Time     // since when it is found out of its Owner's area; zero: it lies there
	claim             *claim        // of an identity mismatch: the newest
	told              *lowsky.Alert // last published revision
}

// contribution is what one rule has to say about one alert.
type contribution struct {
	rule             *rule
	finding          lowsky.Finding  // the newest that counts
	solid, suspected lowsky.Severity // of the newest judgement that found something
	found            bool            // the newest judgement found it
	done             bool            // clear for long enough
	frozen           lowsky.Reason   // the newest judgement could not be made
	judged           time.Time       // found or clear
	solidSince       time.Time       // start of the unbroken run of solid findings
	clearSince       time.Time
	clears           int
	report           uint64    // Seq of the report that the newest clear judgement on a tick rests on
	stamp            uint64    // of the asking that found it
	besideAt         time.Time // found by what another device says than the leader; not of what rests on the place
}

func (c *contribution) severity() lowsky.Severity { return max(c.solid, c.suspected) }

// notWorse reports whether what c found is no worse than a finding: of lower severity, or of the same and no further
// beyond its limit.
func (c *contribution) notWorse(solid lowsky.Severity, f *lowsky.Finding) bool {
	if c.rule == nil || c.solid != solid {
		return c.rule == nil || c.solid < solid
	}
	return !c.finding.Margin.OK || !f.Margin.OK || c.finding.Margin.Value <= f.Margin.Value
}

func (a *alert) contribution(r *rule) *contribution {
	for i := range a.from {
		if a.from[i].rule == r {
			return &a.from[i]
		}
	}
	return nil
}

// newID derives an alert's id from its key and the record that raised it.
func newID(key lowsky.AlertKey, seq uint64, at time.Time) lowsky.AlertID {
	b := append(make([]byte, 0, 128), key.String()...)
	b = append(b, 0x1f)
	b = binary.BigEndian.AppendUint64(b, seq)
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixNano()))
	sum := sha256.Sum256(b)
	return lowsky.AlertID("a" + idEncoding.EncodeToString(sum[:10]))
}

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// raise makes a new pending alert, or continues one that ended less than a minute ago.
func (e *Engine) raise(o *object, h lowsky.Hazard, s lowsky.Subject) *alert {
	if a := o.find(h, s); a != nil {
		if a.State != lowsky.AlertResolved {
			return a
		}
		if e.now.Sub(a.ResolvedAt) <= continues {
			a.State, a.ResolveReason, a.ResolvedAt = lowsky.AlertPending, "", time.Time{}
			a.from = a.from[:0]
			a.Clocks = lowsky.AlertClocks{}
			e.addOpen(a)
			return a
		}
		o.remove(a)
	}
	a := e.newAlert(o, h, s)
	o.alerts = append(o.alerts, a)
	e.addOpen(a)
	return a
}

func (e *Engine) newAlert(o *object, h lowsky.Hazard, s lowsky.Subject) *alert {
	key := lowsky.AlertKey{Object: o.ref, Hazard: h, Subject: s}
	a := &alert{obj: o}
	a.AlertKey, a.State = key, lowsky.AlertPending
	a.ID = newID(key, e.seq, e.now)
	for n := uint64(1); e.alerts[a.ID] != nil; n++ { // two found-late alerts of one key in one record
		a.ID = newID(key, e.seq^(n<<48), e.now)
	}
	a.RaisedAt = e.now
	a.Previous = e.previous[key]
	a.Handling.State = lowsky.HandlingNew
	e.previous[key] = a.ID
	e.alerts[a.ID] = a
	e.describe(a)
	return a
}

// describe fills in whose the alert is.
func (e *Engine) describe(a *alert) {
	a.Organisation = e.cfg.Organisation
	if t := a.obj.track; t != nil {
		if t.entry != nil {
			a.AircraftName, a.Demo = t.entry.Name, t.entry.Demo
			if t.entry.Organisation != "" {
				a.Organisation = t.entry.Organisation
			}
		}
		a.Demo = a.Demo || t.Simulated
		a.Scenario = t.scenario()
		if len(t.Jurisdictions) > 0 {
			a.Owner = t.Jurisdictions[0]
			a.include(t.Jurisdictions)
		} else if t.entry != nil && len(t.entry.Jurisdictions) > 0 {
			a.Owner = t.entry.Jurisdictions[0]
			a.include(t.entry.Jurisdictions)
		}
	}
	if a.obj.pair != nil {
		e.describePair(a)
	}
	if s := a.obj.source; s != nil {
		for _, t := range s.members {
			a.include(t.Jurisdictions)
			a.Demo = a.Demo || t.Simulated
		}
		if len(a.Jurisdictions) > 0 {
			a.Owner = a.Jurisdictions[0]
		}
	}
}

// include adds jurisdictions that the alert has touched. The slice is replaced, never changed: revisions share it.
func (a *alert) include(js []lowsky.JurisdictionID) {
	for _, j := range js {
		if !slices.Contains(a.Jurisdictions, j) {
			a.Jurisdictions = append(slices.Clip(a.Jurisdictions), j)
		}
	}
}

func (o *object) remove(a *alert) {
	if i := slices.Index(o.alerts, a); i >= 0 {
		o.alerts = slices.Delete(o.alerts, i, i+1)
	}
}

func (e *Engine) addOpen(a *alert) {
	if !a.inOpen {
		a.inOpen = true
		e.open = append(e.open, a)
	}
}

// mark queues the alert for settling and, where something shown has changed, publishing at the end of this Step.
func (e *Engine) mark(a *alert) {
	if !a.queued {
		a.queued = true
		e.dirtyAlerts = append(e.dirtyAlerts, a)
	}
}

// found takes a finding of rule r: best is the one to show, solid and suspected the highest of each sort.
func (e *Engine) found(a *alert, r *rule, best *lowsky.Finding, solid, suspected lowsky.Severity, ctx *judgement) {
	c := a.contribution(r)
	if c == nil {
		a.from = append(a.from, contribution{rule: r})
		c = &a.from[len(a.from)-1]
	}
	c.finding, c.solid, c.suspected = *best, solid, suspected
	c.found, c.done, c.frozen, c.clears, c.clearSince = true, false, "", 0, time.Time{}
	c.judged, c.stamp, c.report = e.now, ctx.stamp, ctx.report
	if ctx.beside && (ctx.there || best.Zone == nil && best.Height == "") {
		c.besideAt = e.now
	}
	if solid == lowsky.SeverityNone {
		c.solidSince = time.Time{}
	} else if c.solidSince.IsZero() {
		c.solidSince = e.now
	}
	if solid > lowsky.SeverityNone && a.worst.notWorse(solid, best) {
		a.worst = contribution{rule: r, finding: *best, solid: solid}
	}
	if a.Clocks.FoundSince.IsZero() {
		a.Clocks.FoundSince = e.now
	}
	a.LastFoundAt, a.LastJudgedAt = e.now, e.now
	a.judged, a.patient = true, ctx.patience
	if ctx.ref.Seq != 0 {
		a.rests(ctx.ref)
	}
	if best.Zone != nil {
		a.zoneActive = best.Zone.Applicability.ActiveAt(e.now)
	}
	if t := a.obj.track; t != nil {
		a.include(t.Jurisdictions)
		a.follow(t.Jurisdictions, nil, e.now)
	}
	if a.obj.pair != nil {
		e.placePair(a)
	}
	e.mark(a)
}

// rests notes a report that found it: the newest eight are kept.
func (a *alert) rests(ref lowsky.ReportRef) {
	if n := len(a.Reports); n > 0 && a.Reports[n-1].Seq == ref.Seq && a.Reports[n-1].MeasuredAt.Equal(ref.MeasuredAt) {
		return
	}
	if len(a.Reports) == reportsKept {
		copy(a.Reports, a.Reports[1:])
		a.Reports[reportsKept-1] = ref
		return
	}
	a.Reports = append(a.Reports, ref)
}

// clear takes a clear judgement of a contributing rule. A gap longer than the track's patience begins the run anew:
// silence is never part of "judged clear".
func (e *Engine) clear(a *alert, c *contribution, ctx *judgement) {
	unbroken := c.clears > 0 && e.now.Sub(c.judged) <= ctx.patience
	c.found, c.frozen, c.solidSince = false, "", time.Time{}
	if unbroken {
		c.clears++
	} else {
		c.clears, c.clearSince = 1, e.now
	}
	c.judged = e.now
	a.LastJudgedAt = e.now
	a.judged, a.patient = true, ctx.patience
	e.mark(a)
}

// freeze notes that a contributing rule cannot judge now. Whatever it found before stands, and the run of clear
// judgements ends.
func (e *Engine) freeze(a *alert, c *contribution, why lowsky.Reason) {
	c.clears, c.clearSince = 0, time.Time{}
	if c.frozen != why {
		c.frozen = why
		e.mark(a)
	}
}

// resolve ends the alert now, for a reason other than having been judged clear, or after it was.
func (e *Engine) resolve(a *alert, why lowsky.ResolveReason) {
	if a.State == lowsky.AlertResolved {
		return
	}
	a.State, a.ResolveReason, a.ResolvedAt = lowsky.AlertResolved, why, e.now
	a.Frozen, a.Parent, a.Folded = "", "", 0
	a.lowCount, a.judged = 0, false
	if !a.inLingering { // once: a second entry would outlive the object and end one made anew
		a.inLingering = true
		e.lingering = append(e.lingering, a)
	}
	e.keep(a)
	e.mark(a)
	e.markObject(a.obj)
	if a.obj.source != nil {
		e.unfold(a.ID)
	}
}

// keep lets people go on handling a resolved alert.
func (e *Engine) keep(a *alert) {
	if !a.inResolved {
		a.inResolved = true
		e.resolved = append(e.resolved, a)
	}
}
