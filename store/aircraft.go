package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const aircraftColumns = `id, class, agricultural, model, name_zh, name_en, scenario, contact_name, contact_phone, demo,
	organisation_id, jurisdiction_ids, updated_at`

func scanAircraft(row pgx.CollectableRow) (*lowsky.Aircraft, error) {
	var a lowsky.Aircraft
	var js []string
	err := row.Scan(&a.ID, &a.Class, &a.Agricultural, &a.Model, &a.Name.ZH, &a.Name.EN, &a.Scenario, &a.ContactName,
		&a.ContactPhone, &a.Demo, &a.Organisation, &js, &a.UpdatedAt)
	a.Jurisdictions, a.UpdatedAt = typed[lowsky.JurisdictionID](js), a.UpdatedAt.UTC()
	return &a, err
}

// Aircraft answers the register entries in scope, by id.
func (s *Store) Aircraft(ctx context.Context, scope lowsky.Scope) ([]*lowsky.Aircraft, error) {
	return aircraft(ctx, s.pool, scope)
}

func aircraft(ctx context.Context, from querier, scope lowsky.Scope) ([]*lowsky.Aircraft, error) {
	all, orgs, js := scopeArgs(scope)
	rows, _ := from.Query(ctx, `SELECT `+aircraftColumns+` FROM aircraft WHERE `+scoped(1)+` ORDER BY id`, all, orgs, js)
	out, err := pgx.CollectRows(rows, scanAircraft)
	return out, outward("aircraft", err)
}

// AircraftByID answers one register entry; ErrNotFound if it does not exist or is out of scope.
func (s *Store) AircraftByID(ctx context.Context, scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	all, orgs, js := scopeArgs(scope)
	rows, _ := s.pool.Query(ctx, `SELECT `+aircraftColumns+` FROM aircraft WHERE id = $1 AND `+scoped(2), string(id), all, orgs, js)
	a, err := pgx.CollectExactlyOneRow(rows, scanAircraft)
	if err != nil {
		return nil, outward("aircraft "+string(id), err)
	}
	return a, nil
}

// querier is a pool or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// SaveAircraft writes register entries; those that are newer in the database by UpdatedAt stay.
func (s *Store) SaveAircraft(ctx context.Context, entries []*lowsky.Aircraft) error {
	var b pgx.Batch
	for _, a := range entries {
		queueAircraft(&b, a, a.UpdatedAt)
	}
	return outward("save aircraft", s.inTx(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &b).Close() }))
}

func queueAircraft(b *pgx.Batch, a *lowsky.Aircraft, at time.Time) {
	b.Queue(`INSERT INTO aircraft (`+aircraftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE SET class = excluded.class, agricultural = excluded.agricultural, model = excluded.model,
			name_zh = excluded.name_zh, name_en = excluded.name_en, scenario = excluded.scenario,
			contact_name = excluded.contact_name, contact_phone = excluded.contact_phone, demo = excluded.demo,
			organisation_id = excluded.organisation_id, jurisdiction_ids = excluded.jurisdiction_ids,
			updated_at = excluded.updated_at
		WHERE aircraft.updated_at <= excluded.updated_at`,
		string(a.ID), string(a.Class), a.Agricultural, a.Model, a.Name.ZH, a.Name.EN, string(a.Scenario), a.ContactName,
		string(a.ContactPhone), a.Demo, string(a.Organisation), texts(a.Jurisdictions), at)
}

// DeleteAircraft removes register entries that did not change after at. Ids that are not there are no error.
func (s *Store) DeleteAircraft(ctx context.Context, ids []lowsky.AircraftID, at time.Time) error {
	var b pgx.Batch
	queueDeleteAircraft(&b, ids, at)
	return outward("delete aircraft", s.inTx(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &b).Close() }))
}

func queueDeleteAircraft(b *pgx.Batch, ids []lowsky.AircraftID, at time.Time) {
	b.Queue(`DELETE FROM aircraft WHERE id = ANY($1) AND updated_at <= $2`, texts(ids), at)
}
