package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// ownAccount is what people do about their own account.
type ownAccount interface {
	// ChangePassword answers an *lowsky.InvalidError for "old" that is wrong. Every other session ends.
	ChangePassword(ctx context.Context, now time.Time, p identity.Principal, old, password, from string) error
	Sessions(ctx context.Context, p identity.Principal) ([]lowsky.SessionInfo, error)
	// EndSession answers ErrNotFound where the person has no such session.
	EndSession(ctx context.Context, by lowsky.Actor, username, id string) error
}

// SessionView is one session of the person who asks.
type SessionView struct {
	lowsky.SessionInfo
	Current bool `json:"current" doc:"The one that asks"`
}

type (
	passwordInput struct {
		Body struct {
			Old string `json:"old" minLength:"1" maxLength:"1024"`
			New string `json:"new" minLength:"1" maxLength:"1024"`
		}
	}
	sessionsOutput struct {
		Body struct {
			Sessions []SessionView `json:"sessions" doc:"Newest first"`
		}
	}
	sessionPath struct {
		ID string `path:"id" maxLength:"64"`
	}
	tokensOutput struct {
		Body struct {
			Tokens []lowsky.APIToken `json:"tokens" doc:"Newest first; revoked and expired ones too"`
		}
	}
	tokenPath struct {
		ID string `path:"id" maxLength:"64"`
	}
	issueInput  struct{ Body TokenIssue }
	issueOutput struct {
		Body struct {
			Token  lowsky.APIToken `json:"token"`
			Secret string          `json:"secret" doc:"Shown this once"`
		}
	}
)

func (s *Server) accountOperations() {
	tags := []string{"account"}
	operation(s, huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/api/v1/account/password", Tags: tags,
		Summary: "Choose a new password", Description: "Every other session of the account ends.", MaxBodyBytes: 8192,
		DefaultStatus: http.StatusNoContent,
	}, anybody, s.changePassword)
	operation(s, huma.Operation{
		OperationID: "list-own-sessions", Method: http.MethodGet, Path: "/api/v1/account/sessions", Tags: tags,
		Summary: "Where the account is signed in", Description: "Needs a session.",
	}, anybody, s.ownSessions)
	operation(s, huma.Operation{
		OperationID: "end-own-session", Method: http.MethodDelete, Path: "/api/v1/account/sessions/{id}", Tags: tags,
		Summary: "End one of the account's sessions", Description: "Needs a session: a token signs nobody out.",
	}, anybody, func(ctx context.Context, in *sessionPath) (*struct{}, error) {
		if principalOf(ctx).Token != "" { // one that leaked must not sign its owner out
			return nil, needsSession(ctx)
		}
		return nil, s.cfg.Accounts.EndSession(ctx, s.actorOf(ctx), principalOf(ctx).Username, in.ID)
	})
	operation(s, huma.Operation{
		OperationID: "list-own-tokens", Method: http.MethodGet, Path: "/api/v1/account/tokens", Tags: tags,
		Summary: "The account's API tokens",
	}, anybody, func(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
		return s.tokensOf(ctx, principalOf(ctx).Username)
	})
	operation(s, huma.Operation{
		OperationID: "issue-own-token", Method: http.MethodPost, Path: "/api/v1/account/tokens", Tags: tags,
		Summary: "Make an API token for the account", Description: "Needs a session: a token makes no tokens. The secret is shown this once.",
		MaxBodyBytes: 16 << 10,
	}, anybody, s.issueOwnToken)
	operation(s, huma.Operation{
		OperationID: "revoke-own-token", Method: http.MethodDelete, Path: "/api/v1/account/tokens/{id}", Tags: tags,
		Summary: "Revoke one of the account's API tokens",
	}, anybody, s.revokeOwnToken)
}

func (s *Server) changePassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	rq := requestOf(ctx)
	if rq.who.Token != "" {
		return nil, needsSession(ctx)
	}
	err := s.cfg.Accounts.ChangePassword(ctx, s.now(), rq.who, in.Body.Old, in.Body.New, rq.from)
	var invalid *lowsky.InvalidError
	if errors.As(err, &invalid) && invalid.Field == "password" {
		err = &lowsky.InvalidError{Field: "new", Problem: invalid.Problem}
	}
	if err != nil {
		return nil, told(ctx, fmt.Errorf("password: %w", err))
	}
	return nil, nil
}

// needsSession refuses a token where only the person may act.
func needsSession(ctx context.Context) error {
	return refused(ctx, "session", lowsky.Text{
		ZH: "此操作须由本人登录后进行，不能使用令牌。", EN: "Only the person, signed in, may do this; a token may not.",
	})
}

func (s *Server) ownSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	who := principalOf(ctx)
	if who.Token != "" {
		return nil, needsSession(ctx)
	}
	all, err := s.cfg.Accounts.Sessions(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	out := &sessionsOutput{}
	out.Body.Sessions = make([]SessionView, len(all))
	for i, info := range all {
		out.Body.Sessions[i] = SessionView{info, info.ID != "" && info.ID == who.Session()}
	}
	return out, nil
}

// told says what identity refused in the language of the request, as far as there are words for it.
func told(ctx context.Context, err error) error {
	var invalid *lowsky.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	words, ok := refusals[invalid.Problem]
	if role, kind, fits := strings.Cut(invalid.Problem, " cannot be held in an organisation of kind "); fits {
		words, ok = lowsky.Text{ZH: kind + " 类单位没有角色 " + role, EN: invalid.Problem}, true
	}
	if !ok {
		return err
	}
	return wrong(ctx, invalid.Field, words)
}
