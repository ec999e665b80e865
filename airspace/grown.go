package airspace

import "math"

// A grown area is every place at most so many metres from a line (a corridor, grown by half its width) or from polygons
// (a zone with a buffer; its holes shrink). Metres are those of local: a straight line on the radii of the ellipsoid at
// the mean latitude of its two ends. The nearest place of an edge is found on the plane at those radii; what that neglects
// is of second order, below 1 mm within 1 km and below 10 cm within 50 km.

// bent is how much, as a share, the plane at one latitude may be off the metres at another one within reach of a grown
// area, 100 km at 80° of latitude: 100 / 2 / 6371 × tan 80° = 4.5 %.
const bent = 0.06

// metric is metres per nanodegree around some latitude.
type metric struct{ kx, ky float64 }

func metricAt(lat float64) metric {
	m, p := radii(max(-89.9, min(89.9, lat)) * radian)
	return metric{p * radian / unit, m * radian / unit}
}

// foot answers the place of the edge a–b that is nearest to c, relative to c in nanodegrees, and its distance squared.
func (k metric) foot(a, b, c point) (dx, dy, metres2 float64) {
	ax, ay := float64(a.x-c.x)*k.kx, float64(a.y-c.y)*k.ky
	ex, ey := float64(b.x-a.x)*k.kx, float64(b.y-a.y)*k.ky
	t := 0.0
	if l2 := ex*ex + ey*ey; l2 > 0 {
		t = max(0, min(1, -(ax*ex+ay*ey)/l2))
	}
	x, y := ax+t*ex, ay+t*ey
	return x / k.kx, y / k.ky, x*x + y*y
}

// rimSearch looks for the nearest place of a polygon's edges, holes included, or of a line.
type rimSearch struct {
	at     point
	lat    float64
	plane  metric
	best   float64 // metres: nothing farther counts
	bound2 float64 // on the plane: what is farther than this cannot be nearer than best
	enough float64 // metres: nothing nearer needs to be found
	cuts   bool    // edges along a seam are left out: they are cuts, not rims
	found  bool
}

func newRimSearch(c point, limit, enough float64) rimSearch {
	lat := float64(c.y) / unit
	n := rimSearch{at: c, lat: lat, plane: metricAt(lat), enough: enough}
	n.limit(limit)
	return n
}

func (n *rimSearch) limit(metres float64) {
	n.best = metres
	b := metres*(1+bent) + rimMetres
	n.bound2 = b * b
}

// nearest answers the distance to the nearest edge; ok is false where it is more than the limit.
func (n *rimSearch) nearest(p *polygon) (metres float64, ok bool) {
	top := len(p.tree) - 1
	n.leap(p)
	n.search(p, top, 0, len(p.tree[top]))
	return n.best, n.found
}

func (n *rimSearch) done() bool { return n.found && n.best <= n.enough }

// leap looks first where it is likely, so that the search has little left to look at.
func (n *rimSearch) leap(p *polygon) {
	from, to := 0, len(p.tree[len(p.tree)-1])
	for level := len(p.tree) - 1; ; level-- {
		at, least := -1, n.bound2
		for i := from; i < to; i++ {
			if d2 := n.toBox(p.tree[level][i].box()); d2 < least {
				at, least = i, d2
			}
		}
		switch {
		case at < 0:
			return
		case level == 0:
			n.leaf(p, at)
			return
		}
		from, to = at*fan, min((at+1)*fan, len(p.tree[level-1]))
	}
}

func (n *rimSearch) search(p *polygon, level, from, to int) {
	for i := from; i < to && !n.done(); i++ {
		if n.toBox(p.tree[level][i].box()) > n.bound2 {
			continue
		}
		if level > 0 {
			n.search(p, level-1, i*fan, min((i+1)*fan, len(p.tree[level-1])))
		} else {
			n.leaf(p, i)
		}
	}
}

