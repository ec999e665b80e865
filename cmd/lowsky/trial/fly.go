package trial

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lowsky"
	"lowsky/scenarios"
	"lowsky/simulator"
	"lowsky/simulator/score"
	"lowsky/simulator/truth"
)

// Options say how to fly. The zero Options are the packs that ship, as fast as the machine can.
type Options struct {
	Packs    []*lowsky.RulePack // nil: those that ship
	Rules    []truth.Rule       // that the truth goes by; nil: those of the packs that ship
	Gates    *score.Gates       // nil: the default ones
	Version  string             // of the binary, for the card
	Parallel int                // runs of a suite at once; 0: as many as there are processors
	Now      func() time.Time   // for the card's At and Took; nil: they stay zero

	// Progress is told of every run of a suite that is done.
	Progress func(Progress)
	// Pace waits until the run may go on to the time at; nil never waits. Its error ends the run there.
	Pace func(ctx context.Context, at time.Duration) error
	// Message and Alert are told of everything in the order in which the platform sees it.
	Message func(*simulator.Event)
	Alert   func(at time.Duration, a *lowsky.Alert)

	alone bool // no other run flies at the same time
}

func (o Options) packs() ([]*lowsky.RulePack, error) {
	if o.Packs != nil {
		return o.Packs, nil
	}
	return shippedPacks()
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Time{}
	}
	return o.Now()
}

// Fly flies a scenario once, from its own start and with its own seed, and answers the score. When ctx ends, or Pace does
// not go on, the score is of what was flown until then, and the error says why. Nothing of s is changed.
func Fly(ctx context.Context, s *simulator.Scenario, o Options) (*score.Run, error) {
	packs, err := o.packs()
	if err != nil {
		return nil, err
	}
	rules, err := o.rules()
	if err != nil {
		return nil, err
	}
	zones, err := zonesOf(s)
	if err != nil {
		return nil, err
	}
	config, err := configOf(s, packs, zones)
	if err != nil {
		return nil, err
	}
	whole := *s // with the zones of its region, which the truth has to know as well
	whole.Zones = zones
	watch, err := truth.New(&whole, rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	j, err := newJudge(s, config, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	world := &stream{engine: simulator.NewEngine(s, s.Seed, s.Start), start: s.Start.UTC(), hash: simulator.NewHasher(), end: s.Duration}
	world.engine.Observe(watch.See)
	switch {
	case o.Pace != nil:
		err = world.paced(ctx, j, o.Pace)
	case o.alone:
		world.abreast(ctx, j)
	default:
		world.inLine(ctx, j)
	}
	end := s.Duration
	if !world.over {
		end = world.at
	}
	j.advance(end)
	run := score.Match(&whole, watch.Record(end), j.revisions, score.RunInfo{
		Hash: world.hash.Sum(), Start: s.Start, Duration: end, Messages: world.messages, Lost: world.engine.Lost(),
		Rejected: j.rejected, Faults: j.faults(),
	})
	if err == nil && !world.over {
		err = ctx.Err()
	}
	return run, err
}

// shippedRules are those of the packs' text: data, which the truth reads by itself.
var shippedRules = sync.OnceValues(func() ([]truth.Rule, error) {
	texts, err := scenarios.Sources()
	if err != nil {
		return nil, err
	}
	var all []truth.Rule
	for _, text := range texts {
		rules, err := truth.ReadRules(text)
		if err != nil {
			return nil, err
		}
		all = append(all, rules...)
	}
	return all, nil
})

func (o Options) rules() ([]truth.Rule, error) {
	if o.Rules != nil {
		return o.Rules, nil
	}
	return shippedRules()
}
