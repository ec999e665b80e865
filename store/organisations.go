package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const organisationColumns = `id, kind, name_zh, name_en, jurisdiction_id, scenarios, credit_code, contact_name, contact_phone_sealed,
	certified_until, disabled, demo, updated_at`

func scanOrganisation(row pgx.CollectableRow) (lowsky.Organisation, error) {
	var o lowsky.Organisation
	var scenarios []string
	err := row.Scan(&o.ID, &o.Kind, &o.Name.ZH, &o.Name.EN, &o.Jurisdiction, &scenarios, &o.CreditCode, &o.ContactName, &o.ContactPhone,
		&o.CertifiedUntil, &o.Disabled, &o.Demo, &o.UpdatedAt)
	o.Scenarios, o.UpdatedAt = typed[lowsky.Scenario](scenarios), o.UpdatedAt.UTC()
	return o, err
}

func organisationArgs(o lowsky.Organisation) []any {
	return []any{string(o.ID), string(o.Kind), o.Name.ZH, o.Name.EN, string(o.Jurisdiction), texts(o.Scenarios), o.CreditCode, o.ContactName,
		string(o.ContactPhone), string(o.CertifiedUntil), o.Disabled, o.Demo, o.UpdatedAt}
}

// Organisations answers those in scope, by id.
func (s *Store) Organisations(ctx context.Context, scope lowsky.Scope) ([]lowsky.Organisation, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+organisationColumns+` FROM organisations WHERE `+scoped(&a, scope)+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanOrganisation)
	return out, outward("organisations", err)
}

// OrganisationByID answers one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) OrganisationByID(ctx context.Context, scope lowsky.Scope, id lowsky.OrganisationID) (lowsky.Organisation, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+organisationColumns+` FROM organisations WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope))
	o, err := pgx.CollectExactlyOneRow(rows, scanOrganisation)
	return o, outward("organisation "+string(id), err)
}

// lockOrganisation answers one inside a transaction that will change it; found is false where there is none.
func lockOrganisation(ctx context.Context, tx pgx.Tx, id lowsky.OrganisationID) (o lowsky.Organisation, found bool, err error) {
	rows, _ := tx.Query(ctx, `SELECT `+organisationColumns+` FROM organisations WHERE id = $1 FOR UPDATE`, string(id))
	return oneOrNone(rows, scanOrganisation)
}

// oneOrNone is CollectExactlyOneRow for what may be absent.
func oneOrNone[T any](rows pgx.Rows, scan pgx.RowToFunc[T]) (v T, found bool, err error) {
	list, err := pgx.CollectRows(rows, scan)
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}

// SaveOrganisation is SaveOrganisations of one.
func (s *Store) SaveOrganisation(ctx context.Context, by lowsky.Actor, o lowsky.Organisation) error {
	return s.SaveOrganisations(ctx, by, []lowsky.Organisation{o})
}

