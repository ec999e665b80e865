package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lowsky"
)

const (
	retryFirst = 20 * time.Millisecond
	retryMost  = 2 * time.Second
)

// Run writes what is appended until ctx ends; then it takes nothing more, writes what waits (for at most FlushTimeout),
// and fails the receipts of what it could not write. It answers nil after a clean end, ErrConflict if another writer
// uses the stream, and ErrUnavailable if something could not be written. Readers go on until Close.
func (l *Log) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	tidyCtx, stopTidy := context.WithCancel(ctx)
	wg.Add(1)
	go func() {
		defer wg.Done()
		l.tidyUp(tidyCtx)
	}()
	err := l.write(ctx)
	stopTidy()
	wg.Wait()
	return err
}

func (l *Log) write(ctx context.Context) error {
	w := writer{log: l}
	for {
		b := l.take()
		if b == nil {
			select {
			case <-l.wake:
				continue
			case <-ctx.Done():
				return l.end(l.flush(ctx, &w))
			}
		}
		if err := w.write(ctx, b); err != nil {
			if ctx.Err() == nil {
				b.finish(err)
				return l.end(err)
			}
			// The end came while the disk was away: once more, within the time there is.
			l.mu.Lock()
			l.sealed = append([]*batch{b}, l.sealed...)
			l.mu.Unlock()
			return l.end(l.flush(ctx, &w))
		}
		l.written(b)
	}
}

// flush closes the log for Append and writes what waits.
func (l *Log) flush(ctx context.Context, w *writer) error {
	l.mu.Lock()
	l.closing = true
	if l.gap.Count > 0 {
		l.appendGap()
	}
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.FlushTimeout)
	defer cancel()
	for b := l.take(); b != nil; b = l.take() {
		if err := w.write(ctx, b); err != nil {
			err = fmt.Errorf("journal: not written before the end: %w: %w", lowsky.ErrUnavailable, err)
			b.finish(err)
			return err
		}
		l.written(b)
	}
	return nil
}

// end fails what is left and answers err.
func (l *Log) end(err error) error {
	l.mu.Lock()
	l.closing = true
	left := l.takeAll()
	l.mu.Unlock()
	for _, b := range left {
		if err == nil {
			b.finish(errClosing)
		} else {
			b.finish(err)
		}
	}
	return err
}

// take answers the next batch to write, nil if nothing waits.
func (l *Log) take() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(l.sealed) > 0:
		l.writing = l.sealed[0]
		l.sealed[0] = nil
		l.sealed = l.sealed[1:]
	case l.open != nil:
		l.writing, l.open = l.open, nil
	default:
		l.writing = nil
	}
	return l.writing
}

// written marks b as safe and tells everybody who waits for it.
func (l *Log) written(b *batch) {
	l.mu.Lock()
	l.writing = nil
	l.backBytes -= int64(len(b.body))
	l.backRecords -= b.count
	l.head = b.last
	l.usual = min(len(b.body)+len(b.body)/4, batchBytes)
	l.trouble.over()
	if l.advanced != nil {
		close(l.advanced)
		l.advanced = nil
	}
	l.mu.Unlock()
	b.finish(nil)
}

// writer is the state of the one writer.
type writer struct {
	log   *Log
	begun bool
	last  uint64 // the newest stream message
	buf   []byte
	// The batch being written and its next part: a write that was broken off goes on where it was.
	batch *batch
	part  int
}

// begin asks where the stream ends; every message is then stored right behind the one before it or not at all, which
// keeps a second writer out and makes a repeated write harmless.
func (w *writer) begin(ctx context.Context) error {
	return w.retry(ctx, func() error {
		state, err := w.log.stream.state(ctx)
		if err == nil {
			w.last, w.begun = state.LastSeq, true
		}
		return err
	})
}

// write stores b, trying again until it is stored, ctx ends, or another writer is met.
func (w *writer) write(ctx context.Context, b *batch) error {
	if !w.begun {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	size := w.log.stream.partBytes() - frameHeader
	parts := (len(b.body) + size - 1) / size
	if w.batch != b {
		w.batch, w.part = b, 0
	}
	for ; w.part < parts; w.part++ {
		part := w.part
		f := frame{
			part: part, parts: parts, count: b.count, first: b.first, last: b.last, bodyLen: len(b.body),
			chunk: b.body[part*size : min((part+1)*size, len(b.body))],
		}
		w.buf = appendFrame(w.buf[:0], f)
		if err := w.retry(ctx, func() error {
			// Not broken off by ctx: whether the message was stored has to be known.
			seq, err := w.log.stream.publish(context.WithoutCancel(ctx), w.buf, w.last)
			if err == nil {
				w.last = seq
			}
			return err
		}); err != nil {
			return err
		}
	}
	w.batch = nil
	return nil
}

// retry repeats do with growing pauses. The trouble is visible in State meanwhile.
func (w *writer) retry(ctx context.Context, do func() error) error {
	pause := retryFirst
	for {
		err := do()
		if err == nil {
			return nil
		}
		var moved *positionError
		if errors.As(err, &moved) {
			if moved.have > moved.want || w.log.cfg.NATSURL != "" {
				return fmt.Errorf("journal: another writer uses the stream: %w: %w", lowsky.ErrConflict, err)
			}
			// Our own files end earlier than what we wrote: the disk has lost what it had confirmed.
			w.log.logger.Error("journal: the disk has lost batches that it had confirmed", "error", err)
			w.last = moved.have
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.log.report(err)
		if err := w.log.pause(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, retryMost)
		if moved != nil || full(err) {
			continue // the server is well
		}
		if err := w.log.stream.reopen(); err != nil {
			w.log.report(err)
		}
	}
}

// report makes a failed write visible, and logs the first of a run.
func (l *Log) report(err error) {
	l.mu.Lock()
	first := l.trouble.err == nil
	l.trouble.begin(err, l.lastAt)
	l.mu.Unlock()
	if first {
		l.logger.Error("journal: cannot write, trying again", "error", err)
	}
	if full(err) {
		select {
		case l.tidy <- struct{}{}:
		default:
		}
	}
}

// full reports whether the stream has reached its bound.
func full(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == errCodeMaxBytes
}
