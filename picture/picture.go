package picture

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
)

// Defaults of [Options] where they are zero.
const (
	DefaultHighWater = 8192
	DefaultSliceSize = 250

	batchMost = 256 // records taken from the inbox at once
	lateMost  = 64  // skipped reports judged between two looks at the inbox
	drainTime = 5 * time.Second
)

// log is the journal as the picture needs it: Append gives a record its place in the order of the world, offers it back
// through [Picture.Offer], and never waits. An error means that it will not be on the disk.
type log interface {
	Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error)
}

// sink takes what changed. It must not block. The slice is only valid during the call; what it points to is never
// changed and may be kept.
type sink interface {
	Publish(changes []lowsky.Change)
}

// Options of a [Picture].
type Options struct {
	// Ticks is the picture's clock: the instant of each tick, about one per second. Time is an argument.
	Ticks <-chan time.Time
	// HighWater is how many records may wait before older reports of an aircraft give way to newer ones.
	HighWater int
	// SliceSize is how many aircraft one slice of a tick covers.
	SliceSize int
	Logger    *slog.Logger
}

// Picture runs an [Engine] live: one goroutine owns it. Offer is the journal's tap.
type Picture struct {
	engine *Engine
	log    log
	sink   sink
	opt    Options
	inbox  *inbox
	saver  *saver
	logger *slog.Logger

	ticksOffered atomic.Uint64

	mu      sync.Mutex
	waiting map[string]chan Outcome // handling commands by id

	// Of the goroutine in Run.
	backlog []taken // skipped reports, to be judged as late when there is time; oldest first
	part    Slice   // the tick under way; Of is 0 when there is none
	tickAt  time.Time
	ticking bool // a slice was appended and has not come back yet
	missed  uint64
	faults  map[lowsky.RuleID]uint64
}

// New makes a picture around a fresh engine. The journal's tap is to be set to Offer before Run begins, and the
// RecordStart that holds what the engine was made of is to be appended after that.
func New(engine *Engine, log log, sink sink, opt Options) *Picture {
	if opt.HighWater <= 0 {
		opt.HighWater = DefaultHighWater
	}
	if opt.SliceSize <= 0 {
		opt.SliceSize = DefaultSliceSize
	}
	if opt.Logger == nil {
		opt.Logger = slog.Default()
	}
	return &Picture{
		engine: engine, log: log, sink: sink, opt: opt, inbox: newInbox(opt.HighWater),
		saver: newSaver(log, opt.Logger), logger: opt.Logger,
		waiting: map[string]chan Outcome{}, faults: map[lowsky.RuleID]uint64{},
	}
}

// Offer takes the next record in the journal's order. It never blocks and may be called under the journal's lock.
// What came out of the picture itself is not consumed.
func (p *Picture) Offer(rec lowsky.Record, msgs []lowsky.Message) {
	switch rec.Kind {
	case lowsky.RecordMessage:
		if len(msgs) == 0 {
			return
		}
	case lowsky.RecordTick:
		p.ticksOffered.Add(1)
	case lowsky.RecordZones, lowsky.RecordAircraft, lowsky.RecordHandling, lowsky.RecordSkipped, lowsky.RecordLate,
		lowsky.RecordBroker, lowsky.RecordMismatch:
	default:
		return
	}
	p.inbox.put(rec, msgs)
}

// Run consumes records until ctx ends, then what still waits, and returns when every alert revision is on the disk or
// five seconds have passed.
func (p *Picture) Run(ctx context.Context) error {
	saved := make(chan struct{})
	saveCtx, stopSaver := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(saved)
		p.saver.run(saveCtx)
	}()
	defer func() {
		stopSaver()
		<-saved
	}()
	batch := make([]taken, 0, batchMost)
	for {
		var skipped []taken
		var excess []uint64
		batch, skipped, excess = p.inbox.take(batch[:0], batchMost)
		p.recordSkipped(skipped, excess)
		for i := range batch {
			p.step(&batch[i])
			batch[i] = taken{}
		}
		if len(batch) > 0 {
			select {
			case at := <-p.opt.Ticks:
				p.beginTick(at)
			default:
			}
			if ctx.Err() == nil {
				continue
			}
		}
		if ctx.Err() != nil {
			if len(batch) > 0 || p.inbox.len() > 0 || p.judgeBacklog() {
				continue
			}
			return p.saver.drain(drainTime)
		}
		if p.judgeBacklog() {
			continue
		}
		select {
		case <-ctx.Done():
		case <-p.inbox.wake:
		case at := <-p.opt.Ticks:
			p.beginTick(at)
		}
	}
}

// step lets the engine consume one record and hands on what came of it.
func (p *Picture) step(t *taken) {
	changes := p.engine.Step(t.rec, t.msgs)
	for i := range changes {
		switch c := &changes[i]; {
		case c.Alert != nil:
			p.saver.put(c.Alert)
		case c.Health != nil:
			c.Health.Backlog, c.Health.Unsaved = p.inbox.len()+len(p.backlog), p.saver.waiting()
		}
	}
	if len(changes) > 0 {
		p.sink.Publish(changes)
	}
	for _, o := range p.engine.Outcomes() {
		p.answer(o)
	}
	for _, f := range p.engine.Faults() {
		p.faults[f.Rule]++
		if n := p.faults[f.Rule]; n&(n-1) == 0 { // 1, 2, 4, 8 …: a rule that always fails must not fill the log
			p.logger.Error("picture: fault", "rule", f.Rule, "seq", f.Seq, "cause", f.Cause, "times", n)
		}
	}
	if t.rec.Kind == lowsky.RecordTick {
		p.ticking = false
		p.nextSlice()
	}
}

