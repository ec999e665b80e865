package picture

import (
	"encoding/json"
	"testing"
	"time"

	"lowsky"
)

// Ways in which a real hazard might raise nothing, or nothing true.

// TestGatewayBackBeforeItsAircraft: nobody is accused between a gateway's "online" and the first report through it.
func TestGatewayBackBeforeItsAircraft(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(1, 20*time.Second)
	f.gateway(false)
	f.pass(5 * time.Minute)
	f.gateway(true)
	f.pass(10 * time.Second)
	f.wantNone(lowsky.HazardSilence)
	if v := f.views["a0"]; len(v.Unjudged) != 1 || v.Unjudged[0].Reason != lowsky.ReasonSilent {
		t.Errorf("unjudged %+v: it is not well either", v.Unjudged)
	}
	f.pass(2 * time.Second)
	f.want(lowsky.HazardSilence, firing, lowsky.Caution)
	f.pass(time.Minute)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
}

// TestFlappingGatewayHidesNobody: each "online" would start the silence anew.
func TestFlappingGatewayHidesNobody(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(1, 20*time.Second)
	for range 3 {
		f.gateway(false)
		f.pass(8 * time.Second)
		f.gateway(true)
		f.pass(8 * time.Second)
	}
	if open, _ := f.states(lowsky.HazardSilence); open != 1 {
		t.Errorf("%d silence alerts", open)
	}
}

// TestSilentWithItsRemoteController: a gateway with one aircraft that is not reported down may have lost the aircraft.
func TestSilentWithItsRemoteController(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	for range 4 {
		f.gateway(true)
		f.fleet(1, 5*time.Second)
	}
	f.pass(90 * time.Second)
	f.want(lowsky.HazardSource, firing, lowsky.Caution)
	if a := f.want(lowsky.HazardSilence, firing, lowsky.Warning); a.Parent != "" {
		t.Errorf("folded under %s, out of sight", a.Parent)
	}
	f.gateway(true) // it speaks, and nothing is heard of the aircraft
	f.pass(5 * time.Second)
	if a := f.want(lowsky.HazardSilence, firing, lowsky.Warning); a.Frozen != "" {
		t.Errorf("frozen %q", a.Frozen)
	}
	f.gateway(false) // now it is reported
	f.pass(5 * time.Second)
	if a := f.want(lowsky.HazardSilence, firing, lowsky.Warning); a.Parent == "" {
		t.Error("not folded although its gateway is reported down")
	}
}

// TestSwitchedOffAfterOneGroundReport is not silent, and has landed when nothing contradicts it.
func TestSwitchedOffAfterOneGroundReport(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), batteryRule(0, 5*time.Second))})
	f.reports(20*time.Second, battery(28))
	f.reports(time.Second, battery(28), status(lowsky.StatusGround))
	f.pass(40 * time.Second)
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.pass(5 * time.Minute)
	f.wantNone(lowsky.HazardSilence)
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.ResolveReason != lowsky.ResolvedLanded {
		t.Errorf("resolved as %s", a.ResolveReason)
	}
}

func flies(speed lowsky.MetresPerSecond, height lowsky.Metres) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) {
		r.GroundSpeed, r.Position.Value.AboveTakeoff = lowsky.Some(speed), lowsky.Some(height)
	}
}

// TestGroundStatusOfAnAircraftThatFlies: its own numbers contradict it.
func TestGroundStatusOfAnAircraftThatFlies(t *testing.T) {
	ground := status(lowsky.StatusGround)
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(5*time.Second, battery(28))
	f.reports(time.Minute, battery(28), ground, flies(20, 60))
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if !f.e.byID["a"].Airborne || f.e.byID["a"].SaidGround {
		t.Error("landed at 20 m/s, 60 m up")
	}

	f = fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(5*time.Second, battery(28), ground, flies(20, 60)) // never said anything else
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)

	for name, on := range map[string]func(*lowsky.TelemetryReport){"in a car": flies(20, 1), "on a roof": flies(0, 60)} {
		f = fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
		f.reports(time.Minute, battery(28), ground, on)
		if f.last(lowsky.HazardBattery) != nil {
			t.Errorf("%s: judged as airborne", name)
		}
	}
}

