package load

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

// Watch is the platform whose stream is looked at while a load runs. Both clocks, the one in the reports and the one
// that frames are read by, are this machine's: the platform's own does not enter the latencies.
type Watch struct {
	URL   string // of the platform: http(s):// or ws(s)://; only a loopback address unless the load is Remote, and then only with TLS
	Token string // of somebody who may read flights and sources everywhere; "" asks without
	TLS   *tls.Config
	// Settle is how long after the last acknowledgement to wait for what has not come out, since the last thing that did;
	// default 3 s.
	Settle time.Duration
}

func (w *Watch) check(remote bool) error {
	if w.URL == "" {
		return nil
	}
	if w.Settle == 0 {
		w.Settle = 3 * time.Second
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" {
		return &lowsky.InvalidError{Field: "watch", Problem: "must be an address such as http://127.0.0.1:8080"}
	}
	secure := u.Scheme == "https" || u.Scheme == "wss"
	if !secure && u.Scheme != "http" && u.Scheme != "ws" {
		return &lowsky.InvalidError{Field: "watch", Problem: "must begin with http://, https://, ws:// or wss://"}
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "0")
	}
	// Without TLS everybody on the way could read the token.
	return checkLoopback("watch", address, remote && secure)
}

// addresses answers the platform for requests and for the stream.
func (w *Watch) addresses() (rest, stream string) {
	u, _ := url.Parse(w.URL) // checked
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/api/v1/stream")
	u.RawQuery = ""
	u.Scheme = map[string]string{"ws": "http", "wss": "https"}[u.Scheme] + map[string]string{"http": "http", "https": "https"}[u.Scheme]
	rest = u.String()
	return rest, "ws" + strings.TrimPrefix(rest, "http") + "/api/v1/stream"
}

// watcher looks at the stream. One goroutine reads; what others look at is atomic.
type watcher struct {
	run     *run
	http    string
	stream  string
	client  *http.Client
	sources map[lowsky.SourceID]bool
	byID    map[lowsky.AircraftID]int32
	slots   map[uint32]int32 // slot → craft
	next    []uint64         // by craft: one above the newest report shown
	seq     uint64
	inSync  bool

	stop  context.CancelFunc
	group sync.WaitGroup

	seen, overtaken, unmatched, frames, gaps, reopened atomic.Uint64
	flushMS                                            atomic.Int64
	caughtUp                                           atomic.Int64 // when anything came last, ns since 1970
	direct, shown                                      histogram

	mu        sync.Mutex
	lastError string
	before    lowsky.Opt[Counts]
	platform  lowsky.Opt[Counts]
}

// watch opens the stream and returns once it has the first snapshot. sending ends with an interrupt.
func (r *run) watch(ctx, sending context.Context) (*watcher, error) {
	w := &watcher{
		run: r, byID: make(map[lowsky.AircraftID]int32, len(r.crafts)), slots: map[uint32]int32{},
		next: make([]uint64, len(r.crafts)), sources: r.sourcesOf(),
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: r.Watch.TLS}},
	}
	w.http, w.stream = r.Watch.addresses()
	for i, c := range r.crafts {
		w.byID[c.id] = int32(i)
	}
	conn, err := w.open(sending)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", w.stream, err)
	}
	if c, err := w.counts(sending); err == nil {
		w.before = lowsky.Some(c)
	} else {
		w.failed(err)
	}
	ctx, w.stop = context.WithCancel(ctx)
	w.caughtUp.Store(r.Now().UnixNano())
	r.watcher.Store(w)
	w.group.Go(func() { w.serve(ctx, conn) })
	return w, nil
}

func (w *watcher) close() {
	w.stop()
	w.group.Wait()
	w.client.CloseIdleConnections()
}

func (w *watcher) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastError = err.Error()
}

// settle waits until everything sent was shown and counted, or nothing came for a while.
func (w *watcher) settle(ctx context.Context, atMost time.Duration) {
	r := w.run
	end := time.NewTimer(max(atMost, w.run.Watch.Settle))
	defer end.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	from := r.Now()
waiting:
	for w.seen.Load()+w.overtaken.Load() < r.sent.Load() {
		last := time.Unix(0, w.caughtUp.Load())
		if last.Before(from) {
			last = from
		}
		if r.Now().Sub(last) > r.Watch.Settle {
			break
		}
		select {
		case <-ctx.Done():
			break waiting
		case <-end.C:
			break waiting
		case <-look.C:
		}
	}
	w.counted(ctx)
}

// counted asks the platform until it has counted everything sent, at most for Settle.
func (w *watcher) counted(ctx context.Context) {
	if !w.before.OK {
		return
	}
	r := w.run
	end := r.Now().Add(r.Watch.Settle)
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for {
		now, err := w.counts(ctx)
		if err != nil {
			w.failed(err)
			return
		}
		rose := now.since(w.before.Value)
		w.mu.Lock()
		w.platform = lowsky.Some(rose)
		w.mu.Unlock()
		if rose.Received >= r.sent.Load() || r.Now().After(end) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

func (w *watcher) observation() Observation {
	o := Observation{
		Flush: time.Duration(w.flushMS.Load()) * time.Millisecond,
		Seen:  w.seen.Load(), Overtaken: w.overtaken.Load(), Unmatched: w.unmatched.Load(), Frames: w.frames.Load(),
		Gaps: w.gaps.Load(), Reopened: w.reopened.Load(), EndToEnd: w.direct.latencies(), Shown: w.shown.latencies(),
	}
	o.NeverCame = w.run.sent.Load() - min(w.run.sent.Load(), o.Seen+o.Overtaken)
	w.mu.Lock()
	defer w.mu.Unlock()
	o.LastError, o.Platform = w.lastError, w.platform
	return o
}

// open opens the stream, reads the first snapshot and asks for the places of the aircraft.
func (w *watcher) open(ctx context.Context) (*websocket.Conn, error) {
	dialler := websocket.Dialer{HandshakeTimeout: 10 * time.Second, TLSClientConfig: w.run.Watch.TLS, ReadBufferSize: 64 << 10}
	header := http.Header{}
	if w.run.Watch.Token != "" {
		header.Set("Authorization", "Bearer "+w.run.Watch.Token)
	}
	conn, resp, err := dialler.DialContext(ctx, w.stream, header)
	if err != nil {
		if resp != nil {
			err = fmt.Errorf("%w: %s", err, resp.Status)
		}
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetReadDeadline(w.run.Now().Add(10 * time.Second))
	for w.inSync = false; !w.inSync; {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			conn.Close()
			return nil, fmt.Errorf("waiting for the first snapshot: %w", err)
		}
		if kind == websocket.TextMessage {
			if err := w.event(conn, message); err != nil {
				conn.Close()
				return nil, err
			}
		}
	}
	conn.SetReadDeadline(time.Time{})
	if err := conn.WriteMessage(websocket.TextMessage, w.view()); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// view is the box that holds every aircraft.
func (w *watcher) view() []byte {
	rows := len(w.run.crafts)/150 + 1
	return fmt.Appendf(nil, `{"type":"view","west":113.99,"south":29.39,"east":114.31,"north":%.2f}`, 29.41+0.002*float64(rows))
}
