package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// directory is where people, organisations and devices are kept.
type directory interface {
	userRecords
	organisationRecords
	deviceRecords
}

type userRecords interface {
	// Users answers the accounts in scope, by name.
	Users(ctx context.Context, scope lowsky.Scope) ([]lowsky.User, error)
	// User answers one whoever asks: it takes no scope.
	User(ctx context.Context, username string) (lowsky.User, error)
	// Tokens answers the tokens of the accounts in scope.
	Tokens(ctx context.Context, scope lowsky.Scope) ([]lowsky.APIToken, error)
	TokensOf(ctx context.Context, username string) ([]lowsky.APIToken, error)
}

// peopleKeeper changes accounts. p is who does it; nobody grants what they do not hold themselves.
type peopleKeeper interface {
	// CreatePerson answers the password that it made up where none was given.
	CreatePerson(ctx context.Context, by lowsky.Actor, p *identity.Principal, u lowsky.User, password string) (generated string, err error)
	ChangePerson(ctx context.Context, by lowsky.Actor, p *identity.Principal, u lowsky.User) error
	ResetPassword(ctx context.Context, by lowsky.Actor, p *identity.Principal, username string) (generated string, err error)
	EndSessionsOf(ctx context.Context, by lowsky.Actor, username string) (int, error)
}

// PersonChange is what may be chosen of an account.
type PersonChange struct {
	DisplayName  string                `json:"display_name" maxLength:"256"`
	Roles        []lowsky.Role         `json:"roles" minItems:"1" maxItems:"16"`
	Organisation lowsky.OrganisationID `json:"organisation_id" minLength:"1" maxLength:"64"`
}

type (
	peopleOutput struct {
		Body struct {
			People []lowsky.User `json:"people" doc:"By name"`
		}
	}
	personPath struct {
		Username string `path:"username" maxLength:"64"`
	}
	accountOutput     struct{ Body lowsky.User }
	createPersonInput struct {
		Body struct {
			PersonChange
			Username string `json:"username" minLength:"1" maxLength:"64" doc:"[a-z0-9._-]; what is typed at sign-in"`
			Password string `json:"password,omitempty" maxLength:"1024" doc:"Absent: one is made up. The person has to choose another either way"`
		}
	}
	createPersonOutput struct {
		Body struct {
			Person   lowsky.User `json:"person"`
			Password string      `json:"password,omitempty" doc:"Made up; shown this once"`
		}
	}
	changePersonInput struct {
		Username string `path:"username" maxLength:"64"`
		Body     struct {
			PersonChange
			Disabled bool `json:"disabled,omitempty" doc:"Cannot sign in, and is out at once"`
		}
	}
	resetOutput struct {
		Body struct {
			Password string `json:"password" doc:"Shown this once; the person has to choose another"`
		}
	}
	endSessionsOutput struct {
		Body struct {
			Ended int `json:"ended"`
		}
	}
	issueForInput struct {
		Username string `path:"username" maxLength:"64"`
		Body     TokenIssue
	}
)

