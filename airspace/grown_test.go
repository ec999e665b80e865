package airspace

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"lowsky"
)

func corridor(id lowsky.ZoneID, width lowsky.Metres, ms ...[2]float64) *lowsky.Zone {
	return &lowsky.Zone{ID: id, Version: 1, Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Line: lineOf(ms...), Width: width}}
}

// A corridor 200 m wide: its rim belongs to it, its ends and its bend are round.
//
//	                       │  │ 1000
//	                       │  │
//	 ╭─────────────────────╯  │
//	(0 ───────────────── 1000 │ 0
//	 ╰────────────────────────╯
func TestCorridor(t *testing.T) {
	z := corridor("k", 200, [2]float64{0, 0}, [2]float64{1000, 0}, [2]float64{1000, 1000})
	const diagonal = math.Sqrt2 / 2
	for _, c := range []struct {
		name        string
		east, north float64
		inside      bool
		distance    float64
	}{
		{"on the line", 500, 0, true, -100},
		{"beside it", 500, 99.9, true, -0.1},
		{"on the rim", 500, 100, true, 0},
		{"off the rim", 500, 100.1, false, 0.1},
		{"on the other rim", 500, -100, true, 0},
		{"before the beginning", -99.9, 0, true, -0.1},
		{"off the beginning", -100.1, 0, false, 0.1},
		{"round beginning", -101 * diagonal, -101 * diagonal, false, 1},
		{"in the round beginning", -99 * diagonal, 99 * diagonal, true, -1},
		{"outside of the bend", 1000 + 99*diagonal, -99 * diagonal, true, -1},
		{"off the outside of the bend", 1000 + 101*diagonal, -101 * diagonal, false, 1},
		{"inside of the bend", 890, 110, false, 10},
		{"beyond the end", 1000, 1150, false, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := metresFrom(c.east, c.north)
			r, ok := relation(t, z, Query{Position: p, Near: 60})
			if !ok || r.Inside != c.inside || !near(r.Distance, c.distance, 0.02) {
				t.Errorf("%v, %+v; want inside %v, %v m", ok, r, c.inside, c.distance)
			}
			if in := len(mustIndex(t, z).Inside(nil, p)) == 1; in != c.inside {
				t.Errorf("Inside says %v", in)
			}
		})
	}
	over := Query{Position: metresFrom(500, 150), Previous: lowsky.Some(metresFrom(500, -150))}
	if r, ok := relation(t, z, over); !ok || !r.Crossed || r.Inside || !near(r.Distance, 50, 0.01) {
		t.Errorf("across: %+v", r)
	}
	if r, ok := relation(t, z, Query{Position: metresFrom(-150, 150), Previous: lowsky.Some(metresFrom(-150, -150))}); ok {
		t.Errorf("past the beginning: %+v", r)
	}
	// Past the round end, 95 m from it, where a square end would have been missed by nobody and a flat one by all.
	if r, ok := relation(t, z, Query{Position: metresFrom(-95, 150), Previous: lowsky.Some(metresFrom(-95, -150))}); !ok || !r.Crossed {
		t.Errorf("through the round beginning: %+v", r)
	}
	if r, ok := relation(t, z, Query{Position: metresFrom(500, 300), GroundSpeed: some(20), Course: course(180)}); !ok || math.Abs(r.Entry.Value.Seconds()-10) > 0.01 {
		t.Errorf("towards it: %+v", r)
	}
}

// A corridor has a height band like any zone: the way ahead must meet both at one instant.
func TestCorridorEntryInHeight(t *testing.T) {
	z := corridor("k", 200, [2]float64{0, 0}, [2]float64{1000, 0})
	z.Ceiling = limit(100, lowsky.AGL)
	q := Query{Position: agl(metresFrom(500, 300), 150), GroundSpeed: some(20), Course: course(180), VerticalSpeed: some(-4)}
	if r, ok := relation(t, z, q); !ok || math.Abs(r.Entry.Value.Seconds()-12.5) > 0.01 {
		t.Errorf("sinks into it: %+v", r)
	}
	q.VerticalSpeed = some(-2) // at 100 m after 25 s; the corridor lasts from 10 s to 20 s
	if r, ok := relation(t, z, q); ok {
		t.Errorf("passes above it: %+v", r)
	}
}

