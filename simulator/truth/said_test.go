package truth

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/faults"
)

// during answers whether at is within [from, until) seconds.
func during(at time.Duration, from, until float64) bool {
	return at.Seconds() >= from && at.Seconds() < until
}

// hover keeps everybody 200 m apart, low and slow.
func hover(s *simulator.State) {
	for i := range s.Fleet {
		fly(&s.Fleet[i], float64(i)*200, 0, 40, 1, 0)
	}
}

// Silence: 10 s for an aircraft that reports every second, a Warning after 60 s. What comes may be 0.2 s older.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name         string
		until        float64 // of the silence that begins with the report of 20 s
		silent, long string
	}{
		{"4.6 s", 24.6, "", ""},
		{"5.4 s, half of it", 25.4, "near_miss 25.0–26.0; ", ""},
		{"9 s", 29, "near_miss 25.0–29.0; ", ""},
		{"10.6 s", 31, "uncertain 29.8–31.0; ", ""},
		{"13 s", 33, "event 30.4–33.0; ", ""},
		{"62 s", 82, "event 30.4–82.0; ", "uncertain 79.8–82.0; "},
		{"64 s", 84, "event 30.4–84.0; ", "event 80.4–84.0; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.hear = func(at time.Duration, _ int) bool { return !during(at, 20.5, c.until) }
			r := w.run(t, 100*time.Second, func(_ time.Duration, s *simulator.State) { hover(s) })
			event := func(level string) (out []Span) { // what surrounds an event is not asked here
				list := spans(r, lowsky.HazardSilence, level)
				for _, s := range list {
					if s.Kind == lowsky.SpanEvent {
						return []Span{s}
					}
				}
				return list
			}
			want(t, event("silent"), c.silent)
			if level := event("long_silent"); c.long != "" || len(level) > 0 && level[0].Kind != lowsky.SpanNearMiss {
				want(t, level, c.long)
			}
			if gaps := r.Silences["w-01"]; (len(gaps) > 0) != (c.until > 23) || len(gaps) > 0 && gaps[0][0] > 20200*ms {
				t.Errorf("silences %v", gaps)
			}
		})
	}
}

// One that said that it is on the ground is not missed; one that lands unheard is.
func TestSilenceOnTheGround(t *testing.T) {
	for landed, want := range map[float64]lowsky.SpanKind{19: lowsky.SpanNothing, 21: lowsky.SpanEvent} {
		w := newWorld(t, 1)
		w.hear = func(at time.Duration, _ int) bool { return at <= 20*time.Second }
		r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
			hover(s)
			s.Fleet[0].Airborne = at.Seconds() < landed
		})
		got := lowsky.SpanNothing
		for _, s := range spans(r, lowsky.HazardSilence, "silent") {
			if got != lowsky.SpanEvent {
				got = s.Kind
			}
		}
		if got != want {
			t.Errorf("landed at %v: %s", landed, got)
		}
	}
}

// A gateway is down from 20 s: an event of its own, and nobody's silence is certain. Nobody is in the air behind the second.
func TestGateway(t *testing.T) {
	w := newWorld(t, 2)
	g := []*simulator.Gateway{{ID: "g-1", Wire: simulator.WireNative}, {ID: "g-2", Wire: simulator.WireNative}}
	w.s.Gateways = g
	w.s.Aircraft[0].Gateway, w.s.Aircraft[1].Gateway = g[0], g[1]
	w.state.Fleet[1].Airborne = false
	w.state.Gateways = []simulator.GatewayTruth{{Gateway: g[0]}, {Gateway: g[1]}}
	w.hear = func(at time.Duration, i int) bool { return !during(at, 20, 50) }
	r := w.run(t, 100*time.Second, func(at time.Duration, s *simulator.State) {
		hover(s)
		for i := range s.Gateways {
			s.Gateways[i].Down, s.Gateways[i].Since = during(at, 20, 50), 20*time.Second
		}
	})
	of := func(level, id string) (out []Span) {
		for _, s := range spans(r, lowsky.HazardSource, level) {
			if s.Object.ID == id {
				out = append(out, s)
			}
		}
		return out
	}
	want(t, of("down", "g-1"), "event 20.0–50.0; ")
	want(t, of("down_in_use", "g-1"), "event 20.0–50.0; ")
	want(t, of("down", "g-2"), "event 20.0–50.0; ")
	want(t, of("down_in_use", "g-2"), "")
	for _, s := range spans(r, lowsky.HazardSilence, "silent") {
		if s.Kind == lowsky.SpanEvent {
			t.Errorf("%+v", s)
		}
	}
}

// The broker is away for 2 s, which a connection may be, and for 20 s.
func TestBroker(t *testing.T) {
	for length, want := range map[float64]lowsky.SpanKind{2: lowsky.SpanUncertain, 20: lowsky.SpanEvent} {
		w := newWorld(t, 1)
		w.hear = func(at time.Duration, _ int) bool { return !during(at, 20, 20+length) }
		r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
			hover(s)
			s.Broker = during(at, 20, 20+length)
		})
		for _, level := range []string{"broker", "broker_in_use"} {
			got := spans(r, lowsky.HazardSource, level)
			if len(got) == 0 || got[len(got)-1].Kind != want {
				t.Errorf("%v s %s: %s", length, level, brief(got))
			}
		}
	}
}

