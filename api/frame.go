package api

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// The binary position frame of docs/stream.md.
const (
	frameMagic   = "LSP1"
	frameVersion = 1
	frameHeader  = 32
	frameRow     = 26            // bytes per row with all columns
	frameColumns = 1<<11 - 1     // column bits of version 1
	absent16     = 0xFFFF        // u16 columns
	absentClimb  = math.MinInt16 // i16 column

	// FlagFull marks the first frame of a tile, or of the alerting set, after it was asked for.
	FlagFull = 1
	// FlagAlerting marks a frame of the alerting set, which everybody gets whatever they look at.
	FlagAlerting = 2
)

// Frame is a decoded position frame.
type Frame struct {
	Flags    uint8  `json:"flags"`
	Sequence uint64 `json:"sequence"` // journal sequence of the newest record in it
	TimeMS   int64  `json:"time_ms"`  // when it was made, ms since 1970 UTC
	Rows     []Row  `json:"rows"`
}

// Row is one aircraft of a frame, in the units of the vocabulary. What the wire cannot hold is clamped; a value that
// is not finite is absent.
type Row struct {
	Slot          uint32                             `json:"slot"`
	Longitude     lowsky.Degrees                     `json:"longitude_deg"`
	Latitude      lowsky.Degrees                     `json:"latitude_deg"`
	HAE           lowsky.Opt[lowsky.Metres]          `json:"altitude_hae_m"`
	AGL           lowsky.Opt[lowsky.Metres]          `json:"height_agl_m"`
	GroundSpeed   lowsky.Opt[lowsky.MetresPerSecond] `json:"ground_speed_mps"`
	Course        lowsky.Opt[lowsky.Degrees]         `json:"course_deg"` // taken modulo 360
	VerticalSpeed lowsky.Opt[lowsky.MetresPerSecond] `json:"vertical_speed_mps"`
	Age           lowsky.Opt[float64]                `json:"age_s"` // at TimeMS
	State         lowsky.TrackState                  `json:"state"`
	Severity      uint8                              `json:"severity"`
}

// frameWriter fills the columns of a frame in place: one pass over the rows, one write per column.
type frameWriter struct {
	b   []byte
	n   int     // rows there is room for
	off [11]int // of each column
}

var columnWidth = [11]int{4, 4, 4, 2, 2, 2, 2, 2, 2, 1, 1}

func newFrameWriter(n int) frameWriter {
	w := frameWriter{b: make([]byte, frameHeader+frameRow*n), n: n}
	w.columns(n)
	return w
}

func (w *frameWriter) columns(n int) {
	off := frameHeader
	for i, width := range columnWidth {
		w.off[i] = off
		off += width * n
	}
}

func (w *frameWriter) put(i int, r *Row) {
	le := binary.LittleEndian
	le.PutUint32(w.b[w.off[0]+4*i:], r.Slot)
	le.PutUint32(w.b[w.off[1]+4*i:], uint32(clamp32(float64(r.Longitude)*1e7)))
	le.PutUint32(w.b[w.off[2]+4*i:], uint32(clamp32(float64(r.Latitude)*1e7)))
	le.PutUint16(w.b[w.off[3]+2*i:], height16(r.HAE))
	le.PutUint16(w.b[w.off[4]+2*i:], height16(r.AGL))
	le.PutUint16(w.b[w.off[5]+2*i:], scaled16(float64(r.GroundSpeed.Value), r.GroundSpeed.OK, 100))
	le.PutUint16(w.b[w.off[6]+2*i:], course16(r.Course))
	le.PutUint16(w.b[w.off[7]+2*i:], uint16(climb16(r.VerticalSpeed)))
	le.PutUint16(w.b[w.off[8]+2*i:], scaled16(r.Age.Value, r.Age.OK, 10))
	w.b[w.off[9]+i] = byte(r.State)
	w.b[w.off[10]+i] = r.Severity
}

// finish writes the header and closes the gaps when only n of the rows that there was room for were put.
func (w *frameWriter) finish(n int, flags uint8, sequence uint64, timeMS int64) []byte {
	if n < w.n {
		to := frameHeader
		for i, width := range columnWidth {
			copy(w.b[to:], w.b[w.off[i]:w.off[i]+width*n])
			to += width * n
		}
		w.b = w.b[:to]
	}
	le := binary.LittleEndian
	copy(w.b, frameMagic)
	w.b[4], w.b[5] = frameVersion, flags
	le.PutUint32(w.b[8:], uint32(n))
	le.PutUint32(w.b[12:], frameColumns)
	le.PutUint64(w.b[16:], sequence)
	le.PutUint64(w.b[24:], uint64(timeMS))
	return w.b
}

// EncodeFrame writes a frame as docs/stream.md lays it out.
func EncodeFrame(f *Frame) []byte {
	w := newFrameWriter(len(f.Rows))
	for i := range f.Rows {
		w.put(i, &f.Rows[i])
	}
	return w.finish(len(f.Rows), f.Flags, f.Sequence, f.TimeMS)
}

func clamp32(v float64) int32 {
	if math.IsNaN(v) {
		return 0 // unreachable past ingest's sanity check; a number is better than undefined behaviour
	}
	return int32(min(max(math.Round(v), math.MinInt32), math.MaxInt32))
}

