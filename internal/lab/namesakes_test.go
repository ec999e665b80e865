package lab

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// A real aircraft may bear an id that the demo's script uses too: starting without the demo leaves its entry in the
// register and its alert alone.
func TestDemoOffSparesNamesakes(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	p.Do(t, "PUT", "/api/v1/aircraft/c-05", map[string]any{"class": "light", "model": "M", "contact_name": "试验", "contact_phone": "000"}, nil)
	before := emergencyOf(t, p, "c-05")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p = Start(t, Options{DataDir: p.DataDir})
	p.Do(t, "GET", "/api/v1/aircraft/c-05", nil, nil)
	for _, a := range p.OpenAlerts(t) {
		if a.ID == before {
			if a.State != lowsky.AlertFiring || a.Handling.State != lowsky.HandlingNew {
				t.Errorf("the alert on a real aircraft is %s, handled as %s", a.State, a.Handling.State)
			}
			return
		}
	}
	t.Errorf("alert %s on a real aircraft is gone", before)
}

// emergencyOf has an aircraft declare an emergency with an ordinary device's rights, and answers the firing alert.
func emergencyOf(t *testing.T, p *Platform, aircraft string) lowsky.AlertID {
	t.Helper()
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + p.MQTT, ClientID: aircraft})
	if err != nil {
		t.Fatal(err)
	}
	report := fmt.Appendf(nil, `{"measured_at":%q,"longitude_deg":114.3,"latitude_deg":29.8,"height_agl_m":50,"status":"emergency"}`,
		time.Now().UTC().Format(time.RFC3339Nano))
	if err := pub.Publish("lowsky/v1/telemetry/"+aircraft, report, 1); err != nil {
		t.Fatal(err)
	}
	if err := pub.Close(); err != nil {
		t.Fatal(err)
	}
	var id lowsky.AlertID
	Eventually(t, 10*time.Second, func() string { return "the emergency of " + aircraft + " fires" }, func() bool {
		for _, a := range p.OpenAlerts(t) {
			if a.Object.ID == aircraft && a.Hazard == lowsky.HazardEmergency && a.State == lowsky.AlertFiring {
				id = a.ID
			}
		}
		return id != ""
	})
	return id
}
