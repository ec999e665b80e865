package ed318

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"lowsky/airspace/ed/edtest"
)

// samples answers the folder of real files, or skips.
func samples(t testing.TB) string {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set: real files were not read")
	}
	return dir
}

// schema compiles the published JSON Schema (draft-07, its files refer to each other), formats asserted.
func schema(t testing.TB) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join(samples(t), "interuss/ed318/schema/Schema_GeoZones.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, doc []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// TestSchemaTells shows that the schema is really asked: it accepts the published examples and refuses the invalid one.
func TestSchemaTells(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob(filepath.Join(samples(t), "interuss/ed318/examples/*Example_GeoZone_*.json"))
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		doc, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		wrong := strings.Contains(f, "Invalid")
		if err := validate(s, doc); (err != nil) != wrong {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
	}
}

func TestWriteIsValidBySchema(t *testing.T) {
	s := schema(t)
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		if _, err := Write(&b, edtest.Zones().Draw(t, "zones")); err != nil {
			t.Fatal(err)
		}
		if err := validate(s, b.Bytes()); err != nil {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
	})
}

// TestImportedIsWrittenValid: what came from any of the real files goes out valid by the schema.
func TestImportedIsWrittenValid(t *testing.T) {
	s := schema(t)
	for _, f := range []string{"interuss/ed318/examples/Example_Collection.json", "interuss/monitoring/che/geoawareness/cis_source_sample_ed318.json"} {
		doc, err := os.ReadFile(filepath.Join(samples(t), f))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(context.Background(), doc)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := Write(&b, r.Zones); err != nil {
			t.Fatal(err)
		}
		if err := validate(s, b.Bytes()); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}
