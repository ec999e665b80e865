package api

import (
	"time"

	"lowsky"
)

// slotBook hands out slots: small numbers that stand for aircraft in position frames. A released slot is parked for a
// while, so that a frame that is still on its way cannot be taken for another aircraft; an aircraft that comes back
// meanwhile gets its own again.
type slotBook struct {
	park   time.Duration
	next   uint32
	parked map[lowsky.AircraftID]parkedSlot
	queue  []parkedSlot // oldest first; entries taken back by their aircraft are stale
}

type parkedSlot struct {
	slot  uint32
	id    lowsky.AircraftID
	since time.Time
}

func (b *slotBook) take(id lowsky.AircraftID, now time.Time) uint32 {
	if p, ok := b.parked[id]; ok {
		delete(b.parked, id)
		return p.slot
	}
	for len(b.queue) > 0 {
		p := b.queue[0]
		if b.parked[p.id] != p { // taken back, perhaps parked anew since
			b.queue = b.queue[1:]
			continue
		}
		if now.Sub(p.since) < b.park {
			break
		}
		b.queue = b.queue[1:]
		delete(b.parked, p.id)
		return p.slot
	}
	b.next++
	return b.next - 1
}

func (b *slotBook) release(slot uint32, id lowsky.AircraftID, now time.Time) {
	if b.parked == nil {
		b.parked = map[lowsky.AircraftID]parkedSlot{}
	}
	p := parkedSlot{slot: slot, id: id, since: now}
	b.parked[id] = p
	b.queue = append(b.queue, p)
}
