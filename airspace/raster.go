package airspace

import "slices"

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

// rim is what the edges of a polygon touch on one level.
type rim struct {
	bits     uint
	col, row int64    // of the lower left node of all
	touches  []uint64 // node and edge as one number: rows, columns and edges count from 0. In ascending order.
	rows     []int32  // lines[rows[i]:rows[i+1]] are the edges that cross the line through the centres of row i
	lines    []int32
}

const (
	touchCol = 32 // a touch is row<<touchRow | column<<touchCol | edge
	touchRow = 48
)

// rimAt finds the touched nodes, on a level on which they are at most a few thousand across. It may name a neighbour too
// many, never one too few.
func rimAt(p *polygon, bits uint, into *rim) {
	r := into
	c0, r0, _, r1 := spanOf(p.box.grown(rimSlack, rimSlack), bits)
	*r = rim{bits: bits, col: c0, row: r0, touches: r.touches[:0], rows: r.rows[:0], lines: r.lines[:0]}
	r.rows = append(r.rows, make([]int32, max(0, r1-r0)+2)...)
	for i := 0; i+1 < len(p.points); i++ {
		a, b := p.points[i], p.points[i+1]
		if a == ringBreak || b == ringBreak {
			continue
		}
		_, f0, _, f1 := spanOf(boxOf(a, b).grown(rimSlack, rimSlack), bits)
		for row := f0; row <= f1; row++ {
			x0, x1 := clipX(a, b, boxAt(0, row, bits))
			c0, _, c1, _ := spanOf(box{x0 - rimSlack, a.y, x1 + rimSlack, a.y}, bits)
			for col := c0; col <= c1; col++ {
				r.touches = append(r.touches, r.key(nodeID{col, row})|uint64(i))
			}
			if y := centreOf(0, row, bits).y; (a.y <= y) != (b.y <= y) {
				r.rows[row-r.row]++
			}
		}
	}
	slices.Sort(r.touches)
	sum := int32(0)
	for i, n := range r.rows {
		sum += n
		r.rows[i] = sum
	}
	r.lines = append(r.lines, make([]int32, sum)...)
	for i := len(p.points) - 2; i >= 0; i-- { // backwards: rows ends at the beginnings, in order of edges
		a, b := p.points[i], p.points[i+1]
		if a == ringBreak || b == ringBreak {
			continue
		}
		_, f0, _, f1 := spanOf(boxOf(a, b), bits)
		for row := f0; row <= f1; row++ {
			if y := centreOf(0, row, bits).y; (a.y <= y) != (b.y <= y) {
				r.rows[row-r.row]--
				r.lines[r.rows[row-r.row]] = int32(i)
			}
		}
	}
}

func (r *rim) key(id nodeID) uint64 {
	return uint64(id.row-r.row)<<touchRow | uint64(id.col-r.col)<<touchCol
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
func (r *rim) find(id nodeID) []uint64 {
	key := r.key(id)
	i, _ := slices.BinarySearch(r.touches, key)
	n := i
	for n < len(r.touches) && r.touches[n]>>touchCol == key>>touchCol {
		n++
	}
	return r.touches[i:n]
}

// inside answers the state of a node's centre.
func (r *rim) inside(p *polygon, id nodeID) bool {
	c, in, row := centreOf(id.col, id.row, r.bits), false, id.row-r.row
	for _, i := range r.lines[r.rows[row]:r.rows[row+1]] {
		if crossesRight(p.points[i], p.points[i+1], c) {
			in = !in
		}
	}
	return in
}

// drawPolygon writes a polygon into the grid: whole blocks and pages where it covers them, else its cells.
func (k *sketch) drawPolygon(as item, p polygon, move int64) {
	if move != 0 {
		p.points = slices.Clone(p.points)
		p.shift(move)
		p.box = p.box.shifted(move)
	}
	length := rimLength(&p)
	level := levelOf(length)
	for l := level; l < len(levels); l++ {
		rimAt(&p, levels[l], &k.rims[l])
	}
	k.descend(p.box.grown(rimSlack, rimSlack), as, func(l int, id nodeID) (coverage, item) {
		r := &k.rims[l]
		ts := r.find(id)
		if len(ts) > 0 && l > level && (length>>cellBits <= largeRim[l] || len(ts) > fewEdges[l]) {
			return coversPart, item{}
		}
		in := r.inside(&p, id)
		switch {
		case len(ts) > 0:
			it := item{what: itemEdgesOut, vertices: k.runs(&p, ts, centreOf(id.col, id.row, levels[l]))}
			if in {
				it.what = itemEdgesIn
			}
			it.marks = marksOf(in, it.vertices, levels[l])
			return coversEdges, it
		case in:
			return coversAll, item{}
		}
		return coversNone, item{}
	})
}

// runs answers the touched edges as runs of connected vertices relative to the centre c: an edge that touches a node of
// at most 2^31 and is at most 2^29 long ends within 1.5 × 2^30 of its centre.
func (k *sketch) runs(p *polygon, ts []uint64, c point) packed {
	if need := 6 * len(ts); cap(k.store)-len(k.store) < need {
		k.store = make(packed, 0, max(need, 1<<14))
	}
	from := len(k.store)
	add := func(at int) {
		k.store = append(k.store, uint32(int32(p.points[at].x-c.x)), uint32(int32(p.points[at].y-c.y)))
	}
	last := -1
	for i, t := range ts {
		at := int(uint32(t))
		if i == 0 || last+1 != at {
			if i > 0 {
				k.store = append(k.store, breakWord)
			}
			add(at)
		}
		add(at + 1)
		last = at
	}
	return k.store[from:len(k.store):len(k.store)]
}

// drawCircle writes a circle into the grid.
func (k *sketch) drawCircle(as item, c circle, move int64) {
	c.box = c.box.shifted(move)
	c.centre.x += move
	k.descend(c.box, as, func(l int, id nodeID) (coverage, item) {
		cover := c.cover(boxAt(id.col, id.row, levels[l]))
		if cover == coversPart && l == 0 {
			return coversEdges, item{what: itemAsk}
		}
		return cover, item{}
	})
}

// descend asks look for every block in the box, for the pages of those that are covered in part, and for the cells of
// those, and files what it answers under as.
func (k *sketch) descend(b box, as item, look func(level int, id nodeID) (coverage, item)) {
	var walk func(l int, within box)
	walk = func(l int, within box) {
		c0, r0, c1, r1 := spanOf(within, levels[l])
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				id := nodeID{col, row}
				cover, it := look(l, id)
				it.zone, it.part, it.what = as.zone, as.part, it.what|as.what
				switch {
				case cover == coversAll || cover == coversEdges:
					k.file(l, id, it)
				case cover == coversPart && l > 0:
					n := boxAt(col, row, levels[l]).grown(-rimSlack, -rimSlack)
					walk(l-1, box{max(b.x0, n.x0), max(b.y0, n.y0), min(b.x1, n.x1-1), min(b.y1, n.y1-1)})
				}
			}
		}
	}
	walk(len(levels)-1, b)
}
