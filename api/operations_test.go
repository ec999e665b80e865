package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const square = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"z9","name":{"zh":"乙","en":"B"},"restriction":"prohibited"},` +
	`"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29],[114.1,29.1],[114,29.1],[114,29]]]}}]}`

// drawn is one zone as the editor sends it.
const drawn = `{"type":"Feature","properties":{"id":"z9","name_zh":"乙","name_en":"B","restriction":"prohibited"},` +
	`"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29],[114.1,29.1],[114,29.1],[114,29]]]}}`

// exercise is one call of every operation of the OpenAPI document.
var exercise = map[string]struct {
	path, body string
	status     int
	says       string // a piece of the answer
	headers    []string
}{
	"POST /api/v1/session":                      {"/api/v1/session", `{"username":"admin","password":"right"}`, 200, `"name":"admin"`, nil},
	"GET /api/v1/session":                       {"/api/v1/session", "", 200, `"roles":["city_administrator"]`, nil},
	"DELETE /api/v1/session":                    {"/api/v1/session", "", 204, "", nil},
	"GET /api/v1/session/methods":               {"/api/v1/session/methods", "", 200, `{"password":true,"oidc":{"name":{"zh":"统一认证"`, nil},
	"GET /api/v1/session/oidc":                  {"/api/v1/session/oidc", "", 302, "login.example", nil},
	"GET /api/v1/session/oidc/callback":         {"/api/v1/session/oidc/callback?state=x&code=y&iss=z", "", 200, `http-equiv="refresh"`, nil},
	"PUT /api/v1/account/password":              {"/api/v1/account/password", `{"old":"right","new":"another one"}`, 204, "", nil},
	"GET /api/v1/account/sessions":              {"/api/v1/account/sessions", "", 200, `"agent":"Firefox"`, nil},
	"DELETE /api/v1/account/sessions/{id}":      {"/api/v1/account/sessions/s1", "", 204, "", nil},
	"GET /api/v1/account/tokens":                {"/api/v1/account/tokens", "", 200, `"id":"t-admin"`, nil},
	"POST /api/v1/account/tokens":               {"/api/v1/account/tokens", `{"name":"feed","permissions":["flights.read"],"expires_at":"2026-12-01T00:00:00Z"}`, 200, `"secret":"lowsky_secret"`, nil},
	"DELETE /api/v1/account/tokens/{id}":        {"/api/v1/account/tokens/t-admin", "", 204, "", nil},
	"GET /api/v1/people":                        {"/api/v1/people", "", 200, `"username":"company"`, nil},
	"POST /api/v1/people":                       {"/api/v1/people", `{"username":"wang","display_name":"王","roles":["city_reviewer"],"organisation_id":"city"}`, 200, `"password":"made-up-password"`, nil},
	"GET /api/v1/people/{username}":             {"/api/v1/people/auditor", "", 200, `"organisation_id":"city"`, nil},
	"PUT /api/v1/people/{username}":             {"/api/v1/people/auditor", `{"display_name":"李","roles":["auditor"],"organisation_id":"city","disabled":true}`, 200, `"disabled":true`, nil},
	"POST /api/v1/people/{username}/password":   {"/api/v1/people/auditor/password", "", 200, `"password":"made-up-password"`, nil},
	"DELETE /api/v1/people/{username}/sessions": {"/api/v1/people/auditor/sessions", "", 200, `{"ended":2}`, nil},
	"GET /api/v1/people/{username}/tokens":      {"/api/v1/people/auditor/tokens", "", 200, `"id":"t-auditor"`, nil},
	"POST /api/v1/people/{username}/tokens":     {"/api/v1/people/auditor/tokens", `{"name":"feed"}`, 200, `"secret":"lowsky_secret"`, nil},
	"DELETE /api/v1/tokens/{id}":                {"/api/v1/tokens/t-auditor", "", 204, "", nil},
	"GET /api/v1/organisations":                 {"/api/v1/organisations", "", 200, `"has_phone":true`, nil},
	"GET /api/v1/organisations/{id}":            {"/api/v1/organisations/city", "", 200, `"people":3,"aircraft":1`, nil},
	"PUT /api/v1/organisations/{id}":            {"/api/v1/organisations/xianan", `{"kind":"county","name":{"zh":"咸安区","en":"Xianan"},"jurisdiction_id":"421202","contact_phone":"0715-8888"}`, 200, `"has_phone":true`, nil},
	"GET /api/v1/devices":                       {"/api/v1/devices", "", 200, `"connected":true`, nil},
	"POST /api/v1/devices":                      {"/api/v1/devices", `{"id":"dock-8","kind":"gateway","name":"屋顶","organisation_id":"city"}`, 200, `"secret":"lsd_secret"`, nil},
	"POST /api/v1/devices/{id}/secret":          {"/api/v1/devices/dock-7/secret", "", 200, `"secret":"lsd_other"`, nil},
	"DELETE /api/v1/devices/{id}":               {"/api/v1/devices/dock-7", "", 204, "", nil},
	"GET /api/v1/audit":                         {"/api/v1/audit?by=admin&action=session.*&object=user/*&from=2026-11-01T00:00:00Z&limit=5", "", 200, `"entries":[]`, nil},
	"GET /api/v1/audit/verify":                  {"/api/v1/audit/verify", "", 200, `{"ok":true,"entries":0,"head":{"seq":0`, nil},
	"GET /api/v1/tracks":                        {"/api/v1/tracks?bbox=113,29,115,31", "", 200, `"aircraft_id":"a"`, nil},
	"GET /api/v1/tracks/{aircraft_id}":          {"/api/v1/tracks/a", "", 200, `"contact":{"name":"王","has_phone":true}`, nil},
	"GET /api/v1/tracks/{aircraft_id}/history":  {"/api/v1/tracks/a/history?from=2026-11-01T00:00:00Z&to=2026-11-01T08:00:00%2B08:00", "", 422, `"field":"from"`, nil},
	"GET /api/v1/zones":                         {"/api/v1/zones", "", 200, `"zones_seq":1`, nil},
	"POST /api/v1/zones":                        {"/api/v1/zones?reason=new", drawn, 200, `{"id":"z9","version":1}`, nil},
	"PUT /api/v1/zones/{id}":                    {"/api/v1/zones/z1", strings.Replace(drawn, "z9", "z1", 1), 200, `{"id":"z1","version":2}`, []string{"If-Match", `"1"`}},
	"POST /api/v1/zones/check":                  {"/api/v1/zones/check", drawn, 200, `"valid":true`, nil},
	"GET /api/v1/zones/{id}/versions":           {"/api/v1/zones/z1/versions", "", 200, `"reason":"汛期"`, nil},
	"POST /api/v1/zones/{id}/restore":           {"/api/v1/zones/z1/restore", `{"version":1,"reason":"undo"}`, 200, `{"id":"z1","version":2}`, nil},
	"POST /api/v1/zones/import":                 {"/api/v1/zones/import?crs=wgs84", square, 200, `"counts":{"read":1,"accepted":1,"repaired":0,"refused":0,"new":1,`, nil},
	"GET /api/v1/zones/export":                  {"/api/v1/zones/export?format=geojson&id=z1", "", 200, `"FeatureCollection"`, nil},
	"GET /api/v1/zones/{id}":                    {"/api/v1/zones/z1", "", 200, `"Feature"`, nil},
	"DELETE /api/v1/zones/{id}":                 {"/api/v1/zones/z1", "", 204, "", nil},
	"GET /api/v1/grid":                          {"/api/v1/grid?level=4&west=113&south=29&east=115&north=31&minutes=60", "", 200, `"aircraft":1,"aircraft_minutes":1`, nil},
	"GET /api/v1/alerts":                        {"/api/v1/alerts?state=open&severity=warning&hazard=zone_entry&jurisdiction=421202&aircraft=a", "", 200, `"id":"x"`, nil},
	"GET /api/v1/alerts/{id}":                   {"/api/v1/alerts/x", "", 200, `"revisions_available":true`, nil},
	"POST /api/v1/alerts/{id}/acknowledge":      {"/api/v1/alerts/x/acknowledge", "", 200, `"state":"acknowledged"`, nil},
	"POST /api/v1/alerts/{id}/comment":          {"/api/v1/alerts/x/comment", `{"comment":"已联系"}`, 200, `"rev":2`, nil},
	"POST /api/v1/alerts/{id}/close":            {"/api/v1/alerts/x/close", `{"reason":"drill","comment":"演练"}`, 200, `"rev":2`, nil},
	"POST /api/v1/alerts/{id}/call":             {"/api/v1/alerts/x/call", `{}`, 200, `"rev":2`, nil},
	"POST /api/v1/alerts/{id}/assign":           {"/api/v1/alerts/x/assign", `{"username":"admin","comment":"请处理"}`, 200, `"rev":2`, nil},
	"POST /api/v1/alerts/{id}/hand-over":        {"/api/v1/alerts/x/hand-over", `{"to_id":"421281"}`, 200, `"rev":2`, nil},
	"POST /api/v1/alerts/{id}/pull-up":          {"/api/v1/alerts/x/pull-up", "", 200, `"rev":2`, nil},
	"GET /api/v1/assignees":                     {"/api/v1/assignees?alert_id=x", "", 200, `"jurisdictions":[{"id":"421202"`, nil},
	"GET /api/v1/pilots":                        {"/api/v1/pilots", "", 200, `"has_phone":true,"expired":true`, nil},
	"GET /api/v1/pilots/{pilot_id}":             {"/api/v1/pilots/p1", "", 200, `"name":"李四"`, nil},
	"PUT /api/v1/pilots/{pilot_id}":             {"/api/v1/pilots/p2", `{"name":"赵","classes":["light"],"phone":"138"}`, 200, `"organisation_id":"city"`, nil},
	"DELETE /api/v1/pilots/{pilot_id}":          {"/api/v1/pilots/p1", "", 204, "", nil},
	"GET /api/v1/sites":                         {"/api/v1/sites", "", 200, `"id":"s1"`, nil},
	"GET /api/v1/sites/{site_id}":               {"/api/v1/sites/s1", "", 200, `"kind":"dock"`, nil},
	"PUT /api/v1/sites/{site_id}":               {"/api/v1/sites/s2", `{"kind":"pad","name":{"zh":"坪","en":"Pad"},"position":{"longitude_deg":113.5,"latitude_deg":29.5}}`, 200, `"jurisdiction_ids":["421281","421200"]`, nil},
	"DELETE /api/v1/sites/{site_id}":            {"/api/v1/sites/s1", "", 204, "", nil},
	"GET /api/v1/registers/{kind}/template":     {"/api/v1/registers/pilots/template?format=csv", "", 200, "执照编号", nil},
	"GET /api/v1/registers/{kind}/export":       {"/api/v1/registers/aircraft/export", "", 200, "轻型", nil},
	"POST /api/v1/registers/{kind}/check":       {"/api/v1/registers/aircraft/check", "id,class\nn1,light\n", 200, `"counts":{"new":1,"changed":0,"same":0,"refused":0}`, nil},
	"POST /api/v1/registers/{kind}/import":      {"/api/v1/registers/sites/import?name=s.csv", "id,kind,name_zh,longitude,latitude\ns9,pad,坪,114.2,29.1\n", 200, `"published":true`, nil},
	"GET /api/v1/expiring":                      {"/api/v1/expiring?days=60", "", 200, `"what":"licence"`, nil},
	"POST /api/v1/contacts":                     {"/api/v1/contacts", `{"kind":"pilot","id":"p1"}`, 200, `{"name":"李四","phone":"136"}`, nil},
	"GET /api/v1/aircraft":                      {"/api/v1/aircraft", "", 200, `"contact_name":"王"`, nil},
	"GET /api/v1/aircraft/{aircraft_id}":        {"/api/v1/aircraft/a", "", 200, `"class":"light"`, nil},
	"PUT /api/v1/aircraft/{aircraft_id}":        {"/api/v1/aircraft/n-1", `{"class":"small","contact_name":"李","contact_phone":"138"}`, 200, `"organisation_id":"city"`, nil},
	"DELETE /api/v1/aircraft/{aircraft_id}":     {"/api/v1/aircraft/a", "", 204, "", nil},
	"GET /api/v1/ingest/sources":                {"/api/v1/ingest/sources", "", 200, `"rejected":{"json":2}`, nil},
	"GET /api/v1/stations":                      {"/api/v1/stations", "", 200, `"wind_speed_mps":7`, nil},
	"GET /api/v1/traffic":                       {"/api/v1/traffic", "", 200, `"warning_level":3`, nil},
	"GET /api/v1/region":                        {"/api/v1/region", "", 200, `"咸宁"`, nil},
	"GET /api/v1/status":                        {"/api/v1/status", "", 200, `"version":"v1"`, nil},
	"GET /api/v1/simulations/scenarios":         {"/api/v1/simulations/scenarios", "", 200, `"name":"base/breach"`, nil},
	"POST /api/v1/simulations/lint":             {"/api/v1/simulations/lint", `{"source":"nonsense"}`, 200, `"line":1,"field":"scenario"`, nil},
	"POST /api/v1/simulations":                  {"/api/v1/simulations", `{"name":"suite","seed_count":2}`, 201, `"runs":4`, nil},
	"GET /api/v1/simulations":                   {"/api/v1/simulations?limit=5", "", 200, `"state":"done"`, nil},
	"GET /api/v1/simulations/{id}":              {"/api/v1/simulations/1", "", 200, `"source":"scenario: a"`, nil},
	"POST /api/v1/simulations/{id}/cancel":      {"/api/v1/simulations/2/cancel", "", 200, `"state":"cancelled"`, nil},
	"GET /api/v1/simulations/{id}/report":       {"/api/v1/simulations/1/report?lang=en", "", 200, `en breach`, nil},
	"GET /api/v1/simulations/{id}/card":         {"/api/v1/simulations/1/card", "", 200, `"suite":"breach"`, nil},
	"GET /api/v1/rules":                         {"/api/v1/rules", "", 200, `"count":1`, nil},
}

