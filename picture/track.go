package picture

import (
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

const (
	historyKept  = 120 * time.Second
	historyMost  = 1024 // points; a faster reporter keeps less than 120 s
	seenMost     = 128  // reports remembered to know a repeat
	heightCarry  = 3 * time.Second
	derivedLeast = lowsky.Metres(5)
)

// track is one aircraft in the picture, with what only picture needs to know.
type track struct {
	lowsky.Track
	slot   int
	dirty  bool
	gone   bool
	source *source
	member int // place in source.members
	entry  *lowsky.Aircraft
	object *object

	last       *lowsky.TelemetryReport // newest live report
	feed       feed                    // that leads
	others     []*feed                 // heard beside it, or before
	leadSince  time.Time               // first fix of the leader, where there was another before
	intervals  interval
	newest     time.Time // newest ObservedAt of a live report
	seen       []seen
	seenNext   int
	seenNewest int64
	history    []lowsky.TrackPoint

	// The last confirmed position, and the jump that waits for confirmation.
	previous    lowsky.TrackPoint
	hasPoint    bool
	candidate   []lowsky.TrackPoint
	ghost       ghost
	unplanned   int                    // reports in a row that named no plan
	planAt      time.Time              // when it last named one
	pace        lowsky.MetresPerSecond // speed that confirmed jumps have proven; its class may be registered wrongly
	segmentFrom lowsky.TrackPoint      // the confirmed position before previous
	segmentOK   bool
	// segmentUnjudged: it waited for confirmation and was not judged when it came.
	segmentUnjudged bool

	heights       [3]lowsky.Aged[lowsky.Metres] // HAE, AMSL, above take-off as reported
	amslGeoid     lowsky.Geoid                  // of the AMSL
	courseFrom    lowsky.TrackPoint             // where the derived course and speed are measured from
	derived       lowsky.Aged[lowsky.MetresPerSecond]
	courseDerived bool
	ground        groundEvidence
	stays         []stay
	relations     []lowsky.ZoneRelation
	relationsOK   bool
	evidence      lowsky.HeightEvidence // of the newest report
	reported      []lowsky.Unjudged     // by rules asked on reports
	ticked        []lowsky.Unjudged     // by rules asked on ticks
	paired        []lowsky.Unjudged     // about pairs with others
	unjudged      []lowsky.Unjudged     // all; never changed after it was published
	areasAt       lowsky.Position
	silentMarked  bool              // its alerts are frozen because it is silent
	toldUnjudged  []lowsky.Unjudged // as last published
	excused       bool              // its silence has been counted anew once since it was last heard
	round         uint64            // of the separation pass whose snapshot it is in
	unfit         lowsky.Reason     // why it is in none
	bornAt        time.Time         // first tick of a track that was never heard live
}

type seen struct {
	measured int64
	source   *source
	digest   uint32
}

// stay is how long an aircraft has been inside a zone.
type stay struct {
	zone    lowsky.ZoneID
	entered time.Time
	mark    bool
}

// track answers the aircraft's track, made when it is new; nil beyond the bound.
func (e *Engine) track(id lowsky.AircraftID) *track {
	if t := e.byID[id]; t != nil {
		return t
	}
	if len(e.byID) >= e.cfg.MaxTracks {
		return nil
	}
	return e.newTrack(id)
}

func (e *Engine) newTrack(id lowsky.AircraftID) *track {
	t := &track{Track: lowsky.Track{ID: id, Interval: unlearnt}, entry: e.register[id]}
	if n := len(e.free); n > 0 {
		t.slot, e.free = e.free[n-1], e.free[:n-1]
		e.tracks[t.slot] = t
	} else {
		t.slot = len(e.tracks)
		e.tracks = append(e.tracks, t)
	}
	t.object = e.object(lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(id)})
	t.object.track = t
	e.byID[id] = t
	for _, a := range t.object.alerts { // rules judge airborne aircraft only: when these were raised it flew
		if a.State != lowsky.AlertResolved && !t.Airborne {
			t.Airborne, t.AirborneSince = true, a.RaisedAt
		}
	}
	return t
}

// drop removes a track. Its alerts have ended before.
func (e *Engine) drop(t *track) {
	s := t.source
	e.leave(t)
	e.dropDirect(s)
	for _, f := range t.others {
		e.dropDirect(f.source)
	}
	e.tracks[t.slot] = nil
	e.free = append(e.free, t.slot)
	delete(e.byID, t.ID)
	delete(e.names.disputed, t.ID)
	t.object.track = nil
	e.forget(t.object)
	t.gone = true
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Gone: t.ID})
}

