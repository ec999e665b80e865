package ingest

import (
	"net/netip"
	"sync/atomic"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// door decides on connections.
type door interface {
	// admit decides on a connection; nil: refused, and counted against where it came from.
	admit(c connecting) *peer
	// suspicious reports whether so many sign-ins from there fail that the broker looks before it lets one in.
	suspicious(from netip.Addr) bool
	// arrived is told of a peer once the broker could expel it. False: it must go, since it may no longer sign in.
	arrived(p *peer) bool
	left(p *peer) // may be called again
}

// gate decides on what those who are in do.
type gate interface {
	// mayWill is asked about a will at connection time; take asks by itself.
	mayWill(p *peer, topic string) bool
	mayRead(p *peer, filter string) bool
	take(p *peer, topic string, payload []byte, qos byte) verdict
}

// connecting is a connection that wants in.
type connecting struct {
	client    string // MQTT client id
	username  string
	password  []byte
	from      netip.Addr
	anonymous bool // may come in without a credential: the listener is on a loopback address
}

// verdict is what becomes of a published message.
type verdict uint8

const (
	taken     verdict = iota // logged, or done with: acknowledge
	forbidden                // not a topic the sender may publish
	unlogged                 // must not be acknowledged
)

// peer is one connection after it was let in.
type peer struct {
	id        string // whose topics it may use: the credential's id, else the client id
	link      string
	holder    string // who owns the session: the credential's id, "" anonymous
	anonymous bool
	simulator bool
	device    *device // as it was when it signed in; nil for the two above
	from      netip.Addr
	here      atomic.Bool  // between arrived and left
	owed      atomic.Int64 // ns since 1970 of the oldest message without acknowledgement, 0 none
}

func (e *Embedded) admit(c connecting) *peer {
	p := &peer{id: c.client, from: c.from, link: "embedded/" + wire.Clean([]byte(c.client), 64)}
	known := e.known()
	if c.username == e.simulator.id {
		if !isSecret(e.simulator.hash, c.password) {
			e.failed(c.from)
			return nil
		}
		p.simulator, p.holder = true, c.username
		return p
	}
	p.device = known.check(c.username, c.password)
	switch {
	case p.device != nil:
		p.id, p.holder = c.username, c.username
	case c.anonymous && known[c.username] == nil:
		p.anonymous = true
	default:
		e.failed(c.from)
		return nil
	}
	return p
}

// deviceOf answers the device that signed in as it is now, nil if it may no longer.
func (e *Embedded) deviceOf(p *peer) *device {
	if d := e.known()[p.id]; d != nil && !d.revoked && d.hash == p.device.hash {
		return d
	}
	return nil
}

// stays reports whether who was let in would still be.
func (e *Embedded) stays(p *peer) bool { return p.device == nil || e.deviceOf(p) != nil }

func (e *Embedded) arrived(p *peer) bool {
	if p.here.CompareAndSwap(false, true) && p.device != nil {
		p.device.presence.come(e.intake.now().UTC(), p.from)
	}
	return e.stays(p)
}

func (e *Embedded) left(p *peer) {
	if p.here.CompareAndSwap(true, false) && p.device != nil {
		p.device.presence.leave(e.intake.now().UTC())
	}
}

// mayPublish answers whether the peer may publish the topic; see [Embedded].
func (e *Embedded) mayPublish(p *peer, topic string) bool {
	d, id := decoderFor(topic)
	switch {
	case d == nil:
		return false
	case p.anonymous:
		return !e.known().own(id) // who has a credential signs in with it, also on a loopback address
	case p.simulator:
		return true
	}
	switch own := e.deviceOf(p); {
	case own == nil:
		return false
	case id == p.id:
		return own.allows(topic, id)
	default:
		return own.relays() && reports(topic, id) && e.hasAnnounced(p.id, id) && !e.foreign(own, id)
	}
}

func (e *Embedded) mayWill(p *peer, topic string) bool {
	if e.mayPublish(p, topic) {
		return true
	}
	e.refused(p, topic, claimedBy(topic))
	e.intake.forbidden(Arrival{Link: p.link, Simulated: p.simulator, Topic: topic})
	return false
}

func (e *Embedded) mayRead(p *peer, filter string) bool {
	id, ok := downlinkOwner(filter)
	switch {
	case !ok:
		return false
	case p.simulator:
		return true
	case p.anonymous:
		return id == p.id && !e.known().own(id)
	}
	own := e.deviceOf(p)
	return own != nil && (id == p.id || own.relays() && e.hasAnnounced(p.id, id) && !e.foreign(own, id))
}

// vet refuses what a device says about others. A DJI message names its gateway, whose clock and silence are judged by
// it: that has to be who signed in. A list of aircraft must not hold another's.
func (e *Embedded) vet(p *peer, topic string, source lowsky.SourceID, msgs []lowsky.Message) error {
	d, sender := decoderFor(topic)
	unnamed := source == native.Direct(lowsky.AircraftID(sender)) || string(source) == sender
	if d.format == dji.Format && string(source) != p.id && !unnamed {
		e.refused(p, topic, string(source))
		return wire.Refuse(wire.ReasonForbidden, "gateway", "is not the device that signed in")
	}
	for _, m := range msgs {
		switch m := m.(type) {
		case *lowsky.Topology:
			if string(m.Gateway) != p.id || !m.Complete {
				continue
			}
			if anothers := e.announce(p, m.Aircraft); anothers != "" {
				e.refused(p, topic, anothers)
				return wire.Refuse(wire.ReasonForbidden, "sub_devices", "lists an aircraft of another gateway or company")
			}
		case *lowsky.StationReport: // an aircraft in a dock is not missed
			if e.others(p.id, m.Aircraft) {
				e.refused(p, topic, string(m.Aircraft))
				return wire.Refuse(wire.ReasonForbidden, "sub_device", "is an aircraft of another gateway or company")
			}
		case *lowsky.DeviceEvent:
			if e.others(p.id, m.Aircraft) {
				e.refused(p, topic, string(m.Aircraft))
				return wire.Refuse(wire.ReasonForbidden, "sn", "is an aircraft of another gateway or company")
			}
		}
	}
	return nil
}

func (e *Embedded) take(p *peer, topic string, payload []byte, qos byte) verdict {
	a := Arrival{Link: p.link, Simulated: p.simulator, Topic: topic, Payload: payload, QoS: qos}
	if !p.anonymous && !p.simulator {
		a.vet, a.from = e, p
	}
	if !e.stays(p) {
		return unlogged // it is being disconnected
	}
	if !e.mayPublish(p, topic) {
		if d, _ := decoderFor(topic); d == nil && (p.anonymous || p.simulator) {
			_, _, _ = e.intake.Take(a, nil) // counted as an unknown topic, and that is all
			return forbidden
		}
		e.refused(p, topic, claimedBy(topic))
		e.intake.forbidden(a)
		return forbidden
	}
	e.waiting.Add(1)
	defer e.waiting.Add(-1)
	if e.stopping.Load() {
		return unlogged
	}
	receipt, _, err := e.intake.Take(a, e)
	if qos == 0 || err == nil && receipt == nil {
		return taken
	}
	if err == nil {
		if err = receipt.Wait(*e.ctx.Load()); err == nil {
			return taken
		}
		e.intake.notFlushed()
	}
	p.owed.CompareAndSwap(0, e.intake.now().UnixNano())
	return unlogged
}

// retains reports whether a retained message on topic is kept: a gateway's status and nothing else.
func retains(topic string) bool {
	_, ok := native.GatewayOf(topic)
	return ok
}