// TestTakingOffWithoutAStatus: "ground" from a while ago does not hold down an aircraft whose documents now lack it.
func TestTakingOffWithoutAStatus(t *testing.T) {
	f := fly(t, Config{})
	f.reports(10*time.Second, status(lowsky.StatusGround), flies(0, 0))
	f.reports(2*time.Second, noStatus, flies(20, 60))
	if !f.e.byID["a"].Airborne {
		t.Error("not airborne, fast and high")
	}
	f.reports(10*time.Second, status(lowsky.StatusGround), flies(0, 0))
	f.reports(groundKept, noStatus, flies(3, 0))
	if f.e.byID["a"].Airborne {
		t.Error("airborne right after ground: carried")
	}
	f.reports(2*time.Second, noStatus, flies(3, 0))
	if !f.e.byID["a"].Airborne {
		t.Error("not airborne although nothing but its speed speaks")
	}
}

// TestFasterThanItsClass: registered as micro (11 m/s), flies 60. It must be judged all the same.
func TestFasterThanItsClass(t *testing.T) {
	zone := square("z", 1, 4000, 0, 300)
	f := fly(t, Config{
		Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone),
		Aircraft: []*lowsky.Aircraft{{ID: "a", Class: lowsky.Micro}},
	})
	for i := range 80 {
		f.reports(time.Second, at(metres(lowsky.Metres(60*i), 0)))
	}
	if a := f.last(lowsky.HazardZoneEntry); a == nil || a.Severity != lowsky.Warning {
		t.Fatalf("flew through a prohibited zone: %+v", a)
	}
	if n := f.e.Counts().Jumps; n > 1 {
		t.Errorf("%d jumps: it has proven what it can fly", n)
	}
}

// TestZoneEndsUnderAnAlertOnSomethingElse: the aircraft is as unknown as before.
func TestZoneEndsUnderAnAlertOnSomethingElse(t *testing.T) {
	unknown := lowsky.Rule{
		ID: "identity", Hazard: lowsky.HazardIdentity, On: lowsky.EachReport, KeepFiring: 5 * time.Second,
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			f := lowsky.Finding{Severity: lowsky.Advisory}
			for i := range s.Zones {
				if s.Zones[i].Inside {
					f.Severity, f.Zone = lowsky.Caution, s.Zones[i].Zone
				}
			}
			out.Found(f)
		},
	}
	f := fly(t, Config{Packs: pack(unknown), Zones: index(t, square("z", 1, 0, 0, 100))})
	f.reports(5 * time.Second)
	f.want(lowsky.HazardIdentity, firing, lowsky.Caution)
	f.step(lowsky.RecordZones, &lowsky.ZonePublication{Remove: []lowsky.ZoneID{"z"}, By: "x"})
	f.pass(10 * time.Second)
	f.want(lowsky.HazardIdentity, firing, lowsky.Caution)
	f.reports(10 * time.Second)
	f.want(lowsky.HazardIdentity, firing, lowsky.Advisory)
}

// TestFoldedUnderNothing: a restart finds a silence alert folded under one that is no longer there.
func TestFoldedUnderNothing(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(1, 20*time.Second)
	f.gateway(true)
	f.pass(15 * time.Second)
	f.gateway(false)
	f.pass(5 * time.Second)
	a := f.want(lowsky.HazardSilence, firing, lowsky.Caution)
	if a.Parent == "" {
		t.Fatal("not folded")
	}
	g := fly(t, Config{Packs: pack(silenceRule(), sourceRule()), Alerts: []*lowsky.Alert{a}})
	g.pass(2 * time.Second)
	if b := g.want(lowsky.HazardSilence, firing, lowsky.Caution); b.Parent != "" || b.Rev != a.Rev+1 {
		t.Errorf("revision %d folded under %q", b.Rev, b.Parent)
	}
}

// Aircraft that flew before a restart.

func flown(id lowsky.AircraftID, source lowsky.SourceID, at time.Time) lowsky.LastSeen {
	return lowsky.LastSeen{
		Aircraft: id, Source: source, Format: "native", Seq: 7, ReceivedAt: at, MeasuredAt: at,
		Status: lowsky.Some(lowsky.StatusAirborne), Position: lowsky.Some(home),
	}
}

func TestLostAcrossARestart(t *testing.T) {
	before := noon.Add(-2 * time.Minute)
	f := fly(t, Config{
		Packs:    pack(silenceRule(), batteryRule(0, time.Second)),
		LastSeen: []lowsky.LastSeen{flown("a", "direct:a", before), flown("b", "direct:b", before)},
	})
	f.pass(time.Second)
	if v := f.views["b"]; v == nil || !v.ReceivedAt.Equal(before) || v.State != lowsky.TrackAirborne || !v.Position.OK {
		t.Fatalf("not drawn as last known: %+v", v)
	}
	f.pass(20 * time.Second)
	f.reports(time.Minute) // a is back, b is not
	f.wantNone(lowsky.HazardBattery)
	a := f.want(lowsky.HazardSilence, firing, lowsky.Caution)
	if a.Object.ID != "b" || !a.RaisedAt.After(noon.Add(reconnect+10*time.Second)) {
		t.Errorf("%s missed at %v", a.Object.ID, a.RaisedAt.Sub(noon))
	}
	if open, _ := f.states(lowsky.HazardSilence); open != 1 {
		t.Errorf("%d missed", open)
	}
	f.reports(time.Minute)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	if got := f.e.byID["a"].Interval; got != time.Second {
		t.Errorf("interval %v: the restart is no gap", got)
	}
	f.reports(10*time.Second, by("b"))
	f.want(lowsky.HazardSilence, resolved, lowsky.Warning)
}

