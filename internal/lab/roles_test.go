package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/server"
	"lowsky/simulator"
)

// grants is what each role may do, written down a second time: r reads, w changes. The permission table of the product
// is not asked.
var grants = map[lowsky.Role]string{
	lowsky.CityAdministrator:    "flights:r sources:r zones:rw alerts:rht register:rw personal:r people:rw devices:rw audit:r platform:r simulations:rw",
	lowsky.CityReviewer:         "flights:r sources:r zones:rw alerts:r register:r personal:r devices:r platform:r",
	lowsky.CityDutyOfficer:      "flights:r sources:r zones:rw alerts:rht register:r personal:r devices:r platform:r simulations:r",
	lowsky.CountyAdministrator:  "flights:r sources:r zones:rw alerts:rht register:rw personal:r people:rw devices:rw audit:r platform:r simulations:rw",
	lowsky.CountyDutyOfficer:    "flights:r sources:r zones:r alerts:rht register:r personal:r devices:r platform:r",
	lowsky.DepartmentOfficer:    "flights:r zones:r alerts:r register:r platform:r",
	lowsky.CompanyAdministrator: "flights:r sources:r zones:r alerts:r register:rw personal:r people:rw devices:rw platform:r",
	lowsky.PilotRole:            "flights:r zones:r alerts:r register:r platform:r",
	lowsky.Auditor:              "flights:r sources:r zones:r alerts:r register:r people:r devices:r audit:r platform:r simulations:r",
	lowsky.Tester:               "flights:r sources:r zones:r alerts:r register:r platform:r simulations:rw",
	lowsky.APIClient:            "flights:r sources:r zones:rw alerts:r register:rw devices:r platform:r",
	lowsky.DeviceRole:           "",
}

func mayDo(r lowsky.Role, resource string, action rune) bool {
	for _, g := range strings.Fields(grants[r]) {
		if name, actions, _ := strings.Cut(g, ":"); name == resource {
			return strings.ContainsRune(actions, action)
		}
	}
	return false
}

// actor is one principal of the walk.
type actor struct {
	name string
	role lowsky.Role
	org  string // its organisation
	kind string // of that: city, county, department, company
	seat string // jurisdiction of that
	of   []lowsky.Scenario
	*Platform
}

// thing is one object of the walk. lies are the counties in which it lies: of a flight where it is, else the seat of its
// organisation.
type thing struct {
	kind, id, org string
	lies          []string
	scenario      lowsky.Scenario // "" where it has none
}

// seats of the organisations of the walk.
var seats = map[string]string{"xianning": "421200", "xianan": "421202", "chibi": "421281", "nongye": "421200", "co-a": "421202", "co-b": "421281"}

// sees is the data scope of the issue, in the words of the test.
func (a *actor) sees(o thing) bool {
	switch a.kind {
	case "city":
		return true
	case "department":
		return o.scenario == "" || slices.Contains(a.of, o.scenario)
	case "county":
		return seats[o.org] == a.seat || slices.Contains(o.lies, a.seat)
	}
	return o.kind == "zone" || o.org == a.org
}

// owns says whose things the actor may change: the city everybody's, a county those seated in it, a company its own.
func (a *actor) owns(o thing) bool {
	switch a.kind {
	case "city":
		return true
	case "county":
		return seats[o.org] == a.seat
	}
	return o.org == a.org
}

// holds says whether an alert that lies there is the actor's to decide.
func (a *actor) holds(o thing) bool {
	return a.kind == "city" || a.kind == "county" && o.lies[0] == a.seat
}

// TestEveryRole walks every role × resource × action × scope through REST, the stream and MQTT of a running server.
func TestEveryRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("REST", w.walkREST)
	t.Run("simulations", w.walkSimulations)
	t.Run("stream", w.walkStream)
	t.Run("MQTT", w.walkMQTT)
	t.Run("audit", w.checkAudit)
}

// world is a platform with two counties, two companies that fly in each other's, and somebody of every role.
type world struct {
	*Platform
	actors []*actor
	things []thing
	alerts map[string]lowsky.AlertID // by aircraft
	secret map[string]string         // of devices, by id
}

const (
	lonXianan, latXianan = 114.20, 29.78 // inside 咸安, outside the high-tech zone
	lonChibi, latChibi   = 113.90, 29.68
)

