package ed

import (
	"math"
	"strings"

	"lowsky"
	"lowsky/airspace"
)

// Foot is exact by definition.
const Foot = 0.3048

// Unlimited is what published files write for "no upper limit", in metres or feet.
const Unlimited = 99_999

// Geoid is what heights above mean sea level in these files are taken to be measured from. Neither format names it for
// each limit; the national datums of the states that publish so are realisations of the European one, which agrees with
// EGM2008 to a few decimetres, and with EGM96 only to a metre or two.
const Geoid = lowsky.EGM2008

// AboveSea reports whether some limit of z is above mean sea level.
func AboveSea(z *lowsky.Zone) bool {
	for i := range z.VolumeCount() {
		if v := z.Volume(i); v.Floor.Value.Datum == lowsky.AMSL || v.Ceiling.Value.Datum == lowsky.AMSL {
			return true
		}
	}
	return false
}

// Merge joins volumes of polygons with the same limits where a zone has more volumes than a Zone may have: their union is
// the same. A zone that still has more is a *Refusal.
func (n *Notes) Merge(place string, z *lowsky.Zone) error {
	if z.VolumeCount() <= airspace.MaxVolumes {
		return nil
	}
	before := z.VolumeCount()
	type limits struct{ floor, ceiling lowsky.Opt[lowsky.Altitude] }
	at := map[limits]int{}
	var out []lowsky.Volume3D
	for i := range before {
		v := z.Volume(i)
		l := limits{v.Floor, v.Ceiling}
		k, ok := at[l]
		if ok && len(v.Geometry.Polygons) > 0 {
			out[k].Geometry.Polygons = append(out[k].Geometry.Polygons, v.Geometry.Polygons...)
			continue
		}
		if len(v.Geometry.Polygons) > 0 {
			at[l] = len(out)
		}
		out = append(out, v)
	}
	if len(out) > airspace.MaxVolumes {
		return Refuse(place, "too_many_volumes", "has more than %d volumes", airspace.MaxVolumes)
	}
	z.Geometry, z.Floor, z.Ceiling, z.Further = out[0].Geometry, out[0].Floor, out[0].Ceiling, out[1:]
	n.Repair(place, "volumes_merged", "has %d volumes, more than %d: those of the same limits were joined", before, airspace.MaxVolumes)
	return nil
}

// Limits reads the height band of one volume.
type Limits struct {
	Lower, LowerReference, Upper, UpperReference, Unit Value
	Geoid                                              lowsky.Geoid
}

// Feet reads the unit of measure; ok is false where it is none that is known.
func (l Limits) Feet() (feet, ok bool) {
	s, _ := l.Unit.Text()
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "", "M", "METRE", "METRES", "METER", "METERS":
		return false, true
	case "FT", "FOOT", "FEET":
		return true, true
	}
	return false, false
}

// Read answers floor and ceiling. What cannot be told makes the band higher, never lower: no lower limit is the ground,
// no upper limit is unlimited.
func (l Limits) Read(n *Notes) (floor, ceiling lowsky.Opt[lowsky.Altitude]) {
	feet, ok := l.Feet()
	if !ok {
		s, _ := l.Unit.Text()
		n.Repair(l.Unit.Place, "unit_unknown", "is %.20q, which is no unit that is known: the zone reaches from the surface without limit", s)
		n.Keep("lowerLimit", l.Lower)
		n.Keep("upperLimit", l.Upper)
		return floor, ceiling
	}
	floor = l.one(n, l.Lower, l.LowerReference, feet, "lower", "the surface", "SFC", "GND", "SURFACE", "GROUND")
	ceiling = l.one(n, l.Upper, l.UpperReference, feet, "upper", "unlimited", "UNL", "UNLIM", "UNLIMITED")
	return floor, ceiling
}

func (l Limits) one(n *Notes, v, reference Value, feet bool, which, open string, words ...string) lowsky.Opt[lowsky.Altitude] {
	none := lowsky.Opt[lowsky.Altitude]{}
	if !v.Present() {
		n.Note(v.Place, which+"_absent", "%s limit is absent: read as %s", which, open)
		return none
	}
	f, text, ok := v.Number()
	if !ok {
		s, _ := v.Text()
		for _, w := range words {
			if strings.EqualFold(strings.TrimSpace(s), w) {
				return none
			}
		}
		n.Repair(v.Place, which+"_unreadable", "%s limit is %.40q, no number: read as %s", which, s, open)
		n.Keep(which+"Limit", v)
		return none
	}
	if text {
		n.Repair(v.Place, "number_as_text", "is a number given as text: read as %v", f)
	}
	if which == "upper" && f >= Unlimited {
		n.Note(v.Place, "upper_unlimited", "upper limit is %v: read as %s", f, open)
		return none
	}
	a := lowsky.Altitude{Metres: lowsky.Metres(f), Feet: feet}
	if feet {
		a.Metres *= Foot
	}
	s, _ := reference.Text()
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "AGL":
		a.Datum = lowsky.AGL
	case "AMSL", "MSL":
		a.Datum, a.Geoid = lowsky.AMSL, l.Geoid
	case "WGS84":
		a.Datum = lowsky.Ellipsoid
	default:
		if f == 0 && which == "lower" && s == "" {
			return none
		}
		n.Repair(reference.Place, which+"_reference", "%s limit is %v above %.20q, which is not known: read as %s", which, f, s, open)
		n.Keep(which+"Limit", v)
		n.Keep(which+"Reference", reference)
		return none
	}
	return lowsky.Some(a)
}

// Band is the height band of a volume on its way out.
type Band struct {
	Lower, Upper                   lowsky.Opt[float64]
	LowerReference, UpperReference string
	Feet                           bool
}

// Out puts a band into numbers of one unit: feet where all of its limits are, else metres. ellipsoid: the format can say
// WGS84. whole: it only has whole numbers; the band is widened to them. lost tells what the format cannot say of it.
func Out(v lowsky.Volume3D, ellipsoid, whole bool) (b Band, lost []string) {
	b.LowerReference, b.UpperReference = "AGL", "AGL"
	b.Feet = (v.Floor.OK || v.Ceiling.OK) && (!v.Floor.OK || v.Floor.Value.Feet) && (!v.Ceiling.OK || v.Ceiling.Value.Feet)
	limit := func(a lowsky.Opt[lowsky.Altitude], which string, round func(float64) float64, value *lowsky.Opt[float64], reference *string) {
		if !a.OK {
			return
		}
		switch d := a.Value.Datum; {
		case d == lowsky.AGL:
		case d == lowsky.AMSL:
			*reference = "AMSL"
		case d == lowsky.Ellipsoid && ellipsoid:
			*reference = "WGS84"
		default:
			lost = append(lost, which+"_datum")
			return
		}
		f := float64(a.Value.Metres)
		if b.Feet {
			f = math.Round(f/Foot*1e6) / 1e6 // 121.92 m are 400 ft, not 400.00000000000006
		}
		if whole && f != math.Trunc(f) {
			f = round(f)
			lost = append(lost, which+"_rounded")
		}
		*value = lowsky.Some(f)
	}
	limit(v.Floor, "lower", math.Floor, &b.Lower, &b.LowerReference)
	limit(v.Ceiling, "upper", math.Ceil, &b.Upper, &b.UpperReference)
	return b, lost
}
