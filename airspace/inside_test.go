package airspace

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
)

func mustIndex(t testing.TB, zones ...*lowsky.Zone) *Index {
	t.Helper()
	ix, err := NewIndex(zones)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func TestInsideAgreesWithPlainDefinition(t *testing.T) {
	for _, at := range []struct {
		name          string
		lon, lat, by  float64
		zones, points int
	}{
		{"Xianning 114°E", 113.6, 29.2, 0, 2000, 8_000},
		{"equator and Greenwich", -0.5, -0.5, 0, 300, 5_000},
		{"60° north", 10, 59.5, 0, 300, 5_000},
		{"across ±180°", 99.5, 30, 80, 300, 10_000},
	} {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(1, at.lon, at.lat, 1)
			zones := s.mixed(at.zones)
			there := make([]*lowsky.Zone, len(zones))
			for i, z := range zones {
				there[i] = z
				if at.by != 0 {
					there[i] = moved(z, at.by)
				}
			}
			ix := mustIndex(t, there...)
			oracles := newOracles(zones)
			buf, hits := []*lowsky.Zone(nil), 0
			for range at.points {
				p := s.point()
				q := p
				if q[0] += at.by; q[0] > 180 {
					q[0] -= 360
				}
				buf = ix.Inside(buf[:0], position(q[0], q[1]))
				want := []lowsky.ZoneID{}
				for i := range oracles {
					if oracles[i].contains(p) {
						want = append(want, zones[i].ID)
					}
				}
				hits += len(want)
				if d := cmp.Diff(want, ids(buf)); d != "" {
					t.Fatalf("at %v: %s", q, d)
				}
			}
			if hits == 0 {
				t.Fatal("no point lay in a zone: nothing was tested")
			}
		})
	}
}

// Vertices, the middles of edges and the cell corners around them belong to the zone, and so do those of holes.
func TestRimsBelongToTheZone(t *testing.T) {
	s := newScene(2, 113.6, 29.2, 1)
	zones := s.mixed(300)
	ix := mustIndex(t, zones...)
	for _, z := range zones {
		for _, p := range z.Geometry.Polygons {
			for _, r := range p {
				for i := 1; i < len(r); i++ {
					a, b := r[i-1], r[i]
					for _, share := range []float64{0, 0.5, 0.123456789} {
						at := orb.Point{a[0] + (b[0]-a[0])*share, a[1] + (b[1]-a[1])*share}
						if !slices.Contains(ix.Inside(nil, position(at[0], at[1])), z) {
							t.Fatalf("zone %s: rim %v at %.2f of edge %d is outside", z.ID, at, share, i)
						}
					}
				}
			}
		}
	}
}

func TestInsideDoesNotAllocate(t *testing.T) {
	s := newScene(3, 113.6, 29.2, 0.2)
	ix := mustIndex(t, s.zones(300)...)
	buf := make([]*lowsky.Zone, 0, 64)
	p := make([]lowsky.Position, 100)
	for i := range p {
		q := s.point()
		p[i] = position(q[0], q[1])
	}
	if n := testing.AllocsPerRun(20, func() {
		for _, p := range p {
			buf = ix.Inside(buf[:0], p)
		}
	}); n != 0 {
		t.Errorf("Inside allocates %v times", n)
	}
}
