package score

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

const s = time.Second

// The levels of the tests: a zone with a margin for each severity, and something else.
var (
	levelNear      = &truth.Level{Rule: "base/zone-entry", Hazard: "zone_entry", Name: "near", Severity: lowsky.Advisory, For: 2 * s, KeepFiring: 10 * s}
	levelPredicted = &truth.Level{Rule: "base/zone-entry", Hazard: "zone_entry", Name: "predicted", Severity: lowsky.Caution, For: 2 * s, KeepFiring: 10 * s, Safety: true}
	levelInside    = &truth.Level{Rule: "base/zone-entry", Hazard: "zone_entry", Name: "inside", Severity: lowsky.Warning, For: 2 * s, KeepFiring: 10 * s, Safety: true}
	levelCrossed   = &truth.Level{Rule: "base/zone-crossing", Hazard: "zone_entry", Name: "crossed", Severity: lowsky.Warning, KeepFiring: 30 * s, Safety: true}
	levelBattery   = &truth.Level{Rule: "base/battery", Hazard: "battery", Name: "low", Severity: lowsky.Advisory, For: 3 * s, KeepFiring: 30 * s, Safety: true}
	testLevels     = []*truth.Level{levelNear, levelPredicted, levelInside, levelCrossed, levelBattery}
)

const (
	event     = lowsky.SpanEvent
	nearMiss  = lowsky.SpanNearMiss
	uncertain = lowsky.SpanUncertain
)

func keyOf(l *truth.Level) truth.Key {
	k := truth.Key{Object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: "w-01"}, Hazard: l.Hazard}
	if l.Hazard == "zone_entry" {
		k.Subject = lowsky.Subject{Kind: lowsky.ObjectZone, ID: "dam"}
	}
	return k
}

// span1 is a span of truth, heard at once, with its onset at its beginning.
func span1(l *truth.Level, kind lowsky.SpanKind, from, until time.Duration) truth.Span {
	return truth.Span{Key: keyOf(l), Level: l, Kind: kind, From: from, Until: until, Onset: from, Heard: from, Depth: 12.6, Unit: "m", Speed: 10}
}

// says is what an alert is from an instant on.
type says struct {
	at       time.Duration
	severity lowsky.Severity // none: it is resolved
	variant  string
	change   func(*lowsky.Alert)
}

// alertOf makes the revisions of one alert.
func alertOf(id lowsky.AlertID, l *truth.Level, all ...says) []Revision {
	var out []Revision
	k := keyOf(l)
	for i, v := range all {
		a := &lowsky.Alert{
			ID: id, Rev: uint64(i + 1), AlertKey: lowsky.AlertKey{Object: k.Object, Hazard: k.Hazard, Subject: k.Subject},
			State: lowsky.AlertFiring, Severity: v.severity, Rule: l.Rule, Variant: v.variant, FiredAt: time.Unix(1, 0),
		}
		if v.severity == 0 {
			a.State, a.Severity = lowsky.AlertResolved, lowsky.Warning // the picture keeps the last
		}
		if v.change != nil {
			v.change(a)
		}
		out = append(out, Revision{At: v.at, Alert: a})
	}
	return out
}

// warning is the usual alert: it fires at from and is resolved at until.
func warning(id lowsky.AlertID, from, until time.Duration) []Revision {
	return alertOf(id, levelInside, says{at: from, severity: lowsky.Warning, variant: "inside"}, says{at: until})
}

// wants is what must come out, of all rows together.
type wants struct {
	events, tp, fn, near, tn, fp, double, late, early, nuisance int
	delay                                                       time.Duration // of the one event that was found; -1: none is counted
}

