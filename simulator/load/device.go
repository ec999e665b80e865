package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// slot is one unacknowledged message.
type slot struct {
	id    uint16 // packet identifier; 0: free
	n     uint64
	at    time.Time
	frame []byte // kept only to send it again
	sent  bool   // false while it waits for the connection to come back
}

// device is one connection. serve owns the reading side and the connecting; write is called by the sender.
type device struct {
	run    *run
	index  int
	topic  string
	report reporter

	mu      sync.Mutex
	conn    net.Conn // nil while away
	lastID  uint16
	pending int
	slots   []slot // by packet identifier modulo len, which is a power of two above the window
	out     []byte
	payload []byte
}

func newDevice(r *run, index int) *device {
	d := &device{run: r, index: index}
	d.topic, d.report = r.reporter(index)
	if r.QoS == 1 {
		n := 2
		for n <= r.Window {
			n *= 2
		}
		d.slots = make([]slot, n)
	}
	return d
}

// serve connects, reads acknowledgements until the connection ends, and with Resend begins again.
func (d *device) serve(ctx context.Context, dialling chan struct{}, connected chan<- struct{}) {
	for attempt, first := 0, true; ; {
		conn, err := d.connect(ctx, dialling)
		if err == nil {
			if first {
				first = false
				connected <- struct{}{}
			} else {
				d.run.redials.Add(1)
			}
			attempt = 0
			err = d.read(conn)
			d.mu.Lock()
			d.conn = nil
			d.mu.Unlock()
			conn.Close()
		}
		if ctx.Err() != nil || d.run.closing.Load() {
			return
		}
		if !d.run.Resend || first {
			d.run.cancel(fmt.Errorf("connection %d to %s: %w", d.index, d.run.Address, err))
			return
		}
		wait := time.NewTimer(min(time.Second, 20*time.Millisecond<<min(attempt, 6)))
		attempt++
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// connect dials, says hello and sends again what is not acknowledged.
func (d *device) connect(ctx context.Context, dialling chan struct{}) (net.Conn, error) {
	select {
	case dialling <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-dialling }()
	dialler := net.Dialer{Timeout: 10 * time.Second}
	conn, err := dialler.DialContext(ctx, "tcp", d.run.Address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // ends a handshake that nobody answers
	defer stop()
	id := fmt.Sprintf("%s-%05d", d.run.Prefix, d.index)
	if err := hello(conn, id, d.run.Username, d.run.Password, d.run.Now().Add(10*time.Second)); err != nil {
		conn.Close()
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.again(conn); err != nil {
		conn.Close()
		return nil, err
	}
	d.conn = conn
	return conn, nil
}

func hello(conn net.Conn, id, username, password string, deadline time.Time) error {
	conn.SetDeadline(deadline)
	if _, err := conn.Write(appendConnect(nil, id, username, password, keepAlive)); err != nil {
		return err
	}
	p := packetReader{r: conn}
	kind, body, err := p.next()
	switch {
	case err != nil:
		return fmt.Errorf("waiting for CONNACK: %w", err)
	case kind != packetConnAck:
		return fmt.Errorf("packet type %#x instead of CONNACK", kind)
	case body[1] != 0:
		return connectError(body[1])
	}
	return conn.SetDeadline(time.Time{})
}

// again sends what is not acknowledged, oldest first; what was sent before goes as a duplicate. Under mu.
func (d *device) again(conn net.Conn) error {
	if d.pending == 0 || !d.run.Resend {
		return nil
	}
	d.out = d.out[:0]
	for i := range d.slots {
		s := &d.slots[(int(d.lastID)+1+i)%len(d.slots)]
		if s.id == 0 {
			continue
		}
		if s.sent {
			s.frame[0] |= 0x08 // DUP [MQTT-3.3.1-1]
			d.run.resent.Add(1)
		}
		s.sent = true
		d.out = append(d.out, s.frame...)
	}
	_, err := conn.Write(d.out)
	return err
}

// write sends up to size messages in one TCP write, the first being number n, and answers how many. With Resend and the
// connection away they are kept and go out when it is back.
func (d *device) write(n uint64, size int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.run
	if d.conn == nil && (!r.Resend || r.QoS == 0) {
		return 0
	}
	now := r.Now()
	d.out = d.out[:0]
	sent := 0
	for ; sent < size; sent++ {
		number := n + uint64(sent)
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
		from := len(d.out)
		d.payload = d.report(d.payload[:0], number, now)
		d.out = appendPublish(d.out, d.topic, d.payload, r.QoS, id, false)
		if s != nil {
			s.id, s.n, s.at, s.sent = id, number, now, d.conn != nil
			if r.Resend {
				s.frame = append(s.frame[:0], d.out[from:]...)
			}
		}
		if r.Load.Sent != nil {
			r.Load.Sent(d.index, number, now)
		}
	}
	if sent == 0 || d.conn == nil {
		return sent
	}
	if _, err := d.conn.Write(d.out); err != nil {
		d.conn.Close() // read meets the end and says so
	}
	return sent
}

// read takes acknowledgements until the connection ends.
func (d *device) read(conn net.Conn) error {
	p := packetReader{r: conn}
	for {
		kind, body, err := p.next()
		if err != nil {
			return err
		}
		if kind != packetPubAck {
			continue
		}
		id := uint16(body[0])<<8 | uint16(body[1])
		now := d.run.Now()
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
