package api

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"lowsky"
	"lowsky/identity"
)

// shelf is where a real gate of identity keeps people and sessions in the tests of what goes on over HTTP.
type shelf struct {
	mu       sync.Mutex
	users    map[string]lowsky.User
	tokens   map[string]lowsky.APIToken
	sessions map[string]shelved
}

type shelved struct {
	data   []byte
	expiry time.Time
}

func (s *shelf) User(_ context.Context, name string) (lowsky.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.users[name]; ok {
		return u, nil
	}
	return lowsky.User{}, fmt.Errorf("user %s: %w", name, lowsky.ErrNotFound)
}

func (s *shelf) UserByExternal(context.Context, string) (lowsky.User, error) {
	return lowsky.User{}, lowsky.ErrNotFound
}

func (s *shelf) Users(context.Context, lowsky.Scope) ([]lowsky.User, error) { return nil, nil }

func (s *shelf) CreateUser(_ context.Context, _ lowsky.Actor, u lowsky.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[u.Username] = u
	return nil
}

func (s *shelf) UpdateUser(ctx context.Context, by lowsky.Actor, u lowsky.User) error {
	return s.CreateUser(ctx, by, u)
}

func (s *shelf) SetPassword(_ context.Context, _ lowsky.Actor, name, hash string, mustChange bool, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[name]
	u.PasswordHash, u.MustChange, u.PasswordChangedAt = hash, mustChange, at
	s.users[name] = u
	return nil
}

func (s *shelf) SignedIn(context.Context, string, time.Time) error { return nil }

func (s *shelf) TokenByHash(_ context.Context, hash [32]byte) (lowsky.APIToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.Hash == hash {
			return t, nil
		}
	}
	return lowsky.APIToken{}, lowsky.ErrNotFound
}

func (s *shelf) Tokens(context.Context, lowsky.Scope) ([]lowsky.APIToken, error) { return nil, nil }

func (s *shelf) TokensOf(_ context.Context, name string) (out []lowsky.APIToken, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.Username == name {
			out = append(out, t)
		}
	}
	return out, nil
}

func (s *shelf) CreateToken(_ context.Context, _ lowsky.Actor, t lowsky.APIToken) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[t.ID] = t
	return nil
}

func (s *shelf) RevokeToken(_ context.Context, _ lowsky.Actor, id string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[id]
	t.RevokedAt = at
	s.tokens[id] = t
	return nil
}

func (s *shelf) TokenUsed(context.Context, string, time.Time) error { return nil }

func (s *shelf) Audit(context.Context, lowsky.AuditEntry) error { return nil }

func (s *shelf) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.sessions[token]
	return v.data, ok, nil
}

func (s *shelf) CommitCtx(_ context.Context, token string, data []byte, expiry time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[token] = shelved{data, expiry}
	return nil
}

func (s *shelf) DeleteCtx(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, token)
	return nil
}

func (s *shelf) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *shelf) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s *shelf) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s *shelf) SessionsOf(context.Context, string) ([]lowsky.SessionInfo, error) { return nil, nil }

func (s *shelf) EndSession(context.Context, lowsky.Actor, string, string) error {
	return lowsky.ErrNotFound
}

func (s *shelf) EndSessionsOf(context.Context, lowsky.Actor, string, string) (int, error) {
	return 0, nil
}

const rightPassword = "heron over lake 27"

// guarded puts a real gate before the house, with the administrator "li" and "xu", whose password somebody else gave.
func guarded(t *testing.T, h *house) *identity.Gate {
	t.Helper()
	s := &shelf{users: map[string]lowsky.User{}, tokens: map[string]lowsky.APIToken{}, sessions: map[string]shelved{}}
	gate, err := identity.New(identity.Config{
		Users: s, Tokens: s, Audit: s, Sessions: s, Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"},
		Now: func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = gate.Close() })
	h.now = time.Now()
	by := lowsky.Actor{Name: "test", At: h.now.Add(-time.Hour)}
	for _, name := range []string{"li", "xu"} {
		u := lowsky.User{Username: name, Roles: []lowsky.Role{lowsky.CityAdministrator}, Organisation: "city"}
		if _, err := gate.CreatePerson(t.Context(), by, nil, u, rightPassword); err != nil {
			t.Fatal(err)
		}
	}
	u := s.users["li"]
	u.MustChange = false
	s.users["li"] = u
	h.server.cfg.Accounts = gate
	return gate
}
