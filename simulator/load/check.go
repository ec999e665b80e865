package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"lowsky"
)

// Bounds of a load.
const (
	maxConnections = 20_000
	maxAircraft    = 100_000 // over all connections
	maxRate        = 2e6     // messages per second
	// maxMilliRate is how often an aircraft may report in the DJI format, whose stamps count milliseconds.
	maxMilliRate = 1000
)

// keepAlive in seconds, as promised to the broker. Nothing but reports keeps a connection alive, so each must send more
// often than that.
const keepAlive = 600

func (l *Load) complete() error {
	if l.Format == "" {
		l.Format = "native"
	}
	if l.Batch == 0 {
		l.Batch = 1
	}
	if l.Aircraft == 0 {
		l.Aircraft = 1
	}
	if l.Window == 0 {
		l.Window = 64
	}
	if l.Prefix == "" {
		l.Prefix = "load"
	}
	if l.Drain == 0 {
		l.Drain = 10 * time.Second
	}
	if l.Every == 0 {
		l.Every = time.Second
	}
	bad := func(field, problem string) error { return &lowsky.InvalidError{Field: field, Problem: problem} }
	switch {
	case l.Now == nil:
		return bad("now", "is missing")
	case l.Connections < 1 || l.Connections > maxConnections:
		return bad("connections", fmt.Sprintf("must be 1 to %d", maxConnections))
	case l.Aircraft < 1 || l.Aircraft*l.Connections > maxAircraft:
		return bad("aircraft", fmt.Sprintf("must be at least 1 for each connection, and at most %d in all", maxAircraft))
	case !(l.Rate >= 0.1 && l.Rate <= maxRate):
		return bad("rate", fmt.Sprintf("must be 0.1 to %.0f messages per second", maxRate))
	case l.Rate*keepAlive/2 < float64(l.Connections*max(l.Batch, 1)):
		return bad("rate", fmt.Sprintf("must let each connection send once in %d s", keepAlive/2))
	case l.Duration <= 0 && l.Count == 0:
		return bad("duration", "or count must be above zero")
	case l.Duration < 0 || l.Duration > 24*time.Hour:
		return bad("duration", "must be at most 24h")
	case l.QoS > 1:
		return bad("qos", "must be 0 or 1")
	case l.Batch < 1 || l.Batch > 1000:
		return bad("batch", "must be 1 to 1000")
	case l.Window < 1 || l.Window > 8192:
		return bad("window", "must be 1 to 8192")
	case l.QoS == 1 && l.Batch > l.Window:
		return bad("batch", "must not be above window")
	case l.Format != "native" && l.Format != "dji":
		return bad("format", "must be native or dji")
	case l.Format == "dji" && l.Message == nil && l.Rate > maxMilliRate*float64(l.Connections*l.Aircraft):
		return bad("rate", "must be at most 1000 messages per second for each aircraft in the DJI format, whose stamps are milliseconds")
	case !validPrefix(l.Prefix):
		return bad("prefix", "must be 1 to 50 of A-Z a-z 0-9 . _ -")
	case (l.Message == nil) != (l.Topic == nil):
		return bad("message", "and topic belong together")
	case l.Message != nil && l.Watch.URL != "":
		return bad("watch", "follows built-in reports only")
	}
	if err := l.checkCredentials(); err != nil {
		return err
	}
	if err := checkLoopback("address", l.Address, l.Remote); err != nil {
		return err
	}
	return l.Watch.check(l.Remote)
}

func (l *Load) checkCredentials() error {
	bad := func(field, problem string) error { return &lowsky.InvalidError{Field: field, Problem: problem} }
	switch {
	case len(l.Credentials) == 0:
		return nil
	case len(l.Credentials) < l.Connections:
		return bad("credentials", fmt.Sprintf("are %d, for %d connections", len(l.Credentials), l.Connections))
	case l.Aircraft != 1:
		return bad("aircraft", "must be 1 for each connection with credentials: a device may report as itself only")
	case l.Username != "" || l.Password != "":
		return bad("credentials", "and a user name for all exclude each other")
	}
	return nil
}

func validPrefix(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)) {
			return false
		}
	}
	return s != "" && len(s) <= 50
}

// checkLoopback refuses an address (host:port) that other machines answer on, unless that is meant.
func checkLoopback(field, address string, remote bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &lowsky.InvalidError{Field: field, Problem: "must be host:port"}
	}
	if ip := net.ParseIP(host); !remote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return &lowsky.InvalidError{Field: field, Problem: "is not a loopback address, and remote is not set"}
	}
	return nil
}

// Credential is how one device signs in; its aircraft goes by the same id.
type Credential struct{ ID, Secret string }

// ReadCredentials reads lines of id:secret, one device each. Empty lines and lines that begin with # are passed over. An
// error names the line, and never the secret.
func ReadCredentials(r io.Reader) ([]Credential, error) {
	var out []Credential
	twice := map[string]bool{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		id, secret, ok := strings.Cut(line, ":")
		switch {
		case !ok || !validPrefix(id) || secret == "":
			return nil, fmt.Errorf("line %d: must be id:secret, id 1 to 50 of A-Z a-z 0-9 . _ -", n)
		case twice[id]:
			return nil, fmt.Errorf("line %d: %s is there twice", n, id)
		}
		twice[id] = true
		out = append(out, Credential{id, secret})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no credentials in it")
	}
	return out, nil
}
