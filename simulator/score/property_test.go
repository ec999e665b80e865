package score

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// drawRun makes up a run: spans of truth that do not overlap within a level, alerts that come and go, and wishes.
func drawRun(t *rapid.T, seed uint64) *Run {
	second := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 3000).Draw(t, "ds")) * 100 * time.Millisecond
	})
	var spans []truth.Span
	for _, l := range testLevels {
		at := rapid.SliceOfNDistinct(second, 0, 8, func(d time.Duration) time.Duration { return d }).Draw(t, l.Name)
		slices.Sort(at)
		for i := 0; i+1 < len(at); i += 2 {
			spans = append(spans, span1(l, rapid.SampledFrom([]lowsky.SpanKind{event, event, nearMiss, uncertain}).Draw(t, "kind"), at[i], at[i+1]))
		}
	}
	var alerts [][]Revision
	for n := range rapid.IntRange(0, 5).Draw(t, "alerts") {
		l := rapid.SampledFrom(testLevels).Draw(t, "of")
		at := rapid.SliceOfN(second, 1, 6).Draw(t, "times")
		slices.Sort(at)
		var all []says
		for _, d := range at {
			all = append(all, says{d, lowsky.Severity(rapid.IntRange(0, 4).Draw(t, "severity")), l.Name, func(a *lowsky.Alert) {
				switch rapid.IntRange(0, 9).Draw(t, "how") {
				case 0:
					a.Parent = "p"
				case 1:
					a.Frozen = lowsky.ReasonSilent
				case 2:
					a.State = lowsky.AlertPending
				case 3, 4, 5:
					a.ResolveReason = lowsky.ResolvedClear
				}
			}})
		}
		alerts = append(alerts, alertOf(lowsky.AlertID("a"+strconv.Itoa(n)), l, all...))
	}
	sc, rec := testRun(spans)
	sc.Seed = seed
	for range rapid.IntRange(0, 2).Draw(t, "expected") {
		sc.Expect = append(sc.Expect, drawWish(t, second))
	}
	for range rapid.IntRange(0, 2).Draw(t, "forbidden") {
		sc.Forbid = append(sc.Forbid, drawWish(t, second))
	}
	return Match(sc, rec, inOrder(alerts...), RunInfo{Hash: strconv.FormatUint(seed, 10)})
}

func drawWish(t *rapid.T, second *rapid.Generator[time.Duration]) simulator.Expectation {
	a, b := second.Draw(t, "from"), second.Draw(t, "until")
	return wish(lowsky.Severity(rapid.IntRange(2, 4).Draw(t, "wished")), "", min(a, b), max(a, b))
}

// Whatever happens in a run: the counts add up, and no alert and no span is counted twice.
func TestCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := drawRun(t, 1)
		card := Sum([]*Run{run}, SumOptions{})
		var sum lowsky.RuleScore
		for i, r := range card.Rules {
			if r.Events != r.TP+r.FN {
				t.Errorf("%s %s: %d events, %d found, %d missed", r.Rule, r.Level, r.Events, r.TP, r.FN)
			}
			if lost := r.NearMisses - r.TN; lost < 0 || lost != run.rows[i].lost {
				t.Errorf("%s %s: %d near misses, %d quiet, %d lost", r.Rule, r.Level, r.NearMisses, r.TN, run.rows[i].lost)
			}
			sum.Events, sum.TP, sum.FP, sum.TN = sum.Events+r.Events, sum.TP+r.TP, sum.FP+r.FP, sum.TN+r.TN
			sum.Duplicates, sum.LateClears, sum.Nuisance = sum.Duplicates+r.Duplicates, sum.LateClears+r.LateClears, sum.Nuisance+r.Nuisance
		}
		c := card.Total
		if c.Events != sum.Events || c.TP != sum.TP || c.FP != sum.FP || c.TN != sum.TN || c.Duplicates != sum.Duplicates ||
			c.LateClears != sum.LateClears || c.Nuisance != sum.Nuisance {
			t.Errorf("total %+v, sum of the rows %+v", c, sum)
		}
		if c.Delay.Count > c.TP {
			t.Errorf("%d delays of %d events that were found", c.Delay.Count, c.TP)
		}
		var missed, quiet, found, late int
		for _, l := range run.Lines {
			switch l.Result {
			case lowsky.ScoreMissed:
				missed++
			case lowsky.ScoreQuiet:
				quiet++
			case lowsky.ScoreHit, lowsky.ScoreDouble, lowsky.ScoreEarlyClear:
				found++
			case lowsky.ScoreLateClear: // also of what is not scored
				if l.Kind == event {
					late++
				}
			}
		}
		if missed != c.FN || quiet != c.TN || c.TP < found || c.TP > found+late {
			t.Errorf("time line: %d missed, %d quiet, %d found, %d late; total %+v", missed, quiet, found, late, c)
		}
		results := map[lowsky.ScoreResult]int{}
		for _, f := range run.Findings {
			results[f.Result]++
		}
		if results[lowsky.ScoreDouble] != c.Duplicates || results[lowsky.ScoreLateClear] != c.LateClears || results[lowsky.ScoreEarlyClear] != c.EarlyClears || results[lowsky.ScoreMissed] < c.FN || results[lowsky.ScoreFalse] < c.FP {
			t.Errorf("findings %v, total %+v", results, c)
		}
	})
}

// A near miss that was lost was lost to a false alert, unless it is one that the file forbids.
func TestLostNearMissHasAFalseAlert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := drawRun(t, 1)
		if run.Forbidden > 0 {
			t.Skip()
		}
		fp, lost := 0, 0
		for _, w := range run.rows {
			fp, lost = fp+w.fp, lost+w.lost
		}
		if lost > 0 && fp == 0 {
			t.Errorf("%d near misses lost without a false alert", lost)
		}
	})
}

// The order in which runs finish does not show in the card, and neither does summing change them.
func TestOrderOfRunsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var runs []*Run
		for n := range rapid.IntRange(1, 4).Draw(t, "runs") {
			runs = append(runs, drawRun(t, uint64(n+1)))
		}
		var one, other bytes.Buffer
		if err := WriteJSON(&one, Sum(runs, SumOptions{})); err != nil {
			t.Fatal(err)
		}
		rand.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		if err := WriteJSON(&other, Sum(runs, SumOptions{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one.String(), other.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// A card that was written and read again is the same.
func TestCardRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card := Sum([]*Run{drawRun(t, 1), drawRun(t, 2)}, SumOptions{
			Suite: "test", Version: "v1", At: time.Date(2026, 10, 15, 2, 0, 0, 5, time.UTC), Took: 3 * s, Packs: []lowsky.PackRef{{ID: "base", Version: "1"}},
		})
		Compare(card, Sum([]*Run{drawRun(t, 3)}, SumOptions{Suite: "before"}))
		var b bytes.Buffer
		if err := WriteJSON(&b, card); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		back, err := ReadJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := WriteJSON(&again, back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, again.String()); diff != "" {
			t.Error(diff)
		}
	})
}
