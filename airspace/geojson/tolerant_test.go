package geojson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// anything makes a zone with every kind of member that there is, or not, at random.
func anything(r *rand.Rand, id string) *lowsky.Zone {
	maybe := func() bool { return r.IntN(2) == 0 }
	text := func() lowsky.Text {
		if maybe() {
			return lowsky.Text{}
		}
		return lowsky.Text{ZH: fmt.Sprintf("文%d", r.IntN(100)), EN: "<a & b>"}
	}
	place := func() orb.Point { return orb.Point{113 + 2*r.Float64(), 29 + r.Float64()} }
	limit := func() (o lowsky.Opt[lowsky.Altitude]) {
		if maybe() {
			return o
		}
		a := lowsky.Altitude{Metres: lowsky.Metres(r.Float64() * 500), Datum: []lowsky.Datum{lowsky.AGL, lowsky.AMSL, lowsky.Ellipsoid, lowsky.PressureISA}[r.IntN(4)], Feet: maybe()}
		if a.Datum == lowsky.AMSL {
			a.Geoid = []lowsky.Geoid{"", lowsky.CN1985, lowsky.EGM96, lowsky.EGM2008}[r.IntN(4)]
		}
		return lowsky.Some(a)
	}
	volume := func() (v lowsky.Volume3D) {
		v.Floor, v.Ceiling = limit(), limit()
		p := place()
		triangle := orb.Polygon{{p, {p[0] + 0.1, p[1]}, {p[0], p[1] + 0.1}, p}}
		switch r.IntN(4) {
		case 0:
			v.Geometry = lowsky.Geometry{Centre: p, Radius: lowsky.Metres(1 + r.Float64()*1000)}
		case 1:
			v.Geometry = lowsky.Geometry{Line: orb.LineString{p, place(), place()}, Width: lowsky.Metres(1 + r.Float64()*1000)}
		case 2:
			v.Geometry.Polygons = orb.MultiPolygon{triangle}
		default:
			v.Geometry.Polygons = orb.MultiPolygon{triangle, {{{100, 20}, {101, 20}, {100, 21}, {100, 20}}}}
		}
		return v
	}
	first := volume()
	z := &lowsky.Zone{
		ID: lowsky.ZoneID(id), Version: 1 + r.IntN(5), Name: lowsky.Text{ZH: "名", EN: "name"}, Restriction: lowsky.Conditional,
		Geometry: first.Geometry, Floor: first.Floor, Ceiling: first.Ceiling, Reason: text(), Conditions: text(), Message: text(),
		Temporary: maybe(), Demo: maybe(), Organisation: "org", Superior: []string{"", "province"}[r.IntN(2)],
	}
	for range r.IntN(3) {
		z.Further = append(z.Further, volume())
	}
	if maybe() {
		z.Buffer, z.WarningBand = lowsky.Some(lowsky.Metres(50)), lowsky.Some(lowsky.Metres(0))
		z.Reasons = []lowsky.ZoneReason{"AIR_TRAFFIC", "OTHER"}
		z.Exemptions = []lowsky.Exemption{{Organisation: "a"}, {Scenario: lowsky.Rescue, Plan: "p"}}
		z.Contacts = []lowsky.ZoneContact{{Name: text(), Email: "a@example.org", Purpose: "AUTHORIZATION", Before: "PT4H"}}
	}
	if maybe() {
		z.Applicability = lowsky.Applicability{
			{StartEvent: lowsky.Sunrise, EndEvent: lowsky.Sunset, Weekdays: []time.Weekday{0, 6}},
			{From: lowsky.Some(time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)), Start: lowsky.Some(0), End: lowsky.Some(1440)},
		}
	}
	if maybe() {
		z.ED = &lowsky.EDAttributes{Country: "CHN", Identifier: "x y", USpace: maybe(), Region: lowsky.Some(3), RegulationExemption: lowsky.Some(false),
			CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Extended: json.RawMessage(`{"a":[1,{"b":"c"}]}`)}
	}
	return z
}

