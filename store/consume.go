package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"lowsky"
)

const (
	maxBatchRecords = 8192 // of one transaction; what is there is written at once, nothing is waited for
	pauseFirst      = 100 * time.Millisecond
	pauseMost       = 5 * time.Second
	// A database may hang without dying. That there is no answer is shown after answerSlow; given up is an attempt after
	// answerFirst, and the next may take twice as long: a slow disk is no reason to do the work again and again. The
	// position in the transaction makes a repeat of what was committed after all harmless.
	answerSlow  = 10 * time.Second
	answerFirst = 30 * time.Second
	answerMost  = 5 * time.Minute
)

// Journal is what Consume reads; journal.Log is one.
type Journal interface {
	// Head is the newest sequence number that can be read.
	Head() uint64
	// Read hands fn the records from sequence number from on, in order; with follow it goes on until ctx ends.
	Read(ctx context.Context, from uint64, follow bool, fn func(batch []lowsky.Record) error) error
	// Consumed says that everything up to seq is in the database.
	Consumed(seq uint64)
}

// Decode reads a device's message again from its raw bytes. A message it cannot read is passed over: ingest has counted
// it already.
type Decode func(topic string, payload []byte, received time.Time, simulated bool) ([]lowsky.Message, error)

// ConsumeOptions is what Consume may be told besides. The zero value is usable.
type ConsumeOptions struct {
	// Jurisdictions appends those that contain p, smallest first. Nil: reports lie nowhere, and only who sees everything
	// sees them.
	Jurisdictions func(dst []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID
	// Saved is told, after the commit, which alert revisions are in the database now. It must not block.
	Saved func([]SavedAlert)
}

// SavedAlert names one stored revision of an alert.
type SavedAlert struct {
	ID  lowsky.AlertID `json:"id"`
	Rev uint64         `json:"rev"`
}

// State is how the writing of the journal into the database goes.
type State struct {
	OK bool
	// Since is when the present trouble began, on the journal's clock; Trouble is what it is. Zero while OK.
	Since   time.Time
	Trouble string
	// Position is the newest record in the database, Head the newest in the journal, Backlog what lies between.
	Position, Head, Backlog uint64
	// Rejected counts records the database refused for what is in them, since the start; see journal_rejects.
	Rejected uint64
	// Undecodable counts device messages that were passed over.
	Undecodable uint64
}

// State answers how Consume is doing. Before it has begun, OK is false.
func (s *Store) State() State {
	s.mu.Lock()
	st, j := s.state, s.journal
	s.mu.Unlock()
	if j != nil {
		st.Head = j.Head()
		if st.Head > st.Position {
			st.Backlog = st.Head - st.Position
		}
	}
	return st
}

const selectPosition = `SELECT seq FROM journal_position`

// Position answers the newest record that is in the database; 0 is none.
func (s *Store) Position(ctx context.Context) (uint64, error) {
	var seq uint64
	err := s.pool.QueryRow(ctx, selectPosition).Scan(&seq)
	return seq, outward("journal position", err)
}

// Consume writes the journal into the database until ctx ends, from where the database is. While the database is away
// it tries again with growing pauses; State says so. So it does while another Lowsky writes its journal into the same
// database: each would pass over what the other has. It answers nil when ctx has ended, else why the journal ended.
func (s *Store) Consume(ctx context.Context, j Journal, decode Decode, opts ConsumeOptions) error {
	return s.consume(ctx, j, decode, opts, true)
}

// CatchUp is Consume as far as the journal reaches now: what has to be done before open alerts are read.
func (s *Store) CatchUp(ctx context.Context, j Journal, decode Decode, opts ConsumeOptions) error {
	return s.consume(ctx, j, decode, opts, false)
}

func (s *Store) consume(ctx context.Context, j Journal, decode Decode, opts ConsumeOptions, follow bool) error {
	c := &consumer{s: s, journal: j, decode: decode, opts: opts}
	defer c.release()
	s.mu.Lock()
	s.journal = j
	s.mu.Unlock()
	err := c.keepTrying(ctx, time.Time{}, c.begin)
	if err == nil {
		err = j.Read(ctx, c.position+1, follow, func(batch []lowsky.Record) error {
			for len(batch) > 0 {
				n := min(len(batch), maxBatchRecords)
				if err := c.store(ctx, batch[:n]); err != nil {
					return err
				}
				batch = batch[n:]
			}
			return nil
		})
	}
	if err != nil && follow && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store what the journal holds: %w", err)
	}
	return nil
}

