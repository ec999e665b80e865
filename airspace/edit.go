package airspace

import (
	"maps"
	"slices"
	"strings"

	"lowsky"
)

// edit makes the next index out of the present one. It copies what it changes (the path from the root to a page, the
// page, a chunk of the zone table, a shard of the ids) and shares all else.
type edit struct {
	number uint64 // one more than that of the index it starts from
	next   *Index
	pages  map[nodeID]*nodeEdit
	blocks map[nodeID]*nodeEdit
}

// nodeEdit is what changes in one page or block.
type nodeEdit struct {
	drop []slot
	near []nearRef
	add  []filed
}

// filed is an item on its way into a node; cell is -1 for the whole node.
type filed struct {
	cell     int
	item     item
	vertices []vertex
}

func newEdit(ix *Index) *edit {
	next := *ix
	next.edits++
	next.free = slices.Clone(ix.free)
	next.chunks = slices.Clone(ix.chunks)
	return &edit{number: next.edits, next: &next, pages: map[nodeID]*nodeEdit{}, blocks: map[nodeID]*nodeEdit{}}
}

// remove takes a zone out; false when it was not there.
func (e *edit) remove(id lowsky.ZoneID) bool {
	at, ok := e.next.slotOf(id)
	if !ok {
		return false
	}
	e.erase(at, e.next.entry(at).shape)
	*e.own(at) = entry{}
	delete(e.shard(id), id)
	e.next.free = append(e.next.free, at)
	e.next.count--
	return true
}

// put adds a zone or replaces the one of its id. A new version with the old outline touches no cell.
func (e *edit) put(z *lowsky.Zone) {
	at, ok := e.next.slotOf(z.ID)
	if ok {
		old := e.next.entry(at)
		if sameGeometry(old.zone.Geometry, z.Geometry) {
			e.own(at).zone = z
			return
		}
		e.erase(at, old.shape)
	} else {
		at = e.vacant()
		e.shard(z.ID)[z.ID] = at
		e.next.count++
	}
	s := compile(z.Geometry)
	*e.own(at) = entry{zone: z, shape: s}
	e.draw(at, s)
}

func sameGeometry(a, b lowsky.Geometry) bool {
	return a.Radius == b.Radius && a.Centre == b.Centre && a.Polygons.Equal(b.Polygons)
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

// own answers a zone's entry for writing.
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

// draw writes a shape into the grid.
func (e *edit) draw(at slot, s *shape) {
	as := item{zone: at}
	if len(s.polygons) > 1 {
		as.what = itemParts
	}
	for _, p := range s.polygons {
		m := frames(p.box)
		for _, move := range m.by[:m.n] {
			e.drawPolygon(as, p, move)
		}
	}
	m := frames(s.box)
	if len(s.polygons) == 0 {
		for _, move := range m.by[:m.n] {
			e.drawCircle(as, s.circle, move)
		}
	}
	for _, move := range m.by[:m.n] {
		b := s.box.shifted(move)
		bits := nearLevel(s.box)
		c0, r0, c1, r1 := spanOf(b, bits)
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				n := e.at(bits, nodeID{col, row})
				n.near = append(n.near, nearRef{zone: at, box: b})
			}
		}
	}
}

// erase marks every node that names a zone.
func (e *edit) erase(at slot, s *shape) {
	m := frames(s.box)
	for _, move := range m.by[:m.n] {
		b := s.box.shifted(move).grown(rimSlack, rimSlack)
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
			if p := bl.page(col, row); p != nil && p.names(at) {
				e.dropAt(pageBits, nodeID{col, row}, at)
			}
		}
	}
}

func (n *node) names(at slot) bool {
	return slices.ContainsFunc(n.items, func(it item) bool { return it.zone == at }) ||
		slices.ContainsFunc(n.near, func(r nearRef) bool { return r.zone == at })
}

func (p *page) names(at slot) bool {
	return p.node.names(at) || p.cells != nil && slices.ContainsFunc(p.cells.items, func(it item) bool { return it.zone == at })
}

// at answers the changes of one page or block.
func (e *edit) at(bits uint, id nodeID) *nodeEdit {
	m := e.pages
	if bits == blockBits {
		m = e.blocks
	}
	n := m[id]
	if n == nil {
		n = &nodeEdit{}
		m[id] = n
	}
	return n
}

// dropAt drops what a node said of a zone, also what this same edit was about to say.
func (e *edit) dropAt(bits uint, id nodeID, at slot) {
	n := e.at(bits, id)
	if !slices.Contains(n.drop, at) {
		n.drop = append(n.drop, at)
	}
}

