package airspace

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// crossing is where edges i and j of a ring, i before j and not neighbours, have a point in common. Edge i runs from
// position i to the next.
type crossing struct {
	i, j   int
	at     point
	proper bool // they pass through each other; otherwise they touch
}

// untangle takes noise loops out of a ring and, where alone is set, splits a ring that only touches itself. It answers
// at least one ring; more are further polygons.
func (m *mender) untangle(at string, vs []vertexAt, alone bool) ([][]vertexAt, error) {
	loops, first := 0, crossing{}
	for range loopRounds {
		found, err := m.crossings(at, vs)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			break
		}
		if len(found) >= maxFound {
			return nil, tangled(at, vs, found[0])
		}
		whole := math.Abs(area2(closed(vs)))
		drop := make([]bool, len(vs))
		put := make(map[int]point)
		done := 0
		for _, c := range found {
			from, to, ok := noise(vs, c, whole)
			if !ok || taken(drop, from, to) {
				continue
			}
			for k := from; k != to; k = (k + 1) % len(vs) {
				drop[k] = true
			}
			put[from] = c.at
			done++
		}
		if done == 0 {
			lobes, err := m.lobes(at, vs, found, alone)
			if err != nil {
				return nil, err
			}
			m.loops(at, loops, first)
			m.repaired(at, "split_where_it_touches", "touches itself at %s: taken as %d polygons", place(found[0].at), len(lobes))
			return lobes, nil
		}
		if loops == 0 {
			first = found[0]
		}
		loops += done
		next := make([]vertexAt, 0, len(vs))
		for k, v := range vs {
			if p, ok := put[k]; ok {
				lon, lat := p.degrees()
				next = append(next, vertexAt{p, orb.Point{wrapDegrees(lon), lat}, v.index})
			} else if !drop[k] {
				next = append(next, v)
			}
		}
		if vs = m.tidy(at, next, true); len(vs) < 3 {
			return nil, invalid(at, "has fewer than three distinct positions that are not in one line")
		}
	}
	found, err := m.crossings(at, vs)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, tangled(at, vs, found[0])
	}
	m.loops(at, loops, first)
	return [][]vertexAt{vs}, nil
}

func (m *mender) loops(at string, n int, first crossing) {
	if n > 0 {
		m.repaired(at, "loop_removed", "%d loops without width, or within %.0f m of where they cross, were cut off, the first at %s", n, loopExtent, place(first.at))
	}
}

func tangled(at string, vs []vertexAt, c crossing) error {
	word := "touches"
	if c.proper {
		word = "crosses"
	}
	return invalid(at, "%s itself at %s: edge %d (from position %d to the next) and edge %d", word, place(c.at), vs[c.i].index, vs[c.i].index, vs[c.j].index)
}

func closed(vs []vertexAt) []point {
	out := make([]point, 0, len(vs)+1)
	for _, v := range vs {
		out = append(out, v.p)
	}
	return append(out, vs[0].p)
}

