package main

import (
	"fmt"
	"log/slog"
	"os"

	"lowsky/cmd/lowsky/server"
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
	return server.Run(env, server.Options{Config: c.Config, Version: version(), Logger: logger, Announce: announce})
}

// announce tells a person where to go; the log is for machines.
func announce(a server.Address) {
	fmt.Printf("\n  Lowsky is up: %s\n", a.HTTP)
	if a.MQTT != "" {
		fmt.Printf("  MQTT broker:  %s\n", a.MQTT)
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
