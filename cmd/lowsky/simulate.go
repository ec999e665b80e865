package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/trial"
	"lowsky/simulator"
	"lowsky/simulator/score"
)

type simulateCommand struct {
	File   string `arg:"" optional:"" help:"Scenario file, or the name of one that ships, e.g. base/zone-breach-circle. Format: simulator/README.md."`
	Seed   string `help:"What is random is drawn for this number; that of the file when absent." placeholder:"N"`
	Lint   bool   `help:"Only check the file: every problem with its line."`
	Schema bool   `help:"Print the JSON schema of scenario files, for editors."`
	List   bool   `help:"List the files that ship."`
	Speed  string `default:"" help:"1 is real time, 60 an hour in a minute, max as fast as it goes. max when absent; 1 with --mqtt." placeholder:"N"`
	Out    string `help:"Write what the devices send to this file: a JSON line for each message." placeholder:"FILE"`

	MQTT         string `name:"mqtt" help:"Publish to this broker instead, e.g. tcp://127.0.0.1:1883 or ssl://…; nothing is scored." placeholder:"URL"`
	Username     string `help:"User name for --mqtt."`
	PasswordFile string `type:"existingfile" help:"File that holds its password; or LOWSKY_SIMULATE_PASSWORD."`
	Password     string `env:"LOWSKY_SIMULATE_PASSWORD" hidden:""`
	CA           string `name:"ca" type:"existingfile" help:"PEM file of the authority that the broker is trusted by."`
	Start        string `help:"Instant at which the run begins, RFC 3339: of the reports' times. With --mqtt now when absent, else the file's." placeholder:"TIME"`
}

// Run flies the file, and prints alerts and score, or publishes it.
func (c *simulateCommand) Run(env *environment) error {
	return c.run(env, os.Stdout, os.Stderr)
}

func (c *simulateCommand) run(ctx context.Context, out, progress io.Writer) error {
	switch {
	case c.Schema:
		_, err := out.Write(simulator.Schema())
		return err
	case c.List:
		return listShipped(out)
	case c.File == "":
		return badFlags(&lowsky.InvalidError{Field: "file", Problem: "is missing: a scenario file, or --list for those that ship"})
	}
	file, err := c.file()
	if err != nil {
		return flagError{err}
	}
	if c.Lint {
		if bad := trial.BadFiles(file.Lint()); len(bad) > 0 {
			return badFiles(out, bad)
		}
		fmt.Fprintf(out, "%s: nothing to complain about\n", c.File)
		return nil
	}
	s, err := c.load(file)
	if err != nil {
		return badFiles(progress, badFlags(err))
	}
	speed, err := c.speed()
	if err != nil {
		return badFlags(err)
	}
	start, err := c.start()
	if err != nil {
		return badFlags(err)
	}
	if c.MQTT != "" {
		return c.publish(ctx, s, start.Or(time.Now().UTC().Truncate(time.Millisecond)), speed, out, newMeter(progress, time.Now()))
	}
	return c.fly(ctx, s, start.Or(s.Start), speed, out)
}

// file answers the one on the disk, else the one that ships.
func (c *simulateCommand) file() (trial.File, error) {
	_, err := os.Stat(c.File)
	if err == nil {
		files, err := trial.OnDisk([]string{c.File})
		if err == nil && len(files) != 1 {
			err = &lowsky.InvalidError{Field: "file", Problem: c.File + " is a folder; lowsky score flies all of it"}
		}
		if err != nil {
			return trial.File{}, err
		}
		return files[0], nil
	}
	f, shipped := trial.Named(c.File)
	if errors.Is(shipped, lowsky.ErrNotFound) {
		return f, &lowsky.InvalidError{Field: "file", Problem: fmt.Sprintf("%v, and none that ships is called that", err)}
	}
	return f, shipped
}

