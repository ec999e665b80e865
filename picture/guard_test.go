package picture

import (
	"testing"
	"time"

	"lowsky"
)

// TestCarelessRulesClearNothing: a rule that says nothing where it should say unjudged must not end an alert on an
// unconfirmed jump, nor on ticks while the source is down.
func TestCarelessRulesClearNothing(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 0))})
	f.reports(3*time.Second, battery(28))
	f.reports(3*time.Second, at(metres(9000, 0)))
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Frozen != lowsky.ReasonJumpUnconfirmed {
		t.Errorf("frozen %q", a.Frozen)
	}

	say := true
	f = fly(t, Config{Packs: pack(lowsky.Rule{ID: "tick", Hazard: "h", On: lowsky.EachTick, Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
		if say {
			out.Found(lowsky.Finding{Severity: lowsky.Caution})
		}
	}})})
	f.fleet(2, 5*time.Second)
	f.want("h", firing, lowsky.Caution)
	f.now = f.now.Add(500 * time.Millisecond)
	f.report(by("a0"), through("gw"))
	f.report(by("a1"), through("gw"))
	f.gateway(false)
	say = false
	f.pass(10 * time.Second)
	if a := f.want("h", firing, lowsky.Caution); a.Frozen != lowsky.ReasonSourceDown {
		t.Errorf("frozen %q", a.Frozen)
	}
}

func TestSuspectedLateFindingIsNotRecorded(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 0))})
	f.reports(3 * time.Second)
	f.report(measured(f.now.Add(-30*time.Second)), backFill, battery(25))
	f.wantNone(lowsky.HazardBattery)
}

// TestZoneChangeKeepsWhatOneRuleStillFinds: two rules feed the alert, and only one of them lets go.
func TestZoneChangeKeepsWhatOneRuleStillFinds(t *testing.T) {
	second := insideRule(0, time.Minute)
	second.ID = "first_version_only"
	check := second.Check
	second.Check = func(s *lowsky.Situation, out lowsky.Verdicts) {
		if s.ZonesOK && len(s.Zones) > 0 && s.Zones[0].Zone.Version == 1 {
			check(s, out)
		}
	}
	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute), second), Zones: index(t, square("z", 1, 0, 0, 100))})
	f.reports(2 * time.Second)
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("z", 2, 0, 0, 90)}})
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
}

// TestOneClosedAlertDoesNotTakeTheOthers: everything about a silent aircraft must be closed before it is forgotten.
func TestOneClosedAlertDoesNotTakeTheOthers(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), batteryRule(0, 0))})
	f.reports(3*time.Second, battery(28))
	f.pass(20 * time.Second)
	f.must(closing(f.last(lowsky.HazardBattery).ID, lowsky.CloseDrill))
	f.pass(DefaultKeepSilent + time.Minute)
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	if len(f.gone) != 0 {
		t.Fatal("forgotten with an open alert")
	}
	f.must(closing(f.last(lowsky.HazardSilence).ID, lowsky.CloseDrill))
	f.pass(2 * time.Second)
	if len(f.gone) != 1 || f.open() != 0 {
		t.Errorf("gone %v, %d open", f.gone, f.open())
	}
}

// TestNumbersChangeAtMostOnceASecond, at ten reports a second.
func TestNumbersChangeAtMostOnceASecond(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second))})
	for i := range 100 {
		f.now = f.now.Add(100 * time.Millisecond)
		f.report(battery([]lowsky.Percent{28, 22}[i%2]))
	}
	if n := len(f.alerts); n < 5 || n > 11 {
		t.Errorf("%d revisions in 10 s", n)
	}
}
