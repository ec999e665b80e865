package main

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"lowsky"
	"lowsky/cmd/lowsky/trial"
	"lowsky/scenarios"
	"lowsky/simulator"
)

// lookOrder is what the platform asks of a worker besides flying: what ships, or what is wrong with a file.
type lookOrder struct {
	List bool `json:"list"`
	Lint bool `json:"lint"`
}

// mostProblems is how many problems of a file are told.
const mostProblems = 200

// look answers such an order.
func look(order lookOrder, name, source string) (any, error) {
	if order.List {
		list, err := scenarioFiles()
		return map[string]any{"scenarios": list}, err
	}
	file := trial.Given(name, []byte(source))
	if source == "" {
		var err error
		if file, err = trial.Named(name); err != nil && name != lowsky.SuiteName {
			return nil, err
		}
	}
	problems := []lowsky.ScenarioProblem{}
	if source == "" && name == lowsky.SuiteName {
		for _, f := range trial.Shipped() {
			problems = append(problems, f.Lint()...)
		}
	} else {
		problems = append(problems, file.Lint()...)
	}
	return map[string]any{"problems": problems[:min(len(problems), mostProblems)]}, nil
}

// scenarioFiles describes every file that ships, by name.
func scenarioFiles() ([]lowsky.ScenarioFile, error) {
	packs, err := scenarios.Packs()
	if err != nil {
		return nil, err
	}
	list := []lowsky.ScenarioFile{}
	for _, f := range trial.Shipped() {
		s, err := f.Load(lowsky.Opt[uint64]{})
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(f.FS, f.Name)
		if err != nil {
			return nil, fmt.Errorf("scenario file %s: %w", f.Name, err)
		}
		one := lowsky.ScenarioFile{
			Name: strings.TrimSuffix(f.Name, ".yaml"), Title: s.Name, Aircraft: len(s.Aircraft) + len(s.Traffic), Duration: s.Duration.Seconds(),
			Faults: []string{}, Rules: []lowsky.RuleID{}, Source: string(text),
		}
		for _, fault := range s.Faults {
			one.Faults = append(one.Faults, fault.Kind.Name)
		}
		for _, pack := range packs {
			for _, rule := range pack.Rules {
				if slices.ContainsFunc(slices.Concat(s.Expect, s.Forbid), func(e simulator.Expectation) bool { return e.Hazard == rule.Hazard }) {
					one.Rules = append(one.Rules, rule.ID)
				}
			}
		}
		slices.Sort(one.Faults)
		one.Faults = slices.Compact(one.Faults)
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b lowsky.ScenarioFile) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// listShipped prints the files that ship: name, what it is about, and the faults that strike.
func listShipped(out io.Writer) error {
	list, err := scenarioFiles()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Name, f.Title.EN, strings.Join(f.Faults, ", "))
	}
	return table.Flush()
}
