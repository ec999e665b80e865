package geojson

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

func zones() []*lowsky.Zone {
	square := func(x, y, a float64) orb.Ring {
		return orb.Ring{{x, y}, {x + a, y}, {x + a, y + a}, {x, y + a}, {x, y}}
	}
	hole := orb.Ring{{114.12, 29.82}, {114.12, 29.84}, {114.14, 29.84}, {114.14, 29.82}, {114.12, 29.82}}
	return []*lowsky.Zone{
		{
			ID: "xn-1", Version: 3, Name: lowsky.Text{ZH: "演示机场净空区", EN: "Demo airport"}, Restriction: lowsky.Prohibited,
			Geometry:      lowsky.Geometry{Polygons: orb.MultiPolygon{{square(114.1, 29.8, 0.0512345678), hole}}},
			Floor:         lowsky.Some(lowsky.Altitude{Metres: 0, Datum: lowsky.AGL}),
			Ceiling:       lowsky.Some(lowsky.Altitude{Metres: 120.5, Datum: lowsky.AMSL}),
			Applicability: lowsky.Applicability{{From: lowsky.Some(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), Weekdays: []time.Weekday{1, 5}, Start: lowsky.Some(480), End: lowsky.Some(60)}, {Until: lowsky.Some(time.Date(2027, 1, 2, 3, 4, 5, 6, time.UTC))}},
			Reason:        lowsky.Text{ZH: "净空", EN: "clearance <&>"}, Message: lowsky.Text{ZH: "请离开", EN: "leave"},
			Authority: "Demo", Kind: "airport", Source: "test", Demo: true, Organisation: "org", Jurisdictions: []lowsky.JurisdictionID{"421200", "421202"},
			PublishedAt: time.Date(2026, 11, 22, 8, 0, 0, 5000, time.UTC),
		},
		{
			ID: "xn-2", Version: 1, Name: lowsky.Text{ZH: "圆", EN: "circle"}, Restriction: lowsky.Conditional,
			Geometry: lowsky.Geometry{Centre: orb.Point{114.333333333, 29.9}, Radius: 750.25},
		},
		{
			ID: "xn-3", Version: 1, Name: lowsky.Text{ZH: "两块", EN: "two"}, Restriction: lowsky.RequiresAuthorisation,
			Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{square(114, 29, 0.01)}, {square(114.5, 29, 0.02)}}},
			Ceiling:  lowsky.Some(lowsky.Altitude{Metres: -20, Datum: lowsky.Ellipsoid}),
		},
	}
}

func TestWriteThenReadIsIdentity(t *testing.T) {
	want := zones()
	var b bytes.Buffer
	if err := Write(&b, want); err != nil {
		t.Fatal(err)
	}
	got, warnings, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings on our own output: %v", warnings)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	f, err := Feature(want[0])
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := Read(bytes.NewReader(f)); err != nil || len(got) != 1 || got[0].ID != "xn-1" {
		t.Errorf("a single feature: %v %v", got, err)
	}
}

func TestWriteFollowsTheRightHandRule(t *testing.T) {
	z := zones()[0]
	for _, r := range z.Geometry.Polygons[0] {
		r.Reverse()
	}
	b, err := Feature(z)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(zones()[0].Geometry, got[0].Geometry); d != "" {
		t.Error(d)
	}
}

const square = `"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29],[114.1,29.1],[114,29.1],[114,29]]]}`

func one(geometry, properties string) string {
	if geometry == "" {
		geometry = square
	}
	return `{"type":"FeatureCollection","features":[{"type":"Feature",` + geometry + `,"properties":{` + properties + `}}]}`
}

const plain = `"id":"a","name_zh":"甲","name_en":"A","restriction":"prohibited"`

