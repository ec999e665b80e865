package truth

import (
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/simulator"
)

var home = simulator.Point{Longitude: 114.3, Latitude: 29.8}

// world is a scenario whose states are made by hand.
type world struct {
	s     *simulator.Scenario
	rules []Rule
	state simulator.State
	last  *Watch                             // of the newest run
	hear  func(at time.Duration, i int) bool // that the report of an aircraft at a whole interval gets through; nil: all do
}

// noise of which sigma is 1 m across and 2 m upward.
var quiet = simulator.Noise{Horizontal: 1, Vertical: 2, Speed: 0.1, Tau: 30 * time.Second}

func basePack(t testing.TB) []Rule {
	t.Helper()
	b, err := os.ReadFile("../../scenarios/base/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := ReadRules(b)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func newWorld(t testing.TB, aircraft int) *world {
	w := &world{rules: basePack(t)}
	p := &simulator.Profile{Name: "quad", Class: lowsky.Light, Speed: 25, Turn: 45, Acceleration: 3, Climb: 4, Sink: 3, Endurance: 30 * time.Minute}
	w.s = &simulator.Scenario{
		ID: "hand", Start: time.Date(2026, 10, 15, 2, 0, 0, 0, time.UTC), Duration: 10 * time.Minute, Organisation: "city",
		Geoid: -14, Noise: quiet, Ground: &simulator.KnownGround{HAE: 14, Accuracy: 1},
	}
	for i := range aircraft {
		a := &simulator.Aircraft{
			ID: lowsky.AircraftID(fmt.Sprintf("w-%02d", i+1)), Profile: p, Wire: simulator.WireNative, Interval: time.Second,
			Heights: simulator.Heights{HAE: true, AMSL: true, AGL: true, AboveTakeoff: true}, Accuracies: true, Home: home, Ground: 14,
		}
		w.s.Aircraft = append(w.s.Aircraft, a)
		w.state.Fleet = append(w.state.Fleet, simulator.Truth{Aircraft: a, Sent: -1, Battery: 100, Airborne: true, Position: home, AGL: 60})
	}
	return w
}

// at answers the place so many metres east and north of home.
func at(e, n float64) simulator.Point {
	p := newPlane(home)
	return simulator.Point{Longitude: home.Longitude + e/p.perLon, Latitude: home.Latitude + n/p.perLat}
}

func point(e, n float64) orb.Point { p := at(e, n); return orb.Point{p.Longitude, p.Latitude} }

func polygon(pts ...[2]float64) orb.Ring {
	var r orb.Ring
	for _, p := range pts {
		r = append(r, point(p[0], p[1]))
	}
	return append(r, r[0])
}

func (w *world) circle(e, n, radius float64) *lowsky.Zone {
	z := &lowsky.Zone{
		ID: lowsky.ZoneID(fmt.Sprintf("z-%d", len(w.s.Zones)+1)), Restriction: lowsky.Prohibited,
		Geometry: lowsky.Geometry{Centre: point(e, n), Radius: lowsky.Metres(radius)},
	}
	w.s.Zones = append(w.s.Zones, z)
	return z
}

// fly puts an aircraft somewhere, moving.
func fly(t *simulator.Truth, e, n, agl, speed, course float64) {
	t.Position, t.AGL, t.GroundSpeed, t.Course = at(e, n), agl, speed, course
}

// run shows the states of a flight and answers its truth. Reports get through at every whole interval.
func (w *world) run(t testing.TB, length time.Duration, move func(at time.Duration, s *simulator.State)) *Record {
	t.Helper()
	watch, err := New(w.s, w.rules)
	if err != nil {
		t.Fatal(err)
	}
	w.last = watch
	for now := time.Duration(0); now <= length; now += simulator.Step {
		w.state.At = now
		for i := range w.state.Fleet {
			w.state.Fleet[i].At = now
		}
		move(now, &w.state)
		for i := range w.state.Fleet {
			f := &w.state.Fleet[i]
			if now%f.Aircraft.Interval == 0 && (w.hear == nil || w.hear(now, i)) {
				f.Sent, f.SentAt, f.SentAGL = now, f.Position, f.AGL
			}
		}
		watch.See(&w.state)
	}
	return watch.Record(length)
}

// spans picks those of one hazard and level.
func spans(r *Record, h lowsky.Hazard, level string) []Span {
	var out []Span
	for _, s := range r.Spans {
		if s.Hazard == h && s.Level.Name == level {
			out = append(out, s)
		}
	}
	return out
}

// brief writes spans down for comparison: kind and times to a tenth of a second.
func brief(list []Span) string {
	out := ""
	for _, s := range list {
		open := ""
		if s.Open {
			open = "…"
		}
		out += fmt.Sprintf("%s %.1f–%.1f%s; ", s.Kind, s.From.Seconds(), s.Until.Seconds(), open)
	}
	return out
}

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

func want(t *testing.T, got []Span, text string) {
	t.Helper()
	if b := brief(got); b != text {
		t.Errorf("got  %s\nwant %s", b, text)
	}
}
