package airspace

import "lowsky"

// Terrain knows the ground. A nil Terrain knows nothing.
type Terrain interface {
	// GroundHAE answers the height of the ground below p above the WGS-84 ellipsoid, with the bound (±) within which
	// it is true; ok is false where it is not known. It must not block and must be safe for concurrent use.
	GroundHAE(p lowsky.Position) (hae, bound lowsky.Metres, ok bool)
}

// Converted is an altitude brought to another datum.
type Converted struct {
	Altitude lowsky.Altitude
	Bound    lowsky.Metres // ±; 0 where nothing was converted
	Assumed  bool          // flat ground between take-off and here was assumed
}

// Convert brings an altitude reported at a position to another datum. The reason is "" when it could, else why not.
//
//	same datum              the value itself
//	ellipsoid ⇄ AGL         by terrain, with its bound; ReasonNoTerrain without
//	above take-off → AGL    the value itself, Assumed: flat ground
//	AMSL → AGL              needs a geoid and terrain: ReasonNoTerrain
//	anything else           ReasonNoCommonDatum
//
// An altitude that is not finite is ReasonNoHeight.
func Convert(a lowsky.Altitude, to lowsky.Datum, at lowsky.Position, t Terrain) (Converted, lowsky.Reason) {
	switch {
	case !lowsky.Finite(a.Metres):
		return Converted{}, lowsky.ReasonNoHeight
	case a.Datum == to:
		return Converted{Altitude: a}, ""
	case a.Datum == lowsky.AboveTakeoff && to == lowsky.AGL:
		return Converted{Altitude: lowsky.Altitude{Metres: a.Metres, Datum: to}, Assumed: true}, ""
	case a.Datum == lowsky.Ellipsoid && to == lowsky.AGL:
		if ground, bound, ok := groundHAE(at, t); ok {
			return Converted{Altitude: lowsky.Altitude{Metres: a.Metres - ground, Datum: to}, Bound: bound}, ""
		}
		return Converted{}, lowsky.ReasonNoTerrain
	case a.Datum == lowsky.AGL && to == lowsky.Ellipsoid:
		if ground, bound, ok := groundHAE(at, t); ok {
			return Converted{Altitude: lowsky.Altitude{Metres: a.Metres + ground, Datum: to}, Bound: bound}, ""
		}
		return Converted{}, lowsky.ReasonNoTerrain
	case a.Datum == lowsky.AMSL && to == lowsky.AGL:
		return Converted{}, lowsky.ReasonNoTerrain
	}
	return Converted{}, lowsky.ReasonNoCommonDatum
}

// groundHAE asks t and distrusts what is not finite.
func groundHAE(p lowsky.Position, t Terrain) (hae, bound lowsky.Metres, ok bool) {
	if t == nil {
		return 0, 0, false
	}
	hae, bound, ok = t.GroundHAE(p)
	return hae, bound, ok && lowsky.Finite(hae) && lowsky.Finite(bound) && bound >= 0
}

// HeightAboveGround answers the best evidence of the height above the ground straight below p, which is what the law
// limits. In this order: reported AGL; ellipsoidal height with terrain; height above take-off with flat ground assumed
// (HeightFlatAssumed: what rests on it is never above Caution); otherwise absent, with the reason: ReasonNoTerrain
// where a height is known but the ground below is not, ReasonNoHeight where no height is.
func HeightAboveGround(p lowsky.Position, t Terrain) lowsky.HeightEvidence {
	c, from, reason := inDatum(p, lowsky.AGL, t)
	if reason != "" {
		return lowsky.HeightEvidence{Reason: reason}
	}
	e := lowsky.HeightEvidence{Metres: lowsky.Some(c.Altitude.Metres), From: lowsky.HeightReported}
	switch from {
	case lowsky.Ellipsoid:
		e.From, e.Bound = lowsky.HeightTerrain, lowsky.Some(c.Bound)
	case lowsky.AboveTakeoff:
		e.From = lowsky.HeightFlatAssumed
	}
	return e
}

// inDatum answers the height of p in datum d: as reported, else converted from the strongest evidence that can be; from
// is the datum it was reported in.
func inDatum(p lowsky.Position, d lowsky.Datum, t Terrain) (c Converted, from lowsky.Datum, reason lowsky.Reason) {
	any := false
	reason = lowsky.ReasonNoCommonDatum
	for _, from := range [...]lowsky.Datum{d, lowsky.AGL, lowsky.Ellipsoid, lowsky.AMSL, lowsky.AboveTakeoff} {
		h := p.At(from)
		if !h.OK || !lowsky.Finite(h.Value) {
			continue
		}
		any = true
		c, why := Convert(lowsky.Altitude{Metres: h.Value, Datum: from}, d, p, t)
		if why == "" {
			return c, from, ""
		}
		if why == lowsky.ReasonNoTerrain {
			reason = why
		}
	}
	if !any {
		reason = lowsky.ReasonNoHeight
	}
	return Converted{}, "", reason
}
