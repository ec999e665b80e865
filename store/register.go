package store

import "lowsky"

// register is what the consumer knows of aircraft and sources, to say whose a row is: the organisation from the
// aircraft register, the jurisdictions from the newest position.
type register struct {
	entries map[lowsky.AircraftID]owner
	places
}

// places is where aircraft and sources were last.
type places struct {
	aircraft map[lowsky.AircraftID][]lowsky.JurisdictionID
	sources  map[lowsky.SourceID]lowsky.AircraftID // the newest aircraft behind each
}

// maxPlaces bounds the memory for aircraft that come and go; beyond it the places are learnt anew.
const maxPlaces = 200_000

func newRegister(entries []*lowsky.Aircraft) register {
	reg := register{entries: make(map[lowsky.AircraftID]owner, len(entries))}
	for _, a := range entries {
		reg.entries[a.ID] = owner{a.Organisation, a.Jurisdictions}
	}
	return reg
}

// learn takes over what a committed batch said.
func (reg *register) learn(r *rows) {
	for _, p := range r.aircraft {
		for _, a := range p.Upsert {
			reg.entries[a.ID] = owner{a.Organisation, a.Jurisdictions}
		}
		for _, id := range p.Remove {
			delete(reg.entries, id)
		}
	}
	if reg.places.aircraft == nil || len(reg.places.aircraft) > maxPlaces || len(reg.places.sources) > maxPlaces {
		reg.places.aircraft = make(map[lowsky.AircraftID][]lowsky.JurisdictionID)
		reg.places.sources = make(map[lowsky.SourceID]lowsky.AircraftID)
	}
	for id, js := range r.places.aircraft {
		reg.places.aircraft[id] = js
	}
	for id, a := range r.places.sources {
		reg.places.sources[id] = a
	}
}

// place notes where the aircraft is and answers whose its report is. A report without position lies where the aircraft
// was before, or, never seen, where the register has it.
func (reg *register) place(r *rows, id lowsky.AircraftID, source lowsky.SourceID, p lowsky.Opt[lowsky.Position],
	contain func([]lowsky.JurisdictionID, lowsky.Position) []lowsky.JurisdictionID) owner {
	if r.places.aircraft == nil {
		r.places.aircraft = make(map[lowsky.AircraftID][]lowsky.JurisdictionID)
		r.places.sources = make(map[lowsky.SourceID]lowsky.AircraftID)
	}
	r.places.sources[source] = id
	if !p.OK {
		return reg.owner(r, id, "")
	}
	js := within(contain, p.Value)
	r.places.aircraft[id] = js
	return owner{reg.organisation(r, id), js}
}

// owner answers whose a row about the aircraft is, or, without one, about the source.
func (reg *register) owner(r *rows, id lowsky.AircraftID, source lowsky.SourceID) owner {
	if id == "" {
		id = reg.behind(r, source)
	}
	o := reg.entry(r, id)
	if js, ok := r.places.aircraft[id]; ok {
		o.jurisdictions = js
	} else if js, ok := reg.places.aircraft[id]; ok {
		o.jurisdictions = js
	}
	return o
}

func (reg *register) organisation(r *rows, id lowsky.AircraftID) lowsky.OrganisationID {
	return reg.entry(r, id).organisation
}

// entry looks into the batch first: a registration counts from its place in the journal on.
func (reg *register) entry(r *rows, id lowsky.AircraftID) owner {
	for i := len(r.aircraft) - 1; i >= 0; i-- {
		for _, a := range r.aircraft[i].Upsert {
			if a.ID == id {
				return owner{a.Organisation, a.Jurisdictions}
			}
		}
		for _, gone := range r.aircraft[i].Remove {
			if gone == id {
				return owner{}
			}
		}
	}
	return reg.entries[id]
}

// behind answers the newest aircraft that reported through source, "" if none did.
func (reg *register) behind(r *rows, source lowsky.SourceID) lowsky.AircraftID {
	if id, ok := r.places.sources[source]; ok {
		return id
	}
	return reg.places.sources[source]
}

func within(contain func([]lowsky.JurisdictionID, lowsky.Position) []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID {
	if contain == nil {
		return nil
	}
	return contain(nil, p)
}
