package ingest

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"lowsky"
)

const stormDevices = 15000

// brokerOf starts a broker with n devices; the returned function stops it.
func brokerOf(b *testing.B, n int, config *tls.Config) (*Embedded, func()) {
	b.Helper()
	list := make([]lowsky.Device, n)
	for i := range list {
		list[i] = made(nameOf(i), lowsky.DeviceAircraft, secretOf(i))
	}
	c := EmbeddedConfig{Address: "0.0.0.0:0", Devices: list, Intake: newTestIntake(discard{}), Logger: slog.New(slog.DiscardHandler)}
	if config != nil {
		c.Address, c.TLSAddress, c.TLS = "", "0.0.0.0:0", config
	}
	e, err := NewEmbedded(c)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	eventually(b, "serving", func() bool { return e.Ready() == nil })
	return e, func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// probe wakes up every 10 ms, as the picture's tick does, and answers how late it was.
func probe() (stop func() []time.Duration) {
	end, out := make(chan struct{}), make(chan []time.Duration, 1)
	go func() {
		var late []time.Duration
		due := time.Now()
		for {
			due = due.Add(10 * time.Millisecond)
			select {
			case <-end:
				slices.Sort(late)
				out <- late
				return
			case <-time.After(time.Until(due)):
				d := time.Since(due)
				late = append(late, d)
				if d > 10*time.Millisecond {
					due = time.Now() // one long pause is one, not many
				}
			}
		}
	}()
	return func() []time.Duration { close(end); return <-out }
}

// BenchmarkReconnect: the broker restarts, and all devices come back at once: CONNECT with a secret, SUBSCRIBE, the
// first report at QoS 1. How long until the last one is acknowledged, with the devices on the same cores.
func BenchmarkReconnect(b *testing.B) {
	ca := newAuthority(b)
	ca.issue("broker", ca)
	pem, err := os.ReadFile(ca.path("ca.crt"))
	if err != nil {
		b.Fatal(err)
	}
	var cert certificate
	cert.read(b, ca, "broker")
	for _, x := range []struct {
		name        string
		tls, resume bool
	}{{"tcp", false, false}, {"tls", true, false}, {"tls-resumed", true, true}} {
		b.Run(x.name, func(b *testing.B) {
			n := possibleDevices(b, stormDevices)
			devices := startDevices(b)
			config := &tls.Config{GetCertificate: cert.get}
			config.SetSessionTicketKeys([][32]byte{{1}}) // the same after a restart: else nothing can be resumed
			command := storm{Devices: n, Resume: x.resume}
			if x.tls {
				command.CA = pem
			} else {
				config = nil
			}
			address := func(e *Embedded) string {
				if x.tls {
					return "127.0.0.1:" + securePort(e)
				}
				return "127.0.0.1:" + port(e)
			}
			var last, p50, worst, p99late, ours, theirs time.Duration
			var memory, retries float64
			for range b.N {
				e, stop := brokerOf(b, n, config)
				command.Address = address(e)
				devices.begin(b, command)
				devices.end(b)
				stop()
				before := inUse()
				e, stop = brokerOf(b, n, config)
				command.Address = address(e)
				late, used := probe(), processorTime()
				devices.begin(b, command)
				r := devices.end(b)
				ours += processorTime() - used
				theirs += r.CPU
				l := late()
				if e.Connections() != n || e.intake.Sources().Totals().Logged != uint64(n) {
					b.Errorf("%d connected, %d logged", e.Connections(), e.intake.Sources().Totals().Logged)
				}
				if r.Problem != "" {
					b.Log(r.Problem)
				}
				last += r.Last
				p50 += r.P50
				worst, p99late = max(worst, l[len(l)-1]), max(p99late, l[len(l)*99/100])
				retries += float64(r.Attempts - n)
				memory += (inUse() - before) / float64(n)
				stop()
			}
			per := float64(b.N)
			b.ReportMetric(float64(n), "devices")
			b.ReportMetric(last.Seconds()/per, "s/all")
			b.ReportMetric(p50.Seconds()/per, "s/median")
			b.ReportMetric(ours.Seconds()/per, "cpu-s-broker")
			b.ReportMetric(theirs.Seconds()/per, "cpu-s-devices")
			b.ReportMetric(retries/per, "retries")
			b.ReportMetric(memory/per/1024, "kB/connection")
			b.ReportMetric(float64(p99late.Microseconds())/1000, "ms-late-p99")
			b.ReportMetric(float64(worst.Microseconds())/1000, "ms-late-max")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func inUse() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

// BenchmarkRevoke: one of 15,000 connected devices is taken off the list.
func BenchmarkRevoke(b *testing.B) {
	n := possibleDevices(b, stormDevices)
	devices := startDevices(b)
	e, stop := brokerOf(b, n, nil)
	defer stop()
	devices.begin(b, storm{Address: "127.0.0.1:" + port(e), Devices: n})
	devices.end(b)
	list := make([]lowsky.Device, n)
	for i := range list {
		list[i] = made(nameOf(i), lowsky.DeviceAircraft, secretOf(i))
	}
	with := append(slices.Clone(list), made("revoked", lowsky.DeviceAircraft, "r"))
	var total, worst, set time.Duration
	late := probe()
	for range b.N {
		e.SetDevices(with)
		c, err := net.Dial("tcp", "127.0.0.1:"+port(e))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = c.Write(connect3("r", "revoked", "r"))
		if _, err := c.Read(make([]byte, 4)); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		e.SetDevices(list)
		set += time.Since(began)
		_, _ = c.Read(make([]byte, 1)) // until it is closed
		d := time.Since(began)
		total, worst = total+d, max(worst, d)
		_ = c.Close()
	}
	l := late()
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms/out")
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-max")
	b.ReportMetric(float64(set.Microseconds())/1000/float64(b.N), "ms/SetDevices")
	b.ReportMetric(float64(l[len(l)-1].Microseconds())/1000, "ms-late-max")
	b.ReportMetric(0, "ns/op")
	for end := time.Now().Add(5 * time.Second); e.Connections() != n; { // the last one is counted off after it was closed
		if time.Now().After(end) {
			b.Fatalf("%d are still connected", e.Connections())
		}
		runtime.Gosched()
	}
}
