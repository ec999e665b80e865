package airspace

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"lowsky"
)

// oracle is the plain definition of a zone's area: boxes, orb's planar test, our distance for circles, and for corridors
// and buffers the least distance to any place of any edge, found by halving. It is only asked about points that are on no
// rim, where orb's own answer depends on the kind of rim.
type oracle struct {
	zone    *lowsky.Zone
	volumes []oracleVolume
}

type oracleVolume struct {
	polygons orb.MultiPolygon
	bounds   []orb.Bound
	edges    []orb.LineString // rings and lines
	reach    orb.Bound        // of all, grown
	circle   bool
	centre   orb.Point
	radius   float64 // of the circle
	grow     float64 // of the edges
}

func newOracle(z *lowsky.Zone) oracle {
	o := oracle{zone: z}
	for i := range z.VolumeCount() {
		g, buffer := z.Volume(i).Geometry, float64(z.Buffer.Or(0))
		v := oracleVolume{polygons: g.Polygons, grow: buffer}
		var bound orb.Bound
		switch {
		case g.IsCircle():
			v.circle, v.centre, v.radius, v.grow = true, g.Centre, float64(g.Radius)+buffer, 0
			bound = padded(g.Centre.Bound(), v.radius)
		case g.IsCorridor():
			v.grow += float64(g.Width) / 2
			v.edges = []orb.LineString{g.Line}
			bound = padded(g.Line.Bound(), v.grow)
		default:
			for _, p := range g.Polygons {
				v.bounds = append(v.bounds, p.Bound())
				for _, r := range p {
					v.edges = append(v.edges, orb.LineString(r))
				}
			}
			bound = padded(g.Polygons.Bound(), v.grow)
		}
		v.reach = bound
		o.volumes = append(o.volumes, v)
	}
	return o
}

// padded is a generous box around b.
func padded(b orb.Bound, metres float64) orb.Bound {
	d := metres / 100_000 / math.Cos(math.Min(85, math.Abs(b.Max[1])+1)*radian)
	return orb.Bound{Min: orb.Point{b.Min[0] - d, b.Min[1] - d}, Max: orb.Point{b.Max[0] + d, b.Max[1] + d}}
}

func newOracles(zs []*lowsky.Zone) []oracle {
	var out []oracle
	for _, z := range zs {
		out = append(out, newOracle(z))
	}
	return out
}

func (o *oracle) contains(p orb.Point) bool {
	for i := range o.volumes {
		if o.volumes[i].contains(p) {
			return true
		}
	}
	return false
}

func (v *oracleVolume) contains(p orb.Point) bool {
	if !v.reach.Contains(p) {
		return false
	}
	if v.circle {
		return farApart(v.centre, p) <= v.radius
	}
	for i, poly := range v.polygons {
		if v.bounds[i].Contains(p) && planar.PolygonContains(poly, p) {
			return true
		}
	}
	if v.grow == 0 {
		return false
	}
	for _, l := range v.edges {
		for i := 1; i < len(l); i++ {
			// What is far too far, on a plane that is at most a tenth wrong, is not looked at closely.
			if roughly := planeDistance(p, l[i-1], l[i]); roughly < v.grow*0.9 || roughly <= v.grow*1.1 && edgeDistance(p, l[i-1], l[i]) <= v.grow {
				return true
			}
		}
	}
	return false
}

func farApart(a, b orb.Point) float64 {
	return float64(Distance(position(a[0], a[1]), position(b[0], b[1])))
}

// edgeDistance is the least distance to any place between a and b: along an edge the distance falls, then rises.
func edgeDistance(p, a, b orb.Point) float64 {
	at := func(t float64) float64 {
		return farApart(p, orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t})
	}
	lo, hi := 0.0, 1.0
	for range 60 {
		u, w := lo+(hi-lo)/3, hi-(hi-lo)/3
		if at(u) < at(w) {
			hi = w
		} else {
			lo = u
		}
	}
	return math.Min(at((lo+hi)/2), math.Min(at(0), at(1)))
}

func planeDistance(p, a, b orb.Point) float64 {
	k := 111_200 * math.Cos(p[1]*radian)
	return math.Sqrt(planar.DistanceFromSegmentSquared(orb.Point{a[0] * k, a[1] * 111_200}, orb.Point{b[0] * k, b[1] * 111_200}, orb.Point{p[0] * k, p[1] * 111_200}))
}

// distance to the rim, as Relations means it.
func (v *oracleVolume) distance(p orb.Point) float64 {
	if v.circle {
		return farApart(v.centre, p) - v.radius
	}
	parts := [][]orb.LineString{v.edges}
	if len(v.polygons) > 1 {
		parts = nil
		for _, poly := range v.polygons {
			var rings []orb.LineString
			for _, r := range poly {
				rings = append(rings, orb.LineString(r))
			}
			parts = append(parts, rings)
		}
	}
	best := math.Inf(1)
	for i, rings := range parts {
		d := math.Inf(1)
		for _, l := range rings {
			for k := 1; k < len(l); k++ {
				if planeDistance(p, l[k-1], l[k]) < d*1.02+1 { // the plane is less wrong than that within 10 km
					d = math.Min(d, edgeDistance(p, l[k-1], l[k]))
				}
			}
		}
		if len(v.polygons) > 0 && planar.PolygonContains(v.polygons[i], p) {
			d = -d
		}
		best = math.Min(best, d-v.grow)
	}
	return best
}
