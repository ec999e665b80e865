package ed269

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

func date(y int) lowsky.Opt[time.Time] { return lowsky.Some(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)) }

func TestRead(t *testing.T) {
	r := read(t, file(t, "zones.json"))
	want := []*lowsky.Zone{
		{
			ID: "XN001", Version: 1, Name: both("演示机场"), Restriction: lowsky.RequiresAuthorisation,
			Geometry: lowsky.Geometry{Centre: orb.Point{114.33, 29.83}, Radius: 304.8},
			Ceiling:  lowsky.Some(lowsky.Altitude{Metres: 121.92, Datum: lowsky.AMSL, Geoid: lowsky.EGM2008, Feet: true}),
			Further: []lowsky.Volume3D{{
				Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{
					{{114.3, 29.8}, {114.4, 29.8}, {114.4, 29.9}, {114.3, 29.9}, {114.3, 29.8}},
					{{114.32, 29.82}, {114.32, 29.84}, {114.34, 29.84}, {114.34, 29.82}, {114.32, 29.82}},
				}}},
				Floor: agl(50), Ceiling: agl(120),
			}},
			Applicability: lowsky.Applicability{
				{From: date(2026), Until: date(2030), Weekdays: []time.Weekday{0, 1}, Start: lowsky.Some(60), End: lowsky.Some(480)},
				{From: date(2026), Until: date(2030), Weekdays: []time.Weekday{1}, Start: lowsky.Some(540), End: lowsky.Some(600)},
				{From: date(2031)},
			},
			Reasons: []lowsky.ZoneReason{"AIR_TRAFFIC", "OTHER"}, Reason: both("演示"), Message: both("先申请"),
			Conditions: both("PERMITTED/NOISE CLASS=A\nOPERATOR=POLICE"), Authority: "塔台",
			Contacts: []lowsky.ZoneContact{
				{Name: both("塔台"), Service: both("值班"), Person: both("张三"), URL: "https://example.cn", Email: "a@example.cn", Phone: "0715-1", Purpose: "AUTHORIZATION", Before: "PT4H"},
				{Name: both("公安"), Purpose: "NOTIFICATION"},
			},
			ED: &lowsky.EDAttributes{Country: "CHN", Variant: "COMMON", USpaceClass: "OPEN, SPECIFIC", Region: lowsky.Some(12), RegulationExemption: lowsky.Some(true), Extended: json.RawMessage(`{"colour":"red"}`)},
		},
		{
			ID: "XN00002-LONG", Version: 1, Name: both("两块"), Restriction: lowsky.Prohibited,
			Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{
				{{{114.3, 29.8}, {114.4, 29.8}, {114.4, 29.9}, {114.3, 29.8}}},
				{{{114.5, 29.8}, {114.6, 29.8}, {114.6, 29.9}, {114.5, 29.8}}},
			}},
			Floor: agl(0), Conditions: both("none"), Authority: "公安", Contacts: []lowsky.ZoneContact{{Name: both("公安")}},
			ED: &lowsky.EDAttributes{Country: "CHN", Variant: "CUSTOMIZED", Extended: json.RawMessage(`{"asPublished":{"colour":"blue"}}`)},
		},
	}
	if d := cmp.Diff(want, r.Zones, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"noted lower_absent features[0].geometry[0].lowerLimit",
		"noted upper_absent features[1].geometry[0].upperLimit",
		"repaired ring_outside features[1].geometry[0].horizontalProjection.coordinates",
		"noted unknown_member features[1].colour",
		"noted geoid_assumed features",
	}, said(r)); d != "" {
		t.Error(d)
	}
	for _, z := range r.Zones {
		if err := airspace.Validate(z); err != nil {
			t.Error(err)
		}
	}
}

func TestReadCIS(t *testing.T) {
	r := read(t, file(t, "cis.json"))
	if r.Read != 1 || len(r.Zones) != 1 || len(r.Remarks) != 0 {
		t.Fatal(r)
	}
	z := r.Zones[0]
	// 20:00–04:00 UTC is 04:00–12:00 in Shanghai.
	if d := cmp.Diff(lowsky.Applicability{{Start: lowsky.Some(240), End: lowsky.Some(720)}}, z.Applicability); d != "" || z.Restriction != lowsky.Conditional || z.Geometry.Radius != 300 {
		t.Error(d, z)
	}
}

