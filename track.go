package lowsky

import "time"

// Track is the platform's running estimate for one aircraft: partial reports joined by field, each field with its own
// age. Picture alone writes it; a rule may only read it.
type Track struct {
	ID     AircraftID
	Source SourceID // of the newest live report
	Format Format

	// Of the newest live report.
	MeasuredAt, ReceivedAt, ObservedAt time.Time // ObservedAt = MeasuredAt corrected by the source's clock skew
	Seq                                uint64    // its place in the journal

	Position           Aged[Position] // Longitude, Latitude and every altitude reported together with them
	GroundSpeed        Aged[MetresPerSecond]
	Course             Aged[Degrees] // as reported, else derived from positions
	Heading            Aged[Degrees]
	VerticalSpeed      Aged[MetresPerSecond]
	HorizontalAccuracy Aged[Metres]
	VerticalAccuracy   Aged[Metres]
	Battery            Aged[Percent]
	ReturnNeed         Aged[Percent]
	Link               Aged[Percent]
	Status             Aged[FlightStatus]
	ForcedLanding      Aged[bool]
	C2Lost             Aged[bool]
	Pilot              Aged[Position]
	TakeoffHAE         Aged[Metres]
	HMS                Aged[[]HMSAlarm]
	DroneInDock        Aged[bool]
	Offline            Aged[bool] // the gateway's topology says so

	Mode      string
	Model     string
	Scenario  Scenario
	Plan      string
	Simulated bool

	// Airborne is what rules go by: status, else the vendor's mode, else more than 2 m/s or more than 5 m above
	// take-off. It stays what it was while a report says nothing.
	Airborne      bool
	AirborneSince time.Time
	Interval      time.Duration // learned: median of the last 10 gaps between live reports; 5 s until learned
	Learned       bool
	Gap           time.Duration // between the two newest live reports
	Unconfirmed   bool          // the newest position is a jump not yet confirmed: drawn, not judged
	// SaidGround: the newest report that says where it is says on the ground. It takes a second one to have landed, but
	// an aircraft that is switched off after the first is not missed.
	SaidGround bool
	// SilenceFrom is since when its silence counts: ReceivedAt, or later where it could not be heard for a reason of ours
	// or its gateway's (a start of the picture, a gateway that came back). Zero is ReceivedAt.
	SilenceFrom time.Time

	// ElsewhereAt is when another one last reported under this id from somewhere else; zero: never.
	ElsewhereAt time.Time

	Jurisdictions []JurisdictionID // every one that contains the position, smallest first
}

// TrackPoint is one past live position of a track.
type TrackPoint struct {
	At                 time.Time // ObservedAt
	Seq                uint64
	MeasuredAt         time.Time
	Position           Position
	GroundSpeed        Opt[MetresPerSecond]
	Course             Opt[Degrees]
	HorizontalAccuracy Opt[Metres]
}

// SourceState is what is known of one source (gateway, dock, or an aircraft that reports by itself).
type SourceState struct {
	ID        SourceID
	Down      bool      // its gateway status says offline, or it has been silent
	DownSince time.Time // zero while up
	LastSeen  time.Time // on our clock
	// Presumed: Down because the one aircraft behind it and the source itself went silent, which nobody reported. Its
	// aircraft is still missed: what fell silent may as well be the aircraft.
	Presumed bool
	Skew     time.Duration
}

// TrackView is what consoles and the API see of a track: a copy, never changed after it was published.
type TrackView struct {
	ID         AircraftID    `json:"aircraft_id"`
	Source     SourceID      `json:"source_id"`
	Format     Format        `json:"format"`
	MeasuredAt time.Time     `json:"measured_at,omitzero"`
	ReceivedAt time.Time     `json:"received_at"`
	ObservedAt time.Time     `json:"observed_at"`
	Position   Opt[Position] `json:"position,omitzero"`
	// Height above ground as the newest report was judged by; zero on the ground.
	Height             HeightEvidence       `json:"height,omitzero"`
	GroundSpeed        Opt[MetresPerSecond] `json:"ground_speed_mps,omitzero"`
	Course             Opt[Degrees]         `json:"course_deg,omitzero"`
	Heading            Opt[Degrees]         `json:"heading_deg,omitzero"`
	VerticalSpeed      Opt[MetresPerSecond] `json:"vertical_speed_mps,omitzero"`
	HorizontalAccuracy Opt[Metres]          `json:"horizontal_accuracy_m,omitzero"`
	VerticalAccuracy   Opt[Metres]          `json:"vertical_accuracy_m,omitzero"`
	Battery            Opt[Percent]         `json:"battery_pct,omitzero"`
	Link               Opt[Percent]         `json:"link_pct,omitzero"`
	Pilot              Opt[Position]        `json:"pilot,omitzero"`
	Mode               string               `json:"mode,omitempty"`
	Model              string               `json:"model,omitempty"`
	Scenario           Scenario             `json:"scenario,omitempty"`
	Name               Text                 `json:"name,omitzero"`
	Class              Class                `json:"class"`
	Agricultural       bool                 `json:"agricultural,omitempty"`
	Registered         bool                 `json:"registered"`
	Demo               bool                 `json:"demo,omitempty"`
	Simulated          bool                 `json:"simulated,omitempty"`
	State              TrackState           `json:"state"`
	Interval           time.Duration        `json:"interval_ns"`
	Severity           Severity             `json:"severity"` // highest of its open alerts; SeverityNone without one
	Unjudged           []Unjudged           `json:"unjudged,omitempty"`
	Organisation       OrganisationID       `json:"organisation_id"`
	Jurisdictions      []JurisdictionID     `json:"jurisdiction_ids"`
}

// TrackState is what the map draws. Stale is not among them: the console knows the age and the interval.
type TrackState uint8

const (
	TrackUnknown     TrackState = 0
	TrackGround      TrackState = 1
	TrackAirborne    TrackState = 2
	TrackEmergency   TrackState = 3
	TrackLost        TrackState = 4 // last known airborne, and its silence alert fires
	TrackOffline     TrackState = 5 // its gateway took it off the network
	TrackUnconfirmed TrackState = 6 // the newest position is an unconfirmed jump
)
