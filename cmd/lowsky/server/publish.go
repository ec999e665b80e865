package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lowsky"
	"lowsky/journal"
	"lowsky/store"
)

// publisher puts zones and register entries in force: first into PostgreSQL, which settles who was faster, then into
// the journal, from which the picture takes them. One at a time, so that both see them in one order.
type publisher struct {
	mu    sync.Mutex
	store *store.Store
	log   *journal.Log
	slog  *slog.Logger
}

// PublishZones answers ErrStale when somebody else published a version meanwhile.
func (p *publisher) PublishZones(ctx context.Context, pub lowsky.ZonePublication) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	payload, err := encode(&pub)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	if err := p.store.PublishZones(ctx, &pub, at); err != nil {
		return err
	}
	return p.append(ctx, lowsky.RecordZones, at, payload)
}

// PublishAircraft changes the register.
func (p *publisher) PublishAircraft(ctx context.Context, pub lowsky.AircraftPublication) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	payload, err := encode(&pub)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	if len(pub.Upsert) > 0 {
		if err := p.store.SaveAircraft(ctx, pub.Upsert); err != nil {
			return err
		}
	}
	if len(pub.Remove) > 0 {
		if err := p.store.DeleteAircraft(ctx, pub.Remove, at); err != nil {
			return err
		}
	}
	return p.append(ctx, lowsky.RecordAircraft, at, payload)
}

// encode makes the journal's payload of a publication. It comes first: one that the journal could not hold must not be
// stored either.
func encode(pub any) ([]byte, error) {
	payload, err := json.Marshal(pub)
	if err != nil {
		return nil, fmt.Errorf("publication: %w", err)
	}
	if len(payload) > journal.MaxRecordBytes {
		return nil, &lowsky.InvalidError{Field: "features", Problem: fmt.Sprintf("come to %d MB once read; at most %d MB can be published at once", len(payload)>>20, journal.MaxRecordBytes>>20)}
	}
	return payload, nil
}

// append offers a publication to the picture. A journal that is full takes it all the same as far as the picture is
// concerned; only the replay will lack it, and a gap record says so.
func (p *publisher) append(ctx context.Context, kind lowsky.RecordKind, at time.Time, payload []byte) error {
	receipt, err := p.log.Append(lowsky.Record{Kind: kind, At: at, Payload: payload}, nil)
	if err == nil {
		err = receipt.Wait(ctx)
	}
	if errors.Is(err, lowsky.ErrUnavailable) {
		p.slog.Error("a publication is in force and stored, but not in the journal", "kind", kind, "error", err)
		return nil
	}
	return err
}
