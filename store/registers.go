package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const pilotColumns = `id, name, phone_sealed, licence, licence_until, classes, username, demo, updated_at, organisation_id, jurisdiction_ids`

func scanPilot(row pgx.CollectableRow) (lowsky.Pilot, error) {
	var p lowsky.Pilot
	var classes, js []string
	err := row.Scan(&p.ID, &p.Name, &p.Phone, &p.Licence, &p.LicenceUntil, &classes, &p.Username, &p.Demo, &p.UpdatedAt, &p.Organisation, &js)
	p.Classes, p.Jurisdictions, p.UpdatedAt = typed[lowsky.Class](classes), typed[lowsky.JurisdictionID](js), p.UpdatedAt.UTC()
	return p, err
}

// Pilots answers those in scope, by id.
func (s *Store) Pilots(ctx context.Context, scope lowsky.Scope) ([]lowsky.Pilot, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+pilotColumns+` FROM pilots WHERE `+scoped(&a, scope)+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanPilot)
	return out, outward("pilots", err)
}

// PilotByID answers one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) PilotByID(ctx context.Context, scope lowsky.Scope, id lowsky.PilotID) (lowsky.Pilot, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+pilotColumns+` FROM pilots WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope))
	p, err := pgx.CollectExactlyOneRow(rows, scanPilot)
	return p, outward("pilot "+string(id), err)
}

// SavePilots adds or replaces pilots, all or nothing; ErrNotFound if an organisation does not exist. Jurisdictions are
// those of the organisation, whatever an entry says. What is stored already is passed over.
func (s *Store) SavePilots(ctx context.Context, by lowsky.Actor, pilots []lowsky.Pilot) error {
	return s.act(ctx, "save pilots", by, func(tx pgx.Tx) (out []change, err error) {
		seats, err := seatsOf(ctx, tx, pilots, func(p lowsky.Pilot) lowsky.OrganisationID { return p.Organisation })
		if err != nil {
			return nil, err
		}
		before, err := locked(ctx, tx, `SELECT `+pilotColumns+` FROM pilots WHERE id = ANY($1) ORDER BY id FOR UPDATE`, scanPilot,
			pilots, func(p lowsky.Pilot) string { return string(p.ID) })
		if err != nil {
			return nil, err
		}
		var b pgx.Batch
		for _, p := range pilots {
			p.Jurisdictions = seats[p.Organisation]
			c := change{action: "pilot.save", object: "pilot/" + string(p.ID), after: p, organisation: p.Organisation, jurisdictions: p.Jurisdictions}
			if old, ok := before[string(p.ID)]; ok {
				now := p
				if now.UpdatedAt = old.UpdatedAt; same(old, now) {
					continue
				}
				c.before = old
			}
			b.Queue(`INSERT INTO pilots (`+pilotColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
				ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone_sealed = excluded.phone_sealed, licence = excluded.licence,
					licence_until = excluded.licence_until, classes = excluded.classes, username = excluded.username, demo = excluded.demo,
					updated_at = excluded.updated_at, organisation_id = excluded.organisation_id, jurisdiction_ids = excluded.jurisdiction_ids`,
				string(p.ID), p.Name, string(p.Phone), p.Licence, string(p.LicenceUntil), texts(p.Classes), p.Username, p.Demo, p.UpdatedAt,
				string(p.Organisation), texts(p.Jurisdictions))
			out = append(out, c)
		}
		return out, send(ctx, tx, &b)
	})
}

// DeletePilot removes one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) DeletePilot(ctx context.Context, by lowsky.Actor, scope lowsky.Scope, id lowsky.PilotID) error {
	return s.act(ctx, "remove pilot "+string(id), by, func(tx pgx.Tx) ([]change, error) {
		var a args
		rows := a.query(ctx, tx, `DELETE FROM pilots WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope)+` RETURNING `+pilotColumns)
		p, err := pgx.CollectExactlyOneRow(rows, scanPilot)
		return []change{{action: "pilot.remove", object: "pilot/" + string(id), before: p, organisation: p.Organisation, jurisdictions: p.Jurisdictions}}, err
	})
}

