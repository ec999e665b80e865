package native_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// TestRoundTrip: what AppendTelemetry writes, Decode reads.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := func(name string, lo, hi, step float64) (float64, bool) {
			return float64(rapid.IntRange(int(lo/step), int(hi/step)).Draw(t, name)) * step, rapid.Bool().Draw(t, name+" there")
		}
		r := &lowsky.TelemetryReport{Aircraft: "a-1", Source: "direct:a-1", Format: native.Format, ReceivedAt: received}
		if rapid.Bool().Draw(t, "gateway") {
			r.Source = "gw"
		}
		if rapid.Bool().Draw(t, "time") {
			r.MeasuredAt = time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC()
		}
		p := lowsky.Position{Longitude: lowsky.Degrees(rapid.IntRange(-180, 179).Draw(t, "lon")) + 0.5, Latitude: lowsky.Degrees(rapid.IntRange(-90, 89).Draw(t, "lat")) + 0.25}
		v, ok := opt("hae", -1000, 20000, 0.25)
		p.HAE = lowsky.Opt[lowsky.Metres]{Value: lowsky.Metres(v), OK: ok}
		if !ok {
			p.HAE = lowsky.Opt[lowsky.Metres]{}
		}
		r.Position = lowsky.Some(p)
		if v, ok = opt("speed", 0, 350, 0.25); ok {
			r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(v))
		}
		if v, ok = opt("course", 0, 359, 0.25); ok {
			r.Course = lowsky.Some(lowsky.Degrees(v))
		}
		if v, ok = opt("battery", 0, 100, 0.5); ok {
			r.Battery = lowsky.Some(lowsky.Percent(v))
		}
		r.Plan = rapid.StringMatching(`[A-Za-z0-9"\\咸宁-]{0,20}`).Draw(t, "plan")
		r.Scenario = rapid.SampledFrom(append([]lowsky.Scenario{""}, lowsky.Scenarios...)).Draw(t, "scenario")
		r.Simulated = rapid.Bool().Draw(t, "simulated")
		b := native.AppendTelemetry(nil, r)
		if !json.Valid(b) {
			t.Fatalf("not JSON: %s", b)
		}
		var notes wire.Notes
		msgs, err := native.Decode(native.TelemetryTopic("a-1"), b, received, &notes)
		if diff := cmp.Diff([]lowsky.Message{r}, msgs, withoutDigest); err != nil || diff != "" {
			t.Fatalf("%v\n%s\n%s", err, b, diff)
		}
	})
}

// TestDecimalsAreThoseOfStrconv: numbers that were rounded before, and any others.
func TestDecimalsAreThoseOfStrconv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "any")
		if rapid.Bool().Draw(t, "rounded") {
			v = float64(rapid.Int64Range(-2e10, 2e10).Draw(t, "whole")) / math.Pow10(rapid.IntRange(0, 8).Draw(t, "places"))
		}
		b := native.AppendTelemetry(nil, &lowsky.TelemetryReport{
			GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(v)), Battery: lowsky.Some(lowsky.Percent(v)),
			Pilot: lowsky.Some(lowsky.Position{Longitude: lowsky.Degrees(v)}),
		})
		want := fmt.Sprintf(`{"ground_speed_mps":%.2f,"battery_pct":%.1f,"pilot_longitude_deg":%.7f,"pilot_latitude_deg":0.0000000}`, v, v, v)
		if string(b) != want {
			t.Fatalf("%s, want %s", b, want)
		}
	})
}

func TestEncodeLeavesOutWhatIsNoNumber(t *testing.T) {
	b := native.AppendTelemetry(nil, &lowsky.TelemetryReport{Battery: lowsky.Some(lowsky.Percent(math.NaN())), Link: lowsky.Some[lowsky.Percent](5)})
	if string(b) != `{"link_pct":5.0}` {
		t.Errorf("%s", b)
	}
}

func TestBackFillRoundTrip(t *testing.T) {
	var rs []*lowsky.TelemetryReport
	for i := range 3 {
		rs = append(rs, &lowsky.TelemetryReport{Aircraft: "a", Source: "direct:a", Format: native.Format, ReceivedAt: received, BackFill: i < 2,
			MeasuredAt: received.Add(time.Duration(i-3) * time.Second), Battery: lowsky.Some(lowsky.Percent(i))})
	}
	var notes wire.Notes
	msgs, err := native.Decode(native.TelemetryTopic("a"), native.AppendBackFill(nil, rs), received, &notes)
	if diff := cmp.Diff([]lowsky.Message{rs[0], rs[1], rs[2]}, msgs, withoutDigest); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestNotice(t *testing.T) {
	b := native.AppendNotice(nil, native.Notice{Alert: "A-1", State: lowsky.AlertFiring, Severity: lowsky.Warning, Rule: "base.zone_entry",
		Text: lowsky.Text{ZH: "进入\"禁飞区\"", EN: "inside\na prohibited zone"}, RaisedAt: received})
	var got map[string]string
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"alert_id": "A-1", "state": "firing", "severity": "warning", "rule": "base.zone_entry",
		"text_zh": "进入\"禁飞区\"", "text_en": "inside\na prohibited zone", "raised_at": "2026-11-22T08:00:01Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
