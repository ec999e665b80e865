package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	broker "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"lowsky"
	"lowsky/simulator/score"
)

// quiet is a file in which nothing is the matter but what it expects.
const quiet = `scenario: quiet
name: {zh: 平静, en: Quiet}
seed: 3
duration: 90s
noise: {horizontal: 1, vertical: 1, white: 0.2, tau: 30s}
profiles: {p: {class: light, model: M, speed: 12}}
aircraft:
  - {id: a-1, scenario: city, profile: p, home: [114.33, 29.83], ground: 14, start: -30s, path: [{speed: 8, orbit: {centre: [114.33, 29.83], radius: 80, agl: 60}}]}
`

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func code(err error) int {
	var c exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &c):
		return int(c)
	}
	return -1
}

func TestScoreCommand(t *testing.T) {
	good := writeFile(t, "quiet.yaml", quiet)
	wants := writeFile(t, "wants.yaml", quiet+"expect:\n  - {object: a-1, hazard: emergency, severity: warning, from: 10s, until: 60s}\n")
	dir := t.TempDir()
	card, page := filepath.Join(dir, "card.json"), filepath.Join(dir, "report.html")
	for _, c := range []struct {
		name    string
		command scoreCommand
		code    int
		says    string
	}{
		{"kept", scoreCommand{Paths: []string{good}, Seeds: 2, FirstSeed: 5, JSON: card, HTML: page, Lang: "en"}, 0, "\npassed\n"},
		{"compared", scoreCommand{Paths: []string{good}, Seeds: 2, FirstSeed: 5, Compare: card}, 0, "no worse"},
		{"a gate", scoreCommand{Paths: []string{wants}, Seeds: 1}, 1, "wants.yaml:10: seed 0: missed"},
		{"bad file", scoreCommand{Paths: []string{writeFile(t, "bad.yaml", quiet+"colour: red\n")}}, 2, "bad.yaml:9: colour: unknown key"},
		{"no file", scoreCommand{Paths: []string{"nowhere.yaml"}}, 2, ""},
		{"seeds", scoreCommand{Paths: []string{good}, Seeds: -1}, 2, ""},
		{"no card", scoreCommand{Paths: []string{good}, Seeds: 1, Compare: good}, 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := c.command.run(t.Context(), &out, &out)
			if code(err) != c.code || !strings.Contains(out.String(), c.says) {
				t.Errorf("exit code %d (%v), want %d, and %q in\n%s", code(err), err, c.code, c.says, out.String())
			}
		})
	}
	f, err := os.Open(card)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read, err := score.ReadJSON(f)
	if err != nil || len(read.Runs) != 2 || read.Runs[0].Seed != 5 || read.Total.Nuisance != 0 {
		t.Errorf("%+v, %v", read, err)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("<html")) {
		t.Error("no report", err)
	}
}

// TestScoreInterrupted: Ctrl-C prints the score so far.
func TestScoreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := scoreCommand{Paths: []string{writeFile(t, "quiet.yaml", quiet)}, Seeds: 2000, Parallel: 1}
	var out bytes.Buffer
	stop := &cancelling{cancel: cancel}
	err := c.run(ctx, &out, stop)
	if !stop.told {
		t.Skip("2,000 runs took less than one line of progress")
	}
	if code(err) != 130 || !strings.Contains(out.String(), "this is the score so far") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// cancelling ends a run at its first line of progress.
type cancelling struct {
	cancel func()
	told   bool
}

func (c *cancelling) Write(b []byte) (int, error) {
	c.told = true
	c.cancel()
	return len(b), nil
}