// file keeps an item for a node of a level.
func (e *edit) file(level int, id nodeID, it item, vs []vertex) {
	f := filed{cell: -1, item: it, vertices: vs}
	bits := levels[level]
	if bits == cellBits {
		const mask = cellsAcross - 1
		f.cell = int(id.row&mask)*cellsAcross + int(id.col&mask)
		id, bits = nodeID{id.col / cellsAcross, id.row / cellsAcross}, pageBits
	}
	n := e.at(bits, id)
	n.add = append(n.add, f)
}

// publish builds every changed node and answers the new index.
func (e *edit) publish() *Index {
	for id, n := range e.blocks {
		b := e.ownBlock(id.col, id.row)
		b.node, _ = n.rebuild(e.next, b.node, nil)
	}
	covered := map[slot]*page{}
	for id, n := range e.pages {
		b := e.ownBlock(id.col/pagesAcross, id.row/pagesAcross)
		pr := &b.rows[id.row&(pagesAcross-1)]
		if *pr == nil {
			*pr = &pageRow{made: e.number}
		} else if (*pr).made != e.number {
			fresh := **pr
			fresh.made = e.number
			*pr = &fresh
		}
		slot := &(*pr).pages[id.col&(pagesAcross-1)]
		var old page
		if *slot != nil {
			old = **slot
		}
		if *slot == nil && n.coversOnly() { // the inside of a huge zone: one page serves for all of it
			at := n.add[0].item.zone
			if covered[at] == nil {
				covered[at] = &page{node: node{items: []item{n.add[0].item}}}
			}
			*slot = covered[at]
			continue
		}
		fresh := &page{}
		fresh.node, fresh.cells = n.rebuild(e.next, old.node, old.cells)
		if len(fresh.items) == 0 && len(fresh.near) == 0 && fresh.cells == nil {
			fresh = nil
		}
		*slot = fresh
	}
	return e.next
}

// coversOnly reports whether all there is to say is that one zone covers the node.
func (n *nodeEdit) coversOnly() bool {
	return len(n.near) == 0 && len(n.add) == 1 && n.add[0].cell < 0 && n.add[0].item.kind() == itemCovers
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

// rebuild makes the node, and the cells of a page, that follow from the old ones; ix knows the ids of their zones.
func (n *nodeEdit) rebuild(ix *Index, old node, oldCells *cells) (node, *cells) {
	var fresh node
	for _, r := range old.near {
		if !slices.Contains(n.drop, r.zone) {
			fresh.near = append(fresh.near, r)
		}
	}
	fresh.near = append(fresh.near, n.near...)
	slices.SortStableFunc(fresh.near, func(a, b nearRef) int { return int(a.zone) - int(b.zone) })

	all := make([]filed, 0, len(old.items)+len(n.add)+8)
	keep := func(cell int, it item, vs []vertex) {
		if !slices.Contains(n.drop, it.zone) {
			all = append(all, filed{cell, it, vs[it.from:it.end()]})
		}
	}
	for _, it := range old.items {
		keep(-1, it, old.vertices)
	}
	if oldCells != nil {
		for c := range len(oldCells.first) - 1 {
			for _, it := range oldCells.items[oldCells.first[c]:oldCells.first[c+1]] {
				keep(c, it, oldCells.vertices)
			}
		}
	}
	all = append(all, n.add...)
	slices.SortStableFunc(all, func(a, b filed) int {
		if a.cell != b.cell {
			return a.cell - b.cell
		}
		return strings.Compare(string(ix.entry(a.item.zone).zone.ID), string(ix.entry(b.item.zone).zone.ID))
	})

	inCells, cellVertices, vertices := 0, 0, 0
	for i := range all {
		if all[i].cell < 0 {
			vertices += len(all[i].vertices)
			continue
		}
		inCells++
		cellVertices += len(all[i].vertices)
	}
	fresh.items = make([]item, 0, len(all)-inCells)
	fresh.vertices = make([]vertex, 0, vertices)
	var cs *cells
	if inCells > 0 {
		cs = &cells{items: make([]item, 0, inCells), vertices: make([]vertex, 0, cellVertices)}
	}
	cell := 0
	for _, f := range all {
		items, vs := &fresh.items, &fresh.vertices
		if f.cell >= 0 {
			items, vs = &cs.items, &cs.vertices
			for ; cell <= f.cell; cell++ {
				cs.first[cell] = uint32(len(cs.items))
			}
		}
		f.item.from, f.item.what = uint32(len(*vs)), f.item.what&(itemKinds|itemParts)|uint32(len(f.vertices))<<3
		*vs = append(*vs, f.vertices...)
		*items = append(*items, f.item)
	}
	if cs != nil {
		for ; cell < len(cs.first); cell++ {
			cs.first[cell] = uint32(len(cs.items))
		}
	}
	return fresh, cs
}
