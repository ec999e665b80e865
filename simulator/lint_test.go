package simulator

import (
	"slices"
	"strings"
	"testing"
)

// TestLintFindsEverything changes one thing of a good file and names all that lint must say: file:line: field: reason.
func TestLintFindsEverything(t *testing.T) {
	const main = "flights/full.yaml"
	line := func(text, old string) int {
		before, _, found := strings.Cut(text, old)
		if !found {
			t.Fatalf("%q is not in the scenario", old)
		}
		return 1 + strings.Count(before, "\n")
	}
	for _, c := range []struct{ name, old, new, field, want string }{
		{"wind", "speed: 2..4, gust: 1", "speed: 12, gust: 1", "weather.wind", "13 m/s with its gusts is stronger than aircraft c-01 of profile dock flies, 10 m/s"},
		{"wind at its upper end", "speed: 2..4, gust: 1", "speed: 2..9.5, gust: 1", "weather.wind", "10 m/s (with every range at its upper end)"},
		{"tight orbit", "radius: 150", "radius: 7..150", "aircraft[0].path[1].orbit.radius", "7 m is tighter than 9 m, what profile quad can turn at 8 m/s (with every range at its lower end)"},
		{"speed of a leg", "{speed: 8, orbit", "{speed: 8..12.5, orbit", "aircraft[0].path[1].speed", "12.5 m/s is above the 12 m/s of profile quad (with every range at its upper end)"},
		{"endurance", "endurance: 30m", "endurance: 3m", "aircraft[0].path", "one lap with the ways there and home takes"},
		{"endurance without return", "endurance: 30m, return_at: 30", "endurance: 10m, return_at: 0", "aircraft[0].path", "a mission takes"},
		{"climb", "[114.31, 29.812, 80..90]", "[114.31, 29.812, 420]", "aircraft[0].path", "the way to [114.31, 29.812, 420] asks for 4.5 m/s up, and profile quad climbs at 4 m/s"},
		{"sink", "[114.30, 29.812, 60], [114.31, 29.812, 80..90]", "[114.30, 29.812, 420], [114.31, 29.812, 80]", "aircraft[0].path", "asks for 4.2 m/s down, and profile quad sinks at 3 m/s"},
		{"height", "radius: 150, agl: 80", "radius: 150, agl: 3001", "aircraft[0].path[1].orbit.agl", "from 0.5 to 3000"},
		{"deep breach", "depth: 8..60", "depth: 8..301", "faults[0].depth", "301 m is deeper than zone dam is: at most 300 m from its rim (with every range at its upper end)"},
		{"deep breach of a small draw", "radius: 200..300", "radius: 50..300", "faults[0].depth", "(with some ranges at their lower ends and some at their upper)"},
		{"percent", "- {fault: gateway_down", "- {fault: battery_drop, aircraft: w-01, percent: 101}\n  - {fault: gateway_down", "faults[1].percent", "from 0 to 100"},
		{"speed of a fault", "speed: 3..12, agl", "speed: 3..13, agl", "faults[0].speed", "13 m/s is above the 12 m/s of profile quad"},
		{"gust", "- {fault: gateway_down", "- {fault: wind_gust, aircraft: w-01, speed: 15, course: 90}\n  - {fault: gateway_down", "faults[1].speed", "15 m/s of wind is stronger than aircraft w-01"},
		{"speed of a command", "agl: 80, speed: 10", "agl: 80, speed: 14", "commands[0].speed", "14 m/s is above"},

		{"aircraft twice", "- id: s\n", "- id: w-01\n", "aircraft[1].id", "w-01 is already the aircraft of line 39"},
		{"other id twice", "other_ids: [w-01-rid]", "other_ids: [w-01-rid, w-01]", "aircraft[0].other_ids[1]", "w-01 is already the aircraft"},
		{"other id of another", "other_ids: [w-01-rid]", "other_ids: [c-01]", "aircraft[0].other_ids[0]", "c-01 is already the aircraft of flights/parts/common.yaml:6"},
		{"swarm member", "other_ids: [w-01-rid]", "other_ids: [s-3]", "aircraft[1].swarm", "s-3 is already the other id of w-01 of line 47"},
		{"gateway as aircraft", "- id: s\n", "- id: gw-1\n", "aircraft[1].id", "gw-1 is already the gateway of line 37"},
		{"zone twice", "- id: school", "- id: dam", "zones[1].id", "dam is already the zone of line 17"},
		{"plan twice", "plans: [", "plans: [{id: p-1, aircraft: s-1, from: 0s, until: 4m}, ", "plans[1].id", "p-1 is already the plan of line 71, from 0s until 4m0s"},
		{"traffic twice", "traffic: [", "traffic: [{id: \"78a001\", source: adsb-1, speed: 60, path: [[114.2, 29.8, 600], [114.5, 29.8, 500]]}, ", "traffic[1].id", "78a001 is already the traffic of line"},
		{"source of a gateway", "source: adsb-1", "source: gw-1", "traffic[0].source", "gw-1 is already the gateway"},

		{"fault on nobody", "zone_breach, aircraft: w-01", "zone_breach, aircraft: w-09", "faults[0].aircraft", `zone_breach strikes an aircraft of this file, not "w-09"`},
		{"fault on no zone", "zone: dam, depth", "zone: damn, depth", "faults[0].zone", `there is no zone "damn" in this file`},
		{"fault with both", "zone: dam, depth", "to: [114.3, 29.8], zone: dam, depth", "faults[0]", "zone_breach takes either to or zone and depth, not both"},
		{"fault with half", "zone: dam, depth: 8..60", "zone: dam", "faults[0].depth", "is missing: zone_breach needs it"},
		{"fault on the broker", "- {fault: gateway_down", "- {fault: broker_restart, gateway: gw-1}\n  - {fault: gateway_down", "faults[1]", `broker_restart strikes the broker, not "gw-1"`},
		{"fault late", "at: 3m, for: 1m, zone", "at: 3m..9m30s, for: 1m, zone", "faults[0]", "9m30s to 10m30s lies outside the run of 10m0s (with every range at its upper end)"},
		{"overrun without a plan", "- {fault: gateway_down", "- {fault: plan_overrun, aircraft: c-01}\n  - {fault: gateway_down", "faults[1].aircraft", "c-01 has no plan that ends from 0s to 10m0s"},
		{"command to nobody", "fly_to, aircraft: w-01", "fly_to, aircraft: w-09", "commands[0].aircraft", `there is no aircraft "w-09"`},
		{"unknown command", "command: hold", "command: dance", "commands[1].command", `is "dance", must be one of fly_to`},
		{"command without place", "to: [114.31, 29.81], agl: 80", "agl: 80", "commands[0].to", "is missing: fly_to needs it"},
		{"commands at once", "- {command: hold, aircraft: s, at: 3m}", "- {command: hold, aircraft: w-01, at: 90s}", "commands[1]", "hold begins at 1m30s while fly_to of line 74 still orders aircraft w-01"},
		{"command late", "hold, aircraft: s, at: 3m", "hold, aircraft: s, at: 11m", "commands[1]", "lies outside the run of 10m0s"},
		{"plan of nobody", "plans: [{id: p-1, aircraft: w-01", "plans: [{id: p-1, aircraft: w-09", "plans[0].aircraft", `there is no aircraft "w-09"`},
		{"plan backwards", "w-01, from: 0s, until: 5m}", "w-01, from: 6m, until: 5m}", "plans[0]", "from 6m0s is not before until 5m0s"},
		{"plans at once", "plans: [", "plans: [{id: p-2, aircraft: w-01, from: 4m, until: 6m}, ", "plans[1]", "lies partly in plan p-2"},
		{"exempt plan", "exempt: [{plan: p-1}", "exempt: [{plan: p-9}", "zones[0].exempt[0].plan", `there is no plan "p-9"`},
		{"exempt nobody", "exempt: [{plan: p-1}", "exempt: [{}", "zones[0].exempt[0]", "must have at least one of"},

		{"zone without shape", "restriction: conditional\n", "restriction: conditional\n    circle: {centre: [114.4, 29.8], radius: 9}\n", "zones[1]", "exactly one of circle, polygon, corridor"},
		{"zone upside down", "ceiling: {amsl: 150}", "ceiling: {agl: -5}", "zones[0].ceiling", "is below the floor"},
		{"two datums", "ceiling: {amsl: 150}", "ceiling: {amsl: 150, agl: 120}", "zones[0].ceiling", "exactly one of agl, amsl, hae"},
		{"bow tie", "[114.41, 29.81], [114.40, 29.81]]", "[114.40, 29.81], [114.41, 29.81]]", "zones[1].polygon", "crosses itself"},
		{"flat polygon", "[[114.40, 29.80], [114.41, 29.80], [114.41, 29.81], [114.40, 29.81]]", "[[114.40, 29.80], [114.41, 29.80], [114.42, 29.80]]", "zones[1].polygon", "encloses nothing"},
		{"hole outside", "[114.406, 29.806], [114.404, 29.806]]]", "[114.406, 29.816], [114.404, 29.806]]]", "zones[1].holes[0]", "reaches out of the polygon"},
		{"hole of a circle", "buffer: 0", "holes: [[[114.3, 29.8], [114.301, 29.8], [114.3, 29.801]]]", "zones[0].holes", "belong to a polygon, and this zone is none"},
		{"period backwards", "active: [{from: 60s, until: 180s}]", "active: [{from: 200s, until: 180s}]", "zones[0].active[0]", "is not before until"},

		{"expectation late", "level: inside, severity: warning, from: 3m, until: 4m", "severity: warning, from: 3m, until: 11m", "expect[0].until", "11m0s lies outside the run of 10m0s"},
		{"expectation backwards", "severity: warning, from: 3m, until: 4m", "severity: warning, from: 5m, until: 4m", "expect[0]", "from 5m0s is after until 4m0s"},
		{"expectation of nobody", "{object: w-01, hazard", "{object: w-09, hazard", "expect[0].object", `there is no aircraft "w-09"`},
		{"expectation of a swarm", "{object: w-01, hazard", "{object: s, hazard", "expect[0].object", "s is a swarm"},
		{"unknown hazard", "hazard: zone_entry", "hazard: zone_exit", "expect[0].hazard", `is "zone_exit", must be one of zone_entry`},
		{"forbidden source", `"source:gw-1"`, `"source:gw-7"`, "forbid[0].object", `there is no gateway "gw-7"`},
		{"pair", `{object: w-01, hazard`, `{object: "pair:w-01+c-01", hazard`, "expect[0].object", "in ascending order"},
		{"pair with nobody", `{object: w-01, hazard`, `{object: "pair:a-01+c-01", hazard`, "expect[0].object", `there is no aircraft "a-01"`},

		{"heights of a word", "heights: [hae, amsl]", "heights: [hae, msl]", "aircraft[0].heights[1]", `is "msl", must be one of hae`},
		{"swarm of one", "count: 4, spacing", "count: 1, spacing", "aircraft[1].swarm.count", "from 2 to 2000"},
		{"two shapes of a leg", "- hover: {at", "- land: {at: [114.3, 29.8], agl: 30, for: 9s}\n        hover: {at", "aircraft[0].path[4]", "exactly one of waypoints, orbit, lanes, grid, parcels, hover, land"},
		{"narrow grid", "width: 100, spacing: 50", "width: 1500, spacing: 1", "aircraft[0].path[3].grid.spacing", "more than 1000 lanes"},
		{"steep traffic", "[114.5, 29.8, 500]", "[114.201, 29.8, 3500]", "traffic[0].path", "nothing does more than 60"},
		{"traffic that stands", ", [114.5, 29.8, 500]]", "]", "traffic[0].path", "at least two points"},
		{"address", `"78a001"`, `"78A00"`, "traffic[0].id", "ICAO address"},
		{"start", "start: 2026-10-16T08:00:00+08:00", "start: 2026-10-16 08:00", "start", "must be a time"},
		{"another ground", "ground: 14\n", "ground: 14..20\n", "aircraft[0].ground", "the ground is at 20 m, and the platform is told 14 m ± 1 m (with every range at its upper end)"},
		{"a zone far away", "centre: [114.3, 29.8], radius: 200..300", "centre: [110.3, 29.8], radius: 200..300", "faults[0].zone", "lies 386 km from the home of aircraft w-01, and profile quad flies 11 km out and back"},
		{"a place far away", "to: [114.31, 29.81], agl", "to: [29.81, 29.81], agl", "commands[0].to", "lies 8168 km from the home"},
		{"no ground", "ground: {hae: 14, accuracy: 1}", "ground: {accuracy: 1}", "ground.hae", "is missing"},
		{"loss", "loss: 0.05", "loss: 5", "noise.loss", "from 0 to 0.95"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(full, c.old) {
				t.Fatalf("%q is not in the scenario", c.old)
			}
			text := strings.Replace(full, c.old, c.new, 1)
			found := Lint(files(main, text, "flights/parts/common.yaml", fullCommon), main)
			i := slices.IndexFunc(found, func(e *FileError) bool { return e.Field == c.field && strings.Contains(e.Problem, c.want) })
			if i < 0 {
				t.Fatalf("%v\nshould have %s: %s", found, c.field, c.want)
			}
			// The mistake lies in the lines that were changed, or in those that it breaks.
			e := found[i]
			if e.File != main || e.Line < 1 || e.Line > strings.Count(text, "\n") {
				t.Errorf("is at %s:%d", e.File, e.Line)
			}
			if key := e.Field[strings.LastIndexAny(e.Field, ".]")+1:]; key != "" && strings.Contains(strings.Split(text, "\n")[e.Line-1], key+":") {
				return
			}
			if from := line(full, c.old); e.Line < from || e.Line > from+strings.Count(c.new, "\n") {
				switch c.name {
				case "swarm member", "other id of another", "endurance", "endurance without return", "deep breach of a small draw", "gateway as aircraft", "zone without shape":
				default:
					t.Errorf("is at line %d, not at %d: %s", e.Line, from, e.Problem)
				}
			}
		})
	}
}

