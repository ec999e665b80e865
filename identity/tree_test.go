package identity

import "lowsky"

// tree is a small city: its centre, a department of it, two counties with a department and companies.
func tree() []lowsky.Organisation {
	return []lowsky.Organisation{
		{ID: "xianning", Kind: lowsky.CityOrganisation, Jurisdiction: "421200"},
		{ID: "city-police", Kind: lowsky.Department, Jurisdiction: "421200", Scenarios: []lowsky.Scenario{lowsky.City}},
		{ID: "city-carrier", Kind: lowsky.Company, Jurisdiction: "421200"},
		{ID: "chibi", Kind: lowsky.CountyOrganisation, Jurisdiction: "421281"},
		{ID: "chibi-farming", Kind: lowsky.Department, Jurisdiction: "421281", Scenarios: []lowsky.Scenario{lowsky.Agriculture}},
		{ID: "chibi-tea", Kind: lowsky.Company, Jurisdiction: "421281"},
		{ID: "chibi-sky", Kind: lowsky.Company, Jurisdiction: "421281"},
		{ID: "tongshan", Kind: lowsky.CountyOrganisation, Jurisdiction: "421224"},
		{ID: "tongshan-air", Kind: lowsky.Company, Jurisdiction: "421224"},
	}
}
