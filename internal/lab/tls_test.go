package lab

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lowsky/cmd/lowsky/server"
	"lowsky/simulator"
)

// ownCertificate makes a certificate for this machine's loopback address and answers the files.
func ownCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lowsky lab"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// With a certificate the console and the broker speak TLS 1.2 or 1.3, the cookie is Secure and bound to the host, and
// nothing is said in the clear.
func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key := ownCertificate(t)
	p := Start(t, Options{Configure: func(c *server.Config) { c.TLSCert, c.TLSKey, c.MQTTTLSAddr = cert, key, "127.0.0.1:0" }})
	if !strings.HasPrefix(p.HTTP, "https://") || p.MQTTS == "" {
		t.Fatalf("served at %s and %q", p.HTTP, p.MQTTS)
	}
	req, err := http.NewRequest("POST", p.HTTP+"/api/v1/session", strings.NewReader(`{"username":"admin","password":"`+Password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if c := resp.Header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-lowsky=") || !strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Strict") {
		t.Errorf("cookie %q", c)
	}
	if resp.Header.Get("Strict-Transport-Security") == "" || resp.TLS == nil || resp.TLS.Version < tls.VersionTLS12 {
		t.Errorf("TLS %+v, headers %v", resp.TLS, resp.Header)
	}
	if r, err := http.Get("http://" + strings.TrimPrefix(p.HTTP, "https://") + "/livez"); err == nil {
		if r.Body.Close(); r.StatusCode == http.StatusOK {
			t.Error("the port answers in the clear")
		}
	}
	roots := trusting(t, cert).(*http.Transport).TLSClientConfig
	old := roots.Clone()
	old.MaxVersion = tls.VersionTLS11
	if c, err := tls.Dial("tcp", strings.TrimPrefix(p.HTTP, "https://"), old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is spoken")
	}
	var made struct {
		Secret string `json:"secret"`
	}
	p.Do(t, "POST", "/api/v1/devices", map[string]any{"id": "tls-1", "kind": "aircraft", "organisation_id": "xianning"}, &made)
	sign := func(secret string) (*simulator.Publisher, error) {
		return simulator.Connect(context.Background(), simulator.Broker{URL: "ssl://" + p.MQTTS, ClientID: "tls-1", Username: "tls-1", Password: secret, TLS: roots})
	}
	// On a loopback address a name that the broker does not know yet is nobody's, and let in as such.
	Eventually(t, 5*time.Second, func() string { return "the broker knows the device" }, func() bool {
		wrong, err := sign("wrong")
		if err == nil {
			wrong.Close()
		}
		return err != nil
	})
	pub, err := sign(made.Secret)
	if err != nil {
		t.Fatal(err)
	}
	defer pub.Close()
	f := Flight{ID: "tls-1", Longitude: lonXianan, Latitude: latXianan, Fields: map[string]any{"height_agl_m": 50}}
	if err := pub.Publish("lowsky/v1/telemetry/tls-1", f.Report(0, time.Now()), 1); err != nil {
		t.Fatal(err)
	}
	Eventually(t, 5*time.Second, func() string { return "its track" }, func() bool {
		status, _ := p.Try(t, "GET", "/api/v1/tracks/tls-1", nil, nil)
		return status == 200
	})
	health := exec.Command(Binary(t), "health")
	health.Env = append(os.Environ(), "LOWSKY_HTTP_ADDR="+strings.TrimPrefix(p.HTTP, "https://"), "LOWSKY_TLS_CERT="+cert)
	if out, err := health.CombinedOutput(); err != nil {
		t.Errorf("health: %v: %s", err, out)
	}
}
