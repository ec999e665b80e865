package simulator

import (
	"math"
	"time"

	"lowsky/simulator/faults"
)

// maxStep bounds the integration step.
const maxStep = 200 * time.Millisecond

// verticalAcceleration is how quickly every craft changes its climb, m/s².
const verticalAcceleration = 2.5

// phase is what a craft is about.
type phase uint8

const (
	parked  phase = iota // on the ground until wake
	rising               // straight up to the height of the next goal
	flying               // towards the current goal
	holding              // at the current goal until wake
	sinking              // straight down
)

// craft is the true state of one aircraft and the plan it follows.
type craft struct {
	frame   frame
	profile *Profile
	mission *Mission
	lap     []goal
	home    goal

	now   time.Duration // of the state below
	phase phase
	wake  time.Duration
	pos   vec
	agl   float64
	speed float64 // over ground, along course
	track float64 // course over ground, degrees
	climb float64

	lapsDone int
	next     int // goal of the lap; len(lap) is home
	homing   bool
	from     vec // where the present line to the goal begins
	flight   int // number of missions begun

	battery  float64
	draining bool    // a battery_drop is at work
	drained  bool    // and done with, because the battery was changed
	drainTop float64 // what it held when the drop began

	away bool // under an order to fly elsewhere
}

func newCraft(a *Aircraft) craft {
	c := craft{frame: newFrame(a.Home), profile: a.Profile, mission: &a.Mission, battery: 100}
	c.lap = compile(&a.Mission, a.Profile, c.frame)
	last := c.lap[len(c.lap)-1]
	c.home = goal{agl: last.agl, speed: a.Profile.Speed, exact: true, land: true}
	c.now = min(a.Mission.Start, 0)
	c.wake = a.Mission.Start
	return c
}

func (c *craft) airborne() bool { return c.phase != parked }

// goalNow is the goal the mission is about.
func (c *craft) goalNow() goal {
	if c.homing || c.next >= len(c.lap) {
		return c.home
	}
	return c.lap[c.next]
}

// step moves the craft on by dt, at most maxStep, under the knobs of this instant.
func (c *craft) step(dt time.Duration, k *faults.Knobs) {
	s := dt.Seconds()
	c.now += dt
	c.drain(s, k)
	switch c.phase {
	case parked:
		if c.now >= c.wake {
			c.takeOff()
		}
		return
	case rising:
		g := c.goalNow()
		c.vertical(s, g.agl)
		if c.agl >= g.agl-1 {
			c.phase, c.from = flying, c.pos
		}
		return
	case sinking:
		c.brake(s)
		c.descend(s)
		return
	}
	g, ordered := c.goalNow(), false
	if k.FlyTo != nil {
		g = goal{at: c.frame.vec(Point(*k.FlyTo)), agl: c.agl, speed: c.profile.Speed, exact: true}
		if k.AGL == nil {
			g.agl = c.goalNow().agl
		}
		ordered = true
	}
	if ordered != c.away {
		c.away, c.from = ordered, c.pos
		if c.phase == holding {
			c.phase = flying
		}
	}
	if k.AGL != nil {
		g.agl = *k.AGL
	}
	if !ordered && !c.homing && c.battery < c.profile.ReturnAt {
		c.homing, c.from, c.phase = true, c.pos, flying
		g = c.home
	}
	c.vertical(s, g.agl)
	if c.phase == holding {
		c.brake(s)
		if c.now >= c.wake {
			c.advance()
		}
		return
	}
	c.horizontal(s, g, ordered)
}

// drain lowers the battery: evenly in flight, and as a battery_drop orders.
func (c *craft) drain(s float64, k *faults.Knobs) {
	if c.airborne() {
		c.battery = math.Max(0, c.battery-100*s/c.profile.Endurance.Seconds())
	}
	if !k.Drain {
		c.draining, c.drained = false, false
		return
	}
	if !c.draining {
		c.draining, c.drainTop = true, c.battery
	}
	if c.drained {
		return
	}
	to := k.DrainTo
	if k.DrainSince < k.DrainOver {
		to = c.drainTop + (k.DrainTo-c.drainTop)*k.DrainSince.Seconds()/k.DrainOver.Seconds()
	}
	c.battery = math.Min(c.battery, to)
}

// takeOff leaves a pad on the way, or begins the next mission.
func (c *craft) takeOff() {
	if c.homing || c.next == 0 && c.lapsDone == 0 {
		c.flight++
		c.homing = false
	}
	c.phase = rising
}

// vertical brings the height towards agl within the limits of climb, sink and vertical acceleration.
func (c *craft) vertical(s, agl float64) {
	gap := agl - c.agl
	want := math.Sqrt(verticalAcceleration * math.Abs(gap)) // half of what would just stop in time
	want = math.Min(want, math.Abs(gap)/s)
	if gap < 0 {
		want = -math.Min(want, c.profile.Sink)
	} else {
		want = math.Min(want, c.profile.Climb)
	}
	c.climb += clamp(want-c.climb, verticalAcceleration*s)
	c.agl = math.Max(0, c.agl+c.climb*s)
}

