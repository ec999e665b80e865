package ingest

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"go.uber.org/goleak"

	"lowsky"
	"lowsky/ingest/wire"
)

// startEmbedded runs a broker on a free port until the test ends.
func startEmbedded(t testing.TB, l log, address, credentials string) *Embedded {
	t.Helper()
	c := EmbeddedConfig{Address: address, Intake: newTestIntake(l), Logger: slog.New(slog.DiscardHandler)}
	if credentials != "" {
		c.CredentialsFile = filepath.Join(t.TempDir(), "devices")
		if err := os.WriteFile(c.CredentialsFile, []byte(credentials), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e, err := NewEmbedded(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Run does not return")
		}
	})
	eventually(t, "the broker serves", func() bool { return e.Ready() == nil })
	return e
}

// connect connects a paho client; options may change it.
func connect(t testing.TB, e *Embedded, id string, change ...func(*paho.ClientOptions)) (paho.Client, error) {
	t.Helper()
	o := paho.NewClientOptions().AddBroker("tcp://127.0.0.1:" + port(e)).SetClientID(id).SetAutoReconnect(false).SetConnectTimeout(5 * time.Second)
	for _, c := range change {
		c(o)
	}
	c := paho.NewClient(o)
	token := c.Connect()
	if !token.WaitTimeout(10 * time.Second) {
		t.Fatal("connect takes too long")
	}
	if token.Error() == nil {
		t.Cleanup(func() { c.Disconnect(0) })
	}
	return c, token.Error()
}

func port(e *Embedded) string {
	_, p, _ := net.SplitHostPort(e.Addr().String())
	return p
}

func signIn(id, secret string) func(*paho.ClientOptions) {
	return func(o *paho.ClientOptions) { o.SetUsername(id).SetPassword(secret) }
}

func mustDevice(t testing.TB, e *Embedded, id string, change ...func(*paho.ClientOptions)) paho.Client {
	t.Helper()
	c, err := connect(t, e, id, change...)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return c
}

func publish(t testing.TB, c paho.Client, topic string, qos byte, retain bool, payload string) {
	t.Helper()
	token := c.Publish(topic, qos, retain, payload)
	if !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatalf("publish %s: %v", topic, token.Error())
	}
}

func TestAcknowledgedAfterTheFlush(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("run", func(t *testing.T) {
		held := make(chan struct{})
		l := &fakeLog{held: held}
		e := startEmbedded(t, l, "127.0.0.1:0", "")
		c := mustDevice(t, e, "a")
		token := c.Publish("lowsky/v1/telemetry/a", 1, false, here)
		eventually(t, "the log has it", func() bool { return len(l.taken()) == 1 })
		if token.WaitTimeout(200 * time.Millisecond) {
			t.Fatal("acknowledged before it was on disk")
		}
		close(held)
		if !token.WaitTimeout(10*time.Second) || token.Error() != nil {
			t.Fatalf("not acknowledged: %v", token.Error())
		}
		if r := l.taken()[0]; r.Link != "embedded/a" || r.Simulated {
			t.Errorf("%+v", r)
		}
	})
}

func TestFullLogIsNotAcknowledgedAndSentAgain(t *testing.T) {
	l := &fakeLog{full: true}
	e := startEmbedded(t, l, "127.0.0.1:0", "")
	c := mustDevice(t, e, "a", func(o *paho.ClientOptions) {
		o.SetCleanSession(false).SetAutoReconnect(true).SetMaxReconnectInterval(100 * time.Millisecond)
		o.SetWill("lowsky/v1/gateway/g/status", "offline", 1, true)
	})
	token := c.Publish("lowsky/v1/telemetry/a", 1, false, here)
	eventually(t, "refused", func() bool { return e.intake.Sources().Totals().RefusedQoS1 >= 1 })
	if token.WaitTimeout(200 * time.Millisecond) {
		t.Fatal("acknowledged although the log refused it")
	}
	l.set(func(l *fakeLog) { l.full = false })
	// Anybody's message shows that the log takes messages again; QoS 0 needs no acknowledgement.
	publish(t, mustDevice(t, e, "b"), "lowsky/v1/telemetry/b", 0, false, here)
	if !token.WaitTimeout(20*time.Second) || token.Error() != nil {
		t.Fatalf("not sent again: %v", token.Error())
	}
	for _, r := range l.taken() {
		if strings.HasSuffix(r.Topic, "/status") {
			t.Error("its will was sent although it did not die")
		}
	}
}

