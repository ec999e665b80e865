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
	f.reports((planless - 1) * time.Second)
	f.wantNone(lowsky.HazardZoneEntry)
	f.reports(time.Second, named)
	f.reports((planless - 1) * time.Second)
	f.wantNone(lowsky.HazardZoneEntry)
	f.reports(2 * time.Second)
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
}
