package rules

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

func zone(r lowsky.Restriction) *lowsky.Zone {
	return &lowsky.Zone{ID: "z-1", Version: 3, Restriction: r, Name: lowsky.Text{ZH: "演示·区", EN: "Demo zone"}}
}

func within(margin lowsky.Metres) lowsky.Vertical {
	return lowsky.Vertical{State: lowsky.VerticalWithin, Margin: lowsky.Some(margin), Datum: lowsky.AGL}
}

// inside is depth metres behind the rim, in the middle of the height band.
func inside(z *lowsky.Zone, depth lowsky.Metres) lowsky.ZoneRelation {
	return lowsky.ZoneRelation{Zone: z, Active: true, Inside: true, Distance: -depth, EnteredAt: now.Add(-2 * time.Second), Vertical: within(40)}
}

func near(z *lowsky.Zone, distance lowsky.Metres) lowsky.ZoneRelation {
	return lowsky.ZoneRelation{Zone: z, Active: true, Distance: distance, Vertical: within(40)}
}

func entering(z *lowsky.Zone, in time.Duration) lowsky.ZoneRelation {
	r := near(z, 150)
	r.Entry = lowsky.Some(in)
	return r
}

func crossing() *ZoneEntry {
	p := NewZoneEntry()
	p.Phases = []string{PhaseCrossed, PhasePossible}
	return p
}

