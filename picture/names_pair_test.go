package picture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
)

func pairObjects(f *flight) (open []string) {
	newest := map[lowsky.AlertID]*lowsky.Alert{}
	for _, a := range f.alerts {
		newest[a.ID] = a
	}
	for _, a := range newest {
		if a.Object.Kind == lowsky.ObjectPair && a.State != resolved {
			open = append(open, a.Object.ID)
		}
	}
	return open
}

// TestNeverPairsWithItself: under two names in one second, and after the second name was given in flight.
func TestNeverPairsWithItself(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	for i := range 20 {
		x := lowsky.Metres(10 * i)
		f.second(aloft("A", x, 0, 100, 90, 10), aloft("RID1", x+3, 4, 101, 90, 10))
	}
	if len(f.alerts) != 0 {
		t.Errorf("%+v", f.alerts[0])
	}
	f = fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{{ID: "A"}}})
	both := func(i int) {
		f.second(aloft("A", lowsky.Metres(10*i), 0, 100, 90, 10), aloft("RID1", lowsky.Metres(10*i+3), 4, 101, 90, 10))
	}
	for i := range 5 {
		both(i)
	}
	if got := pairObjects(f); len(got) != 1 || got[0] != "A+RID1" {
		t.Fatalf("two aircraft: %v", got)
	}
	f.register(entryA())
	for i := 5; i < 20; i++ {
		both(i)
	}
	if a := f.want(lowsky.HazardSeparation, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedMerged || len(pairObjects(f)) != 0 {
		t.Errorf("%+v, open %v", a, pairObjects(f))
	}
}

// TestPairGoesOnUnderItsOwnName with another aircraft, in the order of the ids.
func TestPairGoesOnUnderItsOwnName(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second))})
	fly := func(from, to int, id lowsky.AircraftID) {
		for i := from; i < to; i++ {
			f.second(aloft(id, lowsky.Metres(10*i), 0, 100, 90, 10), aloft("M", lowsky.Metres(10*i+30), 0, 100, 90, 10))
		}
	}
	fly(0, 5, "RID1")
	old := f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	if old.Object.ID != "M+RID1" {
		t.Fatal(old.Object)
	}
	f.must(command(old.ID, lowsky.ActionAcknowledge))
	f.register(entryA())
	if got := pairObjects(f); len(got) != 1 || got[0] != "A+M" {
		t.Fatalf("open: %v", got)
	}
	fly(5, 15, "RID1")
	a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	if a.Object.ID != "A+M" || a.Previous != old.ID || a.Handling.AcknowledgedBy != "li" || a.Pair.A.ID != "A" || a.Pair.B.ID != "M" || a.Count != 1 {
		t.Errorf("%+v", a)
	}
	if was := f.newest(old.Object)[0]; was.ResolveReason != lowsky.ResolvedMerged {
		t.Errorf("%+v", was)
	}
	for i := 15; i < 25; i++ { // apart
		f.second(aloft("RID1", lowsky.Metres(10*i), 0, 100, 90, 10), aloft("M", lowsky.Metres(10*i), 900, 100, 90, 10))
	}
	if len(pairObjects(f)) != 0 {
		t.Errorf("open: %v", pairObjects(f))
	}
}

