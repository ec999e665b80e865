package identity

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lowsky"
)

// put makes an account with the usual password and answers it signed in.
func put(t *testing.T, b *book, g *Gate, name string, org lowsky.OrganisationID, roles ...lowsky.Role) *Principal {
	t.Helper()
	i := slices.IndexFunc(b.orgs, func(o lowsky.Organisation) bool { return o.ID == org })
	b.users[name] = lowsky.User{
		Username: name, DisplayName: name, PasswordHash: adminHash(), Roles: roles, Organisation: org, Jurisdictions: b.orgs[i].Jurisdictions(),
	}
	return enter(t, g, name, password)
}

func enter(t *testing.T, g *Gate, name, password string) *Principal {
	t.Helper()
	p, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: name, Password: password, From: "10.0.0.7", Agent: "Firefox"})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &p
}

// Who may make whom: the role fits the organisation, the organisation is one's own, and nobody grants what they lack.
func TestCreatePerson(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	admin := enter(t, g, "admin", password)
	county := put(t, b, g, "county", "chibi", lowsky.CountyAdministrator)
	company := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
	officer := put(t, b, g, "officer", "xianning", lowsky.CityDutyOfficer)
	for _, c := range []struct {
		what  string
		by    *Principal
		org   lowsky.OrganisationID
		roles []lowsky.Role
		want  error
	}{
		{"the shell makes anybody", nil, "xianning", []lowsky.Role{lowsky.CityAdministrator}, nil},
		{"a city administrator another", admin, "xianning", []lowsky.Role{lowsky.CityAdministrator}, nil},
		{"a city administrator a pilot", admin, "tongshan-air", []lowsky.Role{lowsky.PilotRole}, nil},
		{"a county its own", county, "chibi", []lowsky.Role{lowsky.CountyDutyOfficer, lowsky.Auditor}, nil},
		{"a county its company's", county, "chibi-sky", []lowsky.Role{lowsky.CompanyAdministrator}, nil},
		{"a county its department's", county, "chibi-farming", []lowsky.Role{lowsky.DepartmentOfficer}, nil},
		{"a company its pilot", company, "chibi-tea", []lowsky.Role{lowsky.PilotRole}, nil},
		{"a county another county's", county, "tongshan", []lowsky.Role{lowsky.CountyDutyOfficer}, lowsky.ErrInvalid},
		{"a county the city's", county, "xianning", []lowsky.Role{lowsky.CityDutyOfficer}, lowsky.ErrInvalid},
		{"a county the city's company's", county, "city-carrier", []lowsky.Role{lowsky.PilotRole}, lowsky.ErrInvalid},
		{"a company its county's", company, "chibi", []lowsky.Role{lowsky.Auditor}, lowsky.ErrInvalid},
		{"a company another's", company, "chibi-sky", []lowsky.Role{lowsky.PilotRole}, lowsky.ErrInvalid},
		{"nowhere", admin, "atlantis", []lowsky.Role{lowsky.PilotRole}, lowsky.ErrInvalid},
		{"who may not", officer, "xianning", []lowsky.Role{lowsky.CityDutyOfficer}, lowsky.ErrForbidden},
		{"a role that does not fit", admin, "chibi", []lowsky.Role{lowsky.CityAdministrator}, lowsky.ErrInvalid},
		{"a pilot of a county", county, "chibi", []lowsky.Role{lowsky.PilotRole}, lowsky.ErrInvalid},
		{"a device", admin, "chibi-tea", []lowsky.Role{lowsky.DeviceRole}, lowsky.ErrInvalid},
		{"no such role", admin, "xianning", []lowsky.Role{"king"}, lowsky.ErrInvalid},
		{"the old role", admin, "xianning", []lowsky.Role{"administrator"}, lowsky.ErrInvalid},
		{"no role", admin, "xianning", nil, lowsky.ErrInvalid},
		{"a role twice", admin, "xianning", []lowsky.Role{lowsky.Auditor, lowsky.Auditor}, lowsky.ErrInvalid},
		{"a program that is a person", admin, "xianning", []lowsky.Role{lowsky.APIClient, lowsky.Auditor}, lowsky.ErrInvalid},
		// A company's program may write zones, which a company administrator may not.
		{"more than one holds", company, "chibi-tea", []lowsky.Role{lowsky.APIClient}, lowsky.ErrForbidden},
	} {
		users, rows := len(b.users), len(b.audit)
		given, err := g.CreatePerson(t.Context(), shell(), c.by, lowsky.User{Username: "New.Person", Roles: c.roles, Organisation: c.org}, "")
		if c.want != nil {
			if !errors.Is(err, c.want) || given != "" || len(b.users) != users || len(b.audit) != rows {
				t.Errorf("%s: %q, %v", c.what, given, err)
			}
			continue
		}
		if err != nil || len(given) != 20 {
			t.Errorf("%s: %q, %v", c.what, given, err)
			continue
		}
		if p := enter(t, g, "new.person", given); !p.MustChange || p.Organisation.ID != c.org || p.DisplayName != "new.person" {
			t.Errorf("%s: %+v", c.what, p)
		}
		delete(b.users, "new.person")
	}

	make := func(u lowsky.User, password string) error {
		_, err := g.CreatePerson(t.Context(), shell(), admin, u, password)
		return err
	}
	pilot := lowsky.User{Username: "pilot", Roles: []lowsky.Role{lowsky.PilotRole}, Organisation: "chibi-tea"}
	if err := make(pilot, "Pilot2026!"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a password that is tried first: %v", err)
	}
	if err := make(pilot, "tall-reed-river"); err != nil {
		t.Error(err)
	}
	if err := make(pilot, "tall-reed-river"); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	for _, name := range []string{"", "-x", "a b", "ä", strings.Repeat("a", 65), "x\r\ny", "x/../y", "server", "Demo", "lowsky", "shell"} {
		pilot.Username = name
		if err := make(pilot, ""); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	pilot.Username, pilot.DisplayName = "other", "x\r\nSet-Cookie: y"
	if err := make(pilot, ""); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a name with a line break: %v", err)
	}
	program := lowsky.User{Username: "feed", Roles: []lowsky.Role{lowsky.APIClient}, Organisation: "chibi-tea"}
	if err := make(program, "tall-reed-river"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a program with a password: %v", err)
	}
	if given, err := g.CreatePerson(t.Context(), shell(), admin, program, ""); err != nil || given != "" || b.users["feed"].PasswordHash != "" {
		t.Errorf("a program: %q, %v", given, err)
	}
	if _, err := g.ResetPassword(t.Context(), shell(), admin, "feed"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a password for a program: %v", err)
	}
}

