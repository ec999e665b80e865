package picture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
)

// ledger checks every revision against what was really judged: the automaton's promises, from the outside.
type ledger struct {
	t      *rapid.T
	keep   time.Duration
	newest map[lowsky.AlertID]*lowsky.Alert
	clears map[lowsky.AircraftID]int       // clear judgements since the last finding
	since  map[lowsky.AircraftID]time.Time // of the first of them, unbroken
	lower  map[lowsky.AircraftID]time.Time // since when findings are below Warning
	landed bool
}

func (l *ledger) check(now time.Time, a *lowsky.Alert) {
	was := l.newest[a.ID]
	l.newest[a.ID] = a
	id := lowsky.AircraftID(a.Object.ID)
	if was == nil {
		if a.Rev != 1 {
			l.t.Fatalf("first revision is %d", a.Rev)
		}
		for _, b := range l.newest {
			if b.ID != a.ID && b.AlertKey == a.AlertKey && b.State != resolved && a.State != resolved {
				l.t.Fatalf("two open alerts on %v", a.AlertKey)
			}
		}
		return
	}
	if a.Rev != was.Rev+1 || a.ChangedAt.Before(was.ChangedAt) || a.AlertKey != was.AlertKey {
		l.t.Fatalf("revision %d at %v after %d at %v", a.Rev, a.ChangedAt, was.Rev, was.ChangedAt)
	}
	if a.State == resolved && was.State != resolved && a.ResolveReason == lowsky.ResolvedClear {
		if l.clears[id] < 2 {
			l.t.Fatalf("%v: resolved after %d clear judgements", now, l.clears[id])
		}
		if was.State == firing && now.Sub(l.since[id]) < l.keep {
			l.t.Fatalf("%v: resolved after %v of clear", now, now.Sub(l.since[id]))
		}
	}
	if was.State == firing && a.State == pending {
		l.t.Fatal("a firing alert became suspected")
	}
	if was.State == firing && a.State == firing && a.Severity < was.Severity && now.Sub(l.lower[id]) < l.keep {
		l.t.Fatalf("%v: severity fell after %v", now, now.Sub(l.lower[id]))
	}
	if a.State == firing && a.FiredAt.IsZero() || a.State != resolved && a.ResolveReason != "" || a.State == firing && a.PeakSeverity < a.Severity {
		l.t.Fatalf("impossible revision %+v", a)
	}
}

// TestAlertAutomaton flies three aircraft at random through findings, suspicions, clear and unjudged reports, repeats,
// late reports and silence.
func TestAlertAutomaton(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		held := time.Duration(rapid.IntRange(0, 4).Draw(rt, "for")) * time.Second
		keep := time.Duration(rapid.IntRange(0, 8).Draw(rt, "keep")) * time.Second
		f := fly(t, Config{Packs: pack(batteryRule(held, keep), silenceRule())})
		l := &ledger{
			t: rt, keep: keep, newest: map[lowsky.AlertID]*lowsky.Alert{}, clears: map[lowsky.AircraftID]int{},
			since: map[lowsky.AircraftID]time.Time{}, lower: map[lowsky.AircraftID]time.Time{},
		}
		heard := map[lowsky.AircraftID]time.Time{}
		for range rapid.IntRange(20, 150).Draw(rt, "steps") {
			f.now = f.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "ds")) * 100 * time.Millisecond)
			id := lowsky.AircraftID(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "id"))
			before := len(f.alerts)
			live := true
			switch k := rapid.IntRange(0, 9).Draw(rt, "kind"); k {
			case 0, 1, 2: // clear
				f.report(by(id), battery(80))
				if f.now.Sub(heard[id]) > max(5*time.Second, 3*f.e.byID[id].Interval) || l.clears[id] == 0 {
					l.clears[id], l.since[id] = 0, f.now // what lies between was not judged clear
				}
				l.clears[id]++
				l.lower[id] = least(l.lower[id], f.now)
			case 3, 4: // found
				l.clears[id] = 0
				l.lower[id] = least(l.lower[id], f.now)
				f.report(by(id), battery(28))
			case 5: // found, worse
				l.clears[id], l.lower[id] = 0, time.Time{}
				f.report(by(id), battery(18))
			case 6: // suspected, and below Warning
				l.clears[id] = 0
				l.lower[id] = least(l.lower[id], f.now)
				f.report(by(id), battery(25))
			case 7: // unjudged
				l.clears[id] = 0
				f.report(by(id), noBattery)
			case 8: // late and clear, or late and found
				live = false
				f.report(by(id), backFill, measured(f.now.Add(-20*time.Second)), battery(lowsky.Percent(10*rapid.IntRange(1, 8).Draw(rt, "late"))))
			default:
				live = false
				f.tick()
			}
			if live {
				heard[id] = f.now
			}
			for _, a := range f.alerts[before:] {
				if a.Hazard == lowsky.HazardBattery && !a.FoundLate {
					l.check(f.now, a)
				}
			}
		}
	})
}

