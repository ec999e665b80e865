package score

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/simulator/truth"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Wilson's interval against values that were worked out elsewhere: Newcombe 1998, table I, example rows (81/263, 15/148,
// 0/20, 1/29), and the closed form for all of n, n/(n+z²).
func TestRate(t *testing.T) {
	cases := []struct {
		k, n      int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
		{1000, 1000, 1000 / (1000 + z*z), 1}, {25, 25, 25 / (25 + z*z), 1}, {0, 1, 0, z * z / (1 + z*z)},
	}
	for _, c := range cases {
		r := rate(c.k, c.n)
		if !r.OK || r.Value != float64(c.k)/float64(c.n) || math.Abs(r.Low-c.low) > 0.00006 || math.Abs(r.High-c.high) > 0.00006 {
			t.Errorf("%d of %d: %+v, want %.4f … %.4f", c.k, c.n, r, c.low, c.high)
		}
	}
	if r := rate(0, 0); r != (lowsky.Rate{}) {
		t.Errorf("nothing of nothing: %+v", r)
	}
}

func TestDelays(t *testing.T) {
	var d []time.Duration
	for i := 100; i > 0; i-- {
		d = append(d, time.Duration(i)*100*time.Millisecond)
	}
	if got, want := delays(d), (lowsky.ScoreDelay{Count: 100, P50: 5, P95: 9.5, Max: 10}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := delays([]time.Duration{3 * s}), (lowsky.ScoreDelay{Count: 1, P50: 3, P95: 3, Max: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// runWith is a run whose inside row counts so much.
func runWith(seed uint64, w row) *Run {
	sc, rec := testRun(nil)
	sc.Seed = seed
	r := Match(sc, rec, nil, RunInfo{Hash: "aa"})
	for _, x := range r.rows {
		if x.level.Name == "inside" {
			w.level = x.level
			*x = w
		}
	}
	return r
}

func TestGates(t *testing.T) {
	good := row{events: 50, tp: 50, near: 49, tn: 49, fp: 1, delays: []time.Duration{s, 2 * s}}
	cases := []struct {
		name   string
		change func(*row)
		gates  Gates
		broken []string
	}{
		{"kept", func(*row) {}, DefaultGates(), nil},
		{"one missed", func(r *row) { r.tp, r.fn = 49, 1 }, DefaultGates(), []string{"recall"}},
		{"one missed, of any rule", func(r *row) { r.tp, r.fn = 49, 1 }, Gates{RecallAll: 1}, []string{"recall"}},
		{"precision below", func(r *row) { r.fp = 2 }, DefaultGates(), []string{"precision", "precision"}},
		{"slow", func(r *row) { r.delays[1] = 2001 * time.Millisecond }, DefaultGates(), []string{"delay_p95"}},
		{"double", func(r *row) { r.doubles = 1 }, DefaultGates(), []string{"duplicates"}},
		{"late", func(r *row) { r.late = 1 }, DefaultGates(), []string{"late_clears"}},
		{"too few", func(r *row) { r.fp = 0 }, SuiteGates(), []string{"events", "near_misses"}},
		{"enough", func(r *row) { r.events, r.tp, r.near, r.tn, r.fp = 1000, 1000, 1000, 1000, 0 }, SuiteGates(), nil},
		{"one false in the suite", func(*row) {}, QuickGates(), []string{"false_alerts"}},
		{"false alerts by the hour", func(*row) {}, Gates{Nuisance: 1}, []string{"nuisance"}},
		{"looser", func(r *row) { r.tp, r.fn, r.doubles = 49, 1, 3 }, Gates{Recall: 0.9, Duplicates: 3}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := good
			w.delays = append([]time.Duration{}, good.delays...)
			c.change(&w)
			card := Sum([]*Run{runWith(1, w)}, SumOptions{Gates: &c.gates})
			var broken []string
			for _, g := range card.Gates {
				if !g.Passed {
					broken = append(broken, g.ID)
				}
			}
			if diff := cmp.Diff(c.broken, broken); diff != "" {
				t.Error(diff)
			}
			if card.Passed != (len(c.broken) == 0) {
				t.Errorf("passed: %t", card.Passed)
			}
		})
	}
}

// A gate that is not kept never reads like its limit.
func TestGateReadsAsMeasured(t *testing.T) {
	for _, c := range []struct {
		gate lowsky.ScoreGate
		want string
	}{
		{lowsky.ScoreGate{ID: "precision", Measured: 0.97961, Limit: 0.98, AtLeast: true, Unit: "%"}, "precision 97.9610 %, at least 98.0 % (all rules)"},
		{lowsky.ScoreGate{ID: "precision", Measured: 0.95, Limit: 0.98, AtLeast: true, Unit: "%"}, "precision 95.0 %, at least 98.0 % (all rules)"},
		{lowsky.ScoreGate{ID: "delay_p95", Measured: 2.001, Limit: 2, Unit: "s"}, "delay_p95 2.0010 s, at most 2.00 s (all rules)"},
	} {
		if got := sayGate(c.gate); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What is not a safety rule has no gate of its own, but a say in the precision of all. A card of nothing, of an interrupted run or with a fault did not pass.
func TestNotPassed(t *testing.T) {
	near := runWith(1, row{})
	for _, w := range near.rows {
		if w.level.Name == "near" {
			w.events, w.fn, w.doubles = 5, 5, 0
		}
	}
	noisy := runWith(3, row{events: 97, tp: 97})
	for _, w := range noisy.rows {
		if w.level.Name == "near" {
			w.fp = 3
		}
	}
	faulty := runWith(2, row{})
	faulty.Problems = []string{"a rule panicked"}
	for name, c := range map[string]struct {
		runs []*Run
		o    SumOptions
		want bool
	}{
		"not safety":  {[]*Run{near}, SumOptions{}, true},
		"too many":    {[]*Run{noisy}, SumOptions{}, false},
		"nothing":     {nil, SumOptions{}, false},
		"interrupted": {[]*Run{near}, SumOptions{Interrupted: true}, false},
		"fault":       {[]*Run{faulty}, SumOptions{}, false},
		"its own":     {[]*Run{near}, SumOptions{Faults: []string{"cannot read"}}, false},
	} {
		if got := Sum(c.runs, c.o).Passed; got != c.want {
			t.Errorf("%s: passed %t", name, got)
		}
	}
}

// A level that the truth does not know comes after those that it knows, and the gates hold for it.
func TestUnknownLevelComesLast(t *testing.T) {
	sc, rec := testRun(nil)
	strange := alertOf("a", &truth.Level{Rule: "a/a", Hazard: "rule_fault"}, says{62 * s, lowsky.Warning, "panic", nil})
	card := Sum([]*Run{Match(sc, rec, strange, RunInfo{})}, SumOptions{})
	last := card.Rules[len(card.Rules)-1]
	if last.Rule != "a/a" || last.FP != 1 || card.Passed {
		t.Errorf("last row %+v, passed %t", last, card.Passed)
	}
}

func TestCompare(t *testing.T) {
	card := func(w row) *lowsky.Scorecard { return Sum([]*Run{runWith(1, w)}, SumOptions{Suite: "suite"}) }
	good := row{events: 100, tp: 100, near: 10, tn: 10, delays: []time.Duration{s}}
	cases := []struct {
		name    string
		change  func(*row)
		worse   bool
		figures map[string]bool // of inside, and whether they are worse
	}{
		{"same", func(*row) {}, false, map[string]bool{}},
		{"missed", func(r *row) { r.tp, r.fn = 99, 1 }, true, map[string]bool{"tp": false, "fn": true, "recall": true}},
		{"false, gate still kept", func(r *row) { r.fp = 1 }, true, map[string]bool{"fp": true, "precision": true}},
		{"slower, gate still kept", func(r *row) { r.delays = []time.Duration{2 * s} }, false, map[string]bool{"delay_p95": true}},
		{"too slow", func(r *row) { r.delays = []time.Duration{3 * s} }, true, map[string]bool{"delay_p95": true}},
		{"double", func(r *row) { r.doubles = 1 }, true, map[string]bool{"duplicates": true}},
		{"faster", func(r *row) { r.delays = []time.Duration{0} }, false, map[string]bool{"delay_p95": false}},
		{"nothing flown", func(r *row) { *r = row{} }, true, map[string]bool{"tp": false, "recall": true, "precision": true, "delay_p95": false}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := good
			c.change(&w)
			is := card(w)
			Compare(is, card(good))
			got := map[string]bool{}
			for _, ch := range is.Comparison.Changes {
				if ch.Level == "inside" {
					got[ch.Figure] = ch.Worse
				}
			}
			if diff := cmp.Diff(c.figures, got); diff != "" {
				t.Error(diff)
			}
			if is.Comparison.Worse != c.worse || is.Comparison.With != "suite" {
				t.Errorf("comparison %+v, want worse %t", is.Comparison, c.worse)
			}
		})
	}
	t.Run("a row that is gone", func(t *testing.T) {
		is := card(good)
		before := card(good)
		is.Rules = is.Rules[:1]
		Compare(is, before)
		if !is.Comparison.Worse {
			t.Error("a safety level that is not measured any more is not worse")
		}
	})
}

// TestCompareOfOthers: what was flown with other seeds, or other files, is compared by rates and delays.
func TestCompareOfOthers(t *testing.T) {
	two := row{events: 2, tp: 2, delays: []time.Duration{s}}
	is := Sum([]*Run{runWith(1, two)}, SumOptions{Suite: "suite"})
	before := Sum([]*Run{runWith(1, two), runWith(2, row{events: 2, tp: 2, delays: []time.Duration{s}})}, SumOptions{Suite: "suite"})
	Compare(is, before)
	if x := is.Comparison; !x.RatesOnly || x.Worse || len(x.Changes) != 0 {
		t.Errorf("other seeds: %+v", x)
	}
	file := Sum([]*Run{runWith(1, two)}, SumOptions{Suite: "mine.yaml"})
	file.Rules = file.Rules[:0]
	Compare(file, is)
	if x := file.Comparison; !x.RatesOnly || x.Worse || len(x.Changes) != 0 {
		t.Errorf("other files: %+v", x)
	}
	Compare(is, Sum([]*Run{runWith(1, two)}, SumOptions{Suite: "suite"}))
	if x := is.Comparison; x.RatesOnly {
		t.Errorf("the same: %+v", x)
	}
	worse := Sum([]*Run{runWith(2, row{events: 2, tp: 1, fn: 1})}, SumOptions{Suite: "suite"})
	if Compare(worse, is); !worse.Comparison.Worse {
		t.Error("a lower recall with other seeds is not worse")
	}
}

func TestReadJSONRefuses(t *testing.T) {
	for _, text := range []string{"", "{", `{"hours": "x"}`, `{} {}`, `{"rules": [{"severity": "loud"}]}`} {
		if _, err := ReadJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// shownCard is a card with some of everything.
func shownCard() *lowsky.Scorecard {
	sc, rec := testRun([]truth.Span{
		span1(levelNear, event, 50*s, 100*s), span1(levelInside, event, 60*s, 90*s), span1(levelInside, event, 200*s, 220*s),
		span1(levelPredicted, nearMiss, 120*s, 130*s), span1(levelInside, nearMiss, 150*s, 170*s), span1(levelBattery, uncertain, 30*s, 40*s),
	})
	first := Match(sc, rec, inOrder(
		alertOf("a", levelInside, says{52500 * time.Millisecond, lowsky.Advisory, "near", nil}, says{62900 * time.Millisecond, lowsky.Warning, "inside", nil}, says{at: 118 * s}),
		warning("b", 152*s, 160*s), alertOf("c", levelBattery, says{35 * s, lowsky.Advisory, "low", nil}, says{at: 60 * s})), RunInfo{Hash: "aa"})
	sc2, rec2 := testRun([]truth.Span{span1(levelInside, event, 60*s, 90*s), span1(levelCrossed, event, 60*s, 61*s)})
	sc2.Seed = 8
	second := Match(sc2, rec2, inOrder(warning("a", 61*s, 70*s), warning("b", 75*s, 100*s)), RunInfo{Hash: "bb"})
	card := Sum([]*Run{second, first}, SumOptions{
		Suite: "suite", Version: "v1.2", At: time.Date(2026, 10, 15, 2, 0, 0, 0, time.UTC), Took: 2345 * time.Millisecond,
		Packs: []lowsky.PackRef{{ID: "base", Version: "1.0.0", Hash: "abc"}},
	})
	Compare(card, Sum([]*Run{runWith(7, row{events: 3, tp: 3}), runWith(8, row{})}, SumOptions{Suite: "suite", Version: "v1.1", At: time.Date(2026, 10, 14, 2, 0, 0, 0, time.UTC)}))
	return card
}

func TestWriteText(t *testing.T) {
	var b bytes.Buffer
	if err := WriteText(&b, shownCard()); err != nil {
		t.Fatal(err)
	}
	golden(t, "card.txt", b.Bytes())
}

// Text of others makes no lines of its own.
func TestWriteTextKeepsLines(t *testing.T) {
	card := shownCard()
	card.Findings = card.Findings[:1]
	card.Findings[0].What.EN, card.Findings[0].Object.ID = "a\npassed\n", "x\r\npassed"
	card.Faults = []string{"b\npassed\n"}
	var b bytes.Buffer
	if err := WriteText(&b, card); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.TrimSpace(line) == "passed" {
			t.Errorf("a line of its own in %s", b.String())
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
