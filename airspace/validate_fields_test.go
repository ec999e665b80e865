package airspace

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

// What a zone may not say besides its outline, each with the field that is named.
func TestValidateRefusesFields(t *testing.T) {
	line := func(width float64, ps ...orb.Point) func(*lowsky.Zone) {
		return func(z *lowsky.Zone) { z.Geometry = lowsky.Geometry{Line: ps, Width: lowsky.Metres(width)} }
	}
	a, b := orb.Point{114, 30}, orb.Point{114.1, 30}
	metres := func(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(v)) }
	further := func(v lowsky.Volume3D) func(*lowsky.Zone) {
		return func(z *lowsky.Zone) { z.Further = []lowsky.Volume3D{{Geometry: z.Geometry}, v} }
	}
	in := func(d time.Duration) lowsky.Opt[time.Time] { return lowsky.Some(noon.Add(d)) }
	for _, c := range []struct {
		name, field, problem string
		edit                 func(*lowsky.Zone)
	}{
		{"one position", "geometry.line", "fewer than two", line(100, a)},
		{"no line", "geometry.line", "fewer than two", line(100)},
		{"repeated position", "geometry.line[1]", "repeats", line(100, a, a, b)},
		{"no width", "geometry.width_m", "above 0", line(0, a, b)},
		{"width below 0", "geometry.width_m", "above 0", line(-1, a, b)},
		{"width no number", "geometry.width_m", "not a number", line(math.NaN(), a, b)},
		{"width too large", "geometry.width_m", "above 100000", line(100_001, a, b)},
		{"line off the Earth", "geometry.line[1]", "longitude", line(100, a, orb.Point{181, 30})},
		{"line no number", "geometry.line[0]", "not a number", line(100, orb.Point{math.NaN(), 30}, a)},
		{"line too long", "geometry.line", "longer than 2000 km", line(100, a, orb.Point{90, 30})},
		{"line too near to the pole", "geometry.line", "pole", line(100, orb.Point{0, 79}, orb.Point{1, 80})},
		{"too many positions of a line", "geometry.line", "more than 5000", func(z *lowsky.Zone) {
			z.Geometry = lowsky.Geometry{Width: 10}
			for i := range MaxLine + 1 {
				z.Geometry.Line = append(z.Geometry.Line, orb.Point{114 + float64(i)*1e-5, 30})
			}
		}},
		{"corridor and polygons", "geometry", "both", func(z *lowsky.Zone) { z.Geometry.Line, z.Geometry.Width = orb.LineString{a, b}, 10 }},
		{"corridor and circle", "geometry", "both", func(z *lowsky.Zone) {
			z.Geometry = lowsky.Geometry{Line: orb.LineString{a, b}, Width: 10, Centre: a, Radius: 10}
		}},
		{"buffer below 0", "buffer_m", "below 0", func(z *lowsky.Zone) { z.Buffer = metres(-1) }},
		{"buffer no number", "buffer_m", "not a number", func(z *lowsky.Zone) { z.Buffer = metres(math.Inf(1)) }},
		{"buffer too large", "buffer_m", "above 50000", func(z *lowsky.Zone) { z.Buffer = metres(50_001) }},
		{"circle with its buffer too large", "buffer_m", "further than", func(z *lowsky.Zone) {
			z.Geometry, z.Buffer = lowsky.Geometry{Centre: a, Radius: 90_000}, metres(10_001)
		}},
		{"buffer too near to the pole", "buffer_m", "pole", func(z *lowsky.Zone) {
			z.Geometry = lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(0, 79, 1, 79, 1, 79.9, 0, 79)}}}
			z.Buffer = metres(20_000)
		}},
		{"warning band below 0", "warning_band_m", "below 0", func(z *lowsky.Zone) { z.WarningBand = metres(-0.1) }},
		{"warning band too large", "warning_band_m", "above 50000", func(z *lowsky.Zone) { z.WarningBand = metres(60_000) }},
		{"further volume without area", "further[1].geometry", "is empty", further(lowsky.Volume3D{})},
		{"further volume upside down", "further[1].floor", "above the ceiling", func(z *lowsky.Zone) {
			further(lowsky.Volume3D{Geometry: z.Geometry, Floor: limit(100, lowsky.AGL), Ceiling: limit(50, lowsky.AGL)})(z)
		}},
		{"further volume off the Earth", "further[1].geometry.centre", "latitude", further(lowsky.Volume3D{Geometry: lowsky.Geometry{Centre: orb.Point{0, 91}, Radius: 10}})},
		{"too many volumes", "further", "64 volumes", func(z *lowsky.Zone) {
			for range MaxVolumes {
				z.Further = append(z.Further, lowsky.Volume3D{Geometry: z.Geometry})
			}
		}},
		{"too many positions together", "further", "more than 50000", func(z *lowsky.Zone) {
			big := make(orb.Ring, 30_000)
			z.Further = []lowsky.Volume3D{{Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{big}}}}, {Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{big}}}}}
		}},
		{"unknown geoid", "floor.geoid", "no geoid", func(z *lowsky.Zone) {
			z.Floor = lowsky.Some(lowsky.Altitude{Datum: lowsky.AMSL, Geoid: "flat"})
		}},
		{"geoid of a height above ground", "ceiling.geoid", "agl has none", func(z *lowsky.Zone) {
			z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 10, Datum: lowsky.AGL, Geoid: lowsky.EGM96})
		}},
		{"temporary for ever", "applicability", "needs an end", func(z *lowsky.Zone) { z.Temporary = true }},
		{"temporary with an open period", "applicability[1].until", "needs an end", func(z *lowsky.Zone) {
			z.Temporary, z.Applicability = true, lowsky.Applicability{{Until: in(time.Hour)}, {From: in(0)}}
		}},
		{"unknown event", "applicability[0].start_event", "SR", func(z *lowsky.Zone) { z.Applicability = lowsky.Applicability{{StartEvent: "NOON"}} }},
		{"unknown end event", "applicability[0].end_event", "SS", func(z *lowsky.Zone) { z.Applicability = lowsky.Applicability{{EndEvent: "ss"}} }},
		{"exemption of nobody", "exemptions[1]", "nobody", func(z *lowsky.Zone) { z.Exemptions = []lowsky.Exemption{{Plan: "p"}, {}} }},
		{"too many exemptions", "exemptions", "more than", func(z *lowsky.Zone) { z.Exemptions = make([]lowsky.Exemption, MaxExemptions+1) }},
		{"empty contact", "contacts[0]", "is empty", func(z *lowsky.Zone) { z.Contacts = []lowsky.ZoneContact{{}} }},
		{"too many contacts", "contacts", "more than", func(z *lowsky.Zone) { z.Contacts = make([]lowsky.ZoneContact, MaxContacts+1) }},
		{"contact not UTF-8", "contacts[0].email", "UTF-8", func(z *lowsky.Zone) { z.Contacts = []lowsky.ZoneContact{{Email: "\xff"}} }},
		{"contact too long", "contacts[0].phone", "longer", func(z *lowsky.Zone) { z.Contacts = []lowsky.ZoneContact{{Phone: strings.Repeat("1", 5000)}} }},
		{"empty reason", "reasons[0]", "is empty", func(z *lowsky.Zone) { z.Reasons = []lowsky.ZoneReason{""} }},
		{"too many reasons", "reasons", "more than", func(z *lowsky.Zone) { z.Reasons = make([]lowsky.ZoneReason, MaxReasons+1) }},
		{"published properties no object", "ed.extended", "no JSON object", func(z *lowsky.Zone) { z.ED = &lowsky.EDAttributes{Extended: json.RawMessage(`[1]`)} }},
		{"published properties broken", "ed.extended", "no JSON object", func(z *lowsky.Zone) { z.ED = &lowsky.EDAttributes{Extended: json.RawMessage(`{"a":`)} }},
		{"published properties too large", "ed.extended", "longer", func(z *lowsky.Zone) {
			z.ED = &lowsky.EDAttributes{Extended: json.RawMessage(`{"a":"` + strings.Repeat("x", MaxExtended) + `"}`)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := area("z", rectangle(0, 0, 100, 100))
			c.edit(z)
			err := Validate(z)
			var bad *lowsky.InvalidError
			if !errors.As(err, &bad) || bad.Field != c.field || !strings.Contains(bad.Problem, c.problem) {
				t.Errorf("got %v, want %s: …%s…", err, c.field, c.problem)
			}
			if _, err := NewIndex([]*lowsky.Zone{z}); !errors.Is(err, lowsky.ErrInvalid) {
				t.Errorf("NewIndex: %v", err)
			}
		})
	}
}

