package picture

import (
	"math"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// The register knows an aircraft by several names: its id, the maker's serial, the registration mark, what it broadcasts
// as Remote ID, the address of its transponder. Whatever comes under any of them is about the one aircraft.
//
// An id of an entry is never another one's other name. Of two entries that claim one name the one with the lower id has
// it: the register refuses that, but the picture must not depend on the order in which it was told.

// names are the other names in force, and who claims them.
type names struct {
	of     map[lowsky.AircraftID]lowsky.AircraftID
	claims map[lowsky.AircraftID][]lowsky.AircraftID // ascending
	// transponder is by trafficKey.
	transponder map[string]lowsky.AircraftID
	addresses   map[string][]lowsky.AircraftID
	// disputed are other names under which something flies elsewhere than the aircraft: see feed.go.
	disputed map[lowsky.AircraftID]bool
}

func newNames() names {
	return names{
		of: map[lowsky.AircraftID]lowsky.AircraftID{}, claims: map[lowsky.AircraftID][]lowsky.AircraftID{},
		transponder: map[string]lowsky.AircraftID{}, addresses: map[string][]lowsky.AircraftID{},
		disputed: map[lowsky.AircraftID]bool{},
	}
}

// canonical answers the id of the aircraft that reports under id.
func (e *Engine) canonical(id lowsky.AircraftID) lowsky.AircraftID {
	if len(e.names.of) > 0 {
		if own, ok := e.names.of[id]; ok && !e.names.disputed[id] {
			return own
		}
	}
	return id
}

// enrol puts an entry into the register, or takes the one of that id out (a nil), and answers the names that belong to
// another aircraft now than before.
func (e *Engine) enrol(id lowsky.AircraftID, a *lowsky.Aircraft) (moved []lowsky.AircraftID) {
	var before, after []lowsky.AircraftID
	var was, is string
	if old := e.register[id]; old != nil {
		before, was = old.OtherIDs(), trafficKey(old.ICAOAddress)
	}
	if a != nil {
		after, is = a.OtherIDs(), trafficKey(a.ICAOAddress)
		e.register[id] = a
	} else {
		delete(e.register, id)
	}
	n := &e.names
	if was != is {
		claimName(n.addresses, was, id, false)
		claimName(n.addresses, is, id, true)
		for _, k := range [...]string{was, is} {
			if by := n.addresses[k]; k != "" && len(by) > 0 {
				n.transponder[k] = by[0]
			} else {
				delete(n.transponder, k)
			}
		}
	}
	for _, x := range before {
		claimName(n.claims, x, id, false)
	}
	for _, x := range after {
		claimName(n.claims, x, id, true)
	}
	for _, x := range slices.Concat([]lowsky.AircraftID{id}, before, after) {
		old := n.of[x]
		if by := n.claims[x]; len(by) > 0 && e.register[x] == nil {
			n.of[x] = by[0]
		} else {
			delete(n.of, x)
		}
		if n.of[x] != old {
			delete(n.disputed, x) // somebody has looked at it
			if !slices.Contains(moved, x) {
				moved = append(moved, x)
			}
		}
	}
	return moved
}

// claimName notes that an aircraft claims a name, or no longer does.
func claimName[K ~string](claims map[K][]lowsky.AircraftID, name K, id lowsky.AircraftID, on bool) {
	if name == "" {
		return
	}
	by := claims[name]
	i, found := slices.BinarySearch(by, id)
	switch {
	case on && !found:
		claims[name] = slices.Insert(slices.Clip(by), i, id)
	case !on && found:
		if by = slices.Delete(by, i, i+1); len(by) == 0 {
			delete(claims, name)
		} else {
			claims[name] = by
		}
	}
}

// merge makes what is known under another name the aircraft's own. The track under that name goes; its open alerts end as
// merged and go on as the aircraft's, with all that people did: a name in the register must neither end an alert nor
// forget an aircraft that is missed.
func (e *Engine) merge(other lowsky.AircraftID) {
	own := e.canonical(other)
	if own == other {
		return
	}
	if x := e.byID[other]; x != nil {
		e.unite(x, own)
	}
	if from := e.objects[lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(other)}]; from != nil {
		for _, a := range slices.Clone(from.alerts) {
			if a.State != lowsky.AlertResolved {
				e.carry(a, e.object(lowsky.Object{Kind: lowsky.ObjectAircraft, ID: string(own)}))
			}
		}
	}
	for _, o := range slices.Clone(e.pairs.of[string(other)]) {
		e.mergePair(o, other, own)
	}
	if t := e.byID[own]; t != nil {
		e.released(t)
		e.markTrack(t)
	}
}

