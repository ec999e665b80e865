package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// frame is a position frame of docs/stream.md, as far as the watcher looks: slot, place and age of each row.
type frame struct {
	timeMS int64
	n      int
	b      []byte // the columns
}

const (
	frameHeader  = 32
	frameRow     = 26
	frameColumns = 1<<11 - 1
	// where the columns begin, in bytes per row
	atSlot, atLongitude, atLatitude, atAge = 0, 4, 8, 22
)

// readFrame looks at the header; b is not copied.
func readFrame(b []byte) (frame, error) {
	le := binary.LittleEndian
	switch {
	case len(b) < frameHeader || string(b[:4]) != "LSP1":
		return frame{}, errors.New("position frame: not an LSP1 frame")
	case b[4] != 1:
		return frame{}, fmt.Errorf("position frame: version %d", b[4])
	case le.Uint32(b[12:]) != frameColumns:
		return frame{}, fmt.Errorf("position frame: columns %#x", le.Uint32(b[12:]))
	}
	n := uint64(le.Uint32(b[8:]))
	if uint64(len(b)) != frameHeader+frameRow*n {
		return frame{}, fmt.Errorf("position frame: %d bytes for %d rows", len(b), n)
	}
	return frame{timeMS: int64(le.Uint64(b[24:])), n: int(n), b: b[frameHeader:]}, nil
}

// row answers slot and place (1e-7 degrees) of row i, and when it was observed (µs since 1970, ± 0.05 s); absent: the
// far future, since nothing can be said against it.
func (f frame) row(i int) (slot uint32, longitude, latitude int32, observed int64) {
	le := binary.LittleEndian
	slot = le.Uint32(f.b[atSlot*f.n+4*i:])
	longitude = int32(le.Uint32(f.b[atLongitude*f.n+4*i:]))
	latitude = int32(le.Uint32(f.b[atLatitude*f.n+4*i:]))
	age := le.Uint16(f.b[atAge*f.n+2*i:])
	if age == math.MaxUint16 {
		return slot, longitude, latitude, math.MaxInt64
	}
	return slot, longitude, latitude, f.timeMS*1000 - int64(age)*100_000
}
