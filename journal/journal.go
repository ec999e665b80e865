// Package journal is the durable log of everything that can change a judgement. Its order is the order of the world:
// under one short lock a record gets its sequence number, joins the batch that is being filled, and is offered to the
// picture. A batch is whatever arrived while the previous one was being written; there is no timer. One batch is one
// JetStream message in one stream, on the disk (SyncAlways) before any receipt of it says so.
//
// README.md describes the bytes, what happens when the journal is full, and what is kept for how long.
package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"time"

	"lowsky"
)

// Bounds that are used where Config leaves them zero.
const (
	DefaultMaxBytes          = 8 << 30
	DefaultMaxBacklogBytes   = 64 << 20
	DefaultMaxBacklogRecords = 200_000

	// MaxRecordBytes bounds the payload of one record. A RecordStart with every zone of a province is the largest.
	MaxRecordBytes = 64 << 20

	batchBytes = 512 << 10 // a batch is closed before it grows beyond this; a larger record travels alone, in parts
	alarmShare = 0.7
)

// Config says where the journal lies and what it may use.
type Config struct {
	// Dir holds the embedded server's files. It is made when missing and locked while the log is open.
	Dir string
	// NATSURL names an outside JetStream server or cluster instead; Dir is not used then. Whether it syncs its disk is
	// for its operator to say: it cannot be asked over a client connection.
	NATSURL string
	// Replicas of the stream on an outside cluster; 0 is 1.
	Replicas int
	// Tap is offered every record with its decoded messages, in the order of the journal, under the journal's lock: it
	// must not block and must not call the log. It may keep the record. Nil until somebody listens; see SetTap.
	Tap func(rec lowsky.Record, msgs []lowsky.Message)
	// After is a sequence number already used elsewhere (the store's position): a journal that ends before it counts on
	// from there, so that no number is ever given twice even if the journal's files were lost.
	After uint64
	// MaxBytes bounds the stream on the disk, MaxAge how long records are kept that PostgreSQL has (0: as MaxBytes
	// allows). Neither ever discards what Consumed has not named.
	MaxBytes int64
	MaxAge   time.Duration
	// MaxBacklogBytes and MaxBacklogRecords bound what waits for the disk. Records other than device messages may use a
	// quarter more, so that an alert or a person's act is not lost to a flood of reports.
	MaxBacklogBytes   int64
	MaxBacklogRecords int
	// FlushTimeout is how long Run tries to write what waits after its context has ended; 0 is 5 s.
	FlushTimeout time.Duration
	// TidyInterval is how often Run looks whether there is something to discard; 0 is 10 s.
	TidyInterval time.Duration
	Logger       *slog.Logger
}

// Log is the journal. Its methods may be called from any goroutine.
type Log struct {
	cfg    Config
	logger *slog.Logger
	lock   *os.File // holds the flock of Dir; nil on an outside server
	stream *stream

	mu           sync.Mutex
	tap          func(rec lowsky.Record, msgs []lowsky.Message)
	last         uint64    // newest sequence number given
	lastAt       time.Time // of that record
	open         *batch    // being filled; nil when empty
	sealed       []*batch  // full ones before it, oldest first
	writing      *batch    // handed to the writer
	backBytes    int64     // of open, sealed and writing
	backRecords  int
	closing      bool // Append takes nothing any more
	gap          Gap  // records refused since the last RecordGap
	refused      uint64
	refusedOther uint64
	usual        int           // size of the batch written last
	wake         chan struct{} // capacity 1: there is something to write

	head        uint64        // newest sequence number safe on disk
	advanced    chan struct{} // closed and replaced when head moves; nil while nobody waits
	trouble     trouble
	consumed    uint64
	streamBytes int64
	tidy        chan struct{} // capacity 1: look for something to discard now
	closed      chan struct{}
	closeErr    error
	closeOnce   sync.Once
}

