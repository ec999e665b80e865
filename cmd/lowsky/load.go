package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"lowsky"
	"lowsky/simulator/load"
)

// Exit codes of load besides 0, 1 (it could not be done) and 2 (bad flags).
const (
	exitLost        exitCode = 3   // messages of QoS 1 were not acknowledged
	exitInterrupted exitCode = 130 // Ctrl-C; the figures so far were printed
)

type loadCommand struct {
	MQTT        string        `name:"mqtt" default:"mqtt://127.0.0.1:1883" help:"The broker: mqtt://host:port, or mqtts:// for TLS. Only this machine's unless --remote."`
	Connections int           `default:"50" help:"MQTT connections."`
	Aircraft    int           `default:"1" help:"Aircraft on each connection, which sends for them in turn."`
	Rate        float64       `default:"1000" help:"Messages per second, over all connections."`
	Duration    time.Duration `default:"10s" help:"How long to send."`
	Count       uint64        `help:"End after so many messages, if that comes first."`
	Batch       int           `default:"1" help:"Messages in one write to the socket."`
	Window      int           `default:"256" help:"Unacknowledged messages of a connection (QoS 1); what is due above it is skipped and counted."`
	QoS         int           `name:"qos" default:"1" help:"0 or 1."`
	Format      string        `default:"native" enum:"native,dji" help:"native or dji."`
	Prefix      string        `default:"load" help:"Client and aircraft ids begin with it."`
	Remote      bool          `help:"Other machines may be loaded. Only where you may."`

	Credentials  string `type:"existingfile" help:"File of lines id:secret, one device for each connection; its aircraft has the same id."`
	Username     string `help:"User name of all connections, for an outside broker."`
	Password     string `env:"LOWSKY_LOAD_PASSWORD" hidden:"" help:"Its password."`
	PasswordFile string `type:"existingfile" help:"File that holds its password; or LOWSKY_LOAD_PASSWORD."`
	CA           string `name:"ca" type:"existingfile" help:"PEM file of the authority that broker and platform are trusted by."`

	Watch     string `help:"Platform whose stream is looked at meanwhile, e.g. http://127.0.0.1:8080: end-to-end latency, and what came out."`
	Token     string `env:"LOWSKY_TOKEN" hidden:"" help:"API token for --watch."`
	TokenFile string `env:"LOWSKY_TOKEN_FILE" help:"File that holds an API token for --watch (lowsky admin token); or LOWSKY_TOKEN."`

	Ramp       []float64     `help:"Rates, one after the other, e.g. 1000,5000,10000: ends where loss or latency goes over its bound."`
	Step       time.Duration `default:"10s" help:"How long each rate of the ramp."`
	MaxLoss    float64       `default:"0.001" help:"Part of what was due, 0 to 1, that a step may lose or skip."`
	MaxLatency time.Duration `default:"1s" help:"95th percentile that a step may have: to the websocket with --watch, else to the acknowledgement."`

	JSON bool `name:"json" help:"Print the result as JSON to standard output."`
}

// Run loads, and prints progress to standard error and the result to standard output.
func (c *loadCommand) Run(env *environment) error {
	return c.run(env, os.Stdout, newMeter(os.Stderr, time.Now()))
}

func (c *loadCommand) run(ctx context.Context, out io.Writer, m *meter) error {
	l, err := c.load()
	if err != nil {
		return badFlags(err)
	}
	l.Progress, l.Away, l.Every = m.progress, m.away, m.every
	m.total, m.connections = l.Duration, l.Connections
	var lost uint64
	if len(c.Ramp) > 0 {
		m.total = c.Step
		lost, err = c.ramp(ctx, l, out, m)
	} else {
		lost, err = c.once(ctx, l, out, m)
	}
	switch {
	case err != nil:
		return badFlags(err)
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted: %w", exitInterrupted)
	case lost > 0:
		return fmt.Errorf("%d messages were not acknowledged: %w", lost, exitLost)
	}
	return nil
}

// badFlags gives what a flag says wrong exit code 2.
func badFlags(err error) error {
	var bad *lowsky.InvalidError
	if errors.As(err, &bad) {
		return flagError{err}
	}
	return err
}

// flagError ends the command with exit code 2.
type flagError struct{ error }

func (f flagError) Unwrap() []error { return []error{f.error, exitCode(2)} }

