package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lowsky"
)

// tokenPrefix lets people and secret scanners see what a leaked string is.
const tokenPrefix = "lowsky_"

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// IssueToken makes an API token in the name of a user. The secret is answered once and not kept. A zero expires never
// ends by itself. ErrNotFound for an unknown user.
func (g *Gate) IssueToken(ctx context.Context, now time.Time, username, name string, expires time.Time) (secret string, t lowsky.APIToken, err error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "" || len(name) > 128 || !utf8.ValidString(name):
		return "", t, &lowsky.InvalidError{Field: "name", Problem: "must be 1 to 128 bytes: what the token is for"}
	case !expires.IsZero() && !expires.After(now):
		return "", t, &lowsky.InvalidError{Field: "expires_at", Problem: "must lie in the future"}
	}
	u, err := g.cfg.Users.User(ctx, strings.ToLower(strings.TrimSpace(username)))
	if err != nil {
		return "", t, fmt.Errorf("user %s: %w", username, err)
	}
	random := make([]byte, 16) // 128 bits
	if _, err := rand.Read(random); err != nil {
		return "", t, err
	}
	id, err := randomText(10)
	if err != nil {
		return "", t, err
	}
	secret = tokenPrefix + strings.ToLower(b32.EncodeToString(random))
	t = lowsky.APIToken{
		ID: id, Name: name, Username: u.Username, Hash: sha256.Sum256([]byte(secret)), CreatedAt: now, ExpiresAt: expires,
	}
	if err := g.cfg.Tokens.CreateToken(ctx, t); err != nil {
		return "", lowsky.APIToken{}, fmt.Errorf("token %s: %w", name, err)
	}
	g.audit(ctx, now, u.Username, "", "token.issue", t.ID+" "+t.Name)
	return secret, t, nil
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
	case errors.Is(err, lowsky.ErrNotFound), err == nil && u.Disabled:
		return Principal{}, fmt.Errorf("token's user: %w", lowsky.ErrUnauthenticated)
	case err != nil:
		return Principal{}, fmt.Errorf("token's user: %w", err)
	}
	p := principalOf(u)
	p.Token, p.Began, p.hash = t.ID, t.CreatedAt, hash
	return p, nil
}

func (g *Gate) user(ctx context.Context, now time.Time, name string) (lowsky.User, error) {
	if !usernames.MatchString(name) {
		return lowsky.User{}, lowsky.ErrNotFound
	}
	return g.people.get(ctx, now, name, g.cfg.Users.User)
}
