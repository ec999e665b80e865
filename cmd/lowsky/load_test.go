package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"lowsky/simulator/load"
)

// loadFlags parses a command line of load.
func loadFlags(t *testing.T, args ...string) *loadCommand {
	t.Helper()
	var c loadCommand
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return &c
}

func TestLoadFlags(t *testing.T) {
	t.Setenv("LOWSKY_TOKEN", "")
	t.Setenv("LOWSKY_TOKEN_FILE", "")
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	l, err := loadFlags(t, "--mqtt", "mqtt://localhost", "--rate", "5e4", "--batch", "20", "--qos", "0", "--format", "dji",
		"--username", "u", "--password-file", file("password", "geheim\n"), "--watch", "http://127.0.0.1:8080",
		"--token-file", file("token", "tok\n")).load()
	if err != nil {
		t.Fatal(err)
	}
	if l.Address != "localhost:1883" || l.TLS != nil || l.Rate != 50_000 || l.Batch != 20 || l.QoS != 0 || l.Format != "dji" ||
		l.Password != "geheim" || l.Watch.Token != "tok" || !l.Resend {
		t.Errorf("%+v", l)
	}
	l, err = loadFlags(t, "--mqtt", "mqtts://broker.example.org", "--remote", "--credentials", file("devices", "a:b\n")).load()
	if err != nil || l.Address != "broker.example.org:8883" || l.TLS == nil || l.TLS.ServerName != "broker.example.org" || len(l.Credentials) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
	for _, c := range []struct {
		args []string
		part string
		code int // that the command ends with; 1 unless a flag is wrong
	}{
		{[]string{"--mqtt", "http://127.0.0.1"}, "mqtt://", 2},
		{[]string{"--mqtt", "mqtt://a:b@127.0.0.1"}, "without user", 2},
		{[]string{"--mqtt", "mqtt://192.0.2.1"}, "loopback", 2},
		{[]string{"--qos", "2"}, "qos", 2},
		{[]string{"--rate", "0"}, "rate", 2},
		{[]string{"--ramp", "200,100"}, "rise", 2},
		{[]string{"--watch", "http://127.0.0.1:8080"}, "--token-file", 2},
		{[]string{"--watch", "http://127.0.0.1:8080", "--token-file", filepath.Join(dir, "nothing")}, "no such file", 1},
		{[]string{"--watch", "http://192.0.2.1", "--token-file", filepath.Join(dir, "token")}, "loopback", 2},
		{[]string{"--watch", "http://192.0.2.1", "--remote", "--token-file", filepath.Join(dir, "token")}, "loopback", 2}, // without TLS
		{[]string{"--credentials", file("bad", "x")}, "line 1", 1},
		{[]string{"--ca", file("ca", "x")}, "no certificate", 1},
	} {
		var out, progress bytes.Buffer
		err := loadFlags(t, c.args...).run(t.Context(), &out, newMeter(&progress, time.Now()))
		var code exitCode = 1
		errors.As(err, &code)
		if err == nil || !strings.Contains(err.Error(), c.part) || int(code) != c.code || out.Len() > 0 {
			t.Errorf("%q: %v, code %d, printed %q; want %q and code %d", c.args, err, code, &out, c.part, c.code)
		}
	}
}

func TestMeter(t *testing.T) {
	var out bytes.Buffer
	m := newMeter(&out, time.Now())
	m.total, m.connections = 10*time.Second, 3
	m.progress(load.Progress{Connected: 1})
	m.progress(load.Progress{Connected: 2, Sending: 1500 * time.Millisecond, Sent: 100, Acknowledged: 90, Rate: 66.6, Skipped: 2,
		Ack: load.Latencies{Count: 90, P50: 1234 * time.Microsecond, P99: 45678 * time.Microsecond}, Watching: true, Seen: 40, Overtaken: 50,
		EndToEnd: load.Latencies{Count: 40, P50: 1_234_567 * time.Microsecond, P99: 2 * time.Second}})
	want := "connecting: 1 of 3\n1.5s/10s  sent 100  67/s  skipped 2  CONNECTED 2 of 3  unacknowledged 10  PUBACK p50 1.23ms p99 46ms" +
		"  seen 40  overtaken 50  not yet 10  end to end p50 1.23s p99 2s\n"
	if out.String() != want {
		t.Errorf("\n%q, want\n%q", out.String(), want)
	}

	// On a terminal the line is drawn again, and what is said between begins on a line of its own.
	out.Reset()
	m = newMeter(&out, time.Now())
	m.redraw, m.connections = true, 3
	now := time.Now()
	m.now = func() time.Time { return now }
	m.progress(load.Progress{Connected: 1})
	m.progress(load.Progress{Connected: 2})
	m.away(1, errors.New("refused"), 20*time.Millisecond)
	m.away(2, errors.New("refused"), 40*time.Millisecond) // within two seconds
	now = now.Add(awayPause)
	m.away(3, errors.New("refused"), 80*time.Millisecond)
	m.end()
	want = "\r\x1b[2Kconnecting: 1 of 3\r\x1b[2Kconnecting: 2 of 3\nbroker away (connection 1, 1 failures): refused; trying again in 20ms\n" +
		"broker away (connection 3, 2 failures): refused; trying again in 80ms\n"
	if out.String() != want {
		t.Errorf("\n%q, want\n%q", out.String(), want)
	}
}
