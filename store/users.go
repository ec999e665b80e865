package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const userColumns = `username, display_name, password_hash, roles, disabled, organisation_id, jurisdiction_ids,
	created_at, password_changed_at`

func scanUser(row pgx.CollectableRow) (lowsky.User, error) {
	var u lowsky.User
	var roles, js []string
	err := row.Scan(&u.Username, &u.DisplayName, &u.PasswordHash, &roles, &u.Disabled, &u.Organisation, &js, &u.CreatedAt, &u.PasswordChangedAt)
	u.Roles, u.Jurisdictions = typed[lowsky.Role](roles), typed[lowsky.JurisdictionID](js)
	u.CreatedAt, u.PasswordChangedAt = u.CreatedAt.UTC(), u.PasswordChangedAt.UTC()
	return u, err
}

// User answers one user for signing in, so it takes no Scope; ErrNotFound if there is none.
func (s *Store) User(ctx context.Context, username string) (lowsky.User, error) {
	rows, _ := s.pool.Query(ctx, `SELECT `+userColumns+` FROM users WHERE username = $1`, username)
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	if err != nil {
		return lowsky.User{}, outward("user "+username, err)
	}
	return u, nil
}

// Users answers the users in scope, by name.
func (s *Store) Users(ctx context.Context, scope lowsky.Scope) ([]lowsky.User, error) {
	all, orgs, js := scopeArgs(scope)
	rows, _ := s.pool.Query(ctx, `SELECT `+userColumns+` FROM users WHERE `+scoped(1)+` ORDER BY username`, all, orgs, js)
	out, err := pgx.CollectRows(rows, scanUser)
	return out, outward("users", err)
}

// CreateUser adds a user; ErrConflict if the name is taken.
func (s *Store) CreateUser(ctx context.Context, u lowsky.User) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO users (`+userColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		u.Username, u.DisplayName, u.PasswordHash, texts(u.Roles), u.Disabled, string(u.Organisation), texts(u.Jurisdictions), u.CreatedAt, u.PasswordChangedAt)
	return outward("create user "+u.Username, err)
}

// UpdateUser replaces what is stored of a user, but for CreatedAt; ErrNotFound if there is none.
func (s *Store) UpdateUser(ctx context.Context, u lowsky.User) error {
	return s.one(ctx, "update user "+u.Username, `UPDATE users SET display_name = $2, password_hash = $3, roles = $4, disabled = $5,
			organisation_id = $6, jurisdiction_ids = $7, password_changed_at = $8 WHERE username = $1`,
		u.Username, u.DisplayName, u.PasswordHash, texts(u.Roles), u.Disabled, string(u.Organisation), texts(u.Jurisdictions), u.PasswordChangedAt)
}

// SetPassword replaces the password hash; sessions that began before at are over. ErrNotFound if there is no such user.
func (s *Store) SetPassword(ctx context.Context, username, hash string, at time.Time) error {
	return s.one(ctx, "set password of "+username, `UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE username = $1`, username, hash, at)
}

// one executes a statement that must touch a row.
func (s *Store) one(ctx context.Context, doing, sql string, args ...any) error {
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = lowsky.ErrNotFound
	}
	return outward(doing, err)
}

const tokenColumns = `id, name, username, hash, created_at, expires_at, revoked_at`

func scanToken(row pgx.CollectableRow) (lowsky.APIToken, error) {
	var t lowsky.APIToken
	var hash []byte
	var expires, revoked *time.Time
	err := row.Scan(&t.ID, &t.Name, &t.Username, &hash, &t.CreatedAt, &expires, &revoked)
	copy(t.Hash[:], hash)
	t.CreatedAt, t.ExpiresAt, t.RevokedAt = t.CreatedAt.UTC(), orZero(expires), orZero(revoked)
	return t, err
}

// CreateToken adds an API token; ErrNotFound if its user does not exist, ErrConflict if the id or the hash is taken.
func (s *Store) CreateToken(ctx context.Context, t lowsky.APIToken) error {
	return s.one(ctx, "create token "+t.ID, `INSERT INTO api_tokens (`+tokenColumns+`, organisation_id, jurisdiction_ids)
		SELECT $1, $2, username, $4, $5, $6, $7, organisation_id, jurisdiction_ids FROM users WHERE username = $3`,
		t.ID, t.Name, t.Username, t.Hash[:], t.CreatedAt, instant(t.ExpiresAt), instant(t.RevokedAt))
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
	all, orgs, js := scopeArgs(scope)
	rows, _ := s.pool.Query(ctx, `SELECT `+tokenColumns+` FROM api_tokens WHERE `+scoped(1)+` ORDER BY created_at DESC, id`, all, orgs, js)
	out, err := pgx.CollectRows(rows, scanToken)
	return out, outward("tokens", err)
}

// RevokeToken ends a token at an instant; one that is revoked already keeps its instant. ErrNotFound if there is none.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) error {
	return s.one(ctx, "revoke token "+id, `UPDATE api_tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1`, id, at)
}
