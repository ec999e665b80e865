package identity

import (
	"slices"

	"lowsky"
)

// ScopeOf answers what the people of an organisation see, and what they decide about. all is every organisation there
// is: a county has the ones that are seated in it. It is the only place where a Scope is made from an organisation.
//
// What is not known sees nothing: an organisation without a kind or a seat, a department without scenarios.
func ScopeOf(o lowsky.Organisation, all []lowsky.Organisation) (lowsky.Scope, lowsky.Authority) {
	var seat []lowsky.JurisdictionID
	if o.Jurisdiction != "" {
		seat = o.Jurisdictions()
	}
	switch o.Kind {
	case lowsky.CityOrganisation:
		return lowsky.Everything, lowsky.Authority{All: true}
	case lowsky.CountyOrganisation:
		if seat == nil {
			break
		}
		// Companies that have ended still have rows, so disabled ones count too.
		s := lowsky.Scope{Organisations: []lowsky.OrganisationID{o.ID}, Jurisdictions: seat}
		for i := range all {
			if all[i].Jurisdiction == o.Jurisdiction && all[i].ID != o.ID {
				s.Organisations = append(s.Organisations, all[i].ID)
			}
		}
		slices.Sort(s.Organisations[1:]) // the same scope is the same class of the stream, in whatever order rows came
		return s, lowsky.Authority{Jurisdictions: seat}
	case lowsky.Department:
		s := lowsky.Scope{AllZones: true}
		if len(o.Scenarios) == 0 || seat == nil {
			return s, lowsky.Authority{} // no scenario would mean every scenario
		}
		s.Scenarios = slices.Clone(o.Scenarios)
		if slices.ContainsFunc(all, func(c lowsky.Organisation) bool {
			return c.Kind == lowsky.CityOrganisation && c.Jurisdiction == o.Jurisdiction
		}) {
			s.All = true
		} else {
			s.Jurisdictions = seat
		}
		return s, lowsky.Authority{}
	case lowsky.Company:
		return lowsky.Scope{Organisations: []lowsky.OrganisationID{o.ID}, AllZones: true, Anonymous: true}, lowsky.Authority{}
	}
	return lowsky.Scope{}, lowsky.Authority{}
}
