package airspace

import (
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) // a Sunday, 12:00 in Shanghai

// metresFrom answers the place east and north of 114.3 E 29.85 N.
func metresFrom(east, north float64) lowsky.Position {
	m, p := radii(29.85 * radian)
	return position(114.3+east/p/radian, 29.85+north/m/radian)
}

// area is a zone whose corners are given in metres from there.
func area(id lowsky.ZoneID, rings ...[][2]float64) *lowsky.Zone {
	var poly orb.Polygon
	for _, r := range rings {
		var ring orb.Ring
		for _, c := range r {
			ring = append(ring, metresFrom(c[0], c[1]).Point())
		}
		poly = append(poly, append(ring, ring[0]))
	}
	return &lowsky.Zone{ID: id, Version: 1, Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{poly}}}
}

func rectangle(x0, y0, x1, y1 float64) [][2]float64 {
	return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

func relation(t *testing.T, z *lowsky.Zone, q Query) (lowsky.ZoneRelation, bool) {
	t.Helper()
	if q.Now.IsZero() {
		q.Now = noon
	}
	rs := mustIndex(t, z).Relations(nil, &q)
	switch len(rs) {
	case 0:
		return lowsky.ZoneRelation{}, false
	case 1:
		return rs[0], true
	}
	t.Fatalf("%d relations to one zone", len(rs))
	return lowsky.ZoneRelation{}, false
}

func some(v float64) lowsky.Opt[lowsky.MetresPerSecond] {
	return lowsky.Some(lowsky.MetresPerSecond(v))
}

func course(v float64) lowsky.Opt[lowsky.Degrees] { return lowsky.Some(lowsky.Degrees(v)) }

func agl(p lowsky.Position, m lowsky.Metres) lowsky.Position {
	p.AGL = lowsky.Some(m)
	return p
}

func limit(m lowsky.Metres, d lowsky.Datum) lowsky.Opt[lowsky.Altitude] {
	return lowsky.Some(lowsky.Altitude{Metres: m, Datum: d})
}

func near(got lowsky.Metres, want, within float64) bool { return math.Abs(float64(got)-want) <= within }

// The segment between two reports is tested, not only its ends.
//
//	   0        400  404       800
//	   ┌─ wall ─┐    the thin zone stands 4 m wide across the way
//	a ─────────▶│▓│────────▶ b        both reports are outside
//	   └────────┘
func TestCrossingOfAThinZone(t *testing.T) {
	wall := area("wall", rectangle(400, -200, 404, 200))
	for _, c := range []struct {
		name     string
		a, b     lowsky.Position
		crossed  bool
		distance float64
	}{
		{"through", metresFrom(380, 0), metresFrom(420, 0), true, 16},
		{"back through", metresFrom(420, 0), metresFrom(380, 0), true, 20},
		{"around the end", metresFrom(380, 201), metresFrom(420, 201), false, 0},
		{"along, 1 m off", metresFrom(399, -300), metresFrom(399, 300), false, 0},
		{"grazes a corner", metresFrom(380, 180), position(float64(metresFrom(404, 200).Longitude), float64(metresFrom(404, 200).Latitude)), false, 0}, // ends on it: inside
		{"leaves it", metresFrom(402, 0), metresFrom(420, 0), true, 16},
		{"does not move", metresFrom(380, 0), metresFrom(380, 0), false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := relation(t, wall, Query{Position: c.b, Previous: lowsky.Some(c.a)})
			if r.Crossed != c.crossed {
				t.Fatalf("crossed %v, want %v", r.Crossed, c.crossed)
			}
			if c.crossed && (!ok || r.Inside || r.Possible || !near(r.Distance, c.distance, 0.01)) {
				t.Errorf("got %+v, want %v m from the rim", r, c.distance)
			}
		})
	}
	r, _ := relation(t, wall, Query{Position: metresFrom(420, 0), Previous: lowsky.Some(metresFrom(380, 0)), PreviousTooOld: true})
	if !r.Crossed || !r.Possible {
		t.Errorf("over a long gap: %+v, want a possible crossing", r)
	}
}

