package rules

import (
	"math"
	"testing"
	"time"

	"lowsky"
)

// HL-1, HL-2, HL-4: below, at and above the limit of each class.
func TestHeightLimit(t *testing.T) {
	class := func(c lowsky.Class) *lowsky.Aircraft { return &lowsky.Aircraft{Class: c} }
	for _, c := range []struct {
		name     string
		aircraft *lowsky.Aircraft
		agl      lowsky.Metres
		from     lowsky.HeightSource
		variant  string
		severity lowsky.Severity
		suspect  bool
		note     string
	}{
		{"HL-1 micro below", class(lowsky.Micro), 49.5, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 micro at", class(lowsky.Micro), 50, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 micro just above", class(lowsky.Micro), 50.5, lowsky.HeightReported, "over", lowsky.Caution, true, ""},
		{"HL-1 micro above the margin", class(lowsky.Micro), 55.5, lowsky.HeightReported, "over", lowsky.Caution, false, ""},
		{"HL-1 light at", class(lowsky.Light), 120, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 light at the margin", class(lowsky.Light), 125, lowsky.HeightReported, "over", lowsky.Caution, true, ""},
		{"HL-1 light above", class(lowsky.Light), 126, lowsky.HeightReported, "over", lowsky.Caution, false, ""},
		{"HL-1 light 30 over", class(lowsky.Light), 150, lowsky.HeightReported, "over", lowsky.Caution, false, ""},
		{"HL-1 light far above", class(lowsky.Light), 150.5, lowsky.HeightReported, "far_over", lowsky.Warning, false, ""},
		{"HL-1 small at", class(lowsky.Small), 120, lowsky.HeightTerrain, "", 0, false, ""},
		{"HL-1 small above", class(lowsky.Small), 126, lowsky.HeightTerrain, "over", lowsky.Caution, false, ""},
		{"HL-1 medium has none", class(lowsky.Medium), 900, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 large has none", class(lowsky.Large), 900, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 agricultural at", &lowsky.Aircraft{Class: lowsky.Medium, Agricultural: true}, 30, lowsky.HeightReported, "", 0, false, ""},
		{"HL-1 agricultural above", &lowsky.Aircraft{Class: lowsky.Medium, Agricultural: true}, 36, lowsky.HeightReported, "over", lowsky.Caution, false, ""},
		{"HL-1 agricultural small: the stricter", &lowsky.Aircraft{Class: lowsky.Small, Agricultural: true}, 36, lowsky.HeightReported, "over", lowsky.Caution, false, ""},
		{"HL-2 flat ground", class(lowsky.Light), 126, lowsky.HeightFlatAssumed, "over", lowsky.Caution, false, noteFlatGround},
		{"HL-2 flat ground, far above", class(lowsky.Light), 400, lowsky.HeightFlatAssumed, "far_over", lowsky.Caution, false, noteFlatGround},
		{"HL-4 not registered, at", nil, 120, lowsky.HeightReported, "", 0, false, ""},
		{"HL-4 not registered, above", nil, 126, lowsky.HeightReported, "over", lowsky.Caution, false, noteClassUnknown},
		{"HL-4 class not known", class(lowsky.ClassUnknown), 126, lowsky.HeightReported, "over", lowsky.Caution, false, noteClassUnknown},
		{"HL-4 a class of a later version", class("giant"), 126, lowsky.HeightReported, "over", lowsky.Caution, false, noteClassUnknown},
		{"HL-4 and flat ground", nil, 400, lowsky.HeightFlatAssumed, "far_over", lowsky.Caution, false, noteClassUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := flying()
			s.Aircraft, s.AGL = c.aircraft, lowsky.HeightEvidence{Metres: lowsky.Some(c.agl), From: c.from}
			v := check(NewHeightLimit(), s)
			if c.variant == "" {
				if !v.clear() {
					t.Fatalf("%+v, want clear", v)
				}
				return
			}
			f := v.one(t)
			if f.Variant != c.variant || f.Severity != c.severity || f.Suspected != c.suspect || f.Note != c.note || f.Height != c.from {
				t.Errorf("%s %s suspected %v note %q from %s", f.Variant, f.Severity, f.Suspected, f.Note, f.Height)
			}
			if f.Measured.Value != float64(c.agl) || f.Limit.Value+f.Margin.Value != f.Measured.Value || f.Unit != "m" {
				t.Errorf("measured %v, limit %v, margin %v %s", f.Measured, f.Limit, f.Margin, f.Unit)
			}
		})
	}
}

