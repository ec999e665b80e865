package ingest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority makes certificates for one test.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.issue("ca", nil)
	return a
}

// issue writes name.crt and name.key; without a parent it signs itself.
func (a *authority) issue(name string, parent *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	signer, with := tmpl, key
	if parent == nil {
		tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	} else {
		signer, with = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, signer, &key.PublicKey, with)
	if err != nil {
		a.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(a.path(name+file), pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func (a *authority) path(file string) string { return filepath.Join(a.dir, file) }

func TestSubscriberOverTLS(t *testing.T) {
	ca := newAuthority(t)
	ca.issue("broker", ca)
	ca.issue("lowsky", ca)
	other := newAuthority(t)
	// newMosquitto asks by TCP whether it listens; TLS comes after.
	m := newMosquitto(t, "cafile "+ca.path("ca.crt"), "certfile "+ca.path("broker.crt"), "keyfile "+ca.path("broker.key"), "require_certificate true")
	run := func(c SubscriberConfig) *Subscriber {
		t.Helper()
		c.URL, c.Intake, c.Logger = "mqtts://127.0.0.1:"+m.port, newTestIntake(&fakeLog{}), slog.New(slog.DiscardHandler)
		s, err := NewSubscriber(c)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		t.Cleanup(func() { cancel(); <-done })
		return s
	}
	good := run(SubscriberConfig{CAFile: ca.path("ca.crt"), CertFile: ca.path("lowsky.crt"), KeyFile: ca.path("lowsky.key"), ClientID: "good"})
	eventually(t, "subscribed over TLS", func() bool { return good.Ready() == nil })
	stranger := run(SubscriberConfig{CAFile: other.path("ca.crt"), CertFile: ca.path("lowsky.crt"), KeyFile: ca.path("lowsky.key"), ClientID: "x"})
	nameless := run(SubscriberConfig{CAFile: ca.path("ca.crt"), ClientID: "y"})
	for name, s := range map[string]*Subscriber{"a broker of another authority": stranger, "no certificate of our own": nameless} {
		eventually(t, name, func() bool {
			err := s.Ready()
			if err == nil {
				t.Fatalf("%s: connected", name)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.problem != nil && s.problem.Error() != "not connected yet"
		})
	}
}
