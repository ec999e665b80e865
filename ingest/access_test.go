package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

func sum(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

func TestReadCredentials(t *testing.T) {
	c, err := readCredentials(strings.NewReader("# docks\n\n dock-7:" + sum("a") + "\nAC1: " + strings.ToUpper(sum("b")) + "\r\n"))
	if err != nil || len(c) != 2 {
		t.Fatalf("%v %v", c, err)
	}
	known := devices{}
	for id, hash := range c {
		known[id] = &device{hash: hash}
	}
	known["gone"] = &device{hash: sha256.Sum256([]byte("c")), revoked: true}
	known["unset"] = &device{}
	for _, x := range []struct {
		id, secret string
		want       bool
	}{{"dock-7", "a", true}, {"dock-7", "b", false}, {"AC1", "b", true}, {"AC1", "", false}, {"nobody", "a", false}, {"", "", false},
		{"gone", "c", false}, {"unset", "", false}, {strings.Repeat("x", 60000), "a", false}} {
		if got := known.check(x.id, []byte(x.secret)); (got != nil) != x.want {
			t.Errorf("%.20s %s: %v", x.id, x.secret, got)
		}
	}
	// An unknown id must not be let in by the hash of zeroes either.
	if (devices{}).check("x", make([]byte, 32)) != nil {
		t.Error("unknown id let in")
	}
	for name, bad := range map[string]string{
		"no colon": "dock7", "short": "a:abcd", "not hex": "a:" + strings.Repeat("z", 64), "bad id": "a b:" + sum("x"),
		"twice": "a:" + sum("x") + "\na:" + sum("y"), "long line": strings.Repeat("x", 5000),
	} {
		if _, err := readCredentials(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:1883": true, "127.9.9.9:1": true, "[::1]:1883": true, "localhost:1": true,
		":1883": false, "0.0.0.0:1883": false, "[::]:1": false, "192.168.1.5:1": false, "example.org:1": false} {
		if got, err := loopback(addr); err != nil || got != want {
			t.Errorf("%s: %v %v", addr, got, err)
		}
	}
	if _, err := loopback("1883"); err == nil {
		t.Error("1883 is no address")
	}
}

// Devices are made later, in the console: without any, an open address lets nobody in.
func TestOpenAddressWithoutDevices(t *testing.T) {
	e := startEmbedded(t, &fakeLog{}, "0.0.0.0:0", "# nobody yet\n")
	if _, err := connect(t, e, "x"); err == nil {
		t.Error("an anonymous device was let in")
	}
	in := newTestIntake(&fakeLog{})
	if _, err := NewEmbedded(EmbeddedConfig{Address: "127.0.0.1:0", CredentialsFile: filepath.Join(t.TempDir(), "x"), Intake: in}); err == nil {
		t.Error("a missing file must be an error")
	}
	for name, c := range map[string]EmbeddedConfig{"no address": {}, "TLS without a certificate": {TLSAddress: "127.0.0.1:0"},
		"no port": {Address: "127.0.0.1"}} {
		c.Intake = in
		if e, err := NewEmbedded(c); err == nil {
			t.Errorf("%s: no error", name)
			_ = e.Close()
		}
	}
}

func TestDownlinkOwner(t *testing.T) {
	for filter, want := range map[string]string{
		"lowsky/v1/notice/a": "a", "thing/product/D1/services": "D1", "thing/product/D1/#": "D1", "thing/product/D1/+": "D1", "sys/product/D1/status_reply": "D1",
		"lowsky/v1/notice/+": "", "#": "", "+/+/+/+": "", "thing/product/+/services": "", "thing/#": "", "thing/product/D1": "", "$SYS/#": "",
		"lowsky/v1/telemetry/a": "", "lowsky/v1/notice/a/b": "", "$share/x/lowsky/v1/notice/a": "", "": "",
	} {
		got, ok := downlinkOwner(filter)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", filter, got, ok)
		}
	}
}
