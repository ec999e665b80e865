package airspace

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

// flat is terrain at one height.
type flat struct {
	hae, bound   lowsky.Metres
	ok, envelope bool
}

func (f flat) GroundHAE(lowsky.Position) (Ground, bool) {
	return Ground{HAE: f.hae, Bound: f.bound, Envelope: f.envelope}, f.ok
}

func m(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(v)) }

func TestVerticalRelation(t *testing.T) {
	type pos = lowsky.Position
	hill := flat{hae: 100, bound: 5, ok: true}
	range1600 := flat{hae: 800, bound: 800, ok: true, envelope: true}
	for _, c := range []struct {
		name           string
		floor, ceiling lowsky.Opt[lowsky.Altitude]
		p              pos
		terrain        Terrain
		want           lowsky.Vertical
	}{
		{"no band, no height", none, none, pos{}, nil, lowsky.Vertical{State: lowsky.VerticalWithin}},
		{"no band, height", none, none, pos{HAE: m(9)}, nil, lowsky.Vertical{State: lowsky.VerticalWithin}},
		{"at the ceiling", none, limit(120, lowsky.AGL), pos{AGL: m(120)}, nil, vert(lowsky.VerticalWithin, 0, 120, 120, lowsky.AGL)},
		{"5 m above the ceiling", none, limit(120, lowsky.AGL), pos{AGL: m(125)}, nil, vert(lowsky.VerticalAbove, -5, 125, 120, lowsky.AGL)},
		{"at the floor", limit(50, lowsky.AMSL), none, pos{AMSL: m(50)}, nil, vert(lowsky.VerticalWithin, 0, 50, 50, lowsky.AMSL)},
		{"below the floor", limit(50, lowsky.AMSL), none, pos{AMSL: m(49)}, nil, vert(lowsky.VerticalBelow, -1, 49, 50, lowsky.AMSL)},
		{"within, floor nearer", limit(50, lowsky.AMSL), limit(100, lowsky.AMSL), pos{AMSL: m(60)}, nil, vert(lowsky.VerticalWithin, 10, 60, 50, lowsky.AMSL)},
		{"within, ceiling nearer", limit(50, lowsky.AMSL), limit(100, lowsky.AMSL), pos{AMSL: m(95)}, nil, vert(lowsky.VerticalWithin, 5, 95, 100, lowsky.AMSL)},
		{"each limit in its own datum", limit(50, lowsky.AGL), limit(200, lowsky.Ellipsoid), pos{AGL: m(80), HAE: m(190)}, nil, vert(lowsky.VerticalWithin, 10, 190, 200, lowsky.Ellipsoid)},
		{"floor on the ground limits nothing", limit(0, lowsky.AGL), limit(200, lowsky.Ellipsoid), pos{HAE: m(190)}, nil, vert(lowsky.VerticalWithin, 10, 190, 200, lowsky.Ellipsoid)},
		{"AGL ceiling, only HAE", none, limit(120, lowsky.AGL), pos{HAE: m(500)}, nil, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AGL)},
		{"AGL ceiling, only AMSL", none, limit(120, lowsky.AGL), pos{AMSL: m(500)}, nil, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AGL)},
		{"AGL ceiling, no height", none, limit(120, lowsky.AGL), pos{}, nil, unknown(lowsky.ReasonNoHeight, 120, lowsky.AGL)},
		{"AGL ceiling, height not a number", none, limit(120, lowsky.AGL), pos{AGL: m(math.NaN())}, nil, unknown(lowsky.ReasonNoHeight, 120, lowsky.AGL)},
		{"AGL ceiling, above take-off", none, limit(120, lowsky.AGL), pos{AboveTakeoff: m(100)}, nil, assumed(vert(lowsky.VerticalWithin, 20, 100, 120, lowsky.AGL))},
		{"AGL ceiling, too high above take-off", none, limit(120, lowsky.AGL), pos{AboveTakeoff: m(130)}, nil, assumed(vert(lowsky.VerticalAbove, -10, 130, 120, lowsky.AGL))},
		{"reported AGL wins over take-off", none, limit(120, lowsky.AGL), pos{AGL: m(90), AboveTakeoff: m(130)}, nil, vert(lowsky.VerticalWithin, 30, 90, 120, lowsky.AGL)},
		// At 0°, 0° the geoid is 17.162 m above the ellipsoid.
		{"AMSL ceiling, only HAE", none, limit(120, lowsky.AMSL), pos{HAE: m(100)}, nil, bound(4, vert(lowsky.VerticalWithin, 37.162, 82.838, 120, lowsky.AMSL))},
		{"AMSL ceiling, HAE above within the bound", none, limit(120, lowsky.AMSL), pos{HAE: m(141)}, nil, bound(4, vert(lowsky.VerticalWithin, -3.838, 123.838, 120, lowsky.AMSL))},
		{"AMSL ceiling, HAE above", none, limit(120, lowsky.AMSL), pos{HAE: m(142)}, nil, bound(4, vert(lowsky.VerticalAbove, -4.838, 124.838, 120, lowsky.AMSL))},
		{"AMSL ceiling by another geoid", none, limitOn(lowsky.EGM96, 120), pos{AMSL: m(121)}, nil, bound(5.2, vert(lowsky.VerticalWithin, -1, 121, 120, lowsky.AMSL))},
		{"AMSL ceiling by the same geoid", none, limitOn(lowsky.EGM96, 120), pos{AMSL: m(121), AMSLGeoid: lowsky.EGM96}, nil, vert(lowsky.VerticalAbove, -1, 121, 120, lowsky.AMSL)},
		{"AMSL ceiling by the default geoid", none, limitOn(lowsky.CN1985, 120), pos{AMSL: m(121)}, nil, vert(lowsky.VerticalAbove, -1, 121, 120, lowsky.AMSL)},
		{"AMSL ceiling, above a known take-off", none, limit(120, lowsky.AMSL), pos{AboveTakeoff: m(100), TakeoffHAE: m(50)}, nil, bound(14, vert(lowsky.VerticalWithin, -12.838, 132.838, 120, lowsky.AMSL))},
		{"the smaller bound wins", none, limit(120, lowsky.AMSL), pos{AboveTakeoff: m(100), TakeoffHAE: m(50), HAE: m(152)}, nil, bound(4, vert(lowsky.VerticalAbove, -14.838, 134.838, 120, lowsky.AMSL))},
		{"AMSL ceiling, only above take-off", none, limit(120, lowsky.AMSL), pos{AboveTakeoff: m(100)}, nil, unknown(lowsky.ReasonNoCommonDatum, 120, lowsky.AMSL)},
		{"pressure ceiling", none, limit(1000, lowsky.PressureISA), pos{AMSL: m(100)}, nil, unknown(lowsky.ReasonNoCommonDatum, 1000, lowsky.PressureISA)},
		{"above the ceiling, floor not comparable", limit(50, lowsky.AMSL), limit(120, lowsky.AGL), pos{AGL: m(130)}, nil, vert(lowsky.VerticalAbove, -10, 130, 120, lowsky.AGL)},
		{"below the floor, ceiling not comparable", limit(50, lowsky.AGL), limit(120, lowsky.AMSL), pos{AGL: m(40)}, nil, vert(lowsky.VerticalBelow, -10, 40, 50, lowsky.AGL)},
		{"above the floor, ceiling not comparable", limit(50, lowsky.AGL), limit(120, lowsky.AMSL), pos{AGL: m(60)}, nil, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AMSL)},
		{"terrain", none, limit(120, lowsky.AGL), pos{HAE: m(200)}, hill, bound(5, vert(lowsky.VerticalWithin, 20, 100, 120, lowsky.AGL))},
		{"terrain, above but within its bound", none, limit(120, lowsky.AGL), pos{HAE: m(224)}, hill, bound(5, vert(lowsky.VerticalWithin, -4, 124, 120, lowsky.AGL))},
		{"terrain, above beyond its bound", none, limit(120, lowsky.AGL), pos{HAE: m(226)}, hill, bound(5, vert(lowsky.VerticalAbove, -6, 126, 120, lowsky.AGL))},
		{"terrain not known there", none, limit(120, lowsky.AGL), pos{HAE: m(200)}, flat{}, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AGL)},
		{"ellipsoid ceiling over known ground", none, limit(150, lowsky.Ellipsoid), pos{AGL: m(60)}, hill, bound(5, vert(lowsky.VerticalAbove, -10, 160, 150, lowsky.Ellipsoid))},
		{"envelope, may be in or out", none, limit(120, lowsky.AGL), pos{HAE: m(900)}, range1600, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AGL)},
		{"envelope, above whatever the ground", none, limit(120, lowsky.AGL), pos{HAE: m(1800)}, range1600, bound(800, vert(lowsky.VerticalAbove, -880, 1000, 120, lowsky.AGL))},
		{"envelope, below whatever the ground", none, limit(120, lowsky.AGL), pos{HAE: m(100)}, range1600, bound(800, vert(lowsky.VerticalWithin, 820, -700, 120, lowsky.AGL))},
		{"envelope undecided, flat ground stands in", none, limit(120, lowsky.AGL), pos{HAE: m(900), AboveTakeoff: m(100)}, range1600, assumed(vert(lowsky.VerticalWithin, 20, 100, 120, lowsky.AGL))},
		{"envelope decides before flat ground", none, limit(120, lowsky.AGL), pos{HAE: m(1800), AboveTakeoff: m(100)}, range1600, bound(800, vert(lowsky.VerticalAbove, -880, 1000, 120, lowsky.AGL))},
		{"above a known take-off, over terrain", none, limit(120, lowsky.AGL), pos{AboveTakeoff: m(130), TakeoffHAE: m(40)}, hill, bound(15, vert(lowsky.VerticalWithin, 50, 70, 120, lowsky.AGL))},
		{"above a known take-off, no terrain", none, limit(120, lowsky.AGL), pos{AboveTakeoff: m(100), TakeoffHAE: m(40)}, nil, assumed(vert(lowsky.VerticalWithin, 20, 100, 120, lowsky.AGL))},
		{"the limit with the smaller certain margin", limit(50, lowsky.AGL), limit(170, lowsky.Ellipsoid), pos{HAE: m(160)}, hill, bound(5, vert(lowsky.VerticalWithin, 10, 60, 50, lowsky.AGL))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := VerticalRelation(lowsky.Volume3D{Floor: c.floor, Ceiling: c.ceiling}, c.p, c.terrain)
			if d := cmp.Diff(c.want, got, nearly); d != "" {
				t.Error(d)
			}
		})
	}
}

