package picture

import (
	"testing"
	"time"

	"lowsky"
)

const (
	firing   = lowsky.AlertFiring
	pending  = lowsky.AlertPending
	resolved = lowsky.AlertResolved
)

func TestFiresAfterForOfSolidFindings(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(3*time.Second, 5*time.Second))})
	f.reports(5 * time.Second)
	f.wantNone(lowsky.HazardBattery)
	f.reports(time.Second, battery(28))
	raised := f.want(lowsky.HazardBattery, pending, lowsky.Caution) // visible at once
	f.reports(2*time.Second, battery(28))
	f.want(lowsky.HazardBattery, pending, lowsky.Caution)
	f.reports(time.Second, battery(28))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.ID != raised.ID || a.Count != 1 || !a.FiredAt.Equal(f.now) || a.Rev <= raised.Rev {
		t.Errorf("fired as %+v, raised as %+v", a, raised)
	}
	if a.Text.EN != "battery 28%, limit 30" || a.Text.ZH != "电量 28%，限值 30" {
		t.Errorf("text %+v", a.Text)
	}
	if len(a.Reports) != 4 || a.Reports[3].Seq != f.seq-1 {
		t.Errorf("rests on %+v", a.Reports)
	}
}

func TestSuspectedNeverFires(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(30*time.Second, battery(25))
	f.want(lowsky.HazardBattery, pending, lowsky.Caution)
	f.reports(time.Second, battery(80))
	f.want(lowsky.HazardBattery, pending, lowsky.Caution) // one clear judgement is not enough
	f.reports(time.Second, battery(80))
	a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
	if !a.FiredAt.IsZero() || a.Open() {
		t.Errorf("a suspected alert that cleared stays in the list: %+v", a)
	}
}

func TestFlappingGateNeverFires(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(2*time.Second, 5*time.Second))})
	for range 20 {
		f.reports(2*time.Second, battery(28))
		f.reports(time.Second, battery(80))
	}
	for _, a := range f.alerts {
		if a.State == firing {
			t.Fatalf("fired at %v although no run held for 2 s", a.FiredAt)
		}
		if a.ID != f.alerts[0].ID {
			t.Fatalf("a second alert %s", a.ID)
		}
	}
}

func TestResolvesOnlyAfterKeepFiringAndTwoClears(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(3*time.Second, battery(28))
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(5 * time.Second) // clear for 4 s since the first clear judgement
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(time.Second)
	a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
	if a.ResolveReason != lowsky.ResolvedClear || !a.Open() {
		t.Errorf("resolved as %q, open %v: unacknowledged stays in the list", a.ResolveReason, a.Open())
	}
}

func TestKeepFiringZeroStillNeedsTwoClears(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 0))})
	f.reports(time.Second, battery(28))
	f.reports(time.Second)
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(time.Second)
	f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
}

func TestSilenceFreezes(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(6*time.Second, battery(28))
	judged := f.want(lowsky.HazardBattery, firing, lowsky.Caution).LastJudgedAt
	heard := f.now
	f.pass(10 * time.Minute)
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.Frozen != lowsky.ReasonSilent || a.LastJudgedAt.Before(judged) || a.LastJudgedAt.After(heard) {
		t.Errorf("frozen %q, last judged %v", a.Frozen, a.LastJudgedAt)
	}
	f.reports(time.Second) // clear once, after ten minutes: not "clear for ten minutes"
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(5 * time.Second)
	f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
}

func TestSilenceBetweenClearsBreaksTheRun(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(6*time.Second, battery(28))
	for range 5 { // clear, then 20 s of nothing, again and again: never 5 s judged clear
		f.reports(time.Second)
		f.pass(20 * time.Second)
	}
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
}

func TestUnjudgedFreezes(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second))})
	f.reports(3*time.Second, battery(28))
	f.reports(time.Minute, noBattery)
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.Frozen != lowsky.ReasonNoBattery {
		t.Errorf("frozen %q", a.Frozen)
	}
	v := f.views["a"]
	if len(v.Unjudged) != 1 || v.Unjudged[0].Reason != lowsky.ReasonNoBattery || f.health.Unjudged != 1 {
		t.Errorf("unjudged %+v, counted %d", v.Unjudged, f.health.Unjudged)
	}
	f.reports(time.Second, battery(28))
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Frozen != "" {
		t.Errorf("still frozen %q", a.Frozen)
	}
	if v := f.views["a"]; len(v.Unjudged) != 0 {
		t.Errorf("unjudged %+v", v.Unjudged)
	}
}

