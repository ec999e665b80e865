package airspace

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

// flat is terrain at one height.
type flat struct {
	hae, bound lowsky.Metres
	ok         bool
}

func (f flat) GroundHAE(lowsky.Position) (lowsky.Metres, lowsky.Metres, bool) {
	return f.hae, f.bound, f.ok
}

func m(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(v)) }

func TestVerticalRelation(t *testing.T) {
	type pos = lowsky.Position
	hill := flat{hae: 100, bound: 5, ok: true}
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
		{"AMSL ceiling, only HAE", none, limit(120, lowsky.AMSL), pos{HAE: m(100)}, nil, unknown(lowsky.ReasonNoCommonDatum, 120, lowsky.AMSL)},
		{"AMSL ceiling, only above take-off", none, limit(120, lowsky.AMSL), pos{AboveTakeoff: m(100)}, nil, unknown(lowsky.ReasonNoCommonDatum, 120, lowsky.AMSL)},
		{"pressure ceiling", none, limit(1000, lowsky.PressureISA), pos{AMSL: m(100)}, nil, unknown(lowsky.ReasonNoCommonDatum, 1000, lowsky.PressureISA)},
		{"above the ceiling, floor not comparable", limit(50, lowsky.AMSL), limit(120, lowsky.AGL), pos{AGL: m(130)}, nil, vert(lowsky.VerticalAbove, -10, 130, 120, lowsky.AGL)},
		{"below the floor, ceiling not comparable", limit(50, lowsky.AGL), limit(120, lowsky.AMSL), pos{AGL: m(40)}, nil, vert(lowsky.VerticalBelow, -10, 40, 50, lowsky.AGL)},
		{"above the floor, ceiling not comparable", limit(50, lowsky.AGL), limit(120, lowsky.AMSL), pos{AGL: m(60)}, nil, unknown(lowsky.ReasonNoCommonDatum, 120, lowsky.AMSL)},
		{"terrain", none, limit(120, lowsky.AGL), pos{HAE: m(200)}, hill, vert(lowsky.VerticalWithin, 20, 100, 120, lowsky.AGL)},
		{"terrain, above but within its bound", none, limit(120, lowsky.AGL), pos{HAE: m(224)}, hill, vert(lowsky.VerticalWithin, -4, 124, 120, lowsky.AGL)},
		{"terrain, above beyond its bound", none, limit(120, lowsky.AGL), pos{HAE: m(226)}, hill, vert(lowsky.VerticalAbove, -6, 126, 120, lowsky.AGL)},
		{"terrain not known there", none, limit(120, lowsky.AGL), pos{HAE: m(200)}, flat{}, unknown(lowsky.ReasonNoTerrain, 120, lowsky.AGL)},
		{"ellipsoid ceiling over known ground", none, limit(150, lowsky.Ellipsoid), pos{AGL: m(60)}, hill, vert(lowsky.VerticalAbove, -10, 160, 150, lowsky.Ellipsoid)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := VerticalRelation(lowsky.Volume3D{Floor: c.floor, Ceiling: c.ceiling}, c.p, c.terrain)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
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
		{"only AMSL", pos{AMSL: m(200)}, hill, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}},
		{"nothing", pos{}, hill, lowsky.HeightEvidence{Reason: lowsky.ReasonNoHeight}},
		{"not a number", pos{AGL: m(math.Inf(1)), AboveTakeoff: m(30)}, nil, lowsky.HeightEvidence{Metres: m(30), From: lowsky.HeightFlatAssumed}},
		{"terrain not a number", pos{HAE: m(200)}, flat{hae: lowsky.Metres(math.NaN()), ok: true}, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, HeightAboveGround(c.p, c.terrain)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestConvert(t *testing.T) {
	hill := flat{hae: 100, bound: 5, ok: true}
	at := position(114.3, 29.8)
	for _, c := range []struct {
		from    lowsky.Altitude
		to      lowsky.Datum
		terrain Terrain
		want    Converted
		reason  lowsky.Reason
	}{
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AMSL}, lowsky.AMSL, nil, Converted{Altitude: lowsky.Altitude{Metres: 7, Datum: lowsky.AMSL}}, ""},
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AboveTakeoff}, lowsky.AGL, nil, Converted{Altitude: lowsky.Altitude{Metres: 7, Datum: lowsky.AGL}, Assumed: true}, ""},
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AGL}, lowsky.AboveTakeoff, nil, Converted{}, lowsky.ReasonNoCommonDatum},
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AMSL}, lowsky.Ellipsoid, hill, Converted{}, lowsky.ReasonNoCommonDatum},
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AGL}, lowsky.Ellipsoid, hill, Converted{Altitude: lowsky.Altitude{Metres: 107, Datum: lowsky.Ellipsoid}, Bound: 5}, ""},
		{lowsky.Altitude{Metres: 7, Datum: lowsky.AGL}, lowsky.Ellipsoid, nil, Converted{}, lowsky.ReasonNoTerrain},
		{lowsky.Altitude{Metres: lowsky.Metres(math.NaN()), Datum: lowsky.AGL}, lowsky.AGL, nil, Converted{}, lowsky.ReasonNoHeight},
	} {
		got, reason := Convert(c.from, c.to, at, c.terrain)
		if got != c.want || reason != c.reason {
			t.Errorf("%v to %s: %+v %q, want %+v %q", c.from, c.to, got, reason, c.want, c.reason)
		}
	}
}
