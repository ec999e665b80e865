package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"lowsky"
)

const never = time.Hour

func TestStreamBegins(t *testing.T) {
	s := newStage(t, HubConfig{Version: "v1", Region: "xianning"}, func(*http.Request) Viewer {
		return Viewer{Name: "admin", Roles: []string{"city_administrator"}, Scope: lowsky.Everything}
	})
	closed := firing("past", "a", 3)
	closed.State, closed.Handling.State = lowsky.AlertResolved, lowsky.HandlingClosed
	s.board.Publish([]lowsky.Change{
		{Track: fly("a", 1)}, {Alert: firing("x", "a", 2)}, {Alert: closed},
		{Source: &lowsky.SourceView{ID: "gw-1", Down: true}}, {Source: &lowsky.SourceView{ID: "direct:a"}},
		{Zones: &lowsky.ZonePublication{}},
	})
	c := s.open("")
	if c.hello.Protocol != 1 || c.hello.User.Name != "admin" || c.hello.User.Roles[0] != "city_administrator" ||
		c.hello.Region != "xianning" || c.hello.TileZoom != 9 || c.hello.FlushMS != 5 {
		t.Errorf("hello %+v", c.hello)
	}
	if len(c.identities) != 1 || len(c.alerts) != 1 || c.alerts["x"].Rev != 2 || c.zonesSeq != 1 {
		t.Errorf("snapshot: %d identities, alerts %v, zones_seq %d", len(c.identities), c.alerts, c.zonesSeq)
	}
	if _, ok := c.sources["gw-1"]; !ok || len(c.sources) != 1 {
		t.Errorf("sources %v", c.sources)
	}
	if diff := cmp.Diff([]string{"hello", "snapshot"}, c.order[:2]); diff != "" {
		t.Error(diff)
	}
}

// Events do not wait for the flush.
func TestEventsComeAtOnce(t *testing.T) {
	s := newStage(t, HubConfig{Flush: never}, nil)
	c := s.open("")
	suspected := firing("x", "a", 1)
	suspected.State = lowsky.AlertPending
	health := &lowsky.PictureHealth{At: epoch, Aircraft: 1}
	s.board.Publish([]lowsky.Change{{Track: fly("a", 1)}, {Alert: suspected}, {Health: health}})
	c.until("the suspected alert", func() bool { return c.alerts["x"].State == lowsky.AlertPending })
	c.until("health", func() bool { return c.health > 0 })

	s.board.Publish([]lowsky.Change{
		{Zones: &lowsky.ZonePublication{Remove: []lowsky.ZoneID{"old"}}},
		{Source: &lowsky.SourceView{ID: "gw-1", Down: true}},
		{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "a", ContactName: "王"}}}},
	})
	s.board.SetStorage(Storage{Database: "down", Backlog: 3, Journal: "ok"})
	s.board.Stored([]AlertRev{{"x", 1}})
	c.until("zones, source, contact, storage, stored", func() bool {
		return c.zonesSeq == 1 && c.sources["gw-1"].Down && c.alerts["x"].Contact != nil && c.storage.Backlog == 3 &&
			c.alerts["x"].SavedRev == 1
	})
	// Only what matters is told: counters of a source are not.
	before := c.seqNow()
	s.board.Publish([]lowsky.Change{{Source: &lowsky.SourceView{ID: "gw-1", Down: true, Late: 9, LastSeen: epoch}}})
	s.board.SetStorage(Storage{Database: "down", Backlog: 3, Journal: "ok"})
	s.board.Publish([]lowsky.Change{{Gone: "a"}})
	c.until("gone", func() bool { return len(c.identities) == 0 })
	if got := c.seqNow(); got != before+1 {
		t.Errorf("%d events, want the one that says gone", got-before)
	}
}

func (c *console) seqNow() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seq
}

