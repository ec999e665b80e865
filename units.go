package lowsky

import (
	"bytes"
	"encoding/json"
	"math"
	"time"
)

// Metres is a length or height. Which height is said by a [Datum].
type Metres float64

// MetresPerSecond is a speed.
type MetresPerSecond float64

// Degrees is an angle: longitude and latitude in WGS-84, courses clockwise from true north in [0, 360).
type Degrees float64

// Percent is 0 … 100.
type Percent float64

// Kilograms is a mass.
type Kilograms float64

// Shanghai is the zone in which times are shown and schedules are read. China has had no daylight saving since 1991,
// so a fixed offset is exact and needs no zone files.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Opt is a value that may be absent. The zero Opt is absent. As JSON it is the value or null; give the field the
// option omitzero so that absent fields are left out.
type Opt[T any] struct {
	Value T
	OK    bool
}

// Some makes a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Or answers the value, or fallback where it is absent.
func (o Opt[T]) Or(fallback T) T {
	if o.OK {
		return o.Value
	}
	return fallback
}

// IsZero reports absence; encoding/json asks it for omitzero.
func (o Opt[T]) IsZero() bool { return !o.OK }

// MarshalJSON writes the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.OK {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// UnmarshalJSON reads a value; null is absent.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	if bytes.Equal(bytes.TrimSpace(b), []byte("null")) {
		*o = Opt[T]{}
		return nil
	}
	if err := json.Unmarshal(b, &o.Value); err != nil {
		return err
	}
	o.OK = true
	return nil
}

// Finite reports whether v is a number: neither NaN nor infinite.
func Finite[F ~float64](v F) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// Aged is a field of a [Track] with the instant it was observed: partial reports are joined by field, so each field
// has an age of its own. At is zero while the field has never been reported.
type Aged[T any] struct {
	Value T
	At    time.Time
}

// Fresh answers the value if it was observed at most max before now, else absent.
func (a Aged[T]) Fresh(now time.Time, max time.Duration) Opt[T] {
	if a.At.IsZero() || now.Sub(a.At) > max {
		return Opt[T]{}
	}
	return Some(a.Value)
}

// Known answers the value whatever its age, absent if never reported.
func (a Aged[T]) Known() Opt[T] { return Opt[T]{a.Value, !a.At.IsZero()} }

// Text is what a person reads, in both languages of the platform. Both are always filled.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}
