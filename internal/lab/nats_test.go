package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lowsky/simulator"
)

// outsideJournal is a NATS server with JetStream that listens on loopback and syncs every write, as a deployment's has to.
func outsideJournal(t testing.TB) (url string) {
	t.Helper()
	srv, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, JetStream: true, StoreDir: Dir(t), SyncAlways: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	if !srv.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	return srv.ClientURL()
}

// LOWSKY_NATS_URL: the journal lies on an outside server. What is acknowledged reaches PostgreSQL from there, also what
// was acknowledged just before a kill, and nothing is written below the data directory.
func TestJournalOnAnOutsideServer(t *testing.T) {
	t.Parallel()
	pg := PostgreSQL(t)
	httpAddr, mqttAddr, dir := "127.0.0.1:"+FreePort(t), "127.0.0.1:"+FreePort(t), Dir(t)
	env := []string{"LOWSKY_NATS_URL=" + outsideJournal(t), "LOWSKY_DATABASE_URL=" + pg.URL(), "LOWSKY_DATA_DIR=" + dir, "LOWSKY_MQTT_ADDR=" + mqttAddr}
	p := StartProcess(t, httpAddr, env...)
	why := func() string { _, checks := p.Ready(); return fmt.Sprintf("ready; checks %v", checks) }
	Eventually(t, 60*time.Second, why, func() bool { ok, _ := p.Ready(); return ok })

	signedIn := p.Platform(t)
	began := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	publish := func(count int) {
		t.Helper()
		pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + mqttAddr, ClientID: "far"})
		if err != nil {
			t.Fatal(err)
		}
		for n := range count {
			f := Flight{ID: "far", Longitude: 114.3, Latitude: 29.8, Fields: map[string]any{"height_agl_m": 40}}
			if err := pub.Publish("lowsky/v1/telemetry/far", f.Report(n, time.Now()), 1); err != nil {
				t.Fatal(err)
			}
			wait(t, 2*time.Millisecond) // two reports never share their instant
		}
		if err := pub.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stored := func(want int) func() bool {
		return func() bool {
			var h struct {
				Points []struct{} `json:"points"`
			}
			status, _ := signedIn.Try(t, "GET", "/api/v1/tracks/far/history?from="+began+"&to="+time.Now().Add(time.Minute).UTC().Format(time.RFC3339), nil, &h)
			return status == 200 && len(h.Points) == want
		}
	}
	publish(100)
	Eventually(t, 20*time.Second, func() string { return "100 reports stored" }, stored(100))
	if err := pg.Pause(); err != nil {
		t.Fatal(err)
	}
	publish(50) // acknowledged, and only the outside journal has them
	p.Kill()
	if err := pg.Resume(context.Background()); err != nil {
		t.Fatal(err)
	}
	p = StartProcess(t, httpAddr, env...)
	Eventually(t, 60*time.Second, why, func() bool { ok, _ := p.Ready(); return ok })
	signedIn = p.Platform(t)
	Eventually(t, 20*time.Second, func() string { return "150 reports stored" }, stored(150))
	if entries, err := os.ReadDir(filepath.Join(dir, "journal")); err == nil && len(entries) > 0 {
		t.Errorf("the data directory holds a journal too: %v", entries)
	}
}
