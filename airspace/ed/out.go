package ed

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// Writing gathers what a format cannot say of the zones that are written.
type Writing struct {
	Remarks airspace.Remarks
	zone    *lowsky.Zone
	once    map[string]bool
}

// Begin turns to the next zone.
func (w *Writing) Begin(z *lowsky.Zone) { w.zone = z }

// Lost remarks on the zone at hand; it is noted, since our own reader gets everything back.
func (w *Writing) Lost(field, code, problem string) {
	w.Remarks.Add(airspace.Remark{Zone: w.zone.ID, Place: field, Kind: airspace.RemarkNoted, Code: code, Problem: problem})
}

// Once remarks on the whole file, the first time.
func (w *Writing) Once(code, problem string) {
	if w.once == nil {
		w.once = map[string]bool{}
	}
	if !w.once[code] {
		w.once[code] = true
		w.Remarks.Add(airspace.Remark{Place: "file", Kind: airspace.RemarkNoted, Code: code, Problem: problem})
	}
}

// Cut answers at most max characters of a text and remarks where that is not all of it.
func (w *Writing) Cut(field, s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	w.Lost(field, "out_text_cut", "is longer than the format allows: cut there, whole in our extension")
	return string([]rune(s)[:max])
}

// Band puts the limits of a volume into numbers, see [Out].
func (w *Writing) Band(v lowsky.Volume3D, ellipsoid, whole bool) Band {
	b, lost := Out(v, ellipsoid, whole)
	for _, code := range lost {
		which, what, _ := strings.Cut(code, "_")
		problem := "is rounded to whole units, outwards; exact in our extension"
		if what == "datum" {
			problem = "has a datum that the format does not know: left out there, so that the zone reaches further"
		}
		w.Lost(which+" limit", "out_"+code, problem)
	}
	return b
}

// Extras remarks on what only our extension says.
func (w *Writing) Extras(z *lowsky.Zone) {
	if z.Buffer.Or(0) > 0 {
		w.Lost("buffer_m", "out_buffer", "the format knows no buffer: the area is written without it")
	}
	if len(z.Exemptions) > 0 {
		w.Lost("exemptions", "out_exemptions", "the format knows no exemptions: only our own readers see them")
	}
}

// Polygons answers what a volume is written as where it is no circle: its polygons, or the outline of a corridor.
func (w *Writing) Polygons(g lowsky.Geometry) orb.MultiPolygon {
	if g.IsCorridor() {
		w.Lost("geometry", "out_corridor", "a corridor is written as its outline")
		return airspace.Outline(g)
	}
	return g.Polygons
}

// Check refuses a zone that cannot be written: without an area, or with numbers that are none.
func Check(z *lowsky.Zone) error {
	if z == nil {
		return Invalid("zone", "is absent")
	}
	for i := range z.VolumeCount() {
		v := z.Volume(i)
		g := v.Geometry
		bad := !lowsky.Finite(g.Width) || !lowsky.Finite(g.Radius) || !lowsky.Finite(g.Centre[0]) || !lowsky.Finite(g.Centre[1])
		for _, a := range []lowsky.Opt[lowsky.Altitude]{v.Floor, v.Ceiling} {
			bad = bad || !lowsky.Finite(a.Value.Metres)
		}
		for _, c := range g.Line {
			bad = bad || !lowsky.Finite(c[0]) || !lowsky.Finite(c[1])
		}
		for _, p := range g.Polygons {
			for _, r := range p {
				bad = bad || len(r) == 0
				for _, c := range r {
					bad = bad || !lowsky.Finite(c[0]) || !lowsky.Finite(c[1])
				}
			}
			bad = bad || len(p) == 0
		}
		switch {
		case bad:
			return Invalid("zone "+string(z.ID), "volume %d holds an empty ring or a number that is none", i)
		case g.IsCorridor() && len(g.Line) < 2, !g.IsCircle() && !g.IsCorridor() && len(g.Polygons) == 0:
			return Invalid("zone "+string(z.ID), "volume %d has no area", i)
		}
	}
	return nil
}

// Exactly reports whether polygons come back as they are when they are written wound and their rings are nested again.
func Exactly(all orb.MultiPolygon) bool {
	for _, p := range all {
		if !p.Equal(Wound(p)) {
			return false
		}
		if nested, ok := Nest(p); !ok || len(nested) != 1 {
			return false
		}
	}
	return true
}

// Country answers the three letters of a zone; our own zones are in China.
func Country(z *lowsky.Zone) string {
	if z.ED != nil && len(z.ED.Country) == 3 {
		return z.ED.Country
	}
	return "CHN"
}

// Identifier answers what a zone is published under: the identifier it came with, else its id.
func Identifier(z *lowsky.Zone) string {
	if z.ED != nil && z.ED.Identifier != "" {
		return z.ED.Identifier
	}
	return string(z.ID)
}

// Short answers seven characters for an identifier that is longer, the same every time. n tells further ones apart when
// two identifiers of one file have come out the same.
func Short(identifier string, n int) string {
	for ; n > 0; n-- {
		identifier += "\x00"
	}
	return strings.ToUpper(digest(identifier, 7))
}

// Contacts answers whom to ask, at least one: both formats want somebody.
func Contacts(z *lowsky.Zone) []lowsky.ZoneContact {
	if len(z.Contacts) > 0 {
		return z.Contacts
	}
	return []lowsky.ZoneContact{{Name: lowsky.Text{ZH: z.Authority, EN: z.Authority}, Purpose: "INFORMATION"}}
}

var duration = regexp.MustCompile(`^P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)$`)

// Email, URL and Duration answer a value where it is what the formats call so, else "" with a remark.
func (w *Writing) Email(s string) string {
	if a, err := mail.ParseAddress(s); s != "" && (err != nil || a.Address != s || len(s) > 254 || strings.ContainsAny(s, "\"[]") || !ascii(s)) {
		return w.unfit("email")
	}
	return s
}

func (w *Writing) URL(s string) string {
	if u, err := url.Parse(s); s != "" && (err != nil || u.Scheme == "" || !ascii(s) || strings.ContainsAny(s, " \\^`{|}\"<>")) {
		return w.unfit("siteURL")
	}
	return s
}

func (w *Writing) Duration(s string) string {
	if s != "" && (!duration.MatchString(s) || strings.HasSuffix(s, "T") || s == "P") {
		return w.unfit("intervalBefore")
	}
	return s
}

func (w *Writing) unfit(field string) string {
	w.Lost("zoneAuthority."+field, "out_contact_unfit", "is not what the format wants here: left out there, whole in our extension")
	return ""
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// First answers the Chinese of a text, else the English.
func First(t lowsky.Text) string {
	if t.ZH != "" {
		return t.ZH
	}
	return t.EN
}
