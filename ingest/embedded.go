package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
)

// broker is what the embedded broker must do for us; mochi does today. It calls back into gate.
type broker interface {
	serve(ln net.Listener) error // returns at once
	publish(topic string, payload []byte, qos byte, retain bool) error
	closeOwed(before time.Time) int // ends connections that have waited for an acknowledgement since before
	connections() int
	online(id string) bool // a device is connected that signed in with this id
	stop() error           // returns when every connection has ended
}

const (
	// MaxPacket is the largest MQTT packet, bytes; a larger one is refused by its fixed header, before it is read.
	MaxPacket = 300 << 10
	// DefaultMaxConnections bounds connections, signed in or not.
	DefaultMaxConnections = 20000
	// owedAtLeast and owedAtMost: a device sends an unacknowledged message again only on a new connection, so one that
	// is owed an acknowledgement is closed, once the log takes messages again, or after a while to try.
	owedAtLeast = time.Second
	owedAtMost  = 30 * time.Second
	drainWithin = 2 * time.Second
	// maxAnnounced bounds the aircraft one gateway may announce.
	maxAnnounced = 64
)

// EmbeddedConfig is what the embedded broker needs.
type EmbeddedConfig struct {
	Address         string // host:port, e.g. 127.0.0.1:1883
	CredentialsFile string // lines of id:sha256hex(secret); needed unless Address is a loopback address
	Intake          *Intake
	Logger          *slog.Logger // slog.Default if nil
	MaxConnections  int          // DefaultMaxConnections if 0
}

// Embedded is the MQTT broker inside the process: MQTT 3.1.1 and 5 over TCP. NewEmbedded opens the port; [Embedded.Run]
// lets devices in, so start it last. A QoS 1 message is acknowledged when the log has it on disk.
//
// On a loopback address devices need no credentials: an anonymous one may publish any uplink topic but those of an id
// that has a credential, and reads the downlink topics of the id that is its client id. Elsewhere a device signs in with its id and secret, publishes the
// uplink topics of that id, osd and state also of aircraft that its topology announced, and reads the downlink topics
// of the same ids. An aircraft is on the list of one gateway at a time. A message that its sender may not publish is counted, not taken and, in MQTT 3.1.1, acknowledged
// (MQTT-3.3.5-2), since the other way to refuse would be to end the connection.
type Embedded struct {
	intake    *Intake
	logger    *slog.Logger
	listener  net.Listener
	broker    broker
	devices   credentials
	anonymous bool
	simulator credential
	stopping  atomic.Bool
	serving   atomic.Bool
	waiting   atomic.Int64                    // messages that wait for the log
	ctx       atomic.Pointer[context.Context] // of that waiting

	mu        sync.RWMutex
	announced map[string]string   // aircraft serial number → the gateway on whose list it is
	listOf    map[string][]string // gateway id → that list; gateways have credentials, so it is bounded
}

type credential struct{ id, secret string }

// NewEmbedded reads the credentials and opens the port. It refuses an address that is not a loopback address without
// credentials. Call Run or Close.
func NewEmbedded(c EmbeddedConfig) (*Embedded, error) {
	local, err := loopback(c.Address)
	if err != nil {
		return nil, err
	}
	e := &Embedded{intake: c.Intake, logger: c.Logger, anonymous: local, announced: map[string]string{}, listOf: map[string][]string{},
		simulator: credential{id: "simulator." + rand.Text(), secret: rand.Text()}}
	if e.logger == nil {
		e.logger = slog.Default()
	}
	if c.CredentialsFile != "" {
		f, err := os.Open(c.CredentialsFile)
		if err != nil {
			return nil, fmt.Errorf("device credentials: %w", err)
		}
		defer f.Close()
		if e.devices, err = readCredentials(f); err != nil {
			return nil, fmt.Errorf("device credentials %s: %w", c.CredentialsFile, err)
		}
	}
	if !local && len(e.devices) == 0 {
		return nil, fmt.Errorf("MQTT address %s can be reached from outside this machine: give a file of device credentials, or a loopback address", c.Address)
	}
	if c.MaxConnections == 0 {
		c.MaxConnections = DefaultMaxConnections
	}
	ln, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("MQTT broker: %w", err)
	}
	e.listener = ln
	if e.broker, err = newMochi(e, c.MaxConnections, e.logger); err != nil {
		ln.Close()
		return nil, fmt.Errorf("MQTT broker: %w", err)
	}
	return e, nil
}

// Addr is where it listens.
func (e *Embedded) Addr() net.Addr { return e.listener.Addr() }

// SimulatorCredential is the simulator's own, random at each start. What it publishes is marked as simulated.
func (e *Embedded) SimulatorCredential() (username, password string) {
	return e.simulator.id, e.simulator.secret
}

// Connections is how many devices are connected.
func (e *Embedded) Connections() int { return e.broker.connections() }

// Ready answers nil while the broker lets devices in.
func (e *Embedded) Ready() error {
	if !e.serving.Load() {
		return fmt.Errorf("MQTT broker is not serving: %w", lowsky.ErrUnavailable)
	}
	return nil
}

// Run serves until ctx ends, and returns when every connection has ended. What waits for the log at that time gets 2 s;
// what comes later, or takes longer, is not acknowledged, so its sender sends it again.
func (e *Embedded) Run(ctx context.Context) error {
	wait, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	e.ctx.Store(&wait)
	if err := e.broker.serve(e.listener); err != nil {
		return errors.Join(fmt.Errorf("MQTT broker: %w", err), e.Close())
	}
	e.serving.Store(true)
	e.logger.Info("MQTT broker serves", "address", e.Addr().String(), "anonymous", e.anonymous, "devices", len(e.devices))
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			e.serving.Store(false)
			e.stopping.Store(true)
			e.drain(tick)
			cancel()
			return e.Close()
		case <-tick.C:
			e.closeOwed()
		}
	}
}

// drain waits until nothing waits for the log, at most drainWithin.
func (e *Embedded) drain(tick *time.Ticker) {
	end := time.NewTimer(drainWithin)
	defer end.Stop()
	tick.Reset(5 * time.Millisecond)
	for e.waiting.Load() > 0 {
		select {
		case <-end.C:
			return
		case <-tick.C:
		}
	}
}

// closeOwed ends connections that are owed an acknowledgement; see owedAtLeast.
func (e *Embedded) closeOwed() {
	now := e.intake.now()
	limit := owedAtMost
	if e.intake.logTakes() {
		limit = owedAtLeast
	}
	if n := e.broker.closeOwed(now.Add(-limit)); n > 0 {
		e.logger.Warn("closed connections that are owed acknowledgements, so that their messages are sent again", "connections", n)
	}
}

// Close ends it without Run.
func (e *Embedded) Close() error {
	e.stopping.Store(true)
	return errors.Join(ignoreClosed(e.listener.Close()), e.broker.stop())
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Publish sends a downlink to the device that reads the topic. Delivery at QoS 1 is the broker's business.
func (e *Embedded) Publish(topic string, payload []byte, qos byte, retain bool) error {
	if !e.serving.Load() {
		return fmt.Errorf("publish %s: %w", topic, lowsky.ErrUnavailable)
	}
	if err := e.broker.publish(topic, payload, qos, retain); err != nil {
		return fmt.Errorf("publish %s: %w", topic, err)
	}
	return nil
}
