package native_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

const target = `{"traffic_id":"780ABC","measured_at":"2026-11-22T04:00:00Z","longitude_deg":114.32,"latitude_deg":29.85,` +
	`"pressure_altitude_m":600,"ground_speed_mps":70,"course_deg":-90,"vertical_speed_mps":-2.5,"category":"A1"}`

func decodeAt(topic, payload string) ([]lowsky.Message, wire.Notes, error) {
	var notes wire.Notes
	msgs, err := native.Decode(topic, []byte(payload), received, &notes)
	return msgs, notes, err
}

func TestTraffic(t *testing.T) {
	msgs, _, err := decodeAt(native.TrafficTopic("radar-1"), target)
	if err != nil || len(msgs) != 1 {
		t.Fatal(msgs, err)
	}
	m := msgs[0].(*lowsky.TrafficReport)
	if m.Traffic != "780ABC" || m.Source != "radar-1" || m.PressureAltitude.Value != 600 || m.GroundSpeed.Value != 70 ||
		m.Course.Value != 270 || m.VerticalSpeed.Value != -2.5 || m.Category != "A1" || m.Position.Longitude != 114.32 ||
		m.Position.HAE.OK || m.Position.AMSL.OK || m.MeasuredAt.IsZero() || !m.ReceivedAt.Equal(received) {
		t.Errorf("%+v", m)
	}
	msgs, notes, err := decodeAt(native.TrafficTopic("radar-1"), "["+target+`,{"traffic_id":"x"},5,`+strings.Replace(target, "780ABC", "780ABD", 1)+"]")
	if len(msgs) != 2 || notes.Refused != 2 || err == nil || msgs[1].(*lowsky.TrafficReport).Traffic != "780ABD" {
		t.Errorf("%d messages, %d refused, %v", len(msgs), notes.Refused, err)
	}
}

func TestWeather(t *testing.T) {
	msgs, _, err := decodeAt(native.WeatherTopic("mast-1"), `{"measured_at":"2026-11-22T04:00:00Z","longitude_deg":114.3,"latitude_deg":29.8,
		"qnh_hpa":1021.5,"wind_speed_mps":4.2,"temperature_c":-3,"humidity_pct":60}`)
	if err != nil || len(msgs) != 1 {
		t.Fatal(msgs, err)
	}
	m := msgs[0].(*lowsky.StationReport)
	if m.Station != "mast-1" || m.Source != "mast-1" || m.Kind != lowsky.StationWeather || m.QNH.Value != 1021.5 || m.WindSpeed.Value != 4.2 ||
		m.Temperature.Value != -3 || m.Humidity.Value != 60 || m.Position.Value.Latitude != 29.8 {
		t.Errorf("%+v", m)
	}
}

// TestSurroundingsRoundTrip: what AppendTraffic and AppendWeather write, Decode reads; and of absent fields nothing is written.
func TestSurroundingsRoundTrip(t *testing.T) {
	place := lowsky.Position{Longitude: 114.3210001, Latitude: 29.85, HAE: lowsky.Some[lowsky.Metres](286.25), AMSL: lowsky.Some[lowsky.Metres](300)}
	at := received.Add(-1500 * time.Millisecond)
	for _, r := range []*lowsky.TrafficReport{
		{Traffic: "780ABC", MeasuredAt: at, Position: place, GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](61.5),
			Course: lowsky.Some[lowsky.Degrees](271.5), VerticalSpeed: lowsky.Some[lowsky.MetresPerSecond](-2), Category: "B-1"},
		{Traffic: "x", Position: lowsky.Position{Longitude: 1, Latitude: 2}, PressureAltitude: lowsky.Some[lowsky.Metres](-12.5)},
	} {
		r.Source, r.ReceivedAt = "radar-1", received
		msgs, _, err := decodeAt(native.TrafficTopic("radar-1"), string(native.AppendTraffic(nil, r)))
		if err != nil || len(msgs) != 1 || !reflect.DeepEqual(msgs[0], lowsky.Message(r)) {
			t.Errorf("%+v came back as %+v, %v", r, msgs, err)
		}
	}
	for _, r := range []*lowsky.StationReport{
		{MeasuredAt: at, Position: lowsky.Some(place), QNH: lowsky.Some(1016.25), WindSpeed: lowsky.Some[lowsky.MetresPerSecond](4),
			Temperature: lowsky.Some(-3.5), Humidity: lowsky.Some[lowsky.Percent](62)},
		{Temperature: lowsky.Some(20.0)},
	} {
		r.Station, r.Source, r.Kind, r.ReceivedAt = "m-1", "m-1", lowsky.StationWeather, received
		msgs, _, err := decodeAt(native.WeatherTopic("m-1"), string(native.AppendWeather(nil, r)))
		if err != nil || len(msgs) != 1 || !reflect.DeepEqual(msgs[0], lowsky.Message(r)) {
			t.Errorf("%+v came back as %+v, %v", r, msgs, err)
		}
	}
}

