package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

func feature(id, coordinates, properties string) string {
	if coordinates == "" {
		coordinates = `[[[114,29],[114.1,29],[114.1,29.1],[114,29.1],[114,29]]]`
	}
	if properties != "" {
		properties = "," + properties
	}
	return fmt.Sprintf(`{"type":"Feature","properties":{"id":%q,"name_zh":"甲","name_en":"A","restriction":"prohibited"%s},"geometry":{"type":"Polygon","coordinates":%s}}`, id, properties, coordinates)
}

func collection(features ...string) []byte {
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`)
}

const openAir = "* comment\nAC R\nAN Test\nAL GND\nAH 1000ft AMSL\nDP 29:00:00 N 114:00:00 E\nDP 29:00:00 N 114:10:00 E\nDP 29:10:00 N 114:10:00 E\nDP 29:00:00 N 114:00:00 E\n"

const kmlDoc = `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A</name><Polygon><outerBoundaryIs><LinearRing><coordinates>114,29 114.1,29 114.1,29.1 114,29</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`

func zipped(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name string
		doc  []byte
		want Format
	}{
		{"collection", collection(feature("a", "", "")), GeoJSON},
		{"byte order mark", append([]byte("\ufeff  \n"), collection(feature("a", "", ""))...), GeoJSON},
		{"one feature", []byte(feature("a", "", "")), GeoJSON},
		{"nothing in it", []byte(`{"type":"FeatureCollection","features":[]}`), GeoJSON},
		{"cut off", []byte(`{"type":"FeatureCollection","features":[{`), GeoJSON},
		{"ED-269", []byte(`{"title":"x","features":[{"identifier":"A","country":"CHE","geometry":[{"upperLimit":1}]}]}`), ED269},
		{"ED-269, features first", []byte(`{"features":[{"geometry":[]}],"title":"x"}`), ED269},
		{"ED-269 flattened", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{},"properties":{"id":"A","restriction":"PROHIBITED","upperLimit":120}}]}`), ED269},
		{"ED-318", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{},"properties":{"identifier":"A","country":"CHE","name":[]}}]}`), ED318},
		{"KML", []byte(kmlDoc), KML},
		{"KML in UTF-16", []byte("\xff\xfe<\x00k\x00m\x00l\x00>\x00"), KML},
		{"KMZ", zipped(t, "doc.kml", kmlDoc), KMZ},
		{"OpenAir", []byte(openAir), OpenAir},
		{"OpenAir, Windows", []byte(strings.ReplaceAll("\ufeff"+openAir, "\n", "\r\n")), OpenAir},
		{"other XML", []byte(`<gpx/>`), ""},
		{"text", []byte("hello"), ""},
		{"nothing", nil, ""},
	} {
		got, err := Detect(c.doc)
		if got != c.want || (err == nil) == (c.want == "") || err != nil && !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %q %v, want %q", c.name, got, err, c.want)
		}
	}
}

// The files that the ED formats test themselves on, and what looks like them and is not.
func TestDetectOfTheEDFormats(t *testing.T) {
	for path, want := range map[string]Format{
		"../ed269/testdata/zones.json": ED269, "../ed269/testdata/cis.json": ED269, "../ed269/testdata/flattened.geojson": ED269,
		"../ed318/testdata/zones.json": ED318,
	} {
		doc, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Detect(doc); got != want || err != nil {
			t.Errorf("%s: %q %v", path, got, err)
		}
	}
	for _, doc := range []string{
		`{}`, `[]`, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"restriction":"prohibited","floor_m":0}}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"restriction":"prohibited","type":"CONDITIONAL"}}]}`,
	} {
		if got, err := Detect([]byte(doc)); got != GeoJSON || err != nil {
			t.Errorf("%s: %q %v", doc, got, err)
		}
	}
}

// The options come first: without a declared system nothing is read at all.
func TestWhatIsToldMustBeRight(t *testing.T) {
	doc := collection(feature("a", "", ""))
	for _, c := range []struct {
		o     Options
		doc   []byte
		field string
	}{
		{Options{}, doc, "crs"}, {Options{CRS: "epsg:4326"}, doc, "crs"}, {Options{CRS: "wgs84", Format: "dxf"}, doc, "format"},
		{Options{CRS: "wgs84"}, bytes.Repeat([]byte(" "), MaxBytes+1), "document"}, {Options{CRS: "wgs84"}, nil, "document"},
		{Options{CRS: "wgs84", Format: GeoJSON}, []byte(openAir), "document"}, {Options{CRS: "wgs84", Format: KML}, doc, "document"},
	} {
		r, err := Read(t.Context(), c.doc, c.o)
		var e *lowsky.InvalidError
		if !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("%+v: %v %+v, want field %s", c.o, err, r, c.field)
		}
	}
}

