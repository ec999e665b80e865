package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/identity"
)

// jurisdictions of the test's region: a city, and two counties side by side.
var jurisdictions = []lowsky.Jurisdiction{
	{ID: "421200", Name: lowsky.Text{ZH: "咸宁市", EN: "Xianning"}, Area: ground(113, 29, 115, 31)},
	{ID: "421202", Parent: "421200", Level: 1, Name: lowsky.Text{ZH: "咸安区", EN: "Xian'an"}, Area: ground(114, 29, 115, 31)},
	{ID: "421281", Parent: "421200", Level: 1, Name: lowsky.Text{ZH: "赤壁市", EN: "Chibi"}, Area: ground(113, 29, 114, 31)},
}

func ground(w, s, e, n float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// people signs in "admin" with "right"; sessions and tokens are named after their holder. It keeps accounts, tokens,
// organisations and devices in memory, with the least of what identity promises.
type people struct {
	ended         map[string]bool
	users         map[string]lowsky.User
	tokens        map[string]lowsky.APIToken
	organisations map[lowsky.OrganisationID]lowsky.Organisation
	devices       map[lowsky.DeviceID]lowsky.Device
	by            lowsky.Actor // of the last change
	from, agent   string       // of the last sign-in
	err           error        // what the next change answers
}

func newPeople() *people {
	p := &people{
		ended: map[string]bool{}, users: map[string]lowsky.User{}, tokens: map[string]lowsky.APIToken{},
		organisations: map[lowsky.OrganisationID]lowsky.Organisation{}, devices: map[lowsky.DeviceID]lowsky.Device{},
	}
	for _, o := range []lowsky.Organisation{
		{ID: "city", Kind: lowsky.CityOrganisation, Name: lowsky.Text{ZH: "市中心", EN: "City"}, Jurisdiction: "421200"},
		{ID: "chibi", Kind: lowsky.CountyOrganisation, Name: lowsky.Text{ZH: "赤壁", EN: "Chibi"}, Jurisdiction: "421281"},
		{ID: "xianan", Kind: lowsky.CountyOrganisation, Name: lowsky.Text{ZH: "咸安", EN: "Xian'an"}, Jurisdiction: "421202"},
		{ID: "wings", Kind: lowsky.Company, Name: lowsky.Text{ZH: "翼", EN: "Wings"}, Jurisdiction: "421281", ContactPhone: "sealed.139"},
		{ID: "blades", Kind: lowsky.Company, Name: lowsky.Text{ZH: "桨", EN: "Blades"}, Jurisdiction: "421202"},
	} {
		p.organisations[o.ID] = o
	}
	for _, name := range []string{"admin", "county", "company", "auditor", "fresh", "rival"} {
		who := principal(name)
		p.users[name] = lowsky.User{
			Username: name, DisplayName: name, PasswordHash: "$argon2id$secret", Roles: who.Roles, Organisation: who.Organisation.ID,
			Jurisdictions: who.Organisation.Jurisdictions(), CreatedAt: epoch, PasswordChangedAt: epoch,
		}
		p.tokens["t-"+name] = lowsky.APIToken{ID: "t-" + name, Name: "feed", Username: name, CreatedAt: epoch, Hash: [32]byte{7}}
	}
	p.devices["dock-7"] = lowsky.Device{ID: "dock-7", Kind: lowsky.DeviceGateway, Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}}
	p.devices["wing-1"] = lowsky.Device{ID: "wing-1", Kind: lowsky.DeviceAircraft, Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	return p
}

// principal: the administrator sees everything, "guest" has no role, "county" is chibi's administrator, "company" that
// of wings, seated there, "rival" that of blades, seated elsewhere; "auditor" is the city's; "fresh" has to choose a
// new password.
func principal(name string) identity.Principal {
	who := identity.Principal{
		Username: name, Scope: lowsky.Everything, Authority: lowsky.Authority{All: true}, Roles: []lowsky.Role{lowsky.CityAdministrator},
		Organisation: lowsky.Organisation{ID: "city", Kind: lowsky.CityOrganisation, Name: lowsky.Text{ZH: "市中心", EN: "City"}, Jurisdiction: "421200"},
	}
	company := func(id lowsky.OrganisationID, seat lowsky.JurisdictionID) {
		who.Roles, who.Authority = []lowsky.Role{lowsky.CompanyAdministrator}, lowsky.Authority{}
		who.Organisation = lowsky.Organisation{ID: id, Kind: lowsky.Company, Jurisdiction: seat}
		who.Scope = lowsky.Scope{Organisations: []lowsky.OrganisationID{id}, AllZones: true, Anonymous: true}
	}
	switch name {
	case "guest":
		who.Roles = nil
	case "county":
		seat := []lowsky.JurisdictionID{"421281"}
		who.Roles, who.Authority = []lowsky.Role{lowsky.CountyAdministrator}, lowsky.Authority{Jurisdictions: seat}
		who.Organisation = lowsky.Organisation{ID: "chibi", Kind: lowsky.CountyOrganisation, Jurisdiction: "421281"}
		who.Scope = lowsky.Scope{Organisations: []lowsky.OrganisationID{"chibi", "wings"}, Jurisdictions: seat}
	case "company":
		company("wings", "421281")
	case "rival":
		company("blades", "421202")
	case "auditor":
		who.Roles = []lowsky.Role{lowsky.Auditor}
	case "tester":
		who.Roles = []lowsky.Role{lowsky.Tester}
	case "fresh":
		who.MustChange = true
	}
	who.Permissions = lowsky.Granted(who.Roles)
	return who
}

func (p *people) CookieName() string { return "lowsky" }

func (p *people) SignIn(_ context.Context, _ time.Time, c identity.Credentials) (identity.Principal, *http.Cookie, error) {
	p.from, p.agent = c.From, c.Agent
	switch {
	case c.Password == "often":
		return identity.Principal{}, nil, fmt.Errorf("sign in: %w", &identity.TooManyError{RetryAfter: 9 * time.Second})
	case c.Username != "admin" || c.Password != "right":
		return identity.Principal{}, nil, fmt.Errorf("wrong name or password: %w", lowsky.ErrUnauthenticated)
	}
	return principal("admin"), &http.Cookie{Name: "lowsky", Value: "admin", HttpOnly: true, SameSite: http.SameSiteStrictMode, Path: "/"}, nil
}

func (p *people) SignOut(_ context.Context, _ time.Time, session, _ string) (*http.Cookie, error) {
	p.ended[session] = true
	return &http.Cookie{Name: "lowsky", MaxAge: -1, Path: "/"}, nil
}

func (p *people) Authenticate(_ context.Context, _ time.Time, r *http.Request) (identity.Principal, error) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		who := principal(token)
		who.Token = "t1"
		return who, nil
	}
	c, err := r.Cookie("lowsky")
	switch {
	case err != nil || p.ended[c.Value]:
		return identity.Principal{}, lowsky.ErrUnauthenticated
	case c.Value == "unsure":
		return identity.Principal{}, lowsky.ErrUnavailable
	}
	return principal(c.Value), nil
}

