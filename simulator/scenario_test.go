package simulator

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator/faults"
)

// small is a whole scenario of one page; tests change pieces of it.
const small = `scenario: small
name: {zh: 小场景, en: Small scenario}
seed: 7
duration: 5m
repeat: 10m
only: true
demo: true
organisation: demo
geoid: -14
noise: {horizontal: 0.5, vertical: 0.5, white: 0.1, tau: 30s}
profiles:
  quad: {class: light, model: Q1, speed: 12, climb: 4, sink: 3, turn: 60, endurance: 30m}
gateways:
  - {id: gw-1, wire: native, name: {zh: 网关, en: Gateway}}
  - {id: dock-1, wire: dji, at: [114.30, 29.80], ground: 20}
aircraft:
  - id: l-01
    name: {zh: 物-01, en: L-01}
    scenario: logistics
    profile: quad
    contact: {name: 演示, phone: "000"}
    gateway: gw-1
    home: [114.37, 29.93]
    ground: 20
    start: -1m
    laps: 2
    path:
      - waypoints: [[114.37, 29.94, 90], [114.38, 29.94, 90]]
      - orbit: {centre: [114.39, 29.95], radius: 150, agl: 80}
      - hover: {at: [114.38, 29.95], agl: 60, for: 20s}
  - id: c-01
    scenario: city
    profile: quad
    wire: dji
    gateway: dock-1
    home: [114.30, 29.80]
    path:
      - lanes: {from: [114.301, 29.801], course: 90, length: 400, spacing: 60, count: 4, agl: 90}
  - id: x-01
    scenario: city
    profile: quad
    home: [114.40, 29.80]
    path:
      - speed: 8
        land: {at: [114.41, 29.80], agl: 60, for: 30s}
faults:
  - {fault: zone_breach, aircraft: l-01, at: 30s, for: 1m, to: [114.40, 29.96], agl: 70}
  - {fault: rogue, aircraft: x-01}
  - {fault: gateway_down, gateway: gw-1, at: 3m, for: 30s}
expect:
  - {object: l-01, hazard: zone_entry, subject: "zone:z1", severity: warning, from: 30s, until: 90s}
  - {object: x-01, hazard: identity, severity: advisory, from: 0s, until: 10s}
  - {object: "source:gw-1", hazard: source_down, severity: caution, from: 3m, until: 3m10s}
`

