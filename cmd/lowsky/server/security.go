package server

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"lowsky/identity"
)

// checkSecurity refuses what would put secrets on the network in the clear, and half of a setting that has two halves.
func (c *Config) checkSecurity() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("LOWSKY_TLS_CERT and LOWSKY_TLS_KEY belong together: give both or none")
	}
	if !loopback(c.HTTPAddr) && !c.secure() && c.Plaintext != "on" {
		return fmt.Errorf("LOWSKY_HTTP_ADDR=%s can be reached from other machines, without TLS: give LOWSKY_TLS_CERT and LOWSKY_TLS_KEY, or the https origin of a proxy in LOWSKY_HTTP_ORIGINS, or say LOWSKY_PLAINTEXT=on", c.HTTPAddr)
	}
	if c.MQTTTLSAddr != "" {
		switch {
		case c.TLSCert == "":
			return fmt.Errorf("LOWSKY_MQTT_TLS_ADDR needs LOWSKY_TLS_CERT and LOWSKY_TLS_KEY")
		case c.MQTTAddr == "off":
			return fmt.Errorf("LOWSKY_MQTT_TLS_ADDR is a second address of the embedded broker, which is off")
		}
	}
	if err := c.checkSecrets(); err != nil {
		return err
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	if _, err := c.dataKeys(); err != nil {
		return err
	}
	given := 0
	for _, v := range []string{c.OIDCIssuer, c.OIDCClientID, c.OIDCSecret, c.OIDCRedirect, c.OIDCGroups} {
		if v != "" {
			given++
		}
	}
	if given != 0 && given != 5 {
		return fmt.Errorf("LOWSKY_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _REDIRECT_URL and _GROUPS belong together: give all five or none")
	}
	for name, v := range map[string]string{"LOWSKY_OIDC_ISSUER": c.OIDCIssuer, "LOWSKY_OIDC_REDIRECT_URL": c.OIDCRedirect} {
		if v == "" {
			continue
		}
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(hostPort(u))) {
			return fmt.Errorf("%s: %q is not an https address", name, v)
		}
	}
	return nil
}

// checkSecrets refuses secrets that everybody tries first.
func (c *Config) checkSecrets() error {
	secrets := map[string]string{
		"LOWSKY_ADMIN_PASSWORD": c.AdminPassword, "LOWSKY_OIDC_CLIENT_SECRET": c.OIDCSecret,
		"LOWSKY_DJI_APP_KEY": c.DJIAppKey, "LOWSKY_DJI_LICENSE": c.DJILicense,
	}
	for name, address := range map[string]string{"LOWSKY_DATABASE_URL": c.DatabaseURL, "LOWSKY_MQTT_URL": c.MQTTURL, "LOWSKY_NATS_URL": c.NATSURL} {
		// What is no address is refused by whoever connects to it, in words of its own.
		if u, err := url.Parse(address); err == nil && u.User != nil {
			secrets[name], _ = u.User.Password()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		if secrets[name] == "" {
			continue
		}
		if err := identity.CheckSecret(name, secrets[name]); err != nil {
			return err
		}
	}
	return nil
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":80"
}

// proxies are the networks whose forwarding headers are believed.
func (c *Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for s := range strings.SplitSeq(c.HTTPProxies, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("LOWSKY_HTTP_PROXIES: %q is neither an address nor a network such as 10.1.0.0/16", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// dataKeys are the keys that were given, none if none.
func (c *Config) dataKeys() ([][]byte, error) {
	var out [][]byte
	for s := range strings.SplitSeq(c.DataKey, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("LOWSKY_DATA_KEY: key %d is not 32 bytes in base64; make one with: openssl rand -base64 32", len(out)+1)
		}
		out = append(out, key)
	}
	return out, nil
}

// certificate is the pair of files of LOWSKY_TLS_CERT and _KEY. It is read again when one of them changes, so that a
// renewal needs no restart; a pair that cannot be read leaves the one before in use.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Certificate
	written [2]time.Time
	looked  time.Time
}

// lookEvery is the least time between two looks at the files.
const lookEvery = 10 * time.Second

func openCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("LOWSKY_TLS_CERT, LOWSKY_TLS_KEY: %w", err)
	}
	return c, nil
}

// load reads the pair. The caller holds mu, or is alone.
func (c *certificate) load() error {
	written, err := c.times()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.loaded, c.written = &pair, written
	return nil
}

func (c *certificate) times() (t [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return t, err
		}
		t[i] = info.ModTime()
	}
	return t, nil
}

// get answers the certificate of a handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) < lookEvery {
		return c.loaded, nil
	}
	c.looked = now
	written, err := c.times()
	if err == nil && written == c.written {
		return c.loaded, nil
	}
	if err == nil {
		err = c.load()
	}
	if err != nil {
		c.log.Error("the certificate changed and cannot be read; the one before stays in use", "error", err)
	} else {
		c.log.Info("the certificate was read again")
	}
	return c.loaded, nil
}

// config serves TLS 1.2 and above with the certificate.
func (c *certificate) config(protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: protocols}
}