// TestOwnTransponder: a registered aircraft that is seen by its transponder is no crewed traffic, neither near itself nor
// near others, while its own reports come.
func TestOwnTransponder(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	told := 0
	for i := range 20 {
		x := lowsky.Metres(10 * i)
		f.second(aloft("RID1", x, 0, 100, 90, 10), aloft("M", x, 300, 100, 90, 10)) // 300 m: near only if one is crewed
		for _, c := range f.seen("780ABC", "adsb", x, 5) {
			if c.Traffic != nil {
				told++
			}
		}
	}
	if len(f.alerts) != 0 || told != 0 || len(f.e.traffic) != 0 {
		t.Errorf("%d alerts, told %d times, %d are traffic", len(f.alerts), told, len(f.e.traffic))
	}
	// Its own reports end: the transponder is all there is of it, and nobody may run into it.
	for i := 20; i < 50; i++ {
		f.seen("780abc", "adsb", lowsky.Metres(10*i), 5, func(m *lowsky.TrafficReport) { m.Position.HAE = lowsky.Some(lowsky.Metres(100)) })
		f.second(aloft("M", lowsky.Metres(10*i), 300, 100, 90, 10))
	}
	if a := f.last(lowsky.HazardSeparation); a == nil || a.State != firing || !strings.Contains(a.Object.ID, "traffic:780ABC") {
		t.Fatalf("%+v", a)
	}
	// And come again: what was made of it as crewed traffic is over.
	for i := 50; i < 60; i++ {
		f.seen("780ABC", "adsb", lowsky.Metres(10*i), 5)
		f.second(aloft("A", lowsky.Metres(10*i), 0, 100, 90, 10), aloft("M", lowsky.Metres(10*i), 300, 100, 90, 10))
	}
	if a := f.want(lowsky.HazardSeparation, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedMerged || len(f.e.traffic) != 0 {
		t.Errorf("%+v, %d are traffic", a, len(f.e.traffic))
	}
}

// TestAddressOfAnAirliner: a wrong address in the register hides nothing that flies elsewhere.
func TestAddressOfAnAirliner(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	for i := range 10 {
		f.seen("780abc", "adsb", lowsky.Metres(20_000-60*i), 0, func(m *lowsky.TrafficReport) { m.Position.HAE = lowsky.Some(lowsky.Metres(100)) })
		f.second(aloft("A", 0, 0, 100, 90, 0), aloft("M", 19_500, 0, 100, 90, 0))
	}
	if len(f.e.traffic) != 1 || f.last(lowsky.HazardSeparation) == nil {
		t.Errorf("%d are traffic, alerts %v", len(f.e.traffic), f.alerts)
	}
}

// TestSeenByAnotherName: who saw it is told by its own id, and the message itself is not changed.
func TestSeenByAnotherName(t *testing.T) {
	f := fly(t, Config{Aircraft: []*lowsky.Aircraft{entryA()}})
	m := &lowsky.TrafficReport{Traffic: "ABCDEF", Source: "gw", SeenBy: "RID1", MeasuredAt: f.now, Position: metres(3000, 0)}
	for _, c := range f.step(lowsky.RecordMessage, nil, m) {
		if c.Traffic != nil && c.Traffic.SeenBy != "A" {
			t.Errorf("seen by %s", c.Traffic.SeenBy)
		}
	}
	if m.SeenBy != "RID1" {
		t.Error("the message was changed")
	}
}

// drawNames is a random flight in which names come and go, as records.
func drawNames(rt *rapid.T) []step {
	now := noon
	var out []step
	add := func(kind lowsky.RecordKind, payload any, msgs ...lowsky.Message) {
		rec := lowsky.Record{Seq: uint64(len(out) + 2), Kind: kind, At: now, Link: "l"}
		if payload != nil {
			rec.Payload, _ = json.Marshal(payload)
		}
		out = append(out, step{rec, msgs})
	}
	ids := []string{"a", "b", "c", "x", "y"}
	far := rapid.SampledFrom([]string{"", "x", "b"}).Draw(rt, "far") // flies elsewhere than whoever it is said to be
	for range rapid.IntRange(20, 150).Draw(rt, "records") {
		now = now.Add(time.Duration(rapid.IntRange(0, 1500).Draw(rt, "ms")) * time.Millisecond)
		switch k := rapid.IntRange(0, 14).Draw(rt, "kind"); k {
		case 0, 1, 2:
			add(lowsky.RecordTick, nil)
		case 3, 4:
			p := lowsky.AircraftPublication{}
			for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 3, rapid.ID[string]).Draw(rt, "entries") {
				if rapid.IntRange(0, 3).Draw(rt, "remove") == 0 {
					p.Remove = append(p.Remove, lowsky.AircraftID(id))
				} else {
					p.Upsert = append(p.Upsert, &lowsky.Aircraft{
						ID: lowsky.AircraftID(id), Serial: rapid.SampledFrom(ids).Draw(rt, "serial"), ICAOAddress: rapid.SampledFrom([]string{"", "780abc"}).Draw(rt, "icao"),
						RemoteIDs: rapid.SliceOfN(rapid.SampledFrom(ids), 0, 2).Draw(rt, "rid"), Demo: rapid.Bool().Draw(rt, "demo"),
					})
				}
			}
			add(lowsky.RecordAircraft, p)
		case 5:
			add(lowsky.RecordMessage, nil, &lowsky.TrafficReport{Traffic: "780ABC", Source: "adsb", MeasuredAt: now, Position: metres(lowsky.Metres(rapid.IntRange(-50, 50).Draw(rt, "tx")), 0)})
		case 6:
			add(lowsky.RecordMismatch, lowsky.IdentityMismatch{Device: lowsky.DeviceID(rapid.SampledFrom(ids).Draw(rt, "device")), Claimed: rapid.SampledFrom(ids).Draw(rt, "claimed"), Count: 1})
		default:
			id := rapid.SampledFrom(ids).Draw(rt, "id")
			p := metres(lowsky.Metres(rapid.IntRange(-60, 60).Draw(rt, "px")), 0)
			if id == far {
				p = metres(3000, 0)
			}
			p.HAE = lowsky.Some(lowsky.Metres(100))
			add(lowsky.RecordMessage, nil, &lowsky.TelemetryReport{
				Aircraft: lowsky.AircraftID(id), Source: lowsky.SourceID(rapid.SampledFrom([]string{"gw1", "gw2", "direct:" + id}).Draw(rt, "source")),
				MeasuredAt: now.Add(time.Duration(rapid.IntRange(-3000, 500).Draw(rt, "skew")) * time.Millisecond), Digest: uint32(len(out)),
				Position: lowsky.Some(p), Battery: lowsky.Some(lowsky.Percent(rapid.SampledFrom([]int{18, 28, 80}).Draw(rt, "pct"))),
				Status: lowsky.Some(rapid.SampledFrom([]lowsky.FlightStatus{"airborne", "airborne", "airborne", "ground", ""}).Draw(rt, "status")),
			})
		}
	}
	return out
}

