package airspace

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"lowsky"
)

// Index finds zones by place. It is immutable and safe for any number of concurrent readers; Apply makes the next one
// and shares with it every page of cells that it did not touch.
type Index struct {
	root   root
	chunks []*chunk // zones by slot
	ids    [shards]shard
	free   []slot // vacant slots
	slots  slot   // how many slots there are, vacant ones included
	count  int
	edits  uint64 // that led to this index
}

const (
	chunkBits = 7
	chunkSize = 1 << chunkBits
	shards    = 256
)

type (
	// entry is one volume of a zone, with what a query needs to know of it, so that it need not look into the zone.
	entry struct {
		zone           *lowsky.Zone
		floor, ceiling float64 // metres; see band
		next           slot    // of the zone's next volume, if more
		volume         uint8
		band           bandKind
		more           bool
		always         bool // the zone applies at any time
	}
	chunk struct {
		entries [chunkSize]entry // first, so that none lies across two cache lines
		shapes  [chunkSize]*shape
		made    uint64
	}
	shard struct {
		made  uint64
		slots map[lowsky.ZoneID]slot
	}
)

// NewIndex makes an index of zones, which nobody may change afterwards. A zone that does not [Validate], or an id that
// occurs twice, is an error that wraps an *lowsky.InvalidError, and there is no index.
func NewIndex(zones []*lowsky.Zone) (*Index, error) { return new(Index).Apply(zones, nil) }

// Apply answers the index after zones were removed and then others added, or replaced by new versions. Ids to remove
// that are not there do not matter. The present index goes on answering as before; with an error (as of NewIndex)
// nothing has changed. The cost is that of the pages that the old and new outlines touch.
func (ix *Index) Apply(upsert []*lowsky.Zone, remove []lowsky.ZoneID) (*Index, error) {
	problems := make([]error, len(upsert))
	each(len(upsert), func(_, i int) { problems[i] = Validate(upsert[i]) })
	seen := make(map[lowsky.ZoneID]bool, len(upsert))
	for i, z := range upsert {
		switch err := problems[i]; {
		case z == nil:
			return nil, &lowsky.InvalidError{Field: fmt.Sprintf("zones[%d]", i), Problem: "is absent"}
		case err != nil:
			return nil, fmt.Errorf("zone %q: %w", z.ID, err)
		}
		if seen[z.ID] {
			return nil, fmt.Errorf("zone %q: %w", z.ID, &lowsky.InvalidError{Field: fmt.Sprintf("zones[%d].id", i), Problem: "occurs twice"})
		}
		seen[z.ID] = true
	}
	e := newEdit(ix)
	for _, id := range remove {
		e.remove(id)
	}
	e.put(upsert)
	return e.publish(), nil
}

// Len is the number of zones.
func (ix *Index) Len() int { return ix.count }

// Zone answers the zone of that id, nil where there is none.
func (ix *Index) Zone(id lowsky.ZoneID) *lowsky.Zone {
	if at, ok := ix.slotOf(id); ok {
		return ix.entry(at).zone
	}
	return nil
}

// All goes through every zone in ascending order of ids.
func (ix *Index) All() iter.Seq[*lowsky.Zone] {
	return func(yield func(*lowsky.Zone) bool) {
		all := make([]*lowsky.Zone, 0, ix.count)
		for at := range ix.slots {
			if e := ix.entry(at); e.zone != nil && e.volume == 0 {
				all = append(all, e.zone)
			}
		}
		slices.SortFunc(all, func(a, b *lowsky.Zone) int { return strings.Compare(string(a.ID), string(b.ID)) })
		for _, z := range all {
			if !yield(z) {
				return
			}
		}
	}
}

func (ix *Index) entry(at slot) *entry { return &ix.chunks[at>>chunkBits].entries[at&(chunkSize-1)] }

func (ix *Index) shape(at slot) *shape { return ix.chunks[at>>chunkBits].shapes[at&(chunkSize-1)] }

func (ix *Index) slotOf(id lowsky.ZoneID) (slot, bool) {
	at, ok := ix.ids[shardOf(id)].slots[id]
	return at, ok
}

// shardOf is FNV-1a, folded.
func shardOf(id lowsky.ZoneID) int {
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return int((h ^ h>>16) % shards)
}

