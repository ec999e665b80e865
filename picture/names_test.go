package picture

import (
	"slices"
	"testing"
	"time"

	"lowsky"
)

// entryA is registered with other names and a transponder.
func entryA() *lowsky.Aircraft {
	return &lowsky.Aircraft{
		ID: "A", Serial: "SN-1", RegistrationMark: "B-0001", RemoteIDs: []string{"RID1"}, ICAOAddress: "780abc",
		Class: lowsky.Light, Organisation: "acme",
	}
}

func (f *flight) register(entries ...*lowsky.Aircraft) []lowsky.Change {
	f.t.Helper()
	return f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Upsert: entries})
}

// under is a report of another name through a source of its own.
func under(id lowsky.AircraftID, s lowsky.SourceID) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Aircraft, r.Source = id, s }
}

func digest(n uint32) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Digest = n }
}

// newest answers the newest revision of each alert of an object.
func (f *flight) newest(o lowsky.Object) (out []*lowsky.Alert) {
	for _, a := range slices.Backward(f.alerts) {
		if a.Object == o && !slices.ContainsFunc(out, func(b *lowsky.Alert) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out
}

func aircraftObject(id string) lowsky.Object {
	return lowsky.Object{Kind: lowsky.ObjectAircraft, ID: id}
}

func TestEveryNameIsTheAircraft(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	for i, id := range []lowsky.AircraftID{"A", "SN-1", "B-0001", "RID1"} {
		f.now = f.now.Add(10 * time.Second)
		f.report(by(id), at(metres(lowsky.Metres(10*i), 0)))
	}
	if len(f.views) != 1 || f.views["A"] == nil || f.e.Tracks() != 1 || f.e.Counts().Jumps != 0 {
		t.Fatalf("tracks %v, counts %+v", f.views, f.e.Counts())
	}
	f.report(by("rid1")) // another id
	if f.e.Tracks() != 2 {
		t.Error("names are compared as they are written")
	}
}

// TestTwoReceiversOfOneAircraft: its own link and a Remote ID receiver, whose fixes are metres off and whose clock is
// behind, in the same seconds. One leads, nothing jumps, nothing is late, no source is missed.
func TestTwoReceiversOfOneAircraft(t *testing.T) {
	f := fly(t, Config{
		Packs: pack(batteryRule(0, 3*time.Second), insideRule(0, 3*time.Second), silenceRule(), sourceRule()), Aircraft: []*lowsky.Aircraft{entryA()},
		Zones: index(t, square("z", 1, 400, 0, 50)),
	})
	x, sources := lowsky.Metres(0), map[lowsky.SourceID]bool{}
	second := func(own, rid bool) {
		f.now = f.now.Add(600 * time.Millisecond)
		x += 9
		if own {
			f.report(under("A", "gw"), at(metres(x, 0)))
		}
		f.now = f.now.Add(400 * time.Millisecond)
		x += 6
		if rid {
			f.report(under("RID1", "receiver"), noBattery, at(metres(x-24, 18)), measured(f.now.Add(-1500*time.Millisecond)))
		}
		f.tick()
		if v := f.views["A"]; v != nil {
			sources[v.Source] = true
			if v.State == lowsky.TrackUnconfirmed {
				t.Fatalf("%v: unconfirmed", f.now.Sub(noon))
			}
		}
	}
	for range 60 {
		second(true, true)
	}
	c := f.e.Counts()
	if c.Jumps != 0 || c.Late != 0 || c.Refused != 0 || len(f.views) != 1 || len(sources) != 1 || !sources["gw"] {
		t.Fatalf("%+v, led by %v", c, sources)
	}
	if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedClear || a.Count != 1 {
		t.Errorf("through the zone and out: %+v", a)
	}
	f.wantNone(lowsky.HazardBattery)
	for range 30 { // its link is lost: the receiver goes on with it
		second(false, true)
	}
	if v := f.views["A"]; v.Source != "receiver" || f.now.Sub(v.ReceivedAt) > time.Second {
		t.Errorf("led by %s, heard %v ago", v.Source, f.now.Sub(v.ReceivedAt))
	}
	if c := f.e.Counts(); c.Jumps != 0 {
		t.Errorf("%+v", c)
	}
	for range 30 {
		second(true, true)
	}
	f.wantNone(lowsky.HazardSilence)
	f.wantNone(lowsky.HazardSource)
	f.pass(20 * time.Second)
	if open, _ := f.states(lowsky.HazardSilence); open+len(f.newest(lowsky.Object{Kind: lowsky.ObjectSource, ID: "gw"})) == 0 {
		t.Error("silent under all of its names, and not missed")
	}
}

// TestOneGatewayUnderTwoNames: the same gateway relays one instant as serial and as Remote ID.
func TestOneGatewayUnderTwoNames(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}, Packs: pack(silenceRule(), sourceRule())})
	for i := range 60 {
		f.now = f.now.Add(time.Second)
		x := lowsky.Metres(12 * i)
		f.report(under("SN-1", "gw"), digest(1), at(metres(x, 0)))
		f.report(under("RID1", "gw"), digest(2), at(metres(x, 40)))
		f.report(under("", "gw"), digest(3), noFix) // names only the gateway
		f.tick()
	}
	if c := f.e.Counts(); c.Jumps != 0 || c.Late != 0 || c.Repeats != 0 || c.Refused != 0 || f.e.Tracks() != 1 || len(f.alerts) != 0 {
		t.Errorf("%+v, %d tracks, %d alerts", c, f.e.Tracks(), len(f.alerts))
	}
	if p := f.views["A"].Position.Value; p.Latitude != home.Latitude {
		t.Error("two fixes were strung together")
	}
}

