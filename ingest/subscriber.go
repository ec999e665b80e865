package ingest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"lowsky"
)

// SubscriberConfig is what a Subscriber needs.
type SubscriberConfig struct {
	// URL of the broker: mqtt:// or tcp://, mqtts://, ssl:// or tls://, ws:// or wss://, with user:password if it asks.
	URL string
	// ClientID is fixed: the broker keeps the session under it while we are away. "lowsky" if empty. Two servers with
	// one id throw each other out.
	ClientID string
	Username string // if not in URL
	Password string
	CAFile   string // PEM; the system's roots if empty
	CertFile string // PEM, with KeyFile: our own certificate
	KeyFile  string
	Intake   *Intake
	Logger   *slog.Logger // slog.Default if nil
}

const (
	// waitingAcks bounds messages that wait for the log. Beyond it the broker is not read: that is the back-pressure.
	waitingAcks   = 16384
	firstRetry    = 500 * time.Millisecond
	longestRetry  = 30 * time.Second
	publishWithin = 5 * time.Second
)

// BrokerPatience is how long the connection to an outside broker may be away before the picture is told: a reconnect at
// the first or second attempt (firstRetry) is no alert. Nobody is heard meanwhile, so it is short. The wiring looks
// each 250 ms and the picture judges it at once, which makes 1.25 s at the most (docs/alert-quality.md).
const BrokerPatience = time.Second

// Subscriber takes messages from an outside broker: MQTT 3.1.1, fixed client id, persistent session, QoS 1. A message
// is acknowledged when the log has it on disk, in the order of arrival. One that the log refuses is not acknowledged;
// the connection is then made anew, so that the broker sends it again.
//
// The broker's own limit of unacknowledged messages (mosquitto: max_inflight_messages, 20 unless set) bounds the
// throughput: set it to 1000 or more.
type Subscriber struct {
	intake  *Intake
	logger  *slog.Logger
	options *paho.ClientOptions
	broker  string // host, for people

	client     atomic.Pointer[paho.Client]
	subscribed atomic.Bool
	mu         sync.Mutex
	problem    error // why it is not ready
}

// NewSubscriber checks the configuration and reads the files it names; it connects in Run.
func NewSubscriber(c SubscriberConfig) (*Subscriber, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return nil, errors.New("MQTT URL: must be like mqtts://user:password@host:8883") // not the URL: it may hold a password
	}
	secure := false
	switch u.Scheme {
	case "mqtt", "tcp":
		u.Scheme = "tcp"
	case "mqtts", "ssl", "tls":
		u.Scheme, secure = "ssl", true
	case "ws":
	case "wss":
		secure = true
	default:
		return nil, fmt.Errorf("MQTT URL: scheme %q is not mqtt, tcp, mqtts, ssl, tls, ws or wss", u.Scheme)
	}
	if u.Port() == "" && u.Scheme == "tcp" {
		u.Host += ":1883"
	} else if u.Port() == "" && u.Scheme == "ssl" {
		u.Host += ":8883"
	}
	if c.ClientID == "" {
		c.ClientID = "lowsky"
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	s := &Subscriber{intake: c.Intake, logger: c.Logger, broker: u.Host}
	s.problem = errors.New("not connected yet")
	o := paho.NewClientOptions()
	if u.User != nil {
		c.Username = u.User.Username()
		if password, ok := u.User.Password(); ok {
			c.Password = password
		}
		u.User = nil
	}
	o.AddBroker(u.String())
	o.SetClientID(c.ClientID).SetUsername(c.Username).SetPassword(c.Password)
	o.SetProtocolVersion(4).SetCleanSession(false)
	o.SetAutoAckDisabled(true)
	o.SetOrderMatters(true)
	o.SetStore(forgetful{})
	o.SetKeepAlive(20 * time.Second).SetPingTimeout(10 * time.Second).SetConnectTimeout(10 * time.Second).SetWriteTimeout(10 * time.Second)
	// Reconnection is ours: a new paho client each time, so that no acknowledgement of an old connection can be taken
	// for one of the new.
	o.SetAutoReconnect(false).SetConnectRetry(false)
	if secure {
		t, err := tlsFrom(c)
		if err != nil {
			return nil, err
		}
		o.SetTLSConfig(t)
	} else if c.CAFile != "" || c.CertFile != "" {
		return nil, errors.New("MQTT URL: certificates are given, but the scheme is not an encrypted one")
	}
	s.options = o
	return s, nil
}

