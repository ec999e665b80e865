package airspace

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"

	"lowsky"
)

// benchmarked is the scene of benchScene with its index, and the same zones in an R-tree of boxes.
type benchmarked struct {
	zones  []*lowsky.Zone
	points []lowsky.Position // with heights of 0 … 199 m above ground
	index  *Index
	tree   rtree.RTreeG[*lowsky.Zone]
}

var benchCache = map[int]*benchmarked{} // by size: large ones take a while

func benchIndex(b *testing.B, n int) *benchmarked {
	b.Helper()
	if benchCache[n] == nil {
		clear(benchCache) // one at a time
		s := &benchmarked{}
		s.zones, s.points = benchScene(n)
		for i := range s.points {
			s.points[i].AGL = lowsky.Some(lowsky.Metres(i % 200))
		}
		s.index = mustIndex(b, s.zones...)
		for _, z := range s.zones {
			bound := z.Geometry.Polygons.Bound()
			s.tree.Insert(bound.Min, bound.Max, z)
		}
		benchCache[n] = s
	}
	return benchCache[n]
}

// treeVisitor does with an R-tree of boxes and orb's planar test what Visitor does: area, height, time, and what has
// changed since the last look.
type treeVisitor struct{ in, now []*lowsky.Zone }

func (v *treeVisitor) visit(tree *rtree.RTreeG[*lowsky.Zone], p *lowsky.Position, at time.Time) (entered, left int) {
	v.now = v.now[:0]
	pt := p.Point()
	tree.Search(pt, pt, func(_, _ [2]float64, z *lowsky.Zone) bool {
		if !planar.MultiPolygonContains(z.Geometry.Polygons, pt) || !z.Applicability.ActiveAt(at) {
			return true
		}
		if h := p.AGL.Value; (!z.Floor.OK || h >= z.Floor.Value.Metres) && (!z.Ceiling.OK || h <= z.Ceiling.Value.Metres) {
			v.now = append(v.now, z)
		}
		return true
	})
	has := func(zs []*lowsky.Zone, z *lowsky.Zone) bool {
		for _, x := range zs {
			if x == z {
				return true
			}
		}
		return false
	}
	for _, z := range v.now {
		if !has(v.in, z) {
			entered++
		}
	}
	for _, z := range v.in {
		if !has(v.now, z) {
			left++
		}
	}
	v.in, v.now = v.now, v.in
	return entered, left
}

// Point, altitude and time, with what is entered and left. "random" is one aircraft that jumps anywhere each time, the
// worst case for caches; "track" is 1,000 aircraft in turn, each flying 15 m a second in a straight line. rtree-ratio is
// how many times longer the R-tree with orb takes for the same, measured right afterwards in the same way. quiet-ns/op is
// the tenth percentile over runs of 512: what it takes while nothing else wants the processor. harness-ns/op is what the
// loop without Visit takes, measured in the same way and part of ns/op: every step writes the position of the report, which
// has just been decoded and so is in the nearest cache.
func BenchmarkVisit(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, way := range []string{"random", "track"} {
			b.Run(fmt.Sprintf("%s/zones=%d", way, n), func(b *testing.B) {
				s := benchIndex(b, n)
				const craft = 1000
				visitors, plain := make([]Visitor, craft), make([]treeVisitor, craft)
				type place struct {
					lon, lat, north lowsky.Degrees // north: a second
					agl             lowsky.Metres
				}
				starts := make([]place, len(s.points))
				for i, p := range s.points {
					starts[i] = place{p.Longitude, p.Latitude, 0.0001 * lowsky.Degrees(i%3-1), p.AGL.Value}
				}
				where := slices.Clone(starts[:craft])
				p := &lowsky.Position{AGL: lowsky.Some[lowsky.Metres](0)}
				var k, round int // of the next look
				jump := func() int {
					at := &starts[k&(len(starts)-1)]
					p.Longitude, p.Latitude, p.AGL.Value = at.lon, at.lat, at.agl
					k++
					return 0
				}
				fly := func() int {
					me, at := k, &where[k]
					at.lon += 0.00011
					at.lat += at.north
					p.Longitude, p.Latitude, p.AGL.Value = at.lon, at.lat, at.agl
					if k++; k == craft {
						k = 0
						if round++; round%512 == 0 {
							copy(where, starts) // back to the beginning
						}
					}
					return me
				}
				step := jump
				if way == "track" {
					step = fly
				}
				buf := make([]Stay, 0, 64)
				b.ReportAllocs()
				b.ResetTimer()
				n := 0
				var chunks []time.Duration
				last, done := time.Now(), 0
				tick := func(every int) {
					if done++; done == every {
						now := time.Now()
						chunks, last, done = append(chunks, now.Sub(last)/time.Duration(every)), now, 0
					}
				}
				quiet := func() float64 {
					slices.Sort(chunks)
					q := chunks[len(chunks)/10]
					chunks = chunks[:0]
					return float64(q)
				}
				from := cpu()
				for b.Loop() {
					buf = s.index.Visit(buf[:0], &visitors[step()], p, noon, nil)
					n += len(buf)
					tick(512)
				}
				if b.N < 512 {
					return
				}
				reportCPU(b, from)
				b.ReportMetric(float64(n)/float64(b.N), "zones/op")
				spent := quiet()
				b.ReportMetric(spent, "quiet-ns/op")
				last, done = time.Now(), 0
				for range 20_000 {
					plain[step()].visit(&s.tree, p, noon)
					tick(20)
				}
				b.ReportMetric(quiet()/spent, "rtree-ratio")
				last, done = time.Now(), 0
				for range 20_000 {
					n += step()
					tick(512)
				}
				b.ReportMetric(quiet(), "harness-ns/op")
			})
		}
	}
}

// The R-tree with orb finds the same as Visit, so the ratio compares like with like.
func TestVisitAgreesWithRTreeAndOrb(t *testing.T) {
	zones, points := benchScene(300)
	ix := mustIndex(t, zones...)
	var tree rtree.RTreeG[*lowsky.Zone]
	for _, z := range zones {
		bound := z.Geometry.Polygons.Bound()
		tree.Insert(bound.Min, bound.Max, z)
	}
	var v Visitor
	var w treeVisitor
	changes := 0
	for i := range points[:4000] {
		p := agl(points[i], lowsky.Metres(i%200))
		entered, left := 0, 0
		for _, s := range ix.Visit(nil, &v, &p, noon, nil) {
			if s.Entered {
				entered++
			}
			if s.Left {
				left++
			}
		}
		if e, l := w.visit(&tree, &p, noon); e != entered || l != left {
			t.Fatalf("at %v: %d entered and %d left, want %d and %d", p, entered, left, e, l)
		}
		changes += entered + left
	}
	if changes < 1000 {
		t.Errorf("only %d changes", changes)
	}
}
