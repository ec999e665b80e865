package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"lowsky"
)

// tokenPrefix lets people and secret scanners see what a leaked string is.
const tokenPrefix = "lowsky_"

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// IssueToken makes an API token in the name of a user, who may be somebody p manages or p itself. The secret is answered
// once and not kept. No permissions means all that the user has, now or later; a token can never do more than its user,
// nor be made by a token that may do less. A zero expires never ends by itself. ErrNotFound for a user that is not
// known, or not to p.
func (g *Gate) IssueToken(ctx context.Context, by lowsky.Actor, p *Principal, username, name string, perms []lowsky.Permission, expires time.Time) (secret string, t lowsky.APIToken, err error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "" || len(name) > 128 || name != clean(name, 128):
		return "", t, &lowsky.InvalidError{Field: "name", Problem: "must be 1 to 128 bytes of text: what the token is for"}
	case !expires.IsZero() && !expires.After(by.At):
		return "", t, &lowsky.InvalidError{Field: "expires_at", Problem: "must lie in the future"}
	}
	u, err := g.tokenUser(ctx, p, username)
	if err != nil {
		return "", t, err
	}
	if perms, err = tokenPermissions(p, u, perms); err != nil {
		return "", t, err
	}
	secret, err = newSecret(tokenPrefix)
	if err != nil {
		return "", t, err
	}
	id, err := randomText(10)
	if err != nil {
		return "", t, err
	}
	t = lowsky.APIToken{
		ID: id, Name: name, Username: u.Username, Permissions: perms, Hash: sha256.Sum256([]byte(secret)), CreatedAt: by.At, ExpiresAt: expires,
	}
	if err := g.cfg.Tokens.CreateToken(ctx, by, t); err != nil {
		return "", lowsky.APIToken{}, fmt.Errorf("token %s: %w", name, err)
	}
	return secret, t, nil
}

// tokenUser answers for whom p makes a token: p itself, or somebody p manages who holds no more.
func (g *Gate) tokenUser(ctx context.Context, p *Principal, username string) (lowsky.User, error) {
	name := userName(username)
	if p != nil && p.Username == name {
		u, err := g.cfg.Users.User(ctx, name)
		if err != nil {
			return u, fmt.Errorf("user %s: %w", name, err)
		}
		return u, nil
	}
	u, err := g.managed(ctx, p, name)
	if err != nil {
		return u, err
	}
	if !p.mayGrant(u.Roles) {
		return u, fmt.Errorf("user %s holds more than you do: %w", name, lowsky.ErrForbidden)
	}
	return u, nil
}

// tokenPermissions puts what a token is to be narrowed to in order, and refuses what its user or its maker has not.
func tokenPermissions(p *Principal, u lowsky.User, perms []lowsky.Permission) ([]lowsky.Permission, error) {
	granted := lowsky.Granted(u.Roles)
	for i, perm := range perms {
		switch {
		case !perm.Valid():
			return nil, &lowsky.InvalidError{Field: fmt.Sprintf("permissions[%d]", i), Problem: "is not a permission"}
		case !slices.Contains(granted, perm):
			return nil, &lowsky.InvalidError{Field: fmt.Sprintf("permissions[%d]", i), Problem: "is not one of the user's"}
		}
	}
	var out []lowsky.Permission
	for _, perm := range granted { // in the order of the table, each once
		if slices.Contains(perms, perm) {
			out = append(out, perm)
		}
	}
	// Without permissions the token follows the user's roles, which a narrowed maker must not hand on.
	asked := out
	if len(perms) == 0 {
		asked = granted
	}
	if p != nil && slices.ContainsFunc(asked, func(perm lowsky.Permission) bool { return !p.May(perm) }) {
		return nil, fmt.Errorf("a token cannot make one that may more: %w", lowsky.ErrForbidden)
	}
	return out, nil
}

