package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
)

// Load is what to send. The zero value of a field with a default takes it.
type Load struct {
	Address     string // host:port of a broker; only a loopback address unless Remote is set
	Remote      bool
	Connections int           // 1 … 20000, each one device
	Rate        float64       // messages per second over all connections, 0.1 … 2,000,000
	Duration    time.Duration // ends sending after it; at most 24 h
	Count       uint64        // ends sending after so many messages; of Duration and Count one must be set
	Format      lowsky.Format // "native" (default) or "dji"
	QoS         byte          // 0 or 1
	Batch       int           // messages per TCP write, 1 … 1000; default 1
	Window      int           // unacknowledged messages per connection, 1 … 8192; default 64
	Username    string
	Password    string
	Prefix      string        // of client and aircraft ids; default "load"
	Drain       time.Duration // how long to wait for the last acknowledgements; default 10 s
	// Resend keeps what is not acknowledged, connects again after a loss and sends it again (DUP); what becomes due
	// meanwhile waits, as far as Window allows. Without it a lost connection ends the run.
	Resend bool
	Now    func() time.Time // the wall clock (time.Now)

	// Message replaces the built-in report: it appends message n of a connection to dst. n counts from 0 over all
	// connections. The topic must not change between calls for one connection.
	Message func(dst []byte, connection int, n uint64, at time.Time) []byte
	Topic   func(connection int) string
	// Sent and Acked are told about each message, from several goroutines; they must not wait.
	Sent  func(connection int, n uint64, at time.Time)
	Acked func(connection int, n uint64, at time.Time)
}

// Result is what a run came to.
type Result struct {
	Connections  int
	Sent         uint64 // different messages written, or waiting to be; a repetition does not count again
	Acknowledged uint64 // with QoS 1
	Lost         uint64 // sent with QoS 1 and not acknowledged when the drain ended
	Skipped      uint64 // due, but the window of its connection was full (or without Resend the connection away)
	Resent       uint64
	Reconnects   uint64
	Sending      time.Duration // from the first to the last message
	// Behind is the most by which a message was written later than it was due.
	Behind time.Duration
	// Ack is from the write to its PUBACK.
	Ack Latencies
}

func (r Result) String() string {
	rate := 0.0
	if r.Sending > 0 {
		rate = float64(r.Sent) / r.Sending.Seconds()
	}
	return fmt.Sprintf("%d connections, sent %d (%.0f/s), acknowledged %d, lost %d, skipped %d, resent %d, at most %s behind; PUBACK %s",
		r.Connections, r.Sent, rate, r.Acknowledged, r.Lost, r.Skipped, r.Resent, r.Behind.Round(time.Microsecond), r.Ack)
}

// keepAlive in seconds, as promised to the broker. Nothing but reports keeps a connection alive, so each must send more
// often than that.
const keepAlive = 600

func (l *Load) complete() error {
	if l.Format == "" {
		l.Format = "native"
	}
	if l.Batch == 0 {
		l.Batch = 1
	}
	if l.Window == 0 {
		l.Window = 64
	}
	if l.Prefix == "" {
		l.Prefix = "load"
	}
	if l.Drain == 0 {
		l.Drain = 10 * time.Second
	}
	bad := func(field, problem string) error { return &lowsky.InvalidError{Field: field, Problem: problem} }
	switch {
	case l.Now == nil:
		return bad("now", "is missing")
	case l.Connections < 1 || l.Connections > 20000:
		return bad("connections", "must be 1 to 20000")
	case !(l.Rate >= 0.1 && l.Rate <= 2e6):
		return bad("rate", "must be 0.1 to 2000000 messages per second")
	case l.Rate*keepAlive/2 < float64(l.Connections):
		return bad("rate", fmt.Sprintf("must let each connection send once in %d s", keepAlive/2))
	case l.Duration <= 0 && l.Count == 0:
		return bad("duration", "or count must be above zero")
	case l.Duration < 0 || l.Duration > 24*time.Hour:
		return bad("duration", "must be at most 24h")
	case l.QoS > 1:
		return bad("qos", "must be 0 or 1")
	case l.Batch < 1 || l.Batch > 1000:
		return bad("batch", "must be 1 to 1000")
	case l.Window < 1 || l.Window > 8192:
		return bad("window", "must be 1 to 8192")
	case l.QoS == 1 && l.Batch > l.Window:
		return bad("batch", "must not be above window")
	case l.Format != "native" && l.Format != "dji":
		return bad("format", "must be native or dji")
	}
	return l.checkAddress()
}