// TestBadNewsCountsWhoeverBringsIt: beside a leader that knows nothing of it.
func TestBadNewsCountsWhoeverBringsIt(t *testing.T) {
	rule := lowsky.Rule{ID: "sos", Hazard: lowsky.HazardEmergency, On: lowsky.EachReport, KeepFiring: 5 * time.Second,
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			if s.Track.Status.Value == lowsky.StatusEmergency || s.Track.Battery.Value < 20 || s.Track.C2Lost.Value {
				out.Found(lowsky.Finding{Severity: lowsky.Warning})
			}
		}}
	for name, opt := range map[string]func(*lowsky.TelemetryReport){
		"emergency": status(lowsky.StatusEmergency), "battery": battery(12), "link": func(r *lowsky.TelemetryReport) { r.C2Lost = lowsky.Some(true) },
	} {
		f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}, Packs: pack(rule)})
		for range 5 {
			f.now = f.now.Add(500 * time.Millisecond)
			f.report(by("A"))
			f.now = f.now.Add(500 * time.Millisecond)
			f.report(by("RID1"))
		}
		f.wantNone(lowsky.HazardEmergency)
		f.now = f.now.Add(100 * time.Millisecond)
		f.report(by("RID1"), opt)
		if a := f.want(lowsky.HazardEmergency, firing, lowsky.Warning); a.Object.ID != "A" {
			t.Errorf("%s: %+v", name, a.Object)
		}
		if v := f.views["A"]; v.Battery.Value != 80 {
			t.Errorf("%s: the leader's own words are gone: %+v", name, v)
		}
	}
}

// TestNameGivenInFlight: both tracks are there; one goes, and nothing that people did is lost.
func TestNameGivenInFlight(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second), silenceRule()), Aircraft: []*lowsky.Aircraft{{ID: "A"}}})
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(by("RID1"), battery(28))
		f.report(by("A"), noBattery)
	}
	old := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	f.must(f.as(nil, "wang", assigning(old.ID, lowsky.Assignee{Username: "zhao"})))
	remark := command(old.ID, lowsky.ActionComment)
	remark.Comment = "已联系飞手"
	f.must(remark)

	f.register(entryA())
	if !slices.Equal(f.gone, []lowsky.AircraftID{"RID1"}) || f.e.Tracks() != 1 {
		t.Fatalf("gone %v, %d tracks", f.gone, f.e.Tracks())
	}
	was, is := f.newest(aircraftObject("RID1"))[0], f.newest(aircraftObject("A"))[0]
	if was.ID != old.ID || was.State != resolved || was.ResolveReason != lowsky.ResolvedMerged || was.Open() {
		t.Errorf("the old one: %+v", was)
	}
	if is.State != firing || is.Severity != lowsky.Caution || is.Previous != old.ID || is.Rev != 1 || !is.RaisedAt.Equal(old.RaisedAt) ||
		is.Handling.AssignedTo.Username != "zhao" || is.Handling.State != lowsky.HandlingAssigned || len(is.Handling.Comments) != 1 ||
		is.Organisation != "acme" || is.Text != old.Text {
		t.Errorf("the new one: %+v", is)
	}
	f.must(f.as(nil, "wang", command(is.ID, lowsky.ActionAcknowledge)))
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(by("RID1"), battery(80))
		f.tick()
	}
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.ID != is.ID || a.ResolveReason != lowsky.ResolvedClear || f.e.Tracks() != 1 {
		t.Errorf("%+v", a)
	}
	f.wantNone(lowsky.HazardSilence)
}

