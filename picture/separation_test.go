package picture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// pairRule is the base pack's, written out: 50 m and 15 m, 500 m and 100 m against crewed traffic.
func pairRule(keep time.Duration) lowsky.Rule {
	return lowsky.Rule{
		ID: "base/separation", Hazard: lowsky.HazardSeparation, On: lowsky.EachTickGroup, For: time.Second, KeepFiring: keep,
		Texts: map[string]lowsky.Text{"near": {ZH: "{one} {other} {seconds} {measured} {vertical}", EN: "{one} {other} {seconds} {measured} {vertical}"}},
		Pairs: &lowsky.PairReach{
			LookAhead: 30 * time.Second,
			Uncrewed:  lowsky.Minima{Horizontal: 50, Vertical: 15}, Crewed: lowsky.Minima{Horizontal: 500, Vertical: 100},
			Margin: lowsky.Minima{Horizontal: 5, Vertical: 3}, Accuracy: lowsky.Minima{Horizontal: 5, Vertical: 5},
			Cap: lowsky.Minima{Horizontal: 30, Vertical: 15}, MaxAge: 15 * time.Second, MaxQNHAge: time.Hour,
		},
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			q := s.Pair
			m := q.Minima
			at := q.Closest
			if q.Now.Breaks(m) {
				at = q.Now
			}
			switch {
			case q.Reason != "":
				out.Unjudged(lowsky.Subject{}, q.Reason)
			case !at.MayBreak(m):
			case !at.Vertical.OK:
				out.Unjudged(lowsky.Subject{}, at.Reason)
			default:
				f := lowsky.Finding{
					Severity: lowsky.Caution, Variant: "near", Suspected: !at.Breaks(m), Pair: q, Unit: "m",
					Measured: lowsky.Some(float64(at.Horizontal)), Limit: lowsky.Some(float64(m.Horizontal)),
					Vertical: lowsky.Some(float64(at.Vertical.Value)), Within: lowsky.Some(at.In),
				}
				if at.In <= 15*time.Second {
					f.Severity = lowsky.Warning
				}
				out.Found(f)
			}
		},
	}
}

// aloft is a report of an aircraft metres east and north of home, known to a metre.
func aloft(id lowsky.AircraftID, east, north, hae lowsky.Metres, course lowsky.Degrees, speed lowsky.MetresPerSecond) func(*lowsky.TelemetryReport) {
	p := metres(east, north)
	p.HAE = lowsky.Some(hae)
	return func(r *lowsky.TelemetryReport) {
		by(id)(r)
		at(p)(r)
		r.GroundSpeed, r.Course, r.VerticalSpeed = lowsky.Some(speed), lowsky.Some(course), lowsky.Some(lowsky.MetresPerSecond(0))
		r.HorizontalAccuracy, r.VerticalAccuracy = lowsky.Some(lowsky.Metres(1)), lowsky.Some(lowsky.Metres(1))
	}
}

// second lets a second pass in which everybody reports, and judges it to the end.
func (f *flight) second(reports ...func(*lowsky.TelemetryReport)) {
	f.t.Helper()
	f.now = f.now.Add(time.Second)
	for _, r := range reports {
		f.report(r)
	}
	f.tick()
	for f.e.Pairing() {
		f.step(lowsky.RecordTick, Slice{Slice: 0, Of: 1, Pairs: true})
	}
	if faults := f.e.Faults(); len(faults) > 0 {
		f.t.Fatal(faults)
	}
}

// meet flies a eastward from home and b westward towards it, metres apart in the beginning, each at 10 m/s.
func (f *flight) meet(apart float64, seconds int, change ...func(*lowsky.TelemetryReport)) {
	f.t.Helper()
	f.meeting(apart, 0, seconds, change...)
}

// meeting is part of such a flight.
func (f *flight) meeting(apart float64, from, to int, change ...func(*lowsky.TelemetryReport)) {
	f.t.Helper()
	for i := from; i < to; i++ {
		way := lowsky.Metres(10 * i)
		a, b := aloft("a", way, 0, 100, 90, 10), aloft("b", lowsky.Metres(apart)-way, 0, 105, 270, 10)
		f.second(func(r *lowsky.TelemetryReport) {
			a(r)
			for _, c := range change {
				c(r)
			}
		}, func(r *lowsky.TelemetryReport) {
			b(r)
			for _, c := range change {
				c(r)
			}
		})
	}
}

