package simulator

import (
	"math"
	"time"

	"lowsky/simulator/faults"
)

// verticalAcceleration is how quickly every craft changes its climb, m/s².
const verticalAcceleration = 2.5

// stepSeconds is [Step] as a number.
const stepSeconds = 0.2

// phase is what a craft is about.
type phase uint8

const (
	parked  phase = iota // on the ground until wake
	rising               // straight up to the height of the next goal
	flying               // towards the current goal
	holding              // at the current goal until wake
	sinking              // straight down
)

// motion is what one can see of a craft at an instant.
type motion struct {
	pos      vec
	agl      float64
	speed    float64 // over ground, m/s
	course   float64 // over ground, degrees
	nose     float64 // where it points, degrees
	climb    float64
	turn     float64 // of the course, degrees/s
	battery  float64
	airborne bool
}

// craft is the true state of one aircraft and the plan it follows. It moves in steps of [Step], on instants that are
// whole multiples of it, whoever asks and however often.
type craft struct {
	frame   frame
	profile *Profile
	mission *Mission
	lap     []goal
	home    goal

	now     time.Duration // of the state below
	is, was motion        // now, and a step before
	phase   phase
	wake    time.Duration
	pos     vec
	agl     float64
	speed   float64 // over ground, along track, as it steers
	track   float64 // course over ground, degrees, as it steers
	climb   float64

	lapsDone int
	next     int // goal of the lap; len(lap) is home
	homing   bool
	from     vec // where the present line to the goal begins
	spot     vec // where it is to hover or to come down
	flight   int // number of missions begun
	stayUp   bool

	battery  float64
	draining bool    // a battery_drop is at work
	drained  bool    // and done with, because the battery was changed
	drainTop float64 // what it held when the drop began

	errand errand // what it is ordered to
	air    air
}

func newCraft(a *Aircraft) craft {
	c := craft{frame: newFrame(a.Home), profile: a.Profile, mission: &a.Mission, battery: 100}
	c.lap = compile(&a.Mission, a.Profile, c.frame)
	last := c.lap[len(c.lap)-1]
	c.home = goal{agl: last.agl, speed: a.Profile.Speed, exact: true, land: true}
	c.now = -((-min(a.Mission.Start, 0) + Step - 1) / Step * Step)
	c.wake = a.Mission.Start
	c.is = c.seen()
	c.was = c.is
	return c
}

func (c *craft) airborne() bool { return c.phase != parked }

// seen answers the motion of the moment in still air.
func (c *craft) seen() motion {
	return motion{
		pos: c.pos, agl: c.agl, speed: c.speed, course: c.track, nose: c.track, climb: c.climb, battery: c.battery,
		airborne: c.airborne(),
	}
}

// at answers the motion at t, which is now or less than a step before: between two steps it goes evenly.
func (c *craft) at(t time.Duration) motion {
	if t >= c.now {
		return c.is
	}
	k := 1 - float64(c.now-t)/float64(Step)
	if k <= 0 {
		return c.was
	}
	a, b := &c.was, &c.is
	between := func(a, b float64) float64 { return a + (b-a)*k }
	angle := func(a, b float64) float64 { return wrap360(a + turn(a, b)*k) }
	return motion{
		pos: vec{between(a.pos.e, b.pos.e), between(a.pos.n, b.pos.n)}, agl: between(a.agl, b.agl),
		speed: between(a.speed, b.speed), course: angle(a.course, b.course), nose: angle(a.nose, b.nose),
		climb: between(a.climb, b.climb), turn: between(a.turn, b.turn), battery: a.battery, airborne: a.airborne,
	}
}

// goalNow is the goal the mission is about.
func (c *craft) goalNow() goal {
	if c.homing || c.next >= len(c.lap) {
		return c.home
	}
	return c.lap[c.next]
}