// TestGatewayLostAcrossARestart is one alert.
func TestGatewayLostAcrossARestart(t *testing.T) {
	before := noon.Add(-time.Minute)
	f := fly(t, Config{
		Packs:    pack(silenceRule(), sourceRule()),
		LastSeen: []lowsky.LastSeen{flown("a", "gw", before), flown("b", "gw", before), flown("b", "gw", before), {}},
	})
	f.pass(reconnect)
	if len(f.alerts) != 0 {
		t.Fatalf("accused after %v: %+v", reconnect, f.alerts[0])
	}
	f.pass(20 * time.Second)
	f.want(lowsky.HazardSource, firing, lowsky.Caution)
	f.wantNone(lowsky.HazardSilence)
}

// TestAlertOfALastSeenAircraft goes on under its id, shown as not judged.
func TestAlertOfALastSeenAircraft(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	f.reports(5*time.Second, battery(28))
	old := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	g := fly(t, Config{
		Packs: pack(batteryRule(0, time.Second)), Alerts: []*lowsky.Alert{old}, LastSeen: []lowsky.LastSeen{flown("a", "direct:a", f.now)},
	})
	g.now = f.now.Add(20 * time.Second)
	g.pass(20 * time.Second)
	if a := g.want(lowsky.HazardBattery, firing, lowsky.Caution); a.ID != old.ID || a.Frozen != lowsky.ReasonSilent {
		t.Errorf("%s frozen %q", a.ID, a.Frozen)
	}
	g.reports(5 * time.Second)
	g.want(lowsky.HazardBattery, resolved, lowsky.Caution)
}

// TestLastSeenLeavesTheRegister: the demo is off after the restart.
func TestLastSeenLeavesTheRegister(t *testing.T) {
	f := fly(t, Config{
		Packs: pack(silenceRule()), LastSeen: []lowsky.LastSeen{flown("a", "direct:a", noon)}, Aircraft: []*lowsky.Aircraft{{ID: "a", Demo: true}},
	})
	f.step(lowsky.RecordAircraft, &lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"a"}, By: "demo"})
	f.pass(5 * time.Minute)
	f.wantNone(lowsky.HazardSilence)
	if len(f.gone) != 1 || f.e.Tracks() != 0 {
		t.Errorf("gone %v", f.gone)
	}
}

// TestLastSeenReplays: the start as recorded gives the same bytes.
func TestLastSeenReplays(t *testing.T) {
	start := lowsky.PictureStart{LastSeen: []lowsky.LastSeen{
		flown("a", "direct:a", noon.Add(-time.Minute)), flown("b", "gw", noon.Add(-time.Second)), flown("c", "gw", noon.Add(-3*time.Second)),
	}}
	run := func(s *lowsky.PictureStart) string {
		f := fly(t, Config{Packs: pack(silenceRule(), sourceRule()), LastSeen: s.LastSeen})
		f.pass(2 * time.Minute)
		f.reports(10*time.Second, by("b"), through("gw"))
		b, err := json.Marshal(f.alerts)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	b, err := json.Marshal(&start)
	if err != nil {
		t.Fatal(err)
	}
	var recorded lowsky.PictureStart
	if err := json.Unmarshal(b, &recorded); err != nil {
		t.Fatal(err)
	}
	first := run(&start)
	if again := run(&recorded); again != first || len(first) < 1000 {
		t.Errorf("replayed as\n%s\nwant\n%s", again, first)
	}
}

// TestMissedAircraftStruckOffTheRegister keeps its alerts: housekeeping does not end a search.
func TestMissedAircraftStruckOffTheRegister(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule()), Aircraft: []*lowsky.Aircraft{{ID: "a"}}})
	f.reports(20 * time.Second)
	f.pass(2 * time.Minute)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	f.step(lowsky.RecordAircraft, &lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"a"}, By: "officer"})
	f.pass(5 * time.Second)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	if f.e.Tracks() != 1 || f.views["a"].Registered {
		t.Error("its track is gone, or still registered")
	}
}