// TestNamesComeAndGo: whatever the register says in whatever order, nothing is known under a name that is another's, no
// alert that was merged is lost, nothing panics, what was published is never changed, and a replay gives the same bytes.
func TestNamesComeAndGo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		records := drawNames(rt)
		run := func(check bool) []byte {
			e, err := NewEngine(Config{Packs: pack(batteryRule(time.Second, 3*time.Second), silenceRule(), sourceRule(), pairRule(3*time.Second))})
			if err != nil {
				rt.Fatal(err)
			}
			var all bytes.Buffer
			var changes []lowsky.Change
			step := func(rec lowsky.Record, msgs []lowsky.Message) {
				for _, c := range e.Step(rec, msgs) {
					b, err := json.Marshal(c)
					if err != nil {
						rt.Fatal(err)
					}
					all.Write(b)
					changes = append(changes, c)
				}
				if faults := e.Faults(); check && len(faults) > 0 {
					rt.Fatal(faults[0].Cause)
				}
			}
			for _, s := range records {
				step(s.rec, s.msgs)
				for i := 0; s.rec.Kind == lowsky.RecordTick && e.Pairing(); i++ {
					step(lowsky.Record{Seq: s.rec.Seq, Kind: lowsky.RecordTick, At: s.rec.At, Payload: []byte(`{"slice":0,"of":1,"pairs":true}`)}, nil)
				}
				if check {
					checkNames(rt, e)
				}
			}
			if check {
				checkMerged(rt, changes)
				var again bytes.Buffer
				for _, c := range changes {
					b, _ := json.Marshal(c)
					again.Write(b)
				}
				if !bytes.Equal(again.Bytes(), all.Bytes()) {
					rt.Fatal("what was published was changed")
				}
			}
			return all.Bytes()
		}
		if one, two := run(true), run(false); !bytes.Equal(one, two) {
			rt.Fatalf("two runs differ: %d and %d bytes", len(one), len(two))
		}
	})
}

func checkNames(rt *rapid.T, e *Engine) {
	for id, t := range e.byID {
		if own := e.canonical(id); own != id || t.ID != id || t.gone || e.tracks[t.slot] != t || t.object.track != t {
			rt.Fatalf("a track of %s (%s), which is %s", id, t.ID, own)
		}
		if t.source != nil && t.source.members[t.member] != t {
			rt.Fatalf("%s is not where its source has it", id)
		}
	}
	for _, s := range e.sources {
		if s == nil {
			continue
		}
		for _, m := range s.members {
			if e.byID[m.ID] != m || m.source != s {
				rt.Fatalf("%s has a member %s that is not its own", s.ID, m.ID)
			}
		}
	}
	open := map[lowsky.AlertKey]bool{}
	for _, a := range e.open {
		if a.State == lowsky.AlertResolved {
			continue
		}
		if open[a.AlertKey] || a.obj.find(a.Hazard, a.Subject) != a || e.objects[a.obj.ref] != a.obj {
			rt.Fatalf("two open alerts on %v, or one nobody finds", a.AlertKey)
		}
		open[a.AlertKey] = true
		for _, part := range strings.Split(a.Object.ID, "+") {
			if own := e.canonical(lowsky.AircraftID(part)); a.Object.Kind != lowsky.ObjectDevice && a.Object.Kind != lowsky.ObjectSource && string(own) != part {
				rt.Fatalf("an open alert on %v, which is %s", a.Object, own)
			}
		}
		if one, other, pair := strings.Cut(a.Object.ID, "+"); pair && one == other {
			rt.Fatalf("a pair with itself: %v", a.Object)
		}
	}
}

// checkMerged: of every alert that ended as merged, one goes on that links it or was there already, but for pairs that are
// no pair any more.
func checkMerged(rt *rapid.T, changes []lowsky.Change) {
	linked := map[lowsky.AlertID]bool{}
	for _, c := range changes {
		if c.Alert != nil {
			linked[c.Alert.Previous] = true
		}
	}
	for i, c := range changes {
		a := c.Alert
		if a == nil || a.ResolveReason != lowsky.ResolvedMerged || a.Object.Kind != lowsky.ObjectAircraft || linked[a.ID] {
			continue
		}
		goesOn := false
		for _, d := range changes[:] {
			if b := d.Alert; b != nil && b.ID != a.ID && b.Hazard == a.Hazard && b.Object.Kind == lowsky.ObjectAircraft && !b.ChangedAt.After(a.ChangedAt) {
				goesOn = true
			}
		}
		if !goesOn {
			rt.Fatalf("change %d: %s of %v ended as merged, and nothing goes on: %s", i, a.Hazard, a.Object, fmt.Sprint(a.State))
		}
	}
}
