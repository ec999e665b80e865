// Package score compares the alerts of simulated runs with the truth and says how good they were.
//
// Words. An alert claims a severity while it fires at that severity or a higher one; a rise is the instant at which it
// begins to fire, or fires higher than before. An alert that is only suspected, was found late, or is folded under the
// one of its source claims nothing: a fold neither begins nor ends what the alert claimed before.
//
// Events. An event of a level is found when an alert on its key claims that level's severity at some time between the
// event's beginning and 10 s after the rule's For has passed, both counted from the first report that got through. An
// alert that stands since before counts, with no delay. An event whose time to be found is longer than the rest of the
// run is not scored, found or not.
//
// Rises. Each rise is one thing only. It is a hit when the truth has an event of its severity or a higher one at most
// For and 5 s before it; a double when it is one more for an event that an earlier rise had found; unscored (nuisance)
// when only an uncertain span speaks for it; else false, whether or not it lies in a near miss. A near miss is lost when a
// false rise comes through its level in it. One in which a rise of its level came that was not false, for another reason,
// is not scored: it stayed neither quiet nor was it lost.
//
// Ends. An alert that was not false is a late clear when it fires on for more than KeepFiring and 5 s of unbroken time
// in which no span of its key, of any level, held, reports got through and it could be judged. False alerts are counted
// when they begin and not again. It is an early clear when it is judged clear although an event goes on, without another
// alert that takes its place (that one would be a double), or less than KeepFiring, but 2 s, after one has ended: what
// dropped so soon comes and goes at a limit.
package score

import (
	"time"

	"lowsky"
)

// Revision is one revision of an alert, at the time of the run at which the platform made it.
type Revision struct {
	At    time.Duration
	Alert *lowsky.Alert
}

// RunInfo is what a run was besides its alerts.
type RunInfo struct {
	Hash     string        // of the stream, hex
	Start    time.Time     // of the virtual clock; zero: the scenario's
	Duration time.Duration // how long it was flown; 0: as long as the truth was watched
	Messages int
	Lost     int      // by the simulated radio
	Rejected int      // by the platform
	Faults   []string // panics, records that could not be read
}

// How long after For an event may be found before it counts as missed, and how much after the truth a rise may still
// be about it, or an alert end, besides For and KeepFiring. Both leave room for the way from the aircraft to the platform.
const (
	foundWithin = 10 * time.Second
	grace       = 5 * time.Second
)

// findingsPerRun bounds what one run keeps to look at; the counts go on.
const findingsPerRun = 200

// Run is the score of one scenario flown with one seed.
type Run struct {
	lowsky.ScoredRun
	// Problems are what went wrong while flying. Any fails the card.
	Problems []string
	Findings []lowsky.ScoreFinding
	// FindingCount counts those beyond the bound too.
	FindingCount int
	// Expected is how many alerts the file asks for, Met how many of them came; Forbidden how many it forbids, Kept how
	// many of those did not come.
	Expected, Met, Forbidden, Kept int

	rows []*row
}

// row counts for one level.
type row struct {
	level          Level
	events, tp, fn int
	near, tn, lost int
	fp             int
	doubles        int
	late, early    int
	nuisance       int
	delays         []time.Duration // of found events, beyond For
}

// Level names a row: the same rule and variant may come with two severities.
type Level struct {
	Rule     lowsky.RuleID
	Name     string
	Severity lowsky.Severity

	text   lowsky.Text
	safety bool
	order  int // among the levels of the truth, from 1; 0: it does not know it
}

func (l Level) same(o Level) bool {
	return l.Rule == o.Rule && l.Name == o.Name && l.Severity == o.Severity
}
