package ingest

import (
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"lowsky"
	"lowsky/ingest/wire"
)

// mosquittoPub publishes as a device would.
func mosquittoPub(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("mosquitto_pub")
	if err != nil {
		missingTool(t, "mosquitto_pub")
	}
	out, err := exec.Command(path, append([]string{"-h", "127.0.0.1", "-d"}, args...)...).CombinedOutput()
	return string(out), err
}

// TestIdentityMismatch: a device that publishes in the name of another is refused and told to the log, and keeps its
// connection. MQTT 3.1.1 has no way to say no, MQTT 5 does.
func TestIdentityMismatch(t *testing.T) {
	for version, says := range map[string]string{"mqttv311": "(Mid: 1, RC:0)", "mqttv5": "(Mid: 1, RC:135)"} {
		t.Run(version, func(t *testing.T) {
			l := &fakeLog{}
			e := startEmbedded(t, l, "0.0.0.0:0", "")
			e.SetDevices(fourKinds)
			out, _ := mosquittoPub(t, "-p", port(e), "-V", version, "-u", "AC1", "-P", "a", "-q", "1", "-t", "lowsky/v1/telemetry/AC7", "-m", here)
			if !strings.Contains(out, "received PUBACK "+says) {
				t.Error(out)
			}
			want := []lowsky.IdentityMismatch{{Device: "AC1", Claimed: "AC7", Topic: "lowsky/v1/telemetry/AC7", Count: 1, Organisation: "eagle", Jurisdictions: []lowsky.JurisdictionID{"421202"}}}
			if got := l.mismatches(); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v", got)
			}
			if len(l.taken()) != 0 || e.DeviceStates()["AC1"].Refused != 1 || e.intake.Sources().Totals().Mismatches != 1 {
				t.Error("not refused, or not counted")
			}
			// The same connection goes on.
			c := mustDevice(t, e, "c", signIn("AC1", "a"))
			publish(t, c, "lowsky/v1/telemetry/AC8", 1, false, here)
			publish(t, c, "lowsky/v1/telemetry/AC1", 1, false, here)
			if l.on("lowsky/v1/telemetry/AC1") != 1 || !c.IsConnected() {
				t.Error("thrown off")
			}
		})
	}
}

