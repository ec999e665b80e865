package kml

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

func read(t *testing.T, doc string) *airspace.Reading {
	t.Helper()
	got, err := Read(t.Context(), []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	account(t, got)
	return got
}

// account: every feature is a zone or refused.
func account(t interface {
	Helper()
	Fatalf(string, ...any)
}, got *airspace.Reading) {
	t.Helper()
	refused := 0
	for _, r := range got.Remarks {
		if r.Kind == airspace.RemarkRefused {
			refused++
		}
		if r.Place == "" || r.Code == "" || r.Problem == "" {
			t.Fatalf("half a remark: %+v", r)
		}
	}
	if len(got.Zones) != len(got.Places) || len(got.Remarks) < airspace.MaxRemarks-1 && len(got.Zones)+refused != got.Read {
		t.Fatalf("%d read, %d zones, %d places, %d refused", got.Read, len(got.Zones), len(got.Places), refused)
	}
}

func codes(got *airspace.Reading) (out []string) {
	for _, r := range got.Remarks {
		out = append(out, r.Code)
	}
	return out
}

const head = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>file</name>`
const foot = `</Document></kml>`

// polygon has its corners at the given height and elements of your own.
func polygon(inner, height string) string {
	c := "114,30" + height + " 114.1,30" + height + " 114.1,30.1" + height + " 114,30" + height
	return `<Polygon>` + inner + `<outerBoundaryIs><LinearRing><coordinates> ` + c + "\n </coordinates></LinearRing></outerBoundaryIs></Polygon>"
}

func data(kv ...string) string {
	s := "<ExtendedData>"
	for i := 0; i < len(kv); i += 2 {
		s += `<Data name="` + kv[i] + `"><value>` + kv[i+1] + `</value></Data>`
	}
	return s + "</ExtendedData>"
}

var triangle = orb.MultiPolygon{{{{114, 30}, {114.1, 30}, {114.1, 30.1}, {114, 30}}}}

func TestReadsAForeignPlacemark(t *testing.T) {
	got := read(t, head+`<Folder><name>管制区</name><Folder><name>inner</name><Placemark id="a b"><name>陆水大坝 &amp; more</name><description>no flying</description>
		<styleUrl>#x</styleUrl><TimeSpan><begin>2026</begin></TimeSpan>`+data("colour", "red")+
		polygon("<extrude>1</extrude><altitudeMode>relativeToGround</altitudeMode>", ",120")+`</Placemark></Folder></Folder>`+foot)
	want := &lowsky.Zone{
		ID: "陆水大坝-more", Version: 1, Name: lowsky.Text{ZH: "陆水大坝 & more", EN: "陆水大坝 & more"}, Restriction: lowsky.Prohibited,
		Geometry: lowsky.Geometry{Polygons: triangle}, Ceiling: lowsky.Some(lowsky.Altitude{Metres: 120, Datum: lowsky.AGL}),
		Message: lowsky.Text{ZH: "no flying", EN: "no flying"}, Source: "管制区 / inner",
	}
	if len(got.Zones) != 1 {
		t.Fatalf("%+v", got.Remarks)
	}
	if d := cmp.Diff(want, got.Zones[0], cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"unknown_member", "limits_from_drawing", "times_not_judged", "restriction_absent"}, codes(got)); d != "" {
		t.Error(d)
	}
	for _, r := range got.Remarks[1:] {
		if r.Zone != want.ID || r.Place != "Placemark 1, line 1" {
			t.Errorf("%+v", r)
		}
	}
	if err := airspace.Validate(got.Zones[0]); err != nil {
		t.Error(err)
	}
}

