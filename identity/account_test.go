package identity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lowsky"
)

// Whoever changes their password must know the old one; their other sessions end and this one goes on.
func TestChangePassword(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		p, other := enter(t, g, "admin", password), enter(t, g, "admin", password)
		u := b.users["admin"]
		u.MustChange = true
		b.users["admin"] = u
		time.Sleep(time.Minute)
		change := func(old, password string) error {
			return g.ChangePassword(t.Context(), time.Now(), *p, old, password, "10.0.0.7")
		}
		var invalid *lowsky.InvalidError
		if err := change("wrong-wrong", "tall-reed-river"); !errors.As(err, &invalid) || invalid.Field != "old" {
			t.Errorf("a wrong old one: %v", err)
		}
		for _, bad := range []string{password, "short", "Admin2026!!", "1234567890"} {
			if err := change(password, bad); !errors.As(err, &invalid) || invalid.Field != "password" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := change(password, "tall-reed-river"); err != nil {
			t.Fatal(err)
		}
		g.Changed()
		if now, err := g.Still(t.Context(), time.Now(), *p); err != nil || now.MustChange {
			t.Errorf("this session: %+v, %v", now, err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *other); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("the other session: %v", err)
		}
		enter(t, g, "admin", "tall-reed-river")
		for range freePerPair { // guessing at it with a session that was left open is slowed as at the door
			if err := change("wrong-wrong", "tall-reed-river"); !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatal(err)
			}
		}
		var wait *TooManyError
		if err := change("tall-reed-river", "another-password"); !errors.As(err, &wait) {
			t.Errorf("after five: %v", err)
		}
		token := *p
		token.Token = "t1"
		if err := g.ChangePassword(t.Context(), time.Now(), token, password, "tall-reed-river", ""); !errors.Is(err, lowsky.ErrForbidden) {
			t.Errorf("with a token: %v", err)
		}
	})
}

// A request that was under way while the password changed does not end this session, neither by looking too early nor by
// writing back what it had read.
func TestChangePasswordBesideRequests(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		p := enter(t, g, "admin", password)
		time.Sleep(time.Minute)
		under, err := g.sessions.Load(t.Context(), p.session)
		if err != nil {
			t.Fatal(err)
		}
		b.changed = func() {
			g.Changed()
			if _, err := g.Still(t.Context(), time.Now(), *p); err != nil {
				t.Errorf("as soon as it is another: %v", err)
			}
		}
		if err := g.ChangePassword(t.Context(), time.Now(), *p, password, "tall-reed-river", "10.0.0.7"); err != nil {
			t.Fatal(err)
		}
		g.sessions.Put(under, keyUsed, time.Now().UnixMilli())
		if _, _, err := g.sessions.Commit(under); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *p); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestSessions(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		put(t, b, g, "other", "xianning", lowsky.Auditor)
		first := enter(t, g, "admin", password)
		time.Sleep(90 * time.Second)
		p, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "admin", Password: password, From: "10.0.0.8", Agent: "Chromium\x00\r\n" + strings.Repeat("é", 200)})
		if err != nil {
			t.Fatal(err)
		}
		second := &p
		time.Sleep(90 * time.Second)
		if _, err := g.Still(t.Context(), time.Now(), *first); err != nil {
			t.Fatal(err)
		}
		list, err := g.Sessions(t.Context(), *first)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		newest, oldest := list[0], list[1]
		if newest.ID != second.Session() || oldest.ID != first.Session() || oldest.From != "10.0.0.7" || oldest.Agent != "Firefox" || newest.From != "10.0.0.8" ||
			!strings.HasPrefix(newest.Agent, "Chromiumé") || len(newest.Agent) > 200 || oldest.UsedAt.Sub(oldest.BeganAt) != 3*time.Minute || newest.Username != "admin" {
			t.Errorf("%+v", list)
		}
		for _, s := range list {
			if strings.Contains(first.session+second.session, s.ID) || len(s.ID) != 20 {
				t.Errorf("%q opens something", s.ID)
			}
		}

		by := first.Actor("10.0.0.7", "r1", time.Now())
		if err := g.EndSession(t.Context(), by, "other", second.Session()); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("as another's: %v", err)
		}
		if err := g.EndSession(t.Context(), by, "admin", "made-up"); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("a made-up one: %v", err)
		}
		if err := g.EndSession(t.Context(), by, "admin", second.Session()); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *second); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("ended: %v", err)
		}
		if list, err := g.Sessions(t.Context(), *first); err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		if e := b.audit[len(b.audit)-1]; e.Action != "session.end" || e.By != "admin" {
			t.Errorf("%+v", e)
		}

		// While the store is away: what is held is listed and ended, and the store learns of it.
		b.setAway(true)
		third := enter(t, g, "admin", password)
		if list, err := g.Sessions(t.Context(), *first); err != nil || len(list) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		if err := g.EndSession(t.Context(), by, "admin", third.Session()); err != nil {
			t.Error(err)
		}
		b.setAway(false)
		time.Sleep(time.Minute)
		if n, err := g.EndSessionsOf(t.Context(), by, "admin"); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *first); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("all ended: %v", err)
		}
	})
}

