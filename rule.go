package lowsky

import "time"

type (
	RuleID string
	// Hazard names one event whatever its urgency; several rules may feed one.
	Hazard string
)

const (
	HazardZoneEntry Hazard = "zone_entry"
	HazardHeight    Hazard = "height"
	HazardIdentity  Hazard = "identity"
	HazardSpeed     Hazard = "speed"
	HazardBattery   Hazard = "battery"
	HazardEmergency Hazard = "emergency"
	HazardSilence   Hazard = "silence"
	HazardC2Loss    Hazard = "c2_loss"
	HazardSource    Hazard = "source_down"
	// HazardSeparation: two aircraft are too near each other, or will be.
	HazardSeparation Hazard = "separation"
	// HazardMismatch: a device published a topic of another.
	HazardMismatch  Hazard = "identity_mismatch"
	HazardRuleFault Hazard = "rule_fault" // a rule panicked: silence would look like safety
)

// Severity of a finding. An alert shows the highest current one and escalates in place.
type Severity uint8

const (
	SeverityNone Severity = 0
	Info         Severity = 1 // 蓝
	Advisory     Severity = 2 // 黄
	Caution      Severity = 3 // 橙
	Warning      Severity = 4 // 红
)

var severityNames = [...]string{"none", "info", "advisory", "caution", "warning"}

func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return "warning"
}

// MarshalText writes "none", "info", "advisory", "caution" or "warning".
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads one of the five words.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, n := range severityNames {
		if n == string(b) {
			*s = Severity(i)
			return nil
		}
	}
	return &InvalidError{Field: "severity", Problem: "must be none, info, advisory, caution or warning"}
}

// Trigger is when a rule is asked.
type Trigger uint8

const (
	EachReport    Trigger = iota // after each live (and each late) report of an aircraft
	EachTick                     // once a second, for one aircraft
	EachTickGroup                // once a second, for a pair, a swarm, a leg, a pad or a source
)

// Clause names the text a rule enforces.
type Clause struct {
	Document string `json:"document" yaml:"document"` // e.g. 《无人驾驶航空器飞行管理暂行条例》
	Article  string `json:"article" yaml:"article"`   // e.g. 第十九条
	Text     Text   `json:"text" yaml:"text"`         // what it asks, in our words
}

// RulePack is a compiled pack: versioned, immutable, with the content hash that every finding records.
type RulePack struct {
	PackRef
	Name     Text
	Scenario Scenario // "" for the base pack, which binds every flight
	Rules    []Rule
}

// PackRef names one version of a pack.
type PackRef struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Hash    string `json:"hash"` // SHA-256 of the pack's bytes, hex
}

// Rule is data and one pure function.
type Rule struct {
	ID         RuleID
	Name       Text
	Hazard     Hazard
	Clause     Clause
	On         Trigger
	For        time.Duration // the condition must hold this long before the alert fires
	KeepFiring time.Duration // and be judged clear this long, at least twice, before it resolves
	// Pairs is how far the picture looks for pairs to ask the rule about; nil: it judges none. Only with EachTickGroup.
	Pairs *PairReach
	// Texts by Finding.Variant. Placeholders: {measured} {limit} {margin} {unit} {zone} {accuracy} {seconds}, and of a pair
	// {one} {other} {vertical} (metres at the instant that is measured).
	Texts map[string]Text
	// Advice by Finding.Variant: what to do now. May lack a variant.
	Advice map[string]Text

	// Check answers for each subject it looked at: Found, or Unjudged with a reason. What it looked at and did not
	// name is clear. It must not block, read the clock, keep state, or hold s after returning. Hysteresis does not
	// belong here: For and KeepFiring are applied by the alert that the finding feeds.
	Check func(s *Situation, out Verdicts)
}

// Verdicts takes what a rule has to say. Both may be called several times, once per subject.
type Verdicts interface {
	Found(Finding)
	// Unjudged freezes the alert on subject; the zero Subject freezes every alert of the rule's hazard on this object.
	Unjudged(Subject, Reason)
}

// Reason is why something cannot be judged, a key that consoles translate ("unjudged."+reason).
type Reason string

