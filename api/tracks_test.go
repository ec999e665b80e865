package api

import (
	"encoding/json"
	"strings"
	"testing"

	"lowsky"
)

// What a company gets over REST of an aircraft that is not its own and flies beside one that is.
func TestACompanysNeighbourOverREST(t *testing.T) {
	h := newHouse(t)
	own, other := of(at(fly("w-1", 1), 114, 29.8), "wings"), of(kilometresEast(fly("b-1", 2), 114, 29.8, 2), "blades")
	a := firing("aPAIR", "", 1)
	a.Object, a.Hazard, a.Subject = lowsky.Object{Kind: lowsky.ObjectPair, ID: "b-1+w-1"}, lowsky.HazardSeparation, lowsky.Subject{}
	a.Organisation, a.Partners, a.Jurisdictions = "blades", []lowsky.OrganisationID{"wings"}, nil
	a.Text = lowsky.Text{ZH: "b-1 与 w-1", EN: "b-1 and w-1"}
	a.Handling.Comments = []lowsky.Comment{{By: "officer", Text: "called b-1"}}
	h.archive.alerts = []*lowsky.Alert{a}
	h.ledger.more = map[string]bool{"aircraft/b-1": true}
	h.board.Publish([]lowsky.Change{
		{Track: own}, {Track: other}, {Alert: a},
		{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "w-1", Organisation: "wings", ContactPhone: "SEALED"}, {ID: "b-1", Organisation: "blades"}}}},
	})
	silent := func(path string) answer {
		t.Helper()
		got := h.ask("company", "GET", path, "")
		for _, secret := range []string{"b-1", "blades", "aPAIR", "officer", "SEALED"} {
			if got.StatusCode == 200 && strings.Contains(string(got.raw), secret) {
				t.Errorf("%s tells %s: %s", path, secret, got.raw)
			}
		}
		return got
	}
	var tracks struct {
		Tracks    []lowsky.TrackView
		Anonymous []AnonymousTrack
	}
	for _, c := range []struct {
		query     string
		anonymous int
	}{{"", 1}, {"?bbox=113.9,29.7,114.2,29.9", 1}, {"?bbox=113.9,29.7,114.01,29.9", 0}} {
		tracks.Anonymous = nil
		if err := json.Unmarshal(silent("/api/v1/tracks"+c.query).raw, &tracks); err != nil || len(tracks.Tracks) != 1 ||
			tracks.Tracks[0].ID != "w-1" || len(tracks.Anonymous) != c.anonymous {
			t.Errorf("%s: %v %+v", c.query, err, tracks)
		}
	}
	if got := h.want(200, "GET", "/api/v1/tracks", ""); !strings.Contains(string(got.raw), `"anonymous":[]`) || !strings.Contains(string(got.raw), "b-1") {
		t.Errorf("the city: %s", got.raw)
	}
	// The other one, and one that is nowhere: the same answer.
	for _, path := range []string{"/api/v1/tracks/ID", "/api/v1/tracks/ID/history"} {
		hidden, unknown := h.ask("company", "GET", strings.Replace(path, "ID", "b-1", 1), ""), h.ask("company", "GET", strings.Replace(path, "ID", "nobody", 1), "")
		if hidden.StatusCode != 404 || unknown.StatusCode != 404 || hidden.json(t)["detail"] != unknown.json(t)["detail"] {
			t.Errorf("%s: %s, unknown %s", path, hidden.raw, unknown.raw)
		}
	}
	denied := 0
	h.ledger.mu.Lock()
	for _, e := range h.ledger.entries {
		if e.Action == "access.denied" && e.Object == "aircraft/b-1" {
			denied++
		}
	}
	h.ledger.mu.Unlock()
	if denied != 2 {
		t.Errorf("%d guesses noted, want 2", denied)
	}
	if got := h.ask("company", "GET", "/api/v1/tracks/w-1/history", ""); got.StatusCode != 200 {
		t.Errorf("its own without a report: %s", got.raw)
	}
	if got := silent("/api/v1/tracks/w-1"); got.StatusCode != 200 || !strings.Contains(string(got.raw), "another aircraft") || !strings.Contains(string(got.raw), `"has_phone":true`) {
		t.Errorf("%d %s", got.StatusCode, got.raw)
	}
	// The pair: by its own word, live and stored; not by its id, and not by the name of the other.
	var list struct{ Alerts []AlertView }
	for _, query := range []string{"", "?state=all", "?aircraft=w-1"} {
		if err := json.Unmarshal(silent("/api/v1/alerts"+query).raw, &list); err != nil || len(list.Alerts) != 1 {
			t.Fatalf("%s: %v %+v", query, err, list)
		}
	}
	if got := silent("/api/v1/alerts/" + string(list.Alerts[0].ID)); got.StatusCode != 200 || !strings.Contains(string(got.raw), `"revisions_available":true`) ||
		strings.Count(string(got.raw), "anonymous-") < 2 {
		t.Errorf("%d %s", got.StatusCode, got.raw)
	}
	if got := h.ask("company", "GET", "/api/v1/alerts/aPAIR", ""); got.StatusCode != 404 {
		t.Errorf("a pair by its own id: %s", got.raw)
	}
	for _, query := range []string{"?aircraft=b-1", "?aircraft=b-1&state=all", "?aircraft=nobody"} {
		if got := string(h.ask("company", "GET", "/api/v1/alerts"+query, "").raw); !strings.Contains(got, `"alerts":[]`) {
			t.Errorf("%s: %s", query, got)
		}
	}
}
