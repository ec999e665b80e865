package lowsky

import (
	"strings"
	"time"
)

// AlertID is derived from the alert's key and the record that raised it, so a replay gives the same one.
type AlertID string

// ObjectKind says what an alert is about.
type ObjectKind string

const (
	ObjectAircraft ObjectKind = "aircraft"
	ObjectPair     ObjectKind = "pair"    // ids in ascending order, joined by "+"; of crewed traffic "traffic:" and its id
	ObjectTraffic  ObjectKind = "traffic" // crewed traffic; half of a pair, never the object of an alert
	ObjectSource   ObjectKind = "source"
	ObjectStation  ObjectKind = "station"
	ObjectZone     ObjectKind = "zone"
	ObjectPlan     ObjectKind = "plan"
	ObjectRule     ObjectKind = "rule"
	ObjectDevice   ObjectKind = "device" // an MQTT credential
)

// Object is a typed reference.
type Object struct {
	Kind ObjectKind `json:"kind"`
	ID   string     `json:"id"`
}

// Subject is what the object has to do with: the zone entered, the other aircraft. The zero Subject is the object
// alone.
type Subject struct {
	Kind ObjectKind `json:"kind,omitempty"`
	ID   string     `json:"id,omitempty"`
}

// AlertKey tells alerts apart: one open alert per key.
type AlertKey struct {
	Object  Object  `json:"object"`
	Hazard  Hazard  `json:"hazard"`
	Subject Subject `json:"subject,omitzero"`
}

func (k AlertKey) String() string {
	return strings.Join([]string{string(k.Object.Kind), k.Object.ID, string(k.Hazard), string(k.Subject.Kind), k.Subject.ID}, "\x1f")
}

// AlertState is the life of an alert.
type AlertState string

const (
	AlertPending  AlertState = "pending" // shown as suspected
	AlertFiring   AlertState = "firing"
	AlertResolved AlertState = "resolved"
)

// ResolveReason is why an alert ended.
type ResolveReason string

const (
	ResolvedClear       ResolveReason = "clear"        // judged clear long enough
	ResolvedZoneEnded   ResolveReason = "zone_ended"   // the zone version it rests on ended
	ResolvedZoneChanged ResolveReason = "zone_changed" // and the new version does not find it
	ResolvedLanded      ResolveReason = "landed"       // rules judge airborne aircraft only
	ResolvedFolded      ResolveReason = "folded"       // its source's alert stands for it
	ResolvedPerson      ResolveReason = "person"       // a person ended it
	ResolvedRuleRemoved ResolveReason = "rule_removed" // the pack no longer has the rule
	ResolvedLate        ResolveReason = "found_late"   // found on a late report: past, recorded, never fired
	ResolvedUnregister  ResolveReason = "removed"      // aircraft removed (demo off)
	ResolvedMerged      ResolveReason = "merged"       // its aircraft is another one's under a second name; that one's alert goes on
)

// HandlingState is what people have done with an alert, apart from its life.
type HandlingState string

const (
	HandlingNew          HandlingState = "new"
	HandlingAcknowledged HandlingState = "acknowledged"
	HandlingAssigned     HandlingState = "assigned"
	HandlingInHand       HandlingState = "in_hand"
	HandlingClosed       HandlingState = "closed"
)

// CloseReason is why a person closed an alert. Only the last three may close one that still fires; it then stays on the
// map as "closed, still firing" and reopens if its severity rises.
type CloseReason string

const (
	CloseTrue       CloseReason = "true"        // 属实
	CloseFalseAlarm CloseReason = "false_alarm" // 误报
	CloseDuplicate  CloseReason = "duplicate"   // 重复
	CloseDrill      CloseReason = "drill"       // 演练
)