// The declared system is applied once, to every volume and every kind of shape; radius and width stay.
func TestConversion(t *testing.T) {
	doc := []byte(`{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"id":"c","name_zh":"圆","restriction":"prohibited","radius_m":500,
		 "further":[{"geometry":{"type":"LineString","coordinates":[[114.3,29.8],[114.4,29.8]]},"width_m":200}]},
		 "geometry":{"type":"Point","coordinates":[114.3,29.8]}}]}`)
	plain, err := Read(t.Context(), doc, Options{CRS: airspace.WGS84})
	if err != nil || plain.Counts.Accepted != 1 {
		t.Fatalf("%v %+v", err, plain)
	}
	for crs, least := range map[airspace.CRS]float64{airspace.CGCS2000: 0, airspace.GCJ02: 300, airspace.BD09: 800} {
		r, err := Read(t.Context(), doc, Options{CRS: crs})
		if err != nil || r.CRS != crs {
			t.Fatal(err)
		}
		z := r.Zones[0]
		moved := float64(airspace.Distance(position(plain.Zones[0].Geometry.Centre), position(z.Geometry.Centre)))
		along := float64(airspace.Distance(position(plain.Zones[0].Further[0].Geometry.Line[0]), position(z.Further[0].Geometry.Line[0])))
		if math.Abs(moved-along) > 0.01 || (least == 0) != (moved == 0) || moved < least || moved > 2500 || z.Geometry.Radius != 500 || z.Further[0].Geometry.Width != 200 {
			t.Errorf("%s: centre by %.1f m, line by %.1f m, %+v", crs, moved, along, z.Geometry)
		}
		if crs != airspace.CGCS2000 {
			back, err := crs.FromWGS84(z.Geometry.Centre)
			if err != nil || math.Abs(back[0]-114.3) > 1e-8 || math.Abs(back[1]-29.8) > 1e-8 {
				t.Errorf("%s and back: %v %v", crs, back, err)
			}
		}
	}
	swiss := collection(feature("ch", `[[[8,47],[8.1,47],[8.1,47.1],[8,47]]]`, ""))
	r, err := Read(t.Context(), swiss, Options{CRS: airspace.GCJ02})
	if err != nil || r.Counts.Refused != 1 || r.Remarks[0].Code != CodeCRSOutside || r.Remarks[0].Place != "features[0].geometry.coordinates[0][0]" {
		t.Errorf("outside: %v %+v", err, r)
	}
}

func position(p orb.Point) lowsky.Position {
	return lowsky.Position{Longitude: lowsky.Degrees(p[0]), Latitude: lowsky.Degrees(p[1])}
}