// descend sinks to the ground, slowly over the last metres, and parks.
func (c *craft) descend(s float64) {
	want := -math.Min(c.profile.Sink, math.Max(0.5, c.agl/4))
	c.climb += clamp(want-c.climb, verticalAcceleration*s)
	c.agl = math.Max(0, c.agl+c.climb*s)
	if c.agl > 0 {
		return
	}
	c.agl, c.climb, c.speed = 0, 0, 0
	c.phase = parked
	g := c.goalNow()
	if !c.homing && c.next < len(c.lap) { // a pad on the way
		c.wake = c.now + g.hold
		c.forward()
		return
	}
	c.battery, c.drained = 100, c.draining
	c.lapsDone, c.next, c.homing = 0, 0, false
	c.wake = c.now + c.mission.Turnaround
	if every := c.mission.Every; every > 0 {
		slots := (c.wake - c.mission.Start + every - 1) / every
		c.wake = c.mission.Start + slots*every
	}
}

// brake takes the speed away.
func (c *craft) brake(s float64) {
	c.speed = math.Max(0, c.speed-c.profile.Acceleration*s)
	c.pos = c.pos.add(heading(c.track).times(c.speed * s))
}

// horizontal flies towards g along the line from c.from, within the limits of turn, acceleration and speed.
func (c *craft) horizontal(s float64, g goal, ordered bool) {
	p := c.profile
	to := g.at.sub(c.pos)
	dist := to.length()
	// Steer for a point on the line a little ahead, so that the line is held and not only its end reached.
	aim := to
	if line := g.at.sub(c.from); line.length() > 1 {
		unit := line.times(1 / line.length())
		done := c.pos.sub(c.from).dot(unit) + math.Max(4, 1.5*c.speed)
		aim = c.from.add(unit.times(math.Min(done, line.length()))).sub(c.pos)
	}
	if aim.length() < 0.5 {
		aim = to
	}
	want := math.Min(g.speed, p.Speed)
	after, stops := c.afterwards(g, ordered)
	reach := math.Max(2, c.speed*0.3)
	if stops {
		want = math.Min(want, math.Sqrt(1.4*p.Acceleration*dist))
		reach = 1.5
	} else {
		change := turn(to.course(), after)
		corner := cornerSpeed(want, change)
		// Begin the turn where an arc of the turn rate would meet the next line.
		radius := math.Max(c.speed, 0.5) / (p.Turn * math.Pi / 180)
		if half := math.Abs(change) / 2; half < 80 {
			reach = math.Max(reach, math.Min(radius*math.Tan(half*math.Pi/180), 30))
		}
		want = math.Min(want, math.Sqrt(corner*corner+1.4*p.Acceleration*math.Max(0, dist-reach)))
	}
	off := 0.0
	if aim.length() > 0 && dist > 0.3 {
		off = turn(c.track, aim.course())
	}
	if c.speed < 0.3 {
		// Standing still it turns on the spot before it goes.
		if math.Abs(off) > 20 {
			want = 0
		}
	} else if math.Abs(off) > 50 {
		want = math.Min(want, 0.2)
	}
	c.track = wrap360(c.track + clamp(off, p.Turn*s))
	c.speed += clamp(want-c.speed, p.Acceleration*s)
	c.pos = c.pos.add(heading(c.track).times(c.speed * s))
	left := g.at.sub(c.pos).length()
	switch {
	case ordered: // stays there until the order ends
	case stops && (left <= reach && c.speed < 1.2 || left < 0.4):
		c.arrive(g)
	case !stops && left <= reach+c.speed*s:
		c.advance()
	}
}

// afterwards answers the course of the line after goal g, and whether the craft stops at g.
func (c *craft) afterwards(g goal, ordered bool) (course float64, stops bool) {
	if ordered || g.exact {
		return 0, true
	}
	following := c.home
	if c.next+1 < len(c.lap) {
		following = c.lap[c.next+1]
	} else if c.lapsDone+1 < c.mission.Laps {
		following = c.lap[0]
	}
	line := following.at.sub(g.at)
	if line.length() < 0.1 {
		return g.at.sub(c.pos).course(), false
	}
	return line.course(), false
}

// arrive has stopped at g.
func (c *craft) arrive(g goal) {
	if g.land {
		c.phase = sinking
		return
	}
	c.phase, c.wake = holding, c.now+g.hold
}

// advance goes on to the next goal.
func (c *craft) advance() {
	c.forward()
	c.phase = flying
}

// forward makes the next goal the current one; the line to it begins at the one before.
func (c *craft) forward() {
	c.from = c.goalNow().at
	c.next++
	if c.next >= len(c.lap) {
		c.lapsDone++
		if c.lapsDone < c.mission.Laps {
			c.next = 0
		}
	}
}

func clamp(v, limit float64) float64 { return math.Max(-limit, math.Min(limit, v)) }
