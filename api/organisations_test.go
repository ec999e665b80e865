package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"lowsky"
)

// orgBody is a company as a PUT sends it, with some members replaced or added.
func orgBody(change map[string]any) string {
	m := map[string]any{"kind": "company", "name": map[string]string{"zh": "翼", "en": "Wings"}, "jurisdiction_id": "421281"}
	for k, v := range change {
		m[k] = v
	}
	raw, _ := json.Marshal(m)
	return string(raw)
}

// The city keeps every organisation, a county those seated in it, a company its own name and contact.
func TestOrganisations(t *testing.T) {
	h := newHouse(t)
	for who, want := range map[string]int{"admin": 5, "county": 2, "company": 1, "rival": 1} {
		a := h.ask(who, "GET", "/api/v1/organisations", "")
		if got := len(a.json(t)["organisations"].([]any)); got != want || strings.Contains(string(a.raw), "139") || strings.Contains(string(a.raw), "sealed") {
			t.Errorf("%s: %d %s", who, got, a.raw)
		}
	}
	type m = map[string]any
	for _, c := range []struct {
		as, id string
		change m
		status int
		field  string
	}{
		{"company", "wings", m{"name": m{"zh": "新翼", "en": "New Wings"}, "contact_name": "李", "contact_phone": "+86 715 1234"}, 200, ""},
		{"company", "wings", m{"credit_code": "91350100M000100Y43"}, 403, "id"},
		{"company", "wings", m{"certified_until": "2030-01-01"}, 403, "id"},
		{"company", "wings", m{"jurisdiction_id": "421202"}, 403, "id"},
		{"company", "wings", m{"disabled": true}, 403, "disabled"},
		{"company", "kites", nil, 404, ""},
		{"county", "wings", m{"credit_code": "91350100M000100Y43", "certified_until": "2030-01-01", "disabled": true}, 200, ""},
		{"county", "wings", m{"disabled": false}, 200, ""},
		{"county", "wings", m{"jurisdiction_id": "421202"}, 403, "id"},
		{"county", "wings", m{"jurisdiction_id": "421200"}, 403, "id"},
		{"county", "kites", nil, 200, ""},
		{"county", "forest", m{"kind": "department", "scenarios": []string{"wellness", "wellness"}}, 200, ""},
		{"county", "kites2", m{"jurisdiction_id": "421202"}, 404, ""},
		{"county", "second", m{"kind": "county"}, 403, "id"},
		{"county", "chibi", m{"kind": "county", "contact_name": "王"}, 200, ""},
		{"county", "chibi", m{"kind": "county", "disabled": true}, 403, "disabled"},
		{"county", "chibi", m{"kind": "company"}, 403, "id"},
		{"county", "blades", nil, 409, "id"},
		{"admin", "city", m{"kind": "city", "jurisdiction_id": "421200", "disabled": true}, 403, "disabled"},
		{"admin", "third", m{"kind": "county", "jurisdiction_id": "421202"}, 200, ""},
	} {
		a := h.ask(c.as, "PUT", "/api/v1/organisations/"+c.id, orgBody(c.change))
		field := ""
		if a.StatusCode != 200 {
			field, _ = a.json(t)["field"].(string)
		}
		if a.StatusCode != c.status || field != c.field {
			t.Errorf("%s %s %v: %d %s", c.as, c.id, c.change, a.StatusCode, a.raw)
		}
	}
	if rows := h.ledger.told("access.denied"); len(rows) != 1 || rows[0] != "county organisation/blades" {
		t.Errorf("%v", rows)
	}
	if got := h.people.organisations["forest"].Scenarios; len(got) != 1 {
		t.Errorf("%v", got)
	}
	for phone, want := range map[string]string{"": "", "0715-8888": "sealed.0715-8888"} {
		h.want(200, "PUT", "/api/v1/organisations/wings", orgBody(m{"contact_phone": phone}))
		a := h.want(200, "PUT", "/api/v1/organisations/wings", orgBody(nil)) // says nothing of it
		if got := h.people.organisations["wings"].ContactPhone; string(got) != want || a.json(t)["has_phone"] != (want != "") {
			t.Errorf("%q: %s %s", phone, got, a.raw)
		}
	}
	// A program of a department sees every company of the city and keeps none.
	program := principal("admin")
	program.Authority, program.Organisation.ID, program.Scope = lowsky.Authority{}, "forest", lowsky.Scope{All: true, Scenarios: []lowsky.Scenario{lowsky.Wellness}}
	o := h.people.organisations["blades"]
	if err := mayKeep(t.Context(), &program, &o, &o, true); !errors.Is(err, lowsky.ErrForbidden) {
		t.Errorf("a department keeps a company: %v", err)
	}
	h.server.cfg.Sealer = nil
	h.want(503, "PUT", "/api/v1/organisations/wings", orgBody(m{"contact_phone": "1234"}))
}

func TestOrganisationsAreChecked(t *testing.T) {
	h := newHouse(t)
	type m = map[string]any
	for i, c := range []struct {
		id     string
		change m
		field  string
	}{
		{"Wings", nil, "id"}, {"-w", nil, "id"}, {"w_1", nil, "id"}, {"翼", nil, "id"},
		{"w", m{"name": m{"zh": "翼", "en": " "}}, "name"}, {"w", m{"name": m{"zh": "a\u202eb", "en": "x"}}, "name"},
		{"w", m{"jurisdiction_id": "999999"}, "jurisdiction_id"}, {"w", m{"kind": "county", "jurisdiction_id": "421200"}, "jurisdiction_id"},
		{"w", m{"kind": "city"}, "jurisdiction_id"}, {"w", m{"kind": "department"}, "scenarios"}, {"w", m{"scenarios": []string{"rescue"}}, "scenarios"},
		{"w", m{"kind": "department", "scenarios": []string{"space"}}, "scenarios"}, {"w", m{"credit_code": "91350100M000100Y44"}, "credit_code"},
		{"w", m{"contact_name": "a\nb"}, "contact_name"}, {"w", m{"contact_phone": "call me"}, "contact_phone"},
		{"w", m{"certified_until": "2027-02-30"}, "certified_until"}, {"w", m{"kind": "guild"}, "kind"},
	} {
		reasons := map[string]bool{}
		for _, lang := range []string{"zh", "en"} {
			a := h.want(422, "PUT", "/api/v1/organisations/"+c.id, orgBody(c.change), "Accept-Language", lang)
			p := a.json(t)
			if p["field"] != c.field {
				t.Errorf("%d %s %v: %s", i, c.id, c.change, a.raw)
			}
			reasons[fmt.Sprint(p["reason"])] = true
		}
		if len(reasons) != 2 && c.field != "kind" { // that one is the schema's
			t.Errorf("%s %v: one language: %v", c.id, c.change, reasons)
		}
	}
	if len(h.people.organisations) != 5 {
		t.Error("something was kept")
	}
}