// mergePair moves the alerts of a pair to the pair under the aircraft's own name. Those of an aircraft with itself end.
func (e *Engine) mergePair(o *object, other, own lowsky.AircraftID) {
	m := *o.pair
	for i := range m {
		if m[i].kind == lowsky.ObjectAircraft && m[i].id == string(other) {
			m[i].id = string(own)
		}
	}
	if m[0].key() > m[1].key() {
		m[0], m[1] = m[1], m[0]
	}
	var to *object
	for _, a := range slices.Clone(o.alerts) {
		if a.State == lowsky.AlertResolved {
			continue
		}
		if to == nil && m[0] != m[1] {
			if to = e.pairObject(m[0], m[1]); to != nil {
				to.round = e.pairs.round // the pass under way looked for the pair under its old name
			}
		}
		e.carry(a, to)
	}
}

// unite ends the track under another name. Of the two estimates the one heard last is kept: an aircraft that was last
// heard under its other name, and is missed, is missed.
func (e *Engine) unite(x *track, own lowsky.AircraftID) {
	t := e.byID[own]
	if t == nil {
		t = e.newTrack(own)
	}
	if t.ReceivedAt.IsZero() || x.ReceivedAt.After(t.ReceivedAt) {
		s, was := x.source, t.source
		e.leave(x)
		e.leave(t)
		slot, object, entry, dirty := t.slot, t.object, t.entry, t.dirty
		*t = *x
		t.ID, t.slot, t.object, t.entry, t.dirty, t.source = own, slot, object, entry, dirty, nil
		t.round = 0 // the snapshot under way has it under its other name
		x.feed, x.others = feed{}, nil
		if s != nil {
			e.join(t, s)
		}
		e.dropDirect(was)
		if e.startedAt.IsZero() {
			e.restored = append(e.restored, t)
		}
	}
	e.drop(x)
	e.markTrack(t)
}

// carry ends an alert as merged and lets it go on on another object, with what it rests on and what people did. An alert
// that is open there goes on itself; one that merely suspects gives way to one that fires. to is nil where there is nothing
// it could go on about.
func (e *Engine) carry(a *alert, to *object) {
	if to != nil {
		b := to.find(a.Hazard, a.Subject)
		switch {
		case b != nil && b.State != lowsky.AlertResolved && (b.State == lowsky.AlertFiring || a.State == lowsky.AlertPending):
			if b.Previous == "" {
				b.Previous = a.ID
			}
			b.takeOver(a)
			e.mark(b)
		default:
			if b != nil && b.State != lowsky.AlertResolved {
				e.carry(b, nil)
			}
			if b != nil {
				to.remove(b)
			}
			e.continueOn(a, to)
		}
	}
	e.resolve(a, lowsky.ResolvedMerged)
}

// takeOver adds what another alert on the same rests on, where that is worse: the severity of what ends as merged must not
// be lost. A closed one reopens by it, as it does whenever its severity rises.
func (b *alert) takeOver(a *alert) {
	if a.State != lowsky.AlertFiring && b.State == lowsky.AlertFiring {
		return
	}
	for _, c := range a.from {
		if old := b.contribution(c.rule); old == nil {
			b.from = append(b.from, c)
		} else if c.solid > old.solid && (c.found || c.frozen != "") {
			*old = c
		}
	}
	if b.worst.rule == nil || a.worst.rule != nil && a.worst.solid > b.worst.solid {
		b.worst = a.worst
	}
	b.include(a.Jurisdictions)
	b.judged, b.patient = true, max(a.patient, b.patient)
}

