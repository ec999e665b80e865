package lab

import (
	"bytes"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
	"lowsky/ingest"
	"lowsky/picture"
	"lowsky/regions"
	"lowsky/scenarios"
	"lowsky/simulator"
)

// The demo's alert list holds what its script says and nothing else: after ten minutes, and once more through the
// script. Flown in virtual time through the decoders and the engine, from several starting points of the clock.
func TestDemoScript(t *testing.T) {
	t.Parallel()
	region, err := regions.Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	areas, err := airspace.NewAreas(region.Jurisdictions)
	if err != nil {
		t.Fatal(err)
	}
	zones, _, err := geojson.Read(bytes.NewReader(region.DemoZones))
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range zones {
		z.Version = 1
	}
	packs, err := scenarios.Packs()
	if err != nil {
		t.Fatal(err)
	}
	scenario, err := simulator.Read("fleet.yaml", bytes.NewReader(region.DemoFleet))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(scenario.Aircraft); n < 60 {
		t.Errorf("the demo fleet has %d aircraft, want at least 60", n)
	}
	if len(scenario.Expect) == 0 || !scenario.Only {
		t.Fatal("the script expects nothing, or allows anything besides")
	}
	// A weekday morning, a school hour, a Saturday, a night: zones with schedules come and go.
	for _, start := range []time.Time{
		time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 23, 20, 0, 0, time.UTC),
		time.Date(2026, 11, 28, 6, 30, 0, 0, time.UTC), time.Date(2026, 11, 25, 15, 59, 0, 0, time.UTC),
	} {
		t.Run(start.In(lowsky.Shanghai).Format("Mon 15:04"), func(t *testing.T) {
			t.Parallel()
			index, err := airspace.NewIndex(zones)
			if err != nil {
				t.Fatal(err)
			}
			engine, err := picture.NewEngine(picture.Config{
				Packs: packs, Zones: index, Areas: areas, Aircraft: scenario.Register(), Organisation: region.Organisation,
			})
			if err != nil {
				t.Fatal(err)
			}
			elapsed := 10 * time.Minute
			if start.Weekday() == time.Monday {
				elapsed = 2*scenario.Repeat + time.Minute
			}
			alerts := flyThrough(engine, simulator.NewEngine(scenario, scenario.Seed, start), start, elapsed)
			report := scenario.Check(start, elapsed, alerts)
			if !report.OK() {
				t.Errorf("%v", report)
			}
			if c := engine.Counts(); c.RuleFaults+c.BadRecords+c.Refused > 0 {
				t.Errorf("engine: %+v", c)
			}
		})
	}
}

// LOWSKY_DEMO=off removes what the demo brought: zones, register, tracks, and the alerts that nobody is left to report
// on, those of unregistered aircraft included.
func TestDemoOffLeavesNothing(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{Demo: true})
	Eventually(t, 60*time.Second, func() string { return "the unregistered aircraft's alert and two more" }, func() bool {
		open, rogue := p.OpenAlerts(t), false
		for _, a := range open {
			rogue = rogue || a.Hazard == lowsky.HazardIdentity && a.State == lowsky.AlertFiring
		}
		return rogue && len(open) >= 3
	})
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p = Start(t, Options{DataDir: p.DataDir})
	var out struct {
		Tracks   []any `json:"tracks"`
		Features []any `json:"features"`
		Aircraft []any `json:"aircraft"`
	}
	for _, path := range []string{"/api/v1/tracks", "/api/v1/zones", "/api/v1/aircraft"} {
		p.Do(t, "GET", path, nil, &out)
	}
	if len(out.Tracks)+len(out.Features)+len(out.Aircraft) > 0 {
		t.Errorf("left behind: %d tracks, %d zones, %d register entries", len(out.Tracks), len(out.Features), len(out.Aircraft))
	}
	for _, a := range p.OpenAlerts(t) {
		t.Errorf("left open: %s %s on %s", a.State, a.Hazard, a.Object.ID)
	}
}

// flyThrough lets the engine consume a simulated world with a tick every second, and answers the newest revision of
// every alert.
func flyThrough(engine *picture.Engine, world *simulator.Engine, start time.Time, elapsed time.Duration) []lowsky.Alert {
	newest := map[lowsky.AlertID]lowsky.Alert{}
	var order []lowsky.AlertID
	take := func(changes []lowsky.Change) {
		for i := range changes {
			if a := changes[i].Alert; a != nil {
				if _, seen := newest[a.ID]; !seen {
					order = append(order, a.ID)
				}
				newest[a.ID] = *a
			}
		}
	}
	var seq uint64
	tick := time.Second
	for {
		ev := world.Next()
		for tick <= ev.At && tick <= elapsed {
			seq++
			take(engine.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordTick, At: start.Add(tick)}, nil))
			tick += time.Second
		}
		if ev.At > elapsed {
			break
		}
		seq++
		rec := lowsky.Record{Seq: seq, Kind: lowsky.RecordMessage, At: start.Add(ev.At), Simulated: true, Topic: ev.Topic, Payload: ev.Payload}
		msgs, _ := ingest.DecodeRecord(rec)
		take(engine.Step(rec, msgs))
	}
	alerts := make([]lowsky.Alert, len(order))
	for i, id := range order {
		alerts[i] = newest[id]
	}
	return alerts
}
