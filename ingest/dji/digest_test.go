package dji_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/wire"
)

// withoutDigest leaves the checksum out of comparisons with reports written by hand; TestDigest looks at it.
var withoutDigest = cmpopts.IgnoreFields(lowsky.TelemetryReport{}, "Digest")

// Two parts of one state share the instant and not the digest; a redelivery shares both.
func TestDigest(t *testing.T) {
	digest := func(data string) uint32 {
		t.Helper()
		payload := `{"tid":"t","bid":"b","timestamp":1795420800000,"gateway":"G1","data":` + data + `}`
		msgs, err := dji.Decode("thing/product/A1/osd", []byte(payload), time.Now(), &wire.Notes{})
		if err != nil || len(msgs) != 1 {
			t.Fatal(msgs, err)
		}
		return msgs[0].(*lowsky.TelemetryReport).Digest
	}
	position, battery := `{"latitude":29.8,"longitude":114.3,"mode_code":5}`, `{"mode_code":5,"battery":{"capacity_percent":60}}`
	if digest(position) == digest(battery) || digest(position) != digest(position) || digest(position) == 0 {
		t.Errorf("digests %d, %d", digest(position), digest(battery))
	}
}
