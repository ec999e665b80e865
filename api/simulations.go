package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// simulationRecords is where runs of simulations are kept.
type simulationRecords interface {
	// Simulations answers the newest runs in scope, newest first, without sources and with short cards.
	Simulations(ctx context.Context, scope lowsky.Scope, limit int) ([]lowsky.Simulation, error)
	// SimulationByID answers one whole; ErrNotFound for one that the scope does not see.
	SimulationByID(ctx context.Context, scope lowsky.Scope, id lowsky.SimulationID) (lowsky.Simulation, error)
}

// simulations flies scenario files beside the platform and scores the alerts.
type simulations interface {
	// Scenarios answers the files that ship, by name.
	Scenarios(ctx context.Context) ([]lowsky.ScenarioFile, error)
	// Lint answers what is wrong with a file: none, nothing. source "" is the file of that name that ships. ErrInvalid: it
	// takes more time or memory to read than a file may.
	Lint(ctx context.Context, name, source string) ([]lowsky.ScenarioProblem, error)
	// Start queues a run; ErrConflict if too many wait already.
	Start(ctx context.Context, by lowsky.Actor, m lowsky.Simulation) (lowsky.Simulation, error)
	// Cancel ends a run that waits or flies; ErrConflict if it has ended.
	Cancel(ctx context.Context, by lowsky.Actor, id lowsky.SimulationID) error
}

// ReportWriter writes the report of a card as one HTML page without scripts, in "zh" or "en".
type ReportWriter func(w io.Writer, c *lowsky.Scorecard, language string) error

