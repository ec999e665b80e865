package simulator

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	broker "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// listening is a broker hook that keeps what was published.
type listening struct {
	broker.HookBase
	mu       sync.Mutex
	messages []string
	retained map[string]string
}

func (h *listening) ID() string { return "listening" }
func (h *listening) Provides(b byte) bool {
	return b == broker.OnPublish || b == broker.OnConnectAuthenticate || b == broker.OnACLCheck
}
func (h *listening) OnConnectAuthenticate(*broker.Client, packets.Packet) bool { return true }
func (h *listening) OnACLCheck(*broker.Client, string, bool) bool              { return true }
func (h *listening) OnPublish(cl *broker.Client, pk packets.Packet) (packets.Packet, error) {
	if cl.Net.Inline {
		return pk, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.messages = append(h.messages, fmt.Sprintf("%s %d %s", pk.TopicName, pk.FixedHeader.Qos, pk.Payload))
	if pk.FixedHeader.Retain {
		h.retained[pk.TopicName] = string(pk.Payload)
	}
	return pk, nil
}

func TestPublishOverMQTT(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := broker.New(&broker.Options{})
	hook := &listening{retained: map[string]string{}}
	for _, err := range []error{server.AddHook(hook, nil),
		server.AddListener(listeners.NewNet("t", l)), server.Serve()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	defer server.Close()

	p, err := Connect(context.Background(), Broker{URL: "tcp://" + l.Addr().String(), Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	err = Run(context.Background(), NewEngine(read(t, small), 7, epoch), 10*time.Minute, AsFast{}, func(topic string, payload []byte, qos byte) error {
		want = append(want, fmt.Sprintf("%s %d %s", topic, qos, payload))
		return p.Publish(topic, payload, qos)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	hook.mu.Lock()
	defer hook.mu.Unlock()
	if len(want) < 1000 || len(hook.messages) != len(want) {
		t.Fatalf("published %d, arrived %d", len(want), len(hook.messages))
	}
	for i := range want {
		if hook.messages[i] != want[i] {
			t.Fatalf("message %d: %s arrived as %s", i, want[i], hook.messages[i])
		}
	}
	if len(hook.retained) != 1 || hook.retained["lowsky/v1/gateway/gw-1/status"] != "online" {
		t.Errorf("retained %v, want the gateway's status alone", hook.retained)
	}
}

func TestConnectSaysWhyNot(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there any more
	_, err = Connect(context.Background(), Broker{URL: "tcp://" + l.Addr().String(), Timeout: 3 * time.Second})
	if err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("error %v should name the address", err)
	}
}

// silentToken is a message that is never acknowledged.
type silentToken struct{ mqtt.Token }

func (silentToken) Done() <-chan struct{} { return nil }

// silentClient is a connection whose broker takes everything and acknowledges nothing.
type silentClient struct{ mqtt.Client }

func (silentClient) Publish(string, byte, bool, any) mqtt.Token { return silentToken{} }
func (silentClient) Disconnect(uint)                            {}

func TestAFleetGoesOnWithoutAcknowledgements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Publisher{client: silentClient{}, timeout: 10 * time.Second}
		for range inFlight + 100 {
			if err := p.Publish("t", nil, 1); err != nil {
				t.Fatal(err)
			}
		}
		if p.GivenUp() != 100 {
			t.Errorf("given up %d, want 100", p.GivenUp())
		}
		began := time.Now()
		if err := p.Close(); err == nil || time.Since(began) > closing {
			t.Errorf("closed with %v after %s", err, time.Since(began))
		}
		if p.GivenUp() != inFlight+100 {
			t.Errorf("given up %d, want all", p.GivenUp())
		}
	})
}

// TestCtrlCWaitsForNobody: a run that waits for an acknowledgement ends at once when its context does.
func TestCtrlCWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		p := &Publisher{client: silentClient{}, timeout: 10 * time.Second, done: ctx.Done()}
		began := time.Now()
		time.AfterFunc(time.Second, cancel)
		for range inFlight + 100 {
			if err := p.Publish("t", nil, 1); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("waited %s", took)
		}
	})
}

// TestABrokerThatGoesAwayGetsEverything: what is published while it is away is sent when it is back, and both are told.
func TestABrokerThatGoesAwayGetsEverything(t *testing.T) {
	hook := &listening{retained: map[string]string{}}
	serve := func(address string) (*broker.Server, string) {
		var l net.Listener
		for until := time.Now().Add(10 * time.Second); ; {
			var err error
			if l, err = net.Listen("tcp", address); err == nil {
				break
			} else if time.Now().After(until) {
				t.Fatal(err)
			}
		}
		server := broker.New(&broker.Options{Logger: slog.New(slog.DiscardHandler)})
		for _, err := range []error{server.AddHook(hook, nil), server.AddListener(listeners.NewNet("t", l)), server.Serve()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return server, l.Addr().String()
	}
	server, address := serve("127.0.0.1:0")
	lost, back := make(chan error, 8), make(chan bool, 8)
	p, err := Connect(context.Background(), Broker{
		URL: "tcp://" + address, Timeout: 5 * time.Second, Lost: func(err error) { lost <- err }, Back: func() { back <- true },
	})
	if err != nil {
		t.Fatal(err)
	}
	publish := func(from, to int) {
		for i := from; i < to; i++ {
			if err := p.Publish("lowsky/v1/telemetry/a", fmt.Appendf(nil, "%d", i), 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	publish(0, 100)
	server.Close()
	<-lost
	publish(100, 200)
	server, _ = serve(address)
	defer server.Close()
	select {
	case <-back:
	case <-time.After(20 * time.Second):
		t.Fatal("does not come back")
	}
	publish(200, 300)
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		hook.mu.Lock()
		got := map[string]bool{}
		for _, m := range hook.messages {
			got[m] = true
		}
		hook.mu.Unlock()
		if len(got) == 300 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d of 300 messages arrived", len(got))
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
