package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/airspace"
)

// kilometresEast puts a track so far east of a place.
func kilometresEast(v *lowsky.TrackView, lon, lat lowsky.Degrees, km float64) *lowsky.TrackView {
	p := airspace.Offset(lowsky.Position{Longitude: lon, Latitude: lat}, 90, lowsky.Metres(km*1000))
	return at(v, p.Longitude, p.Latitude)
}

// round brings what is near up to date, flushes and drains.
func (l *listener) round(t testing.TB) []*Frame {
	t.Helper()
	l.hub.board.anonymise(0)
	l.hub.flush(l.hub.board.cfg.Now())
	frames, err := l.drain()
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

func TestAnonymousTraffic(t *testing.T) {
	b, h, _ := quiet()
	own := of(at(fly("own", 1), 114, 29.8), "post")
	near := func(id string, km float64) *lowsky.TrackView {
		return of(kilometresEast(fly(id, 2), 114, 29.8, km), "farm")
	}
	ground := near("ground", 1)
	ground.State = lowsky.TrackGround
	other := alarming(near("near", 3), lowsky.Warning)
	b.Publish([]lowsky.Change{{Track: own, Seq: 9}, {Track: other, Seq: 10}, {Track: near("far", -5.1)}, {Track: ground}})
	h.flush(epoch) // the alerting set is known before anybody comes
	l := listen(h, Viewer{Scope: company("post")})
	l.see()
	frames := l.round(t)
	slots := l.anonymous()
	if len(slots) != 1 || len(l.identities) != 2 || l.unknown != 0 || l.gaps != 0 {
		t.Fatalf("anonymous %v of %v, %d unknown, %d gaps", slots, l.identities, l.unknown, l.gaps)
	}
	stranger := slots[0]
	want := Row{
		Slot: stranger, Longitude: other.Position.Value.Longitude, Latitude: other.Position.Value.Latitude,
		HAE: lowsky.Some[lowsky.Metres](134), AGL: lowsky.Some[lowsky.Metres](100), GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](12),
		Course: lowsky.Some[lowsky.Degrees](271), Age: lowsky.Some(0.0), State: lowsky.TrackAirborne,
	}
	near1e7 := cmp.Comparer(func(a, b lowsky.Degrees) bool { return a-b < 1e-6 && b-a < 1e-6 })
	if diff := cmp.Diff(want, l.places[stranger], near1e7); diff != "" {
		t.Errorf("its row, without severity (-want +got):\n%s", diff)
	}
	for _, f := range frames {
		if f.Sequence != 0 {
			t.Errorf("sequence %d", f.Sequence)
		}
		if f.Flags&FlagAlerting != 0 {
			t.Errorf("a stranger's alert makes a frame: %+v", f)
		}
	}
	// Whoever watches it hears nothing.
	h.watch(l.cl, "near")
	l.round(t)
	if len(l.tracks) != 0 {
		t.Errorf("its track was sent: %+v", l.tracks)
	}
	// An emergency shows.
	emergency := *other
	emergency.State = lowsky.TrackEmergency
	b.Publish([]lowsky.Change{{Track: &emergency}})
	l.round(t)
	if got := l.places[stranger].State; got != lowsky.TrackEmergency {
		t.Errorf("state %d", got)
	}
	// It leaves, comes back as another, becomes the company's own as another again, and is sold.
	was := map[uint32]string{stranger: "first"}
	step := func(what string, v *lowsky.TrackView, anonymous, named int) {
		t.Helper()
		b.Publish([]lowsky.Change{{Track: v}})
		l.round(t)
		got := l.anonymous()
		if len(got) != anonymous || len(l.identities) != anonymous+named {
			t.Fatalf("%s: anonymous %v of %v", what, got, l.identities)
		}
		for slot, i := range l.identities {
			if i.Aircraft == "own" {
				continue
			}
			if before, used := was[slot]; used && before != what {
				t.Errorf("%s: the slot of %q", what, before)
			}
			was[slot] = what
		}
	}
	step("away", near("near", 5.2), 0, 1)
	step("back", near("near", 4.9), 1, 1)
	step("own", of(near("near", 4.9), "post"), 0, 2)
	step("sold", near("near", 4.9), 1, 1)
	landed := *near("near", 4.9)
	landed.State = lowsky.TrackGround
	step("landed", &landed, 0, 1)
	step("again", near("near", 4.9), 1, 1)
	ownDown := *own
	ownDown.State = lowsky.TrackGround
	b.Publish([]lowsky.Change{{Track: &ownDown}})
	l.round(t)
	if got := l.anonymous(); len(got) != 0 {
		t.Errorf("with nothing of one's own in the air: %v", got)
	}
	// A county or the city sees nobody without a name.
	for _, s := range []lowsky.Scope{lowsky.Everything, {Jurisdictions: []lowsky.JurisdictionID{"421202"}}} {
		if got := b.AnonymousTracks(s); len(got) != 0 {
			t.Errorf("%+v: %v", s, got)
		}
	}
}

