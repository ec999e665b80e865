package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"lowsky"
	"lowsky/identity"
)

// table prints rows in columns.
func table(out io.Writer, head string, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, head)
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	return w.Flush()
}

// day is an instant for a list: to the minute, in Shanghai; "-" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(lowsky.Shanghai).Format("2006-01-02 15:04")
}

func joined[S ~string](list []S) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ",")
}

type peopleCommand struct {
	database
}

// Run lists every account.
func (c *peopleCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	users, err := s.Users(env, lowsky.Everything)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, u := range users {
		state := "enabled"
		if u.Disabled {
			state = "disabled"
		}
		rows = append(rows, []string{u.Username, u.DisplayName, joined(u.Roles), string(u.Organisation), state, day(u.LastSignInAt)})
	}
	return table(os.Stdout, "NAME\tSHOWN AS\tROLES\tORGANISATION\tSTATE\tLAST SIGN-IN", rows)
}

type personCommand struct {
	Add     personAddCommand     `cmd:"" help:"Make an account; its password is printed once."`
	Change  personChangeCommand  `cmd:"" help:"Change the shown name, roles or organisation of an account."`
	Disable personDisableCommand `cmd:"" help:"Disable an account; its sessions end."`
	Enable  personEnableCommand  `cmd:"" help:"Enable an account again."`
}

type personAddCommand struct {
	database
	Name         string                `arg:"" help:"User name: a-z 0-9 . _ -"`
	Role         []lowsky.Role         `required:"" help:"Role, repeatedly."`
	Organisation lowsky.OrganisationID `required:"" help:"Whose account it is."`
	Shown        string                `help:"Name that is shown; the user name unless given."`
}

// Run prints the password alone on standard output; nothing for an API client, which has none.
func (c *personAddCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		password, err := gate.CreatePerson(ctx, shell(time.Now().UTC()), nil, lowsky.User{
			Username: c.Name, DisplayName: c.Shown, Roles: c.Role, Organisation: c.Organisation,
		}, "")
		if err == nil && password != "" {
			fmt.Println(password)
		}
		return err
	})
}

type personChangeCommand struct {
	database
	Name         string                `arg:"" help:"User name."`
	Role         []lowsky.Role         `help:"New roles, repeatedly."`
	Organisation lowsky.OrganisationID `help:"New organisation."`
	Shown        string                `help:"New name that is shown."`
}

// Run changes what is given and leaves the rest.
func (c *personChangeCommand) Run(env *environment) error {
	return c.change(env, c.Name, func(u *lowsky.User) {
		if len(c.Role) > 0 {
			u.Roles = c.Role
		}
		if c.Organisation != "" {
			u.Organisation = c.Organisation
		}
		if c.Shown != "" {
			u.DisplayName = c.Shown
		}
	})
}

// change reads an account and puts it back as edit leaves it.
func (d *database) change(env *environment, name string, edit func(*lowsky.User)) (err error) {
	s, done, err := d.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	gate, err := d.gate(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gate.Close()) }()
	u, err := s.User(env, strings.ToLower(name))
	if err != nil {
		return err
	}
	edit(&u)
	return gate.ChangePerson(env, shell(time.Now().UTC()), nil, u)
}

type personDisableCommand struct {
	database
	Name string `arg:"" help:"User name."`
}

// Run disables the account; a running server has its sessions and streams end within a second.
func (c *personDisableCommand) Run(env *environment) error {
	return c.change(env, c.Name, func(u *lowsky.User) { u.Disabled = true })
}

type personEnableCommand struct {
	database
	Name string `arg:"" help:"User name."`
}

// Run lets the account sign in again.
func (c *personEnableCommand) Run(env *environment) error {
	return c.change(env, c.Name, func(u *lowsky.User) { u.Disabled = false })
}

type tokensCommand struct {
	database
	User string `default:"admin" help:"Whose tokens."`
}

// Run lists them, without what would open anything.
func (c *tokensCommand) Run(env *environment) (err error) {
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	tokens, err := s.TokensOf(env, strings.ToLower(c.User))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range tokens {
		state := "holds"
		switch {
		case !t.RevokedAt.IsZero():
			state = "revoked"
		case !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(time.Now()):
			state = "expired"
		}
		rows = append(rows, []string{t.ID, t.Name, joined(t.Permissions), day(t.CreatedAt), day(t.ExpiresAt), state, day(t.LastUsedAt)})
	}
	return table(os.Stdout, "ID\tNAME\tPERMISSIONS\tMADE\tEXPIRES\tSTATE\tLAST USED", rows)
}

type revokeTokenCommand struct {
	database
	ID string `arg:"" help:"Its id, from lowsky admin tokens."`
}

// Run ends the token; a running server knows within a second.
func (c *revokeTokenCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		return gate.RevokeToken(ctx, shell(time.Now().UTC()), nil, c.ID)
	})
}
