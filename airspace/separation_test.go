package airspace

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lowsky"
)

// reach is that of the base pack.
var reach = lowsky.PairReach{
	LookAhead: 30 * time.Second,
	Uncrewed:  lowsky.Minima{Horizontal: 50, Vertical: 15}, Crewed: lowsky.Minima{Horizontal: 500, Vertical: 100},
	Margin: lowsky.Minima{Horizontal: 5, Vertical: 3}, Accuracy: lowsky.Minima{Horizontal: 5, Vertical: 5},
	Cap: lowsky.Minima{Horizontal: 30, Vertical: 15}, MaxAge: 15 * time.Second, MaxQNHAge: time.Hour,
}

var xianning = lowsky.Position{Longitude: 114.32, Latitude: 29.85}

// flying is a mover east and north of Xianning at a height above the ellipsoid, known to a metre.
func flying(east, north, hae lowsky.Metres, course lowsky.Degrees, speed, up lowsky.MetresPerSecond) Mover {
	p := Offset(Offset(xianning, 90, east), 0, north)
	p.HAE = lowsky.Some(hae)
	s, c := math.Sincos(float64(course) * math.Pi / 180)
	return Mover{
		Position: p, East: speed * lowsky.MetresPerSecond(s), North: speed * lowsky.MetresPerSecond(c), Up: up,
		Accuracy: lowsky.Some(lowsky.Metres(1)), VerticalAccuracy: lowsky.Some(lowsky.Metres(1)),
	}
}

func with(m Mover, change func(*Mover)) Mover { change(&m); return m }

// pairs runs a pass in steps of some work.
func pairs(movers []Mover, r lowsky.PairReach, t Terrain, work int) []Near {
	var s Separation
	s.Begin(movers, r, t)
	var all []Near
	for !s.Done() {
		all = append(all, s.Step(work)...)
	}
	return all
}

func crewed(m *Mover) { m.Crewed = true }

