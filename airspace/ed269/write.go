package ed269

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed"
)

// Lengths of the standard, in characters.
const (
	maxIdentifier = 7
	maxName       = 200
	maxOther      = 30
	maxClass      = 100
	maxConditions = 10_000
	maxReasons    = 9
)

type (
	projection struct {
		Type        string              `json:"type"`
		Centre      *orb.Point          `json:"center,omitempty"`
		Radius      lowsky.Opt[float64] `json:"radius,omitzero"`
		Coordinates orb.Polygon         `json:"coordinates,omitempty"`
	}
	item struct {
		Unit           string              `json:"uomDimensions"`
		Lower          lowsky.Opt[float64] `json:"lowerLimit,omitzero"`
		LowerReference string              `json:"lowerVerticalReference"`
		Upper          lowsky.Opt[float64] `json:"upperLimit,omitzero"`
		UpperReference string              `json:"upperVerticalReference"`
		Projection     projection          `json:"horizontalProjection"`
	}
	authority struct {
		Name     string `json:"name,omitempty"`
		Service  string `json:"service,omitempty"`
		Person   string `json:"contactName,omitempty"`
		URL      string `json:"siteURL,omitempty"`
		Email    string `json:"email,omitempty"`
		Phone    string `json:"phone,omitempty"`
		Purpose  string `json:"purpose,omitempty"`
		Interval string `json:"intervalBefore,omitempty"`
	}
	zone struct {
		Identifier  string              `json:"identifier"`
		Country     string              `json:"country"`
		Name        string              `json:"name"`
		Type        string              `json:"type"`
		Restriction string              `json:"restriction"`
		Conditions  []string            `json:"restrictionConditions,omitempty"`
		Region      lowsky.Opt[int]     `json:"region,omitzero"`
		Reasons     []lowsky.ZoneReason `json:"reason,omitempty"`
		Reason      string              `json:"otherReasonInfo,omitempty"`
		Exemption   string              `json:"regulationExemption,omitempty"`
		USpaceClass string              `json:"uSpaceClass,omitempty"`
		Message     string              `json:"message,omitempty"`
		Hours       []ed.Span           `json:"applicability"`
		Authority   []authority         `json:"zoneAuthority"`
		Geometry    []item              `json:"geometry"`
		Extended    json.RawMessage     `json:"extendedProperties,omitempty"`
	}
)

type writer struct{ ed.Writing }

// Write writes zones as one document. What the standard cannot say is in extendedProperties.lowsky, by which Read answers
// the same zones, and in the remarks. Where a zone cannot be written, the error is an *lowsky.InvalidError and nothing is
// written.
func Write(w io.Writer, zones []*lowsky.Zone) ([]airspace.Remark, error) {
	for _, z := range zones {
		if err := ed.Check(z); err != nil {
			return nil, err
		}
	}
	out := &writer{}
	var b bytes.Buffer
	b.WriteString(`{"title":"Lowsky UAS geographical zones","description":"UAS geographical zones in the shape of EUROCAE ED-269","features":[`)
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
	_, err := b.WriteTo(w)
	return out.Remarks.All, err
}

