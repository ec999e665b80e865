package airspace

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"lowsky"
)

// sketch is what shapes add to the grid, kept by page and block until it is published. Several are drawn at once when
// there is much to draw.
type sketch struct {
	pages  map[nodeID]*nodeEdit
	blocks map[nodeID]*nodeEdit
	store  packed // of vertices
	rims   [len(levels)]rim
}

// nodeEdit is what changes in one page or block.
type nodeEdit struct {
	drop []slot
	near []nearRef
	add  []filed
}

// filed is an item on its way into a node; cell is -1 for the whole node.
type filed struct {
	cell int32
	item item
}

func newSketch() *sketch {
	return &sketch{pages: map[nodeID]*nodeEdit{}, blocks: map[nodeID]*nodeEdit{}}
}

// drawing is a shape that a slot is to have.
type drawing struct {
	at    slot
	shape *shape
}

// drawMany is from how many drawings on the work is shared out.
const drawMany = 64

// each calls do for every number below n, on all processors where n is large, and returns when all is done. worker
// numbers the share: shares are runs of neighbours, in order.
func each(n int, do func(worker, i int)) (workers int) {
	workers = 1
	if n >= drawMany {
		workers = min(runtime.GOMAXPROCS(0), n/(drawMany/2))
	}
	var wg sync.WaitGroup
	for w := range workers {
		run := func() {
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				do(w, i)
			}
		}
		if w == workers-1 {
			run()
		} else {
			wg.Go(run)
		}
	}
	wg.Wait()
	return workers
}

// draw writes shapes into the grid.
func (e *edit) draw(ds []drawing) {
	parts := make([]*sketch, runtime.GOMAXPROCS(0)+1)
	workers := each(len(ds), func(w, i int) {
		if parts[w] == nil {
			parts[w] = newSketch()
		}
		parts[w].draw(ds[i].at, ds[i].shape)
	})
	for _, k := range parts[:workers] { // in order, so that the outcome is the same on any machine
		if k != nil {
			merge(e.pages, k.pages)
			merge(e.blocks, k.blocks)
		}
	}
}

func merge(into, from map[nodeID]*nodeEdit) {
	for id, n := range from {
		old := into[id]
		if old == nil {
			into[id] = n
			continue
		}
		old.near = append(old.near, n.near...)
		old.add = append(old.add, n.add...)
	}
}

// draw writes one shape.
func (k *sketch) draw(at slot, s *shape) {
	as := item{zone: at}
	if len(s.polygons) > 1 {
		as.what = itemParts
	}
	for i, p := range s.polygons {
		as.part = i
		m := frames(p.reach)
		for _, move := range m.by[:m.n] {
			if s.grow > 0 {
				k.drawGrown(as, p, s.grow, move)
			} else {
				k.drawPolygon(as, p, move)
			}
		}
	}
	m := frames(s.box)
	if len(s.polygons) == 0 {
		for _, move := range m.by[:m.n] {
			k.drawCircle(as, *s.circle, move)
		}
	}
	m = frames(s.notice)
	for _, move := range m.by[:m.n] {
		coarse := coarseOf(s.notice.shifted(move))
		b := coarse.box()
		bits := nearLevel(s.notice)
		c0, r0, c1, r1 := spanOf(b, bits)
		for row := r0; row <= r1; row++ {
			for col := c0; col <= c1; col++ {
				n := k.at(bits, nodeID{col, row})
				n.near = append(n.near, nearRef{zone: at, box: coarse})
			}
		}
	}
}

// at answers the changes of one page or block.
func (k *sketch) at(bits uint, id nodeID) *nodeEdit {
	m := k.pages
	if bits == blockBits {
		m = k.blocks
	}
	n := m[id]
	if n == nil {
		n = &nodeEdit{}
		m[id] = n
	}
	return n
}

// file keeps an item for a node of a level.
func (k *sketch) file(level int, id nodeID, it item) {
	f := filed{cell: -1, item: it}
	bits := levels[level]
	if bits == cellBits {
		const mask = cellsAcross - 1
		f.cell = int32(id.row&mask)*cellsAcross + int32(id.col&mask)
		id, bits = nodeID{id.col / cellsAcross, id.row / cellsAcross}, pageBits
	}
	n := k.at(bits, id)
	n.add = append(n.add, f)
}

// rebuild makes the page that follows from the old one; ix knows the ids of the zones.
func (n *nodeEdit) rebuild(ix *Index, old *page) *page {
	fresh := &page{}
	if n := len(old.near) + len(n.near) - len(n.drop); n > 0 {
		fresh.near = make([]nearRef, 0, n) // seldom more
	}
	for _, r := range old.near {
		if !slices.Contains(n.drop, r.zone) {
			fresh.near = append(fresh.near, r)
		}
	}
	fresh.near = append(fresh.near, n.near...)
	slices.SortStableFunc(fresh.near, func(a, b nearRef) int { return int(a.zone) - int(b.zone) })

	// By cell first (counted), then each cell by zone.
	var kept [][]filed
	cells := len(old.first) - 1
	kept = append(kept, n.survivors(old.items, -1))
	if old.cells != nil {
		for c := range cells {
			if w := old.cell(int64(c)); len(w) > 0 {
				kept = append(kept, n.survivors(w, int32(c)))
			}
		}
	}
	kept = append(kept, n.add)
	var first [len(page{}.first) + 1]int // by cell + 1
	total := 0
	for _, fs := range kept {
		for i := range fs {
			first[fs[i].cell+1]++
		}
		total += len(fs)
	}
	sum := 0
	for i, count := range first {
		first[i] = sum
		sum += count
	}
	all := make([]filed, total)
	next := first
	for _, fs := range kept {
		for i := range fs {
			c := fs[i].cell + 1
			all[next[c]] = fs[i]
			next[c]++
		}
	}
	for c := -1; c < cells; c++ {
		fs := all[first[c+1]:next[c+1]]
		slices.SortStableFunc(fs, func(a, b filed) int { return ix.compareSlots(a.item.zone, b.item.zone) })
		words := packedLength(fs)
		if c < 0 {
			if words > 0 {
				fresh.items = make(packed, 0, words).append(fs)
			}
			continue
		}
		fresh.first[c+1] = fresh.first[c] + uint32(words)
	}
	if words := fresh.first[cells]; words > 0 {
		w := make(packed, 0, words)
		for c := range cells {
			w = w.append(all[first[c+1]:next[c+1]])
		}
		fresh.cells = w
	}
	return fresh
}

// survivors answers the items of w that are not dropped.
func (n *nodeEdit) survivors(w packed, cell int32) []filed {
	var out []filed
	w.items(func(it item) bool {
		if !slices.Contains(n.drop, it.zone) {
			out = append(out, filed{cell: cell, item: it})
		}
		return true
	})
	return out
}

// compareSlots orders by zone id, then by volume.
func (ix *Index) compareSlots(a, b slot) int {
	if a == b {
		return 0
	}
	x, y := ix.entry(a), ix.entry(b)
	if c := strings.Compare(string(x.zone.ID), string(y.zone.ID)); c != 0 {
		return c
	}
	return int(x.volume) - int(y.volume)
}

// compileAll compiles the volumes of zones.
func compileAll(zones []*lowsky.Zone) [][]*shape {
	out := make([][]*shape, len(zones))
	each(len(zones), func(_, i int) {
		z := zones[i]
		for v := range z.VolumeCount() {
			out[i] = append(out[i], grown(z.Volume(v).Geometry, z.Buffer.Or(0)).noticed(float64(z.WarningBand.Or(0))))
		}
	})
	return out
}
