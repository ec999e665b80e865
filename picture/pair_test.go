package picture

import (
	"slices"
	"testing"
	"time"

	"lowsky"
)

// TestPairMadeAnewIsKept: an alert that ended twice must not, when the minute of its second end is over, take away the pair
// that has been made anew since: it went on under a second alert while the first was still open. The score found it.
func TestPairMadeAnewIsKept(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(2*time.Second), batteryRule(0, 2*time.Second))})
	// They hover, apart metres from each other; the batteries of those named are low meanwhile.
	hover := func(apart lowsky.Metres, seconds int, low ...string) {
		for range seconds {
			charge := func(id string) func(*lowsky.TelemetryReport) {
				if slices.Contains(low, id) {
					return battery(5)
				}
				return battery(90)
			}
			a, b := aloft("a", 0, 0, 100, 90, 0), aloft("b", apart, 0, 100, 90, 0)
			f.second(func(r *lowsky.TelemetryReport) { a(r); charge("a")(r) }, func(r *lowsky.TelemetryReport) { b(r); charge("b")(r) })
		}
	}
	// Ends are queued in their order, and one that goes on ending holds up those behind it.
	hover(90, 3, "a")
	hover(90, 5)
	hover(20, 3)
	hover(90, 5) // the first end of the pair's alert
	hover(90, 3, "b")
	hover(90, 5)
	hover(20, 3)
	hover(90, 5) // its second end, behind that of b's battery
	hover(90, 18)
	hover(90, 3, "b")
	hover(90, 5)
	hover(90, 37) // the minute after the second end is over
	hover(20, 60)
	open := pairObjects(f)
	if len(open) != 1 {
		t.Errorf("pairs with an open alert: %q", open)
	}
	ids := map[lowsky.AlertID]bool{}
	for _, a := range f.alerts {
		if a.Hazard == lowsky.HazardSeparation && a.State != lowsky.AlertResolved && a.ChangedAt.After(f.now.Add(-time.Minute)) {
			ids[a.ID] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("%d alerts for one meeting", len(ids))
	}
}
