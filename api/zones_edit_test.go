package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lowsky"
)

func TestEditingMakesVersions(t *testing.T) {
	h := newHouse(t)
	// A new zone, without an id: it is given one.
	noID := strings.Replace(zoneOf("x", "", `"kind":"dam"`), `"id":"x",`, "", 1)
	var made ZoneVersion
	if err := json.Unmarshal(h.want(200, "POST", "/api/v1/zones?reason=new", noID).raw, &made); err != nil || made.Version != 1 || !strings.HasPrefix(string(made.ID), "z-") {
		t.Fatalf("%+v %v", made, err)
	}
	path := "/api/v1/zones/" + string(made.ID)
	z, _ := h.board.Zone(lowsky.Everything, made.ID)
	if z.Buffer != lowsky.Some(lowsky.Metres(200)) || z.Organisation != "city" || z.Demo || !z.PublishedAt.Equal(epoch) || z.Jurisdictions[0] != "421202" {
		t.Errorf("%+v", z)
	}
	// What was given is kept: also a buffer of nothing.
	edit := zoneOf(string(made.ID), "", `"kind":"dam","buffer_m":0,"message_zh":"二"`)
	a := h.want(200, "PUT", path+"?reason=second", edit, "If-Match", `"1"`)
	if a.Header.Get("ETag") != `"2"` {
		t.Errorf("ETag %s", a.Header.Get("ETag"))
	}
	if z, _ = h.board.Zone(lowsky.Everything, made.ID); z.Version != 2 || z.Buffer != lowsky.Some(lowsky.Metres(0)) || z.Message.ZH != "二" {
		t.Errorf("%+v", z)
	}
	for match, status := range map[string]int{"": 428, `"1"`: 412, `"3"`: 412, "*": 412, "x": 412} {
		var headers []string
		if match != "" {
			headers = []string{"If-Match", match}
		}
		h.want(status, "PUT", path, edit, headers...)
	}
	h.want(404, "PUT", "/api/v1/zones/none", zoneOf("none", "", ""), "If-Match", `"1"`)
	h.want(422, "PUT", path, zoneOf("other", "", ""), "If-Match", `"2"`)
	h.want(409, "POST", "/api/v1/zones", edit)
	h.want(422, "POST", "/api/v1/zones", zoneOf("p", "", `"superior":"province"`))
	h.want(413, "POST", "/api/v1/zones", strings.Repeat(" ", maxDraft+1))
	bad := h.want(422, "PUT", path, zoneOf(string(made.ID), "", `"floor_m":9,"floor_datum":"agl","ceiling_m":1,"ceiling_datum":"agl"`), "If-Match", `"2"`).json(t)
	if bad["field"] != "properties.floor_m" {
		t.Errorf("%v", bad)
	}
	if z, _ = h.board.Zone(lowsky.Everything, made.ID); z.Version != 2 {
		t.Errorf("version %d after refusals", z.Version)
	}

	// Ended with a reason, restored with another.
	h.want(204, "DELETE", path+"?reason="+url.QueryEscape("不再需要"), "")
	h.want(404, "PUT", path, edit, "If-Match", `"2"`)
	h.want(200, "POST", path+"/restore", `{"version":1,"reason":"back"}`)
	if z, _ = h.board.Zone(lowsky.Everything, made.ID); z == nil || z.Version != 3 || z.Message.ZH != "" {
		t.Errorf("restored: %+v", z)
	}
	var versions []struct {
		ZoneVersionView
		Feature struct{ Properties map[string]any } `json:"feature"`
	}
	if err := json.Unmarshal(h.want(200, "GET", path+"/versions", "").raw, &versions); err != nil || len(versions) != 3 {
		t.Fatalf("%+v %v", versions, err)
	}
	var told []string
	for _, v := range versions {
		told = append(told, fmt.Sprint(v.Version, v.Reason, "/", v.EndReason, v.Current, v.EndedAt.OK, v.PublishedBy, v.Feature.Properties["version"]))
	}
	if got, want := strings.Join(told, " "), "3back/true falseadmin3 2second/不再需要false trueadmin2 1new/false trueadmin1"; got != want {
		t.Errorf("versions:\n%s\n%s", got, want)
	}
	h.want(200, "POST", path+"/restore", `{"version":2}`)
	if r := h.picture.zones.Reason; r != "恢复自版本 2 · restored from version 2" {
		t.Errorf("restored without a reason: %q", r)
	}
	// An id that was ended and belongs to others is not free.
	h.archive.zones["theirs"] = []lowsky.ZoneRecord{{Zone: &lowsky.Zone{ID: "theirs", Version: 1, Organisation: "town"}}}
	if a := h.ask("county", "POST", "/api/v1/zones", zoneOf("theirs", "", "")); a.StatusCode != 403 {
		t.Errorf("others' id: %d %s", a.StatusCode, a.raw)
	}
	h.archive.err = lowsky.ErrUnavailable
	h.want(503, "POST", "/api/v1/zones", zoneOf("late", "", ""))
	h.want(503, "GET", path+"/versions", "")
}

