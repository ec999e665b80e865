package ingest

import (
	"strings"
	"sync/atomic"

	"lowsky"
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
	case p.anonymous || p.simulator || id == p.id:
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
	return ok && (p.simulator || id == p.id || !p.anonymous && e.hasAnnounced(p.id, id))
}

func (e *Embedded) hasAnnounced(gateway, aircraft string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.announced[gateway][aircraft]
}

// announce remembers which aircraft a gateway says hang on it. An id with a credential of its own cannot be claimed.
func (e *Embedded) announce(p *peer, msgs []lowsky.Message) {
	if p.anonymous || p.simulator {
		return // they may publish for any
	}
	for _, m := range msgs {
		t, ok := m.(*lowsky.Topology)
		if !ok || string(t.Gateway) != p.id || !t.Complete {
			continue
		}
		e.mu.Lock()
		for _, a := range t.Aircraft {
			if _, own := e.devices[string(a)]; own {
				continue
			}
			of := e.announced[p.id]
			if of == nil {
				of = map[string]bool{}
				e.announced[p.id] = of
			}
			if len(of) < maxAnnounced {
				of[string(a)] = true
			}
		}
		e.mu.Unlock()
	}
}

func (e *Embedded) take(p *peer, topic string, payload []byte, qos byte) verdict {
	a := Arrival{Link: p.link, Simulated: p.simulator, Topic: topic, Payload: payload, QoS: qos}
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
	receipt, msgs, err := e.intake.Take(a, e)
	e.announce(p, msgs)
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
