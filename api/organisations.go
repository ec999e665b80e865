package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
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
	s.publishing.Lock() // of two who make the same one the second must find it
	defer s.publishing.Unlock()
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