// Gap is the payload of a lowsky.RecordGap: Count records with sequence numbers in From … Until were offered to the
// picture but are not in the journal.
type Gap struct {
	From  uint64 `json:"from"`
	Until uint64 `json:"until"`
	Count uint64 `json:"count"`
}

var (
	errFull    = fmt.Errorf("journal: too much waits for the disk: %w", lowsky.ErrUnavailable)
	errClosing = fmt.Errorf("journal: closing: %w", lowsky.ErrUnavailable)
)

// Open opens the journal, or makes it, and finds where it ends. The caller runs Run and, when every reader has ended,
// calls Close. It fails with ErrConflict if another process has the directory open, and with ErrUnavailable if an
// outside server does not answer.
func Open(cfg Config) (*Log, error) {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.MaxBacklogBytes <= 0 {
		cfg.MaxBacklogBytes = DefaultMaxBacklogBytes
	}
	if cfg.MaxBacklogRecords <= 0 {
		cfg.MaxBacklogRecords = DefaultMaxBacklogRecords
	}
	if cfg.FlushTimeout <= 0 {
		cfg.FlushTimeout = 5 * time.Second
	}
	if cfg.TidyInterval <= 0 {
		cfg.TidyInterval = 10 * time.Second
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	l := &Log{
		cfg: cfg, logger: cfg.Logger, tap: cfg.Tap,
		wake: make(chan struct{}, 1), tidy: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	if cfg.NATSURL == "" {
		if cfg.Dir == "" {
			return nil, &lowsky.InvalidError{Field: "dir", Problem: "the embedded journal needs a directory"}
		}
		if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		var err error
		if l.lock, err = lockDir(cfg.Dir); err != nil {
			return nil, err
		}
	}
	if err := l.recover(); err != nil {
		return nil, fmt.Errorf("open journal: %w", joinClose(err, l))
	}
	return l, nil
}

// recover connects and finds the last record.
func (l *Log) recover() error {
	s, err := openStream(l.cfg, l.logger)
	if err != nil {
		return err
	}
	l.stream = s
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	end, err := s.findEnd(ctx)
	if err != nil {
		return err
	}
	if end.undecodable > 0 {
		l.logger.Error("journal: the newest batches cannot be read; numbers they may have used are skipped",
			"batches", end.undecodable, "continues_after", end.seq)
	}
	l.last, l.lastAt = end.seq, end.at
	if l.cfg.After > l.last {
		if l.last != 0 {
			l.logger.Warn("journal: ends before what is stored; counting on from there", "journal", l.last, "stored", l.cfg.After)
		}
		l.last = l.cfg.After
	}
	l.head = end.seq
	return nil
}

// SetTap replaces the tap. Records appended before it are not offered again.
func (l *Log) SetTap(tap func(rec lowsky.Record, msgs []lowsky.Message)) {
	l.mu.Lock()
	l.tap = tap
	l.mu.Unlock()
}

// Append gives rec its place in the order of the world, offers it to the tap and queues it for the disk. It never
// waits. rec.Seq is ignored; At is raised to the previous record's where it is earlier. The payload is copied, msgs are
// handed on as they are.
//
// When too much waits for the disk it answers ErrUnavailable: the record has had its sequence number and was offered to
// the tap, so the live picture goes on, but it will not be on the disk; a later RecordGap says so. A record that cannot
// be framed is an *InvalidError, and a closing log answers ErrUnavailable; neither gets a number or reaches the tap.
func (l *Log) Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error) {
	if err := checkRecord(&rec); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return nil, errClosing
	}
	if l.full(&rec) {
		l.stamp(&rec)
		l.countRefused(&rec)
		rec.Payload = bytes.Clone(rec.Payload)
		if l.tap != nil {
			l.tap(rec, msgs)
		}
		return nil, errFull
	}
	if l.gap.Count > 0 {
		l.appendGap()
	}
	l.stamp(&rec)
	b := l.put(&rec)
	if l.tap != nil {
		l.tap(rec, msgs)
	}
	return b, nil
}

