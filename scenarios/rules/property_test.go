package rules

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
)

// Whatever the situation: nothing panics, every finding has a variant that the pack must have a text for, a severity
// that can be shown and numbers that are numbers; and the same situation gives the same verdicts.
func TestAnySituation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := situation(t)
		for _, k := range Kinds {
			p := k.New()
			if z, ok := p.(*ZoneEntry); ok {
				z.Phases = []string{PhasePredicted, PhaseInside, PhaseCrossed, PhasePossible}
				z.ConditionalZones = rapid.Bool().Draw(t, "conditional_zones")
			}
			v := check(p, s)
			for _, f := range v.found {
				if !slices.Contains(p.Variants(), f.Variant) {
					t.Fatalf("%s: variant %q is not among %v", k.Name, f.Variant, p.Variants())
				}
				if f.Severity < lowsky.Info || f.Severity > lowsky.Warning {
					t.Fatalf("%s: severity %d", k.Name, f.Severity)
				}
				for _, n := range []lowsky.Opt[float64]{f.Measured, f.Limit, f.Margin, f.Accuracy} {
					if n.OK && !lowsky.Finite(n.Value) {
						t.Fatalf("%s: %+v", k.Name, f)
					}
				}
			}
			for _, u := range v.unjudged {
				if u.Reason == "" {
					t.Fatalf("%s: unjudged without a reason", k.Name)
				}
			}
			if again := check(p, s); len(again.found) != len(v.found) || len(again.unjudged) != len(v.unjudged) {
				t.Fatalf("%s: %+v, then %+v", k.Name, v, again)
			}
		}
	})
}

// ALL-2: a zone entry that would be found with a known height is never clear with an unknown one.
func TestUnknownHeightIsNeverClear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := situation(t)
		for i := range s.Zones {
			s.Zones[i].Vertical = lowsky.Vertical{State: lowsky.VerticalWithin}
		}
		known := check(NewZoneEntry(), s)
		for i := range s.Zones {
			s.Zones[i].Vertical = lowsky.Vertical{Reason: lowsky.ReasonNoTerrain}
		}
		unknown := check(NewZoneEntry(), s)
		if len(unknown.found) != 0 || len(unknown.unjudged) != len(known.found)+len(known.unjudged) {
			t.Fatalf("known %+v, unknown %+v", known, unknown)
		}
	})
}

func situation(t *rapid.T) *lowsky.Situation {
	number := rapid.OneOf(rapid.Float64Range(-50, 500), rapid.SampledFrom([]float64{0, 30, 50, 120, math.NaN(), math.Inf(1)}))
	age := func() time.Time { return now.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "age")) * time.Second) }
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	s := flying()
	tr := s.Track
	tr.Airborne = flag("airborne")
	tr.Unconfirmed = rapid.IntRange(0, 9).Draw(t, "unconfirmed") == 0
	tr.ReceivedAt = age()
	tr.GroundSpeed = lowsky.Aged[lowsky.MetresPerSecond]{Value: lowsky.MetresPerSecond(number.Draw(t, "speed")), At: age()}
	tr.Battery = lowsky.Aged[lowsky.Percent]{Value: lowsky.Percent(rapid.Float64Range(0, 100).Draw(t, "battery")), At: age()}
	tr.ReturnNeed = lowsky.Aged[lowsky.Percent]{Value: lowsky.Percent(rapid.Float64Range(0, 100).Draw(t, "need")), At: age()}
	tr.HorizontalAccuracy.Value = lowsky.Metres(number.Draw(t, "accuracy"))
	tr.VerticalAccuracy.Value = lowsky.Metres(number.Draw(t, "vertical accuracy"))
	tr.Status = aged(rapid.SampledFrom([]lowsky.FlightStatus{"", lowsky.StatusAirborne, lowsky.StatusEmergency}).Draw(t, "status"))
	tr.ForcedLanding, tr.C2Lost = aged(flag("forced")), aged(flag("c2"))
	tr.Offline, tr.DroneInDock = aged(flag("offline")), aged(flag("docked"))
	s.Late = flag("late")
	s.ZonesOK = flag("zones ok")
	s.Position.OK = flag("position")
	s.Source.Down, s.Dependants = flag("down"), rapid.IntRange(0, 3).Draw(t, "dependants")
	s.AGL = lowsky.HeightEvidence{Metres: lowsky.Opt[lowsky.Metres]{Value: lowsky.Metres(number.Draw(t, "agl")), OK: flag("height")},
		From: rapid.SampledFrom([]lowsky.HeightSource{lowsky.HeightReported, lowsky.HeightTerrain, lowsky.HeightFlatAssumed}).Draw(t, "from")}
	if math.IsInf(float64(s.AGL.Metres.Value), 0) {
		s.AGL.Metres.OK = false
	}
	if flag("unregistered") {
		s.Aircraft = nil
	} else {
		s.Aircraft = &lowsky.Aircraft{Class: rapid.SampledFrom([]lowsky.Class{"", lowsky.Micro, lowsky.Light, lowsky.Small, lowsky.Medium, lowsky.Large, "odd"}).Draw(t, "class"), Agricultural: flag("agricultural")}
	}
	for range rapid.IntRange(0, 4).Draw(t, "zones") {
		r := lowsky.ZoneRelation{
			Zone:   zone(rapid.SampledFrom([]lowsky.Restriction{lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction, "odd"}).Draw(t, "restriction")),
			Active: flag("active"), Inside: flag("inside"), Distance: lowsky.Metres(rapid.Float64Range(0, 300).Draw(t, "distance")),
			Vertical: lowsky.Vertical{State: lowsky.VerticalState(rapid.IntRange(0, 3).Draw(t, "vertical")), Assumed: flag("assumed")},
		}
		if r.Inside {
			r.Distance, r.EnteredAt = -r.Distance, age()
		} else {
			r.Crossed = flag("crossed")
			r.Possible = r.Crossed && flag("possible")
			r.Entry = lowsky.Opt[time.Duration]{Value: time.Duration(rapid.IntRange(1, 40).Draw(t, "entry")) * time.Second, OK: flag("entry?")}
		}
		s.Zones = append(s.Zones, r)
	}
	return s
}
