package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
	"lowsky/identity/roster"
)

type organisationRecords interface {
	Organisations(ctx context.Context, scope lowsky.Scope) ([]lowsky.Organisation, error)
	// OrganisationByID answers ErrNotFound for one that the scope does not see.
	OrganisationByID(ctx context.Context, scope lowsky.Scope, id lowsky.OrganisationID) (lowsky.Organisation, error)
	// SaveOrganisation adds or replaces one.
	SaveOrganisation(ctx context.Context, by lowsky.Actor, o lowsky.Organisation) error
}

// sealer encrypts phone numbers for keeping.
type sealer interface {
	Seal(text string) (lowsky.Sealed, error)
	Open(sealed lowsky.Sealed) (string, error)
}

// OrganisationView is an organisation without its phone number.
type OrganisationView struct {
	ID             lowsky.OrganisationID   `json:"id"`
	Kind           lowsky.OrganisationKind `json:"kind" enum:"city,county,department,company"`
	Name           lowsky.Text             `json:"name"`
	Jurisdiction   lowsky.JurisdictionID   `json:"jurisdiction_id" doc:"Where it is seated"`
	Scenarios      []lowsky.Scenario       `json:"scenarios,omitempty" doc:"Of a department: what it sees"`
	CreditCode     string                  `json:"credit_code,omitempty"`
	ContactName    string                  `json:"contact_name,omitempty"`
	HasPhone       bool                    `json:"has_phone" doc:"POST /api/v1/contacts tells it"`
	CertifiedUntil lowsky.Day              `json:"certified_until,omitempty"`
	Disabled       bool                    `json:"disabled,omitempty"`
	Demo           bool                    `json:"demo,omitempty"`
	UpdatedAt      time.Time               `json:"updated_at"`
	People         int                     `json:"people" doc:"Accounts; 0 without people.read"`
	Aircraft       int                     `json:"aircraft" doc:"In the register"`
}

// OrganisationChange is what may be chosen of an organisation.
type OrganisationChange struct {
	Kind           lowsky.OrganisationKind `json:"kind" enum:"city,county,department,company"`
	Name           lowsky.Text             `json:"name"`
	Jurisdiction   lowsky.JurisdictionID   `json:"jurisdiction_id" minLength:"1" maxLength:"64"`
	Scenarios      []lowsky.Scenario       `json:"scenarios,omitempty" maxItems:"16"`
	CreditCode     string                  `json:"credit_code,omitempty" maxLength:"18" doc:"统一社会信用代码"`
	ContactName    string                  `json:"contact_name,omitempty" maxLength:"256"`
	ContactPhone   *string                 `json:"contact_phone,omitempty" maxLength:"64" doc:"Absent: as it is; empty: none"`
	CertifiedUntil lowsky.Day              `json:"certified_until,omitempty" maxLength:"10"`
	Disabled       bool                    `json:"disabled,omitempty" doc:"Its people cannot sign in"`
}

type (
	organisationsOutput struct {
		Body struct {
			Organisations []OrganisationView `json:"organisations" doc:"By id"`
		}
	}
	organisationPath struct {
		ID string `path:"id" maxLength:"64"`
	}
	organisationInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body OrganisationChange
	}
	organisationOutput struct{ Body OrganisationView }
)

