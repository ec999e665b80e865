package picture

import (
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// seen is crewed traffic metres east and north of home, as a surveillance source reports it now.
func (f *flight) seen(id string, source lowsky.SourceID, east, north lowsky.Metres, change ...func(*lowsky.TrafficReport)) []lowsky.Change {
	f.t.Helper()
	p := metres(east, north)
	p.HAE = lowsky.Some(lowsky.Metres(150))
	m := &lowsky.TrafficReport{
		Traffic: id, Source: source, MeasuredAt: f.now, ReceivedAt: f.now, Position: p,
		GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(60)), Course: lowsky.Some(lowsky.Degrees(270)),
	}
	for _, c := range change {
		c(m)
	}
	return f.step(lowsky.RecordMessage, nil, m)
}

// inbound flies crewed traffic westward at home, where a hovers, for some seconds.
func (f *flight) inbound(from lowsky.Metres, seconds int, change ...func(*lowsky.TrafficReport)) {
	f.t.Helper()
	for i := range seconds {
		f.now = f.now.Add(time.Second)
		f.report(aloft("a", 0, 0, 100, 0, 0))
		f.seen("780abc", "radar", from-lowsky.Metres(60*i), 0, change...)
		f.tick()
	}
}

func pressureOnly(m *lowsky.TrafficReport) {
	m.Position.HAE, m.PressureAltitude = lowsky.Opt[lowsky.Metres]{}, lowsky.Some(lowsky.Metres(150))
}

func TestCrewedTraffic(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second)), Aircraft: []*lowsky.Aircraft{{ID: "a", Organisation: "post"}}})
	f.inbound(2500, 7)
	a := f.want(lowsky.HazardSeparation, firing, lowsky.Caution)
	if a.Object.ID != "a+traffic:780ABC" || a.Organisation != "post" || len(a.Partners) != 0 || !a.Pair.Crewed || a.Limit.Value != 500 ||
		a.AircraftName.EN != "a / crewed 780ABC" || !a.Concerns("a") || a.Concerns("780ABC") {
		t.Errorf("%+v", a)
	}
	f.inbound(700, 2)
	f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
	// It is not heard any more: carried on for 15 s, then frozen, and when it is forgotten too.
	for range 70 {
		f.second(aloft("a", 0, 0, 100, 0, 0))
	}
	if a = f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Frozen != lowsky.ReasonSilent || len(f.e.traffic) != 0 {
		t.Errorf("frozen %q, %d kept", a.Frozen, len(f.e.traffic))
	}
	f.must(closing(a.ID, lowsky.CloseFalseAlarm))
	f.second(aloft("a", 0, 0, 100, 0, 0))
	if a = f.want(lowsky.HazardSeparation, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedPerson {
		t.Errorf("resolved as %s", a.ResolveReason)
	}
}

// TestAirsenseWithoutSpeed: its velocity follows from where it was.
func TestAirsenseWithoutSpeed(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	bare := func(m *lowsky.TrafficReport) {
		m.GroundSpeed, m.SeenBy = lowsky.Opt[lowsky.MetresPerSecond]{}, "a"
	}
	f.inbound(2000, 1, bare)
	f.wantNone(lowsky.HazardSeparation)
	if u := f.views["a"].Unjudged; len(u) != 1 || u[0].Reason != lowsky.ReasonNoSpeed {
		t.Errorf("after one report: unjudged %+v", u)
	}
	f.inbound(1940, 3, bare)
	f.want(lowsky.HazardSeparation, firing, lowsky.Caution)
}

