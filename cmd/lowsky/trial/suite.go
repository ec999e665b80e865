package trial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/score"
)

// File is a scenario file to fly: Name below FS, with the files it includes beside it.
type File struct {
	FS   fs.FS
	Name string
	// Folder is where FS is, for people: what goes before the names in messages; "" nothing.
	Folder string
	// Shown is what people call the file instead; "" Name.
	Shown string
}

// Progress is how far a suite has come.
type Progress struct {
	Done, Runs int
	Flown      time.Duration // simulated, of the runs that are done
}

// run is one file with one seed.
type run struct {
	file File
	seed uint64
}

// Load reads the file with a seed; absent: its own. What is wrong is *simulator.FileErrors, joined.
func (f File) Load(seed lowsky.Opt[uint64]) (*simulator.Scenario, error) {
	return simulator.Load(f.FS, f.Name, simulator.LoadOptions{Seed: seed})
}

// Lint answers what is wrong with the file, at whatever seed.
func (f File) Lint() []lowsky.ScenarioProblem {
	var list []lowsky.ScenarioProblem
	for _, e := range simulator.Lint(f.FS, f.Name) {
		list = append(list, f.problem(e))
	}
	return list
}

func (f File) problem(e *simulator.FileError) lowsky.ScenarioProblem {
	name := filepath.Join(f.Folder, e.File)
	if e.File == f.Name && f.Shown != "" {
		name = f.Shown
	}
	return lowsky.ScenarioProblem{File: name, Line: e.Line, Field: e.Field, Problem: e.Problem}
}

// BadFiles is what is wrong with scenario files.
type BadFiles []lowsky.ScenarioProblem

// Error is a line for each.
func (b BadFiles) Error() string {
	lines := make([]string, len(b))
	for i, p := range b {
		lines[i] = fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Field, p.Problem)
		if p.Field == "" {
			lines[i] = fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Problem)
		}
	}
	return strings.Join(lines, "\n")
}

// Is makes it an ErrInvalid.
func (b BadFiles) Is(target error) bool { return target == lowsky.ErrInvalid }

