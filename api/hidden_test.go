package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
)

var anID = regexp.MustCompile(`"id":"[A-Z2-7]{16}"`)

// body is an answer without what differs from one request to the next.
func body(a answer) string { return fmt.Sprint(a.StatusCode, anID.ReplaceAllString(string(a.raw), "")) }

// An id that exists and is out of scope answers what an unknown one does, word for word, and the guess is on record.
func TestGuessedIDs(t *testing.T) {
	h := newHouse(t)
	h.ledger.more = map[string]bool{"zone/z1": true}
	for _, c := range []struct {
		as, method, path, body string // %s is the id
		theirs, unknown        string
		kind                   string
	}{
		{"company", "GET", "/api/v1/people/%s", "", "county", "nobody", "user"},
		{"company", "PUT", "/api/v1/people/%s", `{"display_name":"x","roles":["pilot"],"organisation_id":"wings"}`, "rival", "nobody", "user"},
		{"company", "POST", "/api/v1/people/%s/password", "", "rival", "nobody", "user"},
		{"company", "DELETE", "/api/v1/people/%s/sessions", "", "rival", "nobody", "user"},
		{"company", "GET", "/api/v1/people/%s/tokens", "", "rival", "nobody", "user"},
		{"company", "POST", "/api/v1/people/%s/tokens", `{"name":"x"}`, "rival", "nobody", "user"},
		{"company", "DELETE", "/api/v1/tokens/%s", "", "t-rival", "t-none", "token"},
		{"company", "DELETE", "/api/v1/account/tokens/%s", "", "t-rival", "t-none", "token"},
		{"company", "GET", "/api/v1/organisations/%s", "", "blades", "none", "organisation"},
		{"company", "PUT", "/api/v1/organisations/%s", `{"kind":"company","name":{"zh":"x","en":"x"},"jurisdiction_id":"421202"}`, "blades", "none", "organisation"},
		{"company", "POST", "/api/v1/devices/%s/secret", "", "dock-7", "dock-0", "device"},
		{"company", "DELETE", "/api/v1/devices/%s", "", "dock-7", "dock-0", "device"},
		{"county", "GET", "/api/v1/zones/%s", "", "z1", "z0", "zone"},
		{"county", "GET", "/api/v1/zones/%s/versions", "", "z1", "z0", "zone"},
		{"county", "DELETE", "/api/v1/zones/%s", "", "z1", "z0", "zone"},
		{"county", "POST", "/api/v1/zones/%s/restore", `{"version":1}`, "z1", "z0", "zone"},
		{"county", "GET", "/api/v1/zones/export?id=%s", "", "z1", "z0", "zone"},
		{"county", "GET", "/api/v1/people/%s", "", "rival", "nobody", "user"},
	} {
		for _, token := range []bool{false, true} { // of a session, and of a token of another organisation
			ask := func(id string) answer {
				path := fmt.Sprintf(c.path, id)
				if !token {
					return h.ask(c.as, c.method, path, c.body)
				}
				return h.ask("", c.method, path, c.body, "Authorization", "Bearer "+c.as)
			}
			h.server.denials.byName = nil
			before := len(h.ledger.told("access.denied"))
			unknown := ask(c.unknown)
			if rows := h.ledger.told("access.denied"); len(rows) != before {
				t.Errorf("%s %s: an unknown id was noted: %v", c.method, c.path, rows[before:])
			}
			theirs := ask(c.theirs)
			if body(theirs) != body(unknown) || theirs.StatusCode != 404 {
				t.Errorf("%s %s:\n%s\n%s", c.method, c.path, body(theirs), body(unknown))
			}
			for name := range theirs.Header {
				if _, both := unknown.Header[name]; !both {
					t.Errorf("%s %s: only theirs has the header %s", c.method, c.path, name)
				}
			}
			rows := h.ledger.told("access.denied")
			want := c.as + " " + c.kind + "/" + c.theirs
			if token {
				want += " token t1" // and with what
			}
			if len(rows) != before+1 || rows[before] != want {
				t.Errorf("%s %s: %v, want %s", c.method, c.path, rows[before:], want)
			}
		}
	}
	e := h.ledger.entries[len(h.ledger.entries)-1]
	if e.From != "127.0.0.1" || len(e.Request) != 16 || !e.At.Equal(epoch) || e.Organisation != "chibi" || !slices.Equal(e.Jurisdictions, []lowsky.JurisdictionID{"421281"}) {
		t.Errorf("%+v", e)
	}
}

// Whoever guesses in a loop gets 30 rows a minute and one that says so; the next minute tells how many there were.
func TestGuessesAreBounded(t *testing.T) {
	h := newHouse(t)
	for range 100 {
		h.ask("company", "GET", "/api/v1/people/rival", "")
	}
	h.ask("county", "GET", "/api/v1/people/rival", "") // somebody else's count is their own
	rows := h.ledger.told("access.denied")
	if len(rows) != 32 || !strings.Contains(rows[30], "more than 30 within a minute") || rows[31] != "county user/rival" {
		t.Fatalf("%d rows: %v", len(rows), rows[min(len(rows), 29):])
	}
	h.now = epoch.Add(time.Minute)
	h.ask("company", "GET", "/api/v1/people/rival", "")
	if rows = h.ledger.told("access.denied"); len(rows) != 33 || rows[32] != "company user/rival 69 more, not listed, in the minute from "+epoch.Format(time.RFC3339) {
		t.Errorf("%v", rows[32:])
	}
	// However many guess, what is remembered is bounded.
	var d denials
	for i := range 3 * deniedHeld {
		d.tell(fmt.Sprint(i), epoch)
	}
	if len(d.byName) > deniedHeld {
		t.Errorf("remembers %d", len(d.byName))
	}
}
