package airspace

import (
	"math"
	"time"

	"lowsky"
)

// How a fix that is not of this instant is carried on, and how much less it is worth then.
const (
	growth     = 2.0 // m/s by which a position is known less well with every second that it is old …
	growthPart = 0.1 // … and this part of the ground speed on top
	climbPart  = 1.0 // m/s by which its height is

	// assumedUncrewed and assumedCrewed stand for a ground speed that is not known, m/s: nothing is said about where such
	// an aircraft will be, but who it could come near to is unjudged, not clear.
	assumedUncrewed = 20.0
	assumedCrewed   = 80.0

	turnLeast = 0.5 * radian // rad/s: less is flown straight
	turnStep  = 0.5          // s between the knots of a turn: 15 m/s at 30°/s leave the chord by 6 cm
)

// Mover is one aircraft in the air as the separation pass takes it: one fix, and how it moves. Its numbers are finite.
type Mover struct {
	Position lowsky.Position // as reported; its heights are those known
	Age      time.Duration   // of the fix at the instant of the pass; a little below zero where it came since
	// East, North and Up are its velocity over ground. NoVelocity: the horizontal one is not known.
	East, North, Up lowsky.MetresPerSecond
	NoVelocity      bool
	Turn            lowsky.Degrees // per second, clockwise; 0 flies straight or unknown
	// Accuracy of the fix: how far it may be off. Absent is PairReach.Accuracy.
	Accuracy, VerticalAccuracy lowsky.Opt[lowsky.Metres]
	Crewed                     bool
	Formation                  int32         // movers of one number above 0 fly together and are not judged against each other
	NoHeight                   lowsky.Reason // why Position has no height although one is reported (ReasonNoQNH); "" otherwise
}

// Encounter is what became of a pair.
type Encounter struct {
	Now, Closest lowsky.Approach
	Reason       lowsky.Reason // only Now is known, and why; "" otherwise
}

// meeting is a pair in a local frame: metres east, north and up of the first, which stands still.
type meeting struct {
	x, y, z          float64 // now
	a, b             motion
	vz               float64
	hBound, vBound   float64
	hMinima, vMinima float64
	blind            lowsky.Reason // no common height, and why
}

// inSeconds is d.Seconds() without its division, which is a tenth of a pass.
func inSeconds(d time.Duration) float64 { return float64(d) * 1e-9 }

// motion is a horizontal velocity that turns by a constant rate.
type motion struct{ east, north, turn float64 } // m/s, rad/s clockwise

func motionOf(m *Mover) motion {
	if m.NoVelocity {
		return motion{}
	}
	w := motion{float64(m.East), float64(m.North), float64(m.Turn) * radian}
	if math.Abs(w.turn) < turnLeast || w.east*w.east+w.north*w.north < 1 {
		w.turn = 0
	}
	return w
}

// way answers how far it comes in t seconds, along the arc.
func (w *motion) way(t float64) (east, north float64) {
	if w.turn == 0 {
		return w.east * t, w.north * t
	}
	// ∫ of the velocity turned clockwise by turn·t.
	s, c := math.Sincos(w.turn * t)
	s, c = s/w.turn, (1-c)/w.turn
	return w.east*s + w.north*c, w.north*s - w.east*c
}

// middle answers the middle of the circle that it flies, from where it is, and radius how wide that is. It must turn.
func (w *motion) middle() (east, north float64) { return w.north / w.turn, -w.east / w.turn }

func (w *motion) radius() float64 { return w.speed() / math.Abs(w.turn) }

func (w *motion) speed() float64 { return math.Sqrt(w.east*w.east + w.north*w.north) }

// horizontalBound is how far the place of a mover may be off at the instant of the pass, metres.
func horizontalBound(m *Mover, r *lowsky.PairReach) float64 {
	return boundAt(m, r, math.Sqrt(float64(m.East*m.East+m.North*m.North)))
}

