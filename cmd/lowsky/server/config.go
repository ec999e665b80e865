package server

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"strings"
)

// Config is everything `lowsky serve` can be told: each field a flag and a LOWSKY_* variable. Secrets may also come
// from a file, named by the variable with _FILE behind it; the file's trailing newline is dropped.
type Config struct {
	HTTPAddr        string  `name:"http-addr" env:"LOWSKY_HTTP_ADDR" default:"127.0.0.1:8080" help:"Address of the console and the API."`
	HTTPOrigins     string  `name:"http-origins" env:"LOWSKY_HTTP_ORIGINS" help:"Further origins of the console behind a proxy, comma separated, e.g. https://lowsky.example.org. An https one makes the session cookie Secure."`
	HTTPProxies     string  `name:"http-proxies" env:"LOWSKY_HTTP_PROXIES" help:"Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed, comma separated, e.g. 10.1.0.0/16."`
	TLSCert         string  `name:"tls-cert" env:"LOWSKY_TLS_CERT" help:"PEM file of the certificate, chain included; HTTPS is served instead of HTTP, and MQTT on LOWSKY_MQTT_TLS_ADDR. Read again when it changes."`
	TLSKey          string  `name:"tls-key" env:"LOWSKY_TLS_KEY" help:"PEM file of its private key."`
	Plaintext       string  `name:"plaintext" env:"LOWSKY_PLAINTEXT" default:"off" enum:"on,off" help:"Allow HTTP and MQTT without TLS on addresses that other machines reach (on|off)."`
	MQTTAddr        string  `name:"mqtt-addr" env:"LOWSKY_MQTT_ADDR" default:"127.0.0.1:1883" help:"Address of the embedded MQTT broker; off disables it."`
	MQTTTLSAddr     string  `name:"mqtt-tls-addr" env:"LOWSKY_MQTT_TLS_ADDR" help:"Second address of the embedded broker, for MQTT over TLS, e.g. 0.0.0.0:8883. Needs LOWSKY_TLS_CERT and _KEY."`
	MQTTURL         string  `name:"mqtt-url" env:"LOWSKY_MQTT_URL" secret:"" help:"Take reports from this external broker instead: mqtt://user:password@host:1883 or mqtts://…"`
	MQTTCA          string  `name:"mqtt-ca" env:"LOWSKY_MQTT_CA" help:"PEM file of the certificate authority of the external broker (mqtts only)."`
	MQTTDevices     string  `name:"mqtt-devices" env:"LOWSKY_MQTT_DEVICES" help:"File of further device credentials for the embedded broker, lines id:sha256(secret), beside those made in the console."`
	DatabaseURL     string  `name:"database-url" env:"LOWSKY_DATABASE_URL" secret:"" help:"PostgreSQL to use; without one a private cluster is started under the data directory."`
	NATSURL         string  `name:"nats-url" env:"LOWSKY_NATS_URL" secret:"" help:"Journal on an outside NATS JetStream server; embedded otherwise."`
	DataDir         string  `name:"data-dir" env:"LOWSKY_DATA_DIR" default:"./data" help:"Where the journal and the private PostgreSQL live."`
	Region          string  `name:"region" env:"LOWSKY_REGION" default:"xianning" help:"Region pack."`
	Demo            string  `name:"demo" env:"LOWSKY_DEMO" default:"off" enum:"on,off" help:"Demo fleet, zones and register (on|off); off removes them."`
	AdminPassword   string  `name:"admin-password" env:"LOWSKY_ADMIN_PASSWORD" secret:"" help:"Password of the account admin when it is first made; generated and printed once otherwise."`
	DataKey         string  `name:"data-key" env:"LOWSKY_DATA_KEY" secret:"" help:"Keys that seal personal data at rest: 32 bytes in base64 each, comma separated; the first seals, all open. Without it one is made in the data directory."`
	OIDCIssuer      string  `name:"oidc-issuer" env:"LOWSKY_OIDC_ISSUER" help:"Sign-in through this OpenID Connect provider, e.g. https://id.example.gov.cn/realms/city."`
	OIDCClientID    string  `name:"oidc-client-id" env:"LOWSKY_OIDC_CLIENT_ID" help:"Client id there."`
	OIDCSecret      string  `name:"oidc-client-secret" env:"LOWSKY_OIDC_CLIENT_SECRET" secret:"" help:"Client secret there."`
	OIDCRedirect    string  `name:"oidc-redirect-url" env:"LOWSKY_OIDC_REDIRECT_URL" help:"Where it sends people back: https://<console>/api/v1/session/oidc/callback"`
	OIDCGroups      string  `name:"oidc-groups" env:"LOWSKY_OIDC_GROUPS" help:"File of lines: group = role @ organisation."`
	OIDCClaim       string  `name:"oidc-groups-claim" env:"LOWSKY_OIDC_GROUPS_CLAIM" default:"groups" help:"Claim of the ID token that lists the groups."`
	OIDCName        string  `name:"oidc-name" env:"LOWSKY_OIDC_NAME" help:"Name of the provider on the sign-in page."`
	DJIAppID        string  `name:"dji-app-id" env:"LOWSKY_DJI_APP_ID" help:"App id that docks are given in their Config request."`
	DJIAppKey       string  `name:"dji-app-key" env:"LOWSKY_DJI_APP_KEY" secret:"" help:"App key for docks."`
	DJILicense      string  `name:"dji-license" env:"LOWSKY_DJI_LICENSE" secret:"" help:"App licence for docks. Without id, key and licence docks stay offline."`
	NTPHost         string  `name:"ntp-host" env:"LOWSKY_NTP_HOST" help:"NTP server that docks are given; without internet wayline missions need one."`
	NTPPort         int     `name:"ntp-port" env:"LOWSKY_NTP_PORT" default:"123" help:"Port of the NTP server."`
	TerrainDir      string  `name:"terrain-dir" env:"LOWSKY_TERRAIN_DIR" help:"Directory of terrain files: SRTM .hgt tiles (1 or 3 arc seconds) and GeoTIFF in WGS-84."`
	TerrainAccuracy float64 `name:"terrain-accuracy" env:"LOWSKY_TERRAIN_ACCURACY" default:"16" help:"Vertical accuracy of the terrain files, metres (SRTM: 16)."`
	TerrainMemory   int     `name:"terrain-memory" env:"LOWSKY_TERRAIN_MEMORY" default:"512" help:"Memory for terrain, MB; files that need more are refused at the start."`
	TerrainEnvelope string  `name:"terrain-envelope" env:"LOWSKY_TERRAIN_ENVELOPE" help:"File of lowest and highest ground by cells, instead of the region pack's; off: none."`
	AMSLOffsets     string  `name:"amsl-offsets" env:"LOWSKY_AMSL_OFFSETS" help:"What is known of heights above mean sea level of a source or wire format: metres to be added, and their geoid, e.g. gateway-7=-1.2@egm96,dji=0.4"`
	LogLevel        string  `name:"log-level" env:"LOWSKY_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"How much is logged."`
}

