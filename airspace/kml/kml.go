// Package kml reads zones from KML 2.2 and 2.3 (OGC 12-007r2) and from KMZ, and writes KML. A Placemark is a zone: its
// shape is that of KML, everything else stands in ExtendedData under the names of package geojson. README.md says how
// files of others are read; where KML leaves a choice, the stricter reading is taken and said in a remark.
package kml

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"lowsky"
	"lowsky/airspace"
)

// Bounds of what is read.
const (
	MaxBytes     = 16 << 20 // of one document, packed and unpacked
	MaxZones     = 100_000  // placemarks and other features
	maxDepth     = 64       // of nested elements
	maxElements  = 200_000  // of one placemark
	maxEntries   = 1_000    // of a KMZ
	maxRatio     = 100      // of unpacked to packed, once unpacked is above 1 MB
	maxLeft      = 1_000    // names of data that were left out
	maxPath      = 500      // bytes of the folders of a placemark
	maxMessage   = 4_000    // bytes of a description that is kept
	tokensPerAsk = 1_024    // of ctx
)

// Read reads every placemark of a KML or KMZ document. One that is no zone or cannot be read is a refused remark with its
// number and line, and so is what a reference to another file would hold: none is followed. An error is an
// *lowsky.InvalidError about the document as a whole, or ctx's. Coordinates stay as in the file; nothing is validated.
func Read(ctx context.Context, doc []byte) (*airspace.Reading, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(doc) > MaxBytes {
		return nil, invalid("document", "is larger than %d MB", MaxBytes>>20)
	}
	rd := &reader{ctx: ctx, ids: map[string]int{}, left: map[string]bool{}}
	if bytes.HasPrefix(doc, []byte("PK\x03\x04")) || bytes.HasPrefix(doc, []byte("PK\x05\x06")) {
		var err error
		if doc, err = unpack(doc); err != nil {
			return nil, err
		}
	}
	if bytes.HasPrefix(doc, []byte("\xff\xfe")) || bytes.HasPrefix(doc, []byte("\xfe\xff")) {
		return nil, invalid("document", "is UTF-16: save it as UTF-8")
	}
	rd.xml = xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc, []byte("\ufeff"))))
	rd.xml.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, invalid("document", "is encoded in %.40q: save it as UTF-8", charset)
	}
	if err := rd.document(); err != nil {
		return nil, err
	}
	return &airspace.Reading{Zones: rd.zones, Places: rd.places, Remarks: rd.remarks.All, Read: rd.count}, nil
}

type reader struct {
	ctx     context.Context
	xml     *xml.Decoder
	tokens  int
	folders []string // names of the folders around
	zones   []*lowsky.Zone
	places  []string
	remarks airspace.Remarks
	count   int
	ids     map[string]int  // how often an id was made
	left    map[string]bool // names of data that were left out, each told once
}

