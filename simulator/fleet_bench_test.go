package simulator

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fleetOf is a scenario of n aircraft that patrol, survey and deliver with all that noise there is, at 1 Hz.
func fleetOf(t testing.TB, n int) *Scenario {
	t.Helper()
	var b strings.Builder
	b.WriteString(`scenario: fleet
name: {zh: 机队, en: Fleet}
seed: 1
duration: 1h
noise: {horizontal: 2.5, vertical: 4, white: 0.5, tau: 30s}
profiles: {p: {class: light, model: M, speed: 12, climb: 4, turn: 60, endurance: 50m}}
aircraft:
`)
	for i := range n {
		lon, lat := 114.0+0.01*float64(i%25), 29.5+0.01*float64(i/25)
		at := fmt.Sprintf("[%.4f, %.4f]", lon, lat)
		path := "orbit: {centre: " + at + ", radius: 200, agl: 80, turns: 3}"
		switch i % 3 {
		case 1:
			path = "lanes: {from: " + at + ", course: 90, length: 500, spacing: 50, count: 10, agl: 80}"
		case 2:
			path = fmt.Sprintf("waypoints: [[%.4f, %.4f, 80], [%.4f, %.4f, 90]]", lon+0.005, lat, lon+0.005, lat+0.004)
		}
		fmt.Fprintf(&b, "  - {id: a-%d, scenario: city, profile: p, home: %s, start: -%ds, laps: 4, path: [{%s}]}\n", i, at, i%300, path)
	}
	return read(t, b.String())
}

// BenchmarkFleet makes the messages of one hour of 500 aircraft at 1 Hz, and with an observer too.
func BenchmarkFleet(b *testing.B) {
	s := fleetOf(b, 500)
	for _, observed := range []bool{false, true} {
		b.Run(fmt.Sprintf("observed=%v", observed), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := NewEngine(s, s.Seed, epoch)
				steps, n := 0, 0
				if observed {
					e.Observe(func(*State) { steps++ })
				}
				for ev := e.Next(); ev.At < time.Hour; ev = e.Next() {
					n++
				}
				if n != 500*3600 {
					b.Fatalf("%d messages", n)
				}
				b.ReportMetric(float64(n), "messages")
			}
			runtime.GC()
		})
	}
}
