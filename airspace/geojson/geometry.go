package geojson

import (
	"encoding/json"

	"github.com/paulmach/orb"

	"lowsky"
)

const geometryTypes = "Polygon, MultiPolygon, Point or LineString"

// geometry reads an area; single says that it was a Polygon.
func (rd *reader) geometry(field string, raw json.RawMessage, v *volume, g *lowsky.Geometry) (single bool, err error) {
	if len(raw) == 0 || isNull(raw) {
		return false, refuse(codeGeometryAbsent, field, "is missing")
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
		return false, refuse(codeGeometryType, join(field, "type"), "must be %s", geometryTypes)
	}
	if v.radius.OK && kind != "Point" {
		return false, refuse(codeGeometryType, field, "must be a Point where the property radius_m is given")
	}
	if v.width.OK && kind != "LineString" {
		return false, refuse(codeGeometryType, field, "must be a LineString where the property width_m is given")
	}
	c := coordinates{ctx: rd.ctx, field: join(field, "coordinates"), raw: m["coordinates"]}
	switch kind {
	case "Point":
		if !v.radius.OK {
			return false, refuse(codeNoArea, field, "is a Point without the property radius_m")
		}
		g.Radius = v.radius.Value
		g.Centre, err = c.point()
	case "LineString":
		if !v.width.OK {
			return false, refuse(codeNoArea, field, "is a LineString without the property width_m")
		}
		g.Width = v.width.Value
		g.Line, err = c.line()
	case "Polygon":
		var p orb.Polygon
		p, err = c.polygon()
		g.Polygons, single = orb.MultiPolygon{p}, true
	case "MultiPolygon":
		g.Polygons, err = c.polygons()
	default:
		err = refuse(codeGeometryType, join(field, "type"), "must be %s, not %.40q", geometryTypes, kind)
	}
	if err != nil {
		return false, err
	}
	if c.extra {
		rd.note(codeOrdinatesDropped, c.field, "has more than two ordinates; only longitude and latitude were kept")
	}
	return single, nil
}
