package airspace

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
)

// Every crossing that sampling the segment finds is found, and nothing is found that an exact look at the rims denies.
func TestCrossingsAgreeWithSampledSegments(t *testing.T) {
	s := newScene(4, 113.6, 29.2, 0.7)
	zones := s.mixed(2000)
	ix := mustIndex(t, zones...)
	crossings, thin := 0, 0
	for range 1500 {
		a := s.point()
		from := position(a[0], a[1])
		to := Offset(from, lowsky.Degrees(s.between(0, 360)), lowsky.Metres(s.between(1, 400)))
		q := Query{Position: to, Previous: lowsky.Some(from), Now: noon}
		got := map[lowsky.ZoneID]lowsky.ZoneRelation{}
		for _, r := range ix.Relations(nil, &q) {
			got[r.Zone.ID] = r
		}
		sampled := map[lowsky.ZoneID]bool{}
		const steps = 200
		var buf []*lowsky.Zone
		for i := range steps + 1 {
			buf = ix.Inside(buf[:0], along(from, to, float64(i)/steps))
			for _, z := range buf {
				sampled[z.ID] = true
			}
		}
		here := ix.Inside(nil, to)
		for id := range sampled {
			if r := got[id]; !r.Inside && !r.Crossed {
				t.Fatalf("%v → %v: sampling finds %s, Relations %+v", from, to, id, r)
			}
		}
		for id, r := range got {
			if r.Inside != slices.ContainsFunc(here, func(z *lowsky.Zone) bool { return z.ID == id }) {
				t.Fatalf("%v: %s inside %v", to, id, r.Inside)
			}
			if r.Crossed {
				crossings++
				if !sampled[id] { // narrower than a step: the rims must say so
					thin++
					if !rimsMeet(r.Zone, from.Point(), to.Point()) {
						t.Fatalf("%v → %v: %s crossed, but no rim is", from, to, id)
					}
				}
			}
		}
	}
	if crossings < 100 {
		t.Fatalf("only %d crossings (%d thin) were tested", crossings, thin)
	}
}

// rimsMeet is written apart from the code it tests: plain floating point over every edge. A circle is sampled finely.
func rimsMeet(z *lowsky.Zone, a, b orb.Point) bool {
	o := newOracle(z)
	for i := range 20_001 {
		f := float64(i) / 20_000
		if o.contains(orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}) {
			return true
		}
	}
	side := func(p, q, r orb.Point) float64 { return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0]) }
	for v := range z.VolumeCount() {
		for _, p := range z.Volume(v).Geometry.Polygons {
			for _, r := range p {
				for i := 1; i < len(r); i++ {
					if side(a, b, r[i-1])*side(a, b, r[i]) <= 0 && side(r[i-1], r[i], a)*side(r[i-1], r[i], b) <= 0 {
						return true
					}
				}
			}
		}
	}
	return false
}

// The distance is that to the nearest of all edges, and near zones are exactly those within Near or their warning band.
// Of several volumes it is the one that binds most: one that holds the aircraft, else the nearest.
func TestDistancesAgreeWithAllEdges(t *testing.T) {
	s := newScene(5, 113.8, 29.4, 0.3)
	zones := s.mixed(200)
	for i, z := range zones {
		if i%5 == 0 {
			z.WarningBand = lowsky.Some(lowsky.Metres(s.between(0, 5000)))
		}
	}
	ix := mustIndex(t, zones...)
	oracles := newOracles(zones)
	const reach = 1500
	banded := 0
	for range 150 {
		p := s.point()
		at := position(p[0], p[1])
		want := map[lowsky.ZoneID]float64{}
		for i, z := range zones {
			best := math.Inf(1)
			for v := range oracles[i].volumes {
				if o := &oracles[i].volumes[v]; padded(o.reach, 5500).Contains(p) { // all others are too far
					best = min(best, o.distance(p))
				}
			}
			if in := oracles[i].contains(p); in || best <= max(reach, float64(z.WarningBand.Or(0))) {
				want[z.ID] = best
				if !in && best > reach {
					banded++
				}
			}
		}
		rs := ix.Relations(nil, &Query{Position: at, Now: noon, Near: reach})
		if len(rs) != len(want) {
			t.Fatalf("%v: %d relations, want %d", at, len(rs), len(want))
		}
		for i, r := range rs {
			if w, ok := want[r.Zone.ID]; !ok || math.Abs(w-float64(r.Distance)) > 0.05 || r.Inside != (w <= 0) {
				t.Fatalf("%v: %s inside %v at %v m, want %v", at, r.Zone.ID, r.Inside, r.Distance, w)
			}
			if i > 0 && rs[i-1].Zone.ID >= r.Zone.ID {
				t.Fatalf("not in order of ids: %s before %s", rs[i-1].Zone.ID, r.Zone.ID)
			}
		}
	}
	if banded < 20 {
		t.Errorf("only %d zones were answered for their warning band", banded)
	}
}