// arrival is a report on its way into the picture, with what was worked out about its time.
type arrival struct {
	*lowsky.TelemetryReport
	seq      uint64
	measured time.Time // as sent; zero where it is missing or no date that can be written down
	received time.Time
	observed time.Time
	live     bool
	trusted  bool // its clock is plausible
	agreed   bool // first fix of another feed, and where the aircraft may be
}

// report takes one telemetry report: time, repeat, live or late, then merge and judgement.
func (e *Engine) report(rec *lowsky.Record, r *lowsky.TelemetryReport) {
	e.counts.Reports++
	s := e.hear(r.Source, r.Format)
	id := e.canonical(r.Aircraft)
	if id == "" && s != nil && len(s.members) == 1 {
		id = s.members[0].ID
	}
	if s == nil || id == "" {
		e.counts.Refused++
		return
	}
	t := e.track(id)
	if t == nil {
		e.counts.Refused++
		return
	}
	if t.repeats(writable(r.MeasuredAt), s, r.Digest) {
		e.counts.Repeats++
		s.repeats++
		return
	}
	f := t.feedOf(s, t.nameIn(r, s))
	a := e.arrive(rec, r, t, s, f)
	if a.live {
		if other := e.elsewhere(t, f, &a); other != "" {
			e.dispute(t, other)
			if other == f.name {
				if t = e.track(other); t == nil {
					e.counts.Refused++
					return
				}
				f = t.feedOf(s, other)
				a = e.arrive(rec, r, t, s, f)
			} else {
				f = t.feedOf(s, f.name)
			}
		}
	}
	if a.live && (t.twice(f, &a) || t.haunted(f, &a, e.now)) && t.Airborne && t.source != nil {
		f.newest = a.observed
		t.ElsewhereAt = a.observed
		e.lateTrack = t.Track
		e.judgeThere(t, s, &a, true)
		return
	}
	if a.live && f != &t.feed {
		if t.aside(f, &a, e.now) {
			f.newest = a.observed
			e.beside(t, s, f, &a)
			return
		}
		a.live = !a.trusted || !a.observed.Before(t.newest) || t.surpassed(&a)
	}
	if !a.live {
		e.counts.Late++
		s.late++
		e.late(t, s, &a)
		return
	}
	t.lead(f, &a)
	e.live(t, s, &a)
}

// nameIn answers the name that a report uses: the leader's where it names only the gateway.
func (t *track) nameIn(r *lowsky.TelemetryReport, s *source) lowsky.AircraftID {
	if r.Aircraft == "" && t.feed.source == s {
		return t.feed.name
	}
	return r.Aircraft
}

// arrive works out when the report was observed and whether it is live.
func (e *Engine) arrive(rec *lowsky.Record, r *lowsky.TelemetryReport, t *track, s *source, f *feed) arrival {
	a := arrival{TelemetryReport: r, seq: rec.Seq, measured: writable(r.MeasuredAt), received: e.now, observed: e.now}
	var base time.Duration
	if plausible(a.measured, e.now) && (r.BackFill || !f.stuck.stands(e.now, a.measured)) {
		a.trusted = true
		delay := e.now.Sub(a.measured)
		if !r.BackFill {
			if f.skewStep.back(a.measured, s.ID) {
				s.skew.reset()
				s.behind.reset()
				f.skew.reset()
			}
			s.skew.add(e.now, delay)
			f.skew.add(e.now, delay)
			if delay >= -skewUsed {
				s.behind.add(e.now, delay)
			}
		}
		base = f.off(s, e.now)
		off := base
		if !r.BackFill && delay-off > liveAge {
			off = f.lag.settle(e.now, delay, off)
		}
		a.observed = earlier(a.measured.Add(off), e.now)
	} else {
		e.counts.ClockSuspect++
	}
	a.live = !r.BackFill && !a.observed.Before(f.newest) && e.now.Sub(a.observed) <= liveAge
	if a.live {
		f.lag.timely(e.now.Sub(a.measured) - base)
	}
	if !a.trusted && !r.BackFill {
		a.live = true // received in order, whatever its clock says; two in one instant are both new
	}
	return a
}

// off answers what to add to the measured_at of its reports: its own clock's lead when it is ahead, else how far the
// source is behind. A clock that is ahead speaks for its own aircraft only: one that lies would make everything else of
// its gateway look old.
func (f *feed) off(s *source, now time.Time) time.Duration {
	if own := f.skew.value(now); own < 0 {
		return own
	}
	return max(0, s.behind.value(now))
}

