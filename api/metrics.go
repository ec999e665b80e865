package api

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// hubMetrics counts what the hub does.
type hubMetrics struct {
	opened, events, frames, bytes, coalesced prometheus.Counter
	closes                                   *prometheus.CounterVec
}

func newHubMetrics(reg prometheus.Registerer, board *Board) *hubMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "lowsky_stream_" + name, Help: help})
	}
	m := &hubMetrics{
		opened:    counter("opened_total", "Websocket streams opened."),
		events:    counter("events_total", "JSON frames sent to consoles."),
		frames:    counter("frames_total", "Position frames sent to consoles."),
		bytes:     counter("bytes_total", "Bytes sent to consoles, without websocket framing."),
		coalesced: counter("coalesced_total", "Position frames made for one slow console from positions it had missed."),
		closes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lowsky_stream_closed_total", Help: "Streams closed by the server, by close code.",
		}, []string{"code"}),
	}
	if reg == nil {
		return m
	}
	reg.MustRegister(m.opened, m.events, m.frames, m.bytes, m.coalesced, m.closes,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lowsky_stream_clients", Help: "Streams open now."}, func() float64 {
			return float64(board.clientCount())
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lowsky_board_aircraft", Help: "Aircraft on the board."}, func() float64 {
			board.mu.RLock()
			defer board.mu.RUnlock()
			return float64(len(board.entries))
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lowsky_board_alerts_open", Help: "Open alerts on the board."}, func() float64 {
			board.mu.RLock()
			defer board.mu.RUnlock()
			n := 0
			for _, of := range board.byObject {
				n += len(of)
			}
			return float64(n)
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "lowsky_board_changes_total", Help: "Changes that the picture published."}, func() float64 {
			return float64(board.published.Load())
		}),
	)
	return m
}

func (m *hubMetrics) closed(code int) { m.closes.WithLabelValues(strconv.Itoa(code)).Inc() }

func (b *Board) clientCount() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := 0
	for _, c := range b.classes {
		n += len(c.clients)
	}
	return n
}
