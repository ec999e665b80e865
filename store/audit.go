package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const insertAudit = `INSERT INTO audit (at, by_user, from_address, action, object, detail, organisation_id, jurisdiction_ids)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

func auditArgs(e lowsky.AuditEntry) []any {
	return []any{e.At, e.By, e.From, e.Action, e.Object, e.Detail, string(e.Organisation), texts(e.Jurisdictions)}
}

// Audit adds one entry. Entries cannot be changed or removed: a trigger refuses.
func (s *Store) Audit(ctx context.Context, e lowsky.AuditEntry) error {
	_, err := s.pool.Exec(ctx, insertAudit, auditArgs(e)...)
	return outward("audit", err)
}

// AuditTrail answers the entries in scope from (inclusive) until to (exclusive), newest first, at most limit; object
// "" is every object.
func (s *Store) AuditTrail(ctx context.Context, scope lowsky.Scope, object string, from, to time.Time, limit int) ([]lowsky.AuditEntry, error) {
	all, orgs, js := scopeArgs(scope)
	rows, _ := s.pool.Query(ctx, `SELECT at, by_user, from_address, action, object, detail, organisation_id, jurisdiction_ids
		FROM audit WHERE ($1 = '' OR object = $1) AND at >= $2 AND at < $3 AND `+scoped(4)+`
		ORDER BY at DESC, id DESC LIMIT $7`, object, from, to, all, orgs, js, limit)
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (lowsky.AuditEntry, error) {
		var e lowsky.AuditEntry
		var js []string
		err := row.Scan(&e.At, &e.By, &e.From, &e.Action, &e.Object, &e.Detail, &e.Organisation, &js)
		e.At, e.Jurisdictions = e.At.UTC(), typed[lowsky.JurisdictionID](js)
		return e, err
	})
	return out, outward("audit trail", err)
}
