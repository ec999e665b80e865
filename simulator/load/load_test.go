package load

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// stub is a broker that acknowledges, and breaks when it is told to.
type stub struct {
	listener net.Listener
	group    sync.WaitGroup
	code     byte                                                     // of the CONNACK
	publish  func(topic string, payload []byte, qos byte, n int) bool // n counts over the connection; false: hang up unanswered
	mute     bool                                                     // never acknowledges
	received atomic.Uint64

	mu       sync.Mutex
	signedIn map[string]bool // client id, user name and password of each CONNECT that has them
}

func (s *stub) start(t *testing.T) string { return s.listen(t, "127.0.0.1:0") }

func (s *stub) listen(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Error(err)
		return ""
	}
	return s.on(t, l)
}

func (s *stub) on(t *testing.T, l net.Listener) string {
	s.listener = l
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
	return l.Addr().String()
}

func (s *stub) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	for n := 0; ; {
		first, err := r.ReadByte()
		if err != nil {
			return
		}
		length, err := binary.ReadUvarint(r) // for up to four bytes the same code as MQTT's
		if err != nil {
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		switch first & 0xF0 {
		case packetConnect:
			s.note(body)
			c.Write([]byte{packetConnAck, 2, 0, s.code})
			if s.code != 0 {
				return
			}
		case packetPublish:
			qos := first >> 1 & 3
			topic := string(body[2 : 2+binary.BigEndian.Uint16(body)])
			rest := body[2+len(topic):]
			var id []byte
			if qos > 0 {
				id, rest = rest[:2], rest[2:]
			}
			s.received.Add(1)
			n++
			if s.publish != nil && !s.publish(topic, rest, qos, n) {
				return
			}
			if qos > 0 && !s.mute {
				c.Write([]byte{packetPubAck, 2, id[0], id[1]})
			}
		case packetDisconnect:
			return
		}
	}
}