// TestEncounters: what must be found, as broken, as possibly broken, as unjudged, and what must not.
func TestEncounters(t *testing.T) {
	const (
		clear = iota
		may
		breaks
		blind   // no common height
		noSpeed // only where it is now
	)
	turning := func(rate lowsky.Degrees) func(*Mover) { return func(m *Mover) { m.Turn = rate } }
	aged := func(d time.Duration) func(*Mover) { return func(m *Mover) { m.Age = d } }
	cases := []struct {
		name string
		a, b Mover
		want int
		in   float64 // s, of what is found
		h, v float64
	}{
		//  a →                    ← b
		{"head on", flying(0, 0, 100, 90, 10, 0), flying(400, 0, 105, 270, 10, 0), breaks, 20, 0, 5},
		{"head on, beyond the look-ahead", flying(0, 0, 100, 90, 10, 0), flying(700, 0, 105, 270, 10, 0), clear, 0, 0, 0},
		{"head on, one above the other", flying(0, 0, 100, 90, 10, 0), flying(400, 0, 130, 270, 10, 0), clear, 0, 0, 0},
		{"head on, beside each other", flying(0, 0, 100, 90, 10, 0), flying(400, 60, 100, 270, 10, 0), clear, 0, 0, 0},
		{"head on, within what is not known", flying(0, 0, 100, 90, 10, 0), flying(400, 53, 100, 270, 10, 0), may, 20, 53, 0},
		//  a →
		//          ↑ b
		{"crossing", flying(-200, 0, 100, 90, 10, 0), flying(0, -200, 100, 0, 10, 0), breaks, 20, 0, 0},
		{"crossing, the one after the other", flying(-200, 0, 100, 90, 10, 0), flying(0, -320, 100, 0, 10, 0), clear, 0, 0, 0},
		{"crossing behind", flying(-200, 0, 100, 90, 10, 0), flying(0, -230, 100, 0, 10, 0), breaks, 21.5, 21.2, 0},
		{"overtaking", flying(0, 0, 100, 90, 20, 0), flying(150, 10, 100, 90, 10, 0), breaks, 15, 10, 0},
		{"overtaken by far", flying(0, 0, 100, 90, 10, 0), flying(150, 10, 100, 90, 20, 0), clear, 0, 0, 0},
		{"parallel, near", flying(0, 0, 100, 90, 10, 0), flying(0, 30, 100, 90, 10, 0), breaks, 0, 30, 0},
		{"parallel, apart", flying(0, 0, 100, 90, 10, 0), flying(0, 80, 100, 90, 10, 0), clear, 0, 0, 0},
		{"drawing apart, still near", flying(0, 0, 100, 270, 10, 0), flying(30, 0, 100, 90, 10, 0), breaks, 0, 30, 0},
		//  b climbs through the height of a while it passes; and passes when it is through
		{"climbing through", flying(0, 0, 140, 90, 10, 0), flying(400, 0, 100, 270, 10, 2), breaks, 20, 0, 0},
		{"climbed through before", flying(0, 0, 140, 90, 10, 0), flying(400, 0, 100, 270, 10, 4), clear, 0, 0, 0},
		{"descending into", flying(0, 0, 100, 0, 0, 0), flying(20, 0, 160, 0, 0, -3), breaks, 20, 20, 0},
		{"descending beside", flying(0, 0, 100, 0, 0, 0), flying(70, 0, 160, 0, 0, -3), clear, 0, 0, 0},
		{"descending, not down before the look-ahead ends", flying(0, 0, 100, 0, 0, 0), flying(20, 0, 200, 0, 0, -2), clear, 0, 0, 0},
		{"hovering near", flying(0, 0, 100, 0, 0, 0), flying(40, 0, 100, 0, 0, 0), breaks, 0, 40, 0},
		{"hovering apart", flying(0, 0, 100, 0, 0, 0), flying(90, 0, 100, 0, 0, 0), clear, 0, 0, 0},
		//  head on, but a turns away to the right: its circle has a radius of 57 m
		{"turning away", with(flying(0, 0, 100, 90, 10, 0), turning(10)), flying(400, 0, 100, 270, 5, 0), clear, 0, 0, 0},
		//  a flies north past b in the east, and turns right into it after a quarter circle
		{"turning into", with(flying(0, 0, 100, 0, 15, 0), turning(6)), flying(143, 143, 100, 0, 0, 0), breaks, 15, 0, 0},
		{"the same, straight on", flying(0, 0, 100, 0, 15, 0), flying(143, 143, 100, 0, 0, 0), clear, 0, 0, 0},
		{"circling about one that hovers", with(flying(0, 0, 100, 0, 10, 0), turning(5)), flying(114.6, 0, 100, 0, 0, 0), clear, 0, 0, 0},
		//  a fix of 5 s ago is carried on by 50 m and known by 15 m less
		{"old fix, head on", with(flying(-50, 0, 100, 90, 10, 0), aged(5*time.Second)), flying(400, 0, 100, 270, 10, 0), breaks, 20, 0, 0},
		{"old fix, what is not known grows", with(flying(-50, 0, 100, 90, 10, 0), aged(5*time.Second)), flying(400, 64, 100, 270, 10, 0), may, 20, 64, 0},
		{"crewed, far off", flying(0, 0, 100, 0, 0, 0), with(flying(2000, 300, 150, 270, 70, 0), crewed), breaks, 28.57, 300, 50},
		{"crewed, high above", flying(0, 0, 100, 0, 0, 0), with(flying(1000, 0, 260, 270, 70, 0), crewed), clear, 0, 0, 0},
		{"both crewed", with(flying(0, 0, 100, 0, 0, 0), crewed), with(flying(100, 0, 100, 0, 0, 0), crewed), clear, 0, 0, 0},
		{"no height", with(flying(0, 0, 0, 90, 10, 0), func(m *Mover) { m.Position.HAE = lowsky.Opt[lowsky.Metres]{} }), flying(400, 0, 105, 270, 10, 0), blind, 20, 0, 0},
		{"no height, but apart", with(flying(0, 0, 0, 90, 10, 0), func(m *Mover) { m.Position.HAE = lowsky.Opt[lowsky.Metres]{} }), flying(400, 200, 105, 270, 10, 0), clear, 0, 0, 0},
		{"no speed, could come", with(flying(0, 0, 100, 0, 0, 0), func(m *Mover) { m.NoVelocity = true }), flying(400, 0, 100, 0, 0, 0), noSpeed, 0, 400, 0},
		{"no speed, could just come", with(flying(0, 0, 100, 0, 0, 0), func(m *Mover) { m.NoVelocity = true }), flying(0, 656, 100, 0, 0, 0), noSpeed, 0, 656, 0},
		{"no speed, could not come", with(flying(0, 0, 100, 0, 0, 0), func(m *Mover) { m.NoVelocity = true }), flying(0, 658, 100, 0, 0, 0), clear, 0, 0, 0},
		{"one formation", with(flying(0, 0, 100, 0, 0, 0), func(m *Mover) { m.Formation = 3 }), with(flying(10, 0, 100, 0, 0, 0), func(m *Mover) { m.Formation = 3 }), clear, 0, 0, 0},
		{"two formations", with(flying(0, 0, 100, 0, 0, 0), func(m *Mover) { m.Formation = 3 }), with(flying(10, 0, 100, 0, 0, 0), func(m *Mover) { m.Formation = 4 }), breaks, 0, 10, 0},
	}
	for _, c := range cases {
		for _, swapped := range []bool{false, true} {
			for _, lon := range []lowsky.Degrees{0, 65.68} { // there, and with the first on the antimeridian
				movers := []Mover{c.a, c.b}
				for i := range movers {
					movers[i].Position.Longitude = lowsky.Degrees(wrapDegrees(float64(movers[i].Position.Longitude + lon)))
				}
				if swapped {
					slices.Reverse(movers)
				}
				t.Run(fmt.Sprintf("%s/%v/%v", c.name, swapped, lon), func(t *testing.T) {
					got := pairs(movers, reach, nil, 1_000_000)
					if c.want == clear {
						if len(got) != 0 {
							t.Fatalf("found %+v", got)
						}
						return
					}
					if len(got) != 1 || got[0].I != 0 || got[0].J != 1 {
						t.Fatalf("found %+v", got)
					}
					e := got[0].Encounter
					m := reach.Minima(c.a.Crewed || c.b.Crewed)
					is := may
					switch {
					case e.Reason == lowsky.ReasonNoSpeed:
						is = noSpeed
					case e.Closest.Reason == lowsky.ReasonNoHeight:
						is = blind
					case e.Closest.Breaks(m):
						is = breaks
					}
					if is != c.want || !e.Closest.MayBreak(m) && is != noSpeed {
						t.Fatalf("is %d, want %d: %+v", is, c.want, e)
					}
					if math.Abs(e.Closest.In.Seconds()-c.in) > 0.1 || math.Abs(float64(e.Closest.Horizontal)-c.h) > 1 ||
						math.Abs(float64(e.Closest.Vertical.Value)-c.v) > 0.1 {
						t.Errorf("closest %+v, want in %v s, %v m, %v m", e.Closest, c.in, c.h, c.v)
					}
				})
			}
		}
	}
}

