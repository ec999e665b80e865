package identity

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"lowsky"
)

// In what follows by is who does it, as the audit tells it, and when; p is what they may. A nil p is the shell on the
// server's own machine, which may everything.

var usernames = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// EnsureAdministrator makes the user "admin" if there is none, with the password given, else a random one, which it
// answers: it is shown once. Where "admin" exists nothing changes and "" is answered.
func (g *Gate) EnsureAdministrator(ctx context.Context, by lowsky.Actor, password string) (generated string, err error) {
	_, err = g.cfg.Users.User(ctx, "admin")
	if err == nil || !errors.Is(err, lowsky.ErrNotFound) {
		return "", err
	}
	u := lowsky.User{
		Username: "admin", DisplayName: "admin", Roles: []lowsky.Role{lowsky.CityAdministrator}, Organisation: g.cfg.Organisation,
	}
	generated, err = g.create(ctx, by, nil, u, password, false)
	if err != nil {
		return "", fmt.Errorf("make administrator: %w", err)
	}
	return generated, nil
}

// CreatePerson makes an account. Without a password it makes one up and answers it: it is shown once. Either way the
// person is asked for another at the first sign-in. An API client has no password: it signs in with tokens.
//
// ErrForbidden for an organisation that p does not own and for roles that grant what p does not hold; ErrConflict for a
// name that is taken; an *lowsky.InvalidError names the field.
func (g *Gate) CreatePerson(ctx context.Context, by lowsky.Actor, p *Principal, u lowsky.User, password string) (generated string, err error) {
	if err := p.manages(lowsky.WritePeople); err != nil {
		return "", err
	}
	return g.create(ctx, by, p, u, password, true)
}

func (g *Gate) create(ctx context.Context, by lowsky.Actor, p *Principal, u lowsky.User, password string, mustChange bool) (generated string, err error) {
	u.Username = strings.ToLower(strings.TrimSpace(u.Username))
	if !usernames.MatchString(u.Username) {
		return "", &lowsky.InvalidError{Field: "username", Problem: "must be 1 to 64 of a-z 0-9 . _ -"}
	}
	if reserved(u.Username) {
		return "", &lowsky.InvalidError{Field: "username", Problem: "is what the platform calls itself"}
	}
	o, err := g.fitting(ctx, by, p, &u)
	if err != nil {
		return "", err
	}
	program := slices.Contains(u.Roles, lowsky.APIClient)
	switch {
	case program && password != "":
		return "", &lowsky.InvalidError{Field: "password", Problem: "an API client has none; it signs in with a token"}
	case program:
	case password == "":
		if password, err = NewPassword(); err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		generated = password
	default:
		if err := CheckPassword(u.Username, password); err != nil {
			return "", err
		}
	}
	hash := ""
	if !program {
		if hash, err = g.hasher.hash(ctx, password); err != nil {
			return "", fmt.Errorf("person %s: %w", u.Username, err)
		}
	}
	made := lowsky.User{
		Username: u.Username, DisplayName: u.DisplayName, PasswordHash: hash, Roles: u.Roles, Disabled: u.Disabled, Organisation: o.ID,
		Jurisdictions: o.Jurisdictions(), CreatedAt: by.At, PasswordChangedAt: by.At, MustChange: mustChange && !program,
	}
	if err := g.cfg.Users.CreateUser(ctx, by, made); err != nil {
		return "", fmt.Errorf("person %s: %w", u.Username, err)
	}
	g.people.drop(u.Username)
	return generated, nil
}