func height16(h lowsky.Opt[lowsky.Metres]) uint16 {
	return scaled16(float64(h.Value)+1000, h.OK, 2)
}

func scaled16(v float64, ok bool, perUnit float64) uint16 {
	if !ok || math.IsNaN(v) {
		return absent16
	}
	return uint16(min(max(math.Round(v*perUnit), 0), absent16-1))
}

func course16(c lowsky.Opt[lowsky.Degrees]) uint16 {
	if !c.OK || !lowsky.Finite(c.Value) {
		return absent16
	}
	v := float64(c.Value)
	if v < 0 || v >= 360 {
		if v = math.Mod(v, 360); v < 0 {
			v += 360
		}
	}
	return uint16(math.Round(v*100)) % 36000
}

func climb16(v lowsky.Opt[lowsky.MetresPerSecond]) int16 {
	if !v.OK || math.IsNaN(float64(v.Value)) {
		return absentClimb
	}
	return int16(min(max(math.Round(float64(v.Value)*100), absentClimb+1), math.MaxInt16))
}

// DecodeFrame reads a frame; the console's reader in Go, for tests and tools. It refuses everything that version 1
// does not send.
func DecodeFrame(b []byte) (*Frame, error) {
	le := binary.LittleEndian
	switch {
	case len(b) < frameHeader || string(b[:4]) != frameMagic:
		return nil, errors.New("position frame: not an LSP1 frame")
	case b[4] != frameVersion:
		return nil, fmt.Errorf("position frame: version %d", b[4])
	case le.Uint32(b[12:]) != frameColumns:
		return nil, fmt.Errorf("position frame: columns %#x", le.Uint32(b[12:]))
	}
	n := uint64(le.Uint32(b[8:]))
	if uint64(len(b)) != frameHeader+frameRow*n {
		return nil, fmt.Errorf("position frame: %d bytes for %d rows", len(b), n)
	}
	f := &Frame{Flags: b[5], Sequence: le.Uint64(b[16:]), TimeMS: int64(le.Uint64(b[24:])), Rows: make([]Row, n)}
	w := frameWriter{b: b}
	w.columns(int(n))
	for i := range f.Rows {
		f.Rows[i] = w.row(i)
	}
	return f, nil
}

func (w *frameWriter) row(i int) Row {
	le := binary.LittleEndian
	u16 := func(column int) uint16 { return le.Uint16(w.b[w.off[column]+2*i:]) }
	r := Row{
		Slot:      le.Uint32(w.b[w.off[0]+4*i:]),
		Longitude: lowsky.Degrees(float64(int32(le.Uint32(w.b[w.off[1]+4*i:]))) / 1e7),
		Latitude:  lowsky.Degrees(float64(int32(le.Uint32(w.b[w.off[2]+4*i:]))) / 1e7),
		State:     lowsky.TrackState(w.b[w.off[9]+i]),
		Severity:  w.b[w.off[10]+i],
	}
	if v := u16(3); v != absent16 {
		r.HAE = lowsky.Some(lowsky.Metres(v)/2 - 1000)
	}
	if v := u16(4); v != absent16 {
		r.AGL = lowsky.Some(lowsky.Metres(v)/2 - 1000)
	}
	if v := u16(5); v != absent16 {
		r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(v) / 100)
	}
	if v := u16(6); v != absent16 {
		r.Course = lowsky.Some(lowsky.Degrees(v) / 100)
	}
	if v := int16(u16(7)); v != absentClimb {
		r.VerticalSpeed = lowsky.Some(lowsky.MetresPerSecond(v) / 100)
	}
	if v := u16(8); v != absent16 {
		r.Age = lowsky.Some(float64(v) / 10)
	}
	return r
}

// fill makes the row of a track at the instant now; false when the track has no position to draw.
func (r *Row) fill(slot uint32, v *lowsky.TrackView, now time.Time) bool {
	p := &v.Position
	if !p.OK || !lowsky.Finite(p.Value.Longitude) || !lowsky.Finite(p.Value.Latitude) {
		return false
	}
	*r = Row{
		Slot: slot, Longitude: p.Value.Longitude, Latitude: p.Value.Latitude,
		HAE: p.Value.HAE, AGL: drawnHeight(v),
		GroundSpeed: v.GroundSpeed, Course: v.Course, VerticalSpeed: v.VerticalSpeed,
		State: v.State, Severity: uint8(v.Severity),
	}
	if !v.ObservedAt.IsZero() {
		r.Age = lowsky.Some(now.Sub(v.ObservedAt).Seconds())
	}
	return true
}

// drawnHeight is the height above ground for the map's colour and label: as reported, else over terrain that is known well
// enough to show a number, else above take-off with flat ground assumed. It decides nothing.
func drawnHeight(v *lowsky.TrackView) lowsky.Opt[lowsky.Metres] {
	p, h := &v.Position.Value, &v.Height
	switch {
	case p.AGL.OK:
		return p.AGL
	case h.From == lowsky.HeightTerrain && h.Metres.OK && h.Bound.Or(0) <= airspace.CoarseBound:
		return h.Metres
	}
	return p.AboveTakeoff
}
