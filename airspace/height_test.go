package airspace

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"lowsky"
)

var datums = []lowsky.Datum{lowsky.Ellipsoid, lowsky.AMSL, lowsky.AGL, lowsky.AboveTakeoff, lowsky.PressureISA}

func altitude(v float64, d lowsky.Datum) lowsky.Altitude {
	return lowsky.Altitude{Metres: lowsky.Metres(v), Datum: d}
}

// Every pair of datums, at a place where the geoid is 13.046 m below the ellipsoid.
func TestConvert(t *testing.T) {
	hill := flat{hae: 100, bound: 5, ok: true}
	here := position(114.33, 29.83)
	flown := here
	flown.TakeoffHAE = m(30)
	wide := flat{hae: 100, bound: 800, ok: true, envelope: true}
	for _, c := range []struct {
		name    string
		from    lowsky.Altitude
		to      lowsky.Datum
		at      lowsky.Position
		terrain Terrain
		want    Converted // its Altitude's datum is to
		reason  lowsky.Reason
	}{
		{"same", altitude(7, lowsky.AMSL), lowsky.AMSL, here, nil, Converted{Altitude: altitude(7, "")}, ""},
		{"same pressure", altitude(7, lowsky.PressureISA), lowsky.PressureISA, here, nil, Converted{Altitude: altitude(7, "")}, ""},
		{"HAE to AMSL", altitude(100, lowsky.Ellipsoid), lowsky.AMSL, here, nil, Converted{Altitude: altitude(113.046, ""), Bound: 4}, ""},
		{"AMSL to HAE", altitude(113.046, lowsky.AMSL), lowsky.Ellipsoid, here, nil, Converted{Altitude: altitude(100, ""), Bound: 4}, ""},
		{"HAE to AGL", altitude(150, lowsky.Ellipsoid), lowsky.AGL, here, hill, Converted{Altitude: altitude(50, ""), Bound: 5}, ""},
		{"AGL to HAE", altitude(7, lowsky.AGL), lowsky.Ellipsoid, here, hill, Converted{Altitude: altitude(107, ""), Bound: 5}, ""},
		{"AMSL to AGL", altitude(163.046, lowsky.AMSL), lowsky.AGL, here, hill, Converted{Altitude: altitude(50, ""), Bound: 9}, ""},
		{"AGL to AMSL", altitude(50, lowsky.AGL), lowsky.AMSL, here, hill, Converted{Altitude: altitude(163.046, ""), Bound: 9}, ""},
		{"take-off to HAE", altitude(50, lowsky.AboveTakeoff), lowsky.Ellipsoid, flown, nil, Converted{Altitude: altitude(80, ""), Bound: 10}, ""},
		{"HAE to take-off", altitude(80, lowsky.Ellipsoid), lowsky.AboveTakeoff, flown, nil, Converted{Altitude: altitude(50, ""), Bound: 10}, ""},
		{"take-off to AMSL", altitude(50, lowsky.AboveTakeoff), lowsky.AMSL, flown, nil, Converted{Altitude: altitude(93.046, ""), Bound: 14}, ""},
		{"AMSL to take-off", altitude(93.046, lowsky.AMSL), lowsky.AboveTakeoff, flown, nil, Converted{Altitude: altitude(50, ""), Bound: 14}, ""},
		{"take-off to AGL", altitude(80, lowsky.AboveTakeoff), lowsky.AGL, flown, hill, Converted{Altitude: altitude(10, ""), Bound: 15}, ""},
		{"AGL to take-off", altitude(10, lowsky.AGL), lowsky.AboveTakeoff, flown, hill, Converted{Altitude: altitude(80, ""), Bound: 15}, ""},
		{"through an envelope", altitude(150, lowsky.Ellipsoid), lowsky.AGL, here, wide, Converted{Altitude: altitude(50, ""), Bound: 800, Envelope: true}, ""},

		{"no terrain", altitude(150, lowsky.Ellipsoid), lowsky.AGL, here, nil, Converted{}, lowsky.ReasonNoTerrain},
		{"no terrain there", altitude(150, lowsky.AGL), lowsky.AMSL, here, flat{}, Converted{}, lowsky.ReasonNoTerrain},
		{"no take-off", altitude(50, lowsky.AboveTakeoff), lowsky.AMSL, here, hill, Converted{}, lowsky.ReasonNoCommonDatum},
		{"to no take-off", altitude(50, lowsky.AGL), lowsky.AboveTakeoff, here, hill, Converted{}, lowsky.ReasonNoCommonDatum},
		{"take-off on flat ground", altitude(50, lowsky.AboveTakeoff), lowsky.AGL, here, hill, Converted{Altitude: altitude(50, ""), Assumed: true}, ""},
		{"take-off, ground not known", altitude(50, lowsky.AboveTakeoff), lowsky.AGL, flown, nil, Converted{Altitude: altitude(50, ""), Assumed: true}, ""},
		{"pressure", altitude(50, lowsky.PressureISA), lowsky.AMSL, flown, hill, Converted{}, lowsky.ReasonNoCommonDatum},
		{"to pressure", altitude(50, lowsky.AMSL), lowsky.PressureISA, flown, hill, Converted{}, lowsky.ReasonNoCommonDatum},
		{"not a number", altitude(math.NaN(), lowsky.AGL), lowsky.AGL, here, hill, Converted{}, lowsky.ReasonNoHeight},
		{"infinite", altitude(math.Inf(1), lowsky.AMSL), lowsky.Ellipsoid, here, hill, Converted{}, lowsky.ReasonNoHeight},
		{"off the Earth", altitude(5, lowsky.AMSL), lowsky.Ellipsoid, position(200, 95), hill, Converted{}, lowsky.ReasonNoPosition},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, reason := Convert(c.from, c.to, c.at, c.terrain)
			if reason != c.reason {
				t.Fatalf("%+v %q, want %q", got, reason, c.reason)
			}
			if reason == "" {
				c.want.Altitude.Datum = c.to
			}
			if d := math.Abs(float64(got.Altitude.Metres - c.want.Altitude.Metres)); d > 1e-3 {
				t.Errorf("%v, want %v", got.Altitude, c.want.Altitude)
			}
			got.Altitude.Metres, c.want.Altitude.Metres = 0, 0
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// There and back gives the same height, with the same bound both ways, whatever the datums; and no pair is answered
// without a reason or a value.
func TestConvertRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := position(rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat"))
		if rapid.Bool().Draw(t, "take-off") {
			at.TakeoffHAE = m(rapid.Float64Range(-100, 5000).Draw(t, "take-off HAE"))
		}
		ground := flat{
			hae:   lowsky.Metres(rapid.Float64Range(-100, 5000).Draw(t, "ground")),
			bound: lowsky.Metres(rapid.Float64Range(0, 900).Draw(t, "bound")), ok: rapid.Bool().Draw(t, "known"),
		}
		geoids := []lowsky.Geoid{"", lowsky.CN1985, lowsky.EGM96, lowsky.EGM2008, "other"}
		a := altitude(rapid.Float64Range(-500, 20000).Draw(t, "height"), rapid.SampledFrom(datums).Draw(t, "from"))
		if a.Datum == lowsky.AMSL {
			a.Geoid = rapid.SampledFrom(geoids).Draw(t, "geoid")
		}
		to := frame{datum: rapid.SampledFrom(datums).Draw(t, "to")}
		if to.datum == lowsky.AMSL {
			to.geoid = rapid.SampledFrom(geoids).Draw(t, "to geoid")
		}
		c, why := convert(a, to, &at, ground)
		if why != "" {
			if (c != Converted{}) {
				t.Fatalf("%q with a value: %+v", why, c)
			}
			return
		}
		if c.Altitude.Datum != to.datum || c.Altitude.Geoid != to.geoid || !lowsky.Finite(c.Altitude.Metres) || !(c.Bound >= 0) {
			t.Fatalf("%+v", c)
		}
		if c.Assumed {
			return // one way only
		}
		back, why := convert(c.Altitude, frameOf(a), &at, ground)
		if why != "" || math.Abs(float64(back.Altitude.Metres-a.Metres)) > 1e-6 || math.Abs(float64(back.Bound-c.Bound)) > 1e-9 {
			t.Fatalf("%+v there %+v back %+v %q", a, c, back, why)
		}
	})
}

