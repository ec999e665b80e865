package ingest

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lowsky"
)

// startBoth runs a broker with and without TLS until the test ends.
func startBoth(t testing.TB, l log, c EmbeddedConfig) *Embedded {
	t.Helper()
	c.Intake, c.Logger = newTestIntake(l), slog.New(slog.DiscardHandler)
	e, err := NewEmbedded(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Run does not return")
		}
	})
	eventually(t, "the broker serves", func() bool { return e.Ready() == nil })
	return e
}

func securePort(e *Embedded) string {
	_, p, _ := net.SplitHostPort(e.TLSAddr().String())
	return p
}

// certificate answers what GetCertificate needs, changeable.
type certificate struct {
	atomic.Pointer[tls.Certificate]
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.Load(), nil }

func (c *certificate) read(t testing.TB, a *authority, name string) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(a.path(name+".crt"), a.path(name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	c.Store(&pair)
}

func pool(t testing.TB, a *authority) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(a.path("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(pem)
	return p
}

// TestOverTLS: the same broker behind TLS: a device signs in, publishes, is revoked; a plain address beside it stays
// what it is; a new certificate is taken without a restart.
func TestOverTLS(t *testing.T) {
	ca := newAuthority(t)
	ca.issue("broker", ca)
	ca.issue("renewed", ca)
	var cert certificate
	cert.read(t, ca, "broker")
	l := &fakeLog{}
	e := startBoth(t, l, EmbeddedConfig{Address: "127.0.0.1:0", TLSAddress: "0.0.0.0:0", TLS: &tls.Config{GetCertificate: cert.get}, Devices: fourKinds})
	for _, version := range []string{"mqttv311", "mqttv5"} {
		out, err := mosquittoPub(t, "-p", securePort(e), "--cafile", ca.path("ca.crt"), "-V", version, "-u", "AC1", "-P", "a", "-q", "1", "-t", "lowsky/v1/telemetry/AC1", "-m", here)
		if err != nil || !strings.Contains(out, "received PUBACK") {
			t.Errorf("%v: %s", err, out)
		}
	}
	if n := l.on("lowsky/v1/telemetry/AC1"); n != 2 {
		t.Errorf("%d taken", n)
	}
	if out, err := mosquittoPub(t, "-p", securePort(e), "--cafile", ca.path("ca.crt"), "-t", "lowsky/v1/telemetry/x", "-m", here); err == nil {
		t.Errorf("anonymous on an address that others reach, because another address is a loopback one: %s", out)
	}
	if out, err := mosquittoPub(t, "-p", port(e), "-t", "lowsky/v1/telemetry/x", "-m", here); err != nil {
		t.Errorf("anonymous on the loopback address: %s", out)
	}

	c := dialTLS(t, e, &tls.Config{RootCAs: pool(t, ca)})
	body := append(text("MQTT"), 5, 0b11000010, 0, 60, 0)
	for _, s := range []string{"five", "AC1", "a"} {
		body = append(body, text(s)...)
	}
	send(t, c, 0x10, body)
	r := bufio.NewReader(c)
	if p := packet(t, r); p[0] != 0x20 || p[2] != 0 {
		t.Fatalf("CONNACK % x", p)
	}
	e.SetDevices(nil)
	if p := packet(t, r); p[0] != 0xe0 || p[1] != 0x87 {
		t.Errorf("DISCONNECT % x", p)
	}
	if _, err := r.ReadByte(); err == nil {
		t.Error("still open")
	}

	cert.read(t, ca, "renewed")
	if name := dialTLS(t, e, &tls.Config{RootCAs: pool(t, ca)}).(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName; name != "renewed" {
		t.Errorf("the certificate is still %q", name)
	}
	old, err := tls.Dial("tcp", "127.0.0.1:"+securePort(e), &tls.Config{RootCAs: pool(t, ca), MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if err == nil {
		t.Errorf("TLS version %x is spoken", old.ConnectionState().Version)
	}
	if c, err := tls.Dial("tcp", "127.0.0.1:"+securePort(e), &tls.Config{RootCAs: pool(t, ca), MaxVersion: tls.VersionTLS12}); err != nil {
		t.Errorf("TLS 1.2: %v", err)
	} else {
		_ = c.Close()
	}
}

func dialTLS(t testing.TB, e *Embedded, c *tls.Config) net.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", "127.0.0.1:"+securePort(e), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// TestGarbageOnTheTLSPort: what is no TLS is closed, soon, and takes nobody's place.
func TestGarbageOnTheTLSPort(t *testing.T) {
	ca := newAuthority(t)
	ca.issue("broker", ca)
	var cert certificate
	cert.read(t, ca, "broker")
	e := startBoth(t, &fakeLog{}, EmbeddedConfig{TLSAddress: "127.0.0.1:0", TLS: &tls.Config{GetCertificate: cert.get}, Devices: fourKinds})
	body := append(text("MQTT"), 4, 0b11000010, 0, 60)
	for _, s := range []string{"c", "AC1", "a"} {
		body = append(body, text(s)...)
	}
	plain := append([]byte{0x10, byte(len(body))}, body...)
	for name, bytes := range map[string][]byte{
		"plain MQTT": plain, "HTTP": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "zeroes": make([]byte, 4096), "a long hello": append([]byte{0x16, 3, 1, 0x40, 0}, make([]byte, 20000)...),
		"an alert": {0x15, 3, 3, 0, 2, 2, 40}, "half a hello": {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}, "nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", "127.0.0.1:"+securePort(e))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = c.Write(bytes)
			answer := make(chan error, 1)
			go func() { _, err := io.Copy(io.Discard, c); answer <- err }()
			select {
			case <-answer:
			case <-time.After(connectWithin + 5*time.Second):
				t.Error("it is not closed")
			}
			if s := e.DeviceStates(); len(s) != 0 {
				t.Errorf("%v", s)
			}
		})
	}
}

// A place to compute in is given back, however the handshake ends.
func TestHandshakesGiveTheirPlaceBack(t *testing.T) {
	ca := newAuthority(t)
	ca.issue("broker", ca)
	var cert certificate
	cert.read(t, ca, "broker")
	e := startBoth(t, &fakeLog{}, EmbeddedConfig{TLSAddress: "127.0.0.1:0", TLS: &tls.Config{GetCertificate: cert.get}, Devices: fourKinds})
	s := e.ports[0].secure
	for i := range 50 {
		c, err := net.Dial("tcp", "127.0.0.1:"+securePort(e))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		switch i % 3 {
		case 0: // it trusts another authority: it ends the handshake in the middle
			_ = tls.Client(c, &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}).Handshake()
		case 1: // it says hello and reads nothing more
			go func() {
				_ = tls.Client(&halfConn{Conn: c}, &tls.Config{RootCAs: pool(t, ca), ServerName: "127.0.0.1"}).Handshake()
			}()
		case 2: // it is gone at once
			_ = c.Close()
		}
	}
	eventually(t, "nobody holds a place while the network is waited for", func() bool { return len(s.compute) == 0 })
	if c := dialTLS(t, e, &tls.Config{RootCAs: pool(t, ca)}); c == nil {
		t.Error("no handshake")
	}
	eventually(t, "the handshakes are over", func() bool { return len(s.underWay) == 0 })
}

// halfConn writes once and never reads.
type halfConn struct{ net.Conn }

func (h *halfConn) Read([]byte) (int, error) { return 0, fmt.Errorf("does not read") }

// TestSilentConnectionsMakeRoom: where every place is taken, those that have not said who they are give way.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	e := startBoth(t, &fakeLog{}, EmbeddedConfig{Address: "0.0.0.0:0", Devices: []lowsky.Device{made("AC1", lowsky.DeviceAircraft, "a")}, MaxConnections: 4})
	for range 4 {
		c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	eventually(t, "all places are taken", func() bool { return e.Connections() == 4 })
	if _, err := connect(t, e, "early", signIn("AC1", "a")); err == nil {
		t.Error("who has only just come is not sent away")
	}
	began := time.Now()
	eventually(t, "a device gets in", func() bool {
		_, err := connect(t, e, "c", signIn("AC1", "a"))
		return err == nil
	})
	if d := time.Since(began); d > connectWithin/2 {
		t.Errorf("after %v", d)
	}
}
