package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"lowsky"
	"lowsky/store/storetest"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m) // stops PostgreSQL, if a test started it
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		code = 1
	}
	os.Exit(code)
}

// stage is a board, a running hub, and a server that lets anybody in with the scope of the test.
type stage struct {
	t     *testing.T
	board *Board
	hub   *Hub
	url   string
	stop  func() // ends the hub and waits; called at the end of the test, too
}

func newStage(t *testing.T, cfg HubConfig, who func(r *http.Request) Viewer) *stage {
	t.Helper()
	s := &stage{t: t, board: NewBoard(BoardConfig{})}
	if cfg.Flush == 0 {
		cfg.Flush = 5 * time.Millisecond
	}
	cfg.Linger = 100 * time.Millisecond
	s.hub = NewHub(s.board, cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.hub.Run(ctx) }()
	within(t, "the hub runs", func() bool {
		s.hub.tilesMu.Lock()
		defer s.hub.tilesMu.Unlock()
		return s.hub.running
	})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := Viewer{Name: "test", Scope: lowsky.Everything}
		if who != nil {
			v = who(r)
		}
		if err := s.hub.Serve(w, r, v); err != nil {
			http.Error(w, err.Error(), statusOf(err))
		}
	}))
	// Small buffers, so that a client that does not read is felt soon.
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
		return ctx
	}
	server.Start()
	s.url = "ws" + strings.TrimPrefix(server.URL, "http")
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("hub: %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Error("the hub does not stop")
			}
			server.Close()
		})
	}
	t.Cleanup(s.stop)
	return s
}

// within polls for a condition.
func within(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(time.Millisecond) // between looks
	}
}

// console is a client that does what docs/stream.md says a reader does.
type console struct {
	t    testing.TB
	conn *websocket.Conn
	done chan struct{}

	mu         sync.Mutex
	box        tileBox
	hello      helloFrame
	snapshots  int
	seq        uint64
	gaps       int
	identities map[uint32]Identity
	alerts     map[lowsky.AlertID]AlertView
	zones      map[lowsky.ZoneID]int
	zonesSeq   uint64
	sources    map[lowsky.SourceID]lowsky.SourceView
	storage    Storage
	health     int
	tracks     []lowsky.TrackView
	places     map[uint32]Row
	frames     []*Frame
	unknown    int // rows whose slot has no identity
	order      []string
	closed     *websocket.CloseError
	err        error
}

func (s *stage) dial(query string, header http.Header) (*console, error) {
	dialer := websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if err == nil {
			_ = c.(*net.TCPConn).SetReadBuffer(16 << 10)
		}
		return c, err
	}}
	conn, resp, err := dialer.Dial(s.url+query, header)
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("%d: %w", resp.StatusCode, err)
		}
		return nil, err
	}
	return &console{
		t: s.t, conn: conn, done: make(chan struct{}), identities: map[uint32]Identity{},
		alerts: map[lowsky.AlertID]AlertView{}, zones: map[lowsky.ZoneID]int{}, places: map[uint32]Row{},
		sources: map[lowsky.SourceID]lowsky.SourceView{},
	}, nil
}

