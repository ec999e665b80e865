package ingest

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// mochi is the broker. What we rely on was read in v2.7.9, which is pinned:
//   - server.go processPublish: the PUBACK is written after the OnPublish hook returns; ErrRejectPacket ends a publish
//     without one; CodeSuccessIgnore acknowledges and delivers to nobody;
//   - clients.go ReadFixedHeader: MaximumPacketSize is compared with the length in the fixed header, before the payload
//     is read or memory is set aside for it;
//   - server.go sendLWT: a will does not pass OnPublish, only OnWill and OnWillSent.
type mochi struct {
	mqtt.HookBase
	door   door
	gate   gate
	server *mqtt.Server
	peers  sync.Map // *mqtt.Client → *peer; written by remember and forget alone
	mu     sync.Mutex
	held   map[string]int // id of a credential → its connections and kept sessions
	logger *slog.Logger
	limit  int // connections and kept sessions
	room   *room
	kept   atomic.Int64 // retained messages
	ending atomic.Bool
}

const (
	maxSubscriptions = 64    // per connection
	maxSessions      = 64    // per credential, connected or kept: one stolen secret must not use up all there are
	maxRetained      = 10000 // gateway statuses
	maxRetainedBytes = 16    // of one: "online" or "offline"
	sessionKept      = 3600  // s that a session outlives its connection
	maxClientID      = 256   // bytes; it stays in memory with the session
)

func newMochi(d door, g gate, limit int, logger *slog.Logger) (*mochi, error) {
	caps := mqtt.NewDefaultServerCapabilities()
	caps.MaximumPacketSize = MaxPacket
	caps.MaximumClients = int64(limit)
	caps.MaximumClientWritesPending = 128
	caps.MaximumSessionExpiryInterval = sessionKept
	caps.MaximumInflight = 1024
	caps.TopicAliasMaximum = 16
	caps.SharedSubAvailable = 0
	// Acknowledgements carry no properties of the message they answer.
	caps.Compatibilities.NoInheritedPropertiesOnAck = true
	m := &mochi{door: d, gate: g, limit: limit, room: newRoom(limit), logger: logger, held: map[string]int{}}
	m.server = mqtt.New(&mqtt.Options{
		Capabilities: caps,
		InlineClient: true, // for Publish; messages in come from the hook
		// mochi logs whole packets, payload and all; what matters is counted and logged by us.
		Logger:                 slog.New(slog.DiscardHandler),
		SysTopicResendInterval: 3600, // nobody reads $SYS, and each round stops the world for memory figures
	})
	return m, m.server.AddHook(m, nil)
}

func (m *mochi) serve(ports []endpoint) error {
	for _, p := range ports {
		id := "tcp"
		if p.secure != nil {
			id = "tls"
		}
		if err := m.server.AddListener(&listener{endpoint: p, id: id, room: m.room, door: m.door, ended: m.ended, logger: m.logger}); err != nil {
			return err
		}
	}
	return m.server.Serve()
}

func (m *mochi) stop() error {
	if m.ending.Swap(true) {
		return nil
	}
	return m.server.Close()
}

func (m *mochi) connections() int { return m.room.connections() }

func (m *mochi) publish(topic string, payload []byte, qos byte, retain bool) error {
	return m.server.Publish(topic, payload, retain, qos)
}

func (m *mochi) closeOwed(before time.Time) int {
	n := 0
	m.peers.Range(func(c, p any) bool {
		if at := p.(*peer).owed.Load(); at != 0 && at < before.UnixNano() {
			cl := c.(*mqtt.Client)
			atomic.StoreUint32(&cl.Properties.Will.Flag, 0) // it did not die: no will
			cl.Stop(packets.ErrServerUnavailable)
			n++
		}
		return true
	})
	return n
}

// ID names the hook.
func (m *mochi) ID() string { return "lowsky" }