// A truth is made: geoid, ground and take-off point wherever they may be within their bounds. Whatever is reported of it,
// every conversion holds it within its bound.
func TestBoundsHoldTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := position(rapid.Float64Range(73, 135).Draw(t, "lon"), rapid.Float64Range(18, 53).Draw(t, "lat"))
		off := func(name string, b lowsky.Metres) lowsky.Metres {
			return lowsky.Metres(rapid.Float64Range(-1, 1).Draw(t, name)) * b
		}
		n, _ := GeoidHeight(at)
		sea := n + off("sea", cn1985Bound)
		known := flat{hae: lowsky.Metres(rapid.Float64Range(-20, 3000).Draw(t, "ground")), bound: lowsky.Metres(rapid.Float64Range(0, 100).Draw(t, "bound")), ok: true}
		ground := known.hae + off("ground off", known.bound)
		takeoff := lowsky.Metres(rapid.Float64Range(-20, 3000).Draw(t, "take-off"))
		at.TakeoffHAE = lowsky.Some(takeoff + off("take-off off", takeoffBound))
		hae := ground + lowsky.Metres(rapid.Float64Range(0, 1000).Draw(t, "height"))
		truth := map[lowsky.Datum]lowsky.Metres{
			lowsky.Ellipsoid: hae, lowsky.AMSL: hae - sea, lowsky.AGL: hae - ground, lowsky.AboveTakeoff: hae - takeoff,
		}
		for from, v := range truth {
			for to, want := range truth {
				c, why := Convert(lowsky.Altitude{Metres: v, Datum: from}, to, at, known)
				if why != "" || c.Altitude.Metres-want > c.Bound+1e-6 || want-c.Altitude.Metres > c.Bound+1e-6 {
					t.Fatalf("%s %v to %s: %+v %q, truth %v", from, v, to, c, why, want)
				}
			}
		}
	})
}