func TestChangePerson(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		admin := enter(t, g, "admin", password)
		county := put(t, b, g, "county", "chibi", lowsky.CountyAdministrator)
		company := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
		program := put(t, b, g, "pilot", "chibi-tea", lowsky.PilotRole)
		change := func(by *Principal, name string, f func(*lowsky.User)) error {
			u := b.users[name]
			u.Roles = slices.Clone(u.Roles)
			f(&u)
			return g.ChangePerson(t.Context(), shell(), by, u)
		}
		roles := func(r ...lowsky.Role) func(*lowsky.User) { return func(u *lowsky.User) { u.Roles = r } }
		disable := func(u *lowsky.User) { u.Disabled = true }

		// The last administrator of the city stays one.
		if err := change(admin, "admin", disable); !errors.Is(err, lowsky.ErrConflict) {
			t.Errorf("disabling the last administrator: %v", err)
		}
		if err := change(nil, "admin", roles(lowsky.Auditor)); !errors.Is(err, lowsky.ErrConflict) {
			t.Errorf("demoting the last administrator: %v", err)
		}
		put(t, b, g, "second", "xianning", lowsky.CityAdministrator)
		if err := change(admin, "second", roles(lowsky.CityDutyOfficer)); err != nil {
			t.Errorf("demoting another: %v", err)
		}
		if err := change(admin, "admin", disable); !errors.Is(err, lowsky.ErrConflict) {
			t.Errorf("then the last one: %v", err)
		}

		// A changed role and organisation are there with the next request.
		if err := change(admin, "second", func(u *lowsky.User) { u.Organisation, u.Roles = "tongshan", []lowsky.Role{lowsky.Auditor} }); err != nil {
			t.Fatal(err)
		}
		second := b.users["second"]
		if !slices.Equal(second.Jurisdictions, []lowsky.JurisdictionID{"421224"}) {
			t.Errorf("%+v", second)
		}
		before := enter(t, g, "second", password)
		if err := change(admin, "second", func(u *lowsky.User) { u.Organisation = "chibi" }); err != nil {
			t.Fatal(err)
		}
		if now, err := g.Still(t.Context(), time.Now(), *before); err != nil || !now.Scope.Owns("chibi") || now.Scope.Owns("tongshan") {
			t.Errorf("%+v, %v", now.Scope, err)
		}

		// Whose is whose.
		if err := change(company, "county", disable); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("a company its county's: %v", err)
		}
		if err := change(county, "admin", disable); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("a county the city's: %v", err)
		}
		if err := g.ChangePerson(t.Context(), shell(), county, lowsky.User{Username: "unheard-of"}); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		if err := change(county, "pilot", func(u *lowsky.User) { u.Organisation = "tongshan-air" }); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("a pilot into another county: %v", err)
		}
		if err := change(company, "company", roles(lowsky.CompanyAdministrator, lowsky.CityAdministrator)); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("promoting oneself: %v", err)
		}
		if err := change(county, "county", roles(lowsky.CountyAdministrator, lowsky.Auditor)); err != nil {
			t.Errorf("a role that grants nothing new: %v", err)
		}

		// Who is disabled is out at once.
		if err := change(company, "pilot", disable); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *program); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("disabled: %v", err)
		}
		if len(b.infos("pilot")) != 0 {
			t.Error("sessions in the store")
		}
	})
}

