package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lowsky"
)

const aircraftColumns = `id, class, agricultural, model, name_zh, name_en, scenario, contact_name, contact_phone_sealed, serial,
	registration_mark, remote_ids, icao_address, empty_mass_kg, takeoff_mass_kg, insured_until, demo, organisation_id, jurisdiction_ids, updated_at`

func scanAircraft(row pgx.CollectableRow) (*lowsky.Aircraft, error) {
	var a lowsky.Aircraft
	var remote, js []string
	var empty, takeoff *float64
	err := row.Scan(&a.ID, &a.Class, &a.Agricultural, &a.Model, &a.Name.ZH, &a.Name.EN, &a.Scenario, &a.ContactName, &a.ContactPhone,
		&a.Serial, &a.RegistrationMark, &remote, &a.ICAOAddress, &empty, &takeoff, &a.InsuredUntil, &a.Demo, &a.Organisation, &js, &a.UpdatedAt)
	a.RemoteIDs, a.EmptyMass, a.TakeoffMass = typed[string](remote), opt[lowsky.Kilograms](empty), opt[lowsky.Kilograms](takeoff)
	a.Jurisdictions, a.UpdatedAt = typed[lowsky.JurisdictionID](js), a.UpdatedAt.UTC()
	return &a, err
}

// Aircraft answers the register entries in scope, by id.
func (s *Store) Aircraft(ctx context.Context, scope lowsky.Scope) ([]*lowsky.Aircraft, error) {
	return aircraft(ctx, s.pool, scope)
}

func aircraft(ctx context.Context, from querier, scope lowsky.Scope) ([]*lowsky.Aircraft, error) {
	var a args
	rows := a.query(ctx, from, `SELECT `+aircraftColumns+` FROM aircraft WHERE `+scopedFlight(&a, scope, "scenario")+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanAircraft)
	return out, outward("aircraft", err)
}

// AircraftByID answers one register entry; ErrNotFound if it does not exist or is out of scope.
func (s *Store) AircraftByID(ctx context.Context, scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+aircraftColumns+` FROM aircraft WHERE id = `+a.add(storable(string(id)))+` AND `+scopedFlight(&a, scope, "scenario"))
	entry, err := pgx.CollectExactlyOneRow(rows, scanAircraft)
	if err != nil {
		return nil, outward("aircraft "+string(id), err)
	}
	return entry, nil
}

// querier is a pool or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// names are all that an entry claims: its id, those it may report under, and its transponder's address.
func names(a *lowsky.Aircraft) []string {
	out := []string{string(a.ID)}
	for _, id := range a.OtherIDs() {
		out = append(out, string(id))
	}
	if a.ICAOAddress != "" {
		out = append(out, "icao:"+strings.ToLower(a.ICAOAddress))
	}
	return out
}

// SaveAircraft writes register entries, all or nothing; those that are newer in the database by UpdatedAt stay, and
// what is stored already is passed over. One name is one aircraft: ErrConflict, which says which two, where an id,
// serial, registration mark, Remote ID or transponder address is that of another one.
func (s *Store) SaveAircraft(ctx context.Context, by lowsky.Actor, entries []*lowsky.Aircraft) error {
	return s.act(ctx, "save aircraft", by, func(tx pgx.Tx) (out []change, err error) {
		before, err := locked(ctx, tx, `SELECT `+aircraftColumns+` FROM aircraft WHERE id = ANY($1) ORDER BY id FOR UPDATE`, scanAircraft,
			entries, func(a *lowsky.Aircraft) string { return string(a.ID) })
		if err != nil {
			return nil, err
		}
		var b pgx.Batch
		var saved []*lowsky.Aircraft
		for _, a := range entries {
			c := change{action: "aircraft.save", object: "aircraft/" + string(a.ID), after: a, organisation: a.Organisation, jurisdictions: a.Jurisdictions}
			if old, ok := before[string(a.ID)]; ok {
				now := *a
				now.UpdatedAt = old.UpdatedAt
				if old.UpdatedAt.After(a.UpdatedAt) {
					continue
				}
				queueAircraft(&b, a, a.UpdatedAt, "<=")
				if same(old, now) {
					continue // it is only as new as it says now
				}
				c.before = old
			} else {
				queueAircraft(&b, a, a.UpdatedAt, "<=")
			}
			saved, out = append(saved, a), append(out, c)
		}
		if err := send(ctx, tx, &b); err != nil {
			return nil, err
		}
		return out, claim(ctx, tx, saved)
	}, "aircraft")
}

