package identity

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

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

const password = "correct-horse-battery"

// adminHash is hashed once: each hash takes 19 MiB and, with -race, a second.
var adminHash = sync.OnceValue(func() string {
	h, err := newHasher(1)
	if err != nil {
		panic(err)
	}
	s, err := h.hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return s
})

func gate(t *testing.T, b *book) *Gate {
	t.Helper()
	if _, ok := b.users["admin"]; !ok {
		b.users["admin"] = lowsky.User{Username: "admin", DisplayName: "值班长", PasswordHash: adminHash(), Roles: []lowsky.Role{lowsky.Administrator}}
	}
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Organisation: "xianning", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func signIn(t *testing.T, g *Gate) *http.Cookie {
	t.Helper()
	_, c, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "Admin ", Password: password, From: "10.0.0.7"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func with(c *http.Cookie) *http.Request {
	r, _ := http.NewRequest("GET", "/", nil)
	if c != nil {
		r.AddCookie(c)
	}
	return r
}

func bearer(secret string) *http.Request {
	r := with(nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	return r
}

func (g *Gate) who(t *testing.T, r *http.Request) error {
	t.Helper()
	_, err := g.Authenticate(t.Context(), time.Now(), r)
	return err
}

func TestSignIn(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	c := signIn(t, g)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" || c.Name != "lowsky" || len(c.Value) < 40 {
		t.Errorf("cookie %+v", c)
	}
	p, err := g.Authenticate(t.Context(), time.Now(), with(c))
	if err != nil || p.Username != "admin" || p.DisplayName != "值班长" || !p.Is(lowsky.Administrator) || !p.Scope.All || p.Token != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if again := signIn(t, g); again.Value == c.Value {
		t.Error("two sessions share a token")
	}
	for token := range b.sessions {
		if strings.Contains(token, c.Value) {
			t.Error("the store knows the cookie's value")
		}
	}
	if got := b.audit[0]; got.Action != "session.begin" || got.By != "admin" || got.From != "10.0.0.7" || got.Organisation != "xianning" {
		t.Errorf("audit %+v", got)
	}

	g.cfg.Secure = true
	if c := signIn(t, g); !c.Secure || c.Name != "__Host-lowsky" {
		t.Errorf("over TLS: %+v", c)
	}
}

// A wrong password, an unknown and a disabled user are told the same; each is in the audit.
func TestSignInRefused(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	b.users["leaver"] = lowsky.User{Username: "leaver", PasswordHash: adminHash(), Disabled: true}
	b.users["hashless"] = lowsky.User{Username: "hashless"}
	var texts []string
	for _, c := range []Credentials{
		{"admin", "wrong-password", "10.0.0.7"}, {"nobody", password, "10.0.0.7"}, {"leaver", password, "10.0.0.7"},
		{"hashless", "", "10.0.0.7"}, {"admin\x00", password, "10.0.0.8"}, {strings.Repeat("a", 10000), password, "10.0.0.8"},
		{"admin", strings.Repeat("a", 1<<20), "10.0.0.8"},
	} {
		_, cookie, err := g.SignIn(t.Context(), time.Now(), c)
		if !errors.Is(err, lowsky.ErrUnauthenticated) || cookie != nil {
			t.Fatalf("%.20q: %v", c.Username, err)
		}
		texts = append(texts, err.Error())
	}
	for _, s := range texts {
		if s != texts[0] {
			t.Errorf("%q tells more than %q", s, texts[0])
		}
	}
	if len(b.audit) != len(texts) || b.audit[1].Action != "session.refused" || b.audit[1].By != "nobody" {
		t.Errorf("audit %+v", b.audit)
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	g := gate(t, newBook())
	requests := map[string]*http.Request{
		"nothing":          with(nil),
		"a made-up cookie": with(&http.Cookie{Name: "lowsky", Value: "made-up"}),
		"a long cookie":    with(&http.Cookie{Name: "lowsky", Value: strings.Repeat("a", 5000)}),
		"a made-up token":  bearer("lowsky_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"no token":         bearer(""),
		"a short token":    bearer("lowsky_a"),
		"another scheme":   with(nil),
	}
	requests["another scheme"].Header.Set("Authorization", "Basic YWRtaW46YWRtaW4=")
	for name, r := range requests {
		if err := g.who(t, r); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignOut(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	c := signIn(t, g)
	p, err := g.Authenticate(t.Context(), time.Now(), with(c))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := g.SignOut(t.Context(), time.Now(), c.Value, "10.0.0.7")
	if err != nil || gone.MaxAge >= 0 || gone.Name != c.Name {
		t.Errorf("%+v, %v", gone, err)
	}
	if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("after signing out: %v", err)
	}
	if err := g.Still(t.Context(), time.Now(), p); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("an open stream goes on: %v", err)
	}
	if len(b.sessions) != 0 {
		t.Error("the store still has it")
	}
	if _, err := g.SignOut(t.Context(), time.Now(), "made-up", ""); err != nil {
		t.Errorf("an unknown session: %v", err)
	}
}

// Sessions end after an idle and after an absolute time; use moves the first, never the second.
func TestSessionEnds(t *testing.T) {
	adminHash() // outside the bubble: it must not take fake time
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		idle := signIn(t, g)
		time.Sleep(12*time.Hour - time.Minute)
		if err := g.who(t, with(idle)); err != nil {
			t.Errorf("before its idle end: %v", err)
		}
		time.Sleep(12*time.Hour + time.Minute)
		if err := g.who(t, with(idle)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("after its idle end: %v", err)
		}

		busy := signIn(t, g)
		for range 27 { // 6.75 days, never idle for long
			time.Sleep(6 * time.Hour)
			if err := g.who(t, with(busy)); err != nil {
				t.Fatalf("in use: %v", err)
			}
		}
		time.Sleep(7 * time.Hour)
		if err := g.who(t, with(busy)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("after its absolute end: %v", err)
		}
	})
}

// A request does not cost a write; after a minute of use the new end is written.
func TestSessionWritesAreFew(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		c := signIn(t, g)
		for range 590 {
			time.Sleep(100 * time.Millisecond)
			if err := g.who(t, with(c)); err != nil {
				t.Fatal(err)
			}
		}
		if b.writes != 1 {
			t.Errorf("%d writes in a minute", b.writes)
		}
		time.Sleep(2 * time.Second)
		g.who(t, with(c))
		if b.writes != 2 {
			t.Errorf("%d writes after it", b.writes)
		}
		// Another process, or this one started again, finds the session in the store.
		if err := gate(t, b).who(t, with(c)); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	})
}

