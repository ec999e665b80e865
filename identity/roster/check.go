package roster

import (
	"strings"
	"time"

	"lowsky"
)

// CheckAircraft answers what is wrong with an entry as a whole: masses that contradict each other or the class.
func CheckAircraft(a *lowsky.Aircraft) []RowProblem {
	var out []RowProblem
	if len(a.Name.ZH) > 64 {
		out = append(out, problem("name_zh", "name_too_long"))
	}
	if a.EmptyMass.OK && a.TakeoffMass.OK && a.EmptyMass.Value > a.TakeoffMass.Value {
		out = append(out, problem("empty_mass_kg", "masses_contradict"))
	}
	if by := lowsky.ClassOf(a.EmptyMass, a.TakeoffMass); by != lowsky.ClassUnknown && a.Class != by {
		p := problem("class", "class_contradicts", string(by))
		p.Text.ZH = strings.ReplaceAll(p.Text.ZH, string(by), inLanguage(classWords, string(by), "zh"))
		out = append(out, p)
	}
	return out
}

// touchAircraft lets the masses tell the class where none is given.
func touchAircraft(a *lowsky.Aircraft, at time.Time, has map[string]bool) {
	bothNames(&a.Name)
	a.UpdatedAt = at
	if by := lowsky.ClassOf(a.EmptyMass, a.TakeoffMass); by != lowsky.ClassUnknown && (a.Class == lowsky.ClassUnknown || !has["class"]) {
		a.Class = by
	}
}

// CheckSite answers what is wrong with a site as a whole.
func CheckSite(s *lowsky.Site) []RowProblem {
	var out []RowProblem
	if s.Position.Check() != nil {
		out = append(out, problem("longitude_deg", "position_invalid"))
	}
	if s.Name.ZH == "" {
		out = append(out, problem("name_zh", "needed"))
	}
	return out
}

// Aliases answers every id that an aircraft may report under, with the column of each; its own id first.
func Aliases(a *lowsky.Aircraft) (ids []lowsky.AircraftID, fields []string) {
	ids, fields = append(ids, a.ID), append(fields, "id")
	for _, id := range a.OtherIDs() {
		field := "remote_ids"
		switch string(id) {
		case a.Serial:
			field = "serial"
		case a.RegistrationMark:
			field = "registration_mark"
		}
		ids, fields = append(ids, id), append(fields, field)
	}
	return ids, fields
}

func uniqueAircraft(a *lowsky.Aircraft) []unique {
	out := []unique{{"id", string(a.ID), "id", "duplicate_id"}, {"name", nameOf(a.Organisation, a.Name), "name_zh", "duplicate_name"},
		{"icao", a.ICAOAddress, "icao_address", "duplicate_value"}}
	ids, fields := Aliases(a)
	for i, id := range ids {
		out = append(out, unique{"alias", string(id), fields[i], "duplicate_alias"})
	}
	return out
}

// nameOf is what may not be there twice: a name within one organisation.
func nameOf(o lowsky.OrganisationID, n lowsky.Text) string {
	if n.ZH == "" {
		return ""
	}
	return string(o) + "\x1f" + n.ZH
}

// bothNames lets either language stand for the other.
func bothNames(n *lowsky.Text) {
	if n.ZH == "" {
		n.ZH = n.EN
	}
	if n.EN == "" {
		n.EN = n.ZH
	}
}

// setZH sets the Chinese name; an English one that only repeated it goes along.
func setZH(n *lowsky.Text, s string) string {
	if n.EN == n.ZH {
		n.EN = s
	}
	n.ZH = s
	return unless(len(s) <= 128, "too_long")
}

func setText(to *string, s string, most int) string {
	*to = s
	return unless(len(s) <= most, "too_long")
}

func setMass(to *lowsky.Opt[lowsky.Kilograms], s string) string {
	*to = lowsky.Opt[lowsky.Kilograms]{}
	if s == "" {
		return ""
	}
	kg, ok := number[lowsky.Kilograms](s)
	if !ok {
		return "number_invalid"
	}
	*to = lowsky.Some(kg)
	return unless(kg > 0 && kg <= 100_000, "mass_invalid")
}

func setDegrees(to *lowsky.Degrees, s string) string {
	*to = 0
	if s == "" {
		return ""
	}
	d, ok := number[lowsky.Degrees](s)
	if !ok {
		return "number_invalid"
	}
	*to = d
	return unless(d >= -180 && d <= 180, "position_invalid")
}

func setAMSL(s *lowsky.Site, v string) string {
	s.Position.AMSL = lowsky.Opt[lowsky.Metres]{}
	if v == "" {
		return ""
	}
	m, ok := number[lowsky.Metres](v)
	if !ok {
		return "number_invalid"
	}
	s.Position.AMSL = lowsky.Some(m)
	return unless(m >= -500 && m <= 9000, "height_invalid")
}

func unless(fine bool, code string) string {
	if fine {
		return ""
	}
	return code
}

func idCode(s string) string { return unless(s == "" || lowsky.AircraftID(s).Valid(), "id_invalid") }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func optional[N ~float64](o lowsky.Opt[N]) string {
	if !o.OK {
		return ""
	}
	return decimal(o.Value)
}

func icao(s string) bool {
	return len(s) == 6 && strings.Trim(s, "0123456789abcdef") == ""
}

// organisation reports whether s can be the id of an organisation: [a-z0-9][a-z0-9-]{0,63}.
func organisation(s string) bool {
	return s == "" || len(s) <= 64 && s[0] != '-' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func username(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

// creditLetters are the characters of a credit code in the order of their values, GB 32100-2015, 4.2.
const creditLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCodeValid reports whether s is a 统一社会信用代码: 18 characters whose last checks the others, GB 32100-2015, 5.
func CreditCodeValid(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditLetters, s[i])
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return s[17] == creditLetters[(31-sum%31)%31]
}
