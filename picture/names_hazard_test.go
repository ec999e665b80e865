package picture

import (
	"testing"
	"time"

	"lowsky"
)

// TestAirlinerByItsOwnAddressComesNear: the register has the address of a crewed aircraft as the drone's. It was seen where
// the drone is not, so it is traffic, and is near the drone when it comes near.
func TestAirlinerByItsOwnAddressComesNear(t *testing.T) {
	for _, from := range []lowsky.Metres{6000, 700} { // from afar; from next to it, but fast
		f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
		f.second(aloft("A", 0, 0, 100, 90, 0))
		for x := from; x > -from; x -= 70 {
			f.seen("780abc", "adsb", x, 100, func(m *lowsky.TrafficReport) {
				m.Position.HAE, m.GroundSpeed = lowsky.Some(lowsky.Metres(130)), lowsky.Some(lowsky.MetresPerSecond(70))
			})
			f.second(aloft("A", 0, 0, 100, 90, 0))
			if x < 300 && x > -300 {
				f.want(lowsky.HazardSeparation, firing, lowsky.Warning)
			}
		}
	}
}

// TestOwnTransponderAgain: its own echo that was seen elsewhere once is the aircraft again after a minute with it.
func TestOwnTransponderAgain(t *testing.T) {
	f := fly(t, Config{Packs: pack(pairRule(3 * time.Second)), Aircraft: []*lowsky.Aircraft{entryA()}})
	f.second(aloft("A", 0, 0, 100, 90, 0))
	f.seen("780abc", "adsb", 5000, 0)
	for range 70 {
		f.now = f.now.Add(500 * time.Millisecond)
		f.seen("780abc", "adsb", 5, 0, func(m *lowsky.TrafficReport) { m.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(0)) })
		f.second(aloft("A", 0, 0, 100, 90, 0))
	}
	if len(f.e.traffic) != 0 || f.open() != 0 {
		t.Errorf("%d are traffic, %d open", len(f.e.traffic), f.open())
	}
}
