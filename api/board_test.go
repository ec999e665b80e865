package api

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

var epoch = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// fly makes a track view over Xianning; each i has its own place.
func fly(id string, i int) *lowsky.TrackView {
	return &lowsky.TrackView{
		ID: lowsky.AircraftID(id), Source: "gw-1", Format: "native", Class: lowsky.Light, State: lowsky.TrackAirborne,
		ReceivedAt: epoch, ObservedAt: epoch, Interval: time.Second, Registered: true,
		Position: lowsky.Some(lowsky.Position{
			Longitude: 113.6 + lowsky.Degrees(i%100)*0.013, Latitude: 29.1 + lowsky.Degrees(i/100)*0.012,
			HAE: lowsky.Some[lowsky.Metres](134), AGL: lowsky.Some[lowsky.Metres](100),
		}),
		GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](12), Course: lowsky.Some[lowsky.Degrees](271),
		Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421202", "421200"},
	}
}

func at(v *lowsky.TrackView, lon, lat lowsky.Degrees) *lowsky.TrackView {
	w := *v
	w.Position.Value.Longitude, w.Position.Value.Latitude = lon, lat
	return &w
}

func alarming(v *lowsky.TrackView, s lowsky.Severity) *lowsky.TrackView {
	w := *v
	w.Severity = s
	return &w
}

// firing makes an open alert on an aircraft.
func firing(id, aircraft string, rev uint64) *lowsky.Alert {
	return &lowsky.Alert{
		ID: lowsky.AlertID(id), Rev: rev, State: lowsky.AlertFiring, Severity: lowsky.Warning, PeakSeverity: lowsky.Warning,
		AlertKey: lowsky.AlertKey{
			Object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: aircraft}, Hazard: lowsky.HazardZoneEntry,
			Subject: lowsky.Subject{Kind: lowsky.ObjectZone, ID: "z1"},
		},
		RaisedAt: epoch, FiredAt: epoch, ChangedAt: epoch, LastFoundAt: epoch, LastJudgedAt: epoch,
		Handling:     lowsky.Handling{State: lowsky.HandlingNew},
		Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421202", "421200"},
	}
}

// crowd is a board with n aircraft, which a hub would have been told of.
func crowd(n int) (*Board, []*entry) {
	b := NewBoard(BoardConfig{Now: func() time.Time { return epoch }})
	b.flushing.Store(true)
	changes := make([]lowsky.Change, n)
	for i := range changes {
		changes[i] = lowsky.Change{Seq: uint64(i + 1), Track: fly(fmt.Sprintf("a-%d", i), i)}
	}
	b.Publish(changes)
	return b, b.dirty
}

func TestSlotsAreParked(t *testing.T) {
	now := epoch
	var b slotBook
	b.park = 10 * time.Minute
	if a, c := b.take("a", now), b.take("c", now); a != 0 || c != 1 {
		t.Fatalf("slots %d %d", a, c)
	}
	b.release(0, "a", now)
	now = now.Add(5 * time.Minute)
	if s := b.take("a", now); s != 0 {
		t.Errorf("a came back to slot %d", s)
	}
	b.release(0, "a", now)
	now = now.Add(10*time.Minute - time.Nanosecond)
	if s := b.take("d", now); s != 2 {
		t.Errorf("d got slot %d while it was parked", s)
	}
	now = now.Add(time.Nanosecond)
	if s := b.take("e", now); s != 0 {
		t.Errorf("e got slot %d, want the parked one", s)
	}
	if s := b.take("a", now); s != 3 {
		t.Errorf("a got slot %d, its old one is e's", s)
	}
	if len(b.parked) != 0 {
		t.Errorf("still parked: %v", b.parked)
	}
}

func TestBoardReadsTakeTheScope(t *testing.T) {
	b := NewBoard(BoardConfig{})
	elsewhere := fly("b", 2)
	elsewhere.Organisation, elsewhere.Jurisdictions = "other", []lowsky.JurisdictionID{"421281"}
	foreign := firing("x2", "b", 1)
	foreign.Organisation, foreign.Jurisdictions = "other", []lowsky.JurisdictionID{"421281"}
	b.Publish([]lowsky.Change{
		{Track: fly("a", 1)}, {Track: elsewhere}, {Alert: firing("x1", "a", 1)}, {Alert: foreign},
		{Zones: &lowsky.ZonePublication{Upsert: []*lowsky.Zone{
			{ID: "z1", Organisation: "city"}, {ID: "z2", Organisation: "other"},
		}}},
		{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{
			{ID: "a", Organisation: "city", ContactName: "王", ContactPhone: "1"}, {ID: "b", Organisation: "other"},
		}}},
	})
	count := func(s lowsky.Scope) [4]int {
		zones, _ := b.Zones(s)
		return [4]int{len(b.Tracks(s)), len(b.Alerts(s, lowsky.AlertQuery{})), len(zones), len(b.Aircraft(s))}
	}
	for _, c := range []struct {
		scope lowsky.Scope
		want  [4]int
	}{
		{lowsky.Everything, [4]int{2, 2, 2, 2}},
		{lowsky.Scope{}, [4]int{}},
		{lowsky.Scope{Organisations: []lowsky.OrganisationID{"other"}}, [4]int{1, 1, 1, 1}},
		{lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}, [4]int{1, 1, 0, 0}},
	} {
		if got := count(c.scope); got != c.want {
			t.Errorf("%+v sees %v, want %v", c.scope, got, c.want)
		}
	}
	other := lowsky.Scope{Organisations: []lowsky.OrganisationID{"other"}}
	if _, err := b.Track(other, "a"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("track a: %v", err)
	}
	if _, err := b.Alert(other, "x1"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("alert x1: %v", err)
	}
	if _, err := b.Zone(other, "z1"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("zone z1: %v", err)
	}
	if _, err := b.Registered(other, "a"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("aircraft a: %v", err)
	}
}

