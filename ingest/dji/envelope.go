package dji

import (
	"math"
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

const (
	maxText    = 64  // bytes of a text that we keep
	maxTopo    = 64  // aircraft in one topology
	maxAlarms  = 200 // alarms in one list; DJI sends at most 20
	maxTraffic = 200
)

// envelope is what every message is wrapped in (device-protocols §1.3). On drc/up there are only method, data, seq and
// timestamp.
type envelope struct {
	tid, bid  []byte // as sent, JSON, quotes and all: a reply carries the same
	gateway   lowsky.SourceID
	method    string
	needReply bool
	at        time.Time // UTC; zero where it was not sent or cannot be read
	data      []byte    // as sent, JSON; nil where absent or null
}

// open reads the envelope. Only broken JSON is an error; what cannot be read is absent.
func open(payload []byte, notes *wire.Notes) (envelope, error) {
	var e envelope
	if len(payload) == 0 {
		return e, wire.Refuse(wire.ReasonEmpty, "payload", "is empty")
	}
	s := wire.NewScanner(payload)
	if k := s.Next(); k != wire.Object && s.Err() == nil {
		return e, wire.Refuse(wire.ReasonType, "payload", "must be a JSON object")
	}
	s.Enter(wire.Object)
	for key, ok := s.Key(); ok; key, ok = s.Key() {
		switch string(key) {
		case "tid":
			e.tid = scalar(&s)
		case "bid":
			e.bid = scalar(&s)
		case "gateway":
			if sn := s.LooseText(maxText); wire.ValidID(sn) {
				e.gateway = lowsky.SourceID(sn)
			}
		case "method":
			e.method = s.LooseText(maxText)
		case "need_reply":
			v, _ := s.Loose()
			e.needReply = v != 0
		case "timestamp", "timestamp:": // the second stands in DJI's own examples
			e.at = instant(&s, notes)
		case "data":
			if e.data = s.Skip(); string(e.data) == "null" {
				e.data = nil
			}
		case "seq", "code", "message", "result", "output":
			s.Skip()
		default:
			notes.Unknown(key)
			s.Skip()
		}
	}
	return e, s.End()
}

// scalar answers a string or number as sent; nil for anything else or longer than an id can be.
func scalar(s *wire.Scanner) []byte {
	k := s.Next()
	raw := s.Skip()
	if k != wire.String && k != wire.Number || len(raw) > 256 {
		return nil
	}
	return raw
}

// instant reads milliseconds since 1970. They are kept as sent, however wrong the clock: only what no calendar of four
// digits holds is a zero time, like 0 itself.
func instant(s *wire.Scanner, notes *wire.Notes) time.Time {
	v, ok := s.Loose()
	if !ok || v < 0 || v > 253402300799999 { // 9999-12-31T23:59:59.999Z
		notes.BadClock++
		return time.Time{}
	}
	if v == 0 {
		return time.Time{}
	}
	whole := math.Floor(v)
	return time.UnixMilli(int64(whole)).UTC()
}

// member reads the keys of the object in data, if it is one. Every value must be read by each.
func member(data []byte, each func(s *wire.Scanner, key []byte)) {
	s := wire.NewScanner(data)
	if len(data) == 0 || s.Next() != wire.Object {
		return
	}
	members(&s, each)
}

// members reads the keys of the object that comes next; anything else is read over.
func members(s *wire.Scanner, each func(s *wire.Scanner, key []byte)) {
	if s.Next() != wire.Object {
		s.Skip()
		return
	}
	s.Enter(wire.Object)
	for key, ok := s.Key(); ok; key, ok = s.Key() {
		each(s, key)
	}
}

// elements reads the elements of the array that comes next, or the single object in its place; anything else is read
// over.
func elements(s *wire.Scanner, each func(s *wire.Scanner)) {
	switch s.Next() {
	case wire.Object:
		each(s)
	case wire.Array:
		s.Enter(wire.Array)
		for s.Element() {
			each(s)
		}
	default:
		s.Skip()
	}
}

// within keeps a value that lies in [min, max]; one outside is absent and noted: DJI sends 32767 and the like for
// "no value".
func within[F ~float64](s *wire.Scanner, min, max float64, to *lowsky.Opt[F], notes *wire.Notes) {
	v, ok := s.Loose()
	if !ok || v < min || v > max {
		notes.Dropped++
		return
	}
	*to = lowsky.Some(F(v))
}

// code keeps a whole number; one that is none is absent and noted.
func code(s *wire.Scanner, to *lowsky.Opt[int], notes *wire.Notes) {
	v, ok := s.Loose()
	if !ok || v != math.Trunc(v) || math.Abs(v) > 1<<31 {
		notes.Dropped++
		return
	}
	*to = lowsky.Some(int(v))
}

// degrees normalises an angle to [0, 360).
func degrees(o lowsky.Opt[lowsky.Degrees]) lowsky.Opt[lowsky.Degrees] {
	if o.Value < 0 {
		o.Value += 360
	}
	if o.Value >= 360 {
		o.Value -= 360
	}
	return o
}