// variable is one LOWSKY_* name this program knows.
type variable struct {
	name   string
	field  int // of Config
	secret bool
}

// variables lists the environment names of Config, from its tags.
func variables() []variable {
	t := reflect.TypeFor[Config]()
	var out []variable
	for i := range t.NumField() {
		f := t.Field(i)
		_, secret := f.Tag.Lookup("secret")
		out = append(out, variable{f.Tag.Get("env"), i, secret})
	}
	return out
}

// OtherVariables are the names that other commands, the tests and Compose read.
var OtherVariables = []string{"LOWSKY_TEST_STRICT", "LOWSKY_TEST_LONG", "LOWSKY_TEST_DATABASE_URL", "LOWSKY_SCREENSHOTS",
	"LOWSKY_SERVER", "LOWSKY_TOKEN", "LOWSKY_TOKEN_FILE", "LOWSKY_LOAD_PASSWORD"}

// CheckEnvironment looks at the LOWSKY_* names that are set: one that is nearly ours is most likely a slip of the pen
// and an error, any other unknown one a warning (it may be another tool's). It also answers, for each secret named by
// a *_FILE variable, the file.
func CheckEnvironment(environ []string) (files map[string]string, warnings []string, err error) {
	known := map[string]bool{}
	fileOf := map[string]string{}
	var names []string
	for _, v := range variables() {
		known[v.name] = true
		names = append(names, v.name)
		if v.secret {
			known[v.name+"_FILE"] = true
			fileOf[v.name+"_FILE"] = v.name
			names = append(names, v.name+"_FILE")
		}
	}
	for _, n := range OtherVariables {
		known[n] = true
	}
	set := map[string]bool{}
	files = map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "LOWSKY_") {
			continue
		}
		set[name] = true
		if known[name] {
			if target, ok := fileOf[name]; ok && value != "" {
				files[target] = value
			}
			continue
		}
		if near, ok := nearMiss(name, names); ok {
			return nil, nil, fmt.Errorf("environment: unknown %s; did you mean %s?", name, near)
		}
		warnings = append(warnings, name)
	}
	for name := range files {
		if set[name] {
			return nil, nil, fmt.Errorf("environment: %s and %s_FILE are both set; give one", name, name)
		}
	}
	return files, warnings, nil
}

// nearMiss finds a known name within two slips of the pen, underscores not counted.
func nearMiss(name string, known []string) (string, bool) {
	squeeze := func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "_", "")) }
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(squeeze(name), squeeze(k), 3); d < distance {
			best, distance = k, d
		}
	}
	return best, best != ""
}

