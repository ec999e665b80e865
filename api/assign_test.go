package api

import (
	"fmt"
	"strings"
	"testing"

	"lowsky"
)

// alight puts one alert over each county, of wings and of blades.
func alight(h *house) {
	for id, where := range map[string]lowsky.JurisdictionID{"west": "421281", "east": "421202"} {
		a := firing(id, id, 1)
		a.Organisation, a.Owner, a.Jurisdictions, a.Scenario = "wings", where, []lowsky.JurisdictionID{where, "421200"}, lowsky.Rescue
		a.Handling.Comments = []lowsky.Comment{{By: "zhang", Text: "内部"}}
		if id == "east" {
			a.Organisation = "blades"
		}
		h.board.Publish([]lowsky.Change{{Alert: a}})
	}
	h.people.organisations["fire"] = lowsky.Organisation{ID: "fire", Kind: lowsky.Department, Jurisdiction: "421281", Scenarios: []lowsky.Scenario{lowsky.Rescue}, Name: lowsky.Text{ZH: "应急", EN: "Emergency"}}
	h.people.organisations["farm"] = lowsky.Organisation{ID: "farm", Kind: lowsky.Department, Jurisdiction: "421281", Scenarios: []lowsky.Scenario{lowsky.Agriculture}, Name: lowsky.Text{ZH: "农业", EN: "Agriculture"}}
	h.people.organisations["shut"] = lowsky.Organisation{ID: "shut", Kind: lowsky.Department, Jurisdiction: "421281", Scenarios: []lowsky.Scenario{lowsky.Rescue}, Disabled: true}
	gone := h.people.users["county"]
	gone.Username, gone.Disabled = "gone", true
	h.people.users["gone"] = gone
}