// step moves the craft on by [Step] under the knobs of this instant.
func (c *craft) step(k *faults.Knobs) {
	c.was = c.is
	c.now += Step
	c.drain(stepSeconds, k)
	c.move(stepSeconds, k)
	c.is = c.seen()
	if c.air.stirs(k) {
		c.blow(stepSeconds, k)
	}
	if c.is.speed >= 0.5 && c.was.speed >= 0.5 && c.is.course != c.was.course {
		c.is.turn = turn(c.was.course, c.is.course) / stepSeconds
	}
}

func (c *craft) move(s float64, k *faults.Knobs) {
	c.stayUp = k.StayUp
	switch c.phase {
	case parked:
		if c.now >= c.wake && k.Order != faults.Land && k.Order != faults.Home && k.Order != faults.Hold {
			c.takeOff()
		}
		return
	case rising:
		height := c.goalNow().agl
		c.vertical(s, height)
		if c.agl >= height-1 {
			c.phase, c.from = flying, c.pos
		}
		return
	case sinking:
		if !c.errand.landing || c.errand.same(k) {
			c.brake(s)
			c.descend(s)
			return
		}
	}
	if !c.errand.same(k) {
		c.begin(k)
	}
	g, ordered := c.ordered()
	if !ordered {
		g = c.goalNow()
		if !c.homing && c.battery < c.profile.ReturnAt {
			c.homing, c.from, c.phase = true, c.pos, flying
			g = c.home
		}
	}
	if k.AGL.OK {
		g.agl = k.AGL.Value
	}
	if k.Speed.OK {
		g.speed = k.Speed.Value
	}
	switch {
	case c.phase == sinking:
		c.brake(s)
		c.descend(s)
	case c.phase == holding:
		c.vertical(s, g.agl)
		c.brake(s)
		if c.now >= c.wake {
			c.advance()
		}
	case ordered:
		c.vertical(s, g.agl)
		c.orderly(s, g)
	default:
		c.vertical(s, g.agl)
		following, stops := c.afterwards(g)
		if c.horizontal(s, g, following, stops) {
			if stops {
				c.arrive(g)
			} else {
				c.advance()
			}
		}
	}
}

