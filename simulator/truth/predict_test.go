package truth

import (
	"math"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// How the look ahead of 30 s classes a flight at one instant: a circle of 100 m at (1000, 0), seen after 8 s of the same.
func TestPredicted(t *testing.T) {
	ceiling := lowsky.Some(lowsky.Altitude{Metres: 100, Datum: lowsky.AGL})
	for _, c := range []struct {
		name              string
		e, n, agl         float64 // at 8 s
		speed, course, up float64
		turn              float64
		ceiling           bool
		want              class
	}{
		{"straight at it, 20 s away", 700, 0, 60, 10, 90, 0, 0, false, yes},
		// By 8 m past the rim, and 0.3 m/s of its speed more, within 27 s: from 646 on.
		{"25 s away", 648, 0, 60, 10, 90, 0, 0, false, yes},
		{"26 s away", 644, 0, 60, 10, 90, 0, 0, false, maybe},
		// In 33 s it may come 330 m, and by 6.4° to either side and its speed 47 m, to 3 m: from 520 on.
		{"37 s away", 525, 0, 60, 10, 90, 0, 0, false, maybe},
		{"39 s away", 513, 0, 60, 10, 90, 0, 0, false, no},
		{"20 s away, past it by 25 m", 700, 125, 60, 10, 90, 0, 0, false, maybe},
		{"20 s away, past it by 60 m", 700, 160, 60, 10, 90, 0, 0, false, no},
		{"away from it", 880, 0, 60, 10, 270, 0, 0, false, no},
		{"turning towards it", 700, 0, 60, 10, 30, 0, 5, false, maybe},
		{"turning away from it for long", 760, 0, 60, 10, 300, 0, -6, false, no},
		{"hovering 20 m beside it", 880, 0, 60, 0, 0, 0, 0, false, no},
		{"over its ceiling", 700, 0, 120, 10, 90, 0, 0, true, no},
		{"sinking through its ceiling", 700, 0, 120, 10, 90, -1.5, 0, true, yes},
		{"over it and sinking to it", 1000, 0, 130, 0, 0, -2, 0, true, yes},
		{"over it and rising", 1000, 0, 115, 0, 0, 2, 0, true, no},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			z := w.circle(1000, 0, 100)
			if c.ceiling {
				z.Ceiling = ceiling
			}
			w.run(t, 8*time.Second, func(at time.Duration, s *simulator.State) {
				back := at.Seconds() - 8
				f := &s.Fleet[0]
				course := c.course + c.turn*back
				p := vec{c.e, c.n}.plus(along(c.course, c.speed*back))
				if c.turn != 0 { // back along the arc
					radius := c.speed / (c.turn * radian)
					s0, c0 := math.Sincos(c.course * radian)
					s1, c1 := math.Sincos(course * radian)
					p = vec{c.e, c.n}.plus(vec{c0 - c1, s1 - s0}.times(radius))
				}
				fly(f, p.e, p.n, c.agl+c.up*back, c.speed, math.Mod(course+360, 360))
				f.VerticalSpeed, f.TurnRate = c.up, c.turn
			})
			got := no
			if p := w.last.oracles[0].(*zoneOracle).pairs[0][0]; p != nil {
				switch l := p.lines[1]; {
				case l.running:
					got = yes
				case l.phase == amid:
					got = maybe
				}
			}
			if got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

// Near is within the zone's own band: 200 m, so from 900 - 200 to the rim, and whatever is worse.
func TestWarningBand(t *testing.T) {
	for _, c := range []struct {
		e    float64
		want lowsky.SpanKind
	}{
		{620, lowsky.SpanNothing}, {650, lowsky.SpanNearMiss}, {698, lowsky.SpanUncertain}, {704, lowsky.SpanEvent}, {880, lowsky.SpanEvent}, {950, lowsky.SpanEvent},
	} {
		w := newWorld(t, 1)
		w.circle(1000, 0, 100).WarningBand = lowsky.Some[lowsky.Metres](200)
		r := w.run(t, 20*time.Second, func(_ time.Duration, s *simulator.State) { fly(&s.Fleet[0], c.e, 0, 60, 0, 0) })
		got := lowsky.SpanNothing
		if list := spans(r, lowsky.HazardZoneEntry, phaseNear); len(list) > 0 {
			got = list[0].Kind
		}
		if got != c.want {
			t.Errorf("at %v: %s, want %s", c.e, got, c.want)
		}
	}
}

// A zone that applies from 20 s to 40 s only, and one that lets an organisation, or a plan, in.
func TestWhoAndWhen(t *testing.T) {
	in := func(change func(*world, *lowsky.Zone), move func(at time.Duration, f *simulator.Truth)) []Span {
		w := newWorld(t, 1)
		change(w, w.circle(0, 0, 100))
		r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
			fly(&s.Fleet[0], 0, 0, 60, 0, 0)
			if move != nil {
				move(at, &s.Fleet[0])
			}
		})
		return spans(r, lowsky.HazardZoneEntry, phaseInside)
	}
	want(t, in(func(w *world, z *lowsky.Zone) {
		z.Applicability = lowsky.Applicability{{From: lowsky.Some(w.s.Start.Add(20 * time.Second)), Until: lowsky.Some(w.s.Start.Add(40 * time.Second))}}
	}, nil), "event 20.0–40.0; ")
	want(t, in(func(_ *world, z *lowsky.Zone) { z.Exemptions = []lowsky.Exemption{{Organisation: "city"}} }, nil), "near_miss 0.0–60.0…; ")
	want(t, in(func(_ *world, z *lowsky.Zone) { z.Exemptions = []lowsky.Exemption{{Organisation: "other"}} }, nil), "event 0.0–60.0…; ")
	want(t, in(func(_ *world, z *lowsky.Zone) { z.Restriction = lowsky.Conditional }, nil), "near_miss 0.0–60.0…; ")
	// It names its plan until 30 s; for four reports more either is believed.
	want(t, in(func(_ *world, z *lowsky.Zone) { z.Exemptions = []lowsky.Exemption{{Plan: "p-1"}} }, func(at time.Duration, f *simulator.Truth) {
		f.Plan = ""
		if during(at, 0, 30) {
			f.Plan = "p-1"
		}
	}), "uncertain 30.0–47.0; event 47.0–60.0…; ")
	// What it tells is not true from 20 s to 30 s: not believed for 10 s more.
	want(t, in(func(*world, *lowsky.Zone) {}, func(at time.Duration, f *simulator.Truth) {
		f.Offset = 0
		if during(at, 20, 30) {
			f.Offset = 300
		}
	}), "event 0.0–20.0; uncertain 20.0–39.8; event 39.8–60.0…; ")
}

// Heights that cannot be compared decide nothing, and those that assume flat ground never a Warning.
func TestHeightsKnown(t *testing.T) {
	agl := lowsky.Some(lowsky.Altitude{Metres: 100, Datum: lowsky.AGL})
	amsl := lowsky.Some(lowsky.Altitude{Metres: 128, Datum: lowsky.AMSL}) // the same: ground at 14 + 14
	for _, c := range []struct {
		name    string
		heights simulator.Heights
		ground  bool
		ceiling lowsky.Opt[lowsky.Altitude]
		agl     float64
		want    lowsky.SpanKind // inside
		also    lowsky.SpanKind // predicted, a Caution
	}{
		{"above ground", simulator.Heights{AGL: true}, false, agl, 88, lowsky.SpanEvent, lowsky.SpanEvent},
		{"ellipsoid over known ground, by 2 m less", simulator.Heights{HAE: true}, true, agl, 86, lowsky.SpanEvent, lowsky.SpanEvent},
		{"ellipsoid over known ground, at its bound", simulator.Heights{HAE: true}, true, agl, 88, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"ellipsoid over unknown ground", simulator.Heights{HAE: true}, false, agl, 40, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"above take-off", simulator.Heights{AboveTakeoff: true}, false, agl, 40, lowsky.SpanUncertain, lowsky.SpanEvent},
		{"above take-off, high", simulator.Heights{AboveTakeoff: true}, false, agl, 140, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"sea level", simulator.Heights{AMSL: true}, false, amsl, 88, lowsky.SpanEvent, lowsky.SpanEvent},
		{"sea level for the ellipsoid's", simulator.Heights{HAE: true}, false, amsl, 80, lowsky.SpanEvent, lowsky.SpanEvent},
		{"the same at twice its bound of 4 m", simulator.Heights{HAE: true}, false, amsl, 82, lowsky.SpanUncertain, lowsky.SpanUncertain},
		{"above ground for the sea's, over unknown ground", simulator.Heights{AGL: true}, false, amsl, 40, lowsky.SpanUncertain, lowsky.SpanUncertain},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			if !c.ground {
				w.s.Ground = nil
			}
			w.s.Aircraft[0].Heights = c.heights
			w.circle(0, 0, 100).Ceiling = c.ceiling
			r := w.run(t, 30*time.Second, func(_ time.Duration, s *simulator.State) { fly(&s.Fleet[0], 0, 0, c.agl, 0, 0) })
			for level, want := range map[string]lowsky.SpanKind{phaseInside: c.want, phasePredicted: c.also} {
				got := lowsky.SpanNothing
				if list := spans(r, lowsky.HazardZoneEntry, level); len(list) > 0 {
					got = list[0].Kind
				}
				if got != want {
					t.Errorf("%s: %s, want %s", level, got, want)
				}
			}
		})
	}
}
