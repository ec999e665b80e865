package score

import (
	"cmp"
	"slices"
	"time"

	"lowsky"
)

// Bounds of a card.
const (
	findingsPerCard = 500
	runsWithLines   = 20
	linesPerRun     = 2000
)

// SumOptions is what a card says besides the scores of its runs.
type SumOptions struct {
	Suite       string
	At          time.Time
	Took        time.Duration
	Version     string
	Packs       []lowsky.PackRef
	Gates       *Gates   // nil: the default ones
	Interrupted bool     // not all runs that were asked for are there
	Faults      []string // of no single run
}

// Sum adds up runs. The same runs give the same card in whatever order they are given. A card of no runs, or of
// interrupted ones, did not pass.
func Sum(runs []*Run, o SumOptions) *lowsky.Scorecard {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b *Run) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Hash, b.Hash))
	})
	c := &lowsky.Scorecard{
		Suite: o.Suite, At: o.At, Took: o.Took, Version: o.Version, Packs: slices.Clone(o.Packs), Broken: o.Interrupted,
		Faults: slices.Clone(o.Faults), Seeds: []uint64{}, Runs: []lowsky.ScoredRun{}, Findings: []lowsky.ScoreFinding{},
	}
	if c.Packs == nil {
		c.Packs = []lowsky.PackRef{}
	}
	var expected, met, forbidden, kept int
	for _, r := range runs {
		x := r.ScoredRun
		if len(runs) > runsWithLines {
			x.Lines, x.Faults = nil, nil
		}
		x.Lines = x.Lines[:min(len(x.Lines), linesPerRun)]
		c.Runs = append(c.Runs, x)
		c.Seeds = append(c.Seeds, r.Seed)
		c.Hours += r.Duration.Hours()
		c.Findings = append(c.Findings, r.Findings...)
		c.FindingCount += r.FindingCount
		for _, p := range r.Problems {
			c.Faults = append(c.Faults, r.File+": "+p)
		}
		expected, met = expected+r.Expected, met+r.Met
		forbidden, kept = forbidden+r.Forbidden, kept+r.Kept
	}
	slices.Sort(c.Seeds)
	c.Seeds = slices.Compact(c.Seeds)
	slices.SortStableFunc(c.Findings, compareFindings)
	c.Findings = c.Findings[:min(len(c.Findings), findingsPerCard)]

	rows, total := add(runs)
	c.Rules = make([]lowsky.RuleScore, 0, len(rows))
	for _, w := range rows {
		c.Rules = append(c.Rules, w.score())
	}
	c.Total = total.score()
	if c.Hours > 0 {
		c.Nuisance = float64(total.fp+total.nuisance) / c.Hours
	}
	g := DefaultGates()
	if o.Gates != nil {
		g = *o.Gates
	}
	c.Gates = g.apply(c, expected, met, forbidden, kept)
	c.Passed = len(runs) > 0 && !c.Broken && len(c.Faults) == 0
	for i := range c.Gates {
		c.Passed = c.Passed && c.Gates[i].Passed
	}
	return c
}

// add adds up the rows of runs level by level: those that the truth knows in its order, then the others by name.
func add(runs []*Run) (rows []*row, total *row) {
	total = &row{}
	for _, r := range runs {
		for _, w := range r.rows {
			i := slices.IndexFunc(rows, func(o *row) bool { return o.level.same(w.level) })
			if i < 0 {
				i = len(rows)
				rows = append(rows, &row{level: w.level})
			}
			rows[i].add(w)
			total.add(w)
		}
	}
	slices.SortStableFunc(rows, func(a, b *row) int {
		if a.level.order != b.level.order {
			return cmp.Compare(uint(a.level.order-1), uint(b.level.order-1)) // 0, a stranger, comes last
		}
		return cmp.Or(cmp.Compare(a.level.Rule, b.level.Rule), cmp.Compare(a.level.Name, b.level.Name), cmp.Compare(a.level.Severity, b.level.Severity))
	})
	return rows, total
}

func (w *row) add(o *row) {
	w.events += o.events
	w.tp += o.tp
	w.fn += o.fn
	w.near += o.near
	w.tn += o.tn
	w.lost += o.lost
	w.fp += o.fp
	w.doubles += o.doubles
	w.late += o.late
	w.early += o.early
	w.nuisance += o.nuisance
	w.delays = append(w.delays, o.delays...)
}

func (w *row) score() lowsky.RuleScore {
	return lowsky.RuleScore{
		Rule: w.level.Rule, Name: w.level.text, Level: w.level.Name, Severity: w.level.Severity, Safety: w.level.safety,
		Events: w.events, NearMisses: w.near, TP: w.tp, FN: w.fn, FP: w.fp, TN: w.tn,
		Recall: rate(w.tp, w.events), Precision: rate(w.tp, w.tp+w.fp), Delay: delays(w.delays),
		Duplicates: w.doubles, LateClears: w.late, EarlyClears: w.early, Nuisance: w.nuisance,
	}
}
