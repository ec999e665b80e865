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
	orgs     []lowsky.Organisation
	devices  map[lowsky.DeviceID]lowsky.Device
	audit    []lowsky.AuditEntry
	sessions map[string]stored
	writes   int
	used     []string // ids of tokens whose use was noted
	changed  func()   // called after a password was set
}

type stored struct {
	data   []byte
	expiry time.Time
}

func newBook() *book {
	return &book{
		users: map[string]lowsky.User{}, tokens: map[[32]byte]lowsky.APIToken{}, sessions: map[string]stored{},
		devices: map[lowsky.DeviceID]lowsky.Device{}, orgs: tree(),
	}
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

func (b *book) UserByExternal(_ context.Context, external string) (u lowsky.User, err error) {
	err = b.do(func() error {
		for _, u = range b.users {
			if u.External == external {
				return nil
			}
		}
		return lowsky.ErrNotFound
	})
	return u, err
}

func (b *book) Users(_ context.Context, scope lowsky.Scope) (out []lowsky.User, err error) {
	err = b.do(func() error {
		for _, u := range b.users {
			if scope.Sees(u.Organisation, u.Jurisdictions) {
				out = append(out, u)
			}
		}
		return nil
	})
	return out, err
}

// row is what the store writes in the transaction of a change.
func (b *book) row(by lowsky.Actor, action, object string) {
	b.audit = append(b.audit, lowsky.AuditEntry{At: by.At, By: by.Name, From: by.From, Action: action, Object: object})
}

func (b *book) CreateUser(_ context.Context, by lowsky.Actor, u lowsky.User) error {
	return b.do(func() error {
		if _, taken := b.users[u.Username]; taken {
			return lowsky.ErrConflict
		}
		b.users[u.Username] = u
		b.row(by, "person.create", "user/"+u.Username)
		return nil
	})
}

func (b *book) UpdateUser(_ context.Context, by lowsky.Actor, u lowsky.User) error {
	return b.do(func() error {
		old, ok := b.users[u.Username]
		if !ok {
			return lowsky.ErrNotFound
		}
		u.PasswordHash, u.PasswordChangedAt, u.MustChange, u.CreatedAt = old.PasswordHash, old.PasswordChangedAt, old.MustChange, old.CreatedAt
		b.users[u.Username] = u
		b.row(by, "person.change", "user/"+u.Username)
		return nil
	})
}

func (b *book) SetPassword(_ context.Context, by lowsky.Actor, name, hash string, mustChange bool, at time.Time) error {
	if b.changed != nil {
		defer b.changed()
	}
	return b.do(func() error {
		u, ok := b.users[name]
		if !ok {
			return lowsky.ErrNotFound
		}
		u.PasswordHash, u.PasswordChangedAt, u.MustChange = hash, at, mustChange
		b.users[name] = u
		b.row(by, "person.password", "user/"+name)
		return nil
	})
}

func (b *book) SignedIn(_ context.Context, name string, at time.Time) error {
	return b.do(func() error {
		u := b.users[name]
		u.LastSignInAt = at
		b.users[name] = u
		return nil
	})
}

func (b *book) CreateToken(_ context.Context, by lowsky.Actor, t lowsky.APIToken) error {
	return b.do(func() error {
		b.tokens[t.Hash] = t
		b.row(by, "token.issue", "token/"+t.ID)
		return nil
	})
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

func (b *book) Tokens(_ context.Context, scope lowsky.Scope) (out []lowsky.APIToken, err error) {
	err = b.do(func() error {
		for _, t := range b.tokens {
			if u := b.users[t.Username]; scope.Sees(u.Organisation, u.Jurisdictions) {
				out = append(out, t)
			}
		}
		return nil
	})
	return out, err
}

func (b *book) TokensOf(_ context.Context, username string) (out []lowsky.APIToken, err error) {
	err = b.do(func() error {
		for _, t := range b.tokens {
			if t.Username == username {
				out = append(out, t)
			}
		}
		return nil
	})
	return out, err
}

func (b *book) RevokeToken(_ context.Context, by lowsky.Actor, id string, at time.Time) error {
	return b.do(func() error {
		for h, t := range b.tokens {
			if t.ID == id {
				t.RevokedAt = at
				b.tokens[h] = t
				b.row(by, "token.revoke", "token/"+id)
				return nil
			}
		}
		return lowsky.ErrNotFound
	})
}

func (b *book) TokenUsed(_ context.Context, id string, at time.Time) error {
	return b.do(func() error { b.used = append(b.used, id); return nil })
}

func (b *book) Organisations(_ context.Context, scope lowsky.Scope) (out []lowsky.Organisation, err error) {
	err = b.do(func() error {
		for _, o := range b.orgs {
			if scope.Sees(o.ID, o.Jurisdictions()) {
				out = append(out, o)
			}
		}
		return nil
	})
	return out, err
}

func (b *book) DeviceByID(_ context.Context, scope lowsky.Scope, id lowsky.DeviceID) (d lowsky.Device, err error) {
	err = b.do(func() error {
		var ok bool
		if d, ok = b.devices[id]; !ok || !scope.Sees(d.Organisation, d.Jurisdictions) {
			return lowsky.ErrNotFound
		}
		return nil
	})
	return d, err
}

func (b *book) CreateDevice(_ context.Context, by lowsky.Actor, d lowsky.Device) error {
	return b.do(func() error {
		if _, taken := b.devices[d.ID]; taken {
			return lowsky.ErrConflict
		}
		b.devices[d.ID] = d
		b.row(by, "device.create", "device/"+string(d.ID))
		return nil
	})
}

func (b *book) RenewDevice(_ context.Context, by lowsky.Actor, id lowsky.DeviceID, hash [32]byte, at time.Time) error {
	return b.do(func() error {
		d := b.devices[id]
		d.Hash, d.RenewedAt, d.RevokedAt = hash, at, time.Time{}
		b.devices[id] = d
		b.row(by, "device.renew", "device/"+string(id))
		return nil
	})
}

func (b *book) RevokeDevice(_ context.Context, by lowsky.Actor, id lowsky.DeviceID, at time.Time) error {
	return b.do(func() error {
		d := b.devices[id]
		d.RevokedAt = at
		b.devices[id] = d
		b.row(by, "device.revoke", "device/"+string(id))
		return nil
	})
}

func (b *book) AuditTrail(_ context.Context, _ lowsky.Scope, q lowsky.AuditQuery) (out []lowsky.AuditEntry, err error) {
	err = b.do(func() error {
		for i := len(b.audit) - 1; i >= 0 && len(out) < q.Limit; i-- {
			if e := b.audit[i]; e.By == q.By && e.Action == q.Action && !e.At.Before(q.From) {
				out = append(out, e)
			}
		}
		return nil
	})
	return out, err
}

// infos answers the sessions as the store lists them: from what it was handed to keep. The caller holds mu.
func (b *book) infos(username string) map[string]lowsky.SessionInfo {
	out := map[string]lowsky.SessionInfo{}
	for token, s := range b.sessions {
		if i := (&heldSession{data: s.data, expiry: s.expiry}).info(token); i.Username == username && time.Now().Before(s.expiry) {
			out[token] = i
		}
	}
	return out
}

func (b *book) SessionsOf(_ context.Context, username string) (out []lowsky.SessionInfo, err error) {
	err = b.do(func() error {
		for _, i := range b.infos(username) {
			out = append(out, i)
		}
		return nil
	})
	return out, err
}

func (b *book) EndSession(_ context.Context, by lowsky.Actor, username, id string) error {
	return b.do(func() error {
		for token, i := range b.infos(username) {
			if i.ID == id {
				delete(b.sessions, token)
				b.row(by, "session.end", "user/"+username)
				return nil
			}
		}
		return lowsky.ErrNotFound
	})
}

func (b *book) EndSessionsOf(_ context.Context, by lowsky.Actor, username, except string) (n int, err error) {
	err = b.do(func() error {
		for token, i := range b.infos(username) {
			if i.ID != except {
				delete(b.sessions, token)
				n++
			}
		}
		if n > 0 {
			b.row(by, "session.end", "user/"+username)
		}
		return nil
	})
	return n, err
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
