package lab

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lowsky"
)

// walkMQTT: every way in × topic × action. A device publishes its own topics and reads its own; another's is refused,
// counted and an alert, and the device stays connected; people and tokens are nobody here.
func (w *world) walkMQTT(t *testing.T) {
	for _, id := range []string{"d-a", "d-b"} {
		var made struct {
			Secret string `json:"secret"`
		}
		w.Do(t, "POST", "/api/v1/devices/"+id+"/secret", nil, &made)
		w.secret[id] = made.Secret
	}
	token := ""
	for _, a := range w.actors {
		if b, ok := a.Client.Transport.(bearer); ok {
			token = string(b)
		}
	}
	if token == "" {
		t.Error("nobody has a token")
	}
	for _, c := range []struct{ user, password string }{
		{"", ""}, {"d-a", ""}, {"d-a", "wrong"}, {"d-a", w.secret["d-b"]}, {"nobody", w.secret["d-a"]},
		{"a-admin", HiredPassword}, {"admin", Password}, {"a-program", token}, {"d-a", token},
	} {
		if conn, err := w.dial(c.user, c.password); err == nil {
			conn.Disconnect(0)
			t.Errorf("MQTT lets in %q", c.user)
		}
	}
	var own mqtt.Client
	Eventually(t, 5*time.Second, func() string { return "d-a signs in with its new secret" }, func() bool {
		var err error
		own, err = w.dial("d-a", w.secret["d-a"])
		return err == nil
	})
	defer own.Disconnect(100)
	report := func() []byte {
		return fmt.Appendf(nil, `{"measured_at":%q,"longitude_deg":%g,"latitude_deg":%g,"height_agl_m":50,"status":"ground"}`, time.Now().UTC().Format(time.RFC3339Nano), lonXianan, latXianan)
	}
	for _, topic := range []string{
		"lowsky/v1/telemetry/fb-1", "lowsky/v1/telemetry/d-b", "lowsky/v1/gateway/d-b/status", "lowsky/v1/weather/d-b",
		"lowsky/v1/traffic/d-b", "thing/product/d-b/osd", "lowsky/v1/notice/d-b", "lowsky/v1/telemetry/d-a/more", "anything",
	} {
		before := w.refused(t, "d-a")
		if tok := own.Publish(topic, 1, false, report()); !tok.WaitTimeout(5 * time.Second) {
			t.Errorf("%s: not acknowledged: an MQTT 3.1.1 device would send it for ever", topic)
		}
		if !own.IsConnectionOpen() {
			t.Fatalf("%s threw the device off", topic)
		}
		Eventually(t, 5*time.Second, func() string { return topic + " is counted as refused" }, func() bool { return w.refused(t, "d-a") > before })
	}
	for _, filter := range []string{"lowsky/v1/notice/d-b", "lowsky/v1/notice/+", "lowsky/v1/telemetry/#", "#", "thing/product/d-b/services", "$SYS/#"} {
		tok := own.Subscribe(filter, 1, nil)
		tok.WaitTimeout(5 * time.Second)
		if r := tok.(*mqtt.SubscribeToken).Result()[filter]; r != 0x80 {
			t.Errorf("subscription to %s is granted: %d", filter, r)
		}
	}
	if tok := own.Subscribe("lowsky/v1/notice/d-a", 1, nil); !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Errorf("a device may not read its own notices: %v", tok.Error())
	}
	if tok := own.Publish("lowsky/v1/telemetry/d-a", 1, false, report()); !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Errorf("its own topic: %v", tok.Error())
	}
	Eventually(t, 10*time.Second, func() string { return "the track of d-a" }, func() bool {
		status, _ := w.Try(t, "GET", "/api/v1/tracks/d-a", nil, nil)
		return status == 200
	})
	var found bool
	Eventually(t, 10*time.Second, func() string { return "the alert on an identity that does not match" }, func() bool {
		for _, a := range w.OpenAlerts(t) {
			if a.Hazard == lowsky.HazardMismatch && a.Object == (lowsky.Object{Kind: lowsky.ObjectDevice, ID: "d-a"}) && a.Subject.ID == "fb-1" {
				found = a.State == lowsky.AlertFiring && a.Organisation == "co-a"
			}
		}
		return found
	})
	began := time.Now()
	w.Do(t, "DELETE", "/api/v1/devices/d-a", nil, nil)
	Eventually(t, time.Second, func() string { return "a revoked device is out" }, func() bool { return !own.IsConnectionOpen() })
	t.Logf("out %v after it was revoked", time.Since(began))
	if conn, err := w.dial("d-a", w.secret["d-a"]); err == nil {
		conn.Disconnect(0)
		t.Error("a revoked device is let in again")
	}
}

