package airspace

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"lowsky"
)

// scene makes random zones: stars of 10–200 vertices, 100 m to 3 km, some with a hole, some of two parts, and circles.
type scene struct {
	rand     *rand.Rand
	lon, lat float64 // lower left
	size     float64 // degrees
}

func newScene(seed uint64, lon, lat, size float64) *scene {
	return &scene{rand.New(rand.NewPCG(seed, 7)), lon, lat, size}
}

func (s *scene) between(a, b float64) float64 { return a + (b-a)*s.rand.Float64() }

func (s *scene) point() orb.Point {
	return orb.Point{s.between(s.lon, s.lon+s.size), s.between(s.lat, s.lat+s.size)}
}

// star is a ring around c whose radius in metres varies between share × r and r.
func (s *scene) star(c orb.Point, n int, r, share float64) orb.Ring {
	m, p := radii(c[1] * radian)
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		d := r * s.between(share, 1)
		ring = append(ring, orb.Point{c[0] + d*math.Cos(a)/p/radian, c[1] + d*math.Sin(a)/m/radian})
	}
	return append(ring, ring[0])
}

func (s *scene) polygon(c orb.Point) orb.Polygon {
	n, r := 10+s.rand.IntN(191), s.between(100, 3000)
	p := orb.Polygon{s.star(c, n, r, 0.5)}
	if s.rand.IntN(4) == 0 {
		p = append(p, s.star(c, 5+s.rand.IntN(20), r*0.3, 0.5))
	}
	return p
}

func (s *scene) zone(i int) *lowsky.Zone {
	z := &lowsky.Zone{ID: lowsky.ZoneID(fmt.Sprintf("z-%05d", i)), Version: 1, Restriction: lowsky.Prohibited}
	c := s.point()
	switch s.rand.IntN(8) {
	case 0:
		z.Geometry = lowsky.Geometry{Centre: c, Radius: lowsky.Metres(s.between(100, 3000))}
	case 1:
		z.Geometry.Polygons = orb.MultiPolygon{s.polygon(c), s.polygon(orb.Point{c[0] + s.between(-0.02, 0.02), c[1] + s.between(-0.02, 0.02)})}
	default:
		z.Geometry.Polygons = orb.MultiPolygon{s.polygon(c)}
	}
	return z
}

// line is a way of 2–8 positions, 200 m to 2 km apart, with bends of any kind.
func (s *scene) line(c orb.Point) orb.LineString {
	l, p := orb.LineString{c}, position(c[0], c[1])
	course := s.between(0, 360)
	for range 1 + s.rand.IntN(7) {
		course += s.between(-150, 150)
		p = Offset(p, lowsky.Degrees(course), lowsky.Metres(s.between(200, 2000)))
		l = append(l, p.Point())
	}
	return l
}

// mixedZone is a zone of any kind: besides those of zone corridors, buffers and further volumes.
func (s *scene) mixedZone(i int) *lowsky.Zone {
	z := s.zone(i)
	if s.rand.IntN(5) == 0 {
		z.Geometry = lowsky.Geometry{Line: s.line(s.point()), Width: lowsky.Metres(s.between(50, 1500))}
	}
	if s.rand.IntN(4) == 0 {
		z.Buffer = lowsky.Some(lowsky.Metres(s.between(1, 900)))
	}
	if s.rand.IntN(6) == 0 {
		z.Further = append(z.Further, lowsky.Volume3D{Geometry: s.zone(0).Geometry})
	}
	if s.rand.IntN(12) == 0 {
		c := z.Geometry.Centre
		if !z.Geometry.IsCircle() {
			c = s.point()
		}
		z.Further = append(z.Further, lowsky.Volume3D{Geometry: lowsky.Geometry{Line: s.line(c), Width: 300}})
	}
	return z
}

func (s *scene) mixed(n int) []*lowsky.Zone {
	out := make([]*lowsky.Zone, n)
	for i := range out {
		out[i] = s.mixedZone(i)
	}
	return out
}

func (s *scene) zones(n int) []*lowsky.Zone {
	out := make([]*lowsky.Zone, n)
	for i := range out {
		out[i] = s.zone(i)
	}
	return out
}

// moved is a copy of z, lon degrees further east, brought back into ±180°.
func moved(z *lowsky.Zone, lon float64) *lowsky.Zone {
	at := func(p orb.Point) orb.Point {
		x := p[0] + lon
		if x > 180 {
			x -= 360
		}
		return orb.Point{x, p[1]}
	}
	shape := func(g lowsky.Geometry) lowsky.Geometry {
		out := lowsky.Geometry{Radius: g.Radius, Width: g.Width}
		if g.IsCircle() {
			out.Centre = at(g.Centre)
		}
		for _, p := range g.Line {
			out.Line = append(out.Line, at(p))
		}
		for _, p := range g.Polygons {
			var q orb.Polygon
			for _, r := range p {
				var ring orb.Ring
				for _, v := range r {
					ring = append(ring, at(v))
				}
				q = append(q, ring)
			}
			out.Polygons = append(out.Polygons, q)
		}
		return out
	}
	c := *z
	c.Geometry, c.Further = shape(z.Geometry), nil
	for _, v := range z.Further {
		v.Geometry = shape(v.Geometry)
		c.Further = append(c.Further, v)
	}
	return &c
}

func position(lon, lat float64) lowsky.Position {
	return lowsky.Position{Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat)}
}

func ids(zs []*lowsky.Zone) []lowsky.ZoneID {
	out := []lowsky.ZoneID{}
	for _, z := range zs {
		out = append(out, z.ID)
	}
	return out
}
