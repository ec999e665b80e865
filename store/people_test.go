package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

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

// trail answers actions and objects of the newest rows, the oldest of them first.
func trail(t testing.TB, s *store.Store, q lowsky.AuditQuery) (out []string) {
	t.Helper()
	entries, err := s.AuditTrail(t.Context(), lowsky.Everything, q)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(entries)
	for _, e := range entries {
		if e.By != wang.Name || e.From != wang.From || e.Request != wang.Request || !e.At.Equal(wang.At) {
			t.Errorf("%s %s is not in the actor's name: %+v", e.Action, e.Object, e)
		}
		out = append(out, e.Action+" "+e.Object)
	}
	return out
}

// Whatever changes people is told with who did it, before and after, in the same transaction, and never with a secret.
func TestPeopleAreAudited(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	city(t, s)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	u := lowsky.User{Username: "li", DisplayName: "李", PasswordHash: "$argon2id$secret-hash", External: "https://idp.example#7", Roles: []lowsky.Role{lowsky.CountyDutyOfficer},
		Organisation: "county", Jurisdictions: []lowsky.JurisdictionID{"421202"}, CreatedAt: noon, PasswordChangedAt: noon, MustChange: true}
	must(s.CreateUser(ctx, wang, u))
	if got, err := s.UserByExternal(ctx, u.External); err != nil || !cmp.Equal(got, u) {
		t.Errorf("%+v, %v", got, err)
	}
	twin := u
	twin.Username = "lie"
	if err := s.CreateUser(ctx, wang, twin); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("two of one external id: %v", err)
	}
	if _, err := s.UserByExternal(ctx, ""); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("nobody's external id: %v", err)
	}
	must(s.UpdateUser(ctx, wang, u)) // nothing changed: nothing told
	must(s.CreateToken(ctx, wang, lowsky.APIToken{ID: "t-1", Name: "n", Username: "li", Permissions: []lowsky.Permission{lowsky.ReadZones}, Hash: [32]byte{0xab, 0xcd}, CreatedAt: noon}))
	moved := u
	moved.Organisation, moved.DisplayName, moved.PasswordHash = "org-2", "李四", "not through here"
	must(s.UpdateUser(ctx, wang, moved))
	if got, err := s.User(ctx, "li"); err != nil || got.PasswordHash != u.PasswordHash || got.Organisation != "org-2" || got.Jurisdictions[0] != "421224" {
		t.Errorf("moved: %+v, %v", got, err)
	}
	if list, err := s.Tokens(ctx, lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-2"}}); err != nil || len(list) != 1 || list[0].Permissions[0] != lowsky.ReadZones {
		t.Errorf("the token did not move: %v, %v", list, err)
	}
	moved.Disabled = true
	must(s.UpdateUser(ctx, wang, moved))
	must(s.SetPassword(ctx, wang, "li", "$argon2id$other-hash", true, noon))
	must(s.RevokeToken(ctx, wang, "t-1", noon))
	must(s.RevokeToken(ctx, wang, "t-1", noon.Add(time.Hour))) // over already: nothing told
	if err := s.RevokeToken(ctx, wang, "t-2", noon); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("%v", err)
	}
	must(s.SignedIn(ctx, "li", noon.Add(time.Hour)))
	must(s.SignedIn(ctx, "li", noon)) // later told, but earlier
	if got, _ := s.User(ctx, "li"); !got.LastSignInAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("last sign-in %v", got.LastSignInAt)
	}
	for i, want := range []time.Duration{0, 0, 90 * time.Second} {
		must(s.TokenUsed(ctx, "t-1", noon.Add(time.Duration(i)*45*time.Second)))
		if list, err := s.TokensOf(ctx, "li"); err != nil || len(list) != 1 || !list[0].LastUsedAt.Equal(noon.Add(want)) {
			t.Errorf("used: %+v, %v", list, err)
		}
	}
	want := []string{"person.create user/li", "token.issue token/t-1", "person.change user/li", "person.disable user/li", "person.password user/li", "token.revoke token/t-1"}
	if d := cmp.Diff(want, trail(t, s, lowsky.AuditQuery{By: "wang"})); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
	entries, err := s.AuditTrail(ctx, lowsky.Everything, lowsky.AuditQuery{Action: "person.change"})
	must(err)
	var before, after lowsky.User
	must(json.Unmarshal(entries[0].Before, &before))
	must(json.Unmarshal(entries[0].After, &after))
	if before.DisplayName != "李" || after.DisplayName != "李四" || entries[0].Organisation != "org-2" {
		t.Errorf("%+v: %+v, %+v", entries[0], before, after)
	}
	for _, secret := range []string{"argon2id", "abcd", "not through"} {
		if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE position($1 IN before || after || detail) > 0`, secret); n != 0 {
			t.Errorf("%q is in %d audit rows", secret, n)
		}
	}
	// A change that cannot be told is not made.
	exec(t, url, `ALTER TABLE audit RENAME TO audit_away`)
	if err := s.SetPassword(ctx, wang, "li", "silently", false, noon); err == nil {
		t.Error("a change without its audit row")
	}
	exec(t, url, `ALTER TABLE audit_away RENAME TO audit`)
	if got, _ := s.User(ctx, "li"); got.PasswordHash == "silently" {
		t.Error("the password changed although nothing was told")
	}
}

// However many try at the same time, one who administers the city is left.
func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	city(t, s)
	var all []lowsky.User
	for i := range 6 {
		u := lowsky.User{Username: fmt.Sprint("admin-", i), Roles: []lowsky.Role{lowsky.CityAdministrator}, Organisation: "city", CreatedAt: noon, PasswordChangedAt: noon}
		if err := s.CreateUser(t.Context(), wang, u); err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	var trying sync.WaitGroup
	var refused atomic.Int32
	for i, u := range all {
		trying.Go(func() {
			u.Disabled = i%2 == 0
			u.Roles = []lowsky.Role{lowsky.Auditor}
			err := s.UpdateUser(t.Context(), wang, u)
			if errors.Is(err, lowsky.ErrConflict) {
				refused.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	trying.Wait()
	users, err := s.Users(t.Context(), lowsky.Everything)
	left := slices.DeleteFunc(users, func(u lowsky.User) bool { return u.Disabled || !slices.Contains(u.Roles, lowsky.CityAdministrator) })
	if err != nil || len(left) != 1 || refused.Load() != 1 {
		t.Errorf("%d are left, %d refused, %v", len(left), refused.Load(), err)
	}
}

func TestSessionsOfAPerson(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	city(t, s)
	ctx, se := t.Context(), s.Sessions()
	now := query[time.Time](t, url, `SELECT now()`).UTC()
	if err := s.CreateUser(ctx, wang, lowsky.User{Username: "li", Organisation: "county", CreatedAt: noon, PasswordChangedAt: noon}); err != nil {
		t.Fatal(err)
	}
	commit := func(token, user, more string) {
		t.Helper()
		data := fmt.Sprintf(`{"deadline":"2026-12-01T00:00:00Z","username":%q,"began_ms":%d,"from":"10.0.0.9"%s}`, user, noon.UnixMilli(), more)
		if err := se.CommitCtx(ctx, token, []byte(data), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	commit("one", "li", `,"agent":"`+strings.Repeat("长", 100)+`"`)
	commit("two", "li", fmt.Sprintf(`,"used_ms":%d`, noon.UnixMilli()))
	commit("two", "li", fmt.Sprintf(`,"used_ms":%d`, noon.Add(90*time.Second).UnixMilli()))
	commit("three", "li", "")
	commit("other", "wang", "")
	list, err := se.SessionsOf(ctx, "li")
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	two := list[2]
	if want := (lowsky.SessionInfo{ID: sessionID("two"), Username: "li", BeganAt: noon, UsedAt: noon.Add(time.Minute), EndsAt: two.EndsAt, From: "10.0.0.9"}); two != want {
		t.Errorf("%+v, want %+v", two, want)
	}
	for _, i := range list {
		if len(i.Agent) > 203 || !utf8.ValidString(i.Agent) {
			t.Errorf("agent of %d bytes", len(i.Agent))
		}
		if _, found, _ := se.FindCtx(ctx, i.ID); found {
			t.Error("the id opens the session")
		}
	}
	if err := se.EndSession(ctx, wang, "wang", sessionID("two")); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("another person's session: %v", err)
	}
	if err := se.EndSession(ctx, wang, "li", sessionID("two")); err != nil {
		t.Error(err)
	}
	if n, err := se.EndSessionsOf(ctx, wang, "li", sessionID("one")); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	for token, want := range map[string]bool{"one": true, "two": false, "three": false, "other": true} {
		if _, found, err := se.FindCtx(ctx, token); found != want || err != nil {
			t.Errorf("session %s: %v, %v", token, found, err)
		}
	}
	if d := cmp.Diff([]string{"session.end user/li", "session.end user/li"}, trail(t, s, lowsky.AuditQuery{Action: "session.*"})); d != "" {
		t.Error(d)
	}
}

// sessionID names the session of a token as identity does: the first 20 hex digits of its SHA-256.
func sessionID(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:10])
}
