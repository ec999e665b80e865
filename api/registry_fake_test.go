package api

import (
	"context"
	"fmt"
	"sync"

	"lowsky"
)

// registry keeps pilots and sites in memory, and companies with the people. err is what the next change answers.
type registry struct {
	people *people
	board  *Board
	mu     sync.Mutex
	pilots map[lowsky.PilotID]lowsky.Pilot
	sites  map[lowsky.SiteID]lowsky.Site
	until  lowsky.Day // that was asked for
	saves  int
	err    error
}

func newRegistry(p *people, b *Board) *registry {
	return &registry{
		people: p, board: b,
		pilots: map[lowsky.PilotID]lowsky.Pilot{"p1": {ID: "p1", Name: "李四", Phone: "sealed.136", LicenceUntil: "2026-10-20", Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}}},
		sites: map[lowsky.SiteID]lowsky.Site{"s1": {ID: "s1", Kind: lowsky.SiteDock, Name: lowsky.Text{ZH: "屋顶", EN: "Roof"}, Organisation: "city",
			Position: lowsky.Position{Longitude: 114.5, Latitude: 29.5}, Jurisdictions: []lowsky.JurisdictionID{"421202", "421200"}}},
	}
}

func (r *registry) Aircraft(_ context.Context, scope lowsky.Scope) ([]*lowsky.Aircraft, error) {
	return r.board.Aircraft(scope), nil
}

func (r *registry) AircraftByID(_ context.Context, scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	return r.board.Registered(scope, id)
}

func (r *registry) Pilots(_ context.Context, scope lowsky.Scope) ([]lowsky.Pilot, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return inScope(r.pilots, func(p lowsky.Pilot) bool { return scope.Sees(p.Organisation, p.Jurisdictions) }), nil
}

func (r *registry) PilotByID(_ context.Context, scope lowsky.Scope, id lowsky.PilotID) (lowsky.Pilot, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.pilots[id]; ok && scope.Sees(p.Organisation, p.Jurisdictions) {
		return p, nil
	}
	return lowsky.Pilot{}, fmt.Errorf("pilot %s: %w", id, lowsky.ErrNotFound)
}

func (r *registry) SavePilots(_ context.Context, _ lowsky.Actor, list []lowsky.Pilot) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saves++; r.err != nil {
		return r.err
	}
	for _, p := range list {
		r.pilots[p.ID] = p
	}
	return nil
}

func (r *registry) DeletePilot(_ context.Context, _ lowsky.Actor, _ lowsky.Scope, id lowsky.PilotID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pilots, id)
	return r.err
}

func (r *registry) Sites(_ context.Context, scope lowsky.Scope) ([]lowsky.Site, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return inScope(r.sites, func(s lowsky.Site) bool { return scope.Sees(s.Organisation, s.Jurisdictions) }), nil
}

func (r *registry) SiteByID(_ context.Context, scope lowsky.Scope, id lowsky.SiteID) (lowsky.Site, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.sites[id]; ok && scope.Sees(s.Organisation, s.Jurisdictions) {
		return s, nil
	}
	return lowsky.Site{}, fmt.Errorf("site %s: %w", id, lowsky.ErrNotFound)
}

func (r *registry) SaveSites(_ context.Context, _ lowsky.Actor, list []lowsky.Site) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saves++; r.err != nil {
		return r.err
	}
	for _, s := range list {
		r.sites[s.ID] = s
	}
	return nil
}

func (r *registry) DeleteSite(_ context.Context, _ lowsky.Actor, _ lowsky.Scope, id lowsky.SiteID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.sites, id)
	return r.err
}

func (r *registry) SaveOrganisations(_ context.Context, by lowsky.Actor, list []lowsky.Organisation) error {
	if r.saves++; r.err != nil {
		return r.err
	}
	for _, o := range list {
		r.people.by, r.people.organisations[o.ID] = by, o
	}
	return nil
}

func (r *registry) Expiring(_ context.Context, _ lowsky.Scope, until lowsky.Day) ([]lowsky.Expiry, error) {
	r.until = until
	return []lowsky.Expiry{{Kind: "pilot", ID: "p1", What: "licence", Until: "2026-11-20", Organisation: "city"}}, nil
}

// contain is where a position lies in the test's region.
func contain(p lowsky.Position) []lowsky.JurisdictionID {
	if p.Longitude < 114 {
		return []lowsky.JurisdictionID{"421281", "421200"}
	}
	return []lowsky.JurisdictionID{"421202", "421200"}
}
