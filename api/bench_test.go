package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

// audience is n consoles that look at everything and throw away what they get.
type audience struct {
	board  *Board
	hub    *Hub
	bytes  atomic.Int64
	alerts atomic.Int64
}

func gather(b *testing.B, clients, aircraft int) (*audience, []lowsky.Change) {
	b.Helper()
	a := &audience{board: NewBoard(BoardConfig{})}
	a.hub = NewHub(a.board, HubConfig{Flush: time.Hour})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.hub.Run(ctx) }()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = a.hub.Serve(w, r, Viewer{Scope: lowsky.Everything})
	}))
	b.Cleanup(func() {
		cancel()
		<-done
		server.Close()
	})
	changes := make([]lowsky.Change, aircraft)
	for i := range changes {
		changes[i] = lowsky.Change{Seq: uint64(i), Track: fly(fmt.Sprintf("a-%d", i), i)}
	}
	a.board.Publish(changes)
	a.hub.flush(time.Now())
	for range clients {
		var conn *websocket.Conn
		within(b, "a console connects", func() bool {
			var err error
			conn, _, err = websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
			return err == nil
		})
		gone := make(chan struct{})
		b.Cleanup(func() { conn.Close(); <-gone })
		go func() {
			defer close(gone)
			buf := make([]byte, 64<<10)
			for {
				kind, r, err := conn.NextReader()
				if err != nil {
					return
				}
				var n int64
				for err == nil {
					var m int
					m, err = r.Read(buf)
					n += int64(m)
				}
				if kind == websocket.BinaryMessage {
					a.bytes.Add(n)
				} else {
					a.alerts.Add(1)
				}
			}
		}()
		if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"view","west":-180,"south":-90,"east":180,"north":90}`)); err != nil {
			b.Fatal(err)
		}
	}
	within(b, "everybody has everything", func() bool { return a.bytes.Load() >= int64(clients*aircraft*frameRow) })
	return a, changes
}

// One flush of 10,000 aircraft to consoles that all look at everything, until the last byte is read.
func BenchmarkFanOut(b *testing.B) {
	for _, clients := range []int{1, 50, 200} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			a, changes := gather(b, clients, 10_000)
			perFlush := int64(0)
			a.bytes.Store(0)
			round := func() {
				a.board.Publish(changes)
				a.hub.flush(time.Now())
			}
			round()
			within(b, "the first flush", func() bool {
				n := a.bytes.Load()
				time.Sleep(20 * time.Millisecond)
				perFlush = a.bytes.Load()
				return n == perFlush && n >= int64(clients*10_000*frameRow)
			})
			b.ResetTimer()
			for b.Loop() {
				a.bytes.Store(0)
				round()
				for a.bytes.Load() < perFlush {
					time.Sleep(100 * time.Microsecond)
				}
			}
			b.ReportMetric(float64(perFlush)/float64(clients)/1000, "kB/client")
		})
	}
}

// From Publish to the alert in a console's hands, one console, then fifty (the last of them).
func BenchmarkAlertToConsole(b *testing.B) {
	for _, clients := range []int{1, 50} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			a, _ := gather(b, clients, 100)
			rev := uint64(0)
			b.ResetTimer()
			for b.Loop() {
				rev++
				want := a.alerts.Load() + int64(clients)
				a.board.Publish([]lowsky.Change{{Alert: firing("x", "a-1", rev)}})
				for a.alerts.Load() < want {
					time.Sleep(20 * time.Microsecond)
				}
			}
		})
	}
}
