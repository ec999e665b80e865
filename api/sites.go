package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity/roster"
)

type (
	sitesOutput struct {
		Body struct {
			Sites []lowsky.Site `json:"sites" doc:"By id"`
		}
	}
	siteOutput struct{ Body lowsky.Site }
	sitePath   struct {
		Site string `path:"site_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
	}
	siteInput struct {
		Site string `path:"site_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		Body struct {
			Kind         lowsky.SiteKind       `json:"kind" enum:"dock,pad"`
			Name         lowsky.Text           `json:"name"`
			Position     sitePosition          `json:"position"`
			Device       lowsky.DeviceID       `json:"device_id,omitempty" pattern:"^[A-Za-z0-9._-]{0,64}$" doc:"the dock's gateway"`
			Organisation lowsky.OrganisationID `json:"organisation_id,omitempty" maxLength:"64" doc:"must be one's own; absent: as it is, else the caller's"`
		}
	}
	sitePosition struct {
		Longitude lowsky.Degrees            `json:"longitude_deg"`
		Latitude  lowsky.Degrees            `json:"latitude_deg"`
		AMSL      lowsky.Opt[lowsky.Metres] `json:"altitude_amsl_m,omitzero"`
		Geoid     lowsky.Geoid              `json:"amsl_geoid,omitempty" enum:"cn1985,egm96,egm2008,"`
	}
)

func (s *Server) siteOperations() {
	tags := []string{"registers"}
	operation(s, huma.Operation{
		OperationID: "list-sites", Method: http.MethodGet, Path: "/api/v1/sites", Tags: tags, Summary: "Docks, and take-off and landing sites",
	}, lowsky.ReadRegister, func(ctx context.Context, _ *struct{}) (*sitesOutput, error) {
		if s.cfg.Registers == nil {
			return nil, errNoPart
		}
		list, err := s.cfg.Registers.Sites(ctx, principalOf(ctx).Scope)
		if err != nil {
			return nil, fmt.Errorf("sites: %w", err)
		}
		out := &sitesOutput{}
		out.Body.Sites = sorted(list, func(a, b lowsky.Site) int { return cmp.Compare(a.ID, b.ID) })
		return out, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-site", Method: http.MethodGet, Path: "/api/v1/sites/{site_id}", Tags: tags, Summary: "One site",
	}, lowsky.ReadRegister, func(ctx context.Context, in *sitePath) (*siteOutput, error) {
		t, err := s.site(ctx, in.Site)
		if err != nil {
			return nil, err
		}
		return &siteOutput{t}, nil
	})
	operation(s, huma.Operation{
		OperationID: "put-site", Method: http.MethodPut, Path: "/api/v1/sites/{site_id}", Tags: tags,
		Summary: "Register a site, or change the entry", MaxBodyBytes: 16 << 10,
	}, lowsky.WriteRegister, s.putSite)
	operation(s, huma.Operation{
		OperationID: "remove-site", Method: http.MethodDelete, Path: "/api/v1/sites/{site_id}", Tags: tags, Summary: "Remove a site",
	}, lowsky.WriteRegister, func(ctx context.Context, in *sitePath) (*struct{}, error) {
		t, err := s.site(ctx, in.Site)
		switch {
		case err != nil:
			return nil, err
		case !principalOf(ctx).Scope.Owns(t.Organisation):
			return nil, notYours(ctx)
		}
		if err := s.cfg.Registers.DeleteSite(ctx, s.actorOf(ctx), principalOf(ctx).Scope, t.ID); err != nil {
			return nil, fmt.Errorf("remove site %s: %w", t.ID, err)
		}
		return nil, nil
	})
}

// site answers one that the caller sees.
func (s *Server) site(ctx context.Context, id string) (lowsky.Site, error) {
	if s.cfg.Registers == nil {
		return lowsky.Site{}, errNoPart
	}
	t, err := s.cfg.Registers.SiteByID(ctx, principalOf(ctx).Scope, lowsky.SiteID(id))
	if err != nil {
		return t, s.hidden(ctx, "site", id, fmt.Errorf("site %s: %w", id, err))
	}
	return t, nil
}

func (s *Server) putSite(ctx context.Context, in *siteInput) (*siteOutput, error) {
	if s.cfg.Registers == nil {
		return nil, errNoPart
	}
	body := &in.Body
	t := lowsky.Site{
		ID: lowsky.SiteID(in.Site), Kind: body.Kind, Name: lowsky.Text{ZH: strings.TrimSpace(body.Name.ZH), EN: strings.TrimSpace(body.Name.EN)},
		Position: lowsky.Position{Longitude: body.Position.Longitude, Latitude: body.Position.Latitude, AMSL: body.Position.AMSL, AMSLGeoid: body.Position.Geoid},
		Device:   body.Device, Organisation: body.Organisation, UpdatedAt: s.now().UTC(),
	}
	switch h := t.Position.AMSL; {
	case t.Name.ZH == "" || t.Name.EN == "" || !plain(t.Name.ZH, 128) || !plain(t.Name.EN, 128):
		return nil, &lowsky.InvalidError{Field: "name", Problem: "must be given in both languages, each at most 128 bytes without control characters"}
	case h.OK && !(h.Value >= -500 && h.Value <= 9000):
		return nil, &lowsky.InvalidError{Field: "position.altitude_amsl_m", Problem: "must be from -500 to 9000"}
	}
	if err := problemsOf(ctx, http.StatusUnprocessableEntity, roster.CheckSite(&t)); err != nil {
		return nil, err
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	old, err := s.oldSite(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	j, err := s.judge(ctx)
	if err != nil {
		return nil, err
	}
	if err := refusedEntry(ctx, j.site(&t, old)); err != nil {
		return nil, err
	}
	if err := s.cfg.Registers.SaveSites(ctx, s.actorOf(ctx), []lowsky.Site{t}); err != nil {
		return nil, fmt.Errorf("save site %s: %w", t.ID, err)
	}
	return &siteOutput{t}, nil
}

// oldSite answers the registered site that somebody wants to change, as changeable does; nil where there is none.
func (s *Server) oldSite(ctx context.Context, id lowsky.SiteID) (*lowsky.Site, error) {
	old, err := s.cfg.Registers.SiteByID(ctx, lowsky.Everything, id)
	scope := principalOf(ctx).Scope
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("site %s: %w", id, err)
	case !scope.Sees(old.Organisation, old.Jurisdictions):
		return nil, s.hidden(ctx, "site", string(id), fmt.Errorf("site %s: %w", id, lowsky.ErrNotFound))
	case !scope.Owns(old.Organisation):
		return nil, notYours(ctx)
	}
	return &old, nil
}