// TestPressureAltitude is a height only with a QNH that is new and near enough.
func TestPressureAltitude(t *testing.T) {
	station := func(p lowsky.Position, age time.Duration) func(*flight) {
		return func(f *flight) {
			f.step(lowsky.RecordMessage, nil, &lowsky.StationReport{
				Station: "mast", Kind: lowsky.StationWeather, Source: "mast", MeasuredAt: f.now.Add(-age), ReceivedAt: f.now,
				Position: lowsky.Some(p), QNH: lowsky.Some(1013.25),
			})
		}
	}
	for _, c := range []struct {
		name  string
		qnh   func(*flight)
		found bool
	}{
		{"no QNH", func(*flight) {}, false},
		{"fresh", station(home, time.Minute), true},
		{"an hour old", func(f *flight) {
			f.now = f.now.Add(-61 * time.Minute)
			station(home, 0)(f)
			f.now = f.now.Add(61 * time.Minute)
		}, false},
		{"two hours old when it came", station(home, 2*time.Hour), false},
		{"of a clock that is not set", station(home, 30*365*24*time.Hour), true},
		{"of a clock hours ahead", station(home, -8*time.Hour), true},
		{"100 km away", station(airspace.Offset(home, 0, 101_000), 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
			f.now = f.now.Add(2 * time.Hour)
			c.qnh(f)
			f.inbound(1500, 4, pressureOnly)
			if a := f.last(lowsky.HazardSeparation); (a != nil) != c.found {
				t.Fatalf("alert %+v", a)
			}
			u := f.views["a"].Unjudged
			if (len(u) == 1 && u[0].Reason == lowsky.ReasonNoQNH && u[0].Subject.ID == "780ABC") == c.found {
				t.Errorf("unjudged %+v", u)
			}
		})
	}
}

// TestOneTrafficManySources: of several who see one aircraft the newest observation counts; older and repeated ones do not.
func TestOneTrafficManySources(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	told := func(changes []lowsky.Change) (n int) {
		for _, c := range changes {
			if c.Traffic != nil {
				n++
			}
		}
		return n
	}
	old := func(m *lowsky.TrafficReport) { m.MeasuredAt = f.now.Add(-2 * time.Second) }
	for i, c := range []struct {
		changes []lowsky.Change
		want    int
	}{
		{f.seen("780abc", "radar", 2000, 0), 1},
		{f.seen("780ABC", "dock", 2000, 0), 0},        // the same instant
		{f.seen("780ABC", "dock", 2100, 0, old), 0},   // older
		{f.seen("nowhere", "dock", 0, 0, noPlace), 0}, // no fix
	} {
		if got := told(c.changes); got != c.want {
			t.Errorf("%d: told %d, want %d", i, got, c.want)
		}
	}
	f.now = f.now.Add(time.Second)
	if told(f.seen("780ABC", "dock", 1940, 0)) != 1 || len(f.e.traffic) != 1 || f.e.sourceOf["radar"].targets != 0 || f.e.sourceOf["dock"].targets != 1 {
		t.Errorf("%d in the picture", len(f.e.traffic))
	}
	f.now = f.now.Add(61 * time.Second)
	f.tick()
	if len(f.e.traffic) != 0 || f.e.sourceOf["dock"].targets != 0 {
		t.Error("not forgotten")
	}
}

func noPlace(m *lowsky.TrafficReport) { m.Position.Longitude, m.Position.Latitude = 0, 0 }

// TestTrafficIsBounded: one source that makes up aircraft does not take the room of the others.
func TestTrafficIsBounded(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	for i := range trafficEach + 10 {
		f.seen(fmt.Sprint("x", i), "wrong", 2000, 0)
	}
	f.seen("good", "right", 2000, 0)
	if len(f.e.traffic) != trafficEach+1 || f.e.Counts().Refused != 10 {
		t.Errorf("%d kept, %d refused", len(f.e.traffic), f.e.Counts().Refused)
	}
}

// TestOwnAircraftInTraffic: an aircraft that tells its own place by ADS-B does not come near itself.
func TestOwnAircraftInTraffic(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	for range 5 {
		f.now = f.now.Add(time.Second)
		f.report(aloft("780abc", 0, 0, 150, 270, 60))
		f.seen("780ABC", "radar", 0, 0)
		f.tick()
	}
	f.wantNone(lowsky.HazardSeparation)
}