func (l *Load) checkAddress() error {
	host, _, err := net.SplitHostPort(l.Address)
	if err != nil {
		return &lowsky.InvalidError{Field: "address", Problem: "must be host:port"}
	}
	if ip := net.ParseIP(host); !l.Remote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return &lowsky.InvalidError{Field: "address", Problem: "is not a loopback address, and remote is not set"}
	}
	return nil
}

// Run connects everything, sends, waits for the last acknowledgements and disconnects. It answers what came to pass
// also when ctx ended it early (error nil) or a connection was lost (error set).
func Run(ctx context.Context, l Load) (Result, error) {
	if err := l.complete(); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Load: l, cancel: cancel}
	var group sync.WaitGroup
	dialling := make(chan struct{}, 64)
	connected := make(chan struct{}, l.Connections)
	for i := range l.Connections {
		d := newDevice(r, i)
		r.devices = append(r.devices, d)
		group.Go(func() { d.serve(ctx, dialling, connected) })
	}
	for range l.Connections {
		select {
		case <-connected:
		case <-ctx.Done():
		}
	}
	began := l.Now()
	if ctx.Err() == nil {
		r.send(ctx, began)
		r.result.Sending = l.Now().Sub(began)
		r.drain(ctx)
	}
	cause := context.Cause(ctx) // before our own cancel
	r.closing.Store(true)
	cancel(nil)
	for _, d := range r.devices {
		d.leave()
	}
	group.Wait()
	return r.total(), failure(cause)
}

func failure(cause error) error {
	if cause == nil || errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return nil
	}
	return cause
}

// run is a Load under way.
type run struct {
	Load
	cancel  context.CancelCauseFunc
	devices []*device
	closing atomic.Bool
	acked   atomic.Uint64
	resent  atomic.Uint64
	redials atomic.Uint64
	ack     histogram
	result  Result
}

// pause is the longest the sender sleeps; what became due meanwhile goes out together.
const pause = time.Millisecond

// send is the token bucket: at any instant it has sent what was due by then.
func (r *run) send(ctx context.Context, began time.Time) {
	writes := r.Rate / float64(r.Batch) // per second
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for k := uint64(0); ; {
		if ctx.Err() != nil {
			return
		}
		now := r.Now()
		elapsed := now.Sub(began)
		for due := uint64(elapsed.Seconds()*writes) + 1; k < due; k++ {
			at := time.Duration(float64(k) / writes * float64(time.Second))
			if r.Duration > 0 && at >= r.Duration || r.Count > 0 && k*uint64(r.Batch) >= r.Count {
				return
			}
			size := uint64(r.Batch)
			if r.Count > 0 {
				size = min(size, r.Count-k*uint64(r.Batch))
			}
			sent := r.devices[k%uint64(len(r.devices))].write(k*uint64(r.Batch), int(size))
			r.result.Sent += uint64(sent)
			r.result.Skipped += size - uint64(sent)
			if k%64 == 0 {
				r.result.Behind = max(r.result.Behind, r.Now().Sub(began)-at)
				if ctx.Err() != nil {
					return
				}
			}
		}
		next := time.Duration(float64(k) / writes * float64(time.Second))
		timer.Reset(min(pause, max(50*time.Microsecond, next-r.Now().Sub(began))))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// drain waits until everything is acknowledged, or long enough.
func (r *run) drain(ctx context.Context) {
	if r.QoS == 0 {
		return
	}
	end := time.NewTimer(r.Drain)
	defer end.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for r.acked.Load() < r.result.Sent {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-look.C:
		}
	}
}

func (r *run) total() Result {
	t := r.result
	t.Connections = len(r.devices)
	t.Acknowledged, t.Resent, t.Reconnects = r.acked.Load(), r.resent.Load(), r.redials.Load()
	if r.QoS == 1 {
		t.Lost = t.Sent - t.Acknowledged
	}
	t.Ack = r.ack.latencies()
	return t
}