func TestReadFlattened(t *testing.T) {
	r := read(t, file(t, "flattened.geojson"))
	if r.Read != 2 || len(r.Zones) != 2 {
		t.Fatal(r)
	}
	if d := cmp.Diff([]string{
		"noted file_warning warnings",
		"noted unknown_member features[0].properties.updated",
		"noted upper_absent features[1].properties.upperLimit",
		"noted geoid_assumed features",
	}, said(r)); d != "" {
		t.Error(d)
	}
	one, two := r.Zones[0], r.Zones[1]
	if one.ID != "F1" || one.Authority != "Somebody" || one.Ceiling != agl(120) || len(one.Applicability) != 0 || one.Reasons[0] != "SENSITIVE" {
		t.Errorf("%+v", one)
	}
	if len(two.Geometry.Polygons) != 2 || two.Floor.Value != (lowsky.Altitude{Metres: 100 * 0.3048, Datum: lowsky.AMSL, Geoid: lowsky.EGM2008, Feet: true}) || two.Ceiling.OK {
		t.Errorf("%+v", two)
	}
}

const (
	ring     = `[[114.3,29.8],[114.4,29.8],[114.4,29.9],[114.3,29.8]]`
	square   = `{"uomDimensions":"M","lowerLimit":0,"lowerVerticalReference":"AGL","upperLimit":120,"upperVerticalReference":"AGL","horizontalProjection":{"type":"Polygon","coordinates":[` + ring + `]}}`
	head     = `"identifier":"A","country":"CHN","name":"甲","type":"COMMON"`
	forever  = `"applicability":[{"permanent":"YES"}]`
	areas    = `"geometry":[` + square + `]`
	whom     = `"zoneAuthority":[{"name":"甲"}]`
	restrict = `"restriction":"CONDITIONAL"`
)

func doc(members ...string) string {
	return `{"features":[{` + strings.Join(members, ",") + `}]}`
}

func geometry(member string) string {
	return doc(head, restrict, forever, whom, `"geometry":[`+member+`]`)
}

