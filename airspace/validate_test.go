package airspace

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

func ring(c ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i+1 < len(c); i += 2 {
		r = append(r, orb.Point{c[i], c[i+1]})
	}
	return r
}

func TestValidateRefuses(t *testing.T) {
	square := ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
	poly := func(rs ...orb.Ring) lowsky.Geometry {
		return lowsky.Geometry{Polygons: orb.MultiPolygon{orb.Polygon(rs)}}
	}
	shape := func(rs ...orb.Ring) func(*lowsky.Zone) { return func(z *lowsky.Zone) { z.Geometry = poly(rs...) } }
	band := func(f, c lowsky.Opt[lowsky.Altitude]) func(*lowsky.Zone) {
		return func(z *lowsky.Zone) { z.Floor, z.Ceiling = f, c }
	}
	when := func(p lowsky.Period) func(*lowsky.Zone) {
		return func(z *lowsky.Zone) { z.Applicability = lowsky.Applicability{p} }
	}
	circle := func(x, y, r float64) func(*lowsky.Zone) {
		return func(z *lowsky.Zone) {
			z.Geometry = lowsky.Geometry{Centre: orb.Point{x, y}, Radius: lowsky.Metres(r)}
		}
	}
	huge := func(z *lowsky.Zone) {
		var r orb.Ring
		for i := range MaxVertices + 1 {
			a := 2 * math.Pi * float64(i) / MaxVertices
			r = append(r, orb.Point{math.Cos(a), math.Sin(a)})
		}
		z.Geometry = poly(append(r, r[0]))
	}
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, lowsky.Shanghai)
	nan := math.NaN()
	for _, c := range []struct {
		name, field, problem string
		spoil                func(*lowsky.Zone)
	}{
		{"no id", "id", "empty", func(z *lowsky.Zone) { z.ID = "" }},
		{"id with a space", "id", "spaces", func(z *lowsky.Zone) { z.ID = "a b" }},
		{"id too long", "id", "longer", func(z *lowsky.Zone) { z.ID = lowsky.ZoneID(strings.Repeat("a", 200)) }},
		{"version", "version", "below 0", func(z *lowsky.Zone) { z.Version = -1 }},
		{"name not UTF-8", "name.zh", "UTF-8", func(z *lowsky.Zone) { z.Name.ZH = "\xff" }},
		{"message too long", "message.en", "longer", func(z *lowsky.Zone) { z.Message.EN = strings.Repeat("a", 5000) }},
		{"no area", "geometry", "empty", func(z *lowsky.Zone) { z.Geometry = lowsky.Geometry{} }},
		{"empty polygon", "geometry.polygons[0]", "empty", shape()},
		{"empty ring", "geometry.polygons[0][0]", "empty", shape(orb.Ring{})},
		{"two areas", "geometry", "both", func(z *lowsky.Zone) { z.Geometry.Radius = 5 }},
		{"three positions", "geometry.polygons[0][0]", "fewer than four", shape(ring(0, 0, 1, 0, 0, 0))},
		{"unclosed", "geometry.polygons[0][0]", "not closed", shape(ring(0, 0, 1, 0, 1, 1, 0, 1))},
		{"repeated position", "geometry.polygons[0][0][2]", "repeats", shape(ring(0, 0, 1, 0, 1, 0, 1, 1, 0, 0))},
		{"repeated after rounding", "geometry.polygons[0][0][2]", "repeats", shape(ring(0, 0, 1, 0, 1+1e-11, 0, 1, 1, 0, 0))},
		{"NaN", "geometry.polygons[0][0][1]", "not a number", shape(ring(0, 0, nan, 0, 1, 1, 0, 0))},
		{"infinite", "geometry.polygons[0][0][1]", "not a number", shape(ring(0, 0, 1, math.Inf(-1), 1, 1, 0, 0))},
		{"latitude", "geometry.polygons[0][0][2]", "latitude", shape(ring(0, 0, 1, 0, 1, 90.1, 0, 0))},
		{"longitude", "geometry.polygons[0][0][1]", "longitude", shape(ring(0, 0, 180.1, 0, 1, 1, 0, 0))},
		//  3─╲╱─2     a bow tie
		//  0─╱╲─1
		{"self-crossing", "geometry.polygons[0][0]", "crosses", shape(ring(0, 0, 10, 10, 10, 0, 0, 10, 0, 0))},
		//  two squares that share one corner of one ring
		{"touches itself", "geometry.polygons[0][0]", "touches itself", shape(ring(0, 0, 5, 0, 5, 5, 10, 5, 10, 10, 5, 10, 5, 5, 0, 5, 0, 0))},
		{"spike", "geometry.polygons[0][0]", "itself", shape(ring(0, 0, 10, 0, 20, 0, 10, 0, 10, 10, 0, 0))},
		{"flat", "geometry.polygons[0][0]", "turns back", shape(ring(0, 0, 10, 0, 20, 0, 0, 0))},
		{"around a pole", "geometry.polygons[0][0]", "pole", shape(ring(0, 80, 120, 80, -120, 80, 0, 80))},
		{"half the Earth", "geometry.polygons[0][0]", "180°", shape(ring(-90, 0, 0, -10, 90, 0, 91, 10, 0, 20, -90, 0))},
		{"hole outside", "geometry.polygons[0][1]", "leaves the outer ring", shape(square, ring(20, 20, 21, 20, 21, 21, 20, 20))},
		{"hole half outside", "geometry.polygons[0][1]", "crosses ring 0", shape(square, ring(5, 5, 15, 5, 15, 6, 5, 6, 5, 5))},
		{"hole along the rim", "geometry.polygons[0]", "along ring", shape(square, ring(0, 2, 2, 2, 2, 4, 0, 4, 0, 2))},
		{"hole in a hole", "geometry.polygons[0][2]", "lies in hole 1", shape(square, ring(1, 1, 9, 1, 9, 9, 1, 9, 1, 1), ring(3, 3, 4, 3, 4, 4, 3, 3))},
		{"holes that cross", "geometry.polygons[0]", "crosses ring", shape(square, ring(1, 1, 5, 1, 5, 5, 1, 5, 1, 1), ring(3, 3, 7, 3, 7, 7, 3, 7, 3, 3))},
		{"too many positions", "geometry.polygons", "more than", huge},
		{"radius 0", "geometry.radius_m", "above 0", circle(114, 30, 0)},
		{"radius negative", "geometry.radius_m", "above 0", circle(114, 30, -1)},
		{"radius NaN", "geometry.radius_m", "not a number", circle(114, 30, nan)},
		{"radius huge", "geometry.radius_m", "above 100000", circle(114, 30, 1e6)},
		{"circle at a pole", "geometry.centre", "pole", circle(114, 79.9, 50_000)},
		{"circle off the Earth", "geometry.centre", "longitude", circle(190, 0, 50)},
		{"unknown datum", "floor.datum", "no datum", band(limit(0, "qnh"), none)},
		{"no datum", "ceiling.datum", "no datum", band(none, limit(0, ""))},
		{"above take-off", "ceiling.datum", "take-off", band(none, limit(10, lowsky.AboveTakeoff))},
		{"NaN limit", "ceiling.metres", "not a number", band(none, limit(lowsky.Metres(nan), lowsky.AGL))},
		{"limit in space", "ceiling.metres", "beyond", band(none, limit(1e9, lowsky.AGL))},
		{"floor above ceiling", "floor", "above the ceiling", band(limit(20, lowsky.AGL), limit(10, lowsky.AGL))},
		{"ceiling below the ground", "ceiling.metres", "below the ground", band(none, limit(-1, lowsky.AGL))},
		{"weekday", "applicability[0].weekdays[0]", "0 (Sunday)", when(lowsky.Period{Weekdays: []time.Weekday{7}})},
		{"start", "applicability[0].start_minute", "1439", when(lowsky.Period{Start: lowsky.Some(1440)})},
		{"end", "applicability[0].end_minute", "1440", when(lowsky.Period{End: lowsky.Some(-1)})},
		{"until before from", "applicability[0].until", "not after", when(lowsky.Period{From: lowsky.Some(monday), Until: lowsky.Some(monday)})},
		{"never that day", "applicability[0]", "never applies", when(lowsky.Period{From: lowsky.Some(monday), Until: lowsky.Some(monday.AddDate(0, 0, 2)), Weekdays: []time.Weekday{time.Sunday}})},
		{"never that hour", "applicability[0]", "never applies", when(lowsky.Period{From: lowsky.Some(monday), Until: lowsky.Some(monday.Add(time.Hour)), Start: lowsky.Some(60), End: lowsky.Some(90)})},
		{"too many periods", "applicability", "more than", func(z *lowsky.Zone) { z.Applicability = make(lowsky.Applicability, MaxPeriods+1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := &lowsky.Zone{ID: "z", Version: 1, Geometry: poly(square)}
			if err := Validate(z); err != nil {
				t.Fatal(err)
			}
			c.spoil(z)
			err := Validate(z)
			var e *lowsky.InvalidError
			if !errors.As(err, &e) || !strings.HasPrefix(e.Field, c.field) || !strings.Contains(e.Problem, c.problem) {
				t.Fatalf("got %v, want %s: …%s…", err, c.field, c.problem)
			}
			ok := area("ok", rectangle(0, 0, 100, 100))
			ix := mustIndex(t, ok)
			if next, err := ix.Apply([]*lowsky.Zone{area("new", rectangle(0, 0, 100, 100)), z}, []lowsky.ZoneID{"ok"}); err == nil || !errors.Is(err, lowsky.ErrInvalid) || next != nil {
				t.Errorf("Apply took it: %v", err)
			}
			if ix.Len() != 1 || ix.Zone("ok") != ok {
				t.Error("something was half stored")
			}
		})
	}
}