// continueOn makes a new alert of an open one on another object.
func (e *Engine) continueOn(a *alert, to *object) {
	b := e.newAlert(to, a.Hazard, a.Subject)
	whose := b.Alert
	*b = alert{
		Alert: a.Alert, obj: to, from: slices.Clone(a.from), worst: a.worst, patient: a.patient, lowSince: a.lowSince,
		lowLast: a.lowLast, lowCount: a.lowCount, closedAt: a.closedAt, zoneActive: a.zoneActive, outside: a.outside, claim: a.claim,
		handled: a.handledRev != 0 || a.handled,
	}
	b.ID, b.AlertKey, b.Rev, b.Previous, b.Parent, b.Folded = whose.ID, whose.AlertKey, 0, a.ID, "", 0
	b.AircraftName, b.Scenario, b.Demo, b.Organisation, b.Partners = whose.AircraftName, whose.Scenario, whose.Demo, whose.Organisation, whose.Partners
	b.Reports = slices.Clone(a.Reports)
	b.Handling.Comments, b.Handling.Transfers = slices.Clone(a.Handling.Comments), slices.Clone(a.Handling.Transfers)
	b.include(whose.Jurisdictions)
	if b.Owner == "" && !b.touched() {
		b.Owner = whose.Owner
	}
	to.alerts = append(to.alerts, b)
	e.addOpen(b)
	if to.ref.Kind == lowsky.ObjectAircraft && to.track == nil {
		e.orphans = append(e.orphans, b)
	}
	e.mark(b)
}

// Registered aircraft that are seen by their transponder.
const (
	ownLive   = 15 * time.Second // its own reports stand for it this long
	ownWithin = lowsky.Metres(500)
	ownHeight = lowsky.Metres(200)
	ownTime   = 5 * time.Second
	// ownAgain is how long traffic that was elsewhere must be with the aircraft before it counts as the aircraft after all:
	// whatever is crewed and comes near has passed by then.
	ownAgain = time.Minute
)

// isOwn reports whether traffic is the aircraft: by its id, or by the address of its transponder. What has been seen
// where the aircraft was not goes by a wrong address, and is near it when that matters most.
func (e *Engine) isOwn(t *track, x *traffic) bool {
	k := trafficKey(x.report.Traffic)
	return trafficKey(string(t.ID)) == k || e.names.transponder[k] == t.ID && x.notOwn != t.ID
}

// seenOwn answers the live track of the registered aircraft whose address a report of traffic has, and whether it can be
// the aircraft itself: then it is no crewed traffic, and the aircraft's own reports say better where it is. It cannot
// where it is far from the aircraft, flies at another height or faster: whoever registers the address of an airliner must
// not hide that. Nil where the report is of something else, or stands alone for the aircraft.
func (e *Engine) seenOwn(m *lowsky.TrafficReport, at time.Time) (t *track, can bool) {
	id, ok := e.names.transponder[trafficKey(m.Traffic)]
	if !ok {
		return nil, false
	}
	t = e.byID[id]
	if t == nil || !t.hasPoint || e.now.Sub(t.ReceivedAt) > ownLive {
		return nil, false
	}
	fastest := 2 * max(classSpeed(t.entry), t.pace)
	if m.GroundSpeed.Or(0) > fastest+10 {
		return t, false
	}
	for _, d := range [...]lowsky.Datum{lowsky.Ellipsoid, lowsky.AMSL} {
		is, seen := t.previous.Position.At(d), m.Position.At(d)
		if is.OK && seen.OK && math.Abs(float64(is.Value-seen.Value)) > float64(ownHeight) {
			return t, false
		}
	}
	dt := math.Abs(at.Sub(t.previous.At).Seconds()) + ownTime.Seconds()
	return t, airspace.Distance(t.previous.Position, m.Position) <= ownWithin+lowsky.Metres(float64(fastest)*dt)
}

// isSeen keeps whether traffic by the address of t has been seen where t was not, and reports whether it still counts as
// something else.
func (x *traffic) isSeen(t *track, can bool, now time.Time) (other bool) {
	switch {
	case !can:
		x.notOwn, x.withOwn = t.ID, time.Time{}
	case x.notOwn != t.ID:
	case x.withOwn.IsZero():
		x.withOwn = now
	case now.Sub(x.withOwn) >= ownAgain:
		x.notOwn = ""
	}
	return x.notOwn == t.ID
}

// forgetOwn ends what was made of a registered aircraft as if it were crewed traffic.
func (e *Engine) forgetOwn(x *traffic) {
	key := member{lowsky.ObjectTraffic, x.id}.key()
	for _, o := range slices.Clone(e.pairs.of[key]) {
		for _, a := range o.alerts {
			e.resolve(a, lowsky.ResolvedMerged)
		}
	}
	e.dropTraffic(x)
}