// Every zone is repaired, refused or taken, and told with its place.
func TestOneFileOfEverything(t *testing.T) {
	doc := collection(
		feature("good", "", ""),
		feature("open", `[[[114,29],[114.1,29],[114.1,29.1],[114,29.1]]]`, ""),
		feature("bow-tie", `[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`, ""),
		feature("good", "", ""),
		feature("good", "", `"message_zh":"另一个"`),
		feature("upside-down", "", `"floor_m":200,"floor_datum":"agl","ceiling_m":100,"ceiling_datum":"agl"`),
		feature("never", "", `"applicability":[{"from":"2026-11-23T00:00:00Z","until":"2026-11-23T01:00:00Z","weekdays":[0]}]`),
		feature("copy", "", `"superior":"province"`),
		`{"type":"Feature","properties":{"id":"dot","restriction":"prohibited","radius_m":0},"geometry":{"type":"Point","coordinates":[114,29]}}`,
		feature("flat", `[[[114,29],[114.1,29],[114.2,29],[114,29]]]`, ""),
		feature("swapped", `[[[29,114],[29.1,114],[29.1,114.1],[29,114]]]`, ""),
	)
	r, err := Read(t.Context(), doc, Options{CRS: airspace.WGS84, Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, "everything", r)
	var got []string
	for _, m := range r.Remarks {
		got = append(got, fmt.Sprint(m.Zone, " ", m.Kind, " ", m.Code, " ", m.Place))
	}
	// What the reader refuses comes first.
	want := []string{
		"dot refused member_wrong features[8].properties.radius_m",
		"open repaired ring_closed features[1]: geometry.polygons[0][0]",
		"bow-tie refused ring_crosses_itself features[2].geometry.coordinates[0]",
		"good noted repeated features[3]",
		"good refused duplicate_identifier features[4]",
		"upside-down refused floor_above_ceiling features[5].properties.floor_m",
		"never refused never_applies features[6].properties.applicability[0]",
		"copy noted superior_ignored features[7]",
		"flat refused ring_too_short features[9].geometry.coordinates[0]",
		"swapped refused position_off_earth features[10].geometry.coordinates[0][0]",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.Counts != (Counts{Read: 10, Accepted: 3, Repaired: 1, Refused: 7}) {
		t.Errorf("%+v", r.Counts)
	}
	for _, z := range r.Zones {
		if z.Source != "test" || z.Superior != "" {
			t.Errorf("%+v", z)
		}
	}
}

// Import of our own export is the same zone, whatever was published in between.
func TestSame(t *testing.T) {
	r, err := Read(t.Context(), collection(feature("a", "", `"ceiling_m":100,"ceiling_datum":"agl"`)), Options{CRS: airspace.WGS84})
	if err != nil {
		t.Fatal(err)
	}
	a := *r.Zones[0]
	b := a
	b.Version, b.PublishedAt, b.Organisation, b.Jurisdictions = 7, time.Now(), "x", []lowsky.JurisdictionID{"1"}
	if !Same(&a, &b) {
		t.Error("what publishing gives makes a difference")
	}
	a.ED, b.ED = &lowsky.EDAttributes{Extended: []byte(`{"x":1,"a":[2]}`)}, &lowsky.EDAttributes{Extended: []byte(`{"a": [2], "x": 1}`)}
	if !Same(&a, &b) {
		t.Error("the order of members makes a difference")
	}
	b.Ceiling.Value.Metres = 101
	if Same(&a, &b) {
		t.Error("another ceiling makes none")
	}
	var out strings.Builder
	if _, err := Write(&out, GeoJSON, r.Zones); err != nil {
		t.Fatal(err)
	}
	again, err := Read(t.Context(), []byte(out.String()), Options{CRS: airspace.WGS84})
	if d := cmp.Diff(r.Zones, again.Zones, cmpopts.EquateEmpty()); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := Write(&out, OpenAir, r.Zones); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("OpenAir is not written: %v", err)
	}
}

// A reader that nobody waits for stops between two zones.
func TestReadStops(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, doc := range [][]byte{collection(feature("a", "", "")), []byte(openAir), []byte(kmlDoc)} {
		if r, err := Read(gone, doc, Options{CRS: airspace.WGS84}); !errors.Is(err, context.Canceled) || r != nil {
			t.Errorf("%.20s: %v %+v", doc, err, r)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(collection(feature("a", "", ""), feature("b", "", `"superior":"x"`)), byte(0))
	f.Add([]byte(openAir), byte(2))
	f.Add([]byte(kmlDoc), byte(3))
	f.Add([]byte(`{"title":"x","features":[{"identifier":"A","country":"CHE","geometry":[{"uomDimensions":"M","lowerVerticalReference":"AGL","upperVerticalReference":"AGL","horizontalProjection":{"type":"Circle","center":[114,29],"radius":5}}]}]}`), byte(1))
	systems := []airspace.CRS{airspace.WGS84, airspace.CGCS2000, airspace.GCJ02, airspace.BD09}
	f.Fuzz(func(t *testing.T, doc []byte, crs byte) {
		r, err := Read(t.Context(), doc, Options{CRS: systems[crs%4]})
		if err != nil {
			if r != nil || !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v beside %v", err, r)
			}
			return
		}
		sound(t, string(r.Format), r)
		for _, c := range codecs {
			if c.write == nil {
				continue
			}
			var b bytes.Buffer
			remarks, err := c.write(&b, r.Zones)
			if err != nil {
				t.Fatalf("as %s: %v", c.format, err)
			}
			for _, m := range remarks {
				if Say(m.Code).ZH == "" {
					t.Fatalf("as %s: %+v", c.format, m)
				}
			}
		}
	})
}
