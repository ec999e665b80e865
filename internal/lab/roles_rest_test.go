package lab

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// step is one action on one kind of thing over REST. send answers method, path and body for a thing.
type step struct {
	kind     string // of thing
	resource string // of the table
	action   rune
	send     func(w *world, a *actor, o thing) (method, path string, body any, headers []string)
	// own: the thing has to be the actor's own to change; decide: it has to hold the alert; city: it has to be the city's.
	own, decide, city bool
	// allowed is what whoever may is answered; 0 is 200.
	allowed int
}

func get(path string) func(*world, *actor, thing) (string, string, any, []string) {
	return func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "GET", strings.ReplaceAll(path, "{id}", o.id), nil, nil
	}
}

func (w *world) alertPath(o thing, action string) string {
	return "/api/v1/alerts/" + string(w.alerts[o.id]) + action
}

// steps is every action that is about one thing.
var steps = map[string]step{
	"track":          {"track", "flights", 'r', get("/api/v1/tracks/{id}"), false, false, false, 0},
	"zone":           {"zone", "zones", 'r', get("/api/v1/zones/{id}"), false, false, false, 0},
	"zone versions":  {"zone", "zones", 'r', get("/api/v1/zones/{id}/versions"), false, false, false, 0},
	"aircraft":       {"aircraft", "register", 'r', get("/api/v1/aircraft/{id}"), false, false, false, 0},
	"pilot":          {"pilot", "register", 'r', get("/api/v1/pilots/{id}"), false, false, false, 0},
	"site":           {"site", "register", 'r', get("/api/v1/sites/{id}"), false, false, false, 0},
	"organisation":   {"organisation", "register", 'r', get("/api/v1/organisations/{id}"), false, false, false, 0},
	"simulation":     {"simulation", "simulations", 'r', get("/api/v1/simulations/{id}"), false, false, false, 0},
	"card":           {"simulation", "simulations", 'r', get("/api/v1/simulations/{id}/card"), false, false, false, 0},
	"report":         {"simulation", "simulations", 'r', get("/api/v1/simulations/{id}/report"), false, false, false, 0},
	"person":         {"person", "people", 'r', get("/api/v1/people/{id}"), false, false, false, 0},
	"person's token": {"person", "people", 'r', get("/api/v1/people/{id}/tokens"), false, false, false, 0},
	"alert": {"alert", "alerts", 'r', func(w *world, _ *actor, o thing) (string, string, any, []string) {
		return "GET", w.alertPath(o, ""), nil, nil
	}, false, false, false, 0},
	"comment": {"alert", "alerts", 'h', func(w *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", w.alertPath(o, "/comment"), map[string]string{"comment": "巡查"}, nil
	}, false, false, false, 0},
	"call": {"alert", "alerts", 'h', func(w *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", w.alertPath(o, "/call"), map[string]string{}, nil
	}, false, true, false, 0},
	"assign": {"alert", "alerts", 't', func(w *world, a *actor, o thing) (string, string, any, []string) {
		return "POST", w.alertPath(o, "/assign"), map[string]string{"username": a.name}, nil
	}, false, true, false, 0},
	"write aircraft": {"aircraft", "register", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "PUT", "/api/v1/aircraft/" + o.id, map[string]any{"class": "light", "model": "M", "scenario": o.scenario, "organisation_id": o.org, "contact_name": "李"}, nil
	}, true, false, false, 0},
	"write pilot": {"pilot", "register", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "PUT", "/api/v1/pilots/" + o.id, map[string]any{"name": "赵", "organisation_id": o.org}, nil
	}, true, false, false, 0},
	"write organisation": {"organisation", "register", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "PUT", "/api/v1/organisations/" + o.id, map[string]any{"kind": "company", "name": map[string]string{"zh": o.id, "en": o.id}, "jurisdiction_id": seats[o.id], "contact_name": "王"}, nil
	}, true, false, false, 0},
	"write person": {"person", "people", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "PUT", "/api/v1/people/" + o.id, map[string]any{"display_name": "甲", "roles": []string{"company_administrator"}, "organisation_id": o.org}, nil
	}, true, false, false, 0},
	"renew device": {"device", "devices", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/devices/" + o.id + "/secret", nil, nil
	}, true, false, false, 0},
	"phone of an aircraft": {"aircraft", "personal", 'r', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/contacts", map[string]string{"kind": "aircraft", "id": o.id}, nil
	}, false, false, false, 0},
	"phone of a pilot": {"pilot", "personal", 'r', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/contacts", map[string]string{"kind": "pilot", "id": o.id}, nil
	}, false, false, false, 0},
	"edit zone": {"zone", "zones", 'w', func(w *world, a *actor, o thing) (string, string, any, []string) {
		var z struct {
			Type       string          `json:"type"`
			Geometry   json.RawMessage `json:"geometry"`
			Properties map[string]any  `json:"properties"`
		}
		_, text := w.tryAll("GET", "/api/v1/zones/"+o.id)
		if json.Unmarshal([]byte(text), &z) != nil {
			return "PUT", "/api/v1/zones/" + o.id, []byte("{}"), nil
		}
		version := fmt.Sprintf("%q", fmt.Sprint(z.Properties["version"]))
		body, _ := json.Marshal(map[string]any{"type": "Feature", "geometry": z.Geometry, "properties": map[string]any{"id": o.id, "name_zh": o.id, "name_en": o.id, "restriction": "conditional", "reason_zh": a.name}})
		return "PUT", "/api/v1/zones/" + o.id, body, []string{"Content-Type", "application/geo+json", "If-Match", version}
	}, true, false, false, 0},
}

