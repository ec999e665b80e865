package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lowsky"
)

// Principal is who is asking, as they are now.
type Principal struct {
	Username    string
	DisplayName string
	Roles       []lowsky.Role
	// Permissions are what the roles grant, narrowed by the token; in the order of lowsky.Permissions.
	Permissions  []lowsky.Permission
	Scope        lowsky.Scope
	Authority    lowsky.Authority
	Organisation lowsky.Organisation
	External     bool      // signs in through OIDC and has no password here
	MustChange   bool      // the password was given by somebody else
	Token        string    // id of the API token; "" for a session
	Began        time.Time // of the session, or when the token was made

	session string // the cookie's value
	hash    [32]byte
}

// Is reports whether the principal holds the role.
func (p Principal) Is(r lowsky.Role) bool { return slices.Contains(p.Roles, r) }

// May reports whether the principal may do what needs the permission, somewhere; its Scope says where.
func (p Principal) May(perm lowsky.Permission) bool { return slices.Contains(p.Permissions, perm) }

// Actor is the principal as audit rows tell it.
func (p Principal) Actor(from, request string, at time.Time) lowsky.Actor {
	return lowsky.Actor{
		Name: p.Username, From: from, Request: request, Token: p.Token, At: at,
		Organisation: p.Organisation.ID, Jurisdictions: p.Organisation.Jurisdictions(),
	}
}

// holds reports whether the principal may do everything that the roles grant.
func (p Principal) holds(roles []lowsky.Role) bool {
	return !slices.ContainsFunc(lowsky.Granted(roles), func(perm lowsky.Permission) bool { return !p.May(perm) })
}

// principal answers who the user is now: ErrUnauthenticated where the account or its organisation is disabled.
func (g *Gate) principal(ctx context.Context, now time.Time, u lowsky.User) (Principal, error) {
	if u.Disabled {
		return Principal{}, fmt.Errorf("user is disabled: %w", lowsky.ErrUnauthenticated)
	}
	all, err := g.organisations(ctx, now)
	if err != nil {
		return Principal{}, fmt.Errorf("organisations: %w", err)
	}
	p := Principal{
		Username: u.Username, DisplayName: u.DisplayName, Roles: u.Roles, Permissions: lowsky.Granted(u.Roles),
		External: u.External != "", MustChange: u.MustChange,
	}
	o, known := g.organisation(all, u.Organisation)
	if !known { // it sees nothing
		p.Organisation = lowsky.Organisation{ID: u.Organisation}
		return p, nil
	}
	if o.Disabled {
		return Principal{}, fmt.Errorf("organisation is disabled: %w", lowsky.ErrUnauthenticated)
	}
	p.Organisation = o
	p.Scope, p.Authority = ScopeOf(o, all)
	return p, nil
}

// organisations answers all of them, as of at most freshFor ago.
func (g *Gate) organisations(ctx context.Context, now time.Time) ([]lowsky.Organisation, error) {
	if g.cfg.Organisations == nil {
		return nil, nil
	}
	return g.tree.get(ctx, now, struct{}{}, func(ctx context.Context, _ struct{}) ([]lowsky.Organisation, error) {
		return g.cfg.Organisations.Organisations(ctx, lowsky.Everything)
	})
}

// organisation finds one. The platform's own is known before the database holds it, as a city's.
func (g *Gate) organisation(all []lowsky.Organisation, id lowsky.OrganisationID) (lowsky.Organisation, bool) {
	if i := slices.IndexFunc(all, func(o lowsky.Organisation) bool { return o.ID == id }); i >= 0 {
		return all[i], true
	}
	if id == "" || id != g.cfg.Organisation {
		return lowsky.Organisation{}, false
	}
	o := lowsky.Organisation{ID: id, Kind: lowsky.CityOrganisation}
	if len(g.cfg.Jurisdictions) > 0 {
		o.Jurisdiction = g.cfg.Jurisdictions[0]
	}
	return o, true
}
