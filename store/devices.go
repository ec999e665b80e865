package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const deviceColumns = `id, kind, name, hash, created_at, renewed_at, revoked_at, demo, organisation_id, jurisdiction_ids`

func scanDevice(row pgx.CollectableRow) (lowsky.Device, error) {
	var d lowsky.Device
	var hash []byte
	var revoked *time.Time
	var js []string
	err := row.Scan(&d.ID, &d.Kind, &d.Name, &hash, &d.CreatedAt, &d.RenewedAt, &revoked, &d.Demo, &d.Organisation, &js)
	copy(d.Hash[:], hash)
	d.CreatedAt, d.RenewedAt, d.RevokedAt = d.CreatedAt.UTC(), d.RenewedAt.UTC(), orZero(revoked)
	d.Jurisdictions = typed[lowsky.JurisdictionID](js)
	return d, err
}

// Devices answers the MQTT credentials in scope, revoked ones included, by id.
func (s *Store) Devices(ctx context.Context, scope lowsky.Scope) ([]lowsky.Device, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+deviceColumns+` FROM devices WHERE `+scoped(&a, scope)+` ORDER BY id`)
	out, err := pgx.CollectRows(rows, scanDevice)
	return out, outward("devices", err)
}

// DeviceByID answers one; ErrNotFound if it does not exist or is out of scope.
func (s *Store) DeviceByID(ctx context.Context, scope lowsky.Scope, id lowsky.DeviceID) (lowsky.Device, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+deviceColumns+` FROM devices WHERE id = `+a.add(storable(string(id)))+` AND `+scoped(&a, scope))
	d, err := pgx.CollectExactlyOneRow(rows, scanDevice)
	return d, outward("device "+string(id), err)
}

// CreateDevice adds a device; ErrConflict if the id is taken, by a revoked one too: RenewDevice brings that back.
// ErrNotFound if the organisation does not exist. Jurisdictions are those of the organisation.
func (s *Store) CreateDevice(ctx context.Context, by lowsky.Actor, d lowsky.Device) error {
	return s.act(ctx, "create device "+string(d.ID), by, func(tx pgx.Tx) ([]change, error) {
		var err error
		if d.Jurisdictions, err = seatOf(ctx, tx, d.Organisation); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO devices (`+deviceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			string(d.ID), string(d.Kind), d.Name, d.Hash[:], d.CreatedAt, d.RenewedAt, instant(d.RevokedAt), d.Demo, string(d.Organisation), texts(d.Jurisdictions))
		return []change{deviceChange("device.create", nil, d)}, err
	}, "device")
}

func deviceChange(action string, before any, d lowsky.Device) change {
	return change{action: action, object: "device/" + string(d.ID), before: before, after: d, organisation: d.Organisation, jurisdictions: d.Jurisdictions}
}

// RenewDevice gives a device another secret, whose hash it takes; one that was revoked may sign in again. ErrNotFound if
// there is none.
func (s *Store) RenewDevice(ctx context.Context, by lowsky.Actor, id lowsky.DeviceID, hash [32]byte, at time.Time) error {
	return s.changeDevice(ctx, by, "device.renew", id, func(tx pgx.Tx, d *lowsky.Device) (bool, error) {
		d.Hash, d.RenewedAt, d.RevokedAt = hash, at, time.Time{}
		_, err := tx.Exec(ctx, `UPDATE devices SET hash = $2, renewed_at = $3, revoked_at = NULL WHERE id = $1`, string(id), hash[:], at)
		return true, err
	})
}

// RevokeDevice ends a device's right to sign in; one that is revoked already keeps its instant. ErrNotFound if there is
// none.
func (s *Store) RevokeDevice(ctx context.Context, by lowsky.Actor, id lowsky.DeviceID, at time.Time) error {
	return s.changeDevice(ctx, by, "device.revoke", id, func(tx pgx.Tx, d *lowsky.Device) (bool, error) {
		if !d.RevokedAt.IsZero() {
			return false, nil
		}
		d.RevokedAt = at
		_, err := tx.Exec(ctx, `UPDATE devices SET revoked_at = $2 WHERE id = $1`, string(id), at)
		return true, err
	})
}

func (s *Store) changeDevice(ctx context.Context, by lowsky.Actor, action string, id lowsky.DeviceID, do func(pgx.Tx, *lowsky.Device) (bool, error)) error {
	return s.act(ctx, action+" "+string(id), by, func(tx pgx.Tx) ([]change, error) {
		rows, _ := tx.Query(ctx, `SELECT `+deviceColumns+` FROM devices WHERE id = $1 FOR UPDATE`, storable(string(id)))
		before, err := pgx.CollectExactlyOneRow(rows, scanDevice)
		if err != nil {
			return nil, err
		}
		after := before
		if changed, err := do(tx, &after); err != nil || !changed {
			return nil, err
		}
		return []change{deviceChange(action, before, after)}, nil
	}, "device")
}
