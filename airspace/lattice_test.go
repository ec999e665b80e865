package airspace

import (
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"lowsky"
)

// On a lattice of a quarter of a cell, vertices, edges and points fall on the corners, sides and centres of cells and in
// line with one another all the time: the worst case for counting crossings. Small whole numbers decide exactly.
//
//	·───·───·───·     one cell: c is its centre, ring vertices and
//	│   ·   ·   │     points lie only on dots
//	·   · c ·   ·
//	│   ·   ·   │
//	·───·───·───·
func TestInsideIsExactOnLattices(t *testing.T) {
	const step = 1 << (cellBits - 2)
	corner := onGrid(exact(orb.Point{114.3, 29.8}))
	place := func(x, y int) orb.Point {
		g := point{corner.x>>blockBits<<blockBits + int64(x)*step - halfTurn, corner.y>>pageBits<<pageBits + int64(y)*step - halfTurn/2}
		lon, lat := g.degrees()
		return orb.Point{lon, lat}
	}
	type whole struct{ x, y int }
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 9).Draw(t, "n")
		var ws []whole
		var ring orb.Ring
		for i := range n {
			w := whole{rapid.IntRange(-20, 20).Draw(t, fmt.Sprintf("x%d", i)), rapid.IntRange(-20, 20).Draw(t, fmt.Sprintf("y%d", i))}
			ws = append(ws, w)
			ring = append(ring, place(w.x, w.y))
		}
		ring = append(ring, ring[0])
		z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{ring}}}}
		ix, err := NewIndex([]*lowsky.Zone{z})
		if err != nil {
			t.Skip("crosses itself")
		}
		for x := -21; x <= 21; x++ {
			for y := -21; y <= 21; y++ {
				in, rim := false, false
				for i, a := range ws {
					b := ws[(i+1)%len(ws)]
					cross := (b.x-a.x)*(y-a.y) - (b.y-a.y)*(x-a.x)
					if cross == 0 && min(a.x, b.x) <= x && x <= max(a.x, b.x) && min(a.y, b.y) <= y && y <= max(a.y, b.y) {
						rim = true
					}
					if (a.y > y) != (b.y > y) && (b.y > a.y) == (cross > 0) {
						in = !in
					}
				}
				p := place(x, y)
				if got := slices.Contains(ix.Inside(nil, position(p[0], p[1])), z); got != (in || rim) {
					t.Fatalf("ring %v, point (%d,%d): inside %v, want %v (rim %v)", ws, x, y, got, in || rim, rim)
				}
			}
		}
	})
}
