package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"lowsky"
)

const (
	fetchMessages = 1024
	fetchBytes    = 4 << 20
	readerRetry   = 250 * time.Millisecond
)

// Read hands fn the records from sequence number from on (0: from the oldest kept), in order, several batches at a
// time: whatever is there, up to about 4 MB. The slice is reused after fn returns; the records in it may be kept.
// Records that were discarded before are skipped without a word: compare the first one's Seq.
//
// With follow it goes on with what is written later until ctx ends, and answers ctx.Err(); otherwise it ends with what
// was on the disk when it was called. While the disk or the server is away it waits. An error of fn ends it and is
// answered as it is; ErrUnavailable means the log was closed.
func (l *Log) Read(ctx context.Context, from uint64, follow bool, fn func(batch []lowsky.Record) error) error {
	r := reading{log: l, from: from, cursor: cursor{stream: l.stream}}
	defer r.cursor.close()
	until := l.Head()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		head := until
		if follow {
			head = l.Head()
		}
		if r.from > head {
			if !follow {
				return nil
			}
			if err := l.awaitHead(ctx, r.from); err != nil {
				return err
			}
			continue
		}
		records, err := r.next(ctx, head)
		if err == nil && len(records) > 0 {
			r.from = records[len(records)-1].Seq + 1
			if err := fn(records); err != nil {
				return err
			}
			continue
		}
		if err == nil && r.exhausted {
			// Nothing more is stored although head says so: what was there cannot be read or was discarded.
			r.from = head + 1
			continue
		}
		if cerr := l.pause(ctx, readerRetry); cerr != nil {
			return cerr
		}
		if err != nil {
			l.logger.Debug("journal: read again", "from", r.from, "error", err)
			r.cursor.close()
			r.located = false
		}
	}
}

