package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lowsky"
	"lowsky/identity"
)

// tokenKeeper makes and ends API tokens.
type tokenKeeper interface {
	// IssueToken makes a token in the name of a user, whose permissions it can only narrow.
	IssueToken(ctx context.Context, by lowsky.Actor, p *identity.Principal, username, name string, permissions []lowsky.Permission, expires time.Time) (secret string, t lowsky.APIToken, err error)
	// RevokeToken ends a token of p's own, or of somebody whom p may manage.
	RevokeToken(ctx context.Context, by lowsky.Actor, p *identity.Principal, id string) error
}

// TokenIssue asks for an API token.
type TokenIssue struct {
	Name        string                `json:"name" minLength:"1" maxLength:"128" doc:"What it is for"`
	Permissions []lowsky.Permission   `json:"permissions,omitempty" maxItems:"64" doc:"Narrow what it may; absent: all that its user may"`
	ExpiresAt   lowsky.Opt[time.Time] `json:"expires_at,omitzero" doc:"Absent: until it is revoked"`
}

// tokensOf answers the tokens of one account that the caller has been found to be allowed to see.
func (s *Server) tokensOf(ctx context.Context, username string) (*tokensOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	tokens, err := s.cfg.Directory.TokensOf(ctx, username)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	out := &tokensOutput{}
	out.Body.Tokens = append([]lowsky.APIToken{}, tokens...)
	return out, nil
}

func (s *Server) issueOwnToken(ctx context.Context, in *issueInput) (*issueOutput, error) {
	who := principalOf(ctx)
	if who.Token != "" {
		return nil, needsSession(ctx)
	}
	return s.issue(ctx, who.Username, in.Body)
}

// issue makes a token in the name of a user; what it may has been checked.
func (s *Server) issue(ctx context.Context, username string, ask TokenIssue) (*issueOutput, error) {
	// An empty list would be kept as "all of it", the opposite of what was asked for.
	if ask.Permissions != nil && len(ask.Permissions) == 0 {
		return nil, wrong(ctx, "permissions", lowsky.Text{ZH: "至少选择一项权限；不填则为全部", EN: "must name at least one; leave it out for all"})
	}
	for i, p := range ask.Permissions {
		if !p.Valid() {
			return nil, wrong(ctx, fmt.Sprintf("permissions[%d]", i), lowsky.Text{ZH: "没有这项权限", EN: "is not a permission"})
		}
	}
	out := &issueOutput{}
	var err error
	out.Body.Secret, out.Body.Token, err = s.cfg.Accounts.IssueToken(ctx, s.actorOf(ctx), &requestOf(ctx).who, username, ask.Name, ask.Permissions, ask.ExpiresAt.Value.UTC())
	if err != nil {
		return nil, told(ctx, fmt.Errorf("token: %w", err))
	}
	return out, nil
}

func (s *Server) revokeOwnToken(ctx context.Context, in *tokenPath) (*struct{}, error) {
	who := principalOf(ctx)
	own, err := s.tokensOf(ctx, who.Username)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(own.Body.Tokens, func(t lowsky.APIToken) bool { return t.ID == in.ID }) {
		return nil, s.hidden(ctx, "token", in.ID, fmt.Errorf("token: %w", lowsky.ErrNotFound))
	}
	if err := s.cfg.Accounts.RevokeToken(ctx, s.actorOf(ctx), &who, in.ID); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return nil, nil
}

func (s *Server) issueToken(ctx context.Context, in *issueForInput) (*issueOutput, error) {
	u, err := s.ownPerson(ctx, in.Username)
	if err != nil {
		return nil, err
	}
	return s.issue(ctx, u.Username, in.Body)
}

func (s *Server) revokeToken(ctx context.Context, in *tokenPath) (*struct{}, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	who := principalOf(ctx)
	tokens, err := s.cfg.Directory.Tokens(ctx, who.Scope)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	i := slices.IndexFunc(tokens, func(t lowsky.APIToken) bool { return t.ID == in.ID })
	if i < 0 {
		return nil, s.hidden(ctx, "token", in.ID, fmt.Errorf("token: %w", lowsky.ErrNotFound))
	}
	u, err := s.person(ctx, tokens[i].Username)
	if err != nil {
		return nil, err
	}
	if !who.Scope.Owns(u.Organisation) {
		return nil, notOwned(ctx, u.Organisation)
	}
	if err := s.cfg.Accounts.RevokeToken(ctx, s.actorOf(ctx), &who, in.ID); err != nil {
		return nil, told(ctx, fmt.Errorf("token: %w", err))
	}
	return nil, nil
}