// What counts for a crossing is the height while crossing.
//
//	     ╲ a: 200 m          the band of the wall ends at 120 m
//	══════╲═════ 120 m
//	       ╲│▓│     b: down to 40 m
func TestHeightOfACrossing(t *testing.T) {
	wall := area("wall", rectangle(400, -200, 404, 200))
	wall.Ceiling = limit(120, lowsky.AGL)
	wall.Floor = limit(100, lowsky.AGL)
	for _, c := range []struct {
		name     string
		from, to lowsky.Metres
		state    lowsky.VerticalState
	}{
		{"below all the way", 50, 60, lowsky.VerticalBelow},
		{"above all the way", 150, 160, lowsky.VerticalAbove},
		{"in the band there", 50, 170, lowsky.VerticalWithin},
		{"out of the band there", 110, 400, lowsky.VerticalAbove},
		{"falls through the band there", 3000, -2780, lowsky.VerticalWithin},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := relation(t, wall, Query{Position: agl(metresFrom(422, 0), c.to), Previous: lowsky.Some(agl(metresFrom(382, 0), c.from))})
			if !r.Crossed || r.Vertical.State != c.state {
				t.Errorf("got %+v, want state %d", r, c.state)
			}
		})
	}
	r, _ := relation(t, wall, Query{Position: metresFrom(422, 0), Previous: lowsky.Some(metresFrom(382, 0))})
	if r.Vertical.State != lowsky.VerticalUnknown || r.Vertical.Reason != lowsky.ReasonNoHeight {
		t.Errorf("no height: %+v", r.Vertical)
	}
}

// Distances are metres to the nearest rim, negative inside, and the rim of a hole is a rim.
//
//	0        1000
//	┌──────────┐1000
//	│ ┌──┐     │     hole 200…400
//	│ └──┘     │
//	└──────────┘
func TestDistanceToRims(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000), rectangle(200, 200, 400, 400))
	for _, c := range []struct {
		name         string
		east, north  float64
		inside, here bool
		distance     float64
	}{
		{"10 m outside", -10, 500, false, true, 10},
		{"99 m outside", -99, 500, false, true, 99},
		{"101 m outside", -101, 500, false, false, 0},
		{"off a corner", -30, -40, false, true, 50},
		{"on the rim", 0, 500, true, true, 0},
		{"on a corner", 0, 0, true, true, 0},
		{"deep", 700, 700, true, true, -300},
		{"beside the hole", 410, 300, true, true, -10},
		{"on the rim of the hole", 400, 300, true, true, 0},
		{"in the hole", 390, 300, false, true, 10},
		{"middle of the hole", 300, 300, false, true, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := relation(t, z, Query{Position: metresFrom(c.east, c.north), Near: 100.05})
			if ok != c.here || r.Inside != c.inside || ok && !near(r.Distance, c.distance, 0.02) {
				t.Errorf("got %v inside %v at %.3f m; want %v, %v, %v m", ok, r.Inside, r.Distance, c.here, c.inside, c.distance)
			}
		})
	}
	circle := &lowsky.Zone{ID: "c", Geometry: lowsky.Geometry{Centre: metresFrom(0, 0).Point(), Radius: 500}}
	for _, at := range []float64{0, 45, 90, 200} {
		p := metresFrom(0, 0)
		if r, ok := relation(t, circle, Query{Position: Offset(p, lowsky.Degrees(at), 510), Near: 20}); !ok || r.Inside || !near(r.Distance, 10, 0.01) {
			t.Errorf("course %v: 10 m outside the circle: %+v", at, r)
		}
		if r, ok := relation(t, circle, Query{Position: Offset(p, lowsky.Degrees(at), 490)}); !ok || !r.Inside || !near(r.Distance, -10, 0.01) {
			t.Errorf("course %v: 10 m inside the circle: %+v", at, r)
		}
	}
}

