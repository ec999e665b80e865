package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"
)

// Hasher sums up a stream: SHA-256 over the time since the start (ns), control, QoS, link, topic and payload of each event. Streams
// hold times, so only those made for the same start are comparable: [Scenario.Start], with [HashStream].
type Hasher struct {
	sum  hash.Hash
	head []byte
}

// NewHasher begins a sum.
func NewHasher() *Hasher { return &Hasher{sum: sha256.New()} }

// Add takes the next event.
func (h *Hasher) Add(ev *Event) {
	b := binary.BigEndian.AppendUint64(h.head[:0], uint64(ev.At))
	b = append(b, byte(ev.Control), ev.QoS)
	b = binary.BigEndian.AppendUint32(b, uint32(len(ev.Link)))
	b = append(b, ev.Link...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(ev.Topic)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(ev.Payload)))
	b = append(b, ev.Topic...)
	h.head = b
	h.sum.Write(b)
	h.sum.Write(ev.Payload)
}

// Sum answers the sum of what was added so far, as hex. More may be added.
func (h *Hasher) Sum() string { return hex.EncodeToString(h.sum.Sum(nil)) }

// HashStream answers the sum of the messages before until as they are made for the file's own start: the same at whatever
// speed and from whatever start a run is really flown.
func HashStream(s *Scenario, seed uint64, until time.Duration) string {
	e, h := NewEngine(s, seed, s.Start), NewHasher()
	for ev := e.Next(); ev.At < until; ev = e.Next() {
		h.Add(&ev)
	}
	return h.Sum()
}