func TestZoneEntryPhases(t *testing.T) {
	set := func(r lowsky.ZoneRelation, f func(*lowsky.ZoneRelation)) lowsky.ZoneRelation { f(&r); return r }
	assumed := func(r *lowsky.ZoneRelation) { r.Vertical.Assumed = true }
	crossed := func(r *lowsky.ZoneRelation) { r.Crossed = true }
	possible := func(r *lowsky.ZoneRelation) { r.Crossed, r.Possible = true, true }
	vertical := func(s lowsky.VerticalState) func(*lowsky.ZoneRelation) {
		return func(r *lowsky.ZoneRelation) {
			r.Vertical = lowsky.Vertical{State: s, Margin: lowsky.Some[lowsky.Metres](-5)}
		}
	}
	prohibited, authorisation := zone(lowsky.Prohibited), zone(lowsky.RequiresAuthorisation)
	conditional := NewZoneEntry()
	conditional.ConditionalZones = true
	banded := zone(lowsky.Prohibited)
	banded.WarningBand = lowsky.Some[lowsky.Metres](100)

	for _, c := range []struct {
		name     string // with the requirement it proves
		rule     *ZoneEntry
		relation lowsky.ZoneRelation
		variant  string // "" for clear
		severity lowsky.Severity
		suspect  bool
	}{
		{"ZE-1 predicted in 29.9 s", nil, entering(prohibited, 29900*time.Millisecond), "predicted", lowsky.Caution, false},
		{"ZE-1 predicted in exactly 30 s", nil, entering(prohibited, 30*time.Second), "predicted", lowsky.Caution, false},
		{"ZE-1 predicted in 30.1 s", nil, entering(prohibited, 30100*time.Millisecond), "", 0, false},
		{"ZE-1 inside a prohibited zone", nil, inside(prohibited, 50), "inside", lowsky.Warning, false},
		{"ZE-1 inside, by authorisation", nil, inside(authorisation, 50), "inside", lowsky.Warning, false},
		{"ZE-1 one finding, the highest phase", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Entry = lowsky.Some(time.Second) }), "inside", lowsky.Warning, false},
		{"ZE-1 10 m outside", nil, near(prohibited, 10), "", 0, false},

		{"ZE-2 above the ceiling", nil, set(inside(prohibited, 50), vertical(lowsky.VerticalAbove)), "", 0, false},
		{"ZE-2 below the floor", nil, set(inside(prohibited, 50), vertical(lowsky.VerticalBelow)), "", 0, false},
		{"ZE-2 above, descending into it", nil, set(set(inside(prohibited, 50), vertical(lowsky.VerticalAbove)), func(r *lowsky.ZoneRelation) { r.Entry = lowsky.Some(10 * time.Second) }), "predicted", lowsky.Caution, false},
		{"ZE-2 flat ground assumed", nil, set(inside(prohibited, 50), assumed), "inside", lowsky.Caution, false},
		{"ZE-2 no limits at all", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Vertical = lowsky.Vertical{State: lowsky.VerticalWithin} }), "inside", lowsky.Warning, false},

		{"ZE-4 on the rim", nil, inside(prohibited, 0), "inside", lowsky.Warning, true},
		{"ZE-4 as deep as margin and accuracy", nil, inside(prohibited, 7), "inside", lowsky.Warning, true},
		{"ZE-4 deeper than margin and accuracy", nil, inside(prohibited, 7.1), "inside", lowsky.Warning, false},
		{"ZE-4 3 m below the ceiling, accuracy 3", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Vertical = within(3) }), "inside", lowsky.Warning, true},
		{"ZE-4 3.1 m below the ceiling", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Vertical = within(3.1) }), "inside", lowsky.Warning, false},
		{"ZE-4 6 m deep for 30 s", nil, set(inside(prohibited, 6), func(r *lowsky.ZoneRelation) { r.EnteredAt = now.Add(-30 * time.Second) }), "inside", lowsky.Warning, false},
		{"ZE-4 the margin stays", nil, set(inside(prohibited, 5), func(r *lowsky.ZoneRelation) { r.EnteredAt = now.Add(-time.Hour) }), "inside", lowsky.Warning, true},

		{"ZE-5 crossed", crossing(), set(near(prohibited, 30), crossed), "crossed", lowsky.Warning, false},
		{"ZE-5 possibly crossed", crossing(), set(near(prohibited, 30), possible), "possible", lowsky.Advisory, false},
		{"ZE-5 crossed above it", crossing(), set(set(near(prohibited, 30), crossed), vertical(lowsky.VerticalAbove)), "", 0, false},
		{"ZE-5 not this rule's phase", nil, set(near(prohibited, 30), crossed), "", 0, false},
		{"ZE-5 inside is the other rule's", crossing(), inside(prohibited, 50), "", 0, false},

		{"ZE-8 its exemption fits", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Exempt = true }), "", 0, false},
		{"ZE-9 outside the warning band", nil, near(banded, 100.1), "", 0, false},
		{"ZE-9 at the edge of the warning band", nil, near(banded, 100), "near", lowsky.Advisory, true},
		{"ZE-9 in the warning band, beyond the accuracy", nil, near(banded, 97.9), "near", lowsky.Advisory, false},
		{"ZE-9 in the band and predicted", nil, entering(banded, 20*time.Second), "predicted", lowsky.Caution, false},
		{"ZE-9 in the band of the map, above the zone", nil, set(near(banded, 20), vertical(lowsky.VerticalAbove)), "", 0, false},
		{"ZE-9 not this rule's phase", crossing(), near(banded, 20), "", 0, false},
		{"ZE-6 does not apply now", nil, set(inside(prohibited, 50), func(r *lowsky.ZoneRelation) { r.Active = false }), "", 0, false},
		{"ZE-6 conditional", nil, inside(zone(lowsky.Conditional), 50), "", 0, false},
		{"ZE-6 conditional, asked for", conditional, inside(zone(lowsky.Conditional), 50), "conditional", lowsky.Advisory, false},
		{"ZE-6 no restriction", nil, inside(zone(lowsky.NoRestriction), 50), "", 0, false},
		{"ZE-6 no restriction, conditional asked for", conditional, inside(zone(lowsky.NoRestriction), 50), "", 0, false},
		{"ZE-6 a word nobody knows", nil, inside(zone("no_go"), 50), "inside", lowsky.Warning, false},
		{"ZE-6 no word", nil, inside(zone(""), 50), "inside", lowsky.Warning, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := c.rule
			if rule == nil {
				rule = NewZoneEntry()
			}
			s := flying()
			s.Zones = []lowsky.ZoneRelation{c.relation}
			v := check(rule, s)
			if c.variant == "" {
				if !v.clear() {
					t.Fatalf("%+v, want clear", v)
				}
				return
			}
			f := v.one(t)
			if f.Variant != c.variant || f.Severity != c.severity || f.Suspected != c.suspect {
				t.Errorf("%s %s suspected %v, want %s %s %v", f.Variant, f.Severity, f.Suspected, c.variant, c.severity, c.suspect)
			}
			if f.Zone != c.relation.Zone || f.Subject != (lowsky.Subject{Kind: lowsky.ObjectZone, ID: "z-1"}) {
				t.Errorf("zone %v, subject %v", f.Zone, f.Subject)
			}
			if c.relation.Vertical.Assumed && f.Note != noteFlatGround {
				t.Errorf("note %q", f.Note)
			}
		})
	}
}