// Writing and reading back is the identity for every property of a zone.
func TestRoundTripOfEveryProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	var want []*lowsky.Zone
	for i := range 300 {
		want = append(want, anything(r, fmt.Sprint("z", i)))
	}
	var b bytes.Buffer
	if err := Write(&b, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAll(t.Context(), b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Remarks) > 0 {
		t.Errorf("remarks on our own output: %v", got.Remarks)
	}
	if d := cmp.Diff(want, got.Zones, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// One bad feature does not keep the others from being read, and is not lost.
func TestReadAllAccountsForEveryFeature(t *testing.T) {
	features := []string{
		`{"type":"Feature",` + square + `,"properties":{` + plain + `}}`,
		`{"type":"Feature","geometry":null,"properties":{"id":"no-area","restriction":"prohibited"}}`,
		`null`,
		`{"type":"Feature",` + square + `,"properties":{"id":"x","id":"y","restriction":"prohibited"}}`,
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],["3",4]]]},"properties":{"id":"text"}}`,
		`{"type":"Feature",` + square + `,"properties":{"name":"一","colour":"red"}}`,
		`{"type":"Feature",` + square + `,"properties":{"id":"two words","name":"二","colour":"red"}}`,
		`{"type":"Feature","id":"p","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"restriction":"prohibited"}}`,
	}
	doc := `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4490"}},"features":[` + strings.Join(features, ",") + `]}`
	got, err := ReadAll(t.Context(), []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	var refused, noted []string
	for _, r := range got.Remarks {
		line := fmt.Sprintf("%s %s %s", r.Zone, r.Code, r.Place)
		if strings.HasPrefix(string(r.Zone), "feature-") {
			line = fmt.Sprintf("feature-… %s %s", r.Code, r.Place)
		}
		if r.Kind == airspace.RemarkRefused {
			refused = append(refused, line)
		} else {
			noted = append(noted, line)
		}
	}
	if d := cmp.Diff([]string{
		"no-area geometry_absent features[1].geometry",
		" member_wrong features[2]",
		" member_twice features[3].properties.id",
		"text coordinates_unreadable features[4].geometry.coordinates[0][1]",
		"p geometry_no_area features[7].geometry",
	}, refused); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		" crs_member crs",
		"text restriction_absent features[4].properties.restriction",
		" unknown_member features[5].properties.colour",
		" restriction_absent features[5].properties.restriction",
		"feature-… id_made features[5].id",
		" restriction_absent features[6].properties.restriction",
		"feature-… id_made features[6].id",
	}, noted); d != "" {
		t.Error(d)
	}
	if got.Read != len(features) || len(got.Zones)+len(refused) != got.Read {
		t.Errorf("read %d, %d zones, %d refused", got.Read, len(got.Zones), len(refused))
	}
	if got.Zones[1].Restriction != lowsky.Prohibited || got.Zones[1].Name.ZH != "一" {
		t.Errorf("without restriction: %+v", got.Zones[1])
	}
}

// What is wrong with the document as a whole is an error with its place, and nothing is answered beside it.
func TestReadAllRefusesDocuments(t *testing.T) {
	for _, c := range []struct{ name, doc, field string }{
		{"not JSON", `{`, "document"}, {"not UTF-8", "{\"a\":\"\xff\"}", "document"}, {"array", `[]`, "document"},
		{"other crs", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[]}`, "crs"},
		{"too deep", strings.Repeat("[", 99), "document"}, {"topology", `{"type":"Topology"}`, "type"},
		{"too large", strings.Repeat(" ", MaxBytes+1), "document"},
	} {
		got, err := ReadAll(t.Context(), []byte(c.doc))
		var e *lowsky.InvalidError
		if !errors.As(err, &e) || e.Field != c.field || got != nil {
			t.Errorf("%s: %v beside %v", c.name, err, got)
		}
	}
}

// A reader that nobody waits for any more stops, also within one feature of the largest size.
func TestReadAllStops(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	c := coordinates{ctx: gone, field: "c", raw: []byte("[[" + strings.Repeat("[1,2],", 5000) + "[1,2]]]")}
	if _, err := c.polygon(); !errors.Is(err, context.Canceled) {
		t.Errorf("in the middle of a ring: %v", err)
	}
	if _, err := ReadAll(gone, []byte(one("", plain))); !errors.Is(err, context.Canceled) {
		t.Errorf("before a feature: %v", err)
	}
}

func FuzzReadAll(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	if err := Write(&b, []*lowsky.Zone{anything(r, "a"), anything(r, "b"), anything(r, "c"), anything(r, "d")}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"type":"FeatureCollection","features":[{},{"type":"Feature"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := ReadAll(t.Context(), doc)
		if err != nil {
			if got != nil || !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v beside %v", err, got)
			}
			return
		}
		refused := 0
		for _, r := range got.Remarks {
			if r.Code == "" || r.Problem == "" || r.Place == "" {
				t.Fatalf("an empty remark: %+v", r)
			}
			if r.Kind == airspace.RemarkRefused {
				refused++
			}
		}
		if got.Read != len(got.Zones)+refused && len(got.Remarks) < airspace.MaxRemarks {
			t.Fatalf("read %d, %d zones, %d refused", got.Read, len(got.Zones), refused)
		}
		for _, z := range got.Zones {
			if airspace.Validate(z) != nil {
				continue
			}
			out, err := Feature(z)
			if err != nil {
				t.Fatal(err)
			}
			again, err := ReadAll(t.Context(), out)
			if err != nil || len(again.Zones) != 1 {
				t.Fatalf("own output: %v %v", err, again)
			}
			more, err := Feature(again.Zones[0])
			if err != nil || !bytes.Equal(out, more) {
				t.Fatalf("not the same again: %v\n%s\n%s", err, out, more)
			}
		}
	})
}
