package picture

import (
	"testing"
	"time"

	"lowsky"
)

func TestClockSkew(t *testing.T) {
	for _, c := range []struct {
		name   string
		behind time.Duration // how much earlier than now the device says it is
		age    time.Duration // received − observed, once the estimate has settled
		skew   time.Duration
	}{
		{"right", 0, 0, 0},
		{"slow link", 3 * time.Second, 3 * time.Second, 0}, // age is never explained away below 5 s
		{"just at the limit", 5 * time.Second, 5 * time.Second, 0},
		{"clock or link 8 s", 8 * time.Second, 0, 8 * time.Second},
		{"ahead", -30 * time.Second, 0, -30 * time.Second},
		{"ahead a little", -200 * time.Millisecond, 0, -200 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fly(t, Config{})
			for range 5 {
				f.now = f.now.Add(time.Second)
				f.report(measured(f.now.Add(-c.behind)))
				f.tick()
			}
			v := f.views["a"]
			if got := v.ReceivedAt.Sub(v.ObservedAt); got != c.age {
				t.Errorf("age %v, want %v", got, c.age)
			}
			if got := f.e.sourceOf["direct:a"].Skew; got != c.skew {
				t.Errorf("skew %v, want %v", got, c.skew)
			}
		})
	}
}

// TestDelayBeyondTheSkewIsAge: a link of 8 s that once takes 12 s shows a report 4 s old.
func TestDelayBeyondTheSkewIsAge(t *testing.T) {
	f := fly(t, Config{})
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(measured(f.now.Add(-8 * time.Second)))
	}
	f.now = f.now.Add(5 * time.Second)
	f.report(measured(f.now.Add(-12 * time.Second)))
	if v := f.views["a"]; v.ReceivedAt.Sub(v.ObservedAt) != 4*time.Second {
		t.Errorf("age %v", v.ReceivedAt.Sub(v.ObservedAt))
	}
}

// TestSkewForgetsAfterTenMinutes: a fast moment is forgotten when it left the window.
func TestSkewForgetsAfterTenMinutes(t *testing.T) {
	var s skew
	s.add(noon, -time.Minute)
	if got := s.value(noon.Add(9 * time.Minute)); got != -time.Minute {
		t.Errorf("after 9 min %v", got)
	}
	if got := s.value(noon.Add(10 * time.Minute)); got != 0 {
		t.Errorf("after 10 min %v", got)
	}
}

func TestImplausibleClockNeverRejectsAPosition(t *testing.T) {
	for name, at := range map[string]time.Time{
		"missing":            {},
		"before 2020":        time.Date(1980, 1, 6, 0, 0, 0, 0, time.UTC),
		"two hours ahead":    noon.Add(2 * time.Hour),
		"two hours behind":   noon.Add(-2 * time.Hour),
		"the year 10000":     time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
		"before the century": time.Date(-200, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			f := fly(t, Config{})
			f.report(measured(at))
			v := f.views["a"]
			if v == nil || !v.ObservedAt.Equal(f.now) || !v.Position.OK {
				t.Fatalf("view %+v", v)
			}
			f.tick()
			if f.health.ClockSuspect != 1 || f.e.sourceOf["direct:a"].Skew != 0 {
				t.Errorf("counted %d, skew %v", f.health.ClockSuspect, f.e.sourceOf["direct:a"].Skew)
			}
		})
	}
}

// TestClockSetBack: a clock 30 s ahead is put right. One report looks old; from the next on all is live again.
func TestClockSetBack(t *testing.T) {
	f := fly(t, Config{})
	for range 10 {
		f.now = f.now.Add(time.Second)
		f.report(measured(f.now.Add(30 * time.Second)))
	}
	for range 3 {
		f.now = f.now.Add(time.Second)
		f.report(measured(f.now))
	}
	f.tick()
	if v := f.views["a"]; !v.ReceivedAt.Equal(f.now) || !v.ObservedAt.Equal(f.now) || f.e.sourceOf["direct:a"].Skew != 0 {
		t.Errorf("received %v observed %v, now %v", v.ReceivedAt, v.ObservedAt, f.now)
	}
	if late := f.e.Counts().Late; late != 1 {
		t.Errorf("%d late", late)
	}
}

