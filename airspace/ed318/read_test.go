package ed318

import (
	"bytes"
	"context"
	"encoding/json"
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

func read(t testing.TB, doc string) *airspace.Reading {
	t.Helper()
	r, err := Read(context.Background(), []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// said is the remarks as "kind code place".
func said(r *airspace.Reading) []string {
	var all []string
	for _, m := range r.Remarks {
		all = append(all, fmt.Sprintf("%s %s %s", m.Kind, m.Code, m.Place))
	}
	return all
}

func both(s string) lowsky.Text { return lowsky.Text{ZH: s, EN: s} }

func agl(m lowsky.Metres) lowsky.Opt[lowsky.Altitude] {
	return lowsky.Some(lowsky.Altitude{Metres: m, Datum: lowsky.AGL})
}

func TestRead(t *testing.T) {
	r := read(t, file(t, "zones.json"))
	from := lowsky.Some(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	triangle := orb.Polygon{{{114.3, 29.8}, {114.4, 29.8}, {114.4, 29.9}, {114.3, 29.8}}}
	want := []*lowsky.Zone{
		{
			ID: "XN001", Version: 1, Name: lowsky.Text{ZH: "演示湖", EN: "Demo lake"}, Restriction: lowsky.RequiresAuthorisation,
			Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{triangle}}, Floor: agl(50), Ceiling: agl(150),
			Further: []lowsky.Volume3D{
				{
					Geometry: lowsky.Geometry{Centre: orb.Point{114.33, 29.83}, Radius: 750.5},
					Floor:    lowsky.Some(lowsky.Altitude{Metres: 0, Datum: lowsky.Ellipsoid, Feet: true}),
					Ceiling:  lowsky.Some(lowsky.Altitude{Metres: 121.92, Datum: lowsky.AMSL, Geoid: lowsky.CN1985, Feet: true}),
				},
				{
					Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{triangle, {{{114.5, 29.8}, {114.6, 29.8}, {114.6, 29.9}, {114.5, 29.8}}}}},
					Ceiling:  agl(60),
				},
			},
			Applicability: lowsky.Applicability{
				{From: from, StartEvent: lowsky.Sunrise, EndEvent: lowsky.Sunset},
				{From: from, Weekdays: []time.Weekday{time.Saturday}, Start: lowsky.Some(0), End: lowsky.Some(60)},
			},
			Reasons: []lowsky.ZoneReason{"NATURE", "DAR"}, Reason: both("birds"), Message: both("请离开"), Conditions: both("ask first"), Authority: "Nature office",
			Contacts: []lowsky.ZoneContact{{Name: both("Nature office"), Person: both("李四"), Email: "a@example.cn", Purpose: "NOTIFICATION", Before: "P1DT0H"}},
			ED: &lowsky.EDAttributes{
				Country: "CHN", Variant: "CUSTOMIZED", USpace: true, Region: lowsky.Some(3), RegulationExemption: lowsky.Some(false), Originator: "Somebody",
				CreatedAt: time.Date(2025, 5, 5, 5, 5, 5, 0, time.UTC), UpdatedAt: time.Date(2026, 6, 5, 22, 6, 6, 0, time.UTC),
				Extended: json.RawMessage(`{"colour":"red","asPublished":{"name":[{"text":"Demo lake","lang":"en-GB"},{"text":"演示湖","lang":"zh-CN"},{"text":"Demosee","lang":"de-CH"}]}}`),
			},
		},
		{
			ID: "XN002", Version: 1, Name: both("圆"), Restriction: lowsky.NoRestriction,
			Geometry: lowsky.Geometry{Centre: orb.Point{114.2, 29.7}, Radius: 100}, Floor: agl(0),
			Contacts: []lowsky.ZoneContact{{Purpose: "INFORMATION"}}, ED: &lowsky.EDAttributes{Country: "CHN", Variant: "COMMON"},
		},
	}
	if d := cmp.Diff(want, r.Zones, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"noted file_validity metadata.validTo",
		"noted day_event features[0].properties.limitedApplicability[0].schedule[0]",
		"noted lower_absent features[0].geometry.layer.lower",
		"noted upper_unlimited features[1].geometry.layer.upper",
	}, said(r)); d != "" {
		t.Error(d)
	}
}

const (
	ring  = `[[114.3,29.8],[114.4,29.8],[114.4,29.9],[114.3,29.8]]`
	area  = `{"type":"Polygon","coordinates":[` + ring + `],"layer":{"lower":0,"lowerReference":"AGL","upper":120,"upperReference":"AGL","uom":"m"}}`
	attrs = `"identifier":"A","country":"CHN","name":[{"text":"甲","lang":"zh-CN"}],"type":"CONDITIONAL","variant":"COMMON","zoneAuthority":[{"purpose":"INFORMATION"}]`
)

func doc(geometry, properties string) string {
	return `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":` + geometry + `,"properties":{` + properties + `}}]}`
}

// TestSafeReadings: what is open or contradicts itself is read so that the zone restricts more, and remarked.
func TestSafeReadings(t *testing.T) {
	always := func(z *lowsky.Zone) bool { return len(z.Applicability) == 0 }
	unlimited := func(z *lowsky.Zone) bool { return !z.Floor.OK && !z.Ceiling.OK }
	kind := func(s string) string { return strings.Replace(attrs, `"CONDITIONAL"`, s, 1) }
	for _, c := range []struct {
		name, doc, codes string
		holds            func(z *lowsky.Zone) bool
	}{
		{"unknown type", doc(area, kind(`"FORBIDDEN"`)), "restriction_unknown", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.Prohibited }},
		{"type is a number", doc(area, kind(`5`)), "restriction_unknown", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.Prohibited }},
		{"the other spelling", doc(area, kind(`"REQ_AUTHORISATION"`)), "restriction_spelling", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.RequiresAuthorisation }},
		{"no layer", doc(`{"type":"Polygon","coordinates":[`+ring+`]}`, attrs), "layer_absent", unlimited},
		{"layer is a list", doc(`{"type":"Polygon","coordinates":[`+ring+`],"layer":[]}`, attrs), "layer_unreadable", unlimited},
		{"empty limitedApplicability", doc(area, attrs+`,"limitedApplicability":[]`), "period_unbounded", always},
		{"a period that bounds nothing", doc(area, attrs+`,"limitedApplicability":[{"endDateTime":"2020-01-01T00:00:00Z"},{}]`), "period_unbounded", always},
		{"limitedApplicability unreadable", doc(area, attrs+`,"limitedApplicability":{"endDateTime":"2020-01-01T00:00:00Z"}`), "schedule_unreadable", always},
		{"dataSource unreadable", doc(area, attrs+`,"dataSource":"me"`), "source_unreadable", func(z *lowsky.Zone) bool { return z.ED.CreatedAt.IsZero() }},
		{"extendedProperties unreadable", doc(area, attrs+`,"extendedProperties":[1]`), "extended_unreadable", func(z *lowsky.Zone) bool {
			return string(z.ED.Extended) == `{"asPublished":{"extendedProperties":[1]}}`
		}},
		{"a member of ED-269", doc(area, attrs+`,"restriction":"PROHIBITED"`), "unknown_member", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.Conditional }},
		{"unknown members", doc(strings.Replace(area, `"layer":{`, `"colour":1,"layer":{"shade":2,`, 1), attrs+`,"uSpaceClass":"A"`), "unknown_member unknown_member", func(z *lowsky.Zone) bool { return z.ED.USpaceClass == "A" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, c.doc)
			if r.Read != 1 || len(r.Zones) != 1 {
				t.Fatalf("%d read, zones %v, %v", r.Read, r.Zones, r.Remarks)
			}
			var codes []string
			for _, m := range r.Remarks {
				if m.Kind == airspace.RemarkRefused || m.Zone != "A" || m.Place == "" || m.Problem == "" {
					t.Error(m)
				}
				codes = append(codes, m.Code)
			}
			if got := strings.Join(codes, " "); got != c.codes {
				t.Errorf("remarks %q, want %q", got, c.codes)
			}
			if !c.holds(r.Zones[0]) {
				t.Errorf("%+v %s", r.Zones[0], r.Zones[0].ED.Extended)
			}
			if err := airspace.Validate(r.Zones[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRefusedZones(t *testing.T) {
	collection := func(s string) string { return doc(`{"type":"GeometryCollection","geometries":[`+s+`]}`, attrs) }
	for _, c := range []struct{ name, doc, place, code string }{
		{"no feature", `{"type":"FeatureCollection","features":[{"type":"feature"}]}`, "features[0].type", "not_a_feature"},
		{"null properties", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":null}]}`, "features[0].properties", "properties_missing"},
		{"null geometry", doc(`null`, attrs), "features[0].geometry", "geometry_missing"},
		{"geometry is a list", doc(`[]`, attrs), "features[0].geometry", "not_an_object"},
		{"empty collection", collection(``), "features[0].geometry.geometries", "geometry_missing"},
		{"collection of nothing", doc(`{"type":"GeometryCollection"}`, attrs), "features[0].geometry.geometries", "geometry_missing"},
		{"collection in a collection", collection(`{"type":"GeometryCollection","geometries":[` + area + `]}`), "features[0].geometry.geometries[0]", "geometry_unknown"},
		{"one of two bad", collection(area + `,{"type":"Point","coordinates":[114,30]}`), "features[0].geometry.geometries[1]", "point_without_extent"},
		{"line", doc(`{"type":"LineString","coordinates":[[114,30],[115,30]]}`, attrs), "features[0].geometry", "geometry_without_area"},
		{"unknown geometry", doc(`{"type":"Blob"}`, attrs), "features[0].geometry.type", "geometry_unknown"},
		{"unknown extent", doc(`{"type":"Point","coordinates":[114,30],"extent":{"subType":"Sector","radius":1}}`, attrs), "features[0].geometry", "extent_unknown"},
		{"radius as words", doc(`{"type":"Point","coordinates":[114,30],"extent":{"subType":"Circle","radius":"wide"}}`, attrs), "features[0].geometry.extent.radius", "radius_unreadable"},
		{"too many volumes", collection(strings.Repeat(area+",", 1000) + area), "features[0].geometry.geometries", "too_many_volumes"},
		{"never applies", doc(area, attrs+`,"limitedApplicability":[{"startDateTime":"2026-01-02T00:00:00Z","endDateTime":"2026-01-01T00:00:00Z"}]`), "features[0].properties.limitedApplicability", "never_applies"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, c.doc)
			if r.Read != 1 || len(r.Zones) != 0 || len(r.Remarks) != 1 {
				t.Fatalf("%d read, zones %v, %v", r.Read, r.Zones, r.Remarks)
			}
			if m := r.Remarks[0]; m.Kind != airspace.RemarkRefused || m.Place != c.place || m.Code != c.code || m.Problem == "" {
				t.Errorf("%+v", m)
			}
		})
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, doc, field, problem string }{
		{"empty", ``, "document", "is not JSON"},
		{"list", `[]`, "document", "must be an object"},
		{"no type", `{"features":[]}`, "type", "is missing"},
		{"a feature alone", `{"type":"Feature","geometry":` + area + `,"properties":{` + attrs + `}}`, "type", "FeatureCollection around it is missing"},
		{"properties alone", `{` + attrs + `}`, "type", "the features and their geometry are missing"},
		{"another type", `{"type":"Topology"}`, "type", `is "Topology"`},
		{"no features", `{"type":"FeatureCollection"}`, "features", "is missing or no list"},
	} {
		r, err := Read(context.Background(), []byte(c.doc))
		var e *lowsky.InvalidError
		if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Problem, c.problem) || r != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, []byte(file(t, "zones.json"))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestGeoid(t *testing.T) {
	high := strings.ReplaceAll(area, "AGL", "AMSL")
	for _, c := range []struct {
		metadata string
		want     lowsky.Geoid
		code     string
	}{
		{`{}`, lowsky.EGM2008, "geoid_assumed"},
		{`{"otherGeoid":"CHGeo2004"}`, lowsky.EGM2008, "geoid_assumed"},
		{`{"otherGeoid":"EGM-96"}`, lowsky.EGM96, ""},
		{`{"otherGeoid":"urn:ogc:def:crs:EPSG::3855"}`, lowsky.EGM2008, ""},
		{`{"otherGeoid":"1985 国家高程基准"}`, lowsky.CN1985, ""},
	} {
		r := read(t, strings.Replace(doc(high, attrs), `"features"`, `"metadata":`+c.metadata+`,"features"`, 1))
		code := ""
		if len(r.Remarks) > 0 {
			code = r.Remarks[0].Code
		}
		if g := r.Zones[0].Ceiling.Value.Geoid; g != c.want || code != c.code {
			t.Errorf("%s: %s %v", c.metadata, g, r.Remarks)
		}
	}
}

// TestExtensionThatDoesNotAgree: whoever edits a file that we wrote is believed, and our own member is not.
func TestExtensionThatDoesNotAgree(t *testing.T) {
	z := &lowsky.Zone{
		ID: "xianning-airport", Version: 4, Name: both("机场"), Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 100},
		Floor: agl(0), Ceiling: agl(120), Buffer: lowsky.Some[lowsky.Metres](50), Exemptions: []lowsky.Exemption{{Organisation: "fire"}},
	}
	var b bytes.Buffer
	remarks, err := Write(&b, []*lowsky.Zone{z})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range remarks {
		codes = append(codes, m.Code)
	}
	if d := cmp.Diff([]string{"out_identifier", "out_buffer", "out_exemptions"}, codes); d != "" {
		t.Error(d)
	}
	if r := read(t, b.String()); len(r.Remarks) != 0 || cmp.Diff(z, r.Zones[0]) != "" {
		t.Fatal(r.Remarks, cmp.Diff(z, r.Zones[0]))
	}
	for was, is := range map[string]string{
		`"radius":100`:              `"radius":200`,
		`"upper":120`:               `"upper":500`,
		`"type":"PROHIBITED"`:       `"type":"NO_RESTRICTION"`,
		`"text":"机场"`:               `"text":"车站"`,
		`"variant":"COMMON"`:        `"variant":"COMMON","limitedApplicability":[{"startDateTime":"2026-01-01T00:00:00Z"}]`,
		`"coordinates":[114,30]`:    `"coordinates":[114,31]`, // the centre is the file's anyway: the rest still agrees
		`"version":4`:               `"version":4,"of_tomorrow":1`,
		`"ceiling":{"metres":120`:   `"ceiling":{"metres":10`,
		`"restriction":"prohibited`: `"restriction":"no_restriction`,
	} {
		edited := strings.Replace(b.String(), was, is, 1)
		if edited == b.String() {
			t.Fatalf("%s is not in %s", was, b.String())
		}
		r := read(t, edited)
		got := r.Zones[0]
		if was == `"coordinates":[114,30]` {
			if got.Geometry.Centre != (orb.Point{114, 31}) || len(r.Remarks) != 0 || got.ID != z.ID {
				t.Errorf("%s: %+v %v", is, got, r.Remarks)
			}
			continue
		}
		// It stays the zone that it was, where the extension can be read at all.
		if len(r.Remarks) != 1 || !strings.HasPrefix(r.Remarks[0].Code, "extension_") || got.Buffer.OK || len(got.Exemptions) > 0 ||
			(got.ID == z.ID) != (r.Remarks[0].Code == "extension_differs") {
			t.Errorf("%s: %+v %v", is, got, r.Remarks)
		}
		if strings.Contains(was, "restriction") && got.Restriction != lowsky.Prohibited || strings.Contains(was, "ceiling") && got.Ceiling != agl(120) {
			t.Errorf("%s: the extension was believed: %+v", is, got)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	nan := lowsky.Metres(0)
	nan /= nan
	good := lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 1}
	tangle := lowsky.Geometry{Width: 300}
	for i := range 3000 {
		tangle.Line = append(tangle.Line, orb.Point{114 + float64(i)*0.0002, 30 + float64(i%7)*0.0005})
	}
	for name, z := range map[string]*lowsky.Zone{
		"tangle":    {ID: "a", Geometry: tangle},
		"nil":       nil,
		"no area":   {ID: "a"},
		"NaN limit": {ID: "a", Geometry: good, Floor: agl(nan)},
		"NaN place": {ID: "a", Geometry: lowsky.Geometry{Centre: orb.Point{float64(nan), 30}, Radius: 1}},
		"bad line":  {ID: "a", Geometry: lowsky.Geometry{Line: orb.LineString{{114, 30}}, Width: 1}},
		"extended":  {ID: "a", Geometry: good, ED: &lowsky.EDAttributes{Extended: json.RawMessage(`[]`)}},
	} {
		var b bytes.Buffer
		if _, err := Write(&b, []*lowsky.Zone{{ID: "ok", Geometry: good}, z}); !errors.Is(err, lowsky.ErrInvalid) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
}

// TestIdentifiersStayApart: two identifiers that are too long, or the same in two countries, differ in one file.
func TestIdentifiersStayApart(t *testing.T) {
	good := lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 1}
	zones := []*lowsky.Zone{{ID: "a", Geometry: good, ED: &lowsky.EDAttributes{Identifier: "X"}}, {ID: "b", Geometry: good, ED: &lowsky.EDAttributes{Identifier: "X"}}, {ID: "X", Geometry: good}, {ID: "far-too-long", Geometry: good}}
	var b bytes.Buffer
	if _, err := Write(&b, zones); err != nil {
		t.Fatal(err)
	}
	var f struct {
		Features []struct {
			Properties struct {
				Identifier string `json:"identifier"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, x := range f.Features {
		if id := x.Properties.Identifier; seen[id] || len(id) > 7 || id == "" {
			t.Error(id)
		} else {
			seen[id] = true
		}
	}
	if got := read(t, b.String()); cmp.Diff(zones, got.Zones, cmpopts.EquateEmpty()) != "" {
		t.Error(cmp.Diff(zones, got.Zones, cmpopts.EquateEmpty()))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(file(f, "zones.json")))
	f.Add([]byte(doc(area, attrs+`,"extendedProperties":{"lowsky":{"zone":{"id":"b","geometry":{"line":[[114,30],[114,31]],"width_m":20}}}}`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := Read(context.Background(), doc)
		if err != nil {
			return
		}
		refused := 0
		for _, m := range r.Remarks {
			if m.Kind == airspace.RemarkRefused {
				refused++
			}
		}
		if len(r.Zones)+refused != r.Read && len(r.Remarks) < airspace.MaxRemarks {
			t.Fatalf("%d read, %d zones, %d refused", r.Read, len(r.Zones), refused)
		}
		var fit []*lowsky.Zone
		for _, z := range r.Zones {
			if airspace.Validate(z) == nil {
				fit = append(fit, z)
			}
		}
		var b bytes.Buffer
		if _, err := Write(&b, fit); err != nil {
			t.Fatal(err)
		}
		again, err := Read(context.Background(), b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(fit, again.Zones, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s\n%v\n%s", d, again.Remarks, b.Bytes())
		}
	})
}
