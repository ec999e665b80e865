package truth

import (
	"math"

	"lowsky"
	"lowsky/simulator"
)

// heightFrame is what a height limit is measured from.
type heightFrame uint8

const (
	aboveGround heightFrame = iota
	aboveEllipsoid
	aboveSea
)

// reference says what the platform can know of one aircraft's height in one frame.
type reference struct {
	offset  float64 // to be added to the true height above ground
	bound   float64 // by how much a conversion may be off, metres
	known   bool
	assumed bool // only if the ground is taken to be flat: never above Caution
}

const (
	// geoidBound is what a height above the sea is off when it is brought to the ellipsoid, metres, and the way back.
	geoidBound = 4.0
	// takeoffBound is what a take-off point is off.
	takeoffBound = 10.0
)

// references works out what an aircraft's heights can be compared with, from what it reports and from what the platform
// knows of the ground.
func references(s *simulator.Scenario, a *simulator.Aircraft) (out [3]reference) {
	hae, amsl, agl, takeoff := a.Heights.HAE, a.Heights.AMSL, a.Heights.AGL, a.Heights.AboveTakeoff
	if a.Heights == (simulator.Heights{}) {
		hae, amsl, agl, takeoff = true, true, true, true
	}
	if a.Wire == simulator.WireDJI { // what its protocol has
		hae, amsl, agl, takeoff = true, false, false, true
	}
	ground, groundBound := s.Ground != nil, 0.0
	if ground {
		groundBound = s.Ground.Accuracy
		// The platform may know wrongly; then nothing that rests on it is certain.
		ground = math.Abs(s.Ground.HAE-a.Ground) <= s.Ground.Accuracy+0.5
	}
	out[aboveGround] = reference{}
	out[aboveEllipsoid] = reference{offset: a.Ground}
	out[aboveSea] = reference{offset: a.Ground - s.Geoid}
	best := func(f heightFrame, on bool, bound float64) {
		if r := &out[f]; on && (!r.known || bound < r.bound) {
			r.known, r.bound = true, bound
		}
	}
	best(aboveGround, agl, 0)
	best(aboveGround, hae && ground, groundBound)
	best(aboveGround, amsl && ground, groundBound+geoidBound)
	best(aboveEllipsoid, hae, 0)
	best(aboveEllipsoid, amsl, geoidBound)
	best(aboveEllipsoid, agl && ground, groundBound)
	best(aboveSea, amsl, 0)
	best(aboveSea, hae, geoidBound)
	best(aboveSea, agl && ground, groundBound+geoidBound)
	if r := &out[aboveGround]; !r.known && takeoff {
		r.known, r.assumed = true, true
		if s.Ground != nil { // it may rest on the ground below instead
			r.bound = takeoffBound + groundBound
		}
	}
	return out
}

// limit is one end of a height band.
type limit struct {
	frame heightFrame
	value float64
	sign  float64 // +1 a floor, -1 a ceiling
	never bool    // it cannot be compared with anything
}

// newLimit brings a limit of a zone here. ok is false where it limits nothing.
func newLimit(l lowsky.Opt[lowsky.Altitude], sign float64) (out limit, ok bool) {
	if !l.OK {
		return limit{}, false
	}
	out = limit{value: float64(l.Value.Metres), sign: sign}
	switch l.Value.Datum {
	case lowsky.AGL:
		out.frame = aboveGround
		if sign > 0 && out.value <= 0 {
			return limit{}, false
		}
	case lowsky.Ellipsoid:
		out.frame = aboveEllipsoid
	case lowsky.AMSL:
		out.frame = aboveSea
		out.never = l.Value.Geoid != "" && l.Value.Geoid != lowsky.CN1985 // how far that is off is not ours to say
	default:
		out.never = true
	}
	return out, true
}

// stand is how one aircraft is to one volume at one instant, metres.
type stand struct {
	rim     float64 // to the rim, negative inside
	gap     float64 // above the ceiling or below the floor, negative in the band; -Inf: no limits
	deep    float64 // surely so far in the band, conversions at their worst; -Inf: cannot be told
	out     float64 // surely so far out of it; -Inf: cannot be told
	assumed bool
}

// vertical fills in all but the rim, for a height above ground.
func (s *stand) vertical(c *craft, limits []limit, agl float64) {
	s.gap, s.deep, s.out, s.assumed = math.Inf(-1), math.Inf(1), math.Inf(-1), false
	for i := range limits {
		l := &limits[i]
		r := &c.heights[l.frame]
		inner := l.sign * (agl + r.offset - l.value)
		s.gap = max(s.gap, -inner)
		if l.never || !r.known {
			s.deep = math.Inf(-1)
			continue
		}
		// The conversion may be off by its bound, and the platform grants as much again.
		s.deep = min(s.deep, inner-2*r.bound)
		if r.assumed {
			s.assumed = true
		} else {
			s.out = max(s.out, -inner)
		}
	}
}
