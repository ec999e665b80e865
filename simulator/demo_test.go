package simulator

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"lowsky"
)

const (
	demoFleet    = "../regions/xianning/demo/fleet.yaml"
	demoZones    = "../regions/xianning/demo/zones.geojson"
	demoOutlines = "../regions/xianning/outlines.geojson"
)

func demo(t testing.TB) *Scenario {
	t.Helper()
	f, err := os.Open(demoFleet)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := Read("fleet.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shape is a zone or an outline as this test sees it: rings on a flat map, or a circle.
type shape struct {
	id      string
	strict  bool
	ceiling float64 // metres above ground; +Inf where it is none or in another datum
	frame   frame
	rings   [][]vec
	radius  float64
}

// readShapes reads GeoJSON with plain means: Polygon, MultiPolygon, and Point with radius_m.
func readShapes(t testing.TB, file string) []shape {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Features []struct {
			ID       string
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
			Properties struct {
				Adcode, Code, ID string
				Restriction      string
				Radius           float64 `json:"radius_m"`
				Ceiling          *struct {
					Metres float64
					Datum  string
				}
			}
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var out []shape
	for _, f := range doc.Features {
		p := f.Properties
		s := shape{id: f.ID + p.Adcode + p.Code + p.ID, radius: p.Radius, ceiling: math.Inf(1)}
		s.strict = p.Restriction == string(lowsky.Prohibited) || p.Restriction == string(lowsky.RequiresAuthorisation)
		if c := p.Ceiling; c != nil && c.Datum == "agl" {
			s.ceiling = c.Metres
		}
		var polygons [][][][2]float64
		switch f.Geometry.Type {
		case "Point":
			var c [2]float64
			err = json.Unmarshal(f.Geometry.Coordinates, &c)
			s.frame = newFrame(Point{c[0], c[1]})
		case "Polygon":
			polygons = make([][][][2]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &polygons[0])
		case "MultiPolygon":
			err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
		default:
			err = fmt.Errorf("geometry %q", f.Geometry.Type)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", file, s.id, err)
		}
		for i, polygon := range polygons {
			for j, ring := range polygon {
				if i == 0 && j == 0 {
					s.frame = newFrame(Point{ring[0][0], ring[0][1]})
				}
				r := make([]vec, len(ring))
				for k, c := range ring {
					r[k] = s.frame.vec(Point{c[0], c[1]})
				}
				s.rings = append(s.rings, r)
			}
		}
		out = append(out, s)
	}
	return out
}

// distance answers how far p lies outside, negative inside, metres.
func (s *shape) distance(p Point) float64 {
	v := s.frame.vec(p)
	if s.radius > 0 {
		return v.length() - s.radius
	}
	inside, near := false, math.Inf(1)
	for _, r := range s.rings {
		for i := 0; i+1 < len(r); i++ {
			a, b := r[i], r[i+1]
			if (a.n > v.n) != (b.n > v.n) && v.e < a.e+(v.n-a.n)/(b.n-a.n)*(b.e-a.e) {
				inside = !inside
			}
			ab := b.sub(a)
			k := 0.0
			if l := ab.dot(ab); l > 0 {
				k = math.Max(0, math.Min(1, v.sub(a).dot(ab)/l))
			}
			near = math.Min(near, v.sub(a.add(ab.times(k))).length())
		}
	}
	if inside {
		return -near
	}
	return near
}

// ahead answers the least distance from here to where the present motion leads within d.
func (s *shape) ahead(tr *Truth, d time.Duration) float64 {
	here, least := s.distance(tr.Position), math.Inf(1)
	reach := tr.GroundSpeed * d.Seconds()
	if here > reach+500 {
		return here - reach
	}
	f := newFrame(tr.Position)
	for along := 0.0; along <= reach; along += 20 {
		least = math.Min(least, s.distance(f.point(heading(tr.Course).times(along))))
	}
	return math.Min(here, least)
}

func TestDemoFleet(t *testing.T) {
	s := demo(t)
	if len(s.Aircraft) < 60 {
		t.Errorf("%d aircraft, want at least 60", len(s.Aircraft))
	}
	if !s.Demo || !s.Only || s.Repeat == 0 {
		t.Error("the demo must be marked, say everything that comes, and go on for hours")
	}
	scenarios, counties := map[lowsky.Scenario]int{}, map[string]int{}
	wires, behind := map[lowsky.Format]int{}, 0
	outlines := readShapes(t, demoOutlines)
	for _, a := range s.Aircraft {
		scenarios[a.Scenario]++
		wires[a.Wire]++
		if a.Wire == WireNative && a.Gateway != nil {
			behind++
		}
		for i := range outlines {
			if outlines[i].distance(a.Home) < 0 {
				counties[outlines[i].id]++
			}
		}
		if a.ID != "x-01" && (a.Name.ZH == "" || a.Name.EN == "" || !strings.Contains(a.ContactName, "演示") || !strings.HasPrefix(a.ContactPhone, "000-")) {
			t.Errorf("%s: name %q, contact %q %q", a.ID, a.Name, a.ContactName, a.ContactPhone)
		}
	}
	for _, sc := range lowsky.Scenarios {
		if scenarios[sc] < 8 {
			t.Errorf("%d aircraft in scenario %s", scenarios[sc], sc)
		}
	}
	six := 0
	for _, n := range counties {
		if n >= 3 {
			six++
		}
	}
	if six < 6 {
		t.Errorf("aircraft by county: %v, want at least 3 in each of six", counties)
	}
	if wires[WireDJI] < 5 || behind < 6 {
		t.Errorf("%d speak DJI, %d are behind native gateways", wires[WireDJI], behind)
	}
	if n := len(s.Register()); n != len(s.Aircraft)-1 {
		t.Errorf("%d in the register of %d: one must be missing", n, len(s.Aircraft))
	}
}

// limits of the classes, 条例 art. 62, less 5 m to stay clear of.
func heightLimit(p *Profile) float64 {
	switch {
	case p.Agricultural:
		return 25
	case p.Class == lowsky.Micro:
		return 45
	}
	return 115
}

// TestDemoKeepsClear flies 25 minutes, into the first repeat, and looks at everybody once a second: nobody comes near a strict
// zone, or so that his motion would lead into one within 35 s, or high, or low on battery, but those ordered to.
func TestDemoKeepsClear(t *testing.T) {
	s := demo(t)
	var zones []shape
	for _, z := range readShapes(t, demoZones) {
		if z.strict {
			zones = append(zones, z)
		}
	}
	if len(zones) < 10 {
		t.Fatalf("%d strict zones: is this the right file?", len(zones))
	}
	ordered := func(tr *Truth, kind string, slack time.Duration) bool {
		at := tr.At % s.Repeat
		for _, f := range s.Faults {
			if f.Aircraft == tr.Aircraft && f.Kind.Name == kind && at >= f.At && at <= f.At+f.For+slack {
				return true
			}
		}
		return false
	}
	e := NewEngine(s, s.Seed, epoch)
	next := time.Second
	var truth []Truth
	said := map[string]bool{}
	fail := func(tr *Truth, what, format string, args ...any) {
		if k := string(tr.Aircraft.ID) + what; !said[k] {
			said[k] = true
			t.Errorf("%s at %s (%.5f, %.5f, %.0f m): %s", tr.Aircraft.ID, tr.At, tr.Position.Longitude, tr.Position.Latitude, tr.AGL, fmt.Sprintf(format, args...))
		}
	}
	for ev := e.Next(); ev.At < 25*time.Minute; ev = e.Next() {
		if ev.At < next {
			continue
		}
		next += time.Second
		truth = e.Truth(truth[:0])
		up := 0
		for i := range truth {
			tr := &truth[i]
			if !tr.Airborne {
				continue
			}
			up++
			if !ordered(tr, "zone_breach", 150*time.Second) {
				for j := range zones {
					if d := zones[j].distance(tr.Position); d < 300 {
						fail(tr, zones[j].id, "%.0f m from %s", d, zones[j].id)
					} else if d := zones[j].ahead(tr, 35*time.Second); d < 50 {
						fail(tr, zones[j].id, "leads to %.0f m from %s", d, zones[j].id)
					}
				}
			}
			if l := heightLimit(tr.Aircraft.Profile); tr.AGL > l && !ordered(tr, "altitude_bust", 30*time.Second) {
				fail(tr, "height", "above %.0f m", l)
			}
			if tr.Battery < 38 && !ordered(tr, "battery_drop", 5*time.Minute) {
				fail(tr, "battery", "battery %.0f %%", tr.Battery)
			}
			if tr.GroundSpeed > 11 && tr.Aircraft.Profile.Class == lowsky.Micro || tr.GroundSpeed > 13 && tr.Aircraft.Profile.Agricultural {
				fail(tr, "speed", "%.1f m/s", tr.GroundSpeed)
			}
		}
		if up < len(truth)*6/10 && !said["up"] {
			said["up"] = true
			t.Errorf("at %s only %d of %d are in the air", next, up, len(truth))
		}
	}
}

// TestDemoScriptFollowsFromGeometry finds for each expected zone entry, height and battery alert the instant at which the
// true flight first gives reason for it, and asks that it lies in the window.
func TestDemoScriptFollowsFromGeometry(t *testing.T) {
	s := demo(t)
	zones := map[string]*shape{}
	for _, z := range readShapes(t, demoZones) {
		zones[z.id] = &z
	}
	type reason struct {
		first  time.Duration
		deep   float64 // metres inside, over the limit; percent of battery
		inside bool
	}
	e := NewEngine(s, s.Seed, epoch)
	found := make([]map[int]reason, len(s.Expect))
	for i := range found {
		found[i] = map[int]reason{}
	}
	next := time.Second
	var truth []Truth
	for ev := e.Next(); ev.At < 28*time.Minute; ev = e.Next() {
		if ev.At < next {
			continue
		}
		next += time.Second / 2
		truth = e.Truth(truth[:0])
		for i := range truth {
			tr := &truth[i]
			for j, x := range s.Expect {
				if x.Object.ID != string(tr.Aircraft.ID) || !tr.Airborne {
					continue
				}
				cycle := int(tr.At / s.Repeat)
				r, seen := found[j][cycle]
				if !seen {
					r.deep = math.Inf(-1)
				}
				now := false
				switch x.Hazard {
				case lowsky.HazardZoneEntry:
					z := zones[x.Subject.ID]
					if z == nil {
						t.Fatalf("line %d: there is no zone %q", x.Line, x.Subject.ID)
					}
					d := z.distance(tr.Position)
					now = d < 0 || z.ahead(tr, 30*time.Second) < 0
					r.deep, r.inside = max(r.deep, -d), r.inside || d < 0
					if now && tr.AGL > z.ceiling-10 {
						t.Errorf("%s is too high for %s: %.0f m", tr.Aircraft.ID, z.id, tr.AGL)
					}
				case lowsky.HazardHeight:
					over := tr.AGL - heightLimit(tr.Aircraft.Profile) - 5
					now, r.deep = over > 0, max(r.deep, over)
				case lowsky.HazardBattery:
					now, r.deep = tr.Battery <= 30, max(r.deep, 100-tr.Battery)
				default: // of the fault alone; that it flies then is what matters
					now = tr.At%s.Repeat >= x.From
				}
				if now && !seen {
					r.first = tr.At % s.Repeat
				}
				if now || seen {
					found[j][cycle] = r
				}
			}
		}
	}
	for j, x := range s.Expect {
		if x.Object.Kind != lowsky.ObjectAircraft {
			continue
		}
		for cycle := range 2 {
			r, ok := found[j][cycle]
			if !ok {
				t.Errorf("line %d, repeat %d: no reason for %s", x.Line, cycle, x)
				continue
			}
			t.Logf("line %d, repeat %d: %s: first %s, depth %.0f", x.Line, cycle, x, r.first, r.deep)
			switch x.Hazard {
			case lowsky.HazardSilence, lowsky.HazardEmergency, lowsky.HazardC2Loss:
				if r.first > x.From+time.Second {
					t.Errorf("line %d, repeat %d: %s: it is not in the air before %s", x.Line, cycle, x, r.first)
				}
			case lowsky.HazardZoneEntry, lowsky.HazardHeight, lowsky.HazardBattery:
				if r.first < x.From || r.first > x.Until-5*time.Second {
					t.Errorf("line %d, repeat %d: %s: the reason for it first comes at %s", x.Line, cycle, x, r.first)
				}
			}
			warning := x.Severity == lowsky.Warning
			switch x.Hazard {
			case lowsky.HazardZoneEntry:
				if warning && r.deep < 30 || !warning && (r.inside || r.deep > -50) {
					t.Errorf("line %d: %s: came %.0f m deep", x.Line, x, r.deep)
				}
			case lowsky.HazardHeight:
				if warning != (r.deep > 33) || !warning && r.deep > 27 {
					t.Errorf("line %d: %s: %.0f m over the limit", x.Line, x, r.deep)
				}
			case lowsky.HazardBattery:
				if left := 100 - r.deep; left <= 11 || left > 19 {
					t.Errorf("line %d: %s: battery fell to %.0f %%", x.Line, x, left)
				}
			}
		}
	}
}