func TestBoardAlerts(t *testing.T) {
	b := NewBoard(BoardConfig{Resolved: 2})
	b.Load(&lowsky.PictureStart{Alerts: []*lowsky.Alert{firing("x0", "a", 7)}})
	if a, err := b.Alert(lowsky.Everything, "x0"); err != nil || a.SavedRev != 7 {
		t.Errorf("loaded alert: %+v %v", a.SavedRev, err)
	}
	b.Publish([]lowsky.Change{{Alert: firing("x1", "a", 2)}, {Alert: firing("x1", "a", 1)}})
	if a, _ := b.Alert(lowsky.Everything, "x1"); a.Rev != 2 {
		t.Errorf("an older revision hides a newer one: %d", a.Rev)
	}
	b.Stored([]AlertRev{{"x1", 1}, {"nobody", 1}})
	if a, _ := b.Alert(lowsky.Everything, "x1"); a.SavedRev != 1 {
		t.Errorf("saved %d", a.SavedRev)
	}
	for i := range 4 {
		a := firing(fmt.Sprintf("p%d", i), "a", 1)
		a.State, a.Handling.State = lowsky.AlertResolved, lowsky.HandlingAcknowledged
		b.Publish([]lowsky.Change{{Alert: a}})
	}
	if got := b.Alerts(lowsky.Everything, lowsky.AlertQuery{State: lowsky.AlertsResolved}); len(got) != 2 || got[0].ID != "p3" {
		t.Errorf("kept %d resolved alerts, want the newest 2", len(got))
	}
	if got := b.Alerts(lowsky.Everything, lowsky.AlertQuery{State: lowsky.AlertsOpen}); len(got) != 2 {
		t.Errorf("%d open alerts", len(got))
	}
	// Whatever its numbers are, an alert can be shown.
	odd := firing("odd", "a", 1)
	odd.Measured, odd.Margin = lowsky.Some(math.NaN()), lowsky.Some(2.0)
	odd.Position = lowsky.Some(lowsky.Position{Longitude: lowsky.Degrees(math.Inf(1))})
	b.Publish([]lowsky.Change{{Alert: odd}})
	got, err := b.Alert(lowsky.Everything, "odd")
	if err != nil || got.Measured.OK || got.Position.OK || got.Margin.Value != 2 {
		t.Errorf("odd alert: %+v %v", got, err)
	}
}

func TestContact(t *testing.T) {
	b := NewBoard(BoardConfig{})
	v := fly("a", 1)
	v.Pilot = lowsky.Some(lowsky.Position{Longitude: 114, Latitude: 29})
	b.Publish([]lowsky.Change{
		{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "a", ContactName: "王", ContactPhone: "139"}}}},
		{Track: v}, {Alert: firing("x", "a", 1)}, {Alert: firing("y", "stranger", 1)},
	})
	want := &Contact{Name: "王", HasPhone: true, PilotLongitude: lowsky.Some[lowsky.Degrees](114), PilotLatitude: lowsky.Some[lowsky.Degrees](29)}
	x, _ := b.Alert(lowsky.Everything, "x")
	if diff := cmp.Diff(want, x.Contact); diff != "" {
		t.Error(diff)
	}
	if y, _ := b.Alert(lowsky.Everything, "y"); y.Contact != nil {
		t.Errorf("whom to call about a stranger: %+v", y.Contact)
	}
}

func BenchmarkPublishTrack(b *testing.B) {
	board, _ := crowd(10_000)
	views := make([]lowsky.Change, 10_000)
	for i := range views {
		views[i] = lowsky.Change{Seq: uint64(i), Track: fly(fmt.Sprintf("a-%d", i), i)}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		board.Publish(views[i : i+1])
		i = (i + 1) % len(views)
	}
}

func TestStationsAreJoinedByField(t *testing.T) {
	b := NewBoard(BoardConfig{})
	dock := func(r lowsky.StationReport) lowsky.Change {
		r.Station, r.Source = "dock-1", "gw-1"
		return lowsky.Change{Station: &r}
	}
	b.Publish([]lowsky.Change{
		dock(lowsky.StationReport{Kind: lowsky.StationDock, DroneInDock: lowsky.Some(true), WindSpeed: lowsky.Some[lowsky.MetresPerSecond](3)}),
		dock(lowsky.StationReport{WindSpeed: lowsky.Some[lowsky.MetresPerSecond](8)}),
	})
	got := b.Stations(lowsky.Everything)
	if len(got) != 1 || !got[0].DroneInDock.Value || got[0].WindSpeed.Value != 8 || got[0].Kind != lowsky.StationDock {
		t.Errorf("%+v", got)
	}
	if n := len(b.Stations(lowsky.Scope{})); n != 0 {
		t.Errorf("nobody sees %d", n)
	}
}

func TestTrafficIsForgotten(t *testing.T) {
	b := NewBoard(BoardConfig{})
	for i := range maxTraffic + 5 {
		b.Publish([]lowsky.Change{{Traffic: &lowsky.TrafficReport{Traffic: fmt.Sprint(i), ReceivedAt: epoch.Add(time.Duration(i) * time.Millisecond)}}})
	}
	if n := len(b.Traffic(lowsky.Everything, epoch)); n != maxTraffic {
		t.Errorf("%d kept", n)
	}
	if n := len(b.Traffic(lowsky.Everything, epoch.Add(61*time.Second))); n >= maxTraffic {
		t.Errorf("%d still shown", n)
	}
}
