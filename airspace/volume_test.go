package airspace

import (
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"lowsky"
)

func oblong(west, south, east, north float64) orb.Ring {
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

func areas(p ...orb.Polygon) lowsky.Geometry { return lowsky.Geometry{Polygons: p} }

func round(lon, lat, radius float64) lowsky.Geometry {
	return lowsky.Geometry{Centre: orb.Point{lon, lat}, Radius: lowsky.Metres(radius)}
}

func strip(width float64, line ...orb.Point) lowsky.Geometry {
	return lowsky.Geometry{Line: line, Width: lowsky.Metres(width)}
}

// 0.001° of latitude is 110.8 m here, of longitude 96.7 m.
func TestAreasOverlap(t *testing.T) {
	square := areas(orb.Polygon{oblong(114, 29.8, 114.01, 29.81)})
	ring := areas(orb.Polygon{oblong(114, 29.8, 114.01, 29.81), oblong(114.002, 29.802, 114.008, 29.808)})
	far := areas(orb.Polygon{oblong(179.99, 29.8, 180, 29.81)})
	over := areas(orb.Polygon{{{179.995, 29.8}, {-179.995, 29.8}, {-179.995, 29.81}, {179.995, 29.81}, {179.995, 29.8}}})
	for _, c := range []struct {
		name  string
		a, b  lowsky.Geometry
		apart float64
		want  bool
	}{
		{"itself", square, square, 0, true},
		{"side by side, touching", square, areas(orb.Polygon{oblong(114.01, 29.8, 114.02, 29.81)}), 0, true},
		{"touching in a corner", square, areas(orb.Polygon{oblong(114.01, 29.81, 114.02, 29.82)}), 0, true},
		{"a hand's breadth apart", square, areas(orb.Polygon{oblong(114.010001, 29.8, 114.02, 29.81)}), 0, false},
		{"apart, but less than wanted", square, areas(orb.Polygon{oblong(114.011, 29.8, 114.02, 29.81)}), 97, true},
		{"apart, and more than wanted", square, areas(orb.Polygon{oblong(114.011, 29.8, 114.02, 29.81)}), 96, false},
		{"one in the other", square, areas(orb.Polygon{oblong(114.004, 29.804, 114.005, 29.805)}), 0, true},
		{"in the hole", ring, areas(orb.Polygon{oblong(114.004, 29.804, 114.005, 29.805)}), 0, false},
		{"in the hole, near its rim", ring, areas(orb.Polygon{oblong(114.004, 29.804, 114.005, 29.805)}), 200, true},
		{"over the hole", ring, areas(orb.Polygon{oblong(114.001, 29.801, 114.009, 29.809)}), 0, true},
		{"filling the hole", ring, areas(orb.Polygon{oblong(114.002, 29.802, 114.008, 29.808)}), 0, true},
		{"the second polygon", areas(orb.Polygon{oblong(113, 29, 113.1, 29.1)}, orb.Polygon{oblong(114, 29.8, 114.01, 29.81)}), round(114.005, 29.805, 1), 0, true},
		{"a cross without a corner in the other", areas(orb.Polygon{oblong(114, 29.804, 114.01, 29.806)}), areas(orb.Polygon{oblong(114.004, 29.8, 114.006, 29.81)}), 0, true},
		{"circle in the hole", ring, round(114.005, 29.805, 250), 0, false},
		{"circle over the rim of the hole", ring, round(114.005, 29.805, 300), 0, true},
		{"circle beside", square, round(114.011, 29.805, 96), 0, false},
		{"circle reaches", square, round(114.011, 29.805, 97), 0, true},
		{"circle around", square, round(114.005, 29.805, 5000), 0, true},
		{"two circles", round(114, 29.8, 50), round(114, 29.801, 60), 0, false},
		{"two circles meet", round(114, 29.8, 50), round(114, 29.801, 61), 0, true},
		{"corridor past a corner", square, strip(100, orb.Point{113.9, 29.8105}, orb.Point{114.1, 29.8105}), 0, false},
		{"corridor over the edge", square, strip(112, orb.Point{113.9, 29.8105}, orb.Point{114.1, 29.8105}), 0, true},
		{"corridor through", square, strip(1, orb.Point{113.9, 29.805}, orb.Point{114.1, 29.805}), 0, true},
		{"corridor in the hole", ring, strip(20, orb.Point{114.004, 29.805}, orb.Point{114.006, 29.805}), 0, false},
		{"corridor's round end", strip(200, orb.Point{114, 29.8}, orb.Point{114.01, 29.8}), round(114.011, 29.8, 1), 0, true},
		{"beyond its round end", strip(190, orb.Point{114, 29.8}, orb.Point{114.01, 29.8}), round(114.011, 29.8, 1), 0, false},
		{"corridors crossing", strip(10, orb.Point{114, 29.8}, orb.Point{114.01, 29.81}), strip(10, orb.Point{114, 29.81}, orb.Point{114.01, 29.8}), 0, true},
		{"corridors side by side", strip(100, orb.Point{114, 29.8}, orb.Point{114.01, 29.8}), strip(100, orb.Point{114, 29.801}, orb.Point{114.01, 29.801}), 0, false},
		{"over ±180°", far, over, 0, true},
		{"at ±180°", far, areas(orb.Polygon{oblong(-180, 29.8, -179.99, 29.81)}), 0, true},
		{"near ±180°", far, round(-179.999, 29.805, 90), 0, false},
		{"reaching over ±180°", far, round(-179.999, 29.805, 98), 0, true},
		{"other half of the Earth", square, areas(orb.Polygon{oblong(-66, 29.8, -65.9, 29.81)}), 0, false},
		{"nothing", square, lowsky.Geometry{}, 0, false},
		{"nothing, however near", lowsky.Geometry{}, lowsky.Geometry{}, 1e6, false},
	} {
		for range 2 {
			if got := AreasOverlap(c.a, c.b, lowsky.Metres(c.apart)); got != (Overlapping{c.want, true}) {
				t.Errorf("%s: %+v, want %v", c.name, got, c.want)
			}
			c.a, c.b = c.b, c.a
		}
	}
	nan := math.NaN()
	for _, g := range []lowsky.Geometry{round(nan, 29, 5), round(114, 29, math.Inf(1)), strip(5, orb.Point{114, nan}), areas(orb.Polygon{oblong(114, 29, 114.1, 99)})} {
		if got := AreasOverlap(square, g, 0); got != (Overlapping{Overlaps: true}) {
			t.Errorf("%+v: %+v, want in doubt", g, got)
		}
	}
}

// covers says whether a geometry holds a point, by orb and plain distances, apart from the code under test; slack
// metres more (or less) around circles and corridors.
func covers(g lowsky.Geometry, p orb.Point, slack float64) bool {
	at := position(p[0], p[1])
	switch {
	case g.IsCircle():
		return float64(Distance(position(g.Centre[0], g.Centre[1]), at)) <= float64(g.Radius)+slack
	case g.IsCorridor():
		// A plane is good enough for segments of 2 km: 0.1 m.
		ky := float64(Distance(at, position(p[0], p[1]+0.01))) * 100
		kx := float64(Distance(at, position(p[0]+0.01, p[1]))) * 100
		for i := 1; i < len(g.Line); i++ {
			a, b := g.Line[i-1], g.Line[i]
			a, b = orb.Point{(a[0] - p[0]) * kx, (a[1] - p[1]) * ky}, orb.Point{(b[0] - p[0]) * kx, (b[1] - p[1]) * ky}
			if planar.DistanceFromSegment(a, b, orb.Point{}) <= float64(g.Width)/2+slack {
				return true
			}
		}
		return false
	}
	return planar.MultiPolygonContains(g.Polygons, p)
}

func anyGeometry(t *rapid.T, name string) lowsky.Geometry {
	in := func(what string, low, high float64) float64 {
		return rapid.Float64Range(low, high).Draw(t, name+" "+what)
	}
	lon, lat := in("lon", 114, 114.02), in("lat", 29.8, 29.82)
	switch rapid.IntRange(0, 3).Draw(t, name+" kind") {
	case 0:
		return round(lon, lat, in("radius", 50, 600))
	case 1:
		return strip(in("width", 100, 400), orb.Point{lon, lat}, orb.Point{lon + in("dx", -0.01, 0.01), lat + in("dy", 0.001, 0.01)}, orb.Point{lon + in("ex", -0.01, 0.01), lat + in("ey", 0.011, 0.02)})
	case 2:
		w, h := in("w", 0.003, 0.01), in("h", 0.003, 0.01)
		return areas(orb.Polygon{oblong(lon, lat, lon+w, lat+h), oblong(lon+w*0.2, lat+h*0.2, lon+w*0.8, lat+h*0.8)})
	}
	star := orb.Ring{}
	n := rapid.IntRange(3, 12).Draw(t, name+" corners")
	for i := range n {
		s, c := math.Sincos(float64(i) / float64(n) * 2 * math.Pi)
		r := in("reach", 0.001, 0.006)
		star = append(star, orb.Point{lon + s*r, lat + c*r})
	}
	return areas(orb.Polygon{append(star, star[0])})
}

// Against sampling: a place in both means that they overlap; and where they overlap, places of both are found near each
// other.
func TestAreasOverlapMatchesSampling(t *testing.T) {
	const step = 0.0006 // 58 × 67 m
	diagonal := math.Hypot(58, 67)
	var yes, no int
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyGeometry(t, "a"), anyGeometry(t, "b")
		got := AreasOverlap(a, b, 0)
		if !got.Certain || got != AreasOverlap(b, a, 0) {
			t.Fatalf("%+v, the other way %+v", got, AreasOverlap(b, a, 0))
		}
		both, near := false, false
		for lon := 113.985; lon < 114.045 && !both; lon += step {
			for lat := 29.79; lat < 29.86; lat += step {
				p := orb.Point{lon, lat}
				if covers(a, p, -0.5) && covers(b, p, -0.5) {
					both = true
					break
				}
				near = near || covers(a, p, diagonal) && covers(b, p, diagonal)
			}
		}
		if both {
			yes++
			if !got.Overlaps {
				t.Fatalf("a place is in both:\n%+v\n%+v", a, b)
			}
		}
		curved := a.Radius > 0 || a.Width > 0
		if curved = curved && (b.Radius > 0 || b.Width > 0); !both && !near && curved {
			no++
			if got.Overlaps {
				t.Fatalf("no place is near both:\n%+v\n%+v", a, b)
			}
		}
	})
	if yes == 0 || no == 0 {
		t.Errorf("%d overlap, %d do not: nothing was tested", yes, no)
	}
}

