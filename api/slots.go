package api

import (
	"math/rand/v2"
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

// classSlots hands out the slots of a restricted scope class, at random among those that were not used for a while: a
// number says neither which aircraft it is, nor that it is one that was here before, nor what another class calls it.
type classSlots struct {
	park  time.Duration
	taken map[uint32]struct{} // in use or parked
	queue []parkedSlot        // oldest first
}

// leastSlots is the least number of slots that one is drawn from.
const leastSlots = 1 << 12

func (b *classSlots) take(now time.Time) uint32 {
	for len(b.queue) > 0 && now.Sub(b.queue[0].since) >= b.park {
		delete(b.taken, b.queue[0].slot)
		b.queue = b.queue[1:]
	}
	if b.taken == nil {
		b.taken = map[uint32]struct{}{}
	}
	// Consoles keep arrays by slot: four times as many as are taken is random enough and not large.
	among := uint32(leastSlots)
	for among/4 <= uint32(len(b.taken)) {
		among *= 2
	}
	for {
		slot := rand.Uint32N(among)
		if _, taken := b.taken[slot]; !taken {
			b.taken[slot] = struct{}{}
			return slot
		}
	}
}

func (b *classSlots) release(slot uint32, now time.Time) {
	b.queue = append(b.queue, parkedSlot{slot: slot, since: now})
}
