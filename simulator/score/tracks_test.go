package score

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/simulator"
)

// flown has a native aircraft that goes 40 m into a zone, one behind a DJI dock that circles, and a helicopter.
const flown = `
scenario: tracks
name: {zh: 航迹, en: Tracks}
seed: 3
duration: 4m
geoid: -13
noise: {horizontal: 2.5, vertical: 4, white: 0.5, tau: 30s, speed: 0.1}
profiles:
  quad: {class: light, model: Q4, speed: 20, acceleration: 3, climb: 5, sink: 4, turn: 60, endurance: 60m}
gateways:
  - {id: dock-1, wire: dji, name: {zh: 一号机场, en: Dock 1}, at: [114.35, 29.84], ground: 14}
zones:
  - {id: dam, name: {zh: 大坝, en: Dam}, restriction: prohibited, circle: {centre: [114.33, 29.83], radius: 300}, buffer: 20}
  - {id: far, name: {zh: 远处, en: Far}, restriction: prohibited, circle: {centre: [114.53, 29.93], radius: 300}}
  - {id: river, name: {zh: 河道, en: River}, restriction: prohibited, corridor: {line: [[114.334, 29.826], [114.338, 29.828], [114.338, 29.834]], width: 60}}
traffic:
  - {id: "78a101", callsign: B-7001, source: adsb-1, speed: 55, start: 30s, path: [[114.31, 29.831804, 110], [114.371384, 29.832255, 110]]}
aircraft:
  - id: a-1
    scenario: city
    profile: quad
    home: [114.334863, 29.83]
    ground: 14
    start: -60s
    laps: 20
    path:
      - {speed: 8, orbit: {centre: [114.334863, 29.83], radius: 50, agl: 60}}
  - id: a-2
    scenario: city
    profile: quad
    wire: dji
    gateway: dock-1
    home: [114.35, 29.84]
    ground: 14
    start: -60s
    laps: 20
    path:
      - {speed: 8, orbit: {centre: [114.35, 29.84], radius: 50, agl: 60}}
faults:
  - {fault: zone_breach, aircraft: a-1, at: 60s, for: 90s, zone: dam, depth: 40, speed: 10}
  - {fault: gps_jump, aircraft: a-1, at: 75s, for: 20s, by: 400, course: 90}
`

func readFlown(t *testing.T) *simulator.Scenario {
	t.Helper()
	sc, err := simulator.Read("tracks.yaml", strings.NewReader(flown))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func tracked(t *testing.T) []*lowsky.ScoreFinding {
	t.Helper()
	aircraft := func(id string) lowsky.Object { return lowsky.Object{Kind: lowsky.ObjectAircraft, ID: id} }
	all := []*lowsky.ScoreFinding{
		{Result: lowsky.ScoreMissed, Object: aircraft("a-1"), Subject: lowsky.Subject{Kind: lowsky.ObjectZone, ID: "dam"}, From: 70 * s, Until: 150 * s},
		{Result: lowsky.ScoreFalse, Object: aircraft("a-2"), From: 20 * s, Until: 20 * s, AlertAt: 20 * s},
		{Result: lowsky.ScoreFalse, Object: lowsky.Object{Kind: lowsky.ObjectPair, ID: "a-1+traffic:78A101"}, From: 50 * s, Until: 60 * s, AlertAt: 55 * s},
		{Result: lowsky.ScoreMissed, Object: lowsky.Object{Kind: lowsky.ObjectSource, ID: "dock-1"}, From: 230 * s, Until: 240 * s},
		{Result: lowsky.ScoreFalse, Object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: "nobody"}, From: 50 * s, Until: 60 * s},
	}
	Tracks(readFlown(t), all)
	return all
}

func metresApart(a, b lowsky.ScoredFix) float64 {
	return math.Hypot((a.Longitude-b.Longitude)*metresPerDegree*math.Cos(a.Latitude*math.Pi/180), (a.Latitude-b.Latitude)*metresPerDegree)
}

