package ed318

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed"
)

// Lengths of the schema, in characters.
const (
	maxShort      = 200
	maxIdentifier = 7
	maxReasons    = 9
)

type (
	localised struct {
		Text string `json:"text"`
		Lang string `json:"lang"`
	}
	layer struct {
		Upper          lowsky.Opt[float64] `json:"upper,omitzero"`
		UpperReference string              `json:"upperReference"`
		Lower          lowsky.Opt[float64] `json:"lower,omitzero"`
		LowerReference string              `json:"lowerReference"`
		Unit           string              `json:"uom"`
	}
	extent struct {
		SubType string  `json:"subType"`
		Radius  float64 `json:"radius"`
	}
	geometry struct {
		Type        string     `json:"type"`
		Coordinates any        `json:"coordinates,omitempty"`
		Geometries  []geometry `json:"geometries,omitempty"`
		Extent      *extent    `json:"extent,omitempty"`
		Layer       *layer     `json:"layer,omitempty"`
	}
	authority struct {
		Name     []localised `json:"name,omitempty"`
		Service  []localised `json:"service,omitempty"`
		Person   []localised `json:"contactName,omitempty"`
		URL      string      `json:"siteURL,omitempty"`
		Email    string      `json:"email,omitempty"`
		Phone    string      `json:"phone,omitempty"`
		Purpose  string      `json:"purpose"`
		Interval string      `json:"intervalBefore,omitempty"`
	}
	source struct {
		Created    string     `json:"creationDate,omitempty"`
		Updated    string     `json:"updateDateTime,omitempty"`
		Originator *localised `json:"originator,omitempty"`
	}
	properties struct {
		Identifier string              `json:"identifier"`
		Country    string              `json:"country"`
		Name       []localised         `json:"name,omitempty"`
		Type       string              `json:"type"`
		Variant    string              `json:"variant"`
		Conditions string              `json:"restrictionConditions,omitempty"`
		Region     lowsky.Opt[int]     `json:"region,omitzero"`
		Reasons    []lowsky.ZoneReason `json:"reason,omitempty"`
		Reason     []localised         `json:"otherReasonInfo,omitempty"`
		Exemption  string              `json:"regulationExemption,omitempty"`
		Message    []localised         `json:"message,omitempty"`
		Authority  []authority         `json:"zoneAuthority"`
		Hours      []ed.Span           `json:"limitedApplicability,omitempty"`
		Source     *source             `json:"dataSource,omitempty"`
		Extended   json.RawMessage     `json:"extendedProperties,omitempty"`
	}
)

type writer struct {
	ed.Writing
	used  map[string]bool // identifiers of the file
	geoid lowsky.Geoid
}

// urns name our geoids by the EPSG codes of the vertical systems.
var urns = map[lowsky.Geoid]string{
	lowsky.CN1985: "urn:ogc:def:crs:EPSG::5737", lowsky.EGM96: "urn:ogc:def:crs:EPSG::5773", lowsky.EGM2008: "urn:ogc:def:crs:EPSG::3855",
}

// Write writes zones as one collection, valid by the published schema. What the standard cannot say is in
// extendedProperties.lowsky, by which Read answers the same zones, and in the remarks. Where a zone cannot be written, the
// error is an *lowsky.InvalidError and nothing is written.
func Write(w io.Writer, zones []*lowsky.Zone) ([]airspace.Remark, error) {
	out := &writer{used: map[string]bool{}}
	for _, z := range zones {
		if err := ed.Check(z); err != nil {
			return nil, err
		}
	}
	metadata := map[string]any{"provider": []localised{{"Lowsky", "en-GB"}}}
	if geoid, ok := out.common(zones); ok {
		metadata["otherGeoid"] = urns[geoid]
	}
	head, err := json.Marshal(metadata)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","name":"Lowsky UAS geographical zones","metadata":`)
	b.Write(head)
	b.WriteString(`,"features":[`)
	for i, z := range zones {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		f, err := feature(z, out)
		if err != nil {
			return nil, err
		}
		b.Write(f)
	}
	b.WriteString("\n]}\n")
	_, err = b.WriteTo(w)
	return out.Remarks.All, err
}