// The predicted entry is when flying on in small steps first gets inside.
func TestEntryAgreesWithFlyingOn(t *testing.T) {
	s := newScene(6, 113.8, 29.4, 0.3)
	ix := mustIndex(t, s.mixed(300)...)
	entries := 0
	for range 400 {
		p := s.point()
		from := position(p[0], p[1])
		speed, course := s.between(5, 40), s.between(0, 360)
		const step = 0.05
		first := map[lowsky.ZoneID]float64{}
		outside := ix.Inside(nil, from)
		var buf []*lowsky.Zone
		for sec := step; sec <= 30; sec += step {
			buf = ix.Inside(buf[:0], Offset(from, lowsky.Degrees(course), lowsky.Metres(speed*sec)))
			for _, z := range buf {
				if _, ok := first[z.ID]; !ok && !slices.Contains(outside, z) {
					first[z.ID] = sec
				}
			}
		}
		got := map[lowsky.ZoneID]lowsky.ZoneRelation{}
		for _, r := range ix.Relations(nil, &Query{Position: from, Now: noon, GroundSpeed: some(speed), Course: lowsky.Some(lowsky.Degrees(course))}) {
			got[r.Zone.ID] = r
		}
		for id, sec := range first {
			entries++
			r := got[id]
			if !r.Entry.OK || r.Entry.Value.Seconds() > sec+0.001 {
				t.Fatalf("%v course %v speed %v: in %s after %v s, predicted %v", from, course, speed, id, sec, r.Entry)
			}
			if r.Entry.Value.Seconds() < sec-step-0.001 {
				at := Offset(from, lowsky.Degrees(course), lowsky.Metres(speed*(r.Entry.Value.Seconds()+0.0005)))
				if !slices.ContainsFunc(ix.Inside(nil, at), func(z *lowsky.Zone) bool { return z.ID == id }) {
					t.Fatalf("%s is predicted after %v, but it is outside there; in after %v s", id, r.Entry.Value, sec)
				}
			}
		}
	}
	if entries < 50 {
		t.Fatalf("only %d entries were tested", entries)
	}
}

