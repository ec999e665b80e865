// Package geojson reads and writes zones as GeoJSON (RFC 7946).
package geojson

import (
	"io"

	"lowsky"
)

// Warning is something odd that did not keep a zone from being read.
type Warning struct {
	Field   string `json:"field"` // e.g. "features[3].properties.colour"
	Problem string `json:"problem"`
}

func Read(r io.Reader) ([]*lowsky.Zone, []Warning, error) { return nil, nil, nil }

func Write(w io.Writer, zones []*lowsky.Zone) error { return nil }

func Feature(z *lowsky.Zone) ([]byte, error) { return nil, nil }
