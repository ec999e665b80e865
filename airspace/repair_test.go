package airspace

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"lowsky"
)

func ringZone(rings ...orb.Ring) *lowsky.Zone {
	return &lowsky.Zone{ID: "z", Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{rings}}}
}

// Rings in hundredths of a degree around 114 E 29 N, unless they say otherwise.
func small(ps ...orb.Point) orb.Ring {
	r := make(orb.Ring, len(ps))
	for i, p := range ps {
		r[i] = orb.Point{114 + p[0]/100, 29 + p[1]/100}
	}
	return r
}

func TestRepairPutsRight(t *testing.T) {
	sound := small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0})
	const m = 1e-3 // 1.1 m of latitude in the units of small
	for _, c := range []struct {
		name string
		in   orb.Ring
		want []orb.Ring // each the outer ring of a polygon
		code string
	}{
		{"sound", sound, []orb.Ring{sound}, ""},
		{"clockwise stays", small(orb.Point{0, 0}, orb.Point{0, 1}, orb.Point{1, 1}, orb.Point{0, 0}), []orb.Ring{small(orb.Point{0, 0}, orb.Point{0, 1}, orb.Point{1, 1}, orb.Point{0, 0})}, ""},
		{"not closed", sound[:4], []orb.Ring{sound}, "ring_closed"},
		{"closed by other digits", append(sound[:4:4], orb.Point{114 + 1e-11, 29}), []orb.Ring{sound}, "ring_closed"},
		{"a position twice", append(sound[:2:2], sound[1:]...), []orb.Ring{sound}, "repeated_position_dropped"},
		{"closed twice", append(sound[:5:5], sound[0]), []orb.Ring{sound}, "repeated_position_dropped"},
		{"spike", append(sound[:2:2], append(small(orb.Point{5, 0}, orb.Point{1, 0}), sound[2:]...)...), []orb.Ring{sound}, "spike_removed"},
		// 0,0 ── 1,0 ════ 5,0: out to 5 and back to 3, then up
		{"spike that does not come back all the way", small(orb.Point{0, 0}, orb.Point{5, 0}, orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0}), []orb.Ring{sound}, "spike_removed"},
		{"spike with a bend", append(sound[:2:2], append(small(orb.Point{2, 0}, orb.Point{3, 4}, orb.Point{2, 0}, orb.Point{1, 0}), sound[2:]...)...), []orb.Ring{sound}, "spike_removed"},
		{"spike over the seam", small(orb.Point{-3, 0}, orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0}, orb.Point{-3, 0}), []orb.Ring{small(orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0}, orb.Point{1, 0})}, "spike_removed"},
		// An overshoot of a metre at the corner 1,1: up past it, back left across the edge.
		{"loop of a metre", small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1 + m}, orb.Point{1 + m, 1}, orb.Point{0, 1}, orb.Point{0, 0}), []orb.Ring{sound}, "loop_removed"},
		// A spike of a kilometre that comes back 10 cm beside itself and crosses its own way out.
		{"rounded spike", small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{2, -5e-5}, orb.Point{2, 5e-5}, orb.Point{0.9999, -1e-5}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0}), nil, "loop_removed"},
		// Two squares that share the corner 1,1, run as one ring.
		{"two areas at one position", small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{2, 1}, orb.Point{2, 2}, orb.Point{1, 2}, orb.Point{1, 1}, orb.Point{0, 1}, orb.Point{0, 0}),
			[]orb.Ring{sound, small(orb.Point{1, 1}, orb.Point{2, 1}, orb.Point{2, 2}, orb.Point{1, 2}, orb.Point{1, 1})}, "split_where_it_touches"},
		{"hair beyond 180", orb.Ring{{180.0000004, 10}, {179, 11}, {179, 10}, {180.0000004, 10}}, []orb.Ring{{{180, 10}, {179, 11}, {179, 10}, {180, 10}}}, "beyond_limit_by_a_hair"},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := ringZone(c.in)
			remarks, err := Repair(z)
			if err != nil {
				t.Fatal(err)
			}
			var got []orb.Ring
			for _, p := range z.Geometry.Polygons {
				got = append(got, p[0])
			}
			if c.want == nil { // the crossing is somewhere along the spike
				c.want = []orb.Ring{got[0]}
				if len(got) != 1 || math.Abs(area2(unroll(got[0]))/area2(unroll(sound))-1) > 1e-3 {
					t.Errorf("became %v", got)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if err := Validate(z); err != nil {
				t.Error(err)
			}
			if c.code == "" && len(remarks) > 0 || c.code != "" && len(remarks) == 0 {
				t.Fatalf("remarks: %+v", remarks)
			}
			for _, r := range remarks {
				if r.Code != c.code || r.Kind != RemarkRepaired || r.Zone != "z" || !strings.HasPrefix(r.Place, "geometry.polygons[0][0]") || r.Problem == "" {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestRepairRefuses(t *testing.T) {
	square := small(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4}, orb.Point{0, 0})
	with := func(f func(z *lowsky.Zone)) *lowsky.Zone {
		z := ringZone(square)
		f(z)
		return z
	}
	for _, c := range []struct {
		name           string
		z              *lowsky.Zone
		field, problem string
	}{
		{"bow-tie", ringZone(small(orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{1, 0}, orb.Point{0, 1}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "crosses itself at 114.005000, 29.005000: edge 0 (from position 0 to the next) and edge 2"},
		{"bow-tie after a repeated position, in the file's own count", ringZone(small(orb.Point{0, 0}, orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{1, 0}, orb.Point{0, 1}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "edge 0 (from position 0 to the next) and edge 3"},
		{"bow-tie with a position where it crosses", ringZone(small(orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{2, 2}, orb.Point{2, 0}, orb.Point{1, 1}, orb.Point{0, 2}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "itself at 114.010000, 29.010000"},
		{"hole joined by a bridge", ringZone(small(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4}, orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{1, 2}, orb.Point{2, 2}, orb.Point{1, 1}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "touches itself"},
		{"loop of 60 m", ringZone(small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1.06}, orb.Point{1.06, 1}, orb.Point{0, 1}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "crosses itself"},
		{"overlapping parts of one ring", ringZone(small(orb.Point{0, 0}, orb.Point{3, 0}, orb.Point{3, 3}, orb.Point{1, 3}, orb.Point{1, 1}, orb.Point{4, 1}, orb.Point{4, 4}, orb.Point{0, 4}, orb.Point{0, 0})),
			"geometry.polygons[0][0]", "crosses itself"},
		{"hole across the outer ring", ringZone(square, small(orb.Point{3, 1}, orb.Point{3, 2}, orb.Point{5, 2}, orb.Point{3, 1})),
			"geometry.polygons[0][1]", "ring 0"},
		{"two positions", ringZone(small(orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{0, 0}, orb.Point{1, 1})), "geometry.polygons[0][0]", "fewer than three distinct"},
		{"in one line", ringZone(small(orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{2, 2}, orb.Point{0, 0})), "geometry.polygons[0][0]", "fewer than three distinct"},
		{"empty ring", ringZone(orb.Ring{}), "geometry.polygons[0][0]", "is empty"},
		{"no area at all", &lowsky.Zone{ID: "z"}, "geometry", "is empty"},
		{"NaN", ringZone(orb.Ring{{114, 29}, {114.1, math.NaN()}, {114, 30}, {114, 29}}), "geometry.polygons[0][0][1]", "not a number"},
		{"beyond 180 by far", ringZone(orb.Ring{{181, 29}, {179, 29}, {179, 30}, {181, 29}}), "geometry.polygons[0][0][0]", "beyond ±180"},
		{"around a pole", ringZone(orb.Ring{{-180, 80}, {-60, 80}, {60, 80}, {180, 80}}), "geometry.polygons[0][0]", "pole"},
		{"radius 0", &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Centre: orb.Point{114, 29}}}, "geometry.radius_m", "above 0"},
		{"radius below 0", &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Centre: orb.Point{114, 29}, Radius: -5}}, "geometry.radius_m", "above 0"},
		{"floor above ceiling", with(func(z *lowsky.Zone) {
			z.Floor = lowsky.Some(lowsky.Altitude{Metres: 200, Datum: lowsky.AMSL})
			z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 100, Datum: lowsky.AMSL})
		}), "floor", "above the ceiling"},
		{"second volume crosses itself", with(func(z *lowsky.Zone) {
			z.Further = []lowsky.Volume3D{{Geometry: ringZone(small(orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{1, 0}, orb.Point{0, 1})).Geometry}}
		}), "further[0].geometry.polygons[0][0]", "crosses itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := fmt.Sprintf("%+v", *c.z)
			remarks, err := Repair(c.z)
			var e *lowsky.InvalidError
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Problem, c.problem) {
				t.Errorf("got %v %v, want %s: …%s…", remarks, err, c.field, c.problem)
			}
			if after := fmt.Sprintf("%+v", *c.z); after != before {
				t.Errorf("the refused zone was changed to %s", after)
			}
		})
	}
}

func TestRepairOfCorridorsAndFurtherVolumes(t *testing.T) {
	line := orb.LineString{{114, 29}, {114, 29}, {114.1, 29}, {114, 29}, {114.1, 29.1}, {180.0000001, 29}}
	z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Line: line[:5], Width: 60}, Further: []lowsky.Volume3D{
		{Geometry: ringZone(small(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1})).Geometry},
		{Geometry: lowsky.Geometry{Centre: orb.Point{180.0000001, 29}, Radius: 50}},
	}}
	volumes := z.Further
	remarks, err := Repair(z)
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, r := range remarks {
		places = append(places, r.Place+" "+r.Code)
	}
	if d := cmp.Diff([]string{"geometry.line repeated_position_dropped", "further[0].geometry.polygons[0][0] ring_closed", "further[1].geometry.centre beyond_limit_by_a_hair"}, places); d != "" {
		t.Error(d)
	}
	// A centre line may come back on itself.
	if d := cmp.Diff(orb.LineString{{114, 29}, {114.1, 29}, {114, 29}, {114.1, 29.1}}, z.Geometry.Line); d != "" {
		t.Error(d)
	}
	if len(line) != 6 || len(volumes[0].Geometry.Polygons[0][0]) != 3 || z.Further[1].Geometry.Centre != (orb.Point{180, 29}) {
		t.Error("what the zone was made of was changed, or what it became was not")
	}
	if err := Validate(z); err != nil {
		t.Error(err)
	}
	if _, err := Repair(&lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Line: orb.LineString{{114, 29}, {114, 29}}, Width: 60}}); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a corridor of one place: %v", err)
	}
}

