package ingest

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// device may sign in. It does not change once it is in a snapshot; only its presence does.
type device struct {
	kind          lowsky.DeviceKind // "" of the file: any uplink topic of its own id
	hash          [sha256.Size]byte
	revoked       bool // does not get in, whatever the file says
	organisation  lowsky.OrganisationID
	jurisdictions []lowsky.JurisdictionID
	presence      *presence // outlives the snapshot
}

// devices is one snapshot of who may sign in, by id. It is never changed after it was stored, so nobody locks to read.
type devices map[string]*device

// check answers the device with this id and secret, nil if there is none. It takes as long for an unknown id.
func (d devices) check(id string, secret []byte) *device {
	if len(id) > maxDeviceID {
		id = ""
	}
	var want [sha256.Size]byte
	known := d[id]
	if known != nil {
		want = known.hash
	}
	if !isSecret(want, secret) || known == nil || known.revoked {
		return nil
	}
	return known
}

// own reports whether the id is that of a device that signs in by itself: nobody else may speak for it.
func (d devices) own(id string) bool {
	known := d[id]
	return known != nil && !known.revoked
}

const maxDeviceID = 64

func isSecret(want [sha256.Size]byte, secret []byte) bool {
	got := sha256.Sum256(secret)
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// presence is what is known of a device's connections.
type presence struct {
	refused atomic.Uint64
	mu      sync.Mutex
	open    int
	since   time.Time
	address netip.Addr
}

// last is when its newest connection began.
func (p *presence) last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.since
}

func (p *presence) come(at time.Time, from netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open++
	p.since, p.address = at, from
}

func (p *presence) leave(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open--; p.open == 0 {
		p.since = at
	}
}

func (p *presence) state() lowsky.DeviceState {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := lowsky.DeviceState{Connected: p.open > 0, Since: p.since, Refused: p.refused.Load()}
	if p.address.IsValid() {
		s.Address = p.address.String()
	}
	return s
}

// allows reports whether a device of this kind publishes the topic, which is of its own id.
func (d *device) allows(topic, id string) bool {
	_, telemetry := native.AircraftOf(topic)
	switch d.kind {
	case lowsky.DeviceAircraft:
		return telemetry || reports(topic, id)
	case lowsky.DeviceWeather:
		return topic == native.WeatherTopic(lowsky.SourceID(id))
	case lowsky.DeviceTraffic:
		return topic == native.TrafficTopic(lowsky.SourceID(id))
	case lowsky.DeviceGateway:
		_, observer := native.ObserverOf(topic)
		return !observer
	}
	return true
}

// relays reports whether it may speak for the aircraft that it announced.
func (d *device) relays() bool { return d.kind == "" || d.kind == lowsky.DeviceGateway }

// SetDevices says who may sign in from now on, beside the devices of the file: the whole list, in force at once. Who is
// no longer in it, or has another secret, is disconnected before SetDevices returns, at most half a second later however
// little of it the device reads, and its session and announcements are forgotten.
//
// Of an id that is in the list and in the file, the list's counts, also after it was taken off the list: a device that
// was revoked must not come back by the file. That is remembered until the process ends; a device in the list with a
// RevokedAt keeps the file's out for good. What is no device (no id, no kind) is left out and logged.
func (e *Embedded) SetDevices(list []lowsky.Device) {
	e.setting.Lock()
	defer e.setting.Unlock()
	before := e.known()
	next := e.snapshot(list, before)
	e.devices.Store(&next)
	e.forgetAnnouncements(before, next)
	if n := e.broker.expel(func(p *peer) bool { return !e.stays(p) }); n > 0 {
		e.logger.Info("devices that may no longer sign in were disconnected", "sessions", n)
	}
}

func (e *Embedded) known() devices { return *e.devices.Load() }

// snapshot joins the list with the file's. Callers hold setting.
func (e *Embedded) snapshot(list []lowsky.Device, before devices) devices {
	next := make(devices, len(list)+len(e.file))
	var wrong, shadowed []string
	for i := range list {
		l := &list[i]
		id := string(l.ID)
		if !wire.ValidID(id) || !l.Kind.Valid() {
			wrong = append(wrong, wire.Clean([]byte(id), maxDeviceID))
			continue
		}
		next[id] = &device{kind: l.Kind, hash: l.Hash, revoked: !l.RevokedAt.IsZero(), organisation: l.Organisation,
			jurisdictions: slices.Clone(l.Jurisdictions)}
	}
	for id, hash := range e.file {
		switch _, listed := next[id]; {
		case listed:
			if !e.shadowed[id] {
				e.shadowed[id] = true
				shadowed = append(shadowed, id)
			}
		case e.shadowed[id]:
			next[id] = &device{revoked: true, hash: hash}
		default:
			next[id] = &device{hash: hash}
		}
	}
	for id, d := range next {
		if was := before[id]; was != nil {
			d.presence = was.presence
		} else {
			d.presence = &presence{}
		}
	}
	warn(e.logger, "devices without a usable id or kind are left out", wrong)
	warn(e.logger, "devices of the credentials file are the platform's too: those count, remove the lines", shadowed)
	return next
}

// warn logs some of the ids.
func warn(l *slog.Logger, message string, ids []string) {
	if len(ids) > 0 {
		slices.Sort(ids)
		l.Warn(message, "devices", len(ids), "first", strings.Join(ids[:min(len(ids), 10)], " "))
	}
}

// DeviceStates answers what is known of every device that has been heard since the start and may sign in now, and of
// those refused for good.
func (e *Embedded) DeviceStates() map[lowsky.DeviceID]lowsky.DeviceState {
	states := map[lowsky.DeviceID]lowsky.DeviceState{}
	for id, d := range e.known() {
		if s := d.presence.state(); s != (lowsky.DeviceState{}) {
			states[lowsky.DeviceID(id)] = s
		}
	}
	return states
}