// full reports whether rec would overrun the backlog. One record always fits into an empty one.
func (l *Log) full(rec *lowsky.Record) bool {
	maxBytes, maxRecords := l.cfg.MaxBacklogBytes, l.cfg.MaxBacklogRecords
	if rec.Kind != lowsky.RecordMessage {
		maxBytes, maxRecords = maxBytes+maxBytes/4, maxRecords+maxRecords/4
	}
	return l.backRecords > 0 && (l.backBytes+int64(recordSize(rec)) > maxBytes || l.backRecords >= maxRecords)
}

func (l *Log) stamp(rec *lowsky.Record) {
	l.last++
	rec.Seq = l.last
	rec.At = rec.At.UTC().Round(0) // without the monotonic clock reading, as it comes back from the disk
	if rec.At.Before(l.lastAt) {
		rec.At = l.lastAt
	}
	l.lastAt = rec.At
}

func (l *Log) countRefused(rec *lowsky.Record) {
	if l.gap.Count == 0 {
		l.gap.From = rec.Seq
	}
	l.gap.Until = rec.Seq
	l.gap.Count++
	l.refused++
	if rec.Kind != lowsky.RecordMessage {
		l.refusedOther++
	}
}

// appendGap writes down which records the picture saw and the journal did not take.
func (l *Log) appendGap() {
	payload, err := json.Marshal(l.gap)
	if err != nil {
		return // three numbers always marshal
	}
	rec := lowsky.Record{Kind: lowsky.RecordGap, At: l.lastAt, Payload: payload}
	l.gap = Gap{}
	l.stamp(&rec)
	l.put(&rec)
	if l.tap != nil {
		l.tap(rec, nil)
	}
}

// put copies rec into the open batch and points rec.Payload at the copy, which nobody changes afterwards.
func (l *Log) put(rec *lowsky.Record) *batch {
	size := recordSize(rec)
	if b := l.open; b != nil && (len(b.body)+size > batchBytes || rec.Seq-b.first > math.MaxUint32) {
		l.sealed = append(l.sealed, b)
		l.open = nil
	}
	if l.open == nil {
		// As large as the one before turned out: copying a growing batch costs more than filling it.
		l.open = &batch{first: rec.Seq, done: make(chan struct{}), body: make([]byte, 0, max(size, l.usual))}
	}
	b := l.open
	b.add(rec)
	l.backBytes += int64(size)
	l.backRecords++
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return b
}

// Head is the sequence number of the newest record that is safe on disk: what Read can deliver. 0: none yet.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Consumed tells the journal that PostgreSQL holds every record up to and including seq, so that those may be discarded
// when room is needed. Telling a smaller number than before changes nothing.
func (l *Log) Consumed(seq uint64) {
	l.mu.Lock()
	l.consumed = max(l.consumed, seq)
	l.mu.Unlock()
}

// Close ends the connection and the embedded server. Run must have returned; readers that still run get ErrUnavailable.
func (l *Log) Close() error {
	l.closeOnce.Do(func() {
		l.mu.Lock()
		l.closing = true
		left := l.takeAll()
		l.mu.Unlock()
		for _, b := range left {
			b.finish(errClosing)
		}
		close(l.closed)
		if l.stream != nil {
			l.stream.close()
		}
		if l.lock != nil {
			l.closeErr = l.lock.Close()
		}
	})
	return l.closeErr
}

// takeAll empties the backlog. The caller holds mu.
func (l *Log) takeAll() []*batch {
	all := l.sealed
	if l.open != nil {
		all = append(all, l.open)
	}
	l.sealed, l.open = nil, nil
	l.backBytes, l.backRecords = 0, 0
	return all
}

func joinClose(err error, l *Log) error {
	if cerr := l.Close(); cerr != nil {
		return fmt.Errorf("%w (and closing: %w)", err, cerr)
	}
	return err
}
