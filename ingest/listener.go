package ingest

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
)

const (
	connectWithin  = 10 * time.Second // from TCP accept to the CONNECT packet
	writeWithin    = 10 * time.Second // one write to a device that does not read
	maxFirstPacket = 16 << 10         // bytes of the CONNECT packet, will and all
)

// listener gives connections to mochi and does what its own listener does not: it bounds how many there are, how long
// one may stay silent before it says who it is, how large that first packet may be, and how long one that does not
// read may hold up a writer; and a panic in a connection ends that connection alone.
type listener struct {
	net.Listener
	open   *atomic.Int64
	logger *slog.Logger
	limit  int64
	closed atomic.Bool
	wg     sync.WaitGroup
	mu     sync.Mutex
	conns  map[net.Conn]struct{}
}

func (l *listener) ID() string                { return mochiListener }
func (l *listener) Address() string           { return l.Addr().String() }
func (l *listener) Protocol() string          { return "tcp" }
func (l *listener) Init(_ *slog.Logger) error { return nil }

// Serve accepts until the listener is closed.
func (l *listener) Serve(establish listeners.EstablishFn) {
	for {
		c, err := l.Accept()
		if err != nil {
			if l.closed.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(10 * time.Millisecond) // out of file descriptors: connections end and make room
			continue
		}
		if l.open.Load() >= l.limit {
			_ = c.Close()
			continue
		}
		if !l.remember(c) {
			_ = c.Close()
			continue
		}
		go func() {
			defer l.wg.Done()
			defer l.forget(c)
			defer l.open.Add(-1)
			defer func() {
				if p := recover(); p != nil {
					l.logger.Error("a fault in the MQTT broker ended a connection", "panic", p, "stack", string(debug.Stack()))
					_ = c.Close()
				}
			}()
			_ = c.SetReadDeadline(time.Now().Add(connectWithin))
			_ = establish(mochiListener, &conn{Conn: c})
			_ = c.Close()
		}()
	}
}

// remember counts a connection; false once the listener was closed.
func (l *listener) remember(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() {
		return false
	}
	if l.conns == nil {
		l.conns = map[net.Conn]struct{}{}
	}
	l.conns[c] = struct{}{}
	l.open.Add(1)
	l.wg.Add(1)
	return true
}

func (l *listener) forget(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// Close stops accepting, ends every connection and waits for them.
func (l *listener) Close(closeClients listeners.CloseFn) {
	if l.closed.Swap(true) {
		return
	}
	_ = l.Listener.Close()
	closeClients(mochiListener) // MQTT 5 devices are told why
	l.mu.Lock()
	for c := range l.conns { // those that have not said who they are
		_ = c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}

// conn is one connection.
type conn struct {
	net.Conn
	head []byte // the first packet's fixed header so far; nil once it was seen
	seen bool
}

var errFirstPacket = errors.New("first packet is too large")

// Read looks at the fixed header of the first packet as it passes (MQTT 3.1.1, 2.2): a type byte and up to four bytes
// of length, seven bits each.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.seen {
		return n, err
	}
	c.head = append(c.head, b[:min(n, 8)]...)
	if len(c.head) < 2 {
		return n, err
	}
	switch length, size := binary.Uvarint(c.head[1:min(len(c.head), 6)]); {
	case size == 0:
		return n, err // not all there yet
	case size < 0 || length > maxFirstPacket:
		return 0, errFirstPacket
	}
	c.seen, c.head = true, nil
	return n, err
}

// SetDeadline is how mochi keeps the keep-alive: it is about reading. Writing has a limit of its own.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
