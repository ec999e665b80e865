package airspace

import "math"

// The grid: cells of 2^21 nanodegrees (233 m of latitude), pages of 16 × 16 cells (3.7 km), blocks of 64 × 64 pages
// (239 km), 168 × 84 blocks around the Earth. Powers of two, so that a place finds its cell by shifting.
const (
	cellBits  = 21
	pageBits  = 25
	blockBits = 31

	cellsAcross  = 1 << (pageBits - cellBits)
	pagesAcross  = 1 << (blockBits - pageBits)
	blockColumns = int(fullTurn>>blockBits) + 1
	blockRows    = int(halfTurn>>blockBits) + 1
)

// gridPoint is a place counted from 180° W, 90° S; inside the grid both are at or above zero.
type gridPoint struct{ x, y int64 }

func onGrid(p point) gridPoint { return gridPoint{p.x + halfTurn, p.y + halfTurn/2} }

// centreOf answers the centre of the node of size 1<<bits at a column and row.
func centreOf(col, row int64, bits uint) point {
	return point{col<<bits + 1<<(bits-1) - halfTurn, row<<bits + 1<<(bits-1) - halfTurn/2}
}

// boxAt answers the closed rectangle of a node, grown by what could count as on a rim.
func boxAt(col, row int64, bits uint) box {
	x, y := col<<bits-halfTurn, row<<bits-halfTurn/2
	return box{x, y, x + 1<<bits, y + 1<<bits}.grown(rimSlack, rimSlack)
}

// spanOf answers the columns and rows of the nodes that a box touches, held to the grid.
func spanOf(b box, bits uint) (c0, r0, c1, r1 int64) {
	lo, hi := onGrid(point{b.x0, b.y0}), onGrid(point{b.x1, b.y1})
	c0, r0 = max(0, lo.x)>>bits, max(0, lo.y)>>bits
	c1, r1 = min(fullTurn, hi.x)>>bits, min(halfTurn, hi.y)>>bits
	if hi.x < 0 || hi.y < 0 {
		c1, r1 = -1, -1
	}
	return c0, r0, c1, r1
}

// slot numbers a zone within an index.
type slot = uint32

// vertex is a point relative to the centre of the node that keeps it.
type vertex struct{ x, y int32 }

var vertexBreak = vertex{math.MinInt32, math.MinInt32}

// item says how a zone stands to one node (cell, page or block). Twelve bytes, because most of what a query touches are
// items.
type item struct {
	zone slot
	from uint32 // its vertices: runs of connected edges that touch the node, vertexBreak between runs
	what uint32 // how many vertices, times 8, and what follows
}

const (
	itemCovers   = 0 // the zone covers the whole node
	itemEdgesOut = 1 // the node's centre lies outside, count the edges to it
	itemEdgesIn  = 2 // the node's centre lies inside
	itemCircle   = 3 // ask the circle
	itemKinds    = 3
	// itemParts: the zone has several polygons, so a place may lie in more than one of them.
	itemParts = 4
)

func (it item) kind() uint32 { return it.what & itemKinds }

func (it item) end() uint32 { return it.from + it.what>>3 }

// nearRef says that a zone's box touches a page (or a block, for zones that span many pages).
type nearRef struct {
	zone slot
	box  box
}

// The nodes below are immutable once their edit is published. made is the edit that made them: it may still write.
type (
	root struct{ rows [blockRows]*blockRow }

	blockRow struct {
		made   uint64
		blocks [blockColumns]*block
	}

	block struct {
		made uint64
		node
		rows [pagesAcross]*pageRow
	}

	pageRow struct {
		made  uint64
		pages [pagesAcross]*page
	}

	page struct {
		cells *cells // nil: no zone tells its cells apart
		node
	}

	// node is what zones say of a whole page or block.
	node struct {
		items    []item
		vertices []vertex
		near     []nearRef
	}

	// cells of one page: items[first[i]:first[i+1]] belong to cell i, row by row, in order of zone ids.
	cells struct {
		items    []item
		vertices []vertex
		first    [cellsAcross*cellsAcross + 1]uint32
	}
)

func (r *root) block(col, row int64) *block {
	if r.rows[row] == nil {
		return nil
	}
	return r.rows[row].blocks[col]
}

func (b *block) page(col, row int64) *page {
	pr := b.rows[row&(pagesAcross-1)]
	if pr == nil {
		return nil
	}
	return pr.pages[col&(pagesAcross-1)]
}

// holds answers whether the area of an item with edges holds the place (x, y), relative to the centre of the node: the
// state of the centre, in, changed by every edge that the line from the centre to the place crosses. Exact; see
// crossesRight for the tie rule of the centre.
func holds(in bool, vs []vertex, x, y int64) bool {
	a := vs[0]
	left := sideOf(a, x, y)
	for i := 1; i < len(vs); i++ {
		b := vs[i]
		if b == vertexBreak {
			i++
			a = vs[i]
			left = sideOf(a, x, y)
			continue
		}
		ax, ay := int64(a.x), int64(a.y)
		dx, dy := int64(b.x)-ax, int64(b.y)-ay
		t := dx*(y-ay) - dy*(x-ax)
		if nearLine(dx, dy, t) &&
			x >= min(ax, int64(b.x))-rimUnits && x <= max(ax, int64(b.x))+rimUnits &&
			y >= min(ay, int64(b.y))-rimUnits && y <= max(ay, int64(b.y))+rimUnits {
			return true
		}
		was := left
		left = sideOf(b, x, y)
		if was != left {
			c := dy*ax - dx*ay
			if c == 0 {
				c = int64(tieSide(dx, dy))
			}
			if (c > 0) != (t > 0) {
				in = !in
			}
		}
		a = b
	}
	return in
}

// sideOf reports whether v lies left of the line from the centre to (x, y).
func sideOf(v vertex, x, y int64) bool {
	vx, vy := int64(v.x), int64(v.y)
	t := x*vy - y*vx
	if t == 0 {
		return tieSide(vx-x, vy-y) > 0
	}
	return t > 0
}