// However clients come and ask again while things change, none misses or doubles anything.
func TestSnapshotIsAtomic(t *testing.T) {
	s := newStage(t, HubConfig{Flush: time.Millisecond}, nil)
	var publishing sync.WaitGroup
	var stop atomic.Bool
	publishing.Go(func() {
		rev := uint64(0)
		for i := 0; i < 1000 && !stop.Load(); i++ {
			rev++
			id := fmt.Sprintf("a-%d", i%50)
			v := fly(id, i%50)
			v.Model = fmt.Sprint(rev) // a new identity each time
			s.board.Publish([]lowsky.Change{{Track: v}, {Alert: firing(fmt.Sprintf("x-%d", i%20), id, rev)}})
			if i%7 == 0 {
				s.board.Publish([]lowsky.Change{{Gone: lowsky.AircraftID(fmt.Sprintf("a-%d", rand.N(50)))}})
			}
			time.Sleep(200 * time.Microsecond) // a pace, not a wait
		}
	})
	var consoles []*console
	for range 6 {
		consoles = append(consoles, s.open(""))
	}
	for _, c := range consoles[:2] {
		c.say(`{"type":"resync"}`)
	}
	for _, c := range consoles[:2] {
		c.until("a second snapshot", func() bool { return c.snapshots == 2 })
	}
	stop.Store(true)
	publishing.Wait()
	s.board.Publish([]lowsky.Change{{Alert: firing("last", "a-1", 1)}})
	for i, c := range consoles {
		c.until("the last alert", func() bool { return c.alerts["last"].Rev == 1 })
		c.mu.Lock()
		if c.gaps > 0 || c.unknown > 0 {
			t.Errorf("console %d: %d gaps, %d rows of unknown slots", i, c.gaps, c.unknown)
		}
		models := map[lowsky.AircraftID]string{}
		for _, id := range c.identities {
			models[id.Aircraft] = id.Model
		}
		want := map[lowsky.AircraftID]string{}
		for _, v := range s.board.Tracks(lowsky.Everything) {
			want[v.ID] = v.Model
		}
		if diff := cmp.Diff(want, models); diff != "" {
			t.Errorf("console %d (-board +console):\n%s", i, diff)
		}
		for _, a := range s.board.Alerts(lowsky.Everything, lowsky.AlertQuery{}) {
			if c.alerts[a.ID].Rev != a.Rev {
				t.Errorf("console %d: alert %s rev %d, want %d", i, a.ID, c.alerts[a.ID].Rev, a.Rev)
			}
		}
		c.mu.Unlock()
	}
}

func TestFullQueueClosesForResync(t *testing.T) {
	s := newStage(t, HubConfig{Flush: never, Queue: 8}, nil)
	c := s.open("")
	changes := make([]lowsky.Change, 20_000)
	for i := range changes {
		changes[i] = lowsky.Change{Alert: firing("x", "a", uint64(i+1))}
	}
	s.board.Publish(changes)
	c.ends(CloseResync)
	if c.gaps > 0 {
		t.Errorf("%d gaps before the close", c.gaps)
	}
	within(t, "the class ends with its last client", func() bool { return s.board.clientCount() == 0 })
	if again := s.open(""); again.alerts["x"].Rev != 20_000 {
		t.Errorf("after coming back: rev %d", again.alerts["x"].Rev)
	}
}

