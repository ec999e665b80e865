package ingest

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// sampler writes rejected messages to the log, at most one per reason and second, with how many were left out. The
// payload is never written: it may hold a device's secret.
type sampler struct {
	logger *slog.Logger
	mu     sync.Mutex
	last   map[wire.Reason]time.Time
	silent map[wire.Reason]int
}

func newSampler(l *slog.Logger) sampler {
	return sampler{logger: l, last: map[wire.Reason]time.Time{}, silent: map[wire.Reason]int{}}
}

func (s *sampler) rejected(at time.Time, a Arrival, err error) {
	reason := wire.ReasonOf(err)
	s.mu.Lock()
	if at.Sub(s.last[reason]) < time.Second {
		s.silent[reason]++
		s.mu.Unlock()
		return
	}
	left := s.silent[reason]
	s.last[reason], s.silent[reason] = at, 0
	s.mu.Unlock()
	var invalid *lowsky.InvalidError
	if !errors.As(err, &invalid) {
		invalid = &lowsky.InvalidError{Problem: err.Error()}
	}
	s.logger.Warn("message rejected", "reason", string(reason), "field", invalid.Field, "problem", invalid.Problem,
		"topic", cut(a.Topic), "link", a.Link, "bytes", len(a.Payload), "more_since_last", left)
}

// cut keeps what is shown of a topic short.
func cut(topic string) string {
	if len(topic) > 128 {
		return topic[:128] + "…"
	}
	return topic
}