// A new password ends the sessions that began before it, within the time that rows are remembered; so does disabling.
func TestPasswordEndsSessions(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g, other := gate(t, b), gate(t, b) // other: lowsky admin reset-password, another process
		c := signIn(t, g)
		time.Sleep(time.Second)
		if err := other.SetPassword(t.Context(), time.Now(), "admin", "another-password", "cli"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(freshFor)
		if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("with the old password's session: %v", err)
		}
		if _, _, err := g.SignIn(t.Context(), time.Now(), Credentials{"admin", "another-password", "10.0.0.7"}); err != nil {
			t.Errorf("with the new password: %v", err)
		}
		if err := g.SetPassword(t.Context(), time.Now(), "nobody", "another-password", ""); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		if err := g.SetPassword(t.Context(), time.Now(), "admin", "short", ""); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("a short one: %v", err)
		}
	})
}

// While the database is away: who is signed in stays so, somebody known can sign in, signing out holds; what cannot be
// told is "unavailable", which signs nobody out; and the store learns of all of it afterwards.
func TestDatabaseAway(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		before, leaving := signIn(t, g), signIn(t, g)
		b.setAway(true)
		time.Sleep(time.Hour)
		if err := g.who(t, with(before)); err != nil {
			t.Errorf("signed in before: %v", err)
		}
		during := signIn(t, g)
		if err := g.who(t, with(during)); err != nil {
			t.Errorf("signed in meanwhile: %v", err)
		}
		if _, err := g.SignOut(t.Context(), time.Now(), leaving.Value, ""); err != nil {
			t.Errorf("signing out: %v", err)
		}
		if err := g.who(t, with(leaving)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("signed out meanwhile: %v", err)
		}
		if err := g.who(t, with(&http.Cookie{Name: "lowsky", Value: "unknown-here"})); !errors.Is(err, lowsky.ErrUnavailable) {
			t.Errorf("a session that only the store may know: %v", err)
		}

		b.setAway(false)
		time.Sleep(time.Hour)
		for _, c := range []*http.Cookie{before, during} {
			if err := g.who(t, with(c)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		}
		again := gate(t, b)
		if err := again.who(t, with(during)); err != nil {
			t.Errorf("the store did not learn of the sign-in: %v", err)
		}
		if err := again.who(t, with(leaving)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("the store did not learn of the sign-out: %v", err)
		}
	})
}

