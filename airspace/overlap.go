package airspace

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"lowsky"
)

// doubtful is the part of a distance that counts as none: distances on the ellipsoid are good to 1e-4.
const doubtful = 2e-4

// AreasOverlap answers whether two areas have a place in common, or come as near as apart. See [Overlap].
func AreasOverlap(a, b lowsky.Geometry, apart lowsky.Metres) Overlapping {
	x, okA := outlineOf(&a)
	y, okB := outlineOf(&b)
	if !okA || !okB || math.IsNaN(float64(apart)) {
		return Overlapping{Overlaps: true} // not a shape: cannot be decided
	}
	if x.box.empty() || y.box.empty() {
		return Overlapping{Certain: true}
	}
	limit := (x.width + y.width + max(0, float64(apart))) * (1 + doubtful)
	middle := turnsBetween(y.box, x.box)
	for t := middle - 1; t <= middle+1; t++ { // a wide area may be met from the other side of the Earth
		z := y.shifted(t * fullTurn)
		if x.near(&z, limit) {
			return Overlapping{Overlaps: true, Certain: true}
		}
	}
	return Overlapping{Certain: true}
}

// outline is a shape as rims: of polygons, or what a circle or a corridor is drawn around.
type outline struct {
	polygons [][][]point // rings of each
	lines    [][]point   // every rim, the corridor's line, or the circle's centre twice
	width    float64     // metres around the lines
	box      box         // of the lines
}

// outlineOf answers the outline of a geometry; ok is false where it has positions that are none. An empty geometry has
// an empty box.
func outlineOf(g *lowsky.Geometry) (o outline, ok bool) {
	o = outline{box: noBox}
	switch {
	case !lowsky.Finite(g.Radius) || !lowsky.Finite(g.Width):
		return o, false
	case g.IsCircle():
		o.width = float64(g.Radius)
		return o, o.add(orb.LineString{g.Centre, g.Centre}, nil)
	case g.IsCorridor():
		o.width = float64(g.Width) / 2
		line := g.Line
		if len(line) == 1 {
			line = orb.LineString{line[0], line[0]}
		}
		return o, o.add(line, nil)
	}
	for _, p := range g.Polygons {
		var rings [][]point
		for _, r := range p {
			if len(r) == 0 {
				continue
			}
			if r[0] != r[len(r)-1] {
				r = append(slices.Clone(r), r[0])
			}
			var outer []point
			if len(rings) > 0 {
				outer = rings[0]
			}
			if !o.add(orb.LineString(r), outer) {
				return o, false
			}
			rings = append(rings, o.lines[len(o.lines)-1])
		}
		if len(rings) > 0 {
			o.polygons = append(o.polygons, rings)
		}
	}
	return o, true
}

// add adds a rim, unrolled, a hole to where its outer ring is. It reports whether all of its positions are on Earth.
func (o *outline) add(line orb.LineString, outer []point) bool {
	for _, p := range line {
		if !(math.Abs(p[0]) <= 360 && math.Abs(p[1]) <= 90) {
			return false
		}
	}
	if len(line) == 0 {
		return true
	}
	points := appendPieces(nil, unroll(orb.Ring(line)))
	if outer != nil {
		shift(points, turnsBetween(boxOfAll(points), boxOfAll(outer))*fullTurn)
	}
	o.lines = append(o.lines, points)
	o.box = o.box.with(boxOfAll(points))
	return true
}

func boxOfAll(points []point) box {
	b := noBox
	for _, p := range points {
		b = b.with(box{p.x, p.y, p.x, p.y})
	}
	return b
}

// turnsBetween answers by how many whole turns b is to be moved to be nearest to a.
func turnsBetween(b, a box) int64 {
	return int64(math.Round((float64(a.x0) + float64(a.x1) - float64(b.x0) - float64(b.x1)) / 2 / float64(fullTurn)))
}

func (o *outline) shifted(x int64) outline {
	if x == 0 {
		return *o
	}
	move := func(points []point) []point {
		points = slices.Clone(points)
		shift(points, x)
		return points
	}
	s := outline{width: o.width, box: o.box.shifted(x)}
	for _, l := range o.lines {
		s.lines = append(s.lines, move(l))
	}
	for _, rings := range o.polygons {
		var moved [][]point
		for _, r := range rings {
			moved = append(moved, move(r))
		}
		s.polygons = append(s.polygons, moved)
	}
	return s
}

