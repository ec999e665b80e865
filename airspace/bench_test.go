package airspace

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

// benchScene is n star polygons of 10–200 vertices, radius 100 m to 3 km, on an area scaled so that about 1.75 of them
// cover a point: the scene of the reference measurements. Points are uniform random, the worst case for caches.
func benchScene(n int) (zones []*lowsky.Zone, points []lowsky.Position) {
	size := 0.534 * sqrtOf(float64(n)/1000)
	s := newScene(9, 114, 29.5, size)
	for i := range n {
		c := s.point()
		zones = append(zones, &lowsky.Zone{
			ID: lowsky.ZoneID(fmt.Sprintf("z-%06d", i)), Version: 1, Restriction: lowsky.Prohibited,
			Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(c, 10+s.rand.IntN(191), s.between(100, 3000), 0.5)}}},
			Ceiling:  lowsky.Some(lowsky.Altitude{Metres: 120, Datum: lowsky.AGL}),
		})
	}
	for range 1 << 14 {
		p := s.point()
		points = append(points, position(p[0], p[1]))
	}
	return zones, points
}

func sqrtOf(v float64) float64 {
	r := 1.0
	for range 40 {
		r = (r + v/r) / 2
	}
	return r
}

// cpu is the processor time of this process: on a busy machine the figure to read.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, from time.Duration) {
	b.ReportMetric(float64(cpu()-from)/float64(b.N), "cpu-ns/op")
}

func BenchmarkInside(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		zones, points := benchScene(n)
		ix := mustIndex(b, zones...)
		buf := make([]*lowsky.Zone, 0, 64)
		b.Run(fmt.Sprintf("uniform/zones=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			hits := 0
			from := cpu()
			for i := 0; b.Loop(); i++ {
				buf = ix.Inside(buf[:0], points[i&(len(points)-1)])
				hits += len(buf)
			}
			reportCPU(b, from)
			b.ReportMetric(float64(hits)/float64(b.N), "zones/point")
		})
		var in []lowsky.Position
		for _, p := range points {
			if len(ix.Inside(buf[:0], p)) > 0 {
				in = append(in, p)
			}
		}
		b.Run(fmt.Sprintf("in-area/zones=%d", n), func(b *testing.B) {
			hits := 0
			from := cpu()
			for i := 0; b.Loop(); i++ {
				buf = ix.Inside(buf[:0], in[i%len(in)])
				hits += len(buf)
			}
			reportCPU(b, from)
			b.ReportMetric(float64(hits)/float64(b.N), "zones/point")
		})
	}
}

func BenchmarkRelations(b *testing.B) {
	zones, points := benchScene(1000)
	ix := mustIndex(b, zones...)
	buf := make([]lowsky.ZoneRelation, 0, 64)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	queries := make([]Query, len(points))
	for i, p := range points {
		p.AGL = lowsky.Some(lowsky.Metres(80))
		course := lowsky.Degrees(i % 360)
		queries[i] = Query{
			Position: p, Now: now, Previous: lowsky.Some(Offset(p, course+180, 15)), Near: 200,
			GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(15)), Course: lowsky.Some(course), VerticalSpeed: lowsky.Some(lowsky.MetresPerSecond(1)),
		}
	}
	b.ReportAllocs()
	found := 0
	from := cpu()
	for i := 0; b.Loop(); i++ {
		buf = ix.Relations(buf[:0], &queries[i&(len(queries)-1)])
		found += len(buf)
	}
	reportCPU(b, from)
	b.ReportMetric(float64(found)/float64(b.N), "relations/query")
}

func BenchmarkApplyOneEdit(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("zones=%d", n), func(b *testing.B) {
			sc := benchIndex(b, n)
			ix, zones := sc.index, sc.zones
			s := newScene(10, 114, 29.5, 0.1)
			b.ResetTimer()
			from := cpu()
			for i := 0; b.Loop(); i++ {
				z := *zones[i*7919%len(zones)]
				z.Version++
				c := z.Geometry.Polygons[0][0][0]
				z.Geometry.Polygons = orb.MultiPolygon{{s.star(c, 100, 1500, 0.5)}}
				next, err := ix.Apply([]*lowsky.Zone{&z}, nil)
				if err != nil {
					b.Fatal(err)
				}
				ix = next
			}
			reportCPU(b, from)
		})
	}
}

// Building at once, on all cores; live-MB is what stays on the heap besides the zones themselves.
func BenchmarkNewIndex(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("zones=%d", n), func(b *testing.B) {
			zones, _ := benchScene(n)
			before := liveHeap()
			var ix *Index
			from := cpu()
			for b.Loop() {
				ix = nil
				ix = mustIndex(b, zones...)
			}
			reportCPU(b, from)
			b.ReportMetric((liveHeap()-before)/1e6, "live-MB")
			runtime.KeepAlive(ix)
			runtime.KeepAlive(zones)
		})
	}
}

// liveHeap is the heap in bytes after two collections.
func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// Large zones: how long one takes to put in.
func BenchmarkApplyLarge(b *testing.B) {
	s := newScene(14, 0, 0, 1)
	for name, r := range map[string]orb.Ring{
		"box-60-degrees": {{60, -20}, {120, -20}, {120, 40}, {60, 40}, {60, -20}},
		"box-4-degrees":  {{112, 28}, {116, 28}, {116, 32}, {112, 32}, {112, 28}},
		"province-2000":  s.star(orb.Point{112, 31}, 2000, 300_000, 0.95),
		"county-500":     s.star(orb.Point{114, 30}, 500, 30_000, 0.9),
		"country-2000":   s.star(orb.Point{104, 35}, 2000, 2_000_000, 0.99),
		"round-49000":    s.star(orb.Point{104, 35}, 49_000, 1_000_000, 0.99999),
	} {
		z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{r}}}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			from := cpu()
			for b.Loop() {
				if _, err := NewIndex([]*lowsky.Zone{z}); err != nil {
					b.Fatal(err)
				}
			}
			reportCPU(b, from)
		})
	}
}