func TestFailedFlushIsNotAcknowledged(t *testing.T) {
	l := &fakeLog{broken: true}
	e := startEmbedded(t, l, "127.0.0.1:0", "")
	c := mustDevice(t, e, "a")
	token := c.Publish("lowsky/v1/telemetry/a", 1, false, here)
	eventually(t, "refused", func() bool { return e.intake.Sources().Totals().RefusedQoS1 == 1 })
	if token.WaitTimeout(100*time.Millisecond) && token.Error() == nil {
		t.Error("acknowledged although the disk failed")
	}
}

func TestForbiddenPublishKeepsTheConnection(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", "dock-7:"+sum("s")+"\nAC9:"+sum("t")+"\n")
	c := mustDevice(t, e, "whatever", signIn("dock-7", "s"))
	for _, topic := range []string{"lowsky/v1/telemetry/other", "lowsky/v1/gateway/other/status", "thing/product/AC1/osd", "thing/product/dock-7/services",
		"lowsky/v1/notice/dock-7", "some/topic", "a", "lowsky/v1/traffic/other", "lowsky/v1/weather/other"} {
		publish(t, c, topic, 1, true, here)
	}
	if got := l.taken(); len(got) != 0 {
		t.Errorf("taken: %v", got)
	}
	if n := e.intake.Sources().Totals().Rejected[wire.ReasonForbidden]; n != 9 {
		t.Errorf("counted %d", n)
	}
	// Its own, and its aircraft once announced, but no aircraft that has a credential of its own.
	publish(t, c, "lowsky/v1/telemetry/dock-7", 1, false, here)
	publish(t, c, "sys/product/dock-7/status", 1, false, `{"method":"update_topo","data":{"type":2,"sub_devices":[{"sn":"AC1"},{"sn":"AC9"}]}}`)
	publish(t, c, "thing/product/AC1/osd", 1, false, `{"gateway":"dock-7","data":{"elevation":1}}`)
	publish(t, c, "thing/product/AC1/state", 1, false, `{"gateway":"dock-7","data":{"elevation":1}}`)
	publish(t, c, "thing/product/AC1/events", 1, false, `{}`)
	publish(t, c, "thing/product/AC9/osd", 1, false, `{"gateway":"dock-7","data":{"elevation":1}}`)
	if got := l.taken(); len(got) != 4 {
		t.Errorf("%d taken", len(got))
	}
	if !c.IsConnected() {
		t.Error("the connection was ended")
	}
}

func TestSignIn(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", "dock-7:"+sum("s")+"\ndock-8:"+sum("t")+"\n")
	for name, sign := range map[string]func(*paho.ClientOptions){
		"anonymous": func(*paho.ClientOptions) {}, "wrong secret": signIn("dock-7", "t"), "no secret": signIn("dock-7", ""), "unknown": signIn("dock-9", "s"),
		"half of the simulator's": signIn(e.simulator.id, "x"),
	} {
		if _, err := connect(t, e, "x", sign); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
	c := mustDevice(t, e, "x", signIn("dock-7", "s"))
	// A client id is its device's own: nobody takes over the session of another by it, nor keeps it out.
	mustDevice(t, e, "x", signIn("dock-8", "t"))
	if !c.IsConnected() {
		t.Error("thrown out by another")
	}
	sim := mustDevice(t, e, "sim", signIn(e.SimulatorCredential()))
	publish(t, sim, "lowsky/v1/telemetry/z", 1, false, `{"longitude_deg":114.5,"latitude_deg":29.5,"simulated":true}`)
	if r := l.taken()[0]; !r.Simulated || !l.msgs[0][0].(*lowsky.TelemetryReport).Simulated {
		t.Errorf("%+v", r)
	}
}

func TestReads(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "127.0.0.1:0", "dock-7:"+sum("s")+"\n")
	got := make(chan string, 16)
	take := func(_ paho.Client, m paho.Message) { got <- m.Topic() }
	reads := func(o *paho.ClientOptions) { o.SetDefaultPublishHandler(take) }
	c := mustDevice(t, e, "a-1", reads)
	granted := func(c paho.Client, filter string) bool {
		token := c.Subscribe(filter, 1, nil).(*paho.SubscribeToken)
		if !token.WaitTimeout(10 * time.Second) {
			t.Fatal("no SUBACK")
		}
		return token.Error() == nil && token.Result()[filter] == 1
	}
	for _, f := range []string{"#", "lowsky/v1/notice/+", "lowsky/v1/notice/a-2", "lowsky/v1/telemetry/a-1", "$SYS/#", "thing/product/+/services", "$share/g/lowsky/v1/notice/a-1"} {
		if granted(c, f) {
			t.Errorf("an anonymous device may read %s", f)
		}
	}
	if !granted(c, "lowsky/v1/notice/a-1") {
		t.Error("it may not read its own notices")
	}
	dock := mustDevice(t, e, "d", signIn("dock-7", "s"), reads)
	if !granted(dock, "thing/product/dock-7/#") || !granted(dock, "sys/product/dock-7/status_reply") || granted(dock, "thing/product/d/#") {
		t.Error("a signed-in dock reads the downlinks of its own id, not of its client id")
	}
	if err := e.Publish("lowsky/v1/notice/a-1", []byte("{}"), 1, false); err != nil {
		t.Fatal(err)
	}
	if topic := <-got; topic != "lowsky/v1/notice/a-1" {
		t.Error(topic)
	}
	publish(t, dock, "sys/product/dock-7/status", 0, false, `{"method":"update_topo","data":{"type":2,"sub_devices":[]}}`)
	if topic := <-got; topic != "sys/product/dock-7/status_reply" {
		t.Error(topic)
	}
	// What devices send up is nobody's to read, not even its own sender's.
	publish(t, dock, "thing/product/dock-7/osd", 1, false, `{"gateway":"dock-7","data":{"drone_in_dock":1}}`)
	if err := e.Publish("thing/product/dock-7/services", []byte("{}"), 1, false); err != nil {
		t.Fatal(err)
	}
	if topic := <-got; topic != "thing/product/dock-7/services" {
		t.Error(topic)
	}
}