func TestTracks(t *testing.T) {
	all := tracked(t)
	for i, f := range all[:4] {
		for _, track := range f.Tracks {
			if len(track.Truth) < 50 || len(track.Truth) > fixesPerTrack || len(track.Reported) < 10 || len(track.Reported) > fixesPerTrack {
				t.Errorf("finding %d, %s: %d true, %d reported", i, track.ID, len(track.Truth), len(track.Reported))
			}
			for k := 1; k < len(track.Truth); k++ {
				if track.Truth[k].At <= track.Truth[k-1].At {
					t.Fatalf("finding %d, %s: times go back", i, track.ID)
				}
			}
		}
	}
	own := all[0].Tracks
	if len(own) != 1 || own[0].ID != "a-1" || own[0].Crewed {
		t.Fatalf("%d tracks, or not the right one", len(own))
	}
	if first, last := own[0].Truth[0].At, own[0].Truth[len(own[0].Truth)-1].At; first != 30*s || last < 149*s || last > 150*s {
		t.Errorf("from %s until %s", first, last)
	}
	// It truly was 40 m deep in the zone of 320 m, at 60 m, and said for 20 s that it was 400 m east of there.
	centre := lowsky.ScoredFix{Longitude: 114.33, Latitude: 29.83}
	deepest := math.Inf(1)
	for _, f := range own[0].Truth {
		deepest = min(deepest, metresApart(f, centre))
		if math.Abs(f.AGL-60) > 1 {
			t.Errorf("at %s %g m above ground", f.At, f.AGL)
		}
	}
	if deepest < 255 || deepest > 290 {
		t.Errorf("%.0f m from the centre of the zone", deepest)
	}
	far := 0
	for _, r := range own[0].Reported {
		if metresApart(r, centre) > 600 {
			far++
			if r.At < 75*s || r.At > 96*s {
				t.Errorf("far away at %s", r.At)
			}
		}
	}
	if far < 18 || far > 21 {
		t.Errorf("%d reports are far away, the fault lasts 20 s", far)
	}
	if got := zoneIDs(all[0]); !cmp.Equal(got, []lowsky.ZoneID{"dam", "river"}) {
		t.Errorf("zones %v", got)
	}
	// A dock's aircraft says where it is in another wire format.
	dock := all[1].Tracks[0]
	for _, r := range dock.Reported {
		if d := metresApart(r, lowsky.ScoredFix{Longitude: 114.35, Latitude: 29.84}); d < 30 || d > 70 {
			t.Errorf("a-2 reported %.0f m from the centre of its circle", d)
		}
	}
	if pair := all[2].Tracks; len(pair) != 2 || pair[0].ID != "a-1" || pair[1].ID != "78a101" || !pair[1].Crewed || math.Abs(pair[1].Truth[0].AGL-83) > 0.1 {
		t.Errorf("%d tracks of the pair, or not the right ones", len(pair))
	}
	if behind := all[3].Tracks; len(behind) != 1 || behind[0].ID != "a-2" {
		t.Errorf("%d tracks behind the dock, or not the right one", len(behind))
	}
	if all[4].Tracks != nil {
		t.Errorf("%d tracks of nobody", len(all[4].Tracks))
	}
	if diff := cmp.Diff(all, tracked(t)); diff != "" {
		t.Errorf("another flight: %s", diff)
	}
}

func zoneIDs(f *lowsky.ScoreFinding) []lowsky.ZoneID {
	var out []lowsky.ZoneID
	for _, z := range f.Zones {
		out = append(out, z.ID)
	}
	return out
}

func TestOutlines(t *testing.T) {
	zones := map[lowsky.ZoneID]lowsky.ScoredOutline{}
	for _, z := range readFlown(t).Zones {
		zones[z.ID] = outlineOf(z)
	}
	dam := zones["dam"].Rings
	if len(dam) != 1 || len(dam[0]) != 49 {
		t.Fatalf("circle: %d rings", len(dam))
	}
	for _, c := range dam[0] {
		if d := metresApart(lowsky.ScoredFix{Longitude: c[0], Latitude: c[1]}, lowsky.ScoredFix{Longitude: 114.33, Latitude: 29.83}); math.Abs(d-320) > 2 {
			t.Errorf("corner of the circle %.1f m from its centre", d)
		}
	}
	// Every corner of the corridor's outline is 30 m from its line, but for the inner corner of the bend.
	line := []lowsky.ScoredFix{{Longitude: 114.334, Latitude: 29.826}, {Longitude: 114.338, Latitude: 29.828}, {Longitude: 114.338, Latitude: 29.834}}
	for _, c := range zones["river"].Rings[0] {
		p := lowsky.ScoredFix{Longitude: c[0], Latitude: c[1]}
		near := math.Inf(1)
		for i := range len(line) - 1 {
			for k := range 1001 {
				f := float64(k) / 1000
				near = min(near, metresApart(p, lowsky.ScoredFix{
					Longitude: line[i].Longitude + f*(line[i+1].Longitude-line[i].Longitude), Latitude: line[i].Latitude + f*(line[i+1].Latitude-line[i].Latitude),
				}))
			}
		}
		if math.Abs(near-30) > 0.5 {
			t.Errorf("corner of the corridor %.1f m from its line", near)
		}
	}
}

func TestThin(t *testing.T) {
	for _, n := range []int{0, 1, 199, 200, 201, 399, 400, 401, 5000} {
		all := make([]time.Duration, n)
		if got := len(thin(all, 200)); got > 200 || n <= 200 && got != n || n > 200 && got < 100 {
			t.Errorf("%d of %d", got, n)
		}
	}
}
