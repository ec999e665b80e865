package picture

import (
	"testing"
	"time"

	"lowsky"
)

// TestAirlinerByItsOwnAddressComesNear: the register has the address of a crewed aircraft as the drone's. It was seen where
// the drone is not, so it is traffic, and is near the drone when it comes near.
func TestAirlinerByItsOwnAddressComesNear(t *testing.T) {
	for _, from := range []lowsky.Metres{6000, 700} { // from afar; from next to it, but fast
		f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
		f.second(aloft("A", 0, 0, 100, 90, 0))
		for x := from; x > -from; x -= 70 {
			f.seen("780abc", "adsb", x, 100, func(m *lowsky.TrafficReport) {
				m.Position.HAE, m.GroundSpeed = lowsky.Some(lowsky.Metres(130)), lowsky.Some(lowsky.MetresPerSecond(70))
			})
			f.second(aloft("A", 0, 0, 100, 90, 0))
			if x < 300 && x > -300 {
				f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
			}
		}
	}
}

// TestOwnTransponderAgain: its own echo that was seen elsewhere once is the aircraft again after a minute with it.
func TestOwnTransponderAgain(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	f.second(aloft("A", 0, 0, 100, 90, 0))
	f.seen("780abc", "adsb", 5000, 0)
	for range 70 {
		f.now = f.now.Add(500 * time.Millisecond)
		f.seen("780abc", "adsb", 5, 0, func(m *lowsky.TrafficReport) { m.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(0)) })
		f.second(aloft("A", 0, 0, 100, 90, 0))
	}
	if len(f.e.traffic) != 0 || f.open() != 0 {
		t.Errorf("%d are traffic, %d open", len(f.e.traffic), f.open())
	}
}

// TestWrongNameIsAnotherAircraft: two fly apart under the names of one, by a slip in the register. Whoever leads and however
// often each reports: both are seen, judged, kept apart from others, and none lands or clears the other.
func TestWrongNameIsAnotherAircraft(t *testing.T) {
	for _, every := range [][2]int{{1, 1}, {1, 4}, {4, 1}} { // seconds between the reports of either
		for _, first := range []lowsky.AircraftID{"A", "RID1"} {
			f := fly(t, Config{
				Packs: pack(insideRule(2*time.Second, 3*time.Second), batteryRule(0, 3*time.Second), pairRule(3*time.Second), silenceRule()), Aircraft: []*lowsky.Aircraft{entryA()},
				Zones: index(t, square("z", 1, 5000, 0, 100)),
			})
			f.now = f.now.Add(200 * time.Millisecond)
			f.report(aloft(first, map[lowsky.AircraftID]lowsky.Metres{"A": 0, "RID1": 4800}[first], 0, 100, 90, 10))
			for i := range 60 {
				var now []func(*lowsky.TelemetryReport)
				if i%every[0] == 0 {
					now = append(now, func(r *lowsky.TelemetryReport) { aloft("A", 0, 0, 100, 90, 0)(r); battery(28)(r) })
				}
				if i%every[1] == 0 {
					x := lowsky.Metres(4700 + 10*min(i, 30))
					now = append(now, func(r *lowsky.TelemetryReport) {
						aloft("RID1", x, 0, 100, 90, 10)(r)
						if i > 40 {
							status(lowsky.StatusGround)(r)
							r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(0))
						}
					})
				}
				if i < 40 {
					now = append(now, aloft("M", 5025, 0, 100, 90, 0))
				}
				f.second(now...)
				if i == 39 {
					in := f.newest(aircraftObject("RID1"))
					if len(in) != 1 || in[0].Hazard != lowsky.HazardZoneEntry || in[0].State != firing {
						t.Fatalf("%v, %s first: in the zone: %+v", every, first, in)
					}
					if a := f.last(lowsky.HazardSeparation); a == nil || a.State != firing || a.Object.ID != "M+RID1" {
						t.Fatalf("%v, %s first: near M: %+v", every, first, a)
					}
				}
			}
			if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Object.ID != "A" {
				t.Errorf("%+v", a)
			}
			if v := f.views["A"]; v.State != lowsky.TrackAirborne || v.Position.Value.Longitude != home.Longitude || f.views["RID1"].State != lowsky.TrackGround || f.views["RID1"].Registered {
				t.Errorf("%v, %s first: %+v\n%+v", every, first, v, f.views["RID1"])
			}
			f.register(entryA()) // the register says the same: it stays so
			if f.e.canonical("RID1") != "RID1" {
				t.Error("merged by an edit of something else")
			}
			changed := entryA()
			changed.RemoteIDs = []string{"RID2"}
			f.register(changed)
			f.register(entryA())
			if f.e.canonical("RID1") != "A" || f.e.Tracks() != 2 {
				t.Error("a name that is given anew is not the aircraft's")
			}
		}
	}
}

