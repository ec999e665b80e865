package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// keptSimulations is how many runs are kept, the newest; those that wait or fly are kept besides.
const keptSimulations = 200

const (
	simulationColumns = `id, name, source <> '', seeds, state, done, runs, problem, by_user, started_at, ended_at, organisation_id, jurisdiction_ids`
	simulationOpen    = `state IN ('waiting', 'running')`
)

// scanSimulation reads simulationColumns and what follows them: the source or NULL, and a card or its summary.
func scanSimulation(row pgx.CollectableRow) (lowsky.Simulation, error) {
	var (
		m      lowsky.Simulation
		seeds  []int64
		js     []string
		ended  *time.Time
		source *string
		card   []byte
	)
	err := row.Scan(&m.ID, &m.Name, &m.Uploaded, &seeds, &m.State, &m.Done, &m.Runs, &m.Problem, &m.By, &m.StartedAt, &ended, &m.Organisation, &js, &source, &card)
	if err != nil {
		return m, err
	}
	m.StartedAt, m.EndedAt, m.Jurisdictions = m.StartedAt.UTC(), orZero(ended), typed[lowsky.JurisdictionID](js)
	m.Seeds = make([]uint64, len(seeds))
	for i, s := range seeds {
		m.Seeds[i] = uint64(s)
	}
	if source != nil {
		m.Source = *source
	}
	if card == nil {
		return m, nil
	}
	m.Card = &lowsky.Scorecard{}
	return m, json.Unmarshal(card, m.Card)
}

// Simulations answers the newest runs in scope, at most limit, newest first: without sources, their cards without what
// makes them long.
func (s *Store) Simulations(ctx context.Context, scope lowsky.Scope, limit int) ([]lowsky.Simulation, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+simulationColumns+`, NULL, summary FROM simulations WHERE `+scoped(&a, scope)+
		` ORDER BY id DESC LIMIT `+strconv.Itoa(max(0, limit)))
	out, err := pgx.CollectRows(rows, scanSimulation)
	return out, outward("simulations", err)
}

// SimulationByID answers one with its source and its whole card; ErrNotFound if it does not exist or is out of scope.
func (s *Store) SimulationByID(ctx context.Context, scope lowsky.Scope, id lowsky.SimulationID) (lowsky.Simulation, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+simulationColumns+`, source, card FROM simulations WHERE id = `+a.add(int64(id))+` AND `+scoped(&a, scope))
	m, err := pgx.CollectExactlyOneRow(rows, scanSimulation)
	return m, outward(fmt.Sprintf("simulation %d", id), err)
}

