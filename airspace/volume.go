package airspace

import (
	"math"

	"lowsky"
)

// Overlapping says whether two volumes have something in common.
type Overlapping struct {
	Overlaps bool
	// Certain is false where that could not be decided, which counts as overlapping: the heights have no common datum, or
	// a shape is none. That they do not overlap is always certain.
	Certain bool
}

// Overlap answers whether two volumes overlap in space and time. apart (0: none) widens them horizontally: areas at most
// that far from each other overlap.
//
// Times are half-open: what ends when the other begins does not overlap it, nor does what ends before it begins. Areas
// and heights are closed: those that touch overlap. Heights are compared as [HeightsOverlap] says. Areas of polygons
// are decided exactly (to 0.1 mm), distances between rims, circles and corridors on the ellipsoid; they count as 0.02 %
// smaller than measured, so that what is doubtful overlaps.
func Overlap(a, b lowsky.Volume4D, apart lowsky.Metres) Overlapping {
	if !timesOverlap(&a, &b) {
		return Overlapping{Certain: true}
	}
	h := HeightsOverlap(a.Volume3D, b.Volume3D)
	if !h.Overlaps {
		return h
	}
	g := AreasOverlap(a.Geometry, b.Geometry, apart)
	return Overlapping{Overlaps: g.Overlaps, Certain: g.Certain && (h.Certain || !g.Overlaps)}
}

// timesOverlap: from Start, inclusive, to End, exclusive; zero is unbounded.
func timesOverlap(a, b *lowsky.Volume4D) bool {
	for _, v := range [...]*lowsky.Volume4D{a, b} {
		if !v.Start.IsZero() && !v.End.IsZero() && !v.Start.Before(v.End) {
			return false
		}
	}
	return (a.Start.IsZero() || b.End.IsZero() || a.Start.Before(b.End)) && (b.Start.IsZero() || a.End.IsZero() || b.Start.Before(a.End))
}

// HeightsOverlap answers whether the height bands of two volumes overlap. Limits in the same datum are compared in it;
// heights above mean sea level and above the ellipsoid by the geoid, whose range over both areas and bound may leave it
// open. Heights above ground are comparable with each other only: the ground differs from place to place. Heights above
// take-off are not even that, as each flight has its own. What cannot be compared counts as overlapping, not certain.
//
// An absent floor, and one at or below 0 m above ground, is below every ceiling; an absent ceiling is above every floor.
func HeightsOverlap(a, b lowsky.Volume3D) Overlapping {
	first, second := reaches(&a, &b, a.Floor, b.Ceiling), reaches(&a, &b, b.Floor, a.Ceiling)
	if first == never || second == never {
		return Overlapping{Certain: true}
	}
	return Overlapping{Overlaps: true, Certain: first == always && second == always}
}

// ordering is whether a floor is at most as high as a ceiling.
type ordering uint8

const (
	perhaps ordering = iota
	always
	never
)

func reaches(a, b *lowsky.Volume3D, floor, ceiling lowsky.Opt[lowsky.Altitude]) ordering {
	if !floor.OK || !ceiling.OK || floor.Value.Datum == lowsky.AGL && floor.Value.Metres <= 0 {
		return always
	}
	f, c := floor.Value, ceiling.Value
	if !lowsky.Finite(f.Metres) || !lowsky.Finite(c.Metres) {
		return perhaps
	}
	if frameOf(f).same(frameOf(c)) {
		switch {
		case f.Datum == lowsky.AboveTakeoff || !f.Datum.Valid():
			return perhaps
		case f.Metres <= c.Metres:
			return always
		}
		return never
	}
	// One geoid for both: only what it adds to one and not to the other is in doubt.
	low, high, ok := geoidRange(a, b)
	lowest, highest := float64(f.Metres-c.Metres), float64(f.Metres-c.Metres)
	if f.Datum == lowsky.AMSL && c.Datum == lowsky.AMSL {
		low, high, ok = 0, 0, true
	}
	for _, l := range [...]struct {
		altitude lowsky.Altitude
		sign     float64
	}{{f, 1}, {c, -1}} {
		switch l.altitude.Datum {
		case lowsky.Ellipsoid:
		case lowsky.AMSL:
			if !ok {
				return perhaps
			}
			bound := float64(GeoidBound(l.altitude.Geoid))
			if l.sign > 0 {
				lowest, highest = lowest+low-bound, highest+high+bound
			} else {
				lowest, highest = lowest-high-bound, highest-low+bound
			}
		default:
			return perhaps
		}
	}
	switch {
	case highest <= 0:
		return always
	case lowest > 0:
		return never
	}
	return perhaps
}

// geoidRange answers the lowest and the highest geoid over both areas: bilinear in a quarter of a degree, so looking
// that often, and at the corners, finds it within less than the bound that every geoid has.
func geoidRange(a, b *lowsky.Volume3D) (low, high float64, ok bool) {
	area := noBox
	for _, v := range [...]*lowsky.Volume3D{a, b} {
		o, ok := outlineOf(&v.Geometry)
		if !ok || o.box.empty() {
			return 0, 0, false
		}
		if area != noBox { // unrolled to where the other is
			o.box = o.box.shifted(turnsBetween(o.box, area) * fullTurn)
		}
		dx, dy := o.margins(o.width)
		area = area.with(o.box.grown(dx, dy))
	}
	low, high = math.Inf(1), math.Inf(-1)
	const step = int64(unit) / geoidPerDegree
	nx, ny := min((area.x1-area.x0)/step+1, 100), min((area.y1-area.y0)/step+1, 100)
	for i := range nx + 1 {
		for j := range ny + 1 {
			p := point{area.x0 + (area.x1-area.x0)/nx*i, area.y0 + (area.y1-area.y0)/ny*j}
			lon, lat := p.degrees()
			n, ok := GeoidHeight(lowsky.Position{Longitude: lowsky.Degrees(wrapDegrees(lon)), Latitude: lowsky.Degrees(max(-90, min(90, lat)))})
			if !ok {
				return 0, 0, false
			}
			low, high = min(low, float64(n)), max(high, float64(n))
		}
	}
	return low, high, true
}
