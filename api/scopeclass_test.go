package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"lowsky"
)

func TestClassKey(t *testing.T) {
	base := company("a")
	same := base
	same.Organisations = []lowsky.OrganisationID{"a", "a"}
	if classKey(base) != classKey(same) {
		t.Error("the order and repeats of organisations matter")
	}
	two := lowsky.Scope{Organisations: []lowsky.OrganisationID{"a", "b"}, Scenarios: []lowsky.Scenario{"x", "y"}}
	if classKey(two) != classKey(lowsky.Scope{Organisations: []lowsky.OrganisationID{"b", "a"}, Scenarios: []lowsky.Scenario{"y", "x"}}) {
		t.Error("the order matters")
	}
	keys := map[string]lowsky.Scope{}
	for _, s := range []lowsky.Scope{
		{}, lowsky.Everything, base, {Organisations: base.Organisations}, {Organisations: base.Organisations, AllZones: true},
		{Organisations: base.Organisations, Anonymous: true}, {Jurisdictions: []lowsky.JurisdictionID{"a"}},
		{Scenarios: []lowsky.Scenario{"a"}}, {All: true, Scenarios: []lowsky.Scenario{"a"}},
		{All: true, AllZones: true, Scenarios: []lowsky.Scenario{"a"}}, {Organisations: []lowsky.OrganisationID{`a" j"a`}},
	} {
		if other, taken := keys[classKey(s)]; taken {
			t.Errorf("%+v and %+v share a class", s, other)
		}
		keys[classKey(s)] = s
	}
}

func TestClassSlots(t *testing.T) {
	now := epoch
	b := classSlots{park: 10 * time.Minute}
	freed := map[uint32]time.Time{}
	var inUse []uint32
	held := map[uint32]bool{}
	for i := range 20_000 {
		now = now.Add(100 * time.Millisecond)
		s := b.take(now)
		if held[s] || now.Sub(freed[s]) < b.park {
			t.Fatalf("slot %d: in use %v, free since %s", s, held[s], freed[s])
		}
		held[s] = true
		if inUse = append(inUse, s); i%3 > 0 {
			oldest := inUse[0]
			inUse, freed[oldest], held[oldest] = inUse[1:], now, false
			b.release(oldest, now)
		}
	}
	if n := len(b.taken); n > 13_000 {
		t.Errorf("%d taken", n)
	}
	var fresh classSlots
	for range 100 {
		if s := fresh.take(now); s >= leastSlots {
			t.Errorf("slot %d of a small class: consoles keep arrays by slot", s)
		}
	}
}

// A class is there for who comes back within ten minutes: the same numbers, and none given to another.
func TestClassOutlivesItsClients(t *testing.T) {
	b, h, now := quiet()
	scope := lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	b.Publish([]lowsky.Change{{Track: fly("a", 1)}, {Track: fly("b", 2)}})
	slots := func() (a, b uint32, class *scopeClass) {
		l := listen(h, Viewer{Scope: scope})
		if _, err := l.drain(); err != nil {
			t.Fatal(err)
		}
		h.leave(l.cl)
		for slot, i := range l.identities {
			if i.Aircraft == "a" {
				a = slot
			} else {
				b = slot
			}
		}
		return a, b, l.cl.class
	}
	a1, b1, class := slots()
	b.Publish([]lowsky.Change{{Gone: "b"}})
	*now = now.Add(9 * time.Minute)
	b.anonymise(0) // looks for classes to drop, too
	b.Publish([]lowsky.Change{{Track: fly("b", 2)}})
	a2, b2, same := slots()
	if a1 != a2 || b1 == b2 || class != same {
		t.Errorf("a %d then %d, b %d then %d", a1, a2, b1, b2)
	}
	*now = now.Add(10*time.Minute + time.Second)
	b.anonymise(0)
	if len(b.classes) != 0 || b.indexes[class.index] != nil || b.entries["a"].standing(class) != 0 {
		t.Errorf("%d classes left, standing %x", len(b.classes), b.entries["a"].standing(class))
	}
	if _, _, other := slots(); other == class || other.index != class.index {
		t.Error("a new class, in the place of the old one")
	}
	// Bounded.
	for i := range maxIdleClasses + 20 {
		b.AnonymousTracks(company(lowsky.OrganisationID(fmt.Sprint(i))))
	}
	if n := len(b.classes); n > maxIdleClasses+1 {
		t.Errorf("%d classes", n)
	}
}

