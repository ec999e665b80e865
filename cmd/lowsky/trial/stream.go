package trial

import (
	"context"
	"time"

	"lowsky/simulator"
	"lowsky/simulator/truth"
)

const (
	batchSize  = 512 // events that are handed from the simulator to the platform at once
	batchesOut = 4   // that may wait
)

// stream is the simulated world of one run: what it sends, and the truth about it.
type stream struct {
	engine   *simulator.Engine
	hash     *simulator.Hasher
	watch    *truth.Watch
	end      time.Duration
	messages int
	at       time.Duration // of the newest event
	over     bool
}

// fill answers the next events, at most cap(into) of them; none when the run is over.
func (s *stream) fill(into []simulator.Event) []simulator.Event {
	into = into[:0]
	for len(into) < cap(into) && !s.over {
		ev := s.engine.Next()
		if ev.At >= s.end {
			s.over = true
			break
		}
		s.at = ev.At
		if ev.Control == simulator.Deliver {
			s.messages++
		}
		s.hash.Add(&ev)
		into = append(into, ev)
	}
	return into
}

// inLine flies and judges one after the other, which is the best use of a processor when other runs have the others.
func (s *stream) inLine(ctx context.Context, j *judge) {
	events := make([]simulator.Event, 0, batchSize)
	for ctx.Err() == nil {
		if events = s.fill(events); len(events) == 0 {
			return
		}
		j.takeAll(events)
	}
}

// abreast flies in one goroutine and judges in another.
func (s *stream) abreast(ctx context.Context, j *judge) {
	full, empty := make(chan []simulator.Event, batchesOut), make(chan []simulator.Event, batchesOut+2)
	for range cap(empty) {
		empty <- make([]simulator.Event, 0, batchSize)
	}
	go func() {
		defer close(full)
		for ctx.Err() == nil {
			events := s.fill(<-empty)
			if len(events) == 0 {
				return
			}
			full <- events
		}
	}()
	for events := range full {
		j.takeAll(events)
		clear(events) // the payloads are done with
		empty <- events
	}
}

// paced flies event by event, each when its time has come, and lets the platform's clock tick between them.
func (s *stream) paced(ctx context.Context, j *judge, wait func(context.Context, time.Duration) error) error {
	for {
		one := s.fill(make([]simulator.Event, 0, 1))
		until := s.end
		if len(one) > 0 {
			until = one[0].At
		}
		for j.nextTick < until {
			at := j.nextTick
			if err := wait(ctx, at); err != nil {
				return err
			}
			j.advance(at)
		}
		if err := wait(ctx, until); err != nil || len(one) == 0 {
			return err
		}
		j.takeAll(one)
	}
}
