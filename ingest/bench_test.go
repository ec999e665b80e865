package ingest

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"testing"

	"lowsky"
)

// benchReport is a usual native report of 455 bytes.
const benchReport = `{"measured_at":"2026-11-22T08:00:00.123Z","longitude_deg":114.3282145,"latitude_deg":29.8523417,"altitude_hae_m":95.52,` +
	`"altitude_amsl_m":108.11,"height_agl_m":60.25,"height_takeoff_m":58.4,"ground_speed_mps":12.53,"course_deg":271.5,"heading_deg":270.2,` +
	`"vertical_speed_mps":-0.4,"horizontal_accuracy_m":1.2,"vertical_accuracy_m":2.1,"battery_pct":77.5,"link_pct":90,"status":"airborne",` +
	`"gateway_id":"gw-17","scenario":"logistics","plan_id":"P-20261122-07"}`

// discard is a log that takes everything and keeps nothing.
type discard struct{}

func (discard) Append(lowsky.Record, []lowsky.Message) (lowsky.Receipt, error) {
	return fakeReceipt{}, nil
}

// BenchmarkSubscriber is the same through mosquitto and one paho subscriber, at QoS 1 both ways.
func BenchmarkSubscriber(b *testing.B) {
	const connections = 100
	m := newMosquitto(b)
	s, err := NewSubscriber(SubscriberConfig{URL: "mqtt://127.0.0.1:" + m.port, Intake: newTestIntake(discard{}), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() { cancel(); <-done }()
	eventually(b, "subscribed", func() bool { return s.Ready() == nil })
	var conns []net.Conn
	for i := range connections {
		conns = append(conns, rawConnect(b, m.port, "bench-"+strconv.Itoa(i)))
	}
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for i, c := range conns {
		n := b.N / connections
		if i < b.N%connections {
			n++
		}
		all.Go(func() { pump(b, c, "lowsky/v1/telemetry/bench-"+strconv.Itoa(i), 1, n) })
	}
	all.Wait()
	eventually(b, "all taken", func() bool { return s.intake.Sources().Totals().Logged == uint64(b.N) })
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	b.StopTimer()
	for _, c := range conns {
		_ = c.Close()
	}
}

// BenchmarkEmbedded is what the broker, decode and counting take per message, to a log that costs nothing: 100
// connections, one write per message; at QoS 1 each connection has up to 100 messages under way.
func BenchmarkEmbedded(b *testing.B) {
	for _, qos := range []byte{0, 1} {
		b.Run("qos="+strconv.Itoa(int(qos)), func(b *testing.B) {
			const connections = 100
			e := startEmbedded(b, discard{}, "127.0.0.1:0", "")
			var conns []net.Conn
			for i := range connections {
				conns = append(conns, rawConnect(b, port(e), "bench-"+strconv.Itoa(i)))
			}
			b.ReportAllocs()
			b.ResetTimer()
			var all sync.WaitGroup
			for i, c := range conns {
				n := b.N / connections
				if i < b.N%connections {
					n++
				}
				all.Go(func() { pump(b, c, "lowsky/v1/telemetry/bench-"+strconv.Itoa(i), qos, n) })
			}
			all.Wait()
			eventually(b, "all taken", func() bool { return e.intake.Sources().Totals().Logged == uint64(b.N) })
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
			b.StopTimer()
			for _, c := range conns {
				_ = c.Close()
			}
		})
	}
}

func rawConnect(b *testing.B, port, id string) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		b.Fatal(err)
	}
	body := append(append(text("MQTT"), 4, 2, 0, 60), text(id)...)
	if _, err := c.Write(append(binary.AppendUvarint([]byte{0x10}, uint64(len(body))), body...)); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
		b.Fatal(err)
	}
	return c
}

// pump publishes n messages and waits for their acknowledgements.
func pump(b *testing.B, c net.Conn, topic string, qos byte, n int) {
	window := make(chan struct{}, 100)
	var acks sync.WaitGroup
	if qos > 0 {
		acks.Go(func() {
			r := bufio.NewReader(c)
			for range n {
				if _, err := io.ReadFull(r, make([]byte, 4)); err != nil {
					b.Error(err)
					return
				}
				<-window
			}
		})
	}
	body := text(topic)
	if qos > 0 {
		body = append(body, 0, 0)
	}
	at := len(body) - 2
	body = append(body, benchReport...)
	head := binary.AppendUvarint([]byte{0x30 | qos<<1}, uint64(len(body)))
	packet := append(head, body...)
	for i := range n {
		if qos > 0 {
			window <- struct{}{}
			binary.BigEndian.PutUint16(packet[len(head)+at:], uint16(i%65535)+1)
		}
		if _, err := c.Write(packet); err != nil {
			b.Error(err)
			return
		}
	}
	acks.Wait()
}
