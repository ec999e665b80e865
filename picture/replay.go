package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"lowsky"
)

// reader is a recorded journal: Read hands its records from a sequence number on to fn, in order; with follow false it
// ends at the newest. The batch is only valid during the call.
type reader interface {
	Read(ctx context.Context, from uint64, follow bool, fn func(batch []lowsky.Record) error) error
}

// ReplayConfig says what to replay.
type ReplayConfig struct {
	// From is the sequence number of a RecordStart, or of any record before the one to begin with.
	From uint64
	// Until is the last record to consume; 0 is up to the next RecordStart or the end.
	Until uint64
	// Decode reads a device's message again, as ingest did. Its error yields no messages, as it did then.
	Decode func(lowsky.Record) ([]lowsky.Message, error)
	// Make turns what the picture began with into an engine's configuration: the packs named, the zones indexed.
	Make func(*lowsky.PictureStart) (Config, error)
}

// errReplayed ends a read early.
var errReplayed = errors.New("replayed")

// Replay feeds a recorded flight through a fresh engine: the same records in the same order give the same alerts, byte
// for byte. fn is called with every record consumed and what changed; the changes are only valid during the call. It
// answers ErrNotFound if no RecordStart is there.
func Replay(ctx context.Context, r reader, cfg ReplayConfig, fn func(rec *lowsky.Record, changes []lowsky.Change) error) error {
	return replay(ctx, r, cfg, fn, func(*lowsky.Record) {})
}

