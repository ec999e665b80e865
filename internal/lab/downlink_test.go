package lab

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// device is a real MQTT client whose id is its own.
func device(t *testing.T, p *Platform, id string) mqtt.Client {
	t.Helper()
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + p.MQTT).SetClientID(id).SetConnectTimeout(5 * time.Second))
	if tok := c.Connect(); !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Fatalf("connect as %s: %v", id, tok.Error())
	}
	t.Cleanup(func() { c.Disconnect(100) })
	return c
}

func subscribe(t *testing.T, c mqtt.Client, topic string) <-chan []byte {
	t.Helper()
	got := make(chan []byte, 16)
	tok := c.Subscribe(topic, 1, func(_ mqtt.Client, m mqtt.Message) { got <- m.Payload() })
	if !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Fatalf("subscribe %s: %v", topic, tok.Error())
	}
	return got
}

func receive(t *testing.T, what string, from <-chan []byte) map[string]any {
	t.Helper()
	select {
	case b := <-from:
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%s: %v in %s", what, err, b)
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s within 10 s", what)
		return nil
	}
}

// The aircraft itself is told what fires about it; a dock gets the answers it waits for; nobody reads another's topics.
func TestDownlinks(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{})
	c := device(t, p, "mayday")
	notices := subscribe(t, c, "lowsky/v1/notice/mayday")
	other := device(t, p, "curious")
	foreign := make(chan []byte, 1)
	other.Subscribe("lowsky/v1/notice/mayday", 1, func(_ mqtt.Client, m mqtt.Message) { foreign <- m.Payload() }).WaitTimeout(5 * time.Second)

	report := fmt.Appendf(nil, `{"measured_at":%q,"longitude_deg":114.3,"latitude_deg":29.8,"height_agl_m":50,"status":"emergency"}`, time.Now().UTC().Format(time.RFC3339Nano))
	if tok := c.Publish("lowsky/v1/telemetry/mayday", 1, false, report); !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Fatal(tok.Error())
	}
	for {
		n := receive(t, "notice of the emergency", notices)
		for _, key := range []string{"alert_id", "state", "severity", "rule", "text_zh", "text_en", "raised_at"} {
			if n[key] == "" || n[key] == nil {
				t.Errorf("notice lacks %s: %v", key, n)
			}
		}
		if n["rule"] == "base/emergency" {
			if n["state"] != "firing" || n["severity"] != "warning" {
				t.Errorf("notice: %v, want a firing warning", n)
			}
			break
		}
	}
	select {
	case b := <-foreign:
		t.Errorf("another device read the notice: %s", b)
	default:
	}

	dock := device(t, p, "DOCKLAB9")
	replies, answers := subscribe(t, dock, "sys/product/DOCKLAB9/status_reply"), subscribe(t, dock, "thing/product/DOCKLAB9/requests_reply")
	dock.Publish("sys/product/DOCKLAB9/status", 1, false, `{"tid":"a","bid":"b","timestamp":1,"method":"update_topo","data":{"type":1,"sub_devices":[]}}`)
	if r := receive(t, "status_reply", replies); r["tid"] != "a" || r["bid"] != "b" {
		t.Errorf("status_reply %v", r)
	}
	dock.Publish("thing/product/DOCKLAB9/requests", 1, false, `{"tid":"c","bid":"d","timestamp":1,"method":"flight_areas_get","data":null}`)
	if r := receive(t, "answer to flight_areas_get", answers); r["tid"] != "c" || r["method"] != "flight_areas_get" {
		t.Errorf("requests_reply %v", r)
	}
	dock.Publish("thing/product/DOCKLAB9/requests", 1, false, `{"tid":"e","bid":"f","timestamp":1,"method":"config","data":{"config_type":"json","config_scope":"product"}}`)
	Eventually(t, 5*time.Second, func() string { return "the status says that a dock waits for a licence" }, func() bool {
		var s struct {
			DJI struct {
				Configured bool              `json:"configured"`
				Message    map[string]string `json:"message"`
			} `json:"dji"`
		}
		p.Do(t, "GET", "/api/v1/status", nil, &s)
		return !s.DJI.Configured && s.DJI.Message["en"] == "No DJI app id, key and licence are set, so docks cannot come online (1 waiting)"
	})
}
