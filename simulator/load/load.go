package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
)

// Load is what to send. The zero value of a field with a default takes it.
type Load struct {
	Address     string      // host:port of a broker; only a loopback address unless Remote is set
	TLS         *tls.Config // nil: without
	Remote      bool
	Connections int           // 1 … 20000
	Aircraft    int           // for each connection, which sends for them in turn; default 1
	Rate        float64       // messages per second over all connections, 0.1 … 2,000,000
	Duration    time.Duration // ends sending after it; at most 24 h
	Count       uint64        // ends sending after so many messages; of Duration and Count one must be set
	Format      lowsky.Format // "native" (default) or "dji"
	QoS         byte          // 0 or 1
	Batch       int           // messages per TCP write, 1 … 1000; default 1
	Window      int           // unacknowledged messages per connection, 1 … 8192; default 64
	Username    string
	Password    string
	Credentials []Credential  // instead of Username, one for each connection
	Prefix      string        // of client and aircraft ids; default "load"
	Drain       time.Duration // how long to wait for the last acknowledgements; default 10 s
	// Resend tries to connect until it succeeds, keeps what is not acknowledged, connects again after a loss and sends it
	// again (DUP); what becomes due meanwhile waits, as far as Window allows (QoS 0: is skipped). Without it a lost
	// connection ends the run. A broker that refuses the credentials ends it in either case.
	Resend bool
	Now    func() time.Time // the wall clock (time.Now)
	Watch  Watch            // what to look at on the platform; the zero value: nothing

	// Message, with Topic, replaces the built-in report: it appends message n of a connection to dst. n counts from 0 over
	// all connections. It is asked again with the same arguments when the message has to be sent again. The topic must
	// not change between calls for one connection.
	Message func(dst []byte, connection int, n uint64, at time.Time) []byte
	Topic   func(connection int) string
	// Sent and Acked are told about each message, Away about each failure to get or keep a connection, with the wait
	// before the next attempt; all from several goroutines. They must not wait.
	Sent  func(connection int, n uint64, at time.Time)
	Acked func(connection int, n uint64, at time.Time)
	Away  func(connection int, err error, retry time.Duration)
	// Progress is told how far the run is, each Every (default 1 s) from one goroutine.
	Progress func(Progress)
	Every    time.Duration
}

// Run connects everything, sends, waits for the last acknowledgements and disconnects. It answers what came to pass
// also when ctx ended it early (error nil) or a connection was lost (error set).
func Run(ctx context.Context, l Load) (Result, error) {
	if err := l.complete(); err != nil {
		return Result{}, err
	}
	outer := ctx
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx)) // what is under way may still be acknowledged after Ctrl-C
	defer cancel(nil)
	r := &run{Load: l, cancel: cancel}
	if err := r.fleet(); err != nil {
		return Result{}, err
	}
	var group sync.WaitGroup
	sending, stopSending := context.WithCancel(outer)
	defer stopSending()
	defer context.AfterFunc(ctx, stopSending)()
	defer context.AfterFunc(outer, func() {
		r.hurry(time.Second)
		if !r.begun.Load() {
			cancel(context.Cause(outer))
		}
	})()
	dialling := make(chan struct{}, 64)
	connected := make(chan struct{}, l.Connections)
	r.began = l.Now()
	stopTelling := r.tell(&group)
	for _, d := range r.devices {
		group.Go(func() { d.serve(ctx, dialling, connected) })
	}
	for range l.Connections {
		select {
		case <-connected:
		case <-sending.Done():
		}
	}
	if sending.Err() == nil {
		r.through(sending, ctx)
	}
	cause := context.Cause(ctx) // before our own cancel
	r.closing.Store(true)
	cancel(nil)
	for _, d := range r.devices {
		d.leave()
	}
	stopTelling()
	group.Wait()
	return r.total(), failure(cause)
}

// through is the run between the first connection and the last goodbye. sending ends with an interrupt, ctx with a
// connection that must not be lost.
func (r *run) through(sending, ctx context.Context) {
	var w *watcher
	if r.Watch.URL != "" {
		var err error
		if w, err = r.watch(ctx, sending); err != nil {
			r.cancel(err)
			return
		}
		defer w.close()
	}
	r.begun.Store(true)
	r.began = r.Now()
	r.startedNS.Store(r.began.UnixNano())
	if r.Duration > 0 {
		stalled := time.AfterFunc(r.Duration+grace, func() { r.hurry(time.Second) })
		defer stalled.Stop()
	}
	r.send(sending)
	r.result.Sending = r.Now().Sub(r.began)
	wait := r.Drain
	if sending.Err() != nil {
		wait = min(wait, interrupted)
	}
	r.drain(ctx, wait)
	if w != nil {
		w.settle(ctx, wait)
	}
}

const (
	// grace is how far behind the sender may fall at the end of Duration; the rest counts as skipped.
	grace = 2 * time.Second
	// interrupted is how long after an interrupt acknowledgements are waited for.
	interrupted = time.Second
)

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
	crafts  []*craft
	closing atomic.Bool
	begun   atomic.Bool // sending
	began   time.Time
	up      atomic.Int64 // connections now
	acked   atomic.Uint64
	resent  atomic.Uint64
	redials atomic.Uint64
	ack     histogram
	result  Result
	out     []byte // the sender's
	watcher atomic.Pointer[watcher]
	progress
}

// fleet makes connections and aircraft.
func (r *run) fleet() error {
	for i := range r.Connections {
		d := newDevice(r, i)
		r.devices = append(r.devices, d)
		if r.Message != nil {
			d.topic = r.Topic(i)
			continue
		}
		for j := range r.Aircraft {
			k := i*r.Aircraft + j
			id := lowsky.AircraftID(nameOf(r.Prefix, k))
			if len(r.Credentials) > 0 {
				id = lowsky.AircraftID(r.Credentials[i].ID)
			}
			gateway := lowsky.SourceID("")
			if r.Format == dji.Format {
				gateway = lowsky.SourceID(nameOf(r.Prefix+"-dock", i))
			}
			c, err := newCraft(r.Format, r.QoS, id, gateway, k)
			if err != nil {
				return fmt.Errorf("report of %s: %w", id, err)
			}
			if r.Watch.URL != "" {
				c.remember(int(16 * r.Rate / float64(r.Connections*r.Aircraft)))
			}
			r.crafts = append(r.crafts, c)
		}
		d.crafts = r.crafts[i*r.Aircraft:]
		d.crafts = d.crafts[:r.Aircraft]
	}
	return nil
}

// hurry ends writes that nobody reads.
func (r *run) hurry(within time.Duration) {
	deadline := r.Now().Add(within)
	for _, d := range r.devices {
		d.hurry(deadline)
	}
}
