package airspace

import (
	"math"

	"github.com/paulmach/orb"

	"lowsky"
)

// shape is the compiled horizontal area of one volume: the union of its polygons, a circle, or every place at most grow
// metres from polygons or from a line (see grown.go). Immutable.
type shape struct {
	polygons []polygon
	circle   *circle // when polygons is empty; its radius has grown already
	grow     float64 // metres by which polygons have grown; above 0 for a line
	box      box     // of all of it; unrolled: x may leave ±180°
	notice   box     // box and the warning band around it
}

// polygon is one outer ring with its holes, or a line.
type polygon struct {
	points []point       // ring after ring, each closed, ringBreak between them; edges no longer than pieceSize
	line   bool          // points are a line, which has no inside
	box    box           // of the points
	reach  box           // of the points and what lies within the shape's grow of them
	seam   bool          // the zone goes on beyond ±180°: edges along it are cuts, not rims, when distances are measured
	tree   [][]coarseBox // tree[0][i] bounds the edges that start at points[8i … 8i+7]; each level joins 8 of the one below
}

const fan = 8

// coarseBox is a box in half the memory: of 2^coarseBits nanodegrees (6 cm), rounded outwards.
type coarseBox struct{ x0, y0, x1, y1 int32 }

const coarseBits = 9

func coarseOf(b box) coarseBox {
	if b.empty() {
		return coarseBox{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}
	}
	const up = 1<<coarseBits - 1
	return coarseBox{int32(b.x0 >> coarseBits), int32(b.y0 >> coarseBits), int32((b.x1 + up) >> coarseBits), int32((b.y1 + up) >> coarseBits)}
}

func (b coarseBox) box() box {
	return box{int64(b.x0) << coarseBits, int64(b.y0) << coarseBits, int64(b.x1) << coarseBits, int64(b.y1) << coarseBits}
}

func (b coarseBox) with(c coarseBox) coarseBox {
	return coarseBox{min(b.x0, c.x0), min(b.y0, c.y0), max(b.x1, c.x1), max(b.y1, c.y1)}
}

// compile builds the shape of a valid geometry.
func compile(g lowsky.Geometry) *shape { return grown(g, 0) }

// grown builds the shape of a valid geometry that has grown by a buffer.
func grown(g lowsky.Geometry, buffer lowsky.Metres) *shape {
	if g.IsCircle() {
		g.Radius += buffer
		c := newCircle(g)
		return &shape{circle: &c, box: c.box, notice: c.box}
	}
	s := &shape{box: noBox, grow: float64(buffer)}
	if g.IsCorridor() {
		s.grow += float64(g.Width) / 2
		p := polygon{points: appendPieces(nil, unroll(orb.Ring(g.Line))), line: true}
		p.plant()
		s.polygons = append(s.polygons, p)
	}
	for _, rings := range g.Polygons {
		p := newPolygon(rings)
		p.plant()
		if len(s.polygons) > 0 { // the parts of a zone that was cut at the antimeridian come together again
			first := s.polygons[0].box
			if d := (p.box.x0+p.box.x1)/2 - (first.x0+first.x1)/2; d > halfTurn {
				p.move(-fullTurn)
			} else if d < -halfTurn {
				p.move(fullTurn)
			}
		}
		s.polygons = append(s.polygons, p)
	}
	whole := noBox
	for i := range s.polygons {
		p := &s.polygons[i]
		p.reach = p.box
		if s.grow > 0 {
			p.reach = boxAround(p.box, s.grow)
		}
		s.box, whole = s.box.with(p.reach), whole.with(p.box)
	}
	for i := range s.polygons {
		s.polygons[i].seam = whole.x0 < halfTurn && whole.x1 > halfTurn || whole.x0 < -halfTurn && whole.x1 > -halfTurn
	}
	s.notice = s.box
	return s
}

// noticed sets how far around it, in metres, a shape is to be noticed.
func (s *shape) noticed(band float64) *shape {
	if band > 0 {
		s.notice = boxAround(s.box, band)
	}
	return s
}

// boxAround answers a box that holds what lies within so many metres of b.
func boxAround(b box, metres float64) box {
	reach := metres*(1+circleShare) + circleSlack
	m, _ := radii(0) // the smallest radius of the meridian: the largest angle
	dLat := reach / m / radian
	lat := max(math.Abs(float64(b.y0)), math.Abs(float64(b.y1))) / unit
	_, p := radii(min(89.9, lat+dLat) * radian) // the smallest parallel that it reaches
	dLon := min(180, reach/p/radian)
	return b.grown(nano(dLon)+1, nano(dLat)+1)
}

func newPolygon(rings orb.Polygon) polygon {
	n := -1
	for _, r := range rings {
		n += len(r) + 1
	}
	p := polygon{points: make([]point, 0, n)}
	for i, r := range rings {
		if i > 0 {
			p.points = append(p.points, ringBreak)
		}
		ring := unroll(r)
		if i > 0 && ring[0].x-p.points[0].x > halfTurn { // a hole goes where its outer ring went
			shift(ring, -fullTurn)
		} else if i > 0 && ring[0].x-p.points[0].x < -halfTurn {
			shift(ring, fullTurn)
		}
		p.points = appendPieces(p.points, ring)
	}
	return p
}

