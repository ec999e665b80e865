package ingest

import (
	"container/list"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

const maxFirstPacket = 16 << 10 // bytes of the CONNECT packet, will and all

// conn is one connection, as mochi reads and writes it.
type conn struct {
	net.Conn           // tcp, or TLS over it
	tcp       net.Conn //
	from      netip.Addr
	anonymous bool
	since     atomic.Int64 // ns since 1970 of the beginning of its first turn, 0 not yet
	first     []byte       // what was read of the first packet and mochi has not had yet
	client    *mqtt.Client // once it said who it is
	leaveBy   atomic.Int64 // ns since 1970: no write may take longer, 0 none
	room      *room
	place     *list.Element // in room.unsigned; the room's
	turn      chan struct{} // to be given back; of the connection's own goroutine
}

var errFirstPacket = errors.New("the first packet is no CONNECT of a usual size")

// readWhole reads until the first message is all there, and answers it and what followed. size says how long it is, 0
// while that cannot be told, and whether it may be. If it does not come at once, the turn is over.
func (c *conn) readWhole(size func([]byte) (int, bool)) ([]byte, error) {
	buf := make([]byte, 512)
	have := 0
	wait := connectWithin
	if c.turn != nil {
		wait = peekFor
	}
	_ = c.Conn.SetReadDeadline(time.Now().Add(wait))
	for {
		n, err := c.Conn.Read(buf[have:])
		have += n
		whole, ok := size(buf[:have])
		switch {
		case !ok:
			return nil, errFirstPacket
		case whole > 0 && have >= whole:
			return buf[:have], nil
		case c.turn != nil && errors.Is(err, os.ErrDeadlineExceeded):
			c.endTurn()
			_ = c.Conn.SetReadDeadline(time.Now().Add(connectWithin))
		case err != nil:
			return nil, err
		case whole > len(buf):
			buf = append(make([]byte, 0, whole), buf[:have]...)[:whole]
		}
	}
}

// silentFor reports whether we have waited so long for it to say who it is.
func (c *conn) silentFor(d time.Duration) bool {
	since := c.since.Load()
	return since != 0 && time.Since(time.Unix(0, since)) >= d
}

// connectSize answers how many bytes the CONNECT at the beginning of b takes, header and all; 0: the header is not all
// there yet. False: it is no CONNECT, or too large.
func connectSize(b []byte) (int, bool) {
	if len(b) > 0 && b[0] != packets.Connect<<4 {
		return 0, false
	}
	if len(b) < 2 {
		return 0, true
	}
	length, size := binary.Uvarint(b[1:min(len(b), 5)])
	switch {
	case size == 0 && len(b) < 5:
		return 0, true
	case size <= 0 || length > maxFirstPacket:
		return 0, false
	}
	return 1 + size + int(length), true
}

// mayEnter asks the door by the first packet, before mochi sets anything up.
func (c *conn) mayEnter(d door) bool {
	whole, _ := connectSize(c.first)
	_, size := binary.Uvarint(c.first[1:])
	pk := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Connect, Remaining: whole - 1 - size}}
	if pk.ConnectDecode(c.first[1+size:whole]) != nil {
		return false
	}
	return d.admit(connecting{client: pk.Connect.ClientIdentifier, username: string(pk.Connect.Username),
		password: pk.Connect.Password, from: c.from, anonymous: c.anonymous}) != nil
}

func (c *conn) waitTurn(turns chan struct{}) {
	if c.turn == nil {
		turns <- struct{}{}
		c.turn = turns
	}
}

func (c *conn) endTurn() {
	if c.turn != nil {
		<-c.turn
		c.turn = nil
	}
}

func (c *conn) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		if c.first = c.first[n:]; len(c.first) == 0 {
			c.first = nil
		}
		return n, nil
	}
	return c.Conn.Read(b)
}

// SetDeadline is how mochi keeps the keep-alive: it is about reading. Writing has a limit of its own.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return 0, err
	}
	if by := c.leaveBy.Load(); by != 0 { // after the other, so that it holds whoever came first
		if err := c.SetWriteDeadline(time.Unix(0, by)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

// leave ends every write by then, also the one under way.
func (c *conn) leave(by time.Time) {
	c.leaveBy.Store(by.UnixNano())
	_ = c.SetWriteDeadline(by)
}

// Close ends it at once. TLS would first say so to a peer that may not read for five seconds; an MQTT packet says its
// own length, so nothing is lost by not saying it.
func (c *conn) Close() error { return c.tcp.Close() }