func TestHeights(t *testing.T) {
	none := lowsky.Opt[lowsky.Altitude]{}
	agl := func(m lowsky.Metres) lowsky.Opt[lowsky.Altitude] {
		return lowsky.Some(lowsky.Altitude{Metres: m, Datum: lowsky.AGL})
	}
	amsl := lowsky.Some(lowsky.Altitude{Metres: 300, Datum: lowsky.AMSL, Geoid: lowsky.EGM96})
	const up = "<extrude>1</extrude>"
	mode := func(m string) string { return "<altitudeMode>" + m + "</altitudeMode>" }
	low, high := polygon(up+mode("relativeToGround"), ",60"), polygon(up+mode("relativeToGround"), ",90")
	for _, c := range []struct {
		name, shape, data string
		floor, ceiling    lowsky.Opt[lowsky.Altitude]
		code              string
	}{
		{"nothing said", polygon("", ""), "", none, none, "upper_limit_absent"},
		{"on the ground", polygon(up+mode("clampToGround"), ",50"), "", none, none, "upper_limit_absent"},
		{"a sheet at a height", polygon(mode("relativeToGround"), ",50"), "", none, none, "upper_limit_absent"},
		{"extruded from the ground", polygon(up+mode("relativeToGround"), ",120"), "", none, agl(120), "limits_from_drawing"},
		{"extruded to the ground itself", polygon(up+mode("relativeToGround"), ",0"), "", none, none, "upper_limit_absent"},
		{"extruded above the sea", polygon(up+mode("absolute"), ",300"), "", none, amsl, "limits_from_drawing"},
		{"sea floor", polygon(up+mode("relativeToSeaFloor"), ",300"), "", none, none, "upper_limit_absent"},
		{"two heights", "<MultiGeometry>" + low + high + "</MultiGeometry>", "", none, agl(90), "height_varies"},
		{"two modes", "<MultiGeometry>" + low + polygon(up+mode("absolute"), ",90") + "</MultiGeometry>", "", none, none, "upper_limit_absent"},
		{"a height is missing", "<MultiGeometry>" + low + polygon(up+mode("relativeToGround"), "") + "</MultiGeometry>", "", none, none, "upper_limit_absent"},
		{"data win", low, data("ceiling_m", "+30", "ceiling_datum", "agl", "floor_m", "", "floor_datum", ""), none, agl(30), ""},
		{"only a floor in the data", low, data("floor_m", "10", "floor_datum", "agl"), agl(10), none, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, head+"<Placemark><name>x</name>"+c.data+c.shape+"</Placemark>"+foot)
			if len(got.Zones) != 1 {
				t.Fatalf("%+v", got.Remarks)
			}
			if z := got.Zones[0]; z.Floor != c.floor || z.Ceiling != c.ceiling {
				t.Errorf("floor %+v ceiling %+v", z.Floor, z.Ceiling)
			}
			if all := strings.Join(codes(got), " "); c.code != "" && !strings.Contains(all, c.code) || c.code == "" && strings.Contains(all, "limit") {
				t.Errorf("remarks %s, want %s", all, c.code)
			}
		})
	}
}