func TestValidateAcceptsFields(t *testing.T) {
	z := area("z", rectangle(0, 0, 1000, 1000))
	z.Further = []lowsky.Volume3D{
		{Geometry: lowsky.Geometry{Line: orb.LineString{{114, 30}, {114.1, 30}, {114, 30}}, Width: MaxWidth}},
		{Geometry: lowsky.Geometry{Centre: orb.Point{180, 30}, Radius: MaxRadius - 1}, Floor: lowsky.Some(lowsky.Altitude{Metres: -20, Datum: lowsky.AMSL, Geoid: lowsky.EGM2008})},
	}
	z.Buffer, z.WarningBand = lowsky.Some(lowsky.Metres(1)), lowsky.Some(lowsky.Metres(MaxWarningBand))
	z.Temporary = true
	z.Applicability = lowsky.Applicability{{Until: lowsky.Some(noon), StartEvent: lowsky.Sunrise, EndEvent: lowsky.EveningTwilight}}
	z.Exemptions = []lowsky.Exemption{{Organisation: "o"}, {Scenario: lowsky.Rescue, Plan: "p"}}
	z.Contacts = []lowsky.ZoneContact{{Name: lowsky.Text{ZH: "咸宁"}}}
	z.Reasons = []lowsky.ZoneReason{"SENSITIVE"}
	z.ED = &lowsky.EDAttributes{Extended: json.RawMessage(` {"a": 1} `)}
	if err := Validate(z); err != nil {
		t.Error(err)
	}
}

// A polygon of a million vertices is refused before anything of it is looked at.
func TestValidateRefusesMillionVerticesAtOnce(t *testing.T) {
	big := make(orb.Ring, 1_000_000)
	for i := range big {
		big[i] = orb.Point{math.NaN(), float64(i)}
	}
	for _, z := range []*lowsky.Zone{
		{ID: "z", Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{big}}}},
		{ID: "z", Geometry: lowsky.Geometry{Line: orb.LineString(big), Width: 1}},
	} {
		var bad *lowsky.InvalidError
		if err := Validate(z); !errors.As(err, &bad) || !strings.Contains(bad.Problem, "has 1000000 positions, more than 50000") {
			t.Errorf("got %v", err)
		}
		if n := testing.AllocsPerRun(1, func() { _ = Validate(z) }); n > 100 {
			t.Errorf("%v allocations: it was looked at", n)
		}
	}
}
