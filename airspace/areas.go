package airspace

import (
	"fmt"
	"math"
	"slices"

	"lowsky"
)

// Areas finds the jurisdictions that contain a position. It is immutable and safe for concurrent readers.
//
// A jurisdiction without an outline of its own contains what those below it contain.
type Areas struct {
	index    *Index
	rank     map[lowsky.JurisdictionID]int // 0 is the smallest
	parents  map[lowsky.JurisdictionID]lowsky.JurisdictionID
	hollow   map[lowsky.JurisdictionID]bool // without an outline
	outlined []lowsky.JurisdictionID        // in order of rank
}

// NewAreas makes Areas of jurisdictions in any order. An outline that does not stand up to what [Validate] asks of
// polygons, an id that is empty or occurs twice, and parents in a circle are *lowsky.InvalidError.
func NewAreas(js []lowsky.Jurisdiction) (*Areas, error) {
	a := &Areas{
		rank:    map[lowsky.JurisdictionID]int{},
		parents: map[lowsky.JurisdictionID]lowsky.JurisdictionID{},
		hollow:  map[lowsky.JurisdictionID]bool{},
	}
	size := map[lowsky.JurisdictionID]float64{}
	level := map[lowsky.JurisdictionID]int{}
	var zones []*lowsky.Zone
	for i, j := range js {
		if _, twice := a.parents[j.ID]; twice {
			return nil, invalid(fmt.Sprintf("jurisdictions[%d].id", i), "occurs twice")
		}
		a.parents[j.ID], level[j.ID] = j.Parent, j.Level
		if len(j.Area) == 0 {
			if j.ID == "" {
				return nil, invalid(fmt.Sprintf("jurisdictions[%d].id", i), "is empty")
			}
			a.hollow[j.ID] = true
			continue
		}
		zones = append(zones, &lowsky.Zone{ID: lowsky.ZoneID(j.ID), Geometry: lowsky.Geometry{Polygons: j.Area}})
	}
	var err error
	if a.index, err = NewIndex(zones); err != nil {
		return nil, fmt.Errorf("jurisdictions: %w", err)
	}
	for _, z := range zones {
		size[lowsky.JurisdictionID(z.ID)] = squareMetres(compile(z.Geometry))
	}
	if err := a.addUp(size); err != nil {
		return nil, err
	}
	ids := make([]lowsky.JurisdictionID, 0, len(js))
	for _, j := range js {
		ids = append(ids, j.ID)
	}
	slices.SortFunc(ids, func(x, y lowsky.JurisdictionID) int {
		switch {
		case size[x] < size[y]:
			return -1
		case size[x] > size[y]:
			return 1
		case level[x] != level[y]: // of equal size: the lower one in the tree is the closer one
			return level[y] - level[x]
		case x < y:
			return -1
		}
		return 1
	})
	for i, id := range ids {
		a.rank[id] = i
		if !a.hollow[id] {
			a.outlined = append(a.outlined, id)
		}
	}
	return a, nil
}

// addUp gives jurisdictions without an outline the size of what lies below them.
func (a *Areas) addUp(size map[lowsky.JurisdictionID]float64) error {
	ids := make([]lowsky.JurisdictionID, 0, len(a.parents))
	for id := range a.parents {
		ids = append(ids, id)
	}
	slices.Sort(ids) // sums in one order, the same on every run
	for _, id := range ids {
		own := size[id]
		if a.hollow[id] {
			own = 0
		}
		up, steps := a.parents[id], 0
		for ; up != ""; up = a.parents[up] {
			if steps++; steps > len(a.parents) {
				return invalid("jurisdictions", "%q is its own superior", id)
			}
			if !a.hollow[up] {
				break // its outline counts, not its parts
			}
			size[up] += own
		}
	}
	return nil
}

// squareMetres is the size of a shape, on the radii at the middle of each polygon.
func squareMetres(s *shape) float64 {
	if len(s.polygons) == 0 {
		return math.Pi * s.circle.radius * s.circle.radius
	}
	sum := 0.0
	for i := range s.polygons {
		p := &s.polygons[i]
		m, par := radii(float64(p.box.y0+p.box.y1) / 2 / unit * radian)
		outer := true
		from := 0
		for k := 0; k <= len(p.points); k++ {
			if k < len(p.points) && p.points[k] != ringBreak {
				continue
			}
			a := math.Abs(area2(p.points[from:k])) / 2
			if !outer {
				a = -a
			}
			sum += a / unit / unit * radian * radian * m * par
			outer, from = false, k+1
		}
	}
	return sum
}

