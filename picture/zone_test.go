package picture

import (
	"testing"
	"time"

	"lowsky"
)

// TestSilentInsideAZoneKeepsItsAlert is the issue's own sentence.
func TestSilentInsideAZoneKeepsItsAlert(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(0, 2*time.Second), silenceRule()), Zones: index(t, square("z", 1, 0, 0, 100))})
	f.reports(6 * time.Second)
	id := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning).ID
	f.pass(2 * time.Hour)
	a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	if a.ID != id || a.Frozen != lowsky.ReasonSilent {
		t.Errorf("%+v", a)
	}
	f.want(lowsky.HazardSilence, firing, lowsky.Warning)
	if f.views["a"] == nil || len(f.gone) != 0 {
		t.Error("the track was dropped")
	}
}

func TestZoneAlertTellsTheZone(t *testing.T) {
	z := square("z", 3, 0, 0, 100)
	z.Demo = true
	f := fly(t, Config{Packs: pack(insideRule(0, 2*time.Second)), Zones: index(t, z)})
	f.reports(2 * time.Second)
	a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	if a.Zone == nil || a.Zone.ID != "z" || a.Zone.Version != 3 || !a.Demo || a.Subject.ID != "z" {
		t.Errorf("zone %+v demo %v", a.Zone, a.Demo)
	}
	if a.Text.ZH != "进入演示 区z" || a.Text.EN != "inside Demo Zone z" {
		t.Errorf("text %+v", a.Text)
	}
}

func TestZoneEnds(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute)), Zones: index(t, square("z", 1, 0, 0, 100))})
	f.reports(2 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Remove: []lowsky.ZoneID{"z"}, By: "test"})
	if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedZoneEnded {
		t.Errorf("reason %q", a.ResolveReason)
	}
	n := len(f.alerts)
	f.reports(5 * time.Second)
	if len(f.alerts) != n {
		t.Errorf("judged by a zone that is gone")
	}
}

func TestZoneChanges(t *testing.T) {
	two := []*lowsky.Zone{square("z", 1, 0, 0, 100), square("other", 1, 10, 10, 50)}
	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute)), Zones: index(t, two...)})
	f.reports(2 * time.Second)
	other := *f.last(lowsky.HazardZoneEntry)
	f.pass(30 * time.Second) // silent: the last report is what there is to judge
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("z", 2, 20, 0, 100)}, By: "test"})
	a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	if a.Zone.ID != "z" || a.Zone.Version != 2 {
		t.Errorf("not judged under the new version: %+v", a.Zone)
	}
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("z", 3, 3000, 0, 100)}, By: "test"})
	if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedZoneChanged || a.Zone.ID != "z" {
		t.Errorf("reason %q on %s", a.ResolveReason, a.Zone.ID)
	}
	if f.open() != 1 {
		t.Errorf("%d open: an edit of one zone touched the alert on %s", f.open(), other.Zone.ID)
	}
}

func TestZoneChangeLeavesAnUnjudgedAlert(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute)), Zones: index(t, square("z", 1, 0, 0, 100))})
	f.reports(2 * time.Second)
	f.reports(time.Second, at(metres(9000, 0))) // where it is now is not known
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("z", 2, 3000, 0, 100)}, By: "test"})
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
}

func TestZonePeriodEnds(t *testing.T) {
	z := square("z", 1, 0, 0, 100)
	z.Applicability = lowsky.Applicability{{Until: lowsky.Some(noon.Add(10 * time.Second))}}
	f := fly(t, Config{Packs: pack(insideRule(0, time.Hour)), Zones: index(t, z)})
	f.reports(9 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	f.pass(time.Second)
	if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedZoneEnded {
		t.Errorf("reason %q", a.ResolveReason)
	}
}

func TestBadPublicationChangesNothing(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, square("z", 1, 0, 0, 100))})
	bad := square("bad", 1, 0, 0, 50)
	bad.Geometry.Polygons[0][0] = bad.Geometry.Polygons[0][0][:2]
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("good", 1, 0, 0, 60), bad}, Remove: []lowsky.ZoneID{"z"}})
	if len(f.e.Faults()) != 1 || f.e.zones.Len() != 1 || f.e.Counts().BadRecords != 1 {
		t.Errorf("faults %v, %d zones", f.e.Faults(), f.e.zones.Len())
	}
	f.reports(2 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
}

