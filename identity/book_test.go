package identity

import (
	"context"
	"sync"
	"time"

	"lowsky"
)

// book is users, tokens, audit and sessions in memory, and a database that can be away.
type book struct {
	mu       sync.Mutex
	away     bool
	users    map[string]lowsky.User
	tokens   map[[32]byte]lowsky.APIToken
	audit    []lowsky.AuditEntry
	sessions map[string]stored
	writes   int
}

type stored struct {
	data   []byte
	expiry time.Time
}

func newBook() *book {
	return &book{users: map[string]lowsky.User{}, tokens: map[[32]byte]lowsky.APIToken{}, sessions: map[string]stored{}}
}

func (b *book) do(f func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return lowsky.ErrUnavailable
	}
	return f()
}

func (b *book) User(_ context.Context, name string) (u lowsky.User, err error) {
	err = b.do(func() error {
		var ok bool
		if u, ok = b.users[name]; !ok {
			return lowsky.ErrNotFound
		}
		return nil
	})
	return u, err
}

func (b *book) CreateUser(_ context.Context, u lowsky.User) error {
	return b.do(func() error { b.users[u.Username] = u; return nil })
}

func (b *book) SetPassword(_ context.Context, name, hash string, at time.Time) error {
	return b.do(func() error {
		u, ok := b.users[name]
		if !ok {
			return lowsky.ErrNotFound
		}
		u.PasswordHash, u.PasswordChangedAt = hash, at
		b.users[name] = u
		return nil
	})
}

func (b *book) CreateToken(_ context.Context, t lowsky.APIToken) error {
	return b.do(func() error { b.tokens[t.Hash] = t; return nil })
}

func (b *book) TokenByHash(_ context.Context, hash [32]byte) (t lowsky.APIToken, err error) {
	err = b.do(func() error {
		var ok bool
		if t, ok = b.tokens[hash]; !ok {
			return lowsky.ErrNotFound
		}
		return nil
	})
	return t, err
}

func (b *book) Audit(_ context.Context, e lowsky.AuditEntry) error {
	return b.do(func() error { b.audit = append(b.audit, e); return nil })
}

func (b *book) FindCtx(_ context.Context, token string) (data []byte, found bool, err error) {
	err = b.do(func() error {
		s, ok := b.sessions[token]
		data, found = s.data, ok && time.Now().Before(s.expiry)
		return nil
	})
	return data, found, err
}

func (b *book) CommitCtx(_ context.Context, token string, data []byte, expiry time.Time) error {
	return b.do(func() error { b.sessions[token] = stored{data, expiry}; b.writes++; return nil })
}

func (b *book) DeleteCtx(_ context.Context, token string) error {
	return b.do(func() error { delete(b.sessions, token); return nil })
}

func (b *book) Find(t string) ([]byte, bool, error) { return b.FindCtx(context.Background(), t) }
func (b *book) Delete(t string) error               { return b.DeleteCtx(context.Background(), t) }
func (b *book) Commit(t string, d []byte, e time.Time) error {
	return b.CommitCtx(context.Background(), t, d, e)
}

func (b *book) setAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}
