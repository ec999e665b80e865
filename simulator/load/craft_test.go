package load

import (
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// decoded takes a PUBLISH of QoS 1 apart, as the platform does.
func decoded(t *testing.T, packet []byte) *lowsky.TelemetryReport {
	t.Helper()
	p := packet[1:]
	length := 0
	for shift := 0; ; shift += 7 {
		b := p[0]
		p = p[1:]
		length |= int(b&0x7F) << shift
		if b < 0x80 {
			break
		}
	}
	if length != len(p) {
		t.Fatalf("remaining length %d of %d bytes", length, len(p))
	}
	n := int(p[0])<<8 | int(p[1])
	topic, payload := string(p[2:2+n]), p[2+n+2:]
	decode := native.Decode
	if strings.HasPrefix(topic, "thing/") {
		decode = dji.Decode
	}
	msgs, err := decode(topic, payload, time.Now(), nil)
	if err != nil || len(msgs) != 1 {
		t.Fatalf("%s %s: %d messages, %v", topic, payload, len(msgs), err)
	}
	return msgs[0].(*lowsky.TelemetryReport)
}

func newTestCraft(t testing.TB, format lowsky.Format, index int) *craft {
	t.Helper()
	c, err := newCraft(format, 1, lowsky.AircraftID(nameOf("load", index)), "load-dock-00001", index)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Patched in place, a report says what the encoder would have written: stamp, number and a place on the circle.
func TestReportsArePatchedAsTheyAreDecoded(t *testing.T) {
	for _, format := range []lowsky.Format{"native", "dji"} {
		for _, index := range []int{0, 7, 149, 150, 99_999} {
			c := newTestCraft(t, format, index)
			c.remember(numbers)
			now := time.Date(2026, 12, 31, 23, 59, 0, 987_654_000, time.UTC).UnixMicro()
			var before *lowsky.TelemetryReport
			for i := range 600 {
				number, stamp := c.next(now + int64(i)*333_333) // over midnight and New Year, three laps
				packet := c.append(nil, number, stamp, uint16(i+1), false)
				r := decoded(t, packet)
				if r.Aircraft != c.id || !r.MeasuredAt.Equal(time.UnixMicro(stamp)) {
					t.Fatalf("%s at %s, want %s at %s", r.Aircraft, r.MeasuredAt, c.id, time.UnixMicro(stamp))
				}
				p := r.Position.Value
				lonE7, latE7 := int32(math.Round(float64(p.Longitude)*1e7)), int32(math.Round(float64(p.Latitude)*1e7))
				if n, s, ok := c.shown(lonE7, latE7, stamp); !ok || n != number || s != stamp {
					t.Fatalf("place %d %d tells of report %d of %d (%v), want %d of %d", lonE7, latE7, n, s, ok, number, stamp)
				}
				east, north := float64(int64(lonE7)-c.centreE7)*96_600/1e7, float64(int64(latE7)-c.centreLatitudeE7)*110_860/1e7
				if d := math.Hypot(east, north); d < radius-1.1 || d > radius+1.1 {
					t.Fatalf("%.2f m from the middle of the circle, want %.0f", d, radius)
				}
				if before != nil {
					q := before.Position.Value
					e, n := float64(p.Longitude-q.Longitude)*96_600, float64(p.Latitude-q.Latitude)*110_860
					if d := math.Hypot(e, n); d < 1 || d > 5 { // 2.6 m, and the lattice
						t.Fatalf("%.2f m in a third of a second", d)
					}
					off := math.Mod(float64(r.Heading.Value)-math.Atan2(e, n)*180/math.Pi+720, 360)
					if off > 45 && off < 315 {
						t.Fatalf("heading %v, flown %v", r.Heading, math.Atan2(e, n)*180/math.Pi)
					}
				}
				before = r
			}
		}
	}
}

func TestStampsAndPlacesAreNeverUsedTwice(t *testing.T) {
	for _, format := range []lowsky.Format{"native", "dji"} {
		c := newTestCraft(t, format, 3)
		stamps, places := map[time.Time]bool{}, map[lowsky.Position]bool{}
		now := time.Now().UnixMicro()
		for i := range 3000 { // 20 at a time have one instant
			number, stamp := c.next(now + int64(i/20*20))
			r := decoded(t, c.append(nil, number, stamp, 1, false))
			p := lowsky.Position{Longitude: r.Position.Value.Longitude, Latitude: r.Position.Value.Latitude}
			if stamps[r.MeasuredAt] || places[p] {
				t.Fatalf("%s, report %d: %s at %v is there twice", format, i, r.MeasuredAt, p)
			}
			stamps[r.MeasuredAt], places[p] = true, true
		}
	}
}

func TestSentAgainIsTheSameButForDUP(t *testing.T) {
	c := newTestCraft(t, "native", 3)
	n, stamp := c.next(time.Now().UnixMicro())
	first := c.append(nil, n, stamp, 300, false)
	m, later := c.next(time.Now().UnixMicro() + 5e6)
	c.append(nil, m, later, 301, false)
	again := c.append(nil, n, stamp, 300, true)
	if again[0] != first[0]|0x08 || string(again[1:]) != string(first[1:]) {
		t.Errorf("sent\n%q and again\n%q", first, again)
	}
	if third := c.append(nil, n, stamp, 300, false); third[0] != first[0] {
		t.Error("DUP stays")
	}
}

// Rows that show no report of this run, or one too old to be told from another, are not taken for one.
func TestRowsOfEarlierRunsAreNotOurs(t *testing.T) {
	c := newTestCraft(t, "native", 0)
	c.remember(1)
	if _, _, ok := c.shown(1_140_000_000, 294_000_000, math.MaxInt64); ok {
		t.Error("a report is shown before one was sent")
	}
	now := time.Now().UnixMicro()
	for range 200 {
		c.next(now)
	}
	for _, x := range []struct {
		what     string
		number   int32
		observed int64
		ok       bool
	}{
		{"the newest", 199, c.newest, true},
		{"as old as is remembered", 136, c.newest, true},
		{"older than is remembered", 135, c.newest, false},
		{"a number not sent yet", 200, c.newest, false},
		{"observed a minute before it was sent", 199, now - 60e6, false},
		{"observed at any time", 199, math.MaxInt64, true},
	} {
		lon, lat := int32(1_140_000_000)&^63|x.number&63, int32(294_000_000)&^63|x.number>>6
		if n, _, ok := c.shown(lon, lat, x.observed); ok != x.ok || ok && n != uint64(x.number) {
			t.Errorf("%s: %d, %v", x.what, n, ok)
		}
	}
}

// nowhere takes what is written.
type nowhere struct{ net.Conn }

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }

func TestSendingAllocatesNothing(t *testing.T) {
	for _, format := range []lowsky.Format{"native", "dji"} {
		for _, qos := range []byte{0, 1} {
			r := &run{Load: Load{
				Address: "127.0.0.1:1", Connections: 1, Aircraft: 3, Rate: 1000, Count: 1, Format: format, QoS: qos, Batch: 20,
				Now: time.Now, Resend: true, Watch: Watch{URL: "http://127.0.0.1:1"},
			}}
			if err := r.complete(); err != nil {
				t.Fatal(err)
			}
			if err := r.fleet(); err != nil {
				t.Fatal(err)
			}
			d := r.devices[0]
			d.conn = nowhere{}
			now, n := time.Now(), uint64(0)
			allocations := testing.AllocsPerRun(200, func() {
				now = now.Add(700 * time.Millisecond) // a new second now and then
				if sent := d.write(n, 20, now); sent != 20 {
					t.Fatalf("sent %d of 20", sent)
				}
				n += 20
				for i := range d.slots { // all acknowledged
					d.slots[i].id = 0
				}
				d.pending = 0
			})
			if allocations != 0 {
				t.Errorf("%s, QoS %d: %.2f allocations in a write of 20", format, qos, allocations)
			}
		}
	}
}

// The whole path of a packet but the socket: 0 allocations.
func BenchmarkAppend(b *testing.B) {
	for _, format := range []lowsky.Format{"native", "dji"} {
		b.Run(string(format), func(b *testing.B) {
			c := newTestCraft(b, format, 0)
			var out []byte
			now := time.Now().UnixMicro()
			b.ReportAllocs()
			for i := int64(0); b.Loop(); i++ {
				n, stamp := c.next(now + i*1000)
				out = c.append(out[:0], n, stamp, uint16(i), false)
			}
			b.SetBytes(int64(len(out)))
		})
	}
}