func boundAt(m *Mover, r *lowsky.PairReach, speed float64) float64 {
	age, drift := math.Abs(inSeconds(m.Age)), growth+growthPart*speed
	if m.NoVelocity {
		drift = assumedSpeed(m.Crewed)
	}
	return knownTo(m, m.Accuracy, r.Accuracy.Horizontal, r.Cap.Horizontal) + age*drift
}

func verticalBound(m *Mover, r *lowsky.PairReach) float64 {
	return knownTo(m, m.VerticalAccuracy, r.Accuracy.Vertical, r.Cap.Vertical) + math.Abs(inSeconds(m.Age))*climbPart
}

// knownTo answers an accuracy, the fallback where none is reported, and never above limit: a device that reports a
// kilometre would alert on everybody. What is known of crewed traffic stands as it is.
func knownTo(m *Mover, reported lowsky.Opt[lowsky.Metres], fallback, limit lowsky.Metres) float64 {
	switch {
	case !reported.OK || !lowsky.Finite(reported.Value) || reported.Value < 0:
		return float64(fallback)
	case m.Crewed:
		return float64(reported.Value)
	}
	return float64(min(reported.Value, limit))
}

func assumedSpeed(crewed bool) float64 {
	if crewed {
		return assumedCrewed
	}
	return assumedUncrewed
}

// Widest answers a reach that holds both.
func Widest(a, b lowsky.PairReach) lowsky.PairReach {
	wider := func(x, y lowsky.Minima) lowsky.Minima {
		return lowsky.Minima{Horizontal: max(x.Horizontal, y.Horizontal), Vertical: max(x.Vertical, y.Vertical)}
	}
	return lowsky.PairReach{
		LookAhead: max(a.LookAhead, b.LookAhead), Uncrewed: wider(a.Uncrewed, b.Uncrewed), Crewed: wider(a.Crewed, b.Crewed),
		Margin: wider(a.Margin, b.Margin), Accuracy: wider(a.Accuracy, b.Accuracy), Cap: wider(a.Cap, b.Cap),
		MaxAge: max(a.MaxAge, b.MaxAge), MaxQNHAge: max(a.MaxQNHAge, b.MaxQNHAge),
	}
}

// Closest works out how near two movers are and will be within the look-ahead, both going on as they do: straight or
// along an arc of constant turn, climbing or descending at a constant rate. It is exact for straight flight, and within
// a few centimetres of the arcs otherwise.
//
// Heights are compared in a datum that both have (ellipsoid, then mean sea level of the same geoid), else both above the
// ellipsoid by [Convert]; nothing is assumed. Without a common height Closest is where they are nearest horizontally.
// Reason is set where one of them has no known velocity.
func Closest(a, b *Mover, r *lowsky.PairReach, t Terrain) Encounter {
	var m meeting
	m.meet(a, b, r, t)
	horizon := inSeconds(r.LookAhead)
	e := Encounter{Now: m.approach(0)}
	if a.NoVelocity || b.NoVelocity {
		e.Closest, e.Reason = e.Now, lowsky.ReasonNoSpeed
		return e
	}
	e.Closest = m.approach(m.worst(horizon))
	return e
}

func (m *meeting) meet(a, b *Mover, r *lowsky.PairReach, t Terrain) {
	minima := r.Minima(a.Crewed || b.Crewed)
	m.a, m.b = motionOf(a), motionOf(b)
	m.x, m.y = local(float64(a.Position.Longitude), float64(a.Position.Latitude), float64(b.Position.Longitude), float64(b.Position.Latitude))
	ax, ay := m.a.way(inSeconds(a.Age))
	bx, by := m.b.way(inSeconds(b.Age))
	m.x, m.y = m.x+bx-ax, m.y+by-ay
	m.a.advance(inSeconds(a.Age))
	m.b.advance(inSeconds(b.Age))
	m.hBound = max(horizontalBound(a, r)+horizontalBound(b, r), float64(r.Margin.Horizontal))
	m.hMinima, m.vMinima = float64(minima.Horizontal), float64(minima.Vertical)
	za, zb, between, why := commonHeight(a, b, t)
	if why != "" {
		m.blind = why
		return
	}
	m.z = zb + float64(b.Up)*inSeconds(b.Age) - za - float64(a.Up)*inSeconds(a.Age)
	m.vz = float64(b.Up) - float64(a.Up)
	m.vBound = max(between+verticalBound(a, r)+verticalBound(b, r), float64(r.Margin.Vertical))
}

