package api

import (
	"strings"

	"lowsky"
	"lowsky/identity"
)

// Noticed answers what an aircraft is told of an alert about it: what its company may read of it, under the same id.
// Whoever holds the aircraft's MQTT secret reads that, so of a pair with somebody else's the other is not named, and the
// id, which is made from both, is told in cipher.
func (b *Board) Noticed(id lowsky.AircraftID, a *lowsky.Alert) (lowsky.AlertID, lowsky.Text) {
	if a.Object.Kind != lowsky.ObjectPair {
		return a.ID, a.Text
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	own := lowsky.PairMember{ID: string(id)}
	var owner lowsky.OrganisationID
	if reg := b.register[id]; reg != nil {
		own.Name, owner = reg.Name, reg.Organisation
	}
	scope, _ := identity.ScopeOf(lowsky.Organisation{ID: owner, Kind: lowsky.Company}, nil)
	hide := b.redactor(scope)
	for half := range strings.SplitSeq(a.Object.ID, "+") {
		if other := b.register[lowsky.AircraftID(half)]; half != string(id) && other != nil && owner != "" && other.Organisation == owner {
			return hide.id(a), a.Text
		}
	}
	return hide.id(a), pairText(own.Label(), a)
}
