package simulator

import (
	"encoding/json"
	"time"

	"lowsky"
	"lowsky/ingest/native"
)

// The wire formats an aircraft or gateway can speak.
const (
	WireNative lowsky.Format = "native"
	WireDJI    lowsky.Format = "dji"
)

// encoder writes one report in a wire format.
type encoder interface {
	report(dst []byte, a *Aircraft, r *lowsky.TelemetryReport) (topic string, payload []byte)
}

func encoderFor(a *Aircraft) encoder {
	if a.Wire == WireDJI {
		return djiWire{}
	}
	return nativeWire{}
}

type nativeWire struct{}

func (nativeWire) report(dst []byte, a *Aircraft, r *lowsky.TelemetryReport) (string, []byte) {
	return native.TelemetryTopic(a.ID), native.AppendTelemetry(dst, r)
}

func nativeStatus(id lowsky.SourceID, up bool) (string, []byte) {
	if up {
		return native.StatusTopic(id), []byte(native.Online)
	}
	return native.StatusTopic(id), []byte(native.Offline)
}

type djiWire struct{}

func (djiWire) report(dst []byte, a *Aircraft, r *lowsky.TelemetryReport) (string, []byte) {
	b, _ := json.Marshal(r) // TODO encoder
	return "thing/product/" + string(a.ID) + "/osd", append(dst, b...)
}

func djiTopology(dst []byte, g *Gateway, behind []*Aircraft, at time.Time) (string, []byte) {
	return "sys/product/" + string(g.ID) + "/status", append(dst, "{}"...)
}

func djiStation(dst []byte, r *lowsky.StationReport) (string, []byte) {
	return "thing/product/" + r.Station + "/osd", append(dst, "{}"...)
}
