// Package ed318 reads and writes zones as EUROCAE ED-318: a GeoJSON FeatureCollection whose geometries have a layer, the
// height band. README.md tells what is read how, and from which source the shape is known.
package ed318

import (
	"context"
	"strings"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed"
)

var words = map[string]bool{"USPACE": true, "PROHIBITED": true, "REQ_AUTHORIZATION": true, "REQ_AUTHORISATION": true, "CONDITIONAL": true, "NO_RESTRICTION": true}

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
		return nil, ed.Invalid("document", "must be an object, a GeoJSON FeatureCollection")
	}
	o, err := v.Object()
	if err != nil {
		return nil, ed.Invalid("document", "%v", err)
	}
	features := o.Take("features")
	switch kind := o.Take("type"); {
	case text(kind) == "FeatureCollection":
	case text(kind) == "Feature":
		return nil, ed.Invalid("type", "is Feature: this is one zone of a file, the FeatureCollection around it is missing")
	case o.Has("identifier") || o.Has("zoneAuthority"):
		return nil, ed.Invalid("type", "must be FeatureCollection: these are the properties of one zone, the features and their geometry are missing")
	case !kind.Present():
		return nil, ed.Invalid("type", "is missing: must be FeatureCollection, with features")
	default:
		return nil, ed.Invalid("type", "is %.40q, must be FeatureCollection", text(kind))
	}
	if !features.IsArray() {
		return nil, ed.Invalid("features", "is missing or no list")
	}
	rd := reader{geoid: ed.Geoid}
	o.Known("name", "bbox", "title", "description")
	rd.metadata(o.Take("metadata"))
	for name, m := range o.Rest() {
		if name == "crs" {
			rd.out.Remark(m.Place, airspace.RemarkNoted, "crs_member", "names a coordinate system: the one declared with the import counts")
			continue
		}
		rd.out.Remark(m.Place, airspace.RemarkNoted, "unknown_member", "is not known: left out")
	}
	for i, f := range features.Elements() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i >= ed.MaxZones {
			return nil, ed.Invalid("features", "has more than %d zones", ed.MaxZones)
		}
		rd.feature(f)
	}
	rd.amsl()
	return rd.out.Done(), nil
}

type reader struct {
	out     ed.Reading
	geoid   lowsky.Geoid
	named   bool   // the file names a geoid that we know
	unnamed string // the name of one that we do not
	heights bool   // some limit is above mean sea level
}

// geoids are the names under which a file may call a surface that we know: EPSG codes of vertical systems, and words.
var geoids = []struct {
	part  string
	geoid lowsky.Geoid
}{
	{"EGM2008", lowsky.EGM2008}, {"EGM08", lowsky.EGM2008}, {"3855", lowsky.EGM2008},
	{"EGM96", lowsky.EGM96}, {"EGM1996", lowsky.EGM96}, {"5773", lowsky.EGM96},
	{"CN1985", lowsky.CN1985}, {"YELLOWSEA1985", lowsky.CN1985}, {"5737", lowsky.CN1985}, {"国家高程基准", lowsky.CN1985},
}

// metadata is about the file; it bounds no zone.
func (rd *reader) metadata(v ed.Value) {
	if !v.Present() {
		return
	}
	o, err := v.Object()
	if err != nil {
		rd.out.Remark("metadata", airspace.RemarkNoted, "metadata_unreadable", "is no object: left out")
		return
	}
	for _, name := range []string{"validFrom", "validTo", "issued"} {
		m := o.Take(name)
		if !m.Present() {
			continue
		}
		if !m.IsText() {
			rd.out.Remark(m.Place, airspace.RemarkRepaired, "metadata_unreadable", "is no date and time: left out")
		} else if name == "validTo" {
			rd.out.Remark(m.Place, airspace.RemarkNoted, "file_validity", "the file says to be valid until %.40s: its zones do not end with it", text(m))
		}
	}
	if g := o.Take("otherGeoid"); g.Present() {
		name := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text(g)))
		for _, k := range geoids {
			if strings.Contains(name, k.part) {
				rd.geoid, rd.named = k.geoid, true
				return
			}
		}
		rd.unnamed = text(g)
	}
}

// amsl says once what heights above mean sea level were taken to be.
func (rd *reader) amsl() {
	if !rd.heights || rd.named {
		return
	}
	if rd.unnamed != "" {
		rd.out.Remark("metadata.otherGeoid", airspace.RemarkNoted, "geoid_assumed", "is %.40q, which is not known: heights above mean sea level are taken to be above %s, the nearest", rd.unnamed, rd.geoid)
		return
	}
	rd.out.Remark("features", airspace.RemarkNoted, "geoid_assumed", "no geoid is named: heights above mean sea level are taken to be above %s", rd.geoid)
}

