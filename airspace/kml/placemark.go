package kml

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// texts and values are the names of data that are known, those of package geojson: texts stand as they are, values are
// numbers, true or false, or JSON.
var (
	texts = []string{"id", "name_zh", "name_en", "restriction", "floor_datum", "floor_geoid", "ceiling_datum", "ceiling_geoid",
		"reason_zh", "reason_en", "conditions_zh", "conditions_en", "message_zh", "message_en", "authority", "kind", "source",
		"superior", "organisation_id", "published_at"}
	values = []string{"version", "radius_m", "width_m", "floor_m", "floor_feet", "ceiling_m", "ceiling_feet", "further", "buffer_m",
		"warning_band_m", "temporary", "applicability", "exemptions", "contacts", "reasons", "demo", "ed", "jurisdiction_ids"}
)

// drawnKey is the datum of our own that tells how many polygons at the end of a placemark only show what other data say,
// and what they look like: "2:0123456789abcdef".
const drawnKey = "drawn"

// mark is a placemark on its way to a zone.
type mark struct {
	rd    *reader
	place string
	id    lowsky.ZoneID
	data  map[string]json.RawMessage
}

func (m *mark) note(code, problem string, args ...any) {
	m.rd.remarks.Add(airspace.Remark{Zone: m.id, Place: m.place, Kind: airspace.RemarkNoted, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

// placemark makes a zone of a placemark, or a refused remark.
func (rd *reader) placemark(place string, n *node) error {
	m := &mark{rd: rd, place: place, data: map[string]json.RawMessage{}}
	r, err := m.read(n)
	if r != nil {
		problem := r.problem
		if name := n.child("name"); name != nil && clean(name.text) != "" {
			problem += fmt.Sprintf(" (%.80s)", clean(name.text))
		}
		rd.remarks.Add(airspace.Remark{Zone: m.id, Place: place, Kind: airspace.RemarkRefused, Code: r.code, Problem: problem})
	}
	return err
}

func (m *mark) read(n *node) (*refusal, error) {
	name := ""
	if c := n.child("name"); c != nil {
		name = clean(c.text)
	}
	drawn := ""
	var unfit *refusal
	for _, c := range n.children {
		if c.name == "ExtendedData" && unfit == nil {
			unfit = m.extended(c, &drawn)
		}
	}
	m.identify(n.key, name)
	if unfit != nil {
		return unfit, nil
	}
	var s shapes
	if r := s.collect(n); r != nil {
		return r, nil
	}
	all, r := withoutDrawn(s.all, drawn)
	if r != nil {
		return r, nil
	}
	geometry, r := m.geometry(all, s.other)
	if r != nil {
		return r, nil
	}
	m.limits(all)
	m.words(n, name)
	return m.zone(geometry)
}

// extended reads Data and SimpleData.
func (m *mark) extended(n *node, drawn *string) *refusal {
	for _, c := range n.children {
		key, value := c.key, c.text
		switch c.name {
		case "SchemaData":
			if r := m.extended(c, drawn); r != nil {
				return r
			}
			continue
		case "Data":
			value = ""
			if v := c.child("value"); v != nil {
				value = v.text
			}
		case "SimpleData":
		default:
			continue
		}
		if key == drawnKey {
			*drawn = strings.TrimSpace(value)
			continue
		}
		if _, twice := m.data[key]; twice {
			return refuse("member_twice", "has the datum %.40q twice", key)
		}
		switch {
		case slices.Contains(texts, key):
			if key == "id" || strings.HasSuffix(key, "_datum") || strings.HasSuffix(key, "_geoid") || key == "restriction" || key == "published_at" {
				if value = strings.TrimSpace(value); value == "" {
					continue
				}
			}
			m.data[key], _ = json.Marshal(value)
		case slices.Contains(values, key):
			if value = strings.TrimSpace(value); value != "" {
				m.data[key] = jsonOf(key, value)
			}
		case !m.rd.left[key] && len(m.rd.left) < maxLeft:
			m.rd.left[key] = true
			m.note("unknown_member", "has the datum %.80q, which is not known and was left out, here and wherever else it stands", key)
		}
	}
	return nil
}

// jsonOf answers a value as JSON; what is none becomes a string, which geojson refuses with its reason.
func jsonOf(key, value string) json.RawMessage {
	if key == "floor_feet" || key == "ceiling_feet" || key == "temporary" || key == "demo" {
		switch strings.ToLower(value) {
		case "1", "true":
			return json.RawMessage("true")
		case "0", "false":
			return json.RawMessage("false")
		}
	}
	if json.Valid([]byte(value)) {
		return json.RawMessage(value)
	}
	if v, ok := number(value); ok { // "+5" and ".5" are no JSON
		return json.RawMessage(strconv.FormatFloat(v, 'g', -1, 64))
	}
	b, _ := json.Marshal(value)
	return b
}

// identify chooses the id: that of the data, else that of the element, else one made of the name, with a number where
// that was made before.
func (m *mark) identify(xmlID, name string) {
	var id string
	if json.Unmarshal(m.data["id"], &id) == nil && id != "" {
		if fit(id) {
			m.id = lowsky.ZoneID(id)
			return
		}
		m.note("id_made", "has the id %.80q, which is not fit: one was made", id)
	}
	if id = xmlID; !fit(id) {
		if id = slug(name); id == "" {
			id = "placemark"
		}
	}
	m.rd.ids[id]++
	if k := m.rd.ids[id]; k > 1 {
		id += "~" + strconv.Itoa(k)
	}
	m.id = lowsky.ZoneID(id)
	m.data["id"], _ = json.Marshal(id)
}

// withoutDrawn takes away the polygons that only show what other data say. Where they were changed since, nobody knows
// which of the two is meant.
func withoutDrawn(all []shape, drawn string) ([]shape, *refusal) {
	if drawn == "" {
		return all, nil
	}
	count, sum, _ := strings.Cut(drawn, ":")
	n, err := strconv.Atoi(count)
	if err == nil && n > 0 && n <= len(all) {
		var ps []orb.Polygon
		for _, x := range all[len(all)-n:] {
			if x.kind == "Polygon" {
				ps = append(ps, x.rings)
			}
		}
		if len(ps) == n && digest(ps) == sum {
			return all[:len(all)-n], nil
		}
	}
	return nil, refuse("drawing_changed", "was drawn anew beside the data that give its exact shape: delete the datum %q with radius_m, width_m and further, or undo the drawing", drawnKey)
}

type shapeJSON struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// geometry answers the GeoJSON of what the placemark draws.
func (m *mark) geometry(all []shape, other string) (*shapeJSON, *refusal) {
	byKind := map[string][]shape{}
	for _, x := range all {
		byKind[x.kind] = append(byKind[x.kind], x)
	}
	polygons, lines, points := byKind["Polygon"], byKind["LineString"], byKind["Point"]
	_, radius := m.data["radius_m"]
	_, width := m.data["width_m"]
	switch {
	case other != "":
		return nil, refuse("geometry_type", "holds a %s, which is no area", other)
	case len(all) == 0:
		return nil, refuse("geometry_absent", "draws nothing")
	case radius && width:
		return nil, refuse("geometry_mixed", "has both radius_m and width_m")
	case radius && len(all) == 1 && len(points) == 1 && len(points[0].rings[0]) == 1:
		return &shapeJSON{"Point", points[0].rings[0][0]}, nil
	case width && len(all) == 1 && len(lines) == 1:
		return &shapeJSON{"LineString", orb.LineString(lines[0].rings[0])}, nil
	case radius || width:
		return nil, refuse("geometry_mixed", "has radius_m or width_m, but is not a single point or line")
	case len(polygons) == 0 && len(lines) == 0:
		return nil, refuse("geometry_no_area", "is a point without the datum radius_m: no zone")
	case len(polygons) == 0:
		return nil, refuse("geometry_no_area", "is a line without the datum width_m: no zone")
	case len(lines) > 0:
		return nil, refuse("geometry_mixed", "holds polygons and lines: what the lines bound is not known")
	}
	if len(points) > 0 {
		m.note("point_left_out", "holds points beside its polygons, which were left out")
	}
	if len(polygons) == 1 {
		return &shapeJSON{"Polygon", orb.Polygon(polygons[0].rings)}, nil
	}
	var mp orb.MultiPolygon
	for _, x := range polygons {
		mp = append(mp, x.rings)
	}
	return &shapeJSON{"MultiPolygon", mp}, nil
}

// limits reads a ceiling from what is drawn where no datum gives a limit. What says nothing reaches from the ground to
// no end.
func (m *mark) limits(all []shape) {
	for _, key := range [...]string{"floor_m", "ceiling_m"} {
		if _, given := m.data[key]; given {
			return
		}
	}
	metres, datum, varies, ok := ceiling(all)
	switch _, ours := m.data["restriction"]; {
	case ok:
		m.data["ceiling_m"], _ = json.Marshal(metres)
		m.data["ceiling_datum"], _ = json.Marshal(datum)
		if datum == "amsl" {
			m.data["ceiling_geoid"] = json.RawMessage(`"egm96"`)
		}
		m.note("limits_from_drawing", "reaches from the ground up to the height it is drawn to, %g m %s", metres, datum)
		if varies {
			m.note("height_varies", "is drawn to heights that differ: the highest counts")
		}
	case !ours:
		m.note("upper_limit_absent", "does not say how high it reaches: read as from the ground, unlimited")
	}
}

// words fills in what KML says outside of the data.
func (m *mark) words(n *node, name string) {
	set := func(value string, keys ...string) {
		for _, key := range keys {
			if _, given := m.data[key]; given {
				return
			}
		}
		for _, key := range keys {
			m.data[key], _ = json.Marshal(value)
		}
	}
	if name != "" {
		set(name, "name_zh", "name_en")
	}
	if d := n.child("description"); d != nil && clean(d.text) != "" {
		if t := strings.TrimSpace(d.text); len(t) <= maxMessage && !strings.Contains(t, "<") {
			set(t, "message_zh", "message_en")
		} else {
			m.note("description_left_out", "has a description that is long or holds markup: left out")
		}
	}
	var path []string
	for _, f := range m.rd.folders {
		if f != "" {
			path = append(path, f)
		}
	}
	if p := strings.Join(path, " / "); p != "" && len(p) <= maxPath {
		set(p, "source")
	}
	for _, key := range [...]string{"TimeSpan", "TimeStamp"} {
		if n.child(key) != nil {
			m.note("times_not_judged", "has a %s, which KML shows by: it is not read as the time the zone applies", key)
		}
	}
}

// zone hands the placemark to package geojson as a feature.
func (m *mark) zone(geometry *shapeJSON) (*refusal, error) {
	feature, err := json.Marshal(struct {
		Type       string                     `json:"type"`
		Geometry   *shapeJSON                 `json:"geometry"`
		Properties map[string]json.RawMessage `json:"properties"`
	}{"Feature", geometry, m.data})
	if err != nil { // values were checked one by one
		return refuse("member_wrong", "cannot be read: %.200v", err), nil
	}
	got, err := geojson.ReadAll(m.rd.ctx, feature)
	var e *lowsky.InvalidError
	if errors.As(err, &e) {
		return refuse("member_wrong", "%s %s", field(e.Field), e.Problem), nil
	}
	if err != nil {
		return nil, err
	}
	var r *refusal
	for _, x := range got.Remarks {
		problem := field(x.Place) + " " + x.Problem
		if x.Kind == airspace.RemarkRefused {
			r = refuse(x.Code, "%s", problem)
			continue
		}
		m.note(x.Code, "%s", problem)
	}
	if r != nil || len(got.Zones) != 1 {
		return r, nil
	}
	m.rd.zones = append(m.rd.zones, got.Zones[0])
	m.rd.places = append(m.rd.places, m.place)
	return nil, nil
}

func field(f string) string {
	return strings.TrimPrefix(strings.TrimPrefix(f, "feature."), "properties.")
}

// fit reports whether an id can be that of a zone.
func fit(id string) bool {
	return id != "" && len(id) <= 128 && !strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// slug keeps letters and digits and joins them with hyphens, about 100 bytes at most.
func slug(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := strings.Join(words, "-")
	for len(out) > 100 {
		out = strings.ToValidUTF8(out[:100], "")
	}
	return out
}

// clean drops control characters and the spaces around a text.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}