// consumer is the state of one Consume.
type consumer struct {
	s        *Store
	journal  Journal
	decode   Decode
	opts     ConsumeOptions
	position uint64
	held     *pgxpool.Conn // its session has the lock; nil before the first use

	aircraft register
	pending  pendingHandling
	buf      []byte // of COPY, kept from batch to batch
}

// session answers the connection that everything is written over. It holds the lock of the one writer: what is written
// over it is written by whom the lock belongs to.
func (c *consumer) session(ctx context.Context) (*pgx.Conn, error) {
	if c.held != nil && !c.held.Conn().IsClosed() {
		return c.held.Conn(), nil
	}
	c.release()
	conn, err := c.s.writer.Acquire(ctx)
	if err != nil {
		return nil, outward("connect", err)
	}
	c.held = conn
	// The keepalives have a server that has lost us let go of the lock within a minute.
	var mine bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended('lowsky journal ' || current_schema(), 0))
		FROM (SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
			set_config('tcp_keepalives_count', '3', false)) settings`).Scan(&mine)
	if err == nil && !mine {
		err = fmt.Errorf("another Lowsky writes its journal into this database, or did until a moment ago: %w", lowsky.ErrConflict)
	}
	if err != nil {
		c.release()
		return nil, outward("connect", err)
	}
	return conn.Conn(), nil
}

// release ends the session, and with it the lock.
func (c *consumer) release() {
	if c.held == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.held.Conn().Close(ctx) // whether or not it hears of it, the server ends the session
	c.held.Release()
	c.held = nil
}

// begin reads where the database is and what it knows.
func (c *consumer) begin(ctx context.Context) error {
	conn, err := c.session(ctx)
	if err != nil {
		return err
	}
	var seq uint64
	if err := conn.QueryRow(ctx, selectPosition).Scan(&seq); err != nil {
		return outward("journal position", err)
	}
	if head := c.journal.Head(); seq > head {
		// The journal's files were replaced by older ones and nobody told it (journal.Config.After). Records that have
		// the same numbers as others before are better stored than passed over.
		c.s.logger.Error("the database is ahead of the journal; going back", "database", seq, "journal", head)
		if _, err := conn.Exec(ctx, `UPDATE journal_position SET seq = $1`, head); err != nil {
			return outward("journal position", err)
		}
		seq = head
	}
	entries, err := aircraft(ctx, conn, lowsky.Everything)
	if err != nil {
		return err
	}
	c.aircraft = newRegister(entries)
	if c.pending, err = loadPending(ctx, conn); err != nil {
		return err
	}
	c.moved(seq)
	return nil
}

// moved notes that everything up to seq is in the database.
func (c *consumer) moved(seq uint64) {
	c.position = seq
	c.s.mu.Lock()
	c.s.state.Position = seq
	c.s.state.OK, c.s.state.Since, c.s.state.Trouble = true, time.Time{}, ""
	c.s.mu.Unlock()
	c.journal.Consumed(seq)
}

// store writes records, which are in order. What the database refuses for its contents is found by halving and set
// aside; everything else is tried again until ctx ends.
func (c *consumer) store(ctx context.Context, recs []lowsky.Record) error {
	var refused error
	err := c.keepTrying(ctx, recs[0].At, func(ctx context.Context) error {
		err := c.write(ctx, recs)
		if isRefusal(err) {
			refused = err
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case refused == nil:
		return nil
	case len(recs) == 1:
		return c.reject(ctx, &recs[0], refused)
	}
	half := len(recs) / 2
	if err := c.store(ctx, recs[:half]); err != nil {
		return err
	}
	return c.store(ctx, recs[half:])
}

// reject sets one record aside and goes on behind it.
func (c *consumer) reject(ctx context.Context, rec *lowsky.Record, why error) error {
	c.s.logger.Error("a record cannot be stored; it is set aside", "seq", rec.Seq, "kind", rec.Kind, "error", why)
	return c.keepTrying(ctx, rec.At, func(ctx context.Context) error {
		return c.commit(ctx, []lowsky.Record{*rec}, func(recs []lowsky.Record) *rows {
			r := new(rows)
			for i := range recs {
				r.reject(&recs[i], why)
			}
			return r
		})
	})
}

// keepTrying repeats do until it succeeds or ctx ends. at is the journal's time of what waits.
func (c *consumer) keepTrying(ctx context.Context, at time.Time, do func(context.Context) error) error {
	pause, answer := pauseFirst, answerFirst
	for {
		attempt, cancel := context.WithTimeout(ctx, answer)
		slow := time.AfterFunc(answerSlow, func() { c.troubled(at, fmt.Errorf("no answer for %v: %w", answerSlow, lowsky.ErrUnavailable)) })
		err := do(attempt)
		slow.Stop()
		if err != nil && ctx.Err() == nil && attempt.Err() != nil {
			err = fmt.Errorf("no answer within %v: %w", answer, lowsky.ErrUnavailable)
			answer = min(2*answer, answerMost)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		c.troubled(at, err)
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
		pause = min(2*pause, pauseMost)
	}
}

// troubled makes trouble visible, and logs the first of a run. The next success ends it.
func (c *consumer) troubled(at time.Time, err error) {
	c.s.mu.Lock()
	st := &c.s.state
	first := st.Trouble == ""
	if first {
		st.OK, st.Since = false, at
	}
	st.Trouble = err.Error()
	c.s.mu.Unlock()
	if first {
		c.s.logger.Error("cannot write to the database; trying again", "error", err)
	}
}

// write stores recs and the position behind them in one transaction.
func (c *consumer) write(ctx context.Context, recs []lowsky.Record) error {
	conn, err := c.session(ctx)
	if err != nil {
		return err
	}
	if err := c.s.ensurePartitions(ctx, conn, recs[len(recs)-1].At); err != nil {
		return err
	}
	return c.commit(ctx, recs, c.gather)
}

// commit writes what gather makes of those recs that are not stored yet. The row lock on the position makes a repeat
// harmless, also that of a commit whose answer got lost.
func (c *consumer) commit(ctx context.Context, recs []lowsky.Record, gather func([]lowsky.Record) *rows) error {
	conn, err := c.session(ctx)
	if err != nil {
		return err
	}
	last := recs[len(recs)-1]
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	var stored uint64
	if err := tx.QueryRow(ctx, `SELECT seq FROM journal_position FOR UPDATE`).Scan(&stored); err != nil {
		rollback(ctx, tx)
		return err
	}
	for len(recs) > 0 && recs[0].Seq <= stored {
		recs = recs[1:]
	}
	r := gather(recs)
	if len(recs) == 0 {
		err = tx.Commit(ctx)
	} else if err = c.writeRows(ctx, tx, r, last); err != nil {
		rollback(ctx, tx)
	}
	if err != nil {
		return err
	}
	c.aircraft.learn(r)
	c.pending = r.pendingAfter(c.pending)
	if n := len(r.rejects); n > 0 || r.undecodable > 0 {
		c.s.mu.Lock()
		c.s.state.Rejected += uint64(n)
		c.s.state.Undecodable += r.undecodable
		c.s.mu.Unlock()
	}
	c.moved(last.Seq)
	if c.opts.Saved != nil && len(r.alerts) > 0 {
		saved := make([]SavedAlert, len(r.alerts))
		for i, a := range r.alerts {
			saved[i] = SavedAlert{a.alert.ID, a.alert.Rev}
		}
		c.opts.Saved(saved)
	}
	return nil
}

// isRefusal reports whether the database answered and refused the data.
func isRefusal(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && refusesData(pg) || errors.Is(err, lowsky.ErrInvalid)
}

// plain makes a text that PostgreSQL takes, and bounds it.
func plain(s string) string { return bounded(s, 500) }

// storable makes a text that PostgreSQL takes.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// bounded makes a text that PostgreSQL takes, of at most so many bytes and an ellipsis.
func bounded(s string, most int) string {
	s = storable(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
