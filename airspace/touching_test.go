package airspace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"lowsky"
)

// Jurisdictions are found for every kind of shape, every volume and the buffer, the smallest first.
func TestTouchingZone(t *testing.T) {
	box := func(w, s, e, n float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
	}
	//  ┌─────────── city ───────────┐
	//  │ west 114.0–114.1 │ east –114.3
	areas, err := NewAreas([]lowsky.Jurisdiction{
		{ID: "city", Area: box(114, 29, 114.3, 29.2)},
		{ID: "west", Parent: "city", Area: box(114, 29, 114.1, 29.2), Level: 1},
		{ID: "east", Parent: "city", Area: box(114.1, 29, 114.3, 29.2), Level: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	within := lowsky.Geometry{Polygons: box(114.01, 29.05, 114.09, 29.1)} // 970 m from the border
	circle := lowsky.Geometry{Centre: orb.Point{114.05, 29.1}, Radius: 1000}
	line := lowsky.Geometry{Line: orb.LineString{{114.02, 29.1}, {114.08, 29.1}}, Width: 200}
	across := lowsky.Geometry{Line: orb.LineString{{114.02, 29.1}, {114.2, 29.1}}, Width: 200}
	for _, c := range []struct {
		name   string
		volume lowsky.Geometry
		more   []lowsky.Geometry
		buffer lowsky.Metres
		want   []lowsky.JurisdictionID
	}{
		{"polygon", within, nil, 0, []lowsky.JurisdictionID{"west", "city"}},
		{"polygon, buffer within", within, nil, 900, []lowsky.JurisdictionID{"west", "city"}},
		{"polygon, buffer over the border", within, nil, 1000, []lowsky.JurisdictionID{"west", "east", "city"}},
		{"circle", circle, nil, 0, []lowsky.JurisdictionID{"west", "city"}},
		{"circle, buffer over the border", circle, nil, 5000, []lowsky.JurisdictionID{"west", "east", "city"}},
		{"corridor", line, nil, 0, []lowsky.JurisdictionID{"west", "city"}},
		{"corridor across", across, nil, 0, []lowsky.JurisdictionID{"west", "east", "city"}},
		{"second volume", within, []lowsky.Geometry{across}, 0, []lowsky.JurisdictionID{"west", "east", "city"}},
		{"elsewhere", lowsky.Geometry{Centre: orb.Point{110, 29}, Radius: 100}, nil, 0, nil},
	} {
		z := &lowsky.Zone{ID: "z", Name: lowsky.Text{ZH: "z", EN: "z"}, Restriction: lowsky.Prohibited, Geometry: c.volume, Buffer: lowsky.Some(c.buffer)}
		for _, g := range c.more {
			z.Further = append(z.Further, lowsky.Volume3D{Geometry: g})
		}
		if d := cmp.Diff(c.want, areas.TouchingZone(z), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

func TestSquareMetres(t *testing.T) {
	for name, c := range map[string]struct {
		g    lowsky.Geometry
		want float64
	}{
		"circle":   {lowsky.Geometry{Centre: orb.Point{114, 29}, Radius: 1000}, 3.1416e6},
		"corridor": {lowsky.Geometry{Line: orb.LineString{{114, 29}, {114.1, 29}}, Width: 100}, 974_000 + 7854},
		"square":   {lowsky.Geometry{Polygons: orb.MultiPolygon{{{{114, 29}, {114.1, 29}, {114.1, 29.1}, {114, 29.1}, {114, 29}}}}}, 1.0797e8},
		"invalid":  {lowsky.Geometry{}, 0},
	} {
		if got := SquareMetres(c.g); got < c.want*0.99 || got > c.want*1.01 {
			t.Errorf("%s: %.0f, want %.0f", name, got, c.want)
		}
	}
}
