package airspace

// A node with edges is divided into 8 × 8 sub-cells (58 m in a cell), one bit each, row by row from the south west. Most of
// them no edge touches, and they answer without counting any; an aircraft that stays in one needs no answer at all.
const (
	marksBits   = 3
	marksAcross = 1 << marksBits
	// patchBits is the size of a sub-cell of a cell.
	patchBits = cellBits - marksBits
)

// marks say how a zone stands to the sub-cells of a node.
type marks struct {
	mixed  uint64 // a rim may be there, or within rimSlack
	inside uint64 // the zone covers it; meaningless where mixed
}

// markOf answers the number of the sub-cell of a place in its node.
func markOf(g gridPoint, bits uint) uint {
	const mask = marksAcross - 1
	return uint(g.y>>(bits-marksBits)&mask<<marksBits | g.x>>(bits-marksBits)&mask)
}

// marksOf marks a node by its edges; in is the state of its centre.
func marksOf(in bool, vs packed, bits uint) marks {
	var m marks
	half, sub := int64(1)<<(bits-1), bits-marksBits
	var a point
	linked := false
	for i := 0; i+1 < len(vs); i += 2 {
		b := point{int64(int32(vs[i])), int64(int32(vs[i+1]))}
		if b.x == vertexBreak {
			linked = false
			i-- // one word
			continue
		}
		if linked {
			m.mixed |= marksAlong(a, b, half, sub)
		}
		a, linked = b, true
	}
	for i := range uint(marksAcross * marksAcross) {
		if m.mixed>>i&1 != 0 {
			continue
		}
		var is bool
		switch west, south := i-1, i-marksAcross; { // no edge lies between two neighbours that are not mixed
		case i%marksAcross > 0 && m.mixed>>west&1 == 0:
			is = m.inside>>west&1 != 0
		case i >= marksAcross && m.mixed>>south&1 == 0:
			is = m.inside>>south&1 != 0
		default:
			x, y := int64(i%marksAcross)<<sub-half+1<<(sub-1), int64(i/marksAcross)<<sub-half+1<<(sub-1)
			is = holds(in, vs, x, y)
		}
		if is {
			m.inside |= 1 << i
		}
	}
	return m
}

// marksAlong marks what the edge a–b touches, or nearly so.
func marksAlong(a, b point, half int64, sub uint) (mixed uint64) {
	const last = marksAcross - 1
	r0 := max(0, (min(a.y, b.y)-rimSlack+half)>>sub)
	r1 := min(last, (max(a.y, b.y)+rimSlack+half)>>sub)
	for r := r0; r <= r1; r++ {
		south := r<<sub - half
		x0, x1 := clipX(a, b, box{y0: south - rimSlack, y1: south + 1<<sub + rimSlack})
		c0 := max(0, (x0-rimSlack+half)>>sub)
		c1 := min(last, (x1+rimSlack+half)>>sub)
		if c0 <= c1 {
			mixed |= (1<<(c1+1) - 1<<c0) << (r << marksBits)
		}
	}
	return mixed
}
