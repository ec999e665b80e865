package ingest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// TestMosquittoACL: with the access list that deploy/mosquitto ships, a device of an outside broker cannot publish
// another's topic, nor read another's downlinks, and Lowsky can do what it has to.
func TestMosquittoACL(t *testing.T) {
	passwd, err := exec.LookPath("mosquitto_passwd")
	if err != nil {
		missingTool(t, "mosquitto_passwd")
	}
	dir := t.TempDir()
	acl, err := os.ReadFile("../deploy/mosquitto/acl")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"acl": acl, "passwords": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, user := range []string{"lowsky", "AC1", "dock-1"} {
		if out, err := exec.Command(passwd, "-b", filepath.Join(dir, "passwords"), user, "secret-of-"+user).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	m := newMosquitto(t, "acl_file "+filepath.Join(dir, "acl"), "password_file "+filepath.Join(dir, "passwords"), "allow_anonymous false")
	client := func(user string, handler paho.MessageHandler) paho.Client {
		c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://127.0.0.1:" + m.port).SetClientID(user).SetUsername(user).
			SetPassword("secret-of-" + user).SetDefaultPublishHandler(handler).SetAutoReconnect(false))
		if token := c.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
			t.Fatalf("%s: %v", user, token.Error())
		}
		t.Cleanup(func() { c.Disconnect(0) })
		return c
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	hear := func(_ paho.Client, p paho.Message) {
		mu.Lock()
		defer mu.Unlock()
		seen[p.Topic()] = true
	}
	has := func(topic string) bool {
		mu.Lock()
		defer mu.Unlock()
		return seen[topic]
	}
	platform, aircraft, dock := client("lowsky", hear), client("AC1", hear), client("dock-1", hear)
	for _, f := range Filters() {
		if token := platform.Subscribe(f, 1, nil).(*paho.SubscribeToken); !token.WaitTimeout(10*time.Second) || token.Result()[f] == 0x80 {
			t.Errorf("Lowsky may not read %s", f)
		}
	}
	aircraft.Subscribe("#", 1, nil).WaitTimeout(10 * time.Second) // granted, but nothing of others is delivered
	own := func(id string) (topics []string) {
		for _, f := range Filters() {
			topics = append(topics, strings.Replace(f, "+", id, 1))
		}
		return topics
	}
	// First what must not get through, each over a connection of its own: mosquitto 2.0.11 ends the connection that a
	// forbidden message came over. When mosquitto_pub returns, the broker has decided.
	forbidden := func(user string, topics ...string) {
		for _, topic := range topics {
			_, _ = mosquittoPub(t, "-p", m.port, "-u", user, "-P", "secret-of-"+user, "-q", "1", "-t", topic, "-m", here)
		}
	}
	forbidden("AC1", own("dock-1")...)
	forbidden("dock-1", own("AC1")...)
	forbidden("AC1", "lowsky/v1/telemetry/AC1x", "lowsky/v1/notice/dock-1", "thing/product/AC1/services")
	publish(t, aircraft, "lowsky/v1/telemetry/AC1", 1, false, here)
	publish(t, dock, "lowsky/v1/gateway/dock-1/status", 1, false, "online")
	eventually(t, "devices publish their own", func() bool {
		return has("lowsky/v1/telemetry/AC1") && has("lowsky/v1/gateway/dock-1/status")
	})
	mu.Lock()
	if len(seen) != 2 {
		t.Errorf("devices published the topics of others: %v", seen)
	}
	mu.Unlock()
	for id, c := range map[string]paho.Client{"AC1": aircraft, "dock-1": dock} {
		for _, topic := range own(id) {
			publish(t, c, topic, 1, false, here)
			eventually(t, id+" publishes its own "+topic, func() bool { return has(topic) })
		}
	}
	publish(t, platform, "thing/product/AC1/services", 1, false, "{}")
	publish(t, platform, "lowsky/v1/notice/dock-1", 1, false, "{}")
	publish(t, platform, "lowsky/v1/notice/AC1", 1, false, "{}")
	eventually(t, "a device reads its own downlinks", func() bool { return has("lowsky/v1/notice/AC1") && has("thing/product/AC1/services") })
	if has("lowsky/v1/notice/dock-1") {
		t.Error("a device reads another's downlinks")
	}
	if c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://127.0.0.1:" + m.port).SetClientID("x")); c.Connect().WaitTimeout(5*time.Second) && c.IsConnected() {
		t.Error("anonymous")
	}
}
