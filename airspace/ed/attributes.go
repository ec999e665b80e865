package ed

import (
	"crypto/sha256"
	"encoding/base32"
	"math"
	"slices"
	"strings"
	"unicode"

	"lowsky"
	"lowsky/airspace"
)

// Attributes reads into z what both formats say of a zone in the same words, be a text one string (ED-269) or a list of
// {text, lang} (ED-318). It leaves out restriction, hours, places and extendedProperties.
func (n *Notes) Attributes(o *Object, z *lowsky.Zone) error {
	z.Version = 1
	z.ED = &lowsky.EDAttributes{}
	if err := n.identifier(o, z); err != nil {
		return err
	}
	z.Name = n.Text(o.Take("name"), "name")
	if z.Name == (lowsky.Text{}) {
		z.Name = lowsky.Text{ZH: string(z.ID), EN: string(z.ID)}
		n.Note(o.Place, "name_missing", "has no name: the identifier stands for it")
	}
	z.ED.Country = n.country(o.Take("country"))
	z.Reasons = n.reasons(o.Take("reason", "reasons"))
	z.Reason = n.Text(o.Take("otherReasonInfo"), "otherReasonInfo")
	z.Message = n.Text(o.Take("message"), "message")
	z.Conditions = n.conditions(o.Take("restrictionConditions"))
	z.ED.USpaceClass = n.line(o.Take("uSpaceClass"))
	if v := o.Take("region"); v.Present() {
		if f, _, ok := v.Number(); ok && f == math.Trunc(f) && math.Abs(f) < 1e9 {
			z.ED.Region = lowsky.Some(int(f))
		} else {
			n.Repair(v.Place, "region_unreadable", "is no whole number: left out")
			n.Keep("region", v)
		}
	}
	if v := o.Take("regulationExemption"); v.Present() {
		switch s, _ := v.Text(); strings.ToUpper(s) {
		case "YES", "TRUE":
			z.ED.RegulationExemption = lowsky.Some(true)
		case "NO", "FALSE":
			z.ED.RegulationExemption = lowsky.Some(false)
		default:
			n.Repair(v.Place, "exemption_unreadable", "is neither YES nor NO: left out")
			n.Keep("regulationExemption", v)
		}
	}
	n.authorities(o.Take("zoneAuthority", "authority"), z)
	return nil
}

// identifier gives the zone its id: the identifier itself where it can be one, else what IDFor makes of it.
func (n *Notes) identifier(o *Object, z *lowsky.Zone) error {
	v := o.Take("identifier", "id")
	s, _ := v.Text()
	if s = n.clean(v.Place, s); s == "" {
		name, _ := o.values["name"].Text()
		if name == "" {
			return Refuse(v.Place, "identifier_missing", "is missing, and there is no name to make one from")
		}
		z.ID = lowsky.ZoneID("noid-" + digest(name, 10))
		n.Repair(v.Place, "identifier_missing", "is missing: %s was made from the name", z.ID)
		return nil
	}
	if len(s) > 1000 {
		return Refuse(v.Place, "identifier_unfit", "has %d bytes", len(s))
	}
	if z.ID = IDFor(s); string(z.ID) != s {
		z.ED.Identifier = s
		n.Note(v.Place, "identifier_unfit", "is %.140q, which holds spaces or is too long for an id: %s stands for it", s, z.ID)
	}
	return nil
}

// IDFor answers the id for an identifier: itself where it may be one; else what of it may stand in one, and a digest of
// all of it, so that another identifier never gets the same id and the same one always does.
func IDFor(identifier string) lowsky.ZoneID {
	fit := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, identifier)
	if fit == identifier && len(fit) <= 128 {
		return lowsky.ZoneID(fit)
	}
	if len(fit) > 100 {
		fit = strings.ToValidUTF8(fit[:100], "")
	}
	return lowsky.ZoneID(fit + "-" + digest(identifier, 8))
}

// digest is the first characters of a SHA-256 in letters and figures.
func digest(s string, characters int) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:characters])
}

func (n *Notes) country(v Value) string {
	s, _ := v.Text()
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return s
	}
	if v.Present() {
		n.Repair(v.Place, "country_unknown", "is %.20q, no three letters of ISO 3166: left out", s)
	}
	return ""
}

var reasons = []lowsky.ZoneReason{"AIR_TRAFFIC", "SENSITIVE", "PRIVACY", "POPULATION", "NATURE", "NOISE", "EMERGENCY", "DAR", "FOREIGN_TERRITORY", "OTHER"}