// TestOvertakenReportDoesNotResetTheClock: with a clock 30 s ahead a report that was overtaken is late, not a new clock.
func TestOvertakenReportDoesNotResetTheClock(t *testing.T) {
	f := fly(t, Config{})
	for i := range 10 {
		f.now = f.now.Add(time.Second)
		if i != 6 {
			f.report(measured(f.now.Add(30 * time.Second)))
		}
	}
	f.report(measured(noon.Add(7*time.Second + 30*time.Second)))
	f.tick()
	if c := f.e.Counts(); c.Late != 1 || f.e.sourceOf["direct:a"].Skew != -30*time.Second {
		t.Errorf("late %d, skew %v", c.Late, f.e.sourceOf["direct:a"].Skew)
	}
}

func TestLiveAndLate(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(20 * time.Second)
	was := *f.views["a"]
	f.report(measured(f.now.Add(-7*time.Second-time.Millisecond)), battery(10), at(metres(50, 0)))
	if f.views["a"].Battery.Value != 80 || f.views["a"].Position != was.Position {
		t.Errorf("a late report moved the marker: %+v", f.views["a"])
	}
	a := f.want(lowsky.HazardBattery, resolved, lowsky.Warning)
	if !a.FoundLate || a.ResolveReason != lowsky.ResolvedLate || a.Open() || !a.FiredAt.IsZero() {
		t.Errorf("found late: %+v", a)
	}
	if f.e.Counts().Late != 1 {
		t.Errorf("late %d", f.e.Counts().Late)
	}
	if n := len(f.e.byID["a"].history); n != 21 {
		t.Errorf("history of %d points", n)
	}
}

func TestOldOnArrivalIsLate(t *testing.T) {
	f := fly(t, Config{})
	f.reports(3 * time.Second)
	f.now = f.now.Add(40 * time.Second)
	f.report(measured(f.now.Add(-15 * time.Second)))
	if !f.views["a"].ReceivedAt.Equal(f.now) {
		t.Error("15 s old on arrival is live")
	}
	f.now = f.now.Add(40 * time.Second)
	f.report(measured(f.now.Add(-15*time.Second - time.Millisecond)))
	if f.views["a"].ReceivedAt.Equal(f.now) {
		t.Error("older than 15 s on arrival is late")
	}
}

// TestLateNeverTouchesAFiringAlert: neither clear nor finding; repeated late findings are one record.
func TestLateNeverTouchesAFiringAlert(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.reports(20*time.Second, battery(28))
	live := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	before := len(f.alerts)
	for i := range 10 {
		f.report(measured(f.now.Add(-time.Duration(15-i)*time.Second)), backFill, battery(80))
	}
	if len(f.alerts) != before {
		t.Errorf("clear late reports made %d revisions", len(f.alerts)-before)
	}
	for i := range 10 {
		f.now = f.now.Add(time.Millisecond)
		f.report(measured(f.now.Add(-time.Duration(15-i)*time.Second)), backFill, battery(15-5))
	}
	f.pass(2 * time.Second)
	ids := map[lowsky.AlertID]*lowsky.Alert{}
	for _, a := range f.alerts[before:] {
		if a.ID == live.ID && (a.State != firing || a.Severity != lowsky.Caution) {
			t.Errorf("the firing alert became %s %s", a.State, a.Severity)
		}
		if a.FoundLate {
			ids[a.ID] = a
		}
	}
	if len(ids) != 1 {
		t.Fatalf("%d found-late alerts, want one episode", len(ids))
	}
	for _, a := range ids {
		if got := a.LastFoundAt.Sub(a.RaisedAt); got < 8*time.Second || got > 10*time.Second {
			t.Errorf("the episode lasts %v", got)
		}
		if len(a.Reports) != reportsKept {
			t.Errorf("%d reports", len(a.Reports))
		}
	}
}