// TestBothHaveTheAlert: the aircraft's own goes on and links the other; one that only suspects gives way.
func TestBothHaveTheAlert(t *testing.T) {
	for name, own := range map[string]lowsky.Percent{"firing": 28, "suspected": 25} {
		f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second)), Aircraft: []*lowsky.Aircraft{{ID: "A"}}})
		for range 3 {
			f.now = f.now.Add(time.Second)
			f.report(by("RID1"), battery(28))
			f.report(by("A"), battery(own))
		}
		other := f.newest(aircraftObject("RID1"))[0]
		f.register(entryA())
		open := 0
		for _, a := range f.newest(aircraftObject("A")) {
			if a.State != resolved {
				open++
				if a.State != firing || a.Previous != other.ID {
					t.Errorf("%s: %+v", name, a)
				}
			}
		}
		if open != 1 || f.open() != 1 {
			t.Errorf("%s: %d open of it, %d in all", name, open, f.open())
		}
	}
}

// TestMissedUnderItsOtherName: an aircraft that was last heard under the new name, and is silent, is missed still.
func TestMissedUnderItsOtherName(t *testing.T) {
	for name, before := range map[string]bool{"alone": false, "with an old track of its own": true} {
		f := fly(t, Config{Packs: pack(silenceRule())})
		if before {
			f.report(by("A"), status(lowsky.StatusGround))
		}
		for range 5 {
			f.now = f.now.Add(time.Second)
			f.report(by("RID1"), at(metres(100, 0)))
		}
		heard := f.now
		f.pass(30 * time.Second)
		old := f.want(lowsky.HazardSilence, firing, lowsky.Caution)
		f.register(entryA())
		f.pass(time.Minute)
		a := f.want(lowsky.HazardSilence, firing, lowsky.Warning)
		v := f.views["A"]
		if a.Object.ID != "A" || a.Previous != old.ID || v == nil || v.State != lowsky.TrackLost || !v.ReceivedAt.Equal(heard) ||
			v.Position.Value != metres(100, 0) || f.views["RID1"] != nil {
			t.Errorf("%s: %+v, %+v", name, a, v)
		}
	}
}

// TestNameTakenAway: its next report makes a track of its own.
func TestNameTakenAway(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	f.report(by("RID1"))
	changed := entryA()
	changed.RemoteIDs = nil
	f.register(changed)
	f.now = f.now.Add(time.Second)
	f.report(by("RID1"))
	if f.e.Tracks() != 2 || f.views["RID1"] == nil || f.views["RID1"].Registered || f.views["A"] == nil {
		t.Errorf("%v", f.views)
	}
	f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"A"}})
	f.now = f.now.Add(time.Second)
	f.report(by("SN-1"))
	if f.e.Tracks() != 3 {
		t.Error("the names of an entry that is gone still count")
	}
}

// TestNameThatIsAnotherEntry: an id of the register is nobody's other name, in whatever order the register was told; of
// two claims the lower id has it.
func TestNameThatIsAnotherEntry(t *testing.T) {
	entries := []*lowsky.Aircraft{
		{ID: "A", Serial: "B", RegistrationMark: "M"}, {ID: "B", RegistrationMark: "M", Serial: "A"}, {ID: "C", RemoteIDs: []string{"M", "N"}},
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		f := fly(t, Config{})
		for _, i := range order {
			f.register(entries[i])
		}
		for id, want := range map[lowsky.AircraftID]lowsky.AircraftID{"A": "A", "B": "B", "C": "C", "M": "A", "N": "C", "x": "x"} {
			if got := f.e.canonical(id); got != want {
				t.Errorf("%v: %s is %s, want %s", order, id, got, want)
			}
		}
		f.step(lowsky.RecordAircraft, lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"A", "B"}})
		if f.e.canonical("M") != "C" || f.e.canonical("A") != "A" || len(f.e.names.of) != 2 || len(f.e.names.claims) != 2 {
			t.Errorf("%v: %+v", order, f.e.names)
		}
	}
}

