package kml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"lowsky"
	"lowsky/airspace"
)

var nan = math.NaN()

// drawZone makes zones of every kind with anything in them that Validate lets pass.
func drawZone(t *rapid.T) *lowsky.Zone {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "咸宁 <&>\"'", " spaces ", "a\r\nb\tc", "]]>", "null", "5", "[1]", `"quoted"`}), rapid.StringMatching(`[a-z一-龥 ]{0,12}`))
	both := func(label string) lowsky.Text {
		return lowsky.Text{ZH: text.Draw(t, label), EN: text.Draw(t, label)}
	}
	altitude := func(label string) (out lowsky.Opt[lowsky.Altitude]) {
		if rapid.Bool().Draw(t, label) {
			out = lowsky.Some(lowsky.Altitude{Metres: lowsky.Metres(rapid.Float64Range(-100, 3000).Draw(t, label)),
				Datum: rapid.SampledFrom([]lowsky.Datum{lowsky.AGL, lowsky.AMSL, lowsky.Ellipsoid, lowsky.PressureISA}).Draw(t, label), Feet: rapid.Bool().Draw(t, label)})
			if out.Value.Datum == lowsky.AMSL {
				out.Value.Geoid = rapid.SampledFrom([]lowsky.Geoid{"", lowsky.CN1985, lowsky.EGM96}).Draw(t, label)
			}
		}
		return out
	}
	ring := func(x, y, a float64) orb.Ring {
		return orb.Ring{{x, y}, {x + a, y}, {x + a, y + a}, {x, y + a}, {x, y}}
	}
	geometry := func() lowsky.Geometry {
		x, y := rapid.Float64Range(100, 120).Draw(t, "x"), rapid.Float64Range(-60, 60).Draw(t, "y")
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			return lowsky.Geometry{Centre: orb.Point{x, y}, Radius: lowsky.Metres(rapid.Float64Range(1, 50_000).Draw(t, "r"))}
		case 1:
			return lowsky.Geometry{Line: orb.LineString{{x, y}, {x + 0.01, y + 0.02}, {x + 0.03, y}}, Width: lowsky.Metres(rapid.Float64Range(1, 500).Draw(t, "w"))}
		case 2:
			hole := ring(x+0.02, y+0.02, 0.01)
			hole.Reverse()
			return lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(x, y, 0.05), hole}}}
		}
		return lowsky.Geometry{Polygons: orb.MultiPolygon{{ring(x, y, 0.05)}, {ring(x+1, y, 0.01)}}}
	}
	z := &lowsky.Zone{
		ID: lowsky.ZoneID(rapid.StringMatching(`[A-Za-z0-9一-龥._~-]{1,20}`).Draw(t, "id")), Version: rapid.IntRange(1, 9).Draw(t, "version"),
		Name:        lowsky.Text{ZH: rapid.StringMatching(`[a-z一-龥]{1,9}`).Draw(t, "name"), EN: rapid.StringMatching(`[a-z ]{1,9}`).Draw(t, "name")},
		Restriction: rapid.SampledFrom([]lowsky.Restriction{lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction}).Draw(t, "restriction"),
		Geometry:    geometry(), Floor: altitude("floor"), Ceiling: altitude("ceiling"),
		Reason: both("reason"), Conditions: both("conditions"), Message: both("message"), Authority: text.Draw(t, "authority"), Kind: text.Draw(t, "kind"),
		Source: text.Draw(t, "source"), Superior: text.Draw(t, "superior"), Demo: rapid.Bool().Draw(t, "demo"), Temporary: rapid.Bool().Draw(t, "temporary"),
		Organisation: lowsky.OrganisationID(text.Draw(t, "organisation")),
	}
	for range rapid.IntRange(0, 2).Draw(t, "further") {
		z.Further = append(z.Further, lowsky.Volume3D{Geometry: geometry(), Floor: altitude("floor"), Ceiling: altitude("ceiling")})
	}
	if rapid.Bool().Draw(t, "lists") {
		z.Buffer, z.WarningBand = lowsky.Some(lowsky.Metres(rapid.Float64Range(0, 500).Draw(t, "buffer"))), lowsky.Some(lowsky.Metres(50))
		z.Applicability = lowsky.Applicability{{Until: lowsky.Some(time.Date(2027, 1, 2, 3, 4, 5, 6, time.UTC)), Weekdays: []time.Weekday{1, 5}, Start: lowsky.Some(480), StartEvent: lowsky.Sunrise}}
		z.Exemptions = []lowsky.Exemption{{Organisation: "org", Plan: "p"}}
		z.Reasons = []lowsky.ZoneReason{"NATURE"}
		z.Contacts = []lowsky.ZoneContact{{Name: both("contact"), Phone: "0715", Before: "PT4H"}}
		z.Jurisdictions = []lowsky.JurisdictionID{"421200"}
		z.PublishedAt = time.Date(2026, 11, 22, 8, 0, 0, 5000, time.UTC)
		z.ED = &lowsky.EDAttributes{Country: "CHN", Region: lowsky.Some(1), Extended: json.RawMessage(`{"a":["b",1]}`)}
	}
	return z
}

func TestWriteThenReadIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var zones []*lowsky.Zone
		for range rapid.IntRange(1, 3).Draw(t, "zones") {
			zones = append(zones, drawZone(t))
		}
		var b bytes.Buffer
		if _, err := Write(&b, zones); err != nil {
			t.Fatal(err)
		}
		got, err := Read(context.Background(), b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Remarks) > 0 {
			t.Fatalf("remarks on our own output: %v", got.Remarks)
		}
		if d := cmp.Diff(zones, got.Zones, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + `<Folder><name>f</name><Placemark id="x"><name>n</name>` + data("restriction", "conditional", "floor_m", "5", "floor_datum", "agl") + polygon("<extrude>1</extrude><altitudeMode>absolute</altitudeMode>", ",9") + `</Placemark></Folder>` + foot))
	f.Add([]byte(head + `<Placemark>` + data("radius_m", "50") + `<Point><coordinates>114,30</coordinates></Point></Placemark><NetworkLink/>` + foot))
	f.Add([]byte(head + `<Placemark>` + data("width_m", "50", "applicability", "[{}]", "drawn", "1:x") + `<LineString><coordinates>114,30 115,31</coordinates></LineString></Placemark>` + foot))
	f.Add([]byte(`<?xml version="1.0"?><!DOCTYPE kml><kml/>`))
	f.Add(archive(f, "doc.kml", head+foot))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := Read(context.Background(), doc)
		if err != nil {
			if got != nil || !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v beside %v", err, got)
			}
			return
		}
		account(t, got)
		var sound []*lowsky.Zone
		for _, z := range got.Zones {
			if _, err := airspace.Repair(z); err == nil && airspace.Validate(z) == nil {
				sound = append(sound, z)
			}
		}
		var b bytes.Buffer
		if _, err := Write(&b, sound); err != nil {
			t.Fatal(err)
		}
		again, err := Read(context.Background(), b.Bytes())
		if err != nil || len(again.Zones) != len(sound) {
			t.Fatalf("own output: %v, %+v", err, again)
		}
	})
}