// ChangePerson sets the display name, the roles, the organisation and whether the account is disabled; the rest of u is
// not looked at. Who is signed in has the new rights with the next request; a disabled person is out at once. The last
// administrator of the city who may sign in stays one: ErrConflict. Whoever comes from the identity provider gets roles
// and organisation there.
func (g *Gate) ChangePerson(ctx context.Context, by lowsky.Actor, p *Principal, u lowsky.User) error {
	g.changing.Lock()
	defer g.changing.Unlock()
	old, err := g.managed(ctx, p, u.Username)
	if err != nil {
		return err
	}
	next := old
	next.DisplayName, next.Roles, next.Organisation, next.Disabled = u.DisplayName, u.Roles, u.Organisation, u.Disabled
	rights := !slices.Equal(old.Roles, next.Roles) || old.Organisation != next.Organisation
	if rights && old.External != "" {
		return &lowsky.InvalidError{Field: "roles", Problem: "roles and organisation of this account come from the identity provider"}
	}
	if (rights || !next.Disabled) && !p.mayGrant(old.Roles) {
		return fmt.Errorf("person %s holds more than you do: %w", old.Username, lowsky.ErrForbidden)
	}
	if rights || old.DisplayName != next.DisplayName {
		o, err := g.fitting(ctx, by, p, &next)
		if err != nil {
			return err
		}
		next.Jurisdictions = o.Jurisdictions()
	}
	if isAdministrator(old) && !isAdministrator(next) {
		if err := g.anotherAdministrator(ctx, old.Username); err != nil {
			return err
		}
	}
	if err := g.cfg.Users.UpdateUser(ctx, by, next); err != nil {
		return fmt.Errorf("person %s: %w", old.Username, err)
	}
	g.people.drop(old.Username)
	if next.Disabled && !old.Disabled {
		if _, err := g.EndSessionsOf(ctx, by, old.Username); err != nil {
			return fmt.Errorf("sessions of %s: %w", old.Username, err)
		}
	}
	return nil
}

// ResetPassword gives the person a random password, which is answered and shown once, and ends their sessions and tokens:
// who resets a password may do so because somebody else had it.
func (g *Gate) ResetPassword(ctx context.Context, by lowsky.Actor, p *Principal, username string) (generated string, err error) {
	u, err := g.managed(ctx, p, username)
	switch {
	case err != nil:
		return "", err
	case !p.mayGrant(u.Roles):
		return "", fmt.Errorf("person %s holds more than you do: %w", u.Username, lowsky.ErrForbidden)
	case u.External != "":
		return "", &lowsky.InvalidError{Field: "username", Problem: "signs in at the identity provider and has no password here"}
	case slices.Contains(u.Roles, lowsky.APIClient):
		return "", &lowsky.InvalidError{Field: "username", Problem: "an API client has no password; it signs in with a token"}
	}
	if generated, err = NewPassword(); err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	if err := g.setPassword(ctx, by, u, generated, true); err != nil {
		return "", err
	}
	if _, err := g.EndSessionsOf(ctx, by, u.Username); err != nil {
		return "", fmt.Errorf("sessions of %s: %w", u.Username, err)
	}
	tokens, err := g.cfg.Tokens.TokensOf(ctx, u.Username)
	if err != nil {
		return "", fmt.Errorf("tokens of %s: %w", u.Username, err)
	}
	for _, t := range tokens {
		if !t.RevokedAt.IsZero() {
			continue
		}
		if err := g.cfg.Tokens.RevokeToken(ctx, by, t.ID, by.At); err != nil {
			return "", fmt.Errorf("token %s of %s: %w", t.ID, u.Username, err)
		}
		g.keys.drop(t.Hash)
	}
	return generated, nil
}

func (g *Gate) setPassword(ctx context.Context, by lowsky.Actor, u lowsky.User, password string, mustChange bool) error {
	hash, err := g.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("password of %s: %w", u.Username, err)
	}
	if err := g.cfg.Users.SetPassword(ctx, by, u.Username, hash, mustChange, by.At); err != nil {
		return fmt.Errorf("password of %s: %w", u.Username, err)
	}
	g.people.drop(u.Username)
	return nil
}

// manages refuses whom the permission is not given.
func (p *Principal) manages(perm lowsky.Permission) error {
	if p != nil && !p.May(perm) {
		return fmt.Errorf("%s lacks the permission %s: %w", p.Username, perm, lowsky.ErrForbidden)
	}
	return nil
}

func (p *Principal) mayGrant(roles []lowsky.Role) bool { return p == nil || p.holds(roles) }

// owned answers ErrNotFound for what p does not see and ErrForbidden for what is not p's own to change.
func (p *Principal) owned(org lowsky.OrganisationID, js []lowsky.JurisdictionID) error {
	switch {
	case p == nil || p.Scope.Owns(org):
		return nil
	case p.Scope.Sees(org, js):
		return lowsky.ErrForbidden
	}
	return lowsky.ErrNotFound
}

// managed answers the account as the store has it, if p may change it.
func (g *Gate) managed(ctx context.Context, p *Principal, username string) (lowsky.User, error) {
	if err := p.manages(lowsky.WritePeople); err != nil {
		return lowsky.User{}, err
	}
	return g.ofOwn(ctx, p, username)
}