// awaitHead waits until the record seq is on the disk.
func (l *Log) awaitHead(ctx context.Context, seq uint64) error {
	l.mu.Lock()
	if l.head >= seq {
		l.mu.Unlock()
		return nil
	}
	if l.advanced == nil {
		l.advanced = make(chan struct{})
	}
	advanced := l.advanced
	l.mu.Unlock()
	select {
	case <-advanced:
		return nil
	case <-l.closed:
		return errClosing
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Log) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-l.closed:
		return errClosing
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reading is the state of one Read.
type reading struct {
	log       *Log
	from      uint64 // the next record wanted
	cursor    cursor
	located   bool
	message   uint64 // the next stream message
	exhausted bool   // nothing up to head is left in the stream
	bodies    bodyReader
	records   []lowsky.Record
	got       []stored

	// A body in parts, being put together.
	partial frame
	body    []byte
}

// next answers the next records up to head, none if they are not there yet.
func (r *reading) next(ctx context.Context, head uint64) ([]lowsky.Record, error) {
	r.exhausted = false
	if !r.located {
		if err := r.locate(ctx); err != nil {
			return nil, err
		}
		r.located, r.body, r.partial = true, nil, frame{}
	}
	clear(r.records)
	r.records = r.records[:0]
	for len(r.records) == 0 {
		clear(r.got)
		var err error
		r.got, err = r.cursor.fetch(ctx, r.got[:0], r.message, fetchMessages, fetchBytes)
		if err != nil {
			return nil, err
		}
		if len(r.got) == 0 {
			// A replica that is behind answers the same as a stream that has nothing more: ask the leader.
			state, err := r.cursor.stream.state(ctx)
			if err != nil {
				return nil, err
			}
			if state.LastSeq >= r.message {
				return nil, fmt.Errorf("read: message %d is not there yet: %w", r.message, lowsky.ErrUnavailable)
			}
			r.exhausted = true
			return nil, nil
		}
		for _, m := range r.got {
			if !r.take(m, head) {
				r.exhausted = len(r.records) == 0
				return r.records, nil
			}
			r.message = m.seq + 1
		}
	}
	return r.records, nil
}

// take adds the records of one stream message. It answers false for a batch beyond head: stored already, but its
// receipt is not given yet. One that cannot be read is reported and passed over: it must not stop what comes after it.
func (r *reading) take(m stored, head uint64) bool {
	f, err := parseFrame(m.data)
	if err != nil {
		r.log.logger.Error("journal: a batch cannot be read", "message", m.seq, "error", err)
		r.body, r.partial = nil, frame{}
		return true
	}
	if f.last > head {
		return false
	}
	body := f.chunk
	if f.parts > 1 {
		switch {
		case f.part == 0:
			r.body = append(make([]byte, 0, min(f.bodyLen, f.parts*len(f.chunk))), f.chunk...)
		case !f.sameBody(r.partial) || f.part != r.partial.part+1 || len(r.body)+len(f.chunk) > f.bodyLen:
			r.body, r.partial = nil, frame{}
			return true // the rest of a record whose beginning was discarded
		default:
			r.body = append(r.body, f.chunk...)
		}
		r.partial = f
		r.partial.chunk = nil
		if f.part != f.parts-1 {
			return true
		}
		body = r.body
	}
	r.body, r.partial = nil, frame{}
	n := len(r.records)
	if r.records, err = r.bodies.parseBody(r.records, f, body); err != nil {
		r.log.logger.Error("journal: a batch cannot be read", "message", m.seq, "first", f.first, "last", f.last, "error", err)
		return true
	}
	skip := n
	for skip < len(r.records) && r.records[skip].Seq < r.from {
		skip++
	}
	r.records = append(r.records[:n], r.records[skip:]...)
	return true
}

// locate finds the first stream message that holds the record from or a later one, by halving.
func (r *reading) locate(ctx context.Context) error {
	state, err := r.cursor.stream.state(ctx)
	if err != nil {
		return err
	}
	low, high := max(1, state.FirstSeq), state.LastSeq+1
	for low < high {
		mid := low + (high-low)/2
		got, err := r.cursor.fetch(ctx, nil, mid, 1, 1)
		if err != nil {
			return err
		}
		if len(got) == 0 {
			high = mid
			continue
		}
		f, err := parseFrame(got[0].data)
		if err != nil || f.last < r.from { // an unreadable one says nothing: look after it, and read over it
			low = got[0].seq + 1
		} else {
			high = mid
		}
	}
	r.message = low
	return nil
}

// stored is one stream message.
type stored struct {
	seq  uint64
	data []byte
}

// cursor asks the stream for runs of messages. It keeps its inbox from one request to the next.
type cursor struct {
	stream *stream
	nc     *nats.Conn
	sub    *nats.Subscription
}

func (c *cursor) close() {
	if c.sub != nil {
		_ = c.sub.Unsubscribe() // of a closed connection: nothing is left to end
	}
	c.sub, c.nc = nil, nil
}

// fetch appends the stored messages at or after seq, at most count and about size bytes of them.
func (c *cursor) fetch(ctx context.Context, dst []stored, seq uint64, count, size int) ([]stored, error) {
	dst, err := c.request(ctx, dst, seq, count, size)
	if err != nil {
		c.close() // late answers to this request must not be taken for answers to the next
	}
	return dst, err
}

func (c *cursor) request(ctx context.Context, dst []stored, seq uint64, count, size int) ([]stored, error) {
	nc, _, err := c.stream.link()
	if err != nil {
		return dst, err
	}
	if c.nc != nc {
		c.close()
		if c.sub, err = nc.SubscribeSync(nats.NewInbox()); err != nil {
			return dst, fmt.Errorf("read: %w", err)
		}
		c.nc = nc
	}
	ask, err := json.Marshal(struct {
		Seq      uint64 `json:"seq"`
		Batch    int    `json:"batch"`
		MaxBytes int    `json:"max_bytes"`
	}{max(1, seq), count, size})
	if err != nil {
		return dst, fmt.Errorf("read: %w", err)
	}
	if err := nc.PublishRequest("$JS.API.DIRECT.GET."+streamName, c.sub.Subject, ask); err != nil {
		return dst, fmt.Errorf("read: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for {
		m, err := c.sub.NextMsgWithContext(ctx)
		if err != nil {
			return dst, fmt.Errorf("read: %w", err)
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204", "404":
			return dst, nil
		default:
			return dst, fmt.Errorf("read: server answers %s %s", status, m.Header.Get("Description"))
		}
		n, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return dst, errors.New("read: an answer without its number")
		}
		dst = append(dst, stored{n, m.Data})
	}
}