// TestSafeReadings: what is open or contradicts itself is read so that the zone restricts more, and remarked.
func TestSafeReadings(t *testing.T) {
	always := func(z *lowsky.Zone) bool { return len(z.Applicability) == 0 }
	unlimited := func(z *lowsky.Zone) bool { return !z.Floor.OK && !z.Ceiling.OK }
	limits := func(s string) string {
		return geometry(`{` + s + `,"horizontalProjection":{"type":"Polygon","coordinates":[` + ring + `]}}`)
	}
	prohibited := func(z *lowsky.Zone) bool { return z.Restriction == lowsky.Prohibited }
	for _, c := range []struct {
		name, doc, codes string
		holds            func(z *lowsky.Zone) bool
	}{
		{"unknown restriction", doc(head, `"restriction":"NO_GO"`, forever, whom, areas), "restriction_unknown", prohibited},
		{"no restriction", doc(head, forever, whom, areas), "restriction_missing", prohibited},
		{"restriction in type", doc(`"identifier":"A","name":"甲","type":"CONDITIONAL"`, forever, whom, areas), "restriction_in_type", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.Conditional }},
		{"the other spelling", doc(head, `"restriction":"REQ_AUTHORIZATION"`, forever, whom, areas), "restriction_spelling", func(z *lowsky.Zone) bool { return z.Restriction == lowsky.RequiresAuthorisation }},
		{"permanent with hours", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"YES","startDateTime":"2020-01-01T00:00:00Z","schedule":[{"day":["HOL"],"startTime":"x"}]}]`), "permanent_with_hours", func(z *lowsky.Zone) bool {
			return always(z) && string(z.ED.Extended) == `{"asPublished":{"applicability":[{"permanent":"YES","startDateTime":"2020-01-01T00:00:00Z","schedule":[{"day":["HOL"],"startTime":"x"}]}]}}`
		}},
		{"permanent among others", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"NO","endDateTime":"2020-01-01T00:00:00Z"},{"permanent":"YES"}]`), "", always},
		{"not permanent, never", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"NO"}]`), "period_unbounded", always},
		{"no applicability", doc(head, restrict, whom, areas), "period_unbounded", always},
		{"applicability unreadable", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"NO","endDateTime":"2020-01-01T00:00:00Z"},7]`), "schedule_unreadable", always},
		{"upper limit in words", limits(`"uomDimensions":"M","lowerLimit":"GND","upperLimit":"UNL"`), "", unlimited},
		{"upper limit unreadable", limits(`"uomDimensions":"M","lowerLimit":"low","lowerVerticalReference":"AGL","upperLimit":"high","upperVerticalReference":"AGL"`), "lower_unreadable upper_unreadable", unlimited},
		{"99999", limits(`"uomDimensions":"FT","lowerLimit":0,"upperLimit":99999,"upperVerticalReference":"AMSL"`), "upper_unlimited", unlimited},
		{"unknown reference", limits(`"uomDimensions":"M","lowerLimit":20,"lowerVerticalReference":"QNH","upperLimit":50`), "lower_reference upper_reference", unlimited},
		{"unknown unit", limits(`"uomDimensions":"FL","lowerLimit":20,"lowerVerticalReference":"AMSL","upperLimit":50,"upperVerticalReference":"AMSL"`), "unit_unknown", unlimited},
		{"unknown unit of a circle", geometry(`{"uomDimensions":"YD","horizontalProjection":{"type":"Circle","center":[114,30],"radius":10}}`), "unit_unknown", func(z *lowsky.Zone) bool { return z.Geometry.Radius == 10 }},
		{"numbers as text", geometry(`{"uomDimensions":"M","lowerLimit":"0","lowerVerticalReference":"AGL","upperLimit":"12.5","upperVerticalReference":"AGL","horizontalProjection":{"type":"Circle","center":["114","30"],"radius":"10"}}`),
			"number_as_text number_as_text number_as_text", func(z *lowsky.Zone) bool { return z.Ceiling == agl(12.5) && z.Geometry.Radius == 10 }},
		{"ring without its brackets", geometry(`{"lowerLimit":0,"upperLimit":1,"upperVerticalReference":"AGL","horizontalProjection":{"type":"Polygon","coordinates":` + ring + `}}`), "ring_brackets", func(z *lowsky.Zone) bool { return len(z.Geometry.Polygons[0][0]) == 4 }},
		{"heights in positions", geometry(`{"lowerLimit":0,"upperLimit":1,"upperVerticalReference":"AGL","horizontalProjection":{"type":"Circle","center":[114,30,7],"radius":1}}`), "third_ordinate", func(z *lowsky.Zone) bool { return z.Geometry.IsCircle() }},
		{"no identifier", doc(`"country":"CHN","name":"甲"`, restrict, forever, whom, areas), "identifier_missing", func(z *lowsky.Zone) bool { return strings.HasPrefix(string(z.ID), "noid-") }},
		{"spaces", doc(`"identifier":" A B "`, `"name":"甲"`, restrict, forever, whom, areas), "identifier_unfit", func(z *lowsky.Zone) bool { return strings.HasPrefix(string(z.ID), "A_B-") && z.ED.Identifier == "A B" }},
		{"no name", doc(`"identifier":"A"`, restrict, forever, whom, areas), "name_missing", func(z *lowsky.Zone) bool { return z.Name == both("A") }},
		{"unknown reason", doc(head, restrict, forever, whom, areas, `"reason":["OWLS","OTHER"]`), "reason_unknown", func(z *lowsky.Zone) bool { return len(z.Reasons) == 1 && z.Reasons[0] == "OTHER" }},
		{"odd attributes", doc(head, restrict, forever, areas, `"region":1.5,"regulationExemption":"MAYBE","zoneAuthority":[7,{"name":"x","purpose":"FUN","fax":"1"}]`), "region_unreadable exemption_unreadable contact_unreadable purpose_unknown unknown_member",
			func(z *lowsky.Zone) bool { return len(z.Contacts) == 1 && !z.ED.Region.OK }},
		{"control characters", doc(`"identifier":"A","name":"a\u0000b\u0007"`, restrict, forever, whom, areas), "", func(z *lowsky.Zone) bool { return z.Name == both("ab") }},
		{"long text", doc(head, restrict, forever, whom, areas, `"message":"`+strings.Repeat("长", 2000)+`"`), "text_cut", func(z *lowsky.Zone) bool { return len(z.Message.ZH) == 3999 }},
		{"repeated word for word", `{"features":[{` + strings.Join([]string{head, restrict, forever, whom, areas}, ",") + `}, {` + strings.Join([]string{head, restrict, forever, whom, areas}, " , ") + `}]}`, "repeated", func(z *lowsky.Zone) bool { return true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, c.doc)
			if r.Read != 1 || len(r.Zones) != 1 {
				t.Fatalf("%d read, zones %v, %v", r.Read, r.Zones, r.Remarks)
			}
			var codes []string
			for _, m := range r.Remarks {
				if m.Kind == airspace.RemarkRefused || m.Place == "" || m.Problem == "" {
					t.Error(m)
				}
				if !strings.HasSuffix(m.Code, "_absent") && m.Code != "geoid_assumed" {
					codes = append(codes, m.Code)
				}
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
	polygon := func(c string) string {
		return geometry(`{"uomDimensions":"M","horizontalProjection":{"type":"Polygon","coordinates":` + c + `}}`)
	}
	circle := func(s string) string {
		return geometry(`{"uomDimensions":"M","horizontalProjection":{"type":"Circle",` + s + `}}`)
	}
	many := strings.Repeat("[1,2],", 1_000_000)
	for _, c := range []struct{ name, doc, place, code string }{
		{"no object", `{"features":[7]}`, "features[0]", "not_an_object"},
		{"member twice", doc(head, restrict, forever, whom, areas, `"restriction":"PROHIBITED"`), "features[0].restriction", "member_twice"},
		{"nothing to name it by", doc(restrict, forever, whom, areas), "features[0].identifier", "identifier_missing"},
		{"no geometry", doc(head, restrict, forever, whom), "features[0].geometry", "geometry_missing"},
		{"empty geometry", geometry(``), "features[0].geometry", "geometry_missing"},
		{"one of two without a place", geometry(square + `,{"uomDimensions":"M"}`), "features[0].geometry[1].horizontalProjection", "geometry_missing"},
		{"unknown projection", geometry(`{"horizontalProjection":{"type":"Ellipse"}}`), "features[0].geometry[0].horizontalProjection.type", "geometry_unknown"},
		{"no coordinates", polygon(`null`), "features[0].geometry[0].horizontalProjection.coordinates", "coordinates_missing"},
		{"no ring", polygon(`[]`), "features[0].geometry[0].horizontalProjection.coordinates", "ring_empty"},
		{"empty ring", polygon(`[[]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "ring_empty"},
		{"one ordinate", polygon(`[[[1],[2],[3],[1]]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "position_unreadable"},
		{"NaN as text", polygon(`[[["NaN",2],[1,2],[3,4],["NaN",2]]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "position_unreadable"},
		{"too large for a number", polygon(`[[[1e999,2],[1,2],[3,4],[1,2]]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "position_unreadable"},
		{"off the earth", polygon(`[[[29.8,114.3],[1,2],[3,4],[29.8,114.3]]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "position_off_earth"},
		{"a million positions", polygon(`[[` + many + `[1,2]]]`), "features[0].geometry[0].horizontalProjection.coordinates[0]", "too_many_positions"},
		{"a million rings", polygon(`[` + strings.Repeat(ring+",", 2000) + ring + `]`), "features[0].geometry[0].horizontalProjection.coordinates", "too_many_rings"},
		{"no radius", circle(`"center":[114,30]`), "features[0].geometry[0].horizontalProjection.radius", "radius_unreadable"},
		{"radius 0", circle(`"center":[114,30],"radius":0`), "features[0].geometry[0].horizontalProjection.radius", "radius_unreadable"},
		{"no centre", circle(`"radius":10`), "features[0].geometry[0].horizontalProjection.center", "position_unreadable"},
		{"never applies", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"NO","startDateTime":"2026-01-02T00:00:00Z","endDateTime":"2026-01-01T00:00:00Z"}]`), "features[0].applicability", "never_applies"},
		{"too many periods", doc(head, restrict, whom, areas, `"applicability":[{"permanent":"NO","schedule":[`+strings.Repeat(`{"day":["MON"]},`, 100)+`{"day":["MON"]}]}]`), "features[0].applicability", "too_many_periods"},
		{"flattened line", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"A","restriction":"CONDITIONAL"},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}]}`, "features[0].geometry", "geometry_unknown"},
		{"flattened without properties", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":null}]}`, "features[0].properties", "properties_missing"},
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

func TestDuplicateIdentifierIsRefused(t *testing.T) {
	one := strings.Join([]string{head, restrict, forever, whom, areas}, ",")
	r := read(t, `{"features":[{`+one+`},{`+strings.Replace(one, "120", "121", 1)+`},{`+one+`}]}`)
	if d := cmp.Diff([]string{"refused duplicate_identifier features[1]", "noted repeated features[2]"}, said(r)); d != "" || r.Read != 2 || len(r.Zones) != 1 || r.Remarks[0].Zone != "A" {
		t.Error(d, r)
	}
}

// TestManyVolumes: a zone of more volumes than a Zone may have is the union of those with the same limits.
func TestManyVolumes(t *testing.T) {
	r := read(t, geometry(strings.Repeat(square+",", 99)+strings.Replace(square, "120", "90", 1)))
	if len(r.Zones) != 1 || r.Zones[0].VolumeCount() != 2 || len(r.Zones[0].Geometry.Polygons) != 99 || r.Remarks[0].Code != "volumes_merged" {
		t.Error(r.Remarks)
	}
	circle := `{"horizontalProjection":{"type":"Circle","center":[114,30],"radius":1}}`
	r = read(t, geometry(strings.Repeat(circle+",", 99)+circle))
	if len(r.Zones) != 0 || r.Read != 1 || r.Remarks[0].Code != "too_many_volumes" {
		t.Error(r.Remarks)
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, doc, field, problem string }{
		{"empty", ``, "document", "is not JSON"},
		{"list", `[]`, "document", "must be an object"},
		{"one zone", `{` + head + `}`, "features", "this is one zone of a file"},
		{"something else", `{"a":1}`, "features", "is missing or no list, and so is UASZoneList"},
		{"features is no list", `{"features":{}}`, "features", "is missing or no list"},
		{"twice", `{"features":[],"features":[]}`, "document", "features: occurs twice"},
		{"too many", `{"features":[` + strings.Repeat("0,", 100_000) + `0]}`, "features", "more than 100000 zones"},
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

// TestRefusalsAreCounted: also beyond the bound of remarks every zone is accounted for.
func TestRefusalsAreCounted(t *testing.T) {
	r := read(t, `{"features":[`+strings.Repeat("0,", 20_000)+`0]}`)
	if r.Read != 20_001 || len(r.Zones) != 0 || len(r.Remarks) != airspace.MaxRemarks || r.Remarks[airspace.MaxRemarks-1].Code != "remarks_dropped" {
		t.Error(r.Read, len(r.Remarks))
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"zones.json", "cis.json", "flattened.geojson"} {
		f.Add([]byte(file(f, name)))
	}
	f.Add([]byte(doc(head, restrict, forever, whom, areas, `"extendedProperties":{"lowsky":{"zone":{"id":"b","geometry":{"line":[[114,30],[114,31]],"width_m":20}}}}`)))
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
