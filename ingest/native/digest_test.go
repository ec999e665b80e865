package native_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// withoutDigest leaves the checksum out of comparisons with reports written by hand; TestDigest looks at it.
var withoutDigest = cmpopts.IgnoreFields(lowsky.TelemetryReport{}, "Digest")

// A redelivery has the same digest, alone or inside an array; other content of the same instant has another.
func TestDigest(t *testing.T) {
	digests := func(payload string) (out []uint32) {
		t.Helper()
		msgs, err := native.Decode("lowsky/v1/telemetry/a", []byte(payload), time.Now(), &wire.Notes{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range msgs {
			out = append(out, m.(*lowsky.TelemetryReport).Digest)
		}
		return out
	}
	const one = `{"measured_at":"2026-11-22T08:00:00Z","longitude_deg":114.3,"latitude_deg":29.8}`
	const other = `{"measured_at":"2026-11-22T08:00:00Z","battery_pct":50}`
	a, b, both := digests(one), digests(other), digests("["+one+", "+other+"]")
	if a[0] == 0 || a[0] != digests(one)[0] || a[0] == b[0] {
		t.Errorf("digests %v, %v", a, b)
	}
	if both[0] != a[0] && both[1] != a[0] {
		t.Errorf("in an array %v, alone %v", both, a)
	}
}