// advance turns the velocity to what it is t seconds later.
func (w *motion) advance(t float64) {
	if w.turn != 0 {
		s, c := math.Sincos(w.turn * t)
		w.east, w.north = w.east*c+w.north*s, w.north*c-w.east*s
	}
}

// commonHeight answers the heights of both in one datum and the bound of bringing them there.
func commonHeight(a, b *Mover, t Terrain) (za, zb, bound float64, why lowsky.Reason) {
	p, q := &a.Position, &b.Position
	switch {
	case finite(p.HAE) && finite(q.HAE):
		return float64(p.HAE.Value), float64(q.HAE.Value), 0, ""
	case finite(p.AMSL) && finite(q.AMSL) && (frame{lowsky.AMSL, p.AMSLGeoid}).same(frame{lowsky.AMSL, q.AMSLGeoid}):
		return float64(p.AMSL.Value), float64(q.AMSL.Value), 0, ""
	}
	ca, cb := Converted{}, Converted{}
	if ca, _, why = inFrame(p, frame{datum: lowsky.Ellipsoid}, t); why != "" {
		return 0, 0, 0, whyNone(a, why)
	}
	if cb, _, why = inFrame(q, frame{datum: lowsky.Ellipsoid}, t); why != "" {
		return 0, 0, 0, whyNone(b, why)
	}
	return float64(ca.Altitude.Metres), float64(cb.Altitude.Metres), float64(ca.Bound + cb.Bound), ""
}

func whyNone(m *Mover, why lowsky.Reason) lowsky.Reason {
	if why == lowsky.ReasonNoHeight && m.NoHeight != "" {
		return m.NoHeight
	}
	return why
}

func finite(v lowsky.Opt[lowsky.Metres]) bool { return v.OK && lowsky.Finite(v.Value) }

// at answers where the second is from the first after t seconds.
func (m *meeting) at(t float64) (x, y, z float64) {
	ax, ay := m.a.way(t)
	bx, by := m.b.way(t)
	return m.x + bx - ax, m.y + by - ay, m.z + m.vz*t
}

func (m *meeting) approach(t float64) lowsky.Approach {
	x, y, z := m.at(t)
	a := lowsky.Approach{
		In:         time.Duration(math.Round(t*1000)) * time.Millisecond,
		Horizontal: hundredths(math.Sqrt(x*x + y*y)), HorizontalBound: hundredths(m.hBound), Reason: m.blind,
	}
	if m.blind == "" {
		a.Vertical, a.VerticalBound = lowsky.Some(hundredths(math.Abs(z))), hundredths(m.vBound)
	}
	return a
}

func hundredths(v float64) lowsky.Metres { return lowsky.Metres(math.Round(v*100) / 100) }

// worst answers the instant in [0, horizon] at which the minima are broken most, or missed by least.
//
// Between knots the way is straight, so horizontal and vertical distance are convex there, and so is the larger of the
// two in units of their minima: it is least at an end, where one of them is least, or where they are equal.
func (m *meeting) worst(horizon float64) float64 {
	nominal := m.search(horizon, 0, 0)
	if m.blind != "" || nominal.most < 1 {
		return nominal.t
	}
	if bounded := m.search(horizon, m.hBound, m.vBound); bounded.most < 1 {
		return bounded.t
	}
	return nominal.t
}

// reading is how near the two are at an instant: the larger of both distances in units of the minima, bounds taken off,
// then the horizontal distance.
type reading struct{ t, most, beside float64 }

func (r *reading) better(o *reading) bool {
	const same = 1e-9
	return r.most < o.most-same || r.most <= o.most+same && r.beside < o.beside-same
}

