package ingest

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"runtime"
	"time"
)

const (
	maxHandshakes = 2048 // that compute, or wait for the client's answer
	maxHello      = 16 << 10
)

// secure does the handshakes of a TLS listener. They are bounded in number, and what they compute takes at most half of
// the processors: everything else goes on.
type secure struct {
	config *tls.Config
	underWay,
	compute chan struct{}
}

// newSecure takes a configuration with a certificate. TLS 1.2 is the least.
func newSecure(c *tls.Config) (*secure, error) {
	if c == nil || len(c.Certificates) == 0 && c.GetCertificate == nil && c.GetConfigForClient == nil {
		return nil, fmt.Errorf("MQTT over TLS needs a certificate")
	}
	s := &secure{config: c.Clone(), underWay: make(chan struct{}, maxHandshakes), compute: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
	s.config.MinVersion = max(s.config.MinVersion, tls.VersionTLS12)
	given := c.GetConfigForClient
	s.config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if err := hello.Conn.(*slot).take(hello.Context()); err != nil {
			return nil, err
		}
		if given == nil {
			return nil, nil
		}
		other, err := given(hello)
		if other != nil && other.MinVersion < tls.VersionTLS12 {
			other = other.Clone()
			other.MinVersion = tls.VersionTLS12
		}
		return other, err
	}
	return s, nil
}

// handshake puts TLS over the connection.
func (s *secure) handshake(c *conn) error {
	hello, err := c.readWhole(helloSize)
	if err != nil {
		return err
	}
	c.endTurn()
	s.underWay <- struct{}{}
	defer func() { <-s.underWay }()
	_ = c.tcp.SetDeadline(time.Now().Add(connectWithin))
	raw := &slot{Conn: c.tcp, hello: hello, compute: s.compute}
	defer raw.release()
	over := tls.Server(raw, s.config)
	if err := over.HandshakeContext(context.Background()); err != nil {
		return err
	}
	c.Conn = over
	return c.tcp.SetDeadline(time.Time{})
}

// helloSize answers how many bytes the record of a client's first message takes (RFC 8446, 5.1).
func helloSize(b []byte) (int, bool) {
	const handshake = 22
	if len(b) > 0 && b[0] != handshake || len(b) > 1 && b[1] != 3 {
		return 0, false
	}
	if len(b) < 5 {
		return 0, true
	}
	length := int(binary.BigEndian.Uint16(b[3:]))
	return 5 + length, length <= maxHello
}

// slot is a connection during its handshake: from the first message of the client to the answer it holds one of the few
// places to compute, but never while it waits for the network.
type slot struct {
	net.Conn
	hello   []byte // read already
	compute chan struct{}
	held    bool // the handshake's goroutine alone
}

// take waits for a place. The client is not to blame for that time.
func (s *slot) take(ctx context.Context) error {
	select {
	case s.compute <- struct{}{}:
		s.held = true
		return s.SetDeadline(time.Now().Add(connectWithin))
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slot) release() {
	if s.held {
		s.held = false
		<-s.compute
	}
}

// Read comes to the network when the answer is on its way.
func (s *slot) Read(b []byte) (int, error) {
	if len(s.hello) > 0 {
		n := copy(b, s.hello)
		s.hello = s.hello[n:]
		return n, nil
	}
	s.release()
	return s.Conn.Read(b)
}
