package airspace

import (
	"slices"
)

// maxNodes is about how many cells the rim of one polygon may touch before it is kept by page, and how many pages
// before it is kept by block. It bounds the memory of huge zones and the time that it takes to draw them.
var maxNodes = [...]int64{8192, 2048}

// maxNear is how many pages list a zone's box before the blocks do.
const maxNear = 1024

// A large polygon, whose rim is longer than this many cells, is kept whole by a page or block that few of its edges
// touch: every query there looks at those few, which is cheaper than to fill all cells.
var (
	largeRim = [...]int64{0, 256, 2048}
	fewEdges = [...]int{0, 4, 8}
)

// levels of the grid, finest first.
var levels = [...]uint{cellBits, pageBits, blockBits}

// rimLength is the length of all rings, the sides of edges added up, in nanodegrees.
func rimLength(p *polygon) int64 {
	var length int64
	for i := 1; i < len(p.points); i++ {
		if a, b := p.points[i-1], p.points[i]; a != ringBreak && b != ringBreak {
			length += abs(b.x-a.x) + abs(b.y-a.y)
		}
	}
	return length
}

// levelOf answers the level at which a rim of this length is kept.
func levelOf(length int64) int {
	for l, n := range maxNodes {
		if length>>levels[l] <= n {
			return l
		}
	}
	return len(levels) - 1
}

// nearLevel answers the level at which a zone's box is listed: page or block.
func nearLevel(b box) uint {
	if ((b.x1-b.x0)>>pageBits+1)*((b.y1-b.y0)>>pageBits+1) <= maxNear {
		return pageBits
	}
	return blockBits
}

// frames answers the whole turns by which a shape has to be moved so that each of its places falls on the grid.
func frames(b box) moves {
	var m moves
	if b.x0 <= halfTurn+rimSlack && b.x1 >= -halfTurn-rimSlack {
		m.add(0)
	}
	if b.x1 >= halfTurn-rimSlack {
		m.add(-fullTurn)
	}
	if b.x0 <= -halfTurn+rimSlack {
		m.add(fullTurn)
	}
	return m
}

// moves is up to three distances along x.
type moves struct {
	by [3]int64
	n  int
}

func (m *moves) add(x int64) {
	m.by[m.n] = x
	m.n++
}

// nodeID names a node on one level.
type nodeID struct{ col, row int64 }

func compareNodes(a, b nodeID) int {
	if a.row != b.row {
		return int(a.row - b.row)
	}
	return int(a.col - b.col)
}

// touch says that the edge that starts at points[at] touches a node.
type touch struct {
	nodeID
	at int
}

// rim is what the edges of a polygon touch on one level, ordered by row, column and edge.
type rim struct {
	touches []touch
	rows    map[int64][]int // by row of nodes: the edges that cross the line through its centres
}

// rimAt finds the touched nodes. It may name a neighbour too many, never one too few.
func rimAt(p *polygon, bits uint) rim {
	r := rim{rows: map[int64][]int{}}
	for i := 0; i+1 < len(p.points); i++ {
		a, b := p.points[i], p.points[i+1]
		if a == ringBreak || b == ringBreak {
			continue
		}
		_, r0, _, r1 := spanOf(boxOf(a, b).grown(rimSlack, rimSlack), bits)
		for row := r0; row <= r1; row++ {
			x0, x1 := clipX(a, b, boxAt(0, row, bits))
			c0, _, c1, _ := spanOf(box{x0 - rimSlack, a.y, x1 + rimSlack, a.y}, bits)
			for col := c0; col <= c1; col++ {
				r.touches = append(r.touches, touch{nodeID{col, row}, i})
			}
			if y := centreOf(0, row, bits).y; (a.y <= y) != (b.y <= y) {
				r.rows[row] = append(r.rows[row], i)
			}
		}
	}
	slices.SortFunc(r.touches, func(a, b touch) int {
		if c := compareNodes(a.nodeID, b.nodeID); c != 0 {
			return c
		}
		return a.at - b.at
	})
	return r
}

// clipX answers between which x the edge a–b runs while its y is in the band of r, a little generously.
func clipX(a, b point, r box) (x0, x1 int64) {
	e := boxOf(a, b)
	if a.y == b.y || e.y0 >= r.y0 && e.y1 <= r.y1 {
		return e.x0, e.x1
	}
	at := func(y int64) int64 {
		f := float64(y-a.y) / float64(b.y-a.y)
		return a.x + int64(float64(b.x-a.x)*max(0, min(1, f)))
	}
	u, v := at(r.y0), at(r.y1)
	return max(e.x0, min(u, v)-1), min(e.x1, max(u, v)+1)
}