func (m *meeting) search(horizon, hOff, vOff float64) reading {
	best := reading{most: math.Inf(1)}
	step := horizon
	if m.a.turn != 0 || m.b.turn != 0 {
		step = turnStep
	}
	closing := m.a.speed() + m.b.speed()
	x, y, z := m.at(0)
	for from := 0.0; ; {
		to := min(from+step, horizon)
		if best.most < math.Inf(1) { // until they could be as near as they were there is nothing to look at
			if far := math.Sqrt(x*x+y*y) - hOff - best.most*m.hMinima; far > closing*step {
				if from += far / closing; from >= horizon {
					return best
				}
				x, y, z = m.at(from)
				to = min(from+step, horizon)
			}
		}
		x1, y1, z1 := m.at(to)
		c := stretch{m, from, to, [3]float64{x, y, z}, [3]float64{x1 - x, y1 - y, z1 - z}, hOff, vOff}
		c.search(&best)
		if to >= horizon {
			return best
		}
		x, y, z, from = x1, y1, z1, to
	}
}

// stretch is the straight way of the second from one knot to the next, as the first sees it.
type stretch struct {
	m          *meeting
	from, to   float64
	p, d       [3]float64 // where it begins, and from there to its end
	hOff, vOff float64
}

// apart answers both distances in units of their minima at part s of it, bounds taken off, and the horizontal
// distance.
func (c *stretch) apart(s float64) (h, v, beside float64) {
	x, y := c.p[0]+c.d[0]*s, c.p[1]+c.d[1]*s
	beside = math.Sqrt(x*x + y*y)
	if c.m.blind == "" {
		v = max(0, math.Abs(c.p[2]+c.d[2]*s)-c.vOff) / c.m.vMinima
	}
	return max(0, beside-c.hOff) / c.m.hMinima, v, beside
}

// try reads part s of it, and reports whether the horizontal distance counted there.
func (c *stretch) try(best *reading, s float64) bool {
	h, v, beside := c.apart(s)
	r := reading{t: c.from + (c.to-c.from)*s, most: max(h, v), beside: beside}
	if r.better(best) {
		*best = r
	}
	return h >= v
}

// search looks for a better reading on the stretch.
func (c *stretch) search(best *reading) {
	beside := c.try(best, 0)
	ww, rw := c.d[0]*c.d[0]+c.d[1]*c.d[1], c.p[0]*c.d[0]+c.p[1]*c.d[1]
	if nearest := -rw / ww; ww > 0 && nearest > 0 {
		beside = c.try(best, min(nearest, 1))
	}
	if beside {
		return // where they are nearest horizontally nothing but that counts: no other instant is worse
	}
	within := func(s float64) bool { return s >= 0 && s <= 1 }
	if s := -c.p[2] / c.d[2]; c.d[2] != 0 && within(s) {
		c.try(best, s)
	}
	// |r + s·w| = hOff + k·(±(z + s·dz) − vOff): both are equally near.
	k := c.m.hMinima / c.m.vMinima
	for _, sign := range [...]float64{1, -1} {
		far, d := c.hOff+k*(sign*c.p[2]-c.vOff), k*sign*c.d[2]
		low, high, ok := roots(ww-d*d, 2*(rw-far*d), c.p[0]*c.p[0]+c.p[1]*c.p[1]-far*far)
		if ok && within(low) {
			c.try(best, low)
		}
		if ok && within(high) {
			c.try(best, high)
		}
	}
	c.try(best, 1)
}

// roots solves a·s² + b·s + c = 0.
func roots(a, b, c float64) (low, high float64, ok bool) {
	if a == 0 {
		if b == 0 {
			return 0, 0, false
		}
		return -c / b, -c / b, true
	}
	d := b*b - 4*a*c
	if d < 0 {
		return 0, 0, false
	}
	q := -(b + math.Copysign(math.Sqrt(d), b)) / 2
	if q == 0 {
		return 0, 0, true
	}
	return q / a, c / q, true
}