// crossings sweeps over the edges from west to east and answers where they meet in the order of the edges, or, where that
// is in maxFound places, the westernmost so many.
func (m *mender) crossings(at string, vs []vertexAt) ([]crossing, error) {
	n := len(vs)
	order := make([]int, n)
	west := func(i int) int64 { return min(vs[i].p.x, vs[(i+1)%n].p.x) }
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := west(a), west(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	var out []crossing
	var active []int
	for _, e := range order {
		a, b := vs[e].p, vs[(e+1)%n].p
		keep := active[:0]
		for _, o := range active {
			c, d := vs[o].p, vs[(o+1)%n].p
			if max(c.x, d.x) < min(a.x, b.x) {
				continue
			}
			keep = append(keep, o)
			if *m.budget--; *m.budget < 0 {
				return nil, invalid(at, "is too intricate to be repaired")
			}
			gap := abs(int64(e - o))
			if gap == 1 || gap == int64(n-1) || !boxOf(a, b).meets(boxOf(c, d)) || !meet(a, b, c, d) {
				continue
			}
			x := crossing{i: min(e, o), j: max(e, o)}
			x.at, x.proper = common(vs[x.i].p, vs[(x.i+1)%n].p, vs[x.j].p, vs[(x.j+1)%n].p)
			if out = append(out, x); len(out) >= maxFound {
				return out, nil
			}
		}
		active = append(keep, e)
	}
	slices.SortFunc(out, func(a, b crossing) int {
		if a.i != b.i {
			return a.i - b.i
		}
		return a.j - b.j
	})
	return out, nil
}

// common answers a point that two edges which meet have in common, rounded to nanodegrees.
func common(a, b, c, d point) (point, bool) {
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	switch {
	case t1 == 0 && between(a, b, c):
		return c, false
	case t2 == 0 && between(a, b, d):
		return d, false
	case t3 == 0 && between(c, d, a):
		return a, false
	case t4 == 0 && between(c, d, b):
		return b, false
	}
	rx, ry, sx, sy := float64(b.x-a.x), float64(b.y-a.y), float64(d.x-c.x), float64(d.y-c.y)
	f := (float64(c.x-a.x)*sy - float64(c.y-a.y)*sx) / (rx*sy - ry*sx)
	return point{a.x + int64(math.Round(f*rx)), a.y + int64(math.Round(f*ry))}, true
}

// noise reports whether the part of the ring between a crossing and itself, on either side, is a loop so small or so
// thin that it is noise; from is the first position of it, to the one after its last.
func noise(vs []vertexAt, c crossing, whole float64) (from, to int, ok bool) {
	n := len(vs)
	inner := c.j - c.i // positions i+1 … j
	for _, s := range [...]struct{ from, count int }{{c.i + 1, inner}, {c.j + 1, n - inner}} {
		if s.count > loopChain || n-s.count < 2 {
			continue
		}
		loop := []point{c.at}
		extent := 0.0
		for k := range s.count {
			p := vs[(s.from+k)%n].p
			east, north := metresBetween(c.at, p)
			extent = max(extent, math.Hypot(east, north))
			loop = append(loop, p)
		}
		area := math.Abs(area2(append(loop, c.at)))
		meridian, parallel := radii(float64(c.at.y) / unit * radian)
		width := area / 2 / (unit * unit) * radian * radian * meridian * parallel / extent
		if (extent <= loopExtent || width <= loopWidth) && area <= loopShare*whole {
			return s.from % n, (s.from + s.count) % n, true
		}
	}
	return 0, 0, false
}

func metresBetween(a, b point) (east, north float64) {
	aLon, aLat := a.degrees()
	bLon, bLat := b.degrees()
	return local(aLon, aLat, bLon, bLat)
}

func taken(drop []bool, from, to int) bool {
	n := len(drop)
	// Its neighbours are asked too: loops side by side share an edge, and the second is looked at in the next round.
	for k := (from - 1 + n) % n; ; k = (k + 1) % n {
		if drop[k] {
			return true
		}
		if k == to {
			return false
		}
	}
}

// lobes splits a ring that comes back to one position once or several times without crossing itself there into its
// parts, when they lie side by side and turn the same way. A part that lies inside another, or runs along it, may be a
// hole or not: refused.
func (m *mender) lobes(at string, vs []vertexAt, found []crossing, alone bool) ([][]vertexAt, error) {
	for _, c := range found {
		if c.proper || !alone {
			return nil, tangled(at, vs, c)
		}
	}
	// Walk along the ring; a position that is on the way already closes a lobe.
	var out [][]vertexAt
	var way []vertexAt
	on := map[point]int{}
	for _, v := range vs {
		if k, ok := on[v.p]; ok {
			lobe := slices.Clone(way[k:])
			for _, x := range lobe[1:] {
				delete(on, x.p)
			}
			way = way[:k+1]
			if len(lobe) < 3 {
				return nil, tangled(at, vs, found[0])
			}
			out = append(out, lobe)
			continue
		}
		on[v.p] = len(way)
		way = append(way, v)
	}
	if len(way) < 3 || len(out) == 0 || len(out) > MaxParts {
		return nil, tangled(at, vs, found[0])
	}
	out = append([][]vertexAt{way}, out...)
	solid := make([]polygon, len(out))
	for i, l := range out {
		// Opposite turns are a bow-tie whose crossing has a position: what was meant may be one area, in another order.
		if (area2(closed(l)) > 0) != (area2(closed(way)) > 0) {
			return nil, tangled(at, vs, found[0])
		}
		if rest, err := m.crossings(at, l); err != nil || len(rest) > 0 {
			return nil, tangled(at, vs, found[0])
		}
		solid[i] = polygon{points: appendPieces(nil, closed(l))}
		solid[i].plant()
	}
	for i := range out {
		for k := range out {
			if i != k && solid[i].box.meets(solid[k].box) && lies(&solid[i], closed(out[k])) {
				return nil, tangled(at, vs, found[0])
			}
		}
	}
	return out, nil
}
