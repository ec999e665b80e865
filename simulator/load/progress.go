package load

import (
	"sync"
	"sync/atomic"
	"time"
)

// Progress is how far a run is.
type Progress struct {
	Connected    int           // of Connections
	Sending      time.Duration // since the first message; 0 before
	Sent         uint64
	Rate         float64 // messages sent per second since the last Progress
	Skipped      uint64
	Acknowledged uint64
	Ack          Latencies
	// With Watch:
	Watching  bool
	Seen      uint64
	Overtaken uint64
	EndToEnd  Latencies
}

// progress is what the sender and the others count while a run is under way.
type progress struct {
	startedNS atomic.Int64 // ns since 1970; 0 before the first message
	sent      atomic.Uint64
	skipped   atomic.Uint64
}

// tell tells Progress in a goroutine of group until the function that it answers is called.
func (r *run) tell(group *sync.WaitGroup) (stop func()) {
	if r.Progress == nil {
		return func() {}
	}
	end := make(chan struct{})
	group.Go(func() {
		tick := time.NewTicker(r.Every)
		defer tick.Stop()
		var before uint64
		last := r.Now()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			now := r.Now()
			p := r.soFar(now)
			p.Rate = float64(p.Sent-before) / max(now.Sub(last).Seconds(), 1e-3)
			before, last = p.Sent, now
			r.Load.Progress(p)
		}
	})
	return sync.OnceFunc(func() { close(end) })
}

func (r *run) soFar(now time.Time) Progress {
	p := Progress{Connected: int(r.up.Load()), Skipped: r.skipped.Load(), Acknowledged: r.acked.Load(), Ack: r.ack.latencies()}
	if w := r.watcher.Load(); w != nil {
		p.Watching, p.Seen, p.Overtaken, p.EndToEnd = true, w.seen.Load(), w.overtaken.Load(), w.direct.latencies()
	}
	p.Sent = r.sent.Load() // last: never less than what came of it
	if began := r.startedNS.Load(); began != 0 {
		p.Sending = now.Sub(time.Unix(0, began))
	}
	return p
}
