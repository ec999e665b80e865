package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/store"
)

const (
	mostWaiting = 8                // simulations that wait besides the one that flies
	flyWithin   = 10 * time.Minute // for one simulation
	lookWithin  = 20 * time.Second // for the check of a file, and the list of those that ship
	mostLooking = 16               // people who wait for such a look: one is at work at a time
	// progressEvery is how far apart notes of how far a simulation is are at least.
	progressEvery = time.Second
	// idleLook is how often it is looked for what waits although nobody said so: after the database was away.
	idleLook   = 5 * time.Second
	rowTimeout = 5 * time.Second
)

var (
	errCancelled = errors.New("cancelled by a person")
	errStopping  = errors.New("the server stops")
)

// simulations flies the simulations that wait in the database, one after the other, each in a process of its own, and
// checks files the same way.
type simulations struct {
	store  *store.Store
	worker worker
	log    *slog.Logger
	within time.Duration // 0: flyWithin
	every  time.Duration // 0: progressEvery
	wake   chan struct{} // there is something new; holds one

	mu     sync.Mutex
	flying lowsky.SimulationID // 0: none
	stop   context.CancelCauseFunc

	looking chan struct{} // holds whoever waits for a look or is at it
	look    sync.Mutex    // one at a time
	shipped atomic.Pointer[[]lowsky.ScenarioFile]
}

func newSimulations(s *store.Store, command []string, log *slog.Logger) *simulations {
	return &simulations{store: s, worker: worker{command: command}, log: log, wake: make(chan struct{}, 1), looking: make(chan struct{}, mostLooking)}
}

// Run flies what waits until ctx ends. What flies then has failed; what waits does so until the next start.
func (f *simulations) Run(ctx context.Context) error {
	tick := time.NewTicker(idleLook)
	defer tick.Stop()
	orphans := true // a row may say that something flies
	for ctx.Err() == nil {
		if orphans {
			n, err := f.store.FailSimulations(ctx, string(lowsky.SimulationRestarted), time.Now().UTC())
			if orphans = err != nil; n > 0 {
				f.log.Warn("a simulation was left flying; it has failed", "count", n)
			}
		}
		if !orphans {
			flown, err := f.next(ctx)
			if flown {
				continue
			}
			orphans = err != nil
		}
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-tick.C:
		}
	}
	return nil
}

// next flies the one that has waited longest. false: none waits, or with the error it cannot be told.
func (f *simulations) next(ctx context.Context) (bool, error) {
	// Whoever cancels between the row and the note here waits for both.
	f.mu.Lock()
	asking, done := context.WithTimeout(ctx, rowTimeout)
	m, err := f.store.NextSimulation(asking)
	done()
	if err != nil {
		f.mu.Unlock()
		if errors.Is(err, lowsky.ErrNotFound) {
			return false, nil
		}
		if ctx.Err() == nil {
			f.log.Warn("no simulation can be taken from the database", "error", err)
		}
		return false, err
	}
	flight, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	f.flying, f.stop = m.ID, stop
	f.mu.Unlock()
	ending := context.AfterFunc(ctx, func() { stop(errStopping) })
	f.fly(ctx, flight, m)
	ending()
	stop(nil)
	f.mu.Lock()
	f.flying, f.stop = 0, nil
	f.mu.Unlock()
	return true, nil
}

func orElse[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}

// fly flies one and writes down how it ended.
func (f *simulations) fly(ctx, flight context.Context, m lowsky.Simulation) {
	began := time.Now()
	f.log.Info("simulation flies", "id", m.ID, "name", m.Name, "runs", m.Runs, "by", m.By)
	timed, cancel := context.WithTimeout(flight, orElse(f.within, flyWithin))
	defer cancel()
	noted := began
	line, err := f.worker.ask(timed, workerRequest{Name: m.Name, Source: m.Source, Seeds: m.Seeds}, func(done int) {
		now := time.Now()
		if now.Sub(noted) < orElse(f.every, progressEvery) || done < 0 {
			return
		}
		noted = now
		writing, end := context.WithTimeout(timed, rowTimeout)
		defer end()
		if err := f.store.SimulationProgress(writing, m.ID, done); err != nil && timed.Err() == nil {
			f.log.Warn("the progress of a simulation was not stored", "id", m.ID, "error", err)
		}
	})
	problem := ""
	var card *lowsky.Scorecard
	var why *workerError
	switch {
	case errors.Is(err, errCancelled):
		f.log.Info("simulation cancelled", "id", m.ID, "took", time.Since(began).Round(time.Millisecond))
		return // its row says so
	case errors.Is(err, errStopping):
		problem = string(lowsky.SimulationRestarted)
	case errors.As(err, &why):
		problem = why.Error()
	case err != nil:
		problem = string(lowsky.SimulationDied)
	case line.Card != nil:
		card = line.Card
	case line.Problems != nil && len(*line.Problems) > 0:
		p := (*line.Problems)[0]
		problem = (&workerError{lowsky.SimulationRefused, fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Field, p.Problem)}).Error()
	default:
		problem = string(lowsky.SimulationOutput)
	}
	f.log.Info("simulation ended", "id", m.ID, "problem", problem, "error", err, "took", time.Since(began).Round(time.Millisecond))
	f.end(ctx, m.ID, problem, card)
}

