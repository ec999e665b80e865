package simulator

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
)

// rim is the outline of a zone on a flat map of its own, buffer included: what a fault that is placed by a zone goes by.
// Plain geometry, apart from the engine's.
type rim struct {
	frame frame
	parts []patch
}

// patch is one area: everything within widen of its outline or, where that is closed, inside it.
type patch struct {
	line   []vec // closed: the last is the first. A circle's is its centre alone
	closed bool
	widen  float64
}

// newRim reads the areas of all volumes; heights do not matter here.
func newRim(z *lowsky.Zone) *rim {
	r := &rim{}
	place := func(p orb.Point) vec {
		if r.frame == (frame{}) {
			r.frame = newFrame(Point{p[0], p[1]})
		}
		return r.frame.vec(Point{p[0], p[1]})
	}
	places := func(points []orb.Point) []vec {
		out := make([]vec, len(points))
		for i, p := range points {
			out[i] = place(p)
		}
		return out
	}
	buffer := float64(z.Buffer.Or(0))
	for i := range z.VolumeCount() {
		switch g := z.Volume(i).Geometry; {
		case g.IsCircle():
			r.parts = append(r.parts, patch{line: []vec{place(g.Centre)}, widen: float64(g.Radius) + buffer})
		case g.IsCorridor():
			r.parts = append(r.parts, patch{line: places(g.Line), widen: float64(g.Width)/2 + buffer})
		default:
			for _, p := range g.Polygons {
				if len(p) > 0 {
					r.parts = append(r.parts, patch{line: places(p[0]), closed: true, widen: buffer})
				}
			}
		}
	}
	return r
}

// nearest answers the place of the rim nearest to v, the direction out of the zone there, and how far v lies outside,
// negative inside. Of several areas the one counts in which v lies deepest, or to which it is nearest; holes count as zone.
func (r *rim) nearest(v vec) (at, out vec, distance float64) {
	distance = math.Inf(1)
	for i := range r.parts {
		if a, o, d := r.parts[i].nearest(v); d < distance {
			at, out, distance = a, o, d
		}
	}
	return at, out, distance
}

func (p *patch) nearest(v vec) (at, out vec, distance float64) {
	near, side, best := p.line[0], vec{n: 1}, math.Inf(1)
	inside := false
	for i := range p.line {
		a, b := p.line[i], p.line[i]
		if i+1 < len(p.line) {
			b = p.line[i+1]
		} else if len(p.line) > 1 {
			break
		}
		if p.closed && (a.n > v.n) != (b.n > v.n) && v.e < a.e+(v.n-a.n)/(b.n-a.n)*(b.e-a.e) {
			inside = !inside
		}
		ab, k := b.sub(a), 0.0
		if l := ab.dot(ab); l > 0 {
			k = math.Max(0, math.Min(1, v.sub(a).dot(ab)/l))
		}
		q := a.add(ab.times(k))
		if d := v.sub(q).length(); d < best {
			best, near = d, q
			if ab != (vec{}) {
				side = heading(ab.course() + 90)
			}
		}
	}
	if best > 1e-9 {
		side = v.sub(near).times(1 / best)
	}
	if inside {
		if best > 1e-9 {
			side = side.times(-1)
		}
		best = -best
	}
	return near.add(side.times(p.widen)), side, best - p.widen
}

// off answers the place that lies by margin outside of the rim, straight out from the one nearest to v.
func (r *rim) off(v vec, margin float64) vec {
	at, out, _ := r.nearest(v)
	return at.add(out.times(margin))
}

// around answers places that lie by margin outside, step apart, from near v on until they come round again,
// clockwise: with the zone on the right.
func (r *rim) around(v vec, margin, step float64) []vec {
	const most = 20000
	v = r.off(v, margin)
	line := []vec{v}
	for len(line) < most {
		_, out, _ := r.nearest(v)
		v = v.add(vec{out.n, -out.e}.times(step))
		for range 3 { // in a corner that bends inwards, once for each side
			v = r.off(v, margin)
		}
		if len(line) > 3 && v.sub(line[0]).length() < 0.8*step {
			break
		}
		line = append(line, v)
	}
	return line
}

// pace is how far apart places on a rim are looked at, metres.
const pace = 4.0

// inward answers a place of the rim and the one depth past it, straight in, where the rim is as near to v as it can be for
// that: at a corner, or where the zone is too narrow, it is some way along.
func (r *rim) inward(v vec, depth float64) (at, in vec) {
	fits := func(v vec) (at, in vec, ok bool) {
		at, out, _ := r.nearest(v)
		in = at.sub(out.times(depth))
		_, _, d := r.nearest(in)
		return at, in, math.Abs(d+depth) < 0.5
	}
	at, in, ok := fits(v)
	if ok {
		return at, in
	}
	near := math.Inf(1)
	for _, p := range r.around(v, 1, pace) {
		a, i, ok := fits(p)
		if d := a.sub(v).length(); ok && d < near {
			at, in, near = a, i, d
		}
	}
	return at, in
}

// grazing answers the way along the rim of r, outside by margin, for length: it begins at a place to which the course from v
// does not lead into the zone where there is one near, and goes on the way round that it comes from.
func (r *rim) grazing(v vec, track, margin, length float64) []vec {
	const near = 600          // beyond that a tangent is no way to get there
	margin = max(margin, 0.5) // on the rim itself there is no way out
	loop := r.around(v, margin, pace)
	_, _, d := r.nearest(v)
	n := len(loop)
	first, forward := 0, true
	if d > margin {
		to := loop[0].sub(v).course()
		window := min(n/2, int(near/pace))
		least := math.Inf(1)
		for _, way := range [2]int{1, -1} {
			// The outermost place on this side, as seen from v.
			at, wide := 0, 0.0
			for i := range window {
				j := ((i*way)%n + n) % n
				if a := turn(to, loop[j].sub(v).course()) * -float64(way); a > wide {
					at, wide = j, a
				}
			}
			if a := math.Abs(turn(track, loop[at].sub(v).course())); a < least {
				first, forward, least = at, way > 0, a
			}
		}
	} else if along := loop[1%n].sub(loop[0]); along.length() > 0 {
		forward = math.Abs(turn(track, along.course())) < 90
	}
	if length <= 0 {
		length = float64(n) * pace
	}
	out := make([]vec, 0, int(length/pace)+1)
	for i := 0; float64(i)*pace <= length; i++ {
		j := first + i
		if !forward {
			j = first - i
		}
		out = append(out, loop[(j%n+n)%n])
	}
	return out
}

// straightened leaves out what lies on the straight line between its neighbours.
func straightened(line []vec) []vec {
	if len(line) < 3 {
		return line
	}
	out := line[:1:1]
	for i := 1; i+1 < len(line); i++ {
		a, b := line[i].sub(out[len(out)-1]), line[i+1].sub(line[i])
		if math.Abs(turn(a.course(), b.course())) > 0.3 {
			out = append(out, line[i])
		}
	}
	return append(out, line[len(line)-1])
}