// Who may reset whose password: nobody that of somebody who holds more.
func TestResetPassword(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	company := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
	pilot := put(t, b, g, "pilot", "chibi-tea", lowsky.PilotRole)
	b.users["both"] = lowsky.User{Username: "both", Organisation: "chibi-tea", Roles: []lowsky.Role{lowsky.CountyAdministrator}, PasswordHash: "x"}
	if _, err := g.ResetPassword(t.Context(), shell(), company, "both"); !errors.Is(err, lowsky.ErrForbidden) {
		t.Errorf("of somebody who holds more: %v", err)
	}
	if _, err := g.ResetPassword(t.Context(), shell(), pilot, "pilot"); !errors.Is(err, lowsky.ErrForbidden) {
		t.Errorf("without the permission: %v", err)
	}
	if _, err := g.ResetPassword(t.Context(), shell(), company, "admin"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("of the city's: %v", err)
	}
	secret, _, err := g.IssueToken(t.Context(), shell(), nil, "pilot", "map", nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	bearer := httptest.NewRequest("GET", "/", nil)
	bearer.Header.Set("Authorization", "Bearer "+secret)
	if err := g.who(t, bearer); err != nil {
		t.Fatal(err)
	}
	given, err := g.ResetPassword(t.Context(), shell(), company, "Pilot")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Still(t.Context(), time.Now(), *pilot); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("the session of before: %v", err)
	}
	if err := g.who(t, bearer); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("the token of before: %v", err)
	}
	if p := enter(t, g, "pilot", given); !p.MustChange {
		t.Error("a password that somebody else knows stays")
	}
	for _, e := range b.audit {
		if strings.Contains(e.Detail, given) {
			t.Error("the password is in the audit")
		}
	}
}

// People of a disabled organisation cannot sign in, and are out; it stays so after it is enabled again, for the sessions
// of before.
func TestDisabledOrganisation(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		p := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
		admin := enter(t, g, "admin", password)
		secret, _, err := g.IssueToken(t.Context(), shell(), nil, "company", "feed", nil, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		set := func(disabled bool) {
			i := slices.IndexFunc(b.orgs, func(o lowsky.Organisation) bool { return o.ID == "chibi-tea" })
			b.orgs = slices.Clone(b.orgs)
			b.orgs[i].Disabled = disabled
			g.Changed()
		}
		set(true)
		if _, err := g.Still(t.Context(), time.Now(), *p); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("its session: %v", err)
		}
		if err := g.who(t, bearer(secret)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("its token: %v", err)
		}
		if _, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "company", Password: password}); !errors.Is(err, lowsky.ErrUnauthenticated) || !strings.Contains(err.Error(), "wrong name or password") {
			t.Errorf("signing in: %v", err)
		}
		if _, err := g.Still(t.Context(), time.Now(), *admin); err != nil {
			t.Errorf("others: %v", err)
		}
		set(false)
		if _, err := g.Still(t.Context(), time.Now(), *p); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("its session came back: %v", err)
		}
		if err := g.who(t, bearer(secret)); err != nil {
			t.Errorf("its token: %v", err)
		}
	})
}
