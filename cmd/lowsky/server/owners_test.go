package server

import (
	"testing"

	"lowsky"
)

func TestOwners(t *testing.T) {
	o := newOwners()
	o.organisations([]lowsky.Organisation{{ID: "city", Kind: lowsky.CityOrganisation}, {ID: "county", Kind: lowsky.CountyOrganisation},
		{ID: "wings", Kind: lowsky.Company}, {ID: "agri", Kind: lowsky.Department}})
	publish := func(p lowsky.AircraftPublication) { o.Publish([]lowsky.Change{{}, {Aircraft: &p}}) }
	check := func(gateway lowsky.OrganisationID, name lowsky.AircraftID, want bool) {
		t.Helper()
		if got := o.foreign(gateway, name); got != want {
			t.Errorf("%s for %s: %v", gateway, name, got)
		}
	}
	publish(lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "b1", Serial: "SNB", RemoteIDs: []string{"RIDB"}, Organisation: "blades"}, {ID: "w1", Organisation: "wings"}}})
	for _, name := range []lowsky.AircraftID{"b1", "SNB", "RIDB"} {
		check("wings", name, true)
		check("agri", name, true)
		check("unheard-of", name, true)
		check("blades", name, false)
		check("city", name, false)
		check("county", name, false)
	}
	check("wings", "w1", false)
	check("wings", "nobody's", false)
	// Names go from one to another, whatever the order; what is removed is nobody's.
	publish(lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "w1", Serial: "SNB", Organisation: "wings"}, {ID: "b1", Organisation: "blades"}}})
	check("wings", "SNB", false)
	check("blades", "SNB", true)
	check("wings", "RIDB", false)
	publish(lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"w1"}})
	check("blades", "SNB", false)
	check("wings", "b1", true)
}