// Entry is predicted in four dimensions.
//
//	        0 m          600 m
//	a ─ 20 m/s ─▶ 400 m  ┌──────┐ band 50 … 100 m
//	                     └──────┘ 600 … 1000
func TestEntry(t *testing.T) {
	z := area("z", rectangle(600, -500, 1000, 500))
	z.Floor, z.Ceiling = limit(50, lowsky.AMSL), limit(100, lowsky.AMSL)
	at := func(east, amsl float64) lowsky.Position {
		p := metresFrom(east, 0)
		p.AMSL = lowsky.Some(lowsky.Metres(amsl))
		return p
	}
	for _, c := range []struct {
		name   string
		q      Query
		listed bool
		entry  float64 // seconds; 0 none
		state  lowsky.VerticalState
	}{
		{"level, in the band", Query{Position: at(400, 80), GroundSpeed: some(20), Course: course(90)}, true, 10, lowsky.VerticalWithin},
		{"beyond the look-ahead", Query{Position: at(0, 80), GroundSpeed: some(19), Course: course(90)}, false, 0, 0},
		{"longer look-ahead", Query{Position: at(0, 80), GroundSpeed: some(19), Course: course(90), LookAhead: time.Minute}, true, 600.0 / 19, lowsky.VerticalWithin},
		{"no look-ahead", Query{Position: at(400, 80), GroundSpeed: some(20), Course: course(90), LookAhead: -1}, false, 0, 0},
		{"flies away", Query{Position: at(400, 80), GroundSpeed: some(20), Course: course(270)}, false, 0, 0},
		{"stands", Query{Position: at(400, 80), GroundSpeed: some(0), Course: course(90)}, false, 0, 0},
		{"no speed", Query{Position: at(400, 80), Course: course(90)}, false, 0, 0},
		{"speed not a number", Query{Position: at(400, 80), GroundSpeed: some(math.NaN()), Course: course(90)}, false, 0, 0},
		{"above, level", Query{Position: at(400, 105), GroundSpeed: some(20), Course: course(90)}, false, 0, 0},
		{"above, sinks into it later than the rim", Query{Position: at(400, 150), GroundSpeed: some(20), Course: course(90), VerticalSpeed: some(-4)}, true, 12.5, lowsky.VerticalAbove},
		{"above, sinks too slowly", Query{Position: at(400, 150), GroundSpeed: some(20), Course: course(90), VerticalSpeed: some(-1)}, false, 0, 0},
		{"sinks through before the rim", Query{Position: at(400, 90), GroundSpeed: some(20), Course: course(90), VerticalSpeed: some(-5)}, false, 0, 0},
		{"passes over it before it has sunk", Query{Position: at(550, 180), GroundSpeed: some(40), Course: course(90), VerticalSpeed: some(-5)}, false, 0, 0},
		{"inside the area, above, sinks into it", Query{Position: at(650, 130), GroundSpeed: some(10), Course: course(90), VerticalSpeed: some(-3)}, true, 10, lowsky.VerticalAbove},
		{"inside the area, above, straight down", Query{Position: at(650, 130), VerticalSpeed: some(-3)}, true, 10, lowsky.VerticalAbove},
		{"inside the area, above, level", Query{Position: at(650, 130), GroundSpeed: some(10), Course: course(90)}, true, 0, lowsky.VerticalAbove},
		{"inside it", Query{Position: at(650, 80), GroundSpeed: some(10), Course: course(90)}, true, 0, lowsky.VerticalWithin},
		{"height unknown", Query{Position: metresFrom(400, 0), GroundSpeed: some(20), Course: course(90)}, true, 10, lowsky.VerticalUnknown},
		{"exactly at the ceiling", Query{Position: at(400, 100), GroundSpeed: some(20), Course: course(90)}, true, 10, lowsky.VerticalWithin},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := relation(t, z, c.q)
			if ok != c.listed {
				t.Fatalf("listed %v, want %v: %+v", ok, c.listed, r)
			}
			if ok && (r.Entry.OK != (c.entry > 0) || math.Abs(r.Entry.Value.Seconds()-c.entry) > 0.01 || r.Vertical.State != c.state) {
				t.Errorf("entry %v, state %d; want %v s, %d", r.Entry, r.Vertical.State, c.entry, c.state)
			}
		})
	}
}

