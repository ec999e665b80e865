package ingest

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lowsky/ingest/wire"
)

// connect3 is a CONNECT of MQTT 3.1.1.
func connect3(id, username, password string) []byte {
	body := append(text("MQTT"), 4, 0b11000010, 0, 60)
	for _, s := range []string{id, username, password} {
		body = append(body, text(s)...)
	}
	return append(binary.AppendUvarint([]byte{0x10}, uint64(len(body))), body...)
}

// attempt signs in by hand and answers the CONNACK's code, −1 if the connection was closed without one.
func attempt(t testing.TB, e *Embedded, packet []byte) int {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = c.Write(packet)
	ack := make([]byte, 4)
	if _, err := io.ReadFull(c, ack); err != nil || ack[0] != 0x20 {
		return -1
	}
	return int(ack[3])
}

// TestWrongSecrets: 10,000 wrong secrets from one address cost little, and the device behind the same address gets in.
func TestWrongSecrets(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	for i := range guardFailures {
		if code := attempt(t, e, connect3("x", "AC1", fmt.Sprint("wrong", i))); code == 0 || code == -1 {
			t.Fatalf("%d: CONNACK %d", i, code)
		}
	}
	if code := attempt(t, e, connect3("x", "AC1", "wrong")); code != -1 {
		t.Errorf("a suspicious network is answered: CONNACK %d", code)
	}
	if code := attempt(t, e, connect3("x", "AC1", "a")); code != 0 {
		t.Errorf("the rightful device behind the same address: %d", code)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 497 {
				if attempt(t, e, connect3("x", "AC1", "wrong")) == 0 {
					t.Error("let in")
				}
			}
		})
	}
	for range 20 { // in the midst of it
		if code := attempt(t, e, connect3("x", "dock-1", "g")); code != 0 {
			t.Errorf("the rightful device behind the same address: %d", code)
		}
	}
	all.Wait()
	if n := e.SignInsFailed(); n != guardFailures+1+20*497 {
		t.Errorf("%d counted", n)
	}
	mustDevice(t, e, "c", signIn("AC1", "a"))
}

func TestGuard(t *testing.T) {
	var g guard
	home, same, far := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("::ffff:203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	six, near := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff:2")
	at := noon
	for range guardFailures - 1 {
		g.failed(home, at)
		g.failed(six, at)
		at = at.Add(time.Second)
	}
	if g.suspicious(home, at) || !g.failed(same, at) || !g.suspicious(home, at) || g.suspicious(far, at) {
		t.Error("fifty in a minute, of one address")
	}
	if !g.failed(near, at) || !g.suspicious(six, at) {
		t.Error("IPv6: of one /64")
	}
	at = at.Add(guardFor - time.Second)
	g.failed(home, at)
	at = at.Add(guardFor - time.Second)
	g.tidy(at)
	if !g.suspicious(home, at) || g.suspicious(six, at) {
		t.Error("it lasts from the last failure")
	}
	at = at.Add(time.Second)
	g.tidy(at)
	if g.suspicious(home, at) || g.hot.Load() != 0 || len(g.networks) != 0 {
		t.Errorf("it ends: %d hot, %d kept", g.hot.Load(), len(g.networks))
	}
	for i := range 10 * guardFailures { // slowly
		g.failed(home, at.Add(time.Duration(i)*2*time.Second))
	}
	if g.hot.Load() != 0 {
		t.Error("a device that tries every two seconds is no attack")
	}
	for i := range 3 * guardNetworks {
		g.failed(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), at)
	}
	if len(g.networks) > guardNetworks {
		t.Errorf("%d networks", len(g.networks))
	}
	g.failed(netip.Addr{}, at)
	g.suspicious(netip.Addr{}, at)
}

