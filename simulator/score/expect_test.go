package score

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// wish is an expectation of the file about the zone, on line 40.
func wish(severity lowsky.Severity, level string, from, until time.Duration) simulator.Expectation {
	k := keyOf(levelInside)
	return simulator.Expectation{
		Object: k.Object, Hazard: k.Hazard, Subject: k.Subject, Severity: severity, Level: level, From: from, Until: until, File: "test.yaml", Line: 40,
	}
}

// promises is what the gates of the file must count: expected, met, forbidden, kept.
type promises [4]int

func TestExpectedAndForbidden(t *testing.T) {
	inside := span1(levelInside, event, 60*s, 90*s)
	whole := func(e simulator.Expectation) simulator.Expectation { e.Subject = lowsky.Subject{}; return e }
	cases := []struct {
		name           string
		spans          []truth.Span
		expect, forbid []simulator.Expectation
		alerts         [][]Revision
		want           wants
		promises       promises
		findings       int // beyond those that count
	}{
		{name: "expected, by the file alone", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			alerts: [][]Revision{warning("a", 70*s, 100*s)}, want: wants{events: 1, tp: 1, delay: -1}, promises: promises{1, 1, 0, 0}},
		{name: "expected and missed", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "expected, too late by the window", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			alerts: [][]Revision{warning("a", 92*s, 100*s)}, want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "expected, too low", expect: []simulator.Expectation{wish(lowsky.Warning, "", 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{70 * s, lowsky.Caution, "predicted", nil}, says{at: 80 * s})},
			want:   wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "raised in the window, worse after it", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{70 * s, lowsky.Caution, "predicted", nil}, says{100 * s, lowsky.Warning, "inside", nil}, says{at: 120 * s})},
			want:   wants{events: 1, tp: 1, delay: -1}, promises: promises{1, 1, 0, 0}},
		{name: "as severe, but of another level", expect: []simulator.Expectation{wish(lowsky.Warning, "crossed", 60*s, 90*s)},
			alerts: [][]Revision{warning("a", 70*s, 100*s)}, want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "of another level in the window, of the one expected later", expect: []simulator.Expectation{wish(lowsky.Warning, "crossed", 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{70 * s, lowsky.Warning, "inside", nil}, says{95 * s, lowsky.Warning, "crossed", nil}, says{at: 120 * s})},
			want:   wants{events: 1, tp: 1, delay: -1}, promises: promises{1, 1, 0, 0}},
		{name: "of the level before the window only", expect: []simulator.Expectation{wish(lowsky.Warning, "crossed", 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{40 * s, lowsky.Warning, "crossed", nil}, says{50 * s, lowsky.Warning, "inside", nil}, says{at: 120 * s})},
			want:   wants{events: 1, fn: 1, fp: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "raised after the window", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{95 * s, lowsky.Caution, "predicted", nil}, says{100 * s, lowsky.Warning, "inside", nil}, says{at: 120 * s})},
			want:   wants{events: 1, fn: 1, fp: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "expected and in the geometry: one event", spans: []truth.Span{inside}, expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 55*s, 70*s)},
			alerts: [][]Revision{warning("a", 62*s, 100*s)}, want: wants{events: 1, tp: 1}, promises: promises{1, 1, 0, 0}},
		{name: "both missed: one miss", spans: []truth.Span{inside}, expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 55*s, 70*s)},
			want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}, findings: 1},
		{name: "found, but after the window", spans: []truth.Span{inside}, expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 55*s, 63*s)},
			alerts: [][]Revision{warning("a", 66*s, 100*s)}, want: wants{events: 1, tp: 1, delay: 4 * s}, promises: promises{1, 0, 0, 0}, findings: 1},
		{name: "expected where the geometry cannot tell", spans: []truth.Span{span1(levelInside, uncertain, 60*s, 90*s)},
			expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)}, want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "expected against the geometry", spans: []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)},
			expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{events: 1, tp: 1, delay: -1}, promises: promises{1, 1, 0, 0}},
		{name: "expected without a subject", expect: []simulator.Expectation{whole(wish(lowsky.Warning, "inside", 60*s, 90*s))},
			alerts: [][]Revision{warning("a", 70*s, 100*s)}, want: wants{events: 1, tp: 1, delay: -1}, promises: promises{1, 1, 0, 0}},
		{name: "expected without a subject, missed", expect: []simulator.Expectation{whole(wish(lowsky.Warning, "inside", 60*s, 90*s))},
			want: wants{events: 1, fn: 1, delay: -1}, promises: promises{1, 0, 0, 0}},
		{name: "twice in the window is double", expect: []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)},
			alerts: [][]Revision{warning("a", 62*s, 70*s), warning("b", 80*s, 90*s)}, want: wants{events: 1, tp: 1, double: 1, delay: -1}, promises: promises{1, 1, 0, 0}},

		{name: "forbidden and kept", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)},
			want: wants{near: 1, tn: 1, delay: -1}, promises: promises{0, 0, 1, 1}},
		{name: "forbidden came", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{near: 1, fp: 1, delay: -1}, promises: promises{0, 0, 1, 0}},
		{name: "forbidden without a subject came", forbid: []simulator.Expectation{whole(wish(lowsky.Advisory, "", 0, 300*s))}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{near: 1, fp: 1, delay: -1}, promises: promises{0, 0, 1, 0}},
		{name: "forbidden from a higher severity on", forbid: []simulator.Expectation{wish(lowsky.Warning, "", 0, 300*s)},
			spans:  []truth.Span{span1(levelPredicted, event, 60*s, 90*s)},
			alerts: [][]Revision{alertOf("a", levelInside, says{62 * s, lowsky.Caution, "predicted", nil}, says{at: 100 * s})},
			want:   wants{events: 1, tp: 1, near: 1, tn: 1}, promises: promises{0, 0, 1, 1}},
		{name: "forbidden outside of the window", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 50*s)}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{near: 1, tn: 1, fp: 1, delay: -1}, promises: promises{0, 0, 1, 1}},
		{name: "forbidden where the geometry cannot tell", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)},
			spans: []truth.Span{span1(levelInside, uncertain, 60*s, 90*s)}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{near: 1, fp: 1, delay: -1}, promises: promises{0, 0, 1, 0}},
		{name: "forbidden and a near miss of the geometry: one", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)},
			spans: []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)}, want: wants{near: 1, tn: 1, delay: -1}, promises: promises{0, 0, 1, 1}},
		{name: "forbidden and a near miss of the geometry: one lost", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)},
			spans: []truth.Span{span1(levelInside, nearMiss, 60*s, 90*s)}, alerts: [][]Revision{warning("a", 70*s, 80*s)},
			want: wants{near: 1, fp: 1, delay: -1}, promises: promises{0, 0, 1, 0}},
		{name: "forbidden, and the geometry asks for it", forbid: []simulator.Expectation{wish(lowsky.Advisory, "", 0, 300*s)},
			spans: []truth.Span{inside}, alerts: [][]Revision{warning("a", 62*s, 100*s)},
			want: wants{events: 1, tp: 1, near: 1}, promises: promises{0, 0, 1, 0}, findings: 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sc, rec := testRun(c.spans)
			sc.Expect, sc.Forbid = c.expect, c.forbid
			run := Match(sc, rec, inOrder(c.alerts...), RunInfo{})
			run.FindingCount -= c.findings
			run.Findings = run.Findings[:len(run.Findings)-c.findings]
			check(t, run, c.want)
			if got := (promises{run.Expected, run.Met, run.Forbidden, run.Kept}); got != c.promises {
				t.Errorf("expected, met, forbidden, kept: %v, want %v", got, c.promises)
			}
		})
	}
}

// The line of the file is where a person looks for an expectation that was not met.
func TestMissedExpectationNamesItsLine(t *testing.T) {
	sc, rec := testRun([]truth.Span{span1(levelInside, event, 60*s, 90*s)})
	sc.Expect = []simulator.Expectation{wish(lowsky.Warning, "inside", 60*s, 90*s)}
	run := Match(sc, rec, nil, RunInfo{})
	if len(run.Findings) == 0 || run.Findings[0].Line != 40 || run.Findings[0].Result != lowsky.ScoreMissed {
		t.Errorf("findings %+v", run.Findings)
	}
}
