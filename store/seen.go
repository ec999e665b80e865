package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// newestOfEach is how many of an aircraft's newest reports LastSeen looks at: partial documents carry a status or a fix
// every few reports only.
const newestOfEach = 8

// LastSeen answers the aircraft whose newest live report since the given instant, on our clock, leaves them in the air: by
// the newest status among their last few reports, else faster than 2 m/s or higher than 5 m. An aircraft whose last word
// was "on the ground" is not among them, nor are simulated ones: their flights end with the process that flies them.
//
// It steps from aircraft to aircraft through the primary key and so costs by the number of aircraft, not of reports.
func (s *Store) LastSeen(ctx context.Context, scope lowsky.Scope, since, now time.Time) ([]lowsky.LastSeen, error) {
	from, until := since.Add(-clockTolerance), now.Add(clockTolerance)
	// Whole days: every row of a partition qualifies, so that the next aircraft is one step away.
	day, after := from.UTC().Truncate(24*time.Hour), until.UTC().Truncate(24*time.Hour).Add(24*time.Hour)
	a := args{since, day, after, from, until, newestOfEach}
	rows := a.query(ctx, s.pool, `WITH RECURSIVE ids AS (
			(SELECT aircraft_id FROM telemetry WHERE at >= $2 AND at < $3 ORDER BY aircraft_id LIMIT 1)
			UNION ALL
			SELECT (SELECT t.aircraft_id FROM telemetry t WHERE t.aircraft_id > ids.aircraft_id AND t.at >= $2 AND t.at < $3
				ORDER BY t.aircraft_id LIMIT 1)
			FROM ids WHERE ids.aircraft_id IS NOT NULL
		)
		SELECT n.* FROM ids CROSS JOIN LATERAL (
			SELECT aircraft_id, seq, source_id, format, measured_at, received_at, status, forced_landing, ground_speed_mps, course_deg,
				longitude_deg, latitude_deg, altitude_hae_m, altitude_amsl_m, height_agl_m, height_takeoff_m,
				pilot_longitude_deg, pilot_latitude_deg, model, scenario, takeoff_altitude_hae_m
			FROM telemetry
			WHERE aircraft_id = ids.aircraft_id AND at >= $4 AND at < $5 AND received_at >= $1 AND NOT back_fill AND NOT simulated
				AND `+scopedFlight(&a, scope, flightScenario)+`
			ORDER BY at DESC, source_id LIMIT $6) n
		ORDER BY n.aircraft_id, n.seq DESC`)
	newest, err := pgx.CollectRows(rows, scanSeen)
	if err != nil {
		return nil, outward("aircraft last seen", err)
	}
	var out []lowsky.LastSeen
	for len(newest) > 0 {
		n := 1
		for n < len(newest) && newest[n].Aircraft == newest[0].Aircraft {
			n++
		}
		if l, airborne := joinSeen(newest[:n]); airborne {
			out = append(out, l)
		}
		newest = newest[n:]
	}
	return out, s.joinGround(ctx, out, now)
}

// groundBack is how long before now a flight may have begun for its take-off point to be looked for.
const groundBack = 6 * time.Hour

// joinGround finds where those took off whose newest reports tell a height above take-off and nothing that carries it
// over to another datum. Few report like that, so it costs little to walk back over their flights.
func (s *Store) joinGround(ctx context.Context, seen []lowsky.LastSeen, now time.Time) error {
	at := map[lowsky.AircraftID]int{}
	var ids []string
	for i := range seen {
		if p := seen[i].Position.Value; p.AboveTakeoff.OK && !seen[i].TakeoffHAE.OK && !p.HAE.OK && !p.AMSL.OK {
			at[seen[i].Aircraft], ids = i, append(ids, string(seen[i].Aircraft))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, _ := s.pool.Query(ctx, `SELECT g.* FROM unnest($1::text[]) AS flew (id) CROSS JOIN LATERAL (
			SELECT aircraft_id, longitude_deg, latitude_deg, altitude_hae_m, altitude_amsl_m
			FROM telemetry
			WHERE aircraft_id = flew.id AND at >= $2 AND at < $3 AND status = 'ground' AND NOT back_fill
				AND longitude_deg IS NOT NULL AND latitude_deg IS NOT NULL
				AND (altitude_hae_m IS NOT NULL OR altitude_amsl_m IS NOT NULL)
			ORDER BY at DESC, source_id, digest LIMIT 1) g`, ids, now.Add(-groundBack), now.Add(clockTolerance))
	_, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var (
			id        string
			lon, lat  float64
			hae, amsl *float64
		)
		err := row.Scan(&id, &lon, &lat, &hae, &amsl)
		if i, ok := at[lowsky.AircraftID(id)]; ok {
			seen[i].Ground = lowsky.Some(lowsky.Position{
				Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat),
				HAE: opt[lowsky.Metres](hae), AMSL: opt[lowsky.Metres](amsl),
			})
		}
		return struct{}{}, err
	})
	return outward("take-off points of aircraft last seen", err)
}

