package ingest

import (
	"fmt"
	"strings"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"lowsky/ingest/wire"
)

const twoDocks = "dock-1:%s\ndock-2:%s\nlone-1:%s\n"

func docks() string { return fmt.Sprintf(twoDocks, sum("s1"), sum("s2"), sum("s3")) }

func topology(aircraft ...string) string {
	var list []string
	for _, sn := range aircraft {
		list = append(list, fmt.Sprintf(`{"sn":%q,"domain":"0","type":60,"sub_type":0}`, sn))
	}
	return `{"method":"update_topo","data":{"domain":"3","type":2,"sub_type":0,"sub_devices":[` + strings.Join(list, ",") + `]}}`
}

func osd(gateway string) string {
	return fmt.Sprintf(`{"gateway":%q,"timestamp":1790000000000,"data":{"latitude":29.8,"longitude":114.3,"height":90,"elevation":20,"mode_code":3}}`, gateway)
}

// An aircraft hangs on one gateway at a time: another one cannot speak for it, nor hear what it is told.
func TestSubDeviceClaims(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", docks())
	one := mustDevice(t, e, "c1", signIn("dock-1", "s1"))
	two := mustDevice(t, e, "c2", signIn("dock-2", "s2"))
	speaks := func(c paho.Client, aircraft, gateway string) bool {
		t.Helper()
		before := l.on("thing/product/" + aircraft + "/osd")
		publish(t, c, "thing/product/"+aircraft+"/osd", 1, false, osd(gateway))
		return l.on("thing/product/"+aircraft+"/osd") > before
	}
	publish(t, one, "sys/product/dock-1/status", 1, false, topology("D1"))
	if !speaks(one, "D1", "dock-1") || speaks(two, "D1", "dock-2") {
		t.Error("the gateway that lists it speaks for it, and no other")
	}
	publish(t, two, "sys/product/dock-2/status", 1, false, topology("D1", "D2", "lone-1", "dock-1"))
	if speaks(two, "D1", "dock-2") || !speaks(one, "D1", "dock-1") {
		t.Error("an aircraft of a connected gateway was taken over")
	}
	if speaks(two, "lone-1", "dock-2") || speaks(two, "dock-1", "dock-2") {
		t.Error("an id with a credential of its own was claimed")
	}
	if !speaks(two, "D2", "dock-2") {
		t.Error("what is free may be claimed beside what is not")
	}
	token := two.Subscribe("lowsky/v1/notice/D1", 1, nil).(*paho.SubscribeToken)
	if token.Wait() && token.Error() == nil && token.Result()["lowsky/v1/notice/D1"] == 1 {
		t.Error("it may hear what another's aircraft is told")
	}
	if n := e.intake.Sources().Totals().Rejected[wire.ReasonForbidden]; n == 0 {
		t.Error("not counted")
	}

	// Let go by the one, it may be claimed by the other.
	publish(t, one, "sys/product/dock-1/status", 1, false, topology())
	publish(t, two, "sys/product/dock-2/status", 1, false, topology("D1"))
	if !speaks(two, "D1", "dock-2") || speaks(one, "D1", "dock-1") || speaks(two, "D2", "dock-2") {
		t.Error("a handover: the new list counts, and nothing else")
	}
	// Gone is gone.
	two.Disconnect(100)
	eventually(t, "gone", func() bool { return e.Connections() == 1 })
	publish(t, one, "sys/product/dock-1/status", 1, false, topology("D1"))
	if !speaks(one, "D1", "dock-1") {
		t.Error("an aircraft of a gateway that is gone could not be taken over")
	}
	// Over its life a gateway sees many aircraft, one after the other.
	for i := range 2 * maxAnnounced {
		publish(t, one, "sys/product/dock-1/status", 1, false, topology(fmt.Sprint("N", i)))
	}
	if last := fmt.Sprint("N", 2*maxAnnounced-1); !speaks(one, last, "dock-1") {
		t.Error("a gateway that has seen many aircraft cannot announce another")
	}
}

