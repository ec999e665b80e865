package airspace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lowsky"
)

// Bounds of what one zone may hold.
const (
	MaxVertices    = 50_000    // positions of all volumes together
	MaxParts       = 1_000     // polygons of one volume
	MaxVolumes     = 64        // of a zone
	MaxPeriods     = 64        // of an applicability
	MaxExemptions  = 1_000     // of a zone
	MaxContacts    = 32        // of a zone
	MaxReasons     = 32        // of a zone
	MaxRadius      = 100_000   // metres: of a circle, or half the width of a corridor, with the buffer
	MaxWidth       = 100_000   // metres: of a corridor
	MaxLine        = 5_000     // positions of a corridor
	MaxLength      = 2_000_000 // metres: of a corridor
	MaxBuffer      = 50_000    // metres
	MaxWarningBand = 50_000    // metres
	MaxLatitude    = 80        // degrees north or south that a circle, a corridor or a buffer may reach: local radii hold up to there
	MaxAltitude    = 100_000   // metres up or down
	MaxExtended    = 64 << 10  // bytes of further published properties

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
// is too long or not UTF-8; more of anything than the bounds above; volumes (field "" or "further[i].") of no area, or of
// more than one of polygons, circle and corridor; rings that are not closed, have fewer than four positions, repeat a
// position, touch or cross themselves or each other along more than points, have no area, leave the Earth, go around a
// pole or span 180° of longitude; holes outside their outer ring or inside one another; corridors of fewer than two
// positions or with a position repeated at once; radii, widths and lengths that are not above 0 or above their bound;
// buffers and warning bands below 0 or above theirs; circles, corridors and buffers beyond 80° of latitude; limits that
// are not finite, of no known datum or geoid, or above take-off (whose?); a geoid of a datum that has none; a floor above
// the ceiling in one datum; a ceiling below the ground; periods that never apply or know an event of no known name; a
// temporary zone with a period without end, or with none; exemptions that name nobody; further published properties that
// are no JSON object. A restriction that is not known is no error: it counts as Prohibited.
func Validate(z *lowsky.Zone) error {
	if z == nil {
		return &lowsky.InvalidError{Field: "zone", Problem: "is absent"}
	}
	for _, check := range []func(*lowsky.Zone) error{
		checkSize, checkNames, checkLists, checkContacts, checkED, checkBands, checkApplicability, checkVolumes,
	} {
		if err := check(z); err != nil {
			return err
		}
	}
	return nil
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
	return checkTexts([]text{
		{"name.zh", z.Name.ZH}, {"name.en", z.Name.EN}, {"reason.zh", z.Reason.ZH}, {"reason.en", z.Reason.EN},
		{"message.zh", z.Message.ZH}, {"message.en", z.Message.EN}, {"conditions.zh", z.Conditions.ZH},
		{"conditions.en", z.Conditions.EN}, {"restriction", string(z.Restriction)}, {"authority", z.Authority},
		{"kind", z.Kind}, {"source", z.Source}, {"superior", z.Superior}, {"organisation_id", string(z.Organisation)},
	})
}

type text struct{ field, text string }

func checkTexts(texts []text) error {
	for _, t := range texts {
		if len(t.text) > maxText {
			return invalid(t.field, "is longer than %d bytes", maxText)
		}
		if !utf8.ValidString(t.text) {
			return invalid(t.field, "is not UTF-8")
		}
	}
	return nil
}

// inField names a field of something that field names.
func inField(field string, err error) error {
	var bad *lowsky.InvalidError
	if errors.As(err, &bad) {
		return invalid(field+bad.Field, "%s", bad.Problem)
	}
	return err
}

// checkSize comes first: nothing else is looked at of what is too large.
func checkSize(z *lowsky.Zone) error {
	if z.VolumeCount() > MaxVolumes {
		return invalid("further", "has %d volumes, more than %d", len(z.Further), MaxVolumes-1)
	}
	n := 0
	for i := range z.VolumeCount() {
		n += positionCount(z.Volume(i).Geometry)
	}
	if n > MaxVertices {
		field := "further"
		switch {
		case len(z.Further) > 0:
		case len(z.Geometry.Line) > 0:
			field = "geometry.line"
		default:
			field = "geometry.polygons"
		}
		return invalid(field, "has %d positions, more than %d", n, MaxVertices)
	}
	return nil
}

func checkLists(z *lowsky.Zone) error {
	if len(z.Exemptions) > MaxExemptions {
		return invalid("exemptions", "has more than %d", MaxExemptions)
	}
	for i, x := range z.Exemptions {
		field := fmt.Sprintf("exemptions[%d]", i)
		if x == (lowsky.Exemption{}) {
			return invalid(field, "names nobody")
		}
		if err := checkTexts([]text{
			{field + ".organisation_id", string(x.Organisation)}, {field + ".scenario", string(x.Scenario)}, {field + ".plan_id", x.Plan},
		}); err != nil {
			return err
		}
	}
	if len(z.Reasons) > MaxReasons {
		return invalid("reasons", "has more than %d", MaxReasons)
	}
	for i, r := range z.Reasons {
		if r == "" {
			return invalid(fmt.Sprintf("reasons[%d]", i), "is empty")
		}
		if err := checkTexts([]text{{fmt.Sprintf("reasons[%d]", i), string(r)}}); err != nil {
			return err
		}
	}
	return nil
}

func checkContacts(z *lowsky.Zone) error {
	if len(z.Contacts) > MaxContacts {
		return invalid("contacts", "has more than %d", MaxContacts)
	}
	for i, c := range z.Contacts {
		if c == (lowsky.ZoneContact{}) {
			return invalid(fmt.Sprintf("contacts[%d]", i), "is empty")
		}
		if err := checkTexts([]text{
			{".name.zh", c.Name.ZH}, {".name.en", c.Name.EN}, {".service.zh", c.Service.ZH}, {".service.en", c.Service.EN},
			{".person.zh", c.Person.ZH}, {".person.en", c.Person.EN}, {".email", c.Email}, {".phone", c.Phone}, {".url", c.URL},
			{".purpose", c.Purpose}, {".before", c.Before},
		}); err != nil {
			return inField(fmt.Sprintf("contacts[%d]", i), err)
		}
	}
	return nil
}

func checkED(z *lowsky.Zone) error {
	if z.ED == nil {
		return nil
	}
	e := z.ED
	if err := checkTexts([]text{
		{"ed.country", e.Country}, {"ed.identifier", e.Identifier}, {"ed.variant", e.Variant}, {"ed.uspace_class", e.USpaceClass},
		{"ed.originator", e.Originator},
	}); err != nil {
		return err
	}
	switch x := bytes.TrimSpace(e.Extended); {
	case len(e.Extended) == 0:
	case len(e.Extended) > MaxExtended:
		return invalid("ed.extended", "is longer than %d bytes", MaxExtended)
	case len(x) == 0 || x[0] != '{' || !json.Valid(x):
		return invalid("ed.extended", "is no JSON object")
	}
	return nil
}

func checkBands(z *lowsky.Zone) error {
	for _, b := range [...]struct {
		field string
		value lowsky.Opt[lowsky.Metres]
		most  lowsky.Metres
	}{{"buffer_m", z.Buffer, MaxBuffer}, {"warning_band_m", z.WarningBand, MaxWarningBand}} {
		switch v := b.value.Value; {
		case !b.value.OK:
		case !lowsky.Finite(v):
			return invalid(b.field, "is not a number")
		case v < 0:
			return invalid(b.field, "is below 0")
		case v > b.most:
			return invalid(b.field, "is above %.0f m", float64(b.most))
		}
	}
	return nil
}

func checkVolumes(z *lowsky.Zone) error {
	for i := range z.VolumeCount() {
		v, field := z.Volume(i), ""
		if i > 0 {
			field = fmt.Sprintf("further[%d].", i-1)
		}
		if err := checkLimits(v); err != nil {
			return inField(field, err)
		}
		if err := checkGeometry(field+"geometry", v.Geometry); err != nil {
			return err
		}
		buffer := z.Buffer.Or(0)
		if buffer == 0 {
			continue
		}
		reach := max(v.Geometry.Radius, v.Geometry.Width/2) + buffer
		if reach > MaxRadius {
			return invalid("buffer_m", "makes the area reach further than %d m from its centre or line", MaxRadius)
		}
		if err := checkLatitudes("buffer_m", v.Geometry, float64(reach)); err != nil {
			return err
		}
	}
	return nil
}

func checkLimits(v lowsky.Volume3D) error {
	for _, l := range [...]struct {
		field string
		limit lowsky.Opt[lowsky.Altitude]
	}{{"floor", v.Floor}, {"ceiling", v.Ceiling}} {
		a := l.limit.Value
		switch {
		case !l.limit.OK:
		case !a.Datum.Valid():
			return invalid(l.field+".datum", "is %.40q, which is no datum: ellipsoid, amsl, agl or pressure_isa", a.Datum)
		case a.Datum == lowsky.AboveTakeoff:
			return invalid(l.field+".datum", "is above_takeoff, but a zone has no take-off point")
		case !a.Geoid.Valid():
			return invalid(l.field+".geoid", "is %.40q, which is no geoid: cn1985, egm96 or egm2008", a.Geoid)
		case a.Geoid != "" && a.Datum != lowsky.AMSL:
			return invalid(l.field+".geoid", "is given, but %s has none", a.Datum)
		case !lowsky.Finite(a.Metres):
			return invalid(l.field+".metres", "is not a number")
		case a.Metres > MaxAltitude || a.Metres < -MaxAltitude:
			return invalid(l.field+".metres", "is beyond ±%d m", MaxAltitude)
		}
	}
	f, c := v.Floor, v.Ceiling
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
	if z.Temporary && len(z.Applicability) == 0 {
		return invalid("applicability", "is empty, but a temporary zone needs an end")
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
		case z.Temporary && !p.Until.OK:
			return invalid(field+".until", "is absent, but a temporary zone needs an end")
		case !knownEvent(p.StartEvent):
			return invalid(field+".start_event", "is %.40q: BMCT, SR, SS or EECT", p.StartEvent)
		case !knownEvent(p.EndEvent):
			return invalid(field+".end_event", "is %.40q: BMCT, SR, SS or EECT", p.EndEvent)
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

func knownEvent(e lowsky.DayEvent) bool {
	switch e {
	case "", lowsky.MorningTwilight, lowsky.Sunrise, lowsky.Sunset, lowsky.EveningTwilight:
		return true
	}
	return false
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
