package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// Aircraft answers every register entry with the scope's rows, by id.
func (b *Board) Aircraft(scope lowsky.Scope) []*lowsky.Aircraft {
	b.mu.RLock()
	list := make([]*lowsky.Aircraft, 0, len(b.register))
	for _, a := range b.register {
		if scope.Sees(a.Organisation, a.Jurisdictions) {
			list = append(list, a)
		}
	}
	b.mu.RUnlock()
	slices.SortFunc(list, func(a, b *lowsky.Aircraft) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Registered answers one register entry; ErrNotFound when there is none to see.
func (b *Board) Registered(scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if a := b.register[id]; a != nil && scope.Sees(a.Organisation, a.Jurisdictions) {
		return a, nil
	}
	return nil, fmt.Errorf("aircraft %s: %w", id, lowsky.ErrNotFound)
}

type (
	aircraftListOutput struct {
		Body struct {
			Aircraft []*lowsky.Aircraft `json:"aircraft"`
		}
	}
	aircraftOutput struct{ Body *lowsky.Aircraft }
	registerInput  struct {
		Aircraft string `path:"aircraft_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		Body     struct {
			Class        lowsky.Class    `json:"class" enum:"micro,light,small,medium,large," doc:"as 《无人驾驶航空器飞行管理暂行条例》 tests it by mass; empty: unknown"`
			Agricultural bool            `json:"agricultural,omitempty" doc:"conventional agricultural aircraft (常规农用)"`
			Model        string          `json:"model,omitempty" maxLength:"128"`
			Name         lowsky.Text     `json:"name,omitzero" doc:"short name on the map; absent: the id"`
			Scenario     lowsky.Scenario `json:"scenario,omitempty" enum:"wellness,rescue,city,logistics,agriculture,tourism,"`
			ContactName  string          `json:"contact_name" maxLength:"128"`
			ContactPhone string          `json:"contact_phone" maxLength:"64"`
		}
	}
)

func (s *Server) aircraftOperations() {
	tags := []string{"aircraft"}
	operation(s, huma.Operation{
		OperationID: "list-aircraft", Method: http.MethodGet, Path: "/api/v1/aircraft", Tags: tags,
		Summary: "The register of aircraft",
	}, lowsky.ReadRegister, func(ctx context.Context, _ *struct{}) (*aircraftListOutput, error) {
		out := &aircraftListOutput{}
		out.Body.Aircraft = s.board.Aircraft(principalOf(ctx).Scope)
		return out, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-aircraft", Method: http.MethodGet, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary: "One entry of the register",
	}, lowsky.ReadRegister, func(ctx context.Context, in *trackInput) (*aircraftOutput, error) {
		a, err := s.board.Registered(principalOf(ctx).Scope, lowsky.AircraftID(in.Aircraft))
		return &aircraftOutput{a}, err
	})
	operation(s, huma.Operation{
		OperationID: "put-aircraft", Method: http.MethodPut, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary: "Register an aircraft, or change its entry", MaxBodyBytes: 16 << 10,
	}, lowsky.WriteRegister, s.putAircraft)
	operation(s, huma.Operation{
		OperationID: "remove-aircraft", Method: http.MethodDelete, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary: "Remove an entry; the aircraft is unknown from then on",
	}, lowsky.WriteRegister, s.removeAircraft)
}

func (s *Server) putAircraft(ctx context.Context, in *registerInput) (*aircraftOutput, error) {
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	who, id := principalOf(ctx), lowsky.AircraftID(in.Aircraft)
	name := in.Body.Name
	if len(name.ZH) > 64 || len(name.EN) > 64 {
		return nil, &lowsky.InvalidError{Field: "name", Problem: "must be at most 64 bytes in each language"}
	}
	if (name.ZH == "") != (name.EN == "") {
		return nil, &lowsky.InvalidError{Field: "name", Problem: "must be given in both languages, or in none"}
	}
	a := &lowsky.Aircraft{
		ID: id, Class: in.Body.Class, Agricultural: in.Body.Agricultural, Model: in.Body.Model, Name: name,
		Scenario: in.Body.Scenario, ContactName: in.Body.ContactName, ContactPhone: lowsky.Sealed(in.Body.ContactPhone),
		Organisation: s.cfg.Organisation, Jurisdictions: []lowsky.JurisdictionID{}, UpdatedAt: s.now().UTC(),
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	s.board.mu.RLock()
	old := s.board.register[id]
	s.board.mu.RUnlock()
	if old != nil {
		if !who.Scope.Sees(old.Organisation, old.Jurisdictions) {
			return nil, fmt.Errorf("aircraft %s belongs to others: %w", id, lowsky.ErrForbidden)
		}
		a.Organisation, a.Jurisdictions, a.Demo = old.Organisation, old.Jurisdictions, old.Demo
	}
	p := lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{a}, By: who.Username}
	if err := s.cfg.Register.PublishAircraft(ctx, p); err != nil {
		return nil, fmt.Errorf("register aircraft %s: %w", id, err)
	}
	return &aircraftOutput{a}, nil
}

func (s *Server) removeAircraft(ctx context.Context, in *trackInput) (*struct{}, error) {
	who, id := principalOf(ctx), lowsky.AircraftID(in.Aircraft)
	if _, err := s.board.Registered(who.Scope, id); err != nil {
		return nil, err
	}
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	p := lowsky.AircraftPublication{Remove: []lowsky.AircraftID{id}, By: who.Username}
	if err := s.cfg.Register.PublishAircraft(ctx, p); err != nil {
		return nil, fmt.Errorf("remove aircraft %s: %w", id, err)
	}
	return nil, nil
}
