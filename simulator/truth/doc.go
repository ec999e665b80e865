// Package truth says what an alert should have come for: it watches where the simulated fleet really is and answers the
// spans of time in which a rule's condition really held, nearly held, or cannot be told. It knows the rules from their
// packs' text, as data, and geometry from plain arithmetic; nothing of the engine under test is used here.
//
// Three classes. An event: deeper than the rule's margin and three sigma of the receiver's error, for longer than the
// rule's For and 2 s. A near miss: near, and outside by more than three sigma all the time; or beyond the limit for less
// than the rule's For less 1 s. Whatever lies between is uncertain: an alert may come or not.
package truth

import (
	"time"

	"lowsky"
)

// Level is one severity of one rule: what a row of the score is about.
type Level struct {
	Rule       lowsky.RuleID
	RuleName   lowsky.Text
	Hazard     lowsky.Hazard
	Name       string // variant of the finding
	Severity   lowsky.Severity
	For        time.Duration
	KeepFiring time.Duration
	Safety     bool
}

// Key is what an alert is about.
type Key struct {
	Object  lowsky.Object
	Hazard  lowsky.Hazard
	Subject lowsky.Subject
}

// Span is a stretch of a run in which one thing was so for one level of one key. Spans of one level and key do not
// overlap; whatever they leave out is clear.
type Span struct {
	Key
	Level *Level
	Kind  lowsky.SpanKind
	From  time.Duration
	Until time.Duration
	// Onset is when the unbroken stretch of events and uncertainty began that this one is part of: an alert from then on
	// may already be for this event.
	Onset time.Duration
	// Depth is the most by which the limit was passed, or for a near miss the least by which it was missed, in Unit;
	// Speed what the aircraft flew then, m/s.
	Depth, Speed float64
	Unit         string
	// Open: it went on when the run ended.
	Open bool
	// Heard is when the first report after From got through; -1 none. A platform cannot know before.
	Heard time.Duration
	Line  int // of the expectation in the scenario file; 0: by geometry
	File  string
}

// Record is the truth of one run.
type Record struct {
	Levels   []*Level
	Spans    []Span // by key, level, From
	Duration time.Duration
	// Silences are per aircraft when nothing got through for longer than 3 s: an alert cannot clear then.
	Silences map[lowsky.AircraftID][][2]time.Duration
}
