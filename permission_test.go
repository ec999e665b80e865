package lowsky_test

import (
	"slices"
	"strings"
	"testing"

	"lowsky"
)

// Who may do what is a matter of safety and law: the hard lines stand here a second time.
func TestPermissionTable(t *testing.T) {
	for _, r := range lowsky.Roles {
		for _, p := range lowsky.Permissions {
			writes := !strings.HasSuffix(string(p), ".read")
			switch {
			case r == lowsky.DeviceRole && r.May(p):
				t.Errorf("a device may %s", p)
			case r == lowsky.Auditor && (writes || p == lowsky.ReadPersonal) && r.May(p):
				t.Errorf("an auditor may %s", p)
			case r == lowsky.Tester && (writes && p != lowsky.RunSimulations || p == lowsky.ReadPersonal || p == lowsky.ReadPeople || p == lowsky.ReadAudit) && r.May(p):
				t.Errorf("a tester may %s", p)
			case p == lowsky.RunSimulations && !slices.Contains([]lowsky.Role{lowsky.Tester, lowsky.CityAdministrator, lowsky.CountyAdministrator}, r) && r.May(p):
				t.Errorf("%s may %s", r, p)
			case (r == lowsky.DepartmentOfficer || r == lowsky.PilotRole) && (writes || p == lowsky.ReadPersonal || p == lowsky.ReadPeople) && r.May(p):
				t.Errorf("%s may %s", r, p)
			case r == lowsky.CompanyAdministrator && slices.Contains([]lowsky.Permission{lowsky.WriteZones, lowsky.HandleAlerts, lowsky.TransferAlerts, lowsky.ReadAudit}, p) && r.May(p):
				t.Errorf("a company may %s", p)
			}
		}
	}
	if lowsky.Role("god").May(lowsky.ReadZones) || lowsky.Role("").Valid() || lowsky.DeviceRole.Fits(lowsky.Company) || lowsky.CityAdministrator.Fits(lowsky.Company) || lowsky.Tester.Fits(lowsky.Company) {
		t.Error("an unknown role, or one in the wrong place, is let through")
	}
}

// What a scope sees and what it owns are two things.
func TestScopeOwns(t *testing.T) {
	county := lowsky.Scope{Organisations: []lowsky.OrganisationID{"chibi", "co-b"}, Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	department := lowsky.Scope{All: true, Scenarios: []lowsky.Scenario{lowsky.Agriculture}}
	for _, c := range []struct {
		name  string
		scope lowsky.Scope
		org   lowsky.OrganisationID
		want  bool
	}{
		{"the city", lowsky.Everything, "co-b", true}, {"nobody", lowsky.Scope{}, "co-b", false}, {"its county", county, "co-b", true},
		{"a county that only sees it", county, "co-a", false}, {"a department of the city", department, "co-b", false},
	} {
		if got := c.scope.Owns(c.org); got != c.want {
			t.Errorf("%s owns %s: %v, want %v", c.name, c.org, got, c.want)
		}
	}
	if !county.Sees("co-a", []lowsky.JurisdictionID{"421281"}) || !department.SeesFlight("co-b", nil, lowsky.Agriculture) || department.SeesFlight("co-b", nil, lowsky.Logistics) {
		t.Error("what they see is wrong")
	}
}