func TestMatch(t *testing.T) {
	pending := func(a *lowsky.Alert) { a.State, a.FiredAt = lowsky.AlertPending, time.Time{} }
	late := func(a *lowsky.Alert) { a.FoundLate = true }
	folded := func(a *lowsky.Alert) { a.Parent = "source" }
	frozen := func(a *lowsky.Alert) { a.Frozen = lowsky.ReasonSilent }
	inside := []truth.Span{span1(levelInside, event, 60*s, 90*s)}
	cases := []struct {
		name   string
		spans  []truth.Span
		alerts [][]Revision
		change func(*simulator.Scenario, *truth.Record)
		want   wants
	}{
		{"nothing", nil, nil, nil, wants{delay: -1}},
		{"found", inside, [][]Revision{warning("a", 62500*time.Millisecond, 100*s)}, nil, wants{events: 1, tp: 1, delay: 500 * time.Millisecond}},
		{"found sooner than For", inside, [][]Revision{warning("a", 61*s, 100*s)}, nil, wants{events: 1, tp: 1}},
		{"missed", inside, nil, nil, wants{events: 1, fn: 1, delay: -1}},
		{"only suspected", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", pending})}, nil,
			wants{events: 1, fn: 1, delay: -1}},
		{"suspected without a reason", nil, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", pending})}, nil,
			wants{delay: -1}},
		{"found late only", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", late})}, nil,
			wants{events: 1, fn: 1, delay: -1}},
		{"folded only", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", folded})}, nil,
			wants{events: 1, fn: 1, delay: -1}},
		{"folded and back is one alert", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil},
			says{70 * s, lowsky.Warning, "inside", folded}, says{80 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil,
			wants{events: 1, tp: 1}},
		{"too low", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{at: 100 * s})}, nil,
			wants{events: 1, fn: 1, delay: -1}},
		{"too late", inside, [][]Revision{warning("a", 73*s, 100*s)}, nil, wants{events: 1, fn: 1, delay: -1}},
		{"just in time", inside, [][]Revision{warning("a", 72*s, 100*s)}, nil, wants{events: 1, tp: 1, delay: 10 * s}},
		{"a short one found after it was over", []truth.Span{span1(levelCrossed, event, 60*s, 60*s)},
			[][]Revision{warning("a", 69*s, 100*s)}, nil, wants{events: 1, tp: 1, delay: 9 * s, late: 0}},
		{"stands since before", []truth.Span{span1(levelInside, event, 60*s, 90*s), span1(levelInside, event, 98*s, 110*s)},
			[][]Revision{warning("a", 62*s, 120*s)}, nil, wants{events: 2, tp: 2}},
		{"ended before it began", []truth.Span{{Key: keyOf(levelInside), Level: levelInside, Kind: event, From: 60 * s, Until: 90 * s, Onset: 40 * s, Heard: 60 * s}},
			[][]Revision{warning("a", 42*s, 58*s)}, nil, wants{events: 1, fn: 1, delay: -1}},
		{"begins with its onset", []truth.Span{span1(levelInside, uncertain, 55*s, 60*s), {Key: keyOf(levelInside), Level: levelInside, Kind: event, From: 60 * s, Until: 90 * s, Onset: 55 * s, Heard: 60 * s}},
			[][]Revision{warning("a", 57*s, 100*s)}, nil, wants{events: 1, tp: 1}},
		{"begins between two looks at the truth", inside, [][]Revision{warning("a", 59900*time.Millisecond, 100*s)}, nil, wants{events: 1, tp: 1}},
		{"begins a step too soon", inside, [][]Revision{warning("a", 59800*time.Millisecond, 100*s)}, nil, wants{events: 1, tp: 1, fp: 1}},
		{"not heard for a while", []truth.Span{{Key: keyOf(levelInside), Level: levelInside, Kind: event, From: 60 * s, Until: 90 * s, Onset: 60 * s, Heard: 75 * s}},
			[][]Revision{warning("a", 78*s, 100*s)}, nil, wants{events: 1, tp: 1, delay: 1 * s}},
		{"the run ends too soon to tell", []truth.Span{span1(levelInside, event, 290*s, 300*s)}, nil, nil, wants{delay: -1}},
		{"the run ends too soon to tell, found", []truth.Span{span1(levelInside, event, 290*s, 300*s)},
			[][]Revision{warning("a", 292*s, 301*s)}, nil, wants{delay: -1}},
		{"a higher alert covers", []truth.Span{span1(levelPredicted, event, 60*s, 70*s)},
			[][]Revision{warning("a", 62*s, 80*s)}, nil, wants{events: 1, tp: 1, fp: 1}}, // and claims too much
		{"escalates in place", []truth.Span{span1(levelPredicted, event, 60*s, 70*s), span1(levelInside, event, 70*s, 90*s)},
			[][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{72 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil,
			wants{events: 2, tp: 2}},
		{"one alert for all levels at once", []truth.Span{span1(levelNear, event, 50*s, 100*s), span1(levelPredicted, event, 60*s, 70*s), span1(levelInside, event, 60*s, 90*s)},
			[][]Revision{warning("a", 62*s, 105*s)}, nil, wants{events: 3, tp: 3, delay: -2}},
		{"crossed is said as inside", []truth.Span{span1(levelCrossed, event, 60*s, 61*s)}, [][]Revision{warning("a", 61*s, 75*s)}, nil,
			wants{events: 1, tp: 1, delay: 1 * s}},

		{"double: resolved and again", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil}, says{at: 70 * s},
			says{75 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil, wants{events: 1, tp: 1, double: 1}},
		{"double: another alert beside it", inside, [][]Revision{warning("a", 62*s, 100*s), warning("b", 63*s, 100*s)}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"double: two at one instant", inside, [][]Revision{warning("a", 62*s, 100*s), warning("b", 62*s, 100*s)}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"double: severity down and up", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil},
			says{70 * s, lowsky.Caution, "predicted", nil}, says{75 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"double counts once for all levels", []truth.Span{span1(levelNear, event, 50*s, 100*s), span1(levelInside, event, 60*s, 90*s)},
			[][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil}, says{at: 70 * s}, says{75 * s, lowsky.Warning, "inside", nil}, says{at: 105 * s})}, nil,
			wants{events: 2, tp: 2, double: 1, delay: -2}},
		{"a rise that finds something is no double", []truth.Span{span1(levelNear, event, 50*s, 100*s), span1(levelInside, event, 80*s, 90*s)},
			[][]Revision{alertOf("a", levelInside, says{52 * s, lowsky.Advisory, "near", nil}, says{at: 70 * s}, says{82 * s, lowsky.Warning, "inside", nil}, says{at: 105 * s})}, nil,
			wants{events: 2, tp: 2}},
		{"numbers alone are no double", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil},
			says{70 * s, lowsky.Warning, "inside", nil}, says{75 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil, wants{events: 1, tp: 1}},

		{"false", nil, [][]Revision{warning("a", 62*s, 250*s)}, nil, wants{fp: 1, delay: -1}},
		{"false long after", inside, [][]Revision{warning("a", 62*s, 100*s), warning("b", 120*s, 130*s)}, nil, wants{events: 1, tp: 1, fp: 1}},
		{"false before", inside, [][]Revision{warning("a", 50*s, 55*s), warning("b", 62*s, 100*s)}, nil, wants{events: 1, tp: 1, fp: 1}},
		{"false escalation", []truth.Span{span1(levelPredicted, event, 60*s, 90*s)},
			[][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{80 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil,
			wants{events: 1, tp: 1, fp: 1}},
		{"false twice by steps", nil, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{80 * s, lowsky.Warning, "inside", nil}, says{at: 100 * s})}, nil,
			wants{fp: 2, delay: -1}},
		{"unknown hazard", nil, [][]Revision{alertOf("a", &truth.Level{Rule: "x/y", Hazard: "rule_fault"}, says{62 * s, lowsky.Warning, "panic", nil})}, nil,
			wants{fp: 1, delay: -1}},

		{"near miss kept quiet", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)}, nil, nil, wants{near: 1, tn: 1, delay: -1}},
		{"near miss lost", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)}, [][]Revision{warning("a", 70*s, 80*s)}, nil,
			wants{near: 1, fp: 1, delay: -1}},
		{"near miss lost twice", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)}, [][]Revision{warning("a", 70*s, 75*s), warning("b", 80*s, 85*s)}, nil,
			wants{near: 1, fp: 2, delay: -1}},
		{"two near misses lost by one alert", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s), span1(levelPredicted, nearMiss, 60*s, 90*s)},
			[][]Revision{warning("a", 70*s, 80*s)}, nil, wants{near: 2, fp: 1, delay: -1}},
		{"near miss of a higher level", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s), span1(levelNear, event, 55*s, 95*s)},
			[][]Revision{alertOf("a", levelInside, says{57 * s, lowsky.Advisory, "near", nil}, says{at: 105 * s})}, nil,
			wants{events: 1, tp: 1, near: 1, tn: 1}},
		{"near miss in which an alert stands", []truth.Span{span1(levelInside, event, 30*s, 50*s), span1(levelInside, nearMiss, 52*s, 58*s)},
			[][]Revision{warning("a", 32*s, 60*s)}, nil, wants{events: 1, tp: 1, near: 1, tn: 1}},
		{"near miss with another reason", []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s), span1(levelCrossed, uncertain, 60*s, 90*s)},
			[][]Revision{warning("a", 70*s, 80*s)}, nil, wants{nuisance: 1, delay: -1}},

		{"uncertain", []truth.Span{span1(levelInside, uncertain, 60*s, 90*s)}, [][]Revision{warning("a", 62*s, 100*s)}, nil, wants{nuisance: 1, delay: -1}},
		{"uncertain, quiet", []truth.Span{span1(levelInside, uncertain, 60*s, 90*s)}, nil, nil, wants{delay: -1}},
		{"uncertain below does not help", []truth.Span{span1(levelPredicted, uncertain, 60*s, 90*s)}, [][]Revision{warning("a", 62*s, 100*s)}, nil, wants{fp: 1, delay: -1}},
		{"found, and higher uncertain", []truth.Span{span1(levelNear, event, 60*s, 90*s), span1(levelInside, uncertain, 60*s, 90*s)},
			[][]Revision{warning("a", 62*s, 100*s)}, nil, wants{events: 1, tp: 1}},

		{"clears in time", inside, [][]Revision{warning("a", 62*s, 105*s)}, nil, wants{events: 1, tp: 1}},
		{"late clear", inside, [][]Revision{warning("a", 62*s, 107*s)}, nil, wants{events: 1, tp: 1, late: 1}},
		{"late clear at the end of the run", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil})}, nil,
			wants{events: 1, tp: 1, late: 1}},
		{"frozen is not late", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil}, says{92 * s, lowsky.Warning, "inside", frozen})}, nil,
			wants{events: 1, tp: 1}},
		{"late after it was frozen", inside, [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Warning, "inside", nil}, says{92 * s, lowsky.Warning, "inside", frozen},
			says{120 * s, lowsky.Warning, "inside", nil}, says{at: 140 * s})}, nil, wants{events: 1, tp: 1, late: 1}},
		{"silence is not late", inside, [][]Revision{warning("a", 62*s, 130*s)}, func(_ *simulator.Scenario, r *truth.Record) {
			r.Silences = map[lowsky.AircraftID][][2]time.Duration{"w-01": {{95 * s, 118 * s}}}
		}, wants{events: 1, tp: 1}},
		{"late clear counts once", inside, [][]Revision{warning("a", 62*s, 200*s)}, func(_ *simulator.Scenario, r *truth.Record) {
			r.Silences = map[lowsky.AircraftID][][2]time.Duration{"w-01": {{120 * s, 140 * s}}}
		}, wants{events: 1, tp: 1, late: 1}},
		{"another level still holds", []truth.Span{span1(levelInside, event, 60*s, 90*s), span1(levelNear, event, 50*s, 130*s)},
			[][]Revision{alertOf("a", levelInside, says{52 * s, lowsky.Advisory, "near", nil}, says{62 * s, lowsky.Warning, "inside", nil}, says{at: 140 * s})}, nil,
			wants{events: 2, tp: 2}},
		{"a crossing goes on longer", []truth.Span{span1(levelCrossed, event, 60*s, 61*s)}, [][]Revision{warning("a", 61*s, 94*s)}, nil,
			wants{events: 1, tp: 1, delay: 1 * s}},
		{"late clear of a slow reporter", inside, [][]Revision{warning("a", 62*s, 112*s)}, func(s *simulator.Scenario, _ *truth.Record) {
			s.Aircraft[0].Interval = 5 * time.Second
		}, wants{events: 1, tp: 1, delay: -1}},

		{"early clear", inside, [][]Revision{clears(warning("a", 62*s, 95*s))}, nil, wants{events: 1, tp: 1, early: 1}},
		{"kept nearly long enough", inside, [][]Revision{clears(warning("a", 62*s, 98*s))}, nil, wants{events: 1, tp: 1}},
		{"landed", inside, [][]Revision{warning("a", 62*s, 95*s)}, nil, wants{events: 1, tp: 1}},
		{"cleared while it goes on", inside, [][]Revision{clears(warning("a", 62*s, 80*s))}, nil, wants{events: 1, tp: 1, early: 1}},
		{"cleared while it goes on, and again: double", inside, [][]Revision{clears(warning("a", 62*s, 70*s)), clears(warning("b", 75*s, 101*s))}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"cleared too soon, and again: double", inside, [][]Revision{clears(warning("a", 62*s, 91*s)), clears(warning("b", 93*s, 101*s))}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"cleared, but never found", inside, [][]Revision{clears(alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{at: 80 * s}))}, nil,
			wants{events: 1, fn: 1, delay: -1}},
		{"cleared with another one beside it", inside, [][]Revision{clears(warning("a", 62*s, 80*s)), clears(warning("b", 62*s, 101*s))}, nil,
			wants{events: 1, tp: 1, double: 1}},
		{"early clear counts once for all levels", []truth.Span{span1(levelPredicted, event, 60*s, 88*s), span1(levelInside, event, 60*s, 90*s)},
			[][]Revision{clears(warning("a", 62*s, 95*s))}, nil, wants{events: 2, tp: 2, early: 1, delay: -2}},
		{"uncertainty asks for no end", []truth.Span{span1(levelInside, uncertain, 60*s, 90*s)}, [][]Revision{clears(warning("a", 62*s, 70*s))}, nil,
			wants{nuisance: 1, delay: -1}},

		{"under another id", inside, [][]Revision{renamed(warning("a", 62*s, 100*s), "sn-1")}, nil, wants{events: 1, tp: 1}},
		{"under both ids", inside, [][]Revision{renamed(warning("a", 62*s, 100*s), "sn-1"), warning("b", 63*s, 100*s)}, nil, wants{events: 1, tp: 1, double: 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sc, rec := testRun(c.spans)
			if c.change != nil {
				c.change(sc, rec)
			}
			got := Match(sc, rec, inOrder(c.alerts...), RunInfo{})
			check(t, got, c.want)
		})
	}
}