func (c *loadCommand) once(ctx context.Context, l load.Load, out io.Writer, m *meter) (lost uint64, err error) {
	before := processorTime()
	r, err := load.Run(ctx, l)
	used := processorTime() - before
	m.end()
	if r.Sent > 0 || err == nil {
		if c.JSON {
			return r.Lost, errors.Join(err, writeJSON(out, struct {
				load.Result
				Processor time.Duration `json:"processor_ns"` // of this process
			}{r, used}))
		}
		io.WriteString(out, r.Report())
		if r.Sent > 0 {
			fmt.Fprintf(out, "%-12s %s of this process, %.2f µs a message\n", "processor", used.Round(time.Millisecond), float64(used.Microseconds())/float64(r.Sent))
		}
	}
	return r.Lost, err
}

func (c *loadCommand) ramp(ctx context.Context, l load.Load, out io.Writer, m *meter) (lost uint64, err error) {
	ramp := load.Ramp{Rates: c.Ramp, Step: c.Step, MaxLoss: c.MaxLoss, MaxLatency: c.MaxLatency}
	steps, err := ramp.Run(ctx, l, func(s load.RampStep) {
		m.end()
		lost += s.Result.Lost
		if !c.JSON {
			fmt.Fprintf(out, "— %.0f/s for %s\n%s", s.Rate, c.Step, s.Result.Report())
			if s.Over != "" {
				fmt.Fprintf(out, "%-12s %s\n", "ends here", s.Over)
			}
		}
	})
	m.end()
	if c.JSON && len(steps) > 0 {
		err = errors.Join(err, writeJSON(out, steps))
	}
	return lost, err
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// load makes a load of the flags.
func (c *loadCommand) load() (load.Load, error) {
	bad := func(field, problem string) error { return &lowsky.InvalidError{Field: field, Problem: problem} }
	u, err := url.Parse(c.MQTT)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return load.Load{}, bad("mqtt", "must be mqtt://host:port or mqtts://host:port, without user and password")
	}
	if c.QoS < 0 || c.QoS > 1 {
		return load.Load{}, bad("qos", "must be 0 or 1")
	}
	l := load.Load{
		Connections: c.Connections, Aircraft: c.Aircraft, Rate: c.Rate, Duration: c.Duration, Count: c.Count, Batch: c.Batch,
		Window: c.Window, QoS: byte(c.QoS), Format: lowsky.Format(c.Format), Prefix: c.Prefix, Remote: c.Remote,
		Username: c.Username, Password: c.Password, Resend: true, Now: time.Now,
	}
	trust, err := trustOf(c.CA)
	if err != nil {
		return l, err
	}
	l.Watch = load.Watch{URL: c.Watch, TLS: trust}
	port := u.Port()
	switch u.Scheme {
	case "mqtt", "tcp":
		if port == "" {
			port = "1883"
		}
	case "mqtts", "ssl":
		l.TLS = trust.Clone()
		l.TLS.ServerName = u.Hostname()
		if port == "" {
			port = "8883"
		}
	default:
		return l, bad("mqtt", "must begin with mqtt:// or mqtts://")
	}
	l.Address = net.JoinHostPort(u.Hostname(), port)
	if err := c.secrets(&l); err != nil {
		return l, err
	}
	return l, nil
}

// secrets reads passwords and the token.
func (c *loadCommand) secrets(l *load.Load) error {
	if c.Credentials != "" {
		f, err := os.Open(c.Credentials)
		if err != nil {
			return err
		}
		defer f.Close()
		if l.Credentials, err = load.ReadCredentials(f); err != nil {
			return fmt.Errorf("%s: %w", c.Credentials, err)
		}
	}
	if c.PasswordFile != "" {
		b, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return err
		}
		l.Password = strings.TrimRight(string(b), "\r\n")
	}
	if c.Watch == "" {
		return nil
	}
	if err := readToken(&c.Token, c.TokenFile); err != nil {
		return err
	}
	if c.Token == "" {
		return &lowsky.InvalidError{Field: "watch", Problem: "needs --token-file or LOWSKY_TOKEN (lowsky admin token makes one)"}
	}
	l.Watch.Token = c.Token
	return nil
}

// trustOf answers what TLS connections go by: the system's roots, or those in the file.
func trustOf(file string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if file == "" {
		return config, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return config, nil
}

// processorTime is what this process has used, user and system.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
