package airspace

import (
	"maps"
	"slices"

	"lowsky"
)

// edit makes the next index out of the present one. It copies what it changes (the path from the root to a page, the
// page, a chunk of the zone table, a shard of the ids) and shares all else.
type edit struct {
	sketch
	number uint64 // one more than that of the index it starts from
	next   *Index
}

func newEdit(ix *Index) *edit {
	next := *ix
	next.edits++
	next.free = slices.Clone(ix.free)
	next.chunks = slices.Clone(ix.chunks)
	return &edit{sketch: *newSketch(), number: next.edits, next: &next}
}

// remove takes a zone out; false when it was not there.
func (e *edit) remove(id lowsky.ZoneID) bool {
	at, ok := e.next.slotOf(id)
	if !ok {
		return false
	}
	e.clear(at)
	delete(e.shard(id), id)
	e.next.count--
	return true
}

// clear frees the slots of a zone, from its first one on.
func (e *edit) clear(at slot) {
	for more := true; more; {
		old := *e.next.entry(at)
		e.erase(at, e.next.shape(at))
		*e.own(at) = entry{}
		e.next.chunks[at>>chunkBits].shapes[at&(chunkSize-1)] = nil
		e.next.free = append(e.next.free, at)
		at, more = old.next, old.more
	}
}

// put adds zones or replaces those of their ids. A new version with the old outlines touches no cell.
func (e *edit) put(zones []*lowsky.Zone) {
	redraw := make([]*lowsky.Zone, 0, len(zones))
	for _, z := range zones {
		at, ok := e.next.slotOf(z.ID)
		switch {
		case !ok:
			e.next.count++
		case sameOutlines(e.next.entry(at).zone, z):
			for more := true; more; {
				n := e.own(at)
				n.set(z, int(n.volume))
				at, more = n.next, n.more
			}
			continue
		default:
			e.clear(at)
		}
		redraw = append(redraw, z)
	}
	shapes := compileAll(redraw)
	var ds []drawing
	for i, z := range redraw {
		at := e.vacant()
		e.shard(z.ID)[z.ID] = at
		for v, s := range shapes[i] {
			n := e.own(at)
			*n = entry{}
			n.set(z, v)
			e.next.chunks[at>>chunkBits].shapes[at&(chunkSize-1)] = s
			ds = append(ds, drawing{at, s})
			if v+1 < len(shapes[i]) {
				following := e.vacant()
				n = e.own(at)
				n.next, n.more = following, true
				at = following
			}
		}
	}
	e.draw(ds)
}

// sameOutlines reports whether two versions of a zone take up the same cells.
func sameOutlines(a, b *lowsky.Zone) bool {
	if a.VolumeCount() != b.VolumeCount() || a.Buffer.Or(0) != b.Buffer.Or(0) || a.WarningBand.Or(0) != b.WarningBand.Or(0) {
		return false
	}
	for i := range a.VolumeCount() {
		if !sameGeometry(a.Volume(i).Geometry, b.Volume(i).Geometry) {
			return false
		}
	}
	return true
}

func sameGeometry(a, b lowsky.Geometry) bool {
	return a.Radius == b.Radius && a.Centre == b.Centre && a.Width == b.Width && a.Line.Equal(b.Line) && a.Polygons.Equal(b.Polygons)
}

func (e *edit) vacant() slot {
	if n := len(e.next.free); n > 0 {
		at := e.next.free[n-1]
		e.next.free = e.next.free[:n-1]
		return at
	}
	at := e.next.slots
	e.next.slots++
	if int(at>>chunkBits) == len(e.next.chunks) {
		e.next.chunks = append(e.next.chunks, &chunk{made: e.number})
	}
	return at
}

// own answers a slot's entry for writing.
func (e *edit) own(at slot) *entry {
	c := &e.next.chunks[at>>chunkBits]
	if (*c).made != e.number {
		fresh := **c
		fresh.made = e.number
		*c = &fresh
	}
	return &(*c).entries[at&(chunkSize-1)]
}

// shard answers the part of the id table that holds id, for writing.
func (e *edit) shard(id lowsky.ZoneID) map[lowsky.ZoneID]slot {
	s := &e.next.ids[shardOf(id)]
	if s.made != e.number {
		s.made, s.slots = e.number, maps.Clone(s.slots)
		if s.slots == nil {
			s.slots = map[lowsky.ZoneID]slot{}
		}
	}
	return s.slots
}

