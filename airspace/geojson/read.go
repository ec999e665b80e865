package geojson

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lowsky"
	"lowsky/airspace"
)

// Read reads every zone of a document, or none: an error is an *lowsky.InvalidError naming the feature, the member and
// the problem, or what r failed with. What was odd and did not keep a zone from being read is a remark.
func Read(r io.Reader) ([]*lowsky.Zone, []airspace.Remark, error) {
	doc, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading GeoJSON: %w", err)
	}
	rd := &reader{ctx: context.Background(), seen: map[lowsky.ZoneID]string{}}
	if err := rd.document(doc); err != nil {
		var e *lowsky.InvalidError
		if errors.As(err, &e) {
			err = e
		}
		return nil, nil, err
	}
	return rd.zones, rd.remarks.All, nil
}

// ReadFeature reads one zone that was drawn: a single Feature, as strictly as Read. id is the zone's where the feature
// has none. Fields of errors and places of remarks begin at the feature: "properties.floor_m".
func ReadFeature(doc []byte, id lowsky.ZoneID) (*lowsky.Zone, []airspace.Remark, error) {
	rd := &reader{ctx: context.Background(), seen: map[lowsky.ZoneID]string{}, id: id}
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	err := sound(doc)
	if err == nil {
		err = rd.one("", doc)
	}
	if err != nil {
		var e *lowsky.InvalidError
		if errors.As(err, &e) {
			err = e
		}
		return nil, nil, err
	}
	return rd.zones[0], rd.remarks.All, nil
}

// ReadAll reads what can be read of a document of others. Every feature is a zone of the Reading or refused in it, with
// the reason; an error is an *lowsky.InvalidError about the document as a whole, or ctx's. Coordinates are as in the file
// and nothing was validated. It looks at ctx at every feature and every 4,096 positions.
func ReadAll(ctx context.Context, doc []byte) (*airspace.Reading, error) {
	rd := &reader{ctx: ctx, tolerant: true, left: map[string]bool{}}
	if err := rd.document(doc); err != nil {
		return nil, err
	}
	return &airspace.Reading{Zones: rd.zones, Places: rd.places, Remarks: rd.remarks.All, Read: rd.count}, nil
}

