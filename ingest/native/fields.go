package native

import (
	"math"
	"strconv"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

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
