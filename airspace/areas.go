package airspace

import "lowsky"

// Areas finds the jurisdictions that contain a position.
type Areas struct{}

func NewAreas(js []lowsky.Jurisdiction) (*Areas, error) { return &Areas{}, nil }

func (a *Areas) Containing(dst []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID {
	return dst
}

func (a *Areas) Touching(g lowsky.Geometry) []lowsky.JurisdictionID { return nil }