// A zone that does not apply now never asks for an alert; one that ends before the entry has no entry.
func TestRelationsMindApplicability(t *testing.T) {
	z := area("z", rectangle(600, -500, 1000, 500))
	minute := 12*60 + 0
	z.Applicability = lowsky.Applicability{{Start: lowsky.Some(minute), End: lowsky.Some(minute + 1)}} // 12:00 to 12:01
	ahead := Query{Position: metresFrom(400, 0), GroundSpeed: some(20), Course: course(90), Now: noon}
	if r, ok := relation(t, z, ahead); !ok || !r.Active || !r.Entry.OK {
		t.Errorf("in force: %+v", r)
	}
	ahead.Now = noon.Add(55 * time.Second)
	if r, ok := relation(t, z, ahead); ok {
		t.Errorf("ends before the entry: %+v", r)
	}
	ahead.Now = noon.Add(-time.Minute)
	if r, ok := relation(t, z, ahead); ok {
		t.Errorf("not in force: %+v", r)
	}
	if r, ok := relation(t, z, Query{Position: metresFrom(700, 0), Now: noon.Add(-time.Minute)}); !ok || !r.Inside || r.Active {
		t.Errorf("inside of a zone not in force: %+v, want it flagged", r)
	}
	if r, ok := relation(t, z, Query{Position: metresFrom(500, 0), Now: noon.Add(-time.Minute), Near: 500}); ok {
		t.Errorf("near a zone not in force: %+v", r)
	}
}

// Everything holds on the antimeridian, also for a zone that was cut there.
//
//	179.99   ±180   -179.99
//	   ┌───────┆───────┐
//	   │   ▓   ┆   ▓   │
//	   └───────┆───────┘
func TestAcrossTheAntimeridian(t *testing.T) {
	ring := func(x0, x1 float64) orb.Ring {
		return orb.Ring{{x0, 10}, {x1, 10}, {x1, 10.02}, {x0, 10.02}, {x0, 10}}
	}
	whole := &lowsky.Zone{ID: "whole", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(179.99, -179.99)}}}}
	cut := &lowsky.Zone{ID: "cut", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(179.99, 180)}, {ring(-180, -179.99)}}}}
	round := &lowsky.Zone{ID: "round", Geometry: lowsky.Geometry{Centre: orb.Point{180, 10.01}, Radius: 1000}}
	deep := float64(Distance(position(179.995, 10.01), position(179.99, 10.01)))
	for _, z := range []*lowsky.Zone{whole, cut, round} {
		t.Run(string(z.ID), func(t *testing.T) {
			for _, lon := range []float64{180, -180, 179.995, -179.995, 179.9999999, -179.9999999} {
				r, ok := relation(t, z, Query{Position: position(lon, 10.01)})
				if !ok || !r.Inside {
					t.Errorf("longitude %v is outside", lon)
				}
				if math.Abs(lon) == 179.995 && z != round && !near(r.Distance, -deep, 0.01) {
					t.Errorf("longitude %v: %v m, want %v", lon, r.Distance, -deep)
				}
			}
			for _, lon := range []float64{179.989, -179.989} {
				if r, ok := relation(t, z, Query{Position: position(lon, 10.01), Near: 500}); !ok || r.Inside || !(r.Distance > 100 && r.Distance < 250) {
					t.Errorf("longitude %v: %+v", lon, r)
				}
				r, ok := relation(t, z, Query{Position: position(lon, 10.01), Previous: lowsky.Some(position(-lon, 10.01))})
				if !ok || !r.Crossed {
					t.Errorf("jump from %v to %v: %+v", -lon, lon, r)
				}
				east := 90.0
				if lon < 0 {
					east = 270
				}
				if r, ok := relation(t, z, Query{Position: position(lon, 10.01), GroundSpeed: some(20), Course: course(east)}); !ok || !r.Entry.OK {
					t.Errorf("from %v towards it: %+v", lon, r)
				}
			}
		})
	}
	beside := &lowsky.Zone{ID: "beside", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(-179.9999, -179.99)}}}}
	if r, ok := relation(t, beside, Query{Position: position(179.9999, 10.01), Near: 50}); !ok || r.Inside || !near(r.Distance, 21.9, 0.2) {
		t.Errorf("20 m beyond the antimeridian: %+v %v", r, ok)
	}
}

