package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"lowsky"
)

// gallery is a board of 10,000 aircraft in 7 jurisdictions and of 8 organisations, with 500 consoles that look at
// everything they may see. Their writers encode every frame and event, once for all who share it, and throw it away: the
// network is left out.
type gallery struct {
	board   *Board
	hub     *Hub
	clients []*client
	scopes  []lowsky.Scope // of the eight organisations that they come from
	rounds  [2][]lowsky.Change
	round   int
	seq     uint64

	publish []time.Duration // of 100 changes each
	flushes []time.Duration
	looks   []time.Duration
	tracks  map[string][]time.Duration
	mu      sync.Mutex
}

const (
	galleryAircraft = 10_000
	galleryClients  = 500
	chunk           = 100
)

// eight answers the scopes of a city, three counties and four companies.
func eight() []lowsky.Scope {
	scopes := []lowsky.Scope{lowsky.Everything}
	for i := range 3 {
		scopes = append(scopes, lowsky.Scope{
			Jurisdictions: []lowsky.JurisdictionID{lowsky.JurisdictionID(fmt.Sprintf("j-%d", i))},
			Organisations: []lowsky.OrganisationID{lowsky.OrganisationID(fmt.Sprintf("county-%d", i)), lowsky.OrganisationID(fmt.Sprintf("org-%d", i))},
		})
	}
	for i := range 4 {
		scopes = append(scopes, company(lowsky.OrganisationID(fmt.Sprintf("org-%d", i))))
	}
	return scopes
}

func newGallery(scopes []lowsky.Scope) *gallery {
	h := &gallery{board: NewBoard(BoardConfig{}), scopes: scopes, tracks: map[string][]time.Duration{}}
	h.hub = NewHub(h.board, HubConfig{})
	for r := range h.rounds {
		h.rounds[r] = make([]lowsky.Change, galleryAircraft)
		for i := range h.rounds[r] {
			v := fly(fmt.Sprintf("a-%d", i), i)
			v.Organisation = lowsky.OrganisationID(fmt.Sprintf("org-%d", i%8))
			column := i % 100
			if i == 14 || i == 28 || i == 57 || i == 71 || i == 85 {
				column -= r // five change over every second
			}
			v.Jurisdictions = []lowsky.JurisdictionID{lowsky.JurisdictionID(fmt.Sprintf("j-%d", column*7/100)), "421200"}
			v.Position.Value.Latitude += lowsky.Degrees(r) * 0.0001
			if i%100 == 0 {
				v.Severity = lowsky.Caution
			}
			h.rounds[r][i] = lowsky.Change{Track: v}
		}
	}
	h.board.Publish(h.rounds[0])
	h.hub.flush(time.Now())
	share := []int{60, 80, 80, 80, 50, 50, 50, 50}
	for i := range scopes {
		n := galleryClients / len(scopes)
		if len(scopes) == len(share) {
			n = share[i]
		}
		for range n {
			h.clients = append(h.clients, listen(h.hub, Viewer{Scope: scopes[i]}).cl)
		}
	}
	for _, c := range h.clients {
		h.hub.look(c, boxOf(view{113, 29, 116, 31}))
	}
	return h
}

// second runs everything for about a second of publishing 10,000 changes one by one, as the picture does.
func (h *gallery) second() {
	ctx, stop := context.WithCancel(context.Background())
	var beside sync.WaitGroup
	every := func(d time.Duration, do func(i int)) {
		beside.Go(func() {
			for i := 0; ; i++ {
				do(i)
				if !wait(ctx, nil, d) {
					return
				}
			}
		})
	}
	for _, c := range h.clients {
		beside.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-c.wake:
				}
				b := c.take()
				for _, ev := range b.events {
					_, _ = ev.prepared()
				}
				for _, f := range b.frames {
					_, _, _ = f.prepared(false)
				}
			}
		})
	}
	took := func(to *[]time.Duration, do func()) {
		began := time.Now()
		do()
		h.mu.Lock()
		*to = append(*to, time.Since(began))
		h.mu.Unlock()
	}
	every(200*time.Millisecond, func(int) { took(&h.flushes, func() { h.hub.flush(time.Now()) }) })
	every(time.Second, func(int) { took(&h.looks, func() { h.board.anonymise(0) }) })
	every(200*time.Millisecond, func(i int) { // /tracks, five a second
		s := h.scopes[(i+5*h.round)%len(h.scopes)]
		var one []time.Duration
		took(&one, func() { _, _ = json.Marshal([]any{h.board.Tracks(s), h.board.AnonymousTracks(s)}) })
		h.mu.Lock()
		defer h.mu.Unlock()
		h.tracks[kindOf(s)] = append(h.tracks[kindOf(s)], one...)
	})
	h.round++
	changes := h.rounds[h.round%2]
	pace := time.NewTicker(time.Second * chunk / galleryAircraft)
	defer pace.Stop()
	for some := range slices.Chunk(changes, chunk) {
		<-pace.C
		now := time.Now()
		for i := range some {
			v := *some[i].Track
			v.ReceivedAt, v.ObservedAt = now, now
			h.seq++
			some[i].Seq, some[i].Track = h.seq, &v
		}
		began := time.Now()
		for i := range some {
			h.board.Publish(some[i : i+1])
		}
		h.publish = append(h.publish, time.Since(began))
	}
	stop()
	beside.Wait()
}

