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
			case (r == lowsky.DepartmentOfficer || r == lowsky.PilotRole) && (writes || p == lowsky.ReadPersonal || p == lowsky.ReadPeople) && r.May(p):
				t.Errorf("%s may %s", r, p)
			case r == lowsky.CompanyAdministrator && slices.Contains([]lowsky.Permission{lowsky.WriteZones, lowsky.HandleAlerts, lowsky.TransferAlerts, lowsky.ReadAudit}, p) && r.May(p):
				t.Errorf("a company may %s", p)
			}
		}
	}
	if lowsky.Role("god").May(lowsky.ReadZones) || lowsky.Role("").Valid() || lowsky.DeviceRole.Fits(lowsky.Company) || lowsky.CityAdministrator.Fits(lowsky.Company) {
		t.Error("an unknown role, or one in the wrong place, is let through")
	}
}