func TestRepeatsAreDropped(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.reports(3*time.Second, battery(28))
	at := f.now
	for range 10 { // redelivered: a clear judgement must not be made of it
		f.now = f.now.Add(time.Second)
		f.report(measured(at), battery(80))
	}
	f.tick()
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if c := f.e.Counts(); c.Repeats != 10 || c.Late != 0 {
		t.Errorf("%d repeats, %d late", c.Repeats, c.Late)
	}
}

// A dock spreads one state over several documents of one instant: the second part is no repeat and no late report.
func TestPartsOfOneInstantAreMerged(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.report(noBattery, func(r *lowsky.TelemetryReport) { r.Digest = 1 })
	f.report(battery(28), func(r *lowsky.TelemetryReport) { r.Digest = 2; r.Position = lowsky.Opt[lowsky.Position]{} })
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.report(battery(28), func(r *lowsky.TelemetryReport) { r.Digest = 2; r.Position = lowsky.Opt[lowsky.Position]{} })
	if c := f.e.Counts(); c.Repeats != 1 || c.Late != 0 {
		t.Errorf("%d repeats, %d late; want the redelivery alone", c.Repeats, c.Late)
	}
	if v := f.views["a"]; !v.Position.OK || v.Battery.Or(0) != 28 {
		t.Errorf("position %v, battery %v", v.Position, v.Battery)
	}
}

func TestSilenceIsMeasuredOnLiveReports(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule())})
	f.reports(20 * time.Second)
	for range 11 { // only back-fill comes: the aircraft is silent
		f.now = f.now.Add(time.Second)
		f.report(measured(f.now.Add(-20*time.Second-time.Millisecond)), backFill)
		f.tick()
	}
	f.want(lowsky.HazardSilence, firing, lowsky.Caution)
	f.pass(50 * time.Second)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	if v := f.views["a"]; v.State != lowsky.TrackLost {
		t.Errorf("state %d", v.State)
	}
	f.report()
	f.pass(8 * time.Second) // one report: ticks over it are not many clear judgements
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	f.reports(6 * time.Second)
	f.want(lowsky.HazardSilence, resolved, lowsky.Warning)
}

func TestLearnedInterval(t *testing.T) {
	f := fly(t, Config{})
	f.report()
	if got := f.views["a"].Interval; got != 5*time.Second {
		t.Errorf("until learned %v", got)
	}
	for range 12 {
		f.now = f.now.Add(2 * time.Second)
		f.report()
	}
	f.now = f.now.Add(time.Minute) // one gap does not move a median
	f.report()
	if got := f.views["a"].Interval; got != 2*time.Second {
		t.Errorf("learned %v", got)
	}
}

// TestJumpIsDrawnCountedAndNotJudged: one wild fix into a zone.
func TestJumpIsDrawnCountedAndNotJudged(t *testing.T) {
	zone := square("z", 1, 5000, 0, 100)
	f := fly(t, Config{Packs: pack(insideRule(0, time.Second), batteryRule(0, time.Second)), Zones: index(t, zone)})
	f.reports(3 * time.Second)
	f.reports(time.Second, at(metres(5000, 0)), battery(28)) // an emergency of another kind is still found
	f.wantNone(lowsky.HazardZoneEntry)
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	v := f.views["a"]
	if v.State != lowsky.TrackUnconfirmed || v.Position.Value != metres(5000, 0) || f.e.Counts().Jumps != 1 {
		t.Errorf("state %d at %+v, %d jumps", v.State, v.Position, f.e.Counts().Jumps)
	}
	if len(v.Unjudged) != 1 || v.Unjudged[0].Reason != lowsky.ReasonJumpUnconfirmed {
		t.Errorf("unjudged %+v", v.Unjudged)
	}
	f.reports(time.Second)
	if v := f.views["a"]; v.State != lowsky.TrackAirborne || len(v.Unjudged) != 0 {
		t.Errorf("back: state %d, unjudged %+v", v.State, v.Unjudged)
	}
	f.wantNone(lowsky.HazardZoneEntry) // nor is the way back a crossing
}

