package picture

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lowsky"
)

const (
	saverMost   = 16_384 // revisions waiting before older ones of one alert give way to its newest
	saverWindow = 1024   // revisions in the journal's hands, not yet on the disk
	saverRetry  = 100 * time.Millisecond
)

// revision is one alert revision on its way into the journal.
type revision struct {
	at      time.Time
	payload []byte
	id      lowsky.AlertID
}

// saver puts alert revisions into the journal, in order, and keeps each until it is on the disk: a revision is never
// lost while the process lives. The picture never waits for it.
type saver struct {
	log    log
	logger *slog.Logger

	mu      sync.Mutex
	queue   []revision // oldest first; not accepted by the journal yet
	flying  int        // accepted, not on the disk yet
	wake    chan struct{}
	idle    chan struct{} // closed and replaced whenever nothing waits
	failing bool
}

func newSaver(log log, logger *slog.Logger) *saver {
	return &saver{log: log, logger: logger, wake: make(chan struct{}, 1)}
}

// put takes a revision. Beyond the bound it replaces the oldest waiting one of the same alert: the newest revision
// holds all of it, only steps in between are lost to the journal.
func (s *saver) put(a *lowsky.Alert) {
	payload, err := json.Marshal(a)
	if err != nil { // every number in it was checked
		s.logger.Error("picture: an alert cannot be written", "alert", a.ID, "error", err)
		return
	}
	r := revision{at: a.ChangedAt, payload: payload, id: a.ID}
	s.mu.Lock()
	if len(s.queue) >= saverMost {
		s.thin()
	}
	s.queue = append(s.queue, r)
	s.mu.Unlock()
	s.poke()
}

func (s *saver) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// thin keeps the newest waiting revision of each alert.
func (s *saver) thin() {
	newest := make(map[lowsky.AlertID]int, len(s.queue))
	for i := range s.queue {
		newest[s.queue[i].id] = i
	}
	kept := s.queue[:0]
	for i := range s.queue {
		if newest[s.queue[i].id] == i {
			kept = append(kept, s.queue[i])
		}
	}
	clear(s.queue[len(kept):])
	s.queue = kept
}

// waiting answers how many revisions are not on the disk yet, leaving out those that are merely on their way.
func (s *saver) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// pendingReceipt is a revision that the journal has accepted.
type pendingReceipt struct {
	revision
	receipt lowsky.Receipt
}

// run appends and waits for receipts until ctx ends.
func (s *saver) run(ctx context.Context) {
	flights := make(chan pendingReceipt, saverWindow)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for f := range flights {
			if err := f.receipt.Wait(ctx); err != nil && ctx.Err() == nil {
				s.again(f.revision, err)
			}
			s.mu.Lock()
			s.flying--
			s.mu.Unlock()
		}
	}()
	defer func() {
		close(flights)
		<-done
	}()
	retry := time.NewTimer(0)
	defer retry.Stop()
	<-retry.C
	for {
		r, ok := s.first()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-s.wake:
			}
			continue
		}
		receipt, err := s.log.Append(lowsky.Record{Kind: lowsky.RecordAlert, At: r.at, Payload: r.payload}, nil)
		if err != nil {
			s.failed(err)
			retry.Reset(saverRetry)
			select {
			case <-ctx.Done():
				return
			case <-retry.C:
			}
			continue
		}
		s.accepted(r)
		select {
		case flights <- pendingReceipt{r, receipt}:
		case <-ctx.Done():
			return
		}
	}
}

func (s *saver) first() (revision, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return revision{}, false
	}
	return s.queue[0], true
}

// accepted takes r off the queue. It may have been thinned away meanwhile.
func (s *saver) accepted(r revision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying++
	if s.failing {
		s.failing = false
		s.logger.Info("picture: the journal takes alert revisions again", "waiting", len(s.queue))
	}
	if len(s.queue) > 0 && &s.queue[0].payload[0] == &r.payload[0] {
		s.queue[0] = revision{}
		s.queue = s.queue[1:]
	}
}

func (s *saver) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.failing {
		s.failing = true
		s.logger.Error("picture: the journal does not take alert revisions; they wait", "waiting", len(s.queue), "error", err)
	}
}

// again puts back a revision that the journal had accepted and then could not write. Readers know revisions by id and
// Rev, so that one that arrives twice or after a newer one does no harm.
func (s *saver) again(r revision, err error) {
	s.failed(err)
	s.mu.Lock()
	s.queue = append([]revision{r}, s.queue...)
	s.mu.Unlock()
	s.poke()
}

// drain waits until every revision is on the disk, at most for d.
func (s *saver) drain(d time.Duration) error {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		s.mu.Lock()
		left := len(s.queue) + s.flying
		s.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-deadline.C:
			return fmt.Errorf("picture: %d alert revisions are not in the journal: %w", left, lowsky.ErrUnavailable)
		case <-look.C:
		}
	}
}
