package picture

import (
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// One aircraft may be heard from several devices at once, through two gateways or under two of its names: its own link
// and a Remote ID receiver. Their clocks differ by seconds and their fixes by metres, so what they say must not be strung
// together into one line: the way between two of them is no flight, and half of it would look like jumps.
//
// One of them leads: the estimate is made of its reports alone. What another says while the leader speaks and both agree
// where the aircraft is, is heard beside it: it fills what the leader does not tell, and the rules are asked about it, but
// can only find. When the leader is quiet another one leads.

const (
	// leadLeast and leadMost bound how long the leader may be quiet before another one leads.
	leadLeast = 2500 * time.Millisecond
	leadMost  = fastestGap
	// Two that agree may be off by this much and, for their clocks, this long.
	agreeWithin = lowsky.Metres(50)
	agreeTime   = 2 * time.Second
	aloftLeast  = 10 * time.Second
	feedsMost   = 3 // remembered besides the leader
)

// feed is one device's reports of one aircraft: by source and the name that it uses.
type feed struct {
	source   *source
	name     lowsky.AircraftID
	skewStep stepDetector
	skew     skew
	lag      lag
	stuck    stuck
	newest   time.Time         // newest ObservedAt of a live report
	fix      lowsky.TrackPoint // newest of a live report
	aloft    time.Time         // since when it shows flight while the leader says "on the ground"
	aloftAt  time.Time         // … and when it last did
	apart    int               // fixes in a row that were elsewhere than what another name said
}

// feedOf answers the feed of a report, made when it is new.
func (t *track) feedOf(s *source, name lowsky.AircraftID) *feed {
	if t.feed.source == s && t.feed.name == name {
		return &t.feed
	}
	if t.feed.source == nil {
		t.feed.source, t.feed.name = s, name
		return &t.feed
	}
	oldest := 0
	for i, f := range t.others {
		if f.source == s && f.name == name {
			return f
		}
		if f.newest.Before(t.others[oldest].newest) {
			oldest = i
		}
	}
	f := &feed{source: s, name: name}
	if len(t.others) < feedsMost {
		t.others = append(t.others, f)
	} else {
		t.others[oldest] = f
	}
	return f
}

// lead makes the feed of a live report the leader. The way from the old one's last fix to the new one's first says little
// about how the aircraft moves; but where they agree it is no jump.
func (t *track) lead(f *feed, a *arrival) {
	if f == &t.feed {
		return
	}
	t.feed, *f = *f, t.feed
	if a.Position.OK {
		t.leadSince = a.observed
		a.agreed = t.hasPoint && !t.Unconfirmed && a.Position.Value.Check() == nil && t.agrees(a)
	}
}

// aside reports whether a live report is heard beside the leader, who still speaks and agrees with it.
func (t *track) aside(f *feed, a *arrival, now time.Time) bool {
	l := &t.feed
	if f == l || t.last == nil || l.source == nil || l.source.Down || t.Unconfirmed {
		return false
	}
	if now.Sub(t.ReceivedAt) > min(max(leadLeast, t.Interval*3/2), leadMost) {
		return false
	}
	if !a.Position.OK || a.Position.Value.Check() != nil {
		return true
	}
	return t.hasPoint && t.agrees(a) && !t.surpassed(a) && (hasHeight(&t.previous.Position) || !hasHeight(&a.Position.Value) || a.trusted && a.observed.Before(t.newest))
}

// surpassed reports whether the leader has told no place for a while, or none yet, where the fix of another feed does:
// nobody must fly unseen behind a leader that speaks and does not say where.
func (t *track) surpassed(a *arrival) bool {
	return a.Position.OK && a.Position.Value.Check() == nil && (!t.hasPoint || a.observed.Sub(t.previous.At) > leadMost)
}

// hasHeight reports whether a position says how high it is. A leader that does not gives way to one that does.
func hasHeight(p *lowsky.Position) bool {
	return p.HAE.OK || p.AMSL.OK || p.AboveTakeoff.OK || p.AGL.OK
}

// agrees reports whether the fix of another feed may be of the same place, for what clocks and receivers are off. One that
// is further off goes through the jump filter, and is seen.
func (t *track) agrees(a *arrival) bool {
	p := a.fix()
	return together(&t.previous, &p, max(classSpeed(t.entry), t.pace))
}

func together(a, b *lowsky.TrackPoint, speed lowsky.MetresPerSecond) bool {
	dt := b.At.Sub(a.At).Abs() + agreeTime
	slack := agreeWithin + min(a.HorizontalAccuracy.Or(5), 50) + min(b.HorizontalAccuracy.Or(5), 50)
	return airspace.Distance(a.Position, b.Position) <= slack+lowsky.Metres(float64(2*speed)*dt.Seconds())
}

func (a *arrival) fix() lowsky.TrackPoint {
	return lowsky.TrackPoint{At: a.observed, Seq: a.seq, Position: a.Position.Value, HorizontalAccuracy: a.HorizontalAccuracy}
}

// elsewhere answers which name a live report shows to be another aircraft's than the register says: what reports under it
// has flown elsewhere, on a way that it can fly, for as many fixes as confirm a jump. Of two such names the aircraft's own
// is never the one. "" where there is none.
func (e *Engine) elsewhere(t *track, f *feed, a *arrival) lowsky.AircraftID {
	if !a.Position.OK || a.Position.Value.Check() != nil {
		return ""
	}
	was, is := f.fix, a.fix()
	f.fix = is
	if len(t.others) == 0 {
		return ""
	}
	if !was.At.IsZero() && t.needed(&was, &is, a.trusted) > 2*max(anySpeed, classSpeed(t.entry)) {
		f.apart = 0
		return ""
	}
	var other *feed
	for i := -1; i < len(t.others); i++ {
		g := &t.feed
		if i >= 0 {
			g = t.others[i]
		}
		if g == f || g.fix.At.IsZero() || is.At.Sub(g.fix.At).Abs() > patience(&t.Track) {
			continue
		}
		if together(&g.fix, &is, max(classSpeed(t.entry), t.pace)) {
			f.apart = 0
			return ""
		}
		other = g
	}
	if other == nil {
		return ""
	}
	if f.apart++; f.apart <= confirmations {
		return ""
	}
	for _, name := range [...]lowsky.AircraftID{f.name, other.name} {
		if f.name != other.name && e.names.of[name] == t.ID && len(e.byID) < e.cfg.MaxTracks {
			f.apart = 0
			return name
		}
	}
	return ""
}

// twice reports whether a live report is of a second one under the very same name, elsewhere than the estimate is. There is
// no name to tell the two apart by: it is judged where it is, as the same aircraft.
func (t *track) twice(f *feed, a *arrival) bool {
	return f.apart > confirmations && t.hasPoint && a.Position.OK && a.Position.Value.Check() == nil && !t.agrees(a) && !t.surpassed(a)
}

// dispute ends that a name is the aircraft's, whatever the register says: something else flies under it, and must be
// judged and kept clear of like anything else. It is a track of its own from its next report on, until that track is gone
// or somebody changes whose the name is. That the two come near each other proves nothing: then it matters most.
func (e *Engine) dispute(t *track, name lowsky.AircraftID) {
	e.names.disputed[name] = true
	all := append([]*feed{&t.feed}, t.others...)
	led, speed := t.feed.name == name, max(classSpeed(t.entry), t.pace)
	var there, here bool // whether the last confirmed position is the other one's, or the aircraft's own
	var next *feed
	for _, g := range all {
		near := !g.fix.At.IsZero() && t.hasPoint && together(&t.previous, &g.fix, speed)
		if g.name == name {
			there = there || near
			continue
		}
		here = here || near
		if next == nil || g.newest.After(next.newest) {
			next = g
		}
	}
	if there && !here {
		t.hasPoint, t.segmentOK, t.history, t.courseFrom = false, false, nil, lowsky.TrackPoint{}
	}
	t.candidate, t.Unconfirmed = t.candidate[:0], false
	t.others = slices.DeleteFunc(t.others, func(g *feed) bool { return g.name == name || led && g == next })
	switch {
	case led && next != nil:
		t.feed = *next
	case led:
		t.feed = feed{}
	}
}

// beside takes a report that is heard beside the leader's.
func (e *Engine) beside(t *track, s *source, f *feed, a *arrival) {
	at, p := a.observed, patience(&t.Track)
	changed := fill(&t.Battery, a.Battery, at, p)
	changed = fill(&t.ReturnNeed, a.ReturnNeed, at, p) || changed
	changed = fill(&t.Link, a.Link, at, p) || changed
	changed = fill(&t.C2Lost, a.C2Lost, at, p) || changed
	changed = fill(&t.Pilot, a.Pilot, at, p) || changed
	if changed {
		e.markTrack(t)
	}
	scenario := t.scenario()
	for _, w := range [...]struct{ to, from *string }{{&t.Model, &a.Model}, {&t.Plan, &a.Plan}, {(*string)(&t.Scenario), (*string)(&a.Scenario)}} {
		if *w.to == "" {
			*w.to = *w.from
		}
	}
	if t.scenario() != scenario {
		e.released(t)
	}
	e.weighAloft(t, f, a)
	if fill(&t.Status, a.Status, at, p) || a.Status.Value == lowsky.StatusEmergency && a.Status.OK || a.ForcedLanding {
		e.weighGround(t, a)
	}
	if !t.Airborne {
		return
	}
	// Bad news counts whoever brings it; the leader's own words stand in the track.
	e.lateTrack = t.Track
	x := &e.lateTrack
	if a.Battery.OK && a.Battery.Value < x.Battery.Value {
		join(&x.Battery, a.Battery, at)
	}
	if a.C2Lost.Value {
		join(&x.C2Lost, a.C2Lost, at)
	}
	if a.Status.Value == lowsky.StatusEmergency {
		join(&x.Status, a.Status, at)
	}
	if a.ForcedLanding {
		x.ForcedLanding = lowsky.Aged[bool]{Value: true, At: at}
	}
	e.judgeFound(t, x, a.TelemetryReport, at, true)
	e.judgeThere(t, s, a, false)
}

// weighAloft makes an aircraft fly that another device than the leader shows to fly, fast and high, for longer than that may
// be behind: a leader that wrongly says "on the ground" must not keep it from being judged.
func (e *Engine) weighAloft(t *track, f *feed, a *arrival) {
	height := heightOver(a.TelemetryReport, lowsky.Opt[lowsky.Metres]{})
	if t.Status.Value != lowsky.StatusGround || a.GroundSpeed.Or(0) <= flyingSpeed || height.Or(0) <= flyingHeight {
		f.aloft, f.aloftAt = time.Time{}, time.Time{}
		return
	}
	if f.aloft.IsZero() {
		f.aloft = e.now
	}
	f.aloftAt = e.now
	if t.shownAloft(e.now) {
		e.takeOff(t, a.observed)
	}
}

// shownAloft reports whether another device than the leader has shown flight for a while, and did a moment ago, or another
// one that transmits under the same id.
func (t *track) shownAloft(now time.Time) bool {
	return t.ghost.flies(now) || slices.ContainsFunc(t.others, func(f *feed) bool {
		return f.aloftAt.Sub(f.aloft) >= aloftLeast && now.Sub(f.aloftAt) <= fastestGap
	})
}

// judgeThere asks the rules about the zones where another device than the leader says the aircraft is. The estimate is the
// leader's: what only the other one finds is suspected, and holds what fires; what the leader finds too stands as it is.
// sure: it counts as found.
func (e *Engine) judgeThere(t *track, s *source, a *arrival, sure bool) {
	if !a.Position.OK || a.Position.Value.Check() != nil {
		return
	}
	p := e.corrected(s, a.Format, a.Position.Value)
	p.TakeoffHAE = t.TakeoffHAE.Known()
	e.query = airspace.Query{Position: p, Now: e.now, LookAhead: e.cfg.LookAhead, Near: e.cfg.Near, Terrain: e.cfg.Terrain}
	x, sit := &e.lateTrack, &e.situation
	*sit = lowsky.Situation{
		Now: a.observed, On: lowsky.EachReport, Track: x, Report: a.TelemetryReport, History: t.past(a.observed),
		Aircraft: t.entry, Source: &s.SourceState, Position: lowsky.Some(p), AGL: airspace.HeightAboveGround(p, e.cfg.Terrain),
	}
	e.lateRelation, sit.ZonesOK = e.relations(e.lateRelation[:0])
	plan := t.Plan
	if sure {
		plan = a.Plan // another one: it flies by no plan that it does not name
	}
	exempt(e.lateRelation, t.entry, plan)
	sit.Zones = e.lateRelation
	x.Position = lowsky.Aged[lowsky.Position]{Value: p, At: a.observed}
	join(&x.HorizontalAccuracy, a.HorizontalAccuracy, a.observed)
	join(&x.VerticalAccuracy, a.VerticalAccuracy, a.observed)
	ctx := judgement{patience: patience(&t.Track), findingsOnly: true, beside: sure, there: sure}
	for _, r := range e.onReport {
		if !r.binds(t) {
			continue
		}
		e.ask(r)
		v := &e.verdicts
		v.findings = slices.DeleteFunc(v.findings, func(f lowsky.Finding) bool {
			if f.Zone == nil {
				return true
			}
			o := t.object.find(r.Hazard, f.Subject)
			if o == nil || o.State == lowsky.AlertResolved {
				return false
			}
			c := o.contribution(r)
			return !sure && c != nil && c.found && c.solid > 0
		})
		for i := range v.findings {
			v.findings[i].Suspected = v.findings[i].Suspected || !sure
		}
		e.apply(t.object, r, &ctx)
	}
}

// fill joins what the leader has not told for a while.
func fill[T any](f *lowsky.Aged[T], v lowsky.Opt[T], at time.Time, patience time.Duration) bool {
	if !v.OK || !f.At.IsZero() && at.Sub(f.At) <= patience {
		return false
	}
	f.Value, f.At = v.Value, at
	return true
}
