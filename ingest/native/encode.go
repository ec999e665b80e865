package native

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"lowsky"
)

// AppendTelemetry appends r as the JSON object that Decode reads, in the dictionary's order. Absent fields are left
// out. Source is written as gateway_id unless it is [Direct]; Mode, Model, Home and what else the native format has no
// key for is not written.
func AppendTelemetry(dst []byte, r *lowsky.TelemetryReport) []byte {
	o := object{dst: append(dst, '{'), first: true}
	if !r.MeasuredAt.IsZero() {
		o.key("measured_at")
		o.instant(r.MeasuredAt)
	}
	if r.Position.OK {
		p := &r.Position.Value
		o.degrees("longitude_deg", p.Longitude)
		o.degrees("latitude_deg", p.Latitude)
		optional(&o, "altitude_hae_m", p.HAE, 2)
		optional(&o, "altitude_amsl_m", p.AMSL, 2)
		optional(&o, "height_agl_m", p.AGL, 2)
		optional(&o, "height_takeoff_m", p.AboveTakeoff, 2)
	}
	optional(&o, "ground_speed_mps", r.GroundSpeed, 2)
	optional(&o, "course_deg", r.Course, 2)
	optional(&o, "heading_deg", r.Heading, 2)
	optional(&o, "vertical_speed_mps", r.VerticalSpeed, 2)
	optional(&o, "horizontal_accuracy_m", r.HorizontalAccuracy, 2)
	optional(&o, "vertical_accuracy_m", r.VerticalAccuracy, 2)
	optional(&o, "battery_pct", r.Battery, 1)
	optional(&o, "link_pct", r.Link, 1)
	if r.Status.OK && r.Status.Value != lowsky.StatusUnknown {
		o.text("status", string(r.Status.Value))
	}
	if r.Pilot.OK {
		o.degrees("pilot_longitude_deg", r.Pilot.Value.Longitude)
		o.degrees("pilot_latitude_deg", r.Pilot.Value.Latitude)
	}
	if r.Source != "" && r.Source != Direct(r.Aircraft) {
		o.text("gateway_id", string(r.Source))
	}
	if r.Scenario != "" {
		o.text("scenario", string(r.Scenario))
	}
	if r.Plan != "" {
		o.text("plan_id", r.Plan)
	}
	if r.Simulated {
		o.key("simulated")
		o.dst = append(o.dst, "true"...)
	}
	return append(o.dst, '}')
}

// AppendBackFill appends reports of one aircraft as the array form.
func AppendBackFill(dst []byte, reports []*lowsky.TelemetryReport) []byte {
	dst = append(dst, '[')
	for i, r := range reports {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendTelemetry(dst, r)
	}
	return append(dst, ']')
}

// Notice is what the platform tells an aircraft, or who flies it, about an alert.
type Notice struct {
	Alert    lowsky.AlertID
	State    lowsky.AlertState
	Severity lowsky.Severity
	Rule     lowsky.RuleID
	Text     lowsky.Text
	RaisedAt time.Time
}

// AppendNotice appends n as it is sent on [NoticeTopic], QoS 1: alert_id, state, severity, rule, text_zh, text_en,
// raised_at.
func AppendNotice(dst []byte, n Notice) []byte {
	o := object{dst: append(dst, '{'), first: true}
	o.text("alert_id", string(n.Alert))
	o.text("state", string(n.State))
	o.text("severity", n.Severity.String())
	o.text("rule", string(n.Rule))
	o.text("text_zh", n.Text.ZH)
	o.text("text_en", n.Text.EN)
	o.key("raised_at")
	o.instant(n.RaisedAt)
	return append(o.dst, '}')
}

// object appends one JSON object, key by key.
type object struct {
	dst   []byte
	first bool
}

func (o *object) key(k string) {
	if !o.first {
		o.dst = append(o.dst, ',')
	}
	o.first = false
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, k...)
	o.dst = append(o.dst, '"', ':')
}

// degrees writes seven decimals, about a centimetre.
func (o *object) degrees(k string, v lowsky.Degrees) {
	if lowsky.Finite(v) {
		o.key(k)
		o.dst = appendFixed(o.dst, float64(v), 7)
	}
}

// optional writes v with the given decimals if it is there and finite: JSON has no NaN.
func optional[F ~float64](o *object, k string, v lowsky.Opt[F], decimals int) {
	if v.OK && lowsky.Finite(v.Value) {
		o.key(k)
		o.dst = appendFixed(o.dst, float64(v.Value), decimals)
	}
}

// tens are the powers of ten that decimals are counted in.
var tens = [...]float64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}

// appendFixed appends what strconv.AppendFloat(dst, v, 'f', decimals, 64) does, at most seven decimals. A v that is the
// nearest float to such a decimal, as everything is that was rounded before, goes by whole numbers: a fifth of the time.
func appendFixed(dst []byte, v float64, decimals int) []byte {
	n := math.Round(v * tens[decimals])
	if math.Abs(n) >= 1<<53 || n/tens[decimals] != v || n == 0 { // 0 may be negative
		return strconv.AppendFloat(dst, v, 'f', decimals, 64)
	}
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	whole := uint64(n)
	var digits [20]byte
	i := len(digits)
	for k := 0; k <= decimals || whole > 0; k++ {
		if k == decimals && decimals > 0 {
			i--
			digits[i] = '.'
		}
		i--
		digits[i] = byte('0' + whole%10)
		whole /= 10
	}
	return append(dst, digits[i:]...)
}

func (o *object) instant(t time.Time) {
	o.dst = append(o.dst, '"')
	o.dst = t.UTC().AppendFormat(o.dst, "2006-01-02T15:04:05.999999999Z07:00")
	o.dst = append(o.dst, '"')
}

const hexDigits = "0123456789abcdef"

func (o *object) text(k, v string) {
	o.key(k)
	o.dst = append(o.dst, '"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			o.dst = append(o.dst, '\\', byte(r))
		case r < 0x20:
			o.dst = append(o.dst, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			o.dst = utf8.AppendRune(o.dst, r)
		}
	}
	o.dst = append(o.dst, '"')
}