// TestCrossing: through a thin zone between two reports.
func TestCrossing(t *testing.T) {
	thin := square("z", 1, 50, 0, 5)
	for _, c := range []struct {
		name string
		gap  time.Duration
		want lowsky.Severity
	}{
		{"between consecutive reports", 4 * time.Second, lowsky.Warning},
		{"over a long gap it is only possible", 31 * time.Second, lowsky.Advisory},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, thin)})
			f.reports(5 * time.Second)
			f.pass(c.gap - time.Second)
			f.reports(time.Second, at(metres(100, 0)))
			a := f.want(lowsky.HazardZoneEntry, firing, c.want)
			if c.want == lowsky.Advisory && a.Variant != "possible" {
				t.Errorf("variant %q", a.Variant)
			}
		})
	}
}

// TestStay: EnteredAt is the first live report of the stay, and begins anew with the next one.
func TestStay(t *testing.T) {
	var entered []time.Time
	r := insideRule(0, time.Second)
	check := r.Check
	r.Check = func(s *lowsky.Situation, out lowsky.Verdicts) {
		for _, z := range s.Zones {
			if z.Inside {
				entered = append(entered, z.EnteredAt)
			}
		}
		check(s, out)
	}
	f := fly(t, Config{Packs: pack(r), Zones: index(t, square("z", 1, 0, 0, 30))})
	f.reports(3 * time.Second)
	f.reports(2*time.Second, at(metres(60, 0)))
	f.reports(2 * time.Second)
	want := []time.Time{noon.Add(time.Second), noon.Add(time.Second), noon.Add(time.Second), noon.Add(6 * time.Second), noon.Add(6 * time.Second)}
	if len(entered) != len(want) {
		t.Fatalf("%d judgements inside", len(entered))
	}
	for i := range want {
		if !entered[i].Equal(want[i]) {
			t.Errorf("judgement %d: entered %v, want %v", i, entered[i].Sub(noon), want[i].Sub(noon))
		}
	}
}

func TestOwnerIsTheSmallestJurisdiction(t *testing.T) {
	city, county := square("city", 1, 0, 0, 50_000), square("county", 1, 0, 0, 5000)
	areas := areasOf(t, map[lowsky.JurisdictionID]*lowsky.Zone{"city": city, "county": county})
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second)), Areas: areas})
	f.reports(2*time.Second, battery(28))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.Owner != "county" || len(a.Jurisdictions) != 2 || a.Jurisdictions[1] != "city" {
		t.Errorf("owner %q of %v", a.Owner, a.Jurisdictions)
	}
	if v := f.views["a"]; len(v.Jurisdictions) != 2 {
		t.Errorf("track in %v", v.Jurisdictions)
	}
}