// SaveOrganisations adds organisations or replaces what is stored of them, all or nothing. Their people, tokens, devices,
// pilots and aircraft move with the seat: the county where it was keeps seeing what flies over it, and no more.
// ErrInvalid for a change of kind, on which the roles of its people rest, or where the city's own would be disabled:
// nobody could sign in any more. What is stored already is passed over.
func (s *Store) SaveOrganisations(ctx context.Context, by lowsky.Actor, list []lowsky.Organisation) error {
	return s.act(ctx, "save organisations", by, func(tx pgx.Tx) (out []change, err error) {
		// In one order, so that two who save many do not wait for each other crosswise.
		for _, o := range slices.SortedFunc(slices.Values(list), func(a, b lowsky.Organisation) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
			before, found, err := lockOrganisation(ctx, tx, o.ID)
			if err != nil {
				return nil, err
			}
			if o.Kind == lowsky.CityOrganisation && o.Disabled {
				return nil, &lowsky.InvalidError{Field: "disabled", Problem: "the city's own organisation cannot be disabled"}
			}
			c := change{action: "organisation.save", object: "organisation/" + string(o.ID), after: o, organisation: o.ID, jurisdictions: o.Jurisdictions()}
			if found {
				if before.Kind != o.Kind {
					return nil, &lowsky.InvalidError{Field: "kind", Problem: "cannot change: the roles of its people rest on it"}
				}
				if same(before, withTime(o, before)) {
					continue
				}
				c.before = before
			}
			if err := writeOrganisation(ctx, tx, o, false); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	}, "organisation")
}

func withTime(o, of lowsky.Organisation) lowsky.Organisation {
	o.UpdatedAt = of.UpdatedAt
	return o
}

func writeOrganisation(ctx context.Context, tx pgx.Tx, o lowsky.Organisation, seeded bool) error {
	_, err := tx.Exec(ctx, `INSERT INTO organisations (`+organisationColumns+`, seeded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
			jurisdiction_id = excluded.jurisdiction_id, scenarios = excluded.scenarios, credit_code = excluded.credit_code,
			contact_name = excluded.contact_name, contact_phone_sealed = excluded.contact_phone_sealed,
			certified_until = excluded.certified_until, disabled = excluded.disabled, demo = excluded.demo,
			updated_at = excluded.updated_at, seeded = excluded.seeded`, append(organisationArgs(o), seeded)...)
	if err != nil {
		return err
	}
	for _, table := range []string{"users", "api_tokens", "devices", "pilots"} {
		if _, err := tx.Exec(ctx, `UPDATE `+table+` SET jurisdiction_ids = $2 WHERE organisation_id = $1 AND jurisdiction_ids <> $2`,
			string(o.ID), texts(o.Jurisdictions())); err != nil {
			return err
		}
	}
	// Newer than it was, so that the picture takes it: Reload goes by that.
	_, err = tx.Exec(ctx, `WITH moved AS (UPDATE aircraft SET jurisdiction_ids = $2, updated_at = greatest(updated_at + interval '1 microsecond', $3)
			WHERE organisation_id = $1 AND jurisdiction_ids <> $2 RETURNING id)
		SELECT pg_notify('`+channel+`', current_schema() || ' aircraft') FROM moved LIMIT 1`, string(o.ID), texts(o.Jurisdictions()), o.UpdatedAt)
	return err
}

// SeedOrganisations adds those of the region pack that are missing, and brings those up to date that only the pack has
// written so far. What a person changed stays. Rows are audited in the name of "server", at their UpdatedAt; where that
// is zero it is now, by the database's clock.
func (s *Store) SeedOrganisations(ctx context.Context, organisations []lowsky.Organisation) error {
	var now time.Time
	if err := s.pool.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return outward("seed organisations", err)
	}
	for _, o := range organisations {
		if o.UpdatedAt.IsZero() {
			o.UpdatedAt = now.UTC()
		}
		by := lowsky.Actor{Name: "server", At: o.UpdatedAt}
		err := s.act(ctx, "seed organisation "+string(o.ID), by, func(tx pgx.Tx) ([]change, error) {
			c := change{action: "organisation.save", object: "organisation/" + string(o.ID), detail: "region pack", after: o,
				organisation: o.ID, jurisdictions: o.Jurisdictions()}
			before, found, err := lockOrganisation(ctx, tx, o.ID)
			if err != nil {
				return nil, err
			}
			if found {
				var seeded bool
				if err := tx.QueryRow(ctx, `SELECT seeded FROM organisations WHERE id = $1`, string(o.ID)).Scan(&seeded); err != nil {
					return nil, err
				}
				if !seeded || same(before, withTime(o, before)) {
					return nil, nil
				}
				c.before = before
			}
			return []change{c}, writeOrganisation(ctx, tx, o, true)
		}, "organisation")
		if err != nil {
			return err
		}
	}
	return nil
}
