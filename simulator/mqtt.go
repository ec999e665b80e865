package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// Broker is where a Publisher sends a run.
type Broker struct {
	URL      string // "tcp://127.0.0.1:1883", "ssl://…"
	ClientID string // "" is "lowsky-simulator"
	Username string
	Password string
	TLS      *tls.Config   // nil: the system's roots
	Timeout  time.Duration // for connecting and for each acknowledgement; 0 is 10 s
	// Lost is told when the connection breaks, Back when it stands again; nil: nobody is. They are called from another
	// goroutine.
	Lost func(error)
	Back func()
}

// inFlight is how many messages may wait for their acknowledgement.
const inFlight = 512

// Publisher publishes a run over one MQTT connection. The connection comes back by itself after a loss; what was
// published meanwhile is sent then. It is not safe for concurrent use.
type Publisher struct {
	client  mqtt.Client
	timeout time.Duration
	done    <-chan struct{} // of the context that it was made with: nothing is waited for any more; nil: never
	stalled bool
	givenUp int
	pending []mqtt.Token // in the order in which they were published
}

// Connect opens the connection, or answers why it could not within ctx and the timeout. When ctx ends later, Publish waits
// for nothing any more.
func Connect(ctx context.Context, b Broker) (*Publisher, error) {
	if b.ClientID == "" {
		b.ClientID = "lowsky-simulator"
	}
	if b.Timeout <= 0 {
		b.Timeout = 10 * time.Second
	}
	o := mqtt.NewClientOptions().AddBroker(b.URL).SetClientID(b.ClientID).SetUsername(b.Username).SetPassword(b.Password).
		SetConnectTimeout(b.Timeout).SetAutoReconnect(true).SetMaxReconnectInterval(5 * time.Second).SetCleanSession(true).
		SetStore(mqtt.NewOrderedMemoryStore()) // what was not acknowledged is sent again in its order
	if b.TLS != nil {
		o.SetTLSConfig(b.TLS)
	}
	if b.Lost != nil {
		o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { b.Lost(err) })
	}
	if b.Back != nil {
		first := true
		o.SetOnConnectHandler(func(mqtt.Client) { // one connection after the other
			if !first {
				b.Back()
			}
			first = false
		})
	}
	p := &Publisher{client: mqtt.NewClient(o), timeout: b.Timeout, done: ctx.Done()}
	token := p.client.Connect()
	timer := time.NewTimer(b.Timeout)
	defer timer.Stop()
	select {
	case <-token.Done():
	case <-ctx.Done():
		p.client.Disconnect(0)
		return nil, ctx.Err()
	case <-timer.C:
		p.client.Disconnect(0)
		return nil, fmt.Errorf("connect to %s: no answer within %s", b.URL, b.Timeout)
	}
	if err := token.Error(); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", b.URL, err)
	}
	return p, nil
}

// Publish sends one message; it is an [Emit]. It waits only while 512 messages are not acknowledged, then for the oldest
// until the timeout. One that is still not acknowledged then counts as given up (a platform whose journal is full does
// not acknowledge, and a fleet does not stop flying for that); from there on nothing is waited for until an
// acknowledgement comes. The error is of this message or of one before: the client refused it.
func (p *Publisher) Publish(topic string, payload []byte, qos byte) error {
	p.pending = append(p.pending, p.client.Publish(topic, qos, Retained(topic), payload))
	for len(p.pending) > 0 {
		oldest := p.pending[0]
		if !settled(oldest) {
			if len(p.pending) <= inFlight {
				return nil
			}
			if p.stalled || !p.settles(oldest) {
				p.stalled = true
				p.givenUp++
				p.pending = p.pending[1:]
				continue
			}
		}
		p.stalled = false
		p.pending = p.pending[1:]
		if err := p.refused(oldest); err != nil {
			return err
		}
	}
	return nil
}

// refused answers why a message is never sent. That it could not be written is no reason: the client keeps one of QoS 1 until
// it is acknowledged, and sends it again on the next connection.
func (p *Publisher) refused(token mqtt.Token) error {
	err := token.Error()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mqtt.ErrNotConnected) || !p.client.IsConnected():
		return err
	case err.Error() == "no message IDs available": // 65,535 wait already
		p.givenUp++
	}
	return nil
}

// settled reports whether the token has an answer.
func settled(token mqtt.Token) bool {
	select {
	case <-token.Done():
		return true
	default:
		return false
	}
}

// settles waits for the token's answer until the timeout, or until the publisher's context ends.
func (p *Publisher) settles(token mqtt.Token) bool {
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	select {
	case <-token.Done():
		return true
	case <-timer.C:
	case <-p.done:
	}
	return false
}

// GivenUp answers how many messages were never acknowledged as far as is known.
func (p *Publisher) GivenUp() int { return p.givenUp }

// closing bounds how long Close waits.
const closing = 2 * time.Second

// Close waits at most 2 s for what is not acknowledged yet and ends the connection. It answers the first error.
func (p *Publisher) Close() error {
	var first error
	timer := time.NewTimer(closing)
	defer timer.Stop()
	for len(p.pending) > 0 {
		select {
		case <-p.pending[0].Done():
			if err := p.refused(p.pending[0]); err != nil && first == nil {
				first = err
			}
			p.pending = p.pending[1:]
			continue
		case <-timer.C:
			p.givenUp += len(p.pending)
			first = errors.Join(first, fmt.Errorf("%d messages were not acknowledged", len(p.pending)))
		}
		break
	}
	p.pending = nil
	p.client.Disconnect(250)
	return first
}

// Retained reports whether messages on a topic are retained: the status of a native gateway is.
func Retained(topic string) bool {
	return strings.HasPrefix(topic, "lowsky/v1/gateway/") && strings.HasSuffix(topic, "/status")
}
