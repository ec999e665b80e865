package native_test

import (
	"encoding/json"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// sample is a usual report: 455 bytes.
const sample = `{"measured_at":"2026-11-22T08:00:00.123Z","longitude_deg":114.3282145,"latitude_deg":29.8523417,"altitude_hae_m":95.52,` +
	`"altitude_amsl_m":108.11,"height_agl_m":60.25,"height_takeoff_m":58.4,"ground_speed_mps":12.53,"course_deg":271.5,"heading_deg":270.2,` +
	`"vertical_speed_mps":-0.4,"horizontal_accuracy_m":1.2,"vertical_accuracy_m":2.1,"battery_pct":77.5,"link_pct":90,"status":"airborne",` +
	`"gateway_id":"gw-17","scenario":"logistics","plan_id":"P-20261122-07"}`

func BenchmarkDecode(b *testing.B) {
	payload := []byte(sample)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		var notes wire.Notes
		if _, err := native.Decode("lowsky/v1/telemetry/l-12", payload, received, &notes); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeEncodingJSON is what the standard library takes for the same document into a plain struct, without
// any of the checks.
func BenchmarkDecodeEncodingJSON(b *testing.B) {
	payload := []byte(sample)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	type doc struct {
		MeasuredAt   time.Time `json:"measured_at"`
		Longitude    *float64  `json:"longitude_deg"`
		Latitude     *float64  `json:"latitude_deg"`
		HAE          *float64  `json:"altitude_hae_m"`
		AMSL         *float64  `json:"altitude_amsl_m"`
		AGL          *float64  `json:"height_agl_m"`
		AboveTakeoff *float64  `json:"height_takeoff_m"`
		Speed        *float64  `json:"ground_speed_mps"`
		Course       *float64  `json:"course_deg"`
		Heading      *float64  `json:"heading_deg"`
		Climb        *float64  `json:"vertical_speed_mps"`
		HAcc         *float64  `json:"horizontal_accuracy_m"`
		VAcc         *float64  `json:"vertical_accuracy_m"`
		Battery      *float64  `json:"battery_pct"`
		Link         *float64  `json:"link_pct"`
		Status       string    `json:"status"`
		Gateway      string    `json:"gateway_id"`
		Scenario     string    `json:"scenario"`
		Plan         string    `json:"plan_id"`
		Simulated    bool      `json:"simulated"`
	}
	for b.Loop() {
		var d doc
		if err := json.Unmarshal(payload, &d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendTelemetry(b *testing.B) {
	var notes wire.Notes
	msgs, err := native.Decode("lowsky/v1/telemetry/l-12", []byte(sample), received, &notes)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = native.AppendTelemetry(buf[:0], msgs[0].(*lowsky.TelemetryReport))
	}
}
