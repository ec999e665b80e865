package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// writeRows puts the rows into the tables and the position behind them, and commits. Everything is such that a row
// that is there already stays as it is. Audit rows are the very last: see Store.act.
func (c *consumer) writeRows(ctx context.Context, tx pgx.Tx, r *rows, position lowsky.Record) error {
	if err := c.copyTelemetry(ctx, tx, r.telemetry); err != nil {
		return err
	}
	var b pgx.Batch
	queueTraffic(&b, r.traffic)
	queueStations(&b, r.stations)
	queueEvents(&b, r.events)
	for _, p := range r.zones {
		for _, z := range p.Upsert {
			if z == nil {
				continue
			}
			if err := queueZone(&b, z, p.ZonePublication, p.at); err != nil {
				return err
			}
		}
		queueEndZones(&b, p.ZonePublication, p.at)
	}
	for _, p := range r.aircraft {
		for _, a := range p.Upsert {
			if a == nil {
				continue
			}
			at := a.UpdatedAt
			if at.IsZero() {
				at = p.at
			}
			queueJournalled(&b, a, at)
		}
		queueDeleteAircraft(&b, p.Remove, p.at)
	}
	if err := queueAlerts(&b, r.alerts); err != nil {
		return err
	}
	queueHandling(&b, r)
	for _, x := range r.rejects {
		b.Queue(`INSERT INTO journal_rejects (seq, kind, at, topic, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING`,
			x.seq, int16(x.kind), x.at, x.topic, x.reason)
	}
	b.Queue(`UPDATE journal_position SET seq = $1, at = $2`, position.Seq, position.At)
	if err := queueHandlingAudit(&b, r); err != nil {
		return err
	}
	return commitWith(ctx, tx, &b)
}

// queueAlerts writes every revision, and of each alert the newest one of the batch, never backwards.
func queueAlerts(b *pgx.Batch, alerts []alertRow) error {
	newest := make(map[lowsky.AlertID]int, len(alerts))
	bodies := make([][]byte, len(alerts))
	for i, x := range alerts {
		a := x.alert
		var err error
		if bodies[i], err = json.Marshal(a); err != nil {
			return &lowsky.InvalidError{Field: "alert " + string(a.ID), Problem: err.Error()}
		}
		b.Queue(`INSERT INTO alert_revisions (alert_id, rev, seq, changed_at, body, organisation_id, jurisdiction_ids)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (alert_id, rev) DO NOTHING`,
			string(a.ID), a.Rev, x.seq, a.ChangedAt, bodies[i], string(a.Organisation), texts(a.Jurisdictions))
		if n, ok := newest[a.ID]; !ok || alerts[n].alert.Rev < a.Rev {
			newest[a.ID] = i
		}
	}
	for i, x := range alerts {
		a := x.alert
		if newest[a.ID] != i {
			continue
		}
		b.Queue(`INSERT INTO alerts (id, rev, seq, state, severity, peak_severity, hazard, rule_id, object_kind, object_id,
				handling_state, open, demo, raised_at, changed_at, resolved_at, body, organisation_id, jurisdiction_ids, scenario)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
			ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, seq = excluded.seq, state = excluded.state,
				severity = excluded.severity, peak_severity = excluded.peak_severity, rule_id = excluded.rule_id,
				handling_state = excluded.handling_state, open = excluded.open, demo = excluded.demo,
				changed_at = excluded.changed_at, resolved_at = excluded.resolved_at, body = excluded.body,
				organisation_id = excluded.organisation_id, jurisdiction_ids = excluded.jurisdiction_ids, scenario = excluded.scenario
			WHERE alerts.rev < excluded.rev`,
			string(a.ID), a.Rev, x.seq, string(a.State), int16(a.Severity), int16(a.PeakSeverity), string(a.Hazard), string(a.Rule),
			string(a.Object.Kind), a.Object.ID, string(a.Handling.State), a.Open(), a.Demo, a.RaisedAt, a.ChangedAt,
			instant(a.ResolvedAt), bodies[i], string(a.Organisation), texts(a.Jurisdictions), string(a.Scenario))
	}
	return nil
}

func queueTraffic(b *pgx.Batch, traffic []trafficRow) {
	for _, m := range traffic {
		p := m.Position
		b.Queue(`INSERT INTO traffic_reports (traffic_id, at, source_id, seen_by, seq, measured_at, received_at, longitude_deg,
				latitude_deg, altitude_hae_m, altitude_amsl_m, height_agl_m, height_takeoff_m, ground_speed_mps, course_deg,
				vertical_speed_mps, warning_level, category, organisation_id, jurisdiction_ids, pressure_altitude_m)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT DO NOTHING`,
			m.Traffic, m.at, string(m.Source), string(m.SeenBy), m.seq, instant(m.MeasuredAt), m.ReceivedAt, float64(p.Longitude),
			float64(p.Latitude), number(p.HAE), number(p.AMSL), number(p.AGL), number(p.AboveTakeoff), number(m.GroundSpeed),
			number(m.Course), number(m.VerticalSpeed), m.WarningLevel, m.Category, string(m.organisation), texts(m.jurisdictions),
			number(m.PressureAltitude))
	}
}

