package api

import (
	"encoding/json"
	"strings"
	"testing"

	"lowsky"
	"lowsky/identity"
)

// A county publishes, edits, ends, restores and imports what lies in its own area and is its own; the refusal names
// whose the rest is, in both languages.
func TestZonesByArea(t *testing.T) {
	h := newHouse(t)
	const path = "/api/v1/zones"
	refused := func(a answer, field, words string) {
		t.Helper()
		if p := a.json(t); a.StatusCode != 403 || p["field"] != field || !strings.Contains(p["detail"].(string), words) {
			t.Errorf("%d %s, want 403 for %s with %s", a.StatusCode, a.raw, field, words)
		}
	}
	for _, c := range []struct {
		located []lowsky.JurisdictionID
		zh, en  string
	}{
		{[]lowsky.JurisdictionID{"421202", "421200"}, "咸安区", "Xian'an"},
		{[]lowsky.JurisdictionID{"421281", "421202", "421200"}, "咸安区", "Xian'an"},
		{[]lowsky.JurisdictionID{"421299"}, "421299", "421299"},
		{[]lowsky.JurisdictionID{"421200"}, "不在赤壁市范围内", "outside Chibi"},
		{nil, "不在赤壁市范围内", "outside Chibi"},
	} {
		h.located = c.located
		refused(h.ask("county", "POST", path, zoneOf("mine", "", "")), "geometry", c.zh)
		refused(h.ask("county", "POST", path, zoneOf("mine", "", ""), "Accept-Language", "en"), "geometry", c.en)
		var d DraftCheck
		if err := json.Unmarshal(h.ask("county", "POST", path+"/check", zoneOf("mine", "", "")).raw, &d); err != nil || d.Valid || len(d.Problems) != 1 || d.Problems[0].Field != "geometry" {
			t.Errorf("check: %+v %v", d, err)
		}
	}
	if _, seq := h.board.Zones(lowsky.Everything); seq != 1 {
		t.Fatalf("%d publications", seq)
	}
	h.located = []lowsky.JurisdictionID{"421281", "421200"}
	if a := h.ask("county", "POST", path+"?reason=r", zoneOf("mine", "", "")); a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.raw)
	}
	if p := h.picture.zones; p.By != "county" || p.From != "127.0.0.1" || p.Upsert[0].Organisation != "chibi" {
		t.Errorf("%+v", p)
	}
	// The city edits it, and it stays the county's.
	h.want(200, "PUT", path+"/mine", zoneOf("mine", "", ""), "If-Match", `"1"`)
	if z, _ := h.board.Zone(lowsky.Everything, "mine"); z.Organisation != "chibi" || z.Version != 2 {
		t.Errorf("%+v", z)
	}
	h.located = []lowsky.JurisdictionID{"421281", "421202", "421200"} // it would grow over the border
	refused(h.ask("county", "PUT", path+"/mine", zoneOf("mine", "", ""), "If-Match", `"2"`), "geometry", "咸安区")

	// One that the city published inside the county is seen there, and not the county's to change.
	h.located = []lowsky.JurisdictionID{"421281", "421200"}
	h.want(200, "POST", path, zoneOf("citys", "", ""))
	refused(h.ask("county", "PUT", path+"/citys", zoneOf("citys", "", ""), "If-Match", `"1"`), "organisation_id", "city")
	refused(h.ask("county", "DELETE", path+"/citys", ""), "organisation_id", "city")
	refused(h.ask("county", "POST", path+"/citys/restore", `{"version":1}`), "organisation_id", "city")
	// Of one that was the county's own and now reaches further, the end is not the county's either.
	h.located = []lowsky.JurisdictionID{"421281", "421202", "421200"}
	h.want(200, "PUT", path+"/mine", zoneOf("mine", "", ""), "If-Match", `"2"`)
	refused(h.ask("county", "DELETE", path+"/mine", ""), "geometry", "咸安区")
	h.located = []lowsky.JurisdictionID{"421281", "421200"}
	h.want(200, "PUT", path+"/mine", zoneOf("mine", "", ""), "If-Match", `"3"`)
	if a := h.ask("county", "DELETE", path+"/mine?reason=over", ""); a.StatusCode != 204 || h.picture.zones.By != "county" || h.picture.zones.From == "" {
		t.Errorf("end: %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("county", "POST", path+"/mine/restore", `{"version":1}`); a.StatusCode != 200 {
		t.Errorf("restore: %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("county", "POST", path+"/mine/restore", `{"version":77}`); a.StatusCode != 404 || len(h.ledger.told("access.denied")) != 0 {
		t.Errorf("a version that is not there: %d %v", a.StatusCode, h.ledger.told("access.denied"))
	}
	// Whoever may not write zones at all, and a program of a company, which has authority nowhere.
	refused(h.ask("company", "POST", path, zoneOf("x", "", "")), "permission", "zones.write")
	program := principal("company")
	program.Roles = []lowsky.Role{lowsky.APIClient}
	if why, ok := h.server.areaProblem(&program, h.located); ok || !strings.Contains(why.EN, "Chibi") {
		t.Errorf("%+v", why)
	}
	if why, ok := h.server.areaProblem(&identity.Principal{}, nil); ok || !strings.Contains(why.EN, "no zones") {
		t.Errorf("%+v", why)
	}
}

// An import takes the zones of one's own area and refuses the others with the reason.
func TestImportByArea(t *testing.T) {
	h := newHouse(t)
	h.located = []lowsky.JurisdictionID{"421202", "421200"}
	const path = "/api/v1/zones/import?crs=wgs84"
	file := zoneFile(zoneOf("a1", "", ""))
	if a := h.ask("county", "POST", path, file); a.StatusCode != 422 || !strings.Contains(string(a.raw), "咸安区") {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("county", "POST", path+"&dry_run=true", file); a.StatusCode != 200 || !strings.Contains(string(a.raw), `"code":"area_of_others"`) {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	h.located = []lowsky.JurisdictionID{"421281", "421200"}
	if a := h.ask("county", "POST", path+"&superior=province", file); a.StatusCode != 200 || h.picture.zones.Upsert[0].Organisation != "chibi" || h.picture.zones.From == "" {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	// The city's own copies of the same superior are not ended by a county's file that lacks them.
	h.want(200, "POST", path+"&superior=province", zoneFile(zoneOf("a2", "", "")))
	a := h.ask("county", "POST", path+"&superior=province&end_missing=true", zoneFile(zoneOf("a3", "", "")))
	if p := h.picture.zones; a.StatusCode != 200 || len(p.Remove) != 1 || p.Remove[0] != "a1" {
		t.Errorf("%d %s: %+v", a.StatusCode, a.raw, p)
	}
	if a := h.ask("county", "POST", path, zoneFile(zoneOf("a2", "", ""))); a.StatusCode != 422 || !strings.Contains(string(a.raw), "belongs to others") {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
}

// Whoever flies sees every zone, and of its exemptions only those that are their own or nobody's in particular.
func TestExemptionsOfOthers(t *testing.T) {
	h := newHouse(t)
	h.located = []lowsky.JurisdictionID{"421281", "421200"}
	h.want(200, "POST", "/api/v1/zones", zoneOf("x", "", `"exemptions":[{"organisation_id":"wings"},{"organisation_id":"blades"},{"organisation_id":"blades","scenario":"rescue"},{"scenario":"rescue"}]`))
	for who, want := range map[string][]string{
		"admin":   {"wings", "blades", "rescue"},
		"county":  {"wings", "blades", "rescue"}, // it lies in its area
		"company": {"wings", "rescue"},
		"rival":   {"blades", "rescue"},
	} {
		for _, path := range []string{"/api/v1/zones", "/api/v1/zones/x", "/api/v1/zones/x/versions", "/api/v1/zones/export?id=x"} {
			raw := string(h.ask(who, "GET", path, "").raw)
			if !strings.Contains(raw, `"id":"x"`) {
				t.Errorf("%s %s: not seen", who, path)
			}
			for _, word := range []string{"wings", "blades", "rescue"} {
				wanted := false
				for _, w := range want {
					wanted = wanted || w == word
				}
				if strings.Contains(raw, word) != wanted {
					t.Errorf("%s %s: %s is there: %v", who, path, word, !wanted)
				}
			}
		}
	}
	if z, _ := h.board.Zone(lowsky.Everything, "x"); len(z.Exemptions) != 4 {
		t.Errorf("showing changed the zone: %+v", z.Exemptions)
	}
	only := &lowsky.Zone{ID: "y", Exemptions: []lowsky.Exemption{{Organisation: "blades"}}}
	if shown := shownTo(principal("company").Scope, only); shown.Exemptions != nil || len(only.Exemptions) != 1 {
		t.Errorf("%+v", shown)
	}
}
