// Package exchange brings zones in from files and sends them out. It is the one way for REST, the command line and the
// console: a file goes through the same steps wherever it comes from.
//
//	bytes ─▶ format (told, or by content) ─▶ its reader ─▶ WGS-84 ─▶ rings repaired ─▶ airspace.Validate ─▶ Result
//	                                            │              │            │                 │
//	                                            └──────────────┴── one remark for each ───────┘
//
// Every zone that a file holds is either in the result or refused in its remarks, with the place in the file and the
// reason; Counts.Read is the sum of both. Nothing is stored or published here.
package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/ed269"
	"lowsky/airspace/ed318"
	"lowsky/airspace/geojson"
	"lowsky/airspace/kml"
	"lowsky/airspace/openair"
)

// MaxBytes is the most that one document may hold.
const MaxBytes = 16 << 20

// Format names a format of published zones.
type Format string

const (
	Auto    Format = "auto" // told by the content
	GeoJSON Format = "geojson"
	ED269   Format = "ed269"
	ED318   Format = "ed318"
	KML     Format = "kml"
	KMZ     Format = "kmz"
	OpenAir Format = "openair"
)

// codec is one format: what reads it, what writes it, and how a file of it is named and labelled.
type codec struct {
	format    Format
	read      func(context.Context, []byte) (*airspace.Reading, error)
	write     func(io.Writer, []*lowsky.Zone) ([]airspace.Remark, error) // nil: only read
	extension string
	media     string
}

// codecs is the written list of formats.
var codecs = []codec{
	{GeoJSON, geojson.ReadAll, writeGeoJSON, "geojson", "application/geo+json"},
	{ED269, ed269.Read, ed269.Write, "json", "application/json"},
	{ED318, ed318.Read, ed318.Write, "json", "application/geo+json"},
	{KML, kml.Read, kml.Write, "kml", "application/vnd.google-earth.kml+xml"},
	{KMZ, kml.Read, nil, "", ""},
	{OpenAir, openair.Read, nil, "", ""},
}

func writeGeoJSON(w io.Writer, zones []*lowsky.Zone) ([]airspace.Remark, error) {
	return nil, geojson.Write(w, zones)
}

func codecOf(f Format) *codec {
	for i := range codecs {
		if codecs[i].format == f {
			return &codecs[i]
		}
	}
	return nil
}

// ParseFormat reads the name of a format that can be read; "" is Auto. Anything else is an *lowsky.InvalidError.
func ParseFormat(s string) (Format, error) {
	f := Format(strings.ToLower(strings.TrimSpace(s)))
	if f == "" || f == Auto {
		return Auto, nil
	}
	if codecOf(f) == nil {
		return "", &lowsky.InvalidError{Field: "format", Problem: fmt.Sprintf("is %.40q, which is not known: auto, %s", s, names(func(*codec) bool { return true }))}
	}
	return f, nil
}

func names(which func(*codec) bool) string {
	var out []string
	for i := range codecs {
		if which(&codecs[i]) {
			out = append(out, string(codecs[i].format))
		}
	}
	return strings.Join(out, ", ")
}

// Options say how a document is to be read.
type Options struct {
	Format Format       // "" is Auto
	CRS    airspace.CRS // must be declared: which system the coordinates of the file are in
	// Source is written into every zone as where it came from; "" keeps what the file says.
	Source string
	// Superior is the superior platform that the zones are copies of; "": they are our own. What the file itself says
	// of that does not count.
	Superior string
}

// Counts is what became of the zones of a file. Read is Accepted and Refused together.
type Counts struct {
	Read     int `json:"read"`
	Accepted int `json:"accepted"`
	Repaired int `json:"repaired" doc:"Of the accepted ones"`
	Refused  int `json:"refused"`
}

// Result is what came of a file: zones in WGS-84 that airspace.Validate has passed, each id once, in file order, and
// remarks on these and on those that are not among them.
type Result struct {
	Format  Format
	CRS     airspace.CRS
	Zones   []*lowsky.Zone
	Places  []string // of Zones
	Remarks []airspace.Remark
	Counts  Counts
}

// Read reads a document. An error is an *lowsky.InvalidError about the document as a whole or the options, or ctx's: it
// looks at ctx between zones and within large ones, so that it ends within about a second.
func Read(ctx context.Context, doc []byte, o Options) (*Result, error) {
	crs, err := airspace.ParseCRS(string(o.CRS))
	if err != nil {
		return nil, err
	}
	format, err := ParseFormat(string(o.Format))
	if err != nil {
		return nil, err
	}
	if len(doc) > MaxBytes {
		return nil, &lowsky.InvalidError{Field: "document", Problem: fmt.Sprintf("is larger than %d MB", MaxBytes>>20)}
	}
	if format == Auto {
		if format, err = Detect(doc); err != nil {
			return nil, err
		}
	}
	reading, err := codecOf(format).read(ctx, doc)
	if err != nil {
		if e := (*lowsky.InvalidError)(nil); errors.As(err, &e) {
			return nil, err
		}
		return nil, fmt.Errorf("reading %s: %w", format, err)
	}
	in := &intake{
		Options: o, seen: map[lowsky.ZoneID]first{}, repaired: map[lowsky.ZoneID]bool{}, read: reading.Read,
		result: &Result{Format: format, CRS: crs},
	}
	in.Format, in.CRS = format, crs
	if err := in.all(ctx, reading); err != nil {
		return nil, err
	}
	return in.result, nil
}

// Write writes zones in a format that can be written. The remarks say of each zone what the format cannot say.
func Write(w io.Writer, f Format, zones []*lowsky.Zone) ([]airspace.Remark, error) {
	c := codecOf(f)
	if c == nil || c.write == nil {
		return nil, &lowsky.InvalidError{Field: "format", Problem: fmt.Sprintf("is %.40q; written are %s", f, names(func(c *codec) bool { return c.write != nil }))}
	}
	remarks, err := c.write(w, zones)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", f, err)
	}
	return remarks, nil
}

// File answers how a written file is named (without the stem) and labelled; "" for a format that is not written.
func File(f Format) (extension, media string) {
	if c := codecOf(f); c != nil && c.write != nil {
		return c.extension, c.media
	}
	return "", ""
}

// Same reports whether two zones are the same but for what publishing gives them: version, instant, owner and
// jurisdictions.
func Same(a, b *lowsky.Zone) bool {
	x, errX := content(a)
	y, errY := content(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func content(z *lowsky.Zone) ([]byte, error) {
	c := *z
	c.Version, c.Demo, c.Organisation, c.Jurisdictions, c.PublishedAt = 1, false, "", nil, time.Time{}
	if c.ED != nil && len(c.ED.Extended) > 0 { // a database may have put its members in another order
		ed := *c.ED
		var v any
		if json.Unmarshal(ed.Extended, &v) == nil {
			if sorted, err := json.Marshal(v); err == nil {
				ed.Extended = sorted
			}
		}
		c.ED = &ed
	}
	return geojson.Feature(&c)
}
