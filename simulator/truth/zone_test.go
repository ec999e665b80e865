package truth

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/simulator"
)

const ms = time.Millisecond

// A straight flight at 10 m/s through a circle of 100 m around (1000, 0), along n = offset. sigma is 1 m, so outside by 3 m
// is clear and 5+3 m inside is true.
//
//	      ___
//	     /   \
//	────┼─────┼──── n = 0: rim at e = 900 and 1100, true from 908 to 1092
//	     \___/
func TestThroughCircle(t *testing.T) {
	w := newWorld(t, 1)
	w.circle(1000, 0, 100)
	r := w.run(t, 150*time.Second, func(at time.Duration, s *simulator.State) {
		fly(&s.Fleet[0], 10*at.Seconds()+0.5, 0, 60, 10, 90)
	})
	in := spans(r, lowsky.HazardZoneEntry, "inside")
	want(t, in, "uncertain 89.8–90.8; event 90.8–109.2; uncertain 109.2–110.4; ")
	if len(in) == 3 {
		e := in[1]
		if e.Onset != 89800*ms || e.Heard != 91*time.Second || !near(e.Depth, 100, 0.5) || !near(e.Speed, 10, 0) || e.Unit != "m" {
			t.Errorf("%+v", e)
		}
		if e.Object != (lowsky.Object{Kind: lowsky.ObjectAircraft, ID: "w-01"}) || e.Subject != (lowsky.Subject{Kind: lowsky.ObjectZone, ID: "z-1"}) {
			t.Errorf("%+v", e.Key)
		}
	}
	// It leads 8 m into the circle within 27 s (less the noise of its speed: 0.3 m/s) from 9.08 - 27 - 0.81 s on.
	ahead := spans(r, lowsky.HazardZoneEntry, "predicted")
	if len(ahead) < 2 || ahead[1].Kind != lowsky.SpanEvent || !near(ahead[1].From.Seconds(), 64.6, 0.41) || ahead[1].Until != 109200*ms {
		t.Errorf("%s", brief(ahead))
	}
	if got := spans(r, lowsky.HazardZoneEntry, "crossed"); len(got) != 0 && got[0].Kind != lowsky.SpanUncertain {
		t.Error(brief(got))
	}
}

// One chord at each depth: what the deepest point alone decides.
func TestDepths(t *testing.T) {
	for _, c := range []struct {
		name  string
		depth float64 // of the chord past the rim, negative beside it
		agl   float64
		want  lowsky.SpanKind
	}{
		{"deep", 20, 60, lowsky.SpanEvent},
		{"just deep enough", 12, 60, lowsky.SpanEvent},
		{"within margin and error", 7, 60, lowsky.SpanUncertain},
		{"outside within the error", -2, 60, lowsky.SpanUncertain},
		{"outside beyond it", -4, 60, lowsky.SpanNearMiss},
		{"59 m beside", -59, 60, lowsky.SpanNearMiss},
		{"61 m beside", -61, 60, lowsky.SpanNothing},
		{"deep, well below the ceiling", 20, 88, lowsky.SpanEvent}, // 100 - 5 - 6 = 89
		{"deep, just below the ceiling", 20, 90, lowsky.SpanUncertain},
		{"deep, just above the ceiling", 20, 105, lowsky.SpanUncertain},
		{"over the ceiling", 20, 107, lowsky.SpanNearMiss},
		{"high over the ceiling", 20, 161, lowsky.SpanNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			z := w.circle(1000, 0, 400)
			z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 100, Datum: lowsky.AGL})
			r := w.run(t, 250*time.Second, func(at time.Duration, s *simulator.State) {
				fly(&s.Fleet[0], 8*at.Seconds(), 400-c.depth, c.agl, 8, 90)
			})
			got := lowsky.SpanNothing
			for _, s := range spans(r, lowsky.HazardZoneEntry, "inside") {
				if got != lowsky.SpanEvent {
					got = s.Kind
				}
				if s.Kind == lowsky.SpanNearMiss && c.agl < 100 && !near(s.Depth, -c.depth, 0.2) {
					t.Errorf("missed by %v", s.Depth)
				}
				if s.Kind == lowsky.SpanEvent && !near(s.Depth, c.depth, 0.3) && c.agl == 60 {
					t.Errorf("%v deep", s.Depth)
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s: %s", got, c.want, brief(spans(r, lowsky.HazardZoneEntry, "inside")))
			}
		})
	}
}

// A square with a hole in it, flown through along its middle:
//
//	┌─────────────┐
//	│   ┌─────┐   │
//	────┼─────┼──── rims at e = 500, 600 | 800, 900
//	│   └─────┘   │
//	└─────────────┘
func TestPolygonWithHole(t *testing.T) {
	w := newWorld(t, 1)
	w.s.Zones = []*lowsky.Zone{{ID: "ring", Restriction: lowsky.RequiresAuthorisation, Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{
		polygon([2]float64{500, -200}, [2]float64{900, -200}, [2]float64{900, 200}, [2]float64{500, 200}),
		polygon([2]float64{600, -100}, [2]float64{800, -100}, [2]float64{800, 100}, [2]float64{600, 100}),
	}}}}}
	r := w.run(t, 200*time.Second, func(at time.Duration, s *simulator.State) {
		fly(&s.Fleet[0], 5*at.Seconds()+0.5, 0, 60, 5, 90)
	})
	// True from 8 m past a rim to 8 m before the next; clear from 3 m beyond.
	want(t, spans(r, lowsky.HazardZoneEntry, "inside"),
		"uncertain 99.4–101.6; event 101.6–118.4; uncertain 118.4–120.6; uncertain 159.4–161.6; event 161.6–178.4; uncertain 178.4–180.6; ")
}

// A corridor 60 m wide along n = 0, with a buffer of 10 m: its rim is 40 m from the line.
func TestCorridor(t *testing.T) {
	w := newWorld(t, 1)
	w.s.Zones = []*lowsky.Zone{{
		ID: "line", Restriction: lowsky.Prohibited, Buffer: lowsky.Some[lowsky.Metres](10),
		Geometry: lowsky.Geometry{Line: orb.LineString{point(-1000, 0), point(1000, 0)}, Width: 60},
	}}
	r := w.run(t, 80*time.Second, func(at time.Duration, s *simulator.State) {
		fly(&s.Fleet[0], 0, -200.4+4*at.Seconds(), 60, 4, 0) // over the line at 50 s, rims at 40 and 60 s
	})
	want(t, spans(r, lowsky.HazardZoneEntry, "inside"), "uncertain 39.4–42.2; event 42.2–58.2; uncertain 58.2–61.0; ")
}
