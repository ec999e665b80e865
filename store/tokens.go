package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const tokenColumns = `id, name, username, permissions, hash, created_at, expires_at, revoked_at, last_used_at`

func scanToken(row pgx.CollectableRow) (lowsky.APIToken, error) {
	var t lowsky.APIToken
	var permissions []string
	var hash []byte
	var expires, revoked, used *time.Time
	err := row.Scan(&t.ID, &t.Name, &t.Username, &permissions, &hash, &t.CreatedAt, &expires, &revoked, &used)
	copy(t.Hash[:], hash)
	t.Permissions = typed[lowsky.Permission](permissions)
	t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.LastUsedAt = t.CreatedAt.UTC(), orZero(expires), orZero(revoked), orZero(used)
	return t, err
}

// CreateToken adds an API token; ErrNotFound if its user does not exist, ErrConflict if the id or the hash is taken.
func (s *Store) CreateToken(ctx context.Context, by lowsky.Actor, t lowsky.APIToken) error {
	return s.act(ctx, "create token "+t.ID, by, func(tx pgx.Tx) ([]change, error) {
		u, err := lockUser(ctx, tx, t.Username)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO api_tokens (`+tokenColumns+`, organisation_id, jurisdiction_ids)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			t.ID, t.Name, u.Username, texts(t.Permissions), t.Hash[:], t.CreatedAt, instant(t.ExpiresAt), instant(t.RevokedAt), instant(t.LastUsedAt),
			string(u.Organisation), texts(u.Jurisdictions))
		return []change{{action: "token.issue", object: "token/" + t.ID, after: t, organisation: u.Organisation, jurisdictions: u.Jurisdictions}}, err
	}, "token")
}

// TokenByHash answers the token with this hash, expired and revoked ones included, for signing in; so it takes no
// Scope. ErrNotFound if there is none.
func (s *Store) TokenByHash(ctx context.Context, hash [32]byte) (lowsky.APIToken, error) {
	rows, _ := s.pool.Query(ctx, `SELECT `+tokenColumns+` FROM api_tokens WHERE hash = $1`, hash[:])
	t, err := pgx.CollectExactlyOneRow(rows, scanToken)
	if err != nil {
		return lowsky.APIToken{}, outward("token", err)
	}
	return t, nil
}

// Tokens answers the tokens in scope, newest first.
func (s *Store) Tokens(ctx context.Context, scope lowsky.Scope) ([]lowsky.APIToken, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+tokenColumns+` FROM api_tokens WHERE `+scoped(&a, scope)+` ORDER BY created_at DESC, id`)
	out, err := pgx.CollectRows(rows, scanToken)
	return out, outward("tokens", err)
}

// TokensOf answers the tokens of one user, newest first; somebody nobody knows has none.
func (s *Store) TokensOf(ctx context.Context, username string) ([]lowsky.APIToken, error) {
	rows, _ := s.pool.Query(ctx, `SELECT `+tokenColumns+` FROM api_tokens WHERE username = $1 ORDER BY created_at DESC, id`, storable(username))
	out, err := pgx.CollectRows(rows, scanToken)
	return out, outward("tokens", err)
}

// RevokeToken ends a token at an instant; one that is revoked already keeps its instant, and nothing is told.
// ErrNotFound if there is none.
func (s *Store) RevokeToken(ctx context.Context, by lowsky.Actor, id string, at time.Time) error {
	return s.act(ctx, "revoke token "+id, by, func(tx pgx.Tx) ([]change, error) {
		var org lowsky.OrganisationID
		var js []string
		rows, _ := tx.Query(ctx, `SELECT `+tokenColumns+` FROM api_tokens WHERE id = $1 FOR UPDATE`, storable(id))
		before, err := pgx.CollectExactlyOneRow(rows, scanToken)
		if err != nil || !before.RevokedAt.IsZero() {
			return nil, err
		}
		after := before
		after.RevokedAt = at
		err = tx.QueryRow(ctx, `UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 RETURNING organisation_id, jurisdiction_ids`, before.ID, at).Scan(&org, &js)
		return []change{{action: "token.revoke", object: "token/" + id, before: before, after: after, organisation: org, jurisdictions: typed[lowsky.JurisdictionID](js)}}, err
	}, "token")
}

// useEvery is how far apart notes of a token's use are.
const useEvery = time.Minute

// TokenUsed notes that a token was used, to the minute. One that is not there is no error.
func (s *Store) TokenUsed(ctx context.Context, id string, at time.Time) error {
	_, err := s.pool.Exec(ctx, `UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)`, storable(id), at, at.Add(-useEvery))
	return outward("token "+id, err)
}
