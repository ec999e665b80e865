package openair

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"lowsky"
	"lowsky/airspace"
)

func read(t *testing.T, doc string) *airspace.Reading {
	t.Helper()
	got, err := Read(t.Context(), []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Zones) != len(got.Places) {
		t.Fatalf("%d zones, %d places", len(got.Zones), len(got.Places))
	}
	refused := 0
	for _, r := range got.Remarks {
		if r.Kind == airspace.RemarkRefused {
			refused++
		}
	}
	if len(got.Zones)+refused != got.Read {
		t.Fatalf("%d read, %d zones and %d refused", got.Read, len(got.Zones), refused)
	}
	return got
}

const outline = "DP 30:00:00 N 114:00:00 E\nDP 30:06:00 N 114:00:00 E\nDP 30:00:00 N 114:06:00 E\n"

func TestReadsAZone(t *testing.T) {
	got := read(t, "* a comment\r\nAC R\r\nAN Demo 1: north\r\nAH FL 95\r\nAL 1000ft AMSL\r\nAF 132.350\r\nAG Demo Tower\r\nAX 7000\r\nSP 0,1,0,0,255\r\n"+
		"AW MON.08:00L-16:00L\r\n\r\n"+strings.ReplaceAll(outline, "\n", "\r\n"))
	want := &lowsky.Zone{
		ID: "R-Demo-1-north", Version: 1, Name: both("Demo 1: north"), Restriction: lowsky.RequiresAuthorisation, Kind: "airspace_r",
		Geometry:   lowsky.Geometry{Polygons: orb.MultiPolygon{{{{114, 30}, {114, 30.1}, {114.1, 30}, {114, 30}}}}},
		Floor:      lowsky.Some(lowsky.Altitude{Metres: 304.8, Datum: lowsky.AMSL, Geoid: lowsky.EGM96, Feet: true}),
		Ceiling:    lowsky.Some(lowsky.Altitude{Metres: 2895.6, Datum: lowsky.PressureISA, Feet: true}),
		Conditions: lowsky.Text{ZH: "启用时间(原文): AW MON.08:00L-16:00L\n应答机编码: 7000", EN: "Active (as published): AW MON.08:00L-16:00L\nTransponder code: 7000"},
		Contacts:   []lowsky.ZoneContact{{Name: both("Demo Tower"), Service: lowsky.Text{ZH: "无线电 132.350", EN: "Radio 132.350"}, Purpose: "INFORMATION"}},
	}
	if len(got.Zones) != 1 {
		t.Fatalf("%+v", got)
	}
	if d := cmp.Diff(want, got.Zones[0], cmpopts.EquateApprox(0, 1e-9), cmp.Transformer("metres", func(m lowsky.Metres) float64 { return float64(m) })); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"line 2"}, got.Places); d != "" {
		t.Error(d)
	}
	if len(got.Remarks) != 1 || got.Remarks[0].Code != "times_not_judged" || got.Remarks[0].Zone != "R-Demo-1-north" || got.Remarks[0].Place != "line 2" {
		t.Errorf("%+v", got.Remarks)
	}
	if err := airspace.Validate(got.Zones[0]); err != nil {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	feet := func(v float64, d lowsky.Datum, g lowsky.Geoid) limit {
		return limit{altitude: lowsky.Altitude{Metres: lowsky.Metres(v * foot), Datum: d, Geoid: g, Feet: true}}
	}
	metres := func(v float64, d lowsky.Datum, g lowsky.Geoid) limit {
		return limit{altitude: lowsky.Altitude{Metres: lowsky.Metres(v), Datum: d, Geoid: g}}
	}
	ground := limit{ground: true, altitude: lowsky.Altitude{Datum: lowsky.AGL, Feet: true}}
	assumed := feet(3500, lowsky.AMSL, lowsky.EGM96)
	assumed.assumed = true
	for in, want := range map[string]limit{
		"GND": ground, "sfc": ground, "0 AGL": ground, "UNL": {unlimited: true}, "Unlim": {unlimited: true},
		"FL 95": feet(9500, lowsky.PressureISA, ""), "FL095": feet(9500, lowsky.PressureISA, ""), "fl65": feet(6500, lowsky.PressureISA, ""),
		"2000 MSL": feet(2000, lowsky.AMSL, lowsky.EGM96), "2000MSL": feet(2000, lowsky.AMSL, lowsky.EGM96), "2000ft AMSL": feet(2000, lowsky.AMSL, lowsky.EGM96),
		"2000  ft  ALT": feet(2000, lowsky.AMSL, lowsky.EGM96), "1000F MSL": feet(1000, lowsky.AMSL, lowsky.EGM96),
		"500 AGL": feet(500, lowsky.AGL, ""), "500ftAGL": feet(500, lowsky.AGL, ""), "500 ft ASFC": feet(500, lowsky.AGL, ""), "500 SFC": feet(500, lowsky.AGL, ""),
		"120m AGL": metres(120, lowsky.AGL, ""), "120 M AMSL": metres(120, lowsky.AMSL, lowsky.EGM96), "120MMSL": metres(120, lowsky.AMSL, lowsky.EGM96),
		"19501ft STD": feet(19501, lowsky.PressureISA, ""), "3500": assumed, "3500 ft": assumed,
	} {
		got, ok := parseLimit(in)
		if !ok || got != want {
			t.Errorf("%q: %+v %v, want %+v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "ask", "FL", "FL 95 MSL", "2000 QNH", "2000 furlong", "BYNOTAM", "1e400", "--5", "NaN MSL"} {
		if got, ok := parseLimit(in); ok {
			t.Errorf("%q was read as %+v", in, got)
		}
	}
}

func TestPositions(t *testing.T) {
	for in, want := range map[string]orb.Point{
		"52:10:47 N 005:13:38 E":      {5 + 13./60 + 38./3600, 52 + 10./60 + 47./3600},
		"52:10:47N 005:13:38E":        {5 + 13./60 + 38./3600, 52 + 10./60 + 47./3600},
		"52:10:47.5N005:13:38.25E":    {5 + 13./60 + 38.25/3600, 52 + 10./60 + 47.5/3600},
		"39:29.9 N 119:46.1 W":        {-119 - 46.1/60, 39 + 29.9/60},
		"52.1796 n, 5.22 e":           {5.22, 52.1796},
		"34:09:00 S 022:06:11 E":      {22 + 6./60 + 11./3600, -34 - 9./60},
		"114:30:00 E 29:30:00 N":      {114.5, 29.5},
		"52°10'47\"N 5°13'38\"E":      {5 + 13./60 + 38./3600, 52 + 10./60 + 47./3600},
		"52:10:60 N 005:13:38 E":      {5 + 13./60 + 38./3600, 52 + 11./60},
		"00:00:00 N 180:00:00 W tail": {-180, 0},
	} {
		got, _, ok := parsePosition(in)
		if !ok || math.Abs(got[0]-want[0]) > 1e-12 || math.Abs(got[1]-want[1]) > 1e-12 {
			t.Errorf("%q: %v %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "52 5", "52:10:47 N", "52:61:00 N 5:00:00 E", "91:00:00 N 5:00:00 E", "52:00:00 N 181:00:00 E", "52:00:00 N 53:00:00 N",
		"-52:00:00 N 5:00:00 E", "52:10:47:10 N 5:00:00 E", "52.5:10 N 5:00:00 E", "N 52 E 5", "52 10 N 5 10 E"} {
		if got, _, ok := parsePosition(in); ok {
			t.Errorf("%q was read as %v", in, got)
		}
	}
}

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		class, kind string
		want        lowsky.Restriction
		known       bool
	}{
		{"P", "", lowsky.Prohibited, true}, {"GP", "", lowsky.Prohibited, true}, {"R", "", lowsky.RequiresAuthorisation, true},
		{"Q", "", lowsky.RequiresAuthorisation, true}, {"CTR", "", lowsky.RequiresAuthorisation, true}, {"D", "", lowsky.RequiresAuthorisation, true},
		{"W", "", lowsky.Conditional, true}, {"TMZ", "", lowsky.Conditional, true},
		{"GAW", "", lowsky.Prohibited, false}, {"", "", lowsky.Prohibited, false},
		{"UNC", "R", lowsky.RequiresAuthorisation, true}, {"G", "P", lowsky.Prohibited, true}, {"D", "RMZ", lowsky.RequiresAuthorisation, true},
		{"D", "NONE", lowsky.RequiresAuthorisation, true}, {"G", "VOLCANO", lowsky.Prohibited, false}, {"UNC", "UNC", lowsky.Prohibited, false},
	} {
		if got, known := restriction(c.class, c.kind); got != c.want || known != c.known {
			t.Errorf("%s/%s: %s %v", c.class, c.kind, got, known)
		}
	}
}

// Arcs and circles of 5 nautical miles around 114 E 30 N.
func TestGeometry(t *testing.T) {
	centre := orb.Point{114, 30}
	head := "AC P\nAN x\nAH 100 AGL\nAL GND\n"
	x := "V X=30:00:00 N 114:00:00 E\n"
	got := read(t, head+x+"DC 5\n"+head+"V W=2\nDY 30:00:00 N 114:00:00 E\nDY 30:10:00 N 114:10:00 E\n")
	if len(got.Zones) != 2 || got.Zones[0].Geometry.Centre != centre || got.Zones[0].Geometry.Radius != 9260 {
		t.Fatalf("%+v", got)
	}
	if g := got.Zones[1].Geometry; g.Width != 3704 || len(g.Line) != 2 {
		t.Errorf("%+v", g)
	}
	for _, c := range []struct {
		name, doc string
		sweep     float64 // degrees of the arc
		inside    orb.Point
	}{
		// north to east, then over the centre
		{"DA clockwise", "DA 5,0,90\nDP 30:00:00 N 114:00:00 E\n", 90, orb.Point{114.06, 30.05}},
		{"DA counter-clockwise", "V D=-\nDA 5,0,90\nDP 30:00:00 N 114:00:00 E\n", 270, orb.Point{113.94, 29.95}},
		{"DA from 270 to 90", "DA 5,270,90\n", 180, orb.Point{114.0, 30.05}},
		{"DA all round", "DA 5,10,370\n", 360, orb.Point{113.94, 29.95}},
		{"DB clockwise", "DB 30:05:00 N 114:00:00 E, 30:00:00 N 114:05:45 E\nDP 30:00:00 N 114:00:00 E\n", 90, orb.Point{114.06, 30.05}},
		{"DB counter-clockwise", "V D=-\nDB 30:05:00 N 114:00:00 E , 30:00:00 N 114:05:45 E\nDP 30:00:00 N 114:00:00 E\n", 270, orb.Point{113.94, 29.95}},
	} {
		got := read(t, head+x+c.doc+"AC P\nAN direction and centre end with the airspace\n"+outline)
		if len(got.Zones) != 2 {
			t.Fatalf("%s: %+v", c.name, got.Remarks)
		}
		z := got.Zones[0]
		if err := airspace.Validate(z); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		ring := z.Geometry.Polygons[0][0]
		swept := 0.0
		for i := 1; i < len(ring); i++ {
			a, b := position(ring[i-1]), position(ring[i])
			m := position(orb.Point{(ring[i-1][0] + ring[i][0]) / 2, (ring[i-1][1] + ring[i][1]) / 2})
			ra, rb := float64(airspace.Distance(position(centre), a)), float64(airspace.Distance(position(centre), b))
			if ra < 100 || rb < 100 {
				continue
			}
			swept += math.Abs(math.Mod(float64(airspace.Course(position(centre), b)-airspace.Course(position(centre), a))+540, 360) - 180)
			if off := (ra+rb)/2 - float64(airspace.Distance(position(centre), m)); c.sweep != 180 && off > arcError*1.05 || off < -0.1 {
				t.Errorf("%s: a chord is %.2f m off", c.name, off)
			}
		}
		if want := c.sweep; math.Abs(swept-want) > 0.5 && !(want == 180 && math.Abs(swept-360) < 0.5) {
			t.Errorf("%s: sweeps %.1f°", c.name, swept)
		}
		x, err := airspace.NewIndex([]*lowsky.Zone{z})
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Inside(nil, position(c.inside))) != 1 {
			t.Errorf("%s: %v is not inside", c.name, c.inside)
		}
	}
}

func TestRefusesByLine(t *testing.T) {
	for _, c := range []struct{ name, doc, place, code string }{
		{"no outline", "AC P\nAN x\n", "line 1", "geometry_absent"},
		{"two positions", "AC P\nAN x\nDP 30:00:00 N 114:00:00 E\nDP 30:06:00 N 114:00:00 E\n", "line 4", "geometry_no_area"},
		{"a position that is none", "AC P\nDP 30:00:00 114:00:00 E\n" + outline, "line 2", "coordinates_unreadable"},
		{"text after a position", "AC P\nDP 30:00:00 N 114:00:00 E and so on\n" + outline, "line 2", "coordinates_unreadable"},
		{"upper limit", "AC P\nAH ask\n" + outline, "line 2", "limit_unreadable"},
		{"lower limit without limit", "AC P\nAL UNL\n" + outline, "line 2", "limit_unreadable"},
		{"two upper limits", "AC P\nAH FL 95\nAH FL 105\n" + outline, "line 3", "member_twice"},
		{"circle without centre", "AC P\nDC 5\n", "line 2", "centre_absent"},
		{"centre of the airspace before", "AC P\nV X=30:00:00 N 114:00:00 E\nDC 5\nAC P\nDC 5\n", "line 5", "centre_absent"},
		{"radius 0", "AC P\nV X=30:00:00 N 114:00:00 E\nDC 0\n", "line 3", "radius_unreadable"},
		{"radius of a country", "AC P\nV X=30:00:00 N 114:00:00 E\nDC 500\n", "line 3", "radius_unreadable"},
		{"radius in words", "AC P\nV X=30:00:00 N 114:00:00 E\nDC five\n", "line 3", "radius_unreadable"},
		{"circle and outline", "AC P\nV X=30:00:00 N 114:00:00 E\nDC 5\n" + outline, "line 4", "geometry_mixed"},
		{"two circles", "AC P\nV X=30:00:00 N 114:00:00 E\nDC 5\nDC 6\n", "line 4", "geometry_mixed"},
		{"arc with ends far apart", "AC P\nV X=30:00:00 N 114:00:00 E\nDB 30:05:00 N 114:00:00 E, 30:00:00 N 114:10:00 E\n", "line 3", "arc_ends_differ"},
		{"arc of two numbers", "AC P\nV X=30:00:00 N 114:00:00 E\nDA 5,90\n", "line 3", "arc_unreadable"},
		{"airway without width", "AC P\nDY 30:00:00 N 114:00:00 E\nDY 30:10:00 N 114:10:00 E\n", "line 3", "geometry_no_area"},
		{"unknown record of an outline", "AC P\nDX 1,2,3\n" + outline, "line 2", "geometry_unknown"},
		{"unknown variable", "AC P\nV Q=1\n" + outline, "line 2", "geometry_unknown"},
		{"long line", "AC P\nAN " + strings.Repeat("x", maxLine) + "\n" + outline, "line 2", "record_too_long"},
		{"too many positions", "AC P\n" + strings.Repeat("DP 30:00:00 N 114:00:00 E\nDP 30:00:01 N 114:00:00 E\n", airspace.MaxVertices/2+1), "line 50002", "too_many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.doc)
			var refused []airspace.Remark
			for _, r := range got.Remarks {
				if r.Kind == airspace.RemarkRefused {
					refused = append(refused, r)
				}
			}
			if len(refused) != 1 || refused[0].Place != c.place || refused[0].Code != c.code || refused[0].Zone == "" {
				t.Errorf("%+v, want %s %s", refused, c.place, c.code)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	got := read(t, "AN before the first\nAC GAW\n"+outline+"ZZ what\nZZ again\nAC P\nAN x\nAH 100\n"+outline+"AC P\nAN x\nAH 100\n"+outline+"TO\nAN hill\n"+outline+"AC P\nAN x y\nAH UNL\nAL GND\nAI with space\n"+outline)
	var codes []string
	var ids []lowsky.ZoneID
	for _, r := range got.Remarks {
		codes = append(codes, r.Code)
	}
	for _, z := range got.Zones {
		ids = append(ids, z.ID)
		if err := airspace.Validate(z); err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff([]lowsky.ZoneID{"GAW", "P-x", "P-x~2", "P-x-y"}, ids); d != "" {
		t.Error(d)
	}
	want := []string{
		"unknown_record", "name_absent", "restriction_unknown", "upper_limit_absent", "lower_limit_absent",
		"limit_reference_assumed", "lower_limit_absent",
		"limit_reference_assumed", "id_taken", "lower_limit_absent", "same_as_before",
		"terrain_ignored", "id_made",
	}
	if d := cmp.Diff(want, codes); d != "" {
		t.Error(d)
	}
}

func TestPublishedIdentifiersStay(t *testing.T) {
	got := read(t, "AC UNC\nAY R\nAI demo:1\nAN x\nAH UNL\nAL GND\n"+outline+"AC UNC\nAI demo:1\nAN y\nAH UNL\nAL GND\n"+outline)
	if len(got.Zones) != 2 || got.Zones[0].ID != "demo:1" || got.Zones[1].ID != "demo:1" || got.Zones[0].Restriction != lowsky.RequiresAuthorisation || got.Zones[0].Kind != "airspace_unc_r" {
		t.Errorf("%+v", got)
	}
}

func TestEncodings(t *testing.T) {
	body := "\nAH GND\nAL GND\n" + outline
	for _, c := range []struct {
		name, doc, want string
		remark          bool
	}{
		{"UTF-8", "AC P\nAN 咸宁 é" + body, "咸宁 é", false},
		{"UTF-8 with a mark", "\ufeffAC P\nAN é" + body, "é", false},
		{"Windows-1252", "AC P\nAN caf\xe9 \x80 \x92" + body, "café € ’", true},
		{"old Macintosh line ends", strings.ReplaceAll("AC P\nAN x"+body, "\n", "\r"), "x", false},
	} {
		got := read(t, c.doc)
		if len(got.Zones) != 1 || got.Zones[0].Name.EN != c.want || (len(got.Remarks) > 0) != c.remark {
			t.Errorf("%s: %+v %+v", c.name, got.Zones, got.Remarks)
		}
		if c.remark && (got.Remarks[0].Code != "read_as_windows_1252" || got.Remarks[0].Place != "line 2") {
			t.Errorf("%+v", got.Remarks)
		}
	}
}

func TestRefusesDocuments(t *testing.T) {
	for name, doc := range map[string]string{
		"empty": "", "prose": "hello\nworld\n", "UTF-16": "\xff\xfeA\x00C\x00", "zip": "PK\x03\x04xxxx", "binary": "AC P\nAN \x00\n", "XML": "<?xml version='1.0'?><kml/>",
		"too large": strings.Repeat("*", MaxBytes+1), "too many": strings.Repeat("AC P\n", MaxZones+1),
	} {
		got, err := Read(t.Context(), []byte(doc))
		if !errors.Is(err, lowsky.ErrInvalid) || got != nil {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, []byte("AC P\n")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Every kind of arc starts and ends where it should and keeps its radius in between.
func TestArcProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := orb.Point{rapid.Float64Range(-179, 179).Draw(t, "lon"), rapid.Float64Range(-60, 60).Draw(t, "lat")}
		r := rapid.Float64Range(20, maxArc).Draw(t, "radius")
		a, b := rapid.Float64Range(0, 360).Draw(t, "from"), rapid.Float64Range(0, 360).Draw(t, "to")
		clockwise := rapid.Bool().Draw(t, "clockwise")
		ps := arc(nil, c, a, b, r, r, clockwise)
		if len(ps) < 2 || len(ps) > 1500 {
			t.Fatalf("%d positions", len(ps))
		}
		for i, p := range ps {
			if d := float64(airspace.Distance(position(c), position(p))); math.Abs(d-r) > 0.5+r*3e-4 {
				t.Fatalf("position %d lies %.2f m from the centre, not %.2f", i, d, r)
			}
			if i == 0 {
				continue
			}
			turn := math.Mod(float64(airspace.Course(position(c), position(p))-airspace.Course(position(c), position(ps[i-1])))+540, 360) - 180
			if turn > 1e-6 != clockwise && math.Abs(turn) > 1e-3 {
				t.Fatalf("position %d turns %.3f°", i, turn)
			}
			// The sagitta of the chord.
			if s := r * (1 - math.Cos(turn/2*math.Pi/180)); s > min(arcError, arcShare*r)*1.1+1e-3 {
				t.Fatalf("a chord is %.3f m off", s)
			}
		}
	})
}

// What the two real files come to after repair and validation, and why what is refused is refused.
func TestReadSamples(t *testing.T) {
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("SAMPLES_DIR is not set")
	}
	for _, c := range []struct {
		file                              string
		read, accepted, repaired, refused int
		codes                             map[string]int
		reasons                           []string
	}{
		// One border of two kilometres is run back and forth in five airspaces, a loop of 18 ha.
		{"NL-ASP-National-XCSoar.txt", 166, 155, 6, 5, map[string]int{"id_taken": 28, "read_as_windows_1252": 1, "times_not_judged": 166}, []string{"line 2262: crosses itself", "line 2426: crosses itself", "line 3759: crosses itself",
			"line 5790: crosses itself", "line 5951: crosses itself"}},
		// Loops of 0.2 to 10 ha, and an outline whose first and last edges cross.
		{"ZA-ASP-National-XCSoar.txt", 256, 251, 0, 5, map[string]int{"restriction_unknown": 48}, []string{"line 10016: crosses itself", "line 10337: crosses itself", "line 19820: crosses itself",
			"line 21187: crosses itself", "line 23504: crosses itself"}},
	} {
		doc, err := os.ReadFile(filepath.Join(dir, "airspace", c.file))
		if err != nil {
			t.Skip(err)
		}
		got := read(t, string(doc))
		accepted, repaired := 0, 0
		codes := map[string]int{}
		var reasons []string
		for _, r := range got.Remarks {
			codes[r.Code]++
			if r.Kind == airspace.RemarkRefused {
				reasons = append(reasons, r.String())
			}
		}
		for i, z := range got.Zones {
			remarks, err := airspace.Repair(z)
			if err == nil {
				err = airspace.Validate(z)
			}
			switch {
			case err != nil:
				var e *lowsky.InvalidError
				if !errors.As(err, &e) || e.Field != "geometry.polygons[0][0]" {
					t.Error(err)
				}
				at, _, _ := strings.Cut(err.Error(), " at ")
				reasons = append(reasons, got.Places[i]+strings.TrimPrefix(at, e.Field))
			case len(remarks) > 0:
				repaired++
			default:
				accepted++
			}
		}
		if got.Read != c.read || accepted != c.accepted || repaired != c.repaired || len(reasons) != c.refused {
			t.Errorf("%s: %d read, %d accepted, %d repaired, %d refused: %s", c.file, got.Read, accepted, repaired, len(reasons), strings.Join(reasons, "\n"))
		}
		if d := cmp.Diff(c.codes, codes); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(c.reasons, reasons); d != "" {
			t.Error(d)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("AC R\nAN Demo\nAH FL 95\nAL 1000ft AMSL\nAF 132.350\nAG x\nAW MON\n" + outline))
	f.Add([]byte("AC P\nV X=30:00:00 N 114:00:00 E\nDC 5\nAC Q\nV X=30:00:00 N 114:00:00 E\nV D=-\nDA 5,0,90\nDB 30:05:00 N 114:00:00 E, 30:00:00 N 114:05:45 E\n"))
	f.Add([]byte("AC W\nAN caf\xe9\nV W=2\nDY 30:00.5 N 114:00:00 E\nDY 30:10:00 N 114:10:00 E\nTO\nDP x"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := Read(context.Background(), doc)
		if err != nil {
			if got != nil || !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v beside %v", err, got)
			}
			return
		}
		refused := 0
		for _, r := range got.Remarks {
			if r.Kind == airspace.RemarkRefused {
				refused++
			}
		}
		if len(got.Remarks) < airspace.MaxRemarks-1 && len(got.Zones)+refused != got.Read {
			t.Fatalf("%d read, %d zones, %d refused", got.Read, len(got.Zones), refused)
		}
		ids := map[lowsky.ZoneID]bool{}
		for _, z := range got.Zones {
			if ids[z.ID] && !strings.Contains(strings.ToUpper(string(doc)), "AI") { // those of the file stay
				t.Fatalf("%s twice", z.ID)
			}
			ids[z.ID] = true
			if _, err := airspace.Repair(z); err != nil {
				continue
			}
			var e *lowsky.InvalidError
			if err := airspace.Validate(z); errors.As(err, &e) && !strings.HasPrefix(e.Field, "floor") && !strings.HasPrefix(e.Field, "ceiling") {
				t.Fatalf("%+v: %v", z, err)
			}
		}
	})
}
