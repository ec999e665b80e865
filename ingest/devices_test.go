package ingest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"lowsky"
)

// made is a device of the platform.
func made(id string, kind lowsky.DeviceKind, secret string) lowsky.Device {
	return lowsky.Device{ID: lowsky.DeviceID(id), Kind: kind, Hash: sha256.Sum256([]byte(secret)),
		Organisation: "eagle", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
}

var fourKinds = []lowsky.Device{made("AC1", lowsky.DeviceAircraft, "a"), made("dock-1", lowsky.DeviceGateway, "g"),
	made("mast-1", lowsky.DeviceWeather, "w"), made("adsb-1", lowsky.DeviceTraffic, "t")}

// TestKinds walks every uplink topic of the own id, and of another, for every kind.
func TestKinds(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "old-1:"+sum("o")+"\n")
	e.SetDevices(fourKinds)
	topics := map[string]string{ // who may, besides the file's
		"lowsky/v1/telemetry/%s": "ag", "lowsky/v1/gateway/%s/status": "g", "lowsky/v1/weather/%s": "w", "lowsky/v1/traffic/%s": "t",
		"sys/product/%s/status": "g", "thing/product/%s/osd": "ag", "thing/product/%s/state": "ag", "thing/product/%s/events": "g",
		"thing/product/%s/requests": "g", "thing/product/%s/services_reply": "g", "thing/product/%s/property/set_reply": "g", "thing/product/%s/drc/up": "g",
		"lowsky/v1/notice/%s": "-", "thing/product/%s/services": "-", "some/%s": "-",
	}
	for id, secret := range map[string]string{"AC1": "a", "dock-1": "g", "mast-1": "w", "adsb-1": "t", "old-1": "o"} {
		p := e.admit(connecting{client: "c", username: id, password: []byte(secret)})
		if p == nil {
			t.Fatalf("%s is not let in", id)
		}
		for topic, may := range topics {
			want := strings.Contains(may, secret) || secret == "o" && may != "-"
			if got := e.mayPublish(p, fmt.Sprintf(topic, id)); got != want {
				t.Errorf("%s publishes its own %s: %v", id, topic, got)
			}
			if e.mayPublish(p, fmt.Sprintf(topic, "other")) || e.mayPublish(p, fmt.Sprintf(topic, id+"x")) {
				t.Errorf("%s publishes another's %s", id, topic)
			}
		}
		for filter, want := range map[string]bool{"lowsky/v1/notice/" + id: true, "thing/product/" + id + "/#": true, "lowsky/v1/notice/other": false,
			"lowsky/v1/telemetry/" + id: false, "lowsky/v1/notice/+": false, "#": false} {
			if e.mayRead(p, filter) != want {
				t.Errorf("%s reads %s: %v", id, filter, !want)
			}
		}
	}
	// What a device is may change while it is connected.
	p := e.admit(connecting{username: "mast-1", password: []byte("w")})
	e.SetDevices([]lowsky.Device{made("mast-1", lowsky.DeviceTraffic, "w")})
	if e.mayPublish(p, "lowsky/v1/weather/mast-1") || !e.mayPublish(p, "lowsky/v1/traffic/mast-1") {
		t.Error("the kind is that of the newest list")
	}
}

// TestRevoked: who is off the list, or has another secret, is out at once, and stays out; nobody else is disturbed.
func TestRevoked(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", "")
	e.SetDevices(append([]lowsky.Device{made("AC2", lowsky.DeviceAircraft, "b")}, fourKinds...))
	lost := make(chan string, 8)
	watch := func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(c paho.Client, _ error) { r := c.OptionsReader(); lost <- r.Username() })
		o.SetCleanSession(false)
		o.SetWill("lowsky/v1/gateway/dock-1/status", "offline", 1, true)
	}
	mustDevice(t, e, "1", signIn("AC1", "a"), watch)
	dock := mustDevice(t, e, "2", signIn("dock-1", "g"), watch)
	stays := mustDevice(t, e, "3", signIn("AC2", "b"), watch)
	publish(t, dock, "sys/product/dock-1/status", 1, false, topology("D1"))
	if token := dock.Subscribe("lowsky/v1/notice/dock-1", 1, nil); token.Wait() && token.Error() != nil {
		t.Fatal(token.Error())
	}
	five := raw5(t, e, "AC1", "a")

	renewed := made("dock-1", lowsky.DeviceGateway, "g2")
	began := time.Now()
	e.SetDevices([]lowsky.Device{made("AC2", lowsky.DeviceAircraft, "b"), renewed})
	if d := time.Since(began); d > time.Second {
		t.Errorf("took %v", d)
	}
	if p := packet(t, five); p[0] != 0xe0 || len(p) < 2 || p[1] != 0x87 { // DISCONNECT, Not authorized
		t.Errorf("MQTT 5: % x", p)
	}
	if out := []string{<-lost, <-lost}; !(out[0] == "AC1" && out[1] == "dock-1" || out[1] == "AC1" && out[0] == "dock-1") {
		t.Errorf("%v lost their connection", out)
	}
	if e.hasAnnounced("dock-1", "D1") {
		t.Error("its announcements are still known")
	}
	m := e.broker.(*mochi)
	if n := m.server.Clients.Len(); n != 2 { // our own and AC2's
		t.Errorf("%d sessions", n)
	}
	for name, sign := range map[string]func(*paho.ClientOptions){"revoked": signIn("AC1", "a"), "the secret before": signIn("dock-1", "g")} {
		if _, err := connect(t, e, "n", sign); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
	back := mustDevice(t, e, "2", signIn("dock-1", "g2"), watch) // the same client id: nothing of the session is left
	if subs := m.server.Topics.Subscribers("lowsky/v1/notice/dock-1"); len(subs.Subscriptions) != 0 {
		t.Error("the session came back")
	}
	publish(t, back, "lowsky/v1/telemetry/dock-1", 1, false, here)
	publish(t, stays, "lowsky/v1/telemetry/AC2", 1, false, here)
	if !stays.IsConnected() || l.on("lowsky/v1/telemetry/AC2") != 1 || l.on("lowsky/v1/telemetry/dock-1") != 1 {
		t.Error("others were disturbed")
	}
	if l.on("lowsky/v1/gateway/dock-1/status") != 0 {
		t.Error("the will of a revoked device was sent")
	}
}

