package simulator

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// The zones that faults are placed by, on a map around [114.30, 29.80]; the aircraft circles 500 m east of there.
var rims = map[string]struct {
	yaml    string
	outside func(v vec) float64 // metres, negative inside
}{
	"circle": {
		"circle: {centre: [114.30, 29.80], radius: 150}",
		func(v vec) float64 { return v.length() - 150 },
	},
	"buffered circle": {
		"circle: {centre: [114.30, 29.80], radius: 100}, buffer: 50",
		func(v vec) float64 { return v.length() - 150 },
	},
	"square": { // ± 150 m
		"polygon: [" + squareOf(150) + "]",
		func(v vec) float64 { return outsideSquare(v, 150) },
	},
	"buffered square": {
		"polygon: [" + squareOf(120) + "], buffer: 30",
		func(v vec) float64 {
			out := outsideSquare(v, 120)
			return out - 30
		},
	},
	"corridor": { // 400 m to each side, 100 m wide
		fmt.Sprintf("corridor: {line: [%s, %s], width: 100}", spotAt(0, -400), spotAt(0, 400)),
		func(v vec) float64 { return math.Hypot(v.e, math.Max(0, math.Abs(v.n)-400)) - 50 },
	},
}

var zoneMap = newFrame(Point{114.30, 29.80})

func spotAt(e, n float64) string {
	p := zoneMap.point(vec{e, n})
	return fmt.Sprintf("[%.8f, %.8f]", p.Longitude, p.Latitude)
}

func squareOf(half float64) string {
	return spotAt(-half, -half) + ", " + spotAt(half, -half) + ", " + spotAt(half, half) + ", " + spotAt(-half, half) + ", " + spotAt(-half, -half)
}

func outsideSquare(v vec, half float64) float64 {
	e, n := math.Abs(v.e)-half, math.Abs(v.n)-half
	if e <= 0 || n <= 0 {
		return math.Max(e, n)
	}
	return math.Hypot(e, n)
}

// beside flies a circle of 60 m round a place beside the zone with one fault from 1m to 3m.
func beside(t testing.TB, zone string, e, n float64, fault string) *watched {
	t.Helper()
	text := "zones:\n  - {id: z, name: {zh: 区, en: Z}, restriction: prohibited, " + rims[zone].yaml + "}\nfaults:\n  - {aircraft: a, at: 1m, for: 2m, " + fault + "}\n"
	home := zoneMap.point(vec{e, n})
	path := fmt.Sprintf("    start: -1m\n    laps: 50\n    path:\n      - {speed: 8, orbit: {centre: %s, radius: 60, agl: 80}}", spotAt(e, n))
	s := one(t, "speed: 20, climb: 5, turn: 60, acceleration: 3, endurance: 40m", path, text)
	s.Aircraft[0].Home = home
	return watch(t, s, 1, 5*time.Minute)
}

// TestZoneBreachByRim: in over the nearest rim, perpendicularly, to the depth that was asked for and no further.
func TestZoneBreachByRim(t *testing.T) {
	for zone, r := range rims {
		for _, depth := range []float64{8, 20, 45} {
			w := beside(t, zone, 450, 120, fmt.Sprintf("fault: zone_breach, zone: z, depth: %g, speed: 10", depth))
			deepest, inside, crossed := 0.0, 0, 0.0
			for _, st := range w.states {
				tr := st.Fleet[0]
				v := zoneMap.vec(tr.Position)
				d := -r.outside(v)
				deepest = max(deepest, d)
				if d > 0 {
					if inside++; inside == 1 {
						// The course against the way in: how much deeper a metre along it is.
						ahead := v.add(heading(tr.Course))
						crossed = math.Acos(math.Min(1, -r.outside(ahead)-d)) * 180 / math.Pi
					}
				}
				if tr.GroundSpeed > 10.1 && st.At > 70*time.Second && st.At < 3*time.Minute {
					t.Fatalf("%s: %.1f m/s at %s", zone, tr.GroundSpeed, st.At)
				}
			}
			if at := -r.outside(zoneMap.vec(w.truth(179 * time.Second).Position)); math.Abs(deepest-depth) > 1.6 || math.Abs(at-depth) > 1.6 {
				t.Errorf("%s: at most %.1f m deep, %.1f m in the end, want %g", zone, deepest, at, depth)
			}
			if crossed > 12 {
				t.Errorf("%s: it crosses the rim %.0f degrees off the straight way in", zone, crossed)
			}
			if d := r.outside(zoneMap.vec(w.truth(4 * time.Minute).Position)); d < 50 {
				t.Errorf("%s: a minute after the end it is %.0f m outside", zone, d)
			}
		}
	}
}