// nearly equal: the geoid is known to a tenth of a millimetre.
var nearly = cmp.Comparer(func(a, b lowsky.Metres) bool {
	return a == b || math.Abs(float64(a-b)) < 1e-3 || math.IsNaN(float64(a)) && math.IsNaN(float64(b))
})

func limitOn(g lowsky.Geoid, v lowsky.Metres) lowsky.Opt[lowsky.Altitude] {
	return lowsky.Some(lowsky.Altitude{Metres: v, Datum: lowsky.AMSL, Geoid: g})
}

func bound(b lowsky.Metres, v lowsky.Vertical) lowsky.Vertical {
	v.Bound = b
	return v
}

var none lowsky.Opt[lowsky.Altitude]

func vert(s lowsky.VerticalState, margin, measured, limit float64, d lowsky.Datum) lowsky.Vertical {
	return lowsky.Vertical{State: s, Margin: m(margin), Measured: m(measured), Limit: m(limit), Datum: d}
}

func unknown(r lowsky.Reason, limit float64, d lowsky.Datum) lowsky.Vertical {
	return lowsky.Vertical{Reason: r, Limit: m(limit), Datum: d}
}

func assumed(v lowsky.Vertical) lowsky.Vertical {
	v.Assumed = true
	return v
}

func TestHeightAboveGround(t *testing.T) {
	hill := flat{hae: 100, bound: 5, ok: true}
	wide := flat{hae: 800, bound: 800, ok: true, envelope: true}
	type pos = lowsky.Position
	for _, c := range []struct {
		name    string
		p       pos
		terrain Terrain
		want    lowsky.HeightEvidence
	}{
		{"reported wins", pos{AGL: m(70), HAE: m(200), AboveTakeoff: m(90)}, hill, lowsky.HeightEvidence{Metres: m(70), From: lowsky.HeightReported}},
		{"terrain before take-off", pos{HAE: m(200), AboveTakeoff: m(90)}, hill, lowsky.HeightEvidence{Metres: m(100), From: lowsky.HeightTerrain, Bound: m(5)}},
		{"take-off without terrain", pos{HAE: m(200), AboveTakeoff: m(90)}, nil, lowsky.HeightEvidence{Metres: m(90), From: lowsky.HeightFlatAssumed}},
		{"only HAE", pos{HAE: m(200)}, nil, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}},
		{"only AMSL, no terrain", pos{AMSL: m(200)}, nil, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}},
		{"only AMSL", pos{AMSL: m(200)}, hill, lowsky.HeightEvidence{Metres: m(117.162), From: lowsky.HeightTerrain, Bound: m(9)}},
		{"AMSL of a named geoid", pos{AMSL: m(200), AMSLGeoid: lowsky.EGM96}, hill, lowsky.HeightEvidence{Metres: m(117.162), From: lowsky.HeightTerrain, Bound: m(6.2)}},
		{"AMSL of an unknown geoid", pos{AMSL: m(200), AMSLGeoid: "local"}, hill, lowsky.HeightEvidence{Metres: m(117.162), From: lowsky.HeightTerrain, Bound: m(15)}},
		{"above a known take-off", pos{AboveTakeoff: m(90), TakeoffHAE: m(50)}, hill, lowsky.HeightEvidence{Metres: m(40), From: lowsky.HeightTerrain, Bound: m(15)}},
		{"envelope", pos{HAE: m(200)}, wide, lowsky.HeightEvidence{Metres: m(-600), From: lowsky.HeightEnvelope, Bound: m(800)}},
		{"envelope, and above take-off", pos{HAE: m(200), AboveTakeoff: m(60)}, wide, lowsky.HeightEvidence{Metres: m(-600), From: lowsky.HeightEnvelope, Bound: m(800), Flat: m(60)}},
		{"nothing", pos{}, hill, lowsky.HeightEvidence{Reason: lowsky.ReasonNoHeight}},
		{"not a number", pos{AGL: m(math.Inf(1)), AboveTakeoff: m(30)}, nil, lowsky.HeightEvidence{Metres: m(30), From: lowsky.HeightFlatAssumed}},
		{"terrain not a number", pos{HAE: m(200)}, flat{hae: lowsky.Metres(math.NaN()), ok: true}, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, HeightAboveGround(c.p, c.terrain), nearly); d != "" {
				t.Error(d)
			}
		})
	}
}
