package native

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// Decode reads one message of the native format: telemetry (an object, or an array of them) or a gateway status. It is
// a pure function of its arguments.
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
		return backFill(&s, id, received, notes)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	return nil, wire.Refuse(wire.ReasonType, "payload", "must be a JSON object or an array of them")
}

func backFill(s *wire.Scanner, id lowsky.AircraftID, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
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
			fault = report(s, r, id, received, notes)
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

// fields reads values of one report and keeps the first that must be refused.
type fields struct {
	s     *wire.Scanner
	fault *wire.Refusal
}

func (f *fields) refuse(reason wire.Reason, key, problem string) {
	if f.fault == nil {
		f.fault = wire.Refuse(reason, key, problem)
	}
}

// null reads a null, which is absence, and refuses any other kind than want, reading over it.
func (f *fields) null(want wire.Kind, key, problem string) bool {
	switch k := f.s.Next(); k {
	case want:
		return false
	case wire.Null:
		f.s.Literal()
	case wire.None:
	default:
		f.s.Skip()
		f.refuse(wire.ReasonType, key, problem)
	}
	return true
}

// number reads a number within the span. A key given twice counts as it stands last, as in encoding/json.
func number[F ~float64](f *fields, key string, in span, to *lowsky.Opt[F]) {
	*to = lowsky.Opt[F]{}
	v, ok, kind := f.s.Optional()
	if !ok {
		if kind != wire.Number && kind != wire.Null && kind != wire.None {
			f.s.Skip()
			f.refuse(wire.ReasonType, key, "must be a number")
		}
		return
	}
	if v < in.min || v > in.max {
		f.refuse(wire.ReasonRange, key, "must be from "+text(in.min)+" to "+text(in.max))
		return
	}
	*to = lowsky.Some(F(v))
}

// angle reads an angle and normalises it to [0, 360).
func angle(f *fields, key string, to *lowsky.Opt[lowsky.Degrees]) {
	number(f, key, angles, to)
	if to.Value < 0 {
		to.Value += 360
	}
	if to.Value >= 360 {
		to.Value -= 360
	}
}

func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (f *fields) status(to *lowsky.Opt[lowsky.FlightStatus]) {
	*to = lowsky.Opt[lowsky.FlightStatus]{}
	if f.null(wire.String, "status", "must be a string") {
		return
	}
	switch string(f.s.Text()) {
	case string(lowsky.StatusGround):
		*to = lowsky.Some(lowsky.StatusGround)
	case string(lowsky.StatusAirborne):
		*to = lowsky.Some(lowsky.StatusAirborne)
	case string(lowsky.StatusEmergency):
		*to = lowsky.Some(lowsky.StatusEmergency)
	default:
		f.refuse(wire.ReasonWord, "status", "must be ground, airborne or emergency")
	}
}

func (f *fields) gateway(to *lowsky.SourceID) {
	*to = ""
	if f.null(wire.String, "gateway_id", "must be a string") {
		return
	}
	if b := f.s.Text(); wire.ValidID(string(b)) {
		*to = lowsky.SourceID(b)
	} else if f.s.Err() == nil {
		f.refuse(wire.ReasonID, "gateway_id", "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	}
}

func (f *fields) scenario(to *lowsky.Scenario) {
	*to = ""
	if f.null(wire.String, "scenario", "must be a string") {
		return
	}
	b := f.s.Text()
	for _, sc := range lowsky.Scenarios {
		if string(sc) == string(b) {
			*to = sc
			return
		}
	}
	if len(b) > 0 {
		f.refuse(wire.ReasonWord, "scenario", "must be wellness, rescue, city, logistics, agriculture or tourism")
	}
}

func (f *fields) plan(to *string) {
	*to = ""
	if f.null(wire.String, "plan_id", "must be a string") {
		return
	}
	b := f.s.Text()
	if len(b) > maxPlanLength {
		f.refuse(wire.ReasonRange, "plan_id", "must be at most 64 bytes")
		return
	}
	for _, c := range b {
		if c < 0x20 || c == 0x7f { // PostgreSQL has no NUL in text, and no id needs a line break
			f.refuse(wire.ReasonRange, "plan_id", "must not hold control characters")
			return
		}
	}
	*to = string(b)
}

func (f *fields) flag(to *bool) {
	*to = false
	switch f.s.Next() {
	case wire.True, wire.False, wire.Null:
		*to = f.s.Literal() == wire.True
	case wire.None:
	default:
		f.s.Skip()
		f.refuse(wire.ReasonType, "simulated", "must be true or false")
	}
}

// place joins longitude and latitude: both or neither, and not (0,0).
func (f *fields) place(lon, lat *lowsky.Opt[lowsky.Degrees], prefix string, p lowsky.Position) lowsky.Opt[lowsky.Position] {
	switch {
	case !lon.OK && !lat.OK:
		return lowsky.Opt[lowsky.Position]{}
	case !lon.OK:
		f.refuse(wire.ReasonMissing, prefix+"longitude_deg", "must be given with "+prefix+"latitude_deg")
		return lowsky.Opt[lowsky.Position]{}
	case !lat.OK:
		f.refuse(wire.ReasonMissing, prefix+"latitude_deg", "must be given with "+prefix+"longitude_deg")
		return lowsky.Opt[lowsky.Position]{}
	case lon.Value == 0 && lat.Value == 0:
		if prefix == "" {
			f.refuse(wire.ReasonNoFix, "position", "is (0,0), which means no fix: leave both keys out instead")
		}
		return lowsky.Opt[lowsky.Position]{} // a pilot at (0,0) is a controller without a fix
	}
	p.Longitude, p.Latitude = lon.Value, lat.Value
	return lowsky.Some(p)
}

// instant reads measured_at. A clock never rejects a position: what cannot be read is a zero time and noted.
func instant(s *wire.Scanner, notes *wire.Notes) time.Time {
	switch s.Next() {
	case wire.String:
		b := s.Text()
		if t, ok := rfc3339(b); ok {
			return t
		}
		if t, err := time.Parse(time.RFC3339Nano, string(b[:min(len(b), 64)])); err == nil {
			if t = t.UTC(); t.Year() >= 1 && t.Year() <= 9999 { // what JSON and RFC 3339 can carry on
				return t
			}
		}
	case wire.Null:
		s.Literal()
		return time.Time{}
	default:
		s.Skip()
	}
	notes.BadClock++
	return time.Time{}
}

// rfc3339 reads the usual form, 2026-01-02T03:04:05[.fraction]Z, without allocating.
func rfc3339(b []byte) (time.Time, bool) {
	if len(b) < 20 || len(b) > 30 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return time.Time{}, false
	}
	y := two(b, 0)*100 + two(b, 2)
	mo, d, h, mi, sec := two(b, 5), two(b, 8), two(b, 11), two(b, 14), two(b, 17)
	if y < 1 || mo < 1 || mo > 12 || d < 1 || d > 28 && d > daysIn(y, mo) || h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 59 {
		return time.Time{}, false
	}
	ns := 0
	if len(b) > 20 {
		if b[19] != '.' || len(b) == 21 {
			return time.Time{}, false
		}
		unit := int(1e8)
		for _, c := range b[20 : len(b)-1] {
			if c < '0' || c > '9' {
				return time.Time{}, false
			}
			ns += int(c-'0') * unit
			unit /= 10
		}
	}
	return time.Date(y, time.Month(mo), d, h, mi, sec, ns, time.UTC), true
}

func daysIn(y, m int) int { return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// two reads two digits; a large negative number where there are none.
func two(b []byte, i int) int {
	hi, lo := b[i]-'0', b[i+1]-'0'
	if hi > 9 || lo > 9 {
		return math.MinInt32
	}
	return int(hi)*10 + int(lo)
}
