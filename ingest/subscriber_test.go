package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"go.uber.org/goleak"

	"lowsky"
)

// mosquitto is Debian's broker, run for one test.
type mosquitto struct {
	t      testing.TB
	binary string
	config string
	port   string
	cmd    *exec.Cmd
}

// missingTool skips, or fails where every tool has to be there.
func missingTool(t testing.TB, name string) {
	t.Helper()
	if os.Getenv("LOWSKY_TEST_STRICT") == "1" {
		t.Fatal("needs " + name)
	}
	t.Skip("needs " + name)
}

func newMosquitto(t testing.TB, more ...string) *mosquitto {
	t.Helper()
	binary, err := exec.LookPath("mosquitto")
	if err != nil {
		binary, err = exec.LookPath("/usr/sbin/mosquitto")
	}
	if err != nil {
		missingTool(t, "mosquitto")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	ln.Close()
	dir := t.TempDir()
	m := &mosquitto{t: t, binary: binary, config: filepath.Join(dir, "mosquitto.conf"), port: port}
	config := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\n"+
		"max_inflight_messages 1000\nmax_queued_messages 0\n", port, dir) + strings.Join(more, "\n") + "\n"
	if os.Geteuid() == 0 {
		config += "user root\n" // else it becomes another user, who cannot write here
	}
	if err := os.WriteFile(m.config, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.stop)
	m.start()
	return m
}

func (m *mosquitto) start() {
	m.t.Helper()
	m.cmd = exec.Command(m.binary, "-c", m.config)
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	eventually(m.t, "mosquitto listens", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+m.port)
		if err != nil {
			return false
		}
		c.Close()
		return true
	})
}

// stop ends it as a service manager does: it saves its sessions.
func (m *mosquitto) stop() {
	if m.cmd != nil {
		_ = m.cmd.Process.Signal(syscall.SIGTERM)
		_ = m.cmd.Wait()
		m.cmd = nil
	}
}

func (m *mosquitto) client(id string) paho.Client {
	m.t.Helper()
	c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://127.0.0.1:" + m.port).SetClientID(id).SetConnectRetry(true).
		SetConnectRetryInterval(50 * time.Millisecond).SetMaxReconnectInterval(100 * time.Millisecond).SetCleanSession(false))
	if token := c.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		m.t.Fatal(token.Error())
	}
	m.t.Cleanup(func() { c.Disconnect(0) })
	return c
}

// startSubscriber runs one until the returned function is called.
func startSubscriber(t *testing.T, m *mosquitto, l log) (*Subscriber, func()) {
	t.Helper()
	s, err := NewSubscriber(SubscriberConfig{URL: "mqtt://127.0.0.1:" + m.port, ClientID: "lowsky-test", Intake: newTestIntake(l), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
			done <- nil
		case <-time.After(20 * time.Second):
			t.Fatal("Run does not return")
		}
	}
	t.Cleanup(stop)
	eventually(t, "subscribed", func() bool { return s.Ready() == nil })
	return s, stop
}

func numbered(n int) string {
	return fmt.Sprintf(`{"longitude_deg":114.5,"latitude_deg":29.5,"plan_id":"%d"}`, n)
}

// missing answers how many of 0 … n−1 the log does not have.
func missing(l *fakeLog, n int) int {
	seen := map[string]bool{}
	for _, r := range l.taken() {
		var doc struct {
			Plan string `json:"plan_id"`
		}
		if json.Unmarshal(r.Payload, &doc) == nil && doc.Plan != "" {
			seen[doc.Plan] = true
		}
	}
	return n - len(seen)
}

func TestSubscriberTakesAndAnswers(t *testing.T) {
	m := newMosquitto(t)
	l := &fakeLog{}
	s, _ := startSubscriber(t, m, l)
	c := m.client("dock")
	got := make(chan string, 4)
	if token := c.Subscribe("sys/product/D1/status_reply", 1, func(_ paho.Client, p paho.Message) { got <- string(p.Payload()) }); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatal(token.Error())
	}
	publish(t, c, "lowsky/v1/telemetry/a", 1, false, here)
	publish(t, c, "lowsky/v1/gateway/g/status", 1, true, "online")
	publish(t, c, "not/ours", 1, false, "x")
	publish(t, c, "sys/product/D1/status", 0, false, `{"tid":"t","bid":"b","method":"update_topo","data":{"sub_devices":[]}}`)
	select {
	case reply := <-got:
		if !strings.Contains(reply, `"result":0`) {
			t.Error(reply)
		}
	case <-time.After(10 * time.Second):
		t.Error("no reply")
	}
	eventually(t, "all three", func() bool { return len(l.taken()) == 3 })
	if r := l.taken()[0]; r.Link != "127.0.0.1:"+m.port || r.Topic != "lowsky/v1/telemetry/a" {
		t.Errorf("%+v", r)
	}
	if err := s.Publish("lowsky/v1/notice/a", []byte("{}"), 1, false); err != nil {
		t.Error(err)
	}
}

