package simulator

import (
	"math"
	"time"
)

// goal is one thing to fly to. The path of a mission is compiled into goals, on the aircraft's own flat map.
type goal struct {
	at    vec
	agl   float64
	speed float64 // on the way there
	exact bool    // stop there, then stay for hold
	hold  time.Duration
	land  bool // stay on the ground instead of in the air
}

// orbitStep is the angle between the goals of an orbit, degrees.
const orbitStep = 10

// compile answers the goals of one lap.
func compile(m *Mission, p *Profile, f frame) []goal {
	var out []goal
	for _, l := range m.Legs {
		speed := l.Speed
		if speed == 0 {
			speed = p.Speed
		}
		switch {
		case l.Orbit != nil:
			out = orbitGoals(out, l.Orbit, f.vec(l.Orbit.Centre), speed)
		case l.Lanes != nil:
			out = laneGoals(out, l.Lanes, f.vec(l.Lanes.From), speed)
		case l.Hover != nil:
			out = append(out, goal{at: f.vec(l.Hover.At), agl: l.Hover.AGL, speed: speed, exact: true, hold: l.Hover.For})
		case l.Land != nil:
			out = append(out, goal{at: f.vec(l.Land.At), agl: l.Land.AGL, speed: speed, exact: true, hold: l.Land.For, land: true})
		case l.Grid != nil:
			out = gridGoals(out, l.Grid, f, speed)
		case l.Parcels != nil:
			for _, p := range l.Parcels.Pads {
				out = append(out, goal{at: f.vec(p), agl: l.Parcels.AGL, speed: speed, exact: true, hold: l.Parcels.Stay, land: true})
			}
		default:
			for _, w := range l.Waypoints {
				out = append(out, goal{at: f.vec(w.At), agl: w.AGL, speed: speed})
			}
		}
	}
	return out
}

// goals answers how many goals one lap compiles to.
func (m *Mission) goals() int {
	n := 0
	for _, l := range m.Legs {
		switch {
		case l.Orbit != nil:
			n += l.Orbit.Turns * 360 / orbitStep
		case l.Lanes != nil:
			n += 2 * l.Lanes.Count
		case l.Grid != nil:
			along, across := l.Grid.lanes()
			n += 2 * (along + across)
		case l.Parcels != nil:
			n += len(l.Parcels.Pads)
		default:
			n += 1 + len(l.Waypoints)
		}
	}
	return n
}

// orbitGoals begins a circle in its north and closes it.
func orbitGoals(out []goal, o *Orbit, centre vec, speed float64) []goal {
	step := float64(orbitStep)
	if o.Reverse {
		step = -step
	}
	for i := range o.Turns * 360 / orbitStep {
		at := centre.add(heading(float64(i) * step).times(o.Radius))
		out = append(out, goal{at: at, agl: o.AGL, speed: speed})
	}
	return out
}

func laneGoals(out []goal, l *Lanes, from vec, speed float64) []goal {
	along, right := heading(l.Course).times(l.Length), heading(l.Course+90)
	for i := range l.Count {
		a := from.add(right.times(float64(i) * l.Spacing))
		b := a.add(along)
		if i%2 == 1 {
			a, b = b, a
		}
		out = append(out, goal{at: a, agl: l.AGL, speed: speed}, goal{at: b, agl: l.AGL, speed: speed})
	}
	return out
}

// lanes answers how many lanes a grid has in each direction: both rims are flown, and none are further apart than Spacing.
func (g *Grid) lanes() (along, across int) {
	count := func(d float64) int { return 1 + int(math.Ceil(d/g.Spacing-1e-9)) }
	return count(g.Width), count(g.Length)
}

// gridGoals flies the lanes along the course and then, from the corner where those end, the ones across.
func gridGoals(out []goal, g *Grid, f frame, speed float64) []goal {
	from, ahead, right := f.vec(g.From), heading(g.Course), heading(g.Course+90)
	along, across := g.lanes()
	first := Lanes{Course: g.Course, Length: g.Length, Spacing: g.Width / float64(max(along-1, 1)), Count: along, AGL: g.AGL}
	out = laneGoals(out, &first, from, speed)
	// Where the first set ended: on the right rim, at the near or the far end.
	corner := from.add(right.times(g.Width))
	step := ahead
	if along%2 == 1 {
		corner, step = corner.add(ahead.times(g.Length)), ahead.times(-1)
	}
	gap := g.Length / float64(max(across-1, 1))
	for i := range across {
		a := corner.add(step.times(float64(i) * gap))
		b := a.sub(right.times(g.Width))
		if i%2 == 1 {
			a, b = b, a
		}
		out = append(out, goal{at: a, agl: g.AGL, speed: speed}, goal{at: b, agl: g.AGL, speed: speed})
	}
	return out
}

// cornerSpeed is how fast a craft may go through the corner between two courses.
func cornerSpeed(cruise, change float64) float64 {
	change = math.Abs(change)
	if change <= 2*orbitStep {
		return cruise
	}
	return math.Max(1, cruise*(1-change/120))
}