// claim writes the names of entries, so that those which are given from one to another within the list may be.
func claim(ctx context.Context, tx pgx.Tx, entries []*lowsky.Aircraft) error {
	if len(entries) == 0 {
		return nil
	}
	owners := make(map[string]lowsky.AircraftID)
	var ids, aliases, of []string
	for _, a := range entries {
		ids = append(ids, string(a.ID))
		for _, n := range names(a) {
			if other, taken := owners[n]; taken && other != a.ID {
				return conflict(n, a.ID, other)
			} else if taken {
				continue
			}
			owners[n] = a.ID
			aliases, of = append(aliases, n), append(of, string(a.ID))
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM aircraft_ids WHERE aircraft_id = ANY($1)`, ids); err != nil {
		return err
	}
	rows, _ := tx.Query(ctx, `SELECT alias, aircraft_id FROM aircraft_ids WHERE alias = ANY($1) ORDER BY alias LIMIT 1`, aliases)
	var alias string
	var other lowsky.AircraftID
	if _, err := pgx.ForEachRow(rows, []any{&alias, &other}, func() error { return conflict(alias, owners[alias], other) }); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO aircraft_ids (alias, aircraft_id) SELECT * FROM unnest($1::text[], $2::text[])`, aliases, of)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" { // taken in this very moment
		i := slices.IndexFunc(aliases, func(n string) bool { return strings.Contains(pg.Detail, "("+n+")") })
		if i < 0 {
			return fmt.Errorf("a name of these aircraft was given to another one a moment ago: %w", lowsky.ErrConflict)
		}
		return fmt.Errorf("%s, a name of aircraft %s, was given to another one a moment ago: %w", aliases[i], of[i], lowsky.ErrConflict)
	}
	return err
}

func conflict(name string, one, other lowsky.AircraftID) error {
	return fmt.Errorf("aircraft %s and %s: both are named %s: %w", one, other, name, lowsky.ErrConflict)
}

// queueAircraft writes an entry where the stored one compares so to it by UpdatedAt.
func queueAircraft(b *pgx.Batch, a *lowsky.Aircraft, at time.Time, compare string) {
	b.Queue(upsertAircraft(compare), aircraftArgs(a, at)...)
}

func upsertAircraft(compare string) string {
	return `INSERT INTO aircraft (` + aircraftColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (id) DO UPDATE SET class = excluded.class, agricultural = excluded.agricultural, model = excluded.model,
			name_zh = excluded.name_zh, name_en = excluded.name_en, scenario = excluded.scenario,
			contact_name = excluded.contact_name, contact_phone_sealed = excluded.contact_phone_sealed, contact_phone = '',
			serial = excluded.serial, registration_mark = excluded.registration_mark, remote_ids = excluded.remote_ids,
			icao_address = excluded.icao_address, empty_mass_kg = excluded.empty_mass_kg, takeoff_mass_kg = excluded.takeoff_mass_kg,
			insured_until = excluded.insured_until, demo = excluded.demo,
			organisation_id = excluded.organisation_id, jurisdiction_ids = excluded.jurisdiction_ids, updated_at = excluded.updated_at
		WHERE aircraft.updated_at ` + compare + ` excluded.updated_at`
}

func aircraftArgs(a *lowsky.Aircraft, at time.Time) []any {
	return []any{string(a.ID), string(a.Class), a.Agricultural, a.Model, a.Name.ZH, a.Name.EN, string(a.Scenario), a.ContactName,
		string(a.ContactPhone), a.Serial, a.RegistrationMark, texts(a.RemoteIDs), a.ICAOAddress, number(a.EmptyMass), number(a.TakeoffMass),
		string(a.InsuredUntil), a.Demo, string(a.Organisation), texts(a.Jurisdictions), at}
}

// queueJournalled writes an entry that the journal brings. It was stored before it came there, so what is as new stays:
// also its phone, which journals of older versions hold unsealed and nobody reads from there. A name that is another
// aircraft's by now stays so, unless it is the id of this one.
func queueJournalled(b *pgx.Batch, a *lowsky.Aircraft, at time.Time) {
	list := names(a)
	b.Queue(`WITH saved AS (`+upsertAircraft("<")+` RETURNING id),
			gone AS (DELETE FROM aircraft_ids USING saved WHERE aircraft_ids.aircraft_id = saved.id AND alias <> ALL($21))
		INSERT INTO aircraft_ids (alias, aircraft_id) SELECT alias, saved.id FROM saved, unnest($21::text[]) alias
		ON CONFLICT (alias) DO UPDATE SET aircraft_id = excluded.aircraft_id WHERE excluded.alias = excluded.aircraft_id`,
		append(aircraftArgs(a, at), list)...)
}

// DeleteAircraft removes register entries that did not change after at. Ids that are not there are no error.
func (s *Store) DeleteAircraft(ctx context.Context, by lowsky.Actor, ids []lowsky.AircraftID, at time.Time) error {
	return s.act(ctx, "delete aircraft", by, func(tx pgx.Tx) (out []change, err error) {
		rows, _ := tx.Query(ctx, deleteAircraft+` RETURNING `+aircraftColumns, texts(ids), at)
		gone, err := pgx.CollectRows(rows, scanAircraft)
		for _, a := range gone {
			out = append(out, change{action: "aircraft.remove", object: "aircraft/" + string(a.ID), before: a, organisation: a.Organisation, jurisdictions: a.Jurisdictions})
		}
		return out, err
	}, "aircraft")
}

const deleteAircraft = `DELETE FROM aircraft WHERE id = ANY($1) AND updated_at <= $2`

func queueDeleteAircraft(b *pgx.Batch, ids []lowsky.AircraftID, at time.Time) {
	b.Queue(deleteAircraft, texts(ids), at)
}