// margins answers how far a distance in metres reaches at most, in nanodegrees, around o.
func (o *outline) margins(metres float64) (x, y int64) {
	lat := max(math.Abs(float64(o.box.y0)), math.Abs(float64(o.box.y1))) / unit
	lat = min(89.9, lat+metres/110_000) // a degree of latitude is never shorter
	m, p := radii(lat * radian)
	most := float64(fullTurn)
	return int64(min(most, metres/p/radian*unit*1.02)) + rimSlack, int64(min(most, metres/min(m, 6_335_000)/radian*unit*1.02)) + rimSlack
}

// near reports whether the two have a place in common or rims at most limit metres apart.
func (o *outline) near(z *outline, limit float64) bool {
	dx, dy := o.margins(limit)
	if !o.box.grown(dx, dy).meets(z.box) {
		return false
	}
	return o.rimsNear(z, limit, dx, dy) || o.holdsPartOf(z) || z.holdsPartOf(o)
}

// holdsPartOf reports whether a polygon of o contains the beginning of a line of z: where no rims meet, all of that line
// is inside or none of it.
func (o *outline) holdsPartOf(z *outline) bool {
	for _, rings := range o.polygons {
		b := boxOfAll(rings[0])
		for _, l := range z.lines {
			c := l[0]
			if !b.meets(box{c.x, c.y, c.x, c.y}) {
				continue
			}
			in := false
			for _, r := range rings {
				for i := 1; i < len(r); i++ {
					in = in != crossesRight(r[i-1], r[i], c)
				}
			}
			if in {
				return true
			}
		}
	}
	return false
}

// rimEdge is one edge in the sweep.
type rimEdge struct {
	a, b point
	box  box
}

func rimsWithin(lines [][]point, within box) []rimEdge {
	var out []rimEdge
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			if b := boxOf(l[i-1], l[i]); b.meets(within) {
				out = append(out, rimEdge{l[i-1], l[i], b})
			}
		}
	}
	slices.SortFunc(out, func(a, b rimEdge) int { return cmp.Compare(a.box.x0, b.box.x0) })
	return out
}

// rimsNear reports whether rims of the two meet or come as near as limit metres. It sweeps from west to east and only
// looks at rims whose boxes, grown by dx and dy, meet.
func (o *outline) rimsNear(z *outline, limit float64, dx, dy int64) bool {
	ours, theirs := rimsWithin(o.lines, z.box.grown(dx, dy)), rimsWithin(z.lines, o.box.grown(dx, dy))
	for i := range ours {
		ours[i].box = ours[i].box.grown(dx, dy)
	}
	var open, openTheirs []rimEdge
	check := func(r rimEdge, against []rimEdge) (rest []rimEdge, found bool) {
		rest = against[:0]
		for _, s := range against {
			if s.box.x1 < r.box.x0 {
				continue
			}
			rest = append(rest, s)
			if s.box.meets(r.box) && (meet(r.a, r.b, s.a, s.b) || limit > 0 && apart(r.a, r.b, s.a, s.b) <= limit) {
				return rest, true
			}
		}
		return rest, false
	}
	for len(ours) > 0 || len(theirs) > 0 {
		var found bool
		if len(theirs) == 0 || len(ours) > 0 && ours[0].box.x0 <= theirs[0].box.x0 {
			r := ours[0]
			ours, open = ours[1:], append(open, r)
			openTheirs, found = check(r, openTheirs)
		} else {
			r := theirs[0]
			theirs, openTheirs = theirs[1:], append(openTheirs, r)
			open, found = check(r, open)
		}
		if found {
			return true
		}
	}
	return false
}

// apart answers the distance in metres between two edges that do not meet: from an end of one to the other.
func apart(a, b, c, d point) float64 {
	return min(toEdge(a, c, d), toEdge(b, c, d), toEdge(c, a, b), toEdge(d, a, b))
}

// toEdge answers the distance from p to the edge a–b, whose nearest place is found on the local plane at p.
func toEdge(p, a, b point) float64 {
	lon, lat := p.degrees()
	m, par := radii(lat * radian)
	ax, ay := float64(a.x-p.x)*par, float64(a.y-p.y)*m
	ex, ey := float64(b.x-a.x)*par, float64(b.y-a.y)*m
	t := 0.0
	if l2 := ex*ex + ey*ey; l2 > 0 {
		t = max(0, min(1, -(ax*ex+ay*ey)/l2))
	}
	x, y := float64(a.x)+float64(b.x-a.x)*t, float64(a.y)+float64(b.y-a.y)*t
	return distance(lon, lat, x/unit, y/unit)
}
