package lowsky

import "time"

// Change is what the picture tells the world. Exactly one of the pointers is set. Values are copies that nobody
// changes afterwards.
type Change struct {
	Seq   uint64 // of the record that caused it
	Track *TrackView
	Gone  AircraftID // the track was dropped
	Alert *Alert
	Zones *ZonePublication
	// Aircraft register entries changed.
	Aircraft *AircraftPublication
	Traffic  *TrafficReport
	// Jurisdictions contain the position of Traffic.
	Jurisdictions []JurisdictionID `json:",omitempty"`
	Station       *StationReport
	Source        *SourceView
	Health        *PictureHealth
}

// SourceView is a source as consoles and the API see it.
type SourceView struct {
	ID       SourceID      `json:"id"`
	Format   Format        `json:"format"`
	Model    string        `json:"model,omitempty"`
	Down     bool          `json:"down"`
	LastSeen time.Time     `json:"last_seen"`
	Skew     time.Duration `json:"clock_skew_ns"`
	Aircraft int           `json:"aircraft"` // that report through it now
	Late     uint64        `json:"late"`
	Repeats  uint64        `json:"repeats"`
}

// PictureHealth proves that the picture is alive: sent every tick.
type PictureHealth struct {
	At           time.Time `json:"at"`
	Aircraft     int       `json:"aircraft"`
	Reporting    int       `json:"reporting"` // live report within 2 × its interval
	Airborne     int       `json:"airborne"`
	Rules        int       `json:"rules"`
	Zones        int       `json:"zones"`
	LastJudgedAt time.Time `json:"last_judged_at"`
	Backlog      int       `json:"backlog"` // records waiting for the picture
	Skipped      uint64    `json:"skipped"` // reports skipped under load since start
	Unjudged     int       `json:"unjudged"`
	ClockSuspect uint64    `json:"clock_implausible"`
	RuleFaults   uint64    `json:"rule_faults"` // panics of rules recovered since start
	Unsaved      int       `json:"unsaved"`     // alert revisions that the journal has not taken yet
}
