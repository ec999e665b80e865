package score

import (
	"time"

	"lowsky"
)

// Gates are the thresholds that a card must keep. A share or count of 0 at least is no gate.
type Gates struct {
	// Of each level of a safety rule by itself; the precision of all rules together too, for people hear all of them.
	Recall    float64 // at least
	Precision float64 // at least
	DelayP95  time.Duration
	// Of all rules together, at least: an Advisory that never comes is a fault of the engine too.
	RecallAll float64
	// Of all rules together, at most.
	Duplicates  int
	LateClears  int
	EarlyClears int
	NoFalse     bool    // not one false alert of any rule
	Nuisance    float64 // false and unscored alerts per operator-hour; 0: no gate
	// Of the whole card, at least: fewer prove little.
	Events     int
	NearMisses int
}

// DefaultGates are those of any run: every event found, at most one alert in fifty false, 95 of 100 within 2 s beyond the
// rule's own For, nothing double, nothing that stays on or ends before its time.
func DefaultGates() Gates {
	return Gates{Recall: 1, Precision: 0.98, DelayP95: 2 * time.Second}
}

// SuiteGates are those of the whole suite: besides, every event of all rules found, a thousand events and a thousand near
// misses.
func SuiteGates() Gates {
	g := QuickGates()
	g.Events, g.NearMisses = 1000, 1000
	return g
}

// suiteNuisance is what the suite came to when this was written, 9.9, and a fifth on top: an engine that alerts more within
// its margins has got worse, although no single alert can be called false.
const suiteNuisance = 12

// QuickGates are those of the suite with fewer seeds: of the numbers it asks nothing. Of what the suite is flawless
// in nothing may be lost: a false alert is a drop, whatever the precision still is.
func QuickGates() Gates {
	g := DefaultGates()
	g.RecallAll, g.NoFalse, g.Nuisance = 1, true, suiteNuisance
	return g
}

// apply answers what the gates say about a card, those of levels first, in the order of its rows.
func (g Gates) apply(c *lowsky.Scorecard, expected, met, forbidden, kept int) []lowsky.ScoreGate {
	out := []lowsky.ScoreGate{}
	least := func(id string, r *lowsky.RuleScore, is, limit float64, unit string) {
		x := lowsky.ScoreGate{ID: id, Measured: is, Limit: limit, AtLeast: true, Unit: unit, Passed: is >= limit}
		if r != nil {
			x.Rule, x.Level = r.Rule, r.Level
		}
		out = append(out, x)
	}
	most := func(id string, r *lowsky.RuleScore, is, limit float64, unit string) {
		x := lowsky.ScoreGate{ID: id, Measured: is, Limit: limit, Unit: unit, Passed: is <= limit}
		if r != nil {
			x.Rule, x.Level = r.Rule, r.Level
		}
		out = append(out, x)
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		if !r.Safety {
			continue
		}
		if r.Recall.OK && g.Recall > 0 {
			least("recall", r, r.Recall.Value, g.Recall, "%")
		}
		if r.Precision.OK && g.Precision > 0 {
			least("precision", r, r.Precision.Value, g.Precision, "%")
		}
		if r.Delay.Count > 0 && g.DelayP95 > 0 {
			most("delay_p95", r, r.Delay.P95, g.DelayP95.Seconds(), "s")
		}
	}
	if c.Total.Recall.OK && g.RecallAll > 0 {
		least("recall", nil, c.Total.Recall.Value, g.RecallAll, "%")
	}
	if c.Total.Precision.OK && g.Precision > 0 {
		least("precision", nil, c.Total.Precision.Value, g.Precision, "%")
	}
	most("duplicates", nil, float64(c.Total.Duplicates), float64(g.Duplicates), "")
	most("late_clears", nil, float64(c.Total.LateClears), float64(g.LateClears), "")
	most("early_clears", nil, float64(c.Total.EarlyClears), float64(g.EarlyClears), "")
	if g.NoFalse {
		most("false_alerts", nil, float64(c.Total.FP), 0, "")
	}
	if g.Nuisance > 0 {
		most("nuisance", nil, c.Nuisance, g.Nuisance, "")
	}
	if g.Events > 0 {
		least("events", nil, float64(c.Total.Events), float64(g.Events), "")
	}
	if g.NearMisses > 0 {
		least("near_misses", nil, float64(c.Total.NearMisses), float64(g.NearMisses), "")
	}
	if expected > 0 {
		least("expected", nil, float64(met), float64(expected), "")
	}
	if forbidden > 0 {
		most("forbidden", nil, float64(forbidden-kept), 0, "")
	}
	return out
}
