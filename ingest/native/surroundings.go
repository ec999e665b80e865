package native

import (
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// The ranges of crewed traffic and of weather, beside those in keys.go.
var (
	pressures    = span{850, 1090} // hPa: what weather has ever been at sea level, a little more on both sides
	windSpeeds   = span{0, 120}
	temperatures = span{-90, 60}
	maxCategory  = 32 // bytes
)

// traffic reads what a surveillance source sees: an object, or an array of them, one per crewed aircraft. An element
// that is refused does not take the others with it, as with back-fill.
func traffic(source lowsky.SourceID, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	s, err := open(string(source), "source_id", payload)
	if err != nil {
		return nil, err
	}
	var msgs []lowsky.Message
	var first *wire.Refusal
	read := func(at string) {
		m := &lowsky.TrafficReport{Source: source, ReceivedAt: received}
		switch fault := target(&s, m, notes); {
		case s.Err() != nil:
		case fault == nil:
			msgs = append(msgs, m)
		default:
			notes.Refused++
			if first == nil {
				fault.Invalid.Field = strings.TrimSuffix(at+fault.Invalid.Field, ".")
				first = fault
			}
		}
	}
	switch s.Next() {
	case wire.Object:
		read("")
	case wire.Array:
		s.Enter(wire.Array)
		n := 0
		for ; s.Element(); n++ {
			if n == maxElements {
				return nil, wire.Refuse(wire.ReasonTooMany, "payload", "has more than "+strconv.Itoa(maxElements)+" elements")
			}
			read("[" + strconv.Itoa(n) + "].")
		}
		if s.Err() == nil && n == 0 {
			first = wire.Refuse(wire.ReasonEmpty, "payload", "is an empty array")
		}
	default:
		if err := s.Err(); err != nil {
			return nil, err
		}
		return nil, wire.Refuse(wire.ReasonType, "payload", "must be a JSON object or an array of them")
	}
	if err := s.End(); err != nil {
		return nil, err
	}
	if first != nil {
		return msgs, first
	}
	return msgs, nil
}

// open begins to read a payload.
func open(id, field string, payload []byte) (wire.Scanner, error) {
	switch {
	case !wire.ValidID(id):
		return wire.Scanner{}, wire.Refuse(wire.ReasonID, field, "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	case len(payload) > wire.MaxPayload:
		return wire.Scanner{}, wire.Refuse(wire.ReasonTooLarge, "payload", "is over 256 kB")
	case len(payload) == 0:
		return wire.Scanner{}, wire.Refuse(wire.ReasonEmpty, "payload", "is empty")
	}
	return wire.NewScanner(payload), nil
}

// target reads one crewed aircraft. Like report it reads to the object's end and answers the first value refused.
func target(s *wire.Scanner, m *lowsky.TrafficReport, notes *wire.Notes) *wire.Refusal {
	if k := s.Next(); k != wire.Object {
		s.Skip()
		return wire.Refuse(wire.ReasonType, "", "must be an object")
	}
	f := fields{s: s}
	var lon, lat lowsky.Opt[lowsky.Degrees]
	var p lowsky.Position
	s.Enter(wire.Object)
	for key, ok := s.Key(); ok; key, ok = s.Key() {
		switch string(key) {
		case "traffic_id":
			f.id("traffic_id", &m.Traffic)
		case "measured_at":
			m.MeasuredAt = instant(s, notes)
		case "longitude_deg":
			number(&f, "longitude_deg", longitudes, &lon)
		case "latitude_deg":
			number(&f, "latitude_deg", latitudes, &lat)
		case "altitude_hae_m":
			number(&f, "altitude_hae_m", altitudes, &p.HAE)
		case "altitude_amsl_m":
			number(&f, "altitude_amsl_m", altitudes, &p.AMSL)
		case "pressure_altitude_m":
			number(&f, "pressure_altitude_m", altitudes, &m.PressureAltitude)
		case "ground_speed_mps":
			number(&f, "ground_speed_mps", groundSpeeds, &m.GroundSpeed)
		case "course_deg":
			angle(&f, "course_deg", &m.Course)
		case "vertical_speed_mps":
			number(&f, "vertical_speed_mps", climbs, &m.VerticalSpeed)
		case "category":
			f.category(&m.Category)
		default:
			notes.Unknown(key)
			s.Skip()
		}
	}
	if s.Err() != nil || f.fault != nil {
		return f.fault
	}
	if m.Traffic == "" {
		return wire.Refuse(wire.ReasonMissing, "traffic_id", "is missing")
	}
	at := f.place(&lon, &lat, "", p)
	if f.fault == nil && !at.OK {
		return wire.Refuse(wire.ReasonMissing, "longitude_deg", "is missing")
	}
	m.Position = at.Value
	return f.fault
}

// weather reads what a weather station measures.
func weather(station lowsky.SourceID, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	s, err := open(string(station), "station_id", payload)
	if err != nil {
		return nil, err
	}
	if k := s.Next(); k != wire.Object {
		if err := s.Err(); err != nil {
			return nil, err
		}
		return nil, wire.Refuse(wire.ReasonType, "payload", "must be a JSON object")
	}
	m := &lowsky.StationReport{Station: string(station), Kind: lowsky.StationWeather, Source: station, ReceivedAt: received}
	f := fields{s: &s}
	var lon, lat lowsky.Opt[lowsky.Degrees]
	var p lowsky.Position
	s.Enter(wire.Object)
	for key, ok := s.Key(); ok; key, ok = s.Key() {
		switch string(key) {
		case "measured_at":
			m.MeasuredAt = instant(&s, notes)
		case "longitude_deg":
			number(&f, "longitude_deg", longitudes, &lon)
		case "latitude_deg":
			number(&f, "latitude_deg", latitudes, &lat)
		case "altitude_hae_m":
			number(&f, "altitude_hae_m", altitudes, &p.HAE)
		case "altitude_amsl_m":
			number(&f, "altitude_amsl_m", altitudes, &p.AMSL)
		case "qnh_hpa":
			number(&f, "qnh_hpa", pressures, &m.QNH)
		case "wind_speed_mps":
			number(&f, "wind_speed_mps", windSpeeds, &m.WindSpeed)
		case "temperature_c":
			number(&f, "temperature_c", temperatures, &m.Temperature)
		case "humidity_pct":
			number(&f, "humidity_pct", percentages, &m.Humidity)
		default:
			notes.Unknown(key)
			s.Skip()
		}
	}
	if err := s.End(); err != nil {
		return nil, err
	}
	if f.fault == nil {
		m.Position = f.place(&lon, &lat, "", p)
	}
	switch {
	case f.fault != nil:
		return nil, f.fault
	case m.QNH.OK && !m.Position.OK:
		return nil, wire.Refuse(wire.ReasonMissing, "longitude_deg", "must be given with qnh_hpa: it is used where it was measured")
	case !m.Position.OK && (p.HAE.OK || p.AMSL.OK):
		return nil, wire.Refuse(wire.ReasonMissing, "longitude_deg", "must be given with an altitude")
	case !m.Position.OK && !m.QNH.OK && !m.WindSpeed.OK && !m.Temperature.OK && !m.Humidity.OK:
		return nil, wire.Refuse(wire.ReasonEmpty, "payload", "holds no key of the data dictionary but the time")
	}
	return []lowsky.Message{m}, nil
}

// id reads an id of the platform's form.
func (f *fields) id(key string, to *string) {
	*to = ""
	if f.null(wire.String, key, "must be a string") {
		return
	}
	if b := f.s.Text(); wire.ValidID(string(b)) {
		*to = string(b)
	} else if f.s.Err() == nil {
		f.refuse(wire.ReasonID, key, "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	}
}

// category reads what sort of aircraft it is, in the source's own word.
func (f *fields) category(to *string) {
	*to = ""
	if f.null(wire.String, "category", "must be a string") {
		return
	}
	b := f.s.Text()
	if len(b) > maxCategory {
		f.refuse(wire.ReasonRange, "category", "must be at most 32 bytes")
		return
	}
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			f.refuse(wire.ReasonRange, "category", "must not hold control characters")
			return
		}
	}
	*to = string(b)
}

// AppendTraffic appends r as the JSON object that Decode reads from a traffic topic. Absent fields are left out.
func AppendTraffic(dst []byte, r *lowsky.TrafficReport) []byte {
	o := object{dst: append(dst, '{'), first: true}
	o.text("traffic_id", r.Traffic)
	o.place(r.MeasuredAt, &r.Position)
	optional(&o, "pressure_altitude_m", r.PressureAltitude, 2)
	optional(&o, "ground_speed_mps", r.GroundSpeed, 2)
	optional(&o, "course_deg", r.Course, 2)
	optional(&o, "vertical_speed_mps", r.VerticalSpeed, 2)
	if r.Category != "" {
		o.text("category", r.Category)
	}
	return append(o.dst, '}')
}

// AppendWeather appends r as the JSON object that Decode reads from a weather topic. Absent fields are left out.
func AppendWeather(dst []byte, r *lowsky.StationReport) []byte {
	o := object{dst: append(dst, '{'), first: true}
	var p *lowsky.Position
	if r.Position.OK {
		p = &r.Position.Value
	}
	o.place(r.MeasuredAt, p)
	optional(&o, "qnh_hpa", r.QNH, 2)
	optional(&o, "wind_speed_mps", r.WindSpeed, 2)
	optional(&o, "temperature_c", r.Temperature, 2)
	optional(&o, "humidity_pct", r.Humidity, 1)
	return append(o.dst, '}')
}

// place writes when and where something was measured; nil: nowhere.
func (o *object) place(at time.Time, p *lowsky.Position) {
	if !at.IsZero() {
		o.key("measured_at")
		o.instant(at)
	}
	if p == nil {
		return
	}
	o.degrees("longitude_deg", p.Longitude)
	o.degrees("latitude_deg", p.Latitude)
	optional(o, "altitude_hae_m", p.HAE, 2)
	optional(o, "altitude_amsl_m", p.AMSL, 2)
}
