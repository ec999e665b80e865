package server

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestEnvironmentNearMissIsAnError(t *testing.T) {
	for _, name := range []string{"LOWSKY_HTTP_ADR", "LOWSKY_HTTPADDR", "LOWSKY_DATABSE_URL", "LOWSKY_DEMOO", "LOWSKY_ADMIN_PASWORD_FILE"} {
		if _, _, err := CheckEnvironment([]string{name + "=x"}); err == nil || !strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%s: got %v, want an error that names the right one", name, err)
		}
	}
	_, warnings, err := CheckEnvironment([]string{"LOWSKY_WEATHER_STATION=x", "PATH=/bin", "LOWSKY_REGION=xianning"})
	if err != nil || !slices.Equal(warnings, []string{"LOWSKY_WEATHER_STATION"}) {
		t.Errorf("unknown name: warnings %v, error %v", warnings, err)
	}
}

func TestSecretFromFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("tall-reed-river\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, _, err := CheckEnvironment([]string{"LOWSKY_ADMIN_PASSWORD_FILE=" + file})
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	if err := c.ReadSecrets(files); err != nil || c.AdminPassword != "tall-reed-river" {
		t.Errorf("password %q, error %v", c.AdminPassword, err)
	}
	if _, _, err := CheckEnvironment([]string{"LOWSKY_ADMIN_PASSWORD=a", "LOWSKY_ADMIN_PASSWORD_FILE=" + file}); err == nil {
		t.Error("password and password file together were accepted")
	}
	if err := c.ReadSecrets(map[string]string{"LOWSKY_ADMIN_PASSWORD": filepath.Join(t.TempDir(), "absent")}); err == nil {
		t.Error("an absent file was accepted")
	}
}

func TestConfigRefusesWhatCannotWork(t *testing.T) {
	good := func() Config {
		return Config{HTTPAddr: "127.0.0.1:8080", MQTTAddr: "127.0.0.1:1883", Demo: "off", NTPPort: 123}
	}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"demo beside a real broker": {func(c *Config) { c.Demo = "on"; c.MQTTURL = "mqtt://h:1883" }, "exclude"},
		"two brokers":               {func(c *Config) { c.MQTTURL = "mqtt://h:1883"; c.MQTTAddr = "127.0.0.1:1884" }, "exclude"},
		"no source of reports":      {func(c *Config) { c.MQTTAddr = "off" }, "no reports"},
		"open broker in the clear":  {func(c *Config) { c.MQTTAddr = "0.0.0.0:1883" }, "LOWSKY_PLAINTEXT"},
		"open broker, no host":      {func(c *Config) { c.MQTTAddr = ":1883" }, "LOWSKY_PLAINTEXT"},
		"open console in the clear": {func(c *Config) { c.HTTPAddr = "0.0.0.0:8080" }, "LOWSKY_PLAINTEXT"},
		"half a certificate":        {func(c *Config) { c.TLSCert = "a.pem" }, "both or none"},
		"MQTT over TLS without one": {func(c *Config) { c.MQTTTLSAddr = ":8883" }, "needs LOWSKY_TLS_CERT"},
		"TLS of a broker that is off": {func(c *Config) {
			c.MQTTTLSAddr, c.TLSCert, c.TLSKey, c.MQTTAddr, c.MQTTURL = ":8883", "a", "b", "off", "mqtt://h:1883"
		}, "which is off"},
		"a proxy that is no address":      {func(c *Config) { c.HTTPProxies = "10.0.0.0/8, example" }, "LOWSKY_HTTP_PROXIES"},
		"a password that everybody tries": {func(c *Config) { c.AdminPassword = "password123" }, "LOWSKY_ADMIN_PASSWORD"},
		"one in an address":               {func(c *Config) { c.MQTTURL, c.MQTTAddr = "mqtt://lowsky:changeme@broker:1883", "off" }, "LOWSKY_MQTT_URL"},
		"a short data key":                {func(c *Config) { c.DataKey = "c2hvcnQ=" }, "LOWSKY_DATA_KEY: key 1"},
		"half an OIDC provider":           {func(c *Config) { c.OIDCIssuer = "https://id.example" }, "all five"},
		"an OIDC provider in the clear": {func(c *Config) {
			c.OIDCIssuer, c.OIDCClientID, c.OIDCSecret, c.OIDCRedirect, c.OIDCGroups = "http://id.example", "a", "reed-tall-river-7", "https://c.example/api/v1/session/oidc/callback", "f"
		}, "LOWSKY_OIDC_ISSUER"},
		"half a DJI licence":             {func(c *Config) { c.DJIAppID = "7" }, "all three"},
		"an HTTP address without port":   {func(c *Config) { c.HTTPAddr = "localhost" }, "LOWSKY_HTTP_ADDR"},
		"an origin with a path":          {func(c *Config) { c.HTTPOrigins = "https://a.example/console" }, "LOWSKY_HTTP_ORIGINS"},
		"an NTP port that is not a port": {func(c *Config) { c.NTPPort = 0 }, "LOWSKY_NTP_PORT"},
	} {
		cfg := good()
		c.change(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
	cfg := good()
	cfg.MQTTURL = "mqtt://broker:1883"
	cfg.HTTPAddr, cfg.HTTPOrigins, cfg.HTTPProxies = "0.0.0.0:8080", "https://lowsky.example.org", "10.1.0.7, 10.2.0.0/16"
	if err := cfg.Check(); err != nil || cfg.MQTTAddr != "off" {
		t.Errorf("an external broker alone: %v, embedded %s", err, cfg.MQTTAddr)
	}
}

// TestComposeVariablesAreKnown: no container engine is needed to know that the server understands its Compose file.
func TestComposeVariablesAreKnown(t *testing.T) {
	text, err := os.ReadFile("../../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Image       string
			Build       any
			Environment map[string]string
			Healthcheck struct{ Test any }
		}
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"postgres", "mosquitto", "lowsky"} {
		s, ok := compose.Services[want]
		if !ok {
			t.Errorf("no service %s", want)
			continue
		}
		if s.Healthcheck.Test == nil {
			t.Errorf("service %s has no health check", want)
		}
		if s.Build == nil && !regexp.MustCompile(`:\d+(\.\d+)+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$`).MatchString(s.Image) {
			t.Errorf("service %s: image %q is not pinned", want, s.Image)
		}
	}
	known := map[string]bool{}
	for _, v := range variables() {
		known[v.name] = true
		if v.secret {
			known[v.name+"_FILE"] = true
		}
	}
	names := regexp.MustCompile(`LOWSKY_[A-Z0-9_]+`).FindAllString(string(text), -1)
	if len(names) == 0 {
		t.Error("the file sets no LOWSKY_ variable")
	}
	for _, n := range names {
		if !known[n] {
			t.Errorf("docker-compose.yml uses %s, which the server does not know", n)
		}
	}
	if regexp.MustCompile(`(?i)password:\s*["']?[a-z0-9]+["']?\s*$`).Match(text) {
		t.Error("docker-compose.yml seems to hold a default password")
	}
}
