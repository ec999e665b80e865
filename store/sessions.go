package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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

// CommitCtx adds a session or replaces its data and expiry, and forgets those that have expired.
func (se *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	h := sha256.Sum256([]byte(token))
	_, err := se.s.pool.Exec(ctx, `WITH over AS (DELETE FROM sessions WHERE expires_at <= now() AND token_hash <> $1)
		INSERT INTO sessions (token_hash, data, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, h[:], data, expiry)
	return outward("save session", err)
}

// DeleteCtx ends a session; one that is not there is no error.
func (se *Sessions) DeleteCtx(ctx context.Context, token string) error {
	h := sha256.Sum256([]byte(token))
	_, err := se.s.pool.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, h[:])
	return outward("end session", err)
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
