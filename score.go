package lowsky

import "time"

// Scorecard says how good the alerts of simulated runs were, measured against where the simulated aircraft really were.
// Times within a run are durations since its start. The same scenario files, seeds, packs and binary give the same card
// but for At, Took and Version.
type Scorecard struct {
	Suite    string        `json:"suite"` // what was flown: the name of the file, or of the suite
	At       time.Time     `json:"at"`
	Took     time.Duration `json:"took_ns"` // of the wall clock
	Version  string        `json:"version"` // of the binary
	Packs    []PackRef     `json:"packs"`
	Seeds    []uint64      `json:"seeds"`
	Runs     []ScoredRun   `json:"runs"`
	Rules    []RuleScore   `json:"rules"` // in the order of the packs
	Total    RuleScore     `json:"total"`
	Hours    float64       `json:"hours"`                      // simulated, all runs together
	Nuisance float64       `json:"nuisance_per_operator_hour"` // false and unscored alerts per simulated hour that one officer watches
	Gates    []ScoreGate   `json:"gates"`
	Passed   bool          `json:"passed"` // every gate
	Broken   bool          `json:"interrupted,omitempty"`
	// Faults are what went wrong while flying: panics, records that could not be read. Any fails the card.
	Faults []string `json:"faults,omitempty"`
	// Findings are what a person should look at: missed, false, late, double. The first 500.
	Findings     []ScoreFinding `json:"findings"`
	FindingCount int            `json:"finding_count"`
	// Comparison is with the card named by it; nil: there was none.
	Comparison *ScoreComparison `json:"comparison,omitempty"`
}

// ScoredRun is one scenario flown with one seed.
type ScoredRun struct {
	Scenario string        `json:"scenario"` // its id
	File     string        `json:"file"`
	Name     Text          `json:"name"`
	Seed     uint64        `json:"seed"`
	Hash     string        `json:"hash"` // SHA-256 of the stream, hex
	Start    time.Time     `json:"start"`
	Duration time.Duration `json:"duration_ns"`
	Aircraft int           `json:"aircraft"`
	Messages int           `json:"messages"`
	Lost     int           `json:"lost"`     // by the simulated radio
	Rejected int           `json:"rejected"` // by the platform
	Events   int           `json:"events"`
	Missed   int           `json:"missed"`
	False    int           `json:"false_alerts"`
	// Lines is what a time line of the run shows; only of cards of at most 20 runs.
	Lines []ScoreLine `json:"lines,omitempty"`
	// Faults ordered by the file, for the same time line.
	Faults []ScoredFault `json:"faults,omitempty"`
}

// ScoredFault is when a fault of the file struck.
type ScoredFault struct {
	Fault  string        `json:"fault"`
	Object Object        `json:"object"`
	From   time.Duration `json:"from_ns"`
	Until  time.Duration `json:"until_ns"`
}

// ScoreLine is one span of truth, or an alert that no truth asked for, on the time line.
type ScoreLine struct {
	Rule    RuleID        `json:"rule"`
	Level   string        `json:"level"`
	Object  Object        `json:"object"`
	Subject Subject       `json:"subject,omitzero"`
	Kind    SpanKind      `json:"kind"`
	From    time.Duration `json:"from_ns"`
	Until   time.Duration `json:"until_ns"`
	// Alerts are the instants at which alerts fired for it.
	Alerts []time.Duration `json:"alerts_ns,omitempty"`
	Result ScoreResult     `json:"result"`
}

// SpanKind is what really was for a while.
type SpanKind string

const (
	SpanEvent     SpanKind = "event"     // an alert must come
	SpanNearMiss  SpanKind = "near_miss" // near, and none may come
	SpanUncertain SpanKind = "uncertain" // either is right: counted as nuisance, not scored
	SpanNothing   SpanKind = "nothing"   // nothing was the matter
)

// ScoreResult is how one span or alert was scored.
type ScoreResult string

