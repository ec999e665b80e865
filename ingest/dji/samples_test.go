package dji_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/wire"
)

// samples reads DJI's own examples from SAMPLES_DIR. None of them is in this repository.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("needs SAMPLES_DIR, the folder of real files")
	}
	names, err := filepath.Glob(filepath.Join(dir, "dji", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no samples in %s: %v", dir, err)
	}
	files := map[string][]byte{}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(n)] = b
	}
	return files
}

// uplinks is which topic a file's second word stands for; downlinks are not in it.
var uplinks = map[string]string{"status": "sys/product/SN1/status", "osd": "thing/product/SN1/osd", "events": "thing/product/SN1/events",
	"requests": "thing/product/SN1/requests", "services_reply": "thing/product/SN1/services_reply",
	"property_set_reply": "thing/product/SN1/property/set_reply", "drc_up": "thing/product/SN1/drc/up"}

// refused is every uplink sample that must be refused, and as what.
var refused = map[string]wire.Reason{"dock2.property_set_reply.json": wire.ReasonSyntax} // holds a comment

// kinds is what the samples of each name must yield; those that are not here yield one DeviceEvent.
var kinds = map[string]string{
	"dock2.osd.aircraft_m30.json": "telemetry", "dock2.osd.dock_link_part.json": "station", "dock2.osd.dock_main_part.json": "station",
	"dock2.osd.dock_maintenance_part.json": "station", "dock2.events.airsense_warning.json": "traffic",
	"dock2.status.update_topo.offline.json": "topology", "dock2.status.update_topo.online.json": "topology",
	"rcpro.status.update_topo.offline.json": "topology", "rcpro.status.update_topo.online.json": "topology",
	"dock2.requests.airport_bind_status.json": "request", "dock2.requests.airport_organization_bind.json": "request",
	"dock2.requests.airport_organization_get.json": "request", "dock2.requests.config.json": "request", "dock2.requests.flight_areas_get.json": "request",
	"dock2.requests.flighttask_progress_get.json": "request", "dock2.requests.flighttask_resource_get.json": "request",
	"dock2.drc_up.osd_info_push.json": "telemetry", "dock2.drc_up.delay_info_push.json": "", "dock2.drc_up.drone_control.json": "",
	"dock2.drc_up.drone_emergency_stop.json": "", "dock2.drc_up.drone_emergency_stop.2.json": "", "dock2.drc_up.heart_beat.json": "",
	"dock2.drc_up.hsi_info_push.json": "", "rcpro.drc_up.delay_info_push.json": "", "rcpro.drc_up.heart_beat.json": "", "rcpro.drc_up.hsi_info_push.json": "",
}

