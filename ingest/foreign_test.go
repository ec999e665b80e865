package ingest

import (
	"log/slog"
	"sync/atomic"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"lowsky"
)

// A company's gateway cannot speak for an aircraft that somebody else registered, nor hear what that is told, by putting
// it on its list: neither before nor after it is registered.
func TestForeignAircraft(t *testing.T) {
	l := &fakeLog{}
	var registered atomic.Bool
	e := startBoth(t, l, EmbeddedConfig{
		Address: "0.0.0.0:0", Devices: fourKinds, Logger: slog.New(slog.DiscardHandler),
		Foreign: func(gateway lowsky.OrganisationID, id lowsky.AircraftID) bool {
			return gateway == "eagle" && (id == "THEIRS" || id == "LATER" && registered.Load())
		},
	})
	dock := mustDevice(t, e, "2", signIn("dock-1", "g"))
	speaks := func(id string) bool {
		before := l.on("thing/product/" + id + "/osd")
		publish(t, dock, "thing/product/"+id+"/osd", 1, false, osd("dock-1"))
		return l.on("thing/product/"+id+"/osd") > before
	}
	hears := func(id string) bool {
		token := dock.Subscribe("lowsky/v1/notice/"+id, 1, nil).(*paho.SubscribeToken)
		return token.Wait() && token.Error() == nil && token.Result()["lowsky/v1/notice/"+id] == 1
	}
	publish(t, dock, "sys/product/dock-1/status", 1, false, topology("OURS", "THEIRS", "LATER"))
	if !speaks("OURS") || speaks("THEIRS") || !speaks("LATER") || !hears("OURS") || hears("THEIRS") {
		t.Error("it speaks for what is its own or nobody's, and for nothing else")
	}
	if s := e.DeviceStates()["dock-1"]; s.Refused == 0 {
		t.Errorf("not counted: %+v", s)
	}
	registered.Store(true)
	if !speaks("OURS") || speaks("LATER") || hears("LATER") {
		t.Error("what was registered meanwhile is spoken for as before")
	}
}
