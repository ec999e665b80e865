package kml

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// styles are line and fill by restriction, as KML writes colours: alpha, blue, green, red.
var styles = []struct {
	restriction lowsky.Restriction
	line, fill  string
}{
	{lowsky.Prohibited, "ff2020d0", "402020d0"},
	{lowsky.RequiresAuthorisation, "ff0080f0", "400080f0"},
	{lowsky.Conditional, "ff00c0e0", "4000c0e0"},
	{lowsky.NoRestriction, "ff60a020", "4060a020"},
}

// Write writes zones as KML 2.2; Read gives the same zones back. Coordinates are written as they are held, WGS-84. The
// remarks say what a viewer of KML shows otherwise than it is; nothing is lost from the file. A zone with numbers that
// JSON has no word for is an error.
func Write(w io.Writer, zones []*lowsky.Zone) ([]airspace.Remark, error) {
	wr := &writer{Writer: bufio.NewWriter(w)}
	wr.WriteString(xml.Header + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>` + "\n")
	for _, s := range styles {
		fmt.Fprintf(wr, `<Style id="%s"><LineStyle><color>%s</color><width>2</width></LineStyle><PolyStyle><color>%s</color></PolyStyle></Style>`+"\n",
			s.restriction, s.line, s.fill)
	}
	for i, z := range zones {
		if err := wr.zone(i, z); err != nil {
			return nil, err
		}
	}
	wr.WriteString("</Document></kml>\n")
	return wr.remarks.All, wr.Flush()
}

type writer struct {
	*bufio.Writer
	remarks airspace.Remarks
}

// text writes character data; what XML 1.0 has no place for becomes U+FFFD and is reported.
func (wr *writer) text(s string) (whole bool) {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	wr.Write(b.Bytes())
	return bytes.Count(b.Bytes(), []byte("\ufffd")) == strings.Count(s, "\ufffd")
}

func (wr *writer) zone(i int, z *lowsky.Zone) error {
	note := func(code, problem string) {
		wr.remarks.Add(airspace.Remark{Zone: z.ID, Place: fmt.Sprintf("Placemark %d", i+1), Kind: airspace.RemarkNoted, Code: code, Problem: problem})
	}
	b, err := geojson.Feature(z)
	if err != nil {
		return err
	}
	var f struct {
		Geometry struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("zone %q as KML: %w", z.ID, err)
	}
	whole := true
	wr.WriteString("<Placemark><name>")
	name := z.Name.ZH
	if z.Name.EN != name && z.Name.EN != "" {
		name += " / " + z.Name.EN
	}
	wr.text(name)
	wr.WriteString("</name>")
	for _, s := range styles {
		if s.restriction == z.Restriction {
			fmt.Fprintf(wr, "<styleUrl>#%s</styleUrl>", s.restriction)
		}
	}
	wr.WriteString("<ExtendedData>")
	d := json.NewDecoder(bytes.NewReader(f.Properties))
	_, _ = d.Token() // it is an object: we wrote it
	for d.More() {
		key, _ := d.Token()
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return fmt.Errorf("zone %q as KML: %w", z.ID, err)
		}
		value := string(raw)
		if raw[0] == '"' {
			_ = json.Unmarshal(raw, &value)
		}
		whole = wr.datum(fmt.Sprint(key), value) && whole
	}
	drawn, reason := drawing(z)
	if len(drawn) > 0 {
		var ps []orb.Polygon
		for _, v := range drawn {
			ps = append(ps, v.polygon)
		}
		wr.datum(drawnKey, strconv.Itoa(len(ps))+":"+digest(ps))
		note("drawn_as_polygons", reason)
	}
	if z.Floor.OK || z.Ceiling.OK && !shownHeight(z.Ceiling.Value) {
		note("heights_not_drawn", "viewers of KML draw no lower limit, and upper limits only above the ground or the sea: they stand in the data")
	}
	if !whole {
		note("characters_replaced", "holds control characters that XML has no place for: replaced")
	}
	wr.WriteString("</ExtendedData>")
	if err := wr.shapes(f.Geometry.Type, f.Geometry.Coordinates, z.Volume(0), drawn); err != nil {
		return fmt.Errorf("zone %q as KML: %w", z.ID, err)
	}
	wr.WriteString("</Placemark>\n")
	return nil
}

func (wr *writer) datum(key, value string) bool {
	fmt.Fprintf(wr, `<Data name="%s"><value>`, key)
	whole := wr.text(value)
	wr.WriteString("</value></Data>")
	return whole
}

// area is a polygon to be drawn, with the volume it belongs to.
type area struct {
	polygon orb.Polygon
	volume  lowsky.Volume3D
}

// drawing answers the polygons that show what KML has no shape for: circles, corridors and further volumes.
func drawing(z *lowsky.Zone) (out []area, reason string) {
	for i := range z.VolumeCount() {
		v := z.Volume(i)
		if i == 0 && !v.Geometry.IsCircle() && !v.Geometry.IsCorridor() {
			continue
		}
		for _, p := range airspace.Outline(v.Geometry) {
			out = append(out, area{p, v})
		}
	}
	switch {
	case len(z.Further) > 0:
		reason = "its further volumes are drawn as polygons; their exact shape stands in the data"
	case z.Geometry.IsCircle():
		reason = "the circle is drawn as a polygon; its centre and radius stand in the data"
	case z.Geometry.IsCorridor():
		reason = "the corridor is drawn as a polygon; its centre line and width stand in the data"
	}
	return out, reason
}

func (wr *writer) shapes(kind string, coordinates json.RawMessage, v lowsky.Volume3D, drawn []area) error {
	wr.WriteString("<MultiGeometry>")
	switch kind {
	case "Point":
		var p orb.Point
		if err := json.Unmarshal(coordinates, &p); err != nil {
			return err
		}
		wr.WriteString("<Point>")
		wr.coordinates([]orb.Point{p}, "")
		wr.WriteString("</Point>")
	case "LineString":
		var l []orb.Point
		if err := json.Unmarshal(coordinates, &l); err != nil {
			return err
		}
		wr.WriteString("<LineString><tessellate>1</tessellate>")
		wr.coordinates(l, "")
		wr.WriteString("</LineString>")
	default:
		var mp orb.MultiPolygon
		if kind == "Polygon" {
			mp = make(orb.MultiPolygon, 1)
			if err := json.Unmarshal(coordinates, &mp[0]); err != nil {
				return err
			}
		} else if err := json.Unmarshal(coordinates, &mp); err != nil {
			return err
		}
		for _, p := range mp {
			wr.polygon(area{p, v})
		}
	}
	for _, a := range drawn {
		wr.polygon(a)
	}
	wr.WriteString("</MultiGeometry>")
	return nil
}

// shownHeight reports whether KML can draw up to the altitude.
func shownHeight(a lowsky.Altitude) bool {
	return a.Datum == lowsky.AGL && a.Metres > 0 || a.Datum == lowsky.AMSL
}

func (wr *writer) polygon(a area) {
	wr.WriteString("<Polygon>")
	height := ""
	if c := a.volume.Ceiling; c.OK && shownHeight(c.Value) {
		mode := "relativeToGround"
		if c.Value.Datum == lowsky.AMSL {
			mode = "absolute"
		}
		wr.WriteString("<extrude>1</extrude><altitudeMode>" + mode + "</altitudeMode>")
		height = "," + strconv.FormatFloat(float64(c.Value.Metres), 'f', -1, 64)
	}
	for i, r := range a.polygon {
		border := "innerBoundaryIs"
		if i == 0 {
			border = "outerBoundaryIs"
		}
		wr.WriteString("<" + border + "><LinearRing>")
		wr.coordinates(r, height)
		wr.WriteString("</LinearRing></" + border + ">")
	}
	wr.WriteString("</Polygon>")
}

func (wr *writer) coordinates(ps []orb.Point, height string) {
	wr.WriteString("<coordinates>")
	for i, p := range ps {
		if i > 0 {
			wr.WriteByte(' ')
		}
		wr.WriteString(strconv.FormatFloat(p[0], 'f', -1, 64) + "," + strconv.FormatFloat(p[1], 'f', -1, 64) + height)
	}
	wr.WriteString("</coordinates>")
}
