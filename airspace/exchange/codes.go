package exchange

import (
	"strings"

	"lowsky"
)

// Codes of the remarks that are made here. The readers have their own; Codes is all of them together.
const (
	CodeSuperiorIgnored  = "superior_ignored"
	CodeTooManyPositions = "too_many_positions"
	CodeCRSOutside       = "crs_outside"
	CodeRepeated         = "repeated"
	CodeDuplicateID      = "duplicate_identifier"
	CodeSelfCrossing     = "ring_crosses_itself"
	CodeRingOpen         = "ring_not_closed"
	CodeRingShort        = "ring_too_short"
	CodeRingRepeats      = "ring_repeats_position"
	CodeRingNoArea       = "ring_no_area"
	CodeHoleMisplaced    = "hole_misplaced"
	CodeOffEarth         = "position_off_earth"
	CodeTooLarge         = "area_too_large"
	CodeTooIntricate     = "area_too_intricate"
	CodeCircle           = "circle_invalid"
	CodeCorridor         = "corridor_invalid"
	CodeGeometry         = "geometry_invalid"
	CodeFloorAbove       = "floor_above_ceiling"
	CodeLimit            = "limit_invalid"
	CodeNeverApplies     = "never_applies"
	CodeApplicability    = "applicability_invalid"
	CodeText             = "text_invalid"
	CodeID               = "id_invalid"
	CodeOther            = "zone_invalid"
)

// problems finds the code for what airspace.Validate says: the first row whose field is a part of the field, and whose
// words are a part of the problem.
var problems = []struct{ field, words, code string }{
	{"", "crosses or touches itself", CodeSelfCrossing},
	{"", "itself at", CodeSelfCrossing},
	{"", "crosses ring", CodeSelfCrossing},
	{"", "runs along ring", CodeSelfCrossing},
	{"", "is not closed", CodeRingOpen},
	{"", "fewer than", CodeRingShort},
	{"", "repeats the position", CodeRingRepeats},
	{"", "has no area", CodeRingNoArea},
	{"", "is a hole that", CodeHoleMisplaced},
	{"", "beyond ±180", CodeOffEarth},
	{"", "beyond ±90", CodeOffEarth},
	{"geometry", "more than", CodeTooLarge},
	{"geometry", "too large", CodeTooLarge},
	{"geometry", "180° of longitude", CodeTooLarge},
	{"", "too intricate", CodeTooIntricate},
	{"radius_m", "", CodeCircle},
	{"centre", "", CodeCircle},
	{"width_m", "", CodeCorridor},
	{"line", "", CodeCorridor},
	{"geometry", "", CodeGeometry},
	{"", "above the ceiling", CodeFloorAbove},
	{"floor", "", CodeLimit},
	{"ceiling", "", CodeLimit},
	{"", "never applies", CodeNeverApplies},
	{"applicability", "", CodeApplicability},
	{"temporary", "", CodeApplicability},
	{"name", "", CodeText},
	{"reason", "", CodeText},
	{"message", "", CodeText},
	{"", "not UTF-8", CodeText},
	{"", "longer than", CodeText},
	{"id", "", CodeID},
	{"", "", CodeOther},
}

func codeFor(e *lowsky.InvalidError) string {
	for _, p := range problems {
		if strings.Contains(e.Field, p.field) && strings.Contains(e.Problem, p.words) {
			return p.code
		}
	}
	return CodeOther
}
