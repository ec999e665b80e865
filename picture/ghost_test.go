package picture

import (
	"testing"
	"time"

	"lowsky"
)

// TestTwoUnderOneIDOverOneLink: another one transmits under the same id and link from elsewhere. The track stays with the
// aircraft, is known to be elsewhere too, and the other one is judged where it is.
func TestTwoUnderOneIDOverOneLink(t *testing.T) {
	zone := square("z", 1, 5000, 0, 300)
	f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone)})
	f.reports(3 * time.Second)
	second := func(i int, other bool) {
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(at(metres(lowsky.Metres(5*i), 0)))
		f.now = f.now.Add(500 * time.Millisecond)
		if other {
			f.report(at(metres(lowsky.Metres(5000-5*i), 40)))
		}
	}
	for i := range confirmations {
		second(i, true)
	}
	f.wantNone(lowsky.HazardZoneEntry)
	for i := confirmations; i < 12; i++ {
		second(i, true)
	}
	tr := f.e.byID["a"]
	if tr.ElsewhereAt.IsZero() || f.now.Sub(tr.ElsewhereAt) > 2*time.Second {
		t.Errorf("elsewhere at %v, now %v", tr.ElsewhereAt, f.now)
	}
	if got := tr.previous.Position; got.Longitude > metres(200, 0).Longitude {
		t.Errorf("the track went to the other one: %+v", got)
	}
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	was := tr.ElsewhereAt
	for i := 12; i < 20; i++ {
		second(i, false)
	}
	if tr.ElsewhereAt != was {
		t.Error("it goes on although the other one is gone")
	}
}

// TestOneFliesUnderTheIDOfOneThatIsParked: another one flies through a zone under the id and over the link of an aircraft
// that stands at home, and says so or does not say. It is told, once, and over when it is gone; the plan that the one at
// home names is none of its own.
func TestOneFliesUnderTheIDOfOneThatIsParked(t *testing.T) {
	still := func(r *lowsky.TelemetryReport) {
		noStatus(r)
		r.GroundSpeed, r.Position.Value.AboveTakeoff = lowsky.Some(lowsky.MetresPerSecond(0)), lowsky.Some(lowsky.Metres(0))
		r.Plan = "p-1"
	}
	moves := func(r *lowsky.TelemetryReport) {
		noStatus(r)
		r.GroundSpeed, r.Position.Value.AboveTakeoff = lowsky.Some(lowsky.MetresPerSecond(5)), lowsky.Some(lowsky.Metres(80))
	}
	for name, pair := range map[string][2]func(*lowsky.TelemetryReport){
		"by its status":    {status(lowsky.StatusGround), status(lowsky.StatusAirborne)},
		"by how it moves":  {still, moves},
		"only one says so": {status(lowsky.StatusGround), moves},
	} {
		t.Run(name, func(t *testing.T) {
			zone := square("z", 1, 5000, 0, 300)
			zone.Exemptions = []lowsky.Exemption{{Plan: "p-1"}}
			f := fly(t, Config{Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone)})
			f.reports(8*time.Second, pair[0])
			for i := range 40 {
				f.now = f.now.Add(500 * time.Millisecond)
				f.report(pair[0])
				f.now = f.now.Add(500 * time.Millisecond)
				f.report(at(metres(lowsky.Metres(5000-5*i), 40)), pair[1])
				f.tick()
			}
			if a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning); a.Count > 2 {
				t.Errorf("it fired %d times", a.Count)
			}
			f.reports(30*time.Second, pair[0])
			f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning)
			if f.e.byID["a"].Airborne {
				t.Error("the one at home still flies")
			}
		})
	}
}

// TestGlitchesAreNobody: a receiver that jumps to one place now and then is not two.
func TestGlitchesAreNobody(t *testing.T) {
	f := fly(t, Config{})
	f.reports(3 * time.Second)
	for range 8 {
		f.reports(time.Second, at(metres(5000, 0)))
		f.reports(20 * time.Second)
	}
	if at := f.e.byID["a"].ElsewhereAt; !at.IsZero() {
		t.Errorf("elsewhere at %v", at)
	}
}

// TestOneThatGoesOnIsTheAircraft: when only the far one is heard any more it is the track, once confirmed.
func TestOneThatGoesOnIsTheAircraft(t *testing.T) {
	f := fly(t, Config{})
	f.reports(3 * time.Second)
	for range 8 {
		f.reports(time.Second)
		f.reports(time.Second, at(metres(5000, 0)))
	}
	f.reports(8*time.Second, at(metres(5000, 0)))
	if tr := f.e.byID["a"]; tr.Unconfirmed || tr.previous.Position != metres(5000, 0) {
		t.Errorf("unconfirmed %v at %+v", tr.Unconfirmed, tr.previous.Position)
	}
}

// TestPlanNoLongerNamed: an aircraft that stops naming its plan is no longer exempt by it.
func TestPlanNoLongerNamed(t *testing.T) {
	zone := square("z", 1, 0, 0, 500)
	zone.Exemptions = []lowsky.Exemption{{Plan: "p-1"}}
	f := fly(t, Config{
		Packs: pack(insideRule(0, time.Second)), Zones: index(t, zone),
		Aircraft: []*lowsky.Aircraft{{ID: "a", Class: lowsky.Light, Organisation: "acme"}},
	})
	named := func(r *lowsky.TelemetryReport) { r.Plan = "p-1" }
	f.reports(5*time.Second, named)
	for range 5 { // one that names it in each tenth report only
		f.reports(9 * time.Second)
		f.reports(time.Second, named)
	}
	f.wantNone(lowsky.HazardZoneEntry)
	f.reports(planlessFor - time.Second)
	f.wantNone(lowsky.HazardZoneEntry)
	f.reports(3 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
}