const (
	ReasonNoPosition      Reason = "no_position"
	ReasonNoHeight        Reason = "no_height"
	ReasonNoTerrain       Reason = "no_terrain"       // height known, ground below is not
	ReasonNoCommonDatum   Reason = "no_common_datum"  // zone limit and reported heights share no datum
	ReasonSourceDown      Reason = "source_down"      // its gateway is reported down
	ReasonJumpUnconfirmed Reason = "jump_unconfirmed" // see house rule on jumps
	ReasonRuleFault       Reason = "rule_fault"       // the rule panicked
	ReasonNoSpeed         Reason = "no_speed"
	ReasonNoBattery       Reason = "no_battery"
	ReasonNoZones         Reason = "no_zones" // the zone index failed for this position
	ReasonSilent          Reason = "silent"   // no report comes that could be judged
	ReasonNoQNH           Reason = "no_qnh"   // a pressure altitude without a QNH near and new enough
	ReasonTooMany         Reason = "too_many" // more pairs at once than are judged
)

// Unjudged is one thing that cannot be judged now; shown on the aircraft, never green.
type Unjudged struct {
	Hazard  Hazard  `json:"hazard"`
	Rule    RuleID  `json:"rule"`
	Subject Subject `json:"subject,omitzero"`
	Reason  Reason  `json:"reason"`
}

// Situation is everything a rule may look at, read-only, assembled by picture.
type Situation struct {
	Now     time.Time // ObservedAt of the report, or the tick
	On      Trigger
	Track   *Track           // the aircraft; nil for a source
	Report  *TelemetryReport // the report being judged; nil on ticks
	Late    bool             // a late report: Track is as it was, Position below is the report's own
	History []TrackPoint     // the last 120 s of live positions, oldest first, the newest included
	// TurnRate is how fast its course changes steadily, degrees per second, clockwise positive; 0: it flies straight, or
	// nobody knows. Only told where an entry into a zone is predicted.
	TurnRate Degrees
	// Position that is judged: Track's newest, or the late report's. Absent: no fix yet.
	Position Opt[Position]
	// Zones the aircraft is inside of, crossed, is near to (within the look-ahead) or is predicted to enter. Zones not
	// listed are clear. ZonesOK is false when relations could not be made: then nothing about zones can be judged.
	Zones   []ZoneRelation
	ZonesOK bool
	// Aircraft is the register entry; nil when the aircraft is not registered.
	Aircraft *Aircraft
	// Source of the aircraft, or the source judged on EachTickGroup; nil when never heard of.
	Source *SourceState
	// Dependants is the number of airborne aircraft that report through Source, on EachTickGroup for a source.
	Dependants int
	// Pair is what is judged on EachTickGroup by a rule with Pairs; Track, Aircraft and Position are then nil and absent.
	Pair *Pair
	// AGL is the best evidence of height above the ground below the aircraft, absent when nothing supports one.
	AGL HeightEvidence
}

// HeightEvidence is a height above ground with where it comes from.
type HeightEvidence struct {
	Metres Opt[Metres]  `json:"metres,omitzero"`
	From   HeightSource `json:"from,omitempty"`
	// Bound (±) of the ground and the geoid below Metres; absent where nothing was converted and where flat ground was
	// assumed, of which nothing is known. How well the device knows its own height comes on top.
	Bound  Opt[Metres] `json:"bound_m,omitzero"`
	Reason Reason      `json:"reason,omitempty"` // why Metres is absent
	// Flat is the height that flat ground would give, beside a Metres whose Bound is coarse.
	Flat Opt[Metres] `json:"flat_m,omitzero"`
}

// HeightSource says what a height above ground rests on, strongest first.
type HeightSource string

const (
	HeightReported    HeightSource = "reported_agl"
	HeightTerrain     HeightSource = "terrain"          // ellipsoidal or mean-sea-level height less terrain
	HeightEnvelope    HeightSource = "terrain_envelope" // less the lowest and highest ground of a whole area
	HeightFlatAssumed HeightSource = "flat_ground"      // above take-off, flat ground assumed: never above Caution
)

// Finding is one rule's judgement at one instant.
type Finding struct {
	Severity Severity
	Variant  string // which of the rule's texts: "inside", "predicted" …
	Subject  Subject
	// Suspected: beyond the limit, but within margin or reported accuracy. It is shown at once as suspected and does
	// not make the alert fire or escalate.
	Suspected bool
	Measured  Opt[float64]
	Limit     Opt[float64]
	Margin    Opt[float64] // beyond the limit, positive; for a zone the depth in metres
	Accuracy  Opt[float64]
	Unit      string             // "m", "m/s", "%", "s"
	Within    Opt[time.Duration] // predicted time to the event
	Zone      *Zone
	Pair      *Pair
	Vertical  Opt[float64] // of a pair, beside Measured
	Height    HeightSource
	Note      string // key of a caveat that consoles translate ("note."+key): "class_unknown", "flat_ground"
	Position  Opt[Position]
}
