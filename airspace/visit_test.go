package airspace

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
)

// limited gives the volumes of zones height bands in several datums, and times.
func (s *scene) limited(zones []*lowsky.Zone) {
	band := func() (floor, ceiling lowsky.Opt[lowsky.Altitude]) {
		datum := []lowsky.Datum{lowsky.AGL, lowsky.AGL, lowsky.Ellipsoid, lowsky.AMSL, lowsky.PressureISA}[s.rand.IntN(5)]
		if s.rand.IntN(2) == 0 {
			floor = limit(lowsky.Metres(s.rand.IntN(4)*20), datum)
		}
		if s.rand.IntN(3) > 0 {
			ceiling = limit(lowsky.Metres(60+s.rand.IntN(4)*20), datum)
		}
		if s.rand.IntN(8) == 0 {
			ceiling = limit(lowsky.Metres(100), lowsky.Ellipsoid)
		}
		return floor, ceiling
	}
	for _, z := range zones {
		z.Floor, z.Ceiling = band()
		for i := range z.Further {
			z.Further[i].Floor, z.Further[i].Ceiling = band()
		}
		if s.rand.IntN(3) == 0 {
			start := s.rand.IntN(24 * 60)
			z.Applicability = lowsky.Applicability{{Start: lowsky.Some(start), End: lowsky.Some((start + 300) % (24 * 60))}}
		}
	}
}

// heights gives a position heights in some datums, on round metres, so that limits are hit exactly.
func (s *scene) heights(p lowsky.Position) lowsky.Position {
	if s.rand.IntN(4) > 0 {
		p.AGL = lowsky.Some(lowsky.Metres(s.rand.IntN(30) * 5))
	}
	if s.rand.IntN(2) == 0 {
		p.HAE = lowsky.Some(lowsky.Metres(s.rand.IntN(30) * 5))
	}
	if s.rand.IntN(3) == 0 {
		p.AMSL = lowsky.Some(lowsky.Metres(s.rand.IntN(30) * 5))
	}
	return p
}

// plainStays is what Visit means, by way of Inside, VerticalRelation and ActiveAt: zone by zone, all volumes.
func plainStays(ix *Index, p lowsky.Position, now time.Time) []Stay {
	var out []Stay
	for _, z := range ix.Inside(nil, p) {
		best := Stay{Zone: z, Volume: -1, Active: z.Applicability.ActiveAt(now)}
		for i := range z.VolumeCount() {
			one := *z
			one.Geometry, one.Further = z.Volume(i).Geometry, nil
			o := newOracle(&one)
			if z.VolumeCount() > 1 && !o.contains(p.Point()) {
				continue
			}
			state := VerticalRelation(z.Volume(i), p, nil).State
			better := best.Volume < 0 || state == lowsky.VerticalWithin && best.Vertical != lowsky.VerticalWithin ||
				state == lowsky.VerticalUnknown && (best.Vertical == lowsky.VerticalAbove || best.Vertical == lowsky.VerticalBelow)
			if better {
				best.Volume, best.Vertical = i, state
			}
		}
		best.In = best.Active && (best.Vertical == lowsky.VerticalWithin || best.Vertical == lowsky.VerticalUnknown)
		out = append(out, best)
	}
	return out
}

