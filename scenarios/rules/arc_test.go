package rules

import (
	"testing"
	"time"

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
