package simulator

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lowsky"
)

// full uses every section and every key of the format; the test of the schema walks what the reader asks of it.
const full = `scenario: full
name: {zh: 全, en: Full}
include: [parts/common.yaml]
seed: 3
start: 2026-10-16T08:00:00+08:00
duration: 10m
repeat: 20m
only: false
demo: false
organisation: org-1
region: xianning
geoid: -14
ground: {hae: 14, accuracy: 1}
noise: {horizontal: 2.5, vertical: 4, white: 0.5, tau: 30s, speed: 0.1, loss: 0.05, latency: 50ms, jitter: 100ms}
weather: {wind: {from: 270, speed: 2..4, gust: 1}, qnh: 1016}
zones:
  - id: dam
    name: {zh: 大坝, en: Dam}
    kind: dam
    restriction: prohibited
    circle: {centre: [114.3, 29.8], radius: 200..300}
    floor: {agl: 0}
    ceiling: {amsl: 150}
    buffer: 0
    warning_band: 100
    exempt: [{plan: p-1}, {organisation: org-2, scenario: rescue}]
    active: [{from: 60s, until: 180s}]
  - id: school
    restriction: conditional
    polygon: [[114.40, 29.80], [114.41, 29.80], [114.41, 29.81], [114.40, 29.81]]
    holes: [[[114.404, 29.804], [114.406, 29.804], [114.406, 29.806], [114.404, 29.806]]]
    ceiling: {hae: 200}
  - {id: line, restriction: requires_authorisation, corridor: {line: [[114.35, 29.80], [114.35, 29.82]], width: 60}, ceiling: {agl: 120}}
profiles:
  quad: {class: light, agricultural: false, model: Q1, speed: 12, acceleration: 2, climb: 4, sink: 3, turn: 60, endurance: 30m, return_at: 30}
gateways:
  - {id: gw-1, wire: native, name: {zh: 网关, en: Gateway}, model: G, at: [114.3, 29.8], ground: 20}
aircraft:
  - id: w-01
    name: {zh: 康-01, en: W-01}
    scenario: wellness
    profile: quad
    contact: {name: 演示, phone: "000"}
    wire: native
    gateway: gw-1
    organisation: org-2
    other_ids: [w-01-rid]
    interval: 1s
    heights: [hae, amsl]
    accuracies: false
    home: [114.30, 29.81]
    ground: 14
    start: -1m
    every: 25m
    turnaround: 2m
    laps: 2
    path:
      - waypoints: [[114.30, 29.812, 60], [114.31, 29.812, 80..90]]
      - {speed: 8, orbit: {centre: [114.31, 29.82], radius: 150, agl: 80, turns: 2, reverse: true}}
      - lanes: {from: [114.301, 29.811], course: 90, length: 200, spacing: 20, count: 4, agl: 30}
      - grid: {from: [114.301, 29.811], course: 0, length: 200, width: 100, spacing: 50, agl: 60}
      - hover: {at: [114.30, 29.812], agl: 60, for: 10s..20s}
  - id: s
    scenario: tourism
    profile: quad
    swarm: {count: 4, spacing: 30, shape: ring}
    home: [114.32, 29.83]
    path:
      - parcels: {pads: [[114.321, 29.83], [114.322, 29.831]], agl: 40, stay: 30s}
      - land: {at: [114.32, 29.832], agl: 40, for: 10s}
plans: [{id: p-1, aircraft: w-01, from: 0s, until: 5m}, {id: p-s, aircraft: s, from: 1m, until: 3m}]
traffic: [{id: "78a001", callsign: B-1, source: adsb-1, speed: 60, interval: 1s, start: 10s, pressure: true, path: [[114.2, 29.8, 600], [114.5, 29.8, 500]]}]
commands:
  - {command: fly_to, aircraft: w-01, at: 60s, for: 60s, to: [114.31, 29.81], agl: 80, speed: 10}
  - {command: hold, aircraft: s, at: 3m}
faults:
  - {fault: zone_breach, aircraft: w-01, at: 3m, for: 1m, zone: dam, depth: 8..60, speed: 3..12, agl: 60}
  - {fault: gateway_down, gateway: gw-1, at: 5m, for: 30s}
expect: [{object: w-01, hazard: zone_entry, subject: "zone:dam", level: inside, severity: warning, from: 3m, until: 4m}]
forbid: [{object: "source:gw-1", hazard: source_down, severity: caution, from: 0s, until: 5m}]
`

