package dji

import (
	"encoding/json"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// Platform is what a device is told about us when it asks.
type Platform struct {
	AppID, AppKey, AppLicense string // of developer.dji.com; all three or none
	NTPHost                   string // clock for docks without internet; empty: not told
	NTPPort                   int    // 123 if 0
	Organisation              string // organisation id, "lowsky" if empty
	OrganisationName          string // shown on the controller, "Lowsky" if empty
}

// Licensed reports whether the config request can be answered.
func (p Platform) Licensed() bool { return p.AppID != "" && p.AppKey != "" && p.AppLicense != "" }

// MethodConfig is the request for app id, key, licence and clock.
const MethodConfig = "config"

// Answer is one reply, to be published at QoS 1.
type Answer struct {
	Topic    string
	Payload  []byte
	Method   string
	Gateway  lowsky.SourceID
	Withheld bool // there is something to answer, but not without a licence
}

// Answer answers what a device waits for (device-protocols §1.2, §1.8): update_topo, an event that asks for it, and
// every request of the table below. False where it waits for nothing. It is a pure function; now is the reply's
// timestamp.
//
// Without a licence config is withheld: a wrong licence makes a dock disconnect, while one that gets no answer stays
// connected and asks again.
func (p Platform) Answer(topic string, payload []byte, now time.Time) (Answer, bool) {
	sn, ch, ok := split(topic)
	if !ok || !wire.ValidID(sn) || ch != chStatus && ch != chEvents && ch != chRequests || len(payload) > wire.MaxPayload {
		return Answer{}, false
	}
	var notes wire.Notes
	e, err := open(payload, &notes)
	if err != nil {
		return Answer{}, false
	}
	m := message{envelope: e, sn: sn, notes: &notes}
	a := Answer{Gateway: lowsky.SourceID(sn)}
	r := Reply{Tid: e.tid, Bid: e.bid, Timestamp: now, Gateway: e.gateway}
	switch ch {
	case chStatus:
		a.Topic, a.Method = StatusReplyTopic(sn), e.method
		if a.Method == "" {
			a.Method = "update_topo"
		}
		r.Data = succeeded
	case chEvents:
		if !e.needReply {
			return Answer{}, false
		}
		a.Topic, a.Method = EventsReplyTopic(sn), m.eventMethod()
		r.Data = succeeded
	case chRequests:
		a.Topic, a.Method = RequestsReplyTopic(sn), m.requestMethod()
		answer, known := requests[a.Method]
		if !known {
			return Answer{}, false
		}
		if a.Method == MethodConfig && !p.Licensed() {
			a.Withheld = true
			return a, true
		}
		r.Data = answer(p, m.data)
	}
	r.Method = a.Method
	a.Payload = AppendReply(nil, r)
	return a, true
}

var (
	succeeded = json.RawMessage(`{"result":0}`)
	// notHere is a failure that a device can go on from: what it asks for is not kept by this platform.
	notHere = json.RawMessage(`{"result":1,"output":{}}`)
)

// requests is the table of what docks ask → the data of the answer.
var requests = map[string]func(p Platform, data []byte) json.RawMessage{
	MethodConfig:                config,
	"airport_bind_status":       bindStatus,
	"airport_organization_get":  organisationOf,
	"airport_organization_bind": bind,
	// No media storage and no wayline files here: the dock keeps its media, and a task whose file cannot be had fails
	// at once instead of after a timeout.
	"storage_config_get":      func(Platform, []byte) json.RawMessage { return notHere },
	"flighttask_resource_get": func(Platform, []byte) json.RawMessage { return notHere },
	"flighttask_progress_get": func(Platform, []byte) json.RawMessage { return notHere },
	// Unanswered, these two hold up every take-off for about 40 s.
	"flight_areas_get": func(Platform, []byte) json.RawMessage {
		return json.RawMessage(`{"result":0,"output":{"files":[]}}`)
	},
	"offline_map_get": func(Platform, []byte) json.RawMessage { return succeeded },
}

func config(p Platform, _ []byte) json.RawMessage {
	port := p.NTPPort
	if port == 0 {
		port = 123
	}
	type answer struct {
		AppID      json.RawMessage `json:"app_id"`
		AppKey     string          `json:"app_key"`
		AppLicense string          `json:"app_license"`
		NTPHost    string          `json:"ntp_server_host,omitempty"`
		NTPPort    int             `json:"ntp_server_port,omitempty"`
	}
	a := answer{AppID: number(p.AppID), AppKey: p.AppKey, AppLicense: p.AppLicense}
	if p.NTPHost != "" {
		a.NTPHost, a.NTPPort = p.NTPHost, port
	}
	return marshal(a)
}

// number writes an id as a JSON number where it is one, as DJI's example does, else as a string.
func number(id string) json.RawMessage {
	for _, c := range id {
		if c < '0' || c > '9' {
			return marshal(id)
		}
	}
	if id[0] == '0' || len(id) > 15 {
		return marshal(id)
	}
	return json.RawMessage(id)
}

// bindStatus says of every device asked about that it belongs to us: a device that got past the broker's credentials
// is ours, and binding on the controller is no second gate here.
func bindStatus(p Platform, data []byte) json.RawMessage {
	type status struct {
		SN       string `json:"sn"`
		Bound    bool   `json:"is_device_bind_organization"`
		ID       string `json:"organization_id"`
		Name     string `json:"organization_name"`
		Callsign string `json:"device_callsign"`
	}
	out := []status{}
	for _, sn := range serials(data, "devices") {
		out = append(out, status{sn, true, p.organisation(), p.organisationName(), sn})
	}
	return marshal(map[string]any{"result": 0, "output": map[string]any{"bind_status": out}})
}

func organisationOf(p Platform, _ []byte) json.RawMessage {
	return marshal(map[string]any{"result": 0, "output": map[string]any{"organization_name": p.organisationName()}})
}

func bind(_ Platform, data []byte) json.RawMessage {
	type device struct {
		SN   string `json:"sn"`
		Code int    `json:"err_code"` // 0: bound
	}
	out := []device{}
	for _, sn := range serials(data, "bind_devices") {
		out = append(out, device{sn, 0})
	}
	return marshal(map[string]any{"result": 0, "output": map[string]any{"err_infos": out}})
}

// serials answers the sn of each element of data's array key.
func serials(data []byte, key string) (sns []string) {
	member(data, func(s *wire.Scanner, k []byte) {
		if string(k) != key {
			s.Skip()
			return
		}
		elements(s, func(s *wire.Scanner) {
			members(s, func(s *wire.Scanner, k []byte) {
				if string(k) != "sn" {
					s.Skip()
					return
				}
				if sn := s.LooseText(maxText + 1); wire.ValidID(sn) && len(sns) < maxTopo {
					sns = append(sns, sn)
				}
			})
		})
	})
	return sns
}

func (p Platform) organisation() string {
	if p.Organisation == "" {
		return "lowsky"
	}
	return p.Organisation
}

func (p Platform) organisationName() string {
	if p.OrganisationName == "" {
		return "Lowsky"
	}
	return p.OrganisationName
}

// marshal encodes what cannot fail: our own structs of strings and numbers.
func marshal(v any) json.RawMessage {
	b, _ := json.Marshal(v)
	return b
}
