package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// SealPhones encrypts the phone numbers that older versions kept in clear, and forgets them as they were. It is to run
// before register entries are read or written: until it has, they are without a phone. It says in the audit trail how
// many there were, in the name of "server".
func (s *Store) SealPhones(ctx context.Context, seal func(string) (lowsky.Sealed, error)) error {
	var by lowsky.Actor
	if err := s.pool.QueryRow(ctx, `SELECT now()`).Scan(&by.At); err != nil {
		return outward("seal phones", err)
	}
	by.Name = "server"
	return s.act(ctx, "seal phones", by, func(tx pgx.Tx) ([]change, error) {
		type plainPhone struct{ id, phone string }
		rows, _ := tx.Query(ctx, `SELECT id, contact_phone FROM aircraft WHERE contact_phone <> '' ORDER BY id FOR UPDATE`)
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p plainPhone, err error) {
			err = row.Scan(&p.id, &p.phone)
			return p, err
		})
		if err != nil || len(list) == 0 {
			return nil, err
		}
		var b pgx.Batch
		for _, p := range list {
			sealed, err := seal(p.phone)
			if err != nil {
				return nil, fmt.Errorf("phone of aircraft %s: %w", p.id, err)
			}
			b.Queue(`UPDATE aircraft SET contact_phone = '', contact_phone_sealed = CASE WHEN contact_phone_sealed = '' THEN $2 ELSE contact_phone_sealed END
				WHERE id = $1`, p.id, string(sealed))
		}
		return []change{{action: "personal.seal", detail: fmt.Sprintf("%d phone numbers of aircraft were kept in clear by an older version", len(list))}}, send(ctx, tx, &b)
	}, "aircraft")
}
