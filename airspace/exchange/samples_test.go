package exchange

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lowsky"
	"lowsky/airspace"
)

// samples is what becomes of every file of the sample folders that holds zones; all others of these folders hold none and
// are refused as a whole.
var samples = map[string]struct {
	format Format
	Counts // read, accepted, repaired, refused
}{
	"ed269/FI-ed269-reassembled.json": {ED269, Counts{723, 722, 722, 1}}, // one identifier twice, with other hours
	"ed269/LU-flattened.geojson":      {ED269, Counts{47, 47, 0, 0}},
	// Rings of these two cross themselves by hundreds of metres.
	"airspace/NL-ASP-National-XCSoar.txt": {OpenAir, Counts{166, 161, 6, 5}},
	"airspace/ZA-ASP-National-XCSoar.txt": {OpenAir, Counts{256, 251, 0, 5}},

	"interuss/ed318/examples/Example_Collection.json":                   {ED318, Counts{2, 2, 0, 0}},
	"interuss/ed318/examples/Example_GeoZone_2_Layers.json":             {ED318, Counts{1, 1, 0, 0}},
	"interuss/ed318/examples/Example_GeoZone_Circle.json":               {ED318, Counts{1, 1, 0, 0}},
	"interuss/ed318/examples/Example_GeoZone_with_extension.json":       {ED318, Counts{1, 1, 0, 0}},
	"interuss/ed318/examples/InvalidExample_GeoZone_2_Layers.json":      {ED318, Counts{1, 1, 1, 0}},
	"interuss/monitoring/che/geoawareness/cis_source_sample_ed318.json": {ED318, Counts{3, 3, 0, 0}},
	"interuss/monitoring/che/geoawareness/geo-awareness-che-1.json":     {ED269, Counts{6, 5, 1, 1}}, // one identifier twice
	"interuss/uas_standards/test_eurocae_ed269.json":                    {ED269, Counts{6, 5, 1, 1}}, // the same file

	// Flights as drawings: areas, and lines and points, which are no areas.
	"interuss/monitoring/che/rid/zurich.kml":                   {KML, Counts{14, 10, 0, 4}},
	"interuss/monitoring/test/invalid_no_speed_accuracy.kml":   {KML, Counts{14, 10, 0, 4}},
	"interuss/monitoring/test/invalid_wrong_serial_number.kml": {KML, Counts{14, 10, 0, 4}},
	"interuss/monitoring/usa/kentland/rid.kml":                 {KML, Counts{14, 10, 0, 4}},
	"interuss/monitoring/usa/netrid/dcdemo.kml":                {KML, Counts{19, 13, 0, 6}},
}

func TestEverySampleIsAccountedFor(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip(err)
	}
	met := map[string]bool{}
	for _, sub := range []string{"ed269", "airspace", "interuss"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			doc, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			met[name] = true
			r, err := Read(t.Context(), doc, Options{CRS: airspace.WGS84})
			want, ok := samples[name]
			if !ok {
				if !errors.Is(err, lowsky.ErrInvalid) {
					t.Errorf("%s: %v, %s %+v; want a refusal", name, err, r.Format, r.Counts)
				}
				return nil
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return nil
			}
			if r.Format != want.format || r.Counts != want.Counts {
				t.Errorf("%s: %s %+v, want %s %+v", name, r.Format, r.Counts, want.format, want.Counts)
			}
			sound(t, name, r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range samples {
		if !met[name] {
			t.Errorf("%s is not there", name)
		}
	}
}

// sound checks what holds of every result.
func sound(t *testing.T, name string, r *Result) {
	t.Helper()
	refused := 0
	for _, m := range r.Remarks {
		if m.Kind == airspace.RemarkRefused {
			refused++
		}
		if m.Place == "" || m.Problem == "" || Say(m.Code).ZH == "" {
			t.Errorf("%s: a remark without place, problem or meaning: %+v", name, m)
		}
	}
	c := r.Counts
	if c.Read != c.Accepted+c.Refused || c.Accepted != len(r.Zones) || len(r.Places) != len(r.Zones) || len(r.Remarks) < airspace.MaxRemarks && refused != c.Refused {
		t.Errorf("%s: %+v, %d zones, %d places, %d refusals", name, c, len(r.Zones), len(r.Places), refused)
	}
	ids := map[lowsky.ZoneID]bool{}
	for _, z := range r.Zones {
		if err := airspace.Validate(z); err != nil || ids[z.ID] {
			t.Errorf("%s: zone %s: %v, twice %v", name, z.ID, err, ids[z.ID])
		}
		ids[z.ID] = true
	}
	if _, err := airspace.NewIndex(r.Zones); err != nil {
		t.Errorf("%s: not fit for an index: %v", name, err)
	}
}

// What was imported goes out in every format that is written, and comes back with every zone.
func TestSamplesGoOutAgain(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	for _, name := range []string{"ed269/LU-flattened.geojson", "airspace/NL-ASP-National-XCSoar.txt", "interuss/uas_standards/test_eurocae_ed269.json", "interuss/monitoring/usa/netrid/dcdemo.kml"} {
		doc, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Skip(err)
		}
		r, err := Read(t.Context(), doc, Options{CRS: airspace.WGS84})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range codecs {
			if c.write == nil {
				continue
			}
			var b strings.Builder
			remarks, err := Write(&b, c.format, r.Zones)
			if err != nil {
				t.Errorf("%s as %s: %v", name, c.format, err)
				continue
			}
			for _, m := range remarks {
				if Say(m.Code).ZH == "" {
					t.Errorf("%s as %s: the code %s has no meaning", name, c.format, m.Code)
				}
			}
			again, err := Read(t.Context(), []byte(b.String()), Options{CRS: airspace.WGS84})
			if err != nil {
				t.Errorf("%s as %s: own output: %v", name, c.format, err)
				continue
			}
			if again.Format != c.format || again.Counts.Accepted != len(r.Zones) || again.Counts.Refused != 0 {
				t.Errorf("%s as %s: %s %+v of %d zones", name, c.format, again.Format, again.Counts, len(r.Zones))
			}
		}
	}
}