func TestEscalatesAtOnceAndFallsSlowly(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(2*time.Second, battery(28))
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(time.Second, battery(15)) // suspected: does not escalate
	f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.reports(time.Second, battery(18))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Warning)
	if a.Count != 1 {
		t.Errorf("count %d", a.Count)
	}
	f.reports(5*time.Second, battery(28))
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
	f.reports(time.Second, battery(28))
	a = f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.PeakSeverity != lowsky.Warning {
		t.Errorf("peak %s", a.PeakSeverity)
	}
	f.reports(time.Second, battery(18))
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
	f.reports(4*time.Second, battery(28))
	f.reports(time.Second, battery(15)) // suspected at Warning holds it
	f.reports(5*time.Second, battery(28))
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
}

// TestTwoRulesOnOneHazard: predicted (Caution) and inside (Warning) feed one alert, which resolves when both are clear.
func TestTwoRulesOnOneHazard(t *testing.T) {
	var sayA, sayB lowsky.Severity
	scripted := func(id lowsky.RuleID, keep time.Duration, say *lowsky.Severity) lowsky.Rule {
		return lowsky.Rule{ID: id, Hazard: "h", On: lowsky.EachReport, KeepFiring: keep, Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			switch {
			case *say == 99:
				out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoHeight)
			case *say != 0:
				out.Found(lowsky.Finding{Severity: *say, Variant: string(id)})
			}
		}}
	}
	f := fly(t, Config{Packs: pack(scripted("predicted", 2*time.Second, &sayA), scripted("inside", 5*time.Second, &sayB))})
	sayA = lowsky.Caution
	f.reports(2 * time.Second)
	id := f.want("h", firing, lowsky.Caution).ID
	sayA, sayB = 0, lowsky.Warning
	f.reports(time.Second)
	if a := f.want("h", firing, lowsky.Warning); a.ID != id || a.Rule != "inside" {
		t.Errorf("%s by %s", a.ID, a.Rule)
	}
	f.reports(10 * time.Second) // "predicted" has long been clear
	f.want("h", firing, lowsky.Warning)
	sayB = 99 // cannot judge: not clear
	f.reports(20 * time.Second)
	f.want("h", firing, lowsky.Warning)
	sayB = 0
	f.reports(5 * time.Second)
	f.want("h", firing, lowsky.Warning)
	f.reports(time.Second)
	f.want("h", resolved, lowsky.Warning)
}

func TestFiringAgain(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second))})
	f.reports(2*time.Second, battery(28))
	f.reports(5 * time.Second)
	first := f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
	f.reports(30 * time.Second)
	f.reports(time.Second, battery(28))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.ID != first.ID || a.Count != 2 || a.ResolveReason != "" || !a.ResolvedAt.IsZero() {
		t.Errorf("within a minute: %+v", a)
	}
	f.reports(5 * time.Second)
	f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
	f.reports(62 * time.Second)
	f.reports(time.Second, battery(28))
	b := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if b.ID == first.ID || b.Previous != first.ID || b.Count != 1 {
		t.Errorf("after a minute: id %s previous %s count %d", b.ID, b.Previous, b.Count)
	}
}

func TestLandingEndsTheFlightsAlerts(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	f.reports(3*time.Second, battery(28))
	f.reports(time.Second, status(lowsky.StatusGround), battery(28))
	f.want(lowsky.HazardBattery, firing, lowsky.Caution) // one report may be a glitch
	f.reports(time.Second, status(lowsky.StatusGround), battery(28))
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.ResolveReason != lowsky.ResolvedLanded {
		t.Errorf("reason %q", a.ResolveReason)
	}
	if v := f.views["a"]; v.State != lowsky.TrackGround || v.Severity != lowsky.SeverityNone {
		t.Errorf("state %d severity %s", v.State, v.Severity)
	}
}