func least(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// draw makes a random flight as records: many aircraft, gateways, zones, people, skew.
func draw(rt *rapid.T) []step {
	now := noon
	var out []step
	add := func(kind lowsky.RecordKind, payload any, msgs ...lowsky.Message) {
		rec := lowsky.Record{Seq: uint64(len(out) + 2), Kind: kind, At: now, Link: "l"}
		if payload != nil {
			rec.Payload, _ = json.Marshal(payload)
		}
		out = append(out, step{rec, msgs})
	}
	for range rapid.IntRange(10, 200).Draw(rt, "records") {
		now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "ms")) * time.Millisecond)
		switch rapid.IntRange(0, 12).Draw(rt, "kind") {
		case 0, 1, 2:
			add(lowsky.RecordTick, nil)
		case 3:
			add(lowsky.RecordMessage, nil, &lowsky.Topology{Gateway: "gw", Online: rapid.Bool().Draw(rt, "online")})
		case 4:
			half := lowsky.Metres(rapid.IntRange(20, 200).Draw(rt, "half"))
			p := lowsky.ZonePublication{Upsert: []*lowsky.Zone{square("z", len(out), 0, 0, half)}}
			if rapid.Bool().Draw(rt, "remove") {
				p = lowsky.ZonePublication{Remove: []lowsky.ZoneID{"z"}}
			}
			add(lowsky.RecordZones, p)
		default:
			id := lowsky.AircraftID(fmt.Sprint("a", rapid.IntRange(0, 5).Draw(rt, "id")))
			r := &lowsky.TelemetryReport{
				Aircraft: id, Source: "gw", MeasuredAt: now.Add(time.Duration(rapid.IntRange(-20, 3).Draw(rt, "skew")) * time.Second),
				Status: lowsky.Some(rapid.SampledFrom([]lowsky.FlightStatus{"airborne", "airborne", "airborne", "ground", ""}).Draw(rt, "status")),
			}
			if rapid.IntRange(0, 3).Draw(rt, "fix") > 0 {
				r.Position = lowsky.Some(metres(lowsky.Metres(rapid.IntRange(-300, 300).Draw(rt, "x")), lowsky.Metres(rapid.IntRange(-300, 300).Draw(rt, "y"))))
			}
			if rapid.Bool().Draw(rt, "battery") {
				r.Battery = lowsky.Some(lowsky.Percent(rapid.IntRange(5, 60).Draw(rt, "pct")))
			}
			r.BackFill = rapid.IntRange(0, 9).Draw(rt, "backfill") == 0
			add(lowsky.RecordMessage, nil, r)
		}
	}
	return out
}

type step struct {
	rec  lowsky.Record
	msgs []lowsky.Message
}

func fullConfig(t testing.TB) Config {
	z := square("z", 1, 0, 0, 100)
	ix, err := newIndex(z)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Packs: pack(batteryRule(time.Second, 3*time.Second), insideRule(time.Second, 2*time.Second), silenceRule(), sourceRule()), Zones: ix}
}

// TestSameFlightSameBytes: everything that comes out, not only alerts.
func TestSameFlightSameBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		records := draw(rt)
		run := func() []byte {
			e, err := NewEngine(fullConfig(t))
			if err != nil {
				rt.Fatal(err)
			}
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			for _, s := range records {
				for _, c := range e.Step(s.rec, s.msgs) {
					if err := enc.Encode(c); err != nil {
						rt.Fatal(err)
					}
				}
			}
			return b.Bytes()
		}
		one, two := run(), run()
		if !bytes.Equal(one, two) {
			rt.Fatalf("two runs differ: %d and %d bytes", len(one), len(two))
		}
	})
}

// TestPublishedIsNeverChanged: what was handed out stays as it was while the flight goes on.
func TestPublishedIsNeverChanged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e, err := NewEngine(fullConfig(t))
		if err != nil {
			rt.Fatal(err)
		}
		type kept struct {
			c     lowsky.Change
			bytes []byte
		}
		var all []kept
		for _, s := range draw(rt) {
			for _, c := range e.Step(s.rec, s.msgs) {
				b, err := json.Marshal(c)
				if err != nil {
					rt.Fatal(err)
				}
				all = append(all, kept{c, b})
			}
		}
		for _, k := range all {
			if b, _ := json.Marshal(k.c); !bytes.Equal(b, k.bytes) {
				rt.Fatalf("changed after it was published:\n%s\n%s", k.bytes, b)
			}
		}
	})
}

// TestSlicedTicksJudgeAlike: a tick in slices raises the same alerts on the same aircraft as one in a piece.
func TestSlicedTicksJudgeAlike(t *testing.T) {
	run := func(of int) map[string]string {
		f := fly(t, Config{Packs: pack(silenceRule())})
		for range 15 {
			f.now = f.now.Add(time.Second)
			for i := range 37 {
				f.report(by(lowsky.AircraftID(fmt.Sprint("a", i))))
			}
		}
		for range 30 {
			f.now = f.now.Add(time.Second)
			for s := range of {
				f.step(lowsky.RecordTick, Slice{Slice: s, Of: of})
			}
		}
		out := map[string]string{}
		for _, a := range f.alerts {
			out[a.Object.ID] += fmt.Sprint(a.State, a.Severity, a.ChangedAt.Sub(noon), ";")
		}
		if f.health.Aircraft != 37 || f.health.Airborne != 37 || f.health.Reporting != 0 {
			t.Errorf("health %+v", f.health)
		}
		return out
	}
	whole, sliced := run(1), run(5)
	if len(whole) != 37 || fmt.Sprint(whole) != fmt.Sprint(sliced) {
		t.Errorf("whole %v\nsliced %v", whole, sliced)
	}
}
