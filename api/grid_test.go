package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// Cells with traffic: who flies in them now, and how many aircraft-minutes the last hour had.
func TestGrid(t *testing.T) {
	h := newHouse(t)
	h.board.Publish([]lowsky.Change{{Gone: "a"}})
	seen := func(id string, minute int, lon, lat lowsky.Degrees, change func(*lowsky.TrackView)) {
		v := at(fly(id, 0), lon, lat)
		v.ReceivedAt = epoch.Add(time.Duration(minute) * time.Minute)
		if change != nil {
			change(v)
		}
		h.board.Publish([]lowsky.Change{{Track: v}})
	}
	for m := range 10 {
		seen("x", m, 114.0084, 29.5083, nil)
		seen("x", m, 114.0084, 29.5084, nil) // again in the same minute
	}
	seen("y", 9, 114.0250, 29.5083, nil)
	seen("landed", 9, 114.0084, 29.5083, func(v *lowsky.TrackView) { v.State = lowsky.TrackGround })
	seen("theirs", 9, 114.0084, 29.5083, func(v *lowsky.TrackView) { v.Organisation, v.Jurisdictions = "town", []lowsky.JurisdictionID{"421281"} })
	h.now = epoch.Add(9*time.Minute + 30*time.Second)
	ask := func(as, query string) string {
		t.Helper()
		a := h.ask(as, "GET", "/api/v1/grid?west=113&south=29&east=115&north=30&"+query, "")
		var got struct {
			Complete bool
			Cells    []GridCell
		}
		if err := json.Unmarshal(a.raw, &got); err != nil || a.StatusCode != 200 || !got.Complete {
			t.Fatalf("%d %s", a.StatusCode, a.raw)
		}
		var out []string
		for _, c := range got.Cells {
			if c.East-c.West > 0.017 || c.North-c.South > 0.017 || c.West < 113 || c.North > 30 {
				t.Errorf("cell %+v", c)
			}
			out = append(out, fmt.Sprint(c.Code[:8], " ", c.Aircraft, "/", c.AircraftMinutes))
		}
		return strings.Join(out, ", ")
	}
	for query, want := range map[string]string{
		"level=4":            "N50H0300 2/0, N50H0301 1/0",
		"level=4&minutes=1":  "N50H0300 2/2, N50H0301 1/1",
		"level=4&minutes=5":  "N50H0300 2/6, N50H0301 1/1",
		"level=4&minutes=60": "N49HB206 0/1, N50H0300 2/11, N50H0301 1/1", // the house's own aircraft was heard in minute 0
	} {
		if got := ask("admin", query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := ask("county", "level=4&minutes=60"); !strings.HasSuffix(got, " 1/1") || strings.Contains(got, ",") {
		t.Errorf("scope: %s", got)
	}
	// An hour later nothing is left of it, and memory was used again.
	h.now = epoch.Add(2 * time.Hour)
	seen("x", 120, 114.0084, 29.5083, nil)
	if s := h.board.sightings(h.now, 60); len(s.minutes) != 1 || len(s.minutes[0]) != 1 {
		t.Errorf("an hour later: %+v", s)
	}
}

// More cells than an answer holds are refused, with what to do.
func TestGridIsBounded(t *testing.T) {
	h := newHouse(t)
	changes := make([]lowsky.Change, 0, maxGridCells+1)
	for i := range maxGridCells + 1 {
		changes = append(changes, lowsky.Change{Track: at(fly(fmt.Sprint("m", i), 0), 113+lowsky.Degrees(i%200)*0.005, 29+lowsky.Degrees(i/200)*0.005)})
	}
	h.board.Publish(changes)
	p := h.want(422, "GET", "/api/v1/grid?level=7&west=112&south=28&east=115&north=31", "").json(t)
	if p["field"] != "level" || !strings.Contains(p["reason"].(string), "coarser") {
		t.Errorf("%v", p)
	}
	h.want(200, "GET", "/api/v1/grid?level=4&west=112&south=28&east=115&north=31", "")
}
