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