func queueStations(b *pgx.Batch, stations []stationRow) {
	for _, m := range stations {
		var lon, lat *float64
		p := m.Position.Value
		if m.Position.OK {
			lon, lat = (*float64)(&p.Longitude), (*float64)(&p.Latitude)
		}
		b.Queue(`INSERT INTO station_reports (station_id, at, source_id, seq, kind, measured_at, received_at, longitude_deg,
				latitude_deg, altitude_hae_m, altitude_amsl_m, height_agl_m, height_takeoff_m, aircraft_id, drone_in_dock,
				wind_speed_mps, rain, temperature_c, humidity_pct, mode, organisation_id, jurisdiction_ids, qnh_hpa)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
			ON CONFLICT DO NOTHING`,
			m.Station, m.at, string(m.Source), m.seq, string(m.Kind), instant(m.MeasuredAt), m.ReceivedAt, lon, lat,
			number(p.HAE), number(p.AMSL), number(p.AGL), number(p.AboveTakeoff), string(m.Aircraft), pointer(m.DroneInDock),
			number(m.WindSpeed), pointer(m.Rain), number(m.Temperature), number(m.Humidity), m.Mode, string(m.organisation), texts(m.jurisdictions),
			number(m.QNH))
	}
}

func queueEvents(b *pgx.Batch, events []eventRow) {
	for _, e := range events {
		b.Queue(`INSERT INTO device_events (gateway_id, aircraft_id, method, at, tid, seq, bid, measured_at, received_at, request, body,
				organisation_id, jurisdiction_ids)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			string(e.gateway), string(e.aircraft), e.method, e.at, e.tid, e.seq, e.bid, instant(e.measured), e.received, e.request, e.body,
			string(e.organisation), texts(e.jurisdictions))
	}
}

func number[F ~float64](o lowsky.Opt[F]) *float64 {
	if !o.OK {
		return nil
	}
	v := float64(o.Value)
	return &v
}

func pointer[T any](o lowsky.Opt[T]) *T {
	if !o.OK {
		return nil
	}
	return &o.Value
}

// copyTelemetry puts reports through a temporary table, because COPY alone cannot pass over rows that are there
// already. A report filed under its arrival, because its device's clock is far off, would have another key each time it
// is delivered: it is also compared with what is stored under its own clock, and has to be the same in place.
func (c *consumer) copyTelemetry(ctx context.Context, tx pgx.Tx, reports []telemetryRow) error {
	if len(reports) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `CREATE TEMP TABLE IF NOT EXISTS telemetry_staging (LIKE telemetry) ON COMMIT DELETE ROWS`); err != nil {
		return err
	}
	c.buf = appendTelemetry(c.buf[:0], reports)
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.buf), `COPY telemetry_staging (`+telemetryColumns+`) FROM STDIN BINARY`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO telemetry (`+telemetryColumns+`) SELECT `+telemetryColumns+` FROM telemetry_staging s
		WHERE s.at = s.measured_at OR s.measured_at IS NULL OR s.measured_at < $1
			OR NOT EXISTS (SELECT FROM telemetry t WHERE t.aircraft_id = s.aircraft_id AND t.at = s.measured_at AND t.source_id = s.source_id AND t.digest = s.digest)
			AND NOT EXISTS (SELECT FROM telemetry t WHERE t.aircraft_id = s.aircraft_id AND t.source_id = s.source_id
				AND t.measured_at = s.measured_at AND t.at <> t.measured_at
				AND t.at >= s.received_at - $2::interval AND t.at <= s.received_at
				AND t.digest = s.digest)
		ON CONFLICT DO NOTHING`, year2020, redeliveryMost)
	return err
}

// redeliveryMost is how long after the first time a message may be delivered again and still be known, where its
// device's clock is far off.
const redeliveryMost = 48 * time.Hour

const partitionsAhead = 1 // days

// ensurePartitions makes the partitions of the day of now, of the day before and of those ahead. Reports of other days
// go into the default partition.
func (s *Store) ensurePartitions(ctx context.Context, conn *pgx.Conn, now time.Time) error {
	for d := -1; d <= partitionsAhead; d++ {
		day := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, d)
		name := "telemetry_" + day.Format("20060102")
		s.mu.Lock()
		known := s.partitions[name]
		s.mu.Unlock()
		if known {
			continue
		}
		_, err := conn.Exec(ctx, fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF telemetry FOR VALUES FROM ('%s') TO ('%s')`,
			name, day.Format(time.RFC3339), day.AddDate(0, 0, 1).Format(time.RFC3339)))
		if isRefusal(err) { // the default partition already holds rows of that day: they stay there, as do later ones
			s.logger.Warn("no partition of its own for a day whose rows lie in the default one", "partition", name)
		} else if err != nil {
			return err
		}
		s.mu.Lock()
		s.partitions[name] = true
		s.mu.Unlock()
	}
	return nil
}
