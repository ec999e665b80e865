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

// Scope is what one principal may see. Every read in store and every hub subscription takes one; its methods and
// store's filter are the one place where it is decided what that means, and a test holds them together. The zero Scope
// sees nothing.
//
// A row is in scope if it belongs to one of Organisations or touches one of Jurisdictions. A county has itself and the
// companies that are seated in it; a company has itself; see identity.ScopeOf.
type Scope struct {
	All           bool             `json:"all,omitempty"`
	Organisations []OrganisationID `json:"organisation_ids,omitempty"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids,omitempty"`
	// Scenarios, where there are any, narrow flights, alerts and register entries of aircraft to those of these
	// scenarios, All or not: what a sector department sees.
	Scenarios []Scenario `json:"scenarios,omitempty"`
	// AllZones sees every zone in force: whoever flies has to know where not to, and that is published.
	AllZones bool `json:"all_zones,omitempty"`
	// Anonymous also sees other traffic near its own flights, as tracks without a name.
	Anonymous bool `json:"anonymous,omitempty"`
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

// SeesFlight is Sees for what has a scenario: tracks, telemetry, alerts, aircraft.
func (s Scope) SeesFlight(org OrganisationID, js []JurisdictionID, scenario Scenario) bool {
	return (len(s.Scenarios) == 0 || slices.Contains(s.Scenarios, scenario)) && s.Sees(org, js)
}

// SeesZone is Sees for zones.
func (s Scope) SeesZone(org OrganisationID, js []JurisdictionID) bool {
	return s.AllZones || s.Sees(org, js)
}

// Owns reports whether rows of the organisation are the principal's own to change, given the permission. To see a row
// because it touches one's area is not to own it, and a sector department, which sees all of its scenarios, owns nothing.
func (s Scope) Owns(org OrganisationID) bool {
	return len(s.Scenarios) == 0 && (s.All || slices.Contains(s.Organisations, org))
}

// Authority is what somebody may decide about: alerts that one of Jurisdictions holds, or with All any.
type Authority struct {
	All           bool             `json:"all,omitempty"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids,omitempty"`
}

// Over reports whether the authority covers what jurisdiction j holds; j is "" for what no jurisdiction holds.
func (a Authority) Over(j JurisdictionID) bool { return a.All || slices.Contains(a.Jurisdictions, j) }
