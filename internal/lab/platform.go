package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"sync"
	"testing"
	"time"

	"lowsky/cmd/lowsky/server"
)

// Options is what a test may ask of a platform. The zero value is an embedded broker, a private PostgreSQL, no demo.
type Options struct {
	Demo        bool
	DataDir     string // "": a new one
	DatabaseURL string // "": a private cluster below DataDir
	MQTTURL     string // "": embedded
	MQTTAddr    string // "": a free loopback port
	HTTPAddr    string // "": a free loopback port
	// ScoreCommand flies simulations; nil: a stand-in that flies nothing.
	ScoreCommand []string
	// Configure changes what the server is told, last.
	Configure func(*server.Config)
}

// hashCommand starts the process that hashes passwords; TestMain knows how.
var hashCommand []string

// scoreCommand starts the stand-in for the process that flies simulations.
var scoreCommand []string

// Password is the admin password of every lab platform.
const Password = "lab-only-9f27c1d0"

// Platform is a running server in this process and what a test needs to speak to it.
type Platform struct {
	HTTP    string // http://127.0.0.1:…
	MQTT    string // 127.0.0.1:…
	MQTTS   string // the same over TLS; "" without
	DataDir string
	Client  *http.Client // signed in as admin

	transport http.RoundTripper // trusts the server's certificate; nil: the system's
	stop      context.CancelFunc
	done      chan struct{}
	err       error
	stopped   sync.Once
}

// Start runs a platform until the test ends.
func Start(t testing.TB, o Options) *Platform {
	t.Helper()
	if o.DatabaseURL == "" {
		Program(t, "psql")
	}
	if o.DataDir == "" {
		o.DataDir = Dir(t)
	}
	c := server.Config{
		HTTPAddr: "127.0.0.1:0", MQTTAddr: "127.0.0.1:0", DatabaseURL: o.DatabaseURL, DataDir: o.DataDir, Region: "xianning",
		Demo: "off", AdminPassword: Password, NTPPort: 123, MQTTURL: o.MQTTURL,
	}
	if o.Demo {
		c.Demo = "on"
	}
	if o.MQTTURL != "" {
		c.MQTTAddr = "off"
	}
	if o.MQTTAddr != "" {
		c.MQTTAddr = o.MQTTAddr
	}
	if o.HTTPAddr != "" {
		c.HTTPAddr = o.HTTPAddr
	}
	if o.Configure != nil {
		o.Configure(&c)
	}
	if o.ScoreCommand == nil {
		o.ScoreCommand = scoreCommand
	}
	level := slog.LevelWarn
	if testing.Verbose() {
		level = slog.LevelInfo
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})).With("test", t.Name())
	ctx, stop := context.WithCancel(context.Background())
	p := &Platform{DataDir: o.DataDir, stop: stop, done: make(chan struct{}), transport: trusting(t, c.TLSCert)}
	up := make(chan server.Address, 1)
	go func() {
		defer close(p.done)
		p.err = server.Run(ctx, server.Options{
			Config: c, Version: "lab", Logger: logger, HashCommand: hashCommand, ScoreCommand: o.ScoreCommand, Announce: func(a server.Address) { up <- a },
		})
	}()
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("the platform's end: %v", err)
		}
	})
	select {
	case a := <-up:
		p.HTTP, p.MQTT, p.MQTTS = a.HTTP, a.MQTT, a.MQTTS
		if _, port, err := net.SplitHostPort(a.MQTT); err == nil {
			p.MQTT = net.JoinHostPort("127.0.0.1", port) // also of a broker that listens on all addresses
		}
	case <-p.done:
		t.Fatalf("the platform did not start: %v", p.err)
	case <-time.After(60 * time.Second):
		t.Fatal("the platform did not start within 60 s")
	}
	p.signIn(t)
	return p
}

// trusting answers a transport that trusts the certificate in the file; nil for "".
func trusting(t testing.TB, file string) http.RoundTripper {
	t.Helper()
	if file == "" {
		return nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", file)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
}

// Stop ends the platform in order and answers what went wrong.
func (p *Platform) Stop() error {
	p.stopped.Do(func() { p.stop(); <-p.done })
	return p.err
}

// Dir is a data directory that the user who runs PostgreSQL can enter, removed after the test.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lowsky-lab-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (p *Platform) signIn(t testing.TB) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Client = &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: p.transport}
	p.Do(t, "POST", "/api/v1/session", map[string]string{"username": "admin", "password": Password}, nil)
}

// Do sends a request with a JSON body (nil: none) and decodes the JSON answer into out (nil: dropped). Any status
// above 299 fails the test. Headers are names and values in turn.
func (p *Platform) Do(t testing.TB, method, path string, body, out any, headers ...string) {
	t.Helper()
	if status, text := p.Try(t, method, path, body, out, headers...); status > 299 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

// Try is Do that answers the status and body instead of failing.
func (p *Platform) Try(t testing.TB, method, path string, body, out any, headers ...string) (int, string) {
	t.Helper()
	var send io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		send = bytes.NewReader(b)
	default:
		j, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		send = bytes.NewReader(j)
	}
	req, err := http.NewRequest(method, p.HTTP+path, send)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.Client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if out != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatalf("%s %s: %v in %.300s", method, path, err, text)
		}
	}
	return resp.StatusCode, fmt.Sprintf("%.600s", text)
}
