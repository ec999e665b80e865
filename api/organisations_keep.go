package api

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lowsky"
	"lowsky/identity"
	"lowsky/identity/roster"
)

// mayKeep says what of an organisation the caller may choose: the city everything; a county what is seated in it, but
// not where it is seated itself; everybody their own name and contact.
func mayKeep(ctx context.Context, who *identity.Principal, o, old *lowsky.Organisation, known bool) error {
	own := known && o.ID == who.Organisation.ID
	if own && o.Disabled && !old.Disabled {
		return refused(ctx, "disabled", lowsky.Text{ZH: "不能停用自己所在的单位。", EN: "Nobody disables their own organisation."})
	}
	subordinate := o.Kind == lowsky.Company || o.Kind == lowsky.Department
	switch {
	case who.Authority.All:
		return nil
	case !own && subordinate && who.Authority.Over(o.Jurisdiction) && (!known || who.Scope.Owns(old.ID) && who.Authority.Over(old.Jurisdiction)):
		return nil
	case !known || !own && !slices.Contains(who.Scope.Organisations, old.ID): // not Owns: a department sees all and keeps nothing
		return refused(ctx, "id", lowsky.Text{
			ZH: "只能维护本辖区内的企业与部门。", EN: "Only companies and departments that are seated in one's own area may be kept.",
		})
	}
	if o.Kind != old.Kind || o.Jurisdiction != old.Jurisdiction || o.Disabled != old.Disabled || o.CreditCode != old.CreditCode ||
		o.CertifiedUntil != old.CertifiedUntil || !slices.Equal(o.Scenarios, old.Scenarios) {
		return refused(ctx, "id", lowsky.Text{
			ZH: "本单位只能修改名称与联系人，其余由上级单位维护。", EN: "One's own organisation may change its name and contact; the rest is kept by the authority over it.",
		})
	}
	return nil
}

var organisationIDs = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// organisationOf checks what was chosen and answers the organisation as it would be kept.
func (s *Server) organisationOf(ctx context.Context, id lowsky.OrganisationID, b *OrganisationChange, old lowsky.Organisation) (o lowsky.Organisation, err error) {
	o = lowsky.Organisation{
		ID: id, Kind: b.Kind, Name: lowsky.Text{ZH: strings.TrimSpace(b.Name.ZH), EN: strings.TrimSpace(b.Name.EN)}, Jurisdiction: b.Jurisdiction,
		CreditCode: strings.ToUpper(b.CreditCode), ContactName: strings.TrimSpace(b.ContactName), ContactPhone: old.ContactPhone,
		CertifiedUntil: b.CertifiedUntil, Disabled: b.Disabled, Demo: old.Demo, UpdatedAt: s.now().UTC(),
	}
	for _, sc := range b.Scenarios {
		if !slices.Contains(o.Scenarios, sc) {
			o.Scenarios = append(o.Scenarios, sc)
		}
	}
	level, seated := s.level(o.Jurisdiction)
	switch {
	case !organisationIDs.MatchString(string(id)):
		return o, wrong(ctx, "id", lowsky.Text{ZH: "须为 1–64 个 a–z、0–9 或 -，且不以 - 开头", EN: "must be 1 to 64 of a-z 0-9 -, not beginning with -"})
	case !plain(o.Name.ZH, 128) || !plain(o.Name.EN, 128) || o.Name.ZH == "" || o.Name.EN == "":
		return o, wrong(ctx, "name", lowsky.Text{ZH: "中英文名称均须填写，各不超过 128 字节，不含控制字符", EN: "needs Chinese and English, each at most 128 bytes without control characters"})
	case !seated:
		return o, wrong(ctx, "jurisdiction_id", lowsky.Text{ZH: "没有这个辖区", EN: "is not a jurisdiction"})
	case o.Kind == lowsky.CityOrganisation && level != 0, o.Kind == lowsky.CountyOrganisation && level == 0:
		return o, wrong(ctx, "jurisdiction_id", lowsky.Text{ZH: "辖区层级与单位类别不符", EN: "is not of the level that the kind has"})
	case o.Kind == lowsky.Department && len(o.Scenarios) == 0:
		return o, wrong(ctx, "scenarios", lowsky.Text{ZH: "部门须至少有一个应用场景", EN: "a department needs at least one"})
	case o.Kind != lowsky.Department && len(o.Scenarios) > 0:
		return o, wrong(ctx, "scenarios", lowsky.Text{ZH: "只有部门有应用场景", EN: "only a department has any"})
	case slices.ContainsFunc(o.Scenarios, func(sc lowsky.Scenario) bool { return !slices.Contains(lowsky.Scenarios, sc) }):
		return o, wrong(ctx, "scenarios", lowsky.Text{ZH: "没有这个应用场景", EN: "is not a scenario"})
	case o.CreditCode != "" && !roster.CreditCodeValid(o.CreditCode):
		return o, wrong(ctx, "credit_code", lowsky.Text{ZH: "不是有效的统一社会信用代码", EN: "is not a valid credit code (GB 32100)"})
	case !plain(o.ContactName, 128):
		return o, wrong(ctx, "contact_name", lowsky.Text{ZH: "不超过 128 字节，不含控制字符", EN: "must be at most 128 bytes without control characters"})
	case o.CertifiedUntil.Check() != nil:
		return o, wrong(ctx, "certified_until", lowsky.Text{ZH: "须为日期，例如 2027-03-31", EN: "must be a day such as 2027-03-31"})
	}
	if b.ContactPhone == nil {
		return o, nil
	}
	o.ContactPhone, err = s.seal(ctx, "contact_phone", *b.ContactPhone)
	return o, err
}

// seal encrypts a phone number; "" stays none.
func (s *Server) seal(ctx context.Context, field, phone string) (lowsky.Sealed, error) {
	phone = strings.TrimSpace(phone)
	switch {
	case phone == "":
		return "", nil
	case roster.PhoneCode(phone) != "":
		return "", wrong(ctx, field, lowsky.Text{ZH: "不是电话号码", EN: "is not a telephone number"})
	case s.cfg.Sealer == nil:
		return "", errNoPart
	}
	sealed, err := s.cfg.Sealer.Seal(phone)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", field, err)
	}
	return sealed, nil
}

// level answers the level of a jurisdiction of the region; known is false for one that is none of it.
func (s *Server) level(id lowsky.JurisdictionID) (level int, known bool) {
	if s.cfg.Region == nil {
		return 0, false
	}
	for i := range s.cfg.Region.Jurisdictions {
		if j := &s.cfg.Region.Jurisdictions[i]; j.ID == id {
			return j.Level, true
		}
	}
	return 0, false
}

// plain reports whether a text is fit for a name: at most so many bytes, and nothing that does not print.
func plain(text string, most int) bool {
	return len(text) <= most && utf8.ValidString(text) && strings.IndexFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) < 0
}
