package regions

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
)

func load(t *testing.T) *Region {
	t.Helper()
	r, err := Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestXianningTree(t *testing.T) {
	r := load(t)
	var ids []lowsky.JurisdictionID
	for _, j := range r.Jurisdictions {
		ids = append(ids, j.ID)
		if !j.Schematic {
			t.Errorf("%s is not marked schematic", j.ID)
		}
	}
	want := []lowsky.JurisdictionID{"421200", "421202", "421221", "421222", "421223", "421224", "421281", "421200-GX"}
	if d := cmp.Diff(want, ids); d != "" {
		t.Error(d)
	}
	if len(r.Credits) == 0 || !strings.Contains(r.Credits[0].ZH, "OpenStreetMap") || !strings.Contains(r.Credits[0].ZH, "示意") {
		t.Errorf("credits %v", r.Credits)
	}
	if _, err := fs.Stat(packs, "xianning/LICENCE"); err != nil {
		t.Error("the outlines have no licence file beside them:", err)
	}
}

// The city is one ring of exactly the area of its six parts.
func TestCityIsTheUnion(t *testing.T) {
	r := load(t)
	city := r.Jurisdictions[0]
	if len(city.Area) != 1 || len(city.Area[0]) != 1 {
		t.Fatalf("%d polygons, want one without holes", len(city.Area))
	}
	sum := 0.
	for _, j := range r.Jurisdictions[1:7] {
		sum += math.Abs(signedArea(j.Area[0][0]))
	}
	if got := signedArea(city.Area[0][0]); math.Abs(got-sum) > 1e-9 {
		t.Errorf("area %v, its parts %v", got, sum)
	}
}

// 咸宁高新区 lies inside 咸安区 and is smaller, so it owns what lies in both.
func TestHighTechZoneInsideXianan(t *testing.T) {
	r := load(t)
	gx, xianan := r.Jurisdictions[7], r.Jurisdictions[1]
	for _, p := range gx.Area[0][0] {
		if !within(xianan.Area[0][0], p) {
			t.Errorf("%v lies outside 421202", p)
		}
		if p[0] < 114.33 || p[0] > 114.42 || p[1] < 29.88 || p[1] > 29.98 {
			t.Errorf("%v lies outside the agreed box", p)
		}
	}
	if signedArea(gx.Area[0][0]) >= signedArea(xianan.Area[0][0]) {
		t.Error("is not the smaller one")
	}
}

func TestSeatsLieInTheirAreas(t *testing.T) {
	for _, j := range load(t).Jurisdictions {
		if !within(j.Area[0][0], j.Seat.Point()) {
			t.Errorf("seat of %s lies outside it", j.ID)
		}
	}
}

func TestDemoZones(t *testing.T) {
	r := load(t)
	var doc struct {
		Features []struct {
			ID         string
			Properties struct {
				Restriction   lowsky.Restriction
				Kind          string
				Radius        lowsky.Metres        `json:"radius_m"`
				FloorDatum    lowsky.Datum         `json:"floor_datum"`
				CeilingDatum  lowsky.Datum         `json:"ceiling_datum"`
				Applicability lowsky.Applicability `json:"applicability"`
			}
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(r.DemoZones, &doc); err != nil {
		t.Fatal(err)
	}
	restrictions, datums, counties := map[lowsky.Restriction]int{}, map[lowsky.Datum]int{}, map[lowsky.JurisdictionID]int{}
	circles, holes, scheduled := 0, 0, 0
	kinds := map[string]bool{}
	for _, k := range r.ZoneKinds {
		kinds[k.Kind] = true
	}
	for _, f := range doc.Features {
		p := f.Properties
		if !kinds[p.Kind] {
			t.Errorf("%s is of the kind %q, which the region does not list", f.ID, p.Kind)
		}
		restrictions[p.Restriction]++
		datums[p.FloorDatum]++
		datums[p.CeilingDatum]++
		if len(p.Applicability) > 0 {
			scheduled++
		}
		var first orb.Point
		switch f.Geometry.Type {
		case "Point":
			circles++
			if p.Radius <= 0 {
				t.Errorf("%s: a point without radius_m", f.ID)
			}
			json.Unmarshal(f.Geometry.Coordinates, &first)
		case "Polygon":
			var poly orb.Polygon
			json.Unmarshal(f.Geometry.Coordinates, &poly)
			if err := checkArea(orb.MultiPolygon{poly}); err != nil {
				t.Errorf("%s: %v", f.ID, err)
			}
			if len(poly) > 1 {
				holes++
			}
			first = poly[0][0]
		default:
			t.Errorf("%s: geometry %s", f.ID, f.Geometry.Type)
		}
		for _, j := range r.Jurisdictions[1:7] {
			if within(j.Area[0][0], first) {
				counties[j.ID]++
			}
		}
	}
	for _, want := range []lowsky.Restriction{lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction} {
		if restrictions[want] == 0 {
			t.Errorf("no zone is %s", want)
		}
	}
	if len(doc.Features) < 12 || circles < 2 || holes < 2 || scheduled < 2 || datums[lowsky.AGL] == 0 || datums[lowsky.AMSL] == 0 || datums[lowsky.Ellipsoid] == 0 || len(counties) != 6 {
		t.Errorf("zones %d, circles %d, with holes %d, scheduled %d, datums %v, counties %v", len(doc.Features), circles, holes, scheduled, datums, counties)
	}
}

func TestLoadUnknown(t *testing.T) {
	if _, err := Load("atlantis"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("%v, want not found", err)
	}
	for _, name := range []string{"", "..", "../xianning", "xianning/demo"} {
		if _, err := Load(name); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%q: %v, want invalid", name, err)
		}
	}
}

// Each edit of the good pack is refused with the field named.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ file, old, new, field string }{
		{"region.json", `"organisation_id": "xianning"`, `"organisation_id": "xianning", "colour": 1`, "region.json"},
		{"region.json", `"organisation_id": "xianning"`, `"organisation_id": "nobody"`, "organisations[0].kind"},
		{"region.json", `"kind": "city", "name": {"zh": "咸宁市低空`, `"kind": "king", "name": {"zh": "咸宁市低空`, "organisations[0].kind"},
		{"region.json", `"id": "jiayu", "kind": "county"`, `"id": "jiayu", "kind": "city"`, "organisations[2].kind"},
		{"region.json", `"jurisdiction_id": "421221"}`, `"jurisdiction_id": "421202"}`, "organisations[2].jurisdiction_id"},
		{"region.json", `"jurisdiction_id": "421221"}`, `"jurisdiction_id": "421200"}`, "organisations[2].jurisdiction_id"},
		{"region.json", `"scenarios": ["rescue"]`, `"scenarios": ["war"]`, "organisations[9].scenarios"},
		{"region.json", `, "scenarios": ["rescue"]`, ``, "organisations[9].scenarios"},
		{"region.json", `"id": "421221", "parent_id": "421200"`, `"id": "421221", "parent_id": "420000"`, "jurisdictions[2].parent_id"},
		{"region.json", `"id": "421221"`, `"id": "421202"`, "jurisdictions[2].id"},
		{"region.json", `"outline": "union"`, `"outline": "magic"`, "jurisdictions[0].outline"},
		{"region.json", `"en": "Jiayu County"`, `"en": ""`, "jurisdictions[2].name"},
		{"region.json", `"longitude_deg": 113.9161`, `"longitude_deg": 1139161`, "jurisdictions[2].seat"},
		{"region.json", `"zh": "演示·运营单位"`, `"zh": "运营单位"`, "organisations[15].name"},
		{"region.json", `"longitude_deg": 114.285, "latitude_deg": 29.845`, `"longitude_deg": 0, "latitude_deg": 0`, "places[0]"},
		{"region.json", `"kind": "prison", "name"`, `"kind": "Prison", "name"`, "zone_kinds[2].kind"},
		{"region.json", `"kind": "prison", "name"`, `"kind": "military", "name"`, "zone_kinds[2].kind"},
		{"region.json", `"en": "Prison"}, "buffer_m": 200`, `"en": "Prison"}, "buffer_m": -1`, "zone_kinds[2]"},
		{"region.json", `"en": "Prison"}`, `"en": ""}`, "zone_kinds[2].name"},
		{"outlines.geojson", `"adcode": "421202"`, `"adcode": "999999"`, "jurisdictions[1].outline"},
		{"demo/zones.geojson", `"demo": true`, `"demo": false`, "demo/zones.geojson: features[0].properties.demo"},
		{"demo/zones.geojson", `"name_zh": "演示·监管场所"`, `"name_zh": "监管场所"`, "demo/zones.geojson: features[0].properties.name_zh"},
	} {
		t.Run(c.new, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for _, name := range []string{"region.json", "outlines.geojson", "demo/zones.geojson"} {
				b, err := fs.ReadFile(packs, "xianning/"+name)
				if err != nil {
					t.Fatal(err)
				}
				s := string(b)
				if name == c.file {
					if !strings.Contains(s, c.old) {
						// The outlines file was not written by us; allow for its spacing.
						c.old, c.new = strings.ReplaceAll(c.old, ": ", ":"), strings.ReplaceAll(c.new, ": ", ":")
					}
					if !strings.Contains(s, c.old) {
						t.Fatalf("%s does not hold %s", name, c.old)
					}
					s = strings.Replace(s, c.old, c.new, 1)
				}
				fsys[name] = &fstest.MapFile{Data: []byte(s)}
			}
			_, err := Read(fsys)
			var bad *lowsky.InvalidError
			if !errors.As(err, &bad) || bad.Field != c.field {
				t.Errorf("%v, want field %s", err, c.field)
			}
		})
	}
}

