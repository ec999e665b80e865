package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/trial"
	"lowsky/simulator/score"
)

// Exit codes of score and simulate besides 0 (every gate was kept), exitInterrupted, and 1 where it could not be done.
const (
	exitGates exitCode = 1 // a gate was not kept, or the score is worse than the one it was compared with
	exitInput exitCode = 2 // scenario files that cannot be flown: each problem was printed with its file and line
)

const (
	wholeSeeds = 25
	quickSeeds = 3
)

type scoreCommand struct {
	Paths     []string `arg:"" optional:"" name:"file" help:"Scenario files, or folders of them; the suite that ships when absent."`
	Seeds     int      `help:"Fly each file with so many seeds; 25 when absent, with --quick 3." placeholder:"N"`
	FirstSeed uint64   `default:"1" help:"The first of them; the others follow."`
	Quick     bool     `help:"A first look: fewer seeds, and no gate on how many events there are."`
	JSON      string   `name:"json" help:"Write the score card to this file." placeholder:"FILE"`
	HTML      string   `name:"html" help:"Write a report with a small map of each missed or false alert to this file." placeholder:"FILE"`
	Lang      string   `enum:",zh,en" default:"" help:"Language of the report: zh or en; that of LANG when absent."`
	Compare   string   `type:"existingfile" help:"A score card of before (--json): what changed is shown, and a worse score fails." placeholder:"FILE"`
	Parallel  int      `help:"Runs at once; as many as there are processors when absent." placeholder:"N"`
	Worker    bool     `hidden:"" help:"Answer one request of the platform on standard input."`
}

// Run flies the files and prints the table.
func (c *scoreCommand) Run(env *environment) error {
	if c.Worker {
		lowestPriority()
		endWithParent()
		return scoreWorker(env, os.Stdin, os.Stdout)
	}
	return c.run(env, os.Stdout, os.Stderr)
}

func (c *scoreCommand) run(ctx context.Context, out, progress io.Writer) error {
	files, name, o, err := c.suite()
	if err != nil {
		return err
	}
	seeds, err := c.seeds()
	if err != nil {
		return badFlags(err)
	}
	before, err := c.before()
	if err != nil {
		return err
	}
	for _, path := range []string{c.JSON, c.HTML} { // before minutes of flying
		if at, err := os.Stat(filepath.Dir(path)); path != "" && (err != nil || !at.IsDir()) {
			return badFlags(&lowsky.InvalidError{Field: path, Problem: "cannot be written: there is no such folder"})
		}
	}
	m := newMeter(progress, time.Now())
	o.Parallel, o.Version, o.Now, o.Progress = c.Parallel, version(), time.Now, flying(m)
	card, err := trial.Suite(ctx, name, files, seeds, o)
	m.end()
	if card == nil {
		return badFiles(progress, err)
	}
	if before != nil {
		score.Compare(card, before)
	}
	if err := errors.Join(score.WriteText(out, card), c.write(card)); err != nil {
		return err
	}
	return verdictOf(card, err)
}

// verdictOf is how a command ends that has printed a card.
func verdictOf(card *lowsky.Scorecard, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("interrupted: %w", exitInterrupted)
	case err != nil:
		return err
	case !card.Passed:
		return fmt.Errorf("not every gate was kept: %w", exitGates)
	case card.Comparison != nil && card.Comparison.Worse:
		return fmt.Errorf("the score is worse than it was: %w", exitGates)
	}
	return nil
}

// badFiles prints what is wrong with scenario files, a line each.
func badFiles(out io.Writer, err error) error {
	var bad trial.BadFiles
	if !errors.As(err, &bad) {
		return err
	}
	fmt.Fprintln(out, bad.Error())
	what := "problems"
	if len(bad) == 1 {
		what = "problem"
	}
	return fmt.Errorf("%d %s: %w", len(bad), what, exitInput)
}

// suite answers what to fly. The gate on the number of events holds for the suite that ships, flown whole.
func (c *scoreCommand) suite() (files []trial.File, name string, o trial.Options, err error) {
	if len(c.Paths) == 0 {
		gates := score.QuickGates()
		if !c.Quick && (c.Seeds == 0 || c.Seeds >= wholeSeeds) {
			gates = score.SuiteGates()
		}
		o.Gates = &gates
		return trial.Shipped(), "suite", o, nil
	}
	if files, err = trial.OnDisk(c.Paths); err != nil {
		return nil, "", o, flagError{err}
	}
	name = c.Paths[0]
	if more := len(c.Paths) - 1; more > 0 {
		name = fmt.Sprintf("%s and %d more", name, more)
	}
	return files, name, o, nil
}

func (c *scoreCommand) seeds() ([]uint64, error) {
	n := c.Seeds
	switch {
	case n < 0 || n > 10_000:
		return nil, &lowsky.InvalidError{Field: "seeds", Problem: "must be from 1 to 10000"}
	case n == 0 && c.Quick:
		n = quickSeeds
	case n == 0:
		n = wholeSeeds
	}
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = c.FirstSeed + uint64(i)
	}
	return seeds, nil
}

// before reads the card to compare with, nil without.
func (c *scoreCommand) before() (*lowsky.Scorecard, error) {
	if c.Compare == "" {
		return nil, nil
	}
	f, err := os.Open(c.Compare)
	if err != nil {
		return nil, flagError{err}
	}
	defer f.Close()
	card, err := score.ReadJSON(f)
	if err != nil {
		return nil, flagError{fmt.Errorf("%s: %w", c.Compare, err)}
	}
	return card, nil
}

func (c *scoreCommand) write(card *lowsky.Scorecard) error {
	lang := c.Lang
	if lang == "" {
		lang = languageOf(os.Getenv)
	}
	return errors.Join(
		toFile(c.JSON, func(w io.Writer) error { return score.WriteJSON(w, card) }),
		toFile(c.HTML, func(w io.Writer) error { return score.WriteHTML(w, card, lang) }),
	)
}

// toFile writes a file; none without a name.
func toFile(name string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// flying shows how far a suite has come.
func flying(m *meter) func(trial.Progress) {
	began := m.now()
	told := began
	return func(p trial.Progress) {
		now := m.now()
		if now.Sub(told) < m.every && p.Done < p.Runs {
			return
		}
		told = now
		took := now.Sub(began)
		s := fmt.Sprintf("%d of %d runs, %s simulated", p.Done, p.Runs, p.Flown.Round(time.Minute))
		if p.Done > 0 && p.Done < p.Runs {
			left := time.Duration(float64(took) / float64(p.Done) * float64(p.Runs-p.Done))
			s += fmt.Sprintf(", about %s to go", left.Round(time.Second))
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.line(s)
	}
}