// An edit changes the answers about its zones and no others; the index before it answers as before; and however an
// index came about, it answers like one built at once.
func TestEditsAreCopyOnWrite(t *testing.T) {
	s := newScene(7, 113.8, 29.4, 0.3)
	zones := map[lowsky.ZoneID]*lowsky.Zone{}
	ix := mustIndex(t)
	for _, z := range s.mixed(250) {
		zones[z.ID] = z
	}
	var all []*lowsky.Zone
	for _, z := range zones {
		all = append(all, z)
	}
	ix = mustIndex(t, all...)
	var points []lowsky.Position
	for range 1500 {
		p := s.point()
		points = append(points, position(p[0], p[1]))
	}
	ask := func(ix *Index) [][]lowsky.ZoneID {
		out := make([][]lowsky.ZoneID, len(points))
		for i, p := range points {
			out[i] = ids(ix.Inside(nil, p))
		}
		return out
	}
	before := ask(ix)
	for round := range 40 {
		var upsert []*lowsky.Zone
		var remove []lowsky.ZoneID
		touched := map[lowsky.ZoneID]bool{}
		for range 1 + s.rand.IntN(3) {
			id := lowsky.ZoneID(fmt.Sprintf("z-%05d", s.rand.IntN(260)))
			if touched[id] {
				continue
			}
			touched[id] = true
			if s.rand.IntN(3) == 0 {
				remove = append(remove, id)
				delete(zones, id)
				continue
			}
			z := s.mixedZone(0)
			z.ID, z.Version = id, round+2
			upsert = append(upsert, z)
			zones[id] = z
		}
		next, err := ix.Apply(upsert, remove)
		if err != nil {
			t.Fatal(err)
		}
		after := ask(next)
		for i := range points {
			keep := func(in []lowsky.ZoneID) []lowsky.ZoneID {
				return slices.DeleteFunc(slices.Clone(in), func(id lowsky.ZoneID) bool { return touched[id] })
			}
			if d := cmp.Diff(keep(before[i]), keep(after[i])); d != "" {
				t.Fatalf("round %d: another zone changed at %v: %s", round, points[i], d)
			}
		}
		if d := cmp.Diff(before, ask(ix)); d != "" {
			t.Fatalf("round %d: the old index answers otherwise: %s", round, d)
		}
		if next.Len() != len(zones) {
			t.Fatalf("round %d: %d zones, want %d", round, next.Len(), len(zones))
		}
		ix, before = next, after
	}
	all = all[:0]
	for _, z := range zones {
		all = append(all, z)
		if ix.Zone(z.ID) != z {
			t.Fatalf("zone %s is not its newest version", z.ID)
		}
	}
	if d := cmp.Diff(ask(mustIndex(t, all...)), before); d != "" {
		t.Fatalf("built at once it answers otherwise: %s", d)
	}
	if got := slices.Collect(ix.All()); len(got) != len(zones) || !slices.IsSortedFunc(got, func(a, b *lowsky.Zone) int { return cmpID(a.ID, b.ID) }) {
		t.Errorf("All: %d zones, want %d in order of ids", len(got), len(zones))
	}
	for _, z := range all {
		next, err := ix.Apply(nil, []lowsky.ZoneID{z.ID})
		if err != nil {
			t.Fatal(err)
		}
		ix = next
	}
	for i, in := range ask(ix) {
		if len(in) > 0 {
			t.Fatalf("every zone was removed, but %v lies in %v", points[i], in)
		}
	}
	if len(ix.Relations(nil, &Query{Position: points[0], Near: 50_000, Now: noon})) > 0 || ix.Len() != 0 {
		t.Error("every zone was removed, but some are near")
	}
}

