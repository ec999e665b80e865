package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// stages runs the long-lived parts in the order in which they were started and stops them in the reverse order, each
// one only after everything that was started later has ended.
type stages struct {
	log     *slog.Logger
	running []*stage
	failed  chan error // the first part that ended by itself
}

type stage struct {
	name string
	stop func() // asks it to end
	done chan struct{}
	err  error
	// within bounds how long its end is waited for; 0: for ever.
	within time.Duration
}

func newStages(log *slog.Logger) *stages { return &stages{log: log, failed: make(chan error, 1)} }

// start runs a part. A part that ends before it was asked to is a failure of the whole.
func (s *stages) start(name string, run func(context.Context) error) *stage {
	ctx, cancel := context.WithCancel(context.Background())
	st := &stage{name: name, stop: cancel, done: make(chan struct{})}
	s.running = append(s.running, st)
	go func() {
		defer close(st.done)
		st.err = run(ctx)
		if ctx.Err() == nil {
			err := st.err
			if err == nil {
				err = errors.New("ended by itself")
			}
			select {
			case s.failed <- fmt.Errorf("%s: %w", name, err):
			default:
			}
		}
	}()
	return st
}

// cleanup adds a step that only has to be done at the end.
func (s *stages) cleanup(name string, f func() error) {
	st := &stage{name: name, done: make(chan struct{})}
	st.stop = func() { st.err = f(); close(st.done) }
	s.running = append(s.running, st)
}

// shutdown stops everything, newest first, and answers what went wrong.
func (s *stages) shutdown() error {
	var errs []error
	for i := len(s.running) - 1; i >= 0; i-- {
		st := s.running[i]
		began := time.Now()
		st.stop()
		if st.within > 0 {
			select {
			case <-st.done:
			case <-time.After(st.within):
				errs = append(errs, fmt.Errorf("%s: did not end within %v", st.name, st.within))
				s.log.Error("did not end in time", "part", st.name, "within", st.within)
				continue
			}
		} else {
			<-st.done
		}
		if st.err != nil && !errors.Is(st.err, context.Canceled) {
			errs = append(errs, fmt.Errorf("%s: %w", st.name, st.err))
		}
		s.log.Info("stopped", "part", st.name, "took", time.Since(began).Round(time.Millisecond))
	}
	return errors.Join(errs...)
}
