package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// Sessions keeps web sessions; it has the methods of scs.CtxStore. Tokens are stored as their SHA-256, so that nobody
// can sign in with what is in the table or in a backup. Expiry is by the database's clock.
type Sessions struct{ s *Store }

// Sessions answers the store of web sessions.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

const sessionTimeout = 5 * time.Second

// FindCtx answers the data of a session; found is false for one that is unknown or has expired.
func (se *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	h := sha256.Sum256([]byte(token))
	err = se.s.pool.QueryRow(ctx, `SELECT data FROM sessions WHERE token_hash = $1 AND expires_at > now()`, h[:]).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, outward("session", err)
	}
	return data, true, nil
}

// sessionData is what of a session's data is searched by. What is not such JSON belongs to nobody.
type sessionData struct {
	Username string `json:"username"`
	BeganMS  int64  `json:"began_ms"`
	UsedMS   int64  `json:"used_ms"`
	From     string `json:"from"`
	Agent    string `json:"agent"`
}

// CommitCtx adds a session or replaces its data and expiry, and forgets those that have expired.
func (se *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	h := sha256.Sum256([]byte(token))
	var d sessionData
	_ = json.Unmarshal(data, &d)
	var used *time.Time
	if d.UsedMS > 0 {
		used = instant(time.UnixMilli(d.UsedMS))
	}
	_, err := se.s.pool.Exec(ctx, `WITH over AS (DELETE FROM sessions WHERE expires_at <= now() AND token_hash <> $1)
		INSERT INTO sessions (token_hash, data, expires_at, username, began_at, used_at, from_address, agent) VALUES ($1, $2, $3, $4, $5, coalesce($8, now()), $6, $7)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at, username = excluded.username,
			began_at = excluded.began_at, used_at = excluded.used_at, from_address = excluded.from_address, agent = excluded.agent`,
		h[:], data, expiry, bounded(d.Username, 200), time.UnixMilli(d.BeganMS), bounded(d.From, 200), bounded(d.Agent, 200), used)
	return outward("save session", err)
}

// DeleteCtx ends a session; one that is not there is no error.
func (se *Sessions) DeleteCtx(ctx context.Context, token string) error {
	h := sha256.Sum256([]byte(token))
	_, err := se.s.pool.Exec(ctx, `WITH gone AS (DELETE FROM sessions WHERE token_hash = $1 RETURNING id)
		SELECT pg_notify('`+channel+`', current_schema() || ' session') FROM gone`, h[:])
	return outward("end session", err)
}

// SessionsOf answers the sessions of one person that have not ended, the one used last first.
func (se *Sessions) SessionsOf(ctx context.Context, username string) ([]lowsky.SessionInfo, error) {
	rows, _ := se.s.pool.Query(ctx, `SELECT id, username, began_at, used_at, expires_at, from_address, agent FROM sessions
		WHERE username = $1 AND expires_at > now() ORDER BY used_at DESC, id`, storable(username))
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i lowsky.SessionInfo, err error) {
		err = row.Scan(&i.ID, &i.Username, &i.BeganAt, &i.UsedAt, &i.EndsAt, &i.From, &i.Agent)
		i.BeganAt, i.UsedAt, i.EndsAt = i.BeganAt.UTC(), i.UsedAt.UTC().Truncate(time.Minute), i.EndsAt.UTC()
		return i, err
	})
	return out, outward("sessions of "+username, err)
}

// EndSession ends one session of a person; ErrNotFound if the person has no such session.
func (se *Sessions) EndSession(ctx context.Context, by lowsky.Actor, username, id string) error {
	n, err := se.end(ctx, by, username, `id = $2`, id)
	if err == nil && n == 0 {
		err = fmt.Errorf("session %s: %w", id, lowsky.ErrNotFound)
	}
	return err
}

// EndSessionsOf ends every session of a person but the one of id except, and answers how many there were.
func (se *Sessions) EndSessionsOf(ctx context.Context, by lowsky.Actor, username, except string) (int, error) {
	return se.end(ctx, by, username, `id <> $2`, except)
}

func (se *Sessions) end(ctx context.Context, by lowsky.Actor, username, which, id string) (n int, err error) {
	err = se.s.act(ctx, "end sessions of "+username, by, func(tx pgx.Tx) ([]change, error) {
		rows, _ := tx.Query(ctx, `DELETE FROM sessions WHERE username = $1 AND `+which+` RETURNING id, from_address`, storable(username), storable(id))
		gone, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c change, err error) {
			var id, from string
			err = row.Scan(&id, &from)
			return change{action: "session.end", object: "user/" + username, detail: "session " + id + " from " + from}, err
		})
		if n = len(gone); err != nil || n == 0 {
			return nil, err
		}
		org, js, err := whose(ctx, tx, `SELECT organisation_id, jurisdiction_ids FROM users WHERE username = $1`, username)
		for i := range gone {
			gone[i].organisation, gone[i].jurisdictions = org, js
		}
		return gone, err
	}, "session")
	if err != nil {
		n = 0
	}
	return n, err
}

// whose answers to whom a row belongs; to nobody where there is none.
func whose(ctx context.Context, tx pgx.Tx, sql, id string) (org lowsky.OrganisationID, js []lowsky.JurisdictionID, err error) {
	var list []string
	err = tx.QueryRow(ctx, sql, storable(id)).Scan(&org, &list)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return org, typed[lowsky.JurisdictionID](list), err
}

// Find is FindCtx for callers without a context.
func (se *Sessions) Find(token string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return se.FindCtx(ctx, token)
}

// Commit is CommitCtx for callers without a context.
func (se *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return se.CommitCtx(ctx, token, data, expiry)
}

// Delete is DeleteCtx for callers without a context.
func (se *Sessions) Delete(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return se.DeleteCtx(ctx, token)
}
