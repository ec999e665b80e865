package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"lowsky/simulator/load"
)

// meter shows how far a load is: one line that is drawn again and again on a terminal, a line each 5 s elsewhere.
type meter struct {
	out         io.Writer
	redraw      bool
	every       time.Duration
	total       time.Duration // of sending
	connections int

	mu     sync.Mutex
	drawn  bool
	now    func() time.Time
	told   time.Time // when Away was told last
	failed int       // failures since
}

func newMeter(out io.Writer, now time.Time) *meter {
	m := &meter{out: out, every: 5 * time.Second, now: time.Now, told: now.Add(-time.Hour)}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			m.redraw, m.every = true, 250*time.Millisecond
		}
	}
	return m
}

func (m *meter) progress(p load.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.line(m.text(p))
}

// line draws; under mu.
func (m *meter) line(s string) {
	if m.redraw {
		fmt.Fprintf(m.out, "\r\x1b[2K%s", s)
		m.drawn = true
		return
	}
	fmt.Fprintln(m.out, s)
}

func (m *meter) text(p load.Progress) string {
	if p.Sending == 0 {
		return fmt.Sprintf("connecting: %d of %d", p.Connected, m.connections)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s", p.Sending.Round(100*time.Millisecond))
	if m.total > 0 {
		fmt.Fprintf(&b, "/%s", m.total)
	}
	fmt.Fprintf(&b, "  sent %d  %.0f/s  skipped %d", p.Sent, p.Rate, p.Skipped)
	if p.Connected < m.connections {
		fmt.Fprintf(&b, "  CONNECTED %d of %d", p.Connected, m.connections)
	}
	if p.Ack.Count > 0 {
		fmt.Fprintf(&b, "  unacknowledged %d  PUBACK p50 %s p99 %s", p.Sent-min(p.Sent, p.Acknowledged), brief(p.Ack.P50), brief(p.Ack.P99))
	}
	if p.Watching {
		fmt.Fprintf(&b, "  seen %d  overtaken %d  not yet %d", p.Seen, p.Overtaken, p.Sent-min(p.Sent, p.Seen+p.Overtaken))
		if p.EndToEnd.Count > 0 {
			fmt.Fprintf(&b, "  end to end p50 %s p99 %s", brief(p.EndToEnd.P50), brief(p.EndToEnd.P99))
		}
	}
	return b.String()
}

// brief is a latency with three digits.
func brief(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// awayPause is the least time between two lines about connections.
const awayPause = 2 * time.Second

// away says that connections fail, once for the many that fail together.
func (m *meter) away(connection int, err error, retry time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed++
	now := m.now()
	if now.Sub(m.told) < awayPause {
		return
	}
	m.told = now
	if m.drawn {
		fmt.Fprintln(m.out)
		m.drawn = false
	}
	fmt.Fprintf(m.out, "broker away (connection %d, %d failures): %v; trying again in %s\n", connection, m.failed, err, retry.Round(time.Millisecond))
	m.failed = 0
}

// end leaves the line as it stands.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.drawn {
		fmt.Fprintln(m.out)
		m.drawn = false
	}
}