// unroll makes a ring exact and continuous: where two neighbours are more than 180° of longitude apart, the rest goes on
// beyond ±180°.
func unroll(r orb.Ring) []point {
	out := make([]point, len(r))
	var turn int64
	for i, v := range r {
		out[i] = exact(v)
		out[i].x += turn
		if i > 0 {
			switch d := out[i].x - out[i-1].x; {
			case d > halfTurn:
				turn -= fullTurn
				out[i].x -= fullTurn
			case d < -halfTurn:
				turn += fullTurn
				out[i].x += fullTurn
			}
		}
	}
	return out
}

func shift(ps []point, x int64) {
	for i := range ps {
		if ps[i] != ringBreak {
			ps[i].x += x
		}
	}
}

func (p *polygon) shift(x int64) { shift(p.points, x) }

// move shifts a polygon with its tree of boxes.
func (p *polygon) move(x int64) {
	p.shift(x)
	p.tree = nil
	p.plant()
}

// appendPieces appends a closed ring, cutting edges longer than pieceSize. A cut is rounded to a nanodegree, less than
// what counts as on the rim.
func appendPieces(dst, ring []point) []point {
	dst = append(dst, ring[0])
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		n := pieces(a, b)
		for k := int64(1); k < n; k++ {
			f := float64(k) / float64(n)
			dst = append(dst, point{a.x + int64(math.Floor(float64(b.x-a.x)*f+0.5)), a.y + int64(math.Floor(float64(b.y-a.y)*f+0.5))})
		}
		dst = append(dst, b)
	}
	return dst
}

// pieces is into how many pieces the edge a–b is cut.
func pieces(a, b point) int64 { return max(abs(b.x-a.x), abs(b.y-a.y))/pieceSize + 1 }

// plant builds the tree of boxes over the edges.
func (p *polygon) plant() {
	p.box = noBox
	level := make([]coarseBox, 0, (len(p.points)+fan-2)/fan)
	for i := 0; i+1 < len(p.points); i += fan {
		b := noBox
		for k := i; k < min(i+fan, len(p.points)-1); k++ {
			if p.points[k] != ringBreak && p.points[k+1] != ringBreak {
				b = b.with(boxOf(p.points[k], p.points[k+1]))
			}
		}
		level = append(level, coarseOf(b))
		p.box = p.box.with(b)
	}
	p.tree = append(p.tree, level)
	for len(level) > fan {
		up := make([]coarseBox, 0, (len(level)+fan-1)/fan)
		for i := 0; i < len(level); i += fan {
			b := coarseOf(noBox)
			for _, c := range level[i:min(i+fan, len(level))] {
				b = b.with(c)
			}
			up = append(up, b)
		}
		p.tree = append(p.tree, up)
		level = up
	}
}

// edges calls visit for every edge whose box meets q, in order.
func (p *polygon) edges(q box, visit func(a, b point)) {
	top := len(p.tree) - 1
	p.edgesAt(top, 0, len(p.tree[top]), q, visit)
}

func (p *polygon) edgesAt(level, from, to int, q box, visit func(a, b point)) {
	for i := from; i < to; i++ {
		if !p.tree[level][i].box().meets(q) {
			continue
		}
		if level > 0 {
			p.edgesAt(level-1, i*fan, min((i+1)*fan, len(p.tree[level-1])), q, visit)
			continue
		}
		for k := i * fan; k < min((i+1)*fan, len(p.points)-1); k++ {
			a, b := p.points[k], p.points[k+1]
			if a != ringBreak && b != ringBreak && boxOf(a, b).meets(q) {
				visit(a, b)
			}
		}
	}
}

// contains reports whether c lies in the closed polygon. It looks at every edge east of c; the index is faster.
func (p *polygon) contains(c point) bool {
	if p.line || !p.box.grown(rimUnits, rimUnits).meets(boxOf(c, c)) {
		return false
	}
	in, rim := false, false
	p.edges(box{c.x - rimSlack, c.y - rimSlack, math.MaxInt64, c.y + rimSlack}, func(a, b point) {
		if crossesRight(a, b, c) {
			in = !in
		}
		rim = rim || onRimFar(a, b, c)
	})
	return in || rim
}

// onRimFar is onRim for a point that may be far away.
func onRimFar(a, b, c point) bool {
	return boxOf(a, b).grown(rimUnits, rimUnits).meets(boxOf(c, c)) && onRim(a, b, c)
}

// contains reports whether c lies in the closed area, by looking at the whole of it.
func (s *shape) contains(c point) bool {
	c = s.near(c)
	if len(s.polygons) == 0 {
		return s.circle.contains(c)
	}
	for i := range s.polygons {
		if s.part(i, c) {
			return true
		}
	}
	return false
}

// part reports whether c, which is near, lies in the closed area of one polygon, grown.
func (s *shape) part(i int, c point) bool {
	if s.grow > 0 {
		return s.polygons[i].within(c, s.grow)
	}
	return s.polygons[i].contains(c)
}

// holds is contains for one part only, or the circle.
func (s *shape) holds(part int, c point) bool {
	c = s.near(c)
	if len(s.polygons) == 0 {
		return s.circle.contains(c)
	}
	return s.part(part, c)
}

// near moves c by whole turns to where the shape is unrolled.
func (s *shape) near(c point) point {
	switch d := c.x - (s.box.x0+s.box.x1)/2; {
	case d > halfTurn:
		c.x -= fullTurn
	case d < -halfTurn:
		c.x += fullTurn
	}
	return c
}
