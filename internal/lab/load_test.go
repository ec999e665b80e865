package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator/load"
)

// token makes an API token of admin.
func (p *Platform) token(t testing.TB) string {
	t.Helper()
	var out struct {
		Secret string `json:"secret"`
	}
	p.Do(t, "POST", "/api/v1/account/tokens", map[string]any{"name": "load"}, &out)
	return out.Secret
}

// What the generator says of the real platform adds up, in both formats: with QoS 1 nothing is lost, every report is on
// the stream or was overtaken there, and the platform's own counters name the same number.
func TestLoadIsCountedToTheLastReport(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	token := p.token(t)
	for _, l := range []load.Load{
		{Connections: 40, Rate: 40, Duration: 4 * time.Second, QoS: 1, Prefix: "slow"},
		{Connections: 20, Aircraft: 10, Rate: 1500, Duration: 3 * time.Second, QoS: 1, Batch: 10, Prefix: "fast"},
		{Connections: 20, Aircraft: 2, Rate: 400, Duration: 3 * time.Second, QoS: 0, Format: "dji", Prefix: "dock"},
		{Connections: 20, Aircraft: 2, Rate: 400, Duration: 2 * time.Second, QoS: 1, Format: "dji", Prefix: "dock"}, // the same aircraft again
	} {
		l.Address, l.Now, l.Window, l.Drain = p.MQTT, time.Now, 256, time.Minute
		l.Watch = load.Watch{URL: p.HTTP, Token: token, Settle: 15 * time.Second}
		r, err := load.Run(context.Background(), l)
		if err != nil {
			t.Fatalf("%s: %v", l.Prefix, err)
		}
		o, counted := r.Watch.Value, r.Watch.Value.Platform.Value
		if r.Sent == 0 || r.Sent+r.Skipped != r.Due {
			t.Errorf("%s: sent %d and skipped %d of %d", l.Prefix, r.Sent, r.Skipped, r.Due)
		}
		if l.QoS == 1 && (r.Acknowledged != r.Sent || r.Lost != 0 || r.Ack.Count != r.Sent) {
			t.Errorf("%s: sent %d, acknowledged %d, lost %d", l.Prefix, r.Sent, r.Acknowledged, r.Lost)
		}
		if !o.Platform.OK || counted.Received != r.Sent || counted.Journal != r.Sent || counted.Rejected+counted.Unlogged != 0 || counted.Repeats != 0 {
			t.Errorf("%s: sent %d, the platform says %+v (%s)", l.Prefix, r.Sent, counted, o.LastError)
		}
		if o.Seen == 0 || o.Seen+o.Overtaken != r.Sent || o.NeverCame != 0 {
			t.Errorf("%s: of %d sent %d seen, %d overtaken, %d never came", l.Prefix, r.Sent, o.Seen, o.Overtaken, o.NeverCame)
		}
		if o.EndToEnd.Count != o.Seen || o.Shown.Count != r.Sent {
			t.Errorf("%s: latencies of %d seen and %d shown, want %d and %d", l.Prefix, o.EndToEnd.Count, o.Shown.Count, o.Seen, r.Sent)
		}
		for what, d := range map[string]load.Latencies{"end to end": o.EndToEnd, "shown": o.Shown} {
			if !(d.P50 > 0 && d.P50 <= d.P95 && d.P95 <= d.P99 && d.P99 <= d.Max && d.Max < time.Minute) {
				t.Errorf("%s: %s %s", l.Prefix, what, d)
			}
		}
		if o.Flush != 200*time.Millisecond {
			t.Errorf("positions each %s", o.Flush)
		}
		t.Logf("%s\n%s", l.Prefix, r.Report())
	}
}

// The latency is that of the stream: a slow report a second is seen itself, not overtaken.
func TestReportsASecondApartAreSeen(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	r, err := load.Run(context.Background(), load.Load{
		Address: p.MQTT, Connections: 10, Rate: 10, Duration: 4 * time.Second, QoS: 1, Now: time.Now, Drain: time.Minute,
		Watch: load.Watch{URL: p.HTTP, Token: p.token(t), Settle: 15 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Watch.Value; o.Seen < r.Sent/2 {
		t.Errorf("only %d of %d seen, though positions come each %s", o.Seen, r.Sent, o.Flush)
	}
}

// `lowsky load` against a platform, interrupted: exit code 130 and the figures so far, which add up; a device that the
// broker knows signs in as itself.
func TestLoadCommandInterrupted(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(p.token(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Secret string `json:"secret"`
	}
	p.Do(t, "POST", "/api/v1/devices", map[string]any{"id": "ac-load-1", "kind": "aircraft", "organisation_id": "xianning"}, &out)
	devices := filepath.Join(t.TempDir(), "devices")
	if err := os.WriteFile(devices, []byte("ac-load-1:"+out.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Binary(t), "load", "--mqtt", "mqtt://"+p.MQTT, "--connections", "1", "--rate", "50", "--duration", "1h",
		"--credentials", devices, "--watch", p.HTTP, "--token-file", token, "--json")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "LOWSKY_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	var printed bytes.Buffer
	cmd.Stdout = &printed
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "sent ") {
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d; it said\n%s", code, said)
	}
	var r struct {
		Sent, Acknowledged, Lost uint64
		Watch                    lowsky.Opt[struct {
			Seen, Overtaken uint64
			Platform        lowsky.Opt[struct{ Received uint64 }]
		}]
	}
	if err := json.Unmarshal(printed.Bytes(), &r); err != nil {
		t.Fatalf("%v in %s", err, printed.Bytes())
	}
	if r.Sent == 0 || r.Acknowledged != r.Sent || r.Lost != 0 || r.Watch.Value.Platform.Value.Received != r.Sent {
		t.Errorf("after Ctrl-C: %s", printed.Bytes())
	}
}