// TestGraze: along the rim, outside by the margin, for the length, and then back; on the way there never nearer.
func TestGraze(t *testing.T) {
	for zone, r := range rims {
		for _, margin := range []float64{10, 40} {
			w := beside(t, zone, 450, 120, fmt.Sprintf("fault: graze, zone: z, margin: %g, speed: 10, length: 300", margin))
			near, along := math.Inf(1), 0.0
			leads := 0
			for i, st := range w.states {
				tr := st.Fleet[0]
				v := zoneMap.vec(tr.Position)
				d := r.outside(v)
				near = min(near, d)
				if i > 0 && math.Abs(d-margin) < 2.5 {
					along += v.sub(zoneMap.vec(w.states[i-1].Fleet[0].Position)).length()
				}
				if st.At > 70*time.Second && along < 290 {
					for m := 1.0; m < 300; m += 3 {
						if r.outside(v.add(heading(tr.Course).times(m))) < 0 {
							leads++
							break
						}
					}
				}
			}
			if near < margin-1.5 || near > margin+1.5 || along < 280 {
				t.Errorf("%s: as near as %.1f m, want %g; %.0f m along the rim, want 300", zone, near, margin, along)
			}
			if d := r.outside(zoneMap.vec(w.truth(5*time.Minute - time.Second).Position)); d < 100 {
				t.Errorf("%s: in the end it is %.0f m outside", zone, d)
			}
			// At corners the course sweeps over the zone while it turns; on the way there it does not lead in.
			if leads > 40 {
				t.Errorf("%s, margin %g: for %.0f s its course leads into the zone", zone, margin, float64(leads)/5)
			}
		}
	}
}

// TestWindGust: the aircraft is blown off, is brought back, and never flies faster through the air than it can.
func TestWindGust(t *testing.T) {
	hover := "    start: -2m\n    path:\n      - hover: {at: [114.31, 29.8], agl: 60, for: 50m}"
	s := one(t, "speed: 12, climb: 5, turn: 60, endurance: 2h", hover, "faults:\n  - {fault: wind_gust, aircraft: a, at: 1m, for: 30s, speed: 10, course: 0}\n")
	w := watch(t, s, 1, 3*time.Minute)
	f := newFrame(w.truth(59 * time.Second).Position)
	blown, at := 0.0, func(d time.Duration) vec { return f.vec(w.truth(d).Position) }
	for d := time.Minute; d < 90*time.Second; d += Step {
		blown = max(blown, at(d).n)
	}
	if blown < 3 || blown > 30 {
		t.Errorf("blown %.1f m to the north", blown)
	}
	for _, d := range []time.Duration{85 * time.Second, 150 * time.Second} {
		if off := at(d).length(); off > 3 {
			t.Errorf("at %s it still is %.1f m off", d, off)
		}
	}
	if gust := w.truth(61 * time.Second); gust.GroundSpeed < 1 || math.Abs(turn(gust.Course, 0)) > 10 {
		t.Errorf("a second into the gust it moves with %.1f m/s on course %.0f", gust.GroundSpeed, gust.Course)
	}
	// Its reports say the same.
	r := reports(t, w.within(61, 61.5))[0]
	if math.Abs(float64(r.GroundSpeed.Value)-w.truth(61*time.Second).GroundSpeed) > 0.01 {
		t.Errorf("reported ground speed %v", r.GroundSpeed)
	}
}

func TestPlanOverrunStaysInTheAir(t *testing.T) {
	path := "    start: 0s\n    turnaround: 1m\n    path:\n      - waypoints: [[114.3031, 29.8, 60]]"
	plans := "plans: [{id: p, aircraft: a, from: 0s, until: 70s}]\n"
	landed := func(rest string) time.Duration {
		w := watch(t, one(t, "speed: 10, climb: 4, sink: 3, turn: 60, endurance: 40m", path, rest), 1, 10*time.Minute)
		for _, st := range w.states {
			if st.At > 20*time.Second && !st.Fleet[0].Airborne {
				return st.At
			}
		}
		return 0
	}
	plain, over := landed(plans), landed(plans+"faults:\n  - {fault: plan_overrun, aircraft: a, at: 30s, for: 4m}\n")
	if plain < time.Minute || plain > 3*time.Minute || over < 4*time.Minute+30*time.Second || over > 8*time.Minute {
		t.Errorf("it lands at %s, with an overrun until 4m30s at %s", plain, over)
	}
}

func TestRogueIsNotRegistered(t *testing.T) {
	for _, a := range read(t, small).Register() {
		if a.ID == "x-01" {
			t.Error("the rogue is in the register")
		}
	}
}

// TestAltitudeBust: the true height too.
func TestAltitudeBustTruth(t *testing.T) {
	w := struck(t, "fault: altitude_bust, agl: 140", "")
	if a, b := w.truth(59*time.Second).AGL, w.truth(88*time.Second).AGL; math.Abs(a-80) > 1 || math.Abs(b-140) > 1 {
		t.Errorf("truly %.0f and %.0f m high, want 80 and 140", a, b)
	}
	if w.truth(88*time.Second).Offset != 0 || w.truth(88*time.Second).LiesAboutHeight {
		t.Error("it is called a lie")
	}
}

func TestBatteryDropTruth(t *testing.T) {
	w := struck(t, "fault: battery_drop, percent: 15, over: 20s", "")
	if a, b := w.truth(70*time.Second).Battery, w.truth(82*time.Second).Battery; a < 40 || a > 70 || math.Abs(b-15) > 0.5 {
		t.Errorf("battery %.0f, %.0f %%", a, b)
	}
}

func TestLinkLossTruth(t *testing.T) {
	w := struck(t, "fault: link_loss", "")
	for at, want := range map[int]int{59: 59, 60: 59, 89: 59, 90: 90} {
		if got := w.truth(time.Duration(at) * time.Second).Sent; got != time.Duration(want)*time.Second {
			t.Errorf("at %d s the newest that got through is of %s", at, got)
		}
	}
}