func TestAssignAndTransfer(t *testing.T) {
	h := newHouse(t)
	alight(h)
	h.ledger.more = map[string]bool{"alert/east": true}
	for _, c := range []struct {
		as, path, body string
		status         int
		says           string
	}{
		{"county", "west/assign", `{"organisation_id":"fire","comment":"请处置"}`, 200, ""},
		{"county", "west/assign", `{"username":" County "}`, 200, ""},
		{"county", "west/assign", `{"organisation_id":"wings"}`, 200, ""},
		{"county", "west/assign", `{}`, 422, "organisation_id"},
		{"county", "west/assign", `{"organisation_id":"fire","username":"county"}`, 422, "organisation_id"},
		{"county", "west/assign", `{"organisation_id":"farm"}`, 422, "organisation_id"},   // does not see it
		{"county", "west/assign", `{"organisation_id":"shut"}`, 422, "organisation_id"},   // disabled
		{"county", "west/assign", `{"organisation_id":"blades"}`, 422, "organisation_id"}, // may not be told of
		{"county", "west/assign", `{"organisation_id":"xianan"}`, 422, "organisation_id"}, // handed over, not assigned
		{"county", "west/assign", `{"organisation_id":"nobody"}`, 422, "organisation_id"},
		{"county", "west/assign", `{"username":"rival"}`, 422, "username"},
		{"county", "west/assign", `{"username":"gone"}`, 422, "username"},
		{"admin", "west/assign", `{"username":"rival"}`, 422, "username"}, // exists, does not see it
		{"county", "east/assign", `{"username":"county"}`, 404, ""},
		{"company", "west/assign", `{"organisation_id":"wings"}`, 403, ""},
		{"county", "west/hand-over", `{"to_id":"421200"}`, 200, ""},
		{"county", "west/hand-over", `{"to_id":"421202"}`, 422, "may be handed over to: Xianning 421200"},
		{"county", "west/hand-over", `{"to_id":"nowhere"}`, 422, "Xianning 421200"},
		{"county", "east/hand-over", `{"to_id":"421200"}`, 404, ""},
		{"admin", "west/hand-over", `{"to_id":"421202"}`, 200, ""},
		{"admin", "west/hand-over", `{"to_id":"421200"}`, 422, "Xian'an 421202, Chibi 421281"},
		{"county", "west/pull-up", ``, 403, "Only the city"},
		{"county", "east/pull-up", ``, 404, ""},
		{"admin", "west/pull-up", `{"comment":"市里处理","rev":1}`, 200, ""},
	} {
		a := h.ask(c.as, "POST", "/api/v1/alerts/"+c.path, c.body, "Accept-Language", "en")
		if a.StatusCode != c.status || !strings.Contains(string(a.raw), c.says) {
			t.Errorf("%v: %d %s", c, a.StatusCode, a.raw)
		}
		if c.status != 200 {
			continue
		}
		last, who := h.picture.last, principal(c.as)
		if last.Authority == nil || fmt.Sprint(*last.Authority) != fmt.Sprint(who.Authority) || last.By != c.as || last.Alert != "west" {
			t.Errorf("%v: %+v", c, last)
		}
	}
	if last := h.picture.last; last.Action != lowsky.ActionPullUp || last.To != "421200" || last.Rev != 1 || last.Comment != "市里处理" {
		t.Errorf("%+v", last)
	}
	if n := len(h.ledger.told("access.denied")); n != 3 {
		t.Errorf("%d guesses on record", n)
	}
	// The picture decides by the authority; what it refuses is told.
	h.picture.err = fmt.Errorf("held by 421202: %w", lowsky.ErrForbidden)
	if a := h.ask("county", "POST", "/api/v1/alerts/west/acknowledge", ""); a.StatusCode != 403 || h.picture.last.Authority == nil {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
}

func TestAssignees(t *testing.T) {
	h := newHouse(t)
	alight(h)
	for _, c := range []struct{ as, query, organisations, people, jurisdictions string }{
		{"county", "?alert_id=west", "fire wings", "company county", "421200"},
		{"county", "", "farm fire wings", "company county", "421200"},
		{"admin", "?alert_id=east", "blades", "admin auditor fresh rival", "421202 421281"},
	} {
		m := h.ask(c.as, "GET", "/api/v1/assignees"+c.query, "").json(t)
		list := func(key, field string) string {
			var out []string
			for _, x := range m[key].([]any) {
				out = append(out, fmt.Sprint(x.(map[string]any)[field]))
			}
			return strings.Join(out, " ")
		}
		if o, p, j := list("organisations", "id"), list("people", "username"), list("jurisdictions", "id"); o != c.organisations || p != c.people || j != c.jurisdictions {
			t.Errorf("%s%s: %s / %s / %s", c.as, c.query, o, p, j)
		}
	}
	if a := h.ask("county", "GET", "/api/v1/assignees?alert_id=east", ""); a.StatusCode != 404 {
		t.Errorf("an alert out of scope: %d", a.StatusCode)
	}
	if a := h.ask("company", "GET", "/api/v1/assignees", ""); a.StatusCode != 403 {
		t.Errorf("a company: %d", a.StatusCode)
	}
}

// A company sees its alerts without what officers wrote and who they are.
func TestCompanySeesNoOfficers(t *testing.T) {
	h := newHouse(t)
	alight(h)
	h.archive.alerts = nil
	for _, path := range []string{"/api/v1/alerts", "/api/v1/alerts/west"} {
		a := h.ask("company", "GET", path, "")
		if a.StatusCode != 200 || !strings.Contains(string(a.raw), `"west"`) || strings.Contains(string(a.raw), "内部") || strings.Contains(string(a.raw), "zhang") || strings.Contains(string(a.raw), "blades") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.raw)
		}
	}
	if a := h.ask("company", "GET", "/api/v1/alerts/east", ""); a.StatusCode != 404 {
		t.Errorf("others' alert: %d", a.StatusCode)
	}
	if a := h.ask("county", "GET", "/api/v1/alerts/west", ""); !strings.Contains(string(a.raw), "内部") {
		t.Errorf("an officer: %s", a.raw)
	}
}