// Check reads the file at both ends of its ranges and with the seeds (absent: its own), and answers a BadFiles of what is
// wrong with it.
func (f File) Check(seeds ...lowsky.Opt[uint64]) error {
	if bad := BadFiles(f.Lint()); len(bad) > 0 {
		return bad
	}
	for _, seed := range seeds {
		_, err := f.Load(seed)
		if err == nil {
			continue
		}
		if bad, ok := problems(f, err); ok {
			return bad // the next seed would say the same
		}
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// Check checks every file with every seed. What is wrong with any of them is one BadFiles.
func Check(files []File, seeds []uint64) error {
	wanted := make([]lowsky.Opt[uint64], len(seeds))
	for i, s := range seeds {
		wanted[i] = lowsky.Some(s)
	}
	found := make([]error, len(files))
	each(len(files), runtime.GOMAXPROCS(0), func(i int) { found[i] = files[i].Check(wanted...) })
	var all BadFiles
	for _, err := range found {
		var bad BadFiles
		switch {
		case errors.As(err, &bad):
			all = append(all, bad...)
		case err != nil:
			return err
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// each does n things, so many at once.
func each(n, atOnce int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(atOnce, n) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	wg.Wait()
}

// problems answers the FileErrors that err joins; false if there is another in it.
func problems(f File, err error) (list BadFiles, ok bool) {
	switch e := err.(type) {
	case *simulator.FileError:
		return BadFiles{f.problem(e)}, true
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			more, ok := problems(f, one)
			if !ok {
				return nil, false
			}
			list = append(list, more...)
		}
		return list, true
	}
	return nil, false
}

// Suite flies every file with every seed, as many runs at once as o says, and answers their score. Everything is checked
// before anything flies: what is wrong is a BadFiles, and there is no card. When
// ctx ends the card is of what has flown and says that it was interrupted; the error is ctx's. The card does not
// depend on how many fly at once.
func Suite(ctx context.Context, name string, files []File, seeds []uint64, o Options) (*lowsky.Scorecard, error) {
	began := o.now()
	packs, err := o.packs()
	if err != nil {
		return nil, err
	}
	if err := Check(files, seeds); err != nil {
		return nil, err
	}
	var runs []run
	for _, f := range files {
		for _, seed := range seeds {
			runs = append(runs, run{f, seed})
		}
	}
	scores, problems, err := o.flyAll(ctx, runs)
	card := score.Sum(scores, score.SumOptions{
		Suite: name, At: began.UTC(), Took: o.now().Sub(began), Version: o.Version, Packs: refs(packs), Gates: o.Gates,
		Interrupted: err != nil, Faults: problems,
	})
	o.draw(ctx, card, runs)
	return card, err
}

// findingsDrawn is how many findings of a card have maps.
const findingsDrawn = 120

// draw gives the first findings of a card what their small maps need. Their runs are flown again for that, without the
// platform: the simulator does the same each time.
func (o Options) draw(ctx context.Context, card *lowsky.Scorecard, runs []run) {
	type flown struct {
		file string
		seed uint64
	}
	wanted := map[flown][]*lowsky.ScoreFinding{}
	for i := range card.Findings[:min(len(card.Findings), findingsDrawn)] {
		f := &card.Findings[i]
		wanted[flown{f.File, f.Seed}] = append(wanted[flown{f.File, f.Seed}], f)
	}
	var again []run
	for _, r := range runs {
		if len(wanted[flown{r.file.Name, r.seed}]) > 0 {
			again = append(again, r)
		}
	}
	each(len(again), o.atOnce(), func(i int) {
		if ctx.Err() != nil {
			return
		}
		r := again[i]
		s, err := r.file.Load(lowsky.Some(r.seed))
		if err != nil {
			return // it was flown: it can be read
		}
		if s.Zones, err = zonesOf(s); err == nil {
			score.Tracks(s, wanted[flown{r.file.Name, r.seed}])
		}
	})
}

// atOnce is how many runs fly at once.
func (o Options) atOnce() int {
	if o.Parallel > 0 {
		return o.Parallel
	}
	return runtime.GOMAXPROCS(0)
}

// flyAll flies the runs and answers the scores of those that were done, in the order of runs, what kept others from being
// done, and ctx's error.
func (o Options) flyAll(ctx context.Context, runs []run) ([]*score.Run, []string, error) {
	o.alone = len(runs) == 1
	scores, failures := make([]*score.Run, len(runs)), make([]error, len(runs))
	var mu sync.Mutex
	p := Progress{Runs: len(runs)}
	each(len(runs), o.atOnce(), func(i int) {
		if ctx.Err() != nil {
			return
		}
		scores[i], failures[i] = o.flyOne(ctx, runs[i])
		mu.Lock()
		defer mu.Unlock()
		if failures[i] == nil {
			p.Done++
			p.Flown += scores[i].Duration
		}
		if o.Progress != nil {
			o.Progress(p)
		}
	})
	var done []*score.Run
	var problems []string
	for i, s := range scores {
		switch {
		case failures[i] != nil && ctx.Err() == nil:
			problems = append(problems, fmt.Sprintf("%s, seed %d: %v", runs[i].file.Name, runs[i].seed, failures[i]))
		case s != nil:
			done = append(done, s)
		}
	}
	return done, problems, ctx.Err()
}

func (o Options) flyOne(ctx context.Context, r run) (*score.Run, error) {
	s, err := r.file.Load(lowsky.Some(r.seed))
	if err != nil {
		return nil, err
	}
	return Fly(ctx, s, o)
}

func refs(packs []*lowsky.RulePack) []lowsky.PackRef {
	out := make([]lowsky.PackRef, len(packs))
	for i, p := range packs {
		out[i] = p.PackRef
	}
	return out
}