// TestStartUnderOtherNames: aircraft last seen and alerts raised under names that were registered meanwhile.
func TestStartUnderOtherNames(t *testing.T) {
	before := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second))})
	for range 3 {
		before.now = before.now.Add(time.Second)
		before.report(by("RID1"), battery(28))
	}
	saved := reread(t, before.want(lowsky.HazardBattery, firing, lowsky.Caution))
	f := fly(t, Config{
		Packs: pack(batteryRule(0, 2*time.Second), silenceRule()), Aircraft: []*lowsky.Aircraft{entryA()}, Alerts: []*lowsky.Alert{saved},
		LastSeen: []lowsky.LastSeen{
			{Aircraft: "A", Source: "direct:A", ReceivedAt: before.now.Add(-time.Minute), Position: lowsky.Some(home)},
			{Aircraft: "RID1", Source: "gw", ReceivedAt: before.now, Position: lowsky.Some(metres(50, 0))},
		},
	})
	f.now, f.seq = before.now.Add(10*time.Second), before.seq+10
	f.tick()
	v := f.views["A"]
	if len(f.views) != 1 || v == nil || v.Source != "gw" || v.Position.Value.Longitude != metres(50, 0).Longitude {
		t.Fatalf("%+v", f.views)
	}
	a := f.newest(aircraftObject("A"))[0]
	if old := f.newest(aircraftObject("RID1"))[0]; old.ResolveReason != lowsky.ResolvedMerged || a.Previous != saved.ID || a.State != firing {
		t.Errorf("%+v\n%+v", old, a)
	}
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(by("SN-1"))
		f.tick()
	}
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.Object.ID != "A" || f.e.Counts().Jumps != 0 {
		t.Errorf("%+v", a)
	}
}

// TestAlertOfNobodyHeardYet is carried over too, and shown as not judged.
func TestAlertOfNobodyHeardYet(t *testing.T) {
	before := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second))})
	before.reports(3*time.Second, by("RID1"), battery(28))
	saved := reread(t, before.last(lowsky.HazardBattery))
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second)), Alerts: []*lowsky.Alert{saved}})
	f.now, f.seq = before.now.Add(10*time.Second), before.seq+10
	f.register(entryA())
	f.pass(time.Minute)
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Object.ID != "A" || a.Previous != saved.ID || a.Frozen != lowsky.ReasonSilent {
		t.Errorf("%+v", a)
	}
}

// TestGatewayListsOtherNames: a topology, a dock and a health list that use another name mean the aircraft.
func TestGatewayListsOtherNames(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	f.report(under("SN-1", "gw"))
	f.step(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", Online: true, Complete: true, Aircraft: []lowsky.AircraftID{"B-0001"}, Models: []string{"M350"}})
	if v := f.views["A"]; v.State != lowsky.TrackAirborne || v.Model != "M350" {
		t.Errorf("%+v", v)
	}
	f.step(lowsky.RecordMessage, nil, &lowsky.DeviceEvent{Gateway: "gw", Aircraft: "RID1", Method: "hms", HMS: []lowsky.HMSAlarm{{Code: "x"}}})
	f.step(lowsky.RecordMessage, nil, &lowsky.StationReport{Source: "gw", Station: "dock", Aircraft: "RID1", DroneInDock: lowsky.Some(false)})
	if tr := f.e.byID["A"]; len(tr.HMS.Value) != 1 || tr.DroneInDock.At.IsZero() {
		t.Errorf("%+v", tr.Track)
	}
}

// TestSkippedUnderAnotherName is judged late as the aircraft's.
func TestSkippedUnderAnotherName(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	f.reports(3*time.Second, by("A"))
	r := &lowsky.TelemetryReport{Aircraft: "RID1", Source: "gw", MeasuredAt: f.now.Add(-time.Second), Battery: lowsky.Some(lowsky.Percent(18)), Status: lowsky.Some(lowsky.StatusAirborne)}
	f.step(lowsky.RecordLate, []uint64{2}, r)
	if a := f.last(lowsky.HazardBattery); a == nil || a.Object.ID != "A" || !a.FoundLate || f.e.Tracks() != 1 {
		t.Errorf("%+v", a)
	}
}

// TestLeaderChangesWithoutAJump: the receiver that goes on has a clock that is 2.4 s behind, so that its first fix lies
// 39 m away and 0.2 s later.
func TestLeaderChangesWithoutAJump(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	start := f.now
	report := func(id lowsky.AircraftID, s lowsky.SourceID, behind time.Duration) {
		f.report(under(id, s), measured(f.now.Add(-behind)), at(metres(lowsky.Metres(15*f.now.Sub(start).Seconds()), 0)))
	}
	for i := range 40 {
		f.now = f.now.Add(600 * time.Millisecond)
		if i > 0 {
			report("RID1", "receiver", 2400*time.Millisecond)
		}
		f.now = f.now.Add(400 * time.Millisecond)
		if i < 20 {
			report("A", "gw", 0)
		}
		if v := f.views["A"]; v.State == lowsky.TrackUnconfirmed {
			t.Fatalf("%v: unconfirmed", f.now.Sub(start))
		}
	}
	if c := f.e.Counts(); c.Jumps != 0 || f.views["A"].Source != "receiver" {
		t.Errorf("%+v, led by %s", c, f.views["A"].Source)
	}
}
