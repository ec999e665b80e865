package trial

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lowsky/simulator"
	"lowsky/simulator/score"
)

// fleetOf is a scenario of n aircraft over the prefecture, 1.2 km apart, with the zones of its demo: a third each on
// circles, lanes and triangles.
func fleetOf(tb testing.TB, n int, duration time.Duration) *simulator.Scenario {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `scenario: fleet
name: {zh: 机队, en: A fleet}
seed: 1
duration: %s
region: xianning
geoid: -13
ground: {hae: 30, accuracy: 1}
noise: {horizontal: 2.5, vertical: 4, white: 0.5, tau: 30s, speed: 0.1, loss: 0.05}
profiles: {p: {class: light, model: M, speed: 12, climb: 4, turn: 60, endurance: 50m}}
aircraft:
`, duration)
	for i := range n {
		lon, lat := 113.9+0.0125*float64(i%25), 29.45+0.0108*float64(i/25)
		at := fmt.Sprintf("[%.4f, %.4f]", lon, lat)
		path := "orbit: {centre: " + at + ", radius: 200, agl: 80, turns: 3}"
		switch i % 3 {
		case 1:
			path = "lanes: {from: " + at + ", course: 90, length: 500, spacing: 50, count: 10, agl: 80}"
		case 2:
			path = fmt.Sprintf("waypoints: [[%.4f, %.4f, 80], [%.4f, %.4f, 90]]", lon+0.005, lat, lon+0.005, lat+0.004)
		}
		fmt.Fprintf(&b, "  - {id: a-%d, scenario: city, profile: p, home: %s, ground: 30, start: -%ds, laps: 4, path: [{%s}]}\n", i, at, i%300, path)
	}
	s, err := simulator.Load(fstest.MapFS{"fleet.yaml": {Data: []byte(b.String())}}, "fleet.yaml", simulator.LoadOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkHourOf500 flies an hour of 500 aircraft at 1 Hz through the platform's engine, with truth and score: the goal
// is 20 s on two cores.
//
//	go test ./cmd/lowsky/trial -run '^$' -bench HourOf500 -benchtime 1x -count 3
func BenchmarkHourOf500(b *testing.B) {
	s := fleetOf(b, 500, time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		run, err := Fly(b.Context(), s, Options{alone: true})
		if err != nil {
			b.Fatal(err)
		}
		if len(run.Problems) > 0 || run.Messages+run.Lost != 500*3600 {
			b.Fatalf("%d messages, %d lost, %q", run.Messages, run.Lost, run.Problems)
		}
		card := score.Sum([]*score.Run{run}, score.SumOptions{})
		b.ReportMetric(float64(run.Messages)/time.Since(began).Seconds(), "reports/s")
		b.ReportMetric(float64(card.Total.Events+card.Total.NearMisses), "judged")
	}
}

// BenchmarkSuite is the suite that ships with one seed.
func BenchmarkSuite(b *testing.B) {
	for b.Loop() {
		card, err := Suite(b.Context(), "suite", Shipped(), []uint64{1}, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(card.Runs)), "runs")
		b.ReportMetric(card.Hours, "hours")
	}
}