func (s *Server) organisationOperations() {
	tags := []string{"organisations"}
	operation(s, huma.Operation{
		OperationID: "list-organisations", Method: http.MethodGet, Path: "/api/v1/organisations", Tags: tags,
		Summary: "The city's centre, counties, departments and companies",
	}, lowsky.ReadRegister, s.listOrganisations)
	operation(s, huma.Operation{
		OperationID: "get-organisation", Method: http.MethodGet, Path: "/api/v1/organisations/{id}", Tags: tags, Summary: "One organisation",
	}, lowsky.ReadRegister, func(ctx context.Context, in *organisationPath) (*organisationOutput, error) {
		o, err := s.organisation(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return s.organisationView(ctx, o)
	})
	operation(s, huma.Operation{
		OperationID: "put-organisation", Method: http.MethodPut, Path: "/api/v1/organisations/{id}", Tags: tags,
		Summary: "Add or replace an organisation",
		Description: "The city any; a county the companies and departments that are seated in it; a company its own name and contact. " +
			"The phone number is kept encrypted.",
		MaxBodyBytes: 16 << 10,
	}, lowsky.WriteRegister, s.putOrganisation)
}

func (s *Server) listOrganisations(ctx context.Context, _ *struct{}) (*organisationsOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	all, err := s.cfg.Directory.Organisations(ctx, principalOf(ctx).Scope)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	out := &organisationsOutput{}
	out.Body.Organisations, err = s.organisationViews(ctx, all)
	return out, err
}

// organisation answers one that the caller sees.
func (s *Server) organisation(ctx context.Context, id string) (lowsky.Organisation, error) {
	if s.cfg.Directory == nil {
		return lowsky.Organisation{}, errNoPart
	}
	o, err := s.cfg.Directory.OrganisationByID(ctx, principalOf(ctx).Scope, lowsky.OrganisationID(id))
	if err != nil {
		return o, s.hidden(ctx, "organisation", id, fmt.Errorf("organisation: %w", err))
	}
	return o, nil
}

func (s *Server) organisationView(ctx context.Context, o lowsky.Organisation) (*organisationOutput, error) {
	views, err := s.organisationViews(ctx, []lowsky.Organisation{o})
	if err != nil {
		return nil, err
	}
	return &organisationOutput{views[0]}, nil
}

func (s *Server) organisationViews(ctx context.Context, all []lowsky.Organisation) ([]OrganisationView, error) {
	who := principalOf(ctx)
	people, aircraft := map[lowsky.OrganisationID]int{}, map[lowsky.OrganisationID]int{}
	if who.May(lowsky.ReadPeople) {
		users, err := s.cfg.Directory.Users(ctx, who.Scope)
		if err != nil {
			return nil, fmt.Errorf("people: %w", err)
		}
		for _, u := range users {
			people[u.Organisation]++
		}
	}
	s.board.mu.RLock()
	for _, a := range s.board.register {
		if who.Scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario) {
			aircraft[a.Organisation]++
		}
	}
	s.board.mu.RUnlock()
	views := make([]OrganisationView, len(all))
	for i, o := range all {
		views[i] = OrganisationView{
			ID: o.ID, Kind: o.Kind, Name: o.Name, Jurisdiction: o.Jurisdiction, Scenarios: o.Scenarios, CreditCode: o.CreditCode,
			ContactName: o.ContactName, HasPhone: o.ContactPhone != "", CertifiedUntil: o.CertifiedUntil, Disabled: o.Disabled, Demo: o.Demo,
			UpdatedAt: o.UpdatedAt, People: people[o.ID], Aircraft: aircraft[o.ID],
		}
	}
	return views, nil
}

func (s *Server) putOrganisation(ctx context.Context, in *organisationInput) (*organisationOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	who, id := principalOf(ctx), lowsky.OrganisationID(in.ID)
	old, err := s.cfg.Directory.OrganisationByID(ctx, who.Scope, id)
	known := err == nil
	if err != nil && !errors.Is(err, lowsky.ErrNotFound) {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	if !known && !who.Authority.Over(in.Body.Jurisdiction) {
		return nil, s.hidden(ctx, "organisation", in.ID, fmt.Errorf("organisation: %w", err))
	}
	if !known && s.cfg.Trail != nil && s.cfg.Trail.Exists(ctx, "organisation", in.ID) {
		s.denied(ctx, "organisation", in.ID)
		return nil, &Problem{Status: http.StatusConflict, Field: "id", Detail: say(ctx, lowsky.Text{ZH: "此编号已被使用。", EN: "The id is taken."})}
	}
	o, err := s.organisationOf(ctx, id, &in.Body, old)
	if err != nil {
		return nil, err
	}
	if err := mayKeep(ctx, &who, &o, &old, known); err != nil {
		return nil, err
	}
	if err := s.cfg.Directory.SaveOrganisation(ctx, s.actorOf(ctx), o); err != nil {
		return nil, told(ctx, fmt.Errorf("organisation %s: %w", id, err))
	}
	return s.organisationView(ctx, o)
}

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
	case !known || !who.Scope.Owns(old.ID):
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
