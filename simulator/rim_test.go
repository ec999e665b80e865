package simulator

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// rimOf reads a zone whose shape is written in YAML, as in a file.
func rimOf(t testing.TB, shape string) *rim {
	t.Helper()
	s := patrolling(t, "zones:\n  - {id: z, name: {zh: 区, en: Z}, restriction: prohibited, "+shape+"}\n")
	return newRim(s.Zones[0])
}

// on answers the place of the map of the zones in r's own, and back.
func (r *rim) on(v vec) vec   { return r.frame.vec(zoneMap.point(v)) }
func (r *rim) back(v vec) vec { return zoneMap.vec(r.frame.point(v)) }

// TestNearest holds the rim against each shape's own formula.
func TestNearest(t *testing.T) {
	for name, shape := range rims {
		r := rimOf(t, shape.yaml)
		rapid.Check(t, func(t *rapid.T) {
			v := vec{rapid.Float64Range(-500, 500).Draw(t, "e"), rapid.Float64Range(-500, 500).Draw(t, "n")}
			at, out, d := r.nearest(r.on(v))
			if want := shape.outside(v); math.Abs(d-want) > 0.05 {
				t.Fatalf("%s: %.2f m outside, want %.2f", name, d, want)
			}
			if math.Abs(out.length()-1) > 1e-9 {
				t.Fatalf("%s: the way out is %v", name, out)
			}
			if off := shape.outside(r.back(at)); math.Abs(off) > 0.05 {
				t.Fatalf("%s: the rim's place is %.2f m off", name, off)
			}
			// Straight out from there by the distance is where we are.
			if back := at.add(out.times(d)).sub(r.on(v)).length(); back > 0.05 {
				t.Fatalf("%s: %.2f m from where it began", name, back)
			}
		})
	}
}

// TestInward: at a corner, and where the zone is too narrow, it goes in a little further along; and always as deep as asked.
//
//	+--------+
//	|   40 m |
//	|    +---+   a corner that bends inwards, an arm 40 m wide
//	|    |
//	+----+
func TestInward(t *testing.T) {
	corners := []vec{{0, 0}, {100, 0}, {100, 160}, {300, 160}, {300, 200}, {0, 200}, {0, 0}}
	text := ""
	for _, v := range corners {
		text += spotAt(v.e, v.n) + ", "
	}
	r := rimOf(t, "polygon: ["+text[:len(text)-2]+"]")
	for _, c := range []struct {
		from  vec
		depth float64
		reach float64 // that the place of the rim lies at most so much further than the nearest
	}{
		{vec{-100, 100}, 30, 0.1}, // beside a side
		{vec{-80, -80}, 30, 35},   // off a corner
		{vec{400, 180}, 15, 12},   // off the end of the arm
		{vec{350, 180}, 40, 205},  // the arm is too narrow for that
		{vec{200, 50}, 18, 1},     // in the bay
		{vec{110, 150}, 40, 20},   // in its corner
		{vec{50, 100}, 45, 0.1},   // inside already
		{vec{50, -300}, 49, 0.1},  // nearly the middle
	} {
		from := r.on(c.from)
		near, _, _ := r.nearest(from)
		at, in := r.inward(from, c.depth)
		_, _, d := r.nearest(in)
		if math.Abs(d+c.depth) > 0.6 {
			t.Errorf("from %v it goes %.1f m deep, want %.1f", c.from, -d, c.depth)
		}
		if far := at.sub(from).length() - near.sub(from).length(); far > c.reach {
			t.Errorf("from %v the rim is met %.1f m further away than at its nearest", c.from, far)
		}
	}
}