func TestShapesByData(t *testing.T) {
	point, line := "<Point><coordinates>114,30,5</coordinates></Point>", "<LineString><coordinates>114,30 114.1,30.1</coordinates></LineString>"
	for _, c := range []struct {
		name, body string
		want       lowsky.Geometry
		code       string // of the refusal
	}{
		{"circle", data("radius_m", "500") + point, lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 500}, ""},
		{"corridor", data("width_m", "60") + line, lowsky.Geometry{Line: orb.LineString{{114, 30}, {114.1, 30.1}}, Width: 60}, ""},
		{"corridor in simple data", `<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="width_m">60</SimpleData></SchemaData></ExtendedData>` + line, lowsky.Geometry{Line: orb.LineString{{114, 30}, {114.1, 30.1}}, Width: 60}, ""},
		{"two polygons and a label", "<MultiGeometry>" + point + polygon("", "") + polygon("", "") + "</MultiGeometry>", lowsky.Geometry{Polygons: append(triangle[:1:1], triangle[0])}, ""},
		{"point", point, lowsky.Geometry{}, "geometry_no_area"},
		{"track", line, lowsky.Geometry{}, "geometry_no_area"},
		{"ring alone", "<LinearRing><coordinates>114,30 114.1,30.1 114,30.1 114,30</coordinates></LinearRing>", lowsky.Geometry{}, "geometry_no_area"},
		{"nothing", "", lowsky.Geometry{}, "geometry_absent"},
		{"model", "<Model><Location/></Model>", lowsky.Geometry{}, "geometry_type"},
		{"gx track", `<Track xmlns="http://www.google.com/kml/ext/2.2"/>`, lowsky.Geometry{}, "geometry_type"},
		{"polygon and line", "<MultiGeometry>" + polygon("", "") + line + "</MultiGeometry>", lowsky.Geometry{}, "geometry_mixed"},
		{"radius of a polygon", data("radius_m", "5") + polygon("", ""), lowsky.Geometry{}, "geometry_mixed"},
		{"radius and width", data("radius_m", "5", "width_m", "5") + point, lowsky.Geometry{}, "geometry_mixed"},
		{"radius of two points", data("radius_m", "5") + "<MultiGeometry>" + point + point + "</MultiGeometry>", lowsky.Geometry{}, "geometry_mixed"},
		{"radius in words", data("radius_m", "five") + point, lowsky.Geometry{}, "member_wrong"},
		{"not a place", "<Point><coordinates>114</coordinates></Point>", lowsky.Geometry{}, "coordinates_unreadable"},
		{"spaces within a place", "<Point><coordinates>114, 30, 0</coordinates></Point>", lowsky.Geometry{}, "coordinates_unreadable"},
		{"not a number", "<Point><coordinates>NaN,30</coordinates></Point>", lowsky.Geometry{}, "coordinates_unreadable"},
		{"hexadecimal", "<Point><coordinates>0x1p5,30</coordinates></Point>", lowsky.Geometry{}, "coordinates_unreadable"},
		{"no coordinates", "<Point/>", lowsky.Geometry{}, "geometry_absent"},
		{"no outer ring", "<Polygon/>", lowsky.Geometry{}, "geometry_absent"},
		{"limit without datum", data("floor_m", "5") + polygon("", ""), lowsky.Geometry{}, "limit_incomplete"},
		{"a datum twice", data("floor_m", "5", "floor_m", "6") + polygon("", ""), lowsky.Geometry{}, "member_twice"},
		{"drawing changed", data("radius_m", "5", "drawn", "1:0123456789abcdef") + "<MultiGeometry>" + point + polygon("", "") + "</MultiGeometry>", lowsky.Geometry{}, "drawing_changed"},
		{"drawing told to be larger than it is", data("radius_m", "5", "drawn", "9:x") + point, lowsky.Geometry{}, "drawing_changed"},
		{"too many positions", "<LineString><coordinates>" + strings.Repeat("1,2 ", airspace.MaxVertices+1) + "</coordinates></LineString>", lowsky.Geometry{}, "too_many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, head+"<Placemark><name>x</name>"+c.body+"</Placemark>"+foot)
			if c.code != "" {
				last := got.Remarks[len(got.Remarks)-1]
				if len(got.Zones) != 0 || last.Code != c.code || last.Kind != airspace.RemarkRefused || last.Zone != "x" || !strings.Contains(last.Problem, "(x)") {
					t.Errorf("%+v %+v", got.Zones, got.Remarks)
				}
				return
			}
			if len(got.Zones) != 1 {
				t.Fatalf("%+v", got.Remarks)
			}
			if d := cmp.Diff(c.want, got.Zones[0].Geometry); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOtherFeaturesAreAccountedFor(t *testing.T) {
	got := read(t, head+`<NetworkLink><Link><href>http://192.0.2.1/more.kml</href></Link></NetworkLink><GroundOverlay><name>x</name><Icon><href>file:///etc/passwd</href></Icon></GroundOverlay>
		<Style id="s"><LineStyle/></Style><Placemark><name>n</name>`+polygon("", "")+`</Placemark><Placemark><name>n</name>`+polygon("", "")+`</Placemark>`+foot)
	if got.Read != 4 || len(got.Zones) != 2 || got.Zones[0].ID != "n" || got.Zones[1].ID != "n~2" {
		t.Errorf("%+v", got)
	}
	if c := codes(got); c[0] != "external_reference" || c[1] != "no_zone" || got.Remarks[0].Kind != airspace.RemarkRefused {
		t.Errorf("%+v", got.Remarks)
	}
}

func TestRefusesDocuments(t *testing.T) {
	deep := strings.Repeat("<Folder>", 70) + strings.Repeat("</Folder>", 70)
	for _, c := range []struct{ name, doc, field, problem string }{
		{"empty", "", "document", "no element kml"},
		{"text", "hello", "document", "no element kml"},
		{"other XML", "<gpx/>", "document", `begins with the element "gpx"`},
		{"cut off", head + "<Placemark>", "line 1", "not well-formed"},
		{"crossed tags", head + "<Folder></Placemark>" + foot, "line 1", "not well-formed"},
		{"document type", `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml><name>&b;</name></kml>`, "line 1", "document type"},
		{"external entity", "<?xml version=\"1.0\"?>\n<!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml>&x;</kml>", "line 2", "document type"},
		{"undefined entity", head + "<name>&nbsp;</name>" + foot, "line 1", "entity"},
		{"Latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><kml><name>\xe9</name></kml>", "document", "ISO-8859-1"},
		{"GBK", "<?xml version=\"1.0\" encoding=\"GBK\"?><kml/>", "document", "save it as UTF-8"},
		{"not UTF-8", head + "<name>\xe9</name>" + foot, "line 1", "is not UTF-8"},
		{"UTF-16", "\xff\xfe<\x00k\x00", "document", "UTF-16"},
		{"nested folders", head + deep + foot, "line 1", "nested deeper"},
		{"nested elsewhere", head + "<Style>" + strings.Repeat("<a>", 80) + strings.Repeat("</a>", 80) + "</Style>" + foot, "line 1", "nested deeper"},
		{"nested geometry", head + "<Placemark>" + strings.Repeat("<MultiGeometry>", 80) + strings.Repeat("</MultiGeometry>", 80) + "</Placemark>" + foot, "line 1", "nested deeper"},
		{"elements of a placemark", head + "<Placemark>" + strings.Repeat("<a/>", maxElements+1) + "</Placemark>" + foot, "line 1", "more than 200000 elements"},
		{"too large", strings.Repeat(" ", MaxBytes+1), "document", "larger than"},
		{"features", head + strings.Repeat("<Placemark/>", MaxZones+1) + foot, "line 1", "no more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(t.Context(), []byte(c.doc))
			var e *lowsky.InvalidError
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Problem, c.problem) || got != nil {
				t.Errorf("%v, want %s: …%s…", err, c.field, c.problem)
			}
		})
	}
}