func TestHeightsOverlap(t *testing.T) {
	at := func(v float64, d lowsky.Datum, g ...lowsky.Geoid) lowsky.Opt[lowsky.Altitude] {
		a := altitude(v, d)
		if len(g) > 0 {
			a.Geoid = g[0]
		}
		return lowsky.Some(a)
	}
	area := round(114.33, 29.83, 500) // the geoid is 13.05 m below the ellipsoid
	band := func(floor, ceiling lowsky.Opt[lowsky.Altitude]) lowsky.Volume3D {
		return lowsky.Volume3D{Geometry: area, Floor: floor, Ceiling: ceiling}
	}
	const agl, amsl, hae, up, isa = lowsky.AGL, lowsky.AMSL, lowsky.Ellipsoid, lowsky.AboveTakeoff, lowsky.PressureISA
	for _, c := range []struct {
		name string
		a, b lowsky.Volume3D
		want Overlapping
	}{
		{"everything", band(none, none), band(none, none), Overlapping{true, true}},
		{"same datum", band(at(50, agl), at(100, agl)), band(at(80, agl), at(120, agl)), Overlapping{true, true}},
		{"one on the other", band(at(50, agl), at(100, agl)), band(at(100, agl), none), Overlapping{true, true}},
		{"one above the other", band(at(50, agl), at(100, agl)), band(at(100.5, agl), none), Overlapping{false, true}},
		{"from the ground", band(none, at(100, agl)), band(at(0, agl), at(300, amsl)), Overlapping{true, true}},
		{"no ceiling, no floor", band(at(500, amsl), none), band(at(600, amsl), none), Overlapping{true, true}},
		{"ground and sea", band(none, at(120, agl)), band(at(400, amsl), none), Overlapping{true, false}},
		{"ground and sea, and apart in one of them", band(at(100, amsl), at(120, agl)), band(at(200, agl), none), Overlapping{false, true}},
		{"sea and ellipsoid, apart", band(none, at(100, amsl)), band(at(92, hae), none), Overlapping{false, true}},
		{"sea and ellipsoid, in doubt", band(none, at(100, amsl)), band(at(90, hae), none), Overlapping{true, false}},
		{"sea and ellipsoid", band(none, at(100, amsl)), band(at(82, hae), none), Overlapping{true, true}},
		{"two geoids, in doubt", band(none, at(100, amsl)), band(at(104, amsl, lowsky.EGM96), none), Overlapping{true, false}},
		{"two geoids, apart", band(none, at(100, amsl)), band(at(106, amsl, lowsky.EGM96), none), Overlapping{false, true}},
		{"the same geoid by two names", band(none, at(100, amsl)), band(at(100.5, amsl, lowsky.CN1985), none), Overlapping{false, true}},
		{"above two take-offs", band(none, at(50, up)), band(at(100, up), none), Overlapping{true, false}},
		{"pressure", band(none, at(50, isa)), band(at(100, isa), none), Overlapping{false, true}},
		{"pressure and sea", band(none, at(50, isa)), band(at(1000, amsl), none), Overlapping{true, false}},
		{"no number", band(none, at(math.NaN(), agl)), band(at(100, agl), none), Overlapping{true, false}},
		{"no datum", band(none, at(1, "odd")), band(at(100, "odd"), none), Overlapping{true, false}},
	} {
		if got := HeightsOverlap(c.a, c.b); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if got := HeightsOverlap(c.b, c.a); got != c.want {
			t.Errorf("%s, the other way: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// What is certain to be apart in height has no height in common, whatever the geoid within its bounds.
func TestHeightsOverlapHoldsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(80, 130).Draw(t, "lon"), rapid.Float64Range(20, 50).Draw(t, "lat")
		radius := rapid.Float64Range(100, 90_000).Draw(t, "radius")
		v := func(name string) (lowsky.Volume3D, func(n, off float64) (float64, float64)) {
			floor, ceiling := rapid.Float64Range(0, 60).Draw(t, name+" floor"), rapid.Float64Range(0, 60).Draw(t, name+" ceiling")
			d := rapid.SampledFrom([]lowsky.Datum{lowsky.AMSL, lowsky.Ellipsoid}).Draw(t, name)
			return lowsky.Volume3D{Geometry: round(lon, lat, radius), Floor: lowsky.Some(altitude(floor, d)), Ceiling: lowsky.Some(altitude(floor+ceiling, d))},
				func(n, off float64) (float64, float64) {
					if d == lowsky.Ellipsoid {
						return floor, floor + ceiling
					}
					return floor + n + off, floor + ceiling + n + off
				}
		}
		a, trueA := v("a")
		b, trueB := v("b")
		got := HeightsOverlap(a, b)
		off := rapid.Float64Range(-float64(cn1985Bound), float64(cn1985Bound)).Draw(t, "off")
		p := Offset(position(lon, lat), lowsky.Degrees(rapid.Float64Range(0, 360).Draw(t, "course")), lowsky.Metres(rapid.Float64Range(0, radius).Draw(t, "away")))
		n, _ := GeoidHeight(p)
		f1, c1 := trueA(float64(n), off)
		f2, c2 := trueB(float64(n), off)
		if math.Abs(f1-c2) < 1e-6 || math.Abs(f2-c1) < 1e-6 {
			return // the truth itself is rounded
		}
		truth := f1 <= c2 && f2 <= c1
		if truth && !got.Overlaps || !truth && got.Overlaps && got.Certain {
			t.Fatalf("%+v, truth %v", got, truth)
		}
	})
}

func TestOverlapInTime(t *testing.T) {
	noon := time.Date(2026, 5, 6, 4, 0, 0, 0, time.UTC)
	at := func(from, to int) lowsky.Volume4D {
		v := lowsky.Volume4D{Volume3D: lowsky.Volume3D{Geometry: round(114, 29, 100), Ceiling: limit(100, lowsky.AGL)}}
		if from >= 0 {
			v.Start = noon.Add(time.Duration(from) * time.Minute)
		}
		if to >= 0 {
			v.End = noon.Add(time.Duration(to) * time.Minute)
		}
		return v
	}
	for _, c := range []struct {
		a, b lowsky.Volume4D
		want bool
	}{
		{at(0, 10), at(5, 15), true}, {at(0, 10), at(10, 20), false}, {at(0, 10), at(9, 10), true}, {at(-1, -1), at(-1, -1), true},
		{at(-1, 10), at(10, -1), false}, {at(-1, 10), at(9, -1), true}, {at(5, -1), at(-1, 5), false}, {at(5, 5), at(0, 10), false}, {at(7, 5), at(-1, -1), false},
	} {
		if got := Overlap(c.a, c.b, 0); got != (Overlapping{c.want, true}) {
			t.Errorf("%v–%v and %v–%v: %+v", c.a.Start, c.a.End, c.b.Start, c.b.End, got)
		}
		if got := Overlap(c.b, c.a, 0); got != (Overlapping{c.want, true}) {
			t.Errorf("the other way: %+v", got)
		}
	}
	// In doubt in height, yet certainly apart on the map.
	a, b := at(0, 10), at(0, 10)
	b.Floor, b.Geometry = limit(500, lowsky.AMSL), round(115, 29, 100)
	if got := Overlap(a, b, 0); got != (Overlapping{false, true}) {
		t.Errorf("%+v", got)
	}
	b.Geometry = a.Geometry
	if got := Overlap(a, b, 0); got != (Overlapping{true, false}) {
		t.Errorf("%+v", got)
	}
}

func BenchmarkOverlap(b *testing.B) {
	s := newScene(3, 114, 29.5, 0.05)
	var vs []lowsky.Volume4D
	for range 256 {
		vs = append(vs, lowsky.Volume4D{Volume3D: lowsky.Volume3D{Geometry: areas(orb.Polygon{s.star(s.point(), 60, 2000, 0.5)}), Ceiling: limit(120, lowsky.AGL)}})
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Overlap(vs[i&255], vs[(i*7+1)&255], 0)
	}
}