// TestForgedConnects: what a CONNECT must not hold ends the connection, and nothing else.
func TestForgedConnects(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "127.0.0.1:0", "")
	e.SetDevices(fourKinds)
	steady := mustDevice(t, e, "AC1", signIn("AC1", "a"))
	long := strings.Repeat("x", 65535)
	for name, x := range map[string]struct {
		packet []byte
		let    bool
	}{
		"user name of 64 kB": {connect3("x", long, "a"), false}, "secret of 64 kB": {connect3("x", "AC1", long), false}, "client id of 64 kB": {connect3(long, "AC1", "a"), false},
		"client id of 15 kB": {connect3(long[:15000], "AC1", "a"), false}, "user name of 15 kB": {connect3("x", long[:15000], "a"), true}, // anonymous is allowed here
		"our own client": {connect3("inline", "", ""), false}, "NUL in the client id": {connect3("AC1\x00x", "", ""), false}, "another's session": {connect3("AC1", "dock-1", "g"), true},
		"no UTF-8": {connect3("\xff\xfe", "AC1", "a"), false}, "not CONNECT": {[]byte{0x30, 5, 0, 1, 'a', 'b', 'c'}, false}, "an endless length": {[]byte{0x10, 0xff, 0xff, 0xff, 0xff, 0xff}, false},
		"the simulator's name": {connect3("x", e.simulator.id, "guess"), false}, "wildcards": {connect3("#", "AC1", "a"), true}, "the inside name of a session": {connect3("x", "AC1\x00x", "a"), true},
	} {
		if code := attempt(t, e, x.packet); (code == 0) != x.let {
			t.Errorf("%s: CONNACK %d", name, code)
		}
	}
	if !steady.IsConnected() || !e.DeviceStates()["AC1"].Connected {
		t.Error("a device lost its connection by what others sent")
	}
}

// A topic with wildcards names nobody: nothing is taken.
func TestWildcardsInTopics(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	for _, topic := range []string{"lowsky/v1/telemetry/+", "lowsky/v1/#", "#", "+", "lowsky/v1/telemetry/AC1/#", "$SYS/broker", "thing/product/+/osd", "\x00", "lowsky/v1/telemetry/AC1\x00"} {
		c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(connect3("w", "dock-1", "g"))
		body := append(text(topic), here...)
		send(t, c, 0x30, body)
		send(t, c, 0xe0, nil)
		closed(c)
		_ = c.Close()
	}
	if got := l.taken(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// FuzzFirstPacket: whatever comes first, its length is bounded before it is waited for, and looking into it early
// answers as the broker would.
func FuzzFirstPacket(f *testing.F) {
	f.Add(connect3("x", "AC1", "a"))
	f.Add(connect3("x", "AC1", "b"))
	f.Add([]byte{0x10, 0xff, 0xff, 0xff, 0x7f})
	f.Add([]byte{0x10, 0})
	f.Add([]byte{0x30, 2, 0, 0})
	f.Add(append([]byte{0x10, 20}, append(text("MQTT"), 5, 0xff, 0, 0, 255, 255, 255)...))
	e := &Embedded{intake: newTestIntake(discard{}), logger: slog.New(slog.DiscardHandler)}
	known := devices{"AC1": {hash: fourKinds[0].Hash, presence: &presence{}}}
	e.devices.Store(&known)
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, ok := connectSize(b)
		if ok && whole > maxFirstPacket+5 {
			t.Fatalf("%d bytes", whole)
		}
		if !ok || whole == 0 || whole > len(b) {
			return
		}
		c := &conn{first: b}
		if c.mayEnter(e) && !strings.Contains(string(b[:whole]), "AC1") {
			t.Errorf("% x is let in", b)
		}
	})
}

// What the log says of a rejected message never holds control characters of the sender's.
func TestRefusalsAreCountedUnderTheLink(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	c := mustDevice(t, e, "a\nb", signIn("AC1", "a"))
	publish(t, c, "lowsky/v1/telemetry/AC2", 1, false, here)
	for _, s := range e.intake.Sources().Snapshot() {
		if strings.ContainsAny(string(s.ID)+s.Link, "\n") {
			t.Errorf("%q", s.ID)
		}
		if s.Rejected[wire.ReasonForbidden] != 1 {
			t.Errorf("%+v", s)
		}
	}
}
