package load

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lowsky"
)

// generator is the variable that makes a test process the generator of BenchmarkOneCore, with its load as JSON.
const generator = "LOWSKY_TEST_GENERATOR"

func TestMain(m *testing.M) {
	if text := os.Getenv(generator); text != "" {
		var l Load
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			panic(err)
		}
		l.Now = time.Now
		r, err := Run(context.Background(), l)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		json.NewEncoder(os.Stdout).Encode(r)
		return
	}
	goleak.VerifyTestMain(m)
}

// sink is as little of a broker as can acknowledge: it reads what is there, looks at the headers, and answers a whole
// read in one write, so that it is not what is measured.
type sink struct {
	listener net.Listener
	group    sync.WaitGroup
}

func startSink(t testing.TB) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{listener: l}
	s.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.group.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); s.group.Wait() })
	return s
}

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 256<<10)
	var acks []byte
	for have := 0; ; {
		n, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		at := 0
		acks = acks[:0]
		for {
			length, used := binary.Uvarint(buf[at+1 : max(at+1, have)]) // for up to four bytes the same code as MQTT's
			end := at + 1 + used + int(length)
			if used <= 0 || end > have {
				break
			}
			switch first := buf[at]; {
			case first&0xF0 == packetConnect:
				acks = append(acks, packetConnAck, 2, 0, 0)
			case first&0xF0 == packetPublish && first&0x06 != 0:
				id := at + 1 + used + 2 + int(binary.BigEndian.Uint16(buf[at+1+used:]))
				acks = append(acks, packetPubAck, 2, buf[id], buf[id+1])
			}
			at = end
		}
		have = copy(buf, buf[at:have])
		if len(acks) > 0 {
			if _, err := c.Write(acks); err != nil {
				return
			}
		}
	}
}

// The generator in a process of its own, on one core (GOMAXPROCS=1, and taskset where there is one), against the sink and
// against mosquitto, both on the other: 50,000 messages a second are asked for. "µs/msg" is processor time of the
// generator, acknowledgements read included, and "msg/s/core" what a whole core of it would send.
//
//	go test -run '^$' -bench OneCore -benchtime 1x -count 3 ./simulator/load
func BenchmarkOneCore(b *testing.B) {
	for _, broker := range []string{"sink", "mosquitto"} {
		for _, format := range []lowsky.Format{"native", "dji"} {
			for _, qos := range []byte{0, 1} {
				for _, batch := range []int{1, 20} {
					b.Run(fmt.Sprintf("%s/%s/qos%d/batch%d", broker, format, qos, batch), func(b *testing.B) {
						address := brokerFor(b, broker)
						for range b.N {
							oneCore(b, Load{
								Address: address, Connections: 100, Rate: 50_000, Duration: 3 * time.Second,
								Format: format, QoS: qos, Batch: batch, Window: 1024,
							})
						}
					})
				}
			}
		}
	}
}

func brokerFor(b *testing.B, name string) string {
	b.Helper()
	if name == "sink" {
		procs := runtime.GOMAXPROCS(1)
		b.Cleanup(func() { runtime.GOMAXPROCS(procs) })
		return startSink(b).listener.Addr().String()
	}
	program := "mosquitto"
	if _, err := exec.LookPath(program); err != nil {
		if program = "/usr/sbin/mosquitto"; !exists(program) {
			b.Skip("needs mosquitto")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	conf := filepath.Join(b.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n", port)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	cmd := pinned("1", program, "-c", conf)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			return "127.0.0.1:" + port
		} else if time.Now().After(deadline) {
			b.Fatal(err)
		}
	}
}

func exists(name string) bool { _, err := os.Stat(name); return err == nil }

// pinned is a command on one processor, where the machine has two and knows how.
func pinned(cpu, name string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() > 1 {
		return exec.Command(taskset, append([]string{"-c", cpu, name}, args...)...)
	}
	return exec.Command(name, args...)
}

func oneCore(b *testing.B, l Load) {
	b.Helper()
	text, err := json.Marshal(struct {
		Address                    string
		Connections, Batch, Window int
		Rate                       float64
		Duration                   time.Duration
		Format                     lowsky.Format
		QoS                        byte
	}{l.Address, l.Connections, l.Batch, l.Window, l.Rate, l.Duration, l.Format, l.QoS})
	if err != nil {
		b.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := pinned("0", self)
	cmd.Env = append(os.Environ(), generator+"="+string(text), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var r struct {
		Sent, Lost, Skipped uint64
		SendingNS           time.Duration `json:"sending_ns"`
		BehindNS            time.Duration `json:"behind_ns"`
		Puback              struct {
			P50 float64 `json:"p50_ms"`
			P99 float64 `json:"p99_ms"`
		}
	}
	if err := json.Unmarshal(out, &r); err != nil {
		b.Fatalf("%v in %s", err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	each := float64(used.Nanoseconds()) / 1e3 / float64(r.Sent)
	b.ReportMetric(float64(r.Sent)/r.SendingNS.Seconds(), "sent/s")
	b.ReportMetric(float64(r.Lost), "lost")
	b.ReportMetric(float64(r.Skipped), "skipped")
	b.ReportMetric(each, "µs/msg")
	b.ReportMetric(1e6/each, "msg/s/core")
	b.ReportMetric(r.Puback.P50, "puback-p50-ms")
	b.ReportMetric(r.Puback.P99, "puback-p99-ms")
	b.ReportMetric(float64(r.BehindNS.Microseconds())/1000, "behind-ms")
	b.ReportMetric(0, "ns/op")
}
