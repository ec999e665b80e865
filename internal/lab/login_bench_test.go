package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lowsky"
	"lowsky/journal"
	"lowsky/simulator/load"
)

// BenchmarkLoginsBesidePicture signs in 20 times a second at the real server while it judges 1,000 reports a second, in
// turn with not doing so, and reads from the journal how late each of the picture's ticks was: the instant that the record
// before it bears, or its own, against the second that the ticks began on.
//
//	go test ./internal/lab -run '^$' -bench LoginsBesidePicture -benchtime 1x
func BenchmarkLoginsBesidePicture(b *testing.B) {
	for range b.N {
		measureLogins(b)
	}
}

func measureLogins(b *testing.B) {
	const rate, phases, phase = 20, 6, 12 * time.Second
	pg, dir := PostgreSQL(b), Dir(b)
	httpAddr, mqttAddr := "127.0.0.1:"+FreePort(b), "127.0.0.1:"+FreePort(b)
	p := StartProcess(b, httpAddr, "LOWSKY_DATABASE_URL="+pg.URL(), "LOWSKY_DATA_DIR="+dir, "LOWSKY_MQTT_ADDR="+mqttAddr)
	Eventually(b, 60*time.Second, func() string { _, c := p.Ready(); return fmt.Sprintf("ready; checks %v", c) }, func() bool { ok, _ := p.Ready(); return ok })

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	flying := make(chan error, 1)
	go func() {
		_, err := load.Run(ctx, load.Load{Address: mqttAddr, Connections: 100, Rate: 1000, Duration: phases*phase + 10*time.Second, QoS: 1, Now: time.Now, Prefix: "load", Window: 256})
		flying <- err
	}()
	<-time.After(3 * time.Second)
	var with [][2]time.Time
	began, in, tried := time.Now(), atomic.Int64{}, 0
	for i := range phases {
		until := time.Now().Add(phase)
		if i%2 == 1 {
			with = append(with, [2]time.Time{time.Now(), until})
			tried += signInUntil(b, httpAddr, until, rate, &in)
		}
		<-time.After(time.Until(until))
	}
	ended := time.Now()
	cancel()
	<-flying
	p.Kill()

	late := [2][]time.Duration{} // without, with
	for at, l := range tickLateness(b, filepath.Join(dir, "journal")) {
		if at.Before(began) || at.After(ended) {
			continue
		}
		k := 0
		if slices.ContainsFunc(with, func(s [2]time.Time) bool { return !at.Before(s[0]) && at.Before(s[1]) }) {
			k = 1
		}
		late[k] = append(late[k], l)
	}
	for k, name := range []string{"without", "with"} {
		l := late[k]
		if len(l) < 10 {
			b.Fatalf("%d ticks %s", len(l), name)
		}
		slices.Sort(l)
		for what, q := range map[string]float64{"p50": .5, "p90": .9, "max": 1} {
			b.ReportMetric(float64(l[int(float64(len(l)-1)*q)].Microseconds())/1000, name+"_"+what+"_ms")
		}
	}
	b.ReportMetric(float64(in.Load())/(phases/2*phase.Seconds()), "logins/s")
	b.ReportMetric(float64(tried)-float64(in.Load()), "not_in_time")
}

// signInUntil signs in at a rate and answers how many times it tried; in counts those that were let in in time.
func signInUntil(b *testing.B, addr string, until time.Time, rate int, in *atomic.Int64) (tried int) {
	var wg sync.WaitGroup
	t := time.NewTicker(time.Second / time.Duration(rate))
	defer t.Stop()
	body := []byte(`{"username":"admin","password":"` + Password + `"}`)
	for time.Now().Before(until) {
		<-t.C
		tried++
		wg.Go(func() {
			resp, err := http.Post("http://"+addr+"/api/v1/session", "application/json", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK && time.Now().Before(until) {
				in.Add(1)
			}
		})
	}
	wg.Wait()
	return tried
}

// tickLateness reads how late the ticks of a journal were, by the instant they bear.
func tickLateness(b *testing.B, dir string) map[time.Time]time.Duration {
	log, err := journal.Open(journal.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	type tick struct{ at, done time.Time }
	var ticks []tick
	var before, last time.Time
	err = log.Read(context.Background(), 0, false, func(batch []lowsky.Record) error {
		for _, r := range batch {
			if r.Kind == lowsky.RecordTick && !r.At.Equal(last) {
				last = r.At
				done := r.At
				if before.After(done) {
					done = before
				}
				ticks = append(ticks, tick{r.At, done})
			}
			before = r.At
		}
		return nil
	})
	if err != nil || len(ticks) == 0 {
		b.Fatalf("%d ticks, %v", len(ticks), err)
	}
	// Ticks come on a grid of a second and never early: the earliest of them tells where it lies.
	first, early := ticks[0].at, time.Duration(0)
	for _, t := range ticks {
		early = min(early, t.at.Sub(first)-t.at.Sub(first).Round(time.Second))
	}
	out := map[time.Time]time.Duration{}
	for _, t := range ticks {
		d := t.at.Sub(first)
		out[t.at] = t.done.Sub(first.Add(d.Round(time.Second) + early))
	}
	return out
}