func (p *people) Still(_ context.Context, _ time.Time, who identity.Principal) (identity.Principal, error) {
	return who, nil
}

func (p *people) OIDC() (lowsky.Text, bool) {
	return lowsky.Text{ZH: "统一认证", EN: "City login"}, true
}

func (p *people) BeginOIDC(context.Context, time.Time, string) (string, *http.Cookie, error) {
	return "https://login.example/authorize?state=x", &http.Cookie{Name: "lowsky-oidc", Value: "x", HttpOnly: true, Path: "/"}, p.err
}

func (p *people) FinishOIDC(_ context.Context, _ time.Time, r *http.Request, _, _ string) (identity.Principal, *http.Cookie, error) {
	if r.URL.Query().Get("state") != "x" {
		return identity.Principal{}, nil, fmt.Errorf("state: %w", lowsky.ErrUnauthenticated)
	}
	return principal("admin"), &http.Cookie{Name: "lowsky", Value: "admin", HttpOnly: true, SameSite: http.SameSiteStrictMode, Path: "/"}, p.err
}

func (p *people) ChangePassword(_ context.Context, _ time.Time, who identity.Principal, old, password, _ string) error {
	switch {
	case old != "right":
		return &lowsky.InvalidError{Field: "old", Problem: "is not the present password"}
	case password == old:
		return &lowsky.InvalidError{Field: "password", Problem: "is the present one"}
	}
	return p.err
}

