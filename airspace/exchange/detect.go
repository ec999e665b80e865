package exchange

import (
	"bytes"
	"encoding/json"
	"regexp"

	"lowsky"
)

// Detect tells the format of a document by its first bytes and, for JSON, by the members of its first feature. What it
// cannot tell is an *lowsky.InvalidError of the field format. It does not say that the document can be read.
func Detect(doc []byte) (Format, error) {
	text := bytes.TrimPrefix(doc, []byte("\ufeff"))
	text = bytes.TrimLeft(text, " \t\r\n")
	head := text[:min(len(text), 64<<10)]
	switch {
	case bytes.HasPrefix(doc, []byte("PK\x03\x04")):
		return known(KMZ)
	case len(text) == 0:
		return "", &lowsky.InvalidError{Field: "document", Problem: "is empty"}
	case text[0] == '{' || text[0] == '[':
		return known(detectJSON(text))
	case text[0] == '<' || bytes.HasPrefix(doc, []byte("\xff\xfe<")) || bytes.HasPrefix(doc, []byte("\xfe\xff\x00<")):
		if bytes.Contains(bytes.ToLower(bytes.ReplaceAll(head, []byte{0}, nil)), []byte("kml")) {
			return known(KML)
		}
		return "", &lowsky.InvalidError{Field: "format", Problem: "is XML but not KML"}
	case openAirLine.Match(head):
		return known(OpenAir)
	}
	return "", &lowsky.InvalidError{Field: "format", Problem: "cannot be told from the content: name it"}
}

// openAirLine is an airspace class or name as OpenAir begins each zone with.
var openAirLine = regexp.MustCompile(`(?m)^(AC|AN)[ \t]+\S`)

func known(f Format) (Format, error) {
	if codecOf(f) == nil {
		return "", &lowsky.InvalidError{Field: "format", Problem: "is " + string(f) + ", which cannot be read"}
	}
	return f, nil
}

// detectJSON looks at the top members and the first feature. ED-269 has geometry as an array and no properties; ED-318
// is GeoJSON with properties of its own.
func detectJSON(doc []byte) Format {
	d := json.NewDecoder(bytes.NewReader(doc))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return GeoJSON // whose reader says what is wrong
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return GeoJSON
		}
		switch key, _ := t.(string); key {
		case "features":
			if t, err := d.Token(); err != nil || t != json.Delim('[') {
				return GeoJSON
			}
			if !d.More() {
				return GeoJSON
			}
			var first json.RawMessage
			if d.Decode(&first) != nil {
				return GeoJSON
			}
			return featureFormat(first)
		case "UASZoneList", "UASZoneVersion":
			return ED269
		default:
			var skip json.RawMessage
			if d.Decode(&skip) != nil {
				return GeoJSON
			}
		}
	}
	return featureFormat(doc) // a single feature
}

func featureFormat(raw json.RawMessage) Format {
	var f map[string]json.RawMessage
	if json.Unmarshal(raw, &f) != nil {
		return GeoJSON
	}
	if g := f["geometry"]; len(g) > 0 && g[0] == '[' || f["identifier"] != nil && f["properties"] == nil {
		return ED269
	}
	var properties map[string]json.RawMessage
	if json.Unmarshal(f["properties"], &properties) != nil {
		return GeoJSON
	}
	for _, key := range []string{"lowerReference", "upperReference", "lowerLimit", "upperLimit"} {
		if properties[key] != nil { // ED-269 flattened to plain GeoJSON
			return ED269
		}
	}
	own := 0
	for _, key := range []string{"identifier", "country", "variant", "zoneAuthority", "limitedApplicability", "restrictionConditions", "extendedProperties"} {
		if properties[key] != nil {
			own++
		}
	}
	if own >= 2 {
		return ED318
	}
	return GeoJSON
}
