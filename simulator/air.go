package simulator

import (
	"math"
	"math/rand/v2"

	"lowsky/simulator/faults"
)

const (
	gustTau = 3.0 // how long a gust of the weather lasts, time constant, s
	gustLag = 1.5 // how slowly a gust that a fault orders comes and goes, s
	windLag = 1.0 // how late the autopilot counters a change of the wind, s
)

// air is the wind round one craft. Each craft has gusts of its own: a first-order Gauss–Markov process on the steps.
type air struct {
	steady vec // m/s, where it blows to
	sigma  float64
	random *rand.Rand // nil without gusts
	gust   vec
	extra  vec // of faults
	known  vec // what the autopilot holds against
	blows  bool
}

// newAir begins with the steady wind, to which the craft is used.
func newAir(w Weather, random *rand.Rand) air {
	a := air{steady: heading(w.WindFrom + 180).times(w.WindSpeed), sigma: w.Gust, random: random}
	if w.WindSpeed == 0 {
		a.steady = vec{}
	}
	if a.sigma > 0 {
		a.gust = vec{a.sigma * random.NormFloat64(), a.sigma * random.NormFloat64()}
	}
	a.known = a.steady
	a.blows = a.steady != vec{} || a.sigma > 0
	return a
}

// stirs reports whether there is any wind to reckon with.
func (a *air) stirs(k *faults.Knobs) bool {
	return a.blows || k.Gust.East != 0 || k.Gust.North != 0 || a.extra != vec{} || a.known != vec{}
}

// step answers the wind of the next step.
func (a *air) step(s float64, k *faults.Knobs) vec {
	if a.sigma > 0 {
		keep := math.Exp(-s / gustTau)
		fresh := a.sigma * math.Sqrt(1-keep*keep)
		a.gust = vec{a.gust.e*keep + fresh*a.random.NormFloat64(), a.gust.n*keep + fresh*a.random.NormFloat64()}
	}
	a.extra = a.extra.add(vec{k.Gust.East, k.Gust.North}.sub(a.extra).times(s / gustLag))
	wind := a.steady.add(a.gust).add(a.extra)
	a.known = a.known.add(wind.sub(a.known).times(s / windLag))
	if !a.blows && k.Gust.East == 0 && k.Gust.North == 0 && a.known.dot(a.known) < 1e-6 && a.extra.dot(a.extra) < 1e-6 {
		a.extra, a.known = vec{}, vec{}
	}
	return wind
}

// most answers the ground speed in a direction that can be held against the wind with an air speed of limit; where the
// cross wind alone is more than that, nearly none.
func (a *air) most(ahead vec, limit float64) float64 {
	if a.known == (vec{}) {
		return limit
	}
	cross := ahead.e*a.known.n - ahead.n*a.known.e
	if math.Abs(cross) >= limit {
		return 0.1
	}
	return math.Max(0.1, ahead.dot(a.known)+math.Sqrt(limit*limit-cross*cross))
}

// blow lets the wind of this step act: the craft flies through the air what it steers over ground less the wind that it
// knows, at most its profile's speed, and the true wind carries it. The nose points where it flies through the air.
func (c *craft) blow(s float64, k *faults.Knobs) {
	wind := c.air.step(s, k)
	if !c.airborne() {
		return
	}
	ground := heading(c.track).times(c.speed)
	back := vec{}
	if c.phase == holding || c.phase == sinking || c.errand.there {
		// Blown off its spot it goes back.
		if off := c.spot.sub(c.pos); off.dot(off) > 1 {
			back = off.times(0.5)
			if l := back.length(); l > 3 {
				back = back.times(3 / l)
			}
		}
	}
	through := ground.add(back).sub(c.air.known)
	if l := through.length(); l > c.profile.Speed {
		through = through.times(c.profile.Speed / l)
	}
	over := through.add(wind)
	c.pos = c.pos.add(over.sub(ground).times(s))
	c.is.pos, c.is.speed = c.pos, over.length()
	if c.is.speed > 0.05 {
		c.is.course = over.course()
	}
	if c.speed >= 0.5 {
		c.is.nose = through.course()
	}
}