// seatsOf is seatOf for the organisations of many rows, in one order, so that two who save many do not wait for each
// other crosswise.
func seatsOf[T any](ctx context.Context, tx pgx.Tx, list []T, of func(T) lowsky.OrganisationID) (map[lowsky.OrganisationID][]lowsky.JurisdictionID, error) {
	var ids []string
	for _, v := range list {
		ids = append(ids, string(of(v)))
	}
	rows, _ := tx.Query(ctx, `SELECT id, jurisdiction_id FROM organisations WHERE id = ANY($1) ORDER BY id FOR SHARE`, ids)
	seats := make(map[lowsky.OrganisationID][]lowsky.JurisdictionID)
	var id lowsky.OrganisationID
	var seat lowsky.JurisdictionID
	if _, err := pgx.ForEachRow(rows, []any{&id, &seat}, func() error {
		seats[id] = []lowsky.JurisdictionID{seat}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, v := range list {
		if seats[of(v)] == nil {
			return nil, fmt.Errorf("organisation %s: %w", of(v), lowsky.ErrNotFound)
		}
	}
	return seats, nil
}

// locked answers the stored rows of a list that is about to be saved, by id.
func locked[T any](ctx context.Context, tx pgx.Tx, sql string, scan pgx.RowToFunc[T], list []T, id func(T) string) (map[string]T, error) {
	ids := make([]string, len(list))
	for i, v := range list {
		ids[i] = id(v)
	}
	rows, _ := tx.Query(ctx, sql, ids)
	stored, err := pgx.CollectRows(rows, scan)
	out := make(map[string]T, len(stored))
	for _, v := range stored {
		out[id(v)] = v
	}
	return out, err
}

const siteColumns = `id, kind, name_zh, name_en, longitude_deg, latitude_deg, altitude_hae_m, altitude_amsl_m, height_agl_m, amsl_geoid,
	device_id, demo, updated_at, organisation_id, jurisdiction_ids`

func scanSite(row pgx.CollectableRow) (lowsky.Site, error) {
	var x lowsky.Site
	var js []string
	var hae, amsl, agl *float64
	p := &x.Position
	err := row.Scan(&x.ID, &x.Kind, &x.Name.ZH, &x.Name.EN, &p.Longitude, &p.Latitude, &hae, &amsl, &agl, &p.AMSLGeoid,
		&x.Device, &x.Demo, &x.UpdatedAt, &x.Organisation, &js)
	p.HAE, p.AMSL, p.AGL = opt[lowsky.Metres](hae), opt[lowsky.Metres](amsl), opt[lowsky.Metres](agl)
	x.Jurisdictions, x.UpdatedAt = typed[lowsky.JurisdictionID](js), x.UpdatedAt.UTC()
	return x, err
}

// Sites answers those in scope, by id.
func (s *Store) Sites(ctx context.Context, scope lowsky.Scope) ([]lowsky.Site, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+siteColumns+` FROM sites WHERE `+scoped(&a, scope)+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanSite)
	return out, outward("sites", err)
}

// SiteByID answers one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) SiteByID(ctx context.Context, scope lowsky.Scope, id lowsky.SiteID) (lowsky.Site, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+siteColumns+` FROM sites WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope))
	x, err := pgx.CollectExactlyOneRow(rows, scanSite)
	return x, outward("site "+string(id), err)
}

// SaveSites adds or replaces sites, all or nothing; ErrNotFound if an organisation does not exist. Jurisdictions are
// those that contain the site and are the caller's to say. What is stored already is passed over.
func (s *Store) SaveSites(ctx context.Context, by lowsky.Actor, sites []lowsky.Site) error {
	return s.act(ctx, "save sites", by, func(tx pgx.Tx) (out []change, err error) {
		if _, err := seatsOf(ctx, tx, sites, func(x lowsky.Site) lowsky.OrganisationID { return x.Organisation }); err != nil {
			return nil, err
		}
		before, err := locked(ctx, tx, `SELECT `+siteColumns+` FROM sites WHERE id = ANY($1) ORDER BY id FOR UPDATE`, scanSite,
			sites, func(x lowsky.Site) string { return string(x.ID) })
		if err != nil {
			return nil, err
		}
		var b pgx.Batch
		for _, x := range sites {
			c := change{action: "site.save", object: "site/" + string(x.ID), after: x, organisation: x.Organisation, jurisdictions: x.Jurisdictions}
			if old, ok := before[string(x.ID)]; ok {
				now := x
				if now.UpdatedAt = old.UpdatedAt; same(old, now) {
					continue
				}
				c.before = old
			}
			p := x.Position
			b.Queue(`INSERT INTO sites (`+siteColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
				ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
					longitude_deg = excluded.longitude_deg, latitude_deg = excluded.latitude_deg, altitude_hae_m = excluded.altitude_hae_m,
					altitude_amsl_m = excluded.altitude_amsl_m, height_agl_m = excluded.height_agl_m, amsl_geoid = excluded.amsl_geoid,
					device_id = excluded.device_id, demo = excluded.demo, updated_at = excluded.updated_at,
					organisation_id = excluded.organisation_id, jurisdiction_ids = excluded.jurisdiction_ids`,
				string(x.ID), string(x.Kind), x.Name.ZH, x.Name.EN, float64(p.Longitude), float64(p.Latitude), number(p.HAE), number(p.AMSL), number(p.AGL),
				string(p.AMSLGeoid), string(x.Device), x.Demo, x.UpdatedAt, string(x.Organisation), texts(x.Jurisdictions))
			out = append(out, c)
		}
		return out, send(ctx, tx, &b)
	})
}

// DeleteSite removes one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) DeleteSite(ctx context.Context, by lowsky.Actor, scope lowsky.Scope, id lowsky.SiteID) error {
	return s.act(ctx, "remove site "+string(id), by, func(tx pgx.Tx) ([]change, error) {
		var a args
		rows := a.query(ctx, tx, `DELETE FROM sites WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope)+` RETURNING `+siteColumns)
		x, err := pgx.CollectExactlyOneRow(rows, scanSite)
		return []change{{action: "site.remove", object: "site/" + string(id), before: x, organisation: x.Organisation, jurisdictions: x.Jurisdictions}}, err
	})
}
