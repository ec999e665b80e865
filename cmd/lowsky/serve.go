package main

import (
	"fmt"
	"log/slog"
	"os"

	"lowsky/cmd/lowsky/server"
	"lowsky/identity"
)

type serveCommand struct {
	server.Config
}

// Run runs the platform until it is interrupted.
func (c *serveCommand) Run(env *environment) error {
	if err := c.ReadSecrets(env.secrets); err != nil {
		return err
	}
	logger := newLogger(c.LogLevel)
	slog.SetDefault(logger)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return server.Run(env, server.Options{
		Config: c.Config, Version: version(), Logger: logger, Announce: announce,
		HashCommand: []string{self, "hash-passwords"}, ScoreCommand: []string{self, "score", "--worker"},
	})
}

// hashCommand is the process beside the server that hashes passwords, so that they never delay the picture.
type hashCommand struct{}

// Run answers the server's questions until it ends.
func (hashCommand) Run() error { return identity.ServeHashes(os.Stdin, os.Stdout) }

// announce tells a person where to go; the log is for machines.
func announce(a server.Address) {
	fmt.Printf("\n  Lowsky is up: %s\n", a.HTTP)
	if a.MQTT != "" {
		fmt.Printf("  MQTT broker:  %s\n", a.MQTT)
	}
	if a.MQTTS != "" {
		fmt.Printf("  … over TLS:   %s\n", a.MQTTS)
	}
	if a.Terrain != "" {
		fmt.Printf("  Terrain:      %s\n", a.Terrain)
	}
	if a.AdminPassword != "" {
		fmt.Printf("  Sign in as admin with the password %s\n  It is shown this once; lowsky admin reset-password makes another.\n", a.AdminPassword)
	}
	fmt.Println()
}

func newLogger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}
