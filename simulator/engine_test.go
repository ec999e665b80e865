package simulator

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

func digest(h hash.Hash, topic string, payload []byte, qos byte) {
	var n [9]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(topic)))
	binary.BigEndian.PutUint32(n[4:], uint32(len(payload)))
	n[8] = qos
	h.Write(n[:])
	h.Write([]byte(topic))
	h.Write(payload)
}

func streamHash(t *testing.T, s *Scenario, seed uint64, clock Clock, until time.Duration) string {
	t.Helper()
	h := sha256.New()
	err := Run(context.Background(), NewEngine(s, seed, epoch), until, clock, func(topic string, payload []byte, qos byte) error {
		digest(h, topic, payload, qos)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// TestSameSeedSameBytes takes the stream as fast as it goes and at the pace of a (virtual) wall clock.
func TestSameSeedSameBytes(t *testing.T) {
	const until = 12 * time.Minute // into the first repeat
	fast := streamHash(t, read(t, small), 7, AsFast{}, until)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		clock := RealTime{Now: func() time.Time { return epoch.Add(time.Since(began)) }}
		if real := streamHash(t, read(t, small), 7, clock, until); real != fast {
			t.Errorf("hash at 1× %s, as fast as possible %s", real, fast)
		}
		if took := time.Since(began); took < until-5*time.Second || took > until {
			t.Errorf("%s took %s on the clock", until, took)
		}
	})
	if other := streamHash(t, read(t, small), 8, AsFast{}, until); other == fast {
		t.Error("another seed gives the same stream")
	}
}

func TestAnotherAircraftChangesNoOther(t *testing.T) {
	reports := func(text string) (out []string) {
		e := NewEngine(read(t, text), 7, epoch)
		for ev := e.Next(); ev.At < 30*time.Second; ev = e.Next() {
			if strings.HasSuffix(ev.Topic, "/l-01") {
				var r struct{ Longitude, Latitude float64 }
				_ = json.Unmarshal([]byte(strings.NewReplacer("longitude_deg", "longitude", "latitude_deg", "latitude").Replace(string(ev.Payload))), &r)
				out = append(out, fmt.Sprint(r))
			}
		}
		return out
	}
	more := strings.Replace(small, "faults:\n", "  - {id: z-01, scenario: city, profile: quad, home: [114, 29], path: [{hover: {at: [114, 29], agl: 50, for: 1m}}]}\nfaults:\n", 1)
	// One more aircraft spreads the reports differently within the second, so only what does not depend on it is
	// compared: the first aircraft reports at 0 in both.
	a, b := reports(small), reports(more)
	if len(a) != 30 || !slices.Equal(a, b) {
		t.Errorf("%d reports %v…, with another aircraft %d %v…", len(a), a[:1], len(b), b[:1])
	}
}

func TestFirstReportsComeAtOnce(t *testing.T) {
	e := NewEngine(read(t, small), 7, epoch)
	seen := map[string]time.Duration{}
	for ev := e.Next(); ev.At < 5*time.Second; ev = e.Next() {
		if _, ok := seen[ev.Topic]; !ok {
			seen[ev.Topic] = ev.At
		}
	}
	for _, topic := range []string{"lowsky/v1/gateway/gw-1/status", "sys/product/dock-1/status", "thing/product/dock-1/osd",
		"lowsky/v1/telemetry/l-01", "thing/product/c-01/osd", "lowsky/v1/telemetry/x-01"} {
		if at, ok := seen[topic]; !ok || at >= time.Second {
			t.Errorf("%s first came at %s (%v)", topic, at, ok)
		}
	}
}

func TestEmitErrorEndsTheRun(t *testing.T) {
	no := errors.New("no")
	err := Run(context.Background(), NewEngine(read(t, small), 1, epoch), 0, AsFast{}, func(string, []byte, byte) error { return no })
	if !errors.Is(err, no) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err = Run(ctx, NewEngine(read(t, small), 1, epoch), 0, AsFast{}, func(string, []byte, byte) error {
		if n++; n == 10 {
			cancel()
		}
		return nil
	})
	if err != nil || n != 10 {
		t.Errorf("after a cancel: %v, %d messages", err, n)
	}
}

// one is a scenario of one native aircraft without noise, on top of path and extra keys.
func one(t testing.TB, profile, path, rest string) *Scenario {
	t.Helper()
	return read(t, `scenario: one
name: {zh: 一, en: One}
duration: 1h
profiles: {p: {class: light, model: M, `+profile+`}}
aircraft:
  - id: a
    scenario: city
    profile: p
    home: [114.3, 29.8]
`+path+"\n"+rest)
}

type report struct {
	MeasuredAt    time.Time `json:"measured_at"`
	Longitude     float64   `json:"longitude_deg"`
	Latitude      float64   `json:"latitude_deg"`
	AGL           float64   `json:"height_agl_m"`
	GroundSpeed   float64   `json:"ground_speed_mps"`
	VerticalSpeed float64   `json:"vertical_speed_mps"`
	Battery       float64   `json:"battery_pct"`
	Status        string    `json:"status"`
	Simulated     bool      `json:"simulated"`
}

// fly answers the reports of the aircraft until d.
func fly(t testing.TB, s *Scenario, d time.Duration) (out []report, at []time.Duration) {
	t.Helper()
	e := NewEngine(s, 1, epoch)
	for ev := e.Next(); ev.At < d; ev = e.Next() {
		var r report
		if err := json.Unmarshal(ev.Payload, &r); err != nil {
			t.Fatalf("%s: %v", ev.Payload, err)
		}
		if !r.Simulated || !r.MeasuredAt.Equal(epoch.Add(ev.At)) {
			t.Fatalf("report at %s: %s", ev.At, ev.Payload)
		}
		out, at = append(out, r), append(at, ev.At)
	}
	return out, at
}

// TestMission: 600 m east and back at 10 m/s and 60 m, by hand: 18 s up at about 4 m/s, 2 × about 65 s, 25 s down.
func TestMission(t *testing.T) {
	s := one(t, "speed: 10, climb: 4, sink: 3, turn: 60, endurance: 20m", "    start: 5s\n    turnaround: 1m\n    path:\n      - waypoints: [[114.3062, 29.8, 60]]", "")
	rs, at := fly(t, s, 6*time.Minute)
	f := newFrame(Point{114.3, 29.8})
	var starts, landings []time.Duration
	far, high := 0.0, 0.0
	for i, r := range rs {
		far = max(far, f.vec(Point{r.Longitude, r.Latitude}).length())
		high = max(high, r.AGL)
		if i > 0 && rs[i-1].Status == "ground" && r.Status == "airborne" {
			starts = append(starts, at[i])
		}
		if i > 0 && rs[i-1].Status == "airborne" && r.Status == "ground" {
			landings = append(landings, at[i])
			if d := f.vec(Point{r.Longitude, r.Latitude}).length(); d > 3 || r.AGL != 0 {
				t.Errorf("landed %.1f m from home at %.1f m", d, r.AGL)
			}
			if used := 100 - rs[i-1].Battery; math.Abs(used-100*(at[i]-starts[len(starts)-1]).Seconds()/1200) > 1.5 {
				t.Errorf("used %.0f %% of the battery in %s of 20m", used, at[i]-starts[len(starts)-1])
			}
			if r.Battery != 100 {
				t.Errorf("battery %.0f %% after landing, want a fresh one", r.Battery)
			}
		}
	}
	if len(starts) != 2 || len(landings) != 1 || starts[0] < 5*time.Second || starts[0] > 7*time.Second {
		t.Fatalf("take-offs %s, landings %s", starts, landings)
	}
	if d := landings[0] - starts[0]; d < 2*time.Minute || d > 3*time.Minute {
		t.Errorf("the flight took %s", d)
	}
	if d := starts[1] - landings[0]; d < time.Minute || d > time.Minute+3*time.Second {
		t.Errorf("%s on the ground, want 1m", d)
	}
	if far < 570 || far > 605 || high < 59.5 || high > 60.5 {
		t.Errorf("came %.0f m far and %.1f m high, want 600 and 60", far, high)
	}
}

func TestEveryKeepsItsTimes(t *testing.T) {
	s := one(t, "speed: 10, climb: 4, sink: 3, turn: 60", "    start: -30s\n    every: 5m\n    path:\n      - waypoints: [[114.3062, 29.8, 60]]", "")
	rs, at := fly(t, s, 30*time.Minute)
	if rs[0].Status != "airborne" {
		t.Error("the mission of -30s is not under way at 0")
	}
	n := 0
	for i := 1; i < len(rs); i++ {
		if rs[i-1].Status == "ground" && rs[i].Status == "airborne" {
			n++
			if slot := (at[i] + 30*time.Second) % (5 * time.Minute); slot > 2*time.Second {
				t.Errorf("took off at %s", at[i])
			}
		}
	}
	if n != 6 {
		t.Errorf("%d take-offs in 30 minutes, want 6", n)
	}
}

// TestLimitsAreKept draws profiles, paths and orders, and looks at every step of the true motion.
func TestLimitsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, min, max float64) float64 { return rapid.Float64Range(min, max).Draw(t, name) }
		p := &Profile{
			Speed: num("speed", 1, 30), Acceleration: num("acceleration", 0.5, 6), Climb: num("climb", 0.5, 8), Sink: num("sink", 0.5, 6),
			Turn: num("turn", 10, 120), Endurance: time.Hour, ReturnAt: 30,
		}
		a := &Aircraft{Home: Point{114.3, 29.8}, Profile: p, Mission: Mission{Laps: 2, Turnaround: 10 * time.Second}}
		place := func() Point {
			return Point{114.3 + num("east", -0.01, 0.01), 29.8 + num("north", -0.01, 0.01)}
		}
		for range rapid.IntRange(1, 4).Draw(t, "legs") {
			switch rapid.IntRange(0, 3).Draw(t, "shape") {
			case 0:
				a.Mission.Legs = append(a.Mission.Legs, Leg{Waypoints: []Waypoint{{place(), num("agl", 2, 120)}, {place(), num("agl", 2, 120)}}})
			case 1:
				a.Mission.Legs = append(a.Mission.Legs, Leg{Lanes: &Lanes{From: place(), Course: num("course", 0, 359), Length: num("length", 20, 300), Spacing: num("spacing", 4, 60), Count: 4, AGL: num("agl", 2, 120)}})
			case 2:
				a.Mission.Legs = append(a.Mission.Legs, Leg{Hover: &Hover{At: place(), AGL: 50, For: 5 * time.Second}})
			case 3:
				a.Mission.Legs = append(a.Mission.Legs, Leg{Land: &Land{At: place(), AGL: 50, For: 5 * time.Second}})
			}
		}
		s := &Scenario{Duration: time.Hour, Aircraft: []*Aircraft{a}}
		to := place()
		k, _ := kindNamed("zone_breach")
		fault := &Fault{Kind: k, Aircraft: a, At: time.Duration(num("at", 0, 200)) * time.Second, For: time.Minute}
		fault.Params.To, fault.Params.HasTo, fault.Params.AGL, fault.Params.HasAGL = placeOf(to), true, 90, true
		s.Faults = []*Fault{fault}
		c := newCraft(a)
		const dt = Step
		orders := s.scheduleOf(a, nil)
		flown := false
		for range 3000 {
			before := c
			c.step(orders.at(c.now))
			flown = flown || c.agl > 1
			sec := dt.Seconds()
			moved := c.pos.sub(before.pos).length()
			switch {
			case c.speed > p.Speed+1e-9 || moved > p.Speed*sec+1e-6:
				t.Fatalf("%s: speed %.2f, moved %.2f m in a step; limit %.2f m/s", c.now, c.speed, moved, p.Speed)
			case c.phase != parked && math.Abs(c.speed-before.speed) > p.Acceleration*sec+1e-9:
				t.Fatalf("%s: speed from %.2f to %.2f; limit %.2f m/s²", c.now, before.speed, c.speed, p.Acceleration)
			case math.Abs(turn(before.track, c.track)) > p.Turn*sec+1e-6:
				t.Fatalf("%s: turned %.1f degrees in a step; limit %.1f/s", c.now, turn(before.track, c.track), p.Turn)
			case c.agl-before.agl > p.Climb*sec+1e-9 || before.agl-c.agl > p.Sink*sec+1e-9:
				t.Fatalf("%s: height from %.2f to %.2f; limits %.2f, %.2f m/s", c.now, before.agl, c.agl, p.Climb, p.Sink)
			case c.agl < 0 || c.agl > 125 || math.IsNaN(c.agl+c.pos.e+c.pos.n):
				t.Fatalf("%s: height %.2f", c.now, c.agl)
			}
		}
		for end := c.now + 3*time.Hour; c.flight < 2; {
			if c.step(&calm); c.now > end {
				t.Fatalf("stuck: phase %d, goal %d of %d, at %+v %.1f m, speed %.2f", c.phase, c.next, len(c.lap), c.pos, c.agl, c.speed)
			}
		}
		if !flown {
			t.Fatal("never flew")
		}
	})
}

