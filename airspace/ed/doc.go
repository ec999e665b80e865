// Package ed is what the formats of EUROCAE ED-269 and ED-318 have in common: reading hostile JSON within bounds, the
// attributes of a zone, its hours in UTC against ours, its rings, and the member "lowsky" of extendedProperties, by which
// what the standards cannot say comes back identical. ed269 and ed318 hold the two shapes.
//
// The rule of reading: where a file leaves something open or contradicts itself, the reading that restricts most is taken
// and remarked, because a zone that applies too widely costs a question and one that applies too little costs an alert.
// Only what has no such reading is refused.
package ed

import (
	"fmt"

	"lowsky"
)

// Bounds of what is read.
const (
	MaxBytes   = 16 << 20 // of one document
	MaxDepth   = 32       // of nested arrays and objects
	MaxZones   = 100_000  // of one document
	maxMembers = 1_000    // of one object
	maxText    = 4_000    // bytes of one text, as airspace.Validate allows
	maxNotes   = 200      // remarks on one zone
)

// Invalid makes the error for a document that cannot be read as a whole.
func Invalid(field, problem string, args ...any) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}
}

// Refusal is why one zone is not taken.
type Refusal struct {
	Place, Code, Problem string
}

func (r *Refusal) Error() string { return r.Place + ": " + r.Problem }

// Refuse makes a *Refusal.
func Refuse(place, code, problem string, args ...any) error {
	return &Refusal{place, code, fmt.Sprintf(problem, args...)}
}
