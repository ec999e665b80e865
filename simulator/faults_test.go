package simulator

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/simulator/faults"
)

func kindNamed(name string) (faults.Kind, bool) { return faults.ByName(name) }

func placeOf(p Point) faults.Place { return faults.Place(p) }

const patrol = "    start: -1m\n    laps: 50\n    path:\n      - orbit: {centre: [114.31, 29.8], radius: 200, agl: 80}"

// withFault flies a patrol with one fault at 1m for 30s and answers the reports from 30s to 2m30s by second.
func withFault(t *testing.T, fault string) map[int]report {
	t.Helper()
	s := one(t, "speed: 10, climb: 5, turn: 60, endurance: 40m", patrol, "faults:\n  - {aircraft: a, at: 1m, for: 30s, "+fault+"}")
	rs, at := fly(t, s, 5*time.Minute)
	out := map[int]report{}
	for i, r := range rs {
		out[int(at[i]/time.Second)] = r
	}
	return out
}

func TestFaults(t *testing.T) {
	f := newFrame(Point{114.31, 29.8})
	plain := withFault(t, "fault: emergency") // flies as if nothing were
	where := func(r report) vec { return f.vec(Point{r.Longitude, r.Latitude}) }

	t.Run("emergency", func(t *testing.T) {
		for s, want := range map[int]string{59: "airborne", 60: "emergency", 89: "emergency", 90: "airborne"} {
			if plain[s].Status != want {
				t.Errorf("at %d s %s, want %s", s, plain[s].Status, want)
			}
		}
	})
	t.Run("link_loss", func(t *testing.T) {
		r := withFault(t, "fault: link_loss")
		for s := 30; s < 150; s++ {
			if _, ok := r[s]; ok == (s >= 60 && s < 90) {
				t.Errorf("report at %d s: %v", s, ok)
			}
		}
		if d := where(r[90]).sub(where(plain[90])).length(); d > 1 {
			t.Errorf("comes back %.0f m from where it should be: it must have flown on", d)
		}
	})
	t.Run("gps_jump", func(t *testing.T) {
		r := withFault(t, "fault: gps_jump, by: 500, course: 90")
		for s, want := range map[int]float64{59: 0, 60: 500, 89: 500, 90: 0} {
			if d := where(r[s]).sub(where(plain[s])); math.Abs(d.e-want) > 1 || math.Abs(d.n) > 1 {
				t.Errorf("at %d s off by %.0f, %.0f m, want %.0f east", s, d.e, d.n, want)
			}
		}
	})
	t.Run("freeze", func(t *testing.T) {
		r := withFault(t, "fault: freeze")
		if r[60].Longitude != r[89].Longitude || r[60].Latitude != r[89].Latitude || r[89].MeasuredAt.Equal(r[60].MeasuredAt) {
			t.Errorf("frozen reports %+v, %+v", r[60], r[89])
		}
		if d := where(r[91]).sub(where(plain[91])).length(); d > 1 {
			t.Errorf("goes on %.0f m from where it should be", d)
		}
	})
	t.Run("altitude_bust", func(t *testing.T) {
		r := withFault(t, "fault: altitude_bust, agl: 140")
		if r[59].AGL > 81 || r[85].AGL < 139 || r[85].AGL > 141 || r[150].AGL > 81 {
			t.Errorf("heights %.0f, %.0f, %.0f, want 80, 140, 80", r[59].AGL, r[85].AGL, r[150].AGL)
		}
	})
	t.Run("zone_breach", func(t *testing.T) {
		r := withFault(t, "fault: zone_breach, to: [114.312, 29.8], agl: 60")
		there := f.vec(Point{114.312, 29.8})
		if d := where(r[89]).sub(there).length(); d > 4 || math.Abs(r[89].AGL-60) > 1 {
			t.Errorf("%.0f m from its place at %.0f m", d, r[89].AGL)
		}
		if d := where(r[140]).length(); math.Abs(d-200) > 6 || math.Abs(r[140].AGL-80) > 1 {
			t.Errorf("is not back on its circle: %.0f m from the centre at %.0f m", d, r[140].AGL)
		}
	})
	t.Run("battery_drop", func(t *testing.T) {
		r := withFault(t, "fault: battery_drop, percent: 15, over: 20s")
		if r[59].Battery < 90 || math.Abs(r[70].Battery-(r[59].Battery+15)/2) > 2 || math.Abs(r[80].Battery-15) > 1 {
			t.Errorf("battery %.0f, %.0f, %.0f %%", r[59].Battery, r[70].Battery, r[80].Battery)
		}
		if r[250].Status != "ground" || r[250].Battery != 100 {
			t.Errorf("did not go home for a new battery: %+v", r[250])
		}
	})
}