// A buffer of 50 m widens circles and polygons, rounds corners and narrows holes.
//
//	 ╭──────────╮
//	╭┌──────────┐╮        the hole of 200 m is 100 m wide now,
//	││  ┌──┐    ││        the small one is closed
//	││  └──┘ ▫  ││
//	╰└──────────┘╯
func TestBuffer(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000), rectangle(200, 200, 400, 400), rectangle(600, 600, 680, 680))
	z.Buffer = lowsky.Some(lowsky.Metres(50))
	for _, c := range []struct {
		name        string
		east, north float64
		inside      bool
		distance    float64
	}{
		{"in the buffer", -49.9, 500, true, -0.1},
		{"off the buffer", -50.1, 500, false, 0.1},
		{"square corner is not in it", -45, -45, false, 13.64},
		{"round corner is", -35, -35, true, -0.5},
		{"in the area", 500, 100, true, -150},
		{"rim of the hole, narrowed", 250, 300, true, 0},
		{"in the hole", 251, 300, false, 1},
		{"middle of the hole", 300, 300, false, 50},
		{"the small hole is closed", 640, 640, true, -10}, // a lower bound: 40 m from its old rim
	} {
		r, ok := relation(t, z, Query{Position: metresFrom(c.east, c.north), Near: 60})
		if !ok || r.Inside != c.inside || !near(r.Distance, c.distance, 0.02) {
			t.Errorf("%s: %v, %+v; want inside %v, %v m", c.name, ok, r, c.inside, c.distance)
		}
	}
	round := &lowsky.Zone{ID: "c", Geometry: lowsky.Geometry{Centre: metresFrom(0, 0).Point(), Radius: 100}, Buffer: lowsky.Some(lowsky.Metres(50))}
	if r, ok := relation(t, round, Query{Position: metresFrom(149, 0)}); !ok || !r.Inside || !near(r.Distance, -1, 0.01) {
		t.Errorf("circle: %+v", r)
	}
	if r, ok := relation(t, round, Query{Position: metresFrom(151, 0)}); ok {
		t.Errorf("off the circle: %+v", r)
	}
	// Another buffer is another outline, though the geometry is the same.
	ix := mustIndex(t, z)
	wider := *z
	wider.Version, wider.Buffer = 2, lowsky.Some(lowsky.Metres(80))
	next, err := ix.Apply([]*lowsky.Zone{&wider}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := metresFrom(-70, 500); len(ix.Inside(nil, p)) != 0 || len(next.Inside(nil, p)) != 1 {
		t.Error("a wider buffer changed nothing")
	}
}

// Corridors and buffers go on over the antimeridian.
func TestGrownAcrossTheAntimeridian(t *testing.T) {
	line := &lowsky.Zone{ID: "line", Geometry: lowsky.Geometry{Line: orb.LineString{{179.99, 10}, {-179.99, 10}}, Width: 500}}
	ends := &lowsky.Zone{ID: "ends", Geometry: lowsky.Geometry{Line: orb.LineString{{179.98, 10}, {179.999, 10}}, Width: 500}} // 109 m before it
	box := &lowsky.Zone{ID: "box", Buffer: lowsky.Some(lowsky.Metres(300)), Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{orb.Ring{
		{179.99, 9.99}, {179.999, 9.99}, {179.999, 10.01}, {179.99, 10.01}, {179.99, 9.99}}}}}}
	for _, z := range []*lowsky.Zone{line, ends, box} {
		for _, lon := range []float64{179.9995, 180, -180, -179.9995} {
			if r, ok := relation(t, z, Query{Position: position(lon, 10.0005)}); !ok || !r.Inside {
				t.Errorf("%s: longitude %v is outside: %+v", z.ID, lon, r)
			}
		}
		from, to := position(-179.9995, 10.02), position(-179.9995, 9.98)
		if r, ok := relation(t, z, Query{Position: to, Previous: lowsky.Some(from), PreviousTooOld: true}); !ok || !r.Crossed {
			t.Errorf("%s is not crossed beyond the antimeridian: %+v", z.ID, r)
		}
	}
	if in := mustIndex(t, line, ends, box).Inside(nil, position(-179.99, 10)); len(in) != 1 || in[0] != line {
		t.Errorf("1 km beyond the antimeridian: inside of %v", ids(in))
	}
}

