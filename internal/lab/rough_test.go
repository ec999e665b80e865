package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/cmd/lowsky/server"
	"lowsky/simulator"
)

// Any bytes on any topic: counted by reason, shown under /ingest/sources, and nothing else happens.
func TestGarbage(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + p.MQTT, ClientID: "garbage"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	report := func(lon, lat, rest string) string {
		return fmt.Sprintf(`{"measured_at":%q,"longitude_deg":%s,"latitude_deg":%s%s}`, now, lon, lat, rest)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	want := map[string]uint64{} // by reason; an alarm list that is none is passed over, and so is a number no DJI device means
	for _, m := range []struct{ topic, payload, reason string }{
		{"lowsky/v1/telemetry/g-1", "\x00\xff\xfe", "json_syntax"},
		{"lowsky/v1/telemetry/g-2", report("NaN", "29.8", ""), "json_syntax"},
		{"lowsky/v1/telemetry/g-3", report("180.5", "29.8", ""), "out_of_range"},
		{"lowsky/v1/telemetry/g-4", report("114.3", "-90.01", ""), "out_of_range"},
		{"lowsky/v1/telemetry/g-5", report("0", "0", ""), "no_fix"},
		{"lowsky/v1/telemetry/g-6", report(`"114.3"`, "29.8", ""), "wrong_type"},
		{"lowsky/v1/telemetry/g-7", report("114.3", "29.8", `,"battery_pct":140`), "out_of_range"},
		{"lowsky/v1/telemetry/g-8", deep, "json_too_deep"},
		{"lowsky/v1/telemetry/g-9", `[` + strings.Repeat(" ", 257<<10) + `]`, "payload_too_large"},
		{"lowsky/v1/telemetry/bad%20id", report("114.3", "29.8", ""), "bad_id"},
		{"thing/product/G10/osd", `{"data":{"latitude":1e999}}`, ""},
		{"sys/product/G11/status", `[]`, "wrong_type"},
		{"thing/product/G12/events", `{"method":"hms","data":{"list":"no"}}`, ""},
		{"somewhere/else", "hello", "unknown_topic"},
	} {
		if err := pub.Publish(m.topic, []byte(m.payload), 1); err != nil {
			t.Fatal(err)
		}
		if m.reason != "" {
			want[m.reason]++
		}
	}
	// A clock that is years off is no reason to lose a position.
	old := `{"measured_at":"2011-01-01T00:00:00Z","longitude_deg":114.3,"latitude_deg":29.8,"height_agl_m":20,"status":"airborne"}`
	if err := pub.Publish("lowsky/v1/telemetry/old-clock", []byte(old), 1); err != nil {
		t.Fatal(err)
	}
	if err := pub.Close(); err != nil {
		t.Fatal(err)
	}
	Eventually(t, 10*time.Second, func() string { return "the aircraft with the old clock" }, func() bool {
		status, _ := p.Try(t, "GET", "/api/v1/tracks/old-clock", nil, nil)
		return status == 200
	})
	var tracks struct {
		Tracks []lowsky.TrackView `json:"tracks"`
	}
	p.Do(t, "GET", "/api/v1/tracks", nil, &tracks)
	for _, tr := range tracks.Tracks {
		if tr.ID != "old-clock" && tr.Position.OK {
			t.Errorf("garbage made a position: %s %+v", tr.ID, tr.Position)
		}
	}
	var sources struct {
		Sources []struct {
			ID       string            `json:"id"`
			Rejected map[string]uint64 `json:"rejected"`
		} `json:"sources"`
	}
	p.Do(t, "GET", "/api/v1/ingest/sources", nil, &sources)
	rejected, reasons := uint64(0), map[string]uint64{}
	for _, s := range sources.Sources {
		for r, n := range s.Rejected {
			rejected += n
			reasons[r] += n
		}
	}
	t.Logf("rejected %d: %v", rejected, reasons)
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("rejected by reason: %s", diff)
	}
	for _, a := range p.OpenAlerts(t) {
		if a.Object.ID != "old-clock" {
			t.Errorf("garbage raised an alert: %s on %s", a.Hazard, a.Object.ID)
		}
	}
}

// An invalid zone is refused with field and reason, and nothing of its file is stored.
func TestInvalidZones(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	good := square("good", "prohibited", 114.5, 29.5, 500, "")
	for name, c := range map[string]struct{ feature, field string }{
		"self-crossing":       {`{"type":"Feature","id":"z","properties":{"name_zh":"试","name_en":"T","restriction":"prohibited"},"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]}}`, "features[1]"},
		"empty":               {`{"type":"Feature","id":"z","properties":{"name_zh":"试","name_en":"T","restriction":"prohibited"},"geometry":{"type":"Polygon","coordinates":[]}}`, "features[1]"},
		"floor above ceiling": {square("z", "prohibited", 114.6, 29.5, 500, `"floor_m":200,"floor_datum":"agl","ceiling_m":100,"ceiling_datum":"agl"`), "features[1]"},
	} {
		status, text := p.Try(t, "POST", "/api/v1/zones/import?crs=wgs84", []byte(`{"type":"FeatureCollection","features":[`+good+","+c.feature+`]}`), nil)
		if status != 422 && status != 400 || !strings.Contains(text, c.field) {
			t.Errorf("%s: %d %s; want a refusal that names %s", name, status, text, c.field)
		}
	}
	status, text := p.Try(t, "POST", "/api/v1/zones/import?crs=wgs84", []byte(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[`+good+`]}`), nil)
	if status != 422 && status != 400 || !strings.Contains(text, "crs") {
		t.Errorf("unknown CRS: %d %s", status, text)
	}
	var zones struct {
		Features []json.RawMessage `json:"features"`
	}
	p.Do(t, "GET", "/api/v1/zones", nil, &zones)
	if len(zones.Features) != 0 {
		t.Errorf("%d zones are in force after refusals only", len(zones.Features))
	}
}

// The journal of a run, fed through the engine again, gives the same alert transitions byte for byte.
func TestReplayOfARun(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{Demo: true})
	Eventually(t, 90*time.Second, func() string { return "three alerts of the demo" }, func() bool { return len(p.OpenAlerts(t)) >= 3 })
	a := p.OpenAlerts(t)[0]
	p.Do(t, "POST", "/api/v1/alerts/"+string(a.ID)+"/acknowledge", map[string]any{}, nil)
	p.Do(t, "POST", "/api/v1/alerts/"+string(a.ID)+"/comment", map[string]any{"comment": "由试验添加"}, nil)
	importZones(t, p, square("sudden", "prohibited", 114.3, 29.85, 8000, ""))
	wait(t, 3*time.Second)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	runs, err := server.Replay(context.Background(), server.Config{DataDir: p.DataDir}, logger)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 1 {
		t.Fatalf("the journal in %s holds %d runs, want 1", filepath.Base(p.DataDir), len(runs))
	}
	r := runs[0]
	t.Logf("%d revisions recorded, %d the same, %d not recorded", r.Recorded, r.Same, r.Unrecorded)
	if !r.Equal() || r.Same < 5 || r.Unrecorded != 0 || r.Gaps != 0 || r.Problem != "" {
		t.Errorf("replay: %+v", r)
	}
}
