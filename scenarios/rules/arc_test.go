package rules

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// ZE-10: an aircraft that circles beside a zone points at it once a round and is not told of; one whose arc leads in is, and
// so is one that is nearly there, or of which nobody knows that it turns.
//
//	zone: circle of 300 m, its rim 150 m east of the aircraft, which flies east at 8 m/s: there in 19 s.
func TestTurnsAway(t *testing.T) {
	for _, c := range []struct {
		name  string
		rate  lowsky.Degrees // per second
		entry time.Duration
		found bool
	}{
		{"straight on", 0, 19 * time.Second, true},
		{"circles to the right, radius 51 m", 9, 19 * time.Second, false},
		{"circles to the left", -9, 19 * time.Second, false},
		{"a wide turn, radius 229 m, that still leads in", 2, 19 * time.Second, true},
		{"radius 183 m: the round comes within 6 m of the rim, less than the margin", 2.5, 19 * time.Second, true},
		{"radius 153 m: 27 m from the rim", 3, 19 * time.Second, false},
		{"nearly there", 9, 6 * time.Second, true},
		{"not quite", 9, 6001 * time.Millisecond, false},
	} {
		z := zone(lowsky.Prohibited)
		s := flying()
		p := s.Position.Value
		east := p
		east.Longitude += 0.001
		perDegree := float64(airspace.Distance(p, east)) / 0.001
		z.Geometry = lowsky.Geometry{Centre: p.Point(), Radius: 300}
		z.Geometry.Centre[0] += 450 / perDegree
		s.Track.GroundSpeed, s.Track.Course = aged(lowsky.MetresPerSecond(8)), aged(lowsky.Degrees(90))
		s.Zones, s.ZonesOK, s.TurnRate = []lowsky.ZoneRelation{entering(z, c.entry)}, true, c.rate
		v := check(NewZoneEntry(), s)
		if got := len(v.found) == 1 && v.found[0].Variant == PhasePredicted; got != c.found {
			t.Errorf("ZE-10 %s: found %+v, unjudged %+v", c.name, v.found, v.unjudged)
		}
	}
}

// ZE-10: turning away from the inside of a warning band is still near.
func TestTurnsAwayButNear(t *testing.T) {
	z := zone(lowsky.Prohibited)
	z.WarningBand = lowsky.Some[lowsky.Metres](200)
	s := flying()
	z.Geometry = lowsky.Geometry{Centre: s.Position.Value.Point(), Radius: 300}
	z.Geometry.Centre[1] += 450 / 110_862.
	s.Track.GroundSpeed, s.Track.Course = aged(lowsky.MetresPerSecond(8)), aged(lowsky.Degrees(0))
	s.Zones, s.ZonesOK, s.TurnRate = []lowsky.ZoneRelation{entering(z, 19*time.Second)}, true, 9
	if f := check(NewZoneEntry(), s).one(t); f.Variant != PhaseNear {
		t.Errorf("ZE-10: %+v", f)
	}
}

// ZE-11: a strip of 14 m flown through with one report in the middle of it: the way out alone could be an error, the whole
// way could not. One that went in by 5 m and came back out is still suspected. Margin and accuracy together are 7 m.
func TestPassageWithAReportInside(t *testing.T) {
	start := lowsky.Position{Longitude: 114.3, Latitude: 29.85}
	at := func(east lowsky.Metres) lowsky.Position { return airspace.Offset(start, 90, east) }
	strip := *zone(lowsky.Prohibited)
	strip.Geometry = lowsky.Geometry{Line: orb.LineString{
		airspace.Offset(at(0), 180, 500).Point(), airspace.Offset(at(0), 0, 500).Point(),
	}, Width: 14}
	for _, c := range []struct {
		name    string
		fixes   []lowsky.Metres // east of the middle of the strip, a second apart
		wasIn   bool
		suspect bool
	}{
		{"straight through", []lowsky.Metres{-48, -24, 0, 24}, true, false},
		{"with two inside", []lowsky.Metres{-24, -5, 5, 24}, true, false},
		{"in by 5 m and back", []lowsky.Metres{-48, -24, -2, -24}, true, true},
		{"no report inside", []lowsky.Metres{-36, -12, 12}, false, false},
	} {
		s := flying()
		s.History = nil
		for i, east := range c.fixes {
			s.History = append(s.History, lowsky.TrackPoint{Position: at(east), At: now.Add(time.Duration(i+1-len(c.fixes)) * time.Second)})
		}
		s.Position = lowsky.Some(at(c.fixes[len(c.fixes)-1]))
		r := near(&strip, 17)
		r.Crossed, r.WasIn, r.Stayed = true, c.wasIn, time.Second
		s.Zones = []lowsky.ZoneRelation{r}
		if f := check(crossing(), s).one(t); f.Suspected != c.suspect || f.Variant != PhaseCrossed {
			t.Errorf("ZE-11 %s: %s suspected %v", c.name, f.Variant, f.Suspected)
		}
	}
}
