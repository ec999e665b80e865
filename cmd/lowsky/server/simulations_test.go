package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

// proving is a queue on a database of its own.
type proving struct {
	*simulations
	t    *testing.T
	by   lowsky.Actor
	stop func()
}

func newProving(t *testing.T, s *store.Store) *proving {
	t.Helper()
	if err := s.SeedOrganisations(t.Context(), []lowsky.Organisation{{ID: "city", Kind: lowsky.CityOrganisation, Name: lowsky.Text{ZH: "市", EN: "City"}, Jurisdiction: "421200"}}); err != nil {
		t.Fatal(err)
	}
	p := &proving{simulations: newSimulations(s, fakeWorkerCommand(t), slog.New(slog.DiscardHandler)), t: t,
		by: lowsky.Actor{Name: "wang", At: time.Now().UTC(), Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}}}
	p.every = time.Millisecond
	return p
}

// run runs the queue until the test or stop ends it.
func (p *proving) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	stopped := false
	p.stop = func() {
		if cancel(); stopped {
			return
		}
		stopped = true
		if err := <-ended; err != nil {
			p.t.Error(err)
		}
	}
	p.t.Cleanup(p.stop)
}

func (p *proving) add(name string) lowsky.SimulationID {
	p.t.Helper()
	m, err := p.Start(p.t.Context(), p.by, lowsky.Simulation{Name: name, Source: "text", Seeds: []uint64{1, 2}, Runs: 2})
	if err != nil {
		p.t.Fatal(err)
	}
	return m.ID
}

func (p *proving) get(id lowsky.SimulationID) lowsky.Simulation {
	p.t.Helper()
	m, err := p.store.SimulationByID(p.t.Context(), lowsky.Everything, id)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *proving) until(id lowsky.SimulationID, state lowsky.SimulationState) lowsky.Simulation {
	p.t.Helper()
	var m lowsky.Simulation
	eventually(p.t, fmt.Sprintf("%d is %s", id, state), func() bool { m = p.get(id); return m.State == state })
	return m
}

// One flies at a time, the others wait in order; each ends with its card or its reason.
func TestSimulationQueue(t *testing.T) {
	t.Parallel()
	p := newProving(t, storetest.New(t))
	p.run()
	gate := t.TempDir() + "/open"
	first := p.add("hold " + gate)
	p.until(first, lowsky.SimulationRunning)
	eventually(t, "its progress is in the row", func() bool { return p.get(first).Done == 1 })
	rest := []lowsky.SimulationID{p.add("fly"), p.add("die"), p.add("problems"), p.add("fly"), p.add("fly"), p.add("fly"), p.add("fly"), p.add("silent")}
	if _, err := p.Start(t.Context(), p.by, lowsky.Simulation{Name: "fly", Runs: 1}); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("a ninth waits: %v", err)
	}
	for _, id := range rest {
		if m := p.get(id); m.State != lowsky.SimulationWaiting {
			t.Errorf("%d is %s beside another", id, m.State)
		}
	}
	if err := p.Cancel(t.Context(), p.by, rest[3]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	last := p.until(rest[7], lowsky.SimulationFailed)
	if last.Problem != "died" {
		t.Errorf("%+v", last)
	}
	if m := p.get(first); m.State != lowsky.SimulationDone || m.Card == nil || m.Done != 2 || m.EndedAt.IsZero() {
		t.Errorf("%+v", m)
	}
	if m := p.get(rest[0]); m.State != lowsky.SimulationDone || m.Card.Suite != "text" || len(m.Card.Seeds) != 2 {
		t.Errorf("%+v", m)
	}
	if m := p.get(rest[1]); m.State != lowsky.SimulationFailed || m.Problem != "died" {
		t.Errorf("%+v", m)
	}
	if m := p.get(rest[2]); m.State != lowsky.SimulationFailed || m.Problem != "refused: a.yaml:3: seed: is negative" {
		t.Errorf("%+v", m)
	}
	if m := p.get(rest[3]); m.State != lowsky.SimulationCancelled || m.Card != nil {
		t.Errorf("%+v", m)
	}
}

// A cancelled one ends at once, and the next flies; so does one that takes too long.
func TestSimulationsEndEarly(t *testing.T) {
	t.Parallel()
	p := newProving(t, storetest.New(t))
	p.within = 2 * time.Second
	p.run()
	never := t.TempDir() + "/never"
	id := p.add("hold " + never)
	p.until(id, lowsky.SimulationRunning)
	if err := p.Cancel(t.Context(), p.by, id); err != nil {
		t.Fatal(err)
	}
	if err := p.Cancel(t.Context(), p.by, id); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	p.until(p.add("fly"), lowsky.SimulationDone)
	if m := p.get(id); m.State != lowsky.SimulationCancelled {
		t.Errorf("%+v", m)
	}
	if m := p.until(p.add("hold "+never), lowsky.SimulationFailed); m.Problem != "timed_out" {
		t.Errorf("%+v", m)
	}
}

// What flies when the server stops, or was killed, has failed with that reason; what waits is flown by the next.
func TestSimulationsOverARestart(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	p := newProving(t, s)
	p.run()
	never := t.TempDir() + "/never"
	flying, waiting := p.add("hold "+never), p.add("hold "+never)
	p.until(flying, lowsky.SimulationRunning)
	p.stop()
	if m := p.get(flying); m.State != lowsky.SimulationFailed || m.Problem != "restarted" {
		t.Errorf("stopped: %+v", m)
	}
	if m := p.get(waiting); m.State != lowsky.SimulationWaiting {
		t.Errorf("stopped: %+v", m)
	}
	if m, err := s.NextSimulation(t.Context()); err != nil || m.ID != waiting { // as a server that is killed leaves it
		t.Fatalf("%+v, %v", m, err)
	}
	q := newProving(t, s)
	after := q.add("fly")
	q.run()
	q.until(after, lowsky.SimulationDone)
	if m := q.get(waiting); m.State != lowsky.SimulationFailed || m.Problem != "restarted" {
		t.Errorf("killed: %+v", m)
	}
}

// Files are looked at one at a time; the list of those that ship is asked for once.
func TestLookAtScenarios(t *testing.T) {
	t.Parallel()
	p := &simulations{worker: worker{command: fakeWorkerCommand(t)}, looking: make(chan struct{}, 1)}
	for range 2 {
		if list, err := p.Scenarios(t.Context()); err != nil || len(list) != 1 || list[0].Name != "base/breach" {
			t.Errorf("%v, %v", list, err)
		}
		p.worker.command = fakeWorkerCommand(t)
	}
	if problems, err := p.Lint(t.Context(), "wrong", "x"); err != nil || len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("%v, %v", problems, err)
	}
	if problems, err := p.Lint(t.Context(), "right", "x"); err != nil || len(problems) != 0 {
		t.Errorf("%v, %v", problems, err)
	}
	p.looking <- struct{}{}
	if _, err := p.Lint(t.Context(), "right", "x"); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("one too many: %v", err)
	}
	<-p.looking
	p.worker.answer = 10
	if _, err := p.Lint(t.Context(), "wrong", "x"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("too long an answer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Lint(ctx, "right", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	p.worker.command = []string{"/nowhere"}
	if list, err := p.Scenarios(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("asked again: %v, %v", list, err)
	}
	if _, err := p.Lint(t.Context(), "right", "x"); err == nil || errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
