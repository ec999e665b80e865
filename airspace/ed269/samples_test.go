package ed269

import (
	"bytes"
	"context"
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
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set: real files were not read")
	}
	for _, c := range []struct {
		file                  string
		read, zones, repaired int // repaired: zones with at least one repair
		remarks               map[string]int
		unfit                 int // by airspace.Validate, all of them for a position repeated at once, which the import repairs
	}{
		{"ed269/FI-ed269-reassembled.json", 723, 722, 722, map[string]int{
			"noted lower_absent": 678, "noted upper_absent": 164, "repaired permanent_with_hours": 722, "refused duplicate_identifier": 1, "noted geoid_assumed": 1,
		}, 33},
		{"ed269/LU-flattened.geojson", 47, 47, 0, map[string]int{"noted file_warning": 1, "noted unknown_member": 94}, 0},
		{"interuss/monitoring/che/geoawareness/geo-awareness-che-1.json", 6, 5, 0, map[string]int{
			"noted identifier_unfit": 5, "refused duplicate_identifier": 1, "noted geoid_assumed": 1,
		}, 1},
		{"interuss/uas_standards/test_eurocae_ed269.json", 6, 5, 0, map[string]int{
			"noted identifier_unfit": 5, "refused duplicate_identifier": 1, "noted geoid_assumed": 1,
		}, 1},
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
			got, repaired := map[string]int{}, map[lowsky.ZoneID]bool{}
			refused := 0
			for _, m := range r.Remarks {
				got[string(m.Kind)+" "+m.Code]++
				if m.Kind == airspace.RemarkRepaired {
					repaired[m.Zone] = true
				}
				if m.Kind == airspace.RemarkRefused {
					refused++
				}
			}
			if r.Read != c.read || len(r.Zones) != c.zones || len(repaired) != c.repaired || len(r.Zones)+refused != r.Read {
				t.Errorf("%d read, %d zones, %d repaired, %d refused", r.Read, len(r.Zones), len(repaired), refused)
			}
			if d := cmp.Diff(c.remarks, got); d != "" {
				t.Error(d)
			}
			unfit := 0
			for _, z := range r.Zones {
				if airspace.Validate(z) != nil {
					unfit++
				}
			}
			if unfit != c.unfit {
				t.Errorf("%d do not validate, want %d", unfit, c.unfit)
			}
			var b bytes.Buffer
			if _, err := Write(&b, r.Zones); err != nil {
				t.Fatal(err)
			}
			again, err := Read(context.Background(), b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if len(again.Zones) != len(r.Zones) || len(again.Remarks) > 0 {
				t.Fatalf("%d of %d came back: %v", len(again.Zones), len(r.Zones), again.Remarks)
			}
			for i, z := range r.Zones { // one by one: comparing long slices takes longer than all the rest
				if d := cmp.Diff(z, again.Zones[i], cmpopts.EquateEmpty()); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

// TestFinland looks at single zones of the Finnish file.
func TestFinland(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set: real files were not read")
	}
	doc, err := os.ReadFile(filepath.Join(dir, "ed269/FI-ed269-reassembled.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(context.Background(), doc)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, z := range r.Zones {
		count[string(z.Restriction)]++
		if len(z.Applicability) == 0 {
			count["always"]++
		}
		if c := z.Ceiling; c.OK && c.Value.Feet && c.Value.Datum == lowsky.AMSL {
			count["feet above the sea"]++
		}
		if z.Contacts[0].URL != "" && z.Authority == "Traficom" {
			count["siteUrl"]++
		}
		if len(z.ED.Extended) > 0 {
			count["hours kept"]++
		}
	}
	if d := cmp.Diff(map[string]int{"requires_authorisation": 561, "no_restriction": 111, "prohibited": 50, "always": 722, "feet above the sea": 111, "siteUrl": 722, "hours kept": 722}, count); d != "" {
		t.Error(d)
	}
}
