package ingest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
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

// broker is what the embedded broker must do for us; mochi does today. It calls back into door and gate.
type broker interface {
	serve(ports []endpoint) error // returns at once
	publish(topic string, payload []byte, qos byte, retain bool) error
	closeOwed(before time.Time) int // ends connections that have waited for an acknowledgement since before
	connections() int
	expel(out func(*peer) bool) int // disconnects those, and returns how many when they are out
	stop() error                    // returns when every connection has ended
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
	Address         string      // host:port, e.g. 127.0.0.1:1883; "": TLS only
	TLSAddress      string      // host:port of MQTT over TLS; "": none
	TLS             *tls.Config // of TLSAddress; give GetCertificate for one that can be renewed
	Devices         []lowsky.Device
	CredentialsFile string // further devices, lines of id:sha256hex(secret); "": none
	Intake          *Intake
	Logger          *slog.Logger // slog.Default if nil
	MaxConnections  int          // DefaultMaxConnections if 0
	// Foreign reports whether an aircraft is registered by somebody for whom a gateway of the organisation may not speak.
	// It is asked on every message that a gateway relays, must not block and may be asked at once by many; nil: none is.
	Foreign func(gateway lowsky.OrganisationID, aircraft lowsky.AircraftID) bool
}

// Embedded is the MQTT broker inside the process: MQTT 3.1.1 and 5 over TCP and TLS. NewEmbedded opens the ports;
// [Embedded.Run] lets devices in, so start it last. A QoS 1 message is acknowledged when the log has it on disk.
//
// On a loopback address devices need no credentials: an anonymous one may publish any uplink topic but those of an id
// that has a credential, and reads the downlink topics of the id that is its client id. Elsewhere a device signs in
// with its id and secret and publishes uplink topics of that id, by its kind: an aircraft its telemetry, a weather
// station and a traffic receiver their one topic, a gateway its own and osd and state of aircraft that its topology
// announced and that are not Foreign; one of the file what a gateway may and more. It reads the downlink topics of the same ids. An aircraft is
// on the list of one gateway at a time. A message that its sender may not publish is counted, not taken and, in MQTT
// 3.1.1, acknowledged (MQTT-3.3.5-2), since the other way to refuse would be to end the connection; one in the name of
// another is also told to the log, as a RecordMismatch.
type Embedded struct {
	intake        *Intake
	logger        *slog.Logger
	ports         []endpoint
	broker        broker
	file          credentials
	devices       atomic.Pointer[devices]
	guard         guard
	signInsFailed atomic.Uint64
	simulator     credential
	isForeign     func(lowsky.OrganisationID, lowsky.AircraftID) bool
	mismatches    mismatches
	stopping      atomic.Bool
	serving       atomic.Bool
	waiting       atomic.Int64                    // messages that wait for the log
	ctx           atomic.Pointer[context.Context] // of that waiting

	setting  sync.Mutex      // held by SetDevices
	shadowed map[string]bool // ids of the file that were in a list too

	mu        sync.RWMutex
	announced map[string]string   // aircraft serial number → the gateway on whose list it is
	listOf    map[string][]string // gateway id → that list; gateways have credentials, so it is bounded
}

type credential struct {
	id, secret string
	hash       [sha256.Size]byte
}

// NewEmbedded reads the credentials and opens the ports. Call Run or Close.
func NewEmbedded(c EmbeddedConfig) (*Embedded, error) {
	e := &Embedded{intake: c.Intake, logger: c.Logger, isForeign: c.Foreign, announced: map[string]string{}, listOf: map[string][]string{},
		shadowed: map[string]bool{}, simulator: credential{id: "simulator." + rand.Text(), secret: rand.Text()}}
	e.simulator.hash = sha256.Sum256([]byte(e.simulator.secret))
	if e.logger == nil {
		e.logger = slog.Default()
	}
	if c.CredentialsFile != "" {
		f, err := os.Open(c.CredentialsFile)
		if err != nil {
			return nil, fmt.Errorf("device credentials: %w", err)
		}
		defer f.Close()
		if e.file, err = readCredentials(f); err != nil {
			return nil, fmt.Errorf("device credentials %s: %w", c.CredentialsFile, err)
		}
	}
	known := e.snapshot(c.Devices, nil)
	e.devices.Store(&known)
	if c.MaxConnections == 0 {
		c.MaxConnections = DefaultMaxConnections
	}
	var err error
	if e.broker, err = newMochi(e, e, c.MaxConnections, e.logger); err != nil {
		return nil, fmt.Errorf("MQTT broker: %w", err)
	}
	if err := e.listen(c); err != nil {
		return nil, errors.Join(fmt.Errorf("MQTT broker: %w", err), e.Close())
	}
	return e, nil
}

// listen opens the ports.
func (e *Embedded) listen(c EmbeddedConfig) error {
	if c.Address == "" && c.TLSAddress == "" {
		return errors.New("neither an address nor one for TLS is given")
	}
	open := func(address string, s *secure) error {
		local, err := loopback(address)
		if err != nil {
			return err
		}
		ln, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		e.ports = append(e.ports, endpoint{Listener: ln, secure: s, anonymous: local})
		return nil
	}
	if c.Address != "" {
		if err := open(c.Address, nil); err != nil {
			return err
		}
	}
	if c.TLSAddress == "" {
		return nil
	}
	s, err := newSecure(c.TLS)
	if err != nil {
		return err
	}
	return open(c.TLSAddress, s)
}

// Addr is where it listens without TLS, nil if it does not.
func (e *Embedded) Addr() net.Addr { return e.addr(false) }

// TLSAddr is where it listens with TLS, nil if it does not.
func (e *Embedded) TLSAddr() net.Addr { return e.addr(true) }

func (e *Embedded) addr(secure bool) net.Addr {
	for _, p := range e.ports {
		if (p.secure != nil) == secure {
			return p.Addr()
		}
	}
	return nil
}

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
	if err := e.broker.serve(e.ports); err != nil {
		return errors.Join(fmt.Errorf("MQTT broker: %w", err), e.Close())
	}
	e.serving.Store(true)
	for _, p := range e.ports {
		e.logger.Info("MQTT broker serves", "address", p.Addr().String(), "tls", p.secure != nil, "anonymous", p.anonymous, "devices", len(e.known()))
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			e.serving.Store(false)
			e.stopping.Store(true)
			e.drain(tick)
			e.tellMismatches(true)
			cancel()
			return e.Close()
		case <-tick.C:
			e.closeOwed()
			e.tellMismatches(false)
			e.guard.tidy(e.intake.now())
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
	var errs []error
	for _, p := range e.ports {
		if err := p.Close(); err != nil && !isClosed(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, e.broker.stop())...)
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }

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
