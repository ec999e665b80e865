package ingest

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

const (
	mismatchEvery = 10 * time.Second // at most one record of a device and the id that it claimed
	// maxClaims bounds the ids of one device that are told apart at a time; the rest share manyClaims. maxMismatches
	// bounds those of all devices; past it they are counted as lost.
	maxClaims     = 8
	maxMismatches = 4096
	manyClaims    = "*" // no id
	// settling is how long a gateway that has just connected may report aircraft that it has not announced yet: docks send
	// their first state before their list. The messages are refused all the same.
	settling = time.Minute
)

// mismatches gathers what devices publish in the name of others, so that a device that goes wrong ten times a second
// makes one record in ten seconds.
type mismatches struct {
	mu    sync.Mutex
	pairs map[pair]*mismatch
	of    map[string]int // device → how many of them are its
}

type pair struct{ device, claimed string }

type mismatch struct {
	link  string
	at    time.Time // of the newest record
	since int       // messages after that
	what  lowsky.IdentityMismatch
}

// dueMismatch is a record to be written.
type dueMismatch struct {
	link string
	what lowsky.IdentityMismatch
}

// note counts one message and answers the record that it makes, if it makes one now. False: there are too many pairs.
func (m *mismatches) note(at time.Time, link string, what lowsky.IdentityMismatch) (due []dueMismatch, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pairs == nil {
		m.pairs, m.of = map[pair]*mismatch{}, map[string]int{}
	}
	device := string(what.Device)
	key := pair{device, what.Claimed}
	one := m.pairs[key]
	if one == nil && m.of[device] >= maxClaims {
		key.claimed, what.Claimed = manyClaims, manyClaims
		one = m.pairs[key]
	}
	if one == nil {
		if len(m.pairs) >= maxMismatches {
			return nil, false
		}
		one = &mismatch{}
		m.pairs[key] = one
		m.of[device]++
	}
	one.link, one.what = link, what
	one.since++
	if at.Sub(one.at) >= mismatchEvery {
		due = append(due, one.record(at))
	}
	return due, true
}

func (one *mismatch) record(at time.Time) dueMismatch {
	what := one.what
	what.Count = one.since
	one.at, one.since = at, 0
	return dueMismatch{one.link, what}
}

// due answers the records of what was counted and not told, those older than mismatchEvery or all, and forgets who has
// been quiet for so long.
func (m *mismatches) due(at time.Time, all bool) []dueMismatch {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []dueMismatch
	for key, one := range m.pairs {
		switch old := at.Sub(one.at) >= mismatchEvery; {
		case one.since > 0 && (old || all):
			due = append(due, one.record(at))
		case old:
			delete(m.pairs, key)
			if m.of[key.device]--; m.of[key.device] == 0 {
				delete(m.of, key.device)
			}
		}
	}
	slices.SortFunc(due, func(a, b dueMismatch) int { return compareIDs(a.what, b.what) })
	return due
}

func compareIDs(a, b lowsky.IdentityMismatch) int {
	if a.Device != b.Device {
		return slices.Compare([]byte(a.Device), []byte(b.Device))
	}
	return slices.Compare([]byte(a.Claimed), []byte(b.Claimed))
}

// refused counts a message of a device that signed in and was not its to publish. claimed is the id in whose name it
// is, "" if it names none.
func (e *Embedded) refused(p *peer, topic, claimed string) {
	if p.device == nil {
		return
	}
	p.device.presence.refused.Add(1)
	at := e.intake.now().UTC()
	if claimed == "" || claimed == p.id || e.settles(p, at, topic, claimed) {
		return
	}
	due, ok := e.mismatches.note(at, p.link, lowsky.IdentityMismatch{
		Device: lowsky.DeviceID(p.id), Claimed: wire.Clean([]byte(claimed), maxDeviceID), Topic: wire.Clean([]byte(topic), 128),
		Organisation: p.device.organisation, Jurisdictions: append([]lowsky.JurisdictionID{}, p.device.jurisdictions...),
	})
	if !ok {
		e.intake.sources.mismatchesLost.Add(1)
	}
	for _, d := range due {
		e.intake.mismatch(at, d)
	}
}

// settles reports whether a gateway has just connected and the aircraft that it reports is nobody else's.
func (e *Embedded) settles(p *peer, at time.Time, topic, claimed string) bool {
	return p.device.relays() && reports(topic, claimed) && !e.others(p.id, lowsky.AircraftID(claimed)) && at.Sub(p.device.presence.last()) < settling
}

// tellMismatches writes the records that are due, at the end all.
func (e *Embedded) tellMismatches(all bool) {
	at := e.intake.now().UTC()
	for _, d := range e.mismatches.due(at, all) {
		e.intake.mismatch(at, d)
	}
}

// mismatch records that a device spoke as another. It never waits. What the log does not take is counted; the picture
// has had it all the same, unless the log is closing.
func (in *Intake) mismatch(at time.Time, d dueMismatch) {
	in.sources.mismatches.Add(uint64(d.what.Count))
	payload, err := json.Marshal(d.what)
	if err == nil {
		_, err = in.log.Append(lowsky.Record{Kind: lowsky.RecordMismatch, At: at, Link: d.link, Payload: payload}, nil)
	}
	if err != nil {
		in.sources.mismatchesLost.Add(uint64(d.what.Count))
	}
}

// claimedBy answers the id whose topic it is, up or down, valid or not; "" if it is of nobody.
func claimedBy(topic string) string {
	if _, id := decoderFor(topic); id != "" {
		return id
	}
	id, _ := downlinkOwner(topic)
	return id
}
