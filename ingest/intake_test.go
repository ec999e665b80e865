package ingest

import (
	"bytes"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

const here = `{"measured_at":"2026-11-22T04:00:00Z","longitude_deg":114.5,"latitude_deg":29.5}`

func TestTake(t *testing.T) {
	l := &fakeLog{}
	in := NewIntake(Config{Log: l, Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler)})
	receipt, msgs, err := in.Take(Arrival{Link: "embedded/x", Topic: "lowsky/v1/telemetry/a", Payload: []byte(here), QoS: 1}, nil)
	if err != nil || receipt == nil || len(msgs) != 1 {
		t.Fatalf("%v %v %v", receipt, msgs, err)
	}
	want := []lowsky.Record{{Kind: lowsky.RecordMessage, At: noon, Link: "embedded/x", Topic: "lowsky/v1/telemetry/a", Payload: []byte(here)}}
	if diff := cmp.Diff(want, l.taken()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	again, err := DecodeRecord(l.taken()[0])
	if diff := cmp.Diff(msgs, again); err != nil || diff != "" {
		t.Errorf("the journal reads otherwise: %v\n%s", err, diff)
	}
}

func TestSimulatedIsTheSimulatorsAlone(t *testing.T) {
	for _, own := range []bool{false, true} {
		l := &fakeLog{}
		in := newTestIntake(l)
		payload := []byte(`{"longitude_deg":114.5,"latitude_deg":29.5,"simulated":true}`)
		_, msgs, err := in.Take(Arrival{Topic: "lowsky/v1/telemetry/a", Payload: payload, Simulated: own}, nil)
		if err != nil || msgs[0].(*lowsky.TelemetryReport).Simulated != own || l.msgs[0][0].(*lowsky.TelemetryReport).Simulated != own {
			t.Errorf("own %v: %v %v", own, msgs[0], err)
		}
		again, _ := DecodeRecord(l.taken()[0])
		if again[0].(*lowsky.TelemetryReport).Simulated != own {
			t.Errorf("own %v: the journal says otherwise", own)
		}
	}
}

func TestRejectedIsCountedSampledAndEvidence(t *testing.T) {
	l := &fakeLog{}
	var out bytes.Buffer
	in := NewIntake(Config{Log: l, Now: func() time.Time { return noon }, Logger: slog.New(slog.NewTextHandler(&out, nil))})
	take := func(topic, payload string) {
		t.Helper()
		if _, _, err := in.Take(Arrival{Link: "embedded/x", Topic: topic, Payload: []byte(payload), QoS: 1}, nil); err != nil {
			t.Errorf("%s: %v", topic, err)
		}
	}
	for range 10 {
		take("lowsky/v1/telemetry/a", `{"longitude_deg":114.5,"latitude_deg":95}`)
	}
	take("lowsky/v1/telemetry/a", here)
	take("lowsky/v1/telemetry/a", `{"x":"`+strings.Repeat("x", wire.MaxPayload)+`"}`)
	take("some/other/topic", "hello")
	take("lowsky/v1/telemetry/a b", here)
	take("thing/product/A1/osd", "\x00\xff")
	take("sys/product/A1/status", `{"data":{"device_secret":"s3cret"`)

	if got := len(l.taken()); got != 12 { // ten off the Earth, the good one, and the OSD
		t.Errorf("%d records", got)
	}
	totals := in.Sources().Totals()
	want := map[wire.Reason]uint64{wire.ReasonRange: 10, wire.ReasonTooLarge: 1, wire.ReasonTopic: 1, wire.ReasonID: 1, wire.ReasonSyntax: 2}
	if diff := cmp.Diff(want, totals.Rejected); diff != "" || totals.Received != 16 || totals.Decoded != 1 || totals.Logged != 12 {
		t.Errorf("%+v\n%s", totals, diff)
	}
	var ids []string
	for _, s := range in.Sources().Snapshot() {
		ids = append(ids, string(s.ID))
		if s.ID == "direct:a" {
			if s.Received != 12 || s.Rejected[wire.ReasonRange] != 10 || s.LastRejection.Reason != wire.ReasonTooLarge || s.Format != "native" || s.LastSeen != noon {
				t.Errorf("%+v", s)
			}
		}
	}
	if diff := cmp.Diff([]string{"A1", "direct:a", "link:embedded/x"}, ids); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(out.String(), "message rejected"); n != len(want) {
		t.Errorf("%d lines, want one per reason and second:\n%s", n, out.String())
	}
	if !strings.Contains(out.String(), "latitude_deg") || strings.Contains(out.String(), "s3cret") {
		t.Errorf("the log must name the field and hold no payload:\n%s", out.String())
	}
}

func TestArrayKeepsItsGoodElements(t *testing.T) {
	l := &fakeLog{}
	in := newTestIntake(l)
	payload := `[` + here + `,{"longitude_deg":0,"latitude_deg":0}]`
	_, msgs, err := in.Take(Arrival{Topic: "lowsky/v1/telemetry/a", Payload: []byte(payload)}, nil)
	s := in.Sources().Snapshot()[0]
	if err != nil || len(msgs) != 1 || s.Decoded != 1 || s.RejectedElements != 1 || s.Rejected[wire.ReasonNoFix] != 1 {
		t.Errorf("%v %v %+v", msgs, err, s)
	}
}

func TestFullLog(t *testing.T) {
	l := &fakeLog{full: true}
	in := newTestIntake(l)
	for qos := range byte(2) {
		_, msgs, err := in.Take(Arrival{Topic: "lowsky/v1/telemetry/a", Payload: []byte(here), QoS: qos}, nil)
		if !errors.Is(err, ErrNotLogged) || len(msgs) != 1 {
			t.Errorf("QoS %d: %v %v", qos, msgs, err)
		}
	}
	if totals := in.Sources().Totals(); totals.LostQoS0 != 1 || totals.RefusedQoS1 != 1 || totals.Logged != 0 {
		t.Errorf("%+v", totals)
	}
	if in.logTakes() {
		t.Error("the log is full")
	}
}

func TestSourcesAreBounded(t *testing.T) {
	in := newTestIntake(&fakeLog{})
	for i := range maxStrangers + 500 {
		_, _, _ = in.Take(Arrival{Topic: "lowsky/v1/telemetry/noise" + strconv.Itoa(i), Payload: []byte("x")}, nil)
	}
	if _, _, err := in.Take(Arrival{Topic: "lowsky/v1/telemetry/real", Payload: []byte(here)}, nil); err != nil {
		t.Fatal(err)
	}
	found := map[lowsky.SourceID]uint64{}
	for _, s := range in.Sources().Snapshot() {
		found[s.ID] = s.Received
	}
	if len(found) > maxStrangers+2 || found[overflowSource] != 500 || found["direct:real"] != 1 {
		t.Errorf("%d sources, %d in %s", len(found), found[overflowSource], overflowSource)
	}
	if len(wire.Reasons) > len32 {
		t.Error("more reasons than room")
	}
}

func TestDockIsAnswered(t *testing.T) {
	l := &fakeLog{}
	in := newTestIntake(l)
	down := &fakePublisher{}
	take := func(topic, payload string) {
		t.Helper()
		if _, _, err := in.Take(Arrival{Topic: topic, Payload: []byte(payload)}, down); err != nil {
			t.Fatal(err)
		}
	}
	take("sys/product/D1/status", `{"tid":"1","bid":"2","method":"update_topo","timestamp":1,"data":{"type":2,"device_secret":"s3cret","sub_devices":[]}}`)
	if got := down.sent["sys/product/D1/status_reply"]; !strings.Contains(got, `"result":0`) {
		t.Errorf("status: %q", got)
	}
	if got := string(l.taken()[0].Payload); strings.Contains(got, "s3cret") || !strings.Contains(got, `"tid":"1"`) {
		t.Errorf("the secret went into the journal: %s", got)
	}
	take("thing/product/D1/requests", `{"tid":"1","bid":"2","method":"config","data":{}}`)
	take("thing/product/D1/requests", `{"tid":"1","bid":"2","method":"config","data":{}}`)
	if _, ok := down.sent["thing/product/D1/requests_reply"]; ok {
		t.Error("config must not be answered without a licence")
	}
	state := in.DJILicence()
	if state.Configured || len(state.Waiting) != 1 || state.Waiting[0].Gateway != "D1" || state.Waiting[0].Asked != 2 {
		t.Errorf("%+v", state)
	}
	in.platform = dji.Platform{AppID: "1", AppKey: "k", AppLicense: "l"}
	take("thing/product/D1/requests", `{"tid":"1","bid":"2","method":"config","data":{}}`)
	if state := in.DJILicence(); !state.Configured || len(state.Waiting) != 0 || down.sent["thing/product/D1/requests_reply"] == "" {
		t.Errorf("%+v %v", state, down.sent)
	}
}

// TestTopicsHaveOneDecoder: the list has no two lines for one topic, and every filter leads to its line.
func TestTopicsHaveOneDecoder(t *testing.T) {
	for _, d := range decoders {
		for _, f := range d.filters {
			topic := strings.Replace(f, "+", "id-1", 1)
			got, id := decoderFor(topic)
			if got == nil || got.format != d.format || id != "id-1" {
				t.Errorf("%s: %v %q", topic, got, id)
			}
			n := 0
			for _, other := range decoders {
				if _, ok := other.sender(topic); ok {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s has %d decoders", topic, n)
			}
		}
	}
	if d, _ := decoderFor(native.NoticeTopic("a")); d != nil {
		t.Error("a downlink is no uplink")
	}
}

func TestDecoderPanicCostsOneMessage(t *testing.T) {
	old := decoders
	defer func() { decoders = old }()
	decoders = append([]decoder{{format: "x", sender: func(topic string) (string, bool) { return "x", topic == "x" },
		source: func(string) lowsky.SourceID { return "x" },
		decode: func(string, []byte, time.Time, *wire.Notes) ([]lowsky.Message, error) { panic("fault") }}}, decoders...)
	in := newTestIntake(&fakeLog{})
	if _, _, err := in.Take(Arrival{Topic: "x", Payload: []byte("x")}, nil); err != nil {
		t.Fatal(err)
	}
	if n := in.Sources().Totals().Rejected[wire.ReasonPanic]; n != 1 {
		t.Errorf("counted %d", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("lowsky/v1/telemetry/a", []byte(here))
	f.Add("lowsky/v1/gateway/g/status", []byte("online"))
	f.Add("thing/product/A/osd", []byte(`{"data":{}}`))
	f.Add("x", []byte{0})
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		msgs, err := Decode(topic, payload, noon)
		if wire.ReasonOf(err) == wire.ReasonPanic || err != nil && wire.ReasonOf(err) == wire.ReasonOther {
			t.Fatal(err)
		}
		again, _ := Decode(topic, payload, noon)
		if diff := cmp.Diff(msgs, again); diff != "" {
			t.Fatalf("not a function of its arguments:\n%s", diff)
		}
	})
}