func kindOf(s lowsky.Scope) string {
	switch {
	case s.All:
		return "everything"
	case s.Anonymous:
		return "company"
	}
	return "county"
}

func mean(d []time.Duration) float64 {
	var sum time.Duration
	for _, x := range d {
		sum += x
	}
	return float64(sum) / float64(max(1, len(d)))
}

// quantile answers how long it took at most in that share of the times.
func quantile(d []time.Duration, share float64) float64 {
	if len(d) == 0 {
		return 0
	}
	return float64(slices.Sorted(slices.Values(d))[int(share*float64(len(d)-1))])
}

func at50(d []time.Duration) float64 { return quantile(d, 0.5) }

// What scoping costs the picture: 500 consoles that see everything against 500 of eight organisations, in turns of a
// second, 10,000 changes a second published one by one, with flushes, /tracks and the looks at who is near beside.
func BenchmarkScoping(b *testing.B) {
	all, some := newGallery([]lowsky.Scope{lowsky.Everything}), newGallery(eight())
	for _, h := range []*gallery{all, some} {
		h.second() // warm
		h.publish, h.flushes, h.looks, h.tracks = nil, nil, nil, map[string][]time.Duration{}
	}
	b.ResetTimer()
	for b.Loop() {
		all.second()
		some.second()
	}
	b.StopTimer()
	for _, x := range []struct {
		name string
		h    *gallery
	}{{"all", all}, {"scoped", some}} {
		b.ReportMetric(at50(x.h.publish)/chunk, x.name+"-publish-p50-ns")
		b.ReportMetric(mean(x.h.publish)/chunk, x.name+"-publish-mean-ns")
		b.ReportMetric(at50(x.h.flushes)/1e6, x.name+"-flush-ms")
		for kind, d := range x.h.tracks {
			b.ReportMetric(at50(d)/1e6, x.name+"-tracks-"+kind+"-ms")
		}
	}
	b.ReportMetric(at50(some.looks)/1e6, "look-ms")
	b.ReportMetric(at50(some.publish)/at50(all.publish), "ratio-p50")
	b.ReportMetric(quantile(some.publish, 0.9)/quantile(all.publish, 0.9), "ratio-p90")
	b.ReportMetric(mean(some.publish)/mean(all.publish), "ratio-mean")
}

// One look at who is near whom, for four companies of 1,250 aircraft each among 10,000, and for one.
func BenchmarkAnonymise(b *testing.B) {
	for _, n := range []int{1, 4} {
		b.Run(fmt.Sprintf("companies=%d", n), func(b *testing.B) {
			h := newGallery(eight()[4 : 4+n])
			h.board.anonymise(0)
			b.ResetTimer()
			for b.Loop() {
				h.board.anonymise(0)
			}
		})
	}
}

// The same change of the picture, alone on the machine as far as this process goes: in turns of 10,000.
func BenchmarkScopingAlone(b *testing.B) {
	all, some := newGallery([]lowsky.Scope{lowsky.Everything}), newGallery(eight())
	turn := func(h *gallery) {
		began := time.Now()
		changes := h.rounds[0] // nobody changes over
		for i := range changes {
			h.board.Publish(changes[i : i+1])
		}
		h.publish = append(h.publish, time.Since(began))
	}
	for b.Loop() {
		turn(all)
		turn(some)
	}
	b.ReportMetric(at50(all.publish)/galleryAircraft, "all-publish-p50-ns")
	b.ReportMetric(at50(some.publish)/galleryAircraft, "scoped-publish-p50-ns")
	b.ReportMetric(at50(some.publish)/at50(all.publish), "ratio-p50")
}