// TestExemption: what the register says of an aircraft counts, not what it claims; a version without the exemption is
// judged by with the next report, and one with it ends the alert at once.
func TestExemption(t *testing.T) {
	z := square("z", 1, 0, 0, 100)
	z.Exemptions = []lowsky.Exemption{{Organisation: "fire", Scenario: lowsky.Rescue}, {Organisation: "survey", Plan: "p-7"}}
	ours := &lowsky.Aircraft{ID: "a", Organisation: "fire", Scenario: lowsky.Rescue}
	claims := func(r *lowsky.TelemetryReport) { r.Scenario, r.Plan = lowsky.Rescue, "p-7" }
	for name, c := range map[string]struct {
		register []*lowsky.Aircraft
		report   func(*lowsky.TelemetryReport)
		found    bool
	}{
		"registered rescue":              {[]*lowsky.Aircraft{ours}, func(*lowsky.TelemetryReport) {}, false},
		"not registered, claims it":      {nil, claims, true},
		"registered otherwise":           {[]*lowsky.Aircraft{{ID: "a", Organisation: "fire", Scenario: lowsky.City}}, claims, true},
		"of the plan":                    {[]*lowsky.Aircraft{{ID: "a", Organisation: "survey"}}, claims, false},
		"of the plan's firm, other plan": {[]*lowsky.Aircraft{{ID: "a", Organisation: "survey"}}, func(*lowsky.TelemetryReport) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := fly(t, Config{Packs: pack(insideRule(0, 2*time.Second)), Zones: index(t, z), Aircraft: c.register})
			f.reports(2*time.Second, c.report)
			if !c.found {
				f.wantNone(lowsky.HazardZoneEntry)
				return
			}
			f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
		})
	}

	// A plan is of one flight.
	for name, between := range map[string]func(*flight){
		"landed":    func(f *flight) { f.reports(3*time.Second, status(lowsky.StatusGround)) },
		"not heard": func(f *flight) { f.pass(6 * time.Minute) },
	} {
		f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, z), Aircraft: []*lowsky.Aircraft{{ID: "a", Organisation: "survey"}}})
		f.reports(2*time.Second, claims)
		f.reports(2 * time.Second)
		f.wantNone(lowsky.HazardZoneEntry)
		between(f)
		f.reports(2 * time.Second)
		if f.last(lowsky.HazardZoneEntry) == nil {
			t.Errorf("%s: still exempt by the plan of the flight before", name)
		}
	}

	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute)), Zones: index(t, z), Aircraft: []*lowsky.Aircraft{ours}})
	f.reports(2 * time.Second)
	strict := *z
	strict.Version, strict.Exemptions = 2, nil
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{&strict}, By: "test"})
	f.reports(time.Second)
	if a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning); a.Zone.Version != 2 {
		t.Errorf("version %d", a.Zone.Version)
	}
	again := *z
	again.Version = 3
	f.step(lowsky.RecordZones, lowsky.ZonePublication{Upsert: []*lowsky.Zone{&again}, By: "test"})
	if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedZoneChanged {
		t.Errorf("reason %q", a.ResolveReason)
	}
}

// TestStayBeforeAJumpIsConfirmed: reports that waited for confirmation were not judged, so the way out of the zone that
// they lay in is a crossing that nobody saw.
func TestStayBeforeAJumpIsConfirmed(t *testing.T) {
	var crossed, wasIn bool
	rule := lowsky.Rule{ID: "zones", Hazard: lowsky.HazardZoneEntry, Check: func(s *lowsky.Situation, _ lowsky.Verdicts) {
		for _, r := range s.Zones {
			crossed, wasIn = r.Crossed, r.WasIn
		}
	}}
	f := fly(t, Config{Packs: pack(rule), Zones: index(t, square("z", 1, 5000, 0, 50))})
	f.reports(3 * time.Second)
	f.reports(3*time.Second, at(metres(5000, 0)))
	f.reports(time.Second, at(metres(5080, 0)))
	if !crossed || wasIn {
		t.Errorf("confirmed: crossed %v, was in %v", crossed, wasIn)
	}
	f.reports(time.Second, at(metres(5020, 0)))
	f.reports(time.Second, at(metres(5080, 0)))
	if !crossed || !wasIn {
		t.Errorf("once it was judged: crossed %v, was in %v", crossed, wasIn)
	}
}

// TestStayed: how long the reports before this one saw the stay that it leaves.
func TestStayed(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(0, time.Minute)), Zones: index(t, square("z", 1, 0, 0, 100))})
	leave := func() lowsky.ZoneRelation {
		t.Helper()
		f.reports(time.Second, at(metres(-120, 0)))
		for _, r := range f.e.byID["a"].relations {
			if r.Crossed {
				return r
			}
		}
		t.Fatal("no crossing on the way out")
		return lowsky.ZoneRelation{}
	}
	f.reports(2*time.Second, at(metres(-120, 0)))
	f.reports(time.Second, at(metres(-90, 0)))
	if r := leave(); !r.WasIn || r.Stayed != 0 {
		t.Errorf("seen by one report: %v, %v", r.WasIn, r.Stayed)
	}
	f.reports(4*time.Second, at(metres(-90, 0)))
	if r := leave(); !r.WasIn || r.Stayed != 3*time.Second {
		t.Errorf("seen by four reports: %v, %v", r.WasIn, r.Stayed)
	}
}