func TestRevisionsAreBounded(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 5*time.Second))})
	for range 600 { // ten reports a second, the same finding
		f.now = f.now.Add(100 * time.Millisecond)
		f.report(battery(28))
	}
	if n := len(f.alerts); n > 8 {
		t.Errorf("%d revisions in a minute of one unchanged finding", n)
	}
	for i, a := range f.alerts {
		if a.Rev != uint64(i+1) {
			t.Fatalf("revision %d is numbered %d", i+1, a.Rev)
		}
	}
}

func TestRulePanicIsVisibleAndFreezes(t *testing.T) {
	broken := false
	r := batteryRule(0, 2*time.Second)
	check := r.Check
	r.Check = func(s *lowsky.Situation, out lowsky.Verdicts) {
		if broken {
			var none *lowsky.Track
			_ = none.ID
		}
		check(s, out)
	}
	f := fly(t, Config{Packs: pack(r)})
	f.reports(3*time.Second, battery(28))
	broken = true
	f.reports(30 * time.Second) // would be clear, had it been judged
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Frozen != lowsky.ReasonRuleFault {
		t.Errorf("frozen %q", a.Frozen)
	}
	a := f.want(lowsky.HazardRuleFault, firing, lowsky.Caution)
	if a.Object != (lowsky.Object{Kind: lowsky.ObjectRule, ID: "battery"}) || a.Text.ZH == "" || a.Text.EN == "" {
		t.Errorf("fault alert %+v", a)
	}
	if f.health.RuleFaults != 30 {
		t.Errorf("%d faults counted", f.health.RuleFaults)
	}
	broken = false
	f.reports(4 * time.Second)
	f.want(lowsky.HazardBattery, resolved, lowsky.Caution)
	f.want(lowsky.HazardRuleFault, firing, lowsky.Caution)
	f.reports(faultQuiet + 2*time.Second)
	f.want(lowsky.HazardRuleFault, resolved, lowsky.Caution)
}

// TestResolvedShowsTheWorst: the last finding before it was clear lies just beyond the limit.
func TestResolvedShowsTheWorst(t *testing.T) {
	height := lowsky.Rule{
		ID: "height", Hazard: lowsky.HazardHeight, On: lowsky.EachReport, KeepFiring: 3 * time.Second,
		Texts: map[string]lowsky.Text{"over": {ZH: "{measured} {unit}", EN: "{measured} {unit}"}},
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			if h := float64(s.Position.Value.AGL.Value); h > 120 {
				out.Found(lowsky.Finding{
					Severity: lowsky.Caution, Variant: "over", Suspected: h < 125, Unit: "m", Position: s.Position,
					Measured: lowsky.Some(h), Limit: lowsky.Some(120.), Margin: lowsky.Some(h - 120),
				})
			}
		},
	}
	at := func(h lowsky.Metres) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { r.Position.Value.AGL = lowsky.Some(h) }
	}
	f := fly(t, Config{Packs: pack(height)})
	for _, h := range []lowsky.Metres{130, 165, 140, 120.4} {
		f.reports(2*time.Second, at(h))
	}
	if a := f.want(lowsky.HazardHeight, firing, lowsky.Caution); a.Text.EN != "120 m" {
		t.Errorf("firing: %q, want what is measured now", a.Text.EN)
	}
	f.reports(5*time.Second, at(100))
	a := f.want(lowsky.HazardHeight, resolved, lowsky.Caution)
	if a.Text.EN != "165 m" || a.Measured.Value != 165 || a.Margin.Value != 45 || a.Position.Value.AGL.Or(165) != 165 {
		t.Errorf("resolved: %q, measured %v, margin %v", a.Text.EN, a.Measured, a.Margin)
	}
	f.reports(3*time.Second, at(131)) // goes on within a minute
	if a := f.want(lowsky.HazardHeight, firing, lowsky.Caution); a.Count != 2 || a.Text.EN != "131 m" {
		t.Errorf("again: count %d, %q", a.Count, a.Text.EN)
	}
}
