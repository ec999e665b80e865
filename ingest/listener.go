package ingest

import (
	"container/list"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
)

const (
	connectWithin = 10 * time.Second // from TCP accept to the CONNECT packet, and from TLS's first to it
	writeWithin   = 10 * time.Second // one write to a device that does not read
	yieldAfter    = 2 * time.Second  // where all places are taken, who has not signed in by then makes room
	// signInsAtOnce is how many connections have their turn to sign in at a time, for each processor. When thousands
	// come back at once the others wait off the scheduler's queue, so that whoever else wants to run, the picture above
	// all, does not wait behind them. In its turn a connection computes; it never waits for the network longer than
	// peekFor.
	signInsAtOnce = 8
	peekFor       = time.Millisecond
)

// listener gives connections to mochi and does what its own listener does not: it bounds how many there are, how long
// one may stay silent before it says who it is, how large that first packet may be, and how long one that does not
// read may hold up a writer; and a panic in a connection ends that connection alone. Until the first packet is there
// and, with TLS, the handshake done, a connection costs a file descriptor, a goroutine and what it has sent.
type listener struct {
	endpoint
	id     string
	room   *room
	door   door
	ended  func(c *conn) // after mochi is done with it
	logger *slog.Logger
	closed atomic.Bool
	wg     sync.WaitGroup
}

// endpoint is where to listen.
type endpoint struct {
	net.Listener
	secure    *secure // nil: without TLS
	anonymous bool    // a connection needs no credential
}

func (l *listener) ID() string                { return l.id }
func (l *listener) Address() string           { return l.Addr().String() }
func (l *listener) Protocol() string          { return l.id }
func (l *listener) Init(_ *slog.Logger) error { return nil }

// Serve accepts until the listener is closed. It accepts as fast as it can: what the kernel cannot queue comes back only
// seconds later.
func (l *listener) Serve(establish listeners.EstablishFn) {
	queue := make(chan *conn, l.room.limit)
	defer close(queue)
	l.wg.Go(func() {
		for c := range queue {
			c.waitTurn(l.room.turns)
			go l.handle(c, establish)
		}
	})
	for {
		tcp, err := l.Accept()
		if err != nil {
			if l.closed.Load() || isClosed(err) {
				return
			}
			time.Sleep(10 * time.Millisecond) // out of file descriptors: connections end and make room
			continue
		}
		c := &conn{Conn: tcp, tcp: tcp, from: addressOf(tcp), anonymous: l.anonymous, room: l.room}
		if !l.room.enter(c, l) {
			_ = tcp.Close()
			continue
		}
		queue <- c // as large as the room
	}
}

func (l *listener) handle(c *conn, establish listeners.EstablishFn) {
	defer l.wg.Done()
	defer l.room.leave(c)
	defer func() {
		if p := recover(); p != nil {
			l.logger.Error("a fault in the MQTT broker ended a connection", "panic", p, "stack", string(debug.Stack()))
		}
		c.endTurn()
		_ = c.Close()
		l.ended(c)
	}()
	c.since.Store(time.Now().UnixNano())
	if l.secure != nil && l.secure.handshake(c) != nil {
		return
	}
	var err error
	if c.first, err = c.readWhole(connectSize); err != nil {
		return
	}
	c.waitTurn(l.room.turns)
	if l.door.suspicious(c.from) && !c.mayEnter(l.door) {
		return
	}
	_ = establish(l.id, c)
}

// Close stops accepting, ends every connection and waits for them.
func (l *listener) Close(closeClients listeners.CloseFn) {
	if l.closed.Swap(true) {
		return
	}
	_ = l.Listener.Close()
	closeClients(l.id) // MQTT 5 devices are told why
	l.room.clear(l)    // those that have not said who they are
	l.wg.Wait()
}

// room bounds the connections over all listeners, and knows which have not signed in.
type room struct {
	limit    int
	turns    chan struct{} // to sign in
	mu       sync.Mutex
	open     map[*conn]*listener
	unsigned list.List // of *conn, the oldest first
}

func newRoom(limit int) *room {
	return &room{limit: limit, turns: make(chan struct{}, signInsAtOnce*runtime.GOMAXPROCS(0))}
}

// enter takes a connection in, false if there is no place. Where all are taken, one that has not said in yieldAfter who
// it is gives its up: silence must not keep devices out.
func (r *room) enter(c *conn, l *listener) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.closed.Load() {
		return false
	}
	if len(r.open) >= r.limit {
		oldest := r.unsigned.Front()
		if oldest == nil || !oldest.Value.(*conn).silentFor(yieldAfter) {
			return false
		}
		silent := oldest.Value.(*conn)
		r.sign(silent)
		delete(r.open, silent)
		_ = silent.tcp.Close()
	}
	if r.open == nil {
		r.open = map[*conn]*listener{}
	}
	r.open[c] = l
	c.place = r.unsigned.PushBack(c)
	l.wg.Add(1)
	return true
}

// signed says that the connection has signed in.
func (r *room) signed(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sign(c)
}

func (r *room) sign(c *conn) {
	if c.place != nil {
		r.unsigned.Remove(c.place)
		c.place = nil
	}
}

func (r *room) leave(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sign(c)
	delete(r.open, c)
}

// clear closes what is left of a listener's connections.
func (r *room) clear(of *listener) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c, l := range r.open {
		if l == of {
			_ = c.tcp.Close()
		}
	}
}

func (r *room) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

func addressOf(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
