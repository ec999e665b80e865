package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"lowsky"
	"lowsky/airspace"
)

// Read reads every zone of a document, or none: an error is an *lowsky.InvalidError naming the feature, the member and
// the problem, or what r failed with.
func Read(r io.Reader) ([]*lowsky.Zone, []Warning, error) {
	doc, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading GeoJSON: %w", err)
	}
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	if err := sound(doc); err != nil {
		return nil, nil, err
	}
	rd := &reader{seen: map[lowsky.ZoneID]string{}}
	if err := rd.document(doc); err != nil {
		return nil, nil, err
	}
	return rd.zones, rd.warnings, nil
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
	zones    []*lowsky.Zone
	warnings []Warning
	seen     map[lowsky.ZoneID]string
}

func (rd *reader) warn(field, problem string, args ...any) {
	if len(rd.warnings) < maxWarnings {
		rd.warnings = append(rd.warnings, Warning{field, fmt.Sprintf(problem, args...)})
	}
}

// object splits a JSON object into its members.
func object(field string, raw json.RawMessage) (map[string]json.RawMessage, []string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, invalid(field, "must be an object")
	}
	members := map[string]json.RawMessage{}
	var order []string
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, invalid(field, "is not JSON: %v", err)
		}
		key, _ := t.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, nil, invalid(join(field, key), "is not JSON: %v", err)
		}
		if _, twice := members[key]; twice {
			return nil, nil, invalid(join(field, key), "occurs twice")
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
		return rd.feature("feature", doc)
	case "FeatureCollection":
	default:
		return invalid("type", "must be FeatureCollection or Feature, not %.40q", kind)
	}
	if err := rd.crs("document", m); err != nil {
		return err
	}
	rd.unknown("document", order, "type", "features", "crs", "bbox", "name")
	var features []json.RawMessage
	if !isArray(m["features"]) || json.Unmarshal(m["features"], &features) != nil {
		return invalid("features", "must be an array")
	}
	if len(features) > MaxFeatures {
		return invalid("features", "has more than %d features", MaxFeatures)
	}
	for i, f := range features {
		if err := rd.feature(fmt.Sprintf("features[%d]", i), f); err != nil {
			return err
		}
	}
	return nil
}

func isArray(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '[' }

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// crs refuses the member that GeoJSON had before RFC 7946 (§4) unless it names WGS-84 in the order longitude, latitude.
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
		return invalid(at, "names no coordinate reference system; only WGS-84 (CRS84) is read")
	}
	switch strings.ToUpper(c.Properties.Name) {
	case "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84", "OGC:CRS84", "CRS84", "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84":
		return nil
	case "EPSG:4326", "URN:OGC:DEF:CRS:EPSG::4326":
		rd.warn(at, "is EPSG:4326; coordinates are read as [longitude, latitude]")
		return nil
	}
	return invalid(at, "is %.80q; only WGS-84 (CRS84) is read", c.Properties.Name)
}

// unknown warns of members that are not among the known ones.
func (rd *reader) unknown(field string, order []string, known ...string) {
next:
	for _, key := range order {
		for _, k := range known {
			if key == k {
				continue next
			}
		}
		rd.warn(join(field, key), "is not known and was left out")
	}
}

func (rd *reader) feature(field string, raw json.RawMessage) error {
	m, order, err := object(field, raw)
	if err != nil {
		return err
	}
	var kind string
	if json.Unmarshal(m["type"], &kind) != nil || kind != "Feature" {
		return invalid(join(field, "type"), "must be Feature")
	}
	if err := rd.crs(field, m); err != nil {
		return err
	}
	rd.unknown(field, order, "type", "id", "geometry", "properties", "bbox", "crs")
	z := &lowsky.Zone{Version: 1}
	if err := rd.properties(join(field, "properties"), m["properties"], z); err != nil {
		return err
	}
	if err := featureID(field, m["id"], z); err != nil {
		return err
	}
	single, err := rd.geometry(join(field, "geometry"), m["geometry"], z)
	if err != nil {
		return err
	}
	if first, twice := rd.seen[z.ID]; twice {
		return invalid(join(field, "properties.id"), "is %q, as that of %s", z.ID, first)
	}
	rd.seen[z.ID] = field
	if z.Name.ZH == "" && z.Name.EN == "" {
		rd.warn(join(field, "properties.name_zh"), "is missing; the id stands for it")
		z.Name = lowsky.Text{ZH: string(z.ID), EN: string(z.ID)}
	} else if z.Name.ZH == "" {
		rd.warn(join(field, "properties.name_zh"), "is missing; name_en stands for it")
		z.Name.ZH = z.Name.EN
	} else if z.Name.EN == "" {
		rd.warn(join(field, "properties.name_en"), "is missing; name_zh stands for it")
		z.Name.EN = z.Name.ZH
	}
	if err := airspace.Validate(z); err != nil {
		return located(field, single, err)
	}
	for i, p := range z.Geometry.Polygons {
		z.Geometry.Polygons[i] = wound(p)
	}
	rd.zones = append(rd.zones, z)
	return nil
}

// featureID takes the id of the feature where the properties have none; the two must not differ. RFC 7946 §3.2 also
// allows numbers.
func featureID(field string, raw json.RawMessage, z *lowsky.Zone) error {
	if len(raw) == 0 || isNull(raw) {
		if z.ID == "" {
			return invalid(join(field, "properties.id"), "is missing")
		}
		return nil
	}
	var id string
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &id); err != nil {
			return invalid(join(field, "id"), "must be a string or a number")
		}
	} else {
		var n json.Number
		if err := json.Unmarshal(raw, &n); err != nil {
			return invalid(join(field, "id"), "must be a string or a number")
		}
		id = n.String()
	}
	if z.ID != "" && string(z.ID) != id {
		return invalid(join(field, "id"), "is %.80q but properties.id is %.80q", id, z.ID)
	}
	z.ID = lowsky.ZoneID(id)
	return nil
}

// located names the member of the document that a problem of the zone came from. single: the geometry was a Polygon.
func located(field string, single bool, err error) error {
	var e *lowsky.InvalidError
	if !errors.As(err, &e) {
		return err
	}
	at := e.Field
	switch {
	case strings.HasPrefix(at, "geometry.polygons[0]") && single:
		at = "geometry.coordinates" + strings.TrimPrefix(at, "geometry.polygons[0]")
	case strings.HasPrefix(at, "geometry.polygons"):
		at = "geometry.coordinates" + strings.TrimPrefix(at, "geometry.polygons")
	case at == "geometry.centre":
		at = "geometry.coordinates"
	case at == "geometry.radius_m":
		at = "properties.radius_m"
	case strings.HasPrefix(at, "geometry"):
	default:
		at = "properties." + strings.NewReplacer("floor.metres", "floor_m", "ceiling.metres", "ceiling_m",
			".datum", "_datum", ".zh", "_zh", ".en", "_en").Replace(at)
		if at == "properties.floor" {
			at = "properties.floor_m"
		}
	}
	return &lowsky.InvalidError{Field: field + "." + at, Problem: e.Problem}
}
