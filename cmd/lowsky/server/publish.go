package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	by := lowsky.Actor{Name: pub.By, From: pub.From, At: at}
	if len(pub.Upsert) > 0 {
		if err := p.store.SaveAircraft(ctx, by, pub.Upsert); err != nil {
			return err
		}
	}
	if len(pub.Remove) > 0 {
		if err := p.store.DeleteAircraft(ctx, by, pub.Remove, at); err != nil {
			return err
		}
	}
	return p.append(ctx, lowsky.RecordAircraft, at, payload)
}

// Reload tells the picture what differs between the register in PostgreSQL and the one it has: what somebody changed from
// outside this process.
func (p *publisher) Reload(ctx context.Context, have []*lowsky.Aircraft) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	stored, err := p.store.Aircraft(ctx, lowsky.Everything)
	if err != nil {
		return err
	}
	known := make(map[lowsky.AircraftID]*lowsky.Aircraft, len(have))
	for _, a := range have {
		known[a.ID] = a
	}
	pub := lowsky.AircraftPublication{By: "server"}
	for _, a := range stored {
		if old := known[a.ID]; old == nil || a.UpdatedAt.After(old.UpdatedAt) {
			pub.Upsert = append(pub.Upsert, a)
		}
		delete(known, a.ID)
	}
	for id := range known {
		pub.Remove = append(pub.Remove, id)
	}
	slices.Sort(pub.Remove)
	if len(pub.Upsert)+len(pub.Remove) == 0 {
		return nil
	}
	payload, err := encode(&pub)
	if err != nil {
		return err
	}
	return p.append(ctx, lowsky.RecordAircraft, time.Now().UTC(), payload)
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
