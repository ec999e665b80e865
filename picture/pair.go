package picture

import (
	"slices"
	"strings"

	"lowsky"
)

// pairsOf answers the pairs with alerts that an aircraft is one of.
func (e *Engine) pairsOf(t *track) []*object {
	if len(e.pairs.of) == 0 {
		return nil
	}
	return e.pairs.of[string(t.ID)]
}

// alertsOf answers every alert that concerns the aircraft: its own, and those on pairs that it is one of.
func (e *Engine) alertsOf(t *track) []*alert {
	pairs := e.pairsOf(t)
	if len(pairs) == 0 {
		return t.object.alerts
	}
	all := slices.Clone(t.object.alerts)
	for _, o := range pairs {
		all = append(all, o.alerts...)
	}
	return all
}

// markObject queues whatever stands on the map for the object.
func (e *Engine) markObject(o *object) {
	e.markTrack(o.track)
	if o.pair != nil {
		for _, m := range o.pair {
			if m.kind == lowsky.ObjectAircraft {
				e.markTrack(e.byID[lowsky.AircraftID(m.id)])
			}
		}
	}
}

// describePair fills in whose the alert on a pair is: of the first aircraft, and the second's organisation sees it too.
func (e *Engine) describePair(a *alert) {
	var zh, en []string
	for _, m := range a.obj.pair {
		name := lowsky.Text{ZH: m.id, EN: m.id}
		organisation := lowsky.OrganisationID("")
		if m.kind == lowsky.ObjectTraffic {
			name = crewedName(m.id)
		} else if t := e.byID[lowsky.AircraftID(m.id)]; t != nil {
			organisation = e.cfg.Organisation
			if t.entry != nil {
				label := lowsky.PairMember{ID: m.id, Name: t.entry.Name}
				name = label.Label()
				a.Demo = a.Demo || t.entry.Demo
				if t.entry.Organisation != "" {
					organisation = t.entry.Organisation
				}
			}
			a.Demo = a.Demo || t.Simulated
			if a.Scenario == "" {
				a.Scenario = t.scenario()
			}
		}
		zh, en = append(zh, name.ZH), append(en, name.EN)
		switch {
		case organisation == "":
		case len(zh) == 1 || a.obj.pair[0].kind == lowsky.ObjectTraffic:
			a.Organisation = organisation
		case organisation != a.Organisation:
			a.Partners = []lowsky.OrganisationID{organisation}
		}
	}
	a.AircraftName = lowsky.Text{ZH: strings.Join(zh, " / "), EN: strings.Join(en, " / ")}
	e.placePair(a)
}

// placePair adds the jurisdictions that the two are in.
func (e *Engine) placePair(a *alert) {
	var both [2][]lowsky.JurisdictionID
	for i, m := range a.obj.pair {
		t := e.byID[lowsky.AircraftID(m.id)]
		if t == nil || m.kind != lowsky.ObjectAircraft {
			continue
		}
		js := t.Jurisdictions
		if len(js) == 0 && t.entry != nil {
			js = t.entry.Jurisdictions
		}
		a.include(js)
		both[i] = js
	}
	a.follow(both[0], both[1], e.now)
}

// pairObject answers the object of a pair, made when it is new; nil beyond the bound.
func (e *Engine) pairObject(one, other member) *object {
	p := &e.pairs
	ref := lowsky.Object{Kind: lowsky.ObjectPair, ID: one.key() + "+" + other.key()}
	if e.objects[ref] == nil && len(p.objects) >= pairsMost {
		return nil
	}
	o := e.object(ref)
	if o.pair == nil {
		o.pair, o.place = &[2]member{one, other}, len(p.objects)
		p.objects = append(p.objects, o)
		if p.of == nil {
			p.of = map[string][]*object{}
		}
		for _, m := range o.pair {
			p.of[m.key()] = append(p.of[m.key()], o)
		}
	}
	return o
}

// loadPair gives an alert on a pair from before the start its place.
func (e *Engine) loadPair(ref lowsky.Object) {
	a, b, _ := strings.Cut(ref.ID, "+")
	read := func(key string) member {
		if id, ok := strings.CutPrefix(key, string(lowsky.ObjectTraffic)+":"); ok {
			return member{lowsky.ObjectTraffic, id}
		}
		return member{lowsky.ObjectAircraft, key}
	}
	e.pairObject(read(a), read(b))
}

// unpair lets go of a pair without alerts. The pass must not be among the pairs: it runs before the tick begins one.
func (e *Engine) unpair(o *object) {
	p := &e.pairs
	last := len(p.objects) - 1 // between two passes: their order tells nothing
	p.objects[o.place] = p.objects[last]
	p.objects[o.place].place = o.place
	p.objects = p.objects[:last]
	for _, m := range o.pair {
		k := m.key()
		if p.of[k] = slices.DeleteFunc(p.of[k], func(x *object) bool { return x == o }); len(p.of[k]) == 0 {
			delete(p.of, k)
		}
	}
	o.pair = nil
}
