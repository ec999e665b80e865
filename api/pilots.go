package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// PilotView is an entry of the pilots' register as the API tells it. The telephone number is not in it.
type PilotView struct {
	lowsky.Pilot
	HasPhone bool `json:"has_phone" doc:"A number is kept; POST /api/v1/contacts tells it"`
	Expired  bool `json:"expired" doc:"The licence is over"`
	Expiring bool `json:"expiring" doc:"The licence ends within 30 days"`
}

func (s *Server) pilotView(p lowsky.Pilot) PilotView {
	v := PilotView{Pilot: p, HasPhone: p.Phone != ""}
	v.Phone = ""
	v.Expired, v.Expiring = s.validity(p.LicenceUntil)
	return v
}

type (
	pilotsOutput struct {
		Body struct {
			Pilots []PilotView `json:"pilots" doc:"By id"`
		}
	}
	pilotOutput struct{ Body PilotView }
	pilotPath   struct {
		Pilot string `path:"pilot_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
	}
	pilotInput struct {
		Pilot string `path:"pilot_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		Body  struct {
			Name         string                `json:"name" minLength:"1" maxLength:"128"`
			Phone        *string               `json:"phone,omitempty" maxLength:"64" doc:"absent: as it is; empty: none"`
			Licence      string                `json:"licence,omitempty" maxLength:"64"`
			LicenceUntil lowsky.Day            `json:"licence_until,omitempty" maxLength:"10"`
			Classes      []lowsky.Class        `json:"classes,omitempty" maxItems:"5"`
			Username     string                `json:"username,omitempty" pattern:"^[a-z0-9._-]{0,64}$" doc:"of the pilot's account"`
			Organisation lowsky.OrganisationID `json:"organisation_id,omitempty" maxLength:"64" doc:"must be one's own; absent: as it is, else the caller's"`
		}
	}
)

func (s *Server) pilotOperations() {
	tags := []string{"registers"}
	operation(s, huma.Operation{
		OperationID: "list-pilots", Method: http.MethodGet, Path: "/api/v1/pilots", Tags: tags, Summary: "The register of pilots",
	}, lowsky.ReadRegister, func(ctx context.Context, _ *struct{}) (*pilotsOutput, error) {
		if s.cfg.Registers == nil {
			return nil, errNoPart
		}
		list, err := s.cfg.Registers.Pilots(ctx, principalOf(ctx).Scope)
		if err != nil {
			return nil, fmt.Errorf("pilots: %w", err)
		}
		out := &pilotsOutput{}
		out.Body.Pilots = []PilotView{}
		for _, p := range sorted(list, func(a, b lowsky.Pilot) int { return cmp.Compare(a.ID, b.ID) }) {
			out.Body.Pilots = append(out.Body.Pilots, s.pilotView(p))
		}
		return out, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-pilot", Method: http.MethodGet, Path: "/api/v1/pilots/{pilot_id}", Tags: tags, Summary: "One pilot",
	}, lowsky.ReadRegister, func(ctx context.Context, in *pilotPath) (*pilotOutput, error) {
		p, err := s.pilot(ctx, in.Pilot)
		if err != nil {
			return nil, err
		}
		return &pilotOutput{s.pilotView(p)}, nil
	})
	operation(s, huma.Operation{
		OperationID: "put-pilot", Method: http.MethodPut, Path: "/api/v1/pilots/{pilot_id}", Tags: tags,
		Summary: "Register a pilot, or change the entry", MaxBodyBytes: 16 << 10,
	}, lowsky.WriteRegister, s.putPilot)
	operation(s, huma.Operation{
		OperationID: "remove-pilot", Method: http.MethodDelete, Path: "/api/v1/pilots/{pilot_id}", Tags: tags, Summary: "Remove a pilot",
	}, lowsky.WriteRegister, func(ctx context.Context, in *pilotPath) (*struct{}, error) {
		p, err := s.pilot(ctx, in.Pilot)
		switch {
		case err != nil:
			return nil, err
		case !principalOf(ctx).Scope.Owns(p.Organisation):
			return nil, notYours(ctx)
		}
		if err := s.cfg.Registers.DeletePilot(ctx, s.actorOf(ctx), principalOf(ctx).Scope, p.ID); err != nil {
			return nil, fmt.Errorf("remove pilot %s: %w", p.ID, err)
		}
		return nil, nil
	})
}

// pilot answers one that the caller sees.
func (s *Server) pilot(ctx context.Context, id string) (lowsky.Pilot, error) {
	if s.cfg.Registers == nil {
		return lowsky.Pilot{}, errNoPart
	}
	p, err := s.cfg.Registers.PilotByID(ctx, principalOf(ctx).Scope, lowsky.PilotID(id))
	if err != nil {
		return p, s.hidden(ctx, "pilot", id, fmt.Errorf("pilot %s: %w", id, err))
	}
	return p, nil
}

func (s *Server) putPilot(ctx context.Context, in *pilotInput) (*pilotOutput, error) {
	if s.cfg.Registers == nil {
		return nil, errNoPart
	}
	body := &in.Body
	p := lowsky.Pilot{
		ID: lowsky.PilotID(in.Pilot), Name: strings.TrimSpace(body.Name), Licence: body.Licence, LicenceUntil: body.LicenceUntil,
		Classes: body.Classes, Username: body.Username, Organisation: body.Organisation, UpdatedAt: s.now().UTC(),
	}
	switch {
	case p.Name == "" || !plain(p.Name, 128):
		return nil, &lowsky.InvalidError{Field: "name", Problem: "must be at most 128 bytes without control characters"}
	case !plain(p.Licence, 64):
		return nil, &lowsky.InvalidError{Field: "licence", Problem: "must be at most 64 bytes without control characters"}
	case p.LicenceUntil.Check() != nil:
		return nil, &lowsky.InvalidError{Field: "licence_until", Problem: "must be a day such as 2027-03-31"}
	case slices.ContainsFunc(p.Classes, func(c lowsky.Class) bool { return c == lowsky.ClassUnknown || !c.Valid() }):
		return nil, &lowsky.InvalidError{Field: "classes", Problem: "must each be micro, light, small, medium or large"}
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	old, err := s.oldPilot(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	j, err := s.judge(ctx)
	if err != nil {
		return nil, err
	}
	if err := refusedEntry(ctx, j.pilot(&p, old)); err != nil {
		return nil, err
	}
	var kept lowsky.Sealed
	if old != nil {
		kept = old.Phone
	}
	if p.Phone, err = j.phone("phone", entered(body.Phone), kept); err != nil {
		return nil, err
	}
	if err := s.cfg.Registers.SavePilots(ctx, s.actorOf(ctx), []lowsky.Pilot{p}); err != nil {
		return nil, fmt.Errorf("save pilot %s: %w", p.ID, err)
	}
	return &pilotOutput{s.pilotView(p)}, nil
}

// oldPilot answers the registered pilot that somebody wants to change, as changeable does; nil where there is none.
func (s *Server) oldPilot(ctx context.Context, id lowsky.PilotID) (*lowsky.Pilot, error) {
	old, err := s.cfg.Registers.PilotByID(ctx, lowsky.Everything, id)
	scope := principalOf(ctx).Scope
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("pilot %s: %w", id, err)
	case !scope.Sees(old.Organisation, old.Jurisdictions):
		return nil, s.hidden(ctx, "pilot", string(id), fmt.Errorf("pilot %s: %w", id, lowsky.ErrNotFound))
	case !scope.Owns(old.Organisation):
		return nil, notYours(ctx)
	}
	return &old, nil
}