// AddSimulation adds a run that waits, of the actor's organisation, and drops the oldest beyond those that are kept.
// ErrConflict if most wait already.
func (s *Store) AddSimulation(ctx context.Context, by lowsky.Actor, m lowsky.Simulation, most int) (lowsky.Simulation, error) {
	m.State, m.By, m.StartedAt, m.Uploaded = lowsky.SimulationWaiting, by.Name, by.At.UTC().Truncate(time.Microsecond), m.Source != ""
	m.Organisation, m.Jurisdictions = by.Organisation, by.Jurisdictions
	seeds := make([]int64, len(m.Seeds))
	for i, seed := range m.Seeds {
		seeds[i] = int64(seed)
	}
	err := s.act(ctx, "start simulation", by, func(tx pgx.Tx) ([]change, error) {
		// Of two who take the last place one has to wait for the other.
		if _, err := tx.Exec(ctx, `LOCK TABLE simulations IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return nil, err
		}
		var waiting int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM simulations WHERE state = 'waiting'`).Scan(&waiting); err != nil {
			return nil, err
		}
		if waiting >= most {
			return nil, fmt.Errorf("%d simulations wait already: %w", waiting, lowsky.ErrConflict)
		}
		err := tx.QueryRow(ctx, `INSERT INTO simulations (name, source, seeds, state, runs, by_user, started_at, organisation_id, jurisdiction_ids)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
			storable(m.Name), storable(m.Source), seeds, string(m.State), m.Runs, m.By, m.StartedAt, string(m.Organisation), texts(m.Jurisdictions)).Scan(&m.ID)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `DELETE FROM simulations WHERE NOT `+simulationOpen+` AND id <= (SELECT id FROM simulations ORDER BY id DESC OFFSET $1 LIMIT 1)`, keptSimulations)
		return []change{simulationChange("simulation.start", nil, m)}, err
	})
	return m, err
}

// simulationChange tells a change of a run: of its source the hash and the length, for it may be long; no card.
func simulationChange(action string, before any, m lowsky.Simulation) change {
	return change{action: action, object: "simulation/" + strconv.FormatInt(int64(m.ID), 10), before: before, after: toldSimulation(m),
		organisation: m.Organisation, jurisdictions: m.Jurisdictions}
}

func toldSimulation(m lowsky.Simulation) lowsky.Simulation {
	if m.Source != "" {
		sum := sha256.Sum256([]byte(m.Source))
		m.Source = fmt.Sprintf("sha256:%s, %d bytes", hex.EncodeToString(sum[:]), len(m.Source))
	}
	m.Card = nil
	return m
}

// CancelSimulation ends a run that waits or flies. ErrNotFound if there is none, ErrConflict if it has ended.
func (s *Store) CancelSimulation(ctx context.Context, by lowsky.Actor, id lowsky.SimulationID) error {
	return s.act(ctx, fmt.Sprintf("cancel simulation %d", id), by, func(tx pgx.Tx) ([]change, error) {
		rows, _ := tx.Query(ctx, `SELECT `+simulationColumns+`, source, NULL::jsonb FROM simulations WHERE id = $1 FOR UPDATE`, int64(id))
		before, err := pgx.CollectExactlyOneRow(rows, scanSimulation)
		if err != nil {
			return nil, err
		}
		if !before.EndedAt.IsZero() {
			return nil, fmt.Errorf("it is %s: %w", before.State, lowsky.ErrConflict)
		}
		after := before
		after.State, after.EndedAt = lowsky.SimulationCancelled, by.At.UTC().Truncate(time.Microsecond)
		_, err = tx.Exec(ctx, `UPDATE simulations SET state = 'cancelled', ended_at = $2 WHERE id = $1`, int64(id), after.EndedAt)
		return []change{simulationChange("simulation.cancel", toldSimulation(before), after)}, err
	})
}

// NextSimulation makes the one that has waited longest the running one and answers it, with its source; ErrNotFound if
// none waits.
func (s *Store) NextSimulation(ctx context.Context) (lowsky.Simulation, error) {
	rows, _ := s.pool.Query(ctx, `UPDATE simulations SET state = 'running'
		WHERE id = (SELECT id FROM simulations WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING `+simulationColumns+`, source, NULL::jsonb`)
	m, err := pgx.CollectExactlyOneRow(rows, scanSimulation)
	return m, outward("next simulation", err)
}

// SimulationProgress notes how many runs are done of one that flies; of another nothing.
func (s *Store) SimulationProgress(ctx context.Context, id lowsky.SimulationID, done int) error {
	_, err := s.pool.Exec(ctx, `UPDATE simulations SET done = least($2, runs) WHERE id = $1 AND state = 'running'`, int64(id), done)
	return outward(fmt.Sprintf("simulation %d", id), err)
}

// EndSimulation ends one that flies: with its card, or with what went wrong where that is nil. One that has ended
// otherwise meanwhile stays as it is: ErrConflict.
func (s *Store) EndSimulation(ctx context.Context, id lowsky.SimulationID, problem string, card *lowsky.Scorecard, at time.Time) error {
	doing := fmt.Sprintf("end simulation %d", id)
	state, whole, summary := lowsky.SimulationFailed, []byte(nil), []byte(nil)
	if card != nil {
		var errWhole, errSummary error
		whole, errWhole = cardJSON(card)
		summary, errSummary = cardJSON(summarised(card))
		if err := errors.Join(errWhole, errSummary); err != nil {
			return fmt.Errorf("%s: %w", doing, &lowsky.InvalidError{Field: "card", Problem: err.Error()})
		}
		state, problem = lowsky.SimulationDone, ""
	}
	tag, err := s.pool.Exec(ctx, `UPDATE simulations SET state = $2, problem = $3, card = $4, summary = $5, ended_at = $6,
		done = CASE WHEN $2 = 'done' THEN runs ELSE done END WHERE id = $1 AND state = 'running'`,
		int64(id), string(state), bounded(problem, 8000), whole, summary, at)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("it does not fly: %w", lowsky.ErrConflict)
	}
	return outward(doing, err)
}

// FailSimulations ends those that a server before this one left flying, and answers how many. Those that wait go on
// waiting.
func (s *Store) FailSimulations(ctx context.Context, problem string, at time.Time) (int, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE simulations SET state = 'failed', problem = $1, ended_at = $2 WHERE state = 'running'`, bounded(problem, 8000), at)
	return int(tag.RowsAffected()), outward("simulations left flying", err)
}

// cardJSON writes a card as jsonb takes it, which knows no NUL.
func cardJSON(c *lowsky.Scorecard) ([]byte, error) {
	b, err := json.Marshal(c)
	return bytes.ReplaceAll(b, []byte(`\u0000`), []byte(`\ufffd`)), err
}

// summarised is the card as lists show it: its lists but for the gates are empty.
func summarised(c *lowsky.Scorecard) *lowsky.Scorecard {
	return &lowsky.Scorecard{
		Suite: c.Suite, At: c.At, Took: c.Took, Version: c.Version, Total: c.Total, Hours: c.Hours, Nuisance: c.Nuisance, Gates: c.Gates,
		Passed: c.Passed, Broken: c.Broken, FindingCount: c.FindingCount,
		Packs: []lowsky.PackRef{}, Seeds: []uint64{}, Runs: []lowsky.ScoredRun{}, Rules: []lowsky.RuleScore{}, Findings: []lowsky.ScoreFinding{},
	}
}