func TestSamples(t *testing.T) {
	read := 0
	for name, b := range samples(t) {
		topic, ok := uplinks[strings.Split(name, ".")[1]]
		if !ok {
			continue
		}
		read++
		var notes wire.Notes
		msgs, err := dji.Decode(topic, b, received, &notes)
		if want, ok := refused[name]; ok {
			if wire.ReasonOf(err) != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, ok := kinds[name]
		if !ok {
			want = "event"
		}
		if got := kind(msgs); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if notes.BadClock > 0 {
			t.Errorf("%s: unreadable clock", name)
		}
	}
	if read < 50 {
		t.Errorf("only %d uplink samples", read)
	}
}

func kind(msgs []lowsky.Message) string {
	if len(msgs) == 0 {
		return ""
	}
	switch msgs[0].(type) {
	case *lowsky.TelemetryReport:
		return "telemetry"
	case *lowsky.StationReport:
		return "station"
	case *lowsky.TrafficReport:
		return "traffic"
	case *lowsky.Topology:
		return "topology"
	case *lowsky.DeviceRequest:
		return "request"
	case *lowsky.DeviceEvent:
		return "event"
	}
	return "?"
}

// TestSampleAnswers: an answer of ours to each documented request has the shape of the documented answer.
func TestSampleAnswers(t *testing.T) {
	files := samples(t)
	// Failures are answered without what a success would hold.
	failures := map[string]bool{"flighttask_resource_get": true, "flighttask_progress_get": true}
	for _, c := range [][3]string{
		{"dock2.status.update_topo.online.json", "dock2.status_reply.update_topo.json", "sys/product/SN1/status"},
		{"dock2.requests.config.json", "dock2.requests_reply.config.json", "thing/product/SN1/requests"},
		{"dock2.requests.airport_bind_status.json", "dock2.requests_reply.airport_bind_status.json", "thing/product/SN1/requests"},
		{"dock2.requests.airport_organization_get.json", "dock2.requests_reply.airport_organization_get.json", "thing/product/SN1/requests"},
		{"dock2.requests.airport_organization_bind.json", "dock2.requests_reply.airport_organization_bind.json", "thing/product/SN1/requests"},
		{"dock2.requests.flight_areas_get.json", "dock2.requests_reply.flight_areas_get.json", "thing/product/SN1/requests"},
		{"dock2.requests.flighttask_resource_get.json", "dock2.requests_reply.flighttask_resource_get.json", "thing/product/SN1/requests"},
		{"dock2.requests.flighttask_progress_get.json", "dock2.requests_reply.flighttask_progress_get.json", "thing/product/SN1/requests"},
	} {
		ans, ok := licensed.Answer(c[2], files[c[0]], received)
		if !ok {
			t.Errorf("%s: not answered", c[0])
			continue
		}
		want, got := shape(t, files[c[1]]), shape(t, ans.Payload)
		if failures[ans.Method] || ans.Method == "flight_areas_get" { // no files: the list is empty
			for k := range want {
				if strings.HasPrefix(k, ".data.output.") {
					delete(want, k)
				}
			}
			for k := range got {
				if strings.HasPrefix(k, ".data.output.") {
					delete(got, k)
				}
			}
		}
		delete(want, ".method") // DJI's own examples leave it out at times
		delete(got, ".method")
		if diff := cmp.Diff(keys(want), keys(got)); diff != "" {
			t.Errorf("%s (-documented +ours)\n%s", c[1], diff)
		}
	}
}

// TestSampleDownlinks: every documented downlink in an envelope can be written by AppendReply.
func TestSampleDownlinks(t *testing.T) {
	n := 0
	for name, b := range samples(t) {
		switch strings.Split(name, ".")[1] {
		case "services", "property_set", "events_reply", "requests_reply", "status_reply":
		default:
			continue
		}
		var doc struct {
			Tid, Bid        json.RawMessage
			Method, Gateway string
			Data            json.RawMessage
		}
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n++
		ours := dji.AppendReply(nil, dji.Reply{Tid: doc.Tid, Bid: doc.Bid, Method: doc.Method, Gateway: lowsky.SourceID(doc.Gateway), Timestamp: sent, Data: doc.Data})
		want, got := shape(t, b), shape(t, ours)
		for _, k := range []string{".need_reply", ".timestamp"} { // the timestamp is a string in two of them
			delete(want, k)
			delete(got, k)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-documented +ours)\n%s", name, diff)
		}
	}
	if n < 20 {
		t.Errorf("only %d downlink samples", n)
	}
}

// shape is the paths of a document and the JSON type at each.
func shape(t *testing.T, b []byte) map[string]string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	out := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			out[path] = "object"
			for k, w := range v {
				walk(path+"."+k, w)
			}
		case []any:
			out[path] = "array"
			for _, w := range v {
				walk(path+"[]", w)
			}
		case string:
			out[path] = "string"
		case float64:
			out[path] = "number"
		case bool:
			out[path] = "bool"
		default:
			out[path] = "null"
		}
	}
	walk("", v)
	return out
}

func keys(m map[string]string) []string {
	var out []string
	for k, v := range m {
		out = append(out, k+" "+v)
	}
	sort.Strings(out)
	return out
}