// hill is ground that is 80 m above the ellipsoid, ± 4.
type hill struct{}

func (hill) GroundHAE(lowsky.Position) (Ground, bool) { return Ground{HAE: 80, Bound: 4}, true }

func TestPairsOfMixedDatums(t *testing.T) {
	type height func(*lowsky.Position)
	some := func(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(v)) }
	hae := func(v float64) height { return func(p *lowsky.Position) { p.HAE = some(v) } }
	amsl := func(v float64, g lowsky.Geoid) height {
		return func(p *lowsky.Position) { p.AMSL, p.AMSLGeoid = some(v), g }
	}
	agl := func(v float64) height { return func(p *lowsky.Position) { p.AGL = some(v) } }
	above := func(v, takeoff float64) height {
		return func(p *lowsky.Position) { p.AboveTakeoff, p.TakeoffHAE = some(v), some(takeoff) }
	}
	geoid, ok := GeoidHeight(xianning)
	if !ok {
		t.Fatal("no geoid")
	}
	n := float64(geoid)
	cases := []struct {
		name     string
		a, b     height
		terrain  Terrain
		vertical float64
		why      lowsky.Reason
	}{
		{"both above the ellipsoid", hae(100), hae(110), nil, 10, ""},
		{"both above sea level", amsl(100, ""), amsl(108, lowsky.CN1985), nil, 8, ""},
		{"sea level of two geoids", amsl(100, lowsky.EGM96), amsl(108, lowsky.CN1985), nil, 8, ""},
		{"ellipsoid and sea level", hae(100), amsl(100-n, ""), nil, 0, ""},
		{"ellipsoid and ground", hae(100), agl(25), hill{}, 5, ""},
		{"ellipsoid and take-off", hae(100), above(30, 76), nil, 6, ""},
		{"ground without terrain", hae(100), agl(25), nil, 0, lowsky.ReasonNoTerrain},
		{"take-off that is not known", hae(100), func(p *lowsky.Position) { p.AboveTakeoff = some(30) }, nil, 0, lowsky.ReasonNoCommonDatum},
		{"none", hae(100), func(*lowsky.Position) {}, nil, 0, lowsky.ReasonNoHeight},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, b := flying(0, 0, 0, 90, 5, 0), flying(20, 0, 0, 90, 5, 0)
			for i, m := range []*Mover{&a, &b} {
				m.Position.HAE = lowsky.Opt[lowsky.Metres]{}
				[]height{c.a, c.b}[i](&m.Position)
			}
			got := pairs([]Mover{a, b}, reach, c.terrain, 1_000_000)
			if len(got) != 1 {
				t.Fatalf("found %+v", got)
			}
			at := got[0].Now
			if at.Reason != c.why || at.Vertical.OK != (c.why == "") || math.Abs(float64(at.Vertical.Value)-c.vertical) > 0.2 {
				t.Errorf("%+v", at)
			}
			if c.why == "" && at.VerticalBound < 3 {
				t.Errorf("bound %v is less than what is kept at least", at.VerticalBound)
			}
		})
	}
}

