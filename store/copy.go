package store

import (
	"encoding/binary"
	"math"
	"time"

	"lowsky"
)

// telemetryColumns is the order in which appendTelemetry writes.
const telemetryColumns = `aircraft_id, at, source_id, digest, seq, format, measured_at, received_at, back_fill,
	longitude_deg, latitude_deg, altitude_hae_m, altitude_amsl_m, height_agl_m, height_takeoff_m,
	ground_speed_mps, course_deg, heading_deg, vertical_speed_mps, horizontal_accuracy_m, vertical_accuracy_m,
	battery_pct, return_need_pct, link_pct, status, forced_landing, c2_lost,
	pilot_longitude_deg, pilot_latitude_deg, pilot_altitude_hae_m, pilot_altitude_amsl_m, pilot_height_agl_m, pilot_height_takeoff_m,
	takeoff_altitude_hae_m, home_longitude_deg, home_latitude_deg, mode, model, scenario, plan_id, simulated,
	organisation_id, jurisdiction_ids, reported_id, flight_scenario`

const telemetryFields = 45

// appendTelemetry writes the rows in PostgreSQL's binary COPY format (its manual, "COPY", Binary Format). It is written
// here, and not by the driver, because it is the one place where every report passes: no allocation per row.
func appendTelemetry(dst []byte, reports []telemetryRow) []byte {
	dst = append(dst, "PGCOPY\n\xff\r\n\x00"...)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0) // no flags, no extension
	for i := range reports {
		dst = appendReport(dst, &reports[i])
	}
	return binary.BigEndian.AppendUint16(dst, math.MaxUint16) // trailer
}

func appendReport(b []byte, r *telemetryRow) []byte {
	b = binary.BigEndian.AppendUint16(b, telemetryFields)
	b = copyText(b, string(r.Aircraft))
	b = copyInstant(b, r.at)
	b = copyText(b, string(r.Source))
	b = copyInt8(b, int64(r.Digest))
	b = copyInt8(b, int64(r.seq))
	b = copyText(b, string(r.Format))
	b = copyInstant(b, r.MeasuredAt)
	b = copyInstant(b, r.ReceivedAt)
	b = copyBool(b, r.BackFill)
	b = copyPosition(b, r.Position)
	b = copyNumber(b, r.GroundSpeed)
	b = copyNumber(b, r.Course)
	b = copyNumber(b, r.Heading)
	b = copyNumber(b, r.VerticalSpeed)
	b = copyNumber(b, r.HorizontalAccuracy)
	b = copyNumber(b, r.VerticalAccuracy)
	b = copyNumber(b, r.Battery)
	b = copyNumber(b, r.ReturnNeed)
	b = copyNumber(b, r.Link)
	if r.Status.OK {
		b = copyText(b, string(r.Status.Value))
	} else {
		b = copyNull(b)
	}
	b = copyBool(b, r.ForcedLanding)
	if r.C2Lost.OK {
		b = copyBool(b, r.C2Lost.Value)
	} else {
		b = copyNull(b)
	}
	b = copyPosition(b, r.Pilot)
	b = copyNumber(b, r.TakeoffHAE)
	if r.Home.OK {
		b = copyFloat(b, float64(r.Home.Value.Longitude))
		b = copyFloat(b, float64(r.Home.Value.Latitude))
	} else {
		b = copyNull(copyNull(b))
	}
	b = copyText(b, r.Mode)
	b = copyText(b, r.Model)
	b = copyText(b, string(r.TelemetryReport.Scenario))
	b = copyText(b, r.Plan)
	b = copyBool(b, r.Simulated)
	b = copyText(b, string(r.organisation))
	b = copyTexts(b, r.jurisdictions)
	b = copyGiven(b, string(r.reported))
	return copyGiven(b, string(r.scenario))
}

// copyGiven writes a text that is NULL where it is empty.
func copyGiven(b []byte, s string) []byte {
	if s == "" {
		return copyNull(b)
	}
	return copyText(b, s)
}

// copyPosition writes six fields.
func copyPosition(b []byte, p lowsky.Opt[lowsky.Position]) []byte {
	if !p.OK {
		for range 6 {
			b = copyNull(b)
		}
		return b
	}
	b = copyFloat(b, float64(p.Value.Longitude))
	b = copyFloat(b, float64(p.Value.Latitude))
	b = copyNumber(b, p.Value.HAE)
	b = copyNumber(b, p.Value.AMSL)
	b = copyNumber(b, p.Value.AGL)
	return copyNumber(b, p.Value.AboveTakeoff)
}

func copyNull(b []byte) []byte { return binary.BigEndian.AppendUint32(b, math.MaxUint32) }

func copyText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func copyFloat(b []byte, v float64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, math.Float64bits(v))
}

func copyNumber[F ~float64](b []byte, o lowsky.Opt[F]) []byte {
	if !o.OK {
		return copyNull(b)
	}
	return copyFloat(b, float64(o.Value))
}

func copyInt8(b []byte, v int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(v))
}

func copyBool(b []byte, v bool) []byte {
	b = binary.BigEndian.AppendUint32(b, 1)
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// year2000 is where PostgreSQL's instants count from, in microseconds of ours.
const year2000 = 946_684_800_000_000

// copyInstant writes a timestamptz; the zero time is NULL.
func copyInstant(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return copyNull(b)
	}
	return copyInt8(b, t.UnixMicro()-year2000)
}

// copyTexts writes a text[].
func copyTexts[S ~string](b []byte, list []S) []byte {
	const textOID = 25
	at := len(b)
	b = append(b, 0, 0, 0, 0) // length, filled in below
	if len(list) == 0 {
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0) // no dimensions, no nulls
		b = binary.BigEndian.AppendUint32(b, textOID)
	} else {
		b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)
		b = binary.BigEndian.AppendUint32(b, textOID)
		b = binary.BigEndian.AppendUint32(b, uint32(len(list)))
		b = binary.BigEndian.AppendUint32(b, 1)
		for _, s := range list {
			b = copyText(b, string(s))
		}
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}
