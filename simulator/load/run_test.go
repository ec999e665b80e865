package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lowsky"
)

// A broker that is not there yet is waited for, and whoever asked is told.
func TestABrokerThatComesLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	s := &stub{}
	var once sync.Once
	var told atomic.Int32
	res, err := Run(context.Background(), Load{
		Address: address, Connections: 2, Rate: 1000, Count: 20, QoS: 1, Resend: true, Now: time.Now,
		Away: func(_ int, err error, retry time.Duration) {
			if err == nil || retry <= 0 {
				t.Errorf("told of %v, again in %s", err, retry)
			}
			told.Add(1)
			once.Do(func() { s.listen(t, address) })
		},
	})
	if err != nil || res.Acknowledged != 20 || res.Reconnects != 0 {
		t.Errorf("%+v, %v", res, err)
	}
	if told.Load() == 0 {
		t.Error("nobody was told that the broker is away")
	}
}

func TestInterruptedWhileTheBrokerIsAway(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	res, err := Run(ctx, Load{
		Address: "127.0.0.1:1", Connections: 3, Rate: 1000, Count: 20, QoS: 1, Resend: true, Now: time.Now,
		Away: func(int, error, time.Duration) { cancel() },
	})
	if err != nil || res.Sent != 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

// Ctrl-C while a broker reads nothing more: a write that hangs does not hold up the end.
func TestInterruptedWhileTheBrokerDoesNotRead(t *testing.T) {
	block := make(chan struct{})
	s := &stub{publish: func(string, []byte, byte, int) bool { <-block; return false }}
	address := s.start(t)
	ctx, cancel := context.WithCancel(context.Background())
	var last atomic.Uint64
	res, err := Run(ctx, Load{
		Address: address, Connections: 1, Rate: 1e5, Duration: time.Hour, QoS: 0, Batch: 1000, Now: time.Now, Resend: true,
		Every: 20 * time.Millisecond,
		Progress: func(p Progress) {
			if n := last.Swap(p.Sent); n > 0 && n == p.Sent {
				cancel() // the sender hangs
			}
		},
	})
	close(block)
	if err != nil || res.Sent == 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestRefusedAfterAllIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		code  refusal
		fatal bool
	}{{5, true}, {4, true}, {3, false}} {
		s := &stub{code: byte(c.code)}
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Run(ctx, Load{
			Address: s.start(t), Connections: 1, Rate: 10, Count: 1, Resend: true, Now: time.Now,
			Away: func(int, error, time.Duration) { cancel() },
		})
		cancel()
		if c.fatal != (err != nil) || err != nil && !errors.Is(err, c.code) {
			t.Errorf("code %d: %v", c.code, err)
		}
	}
}

func TestSeveralAircraftOnAConnection(t *testing.T) {
	var mu sync.Mutex
	topics := map[string]int{}
	s := &stub{publish: func(topic string, _ []byte, _ byte, _ int) bool {
		mu.Lock()
		defer mu.Unlock()
		topics[topic]++
		return true
	}}
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 2, Aircraft: 5, Rate: 5000, Count: 100, QoS: 1, Batch: 5, Now: time.Now,
	})
	if err != nil || res.Acknowledged != 100 || res.Aircraft != 10 {
		t.Fatalf("%+v, %v", res, err)
	}
	mu.Lock()
	defer mu.Unlock()
	for topic, n := range topics {
		if n != 10 {
			t.Errorf("%s: %d reports, want 10", topic, n)
		}
	}
	if len(topics) != 10 {
		t.Errorf("%d topics, want 10", len(topics))
	}
}

func TestEachDeviceSignsInAsItself(t *testing.T) {
	s := &stub{}
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 2, Rate: 1000, Count: 4, QoS: 1, Now: time.Now,
		Credentials: []Credential{{"dock-7", "s7"}, {"dock-8", "s8"}},
	})
	if err != nil || res.Acknowledged != 4 {
		t.Fatalf("%+v, %v", res, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, want := range []string{"dock-7 dock-7 s7", "dock-8 dock-8 s8"} {
		if !s.signedIn[want] {
			t.Errorf("%q did not sign in, but %v", want, s.signedIn)
		}
	}
}

func TestOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(nil) // for its certificate
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	l, err := tls.Listen("tcp", "127.0.0.1:0", server.TLS.Clone())
	if err != nil {
		t.Fatal(err)
	}
	s := &stub{}
	address := s.on(t, l)
	run := func(config *tls.Config) (Result, error) {
		return Run(context.Background(), Load{Address: address, TLS: config, Connections: 2, Rate: 1000, Count: 10, QoS: 1, Now: time.Now})
	}
	if res, err := run(&tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}); err != nil || res.Acknowledged != 10 {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := run(&tls.Config{ServerName: "127.0.0.1"}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with an unknown authority: %v", err)
	}
}

