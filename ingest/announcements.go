package ingest

import (
	"strings"

	"lowsky"
)

// reports reports whether topic is one of the two on which the telemetry of an aircraft comes, in DJI's format.
func reports(topic, aircraft string) bool {
	below, ok := strings.CutPrefix(topic, "thing/product/"+aircraft)
	return ok && (below == "/osd" || below == "/state")
}

// foreign reports whether the gateway may not speak for the aircraft whatever it announces. One of the file is nobody's
// and may.
func (e *Embedded) foreign(gateway *device, aircraft string) bool {
	return e.isForeign != nil && gateway != nil && gateway.organisation != "" && e.isForeign(gateway.organisation, lowsky.AircraftID(aircraft))
}

func (e *Embedded) hasAnnounced(gateway, aircraft string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	by, ok := e.announced[aircraft]
	return ok && by == gateway
}

// others reports whether the aircraft is on the list of another gateway, has a credential of its own, or is foreign.
func (e *Embedded) others(id string, aircraft lowsky.AircraftID) bool {
	if aircraft == "" || string(aircraft) == id {
		return false
	}
	if known := e.known(); known.own(string(aircraft)) || e.foreign(known[id], string(aircraft)) {
		return true
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	holder, held := e.announced[string(aircraft)]
	return held && holder != id
}

// announce remembers which aircraft a gateway says hang on it: a full list takes the place of the one before. Passed
// over are ids with a credential of their own: they speak for themselves. It answers one that is foreign, or hangs on
// another gateway, which is connected and has to let it go first, or ""; the others count.
func (e *Embedded) announce(p *peer, aircraft []lowsky.AircraftID) (anothers string) {
	gateway := p.id
	e.mu.Lock()
	defer e.mu.Unlock()
	known := e.known() // under the lock, so that SetDevices prunes what was announced by the snapshot before
	self := e.deviceOf(p)
	if self == nil || !self.relays() {
		return ""
	}
	online := map[string]bool{gateway: false} // what it has itself it may have again
	list := make([]string, 0, len(aircraft))
	for _, a := range aircraft {
		id := string(a)
		if known.own(id) {
			continue
		}
		if id != gateway && e.foreign(self, id) {
			anothers = id
			continue
		}
		if holder, held := e.announced[id]; held {
			if _, asked := online[holder]; !asked {
				d := known[holder]
				online[holder] = d != nil && d.presence.state().Connected
			}
			if online[holder] {
				anothers = id
				continue
			}
		}
		if len(list) < maxAnnounced {
			list = append(list, id)
		}
	}
	e.forgetList(gateway)
	for _, id := range list {
		e.announced[id] = gateway
	}
	e.listOf[gateway] = list
	return anothers
}

func (e *Embedded) forgetList(gateway string) {
	for _, id := range e.listOf[gateway] {
		if e.announced[id] == gateway {
			delete(e.announced, id)
		}
	}
	delete(e.listOf, gateway)
}

// forgetAnnouncements drops the lists of gateways that are none any more, and from the lists whoever speaks for itself
// now.
func (e *Embedded) forgetAnnouncements(before, now devices) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for gateway := range e.listOf {
		if d := now[gateway]; d == nil || d.revoked || !d.relays() || before[gateway] == nil || before[gateway].hash != d.hash {
			e.forgetList(gateway)
		}
	}
	for aircraft := range e.announced {
		if now.own(aircraft) {
			delete(e.announced, aircraft)
		}
	}
}