// clears says of the last revision that it was judged clear.
func clears(rs []Revision) []Revision {
	rs[len(rs)-1].Alert.ResolveReason = lowsky.ResolvedClear
	return rs
}

func renamed(rs []Revision, id string) []Revision {
	for _, r := range rs {
		r.Alert.Object.ID = id
	}
	return rs
}

// testRun is five minutes of one aircraft.
func testRun(spans []truth.Span) (*simulator.Scenario, *truth.Record) {
	sc := &simulator.Scenario{
		ID: "test", File: "test.yaml", Name: lowsky.Text{ZH: "测试", EN: "Test"}, Seed: 7, Duration: 300 * s,
		Aircraft: []*simulator.Aircraft{{ID: "w-01", Interval: s, OtherIDs: []lowsky.AircraftID{"sn-1"}}},
	}
	return sc, &truth.Record{Levels: testLevels, Spans: spans, Duration: 300 * s}
}

// inOrder joins the revisions of several alerts by time.
func inOrder(all ...[]Revision) []Revision {
	var out []Revision
	for {
		best := -1
		for i := range all {
			if len(all[i]) > 0 && (best < 0 || all[i][0].At < all[best][0].At) {
				best = i
			}
		}
		if best < 0 {
			return out
		}
		out = append(out, all[best][0])
		all[best] = all[best][1:]
	}
}

