package ingest

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

const (
	// maxSources bounds the sources that are counted by name; the rest share overflowSource.
	maxSources = 20000
	// maxStrangers bounds, among them, those that have never sent anything readable: noise must not use up the names.
	maxStrangers   = 1000
	overflowSource = lowsky.SourceID("other")
)

// SourceCount is what ingest knows of one source. Late reports and clock skew are the picture's (lowsky.SourceView).
type SourceCount struct {
	ID       lowsky.SourceID        `json:"id"`
	Format   lowsky.Format          `json:"format,omitempty"`
	Link     string                 `json:"link"`     // the newest connection
	Received uint64                 `json:"received"` // messages from the wire
	Decoded  uint64                 `json:"decoded"`  // messages of the vocabulary they held
	Rejected map[wire.Reason]uint64 `json:"rejected"` // messages, by reason
	// RejectedElements counts elements of arrays whose other elements were taken; the message is in Rejected too.
	RejectedElements uint64    `json:"rejected_elements,omitempty"`
	NotLogged        uint64    `json:"not_logged,omitempty"` // the journal was full: lost at QoS 0, sent again at QoS 1
	UnknownKeys      uint64    `json:"unknown_keys,omitempty"`
	UnknownKey       string    `json:"unknown_key,omitempty"` // one of them
	BadClock         uint64    `json:"unreadable_clock,omitempty"`
	Dropped          uint64    `json:"dropped_values,omitempty"`
	LastSeen         time.Time `json:"last_seen"`
	LastRejection    Rejection `json:"last_rejection,omitzero"`
}

// Rejection is the newest message of a source that was refused.
type Rejection struct {
	At      time.Time   `json:"at"`
	Topic   string      `json:"topic"`
	Reason  wire.Reason `json:"reason"`
	Field   string      `json:"field"`
	Problem string      `json:"problem"`
}

// Totals counts over all sources since the start.
type Totals struct {
	Received      uint64                 `json:"received"`
	Decoded       uint64                 `json:"decoded"`
	Logged        uint64                 `json:"logged"`
	Rejected      map[wire.Reason]uint64 `json:"rejected"`
	LostQoS0      uint64                 `json:"lost_qos0"`    // the journal was full and nobody will send them again
	RefusedQoS1   uint64                 `json:"refused_qos1"` // the journal was full; not acknowledged
	Replies       uint64                 `json:"replies"`
	RepliesFailed uint64                 `json:"replies_failed"`
	// Mismatches counts messages of devices in the name of others, as told to the log; MismatchesLost those that no
	// record of the log tells of.
	Mismatches     uint64 `json:"identity_mismatches"`
	MismatchesLost uint64 `json:"identity_mismatches_lost"`
	Sources        int    `json:"sources"`
}

// Sources counts by source. It is safe for concurrent use.
type Sources struct {
	mu        sync.RWMutex
	byID      map[lowsky.SourceID]*sourceCount
	strangers int

	received, decoded, logged, lost, refused, replies, replyFailed atomic.Uint64
	mismatches, mismatchesLost                                     atomic.Uint64
	rejected                                                       [len32]atomic.Uint64
}

const len32 = 32 // at least len(wire.Reasons); a test holds it

type sourceCount struct {
	mu     sync.Mutex
	known  bool // has sent something readable
	reason [len32]uint64
	SourceCount
}

func newSources() *Sources {
	return &Sources{byID: map[lowsky.SourceID]*sourceCount{}}
}

