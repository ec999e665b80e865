package airspace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"lowsky"
)

// traffic is n movers at one per square kilometre, 2 % of them crewed, one in ten turning.
func traffic(n int) []Mover {
	rng := rand.New(rand.NewPCG(7, 7))
	side := 1000 * math.Sqrt(float64(n))
	movers := make([]Mover, n)
	for i := range movers {
		m := flying(lowsky.Metres((rng.Float64()-.5)*side), lowsky.Metres((rng.Float64()-.5)*side), lowsky.Metres(60+rng.Float64()*120),
			lowsky.Degrees(rng.Float64()*360), lowsky.MetresPerSecond(5+15*rng.Float64()), lowsky.MetresPerSecond(rng.NormFloat64()))
		if i%10 == 0 {
			m.Turn = lowsky.Degrees(rng.Float64()*40 - 20)
		}
		if i%50 == 0 {
			m.Crewed, m.East, m.North, m.Turn = true, m.East*5, m.North*5, 0
		}
		m.Age = time.Duration(rng.IntN(1000)) * time.Millisecond
		movers[i] = m
	}
	return movers
}

// swarm is n movers in one square kilometre.
func swarm(n int, formation int32) []Mover {
	rng := rand.New(rand.NewPCG(8, 8))
	movers := make([]Mover, n)
	for i := range movers {
		movers[i] = flying(lowsky.Metres(rng.Float64()*1000), lowsky.Metres(rng.Float64()*1000), lowsky.Metres(50+rng.Float64()*70),
			lowsky.Degrees(rng.Float64()*360), lowsky.MetresPerSecond(5*rng.Float64()), 0)
		movers[i].Formation = formation
	}
	return movers
}

// sliceWork is what the picture gives one slice.
const sliceWork = 20_000

// processor is the time that this process has had on the processors: on a shared machine it says more than the clock.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSeparation is whole passes in slices, with the longest slice at the 99th percentile and the processor time.
func BenchmarkSeparation(b *testing.B) {
	for _, c := range []struct {
		name   string
		movers []Mover
	}{
		{"10000", traffic(10_000)}, {"100000", traffic(100_000)},
		{"swarm250", swarm(250, 0)}, {"swarm500", swarm(500, 0)}, {"swarm1000", swarm(1000, 0)}, {"swarm2000", swarm(2000, 0)},
		{"formation2000", swarm(2000, 1)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var s Separation
			var took []time.Duration
			found := 0
			pass := func() {
				found = 0
				s.Begin(c.movers, reach, nil)
				for !s.Done() {
					start := time.Now()
					found += len(s.Step(sliceWork))
					took = append(took, time.Since(start))
				}
			}
			pass()
			took = took[:0]
			b.ReportAllocs()
			before := processor()
			for b.Loop() {
				pass()
			}
			b.ReportMetric(float64((processor()-before).Microseconds())/float64(b.N)/1000, "cpu-ms/op")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs/slice-p99")
			b.ReportMetric(float64(found), "pairs")
			if found == 0 && c.movers[0].Formation == 0 {
				b.Fatal(fmt.Sprint("no pairs among ", len(c.movers)))
			}
		})
	}
}
