package airspace

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

// The oracles at full size: 100,000 zones of every kind, 2,000 places and 500 ways, at 114° E and across ±180°. Each
// place is held against every zone, each way against samples along it.
func TestOraclesLong(t *testing.T) {
	if os.Getenv("LOWSKY_TEST_LONG") == "" {
		t.Skip("LOWSKY_TEST_LONG is not set")
	}
	for _, at := range []struct {
		name         string
		lon, lat, by float64
	}{{"114° E", 111.5, 27, 0}, {"across ±180°", 97.3, 27, 80}} {
		t.Run(at.name, func(t *testing.T) {
			s := newScene(60, at.lon, at.lat, 5.34)
			zones := s.mixed(100_000)
			for i, z := range zones {
				z.ID = lowsky.ZoneID(fmt.Sprintf("z-%06d", i))
			}
			there := zones
			if at.by != 0 {
				there = make([]*lowsky.Zone, len(zones))
				for i, z := range zones {
					there[i] = moved(z, at.by)
				}
			}
			began := time.Now()
			ix := mustIndex(t, there...)
			t.Logf("built in %v", time.Since(began))
			oracles := newOracles(zones)
			place := func() (plain, real lowsky.Position) {
				p := s.point()
				q := p
				if q[0] += at.by; q[0] > 180 {
					q[0] -= 360
				}
				return position(p[0], p[1]), position(q[0], q[1])
			}
			hits := 0
			for range 2000 {
				p, q := place()
				want := []lowsky.ZoneID{}
				for i := range oracles {
					if oracles[i].contains(p.Point()) {
						want = append(want, zones[i].ID)
					}
				}
				hits += len(want)
				if d := cmp.Diff(want, ids(ix.Inside(nil, q))); d != "" {
					t.Fatalf("at %v: %s", q, d)
				}
				inside := []lowsky.ZoneID{}
				for _, r := range ix.Relations(nil, &Query{Position: q, Now: noon}) {
					if r.Inside {
						inside = append(inside, r.Zone.ID)
					}
				}
				if d := cmp.Diff(want, inside); d != "" {
					t.Fatalf("relations at %v: %s", q, d)
				}
			}
			crossings := 0
			for range 500 {
				_, from := place()
				to := Offset(from, lowsky.Degrees(s.between(0, 360)), lowsky.Metres(s.between(1, 1000)))
				sampled := map[lowsky.ZoneID]bool{}
				for i := range 501 {
					for _, z := range ix.Inside(nil, along(from, to, float64(i)/500)) {
						sampled[z.ID] = true
					}
				}
				for _, r := range ix.Relations(nil, &Query{Position: to, Previous: lowsky.Some(from), Now: noon}) {
					if r.Crossed || r.Inside {
						crossings++
						delete(sampled, r.Zone.ID)
					}
				}
				if len(sampled) > 0 {
					t.Fatalf("%v → %v: samples lie in %v, which is neither crossed nor inside", from, to, sampled)
				}
			}
			if hits < 2000 || crossings < 500 {
				t.Errorf("only %d zones over places, %d on ways", hits, crossings)
			}
			t.Logf("%d zones over places, %d on ways", hits, crossings)
		})
	}
}