// HL-3: without evidence the height is unjudged, with the reason; an aircraft without a limit needs no height.
func TestHeightLimitUnjudged(t *testing.T) {
	s := flying()
	s.AGL = lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}
	if why := check(NewHeightLimit(), s).reason(t); why != lowsky.ReasonNoTerrain {
		t.Error(why)
	}
	s.AGL = lowsky.HeightEvidence{Metres: lowsky.Some(lowsky.Metres(math.NaN()))}
	if why := check(NewHeightLimit(), s).reason(t); why != lowsky.ReasonNoHeight {
		t.Error(why)
	}
	s.Aircraft.Class = lowsky.Large
	if v := check(NewHeightLimit(), s); !v.clear() {
		t.Errorf("large: %+v", v)
	}
}

// HL-1: the accuracy gate, bounded.
func TestHeightLimitAccuracy(t *testing.T) {
	s := flying()
	s.Track.VerticalAccuracy = aged[lowsky.Metres](900)
	s.AGL.Metres = lowsky.Some[lowsky.Metres](134.9)
	if f := check(NewHeightLimit(), s).one(t); !f.Suspected || f.Accuracy.Value != 15 {
		t.Errorf("%+v", f)
	}
	s.AGL.Metres = lowsky.Some[lowsky.Metres](135.1)
	if f := check(NewHeightLimit(), s).one(t); f.Suspected {
		t.Errorf("a device that reports ±900 m hides: %+v", f)
	}
	s.AGL.Bound = lowsky.Some[lowsky.Metres](2)
	if f := check(NewHeightLimit(), s).one(t); !f.Suspected || f.Accuracy.Value != 17 {
		t.Errorf("the ground's bound comes on top: %+v", f)
	}
}

// HL-5: a bound on the ground below makes three answers: certainly above, certainly not, and what cannot be decided, which
// is suspected where the bound is fine and unjudged where it is coarse.
func TestHeightLimitBound(t *testing.T) {
	for _, c := range []struct {
		name     string
		agl      lowsky.Metres
		bound    lowsky.Metres
		flat     float64 // 0: none
		variant  string  // "": clear
		severity lowsky.Severity
		suspect  bool
		from     lowsky.HeightSource
		unjudged bool
	}{
		{"clear with the bound", 100, 20, 0, "", 0, false, "", false},
		{"may be above", 100.5, 20, 0, "near", lowsky.Caution, true, lowsky.HeightTerrain, false},
		{"may be below", 139, 20, 0, "over", lowsky.Caution, true, lowsky.HeightTerrain, false},
		{"above by the bound and the margin", 145, 20, 0, "over", lowsky.Caution, true, lowsky.HeightTerrain, false},
		{"certainly above", 145.5, 20, 0, "over", lowsky.Caution, false, lowsky.HeightTerrain, false},
		{"far above, perhaps", 165, 20, 0, "over", lowsky.Caution, false, lowsky.HeightTerrain, false},
		{"certainly far above", 171, 20, 0, "far_over", lowsky.Warning, false, lowsky.HeightTerrain, false},
		{"at the coarse bound", 120, 30, 0, "near", lowsky.Caution, true, lowsky.HeightTerrain, false},
		{"coarse", 120, 30.5, 0, "", 0, false, "", true},
		{"coarse, the last that may be", 920, 800, 0, "", 0, false, "", true},
		{"coarse, certainly above", 926, 800, 0, "over", lowsky.Caution, false, lowsky.HeightEnvelope, false},
		{"coarse, certainly far above", 951, 800, 0, "far_over", lowsky.Warning, false, lowsky.HeightEnvelope, false},
		{"coarse, clear whatever the ground", -681, 800, 0, "", 0, false, "", false},
		{"coarse, above on flat ground", 500, 800, 400, "far_over", lowsky.Caution, false, lowsky.HeightFlatAssumed, false},
		{"coarse, at the limit on flat ground", 500, 800, 120, "", 0, false, "", false},
		{"coarse and decided, flat ground says otherwise", 926, 800, 10, "over", lowsky.Caution, false, lowsky.HeightEnvelope, false},
		{"a bound that is none", 10, lowsky.Metres(math.Inf(1)), 0, "", 0, false, "", true},
	} {
		t.Run("HL-5 "+c.name, func(t *testing.T) {
			s := flying()
			s.AGL = lowsky.HeightEvidence{Metres: lowsky.Some(c.agl), From: lowsky.HeightTerrain, Bound: lowsky.Some(c.bound)}
			if c.bound > 30 {
				s.AGL.From = lowsky.HeightEnvelope
			}
			if c.flat > 0 {
				s.AGL.Flat = lowsky.Some(lowsky.Metres(c.flat))
			}
			v := check(NewHeightLimit(), s)
			switch {
			case c.unjudged:
				if why := v.reason(t); why != lowsky.ReasonNoTerrain {
					t.Errorf("%+v", v)
				}
			case c.variant == "":
				if !v.clear() {
					t.Errorf("%+v, want clear", v)
				}
			default:
				f := v.one(t)
				if f.Variant != c.variant || f.Severity != c.severity || f.Suspected != c.suspect || f.Height != c.from {
					t.Errorf("%s %s suspected %v from %s", f.Variant, f.Severity, f.Suspected, f.Height)
				}
				if f.Height == lowsky.HeightFlatAssumed && f.Note != noteFlatGround {
					t.Errorf("note %q", f.Note)
				}
			}
		})
	}
}