// Parts that each lie across the antimeridian belong together, on whichever side each of them begins.
//
//	    ±180°
//	┌─────┆─────┐   1
//	└─────┆─────┘
//	  ┌───┆───┐     2
//	  └───┆───┘
func TestPartsAcrossTheAntimeridian(t *testing.T) {
	from := func(first, x0, x1, y0, y1 float64) orb.Ring {
		if first == x0 {
			return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
		}
		return orb.Ring{{x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}, {x1, y0}}
	}
	for _, a := range []float64{179.9, -179.9} {
		for _, b := range []float64{179.95, -179.8} {
			z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{
				{from(a, 179.9, -179.9, 10, 10.1)}, {from(b, 179.95, -179.8, 10.2, 10.3)}}}}
			ix := mustIndex(t, z)
			for _, p := range []orb.Point{{179.96, 10.05}, {-179.96, 10.05}, {180, 10.25}, {-180, 10.25}, {179.96, 10.25}, {-179.81, 10.25}} {
				if len(ix.Inside(nil, position(p[0], p[1]))) != 1 {
					t.Errorf("rings from %v and %v: %v is outside", a, b, p)
				}
			}
			if in := ix.Inside(nil, position(179.92, 10.25)); len(in) != 0 {
				t.Errorf("rings from %v and %v: too much is inside", a, b)
			}
		}
	}
}

func TestRelationsOfUnjudgeablePositions(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	ix := mustIndex(t, z)
	for _, p := range []lowsky.Position{position(math.NaN(), 1), position(1, math.NaN()), position(181, 0), position(0, 91), position(math.Inf(1), 0)} {
		if rs := ix.Relations(nil, &Query{Position: p, Now: noon}); len(rs) != 0 {
			t.Errorf("%v: %v", p, rs)
		}
		if in := ix.Inside(nil, p); len(in) != 0 {
			t.Errorf("%v: %v", p, in)
		}
		r, ok := relation(t, z, Query{Position: metresFrom(500, 500), Previous: lowsky.Some(p)})
		if !ok || !r.Inside {
			t.Errorf("previous %v: %+v", p, r)
		}
	}
}

// TestDeepestOfACrossing: a way that comes in at one limit and leaves at the other was in all of the band.
func TestDeepestOfACrossing(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Floor, z.Ceiling = limit(100, lowsky.AGL), limit(200, lowsky.AGL)
	west, east := metresFrom(-1, 500), metresFrom(1001, 500)
	for name, c := range map[string]struct{ from, to, margin lowsky.Metres }{
		"from limit to limit": {199, 101, 50},
		"through, and out":    {199, 0, 49}, // a quarter of the way: 149 m
		"into, level at last": {201, 195, 5},
	} {
		r, ok := relation(t, z, Query{Position: agl(east, c.to), Previous: lowsky.Some(agl(west, c.from))})
		if !ok || !r.Crossed || r.Vertical.State != lowsky.VerticalWithin || !near(r.Vertical.Margin.Value, float64(c.margin), 1) {
			t.Errorf("%s: %+v", name, r.Vertical)
		}
	}
}