func TestReadRefuses(t *testing.T) {
	poly := func(c string) string { return `"geometry":{"type":"Polygon","coordinates":` + c + `}` }
	for _, c := range []struct{ name, doc, field, problem string }{
		{"empty", ``, "document", "is not JSON"},
		{"not JSON", `{"type":`, "document", "is not JSON"},
		{"two documents", one("", plain) + "{}", "document", "is not JSON"},
		{"not UTF-8", "{\"type\":\"\xff\"}", "document", "is not UTF-8"},
		{"array", `[]`, "document", "must be an object"},
		{"bare geometry", `{"type":"Polygon","coordinates":[]}`, "type", "must be FeatureCollection"},
		{"no features", `{"type":"FeatureCollection"}`, "features", "must be an array"},
		{"null feature", `{"type":"FeatureCollection","features":[null]}`, "features[0]", "must be an object"},
		{"too deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), "document", "nested deeper"},
		{"member twice", one("", plain+`,"id":"b"`), "features[0].properties.id", "occurs twice"},
		{"other crs", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":[]}`, "crs", "only WGS-84"},
		{"null crs", `{"type":"FeatureCollection","crs":null,"features":[]}`, "crs", "names no coordinate"},
		{"linked crs", `{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"x"}},"features":[]}`, "crs", "names no coordinate"},
		{"no properties", `{"type":"Feature",` + square + `}`, "feature.properties", "is missing"},
		{"no id", one("", `"restriction":"prohibited"`), "features[0].properties.id", "is missing"},
		{"wrong type of id", one("", `"id":7,"restriction":"prohibited"`), "features[0].properties.id", "must be a string"},
		{"no restriction", one("", `"id":"a"`), "features[0].properties.restriction", "is missing"},
		{"version 0", one("", plain+`,"version":0`), "features[0].properties.version", "whole number from 1"},
		{"version 1.5", one("", plain+`,"version":1.5`), "features[0].properties.version", "whole number from 1"},
		{"floor as text", one("", plain+`,"floor_m":"0","floor_datum":"agl"`), "features[0].properties.floor_m", "must be a number"},
		{"floor too large for a number", one("", plain+`,"floor_m":1e999,"floor_datum":"agl"`), "features[0].properties.floor_m", "must be a number"},
		{"floor without datum", one("", plain+`,"floor_m":10`), "features[0].properties.floor_datum", "missing beside"},
		{"datum without ceiling", one("", plain+`,"ceiling_datum":"agl"`), "features[0].properties.ceiling_m", "missing beside"},
		{"unknown datum", one("", plain+`,"ceiling_m":10,"ceiling_datum":"qnh"`), "features[0].properties.ceiling_datum", "no datum"},
		{"floor above ceiling", one("", plain+`,"floor_m":20,"floor_datum":"amsl","ceiling_m":10,"ceiling_datum":"amsl"`), "features[0].properties.floor_m", "above the ceiling"},
		{"period that never applies", one("", plain+`,"applicability":[{"from":"2026-11-23T00:00:00Z","until":"2026-11-23T01:00:00Z","weekdays":[0]}]`), "features[0].properties.applicability[0]", "never applies"},
		{"unknown member of a period", one("", plain+`,"applicability":[{"sunrise":true}]`), "features[0].properties.applicability[0].sunrise", "not known"},
		{"period as text", one("", plain+`,"applicability":"always"`), "features[0].properties.applicability", "array of periods"},
		{"time as text", one("", plain+`,"published_at":"yesterday"`), "features[0].properties.published_at", "instant"},
		{"no geometry", `{"type":"Feature","geometry":null,"properties":{` + plain + `}}`, "feature.geometry", "is missing"},
		{"line without width", one(`"geometry":{"type":"LineString","coordinates":[]}`, plain), "features[0].geometry", "without the property width_m"},
		{"width 0", one(`"geometry":{"type":"LineString","coordinates":[[114,29],[114.1,29]]}`, plain+`,"width_m":0`), "features[0].properties.width_m", "above 0"},
		{"polygon with width", one("", plain+`,"width_m":10`), "features[0].geometry", "must be a LineString"},
		{"several points", one(`"geometry":{"type":"MultiPoint","coordinates":[]}`, plain), "features[0].geometry.type", "MultiPoint"},
		{"unknown geoid", one("", plain+`,"ceiling_m":10,"ceiling_datum":"amsl","ceiling_geoid":"x"`), "features[0].properties.ceiling_geoid", "cn1985"},
		{"geoid of a height above ground", one("", plain+`,"ceiling_m":10,"ceiling_datum":"agl","ceiling_geoid":"egm96"`), "features[0].properties.ceiling_geoid", "not amsl"},
		{"exemption of nobody", one("", plain+`,"exemptions":[{}]`), "features[0].properties.exemptions[0]", "must name"},
		{"exemption of what is not known", one("", plain+`,"exemptions":[{"organisation_id":"a","team":"b"}]`), "features[0].properties.exemptions[0].team", "not known"},
		{"exemption of no scenario", one("", plain+`,"exemptions":[{"scenario":"racing"}]`), "features[0].properties.exemptions[0].scenario", "no scenario"},
		{"unknown event", one("", plain+`,"applicability":[{"start_event":"NOON"}]`), "features[0].properties.applicability[0]", "BMCT"},
		{"further without geometry", one("", plain+`,"further":[{"floor_m":1,"floor_datum":"agl"}]`), "features[0].properties.further[0].geometry", "is missing"},
		{"further with a member of its own", one("", plain+`,"further":[{`+square+`,"restriction":"conditional"}]`), "features[0].properties.further[0].restriction", "not known"},
		{"extended is no object", one("", plain+`,"ed":{"extended":[1]}`), "features[0].properties.ed.extended", "must be an object"},
		{"too many contacts", one("", plain+`,"contacts":[`+strings.Repeat("{},", maxList)+`{}]`), "features[0].properties.contacts", "more than"},
		{"point without radius", one(`"geometry":{"type":"Point","coordinates":[114,29]}`, plain), "features[0].geometry", "without the property radius_m"},
		{"radius 0", one(`"geometry":{"type":"Point","coordinates":[114,29]}`, plain+`,"radius_m":0`), "features[0].properties.radius_m", "above 0"},
		{"huge radius", one(`"geometry":{"type":"Point","coordinates":[114,29]}`, plain+`,"radius_m":1e9`), "features[0].properties.radius_m", "above 100000"},
		{"polygon with radius", one("", plain+`,"radius_m":10`), "features[0].geometry", "must be a Point"},
		{"no coordinates", one(`"geometry":{"type":"Polygon"}`, plain), "features[0].geometry.coordinates", "must be an array"},
		{"no rings", one(poly(`[]`), plain), "features[0].geometry.coordinates", "is empty"},
		{"empty ring", one(poly(`[[]]`), plain), "features[0].geometry.coordinates[0]", "is empty"},
		{"unclosed", one(poly(`[[[114,29],[114.1,29],[114.1,29.1],[114,29.1]]]`), plain), "features[0].geometry.coordinates[0]", "not closed"},
		{"self-crossing", one(poly(`[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`), plain), "features[0].geometry.coordinates[0]", "crosses"},
		{"one ordinate", one(poly(`[[[114]]]`), plain), "features[0].geometry.coordinates[0][0]", "[longitude, latitude]"},
		{"null ordinate", one(poly(`[[[114,null]]]`), plain), "features[0].geometry.coordinates[0][0]", "[longitude, latitude]"},
		{"text ordinate", one(poly(`[[["114","29"]]]`), plain), "features[0].geometry.coordinates[0][0]", "[longitude, latitude]"},
		{"swapped order", one(poly(`[[[29,114],[29,114.1],[29.1,114.1],[29,114]]]`), plain), "features[0].geometry.coordinates[0][0]", "latitude beyond"},
		{"ids twice", `{"type":"FeatureCollection","features":[{"type":"Feature",` + square + `,"properties":{` + plain + `}},{"type":"Feature",` + square + `,"properties":{` + plain + `}}]}`, "features[1].properties.id", "as that of features[0]"},
		{"two ids", `{"type":"Feature","id":"b",` + square + `,"properties":{` + plain + `}}`, "feature.id", "properties.id is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := Read(strings.NewReader(c.doc))
			var e *lowsky.InvalidError
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Problem, c.problem) {
				t.Errorf("got %v, want field %s, problem …%s…", err, c.field, c.problem)
			}
			if got != nil {
				t.Errorf("zones were answered beside the error: %v", got)
			}
		})
	}
}