// SP-1
func TestSpeedLimit(t *testing.T) {
	for _, c := range []struct {
		name     string
		aircraft *lowsky.Aircraft
		kmh      float64
		variant  string
		severity lowsky.Severity
		suspect  bool
	}{
		{"micro at", &lowsky.Aircraft{Class: lowsky.Micro}, 40, "", 0, false},
		{"micro above", &lowsky.Aircraft{Class: lowsky.Micro}, 41, "over", lowsky.Advisory, true},
		{"micro beyond the margin", &lowsky.Aircraft{Class: lowsky.Micro}, 45, "over", lowsky.Advisory, false},
		{"light at", &lowsky.Aircraft{Class: lowsky.Light}, 100, "", 0, false},
		{"light above", &lowsky.Aircraft{Class: lowsky.Light}, 111, "over", lowsky.Advisory, false},
		{"light far above", &lowsky.Aircraft{Class: lowsky.Light}, 126, "far_over", lowsky.Caution, false},
		{"small has none", &lowsky.Aircraft{Class: lowsky.Small}, 200, "", 0, false},
		{"medium has none", &lowsky.Aircraft{Class: lowsky.Medium}, 200, "", 0, false},
		{"large has none", &lowsky.Aircraft{Class: lowsky.Large}, 200, "", 0, false},
		{"agricultural at", &lowsky.Aircraft{Class: lowsky.Medium, Agricultural: true}, 50, "", 0, false},
		{"agricultural above", &lowsky.Aircraft{Class: lowsky.Medium, Agricultural: true}, 56, "over", lowsky.Advisory, false},
		{"unknown has none", nil, 200, "", 0, false},
	} {
		t.Run("SP-1 "+c.name, func(t *testing.T) {
			s := flying()
			s.Aircraft, s.Track.GroundSpeed = c.aircraft, aged(lowsky.MetresPerSecond(c.kmh/3.6))
			v := check(NewSpeedLimit(), s)
			if c.variant == "" {
				if !v.clear() {
					t.Fatalf("%+v, want clear", v)
				}
				return
			}
			if f := v.one(t); f.Variant != c.variant || f.Severity != c.severity || f.Suspected != c.suspect || f.Unit != "m/s" {
				t.Errorf("%+v", f)
			}
		})
	}
	s := flying()
	s.Track.GroundSpeed.At = now.Add(-time.Minute)
	if why := check(NewSpeedLimit(), s).reason(t); why != lowsky.ReasonNoSpeed {
		t.Error(why)
	}
	s.Aircraft = nil
	if v := check(NewSpeedLimit(), s); !v.clear() {
		t.Errorf("no limit needs no speed: %+v", v)
	}
	p := NewSpeedLimit()
	p.Unknown = At(100)
	s.Track.GroundSpeed = aged[lowsky.MetresPerSecond](40)
	if f := check(p, s).one(t); f.Note != noteClassUnknown {
		t.Errorf("%+v", f)
	}
}

// BA-1
func TestBattery(t *testing.T) {
	for _, c := range []struct {
		level, need lowsky.Percent // need 0: not reported
		variant     string
		severity    lowsky.Severity
	}{
		{31, 0, "", 0},
		{30, 0, "low", lowsky.Advisory},
		{21, 0, "low", lowsky.Advisory},
		{20, 0, "very_low", lowsky.Caution},
		{11, 0, "very_low", lowsky.Caution},
		{10, 0, "critical", lowsky.Warning},
		{0, 0, "critical", lowsky.Warning},
		{45, 46, "below_return_need", lowsky.Warning},
		{45, 45, "", 0},
		{25, 20, "low", lowsky.Advisory},
		{8, 15, "below_return_need", lowsky.Warning},
	} {
		s := flying()
		s.Track.Battery = aged(c.level)
		if c.need > 0 {
			s.Track.ReturnNeed = aged(c.need)
		}
		v := check(NewBattery(), s)
		if c.variant == "" {
			if !v.clear() {
				t.Errorf("%v %%, needs %v: %+v, want clear", c.level, c.need, v)
			}
			continue
		}
		f := v.one(t)
		if f.Variant != c.variant || f.Severity != c.severity || f.Unit != "%" || f.Measured.Value+f.Margin.Value != f.Limit.Value {
			t.Errorf("%v %%, needs %v: %+v", c.level, c.need, f)
		}
	}
	s := flying()
	s.Track.Battery.At = now.Add(-61 * time.Second)
	if why := check(NewBattery(), s).reason(t); why != lowsky.ReasonNoBattery {
		t.Error(why)
	}
}
