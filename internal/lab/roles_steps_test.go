package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// rareSteps are the actions on one thing that cannot simply be done by everybody: what would move an alert names a
// revision that there is not, which is looked at after who may; what ends something ends a thing made for it.
var rareSteps = map[string]step{
	"history": {"track", "flights", 'r', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		now := time.Now().UTC()
		return "GET", "/api/v1/tracks/" + o.id + "/history?from=" + now.Add(-time.Minute).Format(time.RFC3339) + "&to=" + now.Add(time.Minute).Format(time.RFC3339), nil, nil
	}, false, false, false, 0},
	"acknowledge": alertStep("acknowledge", 'h', nil, false),
	"close":       alertStep("close", 'h', map[string]any{"reason": "drill"}, false),
	"pull up":     alertStep("pull-up", 't', nil, true),
	"hand over": {"alert", "alerts", 't', func(w *world, a *actor, o thing) (string, string, any, []string) {
		to := "421200" // a county only to what is above it
		if a.kind == "city" {
			to = "421202"
		}
		return "POST", w.alertPath(o, "/hand-over"), map[string]any{"to_id": to, "rev": 1 << 30}, nil
	}, false, true, false, http.StatusUnprocessableEntity},
	"write site": {"site", "register", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "PUT", "/api/v1/sites/" + o.id, pad(o), nil
	}, true, false, false, 0},
	"phone of an organisation": {"organisation", "personal", 'r', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/contacts", map[string]string{"kind": "organisation", "id": o.id}, nil
	}, false, false, false, 0},
	"issue token": {"spare", "people", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/people/" + o.id + "/tokens", map[string]string{"name": "walk"}, nil
	}, true, false, false, 0},
	"reset password": {"spare", "people", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/people/" + o.id + "/password", nil, nil
	}, true, false, false, 0},
	"end sessions": {"spare", "people", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "DELETE", "/api/v1/people/" + o.id + "/sessions", nil, nil
	}, true, false, false, 0},
	"cancel simulation": {"simulation", "simulations", 'w', func(_ *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", "/api/v1/simulations/" + o.id + "/cancel", nil, nil
	}, true, false, false, http.StatusConflict}, // it has ended
	"remove pilot": {"pilot", "register", 'w', func(w *world, _ *actor, o thing) (string, string, any, []string) {
		w.put("PUT", "/api/v1/pilots/gone-"+o.org, map[string]any{"name": "赵", "organisation_id": o.org})
		return "DELETE", "/api/v1/pilots/gone-" + o.org, nil, nil
	}, true, false, false, http.StatusNoContent},
	"remove site": {"site", "register", 'w', func(w *world, _ *actor, o thing) (string, string, any, []string) {
		w.put("PUT", "/api/v1/sites/gone-"+o.org, pad(o))
		return "DELETE", "/api/v1/sites/gone-" + o.org, nil, nil
	}, true, false, false, http.StatusNoContent},
	"revoke device": {"device", "devices", 'w', func(w *world, a *actor, o thing) (string, string, any, []string) {
		id := "gone-" + o.org + "-" + a.name
		w.put("POST", "/api/v1/devices", map[string]any{"id": id, "kind": "aircraft", "organisation_id": o.org})
		return "DELETE", "/api/v1/devices/" + id, nil, nil
	}, true, false, false, http.StatusNoContent},
}

// alertStep is one of the actions on an alert, which changes nothing: it names a revision that the alert does not have.
func alertStep(action string, right rune, body map[string]any, city bool) step {
	if body == nil {
		body = map[string]any{}
	}
	body["rev"] = 1 << 30
	return step{"alert", "alerts", right, func(w *world, _ *actor, o thing) (string, string, any, []string) {
		return "POST", w.alertPath(o, "/"+action), body, nil
	}, false, true, city, http.StatusUnprocessableEntity}
}

// pad is a site of the thing's organisation.
func pad(o thing) map[string]any {
	lon, lat := lonXianan, latXianan
	if o.org == "co-b" {
		lon, lat = lonChibi, latChibi
	}
	return map[string]any{"kind": "pad", "name": map[string]string{"zh": o.id, "en": o.id}, "position": map[string]float64{"longitude_deg": lon, "latitude_deg": lat}, "organisation_id": o.org}
}

// spares are accounts that nobody uses, and whose passwords and sessions may end.
func (w *world) spares(t *testing.T) {
	t.Helper()
	for _, end := range []string{"a", "b"} {
		id, org := end+"-spare", "co-"+end
		w.Do(t, "POST", "/api/v1/people", map[string]any{"username": id, "display_name": id, "organisation_id": org, "roles": []string{"pilot"}}, nil)
		w.things = append(w.things, thing{"spare", id, org, []string{seats[org]}, ""})
	}
}

// put makes a thing anew as the administrator; whether it worked shows in what is done with it.
func (w *world) put(method, path string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	req, err := http.NewRequest(method, w.HTTP+path, bytes.NewReader(text))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	if status, answer := do(w.Client, req); status > 299 {
		fmt.Println(method, path, status, answer)
	}
}
