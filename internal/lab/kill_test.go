package lab

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/api"
	"lowsky/simulator"
	"lowsky/simulator/load"
)

// 10,000 numbered reports at QoS 1, PostgreSQL away for 30 s, the server killed once: what was acknowledged is stored,
// nothing twice, and an alert raised before the kill goes on under its id.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute; not with -short")
	}
	t.Parallel()
	pg := PostgreSQL(t)
	httpAddr, mqttAddr := "127.0.0.1:"+FreePort(t), "127.0.0.1:"+FreePort(t)
	env := []string{"LOWSKY_DATABASE_URL=" + pg.URL(), "LOWSKY_DATA_DIR=" + Dir(t), "LOWSKY_MQTT_ADDR=" + mqttAddr}
	p := StartProcess(t, httpAddr, env...)
	ready := func() bool { ok, _ := p.Ready(); return ok }
	why := func() string { _, checks := p.Ready(); return fmt.Sprintf("ready; checks %v", checks) }
	Eventually(t, 60*time.Second, why, ready)

	before := raiseEmergency(t, p.Platform(t), mqttAddr)

	const reports, connections = 10_000, 20
	base := time.Now().UTC().Truncate(time.Second)
	sent := make(chan numbered, 1)
	go func() { sent <- publishNumbered(mqttAddr, reports, connections, base) }()

	wait(t, 2*time.Second)
	if err := pg.Pause(); err != nil {
		t.Fatal(err)
	}
	paused := time.Now()
	Eventually(t, 20*time.Second, func() string { return "/readyz names the database" }, func() bool {
		ok, checks := p.Ready()
		return !ok && checks["database"] != "" && checks["database"] != "ok"
	})
	wait(t, 10*time.Second)
	p.Kill()
	p = StartProcess(t, httpAddr, env...)
	wait(t, 30*time.Second-time.Since(paused))
	if err := pg.Resume(context.Background()); err != nil {
		t.Fatal(err)
	}
	Eventually(t, 60*time.Second, why, ready)

	r := <-sent
	if r.err != nil || r.acknowledged != reports {
		t.Fatalf("acknowledged %d, error %v; want all %d acknowledged", r.acknowledged, r.err, reports)
	}
	if r.reconnects == 0 {
		t.Error("no connection was lost: the kill did not happen under load")
	}
	conn, err := pgx.Connect(context.Background(), pg.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var rows, distinct int
	count := func() bool {
		err := conn.QueryRow(context.Background(), `SELECT count(*), count(DISTINCT (aircraft_id, measured_at))
			FROM telemetry WHERE aircraft_id LIKE 'kill-%'`).Scan(&rows, &distinct)
		if err != nil {
			t.Fatal(err)
		}
		return distinct >= reports
	}
	Eventually(t, 30*time.Second, func() string { return fmt.Sprintf("%d distinct reports stored, have %d", reports, distinct) }, count)
	if rows != reports || distinct != reports {
		t.Errorf("stored %d rows, %d distinct; want %d and %d", rows, distinct, reports, reports)
	}

	after := p.Platform(t).OpenAlerts(t)
	for _, a := range after {
		if a.ID == before.ID {
			if a.Rev < before.Rev || a.State != lowsky.AlertFiring {
				t.Errorf("after the kill the alert is %s rev %d, before it was %s rev %d", a.State, a.Rev, before.State, before.Rev)
			}
			return
		}
	}
	t.Errorf("alert %s of before the kill is gone; open are %d others", before.ID, len(after))
}

// numbered is what became of the numbered reports.
type numbered struct {
	acknowledged, reconnects uint64
	err                      error
}

// publishNumbered publishes so many different reports over raw MQTT connections that come back after a loss and repeat
// what was not acknowledged. The generator skips what falls due while a connection is away, so it goes round until all
// have been sent.
func publishNumbered(addr string, reports, connections uint64, base time.Time) numbered {
	var out numbered
	for round := uint64(0); out.acknowledged < reports; round++ {
		r, err := load.Run(context.Background(), load.Load{
			Address: addr, Connections: int(connections), Rate: 300, Count: reports - out.acknowledged, Duration: 3 * time.Minute,
			QoS: 1, Resend: true, Window: 1024, Drain: 90 * time.Second, Now: time.Now,
			Topic: func(c int) string { return fmt.Sprintf("lowsky/v1/telemetry/kill-%02d", c) },
			Message: func(dst []byte, _ int, n uint64, _ time.Time) []byte {
				// Numbered by their instant: two reports never share one.
				at := base.Add(time.Duration(round*reports+n) * time.Millisecond).Format("2006-01-02T15:04:05.000Z")
				return fmt.Appendf(dst, `{"measured_at":%q,"longitude_deg":114.2,"latitude_deg":29.8,"height_agl_m":40,"status":"airborne"}`, at)
			},
		})
		out.acknowledged += r.Acknowledged
		out.reconnects += r.Reconnects
		if out.err = err; err != nil || r.Lost != 0 || round == 9 {
			return out
		}
	}
	return out
}

// raiseEmergency has an aircraft declare an emergency and answers the firing alert.
func raiseEmergency(t *testing.T, p *Platform, mqttAddr string) api.AlertView {
	t.Helper()
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + mqttAddr, ClientID: "mayday"})
	if err != nil {
		t.Fatal(err)
	}
	defer pub.Close()
	report := fmt.Sprintf(`{"measured_at":%q,"longitude_deg":114.3,"latitude_deg":29.8,"height_agl_m":50,"status":"emergency"}`,
		time.Now().UTC().Format(time.RFC3339Nano))
	if err := pub.Publish("lowsky/v1/telemetry/mayday", []byte(report), 1); err != nil {
		t.Fatal(err)
	}
	var found api.AlertView
	Eventually(t, 10*time.Second, func() string { return "the emergency fires" }, func() bool {
		for _, a := range p.OpenAlerts(t) {
			if a.Hazard == lowsky.HazardEmergency && a.State == lowsky.AlertFiring {
				found = a
				return true
			}
		}
		return false
	})
	return found
}

// OpenAlerts asks GET /api/v1/alerts?state=open.
func (p *Platform) OpenAlerts(t testing.TB) []api.AlertView {
	t.Helper()
	var out struct {
		Alerts []api.AlertView `json:"alerts"`
	}
	p.Do(t, "GET", "/api/v1/alerts?state=open&limit=500", nil, &out)
	return out.Alerts
}

// wait lets time pass: a test of half a minute without a database has to take half a minute.
func wait(t *testing.T, d time.Duration) {
	t.Helper()
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}