// Visit answers the same as Inside with VerticalRelation and ActiveAt, along tracks and after jumps, while zones are
// edited, and what is entered and left follows from the look before.
func TestVisitAgreesWithInside(t *testing.T) {
	s := newScene(40, 113.8, 29.4, 0.3)
	zones := s.mixed(400)
	// One that covers whole pages, in two volumes.
	zones = append(zones, &lowsky.Zone{ID: "z-00100-large",
		Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(orb.Point{113.95, 29.55}, 60, 20_000, 0.7)}}},
		Further:  []lowsky.Volume3D{{Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{s.star(orb.Point{114, 29.5}, 400, 15_000, 0.95)}}}}}})
	s.limited(zones)
	ix := mustIndex(t, zones...)
	var entered, left, aboutHeight, edits int
	for craft := range 60 {
		var v Visitor
		in := map[lowsky.ZoneID]bool{}
		c := s.point()
		p := position(c[0], c[1])
		course, now := s.between(0, 360), noon
		for range 80 {
			p = s.heights(Offset(p, lowsky.Degrees(course), lowsky.Metres(s.between(0, 60))))
			if s.rand.IntN(20) == 0 {
				c := s.point()
				p = s.heights(position(c[0], c[1]))
			}
			if s.rand.IntN(10) == 0 {
				now = now.Add(time.Duration(s.rand.IntN(600)) * time.Minute)
			}
			if s.rand.IntN(15) == 0 {
				edits++
				z := s.mixedZone(s.rand.IntN(400))
				s.limited([]*lowsky.Zone{z})
				var remove []lowsky.ZoneID
				for id := range in {
					if s.rand.IntN(2) == 0 && id != z.ID {
						remove = append(remove, id)
					}
				}
				var err error
				if ix, err = ix.Apply([]*lowsky.Zone{z}, remove); err != nil {
					t.Fatal(err)
				}
			}
			want := plainStays(ix, p, now)
			got := ix.Visit(nil, &v, &p, now, nil)
			is := map[lowsky.ZoneID]bool{}
			for i := range want {
				w := &want[i]
				if w.In {
					is[w.Zone.ID] = true
					if w.Entered = !in[w.Zone.ID]; w.Entered {
						entered++
					}
				}
				if w.Left = in[w.Zone.ID] && !w.In; w.Left {
					aboutHeight++
				}
			}
			gone := map[lowsky.ZoneID]bool{}
			for id := range in {
				if !is[id] && !slices.ContainsFunc(want, func(w Stay) bool { return w.Zone.ID == id }) {
					gone[id] = true
				}
			}
			if len(got) != len(want)+len(gone) {
				t.Fatalf("craft %d at %v: %d stays, want %d and %d left", craft, p, len(got), len(want), len(gone))
			}
			for i, g := range got {
				if i >= len(want) {
					left++
					if !g.Left || g.In || g.Entered || !gone[g.Zone.ID] {
						t.Fatalf("craft %d at %v: %+v is not left", craft, p, g)
					}
					continue
				}
				if g != want[i] {
					t.Fatalf("craft %d at %v: %s %+v, want %+v", craft, p, g.Zone.ID, g, want[i])
				}
			}
			in = is
		}
	}
	if entered < 200 || left < 100 || aboutHeight < 20 || edits < 50 {
		t.Errorf("too little was tested: %d entered, %d left, %d by height or time, %d edits", entered, left, aboutHeight, edits)
	}
}

// A stay, step by step.
//
//	        ┌──────────────┐ ceiling 100 m
//	a ─▶ b ─┼─▶ c ─▶ d up ─┼─▶ e        b on the rim is in, d above it is not
//	        └──────────────┘
func TestVisitStepByStep(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Ceiling = limit(100, lowsky.AGL)
	later := *z
	later.Version = 2
	ix := mustIndex(t, z)
	next, err := ix.Apply([]*lowsky.Zone{&later}, nil)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := next.Apply(nil, []lowsky.ZoneID{"z"})
	if err != nil {
		t.Fatal(err)
	}
	within, above := lowsky.VerticalWithin, lowsky.VerticalAbove
	var v Visitor
	for i, c := range []struct {
		ix   *Index
		at   lowsky.Position
		want []Stay
	}{
		{ix, agl(metresFrom(-10, 500), 50), nil},
		{ix, agl(metresFrom(0, 500), 50), []Stay{{Zone: z, Vertical: within, Active: true, In: true, Entered: true}}},
		{ix, agl(metresFrom(20, 500), 50), []Stay{{Zone: z, Vertical: within, Active: true, In: true}}},
		{ix, metresFrom(20, 500), []Stay{{Zone: z, Active: true, In: true}}}, // no height: not clear
		{ix, position(200, 500), nil}, // cannot be judged: changes nothing
		{next, agl(metresFrom(40, 500), 100), []Stay{{Zone: &later, Vertical: within, Active: true, In: true}}},
		{next, agl(metresFrom(60, 500), 100.5), []Stay{{Zone: &later, Vertical: above, Active: true, Left: true}}},
		{next, agl(metresFrom(80, 500), 99), []Stay{{Zone: &later, Vertical: within, Active: true, In: true, Entered: true}}},
		{empty, agl(metresFrom(80, 500), 99), []Stay{{Zone: &later, Left: true}}},
		{empty, agl(metresFrom(80, 500), 99), nil},
	} {
		if d := cmp.Diff(c.want, c.ix.Visit(nil, &v, &c.at, noon, nil)); d != "" {
			t.Errorf("step %d: %s", i, d)
		}
	}
}

func TestVisitDoesNotAllocate(t *testing.T) {
	s := newScene(41, 113.6, 29.2, 0.2)
	zones := s.mixed(300)
	s.limited(zones)
	ix := mustIndex(t, zones...)
	var ps []lowsky.Position
	for range 100 {
		c := s.point()
		ps = append(ps, s.heights(position(c[0], c[1])))
	}
	buf := make([]Stay, 0, 128)
	var v Visitor
	if n := testing.AllocsPerRun(20, func() {
		for i := range ps {
			buf = ix.Visit(buf[:0], &v, &ps[i], noon, nil)
		}
	}); n != 0 {
		t.Errorf("Visit allocates %v times", n)
	}
}
