package load

import (
	"errors"
	"net"
	"sync"
	"time"
)

// slot is one unacknowledged message. What is needed to send it again is kept, not its bytes.
type slot struct {
	id     uint16 // packet identifier; 0: free
	sent   bool   // false while it waits for the connection to come back
	craft  *craft // nil: Message makes it
	number uint64 // of the craft's reports, or what Message was asked for
	n      uint64
	stamp  int64
	at     time.Time
}

// device is one connection. serve owns the reading side and the connecting; write is called by the sender.
type device struct {
	run    *run
	index  int
	crafts []*craft // of which each sends in turn
	turn   int
	topic  string // with Message

	mu      sync.Mutex // never held while something is written, lest the acknowledgements wait for it
	conn    net.Conn   // nil while away
	lastID  uint16
	pending int
	slots   []slot // by packet identifier modulo len, which is a power of two above the window
	payload []byte
}

func newDevice(r *run, index int) *device {
	d := &device{run: r, index: index}
	if r.QoS == 1 {
		n := 2
		for n <= r.Window {
			n *= 2
		}
		d.slots = make([]slot, n)
	}
	return d
}

// clientID is the name of the connection.
func (d *device) clientID() string {
	if len(d.run.Credentials) > 0 {
		return d.run.Credentials[d.index].ID
	}
	return nameOf(d.run.Prefix, d.index)
}

// appendMessage appends one PUBLISH. Under mu.
func (d *device) appendMessage(dst []byte, c *craft, number uint64, stamp int64, at time.Time, id uint16, dup bool) []byte {
	if c != nil {
		return c.append(dst, number, stamp, id, dup)
	}
	d.payload = d.run.Message(d.payload[:0], d.index, number, at)
	return appendPublish(dst, d.topic, d.payload, d.run.QoS, id, dup)
}

// write sends up to size messages in one TCP write, the first being number n, and answers how many. With Resend and the
// connection away they are kept and go out when it is back.
func (d *device) write(n uint64, size int, now time.Time) int {
	r := d.run
	d.mu.Lock()
	conn := d.conn
	if conn == nil && (!r.Resend || r.QoS == 0) {
		d.mu.Unlock()
		return 0
	}
	micros := now.UnixMicro()
	out := r.out[:0]
	sent := 0
	for ; sent < size; sent++ {
		number, stamp := n+uint64(sent), int64(0)
		var id uint16
		var s *slot
		if r.QoS == 1 {
			if id = d.lastID + 1; id == 0 {
				id = 1 // 0 is no identifier [MQTT-2.3.1-1]
			}
			s = &d.slots[int(id)%len(d.slots)]
			if d.pending >= r.Window || s.id != 0 {
				break
			}
			d.lastID = id
			d.pending++
		}
		var c *craft
		own := number
		if len(d.crafts) > 0 {
			if c = d.crafts[d.turn]; len(d.crafts) > 1 {
				d.turn = (d.turn + 1) % len(d.crafts)
			}
			own, stamp = c.next(micros)
		}
		if conn != nil {
			out = d.appendMessage(out, c, own, stamp, now, id, false)
		}
		if s != nil {
			*s = slot{id: id, sent: conn != nil, craft: c, number: own, n: number, stamp: stamp, at: now}
		}
		if r.Load.Sent != nil {
			r.Load.Sent(d.index, number, now)
		}
	}
	r.sent.Add(uint64(sent)) // before anything of it can be acknowledged
	d.mu.Unlock()
	r.out = out
	if sent == 0 || conn == nil {
		return sent
	}
	if _, err := conn.Write(out); err != nil {
		conn.Close() // read meets the end and says so
	}
	return sent
}

// read takes acknowledgements until the connection ends.
func (d *device) read(conn net.Conn) error {
	p := packetReader{r: conn}
	var now time.Time
	for {
		fresh := p.from == p.to
		kind, body, err := p.next()
		if err != nil {
			return err
		}
		if fresh {
			now = d.run.Now() // of all that came together
		}
		if kind != packetPubAck {
			continue
		}
		id := uint16(body[0])<<8 | uint16(body[1])
		d.mu.Lock()
		known := false
		var n uint64
		var at time.Time
		if len(d.slots) > 0 {
			if s := &d.slots[int(id)%len(d.slots)]; s.id == id && id != 0 {
				known, n, at = true, s.n, s.at
				s.id = 0
				d.pending--
			}
		}
		d.mu.Unlock()
		if !known {
			return errors.New("acknowledgement of a message never sent")
		}
		d.run.ack.add(now.Sub(at))
		d.run.acked.Add(1)
		if d.run.Load.Acked != nil {
			d.run.Load.Acked(d.index, n, now)
		}
	}
}

// hurry bounds a write that the broker does not read.
func (d *device) hurry(deadline time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		d.conn.SetWriteDeadline(deadline)
	}
}

// leave says goodbye and closes, which ends read.
func (d *device) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn == nil {
		return
	}
	d.conn.SetWriteDeadline(d.run.Now().Add(time.Second))
	d.conn.Write([]byte{packetDisconnect, 0})
	d.conn.Close()
}
