package store

import (
	"slices"

	"lowsky"
)

// register is what the consumer knows of aircraft and sources, to say whose a row is: the organisation from the
// aircraft register, the jurisdictions from the newest position; and which entry is meant by another of its names.
type register struct {
	entries map[lowsky.AircraftID]entry
	names   map[lowsky.AircraftID]lowsky.AircraftID // other id → entry
	places
}

// entry is what of an aircraft's entry decides where its rows belong.
type entry struct {
	owner
	scenario lowsky.Scenario
	others   []lowsky.AircraftID
	gone     bool // of a batch: it was removed
}

// places is where aircraft and sources were last.
type places struct {
	aircraft map[lowsky.AircraftID][]lowsky.JurisdictionID
	sources  map[lowsky.SourceID]lowsky.AircraftID // the newest aircraft behind each
}

// published is what a batch says about the register so far: it counts from its place in the journal on, and for good
// once the batch is committed.
type published struct {
	entries map[lowsky.AircraftID]entry
	names   map[lowsky.AircraftID]lowsky.AircraftID // "": nobody's any more
}

// maxPlaces bounds the memory for aircraft that come and go; beyond it the places are learnt anew.
const maxPlaces = 200_000

func newRegister(entries []*lowsky.Aircraft) register {
	reg := register{entries: make(map[lowsky.AircraftID]entry, len(entries)), names: make(map[lowsky.AircraftID]lowsky.AircraftID)}
	r := new(rows)
	reg.publish(r, &lowsky.AircraftPublication{Upsert: entries})
	reg.learn(r)
	return reg
}

// publish takes a publication into the batch.
func (reg *register) publish(r *rows, p *lowsky.AircraftPublication) {
	if r.published.entries == nil {
		r.published = published{make(map[lowsky.AircraftID]entry), make(map[lowsky.AircraftID]lowsky.AircraftID)}
	}
	for _, a := range p.Upsert {
		if a == nil {
			continue
		}
		others := a.OtherIDs()
		reg.forget(r, a.ID, others)
		for _, n := range others {
			if reg.named(r, n) == "" { // else it stays whose it was, as in the table
				r.published.names[n] = a.ID
			}
		}
		r.published.entries[a.ID] = entry{owner: owner{a.Organisation, a.Jurisdictions}, scenario: a.Scenario, others: others}
	}
	for _, id := range p.Remove {
		reg.forget(r, id, nil)
		r.published.entries[id] = entry{gone: true}
	}
}

// forget gives up the other names of an entry but those of keep.
func (reg *register) forget(r *rows, id lowsky.AircraftID, keep []lowsky.AircraftID) {
	old, _ := reg.entry(r, id)
	for _, n := range old.others {
		if !slices.Contains(keep, n) && reg.named(r, n) == id {
			r.published.names[n] = ""
		}
	}
}

// learn takes over what a committed batch said.
func (reg *register) learn(r *rows) {
	for id, e := range r.published.entries {
		if e.gone {
			delete(reg.entries, id)
		} else {
			reg.entries[id] = e
		}
	}
	for n, id := range r.published.names {
		if id == "" {
			delete(reg.names, n)
		} else {
			reg.names[n] = id
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

// entry answers the entry of this id; the batch goes first.
func (reg *register) entry(r *rows, id lowsky.AircraftID) (entry, bool) {
	e, ok := r.published.entries[id]
	if !ok {
		e, ok = reg.entries[id]
	}
	if e.gone {
		return entry{}, false
	}
	return e, ok
}

// named answers whose other id this is, "" if nobody's.
func (reg *register) named(r *rows, id lowsky.AircraftID) lowsky.AircraftID {
	if of, ok := r.published.names[id]; ok {
		return of
	}
	return reg.names[id]
}

// meant answers the id of the entry that a reported id stands for, or that id itself where no entry has it.
func (reg *register) meant(r *rows, reported lowsky.AircraftID) lowsky.AircraftID {
	if _, ok := reg.entry(r, reported); ok {
		return reported
	}
	if id := reg.named(r, reported); id != "" {
		return id
	}
	return reported
}

// place notes where the aircraft of an entry is and answers whose its report is. A report without position lies where
// the aircraft was before, or, never seen, where the register has it.
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
	e, _ := reg.entry(r, id)
	return owner{e.organisation, js}
}

// owner answers whose a row about the aircraft is, or, without one, about the source.
func (reg *register) owner(r *rows, reported lowsky.AircraftID, source lowsky.SourceID) owner {
	id := reg.meant(r, reported)
	if id == "" {
		id = reg.behind(r, source)
	}
	e, _ := reg.entry(r, id)
	o := e.owner
	if js, ok := r.places.aircraft[id]; ok {
		o.jurisdictions = js
	} else if js, ok := reg.places.aircraft[id]; ok {
		o.jurisdictions = js
	}
	return o
}

// organisation answers whose an aircraft is.
func (reg *register) organisation(r *rows, reported lowsky.AircraftID) lowsky.OrganisationID {
	e, _ := reg.entry(r, reg.meant(r, reported))
	return e.organisation
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
