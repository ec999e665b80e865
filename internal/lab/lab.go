// Package lab runs the whole platform in a test: a private PostgreSQL, a real broker, the server as cmd/lowsky wires
// it, the simulator, and a real Chromium that looks at the console. Nothing in it is imported by the product.
package lab

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Needs skips the test because something is not on this machine, or fails it where everything has to be there
// (LOWSKY_TEST_STRICT=1, as `make test` sets).
func Needs(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("LOWSKY_TEST_STRICT") == "1" {
		t.Fatalf("needs %s, which `make test` should have installed", what)
	}
	t.Skipf("needs %s", what)
}

// Program finds a program, also in the places Debian keeps out of the PATH of ordinary users.
func Program(t testing.TB, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name, "/usr/lib/" + name + "/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	Needs(t, name)
	return ""
}

// FreePort answers a loopback TCP port that nobody listens on right now.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// Eventually polls until ok answers true, and fails the test with what() after the deadline.
func Eventually(t testing.TB, within time.Duration, what func() string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("not within %v: %s", within, what())
		case <-tick.C:
		}
	}
}
