package dji_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/wire"
)

var (
	received = time.Date(2026, 11, 22, 8, 0, 1, 0, time.UTC)
	sent     = time.Date(2026, 11, 22, 8, 0, 0, 500e6, time.UTC)
)

const stamp = `"timestamp":1795334400500`

func decode(t *testing.T, topic, payload string) ([]lowsky.Message, wire.Notes, error) {
	t.Helper()
	var notes wire.Notes
	msgs, err := dji.Decode(topic, []byte(payload), received, &notes)
	return msgs, notes, err
}

func TestDecode(t *testing.T) {
	m, deg, mps, pct := lowsky.Some[lowsky.Metres], lowsky.Some[lowsky.Degrees], lowsky.Some[lowsky.MetresPerSecond], lowsky.Some[lowsky.Percent]
	report := func(change func(*lowsky.TelemetryReport)) []lowsky.Message {
		r := &lowsky.TelemetryReport{Aircraft: "AC1", Source: "DOCK1", Format: "dji", MeasuredAt: sent, ReceivedAt: received}
		change(r)
		return []lowsky.Message{r}
	}
	event := func(change func(*lowsky.DeviceEvent)) []lowsky.Message {
		e := &lowsky.DeviceEvent{Gateway: "DOCK1", MeasuredAt: sent, ReceivedAt: received, Tid: "t", Bid: "b"}
		change(e)
		return []lowsky.Message{e}
	}
	for name, c := range map[string]struct {
		topic, data string
		want        []lowsky.Message
	}{
		"aircraft": {"thing/product/AC1/osd", `{"longitude":114.3282,"latitude":29.8523,"height":95.5,"elevation":60.25,"attitude_head":-41.5,
			"horizontal_speed":12.5,"vertical_speed":-1.5,"mode_code":5,"wind_speed":99,"wind_direction":3,"battery":{"capacity_percent":77,
			"return_home_power":25,"batteries":[{"capacity_percent":1}]},"52-0-0":{"latitude":1},"brand_new":{"a":[1]}}`,
			report(func(r *lowsky.TelemetryReport) {
				r.Position = lowsky.Some(lowsky.Position{Longitude: 114.3282, Latitude: 29.8523, HAE: m(95.5), AboveTakeoff: m(60.25)})
				r.TakeoffHAE, r.Heading, r.GroundSpeed, r.VerticalSpeed = m(35.25), deg(318.5), mps(12.5), mps(-1.5)
				r.Battery, r.ReturnNeed, r.Mode, r.Status = pct(77), pct(25), "wayline", lowsky.Some(lowsky.StatusAirborne)
			})},
		"no fix": {"thing/product/AC1/osd", `{"longitude":0,"latitude":0,"height":1189.18,"elevation":0,"mode_code":0}`,
			report(func(r *lowsky.TelemetryReport) { r.Mode, r.Status = "standby", lowsky.Some(lowsky.StatusGround) })},
		"part without place": {"thing/product/AC1/osd", `{"battery":{"capacity_percent":32767},"elevation":3}`, report(func(*lowsky.TelemetryReport) {})},
		"forced landing": {"thing/product/AC1/osd", `{"mode_code":11}`,
			report(func(r *lowsky.TelemetryReport) {
				r.Mode, r.Status, r.ForcedLanding = "forced_landing", lowsky.Some(lowsky.StatusAirborne), true
			})},
		"three-blade landing": {"thing/product/AC1/osd", `{"mode_code":"12"}`,
			report(func(r *lowsky.TelemetryReport) {
				r.Mode, r.Status, r.ForcedLanding = "three_blade_landing", lowsky.Some(lowsky.StatusAirborne), true
			})},
		"not connected":  {"thing/product/AC1/osd", `{"mode_code":14}`, report(func(r *lowsky.TelemetryReport) { r.Mode = "not_connected" })},
		"mode of future": {"thing/product/AC1/osd", `{"mode_code":77}`, report(func(r *lowsky.TelemetryReport) { r.Mode = "mode_77" })},
		"wrong types": {"thing/product/AC1/osd", `{"height":{},"elevation":[1],"battery":5,"mode_code":"x","attitude_head":null,"longitude":"114.5","latitude":"29.5"}`,
			report(func(r *lowsky.TelemetryReport) {
				r.Position = lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.5})
			})},
		"link lost": {"thing/product/AC1/state", `{"mode_code_reason":6,"home_longitude":114.25,"home_latitude":29.75}`,
			report(func(r *lowsky.TelemetryReport) {
				r.C2Lost, r.Home = lowsky.Some(true), lowsky.Some(lowsky.Position{Longitude: 114.25, Latitude: 29.75})
			})},
		"link back":     {"thing/product/AC1/state", `{"mode_code_reason":18}`, report(func(r *lowsky.TelemetryReport) { r.C2Lost = lowsky.Some(false) })},
		"still on way":  {"thing/product/AC1/state", `{"mode_code_reason":12}`, report(func(*lowsky.TelemetryReport) {})},
		"gateway state": {"thing/product/DOCK1/state", `{"firmware_version":"1"}`, nil},
		"dock": {"thing/product/DOCK1/osd", `{"longitude":114.5,"latitude":29.5,"height":30.5,"drone_in_dock":1,"wind_speed":4.5,"rainfall":2,
			"environment_temperature":-3.5,"humidity":62,"mode_code":4,"sub_device":{"device_sn":"AC1","device_paired":1}}`,
			[]lowsky.Message{&lowsky.StationReport{Station: "DOCK1", Kind: lowsky.StationDock, Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received,
				Position: lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.5, HAE: m(30.5)}), Aircraft: "AC1", DroneInDock: lowsky.Some(true),
				WindSpeed: mps(4.5), Rain: lowsky.Some(2), Temperature: lowsky.Some(-3.5), Mode: "working"}}},
		"part of a dock": {"thing/product/DOCK1/osd", `{"job_number":3,"drone_battery_maintenance_info":{"batteries":[{"voltage":32767}]}}`,
			[]lowsky.Message{&lowsky.StationReport{Station: "DOCK1", Kind: lowsky.StationDock, Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received}}},
		"controller": {"thing/product/DOCK1/osd", `{"longitude":114.5,"latitude":29.5,"height":31,"capacity_percent":88,"wireless_link":{}}`,
			[]lowsky.Message{&lowsky.StationReport{Station: "DOCK1", Kind: lowsky.StationRemote, Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received,
				Position: lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.5, HAE: m(31)})}}},
		"online": {"sys/product/DOCK1/status", `{"domain":"3","type":2,"sub_type":0,"device_secret":"s3cret","sub_devices":[
			{"sn":"AC1","domain":0,"type":"67","sub_type":1,"device_secret":"s3cret"},{"sn":"AC 2"},{"sn":"AC3","type":999},{"sn":"AC4"}]}`,
			[]lowsky.Message{&lowsky.Topology{Gateway: "DOCK1", ReceivedAt: received, Online: true, Complete: true,
				Aircraft: []lowsky.AircraftID{"AC1", "AC3", "AC4"}, Models: []string{"M30T", "0-999-0", ""}, Model: "Dock 2"}}},
		"offline": {"sys/product/DOCK1/status", `{"domain":"3","type":119,"sub_type":0,"sub_devices":[]}`,
			[]lowsky.Message{&lowsky.Topology{Gateway: "DOCK1", ReceivedAt: received, Online: true, Complete: true, Model: "3-119-0"}}},
		"older firmware": {"sys/product/DOCK1/status", `{"type":119,"sub_type":0,"version":1,"sub_devices":[{"sn":"AC1","type":60,"sub_type":0,"index":"A"}]}`,
			[]lowsky.Message{&lowsky.Topology{Gateway: "DOCK1", ReceivedAt: received, Online: true, Complete: true,
				Aircraft: []lowsky.AircraftID{"AC1"}, Models: []string{"M300 RTK"}, Model: "RC Plus"}}},
		"no list at all": {"sys/product/DOCK1/status", `{"type":2,"sub_devices":null}`,
			[]lowsky.Message{&lowsky.Topology{Gateway: "DOCK1", ReceivedAt: received, Online: true, Model: "Dock 2"}}},
		"alarms": {"thing/product/DOCK1/events", `{"list":[{"code":"0x16100083","level":2,"in_the_sky":1,"imminent":1,"module":3,"args":{"a":1}},{"code":5}]}`,
			event(func(e *lowsky.DeviceEvent) {
				e.Method, e.HMS = "hms", []lowsky.HMSAlarm{{Code: "0x16100083", Level: 2, InTheSky: true, Imminent: true}, {Code: "5"}}
			})},
		"all clear": {"thing/product/DOCK1/events", `{"list":[]}`, event(func(e *lowsky.DeviceEvent) { e.Method, e.HMS = "hms", []lowsky.HMSAlarm{} })},
		"task": {"thing/product/DOCK1/events", `{"result":314004,"output":{"status":"failed","progress":{"current_step":19,"percent":40},"ext":{"wayline_id":65535}}}`,
			event(func(e *lowsky.DeviceEvent) { e.Result, e.Status, e.Progress = 314004, "failed", lowsky.Some(40) })},
		"flat task":    {"thing/product/DOCK1/events", `{"status":"wayline_progress","result":0}`, event(func(e *lowsky.DeviceEvent) { e.Status = "wayline_progress" })},
		"answer":       {"thing/product/DOCK1/services_reply", `{"result":7}`, event(func(e *lowsky.DeviceEvent) { e.Method, e.Result = "services_reply", 7 })},
		"set answer":   {"thing/product/DOCK1/property/set_reply", `{"x":{"result":1}}`, event(func(e *lowsky.DeviceEvent) { e.Method = "property_set_reply" })},
		"data is null": {"thing/product/DOCK1/events", `null`, event(func(*lowsky.DeviceEvent) {})},
		"traffic": {"thing/product/DOCK1/events", `[{"icao":"780ABC","latitude":29.5,"longitude":114.5,"altitude":900,"altitude_type":1,"heading":-90,"warning_level":3,"vert_trend":1},
			{"icao":"780ABD","latitude":0,"longitude":0},{"icao":"780ABE","latitude":29.5,"longitude":114.75,"altitude":910,"altitude_type":0}]`,
			[]lowsky.Message{
				&lowsky.TrafficReport{Traffic: "780ABC", Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received, Course: deg(270), WarningLevel: 3,
					Position: lowsky.Position{Longitude: 114.5, Latitude: 29.5, AMSL: m(900)}},
				&lowsky.TrafficReport{Traffic: "780ABE", Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received,
					Position: lowsky.Position{Longitude: 114.75, Latitude: 29.5, HAE: m(910)}}}},
		"one traffic": {"thing/product/DOCK1/events", `{"icao":"780ABC","latitude":29.5,"longitude":114.5,"altitude":1}`,
			[]lowsky.Message{&lowsky.TrafficReport{Traffic: "780ABC", Source: "DOCK1", MeasuredAt: sent, ReceivedAt: received,
				Position: lowsky.Position{Longitude: 114.5, Latitude: 29.5}}}},
		"request": {"thing/product/DOCK1/requests", `{"devices":[{"sn":"AC1"}]}`,
			[]lowsky.Message{&lowsky.DeviceRequest{Gateway: "DOCK1", Method: "airport_bind_status", MeasuredAt: sent, ReceivedAt: received, Tid: "t", Bid: "b",
				Data: []byte(`{"devices":[{"sn":"AC1"}]}`)}}},
		"drc": {"thing/product/DOCK1/drc/up", `{"latitude":29.5,"longitude":114.5,"height":80,"attitude_head":60,"speed_x":3,"speed_y":4,"speed_z":1}`,
			[]lowsky.Message{&lowsky.TelemetryReport{Source: "DOCK1", Format: "dji", MeasuredAt: sent, ReceivedAt: received, Heading: deg(60), GroundSpeed: mps(5),
				Position: lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.5, HAE: m(80)})}}},
		"drc, other": {"thing/product/DOCK1/drc/up", `{"around_distance":[1]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := `"gateway":"DOCK1",`
			if strings.HasPrefix(c.topic, "sys/") {
				gateway = ""
			}
			msgs, _, err := decode(t, c.topic, `{"tid":"t","bid":"b",`+gateway+stamp+`,"data":`+c.data+`}`)
			if diff := cmp.Diff(c.want, msgs, withoutDigest); err != nil || diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestWithoutGateway(t *testing.T) {
	msgs, _, err := decode(t, "thing/product/AC1/osd", `{`+stamp+`,"data":{"longitude":114.5,"latitude":29.5,"elevation":5}}`)
	if err != nil || msgs[0].(*lowsky.TelemetryReport).Source != "direct:AC1" {
		t.Errorf("%v %v", msgs, err)
	}
	msgs, _, err = decode(t, "thing/product/D1/osd", `{`+stamp+`,"data":{"drone_in_dock":0}}`)
	if err != nil || msgs[0].(*lowsky.StationReport).DroneInDock != lowsky.Some(false) {
		t.Errorf("%v %v", msgs, err)
	}
}

func TestTimestamps(t *testing.T) {
	for in, want := range map[string]time.Time{
		`"timestamp":1795334400500`: sent, `"timestamp:":1795334400500`: sent, `"timestamp":"1795334400500"`: sent,
		`"timestamp":0`: {}, `"x":1`: {}, `"timestamp":-5`: {}, `"timestamp":"now"`: {}, `"timestamp":1e300`: {}, `"timestamp":{}`: {},
		`"timestamp":17953344005001`:    time.UnixMilli(17953344005001).UTC(), // 14 digits, as in DJI's examples: kept as sent
		`"timestamp":1795334400`:        time.UnixMilli(1795334400).UTC(),     // seconds: the year 1970, kept as sent
		`"timestamp":99999999999999999`: {},
	} {
		msgs, _, err := decode(t, "thing/product/AC1/osd", `{`+in+`,"gateway":"D","data":{"longitude":114.5,"latitude":29.5}}`)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		r := msgs[0].(*lowsky.TelemetryReport)
		if !r.MeasuredAt.Equal(want) || !r.Position.OK {
			t.Errorf("%s: %v", in, r.MeasuredAt)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		topic, payload string
		reason         wire.Reason
	}{
		"topic":     {"thing/product/AC1/services", `{}`, wire.ReasonTopic},
		"topic 2":   {"sys/product/AC1/status/x", `{}`, wire.ReasonTopic},
		"serial":    {"thing/product/A C/osd", `{}`, wire.ReasonID},
		"no serial": {"thing/product//osd", `{}`, wire.ReasonID},
		"empty":     {"thing/product/AC1/osd", ``, wire.ReasonEmpty},
		"array":     {"thing/product/AC1/osd", `[]`, wire.ReasonType},
		"broken":    {"thing/product/AC1/osd", `{"data":{]}`, wire.ReasonSyntax},
		"comment":   {"thing/product/AC1/property/set_reply", "{\"data\":1 // ok\n}", wire.ReasonSyntax},
		"off Earth": {"thing/product/AC1/osd", `{"gateway":"D","data":{"longitude":114,"latitude":90.5}}`, wire.ReasonRange},
		"off 2":     {"thing/product/AC1/osd", `{"gateway":"D","data":{"longitude":-180.5,"latitude":9}}`, wire.ReasonRange},
		"too large": {"thing/product/AC1/osd", `{"x":"` + strings.Repeat("x", wire.MaxPayload) + `"}`, wire.ReasonTooLarge},
		"too deep":  {"thing/product/AC1/osd", `{"data":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, wire.ReasonTooDeep},
	} {
		msgs, _, err := decode(t, c.topic, c.payload)
		if len(msgs) > 0 || wire.ReasonOf(err) != c.reason || !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %v %v", name, msgs, err)
		}
	}
}