func TestLintSaysAllAtOnce(t *testing.T) {
	text := strings.NewReplacer("seed: 7", "seed: x", "until: 90s", "until: soon", "class: light", "class: y",
		"aircraft: l-01, at", "aircraft: l-99, at", "profile: quad\n    wire", "profile: plane\n    wire").Replace(small)
	found := Lint(files("s.yaml", text), "s.yaml")
	var lines []int
	for _, e := range found {
		lines = append(lines, e.Line)
	}
	if want := []int{3, 12, 33, 47, 51}; !slices.Equal(lines, want) {
		t.Errorf("errors at lines %v, want %v: %v", lines, want, found)
	}
}

// TestLintKnowsHowFar: a path to another province is a mistake, be the run too short to come there.
func TestLintKnowsHowFar(t *testing.T) {
	text := strings.NewReplacer("[114.31, 29.812, 80..90]", "[118.31, 29.812, 80..90]", "repeat: 20m\n", "").Replace(full)
	found := Lint(files("flights/full.yaml", text, "flights/parts/common.yaml", fullCommon), "flights/full.yaml")
	if want := "leads 388 km from the home of aircraft w-01, and profile quad flies 11 km out and back"; len(found) != 1 || found[0].Problem != want {
		t.Errorf("found %v, want %s", found, want)
	}
}

