package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator/faults"
	"lowsky/simulator/score"
)

// fastSeeds are flown by every make test, under -race; LOWSKY_TEST_LONG=1 flies the whole suite.
var fastSeeds = []uint64{1, 2}

func seedsUpTo(n uint64) []uint64 {
	var out []uint64
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

// TestScore flies the suite that ships: every gate is kept.
func TestScore(t *testing.T) {
	gates, seeds := score.QuickGates(), fastSeeds
	if os.Getenv("LOWSKY_TEST_LONG") != "" {
		gates, seeds = score.SuiteGates(), seedsUpTo(25)
	}
	o := Options{Gates: &gates}
	began := time.Now()
	card, err := Suite(t.Context(), "suite", Shipped(), seeds, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d runs, %.1f h simulated, in %s", len(card.Runs), card.Hours, time.Since(began).Round(time.Millisecond))
	if !card.Passed {
		var table strings.Builder
		if err := score.WriteText(&table, card); err != nil {
			t.Error(err)
		}
		t.Errorf("not every gate was kept (lowsky score --html shows where):\n%s", table.String())
	}
	covered(t, card)
}

// covered asks that the suite has something of everything: each level of each rule comes about, and each fault strikes.
func covered(t *testing.T, card *lowsky.Scorecard) {
	for _, r := range card.Rules {
		if r.Events == 0 {
			t.Errorf("nothing in the suite is an event for %s %s", r.Rule, r.Level)
		}
	}
	struck := map[string]bool{}
	for _, f := range Shipped() {
		s, err := f.Load(lowsky.Opt[uint64]{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range s.Faults {
			struck[x.Kind.Name] = true
		}
	}
	for _, k := range faults.Kinds {
		if !struck[k.Name] {
			t.Errorf("fault %s is in no file of the suite", k.Name)
		}
	}
}

// bytesOf is a card without what two runs of the same may differ in.
func bytesOf(t *testing.T, card *lowsky.Scorecard) []byte {
	t.Helper()
	c := *card
	c.At, c.Took, c.Version = time.Time{}, 0, ""
	b, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// some are files in which much happens.
func some(t *testing.T) []File {
	t.Helper()
	var files []File
	for _, name := range []string{"broker-restart", "id-clone-other-device", "zone-breach-circle", "pair-head-on", "dock-down"} {
		f, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// TestSameSeedSameScore: the same seeds give the same streams and the same card to the byte, whatever flies beside; other
// seeds give others.
func TestSameSeedSameScore(t *testing.T) {
	files := some(t)
	fly := func(seeds []uint64, parallel int) (*lowsky.Scorecard, []byte) {
		card, err := Suite(t.Context(), "some", files, seeds, Options{Parallel: parallel, Now: time.Now, Version: "v"})
		if err != nil {
			t.Fatal(err)
		}
		return card, bytesOf(t, card)
	}
	one, first := fly([]uint64{3, 4}, 1)
	_, again := fly([]uint64{3, 4}, 1)
	_, beside := fly([]uint64{4, 3}, 2*runtime.GOMAXPROCS(0))
	if !bytes.Equal(first, again) {
		t.Error("the same seeds twice gave two scores")
	}
	if !bytes.Equal(first, beside) {
		t.Error("the score depends on how many fly at once, or on the order of the seeds")
	}
	hashes := map[string]bool{}
	for _, r := range one.Runs {
		if len(r.Hash) != 64 || hashes[r.Hash] {
			t.Errorf("%s, seed %d: hash %q is of another run too", r.File, r.Seed, r.Hash)
		}
		hashes[r.Hash] = true
	}
	if one.Total.Events == 0 || one.Total.TP == 0 {
		t.Error("nothing happened")
	}
}

// TestFlyAlone: a run that flies and judges in two goroutines gives what one gives that does it in one, and so does one
// that waits for a clock.
func TestFlyAlone(t *testing.T) {
	f := some(t)[0]
	s, err := f.Load(lowsky.Some[uint64](7))
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	var wall time.Duration
	for name, o := range map[string]Options{
		"in line": {}, "abreast": {alone: true},
		"paced": {Pace: func(_ context.Context, at time.Duration) error {
			if at < wall {
				t.Errorf("time goes back from %s to %s", wall, at)
			}
			wall = at
			return nil
		}},
	} {
		run, err := Fly(t.Context(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		got := bytesOf(t, score.Sum([]*score.Run{run}, score.SumOptions{}))
		if want == nil {
			want = got
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s: another score", name)
		}
	}
	if wall != s.Duration {
		t.Errorf("the clock stood at %s in the end, want %s", wall, s.Duration)
	}
}

// TestInterrupted: a suite that is interrupted answers the score so far.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := 0
	card, err := Suite(ctx, "some", some(t), seedsUpTo(20), Options{Parallel: 1, Progress: func(p Progress) {
		if done = p.Done; done == 3 {
			cancel()
		}
	}})
	if err != context.Canceled || card == nil {
		t.Fatal(card, err)
	}
	if !card.Broken || card.Passed || len(card.Runs) != 3 || card.Total.Events == 0 {
		t.Errorf("interrupted %v, passed %v, %d runs", card.Broken, card.Passed, len(card.Runs))
	}
}

// TestInterruptedFlight: a single run that is interrupted answers the score of what was flown.
func TestInterruptedFlight(t *testing.T) {
	f := some(t)[2]
	s, err := f.Load(lowsky.Opt[uint64]{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	run, err := Fly(ctx, s, Options{Pace: func(ctx context.Context, at time.Duration) error {
		if at > 2*time.Minute {
			cancel()
		}
		return ctx.Err()
	}})
	if err != context.Canceled || run == nil || run.Duration < time.Minute || run.Duration > 121*time.Second || run.Messages == 0 {
		t.Errorf("%+v, %v", run, err)
	}
}