func read(t testing.TB, text string) *Scenario {
	t.Helper()
	s, err := Read("small.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	s := read(t, small)
	if len(s.Aircraft) != 3 || len(s.Gateways) != 2 || len(s.Faults) != 3 || len(s.Expect) != 3 || !s.Only {
		t.Fatalf("read %d aircraft, %d gateways, %d faults, %d expectations", len(s.Aircraft), len(s.Gateways), len(s.Faults), len(s.Expect))
	}
	l := s.Aircraft[0]
	if l.Interval != time.Second || s.Aircraft[1].Interval != 2*time.Second {
		t.Errorf("intervals %s native, %s dji", l.Interval, s.Aircraft[1].Interval)
	}
	if l.Gateway != s.Gateways[0] || l.Profile != s.Profiles["quad"] || l.Mission.Start != -time.Minute || len(l.Mission.Legs) != 3 {
		t.Errorf("aircraft %+v", l)
	}
	if w := l.Mission.Legs[0].Waypoints; len(w) != 2 || w[1] != (Waypoint{Point{114.38, 29.94}, 90}) {
		t.Errorf("waypoints %+v", w)
	}
	if e := s.Expect[0]; e.Object != (lowsky.Object{Kind: "aircraft", ID: "l-01"}) || e.Subject != (lowsky.Subject{Kind: "zone", ID: "z1"}) || e.Severity != lowsky.Warning {
		t.Errorf("expectation %+v", e)
	}
	if f := s.Faults[1]; f.For != 5*time.Minute {
		t.Errorf("a fault without for lasts %s, want to the end", f.For)
	}
}

func TestRegister(t *testing.T) {
	r := read(t, small).Register()
	if len(r) != 2 || r[0].ID != "l-01" || r[1].ID != "c-01" {
		t.Fatalf("register %+v: the rogue must be missing", r)
	}
	a := r[0]
	if !a.Demo || a.Class != lowsky.Light || a.Name.ZH != "物-01" || a.Organisation != "demo" || a.Model != "Q1" {
		t.Errorf("entry %+v", a)
	}
}

// TestFileErrors names for each mistake the line and the words that must be in the error.
func TestFileErrors(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		line           string
		want           string
	}{
		{"unknown key", "seed: 7", "sead: 7", ":3:", "sead: unknown key"},
		{"unknown nested key", "turn: 60", "turm: 60", ":12:", "profiles.quad.turm: unknown key"},
		{"key twice", "only: true", "demo: false", ":7:", "demo: is given twice"},
		{"missing key", "duration: 5m\n", "", ":1:", "duration: is missing"},
		{"missing in profile", "class: light, ", "", ":12:", "profiles.quad.class: is missing"},
		{"bad duration", "duration: 5m", "duration: five", ":4:", "duration: must be a duration"},
		{"NaN", "geoid: -14", "geoid: .nan", ":9:", "geoid: must be a number"},
		{"infinite", "geoid: -14", "geoid: .inf", ":9:", "geoid: must be a number"},
		{"text as number", "speed: 12", "speed: fast", ":12:", "speed: must be a number"},
		{"unknown word", "class: light", "class: lite", ":12:", `"lite", must be one of micro`},
		{"latitude", "home: [114.37, 29.93]", "home: [29.93, 114.37]", ":23:", "home[1]: must be a number from -85 to 85"},
		{"waypoint without height", "[114.38, 29.94, 90]]", "[114.38, 29.94]]", ":28:", "path[0].waypoints[1]: must be [longitude, latitude, metres above ground]"},
		{"same id", "id: c-01", "id: l-01", ":31:", "l-01 is already the aircraft of line 17"},
		{"same gateway", "id: dock-1, wire: dji", "id: gw-1, wire: dji", ":15:", "already the gateway of line 14"},
		{"no such profile", "profile: quad\n    contact", "profile: plane\n    contact", ":20:", `no profile "plane"`},
		{"no such gateway", "gateway: gw-1\n    home", "gateway: gw-9\n    home", ":22:", `no gateway "gw-9"`},
		{"wrong wire", "gateway: gw-1\n    home", "gateway: dock-1\n    home", ":22:", "dock-1 speaks dji"},
		{"id with a slash", "id: x-01", "id: x/01", ":39:", "id: must be 1 to 64"},
		{"two shapes", "- speed: 8\n        land", "- hover: {at: [114.4, 29.8], agl: 60, for: 1s}\n        land", ":44:", "exactly one of"},
		{"tight orbit", "radius: 150", "radius: 8", ":29:", "tighter than 13 m"},
		{"too fast", "speed: 8", "speed: 13", ":44:", "13 m/s is above the 12 m/s"},
		{"unknown fault", "fault: rogue", "fault: rouge", ":48:", `"rouge", must be one of link_loss`},
		{"fault on nobody", "aircraft: l-01, at", "aircraft: l-99, at", ":47:", `zone_breach strikes an aircraft of this file, not "l-99"`},
		{"gateway fault on aircraft", "gateway: gw-1, at", "aircraft: l-01, at", ":49:", "gateway_down strikes a gateway"},
		{"fault without place", "to: [114.40, 29.96], ", "", ":47:", "to: is missing: zone_breach needs to, or zone and depth"},
		{"foreign parameter", "at: 3m, for: 30s}", "at: 3m, for: 30s, percent: 5}", ":49:", "percent: means nothing to gateway_down"},
		{"fault outside", "at: 3m, for: 30s", "at: 4m50s, for: 30s", ":49:", "4m50s to 5m20s lies outside the run of 5m0s"},
		{"expectation outside", "until: 90s", "until: 6m", ":51:", "until: 6m0s lies outside the run"},
		{"window backwards", "from: 30s, until: 90s", "from: 91s, until: 90s", ":51:", "is after until"},
		{"expectation of nobody", "object: x-01", "object: x-02", ":52:", `no aircraft "x-02"`},
		{"unknown object kind", `"source:gw-1"`, `"engine:gw-1"`, ":53:", "kind:id"},
		{"repeat too short", "repeat: 10m", "repeat: 4m", ":5:", "shorter than duration"},
		{"alias", "{zh: 小场景, en: Small scenario}", "&a {zh: 小场景, en: Small scenario}", ":2:", "anchors and aliases"},
		{"too long a path", "radius: 150, agl: 80", "radius: 150, agl: 80, turns: 2000", ":29:", "turns: must be a whole number from 1 to 1000"},
		{"not YAML", "seed: 7", "seed: [7", ":", "small.yaml:"},
		{"two documents", "scenario: small", "a: b\n---\nscenario: small", ":1:", "more than one document"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatalf("%q is not in the scenario", c.old)
			}
			_, err := Read("small.yaml", strings.NewReader(text))
			if err == nil {
				t.Fatal("was accepted")
			}
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("%v is not ErrInvalid", err)
			}
			if msg := err.Error(); !strings.Contains(msg, "small.yaml"+c.line) || !strings.Contains(msg, c.want) {
				t.Errorf("error %q should be at %s and say %q", msg, c.line, c.want)
			}
		})
	}
}

func TestErrorsComeInOrderOfTheirLines(t *testing.T) {
	text := strings.NewReplacer("seed: 7", "seed: x", "until: 90s", "until: soon", "class: light", "class: y").Replace(small)
	_, err := Read("s", strings.NewReader(text))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "s:3:") || !strings.HasPrefix(lines[1], "s:12:") {
		t.Errorf("errors %q", lines)
	}
}

func TestEmptyAndHugeFiles(t *testing.T) {
	for _, text := range []string{"", "\n", "[]", "x", "~", strings.Repeat("#", maxFile+1), strings.Repeat("[", 3000)} {
		if _, err := Read("s", strings.NewReader(text)); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%.10q: error %v", text, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add("scenario: [")
	f.Add("aircraft: [{id: a, path: [{orbit: {radius: .nan}}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Read("f", strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("%v is not ErrInvalid", err)
			}
			return
		}
		e := NewEngine(s, s.Seed, time.Unix(0, 0))
		for range 50 {
			e.Next()
		}
	})
}

// TestReadmeExample reads the example of README.md and flies it.
func TestReadmeExample(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("README.md has no example")
	}
	s := read(t, example)
	e := NewEngine(s, s.Seed, epoch)
	target := newFrame(Point{114.315, 29.863})
	near := 1e9
	for ev := e.Next(); ev.At < s.Duration; ev = e.Next() {
		near = min(near, target.vec(e.Truth(nil)[0].Position).length())
	}
	if depth := s.Faults[0].Params.Depth; math.Abs(250-near-depth) > 3 {
		t.Errorf("the breach comes within %.0f m of the middle of a circle of 250 m: not %.0f m deep", near, depth)
	}
	if wrong := Lint(files("README.yaml", example), "README.yaml"); wrong != nil {
		t.Errorf("lint finds %v", wrong)
	}
	if err := validate(t, compiledSchema(t), example); err != nil {
		t.Error(err)
	}
	for _, k := range faults.Kinds {
		if !strings.Contains(string(b), "| `"+k.Name+"` |") {
			t.Errorf("README.md does not explain %s", k.Name)
		}
	}
}