// Alert is the life of a finding and what people did about it, one revision of it: never changed after it was
// published; Rev counts the revisions from 1.
type Alert struct {
	ID  AlertID `json:"id"`
	Rev uint64  `json:"rev"`
	AlertKey
	State         AlertState    `json:"state"`
	Severity      Severity      `json:"severity"` // highest current
	PeakSeverity  Severity      `json:"peak_severity"`
	FoundLate     bool          `json:"found_late,omitempty"` // found on late reports: no sound, no marker
	ResolveReason ResolveReason `json:"resolve_reason,omitempty"`
	Frozen        Reason        `json:"frozen,omitempty"` // cannot be judged now, and why

	// What was found, from the newest finding that counts.
	Rule     RuleID             `json:"rule"`
	RuleName Text               `json:"rule_name"`
	Pack     PackRef            `json:"pack"`
	Clause   Clause             `json:"clause"`
	Variant  string             `json:"variant"`
	Text     Text               `json:"text"`
	Advice   Text               `json:"advice,omitzero"`
	Measured Opt[float64]       `json:"measured,omitzero"`
	Limit    Opt[float64]       `json:"limit,omitzero"`
	Margin   Opt[float64]       `json:"margin,omitzero"`
	Accuracy Opt[float64]       `json:"accuracy,omitzero"`
	Unit     string             `json:"unit,omitempty"`
	Within   Opt[time.Duration] `json:"within_ns,omitzero"`
	Height   HeightSource       `json:"height_from,omitempty"`
	Note     string             `json:"note,omitempty"`
	Zone     *AlertZone         `json:"zone,omitempty"`
	Pair     *Pair              `json:"pair,omitempty"`      // of a pair, as it was when this was found
	Vertical Opt[float64]       `json:"vertical_m,omitzero"` // … and the vertical distance beside Measured
	Position Opt[Position]      `json:"position,omitzero"`
	Reports  []ReportRef        `json:"reports,omitempty"` // the newest up to 8 it rests on, oldest first

	RaisedAt     time.Time `json:"raised_at"`              // first found
	FiredAt      time.Time `json:"fired_at,omitzero"`      // confirmed
	LastFoundAt  time.Time `json:"last_found_at"`          //
	LastJudgedAt time.Time `json:"last_judged_at"`         // found or clear; not while frozen
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`   //
	ChangedAt    time.Time `json:"changed_at"`             // of this revision
	Count        int       `json:"count"`                  // times it fired in this life
	Previous     AlertID   `json:"previous_id,omitempty"`  // the one before, where it fired again more than 60 s later
	Parent       AlertID   `json:"parent_id,omitempty"`    // folded under this source alert
	Folded       int       `json:"folded_count,omitempty"` // aircraft folded under this one

	Handling Handling `json:"handling"`

	AircraftName Text     `json:"aircraft_name,omitzero"`
	Scenario     Scenario `json:"scenario,omitempty"`
	Demo         bool     `json:"demo,omitempty"`
	// Owner is the smallest jurisdiction that contains it. It follows the aircraft until somebody handles the alert.
	Owner        JurisdictionID `json:"owner_id,omitempty"`
	Organisation OrganisationID `json:"organisation_id"`
	// Partners are the other organisations that it concerns, of a pair of two: they see it too.
	Partners      []OrganisationID `json:"partner_ids,omitempty"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`

	// Clocks carry the hysteresis over a restart.
	Clocks AlertClocks `json:"clocks"`
}

// Open reports whether the alert still belongs in the working list: not resolved, or resolved but nobody has
// acknowledged it, or closed while it still fires.
func (a *Alert) Open() bool {
	if a.State != AlertResolved {
		return true
	}
	return a.Handling.State == HandlingNew && !a.FiredAt.IsZero() && !a.FoundLate
}

// Holder answers the jurisdiction that has the alert in hand; "" where it lies in none: the city's.
func (a *Alert) Holder() JurisdictionID {
	if a.Handling.Holder != "" {
		return a.Handling.Holder
	}
	return a.Owner
}

// Concerns reports whether the alert is about the aircraft: its object, or one of a pair.
func (a *Alert) Concerns(id AircraftID) bool {
	switch a.Object.Kind {
	case ObjectAircraft:
		return a.Object.ID == string(id)
	case ObjectPair:
		one, other, _ := strings.Cut(a.Object.ID, "+")
		return one == string(id) || other == string(id)
	}
	return false
}

// Visible reports whether the alert is in scope: by its organisation, one of its partners, a jurisdiction, or that it was
// handed over to one: whoever has it in hand sees it.
func (a *Alert) Visible(s Scope) bool {
	if s.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario) {
		return true
	}
	if h := a.Handling.Holder; h != "" && s.SeesFlight("", []JurisdictionID{h}, a.Scenario) {
		return true
	}
	for _, o := range a.Partners {
		if s.SeesFlight(o, nil, a.Scenario) {
			return true
		}
	}
	return false
}

// AlertZone is the zone version an alert rests on.
type AlertZone struct {
	ID          ZoneID      `json:"id"`
	Version     int         `json:"version"`
	Name        Text        `json:"name"`
	Restriction Restriction `json:"restriction"`
	Demo        bool        `json:"demo,omitempty"`
}

// ReportRef names a report in the journal.
type ReportRef struct {
	Seq        uint64    `json:"seq"`
	MeasuredAt time.Time `json:"measured_at,omitzero"`
}

// AlertClocks is the hysteresis state of an alert.
type AlertClocks struct {
	FoundSince  time.Time `json:"found_since,omitzero"`  // start of the present unbroken run of findings
	SolidSince  time.Time `json:"solid_since,omitzero"`  // … of findings beyond margin and accuracy
	ClearSince  time.Time `json:"clear_since,omitzero"`  // start of the present run of clear judgements
	ClearCount  int       `json:"clear_count,omitempty"` // clear judgements in that run
	HighSince   time.Time `json:"high_since,omitzero"`   // last finding at Severity or above
	ResolvedRun int       `json:"resolved_run,omitempty"`
}

// Handling is what people did.
type Handling struct {
	State          HandlingState `json:"state"`
	AcknowledgedBy string        `json:"acknowledged_by,omitempty"`
	AcknowledgedAt time.Time     `json:"acknowledged_at,omitzero"`
	ClosedBy       string        `json:"closed_by,omitempty"`
	ClosedAt       time.Time     `json:"closed_at,omitzero"`
	CloseReason    CloseReason   `json:"close_reason,omitempty"`
	ReopenedAt     time.Time     `json:"reopened_at,omitzero"`
	CallLoggedBy   string        `json:"call_logged_by,omitempty"`
	CallLoggedAt   time.Time     `json:"call_logged_at,omitzero"`
	Comments       []Comment     `json:"comments,omitempty"`
	// Holder is the jurisdiction that has the alert in hand; "": the alert's Owner.
	Holder      JurisdictionID `json:"holder_id,omitempty"`
	HolderSince time.Time      `json:"holder_since,omitzero"`
	Transfers   []Transfer     `json:"transfers,omitempty"` // oldest first, at most 50: the oldest make room
	AssignedTo  Assignee       `json:"assigned_to,omitzero"`
	AssignedBy  string         `json:"assigned_by,omitempty"`
	AssignedAt  time.Time      `json:"assigned_at,omitzero"`
}

// Assignee is whom an alert is given to: a department or company, or one person. The zero Assignee is nobody.
type Assignee struct {
	Organisation OrganisationID `json:"organisation_id,omitempty"`
	Username     string         `json:"username,omitempty"`
}

// Transfer is an alert that went from one jurisdiction to another.
type Transfer struct {
	Action HandlingAction `json:"action"` // hand_over or pull_up
	From   JurisdictionID `json:"from_id"`
	To     JurisdictionID `json:"to_id"`
	By     string         `json:"by"`
	At     time.Time      `json:"at"`
}

// Comment is what a person wrote on an alert.
type Comment struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// HandlingAction is what a person does with an alert.
type HandlingAction string

const (
	ActionAcknowledge HandlingAction = "acknowledge"
	ActionComment     HandlingAction = "comment"
	ActionLogCall     HandlingAction = "log_call"
	ActionClose       HandlingAction = "close"
	ActionAssign      HandlingAction = "assign"    // to Assignee; acknowledges it too
	ActionHandOver    HandlingAction = "hand_over" // to To, for which it is new again
	ActionPullUp      HandlingAction = "pull_up"   // to To, the city, which has acknowledged it by that
)

// HandlingCommand is one person's action, a RecordHandling in the journal. The picture applies it; Refused in the
// outcome says why it did not.
type HandlingCommand struct {
	ID       string         `json:"id"` // of the request, for the audit row and the waiting caller
	Alert    AlertID        `json:"alert_id"`
	Action   HandlingAction `json:"action"`
	By       string         `json:"by"`
	From     string         `json:"from,omitempty"` // network address
	Comment  string         `json:"comment,omitempty"`
	Reason   CloseReason    `json:"reason,omitempty"`
	To       JurisdictionID `json:"to_id,omitempty"`   // of hand_over and pull_up
	Assignee Assignee       `json:"assignee,omitzero"` // of assign
	// Authority is what the person may decide about; nil in records of before there was any, which may everything. All
	// but a comment need it over the alert's holder; pull_up needs All.
	Authority *Authority `json:"authority,omitempty"`
	Rev       uint64     `json:"rev,omitempty"` // refuse with ErrStale if the alert's handling changed after this revision; 0: no matter
}
