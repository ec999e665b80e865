package airspace

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"lowsky"
)

// lineOf is a line whose positions are metres from metresFrom's origin.
func lineOf(ms ...[2]float64) orb.LineString {
	var l orb.LineString
	for _, m := range ms {
		l = append(l, metresFrom(m[0], m[1]).Point())
	}
	return l
}

// An outline holds what its geometry holds, but for 0.1 % of the radius at the rim, and every ring of it can be published.
func TestOutlineStandsForItsGeometry(t *testing.T) {
	const half = 100
	for _, c := range []struct {
		name  string
		g     lowsky.Geometry
		parts int // 0: any number
	}{
		{"circle", lowsky.Geometry{Centre: metresFrom(0, 0).Point(), Radius: half}, 1},
		{"straight", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}), Width: 2 * half}, 1},
		{"bend", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}, [2]float64{900, 700}), Width: 2 * half}, 1},
		{"zigzag", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{500, 300}, [2]float64{900, -100}, [2]float64{1500, 0}), Width: 2 * half}, 1},
		{"hairpin", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}, [2]float64{0, 50}), Width: 2 * half}, 2},
		{"crosses itself", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}, [2]float64{500, 600}, [2]float64{500, -600}), Width: 2 * half}, 0},
		{"loop", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}, [2]float64{900, 900}, [2]float64{0, 900}, [2]float64{0, 0}), Width: 2 * half}, 0},
		{"back again", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{900, 0}, [2]float64{0, 0}), Width: 2 * half}, 0},
		{"wide with short steps", lowsky.Geometry{Line: lineOf([2]float64{0, 0}, [2]float64{60, 40}, [2]float64{120, 0}, [2]float64{180, 40}, [2]float64{240, 0}), Width: 2 * half}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := Outline(c.g)
			if c.parts > 0 && len(out) != c.parts {
				t.Errorf("%d polygons, want %d", len(out), c.parts)
			}
			z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Polygons: out}}
			if err := Validate(z); err != nil {
				t.Fatalf("cannot be published: %v", err)
			}
			whole := mustIndex(t, &lowsky.Zone{ID: "z", Geometry: c.g})
			drawn := mustIndex(t, z)
			s := newScene(30, 0, 0, 0)
			differ := 0
			for range 20_000 {
				p := metresFrom(s.between(-300, 1800), s.between(-800, 1200))
				in, outline := len(whole.Inside(nil, p)) > 0, len(drawn.Inside(nil, p)) > 0
				if in == outline {
					continue
				}
				differ++
				r := whole.Relations(nil, &Query{Position: p, Now: noon, Near: half})
				if len(r) != 1 || math.Abs(float64(r[0].Distance)) > 0.0011*half {
					t.Fatalf("at %v: inside %v, of the outline %v, %+v", p, in, outline, r)
				}
			}
			t.Logf("%d of 20,000 places differ", differ)
		})
	}
	polygons := area("z", rectangle(0, 0, 10, 10)).Geometry
	if got := Outline(polygons); fmt.Sprint(got) != fmt.Sprint(polygons.Polygons) {
		t.Errorf("polygons changed: %v", got)
	}
}

// Across the antimeridian an outline goes on at the other side.
func TestOutlineAcrossTheAntimeridian(t *testing.T) {
	for _, g := range []lowsky.Geometry{
		{Centre: orb.Point{179.999, 10}, Radius: 1000},
		{Line: orb.LineString{{179.99, 10}, {-179.99, 10.01}}, Width: 400},
	} {
		z := &lowsky.Zone{ID: "z", Geometry: lowsky.Geometry{Polygons: Outline(g)}}
		if err := Validate(z); err != nil {
			t.Fatal(err)
		}
		ix := mustIndex(t, z)
		for _, lon := range []float64{179.9995, 180, -180, -179.9995} {
			if len(ix.Inside(nil, position(lon, 10.005))) != 1 {
				t.Errorf("%v: longitude %v is outside", g, lon)
			}
		}
	}
}
