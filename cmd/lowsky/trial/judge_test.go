package trial

import (
	"slices"
	"testing"
	"time"

	"lowsky"
	"lowsky/picture"
	"lowsky/simulator"
)

// alertsOf flies a shipped file and answers when alerts of a hazard fired, by object.
func alertsOf(t *testing.T, name string, h lowsky.Hazard) (fired map[string][]time.Duration, rejected int) {
	t.Helper()
	f, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Load(lowsky.Some[uint64](1))
	if err != nil {
		t.Fatal(err)
	}
	fired = map[string][]time.Duration{}
	firing := map[lowsky.AlertID]bool{}
	run, err := Fly(t.Context(), s, Options{Alert: func(at time.Duration, a *lowsky.Alert) {
		if is := a.State == lowsky.AlertFiring; a.Hazard == h && is != firing[a.ID] {
			if firing[a.ID] = is; is {
				fired[a.Object.ID] = append(fired[a.Object.ID], at)
			}
		}
	}})
	if err != nil || len(run.Problems) > 0 {
		t.Fatal(err, run.Problems)
	}
	return fired, run.Rejected
}

// TestBroker: the picture is told of a lost broker when serve would tell it, and nobody behind it is accused of silence.
func TestBroker(t *testing.T) {
	f, _ := Named("broker-restart")
	s, err := f.Load(lowsky.Some[uint64](1))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Faults, func(f *simulator.Fault) bool { return f.Kind.Name == "broker_restart" })
	fired, _ := alertsOf(t, "broker-restart", lowsky.HazardSource)
	at := fired[string(lowsky.BrokerSource)]
	if down := s.Faults[i].At; len(at) != 1 || at[0] < down+time.Second || at[0] > down+5*time.Second {
		t.Errorf("down at %s, told at %v", down, at)
	}
	if silent, _ := alertsOf(t, "broker-restart", lowsky.HazardSilence); len(silent) > 0 {
		t.Errorf("accused of silence: %v", silent)
	}
}

// TestForeignDevice: what a device says in the name of another is refused by the broker's own code, and told.
func TestForeignDevice(t *testing.T) {
	fired, rejected := alertsOf(t, "id-clone-other-device", lowsky.HazardMismatch)
	if len(fired[simulator.CloneDevice("a-1")]) != 1 || len(fired) != 1 {
		t.Errorf("%v", fired)
	}
	if rejected < 50 {
		t.Errorf("%d messages were refused", rejected)
	}
}

// TestTicksAreSliced: a fleet beyond one slice is ticked in slices, and nobody is left out.
func TestTicksAreSliced(t *testing.T) {
	s := fleetOf(t, picture.DefaultSliceSize+50, 30*time.Second)
	zones, err := zonesOf(s)
	if err != nil {
		t.Fatal(err)
	}
	packs, err := shippedPacks()
	if err != nil {
		t.Fatal(err)
	}
	c, err := configOf(s, packs, zones)
	if err != nil {
		t.Fatal(err)
	}
	if len(zones) < 10 || c.Zones.Len() != len(zones) || c.Terrain == nil || len(c.Aircraft) != len(s.Aircraft) || c.Organisation == "" {
		t.Errorf("%d zones, %d in the index, terrain %v, %d registered, owner %q", len(zones), c.Zones.Len(), c.Terrain, len(c.Aircraft), c.Organisation)
	}
	j, err := newJudge(s, c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	world := &stream{engine: simulator.NewEngine(s, s.Seed, s.Start), start: s.Start, hash: simulator.NewHasher(), end: s.Duration}
	world.inLine(t.Context(), j)
	before := j.seq
	j.advance(s.Duration)
	if ticks := j.seq - before; j.nextTick != s.Duration+tick || ticks < 2 {
		t.Errorf("the last tick took %d records, the next is at %s", ticks, j.nextTick)
	}
	if n := j.engine.Tracks(); n != len(s.Aircraft) || len(j.faults()) > 0 {
		t.Errorf("%d tracks of %d aircraft, %q", n, len(s.Aircraft), j.faults())
	}
}
