package native

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// Decode reads one message of the native format: telemetry (an object, or an array of them), a gateway status, crewed
// traffic or weather. It is a pure function of its arguments.
//
// An array is back-fill: its newest element comes last and is the live candidate, the others come before it in time
// order with BackFill set. An element that is refused does not take the others with it: the messages that could be
// read are answered together with the Refusal of the first that could not, and notes counts them. JSON that is broken
// anywhere is refused whole.
//
// Simulated is what the message says; who may say so is the business of ingest.
func Decode(topic string, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	if id, ok := AircraftOf(topic); ok {
		return telemetry(id, payload, received, notes)
	}
	if id, ok := GatewayOf(topic); ok {
		return status(id, payload, received)
	}
	if id, ok := ObserverOf(topic); ok {
		if strings.HasPrefix(topic, weatherPrefix) {
			return weather(id, payload, received, notes)
		}
		return traffic(id, payload, received, notes)
	}
	return nil, wire.Refuse(wire.ReasonTopic, "topic", "is not one of the native format")
}

func status(gateway lowsky.SourceID, payload []byte, received time.Time) ([]lowsky.Message, error) {
	if !wire.ValidID(string(gateway)) {
		return nil, wire.Refuse(wire.ReasonID, "gateway_id", "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	}
	if len(payload) > 64 {
		return nil, wire.Refuse(wire.ReasonWord, "status", "must be online or offline")
	}
	switch strings.Trim(string(payload), " \t\r\n\"") {
	case Online:
		return []lowsky.Message{&lowsky.Topology{Gateway: gateway, ReceivedAt: received, Online: true}}, nil
	case Offline:
		return []lowsky.Message{&lowsky.Topology{Gateway: gateway, ReceivedAt: received}}, nil
	case "":
		return nil, wire.Refuse(wire.ReasonEmpty, "status", "is empty (a cleared retained message)")
	}
	return nil, wire.Refuse(wire.ReasonWord, "status", "must be online or offline")
}

// single is a report with the slice that carries it, so that the common case is one allocation.
type single struct {
	report   lowsky.TelemetryReport
	messages [1]lowsky.Message
}

func telemetry(id lowsky.AircraftID, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	if !wire.ValidID(string(id)) {
		return nil, wire.Refuse(wire.ReasonID, "aircraft_id", "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	}
	if len(payload) > wire.MaxPayload {
		return nil, wire.Refuse(wire.ReasonTooLarge, "payload", "is over 256 kB")
	}
	if len(payload) == 0 {
		return nil, wire.Refuse(wire.ReasonEmpty, "payload", "is empty")
	}
	s := wire.NewScanner(payload)
	switch s.Next() {
	case wire.Object:
		one := new(single)
		one.report.Digest = wire.Digest(payload)
		fault := report(&s, &one.report, id, received, notes)
		if err := s.End(); err != nil {
			return nil, err
		}
		if fault != nil {
			return nil, fault
		}
		one.messages[0] = &one.report
		return one.messages[:], nil
	case wire.Array:
		return backFill(&s, payload, id, received, notes)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	return nil, wire.Refuse(wire.ReasonType, "payload", "must be a JSON object or an array of them")
}

func backFill(s *wire.Scanner, payload []byte, id lowsky.AircraftID, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	var reports []*lowsky.TelemetryReport
	var first *wire.Refusal
	n := 0
	s.Enter(wire.Array)
	for ; s.Element(); n++ {
		if n == maxElements {
			return nil, wire.Refuse(wire.ReasonTooMany, "payload", "has more than "+strconv.Itoa(maxElements)+" elements")
		}
		r := new(lowsky.TelemetryReport)
		var fault *wire.Refusal
		if k := s.Next(); k == wire.Object {
			start := s.Offset()
			fault = report(s, r, id, received, notes)
			r.Digest = wire.Digest(payload[start:s.Offset()])
		} else {
			s.Skip()
			fault = wire.Refuse(wire.ReasonType, "", "must be an object")
		}
		switch {
		case fault == nil:
			reports = append(reports, r)
		default:
			notes.Refused++
			if first == nil {
				fault.Invalid.Field = strings.TrimSuffix("["+strconv.Itoa(n)+"]."+fault.Invalid.Field, ".")
				first = fault
			}
		}
	}
	if err := s.End(); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, wire.Refuse(wire.ReasonEmpty, "payload", "is an empty array")
	}
	slices.SortStableFunc(reports, func(a, b *lowsky.TelemetryReport) int { return a.MeasuredAt.Compare(b.MeasuredAt) })
	msgs := make([]lowsky.Message, len(reports))
	for i, r := range reports {
		r.BackFill = i < len(reports)-1
		msgs[i] = r
	}
	if first != nil {
		return msgs, first
	}
	return msgs, nil
}

// report reads the object that comes next into r. It always reads to the object's end, so that broken JSON behind a
// bad value is found too; the answer is the first value that must be refused. Broken JSON is in s.
func report(s *wire.Scanner, r *lowsky.TelemetryReport, id lowsky.AircraftID, received time.Time, notes *wire.Notes) *wire.Refusal {
	r.Aircraft, r.Format, r.ReceivedAt = id, Format, received
	f := fields{s: s}
	var position, pilot struct{ lon, lat lowsky.Opt[lowsky.Degrees] }
	var p lowsky.Position
	s.Enter(wire.Object)
	for key, ok := s.Key(); ok; key, ok = s.Key() {
		switch string(key) {
		case "measured_at":
			r.MeasuredAt = instant(s, notes)
		case "longitude_deg":
			number(&f, "longitude_deg", longitudes, &position.lon)
		case "latitude_deg":
			number(&f, "latitude_deg", latitudes, &position.lat)
		case "altitude_hae_m":
			number(&f, "altitude_hae_m", altitudes, &p.HAE)
		case "altitude_amsl_m":
			number(&f, "altitude_amsl_m", altitudes, &p.AMSL)
		case "height_agl_m":
			number(&f, "height_agl_m", altitudes, &p.AGL)
		case "height_takeoff_m":
			number(&f, "height_takeoff_m", altitudes, &p.AboveTakeoff)
		case "ground_speed_mps":
			number(&f, "ground_speed_mps", groundSpeeds, &r.GroundSpeed)
		case "course_deg":
			angle(&f, "course_deg", &r.Course)
		case "heading_deg":
			angle(&f, "heading_deg", &r.Heading)
		case "vertical_speed_mps":
			number(&f, "vertical_speed_mps", climbs, &r.VerticalSpeed)
		case "horizontal_accuracy_m":
			number(&f, "horizontal_accuracy_m", accuracies, &r.HorizontalAccuracy)
		case "vertical_accuracy_m":
			number(&f, "vertical_accuracy_m", accuracies, &r.VerticalAccuracy)
		case "battery_pct":
			number(&f, "battery_pct", percentages, &r.Battery)
		case "link_pct":
			number(&f, "link_pct", percentages, &r.Link)
		case "status":
			f.status(&r.Status)
		case "pilot_longitude_deg":
			number(&f, "pilot_longitude_deg", longitudes, &pilot.lon)
		case "pilot_latitude_deg":
			number(&f, "pilot_latitude_deg", latitudes, &pilot.lat)
		case "gateway_id":
			f.gateway(&r.Source)
		case "scenario":
			f.scenario(&r.Scenario)
		case "plan_id":
			f.plan(&r.Plan)
		case "simulated":
			f.flag(&r.Simulated)
		default:
			notes.Unknown(key)
			s.Skip()
		}
	}
	if s.Err() != nil {
		return nil // the caller asks s
	}
	if f.fault != nil {
		return f.fault
	}
	if r.Source == "" {
		r.Source = Direct(id)
	}
	if r.Position = f.place(&position.lon, &position.lat, "", p); f.fault != nil {
		return f.fault
	}
	if !r.Position.OK && (p.HAE.OK || p.AMSL.OK || p.AGL.OK || p.AboveTakeoff.OK) {
		return wire.Refuse(wire.ReasonMissing, "longitude_deg", "must be given with an altitude")
	}
	r.Pilot = f.place(&pilot.lon, &pilot.lat, "pilot_", lowsky.Position{})
	if f.fault == nil && !says(r) {
		return wire.Refuse(wire.ReasonEmpty, "payload", "holds no key of the data dictionary but the time")
	}
	return f.fault
}

// says reports whether r tells anything about the aircraft.
func says(r *lowsky.TelemetryReport) bool {
	return r.Position.OK || r.Status.OK || r.Battery.OK || r.Link.OK || r.Pilot.OK || r.GroundSpeed.OK ||
		r.Course.OK || r.Heading.OK || r.VerticalSpeed.OK
}