// TestMismatchOf tells which messages are in the name of another, and which are only not allowed.
func TestMismatchOf(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", docks())
	e.SetDevices(fourKinds)
	told := func(device, claimed string) bool {
		for _, m := range l.mismatches() {
			if string(m.Device) == device && m.Claimed == claimed {
				return true
			}
		}
		return false
	}
	mast := mustDevice(t, e, "m", signIn("mast-1", "w"))
	for _, topic := range []string{"lowsky/v1/telemetry/mast-1", "thing/product/mast-1/osd", "some/topic", "lowsky/v1/notice/mast-1"} {
		publish(t, mast, topic, 1, false, here)
	}
	mustDevice(t, e, "anybody") // nobody's name is no other name
	publish(t, mustDevice(t, e, "x"), "lowsky/v1/telemetry/AC1", 1, false, here)
	if got := l.mismatches(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	publish(t, mast, "lowsky/v1/weather/mast-2", 1, false, here)
	publish(t, mast, "lowsky/v1/notice/mast-3", 1, false, here)
	publish(t, mast, "thing/product/无人机/osd", 1, false, here)
	if !told("mast-1", "mast-2") || !told("mast-1", "mast-3") || !told("mast-1", "无人机") {
		t.Errorf("%+v", l.mismatches())
	}

	// A dock that has just come may report an aircraft before it lists it, unless the aircraft is somebody else's.
	early := mustDevice(t, e, "e", signIn("dock-1", "g"))
	publish(t, early, "thing/product/D9/osd", 1, false, here)
	publish(t, early, "thing/product/AC1/osd", 1, false, here)
	if told("dock-1", "D9") || !told("dock-1", "AC1") {
		t.Errorf("before its list: %+v", l.mismatches())
	}

	// By what the message says: its gateway, its list, who lies in it.
	one, two := mustDevice(t, e, "1", signIn("dock-1", "g")), mustDevice(t, e, "2", signIn("dock-2", "s2"))
	publish(t, one, "sys/product/dock-1/status", 1, false, topology("D1"))
	publish(t, two, "sys/product/dock-2/status", 1, false, topology("D1"))
	publish(t, two, "thing/product/dock-2/osd", 1, false, osd("dock-1"))
	publish(t, two, "thing/product/dock-2/osd", 1, false, `{"gateway":"dock-2","data":{"drone_in_dock":1,"sub_device":{"device_sn":"AC1","device_online_status":1}}}`)
	if !told("dock-2", "D1") || !told("dock-2", "dock-1") || !told("dock-2", "AC1") {
		t.Errorf("%+v", l.mismatches())
	}
	for _, m := range l.mismatches() {
		if m.Device == "dock-2" && (m.Organisation != "" || m.Jurisdictions == nil || len(m.Jurisdictions) != 0) {
			t.Errorf("a device of the file is of nobody: %+v", m)
		}
	}
	if n := e.DeviceStates()["dock-2"].Refused; n != 3 {
		t.Errorf("%d refused", n)
	}
}

func TestMismatchOfAWill(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", "")
	e.SetDevices(fourKinds)
	_, _ = mosquittoPub(t, "-p", port(e), "-u", "AC1", "-P", "a", "-q", "1", "-t", "lowsky/v1/telemetry/AC1", "-m", here,
		"--will-topic", "lowsky/v1/gateway/dock-1/status", "--will-payload", "offline")
	want := lowsky.IdentityMismatch{Device: "AC1", Claimed: "dock-1", Topic: "lowsky/v1/gateway/dock-1/status", Count: 1, Organisation: "eagle", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	if got := l.mismatches(); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v", got)
	}
	if n := e.intake.Sources().Totals().Rejected[wire.ReasonForbidden]; n != 1 || l.on("lowsky/v1/telemetry/AC1") != 1 {
		t.Errorf("counted %d; the rest of what it says is taken", n)
	}
}

// clock is a clock to set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// One record in ten seconds, and none is forgotten.
func TestMismatchesAreGathered(t *testing.T) {
	l, now := &fakeLog{}, &clock{at: noon}
	in := NewIntake(Config{Log: l, Now: now.now})
	e := &Embedded{intake: in}
	p := &peer{id: "AC1", link: "embedded/c", device: &device{presence: &presence{}}}
	for range 50 { // 5 s at 10 Hz
		e.refused(p, "lowsky/v1/telemetry/x", "x")
		now.forward(100 * time.Millisecond)
		e.tellMismatches(false)
	}
	e.refused(p, "lowsky/v1/telemetry/y", "y")
	counts := func() (s []string) {
		for _, m := range l.mismatches() {
			s = append(s, fmt.Sprint(m.Claimed, m.Count))
		}
		return s
	}
	if got := counts(); !reflect.DeepEqual(got, []string{"x1", "y1"}) {
		t.Errorf("%v", got)
	}
	now.forward(5 * time.Second)
	e.tellMismatches(false)
	e.tellMismatches(false)
	if got := counts(); !reflect.DeepEqual(got, []string{"x1", "y1", "x49"}) {
		t.Errorf("what was not told is told when ten seconds are over: %v", got)
	}
	e.refused(p, "lowsky/v1/telemetry/y", "y")
	e.tellMismatches(true)
	if got := counts(); !reflect.DeepEqual(got, []string{"x1", "y1", "x49", "y1"}) {
		t.Errorf("what is left is told at the end: %v", got)
	}
	now.forward(time.Minute)
	e.tellMismatches(false)
	if len(e.mismatches.pairs) != 0 || len(e.mismatches.of) != 0 {
		t.Errorf("%d pairs are kept", len(e.mismatches.pairs))
	}
	if n := in.Sources().Totals(); n.Mismatches != 52 || n.MismatchesLost != 0 {
		t.Errorf("%+v", n)
	}
}

// The pairs are bounded, of one device and of all; what is not told is counted.
func TestMismatchesAreBounded(t *testing.T) {
	l, now := &fakeLog{}, &clock{at: noon}
	in := NewIntake(Config{Log: l, Now: now.now})
	e := &Embedded{intake: in}
	peerOf := func(id string) *peer {
		return &peer{id: id, device: &device{presence: &presence{}}}
	}
	p := peerOf("AC1")
	for i := range 10000 {
		id := fmt.Sprint("x", i)
		e.refused(p, "lowsky/v1/telemetry/"+id, id)
	}
	if n := len(l.mismatches()); n != maxClaims+1 {
		t.Errorf("%d records of one device", n)
	}
	e.tellMismatches(true)
	sum := 0
	for _, m := range l.mismatches() {
		sum += m.Count
	}
	if last := l.mismatches()[maxClaims+1]; sum != 10000 || last.Claimed != manyClaims {
		t.Errorf("%d told, the last %+v", sum, last)
	}
	for i := range 2 * maxMismatches {
		e.refused(peerOf(fmt.Sprint("d", i)), "lowsky/v1/telemetry/x", "x")
	}
	if n := len(e.mismatches.pairs); n > maxMismatches {
		t.Errorf("%d pairs", n)
	}
	if n := in.Sources().Totals().MismatchesLost; n != maxMismatches+maxClaims+1 {
		t.Errorf("%d counted as lost", n)
	}
	l.set(func(l *fakeLog) { l.full = true })
	now.forward(time.Minute)
	before := in.Sources().Totals().MismatchesLost
	e.tellMismatches(false)
	e.refused(p, "lowsky/v1/telemetry/new", "new")
	if n := in.Sources().Totals().MismatchesLost; n != before+1 {
		t.Errorf("a full log: %d counted as lost", n-before)
	}
}

// FuzzClaimedBy: whatever a topic is, what is recorded of it is short, can be shown, and is of who the rules of topics
// say.
func FuzzClaimedBy(f *testing.F) {
	for _, topic := range []string{"lowsky/v1/telemetry/AC1", "lowsky/v1/gateway/g/status", "lowsky/v1/notice/x", "thing/product/D1/osd", "thing/product//osd",
		"sys/product/+/status", "lowsky/v1/telemetry/#", "lowsky/v1/telemetry/a/b", "", "/", "$SYS/x", "lowsky/v1/weather/\x00", "lowsky/v1/traffic/\xff", "lowsky/v1/telemetry/" + strings.Repeat("无", 30000)} {
		f.Add(topic)
	}
	f.Fuzz(func(t *testing.T, topic string) {
		l := &fakeLog{}
		e := &Embedded{intake: NewIntake(Config{Log: l, Now: func() time.Time { return noon }})}
		claimed := claimedBy(topic)
		e.refused(&peer{id: "me", device: &device{kind: lowsky.DeviceAircraft, presence: &presence{}}}, topic, claimed)
		got := l.mismatches()
		if told := claimed != "" && claimed != "me"; told != (len(got) == 1) {
			t.Fatalf("%q claims %q: %+v", topic, claimed, got)
		}
		for _, m := range got {
			if len(m.Claimed) > maxDeviceID || len(m.Topic) > 128 || !utf8.ValidString(m.Claimed+m.Topic) || strings.ContainsAny(m.Claimed+m.Topic, "\x00\r\n\t") {
				t.Errorf("%q: %+v", topic, m)
			}
		}
		if claimed != "" && !strings.Contains(topic, "/"+claimed) {
			t.Errorf("%q claims %q", topic, claimed)
		}
	})
}

// FuzzReadCredentials: whatever the file holds, it is refused or every device of it has an id and a hash.
func FuzzReadCredentials(f *testing.F) {
	for _, s := range []string{"", "# x\n", "a:" + sum("s"), "a:" + sum("s") + "\r\nb: " + sum("t"), "a::", ":\n", "\xef\xbb\xbfa:" + sum("s"), "a:" + sum("s") + "\na:" + sum("s"), strings.Repeat("a", 9000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := readCredentials(strings.NewReader(s))
		if err != nil {
			return
		}
		if len(c) > strings.Count(s, ":") {
			t.Errorf("%q: %d devices", s, len(c))
		}
		for id := range c {
			if !wire.ValidID(id) {
				t.Errorf("%q: id %q", s, id)
			}
		}
	})
}