// TestLintSaysAMistakeOnce: what rests on a wrong figure is not held to it.
func TestLintSaysAMistakeOnce(t *testing.T) {
	for _, c := range []struct{ name, old, new, field string }{
		{"speed", "speed: 12, acceleration", "speed: -12, acceleration", "profiles.quad.speed"},
		{"duration", "duration: 10m", "duration: long", "duration"},
		{"radius", "radius: 200..300", "radius: -1", "zones[0].circle.radius"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(full, c.old) != 1 {
				t.Fatalf("%q is %d times in the scenario", c.old, strings.Count(full, c.old))
			}
			found := Lint(files("flights/full.yaml", strings.Replace(full, c.old, c.new, 1), "flights/parts/common.yaml", fullCommon), "flights/full.yaml")
			if len(found) != 1 || found[0].Field != c.field {
				t.Errorf("found %v, want one of %s", found, c.field)
			}
		})
	}
}

func TestLintIsBounded(t *testing.T) {
	text := small + strings.Repeat("  - {object: nobody, hazard: height, severity: caution, from: 1s, until: 2s}\n", 1000)
	if n := len(Lint(files("s.yaml", text), "s.yaml")); n != maxKept {
		t.Errorf("%d errors, want %d", n, maxKept)
	}
}

// TestLintKnowsZones: a zone that is expected to be entered is one of the file, unless others are in force.
func TestLintKnowsZones(t *testing.T) {
	elsewhere := strings.Replace(full, `"zone:dam"`, `"zone:elsewhere"`, 1)
	alone := strings.Replace(elsewhere, "region: xianning\n", "", 1)
	bare := strings.Replace(small, "demo: true\n", "", 1)
	for _, c := range []struct {
		name, text, want string
	}{
		{"of the region", elsewhere, ""},
		{"of nowhere", alone, `there is no zone "elsewhere"`},
		{"of a demo", small, ""},
		{"of a file without zones", bare, `there is no zone "z1"`},
	} {
		found := Lint(files("main.yaml", c.text, "parts/common.yaml", fullCommon), "main.yaml")
		if c.want == "" && found != nil || c.want != "" && (len(found) != 1 || found[0].Problem != c.want) {
			t.Errorf("%s: %v, want %q", c.name, found, c.want)
		}
	}
}
