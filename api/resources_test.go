package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

func TestCrossOriginRequestsAreRefused(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		method, path string
		header       []string
		status       int
	}{
		{"POST", "/api/v1/alerts/x/acknowledge", []string{"Origin", "https://evil.example"}, 403},
		{"POST", "/api/v1/alerts/x/acknowledge", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"DELETE", "/api/v1/zones/z1", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"POST", "/api/v1/alerts/x/acknowledge", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"POST", "/api/v1/alerts/x/acknowledge", []string{"Origin", h.http.URL}, 200},
		{"GET", "/api/v1/tracks", []string{"Sec-Fetch-Site", "cross-site"}, 200}, // SameSite=Strict keeps the cookie away in browsers
	} {
		a := h.want(c.status, c.method, c.path, "", c.header...)
		if c.status == 403 && a.json(t)["id"] == "" {
			t.Errorf("%v: no problem", c)
		}
	}
}

func TestTokenSession(t *testing.T) {
	h := newHouse(t)
	if a := h.ask("", "GET", "/api/v1/session", "", "Authorization", "Bearer admin"); a.StatusCode != 200 {
		t.Errorf("by token: %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("", "DELETE", "/api/v1/session", "", "Authorization", "Bearer admin"); a.StatusCode != 409 {
		t.Errorf("a token signs out: %d", a.StatusCode)
	}
	a := h.ask("", "POST", "/api/v1/session", `{"username":"admin","password":"right"}`)
	if c := a.Cookies(); len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Value != "admin" {
		t.Errorf("cookie %v", c)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("cached: %q", a.Header.Get("Cache-Control"))
	}
}

// The stream of a session ends with it.
func TestSignOutEndsTheStream(t *testing.T) {
	h := newHouse(t)
	url := "ws" + strings.TrimPrefix(h.http.URL, "http") + "/api/v1/stream"
	if _, resp, err := websocket.DefaultDialer.Dial(url, nil); err == nil || resp.StatusCode != 401 ||
		resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("nobody: %v", err)
	}
	cookie := http.Header{"Cookie": {"lowsky=admin"}}
	foreign := http.Header{"Cookie": {"lowsky=admin"}, "Origin": {"https://evil.example"}}
	if _, resp, err := websocket.DefaultDialer.Dial(url, foreign); err == nil || resp.StatusCode != 403 {
		t.Errorf("foreign origin: %v", err)
	}
	var conn *websocket.Conn
	within(t, "the hub runs", func() (ok bool) {
		var err error
		conn, _, err = websocket.DefaultDialer.Dial(url, cookie)
		return err == nil
	})
	defer conn.Close()
	if _, raw, err := conn.ReadMessage(); err != nil || !strings.Contains(string(raw), `"user":{"name":"admin"`) {
		t.Errorf("hello: %s %v", raw, err)
	}
	h.want(204, "DELETE", "/api/v1/session", "")
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		if !websocket.IsCloseError(err, CloseSessionEnd) {
			t.Errorf("ended with %v", err)
		}
		break
	}
	if a := h.want(401, "GET", "/api/v1/session", ""); a.StatusCode != 401 {
		t.Error("still signed in")
	}
	if a := h.ask("guest", "GET", "/api/v1/stream", ""); a.StatusCode != 403 {
		t.Errorf("without flights.read: %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("county", "GET", "/api/v1/stream", ""); a.StatusCode != 422 {
		t.Errorf("no websocket: %d %s", a.StatusCode, a.raw)
	}
}

func TestHandling(t *testing.T) {
	h := newHouse(t)
	h.want(200, "POST", "/api/v1/alerts/x/close", `{"reason":"false_alarm","comment":"鸟","rev":1}`)
	c := h.picture.last
	if c.Action != lowsky.ActionClose || c.Reason != lowsky.CloseFalseAlarm || c.Comment != "鸟" || c.By != "admin" ||
		c.From != "127.0.0.1" || c.Rev != 1 || c.Alert != "x" || c.ID == "" {
		t.Errorf("command %+v", c)
	}
	for path, action := range map[string]lowsky.HandlingAction{
		"acknowledge": lowsky.ActionAcknowledge, "call": lowsky.ActionLogCall,
	} {
		h.want(200, "POST", "/api/v1/alerts/x/"+path, "")
		if h.picture.last.Action != action {
			t.Errorf("%s: %s", path, h.picture.last.Action)
		}
	}
	for err, status := range map[error]int{
		lowsky.ErrStale: 412, lowsky.ErrUnavailable: 503, lowsky.ErrNotFound: 404,
		fmt.Errorf("it still fires: %w", lowsky.ErrConflict): 409, fmt.Errorf("disk on fire at 10.0.0.7"): 500,
	} {
		h.picture.err = err
		a := h.want(status, "POST", "/api/v1/alerts/x/acknowledge", "")
		if strings.Contains(string(a.raw), "10.0.0.7") {
			t.Errorf("tells what went wrong inside: %s", a.raw)
		}
		if status == 500 && !strings.Contains(h.log.String(), "10.0.0.7") {
			t.Error("the log does not say what went wrong")
		}
	}
}