// of finds or makes the counter of a source.
func (s *Sources) of(id lowsky.SourceID, readable bool) *sourceCount {
	s.mu.RLock()
	c := s.byID[id]
	s.mu.RUnlock()
	if c != nil {
		return c
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c = s.byID[id]; c != nil {
		return c
	}
	if len(s.byID) >= maxSources || !readable && s.strangers >= maxStrangers {
		id = overflowSource
		if c = s.byID[id]; c != nil {
			return c
		}
	} else if !readable {
		s.strangers++
	}
	id = lowsky.SourceID(strings.Clone(string(id))) // it may be part of a topic
	c = &sourceCount{known: readable, SourceCount: SourceCount{ID: id}}
	s.byID[id] = c
	return c
}

func (s *Sources) count(id lowsky.SourceID, d *decoder, a Arrival, at time.Time, msgs []lowsky.Message, err error, n *wire.Notes) {
	s.received.Add(1)
	s.decoded.Add(uint64(len(msgs)))
	readable := len(msgs) > 0
	c := s.of(id, readable)
	c.mu.Lock()
	defer c.mu.Unlock()
	if readable && !c.known {
		c.known = true
		s.befriend(c.ID)
	}
	if d != nil {
		c.Format = d.format
	}
	c.Link = a.Link
	c.Received++
	c.Decoded += uint64(len(msgs))
	c.LastSeen = at
	c.RejectedElements += uint64(n.Refused)
	c.BadClock += uint64(n.BadClock)
	c.Dropped += uint64(n.Dropped)
	if n.UnknownKeys > 0 {
		c.UnknownKeys += uint64(n.UnknownKeys)
		c.UnknownKey = n.FirstUnknown
	}
	if err != nil {
		reason := wire.ReasonOf(err)
		i := reasonIndex(reason)
		c.reason[i]++
		s.rejected[i].Add(1)
		c.LastRejection = rejection(a, at, reason, err)
	}
}

// befriend takes a source that has said something readable out of the strangers' share.
func (s *Sources) befriend(id lowsky.SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != overflowSource && s.strangers > 0 {
		s.strangers--
	}
}

func reasonIndex(r wire.Reason) int {
	if i := slices.Index(wire.Reasons, r); i >= 0 {
		return i
	}
	return len(wire.Reasons) - 1
}

func rejection(a Arrival, at time.Time, reason wire.Reason, err error) Rejection {
	r := Rejection{At: at, Topic: cut(a.Topic), Reason: reason, Problem: err.Error()}
	var invalid *lowsky.InvalidError
	if errors.As(err, &invalid) {
		r.Field, r.Problem = invalid.Field, invalid.Problem
	}
	return r
}

func (s *Sources) notLogged(id lowsky.SourceID, qos byte) {
	if qos == 0 {
		s.lost.Add(1)
	} else {
		s.refused.Add(1)
	}
	c := s.of(id, false)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.NotLogged++
}

// Snapshot answers the counts of every source, by id.
func (s *Sources) Snapshot() []SourceCount {
	s.mu.RLock()
	all := make([]*sourceCount, 0, len(s.byID))
	for _, c := range s.byID {
		all = append(all, c)
	}
	s.mu.RUnlock()
	out := make([]SourceCount, len(all))
	for i, c := range all {
		c.mu.Lock()
		out[i] = c.SourceCount
		out[i].Rejected = byReason(func(r int) uint64 { return c.reason[r] })
		c.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b SourceCount) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// Totals answers the counts over all sources.
func (s *Sources) Totals() Totals {
	s.mu.RLock()
	n := len(s.byID)
	s.mu.RUnlock()
	return Totals{
		Received: s.received.Load(), Decoded: s.decoded.Load(), Logged: s.logged.Load(),
		Rejected: byReason(func(r int) uint64 { return s.rejected[r].Load() }),
		LostQoS0: s.lost.Load(), RefusedQoS1: s.refused.Load(),
		Replies: s.replies.Load(), RepliesFailed: s.replyFailed.Load(), Sources: n,
		Mismatches: s.mismatches.Load(), MismatchesLost: s.mismatchesLost.Load(),
	}
}

func byReason(n func(int) uint64) map[wire.Reason]uint64 {
	m := map[wire.Reason]uint64{}
	for i, r := range wire.Reasons {
		if v := n(i); v > 0 {
			m[r] = v
		}
	}
	return m
}
