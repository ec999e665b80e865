package ingest

import (
	"strings"
	"sync/atomic"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// gate is what the broker asks us.
type gate interface {
	// admit decides on a connection; nil: refused.
	admit(c connecting) *peer
	// mayPublish is asked about a will at connection time; take asks by itself.
	mayPublish(p *peer, topic string) bool
	mayRead(p *peer, filter string) bool
	take(p *peer, topic string, payload []byte, qos byte) verdict
}

// connecting is a connection that wants in.
type connecting struct {
	client   string // MQTT client id
	username string
	password []byte
	holder   string // who holds a session with this client id already, "" nobody
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
	owed      atomic.Int64 // ns since 1970 of the oldest message without acknowledgement, 0 none
}

func (e *Embedded) admit(c connecting) *peer {
	p := &peer{id: c.client, link: "embedded/" + wire.Clean([]byte(c.client), 64)}
	switch _, device := e.devices[c.username]; {
	case c.username == e.simulator.id:
		known := credentials{e.simulator.id: hash(e.simulator.secret)}
		if !known.check(c.username, c.password) {
			return nil
		}
		p.simulator, p.holder = true, c.username
	case device:
		if !e.devices.check(c.username, c.password) {
			return nil
		}
		p.id, p.holder = c.username, c.username
	case e.anonymous:
		p.anonymous = true
	default:
		e.devices.check(c.username, c.password) // the same work as for a known id
		return nil
	}
	if c.holder != "" && c.holder != p.holder {
		return nil // nobody takes over the session of another
	}
	return p
}

func (e *Embedded) mayPublish(p *peer, topic string) bool {
	d, id := decoderFor(topic)
	switch {
	case d == nil:
		return false
	case p.anonymous:
		_, own := e.devices[id]
		return !own // who has a credential signs in with it, also on a loopback address
	case p.simulator || id == p.id:
		return true
	case !strings.HasPrefix(topic, "thing/product/"):
		return false
	}
	below := topic[len("thing/product/")+len(id):]
	if below != "/osd" && below != "/state" {
		return false
	}
	return e.hasAnnounced(p.id, id)
}

func (e *Embedded) mayRead(p *peer, filter string) bool {
	id, ok := downlinkOwner(filter)
	if _, own := e.devices[id]; own && p.anonymous {
		return false
	}
	return ok && (p.simulator || id == p.id || !p.anonymous && e.hasAnnounced(p.id, id))
}

func (e *Embedded) hasAnnounced(gateway, aircraft string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	by, ok := e.announced[aircraft]
	return ok && by == gateway
}

// vet refuses what a device says about others. A DJI message names its gateway, whose clock and silence are judged by
// it: that has to be who signed in. A list of aircraft must not hold another's.
func (e *Embedded) vet(p *peer, topic string, source lowsky.SourceID, msgs []lowsky.Message) error {
	d, sender := decoderFor(topic)
	unnamed := source == native.Direct(lowsky.AircraftID(sender)) || string(source) == sender
	if d.format == dji.Format && string(source) != p.id && !unnamed {
		return wire.Refuse(wire.ReasonForbidden, "gateway", "is not the device that signed in")
	}
	for _, m := range msgs {
		switch m := m.(type) {
		case *lowsky.Topology:
			if string(m.Gateway) == p.id && m.Complete && !e.announce(p.id, m.Aircraft) {
				return wire.Refuse(wire.ReasonForbidden, "sub_devices", "lists an aircraft of another gateway")
			}
		case *lowsky.StationReport: // an aircraft in a dock is not missed
			if e.others(p.id, m.Aircraft) {
				return wire.Refuse(wire.ReasonForbidden, "sub_device", "is an aircraft of another gateway")
			}
		case *lowsky.DeviceEvent:
			if e.others(p.id, m.Aircraft) {
				return wire.Refuse(wire.ReasonForbidden, "sn", "is an aircraft of another gateway")
			}
		}
	}
	return nil
}

// others reports whether the aircraft is on the list of another gateway, or has a credential of its own.
func (e *Embedded) others(id string, aircraft lowsky.AircraftID) bool {
	if aircraft == "" || string(aircraft) == id {
		return false
	}
	if _, own := e.devices[string(aircraft)]; own {
		return true
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	holder, held := e.announced[string(aircraft)]
	return held && holder != id
}

// announce remembers which aircraft a gateway says hang on it: a full list takes the place of the one before. Passed
// over are ids with a credential of their own: they speak for themselves. False: the list held an aircraft of another
// gateway that is connected, which has to let it go first; the others count.
func (e *Embedded) announce(gateway string, aircraft []lowsky.AircraftID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	online := map[string]bool{gateway: false} // what it has itself it may have again
	all, list := true, make([]string, 0, len(aircraft))
	for _, a := range aircraft {
		id := string(a)
		if _, own := e.devices[id]; own {
			continue
		}
		if holder, held := e.announced[id]; held {
			if _, asked := online[holder]; !asked {
				online[holder] = e.broker.online(holder)
			}
			if online[holder] {
				all = false
				continue
			}
		}
		if len(list) < maxAnnounced {
			list = append(list, id)
		}
	}
	for _, id := range e.listOf[gateway] {
		if e.announced[id] == gateway {
			delete(e.announced, id)
		}
	}
	for _, id := range list {
		e.announced[id] = gateway
	}
	e.listOf[gateway] = list
	return all
}

func (e *Embedded) take(p *peer, topic string, payload []byte, qos byte) verdict {
	a := Arrival{Link: p.link, Simulated: p.simulator, Topic: topic, Payload: payload, QoS: qos}
	if !p.anonymous && !p.simulator {
		a.vet, a.from = e, p
	}
	if !e.mayPublish(p, topic) {
		if d, _ := decoderFor(topic); d == nil && (p.anonymous || p.simulator) {
			_, _, _ = e.intake.Take(a, nil) // counted as an unknown topic, and that is all
			return forbidden
		}
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