func TestAlertsPage(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		a := firing(fmt.Sprintf("p%d", i), "a", 1)
		a.RaisedAt = epoch.Add(time.Duration(-i/2) * time.Minute) // some at the same instant
		h.archive.alerts = append(h.archive.alerts, a)
		h.board.Publish([]lowsky.Change{{Alert: a}})
	}
	var ids []string
	path := "/api/v1/alerts?limit=2"
	for range 5 {
		page := h.want(200, "GET", path, "").json(t)
		for _, a := range page["alerts"].([]any) {
			ids = append(ids, a.(map[string]any)["id"].(string))
		}
		next, ok := page["next"].(string)
		if !ok {
			break
		}
		path = "/api/v1/alerts?limit=2&cursor=" + next
	}
	if got := strings.Join(ids, " "); got != "x p1 p0 p3 p2 p4" {
		t.Errorf("pages: %s", got)
	}
	page := h.want(200, "GET", "/api/v1/alerts?state=all&limit=3&severity=caution&since=2026-11-01T08:00:00%2B08:00", "").json(t)
	if q := h.archive.asked; q.State != lowsky.AlertsAll || q.MinSeverity != lowsky.Caution || !q.Since.Equal(epoch.Add(-24*time.Hour)) || q.Limit != 4 {
		t.Errorf("asked %+v", q)
	}
	if page["next"] == nil || len(page["alerts"].([]any)) != 3 {
		t.Errorf("page %v", page)
	}
}

// While the database is away the live picture is shown and the rest says that it cannot be told.
func TestDatabaseAway(t *testing.T) {
	h := newHouse(t)
	h.archive.err = fmt.Errorf("connection refused by 10.0.0.7: %w", lowsky.ErrUnavailable)
	h.want(200, "GET", "/api/v1/alerts", "")
	h.want(200, "GET", "/api/v1/tracks/a", "")
	if a := h.want(200, "GET", "/api/v1/alerts/x", "").json(t); a["revisions_available"] != false {
		t.Errorf("revisions: %v", a)
	}
	h.want(503, "GET", "/api/v1/alerts?state=resolved", "")
	if a := h.want(503, "GET", "/api/v1/tracks/a/history", ""); strings.Contains(string(a.raw), "10.0.0.7") {
		t.Errorf("tells too much: %s", a.raw)
	}
}

func TestHistory(t *testing.T) {
	h := newHouse(t)
	for i := range 3 {
		h.archive.points = append(h.archive.points, lowsky.HistoryPoint{Seq: uint64(i), ReceivedAt: epoch, Position: fly("a", i).Position})
	}
	for limit, complete := range map[int]bool{2: false, 3: true, 4: true} {
		a := h.want(200, "GET", fmt.Sprintf("/api/v1/tracks/a/history?from=2026-11-01T23:00:00Z&to=2026-11-02T08:00:00%%2B08:00&limit=%d", limit), "").json(t)
		if n := len(a["points"].([]any)); a["complete"] != complete || n != min(limit, 3) || a["to"] != "2026-11-02T00:00:00Z" {
			t.Errorf("limit %d: %v", limit, a)
		}
	}
}

func TestRegister(t *testing.T) {
	h := newHouse(t)
	body := `{"class":"light","agricultural":true,"model":"T60","name":{"zh":"农-1","en":"A-1"},"scenario":"agriculture","contact_name":"张","contact_phone":"137"}`
	h.want(200, "PUT", "/api/v1/aircraft/n.1", body)
	var got lowsky.Aircraft
	if err := json.Unmarshal(h.want(200, "GET", "/api/v1/aircraft/n.1", "").raw, &got); err != nil || !got.Agricultural ||
		got.Name.ZH != "农-1" || got.Organisation != "city" || !got.UpdatedAt.Equal(epoch) || got.Scenario != lowsky.Agriculture {
		t.Errorf("%+v %v", got, err)
	}
	h.want(204, "DELETE", "/api/v1/aircraft/n.1", "")
	h.want(404, "GET", "/api/v1/aircraft/n.1", "")
	h.want(404, "DELETE", "/api/v1/aircraft/n.1", "")
	if a := h.ask("county", "PUT", "/api/v1/aircraft/a", body); a.StatusCode != 404 || len(h.ledger.told("access.denied")) != 1 {
		t.Errorf("others' aircraft: %d %v", a.StatusCode, h.ledger.told("access.denied"))
	}
}

func TestSourcesJoin(t *testing.T) {
	h := newHouse(t)
	var got struct{ Sources []SourceDetail }
	if err := json.Unmarshal(h.want(200, "GET", "/api/v1/ingest/sources", "").raw, &got); err != nil || len(got.Sources) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	if s := got.Sources[0]; s.ID != "gw-1" || s.Received != 7 || s.Late != 3 || !s.LastSeen.Equal(epoch) {
		t.Errorf("%+v", s)
	}
	if a := h.ask("county", "GET", "/api/v1/ingest/sources", "").json(t); len(a["sources"].([]any)) != 0 {
		t.Errorf("out of scope: %v", a)
	}
}

func TestPanicIsAProblem(t *testing.T) {
	h := newHouse(t)
	h.server.cfg.Status = nil
	h.server.cfg.Ingest = func() []SourceCount { panic("boom") }
	if a := h.want(500, "GET", "/api/v1/ingest/sources", ""); strings.Contains(string(a.raw), "boom") || a.json(t)["id"] == "" {
		t.Errorf("%s", a.raw)
	}
}

func TestConsoleNotBuilt(t *testing.T) {
	rec := newRecorder(consoleHandler(nil, false), "/")
	if body := rec.Body.String(); rec.Code != 200 || !strings.Contains(body, "console not built") && !strings.Contains(body, "Console not built") ||
		!strings.Contains(body, "控制台未构建") {
		t.Errorf("%d %s", rec.Code, body)
	}
}