// The altimeter's tables: 1 hPa is about 27 ft low down.
func TestFromPressure(t *testing.T) {
	for _, c := range []struct{ pa, qnh, want float64 }{
		{300, 1013.25, 300}, {0, 1014.25, 8.3}, {600, 1003.25, 516.6}, {1000, 1033.25, 1164.6}, {-50, 1013.25, -50},
	} {
		got, why := FromPressure(lowsky.Metres(c.pa), c.qnh)
		if why != "" || math.Abs(float64(got.Altitude.Metres)-c.want) > 1.5 || got.Altitude.Datum != lowsky.AMSL {
			t.Errorf("%v at %v hPa: %+v %q, want %v", c.pa, c.qnh, got, why, c.want)
		}
		if least := 46 + 0.09*math.Abs(float64(got.Altitude.Metres)); math.Abs(float64(got.Bound)-least) > 1e-9 {
			t.Errorf("bound %v, want %v", got.Bound, least)
		}
	}
	for _, c := range []struct{ pa, qnh float64 }{{math.NaN(), 1013}, {100, math.NaN()}, {100, 0}, {100, 849}, {100, 1091}, {100, 29.92}} {
		if got, why := FromPressure(lowsky.Metres(c.pa), c.qnh); why == "" {
			t.Errorf("%v: %+v", c, got)
		}
	}
}

func TestHeightsDoNotAllocate(t *testing.T) {
	p := position(114.33, 29.83)
	p.HAE, p.AboveTakeoff, p.TakeoffHAE = m(150), m(60), m(90)
	var hill Terrain = flat{hae: 80, bound: 20, ok: true}
	v := lowsky.Volume3D{Floor: limit(50, lowsky.AMSL), Ceiling: limit(120, lowsky.AGL)}
	LoadGeoid()
	if n := testing.AllocsPerRun(100, func() {
		Convert(altitude(100, lowsky.AMSL), lowsky.AGL, p, hill)
		HeightAboveGround(p, hill)
		VerticalRelation(v, p, hill)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkConvert(b *testing.B) {
	LoadGeoid()
	p := position(114.33, 29.83)
	var hill Terrain = flat{hae: 80, bound: 20, ok: true}
	b.Run("AMSL to AGL", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Convert(altitude(100, lowsky.AMSL), lowsky.AGL, p, hill)
		}
	})
	b.Run("AMSL to HAE", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Convert(altitude(100, lowsky.AMSL), lowsky.Ellipsoid, p, nil)
		}
	})
}
