package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/store/storetest"
)

// TestLastSeen: who flew when the platform went away.
func TestLastSeen(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	add := func(id string, ago time.Duration, change func(*lowsky.TelemetryReport)) {
		r := report(id, noon.Add(-ago))
		r.ReceivedAt = r.MeasuredAt
		if change != nil {
			change(r)
		}
		j.add(telemetry(r))
	}
	status := func(v lowsky.FlightStatus) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { r.Status = lowsky.Some(v) }
	}
	low := func(r *lowsky.TelemetryReport) { r.Position.Value.AGL = lowsky.Some[lowsky.Metres](1) }
	for i := range 20 {
		add("flies", time.Duration(30-i)*time.Second, status(lowsky.StatusAirborne))
	}
	add("flies", 5*time.Second, func(r *lowsky.TelemetryReport) { // the other half of a partial document
		r.Position = lowsky.Opt[lowsky.Position]{}
		r.Pilot = lowsky.Some(lowsky.Position{Longitude: 114.2, Latitude: 29.7})
		r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(7))
	})
	add("landed", 20*time.Second, status(lowsky.StatusAirborne))
	add("landed", 10*time.Second, status(lowsky.StatusGround))
	add("long ago", 20*time.Minute, status(lowsky.StatusAirborne))
	add("high", time.Minute, nil) // no status: 60 m up
	add("low", time.Minute, low)
	add("fast", time.Minute, func(r *lowsky.TelemetryReport) { low(r); r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(2.1)) })
	add("forced", time.Minute, func(r *lowsky.TelemetryReport) { low(r); r.ForcedLanding = true })
	add("simulated", time.Minute, func(r *lowsky.TelemetryReport) { r.Simulated = true })
	add("back-filled", time.Minute, func(r *lowsky.TelemetryReport) { r.BackFill = true })
	add("clock ahead", time.Minute, func(r *lowsky.TelemetryReport) { r.MeasuredAt = r.MeasuredAt.Add(59 * time.Minute) })
	add("clock years off", time.Minute, func(r *lowsky.TelemetryReport) { r.MeasuredAt = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) })
	catchUp(t, s, j)

	got, err := s.LastSeen(t.Context(), lowsky.Everything, noon.Add(-15*time.Minute), noon)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range got {
		names = append(names, string(l.Aircraft))
	}
	if d := cmp.Diff([]string{"clock ahead", "clock years off", "fast", "flies", "forced", "high"}, names); d != "" {
		t.Fatalf("flew (-want +got):\n%s", d)
	}
	f := got[3]
	want := lowsky.LastSeen{
		Aircraft: "flies", Source: "gw-1", Format: "native", Seq: 21, MeasuredAt: noon.Add(-5 * time.Second), ReceivedAt: noon.Add(-5 * time.Second),
		Status: lowsky.Some(lowsky.StatusAirborne), Position: report("", noon).Position, GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(7)),
		Pilot: lowsky.Some(lowsky.Position{Longitude: 114.2, Latitude: 29.7}),
	}
	if d := cmp.Diff(want, f); d != "" {
		t.Errorf("joined (-want +got):\n%s", d)
	}
	other := lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421224"}}
	if got, err := s.LastSeen(t.Context(), other, noon.Add(-15*time.Minute), noon); err != nil || len(got) != 0 {
		t.Errorf("out of scope: %v, %v", got, err)
	}
}

// TestLastSeenStepsFromAircraftToAircraft: it must not read every report of the day.
func TestLastSeenOfManyReports(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	for i := range 4000 {
		r := report(fmt.Sprintf("a-%d", i%40), noon.Add(-time.Duration(i)*time.Second/10))
		r.ReceivedAt = r.MeasuredAt
		j.add(telemetry(r))
	}
	catchUp(t, s, j)
	got, err := s.LastSeen(t.Context(), lowsky.Everything, noon.Add(-time.Second), noon.Add(time.Second))
	if err != nil || len(got) != 11 {
		t.Errorf("%d aircraft, %v", len(got), err)
	}
}

// TestLastSeenTakeoff: where a flight began is known again after a restart.
func TestLastSeenTakeoff(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	metres := func(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(v)) }
	add := func(id string, ago time.Duration, status lowsky.FlightStatus, p lowsky.Position, takeoff lowsky.Opt[lowsky.Metres]) {
		r := report(id, noon.Add(-ago))
		r.ReceivedAt, r.Status, r.TakeoffHAE = r.MeasuredAt, lowsky.Some(status), takeoff
		p.Longitude, p.Latitude = r.Position.Value.Longitude, r.Position.Value.Latitude
		r.Position = lowsky.Some(p)
		j.add(telemetry(r))
	}
	type pos = lowsky.Position
	none := lowsky.Opt[lowsky.Metres]{}
	up, down := lowsky.StatusAirborne, lowsky.StatusGround
	add("told", time.Minute, up, pos{AboveTakeoff: metres(60)}, metres(41))
	add("told", 50*time.Second, up, pos{AboveTakeoff: metres(60)}, none)
	add("two heights", time.Minute, up, pos{AboveTakeoff: metres(60), HAE: metres(103)}, none)
	add("on the ground", 90*time.Minute, down, pos{HAE: metres(7)}, none)
	add("on the ground", 80*time.Minute, down, pos{HAE: metres(39), AMSL: metres(52)}, none)
	add("on the ground", time.Minute, up, pos{AboveTakeoff: metres(60)}, none)
	add("long ago", 7*time.Hour, down, pos{HAE: metres(39)}, none)
	add("long ago", time.Minute, up, pos{AboveTakeoff: metres(60)}, none)
	add("needs none", 80*time.Minute, down, pos{HAE: metres(39)}, none)
	add("needs none", time.Minute, up, pos{AboveTakeoff: metres(60), AMSL: metres(99)}, none)
	catchUp(t, s, j)
	got, err := s.LastSeen(t.Context(), lowsky.Everything, noon.Add(-15*time.Minute), noon)
	if err != nil || len(got) != 5 {
		t.Fatalf("%d aircraft, %v", len(got), err)
	}
	takeoff := map[lowsky.AircraftID]lowsky.Opt[lowsky.Metres]{"told": metres(41), "two heights": metres(43)}
	for _, l := range got {
		if l.TakeoffHAE != takeoff[l.Aircraft] {
			t.Errorf("%s: take-off at %v", l.Aircraft, l.TakeoffHAE)
		}
		if g := l.Ground.Value; l.Ground.OK != (l.Aircraft == "on the ground") || l.Ground.OK && (g.HAE != metres(39) || g.AMSL != metres(52) || g.Check() != nil) {
			t.Errorf("%s: on the ground %v", l.Aircraft, l.Ground)
		}
	}
}
