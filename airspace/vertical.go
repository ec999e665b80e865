package airspace

import "lowsky"

// VerticalRelation answers where p stands to the height band of a volume. Each limit is compared in its own datum with the
// height reported in that datum, else with the conversion of another that has the smallest bound (see [Convert]); the
// limits themselves belong to the band. An absent limit, and a floor at or below 0 m above ground, limit nothing: a
// volume without limits is Within whatever is known of the height.
//
// The answer is three-valued, see [lowsky.Vertical]: Above and Below are certain; Within with a Margin above Bound is
// certain too. What cannot be decided counts as Within while the bound is at most [CoarseBound]; beyond that the limit
// cannot be compared, and the height above take-off with flat ground assumed stands in where it is known (Assumed, and
// then outside is no certainty).
//
// One comparable limit that excludes is enough: above the ceiling is Above even where the floor cannot be compared.
// Otherwise a limit that cannot be compared makes the state VerticalUnknown, with the reason.
func VerticalRelation(v lowsky.Volume3D, p lowsky.Position, t Terrain) lowsky.Vertical {
	floor, ceiling := compareBand(v, p, t)
	return judgeBand(floor, ceiling)
}

func compareBand(v lowsky.Volume3D, p lowsky.Position, t Terrain) (floor, ceiling comparison) {
	return compare(v.Floor, &p, t, +1), compare(v.Ceiling, &p, t, -1)
}

func judgeBand(floor, ceiling comparison) lowsky.Vertical {
	// What is certain comes before what is assumed.
	switch {
	case ceiling.outside() && !(ceiling.height.Assumed && floor.outside() && !floor.height.Assumed):
		return ceiling.vertical(lowsky.VerticalAbove)
	case floor.outside():
		return floor.vertical(lowsky.VerticalBelow)
	case floor.reason != "":
		return lowsky.Vertical{Reason: floor.reason, Datum: floor.limit.Datum, Limit: lowsky.Some(floor.limit.Metres)}
	case ceiling.reason != "":
		return lowsky.Vertical{Reason: ceiling.reason, Datum: ceiling.limit.Datum, Limit: lowsky.Some(ceiling.limit.Metres)}
	case !floor.limits && !ceiling.limits:
		return lowsky.Vertical{State: lowsky.VerticalWithin}
	}
	nearest := ceiling
	if !ceiling.limits || floor.limits && floor.least() < ceiling.least() {
		nearest = floor
	}
	v := nearest.vertical(lowsky.VerticalWithin)
	v.Assumed = floor.height.Assumed || ceiling.height.Assumed
	return v
}

// comparison is one limit against the height in its datum.
type comparison struct {
	limits bool          // there is a limit
	reason lowsky.Reason // why it cannot be compared; "" when it was
	margin lowsky.Metres // positive on the inner side
	limit  lowsky.Altitude
	height Converted
}

// compare answers how p stands to a limit; sign is +1 for a floor, -1 for a ceiling.
func compare(l lowsky.Opt[lowsky.Altitude], p *lowsky.Position, t Terrain, sign lowsky.Metres) comparison {
	if !l.OK || sign > 0 && l.Value.Datum == lowsky.AGL && l.Value.Metres <= 0 {
		return comparison{}
	}
	c := comparison{limits: true, limit: l.Value}
	c.height, _, c.reason = inFrame(p, frameOf(l.Value), t)
	if c.reason == "" {
		c.margin = sign * (c.height.Altitude.Metres - l.Value.Metres)
		if c.height.Bound <= CoarseBound || c.outside() || c.margin >= c.height.Bound {
			return c
		}
		c.reason = lowsky.ReasonNoTerrain // only ground that is poorly known makes a bound coarse
	}
	if f, ok := onFlatGround(p); ok && l.Value.Datum == lowsky.AGL {
		c.height, c.reason = f, ""
		c.margin = sign * (f.Altitude.Metres - l.Value.Metres)
	}
	return c
}

func (c comparison) outside() bool {
	return c.limits && c.reason == "" && c.margin < -c.height.Bound
}

// least is the margin that is certain.
func (c comparison) least() lowsky.Metres { return c.margin - c.height.Bound }

func (c comparison) vertical(s lowsky.VerticalState) lowsky.Vertical {
	return lowsky.Vertical{
		State:    s,
		Margin:   lowsky.Some(c.margin),
		Measured: lowsky.Some(c.height.Altitude.Metres),
		Limit:    lowsky.Some(c.limit.Metres),
		Datum:    c.limit.Datum,
		Bound:    c.height.Bound,
		Assumed:  c.height.Assumed,
	}
}
