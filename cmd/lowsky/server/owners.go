package server

import (
	"sync"

	"lowsky"
)

// owners knows who registered an aircraft, by every name that it reports under, and who may relay for others. It is a
// sink of the picture, so that it holds what the picture has.
type owners struct {
	mu      sync.RWMutex
	entries map[lowsky.AircraftID]*lowsky.Aircraft
	of      map[lowsky.AircraftID]lowsky.AircraftID // other names
	offices map[lowsky.OrganisationID]bool          // city and counties: their gateways may carry anybody's aircraft
}

func newOwners() *owners {
	return &owners{entries: map[lowsky.AircraftID]*lowsky.Aircraft{}, of: map[lowsky.AircraftID]lowsky.AircraftID{}}
}

// foreign reports whether a gateway of the organisation may not speak for what reports under the name: a company's only
// for its own aircraft and for what nobody registered.
func (o *owners) foreign(gateway lowsky.OrganisationID, name lowsky.AircraftID) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	a := o.entries[name]
	if a == nil {
		a = o.entries[o.of[name]]
	}
	return a != nil && a.Organisation != gateway && !o.offices[gateway]
}

func (o *owners) organisations(all []lowsky.Organisation) {
	offices := map[lowsky.OrganisationID]bool{}
	for i := range all {
		if k := all[i].Kind; k == lowsky.CityOrganisation || k == lowsky.CountyOrganisation {
			offices[all[i].ID] = true
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offices = offices
}

// Publish is a sink of the picture.
func (o *owners) Publish(changes []lowsky.Change) {
	for i := range changes {
		if p := changes[i].Aircraft; p != nil {
			o.register(p)
		}
	}
}

func (o *owners) register(p *lowsky.AircraftPublication) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range p.Remove {
		o.forget(id)
	}
	for _, a := range p.Upsert {
		o.forget(a.ID)
		o.entries[a.ID] = a
	}
	for _, a := range p.Upsert { // after all are forgotten: a name may go from one to another
		for _, name := range a.OtherIDs() {
			o.of[name] = a.ID
		}
	}
}

func (o *owners) forget(id lowsky.AircraftID) {
	old := o.entries[id]
	if old == nil {
		return
	}
	for _, name := range old.OtherIDs() {
		if o.of[name] == id {
			delete(o.of, name)
		}
	}
	delete(o.entries, id)
}
