package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

// wang is who does things in these tests.
var wang = lowsky.Actor{Name: "wang", From: "10.0.0.7", Request: "r-1", At: noon, Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}}

// city makes the organisations that the tests' rows belong to.
func city(t testing.TB, s *store.Store) {
	t.Helper()
	list := []lowsky.Organisation{
		{ID: "city", Kind: lowsky.CityOrganisation, Name: lowsky.Text{ZH: "市", EN: "City"}, Jurisdiction: "421200", UpdatedAt: noon},
		{ID: "county", Kind: lowsky.CountyOrganisation, Name: lowsky.Text{ZH: "县", EN: "County"}, Jurisdiction: "421202", UpdatedAt: noon},
		{ID: "org-1", Kind: lowsky.Company, Name: lowsky.Text{ZH: "公司", EN: "Company"}, Jurisdiction: "421202", UpdatedAt: noon},
		{ID: "org-2", Kind: lowsky.Company, Name: lowsky.Text{ZH: "公司二", EN: "Company 2"}, Jurisdiction: "421224", UpdatedAt: noon},
	}
	if err := s.SeedOrganisations(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

// bare leaves out what the chain adds.
func bare(entries []lowsky.AuditEntry) []lowsky.AuditEntry {
	for i := range entries {
		entries[i].Seq, entries[i].Previous, entries[i].Hash = 0, [32]byte{}, [32]byte{}
	}
	return entries
}

func TestUsersTokensSessions(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	u := lowsky.User{Username: "wang", DisplayName: "王", PasswordHash: "$argon2id$x", Roles: []lowsky.Role{lowsky.CityAdministrator},
		Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}, CreatedAt: noon, PasswordChangedAt: noon}
	if err := s.CreateUser(ctx, wang, u); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("a user of an organisation that is not there: %v", err)
	}
	city(t, s)
	if err := s.CreateUser(ctx, wang, u); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateUser(ctx, wang, u); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("the same name twice: %v", err)
	}
	got, err := s.User(ctx, "wang")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(u, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if err := s.SetPassword(ctx, wang, "wang", "$argon2id$y", true, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, _ = s.User(ctx, "wang"); got.PasswordHash != "$argon2id$y" || !got.MustChange || !got.PasswordChangedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("password not changed: %+v", got)
	}
	second := u
	second.Username = "li"
	if err := s.CreateUser(ctx, wang, second); err != nil {
		t.Fatal(err)
	}
	u.Disabled, u.Roles = true, []lowsky.Role{lowsky.CityDutyOfficer}
	if err := s.UpdateUser(ctx, wang, u); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateUser(ctx, wang, lowsky.User{Username: "nobody", Organisation: "city"}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("update of nobody: %v", err)
	}
	if list, err := s.Users(ctx, lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421200"}}); err != nil || len(list) != 2 || !list[1].Disabled {
		t.Errorf("users %v, %v", list, err)
	}

	token := lowsky.APIToken{ID: "t-1", Name: "grafana", Username: "wang", Hash: [32]byte{1, 2, 3}, CreatedAt: noon}
	if err := s.CreateToken(ctx, wang, token); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateToken(ctx, wang, lowsky.APIToken{ID: "t-2", Username: "nobody", CreatedAt: noon}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("a token for nobody: %v", err)
	}
	if err := s.RevokeToken(ctx, wang, "t-1", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	token.RevokedAt = noon.Add(time.Minute)
	if back, err := s.TokenByHash(ctx, token.Hash); err != nil || !cmp.Equal(back, token) {
		t.Errorf("token %+v, %v", back, err)
	}
	if _, err := s.TokenByHash(ctx, [32]byte{9}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("an unknown token: %v", err)
	}
	if list, err := s.Tokens(ctx, lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421200"}}); err != nil || len(list) != 1 {
		t.Errorf("tokens %v, %v", list, err)
	}

	se := s.Sessions()
	now := query[time.Time](t, url, `SELECT now()`)
	if err := se.Commit("secret", []byte("data"), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := se.Commit("over", []byte("data"), now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if b, ok, err := se.Find("secret"); err != nil || !ok || string(b) != "data" {
		t.Errorf("session %q %v %v", b, ok, err)
	}
	if _, ok, err := se.Find("over"); err != nil || ok {
		t.Errorf("an expired session: %v %v", ok, err)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM sessions WHERE position('secret'::bytea IN token_hash) > 0`); n != 0 {
		t.Error("the token is stored as it is")
	}
	if err := se.Delete("secret"); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := se.Find("secret"); ok {
		t.Error("the session was not ended")
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM sessions`); n != 1 {
		t.Errorf("%d sessions left", n)
	}
}