// Huge grown areas stay bounded in memory and right everywhere.
func TestHugeGrownAreas(t *testing.T) {
	pipeline := &lowsky.Zone{ID: "pipeline", Geometry: lowsky.Geometry{Line: orb.LineString{{108, 30}, {112, 31}, {116, 28}, {120, 31}}, Width: 60_000}}
	s := newScene(50, 0, 0, 0)
	province := &lowsky.Zone{ID: "province", Buffer: lowsky.Some(lowsky.Metres(MaxBuffer)),
		Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(orb.Point{112, 31}, 1000, 300_000, 0.8), s.star(orb.Point{112, 31}, 40, 120_000, 0.8)}}}}
	ix := mustIndex(t, pipeline, province)
	words := 0
	for _, b := range blocksOf(ix) {
		words += len(b.items)
		for _, pr := range b.rows {
			for c := range pagesAcross {
				if pr != nil && pr.pages[c] != nil {
					words += len(pr.pages[c].cells) + len(pr.pages[c].items)
				}
			}
		}
	}
	if words > 2_000_000 { // 8 MB
		t.Errorf("two zones take %d words", words)
	}
	oracles := newOracles([]*lowsky.Zone{pipeline, province})
	hits := 0
	for range 1500 {
		p := orb.Point{s.between(107, 121), s.between(26, 35)}
		in := ids(ix.Inside(nil, position(p[0], p[1])))
		want := []lowsky.ZoneID{}
		for i := range oracles {
			if oracles[i].contains(p) {
				want = append(want, oracles[i].zone.ID)
			}
		}
		hits += len(want)
		if len(in) != len(want) || len(in) > 0 && in[0] != want[0] {
			t.Fatalf("at %v: inside of %v, want %v", p, in, want)
		}
	}
	if hits < 200 {
		t.Errorf("only %d places were inside", hits)
	}
}

func blocksOf(ix *Index) (out []*block) {
	for _, br := range ix.root.rows {
		if br == nil {
			continue
		}
		for _, b := range br.blocks {
			if b != nil {
				out = append(out, b)
			}
		}
	}
	return out
}

