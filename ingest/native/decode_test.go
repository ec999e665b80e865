package native_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

var received = time.Date(2026, 11, 22, 8, 0, 1, 0, time.UTC)

func decode(t *testing.T, topic, payload string) ([]lowsky.Message, wire.Notes, error) {
	t.Helper()
	var notes wire.Notes
	msgs, err := native.Decode(topic, []byte(payload), received, &notes)
	return msgs, notes, err
}

func TestEveryKey(t *testing.T) {
	msgs, notes, err := decode(t, "lowsky/v1/telemetry/l-12", `{
		"measured_at":"2026-11-22T16:00:00.25+08:00","longitude_deg":114.3282,"latitude_deg":29.8523,
		"altitude_hae_m":95.5,"altitude_amsl_m":108,"height_agl_m":60.25,"height_takeoff_m":58,
		"ground_speed_mps":12.5,"course_deg":271.5,"heading_deg":-90,"vertical_speed_mps":-1.5,
		"horizontal_accuracy_m":1.2,"vertical_accuracy_m":2.5,"battery_pct":77.5,"link_pct":90,"status":"airborne",
		"pilot_longitude_deg":114.32,"pilot_latitude_deg":29.85,"gateway_id":"gw-1","scenario":"logistics",
		"plan_id":"P\u002d7","simulated":true,"colour":"red","extra":{"deep":[1,2,{"a":null}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &lowsky.TelemetryReport{
		Aircraft: "l-12", Source: "gw-1", Format: "native",
		MeasuredAt: time.Date(2026, 11, 22, 8, 0, 0, 250e6, time.UTC), ReceivedAt: received,
		Position: lowsky.Some(lowsky.Position{Longitude: 114.3282, Latitude: 29.8523,
			HAE: lowsky.Some[lowsky.Metres](95.5), AMSL: lowsky.Some[lowsky.Metres](108),
			AGL: lowsky.Some[lowsky.Metres](60.25), AboveTakeoff: lowsky.Some[lowsky.Metres](58)}),
		GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](12.5), Course: lowsky.Some[lowsky.Degrees](271.5),
		Heading: lowsky.Some[lowsky.Degrees](270), VerticalSpeed: lowsky.Some[lowsky.MetresPerSecond](-1.5),
		HorizontalAccuracy: lowsky.Some[lowsky.Metres](1.2), VerticalAccuracy: lowsky.Some[lowsky.Metres](2.5),
		Battery: lowsky.Some[lowsky.Percent](77.5), Link: lowsky.Some[lowsky.Percent](90),
		Status: lowsky.Some(lowsky.StatusAirborne), Pilot: lowsky.Some(lowsky.Position{Longitude: 114.32, Latitude: 29.85}),
		Scenario: lowsky.Logistics, Plan: "P-7", Simulated: true,
	}
	if diff := cmp.Diff([]lowsky.Message{want}, msgs, withoutDigest); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if notes.UnknownKeys != 2 || notes.FirstUnknown != "colour" {
		t.Errorf("notes %+v", notes)
	}
}

func TestAbsent(t *testing.T) {
	msgs, _, err := decode(t, "lowsky/v1/telemetry/a", `{"longitude_deg":114,"latitude_deg":29,"battery_pct":null,"measured_at":null,"status":null,"gateway_id":null,"simulated":null,"plan_id":null,"scenario":null,"course_deg":null}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &lowsky.TelemetryReport{Aircraft: "a", Source: "direct:a", Format: "native", ReceivedAt: received,
		Position: lowsky.Some(lowsky.Position{Longitude: 114, Latitude: 29})}
	if diff := cmp.Diff([]lowsky.Message{want}, msgs, withoutDigest); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNoFixButEmergency(t *testing.T) {
	msgs, _, err := decode(t, "lowsky/v1/telemetry/a", `{"status":"emergency"}`)
	if err != nil || len(msgs) != 1 || msgs[0].(*lowsky.TelemetryReport).Position.OK {
		t.Fatalf("%v %v", msgs, err)
	}
}

func TestRefused(t *testing.T) {
	pos := `"longitude_deg":114,"latitude_deg":29,`
	for name, c := range map[string]struct {
		payload string
		reason  wire.Reason
		field   string
	}{
		"empty":              {``, wire.ReasonEmpty, "payload"},
		"nothing":            {`{}`, wire.ReasonEmpty, "payload"},
		"only unknown":       {`{"x":1,"measured_at":"2026-01-01T00:00:00Z"}`, wire.ReasonEmpty, "payload"},
		"a number":           {`7`, wire.ReasonType, "payload"},
		"not JSON":           {`lat=29`, wire.ReasonSyntax, "byte 0"},
		"cut off":            {`{"longitude_deg":114,"latit`, wire.ReasonSyntax, "byte 21"},
		"two objects":        {`{"battery_pct":1}{}`, wire.ReasonSyntax, "byte 17"},
		"NaN":                {`{"longitude_deg":NaN,"latitude_deg":29}`, wire.ReasonSyntax, "byte 17"},
		"longitude over":     {`{"longitude_deg":180.0001,"latitude_deg":29}`, wire.ReasonRange, "longitude_deg"},
		"longitude under":    {`{"longitude_deg":-180.0001,"latitude_deg":29}`, wire.ReasonRange, "longitude_deg"},
		"latitude over":      {`{"longitude_deg":114,"latitude_deg":90.0001}`, wire.ReasonRange, "latitude_deg"},
		"latitude under":     {`{"longitude_deg":114,"latitude_deg":-90.0001}`, wire.ReasonRange, "latitude_deg"},
		"infinite":           {`{"longitude_deg":1e999,"latitude_deg":29}`, wire.ReasonRange, "byte 17"},
		"no fix":             {`{"longitude_deg":0,"latitude_deg":-0.0}`, wire.ReasonNoFix, "position"},
		"half a place":       {`{"longitude_deg":114}`, wire.ReasonMissing, "latitude_deg"},
		"other half":         {`{"latitude_deg":29}`, wire.ReasonMissing, "longitude_deg"},
		"height of nothing":  {`{"height_agl_m":29}`, wire.ReasonMissing, "longitude_deg"},
		"half a pilot":       {`{` + pos + `"pilot_latitude_deg":29}`, wire.ReasonMissing, "pilot_longitude_deg"},
		"string for number":  {`{"longitude_deg":"114","latitude_deg":29}`, wire.ReasonType, "longitude_deg"},
		"number for string":  {`{` + pos + `"status":1}`, wire.ReasonType, "status"},
		"object for number":  {`{` + pos + `"battery_pct":{}}`, wire.ReasonType, "battery_pct"},
		"string for flag":    {`{` + pos + `"simulated":"true"}`, wire.ReasonType, "simulated"},
		"strange status":     {`{` + pos + `"status":"flying"}`, wire.ReasonWord, "status"},
		"strange scenario":   {`{` + pos + `"scenario":"war"}`, wire.ReasonWord, "scenario"},
		"altitude":           {`{` + pos + `"altitude_hae_m":20001}`, wire.ReasonRange, "altitude_hae_m"},
		"altitude low":       {`{` + pos + `"altitude_amsl_m":-1000.5}`, wire.ReasonRange, "altitude_amsl_m"},
		"agl":                {`{` + pos + `"height_agl_m":1e5}`, wire.ReasonRange, "height_agl_m"},
		"take-off":           {`{` + pos + `"height_takeoff_m":-2000}`, wire.ReasonRange, "height_takeoff_m"},
		"speed":              {`{` + pos + `"ground_speed_mps":-0.1}`, wire.ReasonRange, "ground_speed_mps"},
		"course":             {`{` + pos + `"course_deg":360.5}`, wire.ReasonRange, "course_deg"},
		"heading":            {`{` + pos + `"heading_deg":-181}`, wire.ReasonRange, "heading_deg"},
		"climb":              {`{` + pos + `"vertical_speed_mps":151}`, wire.ReasonRange, "vertical_speed_mps"},
		"accuracy":           {`{` + pos + `"horizontal_accuracy_m":-1}`, wire.ReasonRange, "horizontal_accuracy_m"},
		"vertical accuracy":  {`{` + pos + `"vertical_accuracy_m":-1}`, wire.ReasonRange, "vertical_accuracy_m"},
		"battery":            {`{` + pos + `"battery_pct":100.1}`, wire.ReasonRange, "battery_pct"},
		"link":               {`{` + pos + `"link_pct":-1}`, wire.ReasonRange, "link_pct"},
		"gateway":            {`{` + pos + `"gateway_id":"a/b"}`, wire.ReasonID, "gateway_id"},
		"plan too long":      {`{` + pos + `"plan_id":"` + strings.Repeat("x", 65) + `"}`, wire.ReasonRange, "plan_id"},
		"plan with NUL":      {`{` + pos + `"plan_id":"a\u0000"}`, wire.ReasonRange, "plan_id"},
		"too deep":           {`{` + pos + `"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, wire.ReasonTooDeep, "byte 74"},
		"too large":          {`{` + pos + `"x":"` + strings.Repeat("x", wire.MaxPayload) + `"}`, wire.ReasonTooLarge, "payload"},
		"empty array":        {`[]`, wire.ReasonEmpty, "payload"},
		"too many":           {`[` + strings.Repeat(`{"battery_pct":1},`, 4096) + `{}]`, wire.ReasonTooMany, "payload"},
		"first of two":       {`{"latitude_deg":91,"longitude_deg":"x"}`, wire.ReasonRange, "latitude_deg"},
		"array of array":     {`[[]]`, wire.ReasonType, "[0]"},
		"array, all bad":     {`[{"battery_pct":1000}]`, wire.ReasonRange, "[0].battery_pct"},
		"bad after bad JSON": {`{"battery_pct":1000,,}`, wire.ReasonSyntax, "byte 20"},
	} {
		t.Run(name, func(t *testing.T) {
			msgs, _, err := decode(t, "lowsky/v1/telemetry/a", c.payload)
			var invalid *lowsky.InvalidError
			if len(msgs) > 0 || !errors.As(err, &invalid) || wire.ReasonOf(err) != c.reason || invalid.Field != c.field {
				t.Errorf("%d messages, %v", len(msgs), err)
			}
		})
	}
}

func TestAtTheLimitIsTaken(t *testing.T) {
	for _, payload := range []string{
		`{"longitude_deg":180,"latitude_deg":90}`, `{"longitude_deg":-180,"latitude_deg":-90}`, `{"longitude_deg":0,"latitude_deg":1e-7}`,
		`{"battery_pct":0}`, `{"battery_pct":100}`, `{"ground_speed_mps":350}`, `{"course_deg":360}`, `{"vertical_speed_mps":-150}`,
		`{"longitude_deg":1,"latitude_deg":1,"altitude_hae_m":-1000,"height_agl_m":20000}`, `{"longitude_deg":1.1e2,"latitude_deg":29}`,
	} {
		if _, _, err := decode(t, "lowsky/v1/telemetry/a", payload); err != nil {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

func TestClockNeverRejects(t *testing.T) {
	for clock, want := range map[string]time.Time{
		`"2026-11-22T08:00:00Z"`:           time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		`"1970-01-01T00:00:00Z"`:           time.Unix(0, 0).UTC(),
		`"2099-02-28T23:59:59.123456789Z"`: time.Date(2099, 2, 28, 23, 59, 59, 123456789, time.UTC),
		`"2024-02-29T00:00:00.5Z"`:         time.Date(2024, 2, 29, 0, 0, 0, 5e8, time.UTC),
		`"2026-11-22T08:00:00-23:30"`:      time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC),
		`"2025-02-29T00:00:00Z"`:           {}, // no such day
		`"9999-12-31T23:59:59-01:00"`:      {}, // the year 10000 in UTC cannot be written down again
		`"0000-01-01T00:00:00Z"`:           {},
		`"yesterday"`:                      {},
		`1700000000000`:                    {},
		`{"a":1}`:                          {},
		`""`:                               {},
		`null`:                             {},
	} {
		msgs, notes, err := decode(t, "lowsky/v1/telemetry/a", `{"measured_at":`+clock+`,"longitude_deg":114,"latitude_deg":29}`)
		if err != nil {
			t.Errorf("%s: %v", clock, err)
			continue
		}
		if got := msgs[0].(*lowsky.TelemetryReport).MeasuredAt; !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v", clock, got)
		}
		if bad := want.IsZero() && clock != "null"; (notes.BadClock == 1) != bad {
			t.Errorf("%s: noted %d", clock, notes.BadClock)
		}
	}
}

func TestBackFill(t *testing.T) {
	at := func(s int) string { return time.Date(2026, 11, 22, 8, 0, s, 0, time.UTC).Format(time.RFC3339) }
	msgs, notes, err := decode(t, "lowsky/v1/telemetry/a", `[
		{"measured_at":"`+at(30)+`","longitude_deg":114.3,"latitude_deg":29},
		{"measured_at":"`+at(10)+`","longitude_deg":114.1,"latitude_deg":29},
		{"measured_at":"`+at(15)+`","longitude_deg":0,"latitude_deg":0},
		7,
		{"measured_at":"`+at(20)+`","longitude_deg":114.2,"latitude_deg":29}]`)
	var got []string
	for _, m := range msgs {
		r := m.(*lowsky.TelemetryReport)
		line := r.MeasuredAt.Format("05 ")
		if r.BackFill {
			line += "late"
		} else {
			line += "live"
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"10 late", "20 late", "30 live"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var invalid *lowsky.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != "[2].position" || wire.ReasonOf(err) != wire.ReasonNoFix || notes.Refused != 2 {
		t.Errorf("the bad elements must be named and counted: %v, %+v", err, notes)
	}
	if msgs, _, err := decode(t, "lowsky/v1/telemetry/a", `[{"battery_pct":1},{"battery_pct":2},]`); len(msgs) > 0 || wire.ReasonOf(err) != wire.ReasonSyntax {
		t.Errorf("broken JSON must be refused whole: %d messages, %v", len(msgs), err)
	}
	if msgs, _, err := decode(t, "lowsky/v1/telemetry/a", `[{"battery_pct":1},{"battery_pct":2}]`); err != nil || msgs[1].(*lowsky.TelemetryReport).BackFill || msgs[1].(*lowsky.TelemetryReport).Battery.Value != 2 {
		t.Errorf("without times the last is the newest: %v", err)
	}
}

func TestGatewayStatus(t *testing.T) {
	for payload, want := range map[string]*lowsky.Topology{
		"online": {Gateway: "gw-1", ReceivedAt: received, Online: true}, "offline": {Gateway: "gw-1", ReceivedAt: received},
		`"online"`: {Gateway: "gw-1", ReceivedAt: received, Online: true}, "offline\n": {Gateway: "gw-1", ReceivedAt: received},
	} {
		msgs, _, err := decode(t, "lowsky/v1/gateway/gw-1/status", payload)
		if diff := cmp.Diff([]lowsky.Message{want}, msgs, withoutDigest); err != nil || diff != "" {
			t.Errorf("%q: %v %s", payload, err, diff)
		}
	}
	for payload, reason := range map[string]wire.Reason{"": wire.ReasonEmpty, "on": wire.ReasonWord, strings.Repeat("x", 1<<20): wire.ReasonWord} {
		if _, _, err := decode(t, "lowsky/v1/gateway/gw-1/status", payload); wire.ReasonOf(err) != reason {
			t.Errorf("%.10q: %v", payload, err)
		}
	}
}

func TestTopics(t *testing.T) {
	for topic, reason := range map[string]wire.Reason{
		"lowsky/v1/telemetry/": wire.ReasonID, "lowsky/v1/telemetry/a/b": wire.ReasonID, "lowsky/v1/telemetry/无人机": wire.ReasonID,
		"lowsky/v1/telemetry/" + strings.Repeat("x", 65): wire.ReasonID, "lowsky/v1/gateway//status": wire.ReasonID,
		"lowsky/v1/gateway/x": wire.ReasonTopic, "lowsky/v2/telemetry/a": wire.ReasonTopic, "": wire.ReasonTopic,
		"lowsky/v1/notice/a": wire.ReasonTopic,
	} {
		if _, _, err := decode(t, topic, `{"battery_pct":1}`); wire.ReasonOf(err) != reason {
			t.Errorf("%q: %v", topic, err)
		}
	}
	if got := native.TelemetryTopic("a"); got != "lowsky/v1/telemetry/a" {
		t.Error(got)
	}
	if got := native.StatusTopic("g"); got != "lowsky/v1/gateway/g/status" {
		t.Error(got)
	}
	if got := native.NoticeTopic("a"); got != "lowsky/v1/notice/a" {
		t.Error(got)
	}
}