// needsDuty is every operation that changes something besides one's own account.
func needsDuty(operation string) bool {
	return !strings.HasPrefix(operation, "GET ") && !strings.HasSuffix(operation, "/session") && !strings.Contains(operation, "/account/")
}

// ownsNothing is what names nothing that there is: there is nothing to be out of scope.
var ownsNothing = map[string]bool{"POST /api/v1/zones": true, "POST /api/v1/zones/check": true, "POST /api/v1/zones/import": true,
	"POST /api/v1/people": true, "POST /api/v1/devices": true, "POST /api/v1/registers/{kind}/check": true, "POST /api/v1/registers/{kind}/import": true,
	"POST /api/v1/simulations/lint": true, "POST /api/v1/simulations": true}

// Every operation of the OpenAPI document has a route, is called here, and asks who is asking.
func TestEveryOperation(t *testing.T) {
	documented := map[string]bool{}
	for path, item := range newHouse(t).server.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			name := op.Method + " " + path
			documented[name] = true
			c, ok := exercise[name]
			if !ok {
				t.Errorf("%s is documented and not tested", name)
				continue
			}
			t.Run(name, func(t *testing.T) {
				h := newHouse(t)
				if op.Extensions["x-permission"] != public {
					if a := h.ask("", op.Method, c.path, c.body, c.headers...); a.StatusCode != 401 {
						t.Errorf("nobody: %d %s", a.StatusCode, a.raw)
					}
					if a := h.ask("unsure", op.Method, c.path, c.body, c.headers...); a.StatusCode != 503 {
						t.Errorf("nobody knows who: %d %s", a.StatusCode, a.raw)
					}
				}
				if needs := op.Extensions["x-permission"]; needs != public && needs != anybody {
					if a := h.ask("guest", op.Method, c.path, c.body, c.headers...); a.StatusCode != 403 {
						t.Errorf("without the permission: %d %s", a.StatusCode, a.raw)
					}
				}
				if needsDuty(name) && !strings.HasPrefix(name, "PUT ") && !ownsNothing[name] {
					if a := h.ask("county", op.Method, c.path, c.body, c.headers...); a.StatusCode != 404 {
						t.Errorf("out of scope: %d %s", a.StatusCode, a.raw)
					}
				}
				a := h.want(c.status, op.Method, c.path, c.body, c.headers...)
				if !strings.Contains(string(a.raw), c.says) {
					t.Errorf("%s lacks %s", a.raw, c.says)
				}
				if len(op.Responses) < 2 || op.Responses["default"].Content["application/problem+json"] == nil {
					t.Errorf("documents no problem: %v", op.Responses)
				}
			})
		}
	}
	for name := range exercise {
		if !documented[name] {
			t.Errorf("%s is tested and not documented", name)
		}
	}
}

