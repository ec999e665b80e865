package rules

import (
	"testing"
	"time"

	"lowsky"
)

// ID-1
func TestIdentity(t *testing.T) {
	set := func(r lowsky.ZoneRelation, f func(*lowsky.ZoneRelation)) lowsky.ZoneRelation { f(&r); return r }
	for _, c := range []struct {
		name     string
		zones    []lowsky.ZoneRelation
		severity lowsky.Severity
	}{
		{"nowhere", nil, lowsky.Advisory},
		{"in a zone by authorisation", []lowsky.ZoneRelation{inside(zone(lowsky.RequiresAuthorisation), 1)}, lowsky.Caution},
		{"in a prohibited zone", []lowsky.ZoneRelation{inside(zone(lowsky.Prohibited), 50)}, lowsky.Caution},
		{"in a conditional zone", []lowsky.ZoneRelation{inside(zone(lowsky.Conditional), 50)}, lowsky.Advisory},
		{"near one", []lowsky.ZoneRelation{near(zone(lowsky.Prohibited), 5)}, lowsky.Advisory},
		{"in one that does not apply now", []lowsky.ZoneRelation{set(inside(zone(lowsky.Prohibited), 50), func(r *lowsky.ZoneRelation) { r.Active = false })}, lowsky.Advisory},
		{"above one", []lowsky.ZoneRelation{set(inside(zone(lowsky.Prohibited), 50), func(r *lowsky.ZoneRelation) { r.Vertical.State = lowsky.VerticalAbove })}, lowsky.Advisory},
	} {
		s := flying()
		s.Aircraft, s.Zones = nil, c.zones
		f := check(NewIdentity(), s).one(t)
		if f.Severity != c.severity || f.Subject != (lowsky.Subject{}) || (f.Zone != nil) != (c.severity == lowsky.Caution) {
			t.Errorf("ID-1 %s: %+v", c.name, f)
		}
	}
	s := flying()
	s.Aircraft, s.Position, s.ZonesOK = nil, lowsky.Opt[lowsky.Position]{}, false
	if f := check(NewIdentity(), s).one(t); f.Severity != lowsky.Advisory {
		t.Errorf("ID-1 without a position: %+v", f)
	}
}

// ID-2: two under one id, registered or not; for as long as the other one is heard and 15 s more.
func TestIdentityInTwoPlaces(t *testing.T) {
	for _, c := range []struct {
		ago   time.Duration
		found bool
	}{{0, true}, {15 * time.Second, true}, {15*time.Second + time.Millisecond, false}} {
		s := flying()
		s.Track.ElsewhereAt = s.Now.Add(-c.ago)
		got := check(NewIdentity(), s)
		if len(got.found) != map[bool]int{true: 1, false: 0}[c.found] {
			t.Errorf("ID-2 %s ago: %+v", c.ago, got.found)
			continue
		}
		if c.found && (got.found[0].Severity != lowsky.Caution || got.found[0].Variant != "two_places") {
			t.Errorf("ID-2: %+v", got.found[0])
		}
	}
}

// EM-1
func TestEmergency(t *testing.T) {
	for variant, set := range map[string]func(*lowsky.Track){
		"declared":       func(tr *lowsky.Track) { tr.Status = aged(lowsky.StatusEmergency) },
		"forced_landing": func(tr *lowsky.Track) { tr.ForcedLanding = aged(true) },
		"hms": func(tr *lowsky.Track) {
			tr.HMS = aged([]lowsky.HMSAlarm{{Level: 1, InTheSky: true}, {Level: 2, InTheSky: true}})
		},
		"": func(tr *lowsky.Track) { tr.HMS = aged([]lowsky.HMSAlarm{{Level: 2}, {Level: 1, InTheSky: true}}) },
	} {
		s := flying()
		set(s.Track)
		v := check(NewEmergency(), s)
		if variant == "" {
			if !v.clear() {
				t.Errorf("EM-1 on the ground or of a lower level: %+v", v)
			}
			continue
		}
		if f := v.one(t); f.Variant != variant || f.Severity != lowsky.Warning || f.Suspected {
			t.Errorf("EM-1 %+v, want %s", f, variant)
		}
	}
	// It stands while the aircraft says nothing else.
	s := flying()
	s.Track.Status = lowsky.Aged[lowsky.FlightStatus]{Value: lowsky.StatusEmergency, At: now.Add(-time.Hour)}
	check(NewEmergency(), s).one(t)
}

