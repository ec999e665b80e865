package native_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// FuzzDecode: never panics, never yields a number that is not finite or out of its range, and reads every single key as
// encoding/json does.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		sample, "[" + sample + "," + sample + "]", `{"battery_pct":1,"battery_pct":2}`, `{"l\u006fngitude_deg":1,"latitude_deg":2}`,
		`{"longitude_deg":1e2,"latitude_deg":-0.1,"plan_id":"\ud83d\ude00"}`, `[{"battery_pct":null}]`, `{"measured_at":5,"link_pct":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var notes wire.Notes
		msgs, err := native.Decode("lowsky/v1/telemetry/a", b, received, &notes)
		if err == nil && len(msgs) == 0 {
			t.Fatal("neither message nor error")
		}
		for i, m := range msgs {
			r := m.(*lowsky.TelemetryReport)
			finite(t, reflect.ValueOf(*r))
			if r.Position.OK && r.Position.Value.Check() != nil {
				t.Fatalf("position %v", r.Position.Value)
			}
			if r.BackFill != (i < len(msgs)-1) {
				t.Fatal("only the newest of an array is live")
			}
			if _, err := json.Marshal(r); err != nil {
				t.Fatalf("cannot be written on: %v", err)
			}
		}
		if err != nil || len(msgs) != 1 || b[0] != '{' {
			return
		}
		r := msgs[0].(*lowsky.TelemetryReport)
		var want map[string]any
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		p := r.Position.Value
		for key, got := range map[string]lowsky.Opt[float64]{
			"longitude_deg": float(lowsky.Opt[lowsky.Degrees]{Value: p.Longitude, OK: r.Position.OK}), "latitude_deg": float(lowsky.Opt[lowsky.Degrees]{Value: p.Latitude, OK: r.Position.OK}),
			"altitude_hae_m": float(p.HAE), "altitude_amsl_m": float(p.AMSL), "height_agl_m": float(p.AGL), "height_takeoff_m": float(p.AboveTakeoff),
			"ground_speed_mps": float(r.GroundSpeed), "vertical_speed_mps": float(r.VerticalSpeed), "horizontal_accuracy_m": float(r.HorizontalAccuracy),
			"vertical_accuracy_m": float(r.VerticalAccuracy), "battery_pct": float(r.Battery), "link_pct": float(r.Link),
		} {
			number, ok := want[key].(float64)
			if ok != got.OK || ok && number != got.Value {
				t.Fatalf("%s: encoding/json %v, we %v: %s", key, want[key], got, b)
			}
		}
		for key, got := range map[string]string{"plan_id": r.Plan, "scenario": string(r.Scenario), "status": string(r.Status.Value)} {
			if text, _ := want[key].(string); text != got {
				t.Fatalf("%s: encoding/json %q, we %q", key, text, got)
			}
		}
		if flag, _ := want["simulated"].(bool); flag != r.Simulated {
			t.Fatal("simulated")
		}
	})
}

func float[F ~float64](o lowsky.Opt[F]) lowsky.Opt[float64] {
	return lowsky.Opt[float64]{Value: float64(o.Value), OK: o.OK}
}

// finite fails on any float in v that is not a number.
func finite(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatal("not finite")
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			finite(t, v.Field(i))
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte("online"))
	f.Add([]byte(`"offline"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var notes wire.Notes
		msgs, err := native.Decode("lowsky/v1/gateway/g/status", b, received, &notes)
		if (err == nil) != (len(msgs) == 1) {
			t.Fatalf("%d messages, %v", len(msgs), err)
		}
	})
}