func (n *rimSearch) leaf(p *polygon, i int) {
	for k := i * fan; k < min((i+1)*fan, len(p.points)-1); k++ {
		a, b := p.points[k], p.points[k+1]
		if a == ringBreak || b == ringBreak || n.cuts && p.seam && a.x == b.x && abs(a.x) == halfTurn {
			continue
		}
		dx, dy, d2 := n.plane.foot(a, b, n.at)
		if d2 > n.bound2 {
			continue
		}
		if near := d2 * (1 + bent) * (1 + bent); near <= n.enough*n.enough {
			n.limit(math.Sqrt(near))
			n.found = true
			return
		}
		// Once more with the radii halfway to it.
		_, _, d2 = metricAt(n.lat+dy/unit/2).foot(a, b, n.at)
		d := math.Sqrt(d2)
		if d > farLimit {
			lon := float64(n.at.x) / unit
			d = distance(lon, n.lat, lon+dx/unit, n.lat+dy/unit)
		}
		if d <= n.best {
			n.limit(d)
			n.found = true
		}
	}
}

// farLimit is from how many metres on a distance is that of long lines; no area grows that far.
const farLimit = 2 * localLimit

// toBox is the square of the distance to a box on the plane.
func (n *rimSearch) toBox(b box) float64 {
	if b.empty() {
		return math.Inf(1)
	}
	x := float64(max(b.x0-n.at.x, 0, n.at.x-b.x1)) * n.plane.kx
	y := float64(max(b.y0-n.at.y, 0, n.at.y-b.y1)) * n.plane.ky
	return x*x + y*y
}

// within reports whether c lies in the closed polygon or at most grow metres from it.
func (p *polygon) within(c point, grow float64) bool {
	if !p.reach.meets(boxOf(c, c)) {
		return false
	}
	limit := grow + rimMetres
	n := newRimSearch(c, limit, limit)
	_, ok := n.nearest(p)
	return ok || p.contains(c)
}

// signed answers the distance to the nearest edge in metres, negative inside a polygon; ok is false where it is outside
// and farther than limit. Infinite where every edge is a cut.
func (p *polygon) signed(c point, limit float64) (metres float64, ok bool) {
	in := p.contains(c)
	if in {
		limit = math.Inf(1)
	}
	n := newRimSearch(c, limit, 0)
	n.cuts = in
	d, ok := n.nearest(p)
	if in {
		return -d, true
	}
	return d, ok
}

// touched reports whether the box of an edge meets r.
func (p *polygon) touched(r box) bool {
	hit := false
	p.edges(r, func(_, _ point) { hit = true })
	return hit
}

// drawGrown writes a grown polygon or line into the grid: whole nodes where it covers them for certain, else it has to be
// asked, cell by cell; by page or block where its rim is very long.
func (k *sketch) drawGrown(as item, p polygon, grow float64, move int64) {
	if move != 0 {
		p.points = append([]point(nil), p.points...)
		p.shift(move)
		p.tree = nil
		p.plant()
		p.reach = p.reach.shifted(move)
	}
	level := levelOf(rimLength(&p) + int64(2*math.Pi*grow/metricAt(0).ky))
	ask := func(l int) (coverage, item) {
		if l > level {
			return coversPart, item{}
		}
		return coversEdges, item{what: itemAsk}
	}
	k.descend(p.reach, as, func(l int, id nodeID) (coverage, item) {
		node := boxAt(id.col, id.row, levels[l])
		if !p.reach.meets(node) {
			return coversNone, item{}
		}
		centre := centreOf(id.col, id.row, levels[l])
		in := p.contains(centre)
		if in && !p.touched(node) {
			return coversAll, item{}
		}
		if levels[l] == blockBits { // too large for the plane
			return ask(l)
		}
		// The distance changes by at most what one moves: from the centre that is half the diagonal.
		lat := float64(centre.y) / unit
		longest := metricAt(max(0, math.Abs(lat)-float64(node.y1-node.y0)/unit)) // the longest metres of longitude of the node
		half := math.Hypot(longest.kx*float64(node.x1-node.x0), longest.ky*float64(node.y1-node.y0))/2*1.02 + circleSlack
		slack := circleSlack + circleShare*(grow+half)
		if in && half+slack <= grow {
			return coversAll, item{}
		}
		n := newRimSearch(centre, grow+half+slack, max(0, grow-half-slack))
		d, near := n.nearest(&p)
		switch {
		case !near && in:
			return coversAll, item{}
		case !near:
			return coversNone, item{}
		case d+half+slack <= grow:
			return coversAll, item{}
		}
		return ask(l)
	})
}

