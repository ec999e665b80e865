package geojson

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

type feature struct {
	Type       string        `json:"type"`
	ID         lowsky.ZoneID `json:"id"`
	Geometry   geometry      `json:"geometry"`
	Properties properties    `json:"properties"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// extent is the part of a volume that its geometry does not say.
type extent struct {
	Radius       lowsky.Metres             `json:"radius_m,omitempty"`
	Width        lowsky.Metres             `json:"width_m,omitempty"`
	Floor        lowsky.Opt[lowsky.Metres] `json:"floor_m,omitzero"`
	FloorDatum   lowsky.Datum              `json:"floor_datum,omitempty"`
	FloorGeoid   lowsky.Geoid              `json:"floor_geoid,omitempty"`
	FloorFeet    bool                      `json:"floor_feet,omitempty"`
	Ceiling      lowsky.Opt[lowsky.Metres] `json:"ceiling_m,omitzero"`
	CeilingDatum lowsky.Datum              `json:"ceiling_datum,omitempty"`
	CeilingGeoid lowsky.Geoid              `json:"ceiling_geoid,omitempty"`
	CeilingFeet  bool                      `json:"ceiling_feet,omitempty"`
}

type furtherVolume struct {
	Geometry geometry `json:"geometry"`
	extent
}

type properties struct {
	ID          lowsky.ZoneID      `json:"id"`
	Version     int                `json:"version"`
	NameZH      string             `json:"name_zh"`
	NameEN      string             `json:"name_en"`
	Restriction lowsky.Restriction `json:"restriction"`
	extent
	Further       []furtherVolume           `json:"further,omitempty"`
	Buffer        lowsky.Opt[lowsky.Metres] `json:"buffer_m,omitzero"`
	WarningBand   lowsky.Opt[lowsky.Metres] `json:"warning_band_m,omitzero"`
	Temporary     bool                      `json:"temporary,omitempty"`
	Applicability lowsky.Applicability      `json:"applicability,omitempty"`
	Exemptions    []lowsky.Exemption        `json:"exemptions,omitempty"`
	Contacts      []lowsky.ZoneContact      `json:"contacts,omitempty"`
	Reasons       []lowsky.ZoneReason       `json:"reasons,omitempty"`
	ReasonZH      string                    `json:"reason_zh,omitempty"`
	ReasonEN      string                    `json:"reason_en,omitempty"`
	ConditionsZH  string                    `json:"conditions_zh,omitempty"`
	ConditionsEN  string                    `json:"conditions_en,omitempty"`
	MessageZH     string                    `json:"message_zh,omitempty"`
	MessageEN     string                    `json:"message_en,omitempty"`
	Authority     string                    `json:"authority,omitempty"`
	Kind          string                    `json:"kind,omitempty"`
	Demo          bool                      `json:"demo,omitempty"`
	Source        string                    `json:"source,omitempty"`
	Superior      string                    `json:"superior,omitempty"`
	ED            *lowsky.EDAttributes      `json:"ed,omitempty"`
	PublishedAt   time.Time                 `json:"published_at,omitzero"`
	Organisation  lowsky.OrganisationID     `json:"organisation_id,omitempty"`
	Jurisdictions []lowsky.JurisdictionID   `json:"jurisdiction_ids,omitempty"`
}

func extentOf(v lowsky.Volume3D) extent {
	e := extent{Radius: v.Geometry.Radius, Width: v.Geometry.Width}
	if f := v.Floor; f.OK {
		e.Floor, e.FloorDatum, e.FloorGeoid, e.FloorFeet = lowsky.Some(f.Value.Metres), f.Value.Datum, f.Value.Geoid, f.Value.Feet
	}
	if c := v.Ceiling; c.OK {
		e.Ceiling, e.CeilingDatum, e.CeilingGeoid, e.CeilingFeet = lowsky.Some(c.Value.Metres), c.Value.Datum, c.Value.Geoid, c.Value.Feet
	}
	return e
}

// Feature answers one zone as a GeoJSON Feature, without a line break. Coordinates are written as they are held, in the
// order of the right-hand rule; Read gives the same zone back. A zone with numbers that JSON has no word for is an
// error.
func Feature(z *lowsky.Zone) ([]byte, error) {
	f := feature{Type: "Feature", ID: z.ID, Geometry: shapeOf(z.Geometry), Properties: properties{
		ID: z.ID, Version: z.Version, NameZH: z.Name.ZH, NameEN: z.Name.EN, Restriction: z.Restriction,
		extent: extentOf(z.Volume(0)), Buffer: z.Buffer, WarningBand: z.WarningBand, Temporary: z.Temporary,
		Applicability: z.Applicability, Exemptions: z.Exemptions, Contacts: z.Contacts, Reasons: z.Reasons,
		ReasonZH: z.Reason.ZH, ReasonEN: z.Reason.EN, ConditionsZH: z.Conditions.ZH, ConditionsEN: z.Conditions.EN,
		MessageZH: z.Message.ZH, MessageEN: z.Message.EN, Authority: z.Authority, Kind: z.Kind, Demo: z.Demo,
		Source: z.Source, Superior: z.Superior, ED: z.ED, PublishedAt: z.PublishedAt,
		Organisation: z.Organisation, Jurisdictions: z.Jurisdictions,
	}}
	for _, v := range z.Further {
		f.Properties.Further = append(f.Properties.Further, furtherVolume{shapeOf(v.Geometry), extentOf(v)})
	}
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("zone %q as GeoJSON: %w", z.ID, err)
	}
	return b, nil
}

func shapeOf(g lowsky.Geometry) geometry {
	switch {
	case g.IsCircle():
		return geometry{"Point", g.Centre}
	case g.IsCorridor():
		return geometry{"LineString", g.Line}
	case len(g.Polygons) == 1:
		return geometry{"Polygon", wound(g.Polygons[0])}
	}
	ps := make(orb.MultiPolygon, len(g.Polygons))
	for i, p := range g.Polygons {
		ps[i] = wound(p)
	}
	return geometry{"MultiPolygon", ps}
}

// Write writes zones as a FeatureCollection, one feature a line.
func Write(w io.Writer, zones []*lowsky.Zone) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, z := range zones {
		if i > 0 {
			b.WriteByte(',')
		}
		f, err := Feature(z)
		if err != nil {
			return err
		}
		b.WriteByte('\n')
		b.Write(f)
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}