// TestVelocityIsOfOneSource: the clocks of two sources that see one aircraft differ by seconds, so the way between their
// reports says nothing of its speed; and neither does a way of less than half a second.
func TestVelocityIsOfOneSource(t *testing.T) {
	const speed = 60
	bare := func(m *lowsky.TrafficReport) { m.GroundSpeed = lowsky.Opt[lowsky.MetresPerSecond]{} }
	behind := func(m *lowsky.TrafficReport) { bare(m); m.MeasuredAt = m.MeasuredAt.Add(-3 * time.Second) }
	for name, c := range map[string]struct {
		every time.Duration
		dock  bool // every other report comes from there
	}{
		"two clocks": {4 * time.Second, true},
		"5 Hz":       {200 * time.Millisecond, false},
	} {
		f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
		start := f.now
		for i := range 12 {
			east := lowsky.Metres(-speed * f.now.Sub(start).Seconds())
			if c.dock && i%2 == 1 {
				f.seen("780abc", "dock", east, 0, behind)
			} else {
				f.seen("780abc", "radar", east, 0, bare)
			}
			v := f.e.traffic["780ABC"].velocity
			if i > 3 && (!v.known || v.east > 5-speed || v.east < -5-speed) {
				t.Errorf("%s, report %d: %+v", name, i, v)
			}
			f.now = f.now.Add(c.every)
		}
	}
}

// TestStationThatIsFarOff: a QNH that others contradict is worth as little as they differ, and the pair is unjudged.
func TestStationThatIsFarOff(t *testing.T) {
	for _, c := range []struct {
		other float64       // hPa, 30 km away
		age   time.Duration // of it
		bound lowsky.Metres
	}{
		{1012, 0, 15}, {960, 0, 500}, {960, 61 * time.Minute, 5},
	} {
		f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
		tell := func(id string, p lowsky.Position, hPa float64) {
			f.step(lowsky.RecordMessage, nil, &lowsky.StationReport{
				Station: id, Source: lowsky.SourceID(id), MeasuredAt: f.now, Position: lowsky.Some(p), QNH: lowsky.Some(hPa),
			})
		}
		tell("other", airspace.Offset(home, 0, 30_000), c.other)
		f.now = f.now.Add(c.age)
		tell("mast", home, 1013.25)
		if q, bound := f.e.qnh(home, time.Hour); q == nil || q.station != "mast" || bound > c.bound || bound < c.bound-c.bound/5-5 {
			t.Errorf("other %v hPa, %v old: bound %v", c.other, c.age, bound)
		}
	}
}

// TestOneTrackNumberTwoAircraft: two sources number their tracks by themselves. What cannot be one aircraft is two, and
// stays two when they come near each other.
func TestOneTrackNumberTwoAircraft(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	for i := range 20 {
		f.now = f.now.Add(time.Second)
		f.report(aloft("a", 0, 0, 100, 0, 0))
		f.seen("17", "north", 1500-lowsky.Metres(60*i), 0)
		f.seen("17", "south", 1500-lowsky.Metres(60*i), max(500, 50_000-lowsky.Metres(4000*i)))
		f.tick()
		if len(f.e.traffic) != 2 {
			t.Fatalf("%d s: %d aircraft", i, len(f.e.traffic))
		}
	}
	if a := f.want(lowsky.HazardSeparation, firing, lowsky.Warning); a.Object.ID != "a+traffic:17" {
		t.Errorf("%s", a.Object.ID)
	}
}

// TestSuspectedPairEndsWithTheTraffic: what was only suspected of crewed traffic that is gone is over; nobody could ever
// confirm or clear it.
func TestSuspectedPairEndsWithTheTraffic(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(5 * time.Second))})
	hover := aloft("a", 0, 0, 100, 0, 0)
	for i := range 5 {
		f.seen("780abc", "radar", lowsky.Metres(600-60*i), 520)
		f.second(hover)
	}
	if a := f.last(lowsky.HazardSeparation); a == nil || a.State != lowsky.AlertPending {
		t.Fatalf("not suspected: %+v", a)
	}
	for range 80 {
		f.second(hover)
	}
	a := f.last(lowsky.HazardSeparation)
	if a.State != resolved || a.ResolveReason != lowsky.ResolvedUnregister || !a.FiredAt.IsZero() {
		t.Errorf("%s, %q, fired %v", a.State, a.ResolveReason, a.FiredAt)
	}
	for range 70 {
		f.second(hover)
	}
	if n := len(f.e.pairs.objects); n != 0 || len(f.e.pairs.of) != 0 {
		t.Errorf("%d pairs are kept", n)
	}
}
