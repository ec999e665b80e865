package regions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"lowsky"
)

const terrainName = "terrain-envelope.json"

// maxTerrain bounds a terrain envelope.
const (
	maxTerrainCells = 10_000
	maxTerrainBytes = 4 << 20
)

// TerrainCell is one cell of a terrain envelope: all ground in it lies between Min and Max.
type TerrainCell struct {
	West  lowsky.Degrees `json:"west_deg"`
	South lowsky.Degrees `json:"south_deg"`
	East  lowsky.Degrees `json:"east_deg"`
	North lowsky.Degrees `json:"north_deg"`
	Min   lowsky.Metres  `json:"min_amsl_m"` // above the 1985 国家高程基准
	Max   lowsky.Metres  `json:"max_amsl_m"`
	// Source is where the two numbers are from, Verified whether somebody who answers for them has checked them.
	Source   string `json:"source"`
	Verified bool   `json:"verified"`
}

// readTerrain reads the pack's envelope; a pack without one has none.
func readTerrain(fsys fs.FS) ([]TerrainCell, error) {
	b, err := fs.ReadFile(fsys, terrainName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", terrainName, err)
	}
	cells, err := ReadTerrain(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", terrainName, err)
	}
	return cells, nil
}

// ReadTerrain reads a terrain envelope in the form of the packs' terrain-envelope.json. What is wrong is an
// *lowsky.InvalidError with the field; whether a cell can be one at all is for package airspace/terrain to say.
func ReadTerrain(r io.Reader) ([]TerrainCell, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxTerrainBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxTerrainBytes {
		return nil, &lowsky.InvalidError{Field: "cells", Problem: fmt.Sprintf("take more than %d MB", maxTerrainBytes>>20)}
	}
	var doc struct {
		Cells []struct {
			West     *lowsky.Degrees `json:"west_deg"`
			South    *lowsky.Degrees `json:"south_deg"`
			East     *lowsky.Degrees `json:"east_deg"`
			North    *lowsky.Degrees `json:"north_deg"`
			Min      *lowsky.Metres  `json:"min_amsl_m"`
			Max      *lowsky.Metres  `json:"max_amsl_m"`
			Source   string          `json:"source"`
			Verified bool            `json:"verified"`
		} `json:"cells"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, &lowsky.InvalidError{Field: "cells", Problem: err.Error()}
	}
	if err := dec.Decode(new(json.RawMessage)); !errors.Is(err, io.EOF) {
		return nil, &lowsky.InvalidError{Field: "cells", Problem: "the document goes on after its end"}
	}
	if len(doc.Cells) > maxTerrainCells {
		return nil, &lowsky.InvalidError{Field: "cells", Problem: fmt.Sprintf("are more than %d", maxTerrainCells)}
	}
	cells := make([]TerrainCell, 0, len(doc.Cells))
	for i, c := range doc.Cells {
		if c.West == nil || c.South == nil || c.East == nil || c.North == nil || c.Min == nil || c.Max == nil || c.Source == "" {
			return nil, &lowsky.InvalidError{
				Field:   fmt.Sprintf("cells[%d]", i),
				Problem: "needs west_deg, south_deg, east_deg, north_deg, min_amsl_m, max_amsl_m and a source",
			}
		}
		cells = append(cells, TerrainCell{*c.West, *c.South, *c.East, *c.North, *c.Min, *c.Max, c.Source, c.Verified})
	}
	return cells, nil
}
