package simulator

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky/simulator/faults"
)

// TestAirSpeedIsBounded: whatever the wind, over ground a craft moves by what it flies through the air and by the wind.
func TestAirSpeedIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, min, max float64) float64 { return rapid.Float64Range(min, max).Draw(t, name) }
		p := &Profile{Speed: num("speed", 4, 25), Acceleration: 3, Climb: 4, Sink: 3, Turn: 60, Endurance: 2 * time.Hour}
		a := &Aircraft{ID: "a", Home: Point{114.3, 29.8}, Profile: p, Mission: Mission{Laps: 20, Turnaround: 10 * time.Second, Legs: []Leg{
			{Waypoints: []Waypoint{{Point{114.303, 29.8}, 50}, {Point{114.303, 29.803}, 70}}}, {Hover: &Hover{At: Point{114.3, 29.802}, AGL: 40, For: 20 * time.Second}},
		}}}
		s := &Scenario{Weather: Weather{WindFrom: num("from", 0, 360), WindSpeed: num("wind", 0, 15), Gust: num("gust", 0, 3)}}
		k, _ := faults.ByName("wind_gust")
		s.Faults = []*Fault{{Kind: k, Aircraft: a, At: time.Minute, For: time.Minute, Params: faults.Params{Speed: num("more", 0, 12), Course: num("course", 0, 360)}}}
		c, orders := newCraft(a), s.scheduleOf(a, nil)
		c.air = newAir(s.Weather, chances(1, "air", "a"))
		for range 2000 {
			c.step(orders.at(c.now))
			wind := c.air.steady.add(c.air.gust).add(c.air.extra)
			over := c.is.pos.sub(c.was.pos).times(1 / stepSeconds)
			if !c.is.airborne || !c.was.airborne {
				continue
			}
			if through := over.sub(wind).length(); through > p.Speed+1e-6 {
				t.Fatalf("%s: %.2f m/s through the air, limit %.2f", c.now, through, p.Speed)
			}
			if math.Abs(over.length()-c.is.speed) > 1e-6 || c.is.speed > 0.1 && math.Abs(turn(over.course(), c.is.course)) > 1e-6 {
				t.Fatalf("%s: moved with %.2f m/s to %.1f, says %.2f to %.1f", c.now, over.length(), over.course(), c.is.speed, c.is.course)
			}
		}
	})
}

// TestCrab: on a line to the east in a wind from the north the nose points into it by what the wind carries away.
func TestCrab(t *testing.T) {
	path := "    start: -1m\n    path:\n      - {speed: 10, waypoints: [[114.35, 29.8, 60]]}"
	s := one(t, "speed: 20, climb: 5, turn: 60", path, "weather: {wind: {from: 0, speed: 5}}\n")
	w := watch(t, s, 1, 3*time.Minute)
	f := newFrame(Point{114.3, 29.8})
	want := math.Atan2(10, 5) * 180 / math.Pi
	for _, ev := range w.within(60, 170) {
		r, tr := reports(t, []Event{ev})[0], w.truth(ev.At)
		if n := f.vec(tr.Position).n; math.Abs(n) > 2 || math.Abs(tr.GroundSpeed-10) > 0.2 || math.Abs(turn(90, tr.Course)) > 1 {
			t.Fatalf("at %s it is %.1f m off its line with %.1f m/s on course %.0f", ev.At, n, tr.GroundSpeed, tr.Course)
		}
		if math.Abs(turn(want, float64(r.Heading.Value))) > 2 || math.Abs(turn(90, float64(r.Course.Value))) > 1 {
			t.Fatalf("at %s heading %.0f, course %.0f, want %.0f and 90", ev.At, r.Heading.Value, r.Course.Value, want)
		}
	}
}

// TestHeadWindSlows: against 8 m/s a craft of 12 makes 4 over ground, and with them no more than its leg asks for.
func TestHeadWindSlows(t *testing.T) {
	path := "    start: -1m\n    path:\n      - waypoints: [[114.35, 29.8, 60]]"
	for from, want := range map[int]float64{90: 4, 270: 12} {
		s := one(t, "speed: 12, climb: 5, turn: 60", path, fmt.Sprintf("weather: {wind: {from: %d, speed: 8}}\n", from))
		if got := watch(t, s, 1, 90*time.Second).truth(time.Minute).GroundSpeed; math.Abs(got-want) > 0.1 {
			t.Errorf("in a wind from %d it makes %.1f m/s, want %.0f", from, got, want)
		}
	}
}

// TestGustsOfTheWeather: of the size that was asked for, other ones for another seed, and held on the circle.
func TestGustsOfTheWeather(t *testing.T) {
	flown := func(seed uint64) (off, spread float64, first vec) {
		s := patrolling(t, "weather: {wind: {from: 270, speed: 4, gust: 1.5}}\n")
		e := NewEngine(s, seed, epoch)
		n, sum, f := 0.0, 0.0, newFrame(Point{114.31, 29.8})
		e.Observe(func(st *State) {
			if st.At < time.Minute {
				return
			}
			v := f.vec(st.Fleet[0].Position)
			if first == (vec{}) {
				first = v
			}
			off = max(off, math.Abs(v.length()-200))
			g := e.flights[0].craft.air.gust
			sum, n = sum+g.dot(g)/2, n+1
		})
		for ev := e.Next(); ev.At < 20*time.Minute; ev = e.Next() {
		}
		return off, math.Sqrt(sum / n), first
	}
	off, spread, a := flown(1)
	if _, _, b := flown(2); a == b {
		t.Error("another seed has the same gusts")
	}
	if off > 10 || math.Abs(spread-1.5) > 0.3 {
		t.Errorf("up to %.1f m off the circle, gusts of %.2f m/s, want 1.5", off, spread)
	}
}
