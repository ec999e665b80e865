package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
)

func signIn(t *testing.T, h *house, name, password string, headers ...string) (answer, *http.Cookie) {
	t.Helper()
	a := h.ask("", "POST", "/api/v1/session", `{"username":"`+name+`","password":"`+password+`"}`, headers...)
	for _, c := range a.Cookies() {
		if c.Name == "lowsky" {
			return a, c
		}
	}
	return a, nil
}

// A session gets a token of its own at sign-in: one that was put into the browser before opens nothing, then or later.
func TestSessionFixation(t *testing.T) {
	h := newHouse(t)
	guarded(t, h)
	const chosen = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	_, attackers := signIn(t, h, "xu", rightPassword)
	for _, before := range []string{chosen, attackers.Value} {
		a, c := signIn(t, h, "li", rightPassword, "Cookie", "lowsky="+before)
		if a.StatusCode != 200 || c == nil || c.Value == before || len(c.Value) < 40 || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
			t.Fatalf("%d %s %+v", a.StatusCode, a.raw, c)
		}
		if who := h.ask("", "GET", "/api/v1/session", "", "Cookie", "lowsky="+before); strings.Contains(string(who.raw), `"li"`) {
			t.Errorf("the token from before opens the session: %s", who.raw)
		}
	}
	if a := h.ask("", "GET", "/api/v1/session", "", "Cookie", "lowsky="+chosen); a.StatusCode != 401 {
		t.Errorf("%d", a.StatusCode)
	}
	_, one := signIn(t, h, "li", rightPassword)
	_, other := signIn(t, h, "li", rightPassword)
	if one.Value == other.Value {
		t.Error("two sessions with one token")
	}
}

// What was forged, ended or has expired opens nothing.
func TestForgedAndExpired(t *testing.T) {
	h := newHouse(t)
	gate := guarded(t, h)
	_, c := signIn(t, h, "li", rightPassword)
	li := "lowsky=" + c.Value
	me := func(headers ...string) int { return h.ask("", "GET", "/api/v1/session", "", headers...).StatusCode }
	if me("Cookie", li) != 200 {
		t.Fatal("not signed in")
	}
	flipped := []byte(c.Value)
	flipped[10] ^= 1
	for _, headers := range [][]string{
		{"Cookie", "lowsky=" + string(flipped)}, {"Cookie", "lowsky=" + c.Value + "A"}, {"Cookie", "lowsky=" + c.Value[:20]}, {"Cookie", "lowsky="},
		{"Cookie", "Lowsky=" + c.Value}, {"Cookie", "lowsky=" + strings.Repeat("A", 4000)}, {"Cookie", "lowsky=li"},
		{"Authorization", "Bearer " + c.Value}, {"Authorization", "Bearer lowsky_" + strings.Repeat("a", 26)}, {"Authorization", "Bearer"},
		{"Authorization", "Basic bGk6cA=="}, {"Authorization", "Bearer lowsky_" + strings.Repeat("a", 5000)},
		{"Cookie", li, "Authorization", "Bearer nonsense"}, // what is worse counts
	} {
		if got := me(headers...); got != 401 {
			t.Errorf("%.60q: %d", headers, got)
		}
	}
	a := h.ask("", "POST", "/api/v1/account/tokens", `{"name":"feed","permissions":["zones.read"],"expires_at":"`+h.now.Add(time.Hour).UTC().Format(time.RFC3339)+`"}`, "Cookie", li)
	var issued struct {
		Secret string
		Token  lowsky.APIToken
	}
	if err := json.Unmarshal(a.raw, &issued); err != nil || a.StatusCode != 200 || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s %v", a.StatusCode, a.raw, err)
	}
	bearer := []string{"Authorization", "Bearer " + issued.Secret}
	who := h.ask("", "GET", "/api/v1/session", "", bearer...).json(t)
	if who["method"] != "token" || len(who["permissions"].([]any)) != 1 {
		t.Errorf("%v", who)
	}
	if a := h.ask("", "GET", "/api/v1/people", "", bearer...); a.StatusCode != 403 || a.json(t)["field"] != "permission" {
		t.Errorf("beyond the token: %d %s", a.StatusCode, a.raw)
	}
	for _, c := range []struct{ method, path, body string }{
		{"PUT", "/api/v1/account/password", `{"old":"` + rightPassword + `","new":"another heron 99"}`},
		{"POST", "/api/v1/account/tokens", `{"name":"more"}`},
		{"GET", "/api/v1/account/sessions", ""},
		{"DELETE", "/api/v1/account/sessions/none", ""},
	} {
		if a := h.ask("", c.method, c.path, c.body, bearer...); a.StatusCode != 403 || a.json(t)["field"] != "session" {
			t.Errorf("%s %s with a token: %d %s", c.method, c.path, a.StatusCode, a.raw)
		}
	}
	h.now = h.now.Add(2 * time.Hour) // the token is over, the session is not
	if me(bearer...) != 401 || me("Cookie", li) != 200 {
		t.Error("token or session")
	}
	gate.Changed()
	h.ask("", "DELETE", "/api/v1/session", "", "Cookie", li)
	if me("Cookie", li) != 401 {
		t.Error("signed out and still in")
	}
	_, c = signIn(t, h, "li", rightPassword)
	h.now = h.now.Add(13 * time.Hour) // idle
	if me("Cookie", "lowsky="+c.Value) != 401 {
		t.Error("an idle session goes on")
	}
}

