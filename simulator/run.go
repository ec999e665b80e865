package simulator

import (
	"context"
	"fmt"
	"time"
)

// Clock paces a run.
type Clock interface {
	// WaitUntil returns when the run has come to t, or with ctx's error before.
	WaitUntil(ctx context.Context, t time.Time) error
}

// Emit takes one message of the simulated world; payload is its own. An error ends the run.
type Emit func(topic string, payload []byte, qos byte) error

// AsFast is the clock of a run that waits for nobody.
type AsFast struct{}

// WaitUntil returns at once.
func (AsFast) WaitUntil(ctx context.Context, _ time.Time) error { return ctx.Err() }

// RealTime is the wall clock, which the caller hands in as Now (time.Now). A run that fell behind goes on without
// waiting until it has caught up.
type RealTime struct{ Now func() time.Time }

// WaitUntil waits for the instant t.
func (c RealTime) WaitUntil(ctx context.Context, t time.Time) error {
	d := t.Sub(c.Now())
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Run flies the engine until ctx ends (nil is answered then), or emit fails, or the run has lasted until; 0 is for
// ever. What happens to the broker besides messages is not emitted: what waits for it comes later all the same.
func Run(ctx context.Context, e *Engine, until time.Duration, clock Clock, emit Emit) error {
	for {
		ev := e.Next()
		if until > 0 && ev.At >= until {
			return nil
		}
		if err := clock.WaitUntil(ctx, e.start.Add(ev.At)); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if ev.Control != Deliver {
			continue
		}
		if err := emit(ev.Topic, ev.Payload, ev.QoS); err != nil {
			return fmt.Errorf("%s at %s: %w", ev.Topic, ev.At, err)
		}
	}
}