const (
	ScoreHit        ScoreResult = "hit"
	ScoreMissed     ScoreResult = "missed"
	ScoreQuiet      ScoreResult = "quiet" // a near miss without an alert
	ScoreFalse      ScoreResult = "false"
	ScoreUnscored   ScoreResult = "unscored"
	ScoreLateClear  ScoreResult = "late_clear"  // it went on long after the reason was gone
	ScoreEarlyClear ScoreResult = "early_clear" // it ended before its reason had been gone for as long as the rule keeps it
	ScoreDouble     ScoreResult = "double"      // one event, more than one alert
)

// RuleScore is the score of one level of one rule (a zone entry predicted, inside …). Of the total, Rule is "".
type RuleScore struct {
	Rule     RuleID   `json:"rule"`
	Name     Text     `json:"name"`
	Level    string   `json:"level"` // variant of the finding that this row is about; "" any
	Severity Severity `json:"severity"`
	Safety   bool     `json:"safety"` // the gates of safety rules hold for it

	Events     int `json:"events"`
	NearMisses int `json:"near_misses"`
	TP         int `json:"tp"`
	FN         int `json:"fn"`
	FP         int `json:"fp"`
	TN         int `json:"tn"` // near misses that stayed quiet

	Recall    Rate `json:"recall"`
	Precision Rate `json:"precision"`

	// Delay from when the event began, less the rule's own For. Seconds.
	Delay ScoreDelay `json:"delay"`

	Duplicates  int `json:"duplicates"` // alerts for events that had one
	LateClears  int `json:"late_clears"`
	EarlyClears int `json:"early_clears"`
	Nuisance    int `json:"nuisance"` // alerts in uncertain spans
}

// Rate is a share with its 95 % interval (Wilson). All 0 and OK false where nothing was counted.
type Rate struct {
	OK    bool    `json:"ok"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// ScoreDelay is how long detections took, seconds.
type ScoreDelay struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_s"`
	P95   float64 `json:"p95_s"`
	Max   float64 `json:"max_s"`
}

// ScoreGate is one threshold and whether it was kept. Measured and Limit are shares, seconds or counts as Unit says.
type ScoreGate struct {
	ID       string  `json:"id"` // "recall", "precision", "delay_p95", "duplicates", "late_clears", "late_clears", "early_clears", "false_alerts", "nuisance", "events", "near_misses", "expected", "forbidden"
	Rule     RuleID  `json:"rule,omitempty"`
	Level    string  `json:"level,omitempty"`
	Measured float64 `json:"measured"`
	Limit    float64 `json:"limit"`
	AtLeast  bool    `json:"at_least"` // else at most
	Unit     string  `json:"unit"`     // "%", "s", ""
	Passed   bool    `json:"passed"`
}

// ScoreFinding is one thing to look at, with what is needed to see it on a small map.
type ScoreFinding struct {
	Result   ScoreResult   `json:"result"`
	Rule     RuleID        `json:"rule"`
	Level    string        `json:"level"`
	Severity Severity      `json:"severity"`
	Object   Object        `json:"object"`
	Subject  Subject       `json:"subject,omitzero"`
	Scenario string        `json:"scenario"`
	File     string        `json:"file"`
	Line     int           `json:"line,omitempty"` // of the expectation in the file; 0: by geometry
	Seed     uint64        `json:"seed"`
	From     time.Duration `json:"from_ns"` // of the span of truth, or the alert
	Until    time.Duration `json:"until_ns"`
	Alert    AlertID       `json:"alert_id,omitempty"`
	AlertAt  time.Duration `json:"alert_at_ns,omitempty"`
	// What: the truth in figures, e.g. "12.6 m past the boundary for 9 s".
	What   Text            `json:"what"`
	Tracks []ScoredTrack   `json:"tracks,omitempty"`
	Zones  []ScoredOutline `json:"zones,omitempty"`
}

// ScoredTrack is an aircraft around a finding: where it was, and what it reported.
type ScoredTrack struct {
	ID       string      `json:"id"`
	Crewed   bool        `json:"crewed,omitempty"`
	Truth    []ScoredFix `json:"truth"`
	Reported []ScoredFix `json:"reported"`
}

// ScoredFix is one place in time.
type ScoredFix struct {
	At        time.Duration `json:"at_ns"`
	Longitude float64       `json:"longitude"`
	Latitude  float64       `json:"latitude"`
	AGL       float64       `json:"agl_m"`
}

