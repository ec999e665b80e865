package rules

import (
	"testing"
	"time"

	"lowsky"
)

// Requirement ids: what the issue and the house ask of the first slice. Tests name the ids that they prove.
//
//	ZE-1 predicted within 30 s is Caution, inside is Warning      HL-1 limits by class, exactly the limit is allowed
//	ZE-2 above and below the band is clear                        HL-2 flat ground is never above Caution
//	ZE-3 heights that cannot be compared: unjudged, never clear   HL-3 no evidence: unjudged
//	ZE-4 margin, reported accuracy: suspected                     HL-4 class unknown: 120 m and says so
//	ZE-5 crossings between reports                                ID-1 unknown Advisory, in a zone Caution
//	ZE-6 applicability, conditional zones, unknown words          SP-1 speed by class   BA-1 battery   EM-1 emergency
//	ALL-1 only airborne aircraft                                  SI-1 silence   C2-1 link   SO-1 source
//	ALL-2 "cannot judge" is never "clear"

var now = time.Date(2026, 10, 15, 6, 32, 7, 0, time.UTC)

// verdicts keeps what a rule said.
type verdicts struct {
	found    []lowsky.Finding
	unjudged []lowsky.Unjudged
}

func (v *verdicts) Found(f lowsky.Finding) { v.found = append(v.found, f) }
func (v *verdicts) Unjudged(s lowsky.Subject, r lowsky.Reason) {
	v.unjudged = append(v.unjudged, lowsky.Unjudged{Subject: s, Reason: r})
}

func check(p Params, s *lowsky.Situation) *verdicts {
	v := &verdicts{}
	p.Check(s, v)
	return v
}

// clear reports that nothing was found and nothing left open.
func (v *verdicts) clear() bool { return len(v.found) == 0 && len(v.unjudged) == 0 }

// one answers the only finding.
func (v *verdicts) one(t *testing.T) lowsky.Finding {
	t.Helper()
	if len(v.found) != 1 || len(v.unjudged) != 0 {
		t.Fatalf("found %+v, unjudged %+v; want one finding", v.found, v.unjudged)
	}
	return v.found[0]
}

// reason answers the only thing unjudged.
func (v *verdicts) reason(t *testing.T) lowsky.Reason {
	t.Helper()
	if len(v.found) != 0 || len(v.unjudged) != 1 {
		t.Fatalf("found %+v, unjudged %+v; want one unjudged", v.found, v.unjudged)
	}
	return v.unjudged[0].Reason
}

func aged[T any](v T) lowsky.Aged[T] { return lowsky.Aged[T]{Value: v, At: now} }

// flying is a registered light aircraft in the air, heard now, with nothing wrong.
func flying() *lowsky.Situation {
	p := lowsky.Position{Longitude: 114.3, Latitude: 29.85, AGL: lowsky.Some[lowsky.Metres](80)}
	return &lowsky.Situation{
		Now: now, On: lowsky.EachReport,
		Track: &lowsky.Track{
			ID: "l-12", Source: "gw-1", ReceivedAt: now, ObservedAt: now, Airborne: true, Interval: time.Second,
			Position: aged(p), GroundSpeed: aged[lowsky.MetresPerSecond](12), Battery: aged[lowsky.Percent](80),
			HorizontalAccuracy: aged[lowsky.Metres](2), VerticalAccuracy: aged[lowsky.Metres](3),
		},
		Report:   &lowsky.TelemetryReport{},
		Position: lowsky.Some(p), ZonesOK: true,
		Aircraft: &lowsky.Aircraft{ID: "l-12", Class: lowsky.Light},
		Source:   &lowsky.SourceState{ID: "gw-1", LastSeen: now},
		AGL:      lowsky.HeightEvidence{Metres: lowsky.Some[lowsky.Metres](80), From: lowsky.HeightReported},
	}
}

func TestTheListIsInOrder(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds {
		p := k.New()
		if seen[k.Name] || k.Hazard == "" || len(p.Variants()) == 0 {
			t.Errorf("%s: twice, without hazard or without variants", k.Name)
		}
		seen[k.Name] = true
		if err := p.Validate(); err != nil {
			t.Errorf("%s: the defaults are refused: %v", k.Name, err)
		}
		if got, ok := ByName(k.Name); !ok || got.Name != k.Name {
			t.Errorf("%s is not found", k.Name)
		}
	}
	if _, ok := ByName("zone entry"); ok {
		t.Error("an unknown kind is found")
	}
}