func TestReadWarns(t *testing.T) {
	doc := `{"type":"FeatureCollection","licence":"x","crs":{"type":"name","properties":{"name":"EPSG:4326"}},
	  "features":[ {"type":"Feature","id":7,
	  "geometry": {"type":"Polygon","coordinates":[ [[114,29,5],[114.1,29,5],[114.1,29.1,5],[114,29.1,5],[114,29,5]] ]},
	  "properties": {"restriction":"forbidden","colour":"red","name_zh":"甲"}}]}`
	got, warnings, err := Read(strings.NewReader("\ufeff" + doc))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].ID != "7" || got[0].Name.EN != "甲" || len(got[0].Geometry.Polygons[0][0]) != 5 || got[0].Restriction != "forbidden" {
		t.Errorf("got %+v", got)
	}
	var fields []string
	for _, w := range warnings {
		fields = append(fields, w.Place)
	}
	want := []string{"crs", "licence", "features[0].properties.colour", "features[0].properties.restriction", "features[0].geometry.coordinates", "features[0].properties.name_en"}
	if d := cmp.Diff(want, fields); d != "" {
		t.Error(d)
	}
}

func TestReadIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`"geometry":{"type":"Polygon","coordinates":[[`)
	for i := range airspace.MaxVertices + 2 {
		fmt.Fprintf(&b, "[%d,0],", i%90)
	}
	_, _, err := Read(strings.NewReader(one(b.String()+`[0,0]]]}`, plain)))
	if err == nil || !strings.Contains(err.Error(), "positions") {
		t.Errorf("too many positions: %v", err)
	}
	endless := bytes.NewReader(bytes.Repeat([]byte(" "), MaxBytes+10))
	if _, _, err := Read(endless); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("too large: %v", err)
	}
	var many []string
	for i := range airspace.MaxRemarks + 50 {
		many = append(many, fmt.Sprintf(`"x%d":1`, i))
	}
	_, warnings, err := Read(strings.NewReader(one("", plain+","+strings.Join(many, ","))))
	if err != nil || len(warnings) != airspace.MaxRemarks {
		t.Errorf("%d warnings, %v", len(warnings), err)
	}
}

