// Package edtest makes zones for the tests of ed269 and ed318: anything that the platform may hold, beyond what the two
// formats can say.
package edtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"lowsky"
)

// Zones draws some zones with ids of their own.
func Zones() *rapid.Generator[[]*lowsky.Zone] {
	return rapid.Custom(func(t *rapid.T) []*lowsky.Zone {
		zones := rapid.SliceOfN(Zone(), 0, 4).Draw(t, "zones")
		for i, z := range zones {
			z.ID = lowsky.ZoneID(fmt.Sprintf("%s%d", z.ID, i))
		}
		return zones
	})
}

// Zone draws a zone that airspace.Validate accepts.
func Zone() *rapid.Generator[*lowsky.Zone] {
	return rapid.Custom(func(t *rapid.T) *lowsky.Zone {
		z := &lowsky.Zone{
			ID:            lowsky.ZoneID(rapid.StringMatching(`[A-Za-z0-9咸宁._-]{1,12}`).Draw(t, "id")),
			Version:       rapid.IntRange(1, 9).Draw(t, "version"),
			Name:          text(t, "name"),
			Restriction:   rapid.SampledFrom([]lowsky.Restriction{lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction, "word of tomorrow"}).Draw(t, "restriction"),
			Buffer:        metres(t, "buffer"),
			WarningBand:   metres(t, "band"),
			Reason:        text(t, "reason"),
			Conditions:    text(t, "conditions"),
			Message:       text(t, "message"),
			Authority:     line(t, "authority"),
			Kind:          rapid.SampledFrom([]string{"", "airport", "dam"}).Draw(t, "kind"),
			Source:        line(t, "source"),
			Superior:      rapid.SampledFrom([]string{"", "province"}).Draw(t, "superior"),
			Demo:          rapid.Bool().Draw(t, "demo"),
			Organisation:  "org",
			Jurisdictions: []lowsky.JurisdictionID{"421200"},
			PublishedAt:   time.Date(2026, 11, 22, 8, 0, 0, rapid.IntRange(0, 999_999_999).Draw(t, "ns"), time.UTC),
			Reasons:       rapid.SliceOfNDistinct(rapid.SampledFrom([]lowsky.ZoneReason{"AIR_TRAFFIC", "SENSITIVE", "DAR", "FOREIGN_TERRITORY", "OTHER"}), 0, 5, rapid.ID[lowsky.ZoneReason]).Draw(t, "reasons"),
		}
		for i := range rapid.IntRange(1, 3).Draw(t, "volumes") {
			v := Volume(t)
			if i == 0 {
				z.Geometry, z.Floor, z.Ceiling = v.Geometry, v.Floor, v.Ceiling
			} else {
				z.Further = append(z.Further, v)
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "periods") {
			z.Applicability = append(z.Applicability, period(t))
		}
		z.Temporary = len(z.Applicability) > 0 && rapid.Bool().Draw(t, "temporary")
		for _, p := range z.Applicability {
			z.Temporary = z.Temporary && p.Until.OK
		}
		for range rapid.IntRange(0, 2).Draw(t, "exemptions") {
			z.Exemptions = append(z.Exemptions, lowsky.Exemption{Organisation: "fire", Plan: line(t, "plan")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "contacts") {
			z.Contacts = append(z.Contacts, lowsky.ZoneContact{
				Name: lowsky.Text{ZH: "甲", EN: line(t, "contact")}, Service: text(t, "service"), Person: text(t, "person"),
				Email: rapid.SampledFrom([]string{"", "a@b.cn", "no address"}).Draw(t, "email"), Phone: line(t, "phone"),
				URL:     rapid.SampledFrom([]string{"", "https://a.cn/b", "a b"}).Draw(t, "url"),
				Purpose: rapid.SampledFrom([]string{"", "AUTHORIZATION", "INFORMATION"}).Draw(t, "purpose"),
				Before:  rapid.SampledFrom([]string{"", "PT4H", "P2DT0H", "four hours"}).Draw(t, "before"),
			})
		}
		if rapid.Bool().Draw(t, "ed") {
			z.ED = &lowsky.EDAttributes{
				Country:    rapid.SampledFrom([]string{"", "CHN", "FIN"}).Draw(t, "country"),
				Identifier: rapid.SampledFrom([]string{"", "A1", "A long identifier"}).Draw(t, "identifier"),
				Variant:    rapid.SampledFrom([]string{"", "COMMON", "CUSTOMIZED"}).Draw(t, "variant"),
				USpace:     rapid.Bool().Draw(t, "uspace"), USpaceClass: line(t, "class"),
				Originator: line(t, "originator"),
				Extended:   rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{"colour":"red <&>","n":1.50}`)}).Draw(t, "extended"),
			}
			if rapid.Bool().Draw(t, "more") {
				z.ED.Region = lowsky.Some(3)
				z.ED.RegulationExemption = lowsky.Some(rapid.Bool().Draw(t, "exemption"))
				z.ED.CreatedAt = time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC)
			}
		}
		return z
	})
}

func line(t *rapid.T, name string) string {
	return rapid.SampledFrom([]string{"", "a", "咸宁市公安局", strings.Repeat("长", 210), strings.Repeat("x", 201), "tab\tand \"quotes\" <&>"}).Draw(t, name)
}

func text(t *rapid.T, name string) lowsky.Text {
	zh := line(t, name)
	if rapid.Bool().Draw(t, name+" other") {
		return lowsky.Text{ZH: zh, EN: line(t, name+" en")}
	}
	return lowsky.Text{ZH: zh, EN: zh}
}

func metres(t *rapid.T, name string) lowsky.Opt[lowsky.Metres] {
	return rapid.SampledFrom([]lowsky.Opt[lowsky.Metres]{{}, lowsky.Some[lowsky.Metres](0), lowsky.Some[lowsky.Metres](100.5)}).Draw(t, name)
}

func period(t *rapid.T) lowsky.Period {
	var p lowsky.Period
	if rapid.Bool().Draw(t, "from?") {
		p.From = lowsky.Some(time.Date(2026, 1, rapid.IntRange(1, 28).Draw(t, "from"), 16, 0, 0, 0, time.UTC))
	}
	if rapid.Bool().Draw(t, "until?") {
		p.Until = lowsky.Some(time.Date(2027, 1, rapid.IntRange(1, 28).Draw(t, "until"), 3, 4, 5, 678, time.UTC))
	}
	p.Weekdays = rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 6), func(i int) time.Weekday { return time.Weekday(i) }), 0, 7, rapid.ID[time.Weekday]).Draw(t, "days")
	if rapid.Bool().Draw(t, "start?") {
		p.Start = lowsky.Some(rapid.IntRange(0, 1439).Draw(t, "start"))
	}
	if rapid.Bool().Draw(t, "end?") {
		p.End = lowsky.Some(rapid.IntRange(1, 1440).Draw(t, "end"))
	}
	events := []lowsky.DayEvent{"", "", "", lowsky.Sunrise, lowsky.Sunset, lowsky.MorningTwilight, lowsky.EveningTwilight}
	p.StartEvent, p.EndEvent = rapid.SampledFrom(events).Draw(t, "start event"), rapid.SampledFrom(events).Draw(t, "end event")
	return p
}

// Volume draws an area with limits.
func Volume(t *rapid.T) lowsky.Volume3D {
	v := lowsky.Volume3D{Geometry: geometry(t)}
	limit := func(name string, low, high float64) lowsky.Opt[lowsky.Altitude] {
		if rapid.Bool().Draw(t, name+"?") {
			return lowsky.Opt[lowsky.Altitude]{}
		}
		a := lowsky.Altitude{
			Metres: lowsky.Metres(rapid.Float64Range(low, high).Draw(t, name)),
			Datum:  rapid.SampledFrom([]lowsky.Datum{lowsky.AGL, lowsky.AMSL, lowsky.Ellipsoid, lowsky.PressureISA}).Draw(t, name+" datum"),
			Feet:   rapid.Bool().Draw(t, name+" feet"),
		}
		if rapid.Bool().Draw(t, name+" whole") {
			a.Metres = lowsky.Metres(int(a.Metres))
		}
		if a.Datum == lowsky.AMSL {
			a.Geoid = rapid.SampledFrom([]lowsky.Geoid{"", lowsky.CN1985, lowsky.EGM96, lowsky.EGM2008}).Draw(t, name+" geoid")
		}
		return lowsky.Some(a)
	}
	v.Floor, v.Ceiling = limit("floor", 0, 100), limit("ceiling", 100, 99_999)
	return v
}

func geometry(t *rapid.T) lowsky.Geometry {
	x := rapid.SampledFrom([]float64{114.123456789, -0.3, 179.95}).Draw(t, "x")
	y := rapid.Float64Range(-60, 60).Draw(t, "y")
	wrap := func(x float64) float64 {
		if x > 180 {
			return x - 360
		}
		return x
	}
	square := func(x, y, a float64) orb.Ring {
		r := orb.Ring{{wrap(x), y}, {wrap(x + a), y}, {wrap(x + a), y + a}, {wrap(x), y + a}, {wrap(x), y}}
		if rapid.Bool().Draw(t, "reversed") {
			r.Reverse()
		}
		return r
	}
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0:
		return lowsky.Geometry{Centre: orb.Point{x, y}, Radius: lowsky.Metres(rapid.Float64Range(0.1, 5000).Draw(t, "radius"))}
	case 1:
		return lowsky.Geometry{Line: orb.LineString{{x, y}, {x + 0.01, y}, {x + 0.01, y + 0.02}}, Width: lowsky.Metres(rapid.Float64Range(10, 300).Draw(t, "width"))}
	case 2:
		return lowsky.Geometry{Polygons: orb.MultiPolygon{{square(x, y, 0.1), square(x+0.02, y+0.02, 0.01), square(x+0.05, y+0.05, 0.02)}}}
	case 3:
		return lowsky.Geometry{Polygons: orb.MultiPolygon{{square(x, y, 0.1), square(x+0.02, y+0.02, 0.01)}, {square(x, y+0.3, 0.1)}}}
	}
	// A hole that touches the rim with a corner.
	return lowsky.Geometry{Polygons: orb.MultiPolygon{{
		{{x, y}, {x + 0.03, y + 0.01}, {x + 0.03, y + 0.04}, {x, y}},
		{{x, y}, {x + 0.025, y + 0.025}, {x + 0.025, y + 0.015}, {x, y}},
	}}}
}
