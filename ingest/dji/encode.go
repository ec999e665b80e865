package dji

import (
	"encoding/json"
	"strconv"
	"time"

	"lowsky"
)

// Topics of one device.
func StatusTopic(sn string) string        { return "sys/product/" + sn + "/status" }
func StatusReplyTopic(sn string) string   { return "sys/product/" + sn + "/status_reply" }
func OSDTopic(sn string) string           { return "thing/product/" + sn + "/osd" }
func StateTopic(sn string) string         { return "thing/product/" + sn + "/state" }
func EventsTopic(sn string) string        { return "thing/product/" + sn + "/events" }
func EventsReplyTopic(sn string) string   { return "thing/product/" + sn + "/events_reply" }
func RequestsReplyTopic(sn string) string { return "thing/product/" + sn + "/requests_reply" }

// Reply is a message from the platform: an answer, or a service. Tid and Bid are JSON as the device sent them; empty
// ones are written as "".
type Reply struct {
	Tid, Bid  []byte
	Method    string // left out if empty
	Timestamp time.Time
	Gateway   lowsky.SourceID // left out if empty
	Data      json.RawMessage // null if nil
}

// AppendReply appends r in the envelope of the Cloud API.
func AppendReply(dst []byte, r Reply) []byte {
	dst = append(dst, `{"tid":`...)
	dst = appendRaw(dst, r.Tid, `""`)
	dst = append(dst, `,"bid":`...)
	dst = appendRaw(dst, r.Bid, `""`)
	dst = append(dst, `,"timestamp":`...)
	dst = strconv.AppendInt(dst, r.Timestamp.UnixMilli(), 10)
	if r.Gateway != "" {
		dst = append(dst, `,"gateway":`...)
		dst = append(dst, marshal(r.Gateway)...)
	}
	if r.Method != "" {
		dst = append(dst, `,"method":`...)
		dst = append(dst, marshal(r.Method)...)
	}
	dst = append(dst, `,"data":`...)
	dst = appendRaw(dst, r.Data, "null")
	return append(dst, '}')
}

func appendRaw(dst, raw []byte, absent string) []byte {
	if len(raw) == 0 {
		return append(dst, absent...)
	}
	return append(dst, raw...)
}

// What follows is the device's side, for the simulator and for tests.

// AppendOSD appends the OSD of an aircraft behind a gateway, as [Decode] reads it. MeasuredAt is the timestamp. A
// report without a position is sent as (0,0), as DJI does. A negative
// modeCode is chosen by Status and ForcedLanding.
func AppendOSD(dst []byte, r *lowsky.TelemetryReport, modeCode int) []byte {
	o := document{dst: openEnvelope(dst, r.Source, r.MeasuredAt)}
	p := r.Position.Value // zero without a fix
	o.float("longitude", float64(p.Longitude), 8)
	o.float("latitude", float64(p.Latitude), 8)
	optional(&o, "height", p.HAE)
	optional(&o, "elevation", p.AboveTakeoff)
	optional(&o, "horizontal_speed", r.GroundSpeed)
	optional(&o, "vertical_speed", r.VerticalSpeed)
	if h := r.Heading; h.OK {
		if h.Value > 180 {
			h.Value -= 360
		}
		optional(&o, "attitude_head", h)
	}
	if modeCode < 0 {
		modeCode = codeOf(r)
	}
	if modeCode >= 0 {
		o.float("mode_code", float64(modeCode), 0)
	}
	if r.Battery.OK || r.ReturnNeed.OK {
		o.key("battery")
		in := document{dst: append(o.dst, '{')}
		optional(&in, "capacity_percent", r.Battery)
		optional(&in, "return_home_power", r.ReturnNeed)
		o.dst = append(in.dst, '}')
	}
	return append(o.dst, "}}"...)
}

// codeOf answers a mode_code for what r says; -1 for nothing.
func codeOf(r *lowsky.TelemetryReport) int {
	switch {
	case r.ForcedLanding:
		return 11
	case !r.Status.OK:
		return -1
	case r.Status.Value == lowsky.StatusGround:
		return 0
	case r.Status.Value == lowsky.StatusEmergency:
		return 11
	}
	return 5
}

