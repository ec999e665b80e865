package airspace

import (
	"testing"

	"github.com/paulmach/orb"

	"lowsky"
)

// Where the marks of a node decide, counting its edges gives the same, also hard by the rims of the sub-cells. Zones of
// 20 vertices at three sizes have edges kept by cell, page and block.
func TestMarksAgreeWithCounting(t *testing.T) {
	s := newScene(70, 113.8, 29.4, 0.3)
	zones := s.zones(200)
	for i, r := range []float64{60_000, 1_000_000} {
		z := &lowsky.Zone{ID: lowsky.ZoneID([]string{"county", "country"}[i]), Geometry: areas(orb.Polygon{s.star(orb.Point{113.9, 29.5}, 20, r, 0.8)})}
		zones = append(zones, z)
	}
	ix := mustIndex(t, zones...)
	var marked, mixed [len(levels)]int
	look := func(w packed, level int) {
		bits := levels[level]
		sub := int64(1) << (bits - marksBits)
		w.items(func(it item) bool {
			if !hasEdges(it.kind()) {
				return true
			}
			for range 20 {
				g := gridPoint{s.rand.Int64N(1 << bits), s.rand.Int64N(1 << bits)}
				if s.rand.IntN(2) == 0 { // at a rim of its sub-cell
					g.x = g.x/sub*sub + []int64{0, 1, sub - 1}[s.rand.IntN(3)]
					g.y = g.y/sub*sub + []int64{0, 1, sub - 1}[s.rand.IntN(3)]
				}
				mark, at := markOf(g, bits), inNode(g, bits)
				if it.marks.mixed>>mark&1 != 0 {
					mixed[level]++
					continue
				}
				marked[level]++
				want := holds(it.kind() == itemEdgesIn, it.vertices, at.x, at.y)
				if got := it.marks.inside>>mark&1 != 0; got != want {
					t.Fatalf("level %d, zone %s, place %v: marked %v, counted %v", level, ix.entry(it.zone).zone.ID, g, got, want)
				}
			}
			return true
		})
	}
	for _, b := range blocksOf(ix) {
		look(b.items, 2)
		for _, pr := range b.rows {
			for c := range pagesAcross {
				if pr == nil || pr.pages[c] == nil {
					continue
				}
				p := pr.pages[c]
				look(p.items, 1)
				for i := range int64(len(p.first) - 1) {
					if p.cells != nil {
						look(p.cell(i), 0)
					}
				}
			}
		}
	}
	for l := range levels {
		if marked[l] < 50 || mixed[l] < 10 {
			t.Errorf("level %d: only %d places by marks, %d mixed", l, marked[l], mixed[l])
		}
	}
}

// A rim along the border of sub-cells belongs to the zone from both sides, with all that is within rimUnits of it.
func TestRimsAlongSubCells(t *testing.T) {
	const sub = 1 << patchBits
	g := onGrid(exact(orb.Point{114.3, 29.8}))
	west, south := g.x/sub*sub-halfTurn, g.y/sub*sub-halfTurn/2
	at := func(x, y int64) orb.Point {
		lon, lat := point{west + x, south + y}.degrees()
		return orb.Point{lon, lat}
	}
	z := &lowsky.Zone{ID: "z", Geometry: areas(orb.Polygon{{at(0, 0), at(3*sub, 0), at(3*sub, 2*sub), at(0, 2*sub), at(0, 0)}})}
	ix := mustIndex(t, z)
	for out := int64(-6); out <= 6; out++ { // units beyond the rim
		if out > rimUnits && out <= rimSlack {
			continue // either will do
		}
		for _, p := range []orb.Point{at(-out, sub/2), at(3*sub+out, sub/2), at(sub/2, -out), at(sub/2, 2*sub+out), at(sub+1, -out)} {
			if got := len(ix.Inside(nil, position(p[0], p[1]))) == 1; got != (out <= rimUnits) {
				t.Errorf("%d units beyond the rim, %v: inside %v", out, p, got)
			}
		}
	}
}