// document walks over containers down to the placemarks.
func (rd *reader) document() error {
	depth := 0
	for {
		t, err := rd.token()
		if errors.Is(err, io.EOF) {
			if depth < 0 {
				return nil
			}
			return invalid("document", "is not KML: it holds no element kml")
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "kml" {
			return invalid("document", "is not KML: it begins with the element %.40q", start.Name.Local)
		}
		if err := rd.container(1, false); err != nil {
			return err
		}
		depth = -1
	}
}

// token answers the next one; what makes a document unsafe or no XML is an *lowsky.InvalidError with its line.
func (rd *reader) token() (xml.Token, error) {
	if rd.tokens++; rd.tokens%tokensPerAsk == 0 {
		if err := rd.ctx.Err(); err != nil {
			return nil, err
		}
	}
	t, err := rd.xml.Token()
	if err != nil {
		var e *lowsky.InvalidError
		switch {
		case err == io.EOF:
			return nil, io.EOF
		case errors.As(err, &e):
			return nil, e
		case strings.Contains(err.Error(), "invalid character entity"):
			return nil, invalid(rd.line(), "uses an entity that XML does not define: none is expanded")
		case strings.Contains(err.Error(), "invalid UTF-8"):
			return nil, invalid(rd.line(), "is not UTF-8")
		}
		return nil, invalid(rd.line(), "is not well-formed XML: %.200v", err)
	}
	if _, ok := t.(xml.Directive); ok {
		return nil, invalid(rd.line(), "declares a document type or entities: refused, as nothing in KML needs them")
	}
	return t, nil
}

func (rd *reader) line() string {
	line, _ := rd.xml.InputPos()
	return fmt.Sprintf("line %d", line)
}

// container reads the children of kml, Document or a Folder up to its end.
func (rd *reader) container(depth int, named bool) error {
	if depth > maxDepth {
		return invalid(rd.line(), "is nested deeper than %d", maxDepth)
	}
	for {
		t, err := rd.token()
		if err != nil {
			return unexpectedEnd(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := rd.child(t, depth+1, named); err != nil {
				return err
			}
		}
	}
}

func (rd *reader) child(start xml.StartElement, depth int, named bool) error {
	switch name := start.Name.Local; name {
	case "Document":
		return rd.container(depth, false)
	case "Folder":
		rd.folders = append(rd.folders, "")
		err := rd.container(depth, true)
		rd.folders = rd.folders[:len(rd.folders)-1]
		return err
	case "name":
		n, err := rd.element(start, depth)
		if err == nil && named {
			rd.folders[len(rd.folders)-1] = clean(n.text)
		}
		return err
	case "Placemark", "NetworkLink", "GroundOverlay", "PhotoOverlay", "ScreenOverlay", "NetworkLinkControl", "Tour":
		if rd.count++; rd.count > MaxZones {
			return invalid(rd.line(), "begins feature %d, and no more than %d are read", rd.count, MaxZones)
		}
		place := fmt.Sprintf("%s %d, %s", name, rd.count, rd.line())
		if name != "Placemark" {
			code, problem := "no_zone", "shows something, but is no zone"
			if strings.HasPrefix(name, "NetworkLink") {
				code, problem = "external_reference", "refers to another file, which is not followed: import that file itself"
			}
			rd.remarks.Add(airspace.Remark{Place: place, Kind: airspace.RemarkRefused, Code: code, Problem: problem})
			return rd.skip(depth)
		}
		n, err := rd.element(start, depth)
		if err != nil {
			return err
		}
		return rd.placemark(place, n)
	}
	return rd.skip(depth)
}

// skip passes over an element that began.
func (rd *reader) skip(depth int) error {
	for open := 1; open > 0; {
		t, err := rd.token()
		if err != nil {
			return unexpectedEnd(err)
		}
		switch t.(type) {
		case xml.StartElement:
			if open++; depth+open > maxDepth {
				return invalid(rd.line(), "is nested deeper than %d", maxDepth)
			}
		case xml.EndElement:
			open--
		}
	}
	return nil
}

func unexpectedEnd(err error) error {
	if err == io.EOF {
		return invalid("document", "ends in the middle of an element")
	}
	return err
}

// node is an element of a placemark.
type node struct {
	name, key string // key: its attribute name (Data, SimpleData) or id
	text      string
	children  []*node
}

// element reads an element that began as a tree.
func (rd *reader) element(start xml.StartElement, depth int) (*node, error) {
	left := maxElements
	return rd.tree(start, depth, &left)
}

func (rd *reader) tree(start xml.StartElement, depth int, left *int) (*node, error) {
	if *left--; *left < 0 {
		return nil, invalid(rd.line(), "is in a placemark with more than %d elements", maxElements)
	}
	if depth > maxDepth {
		return nil, invalid(rd.line(), "is nested deeper than %d", maxDepth)
	}
	n := &node{name: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Local == "name" || a.Name.Local == "id" && n.key == "" {
			n.key = a.Value
		}
	}
	var text []byte
	for {
		t, err := rd.token()
		if err != nil {
			return nil, unexpectedEnd(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.StartElement:
			child, err := rd.tree(t, depth+1, left)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xml.EndElement:
			n.text = string(text)
			return n, nil
		}
	}
}

// child answers the first child of a name, or nil.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func invalid(field, problem string, args ...any) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}
}
