package api

import (
	"cmp"
	"context"
	"fmt"

	"lowsky"
	"lowsky/identity/roster"
)

// fileRegister answers the register of a kind; the route admits no other kinds.
func (s *Server) fileRegister(kind string) fileRegister {
	switch kind {
	case roster.Aircraft.Kind:
		return s.aircraftFiles()
	case roster.Pilots.Kind:
		return s.pilotFiles()
	case roster.Companies.Kind:
		return s.companyFiles()
	}
	return s.siteFiles()
}

func (s *Server) aircraftFiles() fileRegister {
	return &register[lowsky.Aircraft]{
		s: s, list: roster.Aircraft, field: "contact_phone",
		all: func(ctx context.Context, scope lowsky.Scope) ([]lowsky.Aircraft, error) {
			if s.cfg.Registers == nil {
				return nil, errNoPart
			}
			list, err := s.cfg.Registers.Aircraft(ctx, scope)
			if err != nil {
				return nil, fmt.Errorf("aircraft: %w", err)
			}
			out := make([]lowsky.Aircraft, len(list))
			for i, a := range list {
				out[i] = *a
			}
			return sorted(out, func(a, b lowsky.Aircraft) int { return cmp.Compare(a.ID, b.ID) }), nil
		},
		id:    func(a *lowsky.Aircraft) string { return string(a.ID) },
		owner: func(a *lowsky.Aircraft) lowsky.OrganisationID { return a.Organisation },
		seen: func(scope lowsky.Scope, a *lowsky.Aircraft) bool {
			return scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario)
		},
		object: "aircraft",
		judge:  (*judgement).aircraft,
		phone:  func(a *lowsky.Aircraft) *lowsky.Sealed { return &a.ContactPhone },
		save: func(ctx context.Context, list []lowsky.Aircraft) error {
			if s.cfg.Register == nil {
				return errNoPart
			}
			var p lowsky.AircraftPublication
			for i := range list {
				p.Upsert = append(p.Upsert, &list[i])
			}
			return s.publishAircraft(ctx, p)
		},
	}
}

func (s *Server) pilotFiles() fileRegister {
	return &register[lowsky.Pilot]{
		s: s, list: roster.Pilots, field: "phone",
		all: func(ctx context.Context, scope lowsky.Scope) ([]lowsky.Pilot, error) {
			if s.cfg.Registers == nil {
				return nil, errNoPart
			}
			list, err := s.cfg.Registers.Pilots(ctx, scope)
			if err != nil {
				return nil, fmt.Errorf("pilots: %w", err)
			}
			return sorted(list, func(a, b lowsky.Pilot) int { return cmp.Compare(a.ID, b.ID) }), nil
		},
		id:    func(p *lowsky.Pilot) string { return string(p.ID) },
		owner: func(p *lowsky.Pilot) lowsky.OrganisationID { return p.Organisation },
		seen:  func(scope lowsky.Scope, p *lowsky.Pilot) bool { return scope.Sees(p.Organisation, p.Jurisdictions) }, object: "pilot",
		judge: (*judgement).pilot,
		phone: func(p *lowsky.Pilot) *lowsky.Sealed { return &p.Phone },
		save: func(ctx context.Context, list []lowsky.Pilot) error {
			return s.cfg.Registers.SavePilots(ctx, s.actorOf(ctx), list)
		},
	}
}

// companyFiles is the register of companies; other organisations are no part of it, but hold their ids.
func (s *Server) companyFiles() fileRegister {
	return &register[lowsky.Organisation]{
		s: s, list: roster.Companies, field: "contact_phone",
		all: func(ctx context.Context, scope lowsky.Scope) ([]lowsky.Organisation, error) {
			if s.cfg.Directory == nil || s.cfg.Registers == nil {
				return nil, errNoPart
			}
			list, err := s.cfg.Directory.Organisations(ctx, scope)
			if err != nil {
				return nil, fmt.Errorf("organisations: %w", err)
			}
			return sorted(list, func(a, b lowsky.Organisation) int { return cmp.Compare(a.ID, b.ID) }), nil
		},
		listed: func(o *lowsky.Organisation) bool { return o.Kind == lowsky.Company },
		id:     func(o *lowsky.Organisation) string { return string(o.ID) },
		owner:  func(o *lowsky.Organisation) lowsky.OrganisationID { return o.ID },
		seen:   func(scope lowsky.Scope, o *lowsky.Organisation) bool { return scope.Sees(o.ID, o.Jurisdictions()) }, object: "organisation",
		judge: (*judgement).company,
		phone: func(o *lowsky.Organisation) *lowsky.Sealed { return &o.ContactPhone },
		save: func(ctx context.Context, list []lowsky.Organisation) error {
			return s.cfg.Registers.SaveOrganisations(ctx, s.actorOf(ctx), list)
		},
	}
}

func (s *Server) siteFiles() fileRegister {
	return &register[lowsky.Site]{
		s: s, list: roster.Sites,
		all: func(ctx context.Context, scope lowsky.Scope) ([]lowsky.Site, error) {
			if s.cfg.Registers == nil {
				return nil, errNoPart
			}
			list, err := s.cfg.Registers.Sites(ctx, scope)
			if err != nil {
				return nil, fmt.Errorf("sites: %w", err)
			}
			return sorted(list, func(a, b lowsky.Site) int { return cmp.Compare(a.ID, b.ID) }), nil
		},
		id:    func(t *lowsky.Site) string { return string(t.ID) },
		owner: func(t *lowsky.Site) lowsky.OrganisationID { return t.Organisation },
		seen:  func(scope lowsky.Scope, t *lowsky.Site) bool { return scope.Sees(t.Organisation, t.Jurisdictions) }, object: "site",
		judge: (*judgement).site,
		save: func(ctx context.Context, list []lowsky.Site) error {
			return s.cfg.Registers.SaveSites(ctx, s.actorOf(ctx), list)
		},
	}
}