func cmpID(a, b lowsky.ZoneID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// An edit shares the pages that it does not touch.
func TestEditSharesPages(t *testing.T) {
	s := newScene(8, 113.8, 29.4, 0.5)
	zones := s.zones(300)
	ix := mustIndex(t, zones...)
	z := *zones[0]
	z.Version++
	z.Geometry = lowsky.Geometry{Centre: metresFrom(0, 0).Point(), Radius: 300}
	next, err := ix.Apply([]*lowsky.Zone{&z}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shared, copied := 0, 0
	for i, br := range ix.root.rows {
		if br == nil {
			continue
		}
		for k, b := range br.blocks {
			if b == nil {
				continue
			}
			for r, pr := range b.rows {
				for c := range pagesAcross {
					if pr == nil || pr.pages[c] == nil {
						continue
					}
					if next.root.rows[i].blocks[k].rows[r] != nil && next.root.rows[i].blocks[k].rows[r].pages[c] == pr.pages[c] {
						shared++
					} else {
						copied++
					}
				}
			}
		}
	}
	if copied == 0 || copied > 16 || shared < 100 {
		t.Errorf("%d pages copied, %d shared", copied, shared)
	}
	// A new version with the old outline changes no page at all.
	w := *zones[1]
	w.Version++
	again, err := next.Apply([]*lowsky.Zone{&w}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again.root != next.root {
		t.Error("a change of name copied pages")
	}
	if again.Zone(w.ID) != &w || next.Zone(w.ID) != zones[1] {
		t.Error("versions are mixed up")
	}
}

// Readers go on while edits are made; the race detector looks on.
func TestReadersAndEditsAtOnce(t *testing.T) {
	s := newScene(11, 113.8, 29.4, 0.1)
	zones := s.zones(100)
	ix := mustIndex(t, zones...)
	var points []lowsky.Position
	for range 200 {
		p := s.point()
		points = append(points, position(p[0], p[1]))
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			var zs []*lowsky.Zone
			var rs []lowsky.ZoneRelation
			for _, p := range points {
				zs = ix.Inside(zs[:0], p)
				rs = ix.Relations(rs[:0], &Query{Position: p, Now: noon, Near: 300, GroundSpeed: some(20), Course: course(45)})
			}
		})
	}
	next := ix
	for i := range 20 {
		z := s.mixedZone(i)
		var err error
		if next, err = next.Apply([]*lowsky.Zone{z}, []lowsky.ZoneID{zones[99-i].ID}); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

func TestRelationsDoNotAllocate(t *testing.T) {
	s := newScene(12, 113.8, 29.4, 0.2)
	ix := mustIndex(t, s.mixed(300)...)
	buf := make([]lowsky.ZoneRelation, 0, 256)
	var qs []Query
	for range 50 {
		p := s.point()
		at := agl(position(p[0], p[1]), 80)
		qs = append(qs, Query{Position: at, Previous: lowsky.Some(Offset(at, 200, 30)), Now: noon, Near: 500, GroundSpeed: some(20), Course: course(20), VerticalSpeed: some(1)})
	}
	if n := testing.AllocsPerRun(10, func() {
		for i := range qs {
			buf = ix.Relations(buf[:0], &qs[i])
		}
	}); n != 0 {
		t.Errorf("Relations allocates %v times", n)
	}
}

// Huge zones keep to coarser levels: memory stays bounded and the answers right.
func TestHugeZones(t *testing.T) {
	s := newScene(13, 0, 0, 1)
	country := &lowsky.Zone{ID: "country", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(orb.Point{104, 35}, 3000, 2_000_000, 0.6)}}}}
	province := &lowsky.Zone{ID: "province", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(orb.Point{112, 31}, 2000, 400_000, 0.7), s.star(orb.Point{112, 31}, 50, 100_000, 0.7)}}}}
	box := &lowsky.Zone{ID: "box", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{orb.Ring{{90, 10}, {130, 10}, {130, 50}, {90, 50}, {90, 10}}}}}}
	circle := &lowsky.Zone{ID: "ring", Geometry: lowsky.Geometry{Centre: orb.Point{114.3, 29.8}, Radius: MaxRadius}}
	zones := []*lowsky.Zone{box, country, province, circle}
	ix := mustIndex(t, zones...)
	oracles := newOracles(zones)
	oracles[3].zone = circle
	for range 5000 {
		p := orb.Point{s.between(85, 135), s.between(8, 52)}
		if s.rand.IntN(2) == 0 {
			p = orb.Point{s.between(111, 116), s.between(28, 33)}
		}
		want := []lowsky.ZoneID{}
		for i := range oracles {
			in := oracles[i].contains(p)
			if zones[i] == circle {
				in = Distance(positionOf(exact(p)), positionOf(exact(circle.Geometry.Centre))) <= circle.Geometry.Radius
			}
			if in {
				want = append(want, zones[i].ID)
			}
		}
		slices.Sort(want)
		if d := cmp.Diff(want, ids(ix.Inside(nil, position(p[0], p[1])))); d != "" {
			t.Fatalf("at %v: %s", p, d)
		}
	}
	// A jump across the country looks at every zone instead of every page.
	rs := ix.Relations(nil, &Query{Position: position(131, 30), Previous: lowsky.Some(position(89, 30)), PreviousTooOld: true, Now: noon})
	if len(rs) < 3 || !rs[0].Crossed || !rs[0].Possible {
		t.Errorf("jump across: %+v", rs)
	}
	if r := ix.Relations(nil, &Query{Position: position(110, 30), Now: noon}); len(r) == 0 || r[0].Zone != box || math.Abs(float64(r[0].Distance+Distance(position(110, 30), position(130, 30)))) > 20_000 {
		t.Errorf("depth in a huge zone: %+v", r)
	}
	next, err := ix.Apply(nil, []lowsky.ZoneID{"country", "box"})
	if err != nil {
		t.Fatal(err)
	}
	if in := ids(next.Inside(nil, position(100, 40))); len(in) != 0 {
		t.Errorf("removed, but inside of %v", in)
	}
}