func (rd *reader) feature(v ed.Value) {
	n := &ed.Notes{}
	z, x, err := rd.standard(v, n)
	if err == nil {
		var ours bool
		z, ours = x.Apply(z, n, func(lowsky.Geometry) int { return 1 }, rd.again)
		rd.heights = rd.heights || !ours && ed.AboveSea(z)
		if !ours {
			err = n.Merge(v.Place+".geometry", z)
		}
	}
	if err == nil {
		err = ed.Hours(v.Place+".properties.limitedApplicability", z.Applicability)
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
func (rd *reader) again(z *lowsky.Zone) (*lowsky.Zone, error) {
	raw, err := feature(z, &writer{used: map[string]bool{}, geoid: rd.geoid})
	if err != nil {
		return nil, err
	}
	v, err := ed.Document(raw)
	if err != nil {
		return nil, err
	}
	got, _, err := rd.standard(v, &ed.Notes{})
	return got, err
}

// standard reads a feature without our extension.
func (rd *reader) standard(v ed.Value, n *ed.Notes) (*lowsky.Zone, ed.Extension, error) {
	var x ed.Extension
	f, err := v.Object()
	if err != nil {
		return nil, x, err
	}
	if kind := f.Take("type"); text(kind) != "Feature" {
		return nil, x, ed.Refuse(kind.Place, "not_a_feature", "must be Feature")
	}
	geometry, properties := f.Take("geometry"), f.Take("properties")
	f.Known("id", "bbox", "title")
	n.Unknown(f, "feature.")
	o, err := properties.Object()
	if err != nil {
		return nil, x, ed.Refuse(properties.Place, "properties_missing", "is missing or no object")
	}
	z := &lowsky.Zone{}
	if err := n.Attributes(o, z); err != nil {
		return nil, x, err
	}
	z.Restriction, z.ED.USpace = n.Restriction(o.Take("type"), "REQ_AUTHORIZATION")
	z.ED.Variant = n.Variant(o.Take("variant"))
	if o.Has("restriction") { // ED-269's word beside ours
		n.Note(o.Place+".restriction", "unknown_member", "is a member of ED-269: type counts")
		n.Keep("restriction", o.Take("restriction"))
	}
	rd.source(o.Take("dataSource"), n, z)
	x = n.ReadExtension(o)
	if err := hours(o.Take("limitedApplicability"), n, z); err != nil {
		return z, x, err
	}
	n.Unknown(o, "")
	return z, x, rd.places(geometry, n, z)
}

func (rd *reader) source(v ed.Value, n *ed.Notes, z *lowsky.Zone) {
	if !v.Present() {
		return
	}
	o, err := v.Object()
	if err != nil {
		n.Note(v.Place, "source_unreadable", "is no object: kept as published")
		n.Keep("dataSource", v)
		return
	}
	z.ED.CreatedAt = n.Instant(o.Take("creationDate", "creationDateTime")).Value
	z.ED.UpdatedAt = n.Instant(o.Take("updateDateTime")).Value
	z.ED.Originator = ed.First(n.Text(o.Take("originator"), "dataSource.originator"))
	n.Unknown(o, "dataSource.")
}

// hours reads limitedApplicability; absent it is always.
func hours(v ed.Value, n *ed.Notes, z *lowsky.Zone) error {
	if !v.Present() {
		return nil
	}
	if v.IsObject() || !v.IsArray() {
		n.Repair(v.Place, "schedule_unreadable", "is no list: read as always")
		n.Keep("limitedApplicability", v)
		return nil
	}
	always, read := false, 0
	for _, e := range v.Elements() {
		o, err := e.Object()
		if err != nil {
			n.Repair(e.Place, "schedule_unreadable", "cannot be read: read as always")
			n.Keep("limitedApplicability", v)
			always = true
			break
		}
		periods, bounded := ed.TimePeriod(o, n)
		n.Unknown(o, "limitedApplicability.")
		if read++; !bounded {
			n.Repair(e.Place, "period_unbounded", "bounds nothing: the zone is always in force")
			always = true
		}
		if z.Applicability = append(z.Applicability, periods...); len(z.Applicability) > airspace.MaxPeriods {
			return ed.Refuse(v.Place, "too_many_periods", "has more than %d periods", airspace.MaxPeriods)
		}
	}
	if read == 0 && !always {
		n.Note(v.Place, "period_unbounded", "is empty: the zone is always in force")
	}
	if always {
		z.Applicability = nil
	}
	return nil
}