// fullCommon is what full includes.
const fullCommon = `profiles:
  dock: {class: light, model: D1, speed: 10}
gateways: [{id: dock-1, wire: dji, at: [114.30, 29.80], ground: 20}]
noise: {horizontal: 9}
aircraft:
  - {id: c-01, scenario: city, profile: dock, wire: dji, gateway: dock-1, home: [114.30, 29.80], path: [{hover: {at: [114.301, 29.80], agl: 50, for: 1m}}]}
`

func fullFiles() fstest.MapFS {
	return files("flights/full.yaml", full, "flights/parts/common.yaml", fullCommon)
}

// files makes a folder of names and texts.
func files(pairs ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return out
}

func TestLoadFull(t *testing.T) {
	s, err := Load(fullFiles(), "flights/full.yaml", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := Lint(fullFiles(), "flights/full.yaml"); got != nil {
		t.Fatalf("lint finds %v", got)
	}
	if s.Seed != 3 || s.Noise.Horizontal != 2.5 || s.Noise.Loss != 0.05 || s.Region != "xianning" || s.Ground.HAE != 14 {
		t.Errorf("read %+v", s)
	}
	if want := time.Date(2026, 10, 16, 0, 0, 0, 0, time.UTC); !s.Start.Equal(want) {
		t.Errorf("start %s, want %s", s.Start, want)
	}
	ids := ""
	for _, a := range s.Aircraft {
		ids += string(a.ID) + " "
	}
	if ids != "c-01 w-01 s-1 s-2 s-3 s-4 " {
		t.Errorf("fleet %s: included aircraft come first and swarms are written out", ids)
	}
	if w := s.Aircraft[1]; w.Heights != (Heights{HAE: true, AMSL: true}) || w.Accuracies || w.OtherIDs[0] != "w-01-rid" {
		t.Errorf("aircraft %+v", w)
	}
	if c := s.Aircraft[0]; c.Heights != (Heights{true, true, true, true}) || !c.Accuracies {
		t.Errorf("defaults of aircraft %+v", c)
	}
	if tr := s.Traffic[0]; tr.ID != "78a001" || tr.Path[1].AGL != 500 || !tr.Pressure || tr.Source != "adsb-1" {
		t.Errorf("traffic %+v", tr)
	}
	if len(s.Plans) != 5 || s.Plans[4].ID != "p-s" || s.Plans[4].Aircraft.ID != "s-4" {
		t.Errorf("%d plans; the members of a swarm fly one together", len(s.Plans))
	}
	if len(s.Commands) != 5 || s.Commands[1].For != 7*time.Minute || s.Commands[1].Aircraft.Swarm != "s" {
		t.Errorf("%d commands; one to a swarm is one to each member, and without for it holds to the end", len(s.Commands))
	}
	if f := s.Faults[0]; f.Params.Zone != s.Zones[0] || f.Params.Depth < 8 || f.Params.Depth > 60 || !f.Params.HasDepth || f.Params.HasTo {
		t.Errorf("fault %+v", f.Params)
	}
	if e := s.Expect[0]; e.Level != "inside" || e.File != "flights/full.yaml" || len(s.Forbid) != 1 {
		t.Errorf("expectation %+v", e)
	}
	if z := s.Zones[1].Geometry.Polygons; len(z) != 1 || len(z[0]) != 2 || z[0][0][0] != z[0][0][4] {
		t.Errorf("polygon %v: it is closed and has its hole", z)
	}
	z := s.Zones[0]
	if z.Ceiling.Value != (lowsky.Altitude{Metres: 150, Datum: lowsky.AMSL}) || z.WarningBand.Value != 100 || !z.Buffer.OK || len(z.Exemptions) != 2 {
		t.Errorf("zone %+v", z)
	}
	for at, want := range map[time.Duration]bool{59 * time.Second: false, 60 * time.Second: true, 179 * time.Second: true, 180 * time.Second: false} {
		if z.Applicability.ActiveAt(s.Start.Add(at)) != want {
			t.Errorf("at %s the zone is in force: %v", at, !want)
		}
	}
	later := s.StartingAt(s.Start.Add(time.Hour))
	if z := later.Zones[0]; z.Applicability.ActiveAt(s.Start.Add(90*time.Second)) || !z.Applicability.ActiveAt(later.Start.Add(90*time.Second)) {
		t.Error("the zone is not in force an hour later")
	}
	if !z.Applicability.ActiveAt(s.Start.Add(90 * time.Second)) {
		t.Error("StartingAt changed the scenario it was asked of")
	}
}

func TestSwarmShapes(t *testing.T) {
	for _, c := range []struct {
		shape string
		count int
	}{{"line", 6}, {"grid", 6}, {"ring", 6}, {"ring", 2}} {
		text := strings.Replace(small, "  - id: x-01\n", fmt.Sprintf("  - id: x-01\n    swarm: {count: %d, spacing: 30, shape: %s}\n", c.count, c.shape), 1)
		text = strings.Replace(strings.Replace(text, "{object: x-01,", "{object: x-01-1,", 1), "aircraft: x-01}", "aircraft: x-01}", 1)
		s := read(t, text)
		members := s.Aircraft[2:]
		if len(members) != c.count {
			t.Fatalf("%s: %d members", c.shape, len(members))
		}
		f := newFrame(Point{114.40, 29.80})
		for i, m := range members {
			near, pad := math.Inf(1), math.Inf(1)
			for k, o := range members {
				if k != i {
					near = math.Min(near, f.vec(m.Home).sub(f.vec(o.Home)).length())
					pad = math.Min(pad, f.vec(m.Mission.Legs[0].Land.At).sub(f.vec(o.Mission.Legs[0].Land.At)).length())
				}
			}
			if math.Abs(near-30) > 0.01 || math.Abs(pad-30) > 0.01 {
				t.Errorf("%s: the nearest of %s is %.2f m away at home and %.2f m on the path, want 30", c.shape, m.ID, near, pad)
			}
		}
		if len(s.Faults) != 2+c.count {
			t.Errorf("%d faults: one on a swarm strikes each member", len(s.Faults))
		}
	}
}

func TestRangesAreDrawn(t *testing.T) {
	draws := func(text string) (depth, speed []float64) {
		for seed := range uint64(400) {
			s, err := Load(files("s.yaml", text), "s.yaml", LoadOptions{Seed: lowsky.Some(seed)})
			if err != nil {
				t.Fatal(err)
			}
			if s.Seed != seed {
				t.Fatalf("seed %d, want %d", s.Seed, seed)
			}
			p := s.Faults[len(s.Faults)-1].Params
			depth, speed = append(depth, p.By), append(speed, p.Course)
		}
		return depth, speed
	}
	text := strings.Replace(small, "expect:", "  - {fault: gps_jump, aircraft: l-01, at: 20s..40s, for: 30s, by: 8..60, course: 0..360}\nexpect:", 1)
	by, course := draws(text)
	var sum, low, high, cross float64
	for i, v := range by {
		if v < 8 || v > 60 {
			t.Fatalf("drew %g", v)
		}
		sum += v / 400
		cross += (v - 34) / 26 * (course[i] - 180) / 180 / 400
		if v < 21 {
			low++
		}
		if v > 47 {
			high++
		}
	}
	// 400 even draws: the mean within 3 sigma of 0.75, a quarter of them 100 ± 26.
	if math.Abs(sum-34) > 2.3 || math.Abs(low-100) > 26 || math.Abs(high-100) > 26 {
		t.Errorf("mean %.1f, %g in the lowest quarter, %g in the highest", sum, low, high)
	}
	if math.Abs(cross) > 0.05 {
		t.Errorf("two fields of one entry hang together: %.3f", cross)
	}
	again, _ := draws(strings.Replace(text, "faults:\n", "faults:\n  - {fault: freeze, aircraft: c-01, at: 1s, for: 2s..3s}\n", 1))
	for i := range by {
		if again[i] != by[i] {
			t.Fatal("a new fault before this one changes what is drawn for it")
		}
	}
}

func TestRangeSpelling(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"geoid: -14", "geoid: -20..-14", ""},
		{"geoid: -14", "geoid: -14..-20", "geoid: from -14 is above to -20"},
		{"geoid: -14", "geoid: -14..900", "geoid: must be a number from -110 to 90"},
		{"geoid: -14", "geoid: -900..-14", "geoid: must be a number"},
		{"geoid: -14", "geoid: 1...2", "geoid: must be a number"},
		{"geoid: -14", "geoid: 0x1..0x2", "geoid: must be a number"},
		{"geoid: -14", "geoid: nan..inf", "geoid: must be a number"},
		{"geoid: -14", "geoid: ..5", "geoid: must be a number"},
		{"at: 30s", "at: 20s..40s", ""},
		{"at: 30s", "at: 40s..20s", "at: from 40s is above to 20s"},
		{"at: 30s", "at: 20..40", "at: must be a duration"},
		{"laps: 2", "laps: 2..5", ""},
		{"laps: 2", "laps: 2..5.5", "laps: must be a whole number"},
		{"laps: 2", "laps: 5..2", "laps: from 5 is above to 2"},
		{"seed: 7", "seed: 1..7", "seed: must be one number"},
	} {
		_, err := Read("s", strings.NewReader(strings.Replace(small, c.old, c.new, 1)))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

func TestDepthOfZones(t *testing.T) {
	m := newFrame(Point{114.3, 29.8})
	polygon := func(rings ...[][2]float64) string {
		text := func(r [][2]float64) string {
			var b strings.Builder
			for i, p := range r {
				at := m.point(vec{p[0], p[1]})
				fmt.Fprintf(&b, "%s[%.8f, %.8f]", map[bool]string{true: ", "}[i > 0], at.Longitude, at.Latitude)
			}
			return "[" + b.String() + "]"
		}
		s := "polygon: " + text(rings[0])
		for i, r := range rings[1:] {
			s += map[bool]string{true: ", holes: ["}[i == 0] + text(r) + "]"
		}
		return s
	}
	rectangle := [][2]float64{{0, 0}, {400, 0}, {400, 200}, {0, 200}}
	for _, c := range []struct {
		name, shape string
		want        float64
	}{
		{"circle", "circle: {centre: [114.3, 29.8], radius: 250}", 250},
		{"circle with a buffer", "circle: {centre: [114.3, 29.8], radius: 250}, buffer: 40", 290},
		{"corridor", "corridor: {line: [[114.3, 29.8], [114.31, 29.8]], width: 90}", 45},
		{"rectangle", polygon(rectangle), 100},
		// ##____   an L of arms 100 wide: its deepest place is near the corner, at 100 * (2 - √2)
		{"L", polygon([][2]float64{{0, 0}, {400, 0}, {400, 100}, {100, 100}, {100, 400}, {0, 400}}), 58.58},
		{"rectangle with a hole", polygon(rectangle, [][2]float64{{150, 50}, {250, 50}, {250, 150}, {150, 150}}), 75},
	} {
		text := "zones:\n  - {id: z, restriction: prohibited, " + c.shape + "}\n" + small
		text = strings.Replace(text, "zone:z1", "zone:z", 1)
		z := read(t, text).Zones[0]
		if got := depthOf(z); math.Abs(got-c.want) > 1 {
			t.Errorf("%s: %.2f m deep, want %.2f", c.name, got, c.want)
		}
	}
}

func TestReadHasNoFolder(t *testing.T) {
	_, err := Read("s.yaml", strings.NewReader("include: [a.yaml]\n"+small))
	if err == nil || !strings.Contains(err.Error(), "s.yaml:1: include[0]: a.yaml cannot be included") || !errors.Is(err, lowsky.ErrInvalid) {
		t.Error(err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(full, fullCommon, "profiles: {}")
	f.Add("include: [a.yaml, parts/common.yaml]\n"+small, "include: [../s.yaml]", "zones: [{id: z, restriction: prohibited, circle: {centre: [1, 2], radius: 1..9}}]")
	f.Add("include: [a.yaml]", "a: [", "include: [a.yaml]")
	f.Fuzz(func(t *testing.T, text, common, a string) {
		fsys := files("s.yaml", text, "parts/common.yaml", common, "a.yaml", a)
		s, err := Load(fsys, "s.yaml", LoadOptions{Seed: lowsky.Some(uint64(len(text)))})
		wrong := Lint(fsys, "s.yaml")
		for _, e := range wrong {
			if e.File == "" || e.Line < 1 || e.Problem == "" {
				t.Errorf("error without its place: %+v", e)
			}
		}
		if err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("%v is not ErrInvalid", err)
			}
			return
		}
		e := NewEngine(s, s.Seed, s.Start)
		for range 50 {
			e.Next()
		}
	})
}