// raw5 signs in with MQTT 5 by hand.
func raw5(t testing.TB, e *Embedded, id, secret string) *bufio.Reader {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	body := append(text("MQTT"), 5, 0b11000010, 0, 60, 0)
	for _, s := range []string{"five", id, secret} {
		body = append(body, text(s)...)
	}
	send(t, c, 0x10, body)
	r := bufio.NewReader(c)
	if p := packet(t, r); p[0] != 0x20 || p[2] != 0 {
		t.Fatalf("CONNACK % x", p)
	}
	return r
}

// A device that does not read must not hold up its end, nor that of others.
func TestRevokedAlthoughItDoesNotRead(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	body := append(text("MQTT"), 5, 0b11000010, 0, 60, 0)
	for _, s := range []string{"deaf", "AC1", "a"} {
		body = append(body, text(s)...)
	}
	send(t, c, 0x10, body)
	send(t, c, 0x82, append(append([]byte{0, 1, 0}, text("lowsky/v1/notice/AC1")...), 0))
	eventually(t, "subscribed", func() bool {
		return len(e.broker.(*mochi).server.Topics.Subscribers("lowsky/v1/notice/AC1").Subscriptions) == 1
	})
	big := make([]byte, 250<<10)
	for range 60 { // more than the socket takes: a write is under way
		_ = e.Publish("lowsky/v1/notice/AC1", big, 0, false)
	}
	began := time.Now()
	e.SetDevices(fourKinds[1:])
	if d := time.Since(began); d > time.Second {
		t.Errorf("took %v", d)
	}
	eventually(t, "out", func() bool { return e.Connections() == 0 })
}

// A device signs in while it is being revoked: whoever is first, it must not be in afterwards.
func TestRevokedWhileSigningIn(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "")
	for range 20 {
		e.SetDevices(fourKinds)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				o := paho.NewClientOptions().AddBroker("tcp://127.0.0.1:" + port(e)).SetClientID(fmt.Sprint("r", i)).SetAutoReconnect(false).SetConnectRetry(false)
				c := paho.NewClient(o.SetUsername("AC1").SetPassword("a"))
				c.Connect().WaitTimeout(10 * time.Second)
				t.Cleanup(func() { c.Disconnect(0) })
			})
		}
		e.SetDevices(nil)
		all.Wait()
		eventually(t, "nobody is in", func() bool { return e.Connections() == 0 })
	}
	if n := e.broker.(*mochi).server.Clients.Len(); n != 1 {
		t.Errorf("%d sessions are left", n-1)
	}
}

