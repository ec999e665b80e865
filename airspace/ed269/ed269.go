// Package ed269 reads and writes zones as EUROCAE ED-269, and reads the two other shapes in which such zones are
// published: the Swiss CIS variant and flattened GeoJSON. README.md tells what is read how, and from which source the
// shape is known.
package ed269

import (
	"context"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed"
)

func text(v ed.Value) string {
	s, _ := v.Text()
	return s
}

// Read reads every zone of a document. The error is an *lowsky.InvalidError where the document as a whole cannot be read,
// or that of ctx. Zones keep their coordinates as they stand in the file, are not validated, and have no Source.
func Read(ctx context.Context, doc []byte) (*airspace.Reading, error) {
	v, err := ed.Document(doc)
	if err != nil {
		return nil, err
	}
	if !v.IsObject() {
		return nil, ed.Invalid("document", "must be an object with features, or with UASZoneList")
	}
	o, err := v.Object()
	if err != nil {
		return nil, ed.Invalid("document", "%v", err)
	}
	list := o.Take("features", "UASZoneList")
	switch {
	case list.IsArray():
	case o.Has("horizontalProjection") || o.Has("applicability") || o.Has("identifier"):
		return nil, ed.Invalid("features", "is missing: this is one zone of a file, the list around it is missing")
	default:
		return nil, ed.Invalid("features", "is missing or no list, and so is UASZoneList")
	}
	rd := reader{}
	o.Known("title", "description", "formatVersion", "createdAt", "type", "name", "bbox", "metadata")
	if w := o.Take("warnings"); w.Present() { // of flattened files: for people
		rd.out.Remark("warnings", airspace.RemarkNoted, "file_warning", "the file says: %.400s", w.JSON())
	}
	for name, m := range o.Rest() {
		if name == "crs" {
			rd.out.Remark(m.Place, airspace.RemarkNoted, "crs_member", "names a coordinate system: the one declared with the import counts")
			continue
		}
		rd.out.Remark(m.Place, airspace.RemarkNoted, "unknown_member", "is not known: left out")
	}
	for i, f := range list.Elements() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i >= ed.MaxZones {
			return nil, ed.Invalid("features", "has more than %d zones", ed.MaxZones)
		}
		rd.zone(f)
	}
	if rd.heights {
		rd.out.Remark("features", airspace.RemarkNoted, "geoid_assumed", "no geoid is named: heights above mean sea level are taken to be above %s", ed.Geoid)
	}
	return rd.out.Done(), nil
}

type reader struct {
	out     ed.Reading
	heights bool // some limit is above mean sea level
}

func (rd *reader) zone(v ed.Value) {
	n := &ed.Notes{}
	z, x, err := standard(v, n)
	if err == nil {
		var ours bool
		z, ours = x.Apply(z, n, parts, again)
		rd.heights = rd.heights || !ours && ed.AboveSea(z)
		if !ours {
			err = n.Merge(v.Place+".geometry", z)
		}
	}
	if err == nil {
		err = ed.Hours(v.Place+".applicability", z.Applicability)
	}
	if err != nil {
		id := lowsky.ZoneID("")
		if z != nil {
			id = z.ID
		}
		rd.out.Fail(id, v, err)
		return
	}
	rd.out.Accept(z, v, n)
}

// again writes a zone and reads its standard members back.
func again(z *lowsky.Zone) (*lowsky.Zone, error) {
	raw, err := feature(z, &writer{})
	if err != nil {
		return nil, err
	}
	v, err := ed.Document(raw)
	if err != nil {
		return nil, err
	}
	got, _, err := standard(v, &ed.Notes{})
	return got, err
}