func (g *Gate) ofOwn(ctx context.Context, p *Principal, username string) (lowsky.User, error) {
	name := strings.ToLower(strings.TrimSpace(username))
	if !usernames.MatchString(name) {
		return lowsky.User{}, fmt.Errorf("person %q: %w", clean(name, 64), lowsky.ErrNotFound)
	}
	u, err := g.cfg.Users.User(ctx, name)
	if err == nil {
		err = p.owned(u.Organisation, u.Jurisdictions)
	}
	if err != nil {
		return lowsky.User{}, fmt.Errorf("person %s: %w", name, err)
	}
	return u, nil
}

// fitting checks what may be chosen of an account: the display name, the roles, and the organisation, which is answered.
func (g *Gate) fitting(ctx context.Context, by lowsky.Actor, p *Principal, u *lowsky.User) (lowsky.Organisation, error) {
	u.DisplayName = strings.TrimSpace(u.DisplayName)
	if u.DisplayName == "" {
		u.DisplayName = u.Username
	}
	if n := utf8.RuneCountInString(u.DisplayName); n > 64 || u.DisplayName != clean(u.DisplayName, 256) {
		return lowsky.Organisation{}, &lowsky.InvalidError{Field: "display_name", Problem: "must be at most 64 characters of text"}
	}
	o, err := g.ownOrganisation(ctx, by, p, u.Organisation)
	if err != nil {
		return o, err
	}
	return o, p.grant(o, u.Roles)
}

// ownOrganisation answers the organisation for something that p puts into it.
func (g *Gate) ownOrganisation(ctx context.Context, by lowsky.Actor, p *Principal, id lowsky.OrganisationID) (lowsky.Organisation, error) {
	all, err := g.organisations(ctx, by.At)
	if err != nil {
		return lowsky.Organisation{}, fmt.Errorf("organisations: %w", err)
	}
	o, known := g.organisation(all, id)
	if known {
		err = p.owned(o.ID, o.Jurisdictions())
	}
	switch {
	case !known || errors.Is(err, lowsky.ErrNotFound):
		return o, &lowsky.InvalidError{Field: "organisation_id", Problem: "is not known"}
	case err != nil:
		return o, fmt.Errorf("organisation %s: %w", o.ID, err)
	}
	return o, nil
}

// grant checks roles for somebody of the organisation.
func (p *Principal) grant(o lowsky.Organisation, roles []lowsky.Role) error {
	if len(roles) == 0 {
		return &lowsky.InvalidError{Field: "roles", Problem: "must name at least one"}
	}
	for i, r := range roles {
		switch {
		case !r.Valid():
			return &lowsky.InvalidError{Field: fmt.Sprintf("roles[%d]", i), Problem: "is not a role"}
		case !r.Fits(o.Kind):
			return &lowsky.InvalidError{Field: fmt.Sprintf("roles[%d]", i), Problem: fmt.Sprintf("%s cannot be held in an organisation of kind %s", r, o.Kind)}
		case slices.Contains(roles[:i], r):
			return &lowsky.InvalidError{Field: fmt.Sprintf("roles[%d]", i), Problem: "is named twice"}
		case r == lowsky.APIClient && len(roles) > 1:
			return &lowsky.InvalidError{Field: fmt.Sprintf("roles[%d]", i), Problem: "a program has no other role"}
		}
	}
	if !p.mayGrant(roles) {
		return fmt.Errorf("nobody grants what they do not hold themselves: %w", lowsky.ErrForbidden)
	}
	return nil
}

func isAdministrator(u lowsky.User) bool {
	return !u.Disabled && slices.Contains(u.Roles, lowsky.CityAdministrator)
}

// anotherAdministrator answers ErrConflict if the city would be left without an administrator.
func (g *Gate) anotherAdministrator(ctx context.Context, but string) error {
	users, err := g.cfg.Users.Users(ctx, lowsky.Everything)
	if err != nil {
		return fmt.Errorf("administrators: %w", err)
	}
	for _, u := range users {
		if u.Username != but && isAdministrator(u) {
			return nil
		}
	}
	return fmt.Errorf("the last administrator of the city stays one: %w", lowsky.ErrConflict)
}