func TestScenariosNarrowTheStream(t *testing.T) {
	b, h, _ := quiet()
	fires := func(id, aircraft string, s lowsky.Scenario) *lowsky.Alert {
		a := firing(id, aircraft, 1)
		a.Scenario = s
		return a
	}
	v := func(id string, s lowsky.Scenario) *lowsky.TrackView {
		v := fly(id, len(id))
		v.Scenario = s
		return v
	}
	l := listen(h, Viewer{Scope: lowsky.Scope{All: true, AllZones: true, Scenarios: []lowsky.Scenario{lowsky.Tourism}}})
	l.see()
	b.Publish([]lowsky.Change{
		{Track: v("tour", lowsky.Tourism)}, {Track: v("parcel", lowsky.Logistics)},
		{Alert: fires("x", "tour", lowsky.Tourism)}, {Alert: fires("y", "parcel", lowsky.Logistics)},
		{Zones: &lowsky.ZonePublication{Upsert: []*lowsky.Zone{{ID: "z", Version: 1, Geometry: lowsky.Geometry{Centre: [2]float64{114, 29}, Radius: 100}, Restriction: lowsky.Prohibited}}}},
	})
	l.round(t)
	if len(l.identities) != 1 || len(l.places) != 1 || len(l.alerts) != 1 || l.alerts["x"].Rev != 1 || l.zones["z"] != 1 || l.unknown != 0 {
		t.Errorf("identities %v, places %v, alerts %d, zones %v", l.identities, l.places, len(l.alerts), l.zones)
	}
	// It flies for another purpose now: gone.
	b.Publish([]lowsky.Change{{Track: v("tour", lowsky.Logistics)}})
	l.round(t)
	if len(l.identities) != 0 || len(l.places) != 0 || l.unknown != 0 {
		t.Errorf("identities %v, places %v, %d unknown", l.identities, l.places, l.unknown)
	}
	if got := len(b.Tracks(l.cl.class.scope)); got != 0 {
		t.Errorf("%d tracks", got)
	}
}

// On a change notice everybody is looked at: who may see something else comes back for it, who may not go on is out.
func TestRecheck(t *testing.T) {
	var mu sync.Mutex
	scopes := map[string]lowsky.Scope{"same": lowsky.Everything, "moved": lowsky.Everything, "ended": lowsky.Everything, "refused": lowsky.Everything}
	errs := map[string]error{}
	asked := map[string]int{}
	s := newStage(t, HubConfig{Recheck: never}, func(r *http.Request) Viewer {
		name := r.URL.Query().Get("name")
		return Viewer{Name: name, Scope: lowsky.Everything, Valid: func(context.Context) (lowsky.Scope, error) {
			mu.Lock()
			defer mu.Unlock()
			asked[name]++
			return scopes[name], errs[name]
		}}
	})
	same, moved, ended, refused := s.open("?name=same"), s.open("?name=moved"), s.open("?name=ended"), s.open("?name=refused")
	mu.Lock()
	scopes["same"] = lowsky.Scope{All: true, Organisations: []lowsky.OrganisationID{"city"}} // sees the same
	scopes["moved"] = company("post")
	errs["ended"] = fmt.Errorf("session: %w", lowsky.ErrUnauthenticated)
	errs["refused"] = fmt.Errorf("permission: %w", lowsky.ErrForbidden)
	mu.Unlock()
	s.hub.Recheck()
	moved.ends(CloseResync)
	ended.ends(CloseSessionEnd)
	refused.ends(CloseSessionEnd)
	s.board.Publish([]lowsky.Change{{Alert: firing("x", "a", 1)}})
	same.until("it goes on", func() bool { return len(same.alerts) == 1 })
	// A change between the request and the snapshot is found, too.
	late, err := s.dial("?name=moved", nil)
	if err != nil {
		t.Fatal(err)
	}
	late.start()
	late.ends(CloseResync)
	mu.Lock()
	defer mu.Unlock()
	if asked["same"] != 2 {
		t.Errorf("asked %d times, want once at the start and once on notice", asked["same"])
	}
}
