package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

type (
	contactInput struct {
		Body struct {
			Kind  string `json:"kind" enum:"aircraft,pilot,organisation"`
			ID    string `json:"id" minLength:"1" maxLength:"64"`
			Alert string `json:"alert_id,omitempty" maxLength:"128" doc:"The alert that it is about: whoever sees it may see whom to call about its aircraft"`
		}
	}
	contactOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Name  string `json:"name"`
			Phone string `json:"phone" doc:"Empty: none is kept"`
		}
	}
)

func (s *Server) contactOperations() {
	operation(s, huma.Operation{
		OperationID: "look-at-contact", Method: http.MethodPost, Path: "/api/v1/contacts", Tags: []string{"registers"},
		Summary: "Look at one telephone number", MaxBodyBytes: 4 << 10,
		Description: "Every look is audited (personal.look) before the number is told. The aircraft, pilot or organisation must be in " +
			"the caller's scope, or the alert that is named must be, and be about the aircraft.",
	}, lowsky.ReadPersonal, s.lookAtContact)
}

func (s *Server) lookAtContact(ctx context.Context, in *contactInput) (*contactOutput, error) {
	out := &contactOutput{CacheControl: "no-store"}
	c, err := s.contactOf(ctx, in.Body.Kind, in.Body.ID, lowsky.AlertID(in.Body.Alert))
	if err != nil {
		return nil, err
	}
	out.Body.Name = c.name
	if c.phone == "" {
		return out, nil // there is nothing to look at
	}
	if s.cfg.Sealer == nil || s.cfg.Trail == nil {
		return nil, errNoPart
	}
	phone, err := s.cfg.Sealer.Open(c.phone)
	if err != nil {
		return nil, fmt.Errorf("open the number of %s %s: %w", in.Body.Kind, in.Body.ID, err)
	}
	// Who is not on record does not get to see it.
	by := s.actorOf(ctx)
	e := lowsky.AuditEntry{
		At: by.At, By: by.Name, From: by.From, Request: by.Request, Action: "personal.look", Object: in.Body.Kind + "/" + in.Body.ID,
		Organisation: c.organisation, Jurisdictions: c.jurisdictions,
	}
	if in.Body.Alert != "" {
		e.Detail = "alert " + in.Body.Alert
	}
	if err := s.cfg.Trail.Audit(ctx, e); err != nil {
		return nil, fmt.Errorf("audit the look: %w", err)
	}
	out.Body.Phone = phone
	return out, nil
}

// kept is the contact of an aircraft, pilot or organisation, as it is kept, and whose it is.
type kept struct {
	name          string
	phone         lowsky.Sealed
	organisation  lowsky.OrganisationID
	jurisdictions []lowsky.JurisdictionID
}

// contactOf answers the contact of what the caller may see: by scope, or by an alert about it. A company does not learn
// by an alert whom it nearly met.
func (s *Server) contactOf(ctx context.Context, kind, id string, alert lowsky.AlertID) (kept, error) {
	scope := principalOf(ctx).Scope
	switch kind {
	case "aircraft":
		a, err := s.board.Registered(scope, lowsky.AircraftID(id))
		if err != nil && alert != "" && !scope.Anonymous && s.concerns(scope, alert, lowsky.AircraftID(id)) {
			a, err = s.board.Registered(lowsky.Everything, lowsky.AircraftID(id))
		}
		if err != nil {
			return kept{}, s.hidden(ctx, kind, id, err)
		}
		return kept{a.ContactName, a.ContactPhone, a.Organisation, a.Jurisdictions}, nil
	case "pilot":
		p, err := s.pilot(ctx, id)
		return kept{p.Name, p.Phone, p.Organisation, p.Jurisdictions}, err
	}
	o, err := s.organisation(ctx, id)
	return kept{o.ContactName, o.ContactPhone, o.ID, o.Jurisdictions()}, err
}

// concerns reports whether the scope sees an alert on the board that is about the aircraft.
func (s *Server) concerns(scope lowsky.Scope, alert lowsky.AlertID, id lowsky.AircraftID) bool {
	v, err := s.board.Alert(scope, alert)
	return err == nil && v.Concerns(id)
}
