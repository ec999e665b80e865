package store

import (
	"encoding/json"
	"fmt"
	"time"

	"lowsky"
)

// rows is what one batch of records puts into the tables.
type rows struct {
	telemetry   []telemetryRow
	traffic     []trafficRow
	stations    []stationRow
	events      []eventRow
	alerts      []alertRow
	handling    []handlingRow
	zones       []zonesRow
	aircraft    []aircraftRow
	rejects     []rejectRow
	undecodable uint64

	// What the batch says about where aircraft and sources are; the register learns it after the commit.
	places    places
	published published
	applied   []appliedRow
	expired   []handlingRow

	displaced map[displacedReport]bool // those of this batch
}

// displacedReport tells reports apart that are filed under their arrival because their device's clock is far off. A
// clock that stands still is no repetition: the position has to be the same too.
type displacedReport struct {
	aircraft  lowsky.AircraftID
	source    lowsky.SourceID
	measured  int64
	longitude lowsky.Opt[lowsky.Degrees]
	latitude  lowsky.Opt[lowsky.Degrees]
}

// repeats reports whether the batch already has this report under another arrival; the database is asked for those of
// earlier batches.
func (r *rows) repeats(m *lowsky.TelemetryReport, at time.Time) bool {
	if at.Equal(m.MeasuredAt) || m.MeasuredAt.Before(year2020) {
		return false
	}
	k := displacedReport{aircraft: m.Aircraft, source: m.Source, measured: m.MeasuredAt.UnixMicro()}
	if m.Position.OK {
		k.longitude, k.latitude = lowsky.Some(m.Position.Value.Longitude), lowsky.Some(m.Position.Value.Latitude)
	}
	if r.displaced[k] {
		return true
	}
	if r.displaced == nil {
		r.displaced = make(map[displacedReport]bool)
	}
	r.displaced[k] = true
	return false
}

type (
	// owner is whose a row is.
	owner struct {
		organisation  lowsky.OrganisationID
		jurisdictions []lowsky.JurisdictionID
	}
	telemetryRow struct {
		seq uint64
		at  time.Time
		*lowsky.TelemetryReport
		reported lowsky.AircraftID // where it is another id than that of the entry, else ""
		scenario lowsky.Scenario   // of the register, where the report says none
		owner
	}
	trafficRow struct {
		seq uint64
		at  time.Time
		*lowsky.TrafficReport
		owner
	}
	stationRow struct {
		seq uint64
		at  time.Time
		*lowsky.StationReport
		owner
	}
	eventRow struct {
		seq                uint64
		at                 time.Time
		gateway            lowsky.SourceID
		aircraft           lowsky.AircraftID
		method, tid, bid   string
		measured, received time.Time
		request            bool
		body               []byte
		owner
	}
	zonesRow struct {
		at time.Time
		*lowsky.ZonePublication
	}
	aircraftRow struct {
		at time.Time
		*lowsky.AircraftPublication
	}
	rejectRow struct {
		seq    uint64
		kind   lowsky.RecordKind
		at     time.Time
		topic  string
		reason string
	}
)

func (r *rows) reject(rec *lowsky.Record, why error) {
	r.rejects = append(r.rejects, rejectRow{rec.Seq, rec.Kind, rec.At, plain(rec.Topic), plain(why.Error())})
}

// gather makes rows of records. A record whose contents cannot be read is set aside with its reason; device messages
// that cannot be decoded are only counted, for ingest has sampled them.
func (c *consumer) gather(recs []lowsky.Record) *rows {
	r := new(rows)
	for i := range recs {
		rec := &recs[i]
		if err := c.gatherOne(r, rec); err != nil {
			r.reject(rec, err)
		}
	}
	c.expire(r, recs)
	return r
}

func (c *consumer) gatherOne(r *rows, rec *lowsky.Record) error {
	switch rec.Kind {
	case lowsky.RecordMessage:
		msgs, err := c.decode(rec.Topic, rec.Payload, rec.At, rec.Simulated)
		if err != nil {
			r.undecodable++
		}
		for _, m := range msgs {
			c.message(r, rec, m)
		}
	case lowsky.RecordAlert:
		a := new(lowsky.Alert)
		if err := json.Unmarshal(rec.Payload, a); err != nil {
			return fmt.Errorf("alert: %w", err)
		}
		if a.ID == "" || a.Rev == 0 {
			return fmt.Errorf("alert without id or revision")
		}
		c.alert(r, rec, a)
	case lowsky.RecordHandling:
		h := new(lowsky.HandlingCommand)
		if err := json.Unmarshal(rec.Payload, h); err != nil {
			return fmt.Errorf("handling: %w", err)
		}
		c.handle(r, rec, h)
	case lowsky.RecordZones:
		p := new(lowsky.ZonePublication)
		if err := json.Unmarshal(rec.Payload, p); err != nil {
			return fmt.Errorf("zones: %w", err)
		}
		r.zones = append(r.zones, zonesRow{rec.At, p})
	case lowsky.RecordAircraft:
		p := new(lowsky.AircraftPublication)
		if err := json.Unmarshal(rec.Payload, p); err != nil {
			return fmt.Errorf("aircraft: %w", err)
		}
		r.aircraft = append(r.aircraft, aircraftRow{rec.At, p})
		c.aircraft.publish(r, p)
	}
	// Ticks, starts, skipped and late reports, mismatches and gaps say nothing that is not in the other records: a device
	// that spoke as another comes back as an alert.
	return nil
}

