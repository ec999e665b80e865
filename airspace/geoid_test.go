package airspace

import (
	"math"
	"testing"

	"github.com/westphae/geomag/pkg/egm96"

	"lowsky"
)

// The published vectors, and places where grids go wrong.
func TestGeoidHeight(t *testing.T) {
	for _, c := range []struct{ lon, lat, want, tolerance float64 }{
		{114.33, 29.83, -13.0, 0.1},
		{114.60, 29.41, -11.1, 0.1},
		{0, 90, 13.606, 0.001},
		{123.4, 90, 13.606, 0.001},
		{0, -90, -29.534, 0.001},
		{-77, -90, -29.534, 0.001},
		{0, 0, 17.162, 0.001},
		{360, 0, 17.162, 0.001},
	} {
		got, ok := GeoidHeight(position(c.lon, c.lat))
		if !ok || math.Abs(float64(got)-c.want) > c.tolerance {
			t.Errorf("%v E %v N: %v %v, want %v", c.lon, c.lat, got, ok, c.want)
		}
	}
	for _, p := range []lowsky.Position{
		position(math.NaN(), 0), position(0, math.NaN()), position(-181, 0), position(361, 0), position(0, 90.1), position(0, math.Inf(-1)),
	} {
		if h, ok := GeoidHeight(p); ok {
			t.Errorf("%v: %v", p, h)
		}
	}
}

// Against the library's own lookup, in the east where that works.
func TestGeoidHeightMatchesLibrary(t *testing.T) {
	GeoidHeight(position(114, 30))
	for lat := -89.9; lat < 90; lat += 3.7 {
		for lon := 0.1; lon < 359.7; lon += 5.3 {
			h, err := egm96.NewLocationGeodetic(lat, lon, 0).HeightAboveMSL()
			if err != nil {
				t.Fatal(err)
			}
			p := position(lon, lat)
			if lon > 180 {
				p = position(lon-360, lat)
			}
			if got, ok := GeoidHeight(p); !ok || math.Abs(float64(got)+h) > 0.001 {
				t.Errorf("%v: %v %v, library %v", p, got, ok, -h)
			}
		}
	}
}

// No step at 0°, at ±180°, or anywhere else.
func TestGeoidHeightIsContinuous(t *testing.T) {
	for lat := -90.0; lat <= 90; lat += 4.3 {
		for _, lon := range []float64{-180, -90.25, 0, 114, 179.75, 180} {
			a, _ := GeoidHeight(position(math.Max(-180, lon-1e-9), lat))
			b, _ := GeoidHeight(position(math.Min(180, lon+1e-9), lat))
			if math.Abs(float64(a-b)) > 1e-5 {
				t.Errorf("at %v, %v: %v and %v", lon, lat, a, b)
			}
		}
		w, _ := GeoidHeight(position(-180, lat))
		e, _ := GeoidHeight(position(180, lat))
		if w != e {
			t.Errorf("±180° at %v: %v, %v", lat, w, e)
		}
	}
}

func TestGeoidHeightDoesNotAllocate(t *testing.T) {
	p := position(114.33, 29.83)
	if n := testing.AllocsPerRun(100, func() { GeoidHeight(p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkGeoidHeight(b *testing.B) {
	LoadGeoid()
	b.ReportAllocs()
	p := position(114.33, 29.83)
	for b.Loop() {
		p.Longitude += 1e-6
		GeoidHeight(p)
	}
}
