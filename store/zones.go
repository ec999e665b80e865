package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

func scanZone(row pgx.CollectableRow) (*lowsky.Zone, error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		return nil, err
	}
	z := new(lowsky.Zone)
	if err := json.Unmarshal(body, z); err != nil {
		return nil, fmt.Errorf("stored zone: %w", err)
	}
	return z, nil
}

// Zones answers the zones in scope as they are in force now, by id.
func (s *Store) Zones(ctx context.Context, scope lowsky.Scope) ([]*lowsky.Zone, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT body FROM zones WHERE current AND `+scopedZone(&a, scope)+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanZone)
	return out, outward("zones", err)
}

// ZoneVersion answers one version of a zone, in force or not; version 0 is the newest.
func (s *Store) ZoneVersion(ctx context.Context, scope lowsky.Scope, id lowsky.ZoneID, version int) (*lowsky.Zone, error) {
	a := args{storable(string(id)), version}
	rows := a.query(ctx, s.pool, `SELECT body FROM zones WHERE id = $1 AND ($2 = 0 OR version = $2) AND `+scopedZone(&a, scope)+`
		ORDER BY version DESC LIMIT 1`)
	z, err := pgx.CollectExactlyOneRow(rows, scanZone)
	if err != nil {
		return nil, outward("zone "+string(id), err)
	}
	return z, nil
}

// NewestZones answers the newest version of each of the zones that the scope sees, in force or not; ids that were never
// used are not among them.
func (s *Store) NewestZones(ctx context.Context, scope lowsky.Scope, ids []lowsky.ZoneID) (map[lowsky.ZoneID]lowsky.ZoneRecord, error) {
	a := args{texts(ids)}
	rows := a.query(ctx, s.pool, `SELECT DISTINCT ON (id) `+zoneRecordColumns+` FROM zones WHERE id = ANY($1) AND `+scopedZone(&a, scope)+`
		ORDER BY id, version DESC`)
	records, err := pgx.CollectRows(rows, scanZoneRecord)
	if err != nil {
		return nil, outward("zones", err)
	}
	out := make(map[lowsky.ZoneID]lowsky.ZoneRecord, len(records))
	for _, r := range records {
		out[r.Zone.ID] = r
	}
	return out, nil
}

const zoneRecordColumns = `body, published_at, published_by, reason, ended_at, ended_by, end_reason, current`

// maxZoneVersions bounds how many versions ZoneVersions answers.
const maxZoneVersions = 1000

// ZoneVersions answers the versions of a zone that the scope sees, newest first, at most 1,000; ErrNotFound when there
// is none.
func (s *Store) ZoneVersions(ctx context.Context, scope lowsky.Scope, id lowsky.ZoneID) ([]lowsky.ZoneRecord, error) {
	a := args{storable(string(id))}
	rows := a.query(ctx, s.pool, `SELECT `+zoneRecordColumns+` FROM zones WHERE id = $1 AND `+scopedZone(&a, scope)+` ORDER BY version DESC LIMIT `+strconv.Itoa(maxZoneVersions))
	out, err := pgx.CollectRows(rows, scanZoneRecord)
	if err == nil && len(out) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return nil, outward("zone "+string(id), err)
	}
	return out, nil
}

func scanZoneRecord(row pgx.CollectableRow) (r lowsky.ZoneRecord, err error) {
	var body []byte
	var ended *time.Time
	if err := row.Scan(&body, &r.PublishedAt, &r.PublishedBy, &r.Reason, &ended, &r.EndedBy, &r.EndReason, &r.Current); err != nil {
		return r, err
	}
	r.PublishedAt = r.PublishedAt.UTC()
	if ended != nil {
		r.EndedAt = lowsky.Some(ended.UTC())
	}
	r.Zone = new(lowsky.Zone)
	if err := json.Unmarshal(body, r.Zone); err != nil {
		return r, fmt.Errorf("stored zone: %w", err)
	}
	return r, nil
}

// PublishZones writes new versions and ends zones, all or nothing. A Version must be exactly one above the newest that
// is stored, ended ones included; otherwise ErrStale: somebody else was faster. A zone to be removed that is not in
// force is ErrNotFound. The publication still has to go into the journal, which will find it already stored.
func (s *Store) PublishZones(ctx context.Context, p *lowsky.ZonePublication, at time.Time) error {
	by := lowsky.Actor{Name: p.By, From: p.From, At: at}
	return s.act(ctx, "publish zones", by, func(tx pgx.Tx) (out []change, err error) {
		for _, id := range p.Remove {
			rows, _ := tx.Query(ctx, `UPDATE zones SET current = false, ended_at = $2, ended_by = $3, end_reason = $4
				WHERE id = $1 AND current RETURNING body`, storable(string(id)), at, p.By, p.Reason)
			z, err := pgx.CollectExactlyOneRow(rows, scanZone)
			if errors.Is(err, pgx.ErrNoRows) {
				err = fmt.Errorf("zone %s: %w", id, lowsky.ErrNotFound)
			}
			if err != nil {
				return nil, err
			}
			c, err := zoneChange("zone.end", z, nil, p)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		for _, z := range p.Upsert {
			rows, _ := tx.Query(ctx, `SELECT body FROM zones WHERE id = $1 ORDER BY version DESC LIMIT 1`, string(z.ID))
			before, found, err := oneOrNone(rows, scanZone)
			if err != nil {
				return nil, err
			}
			newest := 0
			if found {
				newest = before.Version
			}
			if z.Version != newest+1 {
				return nil, fmt.Errorf("zone %s: version %d after %d: %w", z.ID, z.Version, newest, lowsky.ErrStale)
			}
			var b pgx.Batch
			if err := queueZone(&b, z, p, at); err != nil {
				return nil, err
			}
			if err := send(ctx, tx, &b); err != nil {
				if kind := outward("", err); errors.Is(kind, lowsky.ErrConflict) {
					return nil, fmt.Errorf("zone %s: version %d: %w", z.ID, z.Version, lowsky.ErrStale)
				}
				return nil, err
			}
			c, err := zoneChange("zone.publish", before, z, p)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	})
}

func zoneChange(action string, before, after *lowsky.Zone, p *lowsky.ZonePublication) (change, error) {
	z := after
	if z == nil {
		z = before
	}
	c := change{action: action, object: "zone/" + string(z.ID), detail: p.Reason, organisation: z.Organisation, jurisdictions: z.Jurisdictions}
	var err error
	if before != nil {
		if c.before, err = outline(before); err != nil {
			return c, err
		}
	}
	if after != nil {
		c.after, err = outline(after)
	}
	return c, err
}

// mostZoneBytes is up to which size an audit row holds a zone as it is. The table of zones keeps every version.
const mostZoneBytes = 8 << 10

// outline is a zone for the audit trail: as it is, or without its shapes where those are large. The digest says which
// version's JSON it was, so that a later change of that version in the table can be told.
//
// Phones are left out here too, published ones as they are: the trail holds none.
func outline(z *lowsky.Zone) (json.RawMessage, error) {
	b, err := json.Marshal(z)
	if err != nil {
		return nil, &lowsky.InvalidError{Field: "zone " + string(z.ID), Problem: err.Error()}
	}
	small := *z
	small.Contacts = slices.Clone(z.Contacts)
	for i := range small.Contacts {
		if small.Contacts[i].Phone != "" {
			small.Contacts[i].Phone = "withheld"
		}
	}
	if len(b) <= mostZoneBytes {
		return json.Marshal(small)
	}
	small.Geometry, small.Further, small.ED = lowsky.Geometry{}, nil, nil
	b, err = json.Marshal(struct {
		lowsky.Zone
		Volumes   int    `json:"volumes"`
		Positions int    `json:"positions"`
		SHA256    string `json:"sha256"`
	}{small, z.VolumeCount(), z.PositionCount(), fmt.Sprintf("%x", sha256.Sum256(b))})
	return b, err
}

// queueZone adds one version and makes it the current one if it is the newest. A version that is there stays as it is.
func queueZone(b *pgx.Batch, z *lowsky.Zone, p *lowsky.ZonePublication, at time.Time) error {
	body, err := json.Marshal(z)
	if err != nil {
		return &lowsky.InvalidError{Field: "zone " + string(z.ID), Problem: err.Error()}
	}
	published := z.PublishedAt
	if published.IsZero() {
		published = at
	}
	b.Queue(`UPDATE zones SET current = false, ended_at = coalesce(ended_at, $3), ended_by = $4
		WHERE id = $1 AND current AND version < $2`, string(z.ID), z.Version, published, p.By)
	b.Queue(`INSERT INTO zones (id, version, restriction, kind, demo, body, published_at, published_by, reason, current,
			organisation_id, jurisdiction_ids)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NOT EXISTS (SELECT FROM zones WHERE id = $1 AND version > $2), $10, $11)
		ON CONFLICT (id, version) DO NOTHING`,
		string(z.ID), z.Version, string(z.Restriction), z.Kind, z.Demo, body, published, p.By, p.Reason,
		string(z.Organisation), texts(z.Jurisdictions))
	return nil
}

// queueEndZones ends what was published at or before at: a removal that comes late must not end a newer version.
func queueEndZones(b *pgx.Batch, p *lowsky.ZonePublication, at time.Time) {
	b.Queue(`UPDATE zones SET current = false, ended_at = $2, ended_by = $3, end_reason = $4
		WHERE id = ANY($1) AND current AND published_at <= $2`, texts(p.Remove), at, p.By, p.Reason)
}