// Battery levels are reported in whole percents: 30 % is at the limit, and certain half a percent below.
func TestBattery(t *testing.T) {
	for _, c := range []struct {
		name    string
		percent float64
		want    [3]lowsky.SpanKind // low, very low, critical
	}{
		{"36 %", 36, [3]lowsky.SpanKind{}},
		{"33 %", 33, [3]lowsky.SpanKind{lowsky.SpanNearMiss}},
		{"30.4 %", 30.4, [3]lowsky.SpanKind{lowsky.SpanUncertain}},
		{"29.4 %", 29.4, [3]lowsky.SpanKind{lowsky.SpanEvent}},
		{"24 %", 24, [3]lowsky.SpanKind{lowsky.SpanEvent, lowsky.SpanNearMiss}},
		{"19 %", 19, [3]lowsky.SpanKind{lowsky.SpanEvent, lowsky.SpanEvent}},
		{"9 %", 9, [3]lowsky.SpanKind{lowsky.SpanEvent, lowsky.SpanEvent, lowsky.SpanEvent}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.state.Fleet[0].Battery = c.percent
			r := w.run(t, 30*time.Second, func(_ time.Duration, s *simulator.State) { hover(s) })
			for i, level := range []string{"low", "very_low", "critical"} {
				got := lowsky.SpanKind("")
				if list := spans(r, lowsky.HazardBattery, level); len(list) > 0 {
					got = list[0].Kind
				}
				if got != c.want[i] {
					t.Errorf("%s: %s, want %s", level, got, c.want[i])
				}
			}
		})
	}
}

// What an aircraft says of itself is so at once, in the air only, and certain only while it is heard.
func TestSaid(t *testing.T) {
	w := newWorld(t, 3)
	w.s.Aircraft[1].Wire = simulator.WireDJI
	w.hear = func(at time.Duration, i int) bool { return i != 2 || !during(at, 25, 35) }
	r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
		hover(s)
		for i := range s.Fleet {
			s.Fleet[i].Emergency = during(at, 20, 40)
			s.Fleet[i].C2Lost = during(at, 20, 21.5)
		}
	})
	of := func(h lowsky.Hazard, level, id string) (out []Span) {
		for _, s := range spans(r, h, level) {
			if s.Object.ID == id {
				out = append(out, s)
			}
		}
		return out
	}
	want(t, of(lowsky.HazardEmergency, "declared", "w-01"), "event 20.0–40.0; ")
	want(t, of(lowsky.HazardEmergency, "forced_landing", "w-02"), "event 20.0–40.0; ")
	// Heard until 24 s: certain until 27 s, and again from 35 s; within the time that the alert goes on it is one event.
	want(t, of(lowsky.HazardEmergency, "declared", "w-03"), "event 20.0–40.0; ")
	want(t, of(lowsky.HazardC2Loss, "lost", "w-01"), "uncertain 20.0–21.6; ") // not longer than 2 s
}

// Not in the register, and in a zone besides: 3 s are the rule's own, 2 s more make it an event.
func TestIdentity(t *testing.T) {
	rogue, ok := faults.ByName("rogue")
	if !ok {
		t.Fatal("no such fault")
	}
	w := newWorld(t, 3)
	w.circle(0, 0, 100)
	w.s.Faults = []*simulator.Fault{{Kind: rogue, Aircraft: w.s.Aircraft[0], For: time.Minute}, {Kind: rogue, Aircraft: w.s.Aircraft[1], For: time.Minute}}
	w.s.Aircraft[2].OtherIDs = []lowsky.AircraftID{"sn-3"}
	r := w.run(t, 30*time.Second, func(_ time.Duration, s *simulator.State) { hover(s) })
	kinds := func(level string) (out [3]lowsky.SpanKind) {
		for _, s := range spans(r, lowsky.HazardIdentity, level) {
			out[s.Object.ID[3]-'1'] = s.Kind
		}
		return out
	}
	if got := kinds("unknown"); got != [3]lowsky.SpanKind{lowsky.SpanEvent, lowsky.SpanEvent, lowsky.SpanNearMiss} {
		t.Error(got)
	}
	if got := kinds("unknown_in_zone"); got != [3]lowsky.SpanKind{lowsky.SpanEvent, lowsky.SpanNearMiss, ""} {
		t.Error(got)
	}
}

// A clone 2 km away: of the same credential it is seen in two places, with one of its own its device is refused. What the
// aircraft tells of its place is uncertain meanwhile and 10 s longer.
func TestClone(t *testing.T) {
	kind, ok := faults.ByName("id_clone")
	if !ok {
		t.Fatal("no such fault")
	}
	for _, credential := range []string{"same", "other"} {
		w := newWorld(t, 1)
		w.circle(0, 0, 300)
		from := at(2000, 0)
		w.s.Faults = []*simulator.Fault{{
			Kind: kind, Aircraft: w.s.Aircraft[0], At: 20 * time.Second, For: 20 * time.Second,
			Params: faults.Params{From: faults.Place(from), AGL: 50, Credential: credential},
		}}
		r := w.run(t, 100*time.Second, func(at time.Duration, s *simulator.State) {
			hover(s)
			s.Fleet[0].Cloned = during(at, 20, 40)
		})
		twin, device := spans(r, lowsky.HazardIdentity, "two_places"), spans(r, lowsky.HazardMismatch, "claimed")
		if credential == "same" {
			// It counts for 15 s more, and the alert goes on for 10 s.
			want(t, twin, "uncertain 20.0–23.0; event 23.0–40.0; uncertain 40.0–64.8; ")
			want(t, device, "")
		} else {
			want(t, twin, "")
			want(t, device, "event 20.6–40.0; ")
			if len(device) == 1 && (device[0].Object != (lowsky.Object{Kind: lowsky.ObjectDevice, ID: "w-01-clone"}) || device[0].Subject.ID != "w-01") {
				t.Errorf("%+v", device[0].Key)
			}
		}
		want(t, spans(r, lowsky.HazardZoneEntry, "inside"), "event 0.0–20.0; uncertain 20.0–49.8; event 49.8–100.0…; ")
	}
}