// TestOrbitIsHeld: the true track stays within 5 m of the circle once it is on it.
func TestOrbitIsHeld(t *testing.T) {
	s := one(t, "speed: 10, climb: 5, turn: 60", "    path:\n      - orbit: {centre: [114.31, 29.8], radius: 200, agl: 80, turns: 3}", "")
	e := NewEngine(s, 1, epoch)
	f := newFrame(Point{114.31, 29.8})
	on, turns := 0, 0.0
	last := math.NaN()
	for ev := e.Next(); ev.At < 500*time.Second; ev = e.Next() {
		v := f.vec(e.Truth(nil)[0].Position)
		if d := math.Abs(v.length() - 200); d < 5 {
			on++
		}
		if b := v.course(); !math.IsNaN(last) && math.Abs(v.length()-200) < 20 {
			turns += turn(last, b) / 360
			last = b
		} else {
			last = b
		}
	}
	if on < 350 || turns < 2.7 || turns > 3.3 {
		t.Errorf("%d s on the circle, %.1f turns, want about 370 and 3", on, turns)
	}
}

// TestLanesAreHeld: spraying at 3 m, lanes 5 m apart.
func TestLanesAreHeld(t *testing.T) {
	s := one(t, "speed: 6, climb: 3, turn: 90, acceleration: 2.5", "    path:\n      - lanes: {from: [114.301, 29.801], course: 0, length: 200, spacing: 5, count: 8, agl: 3}", "")
	e := NewEngine(s, 1, epoch)
	f := newFrame(Point{114.301, 29.801})
	covered := [8]int{}
	for ev := e.Next(); ev.At < 8*time.Minute; ev = e.Next() {
		tr := e.Truth(nil)[0]
		v := f.vec(tr.Position)
		if v.n > 20 && v.n < 180 && tr.GroundSpeed > 4 {
			lane := int(math.Round(v.e / 5))
			if off := math.Abs(v.e - float64(lane)*5); lane >= 0 && lane < 8 && off < 1 {
				covered[lane]++
			}
			if tr.AGL < 2.5 || tr.AGL > 3.5 {
				t.Fatalf("%s: sprays at %.1f m", ev.At, tr.AGL)
			}
		}
	}
	for lane, n := range covered {
		if n < 20 {
			t.Errorf("lane %d held for %d s of about 27: %v", lane, n, covered)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	e := NewEngine(demo(b), 1, epoch)
	b.ReportAllocs()
	for b.Loop() {
		e.Next()
	}
}