// load reads the file with the seed that is asked for. Everything wrong with it is a BadFiles.
func (c *simulateCommand) load(file trial.File) (*simulator.Scenario, error) {
	seed := lowsky.Opt[uint64]{}
	if c.Seed != "" {
		n, err := strconv.ParseUint(c.Seed, 10, 64)
		if err != nil {
			return nil, &lowsky.InvalidError{Field: "seed", Problem: "must be a whole number from 0"}
		}
		seed = lowsky.Some(n)
	}
	if err := file.Check(seed); err != nil {
		return nil, err
	}
	s, err := file.Load(seed)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// start answers the instant that is asked for, absent: none.
func (c *simulateCommand) start() (lowsky.Opt[time.Time], error) {
	if c.Start == "" {
		return lowsky.Opt[time.Time]{}, nil
	}
	at, err := time.Parse(time.RFC3339, c.Start)
	if err != nil {
		return lowsky.Opt[time.Time]{}, &lowsky.InvalidError{Field: "start", Problem: "must be like 2026-10-15T10:00:00+08:00"}
	}
	return lowsky.Some(at), nil
}

// speed answers how much faster than real time, 0 as fast as it goes.
func (c *simulateCommand) speed() (float64, error) {
	switch {
	case c.Speed == "max", c.Speed == "" && c.MQTT == "":
		return 0, nil
	case c.Speed == "":
		return 1, nil
	}
	v, err := strconv.ParseFloat(c.Speed, 64)
	if err != nil || !(v >= 0.01 && v <= 10_000) {
		return 0, &lowsky.InvalidError{Field: "speed", Problem: "must be max, or from 0.01 to 10000"}
	}
	return v, nil
}

// fly flies it through the engine in this process. The sum is of the stream from the file's own start, so that it is the
// same whatever start says.
func (c *simulateCommand) fly(ctx context.Context, own *simulator.Scenario, start time.Time, speed float64, out io.Writer) (err error) {
	s := startedAt(own, start)
	tape, err := newTape(c.Out)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s  %s, %d aircraft, %s from %s, seed %d\n\n", s.ID, s.Name.EN, len(s.Aircraft), s.Duration, s.Start.Format(time.RFC3339), s.Seed)
	o := trial.Options{Message: tape.message(), Alert: newCrier(out).tell}
	if speed > 0 {
		o.Pace = pace(time.Now, speed)
	}
	began := time.Now()
	run, flown := trial.Fly(ctx, s, o)
	err = tape.close()
	if run == nil {
		return errors.Join(flown, err)
	}
	if !start.Equal(own.Start) {
		run.Hash = simulator.HashStream(own, own.Seed, run.Duration)
	}
	fmt.Fprintf(out, "\nmessages %d, lost on the way %d, rejected %d\nsha256 %s\n\n", run.Messages, run.Lost, run.Rejected, run.Hash)
	card := score.Sum([]*score.Run{run}, score.SumOptions{Suite: s.File, At: began.UTC(), Took: time.Since(began), Version: version(), Interrupted: flown != nil})
	if err := errors.Join(err, score.WriteText(out, card)); err != nil {
		return err
	}
	return verdictOf(card, flown)
}

// startedAt moves a run, with the periods of its zones, to another instant. Those by the clock of the day stay.
func startedAt(own *simulator.Scenario, start time.Time) *simulator.Scenario {
	s := *own
	s.Start, s.Zones = start, slices.Clone(own.Zones)
	by := start.Sub(own.Start)
	for i, z := range s.Zones {
		moved := *z
		moved.Applicability = slices.Clone(z.Applicability)
		for k := range moved.Applicability {
			p := &moved.Applicability[k]
			if p.From.OK {
				p.From.Value = p.From.Value.Add(by)
			}
			if p.Until.OK {
				p.Until.Value = p.Until.Value.Add(by)
			}
		}
		s.Zones[i] = &moved
	}
	return &s
}

// pace waits for the wall clock, times speed, from the first call on.
func pace(now func() time.Time, speed float64) func(context.Context, time.Duration) error {
	var zero time.Time
	return func(ctx context.Context, at time.Duration) error {
		if zero.IsZero() {
			zero = now().Add(-time.Duration(float64(at) / speed))
		}
		return simulator.RealTime{Now: now}.WaitUntil(ctx, zero.Add(time.Duration(float64(at)/speed)))
	}
}

// tape writes down what the devices send.
type tape struct {
	file *os.File
	to   *bufio.Writer
	err  error
}

// newTape answers nil without a name.
func newTape(name string) (*tape, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &tape{file: f, to: bufio.NewWriterSize(f, 1<<20)}, nil
}

// taped is one line of the file.
type taped struct {
	At      time.Duration `json:"at_ns"` // since the start, when it reaches the broker
	Topic   string        `json:"topic,omitempty"`
	QoS     byte          `json:"qos,omitempty"`
	Link    string        `json:"link,omitempty"` // the device that sent it, where it is not the one its topic names
	Payload string        `json:"payload,omitempty"`
	Broker  string        `json:"broker,omitempty"` // "down" or "up" instead of a message
}

func (t *tape) message() func(*simulator.Event) {
	if t == nil {
		return nil
	}
	lines := json.NewEncoder(t.to)
	lines.SetEscapeHTML(false)
	return func(ev *simulator.Event) {
		x := taped{At: ev.At, Topic: ev.Topic, QoS: ev.QoS, Link: ev.Link, Payload: string(ev.Payload)}
		switch ev.Control {
		case simulator.BrokerDown:
			x.Broker = "down"
		case simulator.BrokerUp:
			x.Broker = "up"
		}
		if t.err == nil {
			t.err = lines.Encode(x)
		}
	}
}

func (t *tape) close() error {
	if t == nil {
		return nil
	}
	return errors.Join(t.err, t.to.Flush(), t.file.Close())
}

// crier says what becomes of alerts: when they fire, rise, fall and end. What is only suspected is not said.
type crier struct {
	out  io.Writer
	said map[lowsky.AlertID]said
}

type said struct {
	state    lowsky.AlertState
	severity lowsky.Severity
}

func newCrier(out io.Writer) *crier { return &crier{out: out, said: map[lowsky.AlertID]said{}} }

func (c *crier) tell(at time.Duration, a *lowsky.Alert) {
	is := said{a.State, a.Severity}
	was, known := c.said[a.ID]
	if a.State == lowsky.AlertPending || is == was || a.State == lowsky.AlertResolved && (!known || was.state == lowsky.AlertResolved) {
		return
	}
	c.said[a.ID] = is
	word, text := "fires", a.Text.EN
	switch {
	case a.State == lowsky.AlertResolved:
		word, text = "ends", string(a.ResolveReason)
	case known && was.state == lowsky.AlertFiring && a.Severity > was.severity:
		word = "rises"
	case known && was.state == lowsky.AlertFiring:
		word = "falls"
	}
	about := string(a.Object.Kind) + ":" + a.Object.ID
	if a.Subject != (lowsky.Subject{}) {
		about += " " + string(a.Subject.Kind) + ":" + a.Subject.ID
	}
	fmt.Fprintf(c.out, "%10.3fs  %-5s  %-8s  %-12s  %s  %s\n", at.Seconds(), word, a.Severity, a.Hazard, about, text)
}