// A client that does not read gets the newest positions once it does, not all of them.
func TestSlowClientGetsNewestPositions(t *testing.T) {
	s := newStage(t, HubConfig{Flush: never, Ping: time.Minute}, nil)
	const n, rounds = 1000, 50
	publish := func(round int) {
		changes := make([]lowsky.Change, n)
		for i := range changes {
			v := fly(fmt.Sprintf("a-%d", i), i)
			v.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(round))
			changes[i] = lowsky.Change{Track: v, Seq: uint64(round)}
		}
		s.board.Publish(changes)
		s.hub.flush(time.Now())
	}
	publish(0)
	c, err := s.dial("", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.look(113, 29, 116, 31)
	within(t, "the view is known", func() bool {
		s.hub.tilesMu.Lock()
		defer s.hub.tilesMu.Unlock()
		for cl := range s.hub.clients {
			return cl.box.ok
		}
		return false
	})
	for round := 1; round <= rounds; round++ {
		publish(round)
	}
	// An alert does not wait behind what it has not read.
	s.board.Publish([]lowsky.Change{{Alert: firing("x", "a-1", 1)}})
	c.start()
	c.until("the newest position of everybody", func() bool {
		if len(c.places) < n {
			return false
		}
		for _, r := range c.places {
			if r.GroundSpeed.Value != rounds {
				return false
			}
		}
		return true
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	rows := 0
	for _, f := range c.frames {
		rows += len(f.Rows)
	}
	if rows >= n*rounds || c.unknown > 0 || c.gaps > 0 || c.alerts["x"].Rev != 1 {
		t.Errorf("%d rows of %d, %d unknown, %d gaps, alert %v", rows, n*rounds, c.unknown, c.gaps, c.alerts["x"].Rev)
	}
}

func TestViews(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	west, east := at(fly("w", 1), 112.9, 29.8), at(fly("e", 2), 114.3, 29.8)
	s.board.Publish([]lowsky.Change{{Track: west}, {Track: east}})
	s.hub.flush(time.Now()) // what is published after a view comes as a change
	c := s.open("")
	c.look(114, 29.7, 114.4, 29.9)
	c.until("the aircraft in view", func() bool { _, ok := c.place("e"); return ok })
	if _, ok := c.place("w"); ok {
		t.Error("drawn outside the view")
	}
	c.mu.Lock()
	if f := c.frames[0]; f.Flags != FlagFull || len(f.Rows) != 1 {
		t.Errorf("first frame of a tile: flags %d, %d rows", f.Flags, len(f.Rows))
	}
	c.frames = nil
	c.mu.Unlock()
	c.look(112.8, 29.7, 114.4, 29.9)
	c.until("the aircraft of the wider view", func() bool { _, ok := c.place("w"); return ok })
	c.mu.Lock()
	for _, f := range c.frames {
		for _, r := range f.Rows {
			if c.identities[r.Slot].Aircraft == "e" {
				t.Error("a tile that was in view before came whole again")
			}
		}
	}
	c.mu.Unlock()
	c.look(112.8, 29.7, 113, 29.9)
	c.look(112.7, 29.7, 113, 29.9)
	within(t, "the narrow view is known", func() bool {
		s.hub.tilesMu.Lock()
		defer s.hub.tilesMu.Unlock()
		for cl := range s.hub.clients {
			return cl.box == boxOf(view{112.7, 29.7, 113, 29.9})
		}
		return false
	})
	c.mu.Lock()
	c.frames = nil
	c.mu.Unlock()
	s.board.Publish([]lowsky.Change{{Track: at(east, 114.31, 29.8)}, {Track: at(west, 112.91, 29.8)}})
	c.until("what moved in view", func() bool { r, ok := c.place("w"); return ok && r.Longitude > 112.905 })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		for _, r := range f.Rows {
			if c.identities[r.Slot].Aircraft == "e" {
				t.Error("told of an aircraft out of view")
			}
		}
	}
}

func TestNoGhostAtTileBorder(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	// The border of columns 418 and 419 at zoom 9.
	const border = 419.0/512*360 - 180
	a := at(fly("a", 1), border-0.001, 29.84)
	s.board.Publish([]lowsky.Change{{Track: a}})
	left, right := s.open(""), s.open("")
	left.look(border-0.1, 29.8, border-0.05, 29.85)
	right.look(border+0.05, 29.8, border+0.1, 29.85)
	left.until("drawn on the left", func() bool { _, ok := left.place("a"); return ok })
	s.board.Publish([]lowsky.Change{{Track: at(a, border+0.001, 29.84)}})
	left.until("no ghost on the left", func() bool { _, ok := left.place("a"); return !ok })
	right.until("drawn on the right", func() bool { _, ok := right.place("a"); return ok })
	left.mu.Lock()
	last := left.frames[len(left.frames)-1].Rows[0]
	left.mu.Unlock()
	if last.Longitude < border {
		t.Errorf("the left tile's last word is %v, want the new position", last.Longitude)
	}
}

func TestAlertingOutsideTheView(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	a := alarming(fly("a", 1), lowsky.Warning)
	s.board.Publish([]lowsky.Change{{Track: a}, {Track: fly("quiet", 2)}})
	s.hub.flush(time.Now())
	c := s.open("") // looks nowhere
	c.until("the alerting aircraft", func() bool { r, ok := c.place("a"); return ok && r.Severity == 4 })
	if _, ok := c.place("quiet"); ok {
		t.Error("told of a quiet aircraft without a view")
	}
	if f := c.frames[0]; f.Flags != FlagFull|FlagAlerting {
		t.Errorf("flags %d", f.Flags)
	}
	s.board.Publish([]lowsky.Change{{Track: at(a, 113.9, 29.2)}})
	c.until("it moves", func() bool { r, _ := c.place("a"); return r.Longitude == 113.9 })
	s.board.Publish([]lowsky.Change{{Track: alarming(at(a, 113.9, 29.2), lowsky.SeverityNone)}})
	c.until("forgotten when it stops", func() bool { _, ok := c.place("a"); return !ok })
}

func TestScopes(t *testing.T) {
	s := newStage(t, HubConfig{}, func(r *http.Request) Viewer {
		js := lowsky.JurisdictionID(r.URL.Query().Get("j"))
		return Viewer{Name: "duty", Scope: lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{js}}}
	})
	in := func(v *lowsky.TrackView, js ...lowsky.JurisdictionID) *lowsky.TrackView {
		w := *v
		w.Jurisdictions = js
		return &w
	}
	seen := func(a *lowsky.Alert, js ...lowsky.JurisdictionID) *lowsky.Alert {
		b := *a
		b.Jurisdictions = js
		return &b
	}
	a, b := alarming(fly("a", 1), lowsky.Caution), fly("b", 2)
	s.board.Publish([]lowsky.Change{
		{Track: in(a, "421202")}, {Track: in(b, "421281")}, {Alert: seen(firing("x", "a", 1), "421202")},
		{Source: &lowsky.SourceView{ID: "gw-1", Down: true}}, {Source: &lowsky.SourceView{ID: "gw-2", Down: true}},
	})
	near, far := s.open("?j=421202"), s.open("?j=421281")
	near.look(113, 29, 115, 31)
	far.look(113, 29, 115, 31)
	near.until("a", func() bool { _, ok := near.place("a"); return ok })
	far.until("b", func() bool { _, ok := far.place("b"); return ok })
	for _, c := range []*console{near, far} {
		c.mu.Lock()
		if len(c.identities) != 1 || c.unknown != 0 || len(c.sources) != 1 {
			t.Errorf("told of %d aircraft, %d rows of others, %d sources", len(c.identities), c.unknown, len(c.sources))
		}
		c.mu.Unlock()
	}
	if len(near.alerts) != 1 || len(far.alerts) != 0 {
		t.Errorf("alerts: near %d, far %d", len(near.alerts), len(far.alerts))
	}
	// The aircraft and its alert cross over.
	s.board.Publish([]lowsky.Change{{Track: in(a, "421281")}, {Alert: seen(firing("x", "a", 2), "421281")}})
	far.until("a and x", func() bool { _, ok := far.place("a"); return ok && far.alerts["x"].Rev == 2 })
	near.until("neither", func() bool {
		_, ok := near.place("a")
		return !ok && len(near.identities) == 0 && len(near.alerts) == 0
	})
	s.board.Publish([]lowsky.Change{{Track: in(a, "421281")}, {Gone: "a"}})
	far.until("gone", func() bool { return len(far.identities) == 1 })
	s.board.Stored([]AlertRev{{"x", 2}})
	zone := func(id lowsky.ZoneID, js ...lowsky.JurisdictionID) *lowsky.Zone {
		return &lowsky.Zone{
			ID: id, Version: 1, Geometry: lowsky.Geometry{Centre: [2]float64{114, 29}, Radius: 100},
			Restriction: lowsky.Prohibited, Jurisdictions: js,
		}
	}
	s.board.Publish([]lowsky.Change{{Zones: &lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("z", "421281")}}}})
	far.until("stored and the zone", func() bool { return far.alerts["x"].SavedRev == 2 && far.zonesSeq == 1 })
	s.board.Publish([]lowsky.Change{{Zones: &lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("z", "421202")}}}})
	near.until("the zone", func() bool { return near.zonesSeq == 2 })
	far.until("the zone's end", func() bool { return far.zonesSeq == 2 && len(far.zones) == 0 })
	if near.seqNow() != 3 { // gone, alert_gone, zones
		t.Errorf("near was told %d events, want 3", near.seqNow())
	}
}