// Provides says which hooks are ours.
func (m *mochi) Provides(b byte) bool {
	switch b {
	case mqtt.OnConnect, mqtt.OnConnectAuthenticate, mqtt.OnSessionEstablish, mqtt.OnACLCheck, mqtt.OnPublish, mqtt.OnSubscribe,
		mqtt.OnDisconnect, mqtt.OnWillSent, mqtt.OnClientExpired, mqtt.OnRetainMessage:
		return true
	}
	return false
}

// OnSessionEstablish takes away a will that its sender may not publish, before it can be sent.
func (m *mochi) OnSessionEstablish(cl *mqtt.Client, pk packets.Packet) {
	p := m.peer(cl)
	if cl.Properties.Will.Flag == 1 && (p == nil || !m.gate.mayWill(p, cl.Properties.Will.TopicName)) {
		cl.Properties.Will = mqtt.Will{}
	}
	cl.Properties.Will.Retain = cl.Properties.Will.Retain && retains(cl.Properties.Will.TopicName)
	if pk.ProtocolVersion == 5 && cl.Properties.Props.SessionExpiryInterval == 0 {
		cl.Properties.Will.WillDelayInterval = 0 // the session ends with the connection, and the will is due then (MQTT-3.1.3-9)
	}
}

// OnACLCheck decides on subscriptions and deliveries. Publications are decided in OnPublish: refused here, mochi would
// end the connection of an MQTT 3.1.1 device.
func (m *mochi) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	if write {
		return true
	}
	p := m.peer(cl)
	return p != nil && m.gate.mayRead(p, topic)
}

// OnSubscribe bounds the subscriptions of a connection.
func (m *mochi) OnSubscribe(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	if have := cl.State.Subscriptions.Len(); have+len(pk.Filters) > maxSubscriptions {
		for i := range pk.Filters {
			pk.Filters[i].Filter = "" // refused as an invalid filter
		}
	}
	return pk
}

// OnPublish is where messages come in. It returns when the log has the message, and the acknowledgement follows.
func (m *mochi) OnPublish(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	if cl.Net.Inline {
		return pk, nil // a downlink of ours
	}
	p := m.peer(cl)
	if p == nil {
		return pk, packets.ErrRejectPacket
	}
	switch m.gate.take(p, pk.TopicName, pk.Payload, pk.FixedHeader.Qos) {
	case forbidden:
		if pk.ProtocolVersion == 5 && pk.FixedHeader.Qos == 1 {
			return pk, packets.ErrNotAuthorized
		}
		return pk, packets.CodeSuccessIgnore
	case unlogged:
		return pk, packets.ErrRejectPacket
	}
	pk.FixedHeader.Retain = pk.FixedHeader.Retain && retains(pk.TopicName) && len(pk.Payload) <= maxRetainedBytes &&
		(m.kept.Load() < maxRetained || len(pk.Payload) == 0)
	pk.Ignore = !pk.FixedHeader.Retain // no device reads what another sends up
	return pk, nil
}

// OnRetainMessage follows how many are kept.
func (m *mochi) OnRetainMessage(_ *mqtt.Client, _ packets.Packet, _ int64) {
	m.kept.Store(int64(m.server.Topics.Retained.Len()))
}

// OnWillSent takes a will in, like any message.
func (m *mochi) OnWillSent(cl *mqtt.Client, pk packets.Packet) {
	if p := m.peer(cl); p != nil && !m.ending.Load() {
		m.gate.take(p, pk.TopicName, pk.Payload, 0)
	}
}

// OnDisconnect forgets a connection whose session ends with it.
func (m *mochi) OnDisconnect(cl *mqtt.Client, _ error, expire bool) {
	if expire || cl.IsTakenOver() {
		m.forget(cl)
		return
	}
	if p := m.peer(cl); p != nil {
		p.owed.Store(0)
		m.door.left(p)
	}
}

// OnClientExpired forgets a session; mochi would leave its subscriptions behind.
func (m *mochi) OnClientExpired(cl *mqtt.Client) {
	m.server.UnsubscribeClient(cl)
	m.forget(cl)
}
