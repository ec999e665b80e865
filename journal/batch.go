package journal

import (
	"context"

	"lowsky"
)

// batch is records that go to the disk together; it is the receipt of every one of them. It is filled under the log's
// lock and not changed after it was handed to the writer.
type batch struct {
	first, last uint64
	count       int
	body        []byte
	done        chan struct{}
	err         error // written before done is closed
}

var _ lowsky.Receipt = (*batch)(nil)

// add appends rec and points its payload at the copy.
func (b *batch) add(rec *lowsky.Record) {
	var payload []byte
	b.body, payload = appendRecord(b.body, rec, uint32(rec.Seq-b.first))
	rec.Payload = payload
	b.last = rec.Seq
	b.count++
}

// finish tells everybody who waits. It is called exactly once.
func (b *batch) finish(err error) {
	b.err = err
	close(b.done)
}

// Wait returns nil once the record is on the disk, or why it will not get there. While the disk or the server is away it
// waits, until ctx ends.
func (b *batch) Wait(ctx context.Context) error {
	select {
	case <-b.done:
		return b.err
	default:
	}
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
