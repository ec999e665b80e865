package airspace

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"lowsky"
)

// checkGeometry refuses areas that cannot be judged by; field is where the geometry stands.
func checkGeometry(field string, g lowsky.Geometry) error {
	r, w := float64(g.Radius), float64(g.Width)
	switch {
	case math.IsNaN(r) || math.IsInf(r, 0):
		return invalid(field+".radius_m", "is not a number")
	case math.IsNaN(w) || math.IsInf(w, 0):
		return invalid(field+".width_m", "is not a number")
	case r < 0 || r == 0 && len(g.Polygons) == 0 && g.Centre != orb.Point{}:
		return invalid(field+".radius_m", "must be above 0")
	case w < 0 || w == 0 && len(g.Line) > 0:
		return invalid(field+".width_m", "must be above 0")
	case r > 0 && len(g.Polygons) > 0:
		return invalid(field, "is both polygons and a circle")
	case w > 0 && len(g.Polygons) > 0:
		return invalid(field, "is both polygons and a corridor")
	case w > 0 && (r > 0 || g.Centre != orb.Point{}):
		return invalid(field, "is both a circle and a corridor")
	case r > 0:
		return checkCircle(field, g)
	case w > 0:
		return checkCorridor(field, g)
	case len(g.Polygons) == 0:
		return invalid(field, "is empty")
	case len(g.Polygons) > MaxParts:
		return invalid(field+".polygons", "has more than %d polygons", MaxParts)
	case positionCount(g) > MaxVertices:
		return invalid(field+".polygons", "has %d positions, more than %d", positionCount(g), MaxVertices)
	}
	cut := int64(0)
	for i, rings := range g.Polygons {
		for k, ring := range rings {
			at := fmt.Sprintf("%s.polygons[%d][%d]", field, i, k)
			if err := checkRing(at, ring); err != nil {
				return err
			}
			ps := unroll(ring)
			for n := 1; n < len(ps); n++ {
				cut += pieces(ps[n-1], ps[n])
			}
		}
		if cut > maxPieces {
			return invalid(field+".polygons", "is too large")
		}
		if err := checkPolygon(fmt.Sprintf("%s.polygons[%d]", field, i), rings); err != nil {
			return err
		}
	}
	return nil
}

// positionCount counts the positions of a geometry.
func positionCount(g lowsky.Geometry) int {
	n := len(g.Line)
	for _, rings := range g.Polygons {
		for _, r := range rings {
			n += len(r)
		}
	}
	if g.IsCircle() {
		n++
	}
	return n
}

// checkCorridor looks at a line and its width. A line may cross itself.
func checkCorridor(field string, g lowsky.Geometry) error {
	switch {
	case g.Width > MaxWidth:
		return invalid(field+".width_m", "is above %d m", MaxWidth)
	case len(g.Line) < 2:
		return invalid(field+".line", "has fewer than two positions")
	case len(g.Line) > MaxLine:
		return invalid(field+".line", "has %d positions, more than %d", len(g.Line), MaxLine)
	}
	if err := checkPlaces(field+".line", g.Line); err != nil {
		return err
	}
	for i, p := range g.Line {
		if i > 0 && exact(p) == exact(g.Line[i-1]) {
			return invalid(fmt.Sprintf("%s.line[%d]", field, i), "repeats the position before it")
		}
	}
	b, length, ps := noBox, 0.0, unroll(orb.Ring(g.Line))
	for i, p := range g.Line {
		b = b.with(boxOf(ps[i], ps[i]))
		if i > 0 {
			q := g.Line[i-1]
			length += distance(q[0], q[1], p[0], p[1])
		}
	}
	switch {
	case length > MaxLength:
		return invalid(field+".line", "is longer than %d km", MaxLength/1000)
	case b.x1-b.x0 > maxWidth:
		return invalid(field+".line", "spans 180° of longitude or more")
	}
	return checkLatitudes(field+".line", g, float64(g.Width)/2)
}

// checkLatitudes refuses a geometry that, so many metres around it included, comes nearer to a pole than local radii
// hold.
func checkLatitudes(field string, g lowsky.Geometry, around float64) error {
	most := math.Abs(g.Centre[1])
	for _, p := range g.Line {
		most = max(most, math.Abs(p[1]))
	}
	for _, rings := range g.Polygons {
		for _, r := range rings {
			for _, p := range r {
				most = max(most, math.Abs(p[1]))
			}
		}
	}
	if most+around/110_000 > MaxLatitude {
		return invalid(field, "is so near to a pole that it leaves ±%d° of latitude", MaxLatitude)
	}
	return nil
}