// erase marks every node that names a slot.
func (e *edit) erase(at slot, s *shape) {
	m := frames(s.notice)
	for _, move := range m.by[:m.n] {
		b := coarseOf(s.notice.shifted(move)).box().grown(rimSlack, rimSlack)
		c0, r0, c1, r1 := spanOf(b, blockBits)
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				bl := e.next.root.block(col, row)
				if bl == nil {
					continue
				}
				if bl.node.names(at) {
					e.dropAt(blockBits, nodeID{col, row}, at)
				}
				e.eraseIn(bl, col, row, b, at)
			}
		}
	}
}

func (e *edit) eraseIn(bl *block, col, row int64, b box, at slot) {
	n := boxAt(col, row, blockBits).grown(-rimSlack, -rimSlack)
	c0, r0, c1, r1 := spanOf(box{max(b.x0, n.x0), max(b.y0, n.y0), min(b.x1, n.x1-1), min(b.y1, n.y1-1)}, pageBits)
	for row := r0; row <= r1; row++ {
		for col := c0; col <= c1; col++ {
			if p := bl.page(col, row); p != nil && (p.node.names(at) || p.namesInCells(at)) {
				e.dropAt(pageBits, nodeID{col, row}, at)
			}
		}
	}
}

func (n *node) names(at slot) bool {
	return n.items.names(at) || slices.ContainsFunc(n.near, func(r nearRef) bool { return r.zone == at })
}

// dropAt drops what a node said of a slot.
func (e *edit) dropAt(bits uint, id nodeID, at slot) {
	n := e.at(bits, id)
	if !slices.Contains(n.drop, at) {
		n.drop = append(n.drop, at)
	}
}

// publish builds every changed node and answers the new index.
func (e *edit) publish() *Index {
	for id, n := range e.blocks {
		b := e.ownBlock(id.col, id.row)
		b.node = n.rebuild(e.next, &page{node: b.node}).node
	}
	// The inside of a huge zone: one page serves for all of it.
	covered := map[slot]*page{}
	type change struct {
		at     **page
		from   *nodeEdit
		result *page
	}
	var changes []change
	for id, n := range e.pages {
		at := e.ownPage(id)
		if *at == nil && n.coversOnly() {
			zone := n.add[0].item.zone
			if covered[zone] == nil {
				covered[zone] = &page{node: node{items: packed(nil).append(n.add)}}
			}
			*at = covered[zone]
			continue
		}
		changes = append(changes, change{at: at, from: n})
	}
	each(len(changes), func(_, i int) {
		c := &changes[i]
		old := *c.at
		if old == nil {
			old = &page{}
		}
		c.result = c.from.rebuild(e.next, old)
	})
	for _, c := range changes {
		if p := c.result; len(p.items) == 0 && len(p.near) == 0 && p.cells == nil {
			c.result = nil
		}
		*c.at = c.result
	}
	return e.next
}

// coversOnly reports whether all there is to say is that one zone covers the node.
func (n *nodeEdit) coversOnly() bool {
	return len(n.near) == 0 && len(n.add) == 1 && n.add[0].cell < 0 && n.add[0].item.kind() == itemCovers
}

// ownPage answers where a page hangs, for writing.
func (e *edit) ownPage(id nodeID) **page {
	b := e.ownBlock(id.col/pagesAcross, id.row/pagesAcross)
	pr := &b.rows[id.row&(pagesAcross-1)]
	if *pr == nil {
		*pr = &pageRow{made: e.number}
	} else if (*pr).made != e.number {
		fresh := **pr
		fresh.made = e.number
		*pr = &fresh
	}
	return &(*pr).pages[id.col&(pagesAcross-1)]
}

func (e *edit) ownBlock(col, row int64) *block {
	br := &e.next.root.rows[row]
	if *br == nil {
		*br = &blockRow{made: e.number}
	} else if (*br).made != e.number {
		fresh := **br
		fresh.made = e.number
		*br = &fresh
	}
	b := &(*br).blocks[col]
	if *b == nil {
		*b = &block{made: e.number}
	} else if (*b).made != e.number {
		fresh := **b
		fresh.made = e.number
		*b = &fresh
	}
	return *b
}
