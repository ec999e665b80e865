package lab

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/server"
)

// With a terrain tile an aircraft that reports nothing but its height above the ellipsoid is judged against limits above
// ground, and its height is on the map. The tile is a flat 100 m above mean sea level.
func TestTerrainTile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var tile bytes.Buffer
	posts := make([]int16, 1201*1201)
	for i := range posts {
		posts[i] = 100
	}
	if err := binary.Write(&tile, binary.BigEndian, posts); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "N29E114.hgt"), tile.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	p := Start(t, Options{Configure: func(c *server.Config) { c.TerrainDir = dir }})
	const lon, lat = 114.5, 29.5
	importZones(t, p, square("low", "prohibited", lon, lat, 2000, `"ceiling_m":100,"ceiling_datum":"agl"`))
	// The geoid is about 13 m below the ellipsoid here: 160 m HAE is some 73 m above the ground, 260 m some 173 m.
	in := newReporter(t, p, Flight{ID: "in", Longitude: lon, Latitude: lat, Fields: map[string]any{"altitude_hae_m": 160}})
	over := newReporter(t, p, Flight{ID: "over", Longitude: lon, Latitude: lat, Fields: map[string]any{"altitude_hae_m": 260}})
	fired := func(id string, h lowsky.Hazard) bool {
		for _, a := range p.OpenAlerts(t) {
			if a.Object.ID == id && a.Hazard == h && a.State == lowsky.AlertFiring {
				return true
			}
		}
		return false
	}
	Eventually(t, 30*time.Second, func() string { return "the low one is in the zone, the high one above 120 m" }, func() bool {
		in.report(t, 1)
		over.report(t, 1)
		return fired("in", lowsky.HazardZoneEntry) && fired("over", lowsky.HazardHeight)
	})
	if fired("over", lowsky.HazardZoneEntry) || fired("in", lowsky.HazardHeight) {
		t.Error("the high one is over the zone, the low one below every limit of height")
	}
	var detail struct {
		Track lowsky.TrackView `json:"track"`
	}
	p.Do(t, "GET", "/api/v1/tracks/in", nil, &detail)
	if h := detail.Track.Height; h.From != lowsky.HeightTerrain || h.Metres.Value < 65 || h.Metres.Value > 80 || !h.Bound.OK {
		t.Errorf("height above ground %+v", h)
	}
	for _, u := range detail.Track.Unjudged {
		if u.Hazard == lowsky.HazardZoneEntry || u.Hazard == lowsky.HazardHeight {
			t.Errorf("unjudged: %s", fmt.Sprint(u))
		}
	}
}
