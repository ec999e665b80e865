package api

import (
	"context"
	"fmt"
	"io"
	"strings"

	"lowsky"
)

// bench keeps and flies simulations in memory: "nonsense" is a file with a mistake, no more than one waits.
type bench struct {
	list   []lowsky.Simulation
	by     lowsky.Actor
	err    error
	linted []string // "name source" of what was checked
	more   int      // further files that ship
}

func newBench() *bench {
	card := &lowsky.Scorecard{Suite: "breach", At: epoch, Passed: true, Seeds: []uint64{1}, Runs: []lowsky.ScoredRun{{Scenario: "breach"}}}
	return &bench{list: []lowsky.Simulation{
		{ID: 1, Name: "a.yaml", Source: "scenario: a", Uploaded: true, Seeds: []uint64{1}, State: lowsky.SimulationDone, Done: 1, Runs: 1, By: "admin", StartedAt: epoch, EndedAt: epoch,
			Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}, Card: card},
		{ID: 2, Name: "suite", Seeds: []uint64{1}, State: lowsky.SimulationRunning, Runs: 2, By: "admin", StartedAt: epoch, Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}},
		{ID: 3, Name: "base/breach", Seeds: []uint64{1}, State: lowsky.SimulationFailed, Problem: "died", Runs: 1, By: "county", StartedAt: epoch, EndedAt: epoch,
			Organisation: "chibi", Jurisdictions: []lowsky.JurisdictionID{"421281"}},
	}}
}

func (b *bench) Simulations(_ context.Context, scope lowsky.Scope, limit int) (out []lowsky.Simulation, _ error) {
	for i := len(b.list) - 1; i >= 0 && len(out) < limit; i-- {
		if m := b.list[i]; scope.Sees(m.Organisation, m.Jurisdictions) {
			m.Source = ""
			out = append(out, m)
		}
	}
	return out, b.err
}

func (b *bench) SimulationByID(_ context.Context, scope lowsky.Scope, id lowsky.SimulationID) (lowsky.Simulation, error) {
	for _, m := range b.list {
		if m.ID == id && scope.Sees(m.Organisation, m.Jurisdictions) {
			return m, b.err
		}
	}
	return lowsky.Simulation{}, fmt.Errorf("simulation %d: %w", id, lowsky.ErrNotFound)
}

func (b *bench) Scenarios(context.Context) ([]lowsky.ScenarioFile, error) {
	list := []lowsky.ScenarioFile{{Name: "city/dam", Rules: []lowsky.RuleID{}}, {Name: "base/breach", Title: lowsky.Text{ZH: "闯入", EN: "Breach"}, Aircraft: 2, Duration: 60}}
	for i := range b.more {
		list = append(list, lowsky.ScenarioFile{Name: fmt.Sprint("more/", i)})
	}
	return list, b.err
}

func (b *bench) Lint(_ context.Context, name, source string) ([]lowsky.ScenarioProblem, error) {
	b.linted = append(b.linted, name+" "+source)
	if strings.HasPrefix(source, "nonsense") {
		return []lowsky.ScenarioProblem{{File: name, Line: 1, Field: "scenario", Problem: "is missing"}, {File: name, Line: 9, Field: "aircraft[0].speed", Problem: "is above 30"}}, b.err
	}
	return nil, b.err
}

func (b *bench) Start(_ context.Context, by lowsky.Actor, m lowsky.Simulation) (lowsky.Simulation, error) {
	b.by = by
	m.ID, m.State, m.By, m.Organisation, m.Jurisdictions, m.Uploaded = lowsky.SimulationID(len(b.list)+1), lowsky.SimulationWaiting, by.Name, by.Organisation, by.Jurisdictions, m.Source != ""
	for _, other := range b.list {
		if other.State == lowsky.SimulationWaiting {
			return m, fmt.Errorf("full: %w", lowsky.ErrConflict)
		}
	}
	b.list = append(b.list, m)
	return m, b.err
}

func (b *bench) Cancel(_ context.Context, by lowsky.Actor, id lowsky.SimulationID) error {
	b.by = by
	m := &b.list[id-1]
	if !m.EndedAt.IsZero() {
		return fmt.Errorf("ended: %w", lowsky.ErrConflict)
	}
	m.State, m.EndedAt = lowsky.SimulationCancelled, by.At
	return b.err
}

func (b *bench) report(w io.Writer, c *lowsky.Scorecard, language string) error {
	_, err := fmt.Fprintf(w, "<!doctype html><title>%s %s</title>", language, c.Suite)
	return err
}