// TestPairAlertLife: one alert for the two, Caution from 30 s before, Warning from 15 s, and it resolves once they have
// been clear for KeepFiring.
func TestPairAlertLife(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second)), Organisation: "city", Aircraft: []*lowsky.Aircraft{
		{ID: "a", Organisation: "post", Name: lowsky.Text{ZH: "甲", EN: "A"}, Jurisdictions: []lowsky.JurisdictionID{"421202"}},
		{ID: "b", Organisation: "farm", Jurisdictions: []lowsky.JurisdictionID{"421281"}},
	}})
	f.meeting(800, 0, 8) // the closest approach is 40 s ahead in the beginning
	f.wantNone(lowsky.HazardSeparation)
	f.meeting(800, 8, 12)
	raised := f.want(lowsky.HazardSeparation, firing, lowsky.Caution)
	if raised.Object != (lowsky.Object{Kind: lowsky.ObjectPair, ID: "a+b"}) || raised.Organisation != "post" ||
		!slices.Equal(raised.Partners, []lowsky.OrganisationID{"farm"}) || raised.Owner != "421202" ||
		!slices.Equal(raised.Jurisdictions, []lowsky.JurisdictionID{"421202", "421281"}) || raised.AircraftName.ZH != "甲 / b" {
		t.Fatalf("whose it is: %+v", raised)
	}
	for _, s := range []struct {
		scope lowsky.Scope
		sees  bool
	}{
		{lowsky.Scope{Organisations: []lowsky.OrganisationID{"post"}}, true}, {lowsky.Scope{Organisations: []lowsky.OrganisationID{"farm"}}, true},
		{lowsky.Scope{Organisations: []lowsky.OrganisationID{"other"}}, false}, {lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421281"}}, true},
	} {
		if raised.Visible(s.scope) != s.sees {
			t.Errorf("%+v sees it: %v", s.scope, !s.sees)
		}
	}
	if raised.Pair == nil || raised.Pair.A.ID != "a" || raised.Pair.B.ID != "b" || raised.Within.Value < 27*time.Second ||
		raised.Within.Value > 30*time.Second || raised.Measured.Value > 25 || raised.Vertical.Value != 5 {
		t.Errorf("closest approach %+v, within %v", raised.Pair, raised.Within)
	}
	if !strings.HasPrefix(raised.Text.EN, "A b 30") && !strings.HasPrefix(raised.Text.EN, "A b 29") {
		t.Errorf("text %q", raised.Text.EN)
	}
	if f.views["a"].Severity != lowsky.Caution || f.views["b"].Severity != lowsky.Caution {
		t.Error("the two are not marked on the map")
	}
	f.meeting(800, 12, 27)
	a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	if a.ID != raised.ID || a.Count != 1 {
		t.Error("it did not escalate in place")
	}
	f.meeting(800, 27, 46) // past each other, drawing apart
	f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	f.meeting(800, 46, 52)
	a = f.want(lowsky.HazardSeparation, resolved, lowsky.Warning)
	if a.ResolveReason != lowsky.ResolvedClear || a.ID != raised.ID {
		t.Errorf("resolved as %s", a.ResolveReason)
	}
	if f.views["a"].Severity != lowsky.SeverityNone {
		t.Error("still marked on the map")
	}
	f.pass(2 * time.Minute)
	if len(f.e.pairs.objects) != 0 || len(f.e.pairs.of) != 0 {
		t.Error("the pair is not forgotten")
	}
}