func TestWillsAndRetained(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", "")
	will := func(topic string) func(*paho.ClientOptions) {
		return func(o *paho.ClientOptions) { o.SetWill(topic, "offline", 1, true) }
	}
	has := func(topic, payload string) func() bool {
		return func() bool {
			for _, r := range l.taken() {
				if r.Topic == topic && string(r.Payload) == payload {
					return true
				}
			}
			return false
		}
	}
	dies := dial(t, e, "gw-1", "lowsky/v1/gateway/gw-1/status")
	eventually(t, "connected", func() bool { return e.Connections() == 1 })
	_ = dies.Close()
	eventually(t, "the will of a dead gateway", has("lowsky/v1/gateway/gw-1/status", "offline"))

	leaves := mustDevice(t, e, "gw-2", will("lowsky/v1/gateway/gw-2/status"))
	publish(t, leaves, "lowsky/v1/gateway/gw-2/status", 1, true, "online")
	publish(t, leaves, "lowsky/v1/telemetry/a", 1, true, here)
	leaves.Disconnect(10)
	eventually(t, "gone", func() bool { return e.Connections() == 0 })
	stranger := dial(t, e, "x", "thing/product/D1/services")
	_ = stranger.Close()
	eventually(t, "gone", func() bool { return e.Connections() == 0 })
	mustDevice(t, e, "gw-3", will("lowsky/v1/gateway/gw-3/status")) // the broker stops before it
	if has("lowsky/v1/gateway/gw-2/status", "offline")() {
		t.Error("the will of a gateway that said goodbye")
	}
	m := e.broker.(*mochi)
	if kept := m.server.Topics.Retained.GetAll(); len(kept) != 2+sysTopics(m) {
		t.Errorf("retained: %d, want the two gateways' statuses", len(kept)-sysTopics(m))
	}
	t.Cleanup(func() { // runs before the broker's own
		if has("lowsky/v1/gateway/gw-3/status", "offline")() {
			t.Error("stopping the broker is not the gateways' end")
		}
	})
}

func sysTopics(m *mochi) (n int) {
	for topic := range m.server.Topics.Retained.GetAll() {
		if strings.HasPrefix(topic, "$SYS") {
			n++
		}
	}
	return n
}

// dial connects by hand, with a will, so that the connection can die without a DISCONNECT.
func dial(t *testing.T, e *Embedded, id, will string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	body := append(text("MQTT"), 4, 0b00101110, 0, 60) // clean session, will at QoS 1, retained
	body = append(body, text(id)...)
	body = append(body, text(will)...)
	body = append(body, text("offline")...)
	send(t, c, 0x10, body)
	ack := make([]byte, 4)
	if _, err := io.ReadFull(c, ack); err != nil || ack[3] != 0 {
		t.Fatalf("CONNACK %v %v", ack, err)
	}
	return c
}