// TestTwoThatMeetStayTwo: what was found to be another aircraft is not taken for the aircraft where the two come near.
func TestTwoThatMeetStayTwo(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	for i := range 60 {
		f.second(aloft("A", 0, 0, 100, 90, 0), aloft("RID1", lowsky.Metres(600-10*i), 0, 100, 270, 10))
	}
	if a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Object.ID != "A+RID1" {
		t.Errorf("%+v", a)
	}
}

// TestTwoMissedUnderOneName: both flew elsewhere when the platform ended, and neither comes again.
func TestTwoMissedUnderOneName(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule()), Aircraft: []*lowsky.Aircraft{entryA()}, LastSeen: []lowsky.LastSeen{
		{Aircraft: "A", Source: "direct:A", ReceivedAt: noon.Add(-time.Second), Position: lowsky.Some(home)},
		{Aircraft: "RID1", Source: "direct:RID1", ReceivedAt: noon.Add(-2 * time.Second), Position: lowsky.Some(metres(5000, 0))},
	}})
	f.pass(2 * time.Minute)
	for _, id := range []string{"A", "RID1"} {
		if a := f.newest(aircraftObject(id)); len(a) != 1 || a[0].State != firing {
			t.Errorf("%s: %+v", id, a)
		}
	}
}

// TestLaggingReceiverIsNoOther: a Remote ID receiver that tells where the aircraft was 3 s ago as if it were now.
func TestLaggingReceiverIsNoOther(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	for i := range 60 {
		f.second(aloft("A", lowsky.Metres(25*i), 0, 100, 90, 25), aloft("RID1", lowsky.Metres(25*(i-3)), 0, 100, 90, 25))
	}
	if f.e.Tracks() != 1 || len(f.alerts) != 0 || f.e.Counts().Jumps != 0 {
		t.Errorf("%d tracks, %d alerts, %+v", f.e.Tracks(), len(f.alerts), f.e.Counts())
	}
}

// TestLeaderWithoutAPlace: its own link says how it is but not where, never or no longer; a receiver does. It enters a zone.
func TestLeaderWithoutAPlace(t *testing.T) {
	for name, from := range map[string]int{"never": 0, "no longer": 20} {
		for _, late := range []time.Duration{0, 3 * time.Second} {
			f := fly(t, Config{
				Packs: pack(insideRule(2*time.Second, 3*time.Second), batteryRule(3*time.Second, 3*time.Second)), Aircraft: []*lowsky.Aircraft{entryA()},
				Zones: index(t, square("z", 1, 600, 0, 100)),
			})
			for i := range 60 {
				f.now = f.now.Add(600 * time.Millisecond)
				if i < from {
					f.report(under("A", "gw"), at(metres(lowsky.Metres(10*i), 0)), battery(28))
				} else {
					f.report(under("A", "gw"), noFix, battery(28))
				}
				f.now = f.now.Add(400 * time.Millisecond)
				x := metres(lowsky.Metres(10*i)-lowsky.Metres(10*late.Seconds()), 0)
				f.report(under("RID1", "receiver"), noBattery, at(x), measured(f.now.Add(-late)))
				f.tick()
			}
			if v := f.views["A"]; !v.Position.OK || v.Position.Value.Longitude < metres(520, 0).Longitude || f.e.Counts().Jumps != 0 {
				t.Errorf("%s, %v: %+v, %+v", name, late, v, f.e.Counts())
			}
			f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
			if f.last(lowsky.HazardBattery) == nil {
				t.Errorf("%s, %v: nobody looks at the battery", name, late)
			}
		}
	}
}

// TestLeaderWithoutAHeight: after an outage of its own link a receiver leads that knows no height; the link leads again.
func TestLeaderWithoutAHeight(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	for i := range 60 {
		f.now = f.now.Add(time.Second)
		x := lowsky.Metres(10 * i)
		f.report(under("RID1", "receiver"), at(metres(x, 0)))
		if i < 10 || i > 20 {
			f.report(aloft("A", x, 5, 100, 90, 10), through("gw"))
		}
	}
	if v := f.views["A"]; v.Source != "gw" || !v.Position.Value.HAE.OK || f.e.Counts().Jumps != 0 || f.e.Counts().Late > 1 {
		t.Errorf("%+v, %+v", v, f.e.Counts())
	}
}