func TestDocumentsNeedNothingFromElsewhere(t *testing.T) {
	h := newHouse(t)
	doc := h.ask("", "GET", "/api/v1/openapi.json", "").json(t)
	if doc["openapi"] != "3.1.0" || len(doc["paths"].(map[string]any)) < 15 {
		t.Errorf("document %v", doc["openapi"])
	}
	page := h.ask("", "GET", "/api/v1/docs", "")
	for op := range exercise {
		_, path, _ := strings.Cut(op, " ")
		if !strings.Contains(string(page.raw), path) {
			t.Errorf("the page lacks %s", path)
		}
	}
	for _, outside := range []string{"http://", "https://", "<script", "//unpkg"} {
		if strings.Contains(string(page.raw), outside) {
			t.Errorf("the page holds %s", outside)
		}
	}
}

func TestProblems(t *testing.T) {
	h := newHouse(t)
	type ask struct{ method, path, body string }
	for _, c := range []struct {
		ask
		status int
		field  string
	}{
		{ask{"GET", "/api/v1/tracks/nobody", ""}, 404, ""},
		{ask{"GET", "/api/v1/tracks/%20", ""}, 422, "aircraft_id"},
		{ask{"GET", "/api/v1/tracks?bbox=1,2,3", ""}, 422, "bbox"},
		{ask{"GET", "/api/v1/tracks?bbox=1,NaN,3,4", ""}, 422, "bbox"},
		{ask{"GET", "/api/v1/tracks?box=1", ""}, 422, "box"},
		{ask{"GET", "/api/v1/tracks/a/history?from=2026-11-01T00:00:00", ""}, 422, "from"},
		{ask{"GET", "/api/v1/tracks/a/history?from=2026-11-01T00:00:00Z&limit=0", ""}, 422, "limit"},
		{ask{"GET", "/api/v1/tracks/a/history?from=2020-11-01T00:00:00Z", ""}, 422, "from"},
		{ask{"GET", "/api/v1/alerts?state=some", ""}, 422, "state"},
		{ask{"GET", "/api/v1/alerts?cursor=xyz", ""}, 422, "cursor"},
		{ask{"GET", "/api/v1/alerts?since=yesterday", ""}, 422, "since"},
		{ask{"GET", "/api/v1/alerts/nothing", ""}, 404, ""},
		{ask{"POST", "/api/v1/alerts/x/close", `{"reason":"bored"}`}, 422, "reason"},
		{ask{"POST", "/api/v1/alerts/x/close", `{}`}, 422, ""},
		{ask{"POST", "/api/v1/alerts/x/comment", `{"comment":"  "}`}, 422, "comment"},
		{ask{"POST", "/api/v1/alerts/x/comment", `{"comment":"a","by":"somebody"}`}, 422, "by"},
		{ask{"POST", "/api/v1/alerts/x/comment", `{"comment":"a"`}, 400, ""},
		{ask{"POST", "/api/v1/alerts/x/comment", `{"comment":"` + strings.Repeat("a", 17<<10) + `"}`}, 413, ""},
		{ask{"PUT", "/api/v1/aircraft/a", `{"class":"huge","contact_name":"","contact_phone":""}`}, 422, "class"},
		{ask{"PUT", "/api/v1/aircraft/a", `{"class":"","contact_name":"","contact_phone":"","name":{"zh":"物","en":""}}`}, 422, "name"},
		{ask{"POST", "/api/v1/zones", square}, 422, "type"},
		{ask{"POST", "/api/v1/zones", `nonsense`}, 422, ""},
		{ask{"POST", "/api/v1/zones/import?crs=wgs84", `{"type":"FeatureCollection","features":[]}`}, 422, "document"},
		{ask{"POST", "/api/v1/zones/import?crs=wgs84", `nonsense`}, 422, "format"},
		{ask{"POST", "/api/v1/zones/import", square}, 422, "crs"},
		{ask{"POST", "/api/v1/zones/import?crs=epsg:3857", square}, 422, "crs"},
		{ask{"POST", "/api/v1/zones/import?crs=wgs84&format=dxf", square}, 422, "format"},
		{ask{"POST", "/api/v1/zones/import?crs=wgs84&end_missing=true", square}, 422, "end_missing"},
		{ask{"PUT", "/api/v1/zones/z1", drawn}, 428, "If-Match"},
		{ask{"GET", "/api/v1/zones/none/versions", ""}, 404, ""},
		{ask{"POST", "/api/v1/zones/z1/restore", `{"version":7}`}, 404, ""},
		{ask{"POST", "/api/v1/zones/z1/restore", `{"version":0}`}, 422, "version"},
		{ask{"GET", "/api/v1/zones/export?format=openair", ""}, 422, "format"},
		{ask{"GET", "/api/v1/grid?level=3&west=113&south=29&east=115&north=31", ""}, 422, "level"},
		{ask{"GET", "/api/v1/grid?level=4&west=113&south=29&east=115", ""}, 422, "north"},
		{ask{"GET", "/api/v1/grid?level=4&west=115&south=29&east=113&north=31", ""}, 422, "west"},
		{ask{"GET", "/api/v1/grid?level=4&west=113&south=29&east=115&north=31&minutes=61", ""}, 422, "minutes"},
		{ask{"GET", "/api/v1/zones/export?id=none", ""}, 404, ""},
		{ask{"DELETE", "/api/v1/zones/none", ""}, 404, ""},
		{ask{"GET", "/api/v1/nothing", ""}, 404, ""},
		{ask{"DELETE", "/api/v1/tracks", ""}, 405, ""},
		{ask{"POST", "/api/v1/session", `{"username":"admin","password":"wrong"}`}, 401, ""},
		{ask{"POST", "/api/v1/session", `{"username":"nobody","password":"right"}`}, 401, ""},
		{ask{"POST", "/api/v1/session", `{"username":"admin","password":"often"}`}, 429, ""},
	} {
		for _, lang := range []string{"zh-CN,zh;q=0.9,en;q=0.5", "en-GB,en;q=0.9"} {
			a := h.want(c.status, c.method, c.path, c.body, "Accept-Language", lang)
			if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("%v: content type %s", c.ask, got)
				continue
			}
			p := a.json(t)
			id, _ := p["id"].(string)
			if len(id) < 8 || a.Header.Get("X-Request-Id") != id || !strings.Contains(h.log.String(), "id="+id) {
				t.Errorf("%v: id %q, header %q, not the log's", c.ask, id, a.Header.Get("X-Request-Id"))
			}
			if want := titleOf(c.status, language(lang)); p["title"] != want || p["status"] != float64(c.status) {
				t.Errorf("%v: %v, want %s", c.ask, p, want)
			}
			if c.field != "" && (p["field"] != c.field || p["reason"] == "") {
				t.Errorf("%v: field %v, reason %v, want field %s", c.ask, p["field"], p["reason"], c.field)
			}
		}
	}
	// Who does not exist and who typed wrong look the same.
	a := h.ask("", "POST", "/api/v1/session", `{"username":"admin","password":"wrong"}`).json(t)
	b := h.ask("", "POST", "/api/v1/session", `{"username":"nobody","password":"right"}`).json(t)
	delete(a, "id")
	delete(b, "id")
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v and %v tell who exists", a, b)
	}
	if r := h.ask("", "POST", "/api/v1/session", `{"username":"admin","password":"often"}`); r.Header.Get("Retry-After") != "10" {
		t.Errorf("retry after %q", r.Header.Get("Retry-After"))
	}
}