// tryAll is Try as the administrator, with the whole answer.
func (w *world) tryAll(method, path string) (int, string) {
	req, err := http.NewRequest(method, w.HTTP+path, nil)
	if err != nil {
		return 0, err.Error()
	}
	return do(w.Client, req)
}

// listings is every action that is about no single thing: what it needs, and the ids of which kind it lists.
var listings = []struct {
	method, path, resource string
	action                 rune
	kind, key, id          string
}{
	{"GET", "/api/v1/tracks", "flights", 'r', "track", "tracks", "aircraft_id"},
	{"GET", "/api/v1/alerts", "alerts", 'r', "alert", "alerts", "id"},
	{"GET", "/api/v1/zones", "zones", 'r', "zone", "features", "id"},
	{"GET", "/api/v1/zones/export?format=geojson", "zones", 'r', "zone", "features", "id"},
	{"GET", "/api/v1/assignees", "alerts", 't', "", "", ""},
	{"GET", "/api/v1/traffic", "flights", 'r', "", "", ""},
	{"GET", "/api/v1/grid?level=4&west=113&south=29&east=115&north=31&minutes=60", "flights", 'r', "", "", ""},
	{"GET", "/api/v1/aircraft", "register", 'r', "aircraft", "aircraft", "id"},
	{"GET", "/api/v1/pilots", "register", 'r', "pilot", "pilots", "id"},
	{"GET", "/api/v1/sites", "register", 'r', "site", "sites", "id"},
	{"GET", "/api/v1/organisations", "register", 'r', "organisation", "organisations", "id"},
	{"GET", "/api/v1/people", "people", 'r', "person", "people", "username"},
	{"GET", "/api/v1/devices", "devices", 'r', "device", "devices", "id"},
	{"GET", "/api/v1/ingest/sources", "sources", 'r', "", "", ""},
	{"GET", "/api/v1/stations", "flights", 'r', "", "", ""},
	{"GET", "/api/v1/expiring?days=100", "register", 'r', "", "", ""},
	{"GET", "/api/v1/registers/pilots/export?format=csv", "register", 'r', "pilot", "", ""}, // without a key: named in the text
	{"GET", "/api/v1/audit?action=pilot.save&limit=1000", "audit", 'r', "pilot", "", ""},
	{"GET", "/api/v1/audit/verify", "audit", 'r', "", "", ""},
	{"GET", "/api/v1/status", "platform", 'r', "", "", ""},
	{"GET", "/api/v1/rules", "platform", 'r', "", "", ""},
	{"GET", "/api/v1/simulations", "simulations", 'r', "simulation", "simulations", "id"},
	{"GET", "/api/v1/simulations/scenarios", "simulations", 'r', "", "", ""},
}

