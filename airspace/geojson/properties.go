package geojson

import (
	"encoding/json"
	"slices"
	"time"

	"lowsky"
)

// member is one property: where it goes and what it must be.
type member struct {
	key  string
	into any
	want string
}

// volume is what the properties say of a volume besides its geometry.
type volume struct {
	radius, width  lowsky.Opt[lowsky.Metres]
	floor, ceiling limit
}

type limit struct {
	metres lowsky.Opt[lowsky.Metres]
	datum  lowsky.Opt[lowsky.Datum]
	geoid  lowsky.Geoid
	feet   bool
}

func (v *volume) members() []member {
	return []member{
		{"radius_m", &v.radius, "a number"},
		{"width_m", &v.width, "a number"},
		{"floor_m", &v.floor.metres, "a number"},
		{"floor_datum", &v.floor.datum, "a string"},
		{"floor_geoid", &v.floor.geoid, "a string"},
		{"floor_feet", &v.floor.feet, "true or false"},
		{"ceiling_m", &v.ceiling.metres, "a number"},
		{"ceiling_datum", &v.ceiling.datum, "a string"},
		{"ceiling_geoid", &v.ceiling.geoid, "a string"},
		{"ceiling_feet", &v.ceiling.feet, "true or false"},
	}
}

// limits makes the floor and ceiling of what was read.
func (v *volume) limits(field string, floor, ceiling *lowsky.Opt[lowsky.Altitude]) error {
	for _, l := range [...]struct {
		name string
		limit
		into *lowsky.Opt[lowsky.Altitude]
	}{{"floor", v.floor, floor}, {"ceiling", v.ceiling, ceiling}} {
		switch {
		case l.metres.OK && !l.datum.OK:
			return refuse(codeLimitIncomplete, join(field, l.name+"_datum"), "is missing beside %s_m", l.name)
		case l.datum.OK && !l.metres.OK:
			return refuse(codeLimitIncomplete, join(field, l.name+"_m"), "is missing beside %s_datum", l.name)
		case !l.metres.OK && l.geoid != "":
			return refuse(codeLimitIncomplete, join(field, l.name+"_geoid"), "stands without %s_m", l.name)
		case !l.geoid.Valid():
			return refuse(codeMemberWrong, join(field, l.name+"_geoid"), "must be cn1985, egm96 or egm2008")
		case l.geoid != "" && l.datum.Value != lowsky.AMSL:
			return refuse(codeMemberWrong, join(field, l.name+"_geoid"), "stands beside a height that is not amsl")
		case l.metres.OK:
			*l.into = lowsky.Some(lowsky.Altitude{Metres: l.metres.Value, Datum: l.datum.Value, Geoid: l.geoid, Feet: l.feet})
		}
	}
	for _, w := range [...]struct {
		name string
		v    lowsky.Opt[lowsky.Metres]
	}{{"radius_m", v.radius}, {"width_m", v.width}} {
		if w.v.OK && w.v.Value <= 0 {
			return refuse(codeMemberWrong, join(field, w.name), "must be above 0")
		}
	}
	return nil
}