func TestRepairRefusesAMillionPositionsAtOnce(t *testing.T) {
	r := make(orb.Ring, 1_000_000)
	for i := range r {
		s, c := math.Sincos(float64(i))
		r[i] = orb.Point{114 + c, 29 + s}
	}
	allocations := testing.AllocsPerRun(1, func() {
		if _, err := Repair(ringZone(r)); err == nil || !strings.Contains(err.Error(), "has 1000000 positions") {
			t.Error(err)
		}
	})
	if allocations > 50 {
		t.Errorf("%g allocations: it was looked at", allocations)
	}
}

// Rings of the largest allowed size end by their budgets: one in which every edge crosses thousands of others, and a comb
// of long teeth, all of which lie side by side, with one crossing in it.
func TestRepairOfATangleIsBounded(t *testing.T) {
	var comb orb.Ring
	for i := range MaxVertices/4 - 2 {
		y := 29 + float64(i)*1e-5
		comb = append(comb, orb.Point{115, y}, orb.Point{114.01, y}, orb.Point{114.01, y + 5e-6}, orb.Point{115, y + 5e-6})
	}
	top := comb[len(comb)-1][1] + 1e-5
	comb = append(comb, orb.Point{114, top}, orb.Point{114, 28.999}, orb.Point{113.9, 28.9985}, orb.Point{114, 28.998}, orb.Point{113.9, 28.999}, comb[0])
	if _, err := Repair(ringZone(comb)); !errors.Is(err, lowsky.ErrInvalid) {
		t.Error(err)
	}
	r := make(orb.Ring, MaxVertices)
	for i := range r {
		s, c := math.Sincos(float64(i) * 2.4)
		r[i] = orb.Point{114 + c/10, 29 + s/10 + float64(i)*1e-9}
	}
	if _, err := Repair(ringZone(r)); !errors.Is(err, lowsky.ErrInvalid) {
		t.Error(err)
	}
}

