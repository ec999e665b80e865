package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"lowsky"
	"lowsky/cmd/lowsky/trial"
	"lowsky/simulator/score"
)

// wholeSuite is the name under which the platform asks for every file that ships.
const wholeSuite = "suite"

// workOrder is what the platform asks of a worker: one file, that ships under the name or has this source, or all. It is
// flown with the seeds, or only looked at.
type workOrder struct {
	Name   string   `json:"name"`
	Source string   `json:"source"`
	Seeds  []uint64 `json:"seeds"`
	lookOrder
}

// workReport is a line of the answer: progress, and at the end one of the others.
type workReport struct {
	Done     int                      `json:"done,omitempty"`
	Runs     int                      `json:"runs,omitempty"`
	Card     *lowsky.Scorecard        `json:"card,omitempty"`
	Problems []lowsky.ScenarioProblem `json:"problems,omitempty"`
	Error    string                   `json:"error,omitempty"`
}

// scoreWorker reads one order and answers it. An interrupt is answered with the score so far. The error is only that the
// answer could not be written.
func scoreWorker(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := json.NewEncoder(out)
	failed := func(err error) error { return lines.Encode(workReport{Error: err.Error()}) }
	var order workOrder
	if err := json.NewDecoder(io.LimitReader(in, 8*lowsky.MaxScenarioBytes)).Decode(&order); err != nil {
		return failed(fmt.Errorf("order: %w", err))
	}
	if order.List || order.Lint {
		answer, err := look(order.lookOrder, order.Name, order.Source)
		if err != nil {
			return failed(err)
		}
		return lines.Encode(answer)
	}
	card, err := order.fly(ctx, func(p trial.Progress) { _ = lines.Encode(workReport{Done: p.Done, Runs: p.Runs}) })
	var bad trial.BadFiles
	switch {
	case card != nil:
		return lines.Encode(workReport{Card: card})
	case errors.As(err, &bad):
		return lines.Encode(workReport{Problems: bad})
	}
	return failed(err)
}

// fly answers the card, which there may be with an error too.
func (order *workOrder) fly(ctx context.Context, progress func(trial.Progress)) (*lowsky.Scorecard, error) {
	if len(order.Seeds) == 0 {
		return nil, &lowsky.InvalidError{Field: "seeds", Problem: "are missing"}
	}
	o := trial.Options{Version: version(), Now: time.Now, Progress: progress}
	files := trial.Shipped()
	switch {
	case order.Source != "":
		files = []trial.File{trial.Given(order.Name, []byte(order.Source))}
	case order.Name == wholeSuite:
		gates := score.QuickGates()
		if len(order.Seeds) >= wholeSeeds {
			gates = score.SuiteGates()
		}
		o.Gates = &gates
	default:
		one, err := trial.Named(order.Name)
		if err != nil {
			return nil, err
		}
		files = []trial.File{one}
	}
	return trial.Suite(ctx, order.Name, files, order.Seeds, o)
}
