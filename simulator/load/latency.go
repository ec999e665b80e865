package load

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"time"
)

// Latencies are percentiles, each at most 7 % above the true value.
type Latencies struct {
	Count              uint64
	P50, P95, P99, Max time.Duration
}

func (l Latencies) String() string {
	if l.Count == 0 {
		return "not measured"
	}
	r := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	return fmt.Sprintf("p50 %s p95 %s p99 %s max %s", r(l.P50), r(l.P95), r(l.P99), r(l.Max))
}

// histogram counts durations in buckets of a sixteenth of an octave of microseconds. Safe for concurrent use.
type histogram struct {
	buckets [64 * 16]atomic.Uint64
	max     atomic.Int64
}

// bucket answers the bucket of v microseconds.
func bucket(v uint64) int {
	if v < 16 {
		return int(v)
	}
	e := bits.Len64(v) - 5 // v>>e lies in 16 … 31
	return e*16 + int(v>>e)
}

// upper is the largest value of a bucket, microseconds.
func upper(b int) uint64 {
	if b < 32 {
		return uint64(b)
	}
	e := b/16 - 1
	return (uint64(b-e*16)+1)<<e - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.buckets[min(bucket(uint64(d/time.Microsecond)), len(h.buckets)-1)].Add(1)
	for {
		m := h.max.Load()
		if int64(d) <= m || h.max.CompareAndSwap(m, int64(d)) {
			return
		}
	}
}

func (h *histogram) latencies() Latencies {
	var l Latencies
	for i := range h.buckets {
		l.Count += h.buckets[i].Load()
	}
	l.Max = time.Duration(h.max.Load())
	at := func(q float64) time.Duration {
		want, seen := uint64(q*float64(l.Count)), uint64(0)
		for i := range h.buckets {
			if seen += h.buckets[i].Load(); seen > want {
				return min(time.Duration(upper(i))*time.Microsecond, l.Max)
			}
		}
		return l.Max
	}
	if l.Count > 0 {
		l.P50, l.P95, l.P99 = at(0.50), at(0.95), at(0.99)
	}
	return l
}