// Of a zone of several volumes the one that binds most is told, once.
//
//	120 m ┌───────┐              volume 0: 0 … 120 m over the field
//	      │   0   ├──────────┐   volume 1: 60 … 100 m, further east
//	      │       │    1     │   volume 2: a corridor far away
//	  0 m └───────┘          └
//	      0      1000      2000
func TestFurtherVolumes(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Ceiling = limit(120, lowsky.AGL)
	z.Further = []lowsky.Volume3D{
		{Geometry: area("", rectangle(900, 0, 2000, 1000)).Geometry, Floor: limit(60, lowsky.AGL), Ceiling: limit(100, lowsky.AGL)},
		{Geometry: lowsky.Geometry{Line: lineOf([2]float64{5000, 0}, [2]float64{6000, 0}), Width: 100}},
	}
	east := func(q Query) Query { q.GroundSpeed, q.Course = some(20), course(90); return q }
	for _, c := range []struct {
		name   string
		q      Query
		volume int
		inside bool
		state  lowsky.VerticalState
		entry  bool
	}{
		{"in the first", Query{Position: agl(metresFrom(500, 500), 80)}, 0, true, lowsky.VerticalWithin, false},
		{"in the second", Query{Position: agl(metresFrom(1500, 500), 80)}, 1, true, lowsky.VerticalWithin, false},
		{"over both, within the first only", Query{Position: agl(metresFrom(950, 500), 110)}, 0, true, lowsky.VerticalWithin, false},
		{"over both, within both: the deeper one", Query{Position: agl(metresFrom(980, 500), 80)}, 1, true, lowsky.VerticalWithin, false},
		{"below the second, flies into the first", Query{Position: agl(metresFrom(1200, 500), 30), GroundSpeed: some(20), Course: course(270)}, 0, false, lowsky.VerticalWithin, true},
		{"below the second, stays", Query{Position: agl(metresFrom(1200, 500), 30)}, 1, true, lowsky.VerticalBelow, false},
		{"no height", Query{Position: metresFrom(1500, 500)}, 1, true, lowsky.VerticalUnknown, false},
		{"towards the first", east(Query{Position: agl(metresFrom(-200, 500), 30)}), 0, false, lowsky.VerticalWithin, true},
		{"in the corridor", Query{Position: metresFrom(5500, 49)}, 2, true, lowsky.VerticalWithin, false},
		{"near the corridor", Query{Position: metresFrom(5500, 70), Near: 50}, 2, false, lowsky.VerticalWithin, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := relation(t, z, c.q)
			if !ok || r.Volume != c.volume || r.Inside != c.inside || r.Vertical.State != c.state || r.Entry.OK != c.entry {
				t.Errorf("%v: %+v", ok, r)
			}
			if in := mustIndex(t, z).Inside(nil, c.q.Position); len(in) > 1 {
				t.Errorf("Inside answers it %d times", len(in))
			}
		})
	}
	// Crossed within the second binds more than being under it.
	across := Query{Position: agl(metresFrom(1500, -20), 80), Previous: lowsky.Some(agl(metresFrom(1500, 20), 80))}
	if r, ok := relation(t, z, across); !ok || !r.Crossed || r.Volume != 1 || r.Vertical.State != lowsky.VerticalWithin {
		t.Errorf("crossed: %+v", r)
	}
	// An edit of one volume changes that and leaves the others.
	ix := mustIndex(t, z)
	fewer := *z
	fewer.Version, fewer.Further = 2, z.Further[1:]
	next, err := ix.Apply([]*lowsky.Zone{&fewer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    lowsky.Position
		want int
	}{{metresFrom(500, 500), 1}, {metresFrom(1500, 500), 0}, {metresFrom(5500, 0), 1}} {
		if in := next.Inside(nil, c.p); len(in) != c.want || c.want > 0 && in[0] != &fewer {
			t.Errorf("after the edit, at %v: %v", c.p, ids(in))
		}
	}
	if next.Len() != 1 || len(ix.Inside(nil, metresFrom(1500, 500))) != 1 {
		t.Error("the old index has changed, or the count is wrong")
	}
}

// A zone is answered as far away as its own warning band says, whatever the query asks for.
func TestWarningBand(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Buffer, z.WarningBand = lowsky.Some(lowsky.Metres(100)), lowsky.Some(lowsky.Metres(9000))
	for _, c := range []struct {
		east float64
		near lowsky.Metres
		want bool
	}{{-9099, 0, true}, {-9101, 0, false}, {-9101, 9002, true}, {-9099, 50, true}, {10_099, 0, true}, {10_101, 0, false}} {
		r, ok := relation(t, z, Query{Position: metresFrom(c.east, 500), Near: c.near})
		if ok != c.want || ok && (r.Inside || !near(r.Distance, math.Abs(c.east)-100, 1) && c.east < 0) {
			t.Errorf("%v m east, near %v: %v %+v", c.east, c.near, ok, r)
		}
	}
	other := *z
	other.WarningBand = lowsky.Opt[lowsky.Metres]{}
	next, err := mustIndex(t, z).Apply([]*lowsky.Zone{&other}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := next.Relations(nil, &Query{Position: metresFrom(-500, 500), Now: noon}); len(r) != 0 {
		t.Errorf("without a band: %+v", r)
	}
}