// The demo outlines are GeoJSON with other properties than a zone's: refused with a field, not half read.
func TestReadForeignFile(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if zs, _, err := Read(bytes.NewReader(b)); err != nil && !errors.Is(err, lowsky.ErrInvalid) || err != nil && zs != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := Write(&b, zones()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(one("", plain)))
	f.Add([]byte(one(`"geometry":{"type":"Point","coordinates":[180,29,1]}`, plain+`,"radius_m":100,"floor_m":1,"floor_datum":"agl"`)))
	f.Add([]byte(one(`"geometry":{"type":"Polygon","coordinates":[[[179.9,29],[-179.9,29],[-179.9,29.1],[179.9,29]]]}`, plain)))
	f.Add([]byte(`{"type":"FeatureCollection","crs":null,"features":[{}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		zs, _, err := Read(bytes.NewReader(doc))
		if err != nil {
			if zs != nil || !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v beside %v", zs, err)
			}
			return
		}
		if _, err := airspace.NewIndex(zs); err != nil {
			t.Fatalf("what was read is not fit for an index: %v", err)
		}
		var out bytes.Buffer
		if err := Write(&out, zs); err != nil {
			t.Fatal(err)
		}
		again, _, err := Read(&out)
		if err != nil {
			t.Fatalf("own output: %v", err)
		}
		if d := cmp.Diff(zs, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}
