package ed318

import (
	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed"
)

// places reads the geometry: one volume, or several in a GeometryCollection.
func (rd *reader) places(v ed.Value, n *ed.Notes, z *lowsky.Zone) error {
	if !v.Present() {
		return ed.Refuse(v.Place, "geometry_missing", "is missing: a zone without a place")
	}
	s := &ed.Shapes{Notes: n}
	o, err := v.Object()
	if err != nil {
		return err
	}
	members := []ed.Value{v}
	layer := ed.Value{}
	if kind := o.Take("type"); text(kind) == "GeometryCollection" {
		members = nil
		list := o.Take("geometries")
		if !list.IsArray() {
			return ed.Refuse(list.Place, "geometry_missing", "must be a list of geometries")
		}
		layer = o.Take("layer")
		o.Known("bbox")
		n.Unknown(o, "geometry.")
		for i, e := range list.Elements() {
			if i >= airspace.MaxParts {
				return ed.Refuse(list.Place, "too_many_volumes", "has more than %d volumes", airspace.MaxParts)
			}
			members = append(members, e)
		}
		if len(members) == 0 {
			return ed.Refuse(list.Place, "geometry_missing", "is empty: a zone without a place")
		}
	}
	for i, m := range members {
		volume, err := rd.volume(m, layer, s)
		if err != nil {
			return err
		}
		if i == 0 {
			z.Geometry, z.Floor, z.Ceiling = volume.Geometry, volume.Floor, volume.Ceiling
		} else {
			z.Further = append(z.Further, volume)
		}
	}
	s.Done(v.Place)
	return nil
}

// volume reads one geometry and its layer; common is the layer of the collection around it, for members without.
func (rd *reader) volume(v, common ed.Value, s *ed.Shapes) (lowsky.Volume3D, error) {
	var out lowsky.Volume3D
	o, err := v.Object()
	if err != nil {
		return out, err
	}
	kind, coordinates := o.Take("type"), o.Take("coordinates")
	switch text(kind) {
	case "Polygon":
		out.Geometry.Polygons, err = s.Polygon(coordinates)
	case "MultiPolygon":
		out.Geometry.Polygons, err = s.Polygons(coordinates)
	case "Point":
		extent, e := o.Take("extent").Object()
		if e != nil {
			return out, ed.Refuse(v.Place, "point_without_extent", "is a Point without an extent: it has no area")
		}
		if sub := text(extent.Take("subType")); sub != "Circle" {
			return out, ed.Refuse(v.Place, "extent_unknown", "has an extent of subType %.40q, which is not Circle", sub)
		}
		out.Geometry, err = s.Circle(coordinates, extent.Take("radius"), false)
		s.Notes.Unknown(extent, "geometry.extent.")
	case "GeometryCollection":
		err = ed.Refuse(v.Place, "geometry_unknown", "is a collection within a collection")
	case "LineString", "MultiLineString", "MultiPoint":
		err = ed.Refuse(v.Place, "geometry_without_area", "is a %s: it has no area", text(kind))
	default:
		err = ed.Refuse(kind.Place, "geometry_unknown", "is %.40q, which is no geometry", text(kind))
	}
	if err != nil {
		return out, err
	}
	layer := o.Take("layer")
	o.Known("bbox")
	s.Notes.Unknown(o, "geometry.")
	if !layer.Present() {
		layer = common
	}
	if !layer.Present() {
		s.Notes.Note(v.Place, "layer_absent", "has no layer: the zone reaches from the surface without limit")
		return out, nil
	}
	l, err := layer.Object()
	if err != nil {
		s.Notes.Repair(layer.Place, "layer_unreadable", "is no object: the zone reaches from the surface without limit")
		s.Notes.Keep("layer", layer)
		return out, nil
	}
	out.Floor, out.Ceiling = ed.Limits{
		Lower: l.Take("lower"), LowerReference: l.Take("lowerReference"),
		Upper: l.Take("upper"), UpperReference: l.Take("upperReference"),
		Unit: l.Take("uom"), Geoid: rd.geoid,
	}.Read(s.Notes)
	s.Notes.Unknown(l, "geometry.layer.")
	return out, nil
}