// Containing appends to dst every jurisdiction that contains p, the smallest first: it owns what happens there. Borders
// belong to both sides. A p that does not pass its Check is in none. It does not allocate while dst has room.
func (a *Areas) Containing(dst []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID {
	if !onEarth(p) {
		return dst
	}
	at := len(dst)
	var buf [insideBuffer]slot
	found, _ := a.index.slotsAt(buf[:0], exact(p.Point()))
	for _, s := range found {
		dst = a.add(dst, at, lowsky.JurisdictionID(a.index.entry(s).zone.ID))
	}
	return dst
}

// Touching answers every jurisdiction that shares a place with a valid geometry, the smallest first.
func (a *Areas) Touching(g lowsky.Geometry) []lowsky.JurisdictionID {
	if checkGeometry("geometry", g) != nil {
		return nil
	}
	s := compile(g)
	var dst []lowsky.JurisdictionID
	for _, id := range a.outlined {
		at, _ := a.index.slotOf(lowsky.ZoneID(id))
		if touches(a.index.shape(at), s) {
			dst = a.add(dst, 0, id)
		}
	}
	return dst
}

// add puts id, and those above it that have no outline, in their places after dst[:at].
func (a *Areas) add(dst []lowsky.JurisdictionID, at int, id lowsky.JurisdictionID) []lowsky.JurisdictionID {
	for {
		if !slices.Contains(dst[at:], id) {
			dst = append(dst, id)
			for i := len(dst) - 1; i > at && a.rank[dst[i-1]] > a.rank[id]; i-- {
				dst[i-1], dst[i] = dst[i], dst[i-1]
			}
		}
		id = a.parents[id]
		for id != "" && !a.hollow[id] {
			id = a.parents[id]
		}
		if id == "" {
			return dst
		}
	}
}

// touches reports whether two shapes share a place; the first one has polygons.
func touches(a, b *shape) bool {
	move := a.near(point{(b.box.x0 + b.box.x1) / 2, b.box.y0}).x - (b.box.x0+b.box.x1)/2
	if !a.box.meets(b.box.shifted(move)) {
		return false
	}
	if len(b.polygons) == 0 {
		c := point{b.circle.centre.x + move, b.circle.centre.y}
		if a.contains(c) {
			return true
		}
		s := newSight(&Query{Position: positionOf(b.circle.centre), LookAhead: -1})
		v := s.from(a)
		_, ok := v.rimDistance(a, false, b.circle.radius)
		return ok
	}
	for i := range a.polygons {
		for k := range b.polygons {
			q := b.polygons[k]
			if move != 0 {
				q.points = slices.Clone(q.points)
				q.shift(move)
				q.reach = q.reach.shifted(move)
				q.tree = nil
				q.plant()
			}
			if b.grow > 0 && grownTouch(&a.polygons[i], &q, b.grow) || b.grow == 0 && polygonsTouch(&a.polygons[i], &q) {
				return true
			}
		}
	}
	return false
}

func positionOf(p point) lowsky.Position {
	lon, lat := p.degrees()
	return lowsky.Position{Longitude: lowsky.Degrees(wrapDegrees(lon)), Latitude: lowsky.Degrees(lat)}
}

func polygonsTouch(p, q *polygon) bool {
	if !p.box.meets(q.box) {
		return false
	}
	if p.contains(q.points[0]) || q.contains(p.points[0]) {
		return true
	}
	hit := false
	for i := 1; i < len(q.points) && !hit; i++ {
		a, b := q.points[i-1], q.points[i]
		if a == ringBreak || b == ringBreak {
			continue
		}
		p.edges(boxOf(a, b), func(c, d point) { hit = hit || meet(a, b, c, d) })
	}
	return hit
}

// grownTouch reports whether p shares a place with q, which has grown.
func grownTouch(p, q *polygon, grow float64) bool {
	if !p.box.meets(q.reach) {
		return false
	}
	if p.contains(q.points[0]) || q.contains(p.points[0]) {
		return true
	}
	limit, hit := grow+rimMetres, false
	for i := 1; i < len(q.points) && !hit; i++ {
		a, b := q.points[i-1], q.points[i]
		if a == ringBreak || b == ringBreak {
			continue
		}
		p.edges(boxAround(boxOf(a, b), limit), func(c, d point) {
			if !hit {
				_, _, hit = capsule(c, d, a, b, limit)
			}
		})
	}
	return hit
}