// TestConfirmedJumpIsBelieved: three reports confirm it, and the real aircraft is judged.
func TestConfirmedJumpIsBelieved(t *testing.T) {
	zone := square("z", 1, 5000, 0, 100)
	f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone)})
	f.reports(3 * time.Second)
	f.reports(3*time.Second, at(metres(5000, 0))) // the jump and two that confirm it
	f.wantNone(lowsky.HazardZoneEntry)
	f.reports(time.Second, at(metres(5000, 0)))
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	if f.e.Counts().Jumps != 1 {
		t.Errorf("%d jumps", f.e.Counts().Jumps)
	}
}

// TestJumpFreezesAlerts: an aircraft inside a zone whose fix jumps out of it keeps its alert until that is confirmed.
func TestJumpFreezesAlerts(t *testing.T) {
	zone := square("z", 1, 0, 0, 100)
	f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone)})
	f.reports(3 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	f.reports(3*time.Second, at(metres(8000, 0)))
	if a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning); a.Frozen != lowsky.ReasonJumpUnconfirmed {
		t.Errorf("frozen %q", a.Frozen)
	}
	f.reports(4*time.Second, at(metres(8000, 0)))
	f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning)
}

// TestWildFixesNeverConfirmEachOther: every fix somewhere else.
func TestWildFixesNeverConfirmEachOther(t *testing.T) {
	f := fly(t, Config{})
	f.reports(3 * time.Second)
	for i := range 20 {
		f.reports(time.Second, at(metres(lowsky.Metres(5000*(i%4+1)), lowsky.Metres(3000*(i%3)))))
		if v := f.views["a"]; v.State != lowsky.TrackUnconfirmed {
			t.Fatalf("fix %d is believed", i)
		}
	}
}

func TestAirborne(t *testing.T) {
	none := func(r *lowsky.TelemetryReport) { noStatus(r) }
	speed := func(v lowsky.MetresPerSecond) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { noStatus(r); r.GroundSpeed = lowsky.Some(v) }
	}
	over := func(h lowsky.Metres) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { noStatus(r); r.Position.Value.AboveTakeoff = lowsky.Some(h) }
	}
	both := func(v lowsky.MetresPerSecond, h lowsky.Metres) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { speed(v)(r); over(h)(r) }
	}
	for _, c := range []struct {
		name  string
		steps []func(*lowsky.TelemetryReport)
		want  bool
	}{
		{"says nothing", []func(*lowsky.TelemetryReport){none}, false},
		{"status airborne", []func(*lowsky.TelemetryReport){status(lowsky.StatusAirborne)}, true},
		{"emergency", []func(*lowsky.TelemetryReport){status(lowsky.StatusEmergency)}, true},
		{"2 m/s", []func(*lowsky.TelemetryReport){speed(2)}, false},
		{"above 2 m/s", []func(*lowsky.TelemetryReport){speed(2.1)}, true},
		{"5 m above take-off", []func(*lowsky.TelemetryReport){over(5)}, false},
		{"above 5 m", []func(*lowsky.TelemetryReport){over(5.1)}, true},
		{"status first: ground at 10 m/s", []func(*lowsky.TelemetryReport){status(lowsky.StatusGround), func(r *lowsky.TelemetryReport) {
			status(lowsky.StatusGround)(r)
			r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(10))
		}}, false},
		{"keeps while a report says nothing", []func(*lowsky.TelemetryReport){status(lowsky.StatusAirborne), none, none, none}, true},
		{"one ground status", []func(*lowsky.TelemetryReport){status(lowsky.StatusAirborne), status(lowsky.StatusGround)}, true},
		{"two ground statuses", []func(*lowsky.TelemetryReport){status(lowsky.StatusAirborne), status(lowsky.StatusGround), status(lowsky.StatusGround)}, false},
		{"hovers without a height", []func(*lowsky.TelemetryReport){speed(5), speed(0), speed(0), speed(0), speed(0), speed(0), speed(0), speed(0)}, true},
		{"hovers at 20 m", []func(*lowsky.TelemetryReport){both(5, 20), both(0, 20), both(0, 20), both(0, 20), both(0, 20), both(0, 20), both(0, 20)}, true},
		{"rests at 0 m", []func(*lowsky.TelemetryReport){both(5, 20), both(0, 0), both(0, 0), both(0, 0), both(0, 0), both(0, 0), both(0, 0)}, false},
		{"rests for a moment", []func(*lowsky.TelemetryReport){both(5, 20), both(0, 0), both(0, 0)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fly(t, Config{})
			for _, s := range c.steps {
				f.now = f.now.Add(time.Second)
				f.report(s)
			}
			if got := f.e.byID["a"].Airborne; got != c.want {
				t.Errorf("airborne %v, want %v", got, c.want)
			}
			f.pass(5 * time.Minute) // silence changes nothing, but after a word from the ground
			c.want = c.want && !f.e.byID["a"].SaidGround
			if got := f.e.byID["a"].Airborne; got != c.want {
				t.Errorf("after silence: airborne %v, want %v", got, c.want)
			}
		})
	}
}

