package airspace

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"lowsky"
)

// What may be put right without asking.
const (
	hairDegrees = 1e-6            // beyond ±180° or ±90°: 0.1 m, the noise of a conversion
	loopExtent  = 5.0             // metres from a crossing to the farthest position of a loop that is still noise
	loopWidth   = 1.0             // metres of mean width up to which a longer loop is a spike that was rounded
	loopShare   = 1e-4            // of the ring's area that such a loop may enclose
	loopRounds  = 4               // of taking loops out; a ring that still crosses itself then is refused
	loopChain   = 16              // positions of such a loop
	maxFound    = 256             // crossings of a ring from which on it is a tangle
	maxPairs    = maxCrossing / 4 // pairs of edges of a zone that are looked at while it is repaired
)

// Repair puts right what is unambiguous in the areas of z and reports each as a Remark (Kind repaired, Place within the
// zone). An *lowsky.InvalidError says what cannot be judged by and where, with the edges and the coordinates of a
// crossing; z is then unchanged. After nil, Validate finds nothing in the geometry. Edges and positions are counted from
// 0 as they stand in the file.
//
// Put right: a ring that is not closed is closed; a position that repeats the one before it is dropped; a spike, where
// the ring goes out and comes back along the same line, is cut off; a longitude or latitude at most 1e-6 degrees beyond
// ±180 or ±90 is set to the limit; a loop of at most 16 positions that
// lies within 5 m of the crossing that makes it, or is at most 1 m wide on average, and encloses at most 1/10,000 of the
// ring's area, is replaced by the crossing. A closed ring that touches itself at one
// position so that it is two areas side by side becomes two polygons, which are the same area.
//
// Refused: every other crossing or touching, for what was meant is not known; a ring with fewer than three distinct
// positions or no area; a radius not above 0; a floor above the ceiling in one datum; more than MaxVertices positions,
// before anything else is looked at. The direction in which a ring runs has no meaning in a zone and stays.
func Repair(z *lowsky.Zone) ([]Remark, error) {
	if z == nil {
		return nil, invalid("zone", "is absent")
	}
	if count := z.PositionCount(); count > MaxVertices {
		return nil, invalid("geometry", "has %d positions, more than %d", count, MaxVertices)
	}
	var remarks Remarks
	budget := maxPairs
	mended := make([]lowsky.Geometry, z.VolumeCount())
	for i := range mended {
		v, prefix := z.Volume(i), ""
		if i > 0 {
			prefix = fmt.Sprintf("further[%d].", i-1)
		}
		if f, c := v.Floor, v.Ceiling; f.OK && c.OK && f.Value.Datum == c.Value.Datum && f.Value.Metres > c.Value.Metres {
			return nil, invalid(prefix+"floor", "is above the ceiling (%v over %v)", f.Value, c.Value)
		}
		m := mender{field: prefix + "geometry", zone: z.ID, remarks: &remarks, budget: &budget}
		g, err := m.geometry(v.Geometry)
		if err != nil {
			return nil, err
		}
		mended[i] = g
	}
	if len(remarks.All) == 0 {
		return nil, nil
	}
	z.Geometry = mended[0]
	if len(z.Further) > 0 {
		z.Further = slices.Clone(z.Further)
		for i := range z.Further {
			z.Further[i].Geometry = mended[i+1]
		}
	}
	return remarks.All, nil
}

// mender repairs one geometry.
type mender struct {
	field   string
	zone    lowsky.ZoneID
	remarks *Remarks
	budget  *int // pairs of edges of the zone that may still be looked at
}

