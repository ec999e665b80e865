package simulator

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// parcel is a message on its way.
type parcel struct {
	Event
	seq  uint64  // breaks ties
	of   *flight // whose mark this is; nil: nobody's
	mark mark
}

// sender is one connection to the broker.
type sender struct {
	random *rand.Rand
	last   time.Duration // arrival of the newest message: a connection keeps their order
}

// newSender gives a sender chances of its own: adding one to the file leaves the others as they were.
func newSender(seed uint64, id string) sender { return sender{random: chances(seed, "radio", id)} }

// chances answers the random numbers of one thing of one seed.
func chances(seed uint64, what, id string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(what + " " + id))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// up draws a time between 0 and most, whole milliseconds.
func (s *sender) up(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(s.random.Float64() * float64(most)).Truncate(time.Millisecond)
}

const (
	copiesWithin = 300 * time.Millisecond // after the first
	findsBroker  = 2 * time.Second        // how long devices take at most to find a broker again that came back
	heldTwice    = 0.1                    // share of what waited for the broker that comes twice
)

// post sends one message. It arrives after the latency, not before the one the sender sent last, unless late holds it up
// by itself. Copies follow, and a broker that is away is waited for.
func (e *Engine) post(s *sender, p parcel, late time.Duration, copies int) {
	n := &e.scenario.Noise
	at := p.At
	if n.Latency > 0 || n.Jitter > 0 {
		at += n.Latency + s.up(n.Jitter)
	}
	if late > 0 {
		at += s.up(late)
	} else if len(e.outages.list) == 0 {
		at = max(at, s.last)
		s.last = at
	}
	e.deliver(s, p, at, late > 0)
	for range copies - 1 {
		e.deliver(s, p, at+s.up(copiesWithin), true)
	}
}

// deliver brings a message to the broker at the time at, or when that is back. Alone: it does not wait for the ones before.
func (e *Engine) deliver(s *sender, p parcel, at time.Duration, alone bool) {
	twice := false
	if len(e.outages.list) > 0 {
		if back, away := e.outages.covers(at); away {
			if at = s.last; at < back { // the first that waits
				at = back + s.up(findsBroker)
			}
			twice, alone = s.random.Float64() < heldTwice, false
		}
		if !alone {
			at = max(at, s.last)
			s.last = at
		}
	}
	p.At = at
	e.arriving(p)
	if twice {
		e.arriving(p)
	}
}

// arriving puts a message where Next takes it from.
func (e *Engine) arriving(p parcel) {
	if p.At <= e.now {
		e.ready = append(e.ready, p)
		return
	}
	e.seq++
	p.seq = e.seq
	e.pending = append(e.pending, p)
	e.pending.rise(len(e.pending) - 1)
}

// pending are messages on their way as a binary heap: the first arrives next. By hand, because container/heap would make
// garbage of every message.
type pending []parcel

func (q pending) less(i, j int) bool {
	if q[i].At != q[j].At {
		return q[i].At < q[j].At
	}
	return q[i].seq < q[j].seq
}

func (q pending) rise(i int) {
	for i > 0 {
		up := (i - 1) / 2
		if !q.less(i, up) {
			return
		}
		q[i], q[up] = q[up], q[i]
		i = up
	}
}

func (q *pending) pop() parcel {
	h := *q
	first, n := h[0], len(h)-1
	h[0], h[n] = h[n], parcel{}
	h = h[:n]
	*q = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= n {
			return first
		}
		if down+1 < n && h.less(down+1, down) {
			down++
		}
		if !h.less(down, i) {
			return first
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}