// ScoredOutline is a zone on the small map: rings of [longitude, latitude]; a circle is a ring of 48 points.
type ScoredOutline struct {
	ID    ZoneID         `json:"id"`
	Rings [][][2]float64 `json:"rings"`
}

// ScoreComparison is what changed since another card.
type ScoreComparison struct {
	With      string        `json:"with"` // name of the other card
	At        time.Time     `json:"at"`
	Worse     bool          `json:"worse"`                // recall or precision of a safety rule dropped, or a gate that was kept is not
	RatesOnly bool          `json:"rates_only,omitempty"` // other files or seeds, or not flown to the end: counts are not compared
	Changes   []ScoreChange `json:"changes"`
}

// ScoreChange is one figure that is not what it was.
type ScoreChange struct {
	Rule   RuleID  `json:"rule"`
	Level  string  `json:"level"`
	Figure string  `json:"figure"` // "tp", "fn", "fp", "recall", "precision", "delay_p95", "duplicates", "late_clears", "early_clears", "nuisance"
	Was    float64 `json:"was"`
	Is     float64 `json:"is"`
	Worse  bool    `json:"worse"`
}

// SimulationID numbers the runs that testers started in the console.
type SimulationID int64

// SimulationState is how far such a run has come.
type SimulationState string

const (
	SimulationWaiting   SimulationState = "waiting"
	SimulationRunning   SimulationState = "running"
	SimulationDone      SimulationState = "done"
	SimulationFailed    SimulationState = "failed" // Problem says why
	SimulationCancelled SimulationState = "cancelled"
)

// Simulation is a run of scenario files that somebody started in the console, and its score.
type Simulation struct {
	ID       SimulationID    `json:"id"`
	Name     string          `json:"name"`             // of the file or suite
	Source   string          `json:"source,omitempty"` // the scenario file as uploaded; "": one that ships, by Name. Lists leave it out
	Uploaded bool            `json:"uploaded"`         // it has a Source
	Seeds    []uint64        `json:"seeds"`
	State    SimulationState `json:"state"`
	Done     int             `json:"runs_done"`
	Runs     int             `json:"runs"`
	Problem  string          `json:"problem,omitempty"` // why it failed: one of SimulationProblem's words, or one and ": " and what was said
	By       string          `json:"by"`
	// Whose it is: of who started it.
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	StartedAt     time.Time        `json:"started_at"` // when it was asked for
	EndedAt       time.Time        `json:"ended_at,omitzero"`
	// Card is the score; nil until it is done. Lists leave out all but Total, Gates and Passed.
	Card *Scorecard `json:"card,omitempty"`
}

// SimulationProblem is why a run failed.
type SimulationProblem string

const (
	SimulationRestarted SimulationProblem = "restarted" // the server was stopped or started anew meanwhile
	SimulationTimedOut  SimulationProblem = "timed_out" // it took longer than a run may
	SimulationMemory    SimulationProblem = "memory"    // it needed more memory than a run may
	SimulationOutput    SimulationProblem = "output"    // what it answered is too large, or no answer
	SimulationDied      SimulationProblem = "died"      // its process ended without an answer
	SimulationRefused   SimulationProblem = "refused"   // the file cannot be flown: what is wrong follows
)

// What one run of simulations may be.
const (
	MaxScenarioBytes  = 1 << 20 // of an uploaded scenario file
	MaxSimulationRuns = 5000    // scenarios × seeds
	MaxSeeds          = 50
)

// SuiteName names all scenario files that ship, as one.
const SuiteName = "suite"

// ScenarioFile is a scenario file that ships with the binary.
type ScenarioFile struct {
	Name     string   `json:"name"` // as it is asked for
	Title    Text     `json:"title"`
	Aircraft int      `json:"aircraft"`
	Duration float64  `json:"duration_s"`
	Faults   []string `json:"faults"`
	Rules    []RuleID `json:"rules"` // that it expects something of
	Source   string   `json:"source,omitempty"`
}

// ScenarioProblem is one thing wrong with a scenario file.
type ScenarioProblem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Field   string `json:"field"`
	Problem string `json:"problem"`
}