func TestPartialReportsAreJoinedByField(t *testing.T) {
	f := fly(t, Config{})
	f.report(battery(64), func(r *lowsky.TelemetryReport) { r.Heading = lowsky.Some(lowsky.Degrees(12)) })
	first := f.now
	f.now = f.now.Add(time.Second)
	f.report(noFix, noStatus, noBattery, func(r *lowsky.TelemetryReport) { r.Link = lowsky.Some(lowsky.Percent(50)) })
	tr := &f.e.byID["a"].Track
	if tr.Battery.Value != 64 || !tr.Battery.At.Equal(first) || !tr.Link.At.Equal(f.now) || !tr.Position.At.Equal(first) ||
		tr.Heading.Value != 12 || tr.Status.Value != lowsky.StatusAirborne || !tr.ReceivedAt.Equal(f.now) {
		t.Errorf("joined %+v", tr)
	}
}

func TestCourseIsDerivedFromPositions(t *testing.T) {
	f := fly(t, Config{})
	for i := range 6 {
		f.now = f.now.Add(time.Second)
		f.report(at(metres(lowsky.Metres(10*i), 0)))
	}
	v := f.views["a"]
	if !v.Course.OK || v.Course.Value < 89 || v.Course.Value > 91 {
		t.Errorf("course %+v", v.Course)
	}
	if v.GroundSpeed.OK {
		t.Errorf("a speed that nobody reported: %+v", v.GroundSpeed)
	}
}

// TestReportWithoutFixClearsNothingAboutPlace: partial documents without a position must not end a zone alert.
func TestReportWithoutFixClearsNothingAboutPlace(t *testing.T) {
	zone := square("z", 1, 0, 0, 100)
	r := insideRule(0, 0)
	check := r.Check
	r.Check = func(s *lowsky.Situation, out lowsky.Verdicts) {
		if !s.Report.Position.OK {
			return // a careless rule: says nothing where it should say unjudged
		}
		check(s, out)
	}
	f := fly(t, Config{Packs: pack(r), Zones: index(t, zone)})
	f.reports(3 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	f.reports(30*time.Second, noFix)
	if a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning); a.Frozen != lowsky.ReasonNoPosition {
		t.Errorf("frozen %q", a.Frozen)
	}
}
