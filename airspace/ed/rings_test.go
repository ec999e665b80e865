package ed

import (
	"testing"

	"github.com/paulmach/orb"
)

func box(x, y, a float64) orb.Ring {
	return orb.Ring{{x, y}, {x + a, y}, {x + a, y + a}, {x, y + a}, {x, y}}
}

func TestNest(t *testing.T) {
	wrapped := orb.Ring{{179.9, 0}, {-179.9, 0}, {-179.9, 0.2}, {179.9, 0.2}, {179.9, 0}}
	for _, c := range []struct {
		name  string
		rings orb.Polygon
		want  []int // rings of each polygon
	}{
		{"alone", orb.Polygon{box(0, 0, 1)}, []int{1}},
		{"hole", orb.Polygon{box(0, 0, 1), box(0.2, 0.2, 0.1)}, []int{2}},
		{"hole that touches the rim", orb.Polygon{box(0, 0, 1), {{0, 0.3}, {0.2, 0.3}, {0.2, 0.4}, {0, 0.3}}}, []int{2}},
		{"two holes", orb.Polygon{box(0, 0, 1), box(0.2, 0.2, 0.1), box(0.5, 0.5, 0.1)}, []int{3}},
		{"beside", orb.Polygon{box(0, 0, 1), box(2, 0, 1)}, []int{1, 1}},
		{"half outside", orb.Polygon{box(0, 0, 1), box(0.5, 0.5, 1)}, []int{1, 1}},
		{"around", orb.Polygon{box(0.2, 0.2, 0.1), box(0, 0, 1)}, []int{1, 1}},
		{"an island in a hole", orb.Polygon{box(0, 0, 1), box(0.2, 0.2, 0.4), box(0.3, 0.3, 0.1)}, []int{2, 1}},
		{"holes that overlap", orb.Polygon{box(0, 0, 1), box(0.2, 0.2, 0.4), box(0.4, 0.4, 0.4)}, []int{2, 1}},
		{"not closed", orb.Polygon{box(0, 0, 1)[:4], box(0.2, 0.2, 0.1)[:4]}, []int{2}},
		{"across 180°", orb.Polygon{wrapped, box(-179.95, 0.05, 0.01), box(179.95, 0.05, 0.01)}, []int{3}},
	} {
		got, ok := Nest(c.rings)
		var counts []int
		for _, p := range got {
			counts = append(counts, len(p))
		}
		if !ok || len(counts) != len(c.want) {
			t.Errorf("%s: %v %v", c.name, counts, ok)
			continue
		}
		for i := range counts {
			if counts[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, counts, c.want)
			}
		}
	}
}

func TestNestGivesUp(t *testing.T) {
	var long orb.Ring
	for i := range 20_000 {
		long = append(long, orb.Point{float64(i%2) / 10, float64(i) / 1000})
	}
	inner := make(orb.Ring, 20_000)
	for i := range inner {
		inner[i] = long[0]
	}
	if _, ok := Nest(orb.Polygon{long, inner}); ok {
		t.Error("400 million steps were taken")
	}
}

func TestIDFor(t *testing.T) {
	if got := IDFor("LSZB003"); got != "LSZB003" {
		t.Error(got)
	}
	if got := IDFor("禁飞区-1"); got != "禁飞区-1" {
		t.Error(got)
	}
	a, b := IDFor("A B"), IDFor("A_B")
	if a == b || b != "A_B" || a != IDFor("A B") || len(a) < 4 || a[:4] != "A_B-" {
		t.Error(a, b)
	}
	if got := IDFor(string(make([]byte, 900))); len(got) > 128 {
		t.Error(len(got))
	}
}
