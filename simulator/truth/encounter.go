package truth

import "math"

// encounter is two movers at one instant, with where they go.
type encounter struct {
	a, b        *mover
	h, v        float64 // minima
	p, vel      vec     // of the other, seen from the one
	z, up       float64
	apart, high float64 // distances now
	bound       float64 // that the difference of heights may be off; +Inf: not known
	past        float64
}

func (o *separationOracle) meeting(a, b *mover, crewed bool) encounter {
	e := encounter{a: a, b: b, p: b.p.minus(a.p), vel: b.v.minus(a.v), z: b.z - a.z, up: b.up - a.up, bound: math.Inf(1)}
	e.h, e.v = o.minima(crewed)
	e.apart, e.high = e.p.length(), math.Abs(e.z)
	for _, f := range [...]heightFrame{aboveEllipsoid, aboveSea} {
		if x, y := &a.about[f], &b.about[f]; x.known && y.known && !b.blind {
			e.bound = min(e.bound, x.bound+y.bound)
		}
	}
	return e
}

// miss answers by how much the minima are broken, metres across, or, below 0, by how much the farther of the two is kept.
func (e *encounter) miss() float64 {
	if e.high >= e.v {
		return -max(e.high-e.v, e.apart-e.h)
	}
	return e.h - e.apart
}

// at answers the distances in t seconds if both fly straight on.
func (e *encounter) at(t float64) (across, up float64) {
	return e.p.plus(e.vel.times(t)).length(), math.Abs(e.z + e.up*t)
}

// broken reports whether the minima are broken for certain in t seconds, straight on and whatever the noise of the speeds.
func (o *separationOracle) broken(e *encounter, t float64) bool {
	across, up := e.at(t)
	return across < e.h-o.sure-o.noise*t && up+e.bound < e.v-o.sureV-o.noise*t
}

// thinkable reports whether they may break the minima within so many seconds, by anything like their present flight.
func (o *separationOracle) thinkable(e *encounter, seconds float64) bool {
	const stride = 0.5
	unknown := e.bound
	if math.IsInf(unknown, 1) {
		unknown = 1e9
	}
	slack := e.vel.length() * stride / 2
	for t := 0.0; ; t = min(t+stride, seconds) {
		across, up := e.at(t)
		wide := (e.a.widen+e.b.widen)*t + e.a.bent(t) + e.b.bent(t)
		if across-slack < e.h+o.sure+wide && up-math.Abs(e.up)*stride/2 < e.v+o.sureV+unknown+o.noise*t {
			return true
		}
		if t >= seconds {
			return false
		}
	}
}

// cautioning classes that they are to come too near within the longer look-ahead.
func (o *separationOracle) cautioning(e *encounter) class {
	if !o.thinkable(e, o.caution+3) {
		return no
	}
	if e.a.steady && e.b.steady {
		for t := 0.0; t <= o.caution-3; t += 0.25 {
			if o.broken(e, t) {
				return yes
			}
		}
	}
	return maybe
}

// alarming classes that they are too near, or that their closest approach is within the shorter look-ahead.
func (o *separationOracle) alarming(e *encounter) class {
	if o.broken(e, 0) {
		return yes
	}
	if !o.thinkable(e, o.alarm+3) {
		return no
	}
	if !e.a.steady || !e.b.steady {
		return maybe
	}
	if math.Abs(e.up) < 0.3 { // then they are worst where they are nearest
		closest := 0.0
		if s := e.vel.dot(e.vel); s > 0 {
			closest = max(0, -e.p.dot(e.vel)/s)
		}
		if closest <= o.alarm-3 && o.broken(e, closest) {
			return yes
		}
		return maybe
	}
	last := -1.0
	for t := 0.0; t <= o.caution; t += 0.25 {
		if o.broken(e, t) {
			last = t
		}
	}
	if last >= 0 && last <= o.alarm-3 {
		return yes
	}
	return maybe
}