func TestAnonymousTracksAreTheNearest(t *testing.T) {
	b, _, now := quiet()
	changes := []lowsky.Change{{Track: of(at(fly("own", 1), 114, 29.8), "post")}}
	for i := range maxNear + 50 {
		changes = append(changes, lowsky.Change{Track: of(kilometresEast(fly(fmt.Sprintf("f-%d", i), 1), 114, 29.8, float64(i+1)*0.008), "farm")})
	}
	b.Publish(changes)
	got := b.AnonymousTracks(company("post"))
	if len(got) != maxNear {
		t.Fatalf("%d, want %d", len(got), maxNear)
	}
	far := lowsky.Degrees(0)
	for _, a := range got {
		far = max(far, a.Position.Longitude)
	}
	if limit := kilometresEast(fly("x", 1), 114, 29.8, float64(maxNear)*0.008+0.001).Position.Value.Longitude; far > limit {
		t.Errorf("one at %v is beyond the nearest %d, at %v", far, maxNear, limit)
	}
	if !slices.IsSortedFunc(got, func(a, b AnonymousTrack) int { return int(a.Slot) - int(b.Slot) }) {
		t.Error("not by slot")
	}
	// Asked again soon, they are the same; after nobody asked for a while, they are others.
	again := b.AnonymousTracks(company("post"))
	if diff := cmp.Diff(got, again); diff != "" {
		t.Error(diff)
	}
	*now = now.Add(nearRead + time.Second)
	b.anonymise(0)
	slots := map[uint32]bool{}
	for _, a := range got {
		slots[a.Slot] = true
	}
	for _, a := range b.AnonymousTracks(company("post")) {
		if slots[a.Slot] {
			t.Fatalf("slot %d was given again after %s", a.Slot, nearRead)
		}
	}
}

// Cells must not lose anybody: the same as by looking at everybody.
func TestNearAgreesWithEverybody(t *testing.T) {
	for _, c := range []struct {
		name     string
		lon, lat lowsky.Degrees
	}{{"here", 114, 29.8}, {"antimeridian", 179.99, 29.8}, {"south", 20, -45}, {"north", 20, 70}, {"equator", 0.01, 0.001}} {
		b, _, _ := quiet()
		var changes []lowsky.Change
		for i := range 700 {
			p := airspace.Offset(lowsky.Position{Longitude: c.lon, Latitude: c.lat}, lowsky.Degrees(i*37%360), lowsky.Metres(i*25))
			v := at(fly(fmt.Sprint(i), 1), p.Longitude, p.Latitude)
			v.Jurisdictions = nil
			if v = of(v, "farm"); i%90 == 0 {
				v = of(v, "post")
			}
			changes = append(changes, lowsky.Change{Track: v})
		}
		b.Publish(changes)
		want := map[lowsky.Degrees]bool{}
		for _, x := range changes {
			for _, o := range changes {
				if x.Track.Organisation == "farm" && o.Track.Organisation == "post" &&
					airspace.Distance(x.Track.Position.Value, o.Track.Position.Value) <= nearby {
					want[x.Track.Position.Value.Latitude] = true
				}
			}
		}
		got := map[lowsky.Degrees]bool{}
		for _, a := range b.AnonymousTracks(company("post")) {
			got[a.Position.Latitude] = true
		}
		if len(want) < 100 || len(want) > maxNear {
			t.Fatalf("%s: %d are no test", c.name, len(want))
		}
		if !maps.Equal(want, got) {
			t.Errorf("%s: %d near, want %d", c.name, len(got), len(want))
		}
	}
}

