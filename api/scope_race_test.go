package api

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"lowsky"
)

// Frames are encoded without a lock while aircraft change hands. A row of an aircraft as the company's own has the slot
// by which it is named, a row of it as somebody else's one without a name; whoever sees no strangers has no such row.
func TestRowsAreEncodedAsTheyAreSeen(t *testing.T) {
	b := NewBoard(BoardConfig{})
	h := NewHub(b, HubConfig{Queue: 1 << 20})
	const n, ownRow, foreignRow = 20, 29.8, 29.81 // the latitude tells whose it was in that report
	views := func(i int, own bool) *lowsky.TrackView {
		v := at(fly(fmt.Sprintf("a-%d", i), 1), 114+lowsky.Degrees(i)*1e-4, ownRow)
		if own {
			return of(v, "post")
		}
		v.Position.Value.Latitude = foreignRow
		return of(v, "farm")
	}
	b.Publish([]lowsky.Change{{Track: of(at(fly("always", 1), 114, 29.805), "post")}})
	for i := range n {
		b.Publish([]lowsky.Change{{Track: views(i, true)}})
	}
	with := listen(h, Viewer{Scope: company("post")})
	without := listen(h, Viewer{Scope: lowsky.Scope{Organisations: []lowsky.OrganisationID{"post"}}})
	var stop atomic.Bool
	var running sync.WaitGroup
	running.Go(func() {
		for i := 0; i < 30_000 && !stop.Load(); i++ {
			b.Publish([]lowsky.Change{{Track: views(i%n, rand.IntN(2) == 0)}})
		}
		stop.Store(true)
	})
	running.Go(func() {
		for !stop.Load() {
			b.anonymise(0)
		}
	})
	type row struct {
		slot uint32
		own  bool
	}
	rows := map[*listener]map[row]bool{with: {}, without: {}}
	for l, seen := range rows {
		running.Go(func() {
			for !stop.Load() {
				f := frame{entries: b.everybody(), class: l.cl.class}
				raw := f.encodeSome()
				if raw == nil {
					continue
				}
				d, err := DecodeFrame(raw)
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range d.Rows {
					if r.Latitude != 29.805 {
						seen[row{r.Slot, r.Latitude < 29.805}] = true
					}
				}
			}
		})
	}
	running.Wait()
	for l, seen := range rows {
		named := map[uint32]bool{} // by slot, all that was ever told of it
		for _, ev := range l.cl.take().events {
			body := ev.body
			if late, ok := body.(func() any); ok {
				body = late()
			}
			var told []*Identity
			switch e := body.(type) {
			case snapshotFrame:
				told = e.Identities
			case identityEvent:
				told = []*Identity{e.Identity}
			}
			for _, i := range told {
				if before, again := named[i.Slot]; again && before == i.Anonymous {
					t.Fatalf("slot %d was used again", i.Slot)
				}
				named[i.Slot] = !i.Anonymous
			}
		}
		own, foreign := 0, 0
		for r := range seen {
			is, told := named[r.slot]
			if !told || is != r.own {
				t.Fatalf("slot %d, told %v, named %v, in a row of own %v", r.slot, told, is, r.own)
			}
			if r.own {
				own++
			} else {
				foreign++
			}
		}
		if own == 0 || (foreign > 0) != l.cl.class.scope.Anonymous {
			t.Errorf("%d rows of its own, %d of others", own, foreign)
		}
	}
}

// What is remembered of one answer about a person serves the others: they are never asked about side by side.
func TestRecheckAsksAboutOnePersonAtATime(t *testing.T) {
	b, h, _ := quiet()
	var mu sync.Mutex
	asking, asked, most := map[string]int{}, map[string]int{}, 0
	const people, each = 50, 10
	for i := range people * each {
		name := fmt.Sprint(i % people)
		listen(h, Viewer{Name: name, Scope: lowsky.Everything, Valid: func(context.Context) (lowsky.Scope, error) {
			mu.Lock()
			asking[name]++
			asked[name]++
			most = max(most, asking[name])
			mu.Unlock()
			for range 100 {
				_ = b.clientCount() // takes a moment
			}
			mu.Lock()
			asking[name]--
			mu.Unlock()
			return lowsky.Everything, nil
		}})
	}
	h.checkAll(t.Context())
	if most != 1 || len(asked) != people || asked["7"] != each {
		t.Errorf("%d at a time, %d people, %d questions about one", most, len(asked), asked["7"])
	}
}