// capsule answers between which shares of the way a→b it is at most grow metres from the edge c–d. The way is short
// enough for the plane: at most maxReach, or a jump.
func capsule(a, b, c, d point, grow float64) (from, to float64, ok bool) {
	k := metricAt(float64(a.y) / unit)
	// Once more with the radii halfway between where the two are nearest.
	u, v := k.approach(a, b, c, d)
	lat := (float64(a.y) + u*float64(b.y-a.y) + float64(c.y) + v*float64(d.y-c.y)) / 2 / unit
	k = metricAt(lat)
	px, py := float64(a.x-c.x)*k.kx, float64(a.y-c.y)*k.ky // a as seen from c
	dx, dy := float64(b.x-a.x)*k.kx, float64(b.y-a.y)*k.ky
	ex, ey := float64(d.x-c.x)*k.kx, float64(d.y-c.y)*k.ky
	from, to = math.Inf(1), math.Inf(-1)
	join := func(t0, t1 float64) {
		if t0, t1 = max(0, t0), min(1, t1); t0 <= t1 {
			from, to, ok = min(from, t0), max(to, t1), true
		}
	}
	disc := func(x, y float64) { // a as seen from the centre
		qa, qb, qc := dx*dx+dy*dy, x*dx+y*dy, x*x+y*y-grow*grow
		if qa == 0 {
			if qc <= 0 {
				join(0, 1)
			}
			return
		}
		if h := qb*qb - qa*qc; h >= 0 {
			root := math.Sqrt(h)
			join((-qb-root)/qa, (-qb+root)/qa)
		}
	}
	disc(px, py)
	disc(px-ex, py-ey)
	if l := math.Hypot(ex, ey); l > 0 {
		// Beside the edge: across within ±grow, along within the edge.
		t0, t1 := 0.0, 1.0
		clip := func(at, by, lo, hi float64) {
			switch {
			case by == 0 && (at < lo || at > hi):
				t0, t1 = 1, 0
			case by > 0:
				t0, t1 = max(t0, (lo-at)/by), min(t1, (hi-at)/by)
			case by < 0:
				t0, t1 = max(t0, (hi-at)/by), min(t1, (lo-at)/by)
			}
		}
		clip((ex*py-ey*px)/l, (ex*dy-ey*dx)/l, -grow, grow)
		clip((ex*px+ey*py)/l, (ex*dx+ey*dy)/l, 0, l)
		join(t0, t1)
	}
	return from, to, ok
}

// approach answers at which shares of two edges they are nearest to each other.
func (k metric) approach(a, b, c, d point) (u, v float64) {
	if t0, _ := shares(a, b, c, d); meet(a, b, c, d) {
		v, _ = shares(c, d, a, b)
		return t0, v
	}
	best := math.Inf(1)
	try := func(p, q, at point, share float64, first bool) {
		_, _, d2 := k.foot(p, q, at)
		if d2 >= best {
			return
		}
		best = d2
		t, _ := k.share(p, q, at)
		if first {
			u, v = share, t
		} else {
			u, v = t, share
		}
	}
	try(c, d, a, 0, true)
	try(c, d, b, 1, true)
	try(a, b, c, 0, false)
	try(a, b, d, 1, false)
	return u, v
}

// share answers at which share of the edge a–b it is nearest to c.
func (k metric) share(a, b, c point) (t float64, ok bool) {
	ax, ay := float64(a.x-c.x)*k.kx, float64(a.y-c.y)*k.ky
	ex, ey := float64(b.x-a.x)*k.kx, float64(b.y-a.y)*k.ky
	l2 := ex*ex + ey*ey
	if l2 == 0 {
		return 0, false
	}
	return max(0, min(1, -(ax*ex+ay*ey)/l2)), true
}