func (s *Server) peopleOperations() {
	tags := []string{"people"}
	operation(s, huma.Operation{
		OperationID: "list-people", Method: http.MethodGet, Path: "/api/v1/people", Tags: tags, Summary: "Accounts",
	}, lowsky.ReadPeople, s.listPeople)
	operation(s, huma.Operation{
		OperationID: "create-person", Method: http.MethodPost, Path: "/api/v1/people", Tags: tags, Summary: "Make an account",
		Description:  "In an organisation of one's own, with roles that grant no more than one holds. The person chooses a password of their own at the first sign-in.",
		MaxBodyBytes: 16 << 10,
	}, lowsky.WritePeople, s.createPerson)
	operation(s, huma.Operation{
		OperationID: "get-person", Method: http.MethodGet, Path: "/api/v1/people/{username}", Tags: tags, Summary: "One account",
	}, lowsky.ReadPeople, func(ctx context.Context, in *personPath) (*accountOutput, error) {
		u, err := s.person(ctx, in.Username)
		return &accountOutput{u}, err
	})
	operation(s, huma.Operation{
		OperationID: "change-person", Method: http.MethodPut, Path: "/api/v1/people/{username}", Tags: tags, Summary: "Change or disable an account",
		Description: "Whoever is signed in has the new rights with the next request. The last administrator of the city stays one (409).", MaxBodyBytes: 16 << 10,
	}, lowsky.WritePeople, s.changePerson)
	operation(s, huma.Operation{
		OperationID: "reset-password", Method: http.MethodPost, Path: "/api/v1/people/{username}/password", Tags: tags,
		Summary: "Give somebody a new password", Description: "Ends their sessions.",
	}, lowsky.WritePeople, s.resetPassword)
	operation(s, huma.Operation{
		OperationID: "end-sessions", Method: http.MethodDelete, Path: "/api/v1/people/{username}/sessions", Tags: tags,
		Summary: "Sign somebody out everywhere", DefaultStatus: http.StatusOK,
	}, lowsky.WritePeople, s.endSessions)
	operation(s, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/api/v1/people/{username}/tokens", Tags: tags, Summary: "Somebody's API tokens",
	}, lowsky.ReadPeople, func(ctx context.Context, in *personPath) (*tokensOutput, error) {
		u, err := s.person(ctx, in.Username)
		if err != nil {
			return nil, err
		}
		return s.tokensOf(ctx, u.Username)
	})
	operation(s, huma.Operation{
		OperationID: "issue-token", Method: http.MethodPost, Path: "/api/v1/people/{username}/tokens", Tags: tags,
		Summary: "Make an API token for somebody", Description: "Such as a program's own account. The secret is shown this once.", MaxBodyBytes: 16 << 10,
	}, lowsky.WritePeople, s.issueToken)
	operation(s, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/api/v1/tokens/{id}", Tags: tags, Summary: "Revoke somebody's API token",
	}, lowsky.WritePeople, s.revokeToken)
}

func (s *Server) listPeople(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	users, err := s.cfg.Directory.Users(ctx, principalOf(ctx).Scope)
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	out := &peopleOutput{}
	out.Body.People = append([]lowsky.User{}, users...)
	return out, nil
}

// person answers an account that the caller sees.
func (s *Server) person(ctx context.Context, username string) (lowsky.User, error) {
	if s.cfg.Directory == nil {
		return lowsky.User{}, errNoPart
	}
	u, err := s.cfg.Directory.User(ctx, username)
	if err == nil && !principalOf(ctx).Scope.Sees(u.Organisation, u.Jurisdictions) {
		err = lowsky.ErrNotFound
	}
	if err != nil {
		return lowsky.User{}, s.hidden(ctx, "user", username, fmt.Errorf("person: %w", err))
	}
	return u, nil
}

// ownPerson answers an account that is the caller's to change, and that holds no more than the caller does: whoever
// gives somebody a password or a token can act as them.
func (s *Server) ownPerson(ctx context.Context, username string) (lowsky.User, error) {
	u, err := s.person(ctx, username)
	if err != nil {
		return u, err
	}
	who := principalOf(ctx)
	if !who.Scope.Owns(u.Organisation) {
		return u, notOwned(ctx, u.Organisation)
	}
	if !holds(who, u.Roles) {
		return u, holdsMore(ctx)
	}
	return u, nil
}

func holds(who identity.Principal, roles []lowsky.Role) bool {
	return !slices.ContainsFunc(lowsky.Granted(roles), func(p lowsky.Permission) bool { return !who.May(p) })
}

func holdsMore(ctx context.Context) error {
	return refused(ctx, "roles", lowsky.Text{
		ZH: "该账号或角色的权限超出您自己的权限。", EN: "The account or role holds permissions that you do not hold yourself.",
	})
}

