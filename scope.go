package lowsky

import (
	"slices"

	"github.com/paulmach/orb"
)

type (
	// OrganisationID names a company, department or the city itself: whose a row is.
	OrganisationID string
	// JurisdictionID names a node of the organisation tree, an adcode such as "421202" or a local code ("421200-GX").
	JurisdictionID string
)

// Jurisdiction is a node of the organisation tree: city → county, district or zone. It owns an area and its people.
type Jurisdiction struct {
	ID     JurisdictionID   `json:"id"`
	Parent JurisdictionID   `json:"parent_id,omitempty"`
	Name   Text             `json:"name"`
	Level  int              `json:"level"` // 0 city, 1 county, district or zone
	Area   orb.MultiPolygon `json:"area"`  // WGS-84
	Seat   Position         `json:"seat"`
	// Schematic is true for generalised outlines, which the console labels 示意.
	Schematic bool `json:"schematic"`
}

// Scope is what one principal may see. Every read in store and every hub subscription takes one. The zero Scope sees
// nothing. A row is in scope if it belongs to one of Organisations or touches one of Jurisdictions.
type Scope struct {
	All           bool
	Organisations []OrganisationID
	Jurisdictions []JurisdictionID
}

// Everything sees every row.
var Everything = Scope{All: true}

// Sees reports whether a row of organisation org that touches jurisdictions js is in scope.
func (s Scope) Sees(org OrganisationID, js []JurisdictionID) bool {
	if s.All || slices.Contains(s.Organisations, org) {
		return true
	}
	for _, j := range js {
		if slices.Contains(s.Jurisdictions, j) {
			return true
		}
	}
	return false
}
