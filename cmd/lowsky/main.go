// Command lowsky is the platform's one binary: serve runs it, health asks whether it is ready, admin looks after
// accounts and tokens, import brings in files of zones, replay feeds a recorded journal through the engine again, simulate
// flies a scenario file, score says how good the alerts are, load measures what the platform bears.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // schedules and times shown do not depend on the machine's zone files

	"github.com/alecthomas/kong"

	"lowsky/cmd/lowsky/server"
)

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run the platform in the foreground."`
	Health   healthCommand   `cmd:"" help:"Ask a running server whether it is ready; exit code 0 or 1."`
	Admin    adminCommand    `cmd:"" help:"Accounts and API tokens."`
	Import   importCommand   `cmd:"" help:"Read files of zones, show what becomes of each zone, and publish them."`
	Audit    auditCommand    `cmd:"" help:"Check the audit."`
	Hash     hashCommand     `cmd:"" name:"hash-passwords" hidden:""`
	Replay   replayCommand   `cmd:"" help:"Feed the journal through the engine again and compare every alert revision, byte for byte."`
	Simulate simulateCommand `cmd:"" help:"Fly a scenario file: through the engine in this process, scored, or to a broker."`
	Score    scoreCommand    `cmd:"" help:"Fly scenario files with many seeds and say how good the alerts are; exit code 0 when every gate is kept."`
	Load     loadCommand     `cmd:"" help:"Load a broker with reports, and measure what is lost and how long the rest takes."`

	Version kong.VersionFlag `help:"Print the version and end."`
}

// environment is what every command is handed besides its own flags.
type environment struct {
	context.Context
	secrets map[string]string // variable → file that holds it
}

// only answers the secret file of one variable, for commands that know no others.
func (e *environment) only(name string) map[string]string {
	if file, ok := e.secrets[name]; ok {
		return map[string]string{name: file}
	}
	return nil
}

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	files, unknown, err := server.CheckEnvironment(os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, "lowsky:", err)
		return 2
	}
	var c commands
	parser, err := kong.New(&c, kong.Name("lowsky"), kong.Vars{"version": version()},
		kong.Description("市县一体化低空管控平台 · low-altitude operations for a city and its counties"), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(os.Stderr, "lowsky:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		parser.Exit = func(int) { os.Exit(2) } // bad flags are bad input, as bad files are
		parser.FatalIfErrorf(err)
	}
	for _, name := range unknown {
		slog.Warn("unknown environment variable, ignored", "name", name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = parsed.Run(&environment{ctx, files})
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "lowsky:", err)
		var code exitCode
		if errors.As(err, &code) {
			return int(code)
		}
		return 1
	}
	return 0
}

// exitCode is an error that names the exit code to end with.
type exitCode int

func (c exitCode) Error() string { return "see the report above" }

// version is the module version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}