func feature(z *lowsky.Zone, w *writer) ([]byte, error) {
	w.Begin(z)
	a := z.ED
	if a == nil {
		a = &lowsky.EDAttributes{}
	}
	out := zone{
		Identifier:  ed.Identifier(z),
		Country:     ed.Country(z),
		Name:        w.text("name", z.Name, maxName),
		Type:        a.Variant,
		Restriction: w.restriction(z),
		Region:      a.Region,
		Reason:      w.text("reason", z.Reason, maxOther),
		USpaceClass: w.Cut("uspace_class", a.USpaceClass, maxClass),
		Message:     w.text("message", z.Message, maxName),
		Hours:       w.hours(z.Applicability),
	}
	if utf8.RuneCountInString(out.Identifier) > maxIdentifier {
		w.Lost("id", "out_identifier", "is longer than the 7 characters of the standard: written as it is")
	}
	if out.Name == "" {
		out.Name = string(z.ID)
	}
	if out.Type != "CUSTOMIZED" {
		out.Type = "COMMON"
	}
	for _, s := range []string{z.Conditions.ZH, z.Conditions.EN} {
		if s != "" && (len(out.Conditions) == 0 || out.Conditions[0] != s) {
			out.Conditions = append(out.Conditions, w.Cut("conditions", s, maxConditions))
		}
	}
	if a.RegulationExemption.OK {
		out.Exemption = map[bool]string{true: "YES", false: "NO"}[a.RegulationExemption.Value]
	}
	for _, r := range z.Reasons {
		if r == "DAR" || r == "" {
			w.Lost("reasons", "out_reason", "DAR is no reason of the format: written as OTHER")
			r = "OTHER"
		}
		if len(out.Reasons) < maxReasons {
			out.Reasons = append(out.Reasons, r)
		}
	}
	for _, c := range ed.Contacts(z) {
		out.Authority = append(out.Authority, authority{
			Name: w.text("zoneAuthority.name", c.Name, maxName), Service: w.text("zoneAuthority.service", c.Service, maxName),
			Person: w.text("zoneAuthority.contactName", c.Person, maxName), Phone: w.Cut("zoneAuthority.phone", c.Phone, maxName),
			URL: w.URL(c.URL), Email: w.Email(c.Email), Purpose: c.Purpose, Interval: w.Duration(c.Before),
		})
	}
	w.Extras(z)
	var drawn []ed.Drawn
	for i := range z.VolumeCount() {
		items, d := w.volume(z.Volume(i))
		out.Geometry, drawn = append(out.Geometry, items...), append(drawn, d)
	}
	var err error
	if out.Extended, err = ed.WriteExtension(z, drawn); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return nil, ed.Invalid("zone "+string(z.ID), "cannot be written: %v", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// text answers the one text there is room for: the Chinese one.
func (w *writer) text(field string, t lowsky.Text, max int) string {
	if t.ZH != "" && t.EN != "" && t.ZH != t.EN {
		w.Once("out_one_language", "the format has room for one language: texts are Chinese, both are in our extension")
	}
	return w.Cut(field, ed.First(t), max)
}

func (w *writer) restriction(z *lowsky.Zone) string {
	switch z.Restriction {
	case lowsky.RequiresAuthorisation:
		return "REQ_AUTHORISATION"
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

// hours writes an applicability; events of the day, which the format does not know, become every hour, as they are judged.
func (w *writer) hours(a lowsky.Applicability) []ed.Span {
	plain := make(lowsky.Applicability, 0, len(a))
	for _, p := range a {
		if p.StartEvent != "" || p.EndEvent != "" {
			w.Lost("applicability", "out_day_event", "begins or ends with the sun, which the format cannot say: written as every hour, as it is judged")
			p = lowsky.Period{From: p.From, Until: p.Until}
		}
		plain = append(plain, p)
	}
	spans := ed.Spans(plain, "15:04:05.00Z")
	if len(spans) == 0 {
		return []ed.Span{{Permanent: "YES"}}
	}
	for i := range spans {
		spans[i].Permanent = "NO"
	}
	return spans
}

// parts is as how many volumes of ED-269 polygons are written.
func parts(g lowsky.Geometry) int { return len(g.Polygons) }

// volume writes one volume, each of its polygons as one of the standard.
func (w *writer) volume(v lowsky.Volume3D) (items []item, drawn ed.Drawn) {
	b := w.Band(v, false, true)
	unit := "M"
	if b.Feet {
		unit = "FT"
	}
	base := item{Unit: unit, Lower: b.Lower, LowerReference: b.LowerReference, Upper: b.Upper, UpperReference: b.UpperReference}
	if g := v.Geometry; g.IsCircle() {
		radius := float64(g.Radius)
		if b.Feet { // the unit is that of all dimensions
			radius /= ed.Foot
		}
		base.Projection = projection{Type: "Circle", Centre: &g.Centre, Radius: lowsky.Some(radius)}
		return []item{base}, ed.Drawn{Exact: true}
	}
	polygons := w.Polygons(v.Geometry)
	for _, p := range polygons {
		i, wound := base, ed.Wound(p)
		i.Projection = projection{Type: "Polygon", Coordinates: wound}
		items = append(items, i)
		if v.Geometry.IsCorridor() {
			drawn.Corridor = append(drawn.Corridor, orb.MultiPolygon{wound})
		}
	}
	drawn.Exact = len(polygons) == 1 && !v.Geometry.IsCorridor() && ed.Exactly(polygons)
	return items, drawn
}