// Whatever noise is strewn into a star-shaped ring: it is put right or refused, and what was put right is valid, is put
// right no further, and has the same area but for the noise.
func TestRepairThenValidate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "corners")
		var r orb.Ring
		for i := range n {
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			d := rapid.Float64Range(0.01, 0.05).Draw(t, "radius")
			r = append(r, orb.Point{179.99 + d*c, 29 + d*s})
		}
		r = append(r, r[0])
		want := math.Abs(area2(unroll(wrapAll(r))))
		for range rapid.IntRange(0, 6).Draw(t, "faults") {
			k := rapid.IntRange(1, len(r)-1).Draw(t, "at")
			insert := func(ps ...orb.Point) { r = append(r[:k:k], append(ps, r[k:]...)...) }
			switch rapid.SampledFrom([]string{"repeat", "spike", "loop", "any"}).Draw(t, "fault") {
			case "repeat":
				insert(r[k-1])
			case "spike":
				far := orb.Point{r[k-1][0] + rapid.Float64Range(-0.1, 0.1).Draw(t, "dx"), r[k-1][1] + rapid.Float64Range(-0.1, 0.1).Draw(t, "dy")}
				insert(far, r[k-1])
			case "loop":
				p := r[k-1]
				insert(orb.Point{p[0] + 1e-6, p[1]}, orb.Point{p[0], p[1] + 1e-6}, orb.Point{p[0] + 5e-7, p[1] - 1e-6})
			case "any":
				insert(orb.Point{179.99 + rapid.Float64Range(-0.01, 0.01).Draw(t, "x"), 29 + rapid.Float64Range(-0.01, 0.01).Draw(t, "y")})
				want = math.NaN()
			}
		}
		if rapid.Bool().Draw(t, "open") {
			r = r[:len(r)-1]
		}
		z := ringZone(wrapAll(r))
		if _, err := Repair(z); err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if err := Validate(z); err != nil {
			t.Fatalf("%v: %v", err, z.Geometry)
		}
		got := 0.0
		for _, p := range z.Geometry.Polygons {
			got += math.Abs(area2(unroll(p[0])))
		}
		if d := math.Abs(got - want); d > 0.01*want+1e6 {
			t.Fatalf("area %g became %g", want, got)
		}
		if again, err := Repair(z); err != nil || len(again) > 0 {
			t.Fatalf("a second time: %v %v", again, err)
		}
	})
}

func wrapAll(r orb.Ring) orb.Ring {
	out := make(orb.Ring, len(r))
	for i, p := range r {
		out[i] = orb.Point{wrapDegrees(p[0]), p[1]}
	}
	return out
}

func FuzzRepair(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 1, 0, 0, 1})
	f.Add([]byte{0, 0, 5, 0, 5, 5, 7, 5, 5, 5, 0, 5})
	f.Add([]byte{10, 10, 20, 10, 20, 20, 30, 20, 30, 30, 20, 30, 20, 20, 10, 20})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r orb.Ring
		for i := 0; i+1 < len(b) && i < 400; i += 2 {
			r = append(r, orb.Point{114 + float64(b[i])/1e4, 29 + float64(b[i+1])/1e4})
		}
		z := ringZone(r)
		if _, err := Repair(z); err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if err := Validate(z); err != nil {
			t.Fatal(err)
		}
	})
}
