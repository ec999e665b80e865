package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// insertAudit leaves seq and the hashes to the table's trigger.
const insertAudit = `INSERT INTO audit (at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

// auditArgs are the arguments of insertAudit. Texts come from outside, down to what somebody typed for a name: what
// PostgreSQL would refuse is replaced, for a row that is refused is a row that is missing.
func auditArgs(e lowsky.AuditEntry) []any {
	return []any{e.At, bounded(e.By, 200), bounded(e.From, 200), bounded(e.Request, 200), bounded(e.Action, 200), bounded(e.Object, 500),
		bounded(e.Detail, 8000), storable(string(e.Before)), storable(string(e.After)), storable(string(e.Organisation)), texts(e.Jurisdictions)}
}

// Audit adds one entry. Entries cannot be changed or removed: a trigger refuses.
func (s *Store) Audit(ctx context.Context, e lowsky.AuditEntry) error {
	_, err := s.pool.Exec(ctx, insertAudit, auditArgs(e)...)
	return outward("audit", err)
}

const auditColumns = `seq, at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids,
	previous, hash`

func scanAudit(row pgx.CollectableRow) (lowsky.AuditEntry, error) {
	var (
		e              lowsky.AuditEntry
		js             []string
		before, after  string
		previous, hash []byte
	)
	err := row.Scan(&e.Seq, &e.At, &e.By, &e.From, &e.Request, &e.Action, &e.Object, &e.Detail, &before, &after, &e.Organisation, &js, &previous, &hash)
	e.At, e.Jurisdictions = e.At.UTC(), typed[lowsky.JurisdictionID](js)
	if before != "" {
		e.Before = json.RawMessage(before)
	}
	if after != "" {
		e.After = json.RawMessage(after)
	}
	copy(e.Previous[:], previous)
	copy(e.Hash[:], hash)
	return e, err
}

// maxAudit bounds a page of the trail whatever the caller asks for.
const maxAudit = 1000

// AuditTrail answers the entries in scope that q picks, newest first.
func (s *Store) AuditTrail(ctx context.Context, scope lowsky.Scope, q lowsky.AuditQuery) ([]lowsky.AuditEntry, error) {
	var a args
	where := []string{scoped(&a, scope)}
	like := func(column, pattern string) {
		switch prefix, isPrefix := strings.CutSuffix(pattern, "*"); {
		case pattern == "":
		case isPrefix:
			where = append(where, column+" LIKE "+a.add(likePrefix.Replace(storable(prefix))+"%"))
		default:
			where = append(where, column+" = "+a.add(storable(pattern)))
		}
	}
	like("action", q.Action)
	like("object", q.Object)
	if q.By != "" {
		where = append(where, "by_user = "+a.add(storable(q.By)))
	}
	if !q.From.IsZero() {
		where = append(where, "at >= "+a.add(q.From))
	}
	if !q.To.IsZero() {
		where = append(where, "at < "+a.add(q.To))
	}
	if q.Before > 0 {
		where = append(where, "seq < "+a.add(int64(min(q.Before, 1<<62))))
	}
	limit := q.Limit
	if limit <= 0 || limit > maxAudit {
		limit = maxAudit
	}
	rows := a.query(ctx, s.pool, `SELECT `+auditColumns+` FROM audit WHERE `+strings.Join(where, " AND ")+
		` ORDER BY seq DESC LIMIT `+strconv.Itoa(limit))
	out, err := pgx.CollectRows(rows, scanAudit)
	return out, outward("audit trail", err)
}

var likePrefix = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// auditPage is how many entries AuditChain holds at once.
const auditPage = 2000

// AuditChain hands each every entry from seq from on, in order, whoever it belongs to: what lowsky.ChainCheck walks. It
// ends with the first error that each answers, which it passes on as it is.
func (s *Store) AuditChain(ctx context.Context, from uint64, each func(lowsky.AuditEntry) error) error {
	for {
		rows, _ := s.pool.Query(ctx, `SELECT `+auditColumns+` FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2`, int64(min(from, 1<<62)), auditPage)
		page, err := pgx.CollectRows(rows, scanAudit)
		if err != nil {
			return outward("audit chain", err)
		}
		for _, e := range page {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(page) < auditPage {
			return nil
		}
		from = page[len(page)-1].Seq + 1
	}
}

// AuditHead answers the newest entry; the zero head where there is none.
func (s *Store) AuditHead(ctx context.Context) (lowsky.AuditHead, error) {
	rows, _ := s.pool.Query(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`)
	heads, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h lowsky.AuditHead, err error) {
		var hash []byte
		err = row.Scan(&h.Seq, &hash)
		copy(h.Hash[:], hash)
		return h, err
	})
	if err != nil || len(heads) == 0 {
		return lowsky.AuditHead{}, outward("audit head", err)
	}
	return heads[0], nil
}
