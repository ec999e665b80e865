package lab

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/api"
)

func (p *Platform) pairAlerts(t *testing.T) (pairs []api.AlertView) {
	t.Helper()
	var out struct {
		Alerts []api.AlertView `json:"alerts"`
	}
	p.Do(t, "GET", "/api/v1/alerts?state=all&limit=500&hazard=separation", nil, &out)
	for _, a := range out.Alerts {
		if a.Object.Kind == lowsky.ObjectPair {
			pairs = append(pairs, a)
		}
	}
	return pairs
}

// Through broker, journal and picture: two of ours head on, one of ours under a helicopter that reports pressure altitude
// with and without a QNH, and two that pass each other well apart in height.
func TestSeparation(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lat = 29.5
	// Head on along a parallel, 600 m apart, 10 m/s each: 30 s to the meeting.
	west := newReporter(t, p, Flight{ID: "west", Longitude: 114.2, Latitude: lat, Course: 90, Speed: 10, Fields: map[string]any{"altitude_hae_m": 90}})
	east := newReporter(t, p, Flight{ID: "east", Longitude: East(114.2, lat, 500), Latitude: lat, Course: 270, Speed: 10, Fields: map[string]any{"altitude_hae_m": 93}})
	// The same, one of them 60 m higher.
	low := newReporter(t, p, Flight{ID: "low", Longitude: 114.3, Latitude: lat, Course: 90, Speed: 10, Fields: map[string]any{"altitude_hae_m": 60}})
	high := newReporter(t, p, Flight{ID: "high", Longitude: East(114.3, lat, 500), Latitude: lat, Course: 270, Speed: 10, Fields: map[string]any{"altitude_hae_m": 120}})
	// Hovers; the helicopter comes from the west, 2 km away at 60 m/s.
	hover := newReporter(t, p, Flight{ID: "hover", Longitude: 114.5, Latitude: lat, Fields: map[string]any{"altitude_amsl_m": 150, "ground_speed_mps": 0}})
	heli := newReporter(t, p, Flight{ID: "heli-radar"})
	traffic := func(n int, pressure bool) {
		t.Helper()
		m := map[string]any{
			"traffic_id": "780ABC", "measured_at": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
			"longitude_deg": East(114.5, lat, -2000+30*float64(n)), "latitude_deg": lat,
			"ground_speed_mps": 60, "course_deg": 90, "vertical_speed_mps": 0, "category": "helicopter",
		}
		if pressure {
			m["pressure_altitude_m"] = 160
		} else {
			m["altitude_amsl_m"] = 160
		}
		b, _ := json.Marshal(m)
		if err := heli.pub.Publish("lowsky/v1/traffic/heli-radar", b, 1); err != nil {
			t.Fatal(err)
		}
	}
	var pairs []api.AlertView
	find := func(id string) (api.AlertView, bool) {
		for _, a := range pairs {
			if a.Object.ID == id {
				return a, true
			}
		}
		return api.AlertView{}, false
	}
	warned := false
	for n := 0; n < 60 && !warned; n++ {
		for _, r := range []*reporter{west, east, low, high, hover} {
			if err := r.pub.Publish("lowsky/v1/telemetry/"+r.ID, r.Report(n, time.Now()), 1); err != nil {
				t.Fatal(err)
			}
		}
		traffic(n, false)
		<-time.After(500 * time.Millisecond)
		pairs = p.pairAlerts(t)
		a, ok := find("east+west")
		b, crewed := find("hover+traffic:780ABC")
		warned = ok && a.State == lowsky.AlertFiring && a.Severity == lowsky.Warning && crewed && b.State == lowsky.AlertFiring && b.Severity == lowsky.Warning
	}
	a, ok := find("east+west")
	if !ok || a.Severity != lowsky.Warning || a.Clause.Document == "" || a.Text.ZH == "" || a.Text.EN == "" {
		t.Errorf("head on: %+v", a.Alert)
	}
	b, ok := find("hover+traffic:780ABC")
	if !ok || b.Severity != lowsky.Warning {
		t.Errorf("under the helicopter: %+v", b.Alert)
	}
	ids := map[string]int{}
	for _, x := range pairs {
		ids[x.Object.ID]++
	}
	if len(ids) != 2 || ids["east+west"] != 1 || ids["hover+traffic:780ABC"] != 1 {
		t.Errorf("pairs that alerted: %v, want one alert for each of the two", ids)
	}

	// Only a pressure altitude and no QNH: the aircraft below cannot be judged, and says so.
	var detail struct {
		Track lowsky.TrackView `json:"track"`
	}
	unjudged := func() lowsky.Reason {
		for _, u := range detail.Track.Unjudged {
			if u.Hazard == lowsky.HazardSeparation {
				return u.Reason
			}
		}
		return ""
	}
	n := 0
	Eventually(t, 15*time.Second, func() string { return fmt.Sprintf("unjudged without QNH: %+v", detail.Track.Unjudged) }, func() bool {
		if err := hover.pub.Publish("lowsky/v1/telemetry/hover", hover.Report(n, time.Now()), 1); err != nil {
			t.Fatal(err)
		}
		traffic(60, true)
		n++
		p.Do(t, "GET", "/api/v1/tracks/hover", nil, &detail)
		return unjudged() != ""
	})
}

// A helicopter near one of ours, as the console tells it: one row that names both, the line between them, and what is
// known when it is opened.
func TestPairInTheConsole(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	const lon, lat = 114.32, 29.83
	p.Do(t, "PUT", "/api/v1/aircraft/hover", map[string]any{
		"class": "light", "model": "M30", "contact_name": "试验联系人", "contact_phone": "000-0001", "name": map[string]string{"zh": "试-02", "en": "X-02"},
	}, nil)
	hover := newReporter(t, p, Flight{ID: "hover", Longitude: lon, Latitude: lat, Fields: map[string]any{"altitude_amsl_m": 150, "ground_speed_mps": 0, "battery_pct": 80}})
	heli := newReporter(t, p, Flight{ID: "heli-radar"})
	n := 0
	round := func() {
		t.Helper()
		b, _ := json.Marshal(map[string]any{
			"traffic_id": "780ABC", "measured_at": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
			"longitude_deg": East(lon, lat, -700+10*float64(n%20)), "latitude_deg": lat, "altitude_amsl_m": 180,
			"ground_speed_mps": 20, "course_deg": 90, "vertical_speed_mps": -1, "category": "helicopter",
		})
		if err := heli.pub.Publish("lowsky/v1/traffic/heli-radar", b, 1); err != nil {
			t.Fatal(err)
		}
		hover.report(t, 1)
		n++
	}
	row := `[data-testid=alert-row][data-hazard=separation]`
	c := OpenConsole(t, p, 1920, 1080)
	shown := func(what, expression string) {
		t.Helper()
		Eventually(t, 40*time.Second, func() string { return what }, func() bool {
			round()
			return c.True(expression)
		})
	}
	shown("one row that names both", fmt.Sprintf(`(r => r.length === 1 && r[0].innerText.includes('试-02') && r[0].innerText.includes('780ABC'))([...document.querySelectorAll('%s')])`, row))
	c.Wait("to open it", 5*time.Second, fmt.Sprintf(`(e => { e?.click(); return !!e; })(document.querySelector('%s'))`, row))
	shown("both members and the helicopter on the map", `!!document.querySelector('[data-testid=pair-members]') && window.__lowsky.traffic().length === 1`)
	c.Shot("pair-zh")
	c.Click("language")
	shown("English", `document.querySelector('[data-testid=pair-members]')?.innerText.includes('X-02') ?? false`)
	c.Shot("pair-en")
}