func TestUnion(t *testing.T) {
	box := func(x, y float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}}}
	}
	turned := box(2, 1)
	turned[0][0].Reverse()
	for _, c := range []struct {
		name  string
		parts []orb.MultiPolygon
		rings int
	}{
		{"none", nil, 0},
		{"neighbours", []orb.MultiPolygon{box(1, 1), box(2, 1)}, 1},
		{"neighbours, one clockwise", []orb.MultiPolygon{box(1, 1), turned}, 1},
		{"apart", []orb.MultiPolygon{box(1, 1), box(5, 1)}, 2},
		{"touching in a point stay parts", []orb.MultiPolygon{box(1, 1), box(2, 2)}, 2},
		{"around a gap stay parts", []orb.MultiPolygon{box(1, 1), box(2, 1), box(3, 1), box(1, 2), box(3, 2), box(1, 3), box(2, 3), box(3, 3)}, 8},
	} {
		if got := union(c.parts); len(got) != c.rings {
			t.Errorf("%s: %d polygons, want %d", c.name, len(got), c.rings)
		}
	}
}

// within is the even-odd rule, enough for points that are not on the rim.
func within(r orb.Ring, p orb.Point) bool {
	in := false
	for i := 0; i+1 < len(r); i++ {
		a, b := r[i], r[i+1]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}
