package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/user"
	"strings"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/server"
	"lowsky/identity"
	"lowsky/regions"
	"lowsky/store"
)

type adminCommand struct {
	Token         tokenCommand         `cmd:"" help:"Make an API token and print it, once. Send it as Authorization: Bearer."`
	Tokens        tokensCommand        `cmd:"" help:"List the API tokens of an account."`
	RevokeToken   revokeTokenCommand   `cmd:"" help:"End an API token."`
	ResetPassword passwordCommand      `cmd:"" help:"Give an account a new generated password and print it, once."`
	People        peopleCommand        `cmd:"" help:"List accounts."`
	Person        personCommand        `cmd:"" help:"Make an account, change it, or disable it."`
	Sessions      sessionsCommand      `cmd:"" help:"List the sessions of an account."`
	EndSessions   endSessionsCommand   `cmd:"" help:"End the sessions of an account; it may sign in again."`
	Organisations organisationsCommand `cmd:"" help:"List organisations."`
	Organisation  organisationCommand  `cmd:"" help:"Make an organisation, or change it."`
	Devices       devicesCommand       `cmd:"" help:"List devices that may sign in over MQTT."`
	Device        deviceCommand        `cmd:"" help:"Make, renew or revoke the credentials of a device."`
	Register      registerCommand      `cmd:"" help:"Check or import a list of aircraft, pilots, companies or sites, CSV or XLSX."`
	Expiring      expiringCommand      `cmd:"" help:"List insurances, licences and certificates that have ended or soon will."`
	Audit         trailCommand         `cmd:"" help:"Search the audit; one JSON object a line, the newest first."`
}

// database is how an admin command reaches the database of the server, running or not.
type database struct {
	DatabaseURL string `name:"database-url" env:"LOWSKY_DATABASE_URL" help:"As for serve."`
	DataDir     string `name:"data-dir" env:"LOWSKY_DATA_DIR" default:"./data" help:"As for serve."`
	Region      string `name:"region" env:"LOWSKY_REGION" default:"xianning" help:"As for serve."`
}

// open opens the database; call done afterwards.
func (d *database) open(env *environment) (s *store.Store, done func() error, err error) {
	c := server.Config{DatabaseURL: d.DatabaseURL, DataDir: d.DataDir}
	if err := c.ReadSecrets(env.only("LOWSKY_DATABASE_URL")); err != nil {
		return nil, nil, err
	}
	return server.OpenDatabase(env, c, newLogger("warn"))
}

// withGate opens the database, hands out a gate on it, and closes what it opened.
func (d *database) withGate(env *environment, f func(context.Context, *identity.Gate) error) (err error) {
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
	return f(env, gate)
}

// gate makes a gate on an open database.
func (d *database) gate(s *store.Store) (*identity.Gate, error) {
	region, err := regions.Load(d.Region)
	if err != nil {
		return nil, err
	}
	return identity.New(identity.Config{
		Users: s, Tokens: s, Audit: s, Trail: s, Sessions: s.Sessions(), Organisations: s, Devices: s,
		Organisation: region.Organisation, Now: time.Now, Logger: slog.Default(),
	})
}

// shell is whoever runs an admin command, as the audit will tell it. No organisation: only the city sees these rows.
func shell(now time.Time) lowsky.Actor {
	name := "shell"
	if u, err := user.Current(); err == nil {
		name += "/" + u.Username
	}
	return lowsky.Actor{Name: name, From: seat(os.Getenv, os.Hostname), At: now}
}

// seat is from where an admin command is run: the address that a remote shell came from, else the machine's name.
func seat(env func(string) string, hostname func() (string, error)) string {
	from, _, _ := strings.Cut(env("SSH_CONNECTION"), " ")
	if a, err := netip.ParseAddr(from); err == nil {
		return a.WithZone("").String()
	}
	host, err := hostname()
	if err != nil {
		return ""
	}
	return host
}

type tokenCommand struct {
	database
	Permission []lowsky.Permission `help:"What it may do, repeatedly; all that the account may unless given."`
	Name       string              `default:"api" help:"What the token is for; shown in lists."`
	User       string              `default:"admin" help:"Whose rights it has."`
	For        time.Duration       `default:"8760h" help:"How long it holds; 0 for ever."`
}

// Run prints the token alone on standard output, so that a script can take it.
func (c *tokenCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		now := time.Now().UTC()
		var expires time.Time
		if c.For > 0 {
			expires = now.Add(c.For)
		}
		secret, _, err := gate.IssueToken(ctx, shell(now), nil, c.User, c.Name, c.Permission, expires)
		if err != nil {
			return fmt.Errorf("token for %s: %w", c.User, err)
		}
		fmt.Println(secret)
		return nil
	})
}

type passwordCommand struct {
	database
	User string `default:"admin" help:"Whose password."`
}

// Run prints the new password alone on standard output. Sessions of the account end.
func (c *passwordCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		password, err := gate.ResetPassword(ctx, shell(time.Now().UTC()), nil, c.User)
		if err != nil {
			return fmt.Errorf("password of %s: %w", c.User, err)
		}
		fmt.Println(password)
		return nil
	})
}
