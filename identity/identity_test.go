package identity

import (
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

const password = "correct-horse-battery"

// adminHash is of the password, with little work: each real one takes 19 MiB and, with -race, a second.
var adminHash = sync.OnceValue(func() string {
	p := phc{memory: 64, passes: 1, lanes: 1, salt: []byte("0123456789abcdef")}
	p.key = p.derive(password, keyBytes)
	return p.String()
})

func gate(t *testing.T, b *book) *Gate {
	t.Helper()
	if _, ok := b.users["admin"]; !ok {
		b.users["admin"] = lowsky.User{Username: "admin", DisplayName: "值班长", PasswordHash: adminHash(), Roles: []lowsky.Role{lowsky.CityAdministrator},
			Organisation: "xianning", Jurisdictions: []lowsky.JurisdictionID{"421200"}}
	}
	g, err := New(Config{
		Users: b, Tokens: b, Audit: b, Trail: b, Sessions: b, Organisations: b, Devices: b, Now: time.Now,
		Organisation: "xianning", Jurisdictions: []lowsky.JurisdictionID{"421200"}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// shell is who acts at the server's own machine.
func shell() lowsky.Actor { return lowsky.Actor{Name: "shell", At: time.Now()} }

func signIn(t *testing.T, g *Gate) *http.Cookie {
	t.Helper()
	return signInAs(t, g, password)
}

func signInAs(t *testing.T, g *Gate, password string) *http.Cookie {
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
	if err != nil || p.Username != "admin" || p.DisplayName != "值班长" || !p.Is(lowsky.CityAdministrator) || !p.Scope.All || p.Token != "" {
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
		{Username: "admin", Password: "wrong-password", From: "10.0.0.7"}, {Username: "nobody", Password: password, From: "10.0.0.7"}, {Username: "leaver", Password: password, From: "10.0.0.7"},
		{Username: "hashless", Password: "", From: "10.0.0.7"}, {Username: "admin\x00", Password: password, From: "10.0.0.8"}, {Username: strings.Repeat("a", 10000), Password: password, From: "10.0.0.8"},
		{Username: "admin", Password: strings.Repeat("a", 1<<20), From: "10.0.0.8"},
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
		"1 MB of cookie":   with(&http.Cookie{Name: "lowsky", Value: strings.Repeat("a", 1<<20)}),
		"1 MB of token":    bearer("lowsky_" + strings.Repeat("a", 1<<20)),
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

func TestTokens(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		secret, tok, err := g.IssueToken(t.Context(), shell(), nil, "admin", "nightly export", nil, time.Now().Add(time.Hour))
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

		secret, tok, err = g.IssueToken(t.Context(), shell(), nil, "admin", "for good", nil, time.Time{})
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
		if _, _, err := g.IssueToken(t.Context(), shell(), nil, "nobody", "x", nil, time.Time{}); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("for nobody: %v", err)
		}
		if _, _, err := g.IssueToken(t.Context(), shell(), nil, "admin", " ", nil, time.Time{}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("without a name: %v", err)
		}
	})
}

func TestEnsureAdministrator(t *testing.T) {
	b := newBook()
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Now: time.Now, Organisation: "xianning", Jurisdictions: []lowsky.JurisdictionID{"421200"}})
	if err != nil {
		t.Fatal(err)
	}
	generated, err := g.EnsureAdministrator(t.Context(), shell(), "")
	if err != nil || len(generated) != 20 {
		t.Fatalf("%q, %v", generated, err)
	}
	u := b.users["admin"]
	if u.Organisation != "xianning" || !cmp.Equal(u.Jurisdictions, []lowsky.JurisdictionID{"421200"}) || strings.Contains(u.PasswordHash, generated) {
		t.Errorf("%+v", u)
	}
	if _, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "admin", Password: generated}); err != nil {
		t.Error(err)
	}
	if again, err := g.EnsureAdministrator(t.Context(), shell(), "some-other-password"); err != nil || again != "" || b.users["admin"].PasswordHash != u.PasswordHash {
		t.Errorf("a second start changed it: %q, %v", again, err)
	}
	fresh := newBook()
	g.cfg.Users = fresh
	if _, err := g.EnsureAdministrator(t.Context(), shell(), "short"); !errors.Is(err, lowsky.ErrInvalid) || len(fresh.users) != 0 {
		t.Errorf("a short password: %v", err)
	}
}

// 10,000 wrong passwords: few are tried, and the audit, which nobody may shorten, does not fill up with them.
func TestFloodOfWrongPasswords(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	hashed, began := 0, time.Now()
	for i := range 10_000 {
		_, _, err := g.SignIn(t.Context(), began.Add(time.Duration(i)*time.Millisecond), Credentials{Username: "admin", Password: "wrong-wrong", From: "203.0.113.9"})
		if errors.Is(err, lowsky.ErrUnauthenticated) {
			hashed++
		} else if !errors.Is(err, lowsky.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if hashed > 10 || len(b.audit) > 20 {
		t.Errorf("%d passwords tried in 10 s, %d audit rows", hashed, len(b.audit))
	}
}