func (p *people) Sessions(_ context.Context, who identity.Principal) ([]lowsky.SessionInfo, error) {
	return []lowsky.SessionInfo{{ID: "s1", Username: who.Username, BeganAt: epoch, UsedAt: epoch, EndsAt: epoch, From: "10.0.0.1", Agent: "Firefox"}}, p.err
}

func (p *people) EndSession(_ context.Context, by lowsky.Actor, username, id string) error {
	p.by = by
	if id != "s1" {
		return fmt.Errorf("session: %w", lowsky.ErrNotFound)
	}
	return p.err
}

func (p *people) EndSessionsOf(_ context.Context, by lowsky.Actor, username string) (int, error) {
	p.by = by
	return 2, p.err
}

func (p *people) CreatePerson(_ context.Context, by lowsky.Actor, who *identity.Principal, u lowsky.User, password string) (string, error) {
	p.by = by
	if _, taken := p.users[u.Username]; taken {
		return "", fmt.Errorf("person: %w", lowsky.ErrConflict)
	}
	if !who.Scope.Owns(u.Organisation) || !holds(*who, u.Roles) {
		return "", fmt.Errorf("person: %w", lowsky.ErrForbidden)
	}
	u.Jurisdictions, u.MustChange, u.CreatedAt = who.Organisation.Jurisdictions(), true, by.At
	p.users[folded(u.Username)] = u
	return map[bool]string{true: "made-up-password"}[password == ""], p.err
}

func (p *people) ChangePerson(_ context.Context, by lowsky.Actor, who *identity.Principal, u lowsky.User) error {
	p.by = by
	if u.Username == "admin" && !slices.Contains(u.Roles, lowsky.CityAdministrator) {
		return fmt.Errorf("the last: %w", lowsky.ErrConflict)
	}
	if !holds(*who, u.Roles) {
		return fmt.Errorf("person: %w", lowsky.ErrForbidden)
	}
	old := p.users[u.Username]
	old.DisplayName, old.Roles, old.Organisation, old.Disabled = u.DisplayName, u.Roles, u.Organisation, u.Disabled
	p.users[u.Username] = old
	return p.err
}

func (p *people) ResetPassword(_ context.Context, by lowsky.Actor, _ *identity.Principal, _ string) (string, error) {
	p.by = by
	return "made-up-password", p.err
}

func (p *people) IssueToken(_ context.Context, by lowsky.Actor, _ *identity.Principal, username, name string, perms []lowsky.Permission, expires time.Time) (string, lowsky.APIToken, error) {
	p.by = by
	t := lowsky.APIToken{ID: "t9", Name: name, Username: username, Permissions: perms, CreatedAt: by.At, ExpiresAt: expires, Hash: [32]byte{9}}
	p.tokens[t.ID] = t
	return "lowsky_secret", t, p.err
}

func (p *people) RevokeToken(_ context.Context, by lowsky.Actor, _ *identity.Principal, id string) error {
	p.by = by
	delete(p.tokens, id)
	return p.err
}

func (p *people) NewDevice(_ context.Context, by lowsky.Actor, _ *identity.Principal, d lowsky.Device) (string, error) {
	p.by = by
	if _, taken := p.devices[d.ID]; taken {
		return "", fmt.Errorf("device: %w", lowsky.ErrConflict)
	}
	d.Jurisdictions, d.Hash = []lowsky.JurisdictionID{"421200"}, [32]byte{5}
	p.devices[d.ID] = d
	return "lsd_secret", p.err
}

func (p *people) RenewDevice(_ context.Context, by lowsky.Actor, _ *identity.Principal, _ lowsky.DeviceID) (string, error) {
	p.by = by
	return "lsd_other", p.err
}

func (p *people) RevokeDevice(_ context.Context, by lowsky.Actor, _ *identity.Principal, id lowsky.DeviceID) error {
	p.by = by
	d := p.devices[id]
	d.RevokedAt = by.At
	p.devices[id] = d
	return p.err
}
