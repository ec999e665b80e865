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
	e.h, e.v = o.uncrewed.across, o.uncrewed.up
	if crewed {
		e.h, e.v = o.crewed.across, o.crewed.up
	}
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

// mayMeet reports whether two who are d apart could come within reach of each other within the longer look-ahead: one that
// flies straight on its line, one that turns anywhere on its circle as well.
func (o *separationOracle) mayMeet(a, b *mover, p vec, d, reach float64) bool {
	seconds := o.caution + 3
	if d > reach+(a.speed+b.speed)*seconds {
		return false
	}
	if a.winding || b.winding {
		return true
	}
	for i := -1; i < len(a.turns); i++ {
		for k := -1; k < len(b.turns); k++ {
			if a.may(i) && b.may(k) && comeNear(a, b, i, k, p, reach, seconds) {
				return true
			}
		}
	}
	return false
}

// comeNear reports whether two on these of their ways may come within reach in so many seconds. It takes circles whole.
func comeNear(a, b *mover, i, k int, p vec, reach, seconds float64) bool {
	ca, va, ra := a.way(i)
	cb, vb, rb := b.way(k)
	q, v := p.plus(cb).minus(ca), vb.minus(va)
	t := 0.0
	if s := v.dot(v); s > 0 {
		t = max(0, min(seconds, -q.dot(v)/s))
	}
	q = q.plus(v.times(t))
	return q.dot(q) <= (reach+ra+rb)*(reach+ra+rb)
}

// may reports whether the mover has an i-th way to go on: -1 straight, others with one of its turns.
func (m *mover) may(i int) bool { return i < 0 || m.turns[i] != 0 }

// way answers the i-th way of a mover: a place from where it is that moves, and how far from that it may be.
func (m *mover) way(i int) (centre, velocity vec, radius float64) {
	if i < 0 {
		return vec{}, m.v, 0
	}
	turn := m.turns[i] * radian
	// The middle of its circle lies to the right of a right turn.
	return vec{m.v.n, -m.v.e}.times(1 / turn), vec{}, m.speed / math.Abs(turn)
}

// goes answers where the i-th way leads in t seconds, from where the mover is.
func (m *mover) goes(i int, t float64) vec {
	if i < 0 {
		return m.v.times(t)
	}
	turn := m.turns[i] * radian
	sin, cos := math.Sincos(turn * t)
	right := vec{m.v.n, -m.v.e}.times(1 / turn)
	return right.times(1 - cos).plus(m.v.times(sin / turn))
}

// thinkable answers in how many seconds they may break the minima first, by anything like their present flight, and +Inf
// beyond the longer look-ahead. Below the shorter one it is content with any.
func (o *separationOracle) thinkable(e *encounter) float64 {
	first, seconds := math.Inf(1), o.caution+3
	if e.high-e.v-o.sureV-e.bound > (math.Abs(e.up)+o.noise)*seconds {
		return first
	}
	if e.a.winding || e.b.winding { // as if they flew straight at each other
		if t := ahead(e.apart-e.h-o.sure, e.a.speed+e.b.speed+o.noise); t <= seconds {
			return t
		}
		return first
	}
	reach := e.h + o.sure + (e.a.widen+e.b.widen)*seconds
	for i := -1; i < len(e.a.turns); i++ {
		for k := -1; k < len(e.b.turns); k++ {
			if e.a.may(i) && e.b.may(k) && comeNear(e.a, e.b, i, k, e.p, reach, seconds) {
				if first = min(first, o.meets(e, i, k, min(seconds, first))); first <= o.alarm {
					return first
				}
			}
		}
	}
	return first
}

// meets looks along one way of each. It goes ahead by as much as their distance allows.
func (o *separationOracle) meets(e *encounter, i, k int, seconds float64) float64 {
	const stride = 0.5
	wide, closing := e.a.widen+e.b.widen, e.vel.length()
	if i >= 0 || k >= 0 {
		closing = e.a.speed + e.b.speed
	}
	vertical := e.v + o.sureV
	if !math.IsInf(e.bound, 1) {
		vertical += e.bound
	} else {
		vertical = math.Inf(1)
	}
	for t := 0.0; ; {
		across := e.p.plus(e.b.goes(k, t)).minus(e.a.goes(i, t)).length() - e.h - o.sure - wide*t
		up := math.Abs(e.z+e.up*t) - vertical - o.noise*t
		if across < closing*stride/2 && up < math.Abs(e.up)*stride/2 {
			return t
		}
		if t >= seconds {
			return math.Inf(1)
		}
		t = min(seconds, t+max(stride, ahead(across, closing+wide), ahead(up, math.Abs(e.up)+o.noise)))
	}
}

// classes answers both levels: that they are to come too near within the longer look-ahead, and that they are too near or
// have their closest approach within the shorter one.
func (o *separationOracle) classes(e *encounter) (ahead, too class) {
	if o.broken(e, 0) {
		return yes, yes
	}
	first := o.thinkable(e)
	if first > o.caution+3 {
		return no, no
	}
	if ahead = maybe; first <= o.alarm+3 {
		too = maybe
	}
	if !e.a.steady || !e.b.steady {
		return ahead, too
	}
	begin, end := -1.0, -1.0 // of being broken, straight on
	for t := 0.0; t <= o.caution; t += 0.25 {
		if o.broken(e, t) {
			if begin < 0 {
				begin = t
			}
			end = t
		}
	}
	if begin < 0 || begin > o.caution-3 {
		return ahead, too
	}
	worst := end
	if math.Abs(e.up) < 0.3 { // then they are worst where they are nearest
		worst = 0
		if s := e.vel.dot(e.vel); s > 0 {
			worst = max(0, -e.p.dot(e.vel)/s)
		}
	}
	if worst <= o.alarm-3 {
		too = yes
	}
	return yes, too
}
