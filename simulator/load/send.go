package load

import (
	"context"
	"time"
)

// pause is the longest the sender sleeps; what became due meanwhile goes out together.
const pause = time.Millisecond

// send is the token bucket: at any instant it has sent what was due by then.
func (r *run) send(ctx context.Context) {
	writes := r.Rate / float64(r.Batch) // per second
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for k := uint64(0); ; {
		if ctx.Err() != nil {
			return
		}
		elapsed := r.Now().Sub(r.began)
		for due := uint64(elapsed.Seconds()*writes) + 1; k < due; k++ {
			at := time.Duration(float64(k) / writes * float64(time.Second))
			if r.Duration > 0 && at >= r.Duration || r.Count > 0 && k*uint64(r.Batch) >= r.Count {
				return
			}
			size := uint64(r.Batch)
			if r.Count > 0 {
				size = min(size, r.Count-k*uint64(r.Batch))
			}
			now := r.Now()
			r.result.Behind = max(r.result.Behind, now.Sub(r.began)-at)
			r.result.Due += size
			if r.Duration > 0 && now.Sub(r.began) > r.Duration+grace {
				r.skipped.Add(size) // the sender, or a broker that reads slowly, cannot do what was asked for
				continue
			}
			sent := uint64(r.devices[k%uint64(len(r.devices))].write(k*uint64(r.Batch), int(size), now))
			r.skipped.Add(size - sent)
			if k%64 == 0 && ctx.Err() != nil {
				return
			}
		}
		next := time.Duration(float64(k) / writes * float64(time.Second))
		timer.Reset(min(pause, max(50*time.Microsecond, next-r.Now().Sub(r.began))))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// drain waits until everything is acknowledged, or long enough.
func (r *run) drain(ctx context.Context, long time.Duration) {
	if r.QoS == 0 {
		return
	}
	end := time.NewTimer(long)
	defer end.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for r.acked.Load() < r.sent.Load() {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-look.C:
		}
	}
}
