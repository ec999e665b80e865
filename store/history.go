package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// History answers the stored reports of one aircraft from (inclusive) until to (exclusive) by the instant of
// measurement, oldest first, at most limit. Reports that came late stand where they were measured. Rows out of scope
// are left out; an aircraft nobody knows has no history, which is no error.
func (s *Store) History(ctx context.Context, scope lowsky.Scope, id lowsky.AircraftID, from, to time.Time, limit int) ([]lowsky.HistoryPoint, error) {
	var a args
	which := "aircraft_id = " + a.add(storable(string(id))) + " AND at >= " + a.add(from) + " AND at < " + a.add(to) + " AND " + scopedFlight(&a, scope, flightScenario)
	rows := a.query(ctx, s.pool, `SELECT seq, source_id, measured_at, received_at, back_fill, longitude_deg, latitude_deg,
			altitude_hae_m, altitude_amsl_m, height_agl_m, height_takeoff_m, ground_speed_mps, course_deg, heading_deg,
			vertical_speed_mps, horizontal_accuracy_m, vertical_accuracy_m, battery_pct, link_pct, status, mode
		FROM telemetry WHERE `+which+` ORDER BY at, source_id LIMIT `+a.add(limit))
	out, err := pgx.CollectRows(rows, scanHistory)
	return out, outward("history of "+string(id), err)
}

func scanHistory(row pgx.CollectableRow) (lowsky.HistoryPoint, error) {
	var (
		p                                         lowsky.HistoryPoint
		measured                                  *time.Time
		lon, lat, hae, amsl, agl, takeoff         *float64
		speed, course, heading, climb, hacc, vacc *float64
		battery, link                             *float64
		status                                    *string
	)
	err := row.Scan(&p.Seq, &p.Source, &measured, &p.ReceivedAt, &p.BackFill, &lon, &lat, &hae, &amsl, &agl, &takeoff,
		&speed, &course, &heading, &climb, &hacc, &vacc, &battery, &link, &status, &p.Mode)
	if err != nil {
		return p, err
	}
	p.MeasuredAt, p.ReceivedAt = orZero(measured), p.ReceivedAt.UTC()
	if lon != nil && lat != nil {
		p.Position = lowsky.Some(lowsky.Position{
			Longitude: lowsky.Degrees(*lon), Latitude: lowsky.Degrees(*lat),
			HAE: opt[lowsky.Metres](hae), AMSL: opt[lowsky.Metres](amsl), AGL: opt[lowsky.Metres](agl), AboveTakeoff: opt[lowsky.Metres](takeoff),
		})
	}
	p.GroundSpeed, p.VerticalSpeed = opt[lowsky.MetresPerSecond](speed), opt[lowsky.MetresPerSecond](climb)
	p.Course, p.Heading = opt[lowsky.Degrees](course), opt[lowsky.Degrees](heading)
	p.HorizontalAccuracy, p.VerticalAccuracy = opt[lowsky.Metres](hacc), opt[lowsky.Metres](vacc)
	p.Battery, p.Link = opt[lowsky.Percent](battery), opt[lowsky.Percent](link)
	if status != nil {
		p.Status = lowsky.Some(lowsky.FlightStatus(*status))
	}
	return p, nil
}

func opt[F ~float64](v *float64) lowsky.Opt[F] {
	if v == nil {
		return lowsky.Opt[F]{}
	}
	return lowsky.Some(F(*v))
}