// AppendState appends an aircraft's state push: its home and, if reason is not negative, its mode_code_reason.
func AppendState(dst []byte, r *lowsky.TelemetryReport, reason int) []byte {
	o := document{dst: openEnvelope(dst, r.Source, r.MeasuredAt)}
	if r.Home.OK {
		o.float("home_longitude", float64(r.Home.Value.Longitude), 8)
		o.float("home_latitude", float64(r.Home.Value.Latitude), 8)
	}
	if reason >= 0 {
		o.float("mode_code_reason", float64(reason), 0)
	}
	return append(o.dst, "}}"...)
}

// AppendStation appends the OSD of a dock or remote controller.
func AppendStation(dst []byte, st *lowsky.StationReport) []byte {
	o := document{dst: openEnvelope(dst, st.Source, st.MeasuredAt)}
	if st.Position.OK {
		o.float("longitude", float64(st.Position.Value.Longitude), 8)
		o.float("latitude", float64(st.Position.Value.Latitude), 8)
		optional(&o, "height", st.Position.Value.HAE)
	}
	if st.Kind == lowsky.StationRemote {
		o.float("capacity_percent", 80, 0)
		return append(o.dst, "}}"...)
	}
	if st.DroneInDock.OK {
		in := 0.0
		if st.DroneInDock.Value {
			in = 1
		}
		o.float("drone_in_dock", in, 0)
	}
	optional(&o, "wind_speed", st.WindSpeed)
	if st.Rain.OK {
		o.float("rainfall", float64(st.Rain.Value), 0)
	}
	optional(&o, "environment_temperature", st.Temperature)
	if st.Aircraft != "" {
		o.key("sub_device")
		o.dst = append(append(append(o.dst, `{"device_sn":`...), marshal(st.Aircraft)...), '}')
	}
	return append(o.dst, "}}"...)
}

// AppendTopology appends update_topo for a gateway of the given type (dock 2: 3, 2) with its aircraft (M30: 67, 0).
func AppendTopology(dst []byte, gateway lowsky.SourceID, at time.Time, aircraft ...lowsky.AircraftID) []byte {
	type device struct {
		SN      string `json:"sn"`
		Domain  string `json:"domain"`
		Type    int    `json:"type"`
		SubType int    `json:"sub_type"`
		Index   string `json:"index"`
		Version string `json:"thing_version"`
	}
	subs := []device{}
	for _, a := range aircraft {
		subs = append(subs, device{string(a), "0", 67, 0, "A", "1.1.2"})
	}
	data := marshal(map[string]any{"domain": "3", "type": 2, "sub_type": 0, "thing_version": "1.1.2", "sub_devices": subs})
	return AppendReply(dst, Reply{Method: "update_topo", Timestamp: at, Data: data})
}

// AppendHMS appends the complete list of alarms.
func AppendHMS(dst []byte, gateway lowsky.SourceID, at time.Time, alarms []lowsky.HMSAlarm) []byte {
	type alarm struct {
		Code       string `json:"code"`
		Level      int    `json:"level"`
		InTheSky   int    `json:"in_the_sky"`
		Imminent   int    `json:"imminent"`
		Module     int    `json:"module"`
		DeviceType string `json:"device_type"`
	}
	list := []alarm{}
	for _, a := range alarms {
		list = append(list, alarm{a.Code, a.Level, bit(a.InTheSky), bit(a.Imminent), 3, "0-67-0"})
	}
	return AppendReply(dst, Reply{Method: "hms", Timestamp: at, Gateway: gateway, Data: marshal(map[string]any{"list": list})})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func openEnvelope(dst []byte, gateway lowsky.SourceID, at time.Time) []byte {
	dst = append(dst, `{"tid":"","bid":"","timestamp":`...)
	ms := int64(0)
	if !at.IsZero() {
		ms = at.UnixMilli()
	}
	dst = strconv.AppendInt(dst, ms, 10)
	dst = append(dst, `,"gateway":`...)
	dst = append(dst, marshal(gateway)...)
	return append(dst, `,"data":{`...)
}

// document appends the keys of one object.
type document struct{ dst []byte }

func (o *document) key(k string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, k...)
	o.dst = append(o.dst, '"', ':')
}

func (o *document) float(k string, v float64, decimals int) {
	if lowsky.Finite(v) {
		o.key(k)
		o.dst = strconv.AppendFloat(o.dst, v, 'f', decimals, 64)
	}
}

func optional[F ~float64](o *document, k string, v lowsky.Opt[F]) {
	if v.OK {
		o.float(k, float64(v.Value), 2)
	}
}
