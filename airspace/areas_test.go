package airspace

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
)

// city 1 spans 0…20 by its two counties; a has the development zone d inside of it.
//
//	0      10      20
//	┌───────┬───────┐10
//	│ a ┌─┐ │   b   │
//	│   │d│ │       │
//	└───┴─┴─┴───────┘0
func tree() []lowsky.Jurisdiction {
	sq := func(x0, y0, x1, y1 float64) orb.MultiPolygon {
		return orb.MultiPolygon{{ring(x0, y0, x1, y0, x1, y1, x0, y1, x0, y0)}}
	}
	return []lowsky.Jurisdiction{
		{ID: "1", Level: 0},
		{ID: "a", Parent: "1", Level: 1, Area: sq(0, 0, 10, 10)},
		{ID: "d", Parent: "a", Level: 1, Area: sq(4, 0, 6, 6)},
		{ID: "b", Parent: "1", Level: 1, Area: sq(10, 0, 20, 10)},
	}
}

func TestContaining(t *testing.T) {
	for _, outlined := range []bool{false, true} {
		js := tree()
		if outlined {
			js[0].Area = orb.MultiPolygon{{ring(0, 0, 20, 0, 20, 10, 0, 10, 0, 0)}}
		}
		a, err := NewAreas(js)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			lon, lat float64
			want     []lowsky.JurisdictionID
		}{
			{1, 1, []lowsky.JurisdictionID{"a", "1"}},
			{5, 1, []lowsky.JurisdictionID{"d", "a", "1"}},
			{15, 1, []lowsky.JurisdictionID{"b", "1"}},
			{30, 1, nil},
		} {
			if d := cmp.Diff(c.want, a.Containing(nil, position(c.lon, c.lat))); d != "" {
				t.Errorf("outlined %v, %v, %v: %s", outlined, c.lon, c.lat, d)
			}
		}
		// The border belongs to both; the smaller one first (they differ a little on the ellipsoid, so only their set counts).
		if got := a.Containing(nil, position(10, 5)); len(got) != 3 || got[2] != "1" {
			t.Errorf("on the border: %v", got)
		}
		if got := a.Containing([]lowsky.JurisdictionID{"kept"}, position(1, 1)); len(got) != 3 || got[0] != "kept" {
			t.Errorf("appended: %v", got)
		}
		buf := make([]lowsky.JurisdictionID, 0, 8)
		if n := testing.AllocsPerRun(50, func() { buf = a.Containing(buf[:0], position(5, 1)) }); n != 0 {
			t.Errorf("Containing allocates %v times", n)
		}
	}
}

func TestTouching(t *testing.T) {
	a, err := NewAreas(tree())
	if err != nil {
		t.Fatal(err)
	}
	poly := func(c ...float64) lowsky.Geometry {
		return lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(c...)}}}
	}
	for _, c := range []struct {
		name string
		g    lowsky.Geometry
		want []lowsky.JurisdictionID
	}{
		{"inside one", poly(1, 1, 2, 1, 2, 2, 1, 1), []lowsky.JurisdictionID{"a", "1"}},
		{"over the border", poly(9, 1, 11, 1, 11, 2, 9, 1), []lowsky.JurisdictionID{"a", "b", "1"}},
		{"around all", poly(-5, -5, 30, -5, 30, 20, -5, 20, -5, -5), []lowsky.JurisdictionID{"d", "a", "b", "1"}},
		{"through without a corner inside", poly(-1, 3, 7, 3, 7, 4, -1, 4, -1, 3), []lowsky.JurisdictionID{"d", "a", "1"}},
		{"outside", poly(40, 1, 41, 1, 41, 2, 40, 1), nil},
		{"touches the rim", poly(20, 1, 21, 1, 21, 2, 20, 1), []lowsky.JurisdictionID{"b", "1"}},
		{"circle inside", lowsky.Geometry{Centre: orb.Point{15, 5}, Radius: 100}, []lowsky.JurisdictionID{"b", "1"}},
		{"circle reaches in", lowsky.Geometry{Centre: orb.Point{20.0005, 5}, Radius: 100}, []lowsky.JurisdictionID{"b", "1"}},
		{"circle does not reach", lowsky.Geometry{Centre: orb.Point{20.002, 5}, Radius: 100}, nil},
		{"not valid", lowsky.Geometry{}, nil},
	} {
		got := a.Touching(c.g)
		if c.name == "over the border" || c.name == "around all" { // a and b are of one size but for rounding
			if len(got) != len(c.want) || got[len(got)-1] != "1" {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestNewAreasRefuses(t *testing.T) {
	for name, spoil := range map[string]func(js []lowsky.Jurisdiction){
		"id twice":      func(js []lowsky.Jurisdiction) { js[2].ID = "a" },
		"own superior":  func(js []lowsky.Jurisdiction) { js[0].Parent = "1" },
		"circle":        func(js []lowsky.Jurisdiction) { js[0].Parent, js[1].Area = "a", nil },
		"crossing area": func(js []lowsky.Jurisdiction) { js[1].Area = orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1, 0, 0)}} },
		"no id":         func(js []lowsky.Jurisdiction) { js[0].ID = "" },
	} {
		js := tree()
		spoil(js)
		if _, err := NewAreas(js); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
