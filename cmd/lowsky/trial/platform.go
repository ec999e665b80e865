package trial

import (
	"bytes"
	"fmt"
	"sync"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
	"lowsky/picture"
	"lowsky/regions"
	"lowsky/scenarios"
	"lowsky/simulator"
)

// shippedPacks are compiled once: a pack is never changed, and its rules keep no state.
var shippedPacks = sync.OnceValues(scenarios.Packs)

// place is a region pack as a trial needs it. It is never changed.
type place struct {
	areas        *airspace.Areas
	zones        []*lowsky.Zone
	organisation lowsky.OrganisationID
}

var places sync.Map // name → func() (*place, error)

// placeOf reads a region pack once; "" is nowhere.
func placeOf(name string) (*place, error) {
	if name == "" {
		return &place{}, nil
	}
	read, ok := places.Load(name)
	if !ok {
		read, _ = places.LoadOrStore(name, sync.OnceValues(func() (*place, error) { return readPlace(name) }))
	}
	return read.(func() (*place, error))()
}

func readPlace(name string) (*place, error) {
	region, err := regions.Load(name)
	if err != nil {
		return nil, err
	}
	areas, err := airspace.NewAreas(region.Jurisdictions)
	if err != nil {
		return nil, fmt.Errorf("region %s: %w", name, err)
	}
	zones, warnings, err := geojson.Read(bytes.NewReader(region.DemoZones))
	if err == nil && len(warnings) > 0 {
		err = fmt.Errorf("%v", warnings[0])
	}
	if err != nil {
		return nil, fmt.Errorf("demo zones of %s: %w", name, err)
	}
	for _, z := range zones {
		if z.Organisation == "" {
			z.Organisation = region.Organisation
		}
		z.Jurisdictions = areas.TouchingZone(z)
	}
	return &place{areas: areas, zones: zones, organisation: region.Organisation}, nil
}

// zonesOf answers every zone that is in force in the run: the file's and those of its region's demo.
func zonesOf(s *simulator.Scenario) ([]*lowsky.Zone, error) {
	at, err := placeOf(s.Region)
	if err != nil {
		return nil, err
	}
	zones := make([]*lowsky.Zone, 0, len(s.Zones)+len(at.zones))
	for _, z := range s.Zones {
		own := *z
		if own.Organisation == "" {
			own.Organisation = at.organisation
		}
		if at.areas != nil {
			own.Jurisdictions = at.areas.TouchingZone(&own)
		}
		zones = append(zones, &own)
	}
	return append(zones, at.zones...), nil
}

// flat is ground of which one height is known.
type flat struct{ hae, bound lowsky.Metres }

// GroundHAE is the same everywhere.
func (f flat) GroundHAE(lowsky.Position) (airspace.Ground, bool) {
	return airspace.Ground{HAE: f.hae, Bound: f.bound}, true
}

// configOf is what serve would begin with, had people entered what the file says.
func configOf(s *simulator.Scenario, packs []*lowsky.RulePack, zones []*lowsky.Zone) (picture.Config, error) {
	at, err := placeOf(s.Region)
	if err != nil {
		return picture.Config{}, err
	}
	index, err := airspace.NewIndex(zones)
	if err != nil {
		return picture.Config{}, fmt.Errorf("zones of %s: %w", s.File, err)
	}
	c := picture.Config{Packs: packs, Zones: index, Areas: at.areas, Aircraft: s.Register(), Organisation: at.organisation}
	if c.Organisation == "" {
		c.Organisation = s.Organisation
	}
	if s.Ground != nil {
		c.Terrain = flat{lowsky.Metres(s.Ground.HAE), lowsky.Metres(s.Ground.Accuracy)}
	}
	return c, nil
}
