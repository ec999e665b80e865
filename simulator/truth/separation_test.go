package truth

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// precise has a sigma of 1 m both ways: of a pair 3 sigma are 4.24 m.
var precise = simulator.Noise{Horizontal: 1, Vertical: 1, Tau: 30 * time.Second}

// Two on crossing courses at 10 m/s each, both over (0, 0) at 100 s but for the second one's delay:
//
//	      b ↓            apart² = (10 τ)² + (10 (τ - delay))², τ from 100 s
//	a →   ┼              closest 10 delay / √2, at τ = delay / 2
func TestPairCrossing(t *testing.T) {
	for _, c := range []struct {
		name             string
		delay            float64 // s
		up               float64 // of b, metres higher
		predicted, wrong lowsky.SpanKind
	}{
		{"into each other", 0, 0, lowsky.SpanEvent, lowsky.SpanEvent},
		{"36 m, below 50 - 4.2", 5, 0, lowsky.SpanEvent, lowsky.SpanEvent},
		{"48 m, within the error", 6.8, 0, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"10 m above, below 15 - 4.2", 0, 10, lowsky.SpanEvent, lowsky.SpanEvent},
		{"12 m above, within the error", 0, 12, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"20 m above", 0, 20, lowsky.SpanNearMiss, lowsky.SpanNearMiss},
		{"44 m above", 0, 44, lowsky.SpanNearMiss, lowsky.SpanNearMiss},
		{"46 m above, three times the minimum", 0, 46, lowsky.SpanNothing, lowsky.SpanNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 2)
			w.s.Noise = precise
			r := w.run(t, 200*time.Second, func(at time.Duration, s *simulator.State) {
				fly(&s.Fleet[0], 10*(at.Seconds()-100.05), 0, 60, 10, 90)
				fly(&s.Fleet[1], 0, -10*(at.Seconds()-100.05-c.delay), 60+c.up, 10, 180)
			})
			for level, want := range map[string]lowsky.SpanKind{"predicted": c.predicted, "broken": c.wrong} {
				got := lowsky.SpanNothing
				for _, s := range spans(r, lowsky.HazardSeparation, level) {
					if got != lowsky.SpanEvent {
						got = s.Kind
					}
					if s.Object != (lowsky.Object{Kind: lowsky.ObjectPair, ID: "w-01+w-02"}) {
						t.Errorf("%+v", s.Object)
					}
				}
				if got != want {
					t.Errorf("%s: %s, want %s: %s", level, got, want, brief(spans(r, lowsky.HazardSeparation, level)))
				}
			}
		})
	}
}

// Into each other: by extrapolation broken for certain (45.76 m apart, at 14.14 m/s) 3.24 s before they meet. That is within
// 27 s from 69.8 s on: a Caution. They meet within 12 s from 88.05 s on: a Warning. It ends when they are 45.76 m apart
// again: 103.29 s.
func TestPairTimes(t *testing.T) {
	w := newWorld(t, 2)
	w.s.Noise = precise
	r := w.run(t, 200*time.Second, func(at time.Duration, s *simulator.State) {
		fly(&s.Fleet[0], 10*(at.Seconds()-100.05), 0, 60, 10, 90)
		fly(&s.Fleet[1], 0, -10*(at.Seconds()-100.05), 60, 10, 180)
	})
	for _, c := range []struct {
		level       string
		from, until float64
	}{{"predicted", 69.9, 103.3}, {"broken", 88.1, 103.3}} {
		events := 0
		for _, s := range spans(r, lowsky.HazardSeparation, c.level) {
			if s.Kind != lowsky.SpanEvent {
				continue
			}
			if events++; events > 1 || (!near(s.From.Seconds(), c.from, 0.31) || !near(s.Until.Seconds(), c.until, 0.21) || !near(s.Depth, 50, 1.5)) {
				t.Errorf("%s: %+v", c.level, s)
			}
		}
		if events != 1 {
			t.Errorf("%s: %d events", c.level, events)
		}
	}
}

// Side by side 20 m apart by one plan: no event, and a near miss that must not alert. By another plan: an event.
func TestPairFormation(t *testing.T) {
	for plan, want := range map[string]lowsky.SpanKind{"p-1": lowsky.SpanNearMiss, "p-2": lowsky.SpanEvent} {
		w := newWorld(t, 2)
		w.s.Noise = precise
		w.state.Fleet[0].Plan, w.state.Fleet[1].Plan = "p-1", plan
		r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
			fly(&s.Fleet[0], 5*at.Seconds(), 0, 60, 5, 90)
			fly(&s.Fleet[1], 5*at.Seconds(), 20, 60, 5, 90)
		})
		got := spans(r, lowsky.HazardSeparation, "broken")
		if len(got) != 1 || got[0].Kind != want || !got[0].Open {
			t.Errorf("%s: %s", plan, brief(got))
		}
	}
}

// A helicopter at 60 m/s passes an aircraft that hovers: minima 500 m and 100 m.
func TestPairCrewed(t *testing.T) {
	for _, c := range []struct {
		name     string
		beside   float64
		pressure bool
		qnh      float64
		want     lowsky.SpanKind
	}{
		{"near", 300, false, 0, lowsky.SpanEvent},
		{"498 m, within the error", 498, false, 0, lowsky.SpanUncertain},
		{"1000 m beside", 1000, false, 0, lowsky.SpanNearMiss},
		{"1600 m beside", 1600, false, 0, lowsky.SpanNothing},
		{"by pressure, of which the height is vague", 300, true, 1013, lowsky.SpanUncertain},
		{"by pressure, without any", 300, true, 0, lowsky.SpanUncertain},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.s.Noise, w.s.Weather.QNH = precise, c.qnh
			heli := &simulator.Traffic{ID: "78a001", Speed: 60, Interval: time.Second, Pressure: c.pressure}
			w.s.Traffic = []*simulator.Traffic{heli}
			w.state.Traffic = []simulator.TrafficTruth{{Traffic: heli}}
			r := w.run(t, 200*time.Second, func(at time.Duration, s *simulator.State) {
				fly(&s.Fleet[0], 0, 0, 60, 0, 0)
				// The aircraft is at 60 + 14 m above the ellipsoid, 88 m above the sea; it at 130: 42 m higher.
				s.Traffic[0] = simulator.TrafficTruth{
					Traffic: heli, Position: spot(60*(at.Seconds()-100), c.beside), AMSL: 130, GroundSpeed: 60, Course: 90, Present: true,
				}
			})
			got := lowsky.SpanNothing
			for _, s := range spans(r, lowsky.HazardSeparation, "broken") {
				if got != lowsky.SpanEvent {
					got = s.Kind
				}
				if s.Object.ID != "traffic:78a001+w-01" {
					t.Error(s.Object.ID)
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s: %s", got, c.want, brief(spans(r, lowsky.HazardSeparation, "broken")))
			}
		})
	}
}

// spot is at, where a time is called that.
func spot(e, n float64) simulator.Point { return at(e, n) }