// SI-1
func TestSilence(t *testing.T) {
	silent := func(d, interval time.Duration) *lowsky.Situation {
		s := flying()
		s.On, s.Report = lowsky.EachTick, nil
		s.Track.ReceivedAt, s.Track.Interval = now.Add(-d), interval
		s.Track.AirborneSince = now.Add(-10 * time.Minute)
		return s
	}
	for _, c := range []struct {
		silence, interval time.Duration
		variant           string
		severity          lowsky.Severity
	}{
		{10 * time.Second, time.Second, "", 0},
		{10*time.Second + time.Millisecond, time.Second, "silent", lowsky.Caution},
		{15 * time.Second, 5 * time.Second, "", 0}, // before the interval is learned
		{15*time.Second + time.Millisecond, 5 * time.Second, "silent", lowsky.Caution},
		{60 * time.Second, time.Second, "silent", lowsky.Caution},
		{60*time.Second + time.Millisecond, time.Second, "long_silent", lowsky.Warning},
		{179 * time.Second, time.Minute, "", 0},
		{181 * time.Second, time.Minute, "long_silent", lowsky.Warning},
		{301 * time.Second, time.Hour, "long_silent", lowsky.Warning}, // it cannot slip away
		{-time.Second, time.Second, "", 0},
	} {
		v := check(NewSilence(), silent(c.silence, c.interval))
		if c.variant == "" {
			if !v.clear() {
				t.Errorf("SI-1 %v of %v: %+v, want clear", c.silence, c.interval, v)
			}
			continue
		}
		if f := v.one(t); f.Variant != c.variant || f.Severity != c.severity || f.Unit != "s" {
			t.Errorf("SI-1 %v of %v: %+v", c.silence, c.interval, f)
		}
	}

	s := silent(time.Minute, time.Second)
	s.Source.Down = true
	if why := check(NewSilence(), s).reason(t); why != lowsky.ReasonSourceDown {
		t.Error(why)
	}
	s.Source.ID = "direct:l-12" // no gateway that could be down
	check(NewSilence(), s).one(t)
	s.Source = nil
	check(NewSilence(), s).one(t)

	s = silent(time.Minute, time.Second)
	s.Source.Down, s.Source.Presumed = true, true // nobody said that the gateway is down: the aircraft may be
	check(NewSilence(), s).one(t)

	s = silent(5*time.Minute, time.Second) // its gateway came back a while ago
	s.Track.SilenceFrom = now.Add(-10 * time.Second)
	if why := check(NewSilence(), s).reason(t); why != lowsky.ReasonSilent {
		t.Error(why)
	}
	s.Track.SilenceFrom = now.Add(-11 * time.Second)
	if f := check(NewSilence(), s).one(t); f.Severity != lowsky.Caution || f.Measured.Value != 300 {
		t.Errorf("SI-1 counted from the gateway's return: %+v", f)
	}
	s.Track.SaidGround = true
	if v := check(NewSilence(), s); !v.clear() {
		t.Errorf("SI-1 its last word was from the ground: %+v", v)
	}

	s = silent(time.Minute, time.Second)
	s.Track.Offline, s.Track.DroneInDock = aged(true), aged(true)
	if v := check(NewSilence(), s); !v.clear() {
		t.Errorf("SI-1 in its dock: %+v", v)
	}
	s.Track.DroneInDock.At = now.Add(-11 * time.Minute) // said before it took off
	check(NewSilence(), s).one(t)
	s.Track.DroneInDock = aged(false)
	check(NewSilence(), s).one(t) // taken off the network in the air
}

// C2-1
func TestC2Loss(t *testing.T) {
	s := flying()
	s.Track.C2Lost = aged(true)
	if f := check(NewC2Loss(), s).one(t); f.Severity != lowsky.Caution {
		t.Errorf("%+v", f)
	}
	s.Track.C2Lost = aged(false)
	if v := check(NewC2Loss(), s); !v.clear() {
		t.Errorf("%+v", v)
	}
}

// SO-1
func TestSourceDown(t *testing.T) {
	s := &lowsky.Situation{Now: now, On: lowsky.EachTickGroup, Source: &lowsky.SourceState{ID: "gw-1", Down: true, DownSince: now.Add(-12 * time.Second)}}
	if f := check(NewSourceDown(), s).one(t); f.Severity != lowsky.Info || f.Variant != "down" || f.Measured.Value != 12 {
		t.Errorf("%+v", f)
	}
	s.Dependants = 1
	if f := check(NewSourceDown(), s).one(t); f.Severity != lowsky.Caution || f.Variant != "down_in_use" {
		t.Errorf("%+v", f)
	}
	s.Source.Down = false
	if v := check(NewSourceDown(), s); !v.clear() {
		t.Errorf("%+v", v)
	}
}
