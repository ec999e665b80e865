package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// deed is one call of an operation that changes, decides or looks, and what the audit has to tell of it.
type deed struct {
	operation      string // method and path of the OpenAPI document
	path           string // "": that of the operation; %s is what the deed before it answered
	body           any
	action, object string // "": the operation leaves everything as it is
	before, after  bool   // the object is told as it was, as it is
	headers        []string
}

// quiet are the operations of the document that change nothing, by method and path: they look at a draft.
var quiet = map[string]bool{"POST /api/v1/zones/check": true, "POST /api/v1/registers/{kind}/check": true, "POST /api/v1/simulations/lint": true}

// Every operation of the OpenAPI document that changes something leaves a row in the audit of a running server: who, when,
// from where, and what the object was before and is afterwards.
func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	alert := string(raiseEmergency(t, p, p.MQTT).ID)
	both := map[string]string{"zh": "甲", "en": "A"}
	company := func(name string) map[string]any {
		return map[string]any{"kind": "company", "name": map[string]string{"zh": name, "en": name}, "jurisdiction_id": "421202", "contact_name": "王", "contact_phone": "0715-1"}
	}
	person := func(shown, key string, value any) map[string]any {
		return map[string]any{"display_name": shown, "organisation_id": "co", "roles": []string{"company_administrator"}, key: value}
	}
	zone := func(reason string) []byte {
		return bytes.Replace([]byte(square("zz", "conditional", 114.2, 29.7, 400, "")), []byte(`"name_zh"`), fmt.Appendf(nil, `"id":"zz","reason_zh":%q,"name_zh"`, reason), 1)
	}
	geo := []string{"Content-Type", "application/geo+json"}
	file := []string{"Content-Type", "application/octet-stream"}
	on := func(action string) string { return "/api/v1/alerts/" + alert + "/" + action }
	deeds := []deed{
		{"PUT /api/v1/organisations/{id}", "/api/v1/organisations/co", company("甲"), "organisation.save", "organisation/co", false, true, nil},
		{"PUT /api/v1/organisations/{id}", "/api/v1/organisations/co", company("乙"), "organisation.save", "organisation/co", true, true, nil},
		{"POST /api/v1/people", "", person("王", "username", "wang"), "person.create", "user/wang", false, true, nil},
		{"PUT /api/v1/people/{username}", "/api/v1/people/wang", person("王五", "disabled", false), "person.change", "user/wang", true, true, nil},
		{"POST /api/v1/people/{username}/password", "/api/v1/people/wang/password", nil, "person.password", "user/wang", false, false, nil},
		{"POST /api/v1/people/{username}/tokens", "/api/v1/people/wang/tokens", map[string]any{"name": "feed"}, "token.issue", "token/%s", false, true, nil},
		{"DELETE /api/v1/tokens/{id}", "/api/v1/tokens/%s", nil, "token.revoke", "token/%s", true, true, nil},
		{"PUT /api/v1/people/{username}", "/api/v1/people/wang", person("王五", "disabled", true), "person.disable", "user/wang", true, true, nil},
		{"POST /api/v1/account/tokens", "", map[string]any{"name": "own"}, "token.issue", "token/%s", false, true, nil},
		{"DELETE /api/v1/account/tokens/{id}", "/api/v1/account/tokens/%s", nil, "token.revoke", "token/%s", true, true, nil},
		{"POST /api/v1/devices", "", map[string]any{"id": "d-1", "kind": "aircraft", "organisation_id": "co"}, "device.create", "device/d-1", false, true, nil},
		{"POST /api/v1/devices/{id}/secret", "/api/v1/devices/d-1/secret", nil, "device.renew", "device/d-1", true, true, nil},
		{"DELETE /api/v1/devices/{id}", "/api/v1/devices/d-1", nil, "device.revoke", "device/d-1", true, true, nil},
		{"PUT /api/v1/aircraft/{aircraft_id}", "/api/v1/aircraft/a-1", map[string]any{"class": "light", "model": "M", "organisation_id": "co", "contact_name": "李", "contact_phone": "0715-2"}, "aircraft.save", "aircraft/a-1", false, true, nil},
		{"PUT /api/v1/aircraft/{aircraft_id}", "/api/v1/aircraft/a-1", map[string]any{"class": "small", "model": "M", "organisation_id": "co", "contact_name": "李", "contact_phone": "0715-2"}, "aircraft.save", "aircraft/a-1", true, true, nil},
		{"POST /api/v1/contacts", "", map[string]any{"kind": "aircraft", "id": "a-1"}, "personal.look", "aircraft/a-1", false, false, nil},
		{"DELETE /api/v1/aircraft/{aircraft_id}", "/api/v1/aircraft/a-1", nil, "aircraft.remove", "aircraft/a-1", true, false, nil},
		{"PUT /api/v1/pilots/{pilot_id}", "/api/v1/pilots/p-1", map[string]any{"name": "赵", "phone": "13800000000", "organisation_id": "co"}, "pilot.save", "pilot/p-1", false, true, nil},
		{"POST /api/v1/contacts", "", map[string]any{"kind": "pilot", "id": "p-1"}, "personal.look", "pilot/p-1", false, false, nil},
		{"GET /api/v1/registers/{kind}/export", "/api/v1/registers/pilots/export?format=csv", nil, "register.export", "register/pilots", false, false, nil},
		{"DELETE /api/v1/pilots/{pilot_id}", "/api/v1/pilots/p-1", nil, "pilot.remove", "pilot/p-1", true, false, nil},
		{"PUT /api/v1/sites/{site_id}", "/api/v1/sites/s-1", map[string]any{"kind": "pad", "name": both, "position": map[string]float64{"longitude_deg": 114.2, "latitude_deg": 29.7}, "organisation_id": "co"}, "site.save", "site/s-1", false, true, nil},
		{"DELETE /api/v1/sites/{site_id}", "/api/v1/sites/s-1", nil, "site.remove", "site/s-1", true, false, nil},
		{"POST /api/v1/registers/{kind}/import", "/api/v1/registers/aircraft/import?name=l.csv", []byte("id,class,organisation_id\na-2,light,co\n"), "register.import", "register/aircraft", false, false, file},
		{"POST /api/v1/registers/{kind}/import", "/api/v1/registers/aircraft/import?name=l.csv", []byte("id,class,organisation_id\na-2,small,co\n"), "aircraft.save", "aircraft/a-2", true, true, file},
		{"POST /api/v1/zones", "", zone("新"), "zone.publish", "zone/zz", false, true, geo},
		{"PUT /api/v1/zones/{id}", "/api/v1/zones/zz", zone("改"), "zone.publish", "zone/zz", true, true, append(geo, "If-Match", `"1"`)},
		{"POST /api/v1/zones/{id}/restore", "/api/v1/zones/zz/restore", map[string]any{"version": 1, "reason": "撤"}, "zone.publish", "zone/zz", true, true, nil},
		{"DELETE /api/v1/zones/{id}", "/api/v1/zones/zz?reason=完", nil, "zone.end", "zone/zz", true, false, nil},
		{"POST /api/v1/zones/import", "/api/v1/zones/import?crs=wgs84", []byte(`{"type":"FeatureCollection","features":[` + square("zi", "conditional", 114.1, 29.7, 400, "") + `]}`), "zone.publish", "zone/zi", false, true, nil},
		{"POST /api/v1/simulations", "", map[string]any{"name": "a.yaml", "source": "hold"}, "simulation.start", "simulation/1", false, true, nil},
		{"POST /api/v1/simulations/{id}/cancel", "/api/v1/simulations/1/cancel", nil, "simulation.cancel", "simulation/1", true, true, nil},
		{"POST /api/v1/alerts/{id}/acknowledge", on("acknowledge"), nil, "alert.acknowledge", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/comment", on("comment"), map[string]string{"comment": "已联系"}, "alert.comment", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/call", on("call"), map[string]string{}, "alert.log_call", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/assign", on("assign"), map[string]string{"username": "admin"}, "alert.assign", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/pull-up", on("pull-up"), map[string]string{}, "alert.pull_up", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/hand-over", on("hand-over"), map[string]string{"to_id": "421281"}, "alert.hand_over", "alert/" + alert, true, true, nil},
		{"POST /api/v1/alerts/{id}/close", on("close"), map[string]string{"reason": "false_alarm", "comment": "试"}, "alert.close", "alert/" + alert, true, true, nil},
	}
	began := time.Now()
	done := map[string]bool{}
	last := ""
	for i := range deeds {
		d := &deeds[i]
		done[d.operation] = true
		method, path, _ := strings.Cut(d.operation, " ")
		if d.path != "" {
			path = strings.Replace(d.path, "%s", last, 1)
		}
		var out struct {
			Token lowsky.APIToken `json:"token"`
		}
		var answer json.RawMessage
		status, text := p.Try(t, method, path, d.body, nil, d.headers...)
		if status > 299 {
			t.Errorf("%s %s: %d %s", method, path, status, text)
			continue
		}
		if answer = json.RawMessage(text); json.Unmarshal(answer, &out) == nil && out.Token.ID != "" {
			last = out.Token.ID
		}
		d.object = strings.Replace(d.object, "%s", last, 1)
	}
	p.sessionDeeds(t, done)

	var trail struct {
		Entries []lowsky.AuditEntry `json:"entries"`
	}
	missing := func() (out []string) {
		p.Do(t, "GET", "/api/v1/audit?limit=1000&from="+began.Add(-time.Minute).UTC().Format(time.RFC3339), nil, &trail)
		for _, d := range deeds {
			if why := told(trail.Entries, d); why != "" {
				out = append(out, fmt.Sprintf("%s: %s %s: %s", d.operation, d.action, d.object, why))
			}
		}
		return out
	}
	// What is done with an alert is on record once it is stored, a moment later.
	Eventually(t, 10*time.Second, func() string { return strings.Join(missing(), "\n") }, func() bool { return len(missing()) == 0 })
	for _, e := range trail.Entries {
		if e.Before == nil || string(e.Before) != string(e.After) {
			continue
		}
		t.Errorf("%s %s tells no change: %s", e.Action, e.Object, e.After)
	}
	p.everyOperation(t, done)
}