func (w *world) dial(user, password string) (mqtt.Client, error) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + w.MQTT).SetClientID("walk-" + user).SetUsername(user).SetPassword(password).
		SetProtocolVersion(4).SetAutoReconnect(false).SetConnectTimeout(3 * time.Second).SetConnectRetry(false))
	tok := c.Connect()
	if !tok.WaitTimeout(5 * time.Second) {
		return nil, fmt.Errorf("no answer")
	}
	return c, tok.Error()
}

// refused is how many messages of a device were refused so far.
func (w *world) refused(t *testing.T, id string) uint64 {
	t.Helper()
	var out struct {
		Devices []struct {
			ID    string             `json:"id"`
			State lowsky.DeviceState `json:"state"`
		} `json:"devices"`
	}
	w.Do(t, "GET", "/api/v1/devices", nil, &out)
	for _, d := range out.Devices {
		if d.ID == id {
			return d.State.Refused
		}
	}
	t.Fatalf("no device %s", id)
	return 0
}

// checkAudit: what the walk did is in the audit, guesses included, the chain holds, and nothing secret is in it.
func (w *world) checkAudit(t *testing.T) {
	var verdict struct {
		OK      bool   `json:"ok"`
		Entries uint64 `json:"entries"`
		Reason  string `json:"reason"`
	}
	w.Do(t, "GET", "/api/v1/audit/verify", nil, &verdict)
	if !verdict.OK || verdict.Entries == 0 {
		t.Errorf("the chain: %+v", verdict)
	}
	has := func(by, action, object string) bool {
		var out struct {
			Entries []lowsky.AuditEntry `json:"entries"`
		}
		w.Do(t, "GET", "/api/v1/audit?limit=1000&by="+by+"&action="+action, nil, &out)
		for _, e := range out.Entries {
			if object == "" || e.Object == object {
				return true
			}
		}
		return false
	}
	for _, want := range []struct{ by, action, object string }{
		{"b-admin", "access.denied", ""}, {"chibi-duty", "access.denied", ""}, {"xianan-duty", "personal.look", "aircraft/fa-1"},
		{"xianan-admin", "zone.publish", "zone/zx"}, {"admin", "person.create", "user/a-pilot"}, {"a-admin", "device.renew", "device/d-a"},
		{"admin", "device.revoke", "device/d-a"}, {"admin", "aircraft.save", "aircraft/fa-1"}, {"xianan-duty", "alert.comment", ""}, {"a-pilot", "session.begin", ""},
	} {
		if !has(want.by, want.action, want.object) {
			t.Errorf("the audit does not tell that %s did %s to %s", want.by, want.action, want.object)
		}
	}
	_, all := w.tryAll("GET", "/api/v1/audit?limit=1000")
	for _, secret := range []string{HiredPassword, Password, w.secret["d-a"], w.secret["fa-1"], "0715-", "13800000000", "v1."} {
		if secret != "" && strings.Contains(all, secret) {
			t.Errorf("the audit holds %.12s…", secret)
		}
	}
	if !json.Valid([]byte(all)) {
		t.Error("the audit is no JSON")
	}
}