// ZE-3, ALL-2: where the heights share no datum the zone is unjudged in every phase, and only there.
func TestZoneEntryUnjudged(t *testing.T) {
	unknown := lowsky.Vertical{Reason: lowsky.ReasonNoTerrain}
	for name, r := range map[string]lowsky.ZoneRelation{
		"inside":    inside(zone(lowsky.Prohibited), 50),
		"predicted": entering(zone(lowsky.Prohibited), 10*time.Second),
	} {
		r.Vertical = unknown
		s := flying()
		s.Zones = []lowsky.ZoneRelation{r}
		v := check(NewZoneEntry(), s)
		if why := v.reason(t); why != lowsky.ReasonNoTerrain || v.unjudged[0].Subject.ID != "z-1" {
			t.Errorf("%s: %+v", name, v.unjudged)
		}
	}
	crossed := near(zone(lowsky.Prohibited), 30)
	crossed.Crossed, crossed.Vertical = true, lowsky.Vertical{}
	s := flying()
	s.Zones = []lowsky.ZoneRelation{crossed}
	if why := check(crossing(), s).reason(t); why != lowsky.ReasonNoCommonDatum {
		t.Errorf("crossed: %s", why)
	}
	outside := near(zone(lowsky.Prohibited), 30)
	outside.Vertical = unknown
	s.Zones = []lowsky.ZoneRelation{outside}
	if v := check(NewZoneEntry(), s); !v.clear() {
		t.Errorf("outside, no height is needed: %+v", v)
	}

	for why, spoil := range map[lowsky.Reason]func(*lowsky.Situation){
		lowsky.ReasonNoPosition:      func(s *lowsky.Situation) { s.Position = lowsky.Opt[lowsky.Position]{} },
		lowsky.ReasonNoZones:         func(s *lowsky.Situation) { s.ZonesOK = false },
		lowsky.ReasonJumpUnconfirmed: func(s *lowsky.Situation) { s.Track.Unconfirmed = true },
	} {
		s := flying()
		s.Zones = []lowsky.ZoneRelation{inside(zone(lowsky.Prohibited), 50)}
		spoil(s)
		if got := check(NewZoneEntry(), s).reason(t); got != why {
			t.Errorf("%s, want %s", got, why)
		}
	}
	s = flying()
	s.Track.Position.At = now.Add(-6 * time.Second) // reports go on, without positions
	if got := check(NewZoneEntry(), s).reason(t); got != lowsky.ReasonNoPosition {
		t.Errorf("an old position: %s", got)
	}
}

// ZE-4: a device cannot hide behind a bad accuracy, nor gain by reporting nonsense.
func TestZoneEntryAccuracyIsBounded(t *testing.T) {
	for _, c := range []struct {
		reported lowsky.Aged[lowsky.Metres]
		depth    lowsky.Metres
		suspect  bool
	}{
		{aged[lowsky.Metres](5000), 35, true},
		{aged[lowsky.Metres](5000), 36, false}, // 30 + 5
		{lowsky.Aged[lowsky.Metres]{}, 10, true},
		{lowsky.Aged[lowsky.Metres]{}, 10.1, false}, // default 5 + 5
		{aged[lowsky.Metres](-3), 10, true},
		{aged[lowsky.Metres](0), 5.1, false},
		{lowsky.Aged[lowsky.Metres]{Value: 1, At: now.Add(-time.Minute)}, 10, true}, // old: default
	} {
		s := flying()
		s.Track.HorizontalAccuracy = c.reported
		s.Zones = []lowsky.ZoneRelation{inside(zone(lowsky.Prohibited), c.depth)}
		if f := check(NewZoneEntry(), s).one(t); f.Suspected != c.suspect {
			t.Errorf("accuracy %v, %v m deep: suspected %v", c.reported.Value, c.depth, f.Suspected)
		}
	}
}

