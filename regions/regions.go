// Package regions holds region packs, which are data: an organisation tree with outlines, organisations, places and
// demo zones. A pack is a folder with region.json, outlines.geojson and demo/; [Load] reads one and refuses what it does
// not understand.
package regions

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"

	"github.com/paulmach/orb"

	"lowsky"
)

//go:embed xianning
var packs embed.FS

// Region is a region pack. As JSON it is what GET /api/v1/region answers; demo zones travel as zones.
type Region struct {
	ID   string      `json:"id"`
	Name lowsky.Text `json:"name"`
	// Jurisdictions of the tree, each after its parent; the first is the whole region.
	Jurisdictions []lowsky.Jurisdiction `json:"jurisdictions"`
	Organisations []Organisation        `json:"organisations"`
	// Organisation is the one that rows belong to which nobody else owns.
	Organisation lowsky.OrganisationID `json:"organisation_id"`
	Places       []Place               `json:"places"`
	Lines        []Line                `json:"lines"`
	// ZoneKinds are the kinds of object that zones are made for.
	ZoneKinds []ZoneKind `json:"zone_kinds"`
	// Credits must be shown on the map.
	Credits []lowsky.Text `json:"credits"`
	// DemoZones is a GeoJSON document in the form of package airspace/geojson, which reads and validates it. Each of its
	// zones is flagged demo; their jurisdictions follow from their geometry.
	DemoZones []byte `json:"-"`
	// DemoFleet is a scenario file of package simulator, which reads and validates it: the demo's aircraft, their register
	// and what they do by script. Nil: no demo fleet.
	DemoFleet []byte `json:"-"`
	// Terrain is what is known of the ground where no terrain file says anything; empty: nothing.
	Terrain []TerrainCell `json:"-"`
}

// Organisation is one that the pack makes known; people may add more.
type Organisation struct {
	ID           lowsky.OrganisationID   `json:"id"`
	Kind         lowsky.OrganisationKind `json:"kind"`
	Name         lowsky.Text             `json:"name"`
	Jurisdiction lowsky.JurisdictionID   `json:"jurisdiction_id"`     // its seat
	Scenarios    []lowsky.Scenario       `json:"scenarios,omitempty"` // that a department looks after
	Demo         bool                    `json:"demo,omitempty"`
}

// ZoneKind is a kind of object that zones protect or serve, with what the region does around it unless a zone says
// otherwise. The law gives no distances: these are the region's own.
type ZoneKind struct {
	Kind        string        `json:"kind"` // Zone.Kind
	Name        lowsky.Text   `json:"name"`
	Buffer      lowsky.Metres `json:"buffer_m"`       // written into a zone of the kind that is published without one
	WarningBand lowsky.Metres `json:"warning_band_m"` // proposed to whoever draws one
}

// Place is a label on the map, approximate.
type Place struct {
	Kind      string         `json:"kind"` // "station", "lake", "mountain" …
	Name      lowsky.Text    `json:"name"`
	Longitude lowsky.Degrees `json:"longitude_deg"`
	Latitude  lowsky.Degrees `json:"latitude_deg"`
}

// Line is a schematic course on the map.
type Line struct {
	Kind   string         `json:"kind"` // "river"
	Name   lowsky.Text    `json:"name"`
	Points orb.LineString `json:"points"`
}

var packName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Load reads a pack of this binary. An unknown name is ErrNotFound and names those there are.
func Load(name string) (*Region, error) {
	if !packName.MatchString(name) {
		return nil, &lowsky.InvalidError{Field: "region", Problem: "must be lower-case letters, digits and hyphens"}
	}
	if _, err := fs.Stat(packs, name); err != nil {
		return nil, fmt.Errorf("region %s (there are %v): %w", name, Names(), lowsky.ErrNotFound)
	}
	sub, err := fs.Sub(packs, name)
	if err != nil {
		return nil, fmt.Errorf("region %s: %w", name, err)
	}
	r, err := Read(sub)
	if err != nil {
		return nil, fmt.Errorf("region %s: %w", name, err)
	}
	if r.ID != name {
		return nil, fmt.Errorf("region %s: %w", name, &lowsky.InvalidError{Field: "id", Problem: "must be the folder's name"})
	}
	return r, nil
}

// Names lists the packs of this binary.
func Names() []string {
	entries, err := fs.ReadDir(packs, ".")
	if err != nil {
		return nil // an embedded root can always be read
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Read reads the pack whose files lie at the root of fsys. What is wrong is an *lowsky.InvalidError with the field.
// A pack without demo/zones.geojson has no demo zones.
func Read(fsys fs.FS) (*Region, error) {
	var f regionFile
	if err := decodeFile(fsys, "region.json", &f); err != nil {
		return nil, err
	}
	outlines, err := readOutlines(fsys)
	if err != nil {
		return nil, err
	}
	r, err := f.region(outlines)
	if err != nil {
		return nil, err
	}
	if r.Terrain, err = readTerrain(fsys); err != nil {
		return nil, err
	}
	if r.DemoZones, err = readDemoZones(fsys); err != nil {
		return nil, err
	}
	if r.DemoFleet, err = fs.ReadFile(fsys, "demo/fleet.yaml"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("demo/fleet.yaml: %w", err)
	}
	return r, nil
}

// decodeFile reads a JSON file strictly.
func decodeFile(fsys fs.FS, name string, into any) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return &lowsky.InvalidError{Field: name, Problem: err.Error()}
	}
	if err := dec.Decode(new(json.RawMessage)); !errors.Is(err, io.EOF) {
		return &lowsky.InvalidError{Field: name, Problem: "goes on after its end"}
	}
	return nil
}
