package airspace

import (
	"math"

	"lowsky"
)

const (
	// CoarseBound is how wide (±) a conversion may be and still say something near a limit: what cannot be decided then
	// is suspected; beyond it nothing can be said, and what cannot be decided is unjudged. A terrain tile over ground that
	// is not steep is within it, a terrain envelope is not. A quarter of the 120 m that most limits are.
	CoarseBound lowsky.Metres = 30
	// takeoffBound is how far a height above take-off put on top of the take-off point's ellipsoidal height may be off:
	// satellite height of the point, one fix (95 % within 5 to 8 m), and the barometer's drift in a flight.
	takeoffBound lowsky.Metres = 10
)

// Terrain knows the ground. A nil Terrain knows nothing.
type Terrain interface {
	// GroundHAE answers the ground straight below p; ok is false where it is not known. It must not block and must be
	// safe for concurrent use.
	GroundHAE(p lowsky.Position) (g Ground, ok bool)
}

// Ground is the height of the ground above the WGS-84 ellipsoid, and how far (±) it may be off.
type Ground struct {
	HAE, Bound lowsky.Metres
	// Envelope: only the lowest and the highest ground of a whole area are known.
	Envelope bool
}

// Converted is an altitude brought to another datum.
type Converted struct {
	Altitude lowsky.Altitude
	// Bound (±) of what was added on the way: geoid, ground, take-off point. 0 where nothing was converted. How well the
	// device knows its own height comes on top.
	Bound    lowsky.Metres
	Assumed  bool // flat ground between take-off and here was assumed; nothing bounds that
	Envelope bool // rests on a terrain envelope
}

// Convert brings an altitude reported at a position to another datum; to AMSL is to the 1985 国家高程基准. The reason is ""
// when it could, else why not. Bounds of the steps add up.
//
//	same datum, same geoid      the value itself
//	AMSL ⇄ ellipsoid            by the geoid
//	AGL ⇄ ellipsoid             by terrain; ReasonNoTerrain without
//	above take-off ⇄ ellipsoid  by at.TakeoffHAE; ReasonNoCommonDatum without
//	above take-off → AGL        by both, else the value itself, Assumed: flat ground
//	pressure                    needs a QNH, see [FromPressure]: ReasonNoCommonDatum
//
// All others go by way of the ellipsoid. An altitude that is not finite is ReasonNoHeight, a position off the Earth
// ReasonNoPosition.
func Convert(a lowsky.Altitude, to lowsky.Datum, at lowsky.Position, t Terrain) (Converted, lowsky.Reason) {
	return convert(a, frame{datum: to}, &at, t)
}

// frame is what heights are measured from.
type frame struct {
	datum lowsky.Datum
	geoid lowsky.Geoid // of AMSL
}

func frameOf(a lowsky.Altitude) frame {
	f := frame{datum: a.Datum}
	if a.Datum == lowsky.AMSL {
		f.geoid = a.Geoid
	}
	return f
}

func (f frame) same(g frame) bool {
	return f.datum == g.datum && (f.datum != lowsky.AMSL || f.geoid == g.geoid || isCN1985(f.geoid) && isCN1985(g.geoid))
}

func isCN1985(g lowsky.Geoid) bool { return g == "" || g == lowsky.CN1985 }

func (f frame) altitude(v lowsky.Metres) lowsky.Altitude {
	return lowsky.Altitude{Metres: v, Datum: f.datum, Geoid: f.geoid}
}

func convert(a lowsky.Altitude, to frame, at *lowsky.Position, t Terrain) (Converted, lowsky.Reason) {
	if !lowsky.Finite(a.Metres) {
		return Converted{}, lowsky.ReasonNoHeight
	}
	from := frameOf(a)
	if from.same(to) {
		return Converted{Altitude: to.altitude(a.Metres)}, ""
	}
	up, why := zeroOf(from, at, t)
	if why == "" {
		var down zero
		if down, why = zeroOf(to, at, t); why == "" {
			return Converted{
				Altitude: to.altitude(a.Metres + up.hae - down.hae), Bound: up.bound + down.bound,
				Envelope: up.envelope || down.envelope,
			}, ""
		}
	}
	if from.datum == lowsky.AboveTakeoff && to.datum == lowsky.AGL {
		return Converted{Altitude: to.altitude(a.Metres), Assumed: true}, ""
	}
	return Converted{}, why
}

// zero is where the heights of a frame begin at a position, above the ellipsoid.
type zero struct {
	hae, bound lowsky.Metres
	envelope   bool
}

func zeroOf(f frame, at *lowsky.Position, t Terrain) (zero, lowsky.Reason) {
	switch f.datum {
	case lowsky.Ellipsoid:
		return zero{}, ""
	case lowsky.AMSL:
		n, ok := GeoidHeight(*at)
		if !ok {
			return zero{}, lowsky.ReasonNoPosition
		}
		return zero{hae: n, bound: GeoidBound(f.geoid)}, ""
	case lowsky.AGL:
		g, ok := groundHAE(at, t)
		if !ok {
			return zero{}, lowsky.ReasonNoTerrain
		}
		return zero{g.HAE, g.Bound, g.Envelope}, ""
	case lowsky.AboveTakeoff:
		if at.TakeoffHAE.OK && lowsky.Finite(at.TakeoffHAE.Value) {
			return zero{hae: at.TakeoffHAE.Value, bound: takeoffBound}, ""
		}
	}
	return zero{}, lowsky.ReasonNoCommonDatum
}