// standard reads a zone without our extension: one of ED-269, or a GeoJSON feature whose properties are the members of
// one.
func standard(v ed.Value, n *ed.Notes) (*lowsky.Zone, ed.Extension, error) {
	var x ed.Extension
	o, err := v.Object()
	if err != nil {
		return nil, x, err
	}
	geometry := o.Take("geometry")
	flat := text(o.Take("type")) == "Feature"
	if flat {
		o.Known("id", "bbox")
		properties := o.Take("properties")
		n.Unknown(o, "feature.")
		if o, err = properties.Object(); err != nil {
			return nil, x, ed.Refuse(properties.Place, "properties_missing", "is missing or no object")
		}
	}
	z := &lowsky.Zone{}
	if err := n.Attributes(o, z); err != nil {
		return nil, x, err
	}
	restriction(o, n, z)
	x = n.ReadExtension(o)
	if err := hours(o.Take("applicability"), flat, n, z); err != nil {
		return z, x, err
	}
	s := &ed.Shapes{Notes: n}
	if flat {
		err = flattened(geometry, o, s, z)
	} else {
		err = volumes(geometry, s, z)
	}
	s.Done(geometry.Place)
	n.Unknown(o, "")
	return z, x, err
}

// authorisation is how this format spells it; ED-318 has a Z.
const authorisation = "REQ_AUTHORISATION"

// restriction reads restriction and type; where the former is missing, as in what F3548 embeds, the latter may hold it.
func restriction(o *ed.Object, n *ed.Notes, z *lowsky.Zone) {
	r, kind := o.Take("restriction"), o.Take("type")
	if !r.Present() {
		switch text(kind) {
		case "PROHIBITED", "REQ_AUTHORISATION", "REQ_AUTHORIZATION", "CONDITIONAL", "NO_RESTRICTION":
			n.Repair(kind.Place, "restriction_in_type", "holds the restriction, which is missing: read from here")
			z.Restriction, _ = n.Restriction(kind, authorisation)
			return
		}
	}
	z.Restriction, z.ED.USpace = n.Restriction(r, authorisation)
	z.ED.Variant = n.Variant(kind)
}

// hours reads the applicability. Whatever leaves it open makes the zone permanent, permanent with hours beside it
// included: those are kept as published, so that somebody may still look at them.
func hours(v ed.Value, flat bool, n *ed.Notes, z *lowsky.Zone) error {
	if v.IsObject() {
		n.Repair(v.Place, "schedule_unreadable", "is no list: the zone is always in force")
		n.Keep("applicability", v)
		return nil
	}
	always, conflict, read := false, false, 0
	for _, e := range v.Elements() {
		o, err := e.Object()
		if err != nil {
			n.Repair(e.Place, "schedule_unreadable", "cannot be read: the zone is always in force")
			always, conflict = true, true
			break
		}
		permanent := o.Take("permanent")
		scratch := &ed.Notes{} // what there is to say about hours that do not count is not said
		yes := text(permanent) == "YES" || text(permanent) == "true"
		notes := n
		if yes {
			notes = scratch
		}
		periods, bounded := ed.TimePeriod(o, notes)
		notes.Unknown(o, "applicability.")
		read++
		switch {
		case yes && (bounded || o.Has("schedule") || o.Has("dailyPeriod")):
			n.Repair(e.Place, "permanent_with_hours", "says permanent, and dates or hours beside it: the zone is always in force, the rest is kept as published")
			always, conflict = true, true
		case yes:
			always = true
		case !bounded:
			n.Repair(e.Place, "period_unbounded", "is not permanent but bounds nothing: the zone is always in force")
			always = true
		}
		if z.Applicability = append(z.Applicability, periods...); len(z.Applicability) > airspace.MaxPeriods {
			return ed.Refuse(v.Place, "too_many_periods", "has more than %d periods", airspace.MaxPeriods)
		}
	}
	if read == 0 && !always && !flat {
		n.Note(v.Place, "period_unbounded", "is missing or empty: the zone is always in force")
	}
	if always || read == 0 {
		z.Applicability = nil
	}
	if conflict || always && read > 1 {
		n.Keep("applicability", v)
	}
	return nil
}

// maxVolumes bounds the list of a zone: here each polygon is a volume of its own.
const maxVolumes = airspace.MaxVolumes * airspace.MaxParts