// ZE-4, ZE-5: a crossing that position errors could make is suspected. Margin and accuracy together are 7 m.
//
//	  north
//	200 ┌──────┐          the strip: 10 m wide, 400 m long
//	    │ zone │  ║
//	  0 └──────┘  ║
//	   0      200  300–310 m east
func TestZoneCrossingGraze(t *testing.T) {
	at := func(east, north lowsky.Metres) lowsky.Position {
		p := airspace.Offset(lowsky.Position{Longitude: 114.3, Latitude: 29.85}, 90, east)
		return airspace.Offset(p, 0, north)
	}
	box := func(w, s, e, n lowsky.Metres) orb.Polygon {
		return orb.Polygon{{at(w, s).Point(), at(e, s).Point(), at(e, n).Point(), at(w, n).Point(), at(w, s).Point()}}
	}
	square, strip, circle := *zone(lowsky.Prohibited), *zone(lowsky.Prohibited), *zone(lowsky.Prohibited)
	square.Geometry.Polygons = orb.MultiPolygon{box(0, 0, 200, 200)}
	strip.Geometry.Polygons = orb.MultiPolygon{box(300, -100, 310, 300)}
	circle.Geometry = lowsky.Geometry{Centre: at(100, 100).Point(), Radius: 100}
	corridor, buffered, second := *zone(lowsky.Prohibited), square, strip
	corridor.Geometry = lowsky.Geometry{Line: orb.LineString{at(0, 0).Point(), at(200, 0).Point()}, Width: 40}
	buffered.Buffer = lowsky.Some[lowsky.Metres](50)
	second.Further = []lowsky.Volume3D{{Geometry: square.Geometry}}
	for _, c := range []struct {
		name     string
		zone     *lowsky.Zone
		from, to lowsky.Position
		suspect  bool
	}{
		{"through the square", &square, at(-30, 100), at(230, 100), false},
		{"a corner cut 3 m deep", &square, at(-20, 24), at(24, -20), true},
		{"a corner cut 20 m deep", &square, at(-20, 76), at(76, -20), false},
		{"along the rim, 2 m inside", &square, at(-20, 2), at(220, 2), true},
		{"along the rim, 20 m inside", &square, at(-20, 20), at(220, 20), false},
		{"through a strip of 10 m", &strip, at(280, 100), at(330, 100), false},
		{"across the end of the strip", &strip, at(280, 298), at(330, 298), true},
		{"through the circle", &circle, at(-30, 100), at(230, 100), false},
		{"touching the circle", &circle, at(-30, 197), at(230, 197), true},
		{"across the corridor", &corridor, at(100, -60), at(100, 60), false},
		{"along the edge of the corridor", &corridor, at(-40, 19), at(240, 19), true},
		{"through the buffer, past the square", &buffered, at(-60, -20), at(260, -20), false},
		{"along the edge of the buffer", &buffered, at(-60, -48), at(260, -48), true},
		{"through the second volume", &second, at(-30, 100), at(230, 100), false},
	} {
		s := flying()
		s.History = []lowsky.TrackPoint{{Position: c.from}, {Position: c.to}}
		s.Position = lowsky.Some(c.to)
		r := near(c.zone, 30)
		r.Crossed = true
		s.Zones = []lowsky.ZoneRelation{r}
		if f := check(crossing(), s).one(t); f.Suspected != c.suspect || f.Variant != PhaseCrossed {
			t.Errorf("%s: %s suspected %v", c.name, f.Variant, f.Suspected)
		}
	}
}

// ZE-5: the first report after a stay touches the zone with its segment, but reports saw the stay, long enough for the rule
// that looks for stays. A shorter one is a crossing.
func TestZoneCrossingAfterStay(t *testing.T) {
	for _, c := range []struct {
		wasIn  bool
		stayed time.Duration
		found  bool
	}{{true, 2 * time.Second, false}, {true, time.Minute, false}, {true, 1999 * time.Millisecond, true}, {true, 0, true}, {false, 0, true}} {
		s := flying()
		r := near(zone(lowsky.Prohibited), 50)
		r.Crossed, r.WasIn, r.Stayed = true, c.wasIn, c.stayed
		s.Zones = []lowsky.ZoneRelation{r}
		if v := check(crossing(), s); (len(v.found) == 1) != c.found {
			t.Errorf("%+v: %+v", c, v)
		}
	}
}

// A late report predicts nothing.
func TestZoneEntryLate(t *testing.T) {
	s := flying()
	s.Late, s.Report = true, &lowsky.TelemetryReport{Status: lowsky.Some(lowsky.StatusAirborne)}
	s.Zones = []lowsky.ZoneRelation{entering(zone(lowsky.Prohibited), time.Second)}
	if v := check(NewZoneEntry(), s); !v.clear() {
		t.Errorf("%+v", v)
	}
	s.Zones = []lowsky.ZoneRelation{inside(zone(lowsky.Prohibited), 50)}
	check(NewZoneEntry(), s).one(t)
}

