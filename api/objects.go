package api

import (
	"encoding/json"
	"fmt"
	"time"

	"lowsky"
)

// Identity is what a console must know of an aircraft before it can draw its slot. Of an anonymous one it is told the
// slot and nothing else.
type Identity struct {
	Slot          uint32                  `json:"slot"`
	Anonymous     bool                    `json:"anonymous,omitempty"`
	Aircraft      lowsky.AircraftID       `json:"aircraft_id"`
	Name          lowsky.Text             `json:"name"`
	Class         lowsky.Class            `json:"class"`
	Agricultural  bool                    `json:"agricultural"`
	Model         string                  `json:"model"`
	Scenario      lowsky.Scenario         `json:"scenario"`
	Registered    bool                    `json:"registered"`
	Demo          bool                    `json:"demo"`
	Simulated     bool                    `json:"simulated"`
	Source        lowsky.SourceID         `json:"source_id"`
	IntervalMS    int64                   `json:"interval_ms"`
	Jurisdictions []lowsky.JurisdictionID `json:"jurisdiction_ids"`
}

// MarshalJSON writes an anonymous one as its slot alone.
func (i Identity) MarshalJSON() ([]byte, error) {
	if i.Anonymous {
		return fmt.Appendf(nil, `{"slot":%d,"anonymous":true}`, i.Slot), nil
	}
	type named Identity
	return json.Marshal(named(i))
}

// Contact is whom to call about an alert: the register's entry, and where the pilot was when the alert last changed.
// The number is looked up one at a time (POST /api/v1/contacts) and is in no list and no event.
type Contact struct {
	Name           string                     `json:"name"`
	HasPhone       bool                       `json:"has_phone"`
	PilotLongitude lowsky.Opt[lowsky.Degrees] `json:"pilot_longitude_deg,omitzero"`
	PilotLatitude  lowsky.Opt[lowsky.Degrees] `json:"pilot_latitude_deg,omitzero"`
}

// AlertView is an alert as consoles and the API see it.
type AlertView struct {
	lowsky.Alert
	Contact *Contact `json:"contact,omitempty"`
	// OtherContact is whom to call about the second aircraft of a pair.
	OtherContact *Contact `json:"other_contact,omitempty"`
	SavedRev     uint64   `json:"saved_rev"` // newest revision in PostgreSQL; 0: none
}

// AlertRev names one revision of an alert.
type AlertRev struct {
	ID  lowsky.AlertID `json:"id"`
	Rev uint64         `json:"rev"`
}

// Storage is what is not saved yet.
type Storage struct {
	Database string    `json:"database" enum:"ok,down"`
	Since    time.Time `json:"since"`   // of the database's present state
	Backlog  uint64    `json:"backlog"` // records not yet in PostgreSQL
	Journal  string    `json:"journal" enum:"ok,slow,full"`
}

// The frames of docs/stream.md that the server sends as JSON.
type (
	helloFrame struct {
		Type       string    `json:"type"`
		Protocol   int       `json:"protocol"`
		ServerTime time.Time `json:"server_time"`
		Version    string    `json:"version"`
		Region     string    `json:"region"`
		User       helloUser `json:"user"`
		FlushMS    int64     `json:"flush_ms"`
		TileZoom   int       `json:"tile_zoom"`
	}
	helloUser struct {
		Name  string   `json:"name"`
		Roles []string `json:"roles"`
	}
	snapshotFrame struct {
		Type       string                `json:"type"`
		Seq        uint64                `json:"seq"`
		Identities []*Identity           `json:"identities"`
		Alerts     []AlertView           `json:"alerts"`
		Sources    []*lowsky.SourceView  `json:"sources"`
		ZonesSeq   uint64                `json:"zones_seq"`
		Health     *lowsky.PictureHealth `json:"health"` // null before the first tick
		Storage    Storage               `json:"storage"`
	}
	identityEvent struct {
		Type     string    `json:"type"`
		Seq      uint64    `json:"seq"`
		Identity *Identity `json:"identity"`
	}
	goneEvent struct {
		Type     string            `json:"type"`
		Seq      uint64            `json:"seq"`
		Slot     uint32            `json:"slot"`
		Aircraft lowsky.AircraftID `json:"aircraft_id,omitempty"` // absent: it was anonymous
	}
	alertEvent struct {
		Type  string    `json:"type"`
		Seq   uint64    `json:"seq"`
		Alert AlertView `json:"alert"`
	}
	alertGoneEvent struct {
		Type  string         `json:"type"`
		Seq   uint64         `json:"seq"`
		Alert lowsky.AlertID `json:"alert_id"`
	}
	zonesEvent struct {
		Type     string          `json:"type"`
		Seq      uint64          `json:"seq"`
		ZonesSeq uint64          `json:"zones_seq"`
		Reload   bool            `json:"reload,omitempty"`
		Upsert   []zoneFeature   `json:"upsert"`
		Remove   []lowsky.ZoneID `json:"remove"`
	}
	sourceEvent struct {
		Type   string             `json:"type"`
		Seq    uint64             `json:"seq"`
		Source *lowsky.SourceView `json:"source"`
	}
	storageEvent struct {
		Type    string  `json:"type"`
		Seq     uint64  `json:"seq"`
		Storage Storage `json:"storage"`
	}
	storedEvent struct {
		Type   string     `json:"type"`
		Seq    uint64     `json:"seq"`
		Alerts []AlertRev `json:"alerts"`
	}
	healthFrame struct {
		Type   string                `json:"type"`
		Health *lowsky.PictureHealth `json:"health"`
	}
	trackFrame struct {
		Type  string            `json:"type"`
		Track *lowsky.TrackView `json:"track"`
	}
)

// finite answers a unless one of its numbers is not finite; then a copy without those: JSON cannot hold them, and an
// alert must reach the console whatever its numbers are.
func finite(a *lowsky.Alert) *lowsky.Alert {
	ok := true
	for _, o := range [...]lowsky.Opt[float64]{a.Measured, a.Limit, a.Margin, a.Accuracy} {
		ok = ok && lowsky.Finite(o.Value)
	}
	if p := &a.Position.Value; ok && finitePosition(p) {
		return a
	}
	b := *a
	for _, o := range [...]*lowsky.Opt[float64]{&b.Measured, &b.Limit, &b.Margin, &b.Accuracy} {
		if !lowsky.Finite(o.Value) {
			*o = lowsky.Opt[float64]{}
		}
	}
	if !finitePosition(&b.Position.Value) {
		b.Position = lowsky.Opt[lowsky.Position]{}
	}
	return &b
}

func finitePosition(p *lowsky.Position) bool {
	ok := lowsky.Finite(p.Longitude) && lowsky.Finite(p.Latitude)
	for _, h := range [...]lowsky.Opt[lowsky.Metres]{p.HAE, p.AMSL, p.AGL, p.AboveTakeoff} {
		ok = ok && lowsky.Finite(h.Value)
	}
	return ok
}
