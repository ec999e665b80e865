package api

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// X-Forwarded-For and X-Forwarded-Proto are believed from the proxies of the configuration only, and never so far that
// a client could choose what is written down about it.
func TestPeer(t *testing.T) {
	s := &Server{cfg: ServerConfig{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	long := strings.Repeat("203.0.113.9, ", 100) + "203.0.113.9"
	for _, c := range []struct {
		remote    string
		forwarded []string
		proto     []string
		address   string
		encrypted bool
	}{
		{"198.51.100.7:4711", nil, nil, "198.51.100.7", false},
		{"198.51.100.7:4711", []string{"203.0.113.9"}, []string{"https"}, "198.51.100.7", false}, // anybody's word
		{"10.0.0.2:4711", []string{"203.0.113.9"}, []string{"https"}, "203.0.113.9", true},
		{"10.0.0.2:4711", []string{"203.0.113.9"}, []string{"http"}, "203.0.113.9", false},
		{"10.0.0.2:4711", []string{"203.0.113.9"}, []string{"https", "http"}, "203.0.113.9", false}, // two words are none
		{"10.0.0.2:4711", []string{"1.2.3.4, 203.0.113.9, 10.9.9.9"}, nil, "203.0.113.9", false},    // the left was made up
		{"10.0.0.2:4711", []string{"1.2.3.4", "203.0.113.9"}, nil, "203.0.113.9", false},
		{"10.0.0.2:4711", []string{"203.0.113.9:1234"}, nil, "203.0.113.9", false},
		{"10.0.0.2:4711", []string{"[2001:db8::1]:1234"}, nil, "2001:db8::1", false},
		{"10.0.0.2:4711", []string{"[2001:db8::1]"}, nil, "2001:db8::1", false},
		{"10.0.0.2:4711", []string{"::ffff:203.0.113.9"}, nil, "203.0.113.9", false},
		{"[fd00::5]:4711", []string{"2001:db8::1%eth0"}, nil, "2001:db8::1", false},
		{"[::ffff:10.0.0.2]:4711", []string{"203.0.113.9"}, nil, "203.0.113.9", false},
		{"10.0.0.2:4711", []string{"10.0.0.3, 10.0.0.4"}, nil, "10.0.0.2", false}, // proxies only
		{"10.0.0.2:4711", []string{"203.0.113.9, unknown"}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{"203.0.113.9, "}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{"<script>"}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{"[2001:db8::1"}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{"203.0.113.9\r\nX: 1"}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{long}, nil, "10.0.0.2", false},
		{"10.0.0.2:4711", []string{""}, nil, "10.0.0.2", false},
		{"@", []string{"203.0.113.9"}, nil, "@", false}, // a socket without an address
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded, "X-Forwarded-Proto": c.proto}}
		if address, encrypted := s.peer(r); address != c.address || encrypted != c.encrypted {
			t.Errorf("%s %.60q %q: %s %v, want %s %v", c.remote, c.forwarded, c.proto, address, encrypted, c.address, c.encrypted)
		}
	}
	if _, encrypted := s.peer(&http.Request{RemoteAddr: "198.51.100.7:1", TLS: &tls.ConnectionState{}}); !encrypted {
		t.Error("TLS to us is encrypted")
	}
}

// What came in over TLS at a proxy of ours is told to stay there.
func TestStrictTransportBehindAProxy(t *testing.T) {
	h := newHouse(t)
	for remote, want := range map[string]string{"10.0.0.2:1": "max-age=31536000", "198.51.100.7:1": ""} {
		r := httptest.NewRequest(http.MethodGet, "/livez", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-Proto", "https")
		rec := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(rec, r)
		if got := rec.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("%s: %q", remote, got)
		}
	}
}