// Whoever was given a password may do nothing but choose another one; the other sessions end with the old.
func TestMustChange(t *testing.T) {
	h := newHouse(t)
	guarded(t, h)
	a, c := signIn(t, h, "xu", rightPassword)
	_, elsewhere := signIn(t, h, "xu", rightPassword)
	xu := "lowsky=" + c.Value
	if a.json(t)["must_change"] != true {
		t.Fatalf("%s", a.raw)
	}
	for name, op := range exercise {
		method, path, _ := strings.Cut(name, " ")
		if strings.HasPrefix(path, "/api/v1/session") || path == "/api/v1/account/password" {
			continue
		}
		if a := h.ask("", method, op.path, op.body, append([]string{"Cookie", xu}, op.headers...)...); a.StatusCode != 403 || a.json(t)["field"] != "must_change" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.raw)
		}
	}
	if a := h.ask("", "GET", "/api/v1/stream", "", "Cookie", xu); a.StatusCode != 403 {
		t.Errorf("stream: %d", a.StatusCode)
	}
	for body, want := range map[string]struct{ field, zh, en string }{
		`{"old":"wrong one here","new":"another heron 99"}`:                       {"old", "不是当前密码", "is not the present password"},
		`{"old":"` + rightPassword + `","new":"` + rightPassword + `"}`:           {"new", "与当前密码相同", "is the present one"},
		`{"old":"` + rightPassword + `","new":"short"}`:                           {"new", "至少 10 个字符", "must have at least 10 characters"},
		`{"old":"` + rightPassword + `","new":"password123"}`:                     {"new", "太容易猜到", "is one of those that are tried first"},
		`{"old":"` + rightPassword + `","new":"` + strings.Repeat("长", 90) + `"}`: {"new", "最多 256 字节", "must have at most 256 bytes"},
	} {
		for lang, words := range map[string]string{"zh": want.zh, "en": want.en} {
			a := h.ask("", "PUT", "/api/v1/account/password", body, "Cookie", xu, "Accept-Language", lang)
			if p := a.json(t); a.StatusCode != 422 || p["field"] != want.field || p["reason"] != words {
				t.Errorf("%.80s: %d %s", body, a.StatusCode, a.raw)
			}
		}
	}
	h.now = h.now.Add(time.Minute)
	if a := h.ask("", "PUT", "/api/v1/account/password", `{"old":"`+rightPassword+`","new":"another heron 99"}`, "Cookie", xu); a.StatusCode != 204 {
		t.Fatalf("%d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("", "GET", "/api/v1/people", "", "Cookie", xu); a.StatusCode != 200 {
		t.Errorf("with the new password: %d %s", a.StatusCode, a.raw)
	}
	if a := h.ask("", "GET", "/api/v1/session", "", "Cookie", "lowsky="+elsewhere.Value); a.StatusCode != 401 {
		t.Errorf("the other session goes on: %d", a.StatusCode)
	}
	if a, _ := signIn(t, h, "xu", rightPassword); a.StatusCode != 401 {
		t.Errorf("the old password: %d", a.StatusCode)
	}
	// The list tells which session asks, and another one can be ended.
	_, other := signIn(t, h, "xu", "another heron 99", "User-Agent", "Other")
	var list struct{ Sessions []SessionView }
	if err := json.Unmarshal(h.ask("", "GET", "/api/v1/account/sessions", "", "Cookie", xu).raw, &list); err != nil || len(list.Sessions) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	i := slices.IndexFunc(list.Sessions, func(s SessionView) bool { return s.Agent == "Other" })
	if i < 0 || list.Sessions[i].Current || !list.Sessions[1-i].Current || list.Sessions[i].From != "127.0.0.1" {
		t.Fatalf("%+v", list.Sessions)
	}
	h.ask("", "DELETE", "/api/v1/account/sessions/"+list.Sessions[i].ID, "", "Cookie", xu)
	if a := h.ask("", "GET", "/api/v1/session", "", "Cookie", "lowsky="+other.Value); a.StatusCode != 401 {
		t.Errorf("ended and still in: %d", a.StatusCode)
	}
	if a := h.ask("", "DELETE", "/api/v1/account/sessions/none", "", "Cookie", xu); a.StatusCode != 404 {
		t.Errorf("%d", a.StatusCode)
	}
}

