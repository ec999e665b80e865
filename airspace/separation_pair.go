package airspace

import "math"

// consider looks whether two movers come so near that the pair has to be worked out, and then does.
func (s *Separation) consider(p, q *spot) {
	if p.formation == q.formation && p.formation > 0 {
		return
	}
	s.tests += 2
	if p.at > q.at {
		p, q = q, p
	}
	minima := s.reach.Minima(p.crewed || q.crewed)
	m := meeting{
		x: wrapDegrees(q.lon-p.lon) * float64(p.east+q.east) / 2, y: (q.lat - p.lat) * float64(p.north+q.north) / 2,
		a: p.motion(), b: q.motion(), hBound: max(float64(p.bound+q.bound), float64(s.reach.Margin.Horizontal)),
		hMinima: float64(minima.Horizontal), vMinima: float64(minima.Vertical),
	}
	limit := m.hMinima + m.hBound + 1       // the local frame here is rougher
	from, to, near := 0.0, s.horizon, false // when they may be within the limit
	blind := p.blind || q.blind
	if blind {
		near = s.mayCome(&m, p, q)
	} else {
		from, to, near = m.circles(limit, s.horizon)
	}
	if !near {
		return
	}
	high := p.high && q.high
	if high {
		m.z, m.vz = float64(q.z-p.z), float64(q.up-p.up)
		m.vBound = max(float64(p.zBound+q.zBound), float64(s.reach.Margin.Vertical))
		most := m.vMinima + m.vBound + 0.1
		if a, b := m.z+m.vz*from, m.z+m.vz*to; min(a, b) > most || max(a, b) < -most {
			return
		}
	}
	if !blind && (m.a.turn != 0 || m.b.turn != 0) {
		s.tests += costTurning
		if !m.nears(limit, from, to) {
			return
		}
	}
	s.tests += costFound
	var e Encounter
	if high && !blind {
		e = Encounter{Now: m.approach(0), Closest: m.approach(m.worst(s.horizon))}
	} else {
		e = Closest(&s.movers[p.at], &s.movers[q.at], &s.reach, s.terrain)
	}
	if e.Reason != "" || e.Now.MayBreak(minima) || e.Closest.MayBreak(minima) {
		s.found = append(s.found, Near{int(p.at), int(q.at), e})
	}
}

// mayCome reports whether two of which one has no velocity could come near each other, wherever that flies.
func (s *Separation) mayCome(m *meeting, p, q *spot) bool {
	x, y, _ := m.at(s.horizon / 2)
	most, least := m.hMinima+2, float64(s.reach.Margin.Horizontal)/2
	most += s.come(&m.a, m.a.speed(), p.crewed, p.blind) + max(float64(p.bound), least)
	most += s.come(&m.b, m.b.speed(), q.crewed, q.blind) + max(float64(q.bound), least)
	return x*x+y*y <= most*most
}

// circles answers from when to when, in [0, horizon], the two may be within limit of each other: those that fly straight
// as they do, and those that turn anywhere on their circle.
func (m *meeting) circles(limit, horizon float64) (from, to float64, ok bool) {
	x, y, vx, vy := m.x, m.y, m.b.east-m.a.east, m.b.north-m.a.north
	if m.a.turn != 0 {
		cx, cy := m.a.middle()
		x, y, vx, vy = x-cx, y-cy, vx+m.a.east, vy+m.a.north
		limit += m.a.radius()
	}
	if m.b.turn != 0 {
		cx, cy := m.b.middle()
		x, y, vx, vy = x+cx, y+cy, vx-m.b.east, vy-m.b.north
		limit += m.b.radius()
	}
	return within(x, y, vx, vy, limit, horizon)
}

// within answers from when to when, in [0, horizon], something at (x, y) that moves by (vx, vy) is within limit of the
// origin.
func within(x, y, vx, vy, limit, horizon float64) (enter, leave float64, ok bool) {
	c := x*x + y*y - limit*limit
	b := x*vx + y*vy
	if c > 0 && b >= 0 {
		return 0, 0, false // outside, and not coming nearer
	}
	a := vx*vx + vy*vy
	if a < 1e-9 {
		return 0, horizon, c <= 0
	}
	d := b*b - a*c
	if d < 0 {
		return 0, 0, false
	}
	d = math.Sqrt(d)
	enter, leave = max(0, (-b-d)/a), min(horizon, (-b+d)/a)
	return enter, leave, enter <= horizon
}

// nears reports whether the two come within limit of each other between two instants, one of them turning. It strides: as
// long as they are further apart than limit, they cannot meet before they have covered the rest between them.
func (m *meeting) nears(limit, from, to float64) bool {
	closing := m.a.speed() + m.b.speed()
	limit += closing * turnStep / 4 // so that the shortest stride leaps over no graze
	for t := from; ; {
		x, y, _ := m.at(t)
		apart := math.Sqrt(x*x + y*y)
		if apart <= limit {
			return true
		}
		if t >= to {
			return false
		}
		t = min(t+max((apart-limit)/closing, turnStep/2), to)
	}
}
