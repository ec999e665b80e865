package api

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lowsky"
)

func usernames(t *testing.T, a answer) (names []string) {
	t.Helper()
	var list struct{ People []lowsky.User }
	if err := json.Unmarshal(a.raw, &list); err != nil {
		t.Fatalf("%v in %s", err, a.raw)
	}
	for _, u := range list.People {
		names = append(names, u.Username)
	}
	return names
}

// Accounts are seen by scope and changed by whoever owns their organisation and holds as much.
func TestPeople(t *testing.T) {
	h := newHouse(t)
	for who, want := range map[string][]string{
		"admin": {"admin", "auditor", "company", "county", "fresh", "rival"}, "county": {"company", "county"}, "company": {"company"}, "rival": {"rival"},
	} {
		a := h.ask(who, "GET", "/api/v1/people", "")
		if got := usernames(t, a); !slices.Equal(got, want) {
			t.Errorf("%s sees %v", who, got)
		}
		if strings.Contains(string(a.raw), "argon2") || strings.Contains(string(a.raw), "hash") {
			t.Errorf("tells too much: %s", a.raw)
		}
	}
	person := func(name, role, org string) string {
		return `{"username":"` + name + `","display_name":"王","roles":["` + role + `"],"organisation_id":"` + org + `"}`
	}
	change := func(role, org string) string {
		return `{"display_name":"王","roles":["` + role + `"],"organisation_id":"` + org + `"}`
	}
	for _, c := range []struct {
		as, method, path, body string
		status                 int
		field, zh, en          string
	}{
		{"company", "POST", "/api/v1/people", person("w", "pilot", "blades"), 403, "organisation_id", "不归您管理", "not yours"},
		{"company", "POST", "/api/v1/people", person("w", "city_administrator", "wings"), 403, "roles", "超出您自己的权限", "do not hold yourself"},
		{"company", "POST", "/api/v1/people", person("rival", "pilot", "wings"), 409, "", "已被使用", "taken"},
		{"company", "PUT", "/api/v1/people/company", change("auditor", "wings"), 403, "roles", "超出您自己的权限", "do not hold yourself"},
		{"admin", "PUT", "/api/v1/people/admin", change("auditor", "city"), 409, "", "最后一位", "last administrator"},
		{"admin", "POST", "/api/v1/people/auditor/tokens", `{"name":"x","permissions":[]}`, 422, "permissions", "至少", "at least one"},
		{"admin", "POST", "/api/v1/people/auditor/tokens", `{"name":"x","permissions":["zones.read","all"]}`, 422, "permissions[1]", "没有这项权限", "not a permission"},
		{"auditor", "POST", "/api/v1/people", person("w", "auditor", "city"), 403, "permission", "people.write", "people.write"},
	} {
		for lang, words := range map[string]string{"zh": c.zh, "en": c.en} {
			a := h.ask(c.as, c.method, c.path, c.body, "Accept-Language", lang)
			p := a.json(t)
			if field, _ := p["field"].(string); a.StatusCode != c.status || field != c.field || !strings.Contains(p["detail"].(string), words) || p["title"] != titleOf(c.status, lang) {
				t.Errorf("%s %s %s %s: %d %s", c.as, c.method, c.path, c.body, a.StatusCode, a.raw)
			}
		}
	}
	a := h.ask("company", "POST", "/api/v1/people", person("w", "pilot", "wings"))
	if by := h.people.by; a.StatusCode != 200 || by.Name != "company" || by.From != "127.0.0.1" || len(by.Request) != 16 || by.Organisation != "wings" || !by.At.Equal(epoch) {
		t.Errorf("%d %s %+v", a.StatusCode, a.raw, by)
	}
	if v := a.json(t); v["password"] != "made-up-password" || v["person"].(map[string]any)["must_change"] != true || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s", a.raw)
	}
	a = h.ask("county", "POST", "/api/v1/people", strings.Replace(person("v", "pilot", "wings"), "{", `{"password":"heron over lake 27",`, 1))
	if a.StatusCode != 200 || strings.Contains(string(a.raw), "password\"") {
		t.Errorf("a password that was given comes back: %d %s", a.StatusCode, a.raw)
	}
	// A program of a narrowed token gives nobody a password or a token that may more than it.
	narrow := principal("admin")
	narrow.Permissions = []lowsky.Permission{lowsky.WritePeople}
	if holds(narrow, []lowsky.Role{lowsky.Auditor}) || !holds(narrow, nil) || !holds(narrow, []lowsky.Role{lowsky.DeviceRole}) {
		t.Error("holds")
	}
	for path, status := range map[string]int{"/api/v1/people/company/password": 200, "/api/v1/people/county/password": 200, "/api/v1/people/admin/password": 404} {
		if a := h.ask("county", "POST", path, ""); a.StatusCode != status || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.raw)
		}
	}
	h.people.err = lowsky.ErrUnavailable
	h.want(503, "POST", "/api/v1/people", person("z", "auditor", "city"))
}

