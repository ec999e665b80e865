package ingest

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stormClient names the environment variable that makes the test binary a process of many devices: server and devices
// together need more file descriptors than one process has.
const stormClient = "LOWSKY_STORM_CLIENT"

func TestMain(m *testing.M) {
	if os.Getenv(stormClient) != "" {
		runDevices(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// storm is what the devices are told, a line of JSON: leave, all of you, and connect here.
type storm struct {
	Address string
	Devices int
	CA      []byte // PEM; none: without TLS
	Resume  bool   // with the session tickets of the connection before
}

// stormed is what they answer when the last message was acknowledged.
type stormed struct {
	Last     time.Duration // from the command to the last acknowledgement
	P50, P99 time.Duration // of the devices
	Attempts int           // connections that it took
	CPU      time.Duration // of this process
	Problem  string        // one of the reasons for more than one
}

func secretOf(i int) string { return fmt.Sprintf("%032x", i) }
func nameOf(i int) string   { return fmt.Sprintf("AC%05d", i) }

// devicesProcess is the other process.
type devicesProcess struct {
	in  *json.Encoder
	out *json.Decoder
}

func startDevices(b *testing.B) *devicesProcess {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), stormClient+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	return &devicesProcess{json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))}
}

func (d *devicesProcess) begin(b *testing.B, s storm) {
	b.Helper()
	if err := d.in.Encode(s); err != nil {
		b.Fatal(err)
	}
}

func (d *devicesProcess) end(b *testing.B) (s stormed) {
	b.Helper()
	if err := d.out.Decode(&s); err != nil {
		b.Fatal(err)
	}
	return s
}

// possibleDevices answers how many of n connections this process may have open.
func possibleDevices(b *testing.B, n int) int {
	if s := os.Getenv("LOWSKY_STORM_DEVICES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		b.Fatal(err)
	}
	if l.Cur < l.Max {
		l.Cur = l.Max
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	}
	if room := int(min(l.Cur, 1<<20)) - 200; room < n {
		b.Logf("%d file descriptors: %d devices instead of %d", l.Cur, room, n)
		return room
	}
	return n
}

// runDevices is the process of the devices: minimal packets written by hand, so that they are not what is measured.
func runDevices(in io.Reader, out io.Writer) {
	commands, answers := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	var conns []net.Conn
	tickets := map[int]tls.ClientSessionCache{}
	for {
		var s storm
		if commands.Decode(&s) != nil {
			return
		}
		for _, c := range conns {
			_ = c.Close()
		}
		conns = make([]net.Conn, s.Devices)
		var config *tls.Config
		if s.CA != nil {
			config = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1",
				CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}} // what OpenSSL 3.0 and mbed TLS offer
			config.RootCAs.AppendCertsFromPEM(s.CA)
		}
		took, tries, problem := make([]time.Duration, s.Devices), make([]int, s.Devices), make([]error, s.Devices)
		began, used := time.Now(), processorTime()
		var all sync.WaitGroup
		for i := range s.Devices {
			c := config
			if c != nil {
				c = c.Clone()
				if c.ClientSessionCache = tickets[i]; !s.Resume || tickets[i] == nil {
					c.ClientSessionCache = tls.NewLRUClientSessionCache(1)
					tickets[i] = c.ClientSessionCache
				}
			}
			all.Go(func() {
				for {
					tries[i]++
					conn, err := first(s.Address, i, c)
					if err == nil {
						conns[i], took[i] = conn, time.Since(began)
						return
					}
					problem[i] = err
					time.Sleep(500*time.Millisecond + rand.N(500*time.Millisecond)) // as a device waits before it tries again
				}
			})
		}
		all.Wait()
		a := stormed{Last: time.Since(began), CPU: processorTime() - used}
		slices.Sort(took)
		a.P50, a.P99 = took[len(took)/2], took[len(took)*99/100]
		for i, n := range tries {
			a.Attempts += n
			if problem[i] != nil {
				a.Problem = problem[i].Error()
			}
		}
		if answers.Encode(a) != nil {
			return
		}
	}
}

// processorTime is what this process has used so far. On a machine that is shared it tells more than the clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// first connects device i, subscribes to its notices and publishes one report, each step when the one before was
// answered.
func first(address string, i int, config *tls.Config) (net.Conn, error) {
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if config != nil {
		t := tls.Client(c, config)
		if err := t.Handshake(); err != nil {
			_ = c.Close()
			return nil, err
		}
		c = t
	}
	name := nameOf(i)
	packet := func(head byte, body []byte) []byte {
		return append(binary.AppendUvarint([]byte{head}, uint64(len(body))), body...)
	}
	buf := make([]byte, 8)
	for _, step := range []struct {
		send   []byte
		answer int
		code   int
	}{
		{connect3(name, name, secretOf(i)), 4, 3},
		{packet(0x82, append(append([]byte{0, 1}, text("lowsky/v1/notice/"+name)...), 1)), 5, 4},
		{packet(0x32, append(append(text("lowsky/v1/telemetry/"+name), 0, 2), benchReport...)), 4, -1},
	} {
		if _, err = c.Write(step.send); err == nil {
			_, err = io.ReadFull(c, buf[:step.answer])
		}
		if err == nil && step.code >= 0 && buf[step.code] > 1 {
			err = errors.New("refused")
		}
		if err != nil {
			_ = c.Close()
			return nil, err
		}
	}
	return c, nil
}
