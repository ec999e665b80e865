package exchange

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"lowsky/airspace"
	"lowsky/airspace/ed269"
	"lowsky/airspace/ed318"
)

// TestNationalZonesGoOutAsED318: the zones of the real ED-269 files, written as ED-318, are valid by the published schema
// and read back identical.
func TestNationalZonesGoOutAsED318(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(filepath.Join(dir, "interuss/ed318/schema/Schema_GeoZones.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"ed269/FI-ed269-reassembled.json", "ed269/LU-flattened.geojson", "interuss/uas_standards/test_eurocae_ed269.json"} {
		doc, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := ed269.Read(context.Background(), doc)
		if err != nil {
			t.Fatal(err)
		}
		kept := r.Zones[:0:0]
		for _, z := range r.Zones {
			if _, err := airspace.Repair(z); err == nil && airspace.Validate(z) == nil {
				kept = append(kept, z)
			}
		}
		if len(kept) != len(r.Zones) {
			t.Errorf("%s: %d of %d zones are fit", file, len(kept), len(r.Zones))
		}
		var b bytes.Buffer
		if _, err := ed318.Write(&b, kept); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		again, err := ed318.Read(context.Background(), b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Zones) != len(kept) || len(again.Remarks) > 0 {
			t.Fatalf("%s: %d of %d came back: %v", file, len(again.Zones), len(kept), again.Remarks)
		}
		for i, z := range kept {
			if d := cmp.Diff(z, again.Zones[i], cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s: %s", file, d)
			}
		}
	}
}
