package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/api"
	"lowsky/simulator"
)

// reporter publishes single reports of one aircraft when the test says so.
type reporter struct {
	Flight
	pub interface {
		Publish(topic string, payload []byte, qos byte) error
		Close() error
	}
	n int
}

func newReporter(t *testing.T, p *Platform, f Flight) *reporter {
	t.Helper()
	f.Interval = 500 * time.Millisecond
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + p.MQTT, ClientID: "flight-" + f.ID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pub.Close() })
	return &reporter{Flight: f, pub: pub}
}

func (r *reporter) report(t *testing.T, times int) {
	t.Helper()
	for range times {
		if err := r.pub.Publish("lowsky/v1/telemetry/"+r.ID, r.Report(r.n, time.Now()), 1); err != nil {
			t.Fatal(err)
		}
		r.n++
		<-time.After(r.Interval) // the pace of a device
	}
}

func (p *Platform) zoneEntry(t *testing.T, aircraft string) (open []api.AlertView) {
	t.Helper()
	for _, a := range p.OpenAlerts(t) {
		if a.Object.ID == aircraft && a.Hazard == lowsky.HazardZoneEntry {
			open = append(open, a)
		}
	}
	return open
}

// An edited zone changes the judgement of the next report and nothing else. Two aircraft hover in two zones; one zone is
// moved away, and back.
func TestEditedZoneChangesTheNextJudgement(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lat, side = 29.5, 600.0
	const here, there, away = 114.2, 114.3, 114.4
	p.Do(t, "POST", "/api/v1/zones", []byte(square("edited", "prohibited", here, lat, side, "")), nil, "Content-Type", "application/geo+json")
	p.Do(t, "POST", "/api/v1/zones", []byte(square("kept", "prohibited", there, lat, side, "")), nil, "Content-Type", "application/geo+json")
	fields := map[string]any{"height_agl_m": 50}
	a := newReporter(t, p, Flight{ID: "a", Longitude: here, Latitude: lat, Fields: fields})
	b := newReporter(t, p, Flight{ID: "b", Longitude: there, Latitude: lat, Fields: fields})
	fire := func(r *reporter, version int) api.AlertView {
		t.Helper()
		var got api.AlertView
		for range 20 {
			r.report(t, 1)
			if open := p.zoneEntry(t, r.ID); len(open) == 1 && open[0].State == lowsky.AlertFiring && open[0].Zone.Version == version {
				got = open[0]
				break
			}
		}
		if got.ID == "" {
			t.Fatalf("%s: no firing alert under version %d: %+v", r.ID, version, p.zoneEntry(t, r.ID))
		}
		return got
	}
	first, other := fire(a, 1), fire(b, 1)

	edit := func(lon float64, version string) {
		t.Helper()
		p.Do(t, "PUT", "/api/v1/zones/edited", []byte(square("edited", "prohibited", lon, lat, side, "")), nil,
			"If-Match", version, "Content-Type", "application/geo+json")
	}
	edit(away, `"1"`)
	var gone lowsky.Alert
	Eventually(t, 5*time.Second, func() string { return fmt.Sprintf("the alert ends with the zone's change: %s", gone.State) }, func() bool {
		for _, x := range p.allAlerts(t, "a", lowsky.HazardZoneEntry) {
			if x.ID == first.ID {
				gone = x.Alert
			}
		}
		return gone.State == lowsky.AlertResolved
	})
	if gone.ResolveReason != lowsky.ResolvedZoneChanged {
		t.Errorf("reason %q", gone.ResolveReason)
	}
	a.report(t, 3)
	if open := p.zoneEntry(t, "a"); len(open) == 1 && open[0].State == lowsky.AlertFiring {
		t.Errorf("still firing outside of the moved zone: %+v", open[0].Alert)
	}
	if now := p.zoneEntry(t, "b"); len(now) != 1 || now[0].ID != other.ID || now[0].State != lowsky.AlertFiring || now[0].Zone.Version != 1 || now[0].Count != other.Count {
		t.Errorf("the other zone's alert was touched: %+v", now)
	}
	// Somebody else has edited meanwhile: this one is told, and nothing changes.
	if status, text := p.Try(t, "PUT", "/api/v1/zones/edited", []byte(square("edited", "prohibited", here, lat, side, "")), nil,
		"If-Match", `"1"`, "Content-Type", "application/geo+json"); status != 412 {
		t.Errorf("a stale edit: %d %s", status, text)
	}
	edit(here, `"2"`)
	if again := fire(a, 3); again.Zone.Version != 3 {
		t.Errorf("found under version %d", again.Zone.Version)
	}
}

// A draft tells who is inside right now before it is published, and publishes nothing.
func TestDraftTellsWhoIsInside(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lon, lat = 114.2, 29.5
	in := newReporter(t, p, Flight{ID: "in", Longitude: lon, Latitude: lat, Fields: map[string]any{"height_agl_m": 50}})
	above := newReporter(t, p, Flight{ID: "above", Longitude: lon, Latitude: lat, Fields: map[string]any{"height_agl_m": 150}})
	// The terrain envelope decides for who is below 100 m whatever the ground, and not for this one.
	blind := newReporter(t, p, Flight{ID: "blind", Longitude: lon, Latitude: lat, Fields: map[string]any{"altitude_hae_m": 300}})
	out := newReporter(t, p, Flight{ID: "out", Longitude: lon + 0.05, Latitude: lat, Fields: map[string]any{"height_agl_m": 50}})
	for _, r := range []*reporter{in, above, blind, out} {
		r.report(t, 1)
	}
	draft := square("draft", "prohibited", lon, lat, 800, `"ceiling_m":100,"ceiling_datum":"agl"`)
	var answer struct {
		Valid  bool `json:"valid"`
		Inside []struct {
			Aircraft string `json:"aircraft_id"`
			Vertical string `json:"vertical_state"`
		} `json:"inside"`
	}
	vertical := map[string]string{}
	Eventually(t, 10*time.Second, func() string { return fmt.Sprintf("all three inside: %+v", answer) }, func() bool {
		p.Do(t, "POST", "/api/v1/zones/check", []byte(draft), &answer, "Content-Type", "application/geo+json")
		clear(vertical)
		for _, i := range answer.Inside {
			vertical[i.Aircraft] = i.Vertical
		}
		return len(answer.Inside) == 3
	})
	if !answer.Valid || vertical["in"] != "within" || vertical["above"] != "above" || vertical["blind"] != "unknown" {
		t.Errorf("%+v", answer)
	}
	var zones struct {
		Features []json.RawMessage `json:"features"`
	}
	p.Do(t, "GET", "/api/v1/zones", nil, &zones)
	if len(zones.Features) != 0 || len(p.zoneEntry(t, "in")) != 0 {
		t.Errorf("the draft was published: %d zones", len(zones.Features))
	}
}