func TestGatewayDown(t *testing.T) {
	s := read(t, small)
	e := NewEngine(s, 1, epoch)
	var told []string
	quiet := true
	for ev := e.Next(); ev.At < 14*time.Minute; ev = e.Next() {
		second := ev.At / time.Second
		down := second >= 180 && second < 210 || second >= 780 && second < 810 // and in the repeat
		if ev.Topic == "lowsky/v1/gateway/gw-1/status" {
			told = append(told, ev.At.String()+" "+string(ev.Payload))
		}
		if down && strings.HasSuffix(ev.Topic, "/l-01") {
			quiet = false
		}
	}
	if !quiet {
		t.Error("an aircraft reports through a gateway that is down")
	}
	want := "0s online, 3m0s offline, 3m30s online, 13m0s offline, 13m30s online"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("status %s, want %s", got, want)
	}
}

// TestDJI reads a dock's stream back with the platform's own decoder.
func TestDJI(t *testing.T) {
	text := strings.Replace(small, "faults:\n", `faults:
  - {fault: c2_loss, aircraft: c-01, at: 1m, for: 20s}
  - {fault: emergency, aircraft: c-01, at: 2m, for: 20s}
`, 1)
	e := NewEngine(read(t, text), 7, epoch)
	var topologies, stations int
	var lost, forced, notInDock []string
	state := map[string]bool{}
	change := func(list *[]string, what string, now bool, at time.Duration) {
		if state[what] != now {
			state[what] = now
			*list = append(*list, fmt.Sprintf("%v %s", now, at.Truncate(2*time.Second)))
		}
	}
	for ev := e.Next(); ev.At < 8*time.Minute; ev = e.Next() {
		if !strings.HasPrefix(ev.Topic, "thing/") && !strings.HasPrefix(ev.Topic, "sys/") {
			continue
		}
		msgs, err := dji.Decode(ev.Topic, ev.Payload, epoch.Add(ev.At), nil)
		if err != nil || len(msgs) == 0 {
			t.Fatalf("%s %s: %v", ev.Topic, ev.Payload, err)
		}
		for _, m := range msgs {
			switch m := m.(type) {
			case *lowsky.Topology:
				topologies++
				if !m.Online || m.Gateway != "dock-1" || len(m.Aircraft) != 1 || m.Aircraft[0] != "c-01" {
					t.Errorf("topology %+v", m)
				}
			case *lowsky.StationReport:
				stations++
				if m.Station != "dock-1" || !m.WindSpeed.OK || !m.Position.OK {
					t.Errorf("station %+v", m)
				}
				change(&notInDock, "out", !m.DroneInDock.Value, ev.At)
			case *lowsky.TelemetryReport:
				if m.Aircraft != "c-01" || m.Source != "dock-1" {
					t.Errorf("report of %s through %s", m.Aircraft, m.Source)
				}
				if p := m.Position; p.OK && (!p.Value.HAE.OK || !p.Value.AboveTakeoff.OK || p.Value.AGL.OK) {
					t.Errorf("heights %+v", p.Value)
				}
				if m.C2Lost.OK {
					change(&lost, "lost", m.C2Lost.Value, ev.At)
				}
				if m.Status.OK {
					change(&forced, "forced", m.ForcedLanding, ev.At)
				}
			}
		}
	}
	if topologies != 1 || stations < 200 {
		t.Errorf("%d topologies, %d reports of the dock", topologies, stations)
	}
	for what, got := range map[string]struct{ is, want string }{
		"control link": {strings.Join(lost, ", "), "true 1m0s, false 1m20s"},
		"forced":       {strings.Join(forced, ", "), "true 2m0s, false 2m20s"},
		"out of dock":  {strings.Join(notInDock[:1], ", "), "true 2s"},
	} {
		if got.is != got.want {
			t.Errorf("%s: %s, want %s", what, got.is, got.want)
		}
	}
}

// TestEveryFaultIsTested keeps this file complete.
func TestEveryFaultIsTested(t *testing.T) {
	tested := "link_loss zone_breach altitude_bust battery_drop emergency rogue gateway_down gps_jump freeze c2_loss " +
		"burst_after_loss out_of_order duplicate clock_skew gps_drift accuracy_lie graze wind_gust plan_overrun no_plan id_clone broker_restart"
	for _, k := range faults.Kinds {
		if !strings.Contains(tested, k.Name) {
			t.Errorf("fault %s has no test", k.Name)
		}
	}
}