// end writes down how one ended, as often as it takes; at the server's end once, and the next start does the rest.
func (f *simulations) end(ctx context.Context, id lowsky.SimulationID, problem string, card *lowsky.Scorecard) {
	at := time.Now().UTC()
	for {
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), rowTimeout)
		err := f.store.EndSimulation(writing, id, problem, card, at)
		cancel()
		switch {
		case err == nil, errors.Is(err, lowsky.ErrConflict): // cancelled at the last moment
			return
		case errors.Is(err, lowsky.ErrInvalid) && card != nil:
			problem, card = string(lowsky.SimulationOutput), nil
			continue
		}
		f.log.Warn("the end of a simulation was not stored", "id", id, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(idleLook):
		}
	}
}

// Start queues a run; see api.
func (f *simulations) Start(ctx context.Context, by lowsky.Actor, m lowsky.Simulation) (lowsky.Simulation, error) {
	m, err := f.store.AddSimulation(ctx, by, m, mostWaiting)
	if err == nil {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
	return m, err
}

// Cancel ends one; see api. Its row is first: whatever its process still answers comes too late.
func (f *simulations) Cancel(ctx context.Context, by lowsky.Actor, id lowsky.SimulationID) error {
	if err := f.store.CancelSimulation(ctx, by, id); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.flying == id {
		f.stop(errCancelled)
	}
	return nil
}

// Scenarios answers the files that ship, which are asked for once.
func (f *simulations) Scenarios(ctx context.Context) ([]lowsky.ScenarioFile, error) {
	if known := f.shipped.Load(); known != nil {
		return *known, nil
	}
	var list []lowsky.ScenarioFile
	err := f.oneAtATime(ctx, func() error {
		line, err := f.ask(ctx, workerRequest{List: true})
		if err != nil {
			return err
		}
		list = line.Scenarios
		f.shipped.Store(&list)
		return nil
	})
	return list, err
}

// Lint answers what is wrong with a file; ErrInvalid: it takes more time or memory to read than a file may.
func (f *simulations) Lint(ctx context.Context, name, source string) ([]lowsky.ScenarioProblem, error) {
	var problems []lowsky.ScenarioProblem
	err := f.oneAtATime(ctx, func() error {
		line, err := f.ask(ctx, workerRequest{Lint: true, Name: name, Source: source})
		if err == nil && line.Problems != nil {
			problems = *line.Problems
		}
		return err
	})
	return problems, err
}

// oneAtATime lets one look at a file at a time; ErrUnavailable where too many wait for that.
func (f *simulations) oneAtATime(ctx context.Context, do func() error) error {
	select {
	case f.looking <- struct{}{}:
		defer func() { <-f.looking }()
	default:
		return fmt.Errorf("too many scenario files at once: %w", lowsky.ErrUnavailable)
	}
	f.look.Lock()
	defer f.look.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return do()
}

func (f *simulations) ask(ctx context.Context, q workerRequest) (*workerLine, error) {
	timed, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	line, err := f.worker.ask(timed, q, nil)
	var why *workerError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &why) && (why.kind == lowsky.SimulationTimedOut || why.kind == lowsky.SimulationMemory || why.kind == lowsky.SimulationOutput):
		return nil, fmt.Errorf("the process that looks at scenario files: %w: %w", err, lowsky.ErrInvalid)
	case err == nil && (q.List && line.Scenarios == nil || q.Lint && line.Problems == nil):
		return nil, fmt.Errorf("the process that looks at scenario files answered something else")
	}
	return line, err
}
