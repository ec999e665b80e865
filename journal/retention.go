package journal

import (
	"context"
	"time"
)

// The stream never discards by itself (DiscardNew): only this loop does, and only what PostgreSQL has. It makes room
// down to tidyTo of the bound when tidyAt is passed, so the disk alarm, which lies between that and full, is only ever
// seen when PostgreSQL is behind.
const (
	tidyAt         = 0.6
	tidyTo         = 0.5
	diskAlarmShare = alarmShare
)

func (l *Log) tidyUp(ctx context.Context) {
	t := time.NewTicker(l.cfg.TidyInterval)
	defer t.Stop()
	for {
		if err := l.tidyOnce(ctx); err != nil && ctx.Err() == nil {
			l.logger.Warn("journal: cannot discard old records now", "error", err)
		}
		select {
		case <-t.C:
		case <-l.tidy:
		case <-ctx.Done():
			return
		}
	}
}

// tidyOnce looks at the stream and discards what is both stored and beyond what is to be kept.
func (l *Log) tidyOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	state, err := l.stream.state(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.streamBytes = int64(state.Bytes)
	consumed, now := l.consumed, l.lastAt
	l.mu.Unlock()
	if state.Msgs < 2 || consumed == 0 {
		return nil
	}
	// The first stream message that stays: all before it are consumed, and too old or in the way.
	keep := state.FirstSeq
	if over := float64(state.Bytes) - tidyTo*float64(l.cfg.MaxBytes); float64(state.Bytes) > tidyAt*float64(l.cfg.MaxBytes) {
		keep += uint64(over / (float64(state.Bytes) / float64(state.Msgs)))
	}
	if l.cfg.MaxAge > 0 {
		cut := now.Add(-l.cfg.MaxAge)
		old, err := l.firstMessage(ctx, keep, state.LastSeq, func(f frame, at time.Time) bool { return !at.Before(cut) })
		if err != nil {
			return err
		}
		keep = max(keep, old)
	}
	keep = min(keep, state.LastSeq) // the newest batch says where the journal ends: it always stays
	if keep == state.FirstSeq {
		return nil
	}
	wanted, err := l.firstMessage(ctx, state.FirstSeq, keep, func(f frame, _ time.Time) bool { return f.last > consumed })
	if err != nil {
		return err
	}
	if wanted <= state.FirstSeq {
		return nil
	}
	if err := l.stream.purge(ctx, wanted); err != nil {
		return err
	}
	l.logger.Info("journal: discarded what is stored and no longer kept", "messages", wanted-state.FirstSeq)
	if state, err = l.stream.state(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	l.streamBytes = int64(state.Bytes)
	l.mu.Unlock()
	return nil
}

// firstMessage finds by halving the first stream message in low … high for which the condition holds, which must be
// false before it and true from it on; high if it holds for none before.
func (l *Log) firstMessage(ctx context.Context, low, high uint64, holds func(f frame, at time.Time) bool) (uint64, error) {
	for low < high {
		mid := low + (high-low)/2
		got, err := l.stream.get(ctx, mid)
		if err != nil {
			return 0, err
		}
		f, err := parseFrame(got.data)
		if err != nil {
			low = mid + 1 // unreadable: nothing that has to be kept
			continue
		}
		at, err := l.stream.lastInstant(ctx, f, got.seq)
		if err != nil {
			low = mid + 1
			continue
		}
		if holds(f, at) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low, nil
}