// A draft tells who is inside, also who cannot be judged, within the scope of whoever asks.
func TestCheckOfADraft(t *testing.T) {
	h := newHouse(t)
	put := func(id string, lon lowsky.Degrees, change func(v *lowsky.TrackView)) {
		v := at(fly(id, 0), lon, 29.5)
		if change != nil {
			change(v)
		}
		h.board.Publish([]lowsky.Change{{Track: v}})
	}
	height := func(agl lowsky.Opt[lowsky.Metres]) func(v *lowsky.TrackView) {
		return func(v *lowsky.TrackView) {
			v.Position.Value.AGL, v.Position.Value.HAE = agl, lowsky.Some(lowsky.Metres(150))
		}
	}
	h.board.Publish([]lowsky.Change{{Gone: "a"}})
	put("within", 114, height(lowsky.Some(lowsky.Metres(50))))
	put("above", 114, height(lowsky.Some(lowsky.Metres(150))))
	put("blind", 114, height(lowsky.Opt[lowsky.Metres]{}))
	put("landed", 114, func(v *lowsky.TrackView) { v.State = lowsky.TrackGround })
	put("near", 114.013, height(lowsky.Some(lowsky.Metres(50))))
	put("far", 114.2, nil)
	put("silent", 114.02, func(v *lowsky.TrackView) { v.ObservedAt = epoch.Add(-time.Minute) })
	put("silent-far", 115, func(v *lowsky.TrackView) { v.ObservedAt = epoch.Add(-time.Minute) })
	put("lost", 114, func(v *lowsky.TrackView) { v.Position = lowsky.Opt[lowsky.Position]{} })
	put("theirs", 114, func(v *lowsky.TrackView) { v.Organisation, v.Jurisdictions = "town", []lowsky.JurisdictionID{"421281"} })
	h.board.Publish([]lowsky.Change{{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "within", Organisation: "rescue"}}}}})
	draft := zoneOf("d", `{"type":"Point","coordinates":[114,29.5]}`,
		`"radius_m":800,"kind":"dam","ceiling_m":100,"ceiling_datum":"agl","exemptions":[{"organisation_id":"rescue"}],"applicability":[{"until":"2020-01-01T00:00:00Z"}]`)
	check := func(as, body string) (d DraftCheck) {
		t.Helper()
		a := h.ask(as, "POST", "/api/v1/zones/check", body)
		if err := json.Unmarshal(a.raw, &d); err != nil || a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, a.raw)
		}
		return d
	}
	list := func(os []Occupant) string {
		out := map[string]string{}
		for _, o := range os {
			out[string(o.Aircraft)] = fmt.Sprint(o.Vertical, o.Reason, o.Exempt, o.Grounded)
		}
		raw, _ := json.Marshal(out)
		return string(raw)
	}
	d := check("admin", draft)
	if got, want := list(d.Inside), `{"above":"abovefalse false","blind":"unknownno_terrainfalse false","landed":"withinfalse true","theirs":"withinfalse false","within":"withintrue false"}`; got != want {
		t.Errorf("inside:\n%s\n%s", got, want)
	}
	if got, want := list(d.Near), `{"near":"withinfalse false"}`; got != want {
		t.Errorf("near: %s", got)
	}
	if got, want := list(d.CannotTell), `{"lost":"no_positionfalse false","silent":"withinsilentfalse false"}`; got != want {
		t.Errorf("cannot tell: %s", got)
	}
	if !d.Valid || d.ActiveNow || d.Buffer != 200 || d.Area < 1.9e6 || d.Area > 2.1e6 || d.Jurisdictions[0] != "421202" || !d.Complete {
		t.Errorf("%+v", d)
	}
	if d := check("county", draft); len(d.Inside) != 1 || d.Inside[0].Aircraft != "theirs" {
		t.Errorf("scope: %+v", d)
	}
	for _, c := range []struct{ body, field, problem string }{
		{"nonsense", "document", "not JSON"},
		{zoneOf("d", polygon(`[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`), ""), "geometry.coordinates[0]", "itself"},
		{zoneOf("d", "", `"temporary":true`), "properties", "temporary"},
		{strings.Replace(zoneOf("d", "", ""), `"restriction":"prohibited"`, `"kind":"dam"`, 1), "properties.restriction", "missing"},
		{zoneFile(zoneOf("d", "", "")), "type", "must be Feature"},
	} {
		d := check("admin", c.body)
		if d.Valid || len(d.Problems) != 1 || !strings.HasPrefix(d.Problems[0].Field, c.field) || !strings.Contains(d.Problems[0].Problem, c.problem) {
			t.Errorf("%.60s: %+v", c.body, d.Problems)
		}
	}
	h.want(413, "POST", "/api/v1/zones/check", strings.Repeat(" ", maxDraft+1))
	if zones, seq := h.board.Zones(lowsky.Everything); len(zones) != 1 || seq != 1 {
		t.Errorf("a check published: %d zones, %d", len(zones), seq)
	}
}