// properties reads the properties of a zone. id is the member of the feature.
func (rd *reader) properties(field string, raw json.RawMessage, z *lowsky.Zone, id json.RawMessage) (*volume, error) {
	if len(raw) == 0 || isNull(raw) {
		return nil, refuse(codeMemberMissing, field, "is missing")
	}
	m, order, err := object(field, raw)
	if err != nil {
		return nil, err
	}
	rd.zone = lowsky.ZoneID(peek(id))
	if rd.zone == "" {
		rd.zone = lowsky.ZoneID(peek(m["id"]))
	}
	v := new(volume)
	var name json.RawMessage
	known := append([]member{
		{"id", &z.ID, "a string"},
		{"version", &z.Version, "a whole number from 1"},
		{"name_zh", &z.Name.ZH, "a string"},
		{"name_en", &z.Name.EN, "a string"},
		{"restriction", &z.Restriction, "a string"},
		{"buffer_m", &z.Buffer, "a number"},
		{"warning_band_m", &z.WarningBand, "a number"},
		{"temporary", &z.Temporary, "true or false"},
		{"reasons", &z.Reasons, "an array of strings"},
		{"reason_zh", &z.Reason.ZH, "a string"},
		{"reason_en", &z.Reason.EN, "a string"},
		{"conditions_zh", &z.Conditions.ZH, "a string"},
		{"conditions_en", &z.Conditions.EN, "a string"},
		{"message_zh", &z.Message.ZH, "a string"},
		{"message_en", &z.Message.EN, "a string"},
		{"authority", &z.Authority, "a string"},
		{"kind", &z.Kind, "a string"},
		{"source", &z.Source, "a string"},
		{"superior", &z.Superior, "a string"},
		{"demo", &z.Demo, "true or false"},
		{"published_at", &z.PublishedAt, "an instant such as 2026-11-22T08:00:00Z"},
		{"organisation_id", &z.Organisation, "a string"},
		{"jurisdiction_ids", &z.Jurisdictions, "an array of strings"},
	}, v.members()...)
	if rd.tolerant {
		known = append(known, member{"name", &name, "JSON"})
	}
	if err := rd.take(field, m, order, known, "applicability", "further", "exemptions", "contacts", "ed"); err != nil {
		return nil, err
	}
	if z.Name == (lowsky.Text{}) {
		z.Name = anyName(name)
	}
	if z.Version < 1 {
		return nil, refuse(codeMemberWrong, join(field, "version"), "must be a whole number from 1")
	}
	var ok bool
	if z.PublishedAt, ok = utc(z.PublishedAt); !ok {
		return nil, refuse(codeMemberWrong, join(field, "published_at"), "leaves the years 0 to 9999 in UTC")
	}
	if len(z.Jurisdictions) == 0 {
		z.Jurisdictions = nil
	}
	if len(z.Reasons) > maxList {
		return nil, refuse(codeTooMany, join(field, "reasons"), "has more than %d", maxList)
	} else if len(z.Reasons) == 0 {
		z.Reasons = nil
	}
	if err := v.limits(field, &z.Floor, &z.Ceiling); err != nil {
		return nil, err
	}
	if err := rd.restriction(field, z); err != nil {
		return nil, err
	}
	for _, part := range [...]struct {
		key  string
		read func(field string, raw json.RawMessage, z *lowsky.Zone) error
	}{{"applicability", rd.applicability}, {"further", rd.further}, {"exemptions", rd.exemptions}, {"contacts", rd.contacts}, {"ed", rd.ed}} {
		if raw := m[part.key]; len(raw) > 0 && !isNull(raw) {
			if err := part.read(join(field, part.key), raw, z); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// anyName reads the name of others: one text, or {zh, en}. What it cannot read is no name.
func anyName(raw json.RawMessage) (t lowsky.Text) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return lowsky.Text{ZH: one, EN: one}
	}
	if json.Unmarshal(raw, &t) != nil {
		return lowsky.Text{}
	}
	return t
}

// take fills known members and remarks on the others. null is absent.
func (rd *reader) take(field string, m map[string]json.RawMessage, order []string, known []member, elsewhere ...string) error {
	names := elsewhere
	for _, k := range known {
		names = append(names, k.key)
		v, ok := m[k.key]
		if !ok || isNull(v) {
			continue
		}
		if json.Unmarshal(v, k.into) != nil {
			return refuse(codeMemberWrong, join(field, k.key), "must be %s", k.want)
		}
	}
	rd.unknown(field, order, names...)
	return nil
}

// peek answers an id for remarks while the feature is not read yet.
func peek(raw json.RawMessage) string {
	id, err := idOf("", raw)
	if err != nil || !fit(id) {
		return ""
	}
	return id
}

// utc is false for instants that RFC 3339 cannot write in UTC.
func utc(t time.Time) (time.Time, bool) {
	if t.IsZero() {
		return time.Time{}, true
	}
	u := t.UTC()
	return u, u.Year() >= 0 && u.Year() <= 9999
}

func (rd *reader) restriction(field string, z *lowsky.Zone) error {
	switch z.Restriction {
	case "":
		if !rd.tolerant {
			return refuse(codeMemberMissing, join(field, "restriction"), "is missing")
		}
		z.Restriction = lowsky.Prohibited
		rd.note(codeRestrictionAbsent, join(field, "restriction"), "is missing and counts as prohibited")
	case lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction:
	default:
		rd.note(codeRestrictionUnknown, join(field, "restriction"), "is %.40q, which is not known and counts as prohibited", z.Restriction)
	}
	return nil
}

// list splits an array of bounded length.
func list(field string, raw json.RawMessage, most int, of string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	if !isArray(raw) || json.Unmarshal(raw, &all) != nil {
		return nil, refuse(codeMemberWrong, field, "must be an array of %s", of)
	}
	if len(all) > most {
		return nil, refuse(codeTooMany, field, "has more than %d", most)
	}
	return all, nil
}

// only refuses an object with a member that is not known: leaving it out would change what is judged.
func only(code, field string, raw json.RawMessage, known ...string) error {
	_, order, err := object(field, raw)
	if err != nil {
		return err
	}
	for _, key := range order {
		if !slices.Contains(known, key) {
			return refuse(code, join(field, key), "is not known")
		}
	}
	return nil
}

func (rd *reader) applicability(field string, raw json.RawMessage, z *lowsky.Zone) error {
	periods, err := list(field, raw, 10*maxList, "periods")
	if err != nil {
		return err
	}
	for i, p := range periods {
		at := index(field, i)
		if err := only(codePeriodUnreadable, at, p, "from", "until", "weekdays", "start_minute", "end_minute", "start_event", "end_event"); err != nil {
			return err
		}
		var period lowsky.Period
		if json.Unmarshal(p, &period) != nil {
			return refuse(codePeriodUnreadable, at, "must hold from and until as instants, weekdays as numbers 0 to 6, start_minute and end_minute as whole numbers, start_event and end_event as words")
		}
		for _, e := range [...]lowsky.DayEvent{period.StartEvent, period.EndEvent} {
			switch e {
			case "", lowsky.MorningTwilight, lowsky.Sunrise, lowsky.Sunset, lowsky.EveningTwilight:
			default:
				return refuse(codePeriodUnreadable, at, "has the event %.40q: must be BMCT, SR, SS or EECT", e)
			}
		}
		if len(period.Weekdays) == 0 {
			period.Weekdays = nil
		}
		var from, until bool
		period.From.Value, from = utc(period.From.Value)
		period.Until.Value, until = utc(period.Until.Value)
		if !from || !until {
			return refuse(codePeriodUnreadable, at, "leaves the years 0 to 9999 in UTC")
		}
		z.Applicability = append(z.Applicability, period)
	}
	return nil
}

func (rd *reader) exemptions(field string, raw json.RawMessage, z *lowsky.Zone) error {
	all, err := list(field, raw, maxList, "exemptions")
	if err != nil {
		return err
	}
	for i, raw := range all {
		at := index(field, i)
		if err := only(codeMemberWrong, at, raw, "organisation_id", "scenario", "plan_id"); err != nil {
			return err
		}
		var x lowsky.Exemption
		if json.Unmarshal(raw, &x) != nil || x == (lowsky.Exemption{}) {
			return refuse(codeMemberWrong, at, "must name an organisation_id, a scenario or a plan_id, as strings")
		}
		if x.Scenario != "" && !slices.Contains(lowsky.Scenarios, x.Scenario) {
			return refuse(codeMemberWrong, join(at, "scenario"), "is %.40q, which is no scenario", x.Scenario)
		}
		z.Exemptions = append(z.Exemptions, x)
	}
	return nil
}

func (rd *reader) contacts(field string, raw json.RawMessage, z *lowsky.Zone) error {
	all, err := list(field, raw, maxList, "contacts")
	if err != nil {
		return err
	}
	for i, raw := range all {
		at := index(field, i)
		_, order, err := object(at, raw)
		if err != nil {
			return err
		}
		rd.unknown(at, order, "name", "service", "person", "email", "phone", "url", "purpose", "before")
		var c lowsky.ZoneContact
		if json.Unmarshal(raw, &c) != nil {
			return refuse(codeMemberWrong, at, "must hold name, service and person as {zh, en}, and email, phone, url, purpose and before as strings")
		}
		z.Contacts = append(z.Contacts, c)
	}
	return nil
}

func (rd *reader) ed(field string, raw json.RawMessage, z *lowsky.Zone) error {
	m, order, err := object(field, raw)
	if err != nil {
		return err
	}
	rd.unknown(field, order, "country", "identifier", "variant", "uspace", "uspace_class", "region", "regulation_exemption",
		"created_at", "updated_at", "originator", "extended")
	e := new(lowsky.EDAttributes)
	if json.Unmarshal(raw, e) != nil {
		return refuse(codeMemberWrong, field, "has a member of a wrong type")
	}
	var created, updated bool
	e.CreatedAt, created = utc(e.CreatedAt)
	e.UpdatedAt, updated = utc(e.UpdatedAt)
	if !created || !updated {
		return refuse(codeMemberWrong, field, "leaves the years 0 to 9999 in UTC")
	}
	if x := m["extended"]; len(x) == 0 || isNull(x) {
		e.Extended = nil
	} else if x[0] != '{' || len(x) > maxExtended {
		return refuse(codeMemberWrong, join(field, "extended"), "must be an object of at most %d bytes", maxExtended)
	} else if e.Extended, err = json.Marshal(x); err != nil { // as writing will write it
		return refuse(codeMemberWrong, join(field, "extended"), "is not JSON: %v", err)
	}
	z.ED = e
	return nil
}

func (rd *reader) further(field string, raw json.RawMessage, z *lowsky.Zone) error {
	all, err := list(field, raw, maxList, "volumes")
	if err != nil {
		return err
	}
	for i, raw := range all {
		at := index(field, i)
		known := []string{"geometry"}
		v := new(volume)
		for _, k := range v.members() {
			known = append(known, k.key)
		}
		if err := only(codeMemberWrong, at, raw, known...); err != nil {
			return err
		}
		m, order, err := object(at, raw)
		if err != nil {
			return err
		}
		if err := rd.take(at, m, order, v.members(), "geometry"); err != nil {
			return err
		}
		var out lowsky.Volume3D
		if err := v.limits(at, &out.Floor, &out.Ceiling); err != nil {
			return err
		}
		if _, err := rd.geometry(join(at, "geometry"), m["geometry"], v, &out.Geometry); err != nil {
			return err
		}
		z.Further = append(z.Further, out)
	}
	return nil
}