// sound looks at the bytes before anything is built from them.
func sound(doc []byte) error {
	switch {
	case len(doc) > MaxBytes:
		return invalid("document", "is larger than %d MB", MaxBytes>>20)
	case !utf8.Valid(doc):
		return invalid("document", "is not UTF-8")
	}
	depth, quoted, escaped := 0, false, false
	for _, c := range doc {
		switch {
		case escaped:
			escaped = false
		case quoted:
			quoted, escaped = c != '"', c == '\\'
		case c == '"':
			quoted = true
		case c == '[' || c == '{':
			if depth++; depth > MaxDepth {
				return invalid("document", "is nested deeper than %d", MaxDepth)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	if !json.Valid(doc) {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			return invalid("document", "is not JSON: %v", err)
		}
	}
	return nil
}

type reader struct {
	ctx      context.Context
	tolerant bool
	zones    []*lowsky.Zone
	places   []string // of zones, tolerant only
	remarks  airspace.Remarks
	count    int // features
	zone     lowsky.ZoneID
	id       lowsky.ZoneID            // of a feature that has none; "": that is an error
	seen     map[lowsky.ZoneID]string // strict: where an id stood first
	left     map[string]bool          // tolerant: members of features and properties that were left out, each told once
}

func (rd *reader) note(code, field, problem string, args ...any) {
	rd.remarks.Add(airspace.Remark{Zone: rd.zone, Place: field, Kind: airspace.RemarkNoted, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

// object splits a JSON object into its members.
func object(field string, raw json.RawMessage) (map[string]json.RawMessage, []string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, refuse(codeMemberWrong, field, "must be an object")
	}
	members := map[string]json.RawMessage{}
	var order []string
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, refuse(codeMemberWrong, field, "is not JSON: %v", err)
		}
		key, _ := t.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, nil, refuse(codeMemberWrong, join(field, key), "is not JSON: %v", err)
		}
		if _, twice := members[key]; twice {
			return nil, nil, refuse(codeMemberTwice, join(field, key), "occurs twice")
		}
		members[key] = v
		order = append(order, key)
	}
	return members, order, nil
}

func join(field, key string) string {
	if len(key) > 80 {
		key = strings.ToValidUTF8(key[:80], "") + "…"
	}
	if field == "" || field == "document" {
		return key
	}
	return field + "." + key
}

func (rd *reader) document(doc []byte) error {
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	if err := sound(doc); err != nil {
		return err
	}
	m, order, err := object("document", doc)
	if err != nil {
		return err
	}
	kind := ""
	if json.Unmarshal(m["type"], &kind) != nil {
		return invalid("type", "must be FeatureCollection or Feature")
	}
	switch kind {
	case "Feature":
		return rd.one("feature", doc)
	case "FeatureCollection":
	default:
		return invalid("type", "must be FeatureCollection or Feature, not %.40q", kind)
	}
	if err := rd.crs("document", m); err != nil {
		return err
	}
	rd.unknown("document", order, "type", "features", "crs", "bbox", "name", "zones_seq")
	var features []json.RawMessage
	if !isArray(m["features"]) || json.Unmarshal(m["features"], &features) != nil {
		return invalid("features", "must be an array")
	}
	if len(features) > MaxFeatures {
		return invalid("features", "has more than %d features", MaxFeatures)
	}
	for i, f := range features {
		if err := rd.one(fmt.Sprintf("features[%d]", i), f); err != nil {
			return err
		}
	}
	return nil
}

// one reads a feature; tolerant reading turns its problem into a remark.
func (rd *reader) one(field string, raw json.RawMessage) error {
	if err := rd.ctx.Err(); err != nil {
		return err
	}
	rd.count++
	rd.zone = ""
	err := rd.feature(field, raw)
	var r *refusal
	if rd.tolerant && errors.As(err, &r) {
		rd.remarks.Add(airspace.Remark{Zone: rd.zone, Place: r.Field, Kind: airspace.RemarkRefused, Code: r.code, Problem: r.Problem})
		err = nil
	}
	rd.zone = ""
	return err
}

func isArray(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '[' }

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// crs refuses the member that GeoJSON had before RFC 7946 (§4) unless it names WGS-84 in the order longitude, latitude;
// files of others may also name CGCS2000, because the declared system is what counts.
func (rd *reader) crs(field string, m map[string]json.RawMessage) error {
	raw, ok := m["crs"]
	if !ok {
		return nil
	}
	var c struct {
		Type       string `json:"type"`
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	at := join(field, "crs")
	if isNull(raw) || json.Unmarshal(raw, &c) != nil || c.Type != "name" {
		return refuse(codeCRSOther, at, "names no coordinate reference system; only WGS-84 (CRS84) is read")
	}
	switch strings.ToUpper(c.Properties.Name) {
	case "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84", "OGC:CRS84", "CRS84", "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84":
		return nil
	case "EPSG:4326", "URN:OGC:DEF:CRS:EPSG::4326":
		rd.note(codeCRSMember, at, "is EPSG:4326; coordinates are read as [longitude, latitude]")
		return nil
	case "EPSG:4490", "URN:OGC:DEF:CRS:EPSG::4490":
		if rd.tolerant {
			rd.note(codeCRSMember, at, "is CGCS2000; what was declared for the file counts")
			return nil
		}
	}
	return refuse(codeCRSOther, at, "is %.80q; only WGS-84 (CRS84) is read", c.Properties.Name)
}

// unknown remarks on members that are not among the known ones. Files of others repeat theirs in every feature: each is
// told once then.
func (rd *reader) unknown(field string, order []string, known ...string) {
	for _, key := range order {
		if slices.Contains(known, key) {
			continue
		}
		if !rd.tolerant {
			rd.note(codeMemberUnknown, join(field, key), "is not known and was left out")
		} else if !rd.left[key] && len(rd.left) < maxLeft {
			rd.left[key] = true
			rd.note(codeMemberUnknown, join(field, key), "is not known and was left out, here and wherever else it stands")
		}
	}
}

func (rd *reader) feature(field string, raw json.RawMessage) error {
	m, order, err := object(field, raw)
	if err != nil {
		return err
	}
	var kind string
	if json.Unmarshal(m["type"], &kind) != nil || kind != "Feature" {
		return refuse(codeNotAFeature, join(field, "type"), "must be Feature")
	}
	if err := rd.crs(field, m); err != nil {
		return err
	}
	rd.unknown(field, order, "type", "id", "geometry", "properties", "bbox", "crs")
	z := &lowsky.Zone{Version: 1}
	v, err := rd.properties(join(field, "properties"), m["properties"], z, m["id"])
	if err != nil {
		return err
	}
	if err := rd.featureID(field, raw, m["id"], z); err != nil {
		return err
	}
	rd.zone = z.ID
	single, err := rd.geometry(join(field, "geometry"), m["geometry"], v, &z.Geometry)
	if err != nil {
		return err
	}
	rd.names(field, z)
	if rd.tolerant {
		rd.zones, rd.places = append(rd.zones, z), append(rd.places, field)
		return nil
	}
	if first, twice := rd.seen[z.ID]; twice {
		return invalid(join(field, "properties.id"), "is %q, as that of %s", z.ID, first)
	}
	rd.seen[z.ID] = field
	if err := airspace.Validate(z); err != nil {
		return Located(field, single, err)
	}
	for v := range z.VolumeCount() {
		ps := z.Volume(v).Geometry.Polygons
		for i, p := range ps {
			ps[i] = wound(p)
		}
	}
	rd.zones = append(rd.zones, z)
	return nil
}

func (rd *reader) names(field string, z *lowsky.Zone) {
	switch {
	case z.Name.ZH == "" && z.Name.EN == "":
		rd.note(codeNameAbsent, join(field, "properties.name_zh"), "is missing; the id stands for it")
		z.Name = lowsky.Text{ZH: string(z.ID), EN: string(z.ID)}
	case z.Name.ZH == "":
		rd.note(codeNameAbsent, join(field, "properties.name_zh"), "is missing; name_en stands for it")
		z.Name.ZH = z.Name.EN
	case z.Name.EN == "":
		rd.note(codeNameAbsent, join(field, "properties.name_en"), "is missing; name_zh stands for it")
		z.Name.EN = z.Name.ZH
	}
}

// featureID takes the id of the feature where the properties have none; the two must not differ. RFC 7946 §3.2 also
// allows numbers. Tolerant reading makes an id of the feature's bytes where there is none that is fit.
func (rd *reader) featureID(field string, feature, raw json.RawMessage, z *lowsky.Zone) error {
	id, err := idOf(join(field, "id"), raw)
	if err != nil {
		return err
	}
	if id == "" && z.ID == "" {
		z.ID = rd.id
	}
	switch {
	case id == "" && z.ID == "" && !rd.tolerant:
		return refuse(codeMemberMissing, join(field, "properties.id"), "is missing")
	case id != "" && z.ID != "" && string(z.ID) != id && !rd.tolerant:
		return refuse(codeIDsDiffer, join(field, "id"), "is %.80q but properties.id is %.80q", id, z.ID)
	case id != "": // of two in the file of others, that of the feature names the feature
		z.ID = lowsky.ZoneID(id)
	}
	if rd.tolerant && !fit(string(z.ID)) {
		sum := sha256.Sum256(feature)
		made := lowsky.ZoneID("feature-" + hex.EncodeToString(sum[:6]))
		rd.zone = made
		if z.ID == "" {
			rd.note(codeIDMade, join(field, "id"), "is missing; %s stands for it", made)
		} else {
			rd.note(codeIDMade, join(field, "id"), "is %.80q, which is no fit id; %s stands for it", z.ID, made)
		}
		z.ID = made
	}
	return nil
}

func idOf(field string, raw json.RawMessage) (id string, err error) {
	switch {
	case len(raw) == 0 || isNull(raw):
		return "", nil
	case raw[0] == '"':
		err = json.Unmarshal(raw, &id)
	default:
		var n json.Number
		err = json.Unmarshal(raw, &n)
		id = n.String()
	}
	if err != nil {
		return "", refuse(codeMemberWrong, field, "must be a string or a number")
	}
	return id, nil
}

// fit reports whether an id can be that of a zone.
func fit(id string) bool {
	return id != "" && len(id) <= 128 && !strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

var memberNames = strings.NewReplacer("floor.metres", "floor_m", "ceiling.metres", "ceiling_m", ".datum", "_datum",
	".geoid", "_geoid", ".zh", "_zh", ".en", "_en")

// Located names the member of a feature that a problem of its zone came from: err as airspace.Validate answers it.
// single: the geometry was a Polygon.
func Located(field string, single bool, err error) error {
	var e *lowsky.InvalidError
	if !errors.As(err, &e) {
		return err
	}
	at, inside := e.Field, ""
	if rest, ok := strings.CutPrefix(at, "further["); ok {
		if n, more, ok := strings.Cut(rest, "]."); ok {
			at, inside = more, "properties.further["+n+"]."
		}
	}
	switch {
	case strings.HasPrefix(at, "geometry.polygons[0]") && single && inside == "":
		at = "geometry.coordinates" + strings.TrimPrefix(at, "geometry.polygons[0]")
	case strings.HasPrefix(at, "geometry.polygons"):
		at = "geometry.coordinates" + strings.TrimPrefix(at, "geometry.polygons")
	case strings.HasPrefix(at, "geometry.line"):
		at = "geometry.coordinates" + strings.TrimPrefix(at, "geometry.line")
	case at == "geometry.centre":
		at = "geometry.coordinates"
	case at == "geometry.radius_m", at == "geometry.width_m":
		at = strings.TrimPrefix(at, "geometry.")
		if inside == "" {
			at = "properties." + at
		}
	case strings.HasPrefix(at, "geometry"):
	default:
		at = memberNames.Replace(at)
		if at == "floor" {
			at = "floor_m"
		}
		if inside == "" {
			at = "properties." + at
		}
	}
	if field != "" {
		field += "."
	}
	return &lowsky.InvalidError{Field: field + inside + at, Problem: e.Problem}
}
