package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

func TestScopeOf(t *testing.T) {
	all := tree()
	of := func(id lowsky.OrganisationID) lowsky.Organisation {
		for _, o := range all {
			if o.ID == id {
				return o
			}
		}
		return lowsky.Organisation{ID: id}
	}
	type orgs = []lowsky.OrganisationID
	type js = []lowsky.JurisdictionID
	for _, c := range []struct {
		o         lowsky.Organisation
		scope     lowsky.Scope
		authority lowsky.Authority
	}{
		{of("xianning"), lowsky.Everything, lowsky.Authority{All: true}},
		{of("chibi"), lowsky.Scope{Organisations: orgs{"chibi", "chibi-farming", "chibi-sky", "chibi-tea"}, Jurisdictions: js{"421281"}}, lowsky.Authority{Jurisdictions: js{"421281"}}},
		{of("tongshan"), lowsky.Scope{Organisations: orgs{"tongshan", "tongshan-air"}, Jurisdictions: js{"421224"}}, lowsky.Authority{Jurisdictions: js{"421224"}}},
		{of("city-police"), lowsky.Scope{All: true, Scenarios: []lowsky.Scenario{lowsky.City}, AllZones: true}, lowsky.Authority{}},
		{of("chibi-farming"), lowsky.Scope{Jurisdictions: js{"421281"}, Scenarios: []lowsky.Scenario{lowsky.Agriculture}, AllZones: true}, lowsky.Authority{}},
		{of("chibi-tea"), lowsky.Scope{Organisations: orgs{"chibi-tea"}, AllZones: true, Anonymous: true}, lowsky.Authority{}},
		{of("city-carrier"), lowsky.Scope{Organisations: orgs{"city-carrier"}, AllZones: true, Anonymous: true}, lowsky.Authority{}},
		// What is not known sees nothing.
		{of("unheard-of"), lowsky.Scope{}, lowsky.Authority{}},
		{lowsky.Organisation{ID: "x", Kind: "ministry", Jurisdiction: "421200"}, lowsky.Scope{}, lowsky.Authority{}},
		{lowsky.Organisation{ID: "x", Kind: lowsky.CountyOrganisation}, lowsky.Scope{}, lowsky.Authority{}},
		{lowsky.Organisation{ID: "x", Kind: lowsky.Department, Jurisdiction: "421200"}, lowsky.Scope{AllZones: true}, lowsky.Authority{}},
		{lowsky.Organisation{ID: "x", Kind: lowsky.Department, Scenarios: []lowsky.Scenario{lowsky.City}}, lowsky.Scope{AllZones: true}, lowsky.Authority{}},
	} {
		scope, authority := ScopeOf(c.o, all)
		if d := cmp.Diff(c.scope, scope); d != "" {
			t.Errorf("%s: %s", c.o.ID, d)
		}
		if d := cmp.Diff(c.authority, authority); d != "" {
			t.Errorf("%s: %s", c.o.ID, d)
		}
	}
}