// repeats reports whether this (aircraft, measured_at, source) has been seen with the same content, and remembers it.
// Other content of the same instant is another part of one state. A report without a measured_at is never a repeat.
func (t *track) repeats(measured time.Time, s *source, digest uint32) bool {
	if measured.IsZero() {
		return false
	}
	k := seen{measured.UnixNano(), s, digest}
	if k.measured <= t.seenNewest && slices.Contains(t.seen, k) {
		return true
	}
	t.seenNewest = max(t.seenNewest, k.measured)
	if len(t.seen) < seenMost {
		t.seen = append(t.seen, k)
		return false
	}
	t.seen[t.seenNext] = k
	t.seenNext = (t.seenNext + 1) % seenMost
	return false
}

// live merges a live report and has it judged.
func (e *Engine) live(t *track, s *source, a *arrival) {
	e.join(t, s)
	scenario := t.scenario()
	if t.last != nil {
		t.Gap = max(0, a.observed.Sub(t.ObservedAt))
		t.Interval, t.Learned = t.intervals.add(a.received.Sub(t.ReceivedAt))
	}
	t.newest, t.feed.newest = a.observed, a.observed
	if !t.ReceivedAt.IsZero() && a.received.Sub(t.ReceivedAt) > takeoffKept {
		t.TakeoffHAE, t.Plan = lowsky.Aged[lowsky.Metres]{}, "" // it may have landed and taken off elsewhere meanwhile
	}
	t.SilenceFrom, t.excused = time.Time{}, false
	t.Format, t.MeasuredAt, t.ReceivedAt, t.ObservedAt, t.Seq = a.Format, a.measured, a.received, a.observed, a.seq
	first := t.last == nil
	t.last = a.TelemetryReport
	t.mergeFields(a)
	if first || t.scenario() != scenario {
		e.released(t)
	}
	if a.Position.OK && a.Position.Value.Check() == nil {
		e.mergePosition(t, a)
	}
	if t.Offline.Value {
		t.Offline = lowsky.Aged[bool]{At: a.observed}
	}
	e.markTrack(t)
	e.weighGround(t, a)
	t.Position.Value.TakeoffHAE = t.TakeoffHAE.Known()
	e.judgeReport(t, a)
}

// mergeFields joins what the report says by field, each field with its own age. The position is merged apart.
func (t *track) mergeFields(a *arrival) {
	at := a.observed
	t.courseDerived = t.courseDerived && !a.Course.OK
	join(&t.GroundSpeed, a.GroundSpeed, at)
	join(&t.Course, a.Course, at)
	join(&t.Heading, a.Heading, at)
	join(&t.VerticalSpeed, a.VerticalSpeed, at)
	join(&t.HorizontalAccuracy, a.HorizontalAccuracy, at)
	join(&t.VerticalAccuracy, a.VerticalAccuracy, at)
	join(&t.Battery, a.Battery, at)
	join(&t.ReturnNeed, a.ReturnNeed, at)
	join(&t.Link, a.Link, at)
	join(&t.Status, a.Status, at)
	join(&t.C2Lost, a.C2Lost, at)
	join(&t.Pilot, a.Pilot, at)
	if !a.Position.OK { // else with the fix, once that is no jump
		join(&t.TakeoffHAE, a.TakeoffHAE, at)
	}
	if a.ForcedLanding || a.Status.OK || a.Mode != "" { // a partial document without a mode says nothing about it
		t.ForcedLanding = lowsky.Aged[bool]{Value: a.ForcedLanding, At: at}
	}
	set(&t.Mode, a.Mode)
	set(&t.Model, a.Model)
	set(&t.Scenario, a.Scenario)
	t.namePlan(a)
	t.Simulated = a.Simulated
}

// An aircraft that could name a plan and does not, for so many reports in a row and so long, flies by none any more: by it it
// may be exempt. Some senders name it in every few reports only.
const (
	planless    = 3
	planlessFor = 15 * time.Second
)

// namePlan follows the plan that the aircraft names. Only a report that says where it is counts as one that could.
func (t *track) namePlan(a *arrival) {
	switch {
	case a.Plan != "":
		t.Plan, t.unplanned, t.planAt = a.Plan, 0, a.observed
	case a.Position.OK && t.Plan != "":
		if t.planAt.IsZero() {
			t.planAt = a.observed
		}
		if t.unplanned++; t.unplanned >= planless && a.observed.Sub(t.planAt) >= planlessFor {
			t.Plan, t.unplanned = "", 0
		}
	}
}

func join[T any](f *lowsky.Aged[T], v lowsky.Opt[T], at time.Time) {
	if v.OK {
		f.Value, f.At = v.Value, at
	}
}

func set[T ~string](f *T, v T) {
	if v != "" {
		*f = v
	}
}

