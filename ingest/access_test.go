package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
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
	for _, x := range []struct {
		id, secret string
		want       bool
	}{{"dock-7", "a", true}, {"dock-7", "b", false}, {"AC1", "b", true}, {"AC1", "", false}, {"nobody", "a", false}, {"", "", false}} {
		if got := c.check(x.id, []byte(x.secret)); got != x.want {
			t.Errorf("%+v: %v", x, got)
		}
	}
	// An unknown id must not be let in by the hash of zeroes either.
	if (credentials{}).check("x", make([]byte, 32)) {
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

func TestOpenAddressNeedsCredentials(t *testing.T) {
	in := newTestIntake(&fakeLog{})
	if e, err := NewEmbedded(EmbeddedConfig{Address: "0.0.0.0:0", Intake: in}); err == nil || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("%v %v", e, err)
	}
	empty := filepath.Join(t.TempDir(), "devices")
	if err := os.WriteFile(empty, []byte("# nobody yet\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewEmbedded(EmbeddedConfig{Address: "0.0.0.0:0", CredentialsFile: empty, Intake: in}); err == nil {
		t.Error("an empty file is no credentials")
	}
	if _, err := NewEmbedded(EmbeddedConfig{Address: "127.0.0.1:0", CredentialsFile: empty + "x", Intake: in}); err == nil {
		t.Error("a missing file must be an error")
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
