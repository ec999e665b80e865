package lowsky_test

import (
	"math"
	"testing"

	"lowsky"
)

// Art. 62 by mass, in its order: at each border, just below and just above.
func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		empty, takeoff lowsky.Kilograms
		want           lowsky.Class
	}{
		{0.249, 0.249, lowsky.Micro}, {0.249, 30, lowsky.Micro}, {0.25, 0.9, lowsky.Light},
		{4, 7, lowsky.Light}, {4.001, 7, lowsky.Small}, {4, 7.001, lowsky.Small},
		{15, 25, lowsky.Small}, {15.001, 25, lowsky.Medium}, {15, 25.001, lowsky.Medium},
		{140, 150, lowsky.Medium}, {140, 150.1, lowsky.Large},
		{0, 1, lowsky.ClassUnknown}, {-1, 1, lowsky.ClassUnknown}, {5, 4, lowsky.ClassUnknown},
		{lowsky.Kilograms(math.NaN()), 4, lowsky.ClassUnknown}, {1, lowsky.Kilograms(math.Inf(1)), lowsky.ClassUnknown},
	} {
		if got := lowsky.ClassOf(lowsky.Some(c.empty), lowsky.Some(c.takeoff)); got != c.want {
			t.Errorf("empty %v kg, take-off %v kg: %q, want %q", c.empty, c.takeoff, got, c.want)
		}
	}
	if got := lowsky.ClassOf(lowsky.Opt[lowsky.Kilograms]{}, lowsky.Some(lowsky.Kilograms(3))); got != lowsky.ClassUnknown {
		t.Errorf("without empty mass: %q", got)
	}
}
