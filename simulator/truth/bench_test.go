package truth

import (
	"math"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// fleet is many aircraft on circles over a city of 16 km, with twenty zones among them.
func fleet(t testing.TB, aircraft, zones int) (*Watch, func(step int) *simulator.State) {
	w := newWorld(t, aircraft)
	for i := range zones {
		z := w.circle(float64(i%5)*3200, float64(i/5)*3200, 300)
		z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 200, Datum: lowsky.AGL})
		z.WarningBand = lowsky.Some[lowsky.Metres](100)
	}
	watch, err := New(w.s, w.rules)
	if err != nil {
		t.Fatal(err)
	}
	return watch, func(step int) *simulator.State {
		at := time.Duration(step) * simulator.Step
		w.state.At = at
		for i := range w.state.Fleet {
			f := &w.state.Fleet[i]
			e, n := float64(i%25)*640, float64(i/25)*800
			turn := at.Seconds()*2 + float64(i)*7 // degrees: 400 m at 2 degrees/s are 14 m/s
			sin, cos := math.Sincos(turn * radian)
			fly(f, e+400*sin, n+400*cos, 60+float64(i%5)*12, 14, math.Mod(turn+90, 360))
			f.TurnRate = 2
			if step%5 == i%5 {
				f.Sent, f.SentAt, f.SentAGL = at, f.Position, f.AGL
			}
		}
		return &w.state
	}
}

// BenchmarkFleet is an hour of 500 aircraft and 20 zones, less what it takes to make the states.
func BenchmarkFleet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		w, state := fleet(b, 500, 20)
		b.StartTimer()
		for step := range 18_000 {
			b.StopTimer()
			s := state(step)
			b.StartTimer()
			w.See(s)
		}
	}
}

// An hour that is clear costs no memory: what is remembered is what was the matter.
func TestClearCostsNothing(t *testing.T) {
	w := newWorld(t, 1)
	w.circle(50_000, 0, 300)
	watch, err := New(w.s, w.rules)
	if err != nil {
		t.Fatal(err)
	}
	f := &w.state.Fleet[0]
	step := 0
	see := func() {
		at := time.Duration(step) * simulator.Step
		w.state.At = at
		fly(f, float64(step%1000), 0, 50, 5, 90)
		f.Sent, f.SentAt, f.SentAGL = at, f.Position, f.AGL
		watch.See(&w.state)
		step++
	}
	for range 100 {
		see()
	}
	if n := testing.AllocsPerRun(1000, see); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}
