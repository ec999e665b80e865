package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// Person is who is signed in.
type Person struct {
	Name        string        `json:"name"`
	DisplayName string        `json:"display_name"`
	Roles       []lowsky.Role `json:"roles"`
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

func personOf(p identity.Principal) Person {
	roles := p.Roles
	if roles == nil {
		roles = []lowsky.Role{}
	}
	return Person{Name: p.Username, DisplayName: p.DisplayName, Roles: roles}
}

func (s *Server) sessionOperations() {
	operation(s, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/session", Tags: []string{"session"},
		Summary: "Sign in", Description: "Sets the session cookie (HttpOnly, SameSite=Strict).", MaxBodyBytes: 4096,
	}, public, s.signIn)
	operation(s, huma.Operation{
		OperationID: "who-am-i", Method: http.MethodGet, Path: "/api/v1/session", Tags: []string{"session"},
		Summary: "Who is signed in",
	}, anybody, func(ctx context.Context, _ *struct{}) (*personOutput, error) {
		return &personOutput{personOf(principalOf(ctx))}, nil
	})
	operation(s, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/v1/session", Tags: []string{"session"},
		Summary: "Sign out", Description: "Ends the session and every stream that was opened with it.",
	}, anybody, s.signOut)
}

type signInInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	who, cookie, err := s.cfg.Accounts.SignIn(ctx, s.now(), identity.Credentials{
		Username: in.Body.Username, Password: in.Body.Password, From: requestOf(ctx).from,
	})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	return &signInOutput{Cookie: *cookie, Body: personOf(who)}, nil
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
