package geojson

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
)

// properties reads the properties of a zone.
func (rd *reader) properties(field string, raw json.RawMessage, z *lowsky.Zone) error {
	if len(raw) == 0 || isNull(raw) {
		return invalid(field, "is missing")
	}
	m, order, err := object(field, raw)
	if err != nil {
		return err
	}
	var floor, ceiling struct {
		metres lowsky.Opt[lowsky.Metres]
		datum  lowsky.Opt[lowsky.Datum]
	}
	var radius lowsky.Opt[lowsky.Metres]
	known := []struct {
		key  string
		into any
		want string
	}{
		{"id", &z.ID, "a string"},
		{"version", &z.Version, "a whole number from 1"},
		{"name_zh", &z.Name.ZH, "a string"},
		{"name_en", &z.Name.EN, "a string"},
		{"restriction", &z.Restriction, "a string"},
		{"radius_m", &radius, "a number"},
		{"floor_m", &floor.metres, "a number"},
		{"floor_datum", &floor.datum, "a string"},
		{"ceiling_m", &ceiling.metres, "a number"},
		{"ceiling_datum", &ceiling.datum, "a string"},
		{"reason_zh", &z.Reason.ZH, "a string"},
		{"reason_en", &z.Reason.EN, "a string"},
		{"message_zh", &z.Message.ZH, "a string"},
		{"message_en", &z.Message.EN, "a string"},
		{"authority", &z.Authority, "a string"},
		{"kind", &z.Kind, "a string"},
		{"source", &z.Source, "a string"},
		{"demo", &z.Demo, "true or false"},
		{"published_at", &z.PublishedAt, "an instant such as 2026-11-22T08:00:00Z"},
		{"organisation_id", &z.Organisation, "a string"},
		{"jurisdiction_ids", &z.Jurisdictions, "an array of strings"},
	}
	names := []string{"applicability"}
	for _, k := range known {
		names = append(names, k.key)
		v, ok := m[k.key]
		if !ok || isNull(v) { // null is absent
			continue
		}
		if json.Unmarshal(v, k.into) != nil {
			return invalid(join(field, k.key), "must be %s", k.want)
		}
	}
	rd.unknown(field, order, names...)
	if z.Version < 1 {
		return invalid(join(field, "version"), "must be a whole number from 1")
	}
	var ok bool
	if z.PublishedAt, ok = utc(z.PublishedAt); !ok {
		return invalid(join(field, "published_at"), "leaves the years 0 to 9999 in UTC")
	}
	if len(z.Jurisdictions) == 0 {
		z.Jurisdictions = nil
	}
	if radius.OK {
		z.Geometry.Radius = radius.Value
		if radius.Value <= 0 {
			return invalid(join(field, "radius_m"), "must be above 0")
		}
	}
	for _, l := range [...]struct {
		name   string
		metres lowsky.Opt[lowsky.Metres]
		datum  lowsky.Opt[lowsky.Datum]
		into   *lowsky.Opt[lowsky.Altitude]
	}{{"floor", floor.metres, floor.datum, &z.Floor}, {"ceiling", ceiling.metres, ceiling.datum, &z.Ceiling}} {
		switch {
		case l.metres.OK && !l.datum.OK:
			return invalid(join(field, l.name+"_datum"), "is missing beside %s_m", l.name)
		case l.datum.OK && !l.metres.OK:
			return invalid(join(field, l.name+"_m"), "is missing beside %s_datum", l.name)
		case l.metres.OK:
			*l.into = lowsky.Some(lowsky.Altitude{Metres: l.metres.Value, Datum: l.datum.Value})
		}
	}
	if err := rd.restriction(field, z); err != nil {
		return err
	}
	return rd.applicability(join(field, "applicability"), m["applicability"], z)
}

// utc is false for instants that RFC 3339 cannot write in UTC.
func utc(t time.Time) (time.Time, bool) {
	if t.IsZero() {
		return time.Time{}, true
	}
	u := t.UTC()
	return u, u.Year() >= 0 && u.Year() <= 9999
}

func (rd *reader) restriction(field string, z *lowsky.Zone) error {
	switch z.Restriction {
	case "":
		return invalid(join(field, "restriction"), "is missing")
	case lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction:
	default:
		rd.warn(join(field, "restriction"), "is %.40q, which is not known and counts as prohibited", z.Restriction)
	}
	return nil
}

// applicability reads periods; a member of a period that is not known is an error, because leaving it out would change
// when the zone applies.
func (rd *reader) applicability(field string, raw json.RawMessage, z *lowsky.Zone) error {
	if len(raw) == 0 || isNull(raw) {
		return nil
	}
	var periods []json.RawMessage
	if !isArray(raw) || json.Unmarshal(raw, &periods) != nil {
		return invalid(field, "must be an array of periods")
	}
	for i, p := range periods {
		at := index(field, i)
		_, order, err := object(at, p)
		if err != nil {
			return err
		}
		for _, key := range order {
			if !slices.Contains([]string{"from", "until", "weekdays", "start_minute", "end_minute"}, key) {
				return invalid(join(at, key), "is not known")
			}
		}
		var period lowsky.Period
		if json.Unmarshal(p, &period) != nil {
			return invalid(at, "must hold from and until as instants, weekdays as numbers 0 to 6, start_minute and end_minute as whole numbers")
		}
		if len(period.Weekdays) == 0 {
			period.Weekdays = nil
		}
		var from, until bool
		period.From.Value, from = utc(period.From.Value)
		period.Until.Value, until = utc(period.Until.Value)
		if !from || !until {
			return invalid(at, "leaves the years 0 to 9999 in UTC")
		}
		z.Applicability = append(z.Applicability, period)
	}
	return nil
}

// geometry reads the area; single says that it was a Polygon.
func (rd *reader) geometry(field string, raw json.RawMessage, z *lowsky.Zone) (single bool, err error) {
	if len(raw) == 0 || isNull(raw) {
		return false, invalid(field, "is missing")
	}
	m, order, err := object(field, raw)
	if err != nil {
		return false, err
	}
	if err := rd.crs(field, m); err != nil {
		return false, err
	}
	rd.unknown(field, order, "type", "coordinates", "bbox", "crs")
	var kind string
	if json.Unmarshal(m["type"], &kind) != nil {
		return false, invalid(join(field, "type"), "must be Polygon, MultiPolygon or Point")
	}
	c := coordinates{field: join(field, "coordinates")}
	switch raw := m["coordinates"]; kind {
	case "Point":
		z.Geometry.Centre, err = c.point(c.field, raw)
		if err == nil && z.Geometry.Radius == 0 {
			err = invalid(field, "is a Point without the property radius_m")
		}
	case "Polygon":
		var p orb.Polygon
		p, err = c.polygon(c.field, raw)
		z.Geometry.Polygons, single = orb.MultiPolygon{p}, true
	case "MultiPolygon":
		err = each(c.field, raw, func(at string, raw json.RawMessage) error {
			p, err := c.polygon(at, raw)
			z.Geometry.Polygons = append(z.Geometry.Polygons, p)
			return err
		})
	default:
		err = invalid(join(field, "type"), "must be Polygon, MultiPolygon or Point, not %.40q", kind)
	}
	if err != nil {
		return false, err
	}
	if kind != "Point" && z.Geometry.Radius != 0 {
		return false, invalid(field, "must be a Point where the property radius_m is given")
	}
	if c.extra {
		rd.warn(c.field, "has more than two ordinates; only longitude and latitude were kept")
	}
	return single, nil
}