// TestSilentPairIsFrozen: one of the two goes silent. Carried on for 15 s it is judged, afterwards frozen, never clear.
func TestSilentPairIsFrozen(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	f.meet(20, 3)
	f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	hover := aloft("a", 0, 0, 100, 90, 0)
	f.second(hover, aloft("b", 20, 0, 100, 270, 0))
	for range 14 {
		f.second(hover)
	}
	if a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Frozen != "" {
		t.Errorf("frozen %q while it is carried on", a.Frozen)
	}
	for range 30 {
		f.second(hover)
	}
	if a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Frozen != lowsky.ReasonSilent {
		t.Errorf("frozen %q", a.Frozen)
	}
	for i := range 2 { // heard again, impossibly far away
		f.second(hover, aloft("b", 20_000, lowsky.Metres(i), 100, 0, 1))
	}
	if a := f.last(lowsky.HazardSeparation); a.State != firing || a.Frozen != lowsky.ReasonJumpUnconfirmed {
		t.Errorf("an unconfirmed jump decided: %s, frozen %q", a.State, a.Frozen)
	}
	for i := range 12 {
		f.second(hover, aloft("b", 20_000, lowsky.Metres(2+i), 100, 0, 1))
	}
	f.want(lowsky.HazardSeparation, resolved, lowsky.Warning)
}

// TestPairLands: landing ends it.
func TestPairLands(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	f.meet(20, 3)
	for range 2 {
		f.second(aloft("a", 0, 0, 100, 90, 0), func(r *lowsky.TelemetryReport) {
			aloft("b", 20, 0, 100, 0, 0)(r)
			status(lowsky.StatusGround)(r)
		})
	}
	if a := f.want(lowsky.HazardSeparation, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedLanded {
		t.Errorf("resolved as %s", a.ResolveReason)
	}
}

// TestParallelAtTheLimitDoesNotFlap: two fly beside each other at 49 and 52 m, by turns.
func TestParallelAtTheLimitDoesNotFlap(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second))})
	for i := range 60 {
		beside := lowsky.Metres(49)
		if i/4%2 == 1 {
			beside = 52
		}
		f.second(aloft("a", lowsky.Metres(10*i), 0, 100, 90, 10), aloft("b", lowsky.Metres(10*i), beside, 100, 90, 10))
	}
	a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	if a.Count != 1 || a.ID != f.alerts[0].ID {
		t.Errorf("fired %d times", a.Count)
	}
	for _, b := range f.alerts {
		if b.State == resolved {
			t.Fatal("resolved in between")
		}
	}
}

// TestFormationIsExempt: by organisation and plan, from each other only.
func TestFormationIsExempt(t *testing.T) {
	plan := func(p string) func(*lowsky.TelemetryReport) {
		return func(r *lowsky.TelemetryReport) { r.Plan = p }
	}
	register := []*lowsky.Aircraft{{ID: "a", Organisation: "show"}, {ID: "b", Organisation: "show"}}
	f := fly(t, Config{Packs: pack(pairRule(0)), Aircraft: register})
	f.meet(20, 5, plan("p-1"))
	f.wantNone(lowsky.HazardSeparation)
	f.second(aloft("a", 40, 0, 100, 90, 0), aloft("b", 30, 0, 100, 90, 0), aloft("c", 50, 0, 100, 90, 0))
	f.second(aloft("a", 40, 0, 100, 90, 0), aloft("b", 30, 0, 100, 90, 0), aloft("c", 50, 0, 100, 90, 0))
	if n := f.open(); n != 2 {
		t.Errorf("%d alerts, want two with the stranger", n)
	}
	for _, c := range []struct {
		name     string
		register []*lowsky.Aircraft
		plan     string
	}{
		{"no plan", register, ""},
		{"two organisations", []*lowsky.Aircraft{{ID: "a", Organisation: "show"}, {ID: "b", Organisation: "other"}}, "p-1"},
		{"not registered", register[:1], "p-1"},
	} {
		f := fly(t, Config{Packs: pack(pairRule(0)), Aircraft: c.register})
		f.meet(20, 5, plan(c.plan))
		if f.last(lowsky.HazardSeparation) == nil {
			t.Error(c.name + ": no alert")
		}
	}
}

