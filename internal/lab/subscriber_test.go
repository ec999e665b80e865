package lab

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"testing"
	"time"

	"lowsky/simulator/load"
)

// metric asks /metrics for one counter without labels.
func (p *Platform) metric(t testing.TB, name string) uint64 {
	t.Helper()
	resp, err := p.Client.Get(p.HTTP + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + name + ` ([0-9.e+]+)$`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("no metric %s", name)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return uint64(v)
}

// soak sends through mosquitto to a platform that subscribes with paho, and compares the three counts.
func soak(t testing.TB, rate float64, during time.Duration) (load.Result, time.Duration) {
	t.Helper()
	broker := Mosquitto(t)
	p := Start(t, Options{MQTTURL: "mqtt://" + broker})
	Eventually(t, 20*time.Second, func() string { return "ready" }, func() bool {
		resp, err := p.Client.Get(p.HTTP + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	})
	r, err := load.Run(context.Background(), load.Load{
		Address: broker, Connections: 1000, Rate: rate, Duration: during, QoS: 1, Window: 256, Now: time.Now, Drain: 60 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	var received, logged uint64
	Eventually(t, 120*time.Second, func() string { return fmt.Sprintf("sent %d, counted %d, journalled %d", r.Sent, received, logged) }, func() bool {
		received, logged = p.metric(t, "lowsky_ingest_received_total"), p.metric(t, "lowsky_ingest_logged_total")
		return received >= r.Sent && logged >= r.Sent
	})
	behind := time.Since(ended)
	if received != r.Sent || logged != r.Sent || r.Acknowledged != r.Sent {
		t.Errorf("sent %d, acknowledged by mosquitto %d, counted %d, journalled %d", r.Sent, r.Acknowledged, received, logged)
	}
	return r, behind
}

// A small soak for every run of the tests: nothing is lost between an outside broker and the journal.
func TestSubscriberCountsWhatWasSent(t *testing.T) {
	t.Parallel()
	r, _ := soak(t, 2_000, 5*time.Second)
	if r.Sent < 5_000 {
		t.Errorf("only %v was sent", r)
	}
}

// One paho subscriber on mosquitto, 20,000 msg/s asked, QoS 1 both ways, 1,000 connections, one write per message, 60 s.
//
//	go test -run '^$' -bench SubscriberSoak -benchtime 1x ./internal/lab
func BenchmarkSubscriberSoak(b *testing.B) {
	for range b.N {
		r, behind := soak(b, 20_000, 60*time.Second)
		b.ReportMetric(float64(r.Sent)/r.Sending.Seconds(), "sent/s")
		b.ReportMetric(float64(r.Sent), "sent")
		b.ReportMetric(float64(r.Skipped), "skipped")
		b.ReportMetric(behind.Seconds(), "s-behind")
		b.Logf("load: %v", r)
	}
}