func checkCircle(field string, g lowsky.Geometry) error {
	if err := checkPlace(field+".centre", g.Centre); err != nil {
		return err
	}
	if g.Radius > MaxRadius {
		return invalid(field+".radius_m", "is above %d m", MaxRadius)
	}
	if math.Abs(g.Centre[1])+float64(g.Radius)/110_000 > MaxLatitude {
		return invalid(field+".centre", "is so near to a pole that the circle leaves ±%d° of latitude", MaxLatitude)
	}
	return nil
}

// checkPlaces looks at every position of a list.
func checkPlaces(field string, ps []orb.Point) error {
	for i, p := range ps {
		if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) {
			return checkPlace(fmt.Sprintf("%s[%d]", field, i), p)
		}
	}
	return nil
}

func checkPlace(field string, p orb.Point) error {
	switch lon, lat := p[0], p[1]; {
	case math.IsNaN(lon) || math.IsInf(lon, 0) || math.IsNaN(lat) || math.IsInf(lat, 0):
		return invalid(field, "is not a number")
	case lon < -180 || lon > 180:
		return invalid(field, "has a longitude beyond ±180 (%g)", lon)
	case lat < -90 || lat > 90:
		return invalid(field, "has a latitude beyond ±90 (%g)", lat)
	}
	return nil
}

// checkRing looks at one ring by itself, all but its crossings.
func checkRing(field string, r orb.Ring) error {
	if len(r) == 0 {
		return invalid(field, "is empty")
	}
	if err := checkPlaces(field, r); err != nil {
		return err
	}
	switch {
	case len(r) < 4:
		return invalid(field, "has fewer than four positions")
	case r[0] != r[len(r)-1]:
		return invalid(field, "is not closed: the last position must repeat the first")
	}
	ps := unroll(r)
	if ps[0] != ps[len(ps)-1] {
		return invalid(field, "goes around a pole")
	}
	b := noBox
	for i := 1; i < len(ps); i++ {
		if ps[i] == ps[i-1] {
			return invalid(fmt.Sprintf("%s[%d]", field, i), "repeats the position before it")
		}
		b = b.with(boxOf(ps[i-1], ps[i]))
	}
	if b.x1-b.x0 > maxWidth {
		return invalid(field, "spans 180° of longitude or more")
	}
	return nil
}

// edge is an edge of a ring while crossings are sought.
type edge struct {
	a, b        point
	ring, index int
	count       int // edges of its ring
}

// checkPolygon looks for crossings and misplaced holes. Its rings have passed checkRing.
func checkPolygon(field string, rings orb.Polygon) error {
	if len(rings) == 0 {
		return invalid(field, "is empty")
	}
	whole := make([][]point, 0, len(rings))
	var edges []edge
	for i, r := range rings {
		ps := unroll(r)
		if i > 0 {
			if d := ps[0].x - whole[0][0].x; d > halfTurn {
				shift(ps, -fullTurn)
			} else if d < -halfTurn {
				shift(ps, fullTurn)
			}
		}
		whole = append(whole, ps)
		for k := 1; k < len(ps); k++ {
			edges = append(edges, edge{ps[k-1], ps[k], i, k - 1, len(ps) - 1})
		}
	}
	if err := checkCrossings(field, edges); err != nil {
		return err
	}
	for i, ps := range whole {
		if area2(ps) == 0 {
			return invalid(fmt.Sprintf("%s[%d]", field, i), "has no area")
		}
	}
	return checkHoles(field, whole)
}

// area2 is twice the signed area of a ring in square nanodegrees, rounded; above 0 for counter-clockwise.
func area2(ps []point) float64 {
	sum := 0.0
	for i := 1; i < len(ps); i++ {
		sum += float64(ps[i-1].x-ps[0].x)*float64(ps[i].y-ps[0].y) - float64(ps[i].x-ps[0].x)*float64(ps[i-1].y-ps[0].y)
	}
	return sum
}