const (
	// maxScenarioBody is the most bytes of a request with a scenario file: JSON writes some of its characters as two.
	maxScenarioBody = 2*lowsky.MaxScenarioBytes + 64<<10
	// maxSeed is the largest whole number that every reader of JSON keeps.
	maxSeed = 1<<53 - 1
	// reportCSP lets a report do nothing: no script, no form, nothing from anywhere.
	reportCSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

// ScenarioChoice is a scenario file: one that ships, or one's own.
type ScenarioChoice struct {
	Name   string `json:"name,omitempty" maxLength:"128" doc:"Of a file that ships, or suite for all of them; with source whatever the file is called, e.g. flights/dam.yaml"`
	Source string `json:"source,omitempty" doc:"The file as YAML, at most 1 MB; absent: the one that ships under the name"`
}

type (
	scenariosOutput struct {
		Body struct {
			Scenarios []lowsky.ScenarioFile `json:"scenarios" doc:"By name"`
		}
	}
	lintInput  struct{ Body ScenarioChoice }
	lintOutput struct {
		Body struct {
			Problems []lowsky.ScenarioProblem `json:"problems" doc:"In the order of the file; none: it can be flown"`
		}
	}
	simulationInput struct {
		Body struct {
			ScenarioChoice
			Seeds     []uint64 `json:"seeds,omitempty" maxItems:"50" doc:"Each another draw of everything that is random; from 0 to 2^53 - 1"`
			SeedCount int      `json:"seed_count,omitempty" minimum:"1" maximum:"50" doc:"Instead of seeds: 1, 2, 3 … so many. Without either: one"`
		}
	}
	simulationsInput struct {
		Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	simulationsOutput struct {
		Body struct {
			Simulations []lowsky.Simulation `json:"simulations" doc:"Newest first, without sources; of their cards only the total and the gates"`
		}
	}
	simulationPath struct {
		ID int64 `path:"id" minimum:"1"`
	}
	reportInput struct {
		ID       int64  `path:"id" minimum:"1"`
		Language string `query:"lang" enum:"zh,en" doc:"Without it as Accept-Language says"`
	}
	simulationOutput struct{ Body lowsky.Simulation }
	downloadOutput   struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		CSP         string `header:"Content-Security-Policy"`
		Body        []byte
	}
)

func (s *Server) simulationOperations() {
	tags := []string{"simulations"}
	operation(s, huma.Operation{
		OperationID: "list-scenarios", Method: http.MethodGet, Path: "/api/v1/simulations/scenarios", Tags: tags,
		Summary: "Scenario files that ship with the platform",
	}, lowsky.ReadSimulations, s.listScenarios)
	operation(s, huma.Operation{
		OperationID: "lint-scenario", Method: http.MethodPost, Path: "/api/v1/simulations/lint", Tags: tags,
		Summary: "Check a scenario file without flying it", MaxBodyBytes: maxScenarioBody, BodyReadTimeout: 30 * time.Second,
	}, lowsky.RunSimulations, s.lintScenario)
	operation(s, huma.Operation{
		OperationID: "start-simulation", Method: http.MethodPost, Path: "/api/v1/simulations", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Fly a scenario file and score the alerts",
		Description: "Runs beside the platform, in a process of its own that touches nothing of it, one after the other. A file that cannot be " +
			"flown is refused with every problem and its line (422); with 8 runs waiting nothing more is taken (409). At most 50 seeds, 2,000 " +
			"runs (files × seeds) and 10 minutes.",
		MaxBodyBytes: maxScenarioBody, BodyReadTimeout: 30 * time.Second,
	}, lowsky.RunSimulations, s.startSimulation)
	operation(s, huma.Operation{
		OperationID: "list-simulations", Method: http.MethodGet, Path: "/api/v1/simulations", Tags: tags,
		Summary: "Runs of simulations, the newest first", Description: "Of one's own organisation; the city sees all. The newest 200 are kept.",
	}, lowsky.ReadSimulations, s.listSimulations)
	operation(s, huma.Operation{
		OperationID: "get-simulation", Method: http.MethodGet, Path: "/api/v1/simulations/{id}", Tags: tags,
		Summary: "One run: how far it is, its file and its score",
	}, lowsky.ReadSimulations, func(ctx context.Context, in *simulationPath) (*simulationOutput, error) {
		m, err := s.simulation(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &simulationOutput{m}, nil
	})
	operation(s, huma.Operation{
		OperationID: "cancel-simulation", Method: http.MethodPost, Path: "/api/v1/simulations/{id}/cancel", Tags: tags,
		Summary: "End a run that waits or flies", MaxBodyBytes: 16 << 10,
	}, lowsky.RunSimulations, s.cancelSimulation)
	operation(s, huma.Operation{
		OperationID: "get-simulation-report", Method: http.MethodGet, Path: "/api/v1/simulations/{id}/report", Tags: tags,
		Summary: "Its report as a page that needs nothing from anywhere else",
	}, lowsky.ReadSimulations, s.simulationReport)
	operation(s, huma.Operation{
		OperationID: "get-simulation-card", Method: http.MethodGet, Path: "/api/v1/simulations/{id}/card", Tags: tags,
		Summary: "Its score card as a file", Description: "What `lowsky score --compare` takes.",
	}, lowsky.ReadSimulations, s.simulationCard)
}

func (s *Server) listScenarios(ctx context.Context, _ *struct{}) (*scenariosOutput, error) {
	if s.cfg.Simulator == nil {
		return nil, errNoPart
	}
	list, err := s.cfg.Simulator.Scenarios(ctx)
	if err != nil {
		return nil, fmt.Errorf("scenario files: %w", err)
	}
	out := &scenariosOutput{}
	out.Body.Scenarios = sorted(list, func(a, b lowsky.ScenarioFile) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (s *Server) lintScenario(ctx context.Context, in *lintInput) (*lintOutput, error) {
	if s.cfg.Simulator == nil {
		return nil, errNoPart
	}
	if err := in.Body.check(ctx); err != nil {
		return nil, err
	}
	if in.Body.Source == "" {
		if _, err := s.shipped(ctx, in.Body.Name); err != nil {
			return nil, err
		}
	}
	problems, err := s.lint(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := &lintOutput{}
	out.Body.Problems = append([]lowsky.ScenarioProblem{}, problems...)
	return out, nil
}

func (s *Server) lint(ctx context.Context, c ScenarioChoice) ([]lowsky.ScenarioProblem, error) {
	problems, err := s.cfg.Simulator.Lint(ctx, c.Name, c.Source)
	switch {
	case errors.Is(err, lowsky.ErrInvalid):
		s.log.Warn("a scenario file could not be checked", "id", requestOf(ctx).id, "by", principalOf(ctx).Username, "error", err)
		return nil, wrong(ctx, "source", lowsky.Text{ZH: "读取该文件所需的时间或内存超出限度", EN: "takes more time or memory to read than a file may"})
	case err != nil:
		return nil, fmt.Errorf("lint: %w", err)
	}
	return problems, nil
}

// check refuses what no file is called, and what no file may hold. A file of one's own without a name gets one.
func (c *ScenarioChoice) check(ctx context.Context) error {
	if c.Name == "" && c.Source != "" {
		c.Name = "scenario.yaml"
	}
	switch {
	case c.Name == "":
		return wrong(ctx, "name", lowsky.Text{ZH: "须给出随平台提供的场景文件名，或文件内容 source", EN: "must name a file that ships, or source must hold one"})
	case len(c.Source) > lowsky.MaxScenarioBytes:
		return wrong(ctx, "source", lowsky.Text{ZH: "文件超过 1 MB", EN: "the file is larger than 1 MB"})
	case strings.ContainsRune(c.Source, 0):
		return wrong(ctx, "source", lowsky.Text{ZH: "文件不是文本", EN: "the file is not text"})
	case !plain(c.Name, 128) || !fs.ValidPath(c.Name) || c.Name == "." || strings.ContainsAny(c.Name, `\:`):
		return wrong(ctx, "name", lowsky.Text{ZH: "不是文件名", EN: "is not the name of a file"})
	}
	return nil
}

// shipped answers how many scenarios the name of a file that ships stands for.
func (s *Server) shipped(ctx context.Context, name string) (int, error) {
	list, err := s.cfg.Simulator.Scenarios(ctx)
	if err != nil {
		return 0, fmt.Errorf("scenario files: %w", err)
	}
	switch {
	case name == lowsky.SuiteName:
		return len(list), nil
	case slices.ContainsFunc(list, func(f lowsky.ScenarioFile) bool { return f.Name == name }):
		return 1, nil
	}
	return 0, wrong(ctx, "name", lowsky.Text{ZH: "没有这个随平台提供的场景文件", EN: "no file that ships has this name"})
}

func (s *Server) startSimulation(ctx context.Context, in *simulationInput) (*simulationOutput, error) {
	if s.cfg.Simulator == nil {
		return nil, errNoPart
	}
	seeds, err := seedsOf(ctx, in.Body.Seeds, in.Body.SeedCount)
	if err != nil {
		return nil, err
	}
	file := in.Body.ScenarioChoice
	if err := file.check(ctx); err != nil {
		return nil, err
	}
	files := 1
	if file.Source == "" {
		if files, err = s.shipped(ctx, file.Name); err != nil {
			return nil, err
		}
	} else {
		problems, err := s.lint(ctx, file)
		if err != nil {
			return nil, err
		}
		if len(problems) > 0 {
			return nil, refusedScenario(ctx, problems)
		}
	}
	if runs := files * len(seeds); runs > lowsky.MaxSimulationRuns {
		return nil, wrong(ctx, "seeds", lowsky.Text{
			ZH: fmt.Sprintf("%d 个场景 × %d 个种子超过 %d 次", files, len(seeds), lowsky.MaxSimulationRuns),
			EN: fmt.Sprintf("%d scenarios × %d seeds are more than %d runs", files, len(seeds), lowsky.MaxSimulationRuns),
		})
	}
	m, err := s.cfg.Simulator.Start(ctx, s.actorOf(ctx), lowsky.Simulation{Name: file.Name, Source: file.Source, Seeds: seeds, Runs: files * len(seeds)})
	switch {
	case errors.Is(err, lowsky.ErrConflict):
		return nil, &Problem{Status: http.StatusConflict, Detail: say(ctx, lowsky.Text{
			ZH: "等待的仿真已满，请等其完成或取消一个。", EN: "No more simulations can wait: wait until one is done, or cancel one.",
		})}
	case err != nil:
		return nil, fmt.Errorf("start simulation: %w", err)
	}
	m.Source = "" // it is what was sent just now
	return &simulationOutput{m}, nil
}

// seedsOf are the seeds asked for, each once.
func seedsOf(ctx context.Context, seeds []uint64, count int) ([]uint64, error) {
	if len(seeds) == 0 {
		for i := range max(count, 1) {
			seeds = append(seeds, uint64(i)+1)
		}
		return seeds, nil
	}
	seen := map[uint64]bool{}
	for _, seed := range seeds {
		if seed > maxSeed || seen[seed] {
			return nil, wrong(ctx, "seeds", lowsky.Text{ZH: "须互不相同，且不大于 2^53 - 1", EN: "must be different ones, each at most 2^53 - 1"})
		}
		seen[seed] = true
	}
	if count > 0 {
		return nil, wrong(ctx, "seed_count", lowsky.Text{ZH: "与 seeds 只能给出一个", EN: "goes instead of seeds, not with it"})
	}
	return seeds, nil
}

// refusedScenario is the problem of a file that cannot be flown.
func refusedScenario(ctx context.Context, problems []lowsky.ScenarioProblem) error {
	return &Problem{
		Status: http.StatusUnprocessableEntity, Field: "source", Reason: problems[0].Problem, Problems: problems[:min(len(problems), maxTold)],
		Detail: say(ctx, lowsky.Text{ZH: fmt.Sprintf("场景文件有 %d 处错误，没有启动", len(problems)), EN: fmt.Sprintf("%d problems in the scenario file; nothing was started", len(problems))}),
	}
}

func (s *Server) listSimulations(ctx context.Context, in *simulationsInput) (*simulationsOutput, error) {
	if s.cfg.Simulations == nil {
		return nil, errNoPart
	}
	list, err := s.cfg.Simulations.Simulations(ctx, principalOf(ctx).Scope, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("simulations: %w", err)
	}
	out := &simulationsOutput{}
	out.Body.Simulations = append([]lowsky.Simulation{}, list...)
	return out, nil
}

// simulation answers one that the caller sees.
func (s *Server) simulation(ctx context.Context, id int64) (lowsky.Simulation, error) {
	if s.cfg.Simulations == nil {
		return lowsky.Simulation{}, errNoPart
	}
	m, err := s.cfg.Simulations.SimulationByID(ctx, principalOf(ctx).Scope, lowsky.SimulationID(id))
	if err != nil {
		return m, s.hidden(ctx, "simulation", strconv.FormatInt(id, 10), fmt.Errorf("simulation: %w", err))
	}
	return m, nil
}

func (s *Server) cancelSimulation(ctx context.Context, in *simulationPath) (*simulationOutput, error) {
	m, err := s.simulation(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case s.cfg.Simulator == nil:
		return nil, errNoPart
	case !principalOf(ctx).Scope.Owns(m.Organisation):
		return nil, notOwned(ctx, m.Organisation)
	}
	err = s.cfg.Simulator.Cancel(ctx, s.actorOf(ctx), m.ID)
	switch {
	case errors.Is(err, lowsky.ErrConflict):
		return nil, &Problem{Status: http.StatusConflict, Detail: say(ctx, lowsky.Text{ZH: "仿真已经结束。", EN: "The simulation has ended already."})}
	case err != nil:
		return nil, fmt.Errorf("cancel simulation %d: %w", m.ID, err)
	}
	if m, err = s.simulation(ctx, in.ID); err != nil {
		return nil, err
	}
	m.Source = ""
	return &simulationOutput{m}, nil
}