// mergePosition takes a fix: fills heights that the same aircraft reported a moment before in another document, passes
// the jump filter, derives what is not reported, and extends the history.
func (e *Engine) mergePosition(t *track, a *arrival) {
	p := e.corrected(t.source, a.Format, a.Position.Value)
	takeoff := t.TakeoffHAE
	t.learnTakeoff(a, &p, false)
	t.fillHeights(&p, a.observed)
	p.TakeoffHAE = t.TakeoffHAE.Known()
	pt := lowsky.TrackPoint{
		At: a.observed, Seq: a.seq, MeasuredAt: a.measured, Position: p,
		GroundSpeed: a.GroundSpeed, Course: a.Course, HorizontalAccuracy: a.HorizontalAccuracy,
	}
	t.Position = lowsky.Aged[lowsky.Position]{Value: p, At: a.observed}
	if a.agreed {
		t.accept(&pt)
		t.courseFrom = pt
	} else if e.jumped(t, &pt, a.trusted) {
		t.TakeoffHAE = takeoff // a wild fix knows nothing of it
		return
	}
	t.derive(&pt, a)
	t.remember(pt)
	e.place(t, p)
}

// place finds the jurisdictions of a position again when the aircraft has moved.
func (e *Engine) place(t *track, p lowsky.Position) {
	if e.cfg.Areas == nil || t.Jurisdictions != nil && near(t.areasAt, p) {
		return
	}
	js := e.cfg.Areas.Containing(nil, p)
	if t.Jurisdictions == nil || !slices.Equal(js, t.Jurisdictions) {
		t.Jurisdictions = slices.Clip(append([]lowsky.JurisdictionID{}, js...))
	}
	t.areasAt = p
}

// near reports whether two positions are within about ten metres.
func near(a, b lowsky.Position) bool {
	const tenMetres = 9e-5
	dlon, dlat := a.Longitude-b.Longitude, a.Latitude-b.Latitude
	return dlon < tenMetres && dlon > -tenMetres && dlat < tenMetres && dlat > -tenMetres
}

// fillHeights joins heights by field: a fix without any height of a datum takes the one reported at most 3 s before.
// Height above ground is never carried: the ground below has changed.
func (t *track) fillHeights(p *lowsky.Position, at time.Time) {
	if p.AMSL.OK {
		t.amslGeoid = p.AMSLGeoid
	} else {
		p.AMSLGeoid = t.amslGeoid
	}
	for i, h := range []*lowsky.Opt[lowsky.Metres]{&p.HAE, &p.AMSL, &p.AboveTakeoff} {
		if h.OK {
			t.heights[i] = lowsky.Aged[lowsky.Metres]{Value: h.Value, At: at}
		} else {
			*h = t.heights[i].Fresh(at, heightCarry)
		}
	}
}

// derive works out course and ground speed from positions where the aircraft does not report them. The course goes
// into the track; the speed is only used to predict and to tell flying from standing.
func (t *track) derive(pt *lowsky.TrackPoint, a *arrival) {
	from := &t.courseFrom
	if from.At.IsZero() || pt.At.Sub(from.At) > historyKept {
		*from = *pt
		return
	}
	moved := airspace.Distance(from.Position, pt.Position)
	least := max(derivedLeast, min(a.HorizontalAccuracy.Or(0), 30))
	dt := pt.At.Sub(from.At)
	if moved < least && dt < 10*time.Second || dt < time.Second {
		return
	}
	if moved >= least && !a.Course.OK && (t.courseDerived || pt.At.Sub(t.Course.At) > fastestGap) {
		t.Course = lowsky.Aged[lowsky.Degrees]{Value: airspace.Course(from.Position, pt.Position), At: pt.At}
		t.courseDerived = true
	}
	t.derived = lowsky.Aged[lowsky.MetresPerSecond]{
		Value: lowsky.MetresPerSecond(float64(max(0, moved-least/2)) / dt.Seconds()), At: pt.At,
	}
	*from = *pt
}

// remember appends a confirmed live position to the history.
func (t *track) remember(pt lowsky.TrackPoint) {
	oldest := pt.At.Add(-historyKept)
	drop := 0
	for drop < len(t.history) && (t.history[drop].At.Before(oldest) || len(t.history)-drop >= historyMost) {
		drop++
	}
	if drop > 0 && (drop >= 16 || drop == len(t.history)) { // move rarely, not on every report
		t.history = append(t.history[:0], t.history[drop:]...)
	}
	if len(t.history) == cap(t.history) { // by steps: doubling would cost as much again for every aircraft
		t.history = append(make([]lowsky.TrackPoint, 0, len(t.history)+32), t.history...)
	}
	t.history = append(t.history, pt)
}

// past answers the last 120 s of the history.
func (t *track) past(now time.Time) []lowsky.TrackPoint {
	oldest := now.Add(-historyKept)
	i := 0
	for i < len(t.history) && t.history[i].At.Before(oldest) {
		i++
	}
	return t.history[i:]
}
