package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// serve connects, reads acknowledgements until the connection ends, and with Resend begins again.
func (d *device) serve(ctx context.Context, dialling chan struct{}, connected chan<- struct{}) {
	for attempt, first := 0, true; ; {
		conn, err := d.connect(ctx, dialling)
		if err == nil {
			d.run.up.Add(1)
			if first {
				first = false
				connected <- struct{}{}
			} else {
				d.run.redials.Add(1)
			}
			attempt = 0
			err = d.read(conn)
			d.run.up.Add(-1)
			d.mu.Lock()
			d.conn = nil
			d.mu.Unlock()
			conn.Close()
		}
		if ctx.Err() != nil || d.run.closing.Load() {
			return
		}
		var refused refusal
		if !d.run.Resend || first && errors.As(err, &refused) && !refused.passing() {
			d.run.cancel(fmt.Errorf("connection %d to %s: %w", d.index, d.run.Address, err))
			return
		}
		wait := min(d.run.longest(), 20*time.Millisecond<<min(attempt, 10))
		attempt++
		if d.run.Load.Away != nil {
			d.run.Load.Away(d.index, err, wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// longest is the longest wait between two attempts to connect.
func (r *run) longest() time.Duration {
	if r.Remote {
		return 10 * time.Second
	}
	return time.Second
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
	raw, err := dialler.DialContext(ctx, "tcp", d.run.Address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() }) // ends a handshake that nobody answers
	defer stop()
	conn := raw
	if d.run.TLS != nil {
		conn = tls.Client(raw, d.run.TLS)
	}
	username, password := d.run.Username, d.run.Password
	if len(d.run.Credentials) > 0 {
		username, password = d.run.Credentials[d.index].ID, d.run.Credentials[d.index].Secret
	}
	if err := hello(conn, d.clientID(), username, password, d.run.Now().Add(10*time.Second)); err != nil {
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
		return refusal(body[1])
	}
	return conn.SetDeadline(time.Time{})
}

// again sends what is not acknowledged, oldest first; what was sent before goes as a duplicate. Under mu: the sender must
// not be faster with what comes later.
func (d *device) again(conn net.Conn) error {
	if d.pending == 0 || !d.run.Resend {
		return nil
	}
	var out []byte
	for i := range d.slots {
		s := &d.slots[(int(d.lastID)+1+i)%len(d.slots)]
		if s.id == 0 {
			continue
		}
		if s.sent {
			d.run.resent.Add(1)
		}
		out = d.appendMessage(out, s.craft, s.number, s.stamp, s.at, s.id, s.sent)
		s.sent = true
	}
	conn.SetWriteDeadline(d.run.Now().Add(10 * time.Second))
	if _, err := conn.Write(out); err != nil {
		return err
	}
	return conn.SetWriteDeadline(time.Time{})
}