// A temporary zone is ended by the server after the last of its periods, once, with a reason.
func TestTemporaryZonesEnd(t *testing.T) {
	h := newHouse(t)
	period := func(from, until time.Duration) string {
		return fmt.Sprintf(`{"from":%q,"until":%q}`, epoch.Add(from).Format(time.RFC3339), epoch.Add(until).Format(time.RFC3339))
	}
	h.want(200, "POST", "/api/v1/zones", zoneOf("event", "", `"temporary":true,"applicability":[`+period(0, 2*time.Hour)+`,`+period(0, time.Hour)+`]`))
	h.want(200, "POST", "/api/v1/zones", zoneOf("season", "", `"applicability":[`+period(0, time.Hour)+`]`))
	h.want(422, "POST", "/api/v1/zones", zoneOf("endless", "", `"temporary":true,"applicability":[{"weekdays":[1]}]`))
	h.want(422, "POST", "/api/v1/zones", zoneOf("past", "", `"temporary":true,"applicability":[`+period(-2*time.Hour, -time.Hour)+`]`))
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {time.Hour, 0}, {2*time.Hour - time.Second, 0}, {2 * time.Hour, 1}, {2*time.Hour + 20*time.Second, 0}} {
		h.now = epoch.Add(c.after)
		ended, err := h.server.EndExpired(t.Context())
		if err != nil || len(ended) != c.want {
			t.Errorf("after %v: %v %v", c.after, ended, err)
		}
	}
	if h.picture.zones.Reason != expired || h.picture.zones.By != "lowsky" {
		t.Errorf("%+v", h.picture.zones)
	}
	if _, err := h.board.Zone(lowsky.Everything, "season"); err != nil {
		t.Error("a zone that is not temporary was ended")
	}
	h.want(422, "POST", "/api/v1/zones/event/restore", `{"version":1}`)
	h.want(200, "POST", "/api/v1/zones", zoneOf("again", "", `"temporary":true,"applicability":[`+period(0, 3*time.Hour)+`]`))
	// It has been prolonged, and the board does not know yet.
	prolonged := *h.archive.zones["again"][0].Zone
	prolonged.Applicability = lowsky.Applicability{{Until: lowsky.Some(epoch.Add(9 * time.Hour))}}
	before := h.archive.zones["again"][0].Zone
	h.archive.zones["again"][0].Zone = &prolonged
	h.now = epoch.Add(4 * time.Hour)
	if ended, err := h.server.EndExpired(t.Context()); err != nil || len(ended) != 0 {
		t.Errorf("a zone that has just been prolonged: %v %v", ended, err)
	}
	h.archive.zones["again"][0].Zone = before
	h.now, h.picture.err = epoch.Add(4*time.Hour), lowsky.ErrUnavailable
	if ended, err := h.server.EndExpired(t.Context()); err == nil {
		t.Errorf("the database is away: %v", ended)
	}
	h.picture.err = nil
	if ended, err := h.server.EndExpired(t.Context()); err != nil || len(ended) != 1 {
		t.Errorf("tried again: %v %v", ended, err)
	}
}
