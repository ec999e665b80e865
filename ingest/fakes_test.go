package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
)

// fakeLog takes records in memory. While full it refuses; while held its receipts wait.
type fakeLog struct {
	mu      sync.Mutex
	records []lowsky.Record // messages
	told    []lowsky.IdentityMismatch
	msgs    [][]lowsky.Message
	full    bool
	broken  bool          // receipts fail
	held    chan struct{} // closed: receipts return
}

var errFull = errors.New("journal full")

func (l *fakeLog) Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return nil, errFull
	}
	if rec.Kind == lowsky.RecordMismatch {
		var m lowsky.IdentityMismatch
		if err := json.Unmarshal(rec.Payload, &m); err != nil {
			return nil, err
		}
		l.told = append(l.told, m)
		return fakeReceipt{}, nil
	}
	l.records = append(l.records, rec)
	l.msgs = append(l.msgs, msgs)
	return fakeReceipt{l.held, l.broken}, nil
}

type fakeReceipt struct {
	held   chan struct{}
	broken bool
}

func (r fakeReceipt) Wait(ctx context.Context) error {
	if r.held != nil {
		select {
		case <-r.held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if r.broken {
		return errors.New("disk gone")
	}
	return nil
}

func (l *fakeLog) set(change func(l *fakeLog)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

func (l *fakeLog) taken() []lowsky.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]lowsky.Record(nil), l.records...)
}

// mismatches answers the records of devices that spoke as others.
func (l *fakeLog) mismatches() []lowsky.IdentityMismatch {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]lowsky.IdentityMismatch(nil), l.told...)
}

// fakePublisher keeps downlinks.
type fakePublisher struct {
	mu   sync.Mutex
	sent map[string]string
}

func (p *fakePublisher) Publish(topic string, payload []byte, _ byte, _ bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[string]string{}
	}
	p.sent[topic] = string(payload)
	return nil
}

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func newTestIntake(l log) *Intake {
	return NewIntake(Config{Log: l, Logger: slog.New(slog.DiscardHandler), Platform: dji.Platform{}})
}

// eventually polls until cond holds.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond) // between polls
	}
}
