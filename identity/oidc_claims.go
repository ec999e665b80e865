package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"lowsky"
)

// claims are what an ID token says of somebody, once it has been verified.
type claims struct {
	External string // "issuer#subject"
	Username string // as the provider calls them; only a suggestion here
	Display  string
	Groups   []string
}

func (rp *relyingParty) verify(ctx context.Context, p *oidc.Provider, now time.Time, raw, nonce string) (claims, error) {
	refuse := func(why string) (claims, error) {
		return claims{}, fmt.Errorf("%s: %w", why, lowsky.ErrUnauthenticated)
	}
	if raw == "" {
		return refuse("no ID token")
	}
	verifier := p.VerifierContext(oidc.ClientContext(ctx, rp.http), &oidc.Config{
		ClientID: rp.cfg.ClientID, SupportedSigningAlgs: signatures, Now: func() time.Time { return now },
	})
	token, err := verifier.Verify(ctx, raw)
	var network net.Error
	switch {
	case errors.As(err, &network): // for its keys
		return claims{}, unavailable(errors.New("the identity provider's keys could not be read"))
	case err != nil:
		return refuse("ID token: " + clean(err.Error(), 160))
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return refuse("nonce is not what was sent")
	case token.Subject == "" || len(token.Subject) > 255 || token.Subject != clean(token.Subject, 255):
		return refuse("the ID token names nobody")
	}
	var all map[string]json.RawMessage
	if err := token.Claims(&all); err != nil {
		return refuse("the ID token's claims cannot be read")
	}
	text := func(name string) (s string) { _ = json.Unmarshal(all[name], &s); return s }
	if azp := text("azp"); azp != "" && azp != rp.cfg.ClientID || azp == "" && len(token.Audience) > 1 {
		return refuse("the ID token was made for another client")
	}
	groups, err := groupsOf(all[rp.cfg.GroupsClaim])
	if err != nil {
		return refuse("claim " + rp.cfg.GroupsClaim + " " + err.Error())
	}
	return claims{
		External: rp.cfg.Issuer + "#" + token.Subject, Username: text("preferred_username"),
		Display: clean(strings.TrimSpace(text("name")), 120), Groups: groups,
	}, nil
}

// name is what a new account is called: the provider's name as far as it fits, or "user".
func (c claims) name() string {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(c.Username)), "@")
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, name)
	name = strings.Trim(name[:min(len(name), 48)], "._-")
	if name == "" {
		return "user"
	}
	return name
}

// external answers the account of somebody from the provider, made or brought up to date. An account of the same name
// that is not theirs stays what it is: theirs gets a name of its own.
func (g *Gate) external(ctx context.Context, by lowsky.Actor, c claims) (lowsky.User, error) {
	roles, org, err := rolesOf(g.oidc.cfg.Groups, c.Groups)
	if err != nil {
		return lowsky.User{}, err
	}
	o, err := g.placeFor(ctx, by.At, roles, org)
	if err != nil {
		return lowsky.User{}, err
	}
	by.Organisation, by.Jurisdictions = o.ID, o.Jurisdictions()
	ctx, cancel := context.WithTimeout(ctx, oidcWait)
	defer cancel()
	u, err := g.cfg.Users.UserByExternal(ctx, c.External)
	switch {
	case err == nil:
		return g.upToDate(ctx, by, u, c, roles, o)
	case !errors.Is(err, lowsky.ErrNotFound):
		return lowsky.User{}, unavailable(err)
	}
	u = lowsky.User{
		DisplayName: c.Display, External: c.External, Roles: roles, Organisation: o.ID, Jurisdictions: o.Jurisdictions(),
		CreatedAt: by.At, PasswordChangedAt: by.At,
	}
	h := sha256.Sum256([]byte(c.External))
	for _, name := range []string{c.name(), c.name() + "-" + hex.EncodeToString(h[:4])} {
		u.Username, by.Name = name, name
		if c.Display == "" {
			u.DisplayName = name
		}
		if reserved(name) {
			continue
		}
		err = g.cfg.Users.CreateUser(ctx, by, u)
		if !errors.Is(err, lowsky.ErrConflict) {
			break
		}
	}
	if err != nil {
		return lowsky.User{}, unavailable(fmt.Errorf("account for %s: %w", u.Username, err))
	}
	g.people.drop(u.Username)
	return u, nil
}

// upToDate gives an account what the groups say now. The last administrator of the city is not let in as something else.
func (g *Gate) upToDate(ctx context.Context, by lowsky.Actor, u lowsky.User, c claims, roles []lowsky.Role, o lowsky.Organisation) (lowsky.User, error) {
	if u.Disabled {
		return u, &RefusedError{Reason: lowsky.Text{ZH: "您的账号已停用，请联系管理员。", EN: "Your account is disabled; ask an administrator."}}
	}
	next := u
	next.Roles, next.Organisation, next.Jurisdictions = roles, o.ID, o.Jurisdictions()
	if c.Display != "" {
		next.DisplayName = c.Display
	}
	if slices.Equal(next.Roles, u.Roles) && next.Organisation == u.Organisation && next.DisplayName == u.DisplayName &&
		slices.Equal(next.Jurisdictions, u.Jurisdictions) {
		return u, nil
	}
	by.Name = u.Username
	err := g.cfg.Users.UpdateUser(ctx, by, next)
	if errors.Is(err, lowsky.ErrConflict) {
		return u, &RefusedError{Reason: lowsky.Text{
			ZH: "您是最后一名市级管理员，而您的用户组已不再是管理员；请先指定另一名管理员。",
			EN: "You are the last administrator of the city, and your groups no longer make you one; somebody else must become one first.",
		}}
	}
	if err != nil {
		return u, unavailable(fmt.Errorf("account %s: %w", u.Username, err))
	}
	g.people.drop(u.Username)
	return next, nil
}

// placeFor answers the organisation that the groups name, if the roles may be held there.
func (g *Gate) placeFor(ctx context.Context, now time.Time, roles []lowsky.Role, org lowsky.OrganisationID) (lowsky.Organisation, error) {
	all, err := g.organisations(ctx, now)
	if err != nil {
		return lowsky.Organisation{}, err
	}
	o, known := g.organisation(all, org)
	if !known {
		return o, &RefusedError{Reason: lowsky.Text{
			ZH: "用户组对应的单位 " + string(org) + " 在本平台不存在，请联系管理员。",
			EN: "Your group stands for organisation " + string(org) + ", which this platform does not have; ask an administrator.",
		}}
	}
	if o.Disabled {
		return o, &RefusedError{Reason: lowsky.Text{ZH: "您的单位已停用。", EN: "Your organisation is disabled."}}
	}
	for _, r := range roles {
		if !r.Fits(o.Kind) {
			return o, &RefusedError{Reason: lowsky.Text{
				ZH: "用户组给出的角色 " + string(r) + " 不能在单位 " + string(org) + " 担任，请联系管理员。",
				EN: "Your group gives the role " + string(r) + ", which cannot be held in organisation " + string(org) + "; ask an administrator.",
			}}
		}
	}
	return o, nil
}