// crowd makes n movers over a square, of every sort.
func crowd(rng *rand.Rand, n int, side float64) []Mover {
	movers := make([]Mover, n)
	for i := range movers {
		m := flying(lowsky.Metres(rng.Float64()*side), lowsky.Metres(rng.Float64()*side), lowsky.Metres(60+rng.Float64()*120),
			lowsky.Degrees(rng.Float64()*360), lowsky.MetresPerSecond(25*rng.Float64()*rng.Float64()), lowsky.MetresPerSecond(rng.NormFloat64()*2))
		switch rng.IntN(8) {
		case 0:
			if m.East*m.East+m.North*m.North > 1 { // slower than that nobody is taken to turn
				m.Turn = lowsky.Degrees(rng.Float64()*40 - 20)
			}
		case 1:
			m.East, m.North, m.Up = 0, 0, 0
		case 2:
			m.East, m.North, m.Crewed = m.East*4, m.North*4, true
		case 3:
			m.Age = time.Duration(rng.IntN(4000)) * time.Millisecond
		case 4:
			m.Formation = int32(1 + rng.IntN(3))
		}
		movers[i] = m
	}
	return movers
}

// flown simulates a pair by small steps on a plane of its own and answers the least of the larger distance in minima.
func flown(a, b *Mover, m lowsky.Minima) float64 {
	const dt = 0.02
	type state struct{ x, y, z, vx, vy, vz, turn float64 }
	start := func(m *Mover) state {
		s := state{
			x:  float64(m.Position.Longitude-xianning.Longitude) * 111319.49 * math.Cos(float64(xianning.Latitude)*math.Pi/180),
			y:  float64(m.Position.Latitude-xianning.Latitude) * 110850,
			z:  float64(m.Position.HAE.Value),
			vx: float64(m.East), vy: float64(m.North), vz: float64(m.Up), turn: float64(m.Turn) * math.Pi / 180,
		}
		return s
	}
	step := func(s *state) {
		sin, cos := math.Sincos(s.turn * dt / 2)
		s.vx, s.vy = s.vx*cos+s.vy*sin, s.vy*cos-s.vx*sin // half before, half after: second order
		s.x, s.y, s.z = s.x+s.vx*dt, s.y+s.vy*dt, s.z+s.vz*dt
		s.vx, s.vy = s.vx*cos+s.vy*sin, s.vy*cos-s.vx*sin
	}
	p, q := start(a), start(b)
	for range int(math.Round(a.Age.Seconds() / dt)) {
		step(&p)
	}
	for range int(math.Round(b.Age.Seconds() / dt)) {
		step(&q)
	}
	least := math.Inf(1)
	for range int(30/dt) + 1 {
		least = min(least, max(math.Hypot(p.x-q.x, p.y-q.y)/float64(m.Horizontal), math.Abs(p.z-q.z)/float64(m.Vertical)))
		step(&p)
		step(&q)
	}
	return least
}