// checkCrossings sweeps over the edges from west to east and looks at each pair whose boxes meet.
func checkCrossings(field string, edges []edge) error {
	slices.SortFunc(edges, func(a, b edge) int {
		switch x, y := min(a.a.x, a.b.x), min(b.a.x, b.b.x); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	looked := 0
	var active []edge
	for _, e := range edges {
		keep := active[:0]
		for _, o := range active {
			if max(o.a.x, o.b.x) < min(e.a.x, e.b.x) {
				continue
			}
			keep = append(keep, o)
			if looked++; looked > maxCrossing {
				return invalid(field, "is too intricate to be checked")
			}
			if !boxOf(o.a, o.b).meets(boxOf(e.a, e.b)) {
				continue
			}
			if err := checkPair(field, o, e); err != nil {
				return err
			}
		}
		active = append(keep, e)
	}
	return nil
}

// checkPair refuses two edges that meet where they must not. Different rings may touch at single points.
func checkPair(field string, o, e edge) error {
	if !meet(o.a, o.b, e.a, e.b) {
		return nil
	}
	t1, t2, t3, t4 := turn(o.a, o.b, e.a), turn(o.a, o.b, e.b), turn(e.a, e.b, o.a), turn(e.a, e.b, o.b)
	straight := t1 == 0 && t2 == 0 && t3 == 0 && t4 == 0
	if o.ring != e.ring {
		if o.ring > e.ring { // a hole is named, not its outer ring
			o, e = e, o
		}
		switch {
		case straight && overlap(o, e):
			return invalid(fmt.Sprintf("%s[%d]", field, e.ring), "runs along ring %d at %s", o.ring, place(e.a))
		case t1*t2 < 0 && t3*t4 < 0:
			return invalid(fmt.Sprintf("%s[%d]", field, e.ring), "crosses ring %d near %s", o.ring, place(e.a))
		}
		return nil
	}
	switch gap := abs(int64(o.index - e.index)); {
	case gap == 1 || gap == int64(o.count-1):
		if straight && overlap(o, e) {
			return invalid(fmt.Sprintf("%s[%d]", field, e.ring), "turns back on itself at %s", place(e.a))
		}
		return nil
	default:
		return invalid(fmt.Sprintf("%s[%d]", field, e.ring), "crosses or touches itself near %s", place(e.a))
	}
}

// overlap reports whether two edges in one line have more than a point in common.
func overlap(o, e edge) bool {
	if o.a.x != o.b.x {
		return max(min(o.a.x, o.b.x), min(e.a.x, e.b.x)) < min(max(o.a.x, o.b.x), max(e.a.x, e.b.x))
	}
	return max(min(o.a.y, o.b.y), min(e.a.y, e.b.y)) < min(max(o.a.y, o.b.y), max(e.a.y, e.b.y))
}

func place(p point) string {
	lon, lat := p.degrees()
	return fmt.Sprintf("%.6f, %.6f", wrapDegrees(lon), lat)
}

// checkHoles refuses holes that leave the outer ring or lie in one another. The rings do not cross, so one vertex or
// middle of an edge that lies on no rim decides; a ring that touches at all of them lies where its middles lie.
func checkHoles(field string, rings [][]point) error {
	solid := make([]polygon, len(rings))
	for i, ps := range rings {
		solid[i] = polygon{points: appendPieces(nil, ps)}
		solid[i].plant()
	}
	for i := 1; i < len(rings); i++ {
		at := fmt.Sprintf("%s[%d]", field, i)
		for k := 1; k < len(rings[i]); k++ {
			a, b := rings[i][k-1], rings[i][k]
			if !solid[0].contains(a) || !solid[0].contains(point{(a.x + b.x) / 2, (a.y + b.y) / 2}) {
				return invalid(at, "is a hole that leaves the outer ring at %s", place(a))
			}
		}
		for o := 1; o < len(rings); o++ {
			if o != i && solid[o].box.meets(solid[i].box) && lies(&solid[o], rings[i]) {
				return invalid(at, "is a hole that lies in hole %d", o)
			}
		}
	}
	return nil
}

// lies reports whether a ring that does not cross the outline lies inside of it: some vertex is inside, off the rim.
func lies(outline *polygon, ring []point) bool {
	for k := 1; k < len(ring); k++ {
		for _, c := range [...]point{ring[k], {(ring[k-1].x + ring[k].x) / 2, (ring[k-1].y + ring[k].y) / 2}} {
			rim := false
			outline.edges(boxOf(c, c).grown(rimSlack, rimSlack), func(a, b point) { rim = rim || onRimFar(a, b, c) })
			if !rim {
				return outline.contains(c)
			}
		}
	}
	return false
}