func newWorld(t *testing.T) *world {
	// On all addresses, so that nothing anonymous is let in.
	p := Start(t, Options{Configure: func(c *server.Config) { c.MQTTAddr, c.Plaintext = "0.0.0.0:0", "on" }})
	w := &world{Platform: p, alerts: map[string]lowsky.AlertID{}, secret: map[string]string{}}
	both := func(s string) map[string]string { return map[string]string{"zh": s, "en": s} }
	for _, co := range []string{"co-a", "co-b"} {
		p.Do(t, "PUT", "/api/v1/organisations/"+co, map[string]any{"kind": "company", "name": both(co), "jurisdiction_id": seats[co], "contact_name": "王", "contact_phone": "0715-1"}, nil)
	}
	hire := func(name string, role lowsky.Role, org, kind string, of ...lowsky.Scenario) *actor {
		a := &actor{name: name, role: role, org: org, kind: kind, seat: seats[org], of: of}
		a.Platform = p.Hire(t, name, org, string(role))
		w.actors = append(w.actors, a)
		return a
	}
	w.actors = append(w.actors, &actor{name: "admin", role: lowsky.CityAdministrator, org: "xianning", kind: "city", seat: "421200", Platform: p})
	hire("reviewer", lowsky.CityReviewer, "xianning", "city")
	hire("duty", lowsky.CityDutyOfficer, "xianning", "city")
	xianan := hire("xianan-admin", lowsky.CountyAdministrator, "xianan", "county")
	hire("xianan-duty", lowsky.CountyDutyOfficer, "xianan", "county")
	chibi := hire("chibi-admin", lowsky.CountyAdministrator, "chibi", "county")
	hire("chibi-duty", lowsky.CountyDutyOfficer, "chibi", "county")
	hire("farming", lowsky.DepartmentOfficer, "nongye", "department", lowsky.Agriculture)
	hire("a-admin", lowsky.CompanyAdministrator, "co-a", "company")
	hire("a-pilot", lowsky.PilotRole, "co-a", "company")
	hire("b-admin", lowsky.CompanyAdministrator, "co-b", "company")
	hire("auditor", lowsky.Auditor, "xianning", "city")
	hire("tester", lowsky.Tester, "xianning", "city")
	hire("xianan-tester", lowsky.Tester, "xianan", "county")
	hire("chibi-tester", lowsky.Tester, "chibi", "county")
	w.hireProgram(t)

	for _, a := range []struct {
		id, org  string
		scenario lowsky.Scenario
	}{{"fa-1", "co-a", lowsky.Agriculture}, {"fa-2", "co-a", lowsky.Agriculture}, {"fb-1", "co-b", lowsky.Logistics}, {"fb-2", "co-b", lowsky.Logistics}} {
		p.Do(t, "PUT", "/api/v1/aircraft/"+a.id, map[string]any{"class": "light", "model": "M", "scenario": a.scenario, "organisation_id": a.org, "contact_name": "李", "contact_phone": "0715-2"}, nil)
		w.things = append(w.things, thing{"aircraft", a.id, a.org, []string{seats[a.org]}, a.scenario})
	}
	for _, co := range []string{"co-a", "co-b"} {
		end := strings.TrimPrefix(co, "co-")
		p.Do(t, "PUT", "/api/v1/pilots/p-"+end, map[string]any{"name": "赵", "phone": "13800000000", "organisation_id": co, "licence": "X1", "licence_until": "2027-01-31"}, nil)
		p.Do(t, "PUT", "/api/v1/sites/s-"+end, map[string]any{"kind": "pad", "name": both("s-" + end), "position": map[string]map[string]float64{"co-a": {"longitude_deg": lonXianan, "latitude_deg": latXianan}, "co-b": {"longitude_deg": lonChibi, "latitude_deg": latChibi}}[co], "organisation_id": co}, nil)
		var made struct {
			Secret string `json:"secret"`
		}
		p.Do(t, "POST", "/api/v1/devices", map[string]any{"id": "d-" + end, "kind": "aircraft", "name": "d", "organisation_id": co}, &made)
		w.secret["d-"+end] = made.Secret
		here := []string{seats[co]}
		w.things = append(w.things, thing{"organisation", co, co, here, ""}, thing{"pilot", "p-" + end, co, here, ""}, thing{"site", "s-" + end, co, here, ""}, thing{"device", "d-" + end, co, here, ""}, thing{"person", end + "-admin", co, here, ""})
	}
	xianan.Do(t, "POST", "/api/v1/zones", []byte(square("zx", "conditional", lonXianan, latXianan-0.03, 400, "")), nil, "Content-Type", "application/geo+json")
	chibi.Do(t, "POST", "/api/v1/zones", []byte(square("zc", "conditional", lonChibi, latChibi-0.03, 400, "")), nil, "Content-Type", "application/geo+json")
	w.things = append(w.things, thing{"zone", "zx", "xianan", []string{"421202"}, ""}, thing{"zone", "zc", "chibi", []string{"421281"}, ""})
	w.simulate(t)
	w.fly(t)
	return w
}