// common answers the geoid of all limits above mean sea level; the format has one for a file.
func (w *writer) common(zones []*lowsky.Zone) (geoid lowsky.Geoid, ok bool) {
	for _, z := range zones {
		for i := range z.VolumeCount() {
			v := z.Volume(i)
			for _, a := range []lowsky.Opt[lowsky.Altitude]{v.Floor, v.Ceiling} {
				if !a.OK || a.Value.Datum != lowsky.AMSL {
					continue
				}
				g := a.Value.Geoid
				if g == "" {
					g = lowsky.CN1985
				}
				if ok && g != geoid {
					w.Once("out_geoids", "limits are above several geoids: the file names none")
					return "", false
				}
				geoid, ok = g, urns[g] != ""
				if !ok {
					return "", false
				}
			}
		}
	}
	return geoid, ok
}

// feature writes one zone.
func feature(z *lowsky.Zone, w *writer) ([]byte, error) {
	w.Begin(z)
	a := z.ED
	if a == nil {
		a = &lowsky.EDAttributes{UpdatedAt: z.PublishedAt}
	}
	p := properties{
		Identifier: w.identifier(z),
		Country:    ed.Country(z),
		Name:       w.texts("name", z.Name),
		Type:       w.restriction(z, a),
		Variant:    a.Variant,
		Conditions: z.Conditions.ZH,
		Region:     a.Region,
		Reason:     w.texts("reason", z.Reason),
		Message:    w.texts("message", z.Message),
		Hours:      ed.Spans(z.Applicability, "15:04:05Z"),
		Source:     w.source(a),
	}
	if p.Variant != "CUSTOMIZED" {
		p.Variant = "COMMON"
	}
	if len(p.Name) == 0 {
		p.Name = w.texts("name", lowsky.Text{ZH: string(z.ID), EN: string(z.ID)})
	}
	if en := z.Conditions.EN; en != "" && en != p.Conditions {
		if p.Conditions != "" {
			p.Conditions += "\n"
		}
		p.Conditions += en
	}
	if a.RegulationExemption.OK {
		p.Exemption = map[bool]string{true: "YES", false: "NO"}[a.RegulationExemption.Value]
	}
	if a.USpaceClass != "" {
		w.Lost("uspace_class", "out_uspace_class", "the format has no U-space class: it stands in our extension alone")
	}
	for _, r := range z.Reasons {
		if r == "FOREIGN_TERRITORY" {
			w.Lost("reasons", "out_reason", "FOREIGN_TERRITORY is no reason of the format: written as OTHER")
			r = "OTHER"
		}
		if !allowed[r] {
			r = "OTHER"
		}
		if len(p.Reasons) < maxReasons {
			p.Reasons = append(p.Reasons, r)
		}
	}
	for _, c := range ed.Contacts(z) {
		p.Authority = append(p.Authority, w.authority(c))
	}
	w.Extras(z)
	g, drawn := w.geometry(z)
	var err error
	if p.Extended, err = ed.WriteExtension(z, drawn); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(struct {
		Type       string     `json:"type"`
		Geometry   geometry   `json:"geometry"`
		Properties properties `json:"properties"`
	}{"Feature", g, p}); err != nil {
		return nil, ed.Invalid("zone "+string(z.ID), "cannot be written: %v", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

var allowed = map[lowsky.ZoneReason]bool{"AIR_TRAFFIC": true, "SENSITIVE": true, "PRIVACY": true, "POPULATION": true, "NATURE": true, "NOISE": true, "EMERGENCY": true, "DAR": true, "OTHER": true}

// identifier answers at most seven characters, once in a file.
func (w *writer) identifier(z *lowsky.Zone) string {
	long := ed.Identifier(z)
	s := long
	for n := 0; utf8.RuneCountInString(s) > maxIdentifier || s == "" || w.used[s]; n++ {
		s = ed.Short(string(z.ID), n)
	}
	if w.used[s] = true; s != long {
		w.Lost("id", "out_identifier", "is longer than 7 characters, or that of another zone: written as "+s)
	}
	return s
}

func (w *writer) restriction(z *lowsky.Zone, a *lowsky.EDAttributes) string {
	switch z.Restriction {
	case lowsky.RequiresAuthorisation:
		if a.USpace {
			return "USPACE"
		}
		return "REQ_AUTHORIZATION"
	case lowsky.Conditional:
		return "CONDITIONAL"
	case lowsky.NoRestriction:
		return "NO_RESTRICTION"
	case lowsky.Prohibited:
	default:
		w.Lost("restriction", "out_restriction", "is not known and counts as prohibited: written so")
	}
	return "PROHIBITED"
}

func (w *writer) texts(field string, t lowsky.Text) []localised {
	var out []localised
	if t.ZH != "" {
		out = append(out, localised{w.Cut(field, t.ZH, maxShort), "zh-CN"})
	}
	if t.EN != "" {
		out = append(out, localised{w.Cut(field, t.EN, maxShort), "en-GB"})
	}
	return out
}

func (w *writer) authority(c lowsky.ZoneContact) authority {
	a := authority{
		Name: w.texts("zoneAuthority.name", c.Name), Service: w.texts("zoneAuthority.service", c.Service), Person: w.texts("zoneAuthority.contactName", c.Person),
		Phone: w.Cut("zoneAuthority.phone", c.Phone, maxShort), Purpose: c.Purpose,
		URL: w.URL(c.URL), Email: w.Email(c.Email), Interval: w.Duration(c.Before),
	}
	switch a.Purpose {
	case "AUTHORIZATION", "NOTIFICATION", "INFORMATION":
	default: // the schema wants one
		a.Purpose = "INFORMATION"
	}
	return a
}

func (w *writer) source(a *lowsky.EDAttributes) *source {
	s := source{Created: instant(a.CreatedAt), Updated: instant(a.UpdatedAt)}
	if a.Originator != "" {
		s.Originator = &localised{w.Cut("originator", a.Originator, maxShort), "zh-CN"}
	}
	if s == (source{}) {
		return nil
	}
	return &s
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// geometry writes all volumes.
func (w *writer) geometry(z *lowsky.Zone) (geometry, []ed.Drawn) {
	var all []geometry
	var drawn []ed.Drawn
	for i := range z.VolumeCount() {
		g, d := w.volume(z.Volume(i))
		all, drawn = append(all, g), append(drawn, d)
	}
	if len(all) == 1 {
		return all[0], drawn
	}
	return geometry{Type: "GeometryCollection", Geometries: all}, drawn
}

func (w *writer) volume(v lowsky.Volume3D) (g geometry, drawn ed.Drawn) {
	if v.Geometry.IsCircle() {
		g = geometry{Type: "Point", Coordinates: v.Geometry.Centre, Extent: &extent{"Circle", float64(v.Geometry.Radius)}}
		drawn.Exact = true
	} else {
		polygons := w.Polygons(v.Geometry)
		wound := make(orb.MultiPolygon, 0, len(polygons))
		for _, p := range polygons {
			wound = append(wound, ed.Wound(p))
		}
		if g = (geometry{Type: "MultiPolygon", Coordinates: wound}); len(wound) == 1 {
			g = geometry{Type: "Polygon", Coordinates: wound[0]}
		}
		if v.Geometry.IsCorridor() {
			drawn.Corridor = []orb.MultiPolygon{wound}
		} else {
			drawn.Exact = ed.Exactly(polygons)
		}
	}
	b := w.Band(v, true, false)
	g.Layer = &layer{b.Upper, b.UpperReference, b.Lower, b.LowerReference, "m"}
	if b.Feet {
		g.Layer.Unit = "ft"
	}
	return g, drawn
}
