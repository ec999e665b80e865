package ed318

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lowsky/airspace"
	"lowsky/airspace/ed/edtest"
)

func TestWriteThenReadIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := edtest.Zones().Draw(t, "zones")
		for _, z := range want {
			if err := airspace.Validate(z); err != nil {
				t.Fatalf("the generator made a bad zone: %v", err)
			}
		}
		var b bytes.Buffer
		if _, err := Write(&b, want); err != nil {
			t.Fatal(err)
		}
		got, err := Read(context.Background(), b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got.Zones, cmpopts.EquateEmpty()); d != "" || got.Read != len(want) {
			t.Fatalf("%s\n%v\n%s", d, got.Remarks, b.Bytes())
		}
	})
}