// What is seen because it touches one's area is not one's own to change.
func TestSeenAndNotOwned(t *testing.T) {
	h := newHouse(t)
	h.people.organisations["rescue"] = lowsky.Organisation{ID: "rescue", Kind: lowsky.Company, Name: lowsky.Text{ZH: "救", EN: "R"}, Jurisdiction: "421281"}
	h.people.users["guest-of"] = lowsky.User{Username: "guest-of", Roles: []lowsky.Role{lowsky.PilotRole}, Organisation: "rescue", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	h.people.tokens["t-guest"] = lowsky.APIToken{ID: "t-guest", Username: "guest-of"}
	h.people.devices["r-1"] = lowsky.Device{ID: "r-1", Organisation: "rescue", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	for _, c := range []struct{ method, path, body string }{
		{"PUT", "/api/v1/people/guest-of", `{"display_name":"x","roles":["pilot"],"organisation_id":"wings"}`},
		{"POST", "/api/v1/people/guest-of/password", ""}, {"DELETE", "/api/v1/people/guest-of/sessions", ""},
		{"POST", "/api/v1/people/guest-of/tokens", `{"name":"x"}`}, {"DELETE", "/api/v1/tokens/t-guest", ""},
		{"POST", "/api/v1/devices/r-1/secret", ""}, {"DELETE", "/api/v1/devices/r-1", ""},
		{"POST", "/api/v1/devices", `{"id":"r-2","kind":"aircraft","organisation_id":"rescue"}`},
	} {
		a := h.ask("county", c.method, c.path, c.body)
		if a.StatusCode != 403 || a.json(t)["field"] != "organisation_id" || !strings.Contains(a.json(t)["detail"].(string), "rescue") {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.StatusCode, a.raw)
		}
	}
	if h.people.by.Name != "" || len(h.ledger.told("access.denied")) > 0 {
		t.Errorf("%+v %v", h.people.by, h.ledger.told("access.denied"))
	}
}

// The secrets of devices are shown once; lists tell who is connected.
func TestDevices(t *testing.T) {
	h := newHouse(t)
	for who, want := range map[string]string{"admin": "dock-7 wing-1", "county": "wing-1", "company": "wing-1", "rival": ""} {
		var list struct{ Devices []DeviceView }
		a := h.ask(who, "GET", "/api/v1/devices", "")
		if err := json.Unmarshal(a.raw, &list); err != nil || strings.Contains(string(a.raw), "hash") {
			t.Fatalf("%v %s", err, a.raw)
		}
		var ids []string
		for _, d := range list.Devices {
			ids = append(ids, string(d.ID))
			if d.State.Connected != (d.ID == "dock-7") {
				t.Errorf("%+v", d)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s sees %s", who, got)
		}
	}
	made := h.want(200, "POST", "/api/v1/devices", `{"id":"dock-8","kind":"gateway","organisation_id":"city"}`)
	if made.json(t)["secret"] != "lsd_secret" || made.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s", made.raw)
	}
	if a := h.want(200, "GET", "/api/v1/devices", ""); strings.Contains(string(a.raw), "lsd_") || !strings.Contains(string(a.raw), "dock-8") {
		t.Errorf("%s", a.raw)
	}
	if a := h.want(409, "POST", "/api/v1/devices", `{"id":"dock-8","kind":"gateway","organisation_id":"city"}`); a.json(t)["field"] != "id" {
		t.Errorf("%s", a.raw)
	}
	h.want(422, "POST", "/api/v1/devices", `{"id":"dock-9","kind":"toaster","organisation_id":"city"}`)
	h.want(204, "DELETE", "/api/v1/devices/dock-8", "")
	if a := h.want(200, "GET", "/api/v1/devices", ""); !strings.Contains(string(a.raw), "revoked_at") {
		t.Errorf("%s", a.raw)
	}
	h.server.cfg.DeviceStates = nil
	if a := h.want(200, "GET", "/api/v1/devices", ""); strings.Contains(string(a.raw), `"connected":true`) {
		t.Errorf("%s", a.raw)
	}
}

var problemText = regexp.MustCompile("(?:Problem: |problem = )\"([^\"]+)\"")

// What identity refuses is said in Chinese too.
func TestRefusalsHaveWords(t *testing.T) {
	for _, file := range []string{"account", "people", "token", "device", "policy"} {
		source, err := os.ReadFile("../identity/" + file + ".go")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range problemText.FindAllStringSubmatch(string(source), -1) {
			if words, ok := refusals[m[1]]; !ok && !strings.Contains(m[1], "openssl") || ok && words.ZH == "" {
				t.Errorf("identity/%s.go refuses with %q, which account_words.go does not know", file, m[1])
			}
		}
	}
	fits := told(t.Context(), &lowsky.InvalidError{Field: "roles[0]", Problem: "pilot cannot be held in an organisation of kind city"})
	var p *Problem
	if !errors.As(fits, &p) || p.Field != "roles[0]" || !strings.Contains(p.Reason, "没有角色 pilot") {
		t.Errorf("%v", fits)
	}
}
