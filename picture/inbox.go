package picture

import (
	"sync"

	"lowsky"
)

// asideMost bounds the skipped reports that wait to be judged as late. Beyond it they are recorded as skipped and stay in
// the journal, but the picture does not judge them any more.
const asideMost = 65_536

// entry is one record on its way to the engine.
type entry struct {
	rec        lowsky.Record
	msgs       []lowsky.Message
	prev, next *entry
	aircraft   lowsky.AircraftID // "" where it must not be skipped
}

// inbox is the bounded queue between the journal's order and the picture. put never blocks. Above its high-water mark
// only the newest report of an aircraft is kept; the older one goes to the skipped, to be judged later as late.
type inbox struct {
	high, most int // entries

	mu      sync.Mutex
	head    *entry
	tail    *entry
	n       int
	free    *entry
	newest  map[lowsky.AircraftID]*entry // only above the high-water mark
	crowded bool
	skipped []taken  // taken out of the queue, or never let in, and not yet recorded
	excess  []uint64 // as skipped, beyond the bound: recorded, but not judged any more
	wake    chan struct{}
}

func newInbox(high int) *inbox {
	return &inbox{high: high, most: 8 * high, wake: make(chan struct{}, 1), newest: map[lowsky.AircraftID]*entry{}}
}

// skippable answers the aircraft of a record that is one aircraft's telemetry and nothing else.
func skippable(rec *lowsky.Record, msgs []lowsky.Message) lowsky.AircraftID {
	if rec.Kind != lowsky.RecordMessage || len(msgs) == 0 {
		return ""
	}
	var id lowsky.AircraftID
	for _, m := range msgs {
		r, ok := m.(*lowsky.TelemetryReport)
		if !ok || r.Aircraft == "" || id != "" && r.Aircraft != id || r.ForcedLanding ||
			r.Status.Or(lowsky.StatusUnknown) == lowsky.StatusEmergency {
			return ""
		}
		id = r.Aircraft
	}
	return id
}

// put takes one record. The caller may be holding the journal's lock: it waits for nothing but the inbox's own short
// lock.
func (b *inbox) put(rec lowsky.Record, msgs []lowsky.Message) {
	id := skippable(&rec, msgs)
	if rec.Kind == lowsky.RecordMessage {
		rec.Payload = nil // decoded; the journal has the bytes
	}
	b.mu.Lock()
	if b.n >= b.high && !b.crowded {
		b.crowd()
	}
	if b.crowded && id != "" {
		if old := b.newest[id]; old != nil {
			b.skip(old)
		} else if b.n >= b.most { // more aircraft than the queue holds: this one is judged later
			b.setAside(rec, msgs)
			b.mu.Unlock()
			return
		}
	}
	e := b.free
	if e != nil {
		b.free = e.next
	} else {
		e = &entry{}
	}
	*e = entry{rec: rec, msgs: msgs, prev: b.tail, aircraft: id}
	if b.tail != nil {
		b.tail.next = e
	} else {
		b.head = e
	}
	b.tail = e
	b.n++
	if b.crowded && id != "" {
		b.newest[id] = e
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// crowd begins to keep only the newest of each aircraft: everything older that waits is skipped at once.
func (b *inbox) crowd() {
	b.crowded = true
	for e := b.head; e != nil; {
		next := e.next
		if e.aircraft != "" {
			if old := b.newest[e.aircraft]; old != nil {
				b.skip(old)
			}
			b.newest[e.aircraft] = e
		}
		e = next
	}
}

// skip takes a waiting report out of the queue.
func (b *inbox) skip(e *entry) {
	b.setAside(e.rec, e.msgs)
	delete(b.newest, e.aircraft)
	b.unlink(e)
	b.release(e)
}

func (b *inbox) setAside(rec lowsky.Record, msgs []lowsky.Message) {
	if len(b.skipped) < asideMost {
		b.skipped = append(b.skipped, taken{rec, msgs})
	} else {
		b.excess = append(b.excess, rec.Seq)
	}
}

func (b *inbox) unlink(e *entry) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		b.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		b.tail = e.prev
	}
	b.n--
}

func (b *inbox) release(e *entry) {
	*e = entry{next: b.free}
	b.free = e
}

// take moves up to most entries into dst, oldest first, and hands over what was skipped since. What is skipped is older
// than everything taken after it is recorded.
func (b *inbox) take(dst []taken, most int) (batch, skipped []taken, excess []uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.head != nil && len(dst) < most {
		e := b.head
		dst = append(dst, taken{e.rec, e.msgs})
		if b.crowded && e.aircraft != "" && b.newest[e.aircraft] == e {
			delete(b.newest, e.aircraft)
		}
		b.unlink(e)
		b.release(e)
	}
	if b.crowded && b.n < b.high/2 {
		b.crowded = false
		clear(b.newest)
	}
	if len(b.skipped) > 0 {
		skipped, b.skipped = b.skipped, nil
	}
	if len(b.excess) > 0 {
		excess, b.excess = b.excess, nil
	}
	return dst, skipped, excess
}

// taken is a record with its messages.
type taken struct {
	rec  lowsky.Record
	msgs []lowsky.Message
}

// len answers how many records wait.
func (b *inbox) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}