func TestLanguage(t *testing.T) {
	for accept, want := range map[string]string{
		"": "zh", "zh-CN": "zh", "en": "en", "EN-us": "en", "fr": "zh", "en;q=0.2, zh;q=0.8": "zh", "fr, en;q=0.3": "en", "en;q=x": "zh", ";;,": "zh",
	} {
		if got := language(accept); got != want {
			t.Errorf("%q: %s", accept, got)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	if a := h.ask("", "GET", "/livez", ""); a.StatusCode != 200 {
		t.Errorf("livez %d", a.StatusCode)
	}
	if a := h.ask("", "GET", "/readyz", ""); a.StatusCode != 200 || !strings.Contains(string(a.raw), `"ready":true`) {
		t.Errorf("readyz %d %s", a.StatusCode, a.raw)
	}
	h.broken = fmt.Errorf("not reachable")
	if a := h.ask("", "GET", "/readyz", ""); a.StatusCode != 200 {
		t.Error("readyz asks the database again for each of a flood of requests")
	}
	h.server.lookedAt = time.Time{} // a moment later
	if a := h.ask("", "GET", "/readyz", ""); a.StatusCode != 503 || !strings.Contains(string(a.raw), `"database":"not reachable"`) ||
		!strings.Contains(string(a.raw), `"journal":"ok"`) {
		t.Errorf("readyz %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("", "GET", "/metrics", ""); !strings.Contains(string(a.raw), "lowsky_board_aircraft 1") {
		t.Errorf("metrics %d %.300s", a.StatusCode, a.raw)
	}
}

func TestConsole(t *testing.T) {
	h := newHouse(t)
	for path, want := range map[string]struct {
		status int
		body   string
		cache  string
	}{
		"/":                   {200, "console", "no-cache"},
		"/index.html":         {200, "console", "no-cache"},
		"/alerts/x":           {200, "console", "no-cache"},
		"/assets/app-1a2b.js": {200, "js", "public, max-age=31536000, immutable"},
		"/favicon.svg":        {200, "<svg/>", "no-cache"},
		"/assets/gone.js":     {404, "", ""},
		"/../../etc/passwd":   {200, "console", "no-cache"},
	} {
		a := h.ask("", "GET", path, "")
		if a.StatusCode != want.status || !strings.Contains(string(a.raw), want.body) || want.cache != "" && a.Header.Get("Cache-Control") != want.cache {
			t.Errorf("%s: %d %q %.80s", path, a.StatusCode, a.Header.Get("Cache-Control"), a.raw)
		}
		for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"} {
			if a.Header.Get(header) == "" {
				t.Errorf("%s: no %s", path, header)
			}
		}
	}
	if csp := h.ask("", "GET", "/", "").Header.Get("Content-Security-Policy"); strings.Contains(csp, "'unsafe-eval'") || !strings.Contains(csp, "script-src 'self';") {
		t.Errorf("scripts from elsewhere: %s", csp)
	}
	if a := h.ask("", "POST", "/", "x"); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %d", a.StatusCode)
	}
}