func TestAgent(t *testing.T) {
	for sent, want := range map[string]string{
		"Firefox/150": "Firefox/150", "a\tb\x1b[31m\x00c": "ab[31mc", "\xff\xfe": "", "": "", "a\u202eb": "ab",
		strings.Repeat("浏", 100): strings.Repeat("浏", 66),
	} {
		if got := agent(&http.Request{Header: http.Header{"User-Agent": {sent}}}); got != want || !utf8.ValidString(got) || len(got) > maxAgent {
			t.Errorf("%q: %q", sent, got)
		}
	}
}

// Line ends and over-long values in what a client chooses never become a header, a line of the log or a row of their own.
func TestHeaderInjection(t *testing.T) {
	h := newHouse(t)
	for _, raw := range []string{
		"GET /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: lowsky=admin\r\nUser-Agent: a\rSet-Cookie: evil=1\r\n\r\n",
		"GET /api/v1/session HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\x00\r\n\r\n",
		"GET /api/v1/ses\r\nsion HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		if code := send(t, h, raw); code != 400 {
			t.Errorf("%q: %d", raw, code)
		}
	}
	const evil = `x\r\nSet-Cookie: evil=1\r\ny`
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/api/v1/session", `{"username":"a` + evil + `","password":"right"}`},
		{"PUT", "/api/v1/organisations/xianan", `{"kind":"county","name":{"zh":"甲` + evil + `","en":"A"},"jurisdiction_id":"421202"}`},
		{"PUT", "/api/v1/organisations/xianan", `{"kind":"county","name":{"zh":"甲","en":"A"},"jurisdiction_id":"421202","contact_name":"` + evil + `"}`},
		{"PUT", "/api/v1/organisations/xianan", `{"kind":"county","name":{"zh":"甲","en":"A"},"jurisdiction_id":"421202","contact_phone":"139` + evil + `"}`},
		{"PUT", "/api/v1/organisations/xianan", `{"kind":"county","name":{"zh":"` + strings.Repeat("甲", 1000) + `","en":"A"},"jurisdiction_id":"421202"}`},
		{"GET", "/api/v1/people/a%0d%0aSet-Cookie:%20evil=1", ""},
		{"GET", "/api/v1/people/" + strings.Repeat("a", 65), ""},
		{"GET", "/api/v1/zones/a%0d%0aX:%201", ""},
		{"GET", "/api/v1/zones/export?format=geojson%0d%0aX:1", ""},
		{"GET", "/api/v1/zones/export?id=a%0d%0aX:1", ""},
		{"DELETE", "/api/v1/tokens/%00", ""},
		{"GET", "/api/v1/people/%00", ""},
		{"GET", "/api/v1/alerts?hazard=%00", ""},
		{"GET", "/api/v1/organisations/%ff%fe", ""},
		{"GET", "/api/v1/audit?by=" + strings.Repeat("a", 300), ""},
		{"GET", "/api/v1/audit?cursor=-1", ""},
		{"GET", "/api/v1/session/oidc/callback?state=a%0d%0aSet-Cookie:%20evil=1", ""},
	} {
		a := h.ask("admin", c.method, c.path, c.body)
		if a.StatusCode < 400 || a.StatusCode > 499 {
			t.Errorf("%s %.60s: %d %s", c.method, c.path, a.StatusCode, a.raw)
		}
		for name, values := range a.Header {
			if strings.Contains(fmt.Sprint(name, values), "evil") {
				t.Errorf("%s %s: header %s %q", c.method, c.path, name, values)
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(h.log.String()), "\n") {
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("a line of the log of its own: %q", line)
		}
	}
	// A browser's name is kept without what does not print, and the address is the proxy's word only where it is ours.
	h.want(200, "POST", "/api/v1/session", `{"username":"admin","password":"right"}`, "User-Agent", "Fire\tfox", "X-Forwarded-For", "203.0.113.9")
	if h.people.agent != "Firefox" || h.people.from != "127.0.0.1" {
		t.Errorf("%q from %s", h.people.agent, h.people.from)
	}
}

// send writes a request byte by byte as it is and answers the status.
func send(t *testing.T, h *house, raw string) int {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.http.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