// seenRow is one of an aircraft's newest reports.
type seenRow struct {
	lowsky.LastSeen
	forced bool
}

// joinSeen joins an aircraft's newest reports by field, newest first, and answers whether they leave it in the air.
func joinSeen(newest []seenRow) (l lowsky.LastSeen, airborne bool) {
	l = newest[0].LastSeen
	for i := range newest {
		r := &newest[i].LastSeen
		if !l.Status.OK || l.Status.Value == lowsky.StatusUnknown {
			l.Status = r.Status
			if newest[i].forced {
				l.Status = lowsky.Some(lowsky.StatusEmergency)
			}
		}
		first(&l.Position, r.Position)
		first(&l.GroundSpeed, r.GroundSpeed)
		first(&l.Course, r.Course)
		first(&l.Pilot, r.Pilot)
		first(&l.TakeoffHAE, takeoffOf(r))
		if l.Model == "" {
			l.Model = r.Model
		}
		if l.Scenario == "" {
			l.Scenario = r.Scenario
		}
	}
	switch l.Status.Or(lowsky.StatusUnknown) {
	case lowsky.StatusAirborne, lowsky.StatusEmergency:
		return l, true
	case lowsky.StatusGround:
		return l, false
	}
	p := l.Position.Value
	return l, l.GroundSpeed.Or(0) > 2 || p.AboveTakeoff.Or(p.AGL.Or(0)) > 5
}

// takeoffOf answers the height of the take-off point that a report tells: in so many words, or as the difference of its
// two heights.
func takeoffOf(r *lowsky.LastSeen) lowsky.Opt[lowsky.Metres] {
	p := r.Position.Value
	if r.TakeoffHAE.OK || !p.HAE.OK || !p.AboveTakeoff.OK {
		return r.TakeoffHAE
	}
	return lowsky.Some(p.HAE.Value - p.AboveTakeoff.Value)
}

func first[T any](dst *lowsky.Opt[T], v lowsky.Opt[T]) {
	if !dst.OK {
		*dst = v
	}
}

func scanSeen(row pgx.CollectableRow) (seenRow, error) {
	var (
		r                           seenRow
		measured                    *time.Time
		status                      *string
		speed, course               *float64
		lon, lat, hae, amsl, agl    *float64
		takeoff, pilotLon, pilotLat *float64
		takeoffHAE                  *float64
	)
	err := row.Scan(&r.Aircraft, &r.Seq, &r.Source, &r.Format, &measured, &r.ReceivedAt, &status, &r.forced, &speed, &course,
		&lon, &lat, &hae, &amsl, &agl, &takeoff, &pilotLon, &pilotLat, &r.Model, &r.Scenario, &takeoffHAE)
	if err != nil {
		return r, err
	}
	r.MeasuredAt, r.ReceivedAt = orZero(measured), r.ReceivedAt.UTC()
	if status != nil {
		r.Status = lowsky.Some(lowsky.FlightStatus(*status))
	}
	r.GroundSpeed, r.Course = opt[lowsky.MetresPerSecond](speed), opt[lowsky.Degrees](course)
	r.TakeoffHAE = opt[lowsky.Metres](takeoffHAE)
	if lon != nil && lat != nil {
		r.Position = lowsky.Some(lowsky.Position{
			Longitude: lowsky.Degrees(*lon), Latitude: lowsky.Degrees(*lat),
			HAE: opt[lowsky.Metres](hae), AMSL: opt[lowsky.Metres](amsl), AGL: opt[lowsky.Metres](agl), AboveTakeoff: opt[lowsky.Metres](takeoff),
		})
	}
	if pilotLon != nil && pilotLat != nil {
		r.Pilot = lowsky.Some(lowsky.Position{Longitude: lowsky.Degrees(*pilotLon), Latitude: lowsky.Degrees(*pilotLat)})
	}
	return r, nil
}
