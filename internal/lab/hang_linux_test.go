package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lowsky/simulator"
)

// PostgreSQL that hangs without dying (a stuck disk, a stopped machine) answers nothing and closes nothing. The picture
// and the console go on, /readyz says so, people can still sign in, and what was missed is written when it wakes.
func TestPostgreSQLHangs(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + p.MQTT, ClientID: "hang"})
	if err != nil {
		t.Fatal(err)
	}
	defer pub.Close()
	report := func(id string) {
		t.Helper()
		m := fmt.Sprintf(`{"measured_at":%q,"longitude_deg":114.3,"latitude_deg":29.8,"height_agl_m":20,"status":"airborne"}`, time.Now().UTC().Format(time.RFC3339Nano))
		if err := pub.Publish("lowsky/v1/telemetry/"+id, []byte(m), 1); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(id string) func() bool {
		return func() bool {
			status, _ := p.Try(t, "GET", "/api/v1/tracks/"+id, nil, nil)
			return status == 200
		}
	}
	var alerts struct {
		Alerts []struct {
			ID string `json:"id"`
		} `json:"alerts"`
	}
	report("before")
	Eventually(t, 10*time.Second, func() string { return "an alert about an unknown aircraft" }, func() bool {
		p.Do(t, "GET", "/api/v1/alerts", nil, &alerts)
		return len(alerts.Alerts) > 0
	})

	processes := postgresProcesses(t, p.DataDir)
	signal := func(s syscall.Signal) {
		for _, pid := range processes {
			_ = syscall.Kill(pid, s) // a backend may have ended
		}
	}
	signal(syscall.SIGSTOP)
	t.Cleanup(func() { signal(syscall.SIGCONT) }) // before the platform stops
	hung := time.Now()
	quick := func(what string, limit time.Duration, do func()) {
		t.Helper()
		began := time.Now()
		do()
		if took := time.Since(began); took > limit {
			t.Errorf("%s took %v while PostgreSQL hangs", what, took)
		}
	}
	report("meanwhile")
	quick("a new aircraft", 3*time.Second, func() {
		Eventually(t, 5*time.Second, func() string { return "the new aircraft" }, shown("meanwhile"))
	})
	quick("signing in", 12*time.Second, func() { p.signIn(t) })
	quick("the alert list", 3*time.Second, func() { p.Do(t, "GET", "/api/v1/alerts", nil, nil) })
	quick("an alert", 7*time.Second, func() { p.Do(t, "GET", "/api/v1/alerts/"+alerts.Alerts[0].ID, nil, nil) })
	Eventually(t, 30*time.Second, func() string { return "/readyz says that the database is away" }, func() bool {
		status, text := p.Try(t, "GET", "/readyz", nil, nil)
		return status == 503 && strings.Contains(text, `"database":"not reachable`)
	})
	t.Logf("/readyz said so after %v", time.Since(hung).Round(time.Second))

	signal(syscall.SIGCONT)
	Eventually(t, 60*time.Second, func() string { return "/readyz is well again" }, func() bool {
		status, _ := p.Try(t, "GET", "/readyz", nil, nil)
		return status == 200
	})
	var history struct {
		Points []any `json:"points"`
	}
	p.Do(t, "GET", "/api/v1/tracks/meanwhile/history", nil, &history)
	if len(history.Points) != 1 {
		t.Errorf("%d stored reports, want the one of meanwhile", len(history.Points))
	}
}

// postgresProcesses answers the postmaster of a private cluster and its children.
func postgresProcesses(t *testing.T, dataDir string) []int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataDir, "postgresql", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	postmaster, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	pids := []int{postmaster}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(b), ") ")
		var state string
		var parent int
		if _, err := fmt.Sscan(after, &state, &parent); err != nil || parent != postmaster {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
