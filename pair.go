package lowsky

import "time"

// Minima is what two aircraft keep apart: they are too near only where both distances are below it at one instant.
type Minima struct {
	Horizontal Metres `json:"horizontal_m"`
	Vertical   Metres `json:"vertical_m"`
}

// PairReach is what the picture must know to look for pairs on behalf of a rule: how far ahead, and what counts as near.
type PairReach struct {
	LookAhead time.Duration
	Uncrewed  Minima // between two aircraft without crew
	Crewed    Minima // where one of the two is crewed; two crewed ones are not ours to judge
	// Margin is the least by which a pair is still handed to the rule beyond the minima, also where both say that they know
	// better where they are: what just left them must not come and go.
	Margin Minima
	// Accuracy stands for what an aircraft does not report of itself, and Cap is what it may report at most.
	Accuracy, Cap Minima
	MaxAge        time.Duration // a position older than this is not extrapolated any more: it cannot be judged
	MaxQNHAge     time.Duration // a QNH older than this makes no height of a pressure altitude
}

// Minima answers the minima of a pair class.
func (r *PairReach) Minima(crewed bool) Minima {
	if crewed {
		return r.Crewed
	}
	return r.Uncrewed
}

// Pair is two aircraft that are near, or will be, as one tick sees them. A comes before B by kind and id.
type Pair struct {
	A      PairMember `json:"a"`
	B      PairMember `json:"b"`
	Crewed bool       `json:"crewed,omitempty"` // one of them is
	Minima Minima     `json:"minima"`           // of its class
	Now    Approach   `json:"now"`
	// Closest is the worst instant within the look-ahead: the minima are broken most then, or missed by least. Without a
	// common height it is where they are nearest horizontally.
	Closest Approach `json:"closest"`
	// Reason is why nothing can be said but where the two are now; "" when it can.
	Reason Reason `json:"reason,omitempty"`
}

// PairMember is one of the two: ObjectAircraft, or ObjectTraffic for crewed traffic.
type PairMember struct {
	Kind     ObjectKind    `json:"kind"`
	ID       string        `json:"id"`
	Name     Text          `json:"name,omitzero"`
	Crewed   bool          `json:"crewed,omitempty"`
	Position Position      `json:"position"` // as last reported
	Age      time.Duration `json:"age_ns"`   // of Position
}

// Label is how people call it, in both languages: its name, else its id.
func (m *PairMember) Label() Text {
	t := m.Name
	if t.ZH == "" {
		t.ZH = m.ID
	}
	if t.EN == "" {
		t.EN = m.ID
	}
	return t
}

// Approach is how far two aircraft are apart at one instant, with the bounds (±) within which that is known now.
type Approach struct {
	In              time.Duration `json:"in_ns"` // from the judgement; 0 is now
	Horizontal      Metres        `json:"horizontal_m"`
	HorizontalBound Metres        `json:"horizontal_bound_m"`
	// Vertical is the difference of heights in a datum that both have, never negative. Absent: there is none, and Reason
	// says why.
	Vertical      Opt[Metres] `json:"vertical_m,omitzero"`
	VerticalBound Metres      `json:"vertical_bound_m,omitempty"`
	Reason        Reason      `json:"reason,omitempty"`
}

// Breaks reports whether the minima are broken at that instant by what is known best.
func (a *Approach) Breaks(m Minima) bool {
	return a.Vertical.OK && a.Horizontal < m.Horizontal && a.Vertical.Value < m.Vertical
}

// MayBreak reports whether they are broken if both distances are off by all of their bounds. Without a common height
// only the horizontal distance tells.
func (a *Approach) MayBreak(m Minima) bool {
	return a.Horizontal-a.HorizontalBound < m.Horizontal && (!a.Vertical.OK || a.Vertical.Value-a.VerticalBound < m.Vertical)
}