// TestPairWithoutCommonHeight is unjudged on both, and no alert; when the height is lost later the alert is frozen.
func TestPairWithoutCommonHeight(t *testing.T) {
	noHeight := func(r *lowsky.TelemetryReport) {
		if r.Aircraft == "b" {
			r.Position.Value.HAE = lowsky.Opt[lowsky.Metres]{}
		}
	}
	f := fly(t, Config{Packs: pack(pairRule(time.Second))})
	f.meet(200, 4, noHeight)
	f.wantNone(lowsky.HazardSeparation)
	for _, id := range []lowsky.AircraftID{"a", "b"} {
		u := f.views[id].Unjudged
		if len(u) != 1 || u[0].Hazard != lowsky.HazardSeparation || u[0].Reason != lowsky.ReasonNoHeight || u[0].Subject.ID == "" {
			t.Errorf("%s: unjudged %+v", id, u)
		}
	}
	f.meet(30, 3)
	f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	if len(f.views["a"].Unjudged) != 0 {
		t.Errorf("still unjudged %+v", f.views["a"].Unjudged)
	}
	for range 10 { // heights are carried for 3 s
		f.second(aloft("a", 0, 0, 100, 90, 0), func(r *lowsky.TelemetryReport) {
			aloft("b", 20, 0, 100, 90, 0)(r)
			noHeight(r)
		})
	}
	if a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Frozen != lowsky.ReasonNoHeight {
		t.Errorf("frozen %q", a.Frozen)
	}
}

// TestTurning: an aircraft that turns away must not alert, one that turns into another must, seen from its positions
// alone or from its courses.
func TestTurning(t *testing.T) {
	for _, courses := range []bool{true, false} {
		for _, c := range []struct {
			name        string
			rate        float64 // degrees per second
			east, north lowsky.Metres
			alerts      bool
		}{
			{"straight on", 0, 0, 300, true},
			{"turning away", 12, 0, 300, false},
			{"turning into", 6, 200, 143, true},
		} {
			t.Run(fmt.Sprint(c.name, courses), func(t *testing.T) {
				f := fly(t, Config{Packs: pack(pairRule(time.Second))})
				p := home
				p.HAE = lowsky.Some(lowsky.Metres(100))
				course := 0.0
				for range 3 { // straight first
					f.second(turned(p, course, courses))
					p = airspace.Offset(p, lowsky.Degrees(course), 15)
				}
				other := metres(c.east, c.north)
				other.HAE = lowsky.Some(lowsky.Metres(100))
				for range 5 { // the turn, alone
					f.second(turned(p, course, courses))
					p = airspace.Offset(p, lowsky.Degrees(course+c.rate/2), 15)
					course += c.rate
				}
				for range 5 {
					f.second(turned(p, course, courses), func(r *lowsky.TelemetryReport) {
						aloft("b", c.east, c.north, 100, 0, 0)(r)
					})
					p = airspace.Offset(p, lowsky.Degrees(course+c.rate/2), 15)
					course += c.rate
				}
				if a := f.last(lowsky.HazardSeparation); (a != nil) != c.alerts {
					t.Errorf("alert %+v", a)
				}
			})
		}
	}
}

func turned(p lowsky.Position, course float64, tells bool) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) {
		aloft("a", 0, 0, 100, 0, 15)(r)
		r.Position.Value = p
		if r.Course = lowsky.Some(lowsky.Degrees(course)); !tells {
			r.Course = lowsky.Opt[lowsky.Degrees]{}
		}
	}
}

// TestRestartContinuesThePair: the open alert is loaded, frozen while nobody is heard, and goes on.
func TestRestartContinuesThePair(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	f.meet(20, 3)
	old := f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	b, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	loaded := new(lowsky.Alert)
	if err := json.Unmarshal(b, loaded); err != nil {
		t.Fatal(err)
	}
	g := fly(t, Config{Packs: pack(pairRule(5 * time.Second)), Alerts: []*lowsky.Alert{loaded}})
	g.now = f.now
	for range 20 {
		g.second()
	}
	if a := g.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Frozen != lowsky.ReasonSilent || a.ID != old.ID {
		t.Errorf("after the restart: frozen %q", a.Frozen)
	}
	for i := range 9 {
		g.second(aloft("a", 0, 0, 100, 90, 0), aloft("b", 500, lowsky.Metres(i), 100, 0, 1))
	}
	if a := g.want(lowsky.HazardSeparation, resolved, lowsky.Warning); a.ID != old.ID {
		t.Error("another alert")
	}
}