// The clock and the silence of a gateway are judged by what names it: nobody else may name it.
func TestGatewayIsWhoSignedIn(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "0.0.0.0:0", docks())
	two := mustDevice(t, e, "c2", signIn("dock-2", "s2"))
	publish(t, two, "thing/product/dock-2/osd", 1, false, osd("dock-1"))
	if n := l.on("thing/product/dock-2/osd"); n != 0 {
		t.Error("a message in the name of another gateway was taken")
	}
	publish(t, two, "thing/product/dock-2/osd", 1, false, osd("dock-2"))
	publish(t, two, "thing/product/dock-2/osd", 1, false, `{"gateway":"dock-2","data":{"drone_in_dock":1,"sub_device":{"device_sn":"dock-1","device_online_status":1}}}`)
	publish(t, two, "thing/product/dock-2/osd", 1, false, `{"data":{"latitude":29.8,"longitude":114.3,"mode_code":0}}`)
	if n := l.on("thing/product/dock-2/osd"); n != 2 {
		t.Errorf("%d of its own messages taken, want 2: %+v", n, e.intake.Sources().Snapshot())
	}
	for _, s := range e.intake.Sources().Snapshot() {
		if s.ID == "dock-1" {
			t.Errorf("counted for the gateway that it named: %+v", s)
		}
	}
}

// On a loopback address anybody may connect, but nobody may speak for a device that has a secret.
func TestCredentialProtectsItsTopicsFromAnonymous(t *testing.T) {
	l := &fakeLog{}
	e := startEmbedded(t, l, "127.0.0.1:0", docks())
	anybody := mustDevice(t, e, "lone-1")
	publish(t, anybody, "lowsky/v1/telemetry/lone-1", 1, false, here)
	publish(t, anybody, "lowsky/v1/telemetry/free", 1, false, here)
	if l.on("lowsky/v1/telemetry/lone-1") != 0 || l.on("lowsky/v1/telemetry/free") != 1 {
		t.Error("an anonymous device spoke for one with a credential, or could not speak for itself")
	}
	token := anybody.Subscribe("lowsky/v1/notice/lone-1", 1, nil).(*paho.SubscribeToken)
	if token.Wait() && token.Error() == nil && token.Result()["lowsky/v1/notice/lone-1"] == 1 {
		t.Error("an anonymous device hears what one with a credential is told")
	}
}

// on counts the records of a topic.
func (l *fakeLog) on(topic string) (n int) {
	for _, r := range l.taken() {
		if r.Topic == topic {
			n++
		}
	}
	return n
}

// What is retained stays in memory: a status is a word, and garbage of 250 kB on 10,000 topics would be 2.5 GB.
func TestRetainedGarbageIsNotKept(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "127.0.0.1:0", "")
	c := mustDevice(t, e, "a")
	publish(t, c, "lowsky/v1/gateway/g1/status", 1, true, strings.Repeat("x", 250<<10))
	publish(t, c, "lowsky/v1/gateway/g2/status", 1, true, "online")
	m := e.broker.(*mochi)
	kept := 0
	for topic, pk := range m.server.Topics.Retained.GetAll() {
		if !strings.HasPrefix(topic, "$SYS") {
			kept++
			if topic != "lowsky/v1/gateway/g2/status" {
				t.Errorf("%s keeps %d bytes", topic, len(pk.Payload))
			}
		}
	}
	if kept != 1 {
		t.Errorf("%d retained", kept)
	}
}

// One credential cannot use up the broker's sessions, neither with open connections nor with kept ones.
func TestSessionsOfOneCredential(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", docks())
	m := e.broker.(*mochi)
	keep := func(o *paho.ClientOptions) { o.SetCleanSession(false) }
	for i := range 3 * maxSessions { // a new name each time, and each session is to be kept
		c := mustDevice(t, e, fmt.Sprint("kept-", i), signIn("dock-1", "s1"), keep)
		c.Disconnect(0)
		eventually(t, "gone", func() bool { return e.Connections() == 0 })
	}
	if n := m.server.Clients.Len(); n > maxSessions+2 {
		t.Errorf("%d sessions are kept for one credential", n)
	}
	for i := range maxSessions {
		mustDevice(t, e, fmt.Sprint("open-", i), signIn("dock-1", "s1"))
	}
	if _, err := connect(t, e, "one-more", signIn("dock-1", "s1")); err == nil {
		t.Error("a credential may have any number of connections")
	}
	mustDevice(t, e, "open-0", signIn("dock-1", "s1"), func(o *paho.ClientOptions) { o.SetConnectTimeout(2 * 1e9) })
	mustDevice(t, e, "other", signIn("dock-2", "s2"))
}