// find answers the edges that touch a node; none: its area is uniform.
func (r *rim) find(id nodeID) []touch {
	i, ok := slices.BinarySearchFunc(r.touches, id, func(t touch, id nodeID) int { return compareNodes(t.nodeID, id) })
	if !ok {
		return nil
	}
	n := i
	for n < len(r.touches) && r.touches[n].nodeID == id {
		n++
	}
	return r.touches[i:n]
}

// inside answers the state of a node's centre.
func (r *rim) inside(p *polygon, id nodeID, bits uint) bool {
	c, in := centreOf(id.col, id.row, bits), false
	for _, i := range r.rows[id.row] {
		if crossesRight(p.points[i], p.points[i+1], c) {
			in = !in
		}
	}
	return in
}

// drawPolygon writes a polygon into the grid: whole blocks and pages where it covers them, else its cells.
func (e *edit) drawPolygon(as item, p polygon, move int64) {
	if move != 0 {
		p.points = slices.Clone(p.points)
		p.shift(move)
		p.box = p.box.shifted(move)
	}
	length := rimLength(&p)
	level := levelOf(length)
	var rims [len(levels)]rim
	for l := level; l < len(levels); l++ {
		rims[l] = rimAt(&p, levels[l])
	}
	e.descend(p.box.grown(rimSlack, rimSlack), as, func(l int, id nodeID) (coverage, item, []vertex) {
		ts := rims[l].find(id)
		if len(ts) > 0 && l > level && (length>>cellBits <= largeRim[l] || len(ts) > fewEdges[l]) {
			return coversPart, item{}, nil
		}
		in := rims[l].inside(&p, id, levels[l])
		switch {
		case len(ts) > 0:
			it := item{what: itemEdgesOut}
			if in {
				it.what = itemEdgesIn
			}
			return coversEdges, it, runs(&p, ts, centreOf(id.col, id.row, levels[l]))
		case in:
			return coversAll, item{}, nil
		}
		return coversNone, item{}, nil
	})
}

// runs answers the touched edges as runs of connected vertices relative to the centre c.
func runs(p *polygon, ts []touch, c point) []vertex {
	vs := make([]vertex, 0, len(ts)+2)
	for k, t := range ts {
		if k == 0 || ts[k-1].at+1 != t.at {
			if k > 0 {
				vs = append(vs, vertexBreak)
			}
			vs = append(vs, relative(p.points[t.at], c))
		}
		vs = append(vs, relative(p.points[t.at+1], c))
	}
	return vs
}

// relative: an edge that touches a node of at most 2^31 and is at most 2^29 long ends within 1.5 × 2^30 of its centre.
func relative(p, c point) vertex { return vertex{int32(p.x - c.x), int32(p.y - c.y)} }

// drawCircle writes a circle into the grid.
func (e *edit) drawCircle(as item, c circle, move int64) {
	c.box = c.box.shifted(move)
	c.centre.x += move
	e.descend(c.box, as, func(l int, id nodeID) (coverage, item, []vertex) {
		cover := c.cover(boxAt(id.col, id.row, levels[l]))
		if cover == coversPart && l == 0 {
			return coversEdges, item{what: itemCircle}, nil
		}
		return cover, item{}, nil
	})
}

// descend asks look for every block in the box, for the pages of those that are covered in part, and for the cells of
// those, and files what it answers under as.
func (e *edit) descend(b box, as item, look func(level int, id nodeID) (coverage, item, []vertex)) {
	var walk func(l int, within box)
	walk = func(l int, within box) {
		c0, r0, c1, r1 := spanOf(within, levels[l])
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				id := nodeID{col, row}
				cover, it, vs := look(l, id)
				it.zone, it.what = as.zone, it.what|as.what
				switch {
				case cover == coversAll || cover == coversEdges:
					e.file(l, id, it, vs)
				case cover == coversPart && l > 0:
					n := boxAt(col, row, levels[l]).grown(-rimSlack, -rimSlack)
					walk(l-1, box{max(b.x0, n.x0), max(b.y0, n.y0), min(b.x1, n.x1-1), min(b.y1, n.y1-1)})
				}
			}
		}
	}
	walk(len(levels)-1, b)
}