// Two companies put together all that they get, over the stream and over REST. What one is told of the aircraft of the
// other says where it is, and not which one it is: no name of any kind, no number that both see, no order that both see.
func TestTwoClassesCannotJoin(t *testing.T) {
	b, h, now := quiet()
	const each = 120
	marked := func(org string, i int) *lowsky.TrackView {
		v := fly(fmt.Sprintf("%s-%d", org, i), 1)
		v = kilometresEast(v, 114, 29.8, float64(i)*0.01)
		v.Organisation = lowsky.OrganisationID(org)
		mark := "MARK-" + org
		v.Source, v.Format, v.Model, v.Mode = lowsky.SourceID(mark), lowsky.Format(mark), mark, mark
		v.Name = lowsky.Text{ZH: mark, EN: mark}
		v.Scenario = lowsky.Scenario(mark)
		v.Jurisdictions = []lowsky.JurisdictionID{lowsky.JurisdictionID(mark)}
		v.Unjudged = []lowsky.Unjudged{{Hazard: lowsky.HazardSeparation, Rule: "r", Subject: lowsky.Subject{
			Kind: lowsky.ObjectPair, ID: "farm-1+post-1",
		}, Reason: lowsky.ReasonNoHeight}}
		return v
	}
	var changes []lowsky.Change
	for i := range each {
		changes = append(changes, lowsky.Change{Track: marked("post", i), Seq: uint64(i)}, lowsky.Change{Track: marked("farm", i), Seq: uint64(i)})
	}
	b.Publish(changes)
	listeners := map[string]*listener{}
	rest := map[string][]byte{}
	frames := map[string][]*Frame{}
	for _, org := range []string{"post", "farm", "survey"} {
		if org == "survey" { // a third that flies one among them
			b.Publish([]lowsky.Change{{Track: of(at(fly("survey-1", 1), 114, 29.8), "survey")}})
		}
		l := listen(h, Viewer{Scope: company(lowsky.OrganisationID(org))})
		l.see()
		listeners[org] = l
	}
	for range 3 {
		*now = now.Add(time.Second)
		b.Publish(changes)
		for org, l := range listeners {
			frames[org] = append(frames[org], l.round(t)...)
			h.watch(l.cl, "post-1")
			h.watch(l.cl, "farm-1")
		}
	}
	for org, l := range listeners {
		tracks := b.AnonymousTracks(company(lowsky.OrganisationID(org)))
		if len(tracks) < each {
			t.Fatalf("%s sees %d without a name", org, len(tracks))
		}
		raw, err := json.Marshal(struct {
			Tracks    []*lowsky.TrackView
			Anonymous []AnonymousTrack
		}{b.Tracks(company(lowsky.OrganisationID(org))), tracks})
		if err != nil {
			t.Fatal(err)
		}
		rest[org] = raw
		for _, text := range append(l.text, raw) {
			for _, other := range []string{"post", "farm", "survey"} {
				if other != org && (strings.Contains(string(text), "MARK-"+other) || strings.Contains(string(text), other+"-")) {
					t.Fatalf("%s is told of %s: %.400s", org, other, text)
				}
			}
		}
		// The keys of an anonymous track are those of the contract, and those of its position.
		var keys []map[string]json.RawMessage
		only, _ := json.Marshal(tracks)
		if err := json.Unmarshal(only, &keys); err != nil {
			t.Fatal(err)
		}
		allowed := []string{"age_s", "course_deg", "ground_speed_mps", "height_agl_m", "position", "slot", "state", "vertical_speed_mps"}
		for _, k := range keys {
			for name := range k {
				if !slices.Contains(allowed, name) {
					t.Errorf("key %s", name)
				}
			}
			if p := string(k["position"]); strings.Count(p, ":") != 3 {
				t.Errorf("position %s", p)
			}
		}
		for _, f := range frames[org] {
			if f.Sequence != 0 {
				t.Errorf("%s: sequence %d", org, f.Sequence)
			}
			if !slices.IsSortedFunc(f.Rows, func(a, b Row) int { return int(a.Slot) - int(b.Slot) }) {
				t.Errorf("%s: the order of rows tells something", org)
			}
		}
	}
	// The same aircraft, found in both by its position alone (which is what may be compared), has slots that say nothing
	// about each other: neither equal nor in the same order.
	one, other := slotsByPlace(listeners["post"]), slotsByPlace(listeners["farm"])
	equal, order, pairs := 0, 0, 0
	places := slices.Sorted(maps.Keys(one))
	for i, p := range places {
		if one[p] == other[p] {
			equal++
		}
		for _, q := range places[:i] {
			pairs++
			if (one[p] < one[q]) == (other[p] < other[q]) {
				order++
			}
		}
	}
	if share := float64(order) / float64(pairs); len(places) < each || equal > 3 || share < 0.35 || share > 0.65 {
		t.Errorf("%d places, %d equal slots, %.2f of the pairs in the same order", len(places), equal, share)
	}
	// A class that begins anew does not give the numbers that another of the same scope would.
	b2, _, _ := quiet()
	b2.Publish(changes)
	same := 0
	first := b.AnonymousTracks(company("post"))
	for i, a := range b2.AnonymousTracks(company("post")) {
		if i < len(first) && first[i] == a {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d slots could be foretold", same)
	}
}

func slotsByPlace(l *listener) map[string]uint32 {
	by := map[string]uint32{}
	for slot, r := range l.places {
		by[fmt.Sprintf("%.6f %.6f", r.Longitude, r.Latitude)] = slot
	}
	return by
}

func TestCrewedTrafficNearByHasNoName(t *testing.T) {
	b, _, _ := quiet()
	p := airspace.Offset(lowsky.Position{Longitude: 114, Latitude: 29.8}, 90, 2000)
	far := airspace.Offset(lowsky.Position{Longitude: 114, Latitude: 29.8}, 90, 6000)
	b.Publish([]lowsky.Change{
		{Track: of(at(fly("own", 1), 114, 29.8), "post")},
		{Traffic: &lowsky.TrafficReport{Traffic: "780ABC", SeenBy: "f-1", Source: "farm-gw", Category: "A1", WarningLevel: 3, ReceivedAt: epoch, Position: p}},
		{Traffic: &lowsky.TrafficReport{Traffic: "780DEF", Source: "farm-gw", ReceivedAt: epoch, Position: far}},
		{Traffic: &lowsky.TrafficReport{Traffic: "780FFF", SeenBy: "f-1", Source: "gw-1", ReceivedAt: epoch, Position: far}},
	})
	got := b.Traffic(company("post"), epoch)
	if len(got) != 2 || got[0].ID != "780FFF" || got[0].SeenBy != "" {
		t.Fatalf("%+v", got)
	}
	if a := got[1]; !strings.HasPrefix(a.ID, "anonymous-") || a.Source != "" || a.SeenBy != "" || a.Category != "" || a.WarningLevel != 0 ||
		a.Position.Longitude != p.Longitude {
		t.Errorf("%+v", a)
	}
	if all := b.Traffic(lowsky.Everything, epoch); len(all) != 3 || all[0].ID != "780ABC" || all[0].SeenBy != "f-1" {
		t.Errorf("everything: %+v", all)
	}
}