// told answers why the entries do not tell of the deed; "" where they do.
func told(entries []lowsky.AuditEntry, d deed) string {
	why := "no row"
	for _, e := range entries {
		if e.Action != d.action || e.Object != d.object {
			continue
		}
		switch {
		case e.By != "admin" || e.At.IsZero():
			why = fmt.Sprintf("by %q at %v", e.By, e.At)
		case e.From != "127.0.0.1":
			why = fmt.Sprintf("from %q", e.From)
		case (e.Before != nil) != d.before || (e.After != nil) != d.after:
			why = fmt.Sprintf("before %.60s, after %.60s", e.Before, e.After)
		default:
			return ""
		}
	}
	return why
}

// sessionDeeds signs in and out in every way, which ends sessions: each has its row.
func (p *Platform) sessionDeeds(t *testing.T, done map[string]bool) {
	t.Helper()
	li := p.Hire(t, "li", "xianning", "auditor") // signs in, changes the password, signs in
	var own struct {
		Sessions []struct {
			lowsky.SessionInfo
			Current bool `json:"current"`
		} `json:"sessions"`
	}
	li.Do(t, "GET", "/api/v1/account/sessions", nil, &own)
	for _, s := range own.Sessions {
		if !s.Current {
			li.Do(t, "DELETE", "/api/v1/account/sessions/"+s.ID, nil, nil)
		}
	}
	p.Do(t, "DELETE", "/api/v1/people/li/sessions", nil, nil)
	again := p.As(t, "li", HiredPassword)
	again.Do(t, "DELETE", "/api/v1/session", nil, nil)
	if status, _ := p.WithToken("").Try(t, "POST", "/api/v1/session", map[string]string{"username": "li", "password": "wrong-wrong-1"}, nil); status != 401 {
		t.Errorf("a wrong password: %d", status)
	}
	var trail struct {
		Entries []lowsky.AuditEntry `json:"entries"`
	}
	p.Do(t, "GET", "/api/v1/audit?object=user/li&limit=100", nil, &trail)
	count := map[string]int{}
	for _, e := range trail.Entries {
		count[e.By+" "+e.Action]++
		if e.From != "127.0.0.1" {
			t.Errorf("%s of li from %q", e.Action, e.From)
		}
	}
	// Three sign-ins; the first's session ended by its owner, the second's by the administrator, the third's by signing out.
	for what, want := range map[string]int{"li session.begin": 3, "li person.password": 1, "li session.end": 2, "admin session.end": 1, "li session.refused": 1} {
		if count[what] != want {
			t.Errorf("%d rows %s, want %d: %v", count[what], what, want, count)
		}
	}
	for _, op := range []string{"POST /api/v1/session", "DELETE /api/v1/session", "PUT /api/v1/account/password", "DELETE /api/v1/account/sessions/{id}", "DELETE /api/v1/people/{username}/sessions"} {
		done[op] = true
	}
}

// everyOperation: the document has no operation that changes something and was not done.
func (p *Platform) everyOperation(t *testing.T, done map[string]bool) {
	t.Helper()
	_, text := (&world{Platform: p}).tryAll("GET", "/api/v1/openapi.json")
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil || len(document.Paths) == 0 {
		t.Fatalf("the OpenAPI document: %v", err)
	}
	for path, item := range document.Paths {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if _, there := item[strings.ToLower(method)]; there && !done[method+" "+path] && !quiet[method+" "+path] {
				t.Errorf("%s %s changes something, and nobody looks for it in the audit", method, path)
			}
		}
	}
}
