package picture

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"lowsky"
)

// airborne is an engine with n aircraft at one per square kilometre, 2 % of the number again as crewed traffic.
func airborne(tb testing.TB, n int) (*Engine, uint64) {
	e, err := NewEngine(Config{Packs: pack(silenceRule(), pairRule(10*time.Second))})
	if err != nil {
		tb.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(9, 9))
	side := 1000 * math.Sqrt(float64(n))
	seq := uint64(0)
	feed := func(m lowsky.Message, at time.Time) {
		seq++
		e.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordMessage, At: at, Link: "b"}, []lowsky.Message{m})
	}
	type craft struct {
		x, y, v, course float64
		height          lowsky.Metres
	}
	fleet := make([]craft, n+n/50)
	for i := range fleet {
		fleet[i] = craft{(rng.Float64() - .5) * side, (rng.Float64() - .5) * side, 5 + 15*rng.Float64(), rng.Float64() * 360, lowsky.Metres(60 + 120*rng.Float64())}
	}
	for r := range 3 {
		at := noon.Add(time.Duration(r) * time.Second)
		for i := range fleet {
			c := &fleet[i]
			s, cos := math.Sincos(c.course * math.Pi / 180)
			p := metres(lowsky.Metres(c.x+c.v*s*float64(r)), lowsky.Metres(c.y+c.v*cos*float64(r)))
			p.HAE = lowsky.Some(c.height)
			if i >= n {
				feed(&lowsky.TrafficReport{
					Traffic: fmt.Sprint("t", i), Source: lowsky.SourceID(fmt.Sprint("radar", i%5)), MeasuredAt: at, Position: p,
					GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(60)), Course: lowsky.Some(lowsky.Degrees(c.course)),
				}, at)
				continue
			}
			feed(&lowsky.TelemetryReport{
				Aircraft: lowsky.AircraftID(fmt.Sprint("a", i)), Source: lowsky.SourceID(fmt.Sprint("gw", i/10)), Format: "native", MeasuredAt: at,
				Position: lowsky.Some(p), GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(c.v)), Course: lowsky.Some(lowsky.Degrees(c.course)),
				VerticalSpeed: lowsky.Some(lowsky.MetresPerSecond(0)), Status: lowsky.Some(lowsky.StatusAirborne),
			}, at)
		}
	}
	return e, seq
}

// BenchmarkSeparationTick is one tick over so many aircraft with all slices of its separation pass. A slice is what a report
// may have to wait for: the median, the 99th percentile and the longest one of the pass.
func BenchmarkSeparationTick(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, seq := airborne(b, n)
			of := (e.Slots() + DefaultSliceSize - 1) / DefaultSliceSize
			var took []float64
			count := 0
			step := func(at time.Time, payload []byte) {
				seq++
				start := time.Now()
				e.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordTick, At: at, Payload: payload}, nil)
				took = append(took, float64(time.Since(start).Microseconds()))
			}
			tick := func() {
				at := noon.Add(2500 * time.Millisecond)
				for s := range of {
					step(at, fmt.Appendf(nil, `{"slice":%d,"of":%d}`, s, of))
				}
				for count = 0; e.Pairing(); count++ {
					step(at, fmt.Appendf(nil, `{"slice":%d,"of":%d,"pairs":true}`, of, of))
				}
			}
			tick()
			tick()
			took = took[:0]
			for b.Loop() {
				tick()
			}
			sort.Float64s(took)
			b.ReportMetric(took[len(took)/2], "µs/slice")
			b.ReportMetric(took[len(took)*99/100], "µs/slice-p99")
			b.ReportMetric(took[len(took)-1], "µs/slice-max")
			b.ReportMetric(float64(count), "pair-slices")
			b.ReportMetric(float64(len(e.pairs.objects)), "alerts")
		})
	}
}