// TestAround: every place of the loop lies outside by the margin, and the loop closes, clockwise.
func TestAround(t *testing.T) {
	bay := "polygon: [" + spotAt(-150, -150) + ", " + spotAt(150, -150) + ", " + spotAt(150, 150) + ", " + spotAt(0, 0) + ", " + spotAt(-150, 150) + ", " + spotAt(-150, -150) + "]"
	shapes := map[string]string{"bay": bay}
	for name, s := range rims {
		shapes[name] = s.yaml
	}
	for name, shape := range shapes {
		r := rimOf(t, shape)
		for _, margin := range []float64{5, 30, 100} {
			loop := r.around(r.on(vec{500, 40}), margin, pace)
			turned, long := 0.0, 0.0
			for i, v := range loop {
				if _, _, d := r.nearest(v); math.Abs(d-margin) > 0.3 {
					t.Fatalf("%s: a place %.2f m outside, want %.0f", name, d, margin)
				}
				a, b := loop[(i+1)%len(loop)].sub(v), loop[(i+2)%len(loop)].sub(loop[(i+1)%len(loop)])
				turned, long = turned+turn(a.course(), b.course()), long+a.length()
			}
			if math.Abs(turned-360) > 1 || long < 2*math.Pi*(50+margin) || long > 3000 {
				t.Errorf("%s, margin %.0f: the loop of %d places is %.0f m long and turns by %.0f degrees", name, margin, len(loop), long, turned)
			}
		}
	}
}

// TestGrid: every place of the rectangle is passed within half the spacing in both directions.
func TestGrid(t *testing.T) {
	g := &Grid{From: Point{114.3, 29.8}, Course: 30, Length: 310, Width: 200, Spacing: 50, AGL: 70}
	p := &Profile{Speed: 10, Acceleration: 3, Climb: 4, Sink: 3, Turn: 60}
	f := newFrame(g.From)
	m := &Mission{Legs: []Leg{{Grid: g}}}
	goals := compile(m, p, f)
	if along, across := g.lanes(); along != 5 || across != 8 || len(goals) != m.goals() || len(goals) != 26 {
		t.Fatalf("%d lanes and %d across, %d goals of %d", along, across, len(goals), m.goals())
	}
	ahead, right := heading(30), heading(120)
	for i, q := range goals {
		a, b := q.at.dot(ahead), q.at.dot(right)
		if a < -0.01 || a > 310.01 || b < -0.01 || b > 200.01 || q.agl != 70 {
			t.Errorf("goal %d lies %.1f m along and %.1f m across", i, a, b)
		}
		if i == 0 {
			continue
		}
		// Alternately a lane and the way to the next; the first of the second set begins where the first ended.
		step := q.at.sub(goals[i-1].at)
		lane, want := i%2 == 1, 50.0
		if lane {
			want = 310
		}
		if i >= 10 {
			if want = 310.0 / 7; lane {
				want = 200
			}
		}
		if i == 10 {
			want = 0
		}
		if math.Abs(step.length()-want) > 0.01 {
			t.Errorf("goal %d is %.1f m from the one before, want %.1f", i, step.length(), want)
		}
	}
}

func TestParcels(t *testing.T) {
	path := "    start: 0s\n    path:\n      - parcels: {pads: [[114.303, 29.8], [114.303, 29.803]], agl: 50, stay: 45s}"
	w := watch(t, one(t, "speed: 12, climb: 4, sink: 3, turn: 60", path, ""), 1, 8*time.Minute)
	var stays []string
	var since time.Duration
	for i, st := range w.states {
		a := st.Fleet[0]
		if i == 0 || a.Airborne == w.states[i-1].Fleet[0].Airborne {
			continue
		}
		if !a.Airborne {
			since = st.At
			continue
		}
		if since == 0 {
			continue
		}
		for j, pad := range []Point{{114.303, 29.8}, {114.303, 29.803}, {114.3, 29.8}} {
			if newFrame(pad).vec(a.Position).length() < 3 {
				stays = append(stays, fmt.Sprintf("%d for %s", j, (st.At-since).Round(time.Second)))
			}
		}
	}
	if got := fmt.Sprint(stays); got != "[0 for 45s 1 for 45s 2 for 2m0s]" {
		t.Errorf("it stood on %s", got)
	}
}
