package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/exchange"
)

const ring = `[[[114,29],[114.1,29],[114.1,29.1],[114,29.1],[114,29]]]`

func zoneFile(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

func zoneOf(id, geometry, properties string) string {
	if geometry == "" {
		geometry = `{"type":"Polygon","coordinates":` + ring + `}`
	}
	if properties != "" {
		properties = "," + properties
	}
	return fmt.Sprintf(`{"type":"Feature","properties":{"id":%q,"name_zh":"甲","name_en":"A","restriction":"prohibited"%s},"geometry":%s}`, id, properties, geometry)
}

func polygon(coordinates string) string {
	return `{"type":"Polygon","coordinates":` + coordinates + `}`
}

func kmzOf(t *testing.T, name string, content []byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What people and machines get wrong: a clear message with zone and place, and nothing is stored, not even the good zone
// beside it.
func TestBadImportsSayWhereAndStoreNothing(t *testing.T) {
	good := zoneOf("good", "", "")
	kml := func(inside string) string {
		return `<?xml version="1.0"?>` + "\n" + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>` + inside + `</Document></kml>`
	}
	area := func(c string) string {
		return `<Placemark id="p1"><name>P</name><Polygon><outerBoundaryIs><LinearRing><coordinates>` + c + `</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`
	}
	const open = "AC R\nAN One\nAL GND\nAH 1000ft AMSL\n"
	h := newHouse(t)
	for _, c := range []struct{ name, body, query, field, says string }{
		{"self-crossing", zoneFile(good, zoneOf("bow", polygon(`[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`), "")), "", "features[1].geometry.coordinates[0]", "zone bow: crosses itself at"},
		{"a million positions", zoneFile(good, zoneOf("big", polygon("[["+strings.Repeat("[114.1,29],[114,29],", 500_000)+"[114.1,29]]]"), "")), "", "features[1].geometry.coordinates", "zone big: has more than 50000 positions"},
		{"circle without radius", zoneFile(good, zoneOf("dot", `{"type":"Point","coordinates":[114,29]}`, "")), "", "features[1].geometry", "radius_m"},
		{"circle of nothing", zoneFile(good, zoneOf("dot", `{"type":"Point","coordinates":[114,29]}`, `"radius_m":0`)), "", "features[1].properties.radius_m", "above 0"},
		{"circle too large", zoneFile(good, zoneOf("dot", `{"type":"Point","coordinates":[114,29]}`, `"radius_m":2000000`)), "", "features[1].properties.radius_m", "100000"},
		{"corridor of one place", zoneFile(good, zoneOf("way", `{"type":"LineString","coordinates":[[114,29]]}`, `"width_m":50`)), "", "features[1].geometry", "zone way"},
		{"floor above ceiling", zoneFile(good, zoneOf("up", "", `"floor_m":200,"floor_datum":"agl","ceiling_m":100,"ceiling_datum":"agl"`)), "", "features[1].properties.floor_m", "above the ceiling"},
		{"never applies", zoneFile(good, zoneOf("never", "", `"applicability":[{"from":"2026-11-23T00:00:00Z","until":"2026-11-23T01:00:00Z","weekdays":[0]}]`)), "", "features[1].properties.applicability[0]", "never applies"},
		{"temporary without end", zoneFile(good, zoneOf("event", "", `"temporary":true`)), "", "features[1]", "temporary"},
		{"temporary and over", zoneFile(good, zoneOf("event", "", `"temporary":true,"applicability":[{"until":"2020-01-01T00:00:00Z"}]`)), "", "features[1]", "over already"},
		{"the same id twice", zoneFile(good, zoneOf("good", "", `"message_zh":"另一个"`)), "", "features[1]", "zone good: has the id of features[0]"},
		{"no area", zoneFile(good, zoneOf("line", polygon(`[[[114,29],[114.1,29],[114.2,29],[114,29]]]`), "")), "", "features[1].geometry.coordinates[0]", "in one line"},
		{"longitude and latitude swapped", zoneFile(good, zoneOf("swap", polygon(`[[[29,114],[29.1,114],[29.1,114.1],[29,114]]]`), "")), "", "features[1].geometry.coordinates[0][0]", "latitude"},
		{"declared as GCJ-02, lies in Europe", zoneFile(good, zoneOf("ch", polygon(`[[[8,47],[8.1,47],[8.1,47.1],[8,47]]]`), "")), "crs=gcj02", "features[1].geometry.coordinates[0][0]", "gcj02"},
		{"not UTF-8", strings.Replace(zoneFile(good), "甲", "\xbc\xd7", 1), "", "document", "UTF-8"},
		{"cut off", zoneFile(good)[:60], "", "document", "not JSON"},
		{"nested a thousand times", `{"type":"FeatureCollection","features":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, "", "document", "nested"},
		{"another system in the file", strings.Replace(zoneFile(good), `"features"`, `"crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features"`, 1), "", "crs", "3857"},
		{"nothing in it", zoneFile(), "", "document", "no zone"},
		{"an empty file", " \n", "", "document", "empty"},
		{"told as another format", open, "format=geojson", "document", "JSON"},
		{"ED-269, bow tie", `{"title":"x","features":[{"identifier":"A1","country":"CHE","name":"x","type":"COMMON","restriction":"PROHIBITED","reason":["OTHER"],"applicability":[{"permanent":"YES"}],"zoneAuthority":[],"geometry":[{"uomDimensions":"M","lowerLimit":0,"lowerVerticalReference":"AGL","upperLimit":100,"upperVerticalReference":"AGL","horizontalProjection":{"type":"Polygon","coordinates":[[[8,47],[8.1,47.1],[8.1,47],[8,47.1],[8,47]]]}}]}]}`, "", "features[0]", "zone A1: crosses itself"},
		{"OpenAir, bow tie", open + "DP 29:00:00 N 114:00:00 E\nDP 29:10:00 N 114:10:00 E\nDP 29:10:00 N 114:00:00 E\nDP 29:00:00 N 114:10:00 E\nDP 29:00:00 N 114:00:00 E\n", "", "line 1", "zone R-One: crosses itself"},
		{"KML, bow tie", kml(area("114,29 114.1,29.1 114.1,29 114,29.1 114,29")), "", "Placemark 1", "zone p1: crosses itself"},
		{"XML entities", `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>`, "", "line 1", "document type"},
		{"XML from elsewhere", "<?xml version=\"1.0\"?>\n<!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml>&x;</kml>", "", "line 2", "document type"},
		{"KML in GBK", "<?xml version=\"1.0\" encoding=\"GBK\"?><kml><Document><name>\xbc\xd7</name></Document></kml>", "", "document", "save it as UTF-8"},
		{"ED-318, bow tie", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[8,47],[8.1,47.1],[8.1,47],[8,47.1],[8,47]]],"layer":{"lower":0,"lowerReference":"AGL","upper":120,"upperReference":"AGL","uom":"m"}},"properties":{"identifier":"A2","country":"CHE","name":[{"text":"x","lang":"en-GB"}],"type":"PROHIBITED","variant":"COMMON","zoneAuthority":[{"purpose":"INFORMATION"}]}}]}`, "", "features[0]", "zone A2: crosses itself"},
		{"zip bomb", kmzOf(t, "doc.kml", []byte(kml(strings.Repeat(" ", 40<<20)))), "", "doc.kml", "unpacks to more than 16 MB"},
		{"zip bomb that stays below the bound", kmzOf(t, "doc.kml", []byte(kml(strings.Repeat(" ", 15<<20)))), "", "doc.kml", "refused as a zip bomb"},
		{"archive without KML", kmzOf(t, "readme.txt", []byte("x")), "", "document", "without a .kml file"},
		{"not an archive", "PK\x03\x04 and then nothing", "", "document", "is not a zip archive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			query := "crs=wgs84"
			if strings.HasPrefix(c.query, "crs=") {
				query = c.query
			} else if c.query != "" {
				query += "&" + c.query
			}
			p := h.want(422, "POST", "/api/v1/zones/import?"+query, c.body, "Content-Type", "application/octet-stream").json(t)
			field, _ := p["field"].(string)
			reason, _ := p["reason"].(string)
			if !strings.HasPrefix(field, c.field) || !strings.Contains(reason, c.says) || reason == "" {
				t.Errorf("field %q, reason %q; want %s…, …%s…", field, reason, c.field, c.says)
			}
			if zones, seq := h.board.Zones(lowsky.Everything); len(zones) != 1 || seq != 1 || len(h.archive.zones) != 1 {
				t.Errorf("something is stored: %d zones, publication %d", len(zones), seq)
			}
		})
	}
	if a := h.ask("admin", "POST", "/api/v1/zones/import?crs=wgs84", strings.Repeat(" ", maxImport+2)); a.StatusCode != 413 {
		t.Errorf("oversize: %d %.200s", a.StatusCode, a.raw)
	}
}

type imported struct {
	Format, CRS string
	DryRun      bool `json:"dry_run"`
	Published   bool
	Counts      ImportCounts
	Zones       struct {
		Features []struct{ Properties map[string]any }
	}
	Ended   []lowsky.ZoneID
	Remarks []airspace.Remark
}

func (h *house) imports(status int, query, body string) (out imported) {
	h.t.Helper()
	a := h.want(status, "POST", "/api/v1/zones/import?"+query, body, "Content-Type", "application/octet-stream")
	if status == 200 {
		if err := json.Unmarshal(a.raw, &out); err != nil {
			h.t.Fatal(err)
		}
	}
	return out
}

// A dry run says what would happen and does nothing; publishing does exactly that; doing it again changes nothing.
func TestImportPreviewAndPublish(t *testing.T) {
	h := newHouse(t)
	ended := &lowsky.Zone{ID: "back", Version: 4, Organisation: "town"}
	h.archive.zones["back"] = []lowsky.ZoneRecord{{Zone: ended}}
	file := zoneFile(
		zoneOf("z1", `{"type":"Point","coordinates":[114,29]}`, `"radius_m":600`), zoneOf("back", "", `"kind":"dam"`),
		zoneOf("open", polygon(`[[[114,29],[114.1,29],[114.1,29.1],[114,29.1]]]`), `"demo":true,"published_at":"2020-01-01T00:00:00Z"`),
		zoneOf("bow", polygon(`[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`), ""))
	dry := h.imports(200, "crs=wgs84&dry_run=true&source=upload", file)
	want := ImportCounts{New: 2, Changed: 1}
	want.Read, want.Accepted, want.Repaired, want.Refused = 4, 3, 1, 1
	if !dry.DryRun || dry.Published || dry.Counts != want || dry.Format != "geojson" || dry.CRS != "wgs84" || len(dry.Remarks) != 2 {
		t.Errorf("dry run %+v", dry)
	}
	var changes []string
	for _, f := range dry.Zones.Features {
		changes = append(changes, fmt.Sprint(f.Properties["id"], " ", f.Properties["import_change"], " ", f.Properties["version"]))
	}
	if got := strings.Join(changes, ", "); got != "z1 changed 2, back new 5, open new 1" {
		t.Errorf("preview: %s", got)
	}
	if _, seq := h.board.Zones(lowsky.Everything); seq != 1 {
		t.Error("the dry run published")
	}
	for language, says := range map[string]string{"zh-CN": "4 个空域中有 1 个被拒绝", "en": "1 of 4 zones are refused"} {
		p := h.want(422, "POST", "/api/v1/zones/import?crs=wgs84", file, "Content-Type", "application/octet-stream", "Accept-Language", language).json(t)
		if detail, _ := p["detail"].(string); !strings.HasPrefix(detail, says) {
			t.Errorf("%s: %v", language, p)
		}
	}
	done := h.imports(200, "crs=wgs84&without_refused=true&source=upload&reason=%E6%B1%9B%E6%9C%9F", file)
	if !done.Published || done.Counts != want || h.picture.zones.By != "admin" || h.picture.zones.Reason != "汛期" || len(h.picture.zones.Upsert) != 3 {
		t.Errorf("published %+v by %+v", done, h.picture.zones)
	}
	z, err := h.board.Zone(lowsky.Everything, "back")
	if err != nil || z.Version != 5 || z.Organisation != "town" || z.Source != "upload" || z.Buffer != lowsky.Some(lowsky.Metres(200)) ||
		!z.PublishedAt.Equal(epoch) || z.Jurisdictions[0] != "421202" {
		t.Errorf("back: %+v %v", z, err)
	}
	if z, _ := h.board.Zone(lowsky.Everything, "open"); z == nil || z.Demo || !z.PublishedAt.Equal(epoch) {
		t.Errorf("open: %+v", z)
	}
	again := h.imports(200, "crs=wgs84&without_refused=true&source=upload", file)
	if again.Counts.Same != 3 || again.Counts.New+again.Counts.Changed != 0 {
		t.Errorf("again: %+v", again.Counts)
	}
	if _, seq := h.board.Zones(lowsky.Everything); seq != 2 {
		t.Error("an import that changes nothing was published")
	}
	if a := h.ask("county", "POST", "/api/v1/zones/import?crs=wgs84", zoneFile(zoneOf("back", "", `"message_zh":"x"`))); a.StatusCode == 200 {
		t.Errorf("others' zone: %s", a.raw)
	}
	h.picture.err = lowsky.ErrUnavailable
	h.imports(503, "crs=wgs84", zoneFile(zoneOf("new", "", "")))
}

// Copies of a superior platform's zones change and end only by an import from there.
func TestSuperiorCopiesAreReadOnly(t *testing.T) {
	h := newHouse(t)
	one, two := zoneOf("p1", "", ""), zoneOf("p2", "", "")
	if got := h.imports(200, "crs=cgcs2000&superior=province", zoneFile(one, two)); got.Counts.New != 2 {
		t.Fatalf("%+v", got)
	}
	z, _ := h.board.Zone(lowsky.Everything, "p1")
	if z.Superior != "province" {
		t.Fatalf("%+v", z)
	}
	for _, c := range []struct{ method, path, body string }{
		{"DELETE", "/api/v1/zones/p1", ""}, {"PUT", "/api/v1/zones/p1", one},
		{"POST", "/api/v1/zones/p1/restore", `{"version":1}`}, {"POST", "/api/v1/zones", one},
	} {
		p := h.want(403, c.method, c.path, c.body, "If-Match", `"1"`, "Accept-Language", "en").json(t)
		if detail, _ := p["detail"].(string); !strings.Contains(detail, "province") {
			t.Errorf("%s %s: %v", c.method, c.path, p)
		}
	}
	changed := zoneOf("p1", "", `"message_zh":"改"`)
	for query, code := range map[string]string{"crs=wgs84": "superior_read_only", "crs=wgs84&superior=ministry": "superior_read_only"} {
		got := h.imports(200, query+"&dry_run=true", zoneFile(changed))
		if got.Counts.Refused != 1 || got.Remarks[0].Code != code || got.Remarks[0].Zone != "p1" {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if got := h.imports(200, "crs=wgs84&superior=province&dry_run=true", zoneFile(zoneOf("z1", "", ""))); got.Counts.Refused != 1 || got.Remarks[0].Code != "id_is_ours" {
		t.Errorf("our own: %+v", got)
	}
	// A zone that is refused is still in the file: it does not end.
	bow := zoneOf("p2", polygon(`[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]`), "")
	if got := h.imports(200, "crs=wgs84&superior=province&end_missing=true&without_refused=true", zoneFile(changed, bow)); got.Counts.Changed != 1 || len(got.Ended) != 0 {
		t.Errorf("%+v", got)
	}
	if got := h.imports(200, "crs=wgs84&superior=province&end_missing=true&reason=gone", zoneFile(changed)); got.Counts.Same != 1 || got.Counts.Ended != 1 || got.Ended[0] != "p2" {
		t.Errorf("%+v", got)
	}
	if _, err := h.board.Zone(lowsky.Everything, "p2"); err == nil || h.picture.zones.Reason != "gone" {
		t.Errorf("p2: %v, %+v", err, h.picture.zones)
	}
	if _, err := h.board.Zone(lowsky.Everything, "z1"); err != nil {
		t.Errorf("our own zone was ended: %v", err)
	}
}

// A file that takes too long to read is given up, with a message that says what to do.
func TestReadingIsBounded(t *testing.T) {
	_, err := readFile(t.Context(), []byte(zoneFile(zoneOf("a", "", ""))), exchange.Options{CRS: "wgs84"}, time.Nanosecond)
	var invalid *lowsky.InvalidError
	if !errors.As(err, &invalid) || invalid.Field != "document" || !strings.Contains(invalid.Problem, "split it") {
		t.Errorf("%v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readFile(gone, []byte(zoneFile(zoneOf("a", "", ""))), exchange.Options{CRS: "wgs84"}, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

// Export is a file with a name, in every format that is written, and of what the caller may see.
func TestExport(t *testing.T) {
	h := newHouse(t)
	h.imports(200, "crs=wgs84", zoneFile(zoneOf("way", `{"type":"LineString","coordinates":[[114,29],[114.1,29]]}`, `"width_m":50`)))
	for format, media := range map[string]string{"geojson": "application/geo+json", "ed269": "application/json", "ed318": "application/geo+json", "kml": "application/vnd.google-earth.kml+xml"} {
		a := h.want(200, "GET", "/api/v1/zones/export?format="+format, "")
		if a.Header.Get("Content-Type") != media || !strings.HasPrefix(a.Header.Get("Content-Disposition"), `attachment; filename="lowsky-zones-`) {
			t.Errorf("%s: %v", format, a.Header)
		}
		got := h.imports(200, "crs=wgs84&dry_run=true", string(a.raw))
		if got.Counts.Read != 2 || got.Counts.Refused != 0 || got.Format != format {
			t.Errorf("%s read again: %+v", format, got)
		}
		one := h.want(200, "GET", "/api/v1/zones/export?id=way&format="+format, "")
		if got := h.imports(200, "crs=wgs84&dry_run=true", string(one.raw)); got.Counts.Read != 1 {
			t.Errorf("%s of one: %+v", format, got)
		}
	}
	if a := h.ask("county", "GET", "/api/v1/zones/export", ""); strings.Contains(string(a.raw), "way") {
		t.Errorf("out of scope: %s", a.raw)
	}
	if a := h.ask("county", "GET", "/api/v1/zones/export?id=z1", ""); a.StatusCode != 404 {
		t.Errorf("out of scope: %d", a.StatusCode)
	}
}