func TestModes(t *testing.T) {
	airborne := map[int]bool{3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true, 10: true, 11: true, 12: true, 15: true, 16: true, 17: true, 18: true, 19: true, 20: true}
	for code := range 25 {
		msgs, _, err := decode(t, "thing/product/AC1/osd", `{"gateway":"D","data":{"mode_code":`+string(marshal(t, code))+`}}`)
		if err != nil {
			t.Fatal(err)
		}
		want := lowsky.Opt[lowsky.FlightStatus]{}
		switch {
		case airborne[code]:
			want = lowsky.Some(lowsky.StatusAirborne)
		case code <= 2 || code == 13:
			want = lowsky.Some(lowsky.StatusGround)
		}
		if r := msgs[0].(*lowsky.TelemetryReport); r.Status != want || r.Mode == "" || r.ForcedLanding != (code == 11 || code == 12) {
			t.Errorf("mode_code %d: %+v %q", code, r.Status, r.Mode)
		}
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	r := &lowsky.TelemetryReport{Aircraft: "AC1", Source: "D1", Format: "dji", MeasuredAt: sent, ReceivedAt: received,
		Position:    lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.25, HAE: lowsky.Some[lowsky.Metres](80.5), AboveTakeoff: lowsky.Some[lowsky.Metres](50.25)}),
		TakeoffHAE:  lowsky.Some[lowsky.Metres](30.25),
		GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](9.5), VerticalSpeed: lowsky.Some[lowsky.MetresPerSecond](-2), Heading: lowsky.Some[lowsky.Degrees](300),
		Battery: lowsky.Some[lowsky.Percent](55), ReturnNeed: lowsky.Some[lowsky.Percent](20), Status: lowsky.Some(lowsky.StatusAirborne), Mode: "wayline"}
	msgs, _, err := decode(t, dji.OSDTopic("AC1"), string(dji.AppendOSD(nil, r, -1)))
	if diff := cmp.Diff([]lowsky.Message{r}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("OSD: %v\n%s", err, diff)
	}
	st := &lowsky.StationReport{Station: "D1", Kind: lowsky.StationDock, Source: "D1", MeasuredAt: sent, ReceivedAt: received, Aircraft: "AC1",
		Position: lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.25}), DroneInDock: lowsky.Some(true), WindSpeed: lowsky.Some[lowsky.MetresPerSecond](3.25), Rain: lowsky.Some(1), Temperature: lowsky.Some(21.5)}
	msgs, _, err = decode(t, dji.OSDTopic("D1"), string(dji.AppendStation(nil, st)))
	if diff := cmp.Diff([]lowsky.Message{st}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("dock: %v\n%s", err, diff)
	}
	rc := &lowsky.StationReport{Station: "RC1", Kind: lowsky.StationRemote, Source: "RC1", MeasuredAt: sent, ReceivedAt: received, Position: st.Position}
	msgs, _, err = decode(t, dji.OSDTopic("RC1"), string(dji.AppendStation(nil, rc)))
	if diff := cmp.Diff([]lowsky.Message{rc}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("controller: %v\n%s", err, diff)
	}
	home := &lowsky.TelemetryReport{Aircraft: "AC1", Source: "D1", Format: "dji", MeasuredAt: sent, ReceivedAt: received, Home: st.Position, C2Lost: lowsky.Some(true)}
	msgs, _, err = decode(t, dji.StateTopic("AC1"), string(dji.AppendState(nil, home, 6)))
	if diff := cmp.Diff([]lowsky.Message{home}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("state: %v\n%s", err, diff)
	}
	msgs, _, err = decode(t, dji.StatusTopic("D1"), string(dji.AppendTopology(nil, "D1", sent, "AC1", "AC2")))
	want := &lowsky.Topology{Gateway: "D1", ReceivedAt: received, Online: true, Complete: true, Aircraft: []lowsky.AircraftID{"AC1", "AC2"}, Models: []string{"M30", "M30"}, Model: "Dock 2"}
	if diff := cmp.Diff([]lowsky.Message{want}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("topology: %v\n%s", err, diff)
	}
	alarms := []lowsky.HMSAlarm{{Code: "0x1", Level: 2, InTheSky: true}}
	msgs, _, err = decode(t, dji.EventsTopic("D1"), string(dji.AppendHMS(nil, "D1", sent, alarms)))
	if err != nil || cmp.Diff(alarms, msgs[0].(*lowsky.DeviceEvent).HMS) != "" {
		t.Errorf("hms: %v %v", msgs, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, topic := range []string{"sys/product/D/status", "thing/product/A/osd", "thing/product/A/state", "thing/product/D/events", "thing/product/D/requests",
		"thing/product/D/services_reply", "thing/product/D/property/set_reply", "thing/product/D/drc/up"} {
		for _, data := range []string{`{"longitude":114.5,"latitude":29.5,"height":3,"elevation":1,"battery":{"capacity_percent":5},"mode_code":5,"mode_code_reason":6}`,
			`{"drone_in_dock":1,"sub_device":{"device_sn":"A"},"rainfall":"1"}`, `{"list":[{"code":"x","level":2}]}`, `[{"icao":"x","latitude":1,"longitude":1}]`,
			`{"type":1,"sub_devices":[{"sn":"A","device_secret":"s"}]}`, `{"output":{"progress":{"percent":5},"status":"ok"},"result":0}`, `null`} {
			f.Add(topic, []byte(`{"tid":"t","bid":"b","gateway":"D","timestamp":1795334400500,"need_reply":1,"method":"update_topo","data":`+data+`}`))
		}
	}
	f.Fuzz(func(t *testing.T, topic string, b []byte) {
		var notes wire.Notes
		msgs, err := dji.Decode(topic, b, received, &notes)
		if err != nil && len(msgs) > 0 {
			t.Fatal("messages with an error")
		}
		for _, m := range msgs {
			finite(t, reflect.ValueOf(m).Elem())
			if _, err := json.Marshal(m); err != nil {
				t.Fatalf("cannot be written on: %v", err)
			}
			switch m := m.(type) {
			case *lowsky.TelemetryReport:
				if m.Position.OK && m.Position.Value.Check() != nil {
					t.Fatal(m.Position)
				}
			case *lowsky.TrafficReport:
				if m.Position.Check() != nil {
					t.Fatal(m.Position)
				}
			}
		}
		ans, ok := dji.Platform{AppID: "1", AppKey: "k", AppLicense: "l"}.Answer(topic, b, received)
		if ok && (!json.Valid(ans.Payload) || ans.Topic == "") {
			t.Fatalf("answer %q", ans.Payload)
		}
		kept := append([]byte(nil), b...)
		if dji.Redact(topic, kept) && json.Valid(b) && !json.Valid(kept) {
			t.Fatalf("redacted into %q", kept)
		}
	})
}

func finite(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatal("not finite")
		}
	case reflect.Struct:
		if v.Type().PkgPath() != "time" {
			for i := range v.NumField() {
				finite(t, v.Field(i))
			}
		}
	}
}

func BenchmarkDecodeOSD(b *testing.B) {
	payload := []byte(`{"tid":"6a7bfe89-c386-4043-b600-b518e10096cc","bid":"42a19f36-5117-4520-bd13-fd61d818d52e","timestamp":1795334400500,"gateway":"DOCK1","data":{` +
		`"attitude_head":41.7,"attitude_pitch":2.7,"attitude_roll":0,"battery":{"batteries":[{"capacity_percent":95,"voltage":24303}],"capacity_percent":90,"return_home_power":20},` +
		`"elevation":60.1,"gear":1,"height":98.417465209960938,"horizontal_speed":8.2,"latitude":29.85234171,"longitude":114.32821451,"mode_code":5,"vertical_speed":0.4,` +
		`"position_state":{"gps_number":20,"is_fixed":2,"quality":5,"rtk_number":25},"storage":{"total":1,"used":0},"wind_speed":12}}`)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		var notes wire.Notes
		if _, err := dji.Decode("thing/product/AC1/osd", payload, received, &notes); err != nil {
			b.Fatal(err)
		}
	}
}