// TestNearOneVolumeUnderAnother: under the shelf of a zone and near to its core, the aircraft is near to the core.
//
//	   ┌───────────── shelf, from 100 m ─────────────┐
//	   └──────────────────┬──────┬───────────────────┘
//	              a ▶     │ core │
//	──────────────────────┴──────┴────────────────────
func TestNearOneVolumeUnderAnother(t *testing.T) {
	core, shelf := area("z", rectangle(0, 0, 200, 200)), area("", rectangle(-1000, -1000, 1200, 1200))
	core.WarningBand = lowsky.Some(lowsky.Metres(50))
	core.Further = []lowsky.Volume3D{{Geometry: shelf.Geometry, Floor: limit(100, lowsky.AGL)}}
	r, ok := relation(t, core, Query{Position: agl(metresFrom(-30, 100), 50)})
	if !ok || r.Volume != 0 || r.Inside || !near(r.Distance, 30, 0.5) || r.Vertical.State != lowsky.VerticalWithin {
		t.Errorf("near the core: %+v", r)
	}
	if r, ok = relation(t, core, Query{Position: agl(metresFrom(-60, 100), 50)}); !ok || r.Volume != 1 || !r.Inside || r.Vertical.State != lowsky.VerticalBelow {
		t.Errorf("away from the core: %+v", r)
	}
	// Two columns, the nearer one below the aircraft.
	pair := area("z", rectangle(0, 0, 100, 100))
	pair.WarningBand, pair.Ceiling = core.WarningBand, limit(60, lowsky.AGL)
	pair.Further = []lowsky.Volume3D{{Geometry: area("", rectangle(-160, 0, -60, 100)).Geometry}}
	if r, ok = relation(t, pair, Query{Position: agl(metresFrom(-20, 50), 90)}); !ok || r.Volume != 1 || !near(r.Distance, 40, 0.5) {
		t.Errorf("between two columns: %+v", r)
	}
}

// TestCrossingInsideAnUnknown: a volume whose height cannot be judged does not hide that another one was crossed.
func TestCrossingInsideAnUnknown(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Floor = limit(1000, lowsky.PressureISA)
	z.Further = []lowsky.Volume3D{{Geometry: area("", rectangle(400, 0, 404, 1000)).Geometry}}
	q := Query{Position: metresFrom(420, 500), Previous: lowsky.Some(metresFrom(390, 500))}
	if r, ok := relation(t, z, q); !ok || r.Volume != 1 || !r.Crossed || r.Vertical.State != lowsky.VerticalWithin {
		t.Errorf("crossed: %+v", r)
	}
	q.Previous = lowsky.Some(metresFrom(402, 500))
	if r, ok := relation(t, z, q); !ok || r.Volume != 0 || !r.Inside || r.Vertical.State != lowsky.VerticalUnknown {
		t.Errorf("left after a stay: %+v", r)
	}
	q.PreviousUnjudged = true
	if r, ok := relation(t, z, q); !ok || r.Volume != 1 || !r.Crossed || r.WasIn {
		t.Errorf("left after a stay that nobody judged: %+v", r)
	}
}

// TestStackedVolumes: at the limit that two volumes of a zone share, the aircraft is in the zone beyond doubt.
func TestStackedVolumes(t *testing.T) {
	ground := rectangle(0, 0, 1000, 1000)
	for name, c := range map[string]struct {
		above *lowsky.Volume3D // beside 0 to 120 m
		at    lowsky.Metres
		sure  bool
	}{
		"nothing above":      {nil, 118, false},
		"another above":      {&lowsky.Volume3D{Geometry: area("", ground).Geometry, Floor: limit(120, lowsky.AGL)}, 118, true},
		"in the other":       {&lowsky.Volume3D{Geometry: area("", ground).Geometry, Floor: limit(120, lowsky.AGL)}, 122, true},
		"above a gap":        {&lowsky.Volume3D{Geometry: area("", ground).Geometry, Floor: limit(130, lowsky.AGL)}, 118, false},
		"thin above":         {&lowsky.Volume3D{Geometry: area("", ground).Geometry, Floor: limit(120, lowsky.AGL), Ceiling: limit(130, lowsky.AGL)}, 118, false},
		"above, elsewhere":   {&lowsky.Volume3D{Geometry: area("", rectangle(2000, 0, 3000, 1000)).Geometry, Floor: limit(120, lowsky.AGL)}, 118, false},
		"of an unknown kind": {&lowsky.Volume3D{Geometry: area("", ground).Geometry, Floor: limit(120, lowsky.PressureISA)}, 118, false},
	} {
		z := area("z", ground)
		z.Ceiling = limit(120, lowsky.AGL)
		if c.above != nil {
			z.Further = []lowsky.Volume3D{*c.above}
		}
		r, ok := relation(t, z, Query{Position: agl(metresFrom(500, 500), c.at)})
		if !ok || r.Vertical.State != lowsky.VerticalWithin || r.Vertical.Margin.OK == c.sure {
			t.Errorf("%s: %+v", name, r.Vertical)
		}
	}
}
