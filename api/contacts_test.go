package api

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lowsky"
)

// mute is an audit that cannot be written.
type mute struct{ *ledger }

func (mute) Audit(context.Context, lowsky.AuditEntry) error {
	return fmt.Errorf("audit: %w", lowsky.ErrUnavailable)
}

// One number at a time, to whoever may see it, and every look is on record before the number is told.
func TestContacts(t *testing.T) {
	h := newHouse(t)
	h.ledger.more = map[string]bool{"pilot/p1": true, "aircraft/b1": true}
	h.enrol(&lowsky.Aircraft{ID: "b1", ContactName: "桨", ContactPhone: "sealed.135", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}},
		&lowsky.Aircraft{ID: "w1", ContactName: "翼", ContactPhone: "sealed.134", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}},
		&lowsky.Aircraft{ID: "w2", ContactName: "无", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}})
	abroad := firing("abroad", "b1", 1) // b1 over the county
	abroad.Organisation, abroad.Jurisdictions = "blades", []lowsky.JurisdictionID{"421281", "421200"}
	pair := firing("pair", "", 1)
	pair.Object, pair.Organisation, pair.Partners = lowsky.Object{Kind: lowsky.ObjectPair, ID: "b1+w1"}, "blades", []lowsky.OrganisationID{"wings"}
	h.board.Publish([]lowsky.Change{{Alert: abroad}, {Alert: pair}})
	for _, c := range []struct {
		as, body string
		status   int
		says     string
	}{
		{"admin", `{"kind":"aircraft","id":"b1"}`, 200, `{"name":"桨","phone":"135"}`},
		{"company", `{"kind":"aircraft","id":"w1"}`, 200, `"134"`},
		{"company", `{"kind":"aircraft","id":"w2"}`, 200, `{"name":"无","phone":""}`},
		{"company", `{"kind":"organisation","id":"wings"}`, 200, `"139"`},
		{"company", `{"kind":"aircraft","id":"b1"}`, 404, ""},
		{"company", `{"kind":"aircraft","id":"nobody"}`, 404, ""},
		{"company", `{"kind":"aircraft","id":"b1","alert_id":"pair"}`, 404, ""}, // whom one nearly met is not told
		{"company", `{"kind":"pilot","id":"p1"}`, 404, ""},
		{"company", `{"kind":"organisation","id":"blades"}`, 404, ""},
		{"county", `{"kind":"aircraft","id":"b1"}`, 404, ""},
		{"county", `{"kind":"aircraft","id":"b1","alert_id":"abroad"}`, 200, `"135"`},
		{"county", `{"kind":"aircraft","id":"b1","alert_id":"x"}`, 404, ""}, // an alert out of scope, about another
		{"county", `{"kind":"aircraft","id":"a","alert_id":"abroad"}`, 404, ""},
		{"auditor", `{"kind":"aircraft","id":"w1"}`, 403, ""},
		{"admin", `{"kind":"user","id":"admin"}`, 422, ""},
	} {
		a := h.ask(c.as, "POST", "/api/v1/contacts", c.body)
		if a.StatusCode != c.status || !strings.Contains(string(a.raw), c.says) {
			t.Errorf("%s %s: %d %s", c.as, c.body, a.StatusCode, a.raw)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s may be cached: %q", c.as, c.body, a.Header.Get("Cache-Control"))
		}
	}
	want := "admin aircraft/b1\ncompany aircraft/w1\ncompany organisation/wings\ncounty aircraft/b1 alert abroad"
	if got := strings.Join(h.ledger.told("personal.look"), "\n"); got != want {
		t.Errorf("looks on record:\n%s\nwant\n%s", got, want)
	}
	for _, e := range h.ledger.entries {
		if e.Action == "personal.look" && e.Object == "aircraft/b1" && (e.Organisation != "blades" || e.Request == "" || e.From != "127.0.0.1") {
			t.Errorf("%+v", e)
		}
	}
	if n := len(h.ledger.told("access.denied")); n != 7 {
		t.Errorf("%d guesses on record: %v", n, h.ledger.told("access.denied"))
	}
	// An unknown id and one of others answer alike.
	one, other := h.ask("company", "POST", "/api/v1/contacts", `{"kind":"aircraft","id":"b1"}`).json(t), h.ask("company", "POST", "/api/v1/contacts", `{"kind":"aircraft","id":"nobody"}`).json(t)
	delete(one, "id")
	delete(other, "id")
	if fmt.Sprint(one) != fmt.Sprint(other) {
		t.Errorf("%v and %v tell what there is", one, other)
	}
	h.server.cfg.Trail = mute{h.ledger}
	if a := h.want(503, "POST", "/api/v1/contacts", `{"kind":"aircraft","id":"w1"}`); strings.Contains(string(a.raw), "134") {
		t.Errorf("a look that is not on record: %s", a.raw)
	}
	for _, phone := range []string{"135", "134", "sealed"} {
		if strings.Contains(h.log.String(), phone+"\"") {
			t.Errorf("the log holds %s", phone)
		}
	}
}
