package ed318

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lowsky"
	"lowsky/airspace"
)

// TestSamples: every zone of every real file is accounted for, with these remarks and no others, and comes back identical
// when it is written.
func TestSamples(t *testing.T) {
	dir := filepath.Join(samples(t), "interuss")
	for _, c := range []struct {
		file string
		read int // all of them become zones
		want []string
	}{
		{"ed318/examples/Example_Collection.json", 2, nil},
		{"ed318/examples/Example_GeoZone_2_Layers.json", 1, nil},
		{"ed318/examples/Example_GeoZone_Circle.json", 1, nil},
		{"ed318/examples/Example_GeoZone_with_extension.json", 1, nil},
		// What makes it invalid has a reading that nobody can mistake: a date that is none, a name without its language,
		// the restriction spelled as in ED-269. So it is read, and all three are said.
		{"ed318/examples/InvalidExample_GeoZone_2_Layers.json", 1, []string{
			"repaired metadata_unreadable metadata.validFrom",
			"repaired language_missing features[0].properties.name[0]",
			"repaired restriction_spelling features[0].properties.type",
		}},
		{"monitoring/che/geoawareness/cis_source_sample_ed318.json", 3, []string{
			"noted upper_unlimited features[0].geometry.layer.upper",
			"noted upper_unlimited features[1].geometry.layer.upper",
			"noted upper_unlimited features[2].geometry.layer.upper",
		}},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			doc, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Read(context.Background(), doc)
			if err != nil {
				t.Fatal(err)
			}
			if r.Read != c.read || len(r.Zones) != c.read {
				t.Errorf("%d read, %d zones", r.Read, len(r.Zones))
			}
			if d := cmp.Diff(c.want, said(r)); d != "" {
				t.Error(d)
			}
			for _, z := range r.Zones {
				if err := airspace.Validate(z); err != nil {
					t.Error(err)
				}
			}
			var b bytes.Buffer
			if _, err := Write(&b, r.Zones); err != nil {
				t.Fatal(err)
			}
			again, err := Read(context.Background(), b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(r.Zones, again.Zones, cmpopts.EquateEmpty()); d != "" || len(again.Remarks) > 0 {
				t.Error(again.Remarks, d)
			}
		})
	}
}

// TestFragments: parts of a file are no file, and the error says which part is missing.
func TestFragments(t *testing.T) {
	dir := filepath.Join(samples(t), "interuss/ed318/examples")
	for name, problem := range map[string]string{
		"PartialExample_GeoZoneProperties.json": "must be FeatureCollection: these are the properties of one zone, the features and their geometry are missing",
		"PartialExample_TimePeriod.json":        "is missing: must be FeatureCollection, with features",
		"PartialExample_ZoneAuthority.json":     "is missing: must be FeatureCollection, with features",
		"PartialExample_featureGeoJSON.json":    "is Feature: this is one zone of a file, the FeatureCollection around it is missing",
	} {
		doc, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(context.Background(), doc)
		var e *lowsky.InvalidError
		if !errors.As(err, &e) || e.Field != "type" || e.Problem != problem {
			t.Errorf("%s: %v", name, err)
		}
	}
}
