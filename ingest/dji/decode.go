package dji

import (
	"slices"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// Decode reads one uplink message. It is a pure function of its arguments and keeps nothing of payload.
//
// Unknown keys, values, methods and models never fail a message; what fails one is a topic that is not of the Cloud
// API, a serial number that is none, broken JSON, and an aircraft's position off the Earth. Some messages hold nothing
// for the vocabulary and yield none.
func Decode(topic string, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	sn, ch, ok := split(topic)
	if !ok {
		return nil, wire.Refuse(wire.ReasonTopic, "topic", "is not an uplink topic of the DJI Cloud API")
	}
	if !wire.ValidID(sn) {
		return nil, wire.Refuse(wire.ReasonID, "topic", "must hold a serial number of 1 to 64 of A-Z a-z 0-9 . _ -")
	}
	if len(payload) > wire.MaxPayload {
		return nil, wire.Refuse(wire.ReasonTooLarge, "payload", "is over 256 kB")
	}
	e, err := open(payload, notes)
	if err != nil {
		return nil, err
	}
	m := message{envelope: e, sn: sn, received: received, digest: wire.Digest(payload), notes: notes}
	switch ch {
	case chStatus:
		return m.topology(), nil
	case chOSD:
		return m.osd()
	case chState:
		return m.state(), nil
	case chEvents:
		return m.events(), nil
	case chRequests:
		return m.request(), nil
	case chServices:
		return m.result("services_reply"), nil
	case chPropertySet:
		return m.result("property_set_reply"), nil
	case chDRC:
		return m.drc()
	}
	return nil, nil
}

// message is one message while it is read.
type message struct {
	envelope
	sn       string // of the topic
	received time.Time
	digest   uint32
	notes    *wire.Notes
}

// source is the gateway: as the envelope says, else the device of the topic.
func (m *message) source() lowsky.SourceID {
	if m.gateway != "" {
		return m.gateway
	}
	return lowsky.SourceID(m.sn)
}

// topology reads update_topo. sub_devices is the full list: an empty one says that the aircraft is offline. Older
// firmware sends no domain, or a version number where newer sends thing_version; device_secret is read over.
func (m *message) topology() []lowsky.Message {
	if m.method != "" && m.method != "update_topo" {
		return nil
	}
	t := &lowsky.Topology{Gateway: lowsky.SourceID(m.sn), ReceivedAt: m.received, Online: true}
	var gateway model
	seen := false
	member(m.data, func(s *wire.Scanner, key []byte) {
		if string(key) == "sub_devices" {
			seen = true
			t.Complete = s.Next() == wire.Array
			elements(s, func(s *wire.Scanner) { m.subDevice(s, t) })
			return
		}
		seen = gateway.read(s, key) || seen
	})
	if !seen {
		return nil
	}
	gateway.gateway = true
	t.Model = gateway.name()
	return []lowsky.Message{t}
}

func (m *message) subDevice(s *wire.Scanner, t *lowsky.Topology) {
	var sn string
	var of model
	members(s, func(s *wire.Scanner, key []byte) {
		if string(key) == "sn" {
			sn = s.LooseText(maxText + 1)
			return
		}
		of.read(s, key)
	})
	if !wire.ValidID(sn) || len(t.Aircraft) >= maxTopo {
		m.notes.Dropped++
		return
	}
	t.Aircraft = append(t.Aircraft, lowsky.AircraftID(sn))
	t.Models = append(t.Models, of.name())
}

// drc reads the low-latency channel. Its topic names the gateway and its messages nobody else, so the report has no
// aircraft. Of the speeds only the horizontal magnitude is used: the axes are not the ones that are documented
// (device-protocols §8).
func (m *message) drc() ([]lowsky.Message, error) {
	if m.method != "" && m.method != "osd_info_push" {
		return nil, nil
	}
	var f fields
	member(m.data, func(s *wire.Scanner, key []byte) { f.read(s, key, m.notes) })
	if !f.latitude.OK {
		return nil, nil
	}
	r := m.report("")
	if err := f.fill(r, m.notes); err != nil {
		return nil, err
	}
	return []lowsky.Message{r}, nil
}

func (m *message) report(aircraft string) *lowsky.TelemetryReport {
	r := &lowsky.TelemetryReport{Aircraft: lowsky.AircraftID(aircraft), Source: m.source(), Format: Format, MeasuredAt: m.at, ReceivedAt: m.received, Digest: m.digest}
	if m.gateway == "" && aircraft != "" {
		r.Source = "direct:" + lowsky.SourceID(aircraft)
	}
	return r
}

// request reads what a device asks. Its data is handed on as it is.
func (m *message) request() []lowsky.Message {
	return []lowsky.Message{&lowsky.DeviceRequest{
		Gateway: m.source(), Method: m.requestMethod(), MeasuredAt: m.at, ReceivedAt: m.received,
		Tid: unquote(m.tid), Bid: unquote(m.bid), Data: slices.Clone(m.data),
	}}
}

// result reads the answer to a command of ours.
func (m *message) result(channel string) []lowsky.Message {
	ev := m.event(channel)
	if m.method != "" {
		ev.Method = channel + "/" + m.method
	}
	m.progress(ev)
	return []lowsky.Message{ev}
}

func (m *message) event(method string) *lowsky.DeviceEvent {
	ev := &lowsky.DeviceEvent{Gateway: m.source(), Method: method, MeasuredAt: m.at, ReceivedAt: m.received,
		NeedReply: m.needReply, Tid: unquote(m.tid), Bid: unquote(m.bid)}
	if m.gateway != "" && string(m.gateway) != m.sn {
		ev.Aircraft = lowsky.AircraftID(m.sn)
	}
	return ev
}

func unquote(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	s := wire.NewScanner(raw)
	return s.LooseText(maxText)
}
