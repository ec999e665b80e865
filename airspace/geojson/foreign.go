package geojson

import (
	"encoding/json"

	"lowsky"
)

// flatKeys are the properties of zones that were published as ED-269 and flattened to plain GeoJSON, one feature per
// volume, as open data portals do. There is no document that describes it; the words are those of ED-269.
var flatKeys = []string{"lowerLimit", "upperLimit", "lowerReference", "upperReference"}

// edRestrictions are the words of ED-269 and, spelt with z, of ED-318.
var edRestrictions = map[lowsky.Restriction]lowsky.Restriction{
	"PROHIBITED": lowsky.Prohibited, "REQ_AUTHORISATION": lowsky.RequiresAuthorisation, "REQ_AUTHORIZATION": lowsky.RequiresAuthorisation,
	"CONDITIONAL": lowsky.Conditional, "NO_RESTRICTION": lowsky.NoRestriction,
}

// foreign reports whether the properties are such.
func foreign(m map[string]json.RawMessage) bool {
	for _, k := range flatKeys {
		if _, ok := m[k]; ok {
			return true
		}
	}
	return false
}

// flattened reads them. A limit that is absent is read as the ground or as unlimited, which is the safe way, and said.
func (rd *reader) flattened(field string, m map[string]json.RawMessage, order []string, z *lowsky.Zone, v *volume) error {
	var id json.RawMessage
	var name, unit, lowerReference, upperReference, variant string
	var lower, upper lowsky.Opt[float64]
	err := rd.take(field, m, order, []member{
		{"id", &id, "a string"},
		{"name", &name, "a string"},
		{"type", &variant, "a string"},
		{"restriction", &z.Restriction, "a string"},
		{"reasons", &z.Reasons, "an array of strings"},
		{"lowerLimit", &lower, "a number"},
		{"upperLimit", &upper, "a number"},
		{"unit", &unit, "a string"},
		{"lowerReference", &lowerReference, "a string"},
		{"upperReference", &upperReference, "a string"},
		{"authority", &z.Authority, "a string"},
		{"message", &z.Message.EN, "a string"},
		{"radius_m", &v.radius, "a number"},
	})
	if err != nil {
		return err
	}
	published, err := idOf(join(field, "id"), id)
	if err != nil {
		return err
	}
	z.ID, z.Name = lowsky.ZoneID(published), lowsky.Text{ZH: name, EN: name}
	z.Message.ZH = z.Message.EN
	z.ED = &lowsky.EDAttributes{Identifier: published, Variant: variant}
	if r, ok := edRestrictions[z.Restriction]; ok {
		z.Restriction = r
	}
	if err := rd.restriction(field, z); err != nil {
		return err
	}
	for _, l := range [...]struct {
		name, code, reading string
		value               lowsky.Opt[float64]
		reference           string
		into                *lowsky.Opt[lowsky.Altitude]
	}{
		{"lowerLimit", codeLowerAbsent, "from the ground", lower, lowerReference, &z.Floor},
		{"upperLimit", codeUpperAbsent, "unlimited", upper, upperReference, &z.Ceiling},
	} {
		if !l.value.OK {
			rd.note(l.code, join(field, l.name), "is absent: read as %s", l.reading)
			continue
		}
		a := lowsky.Altitude{Metres: lowsky.Metres(l.value.Value)}
		switch unit {
		case "M":
		case "FT":
			a.Metres, a.Feet = lowsky.Metres(l.value.Value*0.3048), true
		default:
			return refuse(codeLimitIncomplete, join(field, "unit"), "is %.40q: must be M or FT", unit)
		}
		switch l.reference {
		case "AGL":
			a.Datum = lowsky.AGL
		case "AMSL":
			a.Datum, a.Geoid = lowsky.AMSL, lowsky.EGM2008
		case "WGS84":
			a.Datum = lowsky.Ellipsoid
		default:
			return refuse(codeLimitIncomplete, join(field, l.name), "has the reference %.40q: must be AGL, AMSL or WGS84", l.reference)
		}
		*l.into = lowsky.Some(a)
	}
	return nil
}