func (c *consumer) message(r *rows, rec *lowsky.Record, m lowsky.Message) {
	switch m := m.(type) {
	case *lowsky.TelemetryReport:
		named := lowsky.AircraftID("")
		if m.Aircraft == "" { // the wire named only the gateway
			if named = c.aircraft.behind(r, m.Source); named == "" {
				r.undecodable++
				return
			}
		}
		row := telemetryRow{seq: rec.Seq, at: when(m.MeasuredAt, m.ReceivedAt, m.BackFill), TelemetryReport: m}
		if id := c.aircraft.meant(r, m.Aircraft); named == "" && id != m.Aircraft {
			named, row.reported = id, m.Aircraft
		}
		if named != "" {
			renamed := *m
			renamed.Aircraft = named
			row.TelemetryReport = &renamed
		}
		if r.repeats(row.TelemetryReport, row.at) {
			return
		}
		row.owner = c.aircraft.place(r, row.Aircraft, m.Source, m.Position, c.opts.Jurisdictions)
		if m.Scenario == "" {
			e, _ := c.aircraft.entry(r, row.Aircraft)
			row.scenario = e.scenario
		}
		r.telemetry = append(r.telemetry, row)
	case *lowsky.TrafficReport:
		o := owner{c.aircraft.organisation(r, m.SeenBy), within(c.opts.Jurisdictions, m.Position)}
		r.traffic = append(r.traffic, trafficRow{rec.Seq, when(m.MeasuredAt, m.ReceivedAt, false), m, o})
	case *lowsky.StationReport:
		o := c.aircraft.owner(r, m.Aircraft, m.Source)
		if m.Position.OK {
			o.jurisdictions = within(c.opts.Jurisdictions, m.Position.Value)
		}
		r.stations = append(r.stations, stationRow{rec.Seq, when(m.MeasuredAt, m.ReceivedAt, false), m, o})
	case *lowsky.Topology:
		c.event(r, eventRow{seq: rec.Seq, gateway: m.Gateway, method: "topology", received: m.ReceivedAt}, struct {
			Online   bool                `json:"online"`
			Complete bool                `json:"complete"`
			Aircraft []lowsky.AircraftID `json:"aircraft,omitempty"`
			Model    string              `json:"model,omitempty"`
			Models   []string            `json:"models,omitempty"`
		}{m.Online, m.Complete, m.Aircraft, m.Model, m.Models})
	case *lowsky.DeviceEvent:
		hms := make([]hmsAlarm, len(m.HMS))
		for i, h := range m.HMS {
			hms[i] = hmsAlarm(h)
		}
		c.event(r, eventRow{seq: rec.Seq, gateway: m.Gateway, aircraft: m.Aircraft, method: m.Method, tid: m.Tid, bid: m.Bid,
			measured: m.MeasuredAt, received: m.ReceivedAt}, struct {
			HMS      []hmsAlarm      `json:"hms,omitempty"`
			Progress lowsky.Opt[int] `json:"progress,omitzero"`
			Status   string          `json:"status,omitempty"`
			Result   int             `json:"result"`
		}{hms, m.Progress, m.Status, m.Result})
	case *lowsky.DeviceRequest:
		c.event(r, eventRow{seq: rec.Seq, gateway: m.Gateway, method: m.Method, tid: m.Tid, bid: m.Bid,
			measured: m.MeasuredAt, received: m.ReceivedAt, request: true}, json.RawMessage(orNull(m.Data)))
	}
}

// hmsAlarm is lowsky.HMSAlarm as the column has it.
type hmsAlarm struct {
	Code     string `json:"code"`
	Level    int    `json:"level"`
	InTheSky bool   `json:"in_the_sky"`
	Imminent bool   `json:"imminent"`
}

func orNull(b []byte) []byte {
	if !json.Valid(b) {
		return []byte("null")
	}
	return b
}

func (c *consumer) event(r *rows, e eventRow, body any) {
	var err error
	if e.body, err = json.Marshal(body); err != nil {
		e.body = []byte("null") // of these types only raw bytes can fail, and those were checked
	}
	e.at = when(e.measured, e.received, false)
	e.owner = c.aircraft.owner(r, e.aircraft, e.gateway)
	r.events = append(r.events, e)
}

// year2020 is before any device of ours was made: a clock that shows less was never set.
var year2020 = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	clockTolerance = time.Hour // as the picture's: a clock further off says nothing about when
	backFillMost   = 31 * 24 * time.Hour
)

// when is the instant a report is filed under: measured where the device's clock is plausible, else received. What was
// sent as back-fill may be a month old.
func when(measured, received time.Time, backFill bool) time.Time {
	most := clockTolerance
	if backFill {
		most = backFillMost
	}
	age := received.Sub(measured)
	if measured.Before(year2020) || age < -clockTolerance || age > most {
		return received
	}
	return measured
}
