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

type properties struct {
	ID            lowsky.ZoneID             `json:"id"`
	Version       int                       `json:"version"`
	NameZH        string                    `json:"name_zh"`
	NameEN        string                    `json:"name_en"`
	Restriction   lowsky.Restriction        `json:"restriction"`
	Radius        lowsky.Metres             `json:"radius_m,omitempty"`
	Floor         lowsky.Opt[lowsky.Metres] `json:"floor_m,omitzero"`
	FloorDatum    lowsky.Datum              `json:"floor_datum,omitempty"`
	Ceiling       lowsky.Opt[lowsky.Metres] `json:"ceiling_m,omitzero"`
	CeilingDatum  lowsky.Datum              `json:"ceiling_datum,omitempty"`
	Applicability lowsky.Applicability      `json:"applicability,omitempty"`
	ReasonZH      string                    `json:"reason_zh,omitempty"`
	ReasonEN      string                    `json:"reason_en,omitempty"`
	MessageZH     string                    `json:"message_zh,omitempty"`
	MessageEN     string                    `json:"message_en,omitempty"`
	Authority     string                    `json:"authority,omitempty"`
	Kind          string                    `json:"kind,omitempty"`
	Demo          bool                      `json:"demo,omitempty"`
	Source        string                    `json:"source,omitempty"`
	PublishedAt   time.Time                 `json:"published_at,omitzero"`
	Organisation  lowsky.OrganisationID     `json:"organisation_id,omitempty"`
	Jurisdictions []lowsky.JurisdictionID   `json:"jurisdiction_ids,omitempty"`
}

// Feature answers one zone as a GeoJSON Feature, without a line break. Coordinates are written as they are held, in the
// order of the right-hand rule; Read gives the same zone back. A zone with numbers that JSON has no word for is an
// error.
func Feature(z *lowsky.Zone) ([]byte, error) {
	f := feature{Type: "Feature", ID: z.ID, Geometry: shapeOf(z.Geometry), Properties: properties{
		ID: z.ID, Version: z.Version, NameZH: z.Name.ZH, NameEN: z.Name.EN, Restriction: z.Restriction,
		Radius: z.Geometry.Radius, Applicability: z.Applicability,
		ReasonZH: z.Reason.ZH, ReasonEN: z.Reason.EN, MessageZH: z.Message.ZH, MessageEN: z.Message.EN,
		Authority: z.Authority, Kind: z.Kind, Demo: z.Demo, Source: z.Source, PublishedAt: z.PublishedAt,
		Organisation: z.Organisation, Jurisdictions: z.Jurisdictions,
	}}
	if z.Floor.OK {
		f.Properties.Floor, f.Properties.FloorDatum = lowsky.Some(z.Floor.Value.Metres), z.Floor.Value.Datum
	}
	if z.Ceiling.OK {
		f.Properties.Ceiling, f.Properties.CeilingDatum = lowsky.Some(z.Ceiling.Value.Metres), z.Ceiling.Value.Datum
	}
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("zone %q as GeoJSON: %w", z.ID, err)
	}
	return b, nil
}

func shapeOf(g lowsky.Geometry) geometry {
	if g.IsCircle() {
		return geometry{"Point", g.Centre}
	}
	if len(g.Polygons) == 1 {
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