// beginTick starts a tick at the given instant, unless the last one is still under way: then the picture is late, which
// the age of its health shows.
func (p *Picture) beginTick(at time.Time) {
	if p.part.Of > 0 {
		p.missed++
		if p.ticking {
			return
		}
		p.appendSlice() // the journal had refused a slice: again
		return
	}
	p.tickAt = at.UTC()
	p.part = p.engine.FirstSlice(p.opt.SliceSize)
	p.appendSlice()
}

// nextSlice goes on with the tick under way. The next slice takes its place behind the reports that came meanwhile.
func (p *Picture) nextSlice() {
	if p.part.Of == 0 {
		return
	}
	if p.part = p.engine.NextSlice(p.part); p.part.Of > 0 {
		p.appendSlice()
	}
}

func (p *Picture) appendSlice() {
	rec := p.part.Record(p.tickAt)
	before := p.ticksOffered.Load()
	if _, err := p.log.Append(rec, nil); err != nil {
		p.logger.Debug("picture: tick not in the journal", "error", err)
	}
	p.ticking = p.ticksOffered.Load() != before // a full journal still offers it back, a closing one does not
}

// recordSkipped writes down which reports are skipped, before anything newer is consumed.
func (p *Picture) recordSkipped(skipped []taken, excess []uint64) {
	if len(skipped) == 0 && len(excess) == 0 {
		return
	}
	seqs := make([]uint64, 0, len(skipped)+len(excess))
	for i := range skipped {
		seqs = append(seqs, skipped[i].rec.Seq)
	}
	seqs = append(seqs, excess...)
	payload, _ := json.Marshal(seqs)
	if _, err := p.log.Append(lowsky.Record{Kind: lowsky.RecordSkipped, At: skippedAt(skipped), Payload: payload}, nil); err != nil {
		p.logger.Warn("picture: reports skipped under load are not in the journal as such", "reports", len(seqs), "error", err)
	}
	p.backlog = append(p.backlog, skipped...)
	if over := len(p.backlog) - asideMost; over > 0 {
		p.backlog = p.backlog[over:]
	}
}

// skippedAt answers an instant for the record; the journal raises it to the newest one's.
func skippedAt(skipped []taken) time.Time {
	if len(skipped) > 0 {
		return skipped[len(skipped)-1].rec.At
	}
	return time.Time{}
}

// judgeBacklog has some of the skipped reports judged as late, and reports whether there were any.
func (p *Picture) judgeBacklog() bool {
	n := min(len(p.backlog), lateMost)
	for i := range n {
		t := p.backlog[i]
		p.backlog[i] = taken{}
		payload, _ := json.Marshal([]uint64{t.rec.Seq})
		if _, err := p.log.Append(lowsky.Record{Kind: lowsky.RecordLate, At: t.rec.At, Payload: payload}, t.msgs); err != nil {
			p.logger.Warn("picture: a skipped report is judged but that is not in the journal", "seq", t.rec.Seq, "error", err)
		}
	}
	if p.backlog = p.backlog[n:]; len(p.backlog) == 0 {
		p.backlog = nil
	}
	return n > 0
}

// Handle has a person's command applied: it goes through the journal like everything that changes a judgement, and the
// outcome comes back from the picture. at is the instant of the request. The answer is the alert's new revision. A
// refusal wraps ErrNotFound, ErrForbidden, ErrConflict, ErrStale or ErrInvalid; ErrUnavailable means that ctx ended first or that the
// journal does not take it, and then it may or may not have been applied.
func (p *Picture) Handle(ctx context.Context, cmd lowsky.HandlingCommand, at time.Time) (*lowsky.Alert, error) {
	if cmd.ID == "" {
		return nil, &lowsky.InvalidError{Field: "id", Problem: "is missing"}
	}
	payload, err := json.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("handling command: %w", err)
	}
	done := make(chan Outcome, 1)
	p.mu.Lock()
	if p.waiting[cmd.ID] != nil {
		p.mu.Unlock()
		return nil, fmt.Errorf("command %s is under way: %w", cmd.ID, lowsky.ErrConflict)
	}
	p.waiting[cmd.ID] = done
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.waiting, cmd.ID)
		p.mu.Unlock()
	}()
	receipt, err := p.log.Append(lowsky.Record{Kind: lowsky.RecordHandling, At: at, Payload: payload}, nil)
	if err != nil {
		return nil, fmt.Errorf("handling of alert %s: %w", cmd.Alert, err)
	}
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("handling of alert %s: %w: %w", cmd.Alert, lowsky.ErrUnavailable, ctx.Err())
	case o := <-done:
		if o.Err != nil {
			return o.Alert, o.Err
		}
		if err := receipt.Wait(ctx); err != nil {
			return o.Alert, fmt.Errorf("handling of alert %s is not on the disk: %w: %w", cmd.Alert, lowsky.ErrUnavailable, err)
		}
		return o.Alert, nil
	}
}

func (p *Picture) answer(o Outcome) {
	p.mu.Lock()
	done := p.waiting[o.Command]
	p.mu.Unlock()
	if done != nil {
		select {
		case done <- o:
		default: // the journal brought the command twice; the first outcome counts
		}
	}
}