// groundHAE asks t and distrusts what is not finite.
func groundHAE(p *lowsky.Position, t Terrain) (Ground, bool) {
	if t == nil {
		return Ground{}, false
	}
	g, ok := t.GroundHAE(*p)
	return g, ok && lowsky.Finite(g.HAE) && lowsky.Finite(g.Bound) && g.Bound >= 0
}

// The International Standard Atmosphere below 11 km (ICAO Doc 7488).
const (
	isaPressure = 1013.25         // hPa at mean sea level
	isaScale    = 288.15 / 0.0065 // m: temperature at mean sea level over its lapse rate
	isaExponent = 8.31446 * 0.0065 / (0.0289644 * 9.80665)
)

const (
	// pressureBound: a transponder's altitude is within 125 ft of what the altimeter shows (ICAO Annex 11, 38 m), a QNH
	// is rounded to 1 hPa (4 m) and true at its aerodrome only (4 m).
	pressureBound lowsky.Metres = 46
	// pressurePart of the height: air 25 °C warmer or colder than standard stretches it by 9 %.
	pressurePart = 0.09
)

// FromPressure brings a pressure altitude, in metres above the 1013.25 hPa surface, to above mean sea level by a QNH in
// hPa that is in force at that place; the age of the QNH is for the caller to judge. The bound is that of transponder,
// QNH and temperature. A value that is not finite or a QNH that no weather has (850 to 1090 hPa) is ReasonNoHeight.
func FromPressure(pressureAltitude lowsky.Metres, qnh float64) (Converted, lowsky.Reason) {
	if !lowsky.Finite(pressureAltitude) || !(qnh >= 850 && qnh <= 1090) {
		return Converted{}, lowsky.ReasonNoHeight
	}
	h := pressureAltitude + lowsky.Metres(isaScale*(math.Pow(qnh/isaPressure, isaExponent)-1))
	return Converted{
		Altitude: lowsky.Altitude{Metres: h, Datum: lowsky.AMSL, Geoid: lowsky.CN1985},
		Bound:    pressureBound + lowsky.Metres(math.Abs(float64(h))*pressurePart),
	}, ""
}

// HeightAboveGround answers the best evidence of the height above the ground straight below p, which is what the law
// limits. In this order: AGL as reported; any height less terrain, the one with the smallest bound; height above
// take-off with flat ground assumed (HeightFlatAssumed: what rests on it is never above Caution); otherwise absent, with
// the reason: ReasonNoTerrain where a height is known but the ground below is not, ReasonNoHeight where no height is.
// Where the bound is beyond [CoarseBound] the height on flat ground stands beside it.
func HeightAboveGround(p lowsky.Position, t Terrain) lowsky.HeightEvidence {
	c, from, reason := inFrame(&p, frame{datum: lowsky.AGL}, t)
	switch {
	case reason != "":
		if f, ok := onFlatGround(&p); ok {
			return lowsky.HeightEvidence{Metres: lowsky.Some(f.Altitude.Metres), From: lowsky.HeightFlatAssumed}
		}
		return lowsky.HeightEvidence{Reason: reason}
	case from == lowsky.AGL:
		return lowsky.HeightEvidence{Metres: lowsky.Some(c.Altitude.Metres), From: lowsky.HeightReported}
	}
	e := lowsky.HeightEvidence{Metres: lowsky.Some(c.Altitude.Metres), From: lowsky.HeightTerrain, Bound: lowsky.Some(c.Bound)}
	if c.Envelope {
		e.From = lowsky.HeightEnvelope
	}
	if f, ok := onFlatGround(&p); ok && c.Bound > CoarseBound {
		e.Flat = lowsky.Some(f.Altitude.Metres)
	}
	return e
}

// inFrame answers the height of p in frame f: as reported, else the conversion with the smallest bound; from is the
// datum it was reported in. Nothing is assumed.
func inFrame(p *lowsky.Position, f frame, t Terrain) (best Converted, from lowsky.Datum, reason lowsky.Reason) {
	reason = lowsky.ReasonNoHeight
	for _, d := range [...]lowsky.Datum{f.datum, lowsky.AGL, lowsky.Ellipsoid, lowsky.AMSL, lowsky.AboveTakeoff} {
		h := p.At(d)
		if !h.OK || !lowsky.Finite(h.Value) || from != "" && d == f.datum {
			continue
		}
		a := lowsky.Altitude{Metres: h.Value, Datum: d}
		if d == lowsky.AMSL {
			a.Geoid = p.AMSLGeoid
		}
		c, why := convert(a, f, p, t)
		switch {
		case why != "" || c.Assumed:
			if c.Assumed {
				why = lowsky.ReasonNoTerrain
			}
			if from == "" && reason != lowsky.ReasonNoTerrain {
				reason = why
			}
			continue
		case frameOf(a).same(f):
			return c, d, ""
		case from == "" || c.Bound < best.Bound:
			best, from = c, d
		}
	}
	if from != "" {
		reason = ""
	}
	return best, from, reason
}

// onFlatGround answers the height above take-off as one above ground.
func onFlatGround(p *lowsky.Position) (Converted, bool) {
	h := p.AboveTakeoff
	if !h.OK || !lowsky.Finite(h.Value) {
		return Converted{}, false
	}
	return Converted{Altitude: lowsky.Altitude{Metres: h.Value, Datum: lowsky.AGL}, Assumed: true}, true
}
