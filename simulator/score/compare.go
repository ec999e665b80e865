package score

import (
	"math"
	"slices"

	"lowsky"
)

// figure is one number of a row that is compared.
type figure struct {
	name   string
	of     func(*lowsky.RuleScore) (v float64, ok bool)
	better int // +1: more is better; -1: less is; 0: neither, it says how much was flown
	unit   string
}

// counted reports whether it is a number of occurrences, which grows with what is flown.
func (f figure) counted() bool { return f.unit == "" }

var compared = []figure{
	{"tp", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.TP), true }, 0, ""},
	{"fn", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.FN), true }, -1, ""},
	{"fp", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.FP), true }, -1, ""},
	{"recall", func(r *lowsky.RuleScore) (float64, bool) { return r.Recall.Value, r.Recall.OK }, +1, "%"},
	{"precision", func(r *lowsky.RuleScore) (float64, bool) { return r.Precision.Value, r.Precision.OK }, +1, "%"},
	{"delay_p95", func(r *lowsky.RuleScore) (float64, bool) { return r.Delay.P95, r.Delay.Count > 0 }, -1, "s"},
	{"duplicates", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.Duplicates), true }, -1, ""},
	{"late_clears", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.LateClears), true }, -1, ""},
	{"early_clears", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.EarlyClears), true }, -1, ""},
	{"nuisance", func(r *lowsky.RuleScore) (float64, bool) { return float64(r.Nuisance), true }, -1, ""},
}

func figureUnit(name string) string {
	for _, f := range compared {
		if f.name == name {
			return f.unit
		}
	}
	return ""
}

// Compare sets what changed since a previous card. It is worse when recall or precision of a safety level dropped, or, in
// the same suite, is not measured any more, or when a gate that was kept then is not kept now. Counts are compared only
// when both flew as much with the same seeds to the end. Whether the card passed stays as it was.
func Compare(c, previous *lowsky.Scorecard) {
	x := &lowsky.ScoreComparison{With: previous.Suite, At: previous.At, Changes: []lowsky.ScoreChange{}}
	x.RatesOnly = c.Suite != previous.Suite || c.Broken || previous.Broken || len(c.Runs) != len(previous.Runs) || !slices.Equal(c.Seeds, previous.Seeds)
	gone := c.Suite == previous.Suite // levels that are not measured any more tell something
	if previous.Version != "" {
		x.With += " " + previous.Version
	}
	for i := range c.Rules {
		was := rowLike(previous, &c.Rules[i])
		changes(x, &was, &c.Rules[i], gone)
	}
	for i := range previous.Rules {
		was := &previous.Rules[i]
		if is := rowLike(c, was); is.Rule == "" && gone {
			is.Rule, is.Level, is.Safety = was.Rule, was.Level, was.Safety
			changes(x, was, &is, gone)
		}
	}
	changes(x, &previous.Total, &c.Total, gone)
	for _, was := range previous.Gates {
		for _, is := range c.Gates {
			if was.ID == is.ID && was.Rule == is.Rule && was.Level == is.Level && was.Passed && !is.Passed {
				x.Worse = true
			}
		}
	}
	c.Comparison = x
}

// rowLike answers the row of the same level, the zero row where the card has none.
func rowLike(c *lowsky.Scorecard, r *lowsky.RuleScore) lowsky.RuleScore {
	for i := range c.Rules {
		if o := &c.Rules[i]; o.Rule == r.Rule && o.Level == r.Level && o.Severity == r.Severity {
			return *o
		}
	}
	return lowsky.RuleScore{}
}

// changes notes the figures of one level that are not what they were; with gone those too that are not measured any more.
func changes(x *lowsky.ScoreComparison, was, is *lowsky.RuleScore, gone bool) {
	for _, f := range compared {
		if f.counted() && x.RatesOnly {
			continue
		}
		a, before := f.of(was)
		b, now := f.of(is)
		if before == now && math.Abs(a-b) < 1e-9 || !before && now || !now && !gone { // what is measured for the first time shows in the counts
			continue
		}
		rated := f.unit == "%"
		ch := lowsky.ScoreChange{Rule: is.Rule, Level: is.Level, Figure: f.name, Was: a, Is: b}
		switch {
		case before && now:
			ch.Worse = (b-a)*float64(f.better) < 0
		case before:
			ch.Worse = rated
		}
		x.Changes = append(x.Changes, ch)
		x.Worse = x.Worse || ch.Worse && rated && is.Safety
	}
}