func (w *world) walkREST(t *testing.T) {
	asked := 0
	maps.Copy(steps, rareSteps)
	w.spares(t)
	for name, s := range steps {
		for _, a := range w.actors {
			for _, o := range w.things {
				if o.kind != s.kind {
					continue
				}
				method, path, body, headers := s.send(w, a, o)
				got, text := a.Try(t, method, path, body, nil, headers...)
				want := cmp.Or(s.allowed, http.StatusOK)
				switch {
				case !mayDo(a.role, s.resource, s.action):
					want = http.StatusForbidden
				case !a.sees(o):
					want = http.StatusNotFound
				case s.own && !a.owns(o), s.decide && !a.holds(o), s.city && a.kind != "city":
					want = http.StatusForbidden
				}
				if asked++; got != want {
					t.Errorf("%s (%s of %s): %s %s/%s: %d, want %d: %.200s", a.name, a.role, a.org, name, o.kind, o.id, got, want, text)
				}
			}
		}
	}
	for _, l := range listings {
		for _, a := range w.actors {
			req, err := http.NewRequest(l.method, w.HTTP+l.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, text := do(a.Client, req)
			want := http.StatusOK
			if !mayDo(a.role, l.resource, l.action) {
				want = http.StatusForbidden
			}
			if asked++; got != want {
				t.Errorf("%s: %s %s: %d, want %d: %.200s", a.name, l.method, l.path, got, want, text)
				continue
			}
			if got == http.StatusOK && l.kind != "" && l.key == "" {
				for _, o := range w.things {
					if o.kind == l.kind && strings.Contains(text, o.id) != a.sees(o) {
						t.Errorf("%s: %s names %s/%s: %v, want %v", a.name, l.path, o.kind, o.id, !a.sees(o), a.sees(o))
					}
				}
			} else if got == http.StatusOK && l.kind != "" {
				w.compare(t, a, l.path, l.kind, text, l.key, l.id)
			}
		}
	}
	w.walkStrangers(t)
	t.Logf("%d requests of %d principals", asked, len(w.actors))
}

// compare holds the ids of a list against what the actor may see of the walk's things.
func (w *world) compare(t *testing.T, a *actor, path, kind, text, key, id string) {
	t.Helper()
	var doc map[string]json.RawMessage
	var rows []map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Errorf("%s: %s: %v", a.name, path, err)
		return
	}
	if err := json.Unmarshal(doc[key], &rows); err != nil {
		t.Errorf("%s: %s: %s: %v", a.name, path, key, err)
		return
	}
	listed := map[string]bool{}
	for _, r := range rows {
		listed[fmt.Sprint(r[id])] = true
	}
	for _, o := range w.things {
		if o.kind != kind {
			continue
		}
		name := o.id
		if kind == "alert" {
			name = string(w.alerts[o.id])
		}
		if listed[name] != a.sees(o) {
			t.Errorf("%s: %s lists %s/%s: %v, want %v", a.name, path, kind, o.id, listed[name], a.sees(o))
		}
	}
}

// walkStrangers: nobody, a device with its MQTT secret, and a made-up token get nothing at all.
func (w *world) walkStrangers(t *testing.T) {
	for name, p := range map[string]*Platform{"nobody": w.WithToken(""), "a device": w.WithToken(w.secret["d-a"]), "a made-up token": w.WithToken("lowsky_aaaaaaaaaaaaaaaaaaaaaaaaaa")} {
		for _, l := range listings {
			if got, text := p.Try(t, l.method, l.path, nil, nil); got != http.StatusUnauthorized {
				t.Errorf("%s: %s: %d, want 401: %.100s", name, l.path, got, text)
			}
		}
	}
}