func text(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

func send(t testing.TB, c net.Conn, head byte, body []byte) {
	t.Helper()
	if _, err := c.Write(append(binary.AppendUvarint([]byte{head}, uint64(len(body))), body...)); err != nil {
		t.Fatal(err)
	}
}

// closed reports whether the other side ends the connection, within 5 s.
func closed(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := io.Copy(io.Discard, c)
	var timeout net.Error
	return err == nil || !(asTimeout(err, &timeout) && timeout.Timeout())
}

func asTimeout(err error, to *net.Error) bool {
	n, ok := err.(net.Error)
	*to = n
	return ok
}

func TestLargePacketsAreRefusedUnread(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "127.0.0.1:0", "")
	c := dial(t, e, "big", "lowsky/v1/gateway/big/status")
	// Only the fixed header of a PUBLISH is sent: were its length not looked at, the broker would wait for the rest.
	if _, err := c.Write(binary.AppendUvarint([]byte{0x30}, MaxPacket)); err != nil {
		t.Fatal(err)
	}
	if !closed(c) {
		t.Error("a packet over the limit was waited for")
	}
	first, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for _, b := range binary.AppendUvarint([]byte{0x10}, maxFirstPacket+1) { // byte by byte
		if _, err := first.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if !closed(first) {
		t.Error("a large CONNECT was waited for")
	}
	fits := mustDevice(t, e, "fits")
	publish(t, fits, "lowsky/v1/telemetry/fits", 1, false, `{"x":"`+strings.Repeat("x", 290<<10)+`"}`)
	if n := e.intake.Sources().Totals().Rejected[wire.ReasonTooLarge]; n != 1 {
		t.Errorf("a payload over 256 kB was counted %d times", n)
	}
}

func TestMQTT5IsToldThatItMayNot(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "127.0.0.1:0", "dock-7:"+sum("s")+"\n")
	c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := append(text("MQTT"), 5, 0b11000010, 0, 60, 0)
	for _, s := range []string{"x", "dock-7", "s"} {
		body = append(body, text(s)...)
	}
	send(t, c, 0x10, body)
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	if p := packet(t, r); p[0] != 0x20 || p[2] != 0 {
		t.Fatalf("CONNACK % x", p)
	}
	send(t, c, 0x32, append(append(text("lowsky/v1/telemetry/other"), 0, 9, 0), here...))
	if p := packet(t, r); p[0] != 0x40 || len(p) < 4 || p[3] != 0x87 { // 0x87 Not authorized
		t.Errorf("PUBACK % x", p)
	}
	send(t, c, 0x32, append(append(text("lowsky/v1/telemetry/dock-7"), 0, 10, 0), here...))
	if p := packet(t, r); p[0] != 0x40 || p[2] != 10 || len(p) > 3 && p[3] != 0 {
		t.Errorf("PUBACK % x", p)
	}
}

// packet reads one packet: its first byte and its body.
func packet(t testing.TB, r *bufio.Reader) []byte {
	t.Helper()
	head, err := r.ReadByte()
	if err != nil {
		t.Fatal(err)
	}
	n, err := binary.ReadUvarint(r)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1+n)
	b[0] = head
	if _, err := io.ReadFull(r, b[1:]); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConnectionsAreBounded(t *testing.T) {
	e, err := NewEmbedded(EmbeddedConfig{Address: "127.0.0.1:0", Intake: newTestIntake(&fakeLog{}), Logger: slog.New(slog.DiscardHandler), MaxConnections: 2})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	defer func() { cancel(); <-done }()
	eventually(t, "serving", func() bool { return e.Ready() == nil })
	mustDevice(t, e, "a")
	mustDevice(t, e, "b")
	if _, err := connect(t, e, "c"); err == nil {
		t.Error("a third was let in")
	}
}

func TestQoS2IsTakenOnce(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", "")
	c := mustDevice(t, e, "a")
	for range 5 {
		publish(t, c, "lowsky/v1/telemetry/a", 2, false, here)
	}
	if n := len(l.taken()); n != 5 {
		t.Errorf("%d taken", n)
	}
}

func TestStopWaitsForTheFlush(t *testing.T) {
	held := make(chan struct{})
	l := &fakeLog{held: held}
	e, err := NewEmbedded(EmbeddedConfig{Address: "127.0.0.1:0", Intake: newTestIntake(l), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	eventually(t, "serving", func() bool { return e.Ready() == nil })
	c := mustDevice(t, e, "a")
	token := c.Publish("lowsky/v1/telemetry/a", 1, false, here)
	eventually(t, "in the log", func() bool { return len(l.taken()) == 1 })
	cancel()
	eventually(t, "stopping", func() bool { return e.stopping.Load() })
	close(held)
	if !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Errorf("what the log had was not acknowledged: %v", token.Error())
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