// TestNothingAcknowledgedIsLost: messages are published while the log refuses, while its disk fails, while we are away
// and while the broker restarts; in the end the log has every one.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("run", func(t *testing.T) {
		m := newMosquitto(t)
		l := &fakeLog{}
		_, stop := startSubscriber(t, m, l)
		c := m.client("device")
		n := 0
		send := func(count int) {
			t.Helper()
			for range count {
				publish(t, c, "lowsky/v1/telemetry/a", 1, false, numbered(n))
				n++
			}
		}
		send(50)
		l.set(func(l *fakeLog) { l.full = true })
		send(20) // acknowledged by mosquitto to the device, not by us to mosquitto
		l.set(func(l *fakeLog) { l.full, l.broken = false, true })
		send(20)
		l.set(func(l *fakeLog) { l.broken = false; l.records = l.records[:50] }) // what a broken disk did not keep
		eventually(t, "sent again after the log came back", func() bool { return missing(l, n) == 0 })

		held := make(chan struct{})
		l.set(func(l *fakeLog) { l.held = held })
		send(20)
		eventually(t, "they wait for the flush", func() bool { return missing(l, n) == 0 })
		stop() // like a crash: the log had them in memory only
		l.set(func(l *fakeLog) { l.held = nil; l.records = l.records[:len(l.records)-20] })
		send(20) // while we are away
		if missing(l, n) < 40 {
			t.Fatal("the test does not test")
		}
		_, stop = startSubscriber(t, m, l)
		eventually(t, "sent again after our restart", func() bool { return missing(l, n) == 0 })

		m.stop()
		m.start()
		send(20)
		eventually(t, "the broker's restart", func() bool { return missing(l, n) == 0 })
		stop()
	})
}

func TestSubscriberSaysWhyItIsNotReady(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	s, err := NewSubscriber(SubscriberConfig{URL: "mqtt://u:s3cret@" + addr, Intake: newTestIntake(&fakeLog{}), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	eventually(t, "refused", func() bool {
		err := s.Ready()
		return err != nil && strings.Contains(err.Error(), "refused") && !strings.Contains(err.Error(), "s3cret")
	})
	if err := s.Publish("x", nil, 0, false); err == nil {
		t.Error("published without a connection")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestSubscriberConfig(t *testing.T) {
	for name, c := range map[string]SubscriberConfig{
		"no URL": {}, "no host": {URL: "mqtt://"}, "scheme": {URL: "http://h"}, "not a URL": {URL: "mqtt://u:p ss@h:1:2"},
		"CA missing": {URL: "mqtts://h", CAFile: "/does/not/exist"}, "CA without TLS": {URL: "mqtt://h", CAFile: "x"},
		"certificate without key": {URL: "mqtts://h", CertFile: "/does/not/exist"},
	} {
		if _, err := NewSubscriber(c); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "p ss") {
			t.Errorf("%s: the password is in the error: %v", name, err)
		}
	}
	s, err := NewSubscriber(SubscriberConfig{URL: "mqtts://u:p%40ss@broker.example", Intake: newTestIntake(&fakeLog{})})
	if err != nil {
		t.Fatal(err)
	}
	o := s.options
	if o.Servers[0].String() != "ssl://broker.example:8883" || o.Username != "u" || o.Password != "p@ss" || o.TLSConfig.MinVersion == 0 || o.CleanSession || o.ClientID != "lowsky" || !o.AutoAckDisabled {
		t.Errorf("%+v", o)
	}
	if _, ok := any(s).(interface{ Run(context.Context) error }); !ok {
		t.Error("not a long-lived thing")
	}
	var _ lowsky.Receipt = fakeReceipt{}
}