// editDistance counts insertions, deletions, substitutions and swaps of neighbours between a and b, up to limit.
func editDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur, prev, before := rows[(i+1)%3], rows[i%3], rows[(i+2)%3]
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
	}
	return min(rows[(len(a)+1)%3][len(b)], limit)
}

// ReadSecrets fills the secrets that files name.
func (c *Config) ReadSecrets(files map[string]string) error {
	for _, v := range variables() {
		file, ok := files[v.name]
		if !ok {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s_FILE: %w", v.name, err)
		}
		s := strings.TrimRight(string(b), "\r\n")
		if s == "" {
			return fmt.Errorf("%s_FILE: %s is empty", v.name, file)
		}
		reflect.ValueOf(c).Elem().Field(v.field).SetString(s)
	}
	return nil
}

// Check refuses what cannot work together, before anything is started.
func (c *Config) Check() error {
	if c.MQTTURL != "" {
		if c.DemoOn() {
			return fmt.Errorf("LOWSKY_DEMO=on and LOWSKY_MQTT_URL exclude each other: the demo fleet must not mix with the reports of a real broker")
		}
		if c.MQTTAddr != "127.0.0.1:1883" && c.MQTTAddr != "off" {
			return fmt.Errorf("LOWSKY_MQTT_ADDR=%s and LOWSKY_MQTT_URL exclude each other: reports come from one broker", c.MQTTAddr)
		}
		c.MQTTAddr = "off" // the default gives way to the external broker
	}
	if c.MQTTURL == "" && c.MQTTAddr == "off" {
		return fmt.Errorf("LOWSKY_MQTT_ADDR=off without LOWSKY_MQTT_URL: no reports could ever arrive")
	}
	if c.DemoOn() && c.MQTTAddr == "off" {
		return fmt.Errorf("LOWSKY_DEMO=on needs the embedded broker (LOWSKY_MQTT_ADDR)")
	}
	if c.MQTTAddr != "off" {
		if !loopback(c.MQTTAddr) && c.Plaintext != "on" {
			return fmt.Errorf("LOWSKY_MQTT_ADDR=%s can be reached from other machines, without TLS: keep it on 127.0.0.1 and give LOWSKY_MQTT_TLS_ADDR with a certificate, or say LOWSKY_PLAINTEXT=on", c.MQTTAddr)
		}
	}
	if _, _, err := net.SplitHostPort(c.HTTPAddr); err != nil {
		return fmt.Errorf("LOWSKY_HTTP_ADDR: %w", err)
	}
	if err := c.checkSecurity(); err != nil {
		return err
	}
	for _, o := range c.origins() {
		if u, err := url.Parse(o); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" {
			return fmt.Errorf("LOWSKY_HTTP_ORIGINS: %q is not an origin such as https://lowsky.example.org", o)
		}
	}
	if (c.DJIAppID == "") != (c.DJIAppKey == "") || (c.DJIAppID == "") != (c.DJILicense == "") {
		return fmt.Errorf("LOWSKY_DJI_APP_ID, LOWSKY_DJI_APP_KEY and LOWSKY_DJI_LICENSE belong together: give all three or none")
	}
	if !(c.TerrainAccuracy >= 0 && c.TerrainAccuracy <= 1000) {
		return fmt.Errorf("LOWSKY_TERRAIN_ACCURACY: %g is not from 0 to 1000 m", c.TerrainAccuracy)
	}
	if c.TerrainMemory < 0 || c.TerrainMemory > 1<<20 {
		return fmt.Errorf("LOWSKY_TERRAIN_MEMORY: %d is not a number of MB", c.TerrainMemory)
	}
	if _, err := heightCorrections(c.AMSLOffsets); err != nil {
		return err
	}
	if c.NTPPort < 1 || c.NTPPort > 65535 {
		return fmt.Errorf("LOWSKY_NTP_PORT: %d is not a port", c.NTPPort)
	}
	return nil
}

// origins are the further origins that may speak to the server.
func (c *Config) origins() []string {
	var out []string
	for o := range strings.SplitSeq(c.HTTPOrigins, ",") {
		if o = strings.TrimSpace(o); o != "" {
			out = append(out, o)
		}
	}
	return out
}

// secure reports whether the console is reached over TLS, here or at a proxy.
func (c *Config) secure() bool { return c.TLSCert != "" || strings.Contains(c.HTTPOrigins, "https://") }

// DemoOn reports whether the demo is on.
func (c *Config) DemoOn() bool { return c.Demo == "on" }

// loopback reports whether only this machine can reach addr (host:port). A name is resolved; a host that does not
// resolve, or resolves to anything else, counts as reachable from outside.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || host == "" {
		return false
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	ips, err := net.LookupIP(host)
	if err != nil || len(ips) == 0 {
		return false
	}
	for _, ip := range ips {
		if !ip.IsLoopback() {
			return false
		}
	}
	return true
}