// drain lowers the battery: evenly in flight, and as a battery_drop orders.
func (c *craft) drain(s float64, k *faults.Knobs) {
	if c.airborne() {
		c.battery = max(0, c.battery-100*s/c.profile.Endurance.Seconds())
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
	c.battery = min(c.battery, to)
}

// takeOff leaves a pad on the way, or begins the next mission.
func (c *craft) takeOff() {
	c.phase = rising
	if c.errand.landing { // it goes on where it was told to come down
		c.errand.landing = false
		return
	}
	if c.homing || c.next == 0 && c.lapsDone == 0 {
		c.flight++
		c.homing = false
	}
}

// vertical brings the height towards agl within the limits of climb, sink and vertical acceleration.
func (c *craft) vertical(s, agl float64) {
	gap := agl - c.agl
	if gap == 0 && c.climb == 0 {
		return
	}
	want := math.Sqrt(verticalAcceleration * math.Abs(gap)) // half of what would just stop in time
	want = min(want, math.Abs(gap)/s)
	if gap < 0 {
		want = -min(want, c.profile.Sink)
	} else {
		want = min(want, c.profile.Climb)
	}
	c.climb += clamp(want-c.climb, verticalAcceleration*s)
	c.agl = max(0, c.agl+c.climb*s)
}

// descend sinks to the ground, slowly over the last metres, and parks.
func (c *craft) descend(s float64) {
	want := -min(c.profile.Sink, max(0.5, c.agl/4))
	c.climb += clamp(want-c.climb, verticalAcceleration*s)
	c.agl = max(0, c.agl+c.climb*s)
	if c.agl > 0 {
		return
	}
	c.agl, c.climb, c.speed = 0, 0, 0
	c.phase = parked
	if c.errand.landing { // on the ground until the order ends
		c.wake = c.now
		return
	}
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
	if c.speed == 0 {
		return
	}
	c.speed = max(0, c.speed-c.profile.Acceleration*s)
	c.pos = c.pos.add(heading(c.track).times(c.speed * s))
}

// horizontal flies towards g along the line from c.from, within the limits of turn, acceleration and speed, to stop there or
// to go on to following. True: it is there.
func (c *craft) horizontal(s float64, g goal, following vec, stops bool) bool {
	p := c.profile
	to := g.at.sub(c.pos)
	dist := to.length()
	// Steer for a point on the line a little ahead, so that the line is held and not only its end reached.
	aim := to
	line := g.at.sub(c.from)
	if long := line.length(); long > 1 {
		unit := line.times(1 / long)
		done := c.pos.sub(c.from).dot(unit) + max(4, 1.5*c.speed)
		aim = c.from.add(unit.times(min(done, long))).sub(c.pos)
	}
	if aim.dot(aim) < 0.25 {
		aim = to
	}
	want := min(g.speed, p.Speed)
	reach := max(2, c.speed*0.3)
	switch {
	case stops:
		want = min(want, math.Sqrt(1.4*p.Acceleration*dist))
		reach = 1.5
	case dist > corner+10 && 1+1.4*p.Acceleration*(dist-corner) > want*want: // it does not matter yet what comes then
	default:
		change := turn(to.course(), courseOn(c.pos, g.at, following))
		through := cornerSpeed(want, change)
		// Begin the turn where an arc of the turn rate would meet the next line.
		radius := max(c.speed, 0.5) / (p.Turn * math.Pi / 180)
		if half := math.Abs(change) / 2; half < 80 {
			reach = max(reach, min(radius*math.Tan(half*math.Pi/180), corner))
		}
		want = min(want, math.Sqrt(through*through+1.4*p.Acceleration*max(0, dist-reach)))
	}
	off := 0.0
	if dist > 0.3 && aim != (vec{}) {
		off = turn(c.track, aim.course())
	}
	if c.speed < 0.3 {
		// Standing still it turns on the spot before it goes.
		if math.Abs(off) > 20 {
			want = 0
		}
	} else if math.Abs(off) > 50 {
		want = min(want, 0.2)
	}
	if off != 0 {
		c.track = wrap360(c.track + clamp(off, p.Turn*s))
	}
	ahead := heading(c.track)
	want = min(want, c.air.most(ahead, p.Speed))
	c.speed += clamp(want-c.speed, p.Acceleration*s)
	c.pos = c.pos.add(ahead.times(c.speed * s))
	left := g.at.sub(c.pos).length()
	if stops {
		return left <= reach && c.speed < 1.2 || left < 0.4
	}
	return left <= reach+c.speed*s
}

// corner is how far before a goal a craft turns to the next one at most, metres.
const corner = 30

// afterwards answers the place to go to after goal g, and whether the craft stops at g.
func (c *craft) afterwards(g goal) (following vec, stops bool) {
	switch {
	case g.exact:
		return vec{}, true
	case c.next+1 < len(c.lap):
		return c.lap[c.next+1].at, false
	case c.lapsDone+1 < c.mission.Laps || c.stayUp:
		return c.lap[0].at, false
	}
	return c.home.at, false
}

// courseOn answers the course from b to the place after it; where that is the same, the one from a to b.
func courseOn(a, b, after vec) float64 {
	line := after.sub(b)
	if line.dot(line) < 0.01 {
		line = b.sub(a)
	}
	return line.course()
}

// arrive has stopped at g.
func (c *craft) arrive(g goal) {
	c.spot = g.at
	switch {
	case g.land && c.stayUp && c.next >= len(c.lap) && !c.homing: // and off again
		c.lapsDone, c.next, c.from = 0, 0, c.pos
	case g.land:
		c.phase = sinking
	default:
		c.phase, c.wake = holding, c.now+g.hold
	}
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
		if c.lapsDone < c.mission.Laps || c.stayUp {
			c.next = 0
		}
	}
}

func clamp(v, limit float64) float64 { return max(-limit, min(limit, v)) }
