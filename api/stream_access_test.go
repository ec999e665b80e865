package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

func TestGarbageEndsTheClient(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	for _, g := range []struct {
		kind int
		raw  string
		code int
	}{
		{websocket.TextMessage, `{"type":"view","west":1}`, 1008}, {websocket.TextMessage, "\xff\xfe", 1008},
		{websocket.BinaryMessage, `{"type":"resync"}`, 1008}, {websocket.TextMessage, strings.Repeat(" ", 4097), 1009},
		{websocket.TextMessage, strings.Repeat("[", 4096), 1008},
	} {
		c := s.open("")
		if err := c.conn.WriteMessage(g.kind, []byte(g.raw)); err != nil {
			t.Fatal(err)
		}
		c.ends(g.code)
	}
}

func TestOrigin(t *testing.T) {
	s := newStage(t, HubConfig{Origins: []string{"https://console.example"}}, nil)
	own := "http" + strings.TrimPrefix(s.url, "ws")
	for origin, ok := range map[string]bool{
		own: true, "https://console.example": true, "": true,
		"https://evil.example": false, "null": false, own + ".evil.example": false, "http://console.example": false,
	} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		c, err := s.dial("", h)
		if (err == nil) != ok {
			t.Errorf("origin %q: %v", origin, err)
		}
		if err == nil {
			c.start()
		} else if !strings.HasPrefix(err.Error(), "403") {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
}

func TestTooManyClients(t *testing.T) {
	tooMany(t, HubConfig{MaxClients: 2})
}

// One account does not take the streams of all.
func TestTooManyClientsOfOneAccount(t *testing.T) {
	tooMany(t, HubConfig{MaxPerName: 2})
}

func tooMany(t *testing.T, cfg HubConfig) {
	t.Helper()
	s := newStage(t, cfg, nil)
	a := s.open("")
	s.open("")
	if _, err := s.dial("", nil); err == nil || !strings.HasPrefix(err.Error(), "503") {
		t.Errorf("third client: %v", err)
	}
	a.conn.Close()
	within(t, "room again", func() bool {
		c, err := s.dial("", nil)
		if err == nil {
			c.start()
		}
		return err == nil
	})
}

func TestSessionEnd(t *testing.T) {
	var ended atomic.Bool
	s := newStage(t, HubConfig{Recheck: 5 * time.Millisecond}, func(r *http.Request) Viewer {
		v := Viewer{Name: "duty", Scope: lowsky.Everything, Session: r.URL.Query().Get("session")}
		v.Valid = func(context.Context) (lowsky.Scope, error) {
			switch {
			case v.Session != "c":
				return v.Scope, nil
			case ended.Load():
				return lowsky.Scope{}, fmt.Errorf("session: %w", lowsky.ErrUnauthenticated)
			}
			return lowsky.Scope{}, errors.New("the database is away") // signs nobody out
		}
		return v
	})
	a, b, c := s.open("?session=a"), s.open("?session=b"), s.open("?session=c")
	s.hub.EndSession("a")
	a.ends(CloseSessionEnd)
	s.board.Publish([]lowsky.Change{{Alert: firing("x", "a", 1)}})
	b.until("b goes on", func() bool { return len(b.alerts) == 1 })
	c.until("c goes on", func() bool { return len(c.alerts) == 1 })
	ended.Store(true)
	c.ends(CloseSessionEnd)
	s.hub.EndSession("")
	s.board.Publish([]lowsky.Change{{Alert: firing("y", "a", 1)}})
	b.until("b still goes on", func() bool { return len(b.alerts) == 2 })
}

func TestStopEndsEveryClient(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	a, b := s.open(""), s.open("")
	s.stop()
	a.ends(websocket.CloseGoingAway)
	b.ends(websocket.CloseGoingAway)
	if len(s.hub.clients) != 0 || s.board.clientCount() != 0 {
		t.Errorf("left behind: %d clients, %d in classes", len(s.hub.clients), s.board.clientCount())
	}
}