func TestReadCredentials(t *testing.T) {
	got, err := ReadCredentials(strings.NewReader("# devices\n\n a-1:se:cret \nb.2:x\n"))
	if err != nil || len(got) != 2 || got[0] != (Credential{"a-1", "se:cret"}) || got[1] != (Credential{"b.2", "x"}) {
		t.Errorf("%v, %v", got, err)
	}
	for text, part := range map[string]string{
		"a-1:x\nnonsense-secret": "line 2", "a:": "line 1", "a/b:geheim": "line 1", "a:x\na:y": "twice", "": "no credentials",
	} {
		_, err := ReadCredentials(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	s := &stub{}
	var told []Progress
	_, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 2, Rate: 1000, Duration: 100 * time.Millisecond, QoS: 1, Now: time.Now,
		Every: 5 * time.Millisecond, Progress: func(p Progress) { told = append(told, p) },
	})
	if err != nil || len(told) == 0 {
		t.Fatalf("told %d times, %v", len(told), err)
	}
	for i := 1; i < len(told); i++ {
		if told[i].Sent < told[i-1].Sent || told[i].Acknowledged > told[i].Sent || told[i].Connected > 2 {
			t.Errorf("%+v after %+v", told[i], told[i-1])
		}
	}
}

func TestRamp(t *testing.T) {
	s := &stub{}
	l := Load{Address: s.start(t), Connections: 2, QoS: 1, Now: time.Now, Drain: 20 * time.Millisecond}
	r := Ramp{Rates: []float64{100, 200}, Step: 50 * time.Millisecond, MaxLoss: 0.5, MaxLatency: 10 * time.Second}
	heard := 0
	steps, err := r.Run(context.Background(), l, func(RampStep) { heard++ })
	if err != nil || len(steps) != 2 || heard != 2 || steps[1].Rate != 200 || steps[0].Over != "" || steps[0].Result.Sent == 0 {
		t.Errorf("%+v, %v, heard %d", steps, err, heard)
	}
	s.mute = true // nothing is acknowledged any more
	if steps, err = r.Run(context.Background(), l, func(RampStep) {}); err != nil || len(steps) != 1 || !strings.Contains(steps[0].Over, "lost") {
		t.Errorf("with everything lost: %+v, %v", steps, err)
	}
	for problem, bad := range map[string]Ramp{
		"rise": {Rates: []float64{200, 100}, Step: time.Second}, "at least one": {Step: time.Second},
		"above zero": {Rates: []float64{1}}, "0.1 to": {Rates: []float64{1, 3e6}, Step: time.Second},
	} {
		if _, err := bad.Run(context.Background(), l, nil); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v", problem, err)
		}
	}
}

// What ends a ramp: loss of each kind, and the latency that is looked at.
func TestWhatIsTooMuch(t *testing.T) {
	r := Ramp{MaxLoss: 0.01, MaxLatency: time.Second}
	slow, fast := Latencies{Count: 9, P95: 2 * time.Second}, Latencies{Count: 9, P95: time.Millisecond}
	watched := func(shown Latencies, received uint64) lowsky.Opt[Observation] {
		return lowsky.Some(Observation{Shown: shown, Platform: lowsky.Some(Counts{Received: received})})
	}
	for _, c := range []struct {
		what   string
		result Result
		over   string
	}{
		{"nothing", Result{Due: 100, Sent: 100, Ack: fast}, ""},
		{"at the bound", Result{Due: 100, Sent: 99, Skipped: 1, Ack: fast}, ""},
		{"skipped", Result{Due: 100, Sent: 98, Skipped: 2, Ack: fast}, "lost"},
		{"not acknowledged", Result{Due: 100, Sent: 100, Lost: 2, Ack: fast}, "lost"},
		{"slow acknowledgements", Result{Due: 100, Sent: 100, Ack: slow}, "acknowledgement"},
		{"slow acknowledgements, but it is the stream that counts", Result{Due: 100, Sent: 100, Ack: slow, Watch: watched(fast, 100)}, ""},
		{"slow stream", Result{Due: 100, Sent: 100, Ack: fast, Watch: watched(slow, 100)}, "websocket"},
		{"nothing on the stream", Result{Due: 100, Sent: 100, Ack: fast, Watch: watched(Latencies{}, 100)}, "nothing came out"},
		{"not received", Result{Due: 100, Sent: 100, Watch: watched(fast, 98)}, "lost"},
	} {
		if got := r.over(c.result); (c.over == "") != (got == "") || !strings.Contains(got, c.over) {
			t.Errorf("%s: %q", c.what, got)
		}
	}
}

func TestResultAsJSON(t *testing.T) {
	b, err := json.Marshal(Result{Sent: 3, Ack: Latencies{Count: 3, P50: 1500 * time.Microsecond}})
	if err != nil || !strings.Contains(string(b), `"puback":{"count":3,"p50_ms":1.5,`) || !strings.Contains(string(b), `"watch":null`) {
		t.Errorf("%s, %v", b, err)
	}
}
