package airspace

import (
	"time"

	"lowsky"
)

// Query asks how one aircraft stands to the zones around it.
type Query struct {
	Position       lowsky.Position
	Now            time.Time // for the applicability of zones
	Previous       lowsky.Opt[lowsky.Position]
	PreviousTooOld bool // the two reports are too far apart in time to call what lies between them a crossing
	GroundSpeed    lowsky.Opt[lowsky.MetresPerSecond]
	Course         lowsky.Opt[lowsky.Degrees]
	VerticalSpeed  lowsky.Opt[lowsky.MetresPerSecond]
	LookAhead      time.Duration // 0 is 30 s; negative predicts nothing
	Near           lowsky.Metres // zones whose rim is at most this far are answered too
	Terrain        Terrain       // nil: none
}

func (ix *Index) Relations(dst []lowsky.ZoneRelation, q *Query) []lowsky.ZoneRelation { return dst }
