package truth

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/simulator"
)

// strip is a corridor across the way at e = 1000, so wide.
func (w *world) strip(width float64) *lowsky.Zone {
	z := &lowsky.Zone{
		ID: "strip", Restriction: lowsky.Prohibited,
		Geometry: lowsky.Geometry{Line: orb.LineString{point(1000, -1000), point(1000, 1000)}, Width: lowsky.Metres(width)},
	}
	w.s.Zones = append(w.s.Zones, z)
	return z
}

// At 25 m/s through a strip, with reports each second at e = 987.5 and 1012.5, and so on: what no report saw is a crossing.
// A chord is as sure as it is far from not touching: it needs 5 + 3 m all round.
//
//	·──────│──·──│──────·     reports ·
func TestCrossing(t *testing.T) {
	for _, c := range []struct {
		name    string
		width   float64
		shift   float64 // of the reports along the way, metres
		agl     float64
		lost    func(at time.Duration) bool
		crossed lowsky.SpanKind
		inside  lowsky.SpanKind
		exempt  bool
	}{
		{name: "between two reports", width: 10, agl: 60, crossed: lowsky.SpanEvent, inside: lowsky.SpanUncertain},
		{name: "so near to an end that it may be seen inside", width: 22, agl: 60, crossed: lowsky.SpanUncertain, inside: lowsky.SpanUncertain},
		{name: "one report deep inside", width: 30, shift: 12.5, agl: 60, crossed: lowsky.SpanEvent, inside: lowsky.SpanUncertain},
		{name: "above the ceiling", width: 10, agl: 108, crossed: lowsky.SpanNearMiss, inside: lowsky.SpanNearMiss},
		{name: "at the ceiling", width: 10, agl: 95, crossed: lowsky.SpanUncertain, inside: lowsky.SpanUncertain},
		{name: "exempt", width: 10, agl: 60, exempt: true, crossed: lowsky.SpanNothing, inside: lowsky.SpanNothing},
		{name: "over a silence of 4 s", width: 10, agl: 60, crossed: lowsky.SpanEvent, inside: lowsky.SpanUncertain,
			lost: func(at time.Duration) bool { return during(at, 39, 41.5) }},
		{name: "over a silence of 7 s", width: 10, agl: 60, crossed: lowsky.SpanUncertain, inside: lowsky.SpanUncertain,
			lost: func(at time.Duration) bool { return during(at, 38, 43.5) }},
		{name: "a stay of 4 s by its reports is none", width: 112, agl: 60, crossed: lowsky.SpanNothing, inside: lowsky.SpanUncertain},
		{name: "a stay of more than 4 s", width: 150, agl: 60, crossed: lowsky.SpanNothing, inside: lowsky.SpanEvent},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			z := w.strip(c.width)
			z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 100, Datum: lowsky.AGL})
			if c.exempt {
				z.Exemptions = []lowsky.Exemption{{Organisation: "city"}}
			}
			w.hear = func(at time.Duration, _ int) bool { return c.lost == nil || !c.lost(at) }
			r := w.run(t, 90*time.Second, func(at time.Duration, s *simulator.State) {
				fly(&s.Fleet[0], 25*at.Seconds()-12.5+c.shift, 0, c.agl, 25, 90)
			})
			for level, want := range map[string]lowsky.SpanKind{phaseCrossed: c.crossed, phaseInside: c.inside} {
				list := spans(r, lowsky.HazardZoneEntry, level)
				got := lowsky.SpanNothing
				for _, s := range list {
					if got != lowsky.SpanEvent {
						got = s.Kind
					}
				}
				if got != want {
					t.Errorf("%s: %s, want %s: %s", level, got, want, brief(list))
				}
			}
			for _, s := range spans(r, lowsky.HazardZoneEntry, phaseCrossed) {
				if s.Kind == lowsky.SpanEvent && (s.Heard < s.From-simulator.Step || s.Onset >= s.From || s.Speed != 25) {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// A corner cut between two reports, by so many metres along the diagonal: sure beyond 8, uncertain below.
func TestCornerCut(t *testing.T) {
	for _, c := range []struct {
		cut  float64
		want lowsky.SpanKind
	}{{9.5, lowsky.SpanEvent}, {6, lowsky.SpanUncertain}, {-2, lowsky.SpanUncertain}, {-5, lowsky.SpanNearMiss}} {
		w := newWorld(t, 1)
		w.s.Zones = []*lowsky.Zone{{ID: "box", Restriction: lowsky.Prohibited, Geometry: lowsky.Geometry{Polygons: orb.MultiPolygon{{
			polygon([2]float64{0, 0}, [2]float64{300, 0}, [2]float64{300, 300}, [2]float64{0, 300}),
		}}}}}
		// Along the line e + n = √2 cut, towards the lower right, 50 m between two reports: 25 m before and behind the corner.
		const speed, half = 50.0, 25.0
		r := w.run(t, 40*time.Second, func(at time.Duration, s *simulator.State) {
			along := speed*(at.Seconds()-20) - half
			fly(&s.Fleet[0], (along+c.cut)/1.41421356, (c.cut-along)/1.41421356, 60, speed, 135)
		})
		got := lowsky.SpanNothing
		for _, s := range spans(r, lowsky.HazardZoneEntry, phaseCrossed) {
			if got != lowsky.SpanEvent {
				got = s.Kind
			}
		}
		if got != c.want {
			t.Errorf("cut by %v: %s, want %s: %s", c.cut, got, c.want, brief(spans(r, lowsky.HazardZoneEntry, phaseCrossed)))
		}
	}
}