func TestSurroundingsRefused(t *testing.T) {
	traffic, weather := native.TrafficTopic("radar-1"), native.WeatherTopic("mast-1")
	for _, c := range []struct {
		topic, payload string
		reason         wire.Reason
		field          string
	}{
		{native.TrafficTopic("a b"), target, wire.ReasonID, "source_id"},
		{native.TrafficTopic(""), target, wire.ReasonID, "source_id"},
		{traffic, ``, wire.ReasonEmpty, "payload"},
		{traffic, `[]`, wire.ReasonEmpty, "payload"},
		{traffic, `5`, wire.ReasonType, "payload"},
		{traffic, `[` + target, wire.ReasonSyntax, "byte 212"},
		{traffic, target + `x`, wire.ReasonSyntax, "byte 211"},
		{traffic, strings.Replace(target, `"traffic_id":"780ABC",`, "", 1), wire.ReasonMissing, "traffic_id"},
		{traffic, strings.Replace(target, `780ABC`, "7+8", 1), wire.ReasonID, "traffic_id"},
		{traffic, strings.Replace(target, `"780ABC"`, "7", 1), wire.ReasonType, "traffic_id"},
		{traffic, `{"traffic_id":"x"}`, wire.ReasonMissing, "longitude_deg"},
		{traffic, `{"traffic_id":"x","longitude_deg":1}`, wire.ReasonMissing, "latitude_deg"},
		{traffic, `{"traffic_id":"x","longitude_deg":0,"latitude_deg":0}`, wire.ReasonNoFix, "position"},
		{traffic, strings.Replace(target, `600`, "20001", 1), wire.ReasonRange, "pressure_altitude_m"},
		{traffic, strings.Replace(target, `:70,`, `:351,`, 1), wire.ReasonRange, "ground_speed_mps"},
		{traffic, strings.Replace(target, `"A1"`, `"`+strings.Repeat("a", 33)+`"`, 1), wire.ReasonRange, "category"},
		{traffic, strings.Replace(target, `"A1"`, `"a\u0000"`, 1), wire.ReasonRange, "category"},
		{native.WeatherTopic("a b"), `{}`, wire.ReasonID, "station_id"},
		{weather, `[]`, wire.ReasonType, "payload"},
		{weather, `{}`, wire.ReasonEmpty, "payload"},
		{weather, `{"qnh_hpa":1013}`, wire.ReasonMissing, "longitude_deg"},
		{weather, `{"longitude_deg":114,"latitude_deg":29,"qnh_hpa":849.9}`, wire.ReasonRange, "qnh_hpa"},
		{weather, `{"longitude_deg":114,"latitude_deg":29,"qnh_hpa":1090.1}`, wire.ReasonRange, "qnh_hpa"},
		{weather, `{"wind_speed_mps":121}`, wire.ReasonRange, "wind_speed_mps"},
		{weather, `{"altitude_amsl_m":20}`, wire.ReasonMissing, "longitude_deg"},
	} {
		msgs, _, err := decodeAt(c.topic, c.payload)
		var bad *lowsky.InvalidError
		if wire.ReasonOf(err) != c.reason || !errors.As(err, &bad) || bad.Field != c.field || len(msgs) != 0 {
			t.Errorf("%s %s: %d messages, %v, want %s of %s", c.topic, c.payload, len(msgs), err, c.reason, c.field)
		}
	}
}

func FuzzTraffic(f *testing.F) {
	f.Add([]byte(target))
	f.Add([]byte("[" + target + `,{"traffic_id":"x"},null,` + target + "]"))
	f.Add([]byte(`[{"traffic_id":"a","longitude_deg":1e1,"latitude_deg":2,"altitude_amsl_m":null}]`))
	fuzzSurroundings(f, native.TrafficTopic("radar-1"))
}

func FuzzWeather(f *testing.F) {
	f.Add([]byte(`{"longitude_deg":114,"latitude_deg":29,"qnh_hpa":1013.2,"measured_at":"2026-11-22T04:00:00+08:00"}`))
	f.Add([]byte(`{"wind_speed_mps":3,"temperature_c":-40.5,"humidity_pct":100,"what":[1]}`))
	fuzzSurroundings(f, native.WeatherTopic("mast-1"))
}

// fuzzSurroundings: never panics, never yields a number that is none, or a place off the Earth.
func fuzzSurroundings(f *testing.F, topic string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		msgs, _, err := decodeAt(topic, string(b))
		if err == nil && len(msgs) == 0 {
			t.Fatal("neither message nor error")
		}
		if err == nil && !json.Valid(b) {
			t.Fatal("encoding/json cannot read it")
		}
		for _, m := range msgs {
			finite(t, reflect.ValueOf(m).Elem())
			if _, err := json.Marshal(m); err != nil {
				t.Fatalf("cannot be written on: %v", err)
			}
			switch m := m.(type) {
			case *lowsky.TrafficReport:
				if m.Position.Check() != nil || m.Traffic == "" {
					t.Fatalf("%+v", m)
				}
			case *lowsky.StationReport:
				if m.Position.OK && m.Position.Value.Check() != nil || m.QNH.OK && (m.QNH.Value < 850 || m.QNH.Value > 1090) {
					t.Fatalf("%+v", m)
				}
			default:
				t.Fatalf("a %T", m)
			}
		}
	})
}
