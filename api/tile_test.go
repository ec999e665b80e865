package api

import (
	"testing"

	"pgregory.net/rapid"

	"lowsky"
)

func TestTileOf(t *testing.T) {
	for _, c := range []struct {
		lon, lat lowsky.Degrees
		x, y     int
	}{
		{-180, 85.06, 0, 0}, {180, -85.06, 511, 511}, {0, 0, 256, 256}, {-0.0001, 0.0001, 255, 255},
		{0, 90, 256, 0}, {0, -90, 256, 511},
		// Xianning: the figures of the slippy-map formula at zoom 9.
		{114.3220, 29.8412, 418, 211},
	} {
		if got := tileOf(c.lon, c.lat); got.x() != c.x || got.y() != c.y {
			t.Errorf("%v,%v: tile %d/%d, want %d/%d", c.lon, c.lat, got.x(), got.y(), c.x, c.y)
		}
	}
}

// Every point of a view lies in one of its tiles.
func TestBoxHoldsItsView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deg := func(min, max float64, what string) lowsky.Degrees {
			return lowsky.Degrees(rapid.Float64Range(min, max).Draw(t, what))
		}
		v := view{West: deg(-540, 540, "west"), South: deg(-90, 90, "south")}
		width := deg(0, 400, "width")
		v.East, v.North = v.West+width, deg(float64(v.South), 90, "north")
		b := boxOf(v)
		lon := v.West + lowsky.Degrees(rapid.Float64Range(0, 1).Draw(t, "across"))*width
		lat := v.South + lowsky.Degrees(rapid.Float64Range(0, 1).Draw(t, "up"))*(v.North-v.South)
		if p := tileOf(wrapLongitude(lon), lat); !b.contains(p) {
			t.Fatalf("%+v lacks tile %d/%d of %v,%v: %+v", v, p.x(), p.y(), lon, lat, b)
		}
	})
	if (tileBox{}).contains(tileAt(0, 0)) {
		t.Error("no view holds a tile")
	}
	if b := boxOf(view{West: 113.5, South: 29, East: 115, North: 30.4}); b.contains(tileOf(110, 30)) || b.contains(tileOf(114, 40)) {
		t.Error("a view of Xianning holds tiles far away")
	}
}