// TestTooManyPairsAreNotClear: beyond the bound everybody is told so, and open alerts are frozen.
func TestTooManyPairsAreNotClear(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(time.Second))})
	const n = 145 // 10,440 pairs within 50 m
	for range 2 {
		var reports []func(*lowsky.TelemetryReport)
		for i := range n {
			reports = append(reports, aloft(lowsky.AircraftID(fmt.Sprint("s", i)), lowsky.Metres(i%11)*3, lowsky.Metres(i/11)*3, 100, 0, 0))
		}
		f.second(reports...)
	}
	if len(f.e.pairs.objects) != pairsMost {
		t.Fatalf("%d pairs", len(f.e.pairs.objects))
	}
	for i := range n {
		u := f.views[lowsky.AircraftID(fmt.Sprint("s", i))].Unjudged
		if !slices.ContainsFunc(u, func(u lowsky.Unjudged) bool { return u.Reason == lowsky.ReasonTooMany }) {
			t.Fatalf("s%d is not told: %+v", i, u)
		}
	}
}

// TestPairsReplayAlike: the same records, slices of the pass included, give the same bytes.
func TestPairsReplayAlike(t *testing.T) {
	run := func() []byte {
		f := fly(t, Config{Packs: pack(pairRule(2 * time.Second))})
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		for s := range 20 {
			f.now = f.now.Add(time.Second)
			for i := range 60 {
				id := lowsky.AircraftID(fmt.Sprint("x", i))
				f.report(aloft(id, lowsky.Metres(i%8*60+s*(i%7-3)), lowsky.Metres(i/8*60+s*(i%5-2)), lowsky.Metres(90+i%20), lowsky.Degrees(i*37%360), 4))
			}
			f.report(func(r *lowsky.TelemetryReport) { aloft("late", 0, 0, 100, 0, 0)(r) })
			for k := range 3 {
				for _, c := range f.step(lowsky.RecordTick, Slice{Slice: k, Of: 3}) {
					_ = enc.Encode(c)
				}
			}
			for f.e.Pairing() {
				for _, c := range f.step(lowsky.RecordTick, Slice{Slice: 0, Of: 3, Pairs: true}) {
					_ = enc.Encode(c)
				}
			}
		}
		if len(f.alerts) < 20 {
			t.Fatalf("only %d revisions", len(f.alerts))
		}
		return out.Bytes()
	}
	if one, two := run(), run(); !bytes.Equal(one, two) {
		t.Fatalf("two runs differ: %d and %d bytes", len(one), len(two))
	}
}

// TestSnapshotIsOfOneInstant: reports that come between the slices of a tick do not move those of the later slices ahead
// of those of the earlier ones.
//
//	b ──▶ 60 m ──▶ a    both at 20 m/s; the slices are 0.9 s apart
func TestSnapshotIsOfOneInstant(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	for i := range 5 {
		way := lowsky.Metres(20 * i)
		for _, r := range []func(*lowsky.TelemetryReport){
			aloft("a", way+60, 0, 100, 90, 20), aloft("b", way, 0, 100, 90, 20), aloft("c", 0, 5000, 100, 90, 0),
		} {
			f.report(r)
		}
		f.step(lowsky.RecordTick, Slice{Slice: 0, Of: 2}) // a and c
		f.now = f.now.Add(900 * time.Millisecond)
		f.report(aloft("c", 0, 5000, 100, 90, 0))
		f.step(lowsky.RecordTick, Slice{Slice: 1, Of: 2}) // b
		for f.e.Pairing() {
			f.step(lowsky.RecordTick, Slice{Slice: 1, Of: 2, Pairs: true})
		}
		f.now = f.now.Add(100 * time.Millisecond)
	}
	f.wantNone(lowsky.HazardSeparation)
}

// moody is terrain with a defect, while bad says so.
type moody struct{ bad *bool }