// TestZoneSeenBesideTheLeader: the leader's place stands while the aircraft flies on into a zone, as a receiver says.
func TestZoneSeenBesideTheLeader(t *testing.T) {
	f := fly(t, Config{
		Packs: pack(insideRule(2*time.Second, 3*time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}, Zones: index(t, square("z", 1, 110, 0, 50)),
	})
	second := func(leader, other lowsky.Metres) {
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(by("A"), at(metres(leader, 0)))
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(by("RID1"), at(metres(other, 0)))
		f.tick()
	}
	for i := range 20 {
		second(0, lowsky.Metres(5*i))
	}
	if a := f.want(lowsky.HazardZoneEntry, lowsky.AlertPending, lowsky.Warning); a.Object.ID != "A" {
		t.Errorf("%+v", a)
	}
	for range 10 { // the leader is in it too: sure
		second(90, 95)
	}
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	for range 10 { // and out of it before the other is: it goes on
		second(40, 95)
	}
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	for range 10 {
		second(0, 5)
	}
	f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning)
}

// TestContradicted: of two devices one says that the battery is low, the other that it is not. It fires, and ends when
// neither says so.
func TestContradicted(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(3*time.Second, 3*time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	second := func(other lowsky.Percent) {
		f.now = f.now.Add(300 * time.Millisecond)
		f.report(by("A"))
		f.now = f.now.Add(300 * time.Millisecond)
		f.report(by("A"), digest(7))
		f.now = f.now.Add(400 * time.Millisecond)
		f.report(by("RID1"), battery(other))
		f.tick()
	}
	second(80)
	for range 20 {
		second(12)
	}
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Warning); a.Count != 1 {
		t.Errorf("%+v", a)
	}
	for range 12 {
		second(80)
	}
	f.want(lowsky.HazardBattery, resolved, lowsky.Warning)
}

// TestOnTheGroundSaysTheLeader and shows nothing else; a receiver shows flight. It is judged; and it lands where the
// receiver is only behind.
func TestOnTheGroundSaysTheLeader(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 3*time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	second := func(aloft bool) {
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(by("A"), status(lowsky.StatusGround), func(r *lowsky.TelemetryReport) { r.Position.Value.AboveTakeoff = lowsky.Some(lowsky.Metres(0)) })
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(by("RID1"), battery(12), func(r *lowsky.TelemetryReport) {
			r.Position.Value.AGL, r.GroundSpeed = lowsky.Some(lowsky.Metres(60)), lowsky.Some(lowsky.MetresPerSecond(8))
			if !aloft {
				r.Position.Value.AGL, r.GroundSpeed = lowsky.Some(lowsky.Metres(0)), lowsky.Some(lowsky.MetresPerSecond(0))
			}
		})
		f.tick()
	}
	for range 4 {
		second(true)
	}
	f.wantNone(lowsky.HazardBattery) // the receiver may be behind
	for range 10 {
		second(true)
	}
	f.want(lowsky.HazardBattery, firing, lowsky.Warning)
	for range 10 {
		second(false)
	}
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedLanded || f.views["A"].State != lowsky.TrackGround {
		t.Errorf("%+v, %v", a, f.views["A"].State)
	}
}

// TestMergedIsTheWorse: both have the alert, the other one's is worse, and neither is heard again: it stays as bad as it
// was, and comes back where it was closed.
func TestMergedIsTheWorse(t *testing.T) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second)), Aircraft: []*lowsky.Aircraft{{ID: "A"}}})
	for range 3 {
		f.now = f.now.Add(time.Second)
		f.report(by("RID1"), battery(12))
		f.report(by("A"), battery(28))
	}
	own := f.newest(aircraftObject("A"))[0]
	f.must(closing(own.ID, lowsky.CloseFalseAlarm))
	f.register(entryA())
	f.pass(time.Minute)
	a := f.newest(aircraftObject("A"))[0]
	if a.ID != own.ID || a.State != firing || a.Severity != lowsky.Warning || a.Handling.State != lowsky.HandlingNew || a.Measured.Value != 12 {
		t.Errorf("%+v", a)
	}
}

// TestTwoOfOneName: two report under the very same id through two gateways. The second one's way into a zone is found, and
// the first one goes on as it was.
func TestTwoOfOneName(t *testing.T) {
	f := fly(t, Config{Packs: pack(insideRule(2*time.Second, 3*time.Second), silenceRule()), Zones: index(t, square("z", 1, 5000, 0, 100))})
	second := func(other bool) {
		f.now = f.now.Add(500 * time.Millisecond)
		f.report(under("A", "gw1"))
		f.now = f.now.Add(500 * time.Millisecond)
		if other {
			f.report(under("A", "gw2"), at(metres(5000, 0)))
		}
		f.tick()
	}
	for range 20 {
		second(true)
	}
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	if v := f.views["A"]; v.Source != "gw1" || v.State != lowsky.TrackAirborne {
		t.Errorf("%+v", v)
	}
	for range 15 {
		second(false)
	}
	f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning)
	for range 20 { // the first one ends: the other one is the aircraft
		f.now = f.now.Add(time.Second)
		f.report(under("A", "gw2"), at(metres(5000, 0)))
		f.tick()
	}
	f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
	f.wantNone(lowsky.HazardSilence)
}
