package identity

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"lowsky"
)

// OIDC is the identity provider that people may sign in at; the zero value is none.
type OIDC struct {
	Issuer, ClientID, ClientSecret string
	// RedirectURL is where the provider sends people back to.
	RedirectURL string
	// GroupsClaim names the claim that lists a person's groups; "" is "groups".
	GroupsClaim string
	// Name is what the sign-in page calls it.
	Name lowsky.Text
	// Groups says what a group of the provider is here; who is in none of them does not get in.
	Groups map[string]OIDCGroup
}

// OIDCGroup is what the members of a group are here.
type OIDCGroup struct {
	Role         lowsky.Role
	Organisation lowsky.OrganisationID
}

// OIDC answers what the sign-in page calls the identity provider; ok is false if there is none.
func (g *Gate) OIDC() (name lowsky.Text, ok bool) { return g.cfg.OIDC.Name, g.cfg.OIDC.Issuer != "" }

// BeginOIDC answers where to send the browser, and a cookie that binds what comes back to it.
func (g *Gate) BeginOIDC(ctx context.Context, now time.Time, from string) (redirect string, cookie *http.Cookie, err error) {
	return "", nil, fmt.Errorf("sign-in at the identity provider: %w", lowsky.ErrUnavailable)
}

// FinishOIDC takes what the provider sent the browser back with, and answers as SignIn does.
func (g *Gate) FinishOIDC(ctx context.Context, now time.Time, r *http.Request, from, agent string) (Principal, *http.Cookie, error) {
	return Principal{}, nil, fmt.Errorf("sign-in at the identity provider: %w", lowsky.ErrUnavailable)
}