// hireProgram makes the API client of co-a, which has a token and no password.
func (w *world) hireProgram(t *testing.T) {
	t.Helper()
	w.Do(t, "POST", "/api/v1/people", map[string]any{"username": "a-program", "display_name": "a-program", "organisation_id": "co-a", "roles": []string{"api_client"}}, nil)
	var out struct {
		Secret string `json:"secret"`
	}
	w.Do(t, "POST", "/api/v1/people/a-program/tokens", map[string]any{"name": "walk"}, &out)
	w.actors = append(w.actors, &actor{name: "a-program", role: lowsky.APIClient, org: "co-a", kind: "company", seat: seats["co-a"], Platform: w.WithToken(out.Secret)})
}

// fly has all four aircraft fly, each with an emergency, and waits for the alerts. fa-1 and fb-2 fly in 咸安, fa-2 and
// fb-1 in 赤壁: each company has one at home and one in the other's county, 1 km from the other's.
func (w *world) fly(t *testing.T) {
	t.Helper()
	where := map[string]struct {
		lon, lat float64
		county   string
	}{
		"fa-1": {lonXianan, latXianan, "421202"}, "fb-2": {East(lonXianan, latXianan, 1000), latXianan, "421202"},
		"fb-1": {lonChibi, latChibi, "421281"}, "fa-2": {East(lonChibi, latChibi, 1000), latChibi, "421281"},
	}
	for id, at := range where {
		org, scenario := "co-"+id[1:2], map[byte]lowsky.Scenario{'a': lowsky.Agriculture, 'b': lowsky.Logistics}[id[1]]
		f := Flight{ID: id, Longitude: at.lon, Latitude: at.lat, Interval: time.Second, Fields: map[string]any{"height_agl_m": 50, "status": "emergency"}}
		pub := w.device(t, id, org)
		stop := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for {
				_ = pub.Publish("lowsky/v1/telemetry/"+id, f.Report(0, time.Now()), 1)
				select {
				case <-stop:
					return
				case <-tick.C:
				}
			}
		}()
		t.Cleanup(func() { close(stop); <-ended })
		w.things = append(w.things, thing{"track", id, org, []string{at.county}, scenario}, thing{"alert", id, org, []string{at.county}, scenario})
	}
	Eventually(t, 20*time.Second, func() string { return fmt.Sprintf("four emergencies: %v", w.alerts) }, func() bool {
		for _, a := range w.OpenAlerts(t) {
			if a.Hazard == lowsky.HazardEmergency && a.State == lowsky.AlertFiring {
				w.alerts[a.Object.ID] = a.ID
			}
		}
		return len(w.alerts) == 4
	})
}

// device makes a credential and connects with it.
func (w *world) device(t *testing.T, id, org string) *simulator.Publisher {
	t.Helper()
	var made struct {
		Secret string `json:"secret"`
	}
	w.Do(t, "POST", "/api/v1/devices", map[string]any{"id": id, "kind": "aircraft", "organisation_id": org}, &made)
	w.secret[id] = made.Secret
	return w.connect(t, id, made.Secret)
}

// connect signs in over MQTT 3.1.1. The server learns of a new device from its database: a moment later.
func (w *world) connect(t *testing.T, id, secret string) *simulator.Publisher {
	t.Helper()
	var pub *simulator.Publisher
	var err error
	Eventually(t, 5*time.Second, func() string { return fmt.Sprintf("device %s signs in: %v", id, err) }, func() bool {
		pub, err = simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + w.MQTT, ClientID: id, Username: id, Password: secret})
		return err == nil
	})
	t.Cleanup(func() { pub.Close() })
	return pub
}