// cancelled is a context that ends after it was asked a number of times.
type cancelled struct {
	context.Context
	asks int
}

func (c *cancelled) Err() error {
	if c.asks--; c.asks < 0 {
		return context.Canceled
	}
	return nil
}

func TestReadCanBeStopped(t *testing.T) {
	doc := []byte(head + strings.Repeat("<Placemark>"+polygon("", "")+"</Placemark>", 2000) + foot)
	for _, asks := range []int{0, 1, 5} {
		if got, err := Read(&cancelled{t.Context(), asks}, doc); !errors.Is(err, context.Canceled) || got != nil {
			t.Errorf("after %d: %v", asks, err)
		}
	}
}

func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestKMZ(t *testing.T) {
	one := head + "<Placemark><name>one</name>" + polygon("", "") + "</Placemark>" + foot
	two := strings.ReplaceAll(one, "one", "two")
	for name, files := range map[string][]string{
		"doc.kml wins":      {"a.kml", two, "doc.kml", one, "files/x.png", "\x89PNG"},
		"the first":         {"x.png", "", "sub/a.KML", one, "b.kml", two},
		"path that escapes": {"../../doc.kml", one},
	} {
		got, err := Read(t.Context(), archive(t, files...))
		if err != nil || len(got.Zones) != 1 || got.Zones[0].ID != "one" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	spread := make([]string, 0, 2*maxEntries+2)
	for range maxEntries + 1 {
		spread = append(spread, "x", "")
	}
	bomb := strings.Repeat(" ", MaxBytes-len(one)) + one
	lying := archive(t, "doc.kml", bomb+strings.Repeat(" ", 1<<20))
	// The directory at the end claims that little comes out of it.
	for i := len(lying) - 4; i > 0; i-- {
		if string(lying[i:i+4]) == "PK\x01\x02" {
			copy(lying[i+24:], []byte{100, 0, 0, 0})
			break
		}
	}
	for name, doc := range map[string][]byte{
		"no kml": archive(t, "a.txt", "x"), "empty": archive(t), "doc.kml twice": archive(t, "doc.kml", one, "DOC.kml", two), "many files": archive(t, spread...),
		"directory of nothing else": append(archive(t, "doc.kml", one), bytes.Repeat([]byte("PK\x01\x02"), 4*maxEntries)...),
		"not an archive":            []byte("PK\x03\x04 and then nothing"), "cut off": archive(t, "doc.kml", one)[:300],
		"zip bomb": archive(t, "doc.kml", bomb), "larger than allowed": archive(t, "doc.kml", bomb+strings.Repeat(" ", 1<<20)), "lying directory": lying,
		"archive in an archive": archive(t, "doc.kml", string(archive(t, "doc.kml", one))),
	} {
		if got, err := Read(t.Context(), doc); !errors.Is(err, lowsky.ErrInvalid) || got != nil {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestWriteSaysWhatViewersDoNotShow(t *testing.T) {
	z := &lowsky.Zone{ID: "c", Version: 1, Name: lowsky.Text{ZH: "圆\x01", EN: "circle"}, Restriction: lowsky.Prohibited,
		Geometry: lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 500}, Floor: lowsky.Some(lowsky.Altitude{Metres: 50, Datum: lowsky.AGL})}
	var b bytes.Buffer
	remarks, err := Write(&b, []*lowsky.Zone{z})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"drawn_as_polygons", "heights_not_drawn", "characters_replaced"}, codes(&airspace.Reading{Remarks: remarks})); d != "" {
		t.Error(d)
	}
	if n := strings.Count(b.String(), "<Polygon>"); n != 1 {
		t.Errorf("%d polygons: the circle is not drawn", n)
	}
	// Someone drags a corner of the drawn polygon: centre and outline no longer agree.
	doc := b.String()
	i := strings.Index(doc, "<LinearRing><coordinates>") + len("<LinearRing><coordinates>")
	moved := doc[:i] + "114.5,30.5 " + doc[i:]
	if got := read(t, moved); len(got.Zones) != 0 || got.Remarks[0].Code != "drawing_changed" {
		t.Errorf("%+v", got.Remarks)
	}
	bad := &lowsky.Zone{ID: "n", Version: 1, Buffer: lowsky.Some(lowsky.Metres(nan))}
	if _, err := Write(io.Discard, []*lowsky.Zone{bad}); err == nil {
		t.Error("NaN was written")
	}
}

// The InterUSS files are remote-ID flights: tracks and start points are refused, the polygons around them are read.
func TestReadSamples(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	for file, want := range map[string]struct{ read, zones, valid int }{
		"che/rid/zurich.kml":                   {14, 10, 10},
		"test/invalid_no_speed_accuracy.kml":   {14, 10, 10},
		"test/invalid_wrong_serial_number.kml": {14, 10, 10},
		"usa/kentland/rid.kml":                 {14, 10, 10},
		"usa/netrid/dcdemo.kml":                {19, 13, 13},
	} {
		doc, err := os.ReadFile(filepath.Join(dir, "interuss", "monitoring", file))
		if err != nil {
			t.Skip(err)
		}
		got := read(t, string(doc))
		valid := 0
		for _, z := range got.Zones {
			_, err := airspace.Repair(z)
			if err == nil {
				err = airspace.Validate(z)
			}
			if err == nil {
				valid++
			} else {
				t.Log(file, z.ID, err)
			}
			if z.Restriction != lowsky.Prohibited {
				t.Errorf("%s: %s is %s", file, z.ID, z.Restriction)
			}
		}
		for _, r := range got.Remarks {
			if r.Kind == airspace.RemarkRefused && r.Code != "geometry_no_area" {
				t.Errorf("%s: %+v", file, r)
			}
		}
		if got.Read != want.read || len(got.Zones) != want.zones || valid != want.valid {
			t.Errorf("%s: %d read, %d zones, %d valid", file, got.Read, len(got.Zones), valid)
		}
	}
}
