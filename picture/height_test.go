package picture

import (
	"math"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// plain is ground at one height above the ellipsoid.
type plain lowsky.Metres

func (g plain) GroundHAE(lowsky.Position) (airspace.Ground, bool) {
	return airspace.Ground{HAE: lowsky.Metres(g), Bound: 5}, true
}

// seenHeights makes a rule that keeps what the last situation said of heights.
func seenHeights(agl *lowsky.HeightEvidence, at *lowsky.Position) lowsky.Rule {
	return lowsky.Rule{ID: "heights", Hazard: lowsky.HazardHeight, Check: func(s *lowsky.Situation, _ lowsky.Verdicts) {
		*agl, *at = s.AGL, s.Position.Value
	}}
}

// heights puts heights into a report's position; NaN is none.
func heights(hae, amsl, aboveTakeoff float64) func(*lowsky.TelemetryReport) {
	opt := func(v float64) lowsky.Opt[lowsky.Metres] {
		return lowsky.Opt[lowsky.Metres]{Value: lowsky.Metres(v), OK: v == v}
	}
	return func(r *lowsky.TelemetryReport) {
		r.Position.Value.HAE, r.Position.Value.AMSL, r.Position.Value.AboveTakeoff = opt(hae), opt(amsl), opt(aboveTakeoff)
	}
}

func takeoff(hae lowsky.Metres) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.TakeoffHAE = lowsky.Some(hae) }
}

// The take-off point carries a height above take-off over to one above the ground, wherever it became known.
func TestTakeoffHeight(t *testing.T) {
	none := math.NaN()
	ground := status(lowsky.StatusGround)
	// Ground 40 m above the ellipsoid; the geoid is about 13.1 m below it here.
	for _, c := range []struct {
		name string
		fly  func(f *flight)
		want float64 // AGL; NaN: on flat ground only
	}{
		{"not known", func(f *flight) { f.reports(3*time.Second, heights(none, none, 60)) }, none},
		{"told in another document", func(f *flight) {
			f.reports(time.Second, heights(none, none, 60), takeoff(90))
			f.reports(10*time.Second, heights(none, none, 60))
		}, 110},
		{"two heights in one report", func(f *flight) {
			f.reports(time.Second, heights(150, none, 60))
			f.reports(10*time.Second, heights(none, none, 70))
		}, 120},
		{"AMSL and above take-off", func(f *flight) {
			f.reports(time.Second, heights(none, 163, 60))
			f.reports(10*time.Second, heights(none, none, 60))
		}, 110},
		{"on the ground before", func(f *flight) {
			f.reports(2*time.Second, ground, heights(90, none, none))
			f.reports(10*time.Second, heights(none, none, 60))
		}, 110},
		{"AMSL on the ground before", func(f *flight) {
			f.reports(2*time.Second, ground, heights(none, 103, none))
			f.reports(10*time.Second, heights(none, none, 60))
		}, 110},
		{"at rest before, no status ever", func(f *flight) {
			rest := func(r *lowsky.TelemetryReport) {
				r.Status, r.GroundSpeed = lowsky.Opt[lowsky.FlightStatus]{}, lowsky.Some(lowsky.MetresPerSecond(0))
			}
			f.reports(10*time.Second, heights(90, none, 0), rest)
			f.reports(10*time.Second, heights(none, none, 60))
		}, 110},
		{"landed, taken off elsewhere and silent about where", func(f *flight) {
			f.reports(2*time.Second, heights(150, none, 60))
			f.reports(4*time.Second, ground, heights(none, none, none))
			f.reports(5*time.Second, heights(none, none, 60))
		}, none},
		{"landed, taken off elsewhere", func(f *flight) {
			f.reports(2*time.Second, heights(150, none, 60))
			f.reports(4*time.Second, ground, heights(140, none, none))
			f.reports(5*time.Second, heights(none, none, 60))
		}, 160},
		{"not heard for longer than a flight may be missed", func(f *flight) {
			f.reports(2*time.Second, heights(150, none, 60))
			f.pass(6 * time.Minute)
			f.reports(5*time.Second, heights(none, none, 60))
		}, none},
		{"a wild fix between", func(f *flight) {
			f.reports(3*time.Second, heights(150, none, 60))
			f.reports(time.Second, heights(none, none, 60), takeoff(2000), func(r *lowsky.TelemetryReport) {
				r.Position.Value.Latitude += 1
			})
			f.reports(3*time.Second, heights(none, none, 60))
		}, 110},
		{"not heard for a minute", func(f *flight) {
			f.reports(2*time.Second, heights(150, none, 60))
			f.pass(time.Minute)
			f.reports(5*time.Second, heights(none, none, 60))
		}, 110},
	} {
		t.Run(c.name, func(t *testing.T) {
			var agl lowsky.HeightEvidence
			var at lowsky.Position
			f := fly(t, Config{Packs: pack(seenHeights(&agl, &at)), Terrain: plain(40)})
			c.fly(f)
			switch {
			case c.want != c.want:
				if agl.From != lowsky.HeightFlatAssumed || at.TakeoffHAE.OK {
					t.Errorf("%+v, take-off %v", agl, at.TakeoffHAE)
				}
			case agl.From != lowsky.HeightTerrain || math.Abs(float64(agl.Metres.Value)-c.want) > 0.5:
				t.Errorf("%+v, take-off %v, want %v", agl, at.TakeoffHAE, c.want)
			}
		})
	}
}

