package airspace

import "math"

// slot numbers a zone within an index.
type slot = uint32

// packed is all items of one node (cell, page or block). An item says how a zone stands to the node. They lie together
// because a query pays for every place in memory that it has to visit: first how many words the heads take, this one
// included, then the heads, one after another, then the vertices of all items with edges in the same order, two words
// each, which most queries need not look at.
type packed []uint32

// The second word of a head; the first is the slot.
const (
	itemCovers   = 0 // the zone covers the whole node
	itemEdgesOut = 1 // the node's centre lies outside, count the edges to it
	itemEdgesIn  = 2 // the node's centre lies inside
	itemAsk      = 3 // ask the shape
	itemKinds    = 3
	// itemParts: the zone has several polygons, so a place may lie in more than one of them.
	itemParts = 4
	// itemCount is how far the number of words of the vertices, or the part to ask, is shifted.
	itemCount = 3
)

const (
	// headWords is how many words a head takes, headMarked those of an item with edges, which has marks: mixed, then
	// inside, low words first.
	headWords  = 2
	headMarked = 6
)

// vertexBreak separates runs of connected edges; it is no vertex, as those are at most 1.5 × 2^30 from their centre.
const vertexBreak = math.MinInt32

const breakWord = 1 << 31 // vertexBreak as a word

// item is one item of packed, taken apart. Its vertices touch the node: x and y relative to its centre, vertexBreak between
// runs.
type item struct {
	zone     slot
	what     uint32
	marks    marks
	vertices packed
	part     int // of the shape, when it has to be asked
}

func (it *item) kind() uint32 { return it.what & itemKinds }

func hasEdges(kind uint32) bool { return kind == itemEdgesOut || kind == itemEdgesIn }

// packedLength is how many words the items of a node take.
func packedLength(fs []filed) int {
	if len(fs) == 0 {
		return 0
	}
	n := 1
	for i := range fs {
		n += headWords + len(fs[i].item.vertices)
		if hasEdges(fs[i].item.kind()) {
			n += headMarked - headWords
		}
	}
	return n
}

// append writes the items of a node; w is not nil only where others come before.
func (w packed) append(fs []filed) packed {
	if len(fs) == 0 {
		return w
	}
	from := len(w)
	w = append(w, 0)
	for i := range fs {
		it := &fs[i].item
		n := uint32(len(it.vertices))
		if it.kind() == itemAsk {
			n = uint32(it.part)
		}
		w = append(w, it.zone, it.what&(itemKinds|itemParts)|n<<itemCount)
		if m := it.marks; hasEdges(it.kind()) {
			w = append(w, uint32(m.mixed), uint32(m.mixed>>32), uint32(m.inside), uint32(m.inside>>32))
		}
	}
	w[from] = uint32(len(w) - from)
	for i := range fs {
		w = append(w, fs[i].item.vertices...)
	}
	return w
}

// items calls visit for each item of a node, in order, until it answers false. The vertices are those of w.
func (w packed) items(visit func(item) bool) {
	if len(w) == 0 {
		return
	}
	heads, vertices := w[1:w[0]], w[w[0]:]
	for len(heads) > 0 {
		it := item{zone: heads[0], what: heads[1] & (itemKinds | itemParts)}
		n := int(heads[1] >> itemCount)
		switch {
		case hasEdges(it.kind()):
			it.marks = marks{mixed: uint64(heads[2]) | uint64(heads[3])<<32, inside: uint64(heads[4]) | uint64(heads[5])<<32}
			it.vertices, vertices = vertices[:n:n], vertices[n:]
			heads = heads[headMarked:]
		default:
			it.part = n
			heads = heads[headWords:]
		}
		if !visit(it) {
			return
		}
	}
}

// names reports whether an item of that zone is among them.
func (w packed) names(at slot) (found bool) {
	w.items(func(it item) bool {
		found = it.zone == at
		return !found
	})
	return found
}
