package lab

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Mosquitto starts Debian's broker on a free loopback port, anonymous, in memory; it ends with the test.
func Mosquitto(t testing.TB) (addr string) {
	t.Helper()
	addr, _ = MosquittoAt(t, FreePort(t))
	return addr
}

// MosquittoAt is Mosquitto on a given port, with a function that kills it.
func MosquittoAt(t testing.TB, port string) (addr string, kill func()) {
	t.Helper()
	program := Program(t, "mosquitto")
	dir := Dir(t)
	conf := filepath.Join(dir, "mosquitto.conf")
	// The limits are those of deploy/mosquitto/mosquitto.conf.
	text := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 500000\nmax_inflight_messages 1000\nlog_dest none\n", port)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(kill)
	addr = "127.0.0.1:" + port
	Eventually(t, 10*time.Second, func() string { return "mosquitto listens" }, func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return addr, kill
}
