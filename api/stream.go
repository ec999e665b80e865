package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"lowsky"
)

// HubConfig is what a [Hub] needs besides the board. Zero values take the defaults named.
type HubConfig struct {
	Version, Region string
	Flush           time.Duration // between position frames; 200 ms
	Queue           int           // events that may wait for one client; 16384
	MaxClients      int           // 1000
	MaxPerName      int           // of one account; 50
	Ping            time.Duration // between pings; a client silent for three is ended; 15 s
	WriteTimeout    time.Duration // for one message; 10 s
	Linger          time.Duration // how long a closed connection is kept for the peer to read why; 2 s
	Recheck         time.Duration // between looks at whether the sessions still hold; 10 s
	Anonymous       time.Duration // between looks at who is near whose flights; 1 s
	Origins         []string      // origins besides the server's own host, e.g. "https://console.example"
	Metrics         prometheus.Registerer
	Logger          *slog.Logger
}

// Viewer is who opens a stream.
type Viewer struct {
	Name    string
	Roles   []string
	Scope   lowsky.Scope
	Session string // names the session; "" for a bearer token
	// Valid answers the scope that the viewer has now; lowsky.ErrUnauthenticated once the session or token no longer
	// holds, lowsky.ErrForbidden once it may not open a stream. Any other error changes nothing. nil: valid for ever.
	Valid func(context.Context) (lowsky.Scope, error)
}

// Hub tells consoles about the board over websockets. Consoles may connect while [Hub.Run] runs.
type Hub struct {
	board   *Board
	cfg     HubConfig
	log     *slog.Logger
	metrics *hubMetrics

	// tilesMu is taken before Board.mu, and never while a change is published: encoding and views do not delay alerts.
	tilesMu sync.Mutex
	tiles   tiles
	clients map[*client]struct{}
	byName  map[string]int // of them, by account
	running bool
	serving sync.WaitGroup
	kick    chan struct{} // capacity 1: look at every client now
}

// NewHub makes a hub on a board. A board has at most one hub.
func NewHub(board *Board, cfg HubConfig) *Hub {
	setDefault(&cfg.Flush, 200*time.Millisecond)
	setDefault(&cfg.Queue, 16384)
	setDefault(&cfg.MaxClients, 1000)
	setDefault(&cfg.MaxPerName, 50)
	setDefault(&cfg.Ping, 15*time.Second)
	setDefault(&cfg.WriteTimeout, 10*time.Second)
	setDefault(&cfg.Linger, 2*time.Second)
	setDefault(&cfg.Recheck, 10*time.Second)
	setDefault(&cfg.Anonymous, time.Second)
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	board.flushing.Store(true)
	return &Hub{
		board: board, cfg: cfg, log: cfg.Logger, metrics: newHubMetrics(cfg.Metrics, board),
		tiles: newTiles(), clients: map[*client]struct{}{}, byName: map[string]int{}, kick: make(chan struct{}, 1),
	}
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Run makes frames and looks after the sessions until ctx ends; then it ends every console with code 1001 and returns
// when all of them have gone.
func (h *Hub) Run(ctx context.Context) error {
	h.tilesMu.Lock()
	h.running = true
	h.tilesMu.Unlock()
	var checking sync.WaitGroup
	checking.Go(func() { h.recheck(ctx) })
	checking.Go(func() { h.anonymise(ctx) })
	tick := time.NewTicker(h.cfg.Flush)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			h.flush(h.board.cfg.Now())
		case <-ctx.Done():
			h.tilesMu.Lock()
			h.running = false
			for c := range h.clients {
				c.end(websocket.CloseGoingAway, "server stops")
			}
			h.tilesMu.Unlock()
			checking.Wait()
			h.serving.Wait()
			return nil
		}
	}
}

// EndSession ends at once every client that came with the session.
func (h *Hub) EndSession(session string) {
	if session == "" {
		return
	}
	for _, c := range h.all() {
		if c.session == session {
			c.end(CloseSessionEnd, "session ended")
		}
	}
}