// What another process did, the shell above all, holds here as soon as it is said that something has changed; and while
// the store is away nobody is signed out for it.
func TestChanged(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g, other := gate(t, b), gate(t, b)
		p, kept := enter(t, g, "admin", password), put(t, b, g, "kept", "xianning", lowsky.Auditor)
		secret, token, err := g.IssueToken(t.Context(), shell(), nil, "kept", "feed", nil, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.who(t, bearer(secret)); err != nil {
			t.Fatal(err)
		}
		if _, err := other.EndSessionsOf(t.Context(), shell(), "admin"); err != nil {
			t.Fatal(err)
		}
		if err := other.RevokeToken(t.Context(), shell(), nil, token.ID); err != nil {
			t.Fatal(err)
		}
		if err := other.ChangePerson(t.Context(), shell(), nil, lowsky.User{Username: "kept", Roles: []lowsky.Role{lowsky.CityDutyOfficer}, Organisation: "xianning"}); err != nil {
			t.Fatal(err)
		}
		b.setAway(true)
		g.Changed()
		for _, p := range []*Principal{p, kept} {
			if _, err := g.Still(t.Context(), time.Now(), *p); err != nil {
				t.Errorf("%s: the store is away: %v", p.Username, err)
			}
		}
		b.setAway(false)
		time.Sleep(storePause + time.Second)
		g.Changed()
		if _, err := g.Still(t.Context(), time.Now(), *p); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("ended elsewhere: %v", err)
		}
		if err := g.who(t, bearer(secret)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("revoked elsewhere: %v", err)
		}
		if now, err := g.Still(t.Context(), time.Now(), *kept); err != nil || !now.May(lowsky.HandleAlerts) {
			t.Errorf("changed elsewhere: %+v, %v", now, err)
		}
	})
}

// A token can do no more than it was narrowed to, its user may, or its maker might have handed on.
func TestTokenPermissions(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		county := put(t, b, g, "county", "chibi", lowsky.CountyAdministrator)
		company := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
		put(t, b, g, "far", "tongshan-air", lowsky.CompanyAdministrator)
		issue := func(p *Principal, name string, perms ...lowsky.Permission) (string, lowsky.APIToken, error) {
			return g.IssueToken(t.Context(), shell(), p, name, "x", perms, time.Time{})
		}
		who := func(secret string) *Principal {
			t.Helper()
			p, err := g.Authenticate(t.Context(), time.Now(), bearer(secret))
			if err != nil {
				t.Fatal(err)
			}
			return &p
		}
		secret, tok, err := issue(county, "county", lowsky.ReadAlerts, lowsky.ReadFlights, lowsky.ReadAlerts)
		if err != nil || !slices.Equal(tok.Permissions, []lowsky.Permission{lowsky.ReadFlights, lowsky.ReadAlerts}) {
			t.Fatalf("%+v, %v", tok, err)
		}
		p := who(secret)
		if !slices.Equal(p.Permissions, tok.Permissions) || p.May(lowsky.WriteZones) || !p.May(lowsky.ReadFlights) || p.Scope.All || !p.Scope.Owns("chibi-tea") {
			t.Errorf("%+v", p)
		}
		for what, err := range map[string]error{
			"a narrowed token makes a wide one":     third(issue(p, "county")),
			"a narrowed token makes another's":      third(issue(p, "company", lowsky.ReadFlights)),
			"a company makes its county's":          third(issue(company, "county", lowsky.ReadFlights)),
			"a county makes another county's":       third(issue(county, "far", lowsky.ReadFlights)),
			"a permission that the user has not":    third(issue(company, "company", lowsky.WriteZones)),
			"something that is no permission":       third(issue(company, "company", "zones.*")),
			"for nobody":                            third(issue(county, "unheard-of")),
			"a revocation of another's, not seen":   g.RevokeToken(t.Context(), shell(), company, tok.ID),
			"a revocation with a narrowed token":    g.RevokeToken(t.Context(), shell(), p, "made-up"),
			"a revocation of one that there is not": g.RevokeToken(t.Context(), shell(), county, "made-up"),
		} {
			if !errors.Is(err, lowsky.ErrForbidden) && !errors.Is(err, lowsky.ErrNotFound) && !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		wide, _, err := issue(county, "county")
		if err != nil || len(who(wide).Permissions) != len(county.Permissions) {
			t.Errorf("without narrowing: %v", err)
		}
		theirs, tok, err := issue(county, "company", lowsky.ReadFlights)
		if err != nil || who(theirs).Username != "company" || who(theirs).Scope.Owns("chibi") {
			t.Errorf("for one's company: %v", err)
		}

		// Its use is noted once a minute.
		b.used = nil
		time.Sleep(time.Minute)
		for range 50 {
			who(theirs)
			time.Sleep(time.Second)
		}
		if len(b.used) != 1 || b.used[0] != tok.ID {
			t.Errorf("noted %v", b.used)
		}
		if err := g.RevokeToken(t.Context(), shell(), county, tok.ID); err != nil {
			t.Error(err)
		}
		if err := g.who(t, bearer(theirs)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("revoked: %v", err)
		}
		// The user loses a role, the token with them.
		if err := g.ChangePerson(t.Context(), shell(), nil, lowsky.User{Username: "county", Roles: []lowsky.Role{lowsky.Auditor}, Organisation: "chibi"}); err != nil {
			t.Fatal(err)
		}
		if who(wide).May(lowsky.WriteZones) {
			t.Error("a token does more than its user")
		}
	})
}

func third[A, B, C any](_ A, _ B, c C) C { return c }