// TestSeparationAgainstSimulation: every pair of a crowd, flown by small steps, against what the pass says of it. Ways
// that graze the minima within 2 % may go either way.
func TestSeparationAgainstSimulation(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		movers := crowd(rng, 120, 300+2000*float64(seed%4))
		said := map[[2]int]bool{}
		for _, p := range pairs(movers, reach, nil, 1+rng.IntN(5000)) {
			k := [2]int{p.I, p.J}
			if _, twice := said[k]; twice || p.I >= p.J {
				t.Fatalf("pair %v twice, or the wrong way round", k)
			}
			said[k] = p.Closest.Breaks(reach.Minima(movers[p.I].Crewed || movers[p.J].Crewed))
		}
		checked := 0
		for i := range movers {
			for j := i + 1; j < len(movers); j++ {
				a, b := &movers[i], &movers[j]
				if a.Crewed && b.Crewed || a.Formation > 0 && a.Formation == b.Formation {
					if _, ok := said[[2]int{i, j}]; ok {
						t.Errorf("seed %d: exempt pair %d, %d", seed, i, j)
					}
					continue
				}
				least := flown(a, b, reach.Minima(a.Crewed || b.Crewed))
				if math.Abs(least-1) < 0.02 {
					continue
				}
				if breaks := least < 1; breaks != said[[2]int{i, j}] {
					t.Fatalf("seed %d: pair %d, %d: flown to %.3f of the minima, the pass says %v\n%+v\n%+v", seed, i, j, least, said[[2]int{i, j}], a, b)
				} else if breaks {
					checked++
				}
			}
		}
		if checked == 0 && seed%4 == 0 {
			t.Errorf("seed %d: no pair was near", seed)
		}
	}
}

// TestSeparationEverywhere: the same crowd far north and across the antimeridian gives the same pairs, whatever the
// slices.
func TestSeparationEverywhere(t *testing.T) {
	movers := crowd(rand.New(rand.NewPCG(5, 5)), 400, 3000)
	want := pairs(movers, reach, nil, 1_000_000)
	if len(want) < 50 {
		t.Fatalf("only %d pairs", len(want))
	}
	byPair := func(a, b Near) int { return (a.I-b.I)*1000 + a.J - b.J }
	slices.SortFunc(want, byPair)
	for _, work := range []int{1, 37, 4000} {
		got := pairs(movers, reach, nil, work)
		slices.SortFunc(got, byPair)
		if !slices.Equal(got, want) {
			t.Fatalf("steps of %d: %d pairs, want %d", work, len(got), len(want))
		}
	}
	for _, to := range []lowsky.Degrees{180 - 114.335, -179.99 - 114.32, -114.32} {
		moved := slices.Clone(movers)
		for i := range moved {
			moved[i].Position.Longitude = lowsky.Degrees(wrapDegrees(float64(moved[i].Position.Longitude + to)))
		}
		got := pairs(moved, reach, nil, 1000)
		slices.SortFunc(got, byPair)
		if len(got) != len(want) {
			t.Fatalf("moved by %v: %d pairs, want %d", to, len(got), len(want))
		}
		for k := range got {
			if got[k].I != want[k].I || got[k].J != want[k].J || math.Abs(float64(got[k].Closest.Horizontal-want[k].Closest.Horizontal)) > 0.02 {
				t.Fatalf("moved by %v: %+v, want %+v", to, got[k], want[k])
			}
		}
	}
}

