package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lowsky/cmd/lowsky/server"
	"lowsky/identity"
	"lowsky/regions"
)

type adminCommand struct {
	Token         tokenCommand    `cmd:"" help:"Make an API token and print it, once. Send it as Authorization: Bearer."`
	ResetPassword passwordCommand `cmd:"" help:"Give an account a new generated password and print it, once."`
}

// database is how an admin command reaches the database of the server, running or not.
type database struct {
	DatabaseURL string `name:"database-url" env:"LOWSKY_DATABASE_URL" help:"As for serve."`
	DataDir     string `name:"data-dir" env:"LOWSKY_DATA_DIR" default:"./data" help:"As for serve."`
	Region      string `name:"region" env:"LOWSKY_REGION" default:"xianning" help:"As for serve."`
}

// withGate opens the database, hands out a gate on it, and closes what it opened.
func (d *database) withGate(env *environment, f func(context.Context, *identity.Gate) error) (err error) {
	c := server.Config{DatabaseURL: d.DatabaseURL, DataDir: d.DataDir}
	if err := c.ReadSecrets(env.only("LOWSKY_DATABASE_URL")); err != nil {
		return err
	}
	region, err := regions.Load(d.Region)
	if err != nil {
		return err
	}
	s, done, err := server.OpenDatabase(env, c, newLogger("warn"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	gate, err := identity.New(identity.Config{
		Users: s, Tokens: s, Audit: s, Sessions: s.Sessions(), Organisation: region.Organisation, Now: time.Now, Logger: slog.Default(),
	})
	if err != nil {
		return err
	}
	return f(env, gate)
}

type tokenCommand struct {
	database
	Name string        `default:"api" help:"What the token is for; shown in lists."`
	User string        `default:"admin" help:"Whose rights it has."`
	For  time.Duration `default:"8760h" help:"How long it holds; 0 for ever."`
}

// Run prints the token alone on standard output, so that a script can take it.
func (c *tokenCommand) Run(env *environment) error {
	return c.withGate(env, func(ctx context.Context, gate *identity.Gate) error {
		now := time.Now().UTC()
		var expires time.Time
		if c.For > 0 {
			expires = now.Add(c.For)
		}
		secret, _, err := gate.IssueToken(ctx, now, c.User, c.Name, expires)
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
		password, err := identity.NewPassword()
		if err != nil {
			return err
		}
		if err := gate.SetPassword(ctx, time.Now().UTC(), c.User, password, "lowsky admin"); err != nil {
			return fmt.Errorf("password of %s: %w", c.User, err)
		}
		fmt.Println(password)
		return nil
	})
}