func TestWatch(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	s.board.Publish([]lowsky.Change{{Track: fly("a", 1)}})
	c := s.open("")
	c.say(`{"type":"watch","aircraft_id":"a"}`)
	c.until("its track", func() bool { return len(c.tracks) == 1 && c.tracks[0].ID == "a" })
	v := fly("a", 1)
	v.Mode = "returning"
	s.board.Publish([]lowsky.Change{{Track: v}})
	c.until("its next track", func() bool { return len(c.tracks) == 2 && c.tracks[1].Mode == "returning" })
	c.say(`{"type":"watch","aircraft_id":"later"}`)
	c.say(`{"type":"view","west":113,"south":29,"east":115,"north":31}`)
	c.until("the view after it", func() bool { return len(c.frames) > 0 })
	s.board.Publish([]lowsky.Change{{Track: fly("later", 2)}})
	c.until("a track that began after it was watched", func() bool { return c.tracks[len(c.tracks)-1].ID == "later" })
}

func TestPositionsAsJSON(t *testing.T) {
	s := newStage(t, HubConfig{}, nil)
	v := fly("a", 1)
	v.Course = lowsky.Opt[lowsky.Degrees]{}
	s.board.Publish([]lowsky.Change{{Track: v, Seq: 77}})
	c, err := s.dial("?positions=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	c.look(113, 29, 115, 31)
	for {
		kind, raw, err := c.conn.ReadMessage()
		if err != nil || kind != websocket.TextMessage {
			t.Fatalf("%d %v", kind, err)
		}
		if !strings.Contains(string(raw), `"type":"positions"`) {
			continue
		}
		for _, want := range []string{`"slot":[0]`, `"longitude_deg":[113.613]`, `"height_agl_m":[100]`, `"course_deg":[null]`, `"state":[2]`, `"sequence":77`} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("%s lacks %s", raw, want)
			}
		}
		return
	}
}
