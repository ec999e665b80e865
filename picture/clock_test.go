package picture

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// TestOneClockBehindOthers: two aircraft behind one gateway, one of whose clocks is ten minutes behind. It must be judged
// live, not late for ever.
func TestOneClockBehindOthers(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	for range 30 {
		f.now = f.now.Add(time.Second)
		f.report(by("good"), through("gw"))
		f.report(by("behind"), through("gw"), measured(f.now.Add(-10*time.Minute)), battery(28))
		f.tick()
	}
	v := f.views["behind"]
	if v == nil || !v.ReceivedAt.Equal(f.now) || v.State != lowsky.TrackAirborne {
		t.Fatalf("never live: %+v", v)
	}
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if v := f.views["good"]; !v.ObservedAt.Equal(f.now) {
		t.Errorf("the other one is %v old", f.now.Sub(v.ObservedAt))
	}
}

// TestDrainingBacklogIsNeverLive: what a gateway kept during an outage comes ever sooner, one by one, and is past.
func TestDrainingBacklogIsNeverLive(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.reports(20 * time.Second)
	outage := f.now
	f.now = f.now.Add(2 * time.Minute)
	for i := range 80 { // four times as fast as it was flown
		f.now = f.now.Add(250 * time.Millisecond)
		f.report(measured(outage.Add(time.Duration(i+1)*time.Second)), battery(28))
		if v := f.views["a"]; v.ReceivedAt.After(outage) {
			t.Fatalf("report %d, %v old, is live", i, f.now.Sub(outage)-time.Duration(i+1)*time.Second)
		}
	}
	if a := f.last(lowsky.HazardBattery); a == nil || !a.FoundLate {
		t.Errorf("not found late: %+v", a)
	}
}

// TestRestartedDeviceWithAWrongClock: it comes back five minutes behind over another connection.
func TestRestartedDeviceWithAWrongClock(t *testing.T) {
	f := fly(t, Config{})
	f.reports(10 * time.Second)
	f.link = "other"
	for range 3 {
		f.now = f.now.Add(time.Second)
		f.report(measured(f.now.Add(-5 * time.Minute)))
	}
	if v := f.views["a"]; !v.ReceivedAt.Equal(f.now) {
		t.Error("late although it reports every second")
	}
}

// TestDatesNobodyCanWrite: what comes out is JSON whatever a clock says.
func TestDatesNobodyCanWrite(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	for i, at := range []time.Time{time.UnixMilli(1 << 60), time.UnixMilli(-1 << 60), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		f.now = f.now.Add(time.Second)
		f.report(measured(at), battery(lowsky.Percent(28-i)))
	}
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	for _, a := range f.alerts {
		if _, err := json.Marshal(a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := json.Marshal(f.views["a"]); err != nil {
		t.Fatal(err)
	}
}

// TestNumbersThatAreNone: a rule that divides by zero must not poison what is written down.
func TestNumbersThatAreNone(t *testing.T) {
	zero := 0.
	f := fly(t, Config{Packs: pack(lowsky.Rule{ID: "nan", Hazard: "h", Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
		out.Found(lowsky.Finding{
			Severity: 99, Measured: lowsky.Some(zero / zero), Limit: lowsky.Some(1 / zero),
			Position: lowsky.Some(lowsky.Position{Longitude: lowsky.Degrees(zero / zero)}),
		})
		out.Found(lowsky.Finding{}) // no severity: nothing was found
	}})})
	f.report()
	a := f.want("h", firing, lowsky.Warning)
	if _, err := json.Marshal(a); err != nil || a.Measured.OK || a.Limit.OK {
		t.Errorf("%v %+v %+v", err, a.Measured, a.Limit)
	}
}

// TestPanicInTheEngineCostsOneRecord, and is told.
func TestPanicInTheEngineCostsOneRecord(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.reports(time.Second, battery(28))
	f.step(lowsky.RecordMessage, nil, (*lowsky.TelemetryReport)(nil))
	if n := f.e.Faults(); len(n) != 1 || !strings.HasPrefix(n[0].Cause, "panic") {
		t.Fatalf("faults %v", n)
	}
	f.reports(time.Second, battery(18))
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
}

// TestRestartPresumesTheFlight: an aircraft with an open alert flew when that was raised; partial reports that do not
// say so are judged all the same.
func TestRestartPresumesTheFlight(t *testing.T) {
	before, _ := alerting(t)
	cfg := Config{Packs: pack(batteryRule(0, 2*time.Second)), Alerts: []*lowsky.Alert{reread(t, before.last(lowsky.HazardBattery))}}
	f := fly(t, cfg)
	f.now = before.now
	f.reports(5*time.Second, noStatus, battery(18))
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
}

// TestScenarioRules bind flights of their scenario only; an alert ends with the rule that no longer binds.
func TestScenarioRules(t *testing.T) {
	packs := []*lowsky.RulePack{{PackRef: lowsky.PackRef{ID: "city"}, Scenario: lowsky.City, Rules: []lowsky.Rule{batteryRule(0, time.Second)}}}
	f := fly(t, Config{Packs: packs})
	in := func(s lowsky.Scenario) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { r.Scenario = s }
	}
	f.reports(3*time.Second, battery(28), in(lowsky.Rescue))
	f.wantNone(lowsky.HazardBattery)
	f.reports(3*time.Second, battery(28), in(lowsky.City))
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(3*time.Second, battery(28), in(lowsky.Rescue))
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.ResolveReason != lowsky.ResolvedRuleRemoved {
		t.Errorf("reason %q", a.ResolveReason)
	}
}

