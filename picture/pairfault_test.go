package picture

import (
	"math"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

func (m moody) GroundHAE(lowsky.Position) (airspace.Ground, bool) {
	if *m.bad {
		panic("defect")
	}
	return airspace.Ground{HAE: 40, Bound: 1}, true
}

// TestPassThatFailsClearsNobody: a defect in the pass leaves every pair unjudged, not clear, and ends with its cause.
func TestPassThatFailsClearsNobody(t *testing.T) {
	bad := false
	f := fly(t, Config{Packs: pack(pairRule(time.Second)), Terrain: moody{&bad}})
	aboveGround := func(r *lowsky.TelemetryReport) {
		r.Position.Value.HAE, r.Position.Value.AGL = lowsky.Opt[lowsky.Metres]{}, lowsky.Some(lowsky.Metres(60))
	}
	a, b, c := aloft("a", 0, 0, 100, 0, 0), aloft("b", 20, 0, 100, 0, 0), aloft("c", 900, 0, 100, 0, 0)
	lower := func(r *lowsky.TelemetryReport) { b(r); aboveGround(r) }
	f.second(a, lower, c)
	f.second(a, lower, c)
	f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(a)
		f.report(lower)
		f.report(c)
		bad = true
		f.tick()
		faults := len(f.e.Faults())
		for f.e.Pairing() {
			f.step(lowsky.RecordTick, Slice{Of: 1, Pairs: true})
			faults += len(f.e.Faults())
		}
		bad = false
		if faults != 1 {
			t.Fatalf("%d faults in a pass", faults)
		}
	}
	for _, id := range []lowsky.AircraftID{"a", "b", "c"} {
		if u := f.views[id].Unjudged; len(u) != 1 || u[0].Reason != lowsky.ReasonRuleFault {
			t.Errorf("%s: unjudged %+v", id, u)
		}
	}
	if x := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); x.Frozen != lowsky.ReasonRuleFault {
		t.Errorf("frozen %q", x.Frozen)
	}
	f.second(a, lower, c)
	if x := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); x.Frozen != "" || len(f.views["c"].Unjudged) != 0 {
		t.Errorf("frozen %q, c unjudged %+v", x.Frozen, f.views["c"].Unjudged)
	}
}

// TestMoverThatIsNoNumber: one velocity that is none is not known, and the others are found as ever.
func TestMoverThatIsNoNumber(t *testing.T) {
	nan := lowsky.MetresPerSecond(math.NaN())
	high := func(p lowsky.Position) lowsky.Position { p.HAE = lowsky.Some[lowsky.Metres](100); return p }
	var p pairing
	p.take(airspace.Mover{Position: high(metres(9000, 0)), East: nan, North: nan, Up: nan, Turn: lowsky.Degrees(math.Inf(1))}, participant{})
	p.take(airspace.Mover{Position: high(metres(0, 0)), East: 10}, participant{})
	p.take(airspace.Mover{Position: high(metres(200, 0)), East: -10}, participant{})
	if m := p.movers[0]; !m.NoVelocity || m.East != 0 || m.Up != 0 || m.Turn != 0 {
		t.Errorf("%+v", m)
	}
	p.pass.Begin(p.movers, *pairRule(time.Second).Pairs, nil)
	found := 0
	for !p.pass.Done() {
		for _, n := range p.pass.Step(1000) {
			if n.I == 1 && n.J == 2 && n.Reason == "" {
				found++
			}
		}
	}
	if found != 1 {
		t.Errorf("the pair that meets was found %d times", found)
	}
}
