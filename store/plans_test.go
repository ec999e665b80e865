package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/store/storetest"
)

// The reads that people wait for go through indexes, also when tables are large.
func TestQueryPlansUseIndexes(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	for i := range 4000 {
		j.add(telemetry(report(fmt.Sprintf("a-%d", i%40), noon.Add(time.Duration(i)*time.Second/10))))
		if i%2 == 0 {
			a := alert(fmt.Sprintf("x-%d", i), 1)
			a.Object.ID, a.RaisedAt = fmt.Sprintf("a-%d", i%40), noon.Add(time.Duration(i)*time.Second)
			if i%100 != 0 {
				a.State, a.Handling.State = lowsky.AlertResolved, lowsky.HandlingAcknowledged
			}
			j.add(record(lowsky.RecordAlert, "", a))
		}
	}
	catchUp(t, s, j)
	exec(t, url, `ANALYZE telemetry, alerts`) // not the whole database: other tests drop their schemas meanwhile
	const scope = `(true OR organisation_id = ANY('{}') OR jurisdiction_ids && '{}')`
	for _, c := range []struct{ sql, index string }{
		{`SELECT seq FROM telemetry WHERE aircraft_id = 'a-7' AND at >= '2026-11-22 04:01Z' AND at < '2026-11-22 04:02Z' AND ` + scope + ` ORDER BY at, source_id LIMIT 100`, "telemetry_20261122_pkey"},
		// One step of LastSeen, from aircraft to aircraft.
		{`SELECT aircraft_id FROM telemetry WHERE aircraft_id > 'a-3' AND at >= '2026-11-22' AND at < '2026-11-23' ORDER BY aircraft_id LIMIT 1`, "telemetry_20261122_pkey"},
		{`SELECT body FROM alerts WHERE ` + scope + ` ORDER BY raised_at DESC, id DESC LIMIT 50`, "alerts_raised"},
		{`SELECT body FROM alerts WHERE ` + scope + ` AND open ORDER BY raised_at DESC, id DESC LIMIT 50`, "alerts_open"},
		{`SELECT body FROM alerts WHERE ` + scope + ` AND object_kind = 'aircraft' AND object_id = 'a-6' ORDER BY raised_at DESC, id DESC LIMIT 20`, "alerts_object"},
		{`SELECT body FROM alerts WHERE id = 'x-6' AND ` + scope, "alerts_pkey"},
	} {
		if plan := explain(t, url, c.sql); !strings.Contains(plan, c.index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s does not use %s:\n%s", c.sql, c.index, plan)
		}
	}
	// Only the partition of the day is looked at.
	if plan := explain(t, url, `SELECT seq FROM telemetry WHERE aircraft_id = 'a-7' AND at >= '2026-11-22 04:01Z' AND at < '2026-11-22 04:02Z'`); strings.Contains(plan, "telemetry_default") {
		t.Errorf("other partitions are read:\n%s", plan)
	}
}

func explain(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), "EXPLAIN "+sql)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