// note keeps who signs in: what follows the fixed ten bytes of a CONNECT without will.
func (s *stub) note(connect []byte) {
	var texts []string
	for rest := connect[10:]; len(rest) >= 2; {
		n := int(binary.BigEndian.Uint16(rest))
		texts = append(texts, string(rest[2:2+n]))
		rest = rest[2+n:]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signedIn == nil {
		s.signedIn = map[string]bool{}
	}
	s.signedIn[strings.Join(texts, " ")] = true
}

func TestEveryMessageIsSentOnceAndAcknowledged(t *testing.T) {
	var mu sync.Mutex
	reports := map[string]int{}
	s := &stub{publish: func(topic string, payload []byte, qos byte, _ int) bool {
		msgs, err := native.Decode(topic, payload, time.Now(), nil)
		mu.Lock()
		defer mu.Unlock()
		if err != nil || len(msgs) != 1 || qos != 1 {
			t.Errorf("%s %s qos %d: %v", topic, payload, qos, err)
			return true
		}
		r := msgs[0].(*lowsky.TelemetryReport)
		reports[string(r.Aircraft)+r.MeasuredAt.String()]++
		return true
	}}
	var sent, acked atomic.Uint64
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 20, Rate: 5000, Count: 1003, QoS: 1, Batch: 5, Now: time.Now,
		Sent:  func(int, uint64, time.Time) { sent.Add(1) },
		Acked: func(int, uint64, time.Time) { acked.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Sent != 1003 || res.Acknowledged != 1003 || res.Lost != 0 || res.Skipped != 0 || res.Connections != 20 {
		t.Errorf("result %+v", res)
	}
	if sent.Load() != 1003 || acked.Load() != 1003 || res.Ack.Count != 1003 {
		t.Errorf("hooks: sent %d, acknowledged %d, latencies %d", sent.Load(), acked.Load(), res.Ack.Count)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(reports) != 1003 {
		t.Errorf("%d different reports arrived, want 1003: the platform drops what has the same stamp", len(reports))
	}
}

func TestDJIFormat(t *testing.T) {
	s := &stub{publish: func(topic string, payload []byte, _ byte, _ int) bool {
		msgs, err := dji.Decode(topic, payload, time.Unix(2e9, 0), nil)
		if err != nil || len(msgs) != 1 {
			t.Errorf("%s %s: %v", topic, payload, err)
		} else if r, ok := msgs[0].(*lowsky.TelemetryReport); !ok || !r.Position.OK || r.Aircraft == "" {
			t.Errorf("%s %s: %+v", topic, payload, msgs[0])
		}
		return true
	}}
	res, err := Run(context.Background(), Load{Address: s.start(t), Connections: 5, Rate: 1000, Count: 50, QoS: 1, Format: "dji", Now: time.Now})
	if err != nil || res.Acknowledged != 50 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestRateIsKept(t *testing.T) {
	s := &stub{}
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 4, Rate: 2000, Duration: 300 * time.Millisecond, QoS: 0, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Sent != 600 {
		t.Errorf("sent %d in 300 ms at 2000/s, want 600", res.Sent)
	}
	if res.Sending < 290*time.Millisecond {
		t.Errorf("was done after %s: the rate was not kept", res.Sending)
	}
}

func TestLossIsReported(t *testing.T) {
	s := &stub{mute: true}
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 2, Rate: 1000, Count: 100, QoS: 1, Window: 10, Drain: 20 * time.Millisecond, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Sent != 20 || res.Lost != 20 || res.Skipped != 80 || res.Acknowledged != 0 {
		t.Errorf("two windows of 10 should be sent and lost, 80 skipped: %+v", res)
	}
}

func TestResendAfterALostConnection(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	s := &stub{publish: func(_ string, payload []byte, _ byte, n int) bool {
		mu.Lock()
		defer mu.Unlock()
		if n == 50 {
			return false // the 50th of each connection is not answered, and the connection ends
		}
		seen[string(payload)]++
		return true
	}}
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 1, Rate: 3000, Count: 300, QoS: 1, Resend: true, Window: 300, Now: time.Now,
		Topic: func(int) string { return "lowsky/v1/telemetry/again" },
		Message: func(dst []byte, _ int, n uint64, _ time.Time) []byte {
			return append(dst, byte('a'+n/26/26), byte('a'+n/26%26), byte('a'+n%26))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Reconnects == 0 || res.Resent == 0 {
		t.Errorf("the connection was never lost: %+v", res)
	}
	if res.Acknowledged != res.Sent || res.Sent != 300 || uint64(len(seen)) != res.Sent {
		t.Errorf("every message waits for the connection: acknowledged %d, sent %d, skipped %d, different arrived %d", res.Acknowledged, res.Sent, res.Skipped, len(seen))
	}
}

func TestALostConnectionEndsTheRun(t *testing.T) {
	s := &stub{publish: func(string, []byte, byte, int) bool { return false }}
	_, err := Run(context.Background(), Load{Address: s.start(t), Connections: 1, Rate: 100, Count: 1000, QoS: 1, Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "connection 0") {
		t.Errorf("error %v should name the connection", err)
	}
}

func TestRefusedConnection(t *testing.T) {
	s := &stub{code: 5}
	_, err := Run(context.Background(), Load{Address: s.start(t), Connections: 3, Rate: 1, Count: 1, Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "not authorised") {
		t.Errorf("error %v should say not authorised", err)
	}
}

func TestCancelEndsTheRun(t *testing.T) {
	s := &stub{}
	ctx, cancel := context.WithCancel(context.Background())
	res, err := Run(ctx, Load{
		Address: s.start(t), Connections: 3, Rate: 1000, Duration: time.Hour, QoS: 1, Now: time.Now,
		Acked: func(_ int, n uint64, _ time.Time) {
			if n >= 20 {
				cancel()
			}
		},
	})
	if err != nil || res.Sent < 20 || res.Sent > 5000 {
		t.Errorf("after a cancel: %+v, %v", res, err)
	}
}

func TestBadLoads(t *testing.T) {
	good := Load{Address: "127.0.0.1:1", Connections: 1, Rate: 1, Count: 1, Now: time.Now}
	for field, change := range map[string]func(*Load){
		"address":     func(l *Load) { l.Address = "192.0.2.1:1883" },
		"connections": func(l *Load) { l.Connections = 20001 },
		"rate":        func(l *Load) { l.Rate = 0 },
		"duration":    func(l *Load) { l.Count = 0 },
		"qos":         func(l *Load) { l.QoS = 2 },
		"batch":       func(l *Load) { l.Batch = -1 },
		"window":      func(l *Load) { l.Window = 9000 },
		"format":      func(l *Load) { l.Format = "xml" },
		"now":         func(l *Load) { l.Now = nil },
		"aircraft":    func(l *Load) { l.Aircraft = 100_001 },
		"prefix":      func(l *Load) { l.Prefix = "a/b" },
		"message":     func(l *Load) { l.Topic = func(int) string { return "" } },
		"credentials": func(l *Load) { l.Connections, l.Credentials = 2, []Credential{{"a", "b"}} },
		"watch":       func(l *Load) { l.Watch.URL = "http://192.0.2.1:8080" },
	} {
		l := good
		change(&l)
		_, err := Run(context.Background(), l)
		var bad *lowsky.InvalidError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: error %v", field, err)
		}
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for i := 1; i <= 1000; i++ {
		h.add(time.Duration(i) * time.Millisecond)
	}
	l := h.latencies()
	for _, c := range []struct{ got, want time.Duration }{
		{l.P50, 500 * time.Millisecond}, {l.P95, 950 * time.Millisecond}, {l.P99, 990 * time.Millisecond}, {l.Max, time.Second},
	} {
		if c.got < c.want || float64(c.got) > 1.08*float64(c.want) {
			t.Errorf("percentile %s, want %s to 8 %% more", c.got, c.want)
		}
	}
	for v := uint64(1); v < 1<<30; v = v*9/8 + 1 {
		if u := upper(bucket(v)); u < v || float64(u) > 1.0625*float64(v)+1 {
			t.Fatalf("bucket of %d ends at %d", v, u)
		}
	}
}
