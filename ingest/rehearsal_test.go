package ingest

import (
	"log/slog"
	"reflect"
	"testing"
	"time"

	"lowsky"
)

// TestRehearsal: without a network, what a device says of itself is taken and what it says in the name of another is
// refused and told, at most once in ten seconds, on the clock of the intake.
func TestRehearsal(t *testing.T) {
	now := time.Date(2026, 10, 15, 2, 0, 0, 0, time.UTC)
	l := &fakeLog{}
	r := NewRehearsal(NewIntake(Config{Log: l, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}), fourKinds)
	if !r.Publish("AC1", "lowsky/v1/telemetry/AC1", []byte(here), 1) || l.on("lowsky/v1/telemetry/AC1") != 1 {
		t.Error("its own was not taken")
	}
	for range 25 {
		if r.Publish("AC1", "lowsky/v1/telemetry/AC7", []byte(here), 1) {
			t.Fatal("another's was taken")
		}
		r.Tick()
		now = now.Add(time.Second)
	}
	if r.Publish("nobody", "lowsky/v1/telemetry/nobody", []byte(here), 1) {
		t.Error("a stranger's was taken")
	}
	var counts []int
	for _, m := range l.mismatches() {
		if m.Device != "AC1" || m.Claimed != "AC7" {
			t.Errorf("%+v", m)
		}
		counts = append(counts, m.Count)
	}
	if want := []int{1, 10, 10}; !reflect.DeepEqual(counts, want) || len(l.taken()) != 1 {
		t.Errorf("told %v, want %v; %d taken", counts, want, len(l.taken()))
	}
	if l.mismatches()[0].Organisation != lowsky.OrganisationID("eagle") {
		t.Error("whose it is was not told")
	}
}
