package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// Expiring answers the validities in scope that end on until or before, those that have ended included, the earliest
// first. What has no day is not among them.
func (s *Store) Expiring(ctx context.Context, scope lowsky.Scope, until lowsky.Day) ([]lowsky.Expiry, error) {
	var a args
	day := a.add(string(until))
	rows := a.query(ctx, s.pool, `
		SELECT 'aircraft', id, coalesce(nullif(name_zh, ''), id), coalesce(nullif(name_en, ''), id), 'insurance', insured_until AS until, organisation_id
		FROM aircraft WHERE insured_until <> '' AND insured_until <= `+day+` AND `+scopedFlight(&a, scope, "scenario")+`
		UNION ALL
		SELECT 'pilot', id, name, name, 'licence', licence_until, organisation_id
		FROM pilots WHERE licence_until <> '' AND licence_until <= `+day+` AND `+scoped(&a, scope)+`
		UNION ALL
		SELECT 'organisation', id, name_zh, name_en, 'certificate', certified_until, organisation_id
		FROM organisations WHERE certified_until <> '' AND certified_until <= `+day+` AND `+scoped(&a, scope)+`
		ORDER BY until, 1, 2`)
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e lowsky.Expiry, err error) {
		err = row.Scan(&e.Kind, &e.ID, &e.Name.ZH, &e.Name.EN, &e.What, &e.Until, &e.Organisation)
		return e, err
	})
	return out, outward("what expires", err)
}

// existing says for each kind where its ids are.
var existing = map[string]string{
	"aircraft": `SELECT FROM aircraft WHERE id = $1`, "zone": `SELECT FROM zones WHERE id = $1`, "alert": `SELECT FROM alerts WHERE id = $1`,
	"user": `SELECT FROM users WHERE username = $1`, "organisation": `SELECT FROM organisations WHERE id = $1`,
	"pilot": `SELECT FROM pilots WHERE id = $1`, "site": `SELECT FROM sites WHERE id = $1`, "device": `SELECT FROM devices WHERE id = $1`,
	"token": `SELECT FROM api_tokens WHERE id = $1`, "simulation": `SELECT FROM simulations WHERE id::text = $1`,
}

// Exists tells whether an id is taken, whoever asks: a guess at what is out of scope is noted, one at what never was is
// not. ErrInvalid for another kind than aircraft, zone, alert, user, organisation, pilot, site, device, token and simulation.
func (s *Store) Exists(ctx context.Context, kind, id string) (bool, error) {
	sql, ok := existing[kind]
	if !ok {
		return false, &lowsky.InvalidError{Field: "kind", Problem: "names no table"}
	}
	var is bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (`+sql+`)`, storable(id)).Scan(&is)
	return is, outward(kind+" exists", err)
}
