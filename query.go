package lowsky

import "time"

// AlertQuery picks alerts; what is left at zero asks for nothing. Results are newest RaisedAt first, ties by ID
// descending.
type AlertQuery struct {
	State        AlertFilter
	MinSeverity  Severity // of PeakSeverity
	Hazard       Hazard
	Jurisdiction JurisdictionID
	Aircraft     AircraftID
	Since        time.Time // RaisedAt at or after
	// After continues behind the last alert of the page before: its RaisedAt and ID.
	After   time.Time
	AfterID AlertID
	Limit   int // at most so many; the caller bounds it
}

// AlertFilter is which part of their life alerts are asked for.
type AlertFilter string

const (
	AlertsAll      AlertFilter = ""
	AlertsOpen     AlertFilter = "open"     // Alert.Open
	AlertsResolved AlertFilter = "resolved" // not open any more
)

// HistoryPoint is one stored report of one aircraft, as it was measured.
type HistoryPoint struct {
	Seq                uint64               `json:"seq"` // in the journal
	Source             SourceID             `json:"source_id"`
	MeasuredAt         time.Time            `json:"measured_at,omitzero"`
	ReceivedAt         time.Time            `json:"received_at"`
	ObservedAt         time.Time            `json:"observed_at,omitzero"` // zero where the row does not hold it
	BackFill           bool                 `json:"back_fill,omitempty"`
	Position           Opt[Position]        `json:"position,omitzero"`
	GroundSpeed        Opt[MetresPerSecond] `json:"ground_speed_mps,omitzero"`
	Course             Opt[Degrees]         `json:"course_deg,omitzero"`
	Heading            Opt[Degrees]         `json:"heading_deg,omitzero"`
	VerticalSpeed      Opt[MetresPerSecond] `json:"vertical_speed_mps,omitzero"`
	HorizontalAccuracy Opt[Metres]          `json:"horizontal_accuracy_m,omitzero"`
	VerticalAccuracy   Opt[Metres]          `json:"vertical_accuracy_m,omitzero"`
	Battery            Opt[Percent]         `json:"battery_pct,omitzero"`
	Link               Opt[Percent]         `json:"link_pct,omitzero"`
	Status             Opt[FlightStatus]    `json:"status,omitzero"`
	Mode               string               `json:"mode,omitempty"`
}