// A request under way when its session ends must not bring the session back.
func TestEndedStaysEnded(t *testing.T) {
	b := newBook()
	h := newHeldSessions(b, time.Hour, slog.New(slog.DiscardHandler))
	ctx, expiry := t.Context(), time.Now().Add(time.Hour)
	if err := h.CommitCtx(ctx, "s", []byte("x"), expiry); err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteCtx(ctx, "s"); err != nil {
		t.Fatal(err)
	}
	if err := h.CommitCtx(ctx, "s", []byte("x"), expiry.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := h.FindCtx(ctx, "s"); found || len(b.sessions) != 0 {
		t.Error("it is back")
	}
}

func TestTokens(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		secret, tok, err := g.IssueToken(t.Context(), time.Now(), "admin", "nightly export", time.Now().Add(time.Hour))
		if err != nil || !strings.HasPrefix(secret, "lowsky_") || len(secret) != 33 {
			t.Fatalf("%q, %v", secret, err)
		}
		p, err := g.Authenticate(t.Context(), time.Now(), bearer(secret))
		if err != nil || p.Username != "admin" || p.Token != tok.ID || !p.Scope.All {
			t.Errorf("%+v, %v", p, err)
		}
		for _, e := range b.audit {
			if strings.Contains(e.Detail, secret) {
				t.Error("the secret is in the audit")
			}
		}
		time.Sleep(time.Hour)
		if err := g.who(t, bearer(secret)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("expired: %v", err)
		}

		secret, tok, err = g.IssueToken(t.Context(), time.Now(), "admin", "for good", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.who(t, bearer(secret)); err != nil {
			t.Error(err)
		}
		tok.RevokedAt = time.Now()
		b.tokens[tok.Hash] = tok
		time.Sleep(freshFor)
		if err := g.who(t, bearer(secret)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("revoked: %v", err)
		}
		if _, _, err := g.IssueToken(t.Context(), time.Now(), "nobody", "x", time.Time{}); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("for nobody: %v", err)
		}
		if _, _, err := g.IssueToken(t.Context(), time.Now(), "admin", " ", time.Time{}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("without a name: %v", err)
		}
	})
}

func TestEnsureAdministrator(t *testing.T) {
	b := newBook()
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Organisation: "xianning", Jurisdictions: []lowsky.JurisdictionID{"421200"}})
	if err != nil {
		t.Fatal(err)
	}
	generated, err := g.EnsureAdministrator(t.Context(), time.Now(), "")
	if err != nil || len(generated) != 20 {
		t.Fatalf("%q, %v", generated, err)
	}
	u := b.users["admin"]
	if u.Organisation != "xianning" || !cmp.Equal(u.Jurisdictions, []lowsky.JurisdictionID{"421200"}) || strings.Contains(u.PasswordHash, generated) {
		t.Errorf("%+v", u)
	}
	if _, _, err := g.SignIn(t.Context(), time.Now(), Credentials{"admin", generated, ""}); err != nil {
		t.Error(err)
	}
	if again, err := g.EnsureAdministrator(t.Context(), time.Now(), "some-other-password"); err != nil || again != "" || b.users["admin"].PasswordHash != u.PasswordHash {
		t.Errorf("a second start changed it: %q, %v", again, err)
	}
	fresh := newBook()
	g.cfg.Users = fresh
	if _, err := g.EnsureAdministrator(t.Context(), time.Now(), "short"); !errors.Is(err, lowsky.ErrInvalid) || len(fresh.users) != 0 {
		t.Errorf("a short password: %v", err)
	}
}
