package api

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
	"lowsky/airspace"
)

// watcher is a listener with what it must be true to.
type watcher struct {
	*listener
	scope lowsky.Scope
	freed map[uint32]time.Time // when a slot was last said to be gone
}

// Whatever happens to whom, a client is told of an aircraft by name only while its scope sees it, of one without a name
// only while that is near one of its own and in the air, and draws nothing else. No slot is used again within 10 minutes.
func TestWhatAClientGetsIsAllowed(t *testing.T) {
	orgs := []lowsky.OrganisationID{"post", "farm", "city"}
	js := []lowsky.JurisdictionID{"421202", "421281"}
	scenarios := []lowsky.Scenario{"", lowsky.Tourism, lowsky.Logistics}
	rapid.Check(t, func(t *rapid.T) {
		b, h, now := quiet()
		truth := map[lowsky.AircraftID]*lowsky.TrackView{}
		byPlace := map[lowsky.Degrees]lowsky.AircraftID{} // latitudes are never given twice
		serial := 0
		scopes := []lowsky.Scope{
			company("post"), company("farm"), lowsky.Everything,
			{Jurisdictions: js[:1], Organisations: orgs[2:]}, {All: true, AllZones: true, Scenarios: scenarios[1:2]}, {},
		}
		var watchers []*watcher
		join := func(s lowsky.Scope) *watcher {
			w := &watcher{listen(h, Viewer{Scope: s}), s, map[uint32]time.Time{}}
			w.see()
			return w
		}
		for _, s := range scopes {
			watchers = append(watchers, join(s))
		}
		sees := func(s lowsky.Scope, v *lowsky.TrackView) bool {
			return s.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario)
		}
		nearOwn := func(s lowsky.Scope, v *lowsky.TrackView) bool {
			for _, o := range truth {
				if sees(s, o) && aloft(o) && airspace.Distance(o.Position.Value, v.Position.Value) <= nearby {
					return true
				}
			}
			return false
		}
		// check drains everybody. looked: who is near whom has just been brought up to date.
		check := func(looked bool) {
			for i, w := range watchers {
				known := map[uint32]Identity{}
				for slot, id := range w.identities {
					known[slot] = id
				}
				frames, err := w.drain()
				if err != nil {
					t.Fatal(err)
				}
				if w.gaps > 0 || w.unknown > 0 {
					t.Fatalf("client %d: %d gaps, %d rows of unknown slots", i, w.gaps, w.unknown)
				}
				for slot := range known {
					if _, still := w.identities[slot]; !still && !everything(w.scope) {
						w.freed[slot] = *now
					}
				}
				named, strangers := 0, 0
				for slot, id := range w.identities {
					if at, was := w.freed[slot]; was && now.Sub(at) < 10*time.Minute {
						t.Fatalf("client %d: slot %d again after %s", i, slot, now.Sub(at))
					}
					if id.Anonymous {
						strangers++
						if !w.scope.Anonymous {
							t.Fatalf("client %d sees strangers", i)
						}
						continue
					}
					named++
					if v := truth[id.Aircraft]; v == nil || !sees(w.scope, v) {
						t.Fatalf("client %d knows %s by name", i, id.Aircraft)
					}
				}
				wantNamed, wantStrangers := 0, 0
				for _, v := range truth {
					switch {
					case sees(w.scope, v):
						wantNamed++
					case w.scope.Anonymous && aloft(v) && nearOwn(w.scope, v):
						wantStrangers++
					}
				}
				if named != wantNamed || looked && strangers != wantStrangers {
					t.Fatalf("client %d: %d by name, want %d; %d without, want %d", i, named, wantNamed, strangers, wantStrangers)
				}
				for _, f := range frames {
					if f.Sequence != 0 && !everything(w.scope) {
						t.Fatalf("client %d: sequence %d", i, f.Sequence)
					}
					for _, r := range f.Rows {
						id, ok := byPlace[lowsky.Degrees(fmt6(r.Latitude))]
						v := truth[id]
						if !ok || v == nil || fmt6(v.Position.Value.Latitude) != fmt6(r.Latitude) {
							t.Fatalf("client %d: a row where nobody is any more", i)
						}
						told := w.identities[r.Slot]
						switch {
						case told.Anonymous && (sees(w.scope, v) || !aloft(v) || r.Severity != 0 || f.Flags&FlagAlerting != 0):
							t.Fatalf("client %d: a row without a name of %s", i, id)
						case !told.Anonymous && (told.Aircraft != id || !sees(w.scope, v)):
							t.Fatalf("client %d: the row of %s as %+v", i, id, told)
						}
					}
				}
			}
		}
		check(true)
		t.Repeat(map[string]func(*rapid.T){
			"report": func(t *rapid.T) {
				id := fmt.Sprintf("a-%d", rapid.IntRange(0, 7).Draw(t, "aircraft"))
				serial++
				v := at(fly(id, 1), 114+lowsky.Degrees(rapid.IntRange(0, 12).Draw(t, "place"))*0.01, 29.8+lowsky.Degrees(serial)*1e-5)
				v.Organisation, v.Scenario = rapid.SampledFrom(orgs).Draw(t, "organisation"), rapid.SampledFrom(scenarios).Draw(t, "scenario")
				v.Jurisdictions = js[:rapid.IntRange(0, 2).Draw(t, "jurisdictions")]
				v.State = rapid.SampledFrom([]lowsky.TrackState{lowsky.TrackAirborne, lowsky.TrackAirborne, lowsky.TrackGround, lowsky.TrackLost, lowsky.TrackEmergency}).Draw(t, "state")
				v.Severity = rapid.SampledFrom([]lowsky.Severity{lowsky.SeverityNone, lowsky.Warning}).Draw(t, "severity")
				truth[v.ID] = v
				byPlace[lowsky.Degrees(fmt6(v.Position.Value.Latitude))] = v.ID
				b.Publish([]lowsky.Change{{Track: v, Seq: uint64(serial)}})
				check(false)
			},
			"gone": func(t *rapid.T) {
				id := lowsky.AircraftID(fmt.Sprintf("a-%d", rapid.IntRange(0, 7).Draw(t, "aircraft")))
				delete(truth, id)
				b.Publish([]lowsky.Change{{Gone: id}})
				check(false)
			},
			"look around": func(*rapid.T) { b.anonymise(0); check(true) },
			"flush":       func(*rapid.T) { h.flush(*now) }, // drained after whatever comes next
			"look whole": func(*rapid.T) {
				for _, w := range watchers {
					h.tilesMu.Lock()
					w.cl.box = tileBox{}
					h.tilesMu.Unlock()
					w.see()
				}
				check(false)
			},
			"time passes": func(t *rapid.T) {
				*now = now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "seconds")) * time.Second)
			},
			"reconnect": func(t *rapid.T) {
				i := rapid.IntRange(0, len(watchers)-1).Draw(t, "client")
				h.leave(watchers[i].cl)
				freed, before := watchers[i].freed, watchers[i].identities
				watchers[i] = join(scopes[i])
				watchers[i].freed = freed
				check(false)
				for slot, id := range watchers[i].identities { // the numbers still mean the same
					if was, ok := before[slot]; ok && (was.Anonymous != id.Anonymous || was.Aircraft != id.Aircraft) {
						t.Fatalf("slot %d was %+v and is %+v", slot, was, id)
					}
				}
			},
		})
		b.anonymise(0)
		h.flush(*now)
		check(true)
	})
}

func fmt6(d lowsky.Degrees) float64 { return float64(int64(float64(d)*1e6+0.5)) / 1e6 }