// notOwned refuses to change what is seen and belongs to another organisation.
func notOwned(ctx context.Context, org lowsky.OrganisationID) error {
	return refused(ctx, "organisation_id", lowsky.Text{
		ZH: "属于单位「" + string(org) + "」，不归您管理。", EN: "It belongs to " + string(org) + " and is not yours to change.",
	})
}

func (s *Server) createPerson(ctx context.Context, in *createPersonInput) (*createPersonOutput, error) {
	if s.cfg.Directory == nil {
		return nil, errNoPart
	}
	who, b := principalOf(ctx), &in.Body
	generated, err := s.cfg.Accounts.CreatePerson(ctx, s.actorOf(ctx), &who, lowsky.User{
		Username: b.Username, DisplayName: b.DisplayName, Roles: b.Roles, Organisation: b.Organisation,
	}, b.Password)
	if err != nil {
		return nil, s.peopleProblem(ctx, b.Roles, b.Organisation, err, lowsky.Text{ZH: "此用户名已被使用。", EN: "The user name is taken."})
	}
	out := &createPersonOutput{}
	out.Body.Password = generated
	if out.Body.Person, err = s.cfg.Directory.User(ctx, folded(b.Username)); err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	return out, nil
}

// peopleProblem says in words what identity refused.
func (s *Server) peopleProblem(ctx context.Context, roles []lowsky.Role, org lowsky.OrganisationID, err error, conflict lowsky.Text) error {
	who := principalOf(ctx)
	switch {
	case errors.Is(err, lowsky.ErrConflict):
		return &Problem{Status: http.StatusConflict, Reason: say(ctx, conflict), Detail: say(ctx, conflict)}
	case errors.Is(err, lowsky.ErrForbidden) && org != "" && !who.Scope.Owns(org):
		return notOwned(ctx, org)
	case errors.Is(err, lowsky.ErrForbidden) && !holds(who, roles):
		return holdsMore(ctx)
	}
	return told(ctx, fmt.Errorf("person: %w", err))
}

func (s *Server) changePerson(ctx context.Context, in *changePersonInput) (*accountOutput, error) {
	old, err := s.person(ctx, in.Username)
	if err != nil {
		return nil, err
	}
	who, b := principalOf(ctx), &in.Body
	if !who.Scope.Owns(old.Organisation) {
		return nil, notOwned(ctx, old.Organisation)
	}
	err = s.cfg.Accounts.ChangePerson(ctx, s.actorOf(ctx), &who, lowsky.User{
		Username: old.Username, DisplayName: b.DisplayName, Roles: b.Roles, Organisation: b.Organisation, Disabled: b.Disabled,
	})
	if err != nil {
		return nil, s.peopleProblem(ctx, append(slices.Clone(old.Roles), b.Roles...), b.Organisation, err,
			lowsky.Text{ZH: "这是最后一位可登录的市级管理员，须保留。", EN: "The last administrator of the city who can sign in stays one."})
	}
	u, err := s.cfg.Directory.User(ctx, old.Username)
	if err != nil {
		return nil, fmt.Errorf("person: %w", err)
	}
	return &accountOutput{u}, nil
}

func (s *Server) resetPassword(ctx context.Context, in *personPath) (*resetOutput, error) {
	u, err := s.ownPerson(ctx, in.Username)
	if err != nil {
		return nil, err
	}
	who := principalOf(ctx)
	out := &resetOutput{}
	if out.Body.Password, err = s.cfg.Accounts.ResetPassword(ctx, s.actorOf(ctx), &who, u.Username); err != nil {
		return nil, told(ctx, fmt.Errorf("person: %w", err))
	}
	return out, nil
}

func (s *Server) endSessions(ctx context.Context, in *personPath) (*endSessionsOutput, error) {
	u, err := s.ownPerson(ctx, in.Username)
	if err != nil {
		return nil, err
	}
	out := &endSessionsOutput{}
	if out.Body.Ended, err = s.cfg.Accounts.EndSessionsOf(ctx, s.actorOf(ctx), u.Username); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return out, nil
}
