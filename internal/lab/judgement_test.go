package lab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/api"
)

// square is a GeoJSON zone with sides of so many metres around a centre.
func square(id, restriction string, lon, lat, side float64, properties string) string {
	w, e, s, n := East(lon, lat, -side/2), East(lon, lat, side/2), North(lat, -side/2), North(lat, side/2)
	if properties != "" {
		properties = "," + properties
	}
	return fmt.Sprintf(`{"type":"Feature","id":%q,"properties":{"name_zh":"试验 %s","name_en":"Test %s","restriction":%q%s},
		"geometry":{"type":"Polygon","coordinates":[[[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f]]]}}`,
		id, id, id, restriction, properties, w, s, e, s, e, n, w, n, w, s)
}

func importZones(t *testing.T, p *Platform, features ...string) {
	t.Helper()
	p.Do(t, "POST", "/api/v1/zones/import?crs=wgs84", []byte(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`), nil)
}

func (p *Platform) allAlerts(t testing.TB, aircraft string, hazard lowsky.Hazard) []api.AlertView {
	t.Helper()
	var out struct {
		Alerts []api.AlertView `json:"alerts"`
	}
	query := "/api/v1/alerts?state=all&limit=500&aircraft=" + aircraft
	if hazard != "" {
		query += "&hazard=" + string(hazard)
	}
	p.Do(t, "GET", query, nil, &out)
	return out.Alerts
}

// What must and must not alert, through the whole platform: broker, journal, picture, REST.
func TestJudgement(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lon, lat, side = 114.5, 29.5, 1000.0
	importZones(t, p,
		square("closed", "prohibited", lon, lat, side, ""),
		square("low", "prohibited", lon, lat+0.1, side, `"ceiling_m":100,"ceiling_datum":"agl"`),
	)
	west := East(lon, lat, -side/2)
	at := 500 * time.Millisecond
	fields := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	Fly(t, p.MQTT,
		// Flies in from 60 m before the rim and is never heard of again.
		Flight{ID: "silent", Longitude: East(west, lat, -60), Latitude: lat, Course: 90, Speed: 10, Interval: at, Reports: 26, Fields: fields("height_agl_m", 60)},
		// Along the western rim, 10 m outside.
		Flight{ID: "outside", Longitude: East(west, lat, -10), Latitude: North(lat, -150), Course: 0, Speed: 10, Interval: at, Reports: 60, Fields: fields("height_agl_m", 60)},
		// Across the low zone, 5 m above its ceiling.
		Flight{ID: "above", Longitude: East(west, lat, -100), Latitude: lat + 0.1, Course: 90, Speed: 10, Interval: at, Reports: 60, Fields: fields("height_agl_m", 105)},
		// Inside the low zone with nothing but a height above the ellipsoid, over ground of which only the region's envelope
		// is known: from 10 to 1,700 m above sea level, so it may be in the zone or above it, …
		Flight{ID: "hae-only", Longitude: East(west, lat, 100), Latitude: lat + 0.1, Course: 90, Speed: 5, Interval: at, Reports: 40, Fields: fields("altitude_hae_m", 400)},
		// … and so low that it is in it whatever the ground.
		Flight{ID: "hae-low", Longitude: East(west, lat, 100), Latitude: lat + 0.1, Course: 90, Speed: 5, Interval: at, Reports: 60, Fields: fields("altitude_hae_m", 60)},
	)

	var entry, silence api.AlertView
	Eventually(t, 30*time.Second, func() string { return fmt.Sprintf("silence fires; zone entry %+v", entry.State) }, func() bool {
		for _, a := range p.OpenAlerts(t) {
			if a.Object.ID != "silent" || a.State != lowsky.AlertFiring {
				continue
			}
			switch a.Hazard {
			case lowsky.HazardZoneEntry:
				entry = a
			case lowsky.HazardSilence:
				silence = a
			}
		}
		return entry.ID != "" && silence.ID != ""
	})
	if entry.Severity != lowsky.Warning || entry.State != lowsky.AlertFiring {
		t.Errorf("the aircraft that fell silent inside: zone entry is %s %s, want a firing warning", entry.State, entry.Severity)
	}
	if entry.Zone == nil || entry.Zone.ID != "closed" || entry.Zone.Version != 1 || entry.Clause.Article == "" || !entry.Margin.OK || len(entry.Reports) == 0 || entry.Text.ZH == "" || entry.Text.EN == "" {
		t.Errorf("the alert does not explain itself: %+v", entry.Alert)
	}
	if got := p.allAlerts(t, "silent", lowsky.HazardZoneEntry); len(got) != 1 {
		t.Errorf("%d zone-entry alerts for one entry, want 1 that escalates", len(got))
	}
	for _, id := range []string{"outside", "above", "hae-only"} {
		for _, a := range p.allAlerts(t, id, "") {
			// Nobody registered them, and their flights end in the air, so identity and silence are right.
			if a.Hazard != lowsky.HazardIdentity && a.Hazard != lowsky.HazardSilence {
				t.Errorf("%s raised %s %s: %s", id, a.State, a.Severity, a.Text.EN)
			}
		}
	}
	var detail struct {
		Track lowsky.TrackView `json:"track"`
	}
	p.Do(t, "GET", "/api/v1/tracks/hae-only", nil, &detail)
	unjudged := map[lowsky.Hazard]lowsky.Reason{}
	for _, u := range detail.Track.Unjudged {
		unjudged[u.Hazard] = u.Reason
	}
	if unjudged[lowsky.HazardZoneEntry] == "" || unjudged[lowsky.HazardHeight] == "" {
		t.Errorf("only HAE in a zone with an AGL ceiling: unjudged is %v, want zone entry and height", detail.Track.Unjudged)
	}
	if got := p.allAlerts(t, "hae-low", lowsky.HazardZoneEntry); len(got) != 1 || got[0].Severity != lowsky.Warning || got[0].Zone == nil || got[0].Zone.ID != "low" {
		t.Errorf("certainly below the ceiling: zone entries %+v, want a warning", got)
	}
	if got := p.allAlerts(t, "hae-low", lowsky.HazardHeight); len(got) != 0 {
		t.Errorf("certainly below the limit: %+v", got)
	}
	// Of the others, nothing may be unjudged: what they report is enough.
	p.Do(t, "GET", "/api/v1/tracks/above", nil, &detail)
	for _, u := range detail.Track.Unjudged {
		if u.Hazard == lowsky.HazardZoneEntry || u.Hazard == lowsky.HazardHeight {
			t.Errorf("above: %s cannot be judged (%s)", u.Hazard, u.Reason)
		}
	}
}
