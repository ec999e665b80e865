package trial

import (
	"context"
	"time"

	"lowsky"
	"lowsky/ingest"
	"lowsky/simulator"
)

const (
	batchSize  = 512 // events that are handed from the simulator to the platform at once
	batchesOut = 4   // that may wait
)

// arrival is an event as it reaches the platform. What a message says depends on nothing but itself: whoever has the time
// reads it.
type arrival struct {
	simulator.Event
	msgs []lowsky.Message
	read bool
	bad  bool // not all of it could be read
}

// stream is the simulated world of one run: what it sends.
type stream struct {
	engine   *simulator.Engine
	start    time.Time // UTC
	hash     *simulator.Hasher
	end      time.Duration
	messages int
	at       time.Duration // of the newest event
	over     bool
}

// fill flies on and answers the next events, at most cap(into) of them; none when the run is over.
func (s *stream) fill(into []arrival) []arrival {
	into = into[:0]
	for len(into) < cap(into) && !s.over {
		ev := s.engine.Next()
		if ev.At >= s.end {
			s.over = true
			break
		}
		s.at = ev.At
		s.hash.Add(&ev)
		if ev.Control == simulator.Deliver {
			s.messages++
		}
		into = append(into, arrival{Event: ev})
	}
	return into
}

// record is the message as the journal would have it.
func (a *arrival) record(start time.Time) lowsky.Record {
	return lowsky.Record{Kind: lowsky.RecordMessage, Topic: a.Topic, Payload: a.Payload, At: start.Add(a.At)}
}

// decode reads the message, once.
func (a *arrival) decode(start time.Time) {
	if a.read || a.Control != simulator.Deliver || a.Link != "" {
		return
	}
	msgs, err := ingest.DecodeRecord(a.record(start))
	a.msgs, a.bad, a.read = msgs, err != nil, true
}

// inLine flies and judges one after the other, which is the best use of a processor when other runs have the others.
func (s *stream) inLine(ctx context.Context, j *judge) {
	events := make([]arrival, 0, batchSize)
	for ctx.Err() == nil {
		if events = s.fill(events); len(events) == 0 {
			return
		}
		j.takeAll(events)
	}
}

// abreast flies in one goroutine and judges in another; the messages are read by the one that is ahead.
func (s *stream) abreast(ctx context.Context, j *judge) {
	full, empty := make(chan []arrival, batchesOut), make(chan []arrival, batchesOut+2)
	for range cap(empty) {
		empty <- make([]arrival, 0, batchSize)
	}
	go func() {
		defer close(full)
		for ctx.Err() == nil {
			events := s.fill(<-empty)
			if len(events) == 0 {
				return
			}
			if len(full) >= batchesOut/2 { // the judge has enough to do
				for i := range events {
					events[i].decode(s.start)
				}
			}
			full <- events
		}
	}()
	for events := range full {
		j.takeAll(events)
		clear(events) // payloads and messages are done with
		empty <- events
	}
}

// paced flies event by event, each when its time has come, and lets the platform's clock tick between them.
func (s *stream) paced(ctx context.Context, j *judge, wait func(context.Context, time.Duration) error) error {
	for {
		one := s.fill(make([]arrival, 0, 1))
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