func TestRenderedText(t *testing.T) {
	f := &lowsky.Finding{
		Measured: lowsky.Some(133.456), Limit: lowsky.Some(120.), Margin: lowsky.Some(0.04), Unit: "m", Within: lowsky.Some(12200 * time.Millisecond),
		Zone: &lowsky.Zone{Name: lowsky.Text{ZH: "机场", EN: "Airport"}},
	}
	texts := map[string]lowsky.Text{"over": {
		ZH: "{measured}/{limit}/{margin}/{unit}/{zone}/{accuracy}/{seconds}", EN: "{zone}: {measured} {unit}",
	}}
	got := render(texts, "over", lowsky.Text{}, f)
	if got.ZH != "133/120/0.0/m/机场/–/13" || got.EN != "Airport: 133 m" {
		t.Errorf("%+v", got)
	}
	if got := render(texts, "other", lowsky.Text{ZH: "名", EN: "name"}, f); got.EN != "name" {
		t.Errorf("a variant without text: %+v", got)
	}
}

// TestLyingClockBlindsNobodyElse: one aircraft's clock leaps 59 minutes ahead and back; the others of its gateway stay
// live, and so does it.
func TestLyingClockBlindsNobodyElse(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule())})
	f.fleet(3, 20*time.Second)
	for round := range 4 {
		ahead := time.Duration(0)
		if round%2 == 0 {
			ahead = 59 * time.Minute
		}
		for range 20 {
			f.now = f.now.Add(time.Second)
			f.report(by("a0"), through("gw"), measured(f.now.Add(ahead)))
			for _, id := range []lowsky.AircraftID{"a1", "a2"} {
				f.report(by(id), through("gw"))
				if got := f.e.byID[id].ReceivedAt; !got.Equal(f.now) {
					t.Fatalf("round %d: %s is late because another clock lies", round, id)
				}
			}
			f.tick()
		}
	}
	f.wantNone(lowsky.HazardSilence)
	if n := f.e.Counts().Late; n > 2 {
		t.Errorf("%d late", n)
	}
}

// TestStuckClock: the aircraft moves, its clock does not. It must not be late for an hour.
func TestStuckClock(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule())})
	f.reports(10 * time.Second)
	stands := f.now
	for i := range 120 {
		f.reports(time.Second, measured(stands), at(metres(lowsky.Metres(i), 0)), func(r *lowsky.TelemetryReport) { r.Digest = uint32(i) })
	}
	f.wantNone(lowsky.HazardSilence)
	if got := f.e.byID["a"].ReceivedAt; !got.Equal(f.now) {
		t.Errorf("live until %v, now %v", got.Sub(noon), f.now.Sub(noon))
	}
	if f.e.Counts().ClockSuspect == 0 {
		t.Error("not counted")
	}
}
