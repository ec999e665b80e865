package lab

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/api"
)

// PostgreSQL goes away: the live picture and its alerts go on, a person can still act on them, console and /readyz say
// what is not saved, and what was missed is written when it returns.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	pg := PostgreSQL(t)
	p := Start(t, Options{DatabaseURL: pg.URL()})
	c := OpenConsole(t, p, 1440, 900)
	readyz := func() int { status, _ := p.Try(t, "GET", "/readyz", nil, nil); return status }
	if s := readyz(); s != 200 {
		t.Fatalf("/readyz %d before", s)
	}
	if err := pg.Pause(); err != nil {
		t.Fatal(err)
	}
	Eventually(t, 15*time.Second, func() string { return "/readyz says no" }, func() bool { return readyz() == 503 })
	c.Wait("the console says so", 10*time.Second, `!!document.querySelector('[data-testid=storage-down]')`)

	raised := raiseEmergency(t, p, p.MQTT)
	c.Wait("the alert while the database is away", 5*time.Second, `!!document.querySelector('[data-testid=alert-row][data-aircraft=mayday][data-hazard=emergency]')`)
	p.Do(t, "POST", "/api/v1/alerts/"+string(raised.ID)+"/acknowledge", map[string]any{}, nil)
	find := func() (a api.AlertView) {
		for _, x := range p.OpenAlerts(t) {
			if x.ID == raised.ID {
				a = x
			}
		}
		return a
	}
	Eventually(t, 5*time.Second, func() string { return fmt.Sprintf("acknowledged, %+v", find().Handling) }, func() bool {
		return find().Handling.State == lowsky.HandlingAcknowledged
	})
	if a := find(); a.SavedRev >= a.Rev {
		t.Errorf("revision %d counts as saved (%d) without a database", a.Rev, a.SavedRev)
	}
	c.Shot("database-away")

	if err := pg.Resume(context.Background()); err != nil {
		t.Fatal(err)
	}
	Eventually(t, 30*time.Second, func() string { return "/readyz says yes again" }, func() bool { return readyz() == 200 })
	Eventually(t, 20*time.Second, func() string { a := find(); return fmt.Sprintf("saved: rev %d, saved %d", a.Rev, a.SavedRev) }, func() bool {
		a := find()
		return a.SavedRev == a.Rev
	})
	c.Wait("the console no longer says so", 10*time.Second, `!document.querySelector('[data-testid=storage-down]')`)
	var detail struct {
		Revisions []lowsky.Alert `json:"revisions"`
	}
	p.Do(t, "GET", "/api/v1/alerts/"+string(raised.ID), nil, &detail)
	if len(detail.Revisions) == 0 {
		t.Error("no revision of the alert is stored")
	}
}

// The outside broker dies with aircraft in the air: one alert says that nobody can be heard, and nobody is accused of
// silence beside it. It returns, and the alert ends.
func TestBrokerAway(t *testing.T) {
	t.Parallel()
	port := FreePort(t)
	addr, kill := MosquittoAt(t, port)
	p := Start(t, Options{MQTTURL: "mqtt://" + addr})
	Eventually(t, 20*time.Second, func() string { return "ready" }, func() bool { s, _ := p.Try(t, "GET", "/readyz", nil, nil); return s == 200 })
	const lon, lat = 114.4, 29.4
	flights := func(n int) (out []Flight) {
		for i := range 4 {
			out = append(out, Flight{ID: fmt.Sprintf("direct-%d", i), Longitude: lon + float64(i)/100, Latitude: lat, Course: 90, Speed: 5,
				Interval: 500 * time.Millisecond, Reports: n, Fields: map[string]any{"height_agl_m": 50}})
		}
		return out
	}
	Fly(t, addr, flights(6)...)
	kill()
	state := func() (broker *api.AlertView, accused int) {
		for _, a := range p.OpenAlerts(t) {
			switch {
			case a.Object.Kind == lowsky.ObjectSource && a.Object.ID == string(lowsky.BrokerSource):
				broker = &a
			case a.Hazard == lowsky.HazardSilence && a.Parent == "":
				accused++
			}
		}
		return broker, accused
	}
	Eventually(t, 20*time.Second, func() string { return "the broker's alert" }, func() bool {
		b, _ := state()
		return b != nil && b.State == lowsky.AlertFiring && b.Severity == lowsky.Warning
	})
	wait(t, 15*time.Second) // longer than an aircraft may be silent
	if _, accused := state(); accused != 0 {
		t.Errorf("%d aircraft are accused of silence while nobody can be heard", accused)
	}
	MosquittoAt(t, port)
	Eventually(t, 60*time.Second, func() string { return "connected again" }, func() bool { s, _ := p.Try(t, "GET", "/readyz", nil, nil); return s == 200 })
	Fly(t, addr, flights(16)...)
	Eventually(t, 20*time.Second, func() string { return "the broker's alert ends" }, func() bool {
		b, _ := state()
		return b == nil || b.State == lowsky.AlertResolved
	})
}
