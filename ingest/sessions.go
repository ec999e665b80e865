package ingest

import (
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// expelWithin is how long a device that is disconnected has to read why.
const expelWithin = 500 * time.Millisecond

// session is the name of a session inside the broker: a client id is its device's own, so that nobody can take over the
// session of another, nor keep it out by its client id. A client id has no U+0000 (MQTT-1.5.3-2).
func session(holder, client string) string {
	if holder == "" {
		return client
	}
	return holder + "\x00" + client
}

// OnConnect bounds the sessions and client ids, and keeps the keep-alive within what mochi can compute with.
func (m *mochi) OnConnect(cl *mqtt.Client, pk packets.Packet) error {
	if len(cl.ID) > maxClientID {
		_ = m.server.SendConnack(cl, packets.ErrClientIdentifierNotValid, false, nil)
		return packets.ErrClientIdentifierNotValid
	}
	if m.server.Clients.Len() > m.limit { // one is our own
		_, named := m.server.Clients.Get(session(string(pk.Connect.Username), cl.ID))
		if _, known := m.server.Clients.Get(cl.ID); !known && !named {
			return packets.ErrServerBusy
		}
	}
	// mochi adds half to it in 16 bits.
	cl.State.Keepalive = min(cl.State.Keepalive, 43000)
	return nil
}

// OnConnectAuthenticate asks the door.
func (m *mochi) OnConnectAuthenticate(cl *mqtt.Client, pk packets.Packet) bool {
	link, ok := cl.Net.Conn.(*conn)
	if !ok {
		return false
	}
	defer link.endTurn() // what follows may wait for the network
	p := m.door.admit(connecting{client: cl.ID, username: string(pk.Connect.Username), password: pk.Connect.Password,
		from: link.from, anonymous: link.anonymous})
	if p == nil {
		return false
	}
	cl.ID = session(p.holder, cl.ID)
	existing, known := m.server.Clients.Get(cl.ID)
	if known && existing.Net.Inline || !p.simulator && !known && !m.roomFor(p.holder) {
		return false
	}
	if known {
		// Taken over: what the old connection still has under way is sent again over the new one, and its will must
		// not come after what the new one says.
		m.forget(existing)
	}
	link.client = cl
	m.remember(cl, p)
	if !m.door.arrived(p) { // revoked in the meantime: expel saw it, or arrived does
		m.forget(cl)
		return false
	}
	m.room.signed(link)
	return true
}

// ended cleans up after a connection that mochi gave up between CONNECT and the first packet after it: it does not say
// so by OnDisconnect.
func (m *mochi) ended(c *conn) {
	if c.client == nil {
		return
	}
	p := m.peer(c.client)
	if p == nil || !p.here.Load() {
		return
	}
	props := &c.client.Properties
	m.OnDisconnect(c.client, nil, props.ProtocolVersion == 5 && props.Props.SessionExpiryInterval == 0 || props.ProtocolVersion < 5 && props.Clean)
	if m.peer(c.client) == nil {
		m.drop(c.client)
	}
}

// expel disconnects whom out names, sessions and all, and returns when they are out. A device of MQTT 5 is told why; in
// MQTT 3.1.1 a server has no words for it (MQTT-3.14).
func (m *mochi) expel(out func(*peer) bool) int {
	var gone []*mqtt.Client
	m.peers.Range(func(c, p any) bool {
		if out(p.(*peer)) {
			gone = append(gone, c.(*mqtt.Client))
		}
		return true
	})
	by := time.Now().Add(expelWithin)
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(len(gone), 64) { // one that does not read keeps the others from nothing
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(gone)); i = next.Add(1) - 1 {
				m.end(gone[i], by)
			}
		})
	}
	all.Wait()
	return len(gone)
}

// end leaves the will alone: it comes by take, which refuses it now.
func (m *mochi) end(cl *mqtt.Client, by time.Time) {
	if c, ok := cl.Net.Conn.(*conn); ok {
		c.leave(by)
	}
	if cl.Properties.ProtocolVersion == 5 {
		_ = m.server.DisconnectClient(cl, packets.ErrNotAuthorized)
	}
	cl.Stop(packets.ErrNotAuthorized)
	m.drop(cl)
}

func (m *mochi) remember(cl *mqtt.Client, p *peer) {
	m.peers.Store(cl, p)
	m.count(p.holder, 1)
}

func (m *mochi) forget(cl *mqtt.Client) {
	if p, ok := m.peers.LoadAndDelete(cl); ok {
		m.door.left(p.(*peer))
		m.count(p.(*peer).holder, -1)
	}
}

// drop ends a session: what it subscribed to and what was under way to it is forgotten.
func (m *mochi) drop(cl *mqtt.Client) {
	cl.ClearInflights()
	m.server.UnsubscribeClient(cl)
	if kept, ok := m.server.Clients.Get(cl.ID); ok && kept == cl {
		m.server.Clients.Delete(cl.ID)
	}
	m.forget(cl)
}

func (m *mochi) count(holder string, by int) {
	if holder == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held[holder] += by; m.held[holder] <= 0 {
		delete(m.held, holder)
	}
}

// roomFor reports whether a credential may have another session. Where it has too many, those that nobody is connected to
// make room: a device that makes up a new client id each time must not lock itself out.
func (m *mochi) roomFor(holder string) bool {
	full := func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.held[holder] >= maxSessions
	}
	if holder == "" || !full() {
		return true
	}
	m.peers.Range(func(c, p any) bool {
		if cl := c.(*mqtt.Client); p.(*peer).holder == holder && cl.Closed() {
			m.drop(cl)
		}
		return true
	})
	return !full()
}

func (m *mochi) peer(cl *mqtt.Client) *peer {
	p, _ := m.peers.Load(cl)
	known, _ := p.(*peer)
	return known
}