// open connects a console that reads.
func (s *stage) open(query string) *console {
	s.t.Helper()
	c, err := s.dial(query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c.start()
	c.until("the snapshot", func() bool { return c.snapshots > 0 })
	return c
}

func (c *console) start() {
	go c.read()
	c.t.Cleanup(func() {
		c.conn.Close()
		<-c.done
	})
}

func (c *console) read() {
	defer close(c.done)
	for {
		kind, raw, err := c.conn.ReadMessage()
		c.mu.Lock()
		if err != nil {
			if !errors.As(err, &c.closed) {
				c.err = err
			}
			c.mu.Unlock()
			return
		}
		if kind == websocket.BinaryMessage {
			f, err := DecodeFrame(raw)
			if err != nil {
				c.t.Errorf("frame: %v", err)
			} else {
				c.take(f)
			}
		} else if err := c.hear(raw); err != nil {
			c.t.Errorf("%v in %.300s", err, raw)
		}
		c.mu.Unlock()
	}
}

// take applies a position frame. Called with c.mu held.
func (c *console) take(f *Frame) {
	c.frames = append(c.frames, f)
	c.order = append(c.order, "frame")
	for _, r := range f.Rows {
		if _, ok := c.identities[r.Slot]; !ok {
			c.unknown++
			continue
		}
		if r.Severity == 0 && !c.box.contains(tileOf(r.Longitude, r.Latitude)) {
			delete(c.places, r.Slot)
			continue
		}
		c.places[r.Slot] = r
	}
}

// hear applies a text frame. Called with c.mu held.
func (c *console) hear(raw []byte) error {
	var m struct {
		Type       string
		Seq        *uint64
		Identities []Identity
		Alerts     json.RawMessage
		Sources    []lowsky.SourceView
		Identity   Identity
		Slot       json.RawMessage
		AlertID    lowsky.AlertID `json:"alert_id"`
		Alert      AlertView
		ZonesSeq   uint64 `json:"zones_seq"`
		Upsert     []struct {
			Properties struct{ ID lowsky.ZoneID }
		}
		Remove  []lowsky.ZoneID
		Source  lowsky.SourceView
		Storage Storage
		Track   lowsky.TrackView
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	c.order = append(c.order, m.Type)
	switch m.Type {
	case "hello":
		return json.Unmarshal(raw, &c.hello)
	case "snapshot":
		c.snapshots++
		c.seq = *m.Seq
		clear(c.identities)
		clear(c.alerts)
		for _, i := range m.Identities {
			c.identities[i.Slot] = i
		}
		for _, s := range m.Sources {
			c.sources[s.ID] = s
		}
		c.zonesSeq, c.storage = m.ZonesSeq, m.Storage
		var alerts []AlertView
		if err := json.Unmarshal(m.Alerts, &alerts); err != nil {
			return err
		}
		for _, a := range alerts {
			c.alerts[a.ID] = a
		}
		return nil
	case "health":
		c.health++
		return nil
	case "track":
		c.tracks = append(c.tracks, m.Track)
		return nil
	case "positions":
		return nil
	}
	if m.Seq == nil || *m.Seq != c.seq+1 {
		c.gaps++
		return fmt.Errorf("seq after %d", c.seq)
	}
	c.seq++
	switch m.Type {
	case "identity":
		c.identities[m.Identity.Slot] = m.Identity
	case "gone":
		var slot uint32
		if err := json.Unmarshal(m.Slot, &slot); err != nil {
			return err
		}
		delete(c.identities, slot)
		delete(c.places, slot)
	case "alert":
		c.alerts[m.Alert.ID] = m.Alert
	case "alert_gone":
		delete(c.alerts, m.AlertID)
	case "zones":
		c.zonesSeq = m.ZonesSeq
		for _, f := range m.Upsert {
			c.zones[f.Properties.ID]++
		}
		for _, id := range m.Remove {
			delete(c.zones, id)
		}
	case "source":
		c.sources[m.Source.ID] = m.Source
	case "storage":
		c.storage = m.Storage
	case "stored":
		var revs []AlertRev
		if err := json.Unmarshal(m.Alerts, &revs); err != nil {
			return err
		}
		for _, r := range revs {
			a := c.alerts[r.ID]
			a.SavedRev = r.Rev
			c.alerts[r.ID] = a
		}
	default:
		return fmt.Errorf("event %q", m.Type)
	}
	return nil
}

// until polls for a condition of the console; it is looked at under the console's lock.
func (c *console) until(what string, ok func() bool) {
	c.t.Helper()
	within(c.t, what, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return ok()
	})
}

func (c *console) say(format string, args ...any) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		c.t.Error(err)
	}
}

func (c *console) look(west, south, east, north lowsky.Degrees) {
	c.t.Helper()
	c.mu.Lock()
	c.box = boxOf(view{west, south, east, north})
	c.mu.Unlock()
	c.say(`{"type":"view","west":%g,"south":%g,"east":%g,"north":%g}`, west, south, east, north)
}

// place answers where the console draws an aircraft.
func (c *console) place(id lowsky.AircraftID) (Row, bool) {
	for slot, i := range c.identities {
		if i.Aircraft == id {
			r, ok := c.places[slot]
			return r, ok
		}
	}
	return Row{}, false
}

func (c *console) ends(code int) {
	c.t.Helper()
	c.until(fmt.Sprintf("closed with %d", code), func() bool { return c.closed != nil || c.err != nil })
	if c.closed == nil || c.closed.Code != code {
		c.t.Fatalf("closed with %v (%v), want %d", c.closed, c.err, code)
	}
}
