package wire

import (
	"errors"
	"lowsky"
)

// Reason is why a message was refused: a bounded set, since it labels counters.
type Reason string

const (
	ReasonTopic     Reason = "unknown_topic"     // no decoder for the topic
	ReasonTooLarge  Reason = "payload_too_large" // over MaxPayload
	ReasonEmpty     Reason = "empty"             // no payload, or no key that says anything
	ReasonSyntax    Reason = "json_syntax"
	ReasonTooDeep   Reason = "json_too_deep" // nested deeper than MaxDepth
	ReasonTooMany   Reason = "too_many"      // more elements than the format allows
	ReasonType      Reason = "wrong_type"    // e.g. a number sent as a string
	ReasonRange     Reason = "out_of_range"
	ReasonNoFix     Reason = "no_fix"       // position (0,0)
	ReasonMissing   Reason = "missing_key"  // a key that must be there is not
	ReasonWord      Reason = "unknown_word" // not one of the words of an enumeration
	ReasonID        Reason = "bad_id"       // not [A-Za-z0-9._-]{1,64}
	ReasonPanic     Reason = "decoder_panic"
	ReasonForbidden Reason = "not_allowed" // the sender may not publish there
	ReasonOther     Reason = "other"
)

// Reasons is all of them, in the order in which they are shown.
var Reasons = []Reason{
	ReasonTopic, ReasonTooLarge, ReasonEmpty, ReasonSyntax, ReasonTooDeep, ReasonTooMany, ReasonType, ReasonRange,
	ReasonNoFix, ReasonMissing, ReasonWord, ReasonID, ReasonPanic, ReasonForbidden, ReasonOther,
}

const (
	// MaxPayload is the largest payload that is decoded, bytes. Issue 2, "Bad input".
	MaxPayload = 256 << 10
	// MaxDepth is how deep JSON may be nested. DJI's deepest document is 6 deep.
	MaxDepth = 32
)

// Refusal is why a message, or one element of an array, was not taken. errors.Is(err, lowsky.ErrInvalid) holds, and
// errors.As finds the *lowsky.InvalidError with the field.
type Refusal struct {
	Reason  Reason
	Invalid lowsky.InvalidError
}

// Refuse makes a Refusal.
func Refuse(reason Reason, field, problem string) *Refusal {
	return &Refusal{Reason: reason, Invalid: lowsky.InvalidError{Field: field, Problem: problem}}
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.Invalid.Error() }

func (r *Refusal) Unwrap() error { return &r.Invalid }

// ReasonOf answers the reason of err: that of the Refusal in its chain, else ReasonOther.
func ReasonOf(err error) Reason {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ReasonOther
}

// Notes is what a decoder noticed without refusing anything. The zero Notes is ready to use.
type Notes struct {
	UnknownKeys  int    // keys that the data dictionary does not have
	FirstUnknown string // one of them, cut to 64 bytes
	BadClock     int    // measured_at or timestamp that cannot be read: the position is kept, the time is zero
	Dropped      int    // optional values outside what the device documents: left absent
	Refused      int    // elements of an array that were refused while others were taken
}

// Unknown counts an unknown key.
func (n *Notes) Unknown(key []byte) {
	if n.UnknownKeys == 0 {
		n.FirstUnknown = string(key[:min(len(key), 64)])
	}
	n.UnknownKeys++
}

// ValidID reports whether id is [A-Za-z0-9._-]{1,64}, as every identifier in a topic must be.
func ValidID(id string) bool {
	if len(id) < 1 || len(id) > 64 {
		return false
	}
	for i := 0; i < len(id); i++ {
		if !idByte[id[i]] {
			return false
		}
	}
	return true
}

var idByte = func() (t [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-" {
		t[c] = true
	}
	return t
}()