// volumes reads the geometry of a zone of ED-269, a list.
func volumes(v ed.Value, s *ed.Shapes, z *lowsky.Zone) error {
	if v.IsObject() {
		volume, err := volume(v, s)
		z.Geometry, z.Floor, z.Ceiling = volume.Geometry, volume.Floor, volume.Ceiling
		return err
	}
	count := 0
	for i, e := range v.Elements() {
		if i >= maxVolumes {
			return ed.Refuse(v.Place, "too_many_volumes", "has more than %d volumes", maxVolumes)
		}
		volume, err := volume(e, s)
		if err != nil {
			return err
		}
		if count++; i == 0 {
			z.Geometry, z.Floor, z.Ceiling = volume.Geometry, volume.Floor, volume.Ceiling
		} else {
			z.Further = append(z.Further, volume)
		}
	}
	if count == 0 {
		return ed.Refuse(v.Place, "geometry_missing", "is missing or empty: a zone without a place")
	}
	return nil
}

func volume(v ed.Value, s *ed.Shapes) (lowsky.Volume3D, error) {
	var out lowsky.Volume3D
	o, err := v.Object()
	if err != nil {
		return out, err
	}
	limits := band(o)
	out.Floor, out.Ceiling = limits.Read(s.Notes)
	projection := o.Take("horizontalProjection")
	p, err := projection.Object()
	if err != nil {
		return out, ed.Refuse(projection.Place, "geometry_missing", "is missing or no object: a volume without a place")
	}
	s.Notes.Unknown(o, "geometry.")
	switch kind := p.Take("type"); text(kind) {
	case "Circle":
		// Where the unit is not known the larger one is meant, metres.
		feet, _ := limits.Feet()
		out.Geometry, err = s.Circle(p.Take("center", "centre"), p.Take("radius"), feet)
	case "Polygon":
		out.Geometry.Polygons, err = s.Polygon(p.Take("coordinates"))
	case "MultiPolygon":
		out.Geometry.Polygons, err = s.Polygons(p.Take("coordinates"))
	default:
		err = ed.Refuse(kind.Place, "geometry_unknown", "is %.40q, neither Polygon nor Circle", text(kind))
	}
	s.Notes.Unknown(p, "geometry.horizontalProjection.")
	return out, err
}

func band(o *ed.Object) ed.Limits {
	return ed.Limits{
		Lower: o.Take("lowerLimit"), LowerReference: o.Take("lowerVerticalReference", "lowerReference"),
		Upper: o.Take("upperLimit"), UpperReference: o.Take("upperVerticalReference", "upperReference"),
		Unit: o.Take("uomDimensions", "unit"), Geoid: ed.Geoid,
	}
}

// flattened reads a GeoJSON geometry, with the limits among the properties.
func flattened(v ed.Value, properties *ed.Object, s *ed.Shapes, z *lowsky.Zone) error {
	limits := band(properties)
	z.Floor, z.Ceiling = limits.Read(s.Notes)
	o, err := v.Object()
	if err != nil {
		return ed.Refuse(v.Place, "geometry_missing", "is missing: a zone without a place")
	}
	switch kind := text(o.Take("type")); kind {
	case "Polygon":
		z.Geometry.Polygons, err = s.Polygon(o.Take("coordinates"))
	case "MultiPolygon":
		z.Geometry.Polygons, err = s.Polygons(o.Take("coordinates"))
	case "Point":
		radius := properties.Take("radius")
		if !radius.Present() {
			return ed.Refuse(v.Place, "point_without_extent", "is a Point without a radius: it has no area")
		}
		feet, _ := limits.Feet()
		z.Geometry, err = s.Circle(o.Take("coordinates"), radius, feet)
	default:
		err = ed.Refuse(v.Place, "geometry_unknown", "is %.40q: neither Polygon, MultiPolygon nor Point", kind)
	}
	o.Known("bbox")
	s.Notes.Unknown(o, "geometry.")
	return err
}
