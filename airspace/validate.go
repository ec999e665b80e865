package airspace

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lowsky"
)

// Bounds of what one zone may hold.
const (
	MaxVertices = 50_000             // positions of all rings together
	MaxParts    = 1_000              // polygons
	MaxPeriods  = 64                 // of an applicability
	MaxRadius   = 100_000            // metres
	MaxLatitude = 80                 // degrees north or south that a circle may reach: local radii hold up to there
	MaxAltitude = 100_000            // metres up or down
	maxID       = 128                // bytes
	maxText     = 4_000              // bytes of any text
	maxPieces   = 4 * MaxVertices    // edges after long ones were cut
	maxCrossing = 40 * 1000 * 1000   // pairs of edges looked at, which takes about a second
	maxWidth    = halfTurn - 1       // nanodegrees of longitude of one polygon
	maxWindow   = 8 * 24 * time.Hour // after which the days of the week repeat
)

// Validate answers an *lowsky.InvalidError naming the field that makes z unfit to be judged by, or nil.
//
// It refuses: an id that is empty, over 128 bytes or holds spaces or control characters; a negative version; text that
// is too long or not UTF-8; no area, or both polygons and a circle; rings that are not closed, have fewer than four
// positions, repeat a position, touch or cross themselves or each other along more than points, have no area, leave
// the Earth, go around a pole or span 180° of longitude; holes outside their outer ring or inside one another; circles
// with a radius not above 0 or above 100 km, or beyond 80° of latitude; limits that are not finite, of no known datum or
// above take-off (whose?); a floor above the ceiling in one datum; a ceiling below the ground; periods that never
// apply. A restriction that is not known is no error: it counts as Prohibited.
func Validate(z *lowsky.Zone) error {
	if z == nil {
		return &lowsky.InvalidError{Field: "zone", Problem: "is absent"}
	}
	for _, check := range []func(*lowsky.Zone) error{checkNames, checkLimits, checkApplicability} {
		if err := check(z); err != nil {
			return err
		}
	}
	return checkGeometry("geometry", z.Geometry)
}

func invalid(field, problem string, args ...any) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}
}

func checkNames(z *lowsky.Zone) error {
	switch id := string(z.ID); {
	case id == "":
		return invalid("id", "is empty")
	case len(id) > maxID:
		return invalid("id", "is longer than %d bytes", maxID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return invalid("id", "holds spaces or characters that cannot be printed")
	}
	if z.Version < 0 {
		return invalid("version", "is below 0")
	}
	for _, t := range [...]struct{ field, text string }{
		{"name.zh", z.Name.ZH}, {"name.en", z.Name.EN}, {"reason.zh", z.Reason.ZH}, {"reason.en", z.Reason.EN},
		{"message.zh", z.Message.ZH}, {"message.en", z.Message.EN}, {"restriction", string(z.Restriction)},
		{"authority", z.Authority}, {"kind", z.Kind}, {"source", z.Source}, {"organisation_id", string(z.Organisation)},
	} {
		if len(t.text) > maxText {
			return invalid(t.field, "is longer than %d bytes", maxText)
		}
		if !utf8.ValidString(t.text) {
			return invalid(t.field, "is not UTF-8")
		}
	}
	return nil
}

func checkLimits(z *lowsky.Zone) error {
	for _, l := range [...]struct {
		field string
		limit lowsky.Opt[lowsky.Altitude]
	}{{"floor", z.Floor}, {"ceiling", z.Ceiling}} {
		a := l.limit.Value
		switch {
		case !l.limit.OK:
		case !a.Datum.Valid():
			return invalid(l.field+".datum", "is %.40q, which is no datum: ellipsoid, amsl, agl or pressure_isa", a.Datum)
		case a.Datum == lowsky.AboveTakeoff:
			return invalid(l.field+".datum", "is above_takeoff, but a zone has no take-off point")
		case !lowsky.Finite(a.Metres):
			return invalid(l.field+".metres", "is not a number")
		case a.Metres > MaxAltitude || a.Metres < -MaxAltitude:
			return invalid(l.field+".metres", "is beyond ±%d m", MaxAltitude)
		}
	}
	f, c := z.Floor, z.Ceiling
	if f.OK && c.OK && f.Value.Datum == c.Value.Datum && f.Value.Metres > c.Value.Metres {
		return invalid("floor", "is above the ceiling (%v over %v)", f.Value, c.Value)
	}
	if c.OK && c.Value.Datum == lowsky.AGL && c.Value.Metres < 0 {
		return invalid("ceiling.metres", "is below the ground")
	}
	return nil
}

func checkApplicability(z *lowsky.Zone) error {
	if len(z.Applicability) > MaxPeriods {
		return invalid("applicability", "has more than %d periods", MaxPeriods)
	}
	for i, p := range z.Applicability {
		field := fmt.Sprintf("applicability[%d]", i)
		for k, d := range p.Weekdays {
			if d < time.Sunday || d > time.Saturday {
				return invalid(fmt.Sprintf("%s.weekdays[%d]", field, k), "must be 0 (Sunday) to 6 (Saturday)")
			}
			if k >= 7 {
				return invalid(field+".weekdays", "has more than 7 days")
			}
		}
		switch {
		case p.Start.OK && (p.Start.Value < 0 || p.Start.Value >= 24*60):
			return invalid(field+".start_minute", "must be 0 to 1439")
		case p.End.OK && (p.End.Value < 0 || p.End.Value > 24*60):
			return invalid(field+".end_minute", "must be 0 to 1440")
		case p.From.OK && p.Until.OK && !p.From.Value.Before(p.Until.Value):
			return invalid(field+".until", "is not after from")
		case !everApplies(p):
			return invalid(field, "never applies: no day and time of it lie between from and until")
		}
	}
	return nil
}

// everApplies reports whether a well-formed period has an instant. Only a window shorter than a week can have none; it
// is tried minute by minute, as nothing in a period changes in between.
func everApplies(p lowsky.Period) bool {
	if !p.From.OK || !p.Until.OK || p.Until.Value.Sub(p.From.Value) >= maxWindow {
		return true
	}
	for t := p.From.Value; t.Before(p.Until.Value); t = t.Truncate(time.Minute).Add(time.Minute) {
		if p.ActiveAt(t) {
			return true
		}
	}
	return false
}