func check(t *testing.T, run *Run, want wants) {
	t.Helper()
	var got wants
	var d []time.Duration
	for _, w := range run.rows {
		got.events += w.events
		got.tp += w.tp
		got.fn += w.fn
		got.near += w.near
		got.tn += w.tn
		got.fp += w.fp
		got.double += w.doubles
		got.late += w.late
		got.early += w.early
		got.nuisance += w.nuisance
		d = append(d, w.delays...)
	}
	got.delay = -1
	if want.delay == -2 { // several, not looked at
		got.delay = -2
	} else if len(d) > 0 {
		for _, v := range d {
			got.delay = max(got.delay, v)
		}
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
		for _, f := range run.Findings {
			t.Logf("%s %s %s: %s", f.Result, f.Rule, f.Level, f.What.EN)
		}
	}
	wrong := want.fn + want.fp + want.double + want.late + want.early
	if run.FindingCount != wrong || len(run.Findings) != wrong {
		t.Errorf("%d findings for %d things that went wrong", run.FindingCount, wrong)
	}
}

// A crewed aircraft that has flown away cannot be judged clear of: nobody sees it any more.
func TestCrewedAircraftThatIsGone(t *testing.T) {
	pair := &truth.Level{Rule: "base/separation", Hazard: "separation", Name: "predicted", Severity: lowsky.Caution, For: s, KeepFiring: 10 * s, Safety: true}
	key := truth.Key{Object: lowsky.Object{Kind: lowsky.ObjectPair, ID: "traffic:78a101+w-01"}, Hazard: "separation"}
	for _, c := range []struct {
		end  float64 // degrees of latitude from its start
		want wants
	}{{0.05, wants{events: 1, tp: 1, late: 1}}, {0.0297, wants{events: 1, tp: 1}}} { // 5566 m: 100 s; 3306 m: 60 s
		sc, rec := testRun([]truth.Span{{Key: key, Level: pair, Kind: event, From: 40 * s, Until: 55 * s, Onset: 40 * s, Heard: 40 * s}})
		rec.Levels = []*truth.Level{pair}
		sc.Traffic = []*simulator.Traffic{{ID: "78a101", Speed: 55, Interval: s, Path: []simulator.Waypoint{
			{At: simulator.Point{Longitude: 114.3, Latitude: 29.8}}, {At: simulator.Point{Longitude: 114.3, Latitude: 29.8 + c.end}},
		}}}
		alerts := alertOf("a", pair, says{41 * s, lowsky.Caution, "predicted", nil}, says{at: 75 * s})
		for _, r := range alerts {
			r.Alert.Object = lowsky.Object{Kind: lowsky.ObjectPair, ID: "traffic:78A101+w-01"}
		}
		check(t, Match(sc, rec, alerts, RunInfo{}), c.want)
	}
}