func TestValidateAccepts(t *testing.T) {
	square := ring(0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
	for name, g := range map[string]lowsky.Geometry{
		"clockwise":                   {Polygons: orb.MultiPolygon{{ring(0, 0, 0, 1, 1, 1, 0, 0)}}},
		"hole touching at a point":    {Polygons: orb.MultiPolygon{{square, ring(0, 5, 5, 4, 5, 6, 0, 5)}}},
		"holes touching at a point":   {Polygons: orb.MultiPolygon{{square, ring(1, 1, 5, 1, 5, 5, 1, 1), ring(5, 5, 9, 5, 9, 9, 5, 5)}}},
		"straight vertex":             {Polygons: orb.MultiPolygon{{ring(0, 0, 5, 0, 10, 0, 10, 10, 0, 0)}}},
		"overlapping parts":           {Polygons: orb.MultiPolygon{{square}, {ring(5, 5, 15, 5, 15, 15, 5, 15, 5, 5)}}},
		"over the antimeridian":       {Polygons: orb.MultiPolygon{{ring(179, 0, -179, 0, -179, 1, 179, 1, 179, 0)}}},
		"hole over the antimeridian":  {Polygons: orb.MultiPolygon{{ring(179, 0, -179, 0, -179, 1, 179, 1, 179, 0), ring(-179.9, 0.4, -179.5, 0.4, -179.5, 0.6, -179.9, 0.4)}}},
		"to the antimeridian's edge":  {Polygons: orb.MultiPolygon{{ring(179, 0, 180, 0, 180, 1, 179, 1, 179, 0)}}},
		"sliver of 1 mm":              {Polygons: orb.MultiPolygon{{ring(114, 30, 114.1, 30, 114.1, 30.00000001, 114, 30)}}},
		"circle of 1 m at the origin": {Radius: 1},
	} {
		if err := Validate(&lowsky.Zone{ID: "z", Geometry: g}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Validate(&lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Radius: 1}, Floor: limit(10, lowsky.AGL), Ceiling: limit(5, lowsky.AMSL),
		Restriction: "no-such-word", Applicability: lowsky.Applicability{{Start: lowsky.Some(1320), End: lowsky.Some(360)}}}); err != nil {
		t.Errorf("limits in two datums, an unknown restriction, a night: %v", err)
	}
	if err := Validate(nil); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("nil: %v", err)
	}
}

func TestIndexRefusesIdsThatOccurTwice(t *testing.T) {
	z := area("z", rectangle(0, 0, 10, 10))
	if _, err := NewIndex([]*lowsky.Zone{z, z}); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if _, err := NewIndex([]*lowsky.Zone{nil}); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