// The take-off point is there again after a restart.
func TestTakeoffHeightOfALastSeenAircraft(t *testing.T) {
	none := math.NaN()
	amsl := home
	amsl.AMSL = lowsky.Some[lowsky.Metres](103)
	for name, change := range map[string]func(*lowsky.LastSeen){
		"told":          func(l *lowsky.LastSeen) { l.TakeoffHAE = lowsky.Some[lowsky.Metres](90) },
		"on the ground": func(l *lowsky.LastSeen) { l.Ground = lowsky.Some(amsl) },
	} {
		var agl lowsky.HeightEvidence
		var at lowsky.Position
		l := flown("a", "direct:a", noon.Add(-time.Minute))
		change(&l)
		f := fly(t, Config{Packs: pack(seenHeights(&agl, &at)), Terrain: plain(40), LastSeen: []lowsky.LastSeen{l}})
		f.reports(3*time.Second, heights(none, none, 60))
		if agl.From != lowsky.HeightTerrain || math.Abs(float64(agl.Metres.Value)-110) > 0.5 {
			t.Errorf("%s: %+v", name, agl)
		}
		l.ReceivedAt = noon.Add(-10 * time.Minute)
		f = fly(t, Config{Packs: pack(seenHeights(&agl, &at)), Terrain: plain(40), LastSeen: []lowsky.LastSeen{l}})
		f.reports(3*time.Second, heights(none, none, 60))
		if agl.From != lowsky.HeightFlatAssumed {
			t.Errorf("%s, ten minutes ago: %+v", name, agl)
		}
	}
}

// What the configuration knows of a source is applied to the picture's estimate; the report stays as it came.
func TestHeightCorrections(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name        string
		corrections []lowsky.HeightCorrection
		want        lowsky.Metres
		geoid       lowsky.Geoid
	}{
		{"none", nil, 200, ""},
		{"of another", []lowsky.HeightCorrection{{Source: "direct:b", Offset: -9}, {Format: "dji", Offset: 3}}, 200, ""},
		{"of the source", []lowsky.HeightCorrection{{Source: "direct:a", Offset: -1.5, Geoid: lowsky.EGM96}}, 198.5, lowsky.EGM96},
		{"of the format", []lowsky.HeightCorrection{{Format: "native", Offset: 2}}, 202, ""},
		{"of both", []lowsky.HeightCorrection{{Format: "native", Offset: 2}, {Source: "direct:a", Geoid: lowsky.EGM2008}}, 200, lowsky.EGM2008},
	} {
		t.Run(c.name, func(t *testing.T) {
			var agl lowsky.HeightEvidence
			var at lowsky.Position
			f := fly(t, Config{Packs: pack(seenHeights(&agl, &at)), HeightCorrections: c.corrections})
			kept := lowsky.Position{}
			f.reports(2*time.Second, heights(none, 200, none), func(r *lowsky.TelemetryReport) { kept = r.Position.Value })
			if at.AMSL.Value != c.want || at.AMSLGeoid != c.geoid {
				t.Errorf("live: %v of %q", at.AMSL.Value, at.AMSLGeoid)
			}
			if v := f.views["a"].Position.Value; v.AMSL.Value != c.want {
				t.Errorf("shown: %v", v.AMSL.Value)
			}
			if kept.AMSL.Value != 200 || f.e.byID["a"].last.Position.Value.AMSL.Value != 200 {
				t.Error("the report was changed")
			}
			at = lowsky.Position{}
			f.report(heights(none, 200, none), func(r *lowsky.TelemetryReport) { r.MeasuredAt, r.BackFill = f.now.Add(-time.Minute), true })
			if at.AMSL.Value != c.want || at.AMSLGeoid != c.geoid {
				t.Errorf("late: %v of %q", at.AMSL.Value, at.AMSLGeoid)
			}
		})
	}
}

// A height above mean sea level that is carried over from the document before is of the geoid that it was reported of.
func TestCarriedHeightKeepsItsGeoid(t *testing.T) {
	none := math.NaN()
	var agl lowsky.HeightEvidence
	var at lowsky.Position
	f := fly(t, Config{Packs: pack(seenHeights(&agl, &at)), HeightCorrections: []lowsky.HeightCorrection{{Format: "native", Geoid: lowsky.EGM96}}})
	f.reports(time.Second, heights(none, 200, none))
	f.reports(time.Second, heights(none, none, 60))
	if !at.AMSL.OK || at.AMSLGeoid != lowsky.EGM96 {
		t.Errorf("%v of %q", at.AMSL, at.AMSLGeoid)
	}
}
