package ingest

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"

	"lowsky/ingest/wire"
)

// credentials are what the file holds, id → SHA-256 of the secret.
type credentials map[string][sha256.Size]byte

// maxCredentialLine bounds a line of the file, bytes.
const maxCredentialLine = 4096

// readCredentials reads lines of id:sha256hex(secret). Empty lines and lines that begin with # are passed over. An
// error names the line.
func readCredentials(r io.Reader) (credentials, error) {
	c := credentials{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCredentialLine)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		id, sum, ok := strings.Cut(line, ":")
		if !ok || !wire.ValidID(id) {
			return nil, fmt.Errorf("line %d: must be id:sha256hex, id 1 to 64 of A-Z a-z 0-9 . _ -", n)
		}
		raw, err := hex.DecodeString(strings.TrimSpace(sum))
		if err != nil || len(raw) != sha256.Size {
			return nil, fmt.Errorf("line %d: the part after the colon must be 64 hex digits, the SHA-256 of the secret", n)
		}
		if _, twice := c[id]; twice {
			return nil, fmt.Errorf("line %d: %s is there twice", n, id)
		}
		c[id] = [sha256.Size]byte(raw)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// loopback reports whether addr (host:port) can only be reached from this machine.
func loopback(addr string) (bool, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, fmt.Errorf("MQTT address %q: %w", addr, err)
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

// downlinkOwner answers whose downlink a topic or subscription filter is: the id in it, which must be written out.
// Below thing/product/{id}/ a filter may have wildcards, since each topic is asked about again when it is delivered.
func downlinkOwner(filter string) (string, bool) {
	if id, ok := strings.CutPrefix(filter, "lowsky/v1/notice/"); ok {
		return id, wire.ValidID(id)
	}
	for _, prefix := range []string{"thing/product/", "sys/product/"} {
		if rest, ok := strings.CutPrefix(filter, prefix); ok {
			id, below, deeper := strings.Cut(rest, "/")
			return id, deeper && below != "" && wire.ValidID(id)
		}
	}
	return "", false
}
