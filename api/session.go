package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// Person is who is signed in.
type Person struct {
	Name         string              `json:"name"`
	DisplayName  string              `json:"display_name"`
	Roles        []lowsky.Role       `json:"roles"`
	Permissions  []lowsky.Permission `json:"permissions" doc:"What the roles grant, narrowed by the token"`
	MustChange   bool                `json:"must_change" doc:"The password was given by somebody else: nothing but choosing a new one is allowed"`
	Method       string              `json:"method" enum:"password,oidc,token" doc:"How they signed in"`
	Organisation PersonOrganisation  `json:"organisation"`
	Scope        lowsky.Scope        `json:"scope" doc:"Which rows they see"`
	Home         *Box                `json:"home" doc:"Where the map opens: the county's ground; null for the city and for companies"`
}

// PersonOrganisation is whose a person is.
type PersonOrganisation struct {
	ID           lowsky.OrganisationID   `json:"id"`
	Kind         lowsky.OrganisationKind `json:"kind"`
	Name         lowsky.Text             `json:"name"`
	Jurisdiction lowsky.JurisdictionID   `json:"jurisdiction_id"`
}

// Box bounds a piece of ground, in degrees WGS-84.
type Box struct {
	West  lowsky.Degrees `json:"west"`
	South lowsky.Degrees `json:"south"`
	East  lowsky.Degrees `json:"east"`
	North lowsky.Degrees `json:"north"`
}

type (
	personOutput struct{ Body Person }
	signInOutput struct {
		Cookie http.Cookie `header:"Set-Cookie"`
		Body   Person
	}
	signOutOutput struct {
		Cookie http.Cookie `header:"Set-Cookie"`
	}
)

func (s *Server) personOf(p identity.Principal) Person {
	v := Person{
		Name: p.Username, DisplayName: p.DisplayName, Roles: append([]lowsky.Role{}, p.Roles...),
		Permissions: append([]lowsky.Permission{}, p.Permissions...), MustChange: p.MustChange && p.Token == "",
		Method: "password", Scope: p.Scope, Home: s.home(p.Organisation),
		Organisation: PersonOrganisation{p.Organisation.ID, p.Organisation.Kind, p.Organisation.Name, p.Organisation.Jurisdiction},
	}
	switch {
	case p.Token != "":
		v.Method = "token"
	case p.External:
		v.Method = "oidc"
	}
	return v
}

// home is the ground of the county that an organisation is seated in, for those of a county itself; nil else.
func (s *Server) home(o lowsky.Organisation) *Box {
	if s.cfg.Region == nil || o.Kind != lowsky.CountyOrganisation && o.Kind != lowsky.Department {
		return nil
	}
	for i := range s.cfg.Region.Jurisdictions {
		j := &s.cfg.Region.Jurisdictions[i]
		if j.ID != o.Jurisdiction || j.Level == 0 || len(j.Area) == 0 {
			continue
		}
		b := j.Area.Bound()
		return &Box{
			West: lowsky.Degrees(b.Min[0]), South: lowsky.Degrees(b.Min[1]), East: lowsky.Degrees(b.Max[0]), North: lowsky.Degrees(b.Max[1]),
		}
	}
	return nil
}

func (s *Server) sessionOperations() {
	tags := []string{"session"}
	operation(s, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/session", Tags: tags,
		Summary: "Sign in", Description: "Sets the session cookie (HttpOnly, SameSite=Strict).", MaxBodyBytes: 4096,
	}, public, s.signIn)
	operation(s, huma.Operation{
		OperationID: "who-am-i", Method: http.MethodGet, Path: "/api/v1/session", Tags: tags,
		Summary: "Who is signed in, and what they may do and see",
	}, anybody, func(ctx context.Context, _ *struct{}) (*personOutput, error) {
		return &personOutput{s.personOf(principalOf(ctx))}, nil
	})
	operation(s, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/v1/session", Tags: tags,
		Summary: "Sign out", Description: "Ends the session and every stream that was opened with it.",
	}, anybody, s.signOut)
	s.oidcOperations(tags)
}

type signInInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	rq := requestOf(ctx)
	who, cookie, err := s.cfg.Accounts.SignIn(ctx, s.now(), identity.Credentials{
		Username: in.Body.Username, Password: in.Body.Password, From: rq.from, Agent: rq.agent, Request: rq.id,
	})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	return &signInOutput{Cookie: *cookie, Body: s.personOf(who)}, nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
	rq := requestOf(ctx)
	if rq.session == "" {
		return nil, fmt.Errorf("a token has no session: %w", lowsky.ErrConflict)
	}
	cookie, err := s.cfg.Accounts.SignOut(ctx, s.now(), rq.session, rq.from)
	if err != nil {
		return nil, fmt.Errorf("sign out %s: %w", rq.who.Username, err)
	}
	s.cfg.Hub.EndSession(rq.session)
	return &signOutOutput{Cookie: *cookie}, nil
}

// actorOf is the caller as audit rows tell them.
func (s *Server) actorOf(ctx context.Context) lowsky.Actor {
	rq := requestOf(ctx)
	return rq.who.Actor(rq.from, rq.id, s.now().UTC().Truncate(time.Microsecond))
}