func replay(ctx context.Context, r reader, cfg ReplayConfig, fn func(*lowsky.Record, []lowsky.Change) error, other func(*lowsky.Record)) error {
	skipped, err := skippedReports(ctx, r, cfg)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	var e *Engine
	aside := map[uint64]lowsky.Record{} // skipped reports, until a RecordLate names them
	consume := func(rec *lowsky.Record) error {
		switch rec.Kind {
		case lowsky.RecordStart:
			if e != nil {
				return errReplayed
			}
			var start lowsky.PictureStart
			if err := json.Unmarshal(rec.Payload, &start); err != nil {
				return fmt.Errorf("record %d: %w", rec.Seq, err)
			}
			c, err := cfg.Make(&start)
			if err != nil {
				return fmt.Errorf("record %d: %w", rec.Seq, err)
			}
			e, err = NewEngine(c)
			return err
		case lowsky.RecordMessage:
			if e == nil {
				return nil
			}
			if skipped[rec.Seq] {
				keep := *rec
				keep.Payload = bytes.Clone(rec.Payload)
				aside[rec.Seq] = keep
				return nil
			}
			msgs, _ := cfg.Decode(*rec)
			if len(msgs) == 0 {
				return nil
			}
			return fn(rec, e.Step(*rec, msgs))
		case lowsky.RecordLate:
			if e == nil {
				return nil
			}
			var seqs []uint64
			var msgs []lowsky.Message
			if json.Unmarshal(rec.Payload, &seqs) == nil && len(seqs) == 1 {
				if was, ok := aside[seqs[0]]; ok {
					msgs, _ = cfg.Decode(was)
					delete(aside, seqs[0])
				}
			}
			return fn(rec, e.Step(*rec, msgs))
		case lowsky.RecordTick, lowsky.RecordZones, lowsky.RecordAircraft, lowsky.RecordHandling, lowsky.RecordSkipped,
			lowsky.RecordBroker, lowsky.RecordMismatch:
			if e == nil {
				return nil
			}
			return fn(rec, e.Step(*rec, nil))
		}
		if e != nil {
			other(rec)
		}
		return nil
	}
	err = r.Read(ctx, cfg.From, false, func(batch []lowsky.Record) error {
		for i := range batch {
			if cfg.Until != 0 && batch[i].Seq > cfg.Until {
				return errReplayed
			}
			if err := consume(&batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errReplayed) {
		return fmt.Errorf("replay: %w", err)
	}
	if e == nil {
		return fmt.Errorf("replay: no start of a picture from record %d on: %w", cfg.From, lowsky.ErrNotFound)
	}
	return nil
}

// skippedReports looks ahead for the reports that the picture did not consume in their place.
func skippedReports(ctx context.Context, r reader, cfg ReplayConfig) (map[uint64]bool, error) {
	skipped := map[uint64]bool{}
	started := false
	err := r.Read(ctx, cfg.From, false, func(batch []lowsky.Record) error {
		for i := range batch {
			rec := &batch[i]
			if cfg.Until != 0 && rec.Seq > cfg.Until || started && rec.Kind == lowsky.RecordStart {
				return errReplayed
			}
			started = started || rec.Kind == lowsky.RecordStart
			if rec.Kind != lowsky.RecordSkipped {
				continue
			}
			var seqs []uint64
			if err := json.Unmarshal(rec.Payload, &seqs); err != nil {
				return fmt.Errorf("record %d: %w", rec.Seq, err)
			}
			for _, s := range seqs {
				skipped[s] = true
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errReplayed) {
		return nil, err
	}
	return skipped, nil
}

// Comparison is what a replay of a recorded run found.
type Comparison struct {
	Recorded int // alert revisions in the journal
	Replayed int // that the replay gave
	Same     int // equal byte for byte
	// Missing are recorded revisions that the replay did not give, Different those with other bytes; the first few of
	// each as "alert id, revision".
	Missing, Different []string
	// Unrecorded are revisions that the replay gave and the journal has not: what was on its way when the run ended.
	Unrecorded int
	Gaps       int // places where the picture saw records that the journal did not take; differences may follow from them
}

// Equal reports whether every recorded revision came out the same.
func (c *Comparison) Equal() bool { return len(c.Missing) == 0 && len(c.Different) == 0 }

// Compare replays a recorded run and compares the alert revisions it gives with those recorded.
func Compare(ctx context.Context, r reader, cfg ReplayConfig) (*Comparison, error) {
	type key struct {
		id  lowsky.AlertID
		rev uint64
	}
	given, recorded := map[key][sha256.Size]byte{}, map[key][sha256.Size]byte{}
	var order []key
	c := &Comparison{}
	var bad error
	err := replay(ctx, r, cfg, func(_ *lowsky.Record, changes []lowsky.Change) error {
		for i := range changes {
			if a := changes[i].Alert; a != nil {
				b, err := json.Marshal(a)
				if err != nil {
					return err
				}
				given[key{a.ID, a.Rev}] = sha256.Sum256(b)
			}
		}
		return nil
	}, func(rec *lowsky.Record) {
		switch rec.Kind {
		case lowsky.RecordAlert:
			var a lowsky.Alert
			if err := json.Unmarshal(rec.Payload, &a); err != nil {
				bad = errors.Join(bad, fmt.Errorf("record %d: %w", rec.Seq, err))
				return
			}
			k := key{a.ID, a.Rev}
			if _, again := recorded[k]; !again {
				order = append(order, k)
			}
			recorded[k] = sha256.Sum256(rec.Payload)
		case lowsky.RecordGap:
			c.Gaps++
		}
	})
	if err != nil || bad != nil {
		return nil, errors.Join(err, bad)
	}
	c.Recorded, c.Replayed = len(recorded), len(given)
	for _, k := range order {
		name := fmt.Sprintf("%s, %d", k.id, k.rev)
		switch h, ok := given[k]; {
		case !ok:
			c.Missing = few(c.Missing, name)
		case h != recorded[k]:
			c.Different = few(c.Different, name)
		default:
			c.Same++
		}
	}
	for k := range given {
		if _, ok := recorded[k]; !ok {
			c.Unrecorded++
		}
	}
	return c, nil
}

func few(list []string, s string) []string {
	if len(list) < 10 {
		list = append(list, s)
	}
	return list
}