// ourOrigin reports whether a websocket may be opened from the page that asks. Programs send no Origin; browsers
// always do.
func (h *Hub) ourOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if slices.Contains(h.cfg.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// Serve upgrades the request and serves the stream until it ends. The caller has found out who asks. An error is
// returned only while a response can still be written.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Viewer) error {
	if !h.ourOrigin(r) {
		return lowsky.ErrForbidden
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return &lowsky.InvalidError{Field: "Upgrade", Problem: "must be a websocket request"}
	}
	c := &client{
		hub: h, name: who.Name, session: who.Session, valid: who.Valid,
		asJSON: r.URL.Query().Get("positions") == "json",
		wake:   make(chan struct{}, 1), gaveUp: make(chan struct{}),
	}
	if err := h.admit(c); err != nil {
		return err
	}
	defer h.serving.Done()
	defer h.leave(c)
	up := websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second, ReadBufferSize: readLimit, WriteBufferSize: 4096,
		CheckOrigin: func(*http.Request) bool { return true }, // checked above, with an error of our own form
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		h.log.Debug("stream: upgrade refused", "error", err) // the upgrader has answered
		return nil
	}
	c.conn = conn
	defer conn.Close()
	h.metrics.opened.Inc()
	h.begin(c, who)
	var writing sync.WaitGroup
	writing.Go(c.write)
	h.check(r.Context(), c) // a change between the request and here was told to the others
	c.read(r.Context())
	c.end(websocket.CloseNormalClosure, "")
	writing.Wait()
	return nil
}

// admit counts the client in, or answers ErrUnavailable when the hub is full or stops.
func (h *Hub) admit(c *client) error {
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	if !h.running || len(h.clients) >= h.cfg.MaxClients || h.byName[c.name] >= h.cfg.MaxPerName {
		return lowsky.ErrUnavailable
	}
	h.byName[c.name]++
	h.serving.Add(1)
	// Known from now on, so that a stop ends it; without a class it is offered nothing yet.
	h.clients[c] = struct{}{}
	return nil
}

// begin queues hello, the snapshot and the alerting set. The snapshot and the start of the events are one step under
// the board's lock: no event is lost or told twice between them.
func (h *Hub) begin(c *client, who Viewer) {
	roles := who.Roles
	if roles == nil {
		roles = []string{}
	}
	now := h.board.cfg.Now()
	hello := &event{body: helloFrame{
		Type: "hello", Protocol: 1, ServerTime: now.UTC(), Version: h.cfg.Version, Region: h.cfg.Region,
		User: helloUser{Name: who.Name, Roles: roles}, FlushMS: h.cfg.Flush.Milliseconds(), TileZoom: TileZoom,
	}}
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	c.push(hello)
	h.board.mu.Lock()
	c.class = h.board.class(who.Scope)
	c.push(h.board.snapshotOf(c.class))
	c.class.clients[c] = struct{}{}
	h.board.mu.Unlock()
	if len(h.tiles.alerting) > 0 {
		c.offerMore([]*frame{{
			entries: entriesOf(h.tiles.alerting), class: c.class, flags: FlagFull | FlagAlerting, at: now,
		}})
	}
}

func (h *Hub) leave(c *client) {
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	delete(h.clients, c)
	if h.byName[c.name]--; h.byName[c.name] <= 0 {
		delete(h.byName, c.name)
	}
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	if c.class == nil {
		return
	}
	delete(c.class.clients, c)
	if len(c.class.clients) == 0 {
		c.class.idle, c.class.snapshot = h.board.cfg.Now(), nil
	}
}

// look gives a client a new box: the tiles that it did not look at before come whole.
func (h *Hub) look(c *client, box tileBox) {
	now := h.board.cfg.Now()
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	var frames []*frame
	for t := range h.tiles.members {
		if box.contains(t) && !c.box.contains(t) {
			frames = append(frames, h.tiles.fullTile(c.class, t, now))
		}
	}
	c.box = box
	c.offerMore(frames)
}

// resync queues a new snapshot in place of what is queued.
func (h *Hub) resync(c *client) {
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	c.restart(h.board.snapshotOf(c.class))
}

// watch follows one aircraft for the client. One that is not known, or not to be seen, is followed by silence.
func (h *Hub) watch(c *client, id lowsky.AircraftID) {
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()
	c.watchedID, c.watching, c.sent, c.sentAt = id, nil, nil, time.Time{}
	h.followWatched(c, h.board.cfg.Now())
}

// watchPause is the least time between two whole tracks to one client.
const watchPause = 500 * time.Millisecond

// followWatched offers the watched aircraft's track if it has changed. The caller holds tilesMu.
func (h *Hub) followWatched(c *client, now time.Time) {
	if c.watchedID == "" || now.Sub(c.sentAt) < watchPause {
		return
	}
	if c.watching == nil || c.watching.view.Load() == nil { // not yet known, or gone and perhaps back
		h.board.mu.RLock()
		c.watching = h.board.entries[c.watchedID]
		h.board.mu.RUnlock()
		if c.watching == nil {
			return
		}
	}
	v := c.watching.view.Load()
	if v == nil || v == c.sent || !c.class.scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
		return
	}
	c.sent, c.sentAt = v, now
	c.offerTrack(&event{body: trackFrame{Type: "track", Track: h.board.shown(c.class.hide, v)}})
}