// A device of the file that is the platform's too signs in with the platform's secret alone; and once revoked there, the
// file does not let it in again.
func TestPlatformBeforeFile(t *testing.T) {
	var lines lineLog
	e, err := NewEmbedded(EmbeddedConfig{Address: "0.0.0.0:0", Intake: newTestIntake(&fakeLog{}), Logger: slog.New(slog.NewTextHandler(&lines, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.file = credentials{"AC1": sha256.Sum256([]byte("file")), "old-1": sha256.Sum256([]byte("file"))}
	in := func(id, secret string) bool {
		return e.admit(connecting{username: id, password: []byte(secret)}) != nil
	}
	e.SetDevices(nil)
	if !in("AC1", "file") || !in("old-1", "file") {
		t.Error("devices of the file are devices")
	}
	e.SetDevices(fourKinds)
	e.SetDevices(fourKinds)
	if in("AC1", "file") || !in("AC1", "a") || !in("old-1", "file") {
		t.Error("the platform's secret counts, and no other")
	}
	e.SetDevices(nil)
	if in("AC1", "file") || in("AC1", "a") || !in("old-1", "file") {
		t.Error("a revoked device came back by the file")
	}
	gone := made("old-1", lowsky.DeviceAircraft, "x")
	gone.RevokedAt = noon
	e.SetDevices([]lowsky.Device{gone, {ID: "bad id", Kind: lowsky.DeviceAircraft}, {ID: "nokind"}})
	if in("old-1", "file") || in("old-1", "x") || in("nokind", "") {
		t.Error("a revoked or half device is in")
	}
	if n := lines.with("AC1"); n != 1 {
		t.Errorf("the file's line is reported %d times", n)
	}
	if lines.with("bad id") != 1 || lines.with("nokind") != 1 {
		t.Error("what is no device is not reported")
	}
}

// lineLog keeps what is logged.
type lineLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *lineLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(b))
	return len(b), nil
}

func (l *lineLog) with(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.lines {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}

// An aircraft that gets a credential speaks for itself from then on, whoever had announced it.
func TestCredentialEndsAnnouncement(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", "")
	e.SetDevices(fourKinds[1:])
	dock := mustDevice(t, e, "2", signIn("dock-1", "g"))
	anybody := mustDevice(t, e, "AC1")
	publish(t, dock, "sys/product/dock-1/status", 1, false, topology("AC1"))
	publish(t, dock, "thing/product/AC1/osd", 1, false, osd("dock-1"))
	publish(t, anybody, "lowsky/v1/telemetry/AC1", 1, false, here)
	if l.on("thing/product/AC1/osd") != 1 || l.on("lowsky/v1/telemetry/AC1") != 1 {
		t.Fatal("the test does not test")
	}
	e.SetDevices(fourKinds)
	publish(t, dock, "thing/product/AC1/osd", 1, false, osd("dock-1"))
	publish(t, anybody, "lowsky/v1/telemetry/AC1", 1, false, here)
	if l.on("thing/product/AC1/osd") != 1 || l.on("lowsky/v1/telemetry/AC1") != 1 {
		t.Error("another speaks for a device with a credential")
	}
	mustDevice(t, e, "n", signIn("AC1", "a"))
}

func TestDeviceStates(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	if s := e.DeviceStates(); len(s) != 0 {
		t.Errorf("%v", s)
	}
	began := time.Now()
	c := mustDevice(t, e, "1", signIn("AC1", "a"))
	d := mustDevice(t, e, "2", signIn("AC1", "a"))
	publish(t, c, "lowsky/v1/telemetry/other", 1, false, here)
	publish(t, c, "lowsky/v1/weather/AC1", 1, false, here)
	s := e.DeviceStates()
	if got := s["AC1"]; len(s) != 1 || !got.Connected || got.Since.Before(began) || got.Address != "127.0.0.1" || got.Refused != 2 {
		t.Errorf("%+v", s)
	}
	c.Disconnect(10)
	eventually(t, "one is gone", func() bool { return e.Connections() == 1 })
	if !e.DeviceStates()["AC1"].Connected {
		t.Error("it has another connection")
	}
	mustDevice(t, e, "2", signIn("AC1", "a"), func(o *paho.ClientOptions) { o.SetCleanSession(false) }) // takes over d's
	eventually(t, "taken over", func() bool { return !d.IsConnected() && e.Connections() == 1 })
	if !e.DeviceStates()["AC1"].Connected {
		t.Error("a session that is taken over is not the end")
	}
	e.SetDevices(fourKinds[1:])
	if s := e.DeviceStates(); len(s) != 0 {
		t.Errorf("of one that is revoked: %v", s)
	}
	e.SetDevices(fourKinds)
	last := mustDevice(t, e, "3", signIn("AC1", "a"))
	on := e.DeviceStates()["AC1"]
	last.Disconnect(10)
	eventually(t, "gone", func() bool { return !e.DeviceStates()["AC1"].Connected })
	if off := e.DeviceStates()["AC1"]; off.Since.Before(on.Since) || off.Address == "" {
		t.Errorf("%+v", off)
	}
}

// Reading who may sign in never locks, and every answer is of one whole list.
func TestSetDevicesIsAtomic(t *testing.T) {
	e, err := NewEmbedded(EmbeddedConfig{Address: "127.0.0.1:0", Intake: newTestIntake(&fakeLog{}), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	one, two := []lowsky.Device{made("x", lowsky.DeviceAircraft, "1"), made("y", lowsky.DeviceAircraft, "1")}, []lowsky.Device{made("x", lowsky.DeviceAircraft, "2"), made("y", lowsky.DeviceAircraft, "2")}
	e.SetDevices(one)
	all.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			e.SetDevices([][]lowsky.Device{one, two}[i%2])
		}
	})
	for range 20000 {
		k := e.known()
		if len(k) != 2 || k["x"].hash != k["y"].hash {
			t.Fatal("half a list")
		}
	}
}