// One finding per zone, zones beside each other independent.
func TestZoneEntrySeveralZones(t *testing.T) {
	a, b, c := *zone(lowsky.Prohibited), *zone(lowsky.RequiresAuthorisation), *zone(lowsky.Prohibited)
	a.ID, b.ID, c.ID = "a", "b", "c"
	unknown := inside(&c, 50)
	unknown.Vertical = lowsky.Vertical{}
	s := flying()
	s.Zones = []lowsky.ZoneRelation{inside(&a, 50), entering(&b, 5*time.Second), unknown}
	v := check(NewZoneEntry(), s)
	if len(v.found) != 2 || v.found[0].Subject.ID != "a" || v.found[1].Subject.ID != "b" || len(v.unjudged) != 1 || v.unjudged[0].Subject.ID != "c" {
		t.Errorf("%+v", v)
	}
}

// ZE-7: above the band on the assumption of flat ground only is not clear: the ground may rise.
func TestZoneEntryAboveByAssumptionIsUnjudged(t *testing.T) {
	for _, state := range []lowsky.VerticalState{lowsky.VerticalAbove, lowsky.VerticalBelow} {
		s := flying()
		r := inside(zone(lowsky.Prohibited), 50)
		r.Vertical = lowsky.Vertical{State: state, Assumed: true, Margin: lowsky.Some[lowsky.Metres](-40)}
		s.Zones = []lowsky.ZoneRelation{r}
		v := check(NewZoneEntry(), s)
		if v.clear() || len(v.found) != 0 {
			t.Errorf("state %d: %+v, want unjudged", state, v)
		}
	}
}

// TestPoorVerticalAccuracyDoesNotHide: within 15 m of the ceiling an aircraft that claims 900 m is suspected, but not for good.
func TestPoorVerticalAccuracyDoesNotHide(t *testing.T) {
	r := inside(zone(lowsky.Prohibited), 100)
	r.Vertical = within(10)
	s := flying()
	s.Track.VerticalAccuracy = aged[lowsky.Metres](900)
	s.Zones, s.ZonesOK = []lowsky.ZoneRelation{r}, true
	if f := check(NewZoneEntry(), s).one(t); !f.Suspected {
		t.Error("not suspected at first")
	}
	s.Zones[0].EnteredAt = now.Add(-30 * time.Second)
	if f := check(NewZoneEntry(), s).one(t); f.Suspected {
		t.Error("still suspected after 30 s inside")
	}
}

// TestThroughTheBand: between two reports it sank through the band of a zone that it is over all the time.
func TestThroughTheBand(t *testing.T) {
	r := inside(zone(lowsky.Prohibited), 100)
	r.Vertical = lowsky.Vertical{State: lowsky.VerticalBelow, Margin: lowsky.Some[lowsky.Metres](-8), Datum: lowsky.AGL}
	r.Through = true
	s := flying()
	s.Zones, s.ZonesOK = []lowsky.ZoneRelation{r}, true
	if f := check(crossing(), s).one(t); f.Variant != PhaseCrossed || f.Severity != lowsky.Warning || f.Suspected {
		t.Errorf("%+v", f)
	}
	s.Zones[0].Possible = true
	if f := check(crossing(), s).one(t); f.Variant != PhasePossible || f.Severity != lowsky.Advisory {
		t.Errorf("%+v", f)
	}
	if v := check(NewZoneEntry(), s); !v.clear() {
		t.Errorf("it is not inside the band now: %+v", v)
	}
}

// ZE-10: a height that was converted is inside for certain only beyond the bound of that, however long it stays.
func TestZoneEntryVerticalBound(t *testing.T) {
	s := flying()
	s.Track.VerticalAccuracy = aged[lowsky.Metres](3)
	r := inside(zone(lowsky.Prohibited), 100)
	r.EnteredAt = now.Add(-time.Hour)
	for margin, suspected := range map[lowsky.Metres]bool{-20: true, 0: true, 23: true, 23.5: false} {
		r.Vertical.Margin, r.Vertical.Bound = lowsky.Some(margin), 20
		s.Zones = []lowsky.ZoneRelation{r}
		if f := check(NewZoneEntry(), s).one(t); f.Suspected != suspected {
			t.Errorf("margin %v ± 20 m: suspected %v", margin, f.Suspected)
		}
	}
}
