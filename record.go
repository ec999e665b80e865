package lowsky

import (
	"context"
	"time"
)

// RecordKind says what a [Record] holds.
type RecordKind uint8

const (
	RecordMessage  RecordKind = 1  // a device's message as received: Topic and Payload are its own bytes
	RecordTick     RecordKind = 2  // the picture's clock: At is the instant, no payload
	RecordZones    RecordKind = 3  // a publication of zones: Payload is a ZonePublication as JSON
	RecordAircraft RecordKind = 4  // a change of the aircraft register: Payload is an AircraftPublication as JSON
	RecordHandling RecordKind = 5  // what a person does with an alert: Payload is a HandlingCommand as JSON
	RecordSkipped  RecordKind = 6  // reports the picture skipped under load: Payload is a JSON array of Seq
	RecordLate     RecordKind = 7  // a skipped report judged afterwards: Payload is a JSON array of one Seq
	RecordStart    RecordKind = 8  // the picture was built anew: Payload is a PictureStart as JSON
	RecordAlert    RecordKind = 9  // what came out: Payload is an Alert as JSON. A replay compares it, never consumes it
	RecordBroker   RecordKind = 11 // the connection to an outside broker: Payload is a BrokerState as JSON
	RecordMismatch RecordKind = 12 // a device spoke as another: Payload is an IdentityMismatch as JSON
	RecordGap      RecordKind = 10 // records the picture consumed but the full journal did not take: Payload names them (journal.Gap)
)

// Record is one entry of the journal. The journal's order is the order of the world: what the picture consumed is the
// records in ascending Seq, less those a later RecordSkipped names.
type Record struct {
	Seq       uint64 // 1, 2, 3 …, never given twice; missing ones are named by a RecordGap. 0 before the journal stamped it
	Kind      RecordKind
	At        time.Time // UTC; for messages our clock at arrival. Never decreases with Seq
	Link      string    // the connection it came over, e.g. "embedded/dock-7" or the external broker's name; for people
	Simulated bool      // came with the simulator's own credential
	Topic     string
	Payload   []byte
}

// BrokerSource is the source whose alert stands for a lost connection to the outside broker: while it is down nobody
// can be heard, and the silence of every aircraft is folded under it.
const BrokerSource SourceID = "broker"

// BrokerState says whether reports can arrive at all.
type BrokerState struct {
	Up bool `json:"up"`
}

// ZonePublication puts zones in force, or ends them, at one instant.
type ZonePublication struct {
	Upsert []*Zone  `json:"upsert,omitempty"`
	Remove []ZoneID `json:"remove,omitempty"`
	By     string   `json:"by"`
	From   string   `json:"from,omitempty"` // network address of By
	Reason string   `json:"reason,omitempty"`
}

// AircraftPublication changes the register.
type AircraftPublication struct {
	Upsert []*Aircraft  `json:"upsert,omitempty"`
	Remove []AircraftID `json:"remove,omitempty"`
	// RetireSources are gateways that will not come back: their open alerts end.
	RetireSources []SourceID `json:"retire_sources,omitempty"`
	By            string     `json:"by"`
	From          string     `json:"from,omitempty"` // network address of By
}

// PictureStart is everything a picture begins with, so that a replay can begin there too.
type PictureStart struct {
	Region   string      `json:"region"`
	Packs    []PackRef   `json:"packs"`
	Zones    []*Zone     `json:"zones"`
	Aircraft []*Aircraft `json:"aircraft"`
	Alerts   []*Alert    `json:"alerts"` // open ones, with their clocks
	// LastSeen are the aircraft that flew when they were last heard, not long before the start. They begin as last
	// known; one that does not report again is missed. An alert on an aircraft not yet heard stays frozen.
	LastSeen []LastSeen `json:"last_seen,omitempty"`
	// HeightCorrections are what the configuration knows about the heights of sources.
	HeightCorrections []HeightCorrection `json:"height_corrections,omitempty"`
	// Terrain is the digest of the terrain that heights were judged by; "": none.
	Terrain string `json:"terrain,omitempty"`
}

// HeightCorrection is what the configuration knows about the heights above mean sea level of one source, or of every
// source of a wire format; that of the source goes before. The picture applies it to its estimate; telemetry is kept
// as reported.
type HeightCorrection struct {
	Source SourceID `json:"source_id,omitempty"` // one of these two
	Format Format   `json:"format,omitempty"`
	Offset Metres   `json:"amsl_offset_m,omitempty"` // to be added
	Geoid  Geoid    `json:"amsl_geoid,omitempty"`    // that its heights are measured from; "": as reported
}

// LastSeen is an aircraft that flew when it was last heard before the start. Heights and speeds are as it reported them.
type LastSeen struct {
	Aircraft    AircraftID           `json:"aircraft_id"`
	Source      SourceID             `json:"source_id"`
	Format      Format               `json:"format"`
	Seq         uint64               `json:"seq"` // of its newest report
	MeasuredAt  time.Time            `json:"measured_at,omitzero"`
	ReceivedAt  time.Time            `json:"received_at"`
	Status      Opt[FlightStatus]    `json:"status,omitzero"`
	Position    Opt[Position]        `json:"position,omitzero"`
	GroundSpeed Opt[MetresPerSecond] `json:"ground_speed_mps,omitzero"`
	Course      Opt[Degrees]         `json:"course_deg,omitzero"`
	Pilot       Opt[Position]        `json:"pilot,omitzero"`
	// TakeoffHAE of this flight, where its newest reports tell it. Ground is where it last said to be on the ground,
	// with a height, if they do not.
	TakeoffHAE Opt[Metres]   `json:"takeoff_hae_m,omitzero"`
	Ground     Opt[Position] `json:"ground,omitzero"`
	Model      string        `json:"model,omitempty"`
	Scenario   Scenario      `json:"scenario,omitempty"`
}

// Receipt is what the journal answers to a record that it took: Wait returns nil once the record is safe on disk, or
// the error that kept it from getting there.
type Receipt interface {
	Wait(ctx context.Context) error
}
