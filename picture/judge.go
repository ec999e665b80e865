package picture

import (
	"fmt"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// findingsMost bounds what one rule may say about one object at once; a rule that says more has failed.
const findingsMost = 1000

// rule is a compiled rule with its pack.
type rule struct {
	*lowsky.Rule
	pack     lowsky.PackRef
	scenario lowsky.Scenario // "" binds every flight
	object   *object         // for its rule_fault alert
	panics   uint64
}

// binds reports whether the rule applies to the track.
func (r *rule) binds(t *track) bool {
	return r.scenario == "" || t == nil || t.scenario() == r.scenario
}

func (t *track) scenario() lowsky.Scenario {
	if t.Scenario == "" && t.entry != nil {
		return t.entry.Scenario
	}
	return t.Scenario
}

// compile lists the rules of the packs by when they are asked.
func (e *Engine) compile(packs []*lowsky.RulePack) error {
	known := map[lowsky.RuleID]bool{}
	for _, p := range packs {
		for i := range p.Rules {
			r := &rule{Rule: &p.Rules[i], pack: p.PackRef, scenario: p.Scenario}
			switch {
			case r.ID == "" || r.Hazard == "":
				return &lowsky.InvalidError{Field: "packs." + p.ID, Problem: "a rule without id or hazard"}
			case r.Check == nil:
				return &lowsky.InvalidError{Field: "packs." + p.ID + "." + string(r.ID), Problem: "a rule without Check"}
			case r.Pairs != nil && (r.On != lowsky.EachTickGroup || !reachable(r.Pairs)):
				return &lowsky.InvalidError{Field: "packs." + p.ID + "." + string(r.ID), Problem: "a rule whose reach for pairs cannot be searched"}
			case known[r.ID]:
				return &lowsky.InvalidError{Field: "packs." + p.ID + "." + string(r.ID), Problem: "a second rule of this id"}
			}
			known[r.ID] = true
			e.rules = append(e.rules, r)
			e.byHazard[r.Hazard] = append(e.byHazard[r.Hazard], r)
			r.object = e.object(lowsky.Object{Kind: lowsky.ObjectRule, ID: string(r.ID)})
			r.object.rule = r
			switch r.On {
			case lowsky.EachReport:
				e.onReport = append(e.onReport, r)
			case lowsky.EachTick:
				e.onTick = append(e.onTick, r)
			default:
				if r.Pairs != nil {
					e.compilePairs(r)
				} else {
					e.onGroup = append(e.onGroup, r)
				}
			}
		}
	}
	return nil
}

// reachable reports whether pairs can be looked for this far: all above zero, and no further than the pass is meant for.
func reachable(r *lowsky.PairReach) bool {
	ok := r.LookAhead > 0 && r.LookAhead <= 5*time.Minute && r.MaxAge > 0
	for _, m := range [...]lowsky.Minima{r.Uncrewed, r.Crewed} {
		ok = ok && m.Horizontal > 0 && m.Horizontal <= 10_000 && m.Vertical > 0 && m.Vertical <= 10_000
	}
	return ok
}

// verdicts takes down what a rule says.
type verdicts struct {
	findings []lowsky.Finding
	unjudged []unjudgedSubject
}

type unjudgedSubject struct {
	subject lowsky.Subject
	reason  lowsky.Reason
}

// Found implements [lowsky.Verdicts]. Numbers that are none are dropped: they would poison what is written down.
func (v *verdicts) Found(f lowsky.Finding) {
	if f.Severity == lowsky.SeverityNone {
		return
	}
	if len(v.findings) >= findingsMost {
		panic("more than 1000 findings")
	}
	f.Severity = min(f.Severity, lowsky.Warning)
	for _, n := range []*lowsky.Opt[float64]{&f.Measured, &f.Limit, &f.Margin, &f.Accuracy} {
		if n.OK && !lowsky.Finite(n.Value) {
			*n = lowsky.Opt[float64]{}
		}
	}
	if f.Position.OK && f.Position.Value.Check() != nil {
		f.Position = lowsky.Opt[lowsky.Position]{}
	}
	v.findings = append(v.findings, f)
}

// Unjudged implements [lowsky.Verdicts].
func (v *verdicts) Unjudged(s lowsky.Subject, r lowsky.Reason) {
	if len(v.unjudged) < findingsMost {
		v.unjudged = append(v.unjudged, unjudgedSubject{s, r})
	}
}

// spokeOf reports whether one of the first n findings is about the subject.
func (v *verdicts) spokeOf(s lowsky.Subject, n int) bool {
	for i := range v.findings[:n] {
		if v.findings[i].Subject == s {
			return true
		}
	}
	return false
}

// about answers why the subject is unjudged, "" when it is not.
func (v *verdicts) about(s lowsky.Subject) lowsky.Reason {
	for i := range v.unjudged {
		if u := &v.unjudged[i]; u.subject == s || u.subject == (lowsky.Subject{}) {
			return u.reason
		}
	}
	return ""
}

// judgement says what an answer of a rule may do to the alerts of an object.
type judgement struct {
	patience time.Duration
	ref      lowsky.ReportRef
	stamp    uint64
	tick     bool   // a clear answer needs a report newer than the last one it rested on
	report   uint64 // Seq of the newest live report, on ticks
	// Why a clear answer does not count: at all, or for what rests on the position.
	noClear         lowsky.Reason
	noClearPosition lowsky.Reason
	findingsOnly    bool // neither clear nor frozen
	there           bool // … where that one says it is
	beside          bool // by what another device says than the one that leads
}

// ask asks one rule. A panic is recovered: what the rule had already found stands, all else of it is unjudged.
func (e *Engine) ask(r *rule) {
	v := &e.verdicts
	v.findings, v.unjudged = v.findings[:0], v.unjudged[:0]
	defer func() {
		if p := recover(); p != nil {
			v.unjudged = append(v.unjudged[:0], unjudgedSubject{reason: lowsky.ReasonRuleFault})
			e.fault(r, p)
		}
	}()
	r.Check(&e.situation, v)
	if r.panics > 0 {
		e.worked(r)
	}
}

// apply hands the answer of rule r on object o to the alerts of its hazard.
func (e *Engine) apply(o *object, r *rule, ctx *judgement) {
	v := &e.verdicts
	e.stamp++
	ctx.stamp = e.stamp
	for i := range v.findings {
		f := &v.findings[i]
		if v.spokeOf(f.Subject, i) {
			continue
		}
		best, solid, suspected := f, lowsky.SeverityNone, lowsky.SeverityNone
		for j := i; j < len(v.findings); j++ {
			g := &v.findings[j]
			if g.Subject != f.Subject {
				continue
			}
			if g.Suspected {
				suspected = max(suspected, g.Severity)
			} else {
				solid = max(solid, g.Severity)
			}
			if best.Suspected && !g.Suspected || best.Suspected == g.Suspected && g.Severity > best.Severity {
				best = g
			}
		}
		e.found(e.raise(o, r.Hazard, f.Subject), r, best, solid, suspected, ctx)
	}
	if ctx.findingsOnly {
		return
	}
	for _, a := range o.alerts {
		if a.Hazard != r.Hazard || a.State == lowsky.AlertResolved {
			continue
		}
		c := a.contribution(r)
		if c == nil || c.stamp == ctx.stamp {
			continue
		}
		why := e.verdicts.about(a.Subject)
		if why == "" {
			why = ctx.noClear
		}
		if why == "" && a.positional() {
			why = ctx.noClearPosition
		}
		switch {
		case why != "":
			e.freeze(a, c, why)
		case !c.besideAt.IsZero() && e.now.Sub(c.besideAt) <= ctx.patience:
			// another device of the same aircraft says that it is so: of two that contradict each other neither clears
		case ctx.tick && c.report == ctx.report:
			// no report since the last clear judgement: nothing new is known
		default:
			c.report = ctx.report
			e.clear(a, c, ctx)
		}
	}
}

// positional reports whether what the alert shows was found from where the aircraft is: a report without a fix cannot
// clear it.
func (a *alert) positional() bool {
	if a.Zone != nil || a.Height != "" {
		return true
	}
	for i := range a.from {
		if f := &a.from[i].finding; f.Zone != nil || f.Height != "" {
			return true
		}
	}
	return false
}

// released drops what rules that no longer bind the aircraft had to say; an alert that rests on nothing else ends.
func (e *Engine) released(t *track) {
	for _, a := range t.object.alerts {
		if a.State == lowsky.AlertResolved {
			continue
		}
		n := len(a.from)
		a.from = slices.DeleteFunc(a.from, func(c contribution) bool { return !c.rule.binds(t) })
		if n > 0 && len(a.from) == 0 {
			e.resolve(a, lowsky.ResolvedRuleRemoved)
		}
	}
}

// judgeReport asks every rule about a live report that was merged.
func (e *Engine) judgeReport(t *track, a *arrival) {
	e.counts.LastJudgedAt = e.now
	t.silentMarked = false
	t.evidence = lowsky.HeightEvidence{}
	if !t.Airborne {
		t.setUnjudged(nil, nil)
		return
	}
	ctx := judgement{patience: patience(&t.Track), ref: lowsky.ReportRef{Seq: a.seq, MeasuredAt: a.measured}}
	s := &e.situation
	*s = lowsky.Situation{
		Now: a.observed, On: lowsky.EachReport, Track: &t.Track, Report: a.TelemetryReport,
		History: t.past(a.observed), Aircraft: t.entry, Source: &t.source.SourceState,
	}
	fix := a.Position.OK && t.Position.At.Equal(a.observed)
	switch {
	case t.Unconfirmed:
		ctx.noClear = lowsky.ReasonJumpUnconfirmed
		s.AGL.Reason = lowsky.ReasonJumpUnconfirmed
	case t.Position.Fresh(a.observed, ctx.patience).OK:
		e.relate(t, a.observed, fix)
		s.Position, s.Zones, s.ZonesOK = lowsky.Some(t.Position.Value), t.relations, t.relationsOK
		s.AGL = airspace.HeightAboveGround(t.Position.Value, e.cfg.Terrain)
		for i := range t.relations {
			if t.relations[i].Entry.OK {
				s.TurnRate, _ = t.turning()
				break
			}
		}
	default:
		s.AGL.Reason = lowsky.ReasonNoPosition
	}
	t.evidence = s.AGL
	if !fix {
		ctx.noClearPosition = lowsky.ReasonNoPosition
	} else if !s.ZonesOK {
		ctx.noClearPosition = lowsky.ReasonNoZones
	}
	e.askAll(t, e.onReport, &ctx)
}

// judgeNow asks the rules again because something other than a report changed what the aircraft says about itself. It
// can only find: nothing is cleared without a report.
func (e *Engine) judgeNow(t *track) {
	if t.Airborne && t.last != nil {
		e.judgeFound(t, &t.Track, t.last, e.now, false)
	}
}

// judgeFound asks the rules about a report and the track as it makes it, where the aircraft was last placed. It can only
// find. beside: the report is another device's than the leader's.
func (e *Engine) judgeFound(t *track, as *lowsky.Track, r *lowsky.TelemetryReport, at time.Time, beside bool) {
	s := &e.situation
	*s = lowsky.Situation{
		Now: at, On: lowsky.EachReport, Track: as, Report: r, History: t.past(at),
		Aircraft: t.entry, Source: &t.source.SourceState,
	}
	ctx := judgement{patience: patience(&t.Track), findingsOnly: true, beside: beside}
	if t.Position.Fresh(at, ctx.patience).OK && !t.Unconfirmed {
		s.Position, s.Zones, s.ZonesOK = lowsky.Some(t.Position.Value), t.relations, t.relationsOK
		s.AGL = airspace.HeightAboveGround(t.Position.Value, e.cfg.Terrain)
	}
	for _, r := range e.onReport {
		if r.binds(t) {
			e.ask(r)
			e.apply(t.object, r, &ctx)
		}
	}
}

// askAll asks the rules about the situation of a track and keeps what they could not judge.
func (e *Engine) askAll(t *track, rules []*rule, ctx *judgement) {
	e.unjudged = e.unjudged[:0]
	for _, r := range rules {
		if !r.binds(t) {
			continue
		}
		e.ask(r)
		for i := range e.verdicts.unjudged {
			u := &e.verdicts.unjudged[i]
			if t.Unconfirmed && (u.reason == lowsky.ReasonNoPosition || u.reason == lowsky.ReasonNoZones) {
				u.reason = lowsky.ReasonJumpUnconfirmed
			}
			if len(e.unjudged) < 32 {
				e.unjudged = append(e.unjudged, lowsky.Unjudged{Hazard: r.Hazard, Rule: r.ID, Subject: u.subject, Reason: u.reason})
			}
		}
		e.apply(t.object, r, ctx)
	}
	if ctx.tick {
		t.setUnjudged(t.reported, e.unjudged)
	} else {
		t.setUnjudged(e.unjudged, t.ticked)
	}
}

// setUnjudged replaces the list of what cannot be judged. The published list is only made anew when it changed.
func (t *track) setUnjudged(reported, ticked []lowsky.Unjudged) {
	same := true
	if !slices.Equal(t.reported, reported) {
		t.reported, same = slices.Clone(reported), false
	}
	if !slices.Equal(t.ticked, ticked) {
		t.ticked, same = slices.Clone(ticked), false
	}
	if !same {
		t.unjudged = slices.Concat(t.reported, t.ticked, t.paired)
	}
}

// relate finds how the aircraft stands to the zones. A crossing is only looked for to a new fix.
func (e *Engine) relate(t *track, at time.Time, fix bool) {
	p := patience(&t.Track)
	q := &e.query
	*q = airspace.Query{
		Position: t.Position.Value, Now: e.now, GroundSpeed: t.GroundSpeed.Fresh(at, p), Course: t.Course.Fresh(at, p),
		VerticalSpeed: t.VerticalSpeed.Fresh(at, p), LookAhead: e.cfg.LookAhead, Near: e.cfg.Near, Terrain: e.cfg.Terrain,
	}
	if !q.GroundSpeed.OK {
		q.GroundSpeed = t.derived.Fresh(at, p)
	}
	if fix && t.segmentOK {
		q.Previous = lowsky.Some(t.segmentFrom.Position)
		q.PreviousTooOld, q.PreviousUnjudged = at.Sub(t.segmentFrom.At) > p, t.segmentUnjudged
	}
	t.relations, t.relationsOK = e.relations(t.relations[:0])
	exempt(t.relations, t.entry, t.Plan)
	for i := range t.relations {
		if r := &t.relations[i]; r.WasIn {
			if j := slices.IndexFunc(t.stays, func(s stay) bool { return s.zone == r.Zone.ID }); j >= 0 {
				r.Stayed = max(0, t.segmentFrom.At.Sub(t.stays[j].entered))
			}
		}
	}
	t.enter(at)
}

// exempt marks the zones of which an exemption fits the aircraft.
func exempt(rs []lowsky.ZoneRelation, a *lowsky.Aircraft, plan string) {
	for i := range rs {
		for _, x := range rs[i].Zone.Exemptions {
			rs[i].Exempt = rs[i].Exempt || x.Fits(a, plan)
		}
	}
}

// relations asks the index; a panic in it means that nothing about zones can be judged, not that all is clear.
func (e *Engine) relations(dst []lowsky.ZoneRelation) (rel []lowsky.ZoneRelation, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			e.faults = append(e.faults, Fault{Seq: e.seq, Cause: fmt.Sprintf("zone index: %v", p)})
			rel, ok = dst[:0], false
		}
	}()
	return e.zones.Relations(dst, &e.query), true
}

// enter keeps since when the aircraft has been inside each zone.
func (t *track) enter(at time.Time) {
	if !t.relationsOK {
		return
	}
	for i := range t.stays {
		t.stays[i].mark = false
	}
	for i := range t.relations {
		r := &t.relations[i]
		if !r.Inside {
			continue
		}
		j := slices.IndexFunc(t.stays, func(s stay) bool { return s.zone == r.Zone.ID })
		if j < 0 {
			t.stays = append(t.stays, stay{zone: r.Zone.ID, entered: at})
			j = len(t.stays) - 1
		}
		t.stays[j].mark = true
		r.EnteredAt = t.stays[j].entered
	}
	t.stays = slices.DeleteFunc(t.stays, func(s stay) bool { return !s.mark })
}