func TestScoreWorker(t *testing.T) {
	ask := func(order any) []map[string]json.RawMessage {
		b, _ := json.Marshal(order)
		var out bytes.Buffer
		if err := scoreWorker(t.Context(), bytes.NewReader(b), &out); err != nil {
			t.Fatal(err)
		}
		var lines []map[string]json.RawMessage
		for d := json.NewDecoder(&out); d.More(); {
			var line map[string]json.RawMessage
			if err := d.Decode(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return lines
	}
	lines := ask(map[string]any{"name": "mine.yaml", "source": quiet, "seeds": []int{1, 2}})
	if len(lines) != 3 || string(lines[1]["done"]) != "2" || string(lines[1]["runs"]) != "2" {
		t.Fatalf("%s", lines)
	}
	var card lowsky.Scorecard
	if err := json.Unmarshal(lines[2]["card"], &card); err != nil || len(card.Runs) != 2 || !card.Passed {
		t.Errorf("%+v, %v", card, err)
	}
	for _, c := range []struct {
		order any
		key   string
	}{
		{map[string]any{"name": "mine.yaml", "source": quiet + "colour: red\n", "seeds": []int{1}}, "problems"},
		{map[string]any{"name": "no-such-file", "seeds": []int{1}}, "error"},
		{map[string]any{"name": "mine.yaml", "source": quiet}, "error"},
		{"nonsense", "error"},
	} {
		if lines := ask(c.order); len(lines) != 1 || lines[0][c.key] == nil {
			t.Errorf("%v: %s", c.order, lines)
		}
	}
}

func TestSimulateCommand(t *testing.T) {
	good := writeFile(t, "quiet.yaml", quiet)
	tape := filepath.Join(t.TempDir(), "messages.ndjson")
	say := func(want int, c simulateCommand) string {
		t.Helper()
		var out bytes.Buffer
		if err := c.run(t.Context(), &out, &out); code(err) != want {
			t.Errorf("%+v: exit code %d (%v), want %d\n%s", c, code(err), err, want, out.String())
		}
		return out.String()
	}
	sum := func(text string) string {
		_, rest, _ := strings.Cut(text, "sha256 ")
		return rest[:min(len(rest), 64)]
	}
	plain := say(0, simulateCommand{File: good, Out: tape})
	if s := sum(plain); len(s) != 64 || s != sum(say(0, simulateCommand{File: good, Start: "2027-02-03T04:05:06Z"})) ||
		s != sum(say(0, simulateCommand{File: good, Speed: "9000"})) || s == sum(say(0, simulateCommand{File: good, Seed: "4"})) {
		t.Errorf("the sum is of the file and seed alone, whatever the start and speed:\n%s", plain)
	}
	b, err := os.ReadFile(tape)
	if n := bytes.Count(b, []byte("\n")); err != nil || n < 85 || !strings.Contains(plain, fmt.Sprintf("messages %d,", n)) {
		t.Errorf("%d messages on the tape, %v", n, err)
	}
	if s := say(0, simulateCommand{File: good, Lint: true}); !strings.Contains(s, "nothing to complain") {
		t.Error(s)
	}
	if s := say(2, simulateCommand{File: writeFile(t, "bad.yaml", quiet+"colour: red\nseed: 1\n"), Lint: true}); !strings.Contains(s, "bad.yaml:9: colour") {
		t.Error(s)
	}
	if s := say(0, simulateCommand{Schema: true}); !json.Valid([]byte(s)) {
		t.Error("no schema")
	}
	if err := (&scoreCommand{Quick: true, JSON: "/no/such/folder/card.json"}).run(t.Context(), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("a card that cannot be written: %v", err) // before anything flies
	}
	if s := say(0, simulateCommand{List: true}); !strings.Contains(s, "base/flights/zone-breach-circle ") {
		t.Error(s)
	}
	for _, c := range []simulateCommand{
		{}, {File: "nowhere"}, {File: t.TempDir()}, {File: good, Seed: "x"}, {File: good, Speed: "0"}, {File: good, Start: "noon"}, {File: good, MQTT: "here"}, {File: good, MQTT: "http://127.0.0.1:1"}, {File: good, MQTT: "tcp://"},
		{File: good, MQTT: "tcp://127.0.0.1:1", CA: good},
	} {
		say(2, c)
	}
}

// TestSimulateToABroker: the stream goes to a broker that comes late, and the sum is that of the file.
func TestSimulateToABroker(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nobody is there yet
	good := writeFile(t, "quiet.yaml", quiet)
	server := broker.New(&broker.Options{InlineClient: true})
	defer server.Close()
	var progress later
	progress.first = func() {
		again, err := net.Listen("tcp", address)
		for _, err := range []error{err, server.AddHook(&open{}, nil), server.AddListener(listeners.NewNet("t", again)), server.Serve()} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	var out, here bytes.Buffer
	if err := (&simulateCommand{File: good, MQTT: "tcp://" + address, Speed: "max"}).run(t.Context(), &out, &progress); err != nil {
		t.Fatal(err, out.String())
	}
	if !strings.Contains(progress.text.String(), "broker away: ") || !strings.Contains(progress.text.String(), "trying again in 1s") {
		t.Errorf("it did not say that the broker was away: %q", progress.text.String())
	}
	if err := (&simulateCommand{File: good}).run(t.Context(), &here, &here); err != nil {
		t.Fatal(err)
	}
	_, sum, _ := strings.Cut(here.String(), "sha256 ")
	if !strings.Contains(out.String(), sum[:64]) || !strings.Contains(out.String(), "not acknowledged 0\n") {
		t.Errorf("want the sum %s in\n%s", sum[:64], out.String())
	}
	if err := (&simulateCommand{File: "base/broker-restart", MQTT: "tcp://" + address, Speed: "max"}).run(t.Context(), &out, &progress); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "is not done to a real broker") {
		t.Errorf("it did not say what it leaves out: %s", out.String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := (&simulateCommand{File: good, MQTT: "tcp://" + address}).run(ctx, &out, &progress); code(err) != 130 {
		t.Errorf("interrupted: %v", err)
	}
}

// open lets everybody in.
type open struct{ broker.HookBase }

func (*open) Provides(b byte) bool {
	return b == broker.OnConnectAuthenticate || b == broker.OnACLCheck
}
func (*open) OnConnectAuthenticate(*broker.Client, packets.Packet) bool { return true }
func (*open) OnACLCheck(*broker.Client, string, bool) bool              { return true }

// later does something when it is first written to.
type later struct {
	text  bytes.Buffer
	first func()
}

func (l *later) Write(b []byte) (int, error) {
	if l.text.Len() == 0 {
		l.first()
	}
	return l.text.Write(b)
}