// RevokeToken ends a token: one's own, or that of somebody p manages. ErrNotFound for one that p does not see.
func (g *Gate) RevokeToken(ctx context.Context, by lowsky.Actor, p *Principal, id string) error {
	if err := g.mayRevoke(ctx, p, id); err != nil {
		return fmt.Errorf("token %s: %w", clean(id, 64), err)
	}
	if err := g.cfg.Tokens.RevokeToken(ctx, by, id, by.At); err != nil {
		return fmt.Errorf("token %s: %w", clean(id, 64), err)
	}
	g.keys.doubt()
	return nil
}

func (g *Gate) mayRevoke(ctx context.Context, p *Principal, id string) error {
	if p == nil {
		return nil // the store knows whether there is one
	}
	is := func(t lowsky.APIToken) bool { return t.ID == id }
	own, err := g.cfg.Tokens.TokensOf(ctx, p.Username)
	if err != nil || slices.ContainsFunc(own, is) {
		return err
	}
	seen, err := g.cfg.Tokens.Tokens(ctx, p.Scope)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(seen, is)
	if i < 0 {
		return lowsky.ErrNotFound
	}
	_, err = g.managed(ctx, p, seen[i].Username)
	return err
}

// newSecret answers a prefix with 128 random bits in text.
func newSecret(prefix string) (string, error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	return prefix + strings.ToLower(b32.EncodeToString(random)), nil
}

// hashToken answers the hash of a secret as it was sent; what cannot be one of ours costs no look-up.
func hashToken(secret string) ([32]byte, error) {
	if len(secret) != len(tokenPrefix)+26 || !strings.HasPrefix(secret, tokenPrefix) {
		return [32]byte{}, fmt.Errorf("token: %w", lowsky.ErrUnauthenticated)
	}
	return sha256.Sum256([]byte(secret)), nil
}

// byToken answers in whose name a token speaks. The look-up by hash needs no constant-time comparison: whoever can
// choose the hash already knows the secret.
func (g *Gate) byToken(ctx context.Context, now time.Time, hash [32]byte) (Principal, error) {
	t, err := g.keys.get(ctx, now, hash, g.cfg.Tokens.TokenByHash)
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return Principal{}, fmt.Errorf("token: %w", lowsky.ErrUnauthenticated)
	case err != nil:
		return Principal{}, fmt.Errorf("token: %w", err)
	case !t.RevokedAt.IsZero() || !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt):
		return Principal{}, fmt.Errorf("token has ended: %w", lowsky.ErrUnauthenticated)
	}
	u, err := g.user(ctx, now, t.Username)
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return Principal{}, fmt.Errorf("token's user: %w", lowsky.ErrUnauthenticated)
	case err != nil:
		return Principal{}, fmt.Errorf("token's user: %w", err)
	}
	p, err := g.principal(ctx, now, u)
	if err != nil {
		return Principal{}, fmt.Errorf("token's user: %w", err)
	}
	if len(t.Permissions) > 0 {
		p.Permissions = slices.DeleteFunc(p.Permissions, func(perm lowsky.Permission) bool { return !slices.Contains(t.Permissions, perm) })
	}
	p.MustChange = false // that is asked of people
	p.Token, p.Began, p.hash = t.ID, t.CreatedAt, hash
	if g.used.first(t.ID, now) {
		g.note(ctx, "use of token "+t.ID, func(ctx context.Context) error { return g.cfg.Tokens.TokenUsed(ctx, t.ID, now) })
	}
	return p, nil
}

// usedTokens knows when the use of a token was last noted.
type usedTokens struct {
	mu sync.Mutex
	at map[string]time.Time
}

func newUsedTokens() *usedTokens { return &usedTokens{at: map[string]time.Time{}} }

// first reports whether this is the first use in a minute.
func (u *usedTokens) first(id string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at, known := u.at[id]; known && now.Sub(at) < time.Minute {
		return false
	}
	if len(u.at) >= mostRecent {
		clear(u.at)
	}
	u.at[id] = now
	return true
}

func (g *Gate) user(ctx context.Context, now time.Time, name string) (lowsky.User, error) {
	if !usernames.MatchString(name) {
		return lowsky.User{}, lowsky.ErrNotFound
	}
	return g.people.get(ctx, now, name, g.cfg.Users.User)
}