func tlsFrom(c SubscriberConfig) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("MQTT certificate authority: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("MQTT certificate authority %s: holds no PEM certificate", c.CAFile)
		}
	}
	if c.CertFile != "" || c.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("MQTT client certificate: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

// forgetful is a paho store that keeps nothing. What is not acknowledged the broker sends again; kept here it would
// also be handed to us a second time after a reconnect, under a packet id that may meanwhile be another message's.
type forgetful struct{}

func (forgetful) Open()                             {}
func (forgetful) Put(string, packets.ControlPacket) {}
func (forgetful) Get(string) packets.ControlPacket  { return nil }
func (forgetful) All() []string                     { return nil }
func (forgetful) Del(string)                        {}
func (forgetful) Close()                            {}
func (forgetful) Reset()                            {}

// Ready answers nil while we are connected and subscribed, else why not.
func (s *Subscriber) Ready() error {
	if s.subscribed.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Errorf("MQTT broker %s: %w: %w", s.broker, lowsky.ErrUnavailable, s.problem)
}

func (s *Subscriber) down(problem error) {
	s.subscribed.Store(false)
	s.mu.Lock()
	s.problem = problem
	s.mu.Unlock()
}

// Publish sends a downlink and waits at most 5 s for the broker to take it.
func (s *Subscriber) Publish(topic string, payload []byte, qos byte, retain bool) error {
	c := s.client.Load()
	if c == nil || !s.subscribed.Load() {
		return fmt.Errorf("publish %s: %w", topic, lowsky.ErrUnavailable)
	}
	token := (*c).Publish(topic, qos, retain, payload)
	if !token.WaitTimeout(publishWithin) {
		return fmt.Errorf("publish %s: no acknowledgement within %s: %w", topic, publishWithin, lowsky.ErrUnavailable)
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("publish %s: %w", topic, err)
	}
	return nil
}

// Run connects, and connects again after 0.5 s … 30 s whenever the connection is lost, until ctx ends. The session
// stays with the broker.
func (s *Subscriber) Run(ctx context.Context) error {
	retry := firstRetry
	for ctx.Err() == nil {
		began := s.intake.now()
		err := s.session(ctx)
		if ctx.Err() != nil {
			break
		}
		s.down(err)
		s.logger.Warn("MQTT broker: not connected", "broker", s.broker, "error", err, "retry_in", retry)
		if s.intake.now().Sub(began) > longestRetry {
			retry = firstRetry
		}
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
		retry = min(2*retry, longestRetry)
	}
	s.down(errors.New("stopped"))
	return nil
}

// session is the life of one connection.
func (s *Subscriber) session(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	acks := make(chan waiting, waitingAcks)
	replies := make(chan reply, 256)
	var running sync.WaitGroup
	running.Go(func() { s.acknowledge(ctx, cancel, acks) })
	running.Go(func() { s.reply(ctx, replies) })
	defer running.Wait()
	defer cancel(nil)

	o := *s.options
	o.SetConnectionLostHandler(func(_ paho.Client, err error) { cancel(fmt.Errorf("connection lost: %w", err)) })
	o.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
		// It must not wait for anything but the room to wait in.
		receipt, _, err := s.intake.Take(Arrival{Link: s.broker, Topic: m.Topic(), Payload: m.Payload(), QoS: m.Qos()}, queue(replies))
		if m.Qos() == 0 {
			return
		}
		select {
		case acks <- waiting{m, receipt, err}:
		case <-ctx.Done():
		}
	})
	c := paho.NewClient(&o)
	if err := await(ctx, c.Connect()); err != nil {
		c.Disconnect(0)
		return fmt.Errorf("connect: %w", err)
	}
	defer c.Disconnect(250)
	s.client.Store(&c)
	filters := map[string]byte{}
	for _, f := range Filters() {
		filters[f] = 1
	}
	token := c.SubscribeMultiple(filters, nil)
	if err := await(ctx, token); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	for filter, granted := range token.(*paho.SubscribeToken).Result() {
		if granted != 1 {
			return fmt.Errorf("subscribe: the broker refused %s at QoS 1 (answer %d)", filter, granted)
		}
	}
	s.subscribed.Store(true)
	s.logger.Info("MQTT broker: connected and subscribed", "broker", s.broker)
	<-ctx.Done()
	s.subscribed.Store(false)
	return context.Cause(ctx)
}

func await(ctx context.Context, t paho.Token) error {
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