// ALL-1, and the clear path of every kind.
func TestNothingIsWrong(t *testing.T) {
	for _, k := range Kinds {
		s := flying()
		s.On = k.On
		if v := check(k.New(), s); !v.clear() {
			t.Errorf("%s: %+v", k.Name, v)
		}
	}
}

// ALL-1: an aircraft on the ground raises nothing, whatever it reports.
func TestOnTheGround(t *testing.T) {
	for _, k := range Kinds {
		if k.Name == "source_down" {
			continue // it judges a gateway
		}
		s := flying()
		s.Track.Airborne = false
		s.Track.ReceivedAt = now.Add(-time.Hour)
		s.Track.Battery = aged[lowsky.Percent](3)
		s.Track.GroundSpeed = aged[lowsky.MetresPerSecond](40)
		s.Track.C2Lost = aged(true)
		s.AGL.Metres = lowsky.Some[lowsky.Metres](500)
		s.Aircraft = nil
		s.Zones = []lowsky.ZoneRelation{inside(zone(lowsky.Prohibited), 100)}
		if v := check(k.New(), s); !v.clear() {
			t.Errorf("%s: %+v", k.Name, v)
		}
	}
}

// A late report is judged by its own fields, not by the track's.
func TestLateReport(t *testing.T) {
	s := flying()
	s.Late = true
	s.Track.Battery, s.Track.GroundSpeed = aged[lowsky.Percent](5), aged[lowsky.MetresPerSecond](60)
	s.Track.C2Lost, s.Track.Status = aged(true), aged(lowsky.StatusEmergency)
	s.Report = &lowsky.TelemetryReport{
		Battery: lowsky.Some[lowsky.Percent](70), GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](10),
		Status: lowsky.Some(lowsky.StatusAirborne),
	}
	for _, p := range []Params{NewBattery(), NewSpeedLimit(), NewC2Loss(), NewEmergency()} {
		if v := check(p, s); !v.clear() {
			t.Errorf("%T judged the track: %+v", p, v)
		}
	}
	s.Report.Battery, s.Report.GroundSpeed = lowsky.Some[lowsky.Percent](15), lowsky.Some[lowsky.MetresPerSecond](40)
	if f := check(NewBattery(), s).one(t); f.Measured.Value != 15 {
		t.Errorf("battery %v", f.Measured)
	}
	if f := check(NewSpeedLimit(), s).one(t); f.Measured.Value != 40 {
		t.Errorf("speed %v", f.Measured)
	}
	s.Report.Status = lowsky.Some(lowsky.StatusGround)
	if v := check(NewBattery(), s); !v.clear() {
		t.Errorf("it was on the ground then: %+v", v)
	}
	// Taking off, by its own speed, though the track was not airborne yet.
	s.Track.Airborne, s.Report.Status = false, lowsky.Opt[lowsky.FlightStatus]{}
	check(NewBattery(), s).one(t)
}

func BenchmarkClearPath(b *testing.B) {
	for _, k := range Kinds {
		b.Run(k.Name, func(b *testing.B) {
			s, p, v := flying(), k.New(), &verdicts{}
			s.Zones = []lowsky.ZoneRelation{near(zone(lowsky.Prohibited), 200), near(zone(lowsky.Conditional), 0)}
			b.ReportAllocs()
			for b.Loop() {
				p.Check(s, v)
			}
			if !v.clear() {
				b.Fatalf("%+v", v)
			}
		})
	}
}

// Check on the clear path must not allocate.
func TestClearPathDoesNotAllocate(t *testing.T) {
	for _, k := range Kinds {
		s, p, v := flying(), k.New(), &verdicts{}
		s.Zones = []lowsky.ZoneRelation{near(zone(lowsky.Prohibited), 200)}
		var out lowsky.Verdicts = v
		if n := testing.AllocsPerRun(100, func() { p.Check(s, out) }); n != 0 {
			t.Errorf("%s: %v allocations", k.Name, n)
		}
	}
}