// TestSeparationOfNothing: no movers, one mover, movers at the pole or nowhere.
func TestSeparationOfNothing(t *testing.T) {
	nan := flying(0, 0, 100, 0, 0, 0)
	nan.Position.Latitude = lowsky.Degrees(math.NaN())
	pole := flying(0, 0, 100, 0, 0, 0)
	pole.Position.Latitude = 89
	for _, movers := range [][]Mover{nil, {flying(0, 0, 100, 0, 0, 0)}, {nan, nan}, {pole, pole}} {
		if got := pairs(movers, reach, nil, 10); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	}
}

// TestCrewedPairsComeFirst: whoever stops taking pairs of a swarm has had those with crewed aircraft.
func TestCrewedPairsComeFirst(t *testing.T) {
	var movers []Mover
	for i := range 100 {
		movers = append(movers, flying(lowsky.Metres(i%10)*5, lowsky.Metres(i/10)*5, 100, 0, 5, 0))
	}
	movers = append(movers, with(flying(800, 0, 120, 270, 60, 0), crewed), with(flying(0, -900, 120, 0, 60, 0), crewed))
	for i, n := range pairs(movers, reach, nil, 1000) {
		if manned := n.J >= 100; manned != (i < 200) {
			t.Fatalf("pair %d is %d and %d", i, n.I, n.J)
		}
	}
}

// TestCellsThatTouchShareNoBucket, whatever the size of the table: pairs would be found twice. And rows lie apart in it.
func TestCellsThatTouchShareNoBucket(t *testing.T) {
	for n := 1; n <= 1_000_000; n *= 2 {
		var s Separation
		s.hash(n)
		for _, y := range []int32{0, 77, 150_000} {
			at := map[uint32]bool{}
			for x := int32(10); x <= 12; x++ {
				for _, row := range []int32{y, y + 1, y + 2} {
					at[s.bucket(x, row)] = true
				}
			}
			if len(at) != 9 {
				t.Fatalf("table of %d, row %d: nine cells in %d buckets", len(s.first), y, len(at))
			}
		}
		side := int32(math.Sqrt(float64(len(s.first)) / 2)) // a square of half as many cells as there are buckets
		shared := 0
		at := make([]bool, len(s.first))
		for y := range side {
			for x := range side {
				if b := s.bucket(x+1000, y+40_000); at[b] {
					shared++
				} else {
					at[b] = true
				}
			}
		}
		if shared > int(side*side)/10 {
			t.Errorf("table of %d: %d of %d cells share their buckets", len(s.first), shared, side*side)
		}
	}
}

// TestSeparationAllOverTheTable: the same crowd in every place of the smallest table, where it begins anew too, gives the
// same pairs; and across the antimeridian, in every row, none twice.
func TestSeparationAllOverTheTable(t *testing.T) {
	movers := crowd(rand.New(rand.NewPCG(6, 6)), 100, 1000)
	var s Separation
	find := func(east, north lowsky.Degrees) map[[2]int]bool {
		moved := slices.Clone(movers)
		for i := range moved {
			p := &moved[i].Position
			p.Longitude, p.Latitude = lowsky.Degrees(wrapDegrees(float64(p.Longitude+east))), p.Latitude+north
		}
		found := map[[2]int]bool{}
		for s.Begin(moved, reach, nil); !s.Done(); {
			for _, n := range s.Step(1_000_000) {
				if k := [2]int{n.I, n.J}; found[k] {
					t.Fatalf("pair %v twice, %v° east and %v° north", k, east, north)
				} else {
					found[k] = true
				}
			}
		}
		return found
	}
	want := find(0, 0)
	if len(want) < 50 {
		t.Fatalf("only %d pairs", len(want))
	}
	for k := range 1500 {
		if got := find(lowsky.Degrees(k)*0.003, 0); !maps.Equal(got, want) {
			t.Fatalf("%v° east: %d pairs, want %d", float64(k)*0.003, len(got), len(want))
		}
		if k%3 == 0 {
			find(180-114.325, lowsky.Degrees(k)*0.003)
		}
	}
}