// What a page from elsewhere has the browser send changes nothing, whatever cookie comes with it.
func TestCrossSite(t *testing.T) {
	h := newHouse(t)
	before := len(h.ledger.entries)
	for name, op := range exercise {
		method, _, _ := strings.Cut(name, " ")
		if method == "GET" {
			continue
		}
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
			{"Sec-Fetch-Site", "cross-site", "Origin", h.http.URL}, {"Origin", h.http.URL + ".evil.example"},
		} {
			h.people.by = lowsky.Actor{}
			a := h.ask("admin", method, op.path, op.body, append(slices.Clone(from), op.headers...)...)
			if a.StatusCode != 403 || h.people.by.Name != "" || len(a.Cookies()) > 0 || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %q: %d %s", name, from, a.StatusCode, a.raw)
			}
		}
	}
	if h.picture.last.Action != "" || h.picture.zones.By != "wang" || len(h.ledger.entries) != before || len(h.people.ended) > 0 {
		t.Errorf("something was done: %+v", h.picture.last)
	}
	if a := h.ask("admin", "GET", "/api/v1/session", "", "Origin", "https://evil.example"); a.StatusCode != 200 || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("reading: %d, allowed %q", a.StatusCode, a.Header.Get("Access-Control-Allow-Origin"))
	}
	h.want(200, "POST", "/api/v1/alerts/x/acknowledge", "", "Origin", h.http.URL, "Sec-Fetch-Site", "same-origin")
}

// The console opens on the county for its people, and nowhere in particular for the others.
func TestHome(t *testing.T) {
	h := newHouse(t)
	for who, want := range map[string]any{
		"admin": nil, "company": nil, "auditor": nil,
		"county": map[string]any{"west": 113.0, "south": 29.0, "east": 114.0, "north": 31.0},
	} {
		p := h.ask(who, "GET", "/api/v1/session", "").json(t)
		got, _ := json.Marshal(p["home"])
		if w, _ := json.Marshal(want); string(got) != string(w) {
			t.Errorf("%s: %s", who, got)
		}
		if _, there := p["home"]; !there || p["method"] != "password" || p["must_change"] != false {
			t.Errorf("%s: %v", who, p)
		}
	}
	p := h.ask("county", "GET", "/api/v1/session", "").json(t)
	if o := p["organisation"].(map[string]any); o["id"] != "chibi" || o["kind"] != "county" || o["jurisdiction_id"] != "421281" {
		t.Errorf("%v", o)
	}
	if sc := p["scope"].(map[string]any); len(sc["organisation_ids"].([]any)) != 2 || len(p["permissions"].([]any)) != len(lowsky.Granted([]lowsky.Role{lowsky.CountyAdministrator})) {
		t.Errorf("%v", p)
	}
	dept := h.server.personOf(principal("county"))
	if dept.Home == nil {
		t.Error("no home")
	}
	external := principal("admin")
	external.External = true
	if v := h.server.personOf(external); v.Method != "oidc" {
		t.Errorf("%+v", v)
	}
}

// Coming back from the identity provider ends on a page without scripts that goes on to the console.
func TestOIDCPages(t *testing.T) {
	h := newHouse(t)
	begin := h.ask("", "GET", oidcPath, "")
	if begin.StatusCode != 302 || !strings.HasPrefix(begin.Header.Get("Location"), "https://login.example/") || begin.Cookies()[0].Name != "lowsky-oidc" {
		t.Errorf("%d %v", begin.StatusCode, begin.Header)
	}
	back := h.ask("", "GET", callbackPath+"?state=x&code=y", "", "Sec-Fetch-Site", "cross-site")
	csp := back.Header.Get("Content-Security-Policy")
	if back.StatusCode != 200 || back.Cookies()[0].Value != "admin" || !strings.Contains(string(back.raw), `content="0;url=/"`) ||
		strings.Contains(string(back.raw), "<script") || !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || back.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s %s", back.StatusCode, csp, back.raw)
	}
	bad := h.ask("", "GET", callbackPath+"?state=%3Cscript%3E&error=access_denied", "")
	if bad.StatusCode != 401 || len(bad.Cookies()) > 0 || strings.Contains(string(bad.raw), "refresh") || strings.Contains(string(bad.raw), "script") || !strings.Contains(string(bad.raw), "登录未完成") {
		t.Errorf("%d %s", bad.StatusCode, bad.raw)
	}
	for err, words := range map[error]string{lowsky.ErrForbidden: "no role on this platform", lowsky.ErrUnavailable: "not available now", lowsky.ErrNotFound: "No identity provider"} {
		h.people.err = err
		for _, path := range []string{oidcPath, callbackPath + "?state=x"} {
			if a := h.ask("", "GET", path, "", "Accept-Language", "en"); a.StatusCode != statusOf(err) || !strings.Contains(string(a.raw), words) || len(a.Cookies()) > 0 {
				t.Errorf("%v: %d %s", err, a.StatusCode, a.raw)
			}
		}
	}
}