// Inside appends to dst every zone, in force or not, whose closed area holds p, whatever its height, in ascending order
// of ids, each once. It does not allocate while dst has room and p lies in at most 64 volumes. A p that does not pass its
// Check (NaN, off the Earth) cannot be judged: dst comes back as it was, which does not mean clear.
func (ix *Index) Inside(dst []*lowsky.Zone, p lowsky.Position) []*lowsky.Zone {
	if !onEarth(p) {
		return dst
	}
	var buf [insideBuffer]slot
	at := len(dst)
	found, sorted := ix.slotsAt(buf[:0], exact(p.Point()))
	for _, s := range found {
		z := ix.entry(s).zone
		i := len(dst)
		for ; i > at && !sorted && dst[i-1].ID > z.ID; i-- {
		}
		if i > at && dst[i-1] == z { // another volume of it
			continue
		}
		dst = append(dst, z)
		for k := len(dst) - 1; k > i; k-- {
			dst[k] = dst[k-1]
		}
		dst[i] = z
	}
	return dst
}

// insideBuffer is how many volumes over one place are found without allocating: 64, and one that sift drops again.
const insideBuffer = 64 + 1

func onEarth(p lowsky.Position) bool {
	return p.Longitude >= -180 && p.Longitude <= 180 && p.Latitude >= -90 && p.Latitude <= 90
}

// slotsAt appends the slots of the volumes that hold p, each once; sorted by zone id and volume, if it says so.
func (ix *Index) slotsAt(dst []slot, p point) (found []slot, sorted bool) {
	found, sorted, _ = ix.slotsIn(dst, p, onGrid(p))
	return found, sorted
}

// slotsIn is slotsAt. uniform: every place of this sub-cell of the cell has the same answer.
func (ix *Index) slotsIn(dst []slot, p point, g gridPoint) (found []slot, sorted, uniform bool) {
	sorted, uniform = true, true
	b := ix.root.block(g.x>>blockBits, g.y>>blockBits)
	if b == nil {
		return dst, sorted, uniform
	}
	pg := b.page(g.x>>pageBits, g.y>>pageBits)
	if len(b.items) > 0 {
		dst, uniform = ix.sift(dst, b.items, p, g, blockBits)
		sorted = false
	}
	if pg == nil {
		return dst, sorted, uniform
	}
	same := true
	if len(pg.items) > 0 {
		dst, same = ix.sift(dst, pg.items, p, g, pageBits)
		sorted, uniform = false, uniform && same
	}
	if c := cellOf(g); pg.cells != nil && pg.first[c] < pg.first[c+1] {
		dst, same = ix.sift(dst, pg.cell(c), p, g, cellBits)
		uniform = uniform && same
	}
	return dst, sorted, uniform
}

// cellAt answers what zones say of the cell of a place, empty where they say nothing, and whether there are large ones,
// which speak of its page or block.
func (ix *Index) cellAt(g gridPoint) (cell packed, large bool) {
	b := ix.root.block(g.x>>blockBits, g.y>>blockBits)
	if b == nil {
		return nil, false
	}
	large = len(b.items) > 0
	if pg := b.page(g.x>>pageBits, g.y>>pageBits); pg != nil {
		large = large || len(pg.items) > 0
		if pg.cells != nil {
			cell = pg.cell(cellOf(g))
		}
	}
	return cell, large
}

// inNode answers a place relative to the centre of its node.
func inNode(g gridPoint, bits uint) gridPoint {
	mask, half := int64(1)<<bits-1, int64(1)<<(bits-1)
	return gridPoint{g.x&mask - half, g.y&mask - half}
}

// sift appends the slots of those items of a node of size 1<<bits whose area holds the place. uniform: of every other
// place of its sub-cell it would say the same.
func (ix *Index) sift(dst []slot, w packed, p point, g gridPoint, bits uint) (found []slot, uniform bool) {
	mark, at := markOf(g, bits), inNode(g, bits)
	uniform = true
	heads, vertices := w[1:w[0]], w[w[0]:]
	for len(heads) >= headWords {
		zone, what := heads[0], heads[1]
		in := true
		switch kind := what & itemKinds; kind {
		case itemCovers:
			heads = heads[headWords:]
		case itemAsk:
			uniform = false
			in = ix.shape(zone).holds(int(what>>itemCount), p)
			heads = heads[headWords:]
		default:
			n := what >> itemCount
			if (uint64(heads[2])|uint64(heads[3])<<32)>>(mark&63)&1 == 0 {
				in = (uint64(heads[4])|uint64(heads[5])<<32)>>(mark&63)&1 != 0
			} else {
				uniform = false
				in = holds(kind == itemEdgesIn, vertices[:n], at.x, at.y)
			}
			heads, vertices = heads[headMarked:], vertices[n:]
		}
		if what&itemParts != 0 && in && slices.Contains(dst, zone) {
			continue
		}
		// Whether it is in is foretold wrongly often, so there is no branch on it: it is kept or is overwritten.
		one := 0
		if in {
			one = 1
		}
		dst = append(dst, zone)[:len(dst)+one]
	}
	return dst, uniform
}