func (n *Notes) reasons(v Value) []lowsky.ZoneReason {
	var out []lowsky.ZoneReason
	read := func(v Value) {
		s, _ := v.Text()
		r := lowsky.ZoneReason(strings.ToUpper(strings.TrimSpace(s)))
		if !slices.Contains(reasons, r) {
			n.Repair(v.Place, "reason_unknown", "is %.40q, which is not known: read as OTHER", s)
			n.Keep("reason", v)
			r = "OTHER"
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if v.IsText() {
		read(v)
	}
	for i, e := range v.Elements() {
		if i == 100 {
			break
		}
		read(e)
	}
	return out
}

// Text reads a string, or a list of {text, lang}. Chinese fills ZH and English EN; what is missing is filled by the other,
// else by the first language there is. Further languages are kept as published under name.
func (n *Notes) Text(v Value, name string) lowsky.Text {
	if !v.Present() {
		return lowsky.Text{}
	}
	if s, ok := v.Text(); ok {
		s = n.clean(v.Place, s)
		return lowsky.Text{ZH: s, EN: s}
	}
	var zh, en, first string
	languages := 0
	list := v
	if v.IsObject() {
		list = Value{raw: slices.Concat([]byte{'['}, v.raw, []byte{']'}), Place: v.Place}
	}
	for i, e := range list.Elements() {
		if i == 100 {
			break
		}
		s, ok := e.Text()
		lang := ""
		if !ok {
			o, err := e.Object()
			if err != nil {
				n.Repair(e.Place, "text_unreadable", "is no text: left out")
				continue
			}
			s, _ = o.Take("text").Text()
			lang, _ = o.Take("lang").Text()
			if lang == "" {
				n.Repair(e.Place, "language_missing", "names no language")
			}
		}
		if s = n.clean(e.Place, s); s == "" {
			continue
		}
		languages++
		if first == "" {
			first = s
		}
		switch lang = strings.ToLower(lang); {
		case strings.HasPrefix(lang, "zh") && zh == "":
			zh = s
			languages--
		case strings.HasPrefix(lang, "en") && en == "":
			en = s
			languages--
		}
	}
	if zh == "" && en == "" {
		zh, languages = first, languages-1
	}
	if languages > 0 {
		n.Keep(name, v)
	}
	if zh == "" {
		zh = en
	}
	if en == "" {
		en = zh
	}
	return lowsky.Text{ZH: zh, EN: en}
}

// conditions is a string in ED-318 and a list of them in ED-269.
func (n *Notes) conditions(v Value) lowsky.Text {
	s := n.clean(v.Place, n.joined(v, "\n"))
	return lowsky.Text{ZH: s, EN: s}
}

// line reads a string or a list of them.
func (n *Notes) line(v Value) string { return n.clean(v.Place, n.joined(v, ", ")) }

func (n *Notes) joined(v Value, by string) string {
	if s, ok := v.Text(); ok {
		return s
	}
	var all []string
	for _, e := range v.Elements() {
		if s, ok := e.Text(); ok && s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, by)
}

// authorities reads zoneAuthority: a list, or in flattened files one name.
func (n *Notes) authorities(v Value, z *lowsky.Zone) {
	if v.IsText() {
		t := n.Text(v, "zoneAuthority")
		z.Contacts, z.Authority = []lowsky.ZoneContact{{Name: t}}, t.ZH
		return
	}
	if v.IsObject() {
		v = Value{raw: slices.Concat([]byte{'['}, v.raw, []byte{']'}), Place: v.Place}
	}
	for i, e := range v.Elements() {
		if i == airspace.MaxContacts {
			n.Note(v.Place, "contacts_cut", "has more than %d entries: the rest is left out", airspace.MaxContacts)
			break
		}
		o, err := e.Object()
		if err != nil {
			n.Repair(e.Place, "contact_unreadable", "is no contact: left out")
			continue
		}
		c := lowsky.ZoneContact{
			Name:    n.Text(o.Take("name"), "zoneAuthority.name"),
			Service: n.Text(o.Take("service"), "zoneAuthority.service"),
			Person:  n.Text(o.Take("contactName"), "zoneAuthority.contactName"),
			Email:   n.line(o.Take("email")), Phone: n.line(o.Take("phone")), URL: n.line(o.Take("siteURL", "siteUrl", "siteurl")),
			Before: n.line(o.Take("intervalBefore")),
		}
		if p := o.Take("purpose"); p.Present() {
			s, _ := p.Text()
			switch s = strings.ToUpper(s); s {
			case "AUTHORIZATION", "NOTIFICATION", "INFORMATION":
				c.Purpose = s
			case "AUTHORISATION":
				c.Purpose = "AUTHORIZATION"
			default:
				n.Repair(p.Place, "purpose_unknown", "is %.40q, which is not known: left out", s)
				n.Keep("zoneAuthority.purpose", p)
			}
		}
		n.Unknown(o, "zoneAuthority.")
		if c != (lowsky.ZoneContact{}) {
			z.Contacts = append(z.Contacts, c)
		}
	}
	if len(z.Contacts) > 0 {
		z.Authority = z.Contacts[0].Name.ZH
	}
}

// Restriction reads one of the words of either format. uspace is true for USPACE of ED-318, which asks for an
// authorisation by the U-space services. What is missing or not known is the strictest. own is how the format at hand
// spells the authorisation.
func (n *Notes) Restriction(v Value, own string) (r lowsky.Restriction, uspace bool) {
	s, _ := v.Text()
	word := strings.ToUpper(strings.TrimSpace(s))
	switch word {
	case "PROHIBITED":
		r = lowsky.Prohibited
	case "REQ_AUTHORISATION", "REQ_AUTHORIZATION":
		r, word = lowsky.RequiresAuthorisation, own
	case "CONDITIONAL":
		r = lowsky.Conditional
	case "NO_RESTRICTION":
		r = lowsky.NoRestriction
	case "USPACE":
		r, uspace = lowsky.RequiresAuthorisation, true
	default:
		if !v.Present() {
			n.Repair(v.Place, "restriction_missing", "is missing: read as prohibited, the strictest")
		} else {
			n.Repair(v.Place, "restriction_unknown", "is %.40q, which is not known: read as prohibited, the strictest", s)
			n.Keep("restriction", v)
		}
		return lowsky.Prohibited, false
	}
	if word != s {
		n.Repair(v.Place, "restriction_spelling", "is %.40q: read as %s", s, word)
	}
	return r, uspace
}

// Variant reads COMMON or CUSTOMIZED.
func (n *Notes) Variant(v Value) string {
	s, _ := v.Text()
	switch s = strings.ToUpper(strings.TrimSpace(s)); s {
	case "COMMON", "CUSTOMIZED", "":
		return s
	case "CUSTOMISED":
		return "CUSTOMIZED"
	}
	n.Note(v.Place, "variant_unknown", "is %.40q, neither COMMON nor CUSTOMIZED: kept as published", s)
	n.Keep("variant", v)
	return ""
}
