package airspace

// The grid: cells of 2^22 nanodegrees (466 m of latitude), pages of 8 × 8 cells (3.7 km), blocks of 64 × 64 pages
// (239 km), 168 × 84 blocks around the Earth. Powers of two, so that a place finds its cell by shifting. Smaller cells
// have fewer edges each but cost more in memory, and so in cache misses, than they save.
const (
	cellBits  = 22
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

// nearRef says that a zone's box touches a page (or a block, for zones that span many pages).
type nearRef struct {
	zone slot
	box  coarseBox
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
		cells []uint32 // packed, one cell after another; nil: no zone tells its cells apart
		node
		// cells[first[i]:first[i+1]] belong to cell i, row by row, in order of zone ids.
		first [cellsAcross*cellsAcross + 1]uint32
	}

	// node is what zones say of a whole page or block.
	node struct {
		items packed
		near  []nearRef
	}
)

// cell answers what zones say of one cell of the page.
func (p *page) cell(i int64) packed { return p.cells[p.first[i]:p.first[i+1]] }

// namesInCells reports whether an item of that zone is in any cell.
func (p *page) namesInCells(at slot) bool {
	for i := range int64(len(p.first) - 1) {
		if p.cells != nil && p.cell(i).names(at) {
			return true
		}
	}
	return false
}

// cellOf numbers the cell of a place within its page.
func cellOf(g gridPoint) int64 {
	const mask = cellsAcross - 1
	return (g.y>>cellBits&mask)*cellsAcross + g.x>>cellBits&mask
}

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
//
// Of an edge a–b it needs the sides of a and b to the line, and those of centre and place to the edge. As the centre is
// the origin these are x·a and x·b, a×b, and their sum; whether they differ is counted without a branch, which would be
// foretold wrongly half of the time.
func holds(in bool, vs packed, x, y int64) bool {
	ax, ay := int64(int32(vs[0])), int64(int32(vs[1]))
	sideA := x*ay - y*ax
	ties := sideA == 0
	var odd uint64
	for i := 2; i+1 < len(vs); i += 2 {
		bx, by := int64(int32(vs[i])), int64(int32(vs[i+1]))
		if bx == vertexBreak {
			i++
			ax, ay = int64(int32(vs[i])), int64(int32(vs[i+1]))
			sideA = x*ay - y*ax
			if sideA == 0 {
				ties = true
			}
			continue
		}
		centre := ax*by - bx*ay
		sideB := x*by - y*bx
		at := centre + sideA - sideB
		if at >= -rimTurn && at <= rimTurn && nearLine(bx-ax, by-ay, at) && // what is rarely so comes first
			x >= min(ax, bx)-rimUnits && x <= max(ax, bx)+rimUnits &&
			y >= min(ay, by)-rimUnits && y <= max(ay, by)+rimUnits {
			return true
		}
		if centre == 0 || sideB == 0 {
			ties = true
		}
		odd ^= uint64((sideA ^ sideB) & (centre ^ (at - 1)))
		ax, ay, sideA = bx, by, sideB
	}
	if ties {
		return holdsTied(in, vs, x, y)
	}
	return in != (odd>>63 != 0)
}

// rimTurn is more than the turn of any place on a rim: an edge is at most pieceSize long each way.
const rimTurn = 4 * rimUnits * pieceSize

// holdsTied is holds for a place in line with a vertex, or a centre in line with an edge, that is on no rim.
func holdsTied(in bool, vs packed, x, y int64) bool {
	ax, ay := int64(int32(vs[0])), int64(int32(vs[1]))
	left := sideOf(ax, ay, x, y)
	for i := 2; i+1 < len(vs); i += 2 {
		bx, by := int64(int32(vs[i])), int64(int32(vs[i+1]))
		if bx == vertexBreak {
			i++
			ax, ay = int64(int32(vs[i])), int64(int32(vs[i+1]))
			left = sideOf(ax, ay, x, y)
			continue
		}
		dx, dy := bx-ax, by-ay
		t := dx*(y-ay) - dy*(x-ax)
		if nearLine(dx, dy, t) &&
			x >= min(ax, bx)-rimUnits && x <= max(ax, bx)+rimUnits &&
			y >= min(ay, by)-rimUnits && y <= max(ay, by)+rimUnits {
			return true
		}
		was := left
		left = sideOf(bx, by, x, y)
		if was != left {
			c := dy*ax - dx*ay
			if c == 0 {
				c = int64(tieSide(dx, dy))
			}
			if (c > 0) != (t > 0) {
				in = !in
			}
		}
		ax, ay = bx, by
	}
	return in
}

// sideOf reports whether the vertex (vx, vy) lies left of the line from the centre to (x, y).
func sideOf(vx, vy, x, y int64) bool {
	t := x*vy - y*vx
	if t == 0 {
		return tieSide(vx-x, vy-y) > 0
	}
	return t > 0
}