func (m *mender) repaired(place, code, problem string, args ...any) {
	m.remarks.Add(Remark{Zone: m.zone, Place: place, Kind: RemarkRepaired, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

func (m *mender) geometry(g lowsky.Geometry) (lowsky.Geometry, error) {
	g.Centre = m.hair(m.field+".centre", g.Centre)
	if len(g.Line) > 0 {
		vs := m.tidy(m.field+".line", m.take(m.field+".line", g.Line), false)
		g.Line = orb.LineString(positions(vs))
	}
	if len(g.Polygons) == 0 || len(g.Polygons) > MaxParts {
		return g, checkGeometry(m.field, g)
	}
	rings := make([][][]vertexAt, len(g.Polygons))
	for i, p := range g.Polygons {
		for k, r := range p {
			at := fmt.Sprintf("%s.polygons[%d][%d]", m.field, i, k)
			vs, err := m.ring(at, r)
			if err != nil {
				return g, err
			}
			rings[i] = append(rings[i], vs)
		}
	}
	g.Polygons = assemble(rings)
	err := checkGeometry(m.field, g)
	if err == nil {
		return g, nil
	}
	var split [][][]vertexAt
	for i, p := range rings {
		parts := [][][]vertexAt{nil}
		for k, vs := range p {
			at := fmt.Sprintf("%s.polygons[%d][%d]", m.field, i, k)
			lobes, err := m.untangle(at, vs, k == 0 && len(p) == 1)
			if err != nil {
				return g, err
			}
			parts[0] = append(parts[0], lobes[0])
			for _, l := range lobes[1:] {
				parts = append(parts, [][]vertexAt{l})
			}
		}
		split = append(split, parts...)
	}
	g.Polygons = assemble(split)
	return g, checkGeometry(m.field, g)
}

// vertexAt is a position of a ring on its way through the repairs: exact and unrolled over ±180°, as given, and where
// it stood in the file.
type vertexAt struct {
	p     point
	given orb.Point
	index int
}

func positions(vs []vertexAt) []orb.Point {
	out := make([]orb.Point, len(vs))
	for i, v := range vs {
		out[i] = v.given
	}
	return out
}

// assemble closes the rings again.
func assemble(rings [][][]vertexAt) orb.MultiPolygon {
	var out orb.MultiPolygon
	for _, p := range rings {
		var q orb.Polygon
		for _, vs := range p {
			ps := positions(vs)
			if len(ps) > 0 {
				ps = append(ps, ps[0])
			}
			q = append(q, ps)
		}
		out = append(out, q)
	}
	return out
}

// hair sets what is a hair beyond the limits of longitude and latitude to the limit.
func (m *mender) hair(at string, p orb.Point) orb.Point {
	q := p
	for i, limit := range [...]float64{180, 90} {
		if v := math.Abs(p[i]); v > limit && v <= limit+hairDegrees {
			q[i] = math.Copysign(limit, p[i])
		}
	}
	if q != p {
		m.repaired(at, "beyond_limit_by_a_hair", "%.9f, %.9f is a hair beyond the limits of longitude or latitude: set to the limit", p[0], p[1])
	}
	return q
}

func (m *mender) take(at string, ps []orb.Point) []vertexAt {
	mended := make([]orb.Point, len(ps))
	sound := true
	for i, p := range ps {
		mended[i] = p
		if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
			mended[i] = m.hair(fmt.Sprintf("%s[%d]", at, i), p)
		}
		sound = sound && checkPlace("", mended[i]) == nil
	}
	out := make([]vertexAt, len(ps))
	var unrolled []point
	if sound { // what is no place cannot be unrolled; checkGeometry refuses it afterwards
		unrolled = unroll(mended)
	}
	for i := range out {
		out[i] = vertexAt{given: mended[i], index: i}
		if sound {
			out[i].p = unrolled[i]
		} else {
			out[i].p = point{int64(i), 0}
		}
	}
	return out
}

// ring tidies a ring up, and answers it without the closing position.
func (m *mender) ring(at string, r orb.Ring) ([]vertexAt, error) {
	for i, p := range r {
		if err := checkPlace(fmt.Sprintf("%s[%d]", at, i), m.quietHair(p)); err != nil {
			return nil, err
		}
	}
	vs := m.take(at, r)
	n := len(vs)
	switch {
	case n == 0:
		return nil, invalid(at, "is empty")
	case abs(vs[n-1].p.x-vs[0].p.x) == fullTurn && vs[n-1].p.y == vs[0].p.y:
		return nil, invalid(at, "goes around a pole")
	case n > 1 && vs[n-1].p == vs[0].p && vs[n-1].given == vs[0].given:
		vs = vs[:n-1]
	case n > 1 && vs[n-1].p == vs[0].p: // the same place in other digits, or +180 and -180
		m.repaired(at, "ring_closed", "the last position differed from the first by less than 0.1 mm: made the same")
		vs = vs[:n-1]
	case n > 2:
		m.repaired(at, "ring_closed", "was not closed: an edge from the last position to the first was added")
	}
	vs = m.tidy(at, vs, true)
	if len(vs) < 3 {
		return nil, invalid(at, "has fewer than three distinct positions that are not in one line")
	}
	return vs, nil
}

func (m *mender) quietHair(p orb.Point) orb.Point {
	for i, limit := range [...]float64{180, 90} {
		if v := math.Abs(p[i]); v > limit && v <= limit+hairDegrees {
			p[i] = math.Copysign(limit, p[i])
		}
	}
	return p
}

// tidy drops repeated positions and, of closed rings, spikes.
func (m *mender) tidy(at string, vs []vertexAt, closed bool) []vertexAt {
	repeats, spikes, firstRepeat, firstSpike := 0, 0, -1, -1
	repeat := func(v vertexAt) {
		if repeats++; firstRepeat < 0 {
			firstRepeat = v.index
		}
	}
	spike := func(v vertexAt) {
		if spikes++; firstSpike < 0 {
			firstSpike = v.index
		}
	}
	out := make([]vertexAt, 0, len(vs))
	for _, v := range vs {
		before := spikes
		for closed && len(out) >= 2 && turnsBack(out[len(out)-2].p, out[len(out)-1].p, v.p) {
			spike(out[len(out)-1])
			out = out[:len(out)-1]
		}
		if len(out) > 0 && out[len(out)-1].p == v.p {
			if spikes == before { // else it is the foot of the spike
				repeat(v)
			}
			continue
		}
		out = append(out, v)
	}
	// The same across the seam, from the last position to the first.
	for closed && len(out) >= 2 {
		n := len(out)
		switch {
		case out[n-1].p == out[0].p:
			repeat(out[n-1])
			out = out[:n-1]
		case n >= 3 && turnsBack(out[n-2].p, out[n-1].p, out[0].p):
			spike(out[n-1])
			out = out[:n-1]
		case n >= 3 && turnsBack(out[n-1].p, out[0].p, out[1].p):
			spike(out[0])
			out = out[1:]
		default:
			n = -1
		}
		if n < 0 {
			break
		}
	}
	if repeats > 0 {
		m.repaired(at, "repeated_position_dropped", "%d positions that repeat the one before them were dropped, the first at %d", repeats, firstRepeat)
	}
	if spikes > 0 {
		m.repaired(at, "spike_removed", "%d spikes without width were cut off, the first at position %d", spikes, firstSpike)
	}
	return out
}

// turnsBack reports whether the way a→b→c comes back along the line it went out on.
func turnsBack(a, b, c point) bool {
	if b == a || b == c || turn(a, b, c) != 0 {
		return false
	}
	return float64(b.x-a.x)*float64(c.x-b.x)+float64(b.y-a.y)*float64(c.y-b.y) < 0
}
